"""One-time codes on paper cards: made in batches, shown once, kept as hashes, replaced when a card is lost.

A code opens the ballot of one voter without an account, as often as they like until the poll closes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from gongjian.accounts.limits import Allowance, Pots
from gongjian.chronicle.record import record
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.authority.wall import behind_it
from gongjian.register.models import UnitEntry
from gongjian.register.refusals import Refused

from .making import held
from .models import CodeBatch, Poll, Voter
from .secrets import CODE_LETTERS, new_code, plain_code, secret_of
from .states import subject_of

MOST_IN_A_BATCH = 2_000
GUESSES = Allowance(20, regained=timedelta(seconds=30))


@dataclass(frozen=True)
class Card:
    """What is printed for one voter; the code is nowhere else."""

    name: str
    unit: str
    code: str


@in_sentences
def print_batch(poll: Poll, *, today: date, now: datetime, by: Reader) -> tuple[CodeBatch, list[Card]]:
    """New codes for those on the roll who have none, at most 2,000 at a time. Raises Refused."""
    poll, office = held(poll, by, Poll.State.READY, Poll.State.OPEN)
    waiting = Voter.objects.filter(poll=poll, is_off=False, code=None)
    return _print(poll, waiting, today, now, by, office)


@in_sentences
def replace(voter: Voter, *, today: date, now: datetime, by: Reader) -> tuple[CodeBatch, list[Card]]:
    """A new code for somebody whose card is lost; the old one opens nothing any more. Raises Refused."""
    poll, office = held(voter.poll, by, Poll.State.READY, Poll.State.OPEN)
    return _print(poll, Voter.objects.filter(pk=voter.pk, is_off=False), today, now, by, office)


def _print(
    poll: Poll, wanted: QuerySet[Voter], today: date, now: datetime, by: Any, office: str
) -> tuple[CodeBatch, list[Card]]:
    voters = list(wanted.select_related("person").order_by("unit_id", "person__name", "pk")[:MOST_IN_A_BATCH])
    if not voters:
        raise Refused(_("Everybody on the roll has a code. Replace one if a card is lost."))
    last = CodeBatch.objects.filter(poll=poll).aggregate(last=Max("number"))["last"] or 0
    account = by if by.pk else None
    batch = CodeBatch.objects.create(poll=poll, number=last + 1, count=len(voters), made_at=now, by=account)
    secret, cards, units = secret_of(poll), [], _units(voters, today)
    for voter in voters:
        code = new_code()
        voter.code, voter.batch = secret.code_hash(code), batch
        cards.append(Card(voter.person.name, units.get(voter.unit_id, ""), code))
    Voter.objects.bulk_update(voters, ["code", "batch"], batch_size=500)
    facts = {"batch": batch.number, "count": batch.count}
    record("ballots.print_codes", by=by, subject=subject_of(poll), facts=facts, as_office=office)
    return batch, cards


def _units(voters: Sequence[Voter], today: date) -> dict[int, str]:
    ids = {each.unit_id for each in voters}
    return dict(UnitEntry.objects.filter(unit__in=ids, valid__contains=today).values_list("unit", "name"))


def opened_by(typed: str) -> Voter | None:
    """Whose ballot a code opens, among the polls that are ready or open."""
    if len(plain_code(typed)) != CODE_LETTERS:
        return None
    with behind_it():
        for poll in Poll.objects.filter(state__in=(Poll.State.READY, Poll.State.OPEN)).order_by("closes_at"):
            code = secret_of(poll).code_hash(typed)
            voter = Voter.objects.filter(poll=poll, code=code, is_off=False).select_related("poll").first()
            if voter is not None:
                return voter
    return None


def pots_of(network: str) -> Pots:
    """From which pot a guess at a code is taken."""
    return {f"ballot-code:{network}": GUESSES}
