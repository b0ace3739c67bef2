"""Who may see gaps and suggestions, and who decides about a suggestion."""

from __future__ import annotations

from django.db.models import BooleanField, Exists, F, Func, OuterRef, QuerySet

from gongjian.register.access import Reader, is_counted_unit
from gongjian.register.authority.acting import reference_of
from gongjian.register.authority.reach import Reach, Stretch, Walk, reach_of
from gongjian.register.models import Body, Permission, Unit

from .models import Gap, Suggestion


class _OneOf(Func):
    """`a = ANY(b)`: is it among the values of an array?"""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field = BooleanField()


def gaps_visible_to(reader: Reader, within: Unit | None = None) -> QuerySet[Gap]:
    """Of units whose counts one sees: only there is a lack told as a lack. `within`: the rows stand in that unit."""
    return Gap.objects.filter(is_counted_unit(reader, "unit__", within))


def suggestions_visible_to(reader: Reader) -> QuerySet[Suggestion]:
    """Those all of whose units one may count: each is told as lacking a body."""
    counted = is_counted_unit(reader)
    if not counted:  # nothing has to be asked of each row
        return Suggestion.objects.all()
    units = Unit.objects.filter(_OneOf(F("pk"), OuterRef("units")))
    return Suggestion.objects.filter(is_counted_unit(reader, "hood__"), ~Exists(units.exclude(counted)))


def office_that_decides(reader: Reader, suggestion: Suggestion) -> str | None:
    """In which office the reader decides about it; None for whoever may not, empty for whoever needs none.

    It takes the word to keep the register over all its units, or to appoint in the line at the body responsible for
    them and below: a superior body approves that one is set up.
    """
    reach = reach_of(reader)
    if reach.sees_all:
        return ""
    keeps = _keeping(reach, list(Unit.objects.filter(pk__in=[*suggestion.units, suggestion.hood_id])))
    appoints = _appointing(reach, list(Body.objects.filter(pk__in=suggestion.gaps.values("body")).distinct()))
    return next((reference_of(each) for each in (*keeps, *appoints)), None)


def _keeping(reach: Reach, units: list[Unit]) -> list[Stretch]:
    held = reach.over(Permission.KEEP_REGISTER, [Walk.TERRITORY])
    return [each for each in held if all(each.holds(unit.path, unit.last_path) for unit in units)]


def _appointing(reach: Reach, bodies: list[Body]) -> list[Stretch]:
    held = reach.over(Permission.APPOINT, [Walk.LINE])
    return [each for each in held if bodies and all(_leads(each, body) for body in bodies)]


def _leads(stretch: Stretch, body: Body) -> bool:
    return stretch.line == body.line_id and stretch.holds(body.line_path, body.last_line_path)
