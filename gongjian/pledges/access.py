"""Who reads posts and pledges, who keeps them, who reviews, and what everybody reads without an account.

A body's posts and pledges are kept by whoever keeps its plan (programme/access.py). Its pledge is reviewed from
the body above it, that of a person in their body; nobody reviews what is theirs. Names of persons are read by oneself,
by whoever keeps the body's matters or sees its people in the line, and by everybody only where the person agreed.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from gongjian.programme.access import bodies_kept_by, keeping_body, kept, office_that_keeps
from gongjian.register.access import Reader, persons_visible_to
from gongjian.register.authority.reach import TODAY, Walk, reach_of
from gongjian.register.models import Body, BodyEntry, Membership, Office, Permission, Person

from .models import Assignment, Pledge, Post, Progress, PublicName
from .models.pledges import PUBLIC_STATES

__all__ = ["bodies_kept_by", "keeping_body", "kept", "office_that_keeps"]
UNSEEN = (Pledge.State.DRAFT, Pledge.State.WITHDRAWN)


# == posts ==
def posts_visible_to(reader: Reader) -> QuerySet[Post]:
    """What is offered or was, for whoever is signed in; a draft for whoever keeps it."""
    if not reader.is_authenticated:
        return Post.objects.none()
    return Post.objects.filter(~Q(state=Post.State.DRAFT) | kept(reader, "body__"))


def assignments_visible_to(reader: Reader) -> QuerySet[Assignment]:
    """Who holds a post, by name: oneself, whoever keeps the body's matters, and the line above."""
    if not reader.is_authenticated:
        return Assignment.objects.none()
    return Assignment.objects.filter(mine_in(reader) | _with_people(reader, "post__body__"))


# == pledges ==
def pledges_public() -> QuerySet[Pledge]:
    """What everybody reads: reviewed and made public; of a person only where they agreed to be named."""
    named = PublicName.objects.filter(pledge=OuterRef("pk"))
    return Pledge.objects.filter(Q(person=None) | Q(Exists(named)), state__in=PUBLIC_STATES)


def pledges_visible_to(reader: Reader) -> QuerySet[Pledge]:
    if not reader.is_authenticated:
        return pledges_public()
    named = PublicName.objects.filter(pledge=OuterRef("pk"))
    public = Q(state__in=PUBLIC_STATES) & (Q(person=None) | Q(Exists(named)))
    own = Q(person=None) & kept(reader, "body__")
    people = Q(person__isnull=False) & _with_people(reader, "body__") & ~Q(state__in=UNSEEN)
    reviewed = reviewed_by(reader) & ~Q(state__in=UNSEEN)
    return Pledge.objects.filter(public | own | people | mine_in(reader) | reviewed | _entered(reader))


def progress_visible_to(reader: Reader) -> QuerySet[Progress]:
    return Progress.objects.filter(pledge__in=pledges_visible_to(reader))


def pledges_to_review(reader: Reader) -> QuerySet[Pledge]:
    """Those that wait for the reader: not their own, nor what they handed in for their body."""
    if not reader.is_authenticated:
        return Pledge.objects.none()
    return Pledge.objects.filter(reviewed_by(reader), state=Pledge.State.REVIEW)


def reviewed_by(reader: Reader) -> Q:
    """The pledges whose review is the reader's to give."""
    kept_ones = Body.objects.filter(kept(reader, "")).values("pk")
    today = BodyEntry.objects.filter(body=OuterRef("body"), valid__contains=TODAY)
    below = Q(Exists(today.filter(Q(superior__in=kept_ones) | Q(superior=None, leader__in=kept_ones))))
    at_the_top = ~Exists(today.exclude(superior=None, leader=None)) & kept(reader, "body__")
    in_office = Exists(_held_today(OuterRef("person"), OuterRef("body")))
    of_bodies = Q(person=None) & (below | at_the_top) & ~Q(handed_in_by=reader.pk or 0)
    of_people = Q(person__isnull=False) & (kept(reader, "body__") | below & Q(in_office)) & ~mine_in(reader)
    return of_bodies | of_people


def office_that_reviews(reader: Reader, pledge: Pledge) -> str | None:
    """In which office the reader reviews it; None for whoever does not. Of one pledge what `reviewed_by` is of many."""
    above, own = _next_above(pledge.body), office_that_keeps(reader, pledge.body)
    if pledge.person_id is not None:
        if is_own(reader, pledge):
            return None
        if own is not None:
            return own
        return office_that_keeps(reader, above) if above and _in_office(pledge) else None
    if reader.pk is not None and pledge.handed_in_by_id == reader.pk:
        return None
    return office_that_keeps(reader, above) if above else own


def body_above(body: Body) -> Body | None:
    """From where the body's pledges are reviewed today: the one next above, whoever keeps its matters now; None at the
    top."""
    above = _next_above(body)
    return keeping_body(above) if above else None


def _next_above(body: Body) -> Body | None:
    """Its superior today, else who leads it."""
    entry = BodyEntry.objects.filter(body=body, valid__contains=TODAY).select_related("superior", "leader").first()
    return (entry.superior or entry.leader) if entry else None


def body_that_reviews(pledge: Pledge) -> Body:
    """With whom its review lies: the body above; of a person without office, and at the top, the pledge's own body."""
    if pledge.person_id is not None and not _in_office(pledge):
        return pledge.body
    return _next_above(pledge.body) or pledge.body


def waits_with(body: Body) -> QuerySet[Pledge]:
    """What waits for the review of this body."""
    today = BodyEntry.objects.filter(body=OuterRef("body"), valid__contains=TODAY)
    below = Q(Exists(today.filter(Q(superior=body) | Q(superior=None, leader=body))))
    above = below | ~Exists(today.exclude(superior=None, leader=None)) & Q(body=body)
    in_office = Q(Exists(_held_today(OuterRef("person"), OuterRef("body"))))
    of_people = Q(person__isnull=False) & (in_office & above | ~in_office & Q(body=body))
    return Pledge.objects.filter(Q(person=None) & above | of_people, state=Pledge.State.REVIEW)


def _in_office(pledge: Pledge) -> bool:
    return _held_today(pledge.person_id, pledge.body_id).exists()


def _held_today(person: Any, body: Any) -> QuerySet[Office]:
    return Office.objects.filter(person=person, body=body, valid__contains=TODAY)


# == writing ==
def is_own(reader: Reader, thing: Pledge | Assignment) -> bool:
    own = reach_of(reader).person_id
    return own is not None and thing.person_id == own


def office_that_writes(reader: Reader, pledge: Pledge) -> str | None:
    """In which office the reader writes it and tells of it; empty for the person whose it is, None for nobody else."""
    if pledge.person_id is not None and is_own(reader, pledge):
        return ""
    return office_that_keeps(reader, pledge.body)


def is_on_the_roll(person: Person, body: Body) -> bool:
    """Is the person a member of the body today, or does he or she hold an office in it?"""
    today = {"person": person, "body": body, "valid__contains": TODAY}
    return Membership.objects.filter(**today).exists() or Office.objects.filter(**today).exists()


def bodies_of(reader: Reader) -> QuerySet[Body]:
    """Where the reader is a member or holds office today."""
    own = reach_of(reader).person_id
    if own is None:
        return Body.objects.none()
    held = Office.objects.filter(person=own, valid__contains=TODAY).values("body")
    joined = Membership.objects.filter(person=own, valid__contains=TODAY).values("body")
    return Body.objects.filter(Q(pk__in=held) | Q(pk__in=joined))


def people_of(reader: Reader, body: Body) -> QuerySet[Person]:
    """Whom of the body's roll the reader, who keeps its matters and sees the person, may nominate."""
    if office_that_keeps(reader, body) is None:
        return Person.objects.none()
    held = Office.objects.filter(body=body, valid__contains=TODAY).values("person")
    joined = Membership.objects.filter(body=body, valid__contains=TODAY).values("person")
    return persons_visible_to(reader).filter(Q(pk__in=held) | Q(pk__in=joined)).order_by("name", "pk")


def mine_in(reader: Reader) -> Q:
    """The rows whose person the reader is."""
    own = reach_of(reader).person_id
    return Q(person=own) if own is not None else Q(pk__in=())


def _entered(reader: Reader) -> Q:
    """What the keeper of a body wrote for somebody on its roll is the keeper's to read from the first draft on."""
    return Q(person__isnull=False) & kept(reader, "body__")


def _with_people(reader: Reader, body: str) -> Q:
    return kept(reader, body) | reach_of(reader).bodies(Permission.SEE_PEOPLE, body, [Walk.LINE])
