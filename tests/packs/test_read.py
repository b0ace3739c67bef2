"""Reading a pack: what Shaoxing's holds, and what is said of a pack that cannot be used."""

import json
import shutil
import tomllib
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django.utils.translation import override
from jsonschema import Draft202012Validator

from gongjian.packs.read import EXPECTED, PARTS, SCHEMA, Pack, PackFault, read_pack
from gongjian.register.identity import kind_of

SHAOXING = Path(__file__).parents[2] / "packs" / "shaoxing"


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


@pytest.fixture(scope="module")
def pack() -> Pack:
    return read_pack(SHAOXING)


@pytest.fixture
def folder(tmp_path) -> Path:
    """A copy of the pack of Shaoxing to spoil."""
    return Path(shutil.copytree(SHAOXING, tmp_path / "shaoxing"))


def spoil(folder: Path, file: str, old: str, new: str) -> list[str]:
    """What is said after the first `old` in the file became `new`."""
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PackFault) as fault:
        read_pack(folder)
    return fault.value.sentences


# Shaoxing


def test_it_has_four_lines_and_the_party_leads(pack):
    assert [(line.key, line.mark, line.leads) for line in pack.lines] == [
        ("party", "党", True),
        ("union", "工", False),
        ("league", "团", False),
        ("women", "妇", False),
    ]


def test_each_line_has_kinds_of_bodies_and_an_office_that_heads_them(pack):
    lines = {line.key for line in pack.lines}
    assert {kind.line for kind in pack.body_kinds} == lines
    assert {kind.line for kind in pack.office_kinds if kind.heads} == lines


def test_whoever_keeps_the_register_or_sees_the_people_of_a_whole_line_needs_a_second_factor(pack):
    wide = {
        role.key
        for role in pack.roles
        if {"keep_register", "appoint"} & set(role.permissions)
        or ("see_people" in role.permissions and role.depth is None)
    }
    assert {role.key for role in pack.roles if role.second_factor} == wide
    assert wide == {"leads_line", "serves_line", "keeps_place", "audits_line"}


def test_the_register_of_a_place_is_kept_by_those_whose_work_it_is(pack):
    """Not by whoever heads a branch: a secretary of a village would keep what the town answers for."""
    kinds = pack.office_kinds
    assert {kind.key for kind in kinds if "keeps_place" in kind.roles} == {
        "organisation_officer", "party_organisation_commissioner",
    }  # fmt: skip


def test_everything_has_its_name_in_both_languages(pack):
    words = [
        *pack.lines,
        *pack.body_kinds,
        *pack.office_kinds,
        *pack.unit_kinds,
        *pack.forms,
        *pack.choices,
        *pack.thresholds,
        *pack.place_classes,
    ]
    chinese = [w.key for w in words if not any("\u4e00" <= c <= "\u9fff" for c in w.names["zh-hans"])]
    english = [w.key for w in words if not w.names["en"].isascii()]
    assert (chinese, english) == ([], [])


def test_no_two_words_of_a_list_share_a_name(pack):
    for words in (pack.lines, pack.body_kinds, pack.unit_kinds, pack.forms):
        for language in ("zh-hans", "en"):
            held = Counter(word.names[language] for word in words)
            assert [name for name, times in held.items() if times > 1] == []


def test_the_smaller_lists_are_complete(pack):
    assert Counter(choice.list for choice in pack.choices) == {
        "status": 4,
        "ownership": 7,
        "sector": 15,
        "trade": 20,
        "plaque": 4,
        "check_item": 6,
        "headcount": 5,
    }
    assert "".join(c.key for c in pack.choices if c.list == "trade") == "ABCDEFGHIJKLMNOPQRST"


def test_the_kinds_of_all_divisions_are_defined_on_their_level(pack):
    level_of = {kind.key: kind.level for kind in pack.unit_kinds}
    for day in pack.official_days:
        for division in pack.divisions(day):
            assert level_of[kind_of(division.name, division.level)] == division.level


def test_each_division_may_stand_under_its_parent(pack):
    under = {kind.key: kind.under for kind in pack.unit_kinds}
    for day in pack.official_days:
        level_of = {d.code: d.level for d in pack.divisions(day)}
        for division in pack.divisions(day):
            parents = {level_of[division.parent_code]} if division.parent_code else set()
            assert parents <= set(under[kind_of(division.name, division.level)])


def test_the_six_official_days_have_their_lists(pack):
    towns_and_villages = {}
    for day in pack.official_days:
        levels = Counter(division.level for division in pack.divisions(day))
        towns_and_villages[day.isoformat()] = (levels["town"], levels["village"])
    assert towns_and_villages == {
        "2016-07-31": (119, 2685),
        "2018-10-31": (119, 2687),
        "2020-06-30": (103, 2168),
        "2021-10-31": (103, 2145),
        "2022-10-31": (103, 2152),
        "2023-06-30": (103, 2168),
    }


def test_each_threshold_holds_on_every_official_day(pack):
    for key in {threshold.key for threshold in pack.thresholds}:
        versions = [t for t in pack.thresholds if t.key == key]
        for day in pack.official_days:
            assert sum(t.since <= day and (t.until is None or day < t.until) for t in versions) == 1, key


def test_a_union_committee_needs_25_members_and_a_party_branch_three(pack):
    least = {threshold.key: threshold.least for threshold in pack.thresholds}
    assert (least["union_committee"], least["party_branch"]) == (25, 3)


def test_each_kind_of_division_is_compared_in_one_class_but_for_the_rest(pack):
    kinds = [kind for each in pack.place_classes for kind in each.kinds]
    divisions = {kind.key for kind in pack.unit_kinds if kind.level in ("county", "town", "village")}
    assert len(kinds) == len(set(kinds))
    assert divisions - set(kinds) == {"town_other", "village_other"}


def test_each_reading_is_of_a_place_in_the_lists(pack):
    names = {division.name for day in pack.official_days for division in pack.divisions(day)}
    assert [r.word for r in pack.readings if not any(r.word in name for name in names)] == []
    assert {r.word: r.pinyin for r in pack.readings}["崧厦"] == "song xia"


def test_words_keep_the_order_of_the_file(pack):
    assert [line.position for line in pack.lines] == [0, 1, 2, 3]
    assert [c.position for c in pack.choices if c.list == "status"] == [0, 1, 2, 3]


@pytest.mark.parametrize("part", PARTS)
def test_each_file_has_a_sound_schema_that_knows_all_its_lists(part):
    schema = json.loads((SCHEMA / f"{part}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    tables = tomllib.loads((SHAOXING / f"{part}.toml").read_text(encoding="utf-8"))
    assert set(schema["properties"]) == set(tables)


def test_what_a_schema_expects_can_be_said_in_both_languages():
    def described(node):
        if isinstance(node, dict):
            own = {node["description"]} if isinstance(node.get("description"), str) else set()
            return own.union(*map(described, node.values()))
        return set().union(*map(described, node)) if isinstance(node, list) else set()

    schemas = [json.loads((SCHEMA / f"{part}.json").read_text(encoding="utf-8")) for part in PARTS]
    assert described(schemas) == set(EXPECTED)


@pytest.mark.parametrize("rows", ["line = 3", "line = []", "line = [3]", '[line]\nkey = "party"'])
def test_a_list_that_holds_no_rows_is_told(folder, rows):
    tail = (folder / "lines.toml").read_text(encoding="utf-8").split("# many_units")[1]
    (folder / "lines.toml").write_text(f"{rows}\n#{tail}", encoding="utf-8")
    with pytest.raises(PackFault, match=r"lines\.toml, line.* does not fit; write a"):
        read_pack(folder)


def test_its_digest_changes_with_any_of_its_files(pack, folder):
    assert read_pack(folder).sha256 == pack.sha256
    digests = {pack.sha256}
    for file in (folder / "lines.toml", folder / "divisions" / "shaoxing-2016-07-31.csv"):
        file.write_bytes(file.read_bytes() + b"\n")
        digests.add(read_pack(folder).sha256)
    assert len(digests) == 3


# Packs that cannot be used


def test_a_missing_file_is_named(folder):
    (folder / "units.toml").unlink()
    with pytest.raises(PackFault) as fault:
        read_pack(folder)
    assert fault.value.sentences == ["units.toml is missing from the pack; add it."]


def test_all_files_are_checked_at_once(folder):
    (folder / "units.toml").unlink()
    assert spoil(folder, "lines.toml", 'mark = "工"\n', "") == [
        "lines.toml, line 2 (union): “mark” is missing; add it.",
        "units.toml is missing from the pack; add it.",
    ]


def test_broken_toml_says_where(folder):
    (sentence,) = spoil(folder, "pack.toml", 'key = "shaoxing"', "key = shaoxing")
    assert sentence.startswith("pack.toml cannot be read as TOML: Invalid value (at line 3")


def test_another_encoding_is_refused(folder):
    (folder / "pack.toml").write_bytes("key = '绍兴'".encode("gbk"))
    with pytest.raises(PackFault, match=r"pack\.toml is not written in UTF-8; save it so\."):
        read_pack(folder)


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        (
            "lines.toml",
            'en = "Trade union"',
            'fr = "Syndicat", en = "Trade union"',
            "lines.toml, line 2 (union) › names: “fr” is not known here; remove it or mend its spelling.",
        ),
        (
            "lines.toml",
            'en = "Trade union"',
            'en = " "',
            "lines.toml, line 2 (union) › names › en: “ ” does not fit; write a text that is not empty.",
        ),
        (
            "lines.toml",
            ', en = "Trade union"',
            "",
            "lines.toml, line 2 (union) › names: “en” is missing; add it.",
        ),
        (
            "lines.toml",
            "leads = true",
            'leads = "yes"',
            "lines.toml, line 1 (party) › leads: “yes” does not fit; write true or false.",
        ),
        (
            "lines.toml",
            'line = "union"',
            'line = "onion"',
            "lines.toml, body_kind 9 (union_federation): there is no line “onion”; "
            "write one of party, union, league, women.",
        ),
        (
            "lines.toml",
            "leads = true",
            "leads = false",
            "lines.toml: 0 lines lead the others; write leads = true in exactly one.",
        ),
        (
            "lines.toml",
            'key = "party_general_branch"',
            'key = "party_committee"',
            "lines.toml, body_kind 3 (party_committee): “party_committee” stands twice; "
            "keep one or give it another key.",
        ),
        (
            "units.toml",
            'level = "place"',
            'level = "square"',
            "units.toml, unit_kind 12 (park) › level: “square” is not known here; "
            "write one of city, county, town, village, place, employer.",
        ),
        (
            "thresholds.toml",
            "least = 25",
            "least = 0",
            "thresholds.toml, threshold 1 (union_committee) › least: “0” does not fit; write a whole number from 1.",
        ),
        (
            "thresholds.toml",
            "since = 2001-10-27",
            "since = 2001-10-27\nuntil = 2001-10-27",
            "thresholds.toml, threshold 1 (union_committee): “until” is not after “since”; mend one of the two days.",
        ),
        (
            "thresholds.toml",
            'key = "union_full_time_chair"',
            'key = "union_committee"',
            "thresholds.toml, threshold 2 (union_committee): the version before still holds on 2001-10-27; "
            "give that one an “until”.",
        ),
        (
            "workdays.toml",
            "days_off = [2016-01-01",
            "days_off = [2015-01-01",
            "workdays.toml, year 1 (2016) › days_off: 2015-01-01 is not of this year; move it.",
        ),
        (
            "workdays.toml",
            "days_off = [2016-01-01",
            "days_off = [2016-01-02",
            "workdays.toml, year 1 (2016) › days_off: 2016-01-02 is that by the week already; remove it.",
        ),
        (
            "workdays.toml",
            'key = "2017"',
            "key = 2017",
            "workdays.toml, year 2 (2017) › key: “2017” does not fit; write a year such as 2026, in quotation marks.",
        ),
        (
            "classes.toml",
            'kinds = ["town"]',
            'kinds = ["toun"]',
            "classes.toml, place_class 3 (towns): there is no kind of unit “toun”; mend it.",
        ),
        (
            "classes.toml",
            'kinds = ["town"]',
            'kinds = ["town", "street"]',
            "classes.toml, place_class 3 (towns): “street” is in a class before; keep it in one.",
        ),
        (
            "classes.toml",
            'kinds = ["town"]',
            'kinds = ["town", "park"]',
            "classes.toml, place_class 3 (towns): these kinds stand on more than one level; make a class of each.",
        ),
        (
            "classes.toml",
            'kinds = ["town"]',
            "kinds = []",
            "classes.toml, place_class 3 (towns) › kinds: “[]” does not fit; "
            "write at least one kind of unit, each once.",
        ),
        (
            "thresholds.toml",
            'mass_lines = ["union", "league"]',
            'mass_lines = ["union", "church"]',
            "thresholds.toml, joining 1 (party) › mass_lines: “church” does not fit; "
            "write party, union, league, women.",
        ),
        (
            "thresholds.toml",
            '"party_places", "party_villages"]',
            '"party_places", "womens_home"]',
            "thresholds.toml, joining 1 (party) › indicators: “womens_home” does not fit; write party_employers, "
            "party_enterprises_50, party_private, party_places, party_villages.",
        ),
        (
            "readings.toml",
            'pinyin = "song xia"',
            'pinyin = "song"',
            "readings.toml, reading 1 (崧厦): “song” must have one syllable for each character.",
        ),
        (
            "pack.toml",
            "2016-07-31",
            "2017-07-31",
            "pack.toml: the official day 2017-07-31 has no list; "
            "add divisions/shaoxing-2017-07-31.csv or remove the day.",
        ),
        (
            "pack.toml",
            "2016-07-31",
            '"2016-02-31"',
            "pack.toml, official_days 1: “2016-02-31” does not fit; write a day such as 2016-07-31.",
        ),
    ],
)
def test_a_fault_is_told_with_its_file_its_place_and_what_to_do(folder, file, old, new, sentence):
    assert spoil(folder, file, old, new) == [sentence]


def test_a_day_in_quotation_marks_is_a_day(folder, pack):
    text = (folder / "pack.toml").read_text(encoding="utf-8")
    (folder / "pack.toml").write_text(text.replace("2016-07-31", '"2016-07-31"'), encoding="utf-8")
    assert read_pack(folder).official_days == pack.official_days
    assert pack.official_days[0] == date(2016, 7, 31)


@pytest.mark.parametrize(
    "row",
    [
        'where = { kind = "enterprise", staff_from = 25 }',  # over head-counts
        'having = { covered_by = [{ line = "party" }',  # of several lines
        'awaits = "talent"',
        "having = { items_from = 6 }",  # not of units
    ],
)
def test_only_what_counts_over_what_everybody_sees_is_told_to_everybody(folder, row):
    (said,) = spoil(folder, "indicators.toml", row, f'public_to = "town"\n{row}')
    assert "can be told to everybody; take “public_to” out" in said


def test_of_two_that_count_the_same_in_part_only_one_is_told_to_everybody(folder):
    row = 'where = { kind = "enterprise", staff_from = 50 }'
    (said,) = spoil(folder, "indicators.toml", row, 'public_to = "city"\nwhere = { kind = "enterprise" }')
    assert "it counts partly what “party_employers” counts" in said


# what the lines set out to do together


def test_the_programme_is_the_one_of_the_speech(pack):
    (programme,) = pack.programmes
    assert (programme.begins_on, programme.ends_on, programme.lines) == (
        date(2010, 12, 15), None, ["party", "union", "league", "women"],
    )  # fmt: skip
    wanted = {tier.names["zh-hans"]: (tier.wanted, tier.counts) for tier in pack.tiers}
    assert wanted == {
        "十件实事": (10, "projects"), "三大体系": (3, "projects"), "三项机制": (3, "projects"),
        "十大项目": (10, "projects"), "百家团委": (100, "bodies"), "千名团干": (1000, "people"),
        "万名团员": (10000, "people"),
    }  # fmt: skip
    assert [task.key for task in pack.tasks if len(task.lines) == 4] == [
        "sync_organisations", "sync_teams", "sync_venues", "sync_mechanisms",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "old, new, said",
    [
        ('line = "union"', 'line = "trade"', "there is no line “trade”"),
        ('carrier = "union_shape"', 'carrier = "shape"', "write union_shape, league_shape"),
        ('programme = "strive"', 'programme = "thrive"', "“thrive” does not fit; write strive"),
        ('lines = ["women"]', 'lines = ["men"]', "“men” does not fit; write party, union, league, women"),
        ("key_date = 2011-07-01", "key_date = 2011-07-02", "the days are not in order"),
        ("ends_on = 2011-07-01", "ends_on = 2012-07-01", "begins and ends in one year"),
        ("wanted = 10\n", "wanted = 0\n", "“0” does not fit; write a whole number from 1"),
        ('counts = "projects"', 'counts = "points"', "“points” is not known here"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_programme_is_said(folder, old, new, said):
    (sentence,) = spoil(folder, "programme.toml", old, new)
    assert sentence.startswith("programme.toml, ") and said in sentence


# headings of events, contests and publicity


@pytest.mark.parametrize(
    "old, new, said",
    [
        ('key = "post_expert"', 'key = "labour_contest"', "stands twice"),
        ('key = "paper"', 'key = "报刊"', "write a key of at most 40"),
        ("[[channel]]", "[[channels]]", "“channels” is not known here"),
    ],
)
def test_what_is_wrong_with_the_headings_of_activities_is_said(folder, old, new, said):
    sentences = spoil(folder, "activities.toml", old, new)
    assert all(each.startswith("activities.toml, ") for each in sentences)
    assert any(said in each for each in sentences)
