"""The pages of nurturing: those one is concerned with, a new one, one with its stages."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongjian.register.access import body_entries_visible_to, unit_entries_visible_to
from gongjian.register.models import Body, Unit
from gongjian.register.queries.lists import body_names
from gongjian.register.refusals import Refused
from gongjian.register.views.door import AccountRequest, DayRequest, signed_in_only
from gongjian.ui.templatetags.ui import keep_day

from . import growing, queries, queries_award
from .access import applications_visible_to, bodies_kept_by, nurturings_visible_to
from .forms import NurturingForm, ReasonForm, StageForm
from .models import Honour, Nurturing
from .pages import PLACE, body_of, done, form_page, officer_called, refusal_of, sent, top


@signed_in_only
@require_GET
def nurturings(request: DayRequest) -> HttpResponse:
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    keepers = list(bodies_kept_by(request.user).order_by("line__position", "pk").values_list("pk", flat=True)[:20])
    names = body_names(request.user, request.today, keepers)
    facts = {
        "page": queries_award.nurturings_listed(request.user, request.today, after=after, before=before),
        "keepers": [(id, names.get(id, "")) for id in keepers],
        "trail": [top(request), (_("Nurturing models"), None)],
    }
    return render(request, "honours/nurturings.html", facts | PLACE)


@signed_in_only
def nurturing_new(request: DayRequest, body_id: int) -> HttpResponseBase:
    body, name = body_of(request, body_id)
    if (no := refusal_of(request, body)) is not None:
        return no
    honours = [each for each, _rules in queries.catalogue(request.user) if each.line_id in (None, body.line_id)]
    form = NurturingForm(sent(request), honours=honours)

    def act() -> str:
        given = form.cleaned_data
        whose = _whose(request, given["kind"], given["name"])
        mentor = officer_called(request.user, given["mentor"], request.today)
        honour = Honour.objects.filter(pk=given["honour"]).first() if given["honour"] else None
        made = growing.begin(
            body, mentor=mentor, aim=given["aim"], stages=form.stages(), honour=honour, agreed_how=given["agreed_how"],
            today=request.today, by=request.user, **whose,
        )  # fmt: skip
        return reverse("honour_nurturing", args=[made.pk])

    back = keep_day(reverse("honour_nurturings"), request)
    trail = [top(request), (_("Nurturing models"), back)]
    return form_page(request, form, act, _("It is begun."), _("Nurture a model"), back, trail, lede=name)


def _whose(request: DayRequest, kind: str, name: str) -> dict[str, Any]:
    """The one of this name. Raises Refused."""
    name = name.strip()
    if kind == "person":
        people = queries_award.people_called(request.user, name)
        if len(people) == 1:
            return {"person": people[0]}
    else:
        entries: Any = body_entries_visible_to if kind == "body" else unit_entries_visible_to
        rows = entries(request.user).on(request.today).filter(name=name)
        ids = list(rows.values_list("body" if kind == "body" else "unit", flat=True)[:2])
        if len(ids) == 1:
            return {kind: (Body if kind == "body" else Unit).objects.get(pk=ids[0])}
    raise Refused(
        _("Not one, or several, of the name “%(name)s” are open to you. Look at the spelling.") % {"name": name}
    )


@signed_in_only
@require_GET
def nurturing(request: DayRequest, nurturing_id: int) -> HttpResponse:
    shown = queries_award.nurturing_shown(request.user, nurturing_id, request.today)
    if shown is None:
        raise Http404
    found = shown.nurturing
    rows = applications_visible_to(request.user).filter(pk__in=growing.led_to(found).values("pk"))
    leads_to = list(rows.select_related("call").order_by("-pk")[:10])
    facts = {
        "shown": shown, "nurturing": found, "stages": found.stages.all(), "reason_form": ReasonForm(None),
        "stage_form": StageForm(None) if shown.tends else None, "leads_to": leads_to if shown.ends else [],
        "trail": [top(request), (_("Nurturing models"), keep_day(reverse("honour_nurturings"), request)),
                  (shown.name, None)],
    }  # fmt: skip
    return render(request, "honours/nurturing.html", facts | PLACE)


@signed_in_only
@require_POST
def nurturing_move(request: AccountRequest, nurturing_id: int) -> HttpResponseBase:
    """A stage added or reached, the application it led to, or its end."""
    found = nurturings_visible_to(request.user).filter(pk=nurturing_id).first()
    if found is None:
        raise Http404
    verb = request.POST.get("do", "")
    form = StageForm(request.POST) if verb == "stage" else ReasonForm(request.POST)
    address = reverse("honour_nurturing", args=[found.pk])
    return done(request, form, lambda: _carry_out(request, found, verb, form.cleaned_data), _("It is written down."),
                address)  # fmt: skip


def _carry_out(request: AccountRequest, found: Nurturing, verb: str, given: dict[str, Any]) -> None:
    by, today, now = request.user, request.today, timezone.now()
    id = request.POST.get("id", "")
    match verb:
        case "stage":
            growing.add_stage(found, today=today, by=by, **given)
        case "reach":
            stage = found.stages.filter(pk=id).first() if id.isdecimal() and len(id) < 19 else None
            if stage is None:
                raise Refused(_("This stage is not there. Look at it again."))
            growing.reach(stage, word=given["reason"], today=today, now=now, by=by)
        case "apply":
            rows = applications_visible_to(request.user)
            application = rows.filter(pk=id).first() if id.isdecimal() and len(id) < 19 else None
            if application is None:
                raise Refused(_("This application is not open to you. Choose one of the list."))
            growing.lead_to(found, application, today=today, now=now, by=by)
        case "end":
            growing.end(found, because=given["reason"], today=today, now=now, by=by)
        case _:
            raise Http404
