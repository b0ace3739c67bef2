"""Rules of the pack, selections, their candidates with what became of them, and objections."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gongjian.ballots.models import Poll
from gongjian.deeds.models import Deed, Star
from gongjian.register.models import Body
from gongjian.register.models.words import Word


class SelectionRule(Word):
    """评选办法: groups, marks, filters in order, caps, reserve, notice. A selection keeps the text it began with."""

    definition = models.JSONField()
    source = models.CharField(max_length=300, blank=True)


class Selection(models.Model):
    """评选: a body chooses among candidates by rules. `basis`: the hash of rules and candidates once they stand.

    `result`, `root`, `draw` and `withdrawn` are what the published file says, kept as it was worked out.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("being prepared")
        NOMINATING = "nominating", _("candidates come in")
        POLLING = "polling", _("rules stand, a poll is held")
        RANKED = "ranked", _("rules carried out")
        NOTICE = "notice", _("notice is given")
        DECIDED = "decided", _("the panel has decided")
        PUBLISHED = "published", _("published")
        CALLED_OFF = "called_off", _("called off")

    held_by = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="selections")
    rule = models.ForeignKey(SelectionRule, on_delete=models.PROTECT, related_name="+", db_index=False)
    rules = models.JSONField(help_text="the definition as it was when the selection began")
    title = models.CharField(max_length=60)
    span = models.CharField(max_length=7, choices=Star.Span.choices, blank=True, help_text="stars of what time")
    of = models.DateField(null=True, blank=True, help_text="the first day of that time")
    nominate_until = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    basis = models.CharField(max_length=64, blank=True)
    poll = models.OneToOneField(Poll, null=True, blank=True, on_delete=models.PROTECT, related_name="selection")
    root = models.CharField(max_length=64, blank=True)
    draw = models.CharField(max_length=200, blank=True)
    withdrawn = models.JSONField(default=dict, blank=True)
    result = models.JSONField(default=list, blank=True)
    carried_out_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    notice_on = models.DateField(null=True, blank=True)
    notice_until = models.DateField(null=True, blank=True)
    panel = models.CharField(max_length=100, blank=True, help_text="who decided, by office")
    decided_on = models.DateField(null=True, blank=True)
    departs_why = models.CharField(max_length=500, blank=True)
    published_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True, help_text="why it was called off")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="selections_selection_has_a_title"),
            models.CheckConstraint(
                condition=Q(span="", of=None) | ~Q(span="") & Q(of__isnull=False, of__day=1),
                name="selections_span_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "nominating", "called_off")) | Q(poll__isnull=False) & ~Q(basis=""),
                name="selections_polling_has_a_poll",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("notice", "decided", "published"))
                | Q(notice_on__isnull=False, notice_until__gt=F("notice_on")),
                name="selections_notice_has_days",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("decided", "published")) | Q(decided_on__isnull=False) & ~Q(panel=""),
                name="selections_decided_by_whom",
            ),
            models.CheckConstraint(condition=~Q(state="called_off") | ~Q(reason=""), name="selections_off_says_why"),
        ]
        indexes = [models.Index(F("nominate_until").desc(), F("id").desc(), name="selections_by_time")]

    def __str__(self) -> str:
        return self.title

    @property
    def about(self) -> str:
        """As the asks of its keeper refer to it."""
        return f"selections.selection:{self.pk}"

    @property
    def is_public(self) -> bool:
        return self.state in PUBLIC_STATES

    @property
    def is_told(self) -> bool:
        """Does everybody read what the rules came to?"""
        return self.state in TOLD_STATES


S = Selection.State
TOLD_STATES = (S.NOTICE, S.DECIDED, S.PUBLISHED)
PUBLIC_STATES = (S.POLLING, S.RANKED, *TOLD_STATES)


class Candidate(models.Model):
    """候选对象: a deed that stands in a selection, with its marks and what became of it.

    `number` is its number on the ballot. `outcome`, `by_rule` and `facts` are what the rules came to, `is_chosen` what
    the panel decided.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed, waits for an answer")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused with reasons")
        WITHDRAWN = "withdrawn", _("candidate withdrawn")

    class Outcome(models.TextChoices):
        CHOSEN = "chosen", _("named by the rules")
        RESERVE = "reserve", _("in reserve")
        NOT = "not", _("not named")
        WAITS = "waits", _("waits for the draw")

    selection = models.ForeignKey(Selection, on_delete=models.CASCADE, related_name="candidates")
    deed = models.ForeignKey(Deed, on_delete=models.PROTECT, related_name="candidacies")
    group = models.CharField(max_length=20)
    number = models.CharField(max_length=8, blank=True)
    title = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=200, blank=True)
    marks = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=State.choices, default=State.PROPOSED)
    reason = models.CharField(max_length=200, blank=True)
    proposed_by = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+", help_text="the proposing body")
    votes = models.PositiveIntegerField(null=True, blank=True)
    outcome = models.CharField(max_length=7, choices=Outcome.choices, blank=True)
    by_rule = models.CharField(max_length=40, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    is_chosen = models.BooleanField(null=True, blank=True)

    class Meta:
        ordering = ("selection", "group", "number", "pk")
        constraints = [
            models.UniqueConstraint(fields=["selection", "deed"], name="selections_deed_stands_once"),
            models.UniqueConstraint(
                fields=["selection", "number"], condition=~Q(number=""), name="selections_number_once"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("refused", "withdrawn")) | ~Q(reason=""), name="selections_out_says_why"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class SelectionObjection(models.Model):
    """评选异议: somebody signed in says during the notice what is wrong; another person than who computed answers."""

    class State(models.TextChoices):
        RAISED = "raised", _("waits for an answer")
        UPHELD = "upheld", _("upheld")
        REOPENED = "reopened", _("upheld, and looked at again")
        REJECTED = "rejected", _("not upheld")

    selection = models.ForeignKey(Selection, on_delete=models.CASCADE, related_name="objections")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    words = models.CharField(max_length=500)
    raised_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.RAISED)
    answer = models.CharField(max_length=500, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="selections_objection_says_what"),
            models.CheckConstraint(
                condition=Q(state="raised") | ~Q(answer=""), name="selections_objection_answered_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.selection_id}: {self.state}"
