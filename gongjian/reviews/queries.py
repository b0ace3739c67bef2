"""What the pages of reviews show: what is owed, a year with its branches, a branch's roll, one person's row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _

from gongjian.programme.access import bodies_kept_by, kept_above_others
from gongjian.register.access import Reader, persons_visible_to
from gongjian.register.authority.reach import TODAY
from gongjian.register.models import BodyEntry, Membership
from gongjian.register.queries.lists import body_names
from gongjian.register.refusals import Refused
from gongjian.ui.keyset import Page, page_of
from rollup.branch_counts import LEAST

from .access import (
    grades_visible_to,
    office_that_keeps,
    person_of,
    reviews_approved_by,
    reviews_kept_by,
    reviews_visible_to,
    words_visible_to,
    years_visible_to,
)
from .grading import not_handed_up_because, objects_until, reason_wanted
from .models import GRADING, UP, GradeObjection, MemberGrade, MemberReview, ReviewRule, ReviewYear
from .refusing import not_deciding_because
from .rules import Rules, rules_of, told_words

PAGE, MOST_OWED, MOST_AT_HOME = 50, 50, 3
S = MemberReview.State
OPEN = (S.BEGUN, S.HELD, S.PROPOSED, S.TOLD, S.RETURNED)


# == what concerns the reader ==
@dataclass(frozen=True)
class Hub:
    """`own`: one's own rows. `kept`, `to_approve`: reviews. `branches`, `hosts`: where one begins, or opens a year."""

    own: list[MemberGrade]
    kept: list[MemberReview]
    to_approve: list[MemberReview]
    to_answer: list[MemberGrade]
    years: list[ReviewYear]
    branches: list[tuple[int, str]]
    hosts: list[tuple[int, str]]


def hub(reader: Reader, today: date) -> Hub:
    """A fixed number of queries."""
    own = list(
        MemberGrade.objects.filter(person=person_of(reader) or 0)
        .select_related("review__body__line").order_by("-review__year", "pk")[:MOST_OWED]
    )  # fmt: skip
    kept = list(reviews_kept_by(reader).select_related("body__line").order_by("-year", "pk")[:MOST_OWED])
    waits = reviews_approved_by(reader).filter(state=S.HANDED_UP).select_related("body__line")
    to_approve = list(waits.order_by("handed_up_on", "pk")[:MOST_OWED])
    asked = GradeObjection.objects.filter(grade=OuterRef("pk"), state=GradeObjection.State.RAISED)
    to_answer = list(
        grades_visible_to(reader).filter(Exists(asked)).exclude(person=person_of(reader) or 0)
        .select_related("review__body__line").order_by("pk")[:MOST_OWED]
    )  # fmt: skip
    years = list(years_visible_to(reader).select_related("host__line").order_by("-year", "pk")[:MOST_OWED])
    begun = MemberReview.objects.filter(body=OuterRef("pk"), year=today.year)
    joined = Membership.objects.filter(body=OuterRef("pk"), valid__contains=TODAY)
    ruled = ReviewRule.objects.values("line")
    hosts = _above_in_line(kept_above_others(reader, MOST_OWED))
    bodies = bodies_kept_by(reader).filter(~Exists(begun), Exists(joined), line__in=ruled).exclude(pk__in=hosts)
    branches = list(bodies.order_by("pk").values_list("pk", flat=True)[:MOST_OWED])
    allowed = set(bodies_kept_by(reader).filter(pk__in=hosts, line__in=ruled).values_list("pk", flat=True))
    ids = {each.review.body_id for each in (*own, *to_answer)} | {each.body_id for each in (*kept, *to_approve)}
    names = body_names(reader, today, ids | {*branches, *hosts} | {each.host_id for each in years})
    for row in (*own, *to_answer):
        row.review.name = names.get(row.review.body_id, "")
    for review in (*kept, *to_approve):
        review.name = names.get(review.body_id, "")
    for year in years:
        year.name = names.get(year.host_id, "")
    return Hub(own, kept, to_approve, to_answer, years, [(id, names.get(id, "")) for id in branches],
               [(id, names.get(id, "")) for id in hosts if id in allowed])  # fmt: skip


def _above_in_line(bodies: list[int]) -> list[int]:
    """Those that others stand below in their line; who leads mass organisations alone is a branch itself. One query."""
    below = BodyEntry.objects.filter(superior__in=bodies, valid__contains=TODAY).values_list("superior", flat=True)
    found = set(below)
    return [id for id in bodies if id in found]


def waiting_reviews(reader: Reader) -> list[MemberReview]:
    """For home: what the reader's branches have at work, what waits for their approval, and where they were told and
    may still object. One query and those of the right to see."""
    told = MemberGrade.objects.filter(person=person_of(reader) or 0, review=OuterRef("pk")).exclude(told_grade="")
    kept = Q(pk__in=reviews_kept_by(reader).filter(state__in=(*OPEN, S.APPROVED)).values("pk"))
    up = Q(pk__in=reviews_approved_by(reader).filter(state=S.HANDED_UP).values("pk"))
    own = Q(state=S.TOLD) & Exists(told)
    return list(MemberReview.objects.filter(kept | up | own).order_by("-year", "pk")[:MOST_AT_HOME])


# == one year ==
@dataclass(frozen=True)
class YearShown:
    """`counts`: branches by state, of those that stand. `grades`: how many have each, of what the reader approves and
    was handed up; None below ten."""

    year: ReviewYear
    name: str
    is_host: bool
    total: int
    counts: dict[str, int]
    rows: list[MemberReview]
    page: Page
    grades: list[tuple[str, int]] | None
    graded: int

    @property
    def up(self) -> int:
        return sum(self.counts.get(state, 0) for state in UP)


def year_shown(
    reader: Reader, opening_id: int, today: date, *, state: str = "", after: str = "", before: str = ""
) -> YearShown | None:
    """A fixed number of queries."""
    found = years_visible_to(reader).select_related("host__line").filter(pk=opening_id).first()
    if found is None:
        return None
    rows = reviews_visible_to(reader).filter(opened=found)
    standing = rows.filter(~Q(body__line_path="") | Q(state__in=UP))
    counts = dict(standing.order_by().values_list("state").annotate(Count("pk")))
    chosen = rows.filter(state=state) if state else rows
    page = page_of(chosen.select_related("body__line"), ["id"], size=PAGE, after=after, before=before)
    names = body_names(reader, today, {each.body_id for each in page.rows} | {found.host_id})
    for each in page.rows:
        each.name, each.stands = names.get(each.body_id, ""), bool(each.body.line_path)
    grades, graded = _by_grade(reader, found)
    return YearShown(
        year=found, name=names.get(found.host_id, ""), is_host=office_that_keeps(reader, found.host) is not None,
        total=sum(counts.values()), counts=counts, rows=page.rows, page=page, grades=grades, graded=graded,
    )  # fmt: skip


def _by_grade(reader: Reader, year: ReviewYear) -> tuple[list[tuple[str, int]] | None, int]:
    """Of all that the reader approves and was handed up."""
    own = MemberGrade.objects.filter(review__in=reviews_approved_by(reader).filter(opened=year, state__in=UP))
    told = dict(own.exclude(grade="").order_by().values_list("grade").annotate(Count("pk")))
    first = reviews_approved_by(reader).filter(opened=year).values_list("definition", flat=True).first()
    if first is None or sum(told.values()) < LEAST:
        return None, 0
    return [(str(each), told.get(each.key, 0)) for each in rules_of(first).grades], sum(told.values())


# == one branch ==
@dataclass(frozen=True)
class Row:
    """One on the roll. `shown`: the grade as this reader may know it; of one's own, what one was told."""

    grade: MemberGrade
    name: str
    is_own: bool
    shown: str
    ungraded: str
    ballot: str
    words: str
    wants_reason: str
    objections: list[GradeObjection]
    has_account: bool

    @property
    def waits(self) -> bool:
        return any(each.state == GradeObjection.State.RAISED for each in self.objections)


@dataclass(frozen=True)
class ReviewShown:
    """`rows` are those open to the reader: all to the branch's keeper and, once handed up, to the body above."""

    review: MemberReview
    rules: Rules
    name: str
    above: str
    keeps: bool
    approves: bool
    not_deciding: str
    rows: list[Row]
    own: MemberGrade | None
    waiting: list[str]

    @property
    def graded(self) -> int:
        return sum(bool(row.grade.grade) for row in self.rows)

    @property
    def filled(self) -> int:
        return sum(bool(row.grade.grade or row.grade.ungraded) for row in self.rows)

    @property
    def share(self) -> float:
        return 100 * self.filled / len(self.rows) if self.rows else 0

    @property
    def untold(self) -> int:
        return sum(bool(row.grade.grade) and not row.grade.is_told for row in self.rows)

    @property
    def best(self) -> int:
        """Without one's own row, of which one is not told yet."""
        return sum(row.grade.grade == self.rules.best.key for row in self.rows if not row.is_own)

    @property
    def most_best(self) -> int:
        return self.rules.most_best(self.graded)

    @property
    def is_over(self) -> bool:
        return self.best > self.most_best


def review_of(reader: Reader, review_id: int) -> MemberReview | None:
    rows = reviews_visible_to(reader).select_related("body__line", "above__line", "opened__host")
    return rows.filter(pk=review_id).first()


def review_shown(reader: Reader, review_id: int, today: date) -> ReviewShown | None:
    """A fixed number of queries."""
    found = review_of(reader, review_id)
    if found is None:
        return None
    rules, own = rules_of(found.definition), person_of(reader)
    rows = list(grades_visible_to(reader).filter(review=found).order_by("pk"))
    keeps = bool(found.body.line_path) and office_that_keeps(reader, found.body) is not None
    approves = office_that_keeps(reader, found.above) is not None
    names = body_names(reader, today, {found.body_id, found.above_id})
    shown = _rows(reader, rows, rules) if keeps or approves else []
    waiting: list[str] = []
    if keeps and found.state == S.TOLD:
        try:
            waiting = not_handed_up_because(found, rows, today)
        except Refused as no:
            waiting = [str(no)]
    return ReviewShown(
        review=found, rules=rules, name=names.get(found.body_id, ""), above=names.get(found.above_id, ""), keeps=keeps,
        approves=approves, not_deciding=not_deciding_because(reader, found) if approves else "", rows=shown,
        own=next((each for each in rows if each.person_id == own), None), waiting=waiting,
    )  # fmt: skip


def _rows(reader: Reader, rows: list[MemberGrade], rules: Rules) -> list[Row]:
    """In the order of names; nothing of one's own row that one was not told."""
    own = person_of(reader)
    ids = [each.person_id for each in rows]
    people: dict[int, Any] = {each.pk: each for each in persons_visible_to(reader).filter(pk__in=ids)}
    readable = set(words_visible_to(reader).filter(pk__in=[each.pk for each in rows]).values_list("pk", flat=True))
    objections: dict[int, list[GradeObjection]] = {}
    for each in GradeObjection.objects.filter(grade__in=[row.pk for row in rows]).order_by("pk"):
        objections.setdefault(each.grade_id, []).append(each)
    found = [
        _row(each, people.get(each.person_id), own, rules, each.pk in readable, objections.get(each.pk, []))
        for each in rows
    ]
    return sorted(found, key=lambda row: (row.name, row.grade.pk))


def _row(
    each: MemberGrade, person: Any, own: int | None, rules: Rules, reads_words: bool, objections: list[GradeObjection]
) -> Row:
    is_own = each.person_id == own
    known = each.told_grade if is_own else each.grade
    ballot = "" if is_own and not each.is_told else told_words(each.ballot, rules)
    for objection in objections:
        objection.said_before = rules.named(objection.before)
    return Row(
        grade=each, name=person.name if person else "", is_own=is_own, shown=rules.named(known),
        ungraded=rules.named(each.ungraded), ballot=ballot,
        words=each.words if reads_words else "", wants_reason="" if is_own else reason_wanted(each, rules),
        objections=objections, has_account=bool(person and person.account_id),
    )  # fmt: skip


# == one person ==
@dataclass(frozen=True)
class GradeShown:
    """One row, for the person, the keeper, or the body above. `closed`: why nobody objects here (any more), and what
    is left to do; empty where one may, where it is not told, and once it is approved."""

    row: Row
    review: MemberReview
    rules: Rules
    name: str
    above: str
    keeps: bool
    until: date | None
    may_say: bool
    may_object: bool
    closed: str
    objection: GradeObjection | None


def grade_of(reader: Reader, grade_id: int) -> MemberGrade | None:
    rows = grades_visible_to(reader).select_related("review__body__line", "review__above__line")
    return rows.filter(pk=grade_id).first()


def grade_shown(reader: Reader, grade_id: int, today: date) -> GradeShown | None:
    """A fixed number of queries."""
    found = grade_of(reader, grade_id)
    if found is None:
        return None
    review, rules = found.review, rules_of(found.review.definition)
    (row,) = _rows(reader, [found], rules)
    names = body_names(reader, today, {review.body_id, review.above_id})
    keeps = bool(review.body.line_path) and office_that_keeps(reader, review.body) is not None
    try:
        until = objects_until(found, rules) if found.is_told else None
    except Refused:
        until = None
    objected = any(each.before == found.grade for each in row.objections)
    theirs = row.is_own or (keeps and not row.has_account)
    may_object = theirs and review.state == S.TOLD and until is not None and today <= until and not objected
    above = names.get(review.above_id, "")
    is_closed = theirs and review.state in (S.TOLD, S.HANDED_UP) and not may_object and not row.waits
    return GradeShown(
        row=row, review=review, rules=rules, name=names.get(review.body_id, ""), above=above, keeps=keeps, until=until,
        may_say=row.is_own and review.state in (S.BEGUN, S.HELD), may_object=may_object,
        closed=_why_closed(until, above, objected) if is_closed and until else "",
        objection=next((each for each in row.objections if each.state == GradeObjection.State.RAISED), None),
    )  # fmt: skip


def _why_closed(until: date, above: str, is_answered: bool) -> str:
    if is_answered:
        return _("This grade was objected to and answered; one does so once. Whoever still disagrees says so to "
                 "%(above)s before it approves.") % {"above": above}  # fmt: skip
    gaps = {"day": until, "above": above}
    return _("One could object until %(day)s. Whoever disagrees says so to %(above)s before it approves.") % gaps


def own_reviews(reader: Reader, opening_id: int) -> list[MemberReview]:
    """The reader's branches in a year: for the address that an ask leads to."""
    return list(reviews_kept_by(reader).filter(opened=opening_id).order_by("pk")[:2])


def is_grading(review: MemberReview) -> bool:
    return review.state in GRADING
