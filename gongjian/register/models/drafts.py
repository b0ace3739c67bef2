"""A file on its way into the register: the draft, its rows as read, and what is wrong with them.

The rows lie in tables without a write-ahead log: after a crash of the database they are gone, and are read again from
the draft's file.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from gongjian.chronicle.models import Act


class ImportDraft(models.Model):
    """An uploaded file of units or bodies. Nothing of it is in the register before it is applied."""

    class Kind(models.TextChoices):
        UNITS = "units"
        BODIES = "bodies"

    class State(models.TextChoices):
        UPLOADED = "uploaded"
        CHECKING = "checking"
        CHECKED = "checked"
        APPLYING = "applying"
        APPLIED = "applied"
        UNDONE = "undone"
        FAILED = "failed"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    file = models.FileField(upload_to="imports/%Y/%m")
    filename = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    sheet = models.CharField(max_length=100, blank=True)
    header_row = models.PositiveIntegerField(default=1)
    headers = models.JSONField(default=list)
    mapping = models.JSONField(default=dict, help_text="column number, from 0, → field key")
    mended = models.JSONField(default=dict, blank=True, help_text="row number → field key → what was typed instead")
    as_of = models.DateField(help_text="the day from which the file counts")
    language = models.CharField(max_length=10, default="zh-hans", help_text="in which its problems are told")
    counts = models.JSONField(default=dict, blank=True)
    row_count = models.PositiveIntegerField(default=0)
    progress = models.PositiveSmallIntegerField(default=0)
    failure = models.TextField(blank=True)
    seen_mark = models.BigIntegerField(
        null=True, blank=True, help_text="how far the chronicle was when the rows were checked"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    act = models.ForeignKey(Act, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    undo_act = models.ForeignKey(Act, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.filename

    @property
    def subject(self) -> str:
        """How the chronicle names it."""
        return f"register.importdraft:{self.pk}"


def _text() -> models.TextField:
    """As read; None where the cell is blank or the column is missing."""
    return models.TextField(null=True, blank=True)


def _number() -> models.IntegerField:
    return models.IntegerField(null=True, blank=True)


def _id() -> models.BigIntegerField:
    """What the row resolves to. Without a constraint: the row is a note, not a fact."""
    return models.BigIntegerField(null=True, blank=True)


def _day() -> models.DateField:
    return models.DateField(null=True, blank=True)


class DraftRow(models.Model):
    """One row of the file: what was read, what it resolves to, and the verdict of the preflight."""

    class Verdict(models.TextChoices):
        ADD = "add"
        CHANGE = "change"
        END = "end"
        SAME = "same"
        REPEAT = "repeat"
        PROBLEM = "problem"

    pk = models.CompositePrimaryKey("draft_id", "number")
    draft = models.ForeignKey(
        ImportDraft, on_delete=models.CASCADE, related_name="%(class)s_rows", db_index=False, db_constraint=False
    )
    number = models.PositiveIntegerField(help_text="row number in the file")
    verdict = models.CharField(max_length=10, choices=Verdict.choices, blank=True)
    changes = models.JSONField(null=True, blank=True, help_text="field → [what it is, what it would be]")
    misread = models.BooleanField(default=False, help_text="a cell of it could not be read")
    starts_on = _day()
    day = _day()

    class Meta:
        abstract = True
        ordering = ("number",)

    def __str__(self) -> str:
        return f"row {self.number}"


class DraftUnit(DraftRow):
    """A row of a file of units."""

    code = _text()
    credit_code = _text()
    name = _text()
    kind = _text()
    parent_code = _text()
    parent_name = _text()
    status = _text()
    trade = _text()
    sector = _text()
    ownership = _text()
    address = _text()
    stands_in = _text()
    staff = _number()
    women = _number()
    under_35 = _number()
    dispatched = _number()
    migrant = _number()
    headcount_on = _day()
    opened_on = _day()
    closed_on = _day()
    unit_id = _id()
    parent_id = _id()
    parent_number = _number()
    place_id = _id()
    place_number = _number()


class DraftBody(DraftRow):
    """A row of a file of bodies."""

    code = _text()
    name = _text()
    line = _text()
    kind = _text()
    form = _text()
    seat_code = _text()
    seat_name = _text()
    superior_code = _text()
    superior_name = _text()
    leader_code = _text()
    leader_name = _text()
    covers = _text()
    term_from = _day()
    term_until = _day()
    opened_on = _day()
    closed_on = _day()
    body_id = _id()
    seat_id = _id()
    superior_id = _id()
    superior_number = _number()
    leader_id = _id()
    leader_number = _number()
    new_covers = ArrayField(models.BigIntegerField(), null=True, blank=True)


class ImportProblem(models.Model):
    """What is wrong in one row and what to do."""

    draft = models.ForeignKey(
        ImportDraft, on_delete=models.CASCADE, related_name="problems", db_index=False, db_constraint=False
    )
    number = models.PositiveIntegerField()
    field = models.CharField(max_length=20, blank=True)
    column = models.CharField(max_length=200, blank=True, help_text="the heading as in the file")
    found = models.TextField(blank=True)
    sentence = models.TextField()
    in_reading = models.BooleanField(default=False, help_text="of the cell itself, whatever the register says")

    class Meta:
        ordering = ("number", "id")
        indexes = [models.Index(fields=["draft", "number"], name="register_import_problem_row")]

    def __str__(self) -> str:
        return self.sentence
