"""The pages of meetings: the list, and one series with its members, its meetings and what they decided."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongjian.programme.access import keeping_body, office_that_keeps
from gongjian.register.access import bodies_visible_to
from gongjian.register.models import Body, Permission
from gongjian.register.queries.lists import body_names
from gongjian.register.refusals import Refused
from gongjian.register.views.door import DayRequest, signed_in_only
from gongjian.register.views.why import refused
from gongjian.ui.excel import Column, workbook_response
from gongjian.ui.templatetags.ui import keep_day

from . import actions, queries
from .access import series_visible_to
from .forms import MeetingForm, MemberForm, SeriesForm
from .models import Member, Series
from .outcomes import outcomes

MOST_IN_A_FILE = 10_000
PLACE = {"place": "programme"}


# == the list ==
@signed_in_only
@require_GET
def meetings(request: DayRequest) -> HttpResponse:
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    facts = {
        "listed": queries.meetings_listed(request.user, request.today, after=after, before=before),
        "trail": [(_("Programme"), keep_day(reverse("programme"), request)), (_("Meetings"), None)],
    }
    return render(request, "meetings/meetings.html", facts | PLACE)


# == a series ==
@signed_in_only
@require_GET
def series(request: DayRequest, series_id: int) -> HttpResponse:
    return _series_page(request, series_id, None)


def _series_page(request: DayRequest, series_id: int, form: MemberForm | None) -> HttpResponse:
    shown = queries.series_shown(request.user, series_id, request.today)
    if shown is None:
        raise Http404
    offered = _to_join(request, shown.series, [seat.body_id for seat, _name in shown.members]) if shown.is_kept else []
    facts: dict[str, Any] = {
        "shown": shown,
        "series": shown.series,
        "is_kept": shown.is_kept,
        "member_form": form or (MemberForm(None, offered=offered, today=request.today) if offered else None),
        "trail": [(_("Meetings"), keep_day(reverse("meetings"), request)), (shown.series.name, None)],
    }
    return render(request, "meetings/series.html", facts | PLACE, status=400 if form else 200)


def _to_join(request: DayRequest, found: Series, known: list[int]) -> list[Any]:
    offered = queries.members_offered(request.user, found.host, request.today)
    return [each for each in offered if each.body_id not in known]


@signed_in_only
def series_new(request: DayRequest, body_id: int) -> HttpResponseBase:
    host = bodies_visible_to(request.user).filter(pk=body_id).select_related("line").first()
    name = body_names(request.user, request.today, [body_id]).get(body_id)
    if host is None or name is None:
        raise Http404
    if office_that_keeps(request.user, host) is None:
        return refused(request, Permission.KEEP_PLANS, keeping_body(host), name)
    given = request.POST if request.method == "POST" else None
    offered = queries.members_offered(request.user, host, request.today)
    form = SeriesForm(given, offered=offered, initial=_start_values(request, offered, host))
    if given is not None and form.is_valid():
        try:
            made = actions.begin_series(host, today=request.today, by=request.user, **form.given())
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("The series is there. Call its first meeting."))
            return redirect("series", made.pk)
    kinds = [(each, queries.custom_of(each)) for each in Series.Kind.values]
    facts = {"form": form, "name": name, "kinds": kinds, "title": _("Begin a series"), "back": reverse("meetings")}
    facts["trail"] = [(_("Meetings"), reverse("meetings")), (_("Begin a series"), None)]
    return render(request, "meetings/series_new.html", facts | PLACE, status=200 if given is None else 400)


def _start_values(request: DayRequest, offered: list[Any], host: Body) -> dict[str, Any]:
    """The pack's, for the kind asked for; and whoever the host leads as members."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in Series.Kind.values else Series.Kind.CONFERENCE.value
    custom = queries.custom_of(kind)
    led = [str(each.body_id) for each in offered if each.leader_id == host.pk]
    values: dict[str, Any] = {"kind": kind, "members": led}
    if custom is not None:
        values |= {"months": custom.months, "closes_before": custom.closes_before, "name": str(custom)}
    return values


@signed_in_only
def series_edit(request: DayRequest, series_id: int) -> HttpResponseBase:
    found = series_of(request, series_id)
    if refusal := refusal_of(request, found):
        return refusal
    given = request.POST if request.method == "POST" else None
    form = SeriesForm(given, series=found)
    if given is not None and form.is_valid():
        try:
            actions.amend_series(found, by=request.user, **form.given())
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Kept."))
            return redirect("series", found.pk)
    return form_page(request, form, _("Amend the series"), reverse("series", args=[found.pk]), trail_of(request, found))


@signed_in_only
@require_POST
def series_move(request: DayRequest, series_id: int) -> HttpResponse:
    """End it, or take it up again."""
    found = series_of(request, series_id)
    try:
        if request.POST.get("do") == "resume":
            actions.resume_series(found, by=request.user)
        else:
            actions.end_series(found, today=request.today, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("Written down."))
    return redirect("series", found.pk)


@signed_in_only
@require_POST
def member_add(request: DayRequest, series_id: int) -> HttpResponse:
    found = series_of(request, series_id)
    form = MemberForm(request.POST, offered=_to_join(request, found, []), today=request.today)
    if form.is_valid():
        on = form.cleaned_data["since"]
        try:
            actions.add_member(found, form.body_chosen, on=on, today=request.today, by=request.user)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("It takes part from that day on."))
            return redirect("series", found.pk)
    return _series_page(request, series_id, form)


@signed_in_only
@require_POST
def member_end(request: DayRequest, series_id: int, member_id: int) -> HttpResponse:
    found = series_of(request, series_id)
    seat = Member.objects.filter(series=found, pk=member_id).select_related("series").first()
    if seat is None:
        raise Http404
    try:
        actions.end_member(seat, on=request.today, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("From today on it takes part no longer. It can join again."))
    return redirect("series", found.pk)


@signed_in_only
def call(request: DayRequest, series_id: int) -> HttpResponseBase:
    """Call the next meeting of the series."""
    found = series_of(request, series_id)
    if refusal := refusal_of(request, found):
        return refusal
    given = request.POST if request.method == "POST" else None
    last = found.meetings.order_by("day").last()
    initial = {"day": _next_day(found, last.day if last else None, request.today), "begins_at": time(9)}
    form = MeetingForm(given, initial=initial | ({"place": last.place} if last else {}))
    if given is not None and form.is_valid():
        try:
            made = actions.call_meeting(found, today=request.today, by=request.user, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("The meeting is called. Members can hand topics in."))
            return redirect("meeting", made.pk)
    trail = trail_of(request, found)
    return form_page(request, form, _("Call a meeting"), reverse("series", args=[found.pk]), trail)


def _next_day(found: Series, last: date | None, today: date) -> date:
    """A rhythm after the last one; today where there is none, or where that is over."""
    if last is None:
        return today
    years, month = divmod(last.month - 1 + found.months, 12)
    return max(today, date(last.year + years, month + 1, min(last.day, 28)))


@signed_in_only
@require_GET
def series_export(request: DayRequest, series_id: int) -> HttpResponseBase:
    """Every decision of the series with what became of it."""
    found = series_of(request, series_id)
    told = outcomes(request.user, queries.decided_in(request.user, found)[:MOST_IN_A_FILE], request.today)
    columns = [Column(_("Meeting"), 12, "day"), Column(_("Topic"), 30), Column(_("What it is"), 10)]
    columns += [Column(_("What was decided"), 60), Column(_("Who carries it out"), 32)]
    columns += [Column(_("To be done by"), 12, "day"), Column(_("State"), 12), Column(_("Reason"), 40)]
    rows = (
        [
            each.decision.meeting.day,
            each.decision.topic.title if each.decision.topic else "",
            each.decision.get_kind_display(),
            each.decision.words,
            each.by_name,
            each.decision.due_on,
            str(each.fate.label),
            each.reason,
        ]
        for each in told
    )
    return workbook_response(f"{found.name}-{request.today}.xlsx", columns, rows, sheet=_("Decisions"))


# == what the views share ==
def series_of(request: DayRequest, series_id: int) -> Series:
    found = series_visible_to(request.user).select_related("host__line").filter(pk=series_id).first()
    if found is None:
        raise Http404
    return found


def refusal_of(request: DayRequest, found: Series) -> HttpResponse | None:
    """The page that says who keeps the series, for whoever does not."""
    if office_that_keeps(request.user, found.host) is not None:
        return None
    keeper = keeping_body(found.host)
    name = body_names(request.user, request.today, [keeper.pk]).get(keeper.pk, "")
    return refused(request, Permission.KEEP_PLANS, keeper, name)


def form_page(
    request: DayRequest, form: Any, title: str, back: str, trail: list[tuple[str, str | None]], **more: Any
) -> HttpResponse:
    facts = {"form": form, "title": title, "back": back, "trail": [*trail, (title, None)]}
    return render(request, "meetings/form.html", facts | PLACE | more, status=400 if form.is_bound else 200)


def trail_of(request: DayRequest, found: Series) -> list[tuple[str, str | None]]:
    own = keep_day(reverse("series", args=[found.pk]), request)
    return [(_("Meetings"), keep_day(reverse("meetings"), request)), (found.name, own)]
