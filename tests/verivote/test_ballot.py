"""A ballot is bound to its poll, of one size, opened by the holders' key alone, and void for one reason or counted."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from hypothesis import given
from hypothesis import strategies as st

from verivote import ballot
from verivote.canonical import canonical
from verivote.errors import VerivoteError, Void

from . import polls
from .test_rules import CHOICES

ENTRY = polls.entry()
PAPER = ballot.Paper(ENTRY)
chosen = st.fixed_dictionaries(
    {
        "org": st.permutations(["07", "12", "04", "09", "15"]).map(lambda ids: ids[:3]),
        "people": st.lists(st.sampled_from(["3", "11", "20"]), unique=True, max_size=2),
    }
)


@given(chosen)
def test_every_ballot_has_one_size_and_comes_back_sorted(choices):
    plaintext = PAPER.encode(choices)
    assert len(plaintext) == PAPER.size
    assert PAPER.decode(plaintext) == {group: sorted(ids) for group, ids in choices.items()}


def test_an_envelope_opens_with_the_holders_key():
    envelope = ballot.seal(ENTRY, CHOICES)
    assert len(envelope) == ballot.envelope_size(ENTRY) == PAPER.size + 81
    assert envelope != ballot.seal(ENTRY, CHOICES)
    plaintext = ballot.open_(ENTRY, polls.HOLDERS_KEY, envelope)
    assert plaintext == ballot.encode(ENTRY, CHOICES)
    assert ballot.decode(ENTRY, plaintext) == {"org": ["07", "09", "12"], "people": ["3"]}


def test_the_size_is_that_of_the_longest_ballot_in_steps_of_64():
    longest = canonical(
        {"poll": polls.POLL, "rules": "0" * 64, "choices": {"org": ["07", "12", "04"], "people": ["11", "20"]}}
    )
    assert ballot.size(polls.RULES) == PAPER.size == 192
    assert PAPER.size - 64 < 4 + len(longest) <= PAPER.size


def longer(id: str) -> dict:
    return polls.rules(
        groups=[
            {
                **polls.RULES["groups"][1],
                "candidates": [polls.candidate(id, "某", "x"), *polls.RULES["groups"][1]["candidates"]],
            }
        ]
    )


@pytest.mark.parametrize(("letters", "size"), [(1, 192), (40, 320)])
def test_the_size_follows_the_longest_ids(letters, size):
    assert ballot.size(longer("中" * letters)) == size


def test_a_ballot_that_just_fits_is_not_padded():
    sizes = {letters: ballot.size(longer("x" * letters)) for letters in range(1, 41)}
    step = next(letters for letters in sizes if sizes[letters] == 256)
    rules = longer("x" * (step - 1))
    entry = polls.entry(rules=rules)
    assert ballot.encode(entry, {"people": ["x" * (step - 1), "20"]})[-1:] == b"}"


@pytest.mark.parametrize(
    ("reason", "choices"),
    [
        ("too_few", {"org": ["07", "12"]}),
        ("too_many", {"org": ["07", "12", "04", "09", "15"]}),
        ("unknown_group", {"x": []}),
    ],
)
def test_what_breaks_the_rules_is_not_sealed(reason, choices):
    with pytest.raises(Void) as refused:
        ballot.seal(ENTRY, choices)
    assert refused.value.code == reason


def padded(value: object, size: int = PAPER.size) -> bytes:
    text = value if isinstance(value, bytes) else canonical(value)
    return (len(text).to_bytes(4, "big") + text).ljust(size, b"\0")


PLAIN = {"poll": polls.POLL, "rules": PAPER.hash.hex(), "choices": {"org": ["07", "09", "12"], "people": []}}


@pytest.mark.parametrize(
    ("reason", "plaintext"),
    [
        ("malformed", b""),
        ("malformed", padded(PLAIN, PAPER.size + 64)),
        ("malformed", padded(PLAIN)[:-1] + b"\1"),
        ("malformed", padded(PLAIN)[:-1] + b"X"),
        ("malformed", padded(PLAIN)[: 4 + len(canonical(PLAIN))] + b"\1" + padded(PLAIN)[5 + len(canonical(PLAIN)) :]),
        ("malformed", (2**32 - 1).to_bytes(4, "big") + padded(PLAIN)[4:]),
        ("malformed", padded(b"{ }")),
        ("malformed", padded(b"")),
        ("malformed", padded([])),
        ("malformed", padded(PLAIN | {"name": "x"})),
        ("malformed", padded(PLAIN | {"choices": []})),
        ("malformed", padded(PLAIN | {"choices": {"org": "070912"}})),
        ("malformed", padded(PLAIN | {"choices": {"org": [7, 9, 12]}})),
        ("malformed", padded(PLAIN | {"choices": {"org": ["09", "07", "12"]}})),
        ("other_poll", padded(PLAIN | {"poll": "00" * 16})),
        ("other_poll", padded(PLAIN | {"poll": "00" * 16, "choices": None})),
        ("declared", padded(PLAIN | {"choices": None})),
        ("other_poll", padded(PLAIN | {"rules": "00" * 32})),
        ("too_few", padded(PLAIN | {"choices": {"org": ["07", "12"]}})),
        ("too_many", padded(PLAIN | {"choices": {"org": ["04", "07", "09", "12"]}})),
        ("twice", padded(PLAIN | {"choices": {"org": ["07", "07", "12"]}})),
        ("unknown_candidate", padded(PLAIN | {"choices": {"org": ["07", "09", "99"]}})),
    ],
)
def test_what_is_opened_and_is_no_ballot_is_void_for_a_reason(reason, plaintext):
    with pytest.raises(Void) as void:
        PAPER.decode(plaintext)
    assert void.value.code == reason


def test_a_paper_that_was_found_void_is_sealed_like_any_other_and_says_so_inside():
    sealed = PAPER.seal_void()
    assert len(sealed) == len(PAPER.seal(PLAIN["choices"]))
    assert PAPER.open(polls.HOLDERS_KEY, sealed) == padded(PLAIN | {"choices": None})


def test_the_plain_ballot_of_these_tests_counts():
    assert PAPER.decode(padded(PLAIN)) == PLAIN["choices"]


def spoilt(envelope: bytes, at: int) -> bytes:
    return envelope[:at] + bytes([envelope[at] ^ 1]) + envelope[at + 1 :]


@pytest.mark.parametrize("at", [0, 1, 64, 65, 200, -1 + PAPER.envelope_size])
def test_a_changed_envelope_does_not_open(at):
    with pytest.raises(Void) as void:
        PAPER.open(polls.HOLDERS_KEY, spoilt(PAPER.seal(CHOICES), at))
    assert void.value.code == "cannot_open"


def test_an_envelope_opens_in_its_poll_alone_and_with_its_key_alone():
    envelope = PAPER.seal(CHOICES)
    other = polls.entry(rules=polls.rules(closes="2026-03-16T09:31:00Z"))
    for entry, key, sealed in (
        (other, polls.HOLDERS_KEY, envelope),
        (ENTRY, derive_private_key(8, SECP256R1()), envelope),
        (ENTRY, polls.HOLDERS_KEY, envelope[:-1]),
        (ENTRY, polls.HOLDERS_KEY, envelope + b"\0"),
    ):
        with pytest.raises(Void) as void:
            ballot.open_(entry, key, sealed)
        assert void.value.code == "cannot_open"


def test_a_key_that_is_no_point_cannot_be_sealed_to():
    with pytest.raises(VerivoteError) as refused:
        ballot.seal(ENTRY | {"key": "04" + "22" * 64}, CHOICES)
    assert refused.value.code == "sealing_key"
