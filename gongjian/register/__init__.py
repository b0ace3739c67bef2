"""The register: which units exist, which organisations stand in them, who leads whom – on any day.

Every fact is a dated row (`valid`, half-open) and `.on(day)` is the one way to ask. Begin with `models/dated.py`, then
`models/units.py` and `models/bodies.py`; `actions.py` writes, `queries.py` answers pages, `access.py` says who may.
"""
