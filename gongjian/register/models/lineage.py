"""Lineage: what a unit or a body went on in when it ended or was divided, and on whose document.

Renamings, new codes and moves need none: they are entries of the same unit. Lineage joins two identities.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from gongjian.chronicle.models import Act

from .bodies import Body
from .dated import by_act
from .units import Unit


class Document(models.Model):
    """文件: the paper on which something was decided: its number 文号, title, issuer, day, and the file itself."""

    number = models.CharField(max_length=80, blank=True)
    title = models.CharField(max_length=200, blank=True)
    issuer = models.CharField(max_length=100, blank=True)
    issued_on = models.DateField(null=True, blank=True)
    file = models.FileField(upload_to="documents/%Y/%m", blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=~Q(number="") | ~Q(title="") | ~Q(file=""), name="register_document_says_something"
            )
        ]

    def __str__(self) -> str:
        return self.number or self.title or str(self.file)


class Lineage(models.Model):
    """From the day `on`, all or part of `old` goes on in `new`.

    `share` is the part of what cannot be followed by itself, more than 0 and at most 1; None where nobody can know.
    UNKNOWN has no `new`: it ended, and what became of it is not known. Follow links by their days, always onwards:
    `old` stood on the day before `on`, `new` stands on it.
    """

    class How(models.TextChoices):
        MERGED = "merged"
        SPLIT = "split"
        UNKNOWN = "unknown"

    on = models.DateField()
    how = models.CharField(max_length=10, choices=How.choices)
    share = models.DecimalField(max_digits=9, decimal_places=8, null=True, blank=True)
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    act = models.ForeignKey(Act, on_delete=models.PROTECT, db_index=False, related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.how} on {self.on}"


def _rules(name: str) -> list[models.BaseConstraint]:
    return [
        models.UniqueConstraint(fields=["old", "new", "on"], name=f"register_{name}_lineage_once"),
        models.UniqueConstraint(
            fields=["old", "on"], condition=Q(new__isnull=True), name=f"register_{name}_lineage_unknown_once"
        ),
        models.CheckConstraint(condition=~Q(new=F("old")), name=f"register_{name}_lineage_not_itself"),
        models.CheckConstraint(
            condition=Q(how="unknown", new__isnull=True, share__isnull=True)
            | Q(how="merged", new__isnull=False, share=1)
            | (Q(how="split", new__isnull=False) & (Q(share__isnull=True) | Q(share__gt=0, share__lte=1))),
            name=f"register_{name}_lineage_how",
        ),
    ]


class UnitLineage(Lineage):
    """沿革 of units: merged into, split into, or not known."""

    old = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="went")
    new = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="came")

    class Meta:
        constraints = _rules("unit")
        indexes = [by_act("register_unit_lineage_act")]


class BodyLineage(Lineage):
    """沿革 of bodies: merged into, split into, or not known."""

    old = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="went")
    new = models.ForeignKey(Body, null=True, blank=True, on_delete=models.PROTECT, related_name="came")

    class Meta:
        constraints = _rules("body")
        indexes = [by_act("register_body_lineage_act")]
