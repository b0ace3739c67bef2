"""What is looked at before anything is written; each refuses with a sentence."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from gongjian.register.access import Reader
from gongjian.register.models import Body, BodyEntry
from gongjian.register.refusals import Refused, check_texts

from .access import assignments_visible_to, office_that_keeps, pledges_visible_to, posts_visible_to
from .models import Assignment, Pledge, Post


def texts(model: type[models.Model], given: dict[str, Any], missing: dict[str, str]) -> dict[str, str]:
    """The texts without blanks around them. `missing`: what is said of one that is empty and must not be."""
    stripped = {name: str(value or "").strip() for name, value in given.items()}
    for name, sentence in missing.items():
        if not stripped[name]:
            raise Refused(sentence)
    check_texts(model, stripped)
    return stripped


def standing(body: Body, today: date) -> BodyEntry:
    """How the body stands today."""
    entry = BodyEntry.objects.on(today).filter(body=body).first()
    if entry is None:
        raise Refused(_("This organisation does not stand today. Choose one that does."))
    return entry


def keeping(by: Reader, body: Body) -> str:
    """The office in which the body's posts and pledges are kept."""
    office = office_that_keeps(by, Body.objects.get(pk=body.pk))
    if office is None:
        raise Refused(
            _("Posts and pledges are kept by whoever keeps the plan of the organisation. Your offices do not.")
        )
    return office


def held_post(post: Post, by: Reader) -> Post:
    found = posts_visible_to(by).select_for_update(of=("self",)).select_related("body__line").filter(pk=post.pk).first()
    if found is None:
        raise Refused(_("This is not there any more, or not open to you. Go back to the list."))
    return found


def held_assignment(assignment: Assignment, by: Reader) -> Assignment:
    rows = assignments_visible_to(by).select_for_update(of=("self",)).select_related("post__body__line")
    found = rows.filter(pk=assignment.pk).first()
    if found is None:
        raise Refused(_("This is not there any more, or not open to you. Go back to the list."))
    return found


def held_pledge(pledge: Pledge, by: Reader) -> Pledge:
    """The pledge under its lock, so that two at once come one after the other."""
    rows = pledges_visible_to(by).select_for_update(of=("self",)).select_related("body__line")
    found = rows.filter(pk=pledge.pk).first()
    if found is None:
        raise Refused(_("This is not there any more, or not open to you. Go back to the list."))
    return found
