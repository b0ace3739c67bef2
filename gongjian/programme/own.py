"""What is held here of one person, for the file that they take away: which of their offices count for which tier."""

from __future__ import annotations

from django.utils.translation import gettext as _

from gongjian.register.models import Office, Person
from gongjian.ui.takeaway import Table

from .models import TierEntry


def tables_of(person: Person) -> list[Table]:
    """One table. An entry names the office alone; whose it is only the register says."""
    offices = {each.pk: str(each.kind) for each in Office.objects.filter(person=person).select_related("kind")}
    entries = TierEntry.objects.filter(office__in=offices).select_related("tier").order_by("since", "id")
    columns = [("tier", _("Tier")), ("office", _("Office")), ("since", _("Reached on")), ("note", _("Note"))]
    rows = [(str(each.tier), offices[each.office_id or 0], each.since, each.note) for each in entries]
    return [Table("tier_entries", _("Carriers my offices count for"), columns, rows)]
