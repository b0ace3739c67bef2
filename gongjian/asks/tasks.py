"""What asks do in the background: sending to very many, and the digest of each working day."""

from __future__ import annotations

import logging
from contextlib import suppress

from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from gongjian.accounts.models import User
from gongjian.register.refusals import Refused
from gongjian.workdays.days import UnknownYear

from . import sending
from .digest import write_digests
from .models import Sending

log = logging.getLogger(__name__)
WHEN_DATABASE_IS_AWAY = RetryStrategy(
    max_attempts=10, linear_wait=5, retry_exceptions={OperationalError, InterfaceError}
)


@app.task(queue="asks", name="asks.send", retry=WHEN_DATABASE_IS_AWAY)
def send(sending_id: int, by_id: int) -> None:
    """Send it, all or nothing. What was sent already stays as it is; what is refused is a draft still."""
    close_old_connections()
    found, by = Sending.objects.filter(pk=sending_id).first(), User.objects.filter(pk=by_id).first()
    if found is not None and by is not None:
        with suppress(Refused):
            sending.send(found, today=timezone.localdate(), now=timezone.now(), by=by)


def send_later(found: Sending, *, by: User) -> None:
    send.configure(lock=f"asks.sending:{found.pk}").defer(sending_id=found.pk, by_id=by.pk)


@app.periodic(cron="10 23 * * *")  # ten past seven in China; the queue counts in UTC
@app.task(queue="asks", name="asks.digest", queueing_lock="asks.digest", retry=WHEN_DATABASE_IS_AWAY)
def digest(timestamp: int = 0) -> None:
    """On working days a letter to whoever owes something new, near or late. Without the year's calendar none is sent,
    and the log says what to do."""
    close_old_connections()
    try:
        write_digests(timezone.localdate(), now=timezone.now())
    except UnknownYear as unknown:
        log.warning("%s", unknown)
