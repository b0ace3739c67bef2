"""Reconciling monthly business lists: each thing that can happen, and a year with known truth."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongjian.register.reconcile.credit_codes import CHARACTERS, check_character, is_sound, written_plainly
from gongjian.register.reconcile.firms import FIRM_KINDS, Finding, Firm, FirmEvidence, reconcile_firms
from gongjian.sample.names import credit_code

from .year_of_firms import Year

CODE, OTHER = (credit_code(number, department="91", region="330681") for number in (1, 2))
SOCKS = Firm("a", CODE, "诸暨大唐样例袜业有限公司", "大唐街道", "中路1号")


def now(**changes) -> Firm:
    values = {"key": "b", "credit_code": CODE, "name": SOCKS.name, "place": SOCKS.place, "address": SOCKS.address}
    return Firm(**(values | changes))


def told(new: list[Firm], old: list[Firm] | None = None) -> list[tuple]:
    return [(f.happened, f.also, f.old, f.new) for f in reconcile_firms([SOCKS] if old is None else old, new)]


# Codes


def test_the_check_character_is_that_of_the_sample_city():
    assert is_sound(CODE)
    assert check_character(CODE[:-1]) == CODE[-1]


@given(st.text(CHARACTERS, min_size=17, max_size=17), st.integers(0, 17), st.sampled_from(CHARACTERS))
def test_one_other_character_is_always_noticed(body, at, other):
    code = body + check_character(body)
    slip = code[:at] + other + code[at + 1 :]
    assert is_sound(slip) == (slip == code)


@pytest.mark.parametrize("code", ["", "9133", CODE + "1", CODE[:-1] + "O", "I" * 18])
def test_what_is_no_code_is_not_sound(code):
    assert not is_sound(code)


def test_a_check_character_is_only_made_of_seventeen_right_ones():
    with pytest.raises(ValueError, match="not the first 17"):
        check_character("O" * 17)


def test_codes_are_compared_without_blanks_and_case():
    assert written_plainly(" 91330681ma-0000001k ") == "91330681MA0000001K"


# What happened


@pytest.mark.parametrize(
    ("changes", "happened", "also"),
    [
        ({}, "unchanged", ()),
        ({"credit_code": f" {CODE.lower()}"}, "unchanged", ()),
        ({"address": "北路2号"}, "moved", ()),
        ({"place": "草塔镇"}, "moved", ()),
        ({"name": "诸暨另名纺织有限公司"}, "renamed", ()),
        ({"name": "诸暨另名纺织有限公司", "place": "草塔镇"}, "moved", ("renamed",)),
        ({"credit_code": CODE[:-1] + ("0" if CODE[-1] != "0" else "1")}, "mistyped", ()),
        ({"credit_code": CODE[:-1]}, "mistyped", ()),
        ({"credit_code": ""}, "recoded", ()),
        ({"credit_code": OTHER}, "recoded", ()),
    ],
)
def test_what_continues_is_told_with_its_changes(changes, happened, also):
    assert told([now(**changes)]) == [(happened, also, ("a",), ("b",))]


def test_a_firm_that_is_registered_anew_is_never_sure():
    assert [f.verdict for f in reconcile_firms([SOCKS], [now(credit_code=OTHER)])] == ["doubtful"]


def test_new_and_closed():
    other = now(credit_code=OTHER, name="诸暨另名纺织有限公司", address="北路2号")
    assert told([other]) == [("new", (), (), ("b",)), ("closed", (), ("a",), ())]


@pytest.mark.parametrize("words", ["分公司", "城西分公司", "（城西）分公司", "第二分店"])
def test_a_branch_with_a_code_of_its_own_is_told_with_its_head(words):
    branch = now(key="c", credit_code=OTHER, name=SOCKS.name + words)
    findings = reconcile_firms([SOCKS], [now(), branch])
    assert [(f.happened, f.head_key) for f in findings] == [("unchanged", ""), ("branch_opened", "b")]


def test_a_code_claimed_under_two_places_is_told_besides():
    rows = [now(), now(key="c", place="草塔镇")]
    findings = reconcile_firms([SOCKS], rows)
    assert [(f.happened, f.new) for f in findings] == [
        ("unchanged", ("b",)),
        ("new", ("c",)),
        ("claimed_twice", ("b", "c")),
    ]
    assert [dict(e.gaps)["places"] for e in findings[-1].evidence if e.kind == "rows_in_places"] == [
        ("大唐街道", "草塔镇")
    ]


def test_a_key_that_stands_twice_is_refused():
    with pytest.raises(ValueError, match="stands twice"):
        reconcile_firms([], [now(), now()])


def test_evidence_of_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="no kind of evidence"):
        FirmEvidence("a feeling", {})


# A year with known truth


def pairs_of(findings: list[Finding]) -> set[tuple[str, str, str]]:
    return {
        (happened, (f.old or ("",))[0], (f.new or ("",))[0])
        for f in findings
        if f.happened != "claimed_twice"
        for happened in (f.happened, *f.also)
    }


def test_a_year_of_lists_is_told_with_precision_and_recall():
    asserted, true, right, kinds = 0, 0, 0, Counter()
    for before, month in pairwise(Year(seed=1, firms=1500).months()):
        findings = reconcile_firms(before.firms, month.firms)
        found = pairs_of(findings)
        asserted, true, right = asserted + len(found), true + len(month.truth), right + len(found & month.truth)
        kinds.update(happened for happened, *_ in month.truth - found)
        twice = {e.gaps["code"] for f in findings if f.happened == "claimed_twice" for e in f.evidence}
        assert twice == month.twice
    print(f"precision {right / asserted:.5f}, recall {right / true:.5f}, of {true}; missed {dict(kinds)}")
    assert right / asserted >= 0.998
    assert right / true >= 0.998


# Laws


@st.composite
def lists(draw, mark: str) -> list[Firm]:
    """Short lists in which codes and names collide often."""
    rows = draw(
        st.lists(
            st.tuples(
                st.sampled_from([CODE, OTHER, CODE[:-1], "", "乱码", CODE[:5] + "*" + CODE[6:]]),
                st.sampled_from([SOCKS.name, SOCKS.name + "分公司", "甲", "", "分店"]),
                st.sampled_from(["大唐街道", "草塔镇", ""]),
                st.sampled_from(["", "中路1号", "中路 1 号"]),
            ),
            max_size=8,
        )
    )
    return [Firm(f"{mark}{number}", *row) for number, row in enumerate(rows)]


@given(lists("a"), lists("b"))
def test_each_row_is_told_once(old, new):
    findings = [f for f in reconcile_firms(old, new) if f.happened != "claimed_twice"]
    assert Counter(key for f in findings for key in f.old) == Counter(firm.key for firm in old)
    assert Counter(key for f in findings for key in f.new) == Counter(firm.key for firm in new)
    assert all(e.kind in FIRM_KINDS for f in findings for e in f.evidence)
