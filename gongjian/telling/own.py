"""What is held here of one person: for the file that they take away, and when they are forgotten."""

from __future__ import annotations

from django.utils.translation import gettext as _

from gongjian.register.models import Person
from gongjian.ui.takeaway import Table

from .models import MemberTelling


def tables_of(person: Person) -> list[Table]:
    """One table: what they told in their branch, and what the branch said to it."""
    found = MemberTelling.objects.filter(person=person).select_related("telling__round").order_by("pk")
    columns = [
        ("round", _("Round")), ("words", _("What I told")), ("strength", _("Main result")), ("problem", _("Problem")),
        ("direction", _("Advice")),
    ]  # fmt: skip
    rows = [(each.telling.round.name, each.words, each.strength, each.problem, each.direction) for each in found]
    return [Table("tellings", _("What I told in my branch"), columns, rows)]


def forget_of(person: Person) -> None:
    """Nothing of it stays of somebody who is forgotten."""
    MemberTelling.objects.filter(person=person).delete()
