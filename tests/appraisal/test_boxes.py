"""Boxes: counted once, told once, and nobody given away by all that is told of a round."""

from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pytest
from django.db import connection, transaction
from django.utils import translation

from gongjian.accounts.models import User
from gongjian.appraisal import boxes, deciding, rounds
from gongjian.appraisal.models import BallotCode, Box, Case, PaperCount
from gongjian.register.refusals import Refused
from rollup.branch_counts import TOGETHER

from .conftest import build_opened, counted, noon, propose, score_all


def open_box(opened, kind="people", roll=40, number=0):
    return boxes.open_box(opened.case_of(number), kind, roll=roll, now=noon(opened), by=opened.street)


def test_too_few_who_may_vote_have_no_box(opened):
    with pytest.raises(Refused, match="fewer than 10"):
        open_box(opened, roll=9)
    assert open_box(opened, roll=10).state == "open"
    with pytest.raises(Refused, match="told once"):
        open_box(opened, roll=10)


def test_below_twenty_members_vote_on_paper(opened):
    with pytest.raises(Refused, match="vote on paper"):
        boxes.print_codes(open_box(opened, "members", roll=19), 5, by=opened.street)
    assert len(boxes.print_codes(open_box(opened, roll=19), 19, by=opened.street)) == 19


def test_no_more_codes_than_may_vote(opened):
    box = open_box(opened, roll=12)
    boxes.print_codes(box, 10, by=opened.street)
    with pytest.raises(Refused, match="from 1 to 2"):
        boxes.print_codes(box, 3, by=opened.street)


def test_a_used_code_knows_neither_what_nor_when(opened):
    box = open_box(opened)
    code = boxes.print_codes(box, 3, by=opened.street)[0]
    assert boxes.cast(code, 2) and not boxes.cast(code, 2)
    assert {each.name for each in BallotCode._meta.fields} == {"id", "box", "hash", "is_used"}
    with pytest.raises(Refused):
        boxes.cast(boxes.print_codes(box, 1, by=opened.street)[0], 9)


def test_a_ballot_without_its_quorum_does_not_count_and_tells_nothing(opened):
    box = counted(opened.case, [12, 3, 0, 0, 0], "people", opened.street, opened.county, roll=40)
    assert (box.state, box.told, box.phone, box.paper) == ("void", None, [0] * 5, None)
    assert open_box(opened).state == "open"


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ([20, 2, 1, 1, 0], {"as": "band", "option": 0, "outside": TOGETHER + 1, "ballots": 24}),
        ([18, 3, 2, 1, 0], {"as": "counts", "numbers": [18, 3, 2, 1, 0], "ballots": 24}),
    ],
)
def test_of_a_closed_box_only_what_is_told_is_kept(opened, numbers, told):
    box = counted(opened.case, numbers, "people", opened.street, opened.county)
    assert (box.told, box.phone, box.paper) == (told, [0] * 5, None)
    assert not PaperCount.objects.exists() and not BallotCode.objects.exists()
    with pytest.raises(Refused, match="closed"):
        boxes.type_counts(box, numbers, by=opened.street)


def test_of_ten_who_may_vote_eight_are_enough_and_nothing_is_told(opened):
    score_all(opened)
    box = counted(opened.case, [8, 0, 0, 0, 0], "people", opened.street, opened.county, roll=10)
    assert box.told == {"as": "nothing", "ballots": 8}
    propose(opened)
    assert opened.case.result["items"]["people"]["exact"] is None


def test_the_same_person_twice_is_one_and_a_third_is_not_taken(opened):
    box = open_box(opened, roll=12)
    boxes.type_counts(box, [8, 2, 1, 1, 0], by=opened.street)
    boxes.type_counts(box, [8, 2, 1, 1, 0], by=opened.street)
    assert Box.objects.get(pk=box.pk).paper is None
    boxes.type_counts(box, [9, 1, 1, 1, 0], by=opened.county)
    with pytest.raises(Refused, match="differ"):
        boxes.type_counts(box, [9, 2, 1, 0, 0], by=opened.colleague)
    with pytest.raises(Refused, match="Let them agree"):
        boxes.close_box(box, now=noon(opened), by=opened.street)
    with pytest.raises(Refused, match="only 12 may vote"):
        boxes.type_counts(box, [9, 2, 1, 1, 0], by=opened.county)


def test_nobody_of_the_reviewed_keeps_peoples_review_or_prints_codes(opened):
    with pytest.raises(Refused, match="nobody of the organisation"):
        boxes.open_box(opened.case, "people", roll=12, now=noon(opened), by=opened.branch)
    box = open_box(opened, roll=12)
    for act in (
        lambda: boxes.print_codes(box, 12, by=opened.branch),
        lambda: boxes.type_counts(box, [12, 0, 0, 0, 0], by=opened.branch),
        lambda: boxes.close_box(box, now=noon(opened), by=opened.branch),
    ):
        with pytest.raises(Refused, match="nobody of the organisation"):
            act()
    own = boxes.open_box(opened.case, "members", roll=25, now=noon(opened), by=opened.branch)
    with pytest.raises(Refused, match="of the one above prints"):
        boxes.print_codes(own, 25, by=opened.branch)
    assert len(boxes.print_codes(own, 25, by=opened.street)) == 25


# == an attacker with all that is told ==
BOXES = [numbers for numbers in product(range(13), repeat=3) if sum(numbers) == 12]


def published(opened, numbers):
    """All that pages and API tell of a round in which the first branch had such a box: told box, values, score, grade,
    calculation."""
    counted(opened.case, [*numbers[:2], 0, numbers[2], 0], "people", opened.street, opened.county)
    score_all(opened, least=80, step=1)
    propose(opened)
    deciding.give_notice(opened.round, today=opened.town.today, by=opened.county)
    rows = Case.objects.filter(round=opened.round).order_by("pk").values_list("score", "grade", "result")
    told = Box.objects.get().told
    return repr((told, list(rows)))


@pytest.fixture(scope="module")
def everything():
    return {}


def test_an_attacker_with_three_ballots_cannot_tell_another_one_by_all_that_is_told(opened, everything):
    """Who holds the only ballots outside of a unanimous box, or some of them, sees the same however the others are."""
    alike = [(12, 0, 0), (11, 1, 0), (11, 0, 1), (10, 1, 1), (9, 2, 1), (8, 4, 0), (8, 1, 3)]
    for numbers in alike:
        with transaction.atomic():
            everything[numbers] = published(opened, numbers)
            transaction.set_rollback(True)
        opened.again()
    assert len({everything[numbers] for numbers in alike}) == 1


def test_numbers_that_are_told_leave_every_other_voter_two_options():
    """Of what is told as numbers: whichever three are known, outside of each option more than those remain."""
    from rollup.branch_counts import Counts, may_be_told

    for numbers in BOXES:
        if isinstance(may_be_told(numbers), Counts):
            assert all(sum(numbers) - each > TOGETHER for each in numbers)


# == races ==
@pytest.mark.django_db(transaction=True)
def test_a_ballot_cast_twice_at_once_counts_once_and_of_two_proposers_one_proposes(transactional_db):
    opened = build_opened()
    code = boxes.print_codes(open_box(opened), 1, by=opened.street)[0]

    def vote(_number):
        try:
            return boxes.cast(code, 1)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(vote, range(4))) == [False, False, False, True]
    box = Box.objects.get()
    assert box.phone == [0, 1, 0, 0, 0]
    box.delete()
    score_all(opened)
    rounds.let_review(opened.round, today=opened.town.today, now=noon(opened), by=opened.county)

    def propose_it(who):
        try:
            with translation.override("en"):
                return deciding.propose(opened.round, now=noon(opened), by=User.objects.get(pk=who)).state
        except Refused as no:
            return str(no)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(propose_it, [opened.county.pk, opened.colleague.pk]))
    assert "proposed" in told and any("does not apply" in each for each in told)
    assert opened.again().calculation == 1
    assert Case.objects.exclude(grade="").count() == 12
