"""Who reads agreements and congresses, and who writes them down.

An agreement is kept by whoever keeps the matters of its union body (programme/access.py); what a dissolved body left,
by the one above it. It is read from above in the line and in the leadership too, and by everybody, without an account,
as far as it was published.
"""

from __future__ import annotations

from django.db.models import QuerySet

from gongjian.programme.access import bodies_kept_by, keeping_body, kept, office_that_keeps
from gongjian.register.access import Reader
from gongjian.register.authority.reach import Walk, reach_of
from gongjian.register.models import Body, Permission

from .models import Agreement, Congress, Resolution, Statute
from .models.agreements import VALID

__all__ = ["keeping_body", "kept", "office_that_keeps"]
UPWARD = (Walk.LINE, Walk.LEADERSHIP)


def agreements_visible_to(reader: Reader) -> QuerySet[Agreement]:
    """The union body's own keeper, and those above it in its line or leadership."""
    if not reader.is_authenticated:
        return Agreement.objects.none()
    if reach_of(reader).sees_all:
        return Agreement.objects.all()
    return Agreement.objects.filter(
        reach_of(reader).bodies(Permission.SEE_COUNTS, "union__", UPWARD) | kept(reader, "union__")
    )


def agreements_public() -> QuerySet[Agreement]:
    """What everybody reads: published and in force. Of it the parties, the units, the days and the summary, no more."""
    return Agreement.objects.filter(published_on__isnull=False, state__in=VALID)


def congresses_visible_to(reader: Reader) -> QuerySet[Congress]:
    if not reader.is_authenticated:
        return Congress.objects.none()
    if reach_of(reader).sees_all:
        return Congress.objects.all()
    return Congress.objects.filter(
        reach_of(reader).bodies(Permission.SEE_COUNTS, "body__", UPWARD) | kept(reader, "body__")
    )


def resolutions_visible_to(reader: Reader) -> QuerySet[Resolution]:
    return Resolution.objects.filter(session__congress__in=congresses_visible_to(reader))


def agreements_of_keeper(reader: Reader) -> QuerySet[Agreement]:
    """Those whose steps the reader writes down."""
    return Agreement.objects.filter(kept(reader, "union__")) if reader.is_authenticated else Agreement.objects.none()


def unions_kept_by(reader: Reader) -> QuerySet[Body]:
    """The bodies in whose name the reader can demand to bargain: of a line that a statute names."""
    return bodies_kept_by(reader).filter(line__in=Statute.objects.values("line"))
