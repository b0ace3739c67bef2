"""What the register does in the background: checking and applying files, and the paths of a new day.

While the database is away the job is tried again; a draft that was left in the middle is found where it was safe.
"""

from __future__ import annotations

import contextlib

from django.contrib.auth import get_user_model
from django.db import InterfaceError, OperationalError, close_old_connections, transaction
from django.utils import timezone
from django.utils.translation import override
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from .actions import LEADERSHIP_LOCK, LINE_LOCK, TERRITORY_LOCK, Refused, lock
from .imports import names
from .imports.apply import apply
from .imports.preflight import preflight
from .imports.staging import State, look
from .models import ImportDraft
from .reconciliations import applying, comparing
from .walks import refresh_body_paths, refresh_unit_paths

WHEN_DATABASE_IS_AWAY = RetryStrategy(
    max_attempts=10, linear_wait=5, retry_exceptions={OperationalError, InterfaceError}
)


@app.task(queue="imports", name="register.preflight_draft", retry=WHEN_DATABASE_IS_AWAY)
def preflight_draft(draft_id: int) -> None:
    """Check a file. What is wrong with it is told in the draft."""
    close_old_connections()
    preflight(look(draft_id))


@app.task(queue="imports", name="register.apply_draft", retry=WHEN_DATABASE_IS_AWAY)
def apply_draft(draft_id: int, by_id: int | None, all_or_nothing: bool = False) -> None:
    """Apply a file. A refusal is told in the draft; one that was applied already is left as it is."""
    close_old_connections()
    draft = look(draft_id)
    if draft.state == State.APPLIED:
        return
    by = get_user_model().objects.filter(pk=by_id).first() if by_id else None
    with override(draft.language):
        try:
            apply(draft, by=by, all_or_nothing=all_or_nothing)
        except Refused as refused:
            ImportDraft.objects.filter(pk=draft_id).update(failure=str(refused))


@app.periodic(cron="1 16 * * *")  # a minute past midnight in China; the queue counts in UTC
@app.task(queue="register", name="register.refresh_paths", queueing_lock="register.refresh_paths")
def refresh_paths(timestamp: int = 0) -> None:
    """Today's paths after the day has changed: entries may begin or end with it."""
    close_old_connections()
    today = timezone.localdate()
    with transaction.atomic():
        lock(TERRITORY_LOCK, LINE_LOCK, LEADERSHIP_LOCK)  # a move at the same time would be written over
        refresh_unit_paths(today)
        refresh_body_paths(today)


@app.task(queue="imports", name=names.TASK, retry=WHEN_DATABASE_IS_AWAY)
def learn_names(act_id: int) -> None:
    """Make the names of a large import findable."""
    close_old_connections()
    names.learn_names(act_id)


@app.task(queue="imports", name="register.compare_list", retry=WHEN_DATABASE_IS_AWAY)
def compare_list(reconciliation_id: int) -> None:
    """Compare a list with the register. What speaks against it is told in the reconciliation."""
    close_old_connections()
    found = comparing.look(reconciliation_id)
    with override(found.language), contextlib.suppress(Refused):
        comparing.compare(found)


@app.task(queue="imports", name="register.apply_list", retry=WHEN_DATABASE_IS_AWAY)
def apply_list(reconciliation_id: int, by_id: int | None, with_open: bool = False) -> None:
    """Write a list. A refusal is told in the reconciliation; one that was written already is left as it is."""
    close_old_connections()
    found = comparing.look(reconciliation_id)
    if found.state == comparing.State.APPLIED:
        return
    by = get_user_model().objects.filter(pk=by_id).first() if by_id else None
    with override(found.language), contextlib.suppress(Refused):
        applying.apply(found, by=by, today=timezone.localdate(), with_open=with_open)
