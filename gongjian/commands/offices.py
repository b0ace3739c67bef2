"""Offices from the command line: the operator gives the topmost ones, which nobody above can give."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from gongjian.language import gettext as _

from .speech import NOT_FOUND, OK, PROBLEMS, Stop, add_command, as_day, local_today, print_json

if TYPE_CHECKING:
    from gongjian.register.models import Body, BodyEntry, OfficeKind, Person


def give(options: argparse.Namespace) -> int:
    """Give an office, open an account for whoever has none, and print the address that sets its password once."""
    from django.core.exceptions import ValidationError  # app ready: needs settings
    from django.db import transaction  # app ready: needs settings

    from gongjian.accounts.actions import password_path  # app ready: models
    from gongjian.register import appointments  # app ready: models
    from gongjian.register.access import OPERATOR  # app ready: models
    from gongjian.register.actions import Refused  # app ready: models

    today = local_today()
    entry = _entry(options.body)
    kind = _kind(options.kind, entry.body)
    try:
        with transaction.atomic():
            person = _person(options.name, entry.body, options.person)
            days = {"on": options.on or today, "today": today}
            office = appointments.appoint(entry.body, person, kind, by=OPERATOR, **days)
            account = person.account
            if account is None:
                username = options.username or _free_username(person.name, kind.key)
                account = appointments.invite(office, username, today=today, by=OPERATOR)
    except (Refused, ValidationError) as no:
        raise Stop("\n".join(getattr(no, "messages", [str(no)])), PROBLEMS) from no
    facts = {"person": person.name, "office": kind, "body": entry.name, "day": office.since, "id": office.pk}
    print(_("%(person)s is %(office)s of %(body)s from %(day)s on (office %(id)s).") % facts)
    print(_("User name: %(username)s") % {"username": account.username})
    if account.has_usable_password():
        print(_("There is an account with a password already; it stays as it is."))
    else:
        address = _site(options.site) + password_path(account)
        print(_("Hand over this address: it sets the password, once, within three days."))
        print(f"  {address}")
    return OK


def listed(options: argparse.Namespace) -> int:
    """Who holds which office in a body today or from a later day."""
    from gongjian.register.access import OPERATOR, offices_visible_to  # app ready: models

    entry = _entry(options.body)
    held = offices_visible_to(OPERATOR).filter(body=entry.body).select_related("person__account", "kind")
    today = local_today()
    rows = [
        {
            "id": each.pk,
            "office": each.kind_id,
            "office_name": str(each.kind),
            "person": each.person_id,
            "name": each.person.name,
            "since": each.since.isoformat(),
            "until": each.until.isoformat() if each.until else None,
            "username": each.person.account.username if each.person.account else None,
        }
        for each in held.order_by("kind__position", "valid")
        if each.until is None or each.until > today
    ]
    if options.json:
        print_json(rows)
        return OK
    if not rows:
        print(_("Nobody holds an office in %(body)s.") % {"body": entry.name})
    for row in rows:
        line = (
            _("%(id)s  %(name)s, %(office_name)s, from %(since)s until the day before %(until)s")
            if row["until"]
            else _("%(id)s  %(name)s, %(office_name)s, from %(since)s on")
        )
        signs = _("signs in as %(username)s") if row["username"] else _("has no account")
        print(f"{line % row}; {signs % row}")
    return OK


def end(options: argparse.Namespace) -> int:
    """From a day on an office is no longer held; what was lent of it ends with it."""
    from gongjian.register import appointments  # app ready: models
    from gongjian.register.access import OPERATOR, offices_visible_to  # app ready: models
    from gongjian.register.actions import Refused  # app ready: models

    office = offices_visible_to(OPERATOR).filter(pk=options.office).select_related("person", "kind", "body").first()
    if office is None:
        said = _("There is no office %(id)s. See which there are: gongjian offices list --body CODE")
        raise Stop(said % {"id": options.office}, NOT_FOUND)
    today = local_today()
    day = options.on or today
    try:
        appointments.remove(office, on=day, today=today, by=OPERATOR)
    except Refused as no:
        raise Stop(str(no), PROBLEMS) from no
    facts = {"person": office.person.name, "office": office.kind, "day": day}
    print(_("From %(day)s on %(person)s is no longer %(office)s.") % facts)
    return OK


def _entry(words: str) -> BodyEntry:
    """How a body stands today, by its code or its id."""
    from gongjian.register.access import OPERATOR, body_entries_visible_to  # app ready: models

    standing = body_entries_visible_to(OPERATOR).on(local_today()).select_related("body__line")
    found = list(standing.filter(code=words)[:2])
    if not found and words.isdecimal() and len(words) < 19:
        found = list(standing.filter(body=int(words)))
    if len(found) != 1:
        said = _("No one organisation that stands today has the code or the id %(words)s. Look it up on /bodies/.")
        raise Stop(said % {"words": words}, NOT_FOUND)
    return found[0]


def _kind(key: str, body: Body) -> OfficeKind:
    from gongjian.register.models import OfficeKind  # app ready: models

    kinds = {kind.key: kind for kind in OfficeKind.objects.filter(line=body.line_id)}
    if key not in kinds:
        named = ", ".join(f"{kind.key} ({kind})" for kind in kinds.values())
        said = _("“%(key)s” is no office of this line. Choose one of: %(named)s")
        raise Stop(said % {"key": key, "named": named})
    return kinds[key]


def _person(name: str, body: Body, id: int | None) -> Person:
    """Whoever is meant: by number, or by name among those of the body; else somebody new."""
    from django.db.models import Q  # app ready: needs settings

    from gongjian.register.models import Person  # app ready: models

    known = Person.objects.filter(Q(offices__body=body) | Q(memberships__body=body), name=name).distinct()
    if id is not None:
        known = Person.objects.filter(pk=id, name=name)
    found = list(known.select_related("account"))
    if len(found) > 1:
        numbers = ", ".join(str(person.pk) for person in found)
        said = _("Several people of this organisation are called %(name)s. Say which with --person: %(numbers)s")
        raise Stop(said % {"name": name, "numbers": numbers})
    if id is not None and not found:
        raise Stop(_("Nobody called %(name)s has the number %(id)s.") % {"name": name, "id": id}, NOT_FOUND)
    return found[0] if found else Person.objects.create(name=name)


def _free_username(name: str, kind: str) -> str:
    """The name in pinyin, or else the office; with a number if that is taken."""
    from gongjian.accounts.models import User  # app ready: models
    from gongjian.register.spelling import syllables  # app ready: models

    read = "".join(syllables(name))
    first = read if read.isascii() and read else kind
    tried = first
    number = 1
    while User.objects.filter(username__iexact=tried).exists():
        number += 1
        tried = f"{first}{number}"
    return tried


def _site(named: str | None) -> str:
    from django.conf import settings  # app ready: needs settings

    return (named or settings.SITE).rstrip("/")


def add_words(commands: Any) -> None:
    offices = commands.add_parser("offices", help=_("give and end the topmost offices")).add_subparsers(
        dest="offices", required=True, metavar="WHAT"
    )
    command = add_command(
        offices, "give", give, _("give an office, and an account to whoever has none"),
        "gongjian offices give --body P3306 --kind organisation_officer --name NAME",
    )  # fmt: skip
    _body(command)
    command.add_argument("--kind", required=True, metavar="KEY", help=_("the office, by its key in the pack"))
    command.add_argument("--name", required=True, help=_("who holds it; somebody of this name there is taken"))
    command.add_argument("--person", type=int, metavar="NUMBER", help=_("which of several with the same name"))
    command.add_argument("--username", help=_("to sign in with; default: the name in pinyin"))
    command.add_argument("--on", type=as_day, metavar="DAY", help=_("from this day on; default today"))
    command.add_argument("--site", metavar="ADDRESS", help=_("what the printed address begins with, as https://host"))
    command = add_command(
        offices, "list", listed, _("who holds which office in a body"), "gongjian offices list --body P3306"
    )
    _body(command)
    command.add_argument("--json", action="store_true", help=_("as JSON"))
    command = add_command(
        offices, "end", end, _("end an office; what was lent of it ends too"), "gongjian offices end 7 --on 2026-12-31"
    )
    command.add_argument("office", type=int, metavar="NUMBER", help=_("the number of the office, as the list says"))
    command.add_argument("--on", type=as_day, metavar="DAY", help=_("no longer held from this day on; default today"))


def _body(command: argparse.ArgumentParser) -> None:
    command.add_argument("--body", required=True, metavar="CODE", help=_("the organisation, by its code or its id"))
