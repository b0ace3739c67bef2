"""What a workers' congress does: it is entered with its delegates, meets, and decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.chronicle.record import keep_before, record
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.models import Body
from gongjian.register.refusals import Refused, check_texts

from . import asking
from .access import congresses_visible_to
from .define import Number, numbers_of
from .models import Agreement, Congress, CongressSession, Resolution
from .models.congress import MOST_DELEGATES
from .refusing import going_on, keeping
from .states import move, subject_of

S = Agreement.State


@dataclass(frozen=True)
class Votes:
    """For, against, and those who abstained; whoever was present and did none of these gave no valid vote."""

    yes: int
    no: int
    abstained: int


@in_sentences
def set_up(
    body: Body, *, kind: str, delegates: int, women: int | None, elected_on: date, today: date, by: User
) -> Congress:
    """Enter the congress of a union body, or change it after an election. Sessions of before stay. Raises Refused."""
    office = keeping(by, body)
    if not 1 <= delegates <= MOST_DELEGATES:
        raise Refused(_("A congress has from 1 to %(most)s delegates. Count again.") % {"most": MOST_DELEGATES})
    if women is not None and not 0 <= women <= delegates:
        raise Refused(_("The women are among the delegates: at most %(delegates)s.") % {"delegates": delegates})
    if elected_on > today:
        raise Refused(_("That day is still to come. Write it down once it is done."))
    known = Congress.objects.select_for_update().filter(body=body).first()
    made = known or Congress(body=body)
    fields = {"kind": Congress.Kind(kind), "delegates": delegates, "women": women, "elected_on": elected_on}
    if known is not None:
        act = record("agreements.set_up_congress", by=by, subject=subject_of(known), on=elected_on, as_office=office)
        keep_before(act, Congress._meta.db_table, "r.id = %s", [known.pk])
    for name, value in fields.items():
        setattr(made, name, value)
    made.save()
    if known is None:
        record("agreements.set_up_congress", by=by, subject=subject_of(made), on=elected_on, as_office=office)
    return made


@in_sentences
def vote_on(
    agreement: Agreement, *, congress: Congress, present: int, women: int | None, votes: Votes, on: date, today: date,
    now: datetime, by: User,
) -> Resolution:  # fmt: skip
    """The congress voted on the draft: it passed, or it is negotiated anew. Raises Refused: no quorum, votes that
    cannot be."""
    agreement, office = going_on(agreement, by, on=on, today=today)
    numbers = numbers_of(agreement.statute_id)
    _its_own(agreement, congress)
    session = _session(congress, present, women, on, today, by)
    check_quorum(session, numbers["quorum"])
    is_passed = numbers["majority"].is_passed_by(votes.yes, session.delegates)
    made = _decide(session, Resolution.Sort.AGREEMENT, agreement.title, votes, is_passed, agreement)
    facts = {"yes": votes.yes, "no": votes.no, "abstained": votes.abstained, "delegates": session.delegates}
    said = _("for %(yes)s, against %(no)s, abstained %(abstained)s, of %(delegates)s in all") % facts
    move(agreement, "pass" if is_passed else "reject", on=on, by=by, as_office=office, words=said)
    asking.follow(agreement, today=today, now=now, by=by)
    return made


@in_sentences
def report_on(
    agreement: Agreement, *, congress: Congress, present: int, women: int | None, words: str, on: date, today: date,
    now: datetime, by: User,
) -> Resolution:  # fmt: skip
    """The congress heard how the agreement is kept; the next report is a year later. Raises Refused."""
    agreement, office = going_on(agreement, by, on=on, today=today)
    _its_own(agreement, congress)
    session = _session(congress, present, women, on, today, by)
    said = words.strip()
    check_texts(Resolution, {"title": said})
    title = said[:120] or agreement.title
    made = _decide(session, Resolution.Sort.REPORT, title, Votes(0, 0, 0), True, agreement)
    move(agreement, "report", on=on, by=by, as_office=office, words=said)
    asking.close_report(agreement, now=now, by=by)
    return made


@in_sentences
def decide(
    congress: Congress, *, title: str, present: int, women: int | None, votes: Votes, on: date, today: date, by: User
) -> Resolution:
    """The congress decided about another matter, by more than half of all. Raises Refused."""
    office = keeping(by, congress.body)
    if not title.strip():
        raise Refused(_("Say in a few words what was decided."))
    check_texts(Resolution, {"title": title.strip()})
    session = _session(congress, present, women, on, today, by)
    is_passed = votes.yes * 2 > session.delegates
    made = _decide(session, Resolution.Sort.OTHER, title.strip(), votes, is_passed, None)
    record("agreements.decide", by=by, subject=subject_of(made), on=on, as_office=office)
    return made


def _its_own(agreement: Agreement, congress: Congress) -> None:
    """Another union's congress does not decide on it. Raises Refused."""
    if congress.body_id != agreement.union_id:
        raise Refused(_("It is not open to you."))


def check_quorum(session: CongressSession, quorum: Number) -> None:
    least = quorum.least_of(session.delegates)
    if session.present < least:
        facts = {"present": session.present, "delegates": session.delegates, "least": least}
        raise Refused(
            _("%(present)s of %(delegates)s were present; at least %(least)s have to be. No vote counts: meet again.")
            % facts
        )


def check_votes(session: CongressSession, votes: Votes) -> None:
    """No more votes than were present. Raises Refused."""
    cast = votes.yes + votes.no + votes.abstained
    if min(votes.yes, votes.no, votes.abstained) < 0 or cast > session.present:
        raise Refused(
            _("%(cast)s votes, but %(present)s were present. Count the votes again.")
            % {"cast": cast, "present": session.present}
        )


def _session(congress: Congress, present: int, women: int | None, on: date, today: date, by: Reader) -> CongressSession:
    """That of the day, entered with the first matter of it. Raises Refused."""
    keeping(by, congress.body)
    if not congresses_visible_to(by).filter(pk=congress.pk).exists():
        raise Refused(_("It is not open to you."))
    congress = Congress.objects.select_for_update().get(pk=congress.pk)
    if not congress.elected_on <= on <= today:
        raise Refused(
            _("The congress was elected on %(day)s. Choose a day from then until today.") % {"day": congress.elected_on}
        )
    held = CongressSession.objects.select_for_update().filter(congress=congress, on=on).first()
    if held is not None:
        if held.present != present:
            raise Refused(
                _("On that day %(present)s were present, as it was entered already. Count again, or say the other day.")
                % {"present": held.present}
            )
        return held
    if not 1 <= present <= congress.delegates:
        raise Refused(
            _("The congress has %(delegates)s delegates: from 1 to so many can be present. Count again.")
            % {"delegates": congress.delegates}
        )
    if women is not None and not 0 <= women <= present:
        raise Refused(_("The women are among those present: at most %(present)s.") % {"present": present})
    return CongressSession.objects.create(
        congress=congress, on=on, delegates=congress.delegates, present=present, women=women
    )


def _decide(
    session: CongressSession, sort: str, title: str, votes: Votes, is_passed: bool, agreement: Agreement | None
) -> Resolution:
    check_votes(session, votes)
    return Resolution.objects.create(
        session=session, present=session.present, sort=sort, agreement=agreement, title=title[:120], yes=votes.yes,
        no=votes.no, abstained=votes.abstained, is_passed=is_passed,
    )  # fmt: skip


def congress_of(agreement: Agreement) -> Congress | None:
    """The one that votes on it: of its union body."""
    return Congress.objects.filter(body=agreement.union_id).first()
