"""What is looked at before anything is written about a round, a telling or a rectification."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from gongjian.register.access import Reader
from gongjian.register.models import Body
from gongjian.register.refusals import Refused, check_texts

from .access import is_reviewed_by_itself, office_that_comments, office_that_keeps, tellings_visible_to
from .models import Point, Rectification, Telling
from .models.comments import MOST_PRESENT

MOST_POINTS = 10


def keeping(by: Reader, body: Body) -> str:
    office = office_that_keeps(by, body)
    if office is None:
        raise Refused(_("Your office does not keep the matters of this organisation."))
    return office


def commenting(by: Reader, telling: Telling) -> str:
    """The office in which one comments and confirms. Raises Refused: no right to, or the reviewer is the reviewed."""
    office = office_that_comments(by, telling)
    if office is None:
        raise Refused(_("Your office does not comment on this organisation. The one above it does."))
    if is_reviewed_by_itself(by, telling):
        raise Refused(
            _("You told of it, or hold an office in it yourself. Somebody else in the organisation above comments.")
        )
    return office


def held(telling: Telling, by: Reader) -> Telling:
    """As it stands now, locked. Raises Refused."""
    found = (
        Telling.objects.select_for_update(of=("self",))
        .select_related("round__host", "body__line", "commenter__line")
        .get(pk=telling.pk)
    )
    if not tellings_visible_to(by).filter(pk=found.pk).exists():
        raise Refused(_("It is not open to you."))
    if not found.round.is_open:
        raise Refused(_("The round is closed. Whoever opened it can take it up again."))
    return found


def held_rectification(each: Rectification, by: Reader) -> tuple[Rectification, Telling]:
    """Both as they stand now, the telling locked first."""
    telling = held(Telling.objects.get(comment__points__rectification=each.pk), by)
    found = Rectification.objects.select_for_update(of=("self",)).select_related("point__comment").get(pk=each.pk)
    return found, telling


def texts(model: type[models.Model], given: Mapping[str, str], wanted: Mapping[str, str]) -> dict[str, str]:
    """Without blanks around them; those in `wanted` are not empty, or its sentence is said. Raises Refused."""
    said = {name: value.strip() for name, value in given.items()}
    for name, sentence in wanted.items():
        if not said[name]:
            raise Refused(sentence)
    check_texts(model, said)
    return said


def points(given: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """The three lists of a comment, at least one sentence in each. Raises Refused."""
    missing = {
        Point.Sort.STRENGTH: _("Name one main result at least."),
        Point.Sort.PROBLEM: _("Name one problem at least: without one there is nothing to put right."),
        Point.Sort.DIRECTION: _("Give one piece of advice at least."),
    }
    said: dict[str, list[str]] = {}
    for sort, sentence in missing.items():
        lines = [each.strip() for each in given.get(sort, ()) if each.strip()]
        if not lines:
            raise Refused(sentence)
        if len(lines) > MOST_POINTS:
            raise Refused(_("At most %(most)s of a sort. Keep those that matter.") % {"most": MOST_POINTS})
        for line in lines:
            check_texts(Point, {"words": line})
        said[sort] = lines
    return said


def attendance(given: Mapping[str, Any]) -> dict[str, int | None]:
    """How many were there, and how many of them from outside. Raises Refused."""
    present, outsiders = given.get("present"), given.get("outsiders")
    for each in (present, outsiders):
        if each is not None and not 0 <= each <= MOST_PRESENT:
            raise Refused(_("That many cannot have been there. Count again."))
    if outsiders is not None and (present is None or outsiders > present):
        raise Refused(_("Those from outside are among those who were there. Give both numbers."))
    return {"present": present, "outsiders": outsiders}
