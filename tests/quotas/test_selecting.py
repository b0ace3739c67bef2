"""Selections: the rules of the pack worked by hand, beside trying all, and a file that anybody computes again."""

from __future__ import annotations

import copy
import hashlib
import io
import json
import subprocess
import sys
import tomllib
import zipfile
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from quotas.__main__ import found_in
from quotas.faults import Fault
from quotas.selecting import Standing, basis_of, canonical, differences, rules_from, seed_of, select, selected
from verivote.canonical import canonical as of_verivote

ROOT = Path(__file__).resolve().parents[2]
PACK = tomllib.loads((ROOT / "packs" / "shaoxing" / "selections.toml").read_text(encoding="utf-8"))
RULES = {each["key"]: each for each in PACK["selection_rule"]}


def standing(id, group, **marks) -> Standing:
    return Standing(id, group, {"county": "", "honoured": "none", "leader": "below", "concrete": "yes"} | marks)


def chosen(found) -> list[str]:
    return [each.id for each in found if each.outcome == "chosen"]


# == the province, July 2011: 42 organisations and 98 members, 6 and 14 of them by votes ==
def province(votes_of=lambda at: 5000 - 10 * at):
    rows = [standing(f"{at:03}", "org") for at in range(1, 43)]
    rows += [standing(f"{at:03}", "per") for at in range(43, 141)]
    return rows, {each.id: votes_of(int(each.id)) for each in rows}


def test_the_province_s_round_of_july_2011_names_six_and_fourteen_by_votes():
    rows, votes = province()
    found = select(rules_from(RULES["province_2011"]), rows, votes)
    assert chosen(found) == [f"{at:03}" for at in (*range(1, 7), *range(43, 57))]
    assert [each.id for each in found if each.outcome == "reserve"] == [
        "007", "008", "009", "010", "057", "058", "059", "060",
    ]  # fmt: skip
    assert {each.by for each in found if each.outcome == "not"} == {"places"}


def test_a_tie_at_the_edge_of_the_province_s_round_waits_for_the_draw_and_is_then_drawn_by_hand():
    """056, 057 and 058 are level for the fourteenth place."""
    rows, votes = province(lambda at: 4445 if at in (56, 57, 58) else 5000 - 10 * at)
    waiting = select(rules_from(RULES["province_2011"]), rows, votes)
    assert {each.id for each in waiting if each.outcome == "waits"} >= {"056", "057", "058"}
    seed = seed_of("ab" * 32, "03 07 12")
    first = min(("056", "057", "058"), key=lambda id: hashlib.sha256((seed + id).encode()).digest())
    found = {each.id: each for each in select(rules_from(RULES["province_2011"]), rows, votes, seed=seed)}
    assert found[first].outcome == "chosen"
    assert {found[id].by for id in {"056", "057", "058"} - {first}} == {"drawn"}


# == Ningbo, April 2011, on a field small enough for paper ==
NINGBO = [
    # id, group, county, votes, what the rules say of it by hand
    ("01", "org", "余姚", 900, "chosen votes"),
    ("02", "org", "余姚", 880, "reserve full"),  # a second organisation of the county: could step in for the first
    ("03", "org", "慈溪", 870, "chosen votes"),
    ("04", "org", "奉化", 860, "not full"),  # two members of the county have more votes; steps in for no organisation
    ("05", "org", "象山", 850, "chosen votes"),
    ("06", "org", "宁海", 840, "reserve places"),
    ("11", "per", "奉化", 990, "chosen votes"),
    ("12", "per", "奉化", 980, "chosen votes"),
    ("13", "per", "奉化", 970, "reserve full"),  # a third member: could step in for one of the two
    ("14", "per", "慈溪", 965, "not barred"),  # honoured by the nation
    ("15", "per", "慈溪", 960, "not barred"),  # a leader
    ("16", "per", "慈溪", 955, "not barred"),  # no concrete deed
    ("17", "per", "慈溪", 950, "chosen votes"),
    ("18", "per", "慈溪", 700, "reserve full"),  # one organisation and one member are two
    ("19", "per", "余姚", 690, "chosen votes"),
    ("20", "per", "鄞州", 680, "chosen votes"),
    ("21", "per", "鄞州", 670, "chosen votes"),
    ("22", "per", "镇海", 660, "chosen votes"),
    ("23", "per", "镇海", 650, "reserve places"),
    ("24", "per", "宁海", 640, "not places"),
    ("25", "per", "北仑", 630, "not places"),
]
SAID = {"14": {"honoured": "nation"}, "15": {"leader": "county"}, "16": {"concrete": "no"}}


def ningbo():
    rows = [standing(id, group, county=county, **SAID.get(id, {})) for id, group, county, _votes, _said in NINGBO]
    return rows, {id: votes for id, _group, _county, votes, _said in NINGBO}


def test_ningbo_s_rules_of_april_2011_worked_by_hand():
    rows, votes = ningbo()
    found = select(rules_from(RULES["ningbo_2011"]), rows, votes)
    assert {each.id: f"{each.outcome} {each.by}" for each in found} == {id: said for id, *_more, said in NINGBO}
    why = {each.id: each.facts for each in found}
    assert [why[id]["filter"] for id in ("14", "15", "16")] == ["new_faces", "no_leaders", "concrete"]
    assert why["04"] == {"bounds": ["county 奉化"]} and why["02"] == {"bounds": ["county 余姚, group org"]}
    assert "county 慈溪" in why["18"]["bounds"]


def test_who_withdraws_makes_room_by_the_same_rules():
    rows, votes = ningbo()
    found = {each.id: each for each in select(rules_from(RULES["ningbo_2011"]), rows, votes, withdrawn={"12", "22"})}
    assert found["12"].facts == {"filter": "withdrawn"} and found["23"].outcome == "chosen"
    assert found["13"].outcome == "chosen", "the county has room for its second member again"


# == beside trying everything ==
@settings(max_examples=60, deadline=None)
@given(some.data())
def test_the_choice_is_the_best_of_all_that_meet_the_rules(data):
    """Lexicographically: whoever has more votes is in if any choice that meets all rules has them and those before."""
    count = data.draw(some.integers(4, 8))
    group, county = some.sampled_from(["org", "per"]), some.sampled_from("甲乙丙")
    rows = [standing(f"{at:02}", data.draw(group), county=data.draw(county)) for at in range(count)]
    votes = {each.id: 100 - at for at, each in enumerate(rows)}
    places = {"org": data.draw(some.integers(1, 2)), "per": data.draw(some.integers(1, 2))}
    table = {
        "groups": [{"id": id, "least": 1, "most": 1, "places": many} for id, many in places.items()],
        "caps": [{"by": "county", "most": data.draw(some.integers(1, 3))}],
        "leasts": [{"mark": "county", "value": "丙", "least": 1}] if data.draw(some.booleans()) else [],
    }

    def meets(some_of) -> bool:
        groups = Counter(each.group for each in some_of)
        counties = Counter(each.marks["county"] for each in some_of)
        return (
            all(groups[id] == many for id, many in places.items())
            and max(counties.values()) <= table["caps"][0]["most"]
            and (not table["leasts"] or counties["丙"] >= 1)
        )

    every = [each for each in combinations(rows, sum(places.values())) if meets(each)]
    try:
        found = select(rules_from(table), rows, votes)
    except Fault as fault:
        assert not every and fault.code in ("bounds_cannot_be_met", "too_few_candidates")
        return
    best = min(every, key=lambda each: [rows.index(one) for one in each])
    assert set(chosen(found)) == {each.id for each in best}


# == what may not be ==
@pytest.mark.parametrize(
    "change, code",
    [
        ({"groups": []}, "groups_named_twice_or_none"),
        ({"groups": [{"id": "a", "least": 4, "most": 3, "places": 1}]}, "group_impossible"),
        ({"groups": [{"id": "a", "least": 1, "most": 3, "places": 0}]}, "group_impossible"),
        ({"groups": [{"id": "a", "least": 1, "most": 1, "places": 1}] * 2}, "groups_named_twice_or_none"),
        ({"filters": [{"code": "withdrawn", "mark": "m", "bars": ["x"]}]}, "filter_named_twice"),
        ({"filters": [{"code": "a", "mark": "m", "bars": ["x"]}] * 2}, "filter_named_twice"),
        ({"caps": [{"by": "county", "most": 0}]}, "cap_lets_nobody_in"),
        ({"caps": [{"by": "county", "most": 1, "group": "nobody"}]}, "rule_of_unknown_group"),
        ({"leasts": [{"mark": "m", "value": "x", "least": 99}]}, "least_beyond_places"),
        ({"reserve": -1}, "reserve_impossible"),
    ],
)
def test_rules_that_cannot_be_are_refused_by_name(change, code):
    with pytest.raises(Fault) as refused:
        rules_from(RULES["province_2011"] | change)
    assert refused.value.code == code


def test_a_candidate_without_votes_or_of_no_group_is_refused():
    rows, votes = ningbo()
    with pytest.raises(Fault, match="candidate_without_votes"):
        select(rules_from(RULES["ningbo_2011"]), rows, votes | {"11": -1})
    with pytest.raises(Fault, match="candidate_of_unknown_group"):
        select(rules_from(RULES["ningbo_2011"]), [*rows, standing("99", "both")], votes | {"99": 1})


# == the file ==
def told() -> dict:
    rows, votes = ningbo()
    rules = {name: RULES["ningbo_2011"][name] for name in ("groups", "filters", "caps", "reserve")}
    candidates = [
        {"id": each.id, "group": each.group, "title": "样例", "note": "", "marks": dict(each.marks)} for each in rows
    ]
    file = {
        "format": 1, "poll": "00" * 16, "basis": basis_of(rules, candidates), "rules": rules, "candidates": candidates,
        "votes": votes, "withdrawn": {}, "root": "ab" * 32, "draw": "03 07 12",
    }  # fmt: skip
    return file | {"result": selected(file)}


@pytest.mark.parametrize(
    "change, said",
    [
        (lambda file: file["votes"].update({"13": 2000}), "12: chosen by votes"),
        (lambda file: file["rules"]["caps"].pop(), "basis"),
        (lambda file: file["candidates"][0]["marks"].update(county="象山"), "basis"),
        (lambda file: file["result"][0].update(outcome="not"), "01: not by votes, computed chosen by votes"),
        (lambda file: file["result"].pop(), "computed"),
        (lambda file: file["withdrawn"].update({"11": "无"}), "11: chosen"),
    ],
)
def test_what_is_told_otherwise_than_it_comes_out_is_found(change, said):
    file = told()
    assert list(differences(copy.deepcopy(file))) == []
    change(file)
    assert any(said in each for each in differences(file))


def bundle_of(file: dict) -> bytes:
    """Of a poll as far as the file has to go with it; whether it holds by itself verivote says."""
    groups = [
        {"id": each["id"], "least": each["least"], "most": each["most"],
         "candidates": [{"id": one["id"]} for one in file["candidates"] if one["group"] == each["id"]]}
        for each in file["rules"]["groups"]
    ]  # fmt: skip
    tallies = {each["id"]: {one["id"]: file["votes"][one["id"]] for one in each["candidates"]} for each in groups}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as out:
        out.writestr("entry.json", json.dumps({"rules": {"basis": file["basis"], "groups": groups}}))
        out.writestr("result.json", json.dumps({"tallies": tallies, "draw": file["draw"]}))
        out.writestr("heads.jsonl", json.dumps({"head": {"root": file["root"]}}) + "\n")
        out.writestr("leaves.bin", b"\x00" + bytes(32) + b"\x03" + bytes(32))
        out.writestr("contents.jsonl", json.dumps({"index": 1, "content": {"group": "per", "candidate": "25"}}) + "\n")
    return target.getvalue()


@pytest.fixture
def files(tmp_path):
    """The file and the bundle of its poll, in which 25 withdrew."""
    file = told() | {"withdrawn": {"25": "本人退出"}}
    file["result"] = selected(file)
    (tmp_path / "selection.json").write_bytes(canonical(file))
    (tmp_path / "poll.zip").write_bytes(bundle_of(file))
    return tmp_path, file


def test_the_file_goes_with_the_bundle_of_its_poll_apart_or_as_one(files):
    folder, _file = files
    assert found_in(str(folder / "selection.json"), str(folder / "poll.zip")) == []
    with zipfile.ZipFile(folder / "both.zip", "w") as out:
        for name in ("selection.json", "poll.zip"):
            out.write(folder / name, name)
    assert found_in(str(folder / "both.zip")) == []


@pytest.mark.parametrize(
    "change, said",
    [
        ({"votes": "11"}, "votes of 11"),
        ({"draw": "别的号码"}, "draw 别的号码"),
        ({"root": "cd" * 32}, "root"),
        ({"withdrawn": {}}, "withdrawn: the poll names more"),
        ({"basis": "00" * 32}, "basis"),
    ],
)
def test_a_file_that_does_not_go_with_the_poll_is_found_even_if_it_holds_by_itself(change, said, files):
    folder, file = files
    if "votes" in change:
        change = {"votes": file["votes"] | {"11": 5000}}
    other = file | change
    other["result"] = selected(other)
    (folder / "other.json").write_bytes(canonical(other))
    assert any(said in each for each in found_in(str(folder / "other.json"), str(folder / "poll.zip")))


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b'{"candidates": []}', b'{"candidates": 7, "rules": {}}', b"\xff"]
)
def test_the_command_line_says_so_of_what_is_no_such_file(content, tmp_path):
    (tmp_path / "odd.json").write_bytes(content)
    ran = subprocess.run(
        [sys.executable, "-m", "quotas", str(tmp_path / "odd.json")], capture_output=True, text=True, cwd=ROOT
    )
    assert ran.returncode == 1 and "cannot be computed" in ran.stdout and ran.stderr == ""


def test_a_bundle_that_is_cut_short_is_told(files):
    folder, _file = files
    whole = (folder / "poll.zip").read_bytes()
    (folder / "cut.zip").write_bytes(whole[: len(whole) // 2])
    ran = subprocess.run(
        [sys.executable, "-m", "quotas", str(folder / "selection.json"), str(folder / "cut.zip")], capture_output=True,
        text=True, cwd=ROOT,
    )  # fmt: skip
    assert ran.returncode == 1 and "cannot be computed" in ran.stdout


def _nested(inner):
    return some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3)


PLAIN = some.integers(-(2**53) + 1, 2**53 - 1) | some.text() | some.booleans() | some.none()


@given(some.recursive(PLAIN, _nested, max_leaves=8))
@settings(max_examples=80, deadline=None)
def test_one_value_has_the_same_bytes_here_and_in_the_verifier(value):
    try:
        theirs = of_verivote(value)
    except ValueError:  # a lone surrogate
        return
    assert canonical(value) == theirs
