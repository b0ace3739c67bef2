"""The pages of one telling: telling, commenting, publishing, putting right, what members tell; and a body's board."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from gongjian.meetings.access import meetings_visible_to
from gongjian.meetings.models import Meeting
from gongjian.register.queries.lists import body_names
from gongjian.register.views.door import AccountRequest, DayRequest, signed_in_only

from . import members, putting_right, queries_telling, register_sheet, verbs
from .access import (
    comments_visible_to,
    member_tellings_visible_to,
    office_that_comments,
    people_of,
    person_of,
    rectifications_visible_to,
)
from .forms import (
    CommentForm,
    FinishForm,
    MemberCommentForm,
    PlanForm,
    PublishForm,
    ReopenForm,
    SayForm,
    TellingForm,
)
from .models import Comment, CommentKind, Rectification, Telling
from .pages import PLACE, done, form_page, found_of, hub_step, refusal_of, sent
from .remarks import remarks_on
from .states import leads_on

MOST_MEETINGS = 30
# By the word of the button: what it does, what is typed to it, whether it needs the moment, and what is said then.
MENDING: dict[str, tuple[Callable[..., object], type[Form] | None, bool, Any]] = {
    "plan": (putting_right.plan, PlanForm, False, gettext_lazy("Written down.")),
    "finish": (
        putting_right.finish, FinishForm, True, gettext_lazy("Handed in. Whoever named the problem looks at it.")
    ),
    "confirm": (putting_right.confirm, None, True, gettext_lazy("Confirmed.")),
    "reopen": (putting_right.reopen, ReopenForm, True, gettext_lazy("Opened again. The organisation reads why.")),
}  # fmt: skip


@signed_in_only
@require_GET
def telling(request: DayRequest, telling_id: int) -> HttpResponse:
    shown = queries_telling.telling_shown(request.user, telling_id, request.today)
    if shown is None:
        raise Http404
    found, said = shown.telling, shown.said
    is_open = found.round.is_open
    may_publish = is_open and shown.comments and said is not None and leads_on(found, "publish")
    facts: dict[str, Any] = {
        "shown": shown,
        "telling": found,
        "said": said,
        "is_late": found.is_late(request.today),
        "may_tell": is_open and shown.is_theirs and leads_on(found, "tell"),
        "may_comment": is_open and shown.comments and leads_on(found, "comment"),
        "publish": PublishForm(None, telling=found, today=request.today) if may_publish else None,
        "remarks": remarks_on(said.comment, said.points) if may_publish and said else [],
        "mending": _mending(shown) if said and found.is_published else [],
        "trail": _trail(found),
    }
    return render(request, "telling/telling.html", facts | PLACE)


def _mending(shown: queries_telling.Shown) -> list[dict[str, Any]]:
    """Each problem with the forms that this reader may send now."""
    is_open, rows = shown.telling.round.is_open, []
    for problem in shown.said.problems if shown.said else []:
        each = problem.mending
        if each is None:
            continue
        theirs, ours = is_open and shown.is_theirs, is_open and shown.comments
        rows.append({
            "problem": problem,
            "each": each,
            "plan": PlanForm(None, each=each) if theirs and leads_on(each, "plan") else None,
            "finish": FinishForm(None, auto_id=f"finish_{each.pk}_%s") if theirs and leads_on(each, "finish") else None,
            "may_confirm": ours and leads_on(each, "confirm"),
            "reopen": ReopenForm(None, auto_id=f"reopen_{each.pk}_%s") if ours and leads_on(each, "reopen") else None,
        })  # fmt: skip
    return rows


@signed_in_only
def telling_tell(request: AccountRequest, telling_id: int) -> HttpResponseBase:
    found = found_of(request, telling_id)
    if refusal := refusal_of(request, found.body):
        return refusal
    if request.method == "GET" and not leads_on(found, "tell"):
        return redirect("telling", found.pk)
    form = TellingForm(sent(request), telling=found)

    def tell() -> str:
        verbs.tell(found, today=request.today, now=timezone.now(), by=request.user, **form.cleaned_data)
        return _page(found.pk)

    facts = {
        "shown": queries_telling.telling_shown(request.user, telling_id, request.today),
        "telling": found,
        "trail": [*_trail(found)[:-1], (_("Tell"), None)],
    }
    said = _("Told. Whoever comments on it reads it now.")
    return form_page(request, form, tell, said, "telling/tell.html", facts)


# == commenting ==
@signed_in_only
def telling_comment(request: AccountRequest, telling_id: int) -> HttpResponseBase:
    found = found_of(request, telling_id)
    if office_that_comments(request.user, found) is None and (refusal := refusal_of(request, found.commenter)):
        return refusal
    shown = queries_telling.telling_shown(request.user, telling_id, request.today)
    if shown is None:
        raise Http404
    if request.method == "GET" and not leads_on(found, "comment"):
        return redirect("telling", found.pk)
    written = comments_visible_to(request.user).filter(telling=found).prefetch_related("points").first()
    form = CommentForm(
        sent(request), kinds=list(CommentKind.objects.all()), meetings=_meetings(request, found), today=request.today,
        comment=written, points=list(written.points.all()) if written else [],
    )  # fmt: skip

    def comment() -> str:
        verbs.comment(found, today=request.today, now=timezone.now(), by=request.user, **form.given())
        return _page(found.pk)

    facts = {
        "shown": shown,
        "telling": found,
        "said": shown.said,
        "is_itself": shown.is_itself,
        "overtaken": _overtaken(form, written),
        "trail": [*_trail(found)[:-1], (_("Comment"), None)],
    }
    return form_page(request, form, comment, _("Kept. Publish it once it is ready."), "telling/comment.html", facts)


def _overtaken(form: CommentForm, written: Comment | None) -> int | None:
    """The version to write on, where somebody else was quicker."""
    if not form.is_bound or written is None or form.data.get("version") == str(written.version):
        return None
    return written.version


def _meetings(request: DayRequest, found: Telling) -> list[Meeting]:
    rows = meetings_visible_to(request.user).filter(day__range=(found.round.since, request.today))
    return list(rows.select_related("series").order_by("-day", "-pk")[:MOST_MEETINGS])


@signed_in_only
@require_POST
def telling_publish(request: AccountRequest, telling_id: int) -> HttpResponseBase:
    found = found_of(request, telling_id)
    form = PublishForm(request.POST, telling=found, today=request.today)

    def publish() -> str:
        return verbs.publish(found, today=request.today, now=timezone.now(), by=request.user, **form.cleaned_data)

    return done(request, form, publish, _("Published. What was named is to be put right."), _page(found.pk))


# == putting right ==
@signed_in_only
@require_POST
def mending_move(request: AccountRequest, mending_id: int) -> HttpResponseBase:
    """Planned, finished, confirmed, opened again: which of them the button says."""
    each = _mending_of(request, mending_id)
    verb = request.POST.get("do", "")
    if verb not in MENDING:
        raise Http404
    act, form_class, takes_now, said = MENDING[verb]
    form = form_class(request.POST) if form_class else None
    given: dict[str, Any] = {"today": request.today, "by": request.user}
    if takes_now:
        given["now"] = timezone.now()
    address = f"{_page(each.point.comment.telling_id)}#problems"
    return done(request, form, lambda: act(each, **given, **(form.cleaned_data if form else {})), str(said), address)


def _mending_of(request: DayRequest, mending_id: int) -> Rectification:
    found = rectifications_visible_to(request.user).select_related("point__comment").filter(pk=mending_id).first()
    if found is None:
        raise Http404
    return found


# == members ==
@signed_in_only
def telling_members(request: AccountRequest, telling_id: int) -> HttpResponseBase:
    """What one told oneself; for whoever keeps the branch's matters what its members told, and a comment on each."""
    found = found_of(request, telling_id)
    shown = queries_telling.telling_shown(request.user, telling_id, request.today)
    if shown is None or not (shown.is_theirs or shown.is_on_roll) or not shown.is_branch:
        raise Http404
    is_say = request.POST.get("do") == "say"
    people = list(people_of(request.user, found.body)[:500]) if shown.is_theirs else []
    say = SayForm(request.POST if is_say else None)
    comment = MemberCommentForm(request.POST if request.method == "POST" and not is_say else None, people=people)
    address = request.path
    given: dict[str, Any] = {"today": request.today, "by": request.user}
    if request.method == "POST":
        if is_say:
            said = _("Kept. You and whoever keeps the branch's matters read it, nobody else.")
            return done(request, say, lambda: members.say(found, **say.cleaned_data, **given), said, address)
        said = _("Kept. The person has a letter; nobody else reads it.")
        return done(request, comment, lambda: _comment_on(found, comment, given), said, address)
    facts = {
        "telling": found,
        "shown": shown,
        "rows": list(member_tellings_visible_to(request.user).filter(telling=found).select_related("person")[:500]),
        "own": person_of(request.user),
        "say": say if shown.is_on_roll else None,
        "comment": comment if people else None,
        "trail": [*_trail(found)[:-1], (_("Members"), None)],
    }
    return render(request, "telling/members.html", facts | PLACE)


def _comment_on(found: Telling, form: MemberCommentForm, given: dict[str, Any]) -> object:
    words = {name: form.cleaned_data[name] for name in ("strength", "problem", "direction")}
    return members.comment_on(found, form.person_chosen(), now=timezone.now(), **words, **given)


# == papers and the board ==
@signed_in_only
@require_GET
def telling_docx(request: DayRequest, telling_id: int) -> HttpResponseBase:
    found = found_of(request, telling_id)
    name = body_names(request.user, request.today, [found.body_id]).get(found.body_id, "")
    return register_sheet.as_word(f"{name}-{found.round.name}", [found], request.user, request.today)


@require_GET
def board(request: DayRequest, body_id: int) -> HttpResponse:
    """A body's comments: what everybody reads, and for whoever is concerned all that they may read."""
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    found = queries_telling.board(request.user, body_id, request.today, after=after, before=before)
    if found is None:
        raise Http404
    facts = {"found": found, "trail": [(found.name, reverse("body", args=[body_id])), (_("Comments"), None)]}
    return render(request, "telling/board.html", facts | PLACE)


def _page(telling_id: int) -> str:
    return reverse("telling", args=[telling_id])


def _trail(found: Telling) -> list[tuple[str, str | None]]:
    own = reverse("telling_round", args=[found.round_id])
    return [hub_step(), (found.round.name, own), (_("One organisation"), None)]
