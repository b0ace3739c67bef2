"""The pages of years and reviews: what concerns the reader, opening, where branches are, the roll, ballots, grades."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from gongjian.register.access import bodies_visible_to
from gongjian.register.authority.wall import behind_it
from gongjian.register.models import Permission
from gongjian.register.queries.lists import body_names
from gongjian.register.refusals import Refused
from gongjian.register.views.door import AccountRequest, DayRequest, signed_in_only
from gongjian.register.views.why import refused
from gongjian.telling.access import is_branch
from rollup.branch_counts import LEAST

from . import deciding, grading, holding, opening, queries, sheet
from .access import years_visible_to
from .forms import GradesForm, MeetingForm, ReturnForm, RollForm, SheetForm, YearForm
from .models import MemberReview
from .pages import PLACE, done, form_page, hub_step, sent
from .queries import ReviewShown, S
from .states import leads_on


@signed_in_only
@require_GET
def reviews(request: DayRequest) -> HttpResponse:
    facts = {"hub": queries.hub(request.user, request.today), "trail": [hub_step()]}
    return render(request, "reviews/reviews.html", facts | PLACE)


@signed_in_only
def review_new(request: AccountRequest, body_id: int) -> HttpResponseBase:
    """A branch begins by itself; a body above others opens the year for those below, and is told first how many."""
    body = bodies_visible_to(request.user).filter(pk=body_id).select_related("line").first()
    name = body_names(request.user, request.today, [body_id]).get(body_id)
    if body is None or name is None:
        raise Http404
    if not opening.may_open(request.user, body):
        return refused(request, Permission.KEEP_PLANS, body, name)
    opens = not is_branch(body)
    form, seen = YearForm(sent(request), today=request.today, opens=opens), None
    if form.is_bound and form.is_valid():
        given = form.given()
        if opens:
            seen = opening.outlook(body, year=given["year"], roll_on=given["roll_on"], today=request.today)
        if not opens or request.POST.get("do") == "open":
            try:
                return _begin(request, body, given, opens)
            except Refused as no:
                form.add_error(None, str(no))
    facts = {"form": form, "name": name, "opens": opens, "seen": seen, "trail": [hub_step(), (_("Begin"), None)]}
    return render(request, "reviews/review_new.html", facts | PLACE, status=400 if form.errors else 200)


def _begin(request: AccountRequest, body: Any, given: dict[str, Any], opens: bool) -> HttpResponseBase:
    if not opens:
        made = opening.begin(body, **given, today=request.today, by=request.user)
        messages.success(request, _("Begun. The roll stands there."))
        return redirect("review", made.pk)
    opened = opening.open_year(body, **given, today=request.today, now=timezone.now(), by=request.user)
    messages.success(request, _("The year is open. Every branch has its roll."))
    for sentence in opened.unasked:
        messages.warning(request, sentence)
    return redirect("review_year", opened.year.pk)


@signed_in_only
@require_GET
def review_year(request: DayRequest, opening_id: int) -> HttpResponse:
    state = request.GET.get("state", "")
    state = state if state in S.values else ""
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    shown = queries.year_shown(request.user, opening_id, request.today, state=state, after=after, before=before)
    if shown is None:
        raise Http404
    stages = [(each.value, each.label, shown.counts.get(each.value, 0)) for each in S]
    title = _("Members' review of %(year)s") % {"year": shown.year.year}
    facts = {
        "shown": shown, "year": shown.year, "stages": stages, "state": state, "title": title,
        "trail": [hub_step(), (title, None)],
    }  # fmt: skip
    return render(request, "reviews/year.html", facts | PLACE)


@signed_in_only
@require_GET
def review_own(request: DayRequest, opening_id: int) -> HttpResponseBase:
    """Where the ask to a branch leads: to its review; for whoever approves to the year."""
    own = queries.own_reviews(request.user, opening_id)
    if len(own) == 1:
        return redirect("review", own[0].pk)
    if not years_visible_to(request.user).filter(pk=opening_id).exists():
        raise Http404
    return redirect("review_year", opening_id)


# == one branch ==
@signed_in_only
@require_GET
def review(request: DayRequest, review_id: int) -> HttpResponseBase:
    shown = _shown(request, review_id)
    found = shown.review
    if not (shown.keeps or shown.approves) and shown.own is not None:
        return redirect("review_mine", shown.own.pk)
    facts = {
        "shown": shown, "review": found, "roll": RollForm(None, initial={"roll_on": request.today}),
        "steps": _steps(shown), "can": {verb: leads_on(found, verb) for verb in BUTTONS},
        "returning": ReturnForm(None), "no_ballots": holding.why_no_ballots(found), "trail": _trail(found),
        "least": LEAST,
    }  # fmt: skip
    return render(request, "reviews/review.html", facts | PLACE)


def _steps(shown: ReviewShown) -> list[dict[str, Any]]:
    """Where it is on its way, for a tired eye."""
    order = [(S.BEGUN, _("Meeting")), (S.HELD, _("Proposing grades")), (S.PROPOSED, _("Telling")),
             (S.TOLD, _("Objections")), (S.HANDED_UP, _("Approval")), (S.APPROVED, _("Filing"))]  # fmt: skip
    state = S.HELD if shown.review.state == S.RETURNED else shown.review.state
    here = next((at for at, (each, _name) in enumerate(order) if each == state), len(order))
    return [
        {"name": name, "icon": "s-done" if at < here else "s-doing" if at == here else "s-todo",
         "is_current": at == here, "is_ahead": at > here}
        for at, (_each, name) in enumerate(order)
    ]  # fmt: skip


@signed_in_only
def meeting(request: AccountRequest, review_id: int) -> HttpResponseBase:
    shown = _kept(request, review_id)
    found = shown.review
    form = MeetingForm(sent(request), review=found, today=request.today, roll=len(shown.rows))

    def hold() -> str:
        holding.hold(found, today=request.today, by=request.user, **form.cleaned_data)
        return reverse("review", args=[found.pk])

    facts = {"shown": shown, "title": _("The meeting"), "trail": _trail(found, _("The meeting"))}
    return form_page(request, form, hold, _("Kept."), "reviews/meeting.html", facts)


@signed_in_only
def ballots(request: AccountRequest, review_id: int) -> HttpResponseBase:
    shown = _kept(request, review_id)
    found = shown.review
    form = SheetForm(sent(request), rows=shown.rows, rules=shown.rules, most=found.valid or 0)

    def type_sheet() -> str:
        holding.type_sheet(found, form.numbers(), by=request.user)
        return reverse("review_ballots", args=[found.pk])

    with behind_it():
        typed = holding.sheets_shown(found, request.user)
        waits = found.sheets.exists() and not typed
    facts = {
        "shown": shown, "review": found, "closed": holding.why_no_ballots(found), "typed": typed, "waits": waits,
        "differing": _differing(shown, typed), "least": LEAST, "trail": _trail(found, _("Ballots")),
    }  # fmt: skip
    said = _("Kept. It counts once another person types the same.")
    return form_page(request, form, type_sheet, said, "reviews/ballots.html", facts)


def _differing(shown: ReviewShown, typed: list[tuple[str, dict[str, list[int]], bool]]) -> list[str]:
    """For whom two sheets differ. Not in what: who only types to see what the other typed learns no ballot of it."""
    if len(typed) < 2:
        return []
    sheets = [numbers for _by, numbers, _own in typed]
    return [row.name for row in shown.rows if len({str(each.get(str(row.grade.pk))) for each in sheets}) > 1]


@signed_in_only
def grades(request: AccountRequest, review_id: int) -> HttpResponseBase:
    shown = _kept(request, review_id)
    found = shown.review
    if request.method == "GET" and not queries.is_grading(found):
        return redirect("review", found.pk)
    form = GradesForm(sent(request), review=found, rows=shown.rows, rules=shown.rules)

    def grade() -> str:
        grading.grade(found, form.chosen(), version=form.cleaned_data["version"], by=request.user)
        if request.POST.get("do") == "propose":
            grading.propose(found, by=request.user)
            return reverse("review", args=[found.pk])
        return reverse("review_grades", args=[found.pk])

    overtaken = form.is_bound and form.data.get("version") != str(found.version)
    facts = {
        "shown": shown, "review": found, "overtaken": found.version if overtaken else None,
        "trail": _trail(found, _("Propose the grades")),
    }  # fmt: skip
    return form_page(request, form, grade, _("Kept."), "reviews/grades.html", facts)


BUTTONS: dict[str, Any] = {
    "propose": gettext_lazy("Proposed. Nobody is told yet."),
    "think_again": gettext_lazy("Go on grading. Nobody was told."),
    "tell": gettext_lazy("Told. Whoever has an account has a letter; note the day for the others."),
    "hand_up": gettext_lazy("Handed up. The organisation above reads it now."),
    "approve": gettext_lazy("Approved."),
    "send_back": gettext_lazy("Returned. The branch reads why."),
    "file": gettext_lazy("Filed."),
    "renew_roll": gettext_lazy("The roll is that of the day."),
}


@signed_in_only
@require_POST
def review_move(request: AccountRequest, review_id: int) -> HttpResponseBase:
    """Which of the moves the button says."""
    found = _found(request, review_id)
    verb = request.POST.get("do", "")
    if verb not in BUTTONS:
        raise Http404
    form = {"send_back": ReturnForm, "renew_roll": RollForm}.get(verb)
    typed = form(request.POST) if form else None
    given: dict[str, Any] = {"by": request.user}
    if verb not in ("propose", "think_again"):
        given["today"] = request.today
    if verb in ("tell", "hand_up", "approve", "send_back"):
        given["now"] = timezone.now()
    acts: dict[str, Callable[..., object]] = {
        "propose": grading.propose, "think_again": grading.think_again, "tell": grading.tell,
        "hand_up": grading.hand_up, "approve": deciding.approve, "send_back": deciding.send_back,
        "file": grading.file, "renew_roll": opening.renew_roll,
    }  # fmt: skip

    def act() -> object:
        return acts[verb](found, **given, **(typed.cleaned_data if typed else {}))

    return done(request, typed, act, str(BUTTONS[verb]), reverse("review", args=[found.pk]))


@signed_in_only
@require_GET
def review_docx(request: DayRequest, review_id: int) -> HttpResponse:
    shown = _shown(request, review_id)
    if not (shown.keeps or (shown.approves and shown.review.is_up)):
        raise Http404
    return sheet.as_word(shown, request.today)


def _found(request: DayRequest, review_id: int) -> MemberReview:
    found = queries.review_of(request.user, review_id)
    if found is None:
        raise Http404
    return found


def _shown(request: DayRequest, review_id: int) -> ReviewShown:
    shown = queries.review_shown(request.user, review_id, request.today)
    if shown is None:
        raise Http404
    return shown


def _kept(request: DayRequest, review_id: int) -> ReviewShown:
    """For the branch's keeper; not there for anybody else."""
    shown = _shown(request, review_id)
    if not shown.keeps:
        raise Http404
    return shown


def _trail(found: MemberReview, last: str = "") -> list[tuple[str, str | None]]:
    title = _("Members' review of %(year)s") % {"year": found.year}
    own = reverse("review", args=[found.pk]) if last else None
    return [hub_step(), (title, own), *([(last, None)] if last else [])]
