"""The committee proposes each grade, everybody is told first, may object, and is answered. Then it is handed up.

A grade never follows from votes alone: nothing here reads a grade off a ballot. Where the committee departs from what
the ballot told, and for the worst grade, it says why. Nobody proposes their own grade.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from gongjian.chronicle.record import record
from gongjian.notices.actions import NewLetter, write_letters
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.models import Person
from gongjian.register.refusals import Refused
from gongjian.workdays import calendar

from . import asking
from .access import account_of, may_answer, office_that_keeps, person_of
from .models import GRADING, GradeObjection, MemberGrade, MemberReview
from .refusing import checked, held, keeping, locked, said
from .rules import Rules, favoured, rules_of
from .states import S, move

LANGUAGE = settings.LANGUAGE_CODE


# == proposing ==
@dataclass(frozen=True)
class Chosen:
    """What was chosen for one person: a grade, or why there is none, or nothing yet; and the reason in words."""

    choice: str = ""
    reason: str = ""


@in_sentences
def grade(review: MemberReview, chosen: Mapping[int, Chosen], *, version: int, by: Reader) -> MemberReview:
    """Write down what is proposed so far, some of it or all. `chosen` by the number of the row. Raises Refused."""
    review, office = held(review, by)
    if review.state not in GRADING:
        raise Refused(_("It is at “%(state)s” by now. Look at it again.") % {"state": review.get_state_display()})
    if version != review.version:
        raise Refused(_("Somebody else has graded just now. Look at what they chose; what you chose stands below."))
    rules = rules_of(review.definition)
    grades, none = {each.key for each in rules.grades}, {each.key for each in rules.ungraded}
    rows = {each.pk: each for each in MemberGrade.objects.filter(review=review).select_for_update(of=("self",))}
    changed = []
    for pk, each in chosen.items():
        row = rows.get(pk)
        if row is None or (each.choice and each.choice not in grades | none):
            raise Refused(_("The roll has changed just now. Look at it again."))
        reason = checked(MemberGrade, {"reason": each.reason})["reason"]
        after = ("", each.choice, reason) if each.choice in none else (each.choice, "", reason)
        if after == (row.grade, row.ungraded, row.reason):
            continue
        if row.person_id == person_of(by):
            raise Refused(_("Nobody proposes their own grade. Another one who keeps the branch's matters does."))
        row.grade, row.ungraded, row.reason = after
        row.proposed_by = account_of(by)
        if row.grade == row.told_grade:  # another reason for the same grade is told anew as well
            row.told_grade, row.told_on = "", None
        if row.ungraded:
            row.ballot, row.told_grade, row.told_on = None, "", None
        changed.append(row)
    fields = ["grade", "ungraded", "reason", "proposed_by", "ballot", "told_grade", "told_on"]
    MemberGrade.objects.bulk_update(changed, fields)
    if changed:
        review.version += 1
        review.save(update_fields=["version"])
    record("reviews.grade", by=by, subject=review.about, facts={"rows": len(changed)}, as_office=office)
    return review


def missing(rows: list[MemberGrade], rules: Rules, names: Mapping[int, str], own: int | None = None) -> list[str]:
    """What keeps the grades from being proposed, each as a sentence that says what to do. Of one's own row (`own`:
    one's number) nothing is told."""
    found = []
    unfilled = [each for each in rows if not each.grade and not each.ungraded]
    if unfilled:
        found.append(_("Without a grade so far: %(count)s. Choose one for each.") % {"count": len(unfilled)})
    graded = [each for each in rows if each.grade]
    best, most = sum(each.grade == rules.best.key for each in graded), rules.most_best(len(graded))
    if best > most:
        gaps = {"grade": rules.best, "best": best, "most": most, "graded": len(graded)}
        found.append(
            _("“%(grade)s” is given to %(best)s; of %(graded)s who are graded %(most)s may have it at most.") % gaps
        )
    for each in graded:
        if not each.reason and (why := reason_wanted(each, rules)):
            name = names.get(each.person_id) or _("One on the roll")
            is_own = each.person_id == own
            found.append(_("Your own row is not ready. Another one sees why.") if is_own else f"{name}: {why}")
    return found


def reason_wanted(row: MemberGrade, rules: Rules) -> str:
    """Why this grade needs a reason in words, in a sentence; empty where it needs none."""
    if row.grade == rules.worst.key:
        return _("for “%(grade)s” write the reason.") % {"grade": rules.worst}
    most = favoured(row.ballot, rules)
    if most and row.grade and row.grade not in most:
        return _("most ballots were for another grade. Write the reason.")
    return ""


@in_sentences
def propose(review: MemberReview, *, by: Reader) -> MemberReview:
    """The committee's proposal is whole. Raises Refused."""
    review, office = held(review, by)
    rows = list(MemberGrade.objects.filter(review=review).order_by("pk"))
    names = dict(Person.objects.filter(pk__in=[each.person_id for each in rows]).values_list("pk", "name"))
    if review.sheets.exists():
        raise Refused(_("The ballots wait for a second person, or the two differ. Let them agree first."))
    if wrong := missing(rows, rules_of(review.definition), names, person_of(by)):
        raise Refused(" ".join(wrong))
    move(review, "propose", by=by, as_office=office, proposed_by=account_of(by))
    return review


@in_sentences
def think_again(review: MemberReview, *, by: Reader) -> MemberReview:
    """Nobody is told yet, and the committee grades further. Raises Refused."""
    review, office = held(review, by)
    move(review, "go_over" if review.reason else "think_again", by=by, as_office=office)
    return review


# == telling ==
@in_sentences
def tell(review: MemberReview, *, today: date, now: datetime, by: Reader) -> MemberReview:
    """Everybody with an account reads their grade from now on and has a letter; of the others it is noted when they
    were told. Raises Refused."""
    review, office = held(review, by)
    move(review, "tell", by=by, as_office=office, reason="", told_from=today)
    rows = MemberGrade.objects.filter(review=review).exclude(grade="").select_related("person")
    untold = [each for each in rows if not each.is_told and each.person.account_id is not None]
    for each in untold:
        each.told_grade, each.told_on = each.grade, today
    MemberGrade.objects.bulk_update(untold, ["told_grade", "told_on"])
    _write_to(untold, today, now)
    return review


@in_sentences
def note_told(grade: MemberGrade, *, told_on: date, today: date, by: Reader) -> MemberGrade:
    """Somebody without an account was told in person, on that day. Raises Refused."""
    review, office = held(grade.review, by)
    found = _locked(grade)
    if review.state != S.TOLD or not found.grade or found.is_told:
        raise Refused(_("There is nothing to note: nobody is told yet, or this person was. Look at it again."))
    if found.person.account_id is not None:
        raise Refused(_("Whoever has an account reads it there."))
    since = max(
        filter(None, [review.held_on, review.told_from, found.objections.aggregate(last=Max("answered_on"))["last"]])
    )
    if not since <= told_on <= today:
        raise Refused(
            _("This grade is told since %(day)s: choose a day from then until today.") % {"day": since}
        )  # fmt: skip
    found.told_grade, found.told_on = found.grade, told_on
    found.save(update_fields=["told_grade", "told_on"])
    record("reviews.note_told", by=by, subject=review.about, as_office=office)
    return found


def _write_to(rows: list[MemberGrade], today: date, now: datetime) -> None:
    """That there is something to read; the grade stands on the page alone."""
    with override(LANGUAGE):
        letters = [
            NewLetter(
                account_id=each.person.account_id or 0, kind=f"reviews:{each.pk}:{each.told_grade}", day=today,
                language=LANGUAGE, subject=_("Your branch tells you your grade of the year"),
                body=settings.SITE + reverse("review_mine", args=[each.pk]),
            )
            for each in rows
        ]  # fmt: skip
    write_letters(letters, now=now)


# == objections ==
def objects_until(row: MemberGrade, rules: Rules) -> date | None:
    """The last working day on which one may object; the day of telling does not count. Raises Refused."""
    if row.told_on is None:
        return None
    try:
        return calendar.add_working(row.told_on, rules.days)
    except calendar.UnknownYear as unknown:
        raise Refused(str(unknown)) from unknown


@in_sentences
def object_to(grade: MemberGrade, *, reason: str, today: date, by: Reader) -> GradeObjection:
    """By the person; for somebody without an account the branch's keeper writes it down. Raises Refused."""
    review = locked(grade.review)
    found = _locked(grade)
    is_by_keeper = found.person.account_id is None and office_that_keeps(by, review.body) is not None
    if found.person_id != person_of(by) and not is_by_keeper:
        raise Refused(_("Everybody objects to their own grade alone."))
    until = objects_until(found, rules_of(review.definition))
    if review.state != S.TOLD or not found.is_told or until is None or today > until or not review.body.line_path:
        raise Refused(_("One objects within some working days of being told. Talk to the organisation above."))
    if found.objections.filter(before=found.grade).exists():
        raise Refused(_("There is an objection to this grade already, or an answer. Talk to the organisation above."))
    reason = said(GradeObjection, "reason", reason, _("Say what is wrong, and what it stands on."))
    made = GradeObjection.objects.create(
        grade=found, reason=reason, before=found.grade, by=account_of(by), raised_on=today
    )  # fmt: skip
    record("reviews.object", by=by, subject=review.about)
    return made


@in_sentences
def answer(
    objection: GradeObjection, verb: str, *, words: str, choice: str = "", today: date, now: datetime, by: Reader
) -> GradeObjection:
    """Uphold it with another grade, which the person is told anew, or not. By another person than who proposed the
    grade or who objects. Raises Refused."""
    review = locked(objection.grade.review)
    row = _locked(objection.grade)
    found = GradeObjection.objects.select_for_update(of=("self",)).get(pk=objection.pk)
    row.review, found.grade = review, row
    if not may_answer(by, found):
        raise Refused(_("An objection is answered by another person than who proposed the grade or who objects: one "
                        "who keeps the matters of the branch, or of the organisation above."))  # fmt: skip
    if review.state != S.TOLD or found.state != GradeObjection.State.RAISED:
        raise Refused(_("It was answered already."))
    if verb not in ("uphold", "reject"):
        raise Refused(_("Uphold it, or do not."))
    given = said(GradeObjection, "answer", words, _("Give the reason of the answer. Whoever objected reads it."))
    if verb == "uphold":
        _change(review, row, choice, given, today, now, by)
    found.state = GradeObjection.State.UPHELD if verb == "uphold" else GradeObjection.State.REJECTED
    found.answer, found.answered_by, found.answered_on = given, account_of(by), today
    found.save(update_fields=["state", "answer", "answered_by", "answered_on"])
    record(f"reviews.{verb}", by=by, subject=review.about)
    return found


def _change(
    review: MemberReview, row: MemberGrade, choice: str, reason: str, today: date, now: datetime, by: Reader
) -> None:
    """Another grade after an objection, within the same bounds, and told at once to whoever has an account."""
    rules = rules_of(review.definition)
    if choice not in {each.key for each in rules.grades} - {row.grade}:
        raise Refused(_("Choose the grade that it is to be instead."))
    row.grade, row.reason, row.proposed_by = choice, reason[:300], account_of(by)
    others = MemberGrade.objects.filter(review=review).exclude(pk=row.pk).exclude(grade="")
    if wrong := missing([row, *others], rules, {}):
        raise Refused(" ".join(wrong))
    row.told_grade, row.told_on = "", None
    if row.person.account_id is not None:
        row.told_grade, row.told_on = choice, today
        _write_to([row], today, now)
    row.save(update_fields=["grade", "reason", "proposed_by", "told_grade", "told_on"])


def _locked(grade: MemberGrade) -> MemberGrade:
    return MemberGrade.objects.select_for_update(of=("self",)).select_related("person").get(pk=grade.pk)


# == handing up ==
def not_handed_up_because(review: MemberReview, rows: list[MemberGrade], today: date) -> list[str]:
    """What keeps it from being handed up, each as a sentence that says what to do. One query."""
    graded, rules, found = [each for each in rows if each.grade], rules_of(review.definition), []
    if untold := sum(not each.is_told for each in graded):
        found.append(_("Not told yet: %(count)s. Tell each of them first, and note the day.") % {"count": untold})
    raised = GradeObjection.objects.filter(grade__review=review, state=GradeObjection.State.RAISED)
    if count := raised.count():
        found.append(_("Objections without an answer: %(count)s. Somebody else answers them first.") % {"count": count})
    last = [until for each in graded if each.is_told and (until := objects_until(each, rules))]
    if last and today <= max(last):
        found.append(_("Members may object until %(day)s. Hand it up after that.") % {"day": max(last)})
    return found


@in_sentences
def hand_up(review: MemberReview, *, today: date, now: datetime, by: Reader) -> str:
    """To the body above, once everybody was told and nothing waits. Returns why that one was not asked, or nothing.
    Raises Refused."""
    review, office = held(review, by)
    rows = list(MemberGrade.objects.filter(review=review))
    if review.state == S.TOLD and (wrong := not_handed_up_because(review, rows, today)):
        raise Refused(" ".join(wrong))
    move(review, "hand_up", by=by, as_office=office, handed_up_on=today)
    asking.close_to_review(review, now=now, by=account_of(by))
    return asking.ask_to_approve(review, today=today, now=now)


@in_sentences
def file(review: MemberReview, *, today: date, by: Reader) -> MemberReview:
    """It is over and stays on record; also by whoever approves, where the branch stands no longer. Raises Refused."""
    review = locked(review)
    office = keeping(by, review.body if review.body.line_path else review.above)
    move(review, "file", by=by, as_office=office, filed_on=today)
    return review
