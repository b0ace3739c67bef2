"""What the register does in the background: checking, applying and taking back files, and the paths of a new day.

While the database is away the job is tried again; a draft that was left in the middle is found where it was safe.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress

from django.db import InterfaceError, OperationalError, close_old_connections, transaction
from django.utils import timezone
from django.utils.translation import override
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from gongjian.accounts.models import User
from gongjian.chronicle.whence import in_office

from . import disclosures, export
from .actions import LEADERSHIP_LOCK, LINE_LOCK, TERRITORY_LOCK, Refused, lock
from .authority.acting import office_that_keeps
from .imports import names
from .imports.apply import apply
from .imports.preflight import preflight
from .imports.staging import State, look
from .imports.undo import undo
from .models import ImportDraft, ListExport
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
    by = _account(by_id)
    with _refusals_told_in(draft), _in_office_of(by):
        apply(draft, by=by, all_or_nothing=all_or_nothing)


@app.task(queue="imports", name="register.undo_draft", retry=WHEN_DATABASE_IS_AWAY)
def undo_draft(draft_id: int, by_id: int | None) -> None:
    """Take an import back. A refusal is told in the draft; one that was taken back already is left as it is."""
    close_old_connections()
    draft = look(draft_id)
    if draft.state == State.UNDONE:
        return
    by = _account(by_id)
    with _refusals_told_in(draft), _in_office_of(by):
        undo(draft, by=by)


def _account(by_id: int | None) -> User | None:
    return User.objects.filter(pk=by_id).first() if by_id else None


def _in_office_of(by: User | None) -> AbstractContextManager[None]:
    """What is done for somebody is done in the office by which they keep the register."""
    return in_office(office_that_keeps(by) if by else "")


@contextmanager
def _refusals_told_in(draft: ImportDraft) -> Iterator[None]:
    with override(draft.language):
        try:
            yield
        except Refused as refused:
            ImportDraft.objects.filter(pk=draft.pk).update(failure=str(refused))


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


@app.task(queue="exports", name=export.TASK, retry=WHEN_DATABASE_IS_AWAY)
def write_list(export_id: int) -> None:
    """Write the Excel of a long list. One that is written already, or was thrown away, is left."""
    close_old_connections()
    asked = ListExport.objects.filter(pk=export_id).select_related("by").first()
    if asked is not None and not asked.is_over:
        export.write_list(asked, timezone.localdate())


@app.periodic(cron="17 * * * *")
@app.task(queue="exports", name="register.forget_lists", queueing_lock="register.forget_lists")
def forget_lists(timestamp: int = 0) -> None:
    """Every hour: lists that were kept for a day go."""
    close_old_connections()
    export.forget_lists()


@app.periodic(cron="27 * * * *")
@app.task(queue="register", name="register.lapse_disclosures", queueing_lock="register.lapse_disclosures")
def lapse_disclosures(timestamp: int = 0) -> None:
    """Every hour: what nobody has agreed to for a week, or nobody has opened, lapses."""
    close_old_connections()
    disclosures.lapse_old(now=timezone.now())


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
    with override(found.language), suppress(Refused):
        comparing.compare(found)


@app.task(queue="imports", name="register.apply_list", retry=WHEN_DATABASE_IS_AWAY)
def apply_list(reconciliation_id: int, by_id: int | None, with_open: bool = False) -> None:
    """Write a list. A refusal is told in the reconciliation; one that was written already is left as it is."""
    close_old_connections()
    found = comparing.look(reconciliation_id)
    if found.state == comparing.State.APPLIED:
        return
    by = _account(by_id)
    with override(found.language), suppress(Refused), _in_office_of(by):
        applying.apply(found, by=by, today=timezone.localdate(), with_open=with_open)
