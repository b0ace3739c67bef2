"""Up and down the three walks: the cached path of today and the dated links answer alike."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from hypothesis import given
from hypothesis import strategies as st

from gongjian.register import actions, tasks, walks
from gongjian.register.models import Body, Unit

from . import town as small

WALKS = [walks.TERRITORY, walks.LINE, walks.LEADERSHIP]


@given(st.lists(st.integers(1, 10**12), min_size=2, max_size=20))
def test_steps_sort_as_their_numbers_do(ids):
    assert sorted(ids, key=walks.step) == sorted(ids)


def below(walk, top, day, today):
    if walk is walks.TERRITORY:
        return set(walks.units_below(top, day, today))
    return set(walks.bodies_below(walk, top, day, today))


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.key)
def test_cached_paths_and_dated_links_agree_on_today(town, walk):
    things = Unit.objects.all() if walk is walks.TERRITORY else Body.objects.exclude(**{walk.path: ""})
    yesterday_of_cache = town.today + timedelta(days=1)  # any other day is walked
    for top in things:
        if getattr(top, walk.path):
            assert below(walk, top, town.today, town.today) == below(walk, top, town.today, yesterday_of_cache)


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.key)
def test_writing_all_paths_anew_changes_nothing(town, walk):
    assert walks.refresh_paths(walk, town.today) == 0


def test_a_village_stands_where_it_stood_on_each_day(town):
    village = town.units["village"]
    then = walks.way_up(walks.TERRITORY, village.pk, small.BEFORE)
    now = walks.way_up(walks.TERRITORY, village.pk, town.today)
    assert (then[-2], now[-2]) == (town.units["old_town"].pk, town.units["street"].pk)
    assert village in below(walks.TERRITORY, town.units["old_town"], small.BEFORE, town.today)
    assert village not in below(walks.TERRITORY, town.units["street"], small.BEFORE, town.today)


def test_a_subtree_takes_its_paths_along_when_it_moves(town):
    street, village = town.units["street"], town.units["village"]
    other = small.unit("柯桥区", "district", town.units["city"])
    actions.move_unit(street, to=other, on=town.today, today=town.today, by=None)
    village.refresh_from_db()
    assert village in below(walks.TERRITORY, other, town.today, town.today)
    assert village not in below(walks.TERRITORY, town.units["county"], town.today, town.today)
    assert walks.refresh_paths(walks.TERRITORY, town.today) == 0


def test_what_is_changed_together_gets_its_paths_together(town):
    """A parent and a grandchild change in one act; what lies between them does not."""
    street, village = town.units["street"], town.units["village"]
    firm = town.units["hardware"]
    Unit.objects.filter(pk__in=[street.pk, village.pk, firm.pk]).update(path="")
    walks.refresh_unit_paths(town.today, [street.pk, firm.pk])
    assert walks.refresh_paths(walks.TERRITORY, town.today) == 0


def test_without_a_leader_only_the_leading_line_stands_in_the_walk_by_leadership(town):
    union = small.body("甲工会", "union_committee", town.units["county"])
    branch = small.body("乙支部", "party_branch", town.units["county"])
    assert (union.lead_path, branch.lead_path) == ("", walks.step(branch.pk))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("walk", [actions.TERRITORY_LOCK, actions.LINE_LOCK, actions.LEADERSHIP_LOCK])
def test_the_paths_of_a_new_day_wait_for_a_move_that_is_under_way(walk):
    mover = connection.copy()
    try:
        mover.cursor().execute("SELECT pg_advisory_lock(%s)", [walk])
        connection.cursor().execute("SET lock_timeout = '200ms'")
        with pytest.raises(OperationalError, match="lock timeout"):
            tasks.refresh_paths()
    finally:
        mover.close()
        connection.close()
