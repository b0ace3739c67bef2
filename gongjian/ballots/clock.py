"""What the clock does: polls open and close at their minutes; while one is open a head is signed at least hourly."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from gongjian.register.authority.wall import behind_it

from . import log, rules
from .models import Log, LogRow, Poll
from .states import move

QUIET = timedelta(minutes=20)


def bring_forward(poll: Poll) -> Poll:
    """Open or close it if its minute has come by the database's clock. Safe to call at any time, by whoever looks."""
    now = timezone.now()
    is_due = poll.state == Poll.State.READY and poll.opens_at <= now
    is_over = poll.state == Poll.State.OPEN and poll.closes_at <= now
    if not is_due and not is_over:
        return poll
    with behind_it():
        _step(poll)
    poll.refresh_from_db()
    return poll


def bring_all_forward() -> int:
    """Every poll whose minute has come; how many were looked at."""
    now = timezone.now()
    due = Poll.objects.filter(state=Poll.State.READY, opens_at__lte=now)
    due |= Poll.objects.filter(state=Poll.State.OPEN, closes_at__lte=now)
    found = list(due)
    for poll in found:
        bring_forward(poll)
    return len(found)


def _step(poll: Poll) -> None:
    """First the poll, as every action does; then the end of the log, for which whoever casts may be waited."""
    with connection.cursor() as cursor:
        poll = Poll.objects.select_for_update(no_key=True).get(pk=poll.pk)
        end = log.hold(cursor, poll.pk, poll.ref, poll.signer)
        now = database_clock()
        if poll.state == Poll.State.READY and poll.opens_at <= now:
            move(poll, "open")
        if poll.state == Poll.State.OPEN and poll.closes_at <= now:
            last = log.content(LogRow.Kind.CLOSED, {"closes": rules.as_minute(poll.closes_at)})
            log.write(cursor, end, [last], max(now, end.moment))
            move(poll, "close", closed_at=now, network_key=None)


def database_clock() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: datetime = cursor.fetchone()[0]
        return found


def sign_heads() -> int:
    """A head for each open poll whose last one is twenty minutes old, over a note, so that it is another."""
    old = Log.objects.filter(poll__state=Poll.State.OPEN, moment__lte=timezone.now() - QUIET).select_related("poll")
    count = 0
    for found in old:
        with behind_it():
            now = database_clock()
            if found.poll.takes_ballots_at(now):
                note = {"text": f"head of {log.as_text(now)}"}
                log.add(found.poll, [log.content(LogRow.Kind.NOTE, note)], now)
                count += 1
    return count
