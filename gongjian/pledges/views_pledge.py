"""The pages of one pledge: what is promised, its review, its ledger, how it ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db.models import Q
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongjian.register.views.door import AccountRequest, DayRequest, signed_in_only

from . import fulfilling, reviewing, writing
from .access import office_that_writes, pledges_visible_to, posts_visible_to, progress_visible_to
from .forms import CloseForm, NameForm, PledgeForm, ProgressForm, PublishForm, ReviewForm, TellingForm, WordForm
from .models import Measure, Pledge, Post
from .pages import done, form_page, refusal_of, sent
from .queries_pledge import PledgeShown, pledge_shown, steps_of
from .states import ENDS, moves_of

PANELS = ("review", "publish", "progress", "word", "telling", "close", "name_form", "may_unname")


@signed_in_only
@require_GET
def pledge(request: DayRequest, pledge_id: int) -> HttpResponse:
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    shown = pledge_shown(request.user, pledge_id, request.today, after=after, before=before)
    if shown is None:
        raise Http404
    found, moves = shown.row.pledge, set(moves_of(shown.row.pledge))
    doors = _doors(request, shown, moves)
    facts: dict[str, Any] = {
        "shown": shown,
        "row": shown.row,
        "pledge": found,
        "steps": steps_of(found),
        "trail": [(_("Pledges"), reverse("pledges")), (found.title, None)],
        "place": "programme",
        "has_panels": bool(shown.found or shown.alike or any(doors[name] for name in PANELS)),
    } | doors
    return render(request, "pledges/pledge.html", facts)


def _doors(request: DayRequest, shown: PledgeShown, moves: set[str]) -> dict[str, Any]:
    """The forms that this reader may send now; None for what is not theirs or not due."""
    pledge, today = shown.row.pledge, request.today
    writes, keeps = shown.writes is not None, shown.keeps is not None
    at_work = writes and pledge.state in fulfilling.AT_WORK
    is_named = hasattr(pledge, "public_name")
    return {
        "may_write": writes and pledge.is_theirs_to_write,
        "may_hand_in": writes and "hand_in" in moves,
        "may_take_back": writes and "take_back" in moves,
        "may_withdraw": writes and "withdraw" in moves,
        "may_go_on": writes and "go_on" in moves,
        "review": ReviewForm() if shown.reviews_as is not None and "pass" in moves else None,
        "publish": PublishForm() if keeps and "publish" in moves else None,
        "progress": ProgressForm(None, pledge=pledge, today=today) if at_work else None,
        "word": WordForm() if writes and pledge.is_open else None,
        "telling": TellingForm(initial={"telling": pledge.telling}) if writes and "tell" in moves else None,
        "close": CloseForm(None, today=today) if shown.closes is not None else None,
        "ends": [verb for verb in ENDS if verb in moves],
        "name_form": NameForm(initial={"name": shown.row.person}) if shown.is_mine and not is_named else None,
        "may_unname": shown.is_mine and is_named,
        "is_everybodys": pledge.is_public and (pledge.person_id is None or is_named),
        "may_print": keeps and pledge.person_id is None and pledge.is_public,
    }


@signed_in_only
def pledge_edit(request: DayRequest, pledge_id: int) -> HttpResponseBase:
    found = _pledge_of(request, pledge_id)
    if office_that_writes(request.user, found) is None and (refusal := refusal_of(request, found.body)):
        return refusal
    offered = Q(state=Post.State.OPEN) | Q(pk=found.post_id)
    posts = posts_visible_to(request.user).filter(offered, body=found.body_id).order_by("title", "pk")
    form = PledgeForm(sent(request), posts=posts, today=request.today, pledge=found)

    def rewrite() -> str:
        writing.rewrite(found, today=request.today, by=request.user, **form.said())
        return _page(pledge_id)

    facts = {
        "title": _("Write it anew"), "kind": found.title, "back": _page(pledge_id),
        "trail": [(_("Pledges"), reverse("pledges")), (found.title, _page(pledge_id))],
    }  # fmt: skip
    return form_page(request, form, rewrite, _("Kept. Hand it in once it is ready."), facts, "pledges/form.html")


@signed_in_only
@require_POST
def pledge_move(request: AccountRequest, pledge_id: int) -> HttpResponseBase:
    """Handed in, taken back, made public, told of, gone on with, withdrawn: which of them the button says."""
    found = _pledge_of(request, pledge_id)
    by, today, now, address = request.user, request.today, timezone.now(), _page(pledge_id)
    match request.POST.get("do", ""):
        case "hand_in":
            said = _("Handed in. Whoever reviews it is told.")
            return done(request, None, lambda: writing.hand_in(found, today=today, now=now, by=by), said, address)
        case "take_back":
            said = _("It is a draft again.")
            return done(request, None, lambda: writing.take_back(found, now=now, by=by), said, address)
        case "withdraw":
            said = _("Taken back. It is not promised.")
            return done(request, None, lambda: writing.withdraw(found, now=now, by=by), said, address)
        case "publish":
            form = PublishForm(request.POST)
            said = _("It is public now. Put the notice on the wall as well.")
            return done(
                request, form, lambda: reviewing.publish(found, today=today, by=by, **form.cleaned_data), said, address
            )
        case "tell":
            telling = TellingForm(request.POST)
            said = _("Kept. Everybody who reads the pledge reads it.")
            return done(request, telling, lambda: fulfilling.tell(found, by=by, **telling.cleaned_data), said, address)
        case "go_on":
            return done(request, None, lambda: fulfilling.go_on(found, by=by), _("It is worked on again."), address)
    raise Http404


@signed_in_only
@require_POST
def pledge_review(request: AccountRequest, pledge_id: int) -> HttpResponseBase:
    found = _pledge_of(request, pledge_id)
    verdict = request.POST.get("do", "")
    if verdict not in ("pass", "return"):
        raise Http404
    form = ReviewForm(request.POST)
    said = (
        _("Passed. It can be made public.") if verdict == "pass" else _("Returned. Whoever wrote it reads the reason.")
    )
    back = reverse("pledges_review") if request.POST.get("back") == "list" else _page(pledge_id)

    def review() -> object:
        given: dict[str, Any] = {"today": request.today, "now": timezone.now(), "by": request.user}
        return reviewing.review(found, verdict, reason=form.cleaned_data["reason"], **given)

    return done(request, form, review, said, back)


@signed_in_only
@require_POST
def pledge_progress(request: AccountRequest, pledge_id: int) -> HttpResponseBase:
    """An entry in the ledger; from the list of one's own a measure is crossed off with nothing typed."""
    found = _pledge_of(request, pledge_id)
    from_list = request.POST.get("back") == "mine"
    typed = request.POST.copy()
    typed.setdefault("on", request.today.isoformat())
    form = ProgressForm(typed, request.FILES, pledge=found, today=request.today)

    def enter() -> object:
        given = dict(form.cleaned_data)
        measure = given.pop("measure")
        return fulfilling.enter(
            found, measure=Measure(pk=measure) if measure else None, today=request.today, by=request.user, **given
        )

    return done(
        request, form, enter, _("It stands in the ledger."), reverse("pledges_mine") if from_list else _page(pledge_id)
    )


@signed_in_only
@require_POST
def pledge_word(request: AccountRequest, pledge_id: int) -> HttpResponseBase:
    found = _pledge_of(request, pledge_id)
    form = WordForm(request.POST)

    def say() -> object:
        given: dict[str, Any] = {"today": request.today, "now": timezone.now(), "by": request.user}
        return fulfilling.say_word(found, words=form.cleaned_data["words"], **given)

    return done(request, form, say, _("The word of the quarter is kept."), _page(pledge_id))


@signed_in_only
@require_POST
def pledge_close(request: AccountRequest, pledge_id: int) -> HttpResponseBase:
    found = _pledge_of(request, pledge_id)
    form = CloseForm(request.POST, today=request.today)

    def close() -> object:
        given = dict(form.cleaned_data) | {"today": request.today, "now": timezone.now(), "by": request.user}
        return fulfilling.close(found, request.POST.get("do", ""), **given)

    return done(request, form, close, _("Closed, for everybody who reads the pledge."), _page(pledge_id))


@signed_in_only
@require_POST
def pledge_name(request: AccountRequest, pledge_id: int) -> HttpResponseBase:
    """Whose pledge it is lets everybody read it under a name, or no longer."""
    found = _pledge_of(request, pledge_id)
    if request.POST.get("do") == "no_longer":
        said = _("It is read inside only again.")
        return done(request, None, lambda: fulfilling.no_longer(found, by=request.user), said, _page(pledge_id))
    form = NameForm(request.POST)
    said = _("Once it is public, everybody may read it under this name.")
    return done(
        request, form, lambda: fulfilling.agree(found, today=request.today, by=request.user, **form.cleaned_data), said,
        _page(pledge_id),
    )  # fmt: skip


@signed_in_only
@require_GET
def progress_paper(request: DayRequest, progress_id: int) -> HttpResponseBase:
    found = progress_visible_to(request.user).filter(pk=progress_id).exclude(file="").first()
    if found is None:
        raise Http404
    name = f"{found.on}{Path(str(found.file.name)).suffix}"
    return FileResponse(found.file.open("rb"), as_attachment=True, filename=name)


@signed_in_only
@require_POST
def progress_take_out(request: AccountRequest, progress_id: int) -> HttpResponseBase:
    found = progress_visible_to(request.user).select_related("pledge").filter(pk=progress_id).first()
    if found is None:
        raise Http404
    said = _("Taken out. The chronicle keeps that it was there.")
    return done(request, None, lambda: fulfilling.take_out(found, by=request.user), said, _page(found.pledge_id))


def _pledge_of(request: DayRequest, pledge_id: int) -> Pledge:
    found = pledges_visible_to(request.user).select_related("body__line").filter(pk=pledge_id).first()
    if found is None:
        raise Http404
    return found


def _page(pledge_id: int) -> str:
    return reverse("pledge", args=[pledge_id])
