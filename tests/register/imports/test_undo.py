"""Taking an import back, and when that is refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from gongjian.chronicle.models import Act
from gongjian.chronicle.sealing import seal_waiting
from gongjian.chronicle.verify import verify
from gongjian.register import actions
from gongjian.register.actions import Refused
from gongjian.register.imports.apply import apply
from gongjian.register.imports.mend import mend_row
from gongjian.register.imports.undo import StoodOn, standing_on, undo
from gongjian.register.models import ImportDraft, UnitEntry

from ..town import Town, body, headcount, unit
from .files import checked

pytestmark = pytest.mark.django_db(transaction=True)

TABLES = (
    "unit", "unitentry", "headcount", "standsin", "body", "bodyentry", "cover", "term", "membership", "office",
)  # fmt: skip
MIXED = (
    "单位名称,单位类别,代码,信用代码,所属村社,职工总数,所在楼宇,注销日期\n"
    "新样例村,村,330681005999,,大唐街道,,,\n"
    "新样例厂,企业,,,新样例村,50,样例大厦,\n"
    "上下文社区,,330681005247,,,,,\n"
    "大唐样例物流002,,,,大唐街道,61,,\n"
    "待关样例厂,,,,上下文村,,,2024-05-01\n"
)
BODIES = (
    "组织名称,组织类别,建会形式,所在单位,上级组织,覆盖单位,届期起,届期止,撤销日期\n"
    "新样例工会,总工会,单独组建,大唐街道,诸暨市总工会,大唐样例物流002,2024-01-01,2028-12-31,\n"
    "上下文村联合工会,,,上下文村,,大唐样例物流002,2024-02-01,2029-01-31,\n"
    "上下文村团支部,,,上下文村,,,,,2024-03-01\n"
)


def register() -> dict[str, list[Any]]:
    """Every row of the register, as it stands."""
    found = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT to_jsonb(r) FROM register_{table} r ORDER BY r.id")
            found[table] = [row[0] for row in cursor.fetchall()]
    return found


@pytest.mark.parametrize(("text", "kind", "written"), [(MIXED, "units", 5), (BODIES, "bodies", 3)])
def test_undo_restores_every_row(town: Town, text: str, kind: str, written: int) -> None:
    unit("待关样例厂", "enterprise", town.units["village"], since=date(2021, 1, 1))
    before = register()
    draft = apply(checked(text, kind=kind), by=None)
    assert draft.act is not None and sum(draft.act.facts[verb] for verb in ("add", "change", "end")) == written
    assert register() != before
    act = undo(draft, by=town.clerk)
    assert register() == before
    assert (act.by, ImportDraft.objects.get().state, ImportDraft.objects.get().undo_act) == (town.clerk, "undone", act)
    assert seal_waiting() and not verify().findings


def test_undo_takes_back_all_applications_of_a_file(town: Town) -> None:
    before = register()
    draft = apply(checked("单位名称,单位类别,所属村社\n新样例厂,企业,上下文村\n坏样例厂,企业,无此村\n"), by=None)
    mend_row(draft, 3, {"parent_name": "上下文村"})
    apply(draft, by=None)
    undo(draft, by=None)
    assert register() == before


def test_undone_file_can_be_checked_and_applied_again(town: Town) -> None:
    draft = apply(checked(MIXED.rsplit("待关", 1)[0]), by=None)
    undo(draft, by=None)
    again = apply(checked(MIXED.rsplit("待关", 1)[0]), by=None)
    undo(again, by=None)
    assert not UnitEntry.objects.filter(name="新样例村").exists()


def test_undo_names_what_stands_on_new_units(town: Town) -> None:
    draft = apply(checked(MIXED.rsplit("待关", 1)[0]), by=None)
    village = UnitEntry.objects.get(name="新样例村").unit
    firm = UnitEntry.objects.get(name="新样例厂").unit
    unit("后来样例厂", "enterprise", village, since=date(2024, 6, 1))
    body("后来样例工会", "union_committee", firm, since=date(2024, 6, 1))
    headcount(village, since=date(2024, 6, 1), staff=9)
    before = register()
    with pytest.raises(StoodOn) as refused:
        undo(draft, by=None)
    told = " ".join(refused.value.sentences)
    assert "后来样例厂" in told and "后来样例工会" in told and len(refused.value.sentences) == 3
    assert register() == before


def test_undo_names_later_changes_of_what_it_changed(town: Town) -> None:
    draft = apply(checked("名称,代码\n上下文社区,330681005247\n"), by=None)
    actions.amend_unit(town.units["village"], on=date(2025, 1, 1), today=town.today, by=None, name="再改样例村")
    assert "上下文社区" in " ".join(standing_on(draft))
    with pytest.raises(StoodOn):
        undo(draft, by=None)


def test_later_import_is_undone_first_then_the_earlier_may_be(town: Town) -> None:
    before = register()
    first = apply(checked("名称,代码\n上下文社区,330681005247\n"), by=None)
    second = apply(checked("名称,代码\n再改样例村,330681005247\n", on=date(2025, 1, 1)), by=None)
    with pytest.raises(StoodOn):
        undo(first, by=None)
    undo(second, by=None)
    undo(first, by=None)
    assert register() == before


def test_undo_is_refused_after_thirty_days(town: Town) -> None:
    draft = apply(checked("名称,代码\n上下文社区,330681005247\n"), by=None)
    with pytest.raises(Refused):
        undo(draft, by=None, today=town.today + timedelta(days=31))
    assert undo(draft, by=None, today=town.today + timedelta(days=30))


def test_nothing_is_undone_twice(town: Town) -> None:
    draft = apply(checked("名称,代码\n上下文社区,330681005247\n"), by=None)
    undo(draft, by=None)
    acts = Act.objects.count()
    with pytest.raises(Refused):
        undo(draft, by=None)
    assert Act.objects.count() == acts
