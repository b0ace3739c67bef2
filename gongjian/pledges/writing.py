"""Writing a pledge, handing it in for review, and taking it back before it is public."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.asks import sending
from gongjian.chronicle.record import keep_before, record
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.models import Body, Person
from gongjian.register.refusals import Refused

from .access import is_on_the_roll, is_own, office_that_writes
from .checks import Written, missing_of
from .copies import mark_copies
from .models import Measure, Pledge, Post, PublicName
from .models.pledges import LARGEST
from .owing import owe_review, settle_review
from .refusing import held_pledge, standing, texts
from .states import move, subject_of

MOST_MEASURES = 10
REFERENCE = re.compile(r"[a-z]+\.[a-z]+:[0-9]{1,18}")
TEXTS = ("title", "wish", "unit", "evidence", "responsible", "with_whom")


@in_sentences
def write(
    body: Body, *, person: Person | None = None, measures: Sequence[str] = (), today: date, by: Reader, **said: Any
) -> Pledge:
    """A new draft of the body, or of somebody on its roll. `said`: the fields of a pledge. Raises Refused."""
    standing(body, today)
    pledge = Pledge(body=body, person=person)
    if person is not None and not is_on_the_roll(person, body):
        raise Refused(
            _("Only who is on the roll of the organisation pledges something in it. Have them entered first.")
        )
    office = _writing(by, pledge)
    _put(pledge, said, today)
    pledge.save()
    _put_measures(pledge, measures)
    facts = {"body": body.pk, "of": "body" if person is None else "person"}
    record("pledges.write_pledge", by=by, subject=subject_of(pledge), facts=facts, as_office=office)
    return pledge


@in_sentences
def rewrite(pledge: Pledge, *, measures: Sequence[str], today: date, by: Reader, **said: Any) -> Pledge:
    """Written anew, as long as it is a draft or was returned. Raises Refused."""
    pledge = held_pledge(pledge, by)
    office = _writing(by, pledge)
    if not pledge.is_theirs_to_write:
        raise Refused(_("It was handed in by now, so its words stay. Take it back first, or write a new one."))
    act = record("pledges.rewrite_pledge", by=by, subject=subject_of(pledge), as_office=office)
    keep_before(act, Pledge._meta.db_table, "r.id = %s", [pledge.pk])
    keep_before(act, Measure._meta.db_table, "r.pledge_id = %s", [pledge.pk], deleted=True)
    if not is_own(by, pledge):  # whoever agreed to be named agreed to their own words
        PublicName.objects.filter(pledge=pledge).delete()
    _put(pledge, said, today)
    pledge.save()
    _put_measures(pledge, measures)
    return pledge


@in_sentences
def hand_in(pledge: Pledge, *, today: date, now: datetime, by: User) -> Pledge:
    """For review, by the body above or, of a person, by their body. Raises Refused with all that is missing."""
    pledge = held_pledge(pledge, by)
    office = _writing(by, pledge)
    standing(pledge.body, today)
    missing = missing_of(Written(pledge, [each.words for each in pledge.measures.all()]))
    if pledge.due_on is not None and pledge.due_on < today:
        missing.append(_("Its day is past. Choose a later one."))
    if missing:
        raise Refused(" ".join(missing))
    move(pledge, "hand_in", by=by, as_office=office, handed_in_by=by, handed_in_at=now)
    sending.close(pledge.reference, now=now, by=by)
    mark_copies(pledge)
    owe_review(pledge, today=today, now=now, by=by)
    return pledge


@in_sentences
def take_back(pledge: Pledge, *, now: datetime, by: User) -> Pledge:
    """Out of review, to be written on. Raises Refused."""
    pledge = held_pledge(pledge, by)
    move(pledge, "take_back", by=by, as_office=_writing(by, pledge))
    settle_review(pledge, now=now, by=by)
    return pledge


@in_sentences
def withdraw(pledge: Pledge, *, now: datetime, by: User) -> Pledge:
    """It is not promised after all; what is public already is closed instead. Raises Refused."""
    pledge = held_pledge(pledge, by)
    move(pledge, "withdraw", by=by, as_office=_writing(by, pledge))
    sending.close(pledge.reference, now=now, by=by)
    return pledge


def _writing(by: Reader, pledge: Pledge) -> str:
    office = office_that_writes(by, pledge)
    if office is None:
        raise Refused(
            _("A pledge is written by whose it is, or by whoever keeps the plan of the organisation. You are neither.")
        )
    return office


def _put(pledge: Pledge, said: dict[str, Any], today: date) -> None:
    given = texts(Pledge, {name: said.get(name, "") for name in TEXTS}, {"title": _("Say in a line what is promised.")})
    for name, value in given.items():
        setattr(pledge, name, value)
    pledge.kind, pledge.span, pledge.year = said["kind"], said["span"], said["year"]
    pledge.source = reference_in(said.get("source", ""))
    pledge.due_on, pledge.post = said.get("due_on"), _post_in(pledge.body, said.get("post"))
    if not today.year - 1 <= pledge.year <= today.year + 1:
        raise Refused(_("Choose this year, or the one beside it."))
    if pledge.due_on is not None and pledge.due_on < today:
        raise Refused(_("Its day is past. Choose a later one."))
    pledge.counted = bool(said.get("counted"))
    if not pledge.counted:
        pledge.baseline, pledge.target, pledge.unit = None, None, ""
        return
    pledge.baseline, pledge.target = number_in(said.get("baseline")), number_in(said.get("target"))
    if pledge.baseline is not None and pledge.baseline == pledge.target:
        raise Refused(_("What is promised is there already. Say what will be different."))


def number_in(value: Decimal | None) -> Decimal | None:
    """A number that the register holds as it is. Raises Refused: not a number, too large, too fine."""
    if value is None:
        return None
    if not value.is_finite() or abs(value) >= LARGEST:
        raise Refused(_("This number cannot be kept. Write a smaller one, in digits."))
    if value != round(value, 2):
        raise Refused(_("Write at most two places after the point."))
    return value


def reference_in(typed: str) -> str:
    """A reference such as programme.item:7, or nothing. Raises Refused."""
    if typed and not REFERENCE.fullmatch(typed):
        raise Refused(_("What it answers is named as kind and number. Open the form again from there."))
    return typed


def _post_in(body: Body, post: Post | None) -> Post | None:
    if post is not None and post.body_id != body.pk:
        raise Refused(_("Choose another post of the same organisation."))
    return post


def _put_measures(pledge: Pledge, measures: Sequence[str]) -> None:
    listed = list(dict.fromkeys(line.strip() for line in measures if line.strip()))
    if len(listed) > MOST_MEASURES:
        raise Refused(_("Write up to ten measures, each on a line of its own."))
    for line in listed:
        texts(Measure, {"words": line}, {})
    pledge.measures.all().delete()
    Measure.objects.bulk_create(
        Measure(pledge=pledge, position=place, words=line) for place, line in enumerate(listed, start=1)
    )
