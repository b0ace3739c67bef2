"""The pages of public figures, without an account: what they show, hold back and never say; their file and the API."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.utils import timezone

from gongjian.indicators.models import Indicator, Publication, PublicFigure
from gongjian.indicators.public import can_be_public
from gongjian.packs.load import load_pack
from gongjian.packs.read import read_pack
from gongjian.settings import ROOT
from tests.figures.test_run import town
from tests.register import town as small

assert town  # the fixture: the small town with the pack's indicators

FIRST, SECOND = date(2026, 4, 1), date(2026, 7, 1)
ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en"}


def tell(town, day: date, *, county: int | None = None) -> Publication:
    """A quarter's figures: the city 70 of 100, the county and a district in it."""
    told = Publication.objects.create(day=day, published_at=timezone.now(), least=5)
    rows = [("city", None, 100, 70), ("county", "city", 60, county), ("district", "city", 40, None)]
    rows.append(("street", "county", 3, None))
    for indicator in ("union_enterprises", "womens_home"):
        for key, above, denominator, numerator in rows:
            PublicFigure.objects.create(
                publication=told, indicator_id=indicator, version=1, unit=town.units[key],
                above=town.units[above] if above else None, denominator=denominator, openly=0, numerator=numerator,
            )  # fmt: skip
    return told


def test_before_the_first_quarter_the_page_says_so(town, client):
    page = client.get("/figures/", **ENGLISH)
    assert page.status_code == 200 and "Nothing has been told to everybody" in page.content.decode()
    assert client.get("/figures.xlsx").status_code == client.get("/figures/union_enterprises/").status_code == 404


def test_everybody_sees_the_same(town, client, signed_in):
    tell(town, FIRST)
    for address in ("/figures/", "/figures/union_enterprises/", f"/figures/?in={town.units['county'].pk}"):
        pages = [browser.get(address) for browser in (client, signed_in(town.stranger), signed_in(town.clerk))]
        assert {page.status_code for page in pages} == {200}
        told = [[cell.figure for row in page.context["table"].below for cell in row.cells] for page in pages]
        assert told[0] == told[1] == told[2] != []


def test_places_stand_in_the_order_of_their_codes_whatever_their_numbers(town, client):
    tell(town, FIRST, county=1)
    below = [row.unit_id for row in client.get("/figures/").context["table"].below]
    assert below == [town.units["district"].pk, town.units["county"].pk]  # 330602, 330681


def test_what_is_held_back_is_a_dash_with_the_reason(town, client):
    tell(town, FIRST)
    told = client.get("/figures/union_enterprises/", **ENGLISH).content.decode()
    assert "– / 60" in told and "70 of 100" not in told and "Held back." in told
    assert "Where fewer than 5 have it" in told
    told = client.get("/figures/", **ENGLISH).content.decode()
    assert "70 of 100" in told and "held back" in told


def test_a_county_leads_on_to_its_towns_and_a_town_no_further(town, client):
    tell(town, FIRST)
    page = client.get("/figures/")
    hrefs = {row.unit_id: href for row, href in page.context["rows"]}
    assert bool(hrefs[town.units["county"].pk]) and not hrefs[town.units["district"].pk]
    inner = client.get(hrefs[town.units["county"].pk])
    assert [row.unit_id for row in inner.context["table"].below] == [town.units["street"].pk]


def test_a_past_quarter_is_chosen_by_its_day(town, client):
    tell(town, FIRST, county=33)
    tell(town, SECOND, county=44)
    page = client.get("/figures/union_enterprises/")
    assert page.context["table"].publication.day == SECOND and "44 / 60" in page.content.decode()
    address = next(href for each, href in page.context["quarters"] if each.day == FIRST)
    assert "33 / 60" in client.get(address).content.decode()
    assert "33 / 60" in client.get("/figures/union_enterprises/?on=2026-06-30").content.decode()


@pytest.mark.parametrize("asked", ["?in=x", "?in=99999999", "?in=" + "9" * 30])
def test_a_place_of_which_nothing_is_told_is_not_found(town, client, asked):
    tell(town, FIRST)
    assert client.get(f"/figures/{asked}").status_code == client.get(f"/figures.xlsx{asked}").status_code == 404
    assert client.get(f"/figures/?in={town.units['village'].pk}").status_code == 404
    assert client.get("/figures/four_lines/").status_code == 404


def test_the_file_holds_what_is_shown_and_nothing_that_is_held_back(town, client):
    tell(town, FIRST)
    file = b"".join(client.get("/figures.xlsx", **ENGLISH).streaming_content)
    book = openpyxl.load_workbook(BytesIO(file))
    rows = list(book.active.iter_rows(values_only=True))[1:]
    assert len(rows) == 6 and {row[2:] for row in rows} == {
        (100, 70, 70, None), (60, None, None, "held back"), (40, None, None, "held back"),
    }  # fmt: skip
    assert "Held back" in [row[0] for row in book.worksheets[-1].iter_rows(values_only=True)]


def test_the_api_tells_it_without_signing_in(town, client):
    tell(town, FIRST)
    told = client.get("/api/v1/published?indicator=union_enterprises").json()
    assert (told["on"], told["least"], told["days"], told["next"]) == ("2026-04-01", 5, ["2026-04-01"], None)
    assert [(each["denominator"], each["numerator"]) for each in told["figures"]] == [
        (100, 70), (60, None), (40, None), (3, None),
    ]  # fmt: skip
    inside = client.get(f"/api/v1/published?in={town.units['county'].pk}&limit=2").json()
    assert len(inside["figures"]) == 2 and inside["next"]
    assert client.get("/api/v1/published?on=2026-03-31").json()["figures"] == []
    assert client.get("/api/v1/readings").status_code == 401


def test_more_places_and_quarters_take_no_more_queries(town, client, django_assert_max_num_queries):
    told = tell(town, FIRST)
    client.get("/figures/")
    for number in range(3):
        with django_assert_max_num_queries(10):
            assert client.get("/figures/").status_code == 200
        more = small.unit(f"样例{number}区", "district", town.units["city"], since=FIRST, code=f"33060{number + 3}")
        PublicFigure.objects.create(
            publication=told, indicator_id="womens_home", version=1, unit=more, above=town.units["city"],
            denominator=9, openly=0, numerator=None,
        )  # fmt: skip
        Publication.objects.create(day=date(2025, 1 + 3 * number, 1), published_at=timezone.now(), least=5)


def test_whoever_is_not_signed_in_is_led_to_the_figures(town, client):
    assert 'href="/figures/"' in client.get("/").content.decode()


def test_the_pack_tells_six_figures_of_units():
    told = [each for each in read_pack(ROOT / "packs" / "shaoxing").indicators if each.public_to]
    assert len(told) == 6 and all(can_be_public(each.definition["where"], each.definition["having"]) for each in told)


def test_loading_the_pack_says_which_figures_are_told(db):
    load_pack(read_pack(ROOT / "packs" / "shaoxing"))
    told = {each.key for each in read_pack(ROOT / "packs" / "shaoxing").indicators if each.public_to}
    assert set(Indicator.objects.exclude(public_to="").values_list("pk", flat=True)) == told
