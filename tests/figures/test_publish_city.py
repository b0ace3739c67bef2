"""What everybody is told of the sample city: as it was read, and with no cell that the totals would give away."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from gongjian.figures import publish as publishing
from gongjian.figures.run import read_indicators
from gongjian.indicators.models import Indicator, PublicFigure, Reading
from gongjian.sample.city import build
from rollup.withheld import LEAST
from tests.rollup.audit import Audit, Told, openly, recovered
from tests.sample.conftest import city, small_city

from .test_publish import QUARTER, make_public

assert small_city and city  # the fixtures: the sample city in small

pytestmark = pytest.mark.xdist_group("figures")
# Units of some kinds that everybody sees to be covered by a line: a body of it sits in them. By place, in plain SQL.
SEEN = """
WITH RECURSIVE lying(unit, place) AS (
  SELECT unit_id, parent_id FROM register_unitentry e JOIN register_unitkind k ON k.key = e.kind_id
  WHERE valid @> %(day)s AND status = 'active' AND (k.key = ANY(%(kinds)s) OR k.level = ANY(%(levels)s)) AND EXISTS (
    SELECT FROM register_cover c JOIN register_body b ON b.id = c.body_id
    WHERE c.unit_id = e.unit_id AND c.valid @> %(day)s AND b.line_id = %(line)s)
    AND EXISTS (SELECT FROM register_bodyentry s JOIN register_body b ON b.id = s.body_id
    WHERE s.seat_id = e.unit_id AND s.valid @> %(day)s AND b.line_id = %(line)s)
  UNION ALL SELECT unit, e.parent_id FROM lying JOIN register_unitentry e ON e.unit_id = place
  WHERE e.valid @> %(day)s AND e.parent_id IS NOT NULL
) SELECT place, count(*) FROM lying GROUP BY place
"""


def told(day: date) -> list[Told]:
    return [
        Told(each.indicator_id, each.unit_id, each.above_id, each.denominator, each.openly, each.numerator)
        for each in PublicFigure.objects.filter(publication__day=day)
    ]


def sensitive(day: date) -> set[tuple[str, int, bool]]:
    """The rule in other words, by what was read; the rest of a place by what is left over."""
    having = {(r.indicator_id, r.unit_id): r.numerator for r in Reading.objects.filter(day=day, unit__isnull=False)}
    audit, found = Audit(told(day)), set()
    for key, counted in audit.counted.items():
        has, seen = having[key[:2]], openly(audit, key)
        if key[2]:
            parts = [e for e in audit.told.values() if (e.indicator, e.above) == key[:2]]
            has -= sum(having[e.indicator, e.place] for e in parts)
        if counted > seen and min(has - seen, counted - has) < LEAST:
            found.add(key)
    return found


def of_covers(keys) -> set[str]:
    return {each.pk for each in Indicator.objects.filter(pk__in=keys) if "covered_by" in each.definition["having"]}


def audited(day: date) -> tuple[int, int, int]:
    """Cells, those held back as sensitive and those held back beside. Raises if one of them can be worked out."""
    cells = told(day)
    covers = of_covers({each.indicator for each in cells})
    said = {key for key in sensitive(day) if key[0] in covers}
    held = {each.key for each in cells if each.having is None}
    assert {key for key in said if not key[2]} <= held
    assert recovered(Audit(cells), said) == []
    return len(cells), len(held & said), len(held - said)


def test_of_the_sample_city_no_cell_that_is_held_back_can_be_worked_out(city, tmp_path, settings):
    settings.SNAPSHOTS = tmp_path
    public = make_public()
    read_indicators(QUARTER)
    cells, by_itself, beside = audited(QUARTER)
    assert cells > 500 and by_itself > 100 and beside > 0
    assert set(PublicFigure.objects.values_list("indicator", flat=True)) == set(public)


def test_without_what_is_held_back_beside_the_audit_works_cells_out(city, tmp_path, settings, monkeypatch):
    settings.SNAPSHOTS = tmp_path
    make_public()
    monkeypatch.setattr(publishing, "held_back", lambda cells: {cell.place for cell in cells if cell.is_sensitive})
    read_indicators(QUARTER)
    with pytest.raises(AssertionError):
        audited(QUARTER)


def test_what_is_told_is_what_was_read_and_what_everybody_sees_is_what_sits_there(city, tmp_path, settings):
    settings.SNAPSHOTS = tmp_path
    make_public()
    read_indicators(QUARTER)
    read = {(r.indicator_id, r.unit_id): r for r in Reading.objects.filter(day=QUARTER, unit__isnull=False)}
    for each in PublicFigure.objects.all():
        reading = read[each.indicator_id, each.unit_id]
        assert (each.denominator, each.version) == (reading.denominator, reading.version)
        assert each.numerator in (None, reading.numerator)
    for key, kinds, levels, line in (
        ("union_enterprises", ["enterprise"], [], "union"),
        ("party_employers", [], ["employer"], "party"),
        ("women_villages", [], ["village"], "women"),
    ):
        with connection.cursor() as cursor:
            cursor.execute(SEEN, {"day": QUARTER, "kinds": kinds, "levels": levels, "line": line})
            by_hand = dict(cursor.fetchall())
        figures = PublicFigure.objects.filter(indicator=key, indicator__of="units")
        if levels == ["village"]:
            figures = figures.exclude(above=None)  # a village is itself a division
        assert {e.unit_id: e.openly for e in figures} == {e.unit_id: by_hand.get(e.unit_id, 0) for e in figures}, key


def test_each_place_hangs_below_the_one_it_was_part_of_that_day(city, tmp_path, settings):
    settings.SNAPSHOTS = tmp_path
    make_public("union_enterprises")
    read_indicators(QUARTER)
    with connection.cursor() as cursor:
        cursor.execute("SELECT unit_id, parent_id FROM register_unitentry WHERE valid @> %s", [QUARTER])
        parents = dict(cursor.fetchall())
    assert {e.unit_id: e.above_id for e in PublicFigure.objects.all()} == {
        e.unit_id: parents[e.unit_id] for e in PublicFigure.objects.all()
    }


@pytest.mark.slow
@pytest.mark.django_db
def test_of_the_whole_sample_city_no_cell_can_be_worked_out(tmp_path, settings):
    settings.SNAPSHOTS = tmp_path
    build(scale=1, today=date(2026, 6, 30))
    make_public()
    read_indicators(QUARTER)
    cells, by_itself, beside = audited(QUARTER)
    assert cells == 660 and by_itself + beside < 30
