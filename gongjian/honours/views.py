"""The pages of calls: the list, the catalogue, a new call, one call with what is done to it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from gongjian.register.models import BodyKind
from gongjian.register.views.door import AccountRequest, DayRequest, signed_in_only
from gongjian.ui.templatetags.ui import keep_day

from . import calling, deciding, queries
from .access import keeps, reviewers_visible_to
from .forms import AwardForm, CallForm, MendCallForm, ReasonForm, ReviewerForm
from .models import Call
from .pages import PLACE, body_of, call_trail, done, form_page, officer_called, refusal_of, sent, top
from .rules import GIVERS, HEARD, LEVELS, READ, rules_of
from .states import CALL_MOVES, WORDS
from .words import PEOPLE, names_of_honours

TOLD = {
    "open": gettext_lazy("It is open for applications."),
    "review": gettext_lazy("The review has begun. Opinions and reviews are asked for."),
    "propose": gettext_lazy("A list is proposed. Each application says which rule decided."),
    "send_back": gettext_lazy("It is reviewed again. The proposed list is gone."),
    "give_notice": gettext_lazy("Notice is given. Whoever is signed in sees the list and can object."),
    "renew_notice": gettext_lazy("The list is mended, and notice is given anew."),
    "call_off": gettext_lazy("The call is called off."),
}


@signed_in_only
@require_GET
def honours(request: DayRequest) -> HttpResponse:
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    facts = {
        "listed": queries.calls_listed(request.user, request.today, after=after, before=before),
        "trail": [(_("Programme"), keep_day(reverse("programme"), request)), (_("Honours"), None)],
    }
    return render(request, "honours/honours.html", facts | PLACE)


@signed_in_only
@require_GET
def catalogue(request: DayRequest) -> HttpResponse:
    facts = {"rows": queries.catalogue(request.user), "trail": [top(request), (_("Which honours there are"), None)]}
    return render(request, "honours/catalogue.html", facts | PLACE)


@signed_in_only
@require_GET
def honour(request: DayRequest, key: str) -> HttpResponse:
    found = queries.honour_shown(request.user, key)
    if found is None:
        raise Http404
    its, rules = found
    trail = [top(request), (_("Which honours there are"), keep_day(reverse("honour_catalogue"), request)),
             (str(its), None)]  # fmt: skip
    facts = {
        "honour": its, "rules": rules, "level": LEVELS[rules.level], "giver": GIVERS[rules.giver],
        "approved_by": LEVELS[rules.approved_by], "kinds": BodyKind.objects.filter(pk__in=rules.kinds),
        "composition": [(PEOPLE[each.count], PEOPLE.get(each.of, ""), each) for each in rules.composition],
        "quotas": [(next(mark for mark in rules.marks if mark.key == each.mark), each) for each in rules.quotas],
        "read": [READ[each] for each in rules.vetoes if each in READ],
        "heard": [HEARD[each] for each in rules.vetoes if each in HEARD],
        "lower": names_of_honours().get(rules.lower.honour) if rules.lower else "", "trail": trail,
    }  # fmt: skip
    return render(request, "honours/honour.html", facts | PLACE)


# == a new call ==
@signed_in_only
def call_new(request: DayRequest, body_id: int) -> HttpResponseBase:
    body, name = body_of(request, body_id)
    if (no := refusal_of(request, body)) is not None:
        return no
    offered = [each for each, _rules in queries.catalogue(request.user) if each.line_id in (None, body.line_id)]
    form = CallForm(sent(request), honours=offered, today=request.today)

    def act() -> str:
        given = {key: value for key, value in form.cleaned_data.items() if key != "honour"}
        chosen = next(each for each in offered if each.pk == form.cleaned_data["honour"])
        made = calling.begin(body, chosen, today=request.today, by=request.user, **given)
        return reverse("honour_call", args=[made.pk])

    back = keep_day(reverse("honours"), request)
    said = _("It is written down. Look at it, name reviewers, then open it.")
    return form_page(request, form, act, said, _("A new call"), back, [top(request)], lede=name)


# == one call ==
@signed_in_only
@require_GET
def call(request: DayRequest, call_id: int) -> HttpResponse:
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    shown = queries.call_shown(request.user, call_id, request.today, after=after, before=before)
    if shown is None:
        raise Http404
    found = shown.call
    simple = [(verb, WORDS[verb]) for verb in shown.moves if verb in queries.OF_CALL and verb != "renew_notice"]
    before_list = found.state in (Call.State.DRAFT, Call.State.OPEN, Call.State.REVIEWING)
    facts: dict[str, Any] = {
        "shown": shown, "call": found, "rules": shown.rules, "moves": simple,
        "rows": [(each, shown.names[each.pk]) for each in shown.applications.rows],
        "mends": "renew_notice" in shown.moves and bool(shown.missing),
        "awards": "award" in shown.moves and not shown.missing,
        "with_reason": [(verb, WORDS[verb]) for verb in shown.moves if verb in queries.WITH_REASON],
        "mend_form": MendCallForm(None, initial={"document": found.document, "seed": found.seed})
        if shown.is_kept and before_list else None,
        "reviewer_form": ReviewerForm(None, rules=shown.rules) if shown.is_kept and before_list else None,
        "reviewers": [(each, name, body, shown.rules.phase(each.phase)) for each, name, body in shown.reviewers],
        "trail": [top(request), (found.title, None)],
    }  # fmt: skip
    return render(request, "honours/call.html", facts | PLACE)


@signed_in_only
@require_POST
def call_move(request: AccountRequest, call_id: int) -> HttpResponseBase:
    found = call_of(request, call_id)
    verb = request.POST.get("do", "")
    if verb == "award" or verb not in {known for _state, known in CALL_MOVES}:
        raise Http404
    form = ReasonForm(request.POST)
    address = reverse("honour_call", args=[found.pk])
    return done(request, form, lambda: _carry_out(request, found, verb, form), str(TOLD[verb]), address)


def _carry_out(request: AccountRequest, found: Call, verb: str, form: ReasonForm) -> None:
    by, today, now = request.user, request.today, timezone.now()
    match verb:
        case "open":
            calling.open_call(found, today=today, by=by)
        case "review":
            calling.begin_review(found, today=today, now=now, by=by)
        case "propose":
            deciding.propose(found, today=today, now=now, by=by)
        case "send_back":
            deciding.send_back(found, reason=form.cleaned_data["reason"], by=by)
        case "give_notice":
            deciding.give_notice(found, today=today, by=by)
        case "renew_notice":
            deciding.mend_list(found, today=today, now=now, by=by)
        case "call_off":
            calling.call_off(found, reason=form.cleaned_data["reason"], now=now, by=by)


@signed_in_only
@require_POST
def call_mend(request: AccountRequest, call_id: int) -> HttpResponseBase:
    found = call_of(request, call_id)
    form = MendCallForm(request.POST)
    said, address = _("It is written down."), reverse("honour_call", args=[found.pk])
    return done(request, form, lambda: calling.mend(found, by=request.user, **form.cleaned_data), said, address)


@signed_in_only
@require_POST
def reviewer_new(request: AccountRequest, call_id: int) -> HttpResponseBase:
    found = call_of(request, call_id)
    form = ReviewerForm(request.POST, rules=rules_of(found.version.definition))

    def act() -> None:
        person = officer_called(request.user, form.cleaned_data["name"], request.today)
        given: dict[str, Any] = {"today": request.today, "now": timezone.now(), "by": request.user}
        calling.name_reviewer(found, form.cleaned_data["phase"], person, **given)

    return done(request, form, act, _("They review in this call."), reverse("honour_call", args=[found.pk]))


@signed_in_only
@require_POST
def reviewer_drop(request: AccountRequest, reviewer_id: int) -> HttpResponseBase:
    found = reviewers_visible_to(request.user).select_related("call").filter(pk=reviewer_id).first()
    if found is None:
        raise Http404
    address = reverse("honour_call", args=[found.call_id])
    given: dict[str, Any] = {"today": request.today, "now": timezone.now(), "by": request.user}
    said = _("They review no more. What they gave until now counts.")
    return done(request, None, lambda: calling.drop_reviewer(found, **given), said, address)


# == awarding ==
@signed_in_only
def award(request: DayRequest, call_id: int) -> HttpResponseBase:
    found = call_of(request, call_id)
    if not keeps(request.user, found):
        raise Http404
    form = AwardForm(sent(request), request.FILES or None)

    def act() -> str:
        given = form.cleaned_data
        deciding.award(found, today=request.today, now=timezone.now(), by=request.user, **given)
        return reverse("honour_call", args=[found.pk])

    back = keep_day(reverse("honour_call", args=[found.pk]), request)
    missing = deciding.not_awarded_because(found, request.today) if found.state == Call.State.NOTICE else []
    return form_page(request, form, act, _("It is awarded, and everybody reads it."), _("Award by a document"), back,
                     call_trail(request, found), seal=True, cannot=" ".join(missing))  # fmt: skip


def call_of(request: DayRequest, call_id: int) -> Call:
    found = queries.call_of(request.user, call_id)
    if found is None:
        raise Http404
    return found
