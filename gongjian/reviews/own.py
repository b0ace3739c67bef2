"""What is held here of one person: for the file that they take away, and when they are forgotten."""

from __future__ import annotations

from django.utils.translation import gettext as _

from gongjian.register.models import Person
from gongjian.ui.takeaway import Table

from .models import GradeObjection, MemberGrade
from .rules import rules_of, told_words


def tables_of(person: Person) -> list[Table]:
    """Their rows, with the grade they were told; what they objected, and the answer."""
    rows = MemberGrade.objects.filter(person=person).select_related("review").order_by("review__year", "pk")
    columns = [
        ("year", _("Year")), ("words", _("What I said of myself")), ("grade", _("Grade")), ("reason", _("Reason")),
        ("ballot", _("What is told of the ballot")), ("told_on", _("Told to me on")),
        ("ungraded", _("No grade because")),
    ]  # fmt: skip
    own = []
    for each in rows:
        rules = rules_of(each.review.definition)
        told = each.is_told or bool(each.ungraded)
        own.append((
            each.review.year, each.words, rules.named(each.told_grade), each.reason if told else "",
            told_words(each.ballot, rules) if told else "", each.told_on, rules.named(each.ungraded),
        ))  # fmt: skip
    asked = [("raised_on", _("Raised on")), ("reason", _("Reason")), ("state", _("State")), ("answer", _("Answer"))]
    objections = GradeObjection.objects.filter(grade__person=person).order_by("pk")
    return [
        Table("member_reviews", _("My yearly reviews"), columns, own),
        Table("grade_objections", _("My objections to grades"), asked, [
            (each.raised_on, each.reason, each.get_state_display(), each.answer) for each in objections
        ]),
    ]  # fmt: skip


def forget_of(person: Person) -> None:
    """Nothing of it stays of somebody who is forgotten; the numbers of the meeting do, which tell of nobody."""
    MemberGrade.objects.filter(person=person).delete()
