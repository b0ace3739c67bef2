"""What is held here of one person: for the file that they take away, and when they are forgotten."""

from __future__ import annotations

from django.utils.translation import gettext as _

from gongjian.register.models import Person
from gongjian.ui.takeaway import Table

from .models import Assignment, Pledge, PublicName


def tables_of(person: Person) -> list[Table]:
    """Two tables: posts, and pledges with the name under which everybody reads them, if they agreed to that."""
    held = Assignment.objects.filter(person=person).select_related("post").order_by("pk")
    columns = [("post", _("Post")), ("state", _("State")), ("since", _("From")), ("until", _("Last day"))]
    posts = [(each.post.title, each.get_state_display(), each.since, each.until) for each in held]
    pledged = Pledge.objects.filter(person=person).order_by("pk").select_related("public_name")
    told = [("year", _("Year")), ("title", _("Pledge")), ("state", _("State")), ("name", _("Public name"))]
    names = dict(PublicName.objects.filter(pledge__person=person).values_list("pledge_id", "name"))
    pledges = [(each.year, each.title, each.get_state_display(), names.get(each.pk, "")) for each in pledged]
    return [
        Table("posts", _("My posts"), columns, posts),
        Table("pledges", _("My pledges"), told, pledges),
    ]


def forget_of(person: Person) -> None:
    """No name stays public of somebody who is forgotten."""
    PublicName.objects.filter(pledge__person=person).delete()
