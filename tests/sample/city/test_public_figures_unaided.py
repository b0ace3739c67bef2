"""The audit of public figures finds what would be given away: else it would prove nothing."""

from __future__ import annotations

import pytest

from gongjian.figures import publish as publishing
from gongjian.figures.run import read_indicators
from tests.figures.test_publish import QUARTER, make_public

from .test_public_figures import audited


def test_without_what_is_held_back_beside_the_audit_works_cells_out(city, tmp_path, settings, monkeypatch):
    settings.SNAPSHOTS = tmp_path
    make_public()
    monkeypatch.setattr(publishing, "held_back", lambda cells: {cell.place for cell in cells if cell.is_sensitive})
    read_indicators(QUARTER)
    with pytest.raises(AssertionError):
        audited(QUARTER)
