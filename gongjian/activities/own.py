"""What is held here of one person, for the file that they take away: which events they signed up for."""

from __future__ import annotations

from django.utils.translation import gettext as _

from gongjian.register.models import Person
from gongjian.ui.takeaway import Table

from .models import SignUp


def tables_of(person: Person) -> list[Table]:
    """One table. Of past events nothing is there any more."""
    signed = SignUp.objects.filter(account=person.account_id, account__isnull=False).select_related("event")
    columns = [("event", _("Event")), ("starts_at", _("Begins at")), ("at", _("Signed up at"))]
    rows = [(each.event.title, each.event.starts_at, each.at) for each in signed.order_by("at", "id")]
    return [Table("sign_ups", _("Events I signed up for"), columns, rows)]
