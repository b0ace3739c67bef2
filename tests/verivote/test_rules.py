"""Rules that no poll can be held under are refused with what to change; a ballot keeps them or has one reason."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from verivote import entry as entries
from verivote import rules as rulebook
from verivote.errors import VerivoteError
from verivote.rules import reason_void

from . import polls

CHOICES = {"org": ["07", "12", "09"], "people": ["3"]}


def put(*path: Any, to: Any) -> Callable[[Any], None]:
    def change(value: Any) -> None:
        *way, last = path
        for name in way:
            value = value[name]
        value[last] = to

    return change


def drop(*path: Any) -> Callable[[Any], None]:
    def change(value: Any) -> None:
        *way, last = path
        for name in way:
            value = value[name]
        del value[last]

    return change


WRONG = [
    ("not_record", drop("title")),
    ("unknown_field", put("secret", to=1)),
    ("not_text", put("title", to="")),
    ("not_text", put("title", to=7)),
    ("not_text", put("title", to="长" * 201)),
    ("not_one_of", put("format", to=True)),
    ("not_one_of", put("format", to=2)),
    ("not_one_of", put("channels", to=["fax"])),
    ("not_hex", put("poll", to="AB" * 16)),
    ("not_hex", put("poll", to="ab" * 15)),
    ("not_hex", put("poll", to=5)),
    ("not_hex", put("poll", to="ab" * 16 + "\n")),
    ("not_list", put("groups", to=[])),
    ("not_list", put("groups", to={})),
    ("not_list", put("groups", 0, "candidates", to=[{}] * 2001)),
    ("not_number", put("groups", 0, "most", to=True)),
    ("not_number", put("groups", 0, "most", to=0)),
    ("not_number", put("roll", "voters", to=19)),
    ("not_number", put("weight", to=101)),
    ("not_minute", put("closes", to="2026-03-16T09:30:01Z")),
    ("not_minute", put("closes", to="2026-02-30T09:30:00Z")),
    ("not_minute", put("closes", to="2026-03-16T09:30:00+08:00")),
    ("not_minute", put("closes", to=None)),
    ("not_day", put("roll", "day", to="2026-13-01")),
    ("not_day", put("roll", "day", to=20260301)),
    ("unknown_kind", put("steps", 0, "kind", to="by_mood")),
    ("unknown_kind", put("steps", 0, "kind", to=1)),
    ("unknown_kind", put("steps", 0, to="most_votes")),
    ("named_twice", put("channels", to=["web", "web"])),
    ("named_twice", put("groups", 1, "id", to="org")),
    ("named_twice", put("groups", 0, "candidates", 0, "id", to="12")),
    ("named_twice", put("steps", 1, "group", to="org")),
    ("named_twice", put("steps", 0, "out", to=[{"candidate": "04", "why": "一"}, {"candidate": "04", "why": "二"}])),
    ("named_twice", put("steps", 0, "caps", to=[{"by": "place", "most": 1}, {"by": "place", "most": 2}])),
    ("choices_impossible", put("groups", 0, "least", to=4)),
    ("choices_impossible", put("groups", 0, "most", to=6)),
    ("closes_before_opening", put("closes", to="2026-03-16T01:00:00Z")),
    ("weight_unapproved", put("weight", to=1)),
    ("draw_too_early", put("tie", "held_after", to="2026-03-16T09:29:00Z")),
    ("step_group", put("steps", 1, "group", to="units")),
    ("step_candidate", put("steps", 0, "out", 0, "candidate", to="99")),
    ("cap_attribute", put("steps", 0, "caps", 0, "by", to="age")),
    ("cap_attribute", put("steps", 0, "caps", 0, "by", to="id")),
]


@pytest.mark.parametrize(
    ("change", "where", "name"),
    [
        (put("channels", to=["web", "desk", "desk"]), "rules.channels", "desk"),
        (put("groups", 1, "id", to="org"), "rules.groups", "org"),
        (put("groups", 0, "candidates", 0, "id", to="12"), "rules.groups.org", "12"),
        (put("steps", 1, "group", to="org"), "rules.steps", "org"),
        (put("steps", 0, "out", to=[{"candidate": "04", "why": "一"}] * 2), "rules.steps.org.out", "04"),
        (put("steps", 0, "caps", to=[{"by": "place", "most": 1}] * 2), "rules.steps.org.caps", "place"),
    ],
)
def test_it_is_said_what_is_named_twice_and_where(change: Callable[[Any], None], where: str, name: str):
    found = polls.rules()
    change(found)
    with pytest.raises(VerivoteError) as refused:
        rulebook.check(found)
    assert refused.value.facts == {"where": where, "name": name}


@pytest.mark.parametrize(("code", "change"), WRONG)
def test_rules_that_cannot_be_are_refused(code, change):
    changed = polls.rules()
    change(changed)
    with pytest.raises(VerivoteError) as refused:
        rulebook.check(changed)
    assert refused.value.code == code
    assert refused.value.sentence("zh") != str(refused.value) == refused.value.sentence("en")


@pytest.mark.parametrize(
    "change",
    [
        put("tie", to=None),
        put("tie", "held_after", to="2026-03-16T09:30:00Z"),
        put("steps", to=[]),
        put("groups", 0, "most", to=5),
        put("groups", 0, "candidates", 0, "line", to="party"),
        put("roll", "voters", to=20),
        lambda rules: rules.update(weight=20, approval={"number": "绍创〔2026〕3号", "name": "关于评选的批复"}),
    ],
)
def test_rules_that_can_be_are_accepted(change):
    changed = polls.rules()
    change(changed)
    assert rulebook.check(changed) is None


def test_rules_are_a_record():
    for value in (None, [], "rules"):
        with pytest.raises(VerivoteError) as refused:
            rulebook.check(value)
        assert (refused.value.code, refused.value.facts["where"]) == ("not_record", "rules")


@pytest.mark.parametrize(
    ("reason", "changes"),
    [
        (None, {}),
        (None, {"people": []}),
        ("too_few", {"org": ["07", "12"]}),
        ("too_few", {"org": []}),
        ("too_many", {"org": ["07", "12", "09", "04"]}),
        ("too_many", {"people": ["3", "11", "20"]}),
        ("twice", {"org": ["07", "12", "12"]}),
        ("unknown_candidate", {"org": ["07", "12", "99"]}),
        ("unknown_candidate", {"people": ["07"]}),
        ("unknown_group", {"units": []}),
    ],
)
def test_a_ballot_keeps_the_rules_or_is_void_for_one_reason(reason, changes):
    assert reason_void(polls.RULES, CHOICES | changes) == reason


def test_a_group_that_is_not_named_is_one_without_choices():
    assert reason_void(polls.RULES, {"org": CHOICES["org"]}) is None
    assert reason_void(polls.RULES, {"people": ["3"]}) == "too_few"


def test_who_has_withdrawn_cannot_be_chosen_but_does_not_void_what_was_cast():
    assert reason_void(polls.RULES, CHOICES, withdrawn=[("org", "07")]) == "withdrawn_candidate"
    assert reason_void(polls.RULES, CHOICES, withdrawn=[("people", "07"), ("org", "04")]) is None
    assert reason_void(polls.RULES, CHOICES) is None


# == entry 0 ==
@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("roll_hash", {"roll": "cd" * 32}),
        ("sealing_key", {"key": "04" + "11" * 64}),
        ("not_list", {"observers": polls.entry()["observers"][:1]}),
        ("keys_alike", {"observers": [polls.entry()["observers"][0]] * 2}),
        ("keys_alike", {"signer": polls.entry()["observers"][0]["key"]}),
        ("closes_before_opening", {"rules": polls.rules(closes="2026-03-15T00:00:00Z")}),
        ("unknown_field", {"note": ""}),
    ],
)
def test_an_entry_that_no_poll_can_begin_with_is_refused(code, changes):
    with pytest.raises(VerivoteError) as refused:
        entries.check(polls.entry(**changes))
    assert refused.value.code == code


def test_the_entry_of_the_tests_is_sound_and_every_change_changes_its_hash():
    entries.check(polls.entry())
    changed = copy.deepcopy(polls.entry())
    changed["rules"]["closes"] = "2026-03-16T09:31:00Z"
    assert entries.entry_hash(changed) != entries.entry_hash(polls.entry())
