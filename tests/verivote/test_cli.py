"""The command line: exit code 0 only if all holds, sentences in two languages, and a whole poll by it alone."""

from __future__ import annotations

import json
import re
import runpy
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from verivote import archive, ballot, cli, compare, count, locked, log, receipt
from verivote.canonical import canonical
from verivote.errors import VerivoteError
from verivote.shape import moment
from verivote.verify import Check

from . import polls
from .attacks import ANOTHER
from .conftest import said
from .voting import COUNTING, counting_envelopes, voting

WORDS = {
    "张三": "123456789012",
    "李四": "abcdefghijkl",
    "王五": "白日依山尽黄河入海流欲穷",
    "陈明": "observer one 1",
    "李芳": "observer two 2",
}


@pytest.fixture
def typed(monkeypatch):
    """What somebody types when they are asked for a passphrase: the one of the holder who is named."""
    words = dict(WORDS)
    last = [""]

    def answer(question: str) -> str:
        name = next((name for name in words if name in question), None)
        last[0] = words[name] if name else words.get("again", last[0])
        return last[0]

    monkeypatch.setattr(cli.getpass, "getpass", answer)
    return words


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Keys from passphrases in no time."""
    scrypt = locked.hashlib.scrypt
    monkeypatch.setattr(locked.hashlib, "scrypt", lambda *it, n, **more: scrypt(*it, n=2, **more))


@pytest.fixture
def run(capsys):
    def run(*arguments: object) -> tuple[int, str, str]:
        code = cli.main([str(each) for each in arguments])
        return (code, *capsys.readouterr())

    return run


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return voting().write(tmp_path / "bundle.zip")


def test_verify_says_each_check_and_what_nothing_can_show(run, bundle):
    code, out, _ = run("verify", bundle)
    lines = out.splitlines()
    assert code == 0
    assert lines[0] == "✓ format: The bundle is whole: 53 records."
    assert lines[-2:] == [
        "All 20 checks hold.",
        "What no bundle can show: that the envelopes hold what the tallies say. That rests on the observers.",
    ]
    assert all(line.startswith("✓ ") for line in lines[:-2])


def test_verify_fails_in_chinese(run, bundle):
    it = voting()
    it.records[7] = ANOTHER
    code, out, _ = run("--language", "zh", "verify", it.write(bundle))
    assert code == 1
    assert "✗ heads_roots: 记录不是签日志头时的记录。前10条算出来的，和签过名的日志头不同。" in out
    assert "1项对不上。" in out


def test_verify_takes_heads_from_elsewhere(run, bundle, tmp_path):
    head = tmp_path / "head.json"
    head.write_text(json.dumps(voting().heads[2], indent=2))
    code, out, _ = run("verify", bundle, "--head", head, "--head", head)
    assert code == 0 and "✓ fork: 2 heads from elsewhere" in out
    other = voting()
    other.records[3] = ANOTHER
    head.write_bytes(canonical(other.sign().heads[-1]))
    code, out, _ = run("verify", bundle, "--head", head)
    assert code == 1 and "✗ fork: The log was forked" in out
    for wrong in ("{", "[0.5]", "[" * 100_000):
        head.write_text(wrong)
        assert run("verify", bundle, "--head", head)[0] == 2


def test_check_receipt_takes_a_line_a_file_with_it_or_a_record(run, bundle, tmp_path):
    mine = voting().receipt(7)
    line = receipt.to_text(mine)
    assert run("check-receipt", line, bundle)[0] == 0
    for text in (line + "\n", json.dumps(mine)):
        (tmp_path / "receipt.txt").write_text(text)
        assert run("check-receipt", tmp_path / "receipt.txt", bundle)[0] == 0
    code, out, _ = run("check-receipt", receipt.to_text(polls.receipt_of(b"x") | {"leaf": "00" * 32}), bundle)
    assert code == 1 and "✗ receipt: " in out
    code, _, err = run("check-receipt", tmp_path / "none", bundle)
    assert code == 2 and "none cannot be opened: No such file or directory." in err
    assert run("check-receipt", "VERIVOTE1:0", bundle)[0] == 2


def remade(it):
    return it.work_out().sign()


def changed(path: Path, attack) -> Path:
    it = voting()
    attack(it)
    return it.write(path)


@pytest.mark.parametrize(
    ("attack", "failed"),
    [
        (lambda it: None, []),
        (lambda it: it.signatures.pop(), ["same_bytes"]),
        (lambda it: it.records.pop(), ["same_bytes"]),
        (lambda it: it.records.__setitem__(7, ANOTHER), ["same_bytes", "same_log"]),
        (lambda it: it.entry.update(signer="00" * 32), ["same_bytes", "same_entry"]),
        (lambda it: it.result.update(counted=1), ["same_bytes", "same_result"]),
    ],
)
def test_compare_says_in_what_two_bundles_differ(attack, failed, run, bundle, tmp_path):
    other = changed(tmp_path / "other.zip", attack)
    for pair in ((bundle, other), (other, bundle)):
        assert compare.compare(*pair).failed == failed
        code, out, _ = run("compare", *pair)
        assert code == bool(failed)
        assert [line.split()[1][:-1] for line in out.splitlines() if line.startswith("✗")] == failed
    other.write_bytes(b"")
    broken = compare.compare(bundle, other)
    assert broken.checks == [Check("format", False, {}, broken.checks[0].why)]
    assert said(broken.checks) == [
        "The bundle cannot be read. It is cut short, or was packed by another program. Fetch it again."
    ]
    assert "What no bundle can show" not in run("compare", bundle, bundle)[1]


def test_logs_are_compared_piece_by_piece_as_far_as_both_go(monkeypatch, bundle, tmp_path):
    shorter = changed(tmp_path / "other.zip", lambda it: it.records.pop())
    monkeypatch.setattr(archive, "CHUNK", 100)
    for pair in ((bundle, shorter), (shorter, bundle)):
        assert compare.compare(*pair).failed == ["same_bytes"]
    differs = changed(tmp_path / "other.zip", lambda it: it.records.__setitem__(40, ANOTHER))
    assert compare.compare(bundle, differs).failed == ["same_bytes", "same_log"]


def test_the_package_runs_as_a_module(monkeypatch, capsys, bundle):
    monkeypatch.setattr(sys, "argv", ["verivote", "verify", str(bundle)])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("verivote", run_name="__main__")
    assert ended.value.code == 0 and capsys.readouterr().out.startswith("✓ format")


def test_page_writes_out_the_page(run):
    code, out, _ = run("page")
    assert code == 0 and out.startswith("<!doctype html>")


# == holders and observers ==
def test_a_poll_by_the_command_line_alone(run, typed, tmp_path):
    code, out, _ = run("keygen", tmp_path, "--holder", "张三", "--holder", "李四", "--holder", "王五")
    assert code == 0 and "AB.key" in out
    assert run("keygen", tmp_path, "--holder", "张三", "--holder", "李四", "--holder", "王五")[0] == 2
    for name in ("陈明", "李芳"):
        code, out, _ = run("observer-key", tmp_path / f"{name}.key", "--name", name)
        assert code == 0 and name in out
    entry = polls.entry(
        key=json.loads((tmp_path / "public.json").read_bytes())["key"],
        observers=[
            {"name": name, "key": json.loads((tmp_path / f"{name}.key").read_bytes())["signer"]}
            for name in ("陈明", "李芳")
        ],
    )
    envelopes = [ballot.seal(entry, {"org": ["07", "12", "09"]}) for _ in range(40)]
    it = voting()
    closed = it.contents[4][1]
    it.entry, it.records, it.contents = (
        entry,
        [log.entry_record(entry), *map(log.envelope_record, envelopes)],
        [(41, closed)],
    )
    it.records.append(log.content_record(log.CLOSED, closed))
    it.sizes = [(min(size, 42), moment) for size, moment in it.sizes]
    counting = {"format": 1, "superseded": 0, "set_aside": {}, "withdrawn": []}
    count.write(tmp_path / "counting.zip", entry, envelopes, counting)
    it.result |= {"superseded": 0, "set_aside": {}, "roll_changes": [], "rest": {"units": 2, "roll": 20, "cast": 10}}
    it.heads = [it.head(size, moment) for size, moment in it.sizes]
    it.signatures = []
    path = it.write(tmp_path / "bundle.zip")

    code, out, err = run("count", tmp_path / "counting.zip", tmp_path / "AC.key", "--bundle", path, "--processes", 1)
    assert (code, err) == (
        0,
        "40 envelopes opened: 40 counted, 0 void.\n"
        "Every envelope counted stands in the log, and their number is right.\n",
    )
    tally = json.loads(out)
    it.result |= {"tallies": tally["tallies"], "counted": tally["counted"], "void": tally["void"]}
    it.work_out().write(path)
    for name in ("陈明", "李芳"):
        code, out, _ = run("sign", path, tmp_path / f"{name}.key")
        assert code == 0
        it.signatures.append(json.loads(out))
        it.write(path)
    assert run("verify", path)[0] == 0


def test_an_observer_signs_nothing_that_does_not_hold(run, typed, bundle, tmp_path):
    run("observer-key", tmp_path / "a.key", "--name", "陈明")
    it = voting()
    it.result["counted"] = 38
    code, out, _ = run("sign", it.write(bundle), tmp_path / "a.key")
    assert code == 1 and "✗ numbers" in out and "signature" not in out.splitlines()[-1]
    typed["陈明"] = "another passphrase"
    code, _, err = run("sign", voting().write(bundle), tmp_path / "a.key")
    assert (code, err) == (2, "The passphrase of 陈明 is wrong, or the file was changed.\n")


def test_who_asks_in_chinese_is_answered_in_chinese(run, typed, monkeypatch, tmp_path):
    def in_chinese(*arguments) -> str:
        code, out, err = run("--language", "zh", *arguments)
        told = [line for line in (out + err).splitlines() if not line.startswith("{")]
        assert code == 0 and told and not [line for line in told if not re.search("[一-鿿]", line)]
        return out

    asked = []
    answer = cli.getpass.getpass
    monkeypatch.setattr(cli.getpass, "getpass", lambda question: asked.append(question) or answer(question))
    in_chinese("keygen", tmp_path, "--holder", "张三", "--holder", "李四", "--holder", "王五")
    in_chinese("observer-key", tmp_path / "a.key", "--name", "陈明")
    it = voting()
    it.entry["key"] = json.loads((tmp_path / "public.json").read_bytes())["key"]
    it.records[0] = log.entry_record(it.entry)
    path = remade(it).write(tmp_path / "bundle.zip")
    in_chinese("verify", path)
    in_chinese("compare", path, path)
    counts = []
    tally = count.Tally({}, {}, 39, 39)
    monkeypatch.setattr(count, "count", lambda *given: counts.append(given[2]) or tally)
    monkeypatch.setattr(cli.recount, "check_counted", lambda *given: None)
    count.write(tmp_path / "counting.zip", it.entry, [], COUNTING)
    in_chinese("count", tmp_path / "counting.zip", tmp_path / "AB.key", "--bundle", path, "--processes", 3)
    assert counts == [3]
    assert [question for question in asked if not re.search("[一-鿿]{3}", question)] == []


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the clock of the process cannot be set here")
def test_the_moment_a_key_was_made_is_told_in_utc(run, typed, monkeypatch, tmp_path):
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        run("keygen", tmp_path, "--holder", "张三", "--holder", "李四", "--holder", "王五")
        assert receipt.from_text(receipt.to_text(voting().receipt(7))) == voting().receipt(7)
    finally:
        monkeypatch.undo()
        time.tzset()
    made = moment(json.loads((tmp_path / "public.json").read_bytes())["made"])
    assert abs((datetime.now(UTC) - made).total_seconds()) < 60


def test_a_passphrase_is_typed_twice(run, typed, tmp_path):
    typed["again"] = "something else"
    code, _, err = run("observer-key", tmp_path / "a.key", "--name", "陈明")
    assert (code, err) == (2, "The two are not the same. Begin anew.\n")


def test_count_without_a_bundle(run, typed, tmp_path):
    run("keygen", tmp_path, "--holder", "张三", "--holder", "李四", "--holder", "王五")
    count.write(tmp_path / "counting.zip", polls.entry(), counting_envelopes(), COUNTING)
    code, _, err = run("--language", "zh", "count", tmp_path / "counting.zip", tmp_path / "BC.key")
    assert (code, err) == (2, "这把密钥不是本次投票的。\n")
    public = json.loads((tmp_path / "public.json").read_bytes())
    count.write(tmp_path / "counting.zip", polls.entry(key=public["key"]), [], COUNTING)
    code, out, err = run("--language", "zh", "count", tmp_path / "counting.zip", tmp_path / "BC.key", "--processes", 1)
    assert (code, err) == (0, "打开0张：计入0张，作废0张。\n")
    assert json.loads(out)["envelopes"] == 0


def test_wrong_use_ends_with_two():
    with pytest.raises(SystemExit) as ended:
        cli.main(["open-sesame"])
    assert ended.value.code == 2


def test_an_observers_key_is_not_written_where_there_is_no_folder(run, typed, tmp_path):
    assert run("observer-key", tmp_path / "none" / "a.key", "--name", "陈明")[0] == 2
    with pytest.raises(VerivoteError):
        locked.put(tmp_path, b"")
