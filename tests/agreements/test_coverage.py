"""Which enterprises with a union have an agreement on a day, by units and by staff, beside plain SQL."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import translation

from gongjian.agreements import opening, verbs
from gongjian.agreements.models import CoveredUnit
from gongjian.agreements.standing import agreements_of
from gongjian.figures import run as night
from gongjian.indicators.define import define_indicator, definition_of
from gongjian.indicators.models import Indicator, Reading
from gongjian.indicators.records import rows_of
from gongjian.packs.read import read_pack
from gongjian.register import actions
from gongjian.register.models import Cover
from gongjian.register.refusals import Refused
from gongjian.settings import ROOT
from tests.register import town as small

from .conftest import by_chair, demand, up_to

PLAIN = """
SELECT count(*), count(*) FILTER (WHERE has), sum(staff), sum(staff) FILTER (WHERE has) FROM (
  SELECT e.unit_id,
    coalesce((SELECT h.staff FROM register_headcount h
      WHERE h.unit_id = e.unit_id AND h.valid @> %(day)s::date), 0) AS staff,
    EXISTS (SELECT FROM agreements_coveredunit c WHERE c.unit_id = e.unit_id AND c.valid @> %(day)s::date) AS has
  FROM register_unitentry e
  WHERE e.valid @> %(day)s::date AND e.kind_id = 'enterprise' AND e.status = 'active' AND EXISTS (
    SELECT FROM register_cover v JOIN register_body b ON b.id = v.body_id
    WHERE v.unit_id = e.unit_id AND b.line_id = 'union' AND v.valid @> %(day)s::date)
) found
"""


def plain(day: date) -> tuple[int, ...]:
    with connection.cursor() as cursor:
        cursor.execute(PLAIN, {"day": day})
        return tuple(int(each or 0) for each in cursor.fetchone())


@pytest.fixture
def covered(bargaining, tmp_path, settings):
    """The hosiery firm has an agreement of its own from 18 March 2025; the area's, for it and the hardware firm, holds
    from 17 April; the hardware firm leaves on 1 June. The third firm with a union has none."""
    settings.SNAPSHOTS = tmp_path
    (each,) = [one for one in read_pack(ROOT / "packs" / "shaoxing").indicators if one.key == "wage_bargaining"]
    words = {name: getattr(each, name) for name in ("names", "position", "line", "of", "words", "definition")}
    define_indicator(each.key, source=each.source, awaits=each.awaits, **words)
    up_to(bargaining, "publish", date(2025, 3, 2))
    given = {"scope": "area", "employer": None, "association": "大唐袜业协会", "title": "区域协议"}
    area = demand(bargaining, date(2025, 4, 1), **given)
    up_to(bargaining, "take_effect", date(2025, 4, 1), area)
    small.cover(bargaining.union, bargaining.town.units["logistics"], since=small.REFORM)
    hardware = bargaining.town.units["hardware"].pk
    opening.leave_out(area, hardware, today=date(2025, 6, 1), by=bargaining.chair)
    return bargaining


DAYS = {
    date(2025, 3, 17): (3, 0), date(2025, 3, 18): (3, 1), date(2025, 4, 16): (3, 1), date(2025, 4, 17): (3, 2),
    date(2025, 5, 31): (3, 2), date(2025, 6, 1): (3, 1), date(2026, 4, 17): (3, 0),
}  # fmt: skip


def test_on_any_day_the_figure_is_that_of_plain_sql_by_units_and_by_staff(covered):
    city = covered.town.units["city"]
    indicator = Indicator.objects.get(pk="wage_bargaining")
    for day, (counted, having) in DAYS.items():
        night.read_indicators(day)
        told = Reading.objects.get(indicator=indicator, day=day, unit=city)
        numbers = (told.denominator, told.numerator, told.heads, told.heads_having)
        assert numbers == plain(day), day
        assert numbers[:2] == (counted, having), day  # by hand
        counts = {which: rows_of(definition_of(indicator), which, day).count() for which in ("counted", "having")}
        assert tuple(counts.values()) == (counted, having), day
    assert plain(date(2025, 4, 17))[2:] == (370, 312)  # 312 and 58 of staff; of the hardware firm none is known


def test_a_firm_in_two_agreements_counts_once(covered):
    day = date(2025, 5, 1)
    assert CoveredUnit.objects.filter(unit=covered.firm, valid__contains=day).count() == 2
    assert plain(day)[:2] == (3, 2)


def test_who_has_none_on_a_day_in_one_query(covered, django_assert_num_queries):
    units = {key: covered.town.units[key].pk for key in ("hosiery", "hardware", "logistics")}
    with django_assert_num_queries(1):
        assert set(agreements_of(units.values(), date(2025, 5, 1))) == {units["hosiery"], units["hardware"]}
    own = covered.firm.agreements.get(scope="single").agreement
    assert agreements_of(units.values(), date(2025, 6, 1)) == {covered.firm.pk: (own.pk, own.title)}
    assert agreements_of([], date(2025, 6, 1)) == {}


def test_what_ended_early_counts_until_its_last_day(covered):
    own = covered.firm.agreements.get(scope="single").agreement
    verbs.give_up(own, words="双方协商一致终止", **by_chair(covered, date(2025, 4, 10)))
    assert agreements_of([covered.firm.pk], date(2025, 4, 10))
    assert not agreements_of([covered.firm.pk], date(2025, 4, 11))


def test_it_is_not_said_to_have_ended_before_its_last_step(covered):
    own = covered.firm.agreements.get(scope="single").agreement
    last = own.steps.order_by("-id").first().on
    given = by_chair(covered, date(2025, 4, 10)) | {"on": last - timedelta(days=1)}
    with translation.override("en"), pytest.raises(Refused, match="The step before was on"):
        verbs.give_up(own, words="样例", **given)


def test_nobody_is_taken_into_one_whose_last_day_is_over(covered):
    """The night that would end it has not run yet."""
    area = covered.firm.agreements.get(scope="area").agreement
    day = area.until + timedelta(days=1)
    with translation.override("en"), pytest.raises(Refused, match=f"ran out on {area.until}"):
        opening.take_in(area, [covered.town.units["logistics"].pk], today=day, by=covered.chair)


def test_a_firm_that_is_gone_is_counted_nowhere(covered):
    Cover.objects.filter(unit=covered.firm).update(valid=(small.REFORM, date(2025, 5, 1)))
    actions.close_unit(covered.firm, on=date(2025, 5, 1), today=covered.town.today, by=None)
    night.read_indicators(date(2025, 5, 2))
    told = Reading.objects.get(day=date(2025, 5, 2), unit=covered.town.units["city"])
    assert (told.denominator, told.numerator) == (2, 1) == plain(date(2025, 5, 2))[:2]
