"""The pages of contact points: the list, one of them, setting, amending, handing on and ending one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongjian.programme.access import bodies_kept_by, keeping_body
from gongjian.register.access import bodies_visible_to, offices_visible_to
from gongjian.register.models import Body, Office, Permission
from gongjian.register.queries.lists import body_names
from gongjian.register.refusals import Refused
from gongjian.register.views.door import DayRequest, signed_in_only
from gongjian.register.views.why import refused
from gongjian.ui.excel import Column, workbook_response
from gongjian.ui.templatetags.ui import keep_day

from . import points, queries
from .access import contacts_visible_to, office_that_sets
from .define import visits_to_begin_with
from .forms import AmendPointForm, ContactFilterForm, EndPointForm, HandOnForm, PointForm, RecheckForm
from .models import ContactPoint
from .queries_point import contact_shown

MOST_IN_A_FILE = 100_000


# == the list ==
@signed_in_only
@require_GET
def contact_points(request: DayRequest) -> HttpResponse:
    form = ContactFilterForm(request.GET)
    facts: dict[str, Any] = {
        "form": form,
        "own": queries.own_listed(request.user, request.today),
        "sets": queries.bodies_that_set(request.user, bodies_kept_by(request.user), request.today),
        "trail": [(_("Programme"), keep_day(reverse("programme"), request)), (_("Contact points"), None)],
        "place": "programme",
    }
    if not form.is_valid():
        return render(request, "contacts/points.html", facts, status=400)
    filters = form.filters()
    form.offer_leaders(queries.leaders_to_choose(request.user, request.today, filters.leader))
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    query = urlencode({name: request.GET[name] for name in form.fields if request.GET.get(name)})
    of_point = body_names(request.user, request.today, [filters.point]).get(filters.point, "") if filters.point else ""
    facts |= {
        "listed": queries.contacts_listed(request.user, filters, request.today, after=after, before=before),
        "is_narrowed": filters != queries.ContactFilters(),
        "of_point": of_point,
        "export_href": keep_day(f"{reverse('contact_points_export')}?{query}", request),
    }
    return render(request, "contacts/points.html", facts)


@signed_in_only
@require_GET
def contact_points_export(request: DayRequest) -> HttpResponseBase:
    form = ContactFilterForm(request.GET)
    if not form.is_valid():
        raise BadRequest(_("These conditions do not fit together. Go back to the list and choose again."))
    found = queries.every_contact(request.user, form.filters(), request.today, most=MOST_IN_A_FILE)
    if found is None:
        raise BadRequest(_("More than 100,000 records. Choose a line or an organisation and take them from there."))
    columns = [Column(_("Contact point"), 40), Column(_("Line"), 14), Column(_("Leader who keeps in touch"), 40)]
    columns += [Column(_("From"), 12, "day"), Column(_("Until the day before"), 12, "day"), Column(_("State"), 14)]
    columns += [Column(_("Visits a year"), 10, "number"), Column(_("Visits this year"), 44)]
    columns += [Column(_("Demonstration point"), 30), Column(_("Why this one"), 50)]
    rows = map(_line, found)
    return workbook_response(f"{_('Contact points')}-{request.today}.xlsx", columns, rows, sheet=_("Contact points"))


def _line(row: queries.Row) -> list[Any]:
    contact = row.contact
    facts = [row.point, str(contact.point.line), row.leader, contact.since, contact.until, row.state_said]
    return [
        *facts,
        contact.wanted,
        row.visits_said,
        row.demonstration.document if row.demonstration else "",
        contact.why,
    ]


@signed_in_only
@require_GET
def body_contact_points(request: DayRequest, body_id: int) -> HttpResponse:
    """To the list of whose contact point it is; a leader's organisation to the list of its own."""
    if not bodies_visible_to(request.user).filter(pk=body_id).exists():
        raise Http404
    leads = contacts_visible_to(request.user).filter(leader_body=body_id).exists()
    query = urlencode({"leader" if leads else "point": body_id})
    return redirect(keep_day(f"{reverse('contact_points')}?{query}", request))


# == one contact point ==
@signed_in_only
@require_GET
def contact_point(request: DayRequest, contact_id: int) -> HttpResponse:
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    shown = contact_shown(request.user, contact_id, request.today, after=after, before=before)
    if shown is None:
        raise Http404
    contact = shown.row.contact
    is_over = contact.has_ended(request.today)
    has_demonstration = any(each.stands for each in shown.demonstrations)
    sets = shown.sets is not None
    facts: dict[str, Any] = {
        "shown": shown,
        "row": shown.row,
        "contact": contact,
        "sets": sets,
        "is_over": is_over,
        "may_visit": shown.visits_as is not None and not is_over,
        "may_tell": shown.visits_as is not None,
        "may_take_out": sets and not shown.page.rows and not shown.demonstrations,
        "may_approve": sets and not is_over and not has_demonstration,
        "recheck": RecheckForm() if sets and has_demonstration else None,
        "trail": trail_of(request, contact, here=True),
        "place": "programme",
    }
    return render(request, "contacts/point.html", facts)


# == setting and ending ==
@signed_in_only
def contact_point_new(request: DayRequest, body_id: int) -> HttpResponseBase:
    body = bodies_visible_to(request.user).filter(pk=body_id).select_related("line").first()
    name = body_names(request.user, request.today, [body_id]).get(body_id)
    if body is None or name is None:
        raise Http404
    if refusal := refusal_of(request, body):
        return refusal
    offices = _offices(request, body)
    form = PointForm(_sent(request), offices=offices, today=request.today, wanted=visits_to_begin_with())

    def set_it() -> ContactPoint:
        given = dict(form.cleaned_data)
        point = body_called(request, given.pop("point"))
        return points.set_point(given.pop("leader"), point, today=request.today, by=request.user, **given)

    facts = {
        "title": _("New contact point"),
        "kind": name,
        "lede": _("A leader keeps in touch with one organisation, and helps with what it cannot solve itself."),
        "nobody": not offices,
        "trail": [(name, reverse("body", args=[body.pk])), (_("New contact point"), None)],
        "back": reverse("contact_points"),
    }
    return form_page(request, form, set_it, _("It is a contact point now."), facts)


@signed_in_only
def contact_point_edit(request: DayRequest, contact_id: int) -> HttpResponseBase:
    contact = contact_of(request, contact_id)
    if refusal := refusal_of(request, contact.leader_body):
        return refusal
    form = AmendPointForm(_sent(request), contact=contact)
    facts = {"title": _("Visits and reason")} | _around(request, contact)
    return form_page(
        request, form, lambda: points.amend(contact, by=request.user, **form.cleaned_data), _("Kept."), facts
    )


@signed_in_only
def contact_point_end(request: DayRequest, contact_id: int) -> HttpResponseBase:
    contact = contact_of(request, contact_id)
    if refusal := refusal_of(request, contact.leader_body):
        return refusal
    form = EndPointForm(_sent(request), today=request.today)
    facts = {"title": _("End the contact point"), "lede": _("What was seen and found stays on record.")}
    facts |= _around(request, contact)
    done = _("It ends on that day. What was seen and found stays.")
    return form_page(request, form, lambda: points.end(contact, by=request.user, **form.cleaned_data), done, facts)


@signed_in_only
def contact_point_hand_on(request: DayRequest, contact_id: int) -> HttpResponseBase:
    contact = contact_of(request, contact_id)
    if refusal := refusal_of(request, contact.leader_body):
        return refusal
    offices = [each for each in _offices(request, contact.leader_body) if each.pk != contact.leader_id]
    form = HandOnForm(_sent(request), offices=offices, today=request.today)
    facts = {"title": _("Hand it on"), "nobody": not offices} | _around(request, contact)
    facts["lede"] = _("To another office of the same organisation: to whoever follows, for one.")

    def hand_on() -> ContactPoint:
        return points.hand_on(contact, today=request.today, by=request.user, **form.cleaned_data)

    return form_page(request, form, hand_on, _("Handed on."), facts)


@signed_in_only
@require_POST
def contact_point_take_out(request: DayRequest, contact_id: int) -> HttpResponseBase:
    contact = contact_of(request, contact_id)
    if refusal := refusal_of(request, contact.leader_body):
        return refusal
    try:
        points.take_out(contact, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
        return redirect("contact_point", contact.pk)
    messages.success(request, _("Taken out. The chronicle keeps that it was there."))
    return redirect("contact_points")


# == what the views share ==
def contact_of(request: DayRequest, contact_id: int) -> ContactPoint:
    rows = contacts_visible_to(request.user).select_related("point__line", "leader_body__line", "leader_kind")
    found = rows.filter(pk=contact_id).first()
    if found is None:
        raise Http404
    return found


def refusal_of(request: DayRequest, body: Body) -> HttpResponse | None:
    """The page that says who keeps the matters of this body, for whoever does not."""
    if office_that_sets(request.user, body) is not None:
        return None
    keeper = keeping_body(body)
    name = body_names(request.user, request.today, [keeper.pk]).get(keeper.pk, "")
    return refused(request, Permission.KEEP_PLANS, keeper, name)


def body_called(request: DayRequest, typed: str) -> Body:
    """The one body of this name or code. Raises Refused."""
    ids = queries.bodies_called(request.user, typed, request.today)
    if len(ids) != 1:
        raise Refused(
            _("No organisation is called that. Write the name or the code as in the register.")
            if not ids
            else _("Several organisations are called that. Write the code of the one you mean.")
        )
    return Body.objects.get(pk=ids[0])


def form_page(
    request: DayRequest,
    form: forms.Form,
    act: Callable[[], ContactPoint],
    done: str,
    facts: dict[str, Any],
    template: str = "contacts/form.html",
) -> HttpResponseBase:
    """Shows the form; once it is sent and right, does the act and leads to the contact point."""
    if form.is_bound and form.is_valid():
        try:
            contact = act()
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, done)
            return redirect("contact_point", contact.pk)
    shown = {"form": form, "place": "programme"} | facts
    return render(request, template, shown, status=400 if form.is_bound else 200)


def trail_of(request: DayRequest, contact: ContactPoint, *, here: bool = False) -> list[tuple[str, str | None]]:
    name = body_names(request.user, request.today, [contact.point_id]).get(contact.point_id, "")
    own = keep_day(reverse("contact_point", args=[contact.pk]), request)
    return [(_("Contact points"), keep_day(reverse("contact_points"), request)), (name, None if here else own)]


def _around(request: DayRequest, contact: ContactPoint) -> dict[str, Any]:
    trail = trail_of(request, contact)
    return {"kind": trail[-1][0], "back": reverse("contact_point", args=[contact.pk]), "trail": trail}


def _sent(request: DayRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _offices(request: DayRequest, body: Body) -> list[Office]:
    held = offices_visible_to(request.user).on(request.today).filter(body=body).select_related("kind", "person")
    return list(held.order_by("kind__position", "pk"))
