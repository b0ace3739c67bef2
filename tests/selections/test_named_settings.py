"""The two rounds of 2011 as named settings of the pack, each from a deed to a file that a second person checks.

Who votes, how and for whom is made up; how many candidates, choices and places there are, and which rules, is not.
"""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gongjian.deeds.models import Deed
from gongjian.register.models import Unit
from gongjian.selections import carrying, deciding, preparing
from gongjian.workdays import calendar
from gongjian.workdays.define import define_year
from tests.ballots.conftest import build_draft, cast, seal
from tests.register import town as small
from verivote import receipt
from verivote.errors import Void

from .conftest import Selecting, a_deed, freeze, hold_poll, publish_poll, rule

ROOT = Path(__file__).resolve().parents[2]
PROVINCE = {"honoured": "province"}
PLAIN = {"honoured": "none", "leader": "below", "concrete": "yes"}
Field = tuple[str, str, int, dict[str, str]]  # a title, of body or person, the number of its county, its marks


@dataclass
class Round:
    """A selection under way; `numbers` are those on the ballot by the title of a deed."""

    selecting: Selecting
    numbers: dict[str, str]

    def vote(self, at: int, orgs: list[str], members: list[str]) -> dict[str, Any]:
        """Voter number `at` casts, and checks the receipt."""
        held = self.selecting.held
        assert held is not None
        wanted = {"org": orgs, "per": members}
        choices = {group: sorted(self.numbers[each] for each in named) for group, named in wanted.items()}
        told = cast(held, at, seal(held, choices))
        receipt.check(told, held.poll.entry)
        return told

    def outcomes(self) -> dict[str, tuple[int | None, str]]:
        return {each.deed.title: (each.votes, each.outcome) for each in self.selecting.candidates()}


def begin(key: str, fields: list[Field]) -> Round:
    """Deeds as (title, of body or person, number of its county, what is typed of it), taken in; the poll is open."""
    town = build_draft().town
    calendar.forget()
    for year in (town.today.year, town.today.year + 1):
        define_year(str(year), days_off=[], days_worked=[], source="样例")
    unions = {
        number: union_of(town.units["city"], number, town.bodies["city_union"]) for number in {f[2] for f in fields}
    }
    made = preparing.draft(
        town.bodies["city_union"], rule(key), title="样例评选", span="month", of=town.today,
        nominate_until=town.today + timedelta(days=7), today=town.today, by=town.accounts["union_chair"],
    )  # fmt: skip
    selecting = Selecting(town, made)
    preparing.open_nominations(made, **selecting.given())
    selecting.again()
    typed = {mark["key"] for mark in made.rules["marks"] if mark["source"] == "typed"}
    for at, (title, of, county, marks) in enumerate(fields, start=1):
        deed = a_deed(town, at, of=of)
        Deed.objects.filter(pk=deed.pk).update(title=title, body=unions[county], selected_by=unions[county])
        deed.refresh_from_db()
        preparing.propose(
            selecting.selection, deed, marks={name: (PLAIN | marks)[name] for name in typed}, today=town.today,
            by=selecting.chair,
        )  # fmt: skip
    hold_poll(selecting)
    freeze(selecting)
    return Round(selecting, {each.deed.title: each.number for each in selecting.candidates()})


def union_of(city: Unit, number: int, above: Any) -> Any:
    county = small.unit(f"样例县{number}", "county_city", city, code=f"3399{number:02}")
    return small.body(f"样例县{number}总工会", "union_federation", county, superior=above)


def end(round: Round, tmp_path: Path) -> None:
    """Counted, published, the rules carried out, noticed, decided as they say, published; and checked apart from the
    site, from the one file alone."""
    selecting = round.selecting
    publish_poll(selecting)
    carrying.carry_out(selecting.selection, **selecting.given())
    deciding.give_notice(selecting.again(), **selecting.given())
    until = selecting.again().notice_until
    assert until is not None
    after = selecting.given() | {"today": until + timedelta(days=1)}
    chosen = [each.number for each in selecting.candidates() if each.outcome == "chosen"]
    deciding.decide(selecting.selection, chosen, panel="样例评审组", departs_why="", **after)
    deciding.publish(selecting.again(), **after)
    file = io.BytesIO()
    carrying.write_bundle(selecting.again(), file)
    (tmp_path / "selection.zip").write_bytes(file.getvalue())
    second(tmp_path, "-m", "zipfile", "-e", "selection.zip", ".")
    second(tmp_path, "-m", "verivote", "verify", "poll.zip")
    second(tmp_path, "-m", "quotas", "selection.zip")


def second(where: Path, *arguments: str) -> None:
    """What a second person runs, in a folder that holds the file and nothing of the site's."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=where,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_province_s_round_of_july_2011_from_deeds_to_a_file_that_holds(db, tmp_path):
    """42 organisations and 98 members stand; each ballot names exactly 3 and 7; 6 and 14 are chosen."""
    orgs, members = [f"组织{at:02}" for at in range(42)], [f"党员{at:02}" for at in range(98)]
    fields: list[Field] = [(title, "body", at % 11, {}) for at, title in enumerate(orgs)]
    fields += [(title, "person", at % 11, {}) for at, title in enumerate(members)]
    round = begin("province_2011", fields)
    for voter in range(23):
        half = voter % 2
        round.vote(voter, orgs[3 * half : 3 * half + 3], members[7 * half : 7 * half + 7])
    round.vote(0, orgs[3:6], members[7:14])  # again: the later one counts, and nobody has two
    with pytest.raises(Void, match="Too few"):  # of organisations: such a ballot is not even sealed
        round.vote(23, orgs[:2], members[:7])
    end(round, tmp_path)
    found = round.outcomes()
    assert {title for title, (_votes, outcome) in found.items() if outcome == "chosen"} == {*orgs[:6], *members[:14]}
    assert {found[title][0] for title in (*orgs[:3], *members[:7])} == {11}
    assert {found[title][0] for title in (*orgs[3:6], *members[7:14])} == {12}
    reserve = [title for title, (votes, outcome) in found.items() if outcome == "reserve" and votes == 0]
    assert sorted(title[:2] for title in reserve) == ["党员"] * 4 + ["组织"] * 4, "drawn among those without votes"


def test_ningbo_s_rules_of_april_2011_from_deeds_to_a_file_that_holds(db, tmp_path):
    """Whoever was honoured before, leads, or is only good in general is not ranked, however many votes; of a county one
    organisation and two members at most, and two in all."""
    orgs = [("组织0", "body", 0, PROVINCE), ("组织1", "body", 0, {}), ("组织2", "body", 0, {})]
    orgs += [(f"组织{at}", "body", at - 2, {}) for at in range(3, 6)]
    leads, general = {"leader": "county"}, {"concrete": "no"}
    members = [("党员0", "person", 4, leads), ("党员1", "person", 4, general)]
    members += [(f"党员{at}", "person", 4, {}) for at in (2, 3, 4)]  # three of one county
    members += [(f"党员{at}", "person", 5 + (at - 5) // 2, {}) for at in range(5, 13)]
    round = begin("ningbo_2011", orgs + members)
    names = [title for title, *_rest in members]
    for voter in range(12):
        round.vote(voter, ["组织0", "组织1", "组织2"], names[:7])
    for voter in range(12, 20):
        round.vote(voter, ["组织0", "组织1", "组织3"], names[:5] + names[7:9])
    for voter in range(20, 24):
        round.vote(voter, ["组织0", "组织4", "组织5"], names[:4] + names[9:12])
    end(round, tmp_path)
    found = round.outcomes()
    votes = {title: votes for title, (votes, _outcome) in found.items()}
    assert (votes["组织0"], votes["组织1"], votes["组织2"], votes["组织3"], votes["组织4"]) == (24, 20, 12, 8, 4)
    assert (votes["党员0"], votes["党员2"], votes["党员3"], votes["党员5"], votes["党员7"]) == (24, 24, 24, 12, 8)
    by = {each.deed.title: (each.by_rule, each.facts) for each in round.selecting.candidates()}
    barred = [by[title] for title in ("组织0", "党员0", "党员1")]
    assert [(rule, facts["filter"]) for rule, facts in barred] == [
        ("barred", "new_faces"), ("barred", "no_leaders"), ("barred", "concrete"),
    ]  # fmt: skip
    chosen = {title for title, (_votes, outcome) in found.items() if outcome == "chosen"}
    assert {"组织1", "组织3"} < chosen and not {"组织0", "组织2", "党员0", "党员1", "党员4"} & chosen
    assert len({"组织4", "组织5"} & chosen) == 1, "level: the draw said which"
    assert {"党员2", "党员3", "党员5", "党员6", "党员7", "党员8"} < chosen and len(chosen) == 10
