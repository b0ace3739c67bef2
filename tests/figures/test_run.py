"""The night run over the small town: what it writes, what it leaves when it fails, and that its figures open."""

from __future__ import annotations

from datetime import date, timedelta

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import override

from gongjian.chronicle.models import Act
from gongjian.figures import run as night
from gongjian.figures import snapshot
from gongjian.indicators.define import define_indicator, definition_of
from gongjian.indicators.models import Exclusion, Indicator, Reading, Run
from gongjian.indicators.records import rows_of
from gongjian.packs.read import read_pack
from gongjian.register.define import StillUsed, drop
from gongjian.register.models import BodyEntry, Unit
from gongjian.register.undo import undo
from gongjian.settings import ROOT
from rollup import engine, facts, lake
from rollup.tally import records
from tests.register import town as small


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def town(town, tmp_path, settings):
    """The small town with the indicators of the pack."""
    settings.SNAPSHOTS = tmp_path
    for each in read_pack(ROOT / "packs" / "shaoxing").indicators:
        words = {name: getattr(each, name) for name in ("names", "position", "line", "of", "words", "definition")}
        define_indicator(each.key, source=each.source, awaits=each.awaits, **words)
    return town


def few(town):
    """One indicator for each of what may be counted, and two with relations: quicker where that is enough."""
    kept = ["union_enterprises", "four_lines", "womens_home", "terms_running", "venues_hours"]
    Indicator.objects.exclude(pk__in=kept).delete()
    return town


def whole(town, indicator: str) -> Reading:
    return Reading.objects.get(indicator=indicator, unit=town.units["city"])


def test_each_reading_of_the_whole_is_the_number_of_its_records(town, today):
    run = night.read_indicators(today)
    assert run.state == Run.State.DONE and run.readings == Reading.objects.count() > 100
    for each in Indicator.objects.filter(awaits=""):
        reading = Reading.objects.filter(indicator=each, unit=town.units["city"]).first()
        of = definition_of(each)
        counts = {which: rows_of(of, which, today).count() for which in ("counted", "having", "missing")}
        told = (reading.denominator, reading.numerator, reading.missing) if reading else (0, 0, 0)
        assert tuple(counts.values()) == told, each.key


def test_the_register_and_the_engine_open_the_same_records(town, today):
    night.read_indicators(today)
    told = lake.read(engine.duckdb(), night.folder(today))
    for each in Indicator.objects.filter(awaits=""):
        key = {"units": "unit_id", "bodies": "body_id", "venues": "pk"}[each.of]
        counted = records(told, definition_of(each)).to_pyarrow().to_pylist()
        for which, fits in (("counted", "is_counted"), ("having", "is_having")):
            here = set(rows_of(definition_of(each), which, today).values_list(key, flat=True))
            assert here == {row["id"] for row in counted if row[fits]}, (each.key, which)


def test_the_ledger_leaves_a_unit_out_and_says_so(town, today):
    night.read_indicators(today)
    before = whole(town, "union_enterprises")
    firm = Unit.objects.filter(entries__kind="enterprise", entries__valid__contains=today).first()
    act = Act.objects.order_by("-pk").first()
    Exclusion.objects.create(
        indicator_id="union_enterprises", unit=firm, reason="重复登记", valid=(today, None), act=act
    )
    night.read_indicators(today)
    after = whole(town, "union_enterprises")
    assert (after.denominator, after.left_out) == (before.denominator - 1, before.left_out + 1)
    assert after.version == before.version == 1


def test_what_fails_leaves_the_readings_from_before(town, today, monkeypatch):
    night.read_indicators(today)
    before = list(Reading.objects.order_by("pk").values_list("pk", flat=True))

    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(snapshot.pyarrow.parquet, "write_table", full)
    with override("en"), pytest.raises(night.NotRead, match=r"before are still there. .*No space left"):
        night.read_indicators(today)
    failed = Run.objects.first()
    assert (failed.state, "No space left" in failed.problem) == (Run.State.FAILED, True)
    assert list(Reading.objects.order_by("pk").values_list("pk", flat=True)) == before
    assert night.folder(today).is_dir() and not list(night.folder(today).parent.glob("*.part"))


def test_a_cut_off_run_does_not_stand_in_the_way(town, today):
    Run.objects.create(day=today, engine="duckdb", began_at=timezone.now() - timedelta(hours=3))
    assert night.read_indicators(today).state == Run.State.DONE
    assert set(Run.objects.values_list("state", flat=True)) == {Run.State.DONE, Run.State.FAILED}


def test_a_snapshot_holds_no_name_and_no_number_of_a_person(town, today):
    night.read_indicators(today)
    columns = {name for table in facts.TABLES.values() for name in table.columns}
    assert not columns & {"name", "person", "keeper_id", "phone"}
    for file in night.folder(today).rglob("*.parquet"):
        assert "样例".encode() not in file.read_bytes()


def test_a_changed_definition_is_a_new_version(town):
    each = Indicator.objects.get(pk="union_enterprises")
    fields = {name: getattr(each, name) for name in ("names", "position", "of", "words", "source", "awaits")}
    same = define_indicator(each.key, line=each.line_id, definition=each.definition, **fields)
    assert same.version == 1
    assert define_indicator(each.key, line=each.line_id, definition={"where": {}, "having": {}}, **fields).version == 2


def test_the_ledger_of_units_leaves_no_body_out(town, today):
    night.read_indicators(today)
    before = whole(town, "bodies_headed")
    body = BodyEntry.objects.on(today).first().body_id
    unit, _made = Unit.objects.get_or_create(pk=body)  # a number that a body has, too
    act = Act.objects.order_by("-pk").first()
    Exclusion.objects.create(indicator_id="bodies_headed", unit=unit, reason="样例", valid=(today, None), act=act)
    night.read_indicators(today)
    assert whole(town, "bodies_headed").denominator == before.denominator


def test_an_indicator_with_readings_is_not_dropped(town, today):
    night.read_indicators(today)
    with pytest.raises(StillUsed):
        drop(Indicator.objects.get(pk="four_lines"))
    assert whole(town, "four_lines")


def test_a_village_that_was_counted_can_be_taken_back(town, today):
    few(town)
    village = small.unit("误登村", "village", town.units["street"], since=today)
    night.read_indicators(today)
    assert Reading.objects.filter(unit=village).exists()
    undo([Act.objects.get(verb="register.open_unit", subject=f"register.unit:{village.pk}")], by=None, today=today)
    connection.check_constraints()
    run = night.read_indicators(today + timedelta(days=1))
    assert not Reading.objects.filter(run=run, unit_id=village.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_one_run_at_a_time(settings, tmp_path):
    settings.SNAPSHOTS = tmp_path
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(hashtext('indicators_run'))")
        with override("en"), pytest.raises(night.NotRead, match="being read just now"):
            night.read_indicators(timezone.localdate())
    assert not Run.objects.exists()
    assert night.read_indicators(timezone.localdate()).state == Run.State.DONE


def test_words_with_brackets_and_quotes_are_read_as_they_are(db):
    query = """SELECT 1, '(甲)', '' UNION ALL SELECT 2, 'a"b,()', 'x' UNION ALL SELECT 3, NULL, ')('"""
    schema = lake.schema_of({"id": "id", "first": "word", "last": "word"})
    told = snapshot._read(query, date(2024, 3, 1), schema).sort_by("id").to_pylist()
    assert [tuple(row.values()) for row in told] == [(1, "(甲)", ""), (2, 'a"b,()', "x"), (3, None, ")(")]


def test_an_indicator_with_readings_stays_also_for_who_asks_the_database(town):
    few(town)
    indicator = night.read_indicators(timezone.localdate()).kept.first().indicator
    with pytest.raises(IntegrityError), transaction.atomic():
        Indicator.objects.filter(pk=indicator.pk)._raw_delete("default")
