"""What is looked at before anything is written, for contact points and checks alike; each refuses with a sentence."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from gongjian.register.access import Reader
from gongjian.register.models import Body, BodyEntry
from gongjian.register.refusals import Refused, check_texts

from .access import office_that_sets


def texts(model: type[models.Model], given: dict[str, Any], missing: dict[str, str]) -> dict[str, str]:
    """The texts without blanks around them. `missing`: what is said of one that is empty and must not be."""
    stripped = {name: (value or "").strip() for name, value in given.items()}
    for name, sentence in missing.items():
        if not stripped[name]:
            raise Refused(sentence)
    check_texts(model, stripped)
    return stripped


def standing(body: Body, today: date) -> BodyEntry:
    """How the body stands today."""
    entry = BodyEntry.objects.on(today).filter(body=body).select_related("seat", "superior", "leader").first()
    if entry is None:
        raise Refused(_("This organisation does not stand today. Choose one that does."))
    return entry


def setting(by: Reader, leader_body: Body) -> str:
    """The office in which the contact points of the body's offices are set."""
    office = office_that_sets(by, Body.objects.get(pk=leader_body.pk))
    if office is None:
        raise Refused(
            _("Contact points are set by whoever keeps the plan of the leader's organisation. Your offices do not.")
        )
    return office
