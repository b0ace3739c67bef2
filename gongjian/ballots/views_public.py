"""What everybody reads of polls, account or not: rules, heads, changes of the roll, results, and how to check them."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gongjian.register.access import Reader
from gongjian.register.views.door import DayRequest
from gongjian.ui.keyset import page_of
from verivote import page as verifying

from . import log, publishing, queries
from .access import polls_visible_to
from .clock import bring_forward
from .forms import ReceiptForm
from .models import Poll
from .words import ASIDE, BY, CHANNEL, OUTCOME, VOID

PLACE = {"place": "ballots"}
ZIP = "application/zip"
PAGE = 30


@require_GET
def polls(request: DayRequest) -> HttpResponse:
    """What is voted on, and what was."""
    rows = polls_visible_to(request.user).filter(entry__isnull=False)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    found = page_of(rows, queries.ORDER, size=PAGE, after=after, before=before)
    return render(request, "ballots/public_polls.html", {"page": found, "trail": [(_("Polls"), None)]} | PLACE)


@require_GET
def poll(request: DayRequest, ref: str) -> HttpResponse:
    return _page(request, _poll_of(request.user, ref))


@require_GET
def receipt(request: DayRequest, ref: str) -> HttpResponse:
    """Whether an envelope stands in the log, by the number of its receipt."""
    found = _poll_of(request.user, ref)
    form = ReceiptForm(request.GET if "number" in request.GET else None)
    index = queries.place_in_log(found, form.cleaned_data["number"]) if form.is_bound and form.is_valid() else None
    return _page(request, found, form=form, index=index, asked=form.is_bound and not form.errors)


def _page(request: DayRequest, found: Poll, **more: Any) -> HttpResponse:
    shown = queries.poll_shown(request.user, found.ref, timezone.now())
    assert shown is not None
    facts: dict[str, Any] = {
        "shown": shown,
        "poll": shown.poll,
        "rules": shown.poll.rules,
        "entry_hash": bytes(shown.poll.entry_hash or b"").hex(),
        "form": ReceiptForm(None),
        "trail": [(_("Polls"), reverse("public_polls")), (shown.poll.title, None)],
    }
    if shown.poll.is_told:
        facts |= _result(shown)
    return render(request, "ballots/public_poll.html", facts | more | PLACE)


def _result(shown: queries.Shown) -> dict[str, Any]:
    result = shown.poll.result
    rows = [
        (title, [row | {"said": OUTCOME[row["outcome"]],
                        "because": row["why"] if row["by"] == "left_out" else BY[row["by"]]} for row in outcomes])
        for title, outcomes in shown.outcomes
    ]  # fmt: skip
    numbers = result.numbers
    return {
        "result": result,
        "outcomes": rows,
        "void": [(VOID.get(why, why), count) for why, count in result.tally["void"].items() if count],
        "aside": [(ASIDE.get(why, why), count) for why, count in numbers["set_aside"].items()],
        "channels": [(CHANNEL.get(name, name), count) for name, count in numbers["by_channel"].items()],
    }


@require_GET
def heads(request: DayRequest, ref: str) -> JsonResponse:
    """Entry and signed heads as they are published, for observers who keep copies."""
    found = _poll_of(request.user, ref)
    told = [log.signed_of(each, ref) for each in publishing.heads_told(found, timezone.now())]
    return JsonResponse({"entry": found.entry, "heads": told})


@require_GET
def bundle(request: DayRequest, ref: str) -> HttpResponseBase:
    found = _poll_of(request.user, ref)
    if not found.is_told:
        raise Http404
    file = found.result.bundle.open("rb")
    return FileResponse(file, as_attachment=True, filename=f"bundle-{ref[:8]}.zip", content_type=ZIP)


@require_GET
def verifier(request: DayRequest) -> HttpResponse:
    """The page that checks a bundle in the browser, without this site. To be kept and opened from the disk."""
    response = HttpResponse(verifying.html(), content_type="text/html; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="verify.html"'
    return response


def _poll_of(reader: Reader, ref: str) -> Poll:
    found = polls_visible_to(reader).filter(entry__isnull=False, ref=ref).first()
    if found is None:
        raise Http404
    return bring_forward(found)
