"""Who did what, when and from which day it counts: append-only and hash-chained.

An `Act` is written in the transaction of the deed itself. `Before` keeps what a row was before an act changed or
removed it, which is what undo replays. Begin reading at `record.record`.
"""
