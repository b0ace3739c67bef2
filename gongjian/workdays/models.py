"""The years of which the working days are published."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Year(models.Model):
    """工作日历: how a year departs from the week. A year without a row is one whose days are not published yet."""

    key = models.CharField(max_length=4, primary_key=True, help_text="such as 2026")
    days_off = ArrayField(models.DateField(), default=list, help_text="from Monday to Friday, and not worked")
    days_worked = ArrayField(models.DateField(), default=list, help_text="Saturdays and Sundays that are worked")
    source = models.CharField(max_length=200)

    class Meta:
        ordering = ("key",)
        constraints = [models.CheckConstraint(condition=Q(key__regex=r"^\d{4}$"), name="workdays_year_is_one")]

    def __str__(self) -> str:
        return self.key
