"""The pages of meetings: what they show and to whom, in how many queries; the forms, the files and the API."""

from __future__ import annotations

import contextlib
import io
import re
import time
import zlib
from datetime import timedelta
from io import BytesIO

import docx
import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gongjian.meetings import minutes
from gongjian.meetings.documents import minutes_sheet, ordinal
from gongjian.meetings.models import Decision, Meeting, Passage, Series, Topic
from gongjian.meetings.pdf import as_pdf

from .conftest import call, decide, hand_in, hold, move, publish, taken


def queries(browser, address: str) -> int:
    browser.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).status_code == 200
    return len(asked)


def page(called, rest: str = "") -> str:
    return f"/meetings/{called.meeting.pk}/{rest}"


# == lists ==
def test_the_list_has_the_next_ones_first_and_says_so_where_there_is_none(called, signed_in):
    later = call(called.series, called.day + timedelta(90), called.town)
    listed = signed_in(called.chair).get("/meetings/").context["listed"]
    assert listed.coming == [called.meeting, later] and listed.over.rows == []
    move(called, "cancel", reason="时间冲突")
    listed = signed_in(called.chair).get("/meetings/").context["listed"]
    assert listed.coming == [later] and listed.over.rows == [called.meeting]
    empty = signed_in(called.town.stranger).get("/meetings/", headers={"Accept-Language": "en"})
    assert "No meeting is called" in empty.content.decode()


def test_the_pages_ask_the_same_number_of_questions_for_one_row_and_for_three(called, signed_in):
    hold(called)
    decide(called)
    publish(called)
    browser = signed_in(called.town.clerk)
    addresses = ["/meetings/", f"/meetings/series/{called.series.pk}/", page(called)]
    one = [queries(browser, each) for each in addresses]
    for number in (1, 2):
        meeting = call(called.series, called.day + timedelta(number), called.town)
        Topic.objects.create(meeting=called.meeting, body=called.town.bodies["county_party"], title="又一项",
                             problem="样例", minutes=5, state="taken", position=8 + number)  # fmt: skip
        union = called.town.bodies["city_union"]
        Decision.objects.create(meeting=called.meeting, words="样例", owner=union, due_on=meeting.day, minutes=5)
    assert [queries(browser, each) for each in addresses] == one


def test_home_has_one_line_for_a_meeting_within_a_fortnight(called, signed_in):
    home = signed_in(called.chair).get("/")
    assert home.context["meeting"] is None
    soon = call(called.series, called.town.today + timedelta(13), called.town)
    assert signed_in(called.chair).get("/").context["meeting"] == soon
    assert signed_in(called.town.secretary).get("/").context["meeting"] is None


# == forms ==
def test_a_series_is_begun_on_its_form_with_the_packs_start_values(called, signed_in):
    browser, host = signed_in(called.town.clerk), called.town.bodies["city_party"]
    address = f"/bodies/{host.pk}/meetings/new/"
    assert signed_in(called.chair).get(address).status_code == 403
    form = browser.get(f"{address}?kind=hearing").context["form"]
    union = str(called.town.bodies["city_union"].pk)
    assert form.initial["kind"] == "hearing" and union in form.initial["members"]
    sent = {
        "kind": "hearing",
        "name": "听取汇报",
        "chair": "书记",
        "months": "6",
        "closes_before": "7",
        "members": [union],
    }
    assert browser.post(address, sent).status_code == 302
    assert Series.objects.get(kind="hearing").members.count() == 1
    again = browser.post(address, sent)
    assert again.status_code == 400 and again.context["form"].non_field_errors()


def test_a_whole_meeting_is_walked_on_its_pages(called, signed_in):
    town, keeper, member = called.town, signed_in(called.town.clerk), signed_in(called.chair)
    union = town.bodies["city_union"].pk
    sent = {"body": union, "title": "阵地", "problem": "两处", "proposal": "合用", "minutes": 15}
    assert member.post(page(called, "topics/new/"), sent).status_code == 302
    topic = Topic.objects.get()
    assert keeper.post(page(called, f"topics/{topic.pk}/sort/"), {"do": "take"}).status_code == 302
    order = {f"place_{topic.pk}": 1, f"minutes_{topic.pk}": 25}
    assert keeper.post(page(called, "agenda/"), order).status_code == 302
    keeper.post(page(called, "move/"), {"do": "set_agenda"})
    Meeting.objects.update(day=town.today, topics_close_on=town.today)
    keeper.post(page(called, "move/"), {"do": "hold"})
    there = {f"how_{town.bodies[key].pk}": "present" for key in ("city_party", "city_union", "county_party")}
    assert keeper.post(page(called, "attendance/"), there | {f"office_{union}": "union_chair"}).status_code == 302
    assert keeper.post(page(called, f"topics/{topic.pk}/minutes/"), {"text": "议了", "version": 0}).status_code == 302
    due = str(town.today + timedelta(9))
    given = {"kind": "decision", "words": "合用", "topic": topic.pk, "owner": union, "due_on": due, "minutes": 5}
    assert keeper.post(page(called, "decisions/new/"), given).status_code == 302
    hidden = member.get(page(called))
    assert hidden.context["shown"].decisions == [] and "议了" not in hidden.content.decode()
    keeper.post(page(called, "move/"), {"do": "publish"})
    told = member.get(page(called))
    assert Meeting.objects.get().state == Meeting.State.PUBLISHED
    assert [each.decision.words for each in told.context["shown"].decisions] == ["合用"]
    assert "议了" in told.content.decode() and "25" in told.content.decode()


def test_whoever_saves_later_is_shown_both_texts(called, signed_in):
    topic = hold(called)
    minutes.save_passage(topic, text="先到的", version=0, now=timezone.now(), by=called.taker)
    answer = signed_in(called.town.clerk).post(
        page(called, f"topics/{topic.pk}/minutes/"), {"text": "后到的", "version": 0}
    )
    told = answer.content.decode()
    assert answer.status_code == 409 and "先到的" in told and "后到的" in told
    assert 'name="version" value="1"' in told and Passage.objects.get().text == "先到的"


def test_a_report_is_written_handed_in_and_taken_back_on_its_page(called, signed_in):
    union = called.town.bodies["city_union"]
    address, member = page(called, f"reports/{union.pk}/"), signed_in(called.chair)
    other = signed_in(called.town.clerk)
    member.post(address, {"text": "缺人手", "do": "save"})
    assert "缺人手" not in other.get(address).content.decode()
    member.post(address, {"text": "缺人手", "do": "hand_in"})
    assert "缺人手" in other.get(address).content.decode()
    assert other.post(address, {"text": "改", "do": "take_back"}).status_code == 403
    member.post(address, {"do": "take_back"})
    assert "缺人手" not in other.get(address).content.decode()
    assert len(other.get(page(called)).context["shown"].reports) == 2
    hold(called)
    assert other.get(page(called)).context["shown"].reports == []  # nothing came


def test_a_paper_is_read_by_members_and_by_nobody_else(called, signed_in):
    topic = hand_in(called)
    file = BytesIO(b"%PDF-1.4 sample")
    file.name = "材料.pdf"
    address = page(called, f"topics/{topic.pk}/papers/")
    assert signed_in(called.county).post(address, {"file": file}).status_code == 400  # not its topic
    file.seek(0)
    assert signed_in(called.chair).post(address, {"file": file}).status_code == 302
    paper = topic.papers.get()
    answer = signed_in(called.county).get(f"{address}{paper.pk}/")
    assert b"".join(answer.streaming_content) == b"%PDF-1.4 sample" and "attachment" in answer["Content-Disposition"]
    assert signed_in(called.town.secretary).get(f"{address}{paper.pk}/").status_code == 404


# == files ==
WORDS = ("合用一处阵地", "先摸底再铺开", "党群联席会议纪要", "绍兴市总工会")


def published(called) -> None:
    topic = hold(called)
    minutes.save_passage(topic, text="会议听取了汇报。", version=0, now=timezone.now(), by=called.town.clerk)
    decide(called, topic=topic)
    decide(called, "先摸底再铺开", "county_party")
    publish(called)


ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def text_of(content: bytes) -> str:
    """What a reader of the PDF reads: the glyphs of its pages, by the table that says which sign each is."""
    streams = []
    for raw in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.S):
        with contextlib.suppress(zlib.error):
            streams.append(zlib.decompress(raw))
    (table,) = [each for each in streams if b"beginbfchar" in each]  # one font: nothing was missing in it
    signs = {
        bytes.fromhex(glyph.decode()): bytes.fromhex(sign.decode()).decode("utf-16-be")
        for glyph, sign in re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>", table)
    }
    glyphs = b"".join(_shown(each) for each in streams if b" Tf" in each)
    return "".join(signs.get(glyphs[at : at + 2], "?") for at in range(0, len(glyphs), 2))


def _shown(drawn: bytes) -> bytes:
    """The strings of a page, without their escapes; brackets in pairs need none."""
    found, depth, rest = b"", 0, drawn
    while rest:
        escape = re.match(rb"\\([0-7]{3}|.)", rest, re.S) if depth else None
        if escape:
            told = escape[1]
            found += bytes([int(told, 8)]) if told.isdigit() else ESCAPED.get(told, told)
            rest = rest[escape.end() :]
            continue
        sign, rest = rest[:1], rest[1:]
        was_inside = depth > 0
        depth += (sign == b"(") - (sign == b")" and was_inside)
        if was_inside and depth:
            found += sign
    return found


def test_the_minutes_as_word_and_as_pdf_hold_every_decision(called, signed_in):
    published(called)
    browser = signed_in(called.chair)
    answer = browser.get(page(called, "minutes.docx"))
    read = "\n".join(each.text for each in docx.Document(io.BytesIO(answer.content)).paragraphs)
    assert "attachment" in answer["Content-Disposition"]
    year = called.day.year
    for said in (*WORDS, f"〔{year}〕第1期", "会议听取了汇报。", "出席：绍兴市总工会", "分送：", "责任单位：诸暨市委"):
        assert said in read
    printed = text_of(browser.get(page(called, "minutes.pdf")).content).replace(" ", "")
    for said in (*WORDS, f"〔{year}〕第1期", "会议听取了汇报", "责任单位：诸暨市委"):
        assert said in printed


def test_unpublished_minutes_are_a_file_for_whoever_keeps_the_series_alone(called, signed_in):
    hold(called)
    assert signed_in(called.chair).get(page(called, "minutes.pdf")).status_code == 404
    assert signed_in(called.taker).get(page(called, "minutes.docx")).status_code == 200


def test_the_agenda_as_a_file_has_times_and_what_became_of_last_time(called, signed_in):
    published(called)
    called.meeting = call(called.series, called.day + timedelta(90), called.town)
    taken(called, title="工资协商")
    content = signed_in(called.county).get(page(called, "agenda.docx")).content
    read = "\n".join(each.text for each in docx.Document(io.BytesIO(content)).paragraphs)
    assert "09:00—09:20" in read and "工资协商" in read
    assert "合用一处阵地（绍兴市总工会" in read and "正在办理" in read
    assert signed_in(called.county).get(page(called, "agenda.pdf")).content.startswith(b"%PDF-")


def test_a_pdf_takes_less_than_a_second_and_nothing_typed_is_a_command(called):
    published(called)
    Passage.objects.update(text='#import "x" $ *粗*' * 99)
    sheet = minutes_sheet(called.meeting, called.chair, called.town.today)
    began = time.monotonic()
    content = as_pdf(sheet)
    assert time.monotonic() - began < 1 and '#import"x"' in text_of(content).replace(" ", "")


def test_the_excel_of_a_series_has_every_decision_with_its_state(called, signed_in):
    published(called)
    answer = signed_in(called.chair).get(f"/meetings/series/{called.series.pk}.xlsx")
    rows = list(openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content))).active.iter_rows(values_only=True))
    assert [(row[3], row[4]) for row in rows[1:]] == [("合用一处阵地", "绍兴市总工会"), ("先摸底再铺开", "诸暨市委")]


@pytest.mark.parametrize(("number", "said"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (43, "四十三")])
def test_parts_of_a_paper_are_numbered_in_chinese(number, said):
    assert ordinal(number) == said


# == the API ==
def test_the_api_tells_what_the_page_tells_and_to_the_same(called, signed_in):
    published(called)
    browser = signed_in(called.chair)
    (series,) = browser.get("/api/v1/meetings/series").json()
    assert (series["name"], series["closes_before"]) == ("党群联席会议", 7)
    (line,) = browser.get("/api/v1/meetings?state=published").json()["meetings"]
    told = browser.get(f"/api/v1/meetings/{line['id']}").json()
    assert [(each["words"], each["fate"]) for each in told["decisions"]] == [
        ("合用一处阵地", "open"), ("先摸底再铺开", "open"),
    ]  # fmt: skip
    assert "T09:00:00+08" in told["topics"][0]["begins_at"] and line["begins_at"] == "09:00" and told["issue"] == 1
    assert signed_in(called.town.secretary).get(f"/api/v1/meetings/{line['id']}").status_code == 404
