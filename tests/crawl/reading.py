"""What a page offers: its links, its forms and what htmx would ask, and all the text an answer holds."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urldefrag, urlencode, urljoin

from django.http import HttpResponse


@dataclass
class Field:
    """A field of a form: what it holds, and for a choice what else it may hold."""

    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)
    is_checked: bool = False


@dataclass
class Form:
    """A form as a browser would send it."""

    method: str
    action: str
    by_htmx: bool = False
    fields: list[Field] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def held(self) -> dict[str, list[str]]:
        """The values it holds when the page is there."""
        values: dict[str, list[str]] = {}
        for each in self.fields:
            if each.kind in {"checkbox", "radio"} and not each.is_checked:
                continue
            if each.kind != "file":
                values.setdefault(each.name, []).append(each.value)
        return values


@dataclass
class Offered:
    """All that one page offers. An address of htmx is asked as htmx asks it."""

    links: set[str] = field(default_factory=set)
    pieces: set[str] = field(default_factory=set)
    forms: list[Form] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.offered = address, Offered()
        self.form: Form | None = None
        self.choice: Field | None = None
        self.text_of: Field | None = None

    def to(self, href: str | None) -> str | None:
        """The address on this site, without its fragment."""
        whole = urldefrag(urljoin(f"http://testserver{self.address}", href or ""))[0]
        return whole.removeprefix("http://testserver") if whole.startswith("http://testserver/") else None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        for name in ("hx-get", "data-href"):
            if name in has and (to := self.to(has[name])):
                (self.offered.pieces if name == "hx-get" else self.offered.links).add(to)
        for name in ("hx-post", "hx-put", "hx-patch", "hx-delete"):
            if name in has and tag != "form" and (to := self.to(has[name])):
                self.offered.forms.append(Form("post", to, by_htmx=True))
        if tag in {"a", "link"} and "href" in has and has.get("rel") not in {"stylesheet", "icon"}:
            if to := self.to(has["href"]):
                self.offered.links.add(to)
        elif tag == "form":
            self._begin(has)
        elif self.form is not None:
            self._inside(tag, has)

    def _begin(self, has: dict[str, str | None]) -> None:
        action = self.to(has.get("action") or has.get("hx-post") or self.address)
        self.form = Form((has.get("method") or "get").lower(), action or "")
        if action:
            self.offered.forms.append(self.form)
        if has.get("data-suggest") and (to := self.to(has["data-suggest"])):
            self.offered.pieces.add(f"{to}?{urlencode({'text': '样例', 'q': '样例'})}")
        if "hx-post" in has and (to := self.to(has["hx-post"])):
            self.offered.forms.append(Form("post", to, True, self.form.fields, self.form.buttons))

    def _inside(self, tag: str, has: dict[str, str | None]) -> None:
        assert self.form is not None
        name, value = has.get("name") or "", has.get("value") or ""
        kind = (has.get("type") or "text").lower()
        if tag == "input" and name and kind not in {"submit", "button", "image"}:
            default = "on" if kind in {"checkbox", "radio"} and "value" not in has else value
            self.form.fields.append(Field(name, kind, default, is_checked="checked" in has))
        elif tag == "textarea" and name:
            self.text_of = Field(name, "textarea")
            self.form.fields.append(self.text_of)
        elif tag == "select" and name:
            self.choice = Field(name, "select")
            self.form.fields.append(self.choice)
        elif tag == "option" and self.choice is not None:
            if not self.choice.options or "selected" in has:
                self.choice.value = value
            self.choice.options.append(value)
        elif (tag == "button" or kind in {"submit", "image"}) and name:
            self.form.buttons.append((name, value))

    def handle_data(self, data: str) -> None:
        if self.text_of is not None:
            self.text_of.value += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.choice = None
        elif tag == "textarea":
            self.text_of = None


def offered_by(address: str, page: str) -> Offered:
    reader = _Reader(address)
    reader.feed(page)
    return reader.offered


# == the text of an answer ==
ROWS = re.compile(r"<(?:tr|li|dd|tbody)\b")
STRING = re.compile(r"<si>(.*?)</si>|<is>(.*?)</is>", re.S)
CELL = re.compile(r'<c [^>]*?(t="s"|t="inlineStr")?[^>]*?>(?:<v>(.*?)</v>|<is>(.*?)</is>)', re.S)
TAGS = re.compile(r"<[^>]+>")


def content_of(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def text_of(response: HttpResponse, content: bytes) -> tuple[str, list[str]]:
    """Everything an answer says, and that row by row. A workbook is opened, JSON and markup are read as text."""
    kind = response.get("Content-Type", "")
    if content[:2] == b"PK":
        rows = _rows_of_workbook(content)
    elif "json" in kind:
        told = json.loads(content)
        listed = next((v for v in told.values() if isinstance(v, list)), None) if isinstance(told, dict) else told
        rows = [json.dumps(each, ensure_ascii=False) for each in (listed or [told])]
    elif "html" in kind:
        rows = [unescape(row) for row in ROWS.split(content.decode())]
    else:
        rows = content.decode(errors="replace").splitlines()
    headers = "\n".join(f"{name}: {value}" for name, value in response.items() if name != "X-Request-ID")
    cookies = response.cookies.output()
    return "\n".join([unescape(headers), cookies, *rows]), rows


def _rows_of_workbook(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as box:
        parts = {name: box.read(name).decode(errors="replace") for name in box.namelist()}
    words = [TAGS.sub("", found[0] or found[1]) for found in STRING.findall(parts.get("xl/sharedStrings.xml", ""))]
    rows = []
    for name, part in parts.items():
        if name.startswith("xl/worksheets/"):
            for row in part.split("<row ")[1:]:
                rows.append(" ".join(_cell(found, words) for found in CELL.findall(row)))
        elif name != "xl/sharedStrings.xml":
            rows.append(unescape(TAGS.sub(" ", part)))
    used = " ".join(rows)
    return [*rows, *(word for word in words if word not in used)]


def _cell(found: tuple[str, str, str], words: list[str]) -> str:
    how, value, inline = found
    if how == 't="s"':
        return unescape(words[int(value)])
    return unescape(TAGS.sub("", value or inline))
