"""What is held here of one person, for the file that they take away: on which rolls they stand, and never a choice."""

from __future__ import annotations

from django.utils.translation import gettext as _

from gongjian.register.models import Person
from gongjian.ui.takeaway import Table

from .models import Voter


def tables_of(person: Person) -> list[Table]:
    """One table. Whether a ballot was cast is not told: it goes with the roll, and nobody reads it before."""
    rows = Voter.objects.filter(person=person).select_related("poll").order_by("poll_id")
    columns = [("poll", _("What is voted on")), ("closes", _("Closes at")), ("standing", _("Roll"))]
    told = [
        (each.poll.title, each.poll.closes_at, _("Taken off") if each.is_off else _("on the roll")) for each in rows
    ]
    return [Table("rolls", _("Rolls I stand on"), columns, told)]
