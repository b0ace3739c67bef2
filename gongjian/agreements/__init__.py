"""Collective wage agreements 工资集体协商: from the written demand to the published agreement, by the statute's clocks.

A union body asks an employer, or those of an area or trade, to bargain (Agreement); each step is owed by a day that
the statute sets (Statute). A workers' congress votes on the draft (Congress). What is in force covers units
(CoveredUnit).
Begin with models/agreements.py, then states.py and clocks.py.
"""
