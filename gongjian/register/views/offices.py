"""Giving and ending offices in a body, and inviting whoever holds one: for the bodies above it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from gongjian.accounts import actions as accounts
from gongjian.ui.templatetags.ui import keep_day

from .. import appointments
from ..access import bodies_visible_to, body_entries_visible_to, offices_visible_to, persons_visible_to
from ..actions import Refused
from ..authority.wall import behind_it
from ..models import Body, Office, OfficeKind, Permission, Person, Role
from ..office_forms import AppointForm, EndForm, InviteForm
from .door import DayRequest, signed_in_only
from .why import refused

PEOPLE = 300


@signed_in_only
@never_cache
@require_http_methods(["GET", "POST"])
def given(request: DayRequest, body_id: int) -> HttpResponse:
    """Who holds which office today, and the form that gives one."""
    body, name = _body(request, body_id)
    if not appointments.can_appoint(request.user, body, request.today):
        return refused(request, Permission.APPOINT, body, name)
    form = _appoint_form(request, body)
    if request.method == "POST" and form.is_valid():
        try:
            office = _appoint(request, body, form)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            said = {"person": office.person.name, "office": office.kind}
            messages.success(request, _("%(person)s is entered as %(office)s.") % said)
            return redirect(keep_day(reverse("offices", args=[body_id]), request))
    return _page(request, body, name, form, status=422 if request.method == "POST" else 200)


@behind_it()
def _appoint(request: DayRequest, body: Body, form: AppointForm) -> Office:
    typed = form.cleaned_data
    person = typed["known"] or Person.objects.create(name=typed["name"])
    days = {"on": typed["since"], "until": typed["until"], "today": request.today}
    return appointments.appoint(body, person, typed["kind"], by=request.user, **days)


@signed_in_only
@require_POST
def end(request: DayRequest, body_id: int, office_id: int) -> HttpResponse:
    body, _name = _body(request, body_id)
    office = _office(request, body, office_id)
    form = EndForm(request.POST, today=request.today)
    back = redirect(keep_day(reverse("offices", args=[body_id]), request))
    if not form.is_valid():
        messages.error(request, str(form.errors["on"][0]))
        return back
    try:
        appointments.remove(office, on=form.cleaned_data["on"], today=request.today, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
        return back
    messages.success(request, _("The office of %(person)s ends.") % {"person": office.person.name})
    return back


@signed_in_only
@never_cache
@require_POST
def invite(request: DayRequest, body_id: int, office_id: int) -> HttpResponse:
    """Opens an account for whoever holds the office. The address to set a password is shown this once."""
    body, name = _body(request, body_id)
    office = _office(request, body, office_id)
    form = InviteForm(request.POST, office=office)
    if not form.is_valid():
        return _page(request, body, name, _appoint_form(request, body), invited=form, status=422)
    try:
        account = appointments.invite(office, form.cleaned_data["username"], today=request.today, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
        return redirect(keep_day(reverse("offices", args=[body_id]), request))
    except ValidationError as no:
        form.add_error("username", no.messages)
        return _page(request, body, name, _appoint_form(request, body), invited=form, status=422)
    facts = {
        "person": office.person.name,
        "username": account.username,
        "address": request.build_absolute_uri(accounts.password_path(account)),
        "back": keep_day(reverse("offices", args=[body_id]), request),
        "trail": [(name, keep_day(reverse("body", args=[body_id]), request)), (_("Invitation"), None)],
    }
    return render(request, "register/invited.html", facts)


def _body(request: DayRequest, body_id: int) -> tuple[Body, str]:
    body = bodies_visible_to(request.user).filter(pk=body_id).first()
    entry = body_entries_visible_to(request.user).filter(body=body_id).order_by("-valid").first()
    if body is None or entry is None:
        raise Http404
    return body, entry.name


def _office(request: DayRequest, body: Body, office_id: int) -> Office:
    """An office of the body; not found for whoever may not give offices there."""
    offices = offices_visible_to(request.user).filter(body=body, pk=office_id)
    office: Office | None = offices.select_related("person", "kind", "body").first()
    if office is None or not appointments.can_appoint(request.user, body, request.today):
        raise Http404
    return office


def _appoint_form(request: DayRequest, body: Body) -> AppointForm:
    kinds = OfficeKind.objects.filter(line=body.line_id).order_by("position")
    people = persons_visible_to(request.user).filter(
        pk__in=Person.objects.filter(memberships__body=body)
        .values("pk")
        .union(Person.objects.filter(offices__body=body).values("pk"))
    )
    return AppointForm(
        request.POST if request.method == "POST" and "kind" in request.POST else None,
        kinds=kinds,
        people=people.order_by("name")[:PEOPLE] if request.method == "GET" else people.order_by("name"),
        today=request.today,
    )


def _page(
    request: DayRequest,
    body: Body,
    name: str,
    form: AppointForm,
    *,
    invited: InviteForm | None = None,
    status: int = 200,
) -> HttpResponse:
    not_over = Q(valid__endswith__isnull=True) | Q(valid__endswith__gt=request.today)
    held = offices_visible_to(request.user).filter(not_over, body=body)
    offices = list(held.select_related("person", "kind").order_by("kind__position", "valid"))
    kinds = OfficeKind.objects.filter(line=body.line_id).prefetch_related("roles").order_by("position")
    facts = {
        "name": name,
        "body": body,
        "form": form,
        "offices": [(office, EndForm(today=request.today), _invite_form(office, invited)) for office in offices],
        "opens": [(kind, [_told(role) for role in kind.roles.all()]) for kind in kinds],
        "trail": [(name, keep_day(reverse("body", args=[body.pk]), request)), (_("Offices"), None)],
        "walk": "line",
    }
    return render(request, "register/offices.html", facts, status=status)


def _invite_form(office: Office, invited: InviteForm | None) -> InviteForm | None:
    if office.person.account_id is not None:
        return None
    return invited if invited and invited.office.pk == office.pk else InviteForm(office=office)


def _told(role: Role) -> tuple[str, str, list[str]]:
    return str(role), str(Role.Walk(role.walk).label), [str(Permission(word).label) for word in role.permissions]
