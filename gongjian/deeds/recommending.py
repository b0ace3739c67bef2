"""Recommending a deed: anybody, with or without an account; of oneself, of others, or of an organisation."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from gongjian.accounts.limits import Allowance, Pots
from gongjian.accounts.models import User
from gongjian.chronicle.record import record
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.authority.reach import reach_of
from gongjian.register.models import Body, BodyEntry, Person
from gongjian.register.refusals import Refused

from . import owing
from .access import named_of, office_that_keeps, selecting_body
from .copies import mark_copies
from .letters import ask_consent
from .models import Deed, Named
from .refusing import texts
from .states import subject_of

OLDEST = timedelta(days=730)
REF = re.compile(r"[0-9a-f]{32}")
# A whole village may come from one address, so that one is wide; what reaches one organisation has a bound of its own.
NETWORK = Allowance(30, timedelta(minutes=2))
AT_ONE_BODY = Allowance(60, timedelta(minutes=10))
ACCOUNT = Allowance(10, timedelta(minutes=10))


def pots_of(network: str, body: int, account: int | None) -> Pots:
    """From which pots a recommendation is taken. `network`: as a hash."""
    pots = {f"deeds-body:{body}": AT_ONE_BODY}
    return pots | ({f"deeds-account:{account}": ACCOUNT} if account else {f"deeds-network:{network}": NETWORK})


@in_sentences
def recommend(
    body: Body, *, ref: str, of: str, name: str = "", is_own: bool = False, in_name_of_body: bool = False,
    today: date, now: datetime, by: Reader, **said: Any,
) -> Deed:  # fmt: skip
    """A deed of the body or of somebody in it. The same `ref` again is the same deed. Raises Refused.

    `is_own`: of whoever is signed in, who agrees to be shown by that. `in_name_of_body`: by whoever keeps its matters,
    and so checked by it.
    """
    if not REF.fullmatch(ref):
        raise Refused(_("The form is too old. Open it again, then send it once more."))
    if known := Deed.objects.filter(ref=ref).first():
        return known
    if not BodyEntry.objects.on(today).filter(body=body).exists():
        raise Refused(_("This organisation does not stand today. Choose one that does."))
    account = by if isinstance(by, User) else None
    person = _oneself(by) if is_own else None
    office = office_that_keeps(by, body) if in_name_of_body else None
    if in_name_of_body and office is None:
        raise Refused(_("In the name of an organisation only whoever keeps its plan recommends. Choose “by others”."))
    deed = Deed(
        ref=ref, body=body, of=of, sent_at=now, recommended_by=account, source=_source(is_own, in_name_of_body),
        **_words(said, today),
    )  # fmt: skip
    if in_name_of_body and not is_own:
        deed.state, deed.checked_by = Deed.State.CHECKED, account
    deed.save()
    record("deeds.recommend_deed", by=account, subject=subject_of(deed), facts={"body": body.pk, "of": of},
           as_office=office or "")  # fmt: skip
    if of == Deed.Of.PERSON:
        _name(deed, person, person.name if person else name, today)
    mark_copies(deed)
    on_its_way(deed, today=today, now=now, by=account)
    return deed


def on_its_way(deed: Deed, *, today: date, now: datetime, by: User | None) -> None:
    """What the deed makes others owe: its check, or its selection and the word of whoever it is about."""
    if deed.state == Deed.State.SENT:
        owing.owe("check", deed.body, today=today, now=now, by=by)
        return
    owing.owe("select", selecting_body(deed), today=today, now=now, by=by)
    named = named_of(deed)
    if named is not None and named.consent == Named.Consent.ASKED:
        owing.owe("consent", deed.body, today=today, now=now, by=by)
        ask_consent(named, today=today, now=now)


def _source(is_own: bool, in_name_of_body: bool) -> str:
    if is_own:
        return Deed.Source.SELF
    return Deed.Source.BODY if in_name_of_body else Deed.Source.OTHERS


def _oneself(by: Reader) -> Person:
    own = reach_of(by).person_id if by.pk else None
    person = Person.objects.filter(pk=own).first() if own else None
    if person is None:
        raise Refused(_("You are not in the register under this account. Choose “by others” and write your name."))
    return person


def _name(deed: Deed, person: Person | None, name: str, today: date) -> None:
    said = texts(Named, {"name": name}, {"name": _("Write whose deed it is.")})
    agreed: dict[str, Any] = {}
    if person is not None:
        agreed = {"consent": Named.Consent.GIVEN, "how": Named.How.SELF, "consented_on": today}
    Named.objects.create(deed=deed, person=person, **said, **agreed)


def _words(said: dict[str, Any], today: date) -> dict[str, Any]:
    missing = {"title": _("Say in a line what was done."), "story": _("Tell in a few sentences what was done.")}
    told: dict[str, Any] = texts(Deed, {each: said.get(each, "") for each in ("title", "story", "place", "links")},
                                 missing)  # fmt: skip
    if said["done_on"] > today:
        raise Refused(_("This day is still to come. Choose the day on which it was done."))
    if said["done_on"] < today - OLDEST:
        raise Refused(_("It is more than two years old. Recommend something newer."))
    return told | {"service": said["service"], "done_on": said["done_on"]}
