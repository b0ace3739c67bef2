"""Pages of what was merged or divided: their lives tell it at both ends, and a day without them where they went."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from gongjian.register.models import Document, UnitKind
from gongjian.register.queries.body import body_page
from gongjian.register.queries.unit import unit_page
from gongjian.register.reorganise.bodies import merge_bodies
from gongjian.register.reorganise.units import Part, merge_units, split_unit

from . import town as small

DAY = date(2022, 1, 1)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def villages(town):
    street = town.units["street"]
    return [small.unit(name, "village", street, since=small.REFORM) for name in ("甲村", "乙村", "丙村")]


def told(town, unit, day=None):
    page = unit_page(town.clerk, unit.pk, day or town.today, town.today, small.OFFICIAL_DAYS)
    return [(event["when"], event["title"], str(event["note"])) for event in page.events]


def merge(town, sources, into, **more):
    return merge_units(sources, into=into, on=DAY, today=town.today, by=None, **more)


def split(town, unit, shares, *, stays=False):
    kind, street = UnitKind.objects.get(key="village"), town.units["street"]
    parts = [
        Part(values={"name": name, "kind": kind, "parent": street}, share=share and Decimal(share))
        for name, share in shares.items()
    ]
    split_unit(unit, parts=parts, stays=stays, on=DAY, today=town.today, by=None)


def test_a_merger_is_told_at_both_ends_with_its_document(town, villages):
    document = Document.objects.create(number="诸政函〔2022〕1号")
    merge(town, villages[:2], villages[2], document=document)
    note = "Document: 诸政函〔2022〕1号"
    assert told(town, villages[0])[-1] == ("2022-01-01", "Merged into 丙村", note)
    assert told(town, villages[2])[1] == ("2022-01-01", "甲村 and 乙村 were merged into it", note)


def test_a_new_one_says_from_which_it_was_made(town, villages):
    values = {"name": "甲乙村", "kind": UnitKind.objects.get(key="village"), "parent": town.units["street"]}
    merge(town, villages[:2], None, values=values)
    made = small.UnitEntry.objects.get(name="甲乙村").unit
    assert told(town, made)[0] == ("2022-01-01", "甲乙村 in 大唐街道", "甲村 and 乙村 were merged into it")


def test_a_new_name_is_told_below_the_merger_of_its_day(town, villages):
    merge(town, villages[:1], villages[1], values={"name": "甲乙村"})
    assert told(town, villages[1])[1][1:] == ("甲村 was merged into it", "Renamed from 乙村 to 甲乙村")


def test_a_division_tells_its_shares_or_that_nobody_knows_them(town, villages):
    split(town, villages[0], {"东村": "0.7", "西村": "0.3"})
    split(town, villages[1], {"南村": None}, stays=True)
    assert told(town, villages[0])[-1][1] == "Divided into 东村 (70.0 %) and 西村 (30.0 %)"
    assert told(town, villages[1])[1][1:] == (
        "A part of it went to 南村, the rest stays",
        "About the shares nothing is known.",
    )
    west = small.UnitEntry.objects.get(name="西村").unit
    assert told(town, west)[0][2] == "It received a part of 甲村 (30.0 %)"


def test_bodies_tell_their_mergers_too(town):
    one, other = town.bodies["village_party"], town.bodies["street_party"]
    merge_bodies([one], into=other, on=DAY, today=town.today, by=None)
    page = body_page(town.clerk, other.pk, town.today, town.today)
    assert [event["title"] for event in page.events][1] == "上下文村党支部 was merged into it"


def test_a_page_without_its_unit_says_where_it_went_and_keeps_the_day(town, villages, signed_in):
    split(town, villages[0], {"东村": "0.7", "西村": "0.3"})
    browser = signed_in(town.clerk)

    def html(unit, on):
        page = browser.get(f"/units/{unit.pk}/", {"on": on}, headers={"accept-language": "en"})
        return " ".join(page.content.decode().split())

    east = small.UnitEntry.objects.get(name="东村").unit
    gone = html(villages[0], "2023-01-01")
    assert (
        f'It went on in <a href="/units/{east.pk}/?on=2023-01-01"><span lang="zh-Hans">东村</span></a>, 70.0 % of it.'
        in gone
    )
    assert "It came from" in html(east, "2021-01-01")
    assert "Nobody knows what became of it from 2020-06-30 on." in html(town.units["closed_village"], "2023-01-01")


def test_a_reform_of_three_is_drawn(town, villages, signed_in):
    merge(town, villages[:2], villages[2])
    browser = signed_in(town.clerk)
    assert browser.get(f"/units/{villages[2].pk}/").content.count(b'<figure class="flow">') == 1
    assert b'<figure class="flow">' not in browser.get(f"/units/{town.units['village'].pk}/").content


def test_queries_do_not_grow_with_reforms(town, villages, signed_in):
    browser = signed_in(town.clerk)

    def count():
        with CaptureQueriesContext(connection) as counted:
            browser.get(f"/units/{villages[2].pk}/")
        return len(counted)

    merge(town, villages[:1], villages[2])
    count()  # what a process reads once is read now
    first = count()
    merge(town, [villages[1]], villages[2])
    assert count() == first
