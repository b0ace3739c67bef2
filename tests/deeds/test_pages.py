"""The pages of deeds: what they show, for whom, in how many queries; the public form and its guard; the API."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongjian.accounts.limits import Allowance
from gongjian.deeds import commenting, recommending, stars
from gongjian.deeds import queries as deed_queries
from gongjian.deeds.models import Deed, Named, ReaderComment

from .conftest import STORY, checked, recommend, shown, when


def queries(browser, address: str) -> int:
    browser.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).status_code == 200
    return len(asked)


def typed(town, **given):
    return {
        "whose": "other", "name": "孔样例", "title": "台风夜背出十二位老人", "story": STORY, "service": "people",
        "done_on": town.today, "place": "村口", "links": "", "ref": uuid4().hex,
    } | given  # fmt: skip


def test_the_whole_way_in_the_browser_begins_without_an_account(town, client, signed_in):
    village = town.bodies["village_party"]
    found = client.get("/deeds/recommend/", {"q": "上下文村"}).content.decode()
    assert f"/bodies/{village.pk}/deeds/new/" in found
    new = f"/bodies/{village.pk}/deeds/new/"
    assert client.post(new, typed(town, name="")).status_code == 400
    sent = typed(town)
    made = client.post(new, sent)
    deed = Deed.objects.get()
    assert made["Location"] == client.post(new, sent)["Location"] == f"/deeds/told/{deed.ref}/"
    told = client.get(made["Location"])
    assert "孔样例" not in told.content.decode() and told["Cache-Control"] == "no-store"
    assert client.get(f"/deeds/{deed.pk}/").status_code == 404
    keeper, street, reader = (signed_in(each) for each in (
        town.secretary, town.accounts["street"], town.accounts["other"]))  # fmt: skip
    page, move = f"/deeds/{deed.pk}/", f"/deeds/{deed.pk}/move/"
    assert reader.get(page).status_code == 404 and "孔样例" in keeper.get(page).content.decode()
    assert page in keeper.get("/deeds/waiting/").content.decode()
    for browser, data, state in (
        (keeper, {"do": "return_check", "reason": ""}, "sent"),
        (keeper, {"do": "check", "person": town.people["quiet"].pk, "reason": ""}, "checked"),
        (keeper, {"do": "select", "reason": ""}, "checked"),
        (street, {"do": "select", "reason": ""}, "selected"),
        (street, {"do": "show"}, "selected"),
        (keeper, {"do": "paper", "kept_where": "2号柜"}, "selected"),
        (street, {"do": "show"}, "shown"),
        (street, {"do": "star", "span": "month", "of": town.today, "ground": "党工委会议"}, "star"),
    ):
        assert browser.post(move, data).status_code == 302
        deed.refresh_from_db()
        assert deed.state == state, data
    public = client.get(page)
    assert "孔样例" in public.content.decode() and "Cache-Control" not in public, "never kept where somebody is named"
    assert "2号柜" not in public.content.decode() and "2号柜" in keeper.get(page).content.decode()
    reader.post(f"/deeds/{deed.pk}/comment/", {"words": "好样的"})
    comment = ReaderComment.objects.get()
    assert "好样的" not in client.get(page).content.decode() and "好样的" in reader.get(page).content.decode()
    street.post(f"/deeds/comments/{comment.pk}/", {"do": "show", "reason": ""})
    assert "好样的" in client.get(page).content.decode() and "钱样例" not in client.get(page).content.decode()


def test_the_person_says_no_on_their_own_page(town, signed_in, client):
    deed = recommend(town, name="沈样例")
    signed_in(town.secretary).post(f"/deeds/{deed.pk}/move/", {"do": "check", "person": town.people["member"].pk})
    own = signed_in(town.accounts["member"])
    assert "I agree" in own.get(f"/deeds/{deed.pk}/", headers={"Accept-Language": "en"}).content.decode()
    own.post(f"/deeds/{deed.pk}/move/", {"do": "take_back"})
    assert not Named.objects.exists() and Deed.objects.get().state == "taken_back"
    assert client.get(f"/deeds/told/{deed.ref}/").status_code == 200


def test_what_is_not_consented_or_not_shown_is_nowhere_for_others(town, client, signed_in):
    checked(town)
    for browser in (client, signed_in(town.accounts["other"])):
        for address in ("/deeds/", "/deeds/?stars=1", f"/deeds/?body={town.bodies['village_party'].pk}"):
            assert "孔样例" not in browser.get(address).content.decode()
    assert signed_in(town.accounts["other"]).get("/api/v1/deeds").json()["deeds"] == []


def test_a_deed_of_an_organisation_is_told_again_for_a_minute_and_one_of_a_person_never(town, client):
    shown(town, of="body", name="", title="样例：巡河三年")
    assert client.get("/deeds/")["Cache-Control"] == "public, max-age=60"
    shown(town)
    assert "Cache-Control" not in client.get("/deeds/")


def test_many_from_one_address_are_slowed_down_and_nothing_is_lost(town, client, monkeypatch):
    monkeypatch.setattr(recommending, "NETWORK", Allowance(2, recommending.NETWORK.regained))
    new = f"/bodies/{town.bodies['village_party'].pk}/deeds/new/"
    sent = typed(town)
    assert client.post(new, sent).status_code == 302
    assert client.post(new, sent).status_code == 302, "the same again costs nothing"
    assert client.post(new, typed(town)).status_code == 302
    refused = client.post(new, typed(town, story="第三件，" + STORY))
    assert refused.status_code == 400 and "第三件" in refused.content.decode()
    assert Deed.objects.count() == 2


def test_times_and_stars_are_browsed(town, client):
    deed = shown(town, of="body", name="")
    shown(town, of="body", name="", title="样例：没有评上星")
    stars.name_star(deed, body=town.bodies["street_party"], span="quarter", of=town.today, ground="党工委会议",
                    today=town.today, by=town.accounts["street"])  # fmt: skip
    quarter = f"{town.today.year}-q{(town.today.month - 1) // 3 + 1}"
    told = client.get("/deeds/", {"when": quarter, "stars": "1"}).content.decode()
    assert deed.title in told and "没有评上星" not in told
    assert deed.title not in client.get("/deeds/", {"when": f"{town.today:%Y-%m}", "stars": "1"}).content.decode()
    assert "没有评上星" in client.get("/deeds/", {"when": f"{town.today:%Y-%m}"}).content.decode()
    assert client.get("/deeds/", {"when": "2026-99"}).status_code == 400
    assert client.get("/deeds/", {"when": "2019-03"}).status_code == 200


@pytest.mark.parametrize("address", ["/deeds/", "/deeds/waiting/", "one"])
def test_a_page_takes_as_many_queries_for_three_as_for_one(address, town, signed_in):
    browser = signed_in(town.accounts["street"])
    deed = shown(town)
    where = f"/deeds/{deed.pk}/" if address == "one" else address

    def more(n: int) -> None:
        each = shown(town, title=f"样例言行第{n}件", of="body", name="")
        stars.name_star(each, body=town.bodies["street_party"], span="month", of=town.today, ground="样例",
                        today=town.today, by=town.accounts["street"])  # fmt: skip
        checked(town, title=f"待选第{n}件")
        one = commenting.write(deed, f"好{n}", **when(town, "other"))
        commenting.look_at(one, "show", **when(town, "street"))
        commenting.write(each, f"好{n}", **when(town, "other"))

    more(1)
    one = queries(browser, where)
    more(2)
    more(3)
    assert queries(browser, where) == one


def test_a_page_that_does_not_show_all_says_so(town, signed_in, monkeypatch):
    deed, browser = shown(town), signed_in(town.accounts["street"])
    for at in range(2):
        checked(town, title=f"样例：待选{at}")
        one = commenting.write(deed, f"好{at}", **when(town, "other"))
        commenting.look_at(one, "show", **when(town, "street"))
    english = {"headers": {"Accept-Language": "en"}}

    def told() -> str:
        return "".join(
            browser.get(each, **english).content.decode() for each in ("/deeds/waiting/", f"/deeds/{deed.pk}/")
        )

    said = ("Of each at most 2 show here", "These are the last 1.")
    assert not any(each in told() for each in said)
    monkeypatch.setattr(deed_queries, "MOST_WAITING", 2)
    monkeypatch.setattr(deed_queries, "MOST_COMMENTS", 1)
    assert all(each in told() for each in said)


def test_the_api_tells_what_is_shown_and_no_name(town, signed_in):
    deed = shown(town)
    browser = signed_in(town.accounts["other"])
    line = browser.get("/api/v1/deeds").json()["deeds"][0]
    assert (line["id"], line["number"], line["of"]) == (deed.pk, deed.call_number, "person")
    one = browser.get(f"/api/v1/deeds/{deed.pk}").json()
    assert one["story"] == STORY and "孔样例" not in str(one)
    assert browser.get("/api/v1/deeds", {"when": "2026-13"}).status_code == 400
    assert browser.get("/api/v1/deeds/999999").status_code == 404
