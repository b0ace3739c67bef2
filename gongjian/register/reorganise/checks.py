"""What stands against a reform, in sentences; and small steps that units and bodies share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from gongjian.chronicle.models import Act
from gongjian.chronicle.record import record

from ..access import Reader
from ..actions import Refused
from ..models import Body, BodyEntry, BodyLineage, Document, Unit, UnitEntry, UnitLineage

Entry = type[UnitEntry] | type[BodyEntry]


def refuse(sentences: Sequence[str]) -> None:
    """Raise Refused with all the sentences, if there are any."""
    if sentences:
        raise Refused(" ".join(sentences))


def not_standing(entry: Entry, ids: Iterable[int], on: date) -> list[str]:
    """Units or bodies that do not stand on the day, or only from it on: none of them can end or be divided then."""
    ids = list(dict.fromkeys(ids))
    stood = [_standing(entry, ids, day) for day in (on, on - timedelta(days=1))]
    names = last_names(entry, ids)
    return [
        _("“%(name)s” does not stand on %(day)s and the day before. Choose a day of its life.")
        % {"name": names.get(id, str(id)), "day": on}
        for id in ids
        if id not in stood[0] & stood[1]
    ]


def tied(entry: Entry, ids: Iterable[int], on: date) -> list[str]:
    """Units or bodies with links from the day on: they cannot end on it, the links would lead from or to nothing."""
    ids = list(ids)
    lineage = UnitLineage if entry is UnitEntry else BodyLineage
    names = last_names(entry, ids)
    left = lineage.objects.filter(old__in=ids, on__gte=on).values_list("old_id", "on")
    came = lineage.objects.filter(new__in=ids, on__gte=on).values_list("new_id", "on")
    went = _("“%(name)s” is merged or divided on %(day)s. Undo that first, or choose a later day.")
    goes = _("Another one goes on in “%(name)s” from %(day)s. Undo that first, or choose a later day.")
    return [
        sentence % {"name": names.get(id, str(id)), "day": day}
        for sentence, links in ((went, left), (goes, came))
        for id, day in sorted(set(links))
        if id
    ]


def last_names(entry: Entry, ids: Iterable[int]) -> dict[int, str]:
    """What units or bodies were called last, by id."""
    key = owner_of(entry)
    rows = entry._default_manager.filter(**{f"{key}__in": list(ids)}).order_by("valid")
    return dict(rows.values_list(key, "name"))


def wrong_shares(shares: Sequence[Decimal | None], *, stays: bool) -> list[str]:
    """Shares are given for all parts or for none, and add up to 1, or to less where the old one stays."""
    known = [share for share in shares if share is not None]
    if not known:
        return []
    if len(known) < len(shares):
        return [_("Give a share for each part, or for none where nobody can know.")]
    total = sum(known, Decimal(0))
    if min(known) <= 0 or total > 1 or (total != 1 and not stays):
        return [_("The shares add up to %(sum)s. They have to add up to 1.") % {"sum": total.normalize()}]
    return []


def record_reform(
    verb: str, thing: Unit | Body, on: date, by: Reader | None, facts: dict[str, Any], document: Document | None
) -> Act:
    """The act of a reform, on whose document it stands."""
    if document is not None:
        facts["document"] = document.pk
    kind = "unit" if isinstance(thing, Unit) else "body"
    return record(f"register.{verb}", by=by, subject=f"register.{kind}:{thing.pk}", on=on, facts=facts)


def as_stood_last(entry: Entry, id: int, on: date, values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the last entry of what has ended by the day, with `values` in their place. Raises Refused."""
    key = owner_of(entry)
    last: Any = entry._default_manager.filter(**{key: id}).order_by("-valid").first()
    if last is None or last.until is None or last.until > on:
        raise Refused(_("It stands on %(day)s already. Choose a day after its end.") % {"day": on})
    own = {"id", "valid", "act", key.removesuffix("_id")}
    return {
        field.name: getattr(last, field.name) for field in entry._meta.concrete_fields if field.name not in own
    } | dict(values)


def owner_of(entry: Entry) -> str:
    return "unit_id" if entry is UnitEntry else "body_id"


def _standing(entry: Entry, ids: list[int], day: date) -> set[int]:
    key = owner_of(entry)
    return set(entry.objects.on(day).filter(**{f"{key}__in": ids}).values_list(key, flat=True))
