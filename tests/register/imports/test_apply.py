"""Applying a checked file: what it writes, what it leaves, and what it was before."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from gongjian.chronicle.models import Act, Before
from gongjian.chronicle.sealing import seal_waiting
from gongjian.chronicle.verify import verify
from gongjian.register import actions
from gongjian.register.actions import Refused
from gongjian.register.imports.apply import apply
from gongjian.register.imports.mend import mend_row
from gongjian.register.imports.names import AT_ONCE
from gongjian.register.imports.preflight import preflight
from gongjian.register.models import (
    Body,
    BodyEntry,
    Cover,
    Headcount,
    ImportDraft,
    Spelling,
    StandsIn,
    Term,
    Unit,
    UnitEntry,
    UnitKind,
)
from gongjian.register.walks import refresh_body_paths, refresh_unit_paths

from ..town import Town, unit
from .files import DAY, checked, taken_in, verdicts

pytestmark = pytest.mark.django_db(transaction=True)

FIRMS = "单位名称,单位类别,所属村社,职工总数,女职工\n"


def span(row: Headcount | UnitEntry | StandsIn | Term) -> tuple[date | None, date | None]:
    return row.since, row.until


def entry(name: str) -> UnitEntry:
    found: UnitEntry = UnitEntry.objects.get(name=name)
    return found


def test_sound_rows_are_written_with_one_act_and_the_others_stay(town: Town) -> None:
    draft = apply(checked(FIRMS + "新样例厂,企业,上下文村,50,20\n坏样例厂,企业,无此村,1,1\n"), by=town.clerk)
    act = Act.objects.get(verb="register.import")
    assert (draft.state, draft.act, act.by, act.on) == ("applied", act, town.clerk, DAY)
    assert (act.facts["add"], act.facts["change"], act.facts["end"]) == (1, 0, 0)
    made = entry("新样例厂")
    assert (made.parent, made.kind_id, span(made), made.act) == (town.units["village"], "enterprise", (DAY, None), act)
    assert Headcount.objects.get(unit=made.unit).staff == 50
    assert not UnitEntry.objects.filter(name="坏样例厂").exists()
    assert verdicts(draft)[3] == "problem"
    assert seal_waiting() and not verify().findings


def test_paths_of_today_are_those_of_the_walk(town: Town) -> None:
    apply(checked("单位名称,单位类别,代码,上级\n新样例厂,企业,,新样例村\n新样例村,村,330681005999,大唐街道\n"), by=None)
    apply(checked("单位名称,代码,上级\n上下文村,330681005247,草样例镇\n", on=date(2025, 1, 1)), by=None)
    assert refresh_unit_paths(town.today) == 0
    assert entry("新样例厂").unit.path.startswith(entry("新样例村").unit.path)


def test_same_file_twice_changes_nothing(town: Town) -> None:
    text = FIRMS + "新样例厂,企业,上下文村,50,20\n大唐样例物流002,企业,大唐街道,60,\n"
    apply(checked(text), by=None)
    rows, acts = UnitEntry.objects.count(), Act.objects.count()
    again = checked(text)
    assert set(verdicts(again).values()) == {"same"}
    apply(again, by=None)
    assert (UnitEntry.objects.count(), Act.objects.count(), again.act) == (rows, acts, None)


def test_change_splits_the_entry_and_keeps_what_it_was(town: Town) -> None:
    draft = apply(checked("名称,代码\n上下文社区,330681005247\n"), by=None)
    later = UnitEntry.objects.filter(unit=town.units["village"], valid__overlap=(date(2021, 1, 1), None))
    old, new = later.order_by("valid")
    assert (old.name, old.until, new.name, span(new)) == ("上下文村", DAY, "上下文社区", (DAY, None))
    assert new.parent == town.units["street"]
    kept = Before.objects.get(act=draft.act)
    assert (kept.table, kept.row, kept.was["name"], kept.deleted) == ("register_unitentry", old.pk, "上下文村", False)


def test_change_is_carried_on_as_long_as_the_old_value_stands(town: Town) -> None:
    village = town.units["village"]
    actions.amend_unit(village, on=date(2024, 6, 1), today=town.today, by=None, address="样例路2号")
    actions.amend_unit(village, on=date(2025, 1, 1), today=town.today, by=None, name="更名样例村")
    apply(checked("名称,代码\n上下文社区,330681005247\n"), by=None)
    names = UnitEntry.objects.filter(unit=village).order_by("valid").values_list("name", flat=True)
    assert list(names)[-4:] == ["上下文村", "上下文社区", "上下文社区", "更名样例村"]


def test_change_on_the_first_day_of_an_entry_is_made_in_place(town: Town) -> None:
    apply(checked(FIRMS + "新样例厂,企业,上下文村,50,20\n"), by=None)
    apply(checked("单位名称,所属村社,地址\n新样例厂,上下文村,样例路3号\n"), by=None)
    assert entry("新样例厂").address == "样例路3号"


def test_end_closes_entry_headcount_and_place(town: Town) -> None:
    hosiery = town.units["hosiery"]
    Cover.objects.filter(unit=hosiery).delete()
    apply(checked("单位名称,所属村社,注销日期\n大唐样例袜业001,大唐街道,2024-06-30\n"), by=None)
    for model in (UnitEntry, Headcount, StandsIn):
        assert model.objects.get(unit=hosiery).until == date(2024, 6, 30)
    hosiery.refresh_from_db()
    assert hosiery.path == ""


def test_headcounts_are_dated_facts_and_blank_ones_stay(town: Town) -> None:
    apply(checked(FIRMS + "大唐样例袜业001,企业,大唐街道,330,\n"), by=None)
    old, new = Headcount.objects.filter(unit=town.units["hosiery"]).order_by("valid")
    assert (old.staff, old.until) == (312, DAY)
    assert (new.staff, new.women, new.under_35, new.since, new.source) == (330, 208, 97, DAY, "单位.csv")


def test_new_unit_does_not_stand_before_its_parent(town: Town) -> None:
    apply(checked("单位名称,单位类别,所属村社,成立日期\n老样例厂,企业,大唐街道,1998-05-01\n"), by=None)
    assert entry("老样例厂").since == date(2020, 6, 30)


def test_all_or_nothing_writes_nothing_while_a_row_has_a_problem(town: Town) -> None:
    draft = checked(FIRMS + "新样例厂,企业,上下文村,50,20\n坏样例厂,企业,无此村,1,1\n")
    with pytest.raises(Refused):
        apply(draft, by=None, all_or_nothing=True)
    assert not UnitEntry.objects.filter(name="新样例厂").exists()
    assert ImportDraft.objects.get().state == "checked"


def test_mended_row_is_applied_afterwards(town: Town) -> None:
    draft = apply(checked(FIRMS + "新样例厂,企业,上下文村,50,20\n坏样例厂,企业,无此村,1,1\n"), by=None)
    assert mend_row(draft, 3, {"parent_name": "上下文村"}) == []
    apply(draft, by=None)
    assert [act.facts["add"] for act in Act.objects.filter(verb="register.import").order_by("id")] == [1, 1]
    assert entry("坏样例厂").parent == town.units["village"]


def test_rows_are_settled_anew_if_the_register_has_changed_since(town: Town) -> None:
    draft = checked("单位名称,单位类别,代码,上级\n新样例村,村,330681005777,大唐街道\n")
    made = unit("抢先样例村", "village", town.units["street"], since=date(2023, 1, 1), code="330681005777")
    apply(draft, by=None)
    assert (draft.act.facts["add"], draft.act.facts["change"]) == (0, 1)  # type: ignore[union-attr]
    assert UnitEntry.objects.on(DAY).get(code="330681005777").unit == made
    assert UnitKind.objects.filter(key="village").exists()


def test_staging_lost_in_a_crash_is_read_again_from_the_file(town: Town) -> None:
    draft = checked(FIRMS + "新样例厂,企业,上下文村,50,20\n")
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE register_draftunit, register_importproblem")
    apply(draft, by=None)
    assert entry("新样例厂").parent == town.units["village"]


def test_unchecked_file_is_not_applied(town: Town) -> None:
    with pytest.raises(Refused):
        apply(taken_in(FIRMS + "新样例厂,企业,上下文村,50,20\n"), by=None)
    assert not UnitEntry.objects.filter(name="新样例厂").exists()


def test_new_names_are_found_and_those_of_large_files_are_queued(town: Town) -> None:
    apply(checked(FIRMS + "新样例厂,企业,上下文村,50,20\n"), by=None)
    assert Spelling.objects.filter(name="新样例厂").exists()
    draft = apply(checked(FIRMS + "".join(f"多样例厂{n},企业,上下文村,,\n" for n in range(AT_ONCE + 1))), by=None)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s AND args->>'act_id' = %s",
            ["register.learn_names", str(draft.act_id)],
        )
        assert cursor.fetchone() == (1,)


# == bodies ==
def test_bodies_are_written_with_covers_term_and_walks(town: Town) -> None:
    text = (
        "组织名称,组织类别,建会形式,所在单位,上级组织,领导党组织,覆盖单位,届期起,届期止\n"
        "大楼联合工会,联合工会,联合组建,样例大厦,大唐街道总工会,大唐街道党工委,大唐样例袜业001、大唐样例物流002,,\n"
        "大唐街道总工会,总工会,单独组建,大唐街道,诸暨市总工会,大唐街道党工委,,2023-05-01,2028-04-30\n"
    )
    draft = apply(checked(text, kind="bodies"), by=None)
    street, joint = (BodyEntry.objects.get(name=name) for name in ("大唐街道总工会", "大楼联合工会"))
    assert (joint.superior, joint.leader, joint.form_id, joint.seat) == (
        street.body, town.bodies["street_party"], "joint", town.units["building"],
    )  # fmt: skip
    assert street.body.line_id == "union"
    covered = Cover.objects.filter(body=joint.body)
    assert {cover.unit for cover in covered} == {town.units["hosiery"], town.units["logistics"]}
    assert span(Term.objects.get(body=street.body)) == (date(2023, 5, 1), date(2028, 5, 1))
    assert refresh_body_paths(town.today) == 0
    assert preflight(draft).counts["verdicts"] == {"same": 2}


def test_covers_are_only_added(town: Town) -> None:
    joint = town.bodies["joint_union"]
    apply(checked("组织名称,所在单位,覆盖单位\n上下文村联合工会,上下文村,大唐样例物流002\n", kind="bodies"), by=None)
    assert Cover.objects.filter(body=joint).on(DAY).count() == 4


def test_next_term_ends_the_one_before(town: Town) -> None:
    text = "组织名称,所在单位,届期起,届期止\n上下文村联合工会,上下文村,2024-01-01,2028-12-31\n"
    apply(checked(text, kind="bodies"), by=None)
    old, new = Term.objects.filter(body=town.bodies["joint_union"]).order_by("valid")
    assert (old.until, span(new)) == (date(2024, 1, 1), (date(2024, 1, 1), date(2029, 1, 1)))


def test_dissolved_body_leaves_no_cover_behind(town: Town) -> None:
    league = town.bodies["league"]
    actions.cover(league, town.units["village"], on=date(2021, 1, 1), by=None)
    apply(checked("组织名称,所在单位,撤销日期\n上下文村团支部,上下文村,2024-03-01\n", kind="bodies"), by=None)
    assert BodyEntry.objects.get(body=league).until == date(2024, 3, 1)
    assert Cover.objects.get(body=league).until == date(2024, 3, 1)
    assert Body.objects.get(pk=league.pk).lead_path == ""
    assert Unit.objects.exists()
