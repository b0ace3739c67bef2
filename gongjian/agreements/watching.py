"""What is looked after each night: what takes effect or runs out by the day alone, what is due soon, who is gone.

Each agreement moves in a transaction of its own, so that one that cannot leaves all others be. Run again on the same
day it changes nothing more.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import CharField, Count, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _
from django.utils.translation import override

from gongjian.asks.models import Ask
from gongjian.register.models import Body, BodyEntry, UnitEntry
from gongjian.register.refusals import Refused
from gongjian.workdays import calendar

from . import asking, in_force, verbs
from .clocks import due_of
from .define import numbers_of
from .models import Agreement, Scope, Statute
from .models.agreements import OVER, VALID, not_renewed

S = Agreement.State
REPORT_AHEAD = 30  # days before it is due that a report is asked for: a setting, without a source
log = logging.getLogger(__name__)


def look_after(today: date, now: datetime) -> dict[str, int]:
    """All agreements. Returns how many of each."""
    return {
        "ended": end_without_employer(today, now),
        "took_effect": take_effect(today, now),
        "ran_out": run_out(today, now),
        "counted": count_again(today, now),
        "reports": ask_reports(today, now),
        "renewals": ask_renewals(today, now),
        "helpers": ask_for_help(today, now),
    }


def end_without_employer(today: date, now: datetime) -> int:
    """The employer of an agreement stands no longer: it ends with the last day on which that stood."""
    stands = UnitEntry.objects.filter(unit=OuterRef("employer"), valid__contains=today)
    gone = Agreement.objects.filter(~Exists(stands), scope=Scope.SINGLE).exclude(state__in=OVER)

    def end(each: Agreement) -> None:
        last = UnitEntry.objects.filter(unit=each.employer_id).order_by("-valid").first()
        with override(settings.LANGUAGE_CODE):
            words = _("The employer stands no longer.")
        on = last.until - timedelta(days=1) if last is not None and last.until else today
        verbs.end_it(each, words, on=min(on, today), today=today, now=now, by=None)

    return _each(gone, end)


def take_effect(today: date, now: datetime) -> int:
    """What was filed, and nobody objected to in time."""
    waits = Agreement.objects.filter(state=S.FILED, due_on__lt=today)
    return _each(waits, lambda each: in_force.take_effect(each, today=today, now=now))


def run_out(today: date, now: datetime) -> int:
    return _each(
        Agreement.objects.filter(state__in=VALID, until__lt=today), lambda each: in_force.run_out(each, now=now)
    )


def count_again(today: date, now: datetime) -> int:
    """What waited for the working days of a year, where they are published by now."""
    waits = _open().filter(due_on=None, counts_from__isnull=False).exclude(clock="")
    counted = 0

    def count(each: Agreement) -> None:
        nonlocal counted
        each.due_on = due_of(each, numbers_of(each.statute_id))
        if each.due_on is not None:
            each.save(update_fields=["due_on"])
            asking.follow(each, today=today, now=now, by=None)
            counted += 1

    _each(waits, count)
    return counted


def ask_reports(today: date, now: datetime) -> int:
    """Of what is due soon, once for each day it is due."""
    asked = _asked("report").filter(due_on=OuterRef("due_on"))
    soon = Agreement.objects.filter(~Exists(asked), state=S.PUBLISHED, due_on__lte=today + timedelta(days=REPORT_AHEAD))
    return _each(soon, lambda each: asking.ask_report(each, today=today, now=now))


def ask_renewals(today: date, now: datetime) -> int:
    """Of what ends within the window of its statute, once, and not where a new one is under way."""
    done = 0
    for statute in Statute.objects.all():
        opens = today + timedelta(days=numbers_of(statute.pk)["renewal"].value)
        ends = Agreement.objects.filter(
            ~Exists(_asked("renewal")), not_renewed(), statute=statute, state__in=VALID, until__lte=opens
        )
        done += _each(ends, lambda each: asking.ask_renewal(each, today=today, now=now))
    return done


def ask_for_help(today: date, now: datetime) -> int:
    """Who stands above is asked once to look after what is late below; done when nothing is. Returns how many new."""
    above = BodyEntry.objects.filter(body=OuterRef("union"), valid__contains=today, superior__isnull=False)
    late = late_on(today).filter(union__line_path__gt="").annotate(above=above.values("superior")[:1])
    counts = dict(late.exclude(above=None).order_by().values_list("above").annotate(Count("pk")))
    bodies = Body.objects.in_bulk(counts)
    open_ones = Ask.objects.filter(sending__about__startswith="agreements.late:", state=Ask.State.OPEN)
    asked = set(open_ones.values_list("body", flat=True))
    for body in asked - set(counts):
        asking.close_help(body, now=now)
    due_on = _some_days_on(today)
    return sum(
        asking.ask_to_help(bodies[id], count, due_on=due_on, today=today, now=now)
        for id, count in sorted(counts.items())
        if id not in asked
    )


def late_on(today: date) -> QuerySet[Agreement]:
    """Those whose next step is past its day. What waits for objections is nobody's to do."""
    return _open().filter(due_on__lt=today).exclude(state=S.FILED)


def _some_days_on(today: date) -> date:
    try:
        return calendar.add_working(today, asking.LATE_DAYS)
    except calendar.UnknownYear:
        return today + timedelta(days=asking.LATE_DAYS)


def _open() -> QuerySet[Agreement]:
    return Agreement.objects.exclude(state__in=OVER)


def _asked(kind: str) -> QuerySet[Ask]:
    about = Concat(Value(f"agreements.{kind}:"), Cast(OuterRef("pk"), CharField()))
    return Ask.objects.filter(sending__about=about)


def _each(rows: QuerySet[Agreement], act: Callable[[Agreement], None]) -> int:
    """Each in a transaction of its own, if it is still one of them: people write while the night runs. What cannot be
    done now is written to the log, and tried again next night."""
    done = 0
    for id in list(rows.order_by("pk").values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                found = Agreement.objects.select_for_update(of=("self",)).select_related("union__line", "previous")
                locked = found.get(pk=id)
                if not rows.filter(pk=id).exists():
                    continue
                act(locked)
            done += 1
        except (Refused, IntegrityError) as no:
            log.warning("agreement %s: %s", id, no)
    return done
