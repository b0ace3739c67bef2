"""A conference from topics to minutes, to asks, to the report at the next one, as whoever keeps it goes through it."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from .conftest import Visit
from .site import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

WORDS = "十日内公布合用阵地的开放时间"
MEETING = re.compile(r"/meetings/\d+/(\?.*)?$")


def submit(page: Page) -> None:
    page.locator("main form button[type=submit]").first.click()


def to_today(page: Page, today: date) -> None:
    """The meeting is today, and topics close today."""
    page.locator("main a[href$='/edit/']").first.click()
    page.fill("#id_day", today.isoformat())
    page.fill("#id_topics_close_on", today.isoformat())
    submit(page)
    page.wait_for_url(MEETING)


def sort_topics(page: Page, meeting: str) -> None:
    """Takes the topics that wait, and puts off the last."""
    links = page.locator("main a[href*='/topics/']").all()
    pages = list(dict.fromkeys(link.get_attribute("href") or "" for link in links))
    topics = [each for each in pages if re.search(r"/topics/\d+/", each)]
    for number, address in enumerate(topics):
        page.goto(address)
        verb = "put_off" if number == len(topics) - 1 else "take"
        if page.locator(f"button[value={verb}]").count() == 0:
            continue  # it is on the agenda already
        form = page.locator(f"form:has(button[value={verb}])")
        details = page.locator(f"details:has(button[value={verb}])")
        if details.count() and details.first.get_attribute("open") is None:
            details.first.locator("summary").click()
        if form.locator("input[name=reason]").count():
            form.locator("input[name=reason]").fill("这次来不及")
        form.locator(f"button[value={verb}]").click()
        page.wait_for_load_state()
    page.goto(meeting)


def test_a_conference_runs_from_topics_to_the_next_ones_report(visit: Visit, site: Site) -> None:
    today = timezone.localdate()
    page = visit("city-organiser", "/meetings/")
    (coming,) = site.asked(
        "SELECT m.id FROM meetings_meeting m JOIN meetings_series s ON s.id = m.series_id"
        " WHERE m.state = 'collecting' AND s.kind = 'conference' AND s.name LIKE '绍兴市%%' ORDER BY m.day LIMIT 1"
    )[0]
    meeting = f"/meetings/{coming}/"
    page.locator(f"main a[href^='{meeting}']").first.click()
    to_today(page, today)
    sort_topics(page, meeting)
    page.locator("button[value=set_agenda]").click()
    page.locator("button[value=hold]").click()
    expect(page.locator("main a[href$='/attendance/']").first).to_be_visible()

    page.goto(f"{meeting}attendance/")
    for choice in page.locator("select[name^=how_]").all():
        choice.select_option("present")
    submit(page)
    page.wait_for_url(MEETING)
    page.goto(f"{meeting}minutes/")
    passage = page.locator("form:has(textarea[name=text])").first
    passage.locator("textarea[name=text]").fill("会议听取了汇报，议定如下。")
    passage.locator("button[type=submit]").first.click()
    page.wait_for_load_state()
    page.goto(f"{meeting}decisions/new/")
    page.fill("[name=words]", WORDS)
    page.fill("[name=due_on]", (today + timedelta(days=10)).isoformat())
    owner = page.locator("select[name=owner]")
    owner.select_option(index=owner.locator("option").count() - 1)
    submit(page)
    page.goto(meeting)
    expect(page.locator("main")).to_contain_text(WORDS)

    with page.expect_download() as file:
        page.locator("main a[href*='minutes.pdf']").click()
    assert file.value.suggested_filename.endswith(".pdf")
    page.locator("button[value=publish]").click()
    expect(page.locator("button[value=publish]")).to_have_count(0)
    found = site.asked(
        "SELECT a.state, a.due_on FROM asks_ask a JOIN asks_sending s ON s.id = a.sending_id"
        " JOIN meetings_decision d ON s.about = 'meetings.decision:' || d.id WHERE d.meeting_id = %s", coming,
    )  # fmt: skip
    assert found == [("open", today + timedelta(days=10))]

    (series,) = site.asked("SELECT series_id FROM meetings_meeting WHERE id = %s", coming)[0]
    page.goto(f"/meetings/series/{series}/call/")
    page.fill("#id_day", (today + timedelta(days=90)).isoformat())
    if page.locator("#id_topics_close_on").count():
        page.fill("#id_topics_close_on", (today + timedelta(days=80)).isoformat())
    submit(page)
    page.wait_for_url(MEETING)
    expect(page.locator("main")).to_contain_text(WORDS)  # the report on the last one, made by itself
    again = site.asked("SELECT count(*) FROM meetings_topic WHERE came_from_id IS NOT NULL")
    assert again[0][0] >= 1  # what was put off
