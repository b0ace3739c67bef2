"""Opinions that must be heard: asked when the review begins, given once, by nobody of the body that applies."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.asks import owing, sending
from gongjian.programme.access import keeping_body
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.models import Body, BodyEntry
from gongjian.register.refusals import Refused

from .access import account_of, is_close_to, office_that_keeps, opinions_asked_of
from .models import Application, Call, Opinion
from .refusing import locked_call, texts
from .rules import OpinionOf, rules_of
from .states import move

MINUTES = 5  # what one opinion takes: a setting, without a source


def ask_all(call: Call, *, today: date, now: datetime, by: Reader) -> None:
    """An opinion of each kind on each application that is handed in, and an ask to whoever gives it."""
    rules = rules_of(call.version.definition)
    applications = list(call.applications.filter(state=Application.State.HANDED_IN).order_by("number"))
    known = set(Opinion.objects.filter(application__in=applications).values_list("application_id", "kind"))
    entries = {
        each.body_id: each
        for each in BodyEntry.objects.filter(
            body__in=[each.by_body_id for each in applications], valid__contains=today
        ).select_related("leader", "superior")
    }
    made = Opinion.objects.bulk_create(
        Opinion(application=each, kind=kind.key, body=_of(each, kind, entries.get(each.by_body_id), call.keeper))
        for each in applications
        for kind in rules.opinions
        if (each.pk, kind.key) not in known
    )
    _ask(call, made, today=today, now=now, by=account_of(by))


def _of(application: Application, kind: OpinionOf, entry: BodyEntry | None, keeper: Body) -> Body:
    """Who is heard: as the rules say; the keeper of the call where there is nobody, or only the body itself."""
    if entry is None or kind.of == "keeper":
        return keeper
    first, second = (entry.leader, entry.superior) if kind.of == "leader" else (entry.superior, entry.leader)
    return keeping_body(first or second or keeper)


def _ask(call: Call, opinions: list[Opinion], *, today: date, now: datetime, by: User | None) -> None:
    """One ask of each body for all opinions of a call, of so many minutes."""
    wanted: dict[int, int] = {}
    for each in opinions:
        wanted[each.body_id] = wanted.get(each.body_id, 0) + 1
    for body in Body.objects.filter(pk__in=wanted).order_by("pk"):
        owing.owe(
            body, about=reference(call), minutes=MINUTES * wanted[body.pk],
            title=_("Give an opinion: %(call)s") % {"call": call.title[:40]},
            why=_("Nobody is proposed for an honour before these opinions are heard."),
            href=reverse("honour_opinions", args=[call.pk]),
            due_on=max(call.review_until, today + timedelta(days=1)), today=today, now=now, by=by,
        )  # fmt: skip


def reference(call: Call) -> str:
    return f"honours.opinions:{call.pk}"


@in_sentences
def give(opinion: Opinion, verdict: str, *, words: str, now: datetime, by: Reader) -> Opinion:
    """Nothing against it, or something; with what it stands on. Given once. Raises Refused."""
    locked_call(opinion.application.call_id, by)
    rows = opinions_asked_of(by).select_for_update(of=("self",)).filter(pk=opinion.pk)
    found = rows.select_related("application__by_body", "application__call", "body").first()
    if found is None or is_close_to(by, found.application):
        raise Refused(_("This opinion is asked of others, or you hold an office in the organisation it is about. Ask a "
                        "colleague."))  # fmt: skip
    if found.application.call.state != Call.State.REVIEWING:
        raise Refused(_("Opinions are given while the call is reviewed. It is not reviewed now."))
    if verdict not in ("clear", "against"):
        raise Refused(_("Say whether there is something against it."))
    said = texts(
        Opinion, {"words": words}, {"words": _("Say what the opinion stands on; a document, if there is one.")}
    )
    office = office_that_keeps(by, found.body) or ""
    move(found, verdict, by=by, as_office=office, words=said["words"], given_by=account_of(by), given_at=now)
    _settle(found.application.call, found.body_id, now=now, by=account_of(by))
    return found


def _settle(call: Call, body: int, *, now: datetime, by: User | None) -> None:
    """Done with the body once it owes no opinion of this call any more."""
    sending.hold()
    open_ones = Opinion.objects.filter(application__call=call, body=body, state=Opinion.State.ASKED)
    still = (Application.State.HANDED_IN, Application.State.PROPOSED, Application.State.NOT_PROPOSED)
    if not open_ones.filter(application__state__in=still).exists():
        sending.close_of(reference(call), [body], now=now, by=by)


def close_all(some: Q, *, now: datetime, by: User | None) -> None:
    """Nobody is asked for these any more."""
    for call in Call.objects.filter(applications__opinions__in=Opinion.objects.filter(some)).distinct():
        sending.close(reference(call), now=now, by=by)


def settle_all(call: Call, *, now: datetime, by: User | None) -> None:
    """Look at every body that still owes one, after an application left the round."""
    bodies = Opinion.objects.filter(application__call=call).values_list("body", flat=True).distinct()
    for body in sorted(set(bodies)):
        _settle(call, body, now=now, by=by)
