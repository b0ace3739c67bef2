"""The shade in which a rate is drawn: the darker, the fuller."""

from __future__ import annotations

from .models import PublicFigure, Reading
from .structure import Gathered

STEPS = (60, 70, 80, 90, 95)  # per cent


def shade(reading: Reading | Gathered | PublicFigure | None) -> str:
    """q0 … q5; empty where nothing is counted."""
    if reading is None or reading.rate is None:
        return ""
    return f"q{sum(100 * reading.rate >= step for step in STEPS)}"
