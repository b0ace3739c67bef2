"""What is kept of a person beside the name, and asking a second person before much of it is shown."""

from django.db import models
from django.db.models import Q

from .people import Person


class Particulars(models.Model):
    """个人信息: phone, identity number, date of birth, and a guardian's consent. Who has none, has no row.

    What is sealed opens by the verbs of `particulars.py` alone; see `keys.columns` for why no field opens by itself.
    """

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="particulars")
    phone = models.BinaryField(null=True, blank=True, help_text="sealed by the key ring")
    identity_number = models.BinaryField(null=True, blank=True, help_text="sealed by the key ring")
    born_on = models.DateField(null=True, blank=True)
    consent_by = models.CharField(max_length=80, blank=True, help_text="the guardian of somebody younger than 14")
    consent_on = models.DateField(null=True, blank=True)
    consent_paper = models.CharField(max_length=200, blank=True, help_text="where the signed paper lies")

    class Meta:
        verbose_name_plural = "particulars"
        constraints = [
            models.CheckConstraint(
                name="register_particulars_consent_whole",
                condition=Q(consent_by="", consent_on__isnull=True, consent_paper="")
                | (~Q(consent_by="") & Q(consent_on__isnull=False) & ~Q(consent_paper="")),
            )
        ]

    def __str__(self) -> str:
        return f"particulars of {self.person_id}"

    @property
    def has_consent(self) -> bool:
        """Is a guardian's consent on record?"""
        return self.consent_on is not None
