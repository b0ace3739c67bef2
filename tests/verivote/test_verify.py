"""Whatever is done to a bundle is found, by the check that names it; and what was not touched holds."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from verivote import archive, bundle, merkle
from verivote.canonical import canonical
from verivote.entry import entry_hash
from verivote.errors import VerivoteError
from verivote.receipt import number
from verivote.verify import Check, check_receipt, verify

from . import polls
from .attacks import FORGED, REMADE
from .conftest import said
from .voting import Voting, voting

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bundle.zip"


def remade(it: Voting) -> Voting:
    return it.work_out().sign()


# == attacks ==
@pytest.mark.parametrize("name", FORGED)
def test_what_is_changed_without_a_key_is_found(name: str, path: Path):
    attack, codes = FORGED[name]
    it = voting()
    attack(it)
    report = verify(it.write(path))
    assert report.failed == codes
    assert len({*said(report.checks), *said(report.checks, "zh")}) == 2 * len(report.checks)


@pytest.mark.parametrize("name", REMADE)
def test_what_the_server_itself_signs_is_found_where_it_contradicts_itself(name: str, path: Path):
    attack, codes = REMADE[name]
    it = voting()
    attack(it)
    report = verify(remade(it).write(path))
    assert report.failed == codes
    assert len({*said(report.checks), *said(report.checks, "zh")}) == 2 * len(report.checks)


def test_every_check_says_in_two_languages_whether_it_holds(path: Path):
    it = voting()
    sound = verify(it.write(path), heads=[it.heads[3]], receipt=it.receipt(7))
    assert (sound.ok, sound.failed, len(sound.checks)) == (True, [], 25)
    it.records[7] = it.records[6]
    wrong = verify(it.write(path))
    for report in (sound, wrong):
        for check in report.checks:
            assert check.sentence("en") != check.sentence("zh")
    told = {check.code: check.sentence() for check in wrong.checks}
    assert told["once"] == "An envelope stands in the log twice. The second time is record 7."
    assert {check.code: check.sentence("zh") for check in wrong.checks}["once"] == (
        "有一张密封选票在日志里出现了两次。第二次是第7条。"
    )


SOUND = [
    "The bundle is whole: 53 records.",
    "“闪光言行之星”, poll 5f0c5f0c5f0c5f0c5f0c5f0c5f0c5f0c: a poll can be held so.",
    "Rules, key and observers are those with which the log begins: HASH.",
    "Every record is of a kind that is known.",
    "6 contents of records are published, and are those of the log.",
    "It was closed once, at the minute of the rules: 2026-03-16T09:30:00Z.",
    "46 envelopes, none twice.",
    "18 heads, all signed by the server of this poll.",
    "The log only grew.",
    "Every head was computed again from the records: nothing was changed, left out or put in another order.",
    "While it was open, a head was published each hour.",
    "The final head of 2026-03-16T09:30:02Z stands over all 53 records: HASH.",
    "1 heads from elsewhere are signed by the server of this poll.",
    "1 heads from elsewhere are of this very log.",
    "The result has every number that has to be published.",
    "46 envelopes = 39 counted + 0 void + 6 cast again + 1 set aside.",
    "The votes fit 39 ballots.",
    "40 people cast, by channels of the rules.",
    "Of 61 on the roll 40 cast, told for 1 units of at least 20.",
    "Changes of the roll are published by unit and day: 2 added, 1 removed.",
    "2 steps of the rules were worked out again, with the same outcome; 0 places are undecided.",
    "2 observers signed: 李芳 · 陈明.",
    "Receipt NUMBER is signed by the server of this poll.",
    "The log of the receipt, 10 records long, is the beginning of this log.",
    "The envelope of the receipt stands in this log, at 7.",
]


def test_what_holds_is_said_with_its_numbers(path: Path):
    it = voting()
    report = verify(it.write(path), heads=[it.heads[3]], receipt=it.receipt(7))
    told = [re.sub("[0-9a-f]{64}", "HASH", each) for each in said(report.checks)]
    assert [each.replace(number(it.receipt(7)), "NUMBER") for each in told] == SOUND


def test_heads_an_hour_apart_and_one_of_the_closing_minute_are_soon_enough(path: Path):
    it = voting()
    hours = [(1, f"2026-03-16T{hour:02}:00:00Z") for hour in range(2, 10)]
    it.sizes = [*hours, (len(it.records), it.entry["rules"]["closes"])]
    assert verify(remade(it).write(path)).failed == []
    del it.sizes[3]
    assert verify(remade(it).write(path)).failed == ["heads_hourly"]


def test_a_unit_of_which_all_have_voted_is_no_fault(path: Path):
    it = voting()
    it.result["turnout"] = [{"unit": "大唐街道", "roll": 30, "cast": 30}]
    it.result["rest"] = {"units": 2, "roll": 31, "cast": 10}
    assert verify(remade(it).write(path)).failed == []
    it.result["rest"] = {"units": 2, "roll": 25, "cast": 26}
    wrong = verify(remade(it).write(path))
    assert wrong.failed == ["turnout"]
    assert wrong.checks[[each.code for each in wrong.checks].index("turnout")].why.facts["unit"] == "…"


def test_the_report_brings_what_the_bundle_says(path: Path):
    it = voting()
    report = verify(it.write(path))
    assert (report.entry, report.leaves, report.head, report.result) == (
        it.entry,
        53,
        it.heads[-1]["head"],
        it.result,
    )


def test_the_hash_of_the_entry_is_told(path: Path):
    it = voting()
    told = {check.code: check.facts for check in verify(it.write(path)).checks}
    assert told["entry_first"] == {"hash": entry_hash(it.entry).hex()}


def test_ties_that_wait_for_the_draw_are_no_fault(path: Path):
    it = voting()
    it.result["draw"] = None
    it.result["tallies"]["people"] = {"3": 15, "11": 15, "20": 11}
    report = verify(remade(it).write(path))
    assert report.ok
    assert next(check.facts for check in report.checks if check.code == "steps") == {"number": 2, "undecided": 3}


def test_a_poll_without_envelopes_and_with_a_rest_alone_can_be_checked(path: Path):
    it = voting()
    it.records = [each for each in it.records if each[0] != 1]
    it.contents = [(at, content) for at, (_, content) in enumerate(it.contents, 1)]
    it.sizes = [(min(size, len(it.records)), moment) for size, moment in it.sizes]
    none = {group: dict.fromkeys(votes, 0) for group, votes in it.result["tallies"].items()}
    it.result |= {"tallies": none, "counted": 0, "superseded": 0, "set_aside": {}, "by_channel": {}, "turnout": []}
    it.result["rest"] = {"units": 3, "roll": 61, "cast": 0}
    assert verify(remade(it).write(path)).failed == []


# == forks ==
def other_log() -> Voting:
    """The same poll, as the server shows it to another observer: one envelope is another."""
    it = voting()
    it.records[7] = b"\1" + bytes(32)
    return remade(it)


def test_a_fork_for_two_observers_is_found_by_the_head_of_either(path: Path):
    one, two = voting(), other_log()
    assert verify(one.write(path)).ok
    assert verify(one.write(path), heads=[two.heads[1]]).ok  # before the logs part, both are one
    for mine, theirs in ((one, two), (two, one)):
        assert verify(mine.write(path), heads=[theirs.heads[-1]]).failed == ["fork"]


def test_a_log_that_was_cut_back_is_found_by_a_later_head(path: Path):
    it = voting()
    longer = voting()
    longer.records.append(b"\1" + bytes(32))
    assert verify(it.write(path), heads=[longer.head(54, "2026-03-16T09:30:09Z")]).failed == ["fork"]


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        [],
        {"head": None},
        {"head": {"size": 3}},
        {"head": {"size": True, "root": "00"}},
        {"head": {"size": -1, "root": "00"}, "signature": ""},
    ],
)
def test_what_is_no_head_is_told(wrong, path: Path):
    assert verify(voting().write(path), heads=[wrong]).failed == ["elsewhere"]


def test_a_head_that_somebody_made_up_is_no_fork(path: Path):
    it = voting()
    made_up = it.heads[3] | {"signature": "00" * 64}
    assert verify(it.write(path), heads=[made_up]).failed == ["elsewhere"]
    of_other = polls.receipt_of(b"", poll="00" * 16)["signed_head"]
    assert "elsewhere" in verify(it.write(path), heads=[of_other]).failed


# == receipts ==
@pytest.mark.parametrize("index", [1, 7, 20, 49])
def test_a_receipt_stands_in_the_log(index: int, path: Path):
    it = voting()
    report = check_receipt(it.receipt(index), it.write(path))
    assert [each.code for each in report.checks] == [
        "format",
        "entry",
        "entry_first",
        "receipt",
        "receipt_log",
        "receipt_leaf",
    ]
    assert report.ok


def test_a_receipt_may_be_of_a_head_that_was_not_published(path: Path):
    it = voting()
    own = it.head(9, "2026-03-16T01:33:07Z")
    assert own["head"]["size"] not in {each["head"]["size"] for each in it.heads}
    hashes = [merkle.leaf_hash(each) for each in it.records[:9]]
    receipt = it.receipt(7) | {"signed_head": own, "proof": [each.hex() for each in merkle.inclusion(hashes, 7)]}
    assert check_receipt(receipt, it.write(path)).failed == []
    assert verify(path, receipt=receipt).failed == []


def test_a_receipt_of_another_poll_is_told(path: Path):
    other = polls.receipt_of(b"an envelope") | {"poll": "00" * 16}
    report = check_receipt(other, voting().write(path))
    assert (report.failed, report.checks[-1].why.code) == (["receipt"], "receipt_poll")


@pytest.mark.parametrize("wrong", [None, [], {}, "VERIVOTE1:", {"index": 7, "signed_head": 5}])
def test_what_is_no_receipt_is_told(wrong, path: Path):
    assert check_receipt(wrong, voting().write(path)).failed == ["receipt"]


def test_an_envelope_that_vanished_is_found_by_its_receipt(path: Path):
    receipt = voting().receipt(7)
    report = check_receipt(receipt, other_log().write(path))
    assert report.failed == ["receipt_log", "receipt_leaf"]
    assert verify(other_log().write(path), receipt=receipt).failed == ["receipt_log", "receipt_leaf"]


def test_a_receipt_of_changed_rules_is_told(path: Path):
    it = voting()
    receipt = it.receipt(7)
    it.entry["rules"]["title"] = "别的"
    assert check_receipt(receipt, it.write(path)).failed == ["entry_first"]


def test_a_receipt_of_a_poll_that_is_none_is_not_looked_at(path: Path):
    it = voting()
    receipt = it.receipt(7)
    it.entry["format"] = 2
    assert check_receipt(receipt, it.write(path)).failed == ["entry"]
    assert verify(path, receipt=receipt).failed == ["entry"]


# == files ==
def test_the_same_content_is_the_same_bytes(path: Path):
    it = voting()
    first = it.write(path).read_bytes()
    file = io.BytesIO()
    it.write(file)
    assert file.getvalue() == first
    assert verify(file).ok
    with zipfile.ZipFile(path) as common:
        assert common.testzip() is None
        assert common.namelist() == list(bundle.MOST)


@pytest.mark.parametrize("left", [0, 1, 21, 22, 300, 2000, -1, -2, -22, -300])
def test_a_bundle_that_was_cut_short_is_told(left: int, path: Path):
    whole = voting().write(path).read_bytes()
    path.write_bytes(whole[:left])
    report = verify(path)
    assert (report.failed, report.checks[0].why.code) == (["format"], "archive_form")


def test_every_flipped_bit_of_the_frame_and_of_the_leaves_is_found(path: Path):
    it = voting()
    whole = it.write(path).read_bytes()
    leaves = whole.index(b"leaves.bin") + 10
    tail = len(whole) - 22 - sum(46 + len(name) for name in bundle.MOST)
    for at in [*range(0, 30), *range(leaves - 40, leaves + 40), *range(tail, len(whole))]:
        spoilt = bytearray(whole)
        spoilt[at] ^= 1
        assert verify(io.BytesIO(bytes(spoilt))).failed == ["format"], at


def test_a_bundle_packed_by_another_program_is_told(path: Path):
    it = voting()
    it.write(path)
    with zipfile.ZipFile(path) as sound:
        parts = [(name, sound.read(name)) for name in sound.namelist()]
    for compression, members in (
        (zipfile.ZIP_DEFLATED, parts),
        (zipfile.ZIP_STORED, parts[::-1]),
        (zipfile.ZIP_STORED, [*parts, ("more.json", b"{}")]),
        (zipfile.ZIP_STORED, parts[:-1]),
    ):
        with zipfile.ZipFile(path, "w", compression) as other:
            for name, data in members:
                other.writestr(name, data)
        assert verify(path).failed == ["format"]


PARTS = {"entry", "contents", "heads", "result", "signatures"}


def raw(path: Path, **members: bytes) -> Path:
    """A bundle with members as they are given."""
    it = voting()
    sound = {
        "entry.json": canonical(it.entry),
        "leaves.bin": b"".join(it.records),
        "contents.jsonl": b"".join(canonical({"index": at, "content": each}) + b"\n" for at, each in it.contents),
        "heads.jsonl": b"".join(canonical(each) + b"\n" for each in it.heads),
        "result.json": canonical(it.result),
        "signatures.jsonl": b"".join(canonical(each) + b"\n" for each in it.signatures),
    }
    changed = {name.replace("_", "."): data for name, data in members.items()}
    archive.write(path, (sound | changed).items())
    return path


@pytest.mark.parametrize(
    ("members", "codes", "why"),
    [
        ({}, [], None),
        ({"leaves_bin": b""}, ["format"], "leaves_cut"),
        ({"leaves_bin": b"\1" * 34}, ["format"], "leaves_cut"),
        ({"heads_jsonl": b"{}"}, ["format"], "line_open"),
        ({"heads_jsonl": b"{}\n"}, ["format"], "not_record"),
        ({"heads_jsonl": b"\n"}, ["format"], "not_canonical"),
        ({"heads_jsonl": b"1" * 70_000 + b"\n"}, ["format"], "line_long"),
        ({"heads_jsonl": b"1" * 70_000}, ["format"], "line_long"),
        ({"signatures_jsonl": b"[]\n"}, ["format"], "not_record"),
        ({"contents_jsonl": b'{"content":{},"index":0}\n'}, ["format"], "not_number"),
        ({"contents_jsonl": b'{"content":[],"index":1}\n'}, ["format"], "not_record"),
        ({"entry_json": b"{ }"}, ["entry"], "not_canonical"),
        ({"entry_json": b"[" * 5000}, ["entry"], "not_canonical"),
        ({"entry_json": b"[]"}, ["entry"], "not_record"),
        ({"result_json": b"{}"}, ["result"], "not_record"),
        ({"result_json": b"\xff"}, ["result"], "not_canonical"),
        ({"signatures_jsonl": b"1" * (1 + (1 << 20))}, ["format"], "archive_large"),
    ],
)
def test_members_that_are_not_what_they_should_be_are_told(members, codes, why, path: Path):
    report = verify(raw(path, **members))
    assert report.failed == codes
    assert [check.why.code for check in report.checks if check.why] == ([why] if why else [])
    for check in report.checks:
        if check.why and "where" in check.why.facts:
            assert check.why.facts["where"].split("[")[0].split(".")[0] in PARTS


def test_a_file_that_is_not_there_is_told(tmp_path: Path):
    report = verify(tmp_path / "none.zip")
    assert report.checks == [Check("format", False, {}, report.checks[0].why)]
    assert (report.checks[0].why.code, report.checks[0].why.facts["name"]) == ("no_file", str(tmp_path / "none.zip"))
    assert (report.ok, report.result) == (False, None)


def test_progress_is_told(path: Path):
    seen: list[tuple[int, int]] = []
    verify(voting().write(path), progress=lambda done, of: seen.append((done, of)))
    check_receipt(voting().receipt(7), path, progress=lambda done, of: seen.append((done, of)))
    assert seen == [(53, 53)] * 2


# A bundle of 1 GB, written sparsely, and verified by a process that may not take 100 MB beyond what Python takes.
FEW = """
import sys
from bench.figure import peak_mb
from verivote.verify import verify
before = peak_mb()
report = verify(sys.argv[1])
print(report.failed, report.checks[0].why.code, round(peak_mb() - before))
"""


def frame(sizes: dict[str, int]) -> tuple[bytes, int, bytes]:
    """The first header of a bundle whose members say that they have these sizes, where its directory begins, and it."""
    begin, central = 0, b""
    for name, size in sizes.items():
        central += archive._central(name, 0, size, begin)
        begin += 30 + len(name) + size
    end = archive.END.pack(b"PK\5\6", 0, 0, len(sizes), len(sizes), len(central), begin, 0)
    first = next(iter(sizes))
    return archive._local(first, 0, sizes[first]), begin, central + end


@pytest.mark.parametrize(
    ("large", "why"),
    [
        ("", "archive_form"),
        ("entry.json", "archive_large"),
        ("result.json", "archive_large"),
        ("leaves.bin", "archive_large"),
    ],
)
def test_a_bundle_of_a_gigabyte_is_refused_at_once(large: str, why: str, path: Path):
    head, begin, tail = frame({name: 1 << 30 if name == large else 33 for name in bundle.MOST})
    with path.open("wb") as file:
        file.write(head)
        file.truncate(begin if large else 1 << 30)
        file.seek(0, io.SEEK_END)
        file.write(tail if large else b"")
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", FEW, path], cwd=ROOT, capture_output=True, text=True, check=True)
    assert time.monotonic() - began < 5
    told, grown = done.stdout.rsplit(" ", 1)
    assert told == f"['format'] {why}"
    assert int(grown) < 100


def test_what_is_written_too_large_is_refused(monkeypatch, path: Path):
    monkeypatch.setattr(archive, "GREATEST", 40)
    with pytest.raises(VerivoteError) as refused:
        archive.write(path, [("a", [b"1" * 20, b"2" * 20])])
    assert refused.value.code == "archive_large"
