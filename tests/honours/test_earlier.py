"""A file of honours given earlier: looked at row by row, entered as a whole, taken back as one."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from gongjian.honours import awarding, earlier
from gongjian.honours.models import Award, EarlierFile
from gongjian.register.refusals import Refused

from .conftest import define, noon

HEADINGS = ["荣誉名称", "获得者", "班组", "证书编号", "文号", "发文机关", "授予日期", "文件地址"]
FIRST = [
    "五一劳动奖状",
    "大唐样例袜业001",
    "",
    "旧1",
    "样例〔2021〕3号",
    "样例市总工会",
    "2021-04-28",
    "https://example.com/3",
]
SECOND = ["五一劳动奖状", "大唐样例物流002", "", "旧2", "", "样例市总工会", "2021-04-28", ""]


def a_file(*rows, headings=HEADINGS):
    book = Workbook()
    for row in (headings, *rows):
        book.active.append(row)
    held = BytesIO()
    book.save(held)
    return SimpleUploadedFile("既有荣誉.xlsx", held.getvalue())


def look(called, *rows, **more):
    return earlier.look_at(
        called.town.bodies["city_union"], a_file(*rows, **more), today=called.today, now=noon(called.today),
        by=called.keeper,
    )  # fmt: skip


def test_it_is_entered_as_a_whole_and_what_has_no_document_is_not_published(called):
    its = look(called, FIRST, SECOND)
    assert (len(its.rows), its.problems, Award.objects.count()) == (2, [], 0)
    assert earlier.enter(its, by=called.colleague) == 2
    units = called.town.units
    said = set(Award.objects.values_list("number", "unit", "state", "year", "recheck_on__year"))
    assert said == {
        ("旧1", units["hosiery"].pk, "standing", 2021, 2026), ("旧2", units["logistics"].pk, "entered", 2021, 2026),
    }  # fmt: skip
    with pytest.raises(Refused, match="is “entered” now"):
        earlier.enter(its, by=called.keeper)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({0: "没有的荣誉"}, "not in the catalogue"),
        ({1: "没有的厂"}, "Nothing called “没有的厂”"),
        ({1: "上下文村联合工会"}, "Nothing called"),
        ({3: ""}, "“证书编号” is empty"),
        ({5: ""}, "“发文机关” is empty"),
        ({6: ""}, "The day is missing"),
        ({6: "2099-01-01"}, "The day is missing, is one to come"),
        ({6: "1910-05-01"}, "lies before 1949"),
        ({6: "2021-02-30"}, "30"),
        ({7: "javascript:alert(1)"}, "The address of the document is none"),
        ({3: "长" * 41}, "more than 40 characters"),
        ({3: "旧2"}, "is there twice"),
    ],
)  # fmt: skip
def test_each_wrong_row_is_told_and_nothing_comes_in(called, change, said):
    row = [change.get(at, value) for at, value in enumerate(FIRST)]
    its = look(called, row, SECOND)
    assert any(said in each["said"] for each in its.problems), its.problems
    assert {each["row"] for each in its.problems} <= {2, 3}
    with pytest.raises(Refused, match="all come in, or none"):
        earlier.enter(its, by=called.keeper)
    assert Award.objects.count() == 0


@pytest.mark.parametrize(("one", "other"), [(1001, 1001), ("旧1", " 旧1 "), (1001.0, "1001")])
def test_a_number_is_the_same_however_its_cell_was_typed(called, one, other):
    its = look(called, [*FIRST[:3], one, *FIRST[4:]], [*SECOND[:3], other, *SECOND[4:]])
    assert [each["row"] for each in its.problems if "is there twice" in each["said"]] == [2, 3]
    earlier.enter(look(called, [*FIRST[:3], one, *FIRST[4:]]), by=called.keeper)
    again = look(called, [*SECOND[:3], other, *SECOND[4:]])
    assert [each["row"] for each in again.problems if "is there twice" in each["said"]] == [2]


def test_a_name_is_found_whatever_blanks_its_cell_has_around_it(called):
    assert look(called, [FIRST[0], "　大唐样例袜业001 ", *FIRST[2:]]).problems == []


def test_persons_are_not_entered_from_a_file(called):
    define("may_day_medal")
    its = look(called, ["五一劳动奖章", "陈样例", *FIRST[2:]])
    assert "each agrees first" in its.problems[0]["said"]


def test_a_file_without_the_columns_or_without_a_table_is_refused(called):
    with pytest.raises(Refused, match="lacks these columns: 证书编号"):
        look(called, FIRST, headings=[*HEADINGS[:3], "别的", *HEADINGS[4:]])
    with pytest.raises(Refused):
        earlier.look_at(called.town.bodies["city_union"], SimpleUploadedFile("a.xlsx", b"PK\x03\x04broken"),
                        today=called.today, now=noon(called.today), by=called.keeper)  # fmt: skip
    with pytest.raises(Refused, match="whoever keeps the yearly plan"):
        earlier.look_at(called.town.bodies["city_union"], a_file(FIRST), today=called.today, now=noon(called.today),
                        by=called.county)  # fmt: skip


def test_it_is_taken_back_as_one_while_nothing_was_done_since(called):
    its = look(called, FIRST, SECOND)
    earlier.enter(its, by=called.keeper)
    assert earlier.undo(its, today=called.today, by=called.colleague) == 2
    assert (Award.objects.count(), EarlierFile.objects.get().state) == (0, "undone")
    again = look(called, FIRST, SECOND)
    earlier.enter(again, by=called.keeper)
    with pytest.raises(Refused, match="for 30 days"):
        earlier.undo(again, today=called.today + timedelta(days=31), by=called.keeper)
    held = Award.objects.get(number="旧1")
    awarding.withdraw(held, reason="隐瞒", today=called.today, now=noon(called.today), by=called.keeper)
    with pytest.raises(Refused, match="Something was done with “旧1”"):
        earlier.undo(again, today=called.today, by=called.keeper)
    assert Award.objects.count() == 2


def test_it_goes_through_its_pages(called, signed_in):
    browser, city = signed_in(called.keeper), called.town.bodies["city_union"]
    answer = browser.post(reverse("honour_earlier_new", args=[city.pk]), {"file": a_file(FIRST)})
    its = EarlierFile.objects.get()
    assert answer.url == reverse("honour_earlier", args=[its.pk])
    assert "大唐样例袜业001" in browser.get(answer.url).content.decode()
    move = reverse("honour_earlier_move", args=[its.pk])
    browser.post(move, {"do": "enter"})
    assert Award.objects.get().state == "standing"
    browser.post(move, {"do": "undo"})
    assert Award.objects.count() == 0
    assert signed_in(called.county).get(answer.url).status_code == 404


def test_the_register_is_read_as_json(called, signed_in):
    earlier.enter(look(called, FIRST, SECOND), by=called.keeper)
    told = signed_in(called.town.stranger).get("/api/v1/honours/awards").json()["awards"]
    assert [(each["name"], each["number"], each["state"]) for each in told] == [("大唐样例袜业001", "旧1", "standing")]
    assert len(signed_in(called.keeper).get("/api/v1/honours/awards?state=entered").json()["awards"]) == 1
    calls = signed_in(called.keeper).get("/api/v1/honours/calls").json()["calls"]
    assert [each["state"] for each in calls] == ["draft"]
    assert signed_in(called.town.stranger).get("/api/v1/honours/calls").json()["calls"] == []
    address = f"/api/v1/honours/calls/{called.call.pk}/applications"
    assert signed_in(called.keeper).get(address).json() == {"applications": [], "next": None}
    assert signed_in(called.town.stranger).get(address).status_code == 404
