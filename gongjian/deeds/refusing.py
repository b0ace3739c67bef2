"""What is looked at before anything is written; each refuses with a sentence."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from gongjian.register.access import Reader
from gongjian.register.models import Body
from gongjian.register.refusals import Refused, check_texts

from .access import deeds_visible_to, office_that_keeps, reader_comments_visible_to
from .models import Deed, ReaderComment


def texts(model: type[models.Model], given: dict[str, Any], missing: dict[str, str]) -> dict[str, str]:
    """The texts without blanks around them. `missing`: what is said of one that is empty and must not be."""
    stripped = {name: str(value or "").strip() for name, value in given.items()}
    for name, sentence in missing.items():
        if not stripped[name]:
            raise Refused(sentence)
    check_texts(model, stripped)
    return stripped


def held_deed(deed: Deed, by: Reader) -> Deed:
    """The deed under its lock, so that two at once come one after the other."""
    rows = deeds_visible_to(by).select_for_update(of=("self",)).select_related("body__line", "selected_by__line")
    found = rows.filter(pk=deed.pk).first()
    if found is None:
        raise Refused(_("This is not there any more, or not open to you. Go back to the list."))
    return found


def held_comment(comment: ReaderComment, by: Reader) -> ReaderComment:
    rows = reader_comments_visible_to(by).select_for_update(of=("self",)).select_related("deed__selected_by__line")
    found = rows.filter(pk=comment.pk).first()
    if found is None:
        raise Refused(_("This is not there any more, or not open to you. Go back to the list."))
    return found


def keeping(by: Reader, body: Body, said: str) -> str:
    """The office in which the reader keeps the matters of the body. Raises Refused with what is said."""
    office = office_that_keeps(by, Body.objects.select_related("line").get(pk=body.pk))
    if office is None:
        raise Refused(said)
    return office
