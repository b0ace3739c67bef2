"""What the pages of selections show: the list, one selection with its candidates, and what can be proposed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from gongjian.deeds.models import Deed
from gongjian.register.access import Reader
from gongjian.register.models.words import spoken
from gongjian.register.queries.lists import body_names
from gongjian.ui.keyset import Page, page_of

from . import access, deciding, polling, words
from .models import Candidate, Selection, SelectionObjection
from .preparing import counties_of, titled

PAGE, MOST_DEEDS = 30, 300
ORDER = ["-nominate_until", "-id"]


@dataclass(frozen=True)
class Row:
    selection: Selection
    name: str

    @property
    def pk(self) -> int:
        return self.selection.pk


@dataclass(frozen=True)
class Listed:
    page: Page
    rows: list[Row]
    kept: list[tuple[int, str]]


def selections_listed(
    reader: Reader, today: date, *, size: int = PAGE, after: str = "", before: str = ""
) -> Listed:  # fmt: skip
    """A fixed number of queries."""
    rows = access.selections_visible_to(reader).select_related("held_by__line", "poll")
    page = page_of(rows, ORDER, size=size, after=after, before=before)
    bodies: list[int] = []
    if reader.is_authenticated:
        bodies = list(access.bodies_kept_by(reader).order_by("pk").values_list("pk", flat=True)[:20])
    names = body_names(reader, today, {each.held_by_id for each in page.rows} | {*bodies})
    listed = [Row(each, names.get(each.held_by_id) or "") for each in page.rows]
    return Listed(page, listed, [(id, names.get(id) or "") for id in bodies])


@dataclass(frozen=True)
class Standing:
    """A candidate with what became of it; `why` the rule that decided. `departs`: the panel decided otherwise."""

    candidate: Candidate
    marks: list[str]
    why: str
    departs: bool


@dataclass(frozen=True)
class Group:
    title: str
    rows: list[Standing]
    places: int


@dataclass(frozen=True)
class SelectionShown:
    selection: Selection
    name: str
    rules: list[str]
    groups: list[Group]
    waiting: list[Candidate]
    refused: list[Candidate]
    objections: list[SelectionObjection]
    keeps: bool
    missing: list[str]
    may_propose: bool


def selection_shown(reader: Reader, selection_id: int, today: date) -> SelectionShown | None:
    """None where there is none, or none for this reader. A fixed number of queries for each kind of reader."""
    rows = access.selections_visible_to(reader).select_related("held_by__line", "poll", "rule")
    found = rows.filter(pk=selection_id).first()
    if found is None:
        return None
    keeps = access.keeps(reader, found)
    seen = access.candidates_visible_to(reader).filter(selection=found).select_related("deed__named")
    every = list(seen.order_by("number", "pk"))
    if not found.basis:
        titled([each for each in every if each.deed.title], reader, today)
    standing = [each for each in every if each.state in (Candidate.State.ACCEPTED, Candidate.State.WITHDRAWN)]
    is_nominating = found.state == Selection.State.NOMINATING
    return SelectionShown(
        selection=found,
        name=body_names(reader, today, [found.held_by_id]).get(found.held_by_id) or "",
        rules=words.rule_lines(found.rules),
        groups=[_group(found, group, standing, keeps) for group in found.rules["groups"]],
        waiting=[each for each in every if each.state == Candidate.State.PROPOSED],
        refused=[each for each in every if each.state == Candidate.State.REFUSED],
        objections=list(access.objections_visible_to(reader).filter(selection=found).order_by("pk")),
        keeps=keeps,
        missing=_missing(found, today) if keeps else [],
        may_propose=is_nominating and reader.is_authenticated and today <= found.nominate_until,
    )


def _missing(selection: Selection, today: date) -> list[str]:
    """What stands before the next step, in sentences."""
    if selection.state == Selection.State.NOMINATING:
        return polling.missing(selection)
    return deciding.undecided_because(selection, today) if selection.state == Selection.State.NOTICE else []


def _group(selection: Selection, group: dict[str, Any], every: Sequence[Candidate], keeps: bool) -> Group:
    """In the order of the ballot; once told, what is named first."""
    own = [each for each in every if each.group == group["id"]]
    is_told = selection.is_told or (keeps and selection.state == Selection.State.RANKED)
    if is_told:
        order = list(Candidate.Outcome.values)
        own.sort(key=lambda one: (order.index(one.outcome) if one.outcome else 9, -(one.votes or 0), one.number))
    rows = [
        Standing(
            each, marks_of(selection.rules, each.marks), words.why(each, selection.rules) if is_told else "",
            each.is_chosen is not None and each.is_chosen != (each.outcome == Candidate.Outcome.CHOSEN),
        )
        for each in own
    ]  # fmt: skip
    return Group(spoken(group["names"]), rows, group["places"])


def marks_of(rules: dict[str, Any], marks: dict[str, str]) -> list[str]:
    """What stands beside a candidate: the county, and what was said of it."""
    told = []
    for mark in rules["marks"]:
        value = marks.get(mark["key"], "")
        option = next((each for each in mark.get("options", ()) if each["key"] == value), None)
        told.append(spoken(option["names"]) if option else value)
    return [each for each in told if each]


@dataclass(frozen=True)
class Proposal:
    deed: Deed
    name: str
    county: str
    stars: int


def proposals_for(reader: Reader, selection: Selection, today: date) -> list[Proposal]:
    """What the reader may propose, with the number of times it was a star. A fixed number of queries."""
    rows = access.deeds_to_propose(reader, selection).select_related("named").prefetch_related("stars")
    deeds = list(rows.order_by("-shown_on", "-pk")[:MOST_DEEDS])
    names = body_names(reader, today, {each.body_id for each in deeds})
    counties = counties_of({each.body_id for each in deeds}, today)
    return [
        Proposal(each, names.get(each.body_id) or "", counties.get(each.body_id, ""), len(each.stars.all()))
        for each in deeds
    ]


def steps_of(selection: Selection) -> list[dict[str, Any]]:
    """The way of a selection, the step it is at marked."""
    S = Selection.State
    steps = [
        (_("Candidates"), (S.DRAFT, S.NOMINATING)), (_("Poll"), (S.POLLING,)), (_("Rules carried out"), (S.RANKED,)),
        (_("Notice"), (S.NOTICE,)), (_("Panel"), (S.DECIDED,)), (_("Outcome published"), (S.PUBLISHED,)),
    ]  # fmt: skip
    notes = [selection.nominate_until, "", "", selection.notice_until, selection.decided_on, selection.published_on]
    at = next((place for place, (_name, states) in enumerate(steps) if selection.state in states), -1)
    return [
        {
            "name": name, "note": f"{notes[place] or ''}", "is_current": place == at, "is_ahead": place > at,
            "icon": _shape(place, at, selection.state == S.PUBLISHED),
        }
        for place, (name, _states) in enumerate(steps)
    ]  # fmt: skip


def _shape(place: int, at: int, is_over: bool) -> str:
    if at < 0:
        return "s-stop"
    if place < at or is_over:
        return "s-done"
    return "s-doing" if place == at else "s-todo"
