"""The cases of a round: what is missing, leaving some out; its grades as a list, as Excel and as PDF; the whole sum."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongjian.meetings.documents import Part, Sheet
from gongjian.meetings.pdf import as_pdf
from gongjian.register.queries.lists import body_names
from gongjian.register.refusals import Refused
from gongjian.register.views.door import DayRequest, signed_in_only
from gongjian.ui.excel import Column, workbook_response
from gongjian.ui.templatetags.ui import day as day_said

from . import queries, rounds
from .access import decides, keeps
from .forms import LeaveOutForm
from .models import Round
from .queries_case import round_taken
from .rules import Rules, rules_of
from .views import PLACE, round_of, round_trail

MOST_ON_PAPER = 3_000


@signed_in_only
@require_GET
def cases(request: DayRequest, round_id: int) -> HttpResponse:
    found = round_of(request, round_id)
    filters = _filters(request)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = queries.cases_listed(request.user, found, filters, request.today, after=after, before=before)
    takes = found.state in (Round.State.SELF, Round.State.REVIEWING)
    facts = {
        "round": found,
        "page": page,
        "filters": filters,
        "kinds": [
            ("", _("All")), ("self", _("Without a self-score")), ("review", _("Not scored from above")),
            ("box", _("Without a counted ballot")), ("left_out", _("Not graded in this round")),
        ],
        "may_leave_out": takes and keeps(request.user, found) and filters.lacks != "left_out",
        "trail": [*round_trail(request, found), (_("Organisations in the round"), None)],
    }  # fmt: skip
    return render(request, "appraisal/cases.html", facts | PLACE)


def _filters(request: DayRequest) -> queries.Filters:
    lacks = request.GET.get("lacks", "")
    return queries.Filters(lacks if lacks in queries.LACKS else "", bool(request.GET.get("mine")))


@signed_in_only
@require_POST
def leave_out(request: DayRequest, round_id: int) -> HttpResponse:
    found = round_of(request, round_id)
    typed = [int(id) for id in request.POST.getlist("cases") if id.isdecimal() and len(id) < 19]
    form = LeaveOutForm(request.POST, ids=typed)
    back = reverse("appraisal_cases", args=[found.pk])
    if not form.is_valid():
        messages.error(request, _("Choose organisations, and say why they are not graded."))
        return redirect(back)
    try:
        count = rounds.leave_out(found, typed, reason=form.cleaned_data["reason"], by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("Not graded in this round: %(count)s.") % {"count": count})
    return redirect(f"{back}?{urlencode({'lacks': 'left_out'})}")


# == grades ==
@signed_in_only
@require_GET
def grades(request: DayRequest, round_id: int) -> HttpResponse:
    found, rules = _told(request, round_id)
    grade = request.GET.get("grade", "")
    grade = grade if grade in {each.key for each in rules.grades} else ""
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = queries.grades_listed(request.user, found, grade, request.today, after=after, before=before)
    facts = {
        "round": found,
        "rules": rules,
        "rows": [(each, rules.grade(each.grade)) for each in page.rows],
        "page": page,
        "grade": grade,
        "trail": [*round_trail(request, found), (_("Grades"), None)],
    }
    return render(request, "appraisal/grades.html", facts | PLACE)


@signed_in_only
@require_GET
def grades_export(request: DayRequest, round_id: int) -> HttpResponseBase:
    """By grade, and in the order of places within each: no order by score."""
    found, rules = _told(request, round_id)
    columns = [Column(_("Grade"), 12), Column(_("Class"), 24), Column(_("Organisation"), 44)]
    rows = queries.every_grade(request.user, found, rules, request.today)
    return workbook_response(f"{found.title}.xlsx", columns, rows, sheet=_("Grades"))


@signed_in_only
@require_GET
def grades_pdf(request: DayRequest, round_id: int) -> HttpResponse:
    """The list for the wall: by grade, and in the order of places within each."""
    found, rules = _told(request, round_id)
    if sum(found.outcome["counts"].get("", {}).values()) > MOST_ON_PAPER:
        raise BadRequest(_("More than 3,000 organisations. Take the list as Excel."))
    by_grade: dict[str, list[str]] = {}
    for grade, _class, name in queries.every_grade(request.user, found, rules, request.today):
        by_grade.setdefault(grade, []).append(name)
    parts = [Part(title=f"{grade}（{len(names)}）", paragraphs=["、".join(names)]) for grade, names in by_grade.items()]
    until = found.notice_until
    facts = [(_("Notice"), f"{day_said(found.notice_on)} – {day_said(until)}")] if until else []
    issuer = body_names(request.user, request.today, [found.keeper_id]).get(found.keeper_id, "")
    day, heading = day_said(request.today), found.title
    sheet = Sheet(name="grades", heading=heading, number="", issuer=issuer, day=day, facts=facts, parts=parts)
    response = HttpResponse(as_pdf(sheet), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="appraisal-{found.pk}.pdf"'
    return response


def _told(request: DayRequest, round_id: int) -> tuple[Round, Rules]:
    """The round, if its grades are told to this reader."""
    found = round_of(request, round_id)
    if not found.outcome or not (found.is_told or decides(request.user, found)):
        raise Http404
    return found, rules_of(found.version.definition)


@signed_in_only
@require_GET
def round_calculation(request: DayRequest, round_id: int) -> HttpResponse:
    """The whole sum of a round for whoever keeps or fixes it: others' scores are not told to anybody else."""
    found, rules = _told(request, round_id)
    if not decides(request.user, found):
        raise Http404
    return taken(round_taken(found, rules), f"appraisal-{found.pk}.json")


def taken(values: dict[str, Any], name: str) -> HttpResponse:
    response = JsonResponse(values, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
