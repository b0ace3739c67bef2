"""What the pages of polls show: the list, one poll for whoever keeps it, a voter's ballot, and what everybody reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from gongjian.register.access import Reader
from gongjian.register.queries.lists import body_names
from gongjian.ui.keyset import Page, page_of

from . import access, making, roll
from .models import LogRow, PaperBallot, Poll, SetAside, SignedHead, Voter
from .publishing import heads_told
from .secrets import CROCKFORD, Secret, plain_code

PAGE, MOST_HEADS, MOST_BODIES = 30, 48, 50
ORDER = ["-closes_at", "-id"]
ALONE = Q(burst=None) | Q(state__in=("objected", "upheld", "lifted"))  # the others of a burst are on its page, as one


@dataclass(frozen=True)
class Listed:
    """Those open to the reader, those to vote in, those one keeps, and the bodies in whose name one may prepare one."""

    page: Page
    mine: list[Poll]
    kept: list[Poll]
    bodies: list[tuple[int, str]]


def polls_listed(reader: Reader, today: date, *, size: int = PAGE, after: str = "", before: str = "") -> Listed:
    """A fixed number of queries."""
    rows = access.polls_visible_to(reader).select_related("held_by__line")
    page = page_of(rows, ORDER, size=size, after=after, before=before)
    mine = list(access.polls_to_vote_in(reader).select_related("held_by__line").order_by("closes_at", "pk"))
    keeping = access.polls_kept_by(reader) if reader.pk else Poll.objects.none()
    kept = list(keeping.order_by("-closes_at", "-pk")[:MOST_BODIES])
    offered = access.bodies_kept_by(reader).order_by("line__position", "pk")[:MOST_BODIES]
    bodies = list(offered.values_list("pk", flat=True))
    names = body_names(reader, today, {each.held_by_id for each in [*page.rows, *mine]} | {*bodies})
    for each in [*page.rows, *mine]:
        each.holder_name = names.get(each.held_by_id, "")
    return Listed(page, mine, kept, [(id, names.get(id, "")) for id in bodies])


def polls_waiting(reader: Reader, now: datetime) -> list[Poll]:
    """The polls that are open in which the reader may vote, the first to close first. For the reader alone."""
    return list(access.polls_to_vote_in(reader).filter(opens_at__lte=now, closes_at__gt=now).order_by("closes_at")[:5])


@dataclass(frozen=True)
class Kept:
    """A poll as its keepers see it. `missing`: what keeps it from being frozen, or from being published."""

    poll: Poll
    holder_name: str
    on_roll: int
    by_unit: list[tuple[str, int]]
    with_code: int
    papers: list[PaperBallot]
    aside: list[SetAside]
    withdrawn: set[tuple[str, str]]
    missing: list[str]


def poll_kept(reader: Reader, poll_id: int, today: date, now: datetime) -> Kept | None:
    """A fixed number of queries for each state."""
    poll = access.polls_kept_by(reader).select_related("held_by__line", "approval").filter(pk=poll_id).first()
    if poll is None:
        return None
    lacking = making.missing(poll, now) if poll.state == Poll.State.DRAFT else []
    return Kept(
        poll=poll,
        holder_name=body_names(reader, today, [poll.held_by_id]).get(poll.held_by_id, ""),
        on_roll=roll.on_roll(poll),
        by_unit=roll.by_unit(poll, poll.roll_day or today),
        with_code=Voter.objects.filter(poll=poll, is_off=False, code__isnull=False).count(),
        papers=list(poll.papers.order_by("pk")),
        aside=list(access.set_aside_visible_to(reader).filter(ALONE, poll=poll).order_by("pk")),
        withdrawn=making.withdrawn_from(poll),
        missing=lacking,
    )


# == the ballot of one voter ==
@dataclass(frozen=True)
class Candidate:
    id: str
    title: str
    note: str
    place: str
    is_withdrawn: bool


@dataclass(frozen=True)
class Group:
    id: str
    title: str
    least: int
    most: int
    candidates: list[Candidate]

    @property
    def is_exact(self) -> bool:
        return self.least == self.most


def ballot_of(poll: Poll, secret: Secret, voter: int) -> list[Group]:
    """The groups with their candidates in this voter's own order. One query."""
    withdrawn = making.withdrawn_from(poll)
    groups = []
    for group in poll.rules["groups"]:
        known = {each["id"]: each for each in group["candidates"]}
        order = secret.order(voter, group["id"], list(known))
        rows = [
            Candidate(
                id, known[id]["title"], known[id].get("note", ""), known[id].get("place", ""),
                (group["id"], id) in withdrawn,
            )
            for id in order
        ]  # fmt: skip
        groups.append(Group(group["id"], group["title"], group["least"], group["most"], rows))
    return groups


def paper_of(poll: Poll) -> list[Group]:
    """The groups with their candidates in the order of their numbers, as on a paper: who withdrew stands there too."""
    return [
        Group(
            group["id"], group["title"], group["least"], group["most"],
            [Candidate(each["id"], each["title"], each.get("note", ""), each.get("place", ""), False)
             for each in sorted(group["candidates"], key=lambda one: str(one["id"]))],
        )
        for group in poll.rules["groups"]
    ]  # fmt: skip


# == what everybody reads ==
@dataclass(frozen=True)
class Shown:
    """A frozen poll as everybody sees it. `changes`: of the roll. `outcomes`: for each step, its rows with names."""

    poll: Poll
    holder_name: str
    heads: list[SignedHead]
    changes: list[dict[str, Any]]
    notes: list[str]
    withdrawn: list[dict[str, Any]]
    outcomes: list[tuple[str, list[dict[str, Any]]]]
    names: dict[tuple[str, str], str]


def poll_shown(reader: Reader, ref: str, now: datetime) -> Shown | None:
    """A fixed number of queries."""
    found = access.polls_visible_to(reader).filter(entry__isnull=False, ref=ref)
    poll = found.select_related("held_by__line", "result").first()
    if poll is None:
        return None
    rows = LogRow.objects.filter(poll=poll, kind__gt=LogRow.Kind.ENVELOPE).order_by("index")
    told = list(rows.values_list("kind", "content"))
    names = {(group["id"], each["id"]): each["title"] for group in poll.rules["groups"] for each in group["candidates"]}
    kinds = LogRow.Kind
    return Shown(
        poll=poll,
        holder_name=poll.rules["held_by"],
        heads=heads_told(poll, now)[-MOST_HEADS:][::-1],
        changes=[what for kind, what in told if kind == kinds.ROLL_CHANGE and what],
        notes=[what["text"] for kind, what in told if kind == kinds.NOTE and what and _is_said(what["text"])],
        withdrawn=[what | {"title": names.get((what["group"], what["candidate"]), "")}
                   for kind, what in told if kind == kinds.WITHDRAWN and what],
        outcomes=_outcomes(poll, names) if poll.is_told else [],
        names=names,
    )  # fmt: skip


def _is_said(text: str) -> bool:
    return not text.startswith("head of ")


def _outcomes(poll: Poll, names: dict[tuple[str, str], str]) -> list[tuple[str, list[dict[str, Any]]]]:
    titles = {group["id"]: group["title"] for group in poll.rules["groups"]}
    why = {
        (step["group"], each["candidate"]): each["why"] for step in poll.rules["steps"] for each in step.get("out", [])
    }
    return [
        (
            titles[step["group"]],
            [
                row | {"title": names.get((step["group"], row["candidate"]), ""),
                       "why": why.get((step["group"], row["candidate"]), "")}
                for row in step["candidates"]
            ],
        )
        for step in poll.result.steps
    ]  # fmt: skip


def place_in_log(poll: Poll, number: str) -> int | None:
    """Where the envelope with this receipt number stands in the log; None if it does not. One query."""
    letters = plain_code(number)
    if len(letters) != 16 or not set(letters) <= set(CROCKFORD):
        return None
    bits = 0
    for letter in letters:
        bits = bits << 5 | CROCKFORD.index(letter)
    first = bits.to_bytes(10, "big")
    rows = LogRow.objects.filter(poll=poll, kind=LogRow.Kind.ENVELOPE, hash__gte=first, hash__lte=first + b"\xff" * 22)
    return rows.values_list("index", flat=True).first()
