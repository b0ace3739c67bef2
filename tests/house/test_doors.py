"""The doors of the whole site, walked from its list of addresses: none stands open by oversight."""

from collections.abc import Iterable, Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.register import town as small

# Open to anybody: the welcome page, the change of language (a form), the document that describes the API, signing in,
# and what of the register is public – the walks, the lists, the search, and the pages of units and bodies.
OPEN = {"": 200, "i18n/setlang/": 302, "api/v1/openapi.json": 200, "account/sign-out/": 302}
OPEN |= {f"account/{page}/": 200 for page in ("sign-in", "password/forgotten", "password/forgotten/sent")}
OPEN |= {f"account/{page}/": 200 for page in ("password/new/1/1", "password/new/done")}
OPEN |= {f"account/sign-in/provider/1/{page}": 404 for page in ("", "back/")}  # none is set
OPEN |= {"vote/": 200, "vote/1/": 404, "cast/1/": 405, "polls/verify.html": 200, "polls/": 200}  # of no poll yet
OPEN |= {f"polls/1/{page}": 404 for page in ("", "receipt/", "log.json", "bundle.zip")}
OPEN |= {"figures.xlsx": 404, "figures/1/": 404, "api/v1/published": 200}  # public, and nothing was told yet
OPEN |= {"i18n/openly/": 302}
OPEN |= {"appraisal/vote/": 200}
OPEN |= {"agreements/public/1/": 404}  # nor is an agreement
OPEN |= {"selections/": 200} | {f"selections/1/{page}": 404 for page in ("", "selection.json", "selection.zip")}
OPEN |= {"deeds/": 200, "deeds/recommend/": 200, "deeds/told/1/": 404, "deeds/1/": 404}
OPEN |= {"pledges/public/1/": 404, "pledges/of/1/notice.pdf": 404}  # nothing is public yet
OPEN |= {"honours/awards/": 200, "honours/awards/1/": 404, "honours/awards/1/certificate.pdf": 404}
PUBLIC = {"figures/", "units/", "units/<id:unit_id>/", "bodies/", "bodies/<id:body_id>/", "search/", "search/suggest/"}
PUBLIC |= {"territory/", "territory/<id:unit_id>/", "territory/<id:unit_id>/below/", "line/", "line/<slug:line_key>/"}
PUBLIC |= {f"line/<slug:line_key>/<id:body_id>/{rest}" for rest in ("", "below/")}
PUBLIC |= {"units/<id:unit_id>/access/", "bodies/<id:body_id>/access/"}
PUBLIC |= {"agreements/public/"}
PUBLIC |= {"pledges/of/<id:body_id>/", "tellings/of/<id:body_id>/"}
PUBLIC |= {"bodies/<id:body_id>/deeds/new/", "pledges/of/<id:body_id>/", "tellings/of/<id:body_id>/"}
PUBLIC |= {"units/<id:unit_id>/honours/", "bodies/<id:body_id>/honours/"}
PUBLIC |= {"leadership/", "leadership/<id:body_id>/", "leadership/<id:body_id>/below/"}
WORDS = {
    "unit_id": "1", "body_id": "1", "draft_id": "1", "export_id": "1", "number": "1", "line_key": "party",
    "kind": "units", "act": "amend", "act_id": "1", "document_id": "1",
    "reconciliation_id": "1", "session_id": "1", "link_id": "1", "pk": "1", "provider_id": "1",
    "uidb36": "1", "key": "1", "office_id": "1", "delegation_id": "1", "person_id": "1", "disclosure_id": "1",
    "doubt_id": "1", "aside_id": "1", "suggestion_id": "1",
    "ask_id": "1", "answer_id": "1", "sending_id": "1",
    "plan_id": "1", "item_id": "1", "tier_key": "1", "entry_id": "1",
    "event_id": "1", "contest_id": "1", "entrant_id": "1", "practice_id": "1", "uptake_id": "1", "publicity_id": "1",
    "contact_id": "1", "visit_id": "1", "problem_id": "1", "demonstration_id": "1",
    "inspection_id": "1", "stop_id": "1",
    "series_id": "1", "member_id": "1", "meeting_id": "1", "topic_id": "1", "paper_id": "1", "decision_id": "1",
    "poll_id": "1", "venue_id": "1", "group": "1",
    "candidate": "1", "observer_id": "1", "voter_id": "1", "sheet_id": "1", "burst_id": "1",
    "case_id": "1", "ref": "1", "what": "1", "round_id": "1", "box_id": "1", "mark_id": "1", "objection_id": "1",
    "post_id": "1", "assignment_id": "1", "pledge_id": "1", "progress_id": "1",
    "telling_id": "1", "mending_id": "1", "agreement_id": "1", "verb": "answer", "deed_id": "1", "comment_id": "1",
    "selection_id": "1", "candidate_id": "1", "dispute_id": "1",
    "opening_id": "1", "review_id": "1", "grade_id": "1",
    "call_id": "1", "application_id": "1", "reviewer_id": "1", "opinion_id": "1", "award_id": "1", "nurturing_id": "1",
    "file_id": "1",
}  # fmt: skip
POST_ONLY = {"imports/new/", "imports/1/check/", "imports/1/apply/", "imports/1/delete/", "reconciliations/new/"}
POST_ONLY |= {f"reconciliations/1/{verb}/" for verb in ("confirm", "compare", "accept", "apply", "delete")}
POST_ONLY |= {f"reconciliations/1/settle/1/{verb}/" for verb in ("decide", "undo", "document")}
POST_ONLY |= {"bodies/1/offices/1/end/", "bodies/1/offices/1/invite/"}
POST_ONLY |= {"me/letters/by-mail/", "me/data/", "me/loans/1/end/"}
POST_ONLY |= {"people/1/phone/", "people/1/identity-number/", "bodies/1/people/ask/", "bodies/1/people.xlsx"}
POST_ONLY |= {f"gaps/suggestions/1/{verb}/" for verb in ("accept", "set-aside", "take-back")}
POST_ONLY |= {f"disclosures/1/{verb}/" for verb in ("agree", "decline", "open")}
POST_ONLY |= {f"asks/1/{verb}/" for verb in ("answer", "decline", "take-back", "return")}
POST_ONLY |= {f"asks/sent/1/{verb}/" for verb in ("do", "withdraw")}
POST_ONLY |= {"doubts/set-aside/1/end/"}
POST_ONLY |= {"plans/1/move/", "programme/tiers/1/enter/", "programme/tiers/1/1/take-out/"}
POST_ONLY |= {f"plans/1/items/1/{verb}/" for verb in ("move", "late", "owner", "remove")}
POST_ONLY |= {f"events/1/{verb}/" for verb in ("move", "lead", "sign-up")}
POST_ONLY |= {f"contests/1/{verb}/" for verb in ("move", "lead", "enter", "1/withdraw")}
POST_ONLY |= {"practices/1/move/", "practices/1/take-up/", "practices/1/1/", "publicity/1/move/"}
POST_ONLY |= {f"contact-points/problems/1/{verb}/" for verb in ("move", "take-on")}
POST_ONLY |= {"contact-points/1/take-out/", "contact-points/visits/1/take-back/"}
POST_ONLY |= {"contact-points/demonstrations/1/recheck/", "inspections/stops/1/change/", "inspections/together/merge/"}
POST_ONLY |= {f"inspections/1/{verb}/" for verb in ("stops", "decide", "call-off")}
POST_ONLY |= {f"meetings/series/1/{verb}/" for verb in ("move", "members", "members/1/end")}
POST_ONLY |= {"meetings/1/move/", "meetings/1/decisions/1/remove/"}
POST_ONLY |= {f"meetings/1/topics/1/{verb}/" for verb in ("sort", "minutes", "papers", "papers/1/remove")}
POST_ONLY |= {
    f"ballots/1/{verb}/" for verb in ("groups/1/remove", "observers", "observers/1/remove", "ready", "call-off")
}
POST_ONLY |= {f"ballots/1/{verb}/" for verb in ("roll/draw-up", "roll/clear", "codes/1/replace", "paper/give/1")}
POST_ONLY |= {"ballots/1/paper/1/take-back/", "ballots/1/opening/counting.zip", "ballots/1/opening/1/"}
POST_ONLY |= {"ballots/bursts/1/answer/"}
POST_ONLY |= {f"ballots/set-aside/1/{verb}/" for verb in ("answer", "object", "decide")}
POST_ONLY |= {f"posts/1/{verb}/" for verb in ("move", "choose", "nominate")}
POST_ONLY |= {f"posts/held/1/{verb}/" for verb in ("move", "word")} | {"bodies/1/pledges/words/"}
POST_ONLY |= {f"pledges/1/{verb}/" for verb in ("move", "review", "progress", "word", "close", "name")}
POST_ONLY |= {"pledges/progress/1/take-out/"}
POST_ONLY |= {"bodies/1/congress/set-up/", "bodies/1/congress/decide/"}
POST_ONLY |= {f"selections/{rest}/" for rest in ("1/move", "1/object", "candidates/1", "objections/1")}
POST_ONLY |= {"deeds/1/move/", "deeds/1/comment/", "deeds/comments/1/"}
POST_ONLY |= {"tellings/rounds/1/move/", "tellings/1/publish/", "tellings/mending/1/"}
POST_ONLY |= {f"appraisal/rounds/1/{verb}/" for verb in ("move", "leave-out")}
POST_ONLY |= {f"appraisal/cases/1/{verb}/" for verb in ("marks", "take-in", "object", "boxes/1")}
POST_ONLY |= {f"appraisal/boxes/1/{verb}/" for verb in ("codes", "count", "close")}
POST_ONLY |= {"appraisal/marks/1/", "appraisal/objections/1/"}
POST_ONLY |= {"reviews/1/move/"} | {f"reviews/grades/1/{verb}/" for verb in ("say", "told", "object", "answer")}
POST_ONLY |= {f"honours/calls/1/{verb}/" for verb in ("move", "mend", "reviewers")}
POST_ONLY |= {"honours/reviewers/1/drop/", "honours/opinions/1/", "honours/objections/1/"}
POST_ONLY |= {"honours/nurturing/1/move/", "honours/earlier/1/move/"}
POST_ONLY |= {f"honours/applications/1/{verb}/" for verb in ("move", "object")}
POST_ONLY |= {f"honours/awards/1/{verb}/" for verb in ("move", "name")}
POST_ONLY |= {"account/sessions/others/end/", "account/sessions/1/end/"}
POST_ONLY |= {"account/provider/link/", "account/provider/links/1/remove/"}
LARGE = "99999999999999999999"
ATTACK = "<script>alert(1)</script>'\"=cmd"


def addresses(patterns: list | None = None, before: str = "") -> Iterator[str]:
    """Every address of the site, with its gaps as they are written in the list: units/<int:unit_id>/."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        here = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, here)
        elif isinstance(pattern, URLPattern):
            yield here


def filled(address: str, **words: str) -> str:
    for name, word in (WORDS | words).items():
        for gap in (f"<id:{name}>", f"<int:{name}>", f"<slug:{name}>", f"<{name}>"):
            address = address.replace(gap, word)
    assert "<" not in address, f"WORDS knows no word for the gap in {address}"
    return address


EVERY = sorted({filled(address) for address in addresses()} - {"api/v1/"})


def answers(browser: Client, method: str, some: Iterable[str]) -> dict[str, int]:
    return {address: getattr(browser, method)("/" + address).status_code for address in some}


def test_nobody_comes_in_without_signing_in(town, client):
    told = {}
    public = {
        filled(address, unit_id=str(town.units["city"].pk), body_id=str(town.bodies["city_party"].pk))
        for address in PUBLIC
    }
    assert set(answers(client, "get", public).values()) == {200}
    for address in set(EVERY) - {filled(address) for address in PUBLIC}:
        response = client.get("/" + address)
        told[address] = (response.status_code, response.get("Location", "").partition("?")[0])
    inner = ("account/", "me/letters/")  # these lead to the sign-in page and back; the others home
    expected = {
        address: (401, "")
        if address.startswith("api/")
        else (302, "/account/sign-in/" if address.startswith(inner) else "/")
        for address in told
    }
    assert told == expected | {address: (code, "/" if code == 302 else "") for address, code in OPEN.items()}


def test_what_nobody_may_do_without_signing_in_is_not_done_by_post_either(town, client):
    public = {filled(address) for address in PUBLIC}
    told = answers(client, "post", [address for address in EVERY if address not in OPEN and address not in public])
    assert set(told.values()) <= {302, 401, 405}


def test_what_writes_does_not_answer_to_a_link(organiser, signed_in):
    assert answers(signed_in(organiser), "get", POST_ONLY) == dict.fromkeys(POST_ONLY, 405)


def test_for_whoever_may_not_change_the_register_its_workshops_do_not_exist(town, signed_in):
    imports = [address for address in EVERY if address.startswith(("imports/", "reconciliations/"))]
    for account in (town.stranger, town.secretary):
        for method in ("get", "post"):
            assert answers(signed_in(account), method, imports) == dict.fromkeys(imports, 404)


def test_a_form_without_its_token_is_refused(organiser, signed_in):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(organiser)
    forms = POST_ONLY | {"i18n/setlang/", "imports/1/columns/", "imports/1/rows/1/", "imports/1/undo/"}
    forms |= {"reconciliations/1/undo/", "reconciliations/1/decisions/"}
    assert answers(browser, "post", forms) == dict.fromkeys(forms, 403)


def test_an_id_no_table_could_hold_is_not_found(organiser, signed_in):
    large = {word: LARGE for word in WORDS if word.endswith("_id") or word == "number"}
    codes = {
        filled(address, **large): 405 if filled(address) in POST_ONLY and "<id:" not in address else 404
        for address in addresses()
        if "_id>" in address
    }
    assert answers(signed_in(organiser), "get", codes) == codes


ODD = [
    "on=0001-01-01", "on=9999-12-31", "on=0000-00-00", "on=2018-02-30", "on=%00", "on=NaN", "page=-1", "page=9e9",
    f"page={LARGE}", "page=٣", f"below={LARGE}&under={LARGE}&led_by={LARGE}&place={LARGE}", "below=-1", "below=NaN",
    "staff_from=NaN&covers_from=NaN", f"staff_from={LARGE}", "staff_from=9&staff_to=1", "kind=%00", "status=%00",
    "code=%00", "line=%00", "text=%00", "q=%00", "q=%25_%5C%27%22%3A*%26",
    "q=%F0%A0%80%80", "q=%ED%A0%80", "text=%27%3A*",
    "sort=%27--", "sort=-", "after=x", "before=x", "after=%00", "limit=0", "limit=-1", "limit=1000000", "limit=NaN",
    f"seen={'9' * 5000}", f"seat={LARGE}&superior={LARGE}&leader={LARGE}", f"body={LARGE}&unit={LARGE}",
    "part=count&text=x",
]  # fmt: skip


@pytest.mark.parametrize("of", [32, pytest.param(1, marks=pytest.mark.slow)])
def test_an_odd_question_is_answered_or_refused_but_breaks_nothing(town, organiser, signed_in, of):
    """Each page is asked one question in thirty-two, beginning with another one each; or all, which is slow."""
    browser = signed_in(organiser)
    browser.raise_request_exception = False
    words = {"unit_id": str(town.units["county"].pk), "body_id": str(town.bodies["county_party"].pk)}
    pages = sorted({filled(a, **words) for a in addresses()} - POST_ONLY - {"api/v1/", "i18n/setlang/"})
    some = [page for page in pages if not page.startswith("imports/1/")]
    asked = [f"{page}?{query}" for at, page in enumerate(some) for query in ODD[at % of :: of]]
    assert [question[:80] for question, code in answers(browser, "get", asked).items() if code >= 500] == []


@pytest.fixture
def attack(town):
    """A village, an employer in it and a union there, all called what an import could call them."""
    since = small.REFORM
    village = small.unit(ATTACK, "village", town.units["street"], since=since, code="330681005999")
    firm = small.unit(f"{ATTACK} 2", "enterprise", village, since=since)
    leader = town.bodies["village_party"]
    union = small.body(f"{ATTACK} 3", "union_committee", village, since=since, leader=leader)
    small.cover(union, firm, since=since)
    small.venue(f"{ATTACK} 4", village, union, since=since)
    small.actions.amend_unit(village, on=town.today, today=town.today, by=town.clerk, name=f"{ATTACK} 5")
    return {"unit_id": str(village.pk), "body_id": str(union.pk), "line_key": "union"}


@pytest.mark.parametrize("language", [pytest.param("zh-hans", marks=pytest.mark.slow), "en"])
def test_a_name_is_text_on_every_page_whatever_it_holds(attack, organiser, signed_in, language):
    browser = signed_in(organiser)
    seen = 0
    for address in sorted({filled(address, **attack) for address in addresses()} - POST_ONLY):
        if address.startswith("api/") or ".xlsx" in address or address.startswith("imports/"):
            continue
        response = browser.get(f"/{address}?q=script&text=script", headers={"Accept-Language": language}, follow=True)
        assert b"<script>alert" not in response.content, address
        seen += b"&lt;script&gt;alert" in response.content
    assert seen >= 8  # the pages of the village, the union, their walks and branches, the lists and the search


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", r"\\evil.example"])
def test_changing_the_language_does_not_lead_away(db, client, away):
    response = client.post("/i18n/setlang/", {"language": "en", "next": away}, headers={"Referer": away})
    assert response["Location"] == "/"


def test_the_session_is_out_of_reach_of_scripts_and_of_other_sites(town, client, settings):
    assert settings.SESSION_COOKIE_HTTPONLY and settings.SESSION_COOKIE_SAMESITE == "Lax"
    client.force_login(town.stranger)
    policy = client.get("/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy.replace("style-src-attr 'unsafe-inline'", "")
