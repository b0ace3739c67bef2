"""The draft of an agreement as Word, in the customary form: parties, headings, signatures, and how it came about.

The paper is Chinese whatever language the page is read in. Nobody is named in it: names are written in by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
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

from .models import Scope
from .queries import Shown
from .wording import DONE

FONT, HEADING = "FangSong", "SimSun"
BLANK = "＿＿＿＿＿＿＿＿"


def as_word(shown: Shown, today: date) -> HttpResponse:
    """The text of the agreement, and on a page of its own the form with which it is filed."""
    paper: Any = docx.Document()
    _lay_out(paper)
    with override("zh-hans"):
        _text(paper, shown)
        paper.add_page_break()
        _form(paper, shown)
    file = BytesIO()
    paper.save(file)
    name = f"{shown.row.agreement.title}-{today}.docx"
    return HttpResponse(
        file.getvalue(), content_type=DOCX, headers={"Content-Disposition": content_disposition_header(True, name)}
    )


def _text(paper: Any, shown: Shown) -> None:
    agreement = shown.row.agreement
    is_draft = agreement.since is None
    _title(paper, f"{agreement.title}{'（草案）' if is_draft else ''}")
    for line in _parties(shown):
        _line(paper.add_paragraph(), line)
    _line(
        paper.add_paragraph(),
        f"　　根据《{shown.row.agreement.statute.names['zh-hans']}》，双方协商代表就工资事项平等协商，达成如下协议：",
    )
    for number, (heading, clause) in enumerate(shown.headings, start=1):
        _line(paper.add_paragraph(), f"{number}．{heading.names['zh-hans']}", bold=True)
        for line in (clause.words if clause else "（待写）").splitlines():
            _line(paper.add_paragraph(), f"　　{line}")
    for line in _end(shown):
        _line(paper.add_paragraph(), line)


def _parties(shown: Shown) -> Iterator[str]:
    agreement = shown.row.agreement
    yield f"甲方（{'用人单位' if agreement.scope == Scope.SINGLE else '企业方'}）：{shown.row.other}"
    yield f"乙方（职工方）：{shown.row.union}"
    if agreement.scope != Scope.SINGLE:
        yield f"适用范围：{shown.trade or '区域内'}用人单位{shown.units}家（名单附后）"


def _end(shown: Shown) -> Iterator[str]:
    agreement = shown.row.agreement
    begins = said(agreement.since) if agreement.since else BLANK
    ends = said(agreement.until) if agreement.until else BLANK
    yield f"　　本合同自{begins}起至{ends}止。期满前九十日内，任何一方可以提出重新协商。"
    yield ""
    yield f"甲方首席协商代表（签字）：{BLANK}　　　（盖章）"
    yield f"乙方首席协商代表（签字）：{BLANK}　　　（盖章）"
    yield "　　　　　　　　　　年　　月　　日"


def _form(paper: Any, shown: Shown) -> None:
    _title(paper, "集体合同报送登记表")
    table = paper.add_table(rows=0, cols=2)
    table.style = "Table Grid"
    for label, lines in _cells(shown):
        label_cell, text_cell = table.add_row().cells
        label_cell.width, text_cell.width = Mm(38), Mm(118)
        _line(label_cell.paragraphs[0], label, bold=True)
        for number, line in enumerate(lines or [""]):
            _line(text_cell.paragraphs[0] if not number else text_cell.add_paragraph(), line)


def _cells(shown: Shown) -> Iterator[tuple[str, list[str]]]:
    agreement = shown.row.agreement
    yield "合同名称", [agreement.title]
    yield "合同类型", [{"single": "单个企业", "area": "区域性", "trade": "行业性"}[agreement.scope]]
    yield "用人单位方", [shown.row.other]
    yield "职工方", [shown.row.union]
    yield "覆盖单位", [f"{shown.units}家"]
    for label, side in (("职工方协商代表", shown.workers), ("企业方协商代表", shown.employers)):
        yield (
            label,
            [
                f"{each.post}{'（首席）' if each.is_chief else ''}{'（外聘）' if each.is_outside else ''}"
                for each in side
            ],
        )
    votes = [each for each in shown.resolutions if each.sort == "agreement"]
    yield (
        "职代会审议",
        [
            f"{said(each.session.on)}：应到{each.session.delegates}人，实到{each.session.present}人，同意{each.yes}票，"
            f"反对{each.no}票，弃权{each.abstained}票，{'通过' if each.is_passed else '未通过'}"
            for each in votes
        ],
    )
    yield "协商经过", [f"{said(step.on)}　{name}" for name, step in _chinese(shown)]
    yield "协商内容", [f"{'☑' if clause else '☐'} {heading.names['zh-hans']}" for heading, clause in shown.headings]


def _chinese(shown: Shown) -> list[tuple[str, Any]]:
    return [(str(DONE.get(step.verb, step.verb)), step) for _name, step in shown.steps]


def _title(paper: Any, words: str) -> None:
    title = paper.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _line(title, words, size=22, font=HEADING, bold=True)


def _lay_out(paper: Any) -> None:
    page = paper.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin, page.right_margin = Mm(28), Mm(26)
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
