"""The pages of applications: for whom, what is said, one application, reviewing, opinions, objections."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from gongjian.pledges.access import people_of
from gongjian.register.access import Reader
from gongjian.register.models import Headcount, Person, Unit
from gongjian.register.queries.lists import body_names
from gongjian.register.views.door import AccountRequest, DayRequest, signed_in_only
from gongjian.ui.templatetags.ui import keep_day

from . import applying, deciding, opinions, queries, reviewing
from .access import (
    applications_to_review,
    applications_visible_to,
    objections_visible_to,
    opinions_asked_of,
    opinions_visible_to,
    reviewers_of,
    writes,
)
from .eligibility import find
from .forms import (
    AgreeForm,
    AnswerForm,
    ApplyForm,
    ConflictForm,
    ObjectionForm,
    OpinionForm,
    ReasonForm,
    ReviewForm,
    StoryForm,
)
from .models import Application, Opinion
from .names import application_names
from .pages import PLACE, Trail, body_of, call_trail, done, form_page, refusal_of, sent
from .queries_application import application_of as read_application
from .queries_application import application_shown
from .rules import COUNTS, Rules, rules_of
from .states import APPLICATION_MOVES, WORDS
from .views import call_of

TOLD = {
    "hand_in": gettext_lazy("It is handed in."),
    "take_back": gettext_lazy("The application is taken back."),
    "return": gettext_lazy("It is returned with the reason."),
    "exclude": gettext_lazy("It is left out, with the reason."),
    "agree": gettext_lazy("The agreement is written down."),
}


# == applying ==
@signed_in_only
def apply(request: DayRequest, call_id: int, body_id: int) -> HttpResponseBase:
    found = call_of(request, call_id)
    body, name = body_of(request, body_id)
    if (no := refusal_of(request, body)) is not None:
        return no
    holder, rules = found.version.honour.holder, rules_of(found.version.definition)
    units = applying.units_near(body, rules, request.today) if holder == "unit" else []
    people = [(each.pk, each.name) for each in people_of(request.user, body)] if holder == "person" else []
    form = ApplyForm(sent(request), holder=holder, units=units, people=people)

    def act() -> str:
        given: dict[str, Any] = {"team": form.cleaned_data.get("team", "")}
        match holder:
            case "unit":
                given["unit"] = Unit.objects.get(pk=int(form.cleaned_data["unit"]))
            case "person":
                given["person"] = Person.objects.get(pk=int(form.cleaned_data["person"]))
            case _:
                given["body"] = body
        made = applying.apply(found, body, today=request.today, by=request.user, **given)
        return reverse("honour_write", args=[made.pk])

    back = keep_day(reverse("honour_call", args=[found.pk]), request)
    cannot = _nobody(holder, units, people) or applying.not_within(found, body)
    said = _("The application is begun. Say what was done.")
    return form_page(request, form, act, said, _("Apply"), back, call_trail(request, found), lede=name, cannot=cannot)


def _nobody(holder: str, units: list[Any], people: list[Any]) -> str:
    if holder == "unit" and not units:
        return _("Your organisation neither sits in a workplace nor covers one, as the register stands today.")
    if holder == "person" and not people:
        return _("Nobody of your organisation stands in the register. Enter its people first.")
    return ""


@signed_in_only
def write(request: DayRequest, application_id: int) -> HttpResponseBase:
    found = application_of(request, application_id)
    if writes(request.user, found) is None:
        raise Http404
    rules = rules_of(found.call.version.definition)
    form = StoryForm(sent(request), rules=rules, application=found, unknown=_unknown(found, rules, request))

    def act() -> str:
        applying.write(found, story=form.cleaned_data["story"], said=form.said(), by=request.user)
        return reverse("honour_application", args=[found.pk])

    back = keep_day(reverse("honour_application", args=[found.pk]), request)
    name = application_names(request.user, request.today, [found])[found.pk]
    said = _("It is written down. Look at what the register says, then hand it in.")
    return form_page(request, form, act, said, _("What was done"), back, _trail(request, found), lede=name)


def _unknown(found: Application, rules: Rules, request: DayRequest) -> list[str]:
    """Which numbers are asked: of a team all that the rules rest on; else those the register does not have."""
    if found.team:
        return [*rules.counts]
    live = find([found], rules, found.call.version.honour_id, request.today)[found.pk]
    wanted: set[str] = set()
    for each in live:
        if each.code == "composition" and (each.verdict == "unknown" or each.facts["said"]):
            wanted |= {each.facts["count"], each.facts["of"]} - {""}
    known = Headcount.objects.filter(unit=found.unit_id, valid__contains=request.today).first()
    return [name for name in COUNTS if name in wanted and getattr(known, name, None) is None]


# == one application ==
@signed_in_only
@require_GET
def application(request: DayRequest, application_id: int) -> HttpResponse:
    shown = application_shown(request.user, application_id, request.today)
    if shown is None:
        raise Http404
    found = shown.application
    simple = [(verb, WORDS[verb]) for verb in shown.moves if verb == "hand_in"]
    waits = found.state in (Application.State.DRAFT, Application.State.RETURNED)
    agrees = shown.is_oneself or shown.is_own
    facts = {
        "shown": shown, "application": found, "call": shown.call, "moves": simple,
        "with_reason": [(verb, WORDS[verb]) for verb in shown.moves if verb != "hand_in"],
        "writes": shown.is_own and waits,
        "agree_form": AgreeForm(None) if waits and found.person_id and agrees and not found.agreed_on else None,
        "objection_form": ObjectionForm(None) if shown.may_object else None, "answer_form": AnswerForm(None),
        "trail": [*call_trail(request, shown.call), (shown.name, None)],
    }  # fmt: skip
    return render(request, "honours/application.html", facts | PLACE)


@signed_in_only
@require_POST
def application_move(request: AccountRequest, application_id: int) -> HttpResponseBase:
    found = application_of(request, application_id)
    verb = request.POST.get("do", "")
    if verb not in TOLD or (verb != "agree" and verb not in {known for _state, known in APPLICATION_MOVES}):
        raise Http404
    form = AgreeForm(request.POST) if verb == "agree" else ReasonForm(request.POST)
    address = reverse("honour_application", args=[found.pk])
    if verb == "take_back":
        address = reverse("honour_call", args=[found.call_id])
    return done(request, form, lambda: _carry_out(request, found, verb, form.cleaned_data), str(TOLD[verb]), address)


def _carry_out(request: AccountRequest, found: Application, verb: str, given: dict[str, Any]) -> None:
    by, today, now = request.user, request.today, timezone.now()
    match verb:
        case "agree":
            applying.agree(found, how=given["how"], today=today, by=by)
        case "hand_in":
            applying.hand_in(found, today=today, now=now, by=by)
        case "take_back":
            applying.take_back(found, reason=given["reason"], today=today, now=now, by=by)
        case "return":
            applying.send_back(found, reason=given["reason"], by=by)
        case "exclude":
            applying.exclude(found, reason=given["reason"], now=now, by=by)


# == reviewing ==
@signed_in_only
@require_GET
def reviewing_list(request: DayRequest, call_id: int) -> HttpResponse:
    """What the reader reviews, in each of their phases; of a blind one by number alone."""
    found = call_of(request, call_id)
    rules = rules_of(found.version.definition)
    phases = []
    for reviewer in reviewers_of(request.user).filter(call=found).order_by("pk"):
        rows = list(applications_to_review(request.user, reviewer).order_by("number"))
        given = queries.to_review(request.user, reviewer, rows)
        names = {} if reviewer.is_blind else application_names(request.user, request.today, rows)
        phases.append((reviewer, rules.phase(reviewer.phase), [(each, names.get(each.pk, ""), given.get(each.pk))
                                                               for each in rows]))  # fmt: skip
    if not phases:
        raise Http404
    facts = {"call": found, "phases": phases, "trail": [*call_trail(request, found), (_("Review"), None)]}
    return render(request, "honours/reviewing.html", facts | PLACE)


@signed_in_only
def review(request: DayRequest, reviewer_id: int, application_id: int) -> HttpResponseBase:
    """One application for one reviewer. Blind, it is the number, the deeds and what was confirmed."""
    reviewer = reviewers_of(request.user).select_related("call__version__honour").filter(pk=reviewer_id).first()
    if reviewer is None:
        raise Http404
    found = applications_to_review(request.user, reviewer).filter(pk=application_id).first()
    if found is None:
        raise Http404(_("It is your own, or of an organisation to which you belong, or not reviewed any more."))
    rules = rules_of(reviewer.call.version.definition)
    given = queries.to_review(request.user, reviewer, [found]).get(found.pk)
    back = reverse("honour_reviewing", args=[reviewer.call_id])
    declares = request.method == "POST" and request.POST.get("do") == "conflict"
    conflict = ConflictForm(request.POST if declares else None)
    form = ReviewForm(None if declares else sent(request), rules=rules, review=given)

    def act() -> str:
        now = timezone.now()
        if declares:
            reviewing.declare(reviewer, found, now=now, by=request.user, **conflict.cleaned_data)
        else:
            reviewing.give(
                reviewer, found, given=form.given(), words=form.cleaned_data["words"], now=now, by=request.user
            )
        return back

    if declares and conflict.is_valid():
        return done(request, conflict, act, _("You do not review this one. Others do."), back)
    name = "" if reviewer.is_blind else application_names(request.user, request.today, [found])[found.pk]
    title = name or _("Application %(number)s") % {"number": found.number}
    said = [str(each) for each in rules.statements if found.said.get("statements", {}).get(each.key)]
    trail: Trail = [*call_trail(request, reviewer.call), (_("Review"), back)]
    return form_page(
        request, form, act, _("It is written down."), title, back, trail, story=found.story, said=said,
        conflict_form=conflict, given=given, lede=str(rules.phase(reviewer.phase)),
    )  # fmt: skip


# == opinions ==
@signed_in_only
@require_GET
def opinions_list(request: DayRequest, call_id: int) -> HttpResponse:
    found = call_of(request, call_id)
    asked = opinions_asked_of(request.user).filter(application__call=found).order_by("state", "application__number")
    rows = list(asked.select_related("application__by_body")[:500])
    if not rows:
        raise Http404
    rules = rules_of(found.version.definition)
    names = application_names(request.user, request.today, [each.application for each in rows])
    bodies = body_names(request.user, request.today, {each.application.by_body_id for each in rows})
    facts = {
        "call": found, "form": OpinionForm(None), "trail": [*call_trail(request, found), (_("Opinions"), None)],
        "rows": [(each, names[each.application_id], bodies.get(each.application.by_body_id, ""),
                  rules.opinion(each.kind)) for each in rows],
    }  # fmt: skip
    return render(request, "honours/opinions.html", facts | PLACE)


@signed_in_only
@require_POST
def opinion(request: AccountRequest, opinion_id: int) -> HttpResponseBase:
    found = opinions_visible_to(request.user).select_related("application").filter(pk=opinion_id).first()
    if found is None:
        raise Http404
    form, verdict = OpinionForm(request.POST), request.POST.get("do", "")
    return done(
        request, form,
        lambda: opinions.give(found, verdict, now=timezone.now(), by=request.user, **form.cleaned_data),
        _("The opinion is given."), _after_opinion(request.user, found),
    )  # fmt: skip


def _after_opinion(reader: Reader, found: Opinion) -> str:
    call = found.application.call_id
    owes = opinions_asked_of(reader).filter(application__call=call).exists()
    return reverse("honour_opinions" if owes else "honour_call", args=[call])


# == objections ==
@signed_in_only
@require_POST
def object_to(request: AccountRequest, application_id: int) -> HttpResponseBase:
    found = read_application(request.user, application_id)
    if found is None:
        raise Http404
    form = ObjectionForm(request.POST)
    return done(
        request, form,
        lambda: deciding.raise_objection(found[0], today=request.today, now=timezone.now(), by=request.user,
                                         **form.cleaned_data),
        _("The objection is handed in. It is answered before anybody is honoured."),
        reverse("honour_application", args=[application_id]) + "#objections",
    )  # fmt: skip


@signed_in_only
@require_POST
def objection_answer(request: AccountRequest, objection_id: int) -> HttpResponseBase:
    rows = objections_visible_to(request.user).select_related("application__call__keeper")
    found = rows.filter(pk=objection_id).first()
    if found is None:
        raise Http404
    form = AnswerForm(request.POST)

    def act() -> None:
        deciding.answer(found, request.POST.get("do", ""), words=form.cleaned_data["answer"], now=timezone.now(),
                        by=request.user)  # fmt: skip

    address = reverse("honour_application", args=[found.application_id]) + "#objections"
    if not applications_visible_to(request.user).filter(pk=found.application_id).exists():
        address = reverse("honour_call", args=[found.application.call_id])
    return done(request, form, act, _("The objection is answered."), address)


# == what the views share ==
def application_of(request: DayRequest, application_id: int) -> Application:
    """One that the reader reads whole."""
    found = read_application(request.user, application_id)
    if found is None or not found[1]:
        raise Http404
    return found[0]


def _trail(request: DayRequest, found: Application) -> Trail:
    name = application_names(request.user, request.today, [found])[found.pk]
    own = (name, keep_day(reverse("honour_application", args=[found.pk]), request))
    return [*call_trail(request, found.call), own]
