"""What the database itself refuses, whoever writes."""

import threading
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from gongjian.register.models import BodyEntry, Cover, StandsIn, UnitEntry

from . import town as small

DAY = date(2021, 1, 1)


@pytest.fixture
def entry(town):
    return lambda name: UnitEntry.objects.on(town.today).get(unit=town.units[name])


def at_commit() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def refused(constraint: str):
    return pytest.raises(IntegrityError, match=constraint)


def test_no_two_entries_of_a_unit_share_a_day(town, entry):
    was = entry("village")
    with refused("register_unit_one_entry_a_day"):
        UnitEntry.objects.create(
            unit=was.unit, name="别名", kind=was.kind, parent=was.parent, valid=(DAY, None), act=was.act
        )


def test_no_two_units_hold_a_code_on_a_day(town, entry):
    was = entry("village")
    with refused("register_unit_code_once_a_day"):
        UnitEntry.objects.filter(pk=entry("street").pk).update(code=was.code)


def test_two_units_may_swap_codes_in_one_act(town, entry):
    one, other = entry("village"), entry("street")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        UnitEntry.objects.filter(pk=one.pk).update(code=other.code)
        UnitEntry.objects.filter(pk=other.pk).update(code=one.code)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert (entry("village").code, entry("street").code) == (other.code, one.code)


@pytest.mark.parametrize("valid", [(DAY, DAY), (None, DAY)])
def test_an_entry_has_days_and_a_first_one(town, entry, valid):
    with refused("register_unit_entry_has_days"):
        UnitEntry.objects.filter(pk=entry("village").pk).update(valid=valid)


def test_a_unit_below_itself_is_refused_at_commit(town, entry):
    UnitEntry.objects.filter(pk=entry("county").pk).update(parent=town.units["village"])
    with refused("walk by territory"):
        at_commit()


def test_a_circle_made_and_mended_in_one_act_passes(town, entry):
    was = entry("county")
    UnitEntry.objects.filter(pk=was.pk).update(parent=town.units["village"])
    UnitEntry.objects.filter(pk=was.pk).update(parent=was.parent)
    at_commit()


def test_links_that_share_no_day_are_no_circle(town):
    """A may stand under B in one year and B under A in another."""
    county = town.units["county"]
    first = small.unit("甲村", "village", county)
    second = small.unit("乙村", "village", first)
    UnitEntry.objects.filter(unit__in=[first, second]).update(valid=(small.FIRST, DAY))
    act = small.an_act()
    for unit, parent in ((second, county), (first, second)):
        UnitEntry.objects.create(unit=unit, name="丙村", kind_id="village", parent=parent, valid=(DAY, None), act=act)
    at_commit()


def test_a_place_cannot_stand_in_what_stands_in_it(town):
    firm, building = (
        town.units["logistics"],
        small.unit("乙大厦", "building", town.units["street"], since=small.REFORM),
    )
    small.stands_in(firm, building, since=small.REFORM)
    StandsIn.objects.create(unit=building, place=firm, valid=(small.REFORM, None), act=small.an_act())
    with refused("walk by places"):
        at_commit()


@pytest.mark.parametrize("link, walk", [("superior", "line"), ("leader", "leadership")])
def test_a_body_below_itself_is_refused_at_commit(town, link, walk):
    kind = {"superior": "union_federation", "leader": "party_committee"}[link]
    top = small.body("甲", kind, town.units["county"])
    middle = small.body("乙", kind, town.units["county"], **{link: top})
    BodyEntry.objects.filter(body=top).update(**{link: middle})
    with refused(f"walk by {walk}"):
        at_commit()


def test_a_circle_through_leader_and_superior_is_found(town):
    """A Party body without a leader stands below its superior: the circle closes through both kinds of link."""
    top = small.body("甲党委", "party_committee", town.units["county"])
    branch = small.body("乙支部", "party_branch", town.units["county"], superior=top)
    BodyEntry.objects.filter(body=top).update(leader=branch)
    with refused("walk by leadership"):
        at_commit()


def test_a_cover_outside_the_life_of_its_body_is_refused(town):
    union = small.body("甲工会", "union_committee", town.units["county"], since=DAY)
    Cover.objects.create(body=union, unit=town.units["logistics"], valid=(small.FIRST, None), act=small.an_act())
    with refused("register_cover_within_body|outside the life"):
        at_commit()


def test_ending_a_body_under_its_covers_is_refused(town):
    union = small.body("甲工会", "union_committee", town.units["county"])
    small.cover(union, town.units["logistics"], since=small.REFORM)
    at_commit()
    BodyEntry.objects.filter(body=union).update(valid=(small.FIRST, DAY))
    with refused("outside the life"):
        at_commit()


@pytest.mark.django_db(transaction=True)
def test_of_two_moves_that_together_make_a_circle_one_is_refused(town):
    """Each is sound by itself, both run at once, written past the actions: the second to commit is refused."""
    first = small.unit("甲村", "village", town.units["county"])
    second = small.unit("乙村", "village", town.units["county"])
    both_wrote = threading.Barrier(2, timeout=20)
    outcomes: list[str] = []

    def move(unit, parent):
        try:
            with transaction.atomic():
                UnitEntry.objects.filter(unit=unit).update(parent=parent)
                both_wrote.wait()
            outcomes.append("moved")
        except IntegrityError as error:
            outcomes.append("refused" if "territory" in str(error) else repr(error))
        finally:
            connection.close()

    movers = [threading.Thread(target=move, args=pair) for pair in ((first, second), (second, first))]
    for mover in movers:
        mover.start()
    for mover in movers:
        mover.join(30)
    assert sorted(outcomes) == ["moved", "refused"]
