"""Home, and the way to one's own unit."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjian.appraisal.queries import running_cases
from gongjian.asks.queries import first_to_do, open_count
from gongjian.ballots.queries import polls_waiting
from gongjian.chronicle.record import acts_so_far
from gongjian.meetings.queries import next_meeting
from gongjian.register.access import can_change_register
from gongjian.register.views.door import DayRequest
from gongjian.reviews.queries import waiting_reviews
from gongjian.ui.templatetags.ui import keep_day

from . import queries


def home(request: DayRequest) -> HttpResponse:
    """Where the reader stands and where to go; for everybody else what this is and how to get in."""
    if not request.user.is_authenticated:
        is_open = getattr(request, "sample_city", False) and settings.PERSONA_DOORS
        return render(request, "desk/welcome.html", {"place": "home", "personas": personas() if is_open else []})
    acts, to_do = acts_so_far(), open_count(request.user)
    facts: dict[str, Any] = {
        "place": "home",
        "to_do": to_do,
        "first": first_to_do(request.user, request.today) if to_do else [],
        "meeting": next_meeting(request.user, request.today),
        "appraisals": running_cases(request.user),
        "reviews": waiting_reviews(request.user),
        "polls": polls_waiting(request.user, timezone.now()),
        "keeps_register": can_change_register(request.user),
        "standings": queries.standings(request.user, request.today),
        "counts": queries.counts(request.user, request.day, acts),
        "story": queries.village_story(request.user, getattr(request, "official_days", ()), acts),
    }
    return render(request, "desk/home.html", facts)


def mine(request: DayRequest) -> HttpResponse:
    """To the unit where the reader's first office has its seat; home, where all are named, if there is none."""
    held = queries.standings(request.user, request.today)
    seat = next((standing.seat for standing in held if standing.seat), None)
    address = reverse("unit", args=[seat.unit_id]) if seat else reverse("home")
    return redirect(keep_day(address, request))


def personas() -> list[tuple[str, str, str]]:
    """Who can be tried in the sample city: the key of the door, who it is, what they look after."""
    return [
        ("village-secretary", _("Village Party secretary"), _("One village, its people and its venue")),
        ("town-officer", _("Town officer"), _("One street with its villages and employers")),
        ("county-union-chair", _("County union chair"), _("The unions of one county, by line and by place")),
        ("city-organiser", _("City organiser"), _("Keeps the register of the whole city")),
        ("citizen", _("Citizen"), _("Reads what is open to everybody")),
        ("auditor", _("Auditor"), _("Looks back at any day and at who wrote what")),
    ]
