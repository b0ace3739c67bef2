"""A stage for one check at a time: a city in which everything agrees, and short words to plant what does not.

Rows are written as they are, past the verbs, since the verbs would refuse much of it.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from django.db import transaction

from gongjian.chronicle.models import Act
from gongjian.chronicle.record import record
from gongjian.consistency.define import define_check
from gongjian.consistency.find import find_doubts
from gongjian.consistency.models import Check, Doubt
from gongjian.packs.read import Pack, read_pack
from gongjian.register.models import (
    Body,
    BodyEntry,
    BodyKind,
    Cover,
    Delegation,
    Document,
    Form,
    Headcount,
    Line,
    Membership,
    Office,
    OfficeKind,
    Person,
    Plaque,
    StandsIn,
    Term,
    Threshold,
    Unit,
    UnitEntry,
    UnitKind,
    UnitLineage,
    Venue,
    VenueCheck,
    VenueShare,
)
from gongjian.settings import ROOT

DAY = date(2024, 6, 1)
FIRST = date(2016, 7, 31)
ELECTED, NEXT = date(2022, 1, 1), date(2027, 1, 1)
COUNTED, HUNG = date(2024, 1, 1), date(2017, 1, 1)


@cache
def pack() -> Pack:
    return read_pack(ROOT / "packs" / "shaoxing")


def on(year: int, month: int = 1, day: int = 1) -> date:
    return date(year, month, day)


def define_checks(*keys: str) -> None:
    """The pack's checks, or some of them."""
    for each in pack().checks:
        if not keys or each.key in keys:
            define_check(**vars(each))


class Stage:
    """`city › county › town › village`, and a second town with a village; Party and unions down to them."""

    def __init__(self) -> None:
        self.pack = pack()
        with transaction.atomic():
            self.act: Act = record("tests.set_the_stage")
        self._words()
        self._number = 0
        self.heads_of = {line.key: self._head_kind(line.key) for line in self.pack.lines}
        self.city = self.unit("city", None, name="绍兴市", code="330600000000")
        self.county = self.unit("county_city", self.city, name="诸暨市", code="330681000000")
        self.town = self.unit("town", self.county, name="草塔镇", code="330681113000")
        self.village = self.unit("village", self.town, name="上下文村", code="330681113264")
        self.town2 = self.unit("town", self.county, name="大唐镇", code="330681105000")
        self.village2 = self.unit("village", self.town2, name="里蒋村", code="330681105201")
        self.city_party = self.body("party_committee", self.city)
        self.county_party = self.body("party_committee", self.county, superior=self.city_party)
        self.town_party = self.body("party_committee", self.town, superior=self.county_party)
        self.town2_party = self.body("party_committee", self.town2, superior=self.county_party)
        self.village_party = self.body("party_branch", self.village, superior=self.town_party)
        self.city_union = self.body("union_federation", self.city, leader=self.city_party)
        self.county_union = self.body(
            "union_federation", self.county, superior=self.city_union, leader=self.county_party
        )
        self.town_union = self.body("union_federation", self.town, superior=self.county_union, leader=self.town_party)

    def _words(self) -> None:
        names = {"zh-hans": "样例", "en": "sample"}
        plain = self.pack
        Line.objects.bulk_create(Line(**vars(each)) for each in plain.lines)
        UnitKind.objects.bulk_create(UnitKind(**vars(each)) for each in plain.unit_kinds)
        Form.objects.bulk_create(Form(**vars(each)) for each in plain.forms)
        BodyKind.objects.bulk_create(
            BodyKind(key=e.key, names=names, line_id=e.line, many_units=e.many_units, has_term=e.has_term)
            for e in plain.body_kinds
        )
        OfficeKind.objects.bulk_create(
            OfficeKind(key=e.key, names=names, line_id=e.line, heads=e.heads) for e in plain.office_kinds
        )
        Threshold.objects.bulk_create(
            Threshold(key=e.key, line_id=e.line, least=e.least, valid=(e.since, e.until), names=names, source="-")
            for e in plain.thresholds
        )

    def _head_kind(self, line: str) -> str:
        return next(each.key for each in self.pack.office_kinds if each.line == line and each.heads)

    # == what is planted ==
    def unit(
        self,
        kind: str,
        parent: Unit | None,
        *,
        name: str = "",
        since: date = FIRST,
        until: date | None = None,
        **values: Any,
    ) -> Unit:
        made = Unit.objects.create()
        self.entry(made, kind, parent, name=name or f"样例单位{made.pk}", since=since, until=until, **values)
        return made

    def entry(
        self,
        unit: Unit,
        kind: str,
        parent: Unit | None,
        *,
        name: str,
        since: date,
        until: date | None = None,
        **values: Any,
    ) -> None:
        UnitEntry.objects.create(
            unit=unit, kind_id=kind, parent=parent, name=name, valid=(since, until), act=self.act, **values
        )

    def firm(
        self, staff: int | None = 20, *, parent: Unit | None = None, counted: date = COUNTED, site: Unit | None = None,
        women: int | None = None, under_35: int | None = None, dispatched: int | None = None, **values: Any
    ) -> Unit:  # fmt: skip
        self._number += 1
        values = {"credit_code": f"91330681MA2{self._number:07}", **values}
        made = self.unit("enterprise", parent or self.village, **values)
        self.heads(made, staff, counted, women=women, under_35=under_35, dispatched=dispatched)
        if site:
            StandsIn.objects.create(unit=made, place=site, valid=(FIRST, None), act=self.act)
        return made

    def heads(self, unit: Unit, staff: int | None, since: date, until: date | None = None, **counts: Any) -> None:
        Headcount.objects.create(unit=unit, staff=staff, valid=(since, until), act=self.act, **counts)

    def body(
        self, kind: str, seat: Unit, *, form: str = "single", since: date = FIRST, until: date | None = None,
        without: tuple[str, ...] = (), covers: tuple[Unit, ...] = (), **values: Any
    ) -> Body:  # fmt: skip
        """A body that covers its seat, is in its term and has a head – but for what it is made `without`."""
        kind_ = next(each for each in self.pack.body_kinds if each.key == kind)
        made = Body.objects.create(line_id=kind_.line)
        values = {"name": f"样例组织{made.pk}", **values}
        BodyEntry.objects.create(
            body=made, kind_id=kind, form_id=form, seat=seat, valid=(since, until), act=self.act, **values
        )
        for unit in (*(() if "cover" in without else (seat,)), *covers):
            self.cover(made, unit, since=since, until=until)
        if kind_.has_term and "term" not in without:
            self.term(made, ELECTED, NEXT)
        if "head" not in without:
            self.office(made, self.heads_of[kind_.line], until=until)
        return made

    def branch(self, seat: Unit, **values: Any) -> Body:
        return self.body("party_branch", seat, **{"superior": self.village_party, **values})

    def union(self, seat: Unit, **values: Any) -> Body:
        return self.body("union_committee", seat, **{"superior": self.town_union, **values})

    def joint(self, *firms: Unit, seat: Unit | None = None, kind: str = "joint_union", **values: Any) -> Body:
        values = {"form": "joint", "superior": self.town_union, **values}
        return self.body(kind, seat or self.village, covers=firms, **values)

    def cover(self, body: Body, unit: Unit, *, since: date = FIRST, until: date | None = None) -> None:
        Cover.objects.create(body=body, unit=unit, valid=(since, until), act=self.act)

    def term(self, body: Body, since: date, until: date | None) -> None:
        Term.objects.create(body=body, valid=(since, until), act=self.act)

    def office(self, body: Body, kind: str, *, since: date = ELECTED, until: date | None = None) -> Office:
        holder = Person.objects.create(name="样例")
        return Office.objects.create(person=holder, body=body, kind_id=kind, valid=(since, until), act=self.act)

    def lend(self, office: Office, since: date) -> None:
        person = Person.objects.create(name="样例")
        Delegation.objects.create(office=office, person=person, valid=(since, on(2025)), act=self.act)

    def members(self, count: int, *bodies: Body) -> None:
        """So many people, each a member of all of the bodies."""
        people = Person.objects.bulk_create(Person(name="样例") for _ in range(count))
        Membership.objects.bulk_create(
            Membership(person=each, body=body, valid=(ELECTED, None), act=self.act)
            for body in bodies
            for each in people
        )

    def venue(
        self, unit: Unit | None = None, owner: Body | None = None, *, since: date = FIRST, until: date | None = None,
        lines: tuple[str, ...] = ("party",), plaques: tuple[str, ...] = (), hung: date = HUNG, **values: Any
    ) -> Venue:  # fmt: skip
        """A room of the village, kept by its Party branch, with hours and a keeper."""
        self._number += 1
        keeper = Person.objects.create(name="样例")
        values = {"name": f"样例阵地{self._number}", "hours": "每天", "keeper": keeper, **values}
        made = Venue.objects.create(
            unit=unit or self.village, owner=owner or self.village_party, valid=(since, until), act=self.act, **values
        )
        for line in lines:
            VenueShare.objects.create(venue=made, line_id=line, valid=(since, None), act=self.act)
        for kind in plaques:
            Plaque.objects.create(venue=made, kind=kind, valid=(hung, None), act=self.act)
        return made

    def looked_at(self, venue: Venue, day: date, items: int) -> None:
        VenueCheck.objects.create(venue=venue, checked_on=day, items=[f"item{number}" for number in range(items)])

    def ended_village(self, *, document: date | None = None, into: Unit | None = None) -> Unit:
        """A village that ended on 1 July 2020; with `into` it was merged, on a document if there is a day for one."""
        ended = on(2020, 7, 1)
        made = self.unit("village", self.town, until=ended)
        paper = Document.objects.create(number="样例1号", issued_on=document) if document else None
        if into:
            UnitLineage.objects.create(
                old=made, new=into, on=ended, how="merged", share=1, document=paper, act=self.act
            )
        return made

    # == what is found ==
    def found(self, key: str) -> set[Any]:
        """What the check of the pack finds, alone."""
        if not Check.objects.filter(pk=key).exists():
            define_checks(key)
        find_doubts(DAY)
        doubts = Doubt.objects.on(DAY).filter(raised_by=key).select_related("unit", "body", "venue")
        return {each.unit or each.body or each.venue for each in doubts}
