"""Setting an envelope aside: by two people with a reason, blind to what is in it; the voter is told and may object.

It holds for the envelope that was there. Whether there was one is not told to whoever proposes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from gongjian.accounts.models import User
from gongjian.chronicle.record import record
from gongjian.notices.actions import NewLetter, write_letters
from gongjian.register.actions import in_sentences
from gongjian.register.authority.reach import reach_of
from gongjian.register.authority.wall import behind_it
from gongjian.register.refusals import Refused

from .making import held
from .models import Envelope, Poll, SetAside, Voter
from .secrets import secret_of

A = SetAside.State
UNTIL_COUNTED = (Poll.State.OPEN, Poll.State.CLOSED)


@in_sentences
def propose(voter: Voter, *, reason: str, words: str, by: User) -> SetAside:
    """The first person. One case a voter: the same whether they have cast, or cast again. Raises Refused."""
    poll, office = held(voter.poll, by, *UNTIL_COUNTED)
    check_reason(reason, words)
    leaf = Envelope.objects.filter(poll=poll, voter=voter).values_list("leaf", flat=True).first()
    leaf = leaf or secret_of(poll).of("nothing cast", str(voter.pk).encode())
    if SetAside.objects.filter(poll=poll, voter=voter).exclude(state__in=(A.DECLINED, A.LIFTED)).exists():
        raise Refused(_("This is proposed already. Look at the list."))
    made = SetAside.objects.create(
        poll=poll, voter=voter, leaf=leaf, reason=reason, words=words.strip(), first_by=by
    )  # fmt: skip
    facts = {"reason": reason}
    record("ballots.propose_aside", by=by, subject=_subject(made), facts=facts, as_office=office)
    return made


def check_reason(reason: str, words: str) -> None:
    """Raises Refused."""
    if reason not in SetAside.Reason.values or not words.strip():
        raise Refused(_("Say why the ballot is set aside. The voter reads it."))


def check_second(is_proposed: bool, first: int | None, by: User) -> None:
    """Whether this one may answer now. Raises Refused."""
    if not is_proposed:
        raise Refused(_("It was answered already. Look at the list again."))
    if first == by.pk:
        raise Refused(_("You proposed it. Somebody else has to agree."))


@in_sentences
def answer(aside: SetAside, *, agrees: bool, today: date, now: datetime, by: User) -> SetAside:
    """The second person, who is not the first. The voter gets a letter. Raises Refused."""
    poll, office = held(aside.poll, by, *UNTIL_COUNTED)
    aside = _locked(aside)
    if aside.burst_id is not None:
        raise Refused(_("It was proposed together with others. Decide about all of them at once."))
    check_second(aside.state == A.PROPOSED, aside.first_by_id, by)
    _put(aside, state=A.AGREED if agrees else A.DECLINED, second_by=by, told_on=today if agrees else None)
    if agrees:
        tell(poll, [aside], today, now)
    verb = "ballots.agree_aside" if agrees else "ballots.decline_aside"
    record(verb, by=by, subject=_subject(aside), as_office=office)
    return aside


@behind_it()
def object_to(aside: SetAside, *, words: str, by: User) -> SetAside:
    """The voter objects, until the ballots are counted. Raises Refused."""
    aside = _locked(aside)
    person = reach_of(by).person_id
    if aside.voter is None or person is None or aside.voter.person_id != person:
        raise Refused(_("Only the voter objects."))
    if aside.state != A.AGREED or aside.poll.state not in UNTIL_COUNTED:
        raise Refused(_("It is too late to object, or you did already."))
    if not words.strip():
        raise Refused(_("Say in a few words what is not right."))
    _put(aside, state=A.OBJECTED, objection=words.strip()[:500])
    record("ballots.object_aside", subject=_subject(aside))
    return aside


@in_sentences
def decide(aside: SetAside, *, lifts: bool, words: str, by: User) -> SetAside:
    """About an objection, by somebody who is neither of the two if there is one, with a reason. Raises Refused."""
    _poll, office = held(aside.poll, by, *UNTIL_COUNTED)
    aside = _locked(aside)
    if aside.state != A.OBJECTED:
        raise Refused(_("Nobody objects here, or it was decided already."))
    if by.pk == aside.first_by_id:
        raise Refused(_("You proposed it. Somebody else decides about the objection."))
    if not words.strip():
        raise Refused(_("Say why. It is written down and read by whoever it concerns."))
    _put(aside, state=A.LIFTED if lifts else A.UPHELD, outcome=words.strip()[:200])
    record("ballots.decide_aside", by=by, subject=_subject(aside), facts={"lifts": lifts}, as_office=office)
    return aside


def pending(poll: Poll) -> int:
    """How many wait for somebody: the ballots are not counted before."""
    return poll.set_aside.filter(state__in=(A.PROPOSED, A.OBJECTED)).count()


def tell(poll: Poll, asides: Sequence[SetAside], today: date, now: datetime) -> None:
    """A letter to each voter who has an account."""
    with override(settings.LANGUAGE_CODE):
        write_letters([each for aside in asides for each in _letters(poll, aside, today)], now=now)


def _letters(poll: Poll, aside: SetAside, today: date) -> list[NewLetter]:
    account = aside.voter.person.account_id if aside.voter else None
    if account is None:
        return []
    gaps = {"title": poll.title, "reason": aside.get_reason_display(), "words": aside.words}
    page = settings.SITE + reverse("aside", args=[aside.pk])
    said = _("Your ballot in “%(title)s” was set aside: %(reason)s. %(words)s") % gaps
    ways = _("You may object, or cast again while the poll is open; what is in it nobody has seen.")
    subject = _("A ballot of yours was set aside")
    return [NewLetter(account, f"aside:{aside.pk}", today, subject, "\n".join([said, ways, "", page]),
                      [f"ballots.poll:{poll.pk}"], settings.LANGUAGE_CODE)]  # fmt: skip


def _subject(aside: SetAside) -> str:
    return f"ballots.aside:{aside.pk}"


def _locked(aside: SetAside) -> SetAside:
    return SetAside.objects.select_for_update(of=("self",)).select_related("poll", "voter__person").get(pk=aside.pk)


def _put(aside: SetAside, **values: Any) -> None:
    for name, value in values.items():
        setattr(aside, name, value)
    aside.save(update_fields=[*values])
