"""Writing letters, switching mail on and off, and throwing away what is old."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.workdays.calendar import is_working

from .models import Letter, Preference

ONLY_ON_WORKING_DAYS = {"digest"}
KEPT_DAYS = 190


class QuietDay(ValueError):
    """No letter of this kind is written on a day that nobody works."""

    def __init__(self, day: date) -> None:
        super().__init__(
            _("%(day)s is not a working day: no digest is written for it. Write it for the next working day.")
            % {"day": day}
        )


@dataclass(frozen=True)
class NewLetter:
    """A letter to be written. It holds no more than its reader may see, and its subject nothing of other people."""

    account_id: int
    kind: str
    day: date
    subject: str
    body: str
    about: list[str] = field(default_factory=list)
    language: str = "zh-hans"


WRITE = """
INSERT INTO notices_letter (account_id, kind, day, subject, body, about, language, written_at, due_at, state, tries,
                            message_id)
SELECT account_id, kind, day, subject, body, about, language, %(now)s, %(now)s, 'written', 0, message_id
FROM jsonb_to_recordset(%(rows)s::jsonb) AS t(account_id bigint, kind text, day date, subject text, body text,
                                              about text[], language text, message_id text)
ON CONFLICT (account_id, kind, day) DO NOTHING
"""


@transaction.atomic
def write_letters(rows: Iterable[NewLetter], *, now: datetime) -> int:
    """Write them all, or none; returns how many there were not yet. The worker sends them within a minute or so.

    Whoever has a letter of the kind and day already keeps that one. Raises QuietDay, and UnknownYear for a digest.
    """
    rows = list(rows)
    for day in {row.day for row in rows if row.kind in ONLY_ON_WORKING_DAYS}:
        if not is_working(day):
            raise QuietDay(day)
    told = [{**asdict(row), "day": row.day.isoformat(), "message_id": _message_id()} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, {"now": now, "rows": json.dumps(told)})
        return int(cursor.rowcount)


def _message_id() -> str:
    _name, _at, host = settings.DEFAULT_FROM_EMAIL.strip("> ").rpartition("@")
    return f"<{uuid4().hex}@{host or 'localhost'}>"


def want_mail(account: User, wanted: bool) -> Preference:
    """From now on letters come by mail as well, or stay on the page. What was written before is not sent later."""
    preference, _new = Preference.objects.update_or_create(account=account, defaults={"by_mail": wanted})
    return preference


def forget_letters_of(account: User) -> None:
    """Everything that is kept here of somebody goes."""
    Letter.objects.filter(account=account).delete()
    Preference.objects.filter(account=account).delete()


def throw_away_old(today: date) -> int:
    """Letters of days longer ago than KEPT_DAYS go for good; how many those were."""
    count, _each = Letter.objects.filter(day__lt=today - timedelta(days=KEPT_DAYS)).delete()
    return count
