"""What people do with the publicity plan: plan what is to be published, say where it came out, or why it did not."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from gongjian.chronicle.record import record
from gongjian.programme.models import FIRST_YEAR, LAST_YEAR
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.models import Body
from gongjian.register.refusals import Refused, check_texts

from .access import office_that_publishes, publicity_visible_to
from .hosting import check_stands, office_in
from .models import PublicityItem
from .states import move, note, subject_of


@in_sentences
def plan(body: Body, *, responsible: Body, today: date, by: Reader, **fields: Any) -> PublicityItem:
    """One thing in the plan of a body: channel, subject, planned_on, item. Raises Refused."""
    office = office_in(body, by)
    for each in (body, responsible):
        check_stands(each, today)
    made = PublicityItem(body=body, responsible=responsible, **fields)
    _check(made)
    made.save()
    facts = {"body": body.pk, "responsible": responsible.pk, "planned_on": str(made.planned_on)}
    record("activities.plan_publicity", by=by, subject=subject_of(made), facts=facts, as_office=office)
    return made


@in_sentences
def amend(piece: PublicityItem, *, responsible: Body, today: date, by: Reader, **fields: Any) -> PublicityItem:
    """Write it down anew, as long as it is planned. Raises Refused."""
    piece = _locked(piece, by)
    office = office_in(piece.body, by)
    if piece.state != PublicityItem.State.PLANNED:
        raise Refused(_("It is out, or dropped. Put it back into the plan first."))
    if responsible.pk != piece.responsible_id:
        check_stands(responsible, today)
    for name, value in (fields | {"responsible": responsible}).items():
        setattr(piece, name, value)
    _check(piece)
    note(piece, "amend_publicity", by=by, as_office=office)
    piece.save(update_fields=["responsible", *fields])
    return piece


@in_sentences
def publish(piece: PublicityItem, *, address: str, on: date, today: date, by: Reader) -> PublicityItem:
    """It is out: at which address or in which issue, and since when. Raises Refused."""
    piece, office = _held(piece, by)
    address = address.strip()
    if not address:
        raise Refused(_("Say where it can be read: the address, or the issue."))
    if on > today:
        raise Refused(_("The day has not come yet. Write the day on which it came out."))
    check_texts(PublicityItem, {"address": address})
    move(piece, "publish", by=by, as_office=office, address=address, published_on=on)
    return piece


@in_sentences
def drop(piece: PublicityItem, *, reason: str, by: Reader) -> PublicityItem:
    """It is not published, and why. Raises Refused."""
    piece, office = _held(piece, by)
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why it is dropped. The reason stays with the item."))
    check_texts(PublicityItem, {"dropped_reason": reason})
    move(piece, "drop", by=by, as_office=office, facts={"reason": reason}, dropped_reason=reason)
    return piece


@in_sentences
def reopen(piece: PublicityItem, *, by: Reader) -> PublicityItem:
    """Put it back into the plan. Raises Refused."""
    piece, office = _held(piece, by)
    move(piece, "reopen", by=by, as_office=office, address="", published_on=None, dropped_reason="")
    return piece


def _held(piece: PublicityItem, by: Reader) -> tuple[PublicityItem, str]:
    """The item under its lock, and the office in which its state is told. Raises Refused."""
    found = _locked(piece, by)
    office = office_that_publishes(by, found)
    if office is None:
        raise Refused(
            _("What became of it is told by whoever keeps this plan, or that of the responsible organisation.")
        )
    return found, office


def _locked(piece: PublicityItem, by: Reader) -> PublicityItem:
    rows = publicity_visible_to(by).select_for_update(of=("self",)).select_related("body", "responsible")
    found: PublicityItem | None = rows.filter(pk=piece.pk).first()
    if found is None:
        raise Refused(_("This item is not there any more. Go back to the list."))
    return found


def _check(piece: PublicityItem) -> None:
    piece.subject = piece.subject.strip()
    check_texts(PublicityItem, {"subject": piece.subject})
    if not piece.subject:
        raise Refused(_("The subject is empty. Say in a few words what it is about."))
    if not FIRST_YEAR <= piece.planned_on.year <= LAST_YEAR:
        raise Refused(_("This day is too far away. Choose one of the years that plans are made for."))
