"""What looks bought in one poll: read from its envelopes behind the wall, and set aside by two people, group by group.

Each voter of a group has a case of their own (`aside.py`), with a letter and an objection. Nobody reads here whose
ballots they are, and nothing is left out by a rule alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.asks import owing, sending
from gongjian.asks.models import Ask
from gongjian.chronicle.record import record
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.authority.wall import behind_it
from gongjian.register.refusals import Refused

from . import aside, bursts
from .access import polls_kept_by
from .making import held
from .models import Burst, CodeBatch, Envelope, Poll, SetAside, Voter
from .secrets import secret_of

B, A = Burst.State, SetAside.State
MINUTES = 20  # what looking takes: a setting, without a source
# In one pass: each busy address and each batch by half hour, each batch by unit, and each unit. GROUPING has a bit for
# each column that is left out.
COUNTED = """
    SELECT network, batch, half_hour, unit_id, GROUPING(network, batch, half_hour, unit_id), count(*)
    FROM (SELECT e.network, CASE WHEN e.is_by_card THEN v.batch_id END AS batch, e.half_hour, v.unit_id
          FROM ballots_envelope e JOIN ballots_voter v ON v.id = e.voter_id
          WHERE e.poll_id = %s AND NOT v.is_off) came
    GROUP BY GROUPING SETS ((network, half_hour), (batch, half_hour), (batch, unit_id), (unit_id))
    HAVING GROUPING(network) = 1 OR count(*) >= %s"""
BUSY, OF_BATCH, UNITS_OF_BATCH, OF_UNIT = 0b0101, 0b1001, 0b1010, 0b1110
Ballot = tuple[bursts.Arrival, bytes]  # how it came, and its leaf


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
    """All that is found until it is counted, without what is decided on as a whole. A fixed number of queries, and
    one more each for busy addresses and for batches that a rule names.

    Of units only once it is closed: until then nobody is told how many of a unit have voted.
    """
    if not poll.keeps_arrivals or poll.state not in aside.UNTIL_COUNTED:
        return []
    with behind_it():
        roll = Voter.objects.filter(poll=poll, is_off=False).order_by()
        by_unit = dict(roll.values_list("unit").annotate(Count("pk")))
        batches = {each.pk: each for each in CodeBatch.objects.filter(poll=poll)}
        came, of_busy = _came(poll)
        told = bursts.suspicions(came, by_unit, {pk: batch.count for pk, batch in batches.items()})
        waiting = _waiting(poll, told, of_busy)
    secret, found = secret_of(poll), []
    for each in told:
        facts = dict(each.facts)
        if "batch" in facts:
            facts["batch"] = batches[facts["batch"]].number
        key = secret.of("burst", f"{each.reason}:{each.key}".encode())[:8].hex()
        one = Found(key, each.reason, facts, facts.pop("half_hour", None), waiting.get(each.key, ()))
        if one.waiting or (each.reason == "unit" and poll.state == Poll.State.CLOSED):
            found.append(one)
    return found


def _came(poll: Poll) -> tuple[bursts.Came, list[Ballot]]:
    """How they came, counted by the database; and the ballots of busy addresses. Of an address that few share at a time
    nothing is read."""
    busy, units = set[bytes](), dict[int, int]()
    batches, units_of_batch = defaultdict[int, dict[int, int]](dict), Counter[int]()
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, [poll.pk, bursts.fewest_in_half_an_hour()])
        for network, batch, at, unit, left_out, number in cursor.fetchall():
            if left_out == BUSY and network:
                busy.add(bytes(network))
            elif left_out == OF_UNIT:
                units[unit] = number
            elif left_out == OF_BATCH and batch is not None:
                batches[batch][at or 0] = number
            elif left_out == UNITS_OF_BATCH and batch is not None:
                units_of_batch[batch] += 1
    of_busy = _ballots(poll, Q(network__in=busy))
    networks = bursts.counted(came for came, _leaf in of_busy).networks
    return bursts.Came(networks, batches, units_of_batch, units), of_busy


def _ballots(poll: Poll, some: Q) -> list[Ballot]:
    """The last one of each voter. Who left the roll is left out already."""
    names = ("voter", "voter__unit", "network", "half_hour", "voter__batch", "is_by_card", "leaf")
    rows = Envelope.objects.filter(some, poll=poll, voter__is_off=False).order_by().values_list(*names)
    return [
        (bursts.Arrival(voter, unit, bytes(network), at or 0, batch if by_card else None), bytes(leaf))
        for voter, unit, network, at, batch, by_card, leaf in rows
    ]


def _waiting(
    poll: Poll, told: Sequence[bursts.Suspicion], of_busy: Sequence[Ballot]
) -> dict[str, tuple[tuple[int, bytes], ...]]:
    """Of each group, by its key, voter and leaf of those about whom nobody has decided."""
    by_batch = Q(pk__in=())
    for each in told:
        if each.batch is not None:
            by_batch |= Q(voter__batch=each.batch, is_by_card=True, half_hour__in=each.half_hours)
    cases = SetAside.objects.filter(poll=poll).exclude(state=A.DECLINED)
    settled = {bytes(leaf) for leaf in cases.values_list("leaf", flat=True)}
    of_batches = _ballots(poll, by_batch)
    return {
        each.key: tuple(
            (came.voter, leaf)
            for came, leaf in (of_busy if each.network else of_batches)
            if each.is_about(came) and leaf not in settled
        )
        for each in told if each.half_hours
    }  # fmt: skip


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
    _settle(poll, now, by)
    return burst


# == who is asked to look ==
def owe_looks(today: date, now: datetime) -> int:
    """Each hour: whoever keeps a poll in which something looks bought is asked to look, once a day at most; what is
    decided, counted or called off asks nobody any more. How many were asked."""
    watched = Poll.objects.filter(keeps_arrivals=True, state__in=aside.UNTIL_COUNTED).select_related("held_by")
    waiting = {reference(each): each for each in watched if is_undecided(each)}
    rows = Ask.objects.filter(sending__about__startswith=reference(None))
    for about in set(rows.filter(state=Ask.State.OPEN).values_list("sending__about", flat=True)) - {*waiting}:
        sending.close(about, now=now)
    told = rows.filter(Q(state=Ask.State.OPEN) | Q(ended_at__date=today)).values_list("sending__about", flat=True)
    asked = [each for about, each in waiting.items() if about not in set(told)]
    for poll in asked:
        owing.owe(
            poll.held_by, about=reference(poll), title=_("What looks bought: %(poll)s") % {"poll": poll.title},
            why=_("A rule names ballots that came as bought ones do. Two people look at them before the count."),
            href=reverse("poll_bursts", args=[poll.pk]), minutes=MINUTES,
            due_on=max(timezone.localdate(poll.closes_at), today), today=today, now=now, by=None,
        )  # fmt: skip
    return len(asked)


def is_undecided(poll: Poll) -> bool:
    """Is there a group on which nobody has decided; or of a unit, about which nothing can be decided, a word until the
    count?"""
    return poll.bursts.filter(state=B.PROPOSED).exists() or bool(found_in(poll))


def reference(poll: Poll | None) -> str:
    """As the ask refers to it: ballots.bursts:7."""
    return f"ballots.bursts:{poll.pk if poll else ''}"


def _settle(poll: Poll, now: datetime, by: User) -> None:
    """Under the lock of the poll, so that of two last ones the second sees the first."""
    if not is_undecided(poll):
        sending.close(reference(poll), now=now, by=by)


def tell_asked(reader: Reader, id: int) -> tuple[str, str] | None:
    """Where the ask leads, for whoever keeps the poll."""
    found = polls_kept_by(reader).filter(pk=id, keeps_arrivals=True).first()
    return (found.title, reverse("poll_bursts", args=[found.pk])) if found else None


def _subject(burst: Burst) -> str:
    return f"ballots.burst:{burst.pk}"
