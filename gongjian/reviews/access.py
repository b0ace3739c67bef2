"""Who keeps a review, who approves it, and who reads what of a person's grade.

A review is kept by the offices of its branch that carry `keep_plans`, and approved by those of the body above; once
that one is dissolved, by those of the next one above it in its line (programme/access.py). A person's row is read by
the person, by the branch's keeper, and by the body above once it is handed up, or once its objection waits for an
answer; by nobody else. What a dissolved branch has not handed up is read by the person alone.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from gongjian.accounts.models import User
from gongjian.programme.access import kept, office_that_keeps
from gongjian.register.access import Reader
from gongjian.register.authority.reach import reach_of

from .models import UP, GradeObjection, MemberGrade, MemberReview, ReviewYear

__all__ = ["office_that_keeps"]


# == reading ==
def years_visible_to(reader: Reader) -> QuerySet[ReviewYear]:
    """Whoever opened it, and whoever keeps or approves a review in it."""
    if not reader.is_authenticated:
        return ReviewYear.objects.none()
    concerned = MemberReview.objects.filter(_keeper(reader) | kept(reader, "above__"), opened=OuterRef("pk"))
    return ReviewYear.objects.filter(kept(reader, "host__") | Exists(concerned))


def reviews_visible_to(reader: Reader) -> QuerySet[MemberReview]:
    """How far a review is: for whoever is on its roll, keeps it, approves it, or opened its year. No grades."""
    if not reader.is_authenticated:
        return MemberReview.objects.none()
    own = MemberGrade.objects.filter(person=person_of(reader) or 0, review=OuterRef("pk"))
    over = _keeper(reader) | kept(reader, "above__") | kept(reader, "opened__host__")
    return MemberReview.objects.filter(over | Exists(own))


def grades_visible_to(reader: Reader) -> QuerySet[MemberGrade]:
    if not reader.is_authenticated:
        return MemberGrade.objects.none()
    waits = GradeObjection.objects.filter(grade=OuterRef("pk"), state=GradeObjection.State.RAISED)
    above = kept(reader, "review__above__") & (Q(review__state__in=UP) | Exists(waits))
    return MemberGrade.objects.filter(Q(person=person_of(reader) or 0) | _keeper(reader, "review__") | above)


def objections_visible_to(reader: Reader) -> QuerySet[GradeObjection]:
    return GradeObjection.objects.filter(grade__in=grades_visible_to(reader))


def words_visible_to(reader: Reader) -> QuerySet[MemberGrade]:
    """The rows whose own words the reader may read: the person, and the branch's keeper. Not the body above."""
    if not reader.is_authenticated:
        return MemberGrade.objects.none()
    return MemberGrade.objects.filter(Q(person=person_of(reader) or 0) | _keeper(reader, "review__"))


def reviews_kept_by(reader: Reader) -> QuerySet[MemberReview]:
    return MemberReview.objects.filter(_keeper(reader))


def reviews_approved_by(reader: Reader) -> QuerySet[MemberReview]:
    """Those the reader's office approves; whether the reader may, `is_concerned` says."""
    return MemberReview.objects.filter(kept(reader, "above__"))


def _keeper(reader: Reader, review: str = "") -> Q:
    """Of a branch that stands: what a dissolved one left is no longer its keeper's, nor of who keeps its plans now."""
    return kept(reader, f"{review}body__") & ~Q(**{f"{review}body__line_path": ""})


# == doing ==
def person_of(reader: Reader) -> int | None:
    return reach_of(reader).person_id


def account_of(reader: Reader) -> User | None:
    return reader if isinstance(reader, User) else None


def is_on_the_roll(reader: Reader, review: MemberReview) -> bool:
    return MemberGrade.objects.filter(review=review, person=person_of(reader) or 0).exists()


def has_proposed(reader: Reader, review: MemberReview) -> bool:
    """Did the reader propose the grades, or one of them?"""
    own = MemberGrade.objects.filter(review=review, proposed_by=reader.pk or 0)
    return review.proposed_by_id == reader.pk or own.exists()


def may_answer(reader: Reader, objection: GradeObjection) -> bool:
    """Whoever keeps or approves the review, but the person, who raised it, and who proposed the grade."""
    grade = objection.grade
    is_another = reader.pk not in (grade.proposed_by_id, objection.by_id) and grade.person_id != person_of(reader)
    review = grade.review
    over = any(office_that_keeps(reader, body) is not None for body in (review.body, review.above))
    return is_another and over and bool(review.body.line_path)
