"""Sending what was written, with consent where a ceiling would be passed, and withdrawing it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.chronicle.record import record
from gongjian.register.models import Body, BodyEntry
from gongjian.register.refusals import Refused, check_texts

from . import receivers, states
from .access import may_write, office_that_asks, office_that_consents
from .models import Ask, Consent, Sending
from .writing import Asked, held_draft, issues, write

MOST_AT_ONCE = 2_000  # more are sent by the worker

PUT_IN = """
INSERT INTO asks_ask (sending_id, body_id, unit_id, due_on, minutes, questions, state, reason, merges_id)
SELECT %(sending)s, body_id, unit_id, %(due_on)s, minutes, questions, 'open', '', merges FROM plan ORDER BY unit_id
"""
TAKE_UP = """
UPDATE asks_ask SET state = 'withdrawn', ended_at = %(now)s, ended_by_id = %(by)s
WHERE id IN (SELECT merges_id FROM asks_ask WHERE sending_id = %(sending)s)
"""


def hold() -> None:
    """Whoever sends waits for whoever sends: two together do not pass a ceiling that each alone keeps."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('asks'))")


@transaction.atomic
def send(sending: Sending, *, today: date, now: datetime, by: User) -> Sending:
    """An ask for each body it is for, all in one transaction. What was sent already is returned as it is. Raises
    Refused."""
    hold()
    sending = Sending.objects.select_for_update(of=("self",)).select_related("body", "merged").get(pk=sending.pk)
    if sending.state == Sending.State.SENT:
        return sending
    office = office_that_asks(by, sending.body)
    if office is None:
        raise Refused(_("Your office does not ask others in the name of this organisation. Choose another one."))
    if missing := what_is_missing(sending, today=today, by=by):
        raise Refused(" ".join(missing))
    states.move_sending(sending, "send")
    facts = {"kind": sending.kind, "due_on": sending.due_on.isoformat(), "minutes": sending.minutes}
    sending.act = record("asks.sent", by=by, subject=_subject(sending), facts=facts, as_office=office)
    sending.sent_at = now
    sending.save(update_fields=["state", "act", "sent_at"])
    _put_in(sending, today=today, now=now, by=by)
    return sending


def _put_in(sending: Sending, *, today: date, now: datetime, by: User) -> None:
    statement, given = receivers.plan_of(by, sending, today)
    given |= {"sending": sending.pk, "due_on": sending.due_on, "now": now, "by": by.pk}
    with connection.cursor() as cursor:
        cursor.execute(statement + PUT_IN, given)
        if sending.merged_id:
            cursor.execute(TAKE_UP, given)


def what_is_missing(sending: Sending, *, today: date, by: User) -> list[str]:
    """What keeps it from being sent, each as a sentence that says what to do."""
    written = [Asked(each.label, each.type, each.options) for each in sending.questions.all()]
    found = issues(sending, written, today)
    if not receivers.is_chosen(sending):
        return [*found, _("Say to whom it goes.")]
    seen = receivers.outlook(by, sending, today)
    if not seen.bodies:
        found.append(_("Nobody is left to ask: no organisation chosen stands below this one today. Choose others."))
    consent = consent_to(sending)
    agreed = consent.over if consent and consent.state == Consent.State.GIVEN else 0
    if seen.over_count > agreed:
        found.append(
            _("%(count)s units would be asked for more than their ceiling in this month. Merge it with an earlier one, "
              "leave them out, or ask for consent.") % {"count": seen.over_count}
        )  # fmt: skip
    return found


def consent_to(sending: Sending) -> Consent | None:
    return Consent.objects.filter(sending=sending).first()


@transaction.atomic
def ask_consent(sending: Sending, *, reason: str, today: date, by: User) -> Consent:
    """Ask the body above for consent to pass the ceiling. Raises Refused."""
    sending = held_draft(sending, by)
    if not reason.strip():
        raise Refused(_("Say why it has to be asked all the same. Whoever decides reads it."))
    check_texts(Consent, {"reason": reason.strip()})
    seen = receivers.outlook(by, sending, today)
    if not seen.over_count:
        raise Refused(_("No unit passes its ceiling. It can be sent without consent."))
    states.move_sending(sending, "ask_consent")
    sending.save(update_fields=["state"])
    record("asks.consent_asked", by=by, subject=_subject(sending), facts={"reason": reason.strip()})
    above = _above(sending.body, today)
    return Consent.objects.create(sending=sending, body=above, reason=reason.strip(), over=seen.over_count)


def _above(sender: Body, today: date) -> Body:
    """Whose consent it takes: the superior's, or the leader's; at the top, somebody else's in the same body."""
    entry = BodyEntry.objects.on(today).filter(body=sender).select_related("superior", "leader").first()
    return (entry and (entry.superior or entry.leader)) or sender


@transaction.atomic
def give_consent(consent: Consent, *, note: str = "", now: datetime, by: User) -> Consent:
    """So many units may pass their ceiling. Raises Refused."""
    return _decide(consent, Consent.State.GIVEN, note, now, by)


@transaction.atomic
def refuse_consent(consent: Consent, *, note: str, now: datetime, by: User) -> Consent:
    """It is written on. Raises Refused."""
    if not note.strip():
        raise Refused(_("Say why not. Whoever asked reads it."))
    consent = _decide(consent, Consent.State.REFUSED, note, now, by)
    states.move_sending(consent.sending, "write_on")
    consent.sending.save(update_fields=["state"])
    return consent


def _decide(consent: Consent, verdict: str, note: str, now: datetime, by: User) -> Consent:
    found = Consent.objects.select_for_update(of=("self",)).select_related("sending", "body").get(pk=consent.pk)
    office = office_that_consents(by, found)
    if office is None:
        raise Refused(_("Your office does not decide about this."))
    if found.state != Consent.State.ASKED:
        raise Refused(_("It was decided about already."))
    check_texts(Consent, {"note": note.strip()})
    found.state, found.note, found.by, found.at = verdict, note.strip(), by, now
    found.save(update_fields=["state", "note", "by", "at"])
    record(
        f"asks.consent_{verdict}", by=by, subject=_subject(found.sending), facts={"note": found.note}, as_office=office
    )
    return found


@transaction.atomic
def withdraw(sending: Sending, *, reason: str, now: datetime, by: User) -> Sending:
    """Nobody has to answer any longer; what was answered stays. Raises Refused."""
    hold()
    sending = Sending.objects.select_for_update(of=("self",)).get(pk=sending.pk)
    if not may_write(by, sending):
        raise Refused(_("Your office does not ask others in the name of this organisation. Choose another one."))
    if not reason.strip():
        raise Refused(_("Say why it is withdrawn. Whoever was asked reads it."))
    check_texts(Ask, {"reason": reason.strip()})
    _withdraw(sending, reason.strip(), now, by)
    return sending


def _withdraw(sending: Sending, reason: str, now: datetime, by: User) -> None:
    states.move_sending(sending, "withdraw")
    sending.save(update_fields=["state"])
    record("asks.withdrawn", by=by, subject=_subject(sending), facts={"reason": reason})
    Ask.objects.filter(sending=sending, state=Ask.State.OPEN).update(
        state=Ask.State.WITHDRAWN, ended_at=now, ended_by=by, reason=reason
    )


@transaction.atomic
def ask(bodies: Sequence[Body], *, sender: Body, today: date, now: datetime, by: User, **what: Any) -> Sending:
    """Write and send at once, to a few bodies: how other matters open work. Raises Refused."""
    sending = write(sender, today=today, now=now, by=by, **what)
    sending.receivers = {"bodies": [each.pk for each in bodies]}
    sending.save(update_fields=["receivers"])
    return send(sending, today=today, now=now, by=by)


def close(about: str, *, now: datetime, by: User | None = None) -> int:
    """What stands on this is done: its open asks are. Returns how many were closed."""
    return _close(about, Q(), now, by)


def close_of(about: str, bodies: Sequence[int], *, now: datetime, by: User | None = None) -> int:
    """What stands on this is done for these bodies, and still open for others. Returns how many were closed."""
    return _close(about, Q(body__in=bodies), now, by)


def _close(about: str, some: Q, now: datetime, by: User | None) -> int:
    with transaction.atomic():
        sent = list(Sending.objects.filter(about=about))
        open_ones = Ask.objects.filter(some, sending__in=sent, state=Ask.State.OPEN)
        closed = open_ones.update(state=Ask.State.DONE, ended_at=now, ended_by=by)
        if closed:
            record("asks.closed", by=by, subject=about, facts={"asks": closed})
        return closed


@transaction.atomic
def drop(about: str, *, reason: str, now: datetime, by: User) -> None:
    """What stood on this is called off by whoever may call that off: it is withdrawn, what was answered stays."""
    hold()
    for sending in Sending.objects.select_for_update().filter(about=about, state=Sending.State.SENT):
        _withdraw(sending, reason, now, by)


def _subject(sending: Sending) -> str:
    return f"asks.sending:{sending.pk}"
