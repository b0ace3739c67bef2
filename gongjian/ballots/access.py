"""Who keeps a poll, who may vote in it, and what everybody reads.

A poll is kept by the offices of its body that carry `keep_plans`, along the line. A draft is theirs alone; once rules,
roll and key are frozen everybody reads it, account or not. Nobody reads through here who has voted.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from gongjian.register.access import Reader
from gongjian.register.authority.acting import reference_of
from gongjian.register.authority.reach import Walk, reach_of
from gongjian.register.models import Body, Permission

from .models import Burst, Poll, SetAside, Voter

KEEP = Permission.KEEP_PLANS
SHOWN = (Poll.State.READY, Poll.State.OPEN, Poll.State.CLOSED, Poll.State.OPENED, Poll.State.PUBLISHED,
         Poll.State.ERASED)  # fmt: skip


# == reading ==
def polls_visible_to(reader: Reader) -> QuerySet[Poll]:
    """Frozen ones are everybody's; a draft, and one that was called off before it was ready, whoever keeps it."""
    return Poll.objects.filter(Q(entry__isnull=False) | kept(reader, "held_by__"))


def polls_to_vote_in(reader: Reader) -> QuerySet[Poll]:
    """The polls that are open or to come on whose roll the reader stands. Only for oneself."""
    person = reach_of(reader).person_id if reader.pk else None
    if person is None:
        return Poll.objects.none()
    own = Voter.objects.filter(poll=OuterRef("pk"), person=person, is_off=False)
    return Poll.objects.filter(Exists(own), state__in=(Poll.State.READY, Poll.State.OPEN))


def own_voter(reader: Reader, poll: Poll) -> Voter | None:
    """The reader's own place on the roll, if there is one."""
    person = reach_of(reader).person_id if reader.pk else None
    return Voter.objects.filter(poll=poll, person=person, is_off=False).first() if person else None


def voters_visible_to(reader: Reader) -> QuerySet[Voter]:
    """The rolls of the polls one keeps, and oneself on any."""
    person = reach_of(reader).person_id if reader.pk else None
    own = Q(person=person) if person else Q(pk__in=())
    return Voter.objects.filter(kept(reader, "poll__held_by__") | own)


def set_aside_visible_to(reader: Reader) -> QuerySet[SetAside]:
    """Those of the polls one keeps, and of one's own envelope."""
    person = reach_of(reader).person_id if reader.pk else None
    own = Q(voter__person=person) if person else Q(pk__in=())
    return SetAside.objects.filter(kept(reader, "poll__held_by__") | own)


def bursts_visible_to(reader: Reader) -> QuerySet[Burst]:
    """What looked bought in the polls one keeps, and was proposed to be set aside."""
    return Burst.objects.filter(kept(reader, "poll__held_by__"))


# == keeping ==
def keeps(reader: Reader, poll: Poll) -> bool:
    return office_that_keeps(reader, poll.held_by) is not None


def office_that_keeps(reader: Reader, body: Body) -> str | None:
    """In which office the reader keeps the body's polls; None for whoever does not, empty for whoever needs none."""
    reach = reach_of(reader)
    if reach.sees_all:
        return ""
    held = [each for each in reach.over(KEEP, [Walk.LINE]) if each.line == body.line_id]
    return next((reference_of(each) for each in held if each.holds(body.line_path, body.last_line_path)), None)


def kept(reader: Reader, body: str) -> Q:
    """The rows whose body's polls the reader keeps. `body` leads from the row to the body."""
    if reach_of(reader).sees_all:
        return Q(pk__isnull=False)
    return reach_of(reader).bodies(KEEP, body, [Walk.LINE])


def polls_kept_by(reader: Reader) -> QuerySet[Poll]:
    return Poll.objects.filter(kept(reader, "held_by__"))


def bodies_kept_by(reader: Reader) -> QuerySet[Body]:
    """The bodies in whose name the reader may prepare a poll; nobody needs a list of all."""
    if reach_of(reader).sees_all:
        return Body.objects.none()
    return Body.objects.filter(kept(reader, "")).exclude(line_path="")
