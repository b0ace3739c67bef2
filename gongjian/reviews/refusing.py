"""What is looked at before anything is written about a review."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext as _

from gongjian.register.access import Reader
from gongjian.register.models import Body
from gongjian.register.refusals import Refused, check_texts

from .access import has_proposed, is_on_the_roll, office_that_keeps
from .models import MemberReview


def keeping(by: Reader, body: Body) -> str:
    office = office_that_keeps(by, body)
    if office is None:
        raise Refused(_("Your office does not keep the matters of this organisation."))
    return office


def locked(review: MemberReview) -> MemberReview:
    """As it stands now."""
    found = MemberReview.objects.select_for_update(of=("self",))
    return found.select_related("body__line", "above__line", "opened__host").get(pk=review.pk)


def held(review: MemberReview, by: Reader) -> tuple[MemberReview, str]:
    """As it stands now, locked, and the office that keeps it. Raises Refused."""
    found = locked(review)
    if not found.body.line_path:
        raise Refused(_("The branch was dissolved. Its members are reviewed where they are members now."))
    return found, keeping(by, found.body)


def deciding(review: MemberReview, by: Reader) -> tuple[MemberReview, str]:
    """As it stands now, locked, and the office in which one approves or returns it. Raises Refused."""
    found = locked(review)
    office = office_that_keeps(by, found.above)
    if office is None:
        raise Refused(_("Grades are approved by whoever keeps the matters of the organisation above the branch."))
    if wrong := not_deciding_because(by, found):
        raise Refused(wrong)
    return found, office


def not_deciding_because(by: Reader, review: MemberReview) -> str:
    """Why somebody whose office approves may not, in a sentence; empty for whoever may."""
    if is_on_the_roll(by, review):
        return _("You are on this roll yourself. Somebody else in the organisation above approves it.")
    if has_proposed(by, review):
        return _("You proposed grades here. Somebody else in the organisation above approves them.")
    return ""


def said(model: type[models.Model], name: str, text: str, wanted: str) -> str:
    """Without blanks around it; `wanted` is said where it is empty. Raises Refused."""
    text = text.strip()
    if not text:
        raise Refused(wanted)
    check_texts(model, {name: text})
    return text


def checked(model: type[models.Model], given: Mapping[str, str]) -> dict[str, str]:
    texts = {name: text.strip() for name, text in given.items()}
    check_texts(model, texts)
    return texts
