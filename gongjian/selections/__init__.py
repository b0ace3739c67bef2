"""Selections 评选: by written rules from candidates over a sealed ballot to a result that anybody works out again.

A Selection takes its rules from the pack, its candidates from deeds that are shown, its votes from a poll of `ballots`,
and its outcomes from the pure package `quotas`. Begin with models.py, then states.py: all moves stand there.
"""
