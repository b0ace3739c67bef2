"""Single cells: what is read, what is asked for, and that no digit changes unseen."""

import contextlib
from datetime import date, datetime, time
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from gongjian.register.imports import cells
from gongjian.register.imports.cells import Bad, ErrorCell, Formula


@pytest.fixture(autouse=True, scope="module")
def _english():
    with translation.override("en"):
        yield


def sentence(reader, *values):
    with pytest.raises(Bad) as refused:
        reader(*values)
    return refused.value.sentence


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("上下文村", "上下文村"),
        ("  上下文村\u3000", "上下文村"),
        ("上下\u200b文村", "上下文村"),
        ("张 三", "张三"),
        ("绍兴(柯桥)纺织", "绍兴（柯桥）纺织"),
        ("绍兴（柯桥）纺织", "绍兴（柯桥）纺织"),
        ("第１２号Ａ座", "第12号A座"),
        ("Ｓｈａｏｘｉｎｇ　Ｔｅｘｔｉｌｅ", "Shaoxing Textile"),
        ("Shaoxing (China)  Ltd ", "Shaoxing (China) Ltd"),
        ("一厂，二厂；三厂：四厂", "一厂，二厂；三厂：四厂"),
        ("无", ""),
        ("——", ""),
        (None, ""),
        (12.0, "12"),
        (1.5, "1.5"),
        ('="0012"', "0012"),
        ("'0012", "0012"),
        (datetime(2010, 12, 15), "2010-12-15"),
    ],
)
def test_a_text_is_tidied_and_keeps_chinese_marks(written, read):
    assert cells.text(written) == read


@given(st.text())
def test_a_tidy_text_stays_as_it_is(written):
    once = cells.text(written)
    if not once.startswith(("'", '="')):
        assert cells.text(once) == once


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("330681113264", "330681113264"),
        (330681113264.0, "330681113264"),
        (330681113264, "330681113264"),
        ("330681113264.0", "330681113264"),
        ("3.30681113264E+11", "330681113264"),
        ("３３０６８１１１３２６４", "330681113264"),
        ("'001", "001"),
        (" 3306 8111 3264\t", "330681113264"),
        ("91330604MAE12E5", "91330604MAE12E5"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_code_is_recovered_where_every_digit_is_there(written, read):
    assert cells.code(written) == read


@pytest.mark.parametrize("written", ["3.30681E+11", "9.1330681E+17", 9.13306811132643e17, "3E+11", 3.3e20])
def test_a_shortened_code_is_asked_for(written):
    said = sentence(cells.code, written)
    assert said.startswith("Excel has shortened this code to ")
    assert said.endswith("Format the column as text in Excel and enter the code again.")


@pytest.mark.parametrize("written", [12.5, -3.0, True, date(2010, 12, 15)])
def test_what_cannot_be_a_code_is_refused(written):
    assert "is not a code" in sentence(cells.code, written)


@given(st.text("0123456789", min_size=1, max_size=20))
def test_digits_of_a_code_never_change(digits):
    assert cells.code(digits) == digits


@given(st.integers(0, 10**18))
def test_a_code_that_became_a_number_is_exact_or_refused(number):
    try:
        assert cells.code(float(number)) == str(number)
    except Bad:
        assert number >= 10**15


@given(st.from_regex(r"\A[1-9](\.[0-9]{1,18})?[Ee]\+[0-9]{1,2}\Z"))
@example("3.3060E+3")
@example("3.30681113264E+11")
def test_a_code_in_scientific_writing_is_exact_or_refused(written):
    with contextlib.suppress(Bad):
        assert Decimal(cells.code(written)) == Decimal(written)


# A published code, to hold the arithmetic to the world.
GOOD = "91330100799655058B"


def test_a_credit_code_is_checked_by_its_last_character():
    assert cells.credit_code(GOOD) == GOOD
    assert cells.credit_code(GOOD.lower()) == GOOD
    assert cells.credit_code(f" {GOOD[:8]} {GOOD[8:]}") == GOOD
    assert cells.credit_code("") == ""
    assert "does not fit the others" in sentence(cells.credit_code, GOOD[:-1] + "C")
    assert "has 17 characters" in sentence(cells.credit_code, GOOD[:-1])


def test_a_letter_o_in_a_credit_code_is_explained():
    said = sentence(cells.credit_code, "9133O1OO799655O58B")
    assert "never contains “O”" in said
    assert GOOD in said
    assert "never contains “V”" in sentence(cells.credit_code, "V" + GOOD[1:])


@given(
    st.text(cells._CREDIT_SIGNS, min_size=17, max_size=17),
    st.integers(0, 16),
    st.sampled_from(cells._CREDIT_SIGNS),
)
def test_one_wrong_sign_in_a_credit_code_is_always_found(body, place, other):
    good = body + cells._check_character(body + "0")
    assert cells.credit_code(good) == good
    wrong = good[:place] + other + good[place + 1 :]
    if wrong != good:
        assert sentence(cells.credit_code, wrong)


SERIAL_ZERO = date(1899, 12, 30)
FORMS = [
    lambda d: f"{d.year}年{d.month}月{d.day}日",
    lambda d: f"{d.year}年{d.month:02}月{d.day:02}号",
    lambda d: f"{d.year}/{d.month}/{d.day}",
    lambda d: f"{d.year}-{d.month}-{d.day}",
    lambda d: f"{d.year}.{d.month:02}.{d.day:02}",
    lambda d: f" {d.year} / {d.month} / {d.day} ",
    lambda d: f"{d:%Y%m%d}",
    lambda d: int(f"{d:%Y%m%d}"),
    lambda d: float(f"{d:%Y%m%d}"),
    lambda d: (d - SERIAL_ZERO).days,
    lambda d: (d - SERIAL_ZERO).days + 0.75,
    lambda d: str((d - SERIAL_ZERO).days),
    lambda d: f"{d.isoformat()} 00:00:00",
    lambda d: f"{d.isoformat()}T08:30:00Z",
    lambda d: f"{d.year}/{d.month}/{d.day} 0:00",
    lambda d: "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in f"{d.year}年{d.month}月{d.day}日"),
    lambda d: d,
    lambda d: datetime.combine(d, time(12)),
    lambda d: d.isoformat(),
]


@given(st.dates(date(1911, 1, 1), date(2099, 12, 31)), st.sampled_from(FORMS))
def test_a_day_in_any_accepted_form_reads_back(written, form):
    assert cells.day(form(written)) == written


@pytest.mark.parametrize("blank", ["", None, "  ", "至今", "长期", "/", "无"])
def test_no_day_is_none(blank):
    assert cells.day(blank) is None


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2010年2月30日", "February 2010 has no day 30. Its last day is 28."),
        ("20120230", "February 2012 has no day 30. Its last day is 29."),
        ("2010/4/31", "Month 4 of 2010 has no day 31. Its last day is 30."),
        ("2010-00-10", "There is no month 0. Write the day as 2010-12-15."),
        ("2010年12月", "“2010年12月” gives only the month. Write the day too, as 2010-12-15."),
        (201012, "“201012” gives only the month. Write the day too, as 2010-12-15."),
        ("2010", "“2010” gives only the year. Write the day too, as 2010-12-15."),
        (2010.0, "“2010” gives only the year. Write the day too, as 2010-12-15."),
        ("10-12-15", "“10-12-15” gives the year in two digits. Write all four, as 2010-12-15."),
        (
            "15/12/2010",
            "In “15/12/2010” day and month could be mixed up. Write the year first, as 2010-12-15.",
        ),
        ("0110-12-15", "The year 110 cannot be right. Write the day as 2010-12-15."),
        ("去年", "“去年” is not a day. Write it as 2010-12-15."),
        (12, "“12” is not a day. Write it as 2010-12-15."),
        (True, "“True” is not a day. Write it as 2010-12-15."),
    ],
)
def test_a_day_that_cannot_be_read_says_what_to_do(written, said):
    assert sentence(cells.day, written) == said


@given(st.text() | st.floats() | st.integers() | st.booleans() | st.times())
def test_no_reader_fails_otherwise_than_with_a_sentence(written):
    for reader in (
        cells.text,
        cells.code,
        cells.credit_code,
        cells.day,
        cells.count,
        cells.yes_no,
        cells.several,
    ):
        try:
            reader(written)
        except Bad as refused:
            assert refused.sentence


@pytest.mark.parametrize(
    ("written", "read"),
    [("120", 120), (120.0, 120), ("12.0", 12), ("1,234", 1234), ("１，２３４", 1234), ("1２人", 12), ("12 名", 12),
     (0, 0), ("", None), (None, None), ("-", None), ("1,234,567人", 1234567)],
)  # fmt: skip
def test_a_count_is_read(written, read):
    assert cells.count(written) == read


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (-1, "below nought"),
        ("-5", "below nought"),
        (1.5, "has decimals"),
        ("12.5", "has decimals"),
        ("约120", "is not a number"),
        ("1,23", "is not a number"),
        ("1.2万", "is not a number"),
        (True, "is not a number"),
        (1e12, "cannot be a number of people"),
        ("nan", "cannot be a number of people"),
        ("inf", "cannot be a number of people"),
    ],
)
def test_what_is_no_count_is_refused(written, said):
    assert said in sentence(cells.count, written)


KINDS = {"企业": "enterprise", "enterprise": "enterprise", "机关事业单位": "agency"}


def test_a_choice_is_read_by_any_accepted_spelling():
    assert cells.choice("企业", KINDS) == "enterprise"
    assert cells.choice(" Enterprise ", KINDS) == "enterprise"
    assert cells.choice("ＥＮＴＥＲＰＲＩＳＥ", KINDS) == "enterprise"
    assert cells.choice("", KINDS) == ""


def test_an_unknown_choice_names_the_nearest():
    assert sentence(cells.choice, "enterprize", KINDS).endswith("The nearest is “enterprise”.")
    assert "The nearest is “机关事业单位”." in sentence(cells.choice, "机关单位", KINDS)
    assert sentence(cells.choice, "飞船", KINDS).endswith("Possible are: 企业、enterprise、机关事业单位.")


def test_yes_and_no():
    assert [cells.yes_no(each) for each in ("是", "Y", 1, True, "√")] == [True] * 5
    assert [cells.yes_no(each) for each in ("否", "无", "0", False, "×")] == [False] * 5
    assert cells.yes_no("") is None
    assert "neither yes nor no" in sentence(cells.yes_no, "也许")


def test_several_are_separated_by_any_usual_mark():
    assert cells.several("甲厂、乙厂；丙厂;丁厂,戊厂，甲厂\n己厂、") == [
        "甲厂",
        "乙厂",
        "丙厂",
        "丁厂",
        "戊厂",
        "己厂",
    ]
    assert cells.several("330681113264 330681113265") == ["330681113264", "330681113265"]
    assert cells.several(330681113264.0) == ["330681113264"]
    assert cells.several("") == []
    assert "shortened" in sentence(cells.several, "甲厂、3.30681E+11")


@pytest.mark.parametrize(
    "reader", [cells.text, cells.code, cells.credit_code, cells.day, cells.count, cells.yes_no, cells.several]
)
def test_a_failed_formula_and_one_without_a_result_never_read_as_blank(reader):
    assert "Excel's error #REF!" in sentence(reader, ErrorCell("#REF!"))
    assert "its result is not stored" in sentence(reader, Formula("=A1"))
