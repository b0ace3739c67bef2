"""A deed with whom it is about, its checks, likenesses, comments, and the stars it became."""

from __future__ import annotations

import secrets as random

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gongjian.chronicle.models import Act
from gongjian.register.models import Body, Person

LONGEST_STORY = 2000


def new_ref() -> str:
    return random.token_hex(16)


class Deed(models.Model):
    """闪光言行: one concrete deed of a body or of one person in it, told in a few sentences.

    `ref` is what whoever recommended it, with or without an account, looks it up by. `number`: the candidate number of
    its year in the body that selected it. A deed whose person does not agree, or that is thrown away, has no words.
    """

    class Of(models.TextChoices):
        BODY = "body", _("an organisation")
        PERSON = "person", _("a person")

    class Service(models.TextChoices):
        DEVELOPMENT = "development", _("serves development")
        SOCIETY = "society", _("serves society")
        PEOPLE = "people", _("serves the people")
        MEMBERS = "members", _("serves members")

    class Source(models.TextChoices):
        SELF = "self", _("by themselves")
        OTHERS = "others", _("by others")
        BODY = "body", _("by the organisation")

    class State(models.TextChoices):
        SENT = "sent", _("waits for the organisation's check")
        CHECKED = "checked", _("checked, waits to be selected")
        SELECTED = "selected", _("selected, not yet shown")
        SHOWN = "shown", _("is shown")
        RUNNING = "running", _("stands in a selection")
        STAR = "star", _("became a star")
        RETURNED = "returned", _("returned with reasons")
        TAKEN_BACK = "taken_back", _("not shown: taken back")

    ref = models.CharField(max_length=32, unique=True, default=new_ref, editable=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="deeds", help_text="that checks it")
    of = models.CharField(max_length=6, choices=Of.choices)
    service = models.CharField(max_length=11, choices=Service.choices)
    source = models.CharField(max_length=6, choices=Source.choices)
    title = models.CharField(max_length=60, blank=True)
    story = models.CharField(max_length=LONGEST_STORY, blank=True)
    place = models.CharField(max_length=100, blank=True)
    done_on = models.DateField(help_text="the day of the deed, or its last")
    links = models.CharField(max_length=300, blank=True, help_text="where else it was told of")
    state = models.CharField(max_length=10, choices=State.choices, default=State.SENT)
    sent_at = models.DateTimeField()
    recommended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    selected_by = models.ForeignKey(
        Body, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="the body that selected it"
    )
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    number = models.PositiveIntegerField(null=True, blank=True)
    shown_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(title="", story="") | Q(state__in=("taken_back", "returned")), name="deeds_deed_has_words"
            ),
            models.CheckConstraint(
                condition=Q(selected_by=None, year=None, number=None)
                | Q(selected_by__isnull=False, year__isnull=False, number__gte=1),
                name="deeds_deed_number_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("selected", "shown", "running", "star")) | Q(number__isnull=False),
                name="deeds_deed_selected_has_a_number",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("shown", "running", "star")) | Q(shown_on__isnull=False),
                name="deeds_deed_shown_since",
            ),
            models.UniqueConstraint(fields=["selected_by", "year", "number"], name="deeds_deed_number_once"),
        ]
        indexes = [
            models.Index(F("shown_on").desc(), F("id").desc(), name="deeds_deed_by_day"),
            models.Index(fields=["body", "state"], name="deeds_deed_waiting"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def reference(self) -> str:
        return f"deeds.deed:{self.pk}"

    @property
    def is_public(self) -> bool:
        return self.state in PUBLIC_STATES

    @property
    def call_number(self) -> str:
        """As it is called on lists and ballots: 2011-042."""
        return f"{self.year}-{self.number:03}" if self.number else ""


S = Deed.State
PUBLIC_STATES = (S.SHOWN, S.RUNNING, S.STAR)
ENDED_STATES = (S.RETURNED, S.TAKEN_BACK)


class Named(models.Model):
    """当事人: the person whom a deed is about, as they are called, and whether they agree to be shown.

    It goes when they do not agree, or take that back, or are forgotten. `kept_where`: of a consent on paper.
    """

    class Consent(models.TextChoices):
        ASKED = "asked", _("was not asked, or has not answered yet")
        GIVEN = "given", _("agrees to be shown")

    class How(models.TextChoices):
        SELF = "self", _("by themselves, here")
        PAPER = "paper", _("on paper, kept by the organisation")

    deed = models.OneToOneField(Deed, on_delete=models.CASCADE, related_name="named")
    name = models.CharField(max_length=40)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    consent = models.CharField(max_length=6, choices=Consent.choices, default=Consent.ASKED)
    how = models.CharField(max_length=6, choices=How.choices, blank=True)
    consented_on = models.DateField(null=True, blank=True)
    kept_where = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name_plural = "named"
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="deeds_named_is_somebody"),
            models.CheckConstraint(
                condition=Q(consent="asked", how="", consented_on=None)
                | Q(consent="given", consented_on__isnull=False) & ~Q(how=""),
                name="deeds_named_consent_whole",
            ),
            models.CheckConstraint(condition=~Q(how="paper") | ~Q(kept_where=""), name="deeds_named_paper_is_kept"),
        ]

    def __str__(self) -> str:
        return self.name


class DeedCheck(models.Model):
    """核实: a deed was looked at by its organisation or from above, and passed on or returned with reasons."""

    class Step(models.TextChoices):
        CHECK = "check", _("checked by the organisation")
        SELECT = "select", _("selected from above")

    class Verdict(models.TextChoices):
        PASS = "pass", _("passed on")
        RETURN = "return", _("returned")

    deed = models.ForeignKey(Deed, on_delete=models.CASCADE, related_name="checks")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+", help_text="in whose name")
    step = models.CharField(max_length=6, choices=Step.choices)
    verdict = models.CharField(max_length=6, choices=Verdict.choices)
    reason = models.CharField(max_length=300, blank=True)
    on = models.DateField()
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(verdict="pass") | ~Q(reason=""), name="deeds_check_returned_why")
        ]

    def __str__(self) -> str:
        return f"{self.deed_id}: {self.step} {self.verdict}"


class DeedLikeness(models.Model):
    """言行雷同: the words of a deed are nearly equal to another's. Told to who checks and selects, never counted."""

    deed = models.ForeignKey(Deed, on_delete=models.CASCADE, related_name="likenesses")
    other = models.ForeignKey(Deed, on_delete=models.CASCADE, related_name="+")
    share = models.FloatField()

    class Meta:
        verbose_name_plural = "likenesses"
        constraints = [
            models.UniqueConstraint(fields=["deed", "other"], name="deeds_likeness_once"),
            models.CheckConstraint(condition=Q(share__gt=0, share__lte=1), name="deeds_likeness_a_share"),
            models.CheckConstraint(condition=~Q(deed=F("other")), name="deeds_likeness_to_another"),
        ]

    def __str__(self) -> str:
        return f"{self.deed_id} like {self.other_id}"


class ReaderComment(models.Model):
    """网友评论: what somebody who is signed in says of a deed. Nobody else reads it before it was looked at.

    `words` are kept as they were written, hidden ones too. One appeal, decided by somebody else.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waits to be looked at")
        SHOWN = "shown", _("is shown")
        HIDDEN = "hidden", _("is hidden, with the reason")
        APPEALED = "appealed", _("is hidden, the writer appeals")
        UPHELD = "upheld", _("stays hidden after the appeal")

    deed = models.ForeignKey(Deed, on_delete=models.PROTECT, related_name="comments")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    words = models.CharField(max_length=300)
    written_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=200, blank=True)
    looked_at_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    appeal = models.CharField(max_length=300, blank=True)
    outcome = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="deeds_comment_says_something"),
            models.CheckConstraint(
                condition=~Q(state__in=("hidden", "appealed", "upheld")) | ~Q(reason=""),
                name="deeds_comment_hidden_why",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("appealed", "upheld")) | ~Q(appeal=""), name="deeds_comment_appeal_has_words"
            ),
            models.UniqueConstraint(fields=["deed", "by", "words"], name="deeds_comment_said_once"),
        ]
        indexes = [models.Index(fields=["deed", "state", "id"], name="deeds_comment_of_deed")]

    def __str__(self) -> str:
        return self.words


class Star(models.Model):
    """每月之星: a deed that a body named among the best of a month, a quarter or a year, and on what ground."""

    class Span(models.TextChoices):
        MONTH = "month", _("of the month")
        QUARTER = "quarter", _("of the quarter")
        YEAR = "year", _("of the year")

    deed = models.ForeignKey(Deed, on_delete=models.PROTECT, related_name="stars")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="stars_named")
    span = models.CharField(max_length=7, choices=Span.choices)
    since = models.DateField(help_text="the first day of the month, quarter or year")
    named_on = models.DateField()
    ground = models.CharField(max_length=200, help_text="the selection, or who decided on what ground")
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["deed", "body", "span", "since"], name="deeds_star_once"),
            models.CheckConstraint(condition=~Q(ground=""), name="deeds_star_has_a_ground"),
            models.CheckConstraint(condition=Q(since__day=1), name="deeds_star_begins_on_a_first"),
        ]
        indexes = [models.Index(F("since").desc(), F("id").desc(), name="deeds_star_by_time")]

    def __str__(self) -> str:
        return f"{self.deed_id} {self.span} {self.since}"
