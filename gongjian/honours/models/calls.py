"""A call for an honour in a year; who applied; opinions that are heard, reviews, objections."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gongjian.accounts.models import User
from gongjian.register.models import Body, Person

from .catalogue import HonourVersion
from .holders import Held, one_holder

STORY = 500  # characters: Zhejiang's call of 2017


class Call(models.Model):
    """评选: an honour is given in a year by a keeper, within so many places.

    `document`: the approval of the honour itself, without which it is not opened. `seed`: with what is drawn among
    those who are level, if at all. `to_mend`: somebody proposed is so no more, and the list was not mended yet.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("being written")
        OPEN = "open", _("open for applications")
        REVIEWING = "reviewing", _("is reviewed")
        PROPOSED = "proposed", _("a list is proposed")
        NOTICE = "notice", _("notice is given")
        AWARDED = "awarded", _("was awarded")
        CALLED_OFF = "called_off", _("was called off")

    keeper = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="honour_calls")
    version = models.ForeignKey(HonourVersion, on_delete=models.PROTECT, related_name="calls")
    year = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=60)
    document = models.CharField(max_length=120, blank=True)
    places = models.PositiveSmallIntegerField()
    apply_until = models.DateField()
    review_until = models.DateField()
    seed = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    opened_on = models.DateField(null=True, blank=True)
    proposed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    notice_on = models.DateField(null=True, blank=True)
    notice_until = models.DateField(null=True, blank=True)
    awarded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    awarded_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True, help_text="why it was sent back or called off")
    to_mend = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="honours_call_has_a_title"),
            models.CheckConstraint(condition=Q(places__gte=1), name="honours_call_has_places"),
            models.CheckConstraint(condition=Q(apply_until__lt=F("review_until")), name="honours_call_days_in_order"),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "called_off")) | ~Q(document="") & Q(opened_on__isnull=False),
                name="honours_call_opened_by_its_approval",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("notice", "awarded"))
                | Q(notice_on__isnull=False, notice_until__gt=F("notice_on"), proposed_by__isnull=False),
                name="honours_notice_has_days",
            ),
            models.CheckConstraint(
                condition=~Q(state="awarded")
                | Q(awarded_by__isnull=False, awarded_on__isnull=False) & ~Q(awarded_by=F("proposed_by")),
                name="honours_awarded_by_another",
            ),
            models.CheckConstraint(condition=~Q(state="called_off") | ~Q(reason=""), name="honours_off_says_why"),
        ]
        indexes = [models.Index(F("year").desc(), F("id").desc(), name="honours_call_by_year")]

    def __str__(self) -> str:
        return self.title

    @property
    def about(self) -> str:
        """As the asks of its keeper refer to it."""
        return f"honours.call:{self.pk}"

    @property
    def about_review(self) -> str:
        """As the asks of those who review refer to it."""
        return f"honours.review:{self.pk}"

    @property
    def is_told(self) -> bool:
        """Is who was proposed told to all?"""
        return self.state in (self.State.NOTICE, self.State.AWARDED)


class Application(Held):
    """申报: a body asks for the honour for itself, a unit, a team, or one of its people.

    `by_body` applies. `said`: which statements it confirms, and numbers that the register does not have. `findings`:
    what the register said when the list was proposed. `outcome`: the rule that decided, as code with facts.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("being written")
        HANDED_IN = "handed_in", _("handed in")
        RETURNED = "returned", _("returned with reasons")
        EXCLUDED = "excluded", _("left out")
        PROPOSED = "proposed", _("proposed")
        NOT_PROPOSED = "not_proposed", _("not proposed")
        AWARDED = "awarded", _("awarded")
        WITHDRAWN = "withdrawn", _("taken back")

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="applications", db_index=False)
    by_body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="honour_applications")
    number = models.PositiveIntegerField(help_text="under which it is reviewed blind")
    story = models.CharField(max_length=STORY, blank=True)
    said = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    reason = models.CharField(max_length=300, blank=True, help_text="why it was returned, left out or taken back")
    agreed_on = models.DateField(null=True, blank=True, help_text="the day on which the person agreed")
    agreed_how = models.CharField(max_length=100, blank=True, help_text="where the agreement on paper is kept")
    handed_in_on = models.DateField(null=True, blank=True)
    handed_in_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    findings = models.JSONField(default=list, blank=True)
    outcome = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            one_holder("honours_application_of_one"),
            models.UniqueConstraint(fields=["call", "number"], name="honours_application_number_once"),
            models.UniqueConstraint(
                fields=["call", "unit", "team"],
                condition=~Q(state__in=("withdrawn",)) & Q(unit__isnull=False),
                name="honours_unit_applies_once",
            ),
            models.UniqueConstraint(
                fields=["call", "body"], condition=~Q(state="withdrawn"), name="honours_body_applies_once"
            ),
            models.UniqueConstraint(
                fields=["call", "person"], condition=~Q(state="withdrawn"), name="honours_person_applies_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "withdrawn")) | Q(handed_in_on__isnull=False) & ~Q(story=""),
                name="honours_application_handed_in_when",
            ),
            models.CheckConstraint(
                condition=Q(person=None) | Q(state__in=("draft", "returned", "withdrawn")) | Q(agreed_on__isnull=False),
                name="honours_person_agreed",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("returned", "excluded")) | ~Q(reason=""), name="honours_application_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} in {self.call_id}"


class Opinion(models.Model):
    """征求意见: what a body says of an application before a list is proposed. `kind`: as the honour has it."""

    class State(models.TextChoices):
        ASKED = "asked", _("asked")
        CLEAR = "clear", _("nothing against it")
        AGAINST = "against", _("something against it")

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="opinions", db_index=False)
    kind = models.CharField(max_length=40)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="honour_opinions")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    words = models.CharField(max_length=300, blank=True, help_text="what it stands on; a document, if there is one")
    given_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    given_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "kind"], name="honours_opinion_once"),
            models.CheckConstraint(
                condition=Q(state="asked", given_at=None)
                | Q(given_at__isnull=False, given_by__isnull=False) & ~Q(words=""),
                name="honours_opinion_given_how",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} on {self.application_id}"

    @property
    def about(self) -> str:
        return f"honours.opinion:{self.pk}"


class Reviewer(models.Model):
    """评审: a person who reviews in one phase of a call, for the body in which they hold office."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="reviewers", db_index=False)
    phase = models.CharField(max_length=40)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="honour_reviews")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+", db_index=False)
    is_blind = models.BooleanField(default=False, help_text="the phase is blind")
    left_on = models.DateField(null=True, blank=True, help_text="taken off; what they gave until then counts")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "phase", "person"], name="honours_reviewer_once")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.call_id}"


class Review(models.Model):
    """评审意见: what a reviewer gives an application, 0 to 100 for each criterion; or why they do not: a conflict."""

    reviewer = models.ForeignKey(Reviewer, on_delete=models.CASCADE, related_name="reviews", db_index=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="reviews")
    given = models.JSONField(default=dict, blank=True, help_text="criterion → number, as text")
    words = models.CharField(max_length=300, blank=True)
    conflict = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reviewer", "application"], name="honours_review_once"),
            models.CheckConstraint(
                condition=Q(conflict="") & ~Q(given={}) | ~Q(conflict="") & Q(given={}),
                name="honours_review_or_conflict",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reviewer_id} on {self.application_id}"


class Objection(models.Model):
    """异议: somebody objects to a proposed application while notice is given, with a reason, and is answered."""

    class State(models.TextChoices):
        RAISED = "raised", _("waits for an answer")
        UPHELD = "upheld", _("upheld")
        REJECTED = "rejected", _("not upheld")

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="objections")
    reason = models.CharField(max_length=1000)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.RAISED)
    answer = models.CharField(max_length=1000, blank=True)
    answered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="honours_objection_says_why"),
            models.CheckConstraint(
                condition=Q(state="raised", answer="")
                | Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer=""),
                name="honours_objection_answered_how",
            ),
        ]

    def __str__(self) -> str:
        return f"objection to {self.application_id}"

    @property
    def about(self) -> str:
        return f"honours.objection:{self.pk}"
