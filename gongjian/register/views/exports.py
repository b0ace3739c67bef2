"""The Excel of a list: at once, or, if the list is long, by the worker and then from a page of its own.

A file that the worker wrote is there for whoever asked for it, for a day; for everybody else it does not exist.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import BadRequest
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from procrastinate.contrib.django.models import ProcrastinateJob

from gongjian.ui.excel import XLSX, workbook_response
from gongjian.ui.templatetags.ui import thousands

from ..export import KEPT, AskedList, ask_for, asked_already
from ..forms import BodyFilterForm, UnitFilterForm
from ..import_findings import is_worker_alive, queued
from ..models import ListExport
from .door import DayRequest, signed_in_only

LONG_LIST = 20_000  # rows: about ten seconds of writing


@signed_in_only
def units_export(request: DayRequest) -> HttpResponseBase:
    return _export(request, "units")


@signed_in_only
def bodies_export(request: DayRequest) -> HttpResponseBase:
    return _export(request, "bodies")


def _export(request: DayRequest, kind: str) -> HttpResponseBase:
    asked = AskedList(kind, request.GET, request.user, request.day, request.today)
    if not asked.form.is_valid():
        raise BadRequest(_first_error(asked.form))
    if asked.count_up_to(LONG_LIST) > LONG_LIST:
        export = asked_already(asked, request.user) or ask_for(asked, request.user)
        return redirect("list_export", export.pk)
    columns, rows = asked.sheet()
    try:
        return workbook_response(asked.filename, columns, rows, sheet=asked.title, notes=asked.notes())
    except ValueError as too_long:
        raise BadRequest(str(too_long)) from too_long


def _first_error(form: UnitFilterForm | BodyFilterForm) -> str:
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    return _("%(what)s: %(which)s") % {"what": label, "which": errors[0]} if label else str(errors[0])


@signed_in_only
@require_http_methods(["GET", "POST"])
def list_export(request: DayRequest, export_id: int) -> HttpResponse:
    """How far the file is, and the file once it is there; asked by htmx the job alone. POST has it written anew."""
    export = _export_or_404(request, export_id)
    asked = AskedList(export.kind, QueryDict(export.query), request.user, export.day, request.today)
    job = _job_of(export)
    if request.method == "POST":
        return redirect("list_export", ask_for(asked, request.user).pk if job.get("is_over") else export.pk)
    facts: dict[str, Any] = {"export": export, "job": job}
    if request.headers.get("HX-Request"):
        return render(request, "ui/job.html", facts)
    job["is_seen_first"] = True
    facts |= {
        "kind_name": asked.title,
        "conditions": "；".join(asked.conditions()) if asked.form.is_valid() else "",
        "list_href": asked.page_href(),
        "until": export.made_at + KEPT,
        "trail": [(asked.title, asked.page_href()), (_("Excel of this list"), None)],
    }
    return render(request, "register/list_export.html", facts)


@signed_in_only
@require_GET
def list_export_file(request: DayRequest, export_id: int) -> FileResponse:
    export = _export_or_404(request, export_id)
    if not export.file:
        raise Http404
    asked = AskedList(export.kind, QueryDict(export.query), request.user, export.day, request.today)
    try:
        file = export.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(file, as_attachment=True, filename=asked.filename, content_type=XLSX)


def _export_or_404(request: DayRequest, export_id: int) -> ListExport:
    export = ListExport.objects.filter(pk=export_id, by_id=request.user.pk, made_at__gt=timezone.now() - KEPT).first()
    if export is None:
        raise Http404
    return export


def _job_of(export: ListExport) -> dict[str, Any]:
    here = reverse("list_export", args=[export.pk])
    job = {"id": export.pk, "label": _("Writing the Excel file"), "poll_href": here, "page_href": here}
    if export.file:
        end = {"is_over": True, "label": _("The file is ready"), "end_text": _("Save the file")}
        end["end_note"] = _("Rows in it: %(rows)s") % {"rows": thousands(export.rows)}
        return job | end | {"end_href": reverse("list_export_file", args=[export.pk])}
    if export.failure:
        return job | {"is_over": True, "failed": True, "label": _("It did not work"), "end_note": export.failure}
    work = ProcrastinateJob.objects.filter(queued(), args__export_id=export.pk).first()
    if work is None:
        broken = _("The work was broken off. Have the file written anew.")
        return job | {"is_over": True, "failed": True, "label": _("It did not work"), "end_note": broken}
    if work.status == "todo" and not is_worker_alive():
        return job | {"note": _("The worker is not running. The file is written as soon as it runs: gongjian serve.")}
    if work.status == "todo":
        return job | {"note": _("Waits for its turn. You may close this page: it goes on.")}
    done = {"done": export.rows * export.progress // 100, "total": export.rows}
    return job | done | {"note": _("You may close this page: it goes on.")}
