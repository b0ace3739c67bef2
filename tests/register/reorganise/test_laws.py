"""Laws of reforms, over random sequences of deeds on a small town. `-m slow` runs the same with many more examples."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import reduce

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gongjian.register import undo
from gongjian.register.access import OPERATOR
from gongjian.register.actions import Refused
from gongjian.register.models import BodyEntry, UnitEntry
from gongjian.register.queries.lineage import came, went
from gongjian.register.queries.structure import Count, Numbers, counts_by_place

from . import deeds as small
from .deeds import Deed, deeds
from .state import register_state, what_does_not_hold

pytestmark = pytest.mark.django_db

QUICK = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)
MANY = settings(QUICK, max_examples=int(os.environ.get("EXAMPLES", "400")), derandomize=False)
SEQUENCE = st.lists(deeds(), min_size=1, max_size=8)


@pytest.fixture
def town(db):
    small.build()


@contextmanager
def set_back() -> Iterator[None]:
    """What an example does is taken back at its end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


# == the laws ==
def the_register_keeps_its_promises(sequence: list[Deed]) -> None:
    for deed in sequence:
        small.do(deed)
    assert what_does_not_hold(timezone.localdate()) == []


def undoing_backwards_restores_everything(sequence: list[Deed]) -> None:
    today, done = timezone.localdate(), []
    for deed in sequence:
        before = register_state()
        if act := small.do(deed):
            done.append((act, before))
        else:
            assert register_state() == before
    for act, before in reversed(done):
        undo.undo([act], by=None, today=today)
        assert register_state() == before, act.verb


def undoing_one_in_the_middle_restores_it_alone_or_is_refused(sequence: list[Deed], at: int) -> None:
    today, done = timezone.localdate(), []
    for deed in sequence:
        before = register_state()
        if act := small.do(deed):
            done.append((act, before, register_state()))
    if not done:
        return
    act, before, after = done[at % len(done)]
    now = register_state()
    try:
        undo.undo([act], by=None, today=today)
    except Refused as refused:
        assert isinstance(refused, undo.StoodOn)
        assert register_state() == now
        return
    expected = rows(now) | taken_back(rows(before), rows(after))
    assert rows(register_state()) == {key: row for key, row in expected.items() if row is not None}
    assert what_does_not_hold(today) == []


def rows(state: dict[str, list[str]]) -> dict[tuple[str, int], str | None]:
    """Rows by table and id. Of units and bodies only that they are there: their paths follow from the rest."""
    found: dict[tuple[str, int], str | None] = {}
    for table, texts in state.items():
        for text in texts:
            row = json.loads(text)
            found[table, row["id"]] = "" if table in ("register_unit", "register_body") else text
    return found


def taken_back(before: dict, after: dict) -> dict:
    """What the act changed, as it was before."""
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    return {key: before.get(key) for key in changed}


def shares_add_up_and_both_directions_agree(sequence: list[Deed], since: int, to: int) -> None:
    for deed in sequence:
        small.do(deed)
    first, last = sorted([([small.START, *small.days()])[since], ([small.START, *small.days()])[to]])
    for of, entries in (("unit", UnitEntry), ("body", BodyEntry)):
        ids = entries.objects.order_by().values_list(f"{of}_id", flat=True)
        onwards = went(OPERATOR, ids, first, last, of=of)
        for id in {way.old for way in onwards}:
            shares = [way.share for way in onwards if way.old == id]
            assert None in shares or sum(shares) == 1
        assert {way.old for way in onwards} == set(entries.objects.on(first).values_list(f"{of}_id", flat=True))
        back = {way for way in came(OPERATOR, ids, last, first, of=of) if way.old}
        assert back == {way for way in onwards if way.new}


def totals_are_equal_in_the_structure_of_then_and_of_today(sequence: list[Deed], day: int, level: int, of: int) -> None:
    for deed in sequence:
        small.do(deed)
    asked = {"level": small.LEVELS[level], "of_level": small.LEVELS[of], "line": "union", "today": timezone.localdate()}
    day_ = [small.START, *small.days()][day]
    then, now = (whole(counts_by_place(OPERATOR, day_, structure=each, **asked)) for each in ("then", "today"))
    standing = UnitEntry.objects.on(day_).filter(kind__level=small.LEVELS[of]).count()
    assert then == now
    assert then.units == standing


def whole(counts: list[Count]) -> Numbers:
    return reduce(Numbers.plus, (count.numbers for count in counts), Numbers())


# == the tests ==
@given(SEQUENCE)
def _promises(sequence):
    with set_back():
        the_register_keeps_its_promises(sequence)


@given(SEQUENCE)
def _backwards(sequence):
    with set_back():
        undoing_backwards_restores_everything(sequence)


@given(SEQUENCE, st.integers(0, 7))
def _middle(sequence, at):
    with set_back():
        undoing_one_in_the_middle_restores_it_alone_or_is_refused(sequence, at)


@given(SEQUENCE, st.integers(0, 6), st.integers(0, 6))
def _shares(sequence, since, to):
    with set_back():
        shares_add_up_and_both_directions_agree(sequence, since, to)


@given(SEQUENCE, st.integers(0, 6), st.integers(0, 3), st.integers(0, 4))
def _totals(sequence, day, level, of):
    with set_back():
        totals_are_equal_in_the_structure_of_then_and_of_today(sequence, day, level, of)


LAWS = [_promises, _backwards, _middle, _shares, _totals]
NAMES = [law.__name__.strip("_") for law in LAWS]


@pytest.mark.parametrize("law", LAWS, ids=NAMES)
def test_law(town, law):
    QUICK(law)()


@pytest.mark.slow
@pytest.mark.parametrize("law", LAWS, ids=NAMES)
def test_law_with_many_examples(town, law):
    MANY(law)()
