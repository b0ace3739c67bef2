"""The block of reviews on the page of a body, for whoever reads how far they are."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from gongjian.register.access import Reader
from gongjian.register.models import Body
from gongjian.register.queries.beside import Block, Line

from .access import office_that_keeps, reviews_visible_to
from .models import MemberReview, ReviewRule

MOST = 3


def tell(reader: Reader, day: date, kind: str, id: int) -> Block | None:
    """The last ones; where this year's has not begun, a way to begin it for who may. A fixed number of queries."""
    if kind != "body" or not reader.is_authenticated:
        return None
    rows = list(reviews_visible_to(reader).filter(body=id, year__lte=day.year).order_by("-year")[:MOST])
    lines = [_line(each) for each in rows]
    body = Body.objects.filter(pk=id, line__in=ReviewRule.objects.values("line")).exclude(line_path="").first()
    if not any(each.year == day.year for each in rows) and body is not None and office_that_keeps(reader, body):
        begin = Line(_("This year's review"), reverse("review_new", args=[id]), _("begin, or open it for those below"))
        lines.insert(0, begin)
    return Block(_("Members' review"), lines)


def _line(review: MemberReview) -> Line:
    name = _("Members' review of %(year)s") % {"year": review.year}
    return Line(name, reverse("review", args=[review.pk]), review.get_state_display())
