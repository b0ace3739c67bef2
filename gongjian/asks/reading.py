"""How a line of what is asked is read, and written down again: its label, and what sort of answer fits."""

from __future__ import annotations

import re

from .models import Question
from .writing import Asked

# What a label tells of its answer, in either language.
NUMBERS = re.compile(r"(数|数量|面积|人次|金额|次数|个数|number|count|how many)\W*$", re.IGNORECASE)
YES_NO = re.compile(r"^(是否|有无|whether |is |has )", re.IGNORECASE)
DAYS = re.compile(r"(日期|时间|哪天| date| day|^date)\W*$", re.IGNORECASE)
OPTIONS = re.compile(r"^(?P<label>[^:：]+)[:：]\s*(?P<options>.+[/／].+)$")


def asked_in(line: str) -> Asked:
    """One line of what is asked. “换届方式：直选/差额选举” is a choice; else the words tell what answer fits."""
    line = line.strip()
    if found := OPTIONS.match(line):
        options = [each.strip() for each in re.split("[/／]", found["options"]) if each.strip()]
        return Asked(found["label"].strip(), Question.Type.CHOICE, options)
    if YES_NO.search(line):
        return Asked(line, Question.Type.YES_NO)
    if DAYS.search(line):
        return Asked(line, Question.Type.DAY)
    return Asked(line, Question.Type.NUMBER if NUMBERS.search(line) else Question.Type.TEXT)


def line_of(question: Question) -> str:
    return f"{question.label}：{'/'.join(question.options)}" if question.options else question.label
