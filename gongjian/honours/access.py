"""Who keeps a call, who applies, reviews, is heard and objects, and who reads what; what everybody reads.

A call is kept by the offices of its keeper that carry `keep_plans` (programme/access.py), an application by those of
the body that applies, which stands below the keeper in its line or sits in its territory. Nobody reviews or is heard on
a body in which they hold an office. What is given to a person is told by name to themselves, to whoever keeps the
matters of their body or sees its people, and to everybody only where the person agreed.
"""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from gongjian.accounts.models import User
from gongjian.programme.access import bodies_kept_by, kept, office_that_keeps
from gongjian.register.access import Reader
from gongjian.register.authority.reach import TODAY, Walk, reach_of
from gongjian.register.models import Body, BodyEntry, Membership, Office, Permission
from gongjian.register.walks import path_range

from .models import Application, Award, Call, EarlierFile, Honour, Nurturing, Objection, Opinion, Reviewer

__all__ = ["bodies_kept_by", "kept", "office_that_keeps"]
TOLD = (Call.State.NOTICE, Call.State.AWARDED)
PUBLISHED = (Award.State.STANDING, Award.State.WARNED, Award.State.WITHDRAWN, Award.State.LAPSED)
PROPOSED = (Application.State.PROPOSED, Application.State.AWARDED)


# == the catalogue and calls ==
def honours_visible_to(reader: Reader) -> QuerySet[Honour]:
    """What may be given, and by which rules, is no secret among those who are signed in."""
    return Honour.objects.all() if reader.is_authenticated else Honour.objects.none()


def calls_visible_to(reader: Reader) -> QuerySet[Call]:
    if not reader.is_authenticated:
        return Call.objects.none()
    return Call.objects.filter(~Q(state=Call.State.DRAFT) | kept(reader, "keeper__"))


def keeps(reader: Reader, call: Call) -> bool:
    return office_that_keeps(reader, call.keeper) is not None


# == applications ==
def applications_visible_to(reader: Reader) -> QuerySet[Application]:
    """Whole: whoever keeps the matters of the body that applies, the person, who keeps the call, whoever is heard on it
    once the review has begun, and who reviews it with its name."""
    if not reader.is_authenticated:
        return Application.objects.none()
    own = kept(reader, "by_body__") | _mine(reader)
    heard = Opinion.objects.filter(kept(reader, "body__"), application=OuterRef("pk"))
    named = _reviewers(reader).filter(call=OuterRef("call"), is_blind=False)
    handed_in = ~Q(state__in=(Application.State.DRAFT, Application.State.WITHDRAWN))
    others = kept(reader, "call__keeper__") | Q(Exists(heard)) | Q(Exists(named)) & ~_of_own_bodies(reader)
    return Application.objects.filter(own | handed_in & others)


def applications_told_to(reader: Reader) -> QuerySet[Application]:
    """Who is proposed or awarded, while and after notice is given: whoever is signed in."""
    if not reader.is_authenticated:
        return Application.objects.none()
    return Application.objects.filter(call__state__in=TOLD, state__in=PROPOSED)


def writes(reader: Reader, application: Application) -> str | None:
    """In which office the reader keeps the application for the body that applies."""
    return office_that_keeps(reader, application.by_body)


def bodies_within(call: Call) -> QuerySet[Body]:
    """Who may apply: below the keeper in its line, or seated in its territory, and not the keeper itself; of the
    honour's line if it has one."""
    keeper, line = call.keeper, call.version.honour.line_id
    within = Q(pk__in=())
    if keeper.line_path:
        first, end = path_range(keeper.line_path)
        within |= Q(line=keeper.line_id, line_path__gte=first, line_path__lt=end)
    seat = BodyEntry.objects.filter(body=keeper, valid__contains=TODAY).values_list("seat__path", flat=True).first()
    if seat:
        first, end = path_range(seat)
        here = BodyEntry.objects.filter(body=OuterRef("pk"), valid__contains=TODAY)
        within |= Q(Exists(here.filter(seat__path__gte=first, seat__path__lt=end)))
    rows = Body.objects.filter(within).exclude(pk=keeper.pk)
    return rows.filter(line=line) if line else rows


def bodies_applying(reader: Reader, call: Call) -> QuerySet[Body]:
    """In whose name the reader may apply: of those within the call the ones they keep."""
    return bodies_within(call).filter(pk__in=bodies_kept_by(reader).values("pk"))


def calls_open_to(reader: Reader, today: date) -> QuerySet[Call]:
    """Those in which the reader may apply today for some organisation that they keep."""
    if not reader.is_authenticated:
        return Call.objects.none()
    seat = BodyEntry.objects.filter(body=OuterRef("keeper"), valid__contains=TODAY).values("seat__path")[:1]
    rows = Call.objects.filter(state=Call.State.OPEN, apply_until__gte=today).annotate(
        seat=Subquery(seat), of_line=F("version__honour__line")
    )
    here = BodyEntry.objects.filter(
        body=OuterRef("pk"), valid__contains=TODAY, seat__path__startswith=OuterRef(OuterRef("seat"))
    )
    below = Q(line=OuterRef("keeper__line"), line_path__startswith=OuterRef("keeper__line_path"))
    within = bodies_kept_by(reader).filter(below | Q(Exists(here))).exclude(pk=OuterRef("keeper"))
    of_line = Exists(within.filter(line=OuterRef("of_line")))
    return rows.exclude(keeper__line_path="").filter(Q(of_line=None) & Q(Exists(within)) | Q(of_line))


# == opinions ==
def opinions_visible_to(reader: Reader) -> QuerySet[Opinion]:
    """For whoever keeps the call, and whoever is asked. Who applied reads whether it was given, not by whom."""
    return Opinion.objects.filter(kept(reader, "body__") | kept(reader, "application__call__keeper__"))


def opinions_asked_of(reader: Reader) -> QuerySet[Opinion]:
    """Those the reader gives, but on themselves or bodies in which they hold an office; not on what left the round."""
    rows = Opinion.objects.filter(kept(reader, "body__")).exclude(application__state=Application.State.WITHDRAWN)
    rows = rows.exclude(state=Opinion.State.ASKED, application__state=Application.State.EXCLUDED)
    own = reach_of(reader).person_id
    rows = rows.exclude(application__person=own, application__person__isnull=False) if own is not None else rows
    return rows.exclude(application__by_body__in=bodies_of(reader))


# == reviewing ==
def _reviewers(reader: Reader) -> QuerySet[Reviewer]:
    """The reader as a reviewer: as long as they hold an office, and were not taken off."""
    own = reach_of(reader).person_id
    holds = Exists(Office.objects.filter(person=OuterRef("person"), valid__contains=TODAY))
    return Reviewer.objects.filter(holds, person=own, left_on=None) if own is not None else Reviewer.objects.none()


def reviewers_of(reader: Reader) -> QuerySet[Reviewer]:
    """In which phases of which calls the reader reviews."""
    return _reviewers(reader)


def reviewers_visible_to(reader: Reader) -> QuerySet[Reviewer]:
    """Who reviews: whoever keeps the call, and each of themselves."""
    own = reach_of(reader).person_id
    mine = Q(person=own) if own is not None else Q(pk__in=())
    return Reviewer.objects.filter(kept(reader, "call__keeper__") | mine)


def applications_to_review(reader: Reader, reviewer: Reviewer) -> QuerySet[Application]:
    """What one reviews in a phase: all but what is their own or of a body where they hold office or are a member."""
    rows = Application.objects.filter(call=reviewer.call_id, state=Application.State.HANDED_IN)
    return rows.exclude(_of_own_bodies(reader))


def is_own(reader: Reader, application: Application) -> bool:
    """Is it the reader's own, or that of a body where they hold office or are a member?"""
    return Application.objects.filter(_of_own_bodies(reader), pk=application.pk).exists()


def _of_own_bodies(reader: Reader) -> Q:
    own = reach_of(reader).person_id
    if own is None:
        return Q(pk__in=())
    held = Office.objects.filter(person=own, valid__contains=TODAY).values("body")
    joined = Membership.objects.filter(person=own, valid__contains=TODAY).values("body")
    seats = BodyEntry.objects.filter(body__in=held, valid__contains=TODAY).values("seat")
    found = Q(person=own) | Q(by_body__in=held) | Q(by_body__in=joined) | Q(body__in=held) | Q(body__in=joined)
    return found | Q(unit__in=seats, unit__isnull=False)


def bodies_of(reader: Reader) -> QuerySet[Office, int]:
    """The bodies in which the reader holds an office today."""
    held = Office.objects.filter(person=reach_of(reader).person_id, valid__contains=TODAY)
    return held.values_list("body_id", flat=True)


def holds_office_in(reader: Reader, body: Body) -> bool:
    return reach_of(reader).person_id is not None and body.pk in bodies_of(reader)


def is_close_to(reader: Reader, application: Application) -> bool:
    """Is it for the reader themselves, or of an organisation in which they hold an office?"""
    own = reach_of(reader).person_id
    return own is not None and (application.person_id == own or holds_office_in(reader, application.by_body))


def _mine(reader: Reader) -> Q:
    own = reach_of(reader).person_id
    return Q(person=own) if own is not None else Q(pk__in=())


def account_of(reader: Reader) -> User | None:
    """Who is written down as having done something; nobody for whoever runs commands."""
    return reader if isinstance(reader, User) else None


# == objections ==
def objections_visible_to(reader: Reader) -> QuerySet[Objection]:
    """Those who object, who keeps the call, and who applied."""
    if not reader.is_authenticated:
        return Objection.objects.none()
    own = Q(by=reader.pk or 0) | kept(reader, "application__call__keeper__") | kept(reader, "application__by_body__")
    return Objection.objects.filter(own)


def may_answer(reader: Reader, objection: Objection) -> bool:
    """Whoever keeps the call, but who proposed the list, who objects, whose it is, or who holds office in the body."""
    call = objection.application.call
    is_another = reader.pk not in (call.proposed_by_id, objection.by_id)
    return is_another and keeps(reader, call) and not is_close_to(reader, objection.application)


# == awards ==
def awards_public() -> QuerySet[Award]:
    """What everybody reads: published; of a person only where they agreed to be named."""
    return Award.objects.filter(Q(person=None) | Q(public_name__isnull=False), state__in=PUBLISHED)


def awards_visible_to(reader: Reader) -> QuerySet[Award]:
    """Besides what everybody reads: whoever keeps the giver; of persons oneself, and whoever keeps the matters of their
    body or sees its people in the line."""
    public = Q(state__in=PUBLISHED) & (Q(person=None) | Q(public_name__isnull=False))
    if not reader.is_authenticated:
        return Award.objects.filter(public)
    people = kept(reader, "of_body__") | reach_of(reader).bodies(Permission.SEE_PEOPLE, "of_body__", [Walk.LINE])
    named = Q(state__in=PUBLISHED, person__isnull=False) & (people | _mine(reader))
    return Award.objects.filter(public | named | kept(reader, "giver__"))


def awards_kept_by(reader: Reader) -> QuerySet[Award]:
    """Those the reader looks at again, warns and withdraws."""
    return Award.objects.filter(kept(reader, "giver__"))


def files_visible_to(reader: Reader) -> QuerySet[EarlierFile]:
    return EarlierFile.objects.filter(kept(reader, "body__"))


# == nurturing ==
def nurturings_visible_to(reader: Reader) -> QuerySet[Nurturing]:
    """Those concerned only: who keeps it, the mentor, the person, and who keeps the matters of the body; of a unit
    whoever keeps the body that sits there."""
    if not reader.is_authenticated:
        return Nurturing.objects.none()
    own = reach_of(reader).person_id
    mentor = Q(mentor=own) if own is not None else Q(pk__in=())
    seats = BodyEntry.objects.filter(body__in=bodies_kept_by(reader), valid__contains=TODAY).values("seat")
    at = Q(unit__in=seats, unit__isnull=False)
    return Nurturing.objects.filter(kept(reader, "keeper__") | mentor | _mine(reader) | kept(reader, "body__") | at)


def tends(reader: Reader, nurturing: Nurturing) -> str | None:
    """In which office the reader writes down stages: who keeps it; the mentor in their own name; None for others."""
    office = office_that_keeps(reader, nurturing.keeper)
    if office is None and reach_of(reader).person_id == nurturing.mentor_id:
        return ""
    return office
