"""Reconciling a newer list with an older one: what became of each row, how sure that is, and why. No Django, no files.

`divisions.reconcile(old, new)` takes two official lists of divisions (`lists.Listed`, in published order) and gives
`proposals.Proposal`s; `firms.reconcile_firms` does the same for a monthly list of businesses. Begin with `proposals`
(what is told) and `evidence` (the complete list of reasons), then `divisions`, which names the steps in order.
"""
