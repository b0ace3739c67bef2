"""Series of meetings and their members, meetings, topics with papers, what was minuted and decided, and reports."""

from __future__ import annotations

from datetime import date, datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gongjian.asks.models import MOST_MINUTES
from gongjian.register.models import Body, OfficeKind
from gongjian.register.models.dated import Dated, by_act, not_empty, one_at_a_time
from gongjian.register.models.words import Word

MOST_MONTHS = 12
MOST_DAYS_BEFORE = 60
LONGEST_ITEM = 240  # minutes that can be typed for one item


class Custom(Word):
    """会议惯例: what a new series of a kind begins with; each series may differ. The key is the kind."""

    months = models.PositiveSmallIntegerField()
    closes_before = models.PositiveSmallIntegerField(help_text="so many days before, topics close")
    source = models.CharField(max_length=200, blank=True)


class Series(models.Model):
    """会议系列: meetings of a host with its members, in a rhythm. `chair`: an office in words, nobody's name."""

    class Kind(models.TextChoices):
        CONFERENCE = "conference", _("joint conference")
        HEARING = "hearing", _("hearing of reports")

    host = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="meeting_series")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=60)
    months = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(MOST_MONTHS)])
    closes_before = models.PositiveSmallIntegerField(validators=[MaxValueValidator(MOST_DAYS_BEFORE)])
    chair = models.CharField(max_length=80)
    secretariat = models.CharField(max_length=80, blank=True)
    ended_on = models.DateField(null=True, blank=True, help_text="no further meeting from this day on")

    class Meta:
        verbose_name_plural = "series"
        constraints = [
            models.UniqueConstraint(fields=["host", "name"], name="meetings_series_one_of_a_name"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(chair=""), name="meetings_series_has_name_and_chair"),
            models.CheckConstraint(
                condition=Q(months__gte=1, months__lte=MOST_MONTHS, closes_before__lte=MOST_DAYS_BEFORE),
                name="meetings_series_rhythm",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Member(Dated):
    """成员单位: a body takes part in the meetings of a series, from a day until another."""

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="members")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="seats_in_meetings")

    class Meta:
        constraints = [
            one_at_a_time("meetings_member_once_a_day", "series", "body"),
            not_empty("meetings_member_has_days"),
        ]
        indexes = [by_act("meetings_member_act")]

    def __str__(self) -> str:
        return f"{self.body_id} in {self.series_id}"


class Meeting(models.Model):
    """会议: one meeting of a series, from the gathering of topics to its published minutes, or cancelled.

    `issue`: the number of the minutes within the series and the year of the meeting, 〔2026〕第3期.
    """

    class State(models.TextChoices):
        COLLECTING = "collecting", _("gathers topics")
        AGENDA_SET = "agenda_set", _("agenda is set")
        HELD = "held", _("was held")
        PUBLISHED = "published", _("minutes are published")
        CANCELLED = "cancelled", _("cancelled")

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="meetings", db_index=False)
    day = models.DateField()
    begins_at = models.TimeField()
    place = models.CharField(max_length=120)
    topics_close_on = models.DateField(help_text="the last day on which members hand topics in")
    state = models.CharField(max_length=10, choices=State.choices, default=State.COLLECTING)
    cancelled_reason = models.CharField(max_length=200, blank=True)
    issue = models.PositiveSmallIntegerField(null=True, blank=True)
    issue_year = models.PositiveSmallIntegerField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "day"], name="meetings_meeting_one_a_day"),
            models.UniqueConstraint(fields=["series", "issue_year", "issue"], name="meetings_minutes_number_once"),
            models.CheckConstraint(condition=Q(topics_close_on__lte=F("day")), name="meetings_topics_close_before"),
            models.CheckConstraint(
                condition=Q(state="cancelled") & ~Q(cancelled_reason="")
                | ~Q(state="cancelled") & Q(cancelled_reason=""),
                name="meetings_cancelled_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state="published")
                & Q(issue__isnull=False, issue_year__isnull=False, published_at__isnull=False)
                | ~Q(state="published") & Q(issue=None, issue_year=None, published_at=None),
                name="meetings_published_has_number_and_time",
            ),
        ]
        indexes = [models.Index(F("day").desc(), F("id").desc(), name="meetings_meeting_day")]

    def __str__(self) -> str:
        return f"{self.series_id} {self.day}"

    @property
    def begins(self) -> datetime:
        """Where the clock of its agenda starts; without a zone, as it hangs on the wall."""
        return datetime.combine(self.day, self.begins_at)

    @property
    def was_held(self) -> bool:
        return self.state in (self.State.HELD, self.State.PUBLISHED)

    def takes_topics_on(self, today: date) -> bool:
        """May members still hand topics in?"""
        return self.state == self.State.COLLECTING and today <= self.topics_close_on


class Topic(models.Model):
    """议题: what a member wants to be talked about. `came_from`: the topic of an earlier meeting that was put off."""

    class State(models.TextChoices):
        HANDED_IN = "handed_in", _("handed in")
        TAKEN = "taken", _("on the agenda")
        PUT_OFF = "put_off", _("put off to the next meeting")
        DECLINED = "declined", _("not taken")

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="topics")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="topics")
    title = models.CharField(max_length=80)
    problem = models.CharField(max_length=1000)
    proposal = models.CharField(max_length=1000, blank=True)
    minutes = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_ITEM)], help_text="of the meeting"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.HANDED_IN)
    position = models.PositiveSmallIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True, help_text="why it was put off or not taken")
    late_reason = models.CharField(max_length=200, blank=True, help_text="why it was taken after the closing day")
    came_from = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="went_on_in")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(title="") & ~Q(problem=""), name="meetings_topic_says_what"),
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=LONGEST_ITEM), name="meetings_topic_some_minutes"
            ),
            models.CheckConstraint(
                condition=Q(state="taken", position__isnull=False) | ~Q(state="taken") & Q(position=None),
                name="meetings_topic_taken_has_a_place",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(reason=""), name="meetings_topic_declined_says_why"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Paper(models.Model):
    """材料: a file that belongs to a topic. `characters`: how long its text is, where that can be told."""

    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="papers")
    name = models.CharField(max_length=120)
    file = models.FileField(upload_to="meetings/%Y/%m/")
    sha256 = models.CharField(max_length=64)
    characters = models.PositiveIntegerField(null=True, blank=True)
    handed_in_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(sha256=""), name="meetings_paper_has_a_hash")]

    def __str__(self) -> str:
        return self.name


class Attendance(models.Model):
    """出席: whether a body was there, and by which office it was represented. For the minutes; never counted up."""

    class How(models.TextChoices):
        PRESENT = "present", _("present")
        EXCUSED = "excused", _("excused")
        ABSENT = "absent", _("absent")

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendance", db_index=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=8, choices=How.choices)
    office = models.ForeignKey(OfficeKind, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "attendance"
        constraints = [
            models.UniqueConstraint(fields=["meeting", "body"], name="meetings_attendance_once"),
            models.CheckConstraint(
                condition=Q(how="present") | Q(office=None), name="meetings_office_of_who_was_there"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body_id}: {self.how}"


class Passage(models.Model):
    """纪要段落: what was said on one item of the agenda. `version` grows with each saving, so that none is lost."""

    topic = models.OneToOneField(Topic, on_delete=models.PROTECT, related_name="passage")
    text = models.CharField(max_length=5000, blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.topic_id} v{self.version}"


class Decision(models.Model):
    """议定事项: what was decided, who does it and until when; an opinion 意见 of the chair likewise.

    It becomes an ask when the minutes are published. How it stands is how its ask stands, and is kept nowhere else.
    """

    class Kind(models.TextChoices):
        DECISION = "decision", _("decision")
        OPINION = "opinion", _("opinion of the chair")

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="decisions")
    topic = models.ForeignKey(Topic, null=True, blank=True, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.DECISION)
    words = models.CharField(max_length=400)
    owner = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="decisions_of_meetings")
    due_on = models.DateField()
    minutes = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(MOST_MINUTES)], help_text="to report on it"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="meetings_decision_says_what"),
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=MOST_MINUTES), name="meetings_decision_some_minutes"
            ),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def about(self) -> str:
        """As its ask refers to it."""
        return f"meetings.decision:{self.pk}"


class LineReport(models.Model):
    """汇报: what a member reports to a meeting: words of its own, and what plan and figures said when it handed in."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="reports", db_index=False)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="line_reports")
    text = models.CharField(max_length=5000, blank=True)
    facts = models.JSONField(default=dict, blank=True, help_text="of plan and figures, frozen when it is handed in")
    handed_in_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "body"], name="meetings_report_once")]

    def __str__(self) -> str:
        return f"{self.body_id} to {self.meeting_id}"

    @property
    def is_handed_in(self) -> bool:
        return self.handed_in_at is not None
