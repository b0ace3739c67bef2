"""The pages of whoever asks: what was sent, writing a sending, to whom, what it would do, and what came back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongjian.chronicle.whence import act_as
from gongjian.register.access import body_entries_visible_to
from gongjian.register.models import Body, BodyEntry
from gongjian.register.queries.lists import body_names, unit_names, units_to_narrow_to
from gongjian.register.refusals import Refused
from gongjian.register.views.door import AccountRequest, signed_in_only
from gongjian.ui.excel import Column, workbook_response

from . import answering, facts, matters, queries, receivers, sending, tasks, writing
from .access import (
    asks_visible_to,
    bodies_asked_from,
    may_write,
    office_that_asks,
    office_that_consents,
    sendings_visible_to,
)
from .forms import ReasonForm, ReceiversForm, SendingForm
from .models import Ask, Consent, Question, Sending
from .reading import asked_in, line_of
from .writing import Asked

State = Sending.State


@signed_in_only
@require_GET
def sent(request: AccountRequest) -> HttpResponse:
    """What was asked of others in the names of one's organisations and those below, and what one is writing."""
    facts_ = {
        "page": queries.sendings_page(
            request.user, request.today, after=request.GET.get("after", ""), before=request.GET.get("before", "")
        ),
        "drafts": queries.drafts(request.user, request.today),
        "may_ask": _senders(request) != [],
        "place": "inbox",
        "trail": [(_("To do"), reverse("inbox")), (_("What was sent"), None)],
    }
    return render(request, "asks/sent.html", facts_)


def _senders(request: AccountRequest) -> list[BodyEntry]:
    return list(bodies_asked_from(request.user).on(request.today).order_by("name", "body"))


# == writing ==
@signed_in_only
def new(request: AccountRequest) -> HttpResponse:
    senders = _senders(request)
    if not senders:
        raise Http404(_("None of your offices asks others for something."))
    form = _form(request, senders, {"minutes": 5} | _of_the_matter(request))
    if form.is_bound and form.is_valid():
        body = Body.objects.get(pk=int(form.cleaned_data["body"]))
        draft = _put(request, form, lambda **what: writing.write(body, **what, now=timezone.now()))
        if draft is not None:
            return redirect("sending_to", draft.pk)
    return _edit_page(request, form, senders, None)


@signed_in_only
def edit(request: AccountRequest, sending_id: int) -> HttpResponse:
    draft = _draft(request, sending_id)
    senders = [entry for entry in _senders(request) if entry.body_id == draft.body_id]
    form = _form(request, senders, _as_written(draft))
    if form.is_bound and form.is_valid():
        again = _put(request, form, lambda **what: writing.rewrite(draft, **what))
        if again is not None:
            return redirect("sending_to" if not receivers.is_chosen(again) else "sending_look", again.pk)
    return _edit_page(request, form, senders, draft)


def _form(request: AccountRequest, senders: list[BodyEntry], initial: dict[str, Any]) -> SendingForm:
    given = request.POST if request.method == "POST" else None
    offered = matters.offered(request.user, request.today)
    return SendingForm(given, senders=senders, matters=offered, initial=initial)


def _of_the_matter(request: AccountRequest) -> dict[str, Any]:
    """What a page that leads here says it stands on."""
    about = request.GET.get("about", "")
    matter = matters.told(request.user, about)
    return {"about": about, "why": matter.label} if matter else {}


def _put(request: AccountRequest, form: SendingForm, put: Callable[..., Sending]) -> Sending | None:
    try:
        return put(questions=form.asked(), today=request.today, by=request.user, **form.what_is_said())
    except Refused as no:
        form.add_error(None, str(no))
        return None


def _as_written(draft: Sending) -> dict[str, Any]:
    names = ("title", "what", "why", "about", "kind", "href", "minutes", "due_on")
    said = {name: getattr(draft, name) for name in names}
    return said | {"body": draft.body_id, "questions": "\n".join(map(line_of, draft.questions.all()))}


def _edit_page(
    request: AccountRequest, form: SendingForm, senders: list[BodyEntry], draft: Sending | None
) -> HttpResponse:
    lines = (form["questions"].value() or "").splitlines()
    seat = next((each.seat_id for each in senders if str(each.body_id) == form["body"].value()), senders[0].seat_id)
    read = _readings([asked_in(line) for line in lines if line.strip()], seat)
    here = _("Ask others for something")
    facts_ = {
        "form": form,
        "draft": draft,
        "read": read,
        "known_count": sum(fact is not None for _asked, _type, fact, _where in read),
        "catalogue": facts.every(),
        "place": "inbox",
        "trail": [(_("To do"), reverse("inbox")), (_("What was sent"), reverse("sendings")), (here, None)],
    }
    return render(request, "asks/write.html", facts_, status=400 if form.errors else 200)


def _readings(questions: list[Asked], seat: int) -> list[tuple[Asked, str, facts.Fact | None, tuple[Any, str] | None]]:
    """How lines are read: what is asked, the words for its type, and if it is known already, who keeps it and where it
    is looked up for what stands in the unit."""
    known = facts.known(each.label for each in questions)
    found = []
    for asked in questions:
        fact = known.get(asked.label)
        source = facts.source_of(fact.key) if fact else None
        place = (source.owner, source.where(seat)) if source else None
        found.append((asked, str(Question.Type(asked.type).label), fact, place))
    return found


# == to whom, and what it would do ==
@signed_in_only
def to(request: AccountRequest, sending_id: int) -> HttpResponse:
    draft = _draft(request, sending_id)
    places = _places(request, draft.body)
    given = request.POST if request.method == "POST" else None
    form = ReceiversForm(given, places=places, initial=draft.receivers)
    if form.is_bound and form.is_valid():
        chosen = form.receivers()
        if not chosen:
            form.add_error(None, _("Choose at least one: a line, a level, a class, a kind or a place."))
        else:
            writing.choose(draft, receivers=chosen, by=request.user)
            return redirect("sending_look", draft.pk)
    facts_ = {"draft": draft, "form": form, "place": "inbox", "trail": _trail(draft, _("To whom it goes"))}
    return render(request, "asks/to.html", facts_, status=400 if form.errors else 200)


def _places(request: AccountRequest, sender: Body) -> list[tuple[int, str]]:
    """The divisions in which one can choose: where the sender sits, and those directly in it."""
    seat = (
        body_entries_visible_to(request.user)
        .on(request.today)
        .filter(body=sender)
        .values_list("seat", flat=True)
        .first()
    )
    if seat is None:
        return []
    here = [(seat, unit_names(request.user, request.today, [seat]).get(seat, ""))]
    return here + units_to_narrow_to(request.user, request.today, seat)


@signed_in_only
@require_GET
def look(request: AccountRequest, sending_id: int) -> HttpResponse:
    """How many it reaches, what it adds to their month, who is over the ceiling; and from here it is sent."""
    draft = _draft(request, sending_id)
    if not receivers.is_chosen(draft):
        return redirect("sending_to", draft.pk)
    seen = receivers.outlook(request.user, draft, request.today)
    consent_ = sending.consent_to(draft)
    facts_ = {
        "draft": draft,
        "seen": seen,
        "consent": consent_,
        "missing": sending.what_is_missing(draft, today=request.today, by=request.user),
        "asked": receivers.asked_questions(draft),
        "known": [question for question in draft.questions.all() if question.fact],
        "to_merge": receivers.to_merge_with(request.user, draft, request.today) if seen.over_count else [],
        "dropped": queries.names_of_bodies(request.user, draft.dropped, request.today),
        "consent_form": ReasonForm(),
        "place": "inbox",
        "trail": _trail(draft, _("Look, then send")),
    }
    return render(request, "asks/look.html", facts_)


@signed_in_only
@require_POST
def do(request: AccountRequest, sending_id: int) -> HttpResponse:
    """What the page before sending offers: send, merge, leave out, ask for consent, throw away."""
    draft = _draft(request, sending_id)
    act_as(office_that_asks(request.user, draft.body) or "")
    what = request.POST.get("do", "")
    if what not in DEEDS:
        raise BadRequest(_("This page offers no such thing. Open it anew."))
    try:
        said = DEEDS[what](request, draft)
    except Refused as no:
        messages.error(request, str(no))
        return redirect("sending_look", draft.pk)
    messages.success(request, said)
    if what == "throw_away":
        return redirect("sendings")
    return redirect("sending" if what == "send" else "sending_look", draft.pk)


def _send(request: AccountRequest, draft: Sending) -> str:
    count = receivers.outlook(request.user, draft, request.today).bodies
    if count > sending.MOST_AT_ONCE:
        if missing := sending.what_is_missing(draft, today=request.today, by=request.user):
            raise Refused(" ".join(missing))
        tasks.send_later(draft, by=request.user)
        return _("It is being sent. That goes on if you close the page.")
    sending.send(draft, today=request.today, now=timezone.now(), by=request.user)
    return _("Sent to %(count)s organisations.") % {"count": count}


def _merge(request: AccountRequest, draft: Sending) -> str:
    earlier = Sending.objects.filter(pk=request.POST.get("with") or 0, body=draft.body_id).first()
    writing.merge_with(draft, earlier, today=request.today, by=request.user)
    return _("Merged. What both ask is asked once.") if earlier else _("No longer merged.")


def _drop(request: AccountRequest, draft: Sending) -> str:
    before = len(draft.dropped)
    after = len(writing.drop_those_over(draft, today=request.today, by=request.user).dropped)
    return _("%(count)s organisations are left out.") % {"count": after - before}


def _ask_consent(request: AccountRequest, draft: Sending) -> str:
    sending.ask_consent(draft, reason=request.POST.get("reason", ""), today=request.today, by=request.user)
    return _("Consent is asked for. It can be sent when it is given.")


def _throw_away(request: AccountRequest, draft: Sending) -> str:
    writing.throw_away(draft, by=request.user)
    return _("Thrown away.")


DEEDS: dict[str, Callable[[AccountRequest, Sending], str]] = {
    "send": _send,
    "merge": _merge,
    "drop": _drop,
    "ask_consent": _ask_consent,
    "throw_away": _throw_away,
}


@signed_in_only
def consent(request: AccountRequest, sending_id: int) -> HttpResponse:
    """Whether a ceiling may be passed, for whoever decides."""
    found = _visible(request, sending_id)
    asked = get_object_or_404(Consent.objects.select_related("sending", "body"), sending=found)
    office = office_that_consents(request.user, asked)
    if office is None:
        raise Http404
    if request.method == "POST":
        act_as(office)
        note, is_yes = request.POST.get("reason", ""), request.POST.get("do") == "give"
        try:
            (sending.give_consent if is_yes else sending.refuse_consent)(
                asked, note=note, now=timezone.now(), by=request.user
            )
        except Refused as no:
            messages.error(request, str(no))
            return redirect("sending_consent", sending_id)
        messages.success(
            request, _("Consent is given.") if is_yes else _("Consent is refused. Whoever asked reads why.")
        )
        return redirect("sendings")
    seen = receivers.outlook(request.user, found, request.today)
    facts_ = {"draft": found, "consent": asked, "seen": seen, "place": "inbox", "trail": _trail(found, _("Consent"))}
    return render(request, "asks/consent.html", facts_)


# == what came back ==
@signed_in_only
@require_GET
def one(request: AccountRequest, sending_id: int) -> HttpResponse:
    found = _visible(request, sending_id)
    if found.is_draft:
        return redirect("sending_look" if may_write(request.user, found) else "sending_consent", sending_id)
    state = request.GET.get("state", "")
    if state and state not in Ask.State.values:
        raise Http404
    page = queries.answers_page(
        request.user,
        found,
        state,
        request.today,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    facts_ = {
        "sending": found,
        "matter": matters.told(request.user, found.about),
        "asked_by": body_names(request.user, request.today, [found.body_id]).get(found.body_id, ""),
        "tally": queries.tallies_of([found])[found.pk],
        "page": page,
        "state": state,
        "questions": list(found.questions.all()),
        "states": [s for s in Ask.State if s != Ask.State.HANDED_OVER],
        "may_withdraw": found.state == State.SENT and may_write(request.user, found),
        "form": ReasonForm(),
        "place": "inbox",
        "trail": _trail(found),
    }
    return render(request, "asks/sending.html", facts_)


@signed_in_only
@require_POST
def withdraw(request: AccountRequest, sending_id: int) -> HttpResponse:
    found = _visible(request, sending_id)
    if not may_write(request.user, found):
        raise Http404
    act_as(office_that_asks(request.user, found.body) or "")
    try:
        sending.withdraw(found, reason=request.POST.get("reason", ""), now=timezone.now(), by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("Withdrawn. Nobody has to answer it any longer; what was answered stays."))
    return redirect("sending", sending_id)


@signed_in_only
@require_POST
def return_(request: AccountRequest, ask_id: int) -> HttpResponse:
    """Give an answer back, with what is missing."""
    found = asks_visible_to(request.user).filter(pk=ask_id).select_related("sending__body").first()
    if found is None or not may_write(request.user, found.sending):
        raise Http404
    act_as(office_that_asks(request.user, found.sending.body) or "")
    try:
        answering.return_(found, reason=request.POST.get("reason", ""), by=request.user)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("Given back. It stands in their inbox again, with your reason."))
    return redirect("ask", ask_id)


@signed_in_only
@require_GET
def export(request: AccountRequest, sending_id: int) -> HttpResponseBase:
    """All answers as Excel, a column for each question, what was known among them."""
    found = _visible(request, sending_id)
    if found.is_draft:
        raise Http404
    questions = list(found.questions.all())
    columns = [
        Column(_("Organisation"), 36),
        Column(_("State"), 12),
        Column(_("Answered on"), 18),
        *(Column(each.label, 18, "number" if each.type == Question.Type.NUMBER else "text") for each in questions),
        Column(_("In words"), 48),
        Column(_("Reason"), 30),
    ]
    rows = (_line(row, questions) for row in queries.every_answer(request.user, found, request.today))
    return workbook_response(f"{found.title}.xlsx", columns, rows, sheet=found.title[:28])


def _line(row: Any, questions: list[Question]) -> list[Any]:
    answer = row.answer
    told = {**answer.known, **answer.values} if answer else {}
    when = timezone.localtime(answer.at).strftime("%Y-%m-%d %H:%M") if answer else ""
    values = [told.get(str(question.pk)) for question in questions]
    return [row.asked_of, row.get_state_display(), when, *values, answer.text if answer else "", row.reason]


def _visible(request: AccountRequest, sending_id: int) -> Sending:
    related = ("body", "merged", "office", "line")
    found = sendings_visible_to(request.user).filter(pk=sending_id).select_related(*related).first()
    if found is None:
        raise Http404(_("There is no such thing, or it is not open to you."))
    return found


def _draft(request: AccountRequest, sending_id: int) -> Sending:
    found = _visible(request, sending_id)
    if not found.is_draft or not may_write(request.user, found):
        raise Http404(_("It was sent already, or it is not yours to write."))
    return found


def _trail(found: Sending, here: str = "") -> list[tuple[str, str | None]]:
    first: list[tuple[str, str | None]] = [(_("To do"), reverse("inbox")), (_("What was sent"), reverse("sendings"))]
    if not here:
        return [*first, (found.title, None)]
    return [*first, (found.title, reverse("sending_edit", args=[found.pk]) if found.is_draft else None), (here, None)]
