"""What everybody reads of deeds, recommending one, and what waits for the reader."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gongjian.accounts.devices import hash_of, network_of
from gongjian.accounts.limits import take
from gongjian.register.access import bodies_visible_to
from gongjian.register.models import Body
from gongjian.register.queries.lists import body_names
from gongjian.register.queries.search import found as search
from gongjian.register.refusals import Refused
from gongjian.register.views.door import DayRequest, signed_in_only

from . import queries, recommending
from .access import office_that_keeps
from .forms import DeedFilterForm, FindForm, RecommendForm
from .models import Deed
from .queries import Row

PLACE = {"place": "deeds"}
KEPT = 60  # seconds that a public page may be old
MOST_HITS = 12


@require_GET
def deeds(request: DayRequest) -> HttpResponse:
    """All that is shown, by time; the stars of a month, a quarter or a year."""
    form = DeedFilterForm(request.GET, times=queries.times_shown())
    facts: dict[str, Any] = {"form": form, "trail": [(_("Shining words and deeds"), None)], "is_kept": True} | PLACE
    if not form.is_valid():
        return render(request, "deeds/deeds.html", facts, status=400)
    filters = form.filters()
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    listed = queries.deeds_listed(request.user, filters, request.today, after=after, before=before)
    name = body_names(request.user, request.today, [filters.body]).get(filters.body, "") if filters.body else ""
    facts |= {"listed": listed, "of_body": name, "of_id": filters.body,
              "is_narrowed": filters != queries.DeedFilters()}  # fmt: skip
    return kept(render(request, "deeds/deeds.html", facts), request, listed.rows)


def kept(answer: HttpResponse, request: DayRequest, rows: Sequence[Row]) -> HttpResponse:
    """Told again for a minute to whoever is not signed in (gongjian/ui/kept_pages.py); but never where somebody is
    named, who may take that back."""
    if not request.user.is_authenticated and all(row.deed.of == Deed.Of.BODY for row in rows):
        answer["Cache-Control"] = f"public, max-age={KEPT}"
    return answer


@require_GET
def deeds_recommend(request: DayRequest) -> HttpResponse:
    """First of which organisation."""
    form = FindForm(request.GET if "q" in request.GET else None)
    words = form.cleaned_data["q"].strip() if form.is_bound and form.is_valid() else ""
    hits = search(request.user, words, request.today, size=MOST_HITS * 2).bodies[:MOST_HITS] if words else []
    facts = {"form": form, "words": words, "hits": [each for each in hits if each.stands],
             "trail": [deeds_step(), (_("Recommend a deed"), None)]}  # fmt: skip
    return render(request, "deeds/recommend.html", facts | PLACE, status=400 if form.errors else 200)


def deed_new(request: DayRequest, body_id: int) -> HttpResponseBase:
    """By anybody. What comes from one address, and what reaches one organisation, is bounded."""
    body = bodies_visible_to(request.user).filter(pk=body_id).select_related("line").first()
    name = body_names(request.user, request.today, [body_id]).get(body_id)
    if body is None or name is None:
        raise Http404
    keeps = office_that_keeps(request.user, body) is not None
    form = RecommendForm(
        request.POST if request.method == "POST" else None, is_signed_in=request.user.is_authenticated, keeps=keeps
    )
    if form.is_bound and form.is_valid():
        made = _recommended(request, body, form)
        if made is not None:
            messages.success(request, _("Sent. Keep this page's address: here you see what becomes of it."))
            return redirect("deed_ref", made.ref)
    facts = {"form": form, "name": name, "body_id": body_id,
             "trail": [deeds_step(), (_("Recommend a deed"), reverse("deeds_recommend")), (name, None)]}  # fmt: skip
    return render(request, "deeds/new.html", facts | PLACE, status=400 if form.is_bound else 200)


def _recommended(request: DayRequest, body: Body, form: RecommendForm) -> Deed | None:
    """What was made; None with a sentence in the form where it was refused."""
    known = Deed.objects.filter(ref=form.cleaned_data["ref"]).exists()
    pots = recommending.pots_of(hash_of(network_of(request)), body.pk, request.user.pk)
    if not known and not take(pots):
        form.add_error(None, _("Very much was recommended just now. Nothing is lost: send it again in some minutes."))
        return None
    try:
        return recommending.recommend(
            body, today=request.today, now=timezone.now(), by=request.user, **form.said()
        )  # fmt: skip
    except Refused as no:
        form.add_error(None, str(no))
        return None


@require_GET
def deed_ref(request: DayRequest, ref: str) -> HttpResponse:
    """What became of it, for whoever recommended it; without its words, which others may have asked to be gone."""
    found = Deed.objects.filter(ref=ref).select_related("body").first()
    if found is None:
        raise Http404
    name = body_names(request.user, request.today, [found.body_id]).get(found.body_id, "")
    returned = found.checks.filter(verdict="return").order_by("-pk").first()
    facts = {"deed": found, "name": name, "steps": queries.steps_of(found), "returned": returned,
             "trail": [deeds_step(), (_("What became of it"), None)]}  # fmt: skip
    response = render(request, "deeds/ref.html", facts | PLACE)
    response["Cache-Control"] = "no-store"
    return response


@signed_in_only
@require_GET
def deeds_waiting(request: DayRequest) -> HttpResponse:
    facts = {"work": queries.work_of(request.user, request.today), "trail": [deeds_step(), (_("My part"), None)]}
    return render(request, "deeds/waiting.html", facts | PLACE)


def deeds_step() -> tuple[str, str | None]:
    return _("Shining words and deeds"), reverse("deeds")
