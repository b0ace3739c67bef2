"""Units or bodies of a day as a file, the same columns as the lists' Excel."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from gongjian.ui.excel import Column, write_workbook

from .access import Reader
from .models import Choice, Line
from .queries import lists
from .queries.lists import BodyFilters, UnitFilters

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
            "、".join(str(line) for line in lines if line.key in row.lines),
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
            row.covers,
            terms.get(row.term_state, ""),
            row.term_last,
            row.since,
            row.source,
        )
