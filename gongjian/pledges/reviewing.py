"""Reviewing pledges one by one: passed, or returned with the reason; and making public what was passed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.asks import sending
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.models import Body
from gongjian.register.refusals import Refused

from .access import body_above, is_own, office_that_reviews
from .letters import tell_person, tell_writers
from .models import Pledge, Review
from .owing import settle_review
from .refusing import held_pledge, keeping, texts
from .states import move

MINUTES, DAYS = 10, 10  # what it takes to write one anew, and until when


@in_sentences
def review(pledge: Pledge, verdict: str, *, reason: str = "", today: date, now: datetime, by: User) -> Review:
    """`pass`, or `return` with the reason, which whoever wrote it reads. The second of two at once is refused."""
    pledge = held_pledge(pledge, by)
    above = body_above(pledge.body)
    office = office_that_reviews(by, pledge)
    if office is None:
        raise Refused(_no_reviewer(pledge, by))
    missing = {"reason": _("Say why. Whoever wrote it reads it.")} if verdict == "return" else {}
    said = texts(Review, {"reason": reason}, missing)
    act = move(pledge, verdict, by=by, as_office=office)
    in_name_of = pledge.body if pledge.person_id is not None or above is None else above
    made = Review.objects.create(pledge=pledge, body=in_name_of, verdict=verdict, on=today, act=act, **said)
    settle_review(pledge, now=now, by=by)
    if verdict == "return":
        _ask_anew(pledge, in_name_of, said["reason"], today, now, by)
    return made


def _no_reviewer(pledge: Pledge, by: Reader) -> str:
    if is_own(by, pledge) or pledge.handed_in_by_id == by.pk:
        return _("Nobody reviews what is theirs. Somebody else does: from above, or another keeper.")
    return _("It is reviewed by whoever keeps the plan of the organisation above, or of the person's own. You do not.")


def _ask_anew(pledge: Pledge, sender: Body, reason: str, today: date, now: datetime, by: User) -> None:
    """It comes to the inbox of the body; where that cannot be asked, and to a person, as a letter."""
    if pledge.person is not None:
        tell_person(pledge, reason, today=today, now=now)
        return
    told = {
        "kind": "tell", "minutes": MINUTES, "title": _("Mend a pledge that was returned"), "what": pledge.title,
        "why": reason, "due_on": today + timedelta(days=DAYS),
    }  # fmt: skip
    try:
        sending.ask([pledge.body], sender=sender, about=pledge.reference, today=today, now=now, by=by, **told)
    except Refused:  # its month is full, or it does not stand below: the return stands all the same
        tell_writers(pledge, reason, today=today, now=now)


@in_sentences
def publish(pledge: Pledge, *, shown_at: str = "", today: date, by: Reader) -> Pledge:
    """For everybody to read: of a body on its page, of a person inside unless they agree to be named."""
    pledge = held_pledge(pledge, by)
    office = keeping(by, pledge.body)
    said = texts(Pledge, {"shown_at": shown_at}, {})
    move(pledge, "publish", by=by, as_office=office, public_on=today, **said)
    return pledge
