"""Excel files of exactly the rows a list shows, written row by row so that length costs no memory."""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import xlsxwriter
from django.http import FileResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from xlsxwriter.worksheet import Worksheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LAST_ROW = 1_048_576  # of a sheet, header included
LONGEST_TEXT = 32_767


@dataclass(frozen=True)
class Column:
    """A column of the sheet. Codes are text: Excel would round an 18-digit number."""

    label: str
    width: float = 14
    kind: Literal["text", "day", "number"] = "text"


@dataclass(frozen=True)
class Sheet:
    """A further sheet of rows."""

    label: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]


Notes = tuple[str, Sequence[tuple[str, str]]]


def workbook_response(
    filename: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    *,
    sheet: str = "",
    more: Sequence[Sheet] = (),
    notes: Notes | None = None,
) -> FileResponse:
    """The rows as a download. Raises ValueError when they are more than a sheet holds.

    `more` are sheets after the first. `notes` is the name of the last one and what it says of the others, as pairs of a
    heading and a text.
    """
    file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 – the response closes it
    try:
        write_workbook(file, columns, rows, sheet=sheet, more=more, notes=notes)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return FileResponse(file, as_attachment=True, filename=filename, content_type=XLSX)


def write_workbook(
    file: Any,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    *,
    sheet: str = "",
    more: Sequence[Sheet] = (),
    notes: Notes | None = None,
) -> int:
    """Write the rows under a frozen, filterable header and return how many there were on the first sheet."""
    book = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"})
    formats = {
        "text": book.add_format({"num_format": "@"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
        "number": book.add_format({"num_format": "General"}),
    }
    written = _write_sheet(book.add_worksheet(sheet[:31] or None), columns, rows, head, formats)
    for each in more:
        _write_sheet(book.add_worksheet(each.label[:31]), each.columns, each.rows, head, formats)
    if notes:
        _write_notes(book.add_worksheet(notes[0][:31]), notes[1], head, formats["text"])
    book.close()
    return written


def _write_sheet(
    page: Worksheet, columns: Sequence[Column], rows: Iterable[Sequence[Any]], head: Any, formats: dict[str, Any]
) -> int:
    for at, column in enumerate(columns):
        page.set_column(at, at, column.width, formats[column.kind])
    for at, column in enumerate(columns):
        page.write_string(0, at, str(column.label), head)
    page.freeze_panes(1, 0)
    written = 0
    for written, row in enumerate(rows, start=1):
        if written >= LAST_ROW:
            raise ValueError(_("A sheet of Excel holds 1,048,575 rows. Filter the list until fewer are left."))
        for at, (column, value) in enumerate(zip(columns, row, strict=True)):
            _write_cell(page, written, at, column.kind, value, formats[column.kind])
    page.autofilter(0, 0, written, len(columns) - 1)
    return written


def _write_notes(page: Worksheet, notes: Sequence[tuple[str, str]], head: Any, form: Any) -> None:
    page.set_column(0, 0, 16)
    page.set_column(1, 1, 60)
    for row, (heading, text) in enumerate(notes):
        page.write_string(row, 0, heading, head)
        page.write_string(row, 1, text, form)


def _write_cell(page: Worksheet, row: int, at: int, kind: str, value: Any, form: Any) -> None:
    if value is None or value == "":
        return
    if kind == "number" and not isinstance(value, str):
        page.write_number(row, at, value, form)
    elif kind == "day" and isinstance(value, datetime):
        page.write_datetime(row, at, timezone.localtime(value).date() if value.tzinfo else value.date(), form)
    elif kind == "day" and isinstance(value, date):
        page.write_datetime(row, at, value, form)
    else:
        page.write_string(row, at, str(value)[:LONGEST_TEXT], form)  # never a formula, whatever it begins with
