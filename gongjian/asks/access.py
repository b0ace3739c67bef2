"""Who may ask whom, who answers for a body, and whose asks one may read."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from gongjian.register.access import body_entries_visible_to, can_count
from gongjian.register.authority.acting import reference_of
from gongjian.register.authority.reach import TODAY, Reader, Stretch, Walk, reach_of
from gongjian.register.models import Body, BodyEntry, Office, Permission, Unit
from gongjian.register.models.dated import DatedQuerySet
from gongjian.register.walks import path_range

from .models import Ask, Consent, Sending

LINES = (Walk.LINE, Walk.LEADERSHIP)


# == answering ==
def bodies_answered_for(reader: Reader) -> QuerySet[Body]:
    """The bodies for which the reader answers today."""
    own = Q(pk__in=())
    for each in reach_of(reader).over(Permission.ANSWER, [Walk.LINE]):
        own |= Q(line=each.line, line_path=each.path)
    return Body.objects.filter(own)


def asks_to_answer(reader: Reader) -> QuerySet[Ask]:
    """What the bodies are asked for which the reader answers: of those for one office, whoever holds another is not."""
    bodies = bodies_answered_for(reader)
    held = Office.objects.filter(person=reach_of(reader).person_id, body__in=bodies, valid__contains=TODAY).values(
        "kind"
    )
    return Ask.objects.filter(Q(sending__office=None) | Q(sending__office__in=held), body__in=bodies)


def office_that_answers(reader: Reader, ask: Ask) -> str | None:
    """In which office the reader answers it; None for whoever may not."""
    if not asks_to_answer(reader).filter(pk=ask.pk).exists():
        return None
    body = Body.objects.get(pk=ask.body_id)
    return _first(reader, Permission.ANSWER, body)


# == asking ==
def bodies_asked_from(reader: Reader) -> DatedQuerySet[BodyEntry]:
    """The bodies in whose name the reader may ask others: those in which an office carries the word."""
    reach = reach_of(reader)
    own = Q(pk__in=())
    for each in reach.over(Permission.ASK, LINES):
        column = "line_path" if each.walk == Walk.LINE else "lead_path"
        line = {"body__line": each.line} if each.walk == Walk.LINE else {}
        own |= Q(**line, **{f"body__{column}": each.path})
    return body_entries_visible_to(reader).filter(own)


def is_asked_from(reader: Reader, sender: Body) -> Q:
    """The rows whose `body` may be asked in the name of the sender: below it in its line, or led from it."""
    below = Q(pk__in=())
    if sender.line_path:
        first, end = path_range(sender.line_path)
        below |= Q(body__line=sender.line_id, body__line_path__gte=first, body__line_path__lt=end)
    if sender.lead_path:
        first, end = path_range(sender.lead_path)
        below |= Q(body__lead_path__gte=first, body__lead_path__lt=end)
    return below & ~Q(body=sender.pk) & reach_of(reader).bodies(Permission.ASK, "body__", LINES)


def sendings_visible_to(reader: Reader) -> QuerySet[Sending]:
    """What is sent in the name of a body from which, or from above which, one asks; and what one is asked to consent
    to. Drafts only where one may write in that name."""
    reach = reach_of(reader)
    if reach.sees_all:
        return Sending.objects.all()
    below = reach.bodies(Permission.ASK, "body__", LINES)
    consents = Consent.objects.filter(reach.bodies(Permission.ASK, "body__", LINES))
    sent = ~Q(state=Sending.State.DRAFT) | Q(by=reader.pk)
    return Sending.objects.filter(below & sent | Q(consent__in=consents))


def may_write(reader: Reader, sending: Sending) -> bool:
    """May the reader write in the name of this body?"""
    return bodies_asked_from(reader).filter(body=sending.body_id).exists()


def office_that_asks(reader: Reader, sender: Body) -> str | None:
    """In which office the reader asks in the name of the body; None for whoever may not."""
    return _first(reader, Permission.ASK, sender)


def office_that_consents(reader: Reader, consent: Consent) -> str | None:
    """In which office the reader decides; None for whoever may not, and for whoever has asked for it."""
    if consent.sending.by_id == reader.pk:
        return None
    return _first(reader, Permission.ASK, consent.body)


# == reading ==
def asks_visible_to(reader: Reader) -> QuerySet[Ask]:
    """What one answers, and what was sent where one may read what is sent."""
    mine = Q(body__in=bodies_answered_for(reader))
    return Ask.objects.filter(mine | Q(sending__in=sendings_visible_to(reader).exclude(state__in=("draft", "waiting"))))


def can_see_burden(reader: Reader, unit: Unit) -> bool:
    """What is asked of a unit: for whoever may see its counts, and for whoever answers for a body in it."""
    if can_count(reader, unit):
        return True
    answered = bodies_answered_for(reader)
    return BodyEntry.objects.filter(body__in=answered, seat=unit, valid__contains=TODAY).exists()


def _first(reader: Reader, word: Permission, body: Body) -> str | None:
    reach = reach_of(reader)
    if reach.sees_all:
        return ""
    held = [each for each in reach.over(word, LINES) if _stands_at(each, body)]
    return reference_of(held[0]) if held else None


def _stands_at(stretch: Stretch, body: Body) -> bool:
    if stretch.walk == Walk.LINE:
        path, mine = body.line_path, stretch.line == body.line_id
    else:
        path, mine = body.lead_path, True
    return mine and bool(path) and stretch.path == path
