"""What the pages of deeds show: the public list by time, one deed, what waits for the reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import ExtractMonth, ExtractYear
from django.utils.translation import gettext as _

from gongjian.register.access import Reader
from gongjian.register.queries.lists import MOST, body_names, count_up_to
from gongjian.ui.keyset import Page, page_of

from . import access
from .copies import named_before
from .models import Deed, DeedCheck, DeedLikeness, Named, ReaderComment, Star

PAGE, MOST_WAITING, MOST_COMMENTS = 30, 100, 100
ORDER = ["-shown_on", "-id"]


@dataclass(frozen=True)
class DeedFilters:
    """Which deeds: of a time (2026, 2026-q3, 2026-07), of a body, about whom, the stars alone."""

    when: str = ""
    body: int | None = None
    of: str = ""
    stars: bool = False


@dataclass(frozen=True)
class Row:
    """A deed as it shows in a list, with the names of its organisation and of whoever it is about."""

    deed: Deed
    name: str
    whose: str
    stars: list[Star]

    @property
    def pk(self) -> int:
        return self.deed.pk


@dataclass(frozen=True)
class Listed:
    page: Page
    rows: list[Row]
    count: int | None


def span_of(when: str) -> tuple[str, date, date] | None:
    """The kind of span, its first day, and the first day after it; None for what is none."""
    year, _dash, part = when.partition("-")
    if not when.isascii() or not (year.isdecimal() and len(year) == 4 and 2000 <= int(year) <= 2200):
        return None
    first = int(year)
    if not part:
        return Star.Span.YEAR, date(first, 1, 1), date(first + 1, 1, 1)
    if part in ("q1", "q2", "q3", "q4"):
        month, length, kind = int(part[1]) * 3 - 2, 3, Star.Span.QUARTER
    elif part.isdecimal() and len(part) == 2 and 1 <= int(part) <= 12:
        month, length, kind = int(part), 1, Star.Span.MONTH
    else:
        return None
    after = month + length
    return kind, date(first, month, 1), date(first + (after > 12), (after - 1) % 12 + 1, 1)


def shown_rows(filters: DeedFilters) -> QuerySet[Deed]:
    """In no order. The stars of a time are those named for just that time; its deeds those shown in it."""
    rows = access.deeds_public()
    span = span_of(filters.when)
    if filters.stars:
        named = Star.objects.filter(deed=OuterRef("pk"))
        rows = rows.filter(Exists(named.filter(span=span[0], since=span[1]) if span else named))
    elif span:
        rows = rows.filter(shown_on__gte=span[1], shown_on__lt=span[2])
    if filters.body:
        rows = rows.filter(Q(body=filters.body) | Q(selected_by=filters.body))
    return rows.filter(of=filters.of) if filters.of else rows


def deeds_listed(
    reader: Reader, filters: DeedFilters, today: date, *, size: int = PAGE, after: str = "", before: str = ""
) -> Listed:
    """The public ones, whoever asks. A fixed number of queries."""
    rows = shown_rows(filters)
    page = page_of(rows.select_related("body__line", "named"), ORDER, size=size, after=after, before=before)
    count = count_up_to(rows)
    return Listed(page, rows_of(reader, page.rows, today), None if count > MOST else count)


def rows_of(reader: Reader, deeds: Sequence[Deed], today: date) -> list[Row]:
    """Two queries for however many."""
    names = body_names(reader, today, {each.body_id for each in deeds})
    stars: dict[int, list[Star]] = {each.pk: [] for each in deeds}
    for star in access.stars_visible_to(reader).filter(deed__in=list(stars)).order_by("-since", "-pk"):
        stars[star.deed_id].append(star)
    return [Row(each, names.get(each.body_id) or "", _whose(each), stars[each.pk]) for each in deeds]


def _whose(deed: Deed) -> str:
    named = access.named_of(deed)
    return named.name if named else ""


def times_shown() -> list[tuple[str, str]]:
    """The times in which deeds were shown, the newest first: years with their quarters and months. One query."""
    rows = access.deeds_public().order_by().annotate(y=ExtractYear("shown_on"), m=ExtractMonth("shown_on"))
    months = sorted(set(rows.values_list("y", "m")), reverse=True)
    told: dict[str, str] = {}
    for year, month in months:
        quarter = (month - 1) // 3 + 1
        told.setdefault(f"{year}", _("the year %(year)s") % {"year": year})
        told.setdefault(f"{year}-q{quarter}", _("quarter %(quarter)s of %(year)s") % {"quarter": quarter, "year": year})
        told.setdefault(f"{year}-{month:02}", f"{year}-{month:02}")
    return list(told.items())


# == one deed ==
@dataclass(frozen=True)
class Alike:
    deed: Deed
    name: str
    percent: int


@dataclass(frozen=True)
class DeedShown:
    """A deed with all its page shows. Checks, likenesses and stars before only for whoever checks or selects it, and
    checks for whoever recommended it. `most_comments`: how many show, where there are more. `checks_it` and the like:
    may the reader do that now?"""

    row: Row
    selected_in: str
    checks: list[tuple[DeedCheck, str]]
    alike: list[Alike]
    before: list[Star]
    comments: list[ReaderComment]
    own_comments: list[ReaderComment]
    most_comments: int | None
    checks_it: bool
    selects_it: bool
    keeps_body: bool
    keeps_above: bool
    is_mine: bool
    named: Named | None


def deed_shown(reader: Reader, deed_id: int, today: date) -> DeedShown | None:
    """None where there is none, or none for this reader. A fixed number of queries for each kind of reader."""
    rows = access.deeds_visible_to(reader).select_related("body__line", "selected_by__line", "named")
    deed = rows.filter(pk=deed_id).first()
    if deed is None:
        return None
    keeps_body = access.office_that_keeps(reader, deed.body) is not None
    above = access.selecting_body(deed) if reader.is_authenticated else None
    keeps_above = above is not None and access.office_that_keeps(reader, above) is not None
    is_inside = keeps_body or keeps_above
    is_own = bool(reader.pk) and deed.recommended_by_id == reader.pk
    comments = access.reader_comments_visible_to(reader).filter(deed=deed)
    told = list(comments.filter(state=ReaderComment.State.SHOWN).order_by("-pk")[: MOST_COMMENTS + 1])
    return DeedShown(
        row=rows_of(reader, [deed], today)[0],
        selected_in=body_names(reader, today, [deed.selected_by_id]).get(deed.selected_by_id) or "",
        checks=_checks(reader, deed, today) if is_inside or is_own else [],
        alike=_alike(reader, deed, today) if is_inside else [],
        before=named_before(deed) if is_inside else [],
        comments=told[:MOST_COMMENTS],
        most_comments=MOST_COMMENTS if len(told) > MOST_COMMENTS else None,
        own_comments=list(comments.filter(by=reader.pk).order_by("-pk")[:20]) if reader.pk else [],
        checks_it=access.deeds_to_check(reader).filter(pk=deed.pk).exists(),
        selects_it=access.deeds_to_select(reader).filter(pk=deed.pk).exists(),
        keeps_body=keeps_body,
        keeps_above=keeps_above,
        is_mine=access.is_mine(reader, deed),
        named=access.named_of(deed),
    )


def _checks(reader: Reader, deed: Deed, today: date) -> list[tuple[DeedCheck, str]]:
    rows = list(deed.checks.order_by("-pk"))
    names = body_names(reader, today, {each.body_id for each in rows})
    return [(each, names.get(each.body_id) or "") for each in rows]


def _alike(reader: Reader, deed: Deed, today: date) -> list[Alike]:
    """Only others that the reader may read."""
    seen = access.deeds_visible_to(reader).values("pk")
    rows = list(
        DeedLikeness.objects.filter(deed=deed, other__in=seen).select_related("other").order_by("-share", "pk")[:10]
    )
    names = body_names(reader, today, {each.other.body_id for each in rows})
    return [Alike(each.other, names.get(each.other.body_id) or "", round(each.share * 100)) for each in rows]


# == what waits ==
@dataclass(frozen=True)
class Work:
    """What waits for the reader: to check, to ask for consent, to select and show; comments; and what is their own."""

    to_check: list[Row]
    to_ask: list[Row]
    to_select: list[Row]
    comments: list[ReaderComment]
    about_me: list[Row]
    recommended: list[Row]
    bodies: list[tuple[int, str]]

    @property
    def most(self) -> int | None:
        """How many show of each, where one of them may have more."""
        lists = (self.to_check, self.to_ask, self.to_select, self.comments, self.about_me, self.recommended)
        return MOST_WAITING if any(len(each) >= MOST_WAITING for each in lists) else None


def work_of(reader: Reader, today: date) -> Work:
    """A fixed number of queries."""
    everything: list[QuerySet[Deed]] = [
        access.deeds_to_check(reader), access.deeds_to_ask_for(reader), access.deeds_to_select(reader),
        access.deeds_visible_to(reader).filter(access.mine(reader)),
        access.deeds_visible_to(reader).filter(recommended_by=reader.pk),
    ]  # fmt: skip
    found = [list(each.select_related("body__line", "named").order_by("pk")[:MOST_WAITING]) for each in everything]
    rows = {row.pk: row for row in rows_of(reader, _once(found), today)}
    told = [[rows[each.pk] for each in some] for some in found]
    comments = access.comments_to_look_at(reader).select_related("deed").order_by("pk")[:MOST_WAITING]
    return Work(
        to_check=told[0], to_ask=told[1], to_select=told[2], comments=list(comments), about_me=told[3],
        recommended=told[4], bodies=_kept(reader, today),
    )  # fmt: skip


def _once(found: Sequence[Sequence[Deed]]) -> list[Deed]:
    return list({each.pk: each for some in found for each in some}.values())


def _kept(reader: Reader, today: date) -> list[tuple[int, str]]:
    ids = list(access.bodies_kept_by(reader).order_by("pk").values_list("pk", flat=True)[:20])
    names = body_names(reader, today, ids)
    return [(id, names.get(id) or "") for id in ids]


STEPS = (
    ("sent", (Deed.State.SENT,)),
    ("checked", (Deed.State.CHECKED,)),
    ("selected", (Deed.State.SELECTED,)),
    ("shown", (Deed.State.SHOWN, Deed.State.RUNNING)),
    ("star", (Deed.State.STAR,)),
)


def steps_of(deed: Deed) -> list[dict[str, Any]]:
    """The way of a deed, the step it is at marked."""
    names = {"sent": _("Recommended"), "checked": _("Verified"), "selected": _("Selected"),
             "shown": _("Shown to everybody"), "star": _("Star")}  # fmt: skip
    at = next((place for place, (_name, states) in enumerate(STEPS) if deed.state in states), -1)
    notes = {"sent": f"{deed.sent_at:%Y-%m-%d}", "selected": deed.call_number, "shown": f"{deed.shown_on or ''}"}
    is_over = at < 0
    return [
        {
            "name": names[key],
            "icon": "s-stop" if is_over and place else "s-done" if place <= at or is_over else "s-todo",
            "note": notes.get(key, ""), "is_current": place == at, "is_ahead": place > at,
        }
        for place, key in enumerate(names)
    ]  # fmt: skip
