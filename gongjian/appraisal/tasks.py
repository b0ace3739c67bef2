"""What takes long over very many bodies, done by the worker: opening, proposing and computing again."""

from __future__ import annotations

from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from gongjian.accounts.models import User
from gongjian.register.refusals import Refused

from . import deciding, rounds
from .models import Round

MOST_AT_ONCE = 2_000  # more are done by the worker
LONG = ("open", "propose", "recompute")
WHEN_DATABASE_IS_AWAY = RetryStrategy(
    max_attempts=10, linear_wait=5, retry_exceptions={OperationalError, InterfaceError}
)


@app.task(queue="appraisal", name="appraisal.move", retry=WHEN_DATABASE_IS_AWAY)
def move(round_id: int, verb: str, by_id: int) -> None:
    close_old_connections()
    attempt(round_id, verb, by_id)


def attempt(round_id: int, verb: str, by_id: int) -> None:
    """All or nothing. What is refused is written on the round, where whoever keeps it reads why."""
    found, by = Round.objects.filter(pk=round_id).first(), User.objects.filter(pk=by_id).first()
    if found is None or by is None:
        return
    try:
        carry_out(found, verb, by)
    except Refused as no:
        Round.objects.filter(pk=round_id).update(reason=str(no)[:300])


def carry_out(found: Round, verb: str, by: User) -> None:
    """Raises Refused."""
    today, now = timezone.localdate(), timezone.now()
    match verb:
        case "open":
            rounds.open_round(found, today=today, now=now, by=by)
        case "propose":
            deciding.propose(found, now=now, by=by)
        case "recompute":
            deciding.recompute(found, today=today, now=now, by=by)


def move_later(found: Round, verb: str, *, by: User) -> None:
    move.configure(lock=f"appraisal.round:{found.pk}").defer(round_id=found.pk, verb=verb, by_id=by.pk)
