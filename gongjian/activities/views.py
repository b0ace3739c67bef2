"""The pages of good practice and of the publicity plan."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from gongjian.programme.access import office_that_keeps
from gongjian.register.models import Body
from gongjian.register.views.door import AccountRequest, signed_in_only
from gongjian.ui.excel import Column, workbook_response
from gongjian.ui.templatetags.ui import keep_day

from . import practices, publicity, queries
from .access import practices_visible_to, publicity_visible_to, uptakes_visible_to
from .forms import PracticeFilterForm, PracticeForm, PublicityFilterForm, PublicityForm, PublishedForm, UptakeForm
from .hosting import offered_hosts, own_bodies
from .models import Practice, PublicityItem
from .pages import (
    MOST_IN_A_FILE,
    PLACE,
    chosen_body,
    cursors_of,
    done,
    form_page,
    items_of,
    not_theirs,
    query_of,
    trail_to,
)
from .states import WORDS

SAID = {
    "check": gettext_lazy("Checked. It can be recommended now."),
    "recommend": gettext_lazy("Recommended: everybody who is signed in can read it and take it up."),
    "unrecommend": gettext_lazy("It is recommended no longer. Who took it up stays on record."),
    "send_back": gettext_lazy("Sent back. Whoever handed it in reads why."),
    "hand_in": gettext_lazy("Handed in again. It is checked above."),
}
PUBLICITY_SAID = {
    "publish": gettext_lazy("Written down, with where it can be read."),
    "drop": gettext_lazy("Dropped, with the reason. It can be put back."),
    "reopen": gettext_lazy("It is back in the plan."),
}


# == good practice ==
@signed_in_only
@require_GET
def practices_page(request: AccountRequest) -> HttpResponse:
    form = PracticeFilterForm(request.GET)
    trail = trail_to(request, "practices", _("Good practice"))
    facts: dict[str, Any] = {"form": form, "trail": trail, "place": PLACE}
    if not form.is_valid():
        return render(request, "activities/practices.html", facts, status=400)
    filters = form.filters()
    facts |= {
        "page": queries.practices_listed(request.user, filters, request.today, **cursors_of(request)),
        "is_narrowed": filters != queries.PracticeFilters(),
        "may_hand_in": bool(own_bodies(request.user, request.today)),
        "export_href": keep_day(f"{reverse('practices_export')}?{query_of(request, form.fields)}", request),
    }
    return render(request, "activities/practices.html", facts)


@signed_in_only
@require_GET
def practices_export(request: AccountRequest) -> HttpResponseBase:
    form = PracticeFilterForm(request.GET)
    if not form.is_valid():
        raise BadRequest(_("These conditions do not fit together. Go back to the list and choose again."))
    found = queries.every_practice(request.user, form.filters(), request.today, most=MOST_IN_A_FILE)
    if found is None:
        raise BadRequest(_("More than 100,000 records. Narrow the list down and take them from there."))
    columns = [Column(_("Title"), 36), Column(_("Organisation"), 36), Column(_("Line"), 12), Column(_("State"), 12)]
    columns += [
        Column(_("What was done"), 60),
        Column(_("What came of it"), 60),
        Column(_("What it takes elsewhere"), 40),
    ]
    rows = (
        [row.title, row.body_name, str(row.body.line), str(row.get_state_display()), row.done, row.came_of,
         row.conditions]
        for row in found
    )  # fmt: skip
    return workbook_response(f"{_('Good practice')}-{request.today}.xlsx", columns, rows, sheet=_("Good practice"))


@signed_in_only
@require_GET
def practice(request: AccountRequest, practice_id: int) -> HttpResponse:
    return _practice_page(request, practice_id, None)


def _practice_page(request: AccountRequest, practice_id: int, form: UptakeForm | None) -> HttpResponse:
    shown = queries.practice_shown(request.user, practice_id, request.today)
    if shown is None:
        raise Http404
    fresh = UptakeForm(None, takers=shown.takers, today=request.today) if shown.takers else None
    facts = {
        "shown": shown,
        "practice": shown.practice,
        "form": form or fresh,
        "moves": [(verb, WORDS[verb]) for verb in shown.verbs if verb != "send_back"],
        "may_send_back": "send_back" in shown.verbs,
        "may_amend": shown.keeps and shown.practice.state in (Practice.State.HANDED_IN, Practice.State.SENT_BACK),
        "trail": trail_to(request, "practices", _("Good practice"), shown.practice.title),
        "place": PLACE,
    }
    return render(request, "activities/practice.html", facts, status=400 if form else 200)


@signed_in_only
def practice_new(request: AccountRequest) -> HttpResponseBase:
    trail = trail_to(request, "practices", _("Good practice"), _("Hand in a good practice"))
    body = chosen_body(request, trail, _("Hand in a good practice"))
    if isinstance(body, HttpResponse):
        return body

    def write(filled: Any) -> Practice:
        return practices.hand_in(body, today=request.today, by=request.user, **filled.cleaned_data)

    return form_page(
        request, PracticeForm, write, title=_("Hand in a good practice"),
        said=_("Handed in. It is checked above, and others read it once it is recommended."), page="practice",
        back=reverse("practices"), trail=trail,
        lede=_("Nobody has to. Write what others could use; how many are handed in is not counted."),
    )  # fmt: skip


@signed_in_only
def practice_edit(request: AccountRequest, practice_id: int) -> HttpResponseBase:
    found = _practice(request, practice_id)
    if office_that_keeps(request.user, found.body) is None:
        return not_theirs(request, found.body)
    names = ("title", "done", "came_of", "conditions")
    known = {name: getattr(found, name) for name in names}

    def write(filled: Any) -> Practice:
        return practices.amend(found, by=request.user, **filled.cleaned_data)

    return form_page(
        request, lambda given: PracticeForm(given, initial=known), write, title=_("Amend the practice"),
        said=_("Kept. What stood before stays on record."), page="practice",
        back=reverse("practice", args=[found.pk]),
        trail=trail_to(request, "practices", _("Good practice"), found.title),
    )  # fmt: skip


@signed_in_only
@require_POST
def practice_move(request: AccountRequest, practice_id: int) -> HttpResponse:
    found, verb, words = _practice(request, practice_id), request.POST.get("do", ""), request.POST.get("words", "")
    if verb not in SAID:
        raise Http404
    if verb == "hand_in":
        done(request, lambda: practices.hand_in_again(found, by=request.user), SAID[verb])
    else:
        done(
            request,
            lambda: practices.judge(found, verb, words=words, today=request.today, by=request.user),
            SAID[verb],
        )
    # whoever checked it and sent it back may not see it any more
    seen = practices_visible_to(request.user).filter(pk=practice_id).exists()
    return redirect("practice", practice_id) if seen else redirect("practices")


@signed_in_only
@require_POST
def practice_take_up(request: AccountRequest, practice_id: int) -> HttpResponse:
    found = _practice(request, practice_id)
    own = own_bodies(request.user, request.today)
    form = UptakeForm(request.POST, takers=own, today=request.today)
    if not form.is_valid():
        return _practice_page(request, practice_id, form)
    given = dict(form.cleaned_data)
    body = Body.objects.get(pk=given.pop("body"))
    done(
        request,
        lambda: practices.take_up(found, body, today=request.today, by=request.user, **given),
        _("Taken up. With what effect can be told later."),
    )
    return redirect("practice", practice_id)


@signed_in_only
@require_POST
def uptake_tell(request: AccountRequest, practice_id: int, uptake_id: int) -> HttpResponse:
    """With what effect; or, with `do=give_up`, that it is not done any more."""
    rows = uptakes_visible_to(request.user).filter(practice=practice_id, pk=uptake_id)
    uptake = rows.select_related("practice", "body").first()
    if uptake is None:
        raise Http404
    if request.POST.get("do") == "give_up":
        done(request, lambda: practices.give_up(uptake, by=request.user), _("Taken off the list."))
    else:
        effect = request.POST.get("effect", "")
        done(request, lambda: practices.tell_effect(uptake, effect=effect, by=request.user), _("Kept."))
    return redirect("practice", practice_id)


def _practice(request: AccountRequest, practice_id: int) -> Practice:
    found = practices_visible_to(request.user).select_related("body").filter(pk=practice_id).first()
    if found is None:
        raise Http404
    return found


# == publicity ==
@signed_in_only
@require_GET
def publicity_page(request: AccountRequest) -> HttpResponse:
    """A month, day by day."""
    form = PublicityFilterForm(request.GET)
    trail = trail_to(request, "publicity", _("Publicity plan"))
    facts: dict[str, Any] = {"form": form, "trail": trail, "place": PLACE}
    if not form.is_valid():
        return render(request, "activities/publicity.html", facts, status=400)
    filters, days = form.filters(), form.month_shown(request.day)
    facts |= {
        "page": queries.publicity_listed(request.user, filters, days, request.today, **cursors_of(request)),
        "is_narrowed": filters != queries.PublicityFilters(),
        "month": days[0],
        "months": _months(request, days[0]),
        "may_plan": bool(own_bodies(request.user, request.today)),
        "export_href": keep_day(f"{reverse('publicity_export')}?{query_of(request, form.fields)}", request),
    }
    return render(request, "activities/publicity.html", facts)


def _months(request: AccountRequest, shown: date) -> list[tuple[str, int, str, bool]]:
    """The months around the one that is shown, with their addresses: twelve of its year, one before and one after."""
    given = {name: request.GET[name] for name in ("channel", "state", "line", "own", "body") if request.GET.get(name)}
    first = shown.year * 12 - 1
    months = [divmod(at, 12) for at in range(first, first + 14)]
    return [
        (
            f"{year:04}-{month + 1:02}",
            month + 1,
            keep_day(f"{reverse('publicity')}?{urlencode(given | {'month': f'{year:04}-{month + 1:02}'})}", request),
            (year, month + 1) == (shown.year, shown.month),
        )
        for year, month in months
    ]


@signed_in_only
@require_GET
def publicity_export(request: AccountRequest) -> HttpResponseBase:
    """The whole year in which the month lies."""
    form = PublicityFilterForm(request.GET)
    if not form.is_valid():
        raise BadRequest(_("These conditions do not fit together. Go back to the list and choose again."))
    year = form.month_shown(request.day)[0].year
    days = date(year, 1, 1), date(year, 12, 31)
    found = queries.every_publicity(request.user, form.filters(), days, request.today, most=MOST_IN_A_FILE)
    if found is None:
        raise BadRequest(_("More than 100,000 records. Narrow the list down and take them from there."))
    columns = [Column(_("Planned for"), 12, "day"), Column(_("Subject"), 44), Column(_("Channel"), 14)]
    columns += [Column(_("Organisation"), 36), Column(_("Who sees to it"), 36), Column(_("State"), 10)]
    columns += [Column(_("Came out on"), 12, "day"), Column(_("Address or issue"), 40), Column(_("Reason"), 40)]
    rows = (
        [row.planned_on, row.subject, str(row.channel), row.body_name, row.responsible_name,
         str(row.get_state_display()), row.published_on, row.address, row.dropped_reason]
        for row in found
    )  # fmt: skip
    return workbook_response(f"{_('Publicity plan')}-{year}.xlsx", columns, rows, sheet=str(year))


@signed_in_only
@require_GET
def publicity_item(request: AccountRequest, publicity_id: int) -> HttpResponse:
    return _publicity_page(request, publicity_id, None)


def _publicity_page(request: AccountRequest, publicity_id: int, form: PublishedForm | None) -> HttpResponse:
    shown = queries.publicity_shown(request.user, publicity_id, request.today)
    if shown is None:
        raise Http404
    fresh = PublishedForm(None, initial={"on": request.today}) if "publish" in shown.verbs else None
    facts = {
        "shown": shown,
        "item": shown.item,
        "form": form or fresh,
        "may_drop": "drop" in shown.verbs,
        "may_reopen": "reopen" in shown.verbs,
        "may_amend": shown.keeps and shown.item.state == PublicityItem.State.PLANNED,
        "is_link": shown.item.address.startswith(("https://", "http://")),
        "trail": trail_to(request, "publicity", _("Publicity plan"), shown.item.subject),
        "place": PLACE,
    }
    return render(request, "activities/publicity_item.html", facts, status=400 if form else 200)


@signed_in_only
@require_POST
def publicity_move(request: AccountRequest, publicity_id: int) -> HttpResponse:
    found, verb = _publicity(request, publicity_id), request.POST.get("do", "")
    if verb not in PUBLICITY_SAID:
        raise Http404
    if verb == "publish":
        form = PublishedForm(request.POST)
        if not form.is_valid():
            return _publicity_page(request, publicity_id, form)
        given = form.cleaned_data
        done(
            request,
            lambda: publicity.publish(found, today=request.today, by=request.user, **given),
            PUBLICITY_SAID[verb],
        )
    elif verb == "drop":
        reason = request.POST.get("reason", "")
        done(request, lambda: publicity.drop(found, reason=reason, by=request.user), PUBLICITY_SAID[verb])
    else:
        done(request, lambda: publicity.reopen(found, by=request.user), PUBLICITY_SAID[verb])
    return redirect("publicity_item", publicity_id)


@signed_in_only
def publicity_new(request: AccountRequest) -> HttpResponseBase:
    trail = trail_to(request, "publicity", _("Publicity plan"), _("Plan something to publish"))
    body = chosen_body(request, trail, _("Plan something to publish"))
    if isinstance(body, HttpResponse):
        return body

    def write(filled: Any) -> PublicityItem:
        return publicity.plan(body, today=request.today, by=request.user, **filled.given())

    return form_page(
        request, lambda given: _publicity_form(request, given, body), write, title=_("Plan something to publish"),
        said=_("It is in the plan."), page="publicity_item", back=reverse("publicity"), trail=trail,
        lede=_("There is no number that has to be reached, and how many read it is not kept."),
    )  # fmt: skip


@signed_in_only
def publicity_edit(request: AccountRequest, publicity_id: int) -> HttpResponseBase:
    found = _publicity(request, publicity_id)
    if office_that_keeps(request.user, found.body) is None:
        return not_theirs(request, found.body)

    def write(filled: Any) -> PublicityItem:
        return publicity.amend(found, today=request.today, by=request.user, **filled.given())

    return form_page(
        request, lambda given: _publicity_form(request, given, found.body, found), write, title=_("Amend it"),
        said=_("Kept. What stood before stays on record."), page="publicity_item",
        back=reverse("publicity_item", args=[found.pk]),
        trail=trail_to(request, "publicity", _("Publicity plan"), found.subject),
    )  # fmt: skip


def _publicity_form(
    request: AccountRequest, given: Any, body: Body, found: PublicityItem | None = None
) -> PublicityForm:
    known = [body.pk, *([found.responsible_id] if found else [])]
    offered = offered_hosts(request.user, body, request.today, known)
    items = items_of(request, body)
    if found is not None:
        items |= items.model.objects.filter(pk=found.item_id).order_by("due_on", "pk")
    return PublicityForm(given, body=body, offered=offered, items=items, item=found)


def _publicity(request: AccountRequest, publicity_id: int) -> PublicityItem:
    rows = publicity_visible_to(request.user).select_related("body__line", "responsible")
    found = rows.filter(pk=publicity_id).first()
    if found is None:
        raise Http404
    return found
