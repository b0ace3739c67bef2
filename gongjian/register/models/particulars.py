"""What is kept of a person beside the name, and asking a second person before much of it is shown."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .bodies import Body
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


class Disclosure(models.Model):
    """查看申请: somebody asks to be shown an identity number, or many names at once; somebody else has to agree.

    The moves from state to state stand in `disclosures.py`.
    """

    class Kind(models.TextChoices):
        IDENTITY_NUMBER = "identity_number", _("identity number")
        EXPORT = "export", _("names as a file")

    class State(models.TextChoices):
        ASKED = "asked", _("waits for a second person")
        AGREED = "agreed", _("agreed, not opened yet")
        DECLINED = "declined", _("declined")
        OPENED = "opened", _("opened")
        LAPSED = "lapsed", _("lapsed")

    kind = models.CharField(max_length=20, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="disclosures")
    body = models.ForeignKey(Body, null=True, blank=True, on_delete=models.PROTECT, related_name="disclosures")
    persons = models.PositiveIntegerField(default=1, help_text="of how many persons")
    reason = models.CharField(max_length=300)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="register_disclosure_of_one_thing",
                condition=Q(kind="identity_number", person__isnull=False, body__isnull=True)
                | Q(kind="export", person__isnull=True, body__isnull=False),
            ),
            models.CheckConstraint(
                name="register_disclosure_two_people",
                condition=Q(answered_by__isnull=True, answered_at__isnull=True)
                | (Q(answered_at__isnull=False) & ~Q(answered_by=F("asked_by")) & Q(answered_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="register_disclosure_answered_first",
                condition=Q(state__in=["asked", "lapsed"]) | Q(answered_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} asked by {self.asked_by_id}"
