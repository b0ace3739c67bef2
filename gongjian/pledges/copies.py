"""Which pledges are nearly equal to others: when one is handed in among its neighbours, at night among all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction

from gongjian.register.models import BodyEntry
from rollup.likeness import near_copies

from .models import Likeness, Measure, Pledge

NEIGHBOURS = 400  # compared while somebody waits
BATCH = 5_000
P = Pledge.State
COMPARED = (P.REVIEW, P.PASSED, P.PUBLIC, P.DOING, P.TOLD, P.JUDGED, P.KEPT, P.LATE, P.EXCUSED, P.BROKEN)


def mark_copies(pledge: Pledge) -> int:
    """Compare one with the newest of its year that bodies with the same superior have; how many it is like."""
    near = BodyEntry.objects.filter(body=pledge.body_id, valid__upper_inf=True).values_list("superior_id", "leader_id")
    above = {id for pair in near for id in pair if id}
    beside = BodyEntry.objects.filter(valid__upper_inf=True, superior__in=above).values("body")
    rows = Pledge.objects.filter(year=pledge.year, body__in=beside, state__in=COMPARED).exclude(pk=pledge.pk)
    others = list(rows.order_by("-pk").values_list("pk", "title")[:NEIGHBOURS])
    texts = words_of([pledge.pk, *(pk for pk, _title in others)])
    ids = list(texts)
    found = near_copies(list(texts.values()), leave_out=names_in([pledge.body_id]))
    own = {pledge.pk}
    Likeness.objects.filter(pledge=pledge).delete()
    pairs = [(ids[each.one], ids[each.other], each.likeness) for each in found]
    return _keep((one, other, share) for one, other, share in pairs if own & {one, other})


def find_copies(year: int) -> int:
    """Compare all of a year anew; how many are like another one."""
    ids = list(Pledge.objects.filter(year=year, state__in=COMPARED).order_by("pk").values_list("pk", flat=True))
    texts = words_of(ids)
    bodies = Pledge.objects.filter(pk__in=ids).values_list("body_id", flat=True).distinct()
    found = near_copies(list(texts.values()), leave_out=names_in(bodies) if len(bodies) < BATCH else ())
    order = list(texts)
    with transaction.atomic():
        Likeness.objects.filter(pledge__year=year).delete()
        return _keep((order[each.one], order[each.other], each.likeness) for each in found)


def words_of(ids: Sequence[int]) -> dict[int, str]:
    """Title and measures of each, in the order given. Two queries."""
    titles = dict(Pledge.objects.filter(pk__in=ids).values_list("pk", "title"))
    texts = {pk: titles[pk] for pk in ids if pk in titles}
    for pk, words in (
        Measure.objects.filter(pledge__in=ids).order_by("pledge", "position").values_list("pledge", "words")
    ):
        texts[pk] += f" {words}"
    return texts


def names_in(bodies: Iterable[int]) -> set[str]:
    """The names of bodies and of the places they sit in: a text with another name in it is the same text."""
    rows = BodyEntry.objects.filter(body__in=list(bodies), valid__upper_inf=True, seat__entries__valid__upper_inf=True)
    return {name for row in rows.values_list("name", "seat__entries__name") for name in row}


def _keep(pairs: Iterable[tuple[int, int, float]]) -> int:
    """Both ways, so that each of the two is told of the other."""
    rows = [
        Likeness(pledge_id=one, other_id=other, share=share) for a, b, share in pairs for one, other in ((a, b), (b, a))
    ]
    Likeness.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    return len({each.pledge_id for each in rows})
