"""Who comes to a post: chosen by themselves or nominated, matched, shown, on post; renewed, moved, or ended."""

from __future__ import annotations

from datetime import date, timedelta
from math import ceil
from typing import Any

from django.utils.translation import gettext as _

from gongjian.chronicle.record import record
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.authority.reach import reach_of
from gongjian.register.models import Person
from gongjian.register.refusals import Refused
from gongjian.workdays.calendar import UnknownYear, add_working

from .access import is_on_the_roll, is_own
from .define import norms
from .models import Assignment, Post, QuarterWord
from .models.quarters import quarter_of
from .refusing import held_assignment, held_post, keeping, texts
from .states import move, subject_of

S = Assignment.State


@in_sentences
def choose(post: Post, *, today: date, by: Reader) -> Assignment:
    """Oneself, for a post of a body on whose roll one is. Raises Refused."""
    post = held_post(post, by)
    person = Person.objects.filter(pk=reach_of(by).person_id or 0).first()
    if person is None:
        raise Refused(_("Your account stands for nobody on a roll. Ask whoever keeps the plan to nominate you."))
    return _put_forward(post, person, S.CHOSEN, today, by, "")


@in_sentences
def nominate(post: Post, person: Person, *, today: date, by: Reader) -> Assignment:
    """Somebody on the body's roll, by whoever keeps its matters. Raises Refused."""
    post = held_post(post, by)
    return _put_forward(post, person, S.NOMINATED, today, by, keeping(by, post.body))


def _put_forward(post: Post, person: Person, state: str, today: date, by: Reader, office: str) -> Assignment:
    if post.state != Post.State.OPEN:
        raise Refused(_("This post is not open now. Choose one that is."))
    if post.until < today:
        raise Refused(_("The term is over already. Choose a later last day."))
    if not is_on_the_roll(person, post.body):
        raise Refused(_("Only who is on the roll of the organisation comes to its posts. Have them entered first."))
    if post.assignments.filter(
        person=person, state__in=(S.CHOSEN, S.NOMINATED, S.MATCHED, S.NOTICE, S.ON_POST)
    ).exists():
        raise Refused(_("Put forward for this post already. There is nothing more to do."))
    made = Assignment.objects.create(post=post, person=person, state=state)
    verb = "choose" if state == S.CHOSEN else "nominate"
    record(f"pledges.{verb}_assignment", by=by, subject=subject_of(made), facts={"post": post.pk}, as_office=office)
    return made


@in_sentences
def settle(assignment: Assignment, verb: str, *, reason: str, by: Reader) -> Assignment:
    """`match`: why the two fit; `decline`: why not. Both are read by the person. Raises Refused."""
    assignment, office = _kept(assignment, by)
    said = texts(Assignment, {"reason": reason}, {"reason": _("Say why. The person reads it.")})
    if verb == "match":
        post = held_post(assignment.post, by)  # two at once do not take the last seat
        if sum(each.counts for each in post.assignments.all()) >= post.seats:
            raise Refused(_("All seats are taken. Add one, or end another one first."))
    move(assignment, verb, by=by, as_office=office, reason=said["reason"])
    return assignment


@in_sentences
def show(assignment: Assignment, *, today: date, by: Reader) -> Assignment:
    """Shown from today on for so many working days, on the board of the place; not on the internet. Raises Refused."""
    assignment, office = _kept(assignment, by)
    last = last_notice_day(today, norms()["notice_days"])
    move(assignment, "show", by=by, as_office=office, notice_from=today, notice_until=last)
    return assignment


@in_sentences
def begin(assignment: Assignment, *, today: date, by: Reader) -> Assignment:
    """On post, once the notice is over. Raises Refused."""
    assignment, office = _kept(assignment, by)
    until = assignment.notice_until
    if assignment.state == S.NOTICE and until is not None and until >= today:
        raise Refused(_("It is still shown until %(day)s. Begin after that day.") % {"day": until})
    if not is_on_the_roll(assignment.person, assignment.post.body):
        raise Refused(_("The person has left the organisation. Decline it, and match somebody else."))
    last = max(today, assignment.post.until)
    move(assignment, "begin", by=by, as_office=office, since=today, until=last)
    return assignment


@in_sentences
def renew(assignment: Assignment, *, until: date, today: date, by: Reader) -> Assignment:
    """For another term. Raises Refused."""
    assignment, office = _kept(assignment, by)
    if until <= today or (assignment.until is not None and until <= assignment.until):
        raise Refused(_("Choose a last day after the one that stands."))
    move(assignment, "renew", by=by, as_office=office, until=until)
    return assignment


@in_sentences
def leave(assignment: Assignment, *, because: str, today: date, by: Reader) -> Assignment:
    """Off the post, with the reason. Raises Refused."""
    assignment, office = _kept(assignment, by)
    said = texts(Assignment, {"left_because": because}, {"left_because": _("Say why. The person reads it.")})
    move(assignment, "end", by=by, as_office=office, until=_last_day(assignment, today), **said)
    return assignment


@in_sentences
def move_to(assignment: Assignment, post: Post, *, because: str, today: date, by: Reader) -> Assignment:
    """From this post to another one of the same body, where it is matched anew. Raises Refused."""
    assignment, office = _kept(assignment, by)
    post = held_post(post, by)
    if post.body_id != assignment.post.body_id or post.pk == assignment.post_id:
        raise Refused(_("Choose another post of the same organisation."))
    said = texts(Assignment, {"left_because": because}, {"left_because": _("Say why. The person reads it.")})
    move(assignment, "move", by=by, as_office=office, until=_last_day(assignment, today), **said)
    return _put_forward(post, assignment.person, S.NOMINATED, today, by, office)


@in_sentences
def say_word(assignment: Assignment, *, words: str, today: date, by: Reader) -> QuarterWord:
    """How it stands this quarter, by who holds the post, or typed in for them. Once; said again it is mended."""
    assignment = held_assignment(assignment, by)
    office = "" if is_own(by, assignment) else keeping(by, assignment.post.body)
    if assignment.state != S.ON_POST:
        raise Refused(_("Only who is on post tells of it."))
    said = texts(QuarterWord, {"words": words}, {"words": _("Say in a sentence how it stands.")})
    year, quarter = quarter_of(today)
    facts = {"year": year, "quarter": quarter}
    record("pledges.say_word_assignment", by=by, subject=subject_of(assignment), facts=facts, as_office=office)
    of: dict[str, Any] = {"assignment": assignment, "year": year, "quarter": quarter}
    return QuarterWord.objects.update_or_create(**of, defaults={**said, "on": today})[0]


def posts_held(person: Person) -> int:
    """How many posts somebody holds or is about to."""
    return Assignment.objects.filter(person=person, state__in=(S.MATCHED, S.NOTICE, S.ON_POST)).count()


def warning(person: Person) -> str:
    """A gentle sentence where somebody holds more posts than is usual, else nothing."""
    count, usual = posts_held(person), norms()["posts_of_person"]
    if count < usual:
        return ""
    told = {"count": count, "usual": usual}
    return _("%(count)s posts are held already; %(usual)s are usual. It can be done all the same; ask first.") % told


def last_notice_day(first: date, days: int) -> date:
    """The last of so many working days, the first day not counted; by the week where the year is not known yet."""
    try:
        return add_working(first, days)
    except UnknownYear:
        return first + timedelta(days=days + 2 * ceil(days / 5))


def _last_day(assignment: Assignment, today: date) -> date:
    return max(today, assignment.since or today)


def _kept(assignment: Assignment, by: Reader) -> tuple[Assignment, str]:
    found = held_assignment(assignment, by)
    return found, keeping(by, found.post.body)
