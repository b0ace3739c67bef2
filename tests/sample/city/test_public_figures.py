"""What everybody is told of the sample city: as it was read, and with no cell that the totals would give away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connection, transaction
from django.test import override_settings

from gongjian.figures.run import read_indicators
from gongjian.indicators.models import Indicator, PublicFigure, Reading
from rollup.withheld import LEAST
from tests.figures.test_publish import QUARTER, make_public
from tests.rollup.audit import Audit, Told, openly, recovered

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


@pytest.fixture(scope="module")
def published(small_city, django_db_blocker, tmp_path_factory) -> Iterator[list[str]]:
    """A quarter of the sample city, told to everybody; the indicators that are."""
    folder = tmp_path_factory.mktemp("snapshots")
    with django_db_blocker.unblock(), override_settings(SNAPSHOTS=folder), transaction.atomic():
        public = make_public()
        read_indicators(QUARTER)
        yield public
        transaction.set_rollback(True)


def test_of_the_sample_city_no_cell_that_is_held_back_can_be_worked_out(published, db):
    cells, by_itself, beside = audited(QUARTER)
    assert cells > 500 and by_itself > 100 and beside > 0
    assert set(PublicFigure.objects.values_list("indicator", flat=True)) == set(published)


def test_what_is_told_is_what_was_read_and_what_everybody_sees_is_what_sits_there(published, db):
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


def test_each_place_hangs_below_the_one_it_was_part_of_that_day(published, db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT unit_id, parent_id FROM register_unitentry WHERE valid @> %s", [QUARTER])
        parents = dict(cursor.fetchall())
    assert {e.unit_id: e.above_id for e in PublicFigure.objects.all()} == {
        e.unit_id: parents[e.unit_id] for e in PublicFigure.objects.all()
    }
