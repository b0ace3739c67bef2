"""Keys: any two of three holders open, nobody alone; an observer's key opens with its passphrase."""

from __future__ import annotations

import stat
from itertools import combinations
from pathlib import Path

import pytest

from verivote import holders, keys, locked, observers
from verivote.canonical import canonical, read
from verivote.errors import VerivoteError

WORDS = {"张三": "correct horse battery", "李四": "白日依山尽黄河入海流欲穷", "王五": "staple staple staple"}
MADE = "2026-03-10T02:00:00Z"


@pytest.fixture(scope="module", autouse=True)
def quick():
    """Keys from passphrases in no time."""
    scrypt = locked.hashlib.scrypt
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(locked.hashlib, "scrypt", lambda *it, n, **more: scrypt(*it, n=2, **more))
        yield scrypt


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return holders.make(WORDS, MADE)


def code_of(work, *arguments) -> tuple[str, object]:
    with pytest.raises(VerivoteError) as refused:
        work(*arguments)
    return refused.value.code, refused.value.facts.get("name")


def test_any_two_of_three_open(files):
    public = read(files["public.json"])
    assert public == {"key": public["key"], "holders": list(WORDS), "made": MADE}
    pairs = dict(zip(("AB.key", "AC.key", "BC.key"), combinations(WORDS, 2), strict=True))
    assert set(files) == {"public.json", *pairs}
    for name, (first, second) in pairs.items():
        assert holders.pair_of(files[name]) == (first, second)
        opened = holders.open_key(files[name], WORDS[first], WORDS[second])
        assert keys.sealing_hex(opened) == public["key"]


def test_one_alone_opens_nothing_and_the_wrong_passphrase_is_named(files):
    file, wrong = files["AC.key"], "no passphrase of mine"
    assert code_of(holders.open_key, file, WORDS["张三"], WORDS["张三"]) == ("passphrase_wrong", "王五")
    assert code_of(holders.open_key, file, WORDS["王五"], WORDS["王五"]) == ("passphrase_wrong", "张三")
    assert code_of(holders.open_key, file, wrong, WORDS["王五"]) == ("passphrase_wrong", "张三")
    assert code_of(holders.open_key, file, WORDS["李四"], WORDS["李四"]) == ("passphrase_wrong", "王五")


def test_a_passphrase_is_the_same_however_its_letters_are_composed():
    words = {"A": "café café café", "B": "123456789012", "C": "abcdefghijkl"}
    made = holders.make(words, MADE)
    assert holders.open_key(made["AB.key"], "cafe\u0301 cafe\u0301 cafe\u0301", words["B"])


def changed(data: bytes, **changes) -> bytes:
    return canonical(read(data) | changes)


def test_a_key_file_that_was_changed_does_not_open(files):
    file = files["AB.key"]
    for wrong in (changed(file, key="04" * 65), changed(file, holders=["张三", "某某"])):
        assert code_of(holders.open_key, wrong, WORDS["张三"], WORDS["李四"])[0] == "passphrase_wrong"
    assert code_of(holders.open_key, changed(file, format=2), "", "")[0] == "not_one_of"
    assert code_of(holders.pair_of, b"{}")[0] == "not_record"
    assert code_of(holders.pair_of, b"")[0] == "not_canonical"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("three_holders", {"A": "123456789012", "B": "abcdefghijkl"}),
        ("three_holders", {}),
        ("passphrases_alike", {"A": "123456789012", "B": "abcdefghijkl", "C": "abcdefghijkl"}),
        ("passphrase_short", {"A": "123456789012", "B": "abcdefghijkl", "C": "abcdefghijk"}),
        ("not_text", {"A": "123456789012", "B": "abcdefghijkl", "": "abcdefghijkm"}),
    ],
)
def test_keys_that_would_not_be_safe_are_not_made(code, words):
    assert code_of(holders.make, words, MADE)[0] == code


@pytest.mark.parametrize("short", "ABC")
def test_it_is_said_whose_passphrase_is_too_short(short: str):
    words = {"A": "123456789012", "B": "abcdefghijkl", "C": "ABCDEFGHIJKL"}
    with pytest.raises(VerivoteError) as refused:
        holders.make(words | {short: "x" * 11}, MADE)
    assert refused.value.facts == {"name": short, "least": 12}


def test_what_is_no_file_of_a_key_is_named():
    for work in (holders.pair_of, observers.look):
        with pytest.raises(VerivoteError, match=r"^key file has"):
            work(b"{}")
    with pytest.raises(VerivoteError, match=r"^public\.made has"):
        holders.make(WORDS, "yesterday")


def test_files_are_for_their_owner_alone_and_never_overwritten(files, tmp_path: Path):
    holders.write(tmp_path, files)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == files
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}
    (tmp_path / "AB.key").unlink()
    there = sorted(str(path) for path in tmp_path.iterdir())
    assert code_of(holders.write, tmp_path, files) == ("file_there", str(tmp_path / "public.json"))
    assert sorted(str(path) for path in tmp_path.iterdir()) == there
    assert code_of(holders.write, tmp_path, {"AC.key": b""}) == ("file_there", str(tmp_path / "AC.key"))
    assert code_of(locked.put, tmp_path / "AC.key", b"") == ("file_there", str(tmp_path / "AC.key"))
    assert code_of(holders.write, tmp_path / "none", files) == ("no_file", str(tmp_path / "none" / "public.json"))


def test_a_lost_holder_is_no_loss(files):
    assert holders.open_key(files["BC.key"], WORDS["李四"], WORDS["王五"])
    assert holders.open_key(files["AC.key"], WORDS["张三"], WORDS["王五"])


def test_a_try_at_a_passphrase_costs_32_megabytes(quick, monkeypatch):
    asked = []
    monkeypatch.setattr(locked.hashlib, "scrypt", lambda *it, **more: asked.append(more) or quick(*it, **more))
    secret = locked.lock(b"secret", WORDS["张三"], b"", "张三")
    assert locked.unlock(secret, WORDS["张三"], b"", "张三") == b"secret"
    assert {(each["n"], each["r"], each["p"]) for each in asked} == {(2**15, 8, 1)}


# == observers ==
def test_an_observer_signs_with_a_key_of_their_own():
    data = observers.make("陈明", "a long passphrase")
    name, private = observers.open_key(data, "a long passphrase")
    assert (name, keys.signer_hex(private)) == ("陈明", observers.look(data)["signer"])
    assert code_of(observers.open_key, data, "another passphrase") == ("passphrase_wrong", "陈明")
    assert code_of(observers.open_key, changed(data, name="李芳"), "a long passphrase") == ("passphrase_wrong", "李芳")
    assert code_of(observers.make, "陈明", "short")[0] == "passphrase_short"
    assert code_of(observers.look, b"[]")[0] == "not_record"
    head, result = {"size": 1}, {"counted": 1}
    signature = observers.sign(name, private, {"format": 1}, head, result)
    assert observers.holds(signature, observers.message({"format": 1}, head, result))
    assert not observers.holds(signature, observers.message({"format": 1}, head, {"counted": 2}))
