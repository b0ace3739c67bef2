"""What people write down on the way from the demand to the filed agreement, and in mediation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.chronicle.record import keep_before, record
from gongjian.register.actions import in_sentences
from gongjian.register.refusals import Refused, check_texts

from . import asking
from .clocks import last_day, months_on
from .define import Number, numbers_of
from .models import Agreement, AgreementClause, AgreementStep, ContentHeading, Delegate, Side
from .opening import check_overlap, cut_short
from .refusing import check_day, going_on, held, reason
from .states import move, subject_of

S = Agreement.State


@dataclass(frozen=True)
class Seat:
    """One delegate as it was typed: an office or work, and no name."""

    post: str
    is_chief: bool = False
    is_outside: bool = False


# == before the draft ==
@in_sentences
def answer(agreement: Agreement, *, words: str, on: date, today: date, now: datetime, by: User) -> Agreement:
    """The other side answered in writing that it bargains. Raises Refused."""
    agreement, office = going_on(agreement, by, on=on, today=today)
    said = _words(words)
    move(agreement, "answer", on=on, by=by, as_office=office, words=said)
    return _follow(agreement, today, now, by)


@in_sentences
def name(
    agreement: Agreement, *, workers: Sequence[Seat], employer: Sequence[Seat], on: date, today: date, now: datetime,
    by: User,
) -> Agreement:  # fmt: skip
    """The delegates of both sides; named again until the meeting is called. Raises Refused."""
    agreement, office = going_on(agreement, by, on=on, today=today)
    if missing := what_is_wrong_with(agreement, workers, employer, numbers_of(agreement.statute_id)):
        raise Refused(" ".join(missing))
    for seat in (*workers, *employer):
        check_texts(Delegate, {"post": seat.post})
    act = move(agreement, "name", on=on, by=by, as_office=office)
    keep_before(act, Delegate._meta.db_table, "r.agreement_id = %s", [agreement.pk], deleted=True)
    agreement.delegates.all().delete()
    Delegate.objects.bulk_create(
        Delegate(agreement=agreement, side=side, position=at, post=seat.post, is_chief=seat.is_chief,
                 is_outside=seat.is_outside)
        for side, seats in ((Side.WORKERS, workers), (Side.EMPLOYER, employer))
        for at, seat in enumerate(seats, start=1)
    )  # fmt: skip
    return _follow(agreement, today, now, by)


def what_is_wrong_with(
    agreement: Agreement, workers: Sequence[Seat], employer: Sequence[Seat], numbers: Mapping[str, Number]
) -> list[str]:
    """Which rules of the statute about delegates are not kept, each as a sentence that says what to do."""
    found: list[str] = []
    least = numbers["delegates_least_large" if agreement.above_scale else "delegates_least"].value
    share = numbers["outside_most"]
    for side, seats in ((_("workers"), workers), (_("employer"), employer)):
        facts = {"side": side, "least": least, "count": len(seats)}
        if len(seats) < least:
            found.append(_("Side of the %(side)s: %(count)s delegates; at least %(least)s are needed.") % facts)
        if seats and sum(each.is_chief for each in seats) != 1:
            found.append(_("Side of the %(side)s: name exactly one chief delegate.") % facts)
        if any(each.is_chief and each.is_outside for each in seats):
            found.append(_("Side of the %(side)s: the chief delegate is not from outside.") % facts)
        if sum(each.is_outside for each in seats) * share.per > len(seats) * share.value:
            facts |= {"share": f"{share.value}/{share.per}"}
            found.append(_("Side of the %(side)s: experts from outside are at most %(share)s of it.") % facts)
    if len(employer) > len(workers):
        found.append(_("The employer's delegates may not be more than the workers'. Name fewer, or more workers."))
    return found


@in_sentences
def call(
    agreement: Agreement, *, meets_on: date, papers_on: date, on: date, today: date, now: datetime, by: User
) -> Agreement:
    """The meeting is called, the papers are exchanged in time before it. Raises Refused."""
    agreement, office = going_on(agreement, by, on=on, today=today)
    days = numbers_of(agreement.statute_id)["papers"].value
    if meets_on < on or meets_on > today + timedelta(days=366):
        raise Refused(_("Choose a day for the meeting that is not over, within a year."))
    if papers_on > meets_on - timedelta(days=days):
        raise Refused(
            _("The papers are handed over at least %(days)s days before the meeting: by %(day)s, or meet later.")
            % {"days": days, "day": meets_on - timedelta(days=days)}
        )
    move(agreement, "call", on=on, by=by, as_office=office, meets_on=meets_on, papers_on=papers_on)
    return _follow(agreement, today, now, by)


@in_sentences
def meet(agreement: Agreement, *, words: str, on: date, today: date, now: datetime, by: User) -> Agreement:
    """They met and signed the minutes. Raises Refused."""
    agreement, office = going_on(agreement, by, on=on, today=today)
    days = numbers_of(agreement.statute_id)["papers"].value
    if agreement.papers_on is not None and on < (earliest := agreement.papers_on + timedelta(days=days)):
        raise Refused(
            _("They met before the papers had been there for %(days)s days: the earliest day is %(day)s. Call the "
              "meeting anew with the days as they were.") % {"days": days, "day": earliest}
        )  # fmt: skip
    move(agreement, "meet", on=on, by=by, as_office=office, words=_words(words))
    return _follow(agreement, today, now, by)


# == draft, signature, filing ==
@in_sentences
def draft(
    agreement: Agreement, *, clauses: Mapping[str, str], on: date, today: date, now: datetime, by: User
) -> Agreement:
    """`clauses`: what is agreed under each heading, by its key; every heading is to be written. Raises Refused."""
    agreement, office = going_on(agreement, by, on=on, today=today)
    said = {key: words.strip() for key, words in clauses.items()}
    missing = [str(each) for each in ContentHeading.objects.all() if not said.get(each.pk)]
    if missing:
        raise Refused(
            _("Not written yet: %(headings)s. Where nothing special holds, say so.")
            % {"headings": _(", ").join(missing)}
        )
    act = move(agreement, "draft", on=on, by=by, as_office=office)
    _write(act, agreement, said)
    return _follow(agreement, today, now, by)


@in_sentences
def keep_clauses(agreement: Agreement, *, clauses: Mapping[str, str], by: User) -> Agreement:
    """What is written so far, so that nothing is lost; it is no draft yet. Raises Refused."""
    agreement, office = held(agreement, by)
    if agreement.state not in (S.MET, S.REJECTED):
        raise Refused(_("This is “%(state)s” by now. Look at it again.") % {"state": agreement.get_state_display()})
    act = record("agreements.keep_clauses", by=by, subject=subject_of(agreement), as_office=office)
    _write(act, agreement, {key: words.strip() for key, words in clauses.items()})
    return agreement


def _write(act: Any, agreement: Agreement, said: Mapping[str, str]) -> None:
    for words in said.values():
        check_texts(AgreementClause, {"words": words})
    keep_before(act, AgreementClause._meta.db_table, "r.agreement_id = %s", [agreement.pk], deleted=True)
    agreement.clauses.all().delete()
    known = set(ContentHeading.objects.values_list("pk", flat=True))
    AgreementClause.objects.bulk_create(
        AgreementClause(agreement=agreement, heading_id=key, words=words)
        for key, words in said.items()
        if words and key in known
    )


@in_sentences
def sign(agreement: Agreement, *, until: date, on: date, today: date, now: datetime, by: User) -> Agreement:
    """Both chief delegates signed; it is to hold until a day. Raises Refused."""
    agreement, office = going_on(agreement, by, on=on, today=today)
    numbers = numbers_of(agreement.statute_id)
    begins = first_day(agreement, on, numbers)
    if not begins < until <= last_day(begins, numbers["term_most"].value):
        raise Refused(
            _("It can begin on %(begins)s and holds at most %(most)s months, %(usual)s as a rule. Choose its last day "
              "anew.") % {"begins": begins, "most": numbers["term_most"].value, "usual": numbers["term_usual"].value}
        )  # fmt: skip
    check_overlap(agreement, agreement.units.values_list("unit", flat=True), begins, until)
    move(agreement, "sign", on=on, by=by, as_office=office, until=until)
    return _follow(agreement, today, now, by)


def first_day(agreement: Agreement, filed_on: date, numbers: Mapping[str, Number]) -> date:
    """The first day in force of what is filed on a day without objection: never beside the agreement it renews."""
    first = filed_on + timedelta(days=numbers["objection"].value + 1)
    previous = agreement.previous
    if previous is not None and previous.until is not None:
        return max(first, previous.until + timedelta(days=1))
    return first


def usual_end(agreement: Agreement, on: date, numbers: Mapping[str, Number]) -> date:
    """The last day that the statute's usual term comes to."""
    begins = first_day(agreement, on, numbers)
    return months_on(begins, numbers["term_usual"].value) - timedelta(days=1)


@in_sentences
def file(agreement: Agreement, *, on: date, today: date, now: datetime, by: User) -> Agreement:
    """Handed in with the labour authority, and with the union above. Without objection it takes effect by itself."""
    agreement, office = going_on(agreement, by, on=on, today=today)
    if agreement.until is not None and first_day(agreement, on, numbers_of(agreement.statute_id)) > agreement.until:
        raise Refused(_("It would have run out before it takes effect. End it, and demand to bargain anew."))
    move(agreement, "file", on=on, by=by, as_office=office)
    return _follow(agreement, today, now, by)


@in_sentences
def objected(agreement: Agreement, *, words: str, on: date, today: date, now: datetime, by: User) -> Agreement:
    """The labour authority objected: negotiated anew, voted on and filed again. Raises Refused."""
    agreement, office = going_on(agreement, by, on=on, today=today)
    said = reason(words, _("Say what the labour authority objected to."))
    move(agreement, "object", on=on, by=by, as_office=office, words=said)
    return _follow(agreement, today, now, by)


# == mediation, and the end ==
@in_sentences
def mediate(agreement: Agreement, *, words: str, on: date, today: date, now: datetime, by: User) -> Agreement:
    """One side asked the labour authority to mediate. Raises Refused."""
    agreement, office = going_on(agreement, by, on=on, today=today)
    said = reason(words, _("Say what the two sides do not agree on."))
    move(agreement, "mediate", on=on, by=by, as_office=office, words=said)
    return _follow(agreement, today, now, by)


@in_sentences
def prolong(agreement: Agreement, *, words: str, on: date, today: date, now: datetime, by: User) -> Agreement:
    """The mediation takes longer, once, by the days of the statute after its first end. Raises Refused."""
    agreement, office = going_on(agreement, by, on=on, today=today)
    if agreement.clock != "mediation" or agreement.due_on is None:
        raise Refused(_("The mediation was prolonged already. It ends with or without agreement."))
    said = reason(words, _("Say why it takes longer."))
    longer, ends = numbers_of(agreement.statute_id)["mediation_longer"], agreement.due_on
    move(agreement, "prolong", on=on, by=by, as_office=office, words=said, clock="mediation_longer")
    agreement.counts_from, agreement.due_on = ends, ends + timedelta(days=longer.value)
    agreement.save(update_fields=["counts_from", "due_on"])
    return _follow(agreement, today, now, by)


@in_sentences
def settle(agreement: Agreement, *, words: str, on: date, today: date, now: datetime, by: User) -> Agreement:
    """The mediation ended with agreement: to the draft, or to naming delegates where there were none yet."""
    agreement, office = going_on(agreement, by, on=on, today=today)
    verb = "settle" if agreement.delegates.exists() else "resume"
    move(agreement, verb, on=on, by=by, as_office=office, words=_words(words))
    return _follow(agreement, today, now, by)


@in_sentences
def give_up(agreement: Agreement, *, words: str, on: date, today: date, now: datetime, by: User) -> Agreement:
    """It does not go on: withdrawn, broken off, or a party stands no longer. What was done stays. Raises Refused."""
    agreement, office = held(agreement, by)
    check_day(agreement, on, today)
    said = reason(words, _("Say why it does not go on. Whoever stands above reads it."))
    end_it(agreement, said, on=on, today=today, now=now, by=by, office=office)
    return agreement


def end_it(
    agreement: Agreement, words: str, *, on: date, today: date, now: datetime, by: User | None, office: str = ""
) -> None:
    """In the transaction of whoever ends it. Where it is in force, `on` is its last day."""
    if agreement.since is None:
        move(agreement, "give_up", on=on, by=by, as_office=office, words=words, reason=words)
    else:
        last = min(max(on, agreement.since), agreement.until or on)
        rows = list(agreement.units.values_list("pk", flat=True))
        act = move(agreement, "end", on=on, by=by, as_office=office, words=words, reason=words, until=last)
        cut_short(act, agreement, rows, last + timedelta(days=1))
    asking.close_all(agreement, now=now, by=by)


def _follow(agreement: Agreement, today: date, now: datetime, by: User) -> Agreement:
    asking.follow(agreement, today=today, now=now, by=by)
    return agreement


def _words(words: str) -> str:
    check_texts(AgreementStep, {"words": words.strip()})
    return words.strip()
