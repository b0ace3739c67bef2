"""All moves of a review, in one table, and the one function that moves it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from gongjian.chronicle.models import Act
from gongjian.chronicle.record import keep_before, record
from gongjian.register.refusals import Refused

from .models import MemberReview

S = MemberReview.State

MOVES = {
    (S.BEGUN, "hold"): S.HELD,
    (S.HELD, "hold"): S.HELD,  # numbers mended, until the ballots are counted
    (S.HELD, "propose"): S.PROPOSED,
    (S.RETURNED, "propose"): S.PROPOSED,
    (S.PROPOSED, "think_again"): S.HELD,
    (S.PROPOSED, "go_over"): S.RETURNED,  # what was returned stays so: its meeting and ballots are not opened again
    (S.PROPOSED, "tell"): S.TOLD,
    (S.TOLD, "hand_up"): S.HANDED_UP,
    (S.HANDED_UP, "approve"): S.APPROVED,
    (S.HANDED_UP, "send_back"): S.RETURNED,
    (S.APPROVED, "file"): S.FILED,
}


def leads_on(review: MemberReview, verb: str) -> bool:
    """Can the verb be done with it as it stands?"""
    return (review.state, verb) in MOVES


def move(review: MemberReview, verb: str, *, by: object, as_office: str = "", **fields: Any) -> Act:
    """Bring it into the next state, with `fields` beside it, and write that down. Raises Refused."""
    after = MOVES.get((S(review.state), verb))
    if after is None:
        raise Refused(
            _("It is at “%(state)s” by now. Look at it again.") % {"state": review.get_state_display()}
        )  # fmt: skip
    told = {"from": review.state, "to": after.value}
    act = record(f"reviews.{verb}", by=by, subject=review.about, facts=told, as_office=as_office)
    keep_before(act, review._meta.db_table, "r.id = %s", [review.pk])
    review.state = after
    for name, value in fields.items():
        setattr(review, name, value)
    review.save(update_fields=["state", *fields])
    return act
