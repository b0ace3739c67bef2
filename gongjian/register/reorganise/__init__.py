"""Reforms of the territory and of the lines, one act each: merge, split, close, reopen, rename, recode, move.

Begin at `units.merge_units`. A verb ends what ends, writes the lineage, and lets what stands on the ended go along
(`along.py`, set by set). `preview.py` says beforehand what goes along and what collides; `undo.py` takes an act back.
"""
