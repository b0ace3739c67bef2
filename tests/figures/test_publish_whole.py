"""The audit of public figures, over the whole sample city."""

from __future__ import annotations

from datetime import date

import pytest

from gongjian.figures.run import read_indicators
from gongjian.sample.city import build
from tests.sample.city.test_public_figures import audited

from .test_publish import QUARTER, make_public


@pytest.mark.slow
@pytest.mark.django_db
def test_of_the_whole_sample_city_no_cell_can_be_worked_out(tmp_path, settings):
    settings.SNAPSHOTS = tmp_path
    build(scale=1, today=date(2026, 6, 30))
    make_public()
    read_indicators(QUARTER)
    cells, by_itself, beside = audited(QUARTER)
    assert cells == 660 and by_itself + beside < 30
