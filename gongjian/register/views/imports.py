"""The import pages: take in a file, confirm its columns, look at what the check found, mend, write, take back.

They are for whoever may change the register; for everybody else they do not exist.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import PurePath
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from procrastinate.exceptions import AlreadyEnqueued

from gongjian.ui.excel import XLSX, workbook_response
from gongjian.ui.keyset import Page, page_of
from gongjian.ui.templatetags.ui import moment

from ..access import body_entries_visible_to, unit_entries_visible_to
from ..actions import Refused
from ..import_findings import STATES, findings_of, has_written, job_of, undo_days, written_counts, written_rows
from ..import_forms import (
    KINDS,
    UploadForm,
    cells_of_row,
    columns_of,
    empty_columns,
    example_row,
    fields_of,
    mapping_typed,
    required_missing,
    values_typed,
)
from ..imports.apply import apply
from ..imports.mend import mend_row
from ..imports.preflight import preflight
from ..imports.problems import problems_workbook
from ..imports.staging import look, rows_of, set_mapping, start_draft
from ..imports.undo import standing_on, undo
from ..models import ImportDraft
from ..tasks import apply_draft as apply_task
from ..tasks import preflight_draft as preflight_task
from ..tasks import undo_draft as undo_task
from .door import DayRequest, keepers_only

State = ImportDraft.State

DRAFTS_ON_A_PAGE = 30
PROBLEMS_ON_A_PAGE = 50
WRITTEN_SHOWN = 8
SMALL_FILE = 400_000  # bytes: about 5,000 rows, which are checked while one waits
SMALL_ROWS = 5_000
DELETABLE = {State.UPLOADED, State.CHECKED, State.FAILED}


def _draft_or_404(draft_id: int) -> ImportDraft:
    try:
        return look(draft_id)
    except ImportDraft.DoesNotExist:
        raise Http404 from None


def _to_draft(draft: ImportDraft) -> HttpResponse:
    return redirect("import", draft.pk)


# == the list, and a new file ==
@keepers_only
@require_GET
def drafts(request: DayRequest) -> HttpResponse:
    return _list_page(request, UploadForm(initial={"as_of": request.today}))


@keepers_only
@require_POST
def upload(request: DayRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _list_page(request, form, status=422)
    try:
        draft = _started(request, form)
    except Refused as refused:
        form.add_error("file", str(refused))
        return _list_page(request, form, status=422)
    twin = _open_twin(draft)
    if twin:
        draft.file.delete(save=False)
        draft.delete()
        messages.info(
            request,
            _("You have sent this very file already, at %(moment)s. Here it is, with what you have mended.")
            % {"moment": moment(twin.made_at)},
        )
        return _to_draft(twin)
    _tell_of_earlier(request, draft)
    return redirect("import-mapping", draft.pk)


def _list_page(request: DayRequest, form: UploadForm, status: int = 200) -> HttpResponse:
    page = page_of(
        ImportDraft.objects.select_related("by", "act"),
        ["-id"],
        size=DRAFTS_ON_A_PAGE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    until = undo_days(page.rows)
    rows = [(each, STATES[each.state], KINDS[each.kind], until.get(each.pk)) for each in page.rows]
    facts = {"form": form, "page": page, "rows": rows, "trail": [(_("Imports"), None)]}
    return render(request, "register/imports.html", facts, status=status)


def _started(request: DayRequest, form: UploadForm) -> ImportDraft:
    """A draft of the file. If the headings do not tell what it lists, it counts as units until somebody says."""
    file: UploadedFile = form.cleaned_data["file"]
    filename, kind, as_of = str(file.name), form.cleaned_data["kind"], form.cleaned_data["as_of"]
    try:
        return start_draft(file, filename, kind or None, as_of, request.user)
    except Refused:
        if kind:
            raise
    file.seek(0)
    draft = start_draft(file, filename, "units", as_of, request.user)
    messages.warning(
        request, _("The headings do not tell whether the file lists units or organisations. Say it below.")
    )
    return draft


def _same_file(draft: ImportDraft) -> Any:
    return ImportDraft.objects.filter(sha256=draft.sha256, kind=draft.kind).exclude(pk=draft.pk)


def _open_twin(draft: ImportDraft) -> ImportDraft | None:
    """The same file from the same hand for the same day, not written yet: a second click, or a forgotten first one."""
    still_open = [State.UPLOADED, State.CHECKING, State.CHECKED]
    return _same_file(draft).filter(by=draft.by, as_of=draft.as_of, state__in=still_open).first()


def _tell_of_earlier(request: DayRequest, draft: ImportDraft) -> None:
    earlier = _same_file(draft).filter(state=State.APPLIED).select_related("act").first()
    if earlier:
        messages.info(
            request,
            _("The same file was imported at %(moment)s. You may go on: rows that are so already change nothing.")
            % {"moment": moment(earlier.act.at if earlier.act else earlier.made_at)},
        )


@keepers_only
@require_GET
def empty_workbook(request: DayRequest, kind: str) -> FileResponse:
    if kind not in KINDS:
        raise Http404
    return workbook_response(f"{KINDS[kind]}.xlsx", empty_columns(kind), [example_row(kind)])


# == columns, and the check ==
@keepers_only
@require_http_methods(["GET", "POST"])
def mapping(request: DayRequest, draft_id: int) -> HttpResponse:
    draft = _draft_or_404(draft_id)
    if request.method == "GET":
        return _mapping_page(request, draft, draft.mapping)
    if request.POST.get("kind") in KINDS and request.POST["kind"] != draft.kind:
        return redirect("import-mapping", _taken_for(request, draft, request.POST["kind"]).pk)
    chosen = mapping_typed(request.POST, draft)
    try:
        set_mapping(draft, chosen)
        _check(request, draft)
    except Refused as refused:
        draft.refresh_from_db()
        return _mapping_page(request, draft, chosen, refusal=str(refused))
    return _to_draft(draft)


def _mapping_page(request: DayRequest, draft: ImportDraft, chosen: dict[str, str], refusal: str = "") -> HttpResponse:
    facts = {
        "draft": draft,
        "kind_name": KINDS[draft.kind],
        "other_kind": next((key, name) for key, name in KINDS.items() if key != draft.kind),
        "columns": columns_of(draft, chosen),
        "fields": fields_of(draft.kind),
        "missing": [each.label for each in required_missing(draft.kind, chosen)],
        "refusal": refusal,
        "is_fresh": not has_written(draft),
        "trail": _trail(draft, _("Columns")),
    }
    return render(request, "register/import_mapping.html", facts, status=422 if refusal else 200)


def _taken_for(request: DayRequest, draft: ImportDraft, kind: str) -> ImportDraft:
    """The same file as a list of the other kind. One that was never written is replaced."""
    with draft.file.open("rb") as file:
        other = start_draft(file, draft.filename, kind, draft.as_of, request.user)
    if not has_written(draft):
        _discard(draft)
    return other


@keepers_only
@require_POST
def check(request: DayRequest, draft_id: int) -> HttpResponse:
    draft = _draft_or_404(draft_id)
    try:
        _check(request, draft)
    except Refused as refused:
        messages.error(request, str(refused))
    return _to_draft(draft)


def _check(request: DayRequest, draft: ImportDraft) -> None:
    """Small files at once, large ones by the worker."""
    if draft.file.size <= SMALL_FILE:
        preflight(draft, today=request.today)
    else:
        _defer(preflight_task, draft, draft_id=draft.pk)


def _defer(task: Any, draft: ImportDraft, **given: Any) -> None:
    """Hand work to the worker, once however often it is asked for."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        task.configure(queueing_lock=f"{task.name}:{draft.pk}").defer(**given)


# == the draft ==
@keepers_only
@require_GET
def draft(request: DayRequest, draft_id: int) -> HttpResponse:
    draft = _draft_or_404(draft_id)
    at_work = job_of(draft)
    if draft.state == State.UPLOADED and not at_work:
        return redirect("import-mapping", draft.pk)
    facts = _facts(request, draft) | {"job": at_work, "poll_href": reverse("import-job", args=[draft.pk])}
    if not at_work and draft.state in {State.CHECKED, State.APPLIED}:
        facts |= _problem_page(draft, request.GET.get("after", ""), request.GET.get("before", ""))
    return render(request, "register/import.html", facts)


@keepers_only
@require_GET
def job(request: DayRequest, draft_id: int) -> HttpResponse:
    """How far the work is, for the page that waits for it."""
    draft = _draft_or_404(draft_id)
    facts: dict[str, Any] = {"draft": draft, "job": job_of(draft), "poll_href": request.path}
    if not facts["job"]:
        facts |= {"end": _end_of_job(draft)}
    return render(request, "register/import_job.html", facts)


def _end_of_job(draft: ImportDraft) -> tuple[str, str, str]:
    """(kind of notice, icon, sentence)"""
    if draft.failure:
        return "late", "s-late", draft.failure
    if draft.state == State.APPLIED:
        return "ok", "s-done", _("The rows are in the register.")
    if draft.state == State.UNDONE:
        return "ok", "s-done", _("The import is taken back. The register is as it was before it.")
    if draft.state == State.CHECKED:
        return "ok", "s-done", _("The rows are checked.")
    return "warn", "s-late", _("The work was broken off. Nothing is half done: start it again.")


def _facts(request: DayRequest, draft: ImportDraft) -> dict[str, Any]:
    """What every state of the page shows."""
    is_written = has_written(draft)
    has_findings = draft.state in {State.CHECKED, State.APPLIED} and bool(draft.counts)
    return {
        "draft": draft,
        "kind_name": KINDS[draft.kind],
        "state": STATES[draft.state],
        "findings": findings_of(draft) if has_findings else None,
        "may_delete": draft.state in DELETABLE and not is_written,
        "undo_until": undo_days([draft]).get(draft.pk),
        "written": _written(request, draft) if draft.state == State.APPLIED else [],
        "trail": _trail(draft),
    }


def _trail(draft: ImportDraft, *below: str) -> list[tuple[str, str | None]]:
    above: list[tuple[str, str | None]] = [(_("Imports"), reverse("imports"))]
    if not below:
        return [*above, (draft.filename, None)]
    return [*above, (draft.filename, reverse("import", args=[draft.pk])), *((step, None) for step in below)]


def _written(request: DayRequest, draft: ImportDraft) -> list[tuple[str, str]]:
    """The first units or bodies that the last import of the file wrote, with their pages."""
    if draft.act_id is None:
        return []
    entries: Any
    if draft.kind == "units":
        page, key, entries = "unit", "unit_id", unit_entries_visible_to(request.user)
    else:
        page, key, entries = "body", "body_id", body_entries_visible_to(request.user)
    found = entries.filter(act=draft.act_id).order_by("id").values_list("name", key)[:WRITTEN_SHOWN]
    return [(name, reverse(page, args=[pk])) for name, pk in found]


def _problem_page(draft: ImportDraft, after: str, before: str) -> dict[str, Any]:
    """One page of what is wrong, by row of the file."""
    page: Page = page_of(draft.problems.all(), ["number", "id"], size=PROBLEMS_ON_A_PAGE, after=after, before=before)
    rows: dict[int, list[Any]] = {}
    for problem in page.rows:
        rows.setdefault(problem.number, []).append(problem)
    return {"page": page, "problem_rows": list(rows.items()), "after": after, "before": before}


# == mending ==
@keepers_only
@require_http_methods(["GET", "POST"])
def row(request: DayRequest, draft_id: int, number: int) -> HttpResponse:
    """One row of the file, to be mended. Sent by htmx it answers with the row and what else has changed."""
    draft = _draft_or_404(draft_id)
    if draft.state not in {State.CHECKED, State.APPLIED}:
        return _to_draft(draft)
    if request.method == "GET":
        return _row_page(request, draft, number)
    if not (rows_of(draft).filter(number=number).exists() or draft.problems.filter(number=number).exists()):
        raise Http404
    try:
        wrong = mend_row(draft, number, values_typed(request.POST, draft.kind))
    except Refused as refused:
        messages.error(request, str(refused))
        return _back(request, draft)
    if request.headers.get("HX-Request"):
        facts = _facts(request, draft) | {"number": number, "problems": wrong, "is_mended": True}
        return render(request, "register/import_mended.html", facts)
    if wrong and "whole" in request.POST:
        return _row_page(request, draft, number, status=422)
    if wrong:
        messages.warning(request, _("Something in row %(row)s is still wrong.") % {"row": number})
    else:
        messages.success(request, _("Row %(row)s is in order.") % {"row": number})
    return _back(request, draft)


def _row_page(request: DayRequest, draft: ImportDraft, number: int, status: int = 200) -> HttpResponse:
    problems = list(draft.problems.filter(number=number))
    cells = cells_of_row(draft, number, problems)
    if cells is None:
        raise Http404
    facts = {
        "draft": draft,
        "number": number,
        "cells": cells,
        "of_the_row": [problem.sentence for problem in problems if not problem.field],
        "trail": _trail(draft, _("Row %(row)s") % {"row": number}),
    }
    return render(request, "register/import_row.html", facts, status=status)


def _back(request: DayRequest, draft: ImportDraft) -> HttpResponse:
    """To the place in the list of problems from which the form was sent."""
    place = {name: request.POST[name] for name in ("after", "before") if request.POST.get(name)}
    address = reverse("import", args=[draft.pk]) + (f"?{urlencode(place)}" if place else "")
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


@keepers_only
@require_GET
def problems(request: DayRequest, draft_id: int) -> FileResponse:
    draft = _draft_or_404(draft_id)
    if draft.state not in {State.CHECKED, State.APPLIED}:
        raise Http404
    name = _("%(file)s with problems.xlsx") % {"file": PurePath(draft.filename).stem}
    return FileResponse(problems_workbook(draft), as_attachment=True, filename=name, content_type=XLSX)


# == writing, taking back, throwing away ==
@keepers_only
@require_POST
def apply_draft(request: DayRequest, draft_id: int) -> HttpResponse:
    """Write the sound rows, or all or nothing. Asked twice it is done once."""
    draft = _draft_or_404(draft_id)
    all_or_nothing = "all_or_nothing" in request.POST
    if draft.state in {State.APPLIED, State.UNDONE}:
        messages.info(request, _("This has been done already. Nothing was written twice."))
        return _to_draft(draft)
    try:
        if draft.row_count <= SMALL_ROWS:
            apply(draft, by=request.user, all_or_nothing=all_or_nothing, today=request.today)
        else:
            _defer(apply_task, draft, draft_id=draft.pk, by_id=request.user.pk, all_or_nothing=all_or_nothing)
    except Refused as refused:
        messages.error(request, str(refused))
    return _to_draft(draft)


@keepers_only
@require_http_methods(["GET", "POST"])
def undo_draft(request: DayRequest, draft_id: int) -> HttpResponse:
    """GET says what would be taken back, or what stands on it; POST takes it back: a large import by the worker."""
    draft = _draft_or_404(draft_id)
    until = undo_days([draft]).get(draft.pk)
    if until is None or job_of(draft):
        return _to_draft(draft)
    if request.method == "POST":
        if written_rows(draft) > SMALL_ROWS:
            _defer(undo_task, draft, draft_id=draft.pk, by_id=request.user.pk)
            return _to_draft(draft)
        try:
            undo(draft, by=request.user, today=request.today)
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("import-undo", draft.pk)
        messages.success(request, _("The import is taken back. The register is as it was before it."))
        return _to_draft(draft)
    reasons = standing_on(draft)
    if until < request.today:
        reasons.append(_("It could be taken back until %(day)s. Correct single entries instead.") % {"day": until})
    facts = {
        "draft": draft,
        "reasons": reasons,
        "taken_back": written_counts(draft),
        "trail": _trail(draft, _("Take back")),
    }
    return render(request, "register/import_undo.html", facts)


@keepers_only
@require_POST
def delete(request: DayRequest, draft_id: int) -> HttpResponse:
    draft = _draft_or_404(draft_id)
    if draft.state not in DELETABLE or has_written(draft):
        messages.error(request, _("This file has been written into the register, so it is kept."))
        return _to_draft(draft)
    messages.success(request, _("“%(file)s” is thrown away. The register was not touched.") % {"file": draft.filename})
    _discard(draft)
    return redirect("imports")


def _discard(draft: ImportDraft) -> None:
    draft.file.delete(save=False)
    draft.delete()
