"""What becomes of a problem that was named: a measure, done, confirmed by who named it, or opened again."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.register.actions import in_sentences
from gongjian.register.refusals import Refused

from . import asking
from .models import Rectification, Telling
from .refusing import commenting, held_rectification, keeping, texts
from .states import leads_on, move

S, R = Telling.State, Rectification.State


@in_sentences
def plan(
    each: Rectification, *, measure: str, owner: str, due_on: date, today: date, by: User
) -> Rectification:  # fmt: skip
    """What is done about it, by whom, until when; written anew until it is handed in. Raises Refused."""
    each, telling = held_rectification(each, by)
    office = keeping(by, telling.body)
    said = texts(Rectification, {"measure": measure, "owner": owner}, _how())
    if not today < due_on or (due_on - today).days > 366:
        raise Refused(_("Choose a day from tomorrow on, within a year."))
    move(each, "plan", by=by, as_office=office, due_on=due_on, **said)
    _go_on(telling, today, by)
    return each


@in_sentences
def finish(each: Rectification, *, proof: str, today: date, now: datetime, by: User) -> Rectification:
    """It is done; how one can tell, in words or as a link. Late is late, and is not refused. Raises Refused."""
    each, telling = held_rectification(each, by)
    office = keeping(by, telling.body)
    if each.state == R.NAMED:
        raise Refused(_("Write down the measure first, and who does it."))
    said = texts(
        Rectification, {"proof": proof}, {"proof": _("Say how one can tell that it is done. Words are enough.")}
    )
    move(each, "finish", by=by, as_office=office, done_on=today, reopened="", **said)
    _go_on(telling, today, by)
    if not _open_ones(telling).exists():
        asking.close_to_put_right(telling, now=now, by=by)
    return each


@in_sentences
def confirm(each: Rectification, *, today: date, now: datetime, by: User) -> Rectification:
    """Whoever named the problem, or comments in their place now, finds it put right. Raises Refused."""
    each, telling = held_rectification(each, by)
    office = commenting(by, telling)
    move(each, "confirm", by=by, as_office=office, confirmed_on=today)
    rest = Rectification.objects.filter(point__comment__telling=telling)
    if not rest.filter(state=R.DONE).exists():
        asking.close_to_confirm(telling, now=now, by=by)
    if not rest.exclude(state=R.CONFIRMED).exists():
        move(telling, "verify", by=by, as_office=office)
    return each


@in_sentences
def reopen(
    each: Rectification, *, reason: str, due_on: date, today: date, now: datetime, by: User
) -> str:  # fmt: skip
    """It is not put right after all, and why; until when it is now. Returns why the body could not be asked again, or
    nothing. Raises Refused."""
    each, telling = held_rectification(each, by)
    office = commenting(by, telling)
    said = texts(
        Rectification, {"reopened": reason}, {"reopened": _("Say what is missing. The organisation reads it.")}
    )
    if not today < due_on or (due_on - today).days > 366:
        raise Refused(_("Choose a day from tomorrow on, within a year."))
    move(each, "reopen", by=by, as_office=office, due_on=due_on, done_on=None, confirmed_on=None, **said)
    if telling.state == S.VERIFIED:
        move(telling, "put_right", by=by, as_office=office)
    return asking.ask_to_put_right(telling, due_on=due_on, today=today, now=now, by=by)


def fall_due(telling: Telling) -> None:
    """Something of it is late. In the transaction of whoever looks after the round; nobody's deed."""
    if leads_on(telling, "fall_due"):
        move(telling, "fall_due", by=None)


def _go_on(telling: Telling, today: date, by: User) -> None:
    """It is being put right; one that was overdue is no longer, once nothing of it is late."""
    late = _open_ones(telling).filter(due_on__lt=today).exists()
    if telling.state == S.PUBLISHED or (telling.state == S.OVERDUE and not late):
        move(telling, "put_right", by=by)


def _open_ones(telling: Telling) -> QuerySet[Rectification]:
    return Rectification.objects.filter(point__comment__telling=telling, state__in=(R.NAMED, R.PLANNED))


def _how() -> dict[str, str]:
    return {
        "measure": _("Say what is done about it."),
        "owner": _("Say which office or group does it. Nobody is named."),
    }
