"""What is told to everybody: once a quarter, down to the level of the pack, and never altered."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from gongjian.chronicle.models import Act
from gongjian.figures.run import read_indicators
from gongjian.indicators.models import Indicator, Publication, PublicFigure, Reading
from gongjian.packs.read import read_pack
from gongjian.settings import ROOT

from .test_run import few, town

assert town  # the fixture: the small town with the pack's indicators

QUARTER = date(2026, 4, 1)


def make_public(*keys: str) -> list[str]:
    """The pack's public indicators, or some."""
    public = list(keys) or [each.key for each in read_pack(ROOT / "packs" / "shaoxing").indicators if each.public_to]
    Indicator.objects.filter(pk__in=public).update(public_to="town")
    return public


def test_a_quarter_is_told_once_and_a_second_run_changes_nothing(town, tmp_path, settings):
    few(town)
    make_public("union_enterprises", "womens_home")
    read_indicators(QUARTER)
    before = list(PublicFigure.objects.order_by("pk").values())
    act = Act.objects.get(verb="indicators.publish")
    held = sum(each["numerator"] is None for each in before)
    assert (act.facts["figures"], act.facts["held_back"]) == (len(before), held) and held < len(before)
    assert act.facts["indicators"] == ["union_enterprises", "womens_home"]
    Reading.objects.all().update(numerator=0)
    read_indicators(QUARTER)
    assert list(PublicFigure.objects.order_by("pk").values()) == before
    assert Publication.objects.count() == 1 and Act.objects.filter(verb="indicators.publish").count() == 1


def test_on_other_days_and_without_public_indicators_nothing_is_told(town, tmp_path, settings):
    few(town)
    read_indicators(QUARTER)
    make_public("union_enterprises")
    read_indicators(date(2026, 4, 2))
    assert not Publication.objects.exists()


@pytest.mark.parametrize("table", ["indicators_publication", "indicators_publicfigure"])
@pytest.mark.parametrize("deed", ["DELETE FROM {}", "UPDATE {} SET id = id"])
def test_what_was_told_is_neither_altered_nor_taken_away(town, table, deed):
    few(town)
    make_public("union_enterprises")
    read_indicators(QUARTER)
    with pytest.raises(IntegrityError, match="stays"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(deed.format(table))


def test_an_indicator_is_told_no_further_down_than_the_pack_says(town):
    few(town)
    make_public("womens_home")
    Indicator.objects.filter(pk="womens_home").update(public_to="county")
    read_indicators(QUARTER)
    levels = PublicFigure.objects.filter(unit__entries__valid__contains=QUARTER).values_list(
        "unit__entries__kind__level"
    )
    assert {level for (level,) in levels} == {"city", "county"}
