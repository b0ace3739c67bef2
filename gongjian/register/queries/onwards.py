"""“This unit on DAY”, asked by any code or name it ever had, or when it does not stand then: what it has become.

Who holds the code on the day itself comes before whoever held it on another; that it was another's is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q

from ..access import Reader, body_entries_visible_to, unit_entries_visible_to
from ..models import BodyEntry, BodyLineage, UnitEntry, UnitLineage
from .life import standing_on
from .lineage import Lost, Of, Way, came, went_from
from .records import body_told, unit_told

Entry = UnitEntry | BodyEntry


@dataclass(frozen=True)
class Other:
    """A thing at the other end of a way, as it stands on the day asked about, and the share that is known or not."""

    id: int
    name: str
    code: str
    share: Decimal | None


@dataclass(frozen=True)
class Becoming:
    """What a thing that does not stand on a day has become by then, or came from if it stands only later (`is_back`).

    `lost` is where its way, or a part of it, is lost: nobody knows what follows (or came before).
    """

    is_back: bool
    others: list[Other]
    lost: list[Lost]
    ways: list[Way]

    @property
    def shares_are_known(self) -> bool:
        return all(other.share is not None for other in self.others)


@dataclass(frozen=True)
class Answer:
    """Who is meant by a code or a name on a day: the `entry` of that day, or what it has become.

    `asked` is the entry that bears what was asked; `others` are those of other things that bore it on other days.
    """

    of: Of
    id: int
    asked: Entry
    entry: Entry | None
    becoming: Becoming | None
    others: list[Entry] = field(default_factory=list)

    @property
    def is_of_the_day(self) -> bool:
        """Whether it bears what was asked on the day itself."""
        return self.entry is not None and self.entry.pk == self.asked.pk


def becoming(reader: Reader, of: Of, entries: Sequence[Any], day: date) -> Becoming | None:
    """What one thing, by all its entries in order, has become by a day, or came from. None while it stands."""
    if standing_on(entries, day):
        return None
    id = _id(entries[0])
    before = [entry for entry in entries if entry.until and entry.until <= day]
    if before:
        return became(reader, of, {id: before[-1].until - timedelta(days=1)}, day)[id]
    ways = came(reader, [id], entries[0].since, day, of=of)
    standing = _standing(reader, of, {way.old for way in ways}, day)
    return _becoming(ways, [(way.old, way.share) for way in ways], standing, is_back=True)


def became(reader: Reader, of: Of, last_days: Mapping[int, date], day: date) -> dict[int, Becoming]:
    """What things that ended have become by a day: each by its id with the last day on which it stood."""
    ways = went_from(reader, last_days, day, of=of)
    standing = _standing(reader, of, {way.new for way in ways}, day)
    by_old = {id: [way for way in ways if way.old == id] for id in last_days}
    return {
        id: _becoming(its, [(way.new, way.share) for way in its], standing, is_back=False) for id, its in by_old.items()
    }


def _becoming(
    ways: list[Way], ends: list[tuple[int | None, Decimal | None]], standing: Mapping[int | None, Any], *, is_back: bool
) -> Becoming:
    others = [Other(id, standing[id].name, standing[id].code, share) for id, share in ends if id and id in standing]
    return Becoming(is_back, others, [way.lost for way in ways if way.lost], ways)


def _standing(reader: Reader, of: Of, ids: Iterable[int | None], day: date) -> dict[int | None, Any]:
    return {_id(entry): entry for entry in _visible(reader, of).on(day).filter(**{f"{of}__in": set(ids) - {None}})}


def answers(reader: Reader, words: str, day: date) -> list[Answer]:
    """Whom a code means on a day, or else a name. One for a code; several only if things of one name stand then."""
    borne = _bearers(reader, Q(code=words) | Q(credit_code=words), Q(code=words))
    by_code = bool(borne)
    borne = borne or _bearers(reader, Q(name=words) | Q(official_name=words), Q(name=words))
    if not borne:
        return []
    lives = _lives(reader, borne)
    of_day = [entry for entry in borne if standing_on([entry], day)]
    standing = [entry for entry in borne if standing_on(lives[_key(entry)], day)]
    meant = of_day or standing or borne
    keys = dict.fromkeys(_key(entry) for entry in sorted(meant, key=lambda entry: _distance(entry, day)))
    chosen = list(keys)[:1] if by_code or not (of_day or standing) else list(keys)
    return [_answer(reader, key, borne, lives, day) for key in chosen]


def _answer(
    reader: Reader, key: tuple[Of, int], borne: list[Entry], lives: dict[Any, list[Entry]], day: date
) -> Answer:
    own = sorted((e for e in borne if _key(e) == key), key=lambda entry: _distance(entry, day))
    return Answer(
        of=key[0],
        id=key[1],
        asked=own[0],
        entry=standing_on(lives[key], day),
        becoming=becoming(reader, key[0], lives[key], day),
        others=[entry for entry in borne if _key(entry) != key],
    )


def _distance(entry: Entry, day: date) -> tuple[int, int]:
    """How near a day is to an entry: on it, after it, before it."""
    if entry.since > day:
        return 2, (entry.since - day).days
    return (0, 0) if entry.until is None or entry.until > day else (1, (day - entry.until).days)


def _bearers(reader: Reader, unit: Q, body: Q) -> list[Entry]:
    units = unit_entries_visible_to(reader).filter(unit).select_related("kind").order_by("valid")
    bodies = body_entries_visible_to(reader).filter(body).select_related("kind", "body__line", "form")
    return [*units, *bodies.order_by("valid")]


def _lives(reader: Reader, borne: list[Entry]) -> dict[tuple[Of, int], list[Entry]]:
    lives: dict[tuple[Of, int], list[Entry]] = {}
    for of, related in (("unit", ["kind"]), ("body", ["kind", "body__line", "form"])):
        ids = {id for its, id in map(_key, borne) if its == of}
        found = _visible(reader, "unit" if of == "unit" else "body").filter(**{f"{of}__in": ids})
        for entry in found.select_related(*related).order_by("valid"):
            lives.setdefault(_key(entry), []).append(entry)
    return lives


def _visible(reader: Reader, of: Of) -> Any:
    return unit_entries_visible_to(reader) if of == "unit" else body_entries_visible_to(reader)


def _key(entry: Entry) -> tuple[Of, int]:
    return ("unit", entry.unit_id) if isinstance(entry, UnitEntry) else ("body", entry.body_id)


def _id(entry: Entry) -> int:
    return _key(entry)[1]


# == in plain values ==
def answer_told(reader: Reader, answer: Answer, words: str, day: date) -> dict[str, Any]:
    """An answer in plain values: how it stands on the day, or what it has become, and by what it was asked."""
    told: dict[str, Any]
    if isinstance(answer.entry, UnitEntry):
        told = unit_told(reader, answer.entry, day)
    elif answer.entry is not None:
        told = body_told(reader, answer.entry, day)
    else:
        told = {"on": day.isoformat(), "type": answer.of, "id": answer.id, "name": answer.asked.name}
    return told | {
        "stands": answer.entry is not None,
        "asked": _borne(answer.asked) | {"by": words, "is_of_the_day": answer.is_of_the_day},
        "others": [_borne(entry) for entry in answer.others],
        "lineage": becoming_told(answer.becoming) if answer.becoming else None,
    }


def lineage_told(reader: Reader, of: Of, id: int, day: date) -> dict[str, Any]:
    """What a unit or body is on a day, and every link it has."""
    entries = list(_visible(reader, of).filter(**{of: id}).order_by("valid"))
    found = becoming(reader, of, entries, day) if entries else None
    links = links_of(of, [id])
    told = becoming_told(found) if found else {"direction": None, "ends": [], "lost": []}
    return {"id": id, "type": of, "on": day, "stands": bool(entries) and found is None, **told} | {
        "links": [link_told(link) for link in links]
    }


def links_of(of: Of, ids: Iterable[int]) -> list[UnitLineage | BodyLineage]:
    """Every link of these units or bodies, from them or to them, oldest first, with its document."""
    ids = list(ids)
    lineage: Any = UnitLineage if of == "unit" else BodyLineage
    links = lineage.objects.filter(Q(old__in=ids) | Q(new__in=ids)).select_related("document").order_by("on", "id")
    return list(links)


def link_told(link: UnitLineage | BodyLineage) -> dict[str, Any]:
    return {
        "id": link.pk,
        "on": link.on,
        "how": link.how,
        "old": link.old_id,
        "new": link.new_id,
        "share": share_told(link.share),
        "document": str(link.document) if link.document else None,
    }


def becoming_told(becoming: Becoming) -> dict[str, Any]:
    """What a thing has become (or came from), as plain values; shares as text, since they are exact."""
    return {
        "direction": "back" if becoming.is_back else "onwards",
        "ends": [
            {"id": end.id, "name": end.name, "code": end.code, "share": share_told(end.share)}
            for end in becoming.others
        ],
        "lost": [
            {"id": lost.id, "on": lost.on.isoformat() if lost.on else None, "last_parent": lost.last_parent}
            for lost in becoming.lost
        ],
    }


def share_told(share: Decimal | None) -> str | None:
    """A share in digits, without trailing noughts; None where nobody can know it."""
    return None if share is None else f"{share:f}".rstrip("0").rstrip(".") if "." in f"{share:f}" else f"{share:f}"


def _borne(entry: Entry) -> dict[str, Any]:
    of, id = _key(entry)
    return {
        "type": of,
        "id": id,
        "name": entry.name,
        "code": entry.code,
        "since": entry.since.isoformat(),
        "until": entry.until.isoformat() if entry.until else None,
    }
