"""What records look like: each kind of shape lets its own through and nothing else."""

from __future__ import annotations

import pytest

from verivote import shape
from verivote.errors import VerivoteError

RECORD = {"record": {"a": {"number": [0, 1]}}, "optional": {"b": {"text": [0, 1]}}, "more": {"day": True}}


@pytest.mark.parametrize(
    ("looks", "right", "wrong"),
    [
        ({"text": [1, 2]}, ["一", "😀😀"], ["", "abc", 1, None]),
        ({"number": [-1, 1]}, [-1, 0, 1], [-2, 2, True, None, "0"]),
        ({"hex": 1}, ["0a", "ff"], ["0A", "a", "aaa", "0g", "", 10, "0a\n"]),
        ({"one_of": [1, "x"]}, [1, "x"], [True, "1", None, 1.0]),
        ({"minute": True}, ["2026-02-28T00:00:00Z"], ["2026-02-29T00:00:00Z", "2026-02-28T00:00:01Z", "", 0]),
        (
            {"second": True},
            ["2024-02-29T23:59:59Z"],
            ["2024-02-29T24:00:00Z", "2024-02-29T23:59:60Z", "1999-01-01T00:00:00Z"],
        ),
        ({"day": True}, ["2024-02-29"], ["2023-02-29", "2024-2-29", "20240229", 1, None]),
        ({"null_or": {"number": [0, 1]}}, [None, 1], [2, ""]),
        ({"list": {"number": [0, 1]}, "most": 2}, [[], [0, 1]], [[0, 0, 0], [2], {}, (0,)]),
        ({"list": {"number": [0, 1]}, "least": 1, "most": 2}, [[1]], [[]]),
        (
            RECORD,
            [{"a": 1}, {"a": 0, "b": "", "c": "2024-02-29"}],
            [{}, {"a": 2}, {"a": 1, "b": "xx"}, {"a": 1, "c": ""}, []],
        ),
        ({"record": {"a": {"number": [0, 1]}}}, [{"a": 1}], [{"a": 1, "b": 1}]),
        (
            {"map": {"number": [0, 1]}, "most": 2},
            [{}, {"x": 1}],
            [{"x": 2}, {"": 1}, {"x" * 65: 1}, dict.fromkeys("abc", 0), []],
        ),
        (
            {"kinds": {"k": {"record": {"kind": {"one_of": ["k"]}}}}},
            [{"kind": "k"}],
            [{"kind": "l"}, {"kind": []}, {}, [], {"kind": "k", "x": 1}],
        ),
    ],
)
def test_a_shape_lets_its_own_through_and_nothing_else(looks, right, wrong):
    for value in right:
        shape.check(looks, value, "here")
    for value in wrong:
        with pytest.raises(VerivoteError) as refused:
            shape.check(looks, value, "here")
        assert refused.value.facts["where"].startswith("here") or value == {"x" * 65: 1}


@pytest.mark.parametrize(
    ("looks", "value", "sentence"),
    [
        (
            {"list": {"record": {"a": {"text": [1, 2]}}}, "most": 2},
            [{"a": "x"}, {"a": ""}],
            "it[1].a has to be a text of 1 to 2 characters.",
        ),
        ({"record": {"a": {}, "b": {}}}, {"a": 1}, "it has to be a record with: a, b."),
        ({"record": {}}, {"a": 1}, "it has a field that is not known: a."),
        ({"one_of": [1, "x"]}, 2, "it has to be one of: 1, x."),
        ({"kinds": {"k": {}, "l": {}}}, {}, "it is of a kind that is not known. Known are: k, l."),
        ({"number": [0, 1000]}, -1, "it has to be a whole number from 0 to 1,000."),
        ({"map": {}, "most": 0}, {"a": 1}, "it has to be a record of at most 0 things."),
        ({"map": {"number": [0, 1]}, "most": 1}, {"a": 2}, "it.a has to be a whole number from 0 to 1."),
        ({"list": {}, "most": 0}, [1], "it has to be a list of 0 to 0 things."),
        ({"hex": 2}, "", "it has to be 2 bytes in hexadecimal, in small letters."),
    ],
)
def test_the_sentence_names_the_place_and_what_is_wanted(looks, value, sentence):
    with pytest.raises(VerivoteError) as refused:
        shape.check(looks, value, "it")
    assert str(refused.value) == sentence
