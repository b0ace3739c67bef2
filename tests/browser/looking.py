"""What is wrong with a page, as far as a machine can tell: a list of sentences, empty if nothing is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Page, Request, Response

HERE = Path(__file__).parent
SCRIPTS = [(HERE.parent / "vendor" / "axe.min.js").read_text(), (HERE / "looking.js").read_text()]
WIDE, MIDDLE, PHONE, NARROWEST = 1440, 820, 390, 320
HEIGHT = 900
# What a thumb is aimed at; other links are as high as their line and a little more.
CONTROLS = (
    "button, .btn, .input, select, summary, .tag, .seg a, .asof a, .bottombar a, .walks a, .doors a, .sort, .tree a"
)


@contextmanager
def overheard(page: Page) -> Iterator[list[str]]:
    """What the browser complains of meanwhile: errors of scripts, refusals of the policy, answers that fail.

    The page's own answer may fail, if it is a page about that.
    """
    said: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            said.append(f"console: {message.text}")

    def on_response(response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            said.append(f"{response.status} {response.url}")

    def on_request_failed(request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # which says that the browser itself broke it off to go elsewhere
            said.append(f"no answer: {request.failure} {request.url}")

    page.on("console", on_console)
    page.on("response", on_response)
    page.on("pageerror", lambda error: said.append(f"script: {error}"))
    page.on("requestfailed", on_request_failed)
    yield said


def ready(page: Page) -> None:
    """Bring what asks the page questions."""
    for script in SCRIPTS:
        page.evaluate(script)


def flaws(page: Page, lang: str) -> list[str]:
    """What is wrong with the page: in English on a desk, in Chinese on a phone, by day and by night; what does not fit
    at every width."""
    ready(page)
    found = page.evaluate("lang => [...looking.frame(lang), ...looking.foreign(lang)]", lang)
    width = PHONE if lang == "zh-Hans" else WIDE
    page.set_viewport_size({"width": width, "height": HEIGHT})
    found += _told(f"{width} px", page.evaluate("looking.axe()"))
    if width == PHONE:  # the colours are the same in both languages, and on a desk
        page.emulate_media(color_scheme="dark")
        found += _told(f"{width} px, dark", page.evaluate("looking.axe(['color-contrast'])"))
        page.emulate_media(color_scheme="light")
    return found + misfits(page)


def misfits(page: Page) -> list[str]:
    """What is wider than the window, or too small for a thumb."""
    found = []
    for width in (WIDE, MIDDLE, PHONE, NARROWEST):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        found += _told(f"{width} px", page.evaluate("looking.sideways()"))
        if width <= PHONE:
            found += _told(f"{width} px", page.evaluate("looking.small(24)"))
            found += _told(f"{width} px", page.evaluate("among => looking.small(44, among)", CONTROLS))
            found += _told(f"{width} px", page.evaluate("looking.zooming()"))
    return list(dict.fromkeys(found))


def _told(where: str, found: Iterable[str]) -> list[str]:
    return [f"{where}: {each}" for each in found]
