"""Measures Gongjian beside bare references, at the size of a city or of the nation: `python -m bench --help`."""
