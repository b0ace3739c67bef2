"""The pages of agreements: what is owed and the list, a new demand, one agreement, its employers, its draft as Word."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gongjian.register.models import Body, BodyEntry, Choice
from gongjian.register.queries.lists import unit_names
from gongjian.register.refusals import Refused
from gongjian.register.views.door import AccountRequest, DayRequest, signed_in_only
from gongjian.ui.templatetags.ui import keep_day

from . import documents, opening, queries
from .forms import AgreementFilterForm, DemandForm
from .models import Scope
from .pages import PLACE, body_of, form_page, found_of, hub_step, refusal_of, sent
from .wording import title_of

MOST_EMPLOYERS = 200


@signed_in_only
@require_GET
def agreements(request: DayRequest) -> HttpResponse:
    form = AgreementFilterForm(request.GET)
    if not form.is_valid():
        raise BadRequest(_("These conditions do not fit together. Go back to the list and choose again."))
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    filters = form.filters()
    query = urlencode({name: request.GET[name] for name in form.fields if request.GET.get(name)})
    facts = {
        "hub": queries.hub(request.user, filters, request.today, after=after, before=before),
        "form": form,
        "is_narrowed": filters != queries.Filters(),
        "query": f"?{query}" if query else "",
        "trail": [(_("Programme"), keep_day(reverse("programme"), request)), (_("Wage agreements"), None)],
    }
    return render(request, "agreements/agreements.html", facts | PLACE)


@signed_in_only
def agreement_new(request: AccountRequest, body_id: int) -> HttpResponseBase:
    union, name = body_of(request, body_id)
    if refusal := refusal_of(request, union):
        return refusal
    ids = opening.found(union, request.today) if union.line_path else []
    is_short = len(ids) <= MOST_EMPLOYERS
    names = unit_names(request.user, request.today, ids) if is_short else {}
    trades = [(each.key, str(each)) for each in Choice.objects.filter(list="trade")]
    employers = [(id, names.get(id, "")) for id in ids] if is_short else None
    form = DemandForm(sent(request), employers=employers, trades=trades, today=request.today)

    def demand() -> str:
        made = opening.demand(union, **_demanded(request, union, form), **_given(request))
        return reverse("agreement", args=[made.pk])

    facts = {"name": name, "employers": len(ids), "trail": [hub_step(), (_("Demand to bargain"), None)]}
    said = _("Written down. The next step stands on this page, with its day.")
    return form_page(request, form, demand, said, "agreements/new.html", facts)


def _demanded(request: AccountRequest, union: Body, form: DemandForm) -> dict[str, Any]:
    """As the action takes it: the employer found, and a title. Raises Refused."""
    given = dict(form.cleaned_data)
    wanted = given["employer"].strip() if given["scope"] == Scope.SINGLE else ""
    employer = opening.employer_called(union, wanted, request.today) if wanted else None
    if employer is not None:
        title = title_of(Scope.SINGLE, employer.name)
    else:
        trade = Choice.objects.filter(list="trade", key=given["trade"]).first() if given["trade"] else None
        seat = BodyEntry.objects.filter(body=union).order_by("-valid").first()
        place = seat.seat.entries.order_by("-valid").values_list("name", flat=True).first() if seat else ""
        title = title_of(given["scope"], place or "", trade.names["zh-hans"] if trade else "")
    return given | {"employer": employer.unit if employer else None, "title": title}


def _given(request: AccountRequest) -> dict[str, Any]:
    return {"today": request.today, "now": timezone.now(), "by": request.user}


@signed_in_only
@require_GET
def agreement(request: DayRequest, agreement_id: int) -> HttpResponse:
    shown = queries.agreement_shown(request.user, agreement_id, request.today)
    if shown is None:
        raise Http404
    found = shown.row.agreement
    first = shown.verbs[0] if shown.verbs and shown.verbs[0][0] == shown.row.verb else None
    facts = {
        "shown": shown,
        "row": shown.row,
        "agreement": found,
        "first": first,
        "others": shown.verbs[1:] if first else shown.verbs,
        "trail": [hub_step(), (found.title, None)],
    }
    return render(request, "agreements/agreement.html", facts | PLACE)


@signed_in_only
def agreement_units(request: AccountRequest, agreement_id: int) -> HttpResponseBase:
    """The employers in it; whoever keeps an agreement of an area or trade takes them in and leaves them out."""
    found = found_of(request, agreement_id)
    if request.method == "POST":
        return _change_units(request, found)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    covered = queries.units_shown(request.user, found, request.today, after=after, before=before)
    is_open = found.scope != Scope.SINGLE and not found.is_over and refusal_of(request, found.union) is None
    more = opening.not_in(found, request.today, most=MOST_EMPLOYERS) if is_open else []
    names = unit_names(request.user, request.today, more)
    facts = {
        "covered": covered,
        "agreement": found,
        "is_open": is_open,
        "more": [(id, names.get(id, "")) for id in more],
        "trail": [hub_step(), (found.title, reverse("agreement", args=[found.pk])), (_("Employers in it"), None)],
    }
    return render(request, "agreements/units.html", facts | PLACE)


def _change_units(request: AccountRequest, found: Any) -> HttpResponseBase:
    ids = [int(each) for each in request.POST.getlist("unit") if each.isdecimal() and len(each) < 19]
    try:
        if request.POST.get("do") == "leave_out" and ids:
            opening.leave_out(found, ids[0], today=request.today, by=request.user)
            messages.success(request, _("Left out from today on."))
        else:
            opening.take_in(found, ids, today=request.today, by=request.user)
            messages.success(request, _("Taken in."))
    except Refused as no:
        messages.error(request, str(no))
    return redirect("agreement_units", found.pk)


@signed_in_only
@require_GET
def agreement_docx(request: DayRequest, agreement_id: int) -> HttpResponse:
    shown = queries.agreement_shown(request.user, agreement_id, request.today)
    if shown is None:
        raise Http404
    return documents.as_word(shown, request.today)
