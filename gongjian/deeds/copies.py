"""What whoever checks a deed is told: to which others it is nearly equal, and what was named before of the same."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from gongjian.register.models import BodyEntry
from rollup.likeness import near_copies

from .models import Deed, DeedLikeness, Star

NEIGHBOURS = 400  # compared while somebody waits
MOST_TOLD = 10
COMPARED = tuple(state for state in Deed.State.values if state not in ("returned", "taken_back"))


def mark_copies(deed: Deed) -> int:
    """Compare one with the newest of the organisations that stand below the same one, and with its own; how many it
    is like."""
    near = BodyEntry.objects.filter(body=deed.body_id, valid__upper_inf=True).values_list("superior_id", "leader_id")
    above = {id for pair in near for id in pair if id}
    beside = BodyEntry.objects.filter(valid__upper_inf=True, superior__in=above).values("body")
    rows = Deed.objects.filter(Q(body__in=beside) | Q(body=deed.body_id), state__in=COMPARED).exclude(pk=deed.pk)
    others = list(rows.order_by("-pk").values_list("pk", "title", "story")[:NEIGHBOURS])
    ids = [deed.pk, *(pk for pk, _title, _story in others)]
    texts = [f"{deed.title} {deed.story}", *(f"{title} {story}" for _pk, title, story in others)]
    found = near_copies(texts, leave_out=_names_in(deed.body_id))
    pairs = [(ids[each.one], ids[each.other], each.likeness) for each in found]
    DeedLikeness.objects.filter(deed=deed).delete()
    own = [(one, other, share) for one, other, share in pairs if deed.pk in (one, other)]
    DeedLikeness.objects.bulk_create(
        [DeedLikeness(deed_id=a, other_id=b, share=share) for one, other, share in own for a, b in _both(one, other)],
        ignore_conflicts=True,
    )
    return len(own)


def _both(one: int, other: int) -> Sequence[tuple[int, int]]:
    return (one, other), (other, one)


def _names_in(body: int) -> set[str]:
    """The names of the body and of where it sits: a text with another name in it is the same text."""
    rows = BodyEntry.objects.filter(body=body, valid__upper_inf=True, seat__entries__valid__upper_inf=True)
    return {name for row in rows.values_list("name", "seat__entries__name") for name in row}


def named_before(deed: Deed) -> list[Star]:
    """Stars that the same person, or the same organisation, became before; of a person not in the register those of
    the same name in the same organisation. One query."""
    named = getattr(deed, "named", None)
    if deed.of == Deed.Of.BODY:
        same = Q(deed__of=Deed.Of.BODY, deed__body=deed.body_id)
    elif named is None:
        return []
    else:
        same = Q(deed__named__name=named.name, deed__body=deed.body_id)
        same |= Q(deed__named__person=named.person_id) if named.person_id else Q()
    rows = Star.objects.filter(same).exclude(deed=deed.pk).select_related("deed")
    return list(rows.order_by("-since", "-pk")[:MOST_TOLD])
