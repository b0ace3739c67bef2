"""The calendar of checks: planned, agreed to or refused, flagged where several come, and going together."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from gongjian.contacts import inspecting, together
from gongjian.contacts.access import inspections_visible_to, stops_visible_to
from gongjian.contacts.inspecting import Clash, Place
from gongjian.contacts.models import Inspection, JointCheck, Stop
from gongjian.contacts.queries_inspection import StopFilters, could_go_together, stops_listed, trips_to, visited
from gongjian.contacts.states import INSPECTION_MOVES, moves_of
from gongjian.register import actions as register
from gongjian.register.refusals import Refused

from .conftest import build, inspect, month_ahead, place


@pytest.fixture
def planned(town):
    return inspect(town)


def another(town, **given):
    """A check by the county's union at the same place in the same month, entered with open eyes."""
    places = given.pop("places", [place(town, unit="village")])
    seen = [each.pk for each in Stop.objects.all()]
    return inspect(town, "county_chair", "county_union", **{"number": "工1", "places": places, "seen": seen} | given)


# == entering ==
def test_a_planned_check_stands_in_the_calendar_at_once(planned, town):
    stop = planned.stops.get()
    assert (planned.state, planned.is_planned, stop.unit, stop.month) == (
        "stands", True, town.units["village"], month_ahead(town),
    )  # fmt: skip
    assert (planned.year, stop.on, stop.body) == (month_ahead(town).year, None, town.bodies["village_party"])


def wrong(town):
    """What is given, and what is said to it."""
    last = place(town, day=1)
    over = Place(month_ahead(town, -1), None, town.bodies["village_party"])
    today = Place(town.today.replace(day=1), town.today - timedelta(days=1), town.bodies["village_party"])
    return [
        ({"title": " "}, "what is looked at"), ({"document": ""}, "Name the document"), ({"places": []}, "one place"),
        ({"number": ""}, "why it is wanted"), ({"reason": "样例"}, "needs no reason"),
        ({"places": [over]}, "That time is over"), ({"places": [place(town, -12)]}, "That time is over"),
        ({"places": [last, last]}, "twice in a month"), ({"places": [place(town, unit="old_town")]}, "not stand today"),
        ({"places": [place(town, unit="district")]}, "outside the place"),
        ({"places": [place(town), place(town, 13)]}, "Choose a month of that year"),
        ({"by": "secretary"}, "You do not"), ({"by": "clerk"}, "You do not"),
        *([({"places": [today]}, "That time is over")] if town.today.day > 1 else []),
    ]  # fmt: skip


def test_what_is_wrong_is_refused_with_what_to_do(town):
    for given, said in wrong(town):
        with pytest.raises(Refused, match=said):
            inspect(town, **given)
    assert not Inspection.objects.exists()


def test_a_dissolved_body_is_not_inspected_and_does_not_inspect(town):
    at = [place(town, body="league")]
    register.close_body(town.bodies["league"], on=town.today, today=town.today, by=None)
    with pytest.raises(Refused, match="does not stand today"):
        inspect(town, places=at)


def test_a_plan_number_stands_once_in_a_year_at_one_body(planned, town):
    with pytest.raises(Refused, match="plan number in that year already"):
        inspect(town, places=[place(town, body="street_party")])
    with pytest.raises(IntegrityError), transaction.atomic():
        Inspection.objects.create(body=planned.body, title="x", document="x", year=planned.year, number=planned.number)
    assert another(town, number=planned.number).number == planned.number


# == consent ==
def test_what_is_not_planned_waits_for_the_body_above_and_counts_once_agreed_to(town):
    asked = inspect(town, number="", reason="样例：群众反映强烈")
    assert (asked.state, asked.asked_of) == ("waiting", town.bodies["city_party"])
    assert trips_to({town.units["village"].pk}, {asked.year}) == {}
    for who in (town.accounts["county"], town.secretary, town.inspector):
        with pytest.raises(Refused, match="organisation above decides"):
            inspecting.decide(asked, "agree", said="", today=town.today, by=who)
    agreed = inspecting.decide(asked, "agree", said="", today=town.today, by=town.clerk)
    assert (agreed.state, agreed.decided_on) == ("stands", town.today)
    assert trips_to({town.units["village"].pk}, {asked.year}) == {(town.units["village"].pk, asked.year): 1}
    with pytest.raises(Refused, match="agreed to as it was"):
        inspecting.add_stops(agreed, [place(town, body="street_party")], today=town.today, by=town.accounts["county"])


def test_what_is_refused_stays_on_record_with_its_reason_and_does_not_come(town):
    asked = inspect(town, number="", reason="样例")
    with pytest.raises(Refused, match="Say why not"):
        inspecting.decide(asked, "refuse", said=" ", today=town.today, by=town.clerk)
    refused = inspecting.decide(asked, "refuse", said="样例：已有同类检查", today=town.today, by=town.clerk)
    assert (refused.state, refused.said, moves_of(refused)) == ("refused", "样例：已有同类检查", [])
    assert inspections_visible_to(town.accounts["county"]).filter(pk=refused.pk).exists()
    assert not stops_visible_to(town.secretary).exists()
    with pytest.raises(Refused, match="by now"):
        inspecting.decide(asked, "agree", said="", today=town.today, by=town.clerk)
    assert {after for (_state, _verb), after in INSPECTION_MOVES.items()} < set(Inspection.State)
    asked = inspect(town, number="", reason="样例")
    given_up = inspecting.call_off(asked, said="样例：不去了", today=town.today, by=town.accounts["county"])
    assert given_up.state == "withdrawn" and not stops_visible_to(town.secretary).exists()


def test_at_the_top_nobody_agrees_so_it_is_planned_or_not_at_all(town):
    with pytest.raises(Refused, match="Put it into the yearly plan"):
        inspect(town, "clerk", "city_party", number="", reason="样例")


# == several at one place ==
def test_who_else_comes_there_is_said_before_anything_is_kept(planned, town):
    with pytest.raises(Clash) as clash:
        another(town, seen=())
    assert [each.inspection for each in clash.value.others] == [planned]
    assert Inspection.objects.count() == 1
    other = another(town)

    def flagged(reader):
        listed = stops_listed(reader, StopFilters(month_ahead(town)), town.today)
        return {row.by: [name for _id, name, _on in row.beside] for row in listed.rows}

    assert flagged(town.accounts["county"]) == {"诸暨市委": ["诸暨市总工会"], "诸暨市总工会": ["诸暨市委"]}
    assert flagged(town.accounts["county_chair"])["诸暨市总工会"] == ["诸暨市委"]
    inspecting.call_off(other, said="样例", today=town.today, by=town.accounts["county_chair"])
    assert flagged(town.accounts["county"]) == {"诸暨市委": []}


def test_whoever_stands_above_both_lets_them_go_together_on_one_day(planned, town):
    other = another(town)
    (crossing,) = could_go_together(town.clerk, town.today)
    stops, on = [row.stop for row in crossing.rows], month_ahead(town) + timedelta(days=9)
    together.merge(stops, on=on, today=town.today, by=town.clerk)
    assert list(Stop.objects.values_list("on", "joint__on").distinct()) == [(on, on)]
    assert could_go_together(town.clerk, town.today) == []
    village = town.units["village"].pk
    assert trips_to({village}, {on.year}) == {(village, on.year): 1}
    (row, _other) = stops_listed(town.clerk, StopFilters(month_ahead(town)), town.today).rows
    assert (row.along, row.beside) == (["诸暨市总工会"], [])
    inspecting.call_off(other, said="样例", today=town.today, by=town.accounts["county_chair"])
    assert not JointCheck.objects.exists() and Stop.objects.get(inspection=planned).on == on


def test_whoever_keeps_one_goes_along_on_the_day_the_other_has_fixed(town):
    by = town.accounts["county_chair"]
    first = inspect(town, places=[place(town, day=12)])
    second = another(town)
    stops = [first.stops.get(), second.stops.get()]
    with pytest.raises(Refused, match="has not fixed that day"):
        together.merge(stops, on=month_ahead(town) + timedelta(days=3), today=town.today, by=by)
    with pytest.raises(Refused, match="not open to you"):
        together.merge(stops, on=stops[0].on, today=town.today, by=town.stranger)
    with pytest.raises(Refused, match="You do not"):
        together.merge(stops, on=stops[0].on, today=town.today, by=town.secretary)
    together.merge(stops, on=stops[0].on, today=town.today, by=by)
    with pytest.raises(Refused, match="together already"):
        together.merge(stops, on=stops[0].on, today=town.today, by=by)
    together.go_alone(second.stops.get(), by=by)
    assert not Stop.objects.exclude(joint=None).exists()


def test_what_does_not_fit_does_not_go_together(planned, town):
    by, own = town.clerk, planned.stops.get()
    on = month_ahead(town) + timedelta(days=4)

    def refused(other, said, day=on):
        with pytest.raises(Refused, match=said):
            together.merge([own, *([other.stops.get()] if other else [])], on=day, today=town.today, by=by)

    refused(None, "two checks at least")
    refused(another(town, number="工2", places=[place(town, 2, unit="village")]), "different months|not open to you")
    refused(another(town, number="工3", places=[place(town, unit="street")]), "different places|not open to you")
    gone = another(town, number="工4")
    inspecting.call_off(gone, said="样例", today=town.today, by=town.accounts["county_chair"])
    refused(gone, "called off or refused")
    waiting = another(town, number="", reason="样例")
    refused(waiting, "waits for consent")
    fits = another(town, number="工5")
    refused(fits, "not in their month", month_ahead(town, 2))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_merge_at_once_one_is_told_that_it_is_done():
    """With real transactions: each in a connection of its own, both at the same time."""
    town = build()
    stops = [inspect(town).stops.get(), another(town).stops.get()]
    both, told = threading.Barrier(2), []

    def merge(day: int) -> None:
        try:
            both.wait(timeout=10)
            with translation.override("en"):
                together.merge(stops, on=month_ahead(town) + timedelta(days=day), today=town.today, by=town.clerk)
            told.append("done")
        except Refused as no:
            told.append(str(no))
        finally:
            connection.close()

    threads = [threading.Thread(target=merge, args=(day,)) for day in (5, 6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=30)
    assert sorted(each == "done" for each in told) == [False, True] and any("already" in each for each in told)
    assert JointCheck.objects.count() == 1 and Stop.objects.values("joint").distinct().count() == 1


# == who reads it ==
def test_it_is_read_by_the_inspector_s_side_by_those_it_comes_to_and_by_the_place(planned, town):
    everyone = dict(town.accounts)
    readers = {key for key, who in everyone.items() if inspections_visible_to(who).filter(pk=planned.pk).exists()}
    stops = {key for key, who in everyone.items() if stops_visible_to(who).filter(inspection=planned).exists()}
    # the chair holds office in a union that sits in the village; the others see the counts of the place
    assert readers == stops == set(everyone) - {"stranger"}
    far = inspect(town, "clerk", "city_party", number="市1", places=[place(town, unit="district")])
    readers = {key for key, who in everyone.items() if inspections_visible_to(who).filter(pk=far.pk).exists()}
    assert readers == {"clerk", "inspector", "city_chair"}


def test_who_comes_to_us_when(planned, town):
    another(town, places=[place(town, 1, unit="village", day=3)])
    inspect(town, number="样例9", places=[place(town, body="street_party")])
    shown = visited(town.secretary, town.bodies["village_party"].pk, town.today)
    assert [(row.by, row.place) for row in shown.rows] == [("诸暨市委", "上下文村党支部"), ("诸暨市总工会", "上下文村")]
    assert shown.trips == (2 if month_ahead(town).year == town.today.year else 0)
    assert visited(town.stranger, town.bodies["village_party"].pk, town.today).rows == []


def test_places_are_added_and_taken_out_but_never_the_last_one(planned, town):
    by = town.accounts["county"]
    inspecting.add_stops(planned, [place(town, body="street_party")], today=town.today, by=by)
    with pytest.raises(Refused, match="twice in a month"):
        inspecting.add_stops(planned, [place(town)], today=town.today, by=by)
    first, second = planned.stops.order_by("pk")
    inspecting.take_out_stop(first, by=by)
    with pytest.raises(Refused, match="Call the whole of it off"):
        inspecting.take_out_stop(second, by=by)
    with pytest.raises(Refused, match="taken out already"):
        inspecting.take_out_stop(first, by=by)
