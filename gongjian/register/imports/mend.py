"""Typing other values for single cells of a file, without sending it again."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from ..actions import Refused
from ..models import ImportDraft, ImportProblem
from .columns import FIELDS
from .preflight import preflight


def mend_row(draft: ImportDraft, number: int, values: Mapping[str, str]) -> list[ImportProblem]:
    """Type other values for cells of one row; the draft is checked again. Returns what is still wrong in the row."""
    mend_rows(draft, {number: values})
    return list(draft.problems.filter(number=number))


def mend_rows(draft: ImportDraft, rows: Mapping[int, Mapping[str, str]]) -> ImportDraft:
    """Type other values for cells of several rows, each {field: text}; the file itself stays as it was sent."""
    known = {field.key for field in FIELDS[draft.kind]}  # type: ignore[index]
    mended = dict(draft.mended)
    for number, values in rows.items():
        for key in values:
            if key not in known:
                raise Refused(_("“%(field)s” is not something a column can hold.") % {"field": key})
        texts = {key: text.replace("\x00", "") for key, text in values.items()}  # which the database takes in no text
        mended[str(number)] = {**mended.get(str(number), {}), **texts}
    draft.mended = mended
    draft.save(update_fields=["mended"])
    return preflight(draft)
