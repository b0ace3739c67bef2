"""Following units and bodies from one day to another through mergers and divisions, onwards and back."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongjian.register.access import OPERATOR
from gongjian.register.models import UnitKind
from gongjian.register.queries.lineage import Lost, came, went
from gongjian.register.reorganise.bodies import BodyPart, merge_bodies, split_body
from gongjian.register.reorganise.units import Part, close_unit, merge_units, reopen_unit, split_unit

from . import town as small

FIRST, SECOND, THIRD = date(2021, 1, 1), date(2022, 1, 1), date(2023, 1, 1)
BEFORE, AFTER = date(2020, 12, 31), date(2024, 1, 1)


@pytest.fixture
def names(town):
    """Names of villages in 大唐街道 by id, and the other way round; 甲村, 乙村 and 丙村 stand from the start."""
    for name in ("甲村", "乙村", "丙村"):
        village(town, name)
    return town


def village(town, name, since=small.REFORM):
    town.units[name] = small.unit(name, "village", town.units["street"], since=since)
    return town.units[name]


def part(town, name, share=None):
    kind = UnitKind.objects.get(key="village")
    share = None if share is None else Decimal(share)
    return Part(values={"name": name, "kind": kind, "parent": town.units["street"]}, share=share)


def split(town, name, parts, on, *, stays=False):
    given = {"today": town.today, "by": None, "on": on, "stays": stays}
    parts = [part(town, new, share) for new, share in parts.items()]
    return split_unit(town.units[name], parts=parts, **given)


def merge(town, sources, into, on):
    sources = [town.units[name] for name in sources]
    return merge_units(sources, into=town.units[into], on=on, today=town.today, by=None)


def entries(of):
    return small.UnitEntry.objects if of == "unit" else small.actions.BodyEntry.objects


def told(ways, of="unit"):
    """The ways by names: old, new, share."""
    rows = entries(of).order_by("valid").values_list(f"{of}_id", "name")
    named = dict(rows)
    return [(named.get(way.old), named.get(way.new), way.share) for way in ways]


def followed(town, names, since=BEFORE, to=AFTER):
    return told(went(OPERATOR, [town.units[name].pk for name in names], since, to))


def test_a_unit_without_links_is_itself(names):
    assert followed(names, ["甲村"]) == [("甲村", "甲村", Decimal(1))]


def test_one_that_did_not_stand_on_the_day_has_no_way(names):
    assert followed(names, ["甲村"], since=date(2019, 1, 1)) == []


def test_asking_backwards_is_an_error(names):
    with pytest.raises(ValueError, match="came"):
        followed(names, ["甲村"], since=AFTER, to=BEFORE)


def test_both_that_are_merged_go_on_in_one(names):
    merge(names, ["甲村"], "乙村", FIRST)
    assert followed(names, ["甲村", "乙村"]) == [("甲村", "乙村", 1), ("乙村", "乙村", 1)]


def test_the_links_on_the_way_are_told(names):
    merge(names, ["甲村"], "乙村", FIRST)
    merge(names, ["乙村"], "丙村", SECOND)
    (way,) = went(OPERATOR, [names.units["甲村"].pk], BEFORE, AFTER)
    assert way.is_known and len(way.via) == 2


def test_only_links_between_the_days_count(names):
    merge(names, ["甲村"], "乙村", FIRST)
    merge(names, ["乙村"], "丙村", SECOND)
    assert followed(names, ["甲村"], to=FIRST) == [("甲村", "乙村", 1)]
    assert followed(names, ["甲村"], to=FIRST - timedelta(days=1)) == [("甲村", "甲村", 1)]
    assert followed(names, ["乙村"], since=FIRST, to=SECOND) == [("乙村", "丙村", 1)]


def test_shares_multiply_and_what_stays_keeps_the_rest(names):
    split(names, "甲村", {"东甲村": "0.3", "西甲村": "0.12345678"}, FIRST, stays=True)
    names.units["东甲村"] = small.UnitEntry.objects.get(name="东甲村").unit
    split(names, "东甲村", {"上甲村": "0.33333333", "下甲村": "0.66666667"}, SECOND)
    found = followed(names, ["甲村"])
    assert {new: share for _old, new, share in found} == {
        "甲村": Decimal("0.57654322"),
        "西甲村": Decimal("0.12345678"),
        "上甲村": Decimal("0.099999999"),
        "下甲村": Decimal("0.200000001"),
    }
    assert sum(share for _old, _new, share in found) == 1


def test_both_ends_are_told_where_nobody_can_know_the_shares(names):
    split(names, "甲村", {"东甲村": None}, FIRST, stays=True)
    assert followed(names, ["甲村"]) == [("甲村", "甲村", None), ("甲村", "东甲村", None)]


def test_parts_that_come_together_again_are_known(names):
    split(names, "甲村", {"东甲村": None, "西甲村": None}, FIRST)
    for name in ("东甲村", "西甲村"):
        names.units[name] = small.UnitEntry.objects.get(name=name).unit
    merge(names, ["东甲村", "西甲村"], "乙村", SECOND)
    assert followed(names, ["甲村"]) == [("甲村", "乙村", 1)]


def test_one_that_ended_without_a_successor_is_lost_and_its_last_parent_told(names):
    street = names.units["street"]
    close_unit(names.units["甲村"], to=street, on=FIRST, today=names.today, by=None, is_known=False)
    (way,) = went(OPERATOR, [names.units["甲村"].pk], BEFORE, AFTER)
    assert (way.new, way.share, way.is_known) == (None, 1, False)
    assert way.lost == Lost(names.units["甲村"].pk, FIRST, street.pk)


def test_one_that_stands_again_is_still_itself(names):
    close_unit(names.units["甲村"], to=names.units["street"], on=FIRST, today=names.today, by=None)
    reopen_unit(names.units["甲村"], on=SECOND, today=names.today, by=None)
    assert followed(names, ["甲村"]) == [("甲村", "甲村", 1)]
    assert followed(names, ["甲村"], to=FIRST) == [("甲村", None, 1)]


def test_one_that_was_merged_and_stands_again_went_on_in_the_other(names):
    merge(names, ["甲村"], "乙村", FIRST)
    reopen_unit(names.units["甲村"], on=SECOND, today=names.today, by=None)
    assert followed(names, ["甲村"]) == [("甲村", "乙村", 1)]


def test_where_something_came_from(names):
    merge(names, ["甲村"], "乙村", FIRST)
    split(names, "丙村", {"新丙村": "0.25"}, SECOND, stays=True)
    merge(names, ["丙村"], "乙村", THIRD)
    ids = [names.units["乙村"].pk]
    assert set(told(came(OPERATOR, ids, AFTER, BEFORE))) == {
        ("甲村", "乙村", 1),
        ("乙村", "乙村", 1),
        ("丙村", "乙村", Decimal("0.75")),
    }


def test_one_that_was_entered_anew_came_from_nowhere(names):
    new = village(names, "丁村", since=SECOND)
    (way,) = came(OPERATOR, [new.pk], AFTER, BEFORE)
    assert (way.old, way.new, way.lost) == (None, new.pk, Lost(new.pk, SECOND, names.units["street"].pk))


def test_bodies_are_followed_as_units_are(names):
    bodies = [
        small.body(f"{name}支部", "party_branch", names.units[name], since=small.REFORM) for name in ("甲村", "乙村")
    ]
    given = {"today": names.today, "by": None}
    merge_bodies([bodies[0]], into=bodies[1], on=FIRST, **given)
    values = {
        "name": "新支部",
        "kind": small.BodyKind.objects.get(key="party_branch"),
        "form": small.Form.objects.get(key="single"),
        "seat": names.units["丙村"],
    }
    split_body(bodies[1], parts=[BodyPart(values=values, share=Decimal("0.5"))], stays=True, on=SECOND, **given)
    ways = went(OPERATOR, [body.pk for body in bodies], BEFORE, AFTER, of="body")
    assert told(ways, "body") == [
        ("甲村支部", "乙村支部", Decimal("0.5")),
        ("甲村支部", "新支部", Decimal("0.5")),
        ("乙村支部", "乙村支部", Decimal("0.5")),
        ("乙村支部", "新支部", Decimal("0.5")),
    ]


def test_queries_do_not_grow_with_what_is_asked(names):
    merge(names, ["甲村"], "乙村", FIRST)
    split(names, "乙村", {"新乙村": None}, SECOND, stays=True)

    def count():
        ids = [unit.pk for unit in names.units.values()]
        with CaptureQueriesContext(connection) as counted:
            went(OPERATOR, ids, BEFORE, AFTER)
            came(OPERATOR, ids, AFTER, BEFORE)
        return len(counted)

    before = count()
    for number in range(5):
        village(names, f"样例{number}村")
        merge(names, [f"样例{number}村"], "丙村", THIRD)
    assert count() == before <= 11


def test_whoever_has_no_account_is_told_the_same(names):
    asked = ([names.units["甲村"].pk], BEFORE, AFTER)
    assert went(AnonymousUser(), *asked) == went(OPERATOR, *asked) != []
