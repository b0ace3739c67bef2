"""Which pack is loaded, in which version."""

from django.db import models


class LoadedPack(models.Model):
    """A pack as it was loaded last: its version and the digest of its files."""

    key = models.CharField(max_length=40, primary_key=True)
    version = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    names = models.JSONField(default=dict)
    official_days = models.JSONField(default=list)
    loaded_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.key} {self.version}"
