"""What the page of one pledge shows; and what everybody reads of a body's pledges without an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from gongjian.asks import matters
from gongjian.asks.matters import Matter
from gongjian.register.access import Reader
from gongjian.register.queries.lists import body_names
from gongjian.ui.keyset import Page, page_of

from .access import (
    is_own,
    office_that_keeps,
    office_that_reviews,
    office_that_writes,
    pledges_public,
    pledges_visible_to,
)
from .checks import Alike, Found, Load, Written, alike, found_in, load_of, vague_words
from .fulfilling import closes_as
from .models import Measure, Pledge, Progress, QuarterWord, Review
from .queries import ORDER, Row, counts_of, rows_of

PAGE = 20
STEPS = (
    ("written", (Pledge.State.DRAFT, Pledge.State.RETURNED)),
    ("reviewed", (Pledge.State.REVIEW, Pledge.State.PASSED)),
    ("public", (Pledge.State.PUBLIC,)),
    ("done", (Pledge.State.DOING,)),
    ("told", (Pledge.State.TOLD, Pledge.State.JUDGED)),
)


@dataclass(frozen=True)
class PledgeShown:
    """A pledge with all its page shows. The offices: in which the reader writes, keeps, reviews and closes it; None for
    whoever does not. What reviewers are told – found, alike, load – only for who reviews or writes it."""

    row: Row
    measures: list[Measure]
    reviews: list[tuple[Review, str]]
    ledger: Page
    words: list[QuarterWord]
    to_mend: Review | None
    matter: Matter | None
    writes: str | None
    keeps: str | None
    reviews_as: str | None
    closes: str | None
    is_mine: bool
    found: list[Found]
    alike: list[Alike]
    load: Load | None


def pledge_shown(
    reader: Reader, pledge_id: int, today: date, *, after: str = "", before: str = ""
) -> PledgeShown | None:
    """None where there is none, or none for this reader. A fixed number of queries for each kind of reader."""
    rows = pledges_visible_to(reader).select_related("body__line", "public_name", "post").prefetch_related("measures")
    pledge = rows.filter(pk=pledge_id).first()
    if pledge is None:
        return None
    writes, keeps = office_that_writes(reader, pledge), office_that_keeps(reader, pledge.body)
    reviews_as = office_that_reviews(reader, pledge)
    measures = list(pledge.measures.all())
    is_told = writes is not None or reviews_as is not None
    is_early = pledge.is_theirs_to_write or pledge.state == Pledge.State.REVIEW
    written = Written(pledge, [each.words for each in measures])
    reviews = _reviews(reader, pledge, today) if is_told else []
    return PledgeShown(
        row=rows_of(reader, [pledge], today, counts_of(pledge, measures))[0],
        measures=measures,
        reviews=reviews,
        ledger=ledger_of(pledge, after=after, before=before),
        words=list(pledge.words.order_by("-year", "-quarter")[:8]),
        to_mend=reviews[0][0] if reviews and pledge.state == Pledge.State.RETURNED else None,
        matter=matters.told(reader, pledge.source) if pledge.source else None,
        writes=writes,
        keeps=keeps,
        reviews_as=reviews_as,
        closes=closes_as(reader, pledge, keeps, reviews_as) if pledge.is_open else None,
        is_mine=is_own(reader, pledge),
        found=found_in(written, vague_words()) if is_told and is_early else [],
        alike=alike(reader, pledge, today) if is_told and is_early else [],
        load=load_of(pledge) if is_told and is_early else None,
    )


def _reviews(reader: Reader, pledge: Pledge, today: date) -> list[tuple[Review, str]]:
    rows = list(pledge.reviews.order_by("-on", "-pk")[:PAGE])
    names = body_names(reader, today, {each.body_id for each in rows})
    return [(each, names.get(each.body_id, "")) for each in rows]


def ledger_of(pledge: Pledge, *, after: str = "", before: str = "") -> Page:
    rows = Progress.objects.filter(pledge=pledge).select_related("measure")
    return page_of(rows, ["-on", "-id"], size=PAGE, after=after, before=before)


def steps_of(pledge: Pledge) -> list[dict[str, object]]:
    """The life of a pledge as steps, the one it is at marked."""
    names = {"written": _("Drafted"), "reviewed": _("Reviewed"), "public": _("Made public"), "done": _("Worked off"),
             "told": _("Told of"), "closed": _("Settled")}  # fmt: skip
    at = next((place for place, (_name, states) in enumerate(STEPS) if pledge.state in states), len(STEPS))
    is_closed, is_kept = pledge.closed_on is not None, pledge.state in (Pledge.State.KEPT, Pledge.State.LATE)
    skipped = {"done": is_closed and not is_kept, "told": is_closed and not pledge.telling}
    notes = {"public": pledge.public_on, "closed": pledge.closed_on}
    return [
        {
            "name": names[key], "icon": _shape(place, at, is_closed, skipped.get(key, False)),
            "note": f"{notes.get(key) or ''}", "is_current": place == at, "is_ahead": place > at,
        }
        for place, key in enumerate(names)
    ]  # fmt: skip


def _shape(place: int, at: int, is_closed: bool, is_skipped: bool) -> str:
    if is_skipped:
        return "s-stop"
    if place < at or (place == at and is_closed):
        return "s-done"
    return "s-doing" if place == at else "s-todo"


# == without an account ==
@dataclass(frozen=True)
class BodyPublic:
    """A body's public pledges. `name` is empty where no body of that id is on record."""

    name: str
    page: Page
    rows: list[Row]


def body_public(reader: Reader, body_id: int, today: date, *, after: str = "", before: str = "") -> BodyPublic | None:
    """What everybody reads of a body, whoever asks; None without such a body. A fixed number of queries."""
    name = body_names(reader, today, [body_id]).get(body_id)
    if name is None:
        return None
    rows = pledges_public().filter(body=body_id).select_related("body__line", "public_name")
    page = page_of(rows, ORDER, size=PAGE, after=after, before=before)
    return BodyPublic(name, page, rows_of(reader, page.rows, today))


@dataclass(frozen=True)
class PublicPledge:
    row: Row
    measures: list[Measure]
    ledger: Page
    words: list[QuarterWord]


def public_pledge(
    reader: Reader, pledge_id: int, today: date, *, after: str = "", before: str = ""
) -> PublicPledge | None:
    """One as everybody reads it: no reviews, no files, and of a person the name they chose."""
    rows = pledges_public().select_related("body__line", "public_name")
    pledge = rows.filter(pk=pledge_id).first()
    if pledge is None:
        return None
    measures = list(pledge.measures.all())
    return PublicPledge(
        row=rows_of(reader, [pledge], today, counts_of(pledge, measures))[0],
        measures=measures,
        ledger=ledger_of(pledge, after=after, before=before),
        words=list(pledge.words.order_by("-year", "-quarter")[:8]),
    )


@dataclass(frozen=True)
class BodyOwn:
    """The newest of a body's own public pledges of a year, and how many there are."""

    name: str
    pledges: list[Pledge]
    count: int


def body_own(reader: Reader, body_id: int, year: int, today: date, *, most: int) -> BodyOwn | None:
    """None without any."""
    rows = pledges_public().filter(body=body_id, person=None, year=year)
    count = rows.count()
    name = body_names(reader, today, [body_id]).get(body_id, "")
    return BodyOwn(name, list(rows.order_by(*ORDER)[:most]), count) if count else None
