"""What the check of a file finds, before anything is written."""

from __future__ import annotations

from datetime import date

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongjian.chronicle.models import Act
from gongjian.register.actions import Refused
from gongjian.register.imports.apply import apply
from gongjian.register.imports.mend import mend_row
from gongjian.register.imports.preflight import preflight
from gongjian.register.imports.problems import problems_workbook
from gongjian.register.imports.staging import rows_of, set_mapping
from gongjian.register.models import ImportDraft, UnitEntry

from ..town import Town, unit
from .files import changes, checked, problems, sentences, taken_in, verdicts

pytestmark = pytest.mark.django_db

FIRMS = "单位名称,单位类别,所属村社,职工总数,女职工\n"


def entries() -> list[tuple[object, ...]]:
    return list(UnitEntry.objects.order_by("id").values_list("id", "name", "valid", "parent_id"))


def test_says_what_is_new_changed_and_the_same(town: Town) -> None:
    draft = checked(
        FIRMS + "新样例厂,企业,上下文村,50,20\n大唐样例物流002,企业,大唐街道,60,\n大唐样例五金003,,上下文村,,\n"
    )
    assert verdicts(draft) == {2: "add", 3: "change", 4: "same"}
    assert changes(draft, 3) == {"staff": [58, 60]}
    assert draft.counts["verdicts"] == {"add": 1, "change": 1, "same": 1}
    assert draft.counts["kinds"] == {"enterprise": {"add": 1, "change": 1, "same": 1}}


def test_writes_nothing_to_the_register(town: Town) -> None:
    before, acts = entries(), Act.objects.count()
    checked(FIRMS + "新样例厂,企业,上下文村,50,20\n大唐样例物流002,企业,大唐街道,60,\n")
    assert (entries(), Act.objects.count()) == (before, acts)


def test_blank_cells_and_missing_columns_change_nothing(town: Town) -> None:
    draft = checked("单位名称,统一社会信用代码,地址\n大唐样例物流002,,\n")
    assert verdicts(draft) == {2: "same"}


def test_reads_gbk_with_titles_above_and_chinese_days(town: Town) -> None:
    text = "2024年单位一览表,,,\n,,,\n单位名称,单位类别,所属村社,成立日期\n新样例厂,企业,上下文村,2021年3月5日\n"
    draft = checked(text.encode("gb18030"))
    row = rows_of(draft).get()
    assert (row.number, row.verdict, row.starts_on) == (4, "add", date(2021, 3, 5))


def test_parent_may_come_later_in_the_file(town: Town) -> None:
    draft = checked(
        "单位名称,单位类别,代码,上级代码,上级\n新样例厂,企业,,,新样例村\n新样例村,村,330681005999,330681005,\n"
    )
    assert verdicts(draft) == {2: "add", 3: "add"}
    assert rows_of(draft).get(number=2).parent_number == 3


def test_row_below_a_row_with_a_problem_waits_for_it(town: Town) -> None:
    draft = checked("单位名称,单位类别,代码,上级\n新样例厂,企业,,新样例村\n新样例村,村,330681005999,无此镇\n")
    assert verdicts(draft) == {2: "problem", 3: "problem"}
    assert "3" in sentences(draft, 2)
    assert "无此镇" in sentences(draft, 3)


def test_unit_is_told_by_its_code_even_under_another_name(town: Town) -> None:
    draft = checked("名称,代码\n上下文社区,330681005247\n")
    assert rows_of(draft).get().unit_id == town.units["village"].pk
    assert changes(draft, 2) == {"name": ["上下文村", "上下文社区"]}


def test_code_counts_on_the_day_of_the_file(town: Town) -> None:
    draft = checked("名称,代码\n上下文村,330681113264\n", on=date(2018, 10, 31))
    assert rows_of(draft).get().unit_id == town.units["village"].pk


def test_same_name_twice_in_the_register_lists_both(town: Town) -> None:
    for parent in ("village", "street"):
        unit("样例分号厂", "enterprise", town.units[parent], since=date(2021, 1, 1))
    draft = checked("单位名称,职工总数\n样例分号厂,7\n")
    assert problems(draft) == {2: ["name"]}
    assert sentences(draft, 2).count("样例分号厂") == 3


def test_ambiguous_parent_is_narrowed_by_what_may_stand_under_it(town: Town) -> None:
    unit("大唐街道", "enterprise", town.units["village"], since=date(2021, 1, 1))
    draft = checked("单位名称,单位类别,上级\n新样例村,村,大唐街道\n")
    assert rows_of(draft).get().parent_id == town.units["street"].pk


def test_ambiguous_parent_lists_the_candidates(town: Town) -> None:
    for code in ("330681005301", "330681005302"):
        unit("东样例村", "village", town.units["street"], since=date(2021, 1, 1), code=code)
    draft = checked(FIRMS + "新样例厂,企业,东样例村,,\n")
    assert problems(draft) == {2: ["parent_name"]}
    assert "330681005301" in sentences(draft, 2) and "330681005302" in sentences(draft, 2)


def test_identical_rows_count_once_and_are_said(town: Town) -> None:
    draft = checked(FIRMS + "新样例厂,企业,上下文村,50,20\n新样例厂,企业,上下文村,50,20\n")
    assert verdicts(draft) == {2: "add", 3: "repeat"}
    assert changes(draft, 3) == {"repeats": 2}


def test_contradicting_rows_are_both_refused_and_name_the_column(town: Town) -> None:
    draft = checked(FIRMS + "新样例厂,企业,上下文村,50,20\n新样例厂,企业,上下文村,51,20\n")
    assert verdicts(draft) == {2: "problem", 3: "problem"}
    assert "职工总数" in sentences(draft, 2) and "2、3" in sentences(draft, 2)


def test_kinds_that_may_not_stand_under_that_level_are_refused(town: Town) -> None:
    draft = checked("单位名称,单位类别,上级\n新样例村,村,诸暨市\n")
    assert problems(draft) == {2: ["kind"]}


def test_parts_of_the_staff_cannot_exceed_it(town: Town) -> None:
    draft = checked(FIRMS + "新样例厂,企业,上下文村,50,51\n大唐样例物流002,企业,大唐街道,,59\n")
    assert problems(draft) == {2: ["women"], 3: ["women"]}


def test_unknown_word_offers_the_nearest(town: Town) -> None:
    draft = checked(FIRMS + "新样例厂,企叶,上下文村,,\n")
    assert "企业" in sentences(draft, 2)


def test_code_that_another_unit_takes_later_is_refused(town: Town) -> None:
    unit("后来样例村", "village", town.units["street"], since=date(2025, 1, 1), code="330681005777")
    draft = checked("单位名称,单位类别,代码,上级\n新样例村,村,330681005777,大唐街道\n")
    assert problems(draft) == {2: ["code"]}
    assert "后来样例村" in sentences(draft, 2)


def test_unit_with_children_seats_or_covers_cannot_close(town: Town) -> None:
    draft = checked("单位名称,代码,注销日期\n上下文村,330681005247,2024-06-30\n")
    told = sentences(draft, 2)
    assert verdicts(draft) == {2: "problem"}
    assert "大唐样例五金003" in told and "上下文村党支部" in told


def test_unit_whose_children_close_in_the_same_file_may_close(town: Town) -> None:
    village = unit("空样例村", "village", town.units["street"], since=date(2021, 1, 1))
    unit("空样例厂", "enterprise", village, since=date(2021, 1, 1))
    draft = checked("单位名称,所属村社,注销日期\n空样例村,大唐街道,2024-06-30\n空样例厂,空样例村,2024-06-30\n")
    assert verdicts(draft) == {2: "end", 3: "end"}


def test_closing_before_opening_is_refused(town: Town) -> None:
    draft = checked("单位名称,单位类别,所属村社,成立日期,注销日期\n新样例厂,企业,上下文村,2023-05-01,2023-04-01\n")
    assert "closed_on" in problems(draft)[2]


def test_new_unit_needs_kind_and_parent(town: Town) -> None:
    draft = checked("单位名称,单位类别,所属村社\n新样例厂,企业,\n新样例坊,,上下文村\n")
    assert problems(draft) == {2: ["parent_name"], 3: ["kind"]}


def test_circle_through_file_and_register_is_refused(town: Town) -> None:
    outer = unit("外样例楼", "building", town.units["street"], since=date(2021, 1, 1), code="B1")
    unit("内样例楼", "building", outer, since=date(2021, 1, 1))
    draft = checked("单位名称,代码,上级\n外样例楼,B1,内样例楼\n")
    assert problems(draft) == {2: ["parent_code"]}


def test_place_an_employer_stands_in_is_found_by_name(town: Town) -> None:
    draft = checked("单位名称,单位类别,所属村社,所在楼宇\n大唐样例物流002,企业,大唐街道,样例大厦\n")
    assert changes(draft, 2)["stands_in"][:2] == [None, town.units["building"].pk]


def test_mended_row_is_checked_again_and_the_file_stays(town: Town) -> None:
    draft = checked(FIRMS + "新样例厂,企叶,上下文村,五十,20\n")
    left = mend_row(draft, 2, {"kind": "企业"})
    assert [problem.field for problem in left] == ["staff"]
    assert mend_row(draft, 2, {"staff": "50"}) == []
    assert verdicts(draft) == {2: "add"}
    assert ImportDraft.objects.get().mended == {"2": {"kind": "企业", "staff": "50"}}


def test_what_the_database_takes_in_no_text_is_left_out_of_a_mended_cell(town: Town) -> None:
    draft = checked(FIRMS + "新样例厂,企叶,上下文村,50,20\n")
    assert mend_row(draft, 2, {"kind": "企\x00业"}) == []
    assert ImportDraft.objects.get().mended == {"2": {"kind": "企业"}}


def test_corrected_mapping_is_used(town: Town) -> None:
    draft = taken_in("甲,乙,丙\n新样例厂,企业,上下文村\n")
    preflight(set_mapping(draft, {0: "name", 1: "kind", 2: "parent_name"}))
    assert verdicts(draft) == {2: "add"}
    with pytest.raises(Refused):
        set_mapping(draft, {0: "name", 1: "name"})


def test_workbook_of_problems_has_the_rows_and_the_sentences(town: Town) -> None:
    draft = checked(FIRMS + "新样例厂,企叶,上下文村,50,20\n好样例厂,企业,上下文村,50,20\n")
    sheet = openpyxl.load_workbook(problems_workbook(draft)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[1][0] == "新样例厂" and "单位类别" in rows[1][-1]
    assert rows[2][:3] == ("好样例厂", "企业", "上下文村") and rows[2][-1] is None


def test_thousand_rows_cost_as_many_queries_as_ten(town: Town) -> None:
    spent = []
    for first, last in ((0, 1), (1, 11), (11, 1011)):
        with CaptureQueriesContext(connection) as queries:
            apply(checked(FIRMS + "".join(f"样例厂{n},企业,上下文村,10,5\n" for n in range(first, last))), by=None)
        spent.append(len(queries))
    assert spent[1] == spent[2]
    assert UnitEntry.objects.filter(name__startswith="样例厂").count() == 1011


# == bodies ==
BODIES = "组织名称,组织类别,建会形式,所在单位,上级组织,领导党组织,覆盖单位,届期起,届期止\n"


def test_bodies_find_seat_superior_leader_and_covers(town: Town) -> None:
    draft = checked(
        BODIES + "大唐街道总工会,总工会,单独组建,大唐街道,诸暨市总工会,大唐街道党工委,"
        "大唐样例袜业001、大唐样例物流002,2023-05-01,2028-04-30\n"
        "大唐联合工会,联合工会,联合组建,330681005,大唐街道总工会,大唐街道党工委,,,\n",
        kind="bodies",
    )
    row = rows_of(draft).get(number=2)
    at, here = town.units, town.bodies
    assert verdicts(draft) == {2: "add", 3: "problem"}
    assert row.seat_id == at["street"].pk
    assert (row.superior_id, row.leader_id) == (here["county_union"].pk, here["street_party"].pk)
    assert sorted(row.new_covers) == sorted([at["hosiery"].pk, at["logistics"].pk])
    assert problems(draft) == {3: ["seat_name"]}


def test_body_is_told_by_name_and_seat(town: Town) -> None:
    draft = checked("组织名称,所在单位,领导党组织\n诸暨市总工会,诸暨市,绍兴市委\n", kind="bodies")
    assert changes(draft, 2)["leader"][:2] == [town.bodies["county_party"].pk, town.bodies["city_party"].pk]


def test_superior_of_another_line_and_leader_that_does_not_lead_are_refused(town: Town) -> None:
    draft = checked(
        BODIES + "甲工会,总工会,,大唐街道,绍兴市委,,,,\n乙工会,总工会,,大唐街道,诸暨市总工会,绍兴市总工会,,,\n",
        kind="bodies",
    )
    assert problems(draft) == {2: ["superior_name"], 3: ["leader_name"]}


def test_circles_of_bodies_are_refused(town: Town) -> None:
    draft = checked(
        BODIES + "甲工会,总工会,,大唐街道,乙工会,,,,\n乙工会,总工会,,大唐街道,甲工会,,,,\n"
        "绍兴市总工会,,,绍兴市,诸暨市总工会,,,,\n",
        kind="bodies",
    )
    assert verdicts(draft) == {2: "problem", 3: "problem", 4: "problem"}


def test_body_with_bodies_below_cannot_be_dissolved(town: Town) -> None:
    draft = checked("组织名称,所在单位,撤销日期\n诸暨市总工会,诸暨市,2024-06-01\n", kind="bodies")
    assert "上下文村联合工会" in sentences(draft, 2)
