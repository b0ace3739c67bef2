"""Targets: who sets them, what is refused, what holds below, how a place stands, and taking back."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from gongjian.chronicle.models import Act
from gongjian.indicators.aims import aims
from gongjian.indicators.forms import TargetForm
from gongjian.indicators.models import Indicator, Reading, Run, Target
from gongjian.indicators.targets import can_set_target, end_target, set_target, take_back
from gongjian.register.actions import Refused
from gongjian.register.authority.reach import OPERATOR
from rollup.course import Standing
from tests.figures.test_run import town
from tests.register import town as small

assert town  # the fixture: the small town with the pack's indicators


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def setters(town):
    """The street's Party secretary and the chair of its union, whose offices let them set targets."""
    union = small.body("大唐街道总工会", "union_federation", town.units["street"], since=small.REFORM)
    party = small.body("大唐街道党委", "party_committee", town.units["street"], since=small.REFORM)
    found = {}
    for name, body, kind in (("party", party, "party_secretary"), ("union", union, "union_chair")):
        found[name] = small.account(f"{name}样例")
        small.office(small.person(f"{name}样例", account=found[name]), body, kind, since=small.REFORM)
    return found


def union_target(town, today, by=OPERATOR, place="city", key="union_enterprises", **other):
    given = {
        "goal": Decimal(90),
        "due": today + timedelta(days=365),
        "baseline_on": today - timedelta(days=365),
        "document": "样例文件",
    }
    return set_target(Indicator.objects.get(pk=key), town.units[place], today=today, by=by, **(given | other))


def read(town, place, day, numerator, denominator=100, key="union_enterprises"):
    run = Run.objects.create(day=day, state="done", engine="test", began_at=timezone.now(), ended_at=timezone.now())
    return Reading.objects.create(
        run=run, indicator_id=key, version=1, day=day, walk="territory", unit=town.units[place], left_out=0,
        denominator=denominator, numerator=numerator, heads=0, heads_having=0, heads_unknown=0,
    )  # fmt: skip


def test_a_party_office_sets_every_indicator_and_a_line_its_own(town, setters):
    street, village, city = (town.units[each] for each in ("street", "village", "city"))
    union, party = (Indicator.objects.get(pk=each) for each in ("union_enterprises", "party_employers"))
    assert can_set_target(setters["party"], union, street) and can_set_target(setters["party"], party, village)
    assert can_set_target(setters["union"], union, village) and not can_set_target(setters["union"], party, village)
    assert not can_set_target(setters["party"], union, city)
    assert not can_set_target(town.stranger, union, street)


def test_a_target_has_its_owner_and_its_act(town, setters, today):
    target = union_target(town, today, by=setters["union"], place="street")
    assert target.owner.line_id == "union"
    assert (target.act.verb, target.act.by, bool(target.act.office)) == (
        "indicators.set_target",
        setters["union"],
        True,
    )
    with pytest.raises(Refused):
        union_target(town, today, by=setters["union"], place="city")


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"due": date(2020, 1, 1)}, "is over"),
        ({"baseline": Decimal(95)}, "not below the target"),
        ({"baseline": Decimal(90)}, "not below the target"),
        ({"goal": Decimal(0)}, "above 0"),
        ({"goal": Decimal("100.01")}, "up to 100"),
        ({"baseline_on": date(2900, 1, 1)}, "begin after its end"),
        ({"document": "  "}, "which document"),
        ({"key": "teams"}, "not kept in the register yet"),
    ],
)
def test_what_cannot_be_a_target_is_refused_with_a_sentence(town, today, other, says):
    before = Act.objects.count()
    with override("en"), pytest.raises(Refused, match=says):
        union_target(town, today, **other)
    assert not Target.objects.exists() and Act.objects.count() == before


def test_it_holds_below_unless_a_place_has_its_own(town, today):
    union_target(town, today)
    own = union_target(town, today, place="street", goal=Decimal(95))
    city, street, village = (town.units[each].pk for each in ("city", "street", "village"))
    held = aims(OPERATOR, [city, street, village], today, {})
    goals = {place: (float(aim.target.goal), aim.is_own) for (place, _key), aim in held.items()}
    assert goals == {city: (90, True), street: (95, True), village: (95, False)}
    end_target(own, today=today, by=OPERATOR)
    assert {float(aim.target.goal) for aim in aims(OPERATOR, [street, village], today, {}).values()} == {90}


def test_a_revision_ends_the_one_before_and_can_be_taken_back(town, today):
    yesterday = today - timedelta(days=1)
    union_target(town, yesterday, goal=Decimal(80))
    second = union_target(town, today, goal=Decimal(90))
    assert [(float(t.goal), t.until) for t in Target.objects.order_by("pk")] == [(80, today), (90, None)]
    take_back(second, today=today, by=OPERATOR)
    assert [(float(t.goal), t.until) for t in Target.objects.all()] == [(80, None)]
    with pytest.raises(Refused):
        take_back(second, today=today, by=OPERATOR)


def test_how_a_place_stands_is_told_from_its_own_readings(town, today):
    union_target(town, today)
    for place, was, now in (("city", 50, 68), ("street", 10, 20)):
        read(town, place, today - timedelta(days=300), was)
        read(town, place, today, now)
    places = [town.units[each].pk for each in ("city", "street", "village")]
    last = {(r.unit_id, r.indicator_id): r for r in Reading.objects.filter(day=today)}
    held = {place: aim for (place, _key), aim in aims(OPERATOR, places, today, last).items()}
    city, street, village = (held[each] for each in places)
    assert (city.standing, city.needed) == (Standing.ON_COURSE, 22)
    assert (street.standing, street.needed) == (Standing.BEHIND, 70)
    assert (village.standing, village.needed) == (None, 0)


def test_the_page_sets_and_shows_a_target(town, setters, today, signed_in):
    read(town, "street", today - timedelta(days=300), 50)
    read(town, "street", today, 55)
    browser, street = signed_in(setters["party"]), town.units["street"].pk
    address, page = f"/indicators/union_enterprises/target/?in={street}", f"/indicators/union_enterprises/?in={street}"
    english = {"accept-language": "en"}
    assert "Set a target" in browser.get(page, headers=english).content.decode()
    given = {"goal": "90", "due": (today + timedelta(days=365)).isoformat(), "document": "样例文件",
             "baseline_on": (today - timedelta(days=365)).isoformat(), "baseline": ""}  # fmt: skip
    refused = browser.post(address, given | {"due": "2020-01-01"}, headers=english)
    assert refused.status_code == 400 and "is over" in refused.content.decode()
    assert browser.post(address, given).status_code == 302
    told = browser.get(page, headers=english).content.decode()
    assert "90 % by" in told and "Behind its course" in told and "样例文件" in told
    assert browser.get(f"/units/{street}/indicators/", headers=english).content.decode().count("Target: 90 %") == 1
    assert browser.post(address.replace("target/?", "target/end/?"), {"do": "take_back"}).status_code == 302
    assert not Target.objects.exists()


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
@pytest.mark.parametrize("goal", ["9223372036854775808", "-1", "90.123", "half", "1e999", "NaN"])
def test_what_is_no_rate_is_told_in_both_languages(goal, lang):
    with override(lang):
        form = TargetForm({"goal": goal, "due": "2030-01-01", "baseline_on": "2020-01-01", "document": "x"}, today=None)
        assert list(form.errors) == ["goal"] and form.errors["goal"][0]


def test_whoever_may_not_is_told_what_is_needed(town, signed_in):
    address = f"/indicators/union_enterprises/target/?in={town.units['city'].pk}"
    assert signed_in(town.inspector).get(address).status_code == 403
    assert signed_in(town.inspector).post(address, {}).status_code == 403


def test_heat_and_place_take_the_same_number_of_queries_with_targets(town, today, signed_in):
    browser = signed_in(town.inspector)
    for place in ("city", "county", "street"):
        read(town, place, today, 5)
    address = f"/units/{town.units['city'].pk}/indicators/"

    def count():
        with CaptureQueriesContext(connection) as counted:
            browser.get(address)
        return len(counted)

    union_target(town, today)
    count()
    one = count()
    for key in ("party_employers", "league_employers", "womens_home"):
        union_target(town, today, key=key)
        union_target(town, today, key=key, place="county")
    assert count() == one
