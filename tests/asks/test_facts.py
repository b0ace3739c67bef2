"""The catalogue of known facts: what labels it knows, whom it tells what, and how much of real returns it spares."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gongjian.asks import facts, receivers, writing
from gongjian.asks.models import Question
from gongjian.asks.reading import asked_in, line_of
from gongjian.register.models import UnitEntry
from gongjian.register.refusals import Refused
from tests.register import town as small

pytestmark = pytest.mark.django_db
PAGE = Path(__file__).parents[2] / "docs" / "known-facts.md"
ROWS = re.findall(r"^\| ([^|]+) \| ([^|]+) \| `?([a-z_.0-9]+)`? \|$", PAGE.read_text(encoding="utf-8"), re.M)[1:]


def test_each_field_of_the_returns_is_known_as_the_page_says():
    known = facts.known(field for field, _form, _fact in ROWS)
    assert {field: getattr(known.get(field), "key", "none") for field, _form, _fact in ROWS} == {
        field: fact for field, _form, fact in ROWS
    }


def test_the_page_sums_up_its_table():
    known = sum(fact != "none" for _field, _form, fact in ROWS)
    assert f"Known: {known} of {len(ROWS)}, or {100 * known // len(ROWS)} %" in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "label", ["职工总数", "职工总数（人）", " 职 工 总 数:", "职工人数", "Staff of the unit", "unit.staff", "员工人数"]
)
def test_signs_spaces_and_units_in_brackets_do_not_matter(label):
    assert facts.known([label])[label].key == "unit.staff"


@pytest.mark.parametrize("label", ["", "（）", "职工", "会议次数", "职工总数增长率"])
def test_what_only_sounds_alike_is_asked(label):
    assert facts.known([label]) == {}


def test_no_two_facts_are_called_the_same():
    called: dict[str, set[str]] = {}
    for _source, fact in facts.every():
        for name in (str(fact.label), *fact.called):
            called.setdefault(facts._plain(name), set()).add(fact.key)
    assert {name: keys for name, keys in called.items() if len(keys) > 1} == {}


def test_everything_is_read_of_many_bodies_by_one_call_for_each_source(town, django_assert_max_num_queries):
    keys = [fact.key for _source, fact in facts.every()]
    with django_assert_max_num_queries(40):
        told = facts.read(town.clerk, keys, [body.pk for body in town.bodies.values()], town.today)
    assert told[town.bodies["joint_union"].pk]["covers.units"] == 3
    assert told[town.bodies["joint_union"].pk]["officers.head"] == "陈样例"
    assert told[town.bodies["village_party"].pk]["term.number"] == 7
    assert told[town.bodies["village_party"].pk]["venue.count"] == 1


def test_nobody_is_told_what_they_may_not_see(town):
    keys, bodies = ["covers.units", "unit.staff", "term.number", "members.count"], [town.bodies["joint_union"].pk]
    assert facts.read(town.stranger, keys, bodies, town.today) == {bodies[0]: {}}


def test_of_twenty_facts_of_which_sixteen_are_known_four_are_asked(write):
    known = [
        "党组织名称", "党组织代码", "党组织类别", "上级党组织", "成立日期", "书记姓名", "班子成员数", "党员人数",
        "届次", "本届换届时间", "任期届满时间", "单位名称", "区划代码", "职工总数", "阵地面积", "阵地开放时间",
    ]  # fmt: skip
    draft = write(questions=[*known, "组织生活会次数", "志愿服务人次", "联系户数", "下月打算"])
    assert [question.label for question in receivers.asked_questions(draft)] == [
        "组织生活会次数", "志愿服务人次", "联系户数", "下月打算"
    ]  # fmt: skip
    with pytest.raises(Refused, match="All of it is known already"):
        writing.rewrite(
            draft, questions=[asked_in(label) for label in known[:12]], today=draft.written_at.date(), by=draft.by
        )


@pytest.mark.parametrize(
    ("line", "type", "options"),
    [
        ("会议次数", "number", []),
        ("是否公开", "yes_no", []),
        ("换届日期", "day", []),
        ("换届方式：直选/差额选举", "choice", ["直选", "差额选举"]),
        ("打算", "text", []),
    ],
)
def test_a_line_tells_what_sort_of_answer_fits(line, type, options):
    asked = asked_in(line)
    assert (asked.type, list(asked.options)) == (type, options)
    assert line_of(Question(label=asked.label, options=list(asked.options))) == line


def test_an_employer_stands_under_the_code_of_the_division_it_lies_in(town):
    firm = town.units["logistics"]
    union = small.body(
        "样例物流工会", "union_committee", firm, since=small.REFORM, superior=town.bodies["county_union"]
    )
    own = UnitEntry.objects.on(town.today).get(unit=firm)
    above = UnitEntry.objects.on(town.today).get(unit=own.parent_id)
    told = facts.read(town.clerk, ["unit.code"], [union.pk, town.bodies["village_party"].pk], town.today)
    assert own.code == "" and told[union.pk]["unit.code"] == above.code != ""
    village = UnitEntry.objects.on(town.today).get(unit=town.units["village"])
    assert told[town.bodies["village_party"].pk]["unit.code"] == village.code != ""
