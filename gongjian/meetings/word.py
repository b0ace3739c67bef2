"""A sheet as a Word file, in the measures of GB/T 9704: A4, 16 pt, 28 characters a line."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from .documents import Sheet

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BODY, HEADING = "FangSong", "SimSun"  # on every Chinese machine, and replaced by what there is on others
RED = RGBColor(0xC0, 0x1F, 0x1F)
MARGINS = {"top_margin": 37, "bottom_margin": 35, "left_margin": 28, "right_margin": 26}


def as_word(sheet: Sheet) -> bytes:
    paper = docx.Document()
    _lay_out(paper)
    _line(paper, sheet.heading, size=22, font=HEADING, bold=True, middle=True, colour=RED)
    if sheet.number:
        _line(paper, sheet.number, middle=True)
    _line(paper, f"{sheet.issuer}    {sheet.day}", middle=True)
    for label, text in sheet.facts:
        _line(paper, f"{label}：{text}")
    for part in sheet.parts:
        _line(paper, part.title, bold=True, indent=True)
        for text in [*part.paragraphs, *part.points]:
            _line(paper, text, indent=True)
    if sheet.sent_to:
        _line(paper, f"分送：{sheet.sent_to}。", size=14)
    file = BytesIO()
    paper.save(file)
    return file.getvalue()


def _lay_out(paper: Any) -> None:
    page = paper.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    for name, width in MARGINS.items():
        setattr(page, name, Mm(width))
    _font(paper.styles["Normal"], BODY, 16)
    paper.styles["Normal"].paragraph_format.line_spacing = Pt(28)
    paper.styles["Normal"].paragraph_format.space_after = Pt(0)


def _line(
    paper: Any, text: str, *, size: int = 16, font: str = BODY, bold: bool = False, middle: bool = False,
    indent: bool = False, colour: RGBColor | None = None,
) -> None:  # fmt: skip
    paragraph = paper.add_paragraph()
    run = paragraph.add_run("".join(sign for sign in text if sign.isprintable()))
    _font(run, font, size)
    run.bold = bold
    if colour is not None:
        run.font.color.rgb = colour
    if middle:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(2 * size)
    if size > 16:
        paragraph.paragraph_format.line_spacing = Pt(2 * size)


def _font(thing: Any, name: str, size: int) -> None:
    """Both for Latin and for Chinese: Word keeps the two apart."""
    thing.font.name, thing.font.size = name, Pt(size)
    thing.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)
