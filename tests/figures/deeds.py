"""Random deeds on the small town's register, each by the register's own actions where it has one."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from gongjian.chronicle.models import Act
from gongjian.indicators.models import Exclusion, Indicator
from gongjian.register import actions
from gongjian.register.actions import Refused
from gongjian.register.imports.apply import apply
from gongjian.register.models import Body, Choice, Cover, Headcount, Office, Plaque, Term, Unit, UnitEntry, Venue
from gongjian.register.reorganise.units import merge_units
from gongjian.register.undo import undo
from tests.register import town as small
from tests.register.imports.files import checked


class Deeds:
    """`some(day)` does some deeds that are told on the day; they count from that day, from before, or from later."""

    def __init__(self, town: small.Town, seed: int) -> None:
        self.town, self.random, self.done = town, random.Random(seed), dict[str, int]()
        self.number = 0
        self.all: list[Callable[[date], Any]] = [
            self.open_firm, self.open_village, self.amend_firm, self.move_village, self.close_firm, self.merge_streets,
            self.cover, self.end_cover, self.count_heads, self.open_body, self.lead_body, self.hold_office,
            self.end_office, self.elect, self.hang_a_plaque, self.leave_out, self.take_in_a_file, self.undo_the_last,
        ]  # fmt: skip

    def some(self, day: date, count: int) -> None:
        for deed in self.random.choices(self.all, k=count):
            on = day + timedelta(days=self.random.choice([-400, -1, 0, 0, 1, 2]))
            try:
                with transaction.atomic():
                    deed(on)
                self.done[deed.__name__] = self.done.get(deed.__name__, 0) + 1
            except (Refused, Nothing, IntegrityError):
                pass

    # == one deed each ==
    def open_firm(self, on: date) -> None:
        parent = self._unit(on, "village", "street", "building", "county_city")
        more = {"trade": "C", "ownership": self.random.choice(["private", ""])}
        firm = small.unit(self._name("厂"), "enterprise", parent, since=on, **more)
        if self.random.random() < 0.5:
            small.headcount(firm, since=on, staff=self.random.randrange(9, 80), under_35=self.random.randrange(9))

    def open_village(self, on: date) -> None:
        small.unit(self._name("村"), "village", self._unit(on, "street"), since=on)

    def amend_firm(self, on: date) -> None:
        status = self.random.choice(list(Choice.objects.filter(list="status").values_list("key", flat=True)))
        self._amend(self._unit(on, "enterprise"), on, status=status)

    def move_village(self, on: date) -> None:
        self._amend(self._unit(on, "village"), on, parent=self._unit(on, "street"))

    def close_firm(self, on: date) -> None:
        actions.close_unit(self._unit(on, "enterprise"), on=on, **self._by())

    def merge_streets(self, on: date) -> None:
        if self.random.random() < 0.5:
            small.unit(self._name("街道"), "street", self._unit(on, "county_city"), since=on)
        else:
            merge_units([self._unit(on, "street")], into=self._unit(on, "street"), on=on, **self._by())

    def cover(self, on: date) -> None:
        actions.cover(self._one(Body.objects.all()), self._unit(on, "enterprise", "village"), on=on, by=None)

    def end_cover(self, on: date) -> None:
        actions.end_cover(self._one(Cover.objects.on(on)), on=on + timedelta(days=1), by=None)

    def count_heads(self, on: date) -> None:
        heads = self._one(Headcount.objects.on(on))
        heads.staff, heads.women, heads.under_35 = self.random.randrange(90), None, None
        heads.save()

    def open_body(self, on: date) -> None:
        party = self.random.random() < 0.4
        kind, above = ("party_branch", "street_party") if party else ("union_committee", "county_union")
        leader = {} if party else {"leader": self.town.bodies["village_party"]}
        seat = self._unit(on, "enterprise", "village", "street")
        small.body(self._name("组织"), kind, seat, since=on, superior=self.town.bodies[above], **leader)

    def lead_body(self, on: date) -> None:
        body = self._one(Body.objects.exclude(line="party").filter(entries__valid__contains=on))
        leader = self._one(Body.objects.filter(line="party", entries__valid__contains=on))
        actions.amend_body(body, on=on, leader=leader, **self._by())

    def hold_office(self, on: date) -> None:
        body = self._one(Body.objects.filter(line="union", entries__valid__contains=on))
        person = small.person(self._name("人"))
        small.office(person, body, "union_chair", since=on)
        small.membership(person, body, since=on, until=on + timedelta(days=self.random.randrange(1, 5)))

    def end_office(self, on: date) -> None:
        office = self._one(Office.objects.on(on))
        Office.objects.filter(pk=office.pk).update(valid=(office.since, max(on, office.since + timedelta(days=1))))

    def elect(self, on: date) -> None:
        """For a term that runs out by the day alone."""
        body = self._one(Body.objects.filter(entries__kind__has_term=True, entries__valid__contains=on))
        if not Term.objects.within(on, on + timedelta(days=9)).filter(body=body).exists():
            small.term(body, on, on + timedelta(days=self.random.randrange(1, 4)))

    def hang_a_plaque(self, on: date) -> None:
        venue = self._one(Venue.objects.on(on))
        if self.random.random() < 0.3:
            Plaque.objects.filter(venue=venue).first() and Plaque.objects.filter(venue=venue).first().delete()
        else:
            owner = self._one(Body.objects.filter(entries__valid__contains=on))
            small.venue(self._name("阵地"), self._unit(on, "village"), owner, since=on, plaques=("workers_home",))
            small.check(venue, on, ["venue", "rules"][: self.random.randrange(3)])

    def leave_out(self, on: date) -> None:
        indicator = self._one(Indicator.objects.filter(of="units", awaits=""))
        unit = self._unit(on, "enterprise", "village")
        if not Exclusion.objects.within(on, date(9999, 1, 1)).filter(indicator=indicator, unit=unit).exists():
            Exclusion.objects.create(
                indicator=indicator, unit=unit, reason="样例", valid=(on, None), act=small.an_act()
            )

    def take_in_a_file(self, on: date) -> None:
        rows = f"{self._name('厂')},企业,{self._name_of(on, 'village')},50\n"
        apply(checked("单位名称,单位类别,所属村社,职工总数\n" + rows, on=on), by=None)

    def undo_the_last(self, on: date) -> None:
        acts = Act.objects.filter(verb__startswith="register.").exclude(verb__endswith="undone")
        undo([self._one(acts.order_by("-pk")[:3])], today=self.town.today, by=None)

    # == choosing ==
    def _by(self) -> dict[str, Any]:
        return {"today": self.town.today, "by": None}

    def _amend(self, unit: Unit, on: date, **changes: Any) -> None:
        actions.amend_unit(unit, on=on, **self._by(), **changes)

    def _name(self, end: str) -> str:
        self.number += 1
        return f"样例{self.number}{end}"

    def _unit(self, on: date, *kinds: str) -> Unit:
        return self._one(Unit.objects.filter(entries__in=UnitEntry.objects.on(on).filter(kind__in=kinds)))

    def _name_of(self, on: date, kind: str) -> str:
        return str(self._one(UnitEntry.objects.on(on).filter(kind=kind)).name)

    def _one(self, rows: Any) -> Any:
        found = sorted(rows, key=lambda row: row.pk)
        if not found:
            raise Nothing
        return self.random.choice(found)


class Nothing(Exception):
    """There is nothing to do this to."""
