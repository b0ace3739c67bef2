"""The pages of polls: what they show and to whom, in how many queries; the forms, the files, and voting itself."""

from __future__ import annotations

import base64
import html
import io
import json
import re
import zipfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gongjian import ballots
from gongjian.ballots import codes, making, paper, publishing, secrets
from gongjian.ballots.models import Envelope, PaperBallot, Poll, Voter
from gongjian.register.models import Document
from verivote import cli, holders, receipt
from verivote.ballot import Paper
from verivote.errors import Void

from .conftest import GROUPS, OBSERVERS, PRIVATE, cast, seal
from .test_counting import closed, counted, fill, lasting, sign

ENGLISH = {"Accept-Language": "en"}


def get(browser: Client, address: str, status: int = 200) -> str:
    response = browser.get(address, headers=ENGLISH)
    assert response.status_code == status, address
    return response.content.decode() if not response.streaming else ""


def post(browser: Client, address: str, data: object = None, status: int = 302, **more: object) -> str:
    response = browser.post(address, data or {}, headers=ENGLISH, **more)
    assert response.status_code == status, response.content.decode()[:3000]
    return response.content.decode() if not response.streaming else ""


def queries(browser: Client, address: str) -> int:
    browser.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).status_code == 200
    return len(asked)


# == making one ==
def test_a_poll_is_prepared_and_frozen_through_its_pages(drafted, signed_in):
    town, browser = drafted.town, signed_in(drafted.chair)
    body = town.bodies["city_union"].pk
    get(browser, f"/bodies/{body}/ballots/new/")
    opens = timezone.localtime(timezone.now() + timedelta(days=1))
    window = {"opens_at": f"{opens:%Y-%m-%dT%H:00}", "closes_at": f"{opens + timedelta(days=2):%Y-%m-%dT%H:00}"}
    given = {"title": "推荐先进", "kind": "recommendation", "channels": ["web"], "objection_days": 7, "weight": 0}
    post(browser, f"/bodies/{body}/ballots/new/", given | window | {"title": ""}, 400)
    paper = {"approval_number": "样例〔2026〕9号", "approval_title": "样例批复"}
    post(browser, f"/bodies/{body}/ballots/new/", given | window | paper | {"closes_at": window["opens_at"]}, 400)
    assert not Document.objects.filter(number=paper["approval_number"]).exists()
    post(browser, f"/bodies/{body}/ballots/new/", given | window)
    poll = Poll.objects.get(title="推荐先进")
    page = f"/ballots/{poll.pk}/"
    assert "Not ready yet" in get(browser, page)
    lines = "01，样例支部甲，工作实，诸暨市\n02\t样例支部乙\t\t越城区\n03,样例支部丙,,诸暨市"
    group = {"title": "组织", "least": 1, "most": 2, "candidates": lines, "places": 2, "reserves": 0, "cap": 1,
             "out": "03 已获省级表彰"}  # fmt: skip
    wrong = post(browser, page + "groups/new/", group | {"candidates": "01 x"}, 400)
    assert "Line 1" in wrong
    post(browser, page + "groups/new/", group)
    poll.refresh_from_db()
    assert poll.groups[0]["candidates"][0] == {"id": "01", "title": "样例支部甲", "note": "工作实", "place": "诸暨市"}
    assert poll.steps[0]["caps"] == [{"by": "place", "most": 1}] and poll.steps[0]["out"][0]["candidate"] == "03"
    get(browser, page + "groups/g1/")
    post(browser, page + "roll/draw-up/", {"line": "union", "day": town.today.isoformat()})
    assert "On the roll: 24." in get(browser, page + "roll/")
    files = holders.make({name: f"a long passphrase {name}" for name in "甲乙丙"}, "2026-01-01T00:00:00Z")
    get(browser, page + "key/")
    for wrong in (b"{}", b"[" * 100_000):
        post(browser, page + "key/", {"file": SimpleUploadedFile("public.json", wrong)}, 400)
    post(browser, page + "key/", {"file": SimpleUploadedFile("public.json", files["public.json"])})
    for name, is_by_lot in (("监票甲", "on"), ("监票乙", "")):
        key = OBSERVERS["甲" if is_by_lot else "乙"].public_key().public_bytes_raw().hex()
        post(browser, page + "observers/", {"name": name, "key": key, "is_by_lot": is_by_lot})
    post(browser, page + "observers/", {"name": "丙", "key": "12"}, 400)
    assert "Everything is there" in get(browser, page)
    post(browser, page + "ready/")
    poll.refresh_from_db()
    assert poll.state == "ready" and poll.rules["groups"] == poll.groups
    assert "样例支部甲" in get(Client(), f"/polls/{poll.ref}/")
    post(browser, page + "call-off/", {"why": "改期"})
    assert Poll.objects.get(pk=poll.pk).state == "called_off" and not Voter.objects.filter(poll=poll).exists()


def test_candidates_come_from_an_excel_sheet(drafted, signed_in):
    book, file = openpyxl.Workbook(), BytesIO()
    book.active.append(["编号", "名称", "说明", "所在"])
    for at in range(1, 4):
        book.active.append([at, f"样例{at}", "", "诸暨市"])
    book.save(file)
    sheet = SimpleUploadedFile("候选.xlsx", file.getvalue())
    given = {"title": "人", "least": 1, "most": 1, "candidates": "x", "places": 1, "reserves": 0, "cap": 0}
    browser = signed_in(drafted.chair)
    post(browser, f"/ballots/{drafted.poll.pk}/groups/new/", given | {"sheet": sheet})
    drafted.poll.refresh_from_db()
    assert [each["id"] for each in drafted.poll.groups[-1]["candidates"]] == ["1", "2", "3"]
    broken = SimpleUploadedFile("候选.xlsx", b"PK no")
    post(browser, f"/ballots/{drafted.poll.pk}/groups/new/", given | {"sheet": broken}, 400)


def test_a_draft_is_its_keepers_alone_and_a_frozen_one_everybodys(drafted, signed_in):
    page = f"/ballots/{drafted.poll.pk}/"
    assert get(signed_in(drafted.chair), page)
    for account in (drafted.town.clerk, drafted.town.secretary, drafted.account(0)):
        get(signed_in(account), page, 404)
        get(signed_in(account), page + "roll/", 404)
    get(Client(), f"/polls/{drafted.poll.ref}/", 404)
    assert drafted.poll.title not in get(Client(), "/polls/")
    making.make_ready(drafted.poll, today=drafted.town.today, now=timezone.now(), by=drafted.chair)
    assert drafted.poll.title in get(Client(), "/polls/") and get(Client(), f"/polls/{drafted.poll.ref}/")
    get(signed_in(drafted.town.clerk), page, 404)


def test_the_lists_and_a_poll_ask_as_many_questions_for_one_as_for_three(held, signed_in):
    browser = signed_in(held.chair)
    addresses = ["/ballots/", "/polls/", f"/ballots/{held.poll.pk}/", f"/polls/{held.poll.ref}/"]
    one = [queries(browser, each) for each in addresses]
    for number in (1, 2):
        twin = Poll.objects.get(pk=held.poll.pk)
        twin.pk, twin.ref, twin.title = None, secrets.secrets.token_hex(16), f"又一次{number}"
        twin.save()
    for at in range(3):
        cast(held, at)
    assert [queries(browser, each) for each in addresses] == one


# == voting ==
def sealing(page: str) -> dict:
    text = page.split('id="sealing" type="application/json">')[1].split("</script>")[0]
    return json.loads(text)


def test_a_ballot_sealed_on_the_device_comes_in_and_gets_its_receipt(held, signed_in):
    browser = signed_in(held.account(0))
    told = sealing(get(browser, f"/vote/{held.poll.ref}/"))
    assert told["entry"] == held.poll.entry
    body = {"permit": told["permit"], "envelope": base64.b64encode(seal(held)).decode()}
    answer = Client().post(told["cast"], json.dumps(body), content_type="application/json")
    assert answer.status_code == 200
    receipt.check(answer.json()["receipt"], held.poll.entry)
    again = Client().post(told["cast"], json.dumps(body), content_type="application/json")
    assert again.json() == answer.json()
    number = answer.json()["number"]
    assert "In the log, at place 1" in get(Client(), f"/polls/{held.poll.ref}/receipt/?number={number.lower()}")
    assert "Not in the log" in get(Client(), f"/polls/{held.poll.ref}/receipt/?number={'0' * 16}")


@pytest.mark.parametrize("change", ["cut", "swapped", "old", "nothing"])
def test_a_permit_that_we_did_not_give_opens_nothing(held, signed_in, change):
    told = sealing(get(signed_in(held.account(0)), f"/vote/{held.poll.ref}/"))
    permit = told["permit"]
    if change == "cut":
        permit = permit[:-2]
    elif change == "swapped":
        permit = "A" + ("B" if permit[1:2] == "A" else "A") + permit[2:]
    elif change == "old":
        permit = secrets.secret_of(held.poll).permit(secrets.Permit(held.voters[0].pk, "web", 1))
    else:
        permit = ""
    body = {"permit": permit, "envelope": base64.b64encode(seal(held)).decode()}
    answer = Client().post(told["cast"], json.dumps(body), content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "no_permit")
    assert not Envelope.objects.exists()


def test_without_script_the_server_seals_and_what_is_wrong_is_said(held, signed_in):
    browser, page = signed_in(held.account(0)), f"/vote/{held.poll.ref}/"
    assert "at least 1 are needed" in post(browser, page, {"org": ["01"]}, 400)
    assert "at most 2 are allowed" in post(browser, page, {"org": ["01", "02", "03"], "per": ["22"]}, 400)
    assert "Receipt" in post(browser, page, {"org": ["01"], "per": ["22"]}, 200)
    envelope = Envelope.objects.get()
    assert envelope.channel == "server"
    paper_ = Paper(held.poll.entry)
    assert paper_.decode(paper_.open(PRIVATE, bytes(envelope.sealed))) == {"org": ["01"], "per": ["22"]}


def test_everybody_sees_the_candidates_in_an_order_of_their_own_and_the_same_again(held, signed_in):
    def order(account) -> list[str]:
        page = get(signed_in(account), f"/vote/{held.poll.ref}/")
        return [part.split('"')[0] for part in page.split('name="per" value="')[1:]]

    orders = [order(held.account(at)) for at in range(3)]
    assert orders == [order(held.account(at)) for at in range(3)]
    assert all(sorted(each) == ["21", "22", "23", "24"] for each in orders)
    key = secrets.secret_of(held.poll)
    assert len({tuple(key.order(voter, "per", ["21", "22", "23", "24"])) for voter in range(60)}) > 15


def test_who_may_not_vote_is_told_what_to_do(held, signed_in):
    page = f"/vote/{held.poll.ref}/"
    assert "Type the code on your card" in get(Client(), page)
    assert "not on the roll" in get(signed_in(held.town.secretary), page)
    get(Client(), "/vote/nothing/", 404)
    post(signed_in(held.town.secretary), page, {"org": ["01"], "per": ["22"]}, 200)
    assert not Envelope.objects.exists()


def test_nobody_reads_who_has_voted_and_no_count_while_it_is_open(held, signed_in, monkeypatch):
    monkeypatch.setattr(publishing, "_half_hour", lambda moment: 0)  # it is not over before the test is
    pages = [f"/ballots/{held.poll.pk}/", f"/ballots/{held.poll.pk}/roll/?name=样例会员00", f"/polls/{held.poll.ref}/"]
    pages += [f"/ballots/{held.poll.pk}/opening/", "/ballots/", f"/polls/{held.poll.ref}/log.json"]

    def all_of_it(account) -> list[str]:
        def told(text: str) -> str:
            return "\n".join(line for line in text.splitlines() if "csrf" not in line)

        return [told(get(signed_in(account), each)) for each in pages]

    before = all_of_it(held.chair)
    cast(held, 0)
    cast(held, 3)
    assert all_of_it(held.chair) == before


# == codes ==
def test_a_code_from_a_card_opens_the_ballot_until_it_is_replaced(held, signed_in):
    by, today, now = held.chair, held.town.today, timezone.now()
    batch, cards = codes.print_batch(held.poll, today=today, now=now, by=by)
    assert (batch.count, len(cards)) == (24, 24)
    stored = [bytes(each) for each in Voter.objects.values_list("code", flat=True)]
    assert not any(secrets.plain_code(card.code).encode() in code for card in cards for code in stored)
    card = next(each for each in cards if each.name == "样例会员05")
    browser = Client()
    assert "opens nothing" in post(browser, "/vote/", {"code": "0000-0000-0000-0000"}, 400)
    post(browser, "/vote/", {"code": card.code.lower().replace("-", " ")})
    told = sealing(get(browser, f"/vote/{held.poll.ref}/"))
    _batch, (new,) = codes.replace(held.voters[5], today=today, now=now, by=by)
    body = {"permit": told["permit"], "envelope": base64.b64encode(seal(held)).decode()}
    answer = browser.post(told["cast"], json.dumps(body), content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "code_expired")
    assert "opens nothing" in post(Client(), "/vote/", {"code": card.code}, 400)
    other = Client()
    post(other, "/vote/", {"code": new.code})
    post(other, f"/vote/{held.poll.ref}/", {"org": ["01"], "per": ["22"]}, 200)
    assert Envelope.objects.get().voter == held.voters[5]


def test_whoever_voted_by_a_code_leaves_nothing_on_a_device_that_others_use(held):
    _batch, cards = codes.print_batch(held.poll, today=held.town.today, now=timezone.now(), by=held.chair)
    browser, page = Client(), f"/vote/{held.poll.ref}/"
    post(browser, "/vote/", {"code": cards[0].code})
    assert "Close the ballot" in get(browser, page)
    assert "Close the ballot" in post(browser, page, {"org": ["01"], "per": ["22"]}, 200)
    post(browser, "/vote/", {"leave": "1"})
    assert "Type the code on your card" in get(browser, page)


def test_cards_are_printed_as_a_pdf_that_is_kept_nowhere(held, signed_in):
    browser, page = signed_in(held.chair), f"/ballots/{held.poll.pk}/codes/"
    get(browser, page)
    response = browser.post(page)
    assert response.content.startswith(b"%PDF") and response["Cache-Control"] == "private, no-store"
    assert "Everybody on the roll has a card" in get(browser, page)
    post(browser, page)


def test_guessing_codes_is_slowed_down(held):
    browser = Client()
    for _guess in range(codes.GUESSES.tries):
        post(browser, "/vote/", {"code": "0" * 16}, 400)
    assert "Too many wrong codes" in post(browser, "/vote/", {"code": "0" * 16}, 400)


# == paper ==
def test_a_paper_is_typed_in_by_two_and_where_they_differ_by_a_third(held, signed_in):
    first, second, third = held.chair, held.second, held.town.accounts["third_chair"]
    browser, voter = signed_in(first), held.voters[4]
    get(browser, f"/ballots/{held.poll.pk}/roll/?name=样例会员04")
    post(browser, f"/ballots/{held.poll.pk}/paper/give/{voter.pk}/", {"channel": "desk"})
    sheet = PaperBallot.objects.get()
    assert str(voter.person.name) not in get(browser, f"/ballots/{held.poll.pk}/paper/")
    assert cast(held, 4).code == "paper_is_final"
    page = f"/ballots/{held.poll.pk}/paper/{sheet.pk}/"
    choices = {"org": ["01"], "per": ["22"]}
    post(browser, page, choices)
    assert "You typed this paper in already" in post(browser, page, choices, 400)
    sheet.refresh_from_db()
    assert b"22" not in bytes(sheet.first_choices) or len(bytes(sheet.first_choices)) > 40
    post(signed_in(second), page, choices | {"per": ["23"]})
    sheet.refresh_from_db()
    assert sheet.state == "differs" and not Envelope.objects.exists()
    assert "Typed by person 2" in get(signed_in(third), page) and "Typed by person" not in get(signed_in(second), page)
    post(signed_in(third), page, choices)
    sheet.refresh_from_db()
    envelope = Envelope.objects.get()
    assert (sheet.state, sheet.first_choices, sheet.second_choices) == ("cast", None, None)
    assert (envelope.channel, envelope.is_final) == ("desk", True)
    paper_ = Paper(held.poll.entry)
    assert paper_.decode(paper_.open(PRIVATE, bytes(envelope.sealed))) == choices


def test_a_void_paper_is_typed_in_by_two_counted_as_void_and_looks_like_any_other(held, signed_in):
    sheet = paper.give_out(held.voters[4], channel="desk", by=held.chair)
    page, void = f"/ballots/{held.poll.pk}/paper/{sheet.pk}/", {"void": "1", "org": ["01"]}
    assert "it is void: say so" in post(signed_in(held.chair), page, {"org": ["01"]}, 400)
    post(signed_in(held.chair), page, void)
    post(signed_in(held.second), page, {"org": ["01"], "per": ["22"]})
    assert "the paper is void" in get(signed_in(held.town.accounts["third_chair"]), page)
    assert Envelope.objects.count() == 0
    post(signed_in(held.town.accounts["third_chair"]), page, void)
    sheet.refresh_from_db()
    envelope = Envelope.objects.get()
    assert (sheet.state, envelope.channel, envelope.is_final) == ("cast", "desk", True)
    assert len(bytes(envelope.sealed)) == len(seal(held))
    paper_ = Paper(held.poll.entry)
    with pytest.raises(Void, match="says itself"):
        paper_.decode(paper_.open(PRIVATE, bytes(envelope.sealed)))


def test_a_paper_with_somebody_who_withdrew_is_typed_in(held):
    sheet = paper.give_out(held.voters[4], channel="desk", by=held.chair)
    making.withdraw(held.poll, group="per", candidate="22", why="本人申请", now=timezone.now(), by=held.chair)
    for by in (held.chair, held.second):
        paper.type_in(sheet, {"org": ["01"], "per": ["22"]}, by=by)
    assert Envelope.objects.get().is_final


def test_a_paper_that_came_back_lets_its_voter_vote_in_another_way(held):
    sheet = paper.give_out(held.voters[4], channel="paper", by=held.chair)
    paper.take_back(sheet, by=held.chair)
    assert isinstance(cast(held, 4), dict)


# == counting ==
def test_the_pages_guide_from_closing_to_the_published_result(drafted, signed_in, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    held = lasting(drafted)
    fill(held)
    browser, page = signed_in(held.chair), f"/ballots/{held.poll.pk}/opening/"
    get(browser, page)
    closed(held)
    assert "Take the counting file" in get(browser, page)
    out = b"".join(browser.post(page + "counting.zip").streaming_content)
    assert zipfile.ZipFile(io.BytesIO(out)).namelist()[0] == "entry.json"
    assert "Choose a file first" in post(browser, page + "tally/", {}, 400)
    result = counted(held)
    held.poll.refresh_from_db()
    get(browser, page)
    assert b"".join(browser.get(page + "to-sign.zip").streaming_content)
    post(browser, page + "draw/", {"drawn": "03 07 12"})
    result.refresh_from_db()
    result.poll = Poll.objects.get(pk=held.poll.pk)
    sign(held, result)
    post(browser, page + "publish/")
    public = f"/polls/{held.poll.ref}/"
    shown = get(Client(), public)
    assert "Result" in shown and "样例支部1" in shown
    assert b"".join(Client().get(public + "bundle.zip").streaming_content)[:2] == b"PK"
    assert Client().get(public + "log.json").json()["entry"] == held.poll.entry
    rows = openpyxl.load_workbook(io.BytesIO(b"".join(
        browser.get(f"/ballots/{held.poll.pk}/result.xlsx").streaming_content))).active  # fmt: skip
    assert rows.max_row == 1 + len(GROUPS[0]["candidates"]) + len(GROUPS[1]["candidates"])
    get(browser, page)


def test_the_commands_that_pages_tell_are_commands():
    pages = (Path(ballots.__file__).parent / "templates" / "ballots").glob("*.html")
    found = [each for page in pages for each in re.findall("<code>(verivote [^<]+)</code>", page.read_text())]
    lines = [line.partition(">")[0] for each in found for line in html.unescape(each).splitlines()]
    assert {line.split()[1] for line in lines} == {"keygen", "count", "sign", "verify"}
    for line in lines:
        cli._parser().parse_args(line.split()[1:])


def test_the_page_that_checks_is_given_to_be_kept(db, client):
    response = client.get("/polls/verify.html")
    assert response.status_code == 200 and "attachment" in response["Content-Disposition"]


def test_a_bundle_is_not_there_before_the_result_is_published(held, signed_in):
    get(Client(), f"/polls/{held.poll.ref}/bundle.zip", 404)
    get(signed_in(held.chair), f"/ballots/{held.poll.pk}/opening/to-sign.zip", 404)
    get(signed_in(held.chair), f"/ballots/{held.poll.pk}/result.xlsx", 404)


def test_setting_aside_has_its_pages(held, signed_in):
    cast(held, 0)
    page = f"/ballots/{held.poll.pk}/set-aside/{held.voters[0].pk}/"
    get(signed_in(held.chair), page)
    post(signed_in(held.chair), page, {"reason": "not_own", "words": "本人说没有投过"})
    found = held.poll.set_aside.get()
    own = f"/ballots/set-aside/{found.pk}/"
    get(signed_in(held.account(1)), own, 404)
    post(signed_in(held.second), own + "answer/", {"do": "agree"})
    assert "Object" in get(signed_in(held.account(0)), own)
    post(signed_in(held.account(0)), own + "object/", {"words": "是我投的"})
    post(signed_in(held.second), own + "decide/", {"do": "lift", "words": "核对无误"})
    found.refresh_from_db()
    assert found.state == "lifted"


def test_one_takes_away_on_which_rolls_one_stands_and_nothing_of_a_choice(held, signed_in):
    cast(held, 0)
    answer = signed_in(held.account(0)).post("/me/data/")
    content = answer.content if not answer.streaming else b"".join(answer.streaming_content)
    folder = zipfile.ZipFile(io.BytesIO(content))
    told = json.loads(folder.read(next(name for name in folder.namelist() if name.endswith(".json"))))
    assert [row["poll"] for row in told["rolls"]] == [held.poll.title]
