"""Honours 荣誉: which there are and may be given; calls, applications, review and notice; and what was given.

A catalogue entry (Honour) has versions; a Call keeps the one it began with, has Applications with opinions and reviews,
and ends in Awards, which are looked at again, warned and withdrawn. Models are nurtured before any of it. Begin with
models/, then states.py.
"""
