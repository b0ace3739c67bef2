"""Decisions: each stays with whoever made it, two officers do not overwrite each other, all can be taken back."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from gongjian.register.actions import Refused
from gongjian.register.models import Document, UnitEntry
from gongjian.register.reconciliations import deciding
from gongjian.register.reconciliations.applying import apply
from gongjian.register.reconciliations.comparing import compare
from gongjian.register.reconciliations.deciding import Overtaken, accept, accept_sure, choose, leave_unknown, reopen

from .lists import TODAY, finding_of, other, row_of, thought

TOWN, VILLAGE, OTHER = "330681113", "330681113265", "330681113266"


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def decided(found) -> dict[int, str]:
    return dict(found.findings.exclude(decision="open").values_list("number", "decision"))


def test_sure_ones_are_accepted_in_one_step_and_doubtful_ones_stay_open(small, officers):
    count = accept_sure(small, by=officers[0])
    still = small.findings.filter(decision="open")
    assert [each.happened for each in still] == ["merged"]
    assert count == small.findings.count() - 1
    assert set(small.findings.filter(decision="accepted").values_list("decided_by", "is_together", "version")) == {
        (officers[0].pk, True, 2)
    }
    assert accept_sure(small, by=officers[1]) == 0


def test_a_county_can_be_accepted_by_itself(small, officers):
    in_county = small.findings.filter(county="330681", verdict="sure").count()
    assert accept_sure(small, by=officers[0], county="330681") == in_county
    assert set(small.findings.filter(decision="open").values_list("level", flat=True)) == {"city", "town"}


def test_a_decision_says_who_and_when(small, officers):
    town = accept(finding_of(small, TOWN), version=1, by=officers[0])
    assert (town.decision, town.decided_by, town.version, town.is_together) == ("accepted", officers[0], 2, False)
    assert town.decided_at is not None


def test_the_second_of_two_officers_is_told_who_decided_what(small, officers):
    mine, theirs = finding_of(small, TOWN), finding_of(small, TOWN)
    accept(mine, version=mine.version, by=officers[0])
    with pytest.raises(Overtaken) as told:
        leave_unknown(theirs, version=theirs.version, by=officers[1])
    assert re.fullmatch(
        r"李样例 has decided this at \d{4}-\d\d-\d\d \d\d:\d\d: Accepted as proposed\. "
        r"Look at it again before you decide otherwise\.",
        str(told.value),
    )
    mine.refresh_from_db()
    assert (mine.decision, mine.decided_by) == ("accepted", officers[0])


def test_who_decides_on_what_was_taken_back_is_told_so(small, officers):
    town = accept(finding_of(small, TOWN), version=1, by=officers[0])
    reopen(town, version=2)
    with pytest.raises(Overtaken, match="taken the decision back"):
        accept(town, version=2, by=officers[1])


def test_an_alternative_is_chosen_by_its_number(small, officers):
    village = finding_of(small, VILLAGE)
    village = thought(
        small, VILLAGE, "unknown", alternatives=[
            other(small, village, "merged", "330681005264"), other(small, village, "merged", "330681005201"),
        ],
    )  # fmt: skip
    chosen = choose(village, 2, version=1, by=officers[0])
    assert (chosen.decision, chosen.chosen) == ("chosen", 2)
    told = deciding.effective(chosen)
    assert (told.happened, told.new) == ("merged", (row_of(small, "330681005201"),))
    with pytest.raises(Refused, match="no alternative 3"):
        choose(chosen, 3, version=2, by=officers[0])


def test_choosing_to_go_on_as_a_new_row_settles_the_finding_of_that_row(small, officers):
    village = finding_of(small, VILLAGE)
    village = thought(small, VILLAGE, "merged", "330681005265",
                      alternatives=[other(small, village, "renamed", "330681005265")])  # fmt: skip
    began = small.findings.get(happened="new")
    chosen = choose(village, 1, version=1, by=officers[0])
    began.refresh_from_db()
    assert (began.decision, began.taken_by) == ("taken", chosen)
    with pytest.raises(Refused, match="settled with another finding"):
        accept(began, version=began.version, by=officers[1])

    reopen(chosen, version=chosen.version)
    began.refresh_from_db()
    assert (began.decision, began.taken_by, began.decided_by) == ("open", None, None)


def test_a_row_is_not_given_away_twice(small, officers):
    first = finding_of(small, VILLAGE)
    second = finding_of(small, OTHER)
    first = thought(small, VILLAGE, "unknown", alternatives=[other(small, first, "renamed", "330681005265")])
    second = thought(small, OTHER, "unknown", alternatives=[other(small, second, "renamed", "330681005265")])
    choose(first, 1, version=1, by=officers[0])
    with pytest.raises(Refused) as refused:
        choose(second, 1, version=1, by=officers[1])
    assert str(refused.value) == (
        "“上旺村委会” goes on as “上旺下旺村委会” already. Take that decision back first, or choose another one."
    )
    second.refresh_from_db()
    assert second.decision == "open"


def test_a_sure_one_whose_row_was_given_away_stays_open(small, officers):
    taken = finding_of(small, "330681113264")  # 上下文村, surely moved
    village = finding_of(small, VILLAGE)
    village = thought(small, VILLAGE, "unknown", alternatives=[other(small, village, "renamed", "330681005264")])
    choose(village, 1, version=1, by=officers[0])
    accept_sure(small, by=officers[0])
    taken.refresh_from_db()
    assert taken.decision == "open"


def test_new_ones_cannot_be_left_unknown(small, officers):
    with pytest.raises(Refused, match="entered as new"):
        leave_unknown(small.findings.get(happened="new"), version=1, by=officers[0])


def test_the_last_decision_of_an_officer_is_taken_back_and_only_theirs(small, officers):
    one, two = officers
    accept_sure(small, by=one)
    accept(finding_of(small, TOWN), version=1, by=one)
    village = finding_of(small, VILLAGE)
    leave_unknown(village, version=village.version, by=two)
    assert deciding.undo_last(small, by=one) == finding_of(small, TOWN)
    assert deciding.undo_last(small, by=one) is None  # what was accepted together is not taken back one by one
    assert deciding.undo_last(small, by=two) == village
    assert finding_of(small, VILLAGE).decision == "open"


def test_a_decision_carries_its_document_and_the_document_can_be_used_again(small, officers):
    file = SimpleUploadedFile("批复.pdf", b"%PDF-1.7")
    document = deciding.add_document(small, by=officers[0], number="绍政函〔2020〕12号", title="批复", file=file)
    accept(finding_of(small, TOWN), version=1, by=officers[0], document=document)
    village = finding_of(small, VILLAGE)
    accept(village, version=1, by=officers[0], document=document)
    assert list(small.documents.all()) == [document]
    assert small.findings.filter(document=document).count() == 2
    assert len(document.sha256) == 64
    with pytest.raises(Refused, match="a number, a title or a file"):
        deciding.add_document(small, by=officers[0])
    assert Document.objects.count() == 1


def test_nothing_is_in_the_register_before_it_is_applied_and_decisions_close_with_it(small, officers):
    before = list(UnitEntry.objects.order_by("id").values())
    accept_sure(small, by=officers[0])
    accept(finding_of(small, TOWN), version=1, by=officers[0])
    assert list(UnitEntry.objects.order_by("id").values()) == before
    apply(small, by=officers[0], today=TODAY)
    with pytest.raises(Refused, match="decisions are closed"):
        reopen(finding_of(small, TOWN), version=2)


def test_compared_again_decisions_on_what_is_found_again_stay(small, officers):
    accept_sure(small, by=officers[0])
    leave_unknown(finding_of(small, VILLAGE), version=2, by=officers[1])
    before = decided(small)
    compare(small)
    assert decided(small) == before
    assert finding_of(small, VILLAGE).decided_by == officers[1]
