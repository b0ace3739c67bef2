"""The work that an accepted suggestion opens: whoever is responsible is asked to set the body up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.asks import sending
from gongjian.asks.access import bodies_asked_from, is_asked_from
from gongjian.asks.models import Ask
from gongjian.register.access import Reader
from gongjian.register.models import Body, BodyEntry
from gongjian.register.queries.lists import body_names, unit_names
from gongjian.register.refusals import Refused

from .access import suggestions_visible_to
from .models import Decision, Joining, Suggestion

DAYS, MINUTES = 60, 60  # by when it is to be set up, and what telling of it takes: settings, without a source


def reference(suggestion: int) -> str:
    return f"gaps.suggestion:{suggestion}"


def ask_responsible(suggestion: Suggestion, body: Body | None, *, now: datetime, by: User) -> None:
    """Ask the body responsible for it, in the name of one of those from which it may be asked. Nothing is asked where
    there is none, or where its month is full: the work is open all the same, and whoever accepted it sees to it.
    """
    today = timezone.localdate(now)
    sender = _sender(by, body, today) if body else None
    if body is None or sender is None:
        return
    joining = Joining.objects.select_related("joint").get(line=suggestion.line_id)
    what = {
        "kind": "elsewhere",
        "title": _("Set up: %(kind)s") % {"kind": joining.joint},
        "why": _("%(units)s units have no body of the line yet and reach what it takes together.")
        % {"units": len(suggestion.units)},
        "about": reference(suggestion.pk),
        "href": reverse("gap_suggestion", args=[suggestion.pk]),
        "minutes": MINUTES,
        "due_on": today + timedelta(days=DAYS),
    }
    try:
        with transaction.atomic():
            sending.ask([body], sender=sender, today=today, now=now, by=by, **what)
    except Refused:
        return


def _sender(by: User, body: Body, today: date) -> Body | None:
    """In whose name: of the bodies from which the account asks, the nearest in the line, else one that leads."""
    mine = bodies_asked_from(by).on(today).select_related("body")
    senders = sorted(
        (each.body for each in mine), key=lambda each: (each.line_id != body.line_id, -len(each.line_path))
    )
    here = BodyEntry.objects.on(today).filter(body=body)
    return next((each for each in senders if here.filter(is_asked_from(by, each)).exists()), None)


def close_finished(now: datetime) -> int:
    """What was accepted and is covered by now is done: what is asked for it is closed. Returns how many were."""
    open_ones = Ask.objects.filter(state=Ask.State.OPEN, sending__about__startswith=reference(0)[:-1])
    ids = {int(about.rpartition(":")[2]) for about in open_ones.values_list("sending__about", flat=True)}
    accepted = Decision.objects.filter(verdict=Decision.Verdict.ACCEPTED, suggestion__in=ids)
    finished = accepted.filter(Q(suggestion__gaps=None)).values_list("suggestion", flat=True)
    return sum(sending.close(reference(each), now=now) for each in finished)


def asked_for(reader: Reader, suggestion: Suggestion, today: date) -> Sequence[Ask]:
    """Who is asked for it, and how that stands; `asked_of` is the name. Two queries."""
    asks = Ask.objects.filter(sending__about=reference(suggestion.pk)).exclude(state=Ask.State.HANDED_OVER)
    rows = list(asks.select_related("sending").order_by("-pk"))
    names = body_names(reader, today, [each.body_id for each in rows])
    for row in rows:
        row.asked_of = names.get(row.body_id, "")  # type: ignore[attr-defined]
    return rows


def tell(reader: Reader, id: int) -> tuple[str, str] | None:
    """What an ask that stands on a suggestion leads to."""
    found = suggestions_visible_to(reader).filter(pk=id).first()
    if found is None:
        return None
    joining = Joining.objects.select_related("joint").get(line=found.line_id)
    hood = unit_names(reader, timezone.localdate(), [found.hood_id]).get(found.hood_id, "")
    return f"{joining.joint}: {hood}", reverse("gap_suggestion", args=[id])
