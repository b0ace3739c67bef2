"""Polls with their rolls, sealed envelopes, log and results; who holds the key and who observes."""

from __future__ import annotations

import secrets as random
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from gongjian.keys.columns import sealed
from gongjian.register.models import Body, Document, Person, Unit

FEWEST_VOTERS = 20
SEALED_SECRET = sealed("ballots_poll", "secret")
SEALED_NETWORK_KEY = sealed("ballots_poll", "network_key")
FIRST_TYPED = sealed("ballots_paperballot", "first_choices")
SECOND_TYPED = sealed("ballots_paperballot", "second_choices")


class Octets(Func):
    function = "octet_length"
    output_field = models.IntegerField()


def new_ref() -> str:
    return random.token_hex(16)


class Poll(models.Model):
    """投票: one voting of a body's: its rules, its window, and how far it has come.

    `ref` is its name outside. Until it is ready, `groups` and `steps` are what will be its rules; from then on the
    rules stand in `entry`, the first record of the log. `secret` makes codes, permits and orders; sealed by the ring.
    `keeps_arrivals`: envelopes tell how they came, as `Envelope` says; `network_key` is for that, and goes at closing.
    """

    class Kind(models.TextChoices):
        MEMBERS = "members", _("members' ballot")
        PEOPLE = "people", _("people's review")
        RECOMMENDATION = "recommendation", _("recommendation")

    class State(models.TextChoices):
        DRAFT = "draft", _("being prepared")
        READY = "ready", _("ready, waits to open")
        OPEN = "open", _("voting is open")
        CLOSED = "closed", _("closed, waits to be counted")
        OPENED = "opened", _("counted")
        PUBLISHED = "published", _("result is published")
        ERASED = "erased", _("published, ballots erased")
        CALLED_OFF = "called_off", _("called off")

    ref = models.CharField(max_length=32, unique=True, default=new_ref, editable=False)
    held_by = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="polls")
    kind = models.CharField(max_length=14, choices=Kind.choices)
    title = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    groups = models.JSONField(default=list, blank=True)
    steps = models.JSONField(default=list, blank=True)
    channels = ArrayField(models.CharField(max_length=6), default=list)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    objection_days = models.PositiveSmallIntegerField(default=7)
    weight = models.PositiveSmallIntegerField(default=0, help_text="per cent of a decision")
    approval = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    draw = models.CharField(max_length=120, blank=True, help_text="a public draw, named beforehand, that decides ties")
    draw_held_after = models.DateTimeField(null=True, blank=True)
    basis = models.CharField(max_length=64, blank=True, help_text="hash of the rules of what goes on with the votes")
    roll_day = models.DateField(null=True, blank=True)
    public_key = models.CharField(max_length=130, blank=True)
    secret = models.BinaryField(null=True)
    keeps_arrivals = models.BooleanField(default=False)
    network_key = models.BinaryField(null=True)
    signer = models.CharField(max_length=40, blank=True, help_text="id of the key that signs its heads")
    entry = models.JSONField(null=True, blank=True)
    entry_hash = models.BinaryField(null=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    objections_until = models.DateField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    called_off_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="ballots_poll_has_a_title"),
            models.CheckConstraint(condition=Q(opens_at__lt=F("closes_at")), name="ballots_opens_before_it_closes"),
            models.CheckConstraint(condition=Q(weight__lte=100), name="ballots_weight_is_a_share"),
            models.CheckConstraint(
                condition=Q(weight=0) | Q(approval__isnull=False) | Q(state__in=("draft", "called_off")),
                name="ballots_weight_needs_approval",
            ),
            models.CheckConstraint(
                condition=Q(basis="") | Q(basis__regex=r"^[0-9a-f]{64}$") & ~Q(draw=""),
                name="ballots_basis_is_a_hash_with_a_draw",
            ),
            models.CheckConstraint(
                condition=Q(draw="") | Q(draw_held_after__gte=F("closes_at")), name="ballots_draw_comes_after_closing"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "called_off"))
                | Q(entry__isnull=False, entry_hash__isnull=False, secret__isnull=False) & ~Q(signer="")
                | Q(state="erased", entry__isnull=False),
                name="ballots_ready_has_entry_and_key",
            ),
            models.CheckConstraint(
                condition=Q(network_key=None) | Q(keeps_arrivals=True, state__in=("ready", "open")),
                name="ballots_network_key_goes_at_closing",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("closed", "opened", "published", "erased")) | Q(closed_at__isnull=False),
                name="ballots_closed_has_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("published", "erased"), published_at__isnull=False)
                | ~Q(state__in=("published", "erased")) & Q(published_at=None),
                name="ballots_published_has_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(state="called_off") & ~Q(called_off_reason="")
                | ~Q(state="called_off") & Q(called_off_reason=""),
                name="ballots_called_off_says_why",
            ),
        ]
        indexes = [models.Index(F("closes_at").desc(), F("id").desc(), name="ballots_poll_closes")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_frozen(self) -> bool:
        """Do rules, roll and key stand?"""
        return self.entry is not None

    @property
    def rules(self) -> dict[str, Any]:
        """As they were frozen; those of a draft are made by `rules.rules_of`."""
        assert self.entry is not None
        rules: dict[str, Any] = self.entry["rules"]
        return rules

    def takes_ballots_at(self, moment: datetime) -> bool:
        return self.state == self.State.OPEN and self.opens_at <= moment < self.closes_at

    @property
    def is_told(self) -> bool:
        return self.state in (self.State.PUBLISHED, self.State.ERASED)


class Holder(models.Model):
    """保管人: one of three who hold the files of the key, two of which open it. None of them keeps the poll."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="holders", db_index=False)
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["poll", "position"], name="ballots_holder_once"),
            models.UniqueConstraint(fields=["poll", "name"], name="ballots_holders_differ"),
            models.CheckConstraint(
                condition=~Q(name="") & Q(position__gte=1, position__lte=3), name="ballots_three_holders"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Observer(models.Model):
    """监票人: recounts and signs. `key`: the public half of an Ed25519 key, in hex. One of them is drawn by lot."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="observers", db_index=False)
    name = models.CharField(max_length=80)
    key = models.CharField(max_length=64)
    is_by_lot = models.BooleanField(default=False)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["poll", "key"], name="ballots_observers_differ"),
            models.UniqueConstraint(fields=["poll", "name"], name="ballots_observer_once"),
            models.CheckConstraint(
                condition=Q(key__regex=r"^[0-9a-f]{64}$") & ~Q(name=""), name="ballots_observer_has_a_key"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CodeBatch(models.Model):
    """凭据批次: one-time codes that were printed together, once."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="code_batches", db_index=False)
    number = models.PositiveSmallIntegerField()
    count = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "code batches"
        constraints = [models.UniqueConstraint(fields=["poll", "number"], name="ballots_batch_number_once")]

    def __str__(self) -> str:
        return f"{self.poll_id} batch {self.number}"


class Voter(models.Model):
    """名册上的人: somebody on the roll of a poll. `unit`: where the turnout counts. `code`: HMAC of a one-time code.

    Whether somebody has voted stands in `Envelope` alone, which pages cannot read.
    """

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="voters", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    is_off = models.BooleanField(default=False, help_text="taken off the roll after it was frozen")
    code = models.BinaryField(null=True)
    batch = models.ForeignKey(CodeBatch, null=True, on_delete=models.PROTECT, related_name="voters")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["poll", "person"], name="ballots_voter_once"),
            models.UniqueConstraint(fields=["poll", "code"], name="ballots_code_once"),
            models.CheckConstraint(
                condition=Q(code=None, batch=None) | Q(code__isnull=False, batch__isnull=False),
                name="ballots_code_has_a_batch",
            ),
        ]
        indexes = [models.Index(fields=["poll", "unit"], name="ballots_voter_unit")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.poll_id}"


class Envelope(models.Model):
    """密封选票: the last sealed ballot of a voter. `earlier`: the leaves it replaced, 32 bytes each.

    `is_final`: it came on paper, and nothing replaces it. Pages have no right to read this table (migration 0002).

    How it came, in polls that keep it and until the result is published: `half_hour` from the epoch by the local clock,
    not of paper; `network`, which says only that two came from one address; and whether by a card's code.
    """

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="envelopes", db_index=False)
    voter = models.ForeignKey(Voter, on_delete=models.CASCADE, related_name="+", db_index=False)
    sealed = models.BinaryField()
    leaf = models.BinaryField()
    channel = models.CharField(max_length=6)
    is_final = models.BooleanField(default=False)
    earlier = models.BinaryField(default=b"")
    half_hour = models.IntegerField(null=True)
    network = models.BinaryField(default=b"")
    is_by_card = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["poll", "voter"], name="ballots_one_envelope_a_voter"),
            models.CheckConstraint(condition=Exact(Octets("leaf"), 32), name="ballots_envelope_has_a_leaf"),
        ]

    def __str__(self) -> str:
        return f"envelope in {self.poll_id}"


class Log(models.Model):
    """日志: where the log of a poll ends: how many records, the right edge of their tree, and when it last grew.

    Whoever adds to the log holds this row; so there is one appender a poll.
    """

    poll = models.OneToOneField(Poll, on_delete=models.CASCADE, primary_key=True, related_name="log")
    size = models.PositiveBigIntegerField(default=0)
    frontier = models.BinaryField()
    moment = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.size} records of {self.poll_id}"


class LogRow(models.Model):
    """日志记录: one record of the log: kind and 32 bytes. `content`: what they are the hash of, except of envelopes."""

    class Kind(models.IntegerChoices):
        ENTRY = 0, _("rules and key")
        ENVELOPE = 1, _("sealed ballot")
        ROLL_CHANGE = 2, _("change of the roll")
        WITHDRAWN = 3, _("candidate withdrawn")
        CLOSED = 4, _("poll closed")
        NOTE = 5, _("note")

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="log_rows", db_index=False)
    index = models.PositiveBigIntegerField()
    kind = models.PositiveSmallIntegerField(choices=Kind.choices)
    hash = models.BinaryField()
    content = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["poll", "index"], name="ballots_log_row_once"),
            models.UniqueConstraint(fields=["poll", "hash"], condition=Q(kind=1), name="ballots_leaf_once"),
            models.CheckConstraint(condition=Exact(Octets("hash"), 32), name="ballots_record_has_a_hash"),
            models.CheckConstraint(
                condition=Q(kind__in=(0, 1), content=None) | Q(kind__gte=2, kind__lte=5, content__isnull=False),
                name="ballots_content_where_it_belongs",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.poll_id} {self.index}"


class SignedHead(models.Model):
    """日志头: how long the log was at a moment, and the root of its tree, signed by the server.

    `before`: the right edge before the records this head added, so that their receipts can be given once more.
    """

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="heads", db_index=False)
    size = models.PositiveBigIntegerField()
    root = models.BinaryField()
    moment = models.DateTimeField()
    signature = models.BinaryField()
    before = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["poll", "size"], name="ballots_one_head_a_size"),
            models.CheckConstraint(condition=Exact(Octets("root"), 32), name="ballots_head_has_a_root"),
        ]

    def __str__(self) -> str:
        return f"{self.poll_id} at {self.size}"


class SetAside(models.Model):
    """暂不计入: an envelope that two people set aside, blind to what is in it. The voter is told, and may object.

    It is of the envelope whose leaf it names: whoever casts again has a new one. `burst`: with which others it was
    proposed; they are answered together.
    """

    class Reason(models.TextChoices):
        NOT_ENTITLED = "not_entitled", _("not entitled to vote")
        NOT_OWN = "not_own", _("not cast by the voter")
        FORCED = "forced", _("cast under pressure")
        OTHER = "other", _("another reason")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("waits for the second person")
        DECLINED = "declined", _("not agreed")
        AGREED = "agreed", _("left out for now")
        OBJECTED = "objected", _("the voter objects")
        UPHELD = "upheld", _("stays set aside")
        LIFTED = "lifted", _("counts again")

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="set_aside")
    burst = models.ForeignKey("Burst", null=True, on_delete=models.CASCADE, related_name="cases")
    voter = models.ForeignKey(Voter, null=True, on_delete=models.SET_NULL, related_name="+")
    leaf = models.BinaryField()
    reason = models.CharField(max_length=12, choices=Reason.choices)
    words = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PROPOSED)
    first_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    second_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    told_on = models.DateField(null=True, blank=True)
    objection = models.CharField(max_length=500, blank=True)
    outcome = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "set aside"
        constraints = [
            models.UniqueConstraint(
                fields=["poll", "leaf"], condition=~Q(state__in=("declined", "lifted")), name="ballots_set_aside_once"
            ),
            models.CheckConstraint(condition=~Q(words=""), name="ballots_set_aside_says_why"),
            models.CheckConstraint(
                condition=Q(second_by=None) | Q(first_by=None) | ~Q(first_by=F("second_by")),
                name="ballots_set_aside_by_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.poll_id}: {self.reason}"

    @property
    def holds(self) -> bool:
        """Does the envelope stay out of the count as it stands?"""
        return self.state in (self.State.AGREED, self.State.UPHELD)


class Burst(models.Model):
    """集中投票: ballots that came together in a way that looks bought, and what two people decided about all of them.

    `facts`: numbers alone. `half_hour`: when it began, until the result is published. Whose they are stand in `cases`.
    """

    class Rule(models.TextChoices):
        NETWORK = "network", _("many units from one address within an hour")
        NIGHT = "night", _("many from one address at night")
        BATCH = "batch", _("cards of one batch within an hour")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("waits for the second person")
        DECLINED = "declined", _("not agreed")
        AGREED = "agreed", _("left out for now")

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="bursts")
    rule = models.CharField(max_length=7, choices=Rule.choices)
    facts = models.JSONField(default=dict)
    half_hour = models.IntegerField(null=True)
    reason = models.CharField(max_length=12, choices=SetAside.Reason.choices)
    words = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PROPOSED)
    first_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    second_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="ballots_burst_says_why"),
            models.CheckConstraint(
                condition=Q(second_by=None) | Q(first_by=None) | ~Q(first_by=F("second_by")),
                name="ballots_burst_by_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.poll_id}: {self.rule}"


class PaperBallot(models.Model):
    """纸质选票: a paper with a number that a voter got at the desk; typed in by two people who see the number alone.

    What the first typed waits under the key ring for the second; it goes once they agree, or a third has looked.
    """

    class State(models.TextChoices):
        GIVEN = "given", _("given out")
        TYPED_ONCE = "typed_once", _("typed in once")
        DIFFERS = "differs", _("the two differ")
        CAST = "cast", _("in the log")
        SPOILT = "spoilt", _("given back unused")

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="papers")
    voter = models.ForeignKey(Voter, on_delete=models.CASCADE, related_name="+")
    number = models.CharField(max_length=8)
    channel = models.CharField(max_length=6, default="desk", help_text="desk: filled in there; paper: taken along")
    state = models.CharField(max_length=10, choices=State.choices, default=State.GIVEN)
    first_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    second_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    first_choices = models.BinaryField(null=True)
    second_choices = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["poll", "number"], name="ballots_paper_number_once"),
            models.UniqueConstraint(
                fields=["poll", "voter"], condition=~Q(state="spoilt"), name="ballots_one_paper_a_voter"
            ),
            models.CheckConstraint(
                condition=Q(second_by=None) | Q(first_by=None) | ~Q(first_by=F("second_by")),
                name="ballots_paper_typed_by_two",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("cast", "spoilt", "given")) | Q(first_choices=None, second_choices=None),
                name="ballots_typed_choices_go",
            ),
        ]

    def __str__(self) -> str:
        return f"paper {self.number}"


class Result(models.Model):
    """结果: what the holders of the key counted, the draw, the rules carried out, and who signed it."""

    poll = models.OneToOneField(Poll, on_delete=models.CASCADE, primary_key=True, related_name="result")
    tally = models.JSONField()
    numbers = models.JSONField(help_text="superseded, set aside by reason, by channel, turnout")
    drawn = models.CharField(max_length=200, blank=True)
    steps = models.JSONField(default=list)
    signatures = models.JSONField(default=list)
    bundle = models.FileField(upload_to="ballots/%Y/", blank=True)
    bundle_sha256 = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"result of {self.poll_id}"
