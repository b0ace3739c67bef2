"""The sentences that tell what is wrong in a row and what to do, and the file with these sentences beside its rows."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator
from datetime import date
from typing import IO, Any

import xlsxwriter
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from ..models import BodyEntry, ImportDraft, UnitEntry
from ..models.words import spoken
from .cells import ErrorCell, Formula
from .sheets import open_table
from .staging import heading_of

Trouble = tuple[int, str, str, dict[str, Any]]

SENTENCES = {
    "codes_of_two_units": gettext_lazy(
        "The code %(found)s is that of %(unit)s, but the credit code %(credit_code)s is that of %(other)s. "
        "Correct one of the two."
    ),
    "nothing_to_tell_by": gettext_lazy("The row has neither a name nor a code. Enter one, or delete the row."),
    "no_such_parent_code": gettext_lazy(
        "No unit with the code %(found)s stands on %(day)s, neither in the register nor in this file. "
        "Correct the code, or add a row for that unit."
    ),
    "no_such_parent": gettext_lazy(
        "No unit named “%(found)s” stands on %(day)s, neither in the register nor in this file. "
        "Correct the name, or give the code of the parent."
    ),
    "parent_ambiguous": gettext_lazy(
        "“%(found)s” is the name of several units: %(units)s. Give the code of the one that is meant."
    ),
    "unit_ambiguous": gettext_lazy(
        "“%(found)s” is the name of several units: %(units)s. Give the code or the parent of the one that is meant."
    ),
    "own_parent": gettext_lazy("The unit would stand below itself. Enter another parent."),
    "circle": gettext_lazy(
        "The parents go round in a circle: row %(rows)s. Correct the parent in one of these rows."
    ),
    "circle_in_register": gettext_lazy(
        "The unit would stand below itself, because its new parent stands below it. Enter another parent."
    ),
    "below_trouble": gettext_lazy("It needs row %(row)s, which has a problem. Mend that row first."),
    "new_without_name": gettext_lazy(
        "No unit with the code %(found)s stands on %(day)s, and the row has no name to enter a new one. "
        "Correct the code, or enter the name."
    ),
    "new_without_kind": gettext_lazy("“%(name)s” is new, and its kind is missing. Enter the kind."),
    "new_without_parent": gettext_lazy("“%(name)s” is new, and its parent is missing. Enter the parent's name or "
                                       "code."),
    "above_ends": gettext_lazy(
        "“%(found)s” stands only until %(until)s. Enter one that stands longer, or the day on which this row closes."
    ),
    "above_begins": gettext_lazy(
        "“%(found)s” stands only from %(since)s on, and the row counts from %(day)s. Enter one that stands then, "
        "or import this row for a later day."
    ),
    "may_not_stand_under": gettext_lazy(
        "A unit of the kind “%(kind)s” cannot stand under one of the kind “%(parent_kind)s”. "
        "Correct the kind or the parent."
    ),
    "closed_before_opened": gettext_lazy("It closes on %(found)s, before it opened on %(opened_on)s. Correct one of "
                                         "the days."),
    "closed_unknown": gettext_lazy(
        "It closed on %(found)s, but is not found on %(day)s. Correct the code or the name, or delete the row."
    ),
    "closed_before_parent": gettext_lazy(
        "It closed on %(found)s, before the register begins for its parent on %(since)s. Delete the row."
    ),
    "later_entries": gettext_lazy(
        "It cannot close on %(found)s: the register has a change of it from %(since)s. Undo that change first."
    ),
    "part_exceeds_staff": gettext_lazy("This is more than the whole staff of %(staff)s. Correct one of the two "
                                       "numbers."),
    "code_taken": gettext_lazy(
        "The code %(found)s is held by “%(name)s” from %(since)s. Correct the code, or close that unit first."
    ),
    "credit_code_taken": gettext_lazy(
        "The credit code %(found)s is held by “%(name)s” from %(since)s. Correct it, or close that unit first."
    ),
    "still_units": gettext_lazy("It cannot close: units still stand in it (%(names)s). Move or close them first."),
    "still_housed": gettext_lazy("It cannot close: employers are still housed in it (%(names)s). Move or close them "
                                 "first."),
    "still_bodies": gettext_lazy("It cannot close: bodies have their seat in it (%(names)s). Move or dissolve them "
                                 "first."),
    "still_covers": gettext_lazy("It cannot close: bodies cover it (%(names)s). End the covers first."),
    "still_venues": gettext_lazy("It cannot close: venues stand in it (%(names)s). Close them first."),
    "still_rows": gettext_lazy("It cannot close: other rows of this file stand in it (%(names)s). Correct them first."),
    "no_such_place": gettext_lazy(
        "No building, park or market “%(found)s” is known. Correct the name, or add a row for it."
    ),
    "place_ambiguous": gettext_lazy("“%(found)s” is the name of several places: %(units)s. Give the code instead of "
                                    "the name."),
    "rows_differ": gettext_lazy(
        "Rows %(rows)s mean the same one but differ in: %(columns)s. Keep the row that is right and delete the others."
    ),
    # bodies
    "body_ambiguous": gettext_lazy("“%(found)s” is the name of several bodies: %(bodies)s. Give the code of the one "
                                   "that is meant."),
    "new_body_without_kind": gettext_lazy("“%(name)s” is new, and its kind is missing. Enter the kind of body."),
    "new_without_seat": gettext_lazy("“%(name)s” is new, and its seat is missing. Enter the name or the code of the "
                                     "unit it stands in."),
    "kind_of_other_line": gettext_lazy("“%(kind)s” is not a kind of body of this line. Correct the kind or the line."),
    "line_stays": gettext_lazy("The body belongs to another line in the register, and a body does not change its "
                               "line. Correct the line."),
    "no_such_unit": gettext_lazy(
        "No unit “%(found)s” stands on %(day)s. Correct the name or the code, or enter the unit first."
    ),
    "no_such_body": gettext_lazy(
        "No body “%(found)s” stands on %(day)s, neither in the register nor in this file. Correct the name or the code."
    ),
    "own_superior": gettext_lazy("The body would stand below itself. Enter another superior or leader."),
    "circle_of_bodies": gettext_lazy("The body would stand below itself, because the one above stands below it. "
                                     "Enter another."),
    "circle_of_body_rows": gettext_lazy(
        "The bodies above go round in a circle: row %(rows)s. Correct one of these rows."
    ),
    "superior_of_other_line": gettext_lazy("“%(found)s” belongs to another line. A superior is of the same line."),
    "leader_not_leading": gettext_lazy("“%(found)s” is not of the line that leads. Enter a Party body."),
    "body_code_taken": gettext_lazy("The code %(found)s is held by “%(name)s” from %(since)s. Correct the code."),
    "still_below": gettext_lazy("It cannot be dissolved: bodies stand below it (%(names)s). Give them another "
                                "superior or leader first."),
    "still_keeps": gettext_lazy("It cannot be dissolved: it keeps venues (%(names)s). Hand them over first."),
    "term_backwards": gettext_lazy("The term ends on %(found)s, before it begins. Correct one of the days."),
    "term_overlaps": gettext_lazy("The term overlaps the one that began on %(since)s. Correct the day on which it "
                                  "begins."),
    "term_without_start": gettext_lazy("The term has an end but no beginning. Enter the day on which it began."),
}  # fmt: skip


def told(draft: ImportDraft, troubles: Iterable[Trouble]) -> Iterator[tuple[int, str, str, str, str]]:
    """(row, field, heading, found, sentence) for each trouble. The names are fetched before the first is told."""
    troubles = list(troubles)
    units = _names(UnitEntry, "unit_id", draft.as_of, _ids(troubles, ("unit", "other", "units")))
    bodies = _names(BodyEntry, "body_id", draft.as_of, _ids(troubles, ("body", "bodies")))
    headings = {field: heading_of(draft, _column_of(draft, field)) for field in {trouble[1] for trouble in troubles}}

    def tell(trouble: Trouble) -> tuple[int, str, str, str, str]:
        number, field, what, facts = trouble
        gaps = {key: _shown(key, value, units, bodies) for key, value in facts.items()}
        return number, field, headings[field], str(facts.get("found") or "")[:200], str(SENTENCES[what]) % gaps

    return map(tell, troubles)


def _column_of(draft: ImportDraft, field: str) -> str:
    """A parent may be given by code or by name; the heading is that of the column the file has."""
    if field in draft.mapping.values():
        return field
    stem, _dot, ending = field.rpartition("_")
    other = f"{stem}_{'name' if ending == 'code' else 'code'}"
    return other if ending in {"code", "name"} and other in draft.mapping.values() else field


def _ids(troubles: list[Trouble], keys: tuple[str, ...]) -> set[int]:
    found: set[int] = set()
    for _number, _field, _what, facts in troubles:
        for key in keys:
            value = facts.get(key)
            found.update(value if isinstance(value, list) else [value] if value else [])
    found.discard(None)
    return found


def _names(model: Any, of: str, day: date, ids: set[int]) -> dict[int, str]:
    rows = model.objects.filter(**{f"{of}__in": ids}).order_by("valid").values_list(of, "name", "code") if ids else []
    return {id: _("%(name)s (%(code)s)") % {"name": name, "code": code} if code else name for id, name, code in rows}


def _shown(key: str, value: Any, units: dict[int, str], bodies: dict[int, str]) -> str:
    if key in {"unit", "other", "units", "body", "bodies"}:
        names = bodies if key.startswith("bod") else units
        items = value if isinstance(value, list) else [value]
        return "、".join(names.get(item, "?") for item in items if item)
    if key in {"kind", "parent_kind"} and isinstance(value, dict):
        return spoken(value)
    if isinstance(value, list):
        return "、".join(map(str, value))
    return str(value)


def problems_workbook(draft: ImportDraft) -> IO[bytes]:
    """The rows of the file as they were sent, with a column that says what is wrong in each. A temporary file."""
    file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 – the caller closes it
    table = open_table(draft.file.path, draft.filename, draft.sheet or None)
    wrong = _sentences_by_row(draft)
    as_text = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(file, {"constant_memory": True, **as_text})
    page, bold = book.add_worksheet(), book.add_format({"bold": True})
    red, text = book.add_format({"font_color": "#B00020", "text_wrap": True}), book.add_format({"num_format": "@"})
    width = len(table.headers)
    page.set_column(0, width - 1, 16, text)
    page.set_column(width, width, 80)
    with override(draft.language):
        headings = [*table.headers, _("Problems")]
    for at, heading in enumerate(headings):
        page.write_string(0, at, heading, bold)
    page.freeze_panes(1, 0)
    row = 0
    for row, (number, values) in enumerate(table.rows(), start=1):
        typed = draft.mended.get(str(number), {})
        for at, value in enumerate(values[:width]):
            value = typed.get(draft.mapping.get(str(at), ""), value)
            _write(page, row, at, value, text)
        if number in wrong:
            page.write_string(row, width, wrong[number][:32_000], red)
    page.autofilter(0, 0, row, width)
    book.close()
    file.seek(0)
    return file


def _sentences_by_row(draft: ImportDraft) -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, string_agg(CASE WHEN \"column\" = '' THEN sentence "
            "ELSE \"column\" || ': ' || sentence END, E'\\n' ORDER BY id) "
            "FROM register_importproblem WHERE draft_id = %s GROUP BY number",
            [draft.pk],
        )
        return dict(cursor.fetchall())


def _write(page: Any, row: int, at: int, value: Any, form: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, Formula | ErrorCell):
        page.write_string(row, at, value.text[:32_000], form)
    elif isinstance(value, float) and value.is_integer():
        page.write_string(row, at, str(int(value)), form)
    else:
        page.write_string(row, at, str(value)[:32_000], form)


def as_facts(value: Any) -> dict[str, Any]:
    """The facts of a trouble as the database gives them: text or already read."""
    found = json.loads(value) if isinstance(value, str) else value
    return dict(found or {})
