"""Reconciling a newer official list with the register: read, compare, decide, apply, undo.

`reading` takes the file in, `standing` says what the register holds on the day before, `comparing` keeps what the pure
engine (`reconcile`) finds, `deciding` is the officers' work, `outcome` what their decisions come to, and `applying`
writes that in one act. `words` tells all of it in sentences.
"""
