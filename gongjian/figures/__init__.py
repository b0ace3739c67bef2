"""The night run: a day's facts are written down without names (snapshot.py), counted, and kept as readings (run.py)."""
