"""Loading a pack: the difference is said first, then the register has just that; the same again changes nothing."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from django.db import transaction

from gongjian.chronicle.models import Act
from gongjian.chronicle.record import record
from gongjian.consistency.models import Check
from gongjian.packs.load import difference, load_pack
from gongjian.packs.models import LoadedPack
from gongjian.packs.read import PackFault, read_pack
from gongjian.register.define import StillUsed, define_form, drop
from gongjian.register.models import (
    BodyKind,
    Choice,
    Form,
    Line,
    OfficeKind,
    Threshold,
    Unit,
    UnitEntry,
    UnitKind,
)
from gongjian.register.spelling import syllables

SHAOXING = Path(__file__).parents[2] / "packs" / "shaoxing"


@pytest.fixture
def folder(tmp_path) -> Path:
    """A copy of the pack of Shaoxing to change."""
    return Path(shutil.copytree(SHAOXING, tmp_path / "shaoxing"))


def change(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_register_has_the_words_of_the_pack(db):
    pack = read_pack(SHAOXING)
    load_pack(pack)
    for words, model in (
        (pack.lines, Line),
        (pack.unit_kinds, UnitKind),
        (pack.body_kinds, BodyKind),
        (pack.forms, Form),
        (pack.office_kinds, OfficeKind),
    ):
        assert list(model.objects.values_list("key", flat=True)) == [word.key for word in words]
    assert Threshold.objects.count() == len(pack.thresholds)
    assert Choice.objects.exclude(list__in=["reading", "place_class"]).count() == len(pack.choices)
    classes = Choice.objects.filter(list="place_class")
    assert {row.key: row.names["kinds"].split() for row in classes} == {c.key: c.kinds for c in pack.place_classes}
    loaded = LoadedPack.objects.get(key="shaoxing")
    assert (loaded.version, loaded.sha256) == (pack.version, pack.sha256)
    assert loaded.official_days[0] == "2016-07-31"


def test_the_same_pack_again_changes_nothing(db):
    load_pack(read_pack(SHAOXING))
    acts, said = Act.objects.count(), []
    loaded_at = LoadedPack.objects.get().loaded_at
    assert load_pack(read_pack(SHAOXING), said.append) == []
    assert said == []
    assert (Act.objects.count(), LoadedPack.objects.get().loaded_at) == (acts, loaded_at)


def test_places_are_read_as_the_pack_says(db):
    load_pack(read_pack(SHAOXING))
    assert syllables("嵊州崧厦") == ["sheng", "zhou", "song", "xia"]


def test_the_difference_names_what_is_added_changed_and_removed(db, folder):
    load_pack(read_pack(folder))
    change(folder, "choices.toml", 'zh-hans = "停业"', 'zh-hans = "歇业"')
    change(folder, "choices.toml", 'key = "collective"', 'key = "shared"')
    change(folder, "thresholds.toml", "least = 25", "least = 20")
    pack, said = read_pack(folder), []
    told = [
        "~ choice status/suspended (names.zh-hans: 停业 → 歇业)",
        "+ choice ownership/shared",
        "- choice ownership/collective",
        "~ threshold union_committee@2001-10-27 (least: 25 → 20)",
    ]
    assert [str(line) for line in difference(pack)] == told
    load_pack(pack, said.append)
    assert said == told
    assert difference(pack) == []
    assert Threshold.objects.get(key="union_committee").least == 20
    owners = set(Choice.objects.filter(list="ownership").values_list("key", flat=True))
    assert "shared" in owners and "collective" not in owners


def test_a_rule_gets_a_new_version_from_its_day(db, folder):
    load_pack(read_pack(folder))
    change(folder, "thresholds.toml", "since = 2001-10-27", "since = 2001-10-27\nuntil = 2022-01-01")
    text = (folder / "thresholds.toml").read_text(encoding="utf-8")
    first = text.split("[[threshold]]")[1].replace("until = 2022-01-01\n", "").replace("2001-10-27", "2022-01-01", 1)
    (folder / "thresholds.toml").write_text(f"{text}\n[[threshold]]{first}", encoding="utf-8")
    load_pack(read_pack(folder))
    versions = Threshold.objects.filter(key="union_committee").order_by("valid")
    assert [(v.valid.lower, v.valid.upper) for v in versions] == [
        (date(2001, 10, 27), date(2022, 1, 1)),
        (date(2022, 1, 1), None),
    ]


def test_a_word_that_is_used_cannot_leave_the_pack(db, folder):
    load_pack(read_pack(folder))
    with transaction.atomic():
        UnitEntry.objects.create(
            unit=Unit.objects.create(),
            valid=(date(2020, 1, 1), None),
            name="样例0001",
            kind_id="migrant_settlement",
            status="suspended",
            act=record("try"),
        )
    change(folder, "units.toml", 'key = "migrant_settlement"', 'key = "settlement"')
    change(folder, "choices.toml", 'key = "suspended"', 'key = "resting"')
    with pytest.raises(PackFault) as fault:
        load_pack(read_pack(folder))
    assert len(fault.value.sentences) == 2
    assert UnitKind.objects.filter(key="migrant_settlement").exists()
    assert not UnitKind.objects.filter(key="settlement").exists()
    assert LoadedPack.objects.get().sha256 == read_pack(SHAOXING).sha256


def test_loading_is_written_down(db):
    load_pack(read_pack(SHAOXING))
    act = Act.objects.get(verb="load_pack")
    assert act.subject == "packs.pack:shaoxing"
    assert "+ line party" in act.facts["changes"]


def test_a_word_can_be_defined_twice_and_dropped_once(db):
    define_form("single", names={"zh-hans": "单独组建"}, position=0)
    form = define_form("single", names={"zh-hans": "单建"}, position=0)
    assert [str(word) for word in Form.objects.all()] == ["单建"]
    drop(form)
    assert not Form.objects.exists()


def test_a_line_with_kinds_cannot_be_dropped(db):
    load_pack(read_pack(SHAOXING))
    with pytest.raises(StillUsed):
        drop(Line.objects.get(key="union"))


def test_a_check_names_nothing_that_the_pack_does_not_hold(folder):
    change(folder, "choices.toml", 'key = "moved_away"', 'key = "gone"')
    with pytest.raises(PackFault, match="idle_yet_covered"):
        read_pack(folder)


def test_a_check_is_loaded_with_its_limits_and_changes_with_the_pack(db, folder):
    load_pack(read_pack(folder))
    assert Check.objects.count() == len(read_pack(folder).checks)
    assert (Check.objects.get(pk="no_head").of, Check.objects.get(pk="no_head").sees) == ("body", "offices")
    change(folder, "consistency.toml", "least = 60", "least = 80")
    assert [str(line) for line in load_pack(read_pack(folder))] == ["~ check party_no_union (given.least: 60 → 80)"]
    assert Check.objects.get(pk="party_no_union").given["least"] == 80
