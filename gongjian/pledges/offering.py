"""Setting up posts, opening them, and closing them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from gongjian.chronicle.record import keep_before, record
from gongjian.register.access import Reader
from gongjian.register.actions import in_sentences
from gongjian.register.models import Body
from gongjian.register.refusals import Refused

from .models import CataloguePost, Post
from .models.posts import FEWEST_DUTIES, MOST_DUTIES, MOST_SEATS
from .refusing import held_post, keeping, standing, texts
from .states import move, subject_of


@in_sentences
def set_up(
    body: Body, *, kind: CataloguePost | None = None, duties: Sequence[str], seats: int, since: date, until: date,
    today: date, by: Reader, **said: Any,
) -> Post:  # fmt: skip
    """A new post, not yet open. `said`: title, area, content. Raises Refused."""
    office = keeping(by, body)
    standing(body, today)
    fields = _checked(said, duties, seats, since, until)
    if until < today:
        raise Refused(_("The term is over already. Choose a later last day."))
    post = Post.objects.create(body=body, kind=kind, **fields)
    record("pledges.set_up_post", by=by, subject=subject_of(post), facts={"body": body.pk}, as_office=office)
    return post


@in_sentences
def amend(post: Post, *, duties: Sequence[str], seats: int, since: date, until: date, by: Reader, **said: Any) -> Post:
    """Written anew; who holds it keeps it. Raises Refused."""
    post = held_post(post, by)
    office = keeping(by, post.body)
    fields = _checked(said, duties, seats, since, until)
    taken = sum(each.counts for each in post.assignments.all())
    if seats < taken:
        raise Refused(_("%(taken)s seats are taken already. Keep at least so many.") % {"taken": taken})
    act = record("pledges.amend_post", by=by, subject=subject_of(post), as_office=office)
    keep_before(act, Post._meta.db_table, "r.id = %s", [post.pk])
    for name, value in fields.items():
        setattr(post, name, value)
    post.save(update_fields=list(fields))
    return post


@in_sentences
def offer(post: Post, verb: str, *, today: date, by: Reader) -> Post:
    """`open`, `close` or `reopen` it. Raises Refused."""
    post = held_post(post, by)
    office = keeping(by, post.body)
    if verb != "close":
        standing(post.body, today)
        if post.until < today:
            raise Refused(_("The term is over already. Choose a later last day."))
    move(post, verb, by=by, as_office=office)
    return post


def _checked(said: dict[str, Any], duties: Sequence[str], seats: int, since: date, until: date) -> dict[str, Any]:
    missing = {
        "title": _("Give the post a name."),
        "content": _("Say what of it can be measured: how often, how much, for whom."),
    }
    given = {name: said.get(name, "") for name in ("title", "area", "content")}
    fields: dict[str, Any] = dict(texts(Post, given, missing))
    listed = [line.strip() for line in duties if line.strip()]
    if not FEWEST_DUTIES <= len(listed) <= MOST_DUTIES:
        raise Refused(_("Write two to ten duties, each on a line of its own."))
    if any(len(line) > 200 or "\x00" in line for line in listed):
        raise Refused(_("A duty is too long. Say it in 200 characters, or make two of it."))
    if not 1 <= seats <= MOST_SEATS:
        raise Refused(_("A post has at least one seat, and at most %(most)s.") % {"most": MOST_SEATS})
    if until < since:
        raise Refused(_("The last day is before the first. Mend one of them."))
    return fields | {"duties": listed, "seats": seats, "since": since, "until": until}
