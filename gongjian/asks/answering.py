"""What whoever is asked does: answer, decline, hand over, take back; and what whoever asked does about an answer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.chronicle.record import record
from gongjian.register.access import Reader, body_entries_visible_to
from gongjian.register.models import Body, BodyEntry
from gongjian.register.models.dated import DatedQuerySet
from gongjian.register.refusals import Refused, check_texts

from . import facts, states
from .access import may_write, office_that_answers
from .models import Answer, Ask, Question, Sending


@dataclass(frozen=True)
class Sheet:
    """What there is to answer: the questions that are asked, and those that are known, with their values."""

    asked: list[Question]
    known: list[tuple[Question, facts.Value, facts.Source]]
    needs_text: bool
    needs_file: bool
    sendings: list[Sending]


def sheet_of(ask: Ask, reader: Reader, day: date) -> Sheet:
    """Of an ask that takes up earlier ones, what those ask too, each thing once. A known fact that the register does
    not have of this body is asked for."""
    sendings = _sendings(ask)
    questions = list(
        {question.label: question for each in reversed(sendings) for question in each.questions.all()}.values()
    )
    values = facts.read(reader, [q.fact for q in questions if q.fact], [ask.body_id], day)[ask.body_id]
    kinds = {each.kind for each in sendings}
    return Sheet(
        asked=[question for question in questions if question.fact not in values],
        known=[
            (q, values[q.fact], source) for q in questions if q.fact in values and (source := facts.source_of(q.fact))
        ],
        needs_text=Sending.Kind.TELL in kinds,
        needs_file=Sending.Kind.FILE in kinds,
        sendings=sendings,
    )


def _sendings(ask: Ask) -> list[Sending]:
    """What it asks, the newest first."""
    found, each = [ask.sending], ask.merges
    while each is not None:
        found.append(each.sending)
        each = each.merges
    return found


def was_answered(ask: Ask, token: str) -> bool:
    """Has this very form come before? Then it is answered, whatever became of the ask since."""
    try:
        return Answer.objects.filter(ask=ask, token=UUID(token)).exists()
    except ValueError:
        return False


@transaction.atomic
def answer(
    ask: Ask, *, token: UUID, text: str = "", values: Mapping[int, Any] | None = None,
    file: UploadedFile[Any] | None = None, today: date, now: datetime, by: User,
) -> Answer:  # fmt: skip
    """Answer it. The same token again is the same answer, whatever became of the ask since. Raises Refused."""
    found, office = _held(ask, by)
    again = Answer.objects.filter(token=token).first()
    if again is not None:
        if again.ask_id != found.pk:
            raise Refused(_("This form belongs to something else. Open it anew."))
        return again
    sheet = sheet_of(found, by, today)
    given = {str(key): value for key, value in (values or {}).items() if value not in (None, "")}
    if missing := _missing(sheet, text, given, file):
        raise Refused(" ".join(missing))
    check_texts(Answer, {"text": text})
    _end(found, "answer", "", now, by)
    record("asks.answered", by=by, subject=f"asks.ask:{found.pk}", as_office=office)
    return Answer.objects.create(
        ask=found, token=token, text=text.strip(), values=given, by=by, at=now, file=file or "",
        known={str(question.pk): value for question, value, _source in sheet.known},
        sha256=_hash(file) if file else "",
    )  # fmt: skip


def _missing(sheet: Sheet, text: str, given: Mapping[str, Any], file: UploadedFile[Any] | None) -> list[str]:
    found = [
        _("“%(label)s” is not answered.") % {"label": question.label}
        for question in sheet.asked
        if str(question.pk) not in given
    ]
    if sheet.needs_text and not text.strip():
        found.append(_("Tell it in words. One sentence is enough."))
    if sheet.needs_file and file is None:
        found.append(_("Hand in a file."))
    return found


def _hash(file: UploadedFile[Any]) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


@transaction.atomic
def decline(ask: Ask, *, reason: str, now: datetime, by: User) -> Ask:
    """It will not be done, for a reason. Raises Refused."""
    found, office = _held(ask, by)
    _end(found, "decline", _said(reason, _("Say why not. Whoever asked reads it.")), now, by)
    record("asks.declined", by=by, subject=f"asks.ask:{found.pk}", as_office=office)
    return found


@transaction.atomic
def hand_over(ask: Ask, to: Body, *, reason: str, today: date, now: datetime, by: User) -> Ask:
    """Another body does it: below this one, or below its superior. Raises Refused."""
    found, office = _held(ask, by)
    entry = may_take_over(found, by, today).filter(body=to).first()
    if entry is None:
        raise Refused(_("It cannot be handed over to that organisation. Choose one of the list."))
    _end(found, "hand_over", _said(reason, _("Say why. Whoever gets it reads it.")), now, by)
    record("asks.handed_over", by=by, subject=f"asks.ask:{found.pk}", facts={"to": to.pk}, as_office=office)
    return Ask.objects.create(
        sending=found.sending, body=to, unit_id=entry.seat_id, due_on=found.due_on, minutes=found.minutes,
        questions=found.questions, handed_from=found,
    )  # fmt: skip


def may_take_over(ask: Ask, reader: Reader, today: date) -> DatedQuerySet[BodyEntry]:
    """The bodies that can take it over today: directly below the one that has it, or beside it below its superior; none
    that had it before or has been asked itself."""
    standing = body_entries_visible_to(reader).on(today)
    entry = standing.filter(body=ask.body_id).first()
    if entry is None:
        return standing.none()
    near = standing.filter(superior=ask.body_id)
    if entry.superior_id:
        near |= standing.filter(superior=entry.superior_id)
    return near.exclude(body__in=Ask.objects.filter(sending=ask.sending_id).values("body"))


@transaction.atomic
def take_back(ask: Ask, *, by: User) -> Ask:
    """What was answered or declined is open again, for whoever answers it. Raises Refused."""
    found, office = _held(ask, by)
    _reopen(found, "take_back")
    record("asks.taken_back", by=by, subject=f"asks.ask:{found.pk}", as_office=office)
    return found


@transaction.atomic
def return_(ask: Ask, *, reason: str, by: User) -> Ask:
    """Whoever asked gives it back with a reason: it is to be answered anew. Raises Refused."""
    found = _locked(ask)
    if not may_write(by, found.sending):
        raise Refused(_("Your office does not ask others in the name of this organisation. Choose another one."))
    if found.sending.state != Sending.State.SENT:
        raise Refused(_("It was withdrawn. Nobody has to answer it."))
    said = _said(reason, _("Say what is missing. Whoever answers reads it."))
    _reopen(found, "return", said)
    record("asks.returned", by=by, subject=f"asks.ask:{found.pk}")
    return found


def _held(ask: Ask, by: User) -> tuple[Ask, str]:
    """The ask as it stands now, and the office in which it is answered."""
    found = _locked(ask)
    office = office_that_answers(by, found)
    if office is None:
        raise Refused(_("Your office does not answer this."))
    return found, office


def _locked(ask: Ask) -> Ask:
    related = ("sending", "merges__sending")
    return Ask.objects.select_for_update(of=("self",)).select_related(*related).get(pk=ask.pk)


def _end(ask: Ask, verb: str, reason: str, now: datetime, by: User) -> None:
    states.move_ask(ask, verb)
    ask.ended_at, ask.ended_by, ask.reason = now, by, reason
    ask.save(update_fields=["state", "ended_at", "ended_by", "reason"])


def _reopen(ask: Ask, verb: str, reason: str = "") -> None:
    states.move_ask(ask, verb)
    ask.ended_at, ask.ended_by, ask.reason = None, None, reason
    ask.save(update_fields=["state", "ended_at", "ended_by", "reason"])


def _said(reason: str, if_not: str) -> str:
    if not reason.strip():
        raise Refused(if_not)
    check_texts(Ask, {"reason": reason.strip()})
    return reason.strip()
