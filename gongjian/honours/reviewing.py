"""What a reviewer does: give an application numbers by the criteria, or say that there is a conflict."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from gongjian.asks import sending
from gongjian.chronicle.record import record
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.authority.reach import TODAY
from gongjian.register.models import BodyEntry, Membership, Office
from gongjian.register.refusals import Refused

from .access import account_of, applications_to_review, applications_visible_to, is_own, reviewers_of
from .models import Application, Call, Review, Reviewer
from .refusing import locked_call, texts
from .rules import Rules, rules_of
from .states import subject_of

FULL = Decimal(100)


@in_sentences
def give(
    reviewer: Reviewer,
    application: Application,
    *,
    given: Mapping[str, object],
    words: str = "",
    now: datetime,
    by: Reader,
) -> Review:
    """0 to 100 for each criterion. May be given anew until a list is proposed. Raises Refused."""
    found, call, rules = _reviewing(reviewer, application, by)
    if found.is_blind and applications_visible_to(by).filter(pk=application.pk).exists():
        raise Refused(_("You read this application with its name elsewhere, so you do not review it blind. Say so as "
                        "what ties you to it; others review it."))  # fmt: skip
    said = texts(Review, {"words": words}, {})
    fields = {"given": _numbers(rules, given), "conflict": "", "at": now} | said
    return _keep(found, call, application, fields, "honours.review", now, by)


@in_sentences
def declare(reviewer: Reviewer, application: Application, *, conflict: str, now: datetime, by: Reader) -> Review:
    """One does not review this one, and says why; what one gave it is gone. Raises Refused."""
    found, call, _rules = _reviewing(reviewer, application, by)
    said = texts(Review, {"conflict": conflict}, {"conflict": _("Say what ties you to it, in a few words.")})
    return _keep(found, call, application, said | {"given": {}, "words": "", "at": now}, "honours.conflict", now, by)


def _reviewing(reviewer: Reviewer, application: Application, by: Reader) -> tuple[Reviewer, Call, Rules]:
    call = locked_call(reviewer.call_id, by)
    found = reviewers_of(by).filter(pk=reviewer.pk, call=call).first()
    if found is None:
        raise Refused(_("You do not review in this phase. Ask whoever keeps the call."))
    if call.state != Call.State.REVIEWING:
        raise Refused(_("This call is not reviewed now. Look at its page."))
    if is_own(by, application):
        raise Refused(_("It is your own, or of an organisation to which you belong. Others review it."))
    if not applications_to_review(by, found).filter(pk=application.pk).exists():
        raise Refused(_("This application is not reviewed any more. Go back to the list."))
    return found, call, rules_of(call.version.definition)


def _numbers(rules: Rules, given: Mapping[str, object]) -> dict[str, str]:
    found = {}
    for criterion in rules.criteria:
        try:
            value = Decimal(str(given.get(criterion.key, "")).strip())
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite() or not 0 <= value <= FULL or value != round(value, 2):
            raise Refused(_("“%(criterion)s”: write a number from 0 to 100, with two decimals at most.") % {
                "criterion": criterion
            })  # fmt: skip
        found[criterion.key] = format(value.normalize(), "f")
    return found


def _keep(
    reviewer: Reviewer,
    call: Call,
    application: Application,
    fields: dict[str, object],
    verb: str,
    now: datetime,
    by: Reader,
) -> Review:
    made, _new = Review.objects.update_or_create(reviewer=reviewer, application=application, defaults=fields)
    record(verb, by=by, subject=subject_of(application), facts={"phase": reviewer.phase})
    settle(call, reviewer.body_id, now, by)
    return made


def settle(call: Call, body: int, now: datetime, by: Reader) -> None:
    """Done with a body once everybody who reviews for it has said something on each that they review."""
    sending.hold()
    if not owed(call, list(Reviewer.objects.filter(call=call, body=body, left_on=None))):
        sending.close_of(call.about_review, [body], now=now, by=account_of(by))


def owed(call: Call, reviewers: Sequence[Reviewer]) -> int:
    """How many reviews of theirs are still to be given: none of what is their own. Four queries."""
    applications = list(call.applications.filter(state=Application.State.HANDED_IN))
    own = own_pairs(reviewers, applications)
    given = set(Review.objects.filter(reviewer__in=reviewers).values_list("reviewer_id", "application_id"))
    all_of_them = {(reviewer.pk, each.pk) for reviewer in reviewers for each in applications}
    return len(all_of_them - own - given)


def own_pairs(reviewers: Sequence[Reviewer], applications: Sequence[Application]) -> set[tuple[int, int]]:
    """Which application is whose own, or of a body where they hold office or are a member: access.is_own of many."""
    people = {each.person_id for each in reviewers}
    held, belong = defaultdict(set), defaultdict(set)
    for person, body in Office.objects.filter(person__in=people, valid__contains=TODAY).values_list("person", "body"):
        held[person].add(body)
    for person, body in Membership.objects.filter(person__in=people, valid__contains=TODAY).values_list(
        "person", "body"
    ):
        belong[person].add(body)
    bodies = {body for some in held.values() for body in some}
    seats = dict(BodyEntry.objects.filter(body__in=bodies, valid__contains=TODAY).values_list("body", "seat"))
    found = set()
    for reviewer in reviewers:
        mine = held[reviewer.person_id] | belong[reviewer.person_id]
        units = {seats[body] for body in held[reviewer.person_id] if body in seats}
        for each in applications:
            is_own = each.person_id == reviewer.person_id or {each.by_body_id, each.body_id} & mine
            if is_own or each.unit_id in units:
                found.add((reviewer.pk, each.pk))
    return found
