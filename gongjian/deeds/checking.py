"""Checking a deed in its organisation, selecting it from above, and showing it once whoever it is about agrees."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Max
from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.chronicle.models import Act
from gongjian.register.actions import in_sentences
from gongjian.register.models import Body, Person
from gongjian.register.refusals import Refused

from . import owing
from .access import deeds_to_check, deeds_to_select, named_of, people_of, selecting_body
from .letters import tell_returned
from .models import Deed, DeedCheck, Named
from .recommending import on_its_way
from .refusing import held_deed, keeping, texts
from .states import move


@in_sentences
def check(
    deed: Deed, verdict: str, *, reason: str = "", person: Person | None = None, today: date, now: datetime, by: User
) -> Deed:
    """`pass` or `return` it, with the reason. `person`: who of the organisation's roll it is about. Raises Refused."""
    deed = held_deed(deed, by)
    office = keeping(by, deed.body, _no_checker())
    if deed.state == Deed.State.SENT and not deeds_to_check(by).filter(pk=deed.pk).exists():
        raise Refused(_no_checker())
    named = named_of(deed)
    if person is not None and named is not None and person.pk != named.person_id:
        if named.consent == Named.Consent.GIVEN:
            raise Refused(_("Whoever recommended it said that it is their own, and agreed. Choose nobody else."))
        if not people_of(by, deed.body).filter(pk=person.pk).exists():
            raise Refused(_("Choose somebody on the roll of the organisation, or nobody."))
        named.person = person
        named.save(update_fields=["person"])
    _decide(deed, DeedCheck.Step.CHECK, verdict, reason, deed.body, today, now, by, office)
    owing.settle("check", deed.body, now=now, by=by)
    if verdict == "pass":
        on_its_way(deed, today=today, now=now, by=by)
    return deed


def _no_checker() -> str:
    return _(
        "A deed is checked by whoever keeps the plan of its organisation, "
        "and by nobody it is about or who recommended it."
    )


@in_sentences
def select(deed: Deed, verdict: str, *, reason: str = "", today: date, now: datetime, by: User) -> Deed:
    """From above: `pass` gives it its candidate number, `return` the reason. Raises Refused."""
    deed = held_deed(deed, by)
    above, office = _selecting(deed, by)
    _decide(deed, DeedCheck.Step.SELECT, verdict, reason, above, today, now, by, office)
    settle(deed, above, now=now, by=by)
    return deed


@in_sentences
def show(deed: Deed, *, today: date, now: datetime, by: User) -> Deed:
    """For everybody to read. Raises Refused before whoever it is about agrees."""
    deed = held_deed(deed, by)
    named = named_of(deed)
    if deed.of == Deed.Of.PERSON and (named is None or named.consent != Named.Consent.GIVEN):
        raise Refused(_("Whoever it is about has not agreed yet. Their organisation asks them."))
    above, office = _selecting(deed, by)
    move(deed, "show", by=by, as_office=office, shown_on=today)
    settle(deed, above, now=now, by=by)
    return deed


def settle(deed: Deed, above: Body, *, now: datetime, by: User) -> None:
    owing.settle("select", above, now=now, by=by)
    owing.settle("consent", deed.body, now=now, by=by)


def _selecting(deed: Deed, by: User) -> tuple[Body, str]:
    above = selecting_body(deed)
    said = _("A deed is selected and shown by whoever keeps the plan of the organisation above. Your offices do not.")
    office = keeping(by, above, said)
    can_wait = deed.state in (Deed.State.CHECKED, Deed.State.SELECTED)
    if can_wait and not deeds_to_select(by).filter(pk=deed.pk).exists():
        raise Refused(_("Nobody selects what is about them or what they recommended. Somebody else does."))
    if above == deed.body and deed.state == Deed.State.CHECKED and deed.checked_by_id == by.pk:
        raise Refused(_("You checked it. At the top somebody else selects it."))
    return above, office


def _decide(
    deed: Deed, step: str, verdict: str, reason: str, body: Body, today: date, now: datetime, by: User, office: str
) -> DeedCheck:
    missing = {"reason": _("Say why. Whoever recommended it reads it.")} if verdict == "return" else {}
    said = texts(DeedCheck, {"reason": reason}, missing)
    act = _moved(deed, step, verdict, body, today, by, office)
    if verdict == "return":
        tell_returned(deed, said["reason"], today=today, now=now)
    return DeedCheck.objects.create(deed=deed, body=body, step=step, verdict=verdict, on=today, act=act, **said)


def _moved(deed: Deed, step: str, verdict: str, body: Body, today: date, by: User, office: str) -> Act:
    if verdict == "return":
        return move(deed, f"return_{step}", by=by, as_office=office)
    if step == DeedCheck.Step.CHECK:
        return move(deed, "check", by=by, as_office=office, checked_by=by)
    return move(deed, "select", by=by, as_office=office, **_numbered(body, today.year))


def _numbered(body: Body, year: int) -> dict[str, object]:
    """The next candidate number of the year in this body, under its lock."""
    Body.objects.select_for_update(no_key=True).get(pk=body.pk)
    last = Deed.objects.filter(selected_by=body, year=year).aggregate(last=Max("number"))["last"] or 0
    return {"selected_by": body, "year": year, "number": last + 1}
