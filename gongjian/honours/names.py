"""Whose an honour is, in words: a unit with its team, a body, a person – as far as the reader may be told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.utils.translation import gettext as _

from gongjian.register.access import Reader, persons_visible_to
from gongjian.register.authority.wall import behind_it
from gongjian.register.models import Person
from gongjian.register.queries.lists import body_names, unit_names

from .models import Application, Award, AwardName
from .models.holders import Held


def award_names(reader: Reader, today: date, awards: Sequence[Award]) -> dict[int, str]:
    """By award. Of a person the name they made public; else their name for whoever may see them; else their body."""
    units, bodies = _things(reader, today, awards, {each.of_body_id for each in awards})
    public = dict(AwardName.objects.filter(award__in=[each.pk for each in awards if each.person_id])
                  .values_list("award_id", "name")) if any(each.person_id for each in awards) else {}  # fmt: skip
    ids = [each.person_id for each in awards if each.person_id and each.pk not in public]
    seen = dict(persons_visible_to(reader).filter(pk__in=ids).values_list("pk", "name")) if ids else {}
    found = {}
    for each in awards:
        if each.person_id:
            of_body = bodies.get(each.of_body_id, "")
            found[each.pk] = public.get(each.pk) or seen.get(each.person_id) or _("Somebody of %(body)s") % {
                "body": of_body
            }  # fmt: skip
        else:
            found[each.pk] = _named(each, units, bodies)
    return found


def application_names(reader: Reader, today: date, applications: Sequence[Application]) -> dict[int, str]:
    """By application, of those the reader may see whole or is told of in a notice: the person has agreed to that."""
    units, bodies = _things(reader, today, applications, ())
    ids = [each.person_id for each in applications if each.person_id]
    people: dict[int, str] = {}
    if ids:
        with behind_it():
            people = dict(Person.objects.filter(pk__in=ids).values_list("pk", "name"))
    return {
        each.pk: people.get(each.person_id, "") if each.person_id else _named(each, units, bodies)
        for each in applications
    }


def _things(
    reader: Reader, today: date, held: Sequence[Held], more: Iterable[int | None]
) -> tuple[dict[int | None, str], dict[int | None, str]]:
    units = {each.unit_id for each in held} - {None}
    bodies = ({each.body_id for each in held} | {*more}) - {None}
    return (unit_names(reader, today, units) if units else {}), (body_names(reader, today, bodies) if bodies else {})


def _named(each: Held, units: dict[int | None, str], bodies: dict[int | None, str]) -> str:
    if each.body_id:
        return bodies.get(each.body_id, "")
    name = units.get(each.unit_id, "")
    return f"{name} · {each.team}" if each.team else name
