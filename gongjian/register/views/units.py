"""A unit's page."""

from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from gongjian.ui.templatetags.ui import keep_day

from ..access import can_change_register, changes_visible_to
from ..keeping import keeps_unit
from ..models import Unit
from ..queries.beside import beside
from ..queries.unit import unit_page
from .door import DayRequest, link_events


def unit(request: DayRequest, unit_id: int) -> HttpResponse:
    official_days = getattr(request, "official_days", ())
    page = unit_page(request.user, unit_id, request.day, request.today, official_days)
    if page is None:
        raise Http404
    link_events(page.events, "unit", request)
    trail = [(name, keep_day(reverse("unit", args=[id]), request)) for id, name in page.way]
    facts = {
        "page": page,
        "trail": trail or [(page.nearest.name, "")],
        "parent": page.way[-2] if len(page.way) > 1 else None,
        "housed_list": keep_day(f"{reverse('units')}?{urlencode({'place': unit_id})}", request),
        "bodies_list": keep_day(f"{reverse('bodies')}?{urlencode({'below': unit_id})}", request),
        "walk": "territory",
        "keeps_place": request.user.is_authenticated and keeps_unit(request.user, Unit.objects.get(pk=unit_id)),
        "beside": beside(request.user, request.day, "unit", unit_id),
        "keeps_register": can_change_register(request.user),
        "sees_changes": changes_visible_to(request.user),
    }
    return render(request, "register/unit.html", facts)
