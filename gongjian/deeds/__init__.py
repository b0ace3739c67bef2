"""Shining words and deeds 闪光言行: recommended by anybody, checked, selected from above, shown, and commented on.

A Deed is about an organisation or about one person; a person is shown only once they agree. A Star is a deed that was
named the best of a month, a quarter or a year. Begin with models.py, then states.py: all moves stand there.
"""
