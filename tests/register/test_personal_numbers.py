"""Phones and identity numbers: read, checked and masked."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongjian.register import masking, personal_numbers

# The worked example of GB 11643-1999; nobody's number.
WORKED = "11010519491231002X"


def test_the_check_sign_is_that_of_the_standard():
    assert personal_numbers.check_sign(WORKED[:17]) == "X"
    assert personal_numbers.is_identity_number(WORKED)
    assert personal_numbers.born_on(WORKED) == date(1949, 12, 31)


@given(st.integers(0, 17), st.integers(1, 9))
def test_any_one_wrong_digit_is_noticed(place, more):
    if place == 17:
        wrong = WORKED[:17] + str(more)
    else:
        wrong = WORKED[:place] + str((int(WORKED[place]) + more) % 10) + WORKED[place + 1 :]
    assert not personal_numbers.is_identity_number(wrong)


@given(st.integers(0, 15))
def test_two_digits_exchanged_are_noticed(place):
    exchanged = WORKED[:place] + WORKED[place + 1] + WORKED[place] + WORKED[place + 2 :]
    assert exchanged == WORKED or not personal_numbers.is_identity_number(exchanged)


@pytest.mark.parametrize("number", ["", "110105194912310", "110105194913310021", "1101051949123100٢X", WORKED + "0"])
def test_what_is_no_identity_number(number):
    assert not personal_numbers.is_identity_number(number)


@pytest.mark.parametrize(
    "typed, read",
    [
        ("110105 19491231 002x", WORKED),
        ("１５４００００１２３４", "15400001234"),
        ("+86 154-0000-1234", "15400001234"),
        (" 154 0000 1234 ", "15400001234"),
    ],
)
def test_what_was_meant_is_read(typed, read):
    assert personal_numbers.read(typed) == read


@pytest.mark.parametrize("number, is_one", [("15400001234", True), ("1540000123", False), ("12000001234", False)])
def test_a_mobile_number_has_eleven_digits_and_the_beginning_of_one(number, is_one):
    assert personal_numbers.is_mobile(number) is is_one


@pytest.mark.parametrize(
    "born, day, age",
    [
        (date(2012, 11, 24), date(2026, 11, 23), 13),
        (date(2012, 11, 24), date(2026, 11, 24), 14),
        (date(2012, 2, 29), date(2026, 2, 28), 13),
        (date(2012, 2, 29), date(2026, 3, 1), 14),
    ],
)
def test_age_counts_whole_years(born, day, age):
    assert personal_numbers.age_on(born, day) == age


def test_what_is_masked_shows_its_end_alone():
    assert masking.phone("15400001234") == "•••••••1234"
    assert masking.identity_number(WORKED) == "••••••••••••••••2X"
    assert masking.phone("") == "" and masking.phone("123") == "••3"
