"""What of the register does not agree with itself: checks 一致性检查, and the doubts 疑点 that they raise.

A check is a named search over the register on a day (checks/); the pack says what it is called, how grave it is, why
it matters, who looks after it and what mends it. Each night all of them are gone through, and doubts begin and end.
Begin with models.py, then find.py.
"""
