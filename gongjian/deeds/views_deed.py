"""The page of one deed, and what is done there: check, select, agree, show, name a star, take back, comment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongjian.register.refusals import Refused
from gongjian.register.views.door import AccountRequest, DayRequest, signed_in_only

from . import agreeing, checking, commenting, stars
from .access import deeds_visible_to, people_of, reader_comments_visible_to, selecting_body
from .forms import CheckForm, CommentForm, LookForm, PaperForm, StarForm
from .models import Deed, Named
from .queries import DeedShown, deed_shown, steps_of
from .views import PLACE, deeds_step, kept

D = Deed.State


@require_GET
def deed(request: DayRequest, deed_id: int) -> HttpResponse:
    shown = deed_shown(request.user, deed_id, request.today)
    if shown is None:
        raise Http404
    found = shown.row.deed
    facts: dict[str, Any] = {
        "shown": shown,
        "row": shown.row,
        "deed": found,
        "steps": steps_of(found),
        "trail": [deeds_step(), (found.title or _("A deed that was taken back"), None)],
        "is_kept": not request.user.is_authenticated,
    } | _doors(request, shown)
    return kept(render(request, "deeds/deed.html", facts | PLACE), request, [shown.row])


def _doors(request: DayRequest, shown: DeedShown) -> dict[str, Any]:
    """The forms that this reader may send now; None for what is not theirs or not due."""
    found, named = shown.row.deed, shown.named
    waits = named is not None and named.consent == Named.Consent.ASKED
    is_open = found.state in (D.SENT, D.CHECKED, D.SELECTED)
    check = None
    if shown.checks_it:
        people = list(people_of(request.user, found.body)[:300]) if named else []
        guess = next((each.pk for each in people if named and each.name == named.name), None)
        check = CheckForm(None, people=people, with_person=named is not None, guess=guess)
    is_ready = found.of == Deed.Of.BODY or (named is not None and not waits)
    return {
        "check": check,
        "select": LookForm() if shown.selects_it and found.state == D.CHECKED else None,
        "may_show": shown.selects_it and found.state == D.SELECTED and is_ready,
        "may_agree": shown.is_mine and waits,
        "paper": PaperForm() if shown.keeps_body and waits and found.state in (D.CHECKED, D.SELECTED) else None,
        "star": StarForm(None, today=request.today) if shown.keeps_above and found.state in (D.SHOWN, D.STAR) else None,
        "may_take_back": (shown.is_mine or shown.keeps_body) and (is_open or found.is_public),
        "comment": CommentForm() if request.user.is_authenticated and found.is_public else None,
    }


@signed_in_only
@require_POST
def deed_move(request: AccountRequest, deed_id: int) -> HttpResponseBase:
    """Which of them the button says."""
    found = deed_of(request, deed_id)
    given: dict[str, Any] = {"today": request.today, "now": timezone.now(), "by": request.user}
    address = reverse("deed", args=[deed_id])
    match request.POST.get("do", ""):
        case "check" | "return_check" as verb:
            people = list(people_of(request.user, found.body)[:300])
            form: Any = CheckForm(request.POST, people=people)
            verdict = "pass" if verb == "check" else "return"
            said = _("Checked. It goes on to the organisation above.") if verdict == "pass" else _returned()
            return done(
                request, form, lambda: checking.check(found, verdict, **form.cleaned_data, **given), said, address
            )
        case "select" | "return_select" as verb:
            look = LookForm(request.POST)
            verdict = "pass" if verb == "select" else "return"
            said = _("Selected; it has its number.") if verdict == "pass" else _returned()
            return done(
                request, look, lambda: checking.select(found, verdict, **look.cleaned_data, **given), said, address
            )
        case "show":
            return done(request, None, lambda: checking.show(found, **given), _("Everybody can read it now."), address)
        case "agree":
            said = _("Thank you. You can take it back at any time.")
            return done(request, None, lambda: agreeing.agree(found, **given), said, address)
        case "paper":
            paper = PaperForm(request.POST)
            return done(request, paper, lambda: agreeing.agreed_on_paper(found, **paper.cleaned_data, **given),
                        _("Kept. It can be shown."), address)  # fmt: skip
        case "take_back":
            back = {"now": given["now"], "by": request.user}
            said = _("Taken back. It is shown nowhere, and its words are gone.")
            return done(request, None, lambda: agreeing.take_back(found, **back), said, reverse("deeds_waiting"))
        case "star":
            star = StarForm(request.POST, today=request.today)
            body = selecting_body(found)
            return done(request, star, lambda: stars.name_star(
                found, body=body, today=request.today, by=request.user, **star.cleaned_data),
                _("Named. It stands among the stars."), address)  # fmt: skip
    raise Http404


def _returned() -> str:
    return _("Returned. Whoever recommended it reads the reason.")


@signed_in_only
@require_POST
def deed_comment(request: AccountRequest, deed_id: int) -> HttpResponseBase:
    found = deed_of(request, deed_id)
    form = CommentForm(request.POST)
    given: dict[str, Any] = {"today": request.today, "now": timezone.now(), "by": request.user}
    said = _("Sent. It shows once it was looked at.")
    address = reverse("deed", args=[deed_id]) + "#comments"
    return done(request, form, lambda: commenting.write(found, **form.cleaned_data, **given), said, address)


@signed_in_only
@require_POST
def comment_move(request: AccountRequest, comment_id: int) -> HttpResponseBase:
    """Shown or hidden, appealed against, decided: which of them the button says."""
    found = reader_comments_visible_to(request.user).select_related("deed").filter(pk=comment_id).first()
    if found is None:
        raise Http404
    form = LookForm(request.POST)
    given: dict[str, Any] = {"today": request.today, "now": timezone.now(), "by": request.user}
    verb, back = request.POST.get("do", ""), reverse("deeds_waiting")
    act: Callable[[], object]
    if verb in ("show", "hide"):
        act, said = lambda: commenting.look_at(found, verb, reason=_reason(form), **given), _("Kept.")
    elif verb == "appeal":
        act, said = lambda: commenting.appeal(found, _reason(form), **given), _("Sent. Somebody else decides.")
        back = reverse("deed", args=[found.deed_id]) + "#comments"
    elif verb in ("grant", "uphold"):
        act, said = lambda: commenting.decide(found, verb, outcome=_reason(form), **given), _("Decided.")
    else:
        raise Http404
    return done(request, form, act, said, back)


def _reason(form: forms.Form) -> str:
    return str(form.cleaned_data["reason"])


def deed_of(request: DayRequest, deed_id: int) -> Deed:
    rows = deeds_visible_to(request.user).select_related("body__line", "selected_by__line", "named")
    found = rows.filter(pk=deed_id).first()
    if found is None:
        raise Http404
    return found


def done(
    request: DayRequest, form: forms.Form | None, act: Callable[[], object], said: str, address: str
) -> HttpResponseBase:
    """Does the act of a button and goes back to the page, with a sentence of what became of it."""
    if form is not None and not form.is_valid():
        for name, errors in form.errors.items():
            label = form.fields[name].label if name in form.fields else None
            for error in errors:
                messages.error(request, f"{label}: {error}" if label else str(error))
        return redirect(address)
    try:
        act()
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, said)
    return redirect(address)
