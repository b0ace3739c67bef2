"""What events and contests have in common: hosts of several lines, one of which leads."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from gongjian.programme.access import bodies_kept_by, items_visible_to, keeping_body, office_that_keeps
from gongjian.programme.models import PlanItem
from gongjian.register.access import Reader, body_entries_visible_to
from gongjian.register.models import Body, BodyEntry
from gongjian.register.queries.lists import body_names
from gongjian.register.refusals import Refused

MOST_OFFERED, MOST_OWN = 200, 50


def stands(body: Body, day: date) -> bool:
    return BodyEntry.objects.on(day).filter(body=body).exists()


def check_stands(body: Body, today: date) -> None:
    """Raises Refused."""
    if not stands(body, today):
        raise Refused(_("This organisation does not stand today. Choose one that does."))


def office_in(body: Body, by: Reader) -> str:
    """In which office the actor keeps what the body does. Raises Refused."""
    office = office_that_keeps(by, Body.objects.get(pk=body.pk))
    if office is None:
        raise Refused(_("This is kept by whoever keeps the plan of the organisation. None of your offices does."))
    return office


def check_hosts(lead: Body, hosts: Iterable[Body], today: date, before: Iterable[int] = ()) -> list[Body]:
    """The other hosts, each once; those that were not there before have to stand. Raises Refused."""
    others = list({each.pk: each for each in hosts if each.pk != lead.pk}.values())
    for each in others:
        if each.pk not in set(before):
            check_stands(each, today)
    return others


def set_hosts(thing: Any, others: Iterable[Body]) -> None:
    """These and no others hold it together with the one that leads it."""
    wanted = {each.pk for each in others}
    thing.hosts.exclude(body__in=wanted).delete()
    known = set(thing.hosts.values_list("body_id", flat=True))
    rows = thing.hosts.model._default_manager
    rows.bulk_create(thing.hosts.model(**{thing.hosts.field.name: thing}, body_id=id) for id in wanted - known)


def check_heir(thing: Any, to: Body, today: date) -> None:
    """Another body may lead it if it is one of the hosts, or keeps what a dissolved one has left. Raises Refused."""
    if to.pk not in {id for id, _name in heirs_of(thing)}:
        raise Refused(_("Another host leads it from now on, or whoever keeps what the old one has left. Choose one."))
    check_stands(to, today)


def heirs_of(thing: Any, reader: Reader | None = None, today: date | None = None) -> list[tuple[int, str]]:
    """Who could lead it instead; named as the reader reads it, if there is one."""
    keeper = keeping_body(thing.lead)
    ids = [each.body_id for each in thing.hosts.all()] + ([keeper.pk] if keeper.pk != thing.lead_id else [])
    names = body_names(reader, today, ids) if reader is not None and today is not None else {}
    return [(id, names.get(id, "")) for id in ids]


def offered_hosts(reader: Reader, lead: Body, today: date, known: Iterable[int] = ()) -> list[BodyEntry]:
    """The other bodies that sit where the leading one sits, of whichever line, and those that are hosts already."""
    entries = body_entries_visible_to(reader).on(today)
    near = Q(seat__in=entries.filter(body=lead).values("seat")) & ~Q(body=lead)
    found = entries.filter(near | Q(body__in=list(known))).select_related("body__line")
    return list(found.order_by("body__line__position", "body_id")[:MOST_OFFERED])


def item_read(reader: Reader, item_id: int | None) -> PlanItem | None:
    """The item of a plan that something belongs to, if the reader may read it."""
    return items_visible_to(reader).filter(pk=item_id).first() if item_id else None


def own_bodies(reader: Reader, today: date) -> list[tuple[int, str]]:
    """The bodies whose plans the reader keeps, by name. Two queries."""
    ids = list(bodies_kept_by(reader).order_by("pk").values_list("pk", flat=True)[:MOST_OWN])
    names = body_names(reader, today, ids)
    return [(id, names.get(id, "")) for id in ids]
