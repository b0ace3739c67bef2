"""Who can see and do what with a unit or a body, and why; and the page of a refusal that explains itself."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from gongjian.ui.templatetags.ui import keep_day

from ..access import bodies_visible_to, body_entries_visible_to, unit_entries_visible_to, units_visible_to
from ..authority.policy import Thing
from ..models import Body, BodyEntry, Permission, Unit, UnitEntry
from ..queries.why import OF_UNITS, Holder, who, who_appoints
from .door import DayRequest

OF_BODIES = [word for word in Permission if word not in (Permission.APPOINT, Permission.SET_TARGETS)]
# the first is told by who appoints, the other is of places


def unit_access(request: DayRequest, unit_id: int) -> HttpResponse:
    unit = units_visible_to(request.user).filter(pk=unit_id).first()
    entries = unit_entries_visible_to(request.user).filter(unit=unit_id)
    return _access(request, unit, entries.order_by("-valid").first())


def body_access(request: DayRequest, body_id: int) -> HttpResponse:
    body = bodies_visible_to(request.user).filter(pk=body_id).first()
    entries = body_entries_visible_to(request.user).filter(body=body_id)
    return _access(request, body, entries.order_by("-valid").first())


def _access(request: DayRequest, thing: Thing | None, entry: UnitEntry | BodyEntry | None) -> HttpResponse:
    if thing is None or entry is None:
        raise Http404
    of = "unit" if isinstance(thing, Unit) else "body"
    page = keep_day(reverse(of, args=[thing.pk]), request)
    facts = {
        "name": entry.name,
        "of": of,
        "page": page,
        "told": who(request.user, thing, request.today, OF_UNITS if of == "unit" else OF_BODIES),
        "appoints": who_appoints(request.user, thing, request.today) if isinstance(thing, Body) else [],
        "trail": [(entry.name, page), (_("Who can see this, and why"), None)],
    }
    return render(request, "register/access.html", facts)


def refused(request: DayRequest, permission: Permission, thing: Thing, name: str) -> HttpResponse:
    """What one would need to come in here, whose office carries it, and who can give such an office."""
    told = who(request.user, thing, request.today, [permission])[0]
    nearest: Holder | None = told.holders[0] if told.holders else None
    of = "unit" if isinstance(thing, Unit) else "body"
    facts = {
        "told": told,
        "name": name,
        "nearest": nearest,
        "givers": who_appoints(request.user, _body(nearest.body_id), request.today) if nearest else [],
        "access": keep_day(reverse(f"{of}_access", args=[thing.pk]), request),
        "trail": [(name, keep_day(reverse(of, args=[thing.pk]), request)), (_("Not open to you"), None)],
    }
    return render(request, "register/refused.html", facts, status=403)


def _body(body_id: int) -> Body:
    return Body.objects.get(pk=body_id)
