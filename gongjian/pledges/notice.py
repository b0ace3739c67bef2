"""The notice for the wall: a body's pledges of the year on a sheet, set by Typst, with a code that leads to its page.

The sheet is Chinese, whatever language the page is read in; the words of the organisation come in as data.
"""

from __future__ import annotations

import io
import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import segno
import typst

from .models import Pledge
from .queries_pledge import BodyOwn

HERE = Path(__file__).parent
FONTS = HERE.parent / "meetings" / "fonts"  # the one font file of the program; signs it lacks come from the system's
MOST = 12  # on a sheet that is read while standing


@dataclass(frozen=True)
class Line:
    """One pledge: what, in which numbers, by whom, until when."""

    title: str
    number: str
    facts: str


@dataclass(frozen=True)
class Sheet:
    heading: str
    issuer: str
    day: str
    lines: list[Line]
    more: str
    address: str
    code: str


def sheet_of(found: BodyOwn, today: date, address: str) -> Sheet:
    """The body's own pledges alone: a sheet that hangs in the open names nobody."""
    lines = [_line(each) for each in found.pledges[:MOST]]
    rest = found.count - len(lines)
    return Sheet(
        heading=f"{today.year}年公开承诺",
        issuer=found.name,
        day=f"{today.year}年{today.month}月{today.day}日",
        lines=lines,
        more=f"另有{rest}件，扫码可看。" if rest else "",
        address=address,
        code=code_of(address),
    )


def code_of(address: str) -> str:
    """The address as a code to scan: an SVG of black squares."""
    file = io.BytesIO()
    segno.make(address, error="m", micro=False).save(file, kind="svg", border=4, xmldecl=False)
    return file.getvalue().decode()


def as_pdf(sheet: Sheet) -> bytes:
    """What is written comes in as data, never as Typst: nothing in it is a command."""
    words = {"sheet": json.dumps(asdict(sheet), ensure_ascii=False)}
    return typst.compile(HERE / "notice.typ", root=HERE, font_paths=[FONTS], sys_inputs=words, format="pdf")


def _line(pledge: Pledge) -> Line:
    number = ""
    if pledge.baseline is not None and pledge.target is not None:
        number = f"从{_plain(pledge.baseline)}{pledge.unit}到{_plain(pledge.target)}{pledge.unit}"
    said = [("谁负责", pledge.responsible), ("期限", str(pledge.due_on or "长期")), ("怎么算数", pledge.evidence)]
    return Line(pledge.title, number, "；".join(f"{label}：{value}" for label, value in said if value))


def _plain(value: object) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
