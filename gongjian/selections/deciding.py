"""From the outcomes to what is published: notice of working days, objections, the panel's decision, and the stars."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.chronicle.record import record
from gongjian.deeds.models import Deed
from gongjian.deeds.stars import star_of
from gongjian.register.actions import in_sentences
from gongjian.register.refusals import Refused
from gongjian.workdays import calendar

from . import owing
from .access import objections_visible_to
from .models import Candidate, Selection, SelectionObjection
from .polling import running, stands_no_more
from .refusing import held, lock_deeds, locked, texts
from .states import move, subject_of


@in_sentences
def give_notice(selection: Selection, *, today: date, now: datetime, by: User) -> Selection:
    """Everybody reads what the rules came to, for the working days of the rules. Raises Refused."""
    selection, office = held(selection, by, Selection.State.RANKED)
    if selection.candidates.filter(outcome=Candidate.Outcome.WAITS).exists():
        raise Refused(
            _("Some wait for the draw. Write down what was drawn in the poll, then carry the rules out again.")
        )
    if set(selection.withdrawn) != _withdrawn(selection):
        raise Refused(_("Somebody withdrew since the rules were carried out. Carry the rules out anew first."))
    try:
        until = calendar.add_working(today, int(selection.rules["notice_days"]))
    except calendar.UnknownYear as unknown:
        raise Refused(str(unknown)) from unknown
    facts = {"until": until.isoformat()}
    move(selection, "give_notice", by=by, as_office=office, facts=facts, notice_on=today, notice_until=until)
    owing.owe(selection, "decide", due_on=until, today=today, now=now, by=by)
    return selection


def _withdrawn(selection: Selection) -> set[str]:
    rows = selection.candidates.filter(state=Candidate.State.WITHDRAWN).exclude(number="")
    return set(rows.values_list("number", flat=True))


@in_sentences
def object_to(selection: Selection, *, words: str, today: date, now: datetime, by: User) -> SelectionObjection:
    """By anybody signed in, while notice is given. Raises Refused."""
    selection = locked(selection, by)
    if selection.state != Selection.State.NOTICE or (selection.notice_until and today > selection.notice_until):
        raise Refused(_("Objections are taken while notice is given. Talk to whoever keeps the selection."))
    said = texts(SelectionObjection, {"words": words}, {"words": _("Say what is wrong, and what it stands on.")})
    if selection.objections.filter(by=by, state=SelectionObjection.State.RAISED).exists():
        raise Refused(_("Your objection waits for an answer already."))
    made = SelectionObjection.objects.create(selection=selection, by=by, raised_at=now, **said)
    record("selections.object", by=by, subject=subject_of(made), facts={"selection": selection.pk})
    return made


@in_sentences
def answer(objection: SelectionObjection, verb: str, *, words: str, by: User) -> SelectionObjection:
    """`uphold` or `reject` with the reason, by another person than who carried the rules out. Raises Refused."""
    selection, office = held(objection.selection, by, Selection.State.NOTICE)
    objection = objections_visible_to(by).select_for_update(of=("self",)).get(pk=objection.pk)
    if by.pk in (selection.carried_out_by_id, objection.by_id):
        raise Refused(_("An objection is answered by another person than who carried the rules out or who objects."))
    missing = {"answer": _("Give the reason of the answer. Whoever objected reads it.")}
    said = texts(SelectionObjection, {"answer": words}, missing)
    move(objection, verb, by=by, as_office=office, answered_by=by, **said)
    return objection


@in_sentences
def look_again(selection: Selection, *, by: User) -> Selection:
    """After an objection was upheld candidates may be withdrawn and the rules carried out anew. Raises Refused."""
    selection, office = held(selection, by, Selection.State.NOTICE)
    upheld = list(selection.objections.select_for_update().filter(state=SelectionObjection.State.UPHELD))
    if not upheld:
        raise Refused(_("No objection was upheld, so nothing is looked at again."))
    for each in upheld:
        move(each, "look_again", by=by, as_office=office)
    move(selection, "look_again", by=by, as_office=office, notice_on=None, notice_until=None)
    return selection


def undecided_because(selection: Selection, today: date) -> list[str]:
    """What keeps the panel from deciding, as sentences; empty if nothing does."""
    said = []
    if selection.notice_until and today <= selection.notice_until:
        gaps = {"until": selection.notice_until.isoformat()}
        said.append(_("Notice is given until %(until)s. Decide after that day.") % gaps)
    states = set(selection.objections.values_list("state", flat=True))
    if SelectionObjection.State.RAISED in states:
        said.append(_("An objection waits for an answer. Answer it first."))
    if SelectionObjection.State.UPHELD in states:
        said.append(_("An objection was upheld. Look at the selection again, then give notice anew: the panel decides "
                      "after that."))  # fmt: skip
    return said


@in_sentences
def decide(
    selection: Selection, chosen: Collection[str], *, panel: str, departs_why: str, today: date, now: datetime, by: User
) -> Selection:
    """What the panel decided, by numbers of candidates; apart from what the rules came to, with the reason where it
    departs. Raises Refused."""
    selection, office = held(selection, by, Selection.State.NOTICE)
    if lacking := undecided_because(selection, today):
        raise Refused(" ".join(lacking))
    listed = list(selection.candidates.exclude(number="").select_related("deed"))
    _check_chosen(selection, listed, set(chosen))
    by_rules = {each.number for each in listed if each.outcome == Candidate.Outcome.CHOSEN}
    missing = {"panel": _("Say who decided, by office: the panel, the committee.")}
    if set(chosen) != by_rules:
        missing["departs_why"] = _("The decision departs from the rules' result. Say why; everybody reads it.")
    said = texts(Selection, {"panel": panel, "departs_why": departs_why}, missing)
    for each in listed:
        each.is_chosen = each.number in chosen
    Candidate.objects.bulk_update(listed, ["is_chosen"])
    facts = {"chosen": sorted(chosen), "departs": len(set(chosen) ^ by_rules)}
    move(selection, "decide", by=by, as_office=office, facts=facts, decided_on=today, **said)
    owing.owe(selection, "publish", due_on=today, today=today, now=now, by=by)
    return selection


def _check_chosen(selection: Selection, listed: list[Candidate], chosen: set[str]) -> None:
    if not chosen <= {each.number for each in listed if each.state == Candidate.State.ACCEPTED}:
        raise Refused(_("The decision names somebody who does not stand. Choose from the list."))
    for group in selection.rules["groups"]:
        if sum(each.group == group["id"] and each.number in chosen for each in listed) > group["places"]:
            raise Refused(_("More are chosen than there are places. Take some away."))
    if not chosen:
        raise Refused(_("Nobody is chosen. Call the selection off if that is what was decided."))


@in_sentences
def publish(selection: Selection, *, today: date, now: datetime, by: User) -> Selection:
    """Who was decided on become stars of the time, if it has one; the others are shown as before. Raises Refused."""
    selection, office = held(selection, by, Selection.State.DECIDED)
    lock_deeds(selection)
    for each in running(selection):
        if each.is_chosen and selection.span and selection.of and not _is_named(selection, each.deed):
            star_of(each.deed, body=selection.held_by, span=selection.span, of=selection.of, ground=selection.title,
                    today=today, by=by, office=office)  # fmt: skip
        else:
            stands_no_more(each.deed, by, office)
    move(selection, "publish", by=by, as_office=office, published_on=today)
    owing.settle(selection, now=now, by=by)
    return selection


def _is_named(selection: Selection, deed: Deed) -> bool:
    """Is it a star of just this time already?"""
    same = deed.stars.filter(body=selection.held_by, span=selection.span)
    return selection.of in same.values_list("since", flat=True)


@in_sentences
def call_off(selection: Selection, *, why: str, now: datetime, by: User) -> Selection:
    """With the reason, which everybody reads. Its poll is called off on its own page. Raises Refused."""
    selection, office = held(selection, by)
    said = texts(Selection, {"reason": why}, {"reason": _("Say why it is called off. Everybody reads it.")})
    if selection.poll is not None and not selection.poll.is_told and selection.poll.state != "called_off":
        raise Refused(_("Its poll is still held. Call the poll off first, on its page."))
    lock_deeds(selection)
    for each in running(selection):
        stands_no_more(each.deed, by, office)
    move(selection, "call_off", by=by, as_office=office, **said)
    owing.settle(selection, now=now, by=by)
    return selection
