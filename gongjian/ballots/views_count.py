"""After closing, step by step: the counting file out, the numbers in, the draw, the signatures, the result."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongjian.register.refusals import Refused
from gongjian.register.views.door import AccountRequest, signed_in_only
from gongjian.ui.excel import Column, workbook_response

from . import aside, paper, publishing
from . import opening as counting
from .forms import DrawForm, UploadForm
from .models import Poll, Result
from .queries import poll_shown
from .views import PLACE, poll_of, trail_of
from .words import BY, OUTCOME

LARGEST = 4 << 20
ZIP = "application/zip"
S = Poll.State


@signed_in_only
@require_GET
def opening(request: AccountRequest, poll_id: int) -> HttpResponse:
    """Where it stands and what comes next, for whoever keeps it."""
    return _page(request, poll_of(request, poll_id))


def _page(request: AccountRequest, found: Poll, wrong: str = "") -> HttpResponse:
    result: Result | None = Result.objects.filter(poll=found).first()
    is_counted = result is not None and found.state == S.OPENED
    facts: dict[str, Any] = {
        "poll": found,
        "result": result,
        "wrong": wrong,
        "pending": aside.pending(found),
        "papers": paper.waiting(found),
        "is_closed": found.state == S.CLOSED,
        "is_counted": is_counted,
        "is_undecided": bool(result and counting.is_undecided(result)),
        "missing": publishing.missing(found, timezone.now()) if is_counted else [],
        "upload": UploadForm(None),
        "draw_form": DrawForm(None),
        "steps": _steps(found, result),
        "trail": [*trail_of(request, found), (_("Count and publish"), None)],
    }
    return render(request, "ballots/opening.html", facts | PLACE, status=400 if wrong else 200)


def _steps(found: Poll, result: Result | None) -> list[dict[str, Any]]:
    at = {S.DRAFT: 0, S.READY: 0, S.OPEN: 0, S.CLOSED: 1, S.OPENED: 2}.get(Poll.State(found.state), 4)
    if at == 2 and result is not None and len(result.signatures) >= publishing.FEWEST_SIGNATURES:
        at = 3
    names = [_("Closing"), _("Counting on a machine apart"), _("Observers recount and sign"), _("Publishing")]
    return [
        {"name": name, "icon": "s-done" if at > here else "s-doing" if at == here else "s-todo",
         "is_current": at == here, "is_ahead": at < here}
        for here, name in enumerate(names)
    ]  # fmt: skip


@signed_in_only
@require_POST
def counting_file(request: AccountRequest, poll_id: int) -> HttpResponseBase:
    """Posted, since taking it is an act."""
    found = poll_of(request, poll_id)
    file = tempfile.TemporaryFile(suffix=".zip")  # noqa: SIM115 – the response closes it
    try:
        counting.write_counting_file(found, file, by=request.user)
    except Refused as no:
        file.close()
        return _page(request, found, str(no))
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"counting-{found.ref[:8]}.zip", content_type=ZIP)


@signed_in_only
@require_GET
def to_sign(request: AccountRequest, poll_id: int) -> HttpResponseBase:
    """The bundle as it would be published, for the observers."""
    found = poll_of(request, poll_id)
    result = Result.objects.filter(poll=found).first()
    if result is None or found.state != S.OPENED:
        raise Http404
    file = tempfile.TemporaryFile(suffix=".zip")  # noqa: SIM115 – the response closes it
    publishing.write_bundle(result, file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"to-sign-{found.ref[:8]}.zip", content_type=ZIP)


@signed_in_only
@require_POST
def hand_in(request: AccountRequest, poll_id: int, what: str) -> HttpResponse:
    """The count, a signature, the draw; taking the count back; publishing."""
    found = poll_of(request, poll_id)
    by, now = request.user, timezone.now()
    try:
        if what == "tally":
            counting.take_tally(found, _file(request), by=by)
            said = _("The count is there. Observers recount now, and sign.")
        elif what == "signature":
            counting.take_signature(found, _file(request), by=by)
            said = _("Signed.")
        elif what == "draw":
            counting.tell_draw(found, request.POST.get("drawn", ""), now=now, by=by)
            said = _("The draw is written down, and the rules are carried out with it.")
        elif what == "again":
            counting.count_again(found, by=by)
            said = _("The count is taken back.")
        elif what == "publish":
            publishing.publish(found, today=request.today, now=now, by=by)
            said = _("Published. Everybody can check it now.")
        else:
            raise Http404
    except Refused as no:
        return _page(request, poll_of(request, poll_id), str(no))
    messages.success(request, said)
    return redirect("poll_opening", found.pk)


def _file(request: AccountRequest) -> bytes:
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        raise Refused(_("Choose a file first."))
    return bytes(form.cleaned_data["file"].read(LARGEST))


@signed_in_only
@require_GET
def export(request: AccountRequest, poll_id: int) -> HttpResponseBase:
    """The published result as Excel."""
    found = poll_of(request, poll_id)
    shown = poll_shown(request.user, found.ref, timezone.now()) if found.is_frozen else None
    if shown is None or not found.is_told:
        raise Http404
    columns = [Column(_("Group"), 14), Column(_("Number"), 10), Column(_("Candidate"), 32)]
    columns += [Column(_("Votes"), 10, "number"), Column(_("Outcome"), 14), Column(_("Decided by which rule"), 24)]

    def rows() -> Iterator[list[Any]]:
        for title, outcomes in shown.outcomes:
            for row in outcomes:
                by = row["why"] if row["by"] == "left_out" else str(BY[row["by"]])
                yield [title, row["candidate"], row["title"], row["votes"], str(OUTCOME[row["outcome"]]), by]

    return workbook_response(f"{found.title}.xlsx", columns, rows(), sheet=_("Result"))
