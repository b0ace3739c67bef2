"""What is counted (Indicator 指标), what it came to on a day (Reading 读数), and what is left out of it (Exclusion).

Definitions are data of the pack over the vocabulary of `rollup`. Readings are written down by the night run of
`figures`; pages read them and never start an engine. Begin with models.py, then queries.py.
"""
