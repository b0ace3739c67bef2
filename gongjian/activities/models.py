"""Events with their hosts and sign-ups, contests with what is compared, good practice, and the publicity plan."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongjian.programme.models import FEWEST_TOLD, PlanItem, Stage
from gongjian.register.models import Body, UnitKind, Venue
from gongjian.register.models.words import Word

LONGEST_SUMMARY = 1000


def told_in(state: str, field: str) -> Q:
    """The text is there in this state, and in no other."""
    return Q(state=state) & ~Q(**{field: ""}) | ~Q(state=state) & Q(**{field: ""})


# == words of the pack ==
class EventKind(Word):
    """活动类型: 主题教育, 志愿服务, 文体活动 …"""


class ContestType(Word):
    """竞赛类型: 劳动竞赛, 双学双比, 岗位能手 …"""


class Channel(Word):
    """宣传渠道: paper, broadcasting, site, public account, notice board, meeting."""


# == events ==
class Event(models.Model):
    """主题活动: what one body or several lines together hold for their people, once, at a place.

    `sign_up_until`: the last day on which one signs up; None: one just comes. `took_part` may be told, and is no mark.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ANNOUNCED = "announced", _("Announced")
        OVER = "over", _("Held")
        CALLED_OFF = "called_off", _("Called off")

    title = models.CharField(max_length=80)
    what = models.CharField(max_length=2000, blank=True)
    kind = models.ForeignKey(EventKind, on_delete=models.PROTECT, related_name="events")
    stage = models.ForeignKey(Stage, null=True, blank=True, on_delete=models.PROTECT, related_name="events")
    item = models.ForeignKey(PlanItem, null=True, blank=True, on_delete=models.PROTECT, related_name="events")
    lead = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="led_events")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    venue = models.ForeignKey(Venue, null=True, blank=True, on_delete=models.PROTECT, related_name="events")
    place = models.CharField(max_length=200, blank=True)
    capacity = models.PositiveIntegerField(null=True, blank=True)
    sign_up_until = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    called_off_reason = models.CharField(max_length=200, blank=True)
    summary = models.CharField(max_length=LONGEST_SUMMARY, blank=True)
    took_part = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="activities_event_has_a_title"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="activities_event_ends_after_start"),
            models.CheckConstraint(condition=Q(capacity=None) | Q(capacity__gt=0), name="activities_event_has_room"),
            models.CheckConstraint(
                condition=told_in("called_off", "called_off_reason"), name="activities_called_off_says_why"
            ),
            models.CheckConstraint(condition=told_in("over", "summary"), name="activities_held_says_how_it_was"),
            models.CheckConstraint(
                condition=Q(took_part=None) | Q(took_part__gte=FEWEST_TOLD, state="over"),
                name="activities_event_tells_no_few",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | ~Q(place="") | Q(venue__isnull=False), name="activities_event_is_somewhere"
            ),
        ]
        indexes = [models.Index(fields=["starts_at", "id"], name="activities_event_start")]

    def __str__(self) -> str:
        return self.title

    def has_begun(self, now: datetime) -> bool:
        return self.starts_at <= now

    def takes_sign_ups(self, now: datetime) -> bool:
        """May one sign up now, if there is room? Until the last day for it, and never once it has begun."""
        if self.state != Event.State.ANNOUNCED or self.sign_up_until is None or self.has_begun(now):
            return False
        return timezone.localdate(now) <= self.sign_up_until


class EventHost(models.Model):
    """协办组织: a body that holds an event together with the one that leads it."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="hosts", db_index=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="hosted_events")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "body"], name="activities_event_host_once")]

    def __str__(self) -> str:
        return f"{self.body_id} in {self.event_id}"


class SignUp(models.Model):
    """报名: that somebody means to come, or that a body comes with so many people, without their names.

    It serves to make ready, and goes soon after the event. Whether anybody came is not kept.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="sign_ups", db_index=False)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    body = models.ForeignKey(Body, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    people = models.PositiveIntegerField(default=1)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(account__isnull=False, body=None, people=1) | Q(account=None, body__isnull=False),
                name="activities_sign_up_of_one_or_of_a_body",
            ),
            models.CheckConstraint(condition=Q(people__gte=1), name="activities_sign_up_of_somebody"),
            models.UniqueConstraint(fields=["event", "account"], name="activities_signed_up_once"),
            models.UniqueConstraint(fields=["event", "body"], name="activities_body_signed_up_once"),
        ]

    def __str__(self) -> str:
        return f"{self.people} in {self.event_id}"


# == contests ==
class Contest(models.Model):
    """竞赛: organisations or their teams compare what they do, over a time, by things that were said beforehand.

    `prizes`: to whom they go. To others than the host's own people they need an approval from the province or above.
    `level`: on which level entrants sit; empty: on any below the host.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Open for entries")
        RUNNING = "running", _("Under way")
        CLOSED = "closed", _("Concluded")

    class Prizes(models.TextChoices):
        NONE = "none", _("There are no prizes")
        OWN = "own", _("Within the host's own organisation")
        OTHERS = "others", _("To other organisations or their people")

    class Approval(models.TextChoices):
        CENTRAL = "central", _("Central")
        PROVINCE = "province", _("Province")

    title = models.CharField(max_length=80)
    what = models.CharField(max_length=2000, blank=True)
    type = models.ForeignKey(ContestType, on_delete=models.PROTECT, related_name="contests")
    lead = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="led_contests")
    level = models.CharField(max_length=10, choices=UnitKind.Level.choices, blank=True)
    begins_on = models.DateField()
    ends_on = models.DateField(help_text="its last day")
    prizes = models.CharField(max_length=10, choices=Prizes.choices)
    approval = models.CharField(max_length=200, blank=True, help_text="number and title of the document")
    approved_at = models.CharField(max_length=10, choices=Approval.choices, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    outcome = models.CharField(max_length=2000, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="activities_contest_has_a_title"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("begins_on")), name="activities_contest_days_in_order"),
            models.CheckConstraint(
                condition=~Q(prizes="others") | ~Q(approval="") & ~Q(approved_at=""),
                name="activities_prizes_to_others_are_approved",
            ),
            models.CheckConstraint(
                condition=told_in("closed", "outcome"), name="activities_closed_says_what_came_of_it"
            ),
        ]
        indexes = [models.Index(F("begins_on").desc(), F("id").desc(), name="activities_contest_begins")]

    def __str__(self) -> str:
        return self.title


class ContestHost(models.Model):
    """联办组织: a body that runs a contest together with the one that leads it."""

    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="hosts", db_index=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="hosted_contests")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contest", "body"], name="activities_contest_host_once")]

    def __str__(self) -> str:
        return f"{self.body_id} in {self.contest_id}"


class ComparedItem(models.Model):
    """比什么: one thing in which entrants compare themselves, in words, with its unit of measure."""

    class Better(models.TextChoices):
        MORE = "more", _("more is better")
        LESS = "less", _("less is better")
        NEITHER = "", _("neither")

    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="items", db_index=False)
    words = models.CharField(max_length=80)
    measure = models.CharField(max_length=20, blank=True)
    better = models.CharField(max_length=5, choices=Better.choices, blank=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("position",)
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="activities_compared_in_words"),
            models.UniqueConstraint(fields=["contest", "position"], name="activities_item_position_once"),
        ]

    def __str__(self) -> str:
        return self.words


class Entrant(models.Model):
    """参赛单位: a body that entered a contest, or one of its teams or units by its name. Never a person."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="entrants", db_index=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="entries_to_contests")
    team = models.CharField(max_length=60, blank=True)
    entered_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contest", "body", "team"], name="activities_entered_once")]

    def __str__(self) -> str:
        return f"{self.body_id} {self.team}"


class Result(models.Model):
    """竞赛成绩: what an entrant came to in one thing. Results are not added up, and nobody is ranked by them."""

    entrant = models.ForeignKey(Entrant, on_delete=models.CASCADE, related_name="results", db_index=False)
    item = models.ForeignKey(ComparedItem, on_delete=models.PROTECT, related_name="results")
    value = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entrant", "item"], name="activities_one_result")]

    def __str__(self) -> str:
        return f"{self.entrant_id} {self.item_id}: {self.value}"


# == good practice ==
class Practice(models.Model):
    """好做法: what a body did, what came of it, and under which conditions it works elsewhere."""

    class State(models.TextChoices):
        HANDED_IN = "handed_in", _("Handed in")
        CHECKED = "checked", _("Checked")
        RECOMMENDED = "recommended", _("Recommended")
        SENT_BACK = "sent_back", _("Sent back")

    title = models.CharField(max_length=40)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="practices")
    done = models.CharField(max_length=2000)
    came_of = models.CharField(max_length=2000)
    conditions = models.CharField(max_length=1000, blank=True)
    handed_in_on = models.DateField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.HANDED_IN)
    sent_back_words = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(done="") & ~Q(came_of=""), name="activities_practice_says_what_and_how"
            ),
            models.CheckConstraint(
                condition=told_in("sent_back", "sent_back_words"), name="activities_sent_back_says_why"
            ),
        ]
        indexes = [models.Index(F("handed_in_on").desc(), F("id").desc(), name="activities_practice_day")]

    def __str__(self) -> str:
        return self.title


class Uptake(models.Model):
    """借鉴: that another body has taken a practice up, since when, and with what effect."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="uptakes", db_index=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="uptakes")
    since = models.DateField()
    effect = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "body"], name="activities_taken_up_once")]

    def __str__(self) -> str:
        return f"{self.practice_id} by {self.body_id}"


# == what is published ==
class PublicityItem(models.Model):
    """宣传计划: one thing to be published on a day, in a channel. How many read it is not kept.

    `address`: the address of a page, or the issue of a paper.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("To come out")
        PUBLISHED = "published", _("Out")
        DROPPED = "dropped", _("Dropped")

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="publicity", help_text="whose plan it is in")
    responsible = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="publicity_to_do")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="publicity")
    subject = models.CharField(max_length=120)
    planned_on = models.DateField()
    item = models.ForeignKey(PlanItem, null=True, blank=True, on_delete=models.PROTECT, related_name="publicity")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    published_on = models.DateField(null=True, blank=True)
    address = models.CharField(max_length=300, blank=True)
    dropped_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(subject=""), name="activities_publicity_has_a_subject"),
            models.CheckConstraint(
                condition=Q(state="published", published_on__isnull=False) & ~Q(address="")
                | ~Q(state="published") & Q(published_on=None, address=""),
                name="activities_published_says_where",
            ),
            models.CheckConstraint(
                condition=told_in("dropped", "dropped_reason"), name="activities_publicity_dropped_says_why"
            ),
        ]
        indexes = [models.Index(fields=["planned_on", "id"], name="activities_publicity_day")]

    def __str__(self) -> str:
        return self.subject
