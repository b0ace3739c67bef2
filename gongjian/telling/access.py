"""Who opens rounds, who tells, who comments and confirms, and who reads what.

A body's telling is its keeper's (programme/access.py). Commented on by whoever keeps the matters of the commenting
body, once that is dissolved of the one above it; never by whoever told it or holds an office in the body. What a member
tells, and what is said to that, is read by the member and by whoever keeps the branch's matters, and by nobody else.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from gongjian.programme.access import keeping_body, kept, office_that_keeps
from gongjian.register.access import Reader, persons_visible_to
from gongjian.register.authority.reach import TODAY, Walk, reach_of
from gongjian.register.models import Body, BodyEntry, Membership, Office, Permission, Person

from .models import Comment, MemberTelling, Range, Rectification, Telling, TellingRound
from .models.rounds import PUBLISHED

__all__ = ["keeping_body", "kept", "office_that_keeps"]
UPWARD = (Walk.LINE, Walk.LEADERSHIP)


# == reading ==
def rounds_visible_to(reader: Reader) -> QuerySet[TellingRound]:
    """When a round runs, and who opened it, is no secret among those who are signed in."""
    return TellingRound.objects.all() if reader.is_authenticated else TellingRound.objects.none()


def tellings_visible_to(reader: Reader) -> QuerySet[Telling]:
    """The body's own keeper, those above it in its line or leadership, who comments and who opened the round; its
    members once the comment is published as far as them."""
    if not reader.is_authenticated:
        return Telling.objects.none()
    if reach_of(reader).sees_all:
        return Telling.objects.all()
    above = reach_of(reader).bodies(Permission.SEE_COUNTS, "body__", UPWARD)
    keeping = kept(reader, "body__") | kept(reader, "commenter__") | kept(reader, "round__host__")
    shown = Q(range__in=(Range.MEMBERS, Range.PUBLIC), body__in=_joined(reader))
    return Telling.objects.filter(above | keeping | shown)


def comments_visible_to(reader: Reader) -> QuerySet[Comment]:
    """Once published; before that only whoever writes it."""
    if not reader.is_authenticated:
        return Comment.objects.none()
    seen = Q(telling__state__in=PUBLISHED, telling__in=tellings_visible_to(reader))
    return Comment.objects.filter(seen | kept(reader, "telling__commenter__"))


def rectifications_visible_to(reader: Reader) -> QuerySet[Rectification]:
    return Rectification.objects.filter(point__comment__in=comments_visible_to(reader))


def tellings_public() -> QuerySet[Telling]:
    """Those whose comment everybody reads, without an account."""
    return Telling.objects.filter(range=Range.PUBLIC)


def member_tellings_visible_to(reader: Reader) -> QuerySet[MemberTelling]:
    own = reach_of(reader).person_id
    mine = Q(person=own) if own is not None else Q(pk__in=())
    return MemberTelling.objects.filter(mine | kept(reader, "telling__body__"))


# == doing ==
def tellings_of_keeper(reader: Reader) -> QuerySet[Telling]:
    """Those that are the reader's to tell, and whose problems are theirs to put right."""
    return Telling.objects.filter(kept(reader, "body__"))


def tellings_to_comment(reader: Reader) -> QuerySet[Telling]:
    """Those that the reader comments on: not of bodies in which they hold an office, nor what they told themselves."""
    if not reader.is_authenticated:
        return Telling.objects.none()
    return Telling.objects.filter(kept(reader, "commenter__")).exclude(_is_own(reader)).exclude(told_by=reader.pk or 0)


def is_reviewed_by_itself(reader: Reader, telling: Telling) -> bool:
    """Is the reader, who may keep the commenting body's matters, the one who is commented on?"""
    return (
        telling.told_by_id == reader.pk is not None or Telling.objects.filter(_is_own(reader), pk=telling.pk).exists()
    )


def office_that_comments(reader: Reader, telling: Telling) -> str | None:
    """In which office the reader comments and confirms; None for whoever does not."""
    return office_that_keeps(reader, telling.commenter)


def is_branch(body: Body) -> bool:
    """Does nobody stand below it in its line today?"""
    return bool(body.line_path) and not BodyEntry.objects.filter(superior=body, valid__contains=TODAY).exists()


def is_on_the_roll(person_id: int | None, body: Body) -> bool:
    """Is the person a member of the body today, or does he or she hold an office in it?"""
    today = {"person": person_id, "body": body, "valid__contains": TODAY}
    return person_id is not None and (
        Membership.objects.filter(**today).exists() or Office.objects.filter(**today).exists()
    )


def people_of(reader: Reader, body: Body) -> QuerySet[Person]:
    """Whom of the branch's roll the reader, who keeps its matters and sees the person, may say something to."""
    if office_that_keeps(reader, body) is None:
        return Person.objects.none()
    held = Office.objects.filter(body=body, valid__contains=TODAY).values("person")
    joined = Membership.objects.filter(body=body, valid__contains=TODAY).values("person")
    own = reach_of(reader).person_id or 0
    return persons_visible_to(reader).filter(Q(pk__in=held) | Q(pk__in=joined)).exclude(pk=own).order_by("name", "pk")


def person_of(reader: Reader) -> int | None:
    return reach_of(reader).person_id


def _is_own(reader: Reader) -> Q:
    held = Office.objects.filter(person=reach_of(reader).person_id or 0, body=OuterRef("body"), valid__contains=TODAY)
    return Q(Exists(held))


def _joined(reader: Reader) -> QuerySet[Membership, int]:
    own = reach_of(reader).person_id or 0
    return Membership.objects.filter(person=own, valid__contains=TODAY).values_list("body", flat=True)
