"""What a row stands on must stand as long as the row: told before anything is written, in the row and its column."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from gongjian.register import actions
from gongjian.register.imports.apply import apply
from gongjian.register.models import BodyEntry, Cover, StandsIn, Unit, UnitEntry

from ..town import Town, body, cover, unit
from .files import checked, problems, sentences, verdicts

pytestmark = pytest.mark.django_db

BEFORE, REFORM, END = date(2018, 10, 31), date(2020, 6, 30), date(2025, 1, 1)
UNITS = "单位名称,单位类别,上级,所在楼宇,成立日期,注销日期\n"
BODIES = "组织名称,组织类别,所在单位,上级组织,领导党组织,覆盖单位,成立日期,撤销日期\n"


def ending(town: Town, name: str = "短样例村", kind: str = "village", *, until: date = END) -> Unit:
    return unit(name, kind, town.units["street"], since=REFORM, until=until)


def dangling() -> list[str]:
    """Names of entries that reach outside the life of what they stand on."""
    found = []
    for entry in UnitEntry.objects.exclude(parent=None):
        found += [] if within(entry, UnitEntry.objects.filter(unit=entry.parent)) else [entry.name]
    for entry in BodyEntry.objects.all():
        lives = [UnitEntry.objects.filter(unit=entry.seat)]
        lives += [BodyEntry.objects.filter(body=above) for above in (entry.superior, entry.leader) if above]
        found += [] if all(within(entry, life) for life in lives) else [entry.name]
    return found


def within(entry: UnitEntry | BodyEntry, life: Any) -> bool:
    """Whether the entry lies in the life, which has no gaps in these tests."""
    days = [each.valid for each in life.order_by("valid")]
    return days[0].lower <= entry.since and (
        days[-1].upper is None or (entry.until is not None and entry.until <= days[-1].upper)
    )


def test_parent_that_ends_later_is_told_with_its_day(town: Town) -> None:
    draft = checked(UNITS + "新样例厂,企业,草塔镇,,,\n短样例厂,企业,草塔镇,,,2020-06-30\n", on=BEFORE)
    assert problems(draft) == {2: ["parent_code"]}
    assert "草塔镇" in sentences(draft, 2) and "2020-06-30" in sentences(draft, 2)
    apply(draft, by=None)
    assert (UnitEntry.objects.get(name="短样例厂").until, dangling()) == (REFORM, [])


def test_moving_below_a_parent_that_ends_later_is_told(town: Town) -> None:
    unit("短样例镇", "town", town.units["county"], since=REFORM, until=END)
    draft = checked("单位名称,代码,上级\n上下文村,330681005247,短样例镇\n")
    assert problems(draft) == {2: ["parent_code"]}
    assert "短样例镇" in sentences(draft, 2) and "2025-01-01" in sentences(draft, 2)


def test_move_that_lasts_until_a_later_move_is_sound(town: Town) -> None:
    unit("短样例镇", "town", town.units["county"], since=REFORM, until=END)
    other = unit("别样例镇", "town", town.units["county"], since=REFORM)
    actions.move_unit(town.units["village"], to=other, on=END, today=town.today, by=None)
    draft = checked("单位名称,代码,上级\n上下文村,330681005247,短样例镇\n")
    assert verdicts(draft) == {2: "change"}
    apply(draft, by=None)
    assert dangling() == []


def test_new_parent_that_the_file_closes_is_told_to_the_rows_below_it(town: Town) -> None:
    draft = checked(
        UNITS + "短样例村,村,大唐街道,,,2024-06-30\n新样例厂,企业,短样例村,,,\n旧样例厂,企业,短样例村,,,2024-06-30\n"
    )
    assert (problems(draft), verdicts(draft)[4]) == ({3: ["parent_code"]}, "add")


def test_what_stands_already_cannot_move_below_what_begins_later(town: Town) -> None:
    rows = "晚样例村,村,大唐街道,,2024-06-30,\n晚样例楼,商务楼宇,大唐街道,,2024-06-30,\n"
    draft = checked(UNITS + rows + "大唐样例袜业001,企业,大唐街道,晚样例楼,,\n")
    assert problems(draft) == {4: ["stands_in"]}
    draft = checked(
        "单位名称,单位类别,代码,上级,成立日期\n晚样例镇,镇,330681199,诸暨市,2024-06-30\n上下文村,,330681005247,晚样例镇,\n"
    )
    assert problems(draft) == {3: ["parent_code"]}
    assert "2024-06-30" in sentences(draft, 3)


def test_employer_is_housed_no_longer_than_its_place_stands(town: Town) -> None:
    ending(town, "短样例楼", "building")
    apply(checked(UNITS + "新样例厂,企业,大唐街道,短样例楼,,\n大唐样例物流002,,大唐街道,短样例楼,,\n"), by=None)
    assert set(StandsIn.objects.filter(place__entries__name="短样例楼").values_list("valid__endswith", flat=True)) == {
        END
    }


def test_place_that_closes_under_a_new_row_cannot_close(town: Town) -> None:
    unit("空样例楼", "building", town.units["street"], since=REFORM)
    draft = checked(UNITS + "空样例楼,,大唐街道,,,2024-06-30\n新样例厂,企业,大唐街道,空样例楼,,\n")
    assert problems(draft) == {2: ["closed_on"]}
    assert "新样例厂" in sentences(draft, 2)


@pytest.mark.parametrize(
    ("row", "field"),
    [("短样例村,,", "seat_name"), ("大唐街道,短总工会,", "superior_code"), ("大唐街道,,短党委", "leader_code")],
)
def test_seat_superior_and_leader_that_end_later_are_told(town: Town, row: str, field: str) -> None:
    seat = ending(town)
    body("短总工会", "union_federation", seat, since=REFORM, until=END)
    body("短党委", "party_committee", seat, since=REFORM, until=END)
    field = field.replace("_code", "_name")
    assert problems(checked(BODIES + f"新工会,基层工会委员会,{row},,,\n", kind="bodies")) == {2: [field]}
    draft = checked(BODIES + f"新工会,基层工会委员会,{row},,,2024-12-31\n", kind="bodies")
    assert verdicts(draft) == {2: "add"}
    apply(draft, by=None)
    assert dangling() == []


def test_new_body_does_not_stand_before_what_is_above_it(town: Town) -> None:
    text = BODIES + (
        "新工会,基层工会委员会,绍兴市,新总工会,,,2010-01-01,\n新总工会,总工会,绍兴市,,大唐街道党工委,,2010-01-01,\n"
    )
    apply(checked(text, kind="bodies"), by=None)
    assert [BodyEntry.objects.get(name=name).since for name in ("新工会", "新总工会")] == [REFORM, REFORM]
    assert dangling() == []


def test_body_to_which_others_move_in_the_same_file_cannot_be_dissolved(town: Town) -> None:
    body("空总工会", "union_federation", town.units["street"], since=REFORM)
    body("别工会", "union_committee", town.units["street"], since=REFORM)
    draft = checked(BODIES + "空总工会,,大唐街道,,,,,2024-06-30\n别工会,,大唐街道,空总工会,,,,\n", kind="bodies")
    assert problems(draft) == {2: ["closed_on"]}
    assert "别工会" in sentences(draft, 2)


def test_cover_ends_with_the_unit_it_covers(town: Town) -> None:
    firm = ending(town, "短样例厂", "enterprise")
    apply(checked(BODIES + "新工会,基层工会委员会,大唐街道,,,短样例厂,,\n", kind="bodies"), by=None)
    assert Cover.objects.get(unit=firm).until == END


def test_unit_that_bodies_cover_or_sit_in_and_body_that_keeps_a_venue_cannot_end(town: Town) -> None:
    hall = unit("样例礼堂", "building", town.units["street"], since=REFORM)
    cover(town.bodies["joint_union"], hall, since=REFORM)
    draft = checked(UNITS + "样例礼堂,,大唐街道,,,2024-06-30\n", on=date(2024, 1, 1))
    assert "上下文村联合工会" in sentences(draft, 2)
    draft = checked(BODIES + "上下文村联合工会,,上下文村,,,,,2024-06-30\n", kind="bodies")
    assert "村便民服务中心" in sentences(draft, 2)
