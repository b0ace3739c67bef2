"""What a pack says of collective bargaining: the statute of a region with its numbers, and the headings of content."""

from __future__ import annotations

from django.db import models

from gongjian.register.models.words import Line, Word


class Statute(Word):
    """集体合同条例: the statute of a region, and the line whose bodies bargain by it.

    `region`: how the codes of its divisions begin; empty holds everywhere.
    """

    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="+", db_index=False)
    # By key: value, per, counts, clause. Without a clause it is a number of our own.
    rules = models.JSONField()
    region = models.CharField(max_length=12, blank=True)
    source = models.CharField(max_length=200)


class ContentHeading(Word):
    """协商内容: one of the headings under which a wage agreement says what was agreed."""

    clause = models.CharField(max_length=200, blank=True)
