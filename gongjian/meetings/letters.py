"""The one letter that meetings write: to those who keep plans at the members, when the agenda is set."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from gongjian.notices.actions import NewLetter, write_letters

from .access import members_on
from .agenda import agenda_of
from .models import Meeting

LANGUAGE = settings.LANGUAGE_CODE
KEEPERS = """
SELECT DISTINCT p.account_id
FROM register_scope r
JOIN register_person p ON p.id = r.person_id
JOIN accounts_user u ON u.id = p.account_id AND u.is_active
WHERE r.body_id = ANY(%(bodies)s) AND r.walk = 'line' AND 'keep_plans' = ANY(r.permissions)
  AND r.valid @> %(today)s::date
ORDER BY p.account_id
"""


def tell_members(meeting: Meeting, *, today: date, now: datetime) -> int:
    """A letter with the agenda for each keeper at a member; how many. The same agenda again that day writes none."""
    with override(LANGUAGE):
        return write_letters(_letters(meeting, today), now=now)


def _letters(meeting: Meeting, today: date) -> Iterator[NewLetter]:
    lines = [f"{item.begins:%H:%M} {item.topic.title}" for item in agenda_of(meeting).items]
    told = {"name": meeting.series.name, "day": meeting.day, "time": f"{meeting.begins_at:%H:%M}"}
    told["place"] = meeting.place
    body = [_("%(day)s, %(time)s, at %(place)s") % told, *lines, "", settings.SITE + _page(meeting)]
    for account in _keepers(meeting, today):
        yield NewLetter(
            account_id=account,
            kind=f"agenda:{meeting.pk}",
            day=today,
            subject=_("Agenda of the meeting: %(name)s") % told,
            body="\n".join(body),
            about=[f"meetings.meeting:{meeting.pk}"],
            language=LANGUAGE,
        )


def _page(meeting: Meeting) -> str:
    return reverse("meeting", args=[meeting.pk])


def _keepers(meeting: Meeting, today: date) -> list[int]:
    bodies = list(members_on(meeting).values_list("body_id", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(KEEPERS, {"bodies": bodies, "today": today})
        return [row[0] for row in cursor.fetchall()]
