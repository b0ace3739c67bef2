"""What people do to a poll before it opens: draft it, say its rules, name holders and observers, and freeze it.

Every action is one transaction with its act in the chronicle. Whoever does it keeps the polls of the body.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from gongjian.chronicle.record import record
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.models import Body
from gongjian.register.queries.lists import body_names
from gongjian.register.refusals import Refused, check_texts
from verivote.entry import entry_hash
from verivote.errors import VerivoteError
from verivote.keys import sealing_key

from . import log, rules
from .access import office_that_keeps
from .models import FEWEST_VOTERS, SEALED_NETWORK_KEY, SEALED_SECRET, Holder, LogRow, Observer, Poll, Voter
from .secrets import Secret, new_secret
from .states import move, subject_of

LONGEST = timedelta(days=62)
FIELDS = ("title", "kind", "opens_at", "closes_at", "channels", "weight", "approval", "draw", "draw_held_after")


def held(poll: Poll, by: Reader, *states: str) -> tuple[Poll, str]:
    """The poll, locked, and in which office it is kept. Raises Refused for whoever does not keep it, or too late.

    The lock lets ballots come in: whoever adds them holds the end of the log and points to the poll, and whoever holds
    the poll may want the end of the log next.
    """
    office = office_that_keeps(by, poll.held_by)
    if office is None:
        raise Refused(_("Your office does not keep the polls of this organisation."))
    locked = Poll.objects.select_for_update(of=("self",), no_key=True)
    poll = locked.select_related("held_by", "approval").get(pk=poll.pk)
    if states and poll.state not in states:
        said = _("The poll is “%(state)s” now, so this does not apply. Look at it again.")
        raise Refused(said % {"state": poll.get_state_display()})
    return poll, office


@in_sentences
def draft(held_by: Body, *, now: datetime, by: Reader, **fields: Any) -> Poll:
    """A new poll of the body. `fields`: those of FIELDS. Raises Refused."""
    office = office_that_keeps(by, held_by)
    if office is None:
        raise Refused(_("Your office does not keep the polls of this organisation."))
    _check(fields, now)
    poll = Poll.objects.create(held_by=held_by, **fields)
    record("ballots.draft", by=by, subject=subject_of(poll), facts={"body": held_by.pk}, as_office=office)
    return poll


@in_sentences
def amend(poll: Poll, *, now: datetime, by: Reader, **fields: Any) -> Poll:
    """Raises Refused once it is frozen."""
    poll, office = held(poll, by, Poll.State.DRAFT)
    _check(fields, now)
    if poll.basis and not fields.get("draw"):
        raise Refused(_("A selection goes on with the votes and needs the public draw. Name it."))
    for name, value in fields.items():
        setattr(poll, name, value)
    poll.save(update_fields=[*fields])
    record("ballots.amend", by=by, subject=subject_of(poll), facts={"fields": sorted(fields)}, as_office=office)
    return poll


def _check(fields: dict[str, Any], now: datetime) -> None:
    check_texts(Poll, fields)
    opens, closes, held_after = fields["opens_at"], fields["closes_at"], fields.get("draw_held_after")
    if not fields["title"].strip():
        raise Refused(_("The title is empty. Say what is voted on."))
    if opens >= closes:
        raise Refused(_("It closes before it opens. Choose a later closing minute."))
    if closes - opens > LONGEST:
        raise Refused(_("A poll lasts 62 days at most. Choose an earlier closing minute."))
    if closes <= now:
        raise Refused(_("The closing minute is over already. Choose one that is to come."))
    if bool(fields.get("draw")) != bool(held_after):
        raise Refused(_("Name the public draw and when it is held, or neither."))
    if held_after and held_after < closes:
        raise Refused(_("The draw is held before the poll closes. Name one that comes after it."))
    if fields.get("weight") and not fields.get("approval"):
        raise Refused(_("A weight needs the document that approves it. Name it, or leave the weight at 0."))


@in_sentences
def set_groups(
    poll: Poll, groups: Sequence[dict[str, Any]], steps: Sequence[dict[str, Any]], *, basis: str = "", by: Reader
) -> Poll:
    """What is voted on and how the result is found, as `verivote.rules` has it. Raises Refused.

    `basis`: the hash of the rules of whoever goes on with the votes; from then on only they change the candidates.
    """
    poll, office = held(poll, by, Poll.State.DRAFT)
    if poll.basis and not basis:
        raise Refused(_("Its candidates come from a selection. Change them there."))
    poll.groups, poll.steps, poll.basis = list(groups), list(steps), basis
    poll.save(update_fields=["groups", "steps", "basis"])
    facts = {"groups": len(groups), "candidates": sum(len(each["candidates"]) for each in groups)}
    record("ballots.set_groups", by=by, subject=subject_of(poll), facts=facts, as_office=office)
    return poll


# == key, holders, observers ==
@in_sentences
def name_key(poll: Poll, *, key: str, holders: Iterable[str], by: Reader) -> Poll:
    """The public half of the key that three holders made, and who they are. Raises Refused."""
    poll, office = held(poll, by, Poll.State.DRAFT)
    names = [each.strip() for each in holders]
    if len(names) != 3 or len(set(names)) != 3 or not all(names):
        raise Refused(_("The key has three holders of different names. Make it anew with three."))
    try:
        sealing_key(key)
    except VerivoteError as problem:
        raise Refused(rules.told(problem)) from problem
    poll.public_key = key
    poll.save(update_fields=["public_key"])
    poll.holders.all().delete()
    Holder.objects.bulk_create([Holder(poll=poll, position=at, name=name) for at, name in enumerate(names, start=1)])
    record("ballots.name_key", by=by, subject=subject_of(poll), facts={"key": key}, as_office=office)
    return poll


@in_sentences
def add_observer(poll: Poll, *, name: str, key: str, is_by_lot: bool, by: Reader) -> Observer:
    """Raises Refused."""
    poll, office = held(poll, by, Poll.State.DRAFT)
    name, key = name.strip(), key.strip().lower()
    if not name or len(key) != 64 or not set(key) <= set("0123456789abcdef"):
        raise Refused(_("An observer has a name and a key of 64 digits, as `verivote observer-key` prints it."))
    if poll.observers.filter(name=name).exists() or poll.observers.filter(key=key).exists():
        raise Refused(_("This name or this key is there already. Each observer has one of their own."))
    made = Observer.objects.create(poll=poll, name=name, key=key, is_by_lot=is_by_lot)
    record("ballots.add_observer", by=by, subject=subject_of(poll), facts={"key": key}, as_office=office)
    return made


@in_sentences
def remove_observer(observer: Observer, *, by: Reader) -> None:
    poll, office = held(observer.poll, by, Poll.State.DRAFT)
    record("ballots.remove_observer", by=by, subject=subject_of(poll), facts={"key": observer.key}, as_office=office)
    observer.delete()


# == ready ==
def missing(poll: Poll, now: datetime) -> list[str]:
    """What keeps it from being frozen, as sentences; empty if nothing does."""
    said = []
    if not poll.groups:
        said.append(_("No candidates yet. Type them, or take them from an Excel sheet."))
    if poll.voters.filter(is_off=False).count() < FEWEST_VOTERS:
        said.append(_("Fewer than 20 are on the roll. So few could be told apart; ask them another way."))
    if not poll.public_key:
        said.append(_("No key yet. Three holders make it on a machine of their own."))
    observers = list(poll.observers.all())
    if len(observers) < 2:
        said.append(_("Fewer than two observers. Name two at least."))
    elif not any(each.is_by_lot for each in observers):
        said.append(_("No observer was drawn by lot. At least one of them is."))
    if poll.weight and poll.approval is None:
        said.append(_("A weight needs the document that approves it. Name it, or leave the weight at 0."))
    if poll.opens_at <= now:
        said.append(_("The opening minute is over already. Choose one that is to come."))
    return said


@in_sentences
def make_ready(poll: Poll, *, today: date, now: datetime, by: Reader) -> Poll:
    """Freeze rules, roll and key: the entry is written, and the log begins with it. Raises Refused."""
    poll, office = held(poll, by, Poll.State.DRAFT)
    if lacking := missing(poll, now):
        raise Refused(" ".join(lacking))
    secret = new_secret()
    persons = list(Voter.objects.filter(poll=poll, is_off=False).values_list("person", flat=True))
    key_id, signer = log.signing_key()
    name = body_names(by, today, [poll.held_by_id]).get(poll.held_by_id, "")
    roll_hash = Secret(secret).roll_hash(persons)
    entry = {
        "format": 1,
        "rules": rules.rules_of(poll, held_by=name, voters=len(persons), roll_hash=roll_hash),
        "key": poll.public_key,
        "observers": [{"name": each.name, "key": each.key} for each in poll.observers.all()],
        "signer": signer,
        "roll": roll_hash,
    }
    rules.check_entry(entry)
    frozen: dict[str, Any] = {"entry": entry, "entry_hash": entry_hash(entry), "signer": key_id}
    frozen["secret"] = SEALED_SECRET.seal(secret.hex(), poll.pk)
    if poll.basis:  # a selection goes on with the votes: only there is it looked for what was bought
        frozen |= {"keeps_arrivals": True, "network_key": SEALED_NETWORK_KEY.seal(new_secret().hex(), poll.pk)}
    facts = {"entry": entry_hash(entry).hex(), "voters": len(persons)}
    move(poll, "make_ready", by=by, as_office=office, facts=facts, **frozen)
    log.begin(poll, now.astimezone(UTC))
    return poll


# == once it is frozen ==
@in_sentences
def withdraw(poll: Poll, *, group: str, candidate: str, why: str, now: datetime, by: Reader) -> Poll:
    """A candidate cannot be chosen any more; ballots that chose them stay valid. Raises Refused."""
    poll, office = held(poll, by, Poll.State.READY, Poll.State.OPEN)
    every = {(each["id"], one["id"]) for each in poll.rules["groups"] for one in each["candidates"]}
    if (group, candidate) not in every or (group, candidate) in withdrawn_from(poll):
        raise Refused(_("This candidate is not on the ballot any more. Look at the list again."))
    if not why.strip():
        raise Refused(_("Say why. It is written down and read by whoever it concerns."))
    what = {"group": group, "candidate": candidate, "why": why.strip()}
    log.add(poll, [log.content(LogRow.Kind.WITHDRAWN, what)], now)
    facts = {"group": group, "candidate": candidate}
    record("ballots.withdraw_candidate", by=by, subject=subject_of(poll), facts=facts, as_office=office)
    return poll


def withdrawn_from(poll: Poll) -> set[tuple[str, str]]:
    """Pairs of group and candidate that cannot be chosen any more. One query."""
    rows = LogRow.objects.filter(poll=poll, kind=LogRow.Kind.WITHDRAWN).values_list("content", flat=True)
    return {(each["group"], each["candidate"]) for each in rows if each}


@in_sentences
def call_off(poll: Poll, *, why: str, now: datetime, by: Reader) -> Poll:
    """It is not held, or not counted. Everybody reads why, and what was cast is erased. Raises Refused."""
    poll, office = held(poll, by)
    if not why.strip():
        raise Refused(_("Say why it is called off. Everybody reads it."))
    if poll.state == Poll.State.OPEN or poll.state == Poll.State.READY:
        log.add(poll, [log.content(LogRow.Kind.NOTE, {"text": _("Called off: %(why)s") % {"why": why.strip()}})], now)
    move(poll, "call_off", by=by, as_office=office, called_off_reason=why.strip(), network_key=None)
    poll.set_aside.update(words="–", objection="", outcome="")
    poll.bursts.update(words="–", facts={}, half_hour=None)
    poll.voters.all().delete()  # envelopes and papers go with them
    poll.secret = None
    poll.save(update_fields=["secret"])
    return poll
