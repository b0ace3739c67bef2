"""What random sequences of deeds have found, each as its smallest example."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from gongjian.register import actions, undo
from gongjian.register.models import Body, UnitEntry
from gongjian.register.reorganise.bodies import merge_bodies
from gongjian.register.reorganise.units import close_unit, merge_units, reopen_unit

from .. import town as small
from .state import register_state, what_does_not_hold

DAY, LATER = date(2022, 3, 1), date(2023, 3, 1)


@pytest.fixture
def villages(town):
    street = town.units["street"]
    return [small.unit(name, "village", street, since=small.REFORM) for name in ("甲村", "乙村", "丙村")]


def merge(town, source, into, on):
    return merge_units([source], into=into, on=on, today=town.today, by=None)


# == what a link leads to stands ==
@pytest.mark.parametrize("on", [DAY, LATER])
def test_what_another_went_on_in_cannot_end_before_that(town, villages, on):
    one, other, third = villages
    merge(town, one, other, on)
    with pytest.raises(actions.Refused, match=f"Another one goes on in “乙村” from {on}"):
        merge(town, other, third, DAY)
    merge(town, other, third, LATER + timedelta(days=1))


def test_what_is_divided_later_cannot_end_before_that(town, villages):
    one, other, third = villages
    merge(town, one, other, LATER)
    reopen_unit(one, on=LATER + timedelta(days=1), today=town.today, by=None)
    with pytest.raises(actions.Refused, match="“甲村” is merged or divided on 2023-03-01"):
        merge(town, one, third, DAY)


def test_the_database_keeps_what_a_link_leads_to(town, villages):
    merge(town, villages[0], villages[1], DAY)
    with pytest.raises(actions.Refused, match="another went on in it"):
        actions.close_unit(villages[1], on=DAY, today=town.today, by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        UnitEntry.objects.filter(unit=villages[1]).update(valid=(small.REFORM, DAY))
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


# == what goes along stands as long ==
def test_nothing_goes_along_to_what_ends_sooner(town, villages):
    one, other, _third = villages
    small.unit("甲村样例厂", "enterprise", one, since=small.REFORM)
    actions.close_unit(other, on=LATER, today=town.today, by=None)
    before = register_state()
    with pytest.raises(actions.Refused, match="“乙村” stands only until 2023-03-01"):
        merge(town, one, other, DAY)
    with pytest.raises(actions.Refused, match="“乙村” stands only until 2023-03-01"):
        close_unit(one, to=other, on=DAY, today=town.today, by=None)
    assert register_state() == before


# == undo ==
def test_undo_writes_the_path_of_what_it_put_back_whole(town):
    """The later entry of the body had gone in the merger; nothing else of it was changed."""
    party = town.bodies["street_party"]
    one, other = (
        small.body(name, "party_branch", town.units["street"], since=small.REFORM, superior=town.bodies["county_party"])
        for name in ("甲支部", "乙支部")
    )
    actions.amend_body(one, on=DAY, today=town.today, by=None, superior=party)
    path = Body.objects.get(pk=one.pk).line_path
    act = merge_bodies([one], into=other, on=DAY, today=town.today, by=None)
    undo.undo([act], by=None, today=town.today)
    assert Body.objects.get(pk=one.pk).line_path == path
    assert what_does_not_hold(town.today) == []


def test_what_stands_on_a_reopened_unit_stands_against_undoing_that(town, villages):
    close_unit(villages[0], to=villages[1], on=DAY, today=town.today, by=None)
    act = reopen_unit(villages[0], on=LATER, today=town.today, by=None)
    small.unit("后来样例厂", "enterprise", villages[0], since=LATER)
    with pytest.raises(undo.StoodOn, match="“后来样例厂” stands in “甲村”"):
        undo.undo([act], by=None, today=town.today)


def test_nothing_is_put_back_into_what_has_ended_since(town, villages):
    one, other, third = villages
    firm = small.unit("甲村样例厂", "enterprise", one, since=small.REFORM)
    actions.move_unit(firm, to=other, on=DAY, today=town.today, by=None)
    moved = actions.Act.objects.latest("pk")
    merge(town, one, third, LATER)
    before = register_state()
    with pytest.raises(undo.StoodOn, match="甲村样例厂"):
        undo.undo([moved], by=None, today=town.today)
    assert register_state() == before
