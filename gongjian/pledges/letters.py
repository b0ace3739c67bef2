"""The letters that pledges write to whoever has to mend one, where no ask can go."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from gongjian.notices.actions import NewLetter, write_letters

from .models import Pledge

LANGUAGE = settings.LANGUAGE_CODE
KEEPERS = """
SELECT DISTINCT p.account_id
FROM register_scope r
JOIN register_person p ON p.id = r.person_id
JOIN accounts_user u ON u.id = p.account_id AND u.is_active
WHERE r.body_id = %(body)s AND r.walk = 'line' AND 'keep_plans' = ANY(r.permissions) AND r.valid @> %(today)s::date
ORDER BY p.account_id
"""


def tell_writers(pledge: Pledge, reason: str, *, today: date, now: datetime) -> int:
    return _tell(_keepers(pledge.body_id, today), pledge, reason, today, now)


def tell_person(pledge: Pledge, reason: str, *, today: date, now: datetime) -> int:
    account = pledge.person and pledge.person.account_id
    return _tell([account] if account else [], pledge, reason, today, now)


def _tell(readers: Iterable[int], pledge: Pledge, reason: str, today: date, now: datetime) -> int:
    with override(LANGUAGE):
        page = settings.SITE + reverse("pledge", args=[pledge.pk])
        subject = _("A pledge was returned with reasons")
        return _write(
            readers,
            f"pledge_returned:{pledge.pk}",
            subject,
            [pledge.title, reason, page],
            [pledge.reference],
            today,
            now,
        )


def _write(
    readers: Iterable[int], kind: str, subject: str, lines: list[str], about: list[str], today: date, now: datetime
) -> int:
    letters = [
        NewLetter(
            account_id=each, kind=kind, day=today, subject=subject, body="\n".join(lines), about=about,
            language=LANGUAGE,
        )
        for each in readers
    ]  # fmt: skip
    return write_letters(letters, now=now)


def _keepers(body: int, today: date) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(KEEPERS, {"body": body, "today": today})
        return [row[0] for row in cursor.fetchall()]
