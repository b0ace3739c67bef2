"""Lists that are too long to be written while somebody waits: what was asked for, and the file of it."""

from django.conf import settings
from django.db import models


class ListExport(models.Model):
    """The Excel of a long list, for whoever asked for it, for a day. Until it has a file or a failure it is written."""

    class Kind(models.TextChoices):
        UNITS = "units"
        BODIES = "bodies"

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    query = models.TextField(blank=True, help_text="the conditions and the order, as in the address of the list")
    day = models.DateField(help_text="the day the list speaks of")
    language = models.CharField(max_length=10)
    rows = models.PositiveIntegerField(default=0)
    progress = models.PositiveSmallIntegerField(default=0)
    file = models.FileField(upload_to="exports/%Y/%m", blank=True)
    failure = models.TextField(blank=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.kind} {self.day}"

    @property
    def is_over(self) -> bool:
        return bool(self.file or self.failure)
