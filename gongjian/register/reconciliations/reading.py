"""Reading an official list of divisions from a file, and what speaks against the list as a whole.

A list has a code and a name a row. What a row lies in is told by a column, or by the codes: a city has 4 digits, a
county 6, a town 9, a village 12; codes filled up with noughts to twelve are understood. Nothing is written here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from ..actions import Refused
from ..identity import LEVELS
from ..imports import cells
from ..imports.columns import guess
from ..imports.sheets import Table, Unreadable, open_table

MOST_TOLD = 20
LONGEST_NAME, LONGEST_CODE = 200, 20
LEVEL_BY_DIGITS = {4: "city", 6: "county", 9: "town", 12: "village"}
DIGITS_BY_LEVEL = {level: digits for digits, level in LEVEL_BY_DIGITS.items()}
LEVEL_WORDS = {
    "city": ("地级市", "设区市", "市级", "地市"),
    "county": ("县", "区", "县级", "县级市", "区县", "县（市、区）", "市辖区"),
    "town": ("镇", "乡", "街道", "乡级", "镇级", "乡镇", "镇街", "乡镇街道", "镇（街道）"),
    "village": ("村", "社区", "村级", "村社", "村（社区）", "居委会", "村委会"),
}
_LEVEL_OF_WORD = {word: level for level, words in LEVEL_WORDS.items() for word in (level, *words)}
_FILLED = re.compile(r"(\d{4})(?:(\d{2})(?:(\d{3})(\d{3})?)?)?")


class ListRefused(Refused):
    """The list is not taken. `sentences` say why and what to do."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the list. `parent` is the number of the row it lies in, None at the top."""

    number: int
    code: str
    name: str
    level: str
    parent_code: str
    parent: int | None = None


def read_list(path: str | Path, filename: str) -> list[Row]:
    """The rows of a list, in its order, each with the row it lies in. Raises ListRefused."""
    try:
        table = open_table(path, filename)
        columns = {key: column for column, key in guess(table.headers, "units").items()}
        _need(columns, table)
        rows, wrong = _read(table, columns)
    except Unreadable as unreadable:
        raise ListRefused([unreadable.sentence]) from None
    if not rows and not wrong:
        raise ListRefused([_("The list has no rows below its headings. Choose the file with the divisions.")])
    refuse(wrong or _twice(rows))
    by_code = {row.code: row for row in rows}
    refuse([*_without_parent(rows, by_code), *_roots(rows, by_code)])
    return [replace(row, parent=_parent_of(row, by_code)) for row in rows]


def _need(columns: Mapping[str, int], table: Table) -> None:
    missing = [label for key, label in (("code", _("code")), ("name", _("name"))) if key not in columns]
    if missing:
        raise ListRefused(
            [
                _(
                    "No column of the list holds the %(what)s. Its headings are: %(headings)s. "
                    "Name one “代码” or “名称”."
                )
                % {"what": label, "headings": "、".join(heading for heading in table.headers if heading)}
                for label in missing
            ]
        )


def refuse(sentences: list[str]) -> None:
    if len(sentences) > MOST_TOLD:
        more = _("There are %(count)s more of this kind.") % {"count": len(sentences) - MOST_TOLD}
        sentences = [*sentences[:MOST_TOLD], more]
    if sentences:
        raise ListRefused(sentences)


# == rows ==
def _read(table: Table, columns: Mapping[str, int]) -> tuple[list[Row], list[str]]:
    rows: list[Row] = []
    wrong: list[str] = []
    for number, values in table.rows():
        try:
            rows.append(_row(number, {key: values[column] for key, column in columns.items()}))
        except (cells.Bad, ValueError) as bad:
            wrong.append(_("Row %(row)s: %(what)s") % {"row": number, "what": str(bad)})
    return rows, wrong


def _row(number: int, values: Mapping[str, Any]) -> Row:
    """One row; raises ValueError with a sentence."""
    code, name = cells.code(values["code"]) or "", cells.text(values["name"])
    if not code or not name:
        raise ValueError(_("the code or the name is missing. Fill it in, or delete the row."))
    if len(name) > LONGEST_NAME or len(code) > LONGEST_CODE:
        raise ValueError(_("the name or the code is too long. Shorten it."))
    code = _without_filling(code)
    level = _level(code, cells.text(values.get("kind", "")))
    parent_code = _without_filling(cells.code(values.get("parent_code", "")) or "")
    if level == "city":
        parent_code = ""
    elif not parent_code or parent_code == code:
        parent_code = _code_above(code, level)
    return Row(number, code, name, level, parent_code)


def _without_filling(code: str) -> str:
    """330681005000 is the town 330681005: a code filled up with noughts to six or twelve digits."""
    found = _FILLED.fullmatch(code)
    if not found or len(code) not in (6, 12):
        return code
    city, county, town, village = found.groups()
    if village and village != "000":
        return code
    if town and town != "000":
        return f"{city}{county}{town}"
    return f"{city}{county}" if county and county != "00" else city


def _level(code: str, word: str) -> str:
    if word in _LEVEL_OF_WORD:
        return _LEVEL_OF_WORD[word]
    if code.isdigit() and len(code) in LEVEL_BY_DIGITS:
        return LEVEL_BY_DIGITS[len(code)]
    raise ValueError(
        _("“%(code)s” is not a code of divisions: a city has 4 digits, a county 6, a town 9, a village 12.")
        % {"code": code}
    )


def _code_above(code: str, level: str) -> str:
    above = LEVELS[LEVELS.index(level) - 1]
    return code[: DIGITS_BY_LEVEL[above]]


# == the list as a whole ==
def _twice(rows: Iterable[Row]) -> list[str]:
    seen: dict[str, Row] = {}
    found = []
    for row in rows:
        first = seen.setdefault(row.code, row)
        if first is not row:
            found.append(
                _(
                    "The code %(code)s stands twice, in row %(first)s (%(one)s) and in row %(second)s (%(other)s). "
                    "Keep one of them."
                )
                % {"code": row.code, "first": first.number, "one": first.name, "second": row.number, "other": row.name}
            )
    return found


def _parent_of(row: Row, by_code: Mapping[str, Row]) -> int | None:
    above = by_code.get(row.parent_code)
    return above.number if above else None


def _without_parent(rows: Iterable[Row], by_code: Mapping[str, Row]) -> list[str]:
    found = []
    for row in rows:
        above = by_code.get(row.parent_code)
        if row.level == "city":
            continue
        if above is None:
            found.append(
                _("Row %(row)s: %(name)s lies in %(parent)s, which is not in the list. Add its row.")
                % {"row": row.number, "name": row.name, "parent": row.parent_code or "–"}
            )
        elif LEVELS.index(above.level) >= LEVELS.index(row.level):
            found.append(
                _("Row %(row)s: %(name)s cannot lie in %(parent)s. Correct the code of its parent.")
                % {"row": row.number, "name": row.name, "parent": above.name}
            )
    return found


def _roots(rows: Iterable[Row], by_code: Mapping[str, Row]) -> list[str]:
    cities = [row for row in rows if row.level == "city"]
    if len(cities) == 1:
        return []
    if not cities:
        return [_("The list does not begin with its city. Add the row of the city, with its code of 4 digits.")]
    named = "、".join(f"{row.name} ({row.code})" for row in cities[:5])
    return [_("The list has several cities at its top: %(cities)s. Send the list of one city.") % {"cities": named}]
