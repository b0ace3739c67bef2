"""The pages of one item: what it is and how it stands; adding and amending one, moving it, saying why it is late."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongjian.asks.access import bodies_asked_from
from gongjian.register.models import Body
from gongjian.register.refusals import Refused
from gongjian.register.views.door import DayRequest, signed_in_only

from . import actions, asked, queries
from .access import items_visible_to, office_that_keeps, office_that_moves
from .forms import ItemForm, OwnerForm
from .models import Plan, PlanItem
from .queries_item import item_shown
from .states import ITEM_MOVES, WORDS, moves_of
from .views_plan import plan_of, refusal_of, trail_of


@signed_in_only
@require_GET
def item(request: DayRequest, plan_id: int, item_id: int) -> HttpResponse:
    found = _item(request, plan_id, item_id)
    shown = item_shown(request.user, found, request.today)
    keeps = office_that_keeps(request.user, found.plan.body) is not None and found.plan.is_open
    moves = office_that_moves(request.user, found) is not None and found.plan.state == Plan.State.PUBLISHED
    verbs = moves_of(found) if moves else []
    facts = {
        "shown": shown,
        "sent": asked.sent_for(request.user, found),
        "may_ask": bodies_asked_from(request.user).on(request.today).exists(),
        "about": asked.reference(found.pk),
        "item": found,
        "row": shown.row,
        "plan": found.plan,
        "keeps": keeps,
        "moves": [(verb, WORDS[verb]) for verb in verbs if verb != "drop"],
        "may_drop": "drop" in verbs,
        "may_explain": moves and shown.row.is_late,
        "may_remove": keeps and found.plan.state == Plan.State.DRAFT,
        "heirs": _heirs(request, found, shown.row) if keeps and shown.row.is_orphan else [],
        "trail": [*trail_of(request, found.plan), (found.title, None)],
        "place": "programme",
    }
    return render(request, "programme/item.html", facts)


@signed_in_only
def item_new(request: DayRequest, plan_id: int) -> HttpResponseBase:
    found = plan_of(request, plan_id)
    if refusal := refusal_of(request, found):
        return refusal

    def write(given: dict[str, Any]) -> PlanItem:
        return actions.add_item(found, today=request.today, by=request.user, **given)

    return _form(request, found, None, write, _("Add an item"), _("The item is in the plan."))


@signed_in_only
def item_edit(request: DayRequest, plan_id: int, item_id: int) -> HttpResponseBase:
    found = _item(request, plan_id, item_id)
    if refusal := refusal_of(request, found.plan):
        return refusal

    def write(given: dict[str, Any]) -> PlanItem:
        return actions.amend_item(found, today=request.today, by=request.user, **given)

    return _form(request, found.plan, found, write, _("Amend the item"), _("Kept. What stood before stays on record."))


@signed_in_only
@require_POST
def item_move(request: DayRequest, plan_id: int, item_id: int) -> HttpResponse:
    verb, reason = request.POST.get("do", ""), request.POST.get("reason", "")
    if verb not in {known for _state, known in ITEM_MOVES}:
        raise Http404

    def write(found: PlanItem) -> object:
        return actions.move_item(found, verb, reason=reason, today=request.today, by=request.user)

    return _done(request, plan_id, item_id, write, _("Written down."))


@signed_in_only
@require_POST
def item_late(request: DayRequest, plan_id: int, item_id: int) -> HttpResponse:
    reason = request.POST.get("reason", "")

    def write(found: PlanItem) -> object:
        return actions.say_why_late(found, reason=reason, today=request.today, by=request.user)

    return _done(request, plan_id, item_id, write, _("The reason stands with the item."))


@signed_in_only
@require_POST
def item_owner(request: DayRequest, plan_id: int, item_id: int) -> HttpResponse:
    found = _item(request, plan_id, item_id)
    row = queries.row_of(request.user, found, request.today)
    form = OwnerForm(request.POST, offered=_heirs(request, found, row))
    if not form.is_valid():
        messages.error(request, _("Choose one of the organisations offered."))
        return redirect("plan_item", plan_id, item_id)
    to = Body.objects.get(pk=form.cleaned_data["owner"])

    def write(item: PlanItem) -> object:
        return actions.hand_over(item, to=to, today=request.today, by=request.user)

    return _done(request, plan_id, item_id, write, _("The item has a new owner."))


@signed_in_only
@require_POST
def item_remove(request: DayRequest, plan_id: int, item_id: int) -> HttpResponse:
    found = _item(request, plan_id, item_id)
    try:
        actions.remove_item(found, by=request.user)
    except Refused as no:
        messages.error(request, str(no))
        return redirect("plan_item", plan_id, item_id)
    messages.success(request, _("The item is out of the plan."))
    return redirect("plan", plan_id)


def _done(
    request: DayRequest, plan_id: int, item_id: int, write: Callable[[PlanItem], object], said: str
) -> HttpResponse:
    found = _item(request, plan_id, item_id)
    try:
        write(found)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, said)
    return redirect("plan_item", plan_id, item_id)


def _form(
    request: DayRequest,
    plan: Plan,
    item: PlanItem | None,
    write: Callable[[dict[str, Any]], PlanItem],
    title: str,
    said: str,
) -> HttpResponse:
    owners = list(queries.owners_for(request.user, plan, request.today)[: queries.MOST_OWNERS])
    partners = queries.partners_offered(request.user, plan, item, request.today)
    given = request.POST if request.method == "POST" else None
    form = ItemForm(given, plan=plan, owners=owners, partners=partners, item=item)
    if given is not None and form.is_valid():
        try:
            made = write(form.given())
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, said)
            return redirect("plan_item", plan.pk, made.pk)
    back = reverse("plan_item", args=[plan.pk, item.pk]) if item else reverse("plan", args=[plan.pk])
    facts = {"form": form, "plan": plan, "title": title, "back": back, "trail": trail_of(request, plan)}
    return render(request, "programme/form.html", facts | {"place": "programme"}, status=200 if given is None else 400)


def _heirs(request: DayRequest, found: PlanItem, row: queries.ItemRow) -> list[tuple[int, str]]:
    """Whom the item can be handed to: the body above its owner first, then whoever else could own it."""
    others = queries.owners_for(request.user, found.plan, request.today)[: queries.MOST_OWNERS]
    heirs = [row.heir] if row.heir else []
    return [*heirs, *((each.body_id, each.name) for each in others if (each.body_id, each.name) not in heirs)]


def _item(request: DayRequest, plan_id: int, item_id: int) -> PlanItem:
    found = items_visible_to(request.user).filter(plan=plan_id, pk=item_id)
    item = found.select_related("plan__body__line", "owner", "indicator", "stage", "carrier", "task", "source").first()
    if item is None:
        raise Http404
    return item
