"""What the register says of applications: composition, lower title, grounds that exclude, marks; all of a call at once.

A finding is ok, no, or unknown, with its numbers and the records behind it as [kind, id, name]. What nobody could read
is unknown until the opinion that answers for it is given. A fixed number of queries, however many applications.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from gongjian.agreements.standing import agreements_of
from gongjian.appraisal.models import Case, Round
from gongjian.appraisal.rules import rules_of as scheme_of
from gongjian.register.authority.wall import behind_it
from gongjian.register.models import BodyEntry, Cover, Headcount, Membership, Office, Term, UnitEntry

from .models import Application, Award, Opinion
from .rules import HEARD, READ, Composition, Rules

OK, NO, UNKNOWN = "ok", "no", "unknown"
YEARS_AFTER_WITHDRAWAL = 5  # a start value, without a source
UNION = "union"
ENTERPRISE = "enterprise"  # the statute on wage bargaining is for these; of others the opinion says it
Record = list[Any]


@dataclass(frozen=True)
class Finding:
    """`code` names the rule; `verdict` ok, no or unknown."""

    code: str
    verdict: str
    facts: dict[str, Any] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)

    def kept(self) -> dict[str, Any]:
        return asdict(self)


def verdict(findings: Iterable[Finding]) -> str:
    """The worst of them."""
    found = {each.verdict for each in findings}
    return NO if NO in found else UNKNOWN if UNKNOWN in found else OK


@behind_it()
def find(applications: Sequence[Application], rules: Rules, honour: str, today: date) -> dict[int, list[Finding]]:
    """Of each application its findings, in the order of the rules. Opinions count as far as they are given."""
    known = _Known(applications, rules, honour, today)
    return {each.pk: list(known.findings(each)) for each in applications}


@behind_it()
def marks_of(applications: Sequence[Application], rules: Rules, today: date) -> dict[int, dict[str, str]]:
    """Which marks of the quotas each bears: those read from the register, and those said by who applied."""
    read = {each.key for each in rules.marks if each.is_read}
    people = [each.person_id for each in applications if each.person_id]
    heads = set()
    if "leader" in read:
        held = Office.objects.filter(person__in=people, valid__contains=today, kind__heads=True)
        heads = set(held.values_list("person_id", flat=True))
    employers = set()
    if "enterprise" in read:
        rows = BodyEntry.objects.filter(body__in=[each.by_body_id for each in applications], valid__contains=today)
        rows = rows.filter(seat__entries__valid__contains=today, seat__entries__kind__level="employer")
        employers = set(rows.values_list("body_id", flat=True))
    found = {}
    for each in applications:
        said = each.said.get("marks", {})
        borne = {mark.key for mark in rules.marks if not mark.is_read and said.get(mark.key)}
        borne |= {"leader"} if each.person_id in heads else set()
        borne |= {"enterprise"} if each.by_body_id in employers else set()
        found[each.pk] = {mark.key: "yes" if mark.key in borne else "no" for mark in rules.marks}
    return found


class _Known:
    """What the register holds of these applications, read once."""

    def __init__(self, applications: Sequence[Application], rules: Rules, honour: str, today: date) -> None:
        self.rules, self.honour, self.today = rules, honour, today
        self.pks = [each.pk for each in applications]
        self.bodies = {each.body_id or each.by_body_id for each in applications} | {
            each.by_body_id for each in applications
        }
        self.entries = {
            each.body_id: each for each in BodyEntry.objects.filter(body__in=self.bodies, valid__contains=today)
        }
        self.people = {each.person_id for each in applications if each.person_id}
        self.units = {unit for each in applications if (unit := self._unit(each)) is not None}
        self.unit_entries = {
            each.unit_id: each for each in UnitEntry.objects.filter(unit__in=self.units, valid__contains=today)
        }
        self.on_roll = self._on_roll()
        self.counts = self._counts()
        self.unions = self._unions() if "no_union" in rules.vetoes else {}
        self.terms = self._terms() if "term_expired" in rules.vetoes else {}
        self.worst = self._worst() if "worst_grade" in rules.vetoes else {}
        self.agreements = agreements_of(self.units, today) if "no_wage_agreement" in rules.vetoes else {}
        self.awards = self._awards()
        self.opinions = self._opinions()

    def findings(self, each: Application) -> Iterable[Finding]:
        if "not_standing" in self.rules.vetoes:
            yield self._standing(each)
        for rule in self.rules.composition:
            yield self._composition(each, rule)
        said = each.said.get("statements", {})
        for statement in self.rules.statements:
            yield Finding("statement", OK if said.get(statement.key) else NO, {"key": statement.key})
        if self.rules.lower:
            yield self._lower(each)
        for ground in self.rules.vetoes:
            if ground != "not_standing":
                yield self._read(each, ground) if ground in READ else self._heard(each, ground)
        for opinion in self.rules.opinions:
            yield self._opinion(each, opinion.key)

    # == what the register holds ==
    def _unit(self, each: Application) -> int | None:
        """The unit it is about: its own, or that where the body sits."""
        if each.unit_id:
            return each.unit_id
        entry = self.entries.get(each.body_id or each.by_body_id)
        return entry.seat_id if entry else None

    def _on_roll(self) -> set[tuple[int, int]]:
        found: set[tuple[int, int]] = set()
        for model in (Office, Membership):
            rows = model.objects.filter(person__in=self.people, body__in=self.bodies, valid__contains=self.today)
            found |= set(rows.values_list("person_id", "body_id"))
        return found

    def _counts(self) -> dict[int, Headcount]:
        if not self.rules.counts:
            return {}
        rows = Headcount.objects.filter(unit__in=self.units, valid__contains=self.today)
        return {each.unit_id: each for each in rows}

    def _unions(self) -> dict[int, list[Record]]:
        covers = Cover.objects.filter(unit__in=self.units, body__line=UNION, valid__contains=self.today)
        pairs = list(covers.order_by("body_id").values_list("unit_id", "body_id"))
        names = dict(
            BodyEntry.objects.filter(body__in=[body for _unit, body in pairs], valid__contains=self.today)
            .values_list("body_id", "name")
        )  # fmt: skip
        found: dict[int, list[Record]] = defaultdict(list)
        for unit, body in pairs:
            if body in names:
                found[unit].append(["body", body, names[body]])
        return found

    def _terms(self) -> dict[int, date | None]:
        rows = Term.objects.filter(body__in=self.bodies).order_by("valid")
        return {each.body_id: each.until for each in rows}

    def _worst(self) -> dict[int, Record]:
        """Of each body that got the worst grade when it was last graded: that case."""
        rows = Case.objects.filter(body__in=self.bodies, round__state=Round.State.FILED).exclude(grade="")
        found: dict[int, Record] = {}
        for each in rows.select_related("round__version").order_by("round__of_until", "pk"):
            worst = scheme_of(each.round.version.definition).grades[-1].key
            found.pop(each.body_id, None)
            if each.grade == worst:
                found[each.body_id] = ["case", each.pk, each.round.title]
        return found

    def _awards(self) -> dict[tuple[str, str, int, str], list[Award]]:
        wanted = {self.honour} if "withdrawn_before" in self.rules.vetoes else set()
        wanted |= {self.rules.lower.honour} if self.rules.lower else set()
        found: dict[tuple[str, str, int, str], list[Award]] = defaultdict(list)
        for name, ids in (("unit", self.units), ("body", self.bodies), ("person", self.people)):
            if wanted and ids:
                rows = Award.objects.filter(honour__in=wanted, **{f"{name}__in": ids})
                for each in rows.exclude(state=Award.State.ENTERED).order_by("awarded_on", "pk"):
                    found[(each.honour_id, *each.holder, each.team)].append(each)
        return found

    def _opinions(self) -> dict[tuple[int, str], Opinion]:
        return {(each.application_id, each.kind): each for each in Opinion.objects.filter(application__in=self.pks)}

    # == the rules ==
    def _standing(self, each: Application) -> Finding:
        """It, and the body that applies, stand today; a person is on the roll of that body."""
        stands = each.by_body_id in self.entries
        if each.unit_id:
            stands = stands and each.unit_id in self.unit_entries
        elif each.body_id:
            stands = stands and each.body_id in self.entries
        else:
            stands = stands and (each.person_id, each.by_body_id) in self.on_roll
        entry = self.entries.get(each.by_body_id)
        records = [["body", each.by_body_id, entry.name]] if entry else []
        if each.unit_id in self.unit_entries:
            records.insert(0, ["unit", each.unit_id, self.unit_entries[each.unit_id].name])
        return Finding("not_standing", OK if stands else NO, {}, records)

    def _composition(self, each: Application, rule: Composition) -> Finding:
        value, is_said = self._count(each, rule.count)
        whole, is_said_too = self._count(each, rule.of) if rule.of else (None, False)
        facts = {"count": rule.count, "of": rule.of, "least": rule.least, "most": rule.most, "value": value,
                 "whole": whole, "said": is_said or is_said_too}  # fmt: skip
        if value is None or (rule.of and not whole):
            return Finding("composition", UNKNOWN, facts)
        # A share is compared as whole numbers, so that 49.99 in a hundred are not 50.
        amount, unit = (value * 100, whole or 1) if rule.of else (value, 1)
        fits = (rule.least is None or amount >= rule.least * unit) and (rule.most is None or amount <= rule.most * unit)
        about = self._unit(each)
        entry = self.unit_entries.get(about or 0)
        records = [["unit", about, entry.name]] if entry and not facts["said"] else []
        return Finding("composition", OK if fits else NO, facts, records)

    def _count(self, each: Application, name: str) -> tuple[int | None, bool]:
        """A number of people; of a team, and where the register has none, as who applied said it."""
        known = None if each.team else getattr(self.counts.get(self._unit(each) or 0), name, None)
        if known is not None:
            return known, False
        return each.said.get("counts", {}).get(name), True

    def _held(self, each: Application, honour: str) -> list[Award]:
        kind, id = each.holder
        return self.awards.get((honour, kind, id, each.team), [])

    def _lower(self, each: Application) -> Finding:
        assert self.rules.lower
        since = _years_before(self.today, self.rules.lower.years)
        held = [award for award in self._held(each, self.rules.lower.honour) if award.stands]
        long = [award for award in held if award.awarded_on <= since]
        facts = {"honour": self.rules.lower.honour, "years": self.rules.lower.years}
        records = [["award", award.pk, award.number] for award in long or held]
        return Finding("lower", OK if long else NO, facts, records)

    def _read(self, each: Application, ground: str) -> Finding:
        records: list[Record] = []
        excludes = False
        match ground:
            case "no_union":
                records = self.unions.get(self._unit(each) or 0, [])
                excludes = not records
            case "term_expired":
                body = each.body_id or each.by_body_id
                until = self.terms.get(body)  # without any term written down nothing has expired
                excludes = until is not None and until <= self.today
                entry = self.entries.get(body)
                records = [["body", body, entry.name]] if entry else []
            case "worst_grade":
                case = self.worst.get(each.body_id or each.by_body_id)
                records, excludes = ([case] if case else []), case is not None
            case "withdrawn_before":
                since = _years_before(self.today, YEARS_AFTER_WITHDRAWAL)
                held = [award for award in self._held(each, self.honour) if award.state == Award.State.WITHDRAWN]
                gone = [award for award in held if award.ended_on and award.ended_on > since]
                records, excludes = [["award", award.pk, award.number] for award in gone], bool(gone)
        return Finding(ground, NO if excludes else OK, {}, records)

    def _heard(self, each: Application, ground: str) -> Finding:
        """What the register does not know: as the opinion that answers for it says."""
        assert ground in HEARD
        if ground == "no_wage_agreement" and (found := self._agreement(each)):
            return found
        states = [
            self.opinions[(each.pk, opinion.key)].state if (each.pk, opinion.key) in self.opinions else "asked"
            for opinion in self.rules.opinions
            if ground in opinion.about
        ]
        if Opinion.State.AGAINST in states:
            return Finding(ground, NO)
        return Finding(ground, OK if all(state == Opinion.State.CLEAR for state in states) else UNKNOWN)

    def _agreement(self, each: Application) -> Finding | None:
        """As the agreements say, of an enterprise; None of anything else without one."""
        unit = self._unit(each) or 0
        if unit in self.agreements:
            return Finding("no_wage_agreement", OK, {}, [["agreement", *self.agreements[unit]]])
        entry = self.unit_entries.get(unit)
        if entry is None or entry.kind_id != ENTERPRISE:
            return None
        return Finding("no_wage_agreement", NO, {}, [["unit", unit, entry.name]])

    def _opinion(self, each: Application, key: str) -> Finding:
        given = self.opinions.get((each.pk, key))
        state = given.state if given else Opinion.State.ASKED
        said = {Opinion.State.CLEAR: OK, Opinion.State.AGAINST: NO}.get(Opinion.State(state), UNKNOWN)
        return Finding("opinion", said, {"key": key})


def _years_before(day: date, years: int) -> date:
    return date(day.year - years, day.month, min(day.day, 28) if day.month == 2 else day.day)
