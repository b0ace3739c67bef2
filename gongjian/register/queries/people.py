"""What the page of a person shows, and the list of what waits for a second person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..access import (
    Reader,
    body_entries_visible_to,
    disclosures_to_answer,
    disclosures_visible_to,
    memberships_visible_to,
    offices_visible_to,
    persons_visible_to,
)
from ..disclosures import KEPT_OPEN
from ..models import Disclosure, Membership, Office, Person

ROWS = 100


@dataclass(frozen=True)
class PersonPage:
    """A person, and of the offices and memberships those the reader may see, each with the name of its body."""

    person: Person
    offices: list[tuple[Office, str]]
    memberships: list[tuple[Membership, str]]


def person_page(reader: Reader, person_id: int) -> PersonPage | None:
    """None if the reader may not know of the person. Four queries."""
    person = persons_visible_to(reader).filter(pk=person_id).first()
    if person is None:
        return None
    held = offices_visible_to(reader).filter(person=person).select_related("kind", "body__line").order_by("-valid")
    member = memberships_visible_to(reader).filter(person=person).select_related("body__line").order_by("-valid")
    offices, memberships = list(held[:ROWS]), list(member[:ROWS])
    names = _body_names(reader, [*(row.body_id for row in offices), *(row.body_id for row in memberships)])
    return PersonPage(
        person=person,
        offices=[(office, names.get(office.body_id, "")) for office in offices],
        memberships=[(membership, names.get(membership.body_id, "")) for membership in memberships],
    )


@dataclass(frozen=True)
class Asked:
    """A disclosure as the reader sees it: of whom, and what the reader can do with it."""

    disclosure: Disclosure
    about: str
    state: str
    is_own: bool
    can_answer: bool
    can_open: bool

    @property
    def until(self) -> datetime:
        """When it lapses."""
        return (self.disclosure.answered_at or self.disclosure.asked_at) + KEPT_OPEN


def disclosures_for(reader: Reader) -> list[Asked]:
    """What the reader has asked for, and what others ask that the reader could answer; the newest first."""
    found = disclosures_visible_to(reader).select_related("person", "body", "asked_by", "answered_by")
    rows = list(found.order_by("-id")[:ROWS])
    names = _body_names(reader, {row.body_id for row in rows if row.body_id})
    asked = Disclosure.State.ASKED
    open_ones = disclosures_to_answer(reader).filter(state=asked, pk__in=[row.pk for row in rows])
    answerable = set(open_ones.values_list("pk", flat=True))
    return [_asked(reader, row, names, row.pk in answerable) for row in rows]


def own_disclosures(reader: Reader, **about: Any) -> list[Asked]:
    """What the reader has asked for of one thing and has not opened yet."""
    found = disclosures_visible_to(reader).filter(asked_by=reader.pk, state__in=["asked", "agreed"], **about)
    return [_asked(reader, row, {}) for row in found.select_related("person", "body").order_by("-id")[:ROWS]]


def _asked(reader: Reader, row: Disclosure, names: dict[int, str], is_answerable: bool = False) -> Asked:
    is_own = row.asked_by_id == reader.pk
    is_agreed = row.state == Disclosure.State.AGREED
    return Asked(
        disclosure=row,
        about=row.person.name if row.person else names.get(row.body_id or 0, ""),
        state=str(Disclosure.State(row.state).label),
        is_own=is_own,
        can_answer=is_answerable,
        can_open=is_own and is_agreed and row.kind == Disclosure.Kind.IDENTITY_NUMBER,
    )


def _body_names(reader: Reader, ids: Iterable[int]) -> dict[int, str]:
    """The last name of each body."""
    entries = body_entries_visible_to(reader).filter(body__in=set(ids)).order_by("valid")
    return dict(entries.values_list("body_id", "name"))
