"""Entering what is kept of a person beside the name, showing it masked, and opening a phone for a reason.

Identity numbers are opened by two people: `disclosures.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from gongjian.chronicle.record import keep_before, note_reading, record
from gongjian.keys import columns

from . import masking, personal_numbers
from .access import Reader, can_enter_particulars, can_see_particulars
from .authority.wall import behind_it
from .models import Membership, Particulars, Person
from .refusals import Refused, check_texts

TABLE = "register_particulars"
PHONE = columns.sealed(TABLE, "phone", bound_to="person_id")
IDENTITY = columns.sealed(TABLE, "identity_number", bound_to="person_id")
PERSONAL = ["phone", "identity_number", "born_on", "consent_by", "consent_on", "consent_paper"]
OF_AGE = 14  # PIPL article 31: younger than that, the guardian consents
YOUTH_LINE = "league"  # the one line that takes children in


class Typed(TypedDict, total=False):
    """What may be entered; what is not named stays as it is, and an empty value is taken out."""

    phone: str
    identity_number: str
    born_on: date | None
    consent_by: str
    consent_on: date | None
    consent_paper: str


@dataclass(frozen=True)
class Masked:
    """What is shown of a person's particulars. Empty where nothing is kept."""

    phone: str
    identity_number: str
    born_in: int | None
    has_consent: bool


@behind_it()
def enter(person: Person, *, today: date, by: Reader, **typed: Unpack[Typed]) -> Particulars:
    """Enter or correct what is kept of a person; what was so before is in the chronicle, under the person's own key.

    Raises Refused: no right to; a number that cannot be one; a day of birth that is not that of the number; a member
    of the youth line younger than 14 without a guardian's consent.
    """
    if not can_enter_particulars(by, person):
        raise Refused(_("Your office does not let you enter this. Whoever leads the line above the person can."))
    Person.objects.select_for_update().get(pk=person.pk)
    kept = Particulars.objects.filter(person=person).first() or Particulars(person=person)
    changed = _write(kept, typed)
    _check_days(kept, typed, today)
    _check_consent(kept)
    _check_age(kept, today)
    act = record(
        "register.enter_particulars", by=by, subject=subject_of(person), on=today, facts={"fields": sorted(changed)}
    )
    if kept.pk:
        keep_before(act, TABLE, "r.id = %s", [kept.pk])
    kept.save()
    return kept


def subject_of(person: Person) -> str:
    """How the chronicle names a person."""
    return f"register.person:{person.pk}"


def masked(person: Person) -> Masked | None:
    """What may be shown without a reason; None where nothing is kept. Ask `can_see_particulars` first."""
    kept = Particulars.objects.filter(person=person).first()
    if kept is None:
        return None
    return Masked(
        phone=masking.phone(_opened(PHONE, kept.phone, person)),
        identity_number=masking.identity_number(_opened(IDENTITY, kept.identity_number, person)),
        born_in=kept.born_on.year if kept.born_on else None,
        has_consent=kept.has_consent,
    )


@transaction.atomic
def open_phone(person: Person, *, reason: str, by: Reader) -> str:
    """The phone in full; that it was opened, and why, is written down. Raises Refused, NoReason."""
    if not can_see_particulars(by, person):
        raise Refused(_("Your office does not open this phone."))
    kept = Particulars.objects.filter(person=person).first()
    if kept is None or kept.phone is None:
        raise Refused(_("No phone is kept of this person."))
    note_reading("phone", subject_of(person), by, reason)
    return _opened(PHONE, kept.phone, person)


def identity_number_of(person: Person) -> str:
    """The number in full, or an empty text. For `disclosures.py` alone, once two people have agreed."""
    kept = Particulars.objects.filter(person=person).first()
    return _opened(IDENTITY, kept.identity_number, person) if kept else ""


def _opened(column: columns.SealedColumn, sealed: bytes | memoryview | None, person: Person) -> str:
    return "" if sealed is None else column.unseal(bytes(sealed), person.pk)


# == writing ==
def _write(kept: Particulars, typed: Typed) -> set[str]:
    """Put what was typed into the row. Returns the names of the fields that were typed."""
    given: Mapping[str, Any] = typed
    texts = {name: given[name].strip() for name in ("consent_by", "consent_paper") if name in given}
    check_texts(Particulars, texts)
    for name, text in texts.items():
        setattr(kept, name, text)
    if "consent_on" in typed:
        kept.consent_on = typed["consent_on"]
    if "phone" in typed:
        phone = _phone(typed["phone"])
        kept.phone = PHONE.seal(phone, kept.person_id) if phone else None
    if "born_on" in typed:
        kept.born_on = typed["born_on"]
    if "identity_number" in typed:
        number = _identity_number(typed["identity_number"])
        kept.identity_number = IDENTITY.seal(number, kept.person_id) if number else None
        if number and not typed.get("born_on"):
            kept.born_on = personal_numbers.born_on(number)
    return set(typed)


def _phone(typed: str) -> str:
    number = personal_numbers.read(typed)
    if number and not personal_numbers.is_mobile(number):
        raise Refused(_("A mobile number has 11 digits and begins with 13 to 19. Look at it again."))
    return number


def _identity_number(typed: str) -> str:
    number = personal_numbers.read(typed)
    if number and not personal_numbers.is_identity_number(number):
        raise Refused(
            _("This is no identity number: it has 18 signs, and the last follows from the others. Look at the card.")
        )
    return number


def _check_days(kept: Particulars, typed: Typed, today: date) -> None:
    if kept.born_on and not date(1900, 1, 1) <= kept.born_on <= today:
        raise Refused(_("The day of birth lies before 1900 or after today. Look at it again."))
    if kept.consent_on and kept.consent_on > today:
        raise Refused(_("The consent is dated after today. Enter the day on which it was signed."))
    if {"born_on", "identity_number"} & typed.keys() and kept.born_on and kept.identity_number is not None:
        number = IDENTITY.unseal(bytes(kept.identity_number), kept.person_id)
        if personal_numbers.born_on(number) != kept.born_on:
            raise Refused(_("The day of birth is not the one in the identity number. Correct one of the two."))


def _check_consent(kept: Particulars) -> None:
    if len({bool(kept.consent_by), kept.has_consent, bool(kept.consent_paper)}) > 1:
        raise Refused(_("A consent needs all three: the guardian’s name, the day, and where the signed paper lies."))


def _check_age(kept: Particulars, today: date) -> None:
    """A member of the youth line younger than 14 needs a guardian's consent on record."""
    if kept.born_on is None or kept.has_consent or personal_numbers.age_on(kept.born_on, today) >= OF_AGE:
        return
    not_over = Q(valid__endswith__isnull=True) | Q(valid__endswith__gt=today)
    if Membership.objects.filter(not_over, person=kept.person_id, body__line=YOUTH_LINE).exists():
        raise Refused(_("This member is younger than 14. Enter the guardian’s consent too: who, when, on what paper."))
