"""Opening and counting: the same under any order and any number of processes; only numbers come out."""

from __future__ import annotations

import random
from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key

from verivote import archive, count, recount
from verivote.ballot import SUITE, Paper
from verivote.canonical import canonical
from verivote.errors import VerivoteError

from . import polls
from .voting import COUNTING, counting_envelopes, voting

ENTRY = polls.entry()
PAPER = Paper(ENTRY)
NOTHING = {"format": 1, "superseded": 0, "set_aside": {}, "withdrawn": []}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "counting.zip"


def code_of(work, *arguments) -> str:
    with pytest.raises(VerivoteError) as refused:
        work(*arguments)
    assert refused.value.facts.get("size", PAPER.envelope_size) == PAPER.envelope_size
    return refused.value.code


def sealed(plaintext: bytes) -> bytes:
    return SUITE.encrypt(plaintext, polls.HOLDERS_KEY.public_key(), info=PAPER.info)


def by_hand(**choices) -> bytes:
    """An envelope with choices that the page would not seal: 2 and 8 of them, say."""
    text = canonical({"poll": polls.POLL, "rules": PAPER.hash.hex(), "choices": choices})
    return sealed((len(text).to_bytes(4, "big") + text).ljust(PAPER.size, b"\0"))


def test_the_count_is_that_of_a_plain_loop(path: Path):
    envelopes = counting_envelopes()
    count.write(path, ENTRY, envelopes, NOTHING)
    votes = Counter()
    for each in envelopes:
        for group, ids in PAPER.decode(PAPER.open(polls.HOLDERS_KEY, each)).items():
            votes.update((group, id) for id in ids)
    tally = count.count(path, polls.HOLDERS_KEY, processes=1)
    assert {(group, id): n for group, ids in tally.tallies.items() for id, n in ids.items()} == votes
    assert (tally.void, tally.envelopes, tally.counted) == ({}, 39, 39)
    assert set(tally.as_record()) == {"tallies", "void", "envelopes", "counted"}


def test_order_and_number_of_processes_do_not_matter(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(count, "BATCH", 7)
    envelopes = counting_envelopes()
    files = [tmp_path / "one.zip", tmp_path / "two.zip"]
    for file in files:
        count.write(file, ENTRY, envelopes, COUNTING)
        random.Random(1).shuffle(envelopes)
    assert files[0].read_bytes() == files[1].read_bytes()
    tallies = [count.count(files[0], polls.HOLDERS_KEY, processes=n) for n in (1, 2, None)]
    assert tallies == [tallies[0]] * 3
    assert tallies[0].tallies == voting().result["tallies"]


def test_batches_are_added_up(path: Path, monkeypatch):
    monkeypatch.setattr(count, "BATCH", 7)
    monkeypatch.setattr(archive, "CHUNK", 1)
    count.write(path, ENTRY, counting_envelopes(), COUNTING)
    with archive.opened(path, count.MOST) as file:
        assert [len(each) for each in count._batches(file, PAPER.envelope_size)] == [7, 7, 7, 7, 7, 4]
    tally = count.count(path, polls.HOLDERS_KEY, processes=1)
    assert (tally.counted, tally.tallies) == (39, voting().result["tallies"])


def test_void_ballots_are_counted_by_their_reason_and_no_more(path: Path):
    changed = bytearray(PAPER.seal({"org": ["07", "12", "09"]}))
    changed[100] ^= 1
    envelopes = [
        by_hand(org=["07", "12"]),
        by_hand(org=["04", "07", "09", "12", "15"], people=["11", "20", "3"]),
        by_hand(org=["07", "07", "12"]),
        by_hand(org=["07", "09", "xx"]),
        by_hand(units=[]),
        sealed(b"no ballot".ljust(PAPER.size)),
        Paper(polls.entry(rules=polls.rules(title="别的"))).seal({"org": ["07", "12", "09"]}),
        bytes(changed),
        PAPER.seal_void(),
        PAPER.seal({"org": ["07", "12", "09"], "people": ["3"]}),
    ]
    count.write(path, ENTRY, envelopes, NOTHING)
    tally = count.count(path, polls.HOLDERS_KEY, processes=1)
    assert tally.void == {
        "too_few": 1,
        "too_many": 1,
        "twice": 1,
        "unknown_candidate": 1,
        "unknown_group": 1,
        "malformed": 1,
        "declared": 1,
        "cannot_open": 2,
    }
    assert (tally.envelopes, tally.counted) == (10, 1)
    assert tally.tallies == {
        "org": {"07": 1, "12": 1, "04": 0, "09": 1, "15": 0},
        "people": {"3": 1, "11": 0, "20": 0},
    }


def test_a_choice_of_who_withdrew_falls_away_and_the_ballot_counts(path: Path):
    withdrawn = [{"group": "org", "candidate": "15"}]
    envelopes = [PAPER.seal({"org": ["15", "12", "09"], "people": ["3"]})]
    count.write(path, ENTRY, envelopes, NOTHING | {"withdrawn": withdrawn})
    tally = count.count(path, polls.HOLDERS_KEY, processes=1)
    assert tally.tallies["org"] == {"07": 0, "12": 1, "04": 0, "09": 1, "15": 0}
    assert (tally.counted, tally.void) == (1, {})


def test_no_envelope_is_a_count_of_nothing(path: Path):
    count.write(path, ENTRY, [], NOTHING)
    assert count.count(path, polls.HOLDERS_KEY, processes=2).envelopes == 0


def test_another_key_is_told_before_anything_is_opened(path: Path):
    count.write(path, ENTRY, counting_envelopes(), NOTHING)
    assert code_of(count.count, path, derive_private_key(8, SECP256R1())) == "other_key"


@pytest.mark.parametrize("spoil", [lambda all: [*all, all[0]], lambda all: [all[0][:-1]], lambda all: [*all, b""]])
def test_envelopes_that_stand_twice_or_are_of_another_size_are_not_written(spoil, path: Path):
    assert code_of(count.write, path, ENTRY, spoil(counting_envelopes()), NOTHING) == "envelopes"


def put(path: Path, envelopes: bytes, counting: object = NOTHING) -> Path:
    parts = {"entry.json": canonical(ENTRY), "counting.json": canonical(counting), "envelopes.bin": envelopes}
    archive.write(path, parts.items())
    return path


def test_a_counting_file_that_was_changed_is_refused(path: Path):
    one, two = sorted(counting_envelopes()[:2], key=lambda each: sha256(each).digest())
    for wrong in (two + one, one + one, one + two[:-1]):
        assert code_of(count.count, put(path, wrong), polls.HOLDERS_KEY, 1) == "envelopes"
    assert count.count(put(path, one + two), polls.HOLDERS_KEY, 1).envelopes == 2
    wrong = NOTHING | {"superseded": -1}
    with pytest.raises(VerivoteError, match=r"^counting\.superseded has"):
        count.count(put(path, b"", wrong), polls.HOLDERS_KEY, 1)
    with pytest.raises(VerivoteError, match=r"^counting\.superseded has"):
        count.write(path, ENTRY, [], wrong)


# == the observers' side ==
@pytest.fixture
def bundle_path(tmp_path: Path) -> Path:
    return voting().write(tmp_path / "bundle.zip")


def test_what_was_counted_stands_in_the_log(path: Path, bundle_path: Path):
    count.write(path, ENTRY, counting_envelopes(), COUNTING)
    recount.check_counted(path, bundle_path)


def test_an_envelope_put_in_or_left_out_is_found(path: Path, bundle_path: Path):
    stuffed = PAPER.seal({"org": ["07", "12", "09"]})
    count.write(path, ENTRY, [*counting_envelopes()[1:], stuffed], COUNTING)
    assert code_of(recount.check_counted, path, bundle_path) == "envelope_not_logged"
    count.write(path, ENTRY, counting_envelopes()[1:], COUNTING)
    assert code_of(recount.check_counted, path, bundle_path) == "envelopes_missing"
    count.write(path, ENTRY, counting_envelopes(), COUNTING | {"superseded": 7})
    assert code_of(recount.check_counted, path, bundle_path) == "envelopes_missing"


def test_a_counting_file_of_another_poll_is_told(path: Path, bundle_path: Path):
    count.write(path, polls.entry(rules=polls.rules(title="别的")), [], COUNTING)
    assert code_of(recount.check_counted, path, bundle_path) == "other_poll"
