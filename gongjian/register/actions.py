"""What people do to the register, one thing at a time. Files of many rows go through `imports`.

Nothing is renamed in place: a change counts from a day, and what stood before keeps its days. Every action is one
transaction with its act in the chronicle; what it changes is kept there first, so that it can be undone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import IntegrityError, connection, models
from django.utils.translation import gettext as _

from gongjian.chronicle.models import Act
from gongjian.chronicle.record import keep_before, record

from .access import Reader
from .authority.wall import behind_it
from .models import (
    Body,
    BodyEntry,
    Cover,
    Document,
    Headcount,
    Line,
    Membership,
    Office,
    StandsIn,
    Term,
    Unit,
    UnitEntry,
    Venue,
)
from .models.dated import DatedQuerySet
from .refusals import Refused as Refused  # who calls a verb finds here what it raises
from .refusals import check_texts, refusal_of
from .spelling import learn
from .walks import LEADERSHIP, LINE, TERRITORY, refresh_body_paths, refresh_unit_paths, way_up

TERRITORY_LOCK, PLACES_LOCK = 71011, 71012  # as in migration 0002
LINE_LOCK, LEADERSHIP_LOCK, COVER_LOCK = 71013, 71014, 71015
ALL_WALKS = (TERRITORY_LOCK, PLACES_LOCK, LINE_LOCK, LEADERSHIP_LOCK, COVER_LOCK)


# Guards that look at the end of an act (migrations 0002, 0005, 0007); fulfilled act by act: a refusal is the act's own.
GUARDS = ", ".join(
    f"register_{guard}"
    for guard in (
        "no_circle_in_territory",
        "no_circle_in_places",
        "no_circle_in_line",
        "no_circle_in_leadership",
        "cover_within_body",
        "body_holds_covers",
        "unit_lineage_fits",
        "body_lineage_fits",
        "unit_holds_lineage",
        "body_holds_lineage",
    )
)

Given = ParamSpec("Given")
Done = TypeVar("Done")


def in_sentences(verb: Callable[Given, Done]) -> Callable[Given, Done]:
    """The verb in one transaction; what only the database can see – two at once – is refused with a sentence too."""

    @wraps(verb)
    def act(*args: Given.args, **given: Given.kwargs) -> Done:
        try:
            with behind_it():
                done = verb(*args, **given)
                check_guards()
                return done
        except IntegrityError as error:
            raise Refused(refusal_of(error, args[0] if args else None, given)) from error

    return act


def check_guards() -> None:
    """Let the guards look now, not at the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS {GUARDS} IMMEDIATE")
        cursor.execute(f"SET CONSTRAINTS {GUARDS} DEFERRED")


def lock(*walks: int) -> None:
    """Wait for whoever else is changing these walks; held to the end of the transaction."""
    with connection.cursor() as cursor:
        for walk in sorted(walks):
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [walk])


# == units ==
@in_sentences
def open_unit(*, on: date, today: date, by: Reader | None, until: date | None = None, **values: Any) -> Unit:
    """Enter a new unit from a day; `until` is the first day on which it no longer stands, if that is known.

    `values` are fields of UnitEntry: name, kind, parent, code … Raises Refused if the parent does not stand as long.
    """
    check_texts(UnitEntry, {"name": "", **values})
    lock(TERRITORY_LOCK)
    unit = Unit.objects.create()
    act = record("register.open_unit", by=by, subject=f"register.unit:{unit.pk}", on=on, facts={"name": values["name"]})
    _check_days(on, until)
    check_parent(unit, values.get("parent"), on)
    UnitEntry.objects.create(unit=unit, valid=(on, until), act=act, **values)
    check_lives(UnitEntry.objects.filter(unit=unit, act=act), values)
    learn([values["name"]])
    refresh_unit_paths(today, [unit.pk])
    unit.refresh_from_db()
    return unit


@in_sentences
def amend_unit(
    unit: Unit, *, on: date, today: date, by: Reader | None, document: Document | None = None, **changes: Any
) -> Unit:
    """Change how a unit stands, from a day: its name, code, kind, parent, status …

    Later entries follow as long as they carry the value that is changed; a later change of the same thing stays.
    Raises Refused if the unit does not stand on that day, would stand below itself, or under a parent that ends before
    it does.
    """
    check_texts(UnitEntry, changes)
    lock(TERRITORY_LOCK)
    if "parent" in changes:
        check_parent(unit, changes["parent"], on)
    if act := _amend(UnitEntry.objects.filter(unit=unit), f"register.unit:{unit.pk}", on, changes, by, document):
        check_lives(UnitEntry.objects.filter(unit=unit, act=act), changes)
        refresh_unit_paths(today, [unit.pk])
        unit.refresh_from_db()
    return unit


def move_unit(unit: Unit, *, to: Unit | None, on: date, today: date, by: Reader | None) -> Unit:
    """Put a unit, with all below it, under another parent from a day."""
    return amend_unit(unit, on=on, today=today, by=by, parent=to)


@in_sentences
def close_unit(unit: Unit, *, on: date, today: date, by: Reader | None) -> Unit:
    """End a unit, with its head-counts and its place in a building: `on` is the first day on which it no longer
    stands. Refused while anything stands on it then."""
    lock(TERRITORY_LOCK, PLACES_LOCK, LINE_LOCK, COVER_LOCK)
    for held, sentence in (
        (
            UnitEntry.objects.filter(parent=unit),
            _("Units still stand in it on that day. Move or close them first."),
        ),
        (
            StandsIn.objects.filter(place=unit),
            _("Units still stand in it on that day. Move or close them first."),
        ),
        (
            BodyEntry.objects.filter(seat=unit),
            _("Bodies still have their seat in it on that day. Move or end them first."),
        ),
        (Cover.objects.filter(unit=unit), _("Bodies still cover it on that day. End the covers first.")),
        (Venue.objects.filter(unit=unit), _("Venues still stand in it on that day. End them first.")),
    ):
        if held.filter(valid__endswith__isnull=True).exists() or held.filter(valid__endswith__gt=on).exists():
            raise Refused(sentence)
    act = _end(UnitEntry.objects.filter(unit=unit), "register.close_unit", f"register.unit:{unit.pk}", on, by)
    for facts in (StandsIn.objects.filter(unit=unit), Headcount.objects.filter(unit=unit)):
        end_rows(facts, on, act)
    refresh_unit_paths(today, [unit.pk])
    unit.refresh_from_db()
    return unit


# == bodies ==
@in_sentences
def open_body(
    line: Line, *, on: date, today: date, by: Reader | None, until: date | None = None, **values: Any
) -> Body:
    """Enter a new body of a line from a day; `until` is the first day on which it no longer stands, if that is known.

    `values` are fields of BodyEntry: name, kind, form, seat, superior … Raises Refused if the seat, the superior or the
    leader does not stand as long.
    """
    check_texts(BodyEntry, {"name": "", **values})
    lock(LINE_LOCK, LEADERSHIP_LOCK)
    body = Body.objects.create(line=line)
    act = record("register.open_body", by=by, subject=f"register.body:{body.pk}", on=on, facts={"name": values["name"]})
    _check_days(on, until)
    check_links(body, values, on)
    BodyEntry.objects.create(body=body, valid=(on, until), act=act, **values)
    check_lives(BodyEntry.objects.filter(body=body, act=act), values)
    learn([values["name"]])
    refresh_body_paths(today, [body.pk])
    body.refresh_from_db()
    return body


@in_sentences
def amend_body(
    body: Body, *, on: date, today: date, by: Reader | None, document: Document | None = None, **changes: Any
) -> Body:
    """Change how a body stands, from a day: its name, seat, superior, leader … Later entries follow as for units."""
    check_texts(BodyEntry, changes)
    lock(LINE_LOCK, LEADERSHIP_LOCK)
    check_links(body, changes, on)
    if act := _amend(BodyEntry.objects.filter(body=body), f"register.body:{body.pk}", on, changes, by, document):
        check_lives(BodyEntry.objects.filter(body=body, act=act), changes)
        refresh_body_paths(today, [body.pk])
        body.refresh_from_db()
    return body


@in_sentences
def close_body(body: Body, *, on: date, today: date, by: Reader | None) -> Body:
    """End a body with its covers, terms, offices and memberships: `on` is the first day on which it no longer stands.

    From offices comes authority; it does not outlive the body.
    """
    lock(LINE_LOCK, LEADERSHIP_LOCK, COVER_LOCK)
    below = BodyEntry.objects.filter(models.Q(superior=body) | models.Q(leader=body))
    if below.filter(models.Q(valid__endswith__isnull=True) | models.Q(valid__endswith__gt=on)).exists():
        raise Refused(_("Bodies still stand below it on that day. Give them another superior or leader first."))
    kept = Venue.objects.filter(owner=body)
    if kept.filter(models.Q(valid__endswith__isnull=True) | models.Q(valid__endswith__gt=on)).exists():
        raise Refused(_("It still keeps venues on that day. Hand them over first."))
    act = _end(BodyEntry.objects.filter(body=body), "register.close_body", f"register.body:{body.pk}", on, by)
    for facts in (Cover, Term, Office, Membership):
        end_rows(facts.objects.filter(body=body), on, act)
    refresh_body_paths(today, [body.pk])
    body.refresh_from_db()
    return body


@in_sentences
def cover(body: Body, unit: Unit, *, on: date, by: Reader | None) -> Cover:
    """From a day a body covers a unit, to the end of the known life of both."""
    lock(COVER_LOCK)
    until = stands_until(BodyEntry.objects.filter(body=body), on)
    if until is False:
        raise Refused(_("The body does not stand on %(day)s. Choose a day of its life.") % {"day": on})
    unit_until = stands_until(UnitEntry.objects.filter(unit=unit), on)
    if unit_until is False:
        raise Refused(_("The unit does not stand on %(day)s. Choose a day of its life.") % {"day": on})
    until = min((day for day in (until, unit_until) if isinstance(day, date)), default=None)
    if Cover.objects.filter(body=body, unit=unit).filter(valid__overlap=(on, until)).exists():
        raise Refused(_("The body covers this unit already."))
    act = record("register.cover", by=by, subject=f"register.body:{body.pk}", on=on, facts={"unit": unit.pk})
    return Cover.objects.create(body=body, unit=unit, valid=(on, until), act=act)


@in_sentences
def end_cover(cover: Cover, *, on: date, by: Reader | None) -> None:
    """From a day on a body no longer covers a unit."""
    lock(COVER_LOCK)
    act = record(
        "register.end_cover",
        by=by,
        subject=f"register.body:{cover.body_id}",
        on=on,
        facts={"unit": cover.unit_id},
    )
    end_rows(Cover.objects.filter(pk=cover.pk), on, act)


# == dated rows ==
def _amend(
    entries: DatedQuerySet[Any],
    subject: str,
    on: date,
    changes: Mapping[str, Any],
    by: Reader | None,
    document: Document | None,
) -> Act | None:
    """Split the entry of the day and carry the changes on. Returns the act, or None when nothing differs."""
    old = _entry_of(entries, on)
    fresh = {field: value for field, value in changes.items() if value != getattr(old, field)}
    if not fresh:
        return None
    facts: dict[str, Any] = {
        field: str(value.pk if isinstance(value, models.Model) else value) for field, value in fresh.items()
    }
    if document is not None:
        facts["document"] = document.pk
    act = record("register.amend", by=by, subject=subject, on=on, facts=facts)
    change_entries(act, entries, on, fresh)
    return act


def change_entries(act: Act, entries: DatedQuerySet[Any], on: date, changes: Mapping[str, Any]) -> None:
    """Change the entries of one unit or body from a day, as part of an act. Raises Refused where it does not stand.

    Later entries follow as long as they carry the value that is changed.
    """
    first = _entry_of(entries, on)
    old = {field: getattr(first, field) for field in changes}
    fresh = {field: value for field, value in changes.items() if value != old[field]}
    for row in _from(entries, on):
        fresh = {field: value for field, value in fresh.items() if getattr(row, field) == old[field]}
        if not fresh:
            break
        keep_before(act, row._meta.db_table, "r.id = %s", [row.pk])
        if row.since < on:
            type(row).objects.filter(pk=row.pk).update(valid=(row.since, on))
            row.pk, row.valid, row._state.adding = None, (on, row.until), True
        for field, value in fresh.items():
            setattr(row, field, value)
        row.act = act
        row.save()
    if "name" in changes:
        learn([changes["name"]])


def _entry_of(entries: DatedQuerySet[Any], on: date) -> Any:
    """The entry of the day; Refused where there is none."""
    rows = _from(entries, on)
    if not rows or rows[0].since > on:
        raise Refused(_("It does not stand on %(day)s. Choose a day of its life.") % {"day": on})
    return rows[0]


def _from(entries: DatedQuerySet[Any], on: date) -> list[Any]:
    """The entries that reach beyond the day, oldest first."""
    reach = models.Q(valid__endswith__isnull=True) | models.Q(valid__endswith__gt=on)
    return list(entries.filter(reach).order_by("valid"))


def _end(entries: DatedQuerySet[Any], verb: str, subject: str, on: date, by: Reader | None) -> Act:
    act = record(verb, by=by, subject=subject, on=on)
    if entries.exists() and not entries.filter(valid__startswith__lt=on).exists():
        raise Refused(_("It stands only from %(day)s on or later. Choose a later day.") % {"day": on})
    if not end_rows(entries, on, act):
        raise Refused(_("It has ended before %(day)s already.") % {"day": on})
    return act


def end_rows(rows: DatedQuerySet[Any], on: date, act: Act) -> int:
    """Let the rows end on a day: those that would begin on it or later go, the one that spans it is shortened."""
    open_rows = rows.filter(models.Q(valid__endswith__isnull=True) | models.Q(valid__endswith__gt=on))
    later = list(open_rows.filter(valid__startswith__gte=on).values_list("pk", flat=True))
    spanning = list(open_rows.filter(valid__startswith__lt=on))
    table = rows.model._meta.db_table
    keep_before(act, table, "r.id = ANY(%s)", [later], deleted=True)
    keep_before(act, table, "r.id = ANY(%s)", [[row.pk for row in spanning]])
    rows.model._base_manager.filter(pk__in=later).delete()
    for row in spanning:
        rows.model._base_manager.filter(pk=row.pk).update(valid=(row.since, on), act=act)
    return len(later) + len(spanning)


def check_parent(unit: Unit, parent: Unit | None, on: date) -> None:
    """Refused unless the parent stands on the day, outside the unit's own territory."""
    if parent is None:
        return
    if stands_until(UnitEntry.objects.filter(unit=parent), on) is False:
        raise Refused(_("The parent does not stand on %(day)s. Choose one that does.") % {"day": on})
    if unit.pk in way_up(TERRITORY, parent.pk, on):
        raise Refused(_("A unit cannot stand below itself. Choose a parent outside its own territory."))


def check_links(body: Body, values: Mapping[str, Any], on: date) -> None:
    """Refused unless the seat, the superior and the leader stand on the day, outside the body's own branch."""
    seat = values.get("seat")
    if seat is not None and stands_until(UnitEntry.objects.filter(unit=seat), on) is False:
        raise Refused(_("The seat does not stand on %(day)s. Choose a unit that does.") % {"day": on})
    for field, walk in (("superior", LINE), ("leader", LEADERSHIP)):
        above = values.get(field)
        if above is None:
            continue
        if stands_until(BodyEntry.objects.filter(body=above), on) is False:
            raise Refused(_("The body above does not stand on %(day)s. Choose one that does.") % {"day": on})
        if body.pk in way_up(walk, above.pk, on):
            raise Refused(_("A body cannot stand below itself. Choose one outside its own branch."))


def _check_days(on: date, until: date | None) -> None:
    if until is not None and until <= on:
        raise Refused(_("It would end before it begins. Choose a later day for the end."))


# Whose life each link has to lie in.
_ABOVE: dict[str, tuple[type[UnitEntry] | type[BodyEntry], str]] = {
    "parent": (UnitEntry, "unit"),
    "seat": (UnitEntry, "unit"),
    "superior": (BodyEntry, "body"),
    "leader": (BodyEntry, "body"),
}


def check_lives(written: DatedQuerySet[Any], changed: Iterable[str]) -> None:
    """What the entries just written stand on must stand as long as they do."""
    for entry in written.order_by("valid"):
        for link, (model, key) in _ABOVE.items():
            above = getattr(entry, link) if link in changed else None
            if above is None:
                continue
            life: DatedQuerySet[Any] = model._default_manager.filter(**{key: above})
            until = stands_until(life, entry.since)
            if until is False:
                raise Refused(
                    _("“%(name)s” does not stand on %(day)s, and this would stand on it then. Choose one that does.")
                    % {"name": _name_of(life, entry.since), "day": entry.since}
                )
            if until is not None and (entry.until is None or entry.until > until):
                raise Refused(
                    _(
                        "“%(name)s” stands only until %(day)s. Choose one that stands longer, "
                        "or first enter where this goes on that day."
                    )
                    % {"name": _name_of(life, entry.since), "day": until}
                )


def _name_of(entries: DatedQuerySet[Any], on: date) -> str:
    """Its name on the day, or the last one before it."""
    entry = entries.filter(valid__startswith__lte=on).order_by("valid").last() or entries.order_by("valid").first()
    return entry.name if entry else ""


def stands_until(entries: DatedQuerySet[Any], on: date) -> date | bool | None:
    """Until when it stands without a gap from `on`: a day, None while open, False if it does not stand on `on`."""
    until: date | bool | None = False
    day = on
    for entry in entries.filter(models.Q(valid__endswith__isnull=True) | models.Q(valid__endswith__gt=on)).order_by(
        "valid"
    ):
        if entry.since > day:
            break
        until = entry.until
        if until is None:
            return None
        day = entry.until
    return until
