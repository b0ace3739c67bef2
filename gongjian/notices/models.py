"""Letters, and whether somebody wants them by mail."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gongjian.accounts.models import User

REACHABLE = (
    Q(account__is_active=True)
    & ~Q(account__email="")
    & (Q(account__preference=None) | Q(account__preference__by_mail=True))
)


class LetterQuerySet(models.QuerySet["Letter"]):
    def waiting(self) -> LetterQuerySet:
        return self.filter(state=Letter.State.WRITTEN)

    def due(self, now: datetime) -> LetterQuerySet:
        """Those that are to be handed to the mail server, the oldest first."""
        return self.waiting().filter(REACHABLE, due_at__lte=now).order_by("due_at", "id")

    def out_of_reach(self) -> LetterQuerySet:
        """Those that wait, but whose reader has no address, or wants none by mail, or cannot sign in any more."""
        return self.waiting().exclude(REACHABLE)


class Letter(models.Model):
    """信件: what somebody is told on a day. `about` are opaque references to what it speaks of."""

    class State(models.TextChoices):
        WRITTEN = "written", _("waits to be sent")
        SENT = "sent", _("sent by mail")
        KEPT = "kept", _("only here")
        FAILED = "failed", _("could not be sent")

    account = models.ForeignKey(User, on_delete=models.CASCADE, related_name="letters", db_index=False)
    kind = models.CharField(max_length=80, help_text="a word, such as digest, or a word with an id behind a colon")
    day = models.DateField()
    subject = models.CharField(max_length=150)
    body = models.TextField(help_text="plain text")
    about = ArrayField(models.CharField(max_length=60), default=list, help_text="such as register.body:123")
    language = models.CharField(max_length=10, help_text="in which it is written")
    written_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WRITTEN)
    tries = models.PositiveSmallIntegerField(default=0, help_text="how often the mail server did not take it")
    due_at = models.DateTimeField(help_text="not to be sent before")
    sent_at = models.DateTimeField(null=True)
    message_id = models.CharField(max_length=200, unique=True, help_text="the same however often it is handed over")

    objects: ClassVar[LetterQuerySet] = LetterQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint("account", "kind", "day", name="notices_one_letter_a_kind_a_day"),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent") & Q(sent_at=None),
                name="notices_sent_has_a_moment",
            ),
            models.CheckConstraint(
                condition=~Q(subject__regex=r"[\r\n]") & ~Q(subject="") & ~Q(body=""), name="notices_says_something"
            ),
        ]
        indexes = [
            models.Index(F("account"), F("day").desc(), F("id").desc(), name="notices_letter_of_account"),
            models.Index("due_at", "id", condition=Q(state="written"), name="notices_letter_waiting"),
            models.Index("day", name="notices_letter_day"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.kind} {self.day}"


class Preference(models.Model):
    """来信设置: whether somebody wants letters by mail as well. Whoever has set nothing does."""

    account = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="preference")
    by_mail = models.BooleanField()

    def __str__(self) -> str:
        return f"{self.account_id} {self.by_mail}"
