"""Acts, what rows were before them, and the seals that chain the acts."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class Act(models.Model):
    """One deed by one account (or by the system): the verb, what it was done to, and the day from which it counts."""

    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=80, blank=True, help_text="opaque reference such as register.unit:123")
    on = models.DateField(null=True, blank=True)
    facts = models.JSONField(default=dict, blank=True)

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


class Seal(models.Model):
    """The chain: seal n is SHA-256 over seal n−1, the act and the digest of its befores. Written at commit."""

    number = models.BigIntegerField(primary_key=True)
    act = models.OneToOneField(Act, on_delete=models.PROTECT, related_name="seal")
    sha256 = models.BinaryField()

    def __str__(self) -> str:
        return f"seal {self.number}"
