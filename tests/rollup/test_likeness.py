"""Near-copies: those planted are found, none that reaches the threshold is missed, and others are not told."""

from __future__ import annotations

import time
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import likeness as bench
from rollup.likeness import SHORTEST, Copy, _names, _runs, near_copies

PLEDGE = "枫桥镇村党总支承诺走访独居老人30户，每季度公布一次进度；6月底前疏浚灌溉渠道12处，请村民代表现场验收。"


@pytest.mark.parametrize(
    "copy",
    [
        PLEDGE.replace("30", "45").replace("12", "三"),
        PLEDGE.replace("枫桥镇", "店口镇"),
        PLEDGE + "欢迎广大群众监督。",
        "6月底前疏浚灌溉渠道12处，请村民代表现场验收；枫桥镇村党总支承诺走访独居老人30户，每季度公布一次进度。",
        PLEDGE.replace("，", ", ").replace("3", "３"),
    ],
)
def test_a_copy_with_little_changed_is_found(copy):
    other = "为小微企业开设法律咨询台，由调解员三日内回访，使欠薪当月结清，让新职工住得安心，杜绝垃圾乱倒。"
    assert [(each.one, each.other) for each in near_copies([PLEDGE, other, copy])] == [(0, 2)]


def test_names_of_places_can_be_left_out():
    copy = PLEDGE.replace("枫桥镇", "山下湖镇")
    assert near_copies([PLEDGE, copy])[0].likeness < 1
    assert near_copies([PLEDGE, copy], leave_out=["枫桥镇", "山下湖镇"]) == [Copy(0, 1, 1.0)]


def test_a_text_copied_often_is_told_beside_the_first_alone():
    assert len(near_copies([PLEDGE] * 50)) == 49


def test_short_texts_are_not_called_copies():
    assert near_copies(["认真工作", "认真工作"]) == []


@pytest.mark.parametrize("like", [0, -1, 1.5])
def test_a_threshold_without_meaning_is_refused(like):
    with pytest.raises(ValueError):
        near_copies([], like=like)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text("甲乙丙丁戊己", min_size=9, max_size=24), max_size=12), st.sampled_from([0.3, 0.5, 0.75, 0.9]))
def test_nothing_that_reaches_the_threshold_is_missed(texts, like):
    runs = [_runs(text, _names(())) for text in texts]
    expected = set()
    for (one, a), (other, b) in combinations(enumerate(runs), 2):
        is_told = min(len(a), len(b)) >= SHORTEST and runs.index(a) == one and (runs.index(b) == other or a == b)
        if is_told and len(a & b) / min(len(a), len(b)) >= like - 1e-9:
            expected.add((one, other))
    assert {(each.one, each.other) for each in near_copies(texts, like=like)} == expected


def test_of_generated_copies_most_are_found_and_hardly_others():
    given_ = bench.pledges(1_500)
    began = time.perf_counter()
    ours = bench.found(given_, bench.by_likeness(given_.texts))
    assert time.perf_counter() - began < 5
    exact = bench.found(given_, bench.exactly(given_.texts))
    assert ours.precision >= 0.95
    assert ours.recall >= 0.9 > 0.2 > exact.recall
