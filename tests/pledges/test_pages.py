"""The pages of posts and pledges: what they show, for whom, in how many queries; the file, the notice and the API."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongjian.pledges import fulfilling, offering, views_public
from gongjian.pledges.models import Assignment, Pledge, Post, PublicName, StandingOrder
from gongjian.pledges.notice import code_of

from .conftest import hand_in, on_post, published, reviewed, set_up, write


def queries(browser, address: str) -> int:
    browser.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).status_code == 200
    return len(asked)


def test_the_whole_life_in_the_browser(town, signed_in):
    keeper, street = signed_in(town.secretary), signed_in(town.accounts["street"])
    new = f"/bodies/{town.bodies['village_party'].pk}/pledges/new/"
    assert keeper.get(new).status_code == 200
    sent = {
        "kind": "practical", "span": "annual", "year": town.today.year, "title": "装齐26盏路灯", "wish": "看不见路",
        "counted": "on", "baseline": "0", "target": "NaN", "unit": "盏", "evidence": "签字", "measures": "定点位\n通电",
        "responsible": "村两委", "due_on": town.today + timedelta(days=9), "with_whom": "", "person": "", "post": "",
        "source": "",
    }  # fmt: skip
    assert keeper.post(new, sent).status_code == 400
    assert keeper.post(new, sent | {"target": "0"}).status_code == 400
    made = keeper.post(new, sent | {"target": "26"})
    pledge = Pledge.objects.get()
    page = f"/pledges/{pledge.pk}/"
    assert made["Location"] == page
    for browser, path, data, state in (
        (keeper, "move/", {"do": "hand_in"}, "review"),
        (street, "review/", {"do": "return", "reason": "写明哪一段", "back": "list"}, "returned"),
        (keeper, "edit/", sent | {"target": "26", "title": "村口到小学装齐26盏路灯"}, "returned"),
        (keeper, "move/", {"do": "hand_in"}, "review"),
        (keeper, "review/", {"do": "pass"}, "review"),
        (street, "review/", {"do": "pass"}, "passed"),
        (keeper, "move/", {"do": "publish", "shown_at": "公开栏"}, "public"),
        (keeper, "progress/", {"measure": pledge.measures.first().pk, "back": "mine"}, "public"),
        (keeper, "word/", {"words": "装了18盏"}, "public"),
    ):
        assert browser.post(f"{page}{path}", data).status_code == 302
        pledge.refresh_from_db()
        assert pledge.state == state, path
    for measure in pledge.measures.all():
        keeper.post(f"{page}progress/", {"measure": measure.pk, "back": "mine"})
    keeper.post(f"{page}progress/", {"on": town.today, "words": "都亮了", "value": "26", "proof": ""})
    keeper.post(f"{page}move/", {"do": "tell", "telling": "都亮了"})
    street.post(f"{page}close/", {"do": "keep", "on": town.today, "outcome": ""})
    pledge.refresh_from_db()
    assert pledge.state == "kept" and pledge.progress.count() == 3


def test_a_post_is_set_up_from_the_catalogue_and_held_in_the_browser(town, signed_in):
    keeper, member = signed_in(town.secretary), signed_in(town.accounts["member"])
    new = f"/bodies/{town.bodies['village_party'].pk}/posts/new/"
    sent = {"title": "文明新风岗", "area": "", "seats": 1, "duties": "一\n二", "content": "每月一次", "kind": "",
            "since": town.today, "until": town.today + timedelta(days=90)}  # fmt: skip
    assert keeper.post(new, sent | {"duties": "一"}).status_code == 400
    assert signed_in(town.accounts["street"]).get(new).status_code == 403
    keeper.post(new, sent)
    page = f"/posts/{Post.objects.get().pk}/"
    keeper.post(f"{page}move/", {"do": "open"})
    assert (
        b"Choose" in member.get(page, headers={"Accept-Language": "en"}).content or member.get(page).status_code == 200
    )
    member.post(f"{page}choose/")
    held = Assignment.objects.get()
    address = f"/posts/held/{held.pk}/"
    keeper.post(f"{address}move/", {"do": "match", "reason": "就近"})
    keeper.post(f"{address}move/", {"do": "show"})
    held.refresh_from_db()
    assert held.state == "notice" and member.get(address).status_code == 200
    assert signed_in(town.accounts["other"]).get(address).status_code == 404
    assert member.post(f"{address}move/", {"do": "begin"}).status_code == 403
    on_post(town, set_up(town, title="样例岗"))
    other = Assignment.objects.get(state="on_post")
    member.post(f"/posts/held/{other.pk}/word/", {"words": "查了三遍"})
    assert other.words.get().words == "查了三遍"
    keeper.post(f"/posts/held/{other.pk}/move/", {"do": "end", "reason": "外出"})
    other.refresh_from_db()
    assert other.state == "ended"


@pytest.mark.parametrize("address", ["/pledges/", "/posts/", "/pledges/mine/", "/pledges/review/", "of", "one", "post"])
def test_a_page_takes_as_many_queries_for_three_as_for_one(address, town, signed_in):
    pledge, post = published(town), set_up(town)
    on_post(town, post)
    waits = hand_in(write(town, title="样例：三户屋顶修好"), town)
    fulfilling.enter(pledge, on=town.today, words="样例1", today=town.today, by=town.secretary)
    known = {"of": f"/pledges/of/{pledge.body_id}/", "one": f"/pledges/{pledge.pk}/", "post": f"/posts/{post.pk}/"}
    browser = signed_in(town.accounts["street"] if address == "/pledges/review/" else town.secretary)
    one = queries(browser, known.get(address, address))
    for n in (2, 3):
        published(town, title=f"样例承诺第{n}件")
        hand_in(write(town, title=f"样例待审第{n}件"), town)
        on_post(town, set_up(town, title=f"样例岗{n}"))
        fulfilling.enter(pledge, on=town.today, words=f"样例{n}", today=town.today, by=town.secretary)
    on_post(town, post, key="other")
    assert waits.state == "review" and queries(browser, known.get(address, address)) == one


def test_everybody_reads_what_is_public_and_no_name_that_was_not_agreed_to(town, client, signed_in):
    pledge = published(town)
    fulfilling.enter(pledge, on=town.today, words="装了18盏", today=town.today, by=town.secretary)
    body = client.get(f"/pledges/of/{pledge.body_id}/").content.decode()
    one = client.get(f"/pledges/public/{pledge.pk}/").content.decode()
    assert pledge.title in body and pledge.title in one and "装了18盏" in one
    draft = write(town, title="样例草稿")
    assert client.get(f"/pledges/public/{draft.pk}/").status_code == 404
    own = published(town, by="secretary", person=town.people["other"], title="样例：每周陪两位老人")
    assert client.get(f"/pledges/public/{own.pk}/").status_code == 404
    assert signed_in(town.accounts["member"]).get(f"/pledges/{own.pk}/").status_code == 404
    fulfilling.agree(own, name="老钱", today=town.today, by=town.accounts["other"])
    for reader in (client, signed_in(town.secretary)):
        told = reader.get(f"/pledges/public/{own.pk}/").content.decode()
        assert "老钱" in told and "钱样例" not in told


def test_the_notice_for_the_wall_is_a_sheet_with_a_code_and_without_persons(town, client, signed_in):
    pledge = published(town)
    address = f"/pledges/of/{pledge.body_id}/notice.pdf"
    paper = client.get(address)
    assert paper["Content-Type"] == "application/pdf" and paper.content.startswith(b"%PDF")
    assert client.get(f"/pledges/of/{town.bodies['league'].pk}/notice.pdf").status_code == 404
    assert "<path" in code_of("https://example.cn/pledges/of/1/")


def test_the_notice_counts_the_organisation_s_own_pledges_however_many_people_pledge(town, client, monkeypatch):
    sheets = []
    monkeypatch.setattr(views_public, "as_pdf", lambda sheet: sheets.append(sheet) or b"%PDF")
    pledge, year = published(town), town.today.year
    notice = f"/pledges/of/{pledge.body_id}/notice.pdf"
    said = {"body": pledge.body, "kind": "common", "year": year, "title": "样例", "state": "public",
            "public_on": town.today, "due_on": town.today}  # fmt: skip
    of_people = Pledge.objects.bulk_create(Pledge(**said, person=town.people["other"]) for _ in range(21))
    PublicName.objects.bulk_create(PublicName(pledge=each, name="老钱", given_on=town.today) for each in of_people)
    client.get(notice)
    Pledge.objects.bulk_create(Pledge(**said) for _ in range(24))
    client.get(notice)
    assert [(len(each.lines), each.more) for each in sheets] == [(1, ""), (12, "另有13件，扫码可看。")]
    Pledge.objects.filter(person=None).update(year=year - 1)
    assert client.get(notice).status_code == 404


def test_written_anew_a_pledge_keeps_its_post_that_is_no_longer_offered(town, signed_in):
    post = set_up(town)
    pledge = write(town, post=post)
    offering.offer(post, "close", today=town.today, by=town.secretary)
    form = signed_in(town.secretary).get(f"/pledges/{pledge.pk}/edit/").context["form"]
    assert form.fields["post"].clean(str(form.initial["post"])) == post


def test_the_list_is_narrowed_and_taken_as_a_file(town, signed_in):
    published(town)
    browser = signed_in(town.secretary)
    write(town, title="样例草稿")
    for query, count in (("", 2), ("state=open", 1), ("state=late", 0), ("line=union", 0), ("of=people", 0),
                         ("kind=practical&state=written", 1)):  # fmt: skip
        assert len(browser.get(f"/pledges/?{query}").context["listed"].rows) == count, query
    assert browser.get("/pledges/?line=nothing").status_code == 400
    for address, head in (("/pledges.xlsx", "上下文村党支部"), ("/posts.xlsx", "上下文村党支部")):
        set_up(town)
        file = BytesIO(b"".join(browser.get(address).streaming_content))
        assert list(openpyxl.load_workbook(file).active.iter_rows(values_only=True))[1][0] == head


def test_the_quarter_s_word_is_ordered_on_the_page_of_reviews(town, signed_in):
    street = signed_in(town.accounts["street"])
    address = f"/bodies/{town.bodies['street_party'].pk}/pledges/words/"
    street.post(address, {"do": "order"})
    assert StandingOrder.objects.get().by == town.accounts["street"]
    street.post(address, {"do": "call_off"})
    assert not StandingOrder.objects.exists()
    assert signed_in(town.secretary).post(address, {"do": "order"}).status_code == 403


def test_the_api_tells_what_the_pages_tell_and_names_nobody(town, signed_in):
    pledge = published(town)
    write(town, person=town.people["member"], by=town.accounts["member"], title="样例个人")
    set_up(town)
    member, stranger = signed_in(town.accounts["member"]), signed_in(town.stranger)
    assert [each["title"] for each in stranger.get("/api/v1/pledges").json()["pledges"]] == [pledge.title]
    told = member.get("/api/v1/pledges?of=people").json()["pledges"]
    assert [(each["title"], each["of"]) for each in told] == [("样例个人", "person")] and "沈样例" not in str(told)
    one = stranger.get(f"/api/v1/pledges/{pledge.pk}").json()
    assert (float(one["target"]), one["evidence"], len(one["measure_list"])) == (26.0, "通电并由用电户签字", 2)
    assert stranger.get(f"/api/v1/pledges/{10**30}").status_code == 404
    assert [each["seats"] for each in stranger.get("/api/v1/posts").json()["posts"]] == [2]


def test_a_public_page_is_the_same_for_everybody_unless_it_names_somebody(town, client, signed_in):
    pledge = published(town)
    addresses = [f"/pledges/of/{pledge.body_id}/", f"/pledges/public/{pledge.pk}/"]
    for address in addresses:
        told = client.get(address)
        assert told["Cache-Control"] == "public, max-age=60" and not told.cookies
        assert signed_in(town.secretary).get(address)["Cache-Control"] == "private, no-store"
    own = published(town, by="secretary", person=town.people["other"], title="样例：每周陪两位老人")
    fulfilling.agree(own, name="老钱", today=town.today, by=town.accounts["other"])
    for address in (addresses[0], f"/pledges/public/{own.pk}/"):
        assert "public" not in client.get(address).get("Cache-Control", "")


def test_my_pledges_begin_with_what_waits_for_me(town, signed_in):
    waits = hand_in(write(town, title="等审的"), town)
    public = published(town, title="在办的")
    draft = write(town, title="草稿")
    passed = reviewed(hand_in(write(town, title="审过的"), town), "pass", town)
    back = reviewed(hand_in(write(town, title="退回的"), town), "return", town)
    keeper = signed_in(town.secretary)
    page = keeper.get("/pledges/mine/")
    assert [each.row.pk for each in page.context["mine"]] == [each.pk for each in (back, passed, draft, public, waits)]
    assert f'href="/pledges/{back.pk}/edit/"' in page.content.decode()
    shown = keeper.get(f"/pledges/{back.pk}/").content.decode()
    assert f'<a class="btn btn--main" href="/pledges/{back.pk}/edit/">' in shown  # mended first, handed in second
    assert '<button class="btn" type="submit" name="do" value="hand_in">' in shown
    assert 'href="#panels"' in keeper.get(f"/pledges/{passed.pk}/").content.decode()
