"""What a run takes over from the last good one: exactly what counting everything would find, or nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection

from gongjian.chronicle.models import Act
from gongjian.figures import carry
from gongjian.figures import run as night
from gongjian.indicators.define import define_indicator, definition_of
from gongjian.indicators.models import Indicator, Reading, Run
from gongjian.register import actions
from gongjian.register.models import Cover
from rollup import engine, lake
from rollup.tally import MEASURES, Tally, tallies
from tests.register import town as small
from tests.register.imports.conftest import uploads

from .deeds import Deeds
from .test_run import few, town

assert town and uploads  # fixtures: the small town with the pack's indicators; a folder for its files


@pytest.fixture
def small_pack(town):
    return few(town)


DAY = date(2024, 3, 1)


def written(day: date) -> set[Tally]:
    rows = Reading.objects.filter(day=day).values_list("indicator_id", "walk", "unit_id", "body_id", *MEASURES)
    return {Tally(indicator, walk, unit or body, *numbers) for indicator, walk, unit, body, *numbers in rows}


def from_nothing(day: date) -> set[Tally]:
    definitions = [definition_of(each) for each in Indicator.objects.filter(awaits="")]
    return set(tallies(lake.read(engine.duckdb(), night.folder(day)), definitions))


def carried(run: Run) -> int:
    return int(Act.objects.get(verb="indicators.read", subject=f"indicators.run:{run.pk}").facts["carried"])


def read_after(town, seed: int, days: int, deeds: int) -> Deeds:
    """Read some days running, with random deeds between them; each has to be what counting everything finds."""
    doing = Deeds(town, seed)
    night.read_indicators(DAY)
    taken = 0
    for day in (DAY + timedelta(days=at) for at in range(1, days + 1)):
        doing.some(day, deeds)
        run = night.read_indicators(day)
        assert written(day) == from_nothing(day), (seed, day)
        assert Reading.objects.filter(day=day).exclude(run=run).count() == 0
        taken += carried(run)
    assert taken
    return doing


def test_after_random_deeds_the_readings_are_those_from_nothing(small_pack):
    assert len(read_after(small_pack, 1, days=3, deeds=4).done) > 4


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10, 16))
def test_after_many_random_deeds_the_readings_are_those_from_nothing(town, seed):
    doing = read_after(town, seed, days=12, deeds=5)
    assert len(doing.done) > 12, doing.done


def test_on_a_day_on_which_nothing_changed_everything_is_taken_over(small_pack):
    first = night.read_indicators(DAY)
    second = night.read_indicators(DAY + timedelta(days=1))
    assert carried(first) == 0
    assert carried(second) == first.readings == second.readings
    assert {each.indicator for each in written(DAY)} and written(DAY) == written(second.day)


def test_a_term_that_runs_out_by_the_day_alone_is_counted(small_pack):
    small.term(small_pack.bodies["village_party"], date(2023, 1, 1), DAY, 8)
    before = DAY - timedelta(days=1)
    night.read_indicators(before)
    run = night.read_indicators(DAY)
    at = {"indicator": "terms_running", "unit": small_pack.units["village"]}
    numerators = [Reading.objects.get(day=day, **at).numerator for day in (before, DAY)]
    assert numerators[0] == numerators[1] + 1
    assert 0 < carried(run) < run.readings and written(DAY) == from_nothing(DAY)


def test_a_changed_definition_is_counted_and_the_others_taken_over(small_pack):
    night.read_indicators(DAY)
    redefine("union_enterprises", {"where": {"kind": "enterprise"}, "having": {"covered_by": {"line": "party"}}})
    run = night.read_indicators(DAY + timedelta(days=1))
    told = Reading.objects.filter(run=run)
    assert set(told.filter(indicator="union_enterprises").values_list("version", flat=True)) == {2}
    assert carried(run) == told.exclude(indicator="union_enterprises").count()
    assert written(run.day) == from_nothing(run.day)


def redefine(key: str, definition: dict) -> None:
    each = Indicator.objects.get(pk=key)
    fields = {name: getattr(each, name) for name in ("names", "position", "of", "words", "source", "awaits")}
    define_indicator(key, line=each.line_id, definition=definition, **fields)


def lose_the_note(first: Run) -> None:
    (night.folder(first.day) / carry.NOTE).unlink()


def break_the_note(first: Run) -> None:
    (night.folder(first.day) / carry.NOTE).write_text("{")


def take_a_reading_away(first: Run) -> None:
    Reading.objects.filter(run=first).order_by("pk").first().delete()


def put_an_older_database_back(first: Run) -> None:
    Run.objects.filter(pk=first.pk).update(began_at=first.began_at - timedelta(days=1))


@pytest.mark.parametrize("spoil", [lose_the_note, break_the_note, take_a_reading_away, put_an_older_database_back])
def test_where_the_day_before_is_not_whole_everything_is_counted(small_pack, spoil):
    first = night.read_indicators(DAY)
    spoil(first)
    assert carry.before(Run(day=DAY + timedelta(days=1)), night.folder, []) is None


def test_changed_arithmetic_counts_everything(small_pack, monkeypatch):
    night.read_indicators(DAY)
    later = Run(day=DAY + timedelta(days=1))
    assert carry.before(later, night.folder, []) is not None
    monkeypatch.setattr(carry, "_arithmetic", lambda: "otherwise")
    assert carry.before(later, night.folder, []) is None


def test_readings_are_not_taken_over_from_a_run_that_failed(small_pack, monkeypatch):
    """It wrote the facts of its day anew, but the readings of that day are older ones."""
    night.read_indicators(DAY)
    actions.end_cover(Cover.objects.on(DAY).filter(body=small_pack.bodies["joint_union"]).first(), on=DAY, by=None)
    with monkeypatch.context() as broken, pytest.raises(night.NotRead):
        broken.setattr(night, "tallies", None)
        night.read_indicators(DAY)
    assert carry.before(Run(day=DAY + timedelta(days=1)), night.folder, []) is None


# == a pack that changes while a run is going ==
def while_counting(monkeypatch, deed) -> None:
    real = night._counted

    def counted(*given):
        found = real(*given)
        deed()
        return found

    monkeypatch.setattr(night, "_counted", counted)


def test_a_definition_that_changes_while_a_run_is_going_counts_from_the_next_run(small_pack, monkeypatch):
    plain = {"where": {}, "having": {}}
    with monkeypatch.context() as going:
        while_counting(going, lambda: redefine("union_enterprises", plain))
        run = night.read_indicators(DAY)
    of_it = Reading.objects.filter(indicator="union_enterprises")
    assert set(of_it.values_list("version", flat=True)) == {1} and run.state == Run.State.DONE
    assert Indicator.objects.get(pk="union_enterprises").version == 2
    night.read_indicators(DAY + timedelta(days=1))
    assert set(of_it.filter(day__gt=DAY).values_list("version", flat=True)) == {2}
    assert written(DAY + timedelta(days=1)) == from_nothing(DAY + timedelta(days=1))


def test_an_indicator_taken_out_while_a_run_is_going_has_no_readings(small_pack, monkeypatch):
    while_counting(monkeypatch, lambda: Indicator.objects.get(pk="four_lines").delete())
    run = night.read_indicators(DAY)
    assert run.state == Run.State.DONE and run.readings == Reading.objects.filter(run=run).count() > 10
    assert not Reading.objects.filter(indicator="four_lines").exists()
    connection.check_constraints()
