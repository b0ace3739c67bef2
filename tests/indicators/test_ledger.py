"""The ledger of denominators: who leaves a unit out, with what reason, what the figures make of it, and back again."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

import openpyxl
import pytest
from django.utils.translation import override

from gongjian.chronicle.models import Act
from gongjian.figures import run as night
from gongjian.indicators.ledger import can_leave_out, count_again, leave_out
from gongjian.indicators.models import Exclusion, Indicator, Reading
from gongjian.register.actions import Refused
from gongjian.register.authority.reach import OPERATOR
from tests.figures.test_run import town
from tests.register import town as small

from .test_targets import setters, today

assert town and setters and today  # fixtures
KEY = "union_enterprises"


@pytest.fixture
def union():
    return Indicator.objects.get(pk=KEY)


def test_whoever_sets_the_target_of_a_place_says_what_it_does_not_count(town, setters, union):
    firm, party = town.units["hosiery"], Indicator.objects.get(pk="party_employers")
    assert can_leave_out(setters["party"], union, firm) and can_leave_out(setters["union"], union, firm)
    assert not can_leave_out(setters["union"], party, firm)
    assert not can_leave_out(setters["party"], union, town.units["city"])
    assert not can_leave_out(town.stranger, union, firm)
    assert not can_leave_out(OPERATOR, Indicator.objects.get(pk="terms_running"), town.units["street"])


def test_it_stands_with_reason_person_and_day(town, setters, union, today):
    entry = leave_out(union, town.units["logistics"], reason=" 停业一年 ", today=today, by=setters["union"])
    entry.refresh_from_db()
    assert (entry.reason, entry.since, entry.until, entry.act.by) == ("停业一年", today, None, setters["union"])
    assert entry.act.verb == "indicators.leave_out" and entry.act.office


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"reason": "  "}, "Say why"),
        ({"reason": "x" * 201}, "200"),
        ({"until": date(2020, 1, 1)}, "is over"),
        ({"key": "teams"}, "where it counts them"),
        ({"key": "terms_running"}, "Only units"),
    ],
)
def test_what_cannot_be_left_out_is_refused_with_a_sentence(town, today, other, says):
    given = {"reason": "停业"} | {key: value for key, value in other.items() if key != "key"}
    indicator = Indicator.objects.get(pk=other.get("key", KEY))
    before = Act.objects.count()
    with override("en"), pytest.raises(Refused, match=says):
        leave_out(indicator, town.units["logistics"], today=today, by=OPERATOR, **given)
    assert not Exclusion.objects.exists() and Act.objects.count() == before


def test_twice_is_refused_and_so_is_whoever_may_not(town, union, today):
    firm = town.units["logistics"]
    leave_out(union, firm, reason="停业", today=today, by=OPERATOR)
    with override("en"), pytest.raises(Refused, match="already"):
        leave_out(union, firm, reason="停业", today=today, by=OPERATOR)
    with pytest.raises(Refused):
        leave_out(union, town.units["hosiery"], reason="停业", today=today, by=town.stranger)
    with pytest.raises(Refused):
        count_again(Exclusion.objects.get(), today=today, by=town.stranger)


def test_counted_again_it_is_as_before_and_what_stood_longer_keeps_its_days(town, union, today):
    firm = town.units["logistics"]
    count_again(leave_out(union, firm, reason="停业", today=today, by=OPERATOR), today=today, by=OPERATOR)
    assert not Exclusion.objects.exists()
    longer = leave_out(union, firm, reason="停业", today=today - timedelta(days=9), by=OPERATOR)
    count_again(longer, today=today, by=OPERATOR)
    assert Exclusion.objects.get().until == today
    with override("en"), pytest.raises(Refused, match="counted again already"):
        count_again(longer, today=today, by=OPERATOR)


def test_the_figures_follow(town, union, today, settings, tmp_path):
    settings.SNAPSHOTS = tmp_path

    def read():
        night.read_indicators(today)
        return Reading.objects.get(indicator=KEY, unit=town.units["city"], day=today)

    before = read()
    leave_out(union, town.units["logistics"], reason="停业", today=today, by=OPERATOR)
    after = read()
    assert (after.denominator, after.left_out) == (before.denominator - 1, before.left_out + 1)


def test_from_the_missing_one_leaves_out_and_from_the_left_out_one_counts_again(town, setters, signed_in):
    browser, street = signed_in(setters["union"]), town.units["street"].pk
    records = f"/indicators/{KEY}/records/?in={street}"
    address = f"/indicators/{KEY}/leave-out/?in={town.units['logistics'].pk}"
    assert address in browser.get(records).content.decode()
    assert browser.get(address).status_code == 200
    assert browser.post(address, {"reason": ""}).status_code == 400
    assert browser.post(address, {"reason": "停业一年"}).status_code == 302
    told = browser.get(f"{records}&show=left_out").content.decode()
    assert "停业一年" in told and "union样例" in told
    file = b"".join(browser.get(f"/indicators/{KEY}/records.xlsx?in={street}&show=left_out").streaming_content)
    rows = list(openpyxl.load_workbook(BytesIO(file)).active.iter_rows(values_only=True))
    assert "停业一年" in [value for row in rows for value in row]
    assert browser.post(address.replace("leave-out", "count-again")).status_code == 302
    assert not Exclusion.objects.exists()
    assert browser.post(address.replace("leave-out", "count-again")).status_code == 404


def test_every_way_on_from_a_firm_in_a_building_leads_somewhere(town, setters, signed_in):
    """The building has no figures of its own: the list is that of the street."""
    inside = small.unit("楼内样例公司", "enterprise", town.units["building"], since=small.REFORM)
    browser, address = signed_in(setters["party"]), f"/indicators/{KEY}/leave-out/?in={inside.pk}"
    page = browser.get(address)
    for _called, href in page.context["trail"]:
        assert href is None or browser.get(href).status_code == 200, href
    told = browser.post(address, {"reason": "停业"}, follow=True)
    assert told.status_code == 200 and told.context["entry"].unit == town.units["street"]
    back = browser.post(address.replace("leave-out", "count-again"), follow=True)
    assert back.status_code == 200 and back.context["entry"].unit == town.units["street"]


def test_whoever_may_not_sees_no_button_and_is_told_what_is_needed(town, signed_in):
    browser = signed_in(town.inspector)
    address = f"/indicators/{KEY}/leave-out/?in={town.units['logistics'].pk}"
    assert "leave-out" not in browser.get(f"/indicators/{KEY}/records/?in={town.units['street'].pk}").content.decode()
    assert browser.get(address).status_code == 403 and browser.post(address, {"reason": "x"}).status_code == 403
    assert signed_in(town.stranger).get(address).status_code == 403


def test_more_that_is_left_out_takes_no_more_queries(
    town, union, today, signed_in, django_assert_num_queries, django_assert_max_num_queries
):
    browser, address = signed_in(town.inspector), f"/indicators/{KEY}/records/?in={town.units['city'].pk}&show=left_out"
    leave_out(union, town.units["logistics"], reason="停业", today=today, by=OPERATOR)
    browser.get(address)
    with django_assert_max_num_queries(30) as taken:
        browser.get(address)
    for key in ("hosiery", "hardware"):
        leave_out(union, town.units[key], reason="停业", today=today, by=OPERATOR)
    with django_assert_num_queries(len(taken)):
        browser.get(address)
