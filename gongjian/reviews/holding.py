"""What members say of themselves, the meeting in numbers, and its ballots, typed by two people alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.chronicle.record import record
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.refusals import Refused
from rollup.branch_counts import LEAST, may_be_told

from .access import person_of
from .models import CountSheet, MemberGrade, MemberReview
from .refusing import checked, held, locked
from .rules import rules_of, written
from .states import S, leads_on, move

TYPISTS = 2
MOST = 100_000


@in_sentences
def say(grade: MemberGrade, *, words: str, by: Reader) -> MemberGrade:
    """One's own words, if one wants to; mended, or taken out, until grades are proposed. Raises Refused."""
    review = locked(grade.review)
    found = MemberGrade.objects.select_for_update(of=("self",)).get(pk=grade.pk)
    if found.person_id != person_of(by):
        raise Refused(_("Everybody writes here for themselves alone."))
    if review.state not in (S.BEGUN, S.HELD) or not review.body.line_path:
        raise Refused(_("Grades are proposed by now. Say it to your branch."))
    found.words = checked(MemberGrade, {"words": words})["words"]
    found.save(update_fields=["words"])
    record("reviews.say", by=by, subject=review.about)
    return found


@in_sentences
def hold(
    review: MemberReview, *, held_on: date, to_come: int, came: int, valid: int, today: date, by: Reader
) -> MemberReview:
    """The meeting was held: how many were to come, came, and gave a valid ballot. Raises Refused below the quorum."""
    review, office = held(review, by)
    if review.is_counted:
        raise Refused(_("The ballots are counted already, so the numbers of the meeting stay."))
    roll = MemberGrade.objects.filter(review=review).count()
    if not date(review.year, 1, 1) <= held_on <= today:
        raise Refused(_("The meeting was held on a day from the start of the year until today. Choose another one."))
    if not 1 <= to_come <= roll:
        raise Refused(_("On the roll are %(roll)s, so from 1 to %(roll)s were to come. Count again.") % {"roll": roll})
    if not 0 <= valid <= came <= to_come:
        raise Refused(_("No more came than were to come, and no more ballots are valid than came. Count again."))
    quorum = rules_of(review.definition).quorum
    if came < quorum * to_come:
        gaps = {"came": came, "to_come": to_come, "least": -(-quorum.numerator * to_come // quorum.denominator)}
        raise Refused(
            _("%(came)s of %(to_come)s came; it takes %(least)s at least. Hold the meeting again.") % gaps
        )  # fmt: skip
    review.sheets.all().delete()
    move(review, "hold", by=by, as_office=office, held_on=held_on, to_come=to_come, came=came, valid=valid)
    return review


def why_no_ballots(review: MemberReview) -> str:
    """Why no ballots are typed here, in a sentence; empty where they are."""
    if review.state != S.HELD or not leads_on(review, "propose"):
        return _("Ballots are typed in after the meeting, and before grades are proposed.")
    if review.is_counted:
        return _("Two people typed the ballots alike. They are told once, and not again.")
    if (review.valid or 0) < LEAST:
        return _(
            "With fewer than %(least)s ballots nothing of them can be told without giving votes away, so nothing of "
            "them is kept here. The committee proposes by what was said in the meeting."
        ) % {"least": LEAST}
    return ""


@in_sentences
def type_sheet(review: MemberReview, numbers: Mapping[int, Sequence[int]], *, by: User) -> MemberReview:
    """How many chose which option, for each who is graded, as one person counted it. Where two are alike it counts, is
    kept as far as it may be told, and the sheets go; where they differ neither counts. Raises Refused."""
    review, office = held(review, by)
    if wrong := why_no_ballots(review):
        raise Refused(wrong)
    rules = rules_of(review.definition)
    rows = {each.pk: each for each in MemberGrade.objects.filter(review=review, ungraded="")}
    if set(numbers) != set(rows):
        raise Refused(_("Who is graded has changed just now. Look at the roll, then type the ballots in again."))
    for each in numbers.values():
        if len(each) != len(rules.grades) or any(not 0 <= number <= MOST for number in each):
            raise Refused(_("Write a whole number for each grade, 0 if nobody chose it."))
        if sum(each) > (review.valid or 0):
            gaps = {"count": sum(each), "valid": review.valid}
            raise Refused(_("For one person that makes %(count)s ballots of %(valid)s. Count again.") % gaps)
    typed = {str(pk): list(each) for pk, each in sorted(numbers.items())}
    others = list(review.sheets.exclude(by=by))
    is_alike = any(each.numbers == typed for each in others)
    if is_alike:
        _count(review, rows, numbers)
    elif len(others) >= TYPISTS:
        raise Refused(_("Two people have typed the ballots in, and differ. The two of them count again, together."))
    else:
        CountSheet.objects.update_or_create(review=review, by=by, defaults={"numbers": typed})
    record("reviews.type_sheet", by=by, subject=review.about, facts={"alike": is_alike}, as_office=office)
    return review


def _count(review: MemberReview, rows: Mapping[int, MemberGrade], numbers: Mapping[int, Sequence[int]]) -> None:
    for pk, row in rows.items():
        row.ballot = written(may_be_told(numbers[pk]))
    MemberGrade.objects.bulk_update(rows.values(), ["ballot"])
    review.is_counted = True
    review.save(update_fields=["is_counted"])
    review.sheets.all().delete()


def sheets_shown(review: MemberReview, reader: Reader) -> list[tuple[str, dict[str, list[int]], bool]]:
    """What was typed, for whoever typed: one's own alone until another has, then both. By whom, what, whether own."""
    rows = list(review.sheets.select_related("by").order_by("pk"))
    if not any(each.by_id == reader.pk for each in rows):
        return []
    return [(each.by.name, each.numbers, each.by_id == reader.pk) for each in rows]
