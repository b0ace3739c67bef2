"""What the pages of plans show: the list, one plan with its items, and what a plan could take down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from gongjian.register.access import Reader, bodies_visible_to, body_entries_visible_to
from gongjian.register.models import Body, BodyEntry, Permission
from gongjian.register.queries.lists import MOST, body_names, count_up_to, unit_at_and_below, unit_names
from gongjian.register.queries.why import Told, who
from gongjian.register.walks import LEADERSHIP, LINE, way_up
from gongjian.ui.keyset import Page, page_of

from .access import bodies_kept_by, items_visible_to, keeping_body, office_that_keeps, plans_visible_to
from .models import Plan, PlanItem, Task
from .timeline import Bar, Year, bar, quarter, year_line

PAGE = 50
BATCH = 500
MOST_OWN = 20
ORDER = ["-year", "body__line__position", "body__line_path", "id"]


@dataclass(frozen=True)
class PlanFilters:
    """Which plans: of a year, a line, a state; of bodies that sit at or below a unit today; with something late."""

    year: int | None = None
    line: str = ""
    state: str = ""
    below: int | None = None
    late: bool = False


@dataclass(frozen=True)
class Listed:
    """A page of plans; `count` is None where there are more than MOST."""

    page: Page
    count: int | None


def is_late(today: date) -> Q:
    return Q(state__in=[PlanItem.State.PLANNED, PlanItem.State.UNDER_WAY], due_on__lt=today)


# == the list ==
def plan_rows(reader: Reader, filters: PlanFilters, today: date) -> QuerySet[Plan]:
    """In no order."""
    exact = {"year": filters.year, "body__line": filters.line, "state": filters.state}
    rows = plans_visible_to(reader).filter(**{name: value for name, value in exact.items() if value})
    if filters.below:
        seated = body_entries_visible_to(reader).on(today).filter(body=OuterRef("body"))
        rows = rows.filter(Exists(seated.filter(unit_at_and_below(reader, filters.below, today, today, "seat"))))
    if filters.late:
        rows = rows.filter(Exists(PlanItem.objects.filter(is_late(today), plan=OuterRef("pk"))))
    return rows


def plans_listed(
    reader: Reader, filters: PlanFilters, today: date, *, size: int = PAGE, after: str = "", before: str = ""
) -> Listed:
    """A fixed number of queries."""
    rows = plan_rows(reader, filters, today)
    page = page_of(rows.select_related("body__line"), ORDER, size=size, after=after, before=before)
    _tell_plans(reader, page.rows, today)
    count = count_up_to(rows)
    return Listed(page, None if count > MOST else count)


def every_plan(reader: Reader, filters: PlanFilters, today: date, *, most: int) -> Iterator[Any] | None:
    """Every plan of the list, told as on the page; None if there are more than `most`."""
    rows = plan_rows(reader, filters, today)
    return None if count_up_to(rows, most) > most else _told(reader, rows, today)


def _told(reader: Reader, rows: QuerySet[Plan], today: date) -> Iterator[Any]:
    found = rows.select_related("body__line").order_by(*ORDER).iterator(BATCH)
    while some := list(islice(found, BATCH)):
        _tell_plans(reader, some, today)
        yield from some


def _tell_plans(reader: Reader, rows: Sequence[Any], today: date) -> None:
    names = body_names(reader, today, [row.body_id for row in rows])
    done = Count("pk", filter=Q(state=PlanItem.State.DONE))
    counted = PlanItem.objects.filter(plan__in=[row.pk for row in rows]).order_by().values("plan")
    counts = {
        row["plan"]: row
        for row in counted.annotate(items=Count("pk"), done=done, late=Count("pk", filter=is_late(today)))
    }
    for row in rows:
        row.name = names.get(row.body_id, "")
        row.counts = counts.get(row.pk, {"items": 0, "done": 0, "late": 0})


def own_plans(reader: Reader, year: int, today: date) -> list[tuple[int, str, Plan | None]]:
    """The bodies whose plans the reader keeps, each with its plan of the year, if it has one. Three queries."""
    ids = list(bodies_kept_by(reader).order_by("pk").values_list("pk", flat=True)[:MOST_OWN])
    plans = {each.body_id: each for each in plans_visible_to(reader).filter(body__in=ids, year=year)}
    names = body_names(reader, today, ids)
    return [(id, names.get(id, ""), plans.get(id)) for id in ids]


def unit_name(reader: Reader, unit_id: int, day: date) -> str:
    return unit_names(reader, day, [unit_id]).get(unit_id, "?")


def years_of_plans(reader: Reader) -> list[int]:
    return list(plans_visible_to(reader).order_by("-year").values_list("year", flat=True).distinct())


# == one plan ==
@dataclass
class ItemRow:
    """An item as it shows in a plan: whose it is, who shares it, and where it stands on the line of the year.

    `heir`: the body that could own it, where its owner is dissolved. `home`: the body whose plan it is in, where it
    shows here as a partner's.
    """

    item: PlanItem
    is_late: bool
    bar: Bar | None
    owner: str = ""
    home: str = ""
    partners: list[tuple[int, str]] = field(default_factory=list)
    is_orphan: bool = False
    heir: tuple[int, str] | None = None


@dataclass(frozen=True)
class Group:
    """Items under one heading: what is late, a stage, or a quarter."""

    title: str
    rows: list[ItemRow]
    is_late: bool = False


@dataclass(frozen=True)
class PlanShown:
    """A plan with all its page shows. `office`: in which the reader keeps it; None for whoever does not."""

    plan: Plan
    name: str
    stands: bool
    keeper: Body
    keeper_name: str
    office: str | None
    told: Told
    groups: list[Group]
    rows: list[ItemRow]
    year: Year
    counts: dict[str, int]
    before: Plan | None
    after: Plan | None


def plan_shown(reader: Reader, plan_id: int, today: date) -> PlanShown | None:
    """None if there is none that the reader may see. A fixed number of queries, but for what is dissolved."""
    plan = plans_visible_to(reader).select_related("body__line").filter(pk=plan_id).first()
    if plan is None:
        return None
    rows = item_rows(reader, plan, today)
    others = {each.year: each for each in plans_visible_to(reader).filter(body=plan.body_id).exclude(pk=plan.pk)}
    keeper = keeping_body(plan.body)
    names = body_names(reader, today, [plan.body_id, keeper.pk])
    return PlanShown(
        plan=plan,
        name=names.get(plan.body_id, ""),
        stands=_stands(reader, plan.body_id, today),
        keeper=keeper,
        keeper_name=names.get(keeper.pk, ""),
        office=office_that_keeps(reader, plan.body),
        told=who(reader, keeper, today, [Permission.KEEP_PLANS])[0],
        groups=grouped(rows),
        rows=rows,
        year=year_line(plan.year, today),
        counts=counted(rows),
        before=others.get(max((year for year in others if year < plan.year), default=0)),
        after=others.get(min((year for year in others if year > plan.year), default=0)),
    )


def _stands(reader: Reader, body_id: int, today: date) -> bool:
    found: bool = body_entries_visible_to(reader).on(today).filter(body=body_id).exists()
    return found


def item_rows(reader: Reader, plan: Plan, today: date) -> list[ItemRow]:
    """The plan's own items and those its body shares in other plans of the year, the earliest due first."""
    found = items_visible_to(reader).filter(Q(plan=plan) | _shared(plan)).distinct()
    found = found.select_related("stage", "plan", "owner", "indicator").prefetch_related("partners")
    return _rows(reader, list(found.order_by("due_on", "id")), plan, today)


def _shared(plan: Plan) -> Q:
    """The items of other plans of the year that the plan's body shares."""
    return Q(partners__body=plan.body_id, plan__year=plan.year)


def row_of(reader: Reader, item: PlanItem, today: date) -> ItemRow:
    """One item as it shows in its own plan."""
    return _rows(reader, [item], item.plan, today)[0]


def _rows(reader: Reader, items: list[PlanItem], plan: Plan, today: date) -> list[ItemRow]:
    bodies = {each.owner_id for each in items} | {each.plan.body_id for each in items}
    bodies |= {partner.body_id for each in items for partner in each.partners.all()}
    names = body_names(reader, today, bodies)
    heirs = _heirs(reader, [each.owner for each in items], today)
    return [
        ItemRow(
            item=each,
            is_late=each.is_late(today),
            bar=bar(each.starts_on, each.due_on, plan.year),
            owner=names.get(each.owner_id, ""),
            home="" if each.plan_id == plan.pk else names.get(each.plan.body_id, ""),
            partners=[(partner.body_id, names.get(partner.body_id, "")) for partner in each.partners.all()],
            is_orphan=each.owner_id in heirs,
            heir=heirs.get(each.owner_id),
        )
        for each in items
    ]


def _heirs(reader: Reader, owners: Iterable[Body], today: date) -> dict[int, tuple[int, str] | None]:
    """For each owner that does not stand today, the body it stood below last, if that stands."""
    gone = {each.pk: each for each in owners if not each.line_path}
    if not gone:
        return {}
    paths = [each.last_line_path for each in gone.values()]
    above = {(each.line_id, each.line_path): each.pk for each in bodies_visible_to(reader).filter(line_path__in=paths)}
    heir_of = {id: above.get((each.line_id, each.last_line_path or "-")) for id, each in gone.items()}
    names = body_names(reader, today, heir_of.values())
    return {id: (heir, names.get(heir, "")) if heir else None for id, heir in heir_of.items()}


def grouped(rows: Sequence[ItemRow]) -> list[Group]:
    """What is late first; then by stage, and by the quarter in which it is due where there is no stage."""
    late = [row for row in rows if row.is_late]
    groups = [Group(_("Late"), late, is_late=True)] if late else []
    rest: dict[tuple[Any, ...], Group] = {}
    for row in rows:
        if not row.is_late:
            key, title = _heading(row.item)
            rest.setdefault(key, Group(title, [])).rows.append(row)
    return [*groups, *(rest[key] for key in sorted(rest))]


def _heading(item: PlanItem) -> tuple[tuple[Any, ...], str]:
    if item.stage:
        return (0, item.stage.position, item.stage.pk), str(item.stage)
    gaps = {"year": item.due_on.year, "quarter": quarter(item.due_on)}
    return (1, item.due_on.year, quarter(item.due_on)), _("Due in quarter %(quarter)s of %(year)s") % gaps


def counted(rows: Sequence[ItemRow]) -> dict[str, int]:
    """How many items, how many of them done, dropped and late."""
    states = [row.item.state for row in rows]
    return {
        "items": len(rows),
        "done": states.count(PlanItem.State.DONE),
        "dropped": states.count(PlanItem.State.DROPPED),
        "late": sum(row.is_late for row in rows),
    }


# == what could be taken down ==
@dataclass(frozen=True)
class Offered:
    """Items of the plans above that are not taken yet, by the body whose plan they are in; and, at the top of a line,
    tasks of the programme."""

    plans: list[tuple[str, Plan, list[PlanItem]]]
    tasks: list[Task]

    @property
    def is_empty(self) -> bool:
        return not self.plans and not self.tasks


def offered(reader: Reader, plan: Plan, today: date) -> Offered:
    """What of the plans above the plan does not have yet. A fixed number of queries."""
    line, lead = (way_up(walk, plan.body_id, today)[:-1] for walk in (LINE, LEADERSHIP))
    published = plans_visible_to(reader).filter(state=Plan.State.PUBLISHED, year=plan.year)
    above = {each.body_id: each for each in published.filter(body__in={*line, *lead})}
    nearest = [next((above[id] for id in reversed(way) if id in above), None) for way in (line, lead)]
    sources = list(dict.fromkeys(each for each in nearest if each))
    bodies = [each.body_id for each in sources]
    own = list(items_visible_to(reader).filter(Q(plan=plan) | _shared(plan)).distinct())
    items = items_visible_to(reader).filter(Q(plan__in=sources) | Q(partners__body__in=bodies, plan__year=plan.year))
    items = items.filter(plan__state=Plan.State.PUBLISHED).exclude(state=PlanItem.State.DROPPED)
    items = items.exclude(partners__body=plan.body_id).exclude(plan=plan).exclude(pk__in=_taken(own))
    tasks = {each.task_id for each in own if each.task_id}
    found = [
        each
        for each in items.distinct().select_related("plan").order_by("due_on", "id")
        if each.task_id is None or each.task_id not in tasks
    ]
    names = body_names(reader, today, {each.plan.body_id for each in found})
    by_plan: dict[int, tuple[str, Plan, list[PlanItem]]] = {}
    for each in found:
        by_plan.setdefault(each.plan_id, (names.get(each.plan.body_id, ""), each.plan, []))[2].append(each)
    free = Task.objects.filter(lines__contains=[plan.body.line_id]).exclude(pk__in=tasks)
    return Offered(list(by_plan.values()), [] if line else list(free))


def _taken(items: Iterable[PlanItem]) -> set[int]:
    return {each.source_id for each in items if each.source_id}


# == who could own an item, and who could share it ==
MOST_OWNERS = 200
DIVISIONS = ("city", "county", "town", "village")


def owners_for(reader: Reader, plan: Plan, today: date) -> QuerySet[BodyEntry]:
    """The plan's body itself, those directly below it in its line and those it leads, that sit in divisions."""
    entries = body_entries_visible_to(reader).on(today)
    near = Q(superior=plan.body_id) | Q(leader=plan.body_id)
    near &= Q(seat__entries__valid__contains=today, seat__entries__kind__level__in=DIVISIONS)
    found: QuerySet[BodyEntry] = entries.filter(Q(body=plan.body_id) | near).select_related("body__line").distinct()
    return found.order_by("body__line__position", "body_id")


def partners_offered(reader: Reader, plan: Plan, item: PlanItem | None, today: date) -> list[BodyEntry]:
    """Bodies of other lines that sit where the plan's body sits; and those that share the item already."""
    entries = body_entries_visible_to(reader).on(today)
    seats = entries.filter(body=plan.body_id).values("seat")
    near = Q(seat__in=seats) & ~Q(body__line=plan.body.line_id)
    known = [each.body_id for each in item.partners.all()] if item else []
    found = entries.filter(near | Q(body__in=known)).select_related("body__line")
    return list(found.order_by("body__line__position", "body_id")[:MOST_OWNERS])
