"""What is looked after each night: what fell due, who comments instead of a dissolved body, what waits too long."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from . import asking, putting_right, verbs
from .define import norms
from .models import Rectification, Telling, TellingRound
from .models.rounds import TO_PUT_RIGHT

R = Rectification.State


def look_after(today: date, now: datetime) -> dict[str, int]:
    """All open rounds. Run again on the same day it changes nothing more. Returns how many of each."""
    return {
        "handed_on": hand_on(today, now),
        "overdue": fall_due(today),
        "asked_to_confirm": ask_to_confirm(today, now),
    }


def hand_on(today: date, now: datetime) -> int:
    """A body that was to comment stands no longer: the one above it does, and is asked to."""
    gone = Telling.objects.filter(round__state=TellingRound.State.OPEN, commenter__line_path="")
    done = 0
    for telling in gone.exclude(state=Telling.State.VERIFIED).select_related("round__host__line", "round__opened_by",
                                                                            "commenter").order_by("pk"):  # fmt: skip
        above = verbs.body_above(telling)
        if above is None:
            continue
        with transaction.atomic():
            verbs.hand_on(telling, above)
            asking.ask_new_commenter(telling.round, above, today=today, now=now)
        done += 1
    return done


def fall_due(today: date) -> int:
    """What was not put right in time is overdue. Its ask is late by itself, and the digest tells of it."""
    late = Rectification.objects.filter(state__in=(R.NAMED, R.PLANNED), due_on__lt=today)
    states = [each for each in TO_PUT_RIGHT if each != Telling.State.OVERDUE]
    ids = late.filter(point__comment__telling__state__in=states).values("point__comment__telling")
    done = 0
    for id in Telling.objects.filter(pk__in=ids, round__state=TellingRound.State.OPEN).values_list("pk", flat=True):
        with transaction.atomic():
            telling = Telling.objects.select_for_update().get(pk=id)
            putting_right.fall_due(telling)
            done += 1
    return done


def ask_to_confirm(today: date, now: datetime) -> int:
    """What was handed in a while ago, and whoever named the problem has not looked at."""
    days = norms()["days_to_confirm"]
    waits = Rectification.objects.filter(state=R.DONE, done_on__lt=today - timedelta(days=days))
    tellings = Telling.objects.filter(
        pk__in=waits.values("point__comment__telling"), round__state=TellingRound.State.OPEN
    ).select_related("round__host__line", "round__opened_by", "commenter__line")
    return sum(asking.ask_to_confirm(each, days=days, today=today, now=now) == "" for each in tellings.order_by("pk"))
