"""The pages of selections: what they show, for whom, in how many queries; the forms of each step; files and API."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gongjian.deeds.models import Deed
from gongjian.selections import deciding, preparing
from gongjian.selections import queries as shown_queries
from gongjian.selections.models import Candidate, Selection

from .conftest import NOW, a_deed, take_in


def queries(browser, address: str) -> int:
    browser.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).status_code == 200
    return len(asked)


def page_of(selecting) -> str:
    return f"/selections/{selecting.selection.pk}/"


def test_prepared_filled_and_put_to_the_vote_in_the_browser(selecting, client, signed_in):
    body, today = selecting.town.bodies["city_union"], selecting.town.today
    keeper, county = signed_in(selecting.chair), signed_in(selecting.county)
    new = f"/bodies/{body.pk}/selections/new/"
    assert county.get(new).status_code == 403 and keeper.get(new).status_code == 200
    sent = {"rule": "month_small", "title": "本月之星", "span": "month", "of": today, "nominate_until": today}
    assert keeper.post(new, sent | {"title": ""}).status_code == 400
    assert keeper.post(new, sent | {"nominate_until": "2001-01-01"}).status_code == 400
    made = keeper.post(new, sent)
    found = Selection.objects.get(title="本月之星")
    page = f"/selections/{found.pk}/"
    assert made["Location"] == page and client.get(page).status_code == 404 and county.get(page).status_code == 404
    keeper.post(f"{page}move/", {"do": "open"})
    assert county.get(page).status_code == 200 and client.get(page).status_code == 404
    deeds = list(Deed.objects.order_by("pk"))
    county.post(f"{page}propose/", {"deed": deeds[0].pk})
    proposed = Candidate.objects.get(selection=found)
    assert (
        proposed.state == "proposed"
        and deeds[0].title not in signed_in(selecting.town.secretary).get(page).content.decode()
    )
    keeper.post(f"/selections/candidates/{proposed.pk}/", {"do": "accept", "reason": ""})
    for deed in deeds[1:]:
        keeper.post(f"{page}propose/", {"deed": deed.pk})
    assert found.candidates.filter(state="accepted").count() == 7
    at = (timezone.localtime() + timedelta(hours=2)).replace(second=0, microsecond=0)
    window = {"opens_at": at, "closes_at": at + timedelta(days=2), "draw_held_after": at + timedelta(days=3)}
    typed = {name: f"{moment:%Y-%m-%dT%H:%M}" for name, moment in window.items()}
    typed |= {"channels": ["web"], "objection_days": 7, "weight": 0, "draw": "双色球", "approval_number": "",
              "approval_title": ""}  # fmt: skip
    assert county.get(f"{page}poll/").status_code == 404
    assert keeper.post(f"{page}poll/", typed | {"draw": ""}).status_code == 400
    assert keeper.post(f"{page}poll/", typed | {"weight": 40}).status_code == 400
    held = keeper.post(f"{page}poll/", typed)
    found.refresh_from_db()
    assert held["Location"] == f"/ballots/{found.poll_id}/" and found.state == "polling"
    shown = client.get(page, headers={"Accept-Language": "en"}).content.decode()
    assert found.basis in shown and "their weight in the decision is 0" in shown and "样例言行7" in shown
    assert "choose from 1 to 2, or the whole ballot is void" in shown


def test_what_came_out_is_read_from_the_notice_on_with_the_rule_that_decided(ranked, client, signed_in, tmp_path):
    page = page_of(ranked)
    before = client.get(page, headers={"Accept-Language": "en"}).content.decode()
    assert "Which rule decided" not in before and client.get(f"{page}selection.json").status_code == 404
    assert "Which rule decided" in signed_in(ranked.chair).get(page, headers={"Accept-Language": "en"}).content.decode()
    deciding.give_notice(ranked.selection, **ranked.given())
    told = client.get(page, headers={"Accept-Language": "en"}).content.decode()
    assert "By votes, within all rules." in told and "python -m quotas selection.zip" in told
    file = json.loads(client.get(f"{page}selection.json").content)
    assert file["basis"] == ranked.selection.basis and len(file["result"]) == 7
    with zipfile.ZipFile(io.BytesIO(b"".join(client.get(f"{page}selection.zip").streaming_content))) as both:
        assert both.namelist() == ["poll.zip", "selection.json"]
    member = signed_in(ranked.town.accounts["member0"])
    member.post(f"{page}object/", {"words": "02号不是本月的事"})
    assert "02号不是本月的事" in signed_in(ranked.deputy).get(page).content.decode()
    assert "02号不是本月的事" not in signed_in(ranked.town.accounts["member1"]).get(page).content.decode()
    objection = ranked.selection.objections.get()
    signed_in(ranked.deputy).post(
        f"/selections/objections/{objection.pk}/", {"do": "reject", "words": "经核实属于本月"}
    )
    Selection.objects.filter(pk=ranked.selection.pk).update(
        notice_on=NOW.date() - timedelta(days=9), notice_until=NOW.date() - timedelta(days=1)
    )
    keeper = signed_in(ranked.chair)
    assert "checked" in keeper.get(f"{page}decide/").content.decode()
    sent = {"chosen": ["02", "05"], "panel": "评审组", "departs_why": ""}
    assert keeper.post(f"{page}decide/", sent).status_code == 400
    assert keeper.post(f"{page}decide/", sent | {"departs_why": "06 正在接受核实"}).status_code == 302
    keeper.post(f"{page}move/", {"do": "publish"})
    told = client.get(page).content.decode()
    assert "06 正在接受核实" in told and Selection.objects.get(pk=ranked.selection.pk).state == "published"


def test_where_more_can_be_proposed_than_show_the_page_says_so(selecting, signed_in, monkeypatch):
    def told() -> str:
        where = f"{page_of(selecting)}propose/"
        return signed_in(selecting.chair).get(where, headers={"Accept-Language": "en"}).content.decode()

    assert "These are the newest" not in told()
    monkeypatch.setattr(shown_queries, "MOST_DEEDS", 7)
    assert "These are the newest 7." in told()


@pytest.mark.parametrize("address", ["list", "one", "propose"])
def test_a_page_takes_as_many_queries_for_many_as_for_few(address, selecting, signed_in):
    browser, page = signed_in(selecting.chair), page_of(selecting)
    where = {"list": "/selections/", "one": page, "propose": f"{page}propose/"}[address]
    deeds = list(Deed.objects.order_by("pk"))

    def more(n: int) -> None:
        preparing.propose(selecting.selection, deeds[n], marks={}, today=selecting.town.today, by=selecting.chair)
        preparing.propose(selecting.selection, deeds[-n - 1], marks={}, today=selecting.town.today, by=selecting.county)
        a_deed(selecting.town, 20 + n)
        a_deed(selecting.town, 30 + n, of="person")
        preparing.draft(
            selecting.town.bodies["county_union"], selecting.selection.rule, title=f"县里第{n}次",
            nominate_until=selecting.town.today, today=selecting.town.today, by=selecting.county,
        )  # fmt: skip

    more(0)
    one = queries(browser, where)
    more(1)
    more(2)
    assert queries(browser, where) == one


def test_the_api_tells_rules_and_candidates_and_no_votes_before_the_notice(ranked, signed_in):
    browser = signed_in(ranked.town.accounts["member0"])
    assert [each["title"] for each in browser.get("/api/v1/selections").json()["selections"]] == ["样例每月之星"]
    address = f"/api/v1/selections/{ranked.selection.pk}"
    told = browser.get(address).json()
    assert len(told["candidates"]) == 7 and {each["votes"] for each in told["candidates"]} == {None}
    deciding.give_notice(ranked.selection, **ranked.given())
    told = {each["number"]: each for each in browser.get(address).json()["candidates"]}
    assert (told["02"]["votes"], told["02"]["outcome"], told["02"]["by"]) == (6, "chosen", "votes")
    assert browser.get("/api/v1/selections/999999").status_code == 404


def test_proposing_again_or_what_is_not_there_is_answered_with_a_sentence(selecting, signed_in):
    take_in(selecting)
    browser = signed_in(selecting.chair)
    for deed in (Deed.objects.first().pk, "0", "x", "9" * 30):
        answer = browser.post(f"{page_of(selecting)}propose/", {"deed": deed}, follow=True)
        assert answer.status_code == 200 and "另选" in answer.content.decode()
