"""What a rule has a body do by itself, as a review that it owes to those below: it stands in its inbox like all."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from gongjian.accounts.models import User
from gongjian.chronicle.record import record
from gongjian.register.models import Body, BodyEntry

from . import sending
from .models import MOST_MINUTES, Ask, Sending


@transaction.atomic
def owe(
    body: Body, *, about: str, title: str, why: str, href: str, minutes: int, due_on: date, today: date, now: datetime,
    by: User | None,
) -> Ask | None:  # fmt: skip
    """One open ask of the body about the same thing, in its own name; more of it adds its minutes and no second ask.

    Nobody asks upwards, and no ceiling holds back what a rule requires; nor does it fill the month, which counts
    what others ask. `by` did what it follows from. None for a body that does not stand today. A title that is longer
    than an ask holds is cut off, and more minutes than one may take are as many as it may.
    """
    minutes, title = min(minutes, MOST_MINUTES), _fitting(title)
    sending.hold()
    known = Ask.objects.filter(body=body, sending__about=about, state=Ask.State.OPEN).first()
    if known is not None:
        known.minutes = min(known.minutes + minutes, MOST_MINUTES)
        known.save(update_fields=["minutes"])
        return known
    entry = BodyEntry.objects.on(today).filter(body=body).first()
    if entry is None:
        return None
    act = record("asks.owed", by=by, subject=about, facts={"body": body.pk, "due_on": due_on.isoformat()})
    sent = Sending.objects.create(
        body=body, line_id=body.line_id, kind=Sending.Kind.ELSEWHERE, title=title, why=why, about=about, href=href,
        minutes=minutes, due_on=due_on, receivers={"bodies": [body.pk]}, state=Sending.State.SENT, written_at=now,
        sent_at=now, act=act,
    )  # fmt: skip
    return Ask.objects.create(sending=sent, body=body, unit_id=entry.seat_id, due_on=due_on, minutes=minutes)


def _fitting(title: str) -> str:
    most = Sending._meta.get_field("title").max_length or 0
    return title if len(title) <= most else f"{title[: most - 1]}…"
