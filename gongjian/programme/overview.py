"""What the pages of the programme show: its stages on the line of a year, and what carriers have reached, by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from gongjian.register.access import Reader, body_entries_visible_to
from gongjian.register.models import Line, Office
from gongjian.register.queries.lists import body_names, unit_names
from gongjian.ui.keyset import Page, page_of

from .access import programmes_visible_to, tier_entries_visible_to, tiers_visible_to
from .models import Carrier, Programme, Stage, Task, Tier, TierEntry
from .timeline import Bar, Year, bar, moved, year_line

PAGE = 50
BATCH = 1_000
ORDER = ["-since", "-id"]


@dataclass(frozen=True)
class StageRow:
    """A stage as it lies in the year that is shown: its days there, and its bar, if it touches that year."""

    stage: Stage
    begins_on: date
    ends_on: date
    key_date: date
    bar: Bar | None


@dataclass(frozen=True)
class TierRow:
    tier: Tier
    reached: int

    @property
    def share(self) -> float:
        """For the bar: per cent of what is wanted, at most all of it."""
        return round(min(100.0, 100 * self.reached / self.tier.wanted), 1)


@dataclass(frozen=True)
class CarrierRow:
    carrier: Carrier
    tiers: list[TierRow]


@dataclass(frozen=True)
class Shown:
    """A programme with all its page shows of it."""

    programme: Programme
    lines: list[Line]
    year: Year
    stages: list[StageRow]
    carriers: list[CarrierRow]
    tasks: list[tuple[Task, list[Line]]]


def programmes_shown(reader: Reader, day: date, today: date) -> list[Shown]:
    """Every programme, on the line of the day's year. Six queries."""
    found = programmes_visible_to(reader).prefetch_related("stages", "carriers__tiers", "carriers__line", "tasks")
    reached = _reached(reader)
    lines = {line.pk: line for line in Line.objects.all()}
    return [
        Shown(
            programme=each,
            lines=[lines[key] for key in each.lines if key in lines],
            year=year_line(day.year, today),
            stages=[_stage_in(stage, day.year) for stage in each.stages.all()],
            carriers=[
                CarrierRow(carrier, [TierRow(tier, reached.get(tier.pk, 0)) for tier in carrier.tiers.all()])
                for carrier in each.carriers.all()
            ],
            tasks=[(task, [lines[key] for key in task.lines if key in lines]) for task in each.tasks.all()],
        )
        for each in found
    ]


def _reached(reader: Reader) -> dict[str, int]:
    """How much each tier has reached: entries, and of people of a body as many as are told."""
    sums = tier_entries_visible_to(reader).order_by().values("tier").annotate(reached=Sum(Coalesce("people", 1)))
    return {row["tier"]: row["reached"] for row in sums}


def _stage_in(stage: Stage, year: int) -> StageRow:
    days = [stage.begins_on, stage.ends_on, stage.key_date]
    if stage.yearly and year > stage.begins_on.year:
        days = moved(days, year - stage.begins_on.year)
    begins, ends, key = days
    return StageRow(stage, begins, ends, key, bar(begins, ends, year, key))


# == one tier ==
@dataclass(frozen=True)
class TierShown:
    """A tier with a page of what it has reached; `entries` is how many rows there are."""

    row: TierRow
    entries: int
    page: Page


def tier_shown(
    reader: Reader, key: str, day: date, *, size: int = PAGE, after: str = "", before: str = ""
) -> TierShown | None:
    """None if there is no such tier. A fixed number of queries."""
    tier = tiers_visible_to(reader).select_related("carrier__line", "carrier__programme").filter(pk=key).first()
    if tier is None:
        return None
    rows = tier_entries_visible_to(reader).filter(tier=tier)
    told = rows.aggregate(reached=Coalesce(Sum(Coalesce("people", 1)), 0), entries=Count("pk"))
    page = page_of(_with_body(rows), ORDER, size=size, after=after, before=before)
    name_entries(reader, page.rows, day)
    return TierShown(TierRow(tier, told["reached"]), told["entries"], page)


def every_entry(reader: Reader, tier: Tier, day: date) -> Iterator[Any]:
    """All that the tier has reached, named as on the page."""
    found = _with_body(tier_entries_visible_to(reader).filter(tier=tier)).order_by(*ORDER).iterator(BATCH)
    while some := list(islice(found, BATCH)):
        name_entries(reader, some, day)
        yield from some


def _with_body(rows: QuerySet[TierEntry]) -> QuerySet[TierEntry]:
    return rows.select_related("body")


def name_entries(reader: Reader, rows: Sequence[Any], day: date) -> None:
    """Give each entry the name of what it is, and of an office the body it is held in. Who holds it is not told."""
    ids = [row.office_id for row in rows if row.office_id]
    offices = {each.pk: each for each in Office.objects.filter(pk__in=ids).select_related("kind", "body")}
    bodies = body_names(reader, day, [row.body_id for row in rows] + [each.body_id for each in offices.values()])
    units = unit_names(reader, day, [row.unit_id for row in rows])
    for row in rows:
        held = offices.get(row.office_id)
        row.place_id = held.body_id if held else row.body_id
        row.name = bodies.get(row.place_id) or units.get(row.unit_id) or row.project
        row.office_kind = str(held.kind) if held else ""
        row.is_gone = bool(row.office_id) and held is None
        row.about = held.body if held else row.body


def bodies_called(reader: Reader, line: str, typed: str, today: date) -> list[int]:
    """The bodies of a line that stand today under this very name or code; two at most are looked for."""
    called = Q(name=typed) | Q(code=typed) if typed else Q(pk__in=())
    entries = body_entries_visible_to(reader).on(today).filter(called, body__line=line)
    return list(entries.values_list("body_id", flat=True)[:2])
