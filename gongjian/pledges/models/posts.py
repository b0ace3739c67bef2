"""A post of a body, and who holds it."""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gongjian.register.models import Body, Person

from .words import CataloguePost

MOST_SEATS, MOST_DUTIES, FEWEST_DUTIES = 200, 10, 2


class Post(models.Model):
    """岗: a duty that a body sets up, with seats, numbered duties and what can be measured of them."""

    class State(models.TextChoices):
        DRAFT = "draft", _("being written")
        OPEN = "open", _("open to choose")
        CLOSED = "closed", _("no longer offered")

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="posts")
    kind = models.ForeignKey(CataloguePost, null=True, blank=True, on_delete=models.PROTECT, related_name="set_up")
    title = models.CharField(max_length=60)
    area = models.CharField(max_length=100, blank=True, help_text="where it serves, or whom")
    seats = models.PositiveSmallIntegerField(default=1)
    duties = ArrayField(models.CharField(max_length=200), default=list, size=MOST_DUTIES)
    content = models.CharField(max_length=300, help_text="what can be measured")
    since = models.DateField()
    until = models.DateField(help_text="last day of the term")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(title="") & ~Q(content=""), name="pledges_post_says_what"),
            models.CheckConstraint(condition=Q(seats__gte=1, seats__lte=MOST_SEATS), name="pledges_post_has_seats"),
            models.CheckConstraint(condition=Q(duties__len__gte=FEWEST_DUTIES), name="pledges_post_has_duties"),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="pledges_post_days_in_order"),
        ]

    def __str__(self) -> str:
        return self.title


class Assignment(models.Model):
    """定岗: a person was chosen or nominated for a post, was matched and shown, holds it, and leaves it again."""

    class State(models.TextChoices):
        CHOSEN = "chosen", _("chosen by themselves")
        NOMINATED = "nominated", _("nominated")
        MATCHED = "matched", _("matched")
        NOTICE = "notice", _("shown before they begin")
        ON_POST = "on_post", _("on post")
        MOVED = "moved", _("moved to another post")
        ENDED = "ended", _("left the post")
        DECLINED = "declined", _("not matched")

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="assignments")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="assignments")
    state = models.CharField(max_length=10, choices=State.choices)
    reason = models.CharField(max_length=200, blank=True, help_text="why the two fit, or do not")
    notice_from = models.DateField(null=True, blank=True)
    notice_until = models.DateField(null=True, blank=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True, help_text="last day")
    left_because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["post", "person"],
                condition=Q(state__in=("chosen", "nominated", "matched", "notice", "on_post")),
                name="pledges_assignment_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(notice_from=None, notice_until=None) | Q(notice_until__gte=F("notice_from")),
                name="pledges_assignment_notice_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("on_post", "moved", "ended"))
                | Q(since__isnull=False, until__isnull=False, notice_until__isnull=False, until__gte=F("since")),
                name="pledges_assignment_has_days",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("moved", "ended")) | ~Q(left_because=""),
                name="pledges_assignment_left_why",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("matched", "notice", "on_post", "declined")) | ~Q(reason=""),
                name="pledges_assignment_matched_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} on {self.post_id}"

    def holds_on(self, day: date) -> bool:
        return self.state == self.State.ON_POST and self.since is not None and self.since <= day

    @property
    def counts(self) -> bool:
        """Does it take a seat, or may it soon?"""
        return self.state in (self.State.MATCHED, self.State.NOTICE, self.State.ON_POST)
