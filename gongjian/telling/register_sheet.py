"""The register of comments 领导点评登记表 as Excel and Word, in the customary form. The paper is Chinese whatever
language the page is read in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from io import BytesIO
from typing import Any

import docx
from django.http import FileResponse, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from gongjian.meetings.documents import said
from gongjian.meetings.word import DOCX
from gongjian.register.access import Reader
from gongjian.ui.excel import Column, workbook_response

from .models import Telling, TellingRound
from .queries import names_of
from .queries_telling import Said, comments_of

STATES = {"named": "尚未定措施", "planned": "整改中", "done": "已整改，待确认", "confirmed": "已确认"}
FONT, HEADING = "FangSong", "SimSun"


def as_excel(found: TellingRound, tellings: Sequence[Telling], reader: Reader, today: date) -> FileResponse:
    """A row for each organisation, in the order of the lines."""
    names, comments = names_of(reader, today, tellings), comments_of(reader, tellings, today)
    columns = [
        Column(_("Organisation"), 36),
        Column(_("Line"), 10),
        Column(_("State"), 16),
        Column(_("Told on"), 12, "day"),
    ]
    columns += [Column(_("What was carried out"), 40), Column(_("What was not done"), 30), Column(_("Why not"), 30)]
    columns += [Column(_("Commented on by"), 32), Column(_("Kind of comment"), 12), Column(_("Day"), 12, "day")]
    columns += [
        Column(_("Where it took place"), 20),
        Column(_("Were there"), 10, "number"),
        Column(_("From outside"), 10, "number"),
    ]
    columns += [Column(_("Main results"), 50), Column(_("Problems"), 50), Column(_("Advice"), 50)]
    columns += [Column(_("Put right and confirmed"), 12, "number"), Column(_("Problems named"), 12, "number")]
    rows = (_row(each, names, comments.get(each.pk)) for each in tellings)
    return workbook_response(f"{found.name}-{today}.xlsx", columns, rows, sheet=_("Register of comments"))


def _row(each: Telling, names: dict[int | None, str], found: Said | None) -> list[Any]:
    own = [names.get(each.body_id, ""), str(each.body.line), each.get_state_display(), each.told_on]
    own += [each.done, each.undone, each.reason]
    if found is None:
        return [*own, names.get(each.commenter_id, ""), "", None, "", None, None, "", "", "", None, None]
    comment = found.comment
    lists = ["\n".join(_numbered(part)) for part in _parts(found)]
    return [
        *own, found.by, str(comment.kind), comment.on, comment.where, comment.present, comment.outsiders, *lists,
        found.confirmed, len(found.problems),
    ]  # fmt: skip


def as_word(name: str, tellings: Sequence[Telling], reader: Reader, today: date) -> HttpResponse:
    """A form for each organisation, each on a page of its own."""
    names, comments = names_of(reader, today, tellings), comments_of(reader, tellings, today)
    paper: Any = docx.Document()
    _lay_out(paper)
    if not tellings:
        _line(paper.add_paragraph(), "没有符合条件的组织。")
    for at, each in enumerate(tellings):
        if at:
            paper.add_page_break()
        _form(paper, each, names.get(each.body_id, ""), comments.get(each.pk))
    file = BytesIO()
    paper.save(file)
    headers = {"Content-Disposition": content_disposition_header(True, f"{name}-{today}.docx")}
    return HttpResponse(file.getvalue(), content_type=DOCX, headers=headers)


def _form(paper: Any, telling: Telling, name: str, found: Said | None) -> None:
    title = paper.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _line(title, "领导点评登记表", size=22, font=HEADING, bold=True)
    _line(paper.add_paragraph(), telling.round.name)
    table = paper.add_table(rows=0, cols=2)
    table.style = "Table Grid"
    for label, lines in _cells(telling, name, found):
        label_cell, text_cell = table.add_row().cells
        label_cell.width, text_cell.width = Mm(34), Mm(122)
        _line(label_cell.paragraphs[0], label, bold=True)
        for number, line in enumerate(lines or [""]):
            paragraph = text_cell.paragraphs[0] if not number else text_cell.add_paragraph()
            _line(paragraph, line)


def _cells(telling: Telling, name: str, found: Said | None) -> Iterator[tuple[str, list[str]]]:
    yield "被点评组织", [name]
    yield "讲述时间", [said(telling.told_on) if telling.told_on else "未讲述"]
    yield "讲述内容", [line for line in (telling.done, telling.undone, telling.reason) if line]
    if found is None:
        yield "点评", ["尚未发布点评"]
        return
    comment = found.comment
    yield "点评单位", [found.by]
    yield "点评时间、地点", [f"{said(comment.on)}{'，' if comment.where else ''}{comment.where}"]
    yield "点评方式", [comment.kind.names["zh-hans"]]
    if comment.present is not None:
        outsiders = "" if comment.outsiders is None else f"，其中普通党员群众代表{comment.outsiders}人"
        yield "参加人数", [f"{comment.present}人{outsiders}"]
    for label, part in zip(("主要成绩", "存在问题", "整改建议"), _parts(found), strict=True):
        yield label, _numbered(part)
    yield "整改情况", list(_put_right(found))


def _put_right(found: Said) -> Iterator[str]:
    for number, problem in enumerate(found.problems, start=1):
        each = problem.mending
        if each is None:
            continue
        parts = [f"{number}．{STATES[each.state]}"]
        if each.measure:
            parts.append(f"措施：{each.measure}（{each.owner}，{said(each.due_on)}前）")
        if each.proof:
            parts.append(f"完成情况：{each.proof}")
        yield "；".join(parts)


def _parts(found: Said) -> list[list[str]]:
    return [
        [each.words for each in found.strengths],
        [each.point.words for each in found.problems],
        [each.words for each in found.directions],
    ]


def _numbered(lines: Iterable[str]) -> list[str]:
    return [f"{number}．{line}" for number, line in enumerate(lines, start=1)]


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
