"""To whom the rights of an office can be lent."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from ..access import Reader, body_entries_visible_to, memberships_visible_to, offices_visible_to, persons_visible_to
from ..models import Office, Person

MOST = 50  # are offered at once; with more the reader is asked for a part of the name


def borrowers(reader: Reader, office: Office, today: date, words: str = "") -> QuerySet[Person]:
    """Who holds office or is a member in the body of an office or directly below it, as far as the reader sees them."""
    below = body_entries_visible_to(reader).on(today).filter(Q(superior=office.body_id) | Q(leader=office.body_id))
    near = Q(body=office.body_id) | Q(body__in=below.values("body"))
    holds = offices_visible_to(reader).on(today).filter(near, person=OuterRef("pk"))
    belongs = memberships_visible_to(reader).on(today).filter(near, person=OuterRef("pk"))
    people = persons_visible_to(reader).filter(Exists(holds) | Exists(belongs)).exclude(pk=office.person_id)
    return people.filter(name__icontains=words).order_by("name", "id")
