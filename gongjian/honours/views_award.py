"""The register of honours: the list and one award for everybody, what is done to one; the certificate; nurturing."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from gongjian.register.access import bodies_visible_to, units_visible_to
from gongjian.register.queries.lists import body_names, unit_names
from gongjian.register.views.door import AccountRequest, DayRequest, signed_in_only
from gongjian.ui.excel import Column, workbook_response
from gongjian.ui.templatetags.ui import keep_day

from . import awarding, queries_award
from .certificate import as_pdf, sheet_of
from .forms import DocumentForm, NameForm, StepForm
from .models import Award
from .pages import PLACE, Trail, done, top
from .queries import due_of
from .queries_award import Filters
from .states import AWARD_MOVES, WORDS

KEPT = 60  # seconds that a public page may be old
TOLD = {
    "publish": gettext_lazy("It is published."),
    "keep": gettext_lazy("It is kept until the next time."),
    "warn": gettext_lazy("The warning is written down, and everybody reads it."),
    "clear": gettext_lazy("The warning is taken off."),
    "withdraw": gettext_lazy("It is withdrawn. The register keeps it, with the reason."),
    "lapse": gettext_lazy("It has ended. The register keeps it."),
}


@require_GET
def awards(request: DayRequest) -> HttpResponse:
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    filters = _filters(request)
    page = queries_award.awards_listed(request.user, filters, request.today, after=after, before=before)
    facts = {
        "page": page, "filters": filters, "honours": queries_award.honours_given(), "states": Award.State.choices[1:],
        "trail": _trail(request, _("Register of honours")),
    }  # fmt: skip
    return kept(render(request, "honours/awards.html", facts | PLACE), request, page.rows)


@signed_in_only
@require_GET
def awards_export(request: DayRequest) -> HttpResponseBase:
    columns = [
        Column(_("Honour"), 28), Column(_("Holder"), 40), Column(_("Year"), 8), Column(_("Number"), 20),
        Column(_("Document"), 40), Column(_("Whose decision it is"), 30), Column(_("Day"), 12),
        Column(_("State"), 14), Column(_("To be looked at again by"), 14),
    ]  # fmt: skip
    rows = (
        (str(each.honour), each.name, each.year, each.number, each.document, each.issuer, each.awarded_on,
         each.get_state_display(), each.recheck_on)
        for each in queries_award.every_award(request.user, _filters(request), request.today)
    )  # fmt: skip
    return workbook_response(_("honours.xlsx"), columns, rows, sheet=_("Honours"))


def _filters(request: DayRequest) -> Filters:
    year = request.GET.get("year", "")
    return Filters(
        honour=request.GET.get("honour", "").replace("\x00", "")[:40],
        state=request.GET.get("state", "").replace("\x00", "")[:10],
        year=int(year) if year.isdecimal() and len(year) == 4 else None,
    )  # fmt: skip


@require_GET
def unit_honours(request: DayRequest, unit_id: int) -> HttpResponse:
    name = unit_names(request.user, request.today, [unit_id]).get(unit_id)
    if name is None or not units_visible_to(request.user).filter(pk=unit_id).exists():
        raise Http404
    return _of_one(request, name, reverse("unit", args=[unit_id]), unit=unit_id)


@require_GET
def body_honours(request: DayRequest, body_id: int) -> HttpResponse:
    name = body_names(request.user, request.today, [body_id]).get(body_id)
    if name is None or not bodies_visible_to(request.user).filter(pk=body_id).exists():
        raise Http404
    return _of_one(request, name, reverse("body", args=[body_id]), body=body_id)


def _of_one(request: DayRequest, name: str, back: str, **whose: int) -> HttpResponse:
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = queries_award.held_by(request.user, request.today, after=after, before=before, **whose)
    facts = {"page": page, "name": name, "back": back, "trail": [(name, back), (_("Honours"), None)]}
    return kept(render(request, "honours/of_one.html", facts | PLACE), request, page.rows)


# == one award ==
@require_GET
def award(request: DayRequest, award_id: int) -> HttpResponse:
    shown = queries_award.award_shown(request.user, award_id, request.today)
    if shown is None:
        raise Http404(_("This honour is not public."))
    found = shown.award
    verbs = [verb for verb in shown.moves if verb != "publish"]
    facts = {
        "shown": shown, "award": found, "moves": [(verb, WORDS[verb]) for verb in verbs],
        "steps": [(each, WORDS[each.verb]) for each in shown.steps], "step_form": StepForm(None) if verbs else None,
        "publish_form": DocumentForm(None, initial={"document": found.document}) if "publish" in shown.moves else None,
        "name_form": NameForm(None, initial={"name": shown.public_name or found.name})  # type: ignore[attr-defined]
        if shown.names_itself else None,
        "trail": [*_trail(request, _("Register of honours"), reverse("honour_awards")), (found.number, None)],
    }  # fmt: skip
    return kept(render(request, "honours/award.html", facts | PLACE), request, [found])


@signed_in_only
@require_POST
def award_move(request: AccountRequest, award_id: int) -> HttpResponseBase:
    found = award_of(request, award_id)
    verb = request.POST.get("do", "")
    if verb not in {known for _state, known in AWARD_MOVES}:
        raise Http404
    form = DocumentForm(request.POST, request.FILES) if verb == "publish" else StepForm(request.POST)
    address = reverse("honour_award", args=[found.pk])
    return done(request, form, lambda: _carry_out(request, found, verb, form.cleaned_data), str(TOLD[verb]), address)


def _carry_out(request: AccountRequest, found: Award, verb: str, given: dict[str, Any]) -> None:
    by, today, now = request.user, request.today, timezone.now()
    again = given.get("recheck_on") or date.min  # refused with a sentence where it is needed
    match verb:
        case "publish":
            awarding.publish(found, today=today, by=by, **given)
        case "keep":
            awarding.keep(found, reason=given["reason"], recheck_on=again, today=today, now=now, by=by)
        case "warn":
            awarding.warn(found, reason=given["reason"], recheck_on=again, today=today, by=by)
        case "clear":
            awarding.clear(found, reason=given["reason"], recheck_on=again, today=today, now=now, by=by)
        case "withdraw":
            awarding.withdraw(found, reason=given["reason"], today=today, now=now, by=by)
        case "lapse":
            awarding.lapse(found, reason=given["reason"], today=today, now=now, by=by)


@signed_in_only
@require_POST
def award_name(request: AccountRequest, award_id: int) -> HttpResponseBase:
    """The person lets everybody read it, or takes that back."""
    found = award_of(request, award_id)
    address = reverse("honour_award", args=[found.pk])
    if request.POST.get("do") == "hide":
        said = _("Your name is not public any more.")
        return done(request, None, lambda: awarding.hide_name(found, by=request.user), said, address)
    form = NameForm(request.POST)
    said = _("Everybody reads it under this name. You can take that back at any time.")
    return done(request, form, lambda: awarding.show_name(found, by=request.user, **form.cleaned_data), said, address)


@require_GET
def certificate(request: DayRequest, award_id: int) -> HttpResponse:
    """Of what stands: a withdrawn honour has no certificate."""
    shown = queries_award.award_shown(request.user, award_id, request.today)
    if shown is None or not shown.award.stands:
        raise Http404(_("There is no certificate: it was withdrawn, has ended, or is not published."))
    found = shown.award
    address = settings.SITE + reverse("honour_award", args=[found.pk])
    sheet = sheet_of(found, found.name, address)  # type: ignore[attr-defined]
    paper = HttpResponse(as_pdf(sheet), content_type="application/pdf")
    paper["Content-Disposition"] = content_disposition_header(False, f"certificate-{found.number}.pdf") or "inline"
    return kept(paper, request, [found])


@signed_in_only
@require_GET
def award_paper(request: DayRequest, award_id: int) -> HttpResponseBase:
    found = award_of(request, award_id)
    if not found.file:
        raise Http404
    return FileResponse(found.file.open("rb"), as_attachment=True, filename=str(found.file.name).rpartition("/")[2])


@signed_in_only
@require_GET
def due(request: DayRequest) -> HttpResponse:
    """What the reader's organisations gave and is to be looked at again soon."""
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    rows = due_of(request.user, request.today)
    page = queries_award.due_listed(request.user, rows, request.today, after=after, before=before)
    facts = {"page": page, "trail": [top(request), (_("To be looked at again"), None)]}
    return render(request, "honours/due.html", facts | PLACE)


# == what the views share ==
def award_of(request: DayRequest, award_id: int) -> Award:
    found = queries_award.award_of(request.user, award_id)
    if found is None:
        raise Http404
    return found


def kept(answer: HttpResponse, request: DayRequest, rows: list[Award]) -> HttpResponse:
    """Told again for a minute to whoever is not signed in (gongjian/ui/kept_pages.py); but never where somebody is
    named, who may take that back."""
    if not request.user.is_authenticated and all(each.person_id is None for each in rows):
        answer["Cache-Control"] = f"public, max-age={KEPT}"
    return answer


def _trail(request: DayRequest, title: str, address: str | None = None) -> Trail:
    if request.user.is_authenticated:
        return [top(request), (title, keep_day(address, request) if address else None)]
    return [(title, address)]
