"""A newer official list against the register: the list as read, what is found to have happened, and who decided what.

Nothing of it is in the register before it is applied.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from gongjian.chronicle.models import Act

from .lineage import Document
from .units import Unit


class Reconciliation(models.Model):
    """核对: a list of divisions, or of the businesses of a stretch; the day it is of, and how far the work on it is."""

    class Kind(models.TextChoices):
        DIVISIONS = "divisions"
        FIRMS = "firms"

    class State(models.TextChoices):
        ASKED = "asked"  # whether the list is whole
        READ = "read"
        COMPARING = "comparing"
        OPEN = "open"
        APPLYING = "applying"
        APPLIED = "applied"
        UNDONE = "undone"
        FAILED = "failed"

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.DIVISIONS)
    within = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="whose businesses it lists"
    )
    state = models.CharField(max_length=10, choices=State.choices)
    file = models.FileField(upload_to="reconciliations/%Y/%m", blank=True)
    filename = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    source = models.CharField(max_length=200, default="统计用区划代码", help_text="as entries name the list")
    as_of = models.DateField(help_text="the day of which the list is; changes count from it")
    listed_before = models.DateField(null=True, blank=True, help_text="the newest day the register was listed for")
    language = models.CharField(max_length=10, default="zh-hans", help_text="in which failures are told")
    counts = models.JSONField(default=dict, blank=True)
    counties = models.JSONField(
        default=list, blank=True, help_text="[code, name] in the order of the list; of firms: towns"
    )
    standing = models.JSONField(
        default=dict, blank=True, help_text="unit → what the register said of it: compared with"
    )
    progress = models.PositiveSmallIntegerField(default=0)
    failure = models.TextField(blank=True)
    documents = models.ManyToManyField(Document, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    act = models.ForeignKey(Act, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    undo_act = models.ForeignKey(Act, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="divisions", within__isnull=True) | Q(kind="firms", within__isnull=False),
                name="register_reconciliation_of_what",
            )
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def is_of_firms(self) -> bool:
        return self.kind == self.Kind.FIRMS

    @property
    def subject(self) -> str:
        """How the chronicle names it."""
        return f"register.reconciliation:{self.pk}"


class ListedRow(models.Model):
    """One row of the list as read. `number` is its row in the file, `parent` the number of the row it lies in."""

    reconciliation = models.ForeignKey(Reconciliation, on_delete=models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField()
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=200, help_text="as published")
    level = models.CharField(max_length=10)
    parent = models.PositiveIntegerField(null=True, blank=True)
    # of firms, whose credit code is in `code`:
    place = models.CharField(max_length=200, blank=True, help_text="as written: town, village, or a code")
    address = models.CharField(max_length=200, blank=True)
    lies_in = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False,
        help_text="what the place, or else the address, is understood as",
    )  # fmt: skip
    trade = models.CharField(max_length=40, blank=True)
    staff = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=["reconciliation", "number"], name="register_listed_row_once")]

    def __str__(self) -> str:
        return self.name


class Finding(models.Model):
    """What is thought to have become of one division, or that one began; and what was decided about it.

    `old` holds units, `new` numbers of rows. `alternatives` are what else it may be, the likeliest first: each has
    `old` and `new` likewise, `happened`, `confidence` and `evidence`. `chosen` is one of them, counted from 1.
    """

    class Verdict(models.TextChoices):
        SURE = "sure"
        DOUBTFUL = "doubtful"
        UNKNOWN = "unknown"

    class Decision(models.TextChoices):
        OPEN = "open"
        ACCEPTED = "accepted"
        CHOSEN = "chosen"
        UNKNOWN = "unknown"
        TAKEN = "taken"  # a row thought new, which somebody gave to a division that stood

    reconciliation = models.ForeignKey(
        Reconciliation, on_delete=models.CASCADE, related_name="findings", db_index=False
    )
    number = models.PositiveIntegerField(help_text="its place in the order of work")
    level = models.CharField(max_length=10)
    county = models.CharField(
        max_length=20, blank=True, help_text="code of the county, of firms the town, it is worked with"
    )
    happened = models.CharField(max_length=20)
    also = ArrayField(models.CharField(max_length=20), default=list)
    old = ArrayField(models.BigIntegerField(), default=list)
    new = ArrayField(models.PositiveIntegerField(), default=list)
    shares = models.JSONField(null=True, blank=True)
    confidence = models.FloatField()
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    evidence = models.JSONField(default=list)
    alternatives = models.JSONField(default=list)
    decision = models.CharField(max_length=10, choices=Decision.choices, default=Decision.OPEN)
    chosen = models.PositiveSmallIntegerField(null=True, blank=True)
    taken_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="takes")
    is_together = models.BooleanField(default=False, help_text="accepted in one step with the other sure ones")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1, help_text="grows with each decision, so that none is lost")

    class Meta:
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=["reconciliation", "number"], name="register_finding_once"),
            models.CheckConstraint(
                condition=Q(decision="open", decided_at__isnull=True)
                | (~Q(decision="open") & Q(decided_at__isnull=False)),
                name="register_finding_decided_when",
            ),
            models.CheckConstraint(
                condition=Q(decision="chosen", chosen__gte=1) | (~Q(decision="chosen") & Q(chosen__isnull=True)),
                name="register_finding_chosen_which",
            ),
        ]
        indexes = [
            models.Index(fields=["reconciliation", "county", "number"], name="register_finding_county"),
            models.Index(
                fields=["reconciliation", "number"], name="register_finding_open", condition=Q(decision="open")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.happened} {self.old} → {self.new}"
