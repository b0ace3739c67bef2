"""What is owed in a year, asked for through the one door: to review, to approve, to go over it again.

Whoever opens the year asks its branches, and in the same name whoever approves; the body that returns a review asks
the branch. Nobody asks upward or themselves: a body that approves what it opened itself finds it on its page.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from gongjian.accounts.models import User
from gongjian.asks import sending, tasks, writing
from gongjian.asks.models import Ask
from gongjian.register.models import Body
from gongjian.register.refusals import Refused

from .models import MemberReview, ReviewYear

LANGUAGE = settings.LANGUAGE_CODE
REVIEW_MINUTES, APPROVE_MINUTES, AGAIN_MINUTES = 30, 15, 15
DAYS = 14  # to approve, and to go over it again


def ask_branches(opened: ReviewYear, *, today: date, now: datetime, by: User) -> list[str]:
    """Every branch of the year that has not handed up. Returns why some are not asked, in sentences."""
    waiting = opened.reviews.filter(state__in=("begun", "held", "proposed", "told")).exclude(body__line_path="")
    bodies = list(waiting.order_by("body").values_list("body_id", flat=True))
    if not bodies:
        return []
    with override(LANGUAGE):
        what: dict[str, Any] = {
            "kind": "elsewhere", "href": reverse("review_own", args=[opened.pk]), "minutes": REVIEW_MINUTES,
            "title": _("Review the members of %(year)s") % {"year": opened.year}, "due_on": opened.due_on,
            "why": _("Once a year a branch reviews its members, and tells each of them."), "about": opened.about,
            "what": _("The roll stands there already. Hold the meeting, propose a grade for each, tell them, hand it "
                      "up."),
        }  # fmt: skip
    try:
        with transaction.atomic():
            made = writing.write(opened.host, today=today, now=now, by=by, **what)
            made = writing.choose(made, receivers={"bodies": bodies}, by=by)
            made = writing.drop_those_over(made, today=today, by=by)
            if len(bodies) > sending.MOST_AT_ONCE:
                tasks.send_later(made, by=by)
            else:
                sending.send(made, today=today, now=now, by=by)
    except Refused as no:
        return [str(no)]
    left = len(made.dropped)
    said = _("Not asked, because their month is full: %(count)s. They find it on their own page.") % {"count": left}
    return [said] if left else []


def close_to_review(review: MemberReview, *, now: datetime, by: User | None) -> None:
    if review.opened is not None:
        sending.close_of(review.opened.about, [review.body_id], now=now, by=by)
    sending.close(review.about, now=now, by=by)


def ask_to_approve(review: MemberReview, *, today: date, now: datetime) -> str:
    """In the name of who opened the year; asked once until nothing waits. Why it could not be asked, or nothing."""
    opened = review.opened
    if opened is None or opened.opened_by is None or opened.host_id == review.above_id:
        return ""
    asked = Ask.objects.filter(sending__about=opened.about_approving, body=review.above_id, state=Ask.State.OPEN)
    if asked.exists():
        return ""
    with override(LANGUAGE):
        return _one(
            review.above, opened.host, opened.opened_by, today, now, minutes=APPROVE_MINUTES,
            href=reverse("review_year", args=[opened.pk]) + "?state=handed_up", due_on=today + timedelta(days=DAYS),
            about=opened.about_approving, title=_("Approve the grades of members, %(year)s") % {"year": opened.year},
            why=_("Branches have handed up the grades of their members. Everybody was told theirs."),
        )  # fmt: skip


def close_to_approve(review: MemberReview, *, now: datetime, by: User | None) -> None:
    """Once nothing of the year waits for this body."""
    if review.opened is None:
        return
    waits = MemberReview.objects.filter(opened=review.opened, above=review.above_id, state=MemberReview.State.HANDED_UP)
    if not waits.exists():
        sending.close_of(review.opened.about_approving, [review.above_id], now=now, by=by)


def ask_again(review: MemberReview, *, today: date, now: datetime, by: User) -> str:
    """The branch, to go over what was returned. Why it could not be asked, or nothing."""
    if not review.body.line_path:
        return ""
    with override(LANGUAGE):
        return _one(
            review.body, review.above, by, today, now, minutes=AGAIN_MINUTES, href=reverse("review", args=[review.pk]),
            due_on=today + timedelta(days=DAYS), about=review.about, title=_("Go over the grades of members again"),
            why=_("They were returned; the reason stands on the page."),
        )  # fmt: skip


def _one(body: Body, sender: Body, by: User, today: date, now: datetime, **what: Any) -> str:
    """Ask one body; why it could not be asked, or nothing."""
    try:
        with transaction.atomic():
            sending.ask([body], sender=sender, today=today, now=now, by=by, kind="elsewhere", **what)
    except Refused as no:
        return str(no)
    return ""
