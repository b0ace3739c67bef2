"""A pack is a federation as data: its lines, kinds, forms, lists, thresholds, readings and official days.

It is read and checked (read.py), compared with what is loaded, and loaded through the matters' own verbs.
The data lie in packs/<key>/, their schema in packs/schema/.
"""
