"""What the keeper does with a call: begin it, open it, name reviewers, begin the review, call it off."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from gongjian.asks import owing, sending
from gongjian.chronicle.record import record
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.models import Body, BodyEntry, Line, Office, Person, Unit
from gongjian.register.refusals import Refused, check_texts

from . import opinions
from .access import account_of, office_that_keeps
from .models import Application, Call, Honour, Objection, Reviewer
from .refusing import entry_of, held_call, keeping, texts
from .reviewing import owed, settle
from .rules import LEVELS, PARTY_OR_STATE, Rules, rules_of
from .states import move, subject_of

LONGEST = 366  # days ahead
REVIEW_MINUTES = 10  # what reviewing one takes: a setting, without a source


def rules_of_call(call: Call) -> Rules:
    return rules_of(call.version.definition)


@in_sentences
def begin(
    keeper: Body,
    honour: Honour,
    *,
    title: str,
    year: int,
    places: int,
    apply_until: date,
    review_until: date,
    document: str = "",
    seed: str = "",
    today: date,
    by: Reader,
) -> Call:
    """A call as a draft, by the last version of the honour's rules. Raises Refused."""
    office = keeping(by, Body.objects.get(pk=keeper.pk))
    version = honour.versions.first()
    if version is None:
        raise Refused(_("This honour has no rules yet. Load the pack again."))
    rules = rules_of(version.definition)
    if wrong := may_not(keeper, honour, rules, today):
        raise Refused(wrong)
    said = texts(Call, {"title": title, "document": document or honour.document, "seed": seed},
                 {"title": _("Give the call a title.")})  # fmt: skip
    if not 1 <= places <= rules.places:
        raise Refused(_("By its rules it has %(most)s places at most. Write a number from 1 to that.") % {
            "most": rules.places
        })  # fmt: skip
    if abs(year - today.year) > 1:
        raise Refused(_("A call is of this year, the one before or the one to come. Mend the year."))
    if not today < apply_until < review_until or (review_until - today).days > LONGEST:
        raise Refused(_("Applications are taken until a day after today, and reviewed until one after that, within a "
                        "year. Mend the days."))  # fmt: skip
    call = Call.objects.create(
        keeper=keeper, version=version, year=year, places=places, apply_until=apply_until, review_until=review_until,
        **said,
    )  # fmt: skip
    facts = {"honour": honour.key, "version": version.number, "year": year}
    record("honours.begin_call", by=by, subject=subject_of(call), facts=facts, as_office=office)
    return call


def may_not(keeper: Body, honour: Honour, rules: Rules, today: date) -> str:
    """Why this body does not give the honour: its line, its level, or what it is."""
    entry = entry_of(keeper.pk, today)
    if entry is None:
        return _("This organisation does not stand today. Choose one that does.")
    level = entry.seat.entries.filter(valid__contains=today).values_list("kind__level", flat=True).first()
    if rules.level in ("city", "county") and level != rules.level and not rules.within:
        return _(
            "By its rules it is given on the level of the %(level)s. Let the organisation there keep the call."
        ) % {"level": LEVELS[rules.level]}
    if rules.level in ("central", "province") and level != "city":
        return _("It is given above the city. The city's organisation gathers and recommends: let it keep the call.")
    leads = Line.objects.filter(pk=keeper.line_id, leads=True).exists()
    if leads != (rules.giver in PARTY_OR_STATE) or honour.line_id not in (None, keeper.line_id):
        return _("It is given by an organisation of another line. Choose an honour of your own line.")
    return ""


@in_sentences
def mend(call: Call, *, document: str, seed: str, by: Reader) -> Call:
    """Say the approval, or the public number to draw with. Raises Refused once it is opened, or the list proposed."""
    call, office = held_call(call, by)
    said = texts(Call, {"document": document, "seed": seed}, {})
    if call.state not in (Call.State.DRAFT, Call.State.OPEN, Call.State.REVIEWING):
        raise Refused(_("A list is proposed already. Nothing of this changes any more."))
    if call.state != Call.State.DRAFT and said["document"] != call.document:
        raise Refused(_("The approval stands as it was when the call was opened. Call it off, and begin another one."))
    if call.state == Call.State.REVIEWING and said["seed"] != call.seed:
        raise Refused(_("The number to draw with is said before the review begins, so that nobody can choose whom it "
                        "draws."))  # fmt: skip
    call.document, call.seed = said["document"], said["seed"]
    call.save(update_fields=["document", "seed"])
    record("honours.mend_call", by=by, subject=subject_of(call), facts=said, as_office=office)
    return call


@in_sentences
def open_call(call: Call, *, today: date, by: Reader) -> Call:
    """Whoever may apply sees it. Raises Refused."""
    call, office = held_call(call, by)
    # Two calls of one place wait for each other: how often and how many it may give is counted over all of them.
    seats = BodyEntry.objects.filter(body=call.keeper_id, valid__contains=today).values("seat")
    list(Unit.objects.select_for_update().filter(pk__in=seats).values_list("pk"))
    if call.state == Call.State.DRAFT and (wrong := not_opened_because(call, today)):
        raise Refused(" ".join(wrong))
    move(call, "open", by=by, as_office=office, opened_on=today)
    return call


def not_opened_because(call: Call, today: date) -> list[str]:
    """What keeps it from being opened, each as a sentence that says what to do."""
    rules = rules_of_call(call)
    found = []
    if not call.document:
        found.append(_("Write down the document that approves this honour. Without one there is no such honour."))
    if call.apply_until <= today:
        found.append(_("Applications would be over before it is open. Begin a new call with later days."))
    others = Call.objects.exclude(state__in=(Call.State.DRAFT, Call.State.CALLED_OFF)).exclude(pk=call.pk)
    honour = call.version.honour_id
    last = others.filter(keeper=call.keeper_id, version__honour=honour).order_by("-year").first()
    if last is not None and abs(call.year - last.year) < rules.cycle_years:
        found.append(
            _("It is given every %(cycle)s years, and was in %(year)s. The next is %(next)s.")
            % {"cycle": rules.cycle_years, "year": last.year, "next": last.year + rules.cycle_years}
        )
    if rules.level == "county" and not rules.within:
        found += _of_county(call, others, today)
    return found


def _of_county(call: Call, others: Any, today: date) -> list[str]:
    """County Party committee and government: one project a year."""
    entry = entry_of(call.keeper_id, today)
    seats = BodyEntry.objects.filter(seat=entry.seat_id, valid__contains=today).values("body") if entry else []
    same = others.filter(year=call.year, keeper__in=seats).exclude(version__honour=call.version.honour_id)
    titles = [each.title for each in same.select_related("version") if _is_of_county(each)]
    if not titles:
        return []
    return [_("A county gives one award in a year, and this year has “%(title)s” already. Wait for the next year.") % {
        "title": titles[0]
    }]  # fmt: skip


def _is_of_county(call: Call) -> bool:
    rules = rules_of_call(call)
    return rules.level == "county" and not rules.within


# == reviewers ==
@in_sentences
def name_reviewer(call: Call, phase: str, person: Person, *, today: date, now: datetime, by: Reader) -> Reviewer:
    """Somebody who holds an office and signs in reviews in a phase. In mid-review they are asked at once. Raises
    Refused."""
    call, office = held_call(call, by)
    its = rules_of_call(call).phase(phase)
    if its is None:
        raise Refused(_("There is no such phase of the review. Choose one of the list."))
    if call.state not in (Call.State.DRAFT, Call.State.OPEN, Call.State.REVIEWING):
        raise Refused(_("A list is proposed already. Send the call back to be reviewed first."))
    if person.account_id is None:
        raise Refused(_("This person has no account, and reviews are given here. Invite them first."))
    held = Office.objects.filter(person=person, valid__contains=today).order_by("pk").first()
    if held is None:
        raise Refused(_("Whoever reviews holds an office. This person holds none today."))
    if Reviewer.objects.filter(call=call, phase=phase, person=person, left_on=None).exists():
        raise Refused(_("This person reviews in this phase already."))
    if wrong := _sees_names(call, person, its.blind):
        raise Refused(wrong)
    # Whoever was taken off and is named again goes on with what they gave.
    fields = {"body_id": held.body_id, "is_blind": its.blind, "left_on": None}
    made, _new = Reviewer.objects.update_or_create(call=call, phase=phase, person=person, defaults=fields)
    facts = {"phase": phase, "body": held.body_id}
    record("honours.name_reviewer", by=by, subject=subject_of(call), facts=facts, as_office=office)
    if call.state == Call.State.REVIEWING and owed(call, [made]):
        _ask_reviewers(call, [made], today=today, now=now, by=by)
    return made


def _sees_names(call: Call, person: Person, blind: bool) -> str:
    """Why somebody would not be blind: they keep the call, or read the names in another phase."""
    if Reviewer.objects.filter(call=call, person=person).exclude(is_blind=blind).exists():
        return _("Whoever reviews blind reviews in no phase with names, and the other way round. Name somebody else.")
    if blind and person.account is not None and office_that_keeps(person.account, call.keeper) is not None:
        return _("Whoever keeps the call reads the names, so they cannot review blind. Name somebody else.")
    return ""


@in_sentences
def drop_reviewer(reviewer: Reviewer, *, today: date, now: datetime, by: Reader) -> None:
    """They review no more, and owe nothing. What they gave until then counts: whoever keeps a call makes nobody's
    scores vanish. Raises Refused once a list is proposed."""
    call, office = held_call(reviewer.call, by)
    if call.state not in (Call.State.DRAFT, Call.State.OPEN, Call.State.REVIEWING):
        raise Refused(_("A list is proposed already. Send the call back to be reviewed first."))
    found = Reviewer.objects.filter(pk=reviewer.pk, left_on=None).first()
    if found is None:
        raise Refused(_("They were taken off already. Look at the call again."))
    kept = found.reviews.count()
    facts = {"phase": found.phase, "body": found.body_id, "reviews": kept}
    record("honours.drop_reviewer", by=by, subject=subject_of(call), facts=facts, as_office=office)
    if kept:
        found.left_on = today
        found.save(update_fields=["left_on"])
    else:
        found.delete()
    settle(call, found.body_id, now, by)


# == the review begins ==
@in_sentences
def begin_review(call: Call, *, today: date, now: datetime, by: Reader) -> Call:
    """Nobody applies any more; opinions and reviews are asked for. Raises Refused."""
    call, office = held_call(call, by)
    if call.state == Call.State.OPEN and (wrong := not_reviewed_because(call, today)):
        raise Refused(" ".join(wrong))
    move(call, "review", by=by, as_office=office)
    sending.close(call.about, now=now, by=account_of(by))
    opinions.ask_all(call, today=today, now=now, by=by)
    _ask_reviewers(call, call.reviewers.filter(left_on=None), today=today, now=now, by=by)
    return call


def not_reviewed_because(call: Call, today: date) -> list[str]:
    """What keeps the review from beginning, each as a sentence that says what to do."""
    found = []
    if today <= call.apply_until:
        found.append(_("Applications are taken until %(day)s. Begin the review after that.") % {
            "day": call.apply_until
        })  # fmt: skip
    if not call.applications.filter(state=Application.State.HANDED_IN).exists():
        found.append(_("Nobody has handed in an application. Call it off, or wait."))
    named = set(call.reviewers.filter(left_on=None).values_list("phase", flat=True))
    for phase in rules_of_call(call).phases:
        if phase.key not in named:
            found.append(_("Name somebody who reviews in the phase “%(phase)s”.") % {"phase": phase})
    return found


def _ask_reviewers(call: Call, reviewers: Iterable[Reviewer], *, today: date, now: datetime, by: Reader) -> None:
    """One ask of each body whose officers review: it takes as long as there are applications."""
    count = call.applications.filter(state=Application.State.HANDED_IN).count()
    bodies = {each.body_id for each in reviewers}
    for body in Body.objects.filter(pk__in=bodies).order_by("pk"):
        owing.owe(
            body, about=call.about_review, title=_("Review applications: %(call)s") % {"call": call.title[:40]},
            why=_("Somebody of this organisation reviews in the call “%(call)s”.") % {"call": call.title},
            href=reverse("honour_reviewing", args=[call.pk]), minutes=REVIEW_MINUTES * count,
            due_on=max(call.review_until, today + timedelta(days=1)), today=today, now=now, by=account_of(by),
        )  # fmt: skip


@in_sentences
def call_off(call: Call, *, reason: str, now: datetime, by: Reader) -> Call:
    """Nobody is honoured; who was asked need not answer. Raises Refused once it was awarded."""
    call, office = held_call(call, by)
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why it is called off. Whoever applied reads it."))
    check_texts(Call, {"reason": reason})
    move(call, "call_off", by=by, as_office=office, facts={"reason": reason}, reason=reason)
    account = account_of(by)
    raised = Objection.objects.filter(application__call=call, state=Objection.State.RAISED)
    for about in (call.about, call.about_review, *(each.about for each in raised)):
        sending.close(about, now=now, by=account)
    opinions.close_all(Q(application__call=call), now=now, by=account)
    return call
