"""The review that a body owes: one ask in its inbox for all that wait with it, done once none does."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.asks import owing, sending
from gongjian.register.models import Body, BodyEntry

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
    """Done with whatever body nothing waits any more: that one, or one with which this review lay before."""
    sending.hold()  # of two last ones at once the second sees that of the first
    entries = BodyEntry.objects.filter(body=pledge.body_id).values_list("superior", "leader")
    above = {id for pair in entries for id in pair if id}
    for body in Body.objects.filter(pk__in=above | {pledge.body_id}).order_by("pk"):
        if not waits_with(body).exists():
            sending.close(reference(body.pk), now=now, by=by)
