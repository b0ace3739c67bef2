"""Read single cells as officers write them: texts, codes, credit codes, days, counts and choices.

Each reader returns the value, an empty one for a blank cell, or raises `Bad` with a sentence that says what
is wrong and what to do. Nothing is repaired that could be meant in two ways.
"""

import calendar
import difflib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from django.utils.translation import gettext as _


class Bad(ValueError):
    """A cell that cannot be read. `sentence` is for the person who wrote it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell with a formula whose result is not stored in the file."""

    text: str


@dataclass(frozen=True, slots=True)
class ErrorCell:
    """A cell whose formula failed: `#REF!`, `#N/A`."""

    text: str


ERROR_WORDS = frozenset(
    [
        "#REF!",
        "#N/A",
        "#VALUE!",
        "#NAME?",
        "#DIV/0!",
        "#NULL!",
        "#NUM!",
        "#SPILL!",
        "#CALC!",
        "#GETTING_DATA",
        "Err:502",
        "Err:504",
        "Err:508",
    ]
)

_BLANK_WORDS = frozenset(
    [
        "",
        "-",
        "--",
        "—",
        "——",
        "－",
        "/",
        "／",
        "\\",
        "无",
        "暂无",
        "空",
        "null",
        "NULL",
        "None",
        "N/A",
        "n/a",
    ]
)


def is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and (not value or value.strip() in _BLANK_WORDS))


# == texts ==

_CJK = "\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_UNTIDY = re.compile("[\\s()\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff\uff02-\uff07\uff0a-\uff5e\uf900-\ufaff]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff\x00-\x08\x0e-\x1f]")
_BLANK_IN_CHINESE = re.compile(f"(?<=[{_CJK}（）]) (?=[{_CJK}（）])")
_HAS_CHINESE = re.compile(f"[{_CJK}]")
_QUOTED = re.compile(r'="(.*)"')

# Full-width digits, letters and signs become half-width; the marks of Chinese writing （），：；！？ stay.
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) not in "（），：；！？"}
_CHINESE_BRACKETS = str.maketrans("()", "（）")


def text(value: object) -> str:
    """One tidy line: no needless blanks, half-width digits and letters, full-width brackets in Chinese."""
    if type(value) is str:
        if value.isascii():
            tidy = value if value.isalnum() else " ".join(_unquoted(value).split())
        else:
            tidy = value if _UNTIDY.search(value) is None else _tidy(value)
        return "" if tidy in _BLANK_WORDS else tidy
    return _text_of_other(value)


def _tidy(value: str) -> str:
    value = _INVISIBLE.sub("", unicodedata.normalize("NFC", value)).translate(_HALF_WIDTH)
    value = _BLANK_IN_CHINESE.sub("", " ".join(_unquoted(value).split()))
    return value.translate(_CHINESE_BRACKETS) if _HAS_CHINESE.search(value) else value


def _unquoted(value: str) -> str:
    """Without Excel's two ways of forcing text: a leading apostrophe, and ="…" in CSV files."""
    value = value.strip()
    if value.startswith("'"):
        return value[1:]
    quoted = _QUOTED.fullmatch(value)
    return quoted[1] if quoted else value


def _text_of_other(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    _refuse_formula(value)
    return str(value)


def _refuse_formula(value: object) -> None:
    if isinstance(value, ErrorCell):
        raise Bad(
            _("The cell holds Excel's error %(error)s. Correct the formula, or type the value.") % {"error": value.text}
        )
    if isinstance(value, Formula):
        raise Bad(
            _(
                "The cell holds a formula, and its result is not stored in the file. "
                "Open the file in Excel, save it again, or paste the column as values."
            )
        )


# Between items of one cell.
_SEPARATORS = re.compile(r"[、；;,，|\n\r\t]+")
_CODES_WITH_BLANKS = re.compile(r"[0-9A-Za-z]{6,}(?:\s+[0-9A-Za-z]{6,})+")


def several(value: object) -> list[str]:
    """Names or codes separated by 、；;, or line breaks, each once, in their order."""
    if not isinstance(value, str):
        one = code(value)
        return [one] if one else []
    found: dict[str, None] = {}
    for piece in _SEPARATORS.split(value):
        pieces = piece.split() if _CODES_WITH_BLANKS.fullmatch(piece.strip()) else [piece]
        found.update(dict.fromkeys(text(each) for each in pieces))
    found.pop("", None)
    return [_spelled_out(each) for each in found]


# == codes ==

_SCIENTIFIC = re.compile(r"(\d)(?:\.(\d+))?[eE]\+?(\d+)")
_DECIMAL_ZERO = re.compile(r"(\d+)\.0+")


def code(value: object) -> str:
    """A code as text. Digits that Excel has dropped are asked for, never made up."""
    if type(value) is str:
        if value.isascii() and value.isalnum() and "E" not in value and "e" not in value:
            return value
        return _spelled_out(text(value).replace(" ", ""))
    if isinstance(value, bool | date | time | timedelta):
        raise Bad(
            _("“%(value)s” is not a code. Format the column as text in Excel and enter the code again.")
            % {"value": value}
        )
    if isinstance(value, int | float):
        return _code_from_number(value)
    return text(value)


def _code_from_number(value: int | float) -> str:
    if abs(value) >= 1e15:  # Excel keeps 15 digits and writes noughts for the rest.
        raise _shortened(f"{value:.14E}")
    if not float(value).is_integer() or value < 0:
        raise Bad(_("“%(value)s” is not a code: a code has no decimals and no sign.") % {"value": value})
    return str(int(value))


def _spelled_out(value: str) -> str:
    """330681113264 for 3.30681113264E+11 or 330681113264.0; refused where digits are missing."""
    if whole := _DECIMAL_ZERO.fullmatch(value):
        return whole[1]
    short = _SCIENTIFIC.fullmatch(value)
    if short is None or (short[2] is None and "+" not in value):
        return value
    decimals = (short[2] or "").rstrip("0") if len(short[2] or "") > int(short[3]) else short[2] or ""
    if len(decimals) != int(short[3]) or len(decimals) >= 15:
        raise _shortened(value)
    return short[1] + decimals


def _shortened(value: str) -> Bad:
    return Bad(
        _(
            "Excel has shortened this code to %(value)s, and the missing digits cannot be recovered. "
            "Format the column as text in Excel and enter the code again."
        )
        % {"value": value}
    )


_CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_VALUES = {sign: number for number, sign in enumerate(_CREDIT_SIGNS)}
_CREDIT_WEIGHTS = [pow(3, place, 31) for place in range(17)]
_LOOKALIKES = {"O": "0", "I": "1", "Z": "2", "S": "5"}


def credit_code(value: object) -> str:
    """统一社会信用代码, 18 characters with the check character of GB 32100-2015."""
    found = code(value).upper().replace("-", "")
    if not found or (len(found) == 18 and _check_character(found) == found[17]):
        return found
    if len(found) != 18:
        raise Bad(
            _("The credit code %(code)s has %(length)s characters. It must have 18.")
            % {"code": found, "length": len(found)}
        )
    for sign in found:
        if sign not in _CREDIT_VALUES:
            raise _impossible_sign(found, sign)
    raise Bad(
        _(
            "The last character of the credit code %(code)s does not fit the others, "
            "so at least one is wrong. Compare it with the licence."
        )
        % {"code": found}
    )


def _check_character(found: str) -> str | None:
    try:
        total = sum(_CREDIT_VALUES[sign] * weight for sign, weight in zip(found, _CREDIT_WEIGHTS, strict=False))
    except KeyError:
        return None
    return _CREDIT_SIGNS[-total % 31]


def _impossible_sign(found: str, sign: str) -> Bad:
    likely = "".join(_LOOKALIKES.get(each, each) for each in found)
    if _check_character(likely) == likely[17]:
        return Bad(
            _("A credit code never contains “%(sign)s”. Perhaps %(likely)s is meant: compare it with the licence.")
            % {"sign": sign, "likely": likely}
        )
    return Bad(
        _("A credit code never contains “%(sign)s”. Compare %(code)s with the licence.") % {"sign": sign, "code": found}
    )


# == days ==

_DAY = re.compile(
    r"(\d{4})\s*[-年/.\\]\s*(\d{1,2})\s*[-月/.\\]\s*(\d{1,2})\s*[日号]?"
    r"(?:[\sT]*(?:上午|下午|[AaPp][Mm])?\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|\s*[AaPp][Mm])?)?"
)
_DAY_IN_ONE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH_ONLY = re.compile(r"\d{4}\s*(?:[-年/.]\s*(?:0?[1-9]|1[0-2])\s*月?(?:份)?|(?:0[1-9]|1[0-2]))")
_YEAR_ONLY = re.compile(r"(?:1[89]|20)\d{2}\s*年?")
_SHORT_YEAR = re.compile(r"\d{1,2}\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2}\s*[日号]?")
_YEAR_LAST = re.compile(r"\d{1,2}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*\d{4}")
_NO_END = frozenset(["至今", "长期", "永久", "无固定期限", "长期有效"])

_SERIAL_ZERO = date(1899, 12, 30)  # Excel counts 1900 as a leap year; true from serial 61 on
_FIRST_SERIAL, _LAST_SERIAL = 3654, 73050  # 1910-01-02 to 2099-12-31: smaller numbers are years or slips


def day(value: object) -> date | None:
    """A day in any usual way of writing, or as a serial of Excel's 1900 system; None when blank."""
    if type(value) is str:
        if len(value) == 10 and value[4] == "-" and value[7] == "-":
            try:
                return _plausible(date.fromisoformat(value))
            except ValueError:
                pass
        return _day_of_text(value)
    if isinstance(value, datetime):
        return _plausible(value.date())
    if isinstance(value, date):
        return _plausible(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _day_of_number(value)
    if value is None:
        return None
    _refuse_formula(value)
    raise _not_a_day(value)


@lru_cache(maxsize=20_000)
def _day_of_text(value: str) -> date | None:
    tidy = text(value)
    if not tidy or tidy in _NO_END:
        return None
    found = _DAY.fullmatch(tidy) or _DAY_IN_ONE.fullmatch(tidy)
    if found:
        return _calendar_day(int(found[1]), int(found[2]), int(found[3]))
    if tidy.isascii() and tidy.replace(".", "", 1).isdecimal() and not _is_part_of_a_day(tidy):
        return _day_of_number(float(tidy))
    raise _unfinished_day(tidy)


def _is_part_of_a_day(tidy: str) -> bool:
    return any(form.fullmatch(tidy) for form in (_YEAR_ONLY, _MONTH_ONLY))


def _day_of_number(value: int | float) -> date:
    if _FIRST_SERIAL <= value < _LAST_SERIAL + 1:
        return _SERIAL_ZERO + timedelta(days=int(value))
    if float(value).is_integer():
        digits = str(int(value))
        if found := _DAY_IN_ONE.fullmatch(digits):
            return _calendar_day(int(found[1]), int(found[2]), int(found[3]))
        raise _unfinished_day(digits)
    raise _unfinished_day(str(value))


def _calendar_day(year: int, month: int, day_of_month: int) -> date:
    if not 1 <= month <= 12:
        raise Bad(_("There is no month %(month)s. Write the day as 2010-12-15.") % {"month": month})
    last = calendar.monthrange(year, month)[1] if year else 31
    if not 1 <= day_of_month <= last:
        raise _no_such_day(year, month, day_of_month, last)
    if not year:
        raise _implausible(year)
    return _plausible(date(year, month, day_of_month))


def _no_such_day(year: int, month: int, day_of_month: int, last: int) -> Bad:
    gaps = {"year": year, "month": month, "day": day_of_month, "last": last}
    if month == 2 and day_of_month:
        return Bad(_("February %(year)s has no day %(day)s. Its last day is %(last)s.") % gaps)
    return Bad(_("Month %(month)s of %(year)s has no day %(day)s. Its last day is %(last)s.") % gaps)


def _plausible(found: date) -> date:
    if 1840 <= found.year <= 2199:
        return found
    raise _implausible(found.year)


def _implausible(year: int) -> Bad:
    return Bad(_("The year %(year)s cannot be right. Write the day as 2010-12-15.") % {"year": year})


def _unfinished_day(tidy: str) -> Bad:
    if _YEAR_ONLY.fullmatch(tidy):
        return Bad(_("“%(value)s” gives only the year. Write the day too, as 2010-12-15.") % {"value": tidy})
    if _MONTH_ONLY.fullmatch(tidy):
        return Bad(_("“%(value)s” gives only the month. Write the day too, as 2010-12-15.") % {"value": tidy})
    if _SHORT_YEAR.fullmatch(tidy):
        return Bad(_("“%(value)s” gives the year in two digits. Write all four, as 2010-12-15.") % {"value": tidy})
    if _YEAR_LAST.fullmatch(tidy):
        return Bad(
            _("In “%(value)s” day and month could be mixed up. Write the year first, as 2010-12-15.") % {"value": tidy}
        )
    return _not_a_day(tidy)


def _not_a_day(value: object) -> Bad:
    return Bad(_("“%(value)s” is not a day. Write it as 2010-12-15.") % {"value": value})


# == counts ==

_COUNT = re.compile(r"(\d+|\d{1,3}(?:[,，]\d{3})+)(?:\.0+)?\s*(?:人|名|个|位|家|people|persons)?")
_MOST = 100_000_000


def count(value: object) -> int | None:
    """How many: a whole number, not negative; None when blank, for blank is not nought."""
    if type(value) is str:
        if value.isascii() and value.isdecimal() and len(value) < 9:
            return int(value)
        return _count_of_text(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _count_of_number(value)
    if value is None:
        return None
    _refuse_formula(value)
    raise _not_a_count(value)


def _count_of_text(value: str) -> int | None:
    tidy = text(value)
    if not tidy:
        return None
    found = _COUNT.fullmatch(tidy)
    if found:
        return _count_of_number(int(found[1].replace(",", "").replace("，", "")))
    try:
        number = float(tidy)
    except ValueError:
        raise _not_a_count(tidy) from None
    return _count_of_number(number)


def _count_of_number(value: int | float) -> int:
    if value != value or abs(value) > _MOST:
        raise Bad(_("“%(value)s” cannot be a number of people.") % {"value": value})
    if value < 0:
        raise Bad(_("“%(value)s” is below nought. Write a whole number, 0 or more.") % {"value": value})
    if value != int(value):
        raise Bad(_("“%(value)s” has decimals. Write a whole number.") % {"value": value})
    return int(value)


def _not_a_count(value: object) -> Bad:
    return Bad(_("“%(value)s” is not a number. Write only digits, such as 120.") % {"value": value})


# == choices ==


def choice(value: object, options: Mapping[str, str]) -> str:
    """The key for one of the accepted spellings; "" when blank."""
    if type(value) is str and value in options:
        return options[value]
    tidy = text(value)
    if not tidy:
        return ""
    spelling, is_exact = _nearest_spelling(tidy, tuple(options))
    if is_exact:
        return options[spelling]
    gaps = {"value": tidy, "nearest": spelling, "options": "、".join(list(options)[:12])}
    if spelling:
        raise Bad(_("“%(value)s” is not known here. The nearest is “%(nearest)s”.") % gaps)
    raise Bad(_("“%(value)s” is not known here. Possible are: %(options)s.") % gaps)


@lru_cache(maxsize=20_000)
def _nearest_spelling(tidy: str, spellings: tuple[str, ...]) -> tuple[str, bool]:
    folded = {text(spelling).casefold(): spelling for spelling in spellings}
    wanted = tidy.casefold()
    if wanted in folded:
        return folded[wanted], True
    near = difflib.get_close_matches(wanted, folded, n=1, cutoff=0.5)
    return (folded[near[0]] if near else ""), False


_YES = frozenset(["是", "有", "已建", "1", "y", "yes", "true", "√", "✓", "✔", "对"])
_NO = frozenset(["否", "无", "没有", "未建", "0", "n", "no", "false", "×", "x", "✗", "错"])


def yes_no(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    tidy = "无" if value == "无" else text(value).casefold()
    if not tidy:
        return None
    if tidy in _YES:
        return True
    if tidy in _NO:
        return False
    raise Bad(_("“%(value)s” is neither yes nor no. Write 是 or 否.") % {"value": tidy})
