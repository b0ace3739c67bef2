"""The chronicle and the key ring from the command line."""

import json

import pytest
from django.db import transaction

from gongjian import cli
from gongjian.chronicle import personal
from gongjian.chronicle.models import Act, PersonKey
from gongjian.chronicle.record import record
from gongjian.keys import ring

from ..chronicle.tampering import deeds, past_every_guard

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def home(settings, tmp_path):
    settings.HOME = tmp_path
    settings.KEYS, settings.KEYS_FILE = "", tmp_path / "keys"
    settings.KEYS_FILE.write_text(ring.new_text(2026))
    return tmp_path


@pytest.fixture
def run(home, capsys, monkeypatch):
    monkeypatch.setattr(cli, "_open_database", lambda: False)
    monkeypatch.setenv("LANGUAGE", "en")

    def run(*words: str) -> tuple[int, str, str]:
        code = cli.main(list(words))
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def test_sealing_writes_the_heads_and_the_chain_holds(run, home):
    with transaction.atomic():
        record("test.deed")
    assert run("chronicle", "seal")[:2] == (0, f"Sealed: 1. Heads written to {home / 'heads'}: 1.\n")
    code, out, _ = run("chronicle", "verify", "--json")
    told = {"sealed": 1, "waiting": 0, "heads": 1, "heads_elsewhere": 1, "findings": []}
    assert (code, json.loads(out)) == (0, told)
    assert "The chain holds." in run("chronicle", "verify")[1]


def test_verifying_names_what_is_wrong_and_ends_with_a_code(run):
    acts = deeds(3)
    past_every_guard(f"UPDATE chronicle_act SET verb = 'forged' WHERE id = {acts[1]}")
    code, out, _ = run("chronicle", "verify")
    assert code == cli.PROBLEMS and f"Entry 2 was altered: act {acts[1]} is not what was sealed." in out
    assert "No head was kept outside the database" in out
    code, out, _ = run("chronicle", "verify", "--json")
    assert code == cli.PROBLEMS
    assert [(f["what"], f["entry"], f["act"]) for f in json.loads(out)["findings"]] == [("altered", 2, acts[1])]


def test_heads_printed_one_day_name_a_tail_cut_on_another(run, tmp_path):
    acts = deeds(3)
    _, out, _ = run("chronicle", "heads")
    assert [json.loads(line)["number"] for line in out.splitlines()] == [3]
    assert len(run("chronicle", "heads", "--all")[1].splitlines()) == 3
    (tmp_path / "kept.jsonl").write_text(out)
    past_every_guard(
        f"DELETE FROM chronicle_act WHERE id = {acts[2]}",
        "DELETE FROM chronicle_seal WHERE number = 3",
        "DELETE FROM chronicle_head WHERE number = 3",
    )
    assert run("chronicle", "verify")[0] == cli.OK
    code, out, _ = run("chronicle", "verify", "--heads", str(tmp_path / "kept.jsonl"))
    assert code == cli.PROBLEMS
    assert "The tail was cut off: entry 3 was signed, and the chain ends with entry 2." in out


def test_a_file_that_holds_no_heads_is_refused(run, tmp_path):
    (tmp_path / "other.txt").write_text("hello\n")
    code, _, err = run("chronicle", "verify", "--heads", str(tmp_path / "other.txt"))
    assert code == cli.USAGE and "Line 1 of" in err
    code, _, err = run("chronicle", "verify", "--heads", str(tmp_path / "none"))
    assert code == cli.USAGE and "is not a file" in err


def test_what_a_command_does_comes_from_the_command_line(run, monkeypatch):
    def do(options) -> int:
        with transaction.atomic():
            record("test.deed")
        return 0

    monkeypatch.setattr(cli, "migrate", do)
    assert run("migrate")[0] == 0
    act = Act.objects.get()
    assert act.address == "command line" and len(act.request) == 16


def test_keys_are_listed_made_and_turned(run):
    with transaction.atomic():
        personal._keys_made(["register.person:1", "register.person:2"])
    old = ring.ring().newest
    assert run("keys", "new")[0] == 0
    new = ring.ring().newest
    code, out, _ = run("keys", "list", "--json")
    assert code == 0
    assert json.loads(out)["sealing"] == [{"id": new, "values": 0}, {"id": old, "values": 2}]
    code, out, _ = run("keys", "rotate")
    empty = ["register_particulars.phone", "register_particulars.identity_number", "ballots_poll.secret",
             "ballots_poll.network_key", "ballots_paperballot.first_choices",
             "ballots_paperballot.second_choices"]  # fmt: skip
    counts = {"chronicle_personkey.key": 2, **dict.fromkeys(empty, 0)}
    assert code == 0
    assert set(out.splitlines()) == {f"{at}: {count} values sealed anew under {new}." for at, count in counts.items()}
    assert {ring.key_id_of(key) for key in PersonKey.objects.values_list("key", flat=True)} == {new}
    assert f"chronicle_personkey.key: 0 values sealed anew under {new}.\n" in run("keys", "rotate")[1]
    assert f"{old} reads; values under it: 0" in run("keys", "list")[1]


def test_a_new_signing_key_signs_and_older_heads_still_hold(run):
    deeds(1)
    assert run("keys", "new", "--signing")[1] == "The key sign-2026b signs from now on.\n"
    deeds(1)
    _, out, _ = run("chronicle", "heads", "--all")
    assert [json.loads(line)["key"] for line in out.splitlines()] == ["sign-2026a", "sign-2026b"]
    assert run("chronicle", "verify")[0] == cli.OK


def test_a_ring_of_the_environment_is_printed_with_its_new_key_and_nothing_is_written(run, settings, home):
    settings.KEYS = ring.new_text(2026)
    before = settings.KEYS_FILE.read_text()
    code, out, err = run("keys", "new")
    assert code == 0 and out.strip().endswith(settings.KEYS) and out.startswith("2026b:")
    assert "gongjian keys rotate" in err and settings.KEYS_FILE.read_text() == before


def test_values_under_a_key_that_is_gone_are_told(run, home):
    with transaction.atomic():
        personal._keys_made(["register.person:1"])
    (home / "keys").write_text(ring.new_text(2031))
    code, out, _ = run("keys", "list")
    assert code == cli.PROBLEMS and "“2026a” is not in the key ring, and 1 values are under it." in out
    code, _, err = run("keys", "rotate")
    assert code == cli.PROBLEMS and "chronicle_personkey.key cannot be sealed anew" in err
