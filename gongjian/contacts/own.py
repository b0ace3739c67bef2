"""What is held here of one person, for the file that they take away: the contact points of their offices."""

from __future__ import annotations

from django.utils.translation import gettext as _

from gongjian.register.access import body_entries_visible_to
from gongjian.register.authority.reach import OPERATOR
from gongjian.register.models import Office, Person
from gongjian.ui.takeaway import Table

from .models import ContactPoint


def tables_of(person: Person) -> list[Table]:
    """One table. A contact point names the office alone; whose it is only the register says."""
    offices = {each.pk: str(each.kind) for each in Office.objects.filter(person=person).select_related("kind")}
    held = list(ContactPoint.objects.filter(leader__in=offices).order_by("valid", "id"))
    entries = body_entries_visible_to(OPERATOR).filter(body__in=[each.point_id for each in held]).order_by("valid")
    names = dict(entries.values_list("body_id", "name"))
    columns = [("office", _("Office")), ("point", _("Contact point")), ("since", _("From")), ("until", _("Until"))]
    rows = [(offices[each.leader_id], names.get(each.point_id, ""), each.since, each.until) for each in held]
    return [Table("contact_points", _("Contact points of my offices"), columns, rows)]
