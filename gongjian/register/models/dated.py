"""Dated rows: what was true from one day until another, and the act that wrote it down."""

from __future__ import annotations

from datetime import date
from typing import Any, Self, TypeVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Deferrable, F, Q

from gongjian.chronicle.models import Act

Row = TypeVar("Row", bound=models.Model)


class DatedQuerySet(models.QuerySet[Row]):
    """Rows with a `valid` range of days, first day in, last day out."""

    def on(self, day: date) -> Self:
        """What was true on `day`."""
        return self.filter(valid__contains=day)

    def within(self, first: date, last: date) -> Self:
        """What was true on some day from `first` to `last`, both included."""
        return self.filter(valid__overlap=(first, last, "[]"))


class Among(models.Func):
    """`a = ANY(ARRAY[b])`: means a = b, and is answered by the plain index on `a`.

    The index of an exclusion constraint would answer a = b too. The database thinks it the cheaper one; it takes
    twenty times as long.
    """

    template = "(%(expressions)s]))"
    arg_joiner = " = ANY(ARRAY["
    output_field = models.BooleanField()


class Dated(models.Model):
    """A fact with its days. `valid` is half-open: [from, until)."""

    valid = DateRangeField()
    act = models.ForeignKey(Act, on_delete=models.PROTECT, db_index=False, related_name="+")

    objects: Any = DatedQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def since(self) -> date:
        """First day on which it is true."""
        first: date = self.valid.lower
        return first

    @property
    def until(self) -> date | None:
        """First day on which it is no longer true; None while open."""
        end: date | None = self.valid.upper
        return end


def one_at_a_time(name: str, *fields: str, condition: Q | None = None) -> ExclusionConstraint:
    """No two rows with the same `fields` may share a day. Checked at the end of each statement, or of the act.

    The fields are things pointed to, or texts. Things are compared as id + 0: PostgreSQL would else read lists through
    the constraint's GiST index, which costs twenty times what the plain index on the id does.
    """
    texts = {"code", "credit_code", "kind", "line", "indicator"}
    pairs: list[Any] = [(field if field in texts else F(field) + 0, RangeOperators.EQUAL) for field in fields]
    return ExclusionConstraint(
        name=name,
        expressions=[*pairs, ("valid", RangeOperators.OVERLAPS)],
        condition=condition,
        deferrable=Deferrable.IMMEDIATE,
    )


def not_empty(name: str) -> models.CheckConstraint:
    """A range of no days, or without a first day, is not a fact."""
    return models.CheckConstraint(condition=Q(valid__isempty=False, valid__lower_inf=False), name=name)


def by_act(name: str) -> BrinIndex:
    """Finds the rows an act wrote. Acts are written in order, so a block-range index is enough."""
    return BrinIndex(fields=["act"], name=name, autosummarize=True, pages_per_range=16)
