"""Made-up phones and identity numbers for some of the people, such that none can be anybody's.

Every fiftieth person has them, and whoever belongs to a body in which a persona holds office, so that a visitor meets
some. Identity numbers pass their check sign, and begin with 990000: no region has that code. Phones begin with 154.
"""

from __future__ import annotations

import random
from datetime import date, timedelta

from django.db.models import F, Q

from gongjian.register.models import Body, Particulars, Person
from gongjian.register.particulars import IDENTITY, PHONE
from gongjian.register.personal_numbers import check_sign

NO_REGION, NO_NETWORK = "990000", "154"
EVERY = 50
FIRST_BORN, DAYS = date(1960, 1, 1), 15_000  # the youngest is born in January 2001


def keep(seed: int) -> int:
    """Keep them; returns of how many people. The same seed gives the same numbers."""
    rng = random.Random(seed)
    kept = [_made(person_id, rng) for person_id in _chosen()]
    Particulars.objects.bulk_create(kept, batch_size=1000)
    return len(kept)


def _chosen() -> list[int]:
    at_home = Body.objects.filter(offices__person__account__isnull=False)
    some = Q(pk__in=Person.objects.filter(memberships__body__in=at_home).values("pk"))
    some |= Q(pk__in=Person.objects.filter(offices__body__in=at_home).values("pk"))
    some |= Q(place=0)
    return list(Person.objects.alias(place=F("id") % EVERY).filter(some).order_by("pk").values_list("pk", flat=True))


def _made(person_id: int, rng: random.Random) -> Particulars:
    born = FIRST_BORN + timedelta(days=rng.randrange(DAYS))
    digits = f"{NO_REGION}{born:%Y%m%d}{rng.randrange(1, 1000):03}"
    return Particulars(
        person_id=person_id,
        phone=PHONE.seal(f"{NO_NETWORK}{rng.randrange(10**8):08}", person_id),
        identity_number=IDENTITY.seal(digits + check_sign(digits), person_id),
        born_on=born,
    )
