"""Forgetting a person, and minimising those who left long ago: the name goes, the counts stay.

Memberships and offices keep their rows and days, so every figure of every day stays what it was; whose they were
nobody can tell any more. What the chronicle keeps of the person loses its key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from gongjian.accounts.actions import close_account, strip_account
from gongjian.chronicle.record import NoReason, forget_person
from gongjian.notices.actions import forget_letters_of

from .access import Reader, can_change_register
from .authority.wall import behind_it
from .models import Delegation, Disclosure, Membership, Office, Particulars, Person
from .particulars import subject_of
from .refusals import Refused, check_texts

NEUTRAL = "已匿名"  # stands where the name stood, in every language
BY_RULE = "retention"
LINKS: tuple[Any, ...] = (Membership, Office, Delegation)
_more: list[Callable[[Person], None]] = []


def when_forgotten(forget: Callable[[Person], None]) -> None:
    """From now on this is done too when somebody is forgotten: a floor above keeps something of people."""
    if forget not in _more:
        _more.append(forget)


@behind_it()
def forget(person: Person, *, reason: str, today: date, by: Reader) -> Person:
    """Take the name and everything kept of a person out for good; the account closes and loses its name as well.

    Raises NoReason, Refused: no right to, an office or a membership that is not over, forgotten already.
    """
    if not can_change_register(by):
        raise Refused(_("Only whoever keeps the whole register forgets somebody."))
    if not reason.strip():
        raise NoReason
    check_texts(Disclosure, {"reason": reason.strip()})
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.name == NEUTRAL:
        raise Refused(_("This person was forgotten already."))
    if any(link.objects.filter(_not_over(today), person=person).exists() for link in LINKS):
        raise Refused(_("This person still holds an office or is a member. End that first."))
    forget_person(subject_of(person), by=by, reason=reason.strip())
    Particulars.objects.filter(person=person).delete()
    Disclosure.objects.filter(person=person).delete()
    for forget_more in _more:
        forget_more(person)
    account, person.account, person.name = person.account, None, NEUTRAL
    person.save(update_fields=["name", "account"])
    if account is not None:
        close_account(account)
        strip_account(account, name=NEUTRAL)
        forget_letters_of(account)
    return person


def _not_over(day: date) -> Q:
    """The rows that reach beyond the day."""
    return Q(valid__endswith__isnull=True) | Q(valid__endswith__gt=day)


def long_gone(today: date, days: int) -> QuerySet[Person]:
    """Those whose last office and membership ended more than so many days ago. Who never had one is not among them."""

    def some(link: Any, *conditions: Q) -> Exists:
        return Exists(link.objects.filter(*conditions, person=OuterRef("pk")))

    since = _not_over(today - timedelta(days=days + 1))  # an end exactly so many days ago is not more than that
    had = Q(some(Membership)) | Q(some(Office))
    lately = [~some(link, since) for link in LINKS]
    return Person.objects.filter(had, *lately).exclude(name=NEUTRAL).order_by("pk")


def minimise(*, today: date, days: int, by: Reader) -> Iterator[int]:
    """Forget those who are long gone, one by one, each in a transaction of its own; gives their ids as it goes on."""
    for person in long_gone(today, days):
        yield forget(person, reason=BY_RULE, today=today, by=by).pk
