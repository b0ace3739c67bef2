"""Reading a monthly list of businesses from a file. Nothing is written here, and no row is left out silently.

A row has a name and a credit code; address, place, trade and staff where the list has them. A code that is missing or
wrong is no reason to refuse a row: the engine tells it. What a cell is not understood as is left blank.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from ..imports import cells
from ..imports.columns import guess
from ..imports.sheets import Table, Unreadable, open_table
from ..reconcile.credit_codes import is_sound, written_plainly
from .reading import LONGEST_NAME, ListRefused, refuse

LONGEST_CODE = 20  # what is longer is no slip of a code any more
PLACES = ("parent_name", "parent_code")


@dataclass(frozen=True, slots=True)
class FirmRow:
    """A row as written. `place` holds what the columns say of it, the wider before the narrower."""

    number: int
    code: str
    name: str
    place: str = ""
    address: str = ""
    trade: str = ""
    staff: int | None = None


def read_firms(path: str | Path, filename: str) -> list[FirmRow]:
    """The rows of a list, in its order. Raises ListRefused."""
    try:
        table = open_table(path, filename)
        columns = {key: column for column, key in guess(table.headers, "units").items()}
        _need(columns, table)
        rows, wrong = _read(table, columns, _places(table.headers, columns))
    except Unreadable as unreadable:
        raise ListRefused([unreadable.sentence]) from None
    if not rows and not wrong:
        raise ListRefused([_("The list has no rows below its headings. Choose the file with the businesses.")])
    refuse(wrong)
    if not any(is_sound(row.code) for row in rows):
        raise ListRefused(
            [
                _(
                    "No row of the list has a sound credit code: 18 characters, the last of which fits the others. "
                    "Choose the file with the credit codes."
                )
            ]
        )
    return rows


def _need(columns: Mapping[str, int], table: Table) -> None:
    wanted = (("credit_code", _("credit code"), "统一社会信用代码"), ("name", _("name"), "企业名称"))
    headings = "、".join(heading for heading in table.headers if heading)
    refuse(
        [
            _("No column of the list holds the %(what)s. Its headings are: %(headings)s. Name one “%(usual)s”.")
            % {"what": label, "headings": headings, "usual": usual}
            for key, label, usual in wanted
            if key not in columns
        ]
    )


def _places(headers: Sequence[str], columns: Mapping[str, int]) -> list[int]:
    """The columns that say where a firm lies. A list may have one for the town and one for the village."""
    found = [columns[key] for key in PLACES if key in columns]
    if "parent_name" in columns:
        rest = ["" if at in columns.values() else heading for at, heading in enumerate(headers)]
        found += [column for column, key in guess(rest, "units").items() if key in PLACES]
    return sorted(set(found))


def _read(table: Table, columns: Mapping[str, int], places: Sequence[int]) -> tuple[list[FirmRow], list[str]]:
    rows: list[FirmRow] = []
    wrong: list[str] = []
    for number, values in table.rows():
        try:
            place = " ".join(filter(None, (cells.code(values[at]) for at in places)))
            rows.append(_row(number, {key: values[column] for key, column in columns.items()}, place))
        except (cells.Bad, ValueError) as bad:
            wrong.append(_("Row %(row)s: %(what)s") % {"row": number, "what": str(bad)})
    return rows, wrong


def _row(number: int, values: Mapping[str, Any], place: str) -> FirmRow:
    """One row; raises ValueError with a sentence."""
    name, code = cells.text(values["name"]), written_plainly(cells.code(values["credit_code"]))
    if not name:
        raise ValueError(_("the name is missing. Fill it in, or delete the row."))
    if len(name) > LONGEST_NAME or len(code) > LONGEST_CODE:
        raise ValueError(_("the name or the code is too long. Shorten it."))
    return FirmRow(
        number=number,
        code=code,
        name=name,
        place=place[:LONGEST_NAME],
        address=cells.text(values.get("address", ""))[:LONGEST_NAME],
        trade=cells.text(values.get("trade", ""))[:40],
        staff=_staff(values.get("staff")),
    )


def _staff(value: Any) -> int | None:
    """Not known where it cannot be read: it is not what the list is reconciled for."""
    try:
        return cells.count(value)
    except cells.Bad:
        return None
