"""The acts by which the register was changed by hand: what was done, by whom, on whose paper, and until when it may
be taken back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongjian.chronicle.models import Act, Before
from gongjian.ui.keyset import Page, page_of

from ..access import Reader, body_entries_visible_to, changes_visible_to, unit_entries_visible_to
from ..authority.acting import LOAN, OFFICE
from ..models import Delegation, Document, Office
from ..undo import DAYS

PAGE = 50
_MANY = {"unit": "units", "body": "bodies"}
VERBS: dict[str, str | Promise] = {
    "register.open_unit": gettext_lazy("Entered"),
    "register.open_body": gettext_lazy("Entered"),
    "register.amend": gettext_lazy("Changed"),
    "register.merge_units": gettext_lazy("Merged"),
    "register.merge_bodies": gettext_lazy("Merged"),
    "register.split_unit": gettext_lazy("Divided"),
    "register.split_body": gettext_lazy("Divided"),
    "register.close_unit": gettext_lazy("Closed"),
    "register.close_body": gettext_lazy("Closed"),
    "register.dissolve_unit": gettext_lazy("Closed"),
    "register.dissolve_body": gettext_lazy("Closed"),
    "register.reopen_unit": gettext_lazy("Reopened"),
    "register.reopen_body": gettext_lazy("Reopened"),
    "register.cover": gettext_lazy("Cover entered"),
    "register.end_cover": gettext_lazy("Cover ended"),
    "register.count_heads": gettext_lazy("Head-count entered"),
    "register.set_state": gettext_lazy("State entered"),
    "register.elect": gettext_lazy("Election entered"),
    "register.open_venue": gettext_lazy("Venue entered"),
    "register.amend_venue": gettext_lazy("Venue changed"),
    "register.end_venue": gettext_lazy("Venue ended"),
    "register.hang": gettext_lazy("Plaque hung"),
    "register.take_down": gettext_lazy("Plaque taken down"),
    "register.look_at": gettext_lazy("Venue looked at"),
    "register.appoint": gettext_lazy("Office given"),
    "register.remove": gettext_lazy("Office ended"),
    "register.lend": gettext_lazy("Rights lent"),
    "register.take_back": gettext_lazy("Rights taken back"),
    "register.invite": gettext_lazy("Invited to sign in"),
}
TABLES: dict[str, str | Promise] = {
    "register_unitentry": gettext_lazy("Entries of units"),
    "register_bodyentry": gettext_lazy("Entries of organisations"),
    "register_cover": gettext_lazy("Covers"),
    "register_headcount": gettext_lazy("Head-counts"),
    "register_standsin": gettext_lazy("Places in buildings"),
    "register_term": gettext_lazy("Terms of office"),
    "register_office": gettext_lazy("Offices"),
    "register_membership": gettext_lazy("Memberships"),
    "register_venue": gettext_lazy("Venues"),
    "register_venueshare": gettext_lazy("Lines that share a venue"),
    "register_plaque": gettext_lazy("Plaques"),
}


@dataclass
class Change:
    """One act, with the name of what it was done to, and the day until which it may be taken back (None: over)."""

    act: Act
    verb: str
    thing: str
    id: int
    name: str
    others: list[tuple[int, str]] = field(default_factory=list)
    document: Document | None = None
    undo_until: date | None = None
    is_undone: bool = False
    waits: bool = False
    as_office: str = ""


def changes(
    reader: Reader, today: date, *, thing: str = "", id: int = 0, after: str = "", before: str = ""
) -> tuple[Page, list[Change]]:
    """The acts, the newest first; of one unit or body only if it is named. For whoever may change the register."""
    acts = visible_acts(reader)
    if thing:
        merged = Q(facts__old__contains=[id], verb=f"register.merge_{_MANY[thing]}")
        acts = acts.filter(Q(subject=f"register.{thing}:{id}") | merged)
    page = page_of(acts.select_related("by"), ["-id"], size=PAGE, after=after, before=before)
    return page, told(reader, page.rows, today)


def change(reader: Reader, today: date, act_id: int) -> Change | None:
    """One act as it is told; None if there is none that the reader may see."""
    rows = list(visible_acts(reader).filter(pk=act_id).select_related("by"))
    return told(reader, rows, today)[0] if rows else None


def visible_acts(reader: Reader) -> QuerySet[Act]:
    """Acts on the register are shown to whoever may change it."""
    acts = Act.objects.filter(verb__in=list(VERBS))
    return acts if changes_visible_to(reader) else acts.none()


def last_change(thing: str, id: int) -> int | None:
    """The id of the newest act on a unit or a body."""
    acts = Act.objects.filter(subject=f"register.{thing}:{id}", verb__in=list(VERBS))
    return acts.order_by("-id").values_list("pk", flat=True).first()


def kept(act: Act) -> list[tuple[str, int]]:
    """How many rows of each sort the act has changed or ended."""
    counts = dict(Before.objects.filter(act=act).values_list("table").annotate(Count("pk")).order_by())
    return [(str(words), counts[table]) for table, words in TABLES.items() if table in counts]


def told(reader: Reader, acts: Sequence[Act], today: date) -> list[Change]:
    """Acts with names and documents: a fixed number of queries."""
    undone = set()
    for facts in Act.objects.filter(verb__endswith="undone", facts__acts__contained_by=_all_ids(acts)).values_list(
        "facts", flat=True
    ):
        undone |= set(facts["acts"])
    papers = Document.objects.in_bulk([act.facts["document"] for act in acts if "document" in act.facts])
    rows = [_row(act, papers) for act in acts]
    offices = offices_told(reader, [act.office for act in acts])
    names = {
        "unit": _names(unit_entries_visible_to(reader), "unit_id", [r for r in rows if r.thing == "unit"]),
        "body": _names(body_entries_visible_to(reader), "body_id", [r for r in rows if r.thing == "body"]),
    }
    for row in rows:
        named = names[row.thing]
        row.name = named.get(row.id) or row.act.facts.get("name") or "?"
        row.others = [(id, named[id]) for id, _none in row.others if id in named and id != row.id]
        row.as_office = offices.get(row.act.office, "")
        row.is_undone = row.act.pk in undone
        row.waits = row.act.on is not None and row.act.on > today
        until = timezone.localtime(row.act.at).date() + timedelta(days=DAYS)
        row.undo_until = until if until >= today and not row.is_undone else None
    return rows


def offices_told(reader: Reader, references: Iterable[str]) -> dict[str, str]:
    """The offices in which acts were done, in words, by their references. Three queries at most."""
    ids: dict[str, set[int]] = {OFFICE: set(), LOAN: set()}
    for reference in references:
        kind = OFFICE if reference.startswith(OFFICE) else LOAN
        number = reference.removeprefix(kind)
        if number.isdecimal():
            ids[kind].add(int(number))
    loans = Delegation.objects.filter(pk__in=ids[LOAN]).values_list("pk", "office_id") if ids[LOAN] else []
    office_of = {f"{LOAN}{loan}": office for loan, office in loans} | {f"{OFFICE}{id}": id for id in ids[OFFICE]}
    held = Office.objects.select_related("kind").in_bulk(list(set(office_of.values())))
    bodies = {office.body_id for office in held.values()}
    named = body_entries_visible_to(reader).filter(body__in=bodies).order_by("valid")
    called = dict(named.values_list("body_id", "name")) if bodies else {}
    told = {}
    for reference, id in office_of.items():
        if id in held:
            facts = {"office": held[id].kind, "body": called.get(held[id].body_id, "?")}
            said = _("%(office)s of %(body)s, lent") if reference.startswith(LOAN) else _("%(office)s of %(body)s")
            told[reference] = said % facts
    return told


def _all_ids(acts: Sequence[Act]) -> list[int]:
    return [act.pk for act in acts]


def _row(act: Act, papers: dict[int, Document]) -> Change:
    thing, _colon, id = act.subject.removeprefix("register.").partition(":")
    others = [(int(old), "") for old in act.facts.get("old", [])]
    return Change(
        act=act,
        verb=str(VERBS[act.verb]),
        thing=thing,
        id=int(id or 0),
        name="",
        others=others,
        document=papers.get(act.facts.get("document", 0)),
    )


def _names(entries: Any, key: str, rows: Iterable[Change]) -> dict[int, str]:
    """What they are called now or were called last."""
    ids = {id for row in rows for id in (row.id, *(other for other, _none in row.others))}
    return dict(entries.filter(**{f"{key}__in": ids}).order_by("valid").values_list(key, "name"))
