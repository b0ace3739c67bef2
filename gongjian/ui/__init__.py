"""The pages' common ground: page frame, components, the day in the address, keyset pages, Excel files.

Knows no matter of the field. Begin with templates/ui/base.html and templatetags/ui.py; `asof` puts the day on
the request, `context` hands it to the frame, `keyset` cuts lists, `excel` writes them.
"""
