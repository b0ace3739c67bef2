"""Units or bodies of a day as a file: a list as it was asked for, at once or later, or all of them.

A list of more than some thousand rows is written by the worker and kept for a day, for whoever asked for it.
"""

from __future__ import annotations

import csv
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.core.files import File
from django.db import transaction
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from gongjian.ui.excel import Column, write_workbook
from gongjian.ui.templatetags.ui import moment

from .access import Reader
from .forms import BodyFilterForm, UnitFilterForm
from .models import Choice, Line, ListExport
from .progress import telling
from .queries import lists
from .queries.lists import BodyFilters, UnitFilters

KEPT = timedelta(days=1)
TASK = "register.write_list"
NOT_CONDITIONS = {"on", "after", "before", "part"}

Sheet = tuple[list[Column], Iterator[tuple[Any, ...]]]


class UnknownEnding(ValueError):
    """The name of the file does not say which kind of file is wanted."""


def write_export(path: Path, kind: str, day: date, today: date, *, reader: Reader) -> int:
    """Write all "units" or "bodies" that stood on `day` to an .xlsx or .csv file; returns the number of rows.

    A CSV begins with the mark by which Excel knows UTF-8, and no cell of it is a formula. Raises UnknownEnding.
    """
    if path.suffix.lower() not in {".xlsx", ".csv"}:
        raise UnknownEnding(path.suffix)
    if kind == "units":
        columns, rows = unit_sheet(reader, day, today, UnitFilters())
    else:
        columns, rows = body_sheet(reader, day, today, BodyFilters())
    if path.suffix.lower() == ".xlsx":
        with path.open("wb") as file:
            return write_workbook(file, columns, rows)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([str(column.label) for column in columns])
        written = 0
        for written, row in enumerate(rows, start=1):  # noqa: B007 – counted on purpose
            writer.writerow([_csv_cell(value) for value in row])
        return written


def _csv_cell(value: Any) -> Any:
    """What a spreadsheet would compute is put behind an apostrophe, which makes it text (OWASP, CSV Injection)."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return "'" + value
    return "" if value is None else value


# == a list as it was asked for ==
def sort_asked(query: QueryDict, known: Iterable[str]) -> str:
    """The order asked for; an unknown one is the default order."""
    sort = query.get("sort", "")
    return sort if sort.removeprefix("-") in known else ""


class AskedList:
    """A list as somebody asked for it: which rows, on which day, in which order. Ask `form.is_valid()` first."""

    def __init__(self, kind: str, query: QueryDict, reader: Reader, day: date, today: date) -> None:
        self.kind, self.reader, self.day, self.today = kind, reader, day, today
        self.query = query.copy()
        for name in list(self.query):
            if name in NOT_CONDITIONS or not self.query[name]:
                del self.query[name]
        self.form = UnitFilterForm(self.query) if kind == "units" else BodyFilterForm(self.query)
        self.title = _("Units") if kind == "units" else _("Organisations")
        self.filename = f"{self.title} {day.isoformat()}.xlsx"

    def page_href(self) -> str:
        """The page that shows the list, on its day."""
        asked = self.query.copy()
        if self.day != self.today:
            asked["on"] = self.day.isoformat()
        return f"{reverse(self.kind)}?{asked.urlencode()}" if asked else reverse(self.kind)

    def sheet(self) -> Sheet:
        ask = (self.reader, self.day, self.today)
        if isinstance(self.form, UnitFilterForm):
            return unit_sheet(*ask, self.form.filters(), sort_asked(self.query, lists.UNIT_SORTS))
        return body_sheet(*ask, self.form.filters(), sort_asked(self.query, lists.BODY_SORTS))

    def count_up_to(self, most: int) -> int:
        return lists.count_up_to(self._rows(), most)

    def count(self) -> int:
        return self._rows().order_by().count()

    def _rows(self) -> QuerySet[Any]:
        ask = (self.reader, self.day, self.today)
        if isinstance(self.form, UnitFilterForm):
            return lists.unit_rows(*ask, self.form.filters().sorted_by(sort_asked(self.query, lists.UNIT_SORTS)))
        return lists.body_rows(*ask, self.form.filters())

    def conditions(self) -> list[str]:
        """What the list is narrowed to, in words."""
        if isinstance(self.form, UnitFilterForm):
            units = self.form.filters()
            names = lists.unit_names(self.reader, self.day, [units.below, units.place])
            return [words for _name, words in self.form.conditions(names)]
        bodies = self.form.filters()
        names = lists.unit_names(self.reader, self.day, [bodies.below])
        above = lists.body_names(self.reader, self.day, [bodies.under, bodies.led_by])
        return [words for _name, words in self.form.conditions(names, above)]

    def notes(self) -> tuple[str, list[tuple[str, str]]]:
        """The second sheet: what the first one is."""
        told = [
            (_("As of"), self.day.isoformat()),
            (_("Filtered by"), "；".join(self.conditions()) or _("Nothing: the whole register")),
            (_("Exported by"), str(self.reader)),
            (_("Exported at"), moment(timezone.now())),
        ]
        return _("About this list"), told


# == long lists ==
def asked_already(asked: AskedList, by: Any) -> ListExport | None:
    """The same list, asked for by the same person and still kept."""
    same = ListExport.objects.filter(by=by, kind=asked.kind, query=asked.query.urlencode(), day=asked.day)
    return same.filter(failure="", made_at__gt=timezone.now() - KEPT).first()


@transaction.atomic
def ask_for(asked: AskedList, by: Any) -> ListExport:
    """Have the list written by the worker."""
    export = ListExport.objects.create(
        by=by,
        kind=asked.kind,
        query=asked.query.urlencode(),
        day=asked.day,
        language=(get_language() or "zh-hans")[:10],
    )
    app.configure_task(TASK, queue="exports", allow_unknown=True).defer(export_id=export.pk)
    return export


def write_list(export: ListExport, today: date) -> None:
    """Write the file that was asked for; why it cannot be written is told in the export."""
    with override(export.language), telling(export) as tell, tempfile.TemporaryFile(suffix=".xlsx") as file:
        asked = AskedList(export.kind, QueryDict(export.query), export.by, export.day, today)
        if not asked.form.is_valid():  # what it was narrowed by is gone
            return _failed(export, _("What the list was narrowed to is no longer there. Go to the list again."))
        export.rows = asked.count()
        export.save(update_fields=["rows"])

        def counted(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
            for done, row in enumerate(rows):
                yield row
                if done % 500 == 0:
                    tell(done / max(export.rows, 1))

        columns, rows = asked.sheet()
        try:
            export.rows = write_workbook(file, columns, counted(rows), sheet=asked.title, notes=asked.notes())
        except ValueError as too_long:
            return _failed(export, str(too_long))
        file.seek(0)
        export.file.save(f"{uuid.uuid4().hex}.xlsx", File(file), save=False)
        export.progress = 100
        export.save(update_fields=["rows", "file", "progress"])


def _failed(export: ListExport, why: str) -> None:
    export.failure = why
    export.save(update_fields=["failure"])


def forget_lists() -> int:
    """Throw away the files that were kept for a day; returns how many."""
    old = ListExport.objects.filter(made_at__lt=timezone.now() - KEPT)
    for export in old:
        export.file.delete(save=False)
        export.delete()
    return len(old)


# == columns ==
def unit_sheet(reader: Reader, day: date, today: date, filters: UnitFilters, sort: str = "") -> Sheet:
    """The columns of the Excel of units, and its rows as they are read."""
    rows = lists.all_units(reader, day, today, filters, sort)
    columns = [
        Column(_("Name"), 30),
        Column(_("Official name"), 30),
        Column(_("Code"), 16),
        Column(_("Credit code"), 22),
        Column(_("Kind")),
        Column(_("Where"), 24),
        Column(_("Status")),
        Column(_("Trade"), 20),
        Column(_("Type"), 20),
        Column(_("Ownership")),
        Column(_("Staff"), 10, "number"),
        Column(_("Lines with a body covering it"), 24),
        Column(_("Address"), 30),
        Column(_("So since"), 12, "day"),
        Column(_("Source"), 24),
    ]
    return columns, _unit_cells(rows)


def _unit_cells(rows: Iterator[Any]) -> Iterator[tuple[Any, ...]]:
    words = {(choice.list, choice.key): str(choice) for choice in Choice.objects.all()}
    lines = list(Line.objects.all())
    for row in rows:
        yield (
            row.name,
            row.official_name or row.name,
            row.code,
            row.credit_code,
            str(row.kind),
            " › ".join(row.where),
            words.get(("status", row.status), row.status),
            words.get(("trade", row.trade), row.trade),
            words.get(("sector", row.sector), row.sector),
            words.get(("ownership", row.ownership), row.ownership),
            row.staff,
            "、".join(str(line) for line in lines if line.key in row.lines) if row.is_counted else _("not open to you"),
            row.address,
            row.since,
            row.source,
        )


def body_sheet(reader: Reader, day: date, today: date, filters: BodyFilters, sort: str = "") -> Sheet:
    """The columns of the Excel of bodies, and its rows as they are read."""
    rows = lists.all_bodies(reader, day, today, filters, sort)
    columns = [
        Column(_("Name"), 30),
        Column(_("Code"), 16),
        Column(_("Line")),
        Column(_("Kind"), 20),
        Column(_("Form")),
        Column(_("Seat"), 30),
        Column(_("Superior"), 30),
        Column(_("Leader"), 30),
        Column(_("Units covered"), 10, "number"),
        Column(_("Term of office")),
        Column(_("Last day of the term"), 12, "day"),
        Column(_("So since"), 12, "day"),
        Column(_("Source"), 24),
    ]
    return columns, _body_cells(rows)


def _body_cells(rows: Iterator[Any]) -> Iterator[tuple[Any, ...]]:
    terms = {"running": _("Running"), "expired": _("Expired"), "none": _("None entered")}
    for row in rows:
        yield (
            row.name,
            row.code,
            str(row.body.line),
            str(row.kind),
            str(row.form),
            " › ".join(row.where),
            row.superior_name,
            row.leader_name,
            row.covers if row.is_counted else None,
            terms.get(row.term_state, ""),
            row.term_last,
            row.since,
            row.source,
        )
