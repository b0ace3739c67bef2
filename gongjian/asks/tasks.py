"""What asks do in the background: sending to very many."""

from __future__ import annotations

from contextlib import suppress

from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from gongjian.accounts.models import User
from gongjian.register.refusals import Refused

from . import sending
from .models import Sending

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
