"""Acts, what rows were before them, the seals that chain the acts, and the signed heads of the chain."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class Act(models.Model):
    """One deed by one account (or by the system): the verb, what it was done to, and the day from which it counts."""

    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    office = models.CharField(
        max_length=80, blank=True, db_default="", help_text="opaque reference of the office in which it was done"
    )
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=80, blank=True, help_text="opaque reference such as register.unit:123")
    on = models.DateField(null=True, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    address = models.CharField(
        max_length=60, blank=True, db_default="", help_text="from where: an IP address, or “command line”"
    )
    request = models.CharField(max_length=32, blank=True, db_default="", help_text="as in X-Request-ID and in the log")

    class Meta:
        indexes = [models.Index(fields=["subject", "-id"], name="chronicle_act_subject")]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}".strip()


class Before(models.Model):
    """What one row of one table was before the act changed (or deleted) it."""

    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="befores")
    table = models.CharField(max_length=63)
    row = models.BigIntegerField()
    was = models.JSONField()
    deleted = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["table", "row"], name="chronicle_before_row")]

    def __str__(self) -> str:
        return f"{self.table}:{self.row} before {self.act_id}"


class Unsealed(models.Model):
    """An act that is committed and waits for the sealer. Put in by a trigger, taken out when the act is sealed."""

    act = models.OneToOneField(
        Act, primary_key=True, on_delete=models.PROTECT, related_name="unsealed", db_constraint=False
    )

    class Meta:
        verbose_name_plural = "unsealed"

    def __str__(self) -> str:
        return f"act {self.act_id} waits"


class Seal(models.Model):
    """The chain: SHA-256 over the seal before, the number, the act, and the digests of act and befores.

    Numbers are the sealer's own and run without a gap; they follow commits, not the ids of the acts.
    """

    number = models.BigIntegerField(primary_key=True)
    act = models.OneToOneField(Act, on_delete=models.PROTECT, related_name="seal")
    of_act = models.BinaryField(help_text="SHA-256 of the act, without its id")
    of_befores = models.BinaryField(help_text="SHA-256 of what was kept before it, row by row")
    sha256 = models.BinaryField()

    def __str__(self) -> str:
        return f"seal {self.number}"


class Head(models.Model):
    """How far the chain was at a moment, signed. Heads also leave the database: see heads.py."""

    number = models.BigIntegerField(primary_key=True, help_text="the last seal it stands for")
    sha256 = models.BinaryField(help_text="that seal")
    at = models.DateTimeField()
    key = models.CharField(max_length=40, help_text="the id of the signing key")
    signature = models.BinaryField()

    def __str__(self) -> str:
        return f"head {self.number}"


class PersonKey(models.Model):
    """The key under which personal values of one person are kept. Without it nobody can read them any more."""

    person = models.CharField(max_length=80, unique=True, help_text="opaque reference such as register.person:123")
    key = models.BinaryField(null=True, help_text="sealed by the key ring; none after the person was forgotten")
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="chronicle_personkey_forgotten_has_no_key",
                condition=models.Q(key__isnull=True, forgotten_at__isnull=False)
                | models.Q(key__isnull=False, forgotten_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"key of {self.person}"
