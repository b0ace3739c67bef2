"""No page, piece, list, file or call tells anybody what the policy does not let them read; and nothing breaks.

The crawler walks as several personas from the home page, and asks every address it saw as every other persona and as
nobody. What may be read is asked of access.py (town.py); routes are found by themselves, so that new ones count.
"""

from __future__ import annotations

import sys
from typing import Any

import pytest

from gongjian.register import access

from .conftest import SOME, WITHOUT_OFFICE
from .town import MarkedTown
from .walk import FAR, GAP, Crawler, Found, Request, every_route, names_of_routes

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("crawl")]

# Routes no persona comes to from any page, each with its reason.
NOT_WALKED = {
    "openid_connect_login": "no provider is set",
    "openid_connect_callback": "no provider is set",
    "link_provider": "no provider is set",
    "unlink_provider": "no provider is set",
    "account_reset_password_from_key": "its address is sent by letter, or shown once after an invitation",
    "account_reset_password_from_key_done": "comes after the letter",
    "account_reset_password_done": "no mail is set, so no letter is sent",
    "mfa_authenticate": "comes after a password, for whoever has a second factor",
    "mfa_reauthenticate": "for whoever has a second factor",
    "mfa_reauthenticate_webauthn": "for whoever has a passkey",
    "mfa_edit_webauthn": "for whoever has a passkey",
    "mfa_remove_webauthn": "for whoever has a passkey",
    "mfa_list_webauthn": "the same address as mfa_index",
    "api:api-root": "says nothing: from here addresses of calls are built",
    "deed_ref": "its address is shown once, to whoever recommended the deed",
    "selection_file": "no selection has come to its notice in the town",
    "selection_bundle": "no selection has come to its notice in the town",
    "public_bundle": "no result is published in the town",
    "mfa_index": "the same address as mfa_list_webauthn",
}
# Doors of access.py, each opened to everybody in turn.
DOORS = ["headcounts_visible_to", "covers_visible_to", "terms_visible_to"]


@pytest.fixture(scope="module")
def found(walked: Crawler) -> Found:
    return walked.found


def test_nothing_is_told_to_whoever_may_not_read_it(found: Found) -> None:
    assert found.leaks == []


def test_no_request_breaks_anything(found: Found) -> None:
    assert found.breaks == []


def test_nothing_is_written_by_whoever_was_never_offered_the_form(found: Found) -> None:
    assert found.written == []


def test_whoever_holds_no_office_was_asked_everything(found: Found) -> None:
    missing = set(WITHOUT_OFFICE)
    assert [str(request) for request, asked in found.asked.items() if missing - set(asked)] == []
    assert len(found.asked) > 200


def test_every_route_was_walked_or_has_a_reason(found: Found) -> None:
    assert names_of_routes() - found.routes - set(NOT_WALKED) == set()
    assert set(NOT_WALKED) - names_of_routes() == set()


def test_every_secret_is_read_by_somebody_and_not_by_everybody(marked_town: MarkedTown) -> None:
    """Else the crawl would prove nothing of it."""
    for number, secret in enumerate(marked_town.secrets):
        readers = {name for name in SOME if marked_town.may_read(name)[number]}
        assert readers != set(SOME), secret.of
        assert "nobody" not in readers, secret.of


def asked_before(made: MarkedTown, persona: str) -> Crawler:
    """What the persona may read is asked before the test opens a door: else an open door would be the policy."""
    made.may_read(persona)
    return Crawler(made)


@pytest.mark.parametrize("door", ["offices_visible_to", "memberships_visible_to", "persons_visible_to"])
def test_a_door_to_people_left_open_tells_nobody_for_the_wall_stands(
    marked_town: MarkedTown, monkeypatch: Any, door: str
) -> None:
    crawler = asked_before(marked_town, "stranger")
    model = getattr(access, door)(access.OPERATOR).model
    _replace(monkeypatch, door, lambda reader, under=None: model.objects.all())
    for request in crawler.seeds:
        if request.route in {"unit", "body", "person", "roll"}:
            crawler.ask("stranger", request)
    assert crawler.found.asked and crawler.found.leaks == []


@pytest.mark.parametrize("door", DOORS)
def test_a_door_left_open_is_found(marked_town: MarkedTown, monkeypatch: Any, door: str) -> None:
    crawler = asked_before(marked_town, "stranger")
    model = getattr(access, door)(access.OPERATOR).model
    _replace(
        monkeypatch,
        door,
        lambda reader, units=None: model.objects.all() if units is None else model.objects.filter(unit__in=units),
    )
    if door == "headcounts_visible_to":
        _replace(monkeypatch, "is_counted_unit", lambda reader, *told: access.is_counted_unit(access.OPERATOR, *told))
    for request in crawler.seeds:
        if request.route in {"unit", "body"} or "/access/" in request.url:
            crawler.ask("stranger", request)
    assert crawler.found.leaks


def test_a_workshop_left_open_is_found(marked_town: MarkedTown, monkeypatch: Any) -> None:
    crawler = asked_before(marked_town, "stranger")
    _replace(monkeypatch, "can_change_register", lambda reader: True)
    draft = marked_town.ids["draft_id"][1]
    crawler.ask("stranger", Request("get", f"/imports/{draft}/"))
    assert crawler.found.leaks
    crawler.ask("stranger", Request("post", f"/imports/{draft}/check/"))
    assert crawler.found.written


def test_a_page_that_breaks_is_found(marked_town: MarkedTown, monkeypatch: Any) -> None:
    crawler = asked_before(marked_town, "auditor")
    _replace(monkeypatch, "units_visible_to", lambda reader: 1 / 0)
    crawler.ask("auditor", Request("get", f"/units/{marked_town.ids['unit_id'][0]}/"))
    assert crawler.found.breaks


def test_a_town_is_left_as_it_was(marked_town: MarkedTown) -> None:
    crawler = Crawler(marked_town)
    draft = marked_town.ids["draft_id"][0]
    for _ in range(2):
        answer = crawler.ask("organiser", Request("post", f"/imports/{draft}/delete/"))
        assert "register_importdraft" in answer.wrote


def test_every_gap_in_an_address_has_something_to_fill_it(marked_town: MarkedTown) -> None:
    """A new kind of thing needs marked ones of it in town.py: `ids`."""
    Crawler(marked_town)
    of_the_account = {"link_id", "pk", "provider_id", "uidb36", "key"}
    gaps = {gap for route in every_route() for gap in GAP.findall(route)}
    assert gaps - of_the_account <= set(marked_town.ids)


@pytest.mark.slow
def test_nothing_is_told_however_far_one_walks(marked_town: MarkedTown) -> None:
    crawler = Crawler(marked_town, FAR)
    crawler.walk()
    found = crawler.replay()
    assert (found.leaks, found.breaks, found.written) == ([], [], [])


def _replace(monkeypatch: Any, name: str, with_what: Any) -> None:
    """Wherever a module of ours has taken it from access.py."""
    original = getattr(access, name)
    for module in list(sys.modules.values()):
        if module.__name__.startswith("gongjian.") and vars(module).get(name) is original:
            monkeypatch.setattr(module, name, with_what)
