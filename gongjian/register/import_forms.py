"""What is typed into the import pages: the file, what its columns hold, and other values for the cells of one row.

The empty workbooks to fill in are made here too, from the same list of fields.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from gongjian.ui.excel import Column

from .imports import cells
from .imports.columns import FIELDS, Field
from .imports.sheets import open_table
from .imports.staging import heading_of, rows_of
from .imports.workbooks import Unreadable
from .models import BodyKind, Choice, Form, ImportDraft, ImportProblem, Line, UnitKind

SAMPLES = 3
ROWS_FOR_SAMPLES = 40
LONGEST_TYPED = 2_000
KINDS = {"units": gettext_lazy("Units"), "bodies": gettext_lazy("Organisations")}


# == the file ==
class UploadForm(forms.Form):
    """A file, what it lists, and from which day it counts."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("Excel or CSV, up to 64 MB. It may have title rows, and headings in any order."),
        error_messages={
            "required": gettext_lazy("No file is chosen. Choose one and send again."),
            "empty": gettext_lazy("The file is empty. Choose the one with the table."),
        },
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What it lists"),
        required=False,
        choices=[("", gettext_lazy("Guess from the headings")), *KINDS.items()],
    )
    as_of = forms.DateField(
        label=gettext_lazy("Counts from"),
        help_text=gettext_lazy("The day on which what the file says was so. Changes begin on this day."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("This is not a day. Write it as 2010-12-15.")},
    )


# == columns ==
@dataclass(frozen=True)
class FileColumn:
    """A column of the file, with a few of its values, for somebody to say what it holds."""

    number: int
    letters: str
    heading: str
    samples: list[str]
    chosen: str


def columns_of(draft: ImportDraft, mapping: Mapping[str, str]) -> list[FileColumn]:
    samples = _samples(draft)
    return [
        FileColumn(at, _letters(at), heading, samples[at], mapping.get(str(at), ""))
        for at, heading in enumerate(draft.headers)
    ]


def _samples(draft: ImportDraft) -> list[list[str]]:
    """The first values of each column that differ."""
    found: list[dict[str, None]] = [{} for _heading in draft.headers]
    try:
        rows = open_table(draft.file.path, draft.filename, draft.sheet or None).rows()
        for _number, values in islice(rows, ROWS_FOR_SAMPLES):
            for seen, value in zip(found, values, strict=False):
                if not cells.is_blank(value) and len(seen) < SAMPLES:
                    seen[_shown(value)] = None
    except (Unreadable, FileNotFoundError):
        pass  # the check tells it
    return [list(seen) for seen in found]


def _shown(value: object) -> str:
    try:
        return cells.text(value)[:60]
    except cells.Bad:
        return str(getattr(value, "text", value))[:60]


def _letters(at: int) -> str:
    """The name of a column in Excel: 0 is A, 26 is AA."""
    letters, at = "", at + 1
    while at:
        at, left = divmod(at - 1, 26)
        letters = chr(65 + left) + letters
    return letters


def mapping_typed(typed: Mapping[str, str], draft: ImportDraft) -> dict[str, str]:
    """Column number → field key, as chosen on the page."""
    chosen = {str(at): typed.get(f"column-{at}", "") for at in range(len(draft.headers))}
    return {column: key for column, key in chosen.items() if key}


def fields_of(kind: str) -> tuple[Field, ...]:
    return FIELDS["units" if kind == "units" else "bodies"]


def required_missing(kind: str, mapping: Mapping[str, str]) -> list[Field]:
    return [each for each in fields_of(kind) if each.is_required and each.key not in mapping.values()]


# == one row ==
@dataclass
class CellToMend:
    """One cell of a row as read, with what is wrong in it; `options` where only some words fit."""

    key: str
    label: str
    value: str
    sentences: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)


def cells_of_row(draft: ImportDraft, number: int, problems: Iterable[ImportProblem]) -> list[CellToMend] | None:
    """The whole row: each field the file has or the row needs. None if there is no such row."""
    problems = list(problems)
    row = rows_of(draft).filter(number=number).first()
    if row is None and not problems:
        return None
    needed = {*draft.mapping.values(), *(problem.field for problem in problems)}
    needed |= {each.key for each in fields_of(draft.kind) if each.is_required}
    found = {problem.field: problem.found for problem in problems}
    typed = draft.mended.get(str(number), {})
    shown = []
    for each in fields_of(draft.kind):
        if each.key in needed:
            options = _words(draft.kind, each.key) if each.reads == "choice" else []
            read = found.get(each.key) or _plain(getattr(row, each.key, None))
            shown.append(
                CellToMend(
                    key=each.key,
                    label=heading_of(draft, each.key),
                    value=typed.get(each.key, dict(options).get(read, read)),
                    sentences=[problem.sentence for problem in problems if problem.field == each.key],
                    options=[word for _key, word in options],
                )
            )
    return shown


def _plain(value: Any) -> str:
    """A staged value as somebody would type it; lists are staged as JSON."""
    if isinstance(value, str) and value.startswith("["):
        try:
            return "、".join(json.loads(value))
        except (ValueError, TypeError, RecursionError):
            return value
    return "" if value is None else str(value)


def values_typed(typed: Mapping[str, str], kind: str) -> dict[str, str]:
    """Field key → text, for the cells that were sent."""
    keys = {each.key for each in fields_of(kind)}
    return {key: value.strip()[:LONGEST_TYPED] for key, value in typed.items() if key in keys}


def _words(kind: str, key: str) -> list[tuple[str, str]]:
    """The words a cell may hold, for a field whose words come from the pack."""
    models: dict[tuple[str, str], Any] = {
        ("units", "kind"): UnitKind,
        ("bodies", "kind"): BodyKind,
        ("bodies", "line"): Line,
        ("bodies", "form"): Form,
    }
    words = models[kind, key].objects.all() if (kind, key) in models else Choice.objects.filter(list=key)
    return [(word.key, str(word)) for word in words]


# == empty workbooks ==
def empty_columns(kind: str) -> list[Column]:
    """The headings of a workbook to fill in, in the reader's language; the guess knows all of them."""
    at = 0 if (get_language() or "").startswith("en") else 1
    kinds = {"day": "day", "count": "number"}
    return [
        Column(each.headings[at], 18, kinds.get(each.reads, "text"))  # type: ignore[arg-type]
        for each in fields_of(kind)
    ]


def example_row(kind: str) -> list[str | int | None]:
    """One filled row, which says in its name that it is to be deleted."""
    example: dict[str, str | int] = {
        "name": _("Example: delete this row before you send the file"),
        "parent_code": "330681005",
        "staff": 120,
        "women": 48,
        "opened_on": "2019-05-06",
        "seat_code": "330681005247",
    }
    if kind == "units":
        example["credit_code"] = "91330681MA0000001K"
    else:
        example |= {"term_from": "2024-03-01", "term_until": "2029-03-01"}
    return [example.get(each.key) for each in fields_of(kind)]
