"""Every search there is, by name. Each file holds those about one matter; vocabulary.py says what a search is."""

from . import officers, organisations, reforms, units, venues
from .vocabulary import SEARCHES, Search, faults

__all__ = ["SEARCHES", "Search", "faults", "officers", "organisations", "reforms", "units", "venues"]
