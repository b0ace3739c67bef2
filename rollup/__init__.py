"""Facts in, figures out: what is counted over the facts of a day, for every place of every walk, in one pass.

No Django and no database here: tables of facts (facts.py) and definitions (definition.py) become tallies (tally.py).
The arithmetic is written in Ibis, so that DuckDB in the process and a Spark cluster do the same.
"""
