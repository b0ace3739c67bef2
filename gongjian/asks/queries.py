"""What the pages of asks show: the inbox, one ask, what was sent and what came back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _

from gongjian.register.access import Reader, body_entries_visible_to
from gongjian.register.models import BodyEntry, Unit
from gongjian.register.queries.lists import body_names
from gongjian.ui.keyset import Page, page_of

from . import burden
from .access import asks_to_answer, asks_visible_to, bodies_answered_for, sendings_visible_to
from .models import Answer, Ask, Sending

SHOWN = 100
ENDED = 5
AT_HOME = 3
PAGE = 50


@dataclass
class Group:
    """Asks that are due at about the same time, and the minutes they take together."""

    title: str
    rows: list[Ask] = field(default_factory=list)

    @property
    def minutes(self) -> int:
        return sum(row.minutes for row in self.rows)


@dataclass(frozen=True)
class Inbox:
    """What is to be done, the first due first; `count` and `minutes` are of all of it, `rows` at most a hundred."""

    groups: list[Group]
    count: int
    minutes: int
    ended: list[Ask]
    months: list[tuple[burden.Month, list[burden.Asking]]]


def inbox(reader: Reader, today: date, *, by_day: bool = False) -> Inbox:
    """The inbox of whoever answers for bodies. A fixed number of queries, and five for each of at most 3 months."""
    mine = asks_to_answer(reader)
    open_ones = mine.filter(state=Ask.State.OPEN)
    rows = list(open_ones.select_related("sending").order_by("due_on", "id")[:SHOWN])
    ended = list(mine.exclude(state=Ask.State.OPEN).select_related("sending").order_by("-ended_at", "id")[:ENDED])
    whole = open_ones.aggregate(count=Count("pk"), minutes=Sum("minutes"))
    _name(reader, [*rows, *ended], today)
    return Inbox(
        groups=_by_day(rows, today) if by_day else _by_time(rows, today),
        count=whole["count"],
        minutes=whole["minutes"] or 0,
        ended=ended,
        months=[burden.month_at(reader, unit, today, today) for unit in _seats(reader, today)[:3]],
    )


def open_count(reader: Reader) -> int:
    """How many things are to be done. One query, and that of the reader's offices."""
    return asks_to_answer(reader).filter(state=Ask.State.OPEN).count()


def first_to_do(reader: Reader, today: date) -> list[Ask]:
    """For home: the first three that are due. One query, those of the reader's offices, and those of names if any."""
    open_ones = asks_to_answer(reader).filter(state=Ask.State.OPEN)
    rows = list(open_ones.select_related("sending").order_by("due_on", "id")[:AT_HOME])
    if rows:
        _name(reader, rows, today)
    return rows


def _seats(reader: Reader, today: date) -> list[Unit]:
    """Where the bodies sit for which the reader answers."""
    bodies = bodies_answered_for(reader)
    entries = body_entries_visible_to(reader).on(today).filter(body__in=bodies).select_related("seat").order_by("seat")
    return list({entry.seat_id: entry.seat for entry in entries}.values())


def _name(reader: Reader, rows: list[Ask], today: date) -> None:
    """Say of each who asks and who is asked."""
    bodies = {row.sending.body_id for row in rows} | {row.body_id for row in rows}
    names = body_names(reader, today, bodies)
    for row in rows:
        row.asked_by = names.get(row.sending.body_id, "")  # type: ignore[attr-defined]
        row.asked_of = names.get(row.body_id, "")  # type: ignore[attr-defined]
        row.is_late = row.is_overdue(today)  # type: ignore[attr-defined]
        row.days_late = (today - row.due_on).days  # type: ignore[attr-defined]


def _by_time(rows: list[Ask], today: date) -> list[Group]:
    sunday = today + timedelta(days=6 - today.weekday())
    groups = [Group(_("Today")), Group(_("This week")), Group(_("Due later"))]
    for row in rows:
        groups[0 if row.due_on <= today else 1 if row.due_on <= sunday else 2].rows.append(row)
    return [group for group in groups if group.rows]


def _by_day(rows: list[Ask], today: date) -> list[Group]:
    """Seven days from today, each with what is due on it; what is late stands first."""
    days = [today + timedelta(days=number) for number in range(7)]
    late = Group(_("Late"), [row for row in rows if row.due_on < today])
    groups = [Group(day.isoformat(), [row for row in rows if row.due_on == day]) for day in days]
    return [*([late] if late.rows else []), *groups]


# == one ask ==
@dataclass(frozen=True)
class AskPage:
    ask: Ask
    asked_by: str
    asked_of: str
    answers: list[Answer]
    handed_from: str


def ask_page(reader: Reader, ask_id: int, today: date) -> AskPage | None:
    related = ("sending__office", "merges__sending", "handed_from", "ended_by")
    ask = asks_visible_to(reader).filter(pk=ask_id).select_related(*related).first()
    if ask is None:
        return None
    before = ask.handed_from.body_id if ask.handed_from else ask.body_id
    names = body_names(reader, today, {ask.body_id, ask.sending.body_id, before})
    return AskPage(
        ask=ask,
        asked_by=names.get(ask.sending.body_id, ""),
        asked_of=names.get(ask.body_id, ""),
        answers=list(ask.answers.select_related("by").order_by("-at")),
        handed_from=names.get(before, "") if ask.handed_from else "",
    )


# == what was sent ==
def sendings_page(reader: Reader, today: date, *, after: str = "", before: str = "") -> Page:
    """What was sent in the names of one's bodies and those below, the latest first, with how many are done. Four
    queries and those of the right to see."""
    sent = sendings_visible_to(reader).filter(sent_at__isnull=False)
    page = page_of(sent, ["-sent_at", "-id"], size=PAGE, after=after, before=before)
    _tell_sendings(reader, page.rows, today)
    return page


def drafts(reader: Reader, today: date) -> list[Sending]:
    """What one writes, and what waits for consent."""
    rows = list(sendings_visible_to(reader).filter(sent_at=None).order_by("-written_at")[:PAGE])
    _tell_sendings(reader, rows, today)
    return rows


def _tell_sendings(reader: Reader, rows: list[Any], today: date) -> None:
    names = body_names(reader, today, {row.body_id for row in rows})
    tallies = tallies_of(rows)
    for row in rows:
        row.asked_by = names.get(row.body_id, "")
        row.tally = tallies[row.pk]


@dataclass(frozen=True)
class Tally:
    """How a sending stands: how many bodies were asked, and what became of it."""

    asked: int = 0
    done: int = 0
    declined: int = 0
    open: int = 0
    withdrawn: int = 0

    @property
    def share(self) -> float:
        return self.done / self.asked if self.asked else 0.0


def tallies_of(sendings: Iterable[Sending]) -> dict[int, Tally]:
    """One query. What was handed over counts where it is now; what was merged is done with the one that took it up."""
    ids = [each.pk for each in sendings]
    counts: dict[int, dict[str, int]] = {id: {} for id in ids}
    for sending, state, count in (
        Ask.objects.filter(sending__in=ids).values_list("sending", "state").annotate(count=Count("pk")).order_by()
    ):
        counts[sending][state] = count
    return {id: _tally(states) for id, states in counts.items()}


def _tally(states: dict[str, int]) -> Tally:
    kept = {state: count for state, count in states.items() if state != Ask.State.HANDED_OVER}
    named = {name: kept.get(name, 0) for name in ("done", "declined", "open", "withdrawn")}
    return Tally(asked=sum(kept.values()), **named)


def answers_page(
    reader: Reader, sending: Sending, state: str, today: date, *, after: str = "", before: str = ""
) -> Page:
    """Whom it was sent to, with the last answer of each. Four queries."""
    rows = asks_of(sending, state)
    page = page_of(rows, ["id"], size=PAGE, after=after, before=before)
    _tell_answers(reader, page.rows, today)
    return page


def asks_of(sending: Sending, state: str) -> QuerySet[Ask]:
    rows = Ask.objects.filter(sending=sending).exclude(state=Ask.State.HANDED_OVER).select_related("sending")
    return rows.filter(state=state) if state else rows


def _tell_answers(reader: Reader, rows: list[Any], today: date) -> None:
    _name(reader, rows, today)
    into = dict(Ask.objects.filter(merges__in=rows).values_list("merges_id", "pk"))
    asked = {into.get(row.pk, row.pk): row for row in rows}
    last = Answer.objects.filter(ask__in=asked).order_by("ask", "-at").distinct("ask").select_related("by")
    found = {answer.ask_id: answer for answer in last}
    for id, row in asked.items():
        row.answer = found.get(id)


def every_answer(reader: Reader, sending: Sending, today: date, *, at_once: int = 1000) -> Iterator[Ask]:
    """All whom it was sent to, with the last answer of each, a thousand at a time."""
    last = 0
    while True:
        rows = list(asks_of(sending, "").filter(pk__gt=last).order_by("pk")[:at_once])
        if not rows:
            return
        _tell_answers(reader, rows, today)
        yield from rows
        last = rows[-1].pk


def names_of_bodies(reader: Reader, ids: Iterable[int], today: date) -> list[BodyEntry]:
    entries = body_entries_visible_to(reader).on(today).filter(body__in=list(ids))
    return list(entries.order_by("name", "body"))
