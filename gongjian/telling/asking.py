"""What is owed in a round, asked for through the one door: to tell, to comment, to put right, to confirm.

Each is asked once, and done when the deed is. Whoever opens a round or publishes a comment asks in the name of the
organisation; where that may not be asked – no right to ask, or a full month – the page says so and the deed stands.
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
from gongjian.register.access import Reader
from gongjian.register.models import Body
from gongjian.register.refusals import Refused

from .models import Telling, TellingRound
from .models.rounds import UNCOMMENTED

LANGUAGE = settings.LANGUAGE_CODE
TELL_MINUTES, COMMENT_MINUTES, PUT_RIGHT_MINUTES, CONFIRM_MINUTES = 5, 30, 10, 5


# == to tell and to comment ==
def ask_round(found: TellingRound, *, today: date, now: datetime, by: User) -> list[str]:
    """Ask every body to tell, and all who comment to comment. Returns why some are not asked, in sentences."""
    return [*_ask_to_tell(found, today, now, by), *_ask_to_comment(found, today, now, by)]


def _ask_to_tell(found: TellingRound, today: date, now: datetime, by: User) -> list[str]:
    bodies = list(found.tellings.order_by("body").values_list("body_id", flat=True))
    with override(LANGUAGE):
        what: dict[str, Any] = {
            "kind": "elsewhere", "href": reverse("telling_own", args=[found.pk]), "minutes": TELL_MINUTES,
            "title": _("Tell how it went: %(round)s") % {"round": found.name[:40]}, "due_on": found.tell_by,
            "why": _("Each round every organisation tells and is commented on."), "about": found.about,
            "what": _("What was promised stands there already. Three short texts: what was done, what not, and why."),
        }  # fmt: skip
    return _send(found, bodies, what, today, now, by)


def _ask_to_comment(found: TellingRound, today: date, now: datetime, by: User) -> list[str]:
    bodies = list(found.tellings.exclude(commenter=found.host_id).values_list("commenter_id", flat=True).distinct())
    if not bodies:
        return []
    with override(LANGUAGE):
        what = {
            "kind": "elsewhere", "href": reverse("telling_to_comment", args=[found.pk]), "minutes": COMMENT_MINUTES,
            "title": _("Comment on those below: %(round)s") % {"round": found.name[:40]}, "due_on": found.comment_by,
            "why": _("Each round every organisation comments on those below and is commented on."),
            "what": _("Each comment names a main result, a problem and advice."), "about": found.about_comments,
        }  # fmt: skip
    return _send(found, bodies, what, today, now, by)


def _send(
    found: TellingRound, bodies: list[int], what: dict[str, Any], today: date, now: datetime, by: User
) -> list[str]:
    """In the host's name; those whose month is full are left out. Very many are sent by the worker."""
    try:
        with transaction.atomic():
            made = writing.write(found.host, today=today, now=now, by=by, **what)
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


def close_to_tell(telling: Telling, *, now: datetime, by: User | None) -> None:
    sending.close_of(telling.round.about, [telling.body_id], now=now, by=by)


def close_to_comment(telling: Telling, *, now: datetime, by: User | None) -> None:
    """Once nothing in the round is left for the body to comment on."""
    left = Telling.objects.filter(round=telling.round_id, commenter=telling.commenter_id, state__in=UNCOMMENTED)
    if not left.exclude(body__line_path="").exists():
        sending.close_of(telling.round.about_comments, [telling.commenter_id], now=now, by=by)


def ask_new_commenter(found: TellingRound, body: Body, *, today: date, now: datetime) -> None:
    """Of whoever comments now instead of a dissolved body, unless they are asked in this round already."""
    by = found.opened_by
    asked = Ask.objects.filter(sending__about=found.about_comments, body=body, state=Ask.State.OPEN)
    if by is None or body.pk == found.host_id or asked.exists() or found.comment_by <= today:
        return
    with override(LANGUAGE):
        _one(
            body, found.host, by, today, now, kind="elsewhere", href=reverse("telling_to_comment", args=[found.pk]),
            minutes=COMMENT_MINUTES, due_on=found.comment_by, about=found.about_comments,
            title=_("Comment on those below: %(round)s") % {"round": found.name[:40]},
            why=_("The organisation that was to comment stands no longer."),
        )  # fmt: skip


# == to put right and to confirm ==
def ask_to_put_right(telling: Telling, *, due_on: date, today: date, now: datetime, by: User) -> str:
    """In the commenting body's name. Returns why it could not be asked, or nothing."""
    if _is_asked(telling.about):
        return ""
    with override(LANGUAGE):
        return _one(
            telling.body, telling.commenter, by, today, now, kind="elsewhere", minutes=PUT_RIGHT_MINUTES,
            href=reverse("telling", args=[telling.pk]) + "#problems", due_on=max(due_on, today + timedelta(days=1)),
            about=telling.about, title=_("Put right what the comment names"),
            why=_("A problem that was named is put right, and whoever named it confirms that."),
            what=_("For each problem: the measure, who, until when; then how one can tell that it is done. Words or a "
                   "link are enough."),
        )  # fmt: skip


def close_to_put_right(telling: Telling, *, now: datetime, by: User | None) -> None:
    sending.close(telling.about, now=now, by=by)


def ask_to_confirm(telling: Telling, *, days: int, today: date, now: datetime) -> str:
    """What was put right waits too long: the host asks who commented, in the name of who opened the round."""
    by = telling.round.opened_by
    if by is None or telling.commenter_id == telling.round.host_id or _is_asked(telling.about_confirming):
        return ""
    with override(LANGUAGE):
        return _one(
            telling.commenter, telling.round.host, by, today, now, kind="elsewhere", minutes=CONFIRM_MINUTES,
            href=reverse("telling", args=[telling.pk]) + "#problems", due_on=today + timedelta(days=days),
            about=telling.about_confirming, title=_("Confirm what was put right"),
            why=_("It was handed in a while ago and waits for whoever named the problem."),
        )  # fmt: skip


def close_to_confirm(telling: Telling, *, now: datetime, by: User | None) -> None:
    sending.close(telling.about_confirming, now=now, by=by)


def close_all(found: TellingRound, *, now: datetime, by: Reader) -> None:
    """Of a closed round nothing is owed any longer."""
    published = found.tellings.filter(published_on__isnull=False)
    each = {about for telling in published for about in (telling.about, telling.about_confirming)}
    waiting = Ask.objects.filter(sending__about__in=each, state=Ask.State.OPEN).values_list("sending__about", flat=True)
    for about in [found.about, found.about_comments, *sorted(set(waiting))]:
        sending.close(about, now=now, by=by if isinstance(by, User) else None)


def _one(body: Body, sender: Body, by: User, today: date, now: datetime, **what: Any) -> str:
    """Ask one body; why it could not be asked, or nothing."""
    try:
        with transaction.atomic():
            sending.ask([body], sender=sender, today=today, now=now, by=by, **what)
    except Refused as no:
        return str(no)
    return ""


def _is_asked(about: str) -> bool:
    return Ask.objects.filter(sending__about=about, state=Ask.State.OPEN).exists()
