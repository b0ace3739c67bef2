"""The command line: what it tells, what it refuses and with which exit code."""

import csv
import json
import os
import re
import subprocess
import sys
from datetime import date
from decimal import Decimal

import psycopg
import pytest
from django.db import connection

from gongjian import cli, language, serving
from gongjian.accounts.models import User
from gongjian.register.models import Unit
from gongjian.register.reorganise.units import Part, split_unit
from gongjian.sample.models import SampleMark

from ..register import town as small

SERVER = ("host", "port", "user", "password")


@pytest.fixture
def run(town, capsys, monkeypatch):
    """Runs a command in this process, on the database of the test."""
    monkeypatch.setattr(cli, "_open_database", lambda: False)
    monkeypatch.setenv("LANGUAGE", "en")

    def run(*words: str) -> tuple[int, str, str]:
        code = cli.main(list(words))
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def test_a_database_that_was_emptied_lets_the_pages_in_as_a_new_one_does(town):
    """The pages connect as a role that owns nothing: without the schema they would find no table in it."""
    name = f"gongjian_emptied_{os.getpid()}"
    settings = {key: value for key, value in connection.get_connection_params().items() if key in SERVER}
    seen = "SELECT has_schema_privilege('gongjian_app', 'public', 'USAGE')"
    with psycopg.connect(**settings, dbname="postgres", autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        try:
            with psycopg.connect(**settings, dbname=name, autocommit=True) as emptied:
                assert emptied.execute(seen).fetchone() == (True,)
                for statement in cli.EMPTY:
                    emptied.execute(statement)
                assert emptied.execute(seen).fetchone() == (True,)
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.parametrize("left", ["nothing", "an account", "a unit", "the sample city"])
def test_only_a_sample_city_or_what_was_left_of_one_is_thrown_away(db, settings, tmp_path, monkeypatch, left):
    """Broken off, a demo leaves tables and no rows. Its signed heads go with the chronicle they are of."""
    settings.HOME = tmp_path
    (tmp_path / "heads").mkdir()
    monkeypatch.setattr(cli, "EMPTY", ())
    if left == "an account":
        User.objects.open_account("somebody")
    if left in ("a unit", "the sample city"):
        Unit.objects.create()
    if left == "the sample city":
        SampleMark.objects.create(seed=1)
    if left in ("an account", "a unit"):
        with pytest.raises(cli.Stop, match="reset"):
            cli._empty_database()
    else:
        cli._empty_database()
    assert (tmp_path / "heads").exists() is (left in ("an account", "a unit"))


def test_stats_count_what_stood_on_the_day(run):
    code, out, _ = run("register", "stats", "--on", "2018-10-31", "--json")
    counts = json.loads(out)
    assert code == 0
    assert {name: counts[name] for name in ("on", "counties", "towns", "villages", "divisions", "employers")} == {
        "on": "2018-10-31", "counties": 2, "towns": 2, "villages": 2, "divisions": 7, "employers": 0,
    }  # fmt: skip


def test_show_follows_the_same_unit_under_both_codes(run):
    _, then, _ = run("register", "show", "330681113264", "--on", "2018-10-31", "--json")
    _, now, _ = run("register", "show", "330681005247", "--on", "2023-06-30", "--json")
    then, now = json.loads(then), json.loads(now)
    assert then["id"] == now["id"]
    assert (then["name"], then["parent"]["name"]) == ("上下文村", "草塔镇")
    assert (now["name"], now["parent"]["name"]) == ("上下文村", "大唐街道")


def test_show_reads_a_body_too(run):
    code, out, _ = run("register", "show", "P3306")
    assert code == 0 and "绍兴市委" in out


def test_a_code_of_another_day_shows_the_same_unit_and_says_by_which_code_it_was_asked(run, town):
    code, out, _ = run("register", "show", "330681113264", "--on", "2023-06-30", "--json")
    told = json.loads(out)
    assert (code, told["id"], told["code"]) == (0, town.units["village"].pk, "330681005247")
    assert (told["parent"]["name"], told["stands"], told["asked"]["is_of_the_day"]) == ("大唐街道", True, False)
    _, out, _ = run("register", "show", "330681113264", "--on", "2023-06-30")
    assert "大唐街道 › 上下文村" in out and "code 330681005247" in out
    assert "asked by 330681113264, which 上下文村 bore from 2016-07-31 until 2020-06-30" in out


def test_a_name_shows_the_unit_too(run):
    assert run("register", "show", "草塔镇", "--on", "2018-10-31")[:2] == run(
        "register", "show", "330681113", "--on", "2018-10-31"
    )[:2]  # fmt: skip


def test_a_name_that_several_bear_asks_for_a_code(run, town):
    small.unit("上下文村", "village", town.units["county"])
    code, _, err = run("register", "show", "上下文村")
    assert code == cli.NOT_FOUND and "330681005247" in err


def test_of_what_ended_without_a_successor_nobody_knows(run):
    code, out, _ = run("register", "show", "330681113209", "--on", "2023-06-30")
    assert code == cli.NOT_FOUND and "Nobody knows what became of it from 2020-06-30 on." in out


def test_what_was_divided_shows_its_parts_and_shares(run, town):
    values = {"kind": small.UnitKind.objects.get(key="village"), "parent": town.units["street"]}
    parts = [
        Part(values={"name": name, **values}, share=Decimal(share))
        for name, share in (("东村", "0.7"), ("西村", "0.3"))
    ]
    given = {"on": date(2022, 1, 1), "today": town.today, "by": None}
    split_unit(town.units["village"], parts=parts, stays=False, **given)
    code, out, _ = run("register", "show", "330681113264", "--json")
    told = json.loads(out)
    assert (code, told["stands"]) == (0, False)
    assert [(end["name"], end["share"]) for end in told["lineage"]["ends"]] == [("东村", "0.7"), ("西村", "0.3")]
    _, out, _ = run("register", "show", "330681113264")
    assert "it went on in 东村 (–), share 0.7" in out


def test_who_holds_a_code_on_the_day_comes_first_and_whose_it_was_is_said(run, town):
    small.unit("新村", "village", town.units["street"], since=small.REFORM, code="330681113264")
    _, out, _ = run("register", "show", "330681113264", "--on", "2023-06-30")
    assert "大唐街道 › 新村" in out
    assert "330681113264 is on other days that of 上下文村, from 2016-07-31 until 2020-06-30" in out


def test_a_code_nobody_ever_held_says_so(run):
    code, _, err = run("register", "show", "999999999999")
    assert code == cli.NOT_FOUND and "ever held" in err


def test_export_writes_exactly_what_stood(run, tmp_path):
    target = tmp_path / "units.csv"
    code, _, _ = run("register", "export", "--kind", "units", "--on", "2018-10-31", "--output", str(target))
    with target.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert (code, len(rows) - 1) == (0, 7)
    assert any("上下文村" in row for row in rows)


def test_a_name_that_looks_like_a_formula_is_text_in_the_csv(run, town, tmp_path):
    formulas = ['=HYPERLINK("http://evil.example")', "+1", "-1", "@SUM(A1)"]
    for name in formulas:
        small.unit(name, "enterprise", town.units["county"])
    target = tmp_path / "units.csv"
    run("register", "export", "--output", str(target))
    with target.open(encoding="utf-8-sig", newline="") as file:
        found = {row[0] for row in csv.reader(file)}
    assert {"'" + name for name in formulas} <= found
    assert not any(name.startswith(("=", "+", "-", "@")) for name in found)


@pytest.mark.parametrize(
    "name, words", [("units.pdf", "neither in .xlsx nor in .csv"), ("missing/units.xlsx", "cannot be written")]
)
def test_export_to_nowhere_says_what_to_do(run, tmp_path, name, words):
    code, _, err = run("register", "export", "--output", str(tmp_path / name))
    assert code == cli.USAGE and words in err


def test_a_dry_run_writes_nothing(run, tmp_path):
    file = tmp_path / "firms.csv"
    file.write_text("单位名称,单位类别,上级单位\n大唐样例水产009,企业,大唐街道\n", encoding="utf-8")
    code, out, err = run("register", "import", str(file), "--kind", "units", "--dry-run")
    assert (code, err) == (0, "")
    assert "add 1" in out
    assert not small.UnitEntry.objects.filter(name="大唐样例水产009").exists()


def test_an_import_applies_the_sound_rows_and_tells_the_others(run, tmp_path):
    file = tmp_path / "firms.csv"
    file.write_text("单位名称,单位类别,上级单位\n大唐样例水产009,企业,大唐街道\n某厂,企业,没有的镇\n", encoding="utf-8")
    code, out, _ = run("register", "import", str(file), "--kind", "units")
    assert code == cli.PROBLEMS and "row 3" in out
    assert small.UnitEntry.objects.filter(name="大唐样例水产009").count() == 1


def test_a_file_that_is_not_there_is_said(run, tmp_path):
    code, _, err = run("register", "import", str(tmp_path / "none.xlsx"))
    assert code == cli.USAGE and "is not a file" in err


def command(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gongjian.cli", *words],
        capture_output=True, text=True, timeout=60, env={**os.environ, "LANGUAGE": "en", **environment},
    )  # fmt: skip


@pytest.mark.parametrize("words", [[], ["demo"], ["serve"], ["register"], ["register", "import"], ["register", "show"]])
def test_help_has_an_example_and_needs_no_database(words):
    done = command(*words, "--help", DATABASE_URL="postgresql://nobody@/nowhere?host=/nonexistent")
    assert done.returncode == 0
    assert "gongjian" in done.stdout


def test_a_wrong_day_is_refused_before_anything_starts():
    done = command("register", "stats", "--on", "yesterday", DATABASE_URL="postgresql://x@/y?host=/nonexistent")
    assert done.returncode == cli.USAGE
    assert "Write it as 2018-10-31" in done.stderr


def test_no_database_ends_with_a_sentence_and_its_own_code():
    done = command("migrate", DATABASE_URL="postgresql://x@/y?host=/nonexistent")
    assert done.returncode == cli.UNAVAILABLE
    assert "DATABASE_URL" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "host, answer", [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("10.0.0.1", False)]
)
def test_loopback_is_what_only_this_machine_reaches(host, answer):
    assert serving.is_loopback(host) is answer


def test_a_taken_port_gives_way_to_a_free_one():
    import socket  # optional: only here

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert serving.free_port("127.0.0.1", port) != port


# == both languages ==
@pytest.mark.parametrize(
    ("environment", "chinese"),
    [
        ({"LANGUAGE": "zh_CN:en"}, True),
        ({"LANG": "zh_CN.UTF-8"}, True),
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_GB.UTF-8"}, True),
        ({"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}, False),
        ({"LANGUAGE": "en", "LANG": "zh_CN.UTF-8"}, False),
        ({"LANG": "fr_FR.UTF-8"}, False),
        ({}, False),
    ],
)
def test_the_language_is_that_of_the_environment(monkeypatch, environment, chinese):
    for name in language.ASKED:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert language.chosen() == ("zh-hans" if chinese else "en")
    assert language.gettext("usage: ") == ("用法：" if chinese else "usage: ")


@pytest.mark.parametrize("words", [[], ["demo"], ["serve"], ["register"], ["register", "import"], ["register", "show"]])
def test_help_is_chinese_to_the_last_word(words):
    said = command(*words, "--help", LANGUAGE="zh_CN", PYTHONIOENCODING="utf-8").stdout
    assert "用法：" in said and "显示这份帮助并退出" in said
    english = [line for line in said.splitlines() if re.search(r"(?<![-=./\w])[a-z]{3,} [a-z]{3,} [a-z]{3,}", line)]
    assert [line for line in english if "gongjian" not in line] == []


def test_help_waits_for_neither_django_nor_the_database():
    lines = (
        "import contextlib, sys; from gongjian import cli",
        "with contextlib.suppress(SystemExit): cli.main(['--help'])",
        "assert not {'django', 'psycopg'} & set(sys.modules)",
    )
    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], env={**os.environ, "LANGUAGE": "zh"}, timeout=60)
    assert done.returncode == 0


def test_answers_are_chinese_where_the_environment_is(run, monkeypatch, tmp_path):
    monkeypatch.setenv("LANGUAGE", "zh_CN.UTF-8")
    _, out, _ = run("register", "stats", "--on", "2018-10-31")
    assert "村社区" in out and "villages" not in out
    _, out, _ = run("register", "show", "330681113264", "--on", "2023-06-30")
    assert "按330681113264查，上下文村从2016-07-31到2020-06-30用它" in out
    file = tmp_path / "firms.csv"
    file.write_text("单位名称,单位类别,上级单位\n某厂,企业,没有的镇\n", encoding="utf-8")
    _, out, _ = run("register", "import", str(file), "--kind", "units", "--dry-run")
    assert "第2行" in out and "没有的镇" in out and "No unit" not in out


def test_english_answers_are_english_to_the_problems_in_a_file(run, tmp_path):
    file = tmp_path / "firms.csv"
    file.write_text("单位名称,单位类别,上级单位\n某厂,企业,没有的镇\n", encoding="utf-8")
    _, out, _ = run("register", "import", str(file), "--kind", "units", "--dry-run")
    assert "No unit named “没有的镇” stands on" in out


def test_json_and_files_are_the_same_in_both_languages(run, monkeypatch, tmp_path):
    found = []
    for spoken in ("en", "zh_CN"):
        monkeypatch.setenv("LANGUAGE", spoken)
        target = tmp_path / f"{spoken}.csv"
        run("register", "export", "--on", "2018-10-31", "--output", str(target))
        told = [run("register", *words, "--on", "2018-10-31", "--json")[1] for words in (["stats"], ["show", "P3306"])]
        found.append((*told, target.read_bytes()))
    assert found[0] == found[1]
