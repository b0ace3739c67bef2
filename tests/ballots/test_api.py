"""Polls as JSON: what is frozen and published, and never who is on a roll or has cast."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from gongjian.ballots.models import SignedHead

from .conftest import cast


def test_frozen_polls_are_told_with_rules_and_heads(held, signed_in):
    cast(held, 0)
    browser = signed_in(held.account(0))
    listed = browser.get("/api/v1/polls").json()["polls"]
    assert [each["ref"] for each in listed] == [held.poll.ref]
    told = browser.get(f"/api/v1/polls/{held.poll.ref}").json()
    assert told["entry"] == held.poll.entry and told["result"] is None
    assert browser.get("/api/v1/polls/nothing").status_code == 404


def test_a_head_is_told_once_its_half_hour_is_over_so_that_nobody_sees_a_ballot_come_in(held, signed_in):
    def heads() -> list[int]:
        told = signed_in(held.account(1)).get(f"/api/v1/polls/{held.poll.ref}").json()
        return [each["head"]["size"] for each in told["heads"]]

    cast(held, 0)
    SignedHead.objects.update(moment=timezone.now() - timedelta(minutes=31))
    assert heads() == [2]
    cast(held, 1)
    assert heads() == [2]
    SignedHead.objects.filter(size=3).update(moment=timezone.now() - timedelta(minutes=31))
    assert heads() == [3]


def test_the_list_is_cut_into_pages(held, signed_in):
    page = signed_in(held.account(0)).get("/api/v1/polls?limit=1").json()
    assert len(page["polls"]) == 1 and page["next"] is None
