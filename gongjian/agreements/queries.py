"""What the pages of agreements show: what the reader owes, the list, one agreement with its course, and its units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from gongjian.register.access import Reader
from gongjian.register.models import Choice
from gongjian.register.queries.lists import body_names, unit_names
from gongjian.ui.keyset import Page, page_of

from .access import (
    agreements_of_keeper,
    agreements_public,
    agreements_visible_to,
    office_that_keeps,
    resolutions_visible_to,
    unions_kept_by,
)
from .define import RULES, Number, numbers_of
from .models import Agreement, AgreementClause, AgreementStep, ContentHeading, CoveredUnit, Delegate, Resolution, Side
from .models.agreements import BARGAINING, VALID
from .states import MOVES
from .wording import DONE, NEXT, NUMBERS, PAGES

S = Agreement.State
PAGE, MOST_OWED, FIRST_OWED, MOST_UNIONS, MOST_UNITS = 20, 20, 5, 20, 50
SOON, ENDS, REPORT_AHEAD = 10, 90, 30  # days that the pages call soon
NEWEST, BY_DUE, BY_END, PUBLISHED = ["-id"], ["due_on", "id"], ["until", "id"], ["-published_on", "-id"]
OPEN = (*BARGAINING, *VALID)
# What is due, as the list is narrowed to it.
DUE: Mapping[str, Any] = {
    "late": _("late"),
    "soon": _("due within ten days"),
    "open": _("under way"),
    "valid": _("in force"),
    "ends": _("ends within 90 days"),
}


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to. `due`: a key of DUE."""

    due: str = ""
    state: str = ""
    scope: str = ""


@dataclass(frozen=True)
class Row:
    """An agreement in a list: with whom, and whether its step is late."""

    agreement: Agreement
    union: str
    other: str
    is_late: bool

    @property
    def pk(self) -> int:
        return self.agreement.pk

    @property
    def verb(self) -> str:
        """The step that is owed, if one is."""
        return NEXT.get(self.agreement.state, "")

    @property
    def step(self) -> str:
        return str(PAGES[self.verb][0]) if self.verb else ""


@dataclass(frozen=True)
class Hub:
    """What the reader owes, the first due first; the list; and for which unions the reader can demand."""

    owed: list[Row]
    rows: list[Row]
    page: Page
    unions: list[tuple[int, str]]

    @property
    def owed_first(self) -> list[Row]:
        return self.owed[:FIRST_OWED]

    @property
    def owed_later(self) -> list[Row]:
        return self.owed[FIRST_OWED:]


def hub(reader: Reader, filters: Filters, today: date, *, after: str = "", before: str = "") -> Hub:
    """A fixed number of queries."""
    own = agreements_of_keeper(reader).filter(steps_to_take(today)).select_related("union__line")
    owed = list(own.order_by(F("due_on").asc(nulls_last=True), "pk")[:MOST_OWED])
    rows, order = narrowed(agreements_visible_to(reader), filters, today)
    page = page_of(rows.select_related("union__line"), order, size=PAGE, after=after, before=before)
    unions = list(unions_kept_by(reader).order_by("pk").values_list("pk", flat=True)[:MOST_UNIONS])
    told = rows_of(reader, [*owed, *page.rows], today, also=unions)
    names = told.unions
    return Hub(told.rows[: len(owed)], told.rows[len(owed) :], page, [(id, names.get(id, "")) for id in unions])


@dataclass(frozen=True)
class Told:
    rows: list[Row]
    unions: dict[int | None, str]


def rows_of(reader: Reader, found: Sequence[Agreement], today: date, *, also: Sequence[int] = ()) -> Told:
    """With names. Two queries."""
    unions = body_names(reader, today, {*(each.union_id for each in found), *also})
    units = unit_names(reader, today, {each.employer_id for each in found})
    rows = [
        Row(
            each,
            unions.get(each.union_id, ""),
            units.get(each.employer_id, "") if each.employer_id else each.association,
            each.is_late(today),
        )
        for each in found
    ]
    return Told(rows, unions)


def steps_to_take(today: date) -> Q:
    """Something is to be done next; a report only once it is due soon."""
    soon = Q(state=S.PUBLISHED, due_on__lte=today + timedelta(days=REPORT_AHEAD))
    return Q(state__in=set(NEXT) - {S.PUBLISHED}) | soon


def owed_by(today: date) -> Q:
    """A step is due within the days that are soon, or is late."""
    return Q(state__in=OPEN, due_on__lte=today + timedelta(days=SOON)) & ~Q(state=S.FILED)


def narrowed(rows: QuerySet[Agreement], filters: Filters, today: date) -> tuple[QuerySet[Agreement], list[str]]:
    """The rows and their order: by day where a day is asked for, else the newest first."""
    exact = {"state": filters.state, "scope": filters.scope}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if filters.due == "late":
        return rows.filter(Q(state__in=OPEN, due_on__lt=today) & ~Q(state=S.FILED)), BY_DUE
    if filters.due == "soon":
        return rows.filter(owed_by(today), due_on__gte=today), BY_DUE
    if filters.due == "ends":
        return rows.filter(state__in=VALID, until__lte=today + timedelta(days=ENDS)), BY_END
    if filters.due in ("open", "valid"):
        return rows.filter(state__in=BARGAINING if filters.due == "open" else VALID), NEWEST
    return rows, NEWEST


# == one agreement ==
@dataclass(frozen=True)
class Rule:
    """A number of the statute as the page tells it."""

    name: str
    value: str
    clause: str


@dataclass(frozen=True)
class Shown:
    """One agreement with its course, and what the reader may do with it now."""

    row: Row
    trade: str
    statute: str
    steps: list[tuple[str, AgreementStep]]
    delegates: list[Delegate]
    headings: list[tuple[ContentHeading, AgreementClause | None]]
    resolutions: list[Resolution]
    units: int
    rules: list[Rule]
    is_kept: bool
    verbs: list[tuple[str, str]]
    previous: Agreement | None
    renewal: Agreement | None

    @property
    def is_written(self) -> bool:
        return any(clause for _heading, clause in self.headings)

    @property
    def workers(self) -> list[Delegate]:
        return [each for each in self.delegates if each.side == Side.WORKERS]

    @property
    def employers(self) -> list[Delegate]:
        return [each for each in self.delegates if each.side == Side.EMPLOYER]


def agreement_shown(reader: Reader, agreement_id: int, today: date) -> Shown | None:
    """None if there is none that the reader may see. A fixed number of queries."""
    rows = agreements_visible_to(reader).select_related("union__line", "previous", "statute")
    found = rows.filter(pk=agreement_id).first()
    if found is None:
        return None
    is_kept = office_that_keeps(reader, found.union) is not None
    clauses = {each.heading_id: each for each in found.clauses.all()}
    return Shown(
        row=rows_of(reader, [found], today).rows[0],
        trade=trade_of(found),
        statute=str(found.statute),
        steps=[(str(DONE.get(each.verb, each.verb)), each) for each in found.steps.all()],
        delegates=list(found.delegates.all()),
        headings=[(each, clauses.get(each.pk)) for each in ContentHeading.objects.all()],
        resolutions=list(
            resolutions_visible_to(reader).filter(agreement=found).select_related("session").order_by("pk")
        ),
        units=found.units.count(),
        rules=[rule_of(key, each) for key, each in numbers_of(found.statute_id).items()],
        is_kept=is_kept,
        verbs=verbs_of(found) if is_kept else [],
        previous=found.previous,
        renewal=found.renewals.order_by("-pk").first(),
    )


def trade_of(agreement: Agreement) -> str:
    if not agreement.trade:
        return ""
    return str(Choice.objects.filter(list="trade", key=agreement.trade).first() or agreement.trade)


def verbs_of(agreement: Agreement) -> list[tuple[str, str]]:
    """The pages that lead on from its state, the step that is owed first; each with what its button says."""
    able = {verb for state, verb in MOVES if state == agreement.state}
    pages = {"vote": {"pass"}, "settle": {"settle", "resume"}, "end": {"end", "give_up"}}
    if agreement.clock == "mediation_longer":
        able.discard("prolong")
    found = [verb for verb in PAGES if able & pages.get(verb, {verb})]
    first = NEXT.get(agreement.state, "")
    return [(verb, str(PAGES[verb][0])) for verb in sorted(found, key=lambda verb: verb != first)]


def rule_of(key: str, number: Number) -> Rule:
    units = {
        "workdays": _("%(value)s working days"), "days": _("%(value)s days"), "months": _("%(value)s months"),
        "people": _("%(value)s people"), "share": _("%(value)s/%(per)s"),
    }  # fmt: skip
    return Rule(str(NUMBERS[key]), str(units[RULES[key]]) % {"value": number.value, "per": number.per}, number.clause)


# == its units ==
@dataclass(frozen=True)
class Covered:
    """The employers in an agreement, a page of them, with names."""

    agreement: Agreement
    rows: list[tuple[CoveredUnit, str]]
    page: Page
    total: int


def units_shown(reader: Reader, found: Agreement, today: date, *, after: str = "", before: str = "") -> Covered:
    page = page_of(found.units.all(), ["unit"], size=MOST_UNITS, after=after, before=before)
    names = unit_names(reader, today, {each.unit_id for each in page.rows})
    return Covered(found, [(each, names.get(each.unit_id, "")) for each in page.rows], page, found.units.count())


# == what everybody reads ==
@dataclass(frozen=True)
class PublicList:
    rows: list[Row]
    page: Page


def public_list(
    reader: Reader, today: date, *, unit: int | None = None, after: str = "", before: str = ""
) -> PublicList:
    rows = agreements_public().select_related("union__line")
    if unit is not None:
        rows = rows.filter(units__unit=unit, units__valid__contains=today)
    page = page_of(rows, PUBLISHED, size=PAGE, after=after, before=before)
    return PublicList(rows_of(reader, page.rows, today).rows, page)


@dataclass(frozen=True)
class PublicOne:
    row: Row
    trade: str
    units: int
    names: list[str]
    headings: list[ContentHeading]


def public_one(reader: Reader, agreement_id: int, today: date) -> PublicOne | None:
    """The parties, how many employers and the first of them by name, the days, the headings and the summary."""
    found = agreements_public().select_related("union__line").filter(pk=agreement_id).first()
    if found is None:
        return None
    covered = found.units.filter(valid__contains=today)
    names = unit_names(reader, today, covered.order_by("unit").values_list("unit", flat=True)[:MOST_UNITS])
    written = ContentHeading.objects.filter(pk__in=found.clauses.values("heading"))
    return PublicOne(
        rows_of(reader, [found], today).rows[0], trade_of(found), covered.count(), list(names.values()), list(written)
    )
