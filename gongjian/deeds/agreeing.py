"""Whoever a deed is about agrees to be shown, does not, or takes that back; a deed that goes loses its words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.chronicle.record import record
from gongjian.register.actions import in_sentences
from gongjian.register.authority.wall import behind_it
from gongjian.register.models import Person
from gongjian.register.refusals import Refused

from . import owing
from .access import is_mine, named_of, office_that_keeps, selecting_body
from .models import Deed, DeedLikeness, Named, ReaderComment
from .refusing import held_deed, texts
from .states import move, subject_of

_more: list[Callable[[Deed], None]] = []
KEPT = timedelta(days=180)  # how long a returned deed can still be read by whoever recommended it


@in_sentences
def agree(deed: Deed, *, today: date, now: datetime, by: User) -> Deed:
    """By whoever it is about, on their own page. Raises Refused."""
    deed = held_deed(deed, by)
    if not is_mine(by, deed):
        raise Refused(_("Only whoever it is about says so here."))
    _agreed(deed, Named.How.SELF, "", today, by, "")
    _ready(deed, today=today, now=now, by=by)
    return deed


@in_sentences
def agreed_on_paper(deed: Deed, *, kept_where: str, today: date, now: datetime, by: User) -> Deed:
    """Whoever it is about signed; the organisation says where the paper is kept. Raises Refused."""
    deed = held_deed(deed, by)
    office = office_that_keeps(by, deed.body)
    if office is None:
        raise Refused(_("The organisation of whoever it is about asks them. Your offices do not keep its plan."))
    said = texts(Named, {"kept_where": kept_where}, {"kept_where": _("Say where the signed paper is kept.")})
    _agreed(deed, Named.How.PAPER, said["kept_where"], today, by, office)
    _ready(deed, today=today, now=now, by=by)
    return deed


def _agreed(deed: Deed, how: str, kept_where: str, today: date, by: User, office: str) -> None:
    named = named_of(deed)
    if named is None or deed.state in (Deed.State.RETURNED, Deed.State.TAKEN_BACK):
        raise Refused(_("Nobody is asked here any more. Look at it again."))
    if named.consent == Named.Consent.GIVEN:
        raise Refused(_("Whoever it is about has agreed already. Nothing is left to do here."))
    named.consent, named.how, named.consented_on, named.kept_where = Named.Consent.GIVEN, how, today, kept_where
    named.save(update_fields=["consent", "how", "consented_on", "kept_where"])
    record("deeds.agree", by=by, subject=subject_of(deed), facts={"how": how}, as_office=office)


def _ready(deed: Deed, *, today: date, now: datetime, by: User) -> None:
    owing.settle("consent", deed.body, now=now, by=by)
    if deed.state == Deed.State.SELECTED:
        owing.owe("select", selecting_body(deed), today=today, now=now, by=by)


@in_sentences
def take_back(deed: Deed, *, now: datetime, by: User) -> Deed:
    """By whoever it is about, or their organisation for them or for itself: it is shown nowhere, and its words go.

    Raises Refused for anybody else.
    """
    deed = held_deed(deed, by)
    office = office_that_keeps(by, deed.body)
    if office is None and not is_mine(by, deed):
        raise Refused(_("Whoever it is about takes it back, or the organisation. You are neither."))
    _taken_back(deed, by=by, office="" if is_mine(by, deed) else office or "")
    for kind, body in (("check", deed.body), ("consent", deed.body), ("select", selecting_body(deed))):
        owing.settle(kind, body, now=now, by=by)
    if deed.selected_by is not None:
        owing.settle("comment", deed.selected_by, now=now, by=by)
    return deed


def when_taken_back(follow: Callable[[Deed], None]) -> None:
    """From now on this is done too when a deed is taken back: a floor above keeps something of it."""
    if follow not in _more:
        _more.append(follow)


def _taken_back(deed: Deed, *, by: User | None, office: str = "") -> None:
    move(deed, "take_back", by=by, as_office=office)
    for follow in _more:
        follow(deed)
    _erase_words(deed)
    ReaderComment.objects.filter(deed=deed).delete()


def _erase_words(deed: Deed) -> None:
    deed.title = deed.story = deed.place = deed.links = ""
    deed.save(update_fields=["title", "story", "place", "links"])
    Named.objects.filter(deed=deed).delete()
    DeedLikeness.objects.filter(deed=deed).delete()
    DeedLikeness.objects.filter(other=deed).delete()


def forget_of(person: Person) -> None:
    """No deed stays of somebody who is forgotten, and none of their words below one."""
    for deed in Deed.objects.filter(named__person=person).exclude(state__in=(Deed.State.RETURNED,)):
        _taken_back(deed, by=None)
    for deed in Deed.objects.filter(named__person=person):
        _erase_words(deed)
    if person.account_id:
        ReaderComment.objects.filter(by=person.account_id).delete()


def erase_old(today: date) -> int:
    """The words of what was returned long ago go; how many."""
    due = Deed.objects.filter(state=Deed.State.RETURNED, sent_at__date__lt=today - KEPT).exclude(title="")
    count = 0
    for deed in due.order_by("pk")[:1000]:
        with behind_it():
            _erase_words(deed)
            record("deeds.erase_deed", subject=subject_of(deed))
        count += 1
    return count
