"""The register of grades 民主评议情况登记表 as Word, in the customary form. The paper is Chinese whatever language the
page is read in."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import docx
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import override
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from gongjian.meetings.documents import said
from gongjian.meetings.word import DOCX

from .queries import ReviewShown, Row

FONT, HEADING = "FangSong", "SimSun"
COLUMNS = (("序号", 14), ("姓名", 28), ("等次", 40), ("理由或说明", 50), ("告知本人时间", 32))


def as_word(shown: ReviewShown, today: date) -> HttpResponse:
    """What stands for this reader: of their own row only what they were told."""
    with override("zh-hans"):
        paper = _paper(shown)
    file = BytesIO()
    paper.save(file)
    name = f"{shown.name}-{shown.review.year}-{today}.docx"
    headers = {"Content-Disposition": content_disposition_header(True, name)}
    return HttpResponse(file.getvalue(), content_type=DOCX, headers=headers)


def _paper(shown: ReviewShown) -> Any:
    paper: Any = docx.Document()
    _lay_out(paper)
    review = shown.review
    title = paper.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    kind = "团员教育评议" if review.body.line_id == "league" else "民主评议党员"
    _line(title, f"{review.year}年度{kind}情况登记表", size=20, font=HEADING, bold=True)
    _line(paper.add_paragraph(), f"组织名称：{shown.name}")
    if review.held_on:
        numbers = f"应到{review.to_come}人，实到{review.came}人，有效票{review.valid}张"
        _line(paper.add_paragraph(), f"会议时间：{said(review.held_on)}　　{numbers}")
    table = paper.add_table(rows=1, cols=len(COLUMNS))
    table.style = "Table Grid"
    for cell, (label, width) in zip(table.rows[0].cells, COLUMNS, strict=True):
        cell.width = Mm(width)
        _line(cell.paragraphs[0], label, size=12, bold=True)
    for number, row in enumerate(shown.rows, start=1):
        for cell, text, (_label, width) in zip(table.add_row().cells, _cells(number, row), COLUMNS, strict=True):
            cell.width = Mm(width)
            _line(cell.paragraphs[0], text, size=12)
    _line(paper.add_paragraph(), "")
    _line(paper.add_paragraph(), "支部委员会意见：                          书记签名：            年   月   日")
    above = f"{shown.above}：" + (f"{said(review.approved_on)}批准" if review.approved_on else "")
    _line(paper.add_paragraph(), f"上级组织审批意见  {above}")
    return paper


def _cells(number: int, row: Row) -> list[str]:
    is_told = row.grade.is_told
    told = said(row.grade.told_on) if row.grade.told_on and is_told else ""
    reason = row.grade.reason if is_told or not row.is_own else ""
    return [str(number), row.name, row.shown or row.ungraded or "尚未提出", reason, told]


def _lay_out(paper: Any) -> None:
    page = paper.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin, page.right_margin = Mm(24), Mm(22)
    _font(paper.styles["Normal"], FONT, 14)
    paper.styles["Normal"].paragraph_format.space_after = Pt(0)


def _line(paragraph: Any, text: str, *, size: int = 14, font: str = FONT, bold: bool = False) -> None:
    run = paragraph.add_run("".join(sign for sign in text if sign.isprintable()))
    _font(run, font, size)
    run.bold = bold


def _font(thing: Any, name: str, size: int) -> None:
    """Both for Latin and for Chinese: Word keeps the two apart."""
    thing.font.name, thing.font.size = name, Pt(size)
    thing.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)
