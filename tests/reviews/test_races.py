"""Two who confirm at once: one of them does, the other is told, and nothing is done twice."""

from __future__ import annotations

import pytest

from gongjian.asks.models import Ask
from gongjian.chronicle.models import Act
from gongjian.reviews import grading, holding
from gongjian.reviews.models import GradeObjection
from tests.races import at_once

from .conftest import answer, approve, hand_up, hold, mark_new, object_to, propose, send_back, tell

pytestmark = pytest.mark.django_db(transaction=True)


def acts(*verbs: str) -> int:
    return Act.objects.filter(verb__in=[f"reviews.{each}" for each in verbs]).count()


def test_two_approve_at_once(begun):
    hand_up(begun)
    refused = at_once(lambda: approve(begun, "street"), lambda: approve(begun, "street2"))
    assert len(refused) == 1 and "by now" in refused[0]
    assert begun.review.state == "approved" and acts("approve") == 1
    asked = Ask.objects.filter(sending__about=begun.opened.year.about_approving)
    assert list(asked.values_list("state", flat=True)) == ["done"]


def test_one_approves_while_the_other_returns(begun):
    hand_up(begun)
    refused = at_once(lambda: approve(begun, "street"), lambda: send_back(begun, "street2"))
    assert len(refused) == 1 and "by now" in refused[0]
    assert begun.review.state in ("approved", "returned") and acts("approve", "send_back") == 1
    again = Ask.objects.filter(sending__about=begun.review.about).count()
    assert again == (begun.review.state == "returned")


def test_two_type_the_ballots_at_once(begun):
    """The one who comes second confirms: it counts, and no sheet is left that tells who chose what."""
    hold(begun)
    mark_new(begun)
    sheet = {each.pk: [3, 7, 0, 0] for each in begun.rows() if not each.ungraded}
    review, one, other = begun.review, begun.by("secretary"), begun.by("deputy")
    refused = at_once(
        lambda: holding.type_sheet(review, sheet, by=one), lambda: holding.type_sheet(review, sheet, by=other)
    )
    assert refused == []
    assert begun.review.is_counted and not begun.review.sheets.exists()
    assert acts("type_sheet") == 2 and begun.row("member").ballot is not None


def test_two_note_at_once_that_somebody_was_told(begun):
    propose(begun)
    grading.tell(begun.review, today=begun.today, now=begun.opened.year.opened_at, by=begun.by("secretary"))
    row, one, other = begun.row("plain0"), begun.by("secretary"), begun.by("deputy")
    on = {"told_on": begun.today, "today": begun.today}
    refused = at_once(lambda: grading.note_told(row, **on, by=one), lambda: grading.note_told(row, **on, by=other))
    assert len(refused) == 1 and "nothing to note" in refused[0]
    assert begun.row("plain0").is_told and acts("note_told") == 1


def test_two_answer_an_objection_at_once(begun):
    tell(begun)
    objection = object_to(begun)
    refused = at_once(
        lambda: answer(begun, objection, "uphold", "street", choice="fair"),
        lambda: answer(begun, objection, "reject", "street2"),
    )
    assert len(refused) == 1 and "answered already" in refused[0]
    left = GradeObjection.objects.get()
    assert (left.state, begun.row("member").grade) in {("upheld", "fair"), ("rejected", "good")}
    assert acts("uphold", "reject") == 1
