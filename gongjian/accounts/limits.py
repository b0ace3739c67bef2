"""How often somebody may try a password or a code, without anybody being able to lock anybody else out.

What is spent comes back with time. Somebody unknown spends from three pots: that of the address and name together,
a slower one of the name from everywhere, and one of the address for all names. A device that has signed in to the
account before (`devices.py`) spends from a pot of its own and from no other: whoever empties the other three by
guessing does not keep the owner out. Passkeys and the operator's provider are not guessed and not limited here.
A try is taken before the password is looked at, so that many at once get no further, and given back if it was right.
Kept in PostgreSQL, for all processes together. The same for names that exist and names that do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from .devices import device_for, hash_of, network_of
from .models import Tries, User

FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class Allowance:
    """So many tries at once; after that one more each time `regained` has gone by."""

    tries: int
    regained: timedelta


PAIR = Allowance(5, timedelta(minutes=1))
NAME = Allowance(20, timedelta(minutes=3))
ADDRESS = Allowance(100, timedelta(seconds=5))
DEVICE = Allowance(10, timedelta(minutes=2))
SIGNED_IN = Allowance(10, timedelta(minutes=1))

Pots = dict[str, Allowance]


def pots_for(request: HttpRequest, name: str) -> Pots:
    """From which pots a try at signing in as `name` is taken."""
    device = device_for(request, name)
    if device:
        return {f"device:{hash_of(device + name)}": DEVICE}
    network = network_of(request)
    return {
        f"pair:{hash_of(network + ' ' + name)}": PAIR,
        f"name:{hash_of(name)}": NAME,
        f"address:{hash_of(network)}": ADDRESS,
    }


def pots_for_code(request: HttpRequest, account: User) -> Pots:
    """The same for the code after the password. Only who has the password gets here; the pots are others."""
    return {f"code-{key}": allowance for key, allowance in pots_for(request, account.username).items()}


def pots_again(account: User) -> Pots:
    """For whoever is signed in and proves once more who they are."""
    return {f"again:{account.pk}": SIGNED_IN}


def take(pots: Pots, now: datetime | None = None) -> bool:
    """Take one try from each pot, or none at all if one of them is empty."""
    now = now or timezone.now()
    Tries.objects.filter(at__lt=now - FORGOTTEN_AFTER).delete()
    with transaction.atomic():
        rows = _locked(pots, now)
        for row in rows:
            _refill(row, pots[row.key], now)
        if any(row.spent + 1 > pots[row.key].tries for row in rows):
            return False
        for row in rows:
            row.spent += 1
        Tries.objects.bulk_update(rows, ["spent", "at"])
    return True


def give_back(pots: Pots) -> None:
    """The try was right: it costs nothing. What was spent on wrong ones before stays spent."""
    with transaction.atomic():
        rows = _locked(pots, timezone.now())
        for row in rows:
            row.spent = max(0, row.spent - 1)
        Tries.objects.bulk_update(rows, ["spent"])


def _locked(pots: Pots, now: datetime) -> list[Tries]:
    Tries.objects.bulk_create([Tries(key=key, at=now) for key in sorted(pots)], ignore_conflicts=True)
    return list(Tries.objects.select_for_update().filter(key__in=pots).order_by("key"))


def _refill(row: Tries, allowance: Allowance, now: datetime) -> None:
    row.spent = max(0.0, row.spent - max(now - row.at, timedelta(0)) / allowance.regained)
    row.at = now
