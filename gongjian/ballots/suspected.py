"""What looks bought in one poll: read from its envelopes behind the wall, and set aside by two people, group by group.

Each voter of a group has a case of their own (`aside.py`), with a letter and an objection. Nobody reads here whose
ballots they are, and nothing is left out by a rule alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.chronicle.record import record
from gongjian.register.actions import in_sentences
from gongjian.register.authority.wall import behind_it
from gongjian.register.refusals import Refused

from . import aside
from .bursts import Arrival, suspicions
from .making import held
from .models import Burst, CodeBatch, Envelope, Poll, SetAside, Voter
from .secrets import secret_of

B, A = Burst.State, SetAside.State


@dataclass(frozen=True)
class Found:
    """A group that a rule names. `key`: its name on the page, which tells nothing. `waiting`: voter and leaf of each
    ballot about which nobody has decided; none for a unit as a whole."""

    key: str
    rule: str
    facts: Mapping[str, Any]
    half_hour: int | None
    waiting: tuple[tuple[int, bytes], ...] = field(repr=False)

    @property
    def decided(self) -> int:
        return int(self.facts["voters"]) - len(self.waiting) if "voters" in self.facts else 0


def found_in(poll: Poll) -> list[Found]:
    """All that is found until it is counted, without what is decided on as a whole. A fixed number of queries.

    Of units only once it is closed: until then nobody is told how many of a unit have voted.
    """
    if not poll.keeps_arrivals or poll.state not in aside.UNTIL_COUNTED:
        return []
    with behind_it():
        leaves, every = _arrivals(poll)
        roll = Voter.objects.filter(poll=poll, is_off=False).order_by()
        by_unit = dict(roll.values_list("unit").annotate(Count("pk")))
        batches = {each.pk: each for each in CodeBatch.objects.filter(poll=poll)}
        cases = SetAside.objects.filter(poll=poll).exclude(state=A.DECLINED).values_list("leaf", flat=True)
        settled = {bytes(leaf) for leaf in cases}
    secret, told = secret_of(poll), []
    for each in suspicions(every, by_unit, {pk: batch.count for pk, batch in batches.items()}):
        facts = dict(each.facts)
        if "batch" in facts:
            facts["batch"] = batches[facts["batch"]].number
        key = secret.of("burst", f"{each.reason}:{each.key}".encode())[:8].hex()
        waiting = tuple((voter, leaves[voter]) for voter in each.voters if leaves[voter] not in settled)
        one = Found(key, each.reason, facts, facts.pop("half_hour", None), waiting)
        if waiting or (each.reason == "unit" and poll.state == Poll.State.CLOSED):
            told.append(one)
    return told


def _arrivals(poll: Poll) -> tuple[dict[int, bytes], list[Arrival]]:
    """The leaf of each voter's last envelope, and how it came. Who left the roll is left out already."""
    names = ("voter", "leaf", "voter__unit", "network", "half_hour", "is_by_card", "voter__batch")
    leaves, every = {}, []
    for voter, leaf, unit, network, at, is_by_card, batch in Envelope.objects.filter(
        poll=poll, voter__is_off=False
    ).values_list(*names):
        leaves[voter] = bytes(leaf)
        every.append(Arrival(voter, unit, bytes(network), at or 0, batch if is_by_card else None))
    return leaves, every


@in_sentences
def propose(poll: Poll, key: str, *, reason: str, words: str, by: User) -> Burst:
    """The first person: all ballots of a group about which nobody has decided. Raises Refused."""
    poll, office = held(poll, by, *aside.UNTIL_COUNTED)
    aside.check_reason(reason, words)
    found = next((each for each in found_in(poll) if each.key == key and each.waiting), None)
    if found is None:
        raise Refused(_("These ballots are not as they were when the page was shown. Look at the list again."))
    facts = {**found.facts, "voters": len(found.waiting)}
    said = {"reason": reason, "words": words.strip(), "first_by": by}
    made = Burst.objects.create(poll=poll, rule=found.rule, facts=facts, half_hour=found.half_hour, **said)
    SetAside.objects.bulk_create(
        [SetAside(poll=poll, burst=made, voter_id=voter, leaf=leaf, **said) for voter, leaf in found.waiting]
    )
    told = {"rule": found.rule, "voters": len(found.waiting), "reason": reason}
    record("ballots.propose_burst", by=by, subject=_subject(made), facts=told, as_office=office)
    return made


@in_sentences
def answer(burst: Burst, *, agrees: bool, today: date, now: datetime, by: User) -> Burst:
    """The second person, who is not the first. Each voter gets a letter. Raises Refused."""
    poll, office = held(burst.poll, by, *aside.UNTIL_COUNTED)
    burst = Burst.objects.select_for_update().get(pk=burst.pk)
    aside.check_second(burst.state == B.PROPOSED, burst.first_by_id, by)
    burst.state, burst.second_by = B.AGREED if agrees else B.DECLINED, by
    burst.save(update_fields=["state", "second_by"])
    cases = list(burst.cases.select_related("voter__person"))
    burst.cases.update(
        state=A.AGREED if agrees else A.DECLINED, second_by=by, told_on=today if agrees else None
    )  # fmt: skip
    if agrees:
        aside.tell(poll, cases, today, now)
    verb = "ballots.agree_burst" if agrees else "ballots.decline_burst"
    record(verb, by=by, subject=_subject(burst), facts={"voters": len(cases)}, as_office=office)
    return burst


def _subject(burst: Burst) -> str:
    return f"ballots.burst:{burst.pk}"
