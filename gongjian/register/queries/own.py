"""Everything that is held of one person, as tables for the file that they take away.

A matter that keeps something of people adds its tables with `add_tables` when it starts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.accounts.own import everything_of
from gongjian.chronicle.models import Act
from gongjian.chronicle.record import READ
from gongjian.notices.own import letters_of
from gongjian.ui.takeaway import Table

from ..models import BodyEntry, Delegation, Membership, Office, Person
from .changes import VERBS

_more: list[Callable[[Person], list[Table]]] = []


def add_tables(tables: Callable[[Person], list[Table]]) -> None:
    """From now on these tables of a person belong to what is handed out: a floor above keeps something of people."""
    if tables not in _more:
        _more.append(tables)


def everything_about(person: Person | None, account: User | None) -> list[Table]:
    """All that is held of a person and their account, whoever entered it, on every day. No secrets."""
    tables = [*everything_of(account), *letters_of(account)] if account else []
    if person is not None:
        tables += _standing(person)
    if account is not None:
        done = Act.objects.filter(by=account).order_by("id")
        tables.append(Table("acts_done", _("Done by me"), _acts_columns(), [_act(act) for act in done]))
    if person is not None:
        about = [*_acts_about(person)]
        tables.append(Table("acts_about", _("Done to me"), _acts_columns(), [_act(act) for act in about]))
        tables.append(_readings(person))
        for more in _more:
            tables += more(person)
    return tables


def _standing(person: Person) -> list[Table]:
    offices = list(Office.objects.filter(person=person).select_related("kind").order_by("valid", "id"))
    memberships = list(Membership.objects.filter(person=person).order_by("valid", "id"))
    loans = list(
        Delegation.objects.filter(Q(person=person) | Q(office__person=person))
        .select_related("office__kind", "office__person", "person")
        .order_by("valid", "id")
    )
    bodies = {each.body_id for each in offices} | {each.body_id for each in memberships}
    bodies |= {each.office.body_id for each in loans}
    called = dict(BodyEntry.objects.filter(body__in=bodies).order_by("valid").values_list("body_id", "name"))
    days = [("since", _("From")), ("until", _("Until the day before"))]
    held = [("office", _("Office")), ("body", _("Organisation")), *days]
    return [
        Table("person", _("Person"), [("id", _("Number")), ("name", _("Name"))], [(person.pk, person.name)]),
        Table(
            "offices",
            _("Offices"),
            held,
            [(str(each.kind), called.get(each.body_id, ""), each.since, each.until) for each in offices],
        ),
        Table(
            "memberships",
            _("Memberships"),
            [("body", _("Organisation")), *days],
            [(called.get(each.body_id, ""), each.since, each.until) for each in memberships],
        ),
        Table(
            "loans",
            _("Lent rights"),
            [*held, ("lender", _("Lent by")), ("borrower", _("Lent to"))],
            [
                (str(each.office.kind), called.get(each.office.body_id, ""), each.since, each.until,
                 each.office.person.name, each.person.name)
                for each in loans
            ],
        ),
    ]  # fmt: skip


def _acts_about(person: Person) -> Iterable[Act]:
    """What was done to somebody: acts on them, acts that wrote their rows, and those in their bodies that name them."""
    written: set[int] = set()
    bodies: set[int] = set()
    for model in (Office, Membership):
        rows = model.objects.filter(person=person).values_list("act_id", "body_id")
        written |= {act for act, _body in rows}
        bodies |= {body for _act, body in rows}
    lent = Delegation.objects.filter(Q(person=person) | Q(office__person=person)).values_list("act_id", "office__body")
    written |= {act for act, _body in lent}
    bodies |= {body for _act, body in lent}
    named = Q(subject__in=[f"register.body:{body}" for body in bodies]) & (
        Q(facts__person=person.pk) | Q(facts__office__in=list(person.offices.values_list("pk", flat=True)))
    )
    on_them = Q(subject=f"register.person:{person.pk}") & ~Q(verb=READ)
    return Act.objects.filter(on_them | Q(pk__in=written) | named).select_related("by").order_by("id")


def _readings(person: Person) -> Table:
    read = Act.objects.filter(subject=f"register.person:{person.pk}", verb=READ).select_related("by").order_by("id")
    columns = [("at", _("When")), ("by", _("By whom")), ("what", _("What was read")), ("reason", _("For what"))]
    rows = [
        (act.at, act.by.name if act.by else "", act.facts.get("what", ""), act.facts.get("reason", "")) for act in read
    ]
    return Table("readings", _("Readings of my data"), columns, rows)


def _acts_columns() -> list[tuple[str, str]]:
    return [
        ("at", _("When")), ("by", _("By whom")), ("office", _("As what office")), ("verb", _("Deed")),
        ("in_words", _("In words")), ("subject", _("To what")), ("on", _("Counts from")), ("facts", _("Facts")),
        ("address", _("Address")),
    ]  # fmt: skip


def _act(act: Act) -> tuple[Any, ...]:
    by = act.by.name if act.by else ""
    words = str(VERBS.get(act.verb, ""))
    return (act.at, by, act.office, act.verb, words, act.subject, act.on, act.facts, act.address)
