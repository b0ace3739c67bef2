"""What visitors do: send a file, have it checked, have it written, choose a day."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import Page


def path_of(page: Page) -> str:
    return urlsplit(page.url).path


def send(page: Page, name: str, content: str | bytes) -> str:
    """Send a file on the page of imports; the path of the page where its columns are confirmed."""
    page.goto("/imports/")
    raw = content.encode() if isinstance(content, str) else content
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": raw})
    page.locator("form:has(input[type=file]) button[type=submit]").click()
    page.wait_for_url("**/columns/")
    return path_of(page)


def check(page: Page) -> str:
    """From the columns to what the check found; the path of the draft."""
    page.locator("form:has(select) button[type=submit]").click()
    page.wait_for_url(lambda url: "/columns/" not in url)
    return path_of(page)


def write(page: Page) -> str:
    page.locator("form[action$='/apply/'] button").click()
    page.locator("a[href$='/undo/']").first.wait_for()
    return path_of(page)


def choose_day(page: Page, day: str) -> None:
    page.locator(".asof summary").click()
    page.locator("#day").fill(day)
    page.locator(".asof button[type=submit]").click()
    page.wait_for_url(f"**on={day}*")
