"""The pages of rounds: the list, schemes, a new round, one round with what is done to it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from gongjian.programme.access import office_that_keeps
from gongjian.register.access import bodies_visible_to
from gongjian.register.models import BodyKind, Permission
from gongjian.register.queries.lists import body_names
from gongjian.register.refusals import Refused
from gongjian.register.views.door import AccountRequest, DayRequest, signed_in_only
from gongjian.register.views.why import refused
from gongjian.ui.templatetags.ui import keep_day

from . import deciding, queries, rounds, tasks
from .access import cases_of_own, cases_to_score
from .forms import ReasonForm, RoundForm, day_after
from .models import Round
from .states import ROUND_MOVES, WORDS
from .words import SOURCES

PLACE = {"place": "programme"}
SELF_DAYS, REVIEW_DAYS = 14, 34
WITH_REASON = ("send_back", "call_off")
TOLD = {
    "open": gettext_lazy("The round is open. Every organisation in it is asked."),
    "review": gettext_lazy("The organisations above are asked to score."),
    "propose": gettext_lazy("The grades are computed and proposed."),
    "send_back": gettext_lazy("It is reviewed again. The proposed grades are gone."),
    "give_notice": gettext_lazy("Notice is given. All concerned see the grades and can object."),
    "recompute": gettext_lazy("It is computed again. What changed is told on each page."),
    "fix": gettext_lazy("The grades are fixed."),
    "file": gettext_lazy("The round is filed."),
    "call_off": gettext_lazy("The round is called off."),
}


@signed_in_only
@require_GET
def appraisals(request: DayRequest) -> HttpResponse:
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    facts = {
        "listed": queries.rounds_listed(request.user, request.today, after=after, before=before),
        "trail": [(_("Programme"), keep_day(reverse("programme"), request)), (_("Appraisal"), None)],
    }
    return render(request, "appraisal/appraisals.html", facts | PLACE)


@signed_in_only
@require_GET
def schemes(request: DayRequest) -> HttpResponse:
    facts = {"schemes": queries.schemes(request.user), "trail": [_top(request), (_("Schemes of appraisal"), None)]}
    return render(request, "appraisal/schemes.html", facts | PLACE)


@signed_in_only
@require_GET
def scheme(request: DayRequest, key: str) -> HttpResponse:
    found = queries.scheme_shown(request.user, key)
    if found is None:
        raise Http404
    its, rules = found
    trail = [
        _top(request),
        (_("Schemes of appraisal"), keep_day(reverse("appraisal_schemes"), request)),
        (str(its), None),
    ]
    bands = [(grade, rules.scheme.bands.get(grade.key), _quotas(rules, grade.key)) for grade in rules.grades]
    kinds = BodyKind.objects.filter(pk__in=rules.kinds)
    facts = {"scheme": its, "rules": rules, "bands": bands, "kinds": kinds, "trail": trail}
    facts["items"] = [(each, SOURCES[each.source]) for each in rules.items]
    return render(request, "appraisal/scheme.html", facts | PLACE)


def _quotas(rules: Any, grade: str) -> list[str]:
    """The quotas of a grade in words."""
    said = []
    for each in rules.scheme.quotas:
        if each.grade == grade:
            words = {
                "most": _("at most %(n)s") % {"n": each.most}, "least": _("at least %(n)s") % {"n": each.least},
                "most_share": _("at most %(n)s %%") % {"n": each.most_share},
                "least_share": _("at least %(n)s %%") % {"n": each.least_share},
            }  # fmt: skip
            said += [words[name] for name in words if getattr(each, name) is not None]
    return said


# == a new round ==
@signed_in_only
def round_new(request: DayRequest, body_id: int) -> HttpResponseBase:
    body = bodies_visible_to(request.user).filter(pk=body_id).select_related("line").first()
    name = body_names(request.user, request.today, [body_id]).get(body_id)
    if body is None or name is None:
        raise Http404
    if office_that_keeps(request.user, body) is None:
        return refused(request, Permission.KEEP_PLANS, body, name)
    schemes = {each.pk: each for each in queries.schemes(request.user)}
    kinds = sorted({kind for each in schemes.values() for kind in each.definition["kinds"]})
    form = RoundForm(
        request.POST if request.method == "POST" else None,
        schemes=[(key, each) for key, each in schemes.items()],
        places=queries.places_for(request.user, body_id, request.today),
        kinds=[(each.pk, str(each)) for each in BodyKind.objects.filter(pk__in=kinds)],
        initial={"of_until": request.today, "self_due": day_after(request.today, SELF_DAYS),
                 "review_due": day_after(request.today, REVIEW_DAYS)},
    )  # fmt: skip
    if form.is_bound and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("title", "of_until", "self_due", "review_due", "seed")}
        try:
            made = rounds.begin(
                body, schemes[form.cleaned_data["scheme"]], receivers=form.receivers(), today=request.today,
                by=request.user, **given,
            )  # fmt: skip
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("It is written down. Look at it, then open it."))
            return redirect("appraisal_round", made.pk)
    title = _("A new round of appraisal")
    return form_page(request, form, title, keep_day(reverse("appraisals"), request), [_top(request)], lede=name)


# == one round ==
@signed_in_only
@require_GET
def round(request: DayRequest, round_id: int) -> HttpResponse:
    shown = queries.round_shown(request.user, round_id, request.today)
    if shown is None:
        raise Http404
    found = shown.round
    plain = [(verb, WORDS[verb]) for verb in shown.moves if verb not in WITH_REASON]
    facts: dict[str, Any] = {
        "shown": shown,
        "round": found,
        "rules": shown.rules,
        "moves": [each for each in plain if each[0] != "recompute" or found.cases.filter(is_mended=True).exists()],
        "with_reason": [(verb, WORDS[verb]) for verb in shown.moves if verb in WITH_REASON],
        "bodies": rounds.bodies_for(request.user, found, request.today) if found.state == Round.State.DRAFT else None,
        "not_fixed": deciding.not_fixed_because(found, request.today)
        if found.state == Round.State.NOTICE and shown.decides else [],
        "peers": queries.peers_listed(request.user, found, request.today)
        if shown.rules.of_source("peers") and found.takes_reviews else [],
        "trail": [_top(request), (found.title, None)],
    }  # fmt: skip
    return render(request, "appraisal/round.html", facts | PLACE)


@signed_in_only
@require_POST
def round_move(request: AccountRequest, round_id: int) -> HttpResponse:
    found = round_of(request, round_id)
    verb = request.POST.get("do", "")
    if verb not in {known for _state, known in ROUND_MOVES}:
        raise Http404
    if verb in tasks.LONG and _size(request, found) > tasks.MOST_AT_ONCE and found.state != Round.State.CALLED_OFF:
        tasks.move_later(found, verb, by=request.user)
        messages.info(request, _("It is for very many, so it is done in the background. Look again in a minute."))
        return redirect("appraisal_round", found.pk)
    try:
        _carry_out(request, found, verb)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, str(TOLD[verb]))
    return redirect("appraisal_round", found.pk)


def _size(request: DayRequest, found: Round) -> int:
    return found.cases_count or rounds.bodies_for(request.user, found, request.today)


def _carry_out(request: AccountRequest, found: Round, verb: str) -> None:
    by, today, now = request.user, request.today, timezone.now()
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if verb in WITH_REASON and form.is_valid() else ""
    match verb:
        case "review":
            rounds.let_review(found, today=today, now=now, by=by)
        case "send_back":
            deciding.send_back(found, reason=reason, by=by)
        case "give_notice":
            deciding.give_notice(found, today=today, by=by)
        case "fix":
            deciding.fix(found, today=today, by=by)
        case "file":
            deciding.file(found, today=today, by=by)
        case "call_off":
            rounds.call_off(found, reason=reason, now=now, by=by)
        case _:
            tasks.carry_out(found, verb, by)


@signed_in_only
@require_GET
def mine(request: DayRequest, round_id: int) -> HttpResponse:
    """To one's own part: the case of one's body, or those one scores; to the round, where there are several."""
    found = round_of(request, round_id)
    own = list(cases_of_own(request.user).filter(round=found).values_list("pk", flat=True)[:2])
    if len(own) == 1:
        return redirect("appraisal_case", own[0])
    if not own and cases_to_score(request.user).filter(round=found).exists():
        return redirect(reverse("appraisal_cases", args=[found.pk]) + "?mine=1")
    return redirect("appraisal_round", found.pk)


# == what the views share ==
def round_of(request: DayRequest, round_id: int) -> Round:
    found = queries.round_of(request.user, round_id)
    if found is None:
        raise Http404
    return found


def form_page(
    request: DayRequest, form: Any, title: str, back: str, trail: list[tuple[str, str | None]], **more: Any
) -> HttpResponse:
    facts = {"form": form, "title": title, "back": back, "trail": [*trail, (title, None)]}
    return render(request, "appraisal/form.html", facts | PLACE | more, status=400 if form.is_bound else 200)


def _top(request: DayRequest) -> tuple[str, str | None]:
    return (_("Appraisal"), keep_day(reverse("appraisals"), request))


def round_trail(request: DayRequest, found: Round) -> list[tuple[str, str | None]]:
    return [_top(request), (found.title, keep_day(reverse("appraisal_round", args=[found.pk]), request))]
