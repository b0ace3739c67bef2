"""What the night found doubtful may be taken back on the next day."""

from __future__ import annotations

from django.db import connection

from gongjian.chronicle.models import Act
from gongjian.consistency.find import find_doubts
from gongjian.consistency.models import Doubt
from gongjian.register.undo import undo
from tests.register import town as small

from .stage import define_checks


def test_what_is_doubtful_can_be_taken_back_and_the_next_round_ends_the_doubt(town, signed_in):
    """A doubt of the night must not stand in the way of an undo, nor a page break over what is gone."""
    define_checks()
    street, today = town.units["street"], town.today
    body = small.body("误登支部", "party_branch", street, since=today)
    find_doubts(today)
    assert Doubt.objects.filter(body=body.pk, gone_on=None).exists()
    undo([Act.objects.get(verb="register.open_body", subject=f"register.body:{body.pk}")], by=None, today=today)
    connection.check_constraints()
    lists = set(Doubt.objects.filter(body=body.pk).values_list("raised_by", flat=True))
    browser = signed_in(town.clerk)
    for address in (f"/units/{street.pk}/consistency/", *(f"/consistency/{key}/?in={street.pk}" for key in lists)):
        assert browser.get(address).status_code == 200, address
    find_doubts(today)
    assert not Doubt.objects.filter(body=body.pk, gone_on=None).exists()
