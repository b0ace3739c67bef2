"""The one key ring: keys that seal short texts, and keys that sign. No models, no matter of the field.

`ring.seal` and `ring.unseal` are all a matter needs; `columns.sealed` names a column that holds sealed text, so that
`gongjian keys rotate` finds it. Begin reading at `ring.Ring`.
"""
