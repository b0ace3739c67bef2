"""The review that a body owes: one ask in its inbox for all that wait with it, done once none does."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.asks import owing, sending

from .access import body_that_reviews, keeping_body, waits_with
from .models import Pledge

MINUTES, DAYS = 5, 10  # what reviewing one takes, and until when: settings, without a source


def reference(body: int) -> str:
    return f"pledges.review:{body}"


def owe_review(pledge: Pledge, *, today: date, now: datetime, by: User | None) -> None:
    """It comes to the inbox of the body with which the review lies, or of what stands above that one now."""
    body = body_that_reviews(pledge)
    told = {
        "title": _("Review pledges that were handed in"), "href": reverse("pledges_review"),
        "why": _("Nothing is made public before it was reviewed. Each is passed, or returned with the reason."),
    }  # fmt: skip
    owing.owe(
        keeping_body(body), about=reference(body.pk), minutes=MINUTES, due_on=today + timedelta(days=DAYS),
        today=today, now=now, by=by, **told,
    )  # fmt: skip


def settle_review(pledge: Pledge, *, now: datetime, by: User) -> None:
    """Done once nothing waits with that body any more."""
    body = body_that_reviews(pledge)
    if not waits_with(body).exists():
        sending.close(reference(body.pk), now=now, by=by)
