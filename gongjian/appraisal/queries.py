"""What the pages of rounds show: the list, one round with how far it is, its cases and its grades."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext

from gongjian.programme.access import kept_above_others
from gongjian.register.access import Reader
from gongjian.register.models import BodyEntry
from gongjian.register.queries.lists import body_names, units_to_narrow_to
from gongjian.ui.keyset import Page, page_of

from . import words
from .access import (
    cases_of_own,
    cases_to_score,
    cases_visible_to,
    fixes,
    grades_visible_to,
    keeps,
    objections_visible_to,
    peers_of,
    rounds_visible_to,
    schemes_visible_to,
)
from .models import Box, Case, Mark, Objection, Round, Scheme
from .rules import Rules, rules_of
from .states import moves_of

PAGE, MOST_OWN, MOST_OFFERED = 30, 20, 20
ORDER, IN_ORDER = ["-of_until", "-id"], ["id"]  # cases are numbered in the order of places
RUNNING = (Round.State.SELF, Round.State.REVIEWING, Round.State.PROPOSED, Round.State.NOTICE)
DUE = (Round.State.SELF, Round.State.REVIEWING)
AT_ONCE = 2_000


# == the list ==
@dataclass(frozen=True)
class Listed:
    """Rounds, the last first; the reader's own cases in those that run; in whose name one may be begun."""

    rounds: Page
    own: list[Case]
    keepers: list[tuple[int, str]]


def rounds_listed(reader: Reader, today: date, *, size: int = PAGE, after: str = "", before: str = "") -> Listed:
    """A fixed number of queries."""
    rows = rounds_visible_to(reader).select_related("keeper__line", "version__scheme")
    page = page_of(rows, ORDER, size=size, after=after, before=before)
    own = list(cases_of_own(reader).filter(round__state__in=RUNNING).select_related("round", "body__line")[:MOST_OWN])
    keepers = kept_above_others(reader, MOST_OFFERED)
    wanted = {each.keeper_id for each in page.rows} | {each.body_id for each in own} | {*keepers}
    names = body_names(reader, today, wanted)
    for each in page.rows:
        each.keeper_name = names.get(each.keeper_id, "")
    for case in own:
        case.name = names.get(case.body_id, "")  # type: ignore[attr-defined]
    return Listed(page, own, [(id, names.get(id, "")) for id in keepers])


def places_for(reader: Reader, keeper_id: int, today: date) -> list[tuple[int, str]]:
    """What a round of this keeper can be narrowed to: the divisions right below the one in which it sits."""
    seat = BodyEntry.objects.filter(body=keeper_id, valid__contains=today).values_list("seat", flat=True).first()
    return units_to_narrow_to(reader, today, seat) if seat else []


def running_cases(reader: Reader) -> list[Case]:
    """Where the reader's bodies stand in rounds that run: for their home. One query."""
    own = cases_of_own(reader).filter(round__state__in=RUNNING).select_related("round")
    return list(own.order_by("round__self_due", "pk")[:3])


# == schemes ==
def schemes(reader: Reader) -> list[Scheme]:
    return list(schemes_visible_to(reader).select_related("line"))


def scheme_shown(reader: Reader, key: str) -> tuple[Scheme, Rules] | None:
    scheme = schemes_visible_to(reader).select_related("line").filter(pk=key).first()
    return (scheme, rules_of(scheme.definition)) if scheme else None


# == one round ==
@dataclass(frozen=True)
class Progress:
    """How far a round is: of so many bodies."""

    cases: int
    out: int
    by_itself: int
    reviewed: int
    boxes: dict[str, int]
    open_boxes: int
    vetoes: int
    objections: int


@dataclass(frozen=True)
class RoundShown:
    """One round; `progress` and `outcome` for whoever keeps or fixes it, `outcome` for all once notice is given."""

    round: Round
    rules: Rules
    keeper_name: str
    approver_name: str
    is_kept: bool
    is_fixed_by: bool
    moves: list[str]
    progress: Progress | None
    classes: list[tuple[str, int, list[tuple[str, int]]]]
    unmet: list[dict[str, Any]]
    own: list[Case]
    to_score: int
    objections: list[Objection]
    vetoes: list[Mark]

    @property
    def decides(self) -> bool:
        return self.is_kept or self.is_fixed_by

    @property
    def shows_grades(self) -> bool:
        return bool(self.round.outcome) and (self.decides or self.round.is_told)


def round_of(reader: Reader, round_id: int) -> Round | None:
    beside = ("keeper__line", "approver__line", "version__scheme")
    return rounds_visible_to(reader).select_related(*beside).filter(pk=round_id).first()


def round_shown(reader: Reader, round_id: int, today: date) -> RoundShown | None:
    """None if there is none that the reader may see. A fixed number of queries."""
    round = round_of(reader, round_id)
    if round is None:
        return None
    rules = rules_of(round.version.definition)
    is_kept, is_fixed_by = keeps(reader, round), fixes(reader, round)
    own = list(cases_of_own(reader).filter(round=round).select_related("body__line")[:MOST_OWN])
    objections = _objections(reader, round) if round.calculation else []
    vetoes = _vetoes(reader, round) if is_kept or is_fixed_by else []
    wanted = {round.keeper_id, round.approver_id} | {each.body_id for each in own}
    others = [*(each.case for each in objections), *(each.case for each in vetoes)]
    names = body_names(reader, today, wanted | {each.body_id for each in others})
    for case in [*own, *others]:
        case.name = names.get(case.body_id, "")  # type: ignore[attr-defined]
    shows = bool(round.outcome) and (round.is_told or is_kept or is_fixed_by)
    return RoundShown(
        round=round, rules=rules, keeper_name=names.get(round.keeper_id, ""),
        approver_name=names.get(round.approver_id, ""), is_kept=is_kept, is_fixed_by=is_fixed_by,
        moves=_moves(round, is_kept, is_fixed_by), progress=_progress(round) if is_kept or is_fixed_by else None,
        classes=_classes(rules, round) if shows else [], unmet=_unmet(rules, round) if shows else [], own=own,
        to_score=cases_to_score(reader).filter(round=round, left_out="").count(), objections=objections, vetoes=vetoes,
    )  # fmt: skip


OF_KEEPER = ("open", "review", "propose", "call_off")
OF_APPROVER = ("fix",)


def _moves(round: Round, is_kept: bool, is_fixed_by: bool) -> list[str]:
    found = []
    for verb in moves_of(round):
        mine = is_kept if verb in OF_KEEPER else is_fixed_by if verb in OF_APPROVER else is_kept or is_fixed_by
        if mine:
            found.append(verb)
    return found


def _progress(round: Round) -> Progress:
    graded = Q(left_out="")
    told = Case.objects.filter(round=round).aggregate(
        cases=Count("pk"), out=Count("pk", filter=~graded),
        by_itself=Count("pk", filter=graded & Q(self_at__isnull=False)),
        reviewed=Count("pk", filter=graded & Q(reviewed_at__isnull=False)),
    )  # fmt: skip
    boxes: dict[str, int] = {}
    open_boxes = 0
    rows = Box.objects.filter(case__round=round, case__left_out="").values("kind", "state").annotate(n=Count("pk"))
    for kind, state, number in rows.order_by().values_list("kind", "state", "n"):
        if state == Box.State.CLOSED:
            boxes[kind] = number
        elif state == Box.State.OPEN:
            open_boxes += number
    waiting = Objection.objects.filter(case__round=round, state=Objection.State.RAISED).count()
    vetoes = Mark.objects.filter(case__round=round, kind=Mark.Kind.VETO, approved_at=None).count()
    return Progress(**told, boxes=boxes, open_boxes=open_boxes, vetoes=vetoes, objections=waiting)


def _classes(rules: Rules, round: Round) -> list[tuple[str, int, list[tuple[str, int]]]]:
    """Of each class how many bodies it has, and how many of each grade; of several classes the whole first."""
    counts: dict[str, dict[str, int]] = round.outcome["counts"]
    classes = [group for group in counts if group]
    groups = ["", *classes] if len(classes) > 1 else classes or [""]
    said = words.classes_said(rules, groups)
    rows = []
    for group in groups:
        numbers = [(str(grade), counts.get(group, {}).get(grade.key, 0)) for grade in rules.grades]
        whole = sum(number for _grade, number in numbers)
        rows.append((said[group] if group else gettext("All classes"), whole, numbers))
    return rows


def _unmet(rules: Rules, round: Round) -> list[dict[str, Any]]:
    rows = round.outcome["unmet"]
    said = words.classes_said(rules, [each["group"] for each in rows]) if rows else {}
    return [each | {"class": said[each["group"]], "grade": rules.grade(each["grade"])} for each in rows]


def _objections(reader: Reader, round: Round) -> list[Objection]:
    found = objections_visible_to(reader).filter(case__round=round).select_related("case__body__line")
    return list(found.order_by("state", "at")[:PAGE])


def _vetoes(reader: Reader, round: Round) -> list[Mark]:
    found = Mark.objects.filter(case__round=round, kind=Mark.Kind.VETO, approved_at=None)
    return list(
        found.filter(case__in=cases_visible_to(reader)).select_related("case__body__line").order_by("at")[:PAGE]
    )


# == its cases ==
@dataclass(frozen=True)
class Filters:
    """What a list of cases is narrowed to: what is missing, and only those that the reader scores."""

    lacks: str = ""
    mine: bool = False


LACKS = ("self", "review", "box", "left_out")


def cases_of(reader: Reader, round: Round, filters: Filters) -> QuerySet[Case]:
    rows = cases_to_score(reader) if filters.mine else cases_visible_to(reader)
    rows = rows.filter(round=round)
    match filters.lacks:
        case "self":
            rows = rows.filter(self_at=None, left_out="")
        case "review":
            rows = rows.filter(reviewed_at=None, left_out="")
        case "box":
            rows = rows.filter(~Exists(Box.objects.filter(case=OuterRef("pk"), state=Box.State.CLOSED)), left_out="")
        case "left_out":
            rows = rows.exclude(left_out="")
    return rows.select_related("body__line")


def cases_listed(reader: Reader, round: Round, filters: Filters, today: date, *, after: str, before: str) -> Page:
    """In the order of places, never by score. Two queries."""
    page = page_of(cases_of(reader, round, filters), IN_ORDER, size=PAGE, after=after, before=before)
    _name(reader, page.rows, today)
    return page


def grades_listed(reader: Reader, round: Round, grade: str, today: date, *, after: str, before: str) -> Page:
    """In the order of places within a grade or over all, never by score. Two queries."""
    rows = grades_visible_to(reader).filter(round=round).select_related("body__line")
    page = page_of(rows.filter(grade=grade) if grade else rows, IN_ORDER, size=PAGE, after=after, before=before)
    _name(reader, page.rows, today)
    return page


def every_grade(reader: Reader, round: Round, rules: Rules, today: date) -> Iterator[tuple[str, str, str]]:
    """Grade, class and name of all, by grade and then in the order of places."""
    rows = grades_visible_to(reader).filter(round=round)
    groups = list(rows.order_by("group").values_list("group", flat=True).distinct())
    said = words.classes_said(rules, groups)
    for grade in rules.grades:
        found = list(rows.filter(grade=grade.key).order_by(*IN_ORDER).values_list("body_id", "group"))
        for first in range(0, len(found), AT_ONCE):
            some = found[first : first + AT_ONCE]
            names = body_names(reader, today, [body for body, _group in some])
            yield from ((str(grade), said[group], names.get(body, "")) for body, group in some)


def peers_listed(reader: Reader, round: Round, today: date) -> list[Case]:
    """The cases that the reader's bodies score beside them."""
    found = list(peers_of(reader, round).select_related("body__line").order_by("pk")[:200])
    _name(reader, found, today)
    return found


def _name(reader: Reader, cases: Iterable[Case], today: date) -> None:
    names = body_names(reader, today, {each.body_id for each in cases})
    for each in cases:
        each.name = names.get(each.body_id, "")  # type: ignore[attr-defined]
