"""How ballots came: kept only where a selection goes on with the votes, never as an address, and gone when told."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client

from gongjian.ballots import codes, front, making
from gongjian.ballots.casting import half_hour_of
from gongjian.ballots.models import Envelope, Poll, Voter
from gongjian.ballots.secrets import network_hash, network_key_of
from gongjian.chronicle.models import Act
from tests.kept import once

from .conftest import Held, build_draft, cast
from .test_counting import closed, lasting, published
from .test_intake import body_of

KEY = b"\1" * 32


def build_watched() -> Held:
    """An open poll of a selection: the candidates come from one, by a hash."""
    held = build_draft()
    Poll.objects.filter(pk=held.poll.pk).update(basis="00" * 32)
    held.poll.refresh_from_db()
    return lasting(held)


@pytest.fixture
def watched(db: None) -> Held:
    return once("ballots watched", build_watched)


def arrival(held: Held, at: int = 0) -> tuple[int | None, bytes, bool]:
    row = Envelope.objects.get(poll=held.poll, voter=held.voters[at])
    return row.half_hour, bytes(row.network), row.is_by_card


def post(held: Held, at: int, **where: str) -> None:
    answer = Client(**where).post(f"/cast/{held.poll.ref}/", body_of(held, at), content_type="application/json")
    assert answer.status_code == 200, answer.content


def test_a_poll_without_a_selection_keeps_nothing_of_how_ballots_came(held):
    post(held, 0, REMOTE_ADDR="192.0.2.7")
    assert not held.poll.keeps_arrivals and network_key_of(held.poll) == b""
    assert arrival(held) == (None, b"", False)
    cast(held, 1, network=b"x" * 16)
    assert arrival(held, 1) == (None, b"", False), "not even if a door told it"


def test_of_a_selection_the_half_hour_is_kept_and_which_came_from_one_address(watched):
    for at, address in enumerate(
        ("192.0.2.7", "192.0.2.7", "192.0.2.8", "2001:db8::1", "2001:db8::2", "2001:db8:1::1")
    ):
        post(watched, at, REMOTE_ADDR=address)
    hashes = [arrival(watched, at)[1] for at in range(6)]
    assert [hashes.index(each) for each in hashes] == [0, 0, 2, 3, 3, 5]
    assert {len(each) for each in hashes} == {16}
    half_hour, _network, is_by_card = arrival(watched)
    assert abs(half_hour - half_hour_of(datetime.now(UTC))) <= 1 and not is_by_card


def test_casting_again_leaves_nothing_of_where_the_earlier_one_came_from(watched):
    post(watched, 0, REMOTE_ADDR="192.0.2.7")
    first = arrival(watched)[1]
    post(watched, 0, REMOTE_ADDR="192.0.2.8")
    assert arrival(watched)[1] not in (first, b"")


def test_paper_has_no_half_hour_and_no_address(watched):
    cast(watched, 0, channel="desk", is_final=True)
    assert arrival(watched) == (None, b"", False)


def test_a_header_is_not_believed_unless_a_proxy_is_told_of(watched, settings):
    post(watched, 0, REMOTE_ADDR="192.0.2.7")
    post(watched, 1, REMOTE_ADDR="192.0.2.7", HTTP_X_FORWARDED_FOR="203.0.113.9")
    settings.BEHIND_PROXY = True
    post(watched, 2, REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.9, 192.0.2.7")
    assert arrival(watched, 0)[1] == arrival(watched, 1)[1] == arrival(watched, 2)[1]


@pytest.mark.parametrize(
    "moment, at", [("2026-03-16T16:00:00", 0), ("2026-03-16T15:59:59", 47), ("2026-03-16T17:30", 3)]
)
def test_half_hours_are_counted_from_midnight_of_the_local_clock(moment, at):
    assert settings.TIME_ZONE == "Asia/Shanghai"
    assert half_hour_of(datetime.fromisoformat(moment).replace(tzinfo=UTC)) % 48 == at


def test_an_address_that_cannot_be_told_is_nobodys_and_another_key_knows_no_address():
    assert network_hash(KEY, "::") == network_hash(b"", "192.0.2.7") == b""
    assert network_hash(KEY, "192.0.2.7") != network_hash(b"\2" * 32, "192.0.2.7")
    assert b"192.0.2.7" not in network_hash(KEY, "192.0.2.7")


def test_each_poll_has_a_key_of_its_own_that_goes_when_it_closes(watched):
    assert len(network_key_of(watched.poll)) == 32
    assert bytes(watched.poll.network_key) != bytes(watched.poll.secret)
    kept = watched.poll.network_key
    closed(watched)
    assert Poll.objects.get(pk=watched.poll.pk).network_key is None
    with pytest.raises(IntegrityError, match="network_key_goes_at_closing"), transaction.atomic():
        Poll.objects.filter(pk=watched.poll.pk).update(network_key=kept)


def test_the_key_goes_too_when_the_poll_is_called_off(watched):
    making.call_off(watched.poll, why="不再举行", now=datetime.now(UTC), by=watched.chair)
    assert Poll.objects.get(pk=watched.poll.pk).network_key is None


def test_a_card_is_told_from_an_account(watched):
    codes.print_batch(watched.poll, today=watched.town.today, now=datetime.now(UTC), by=watched.chair)
    code = bytes(Voter.objects.get(pk=watched.voters[0].pk).code)[:8]
    assert isinstance(cast(watched, 0, code=code), dict) and isinstance(cast(watched, 1), dict)
    assert (arrival(watched, 0)[2], arrival(watched, 1)[2]) == (True, False)


def test_once_the_result_is_published_nobody_knows_how_a_ballot_came_and_nothing_else_ever_told(watched):
    post(watched, 0, REMOTE_ADDR="192.0.2.7")
    post(watched, 1, REMOTE_ADDR="192.0.2.7")
    _half_hour, network, _card = arrival(watched)
    poll = published(closed(watched))
    assert arrival(watched, 0) == arrival(watched, 1) == (None, b"", False)
    with zipfile.ZipFile(io.BytesIO(poll.result.bundle.read())) as bundle:
        told = b"".join(bundle.read(name) for name in bundle.namelist())
    told += json.dumps(list(Act.objects.values_list("facts", "subject", "verb")), default=str).encode()
    assert b"half_hour" not in told and b"192.0.2.7" not in told
    assert network not in told and network.hex().encode() not in told


def test_in_front_of_the_pages_the_address_is_told_as_behind_them(settings):
    """Which of the two doors a ballot comes through does not tell."""
    headers = [(b"host", b"x"), (b"x-forwarded-for", b"203.0.113.9"), (b"x-forwarded-for", b"198.51.100.1, 192.0.2.7")]
    scope = {"client": ("127.0.0.1", 1), "headers": headers}
    assert front._address(scope) == "127.0.0.1"
    settings.BEHIND_PROXY = True
    assert front._address(scope) == "192.0.2.7"
    assert front._address({"client": ("192.0.2.8", 1), "headers": []}) == "192.0.2.8"
    assert front._address({"client": None}) == "::"
