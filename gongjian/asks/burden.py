"""What units are asked for: minutes and questions of a month, by unit, by sender and by line. Never of a person, and
never time that somebody spent: minutes are what the form is reckoned to take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, QuerySet, Sum

from gongjian.register.access import Reader, is_counted_unit, unit_entries_visible_to
from gongjian.register.models import Line, Unit
from gongjian.register.queries.lists import body_names, unit_names

from .models import Ask, Ceiling
from .receivers import month_of

SHOWN = 100


@dataclass(frozen=True)
class Asking:
    """What one sender, or one line, asks for: its name, minutes, questions, and how many asks."""

    name: str
    minutes: int
    questions: int
    asks: int


@dataclass(frozen=True)
class Month:
    """What a unit is asked for in a month, beside its ceiling."""

    unit: int
    name: str
    minutes: int
    questions: int
    asks: int
    ceiling: int | None

    @property
    def is_over(self) -> bool:
        return self.ceiling is not None and self.minutes > self.ceiling

    @property
    def share(self) -> int:
        """Of the ceiling, in %, at most 100."""
        return min(100, round(100 * self.minutes / self.ceiling)) if self.ceiling else 0


@dataclass(frozen=True)
class Place:
    """What the units at and below a place are asked for: the whole, by sender, by line, and the fullest units."""

    units: int
    minutes: int
    questions: int
    over: int
    senders: list[Asking]
    lines: list[Asking]
    fullest: list[Month]


def counted(first: date) -> QuerySet[Ask]:
    """All that others ask for in the month that begins on this day; not what a body owes by a rule (asks/owing.py),
    else whoever recommends much to a village could fill its month."""
    first, after = month_of(first)
    gone = (Ask.State.WITHDRAWN, Ask.State.HANDED_OVER)
    asked = Ask.objects.filter(due_on__gte=first, due_on__lt=after).exclude(state__in=gone)
    return asked.exclude(sending__body=F("body"))


def month_at(reader: Reader, unit: Unit, first: date, today: date) -> tuple[Month, list[Asking]]:
    """What one unit is asked for in a month, and by whom. Five queries."""
    rows = counted(first).filter(unit=unit)
    entry = unit_entries_visible_to(reader).filter(unit=unit).select_related("kind").order_by("-valid").first()
    ceiling = Ceiling.objects.filter(pk=entry.kind.level).first() if entry else None
    whole = rows.aggregate(minutes=Sum("minutes"), questions=Sum("questions"), asks=Count("pk"))
    month = Month(
        unit.pk, entry.name if entry else "", whole["minutes"] or 0, whole["questions"] or 0, whole["asks"],
        ceiling.minutes if ceiling else None,
    )  # fmt: skip
    return month, _by_sender(reader, rows, today)


def place(reader: Reader, within: Unit, first: date, today: date) -> Place:
    """The same of a place, with all below it that the reader may count. Seven queries."""
    rows = counted(first).filter(is_counted_unit(reader, "unit__", within), unit__path__startswith=within.path or "-")
    limits = dict(Ceiling.objects.values_list("pk", "minutes"))
    by_unit = list(
        rows.values_list("unit")
        .annotate(m=Sum("minutes"), q=Sum("questions"), n=Count("pk"))
        .order_by(F("m").desc(), "unit")
    )
    entries = unit_entries_visible_to(reader).on(today).filter(unit__in=[row[0] for row in by_unit])
    levels = dict(entries.values_list("unit_id", "kind__level"))
    months = [Month(unit, "", m, q, n, limits.get(levels.get(unit, ""))) for unit, m, q, n in by_unit]
    fullest = sorted(months, key=lambda month: (not month.is_over, -month.minutes, month.unit))[:SHOWN]
    names = unit_names(reader, today, [month.unit for month in fullest])
    return Place(
        units=len(months),
        minutes=sum(month.minutes for month in months),
        questions=sum(month.questions for month in months),
        over=sum(month.is_over for month in months),
        senders=_by_sender(reader, rows, today),
        lines=_by_line(rows),
        fullest=[Month(m.unit, names.get(m.unit, ""), m.minutes, m.questions, m.asks, m.ceiling) for m in fullest],
    )


def _by_sender(reader: Reader, rows: QuerySet[Ask], today: date) -> list[Asking]:
    found = rows.values_list("sending__body").annotate(m=Sum("minutes"), q=Sum("questions"), n=Count("pk"))
    told = list(found.order_by(F("m").desc(), "sending__body"))
    names = body_names(reader, today, [row[0] for row in told])
    return [Asking(names.get(body, ""), m, q, n) for body, m, q, n in told]


def _by_line(rows: QuerySet[Ask]) -> list[Asking]:
    names = {line.key: str(line) for line in Line.objects.all()}
    found = rows.values_list("sending__line").annotate(m=Sum("minutes"), q=Sum("questions"), n=Count("pk"))
    return [Asking(names[line], m, q, n) for line, m, q, n in found.order_by(F("m").desc())]
