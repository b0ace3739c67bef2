"""Who may read plans and tiers, and who keeps them.

The programme and published plans are open to whoever is signed in; a draft to whoever keeps it. A plan is kept by the
offices of its body that carry `keep_plans`; what a dissolved body has left is kept by the body above it.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from gongjian.register.access import Reader
from gongjian.register.authority.acting import reference_of
from gongjian.register.authority.reach import TODAY, Stretch, Walk, reach_of
from gongjian.register.models import Body, BodyEntry, Line, Permission

from .models import Carrier, Plan, PlanItem, Programme, Tier, TierEntry

Word = Permission.KEEP_PLANS


# == reading ==
def programmes_visible_to(reader: Reader) -> QuerySet[Programme]:
    """What the lines set out to do together is no secret among those who are signed in."""
    return Programme.objects.all() if reader.is_authenticated else Programme.objects.none()


def tiers_visible_to(reader: Reader) -> QuerySet[Tier]:
    return Tier.objects.all() if reader.is_authenticated else Tier.objects.none()


def tier_entries_visible_to(reader: Reader) -> QuerySet[TierEntry]:
    """Bodies, units, projects and offices without names. Who holds the office is the register's to tell."""
    return TierEntry.objects.all() if reader.is_authenticated else TierEntry.objects.none()


def plans_visible_to(reader: Reader) -> QuerySet[Plan]:
    if not reader.is_authenticated:
        return Plan.objects.none()
    return Plan.objects.filter(~Q(state=Plan.State.DRAFT) | kept(reader, "body__"))


def items_visible_to(reader: Reader) -> QuerySet[PlanItem]:
    """Those of the plans one may read; of a draft, partners do not see what they may share."""
    if not reader.is_authenticated:
        return PlanItem.objects.none()
    return PlanItem.objects.filter(~Q(plan__state=Plan.State.DRAFT) | kept(reader, "plan__body__"))


# == keeping ==
def office_that_keeps(reader: Reader, body: Body) -> str | None:
    """In which office the reader keeps the body's plans; None for whoever does not, empty for whoever needs none."""
    return _office(reader, [each for each in _stretches(reader) if _keeps(each, body)])


def office_that_moves(reader: Reader, item: PlanItem) -> str | None:
    """In which office the reader tells how the item stands: whoever keeps the plan, or the plan of the item's owner."""
    office = office_that_keeps(reader, item.plan.body)
    return office if office is not None or item.owner_id == item.plan.body_id else office_that_keeps(reader, item.owner)


def office_that_enters(reader: Reader, carrier: Carrier, body: Body | None = None) -> str | None:
    """In which office the reader enters names into the carrier's tiers: into all of them from the top of its line, or
    of the line that leads; a body's own and those of the bodies below it from that body."""
    held = _stretches(reader)
    lines = {carrier.line_id, *(Line.objects.filter(leads=True).values_list("pk", flat=True) if held else ())}
    fitting = [each for each in held if each.line in lines and each.path.count(".") == 1]
    if body is not None:
        fitting += [each for each in held if _leads(each, body)]
    return _office(reader, fitting)


def leads(reader: Reader, body: Body) -> bool:
    """Does the reader keep the plan of the body, or of one above it in its line?"""
    return reach_of(reader).sees_all or any(_leads(each, body) for each in _stretches(reader))


def enters_some(reader: Reader, carrier: Carrier) -> bool:
    """Does the reader keep plans in the carrier's line, and so enter at least their own organisation?"""
    return any(each.line == carrier.line_id for each in _stretches(reader))


def keeping_body(body: Body) -> Body:
    """The body whose offices keep its plans: itself, or the one above it once it is dissolved."""
    if body.line_path or not body.last_line_path:
        return body
    return Body.objects.filter(line=body.line_id, line_path=body.last_line_path).first() or body


def kept(reader: Reader, body: str) -> Q:
    """The rows whose body's plans the reader keeps. `body` leads from the row to the body, as "body__" from a plan."""
    found = reach_of(reader).bodies(Word, body, [Walk.LINE])
    for each in _stretches(reader):
        left = {f"{body}line": each.line, f"{body}line_path": "", f"{body}last_line_path": each.path}
        found |= Q(**left)
    return found


def _keeps(stretch: Stretch, body: Body) -> bool:
    left = not body.line_path and body.last_line_path == stretch.path
    return stretch.line == body.line_id and (left or stretch.holds(body.line_path, body.last_line_path))


def _leads(stretch: Stretch, body: Body) -> bool:
    return stretch.line == body.line_id and (body.line_path or body.last_line_path).startswith(stretch.path)


def _stretches(reader: Reader) -> list[Stretch]:
    return reach_of(reader).over(Word, [Walk.LINE])


def _office(reader: Reader, stretches: list[Stretch]) -> str | None:
    if reach_of(reader).sees_all:
        return ""
    return next((reference_of(each) for each in stretches), None)


def bodies_kept_by(reader: Reader) -> QuerySet[Body]:
    """The bodies whose plans the reader keeps by an office; nobody needs a list of all."""
    if reach_of(reader).sees_all:
        return Body.objects.none()
    return Body.objects.filter(kept(reader, "")).exclude(line_path="")


def kept_above_others(reader: Reader, most: int) -> list[int]:
    """Of the highest `most` of those bodies, the ones that others stand below, or are led by, today. Two queries."""
    highest = bodies_kept_by(reader).order_by("line__position", "pk").values_list("pk", flat=True)[:most]
    ids = list(highest)
    today = BodyEntry.objects.filter(valid__contains=TODAY)
    below = today.filter(superior__in=ids).values_list("superior", flat=True)
    found = {*below.union(today.filter(leader__in=ids).values_list("leader", flat=True))}
    return [id for id in ids if id in found]
