"""The mark that says: everything in this database but the divisions is made up."""

from django.db import models


class SampleMark(models.Model):
    """Present in a database that holds the sample city; at most one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seed = models.IntegerField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="sample_mark_once")]

    def __str__(self) -> str:
        return f"sample city, seed {self.seed}"
