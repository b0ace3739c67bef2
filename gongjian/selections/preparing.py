"""Preparing a selection: rules of the pack, candidates from deeds that are shown, accepted or refused with reasons."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.chronicle.record import record
from gongjian.deeds.models import Deed
from gongjian.deeds.stars import first_of
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.models import Body, BodyEntry, Unit, UnitEntry, UnitKind
from gongjian.register.models.words import spoken
from gongjian.register.queries.lists import body_names
from gongjian.register.refusals import Refused

from . import owing
from .access import deeds_to_propose, office_that_keeps, proposing_body
from .models import Candidate, Selection, SelectionRule
from .refusing import held, locked, texts
from .states import move, subject_of

LONGEST = timedelta(days=120)
MOST_CANDIDATES = 500


@in_sentences
def draft(
    held_by: Body, rule: SelectionRule, *, title: str, span: str = "", of: date | None = None, nominate_until: date,
    today: date, by: Reader,
) -> Selection:  # fmt: skip
    """`span`, `of`: of which month, quarter or year it names the stars, if of any. Raises Refused."""
    office = office_that_keeps(by, held_by)
    if office is None:
        raise Refused(_("A selection is kept by whoever keeps the plan of the organisation. Your offices do not."))
    said = texts(Selection, {"title": title}, {"title": _("The title is empty. Say what is selected.")})
    if not today <= nominate_until <= today + LONGEST:
        raise Refused(_("Candidates come in until a day from today on, and within 120 days. Choose another day."))
    if bool(span) != bool(of):
        raise Refused(_("Say of which month, quarter or year the stars are, with a day of it; or neither."))
    since = first_of(span, of) if of else None
    if since is not None and since > nominate_until:
        raise Refused(_("This time has not begun by the day until which candidates come in. Choose an earlier one."))
    made = Selection.objects.create(
        held_by=held_by, rule=rule, rules=rule.definition, span=span, of=since,
        nominate_until=nominate_until, **said,
    )  # fmt: skip
    facts = {"body": held_by.pk, "rule": rule.pk}
    record("selections.draft_selection", by=by, subject=subject_of(made), facts=facts, as_office=office)
    return made


@in_sentences
def open_nominations(selection: Selection, *, today: date, now: datetime, by: User) -> Selection:
    """From now on candidates come in. Raises Refused."""
    selection, office = held(selection, by)
    move(selection, "open", by=by, as_office=office)
    owing.owe(selection, "hold_poll", due_on=selection.nominate_until, today=today, now=now, by=by)
    return selection


@in_sentences
def propose(selection: Selection, deed: Deed, *, marks: dict[str, str], today: date, by: User) -> Candidate:
    """A deed that is shown. By whoever keeps the selection it stands at once; by others it waits. Raises Refused."""
    selection = locked(selection, by)
    if selection.state != Selection.State.NOMINATING or today > selection.nominate_until:
        raise Refused(_("Candidates are taken while the list is open. It is closed."))
    found = (
        deeds_to_propose(by, selection).select_for_update(of=("self",)).select_related("selected_by").filter(pk=deed.pk)
    )
    deed_now = found.first()
    named_by = proposing_body(by, selection, deed_now) if deed_now else None
    if deed_now is None or named_by is None:
        raise Refused(_("This deed is not shown, stands here already, or is of somebody else. Choose another."))
    gone = (Candidate.State.REFUSED, Candidate.State.WITHDRAWN)
    if selection.candidates.exclude(state__in=gone).count() >= MOST_CANDIDATES:
        raise Refused(_("500 candidates are there. Refuse some, or hold two selections."))
    body, office = named_by
    made = Candidate.objects.create(
        selection=selection, deed=deed_now, group=group_of(selection, deed_now), proposed_by=body,
        marks=_marks(selection, deed_now, marks, today),
        state=Candidate.State.ACCEPTED if body == selection.held_by else Candidate.State.PROPOSED,
    )  # fmt: skip
    record("selections.propose_candidate", by=by, subject=subject_of(made), facts={"deed": deed_now.pk},
           as_office=office)  # fmt: skip
    return made


def group_of(selection: Selection, deed: Deed) -> str:
    found = next((each["id"] for each in selection.rules["groups"] if each["of"] == deed.of), None)
    if found is None:
        raise Refused(_("These rules have no group for such a deed. Choose another."))
    return str(found)


def _marks(selection: Selection, deed: Deed, typed: dict[str, str], today: date) -> dict[str, str]:
    told = {}
    for mark in selection.rules["marks"]:
        if mark["source"] == "county":
            told[mark["key"]] = counties_of([deed.body_id], today).get(deed.body_id, "")
        elif typed.get(mark["key"], "") in {each["key"] for each in mark["options"]}:
            told[mark["key"]] = typed[mark["key"]]
        else:
            raise Refused(_("Say for each candidate: %(mark)s.") % {"mark": spoken(mark["names"])})
    return told


def counties_of(bodies: Iterable[int], today: date) -> dict[int, str]:
    """The name of the county in which each sits today. Two queries."""
    seats = dict(
        BodyEntry.objects.on(today).filter(body__in=list(bodies)).values_list("body", "seat__path")
    )  # fmt: skip
    prefixes = {path[: at + 1] for path in seats.values() for at, sign in enumerate(path) if sign == "."}
    rows = UnitEntry.objects.on(today).filter(
        unit__in=Unit.objects.filter(path__in=prefixes), kind__level=UnitKind.Level.COUNTY
    )
    named = dict(rows.values_list("unit__path", "name"))
    return {
        body: next((name for above, name in named.items() if path.startswith(above)), "")
        for body, path in seats.items()
    }


@in_sentences
def answer(candidate: Candidate, verb: str, *, reason: str = "", by: User) -> Candidate:
    """`accept`, or `refuse` with the reason. Raises Refused."""
    selection, office = held(candidate.selection, by, Selection.State.NOMINATING)
    candidate = Candidate.objects.select_for_update(of=("self",)).get(pk=candidate.pk)
    missing = {"reason": _("Say why. Whoever proposed it reads it.")} if verb == "refuse" else {}
    said = texts(Candidate, {"reason": reason if verb == "refuse" else ""}, missing)
    move(candidate, verb, by=by, as_office=office, **said)
    candidate.selection = selection
    return candidate


def titled(candidates: list[Candidate], by: Reader, today: date) -> None:
    """As they are called on the ballot: whoever it is about or the organisation, and beside it the deed."""
    names = body_names(by, today, {each.deed.body_id for each in candidates})
    for each in candidates:
        body, named = names.get(each.deed.body_id) or "", getattr(each.deed, "named", None)
        each.title = f"{named.name}（{body}）"[:120] if named else body[:120]
        each.note = each.deed.title[:200]
