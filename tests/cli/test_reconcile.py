"""`gongjian register reconcile`: what it tells, what it keeps, what it refuses and with which exit code."""

import json

import pytest

from gongjian import cli
from gongjian.packs.load import load_pack
from gongjian.packs.read import read_pack
from gongjian.register.models import Reconciliation, UnitEntry, UnitLineage

from ..register.reconciliations.lists import NEW, OLD, PACK, listed

DAY = ("--as-of", "2020-06-30")


@pytest.fixture
def run(db, capsys, monkeypatch, settings, tmp_path):
    """Runs the command on a list, in this process; the register holds the small city of 2018."""
    monkeypatch.setattr(cli, "_open_database", lambda: False)
    settings.MEDIA_ROOT = tmp_path / "uploads"
    load_pack(read_pack(PACK))

    def run(text: str, *words: str) -> tuple[int, str, str]:
        path = tmp_path / "list.csv"
        path.write_bytes(listed(text))
        code = cli.main(["register", "reconcile", str(path), *words])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    assert run(OLD, "--as-of", "2018-10-31", "--accept-sure", "--apply")[0] == cli.OK
    return run


def test_a_dry_run_counts_and_keeps_nothing(run):
    code, out, _ = run(NEW, *DAY, "--dry-run", "--json")
    told = json.loads(out)
    assert (code, told["standing"], told["rows"]) == (0, 9, 7)
    assert told["findings"] == {
        "unchanged": {"sure": 2, "doubtful": 0, "unknown": 0},
        "recoded": {"sure": 3, "doubtful": 0, "unknown": 0},
        "moved": {"sure": 1, "doubtful": 0, "unknown": 0},
        "merged": {"sure": 2, "doubtful": 1, "unknown": 0},
        "new": {"sure": 1, "doubtful": 0, "unknown": 0},
    }
    assert Reconciliation.objects.count() == 1


def test_without_apply_it_waits_for_the_page(run):
    code, out, _ = run(NEW, *DAY, "--accept-sure")
    found = Reconciliation.objects.get(state="open")
    assert code == 0 and f"/reconciliations/{found.pk}/" in out and "Accepted together: 9" in out
    assert found.findings.filter(decision="open").count() == 1
    assert not UnitLineage.objects.exists()


def test_what_is_open_is_written_only_when_it_is_said(run):
    code, out, err = run(NEW, *DAY, "--accept-sure", "--apply")
    assert (code, out) == (cli.PROBLEMS, "") and "1 findings are open" in err
    assert not UnitLineage.objects.exists()
    Reconciliation.objects.filter(state="open").delete()
    code, out, _ = run(NEW, *DAY, "--accept-sure", "--apply", "--open-as-unknown")
    assert code == 0 and "Written: continues 6, new 1, merged 2, split 0, closed 0, unknown 1" in out
    assert UnitEntry.objects.get(code="330681005").name == "大唐街道"


def test_a_list_that_lost_half_its_rows_needs_a_word(run):
    code, _, err = run("3306,绍兴市,\n330681,诸暨市,3306\n330681113,草塔镇,330681\n", *DAY)
    assert code == cli.PROBLEMS and "3 rows, the register 9 divisions" in err and "--whole" in err
    assert Reconciliation.objects.count() == 1
    code, _, _ = run("3306,绍兴市,\n330681,诸暨市,3306\n330681113,草塔镇,330681\n", *DAY, "--whole", "--dry-run")
    assert code == cli.OK


@pytest.mark.parametrize(
    ("text", "words", "code", "said"),
    [
        (NEW, ("--as-of", "2018-10-31"), cli.PROBLEMS, "was listed for 2018-10-31 already"),
        (NEW + "3307,金华市,\n", DAY, cli.PROBLEMS, "several cities at its top"),
        ("", DAY, cli.PROBLEMS, "no rows below its headings"),
        (NEW, (*DAY, "--dry-run", "--apply"), cli.USAGE, "--dry-run keeps nothing"),
    ],
)
def test_what_is_refused_says_why_and_keeps_nothing(run, text, words, code, said):
    told, out, err = run(text, *words)
    assert (told, out) == (code, "") and said in err
    assert Reconciliation.objects.count() == 1


def test_a_file_that_is_not_there_is_named(run, capsys):
    assert cli.main(["register", "reconcile", "/nowhere.csv", *DAY]) == cli.USAGE
    assert "/nowhere.csv is not a file" in capsys.readouterr().err
