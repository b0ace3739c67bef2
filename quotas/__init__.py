"""Grades under bands, vetoes and quotas, and choices under caps: exactly by rule, with the reason for each.

No Django and no database here: values in, values out. A scheme (scheme.py) is checked before anything is computed;
grading.py gives each body its grade, choosing.py fills places from candidates in order. What decided is told as a code
with facts; the words are the caller's. Neither ever depends on the order in which its input stands.
"""
