"""The pages of plans: the list, one plan, drafting and amending one, and taking items down into it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from gongjian.register.access import bodies_visible_to
from gongjian.register.models import Body, Permission
from gongjian.register.queries.lists import body_names, units_to_narrow_to
from gongjian.register.refusals import Refused
from gongjian.register.views.door import DayRequest, signed_in_only
from gongjian.register.views.why import refused
from gongjian.ui.excel import Column, workbook_response
from gongjian.ui.templatetags.ui import keep_day

from . import actions, queries
from .access import keeping_body, office_that_keeps, plans_visible_to
from .forms import NewPlanForm, PlanFilterForm, PlanForm
from .models import Plan, Task
from .states import PLAN_MOVES, WORDS, moves_of

MOST_IN_A_FILE = 100_000
SAID = {
    "publish": gettext_lazy(
        "Published: everybody who is signed in can read it, and organisations below can take items down."
    ),
    "withdraw": gettext_lazy("It is a draft again, and read by whoever keeps it."),
    "close": gettext_lazy("Closed: nothing in it changes any more. It can be reopened."),
    "reopen": gettext_lazy("Reopened."),
}


# == the list ==
@signed_in_only
@require_GET
def plans(request: DayRequest) -> HttpResponse:
    form = PlanFilterForm(request.GET, years=queries.years_of_plans(request.user))
    facts: dict[str, Any] = {
        "form": form,
        "own": queries.own_plans(request.user, request.today.year, request.today),
        "trail": [(_("Programme"), keep_day(reverse("programme"), request)), (_("Plans"), None)],
        "place": "programme",
    }
    if not form.is_valid():
        return render(request, "programme/plans.html", facts, status=400)
    filters = form.filters()
    form.offer_units(_places(request, filters.below))
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    query = urlencode({name: request.GET[name] for name in form.fields if request.GET.get(name)})
    facts |= {
        "listed": queries.plans_listed(request.user, filters, request.today, after=after, before=before),
        "is_narrowed": filters != queries.PlanFilters(),
        "export_href": keep_day(f"{reverse('plans_export')}?{query}", request),
    }
    return render(request, "programme/plans.html", facts)


def _places(request: DayRequest, below: int | None) -> list[tuple[int, str]]:
    inside = units_to_narrow_to(request.user, request.today, below)
    here = [(below, queries.unit_name(request.user, below, request.today))] if below else []
    return [*here, *inside]


@signed_in_only
@require_GET
def plans_export(request: DayRequest) -> HttpResponseBase:
    form = PlanFilterForm(request.GET, years=queries.years_of_plans(request.user))
    if not form.is_valid():
        raise BadRequest(_("These conditions do not fit together. Go back to the list and choose again."))
    found = queries.every_plan(request.user, form.filters(), request.today, most=MOST_IN_A_FILE)
    if found is None:
        raise BadRequest(_("More than 100,000 records. Choose a place further down and take them from there."))
    columns = [Column(_("Organisation"), 40), Column(_("Line"), 14), Column(_("Year"), 8, "number")]
    columns += [Column(_("State"), 12), Column(_("Theme"), 40), Column(_("Items"), 8, "number")]
    columns += [Column(_("Finished"), 8, "number"), Column(_("Late"), 8, "number")]
    rows = (
        [row.name, str(row.body.line), row.year, row.get_state_display(), row.theme, *_numbers(row.counts)]
        for row in found
    )
    return workbook_response(f"{_('Plans')}-{request.today}.xlsx", columns, rows, sheet=_("Plans"))


def _numbers(counts: dict[str, int]) -> list[int]:
    return [counts["items"], counts["done"], counts["late"]]


# == one plan ==
@signed_in_only
@require_GET
def plan(request: DayRequest, plan_id: int) -> HttpResponse:
    shown = queries.plan_shown(request.user, plan_id, request.today)
    if shown is None:
        raise Http404
    is_kept = shown.office is not None
    facts: dict[str, Any] = {
        "shown": shown,
        "plan": shown.plan,
        "is_kept": is_kept,
        "moves": [(verb, WORDS[verb]) for verb in moves_of(shown.plan)] if is_kept else [],
        "can_add": is_kept and shown.plan.is_open,
        "trail": trail_of(request, shown.plan, shown.name, here=True),
        "place": "programme",
    }
    return render(request, "programme/plan.html", facts)


@signed_in_only
@require_GET
def plan_export(request: DayRequest, plan_id: int) -> HttpResponseBase:
    found = plan_of(request, plan_id)
    columns = [Column(_("What is to be done"), 40), Column(_("In more words"), 50), Column(_("Who owns it"), 32)]
    columns += [Column(_("Done together with"), 40), Column(_("Begins on"), 12, "day"), Column(_("Due on"), 12, "day")]
    columns += [Column(_("Milestone"), 32), Column(_("Indicator"), 28), Column(_("State"), 12)]
    columns += [Column(_("Late"), 8), Column(_("Why it is late"), 40), Column(_("Why it was dropped"), 40)]
    name = body_names(request.user, request.today, [found.body_id]).get(found.body_id, "")
    rows = map(_item_line, queries.item_rows(request.user, found, request.today))
    return workbook_response(f"{name}-{found.year}.xlsx", columns, rows, sheet=str(found.year))


def _item_line(row: queries.ItemRow) -> list[Any]:
    item = row.item
    partners = "；".join(name for _id, name in row.partners)
    indicator = str(item.indicator) if item.indicator else ""
    facts = [item.title, item.what, row.owner, partners, item.starts_on, item.due_on, item.milestone, indicator]
    late = _("Late") if row.is_late else ""
    return [*facts, item.get_state_display(), late, item.late_reason, item.dropped_reason]


@signed_in_only
@require_GET
def body_plan(request: DayRequest, body_id: int) -> HttpResponse:
    """To the body's plan of the day's year; where there is none, a page that says so and what to do."""
    body = bodies_visible_to(request.user).filter(pk=body_id).first()
    if body is None:
        raise Http404
    year = request.day.year
    found = plans_visible_to(request.user).filter(body=body, year=year).first()
    if found is not None:
        return redirect("plan", found.pk)
    name = body_names(request.user, request.day, [body.pk]).get(body.pk, "")
    keeps = office_that_keeps(request.user, body) is not None
    facts = {
        "name": name,
        "body_id": body.pk,
        "year": year,
        "may_draft": keeps and year >= request.today.year and bool(body.line_path),
        "trail": [(name, keep_day(reverse("body", args=[body.pk]), request)), (_("Plan"), None)],
        "place": "programme",
    }
    return render(request, "programme/no_plan.html", facts)


# == drafting and amending ==
@signed_in_only
def plan_new(request: DayRequest, body_id: int) -> HttpResponseBase:
    body = bodies_visible_to(request.user).filter(pk=body_id).select_related("line").first()
    name = body_names(request.user, request.today, [body_id]).get(body_id)
    if body is None or name is None:
        raise Http404
    if office_that_keeps(request.user, body) is None:
        return refused(request, Permission.KEEP_PLANS, keeping_body(body), name)
    before = list(plans_visible_to(request.user).filter(body=body).order_by("-year"))
    taken = {each.year for each in before}
    years = [year for year in (request.today.year, request.today.year + 1) if year not in taken]
    given = request.POST if request.method == "POST" else None
    form = NewPlanForm(given, years=years, last=before[0] if before else None)
    if given is not None and form.is_valid():
        try:
            made = _open(request, body, before, form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("The draft is there. Add items, take some down, then publish it."))
            return redirect("plan", made.pk)
    facts = {
        "form": form,
        "name": name,
        "years": years,
        "before": before[0] if before else None,
        "back": reverse("plans"),
        "trail": [(name, reverse("body", args=[body.pk])), (_("New plan"), None)],
        "place": "programme",
    }
    return render(request, "programme/plan_new.html", facts, status=200 if given is None else 400)


def _open(request: DayRequest, body: Body, before: list[Plan], given: dict[str, Any]) -> Plan:
    last = next((each for each in before if each.year < given["year"]), None)
    based_on = last if given.pop("carries_over", False) else None
    return actions.open_plan(body, given.pop("year"), today=request.today, by=request.user, based_on=based_on, **given)


@signed_in_only
def plan_edit(request: DayRequest, plan_id: int) -> HttpResponseBase:
    found = plan_of(request, plan_id)
    if refusal := refusal_of(request, found):
        return refusal
    given = request.POST if request.method == "POST" else None
    form = PlanForm(given, initial={"theme": found.theme, "document": found.document})
    if given is not None and form.is_valid():
        try:
            actions.amend_plan(found, by=request.user, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Kept."))
            return redirect("plan", found.pk)
    facts = {"form": form, "plan": found, "title": _("Theme and document"), "back": reverse("plan", args=[found.pk])}
    facts |= {"trail": trail_of(request, found), "place": "programme"}
    return render(request, "programme/form.html", facts, status=200 if given is None else 400)


@signed_in_only
@require_POST
def plan_move(request: DayRequest, plan_id: int) -> HttpResponseBase:
    found = plan_of(request, plan_id)
    if refusal := refusal_of(request, found):
        return refusal
    verb = request.POST.get("do", "")
    if verb not in {known for _state, known in PLAN_MOVES}:
        raise Http404
    try:
        actions.move_plan(found, verb, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, SAID[verb])
    return redirect("plan", found.pk)


@signed_in_only
def take_down(request: DayRequest, plan_id: int) -> HttpResponseBase:
    """What the plans above hold and this one does not have yet; several are taken with one click."""
    found = plan_of(request, plan_id)
    if refusal := refusal_of(request, found):
        return refusal
    offered = queries.offered(request.user, found, request.today)
    if request.method == "POST":
        try:
            count = _take(request, found, offered)
        except Refused as no:
            messages.error(request, str(no))
        else:
            messages.success(request, _("Items taken down: %(count)s") % {"count": count})
            return redirect("plan", found.pk)
    facts = {"plan": found, "offered": offered, "trail": trail_of(request, found), "place": "programme"}
    return render(request, "programme/take_down.html", facts)


def _take(request: DayRequest, found: Plan, offered: queries.Offered) -> int:
    """How many items came into the plan. Raises Refused."""
    ids, keys = set(request.POST.getlist("item")), set(request.POST.getlist("task"))
    items = [each for _name, _plan_above, held in offered.plans for each in held if str(each.pk) in ids]
    tasks: list[Task] = [each for each in offered.tasks if each.pk in keys]
    taken = actions.take_down(found, items, by=request.user) if items or not tasks else []
    taken += actions.take_up(found, tasks, by=request.user) if tasks else []
    return len(taken)


# == what the views share ==
def plan_of(request: DayRequest, plan_id: int) -> Plan:
    found = plans_visible_to(request.user).select_related("body__line").filter(pk=plan_id).first()
    if found is None:
        raise Http404
    return found


def refusal_of(request: DayRequest, found: Plan) -> HttpResponse | None:
    """The page that says who keeps this plan, for whoever does not."""
    if office_that_keeps(request.user, found.body) is not None:
        return None
    keeper = keeping_body(found.body)
    name = body_names(request.user, request.today, [keeper.pk]).get(keeper.pk, "")
    return refused(request, Permission.KEEP_PLANS, keeper, name)


def trail_of(request: DayRequest, found: Plan, name: str = "", *, here: bool = False) -> list[tuple[str, str | None]]:
    name = name or body_names(request.user, request.today, [found.body_id]).get(found.body_id, "")
    own = keep_day(reverse("plan", args=[found.pk]), request)
    title = _("Plan of %(year)s") % {"year": found.year}
    return [
        (_("Plans"), keep_day(reverse("plans"), request)),
        (name, keep_day(reverse("body", args=[found.body_id]), request)),
        (title, None if here else own),
    ]
