"""One value has one form, and nothing else is read."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verivote.canonical import GREATEST, canonical, digest, read
from verivote.errors import VerivoteError

whole = st.integers(-GREATEST, GREATEST)
values = st.recursive(
    st.none() | st.booleans() | whole | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner)
    ),
    max_leaves=12,
)


@given(values)
def test_what_is_written_is_read_again(value):
    data = canonical(value)
    assert read(data) == value
    assert canonical(read(data)) == data


@pytest.mark.parametrize(
    ("value", "data"),
    [
        ({"b": 1, "a": [True, None, -2]}, '{"a":[true,null,-2],"b":1}'),
        ({"b": 1, "A": 2, "é": 3, "中": 4, "\uffee": 5, "😀": 6}, '{"A":2,"b":1,"é":3,"中":4,"\uffee":5,"😀":6}'),
        ('"\\/\b\f\n\r\t\x00\x1f\x7f\u2028', '"\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\x7f\u2028"'),
        (GREATEST, "9007199254740991"),
        (-GREATEST, "-9007199254740991"),
        ({}, "{}"),
    ],
)
def test_the_form_is_fixed(value, data):
    assert canonical(value) == data.encode()
    assert digest(value).hex() == sha256(data.encode()).hexdigest()


def nested(levels: int) -> list:
    return [nested(levels - 1)] if levels else []


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        GREATEST + 1,
        -GREATEST - 1,
        {1: 2},
        {True: 1},
        (1,),
        b"x",
        "\ud800",
        {"a": {"b": 0.5}},
        nested(16),
    ],
)
def test_what_has_no_form_is_refused(value):
    with pytest.raises(VerivoteError) as refused:
        canonical(value)
    assert refused.value.code == "not_canonical"


def test_sixteen_levels_have_a_form():
    assert read(canonical(nested(15))) == nested(15)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{", b"\xff", b" 1", b"1 ", b'{"a":1, "b":2}', b'{"b":1,"a":2}', b'{"a":1,"a":1}', b"1.0", b"1e2",
        b"-0", b"01",
        b'"\\u0041"', b'"\\/"', b'"\\u001F"', b'"\\ud800"', b"NaN", b"9007199254740992", b"[" * 100_000, b"9" * 5000,
        b"\xef\xbb\xbf1",
    ],
)  # fmt: skip
def test_any_other_form_is_refused(data):
    with pytest.raises(VerivoteError) as refused:
        read(data)
    assert refused.value.code == "not_canonical"
