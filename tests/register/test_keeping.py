"""What an officer keeps true of the own place: head-counts, terms, covers, venues; and taking it back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from gongjian.chronicle.models import Act
from gongjian.register import keeping
from gongjian.register.models import Choice, Cover, Headcount, Plaque, Term, UnitEntry, Venue, VenueCheck, VenueShare
from gongjian.register.refusals import Refused

from . import town as small
from .town import REFORM

COUNTS = {"staff": 40, "women": 12, "under_35": None, "dispatched": 0, "migrant": None}


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def officer(town):
    """Keeps the register of the street, and of nothing beside it."""
    account = small.account("冯样例")
    holder = small.person("冯样例", account=account)
    small.office(holder, town.bodies["street_party"], "organisation_officer")
    return account


def ago(town, days: int) -> date:
    return town.today - timedelta(days=days)


def count(town, by, unit="hosiery", *, on=None, **counts):
    given = {"on": on or town.today, "source": "走访", "today": town.today, "by": by}
    return keeping.count_heads(town.units[unit], counts=COUNTS | counts, **given)


def counted(town, unit="hosiery"):
    rows = Headcount.objects.filter(unit=town.units[unit]).order_by("valid")
    return [(each.since, each.until, each.staff) for each in rows]


# == head-counts ==
def test_a_count_holds_from_its_day_and_the_one_before_until_then(town, officer):
    count(town, officer, on=ago(town, 30))
    assert counted(town) == [(REFORM, ago(town, 30), 312), (ago(town, 30), None, 40)]
    assert count(town, officer, on=ago(town, 30)) is None  # the same again is nothing
    count(town, officer, on=ago(town, 30), staff=41)  # corrected
    assert counted(town)[1:] == [(ago(town, 30), None, 41)]
    count(town, officer, on=ago(town, 60), staff=39)  # heard of later
    assert counted(town)[1:] == [(ago(town, 60), ago(town, 30), 39), (ago(town, 30), None, 41)]


def test_what_cannot_be_counted_is_refused_and_nothing_is_written(town, officer):
    before = counted(town), Act.objects.count()
    for said, given in (
        ("more of one kind than staff", {"women": 41}),
        ("at least one number", dict.fromkeys(COUNTS)),
        ("Choose today or a day before", {"on": town.today + timedelta(days=1)}),
        ("does not stand on", {"on": REFORM - timedelta(days=1)}),
    ):
        with pytest.raises(Refused, match=said):
            count(town, officer, **given)
    assert (counted(town), Act.objects.count()) == before


def test_it_is_taken_back_as_it_was(town, officer):
    act = count(town, officer, on=ago(town, 3))
    keeping.take_back(act, today=town.today, by=officer)
    assert counted(town) == [(REFORM, None, 312)]
    with pytest.raises(Refused, match="nothing to undo"):
        keeping.take_back(act, today=town.today, by=officer)


def test_each_keeps_the_own_place_alone(town, officer):
    county = small.unit("样例外镇", "town", town.units["county"])
    stands = small.unit("外镇样例纺织", "enterprise", county)
    assert not keeping.keeps_unit(officer, stands) and keeping.keeps_unit(town.clerk, stands)
    for who in (officer, town.secretary, town.inspector, town.stranger):
        with pytest.raises(Refused, match="does not keep the register here"):
            keeping.count_heads(
                stands, on=town.today, counts=COUNTS, source="", today=town.today, by=who
            )  # fmt: skip
    act = count(town, town.clerk)
    with pytest.raises(Refused, match="does not keep"):
        keeping.take_back(act, today=town.today, by=town.secretary)


def test_state_trade_and_ownership_count_from_a_day(town, officer):
    firm, day = town.units["hosiery"], ago(town, 10)
    given = {"on": day, "today": town.today, "by": officer}
    values = {"status": "suspended", "trade": "C", "ownership": "private"}
    act = keeping.set_state(firm, values=values, **given)
    assert UnitEntry.objects.on(ago(town, 11)).get(unit=firm).status == "active"
    assert UnitEntry.objects.on(town.today).get(unit=firm).status == "suspended"
    assert keeping.set_state(firm, values=values, **given) is None
    with pytest.raises(Refused, match="not one of the choices"):
        keeping.set_state(firm, values=values | {"trade": "ZZ"}, **given)
    keeping.take_back(act, today=town.today, by=officer)
    assert UnitEntry.objects.filter(unit=firm).get().status == "active"


# == organisations ==
def elect(town, by, since, until, body="village_party", number=8):
    return keeping.elect(town.bodies[body], since=since, until=until, number=number, today=town.today, by=by)


def test_an_election_ends_the_term_before_and_is_corrected_on_its_day(town, officer):
    body, day = town.bodies["village_party"], date(2019, 6, 1)
    elect(town, officer, day, date(2024, 6, 1))
    terms = Term.objects.filter(body=body).order_by("valid")
    assert [(each.since, each.until) for each in terms] == [(date(2016, 10, 1), day), (day, date(2024, 6, 1))]
    elect(town, officer, day, date(2023, 6, 1))
    assert [each.until for each in terms.all()] == [day, date(2023, 6, 1)]
    for said, since, until in (
        ("is there already", date(2018, 1, 1), date(2021, 1, 1)),
        ("six years", date(2024, 1, 1), date(2031, 1, 1)),
        ("six years", date(2024, 1, 1), date(2024, 1, 1)),
        ("today or a day before", town.today + timedelta(days=1), town.today + timedelta(days=400)),
    ):
        with pytest.raises(Refused, match=said):
            elect(town, officer, since, until)
    assert terms.count() == 2


def test_a_cover_begins_and_ends_and_both_are_taken_back(town, officer):
    body, firm = town.bodies["joint_union"], town.units["logistics"]
    given = {"today": town.today, "by": officer}
    made = keeping.cover(body, firm, on=ago(town, 20), **given)
    assert made.act.office.startswith("register.office:")
    with pytest.raises(Refused, match="covers this unit already"):
        keeping.cover(body, firm, on=ago(town, 5), **given)
    keeping.end_cover(body, firm, on=ago(town, 4), **given)
    with pytest.raises(Refused, match="does not cover this unit"):
        keeping.end_cover(body, firm, on=ago(town, 2), **given)
    end = Act.objects.get(verb="register.end_cover", subject=f"register.body:{body.pk}")
    keeping.take_back(end, **given)
    assert Cover.objects.get(body=body, unit=firm).until is None


# == venues ==
def test_a_venue_is_entered_kept_and_ended_with_its_plaques(town, officer):
    given = {"today": town.today, "by": officer}
    union, party = (town.bodies[key].line for key in ("joint_union", "village_party"))
    values = {"name": "袜业职工之家", "address": "", "area": 80, "hours": "8:30–17:00"}
    venue = keeping.open_venue(
        town.units["hosiery"], town.bodies["joint_union"], on=ago(town, 90), values=values, lines=[union], **given
    )
    keeping.hang(venue, "workers_home", on=ago(town, 80), **given)
    with pytest.raises(Refused, match="hangs there already"):
        keeping.hang(venue, "workers_home", on=ago(town, 70), **given)
    assert keeping.amend_venue(venue, on=ago(town, 50), values=values, lines=[union], **given) is None
    act = keeping.amend_venue(venue, on=ago(town, 50), values=values | {"area": 90}, lines=[party], **given)
    venue.refresh_from_db()
    shares = VenueShare.objects.filter(venue=venue)
    assert (venue.area, [each.line_id for each in shares.on(town.today)]) == (90, ["party"])
    assert [each.line_id for each in shares.on(ago(town, 60))] == ["union"]
    keeping.take_back(act, **given)
    venue.refresh_from_db()
    assert (venue.area, [each.line_id for each in shares.on(town.today)]) == (80, ["union"])
    keeping.look_at(venue, on=ago(town, 40), items=["venue", "nonsense"], **given)
    keeping.look_at(venue, on=ago(town, 40), items=[], **given)
    assert VenueCheck.objects.get(venue=venue).items == []
    end = keeping.end_venue(venue, on=ago(town, 1), **given)
    for rows in (Venue.objects.filter(pk=venue.pk), Plaque.objects.filter(venue=venue), shares):
        assert not rows.on(town.today).exists() and rows.on(ago(town, 2)).exists()
    with pytest.raises(Refused, match="is not there on"):
        keeping.hang(venue, "party_home", on=town.today, **given)
    keeping.take_back(end, **given)
    assert Venue.objects.on(town.today).filter(pk=venue.pk).exists()


def test_a_count_of_the_same_day_takes_the_place_of_the_one_before(town, officer):
    Headcount.objects.create(unit=town.units["hardware"], staff=9, valid=(town.today, None), act=small.an_act())
    count(town, officer, "hardware")
    assert counted(town, "hardware") == [(town.today, None, 40)]


# == pages ==
def pages(town):
    venue = Venue.objects.get()
    return {
        "unit": reverse("unit_keep", args=[town.units["hosiery"].pk]),
        "body": reverse("body_keep", args=[town.bodies["village_party"].pk]),
        "venue": reverse("venue_keep", args=[venue.pk]),
    }


@pytest.mark.parametrize("which", ["unit", "body", "venue"])
def test_the_pages_open_to_who_keeps_the_place_and_to_nobody_else(town, officer, signed_in, client, which):
    page = pages(town)[which]
    assert signed_in(officer).get(page).status_code == signed_in(town.clerk).get(page).status_code == 200
    for who in (town.secretary, town.inspector, town.stranger):
        for answer in (signed_in(who).get(page), signed_in(who).post(page, {"do": "count", "count-staff": 3})):
            assert answer.status_code == 403
    assert client.get(page).status_code == 302
    assert counted(town)[0][2] == 312


def test_each_form_enters_one_thing_and_says_what_is_wrong_beside_it(town, officer, signed_in):
    browser, page = signed_in(officer), pages(town)["unit"]
    wrong = browser.post(page, {"do": "count", "count-on": town.today, "count-staff": "12人"})
    assert wrong.status_code == 422 and "请填0到" in wrong.content.decode()
    assert browser.post(page, {"do": "nonsense"}).status_code == 404
    right = browser.post(page, {"do": "count", "count-on": town.today, "count-staff": "55", "count-source": "走访"})
    assert (right.status_code, counted(town)[-1][2]) == (302, 55)
    act = Act.objects.get(verb="register.count_heads")
    assert "登记人数" in browser.get(page).content.decode()
    assert browser.post(page, {"do": "take_back", "act": str(act.pk)}).status_code == 302
    assert counted(town) == [(REFORM, None, 312)]
    assert browser.post(page, {"do": "take_back", "act": "9" * 30}).status_code == 404


def test_a_term_a_cover_and_a_plaque_are_entered_on_their_pages(town, officer, signed_in):
    browser, page = signed_in(officer), pages(town)["body"]
    typed = {"do": "term", "term-on": ago(town, 9), "term-last": town.today + timedelta(days=700), "term-number": "8"}
    assert browser.post(page, typed).status_code == 302
    assert Term.objects.on(town.today).get(body=town.bodies["village_party"]).until == town.today + timedelta(days=701)
    assert browser.post(page, {"do": "cover", "cover-on": town.today, "cover-unit": "无此单位"}).status_code == 422
    firm = "大唐样例物流002"
    assert browser.post(page, {"do": "cover", "cover-on": town.today, "cover-unit": firm}).status_code == 302
    assert Cover.objects.filter(body=town.bodies["village_party"], unit=town.units["logistics"]).exists()
    page = pages(town)["venue"]
    Choice.objects.create(list="plaque", key="youth_home", names={"en": "Youth home", "zh-hans": "青年之家"})
    assert browser.post(page, {"do": "plaque", "plaque-on": town.today, "plaque-kind": "youth_home"}).status_code == 302
    hung = Plaque.objects.get(kind="youth_home")
    down = {"do": f"down{hung.pk}", f"down{hung.pk}-on": town.today}
    assert browser.post(page, down).status_code == 422  # it hangs since today
    gone = browser.post(page, {"do": "gone", "gone-on": town.today})
    assert gone.url == reverse("unit_keep", args=[town.units["village"].pk])
    assert browser.get(page).status_code == 404


def test_the_page_of_a_thing_leads_there_for_who_keeps_it(town, officer, signed_in):
    for which, page in (("unit", town.units["hosiery"]), ("body", town.bodies["village_party"])):
        own = reverse(which, args=[page.pk])
        assert f"/{page.pk}/keep/" in signed_in(officer).get(own).content.decode()
        assert f"/{page.pk}/keep/" not in signed_in(town.secretary).get(own).content.decode()


def test_the_queries_of_a_page_do_not_grow(town, officer, signed_in):
    browser = signed_in(officer)

    def queries(page: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert browser.get(page).status_code == 200
        return len(found)

    page = pages(town)["unit"]
    queries(page)
    before = queries(page)
    for at in range(3):
        small.venue(f"样例阵地{at}", town.units["hosiery"], town.bodies["joint_union"])
    assert queries(page) == before
