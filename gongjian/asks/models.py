"""What is sent, what is asked in it, what each body is asked, and what it answers."""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gongjian.accounts.models import User
from gongjian.chronicle.models import Act
from gongjian.register.models import Body, Line, OfficeKind, Unit
from gongjian.register.models.words import Word

MOST_MINUTES = 240


class Ceiling(Word):
    """上限: how many minutes a unit of a level may be asked for in a month. The key is the level of its kind."""

    minutes = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=200, blank=True)


class Sending(models.Model):
    """布置: one thing asked of one body or of many, in a body's name. Written, perhaps agreed to, sent once."""

    class Kind(models.TextChoices):
        CONFIRM = "confirm", _("say that it is done")
        TELL = "tell", _("tell in words")
        FACTS = "facts", _("give facts")
        FILE = "file", _("hand in a file")
        ELSEWHERE = "elsewhere", _("do it on its own page")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        WAITING = "waiting", _("waits for consent")
        SENT = "sent", _("sent")
        WITHDRAWN = "withdrawn", _("withdrawn")

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="sendings", help_text="in whose name")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="+", db_index=False)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.CONFIRM)
    title = models.CharField(max_length=60)
    what = models.CharField(max_length=1000, blank=True)
    why = models.CharField(max_length=300)
    about = models.CharField(max_length=80, blank=True, help_text="a reference: what it stands on")
    href = models.CharField(max_length=300, blank=True, help_text="where it is done, if elsewhere")
    office = models.ForeignKey(
        OfficeKind, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="for whom in the body"
    )
    minutes = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(MOST_MINUTES)])
    due_on = models.DateField()
    receivers = models.JSONField(default=dict, blank=True, help_text="how the bodies are chosen")
    dropped = ArrayField(models.BigIntegerField(), default=list, blank=True, help_text="ids of bodies left out")
    merged = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="an earlier one, taken up in this one where the ceiling would be passed",
    )  # fmt: skip
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    act = models.ForeignKey(Act, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_at=None, state__in=("draft", "waiting"))
                | Q(sent_at__isnull=False, state__in=("sent", "withdrawn")),
                name="asks_sending_sent_when",
            ),
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=MOST_MINUTES), name="asks_sending_some_minutes"
            ),
            models.CheckConstraint(condition=~Q(title="") & ~Q(why=""), name="asks_sending_says_what_and_why"),
            models.CheckConstraint(
                condition=Q(kind="elsewhere") & ~Q(href="") | ~Q(kind="elsewhere") & Q(href=""),
                name="asks_sending_elsewhere_has_a_place",
            ),
        ]
        indexes = [
            models.Index(F("sent_at").desc(), F("id").desc(), name="asks_sending_by_time"),
            models.Index(fields=["about"], name="asks_sending_about", condition=~Q(about="")),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_draft(self) -> bool:
        return self.state in (self.State.DRAFT, self.State.WAITING)


class Question(models.Model):
    """问项: one fact that a sending asks for. With `fact` it is known already, and is shown and not asked."""

    class Type(models.TextChoices):
        TEXT = "text", _("words")
        NUMBER = "number", _("a number")
        YES_NO = "yes_no", _("yes or no")
        CHOICE = "choice", _("one of several")
        DAY = "day", _("a day")

    sending = models.ForeignKey(Sending, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=80)
    type = models.CharField(max_length=8, choices=Type.choices, default=Type.TEXT)
    options = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    fact = models.CharField(max_length=60, blank=True, help_text="key in the catalogue of known facts")

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["sending", "position"], name="asks_question_one_a_place"),
            models.UniqueConstraint(fields=["sending", "label"], name="asks_question_asked_once"),
            models.CheckConstraint(
                condition=Q(type="choice", options__len__gte=2) | ~Q(type="choice") & Q(options__len=0),
                name="asks_question_choice_has_options",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class Ask(models.Model):
    """要办的事: one thing asked of one body, until it is done, declined, handed over or withdrawn.

    `unit` is where the body sat when it was asked: there the minutes count. `questions` is how many of the sending's
    are asked, the known ones left out.
    """

    class State(models.TextChoices):
        OPEN = "open", _("to do")
        DONE = "done", _("done")
        DECLINED = "declined", _("declined")
        HANDED_OVER = "handed_over", _("handed over")
        WITHDRAWN = "withdrawn", _("withdrawn")

    sending = models.ForeignKey(Sending, on_delete=models.PROTECT, related_name="asks", db_index=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="asks", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="asks", db_index=False)
    due_on = models.DateField()
    minutes = models.PositiveSmallIntegerField()
    questions = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    reason = models.CharField(max_length=300, blank=True)
    handed_from = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="handed_to"
    )
    merges = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_into")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sending", "body"], condition=Q(handed_from=None), name="asks_ask_once_of_a_body"
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at=None) | ~Q(state="open") & Q(ended_at__isnull=False),
                name="asks_ask_ended_when",
            ),
            models.CheckConstraint(condition=~Q(state="declined") | ~Q(reason=""), name="asks_ask_declined_says_why"),
        ]
        indexes = [
            models.Index(fields=["body", "due_on", "id"], name="asks_ask_open", condition=Q(state="open")),
            models.Index(F("body"), F("ended_at").desc(), F("id"), name="asks_ask_ended", condition=~Q(state="open")),
            models.Index(
                fields=["unit", "due_on"],
                name="asks_ask_burden",
                condition=~Q(state__in=("withdrawn", "handed_over")),
                include=["minutes", "questions", "sending"],
            ),
            models.Index(fields=["sending", "state", "id"], name="asks_ask_of_sending"),
        ]

    def __str__(self) -> str:
        return f"{self.sending_id} of {self.body_id}"

    def is_overdue(self, today: date) -> bool:
        return self.state == self.State.OPEN and self.due_on < today


class Answer(models.Model):
    """答复: what was answered. `token` comes with the form: the same one sent twice is one answer."""

    ask = models.ForeignKey(Ask, on_delete=models.PROTECT, related_name="answers")
    token = models.UUIDField(unique=True)
    text = models.CharField(max_length=2000, blank=True)
    values = models.JSONField(default=dict, blank=True, help_text="what was given, by id of the question")
    known = models.JSONField(default=dict, blank=True, help_text="what was known and shown, by id of the question")
    file = models.FileField(upload_to="asks/%Y/%m/", blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(file="", sha256="") | ~Q(file="") & ~Q(sha256=""), name="asks_answer_file_has_a_hash"
            )
        ]

    def __str__(self) -> str:
        return f"answer to {self.ask_id}"


class Consent(models.Model):
    """同意: that a superior lets a sending pass the ceiling, or does not, and why."""

    class State(models.TextChoices):
        ASKED = "asked", _("asked for")
        GIVEN = "given", _("given")
        REFUSED = "refused", _("refused")

    sending = models.OneToOneField(Sending, on_delete=models.CASCADE, related_name="consent")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="consents", help_text="who decides")
    reason = models.CharField(max_length=300)
    over = models.PositiveIntegerField(help_text="so many units would pass their ceiling")
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state="asked", at=None) | ~Q(state="asked") & Q(at__isnull=False),
                                   name="asks_consent_decided_when"),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(note=""), name="asks_consent_refused_says_why"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_state_display()}: {self.sending_id}"
