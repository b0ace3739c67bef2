"""What organisations owe to deeds, as asks: check, ask for consent, select and show, look at comments.

One ask an organisation and kind, for all that wait; done once nothing does.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongjian.accounts.models import User
from gongjian.asks import owing, sending
from gongjian.register.models import Body

from .access import (
    comments_waiting_with,
    keeping_body,
    waits_to_be_asked,
    waits_to_be_checked,
    waits_to_be_selected,
)


class Owed(NamedTuple):
    """`minutes` for each, `days` from the first: settings, without a source."""

    minutes: int
    days: int
    title: str | Promise
    why: str | Promise
    waits: Callable[[Body], QuerySet[Any]]


OWED = {
    "check": Owed(
        10, 10, _("Check deeds that were recommended"),
        _("Nothing is shown before its organisation has checked that it happened, and how."), waits_to_be_checked,
    ),
    "consent": Owed(
        5, 10, _("Ask people whether their deed may be shown"),
        _("Nobody is shown who does not agree. Whoever has an account is asked here; ask the others in person."),
        waits_to_be_asked,
    ),
    "select": Owed(
        10, 10, _("Select and show deeds that were checked"),
        _("Each is selected or returned with the reason, and shown once whoever it is about agrees."),
        waits_to_be_selected,
    ),
    "comment": Owed(
        2, 3, _("Look at comments on deeds"),
        _("A comment is shown or hidden with the reason; an appeal is decided by somebody else."),
        comments_waiting_with,
    ),
}  # fmt: skip


def reference(kind: str, body: int) -> str:
    """As the ask refers to it: deeds.check:7."""
    return f"deeds.{kind}:{body}"


def owe(kind: str, body: Body, *, today: date, now: datetime, by: User | None) -> None:
    told = OWED[kind]
    owing.owe(
        keeping_body(body), about=reference(kind, body.pk), title=str(told.title), why=str(told.why),
        href=reverse("deeds_waiting"), minutes=told.minutes, due_on=today + timedelta(days=told.days), today=today,
        now=now, by=by,
    )  # fmt: skip


def settle(kind: str, body: Body, *, now: datetime, by: User | None) -> None:
    """Done once nothing of the kind waits with the body."""
    sending.hold()  # of two last ones at once the second sees that of the first
    if not OWED[kind].waits(body).exists():
        sending.close(reference(kind, body.pk), now=now, by=by)
