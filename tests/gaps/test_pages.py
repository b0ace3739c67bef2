"""The pages of gaps: what is listed, for whom, in how many queries; who may decide; the file, the API, the command."""

from __future__ import annotations

import json
from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gongjian import cli
from gongjian.chronicle.models import Act, Before
from gongjian.gaps import actions
from gongjian.gaps.models import Decision, Gap, Suggestion
from gongjian.register.models import Unit
from gongjian.register.queries.lists import Counted, counted
from gongjian.register.refusals import Refused
from tests.register import town as small
from tests.register.town import REFORM

from .conftest import firm


def gaps_of(town, place: str, indicator: str = "union_enterprises", more: str = "") -> str:
    return f"/indicators/{indicator}/gaps/?in={town.units[place].pk}{more}"


def the_suggestion() -> Suggestion:
    return Suggestion.objects.get(line="union")


def test_the_list_shows_the_unit_the_way_the_neighbours_and_why(found, signed_in):
    page = signed_in(found.inspector).get(gaps_of(found, "village"))
    rows = {row.name: row for row in page.context["listed"].page.rows}
    assert set(rows) == {f"样例{key}厂" for key in ("large", "sixteen", "ten", "two", "unknown")}
    assert page.context["listed"].count.number == 5
    ten = rows["样例ten厂"]
    assert {name for _id, name in ten.neighbours} == {"样例sixteen厂", "样例two厂"}
    assert ten.body_name == "上下文村联合工会"
    assert "10" in ten.why and "28" in ten.why
    told = page.content.decode()
    assert "样例统计" in told and "工会法" in told


def test_only_one_way_or_one_place_is_listed_if_asked(found, signed_in):
    browser = signed_in(found.inspector)
    page = browser.get(gaps_of(found, "village", more="&way=joint"))
    assert {row.way for row in page.context["listed"].page.rows} == {"joint"}
    page = browser.get(gaps_of(found, "county", more=f"&place={found.units['street'].pk}"))
    assert page.context["listed"].count.number == 6
    assert browser.get(gaps_of(found, "village", more="&way=all")).status_code == 404
    assert browser.get(gaps_of(found, "village", more=f"&place={found.units['district'].pk}")).status_code == 404


def test_a_long_list_is_counted_after_it_is_shown(found, signed_in, monkeypatch):
    monkeypatch.setattr(counted, "__defaults__", (2,))  # so many at once
    browser, address = signed_in(found.inspector), gaps_of(found, "village")
    page = browser.get(f"{address}&after=")
    assert page.context["listed"].count == Counted(2, is_more=True) and len(page.context["listed"].page.rows) == 5
    href = page.context["count_href"]
    assert f'hx-get="{href.replace("&", "&amp;")}"' in page.content.decode() and "after" not in href
    assert "5" in browser.get(f"/indicators/union_enterprises/gaps/{href}").content.decode()
    whole = browser.get(f"{address}&counted=1")
    assert whole.context["count_href"] == "" and "5" in whole.context["said"]


def test_of_another_day_none_are_kept_and_the_page_says_so(found, signed_in):
    page = signed_in(found.inspector).get(gaps_of(found, "village", more="&on=2022-01-01"))
    assert page.status_code == 200 and page.context["listed"] is None


def test_an_indicator_of_no_single_line_has_no_list(found, signed_in):
    page = signed_in(found.inspector).get(gaps_of(found, "village", "four_lines"))
    assert page.status_code == 200 and page.context["rules"] is None


def test_the_indicator_leads_to_its_gaps_and_another_one_does_not(found, signed_in):
    browser = signed_in(found.inspector)
    for key, leads in (("union_enterprises", True), ("party_enterprises_50", True), ("union_joint_share", False),
                       ("womens_home", False), ("four_lines", False)):  # fmt: skip
        page = browser.get(f"/indicators/{key}/?in={found.units['street'].pk}")
        assert bool(page.context["hrefs"]["gaps"]) is leads, key
        if leads:
            assert browser.get(page.context["hrefs"]["gaps"]).context["rules"] is not None


def test_whoever_may_not_count_is_refused(found, signed_in, client):
    for address in (gaps_of(found, "village"), gaps_of(found, "village").replace("gaps/", "gaps.xlsx")):
        assert signed_in(found.stranger).get(address).status_code == 403
        assert client.get(address).status_code == 302
    address = f"/gaps/suggestions/{the_suggestion().pk}/"
    assert signed_in(found.stranger).get(address).status_code == 404
    assert signed_in(found.inspector).get(address).status_code == 200


def test_a_neighbour_elsewhere_is_not_told_to_whoever_may_not_count_there(found, signed_in, run_again):
    """A village's secretary sees one unit of a trade in the town, and not that others there lack a union."""
    other = small.unit("样例东村", "village", found.units["street"], since=REFORM)
    firm(found, "far", 24, parent=other, trade="G")
    firm(found, "near", 1, trade="G")
    for key in ("sixteen", "ten", "two"):
        small.cover(found.bodies["joint_union"], found.units[key], since=REFORM)
    run_again()
    suggestion = the_suggestion()
    assert set(suggestion.units) == {found.units[key].pk for key in ("far", "near")}
    page = signed_in(found.secretary).get(gaps_of(found, "village", more="&way=joint"))
    (row,) = page.context["listed"].page.rows
    assert (row.name, row.neighbours, row.told_suggestion) == ("样例near厂", [], None)
    assert "样例far厂" not in page.content.decode()
    assert signed_in(found.secretary).get(f"/gaps/suggestions/{suggestion.pk}/").status_code == 404
    assert signed_in(found.inspector).get(f"/gaps/suggestions/{suggestion.pk}/").status_code == 200


def test_pages_take_the_same_number_of_queries_for_more_rows(found, signed_in, run_again):
    browser = signed_in(found.inspector)
    suggestion = the_suggestion().pk
    browser.get(gaps_of(found, "village"))

    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(address).status_code == 200
        return len(asked)

    before = queries(gaps_of(found, "village", more="&way=joint")), queries(f"/gaps/suggestions/{suggestion}/")
    for number in range(6):
        firm(found, f"again{number}", 15)
    run_again()
    some = Suggestion.objects.filter(line="union").order_by("pk").last()
    after = queries(gaps_of(found, "village", more="&way=joint")), queries(f"/gaps/suggestions/{some.pk}/")
    assert before == after and max(after) <= 30


def test_the_file_holds_what_the_page_lists(found, signed_in):
    browser = signed_in(found.inspector)
    listed = browser.get(gaps_of(found, "street")).context["listed"].page.rows
    file = b"".join(browser.get(gaps_of(found, "street").replace("gaps/", "gaps.xlsx")).streaming_content)
    rows = list(openpyxl.load_workbook(BytesIO(file)).active.iter_rows(values_only=True))[1:]
    assert [row[0] for row in rows] == [row.name for row in listed]
    assert [row[2] for row in rows] == [row.heads for row in listed]


# == deciding ==
def test_the_clerk_accepts_and_takes_back_and_the_chronicle_has_both(found, signed_in):
    browser = signed_in(found.clerk)
    address = f"/gaps/suggestions/{the_suggestion().pk}/"
    page = browser.get(address)
    assert page.context["may_decide"] and {row.name for p in page.context["told"].places for row in p.rows} == {
        "样例sixteen厂", "样例ten厂", "样例two厂",
    }  # fmt: skip
    browser.post(f"{address}accept/")
    decision = Decision.objects.get()
    assert (decision.verdict, decision.by) == ("accepted", found.clerk)
    told = browser.get(gaps_of(found, "village")).content.decode()
    assert found.clerk.name in told
    browser.post(f"{address}take-back/")
    assert not Decision.objects.exists()
    undone = Act.objects.get(verb="gaps.decision_undone")
    assert undone.facts["acts"] == [decision.act_id]
    assert Before.objects.get(act=undone).was["verdict"] == "accepted"


def test_setting_aside_needs_a_reason(found, signed_in):
    browser = signed_in(found.clerk)
    address = f"/gaps/suggestions/{the_suggestion().pk}/"
    browser.post(f"{address}set-aside/", {"reason": "  "})
    assert not Decision.objects.exists()
    browser.post(f"{address}set-aside/", {"reason": "两家要搬走"})
    assert Decision.objects.get().reason == "两家要搬走"
    assert "两家要搬走" in browser.get(address).content.decode()


def test_whoever_appoints_in_the_line_above_decides_too_and_a_reader_does_not(found, signed_in):
    town, address = found, f"/gaps/suggestions/{the_suggestion().pk}/"
    town.accounts["chair"] = small.account("郑样例")
    small.office(small.person("郑样例", account=town.accounts["chair"]), town.bodies["county_union"], "union_chair")
    for account in (town.inspector, town.secretary):
        assert not signed_in(account).get(address).context["may_decide"]
        for verb in ("accept", "set-aside", "take-back"):
            assert signed_in(account).post(f"{address}{verb}/", {"reason": "x"}).status_code == 404
    assert not Decision.objects.exists()
    signed_in(town.accounts["chair"]).post(f"{address}accept/")
    decision = Decision.objects.get()
    assert decision.by == town.accounts["chair"] and decision.act.office.startswith("register.office:")


def test_what_cannot_be_decided_is_refused_in_a_sentence(found):
    suggestion, given = the_suggestion(), {"now": timezone.now(), "by": found.clerk}
    with pytest.raises(Refused):
        actions.take_back(suggestion, now=timezone.now(), by=found.clerk)
    with pytest.raises(Refused):
        actions.accept(suggestion, now=timezone.now(), by=found.inspector)
    actions.accept(suggestion, **given)
    with pytest.raises(Refused):
        actions.set_aside(suggestion, reason="x", **given)
    actions.take_back(suggestion, now=timezone.now(), by=found.clerk)
    Gap.objects.all().delete()
    with pytest.raises(Refused):
        actions.accept(suggestion, **given)
    suggestion.delete()
    with pytest.raises(Refused):
        actions.accept(Suggestion(pk=99), **given)


def test_a_gap_does_not_hold_its_unit(found):
    """What was entered by mistake can be taken back the same day."""
    assert Gap.objects.filter(unit=found.units["two"]).exists()
    for model in (small.Headcount, small.UnitEntry):
        model.objects.filter(unit=found.units["two"]).delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM register_unit WHERE id = %s", [found.units["two"].pk])
    assert not Unit.objects.filter(pk=found.units["two"].pk).exists()


# == API and command ==
def test_the_api_tells_what_the_page_lists(found, signed_in):
    browser = signed_in(found.inspector)
    listed = browser.get(gaps_of(found, "village")).context["listed"].page.rows
    address = f"/api/v1/units/{found.units['village'].pk}/gaps?indicator=union_enterprises"
    told = browser.get(address).json()
    assert [(each["unit"], each["way"], each["heads"]) for each in told["gaps"]] == [
        (row.unit_id, row.way, row.heads) for row in listed
    ]
    first = browser.get(f"{address}&limit=1").json()
    second = browser.get(f"{address}&limit=1&after={first['next']}").json()
    assert first["gaps"] + second["gaps"] == told["gaps"][:2]
    assert signed_in(found.stranger).get(address).status_code == 404
    assert browser.get(address.replace("union_enterprises", "four_lines")).status_code == 404
    assert browser.get(f"{address}&way=all").status_code == 400


def test_the_command_lists_them(found, capsys):
    asked = ["figures", "gaps", "--place", "330681005247", "--indicator", "union_enterprises"]
    assert cli.main([*asked, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["count"], told["gaps"][0]["name"]) == (5, "样例large厂")
    assert cli.main(asked) == 0 and "样例ten厂" in capsys.readouterr().out
    assert cli.main([*asked[:-1], "four_lines"]) == 1
    assert cli.main([*asked[:3], "999999", *asked[4:]]) == 1
