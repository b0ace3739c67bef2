"""Changes made by hand: the list, one act, and taking it back. For whoever may change the register."""

from __future__ import annotations

from pathlib import Path

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ..actions import Refused
from ..models import Document
from ..queries import changes
from ..undo import StoodOn, standing_on, undo
from .door import DayRequest, keepers_only


@keepers_only
@require_GET
def listed(request: DayRequest) -> HttpResponse:
    thing, id = _of(request)
    page, rows = changes.changes(
        request.user,
        request.today,
        thing=thing,
        id=id,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    facts = {"page": page, "rows": rows, "thing": thing, "trail": [(_("Changes by hand"), None)]}
    return render(request, "register/changes.html", facts)


def _of(request: DayRequest) -> tuple[str, int]:
    for thing in ("unit", "body"):
        id = request.GET.get(thing, "")
        if id.isdecimal() and len(id) < 19:
            return thing, int(id)
    return "", 0


@keepers_only
@require_http_methods(["GET", "POST"])
def one(request: DayRequest, act_id: int) -> HttpResponse:
    """One act; sent by POST it is taken back."""
    change = changes.change(request.user, request.today, act_id)
    if change is None:
        raise Http404
    reasons = standing_on([change.act]) if change.undo_until else []
    if request.method == "POST":
        try:
            undo([change.act], by=request.user, today=request.today)
        except StoodOn as stood:
            reasons = stood.sentences
        except Refused as refused:
            reasons = [str(refused)]
        else:
            messages.success(request, _("Taken back: the register is again as it was before."))
            return redirect("change", act_id)
    facts = {
        "change": change,
        "kept": changes.kept(change.act),
        "reasons": reasons,
        "trail": [(_("Changes by hand"), reverse("changes")), (change.name, None)],
    }
    return render(request, "register/change.html", facts, status=409 if request.method == "POST" else 200)


@keepers_only
@require_GET
def document(request: DayRequest, document_id: int) -> FileResponse:
    """The file of a document, always to be saved and never shown in the page."""
    paper = Document.objects.filter(pk=document_id).exclude(file="").first()
    if paper is None:
        raise Http404
    return FileResponse(paper.file.open("rb"), as_attachment=True, filename=Path(str(paper.file)).name)
