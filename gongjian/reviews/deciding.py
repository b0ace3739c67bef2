"""The body above approves what was handed up, or returns it with the reason. Never by somebody on that roll, nor by
who proposed."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences

from . import asking
from .access import account_of
from .models import MemberReview
from .refusing import deciding, said
from .states import move


@in_sentences
def approve(review: MemberReview, *, today: date, now: datetime, by: Reader) -> MemberReview:
    """Raises Refused."""
    review, office = deciding(review, by)
    move(review, "approve", by=by, as_office=office, approved_by=account_of(by), approved_on=today)
    asking.close_to_approve(review, now=now, by=account_of(by))
    return review


@in_sentences
def send_back(review: MemberReview, *, reason: str, today: date, now: datetime, by: User) -> str:
    """The branch grades again; whose grade changes is told anew. Returns why it was not asked, or nothing. Raises
    Refused."""
    review, office = deciding(review, by)
    reason = said(MemberReview, "reason", reason, _("Say what is to be looked at again. The branch reads it."))
    move(review, "send_back", by=by, as_office=office, reason=reason)
    asking.close_to_approve(review, now=now, by=by)
    return asking.ask_again(review, today=today, now=now, by=by)
