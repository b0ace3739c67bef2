"""The certificate: an award on a sheet, set by Typst, with its number and a code that leads to its public page.

The sheet is Chinese, whatever language the page is read in; names come in as data.
"""

from __future__ import annotations

import io
import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import segno
import typst

from .models import Award

HERE = Path(__file__).parent
FONTS = HERE.parent / "meetings" / "fonts"  # the one font file of the program; signs it lacks come from the system's


@dataclass(frozen=True)
class Sheet:
    name: str
    honour: str
    number: str
    document: str
    issuer: str
    day: str
    until: str
    address: str
    code: str


def sheet_of(award: Award, name: str, address: str) -> Sheet:
    until = f"有效期至{_said(award.recheck_on)}，届时复核。" if award.recheck_on else ""
    return Sheet(
        name=name, honour=award.honour.names["zh-hans"], number=award.number, document=award.document,
        issuer=award.issuer, day=_said(award.awarded_on), until=until, address=address, code=code_of(address),
    )  # fmt: skip


def code_of(address: str) -> str:
    """The address as a code to scan: an SVG of black squares."""
    file = io.BytesIO()
    segno.make(address, error="m", micro=False).save(file, kind="svg", border=4, xmldecl=False)
    return file.getvalue().decode()


def as_pdf(sheet: Sheet) -> bytes:
    """What is written comes in as data, never as Typst: nothing in it is a command."""
    words = {"sheet": json.dumps(asdict(sheet), ensure_ascii=False)}
    return typst.compile(HERE / "certificate.typ", root=HERE, font_paths=[FONTS], sys_inputs=words, format="pdf")


def _said(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
