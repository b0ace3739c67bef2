"""Phone and identity numbers as they are typed: read, and checked. Pure: texts in, texts and days out.

An identity number has 18 signs: a region of six digits, the day of birth, three digits in order, and a check sign
(GB 11643-1999, ISO 7064 MOD 11-2). The region is not looked up: codes of former regions stay valid for life.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

MOBILE = re.compile(r"1[3-9][0-9]{9}")
IDENTITY = re.compile(r"[0-9]{17}[0-9X]")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"


def read(typed: str) -> str:
    """What was meant: without spaces and hyphens, in plain digits, a large X; a phone without +86."""
    text = re.sub(r"[\s\-‐-―]", "", unicodedata.normalize("NFKC", typed)).upper()
    return text.removeprefix("+86") if text.startswith("+86") else text


def is_mobile(number: str) -> bool:
    """Is it a mobile number of eleven digits, as `read` gives it?"""
    return MOBILE.fullmatch(number) is not None


def is_identity_number(number: str) -> bool:
    """Are there 18 signs, a day that exists, and the check sign that follows from the others?"""
    return (
        IDENTITY.fullmatch(number) is not None and born_on(number) is not None and number[17] == check_sign(number[:17])
    )


def check_sign(digits: str) -> str:
    """The 18th sign that follows from the first 17 digits."""
    return CHECKS[sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True)) % 11]


def born_on(number: str) -> date | None:
    """The day of birth in an identity number of 18 signs; None where there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def age_on(born: date, day: date) -> int:
    """Whole years on a day; who was born on 29 February comes of age on 1 March of a common year."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
