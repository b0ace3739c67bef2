"""What people do in a round: tell, comment, publish the comment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.chronicle.record import keep_before, record
from gongjian.register.actions import in_sentences
from gongjian.register.models import Body
from gongjian.register.refusals import Refused

from . import asking
from .models import Comment, CommentKind, Point, Range, Rectification, Telling
from .promised import now_promised
from .refusing import attendance, commenting, held, keeping, points, texts
from .states import move, subject_of

S = Telling.State
WIDTH = [Range.INSIDE, Range.MEMBERS, Range.PUBLIC]


# == telling ==
@in_sentences
def tell(
    telling: Telling, *, done: str, undone: str, reason: str, today: date, now: datetime, by: User
) -> Telling:  # fmt: skip
    """How it went, by the body itself. Told again until it is commented on. What was promised is kept as it stands."""
    telling = held(telling, by)
    office = keeping(by, telling.body)
    wanted = {"done": _("Say in a sentence what was done.")}
    said = texts(Telling, {"done": done, "undone": undone, "reason": reason}, wanted)
    if said["undone"] and not said["reason"]:
        raise Refused(_("Say why it was not done. Whoever comments reads it."))
    kept = now_promised(telling)
    move(telling, "tell", by=by, as_office=office, promised=kept, told_on=today, told_by=by, **said)
    asking.close_to_tell(telling, now=now, by=by)
    return telling


# == commenting ==
@in_sentences
def comment(
    telling: Telling, *, kind: CommentKind, on: date, lists: Mapping[str, Iterable[str]], version: int, today: date,
    now: datetime, by: User, where: str = "", **more: Any,
) -> Comment:  # fmt: skip
    """`lists`: sentences under strength, problem and direction. `version`: of the comment it was written on, 0 for
    none; of two at once the second is refused. `more`: meeting, present, outsiders. Raises Refused."""
    telling = held(telling, by)
    office = commenting(by, telling)
    _check_day(telling, on, today)
    said = points(lists)
    fields: dict[str, Any] = {"kind": kind, "on": on, "by": by, "commenter_id": telling.commenter_id}
    fields |= texts(Comment, {"where": where}, {}) | attendance(more) | {"meeting": more.get("meeting")}
    before = Comment.objects.select_for_update().filter(telling=telling).first()
    if version != (before.version if before else 0):
        raise Refused(
            _("Somebody else has written on it in the meantime. Look at theirs, then write on; yours is below.")
        )
    act = move(telling, "comment", by=by, as_office=office)
    if before is not None:
        keep_before(act, Comment._meta.db_table, "r.id = %s", [before.pk])
        keep_before(act, Point._meta.db_table, "r.comment_id = %s", [before.pk], deleted=True)
        before.points.all().delete()
    written = before or Comment(telling=telling, version=0)
    _write(written, fields, said)
    asking.close_to_comment(telling, now=now, by=by)
    return written


def _check_day(telling: Telling, on: date, today: date) -> None:
    tell_by = telling.round.tell_by
    if telling.state == S.SCHEDULED and today <= tell_by:
        raise Refused(_("It has not told yet, and may until %(day)s. Comment after that.") % {"day": tell_by})
    if not telling.round.since <= on <= today:
        raise Refused(_("Choose a day from the beginning of the round until today."))


def _write(comment: Comment, fields: Mapping[str, Any], said: Mapping[str, list[str]]) -> None:
    for name, value in fields.items():
        setattr(comment, name, value)
    comment.version += 1
    comment.save()
    Point.objects.bulk_create(
        Point(comment=comment, sort=sort, position=at, words=words)
        for sort, lines in said.items()
        for at, words in enumerate(lines, start=1)
    )


@in_sentences
def publish(
    telling: Telling, *, range: str, put_right_by: date, today: date, now: datetime, by: User
) -> str:  # fmt: skip
    """The body reads the comment, and whoever else `range` says; each problem in it is to be put right until the day.

    Returns why the body could not be asked to, or nothing. Raises Refused: the range is wider than the round's, a day
    that is over.
    """
    telling = held(telling, by)
    office = commenting(by, telling)
    if range not in WIDTH or WIDTH.index(Range(range)) > WIDTH.index(Range(telling.round.range)):
        raise Refused(_("The round is not published that far. Choose a smaller range."))
    if not today < put_right_by or (put_right_by - today).days > 366:
        raise Refused(_("Choose a day from tomorrow on, within a year, until which it is put right."))
    move(telling, "publish", by=by, as_office=office, range=range, published_on=today, put_right_by=put_right_by)
    problems = Point.objects.filter(comment__telling=telling, sort=Point.Sort.PROBLEM)
    Rectification.objects.bulk_create(Rectification(point=each, due_on=put_right_by) for each in problems)
    return asking.ask_to_put_right(telling, due_on=put_right_by, today=today, now=now, by=by)


def body_above(telling: Telling) -> Body | None:
    """Who comments instead where the commenting body stands no longer: the one above it in its line."""
    gone = telling.commenter
    if gone.line_path or not gone.last_line_path:
        return None
    return Body.objects.filter(line=gone.line_id, line_path=gone.last_line_path).exclude(pk=telling.body_id).first()


def hand_on(telling: Telling, to: Body) -> None:
    """Somebody else comments and confirms from now on. In the transaction of whoever looks after the round."""
    facts = {"from": telling.commenter_id, "to": to.pk}
    act = record("telling.hand_on", subject=subject_of(telling), facts=facts)
    keep_before(act, Telling._meta.db_table, "r.id = %s", [telling.pk])
    telling.commenter = to
    telling.save(update_fields=["commenter"])
