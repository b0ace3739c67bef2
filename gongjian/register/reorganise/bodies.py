"""The reforms of bodies: merge several of a line into one, split one, close, reopen. Each is one act.

Covers and members go along; offices and terms end with the body, since whoever leads the new one is elected anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from gongjian.chronicle.models import Act

from ..access import Reader
from ..actions import (
    COVER_LOCK,
    LEADERSHIP_LOCK,
    LINE_LOCK,
    Refused,
    change_entries,
    check_links,
    check_lives,
    in_sentences,
    lock,
)
from ..models import Body, BodyEntry, BodyLineage, Document, Line
from ..spelling import learn
from ..walks import LEADERSHIP, LINE, refresh_body_paths, way_up, ways_up
from .along import Link, Routes, carry, end, end_links
from .checks import as_stood_last, last_names, not_standing, record_reform, refuse, tied, wrong_shares

How = BodyLineage.How
WALKS = (LINE_LOCK, LEADERSHIP_LOCK, COVER_LOCK)


@dataclass(frozen=True)
class BodyPart:
    """One of the bodies into which another is divided: one that stands, or the values of a new one."""

    body: Body | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    share: Decimal | None = None


# == merging ==
def forbids_merger(sources: Sequence[Body], into: Body | None, on: date) -> list[str]:
    """What stands against merging bodies; an empty list if nothing does."""
    if into is None:
        found = [] if len(sources) > 1 else [_("A merger needs two organisations. Choose another one.")]
        if len({body.line_id for body in sources}) > 1:
            found.append(_("Organisations of different lines cannot be one. Choose those of one line."))
        ids = [body.pk for body in sources]
        return [*not_standing(BodyEntry, ids, on), *tied(BodyEntry, ids, on), *found]
    if not sources:
        return [_("Choose at least one organisation that is to be merged.")]
    return forbids_pairs({body.pk: into.pk for body in sources}, on)


def forbids_pairs(pairs: Mapping[int, int], on: date) -> list[str]:
    """What stands against merging each of `pairs` into the other: old body → the one it goes on in."""
    found = [*not_standing(BodyEntry, [*pairs, *pairs.values()], on), *tied(BodyEntry, pairs, on)]
    lines = dict(Body.objects.filter(pk__in={*pairs, *pairs.values()}).values_list("pk", "line_id"))
    names = last_names(BodyEntry, [*pairs, *pairs.values()])
    above = [ways_up(walk, set(pairs.values()), on) for walk in (LINE, LEADERSHIP)]
    for old, new in pairs.items():
        facts = {"old": names.get(old, str(old)), "new": names.get(new, str(new))}
        if old == new or new in pairs:
            found.append(_("“%(old)s” cannot be merged into “%(new)s”, which ends too. Choose another one.") % facts)
        elif lines.get(old) != lines.get(new):
            found.append(_("“%(old)s” and “%(new)s” are of different lines and cannot be one.") % facts)
        elif any(old in ways[new] for ways in above):
            sentence = _("“%(new)s” stands below “%(old)s” and would stand below itself. Merge the other way round.")
            found.append(sentence % facts)
    return found


@in_sentences
def merge_bodies(
    sources: Sequence[Body],
    *,
    into: Body | None,
    on: date,
    today: date,
    by: Reader | None,
    values: Mapping[str, Any] | None = None,
    document: Document | None = None,
) -> Act:
    """From a day several bodies of a line are one: `into`, or a new one with `values` (fields of BodyEntry).

    Raises Refused with everything that stands against it.
    """
    lock(*WALKS)
    refuse(forbids_merger(sources, into, on))
    facts = {"old": [body.pk for body in sources]}
    act = record_reform("merge_bodies", into or sources[0], on, by, facts, document)
    end(act, on, bodies=[body.pk for body in sources])
    target = _set_up(act, into, sources[0].line, values or {}, on)
    routes = Routes(bodies={body.pk: target.pk for body in sources})
    write_mergers(act, on, routes.bodies, document)
    _carry(act, on, routes, today, {*routes.bodies, target.pk})
    return act


def write_mergers(act: Act, on: date, pairs: Mapping[int, int], document: Document | None) -> None:
    """The lineage of bodies merged in pairs."""
    BodyLineage.objects.bulk_create(
        BodyLineage(old_id=old, new_id=new, how=How.MERGED, share=1, on=on, document=document, act=act)
        for old, new in pairs.items()
    )


# == splitting ==
def forbids_split(body: Body, parts: Sequence[BodyPart], on: date, *, stays: bool) -> list[str]:
    """What stands against dividing a body; `stays`: it goes on itself, beside its parts."""
    found = not_standing(BodyEntry, [body.pk, *(part.body.pk for part in parts if part.body)], on)
    if len(parts) + stays < 2:
        found.append(_("A division needs at least two parts. Name another one."))
    if not stays:
        found += tied(BodyEntry, [body.pk], on)
    for part in parts:
        if part.body and (part.body == body or part.body.line_id != body.line_id):
            found.append(_("A part has to be another organisation of the same line. Choose again."))
    return [*found, *wrong_shares([part.share for part in parts], stays=stays)]


@in_sentences
def split_body(
    body: Body,
    *,
    parts: Sequence[BodyPart],
    stays: bool,
    on: date,
    today: date,
    by: Reader | None,
    apart: Mapping[tuple[Link, int], int] | None = None,
    document: Document | None = None,
) -> Act:
    """From a day a body is divided. `apart` says which inferiors and led bodies go to which part, by its number.

    All else goes to the first part, or stays with the body. Raises Refused.
    """
    lock(*WALKS)
    refuse(forbids_split(body, parts, on, stays=stays))
    act = record_reform("split_body", body, on, by, {"parts": len(parts), "stays": stays}, document)
    if not stays:
        end(act, on, bodies=[body.pk])
    made = [_set_up(act, part.body, body.line, part.values, on) for part in parts]
    home = body if stays else made[0]
    BodyLineage.objects.bulk_create(
        BodyLineage(old=body, new=new, how=How.SPLIT, share=part.share, on=on, document=document, act=act)
        for new, part in zip(made, parts, strict=True)
    )
    goes = {link: made[number].pk for link, number in (apart or {}).items()}
    routes = Routes(bodies={body.pk: home.pk}, apart=goes)
    _carry(act, on, routes, today, {body.pk, *(new.pk for new in made)})
    return act


# == closing and reopening ==
@in_sentences
def close_body(
    body: Body,
    *,
    to: Body,
    on: date,
    today: date,
    by: Reader | None,
    is_known: bool = True,
    document: Document | None = None,
) -> Act:
    """End a body; what stands below it goes below `to`, its covers, members, offices and terms end. Raises Refused."""
    lock(*WALKS)
    refuse([*not_standing(BodyEntry, [body.pk, to.pk], on), *tied(BodyEntry, [body.pk], on)])
    if body.pk in way_up(LINE, to.pk, on) or body.pk in way_up(LEADERSHIP, to.pk, on):
        raise Refused(_("What stands below it cannot go below itself. Choose an organisation outside its own branch."))
    act = record_reform("dissolve_body", body, on, by, {"to": to.pk, "known": is_known}, document)
    end(act, on, bodies=[body.pk])
    end_links(act, on, bodies=[body.pk])
    if not is_known:
        BodyLineage.objects.create(old=body, how=How.UNKNOWN, on=on, document=document, act=act)
    _carry(act, on, Routes(bodies={body.pk: to.pk}), today, {body.pk})
    return act


@in_sentences
def reopen_body(
    body: Body,
    *,
    on: date,
    today: date,
    by: Reader | None,
    values: Mapping[str, Any] | None = None,
    document: Document | None = None,
) -> Act:
    """A body that has ended stands again from a day, as it stood last, save for `values`. Raises Refused."""
    lock(*WALKS)
    as_before = as_stood_last(BodyEntry, body.pk, on, values or {})
    act = record_reform("reopen_body", body, on, by, {}, document)
    _enter(act, body, as_before, on)
    refresh_body_paths(today, [body.pk])
    return act


# == what they share ==
def _set_up(act: Act, body: Body | None, line: Line, values: Mapping[str, Any], on: date) -> Body:
    if body is None:
        body = Body.objects.create(line=line)
        _enter(act, body, values, on)
    elif values:
        change_entries(act, BodyEntry.objects.filter(body=body), on, values)
    return body


def _enter(act: Act, body: Body, values: Mapping[str, Any], on: date) -> None:
    if not values.get("name"):
        raise Refused(_("The new organisation has no name. Write one."))
    check_links(body, values, on)
    BodyEntry.objects.create(body=body, valid=(on, None), act=act, **values)
    check_lives(BodyEntry.objects.filter(body=body, act=act), values)
    learn([values["name"]])


def _carry(act: Act, on: date, routes: Routes, today: date, changed: set[int]) -> None:
    moved = carry(act, on, routes)
    refresh_body_paths(today, {*changed, *moved.bodies})
