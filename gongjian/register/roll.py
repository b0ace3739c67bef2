"""The roll 名册 of a body: who belongs to it and to those below it in its line, counted, and by name as a file.

A count is what most tasks need. Names of more than 50 persons that are not public need a second person.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.chronicle.record import record
from gongjian.ui.excel import Column

from . import disclosures
from .access import (
    Reader,
    body_entries_visible_to,
    can_see_roll,
    memberships_visible_to,
    offices_visible_to,
    persons_visible_to,
)
from .models import Body, Disclosure
from .refusals import Refused


@dataclass(frozen=True)
class Roll:
    """How many belong there today: persons, and those of them whose names are not public."""

    persons: int
    hidden: int
    offices: int
    memberships: int

    @property
    def needs_second(self) -> bool:
        """Does a file of them need a second person?"""
        return self.hidden > disclosures.ALONE


def roll_of(reader: Reader, body: Body, today: date) -> Roll:
    """The roll as far as the reader sees it."""
    held = list(_offices(reader, body, today).values_list("person_id", flat=True))
    members = list(_memberships(reader, body, today).values_list("person_id", flat=True))
    everybody = {*held, *members}
    public = persons_visible_to(AnonymousUser()).filter(pk__in=everybody).count()
    return Roll(len(everybody), len(everybody) - public, len(held), len(members))


@transaction.atomic
def take_out(body: Body, *, today: date, now: datetime, by: User) -> list[tuple[Any, ...]]:
    """The names as rows of a file. Raises Refused: no right to, or no second person has agreed."""
    if not can_see_roll(by, body):
        raise Refused(_("Your office does not open these names."))
    roll = roll_of(by, body, today)
    facts: dict[str, Any] = {"persons": roll.persons, "not_public": roll.hidden}
    if roll.needs_second:
        asked = agreed(by, body)
        if asked is None:
            raise Refused(_("More than 50 of these persons are not public. Somebody else has to agree first."))
        facts |= {"disclosure": disclosures.open_export(asked, persons=roll.hidden, now=now, by=by).pk}
        facts |= {"reason": asked.reason}
    record("register.export_people", by=by, subject=f"register.body:{body.pk}", on=today, facts=facts)
    return list(_rows(by, body, today))


def agreed(account: User, body: Body) -> Disclosure | None:
    """What the account may use for a file of this body."""
    like = Disclosure(kind=Disclosure.Kind.EXPORT, body=body)
    return disclosures.of_account(account, like).filter(state=Disclosure.State.AGREED).first()


def columns() -> list[Column]:
    return [Column(_("Name"), 20), Column(_("As"), 20), Column(_("Organisation"), 36), Column(_("From"), 12, "day")]


def _rows(reader: Reader, body: Body, today: date) -> Iterator[tuple[Any, ...]]:
    held = list(_offices(reader, body, today).select_related("person", "kind").order_by("body_id", "kind__position"))
    members = list(_memberships(reader, body, today).select_related("person").order_by("body_id", "id"))
    entries = body_entries_visible_to(reader).on(today).filter(body__in={row.body_id for row in [*held, *members]})
    names = dict(entries.values_list("body_id", "name"))
    for office in held:
        yield office.person.name, str(office.kind), names.get(office.body_id, ""), office.since
    for membership in members:
        yield membership.person.name, _("Member"), names.get(membership.body_id, ""), membership.since


def _offices(reader: Reader, body: Body, today: date) -> Any:
    return offices_visible_to(reader, under=body).on(today)


def _memberships(reader: Reader, body: Body, today: date) -> Any:
    return memberships_visible_to(reader, under=body).on(today)
