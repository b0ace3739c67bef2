"""Ballots 投票: members' ballots, people's reviews and recommendations, each counted once and checkable by outsiders.

A Poll goes from its draft over a frozen roll, rules and key, through casting, closing and opening, to a result with a
bundle that anybody verifies with the package `verivote`. Begin with models.py, then states.py and casting.py.
"""
