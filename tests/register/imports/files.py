"""Files as officers send them, taken in and checked."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from gongjian.register.imports.preflight import preflight
from gongjian.register.imports.staging import rows_of, start_draft
from gongjian.register.models import ImportDraft

DAY = date(2024, 1, 1)


def taken_in(text: str | bytes, *, kind: str | None = "units", on: date = DAY, name: str = "单位.csv") -> ImportDraft:
    content = text.encode() if isinstance(text, str) else text
    return start_draft(io.BytesIO(content), name, kind, on, None)


def checked(text: str | bytes, *, kind: str | None = "units", on: date = DAY, name: str = "单位.csv") -> ImportDraft:
    return preflight(taken_in(text, kind=kind, on=on, name=name))


def verdicts(draft: ImportDraft) -> dict[int, str]:
    return dict(rows_of(draft).values_list("number", "verdict"))


def problems(draft: ImportDraft) -> dict[int, list[str]]:
    """Row → the fields that something is wrong with."""
    found: dict[int, list[str]] = {}
    for number, field in draft.problems.values_list("number", "field"):
        found.setdefault(number, []).append(field)
    return found


def sentences(draft: ImportDraft, number: int) -> str:
    return " ".join(draft.problems.filter(number=number).values_list("sentence", flat=True))


def changes(draft: ImportDraft, number: int) -> dict[str, Any]:
    return dict(rows_of(draft).get(number=number).changes)
