"""The daily digest: on working days, to whoever owes an answer that is new, near or late. Nothing due, nothing sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from gongjian.notices.actions import NewLetter, write_letters
from gongjian.notices.models import Letter
from gongjian.workdays.calendar import add_working, is_working

KIND = "digest"
NEAR = 2  # working days
FIRST = timedelta(days=7)  # what the first digest looks back on
LISTED = 12
LANGUAGE = settings.LANGUAGE_CODE

# Who answers for which body, by an office held or lent; what is open there and was asked since the last digest, is due
# soon, or is late. Somebody with two offices in a body owes it once.
OWED = """
SELECT DISTINCT p.account_id, a.due_on, a.id, s.title, a.minutes
FROM asks_ask a
JOIN asks_sending s ON s.id = a.sending_id
JOIN register_scope r ON r.body_id = a.body_id AND r.walk = 'line' AND 'answer' = ANY(r.permissions)
  AND r.valid @> %(today)s::date
JOIN register_office o ON o.id = r.office_id AND (s.office_id IS NULL OR s.office_id = o.kind_id)
JOIN register_person p ON p.id = r.person_id
JOIN accounts_user u ON u.id = p.account_id AND u.is_active
WHERE a.state = 'open' AND (a.due_on <= %(near)s OR s.sent_at > %(since)s)
ORDER BY p.account_id, a.due_on, a.id
"""


@dataclass(frozen=True)
class Owed:
    """One thing that somebody owes."""

    account: int
    due_on: date
    ask: int
    title: str
    minutes: int


@transaction.atomic
def write_digests(today: date, *, now: datetime) -> int:
    """A letter for each person who owes something new, near or late; returns how many.

    None on a day that nobody works. The same day again writes nothing. Raises UnknownYear.
    """
    if not is_working(today):
        return 0
    near, since = add_working(today, NEAR), _last_digest(now)
    with override(LANGUAGE):
        return write_letters(_letters(today, near, since), now=now)


def _last_digest(now: datetime) -> datetime:
    """What was asked later has not been told yet. Where nobody was written to, there was nothing to tell."""
    last = Letter.objects.filter(kind=KIND).aggregate(last=Max("written_at"))["last"]
    return last or now - FIRST


def _letters(today: date, near: date, since: datetime) -> Iterator[NewLetter]:
    for account, rows in groupby(_owed(today, near, since), key=lambda each: each.account):
        owed = list(rows)
        yield NewLetter(
            account_id=account,
            kind=KIND,
            day=today,
            subject=_("%(count)s things to do, about %(minutes)s minutes")
            % {"count": len(owed), "minutes": sum(each.minutes for each in owed)},
            body="\n".join(_lines(owed, today)),
            about=[f"asks.ask:{each.ask}" for each in owed[:LISTED]],
            language=LANGUAGE,
        )


def _owed(today: date, near: date, since: datetime) -> list[Owed]:
    with connection.cursor() as cursor:
        cursor.execute(OWED, {"today": today, "near": near, "since": since})
        return [Owed(*row) for row in cursor.fetchall()]


def _lines(owed: list[Owed], today: date) -> Iterator[str]:
    for each in owed[:LISTED]:
        said = {"title": each.title, "day": each.due_on, "minutes": each.minutes}
        if each.due_on < today:
            yield _("Late since %(day)s: %(title)s, %(minutes)s minutes") % said
        else:
            yield _("By %(day)s: %(title)s, %(minutes)s minutes") % said
    if len(owed) > LISTED:
        yield _("And %(count)s more.") % {"count": len(owed) - LISTED}
    yield ""
    yield settings.SITE + reverse("inbox")
