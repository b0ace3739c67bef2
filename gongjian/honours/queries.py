"""What the pages of calls show: the list, the catalogue, one call with its applications."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q

from gongjian.register.access import Reader
from gongjian.register.authority.wall import behind_it
from gongjian.register.models import Person
from gongjian.register.queries.lists import body_names
from gongjian.ui.keyset import Page, page_of

from . import calling, deciding
from .access import (
    applications_told_to,
    applications_visible_to,
    awards_kept_by,
    bodies_applying,
    bodies_kept_by,
    calls_open_to,
    calls_visible_to,
    honours_visible_to,
    keeps,
    opinions_asked_of,
    reviewers_of,
    reviewers_visible_to,
)
from .awarding import DAYS_BEFORE
from .models import Application, Award, Call, Honour, Objection, Opinion, Review, Reviewer
from .names import application_names
from .rules import Rules, rules_of
from .states import moves_of

PAGE, MOST_OWN, MOST_OFFERED = 30, 20, 20
ORDER = ["-year", "-id"]
RUNNING = (Call.State.OPEN, Call.State.REVIEWING, Call.State.PROPOSED, Call.State.NOTICE)
OF_CALL = ("open", "review", "propose", "give_notice", "renew_notice")
WITH_REASON = ("send_back", "call_off")


# == the list ==
@dataclass(frozen=True)
class Listed:
    """Calls, the last first; in which the reader may apply now; what they have to do with those that run; in whose name
    one may be begun."""

    calls: Page
    open_to: list[Call]
    own: list[Application]
    reviewing: list[Reviewer]
    opinions: int
    due: int
    keepers: list[tuple[int, str]]


def calls_listed(reader: Reader, today: date, *, size: int = PAGE, after: str = "", before: str = "") -> Listed:
    """A fixed number of queries."""
    rows = calls_visible_to(reader).select_related("keeper__line", "version__honour")
    page = page_of(rows, ORDER, size=size, after=after, before=before)
    own = list(
        applications_visible_to(reader)
        .filter(Q(by_body__in=bodies_kept_by(reader)), call__state__in=RUNNING)
        .select_related("call").order_by("-pk")[:MOST_OWN]
    )  # fmt: skip
    keepers = list(bodies_kept_by(reader).order_by("line__position", "pk").values_list("pk", flat=True)[:MOST_OFFERED])
    names = body_names(reader, today, {each.keeper_id for each in page.rows} | {*keepers})
    for each in page.rows:
        each.keeper_name = names.get(each.keeper_id, "")
    named = application_names(reader, today, own)
    for application in own:
        application.name = named[application.pk]  # type: ignore[attr-defined]
    reviewing = reviewers_of(reader).filter(call__state=Call.State.REVIEWING).select_related("call").order_by("pk")
    asked = opinions_asked_of(reader).filter(state=Opinion.State.ASKED, application__call__state=Call.State.REVIEWING)
    open_to = list(calls_open_to(reader, today).order_by("apply_until", "pk")[:MOST_OFFERED])
    return Listed(page, open_to, own, list(reviewing[:MOST_OWN]), asked.count(), due_of(reader, today).count(),
                  [(id, names.get(id, "")) for id in keepers])  # fmt: skip


def due_of(reader: Reader, today: date) -> Any:
    """What the reader's bodies gave and is to be looked at again within the next weeks."""
    states = (Award.State.STANDING, Award.State.WARNED)
    until = date.fromordinal(today.toordinal() + DAYS_BEFORE)
    return awards_kept_by(reader).filter(state__in=states, recheck_on__lte=until)


# == the catalogue ==
def catalogue(reader: Reader) -> list[tuple[Honour, Rules]]:
    return [(each, rules_of(each.definition)) for each in honours_visible_to(reader).select_related("line")]


def honour_shown(reader: Reader, key: str) -> tuple[Honour, Rules] | None:
    found = honours_visible_to(reader).select_related("line").filter(pk=key).first()
    return (found, rules_of(found.definition)) if found else None


# == one call ==
@dataclass(frozen=True)
class CallShown:
    """`applications`: those the reader may see whole, or all that is told while notice is given."""

    call: Call
    rules: Rules
    keeper_name: str
    is_kept: bool
    moves: list[str]
    applications: Page
    names: dict[int, str]
    may_apply: list[tuple[int, str]]
    reviewing: list[Reviewer]
    opinions: int
    reviewers: list[tuple[Reviewer, str, str]]
    counts: dict[str, int]
    missing: list[str]
    objections: list[Objection]


def call_of(reader: Reader, call_id: int) -> Call | None:
    return calls_visible_to(reader).select_related("keeper__line", "version__honour").filter(pk=call_id).first()


def call_shown(reader: Reader, call_id: int, today: date, *, after: str = "", before: str = "") -> CallShown | None:
    """None if there is none that the reader may see. A fixed number of queries."""
    call = call_of(reader, call_id)
    if call is None:
        return None
    rules, is_kept = rules_of(call.version.definition), keeps(reader, call)
    whole = applications_visible_to(reader).filter(call=call)
    told = applications_told_to(reader).filter(call=call)
    rows = Application.objects.filter(Q(pk__in=whole.values("pk")) | Q(pk__in=told.values("pk")))
    page = page_of(rows.select_related("by_body__line"), ["number"], size=PAGE, after=after, before=before)
    bodies = list(bodies_applying(reader, call).order_by("pk").values_list("pk", flat=True)[:MOST_OFFERED])
    bodies = bodies if call.state == Call.State.OPEN and today <= call.apply_until else []
    by_bodies = {each.by_body_id for each in page.rows}
    reviewers = _reviewers(reader, call) if is_kept else []
    names = body_names(reader, today, {call.keeper_id, *bodies, *by_bodies, *(each.body_id for each, *_ in reviewers)})
    for each in page.rows:
        each.by_name = names.get(each.by_body_id, "")
    objections = list(
        Objection.objects.filter(application__call=call, state=Objection.State.RAISED)
        .select_related("application").order_by("at")[:PAGE]
    ) if is_kept and call.is_told else []  # fmt: skip
    asked = opinions_asked_of(reader).filter(application__call=call, state=Opinion.State.ASKED)
    return CallShown(
        call=call, rules=rules, keeper_name=names.get(call.keeper_id, ""), is_kept=is_kept,
        moves=moves_of(call) if is_kept else [], applications=page,
        names=application_names(reader, today, page.rows), may_apply=[(id, names.get(id, "")) for id in bodies],
        reviewing=list(reviewers_of(reader).filter(call=call).order_by("pk")), opinions=asked.count(),
        reviewers=[(each, name, names.get(each.body_id, "")) for each, name in reviewers],
        counts=_counts(call) if is_kept else {}, missing=_missing(call, today) if is_kept else [],
        objections=objections,
    )  # fmt: skip


def _reviewers(reader: Reader, call: Call) -> list[tuple[Reviewer, str]]:
    """Who reviews, by name: whoever keeps the call has named them."""
    rows = list(reviewers_visible_to(reader).filter(call=call).annotate(n=Count("reviews")).order_by("phase", "pk"))
    with behind_it():
        people = dict(Person.objects.filter(pk__in=[each.person_id for each in rows]).values_list("pk", "name"))
    return [(each, people.get(each.person_id, "")) for each in rows]


def _counts(call: Call) -> dict[str, int]:
    rows = call.applications.order_by().values_list("state").annotate(n=Count("pk"))
    labels = dict(Application.State.choices)
    return {str(labels[state]): number for state, number in rows if state != Application.State.DRAFT}


def _missing(call: Call, today: date) -> list[str]:
    """What stands before the next step, in sentences."""
    match call.state:
        case Call.State.DRAFT:
            return calling.not_opened_because(call, today)
        case Call.State.OPEN:
            return calling.not_reviewed_because(call, today)
        case Call.State.REVIEWING:
            with behind_it():
                return deciding.waiting(call, today)
        case Call.State.NOTICE:
            return deciding.not_awarded_because(call, today)
    return []


# == reviewing and opinions ==
def to_review(reader: Reader, reviewer: Reviewer, applications: Sequence[Application]) -> dict[int, Review]:
    """What the reviewer gave so far, by application."""
    return {
        each.application_id: each for each in Review.objects.filter(reviewer=reviewer, application__in=applications)
    }
