"""What is handed out to somebody as one file: tables, as JSON for programs and as Excel for people, in a ZIP."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils import timezone

from .excel import LAST_ROW, LONGEST_TEXT

WIDTH = 22


@dataclass(frozen=True)
class Table:
    """`columns` are pairs of a key, for programs, and a label; each row has a value for each column."""

    key: str
    title: str
    columns: Sequence[tuple[str, str]]
    rows: Sequence[Sequence[Any]]


def zipped(tables: Sequence[Table], name: str) -> bytes:
    """A ZIP with NAME.json and NAME.xlsx, which say the same. Of a table longer than a sheet the JSON alone has all."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr(f"{name}.json", as_json(tables))
        folder.writestr(f"{name}.xlsx", as_workbook(tables))
    return file.getvalue()


def as_json(tables: Sequence[Table]) -> str:
    told = {
        table.key: [dict(zip([key for key, _label in table.columns], row, strict=True)) for row in table.rows]
        for table in tables
    }
    return json.dumps(told, ensure_ascii=False, indent=2, default=_written)


def as_workbook(tables: Sequence[Table]) -> bytes:
    """A sheet for each table. Every value is text: nothing is taken for a formula or rounded."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    for table in tables:
        page = book.add_worksheet(table.title[:31])
        page.set_column(0, len(table.columns) - 1, WIDTH)
        for at, (_key, label) in enumerate(table.columns):
            page.write_string(0, at, str(label), head)
        for number, row in enumerate(table.rows[: LAST_ROW - 1], start=1):
            for at, value in enumerate(row):
                page.write_string(number, at, _in_a_cell(value)[:LONGEST_TEXT])
        page.freeze_panes(1, 0)
    book.close()
    return file.getvalue()


def _in_a_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, default=_written) if value else ""
    return _written(value)


def _written(value: Any) -> str:
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else str(value)
