"""What is missing (Gap), how it could be closed, and by whom; which units could set up a body together (Suggestion),
and what was decided about that (Decision). How a pack wants it done is a Joining.

Gaps are rewritten by each night run (rewrite.py); pages only read them. Begin with models.py, then ways.py.
"""
