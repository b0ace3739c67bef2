"""Telling and commenting 讲述点评: bodies tell how it went, those above comment, and what was a problem is put right.

A Round is opened by a body over those below it; each has its Telling in it, which goes from scheduled to verified. A
Comment names strengths, problems and directions; each problem becomes a Rectification. Begin with models/rounds.py,
then states.py.
"""
