"""The pages of whoever is asked: the inbox, one ask, and what one does about it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongjian.chronicle.whence import act_as
from gongjian.register.models import Body
from gongjian.register.refusals import Refused
from gongjian.register.views.door import AccountRequest, signed_in_only

from . import answering, matters, queries, states
from .access import asks_visible_to, bodies_asked_from, may_write, office_that_answers
from .forms import AnswerForm, HandOverForm, ReasonForm
from .models import Answer, Ask, Sending


@signed_in_only
@require_GET
def inbox(request: AccountRequest) -> HttpResponse:
    """What is to be done, the first due first; nothing due says so, and nothing else."""
    by_day = request.GET.get("view") == "week"
    facts = {
        "inbox": queries.inbox(request.user, request.today, by_day=by_day),
        "by_day": by_day,
        "may_ask": bodies_asked_from(request.user).on(request.today).exists(),
        "complaints": settings.COMPLAINTS,
        "place": "inbox",
        "trail": [(_("To do"), None)],
    }
    return render(request, "asks/inbox.html", facts)


@signed_in_only
@require_GET
def one(request: AccountRequest, ask_id: int) -> HttpResponse:
    page = _page(request, ask_id)
    return render(request, "asks/ask.html", _facts(request, page))


@signed_in_only
@require_POST
def answer(request: AccountRequest, ask_id: int) -> HttpResponse:
    """Answer it. A script that sends what was kept on a bad network is told by 204 or 400; a page is led on."""
    page = _page(request, ask_id)
    ask = _as_answerer(request, page.ask)
    form = AnswerForm(answering.sheet_of(ask, request.user, request.today), request.POST, request.FILES)
    if answering.was_answered(ask, request.POST.get("token", "")):
        return _led_on(request)
    if form.is_valid():
        try:
            answering.answer(ask, **form.given(), today=request.today, now=timezone.now(), by=request.user)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Answered: %(title)s") % {"title": ask.sending.title})
            return _led_on(request)
    return render(request, "asks/ask.html", _facts(request, page) | {"form": form}, status=400)


def _led_on(request: HttpRequest) -> HttpResponse:
    if request.headers.get("X-Kept"):
        return HttpResponse(status=204)
    return redirect("inbox")


@signed_in_only
@require_POST
def decline(request: AccountRequest, ask_id: int) -> HttpResponse:
    ask = _as_answerer(request, _page(request, ask_id).ask)
    return _done(
        request, ask, ReasonForm(request.POST),
        lambda given: answering.decline(ask, **given, now=timezone.now(), by=request.user),
        _("Declined. Whoever asked reads why."),
    )  # fmt: skip


@signed_in_only
def hand_over(request: AccountRequest, ask_id: int) -> HttpResponse:
    """To another organisation near by; the page asks to which, and why."""
    page = _page(request, ask_id)
    ask = _as_answerer(request, page.ask)
    bodies = list(answering.may_take_over(ask, request.user, request.today).order_by("name", "body")[:300])
    form = HandOverForm(request.POST if request.method == "POST" else None, bodies=bodies)
    if form.is_bound and form.is_valid():
        to = Body.objects.get(pk=int(form.cleaned_data["to"]))
        try:
            answering.hand_over(
                ask, to, reason=form.cleaned_data["reason"], today=request.today, now=timezone.now(), by=request.user
            )
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Handed over. It stands in their inbox now."))
            return redirect("inbox")
    facts = {"ask": ask, "form": form, "bodies": bodies, "trail": _trail(ask, _("Hand over")), "place": "inbox"}
    return render(request, "asks/hand_over.html", facts, status=400 if form.errors else 200)


@signed_in_only
@require_POST
def take_back(request: AccountRequest, ask_id: int) -> HttpResponse:
    ask = _as_answerer(request, _page(request, ask_id).ask)
    try:
        answering.take_back(ask, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("It is open again."))
    return redirect("ask", ask_id)


@signed_in_only
@require_GET
def file(request: AccountRequest, answer_id: int) -> HttpResponseBase:
    """The file that was handed in, to be saved and not shown: what came from outside is not run here."""
    found = Answer.objects.filter(pk=answer_id, ask__in=asks_visible_to(request.user)).exclude(file="").first()
    if found is None:
        raise Http404
    return FileResponse(found.file.open("rb"), as_attachment=True, filename=(found.file.name or "").rsplit("/", 1)[-1])


def _page(request: AccountRequest, ask_id: int) -> queries.AskPage:
    page = queries.ask_page(request.user, ask_id, request.today)
    if page is None:
        raise Http404(_("There is no such thing to do, or it is not open to you."))
    return page


def _as_answerer(request: AccountRequest, ask: Ask) -> Ask:
    """Not found for whoever does not answer it. What is done is done in the office in which one does."""
    office = office_that_answers(request.user, ask)
    if office is None:
        raise Http404
    act_as(office)
    return ask


def _facts(request: AccountRequest, page: queries.AskPage) -> dict[str, Any]:
    ask = page.ask
    answers = office_that_answers(request.user, ask) is not None
    sheet = answering.sheet_of(ask, request.user, request.today)
    is_open = ask.state == Ask.State.OPEN
    return {
        "page": page,
        "ask": ask,
        "matter": matters.told(request.user, ask.sending.about),
        "sheet": sheet,
        "answers_it": answers,
        "form": AnswerForm(sheet) if answers and is_open else None,
        "decline_form": ReasonForm() if answers and is_open else None,
        "is_late": ask.is_overdue(request.today),
        "days_late": (request.today - ask.due_on).days,
        "may_take_back": answers and states.leads_on(ask, "take_back"),
        "may_return": may_write(request.user, ask.sending) and ask.sending.state == Sending.State.SENT
        and states.leads_on(ask, "return"),
        "return_form": ReasonForm(),
        "given": [_given(answer, sheet) for answer in page.answers],
        "trail": _trail(ask),
        "place": "inbox",
    }  # fmt: skip


def _given(answer: Answer, sheet: answering.Sheet) -> tuple[Answer, list[tuple[str, Any]]]:
    """What was answered, in the words of its questions."""
    questions = [question for each in sheet.sendings for question in each.questions.all()]
    told = {**answer.known, **answer.values}
    words = {"yes": _("Yes"), "no": _("No")}
    rows = [(q.label, words.get(told[str(q.pk)], told[str(q.pk)]) if q.type == "yes_no" else told[str(q.pk)])
            for q in questions if str(q.pk) in told]  # fmt: skip
    return answer, rows


def _trail(ask: Ask, here: str = "") -> list[tuple[str, str | None]]:
    first: list[tuple[str, str | None]] = [(_("To do"), reverse("inbox"))]
    if not here:
        return [*first, (ask.sending.title, None)]
    return [*first, (ask.sending.title, reverse("ask", args=[ask.pk])), (here, None)]


def _done(request: AccountRequest, ask: Ask, form: ReasonForm, do: Any, said: str) -> HttpResponse:
    if not form.is_valid():
        raise BadRequest(_("Say why. It is written down and read by whoever it concerns."))
    try:
        do(form.cleaned_data)
    except Refused as no:
        messages.error(request, str(no))
        return redirect("ask", ask.pk)
    messages.success(request, said)
    return redirect("inbox")
