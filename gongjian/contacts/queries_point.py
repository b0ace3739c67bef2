"""What the page of one contact point shows: its visits, what they found and what became of it, its demonstration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from gongjian.asks.models import Answer, Ask
from gongjian.programme.access import keeping_body
from gongjian.register.access import Reader
from gongjian.register.models import Permission
from gongjian.register.queries.lists import body_names
from gongjian.register.queries.why import Told, who
from gongjian.ui.keyset import Page, page_of

from .access import (
    contacts_told_to,
    contacts_visible_to,
    demonstrations_visible_to,
    office_that_sets,
    office_that_visits,
    problems_visible_to,
    visits_visible_to,
)
from .models import Demonstration, Problem
from .queries import Row, rows_of

PAGE = 20
ORDER = ["-on", "-id"]


@dataclass(frozen=True)
class ProblemRow:
    """A problem and what became of it. `ask`: the last one that stands on it, of whom (`asked_of`), and `answer`, what
    that body told."""

    problem: Problem
    ask: Ask | None = None
    asked_of: str = ""
    answer: str = ""

    @property
    def is_stuck(self) -> bool:
        """Was it asked for in vain?"""
        ended = (Ask.State.DECLINED, Ask.State.WITHDRAWN)
        return self.problem.state == Problem.State.TAKEN_ON and (self.ask is None or self.ask.state in ended)

    @property
    def is_done(self) -> bool:
        asked = self.ask is not None and self.ask.state == Ask.State.DONE
        return self.problem.state == Problem.State.SOLVED or (self.problem.state == Problem.State.TAKEN_ON and asked)


@dataclass(frozen=True)
class ContactShown:
    """A contact point with all its page shows. `told`: does the reader read its visits? The offices: in which the
    reader sets it, and tells of visits; None for whoever does not."""

    row: Row
    told: bool
    sets: str | None
    visits_as: str | None
    page: Page
    demonstrations: list[Demonstration]
    keepers: Told


def contact_shown(
    reader: Reader, contact_id: int, today: date, *, after: str = "", before: str = ""
) -> ContactShown | None:
    """None if there is none. A fixed number of queries, but for what is dissolved."""
    found = contacts_visible_to(reader).select_related("point__line", "leader_body", "leader_kind")
    contact = found.filter(pk=contact_id).first()
    if contact is None:
        return None
    told = contacts_told_to(reader).filter(pk=contact.pk).exists()
    visits = visits_visible_to(reader).filter(contact=contact).prefetch_related("problems")
    page = page_of(visits, ORDER, size=PAGE, after=after, before=before)
    _tell_problems(reader, page.rows, today)
    shown = demonstrations_visible_to(reader).filter(contact=contact).prefetch_related("rechecks")
    return ContactShown(
        row=rows_of(reader, [contact], today)[0],
        told=told,
        sets=office_that_sets(reader, contact.leader_body),
        visits_as=office_that_visits(reader, contact),
        page=page,
        demonstrations=list(shown.order_by("-approved_on", "-id")),
        keepers=who(reader, keeping_body(contact.leader_body), today, [Permission.KEEP_PLANS])[0],
    )


def _tell_problems(reader: Reader, visits: Sequence[Any], today: date) -> None:
    """Gives each visit its `told`: problems with what became of them."""
    ordered = {visit.pk: sorted(visit.problems.all(), key=lambda each: each.pk) for visit in visits}
    rows = {
        row.problem.pk: row for row in problem_rows(reader, [each for held in ordered.values() for each in held], today)
    }
    for visit in visits:
        visit.told = [rows[each.pk] for each in ordered[visit.pk]]


def problem_rows(reader: Reader, problems: Sequence[Problem], today: date) -> list[ProblemRow]:
    """Three queries for however many."""
    asked = {each.reference: each for each in problems}
    rows = Ask.objects.filter(sending__about__in=list(asked)).select_related("sending").order_by("pk")
    last = {each.sending.about: each for each in rows}
    names = body_names(reader, today, [each.body_id for each in last.values()])
    answers = Answer.objects.filter(ask__in=[each.pk for each in last.values()]).order_by("pk")
    told = dict(answers.values_list("ask_id", "text"))
    return [
        ProblemRow(each, found, names.get(found.body_id, ""), told.get(found.pk, ""))
        if (found := last.get(each.reference))
        else ProblemRow(each)
        for each in problems
    ]


def problem_shown(reader: Reader, problem_id: int, today: date) -> ProblemRow | None:
    found = problems_visible_to(reader).select_related("visit__contact__leader_body").filter(pk=problem_id).first()
    return problem_rows(reader, [found], today)[0] if found else None
