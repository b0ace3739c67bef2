"""The answers agree: what lists let through, what is told of one thing at a time, and what the wall lets through.

Random federations: a tree of units, bodies of two lines seated here and there, superiors and leaders, some of it ended;
offices with random roles, held or lent, over random days; then for every person, word and thing both are asked, and
for every person which people and memberships the lists and the wall let them see.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongjian.chronicle.record import record
from gongjian.register import access
from gongjian.register.authority.policy import can
from gongjian.register.authority.reach import OPERATOR, Walk, reach_of
from gongjian.register.authority.wall import reading_as
from gongjian.register.models import (
    Body,
    BodyEntry,
    BodyKind,
    Delegation,
    Form,
    Line,
    Membership,
    Office,
    OfficeKind,
    Permission,
    Person,
    Role,
    Unit,
    UnitEntry,
    UnitKind,
    Venue,
)
from gongjian.register.walks import LINE, bodies_below, refresh_body_paths, refresh_unit_paths, units_below
from tests.register import town as small

pytestmark = pytest.mark.django_db

UNITS, BODIES, PEOPLE = 7, 8, 3
BEGAN = date(2020, 1, 1)
WORDS = list(Permission)

spans = st.sampled_from(["now", "past", "future", "ends today", "begins today"])
role = st.tuples(
    st.sets(st.sampled_from(WORDS), min_size=1, max_size=3),
    st.sampled_from(list(Walk)),
    st.sampled_from([None, 0, 1, 2]),
)
unit = st.tuples(st.integers(0, UNITS), st.booleans())
body = st.tuples(
    st.sampled_from(["party", "union"]),
    st.integers(0, UNITS - 1),
    st.integers(0, BODIES),
    st.integers(0, BODIES),
    st.booleans(),
)
office = st.tuples(st.integers(0, PEOPLE - 1), st.integers(0, BODIES - 1), st.integers(0, 2), spans)
loan = st.tuples(st.integers(0, 5), st.integers(0, PEOPLE - 1), spans)


@st.composite
def federations(draw):
    return {
        "roles": draw(st.lists(role, min_size=3, max_size=3)),
        "units": draw(st.lists(unit, min_size=UNITS, max_size=UNITS)),
        "bodies": draw(st.lists(body, min_size=BODIES, max_size=BODIES)),
        "offices": draw(st.lists(office, min_size=1, max_size=6)),
        "loans": draw(st.lists(loan, max_size=3)),
    }


def days(span: str, today: date) -> tuple[date, date | None]:
    return {
        "now": (BEGAN, None),
        "past": (BEGAN, today - timedelta(days=30)),
        "future": (today + timedelta(days=30), today + timedelta(days=60)),
        "ends today": (BEGAN, today),
        "begins today": (today, today + timedelta(days=1)),
    }[span]


def closed(valid: tuple[date, date | None], today: date) -> tuple[date, date]:
    return valid[0], valid[1] or today + timedelta(days=100)


class Federation:
    """What was drawn, written into the register row by row and not through its actions: odd shapes are wanted."""

    def __init__(self, drawn: dict, today: date) -> None:
        self.act, self.today = record("tests.build"), today
        self.accounts = [small.account(f"人{number}") for number in range(PEOPLE)]
        self.people = [Person.objects.create(name=f"样例{n}", account=each) for n, each in enumerate(self.accounts)]
        for key, leads in (("party", True), ("union", False)):
            Line.objects.create(key=key, mark="党", names=small.names(key, key), leads=leads)
            BodyKind.objects.create(key=key, line_id=key, names=small.names(key, key))
        UnitKind.objects.create(key="village", level="village", names=small.names("村", "v"))
        UnitKind.objects.create(key="firm", level="employer", names=small.names("企业", "f"))
        Form.objects.create(key="single", names=small.names("单独", "single"))
        for number, (words, walk, depth) in enumerate(drawn["roles"]):
            made = Role.objects.create(key=f"r{number}", names={}, permissions=sorted(words), walk=walk, depth=depth)
            OfficeKind.objects.create(key=f"k{number}", names=small.names("职", "k")).roles.add(made)
        self._write(drawn)

    def _write(self, drawn: dict) -> None:
        gone = (BEGAN, self.today - timedelta(days=10))
        self.units = [Unit.objects.create() for _ in drawn["units"]]
        for at, (above, ended) in enumerate(drawn["units"]):
            parent = self.units[above] if above < at else None
            valid = gone if ended else (BEGAN, None)
            UnitEntry.objects.create(
                unit=self.units[at],
                name=f"单位{at}",
                kind_id="firm" if at % 3 else "village",
                parent=parent,
                valid=valid,
                act=self.act,
            )
        self.bodies = [Body.objects.create(line_id=line) for line, *_rest in drawn["bodies"]]
        for at, (line, seat, above, leader, ended) in enumerate(drawn["bodies"]):
            BodyEntry.objects.create(
                body=self.bodies[at],
                name=f"组织{at}",
                kind_id=line,
                form_id="single",
                seat=self.units[seat],
                superior=self.bodies[above] if above < at and self.bodies[above].line_id == line else None,
                leader=self.bodies[leader] if leader < at and self.bodies[leader].line_id == "party" else None,
                valid=gone if ended else (BEGAN, None),
                act=self.act,
            )
        members = [*self.people, *Person.objects.bulk_create(Person(name=f"成员{at}") for at in range(BODIES))]
        for at, member in enumerate(members):
            valid = (BEGAN, self.today - timedelta(days=20)) if at % 4 == 3 else (BEGAN, None)
            Membership.objects.create(person=member, body=self.bodies[at % BODIES], valid=valid, act=self.act)
        for at in range(4):
            keeper = Person.objects.create(name=f"管理{at}")
            Venue.objects.create(name=f"阵地{at}", unit=self.units[at], owner=self.bodies[at], keeper=keeper,
                                 valid=(BEGAN, None), act=self.act)  # fmt: skip
        offices = []
        for person, held_in, kind, span in drawn["offices"]:
            given_ = {"person": self.people[person], "body": self.bodies[held_in], "kind_id": f"k{kind}"}
            if not Office.objects.filter(**given_).exists():
                offices.append(Office.objects.create(**given_, valid=days(span, self.today), act=self.act))
        for which, person, span in drawn["loans"]:
            given_ = {"office": offices[which % len(offices)], "person": self.people[person]}
            if not Delegation.objects.filter(**given_).exists():
                Delegation.objects.create(**given_, valid=closed(days(span, self.today), self.today), act=self.act)
        refresh_unit_paths(self.today)
        refresh_body_paths(self.today)


def both_agree(drawn: dict) -> None:
    today = timezone.localdate()
    federation = Federation(drawn, today)
    stored, bodies = list(Unit.objects.all()), list(Body.objects.all())
    for account, person in zip(federation.accounts, federation.people, strict=True):
        reach = reach_of(account)
        for word in WORDS:
            listed = {
                *Unit.objects.filter(reach.units(word)),
                *Body.objects.filter(reach.bodies(word)),
            }
            told = {thing for thing in [*federation.units, *federation.bodies] if can(person.pk, word, thing, today)}
            assert listed == told, (account.name, word)
            assert {unit for unit in stored if reach.holds(word, unit)} == {*Unit.objects.filter(reach.units(word))}
            for unit in stored:
                if unit.path and reach.holds_all(word, unit):
                    assert set(units_below(unit, today, today)) <= {*Unit.objects.filter(reach.units(word))}
            for body in bodies:
                if reach.leads(word, body):
                    assert set(bodies_below(LINE, body, today, today)) <= {*Body.objects.filter(reach.bodies(word))}
        for body in bodies:
            under = Q(pk=body.pk) | Q(pk__in=bodies_below(LINE, body, today, today))
            there = Body.objects.filter(under)
            for visible in (access.memberships_visible_to, access.offices_visible_to):
                assert set(visible(account, under=body)) == set(visible(account).filter(body__in=there))
    for reader in (*federation.accounts, AnonymousUser()):
        with reading_as(reader.pk):
            behind = set(Person.objects.all()), set(Membership.objects.all())
        listed_people = set(access.persons_visible_to(reader)), set(access.memberships_visible_to(reader))
        assert behind == listed_people, reader


# Chains of units and bodies, the last of each ended, and an office of each walk with a depth: what is drawn rarely.
CHAINS = {
    "roles": [
        ({Permission.SEE_COUNTS, Permission.SEE_PEOPLE, Permission.APPOINT}, Walk.TERRITORY, 1),
        ({Permission.SEE_PEOPLE}, Walk.LINE, 0),
        ({Permission.SEE_PEOPLE, Permission.KEEP_REGISTER}, Walk.LEADERSHIP, 2),
    ],
    "units": [(at - 1 if at else UNITS, at >= UNITS - 2) for at in range(UNITS)],
    "bodies": [
        ("party", min(at, UNITS - 1), at - 1 if at else BODIES, at - 1 if at else BODIES, at >= BODIES - 2)
        for at in range(BODIES)
    ],
    "offices": [(0, 0, 0, "now"), (0, BODIES - 3, 1, "now"), (1, 1, 1, "now"), (2, 2, 2, "now"), (1, 4, 0, "now")],
    "loans": [(0, 2, "now"), (1, 1, "past")],
}

AGREE = given(federations())


def within_a_transaction(drawn: dict) -> None:
    with transaction.atomic():
        both_agree(drawn)
        transaction.set_rollback(True)


def quickly(examples: int):
    return settings(
        max_examples=examples, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )


def test_lists_and_single_answers_agree_along_chains_with_depths_and_ends(db):
    within_a_transaction(CHAINS)


def test_lists_and_single_answers_agree_for_every_person_word_and_thing(db):
    quickly(5)(AGREE(within_a_transaction))()


@pytest.mark.slow
def test_lists_and_single_answers_agree_in_many_federations(db):
    quickly(150)(AGREE(within_a_transaction))()


def test_the_operator_sees_everything(town):
    assert Body.objects.filter(reach_of(OPERATOR).bodies(Permission.SEE_PEOPLE)).count() == len(town.bodies)
