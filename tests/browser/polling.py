"""What people do with a poll: keepers and voters in the browser, holders and observers on a machine apart."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from playwright.sync_api import Page, expect

import verivote

PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}


# == a voter ==
def choose(page: Page, group: str, numbers: list[str]) -> None:
    for number in numbers:
        page.locator(f'input[name="{group}"][value="{number}"]').tap()


def cast(page: Page) -> str:
    """The number of the receipt."""
    page.locator("#cast").tap()
    card = page.locator("#cast-receipt")
    expect(card).to_be_visible()
    number = card.locator('[data-receipt="number"]').inner_text()
    assert re.fullmatch(r"(\w{4}-){3}\w{4}", number)
    return number


def save_receipt(page: Page, to: Path) -> None:
    with page.expect_download() as saved:
        page.locator('[data-receipt="save"]').tap()
    saved.value.save_as(to)


# == whoever keeps the poll ==
def press(page: Page, action: str) -> None:
    """The button of the form that goes to an address that ends so."""
    page.locator(f"form[action$='{action}'] button").first.click()
    page.wait_for_load_state()


def fill(page: Page, **values: str) -> None:
    """The fields of the page's form, and send it."""
    for name, value in values.items():
        page.locator(f"main [name={name}]").fill(value)
    page.locator("main form:has(.btn--main) .btn--main").click()
    page.wait_for_load_state()


def at(moment: datetime) -> str:
    """As a field for a minute has it."""
    return f"{moment:%Y-%m-%dT%H:%M}"


def hand_in(page: Page, what: str, file: Path) -> None:
    form = page.locator(f"form[action$='/opening/{what}/']")
    form.locator("input[type=file]").set_input_files(file)
    form.locator("button").click()
    page.wait_for_load_state()
    expect(page.locator(".notice--late")).to_have_count(0)


def download(page: Page, what: str, to: Path) -> Path:
    """What comes when the link or button is pressed."""
    with page.expect_download() as saved:
        page.locator(what).click()
    saved.value.save_as(to)
    return to


# == holders and observers ==
@dataclass(frozen=True)
class Apart:
    """A machine with a copy of `verivote` and nothing of the site. Each there has a passphrase of their own."""

    folder: Path

    @classmethod
    def at(cls, folder: Path) -> Apart:
        source = Path(verivote.__file__).parent
        shutil.copytree(source, folder / "verivote", ignore=shutil.ignore_patterns("__pycache__"))
        return cls(folder)

    def run(self, *words: object, typed: tuple[str, ...] = (), to: str = "", code: int = 0) -> str:
        """`verivote` with these words; `typed`: whose passphrases are asked for, in this order. What it printed, which
        is kept in the file `to` too."""
        done = subprocess.run(
            [sys.executable, "-m", "verivote", *map(str, words)],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "PYTHONIOENCODING": "utf-8"},
            input="".join(f"a long passphrase of {name}\n" for name in typed),
            capture_output=True,
            text=True,
            start_new_session=True,  # no terminal: passphrases are read from what is typed here
        )
        assert done.returncode == code, done.stdout + done.stderr
        if to:
            (self.folder / to).write_text(done.stdout, encoding="utf-8")
        return done.stdout

    def keygen(self, *names: str) -> Path:
        """The key, whose files lie in the folder `key`; where its public half is."""
        holders = [word for name in names for word in ("--holder", name)]
        (self.folder / "key").mkdir()
        self.run("keygen", "key", *holders, typed=tuple(name for name in names for _twice in range(2)))
        return self.folder / "key" / "public.json"

    def observer_key(self, name: str) -> str:
        """The public half, as it is printed."""
        told = self.run("observer-key", f"{name}.key", "--name", name, typed=(name, name))
        found = re.search(r"\b[0-9a-f]{64}\b", told)
        assert found is not None, told
        return found[0]
