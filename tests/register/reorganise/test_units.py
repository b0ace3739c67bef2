"""Merging, dividing, closing and reopening units: what goes along, what is refused, and that undo is an inverse."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from gongjian.register import actions, undo
from gongjian.register.models import (
    BodyEntry,
    BodyLineage,
    Cover,
    Membership,
    Office,
    Plaque,
    StandsIn,
    UnitEntry,
    UnitLineage,
    Venue,
    VenueShare,
)
from gongjian.register.reorganise.units import Part, close_unit, merge_units, reopen_unit, split_unit

from .. import town as small
from .state import register_state

DAY = date(2022, 3, 1)


@pytest.fixture
def villages(town):
    """甲村 and 乙村 in 大唐街道: a firm, a Party branch and a union in each."""
    street = town.units["street"]
    made = {}
    for name in ("甲村", "乙村"):
        village = small.unit(name, "village", street, since=small.REFORM, code=f"33068100590{len(made)}")
        firm = small.unit(f"{name}样例厂", "enterprise", village, since=small.REFORM)
        branch = small.body(
            f"{name}党支部", "party_branch", village, since=small.REFORM, superior=town.bodies["street_party"]
        )
        union = small.body(f"{name}工会", "joint_union", village, since=small.REFORM, leader=branch)
        small.cover(union, firm, since=small.REFORM)
        small.cover(union, village, since=small.REFORM)
        made[name] = village
        made[f"{name}厂"], made[f"{name}党"], made[f"{name}工"] = firm, branch, union
    return made


def merge(town, sources, into, on=DAY, **more):
    return merge_units(sources, into=into, on=on, today=town.today, by=town.clerk, **more)


def parents(unit) -> list[tuple]:
    entries = UnitEntry.objects.filter(unit=unit).order_by("valid")
    return [(entry.parent_id, entry.since, entry.until) for entry in entries]


def test_what_stands_in_a_merged_unit_stands_in_the_other_from_the_day(town, villages):
    one, other = villages["甲村"], villages["乙村"]
    merge(town, [one], other)
    assert parents(villages["甲村厂"]) == [(one.pk, small.REFORM, DAY), (other.pk, DAY, None)]
    assert [entry.until for entry in UnitEntry.objects.filter(unit=one)] == [DAY]
    firm, village = villages["甲村厂"], villages["甲村"]
    firm.refresh_from_db()
    village.refresh_from_db()
    assert firm.path.startswith(other.path)
    assert village.path == ""


def test_seats_and_covers_go_along(town, villages):
    one, other = villages["甲村"], villages["乙村"]
    merge(town, [one], other)
    seats = BodyEntry.objects.filter(body=villages["甲村党"]).order_by("valid").values_list("seat_id", flat=True)
    assert list(seats) == [one.pk, other.pk]
    covers = Cover.objects.filter(body=villages["甲村工"]).exclude(unit=villages["甲村厂"]).order_by("valid")
    assert [(c.unit_id, c.since, c.until) for c in covers] == [(one.pk, small.REFORM, DAY), (other.pk, DAY, None)]


def test_a_body_that_covers_both_goes_on_covering_once(town, villages):
    one, other = villages["甲村"], villages["乙村"]
    small.cover(villages["甲村工"], other, since=date(2023, 1, 1))
    merge(town, [one], other)
    covers = Cover.objects.filter(body=villages["甲村工"], unit=other).order_by("valid")
    assert [(c.since, c.until) for c in covers] == [(DAY, date(2023, 1, 1)), (date(2023, 1, 1), None)]


def test_bodies_can_be_merged_with_their_units(town, villages):
    pairs = {villages["甲村党"].pk: villages["乙村党"].pk, villages["甲村工"].pk: villages["乙村工"].pk}
    member = small.person("吴样例")
    small.membership(member, villages["甲村党"], since=small.REFORM)
    small.office(member, villages["甲村党"], "party_secretary", since=small.REFORM)
    merge(town, [villages["甲村"]], villages["乙村"], bodies=pairs)
    belongs = Membership.objects.filter(person=member).order_by("valid")
    assert [(m.body_id, m.since, m.until) for m in belongs] == [
        (villages["甲村党"].pk, small.REFORM, DAY),
        (villages["乙村党"].pk, DAY, None),
    ]
    assert Office.objects.get(person=member).until == DAY
    assert {(link.old_id, link.new_id, link.how) for link in BodyLineage.objects.all()} == {
        (old, new, "merged") for old, new in pairs.items()
    }
    covers = Cover.objects.filter(unit=villages["甲村厂"]).order_by("valid").values_list("body_id", flat=True)
    assert list(covers) == [villages["甲村工"].pk, villages["乙村工"].pk]


def test_a_merger_leaves_its_lineage(town, villages):
    act = merge(town, [villages["甲村"]], villages["乙村"])
    link = UnitLineage.objects.get()
    assert (link.old, link.new, link.on, link.how, link.share) == (
        villages["甲村"],
        villages["乙村"],
        DAY,
        "merged",
        Decimal(1),
    )
    assert (act.verb, act.subject) == ("register.merge_units", f"register.unit:{villages['乙村'].pk}")


def test_a_new_unit_may_take_the_code_of_one_that_ends_in_it(town, villages):
    values = {"name": "甲乙村", "kind": small.UnitKind.objects.get(key="village"), "parent": town.units["street"]}
    merge(town, [villages["甲村"], villages["乙村"]], None, values={**values, "code": "330681005900"})
    entry = UnitEntry.objects.on(DAY).get(name="甲乙村")
    assert entry.code == "330681005900"
    assert {link.old_id for link in UnitLineage.objects.filter(new=entry.unit)} == {
        villages["甲村"].pk,
        villages["乙村"].pk,
    }


def test_the_one_that_receives_may_change_its_name_in_the_same_act(town, villages):
    merge(town, [villages["甲村"]], villages["乙村"], values={"name": "甲乙村"})
    names = UnitEntry.objects.filter(unit=villages["乙村"]).order_by("valid").values_list("name", flat=True)
    assert list(names) == ["乙村", "甲乙村"]


def test_venues_keep_their_plaques_where_they_go(town):
    village, street = town.units["village"], town.units["street"]
    act = merge(town, [village], small.unit("丙村", "village", street, since=small.REFORM))
    old, new = Venue.objects.order_by("id")
    assert (old.until, new.since) == (DAY, DAY)
    assert set(Plaque.objects.on(DAY).filter(venue=new).values_list("kind", flat=True)) == {
        "workers_home",
        "party_home",
    }
    assert VenueShare.objects.on(DAY).filter(venue=new).count() == 1
    assert act.pk


def test_an_employer_stands_on_in_the_building_of_the_unit_that_received_it(town):
    other = small.unit("新样例大厦", "building", town.units["street"], since=small.REFORM)
    merge(town, [town.units["building"]], other)
    places = StandsIn.objects.filter(unit=town.units["hosiery"]).order_by("valid").values_list("place_id", flat=True)
    assert list(places) == [town.units["building"].pk, other.pk]


@pytest.mark.parametrize(
    "sources, into, says",
    [
        (["甲村"], "甲村", "into itself"),
        (["甲村"], "甲村厂", "would stand in itself"),
        ([], "乙村", "at least one"),
    ],
)
def test_a_merger_that_cannot_be_is_refused_and_writes_nothing(town, villages, sources, into, says):
    before = register_state()
    with pytest.raises(actions.Refused, match=says):
        merge(town, [villages[name] for name in sources], villages[into])
    assert register_state() == before


@pytest.mark.parametrize("day", [small.FIRST, small.REFORM, date(1990, 1, 1)])
def test_a_merger_on_a_day_it_did_not_stand_is_refused(town, villages, day):
    with pytest.raises(actions.Refused, match=str(day)):
        merge(town, [villages["甲村"]], villages["乙村"], on=day)


def test_a_dated_merger_waits_for_its_day(town, villages):
    later = town.today + timedelta(days=10)
    merge(town, [villages["甲村"]], villages["乙村"], on=later)
    villages["甲村厂"].refresh_from_db()
    villages["甲村"].refresh_from_db()
    assert villages["甲村厂"].path.startswith(villages["甲村"].path)
    assert UnitEntry.objects.on(later).filter(unit=villages["甲村"]).count() == 0


# == dividing ==
def part(name, town, share=None):
    kind = small.UnitKind.objects.get(key="village")
    return Part(values={"name": name, "kind": kind, "parent": town.units["street"]}, share=share)


def test_a_divided_unit_gives_each_thing_to_its_part(town, villages):
    one = villages["甲村"]
    parts = [part("东甲村", town, Decimal("0.6")), part("西甲村", town, Decimal("0.4"))]
    split_unit(
        one,
        parts=parts,
        stays=False,
        on=DAY,
        today=town.today,
        by=town.clerk,
        apart={("child", villages["甲村厂"].pk): 1, ("seat", villages["甲村党"].pk): 1},
    )
    east, west = (UnitEntry.objects.on(DAY).get(name=name).unit_id for name in ("东甲村", "西甲村"))
    assert parents(villages["甲村厂"])[-1][0] == west
    seats = dict(BodyEntry.objects.on(DAY).filter(name__startswith="甲村").values_list("name", "seat_id"))
    assert seats == {"甲村党支部": west, "甲村工会": east}
    assert dict(UnitLineage.objects.values_list("new_id", "share")) == {east: Decimal("0.6"), west: Decimal("0.4")}


def test_a_unit_that_stays_keeps_what_is_not_given_away(town, villages):
    one = villages["甲村"]
    split_unit(
        one,
        parts=[part("新甲村", town)],
        stays=True,
        on=DAY,
        today=town.today,
        by=None,
        apart={("child", villages["甲村厂"].pk): 0},
    )
    assert UnitEntry.objects.on(DAY).filter(unit=one).count() == 1
    assert parents(villages["甲村厂"])[-1][0] == UnitEntry.objects.on(DAY).get(name="新甲村").unit_id
    assert list(BodyEntry.objects.on(DAY).filter(body=villages["甲村党"]).values_list("seat_id", flat=True)) == [one.pk]


@pytest.mark.parametrize("shares", [(Decimal("0.6"), Decimal("0.5")), (Decimal("0.6"), None), (Decimal("0.2"),) * 2])
def test_shares_that_do_not_add_up_are_refused(town, villages, shares):
    parts = [part(f"{number}甲村", town, share) for number, share in enumerate(shares)]
    with pytest.raises(actions.Refused, match="share"):
        split_unit(villages["甲村"], parts=parts, stays=False, on=DAY, today=town.today, by=None)


# == closing and reopening ==
def test_closing_hands_over_what_stands_in_it_and_ends_its_covers(town, villages):
    close_unit(villages["甲村"], to=town.units["street"], on=DAY, today=town.today, by=None, is_known=False)
    assert parents(villages["甲村厂"])[-1][0] == town.units["street"].pk
    assert not Cover.objects.on(DAY).filter(unit__in=[villages["甲村"], town.units["street"]]).exists()
    assert list(UnitLineage.objects.values_list("how", "new_id")) == [("unknown", None)]


def test_a_closed_unit_stands_again_as_it_stood_last(town, villages):
    close_unit(villages["甲村"], to=town.units["street"], on=DAY, today=town.today, by=None)
    again = date(2023, 1, 1)
    reopen_unit(villages["甲村"], on=again, today=town.today, by=None)
    last = UnitEntry.objects.filter(unit=villages["甲村"]).order_by("valid").last()
    assert (last.name, last.code, last.since, last.until) == ("甲村", "330681005900", again, None)


def test_a_unit_that_stands_cannot_be_reopened(town, villages):
    with pytest.raises(actions.Refused):
        reopen_unit(villages["甲村"], on=DAY, today=town.today, by=None)


# == undo ==
def reforms(town, villages):
    street, apart = town.units["street"], {("child", villages["甲村厂"].pk): 1}
    pairs = {villages["甲村党"].pk: villages["乙村党"].pk}
    given = {"on": DAY, "today": town.today, "by": town.clerk}
    kind = small.UnitKind.objects.get(key="village")
    new = {"name": "甲乙村", "kind": kind, "parent": street, "code": "330681005900"}
    return {
        "merge": lambda: merge(town, [villages["甲村"]], villages["乙村"], bodies=pairs, values={"name": "甲乙村"}),
        "merge_new": lambda: merge(town, [villages["甲村"], villages["乙村"]], None, values=new),
        "merge_with_venue": lambda: merge(town, [town.units["village"]], villages["乙村"]),
        "split": lambda: split_unit(
            villages["甲村"], parts=[part("东", town), part("西", town)], stays=False, apart=apart, **given
        ),
        "split_off": lambda: split_unit(villages["甲村"], parts=[part("东", town)], stays=True, **given),
        "close": lambda: close_unit(villages["甲村"], to=street, is_known=False, **given),
    }


@pytest.mark.parametrize("name", ["merge", "merge_new", "merge_with_venue", "split", "split_off", "close"])
def test_undo_is_an_inverse(town, villages, name):
    before = register_state()
    act = reforms(town, villages)[name]()
    assert register_state() != before
    undo.undo([act], by=town.clerk, today=town.today)
    assert register_state() == before


def test_what_was_built_on_a_reform_stands_against_its_undo(town, villages):
    act = reforms(town, villages)["merge_new"]()
    made = UnitEntry.objects.on(DAY).get(name="甲乙村").unit
    small.unit("后来样例厂", "enterprise", made, since=date(2023, 1, 1))
    with pytest.raises(undo.StoodOn, match="后来样例厂"):
        undo.undo([act], by=None, today=town.today)


def test_undo_is_refused_after_thirty_days(town, villages):
    act = reforms(town, villages)["merge"]()
    with pytest.raises(actions.Refused, match="30"):
        undo.undo([act], by=None, today=town.today + timedelta(days=31))


def test_undo_twice_is_refused(town, villages):
    act = reforms(town, villages)["merge"]()
    undo.undo([act], by=None, today=town.today)
    with pytest.raises(actions.Refused):
        undo.undo([act], by=None, today=town.today)


# == what the database holds ==
@pytest.mark.parametrize(
    "old, new, on, how, share",
    [
        ("甲村", "乙村", DAY, "merged", 1),  # 甲村 still stands
        ("甲村", "乙村", small.REFORM, "split", None),  # nor did it stand the day before
        ("closed_village", "closed_village", small.REFORM, "merged", 1),
        ("closed_village", "street", small.REFORM, "split", Decimal("0.5")),  # half of it is nowhere
        ("closed_village", "old_town", small.REFORM, "merged", 1),  # which ended that day
    ],
)
def test_lineage_that_does_not_fit_is_refused_by_the_database(town, villages, old, new, on, how, share):
    units = {**town.units, **villages}
    with pytest.raises(IntegrityError), transaction.atomic():
        UnitLineage.objects.create(old=units[old], new=units[new], on=on, how=how, share=share, act=small.an_act())
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
