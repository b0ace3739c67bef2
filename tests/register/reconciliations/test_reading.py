"""What is taken for a list of divisions, and what is refused with a plain answer – and nothing written."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
from django.utils import translation

from gongjian.chronicle.models import Act
from gongjian.register.models import ListedRow, Reconciliation, UnitEntry
from gongjian.register.reconciliations.reading import ListRefused, read_list
from gongjian.register.reconciliations.standing import newest_day

from .lists import DAYS, NEW, NOW, OLD, THEN, TODAY, compared, listed, published, settled, taken_in

ROWS = [
    ("3306", "绍兴市", "city", None),
    ("330681", "诸暨市", "county", "3306"),
    ("330681113", "草塔镇", "town", "330681"),
    ("330681113264", "上下文村委会", "village", "330681113"),
]


def rows_of(content: bytes, tmp_path, name: str = "区划.csv") -> list[tuple[str, str, str, str | None]]:
    path = tmp_path / name
    path.write_bytes(content)
    rows = read_list(path, name)
    codes = {row.number: row.code for row in rows}
    return [(row.code, row.name, row.level, codes.get(row.parent)) for row in rows]


# == lists as they come ==
@pytest.mark.parametrize(
    "text",
    [
        "code,name,level,parent_code\n3306,绍兴市,city,\n330681,诸暨市,county,3306\n330681113,草塔镇,town,330681\n"
        "330681113264,上下文村委会,village,330681113\n",
        "统计用区划代码,名称\n330600000000,绍兴市\n330681000000,诸暨市\n330681113000,草塔镇\n330681113264,上下文村委会\n",
        "代码,名称,级别\n3306,绍兴市,地级市\n330681,诸暨市,县级市\n３３０６８１１１３,草塔镇,镇\n330681113264,上下文村委会,村\n",
        "2020年统计用区划代码,,\n,,\n代码,名称,\n3306,绍兴市,\n330681,诸暨市,\n330681113,草塔镇,\n330681113264,上下文村委会,\n",
    ],
    ids=["as published", "codes filled up with noughts", "full-width digits, levels in Chinese", "title rows"],
)
def test_a_list_is_read_however_it_is_laid_out(text, tmp_path):
    assert rows_of(text.encode(), tmp_path) == ROWS
    assert rows_of(text.encode("gb18030"), tmp_path) == ROWS


def test_codes_that_excel_made_numbers_are_read(tmp_path):
    book = openpyxl.Workbook()
    for row in [("代码", "名称"), *((int(code), name) for code, name, _level, _parent in ROWS)]:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    assert rows_of(file.getvalue(), tmp_path, "区划.xlsx") == ROWS


def test_a_published_list_is_read_whole(tmp_path):
    rows = rows_of(published(DAYS[1]), tmp_path)
    assert len(rows) == 2813 and rows[0] == ("3306", "绍兴市", "city", None)


# == lists that are refused ==
BAD = {
    "a code twice": (
        OLD + "330681113264,另一村委会,330681113\n",
        ["The code 330681113264 stands twice, in row 5 (上下文村委会) and in row 11 (另一村委会). Keep one of them."],
    ),
    "a parent is missing": (
        "3306,绍兴市,\n330681113,草塔镇,330681\n",
        ["Row 3: 草塔镇 lies in 330681, which is not in the list. Add its row."],
    ),
    "two cities": (
        OLD + "3307,金华市,\n",
        ["The list has several cities at its top: 绍兴市 (3306)、金华市 (3307). Send the list of one city."],
    ),
    "no city": (
        "330681,诸暨市,\n",
        [
            "Row 2: 诸暨市 lies in 3306, which is not in the list. Add its row.",
            "The list does not begin with its city. Add the row of the city, with its code of 4 digits.",
        ],
    ),
    "another city's rows": (
        OLD + "330702,婺城区,3306\n",
        ["Row 11: 婺城区 (330702) is not of 绍兴市 (3306). Delete the row."],
    ),
    "another city": (
        "3307,金华市,\n330702,婺城区,3307\n",
        ["The list is of 金华市 (3307); the register holds 绍兴市 (3306). Send its list."],
    ),
    "something that is no code": (
        OLD + "33068,样例,\n",
        ["Row 11: “33068” is not a code of divisions: a city has 4 digits, a county 6, a town 9, a village 12."],
    ),
    "no name": (
        OLD + "330681113300,,330681113\n",
        ["Row 11: the code or the name is missing. Fill it in, or delete the row."],
    ),
    "a village above a town": (
        OLD + "330681114,样例镇,330681113264\n",
        ["Row 11: 样例镇 cannot lie in 上下文村委会. Correct the code of its parent."],
    ),
    "no rows": ("", ["The list has no rows below its headings. Choose the file with the divisions."]),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_list_is_refused_in_plain_words_and_nothing_is_written(words, what):
    settled(listed(OLD), THEN)
    before = (UnitEntry.objects.count(), Act.objects.count(), Reconciliation.objects.count(), ListedRow.objects.count())
    text, sentences = BAD[what]
    with translation.override("en"), pytest.raises(ListRefused) as refused:
        taken_in(listed(text), NOW)
    assert refused.value.sentences == sentences
    after = (UnitEntry.objects.count(), Act.objects.count(), Reconciliation.objects.count(), ListedRow.objects.count())
    assert after == before


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"%PDF-1.7 and so on", "“区划.csv” is not a table. Send an Excel file (.xlsx) or a CSV file."),
        (
            "村名,人口\n上下文村,1200\n".encode(),
            "No column of the list holds the code. Its headings are: 村名、人口. Name one “代码” or “名称”.",
        ),
    ],
    ids=["empty", "not a table", "no codes"],
)
def test_a_file_that_is_no_list_is_refused(words, content, sentence):
    with translation.override("en"), pytest.raises(ListRefused) as refused:
        taken_in(content, NOW)
    assert refused.value.sentences == [sentence]
    assert not Reconciliation.objects.exists()


def test_of_many_faults_twenty_are_told_and_the_rest_counted(words):
    text = "3306,绍兴市,\n" + "".join(f"330681{n},样例镇,330681\n" for n in range(100, 130))
    with translation.override("en"), pytest.raises(ListRefused) as refused:
        taken_in(listed(text), NOW)
    assert len(refused.value.sentences) == 21
    assert refused.value.sentences[-1] == "There are 10 more of this kind."


# == the day ==
@pytest.mark.parametrize("day", [THEN, DAYS[0]])
def test_a_day_that_is_not_later_than_the_newest_is_refused(words, day):
    settled(listed(OLD), THEN)
    assert newest_day() == THEN
    with translation.override("en"), pytest.raises(ListRefused) as refused:
        taken_in(listed(NEW), day)
    assert refused.value.sentences == [
        f"The register was listed for 2018-10-31 already, and {day} is not later. Send a list of a later day."
    ]


def test_a_day_to_come_is_refused(words):
    with translation.override("en"), pytest.raises(ListRefused, match="is still to come"):
        taken_in(listed(OLD), date(TODAY.year + 1, 1, 1))


def test_a_day_before_the_register_begins_is_refused(town):
    with translation.override("en"), pytest.raises(ListRefused) as refused:
        taken_in(listed(OLD), date(2015, 1, 1))
    assert refused.value.sentences == [
        "The divisions of the register begin on 2016-07-31. A list must be of a later day."
    ]


# == half of it gone ==
def test_a_list_that_lost_half_its_rows_stops_and_asks(words):
    settled(listed(OLD), THEN)
    found = taken_in(listed("3306,绍兴市,\n330681,诸暨市,3306\n330681113,草塔镇,330681\n"), NOW)
    assert (found.state, found.counts) == ("asked", {"rows": 3, "standing": 9})
    whole = taken_in(listed(NEW), NOW)
    assert whole.state == "read"


def test_a_first_list_is_compared_with_an_empty_register(words):
    found = compared(listed(OLD), THEN)
    assert set(found.findings.values_list("happened", "verdict")) == {("new", "sure")}
