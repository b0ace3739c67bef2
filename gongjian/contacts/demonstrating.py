"""Making a contact point a demonstration point by its approval, looking at it again, and withdrawing it."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from gongjian.chronicle.record import keep_before, record
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.papers import check_paper
from gongjian.register.refusals import Refused

from .access import demonstrations_visible_to
from .models import ContactPoint, Demonstration, Recheck
from .points import held
from .refusing import setting, texts
from .states import subject_of

YEARS = 3  # at the latest after so many it is looked at again
TABLE = Demonstration._meta.db_table
OF_PARTY_OR_STATE = (Demonstration.Approver.PARTY, Demonstration.Approver.GOVERNMENT)


def who_may_not(level: str, kind: str) -> str:
    """Why this one may approve no demonstration point, or nothing if it may.

    《创建示范活动管理办法（试行）》, 2022:
    of city and county the Party committee and the government alone, when approved.
    """
    if level == Demonstration.Level.TOWN:
        return _("Towns and streets may not name demonstration points: the rules on demonstration activities of 2022 "
                 "do not allow it. Keep it as a contact point.")  # fmt: skip
    if level in (Demonstration.Level.CITY, Demonstration.Level.COUNTY) and kind not in OF_PARTY_OR_STATE:
        return _("Departments and mass organisations of a city or county may not name demonstration points: the rules "
                 "on demonstration activities of 2022 leave it to the Party committee and the government there, when "
                 "that is approved. Enter their approval, or keep it as a contact point.")  # fmt: skip
    return ""


@in_sentences
def approve(
    contact: ContactPoint,
    *,
    document: str,
    approver: str,
    approver_kind: str,
    level: str,
    approved_on: date,
    recheck_on: date,
    link: str = "",
    file: UploadedFile | None = None,
    today: date,
    by: Reader,
) -> Demonstration:
    """It is a demonstration point by this document, which is shown as a file or under a link. Raises Refused."""
    contact, as_office = held(contact, by)
    missing = {
        "document": _("Write the number of the document. Without one there is no demonstration point."),
        "approver": _("Write the name of who approved it, as on the document."),
    }
    said = texts(Demonstration, {"document": document, "approver": approver, "link": link}, missing)
    if refusal := who_may_not(level, approver_kind):
        raise Refused(refusal)
    if contact.has_ended(today):
        raise Refused(_("The contact point has ended. A demonstration point is one that stands."))
    if contact.demonstrations.filter(withdrawn_on=None).exists():
        raise Refused(_("It is a demonstration point already. Look at it again, or withdraw it first."))
    if approved_on > today:
        raise Refused(_("The document would be of a day to come. Look at the day again."))
    _check_recheck(recheck_on, today)
    facts: dict[str, Any] = {"document": said["document"], "level": level, "approver_kind": approver_kind}
    act = record(
        "contacts.approve", by=by, subject=subject_of(contact), on=approved_on, facts=facts, as_office=as_office
    )
    return Demonstration.objects.create(
        contact=contact, approver_kind=approver_kind, level=level, approved_on=approved_on, recheck_on=recheck_on,
        act=act, **said, **_paper(file, said["link"]),
    )  # fmt: skip


@in_sentences
def keep(demonstration: Demonstration, *, note: str, recheck_on: date, today: date, by: Reader) -> Demonstration:
    """It was looked at again and stays one, until the next time. Raises Refused."""
    demonstration, as_office = _standing(demonstration, by)
    said = texts(Recheck, {"note": note}, {"note": _("Say what was found when it was looked at.")})
    _check_recheck(recheck_on, today)
    _check_once_a_day(demonstration, today)
    _write_down(demonstration, "keep", by, as_office, {"recheck_on": recheck_on.isoformat()})
    Recheck.objects.create(demonstration=demonstration, on=today, kept=True, note=said["note"])
    demonstration.recheck_on = recheck_on
    demonstration.save(update_fields=["recheck_on"])
    return demonstration


@in_sentences
def withdraw(demonstration: Demonstration, *, because: str, today: date, by: Reader) -> Demonstration:
    """It is none any more; it stays in the history, with the reason. Raises Refused."""
    demonstration, as_office = _standing(demonstration, by)
    said = texts(Recheck, {"note": because}, {"note": _("Say why it is withdrawn. The point reads it.")})
    _check_once_a_day(demonstration, today)
    _write_down(demonstration, "withdraw", by, as_office, {})
    Recheck.objects.create(demonstration=demonstration, on=today, kept=False, note=said["note"])
    demonstration.withdrawn_on, demonstration.withdrawn_because = today, said["note"]
    demonstration.save(update_fields=["withdrawn_on", "withdrawn_because"])
    return demonstration


def _standing(demonstration: Demonstration, by: Reader) -> tuple[Demonstration, str]:
    rows = demonstrations_visible_to(by).select_for_update(of=("self",)).filter(pk=demonstration.pk)
    found = rows.select_related("contact__leader_body").first()
    if found is None or not found.stands:
        raise Refused(_("It was withdrawn by now. Look at it again."))
    return found, setting(by, found.contact.leader_body)


def _write_down(found: Demonstration, verb: str, by: Reader, as_office: str, facts: dict[str, Any]) -> None:
    act = record(f"contacts.{verb}_demonstration", by=by, subject=subject_of(found), facts=facts, as_office=as_office)
    keep_before(act, TABLE, "r.id = %s", [found.pk])


def _check_once_a_day(demonstration: Demonstration, today: date) -> None:
    if demonstration.rechecks.filter(on=today).exists():
        raise Refused(_("It was looked at today already. Write down the next time on another day."))


def _check_recheck(recheck_on: date, today: date) -> None:
    latest = today.replace(year=today.year + YEARS, day=min(today.day, 28))
    if recheck_on <= today:
        raise Refused(_("The day on which it is looked at again must be ahead. Choose a later one."))
    if recheck_on > latest:
        raise Refused(_("It is looked at again within three years. Choose a day until %(day)s.") % {"day": latest})


def _paper(file: UploadedFile | None, link: str) -> dict[str, Any]:
    if file is None:
        if not link:
            raise Refused(_("Send the document as a file, or give the address at which it stands."))
        return {}
    try:
        check_paper(file)
    except forms.ValidationError as wrong:
        raise Refused(" ".join(wrong.messages)) from wrong
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return {"file": file, "sha256": digest.hexdigest()}
