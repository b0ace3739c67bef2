"""The pages of what does not agree: who sees what, that numbers open, and setting aside from the page."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from django.db import transaction
from django.utils import timezone

from gongjian import cli
from gongjian.chronicle.models import Act
from gongjian.consistency import views
from gongjian.consistency.find import find_doubts
from gongjian.consistency.models import Check, Doubt, Round, SetAside
from tests.register import town as small

from .stage import define_checks

LONG_AGO = "term_ran_out_long_ago"  # of the village's Party branch


@pytest.fixture(scope="module")
def checked_town(django_db_setup, django_db_blocker):
    """The small town, with a Party branch and a union in a firm, neither with a head; all checks gone through."""
    with django_db_blocker.unblock(), transaction.atomic():
        town = small.build_town()
        define_checks()
        firm, bodies = town.units["hosiery"], town.bodies
        bodies["firm_party"] = small.body(
            "样例袜业党支部", "party_branch", firm, since=small.REFORM, superior=bodies["street_party"]
        )
        bodies["firm_union"] = small.body(
            "样例袜业工会", "union_committee", firm, since=small.REFORM, superior=bodies["county_union"]
        )
        small.cover(bodies["firm_union"], firm, since=small.REFORM)
        find_doubts(timezone.localdate())
        yield town
        transaction.set_rollback(True)


@pytest.fixture
def checked(checked_town, db):
    return checked_town


def listed(browser, key, place, **asked):
    page = browser.get(f"/consistency/{key}/", {"in": place.pk, **asked})
    assert page.status_code == 200
    return page.context["listed"].page.rows


def sheet(response):
    return list(
        openpyxl.load_workbook(BytesIO(b"".join(response.streaming_content))).active.iter_rows(values_only=True)
    )


def test_each_number_of_a_place_is_the_number_of_its_doubts(checked, signed_in):
    browser, place = signed_in(checked.inspector), checked.units["city"]
    page = browser.get(f"/units/{place.pk}/consistency/")
    opened = 0
    for _severity, held in page.context["groups"]:
        for raised, href in held:
            assert browser.get(href).context["listed"].count.number == raised.open
            opened += raised.open
    assert opened > 5
    assert opened == sum(row.total for row in page.context["lines"])


def test_a_doubt_says_where_whose_matter_and_what_mends_it(checked, signed_in):
    browser, village = signed_in(checked.clerk), checked.units["village"]
    [doubt] = listed(browser, LONG_AGO, village)
    assert (doubt.name, doubt.where) == ("上下文村党支部", ["大唐街道", "上下文村"])
    assert doubt.owner == (checked.bodies["street_party"].pk, "大唐街道党工委")
    page = browser.get(f"/consistency/{LONG_AGO}/?in={village.pk}")
    for row in page.context["rows"]:
        assert browser.get(row["href"]).status_code == browser.get(row["mend_href"]).status_code == 200


def test_whoever_does_not_keep_the_register_is_led_to_a_page_that_opens(checked, signed_in):
    browser, place = signed_in(checked.inspector), checked.units["city"]
    for key in Doubt.objects.values_list("raised_by", flat=True).distinct():
        for row in browser.get(f"/consistency/{key}/?in={place.pk}").context["rows"][:1]:
            assert browser.get(row["mend_href"]).status_code in (200, 403), key
            assert not row["keeps"]


def test_the_nearest_body_of_the_line_is_whose_matter_it_is(checked, signed_in):
    [doubt] = listed(signed_in(checked.clerk), "union_own_and_joint", checked.units["city"])
    assert (doubt.name, doubt.owner[1]) == ("大唐样例袜业001", "诸暨市总工会")


def test_what_is_about_people_is_told_only_to_who_may_see_people_there(checked, signed_in):
    place, heads = checked.units["city"], {"firm_party", "firm_union"}
    of_firms = {checked.bodies[key].pk: key for key in heads}

    def seen(account):
        rows = listed(signed_in(account), "no_head", place)
        return {of_firms[row.body_id] for row in rows if row.body_id in of_firms}

    chief = small.account("孙样例")
    small.office(small.person("孙样例", account=chief), checked.bodies["city_party"], "party_secretary")
    assert seen(checked.inspector) == {"firm_union"}  # audits the union's line
    assert seen(chief) == {"firm_party"}
    counts = {}
    for account in (checked.inspector, chief):
        page = signed_in(account).get(f"/units/{place.pk}/consistency/")
        held = {raised.check.pk: raised.open for _s, group in page.context["groups"] for raised, _href in group}
        counts[account] = held["no_head"]
        assert held["no_head"] == len(listed(signed_in(account), "no_head", place))


def test_members_are_a_matter_of_the_line_alone(checked, signed_in):
    small.membership(small.person("钱样例"), checked.bodies["village_party"])
    find_doubts(timezone.localdate())
    few, place = "party_branch_of_few", checked.units["village"]
    assert Doubt.objects.filter(raised_by=few).exists() is False  # the small town has no thresholds
    Doubt.objects.create(
        raised_by_id=few, body=checked.bodies["village_party"], place=place, first_seen=timezone.localdate()
    )
    assert listed(signed_in(checked.inspector), few, place) == []
    assert len(listed(signed_in(checked.secretary), few, place)) == 1


def test_whoever_may_not_count_is_refused_with_what_is_needed(checked, signed_in, client):
    place = checked.units["city"].pk
    for address in (f"/units/{place}/consistency/", f"/units/{place}/consistency.xlsx",
                    f"/consistency/{LONG_AGO}/?in={place}", f"/consistency/{LONG_AGO}.xlsx?in={place}"):  # fmt: skip
        assert signed_in(checked.stranger).get(address).status_code == 403, address
        assert client.get(address).status_code == 302, address


@pytest.mark.parametrize("asked", ["", "?in=", "?in=x", "?in=9" + "9" * 30, "?in=1&show=all"])
def test_an_odd_question_is_not_found(checked, signed_in, asked):
    assert signed_in(checked.inspector).get(f"/consistency/{LONG_AGO}/{asked}").status_code == 404
    assert signed_in(checked.inspector).get(f"/consistency/no_such/?in={checked.units['city'].pk}").status_code == 404


def test_before_the_first_round_and_where_nothing_is_found_the_page_says_so(checked, signed_in):
    browser, page = signed_in(checked.inspector), f"/units/{checked.units['village'].pk}/consistency/"
    Check.objects.all().delete()
    Round.objects.all().delete()
    told = browser.get(page).content.decode()
    assert "Nothing has been checked" in told or "还没有检查" in told
    find_doubts(timezone.localdate())  # no check is defined
    told = browser.get(page).content.decode()
    assert timezone.localdate().isoformat() in told
    assert "Nothing found" in told or "没有发现" in told


def test_a_past_day_shows_the_doubts_of_that_day(checked, signed_in):
    browser, place = signed_in(checked.clerk), checked.units["village"]
    before = timezone.localdate() - timedelta(days=1)
    assert listed(browser, LONG_AGO, place, on=before.isoformat()) == []
    Doubt.objects.filter(raised_by=LONG_AGO).update(first_seen=before)
    assert len(listed(browser, LONG_AGO, place, on=before.isoformat())) == 1


def test_the_files_hold_what_the_pages_show(checked, signed_in):
    browser, place = signed_in(checked.clerk), checked.units["city"].pk
    page = browser.get(f"/units/{place}/consistency/")
    shown = {str(r.check): r.open for _s, held in page.context["groups"] for r, _href in held}
    rows = sheet(browser.get(f"/units/{place}/consistency.xlsx"))[1:]
    assert {row[0]: row[3] for row in rows if row[3]} == shown
    rows = sheet(browser.get(f"/consistency/{LONG_AGO}.xlsx?in={place}"))
    assert [row[0] for row in rows[1:]] == ["上下文村党支部"]
    assert rows[1][3] == "大唐街道党工委"


def test_more_doubts_than_a_file_takes_are_refused_not_cut(checked, signed_in, monkeypatch):
    monkeypatch.setattr(views, "MOST_IN_A_FILE", 0)
    address = f"/consistency/{LONG_AGO}.xlsx?in={checked.units['city'].pk}"
    assert signed_in(checked.clerk).get(address).status_code == 400


def test_pages_take_the_same_number_of_queries_for_more_rows(checked, signed_in, django_assert_max_num_queries):
    browser, place = signed_in(checked.clerk), checked.units["city"].pk
    browser.get(f"/units/{place}/consistency/")
    for _ in range(3):
        firm = small.unit("样例企业", "enterprise", checked.units["village"], since=small.REFORM)
        small.body("样例支部", "party_branch", firm, since=small.REFORM)
        with django_assert_max_num_queries(21):
            assert browser.get(f"/units/{place}/consistency/").status_code == 200
        with django_assert_max_num_queries(27):
            assert browser.get(f"/consistency/term_unknown/?in={place}").status_code == 200
        find_doubts(timezone.localdate())


# == setting aside ==
def test_a_keeper_sets_a_doubt_aside_and_takes_it_back(checked, signed_in):
    browser, place = signed_in(checked.clerk), checked.units["village"]
    doubt = Doubt.objects.get(raised_by=LONG_AGO)
    address, today = f"/doubts/{doubt.pk}/set-aside/?in={place.pk}", timezone.localdate()
    assert browser.get(address).status_code == 200
    assert browser.post(address, {"reason": " ", "until": today}).status_code == 422
    until = today + timedelta(days=90)
    done = browser.post(address, {"reason": "村里正在合并", "until": until.isoformat()})
    assert (done.status_code, done.url) == (302, f"/consistency/{LONG_AGO}/?in={place.pk}")
    assert Act.objects.latest("pk").by == checked.clerk and Act.objects.latest("pk").office
    assert listed(browser, LONG_AGO, place) == []
    [row] = listed(browser, LONG_AGO, place, show="set_aside")
    assert (row.aside.reason, row.aside.until) == ("村里正在合并", until)
    assert "村里正在合并" in browser.get(f"/consistency/{LONG_AGO}/?in={place.pk}&show=set_aside").content.decode()
    browser.post(f"/doubts/set-aside/{row.aside.pk}/end/?in={place.pk}")
    assert len(listed(browser, LONG_AGO, place)) == 1 and not SetAside.objects.exists()


def test_nobody_else_sets_a_doubt_aside(checked, signed_in, client):
    doubt = Doubt.objects.get(raised_by=LONG_AGO)
    aside = f"/doubts/{doubt.pk}/set-aside/"
    for account in (checked.inspector, checked.secretary, checked.stranger):
        assert signed_in(account).get(aside).status_code == 404
        assert signed_in(account).post(aside, {"reason": "x", "until": "2030-01-01"}).status_code == 404
    signed_in(checked.clerk).post(aside, {"reason": "x", "until": timezone.localdate() + timedelta(days=9)})
    kept = SetAside.objects.get()
    for account in (checked.inspector, checked.secretary, checked.stranger):
        assert signed_in(account).post(f"/doubts/set-aside/{kept.pk}/end/").status_code == 404
    assert client.post(f"/doubts/set-aside/{kept.pk}/end/").status_code == 302
    assert SetAside.objects.get() == kept


# == API and command line ==
def test_the_api_lists_the_doubts_of_a_place(checked, signed_in):
    place = checked.units["village"].pk
    told = signed_in(checked.clerk).get(f"/api/v1/doubts?below={place}&check={LONG_AGO}").json()
    [doubt] = told["doubts"]
    assert (doubt["check"], doubt["severity"], doubt["of"]) == (LONG_AGO, "error", "body")
    assert (doubt["about"], doubt["place"]) == (checked.bodies["village_party"].pk, place)
    assert doubt["set_aside_until"] is None
    assert signed_in(checked.stranger).get(f"/api/v1/doubts?below={place}").json()["doubts"] == []
    assert signed_in(checked.clerk).get("/api/v1/doubts?below=99999999").status_code == 404
    first = signed_in(checked.clerk).get(f"/api/v1/doubts?below={checked.units['city'].pk}&limit=1").json()
    assert len(first["doubts"]) == 1 and first["next"]


def test_the_command_goes_through_all_checks_and_tells_a_place(checked, capsys, monkeypatch):
    monkeypatch.setattr(cli, "_open_database", lambda: False)
    monkeypatch.setenv("LANGUAGE", "en")
    assert cli.main(["figures", "check"]) == 0
    assert capsys.readouterr().out.startswith(f"{Doubt.objects.filter(gone_on=None).count():,} doubts on ")
    assert cli.main(["figures", "check", "--place", "330681005247"]) == 0
    assert "Its term ran out more than a year ago: 1" in capsys.readouterr().out
    assert cli.main(["figures", "check", "--place", "no"]) != 0
