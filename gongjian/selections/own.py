"""What is held here of one person: for the file that they take away, and when they are forgotten."""

from __future__ import annotations

from django.utils.translation import gettext as _

from gongjian.register.models import Person
from gongjian.ui.takeaway import Table

from .models import Candidate, SelectionObjection


def tables_of(person: Person) -> list[Table]:
    """Two tables: where one stands as a candidate, and objections one raised."""
    rows = Candidate.objects.filter(deed__named__person=person).select_related("selection").order_by("pk")
    columns = [("selection", _("Selection")), ("title", _("Name on the ballot")), ("state", _("State")),
               ("outcome", _("What became of it"))]  # fmt: skip
    standing = [
        (each.selection.title, each.title, each.get_state_display(), each.get_outcome_display()) for each in rows
    ]
    told = [("selection", _("Selection")), ("words", _("Objection")), ("state", _("State")), ("answer", _("Answer"))]
    raised = SelectionObjection.objects.filter(by=person.account_id or 0).select_related("selection").order_by("pk")
    objections = [(each.selection.title, each.words, each.get_state_display(), each.answer) for each in raised]
    return [
        Table("candidacies", _("Where I stand as a candidate"), columns, standing),
        Table("selection_objections", _("My objections to selections"), told, objections),
    ]
