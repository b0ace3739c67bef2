"""What people do with contests: plan one, open it, enter, write down results, conclude it with its outcome in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _

from gongjian.chronicle.record import keep_before, record
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.models import Body, BodyEntry
from gongjian.register.refusals import Refused, check_texts

from .access import contests_visible_to, office_that_hosts
from .hosting import check_heir, check_hosts, check_stands, office_in, set_hosts, stands
from .models import ComparedItem, Contest, ContestHost, Entrant, Result
from .states import move, note, subject_of

MOST_ITEMS = 12
TEXTS = ("title", "what", "approval")
LARGEST = Decimal(10) ** 12


class Compared(NamedTuple):
    """One thing that is compared, as the host words it."""

    words: str
    measure: str = ""
    better: str = ""


@in_sentences
def plan(
    lead: Body, *, items: Iterable[Compared], hosts: Iterable[Body] = (), today: date, by: Reader, **fields: Any
) -> Contest:
    """A draft of a contest. `fields` are those of the model: title, what, type, level, begins_on, ends_on, prizes,
    approval, approved_at. Raises Refused."""
    office = office_in(lead, by)
    check_stands(lead, today)
    others = check_hosts(lead, hosts, today)
    contest = Contest(lead=lead, **fields)
    compared = _check(contest, items)
    contest.save()
    set_hosts(contest, others)
    _set_items(contest, compared)
    facts = {"lead": lead.pk, "hosts": [each.pk for each in others], "prizes": str(contest.prizes)}
    record("activities.plan_contest", by=by, subject=subject_of(contest), facts=facts, as_office=office)
    return contest


@in_sentences
def amend(
    contest: Contest, *, items: Iterable[Compared], hosts: Iterable[Body], today: date, by: Reader, **fields: Any
) -> Contest:
    """Write a draft down anew. What was opened stands: entrants go by it. Raises Refused."""
    contest, office = _held(contest, by)
    if contest.state != Contest.State.DRAFT:
        raise Refused(_("It is open, and organisations go by what it says. Make it a draft again first."))
    others = check_hosts(contest.lead, hosts, today, {each.body_id for each in contest.hosts.all()})
    for name, value in fields.items():
        setattr(contest, name, value)
    compared = _check(contest, items)
    act = note(contest, "amend_contest", by=by, as_office=office, facts={"hosts": [each.pk for each in others]})
    for table in (ContestHost, ComparedItem):
        keep_before(act, table._meta.db_table, "r.contest_id = %s", [contest.pk])
    contest.save(update_fields=list(fields))
    set_hosts(contest, others)
    contest.items.all().delete()
    _set_items(contest, compared)
    return contest


@in_sentences
def open_for_entries(contest: Contest, *, today: date, by: Reader) -> Contest:
    """Everybody who is signed in can read it, and whom it is for can enter. Raises Refused."""
    contest, office = _held(contest, by)
    if contest.ends_on < today:
        raise Refused(_("Its last day is past. Choose later days first."))
    if not stands(contest.lead, today):
        raise Refused(_("The organisation that leads it does not stand any more. Let another host lead it first."))
    move(contest, "open", by=by, as_office=office)
    return contest


@in_sentences
def take_back(contest: Contest, *, by: Reader) -> Contest:
    """Make it a draft again, as long as nobody has entered. Raises Refused."""
    contest, office = _held(contest, by)
    if contest.entrants.exists():
        raise Refused(_("Somebody has entered already, so it stands as it was opened."))
    move(contest, "take_back", by=by, as_office=office)
    return contest


@in_sentences
def start(contest: Contest, *, by: Reader) -> Contest:
    """Nobody enters any more; results can be written down. Raises Refused."""
    contest, office = _held(contest, by)
    if not contest.entrants.exists():
        raise Refused(_("Nobody has entered yet. Wait, or make it a draft again."))
    move(contest, "start", by=by, as_office=office)
    return contest


@in_sentences
def open_again(contest: Contest, *, by: Reader) -> Contest:
    """Entries are taken again, as long as there are no results. Raises Refused."""
    contest, office = _held(contest, by)
    if Result.objects.filter(entrant__contest=contest).exists():
        raise Refused(_("There are results already, so nobody enters any more."))
    move(contest, "open_again", by=by, as_office=office)
    return contest


@in_sentences
def close(contest: Contest, *, outcome: str, by: Reader) -> Contest:
    """With its outcome in words: who did well, and in what. Raises Refused."""
    contest, office = _held(contest, by)
    outcome = outcome.strip()
    if not outcome:
        raise Refused(_("Write what came of it: who did well, and in what."))
    check_texts(Contest, {"outcome": outcome})
    move(contest, "close", by=by, as_office=office, outcome=outcome)
    return contest


@in_sentences
def resume(contest: Contest, *, by: Reader) -> Contest:
    """It was closed too early; the outcome is written anew when it closes. Raises Refused."""
    contest, office = _held(contest, by)
    move(contest, "resume", by=by, as_office=office, outcome="")
    return contest


@in_sentences
def let_lead(contest: Contest, *, to: Body, today: date, by: Reader) -> Contest:
    """Another body leads it from now on: after the one that did was dissolved, for one. Raises Refused."""
    contest, office = _held(contest, by)
    check_heir(contest, to, today)
    note(contest, "let_lead_contest", by=by, as_office=office, facts={"lead": to.pk, "before": contest.lead_id})
    old, contest.lead = contest.lead, to
    contest.save(update_fields=["lead"])
    others = [each.body for each in contest.hosts.select_related("body") if each.body_id != to.pk]
    set_hosts(contest, [*others, old] if stands(old, today) else others)
    return contest


# == entering ==
@in_sentences
def enter(contest: Contest, body: Body, *, team: str = "", today: date, by: Reader) -> Entrant:
    """A body enters, itself or with a team or unit of it by name. Raises Refused."""
    office = office_in(body, by)
    contest = _open(contest, by)
    team = team.strip()
    check_stands(body, today)
    check_texts(Entrant, {"team": team})
    _check_scope(contest, body, today)
    if contest.entrants.filter(body=body, team=team).exists():
        raise Refused(_("It has entered already. There is nothing more to do."))
    facts = {"body": body.pk, "team": team}
    record("activities.enter_contest", by=by, subject=subject_of(contest), facts=facts, as_office=office)
    return Entrant.objects.create(contest=contest, body=body, team=team, entered_on=today)


@in_sentences
def withdraw(entrant: Entrant, *, by: Reader) -> None:
    """It does not take part after all, as long as entries are taken. Raises Refused."""
    office = office_in(entrant.body, by)
    contest = _open(entrant.contest, by)
    facts = {"body": entrant.body_id, "team": entrant.team}
    act = record("activities.leave_contest", by=by, subject=subject_of(contest), facts=facts, as_office=office)
    keep_before(act, Entrant._meta.db_table, "r.id = %s", [entrant.pk], deleted=True)
    entrant.delete()


def scope_of(contest: Contest, today: date) -> Q:
    """Which entries of bodies, on the day, stand for bodies that may enter: below a host in its line, on the level it
    is for; within the host's own organisation alone, if the prizes stay there."""
    hosts = [contest.lead, *(each.body for each in contest.hosts.select_related("body"))]
    if contest.prizes == Contest.Prizes.OWN:
        seats = BodyEntry.objects.on(today).filter(body__in=hosts).values("seat")
        return Q(body__in=hosts) | Q(seat__in=seats, body__line__in={each.line_id for each in hosts})
    found = Q(pk__in=())
    for each in hosts:
        if each.line_path:
            found |= Q(body__line=each.line_id, body__line_path__startswith=each.line_path)
    if contest.level:
        found &= Q(seat__entries__valid__contains=today, seat__entries__kind__level=contest.level)
    return found


def _check_scope(contest: Contest, body: Body, today: date) -> None:
    if not BodyEntry.objects.on(today).filter(scope_of(contest, today), body=body).exists():
        raise Refused(_("The contest is not for this organisation: it stands elsewhere, or on another level."))


# == results ==
@in_sentences
def enter_results(contest: Contest, entrant: Entrant, values: Mapping[int, Decimal | None], *, by: Reader) -> Entrant:
    """What the entrant came to, by the id of the compared item; None takes a result out. Raises Refused."""
    contest, office = _held(contest, by)
    if contest.state != Contest.State.RUNNING:
        raise Refused(
            _("Results are written down while it runs: after entries are closed, before its outcome is told.")
        )
    if entrant.contest_id != contest.pk:
        raise Refused(_("This organisation has not entered the contest. Choose one that has."))
    if set(values) - set(contest.items.values_list("pk", flat=True)):
        raise Refused(_("This is not compared in the contest. Look at the page again."))
    if any(value is not None and abs(value) >= LARGEST for value in values.values()):
        raise Refused(_("This number is too large for the register. Write a smaller one."))
    facts = {"entrant": entrant.pk, "items": sorted(values)}
    act = record("activities.enter_results", by=by, subject=subject_of(contest), facts=facts, as_office=office)
    keep_before(act, Result._meta.db_table, "r.entrant_id = %s", [entrant.pk])
    for item, value in values.items():
        if value is None:
            Result.objects.filter(entrant=entrant, item=item).delete()
        else:
            Result.objects.update_or_create(entrant=entrant, item_id=item, defaults={"value": value})
    return entrant


# == what is looked at first ==
def _held(contest: Contest, by: Reader) -> tuple[Contest, str]:
    """The contest as it stands under the lock, and the office in which it is kept. Raises Refused."""
    found = _locked(contest, by)
    office = office_that_hosts(by, found)
    if office is None:
        raise Refused(_("It is kept by whoever keeps the plan of one of its hosts. None of your offices does."))
    return found, office


def _open(contest: Contest, by: Reader) -> Contest:
    found = _locked(contest, by)
    if found.state != Contest.State.OPEN:
        raise Refused(_("It takes no entries now. Ask the organisation that leads it."))
    return found


def _locked(contest: Contest, by: Reader) -> Contest:
    rows = contests_visible_to(by).select_for_update(of=("self",)).select_related("lead")
    found: Contest | None = rows.filter(pk=contest.pk).first()
    if found is None:
        raise Refused(_("This contest is not there any more, or not open to you. Go back to the list."))
    return found


def _check(contest: Contest, items: Iterable[Compared]) -> list[Compared]:
    """What any contest must have, a draft too; and what it compares, without empty lines."""
    for name in TEXTS:
        setattr(contest, name, getattr(contest, name).strip())
    check_texts(Contest, {name: getattr(contest, name) for name in TEXTS})
    if not contest.title:
        raise Refused(_("The title is empty. Say in a few words what it is."))
    if contest.ends_on < contest.begins_on:
        raise Refused(_("It would end before it begins. Look at the two days again."))
    if contest.prizes == Contest.Prizes.OTHERS and not (contest.approval and contest.approved_at):
        raise Refused(
            _("Prizes to others need an approval from the province or above. Give its document, or leave prizes out.")
        )
    if contest.prizes != Contest.Prizes.OTHERS:
        contest.approval = contest.approved_at = ""
    compared = [each._replace(words=each.words.strip(), measure=each.measure.strip()) for each in items]
    compared = [each for each in compared if each.words]
    if not 1 <= len(compared) <= MOST_ITEMS:
        raise Refused(_("Say what is compared: at least one thing, and at most %(most)s.") % {"most": MOST_ITEMS})
    for each in compared:
        check_texts(ComparedItem, {"words": each.words, "measure": each.measure})
    return compared


def _set_items(contest: Contest, compared: list[Compared]) -> None:
    rows = [ComparedItem(contest=contest, position=at, **each._asdict()) for at, each in enumerate(compared)]
    ComparedItem.objects.bulk_create(rows)
