"""A sheet as a PDF, set by Typst with the font that lies beside this file; signs it lacks come from the system's."""

from __future__ import annotations

import json
from pathlib import Path

import typst

from .documents import Sheet

HERE = Path(__file__).parent
TEMPLATE = HERE / "sheet.typ"
FONTS = HERE / "fonts"


def as_pdf(sheet: Sheet) -> bytes:
    """What is written comes in as data, never as Typst: nothing in it is a command."""
    words = {"sheet": json.dumps(sheet.as_values(), ensure_ascii=False)}
    return typst.compile(TEMPLATE, root=HERE, font_paths=[FONTS], sys_inputs=words, format="pdf")
