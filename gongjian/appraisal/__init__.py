"""Appraisal 评议: schemes as data, rounds over many bodies, closed ballots as counts, grades, notice and objections.

A Scheme has dated versions; a Round keeps the version it began with and has a Case for each body; what is given (Score,
Mark, Box) is added up (computing.py, with the arithmetic of quotas) into a grade that is proposed, given notice of,
objected to, fixed and filed. Begin with models.py, then states.py.
"""
