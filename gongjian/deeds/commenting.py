"""Comments on a deed that is shown: written by whoever is signed in, looked at before anybody reads them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from gongjian.accounts.limits import Allowance, take
from gongjian.accounts.models import User
from gongjian.chronicle.record import record
from gongjian.register.actions import in_sentences
from gongjian.register.refusals import Refused

from . import owing
from .letters import tell_hidden
from .models import Deed, ReaderComment
from .refusing import held_comment, held_deed, keeping, texts
from .states import move, subject_of

A_WRITER = Allowance(10, timedelta(minutes=6))


@in_sentences
def write(deed: Deed, words: str, *, today: date, now: datetime, by: User) -> ReaderComment:
    """It waits until it was looked at. The same words again are the same comment. Raises Refused."""
    deed = held_deed(deed, by)
    if not deed.is_public or deed.selected_by is None:
        raise Refused(_("This deed is not shown, so nothing is said of it here."))
    said = texts(ReaderComment, {"words": words}, {"words": _("Write what you want to say.")})
    known = ReaderComment.objects.filter(deed=deed, by=by, **said).first()
    if known is not None:
        return known
    if not take({f"deeds-comment:{by.pk}": A_WRITER}, now):
        raise Refused(_("You wrote many comments just now. Wait some minutes, then send this one."))
    made = ReaderComment.objects.create(deed=deed, by=by, written_at=now, **said)
    record("deeds.write_comment", by=by, subject=subject_of(made))
    owing.owe("comment", deed.selected_by, today=today, now=now, by=by)
    return made


@in_sentences
def look_at(
    comment: ReaderComment, verb: str, *, reason: str = "", today: date, now: datetime, by: User
) -> ReaderComment:
    """`show` it, or `hide` it with the reason, which the writer reads. Raises Refused."""
    comment, office = _held(comment, by)
    missing = {"reason": _("Say why it is hidden. The writer reads it.")} if verb == "hide" else {}
    said = texts(ReaderComment, {"reason": reason if verb == "hide" else ""}, missing)
    move(comment, verb, by=by, as_office=office, looked_at_by=by, **said)
    _settle(comment, now, by)
    if verb == "hide":
        tell_hidden(comment, today=today, now=now)
    return comment


@in_sentences
def appeal(comment: ReaderComment, words: str, *, today: date, now: datetime, by: User) -> ReaderComment:
    """By the writer, once. Raises Refused."""
    comment = held_comment(comment, by)
    if comment.by_id != by.pk:
        raise Refused(_("Only whoever wrote it appeals."))
    said = texts(ReaderComment, {"appeal": words}, {"appeal": _("Say why it should be shown.")})
    move(comment, "appeal", by=by, **said)
    if comment.deed.selected_by is not None:
        owing.owe("comment", comment.deed.selected_by, today=today, now=now, by=by)
    return comment


@in_sentences
def decide(comment: ReaderComment, verb: str, *, outcome: str, today: date, now: datetime, by: User) -> ReaderComment:
    """`grant` or `uphold` with the reason, by somebody other than who hid it. Raises Refused."""
    comment, office = _held(comment, by)
    if comment.looked_at_by_id == by.pk:
        raise Refused(_("You hid it. Somebody else decides about the appeal."))
    said = texts(ReaderComment, {"outcome": outcome}, {"outcome": _("Say why. The writer reads it.")})
    move(comment, verb, by=by, as_office=office, **said)
    _settle(comment, now, by)
    if verb == "uphold":
        tell_hidden(comment, today=today, now=now)
    return comment


def _held(comment: ReaderComment, by: User) -> tuple[ReaderComment, str]:
    comment = held_comment(comment, by)
    said = _("Comments are looked at by whoever keeps the plan of the organisation that shows the deed. You do not.")
    if comment.deed.selected_by is None or comment.by_id == by.pk:
        raise Refused(_("Nobody looks at their own comment."))
    return comment, keeping(by, comment.deed.selected_by, said)


def _settle(comment: ReaderComment, now: datetime, by: User) -> None:
    if comment.deed.selected_by is not None:
        owing.settle("comment", comment.deed.selected_by, now=now, by=by)
