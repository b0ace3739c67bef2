"""Headings as officers write them, and what is guessed from them."""

import random

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from gongjian.register.imports.columns import BODY_FIELDS, FIELDS, UNIT_FIELDS, guess, guess_kind, recognised


def named(headers, kind):
    return {headers[column]: key for column, key in guess(headers, kind).items()}


def test_a_usual_list_of_enterprises():
    headers = ["序号", "统一社会信用代码", "*企业名称（盖章）", "所在村（社区）", "行业类别", "职工/总数", "职工/女",
               "职工/35岁以下", "劳务派遣人数（人）", "外来务工", "联系人", "联系电话", "成立时间", "备注"]  # fmt: skip
    assert named(headers, "units") == {
        "统一社会信用代码": "credit_code",
        "*企业名称（盖章）": "name",
        "所在村（社区）": "parent_name",
        "行业类别": "trade",
        "职工/总数": "staff",
        "职工/女": "women",
        "职工/35岁以下": "under_35",
        "劳务派遣人数（人）": "dispatched",
        "外来务工": "migrant",
        "成立时间": "opened_on",
    }


def test_a_usual_list_of_unions():
    headers = [
        "工会名称",
        "上级工会",
        "建会形式",
        "所在单位",
        "同级党组织",
        "覆盖单位",
        "届期起",
        "届满时间",
        "建会时间",
    ]
    assert named(headers, "bodies") == {
        "工会名称": "name",
        "上级工会": "superior_name",
        "建会形式": "form",
        "所在单位": "seat_name",
        "同级党组织": "leader_name",
        "覆盖单位": "covers",
        "届期起": "term_from",
        "届满时间": "term_until",
        "建会时间": "opened_on",
    }


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("社会信用代码", "credit_code"), ("信用代码", "credit_code"), ("机构代码", "credit_code"),
        ("单位全称", "name"), ("名 称", "name"), ("１、单位名称：", "name"), ("Unit name", "name"),
        ("所属村社", "parent_name"), ("上级单位", "parent_name"), ("隶属", "parent_name"), ("所在镇街", "parent_name"),
        ("上级单位名称", "parent_name"), ("上级单位代码", "parent_code"), ("Parent code", "parent_code"),
        ("职工人数", "staff"), ("从业人数", "staff"), ("员工数（人）", "staff"), ("其中：女性", "women"),
        ("其中：35岁以下", "under_35"), ("农民工", "migrant"), ("所在楼宇（园区、市场）", "stands_in"),
        ("单位性质", "sector"), ("Credit Code *", "credit_code"), ("统一社会信用代码(18位)", "credit_code"),
        ("统一社会信用代玛", "credit_code"),
    ],
)  # fmt: skip
def test_one_heading_of_a_unit(heading, key):
    assert named([heading], "units") == {heading: key}


@pytest.mark.parametrize(
    "heading",
    [
        "",
        "序号",
        "备注",
        "联系人",
        "联系电话",
        "法人代表姓名",
        "法定代表人",
        "曾用名称",
        "会员人数",
        "单位联系人",
        "工会主席",
        "第三列",
    ],
)
def test_other_matters_are_left_to_the_officer(heading):
    assert guess([heading], "units") == {}


def test_the_surer_heading_wins_and_each_field_is_given_once():
    assert named(["名称", "单位名称"], "units") == {"单位名称": "name"}
    assert guess(["单位名称", "单位名称"], "units") == {0: "name"}


ALL_HEADINGS = [heading for fields in FIELDS.values() for field in fields for heading in field.headings]


@given(st.lists(st.sampled_from(ALL_HEADINGS) | st.text(max_size=8), unique=True, max_size=12), st.randoms())
def test_the_order_of_columns_makes_no_difference(headers, chance: random.Random):
    shuffled = list(headers)
    chance.shuffle(shuffled)
    for kind in FIELDS:
        one, other = guess(headers, kind), guess(shuffled, kind)
        assert len(set(one.values())) == len(one)
        plain = {key: headers[column].split() for column, key in one.items()}
        again = {key: shuffled[column].split() for column, key in other.items()}
        assert plain.keys() == again.keys()


@pytest.mark.parametrize("kind", FIELDS)
def test_keys_and_labels_read_back_so_that_an_export_can_be_imported(kind):
    fields = FIELDS[kind]
    with translation.override("en"):
        labels = [str(field.label) for field in fields]
    assert list(guess([field.key for field in fields], kind).values()) == [field.key for field in fields]
    assert dict(zip(labels, guess(labels, kind).values(), strict=True)) == {
        label: field.key for label, field in zip(labels, fields, strict=True)
    }


def test_every_first_choice_of_heading_means_its_own_field():
    for kind, fields in FIELDS.items():
        for field in fields:
            assert guess([field.headings[1]], kind) == {0: field.key}, field.headings[1]


def test_only_the_name_is_required():
    assert [field.key for field in (*UNIT_FIELDS, *BODY_FIELDS) if field.is_required] == ["name", "name"]


def test_the_kind_of_a_table():
    assert guess_kind(["单位名称", "职工人数", "所在镇街"]) == "units"
    assert guess_kind(["工会名称", "单位名称", "统一社会信用代码", "届满时间"]) == "bodies"
    assert guess_kind(["Name", "Parent code", "Staff"]) == "units"
    assert guess_kind(["名称", "编码"]) is None
    assert guess_kind(["甲", "乙"]) is None


def test_recognised_counts_known_headings_only():
    assert recognised(["单位名称", "职工/女", "第三列", ""]) == 2
