"""People, the bodies they belong to, and the offices they hold."""

from django.conf import settings
from django.db import models

from .bodies import Body
from .dated import Dated, by_act, not_empty, one_at_a_time
from .words import OfficeKind


class Person(models.Model):
    """成员: somebody on a roll. May never sign in; `account` is set when they do."""

    name = models.CharField(max_length=80)
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="person"
    )

    class Meta:
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.name


class Membership(Dated):
    """A person is a member of a body."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="memberships")

    class Meta:
        constraints = [
            one_at_a_time("register_membership_once_a_day", "person", "body"),
            not_empty("register_membership_has_days"),
        ]
        indexes = [by_act("register_membership_act")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.body_id}"


class Office(Dated):
    """职务: a person holds an office in a body. From offices comes authority."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="offices")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="offices")
    kind = models.ForeignKey(OfficeKind, on_delete=models.PROTECT, db_index=False)

    class Meta:
        constraints = [
            one_at_a_time("register_office_once_a_day", "person", "body", "kind"),
            not_empty("register_office_has_days"),
        ]
        indexes = [by_act("register_office_act")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.kind_id} of {self.body_id}"
