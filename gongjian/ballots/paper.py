"""Paper ballots: given out at the desk under a number, typed in by two people, sealed once the two agree.

Whoever types sees the number and not the voter. From the moment a paper is given out the voter casts no other way.
What the first typed waits sealed under the key ring, which is not in the database, and goes when the two agree.
A paper that is void is typed in as that, and sealed like any other: nobody is told whose it was.
"""

from __future__ import annotations

import json
import secrets
from typing import Any

from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.chronicle.record import record
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.refusals import Refused
from verivote.ballot import Paper
from verivote.rules import reason_void

from . import rules
from .casting import Cast, NotTaken, cast_one
from .making import held
from .models import FIRST_TYPED, SECOND_TYPED, PaperBallot, Poll, Voter
from .secrets import CROCKFORD
from .states import subject_of

P = PaperBallot.State
Choices = dict[str, list[str]]
Found = Choices | None  # what stands on a paper; None where it is void


@in_sentences
def give_out(voter: Voter, *, channel: str, by: Reader) -> PaperBallot:
    """A paper for somebody on the roll: filled in at the desk, or taken along. Raises Refused."""
    poll, office = held(voter.poll, by, Poll.State.READY, Poll.State.OPEN)
    if channel not in poll.channels:
        raise Refused(_("This poll takes no paper ballots that way. Its rules say which ways there are."))
    if voter.is_off:
        raise Refused(_("This person is off the roll."))
    if PaperBallot.objects.filter(voter=voter).exclude(state=P.SPOILT).exists():
        raise Refused(_("This person has a paper ballot already. Take that one back first."))
    number = "".join(secrets.choice(CROCKFORD) for _letter in range(8))
    paper = PaperBallot.objects.create(poll=poll, voter=voter, number=number, channel=channel)
    record("ballots.give_paper", by=by, subject=subject_of(poll), as_office=office)
    return paper


@in_sentences
def take_back(paper: PaperBallot, *, by: Reader) -> PaperBallot:
    """It was given back unused; the voter may vote in another way. Raises Refused."""
    poll, office = held(paper.poll, by, Poll.State.READY, Poll.State.OPEN)
    paper = _locked(paper)
    if paper.state == P.CAST:
        raise Refused(_("This paper is in the log already, and stays there."))
    _put(paper, state=P.SPOILT, first_choices=None, second_choices=None, first_by=None, second_by=None)
    record("ballots.take_paper_back", by=by, subject=subject_of(poll), as_office=office)
    return paper


@in_sentences
def type_in(paper: PaperBallot, found: Found, *, by: User) -> PaperBallot:
    """What stands on the paper, from the first person or from the second. Where they agree it is cast; where they
    differ both wait for a third look. A choice of who withdrew is typed in too, and falls away when it is counted.
    Raises Refused: against the rules, the same person twice, closed."""
    poll, office = held(paper.poll, by, Poll.State.OPEN)
    paper = _locked(paper)
    if found is not None:
        found = {group: sorted(ids) for group, ids in found.items()}
        _check(poll, found)
    if paper.state == P.GIVEN:
        typed = FIRST_TYPED.seal(_text(found), paper.pk)
        _put(paper, state=P.TYPED_ONCE, first_by=by, first_choices=typed)
    elif paper.state == P.TYPED_ONCE:
        if paper.first_by_id == by.pk:
            raise Refused(_("You typed this paper in already. The second time it is somebody else."))
        if FIRST_TYPED.unseal(bytes(paper.first_choices or b""), paper.pk) == _text(found):
            _cast(poll, paper, found, second_by=by)
        else:
            typed = SECOND_TYPED.seal(_text(found), paper.pk)
            _put(paper, state=P.DIFFERS, second_by=by, second_choices=typed)
    elif paper.state == P.DIFFERS:
        if by.pk in (paper.first_by_id, paper.second_by_id):
            raise Refused(_("The two of you differ. Somebody else looks at the paper and types what stands there."))
        if _text(found) not in [_text(each) for each in typed_of(paper)]:
            raise Refused(_("This is neither of the two. Look at the paper again, all three together."))
        _cast(poll, paper, found)
    else:
        raise Refused(_("This paper is not waiting to be typed in. Look at its number again."))
    record("ballots.type_paper", by=by, subject=subject_of(poll), as_office=office)
    return paper


def _check(poll: Poll, choices: Choices) -> None:
    """Raises Refused, which says that a paper on which this stands is void."""
    if reason := reason_void(poll.rules, choices):
        said = _("%(why)s If this is what stands on the paper, it is void: say so.")
        raise Refused(said % {"why": rules.sentence(reason, poll.rules, choices)})


def typed_of(paper: PaperBallot) -> list[Found]:
    """What the two typed, where they differ: for whoever looks a third time."""
    assert paper.state == P.DIFFERS
    first = FIRST_TYPED.unseal(bytes(paper.first_choices or b""), paper.pk)
    return [json.loads(first), json.loads(SECOND_TYPED.unseal(bytes(paper.second_choices or b""), paper.pk))]


def _cast(poll: Poll, paper: PaperBallot, found: Found, **by: Any) -> None:
    assert poll.entry is not None
    blank = Paper(poll.entry)
    sealed = blank.seal_void() if found is None else blank.seal(found)
    _put(paper, state=P.CAST, first_choices=None, second_choices=None, **by)
    answer = cast_one(poll, Cast(paper.voter_id, sealed, paper.channel, is_final=True))
    if isinstance(answer, NotTaken):
        raise Refused(answer.sentence)


def _locked(paper: PaperBallot) -> PaperBallot:
    return PaperBallot.objects.select_for_update().get(pk=paper.pk)


def _put(paper: PaperBallot, **values: Any) -> None:
    for name, value in values.items():
        setattr(paper, name, value)
    paper.save(update_fields=[*values])


def _text(found: Found) -> str:
    return json.dumps(found, sort_keys=True, ensure_ascii=False)


def waiting(poll: Poll) -> int:
    """How many papers are given out and not in the log."""
    return poll.papers.exclude(state__in=(P.CAST, P.SPOILT)).count()
