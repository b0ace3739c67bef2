"""Entering by name what a carrier has reached, and taking that out again."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from gongjian.chronicle.record import keep_before, record
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.models import Body, Office, OfficeKind, Unit
from gongjian.register.refusals import Refused, check_texts

from .access import office_that_enters
from .models import FEWEST_TOLD, Tier, TierEntry

Counts = Tier.Counts


@in_sentences
def enter(
    tier: Tier,
    *,
    since: date,
    today: date,
    by: Reader,
    body: Body | None = None,
    unit: Unit | None = None,
    office: Office | None = None,
    project: str = "",
    people: int | None = None,
    note: str = "",
) -> TierEntry:
    """One more that the tier has reached: exactly one of body, unit, office and project. Raises Refused."""
    project, note = project.strip(), note.strip()
    as_office = _check_right(by, tier, office.body if office else body)
    check_texts(TierEntry, {"project": project, "note": note})
    _check_kind(tier, body, unit, office, project, people)
    if since > today:
        raise Refused(_("This day has not come yet. Enter what has been reached already."))
    thing = {"body": body, "unit": unit, "office": office} if not project else {"project": project}
    if TierEntry.objects.filter(tier=tier, **{name: value for name, value in thing.items() if value}).exists():
        raise Refused(_("It is entered already. Take it out first if something about it is wrong."))
    facts = {name: getattr(value, "pk", value) for name, value in thing.items() if value}
    act = record("programme.enter_tier", by=by, subject=_subject(tier), on=since, facts=facts, as_office=as_office)
    return TierEntry.objects.create(
        tier=tier, body=body, unit=unit, office=office, project=project, people=people, since=since, note=note, act=act
    )


def enter_holders(tier: Tier, body: Body, kind: OfficeKind, *, since: date, today: date, by: Reader, note: str) -> int:
    """Everybody who holds an office in a body today, as offices; how many. Those entered already are left out.

    Raises Refused if nobody is left.
    """
    known = TierEntry.objects.filter(tier=tier, office__isnull=False).values("office")
    offices = list(Office.objects.on(today).filter(body=body, kind=kind).exclude(pk__in=known).order_by("pk"))
    if not offices:
        raise Refused(_("Nobody holds this office there today who is not entered already."))
    for each in offices:
        enter(tier, office=each, since=since, today=today, by=by, note=note)
    return len(offices)


@in_sentences
def take_out(entry: TierEntry, *, by: Reader) -> Tier:
    """It was entered by mistake, or does not count any more. Raises Refused."""
    found = TierEntry.objects.select_for_update(of=("self",)).filter(pk=entry.pk).first()
    if found is None:
        raise Refused(_("It has been taken out already."))
    as_office = _check_right(by, found.tier, body_of(found))
    facts = {"entry": found.pk}
    act = record("programme.leave_tier", by=by, subject=_subject(found.tier), facts=facts, as_office=as_office)
    keep_before(act, TierEntry._meta.db_table, "r.id = %s", [found.pk], deleted=True)
    tier = found.tier
    found.delete()
    return tier


def body_of(entry: TierEntry) -> Body | None:
    """The body the entry is about; of an office the one it is held in, if it is still held."""
    if entry.office_id:
        return Body.objects.filter(offices=entry.office_id).first()
    return entry.body


def _check_right(by: Reader, tier: Tier, body: Body | None) -> str:
    office = office_that_enters(by, tier.carrier, body)
    if office is None:
        raise Refused(
            _(
                "Names are entered at the top of this line and of the Party. "
                "An organisation enters itself and those below it."
            )
        )
    return office


def _check_kind(
    tier: Tier, body: Body | None, unit: Unit | None, office: Office | None, project: str, people: int | None
) -> None:
    given = [each for each in (body, unit, office, project) if each]
    if len(given) != 1:
        raise Refused(_("Choose one thing: an organisation, a unit, an office, or the name of a project."))
    fits = {
        Counts.BODIES: body is not None or unit is not None,
        Counts.PEOPLE: office is not None or (body is not None and people is not None),
        Counts.PROJECTS: bool(project),
    }
    if not fits[Counts(tier.counts)]:
        raise Refused(
            _("This tier counts %(what)s. Choose something of that kind.") % {"what": tier.get_counts_display()}
        )
    if people is not None and tier.counts != Counts.PEOPLE:
        raise Refused(_("This tier does not count people. Leave their number out."))
    if people is not None and people < FEWEST_TOLD:
        raise Refused(
            _("Fewer than %(least)s people are not told as a number. Enter them with the organisation above.")
            % {"least": FEWEST_TOLD}
        )
    if body is not None and body.line_id != tier.carrier.line_id:
        raise Refused(_("This carrier is of another line. Choose an organisation of its line."))


def _subject(tier: Tier) -> str:
    return f"programme.tier:{tier.pk}"
