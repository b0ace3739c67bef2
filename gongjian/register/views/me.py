"""One's own page: who one is in the register, who sees one, what is lent, and everything that is held, as a file."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongjian.chronicle.record import record
from gongjian.ui.takeaway import zipped
from gongjian.ui.templatetags.ui import keep_day

from .. import appointments
from ..actions import Refused
from ..authority.reach import reach_of
from ..models import Delegation
from ..office_forms import LendForm
from ..queries.lending import MOST, borrowers
from ..queries.me import me, own_office, person_of, words_of
from ..queries.own import everything_about
from .door import DayRequest, signed_in_only

TAKEN_AWAY = "register.take_own_data"


@signed_in_only
@never_cache
@require_safe
def own(request: DayRequest) -> HttpResponse:
    facts = {"me": me(request.user, request.today), "place": "me", "trail": [(_("My page"), None)]}
    return render(request, "register/me.html", facts)


@signed_in_only
@never_cache
@require_POST
def take_data(request: DayRequest) -> HttpResponse:
    """Everything that is held of the reader, as a ZIP. That it was taken stands in the chronicle."""
    person = person_of(request.user)
    subject = f"register.person:{person.pk}" if person else f"accounts.user:{request.user.pk}"
    with transaction.atomic():
        record(TAKEN_AWAY, by=request.user, subject=subject)
        tables = everything_about(person, request.user)  # type: ignore[arg-type]
    name = f"gongjian-{request.today.isoformat()}"
    answer = HttpResponse(zipped(tables, name), content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    return answer


@signed_in_only
@never_cache
@require_http_methods(["GET", "POST"])
def lend(request: DayRequest, office_id: int) -> HttpResponse:
    """Whom to lend the rights of one's office to: looked for by name, then shown in words before it is done."""
    held = own_office(request.user, office_id, request.today)
    if held is None:
        raise Http404
    words = request.GET.get("q", "").replace("\x00", "").strip()[:80]
    people = borrowers(request.user, held.office, request.today, words)
    given = request.POST if request.method == "POST" else request.GET if "person" in request.GET else None
    form = LendForm(given, people=people, office=held.office, today=request.today)
    is_sound = form.is_bound and form.is_valid()
    if request.method == "POST" and is_sound:
        typed = form.cleaned_data
        days = {"on": request.today, "until": form.until, "today": request.today}
        try:
            appointments.lend(held.office, typed["person"], by=request.user, **days)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            said = {"person": typed["person"].name, "day": typed["last_day"]}
            messages.success(request, _("Lent to %(person)s. Last day: %(day)s.") % said)
            return redirect(keep_day(reverse("me"), request))
    offered = list(people[: MOST + 1])
    form.offer(offered[:MOST])
    facts = {
        "held": held,
        "form": form,
        "q": words,
        "is_long": len(offered) > MOST,
        "is_empty": not offered,
        "lent": words_of(held.opens),
        "preview": form.cleaned_data if is_sound and not form.errors else None,
        "trail": [(_("My page"), keep_day(reverse("me"), request)), (_("Lend the rights of an office"), None)],
    }
    return render(request, "register/lend.html", facts, status=422 if form.errors else 200)


@signed_in_only
@require_POST
def take_back(request: DayRequest, delegation_id: int) -> HttpResponse:
    mine = Delegation.objects.filter(pk=delegation_id, office__person=reach_of(request.user).person_id)
    loan = mine.select_related("office__body", "person").first()
    if loan is None:
        raise Http404
    try:
        appointments.take_back(loan, today=request.today, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("Taken back from %(person)s.") % {"person": loan.person.name})
    return redirect(keep_day(reverse("me"), request))
