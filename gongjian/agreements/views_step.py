"""One step of an agreement a page: what it is, by when, and a short form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjian.register.refusals import Refused
from gongjian.register.views.door import AccountRequest, signed_in_only

from . import congresses, in_force, verbs
from .define import numbers_of
from .forms import (
    CallForm,
    DraftForm,
    NameForm,
    PublishForm,
    ReasonForm,
    ReportForm,
    SignForm,
    StepForm,
    VoteForm,
    WordsForm,
)
from .models import Agreement, Congress
from .pages import form_page, found_of, hub_step, refusal_of, sent
from .queries import rule_of, verbs_of
from .wording import PAGES

# By verb of a page: what it does, and what is typed to it.
STEPS: dict[str, tuple[Callable[..., Any], type[StepForm]]] = {
    "answer": (verbs.answer, WordsForm), "name": (verbs.name, NameForm), "call": (verbs.call, CallForm),
    "meet": (verbs.meet, WordsForm), "draft": (verbs.draft, DraftForm), "vote": (congresses.vote_on, VoteForm),
    "sign": (verbs.sign, SignForm), "file": (verbs.file, StepForm), "object": (verbs.objected, ReasonForm),
    "publish": (in_force.publish, PublishForm), "report": (congresses.report_on, ReportForm),
    "mediate": (verbs.mediate, ReasonForm), "prolong": (verbs.prolong, ReasonForm),
    "settle": (verbs.settle, WordsForm), "end": (verbs.give_up, ReasonForm),
}  # fmt: skip
BEFORE_A_CONGRESS = ("vote", "report")


@signed_in_only
def agreement_step(request: AccountRequest, agreement_id: int, verb: str) -> HttpResponseBase:
    if verb not in STEPS:
        raise Http404
    found = found_of(request, agreement_id)
    if refusal := refusal_of(request, found.union):
        return refusal
    if request.method == "GET" and verb not in dict(verbs_of(found)):
        return redirect("agreement", found.pk)
    act, form_class = STEPS[verb]
    form = form_class(sent(request), agreement=found, today=request.today, **_initial(request, found, verb))
    congress = congresses.congress_of(found) if verb in BEFORE_A_CONGRESS else None
    here = reverse("agreement", args=[found.pk])

    def do() -> str:
        given: dict[str, Any] = {"today": request.today, "now": timezone.now(), "by": request.user} | form.given()
        if verb == "draft" and request.POST.get("do") == "keep":
            verbs.keep_clauses(found, clauses=given["clauses"], by=request.user)
            return request.path
        if verb in BEFORE_A_CONGRESS:
            if congress is None:
                raise Refused(_("Enter the workers' congress first: how many delegates it has."))
            given["congress"] = congress
        act(found, **given)
        return here

    name, lede, rule = PAGES[verb]
    if verb == "name" and found.above_scale:
        rule = "delegates_least_large"
    facts = {
        "agreement": found,
        "verb": verb,
        "name": name,
        "lede": lede,
        "rule": rule_of(rule, numbers_of(found.statute_id)[rule]) if rule else None,
        "needs_congress": verb in BEFORE_A_CONGRESS and congress is None,
        "congress": congress,
        "needed": _needed(found, congress) if congress is not None and verb == "vote" else None,
        "is_late": found.is_late(request.today),
        "trail": [hub_step(), (found.title, here), (name, None)],
    }
    return form_page(request, form, do, _("Written down."), "agreements/step.html", facts)


def _needed(found: Agreement, congress: Congress) -> tuple[int, int]:
    """How many have to be there at least, and how many for it."""
    numbers = numbers_of(found.statute_id)
    return numbers["quorum"].least_of(congress.delegates), numbers["majority"].least_above(congress.delegates)


def _initial(request: AccountRequest, found: Agreement, verb: str) -> dict[str, Any]:
    if verb == "sign":
        return {"until": verbs.usual_end(found, request.today, numbers_of(found.statute_id))}
    return {"summary": found.summary} if verb == "publish" else {}
