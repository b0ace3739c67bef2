"""Everything that is kept of somebody's letters, for the file that they take away."""

from __future__ import annotations

from django.utils.translation import gettext as _

from gongjian.accounts.models import User
from gongjian.ui.takeaway import Table

from .access import letters_visible_to
from .queries import wants_mail


def letters_of(account: User) -> list[Table]:
    letters = letters_visible_to(account).order_by("day", "id")
    columns = [
        ("day", _("Day")), ("subject", _("Subject")), ("body", _("Text")), ("state", _("State")),
        ("written_at", _("Written at")), ("sent_at", _("Sent")), ("about", _("About")),
    ]  # fmt: skip
    rows = [
        (each.day, each.subject, each.body, str(each.get_state_display()), each.written_at, each.sent_at, each.about)
        for each in letters
    ]
    return [
        Table("letters", _("Letters"), columns, rows),
        Table("letters_by_mail", _("Letters by mail"), [("wanted", _("Wanted"))], [(wants_mail(account),)]),
    ]
