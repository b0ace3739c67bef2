"""What people do about a suggestion: accept it, set it aside with a reason, take that back. Each is an act."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.asks import sending
from gongjian.chronicle.record import keep_before, record
from gongjian.register.models import Body
from gongjian.register.refusals import Refused, check_texts

from . import work
from .access import office_that_decides, suggestions_visible_to
from .models import Decision, Suggestion

Verdict = Decision.Verdict


def hold() -> None:
    """Decisions and the night run wait for each other: what is decided about is not taken away meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('gaps'))")


@transaction.atomic
def accept(suggestion: Suggestion, *, now: datetime, by: User) -> Decision:
    """Open the work: the units stay together until a body covers them, and whoever is responsible is asked to set it
    up. Raises Refused."""
    decision = _decide(suggestion, Verdict.ACCEPTED, "", now, by)
    responsible = Body.objects.filter(pk__in=suggestion.gaps.values("body")).order_by("pk").first()
    work.ask_responsible(suggestion, responsible, now=now, by=by)
    return decision


@transaction.atomic
def set_aside(suggestion: Suggestion, *, reason: str, now: datetime, by: User) -> Decision:
    """These units are not suggested together again, with nobody, until that is taken back. Raises Refused."""
    if not reason.strip():
        raise Refused(_("Say why it is set aside. The reason is written down."))
    check_texts(Decision, {"reason": reason.strip()})
    return _decide(suggestion, Verdict.SET_ASIDE, reason.strip(), now, by)


@transaction.atomic
def take_back(suggestion: Suggestion, *, now: datetime, by: User) -> Suggestion:
    """As if nothing had been decided; what was asked for it is withdrawn. Raises Refused."""
    suggestion = _held(suggestion, by)
    decision = Decision.objects.filter(suggestion=suggestion).first()
    if decision is None:
        raise Refused(_("Nothing was decided about it, so there is nothing to take back."))
    act = record("gaps.decision_undone", by=by, subject=_subject(suggestion), facts={"acts": [decision.act_id]})
    keep_before(act, Decision._meta.db_table, "r.id = %s", [decision.pk], deleted=True)
    decision.delete()
    reason = _("It was decided about anew.")
    sending.drop(work.reference(suggestion.pk), reason=reason, now=now, by=by)
    return suggestion


def _decide(suggestion: Suggestion, verdict: Verdict, reason: str, now: datetime, by: User) -> Decision:
    suggestion = _held(suggestion, by)
    if Decision.objects.filter(suggestion=suggestion).exists():
        raise Refused(_("It was decided about already. Take that back first."))
    if not suggestion.gaps.exists():
        raise Refused(_("All its units are covered by now. Nothing is left to decide."))
    facts = {"line": suggestion.line_id, "units": suggestion.units} | ({"reason": reason} if reason else {})
    act = record(f"gaps.{verdict}", by=by, subject=_subject(suggestion), facts=facts)
    return Decision.objects.create(suggestion=suggestion, verdict=verdict, reason=reason, by=by, at=now, act=act)


def _held(suggestion: Suggestion, by: User) -> Suggestion:
    """The suggestion as it stands now, for whoever decides about it."""
    hold()
    found = suggestions_visible_to(by).filter(pk=suggestion.pk).first()
    if found is None:
        raise Refused(_("The night run has found other groups since. Go back to the list."))
    if office_that_decides(by, found) is None:
        raise Refused(_("Your office does not decide about this."))
    return found


def _subject(suggestion: Suggestion) -> str:
    return f"gaps.suggestion:{suggestion.pk}"
