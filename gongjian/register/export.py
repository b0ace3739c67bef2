"""Units or bodies of a day as a file, the same columns as the lists' Excel."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from gongjian.ui.excel import write_workbook

from .access import Reader
from .queries.lists import BodyFilters, UnitFilters, body_sheet, unit_sheet


class UnknownEnding(ValueError):
    """The name of the file does not say which kind of file is wanted."""


def write_export(path: Path, kind: str, day: date, today: date, *, reader: Reader) -> int:
    """Write all "units" or "bodies" that stood on `day` to an .xlsx or .csv file; returns the number of rows.

    A CSV begins with the mark by which Excel knows UTF-8. Raises UnknownEnding.
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
            writer.writerow(["" if value is None else value for value in row])
        return written
