"""What is looked at before anything is written: locks, texts, papers; each refuses with a sentence."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.utils.translation import gettext as _

from gongjian.register.access import Reader
from gongjian.register.models import Body, BodyEntry
from gongjian.register.papers import check_paper
from gongjian.register.refusals import Refused, check_texts
from gongjian.workdays import calendar

from .access import applications_visible_to, calls_visible_to, office_that_keeps
from .models import Application, Call

BESIDE_CALL = ("keeper__line", "version__honour")


def texts(model: type[models.Model], given: dict[str, Any], missing: dict[str, str]) -> dict[str, str]:
    """The texts without blanks around them. `missing`: what is said of one that is empty and must not be."""
    stripped = {name: (value or "").strip() for name, value in given.items()}
    for name, sentence in missing.items():
        if not stripped[name]:
            raise Refused(sentence)
    check_texts(model, stripped)
    return stripped


def entry_of(body_id: int, today: date) -> BodyEntry | None:
    """How the body stands today."""
    return BodyEntry.objects.on(today).filter(body=body_id).select_related("seat", "superior", "leader", "kind").first()


def keeping(by: Reader, keeper: Body) -> str:
    """The office in which the keeper's calls are kept. Raises Refused."""
    office = office_that_keeps(by, keeper)
    if office is None:
        raise Refused(_("This is done by whoever keeps the yearly plan of the organisation that keeps the call. Your "
                        "office is not one of those."))  # fmt: skip
    return office


def locked_call(call_id: int, by: Reader) -> Call:
    """The call under the lock: whoever changes it or its applications waits for whoever does so."""
    rows = calls_visible_to(by).select_for_update(of=("self",)).filter(pk=call_id)
    found = rows.select_related(*BESIDE_CALL).first()
    if found is None:
        raise Refused(_("This call is not there any more, or not open to you. Go back to the list."))
    return found


def held_call(call: Call, by: Reader) -> tuple[Call, str]:
    """The call under the lock, and the office in which it is kept. Raises Refused."""
    found = locked_call(call.pk, by)
    return found, keeping(by, found.keeper)


def locked_application(application: Application, by: Reader) -> Application:
    """The application as it stands now, with its call under the lock. Raises Refused."""
    call = locked_call(application.call_id, by)
    found = applications_visible_to(by).select_related("by_body").filter(pk=application.pk).first()
    if found is None:
        raise Refused(_("This application is not there any more, or not open to you. Go back to the call."))
    found.call = call
    return found


def notice_until(today: date, days: int) -> date:
    """The last working day of a notice; the day on which it is given does not count."""
    try:
        return calendar.add_working(today, days)
    except calendar.UnknownYear as unknown:
        raise Refused(str(unknown)) from unknown


def paper(file: UploadedFile[Any] | None, link: str) -> dict[str, Any]:
    """The document as a file or under an address. Raises Refused without either."""
    if file is None:
        if not link:
            raise Refused(_("Send the document as a file, or give the address at which it stands."))
        return {"link": link}
    try:
        check_paper(file)
    except forms.ValidationError as wrong:
        raise Refused(" ".join(wrong.messages)) from wrong
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return {"file": file, "sha256": digest.hexdigest(), "link": link}
