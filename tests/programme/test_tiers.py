"""What a tier has reached: who enters what, what does not fit, and that few people are not told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from gongjian.chronicle.models import Act, Before
from gongjian.programme import tiers
from gongjian.programme.models import Tier, TierEntry
from gongjian.register.models import Office, OfficeKind
from gongjian.register.queries.own import everything_about
from gongjian.register.refusals import Refused
from tests.register import town as small


@pytest.fixture
def given(planned):
    return {"since": planned.town.today, "today": planned.town.today, "by": planned.town.clerk}


def tier(key: str) -> Tier:
    return Tier.objects.get(pk=f"league_{key}")


def test_the_top_of_the_party_enters_and_takes_out_and_both_are_on_record(planned, given):
    league = planned.town.bodies["league"]
    entry = tiers.enter(tier("committees"), body=league, **given)
    act = Act.objects.get(verb="programme.enter_tier")
    assert (act.facts, act.subject) == ({"body": league.pk}, "programme.tier:league_committees")
    tiers.take_out(entry, by=planned.town.clerk)
    assert not TierEntry.objects.exists()
    assert Before.objects.get(act__verb="programme.leave_tier").was["body_id"] == league.pk
    with pytest.raises(Refused):
        tiers.take_out(entry, by=planned.town.clerk)


def test_a_body_enters_itself_and_those_below_and_nothing_else(planned, given):
    town = planned.town
    OfficeKind.objects.create(key="league_secretary", line_id="league", names=small.names("书记", "S"), heads=True)
    OfficeKind.objects.get(pk="league_secretary").roles.set(["keeps_plan"])
    account = small.account("冯样例")
    above = small.body("诸暨团市委", "league_committee", town.units["county"])
    top = small.body("绍兴团市委", "league_committee", town.units["city"])
    small.actions.amend_body(above, on=small.FIRST, today=town.today, by=None, superior=top)
    small.actions.amend_body(town.bodies["league"], on=small.FIRST, today=town.today, by=None, superior=above)
    small.office(small.person("冯样例", account=account), above, "league_secretary")
    own = given | {"by": account}
    for body in (above, town.bodies["league"]):
        body.refresh_from_db()
        tiers.enter(tier("committees"), body=body, **own)
    for wrong in ({"body": top, "tier": tier("committees")}, {"project": "样例项目", "tier": tier("projects")}):
        with pytest.raises(Refused):
            tiers.enter(wrong.pop("tier"), **wrong, **own)
    for other in (town.stranger, town.inspector):
        with pytest.raises(Refused):
            tiers.enter(tier("committees"), body=top, **given | {"by": other})


@pytest.mark.parametrize("key", ["committees", "members", "projects"])
def test_what_does_not_fit_the_tier_is_refused(planned, given, key):
    league, union = planned.town.bodies["league"], planned.town.bodies["joint_union"]
    wrong = {
        "committees": [{"project": "x"}, {"body": union}, {"body": league, "people": 9}, {}],
        "members": [{"body": league}, {"body": league, "people": 4}, {"body": union, "people": 9}],
        "projects": [{"body": league}, {"project": "x", "body": league}, {"project": " "}],
    }[key]
    for each in wrong:
        with pytest.raises(Refused):
            tiers.enter(tier(key), **each, **given)
    assert not TierEntry.objects.exists()


def test_nothing_is_entered_twice_nor_ahead_of_its_day(planned, given):
    tiers.enter(tier("projects"), project="样例项目", **given)
    for again in (given, given | {"since": given["today"] + timedelta(1)}):
        with pytest.raises(Refused):
            tiers.enter(tier("projects"), project="样例项目", **again)


def test_an_office_is_entered_and_not_whoever_holds_it(planned, given):
    town = planned.town
    chair = Office.objects.get(person=town.people["secretary"])
    count = tiers.enter_holders(
        tier("cadres"), town.bodies["village_party"], OfficeKind.objects.get(pk="party_secretary"), note="", **given
    )
    assert (count, TierEntry.objects.get().office_id) == (1, chair.pk)
    assert town.people["secretary"].name not in str(Act.objects.get(verb="programme.enter_tier").facts)
    with pytest.raises(Refused):
        tiers.enter_holders(
            tier("cadres"), town.bodies["village_party"], OfficeKind.objects.get(pk="party_secretary"), note="", **given
        )
    Office.objects.filter(pk=chair.pk).delete()
    assert TierEntry.objects.filter(office_id=chair.pk).exists()


def test_whoever_takes_their_data_away_reads_which_tiers_their_offices_count_for(planned, given):
    town = planned.town
    office = Office.objects.get(person=town.people["secretary"])
    tiers.enter(tier("cadres"), office=office, note="样例", **given)
    told = {each.key: each.rows for each in everything_about(town.people["secretary"], None)}
    assert [row[3] for row in told["tier_entries"]] == ["样例"]
    told = {each.key: each.rows for each in everything_about(town.people["clerk"], None)}
    assert told["tier_entries"] == []


@pytest.mark.parametrize("wrong", [{}, {"project": "x", "people": 9}, {"project": "x", "league": True}, {"few": 4}])
def test_the_database_holds_what_an_entry_must_be(planned, given, wrong):
    wrong = dict(wrong)
    if wrong.pop("league", False):
        wrong["body"] = planned.town.bodies["league"]
    if few := wrong.pop("few", None):
        wrong |= {"body": planned.town.bodies["league"], "people": few}
    with pytest.raises(IntegrityError), transaction.atomic():
        TierEntry.objects.create(tier=tier("projects"), since=given["since"], act=small.an_act(), **wrong)
