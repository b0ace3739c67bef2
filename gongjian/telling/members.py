"""What a member tells in their branch, if they want to, and what the branch says to that."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from gongjian.accounts.models import User
from gongjian.chronicle.record import record
from gongjian.notices.actions import NewLetter, write_letters
from gongjian.register.actions import in_sentences
from gongjian.register.models import Person
from gongjian.register.refusals import Refused

from .access import is_branch, is_on_the_roll, person_of
from .models import MemberTelling, Telling
from .refusing import keeping, texts
from .states import subject_of

LANGUAGE = settings.LANGUAGE_CODE


@in_sentences
def say(telling: Telling, *, words: str, today: date, by: User) -> MemberTelling:
    """One's own part in the round of one's branch; said again, it is mended, until the branch has commented on it."""
    own = person_of(by)
    telling = _held(telling)
    if own is None or not is_on_the_roll(own, telling.body):
        raise Refused(_("Only members of the branch tell here."))
    said = texts(MemberTelling, {"words": words}, {"words": _("Say in a sentence how it went.")})
    found, _new = MemberTelling.objects.select_for_update().get_or_create(telling=telling, person_id=own)
    if found.commented_on is not None:
        raise Refused(_("The branch has said something to it already. Talk to it."))
    record("telling.member_says", by=by, subject=subject_of(telling))
    found.words, found.said_on = said["words"], today
    found.save(update_fields=["words", "said_on"])
    return found


@in_sentences
def comment_on(
    telling: Telling,
    person: Person,
    *,
    strength: str,
    problem: str,
    direction: str,
    today: date,
    now: datetime,
    by: User,
) -> MemberTelling:
    """What the branch says to one on its roll: for that person alone, who has a letter. Raises Refused."""
    telling = _held(telling)
    office = keeping(by, telling.body)
    if person_of(by) == person.pk:
        raise Refused(_("Nobody comments on themselves. Somebody else of the branch does."))
    if not is_on_the_roll(person.pk, telling.body):
        raise Refused(_("Only somebody on the roll of the branch is commented on here."))
    wanted = {
        "strength": _("Name one main result at least."),
        "problem": _("Name one problem at least: without one there is nothing to put right."),
        "direction": _("Give one piece of advice at least."),
    }
    said = texts(MemberTelling, {"strength": strength, "problem": problem, "direction": direction}, wanted)
    record("telling.comment_on_member", by=by, subject=subject_of(telling), as_office=office)
    given = {**said, "commented_on": today}
    found = MemberTelling.objects.update_or_create(telling=telling, person=person, defaults=given)[0]
    _tell(person, telling, found, today, now)
    return found


def _held(telling: Telling) -> Telling:
    found = Telling.objects.select_for_update(of=("self",)).select_related("round", "body__line").get(pk=telling.pk)
    if not found.round.is_open:
        raise Refused(_("The round is closed. Whoever opened it can take it up again."))
    if not is_branch(found.body):
        raise Refused(_("Members tell in their branch: others stand below this organisation."))
    return found


def _tell(person: Person, telling: Telling, found: MemberTelling, today: date, now: datetime) -> None:
    """That there is something to read; what it is stands on the page alone."""
    if person.account_id is None:
        return
    with override(LANGUAGE):
        page = settings.SITE + reverse("telling_members", args=[telling.pk])
        letter = NewLetter(
            account_id=person.account_id, kind=f"member_comment:{found.pk}", day=today, language=LANGUAGE,
            subject=_("Your branch has said something to what you told"), body=page, about=[telling.about],
        )  # fmt: skip
    write_letters([letter], now=now)
