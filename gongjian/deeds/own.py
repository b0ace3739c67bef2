"""What is held here of one person: for the file that they take away."""

from __future__ import annotations

from django.utils.translation import gettext as _

from gongjian.register.models import Person
from gongjian.ui.takeaway import Table

from .models import Named, ReaderComment


def tables_of(person: Person) -> list[Table]:
    """Two tables: deeds about them with their consent, and comments they wrote."""
    about = Named.objects.filter(person=person).select_related("deed").order_by("pk")
    columns = [
        ("title", _("Deed")), ("state", _("State")), ("name", _("Name")),
        ("consent", _("Do I agree to be shown")), ("consented_on", _("Agreed or refused on")),
    ]  # fmt: skip
    deeds = [
        (each.deed.title, each.deed.get_state_display(), each.name, each.get_consent_display(), each.consented_on)
        for each in about
    ]
    told = [("deed", _("Deed")), ("words", _("What I commented")), ("state", _("State")), ("reason", _("Reason"))]
    written = ReaderComment.objects.filter(by=person.account_id or 0).select_related("deed").order_by("pk")
    comments = [(each.deed.title, each.words, each.get_state_display(), each.reason) for each in written]
    return [
        Table("deeds", _("Deeds about me"), columns, deeds),
        Table("deed_comments", _("My comments on deeds"), told, comments),
    ]
