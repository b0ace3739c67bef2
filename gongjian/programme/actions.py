"""What people do with plans: draft, amend, publish and close one; take items down, share them, tell how they stand.

Every action is one transaction with its act in the chronicle. Whoever does it keeps the plan; how an item stands is
also told by whoever keeps the plan of its owner.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from gongjian.chronicle.record import keep_before, record
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.models import Body, BodyEntry
from gongjian.register.refusals import Refused, check_texts

from .access import items_visible_to, office_that_keeps, office_that_moves, plans_visible_to
from .models import LAST_YEAR, Partner, Plan, PlanItem, Task
from .states import move, subject_of
from .timeline import moved

MOST_ITEMS = 200
TAKEN = ("title", "what", "milestone", "recurs", "indicator_id", "stage_id", "carrier_id", "task_id")
DAYS = ("starts_on", "due_on")


# == plans ==
@in_sentences
def open_plan(
    body: Body,
    year: int,
    *,
    today: date,
    by: Reader,
    theme: str = "",
    document: str = "",
    based_on: Plan | None = None,
) -> Plan:
    """A draft of a year; on last year's plan it begins with what that left unfinished and what comes again each year.

    Raises Refused: no right to, a plan of that year is there, the body does not stand, a year that is not meant.
    """
    office = _keeping(by, body)
    if not today.year <= year <= LAST_YEAR:
        raise Refused(_("A plan is drawn up for this year or a later one. Choose such a year."))
    if not BodyEntry.objects.within(max(today, date(year, 1, 1)), date(year, 12, 31)).filter(body=body).exists():
        raise Refused(_("The organisation does not stand in the rest of that year. Choose another year."))
    if Plan.objects.filter(body=body, year=year).exists():
        raise Refused(_("It has a plan of that year already. Open that one."))
    if based_on is not None and (based_on.body_id != body.pk or based_on.year >= year):
        raise Refused(_("A plan begins with an earlier plan of the same organisation. Choose that one."))
    check_texts(Plan, {"theme": theme.strip(), "document": document.strip()})
    plan = Plan.objects.create(body=body, year=year, theme=theme.strip(), document=document.strip(), based_on=based_on)
    facts: dict[str, Any] = {"body": body.pk, "year": year}
    if based_on is not None:
        facts |= {"based_on": based_on.pk, "items": _carry_over(based_on, plan)}
    record("programme.open_plan", by=by, subject=subject_of(plan), facts=facts, as_office=office)
    return plan


def _carry_over(old: Plan, new: Plan) -> int:
    """Items that are unfinished or recur, moved by the years between, each with its partners; how many."""
    years = new.year - old.year
    kept = [each for each in old.items.prefetch_related("partners") if each.is_unfinished or each.recurs]
    copies = PlanItem.objects.bulk_create(
        PlanItem(
            plan=new,
            owner_id=each.owner_id,
            **_copied(each, TAKEN),
            **dict(zip(DAYS, moved([each.starts_on, each.due_on], years), strict=True)),
        )
        for each in kept
    )
    Partner.objects.bulk_create(
        Partner(item=copy, body_id=partner.body_id)
        for each, copy in zip(kept, copies, strict=True)
        for partner in each.partners.all()
    )
    return len(copies)


def _copied(item: PlanItem, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(item, name) for name in names}


@in_sentences
def amend_plan(plan: Plan, *, theme: str, document: str, by: Reader) -> Plan:
    """Its theme, and the document it stands on. Raises Refused."""
    plan, office = _held(plan, by)
    fields = {"theme": theme.strip(), "document": document.strip()}
    check_texts(Plan, fields)
    act = record("programme.amend_plan", by=by, subject=subject_of(plan), facts=fields, as_office=office)
    keep_before(act, Plan._meta.db_table, "r.id = %s", [plan.pk])
    Plan.objects.filter(pk=plan.pk).update(**fields)
    plan.refresh_from_db()
    return plan


@in_sentences
def move_plan(plan: Plan, verb: str, *, by: Reader) -> Plan:
    """Publish it, close it, reopen it, or make it a draft again as long as nobody below has taken anything down."""
    plan, office = _held(plan, by, closed=True)
    if verb == "publish" and not plan.items.exists():
        raise Refused(_("There is nothing in it yet. Add an item, or take some down, then publish it."))
    if verb == "withdraw" and plan.items.filter(taken_down__isnull=False).exists():
        raise Refused(_("Organisations below have taken items down already. Change the items, or close the plan."))
    move(plan, verb, by=by, as_office=office)
    return plan


# == items ==
@in_sentences
def add_item(
    plan: Plan, *, title: str, starts_on: date, due_on: date, owner: Body, today: date, by: Reader, **more: Any
) -> PlanItem:
    """A thing to do in the plan. `more`: what, indicator, milestone, stage, carrier, recurs, and `partners`, bodies of
    other lines that do it together. Raises Refused."""
    plan, office = _held(plan, by)
    partners = list(more.pop("partners", ()))
    fields = {"title": title.strip(), "starts_on": starts_on, "due_on": due_on, "owner": owner, **more}
    _check_item(plan, fields, partners, today)
    _check_room(plan, 1)
    item = PlanItem.objects.create(plan=plan, **fields)
    Partner.objects.bulk_create(Partner(item=item, body=body) for body in partners)
    facts = {"plan": plan.pk, "title": item.title, "owner": owner.pk, "partners": [each.pk for each in partners]}
    record("programme.add_item", by=by, subject=subject_of(item), facts=facts, as_office=office)
    return item


@in_sentences
def amend_item(item: PlanItem, *, today: date, by: Reader, partners: Iterable[Body], **fields: Any) -> PlanItem:
    """Write down anew what it is, who owns it and who shares it. Raises Refused."""
    plan, office = _held(item.plan, by)
    item = PlanItem.objects.select_for_update().get(pk=item.pk)
    partners = list(partners)
    fields["title"] = fields["title"].strip()
    _check_item(plan, fields, partners, today, before=item)
    changed = {name: value for name, value in fields.items() if getattr(item, name) != value}
    told: dict[str, Any] = {name: str(getattr(value, "pk", value)) for name, value in changed.items()}
    act = record(
        "programme.amend_item",
        by=by,
        subject=subject_of(item),
        facts=told | {"partners": [each.pk for each in partners]},
        as_office=office,
    )
    keep_before(act, PlanItem._meta.db_table, "r.id = %s", [item.pk])
    for name, value in changed.items():
        setattr(item, name, value)
    item.save(update_fields=[*changed]) if changed else None
    gone = item.partners.exclude(body__in=partners)
    keep_before(act, Partner._meta.db_table, "r.id = ANY(%s)", [[each.pk for each in gone]], deleted=True)
    gone.delete()
    known = set(item.partners.values_list("body_id", flat=True))
    Partner.objects.bulk_create(Partner(item=item, body=body) for body in partners if body.pk not in known)
    return item


@in_sentences
def remove_item(item: PlanItem, *, by: Reader) -> Plan:
    """Take an item out of a draft again. Once published it is dropped, with a reason. Raises Refused."""
    plan, office = _held(item.plan, by)
    if plan.state != Plan.State.DRAFT:
        raise Refused(_("The plan is published, so it is on record. Drop the item, with a reason."))
    if item.taken_down.exists():
        raise Refused(_("Organisations below have taken it down already. Drop it, with a reason."))
    act = record("programme.remove_item", by=by, subject=subject_of(item), facts={"plan": plan.pk}, as_office=office)
    keep_before(act, Partner._meta.db_table, "r.item_id = %s", [item.pk], deleted=True)
    keep_before(act, PlanItem._meta.db_table, "r.id = %s", [item.pk], deleted=True)
    item.partners.all().delete()
    PlanItem.objects.filter(pk=item.pk).delete()
    return plan


@in_sentences
def take_down(plan: Plan, items: Iterable[PlanItem], *, by: Reader) -> list[PlanItem]:
    """Items of published plans above become items of this plan, owned by its body. Those it has already are left out.

    Raises Refused: nothing is left to take, or an item's own plan is not published.
    """
    plan, office = _held(plan, by)
    known = set(plan.items.exclude(source=None).values_list("source_id", flat=True))
    wanted = [each for each in items if each.pk not in known and each.plan_id != plan.pk]
    if not wanted:
        raise Refused(_("Choose at least one item that is not in the plan yet."))
    if any(each.plan.state != Plan.State.PUBLISHED for each in wanted):
        raise Refused(_("One of these plans is not published any more. Look at the list again."))
    _check_room(plan, len(wanted))
    taken = PlanItem.objects.bulk_create(
        PlanItem(plan=plan, owner_id=plan.body_id, source=each, **_copied(each, TAKEN + DAYS)) for each in wanted
    )
    facts = {"from": [each.pk for each in wanted], "items": [each.pk for each in taken]}
    record("programme.take_down", by=by, subject=subject_of(plan), facts=facts, as_office=office)
    return taken


@in_sentences
def take_up(plan: Plan, tasks: Iterable[Task], *, by: Reader) -> list[PlanItem]:
    """Tasks of the programme become items of the plan, for the whole year. Those it has already are left out."""
    plan, office = _held(plan, by)
    known = set(plan.items.exclude(task=None).values_list("task_id", flat=True))
    wanted = [each for each in tasks if each.pk not in known]
    if not wanted:
        raise Refused(_("Choose at least one task that is not in the plan yet."))
    _check_room(plan, len(wanted))
    taken = PlanItem.objects.bulk_create(
        PlanItem(
            plan=plan,
            owner_id=plan.body_id,
            task=each,
            title=each.names["zh-hans"][:120],
            what=each.words["zh-hans"],
            starts_on=date(plan.year, 1, 1),
            due_on=date(plan.year, 12, 31),
        )
        for each in wanted
    )
    facts = {"tasks": [each.pk for each in wanted], "items": [each.pk for each in taken]}
    record("programme.take_up", by=by, subject=subject_of(plan), facts=facts, as_office=office)
    return taken


@in_sentences
def move_item(item: PlanItem, verb: str, *, today: date, by: Reader, reason: str = "") -> PlanItem:
    """Begin, finish, drop with a reason, reopen. Raises Refused."""
    item, office = _held_item(item, by)
    if item.plan.state == Plan.State.DRAFT:
        raise Refused(_("The plan is a draft. Publish it first; how its items stand is told after that."))
    reason = reason.strip()
    if verb == "drop" and not reason:
        raise Refused(_("Say why it is dropped. The reason stays with the item."))
    dropped = reason if verb == "drop" else ""
    check_texts(PlanItem, {"dropped_reason": dropped})
    done_on = today if verb == "finish" else None
    move(item, verb, by=by, as_office=office, facts={"reason": dropped} if dropped else None,
         dropped_reason=dropped, done_on=done_on)  # fmt: skip
    return item


@in_sentences
def say_why_late(item: PlanItem, *, reason: str, today: date, by: Reader) -> PlanItem:
    """Why it was not done in time. Raises Refused."""
    item, office = _held_item(item, by)
    reason = reason.strip()
    if not item.is_late(today):
        raise Refused(_("It is not late, so there is nothing to explain."))
    if not reason:
        raise Refused(_("Write why it is late, and what happens next."))
    check_texts(PlanItem, {"late_reason": reason})
    facts = {"reason": reason}
    act = record("programme.explain_item", by=by, subject=subject_of(item), facts=facts, as_office=office)
    keep_before(act, PlanItem._meta.db_table, "r.id = %s", [item.pk])
    item.late_reason = reason
    item.save(update_fields=["late_reason"])
    return item


@in_sentences
def hand_over(item: PlanItem, *, to: Body, today: date, by: Reader) -> PlanItem:
    """Another body owns it from now on: after the owner was dissolved, for one. Raises Refused."""
    _plan, office = _held(item.plan, by)
    item = PlanItem.objects.select_for_update().get(pk=item.pk)
    _check_stands(to, today)
    facts = {"owner": to.pk, "before": item.owner_id}
    act = record("programme.hand_over_item", by=by, subject=subject_of(item), facts=facts, as_office=office)
    keep_before(act, PlanItem._meta.db_table, "r.id = %s", [item.pk])
    item.owner = to
    item.save(update_fields=["owner"])
    return item


# == what is looked at first ==
def _keeping(by: Reader, body: Body) -> str:
    office = office_that_keeps(by, Body.objects.get(pk=body.pk))
    if office is None:
        raise Refused(_("This plan is kept by the offices of its organisation. Yours is not one of them."))
    return office


def _held(plan: Plan, by: Reader, *, closed: bool = False) -> tuple[Plan, str]:
    """The plan as it stands under the lock, and the office in which it is kept. Raises Refused."""
    found = plans_visible_to(by).select_for_update(of=("self",)).filter(pk=plan.pk).first()
    if found is None:
        raise Refused(_("This plan is not there any more, or not open to you. Go back to the list."))
    office = _keeping(by, found.body)
    if not (closed or found.is_open):
        raise Refused(_("The plan is closed. Reopen it first."))
    return found, office


def _held_item(item: PlanItem, by: Reader) -> tuple[PlanItem, str]:
    found = items_visible_to(by).select_for_update(of=("self",)).filter(pk=item.pk).select_related("plan").first()
    if found is None:
        raise Refused(_("This item is not there any more, or not open to you. Go back to the plan."))
    office = office_that_moves(by, found)
    if office is None:
        raise Refused(_("How it stands is told by whoever keeps the plan, or the plan of the item's owner."))
    if not found.plan.is_open:
        raise Refused(_("The plan is closed. Reopen it first."))
    return found, office


def _check_item(
    plan: Plan, fields: dict[str, Any], partners: list[Body], today: date, before: PlanItem | None = None
) -> None:
    check_texts(PlanItem, {"title": fields["title"], "milestone": fields.get("milestone", "")})
    if not fields["title"]:
        raise Refused(_("The title is empty. Say in a few words what is to be done."))
    if len(fields.get("what", "")) > 2000 or "\x00" in fields.get("what", ""):
        raise Refused(_("The description is too long, or holds a sign that cannot be kept. Shorten it."))
    if fields["due_on"] < fields["starts_on"]:
        raise Refused(_("It would be due before it begins. Look at the two days again."))
    if before is None or before.owner_id != fields["owner"].pk:
        _check_stands(fields["owner"], today)
    for body in partners:
        if body.line_id == plan.body.line_id:
            raise Refused(
                _("Partners are organisations of other lines. An item within one line is taken down instead.")
            )
        if before is None or not before.partners.filter(body=body).exists():
            _check_stands(body, today)


def _check_stands(body: Body, today: date) -> None:
    if not BodyEntry.objects.on(today).filter(body=body).exists():
        raise Refused(_("This organisation does not stand today. Choose one that does."))


def _check_room(plan: Plan, more: int) -> None:
    if plan.items.count() + more > MOST_ITEMS:
        raise Refused(_("A plan holds at most %(most)s items. Drop or join some first.") % {"most": MOST_ITEMS})
