"""Closing the list of candidates: their numbers, the hash of rules and candidates, and the poll that asks."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.ballots import log, making
from gongjian.ballots.models import LogRow, Poll
from gongjian.chronicle.record import record
from gongjian.deeds.models import Deed
from gongjian.deeds.states import move as move_deed
from gongjian.register.actions import in_sentences
from gongjian.register.models.words import spoken
from gongjian.register.refusals import Refused
from quotas.faults import Fault
from quotas.selecting import Standing, basis_of, rules_from, select

from . import owing
from .models import Candidate, Selection
from .preparing import titled
from .refuse import of_fault
from .refusing import held, lock_deeds, texts
from .states import move

PUBLIC = ("groups", "filters", "caps", "leasts", "reserve", "marks", "notice_days")


def standing(selection: Selection) -> list[Candidate]:
    """Those that stand or stood on the ballot, in its order."""
    states = (Candidate.State.ACCEPTED, Candidate.State.WITHDRAWN)
    rows = selection.candidates.filter(state__in=states).select_related("deed__named")
    return list(rows.exclude(number="") if selection.basis else rows.filter(state=Candidate.State.ACCEPTED))


def public_rules(selection: Selection) -> dict[str, Any]:
    """What is hashed, computed and published of the rules: numbers and keys, and the names for who reads them."""
    kept = {name: selection.rules[name] for name in PUBLIC if name in selection.rules}
    return kept | {"rule": selection.rule_id, "title": selection.title}


def public_candidates(candidates: list[Candidate]) -> list[dict[str, Any]]:
    return [
        {"id": each.number, "group": each.group, "title": each.title, "note": each.note, "marks": each.marks}
        for each in candidates
    ]


def missing(selection: Selection) -> list[str]:
    """What keeps the list from being closed, as sentences; empty if nothing does."""
    if selection.candidates.filter(state=Candidate.State.PROPOSED).exists():
        return [_("Some who were proposed wait for an answer. Accept them, or refuse them with the reason.")]
    listed = standing(selection)
    said = []
    for group in selection.rules["groups"]:
        count = sum(each.group == group["id"] for each in listed)
        if count < max(group["most"], group["places"]):
            gaps = {"group": spoken(group["names"]), "count": count, "wanted": max(group["most"], group["places"])}
            said.append(_("%(group)s: %(count)s candidates, at least %(wanted)s are needed. Take more in.") % gaps)
    gone = [each.deed.title for each in listed if each.deed.state not in (Deed.State.SHOWN, Deed.State.STAR)]
    if gone:
        said.append(_("Not shown any more: %(deeds)s. Withdraw them.") % {"deeds": "、".join(gone)})
    return said or _impossible(selection, listed)


def _impossible(selection: Selection, listed: list[Candidate]) -> list[str]:
    """Whether the rules can be met at all with these candidates, whatever the votes."""
    rows = [Standing(str(each.pk), each.group, each.marks) for each in listed]
    try:
        select(rules_from(selection.rules), rows, {each.id: 0 for each in rows}, seed="any")
    except Fault as fault:
        return [of_fault(fault)]
    return []


@in_sentences
def hold_poll(selection: Selection, *, today: date, now: datetime, by: User, **fields: Any) -> Selection:
    """The list is closed, rules and candidates are hashed, and a poll asks about them. `fields`: those of a poll.

    The poll is then prepared on its own pages – roll, key, observers – and frozen there. Raises Refused.
    """
    selection, office = held(selection, by, Selection.State.NOMINATING)
    lock_deeds(selection)
    if lacking := missing(selection):
        raise Refused(" ".join(lacking))
    if not fields.get("draw"):
        raise Refused(_("Name the public draw that decides between those who are level."))
    listed = standing(selection)
    titled(listed, by, today)
    _number(selection, listed)
    basis = basis_of(public_rules(selection), public_candidates(listed))
    given = {"kind": Poll.Kind.RECOMMENDATION, "title": selection.title} | fields
    poll = making.draft(selection.held_by, now=now, by=by, **given)
    making.set_groups(poll, _groups(selection, listed), [], basis=basis, by=by)
    for each in listed:
        move_deed(each.deed, "run", by=by, as_office=office)
    facts = {"basis": basis, "candidates": len(listed)}
    move(selection, "hold_poll", by=by, as_office=office, facts=facts, basis=basis, poll=poll)
    owing.owe(selection, "carry_out", due_on=timezone.localdate(poll.closes_at), today=today, now=now, by=by)
    return selection


def _number(selection: Selection, listed: list[Candidate]) -> None:
    """01, 02 … through all groups, by candidate number of the deed: no number stands for two."""
    order = {each["id"]: at for at, each in enumerate(selection.rules["groups"])}
    listed.sort(
        key=lambda one: (order[one.group], one.deed.year or 0, one.deed.selected_by_id or 0, one.deed.number or 0)
    )
    width = max(2, len(str(len(listed))))
    for at, each in enumerate(listed, start=1):
        each.number = f"{at:0{width}}"
    Candidate.objects.bulk_update(listed, ["number", "title", "note"])


def _groups(selection: Selection, listed: list[Candidate]) -> list[dict[str, Any]]:
    county = next((each["key"] for each in selection.rules["marks"] if each["source"] == "county"), "")
    return [
        {
            "id": group["id"], "title": spoken(group["names"]), "least": group["least"], "most": group["most"],
            "candidates": [
                {"id": each.number, "title": each.title, "note": each.note, "place": each.marks.get(county, "")}
                for each in listed if each.group == group["id"]
            ],
        }
        for group in selection.rules["groups"]
    ]  # fmt: skip


@in_sentences
def withdraw(candidate: Candidate, *, why: str, now: datetime, by: User) -> Candidate:
    """A candidate withdraws, in mid-round too: ballots that chose them stay valid. Raises Refused."""
    states = (Selection.State.NOMINATING, Selection.State.POLLING, Selection.State.RANKED)
    selection, office = held(candidate.selection, by, *states)
    lock_deeds(selection)
    candidate = Candidate.objects.select_for_update(of=("self",)).select_related("deed").get(pk=candidate.pk)
    said = texts(
        Candidate, {"reason": why}, {"reason": _("Say why. It is written down and read by whoever it concerns.")}
    )
    move(candidate, "withdraw", by=by, as_office=office, **said)
    poll = selection.poll
    if poll is not None and poll.state in (Poll.State.READY, Poll.State.OPEN):
        making.withdraw(poll, group=candidate.group, candidate=candidate.number, why=said["reason"], now=now, by=by)
    if selection.basis and candidate.deed.state == Deed.State.RUNNING:
        stands_no_more(candidate.deed, by, office)
    return candidate


def stands_no_more(deed: Deed, by: User, office: str) -> None:
    """Shown as before; a star stays one."""
    move_deed(deed, "run_no_more", by=by, as_office=office)
    if deed.stars.exists():
        move_deed(deed, "be_star_again", by=by, as_office=office)


def running(selection: Selection) -> list[Candidate]:
    """Those whose deeds run in this selection, and in no other: from when its list was closed until they leave it."""
    rows = selection.candidates.filter(state=Candidate.State.ACCEPTED, deed__state=Deed.State.RUNNING)
    return list(rows.exclude(number="").select_related("deed"))


def deed_taken_back(deed: Deed) -> None:
    """Whoever it is about took it back: they stand nowhere any more, and their name goes where it is not in a log."""
    rows = Candidate.objects.filter(deed=deed).exclude(state__in=(Candidate.State.REFUSED, Candidate.State.WITHDRAWN))
    for each in rows.select_for_update(of=("self",)).select_related("selection__poll"):
        said = _("It was taken back by whoever it is about.")
        move(each, "withdraw", by=None, reason=said)
        poll = each.selection.poll
        if poll is not None and poll.state in (Poll.State.READY, Poll.State.OPEN):
            what = {"group": each.group, "candidate": each.number, "why": said}
            log.add(poll, [log.content(LogRow.Kind.WITHDRAWN, what)], timezone.now())
            record("ballots.withdraw_candidate", subject=f"ballots.poll:{poll.pk}", facts={"candidate": each.number})
    Candidate.objects.filter(deed=deed, number="").update(title="", note="")
