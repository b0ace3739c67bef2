"""Who may read events, contests, practices and the publicity plan, and who keeps them.

Whoever keeps the plans of a host keeps its events and contests. What is announced, open or recommended is read by
whoever is signed in; the rest by whoever keeps it. Who signed up, and what entrants came to, is no public matter.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from gongjian.programme.access import kept, office_that_keeps
from gongjian.register.access import Reader
from gongjian.register.authority.reach import TODAY, Walk, reach_of
from gongjian.register.models import Body, BodyEntry, Permission
from gongjian.register.walks import LINE, way_up

from .models import Contest, ContestHost, Entrant, Event, EventHost, Practice, PublicityItem, Result, SignUp, Uptake

Word = Permission.KEEP_PLANS


# == events ==
def events_visible_to(reader: Reader) -> QuerySet[Event]:
    if not reader.is_authenticated:
        return Event.objects.none()
    return Event.objects.filter(~Q(state=Event.State.DRAFT) | _hosted(reader, EventHost, "event"))


def events_kept_by(reader: Reader) -> QuerySet[Event]:
    return Event.objects.filter(_hosted(reader, EventHost, "event"))


def sign_ups_visible_to(reader: Reader) -> QuerySet[SignUp]:
    """One's own, those of the bodies one keeps, and all of an event for whoever keeps it."""
    if not reader.is_authenticated:
        return SignUp.objects.none()
    own = Q(account=reader.pk, account__isnull=False) | kept(reader, "body__") & Q(body__isnull=False)
    return SignUp.objects.filter(own | Q(event__in=events_kept_by(reader)))


# == contests ==
def contests_visible_to(reader: Reader) -> QuerySet[Contest]:
    if not reader.is_authenticated:
        return Contest.objects.none()
    return Contest.objects.filter(~Q(state=Contest.State.DRAFT) | _hosted(reader, ContestHost, "contest"))


def contests_kept_by(reader: Reader) -> QuerySet[Contest]:
    return Contest.objects.filter(_hosted(reader, ContestHost, "contest"))


def entrants_visible_to(reader: Reader) -> QuerySet[Entrant]:
    """All for whoever keeps the contest; to others those that they keep themselves."""
    if not reader.is_authenticated:
        return Entrant.objects.none()
    return Entrant.objects.filter(kept(reader, "body__") | Q(contest__in=contests_kept_by(reader)))


def results_visible_to(reader: Reader) -> QuerySet[Result]:
    return Result.objects.filter(entrant__in=entrants_visible_to(reader))


def outcomes_visible_to(reader: Reader) -> QuerySet[Contest]:
    """The contests of which the reader may read what came of them: as host, or as somebody who entered."""
    entered = Entrant.objects.filter(kept(reader, "body__"), contest=OuterRef("pk"))
    return Contest.objects.filter(Exists(entered) | _hosted(reader, ContestHost, "contest"))


# == practices ==
def practices_visible_to(reader: Reader) -> QuerySet[Practice]:
    if not reader.is_authenticated:
        return Practice.objects.none()
    return Practice.objects.filter(Q(state=Practice.State.RECOMMENDED) | kept(reader, "body__") | _checked(reader))


def practices_checked_by(reader: Reader) -> QuerySet[Practice]:
    return Practice.objects.filter(_checked(reader))


def uptakes_visible_to(reader: Reader) -> QuerySet[Uptake]:
    """They are read with the practice."""
    return Uptake.objects.filter(practice__in=practices_visible_to(reader))


def office_that_checks(reader: Reader, practice: Practice, today: date) -> str | None:
    """In which office the reader checks it: whoever keeps the plans of a body above it in its line; at the top of the
    line of the body that leads it, and where nobody does, of itself."""
    return _first(reader, Body.objects.filter(pk__in=checking_bodies(practice.body, today)))


def checking_bodies(body: Body, today: date) -> list[int]:
    """Whose offices check what the body hands in, the nearest last."""
    above = way_up(LINE, body.pk, today)[:-1]
    if above:
        return above
    leader = BodyEntry.objects.on(today).filter(body=body).values_list("leader_id", flat=True).first()
    return [leader or body.pk]


# == publicity ==
def publicity_visible_to(reader: Reader) -> QuerySet[PublicityItem]:
    return PublicityItem.objects.all() if reader.is_authenticated else PublicityItem.objects.none()


def office_that_publishes(reader: Reader, item: PublicityItem) -> str | None:
    """In which office the reader tells what became of it: of the body whose plan it is in, or the responsible one."""
    return _first(reader, [item.body, item.responsible])


# == keeping ==
def office_that_hosts(reader: Reader, thing: Event | Contest) -> str | None:
    """In which office the reader keeps it: of the body that leads it, or of one that holds it with that."""
    hosts = [each.body for each in thing.hosts.select_related("body")]
    return _first(reader, [thing.lead, *hosts])


def _first(reader: Reader, bodies: Iterable[Body]) -> str | None:
    offices = (office_that_keeps(reader, each) for each in bodies)
    return next((office for office in offices if office is not None), None)


def _hosted(reader: Reader, host: type[EventHost] | type[ContestHost], thing: str) -> Q:
    """The rows that a body leads or holds whose plans the reader keeps."""
    own = host._default_manager.filter(kept(reader, "body__"), **{thing: OuterRef("pk")})
    return kept(reader, "lead__") | Q(Exists(own))


def _checked(reader: Reader) -> Q:
    """The practices of bodies below one whose plans the reader keeps; see `office_that_checks`."""
    reach = reach_of(reader)
    if reach.sees_all:
        return Q()
    found = Q(pk__in=())
    for each in reach.over(Word, [Walk.LINE]):
        below = Q(body__line=each.line, body__line_path__startswith=each.path) & ~Q(body__line_path=each.path)
        left = Q(body__line=each.line, body__line_path="", body__last_line_path__startswith=each.path)
        found |= below | left
    if not reach.over(Word, [Walk.LINE]):
        return found
    entries = BodyEntry.objects.filter(valid__contains=TODAY, superior=None, body=OuterRef("body"))
    led = entries.filter(kept(reader, "leader__"), leader__isnull=False)
    itself = entries.filter(kept(reader, "body__"), leader=None)
    return found | Q(Exists(led)) | Q(Exists(itself))
