"""A monthly list of businesses: what is found, how it is decided, what is written, and that it can be undone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from django.utils import translation

from gongjian.register.actions import Refused
from gongjian.register.models import BodyEntry, Cover, Headcount, Reconciliation, UnitEntry
from gongjian.register.reconciliations.applying import apply, undo
from gongjian.register.reconciliations.comparing import compare, confirm
from gongjian.register.reconciliations.deciding import accept, accept_sure, choose, leave_unknown
from gongjian.register.reconciliations.reading import ListRefused
from gongjian.register.reconciliations.words import names_for, shown
from gongjian.sample.names import credit_code

from .. import town as here
from ..reorganise.state import register_state, what_does_not_hold
from .businesses import (
    CLOTH,
    CODES,
    COUNTY,
    FIRST,
    HEADINGS,
    MONTH,
    PEARLS,
    SCREWS,
    SECOND,
    SOCKS,
    THIRD,
    as_firm,
    compared,
    firms,
    found_in,
    line,
    sent,
    told,
)
from .lists import TODAY

pytestmark = pytest.mark.usefixtures("month")


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def all_but(*gone, also=()):
    return [each for each in MONTH if each not in gone] + list(also)


def changed(each, **changes):
    keys = ("name", "code", "town", "village", "address", "staff")
    return line(**(dict(zip(keys, each, strict=True)) | changes))


def accepted(found: Reconciliation) -> Reconciliation:
    """Every finding accepted as proposed, and written."""
    accept_sure(found, by=None)
    for each in found.findings.filter(decision="open"):
        accept(each, version=each.version, by=None)
    return apply(found, by=None, today=TODAY)


# == the first list ==
def test_the_first_list_of_a_county_opens_its_firms(month):
    assert firms(FIRST) == sorted(map(as_firm, MONTH))
    assert (month.act.verb, month.act.on) == ("register.reconcile", FIRST)
    assert month.act.facts["counts"] == {"changed": 0, "new": 4, "closed": 0, "left": 0}
    assert list(Headcount.objects.values_list("staff", flat=True)) == [42]
    assert what_does_not_hold(date(2026, 11, 24)) == []


# == what is found ==
def test_firms_that_go_on_unchanged_are_counted_and_not_kept():
    found = compared(MONTH, SECOND)
    assert (told(found), found.counts["unchanged"]) == ([], 4)


@pytest.mark.parametrize(
    ("row", "what", "says"),
    [
        (changed(SOCKS, name="诸暨另名袜业有限公司"), "renamed", "“诸暨大唐样例袜业有限公司” is now called “诸暨另名袜业有限公司”."),  # noqa: E501
        (
            changed(SOCKS, town="草塔镇", village="上旺村"), "moved",
            "“诸暨大唐样例袜业有限公司” has moved, from “路西村” to “上旺村”.",
        ),
        (
            changed(SOCKS, code=CODES[0][:-1] + "X"), "mistyped",
            f"The list has a wrong credit code for “诸暨大唐样例袜业有限公司”, {CODES[0][:-1]}X; "
            f"the register keeps {CODES[0]}.",
        ),
        (
            changed(SOCKS, code=""), "recoded",
            f"“诸暨大唐样例袜业有限公司” stands in the list without its credit code; the register keeps {CODES[0]}.",
        ),
    ],
)  # fmt: skip
def test_what_is_sure_is_told_in_a_sentence(row, what, says):
    found = compared(all_but(SOCKS, also=[row]), SECOND)
    assert told(found) == [(what, "sure", [row[0]])]
    finding = found_in(found)[0]
    assert shown(finding, names_for(found, [finding])).title == says


def test_a_firm_that_is_not_in_the_list_is_doubtful_and_new_ones_are_sure():
    new, branch = line("诸暨新办商贸有限公司", CODES[5]), line(SOCKS[0] + "城西分公司", CODES[6])
    found = compared(all_but(CLOTH, also=[new, branch]), SECOND)
    assert sorted(told(found)) == [
        ("branch_opened", "sure", [branch[0]]),
        ("closed", "doubtful", [CLOTH[0]]),
        ("new", "sure", [new[0]]),
    ]
    assert {f.county for f in found_in(found)} == {"330681113", "330681105"}


def test_another_village_at_the_same_address_is_no_move_and_wants_a_look():
    row = changed(SOCKS, village="杭坞社区")
    found = compared(all_but(SOCKS, also=[row]), SECOND)
    assert told(found) == [("unchanged", "doubtful", [SOCKS[0]])]
    finding = found_in(found)[0]
    assert [each["kind"] for each in finding.evidence if "place" in each["kind"]] == ["place_corrected"]
    assert finding.alternatives == []
    accepted(found)
    assert as_firm(row) in firms(SECOND)


def test_another_village_and_another_name_at_the_same_address_is_a_rename_that_wants_a_look():
    row = changed(SOCKS, name="诸暨另名袜业有限公司", village="杭坞社区")
    found = compared(all_but(SOCKS, also=[row]), SECOND)
    assert told(found) == [("renamed", "doubtful", [row[0]])]
    assert found_in(found)[0].also == []


def test_a_move_of_which_only_the_town_is_named_is_told_once_and_its_village_wants_a_look():
    moved = changed(SOCKS, village="", address="大唐镇东路9号")
    found = compared(all_but(SOCKS, also=[moved]), SECOND)
    assert told(found) == [("moved", "sure", [SOCKS[0]])]
    accepted(found)
    named = changed(moved, village="杭坞社区")
    assert told(compared(all_but(SOCKS, also=[named]), THIRD)) == [("unchanged", "doubtful", [SOCKS[0]])]


@pytest.mark.parametrize(
    "row",
    [
        changed(SOCKS, town="草塔镇", village="上旺村", address="草塔镇东路9号"),
        changed(SOCKS, town="草塔镇", village="上旺村村民委员会", address="草塔镇东路9号"),
        changed(SOCKS, town="草塔镇", village="", address="草塔镇上旺村9号"),
        changed(SOCKS, town="草塔镇", village="", address="上旺村9号"),
        changed(SOCKS, town="", village="", address="浙江省诸暨市草塔镇上旺村9号"),
    ],
)
def test_a_move_to_a_village_is_one_step_where_column_or_address_names_it(row):
    accepted(compared(all_but(SOCKS, also=[row]), SECOND))
    assert [place for name, _code, place, _address in firms(SECOND) if name == SOCKS[0]] == ["上旺村"]
    named = changed(row, town="草塔镇", village="上旺村")
    assert told(compared(all_but(SOCKS, also=[named]), THIRD)) == []


@pytest.mark.parametrize("address", ["草塔镇上旺村路9号", "草塔镇上旺村东路9号", "草塔镇北上旺村9号", "草塔镇东路9号"])
def test_the_name_of_a_road_is_no_village(address):
    accepted(compared(all_but(SOCKS, also=[changed(SOCKS, town="草塔镇", village="", address=address)]), SECOND))
    assert [place for name, _code, place, _address in firms(SECOND) if name == SOCKS[0]] == ["草塔镇"]


def test_an_address_that_the_register_has_already_moves_nobody():
    at = changed(SOCKS, address="大唐镇杭坞社区9号")  # in 路西村, as an officer has it
    accepted(compared(all_but(SOCKS, also=[at]), SECOND))
    found = compared(all_but(SOCKS, also=[changed(at, town="", village="")]), THIRD)
    assert (told(found), found.counts["unchanged"]) == ([], 4)


def test_a_list_that_names_only_the_town_moves_nobody_in_it():
    found = compared([changed(each, village="") for each in MONTH], SECOND)
    assert (told(found), found.counts["unchanged"], found.counts["unplaced"]) == ([], 4, 0)


def test_a_list_without_places_takes_the_town_from_the_address():
    headings = ["企业名称", "统一社会信用代码", "住所"]
    new = ("诸暨新办商贸有限公司", CODES[5], "浙江省诸暨市草塔镇东路8号")
    found = compare(sent([*((each[0], each[1], each[4]) for each in MONTH), new], SECOND, headings=headings))
    assert told(found) == [("new", "sure", [new[0]])]
    accepted(found)
    assert (new[0], new[1], "草塔镇", new[2]) in firms(SECOND)


def test_a_place_that_is_not_known_is_told_and_loses_nobody():
    new = line("诸暨新办商贸有限公司", CODES[5], "无此镇", "无此村")
    rows = [changed(SOCKS, town="无此镇", village="无此村"), *all_but(SOCKS), new]
    found = compared(rows, SECOND)
    assert told(found) == [("new", "doubtful", [new[0]]), ("unchanged", "sure", [SOCKS[0]])]
    reasons = [shown(each, names_for(found, [each])).reasons[-1] for each in found_in(found)]
    said = "“无此镇 无此村” is not known, or several places are called so. It is taken as “{}”."
    assert reasons == [said.format("诸暨市"), said.format("大唐镇路西村")]
    accepted(found)
    assert [each[2] for each in firms(SECOND) if each[0] in (SOCKS[0], new[0])] == ["路西村", "诸暨市"]


def test_a_firm_of_another_county_is_not_closed_and_one_that_comes_from_there_has_moved():
    elsewhere = here.unit("绍兴样例商贸有限公司", "enterprise", stretch_of_city(), since=FIRST, credit_code=CODES[7])
    assert told(compared(MONTH, SECOND)) == []
    found = compared([*MONTH, line("绍兴样例商贸有限公司", CODES[7])], SECOND)
    assert [(f.happened, f.old) for f in found_in(found)] == [("moved", [elsewhere.pk])]


def stretch_of_city():
    return UnitEntry.objects.on(FIRST).get(code="3306").unit


def test_what_the_list_does_not_speak_of_is_left_alone():
    here.unit(
        "大唐镇样例学校",
        "school",
        stretch_of_city(),
        since=FIRST,
        credit_code=credit_code(9, department="12", region=COUNTY),
    )
    here.unit(
        "大唐镇样例中心",
        "institution",
        town_unit(),
        since=FIRST,
        credit_code=credit_code(8, department="12", region=COUNTY),
    )
    assert told(compared(MONTH, SECOND)) == []


def town_unit():
    return UnitEntry.objects.on(FIRST).get(code="330681105").unit


# == claimed twice ==
def test_a_code_claimed_twice_is_never_applied_silently():
    twin = changed(SOCKS, town="草塔镇", village="上旺村")
    found = compared([*MONTH, twin], SECOND)
    assert told(found) == [("claimed_twice", "doubtful", [SOCKS[0], twin[0]])]
    with pytest.raises(Refused, match="Choose which of them counts"):
        accept(found_in(found)[0], version=1, by=None)
    assert accept_sure(found, by=None) == 0
    apply(found, by=None, today=TODAY, with_open=True)
    assert firms(SECOND) == sorted(map(as_firm, MONTH))


def test_the_officer_chooses_which_row_counts():
    twin = changed(SOCKS, town="草塔镇", village="上旺村")
    found = compared([*MONTH, twin], SECOND)
    choose(found_in(found)[0], 2, version=1, by=None)
    apply(found, by=None, today=TODAY)
    assert firms(SECOND) == sorted(map(as_firm, [*all_but(SOCKS), twin]))


def test_of_two_firms_that_claim_one_code_the_other_can_be_entered_without_it():
    other = line("诸暨另办商贸有限公司", CODES[0])
    found = compared([*MONTH, other], SECOND)
    finding = found_in(found)[0]
    seen = shown(finding, names_for(found, [finding]))
    assert [each.told for each in seen.others] == [
        f"“{SOCKS[0]}” goes on as it was.",
        f"“{SOCKS[0]}” is now called “{other[0]}”.",
        f"“{SOCKS[0]}” in “路西村” bears the code {CODES[0]}; “{other[0]}” is new without a code.",
        f"“{other[0]}” in “路西村” bears the code {CODES[0]}; “{SOCKS[0]}” is new without a code.",
    ]
    choose(finding, 3, version=1, by=None)
    apply(found, by=None, today=TODAY)
    assert firms(SECOND) == sorted([*map(as_firm, MONTH), (other[0], "", "路西村", "")])


# == what is doubtful ==
def test_a_firm_registered_anew_may_be_the_same_or_another():
    anew = changed(SOCKS, code=CODES[8])
    found = compared(all_but(SOCKS, also=[anew]), SECOND)
    assert told(found) == [("recoded", "doubtful", [SOCKS[0]])]
    unit = UnitEntry.objects.on(FIRST).get(name=SOCKS[0]).unit_id
    choose(found_in(found)[0], 1, version=1, by=None)  # another one
    apply(found, by=None, today=TODAY)
    assert firms(SECOND) == sorted(map(as_firm, [*all_but(SOCKS), anew]))
    assert UnitEntry.objects.on(SECOND).get(name=SOCKS[0]).unit_id != unit


def test_a_closed_firm_can_be_given_a_new_row_with_its_address():
    anew = changed(CLOTH, name="诸暨接办纺织有限公司", code=CODES[9])
    found = compared(all_but(CLOTH, also=[anew]), SECOND)
    closed = found.findings.get(happened="closed")
    choose(closed, 1, version=1, by=None)
    assert found.findings.get(happened="new").decision == "taken"
    apply(found, by=None, today=TODAY)
    assert firms(SECOND) == sorted(map(as_firm, [*all_but(CLOTH), anew]))


def test_what_is_left_as_it_is_changes_nothing_and_is_asked_again():
    unknown = line("诸暨无码商贸有限公司", "91330681")
    found = compared(all_but(CLOTH, also=[unknown]), SECOND)
    for each in found_in(found):
        leave_unknown(each, version=1, by=None)
    apply(found, by=None, today=TODAY)
    assert firms(SECOND) == sorted(map(as_firm, MONTH))
    again = compared(all_but(CLOTH, also=[unknown]), THIRD)
    assert sorted(told(again)) == [("closed", "doubtful", [CLOTH[0]]), ("new", "doubtful", [unknown[0]])]


# == writing ==
@pytest.mark.parametrize(
    ("row", "becomes"),
    [
        (changed(SOCKS, name="诸暨另名袜业有限公司"), None),
        (changed(SOCKS, town="草塔镇", village="上旺村", address="草塔镇西路9号"), None),
        (changed(SOCKS, code=CODES[0][:-1] + "X"), SOCKS),
        (changed(SOCKS, code=""), SOCKS),
        (changed(SOCKS, code=CODES[8]), None),
    ],
)
def test_the_register_says_what_the_list_says_but_never_a_wrong_code(row, becomes):
    unit = UnitEntry.objects.on(FIRST).get(name=SOCKS[0]).unit_id
    accepted(compared(all_but(SOCKS, also=[row]), SECOND))
    assert firms(SECOND) == sorted(map(as_firm, [*all_but(SOCKS), becomes or row]))
    assert firms(FIRST) == sorted(map(as_firm, MONTH))
    assert UnitEntry.objects.on(SECOND).get(name=(becomes or row)[0]).unit_id == unit
    assert what_does_not_hold(date(2026, 11, 24)) == []


def test_the_register_s_own_wrong_code_is_corrected():
    firm = here.unit("诸暨错码商贸有限公司", "enterprise", town_unit(), since=FIRST, credit_code=CODES[9][:-1] + "X")
    found = compared([*MONTH, line("诸暨错码商贸有限公司", CODES[9])], SECOND)
    finding = found.findings.get(old=[firm.pk])
    assert shown(finding, names_for(found, [finding])).title == (
        f"The register had a wrong credit code for “诸暨错码商贸有限公司”, {CODES[9][:-1]}X; "
        f"it is corrected to {CODES[9]}."
    )
    accepted(found)
    assert UnitEntry.objects.on(SECOND).get(unit=firm).credit_code == CODES[9]


def test_codes_may_swap_hands_within_a_month():
    rows = [changed(SOCKS, code=CODES[1], name=PEARLS[0]), changed(PEARLS, code=CODES[0], name=SOCKS[0])]
    accepted(compared(all_but(SOCKS, PEARLS, also=rows), SECOND))
    assert firms(SECOND) == sorted(map(as_firm, all_but(SOCKS, PEARLS, also=rows)))


def test_what_stands_in_a_firm_that_has_closed_goes_to_its_village_and_covers_end():
    firm = UnitEntry.objects.on(FIRST).get(name=CLOTH[0])
    branch = here.body("样例纺织党支部", "party_branch", firm.unit, since=FIRST)
    here.cover(branch, firm.unit, since=FIRST)
    accepted(compared(all_but(CLOTH), SECOND))
    assert not UnitEntry.objects.on(SECOND).filter(unit=firm.unit).exists()
    assert BodyEntry.objects.on(SECOND).get(body=branch).seat_id == firm.parent_id
    assert not Cover.objects.on(SECOND).exists()


def test_a_branch_is_told_with_its_head_office_in_the_act():
    branch = line(SOCKS[0] + "城西分公司", CODES[6])
    found = accepted(compared([*MONTH, branch], SECOND))
    units = dict(UnitEntry.objects.on(SECOND).values_list("name", "unit_id"))
    assert found.act.facts["branches"] == [[units[branch[0]], units[SOCKS[0]]]]


def test_undo_is_its_inverse_and_it_can_be_written_again():
    before = register_state()
    rows = [changed(SOCKS, name="诸暨另名袜业有限公司"), SCREWS, line("诸暨新办商贸有限公司", CODES[5], staff="7")]
    found = accepted(compared(rows, SECOND))
    after = firms(SECOND)
    undo(found, by=None, today=date(2026, 11, 24))
    now = register_state()
    ours = {table: rows for table, rows in now.items() if table != "register_unit"}
    assert ours == {table: rows for table, rows in before.items() if table != "register_unit"}
    apply(found, by=None, today=TODAY)
    assert firms(SECOND) == after


# == what is refused ==
@dataclass
class Case:
    lines: list
    says: str
    on: date = SECOND
    headings: list[str] | None = None


STRANGERS = [line(f"杭州样例{n}有限公司", CODES[20 + n], "西湖街道", "某社区", "西湖街道1号") for n in range(4)]


@pytest.mark.parametrize(
    "case",
    [
        Case([(each[0], each[2]) for each in MONTH], "No column of the list holds", headings=HEADINGS[1:4:2]),
        Case([changed(each, code="123") for each in MONTH], "No row of the list has a sound credit code"),
        Case([changed(SOCKS, name="")], "Row 2: the name is missing"),
        Case([], "no rows below its headings"),
        Case(STRANGERS, "seems to be of another place than 诸暨市: the register knows 0 of its 4 credit codes"),
        Case(MONTH, "Businesses were listed for 2019-01-31 already, and 2019-01-31 is not later", on=FIRST),
        Case(MONTH, "is still to come", on=date(2030, 1, 31)),
    ],
    ids=["no codes", "no sound code", "no name", "empty", "another county", "an older month", "to come"],
)  # fmt: skip
def test_a_list_that_does_not_fit_is_refused_and_nothing_is_kept(case):
    lists = Reconciliation.objects.count()
    with pytest.raises(ListRefused, match=case.says):
        sent(case.lines, case.on, headings=case.headings)
    assert Reconciliation.objects.count() == lists


def test_an_older_month_of_the_city_is_refused_as_well():
    with pytest.raises(ListRefused, match="Businesses were listed for 2019-01-31"):
        sent(MONTH, FIRST, within="3306")


def test_a_list_that_has_lost_half_its_rows_asks():
    found = sent([SOCKS], SECOND)
    assert found.state == "asked"
    assert compare(confirm(found)).findings.filter(happened="closed").count() == 3


def test_if_the_register_has_changed_meanwhile_the_list_is_compared_again():
    found = compared(all_but(CLOTH), SECOND)
    here.unit("诸暨插入商贸有限公司", "enterprise", town_unit(), since=FIRST, credit_code=CODES[11])
    with pytest.raises(Refused, match="“诸暨插入商贸有限公司” has been changed since the list was compared"):
        apply(found, by=None, today=TODAY, with_open=True)
    accepted(compare(found))
    assert [each[0] for each in firms(SECOND)] == sorted(each[0] for each in all_but(CLOTH))


def test_the_headings_of_the_list_are_those_that_officers_use():
    assert HEADINGS[1:3] == ["企业名称", "统一社会信用代码"]
