"""A body's page."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from gongjian.ui.templatetags.ui import keep_day

from ..access import can_change_register, can_see_roll, changes_visible_to
from ..appointments import can_appoint
from ..keeping import keeps_body
from ..models import Body
from ..queries.beside import beside
from ..queries.body import body_page
from .door import DayRequest, link_events


def body(request: DayRequest, body_id: int) -> HttpResponse:
    places = {"after": request.GET.get("after", ""), "before": request.GET.get("before", "")}
    page = body_page(request.user, body_id, request.day, request.today, **places)
    if page is None:
        raise Http404
    link_events(page.events, "body", request)
    above = [(name, keep_day(reverse("body", args=[id]), request)) for id, name in page.line_way]
    facts = {"page": page, "trail": [*above, (page.nearest.name, "")], "walk": "line"}
    facts |= {"keeps_register": can_change_register(request.user), "sees_changes": changes_visible_to(request.user)}
    facts["keeps_place"] = request.user.is_authenticated and keeps_body(request.user, page.nearest.body, request.today)
    facts["can_appoint"] = can_appoint(request.user, Body(pk=body_id, line=page.nearest.body.line), request.today)
    facts["beside"] = beside(request.user, request.day, "body", body_id)
    facts["sees_roll"] = can_see_roll(request.user, Body(pk=body_id))
    return render(request, "register/body.html", facts)
