"""Who keeps a round, who scores whom, who fixes grades, and who reads what.

A round is kept by the offices of its keeper that carry `keep_plans`; the grades are fixed by those of its approver. A
case is scored by whoever keeps the plans of the body itself, and of the body above it; where that one is dissolved, by
the next one above in its line. Nobody scores a body in which they hold an office, but for its own score. Grades are
told to those concerned once notice is given: who may see the counts, or keeps the plans, of a body in the round.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from gongjian.accounts.models import User
from gongjian.programme.access import kept, office_that_keeps
from gongjian.register.access import Reader
from gongjian.register.authority.reach import TODAY, Walk, reach_of
from gongjian.register.models import Body, Office, Permission

from .models import Box, Case, Objection, Round, Scheme

EVERYTHING = Q(pk__isnull=False)
WORDS = (Permission.SEE_COUNTS, Permission.KEEP_PLANS)
TOLD = (Round.State.NOTICE, Round.State.FIXED, Round.State.FILED)


# == reading ==
def schemes_visible_to(reader: Reader) -> QuerySet[Scheme]:
    """By which rules one is graded is no secret among those who are signed in."""
    return Scheme.objects.all() if reader.is_authenticated else Scheme.objects.none()


def rounds_visible_to(reader: Reader) -> QuerySet[Round]:
    """Those one keeps or fixes; and, once opened, those with a body that one may count, keeps or scores."""
    if not reader.is_authenticated:
        return Round.objects.none()
    cases = Case.objects.filter(_over(reader, "body__") | kept(reader, "reviewer__"), round=OuterRef("pk"))
    return Round.objects.filter(_kept_or_fixed(reader) | ~Q(state=Round.State.DRAFT) & Exists(cases))


def cases_visible_to(reader: Reader) -> QuerySet[Case]:
    """What is given for a body: for whoever may count it or keeps its plans, for whoever scores it, and for whoever
    keeps or fixes the round."""
    if not reader.is_authenticated:
        return Case.objects.none()
    own = _over(reader, "body__") | kept(reader, "reviewer__")
    return Case.objects.filter(_kept_or_fixed(reader, "round__") | ~Q(round__state=Round.State.DRAFT) & own)


def grades_visible_to(reader: Reader) -> QuerySet[Case]:
    """The grades of a round: for whoever keeps or fixes it; once notice is given, for all who may see the round."""
    seen = Q(round__in=rounds_visible_to(reader), round__state__in=TOLD)
    return Case.objects.filter(_kept_or_fixed(reader, "round__") | seen).exclude(grade="")


def is_told(reader: Reader, case: Case) -> bool:
    """Is what came out told to this reader?"""
    return bool(case.grade) and (case.round.is_told or decides(reader, case.round))


def _kept_or_fixed(reader: Reader, round: str = "") -> Q:
    return kept(reader, f"{round}keeper__") | kept(reader, f"{round}approver__")


def _over(reader: Reader, body: str) -> Q:
    if reach_of(reader).sees_all:
        return EVERYTHING
    found = kept(reader, body)
    return found | reach_of(reader).bodies(Permission.SEE_COUNTS, body, [Walk.LINE])


# == keeping ==
def keeps(reader: Reader, round: Round) -> bool:
    return office_that_keeps(reader, round.keeper) is not None


def fixes(reader: Reader, round: Round) -> bool:
    return office_that_keeps(reader, round.approver) is not None


def decides(reader: Reader, round: Round) -> bool:
    """Does the reader keep or fix the round?"""
    return keeps(reader, round) or fixes(reader, round)


# == scoring ==
def cases_of_own(reader: Reader) -> QuerySet[Case]:
    """The cases of the bodies whose plans the reader keeps."""
    return Case.objects.filter(kept(reader, "body__")).exclude(round__state=Round.State.DRAFT)


def cases_to_score(reader: Reader) -> QuerySet[Case]:
    """The cases that the reader scores for the body above, but those of bodies in which the reader holds an office."""
    found = Case.objects.filter(kept(reader, "reviewer__")).exclude(round__state=Round.State.DRAFT)
    return found.exclude(body__in=bodies_of(reader))


def bodies_of(reader: Reader) -> QuerySet[Office, int]:
    """The bodies in which the reader holds an office today."""
    held = Office.objects.filter(person=reach_of(reader).person_id, valid__contains=TODAY)
    return held.values_list("body_id", flat=True)


def holds_office_in(reader: Reader, body: Body) -> bool:
    return reach_of(reader).person_id is not None and body.pk in bodies_of(reader)


def scores_itself(reader: Reader, case: Case) -> str | None:
    """In which office the reader gives the body's own score; None for whoever does not."""
    return office_that_keeps(reader, case.body)


def scores_from_above(reader: Reader, case: Case) -> str | None:
    """In which office the reader scores it for the body above; None for whoever does not, and within the body."""
    if holds_office_in(reader, case.body):
        return None
    return office_that_keeps(reader, case.reviewer)


def peers_of(reader: Reader, round: Round) -> QuerySet[Case]:
    """The cases beside those of the bodies whose plans the reader keeps: of one class and one body above."""
    own = cases_of_own(reader).filter(round=round)
    beside = own.filter(reviewer=OuterRef("reviewer"), group=OuterRef("group")).exclude(body=OuterRef("body"))
    found = Case.objects.filter(Exists(beside), round=round, left_out="").exclude(pk__in=own.values("pk"))
    return found.exclude(body__in=bodies_of(reader))


def account_of(reader: Reader) -> User | None:
    """Who is written down as having done something; nobody for whoever runs commands."""
    return reader if isinstance(reader, User) else None


# == ballots and objections ==
def office_for_box(reader: Reader, case: Case, kind: str) -> str | None:
    """In which office the reader keeps a box of this kind: for the one above or the round; the members' ballot also for
    the body itself. People's review of a body is kept by nobody who holds an office in it."""
    bodies = [case.reviewer, case.round.keeper]
    if kind == Box.Kind.MEMBERS:
        bodies.insert(0, case.body)
    elif holds_office_in(reader, case.body):
        return None
    found = (office_that_keeps(reader, each) for each in bodies)
    return next((office for office in found if office is not None), None)


def may_print_codes(reader: Reader, box: Box) -> bool:
    """Codes can be used by whoever prints them, so nobody prints those of a body in which they hold an office."""
    return office_for_box(reader, box.case, box.kind) is not None and not holds_office_in(reader, box.case.body)


def boxes_visible_to(reader: Reader) -> QuerySet[Box]:
    return Box.objects.filter(case__in=cases_visible_to(reader))


def may_object(reader: Reader, case: Case) -> bool:
    """Anyone concerned: who may see the case, while notice is given."""
    return case.round.state == Round.State.NOTICE and cases_visible_to(reader).filter(pk=case.pk).exists()


def objections_visible_to(reader: Reader) -> QuerySet[Objection]:
    return Objection.objects.filter(case__in=cases_visible_to(reader))


def may_answer(reader: Reader, objection: Objection) -> bool:
    """Whoever keeps or fixes the round, but who proposed the grades, who objects, or holds an office in the body."""
    case = objection.case
    is_another = reader.pk not in (case.round.proposed_by_id, objection.by_id)
    return is_another and decides(reader, case.round) and not holds_office_in(reader, case.body)
