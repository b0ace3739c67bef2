"""The pages of single findings: the list with its filters, the working view that settles one after the other, and
decisions by workbook."""

from __future__ import annotations

from datetime import timedelta
from pathlib import PurePath
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gongjian.ui.excel import workbook_response
from gongjian.ui.keyset import page_of

from ..actions import Refused
from ..import_findings import counted
from ..models import Document, Finding, Reconciliation
from ..queries.reconciliations import OPEN, beside, filtered, next_open, worked
from ..reconciliation_forms import DocumentForm, FindingFilter, WorkbookForm
from ..reconciliations import deciding
from ..reconciliations.deciding import WORKABLE, Decision
from ..reconciliations.words import decision_in_words, names_for, shown
from ..reconciliations.workbook import columns, lines, take_decisions
from .door import DayRequest, keepers_only
from .reconciliations import back_to, reconciliation_or_404, trail_of

ON_A_PAGE = 50


def _finding_or_404(reconciliation: Reconciliation, number: int) -> Finding:
    found = reconciliation.findings.select_related("decided_by", "document").filter(number=number).first()
    if found is None:
        raise Http404
    found.reconciliation = reconciliation
    return found


def _county(request: DayRequest) -> str | None:
    county = request.POST.get("county") or request.GET.get("county") or ""
    return county.replace("\x00", "") or None  # which the database takes in no question


def _at(reconciliation: Reconciliation, number: int | None, county: str | None) -> str:
    """The address of the working view at a finding, for the county one works on."""
    address = reverse("finding", args=[reconciliation.pk, number])
    return f"{address}?{urlencode({'county': county})}" if county else address


# == the list ==
@keepers_only
@require_GET
def listing(request: DayRequest, reconciliation_id: int) -> HttpResponse:
    reconciliation = reconciliation_or_404(reconciliation_id)
    form = FindingFilter(request.GET, reconciliation)
    found = filtered(reconciliation, form.asked())
    place = {name: request.GET.get(name, "") for name in ("after", "before")}
    page = page_of(found, ["number"], size=ON_A_PAGE, **place)
    names = names_for(reconciliation, page.rows)
    facts = {
        "reconciliation": reconciliation,
        "form": form,
        "page": page,
        "rows": [shown(each, names) for each in page.rows],
        "summary": _("%(count)s findings") % {"count": counted(found.count())},
        "trail": trail_of(reconciliation, _("Findings")),
    }
    return render(request, "register/findings.html", facts)


# == one after the other ==
@keepers_only
@require_GET
def work(request: DayRequest, reconciliation_id: int, number: int | None = None) -> HttpResponse:
    """One finding with all one needs to decide it. Without a number: the next open one."""
    reconciliation = reconciliation_or_404(reconciliation_id)
    county = _county(request)
    if number is None:
        number = next_open(reconciliation, county)
        if number is None:
            messages.success(request, _("All of these are decided."))
            return back_to(reconciliation)
        return redirect(_at(reconciliation, number, county))
    return _work_page(request, reconciliation, number, county, DocumentForm())


def _work_page(
    request: DayRequest,
    reconciliation: Reconciliation,
    number: int,
    county: str | None,
    form: DocumentForm,
    status: int = 200,
) -> HttpResponse:
    finding = _finding_or_404(reconciliation, number)
    found = worked(reconciliation, county)
    before, after = beside(reconciliation, county, number)
    facts = {
        "reconciliation": reconciliation,
        "seen": shown(finding, names_for(reconciliation, [finding])),
        "finding": finding,
        "day_before": reconciliation.as_of - timedelta(days=1),
        "county": county or "",
        "county_name": dict(reconciliation.counties).get(county or "", ""),
        "before_href": _at(reconciliation, before, county) if before else "",
        "after_href": _at(reconciliation, after, county) if after else "",
        "still": found.filter(decision=OPEN).count(),
        "of": found.count(),
        "may_decide": reconciliation.state in WORKABLE,
        "documents": list(reconciliation.documents.all()[:20]),
        "document": _current_document(request, reconciliation),
        "form": form,
        "trail": trail_of(reconciliation, _("One after the other")),
    }
    return render(request, "register/finding.html", facts, status=status)


@keepers_only
@require_POST
def decide(request: DayRequest, reconciliation_id: int, number: int) -> HttpResponse:
    """Decide, and on to the next open one. What somebody else has decided meanwhile is told instead."""
    reconciliation = reconciliation_or_404(reconciliation_id)
    finding, county = _finding_or_404(reconciliation, number), _county(request)
    try:
        _decide(request, reconciliation, finding)
    except Refused as refused:
        if not _is_so_already(request, finding):
            messages.error(request, str(refused))
            return redirect(_at(reconciliation, number, county))
    if request.POST["decision"] == "open":
        return redirect(_at(reconciliation, number, county))
    messages.success(request, _("No. %(number)s: %(what)s") % {"number": number, "what": decision_in_words(finding)})
    after = next_open(reconciliation, county, number)
    if after is None:
        messages.success(request, _("All of these are decided."))
        return back_to(reconciliation)
    return redirect(_at(reconciliation, after, county))


def _decide(request: DayRequest, reconciliation: Reconciliation, finding: Finding) -> None:
    typed = request.POST.get("decision", "")
    version = request.POST.get("version", "")
    if not deciding.is_number(version):
        raise Http404
    how: dict[str, Any] = {"version": int(version), "by": request.user}
    how["document"] = _current_document(request, reconciliation)
    match typed:
        case "accept":
            deciding.accept(finding, **how)
        case "unknown":
            deciding.leave_unknown(finding, **how)
        case "open":
            deciding.reopen(finding, version=int(version))
        case _ if deciding.is_number(typed):
            deciding.choose(finding, int(typed), **how)
        case _:
            raise Http404


def _is_so_already(request: DayRequest, finding: Finding) -> bool:
    """The same decision by the same hand: a second press of the key, or a repeated sending."""
    finding.refresh_from_db(fields=["decision", "chosen", "decided_by"])
    typed = {Decision.ACCEPTED: "accept", Decision.UNKNOWN: "unknown", Decision.CHOSEN: str(finding.chosen)}
    is_mine = finding.decided_by_id == request.user.pk
    return is_mine and typed.get(Decision(finding.decision)) == request.POST.get("decision")


@keepers_only
@require_POST
def undo_last(request: DayRequest, reconciliation_id: int, number: int) -> HttpResponse:
    """Take back what one decided last, and go there."""
    reconciliation, county = reconciliation_or_404(reconciliation_id), _county(request)
    try:
        taken = deciding.undo_last(reconciliation, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(_at(reconciliation, number, county))
    if taken is None:
        messages.info(request, _("You have decided nothing here that could be taken back."))
        return redirect(_at(reconciliation, number, county))
    messages.info(request, _("No. %(number)s is open again.") % {"number": taken.number})
    return redirect(_at(reconciliation, taken.number, county))


# == documents ==
@keepers_only
@require_POST
def document(request: DayRequest, reconciliation_id: int, number: int) -> HttpResponse:
    """Choose or enter the document on which the next decisions stand; or none."""
    reconciliation, county = reconciliation_or_404(reconciliation_id), _county(request)
    finding = _finding_or_404(reconciliation, number)
    if "chosen" in request.POST:
        _remember(request, reconciliation, request.POST["chosen"])
        return redirect(_at(reconciliation, finding.number, county))
    form = DocumentForm(request.POST, request.FILES)
    if not form.is_valid():
        return _work_page(request, reconciliation, number, county, form, status=422)
    try:
        made = deciding.add_document(reconciliation, by=request.user, **form.cleaned_data)
    except Refused as refused:
        form.add_error("number", str(refused))
        return _work_page(request, reconciliation, number, county, form, status=422)
    _remember(request, reconciliation, str(made.pk))
    return redirect(_at(reconciliation, finding.number, county))


def _key(reconciliation: Reconciliation) -> str:
    return f"document of reconciliation {reconciliation.pk}"


def _remember(request: DayRequest, reconciliation: Reconciliation, chosen: str) -> None:
    request.session[_key(reconciliation)] = chosen if deciding.is_number(chosen) else ""


def _current_document(request: DayRequest, reconciliation: Reconciliation) -> Document | None:
    """The one this officer chose last for this reconciliation."""
    chosen = request.session.get(_key(reconciliation))
    return reconciliation.documents.filter(pk=chosen).first() if chosen else None


# == by workbook ==
@keepers_only
@require_GET
def workbook(request: DayRequest, reconciliation_id: int) -> FileResponse:
    """Exactly what the list shows, with a column for decisions."""
    reconciliation = reconciliation_or_404(reconciliation_id)
    asked = FindingFilter(request.GET, reconciliation).asked()
    name = _("%(file)s, findings.xlsx") % {"file": PurePath(reconciliation.filename).stem}
    found = filtered(reconciliation, asked)
    return workbook_response(name, columns(reconciliation), lines(reconciliation, found), sheet=_("Findings"))


@keepers_only
@require_http_methods(["GET", "POST"])
def decisions(request: DayRequest, reconciliation_id: int) -> HttpResponse:
    """Read decisions back from the workbook."""
    reconciliation = reconciliation_or_404(reconciliation_id)
    form = WorkbookForm(request.POST or None, request.FILES or None)
    facts: dict[str, Any] = {"reconciliation": reconciliation, "form": form, "taken": None}
    facts["trail"] = trail_of(reconciliation, _("Decisions from a workbook"))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                facts["taken"] = take_decisions(reconciliation, file, str(file.name), by=request.user)
                status = 200
            except Refused as refused:
                form.add_error("file", str(refused))
    return render(request, "register/decisions.html", facts, status=status)
