"""What the register of honours shows: the list, one award, what one unit, body or person holds; and nurturing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from gongjian.register.access import Reader, persons_visible_to
from gongjian.register.authority.reach import reach_of
from gongjian.register.authority.wall import behind_it
from gongjian.register.models import Person
from gongjian.register.queries.lists import body_names, unit_names
from gongjian.ui.keyset import Page, page_of

from .access import awards_kept_by, awards_visible_to, nurturings_visible_to, office_that_keeps, tends
from .models import Award, AwardName, Honour, Nurturing
from .names import award_names
from .states import moves_of

PAGE, AT_ONCE = 30, 1_000
ORDER = ["-awarded_on", "-id"]


@dataclass(frozen=True)
class Filters:
    """What the register is narrowed to."""

    honour: str = ""
    state: str = ""
    year: int | None = None


def awards_of(reader: Reader, filters: Filters) -> QuerySet[Award]:
    rows = awards_visible_to(reader)
    rows = rows.filter(honour=filters.honour) if filters.honour else rows
    rows = rows.filter(state=filters.state) if filters.state else rows
    return rows.filter(year=filters.year) if filters.year else rows


def awards_listed(
    reader: Reader, filters: Filters, today: date, *, size: int = PAGE, after: str = "", before: str = ""
) -> Page:
    """The last first. A fixed number of queries."""
    rows = awards_of(reader, filters).select_related("honour__line")
    page = page_of(rows, ORDER, size=size, after=after, before=before)
    _name(reader, page.rows, today)
    return page


def every_award(reader: Reader, filters: Filters, today: date) -> Iterator[Any]:
    """All of them, named, a thousand at a time."""
    after = ""
    while True:
        rows = awards_of(reader, filters).select_related("honour__line")
        page = page_of(rows, ORDER, size=AT_ONCE, after=after)
        _name(reader, page.rows, today)
        yield from page.rows
        if page.next is None:
            return
        after = page.next


def _name(reader: Reader, awards: list[Award], today: date) -> None:
    names = award_names(reader, today, awards)
    givers = body_names(reader, today, {each.giver_id for each in awards})
    for each in awards:
        each.name, each.giver_name = names[each.pk], givers.get(each.giver_id, "")  # type: ignore[attr-defined]


def held_by(reader: Reader, today: date, *, after: str = "", before: str = "", **whose: int) -> Page:
    """What one unit or body was given, the last first; withdrawn ones stay in it."""
    rows = awards_visible_to(reader).filter(**whose).select_related("honour__line")
    page = page_of(rows, ORDER, size=PAGE, after=after, before=before)
    _name(reader, page.rows, today)
    return page


def due_listed(reader: Reader, rows: QuerySet[Award], today: date, *, after: str, before: str) -> Page:
    page = page_of(rows.select_related("honour__line"), ["recheck_on", "id"], size=PAGE, after=after, before=before)
    _name(reader, page.rows, today)
    return page


@dataclass(frozen=True)
class AwardShown:
    """`names_itself`: the reader is the person, and decides whether everybody reads it."""

    award: Award
    steps: list[Any]
    is_kept: bool
    moves: list[str]
    names_itself: bool
    public_name: str
    is_public: bool


def award_of(reader: Reader, award_id: int) -> Award | None:
    rows = awards_visible_to(reader).select_related("honour__line", "giver")
    return rows.filter(pk=award_id).first()


def award_shown(reader: Reader, award_id: int, today: date) -> AwardShown | None:
    """None if there is none that the reader may see. A fixed number of queries."""
    award = award_of(reader, award_id)
    if award is None:
        return None
    _name(reader, [award], today)
    is_kept = awards_kept_by(reader).filter(pk=award.pk).exists() if reader.is_authenticated else False
    own = reach_of(reader).person_id if reader.is_authenticated else None
    public = AwardName.objects.filter(award=award).values_list("name", flat=True).first() or ""
    return AwardShown(
        award=award, steps=list(award.steps.order_by("on", "pk")), is_kept=is_kept,
        moves=moves_of(award) if is_kept else [],
        names_itself=own is not None and own == award.person_id and award.is_published, public_name=public,
        is_public=award.is_published and (award.person_id is None or bool(public)),
    )  # fmt: skip


def honours_given() -> list[Honour]:
    """The honours by which the register is narrowed."""
    return list(Honour.objects.all())


# == nurturing ==
@dataclass(frozen=True)
class NurturingShown:
    nurturing: Nurturing
    name: str
    keeper_name: str
    mentor: str
    tends: bool
    ends: bool
    next_stage: int | None


def nurturings_listed(reader: Reader, today: date, *, after: str = "", before: str = "") -> Page:
    rows = nurturings_visible_to(reader).select_related("honour", "keeper__line")
    page = page_of(rows, ["-id"], size=PAGE, after=after, before=before)
    names = nurtured_names(reader, today, page.rows)
    for each in page.rows:
        each.name = names[each.pk]
    return page


def nurtured_names(reader: Reader, today: date, rows: list[Nurturing]) -> dict[int, str]:
    """Whoever sees it at all is concerned: they read of whom it is."""
    units = unit_names(reader, today, {each.unit_id for each in rows})
    bodies = body_names(reader, today, {each.body_id for each in rows})
    ids = [each.person_id for each in rows if each.person_id]
    with behind_it():
        people: dict[int | None, str] = dict(Person.objects.filter(pk__in=ids).values_list("pk", "name"))
    return {
        each.pk: people.get(each.person_id) or bodies.get(each.body_id) or units.get(each.unit_id) or ""
        for each in rows
    }


def nurturing_shown(reader: Reader, nurturing_id: int, today: date) -> NurturingShown | None:
    rows = nurturings_visible_to(reader).select_related("honour", "keeper__line", "application__call")
    found = rows.prefetch_related("stages").filter(pk=nurturing_id).first()
    if found is None:
        return None
    with behind_it():
        mentor = Person.objects.filter(pk=found.mentor_id).values_list("name", flat=True).first() or ""
    growing = found.state == Nurturing.State.GROWING
    waiting = [each.pk for each in found.stages.all() if each.done_on is None]
    return NurturingShown(
        nurturing=found, name=nurtured_names(reader, today, [found])[found.pk],
        keeper_name=body_names(reader, today, [found.keeper_id]).get(found.keeper_id, ""), mentor=mentor,
        tends=growing and tends(reader, found) is not None,
        ends=growing and office_that_keeps(reader, found.keeper) is not None,
        next_stage=waiting[0] if waiting and growing else None,
    )  # fmt: skip


def people_called(reader: Reader, name: str) -> list[Person]:
    return list(persons_visible_to(reader).filter(name=name.strip()).order_by("pk")[:2])
