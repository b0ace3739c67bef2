"""Who sees what: one test for each row of the table in docs/authority.md."""

import re
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.utils import timezone

from gongjian.activities.access import (
    contests_visible_to,
    entrants_visible_to,
    events_visible_to,
    outcomes_visible_to,
    practices_visible_to,
    publicity_visible_to,
    results_visible_to,
    sign_ups_visible_to,
    uptakes_visible_to,
)
from gongjian.activities.models import (
    ComparedItem,
    Contest,
    Entrant,
    Event,
    EventHost,
    Practice,
    PublicityItem,
    Result,
    SignUp,
    Uptake,
)
from gongjian.agreements.access import agreements_public, agreements_visible_to, congresses_visible_to
from gongjian.agreements.define import RULES, define_statute
from gongjian.agreements.models import Agreement, Congress
from gongjian.appraisal.access import cases_visible_to, grades_visible_to, rounds_visible_to, schemes_visible_to
from gongjian.appraisal.models import Case, Round, Scheme, SchemeVersion
from gongjian.asks import sending, writing
from gongjian.asks.access import asks_visible_to, can_see_burden, sendings_visible_to
from gongjian.ballots.access import bursts_visible_to, polls_visible_to, set_aside_visible_to, voters_visible_to
from gongjian.ballots.models import Burst, Poll, Voter
from gongjian.ballots.models import SetAside as BallotSetAside
from gongjian.contacts.access import (
    contacts_visible_to,
    demonstrations_visible_to,
    inspections_visible_to,
    problems_visible_to,
    stops_visible_to,
    visits_visible_to,
)
from gongjian.contacts.models import ContactPoint, Demonstration, Inspection, Problem, Stop, Visit
from gongjian.deeds.access import deeds_visible_to, reader_comments_visible_to, stars_visible_to
from gongjian.deeds.models import Deed, Named, ReaderComment, Star
from gongjian.honours.access import (
    applications_told_to,
    applications_visible_to,
    awards_visible_to,
    calls_visible_to,
    honours_visible_to,
    nurturings_visible_to,
    opinions_visible_to,
)
from gongjian.honours.access import objections_visible_to as objections_to_lists
from gongjian.honours.models import (
    Application,
    Award,
    AwardName,
    Call,
    Honour,
    HonourVersion,
    Nurturing,
    Objection,
    Opinion,
    Reviewer,
)
from gongjian.indicators.access import published_visible_to
from gongjian.indicators.define import define_indicator
from gongjian.indicators.models import Publication, PublicFigure
from gongjian.meetings.access import decisions_visible_to, meetings_visible_to, series_visible_to
from gongjian.meetings.models import Decision, Meeting, Member, Series
from gongjian.notices.access import letters_visible_to
from gongjian.notices.models import Letter
from gongjian.pledges.access import assignments_visible_to, pledges_visible_to, posts_visible_to
from gongjian.pledges.models import Assignment, Pledge, Post, PublicName
from gongjian.programme.access import items_visible_to, plans_visible_to, tier_entries_visible_to
from gongjian.programme.models import Plan, PlanItem, TierEntry
from gongjian.register import access
from gongjian.register.authority.wall import ROLE
from gongjian.register.models import Headcount, Membership, Office, Person, Term
from gongjian.register.queries.members import body_members
from gongjian.reviews.access import grades_visible_to as member_grades_visible_to
from gongjian.reviews.access import reviews_visible_to, words_visible_to, years_visible_to
from gongjian.reviews.models import GradeObjection, MemberGrade, MemberReview, ReviewYear
from gongjian.selections.access import candidates_visible_to, objections_visible_to, selections_visible_to
from gongjian.selections.models import Candidate, Selection, SelectionObjection, SelectionRule
from gongjian.telling.access import (
    comments_visible_to,
    member_tellings_visible_to,
    tellings_public,
    tellings_visible_to,
)
from gongjian.telling.access import rounds_visible_to as rounds_of_telling_visible_to
from gongjian.telling.define import define_comment_kind
from gongjian.telling.models import Comment, MemberTelling, Telling, TellingRound
from tests.activities.conftest import define_words as define_activities
from tests.programme.conftest import define_shaoxing
from tests.register import town as small

PAGE = Path(__file__).parents[3] / "docs" / "authority.md"


@pytest.fixture
def firm(town):
    """A union in a firm of the street, below the county's; its chair, its term, and a firm it covers."""
    above = town.bodies["county_union"]
    union = small.body("大唐样例袜业工会", "union_committee", town.units["hosiery"], superior=above, since=small.REFORM)
    small.term(union, small.REFORM, date(2099, 1, 1))
    small.office(small.person("吴样例"), union, "union_chair", since=small.REFORM)
    small.cover(union, town.units["hosiery"], since=small.REFORM)
    return union


@pytest.fixture
def readers(town):
    """Nobody, somebody without office, and people whose offices open something."""
    county_chair = small.account("郑样例")
    small.office(small.person("郑样例", account=county_chair), town.bodies["county_union"], "union_chair")
    member = small.account("冯样例")
    small.membership(small.person("冯样例", account=member), town.bodies["village_party"])
    return {
        "nobody": AnonymousUser(),
        "stranger": town.stranger,
        "member": member,
        "secretary": town.secretary,
        "county chair": county_chair,
        "inspector": town.inspector,
        "clerk": town.clerk,
    }


EVERYBODY = {"nobody", "stranger", "member", "secretary", "county chair", "inspector", "clerk"}


def who_sees(readers, visible, thing) -> set[str]:
    return {name for name, reader in readers.items() if visible(reader).filter(pk=thing.pk).exists()}


def test_units(town, readers):
    assert who_sees(readers, access.units_visible_to, town.units["hosiery"]) == EVERYBODY


def test_bodies(town, firm, readers):
    assert who_sees(readers, access.bodies_visible_to, firm) == EVERYBODY


def test_venues(town, readers):
    (venue,) = access.venues_visible_to(AnonymousUser())
    assert who_sees(readers, access.venues_visible_to, venue) == EVERYBODY


def test_who_holds_office_in_a_body_that_sits_in_a_village(town, readers):
    office = Office.objects.get(person=town.people["chair"])
    assert who_sees(readers, access.offices_visible_to, office) == EVERYBODY


def test_who_holds_office_elsewhere(town, firm, readers):
    office = Office.objects.get(body=firm)
    assert who_sees(readers, access.offices_visible_to, office) == {"county chair", "inspector"}


def test_head_counts(town, readers):
    counted = Headcount.objects.get(unit=town.units["hosiery"])
    assert who_sees(readers, access.headcounts_visible_to, counted) == {"county chair", "inspector", "clerk"}


def test_covers(town, firm, readers):
    (cover,) = firm.covers.all()
    assert who_sees(readers, access.covers_visible_to, cover) == {"county chair", "inspector", "clerk"}
    from_the_village = town.bodies["joint_union"].covers.get(unit=town.units["hosiery"])
    seen = who_sees(readers, access.covers_visible_to, from_the_village)
    assert seen == {"secretary", "county chair", "inspector", "clerk"}


def test_terms_of_office(town, firm, readers):
    term = Term.objects.get(body=firm)
    assert who_sees(readers, access.terms_visible_to, term) == {"county chair", "inspector", "clerk"}


def test_memberships(town, readers):
    in_the_party = Membership.objects.get(body=town.bodies["village_party"])
    assert who_sees(readers, access.memberships_visible_to, in_the_party) == {"member", "secretary", "clerk"}
    in_the_union = Membership.objects.get(body=town.bodies["joint_union"])
    assert who_sees(readers, access.memberships_visible_to, in_the_union) == {"county chair", "inspector"}


def test_how_many_members_a_body_has(town, firm, readers):
    for number in range(2):
        small.membership(small.person(f"成员{number}"), firm, since=small.REFORM)

    def told(reader):
        seen = bool(access.counted_bodies(reader, [firm.pk]))
        return body_members(reader, firm.pk, "union", town.today, sees_counts=seen)

    said = {name: told(reader) for name, reader in readers.items()}
    assert {name for name, its in said.items() if its.count == 2} == {"county chair", "inspector"}
    assert {name for name, its in said.items() if its.state == "few" and its.count is None} == {"clerk"}
    assert {name for name, its in said.items() if its.state == "shut"} == {"nobody", "stranger", "member", "secretary"}


def test_who_wrote_what(town, readers):
    seen = {name for name, reader in readers.items() if access.changes_visible_to(reader)}
    assert seen == {"inspector", "clerk"}


def test_public_figures(town, readers):
    covered = {"where": {"level": "village"}, "having": {"covered_by": {"line": "women"}}}
    words = {"names": {}, "words": {}, "source": {}}
    define_indicator("villages", position=1, line=None, of="units", definition=covered, awaits="", **words)
    told = Publication.objects.create(day=small.REFORM, published_at=timezone.now(), least=5)
    figure = PublicFigure.objects.create(
        publication=told, indicator_id="villages", version=1, unit=town.units["city"], denominator=9, openly=0
    )
    assert who_sees(readers, published_visible_to, figure) == EVERYBODY


def test_letters(town, readers):
    letter = Letter.objects.create(
        account=town.secretary, kind="digest", day=town.today, subject="样例", body="样例", language="zh-hans",
        written_at=timezone.now(), due_at=timezone.now(), message_id="<sample@example>",
    )  # fmt: skip
    assert who_sees(readers, letters_visible_to, letter) == {"secretary"}


@pytest.fixture
def asked(town):
    """What the village's Party branch is asked by the city's committee."""
    return sending.ask(
        [town.bodies["village_party"]], sender=town.bodies["city_party"], today=town.today, now=timezone.now(),
        by=town.clerk, title="样例", why="样例", minutes=3, due_on=town.today + timedelta(days=5),
    )  # fmt: skip


def test_asks(readers, asked):
    assert who_sees(readers, asks_visible_to, asked.asks.get()) == {"secretary", "clerk"}


def test_drafts(town, readers):
    draft = writing.write(
        town.bodies["city_party"], title="样例", why="样例", minutes=3, due_on=town.today + timedelta(days=5),
        today=town.today, now=timezone.now(), by=town.clerk,
    )  # fmt: skip
    assert who_sees(readers, sendings_visible_to, draft) == {"clerk"}


def test_burden(town, readers):
    seen = {name for name, reader in readers.items() if can_see_burden(reader, town.units["village"])}
    assert seen == {"secretary", "county chair", "inspector", "clerk"}


def a_plan(town, key: str, state: str) -> Plan:
    body = town.bodies[key]
    plan = Plan.objects.create(body=body, year=2026, state=state)
    PlanItem.objects.create(plan=plan, title="样例", owner=body, starts_on=date(2026, 1, 1), due_on=date(2026, 2, 1))
    return plan


def test_what_the_tiers_of_the_programme_have_reached(town, readers):
    define_shaoxing()
    entry = TierEntry.objects.create(
        tier_id="league_committees", body=town.bodies["league"], since=small.REFORM, act=small.an_act()
    )
    assert who_sees(readers, tier_entries_visible_to, entry) == EVERYBODY - {"nobody"}


def test_published_plans(town, readers):
    plan = a_plan(town, "county_union", "published")
    assert who_sees(readers, plans_visible_to, plan) == EVERYBODY - {"nobody"}
    assert who_sees(readers, items_visible_to, plan.items.get()) == EVERYBODY - {"nobody"}


def test_drafts_of_plans(town, readers):
    for key, keeper in (("county_union", "county chair"), ("village_party", "secretary"), ("city_party", "clerk")):
        plan = a_plan(town, key, "draft")
        assert who_sees(readers, plans_visible_to, plan) == {keeper}
        assert who_sees(readers, items_visible_to, plan.items.get()) == {keeper}


def an_event(town, key: str, state: str) -> Event:
    define_activities()
    days = {"starts_at": timezone.now() + timedelta(1), "ends_at": timezone.now() + timedelta(2)}
    given = {"kind_id": "theme_education", "place": "样例", "state": state}
    return Event.objects.create(title="样例", lead=town.bodies[key], **given, **days)


def test_announced_events(town, readers):
    assert who_sees(readers, events_visible_to, an_event(town, "county_union", "announced")) == EVERYBODY - {"nobody"}


def test_drafts_of_events(town, readers):
    event = an_event(town, "county_union", "draft")
    EventHost.objects.create(event=event, body=town.bodies["village_party"])
    assert who_sees(readers, events_visible_to, event) == {"county chair", "secretary"}


def test_who_signed_up_for_an_event(town, readers):
    event = an_event(town, "village_party", "announced")
    own = SignUp.objects.create(event=event, account=town.stranger, at=timezone.now())
    assert who_sees(readers, sign_ups_visible_to, own) == {"stranger", "secretary"}
    its = SignUp.objects.create(event=event, body=town.bodies["county_union"], people=9, at=timezone.now())
    assert who_sees(readers, sign_ups_visible_to, its) == {"county chair", "secretary"}


def a_contest(town, key: str, state: str) -> Contest:
    define_activities()
    given = {"begins_on": town.today, "ends_on": town.today, "prizes": "none", "type_id": "labour_contest"}
    outcome = "样例" if state == "closed" else ""
    return Contest.objects.create(title="样例", lead=town.bodies[key], state=state, outcome=outcome, **given)


def test_contests_that_were_opened(town, readers):
    assert who_sees(readers, contests_visible_to, a_contest(town, "county_union", "open")) == EVERYBODY - {"nobody"}


def test_drafts_of_contests(town, readers):
    assert who_sees(readers, contests_visible_to, a_contest(town, "county_union", "draft")) == {"county chair"}


def test_who_entered_a_contest_and_what_came_of_it(town, readers):
    contest = a_contest(town, "county_union", "closed")
    item = ComparedItem.objects.create(contest=contest, words="样例", position=0)
    entrant = Entrant.objects.create(contest=contest, body=town.bodies["village_party"], entered_on=town.today)
    result = Result.objects.create(entrant=entrant, item=item, value=1)
    for visible, thing in (
        (entrants_visible_to, entrant), (results_visible_to, result), (outcomes_visible_to, contest),
    ):  # fmt: skip
        assert who_sees(readers, visible, thing) == {"county chair", "secretary"}


def a_practice(town, state: str) -> Practice:
    told = {"title": "样例", "done": "样例", "came_of": "样例", "handed_in_on": town.today}
    return Practice.objects.create(body=town.bodies["village_party"], state=state, **told)


def test_recommended_practices(town, readers):
    practice = a_practice(town, "recommended")
    uptake = Uptake.objects.create(practice=practice, body=town.bodies["league"], since=town.today)
    assert who_sees(readers, practices_visible_to, practice) == EVERYBODY - {"nobody"}
    assert who_sees(readers, uptakes_visible_to, uptake) == EVERYBODY - {"nobody"}


def test_practices_that_are_not_recommended(town, readers):
    assert who_sees(readers, practices_visible_to, a_practice(town, "handed_in")) == {"secretary", "clerk"}


def test_the_publicity_plan(town, readers):
    define_activities()
    village = town.bodies["village_party"]
    given = {"responsible": village, "channel_id": "site", "planned_on": town.today, "subject": "样例"}
    item = PublicityItem.objects.create(body=village, **given)
    assert who_sees(readers, publicity_visible_to, item) == EVERYBODY - {"nobody"}


def a_contact(town):
    """The village's Party branch is the contact point of the county's secretary."""
    leader = small.office(small.person("吴样例"), town.bodies["county_party"], "party_secretary")
    return ContactPoint.objects.create(
        leader=leader, leader_body=leader.body, leader_kind=leader.kind, point=town.bodies["village_party"], wanted=4,
        why="样例", valid=(small.REFORM, None), act=small.an_act(),
    )  # fmt: skip


def a_check(town, **fields):
    """A check by the county's Party committee that comes to the village's branch."""
    year = town.today.year
    made = Inspection.objects.create(
        body=town.bodies["county_party"], title="样例", document="样例", year=year, **fields
    )
    at = {"unit": town.units["village"], "body": town.bodies["village_party"]}
    Stop.objects.create(inspection=made, month=town.today.replace(day=1), **at)
    return made


def test_contact_points(town, readers):
    contact = a_contact(town)
    assert who_sees(readers, contacts_visible_to, contact) == EVERYBODY - {"nobody"}
    shown = Demonstration.objects.create(
        contact=contact, document="样例", approver="样例", approver_kind="party", level="city", approved_on=town.today,
        recheck_on=town.today + timedelta(days=9), link="https://example.cn", act=contact.act,
    )  # fmt: skip
    assert who_sees(readers, demonstrations_visible_to, shown) == EVERYBODY - {"nobody"}


def test_visits_to_a_contact_point(town, readers):
    contact = a_contact(town)
    visit = Visit.objects.create(contact=contact, on=town.today, seen="样例", act=contact.act)
    problem = Problem.objects.create(visit=visit, what="样例")
    leader = small.account("吴样例")
    small.Person.objects.filter(offices=contact.leader_id).update(account=leader)
    readers |= {"leader": leader}
    assert who_sees(readers, visits_visible_to, visit) == {"leader", "secretary", "clerk"}
    assert who_sees(readers, problems_visible_to, problem) == {"leader", "secretary", "clerk"}


def test_checks_in_the_calendar(town, readers):
    check = a_check(town, number="样例1")
    seen = {"secretary", "county chair", "inspector", "clerk"}
    assert who_sees(readers, inspections_visible_to, check) == seen
    assert who_sees(readers, stops_visible_to, check.stops.get()) == seen


def test_checks_that_wait_for_consent(town, readers):
    check = a_check(town, reason="样例", asked_of=town.bodies["city_party"], state="waiting")
    assert who_sees(readers, inspections_visible_to, check) == {"clerk"}
    assert who_sees(readers, stops_visible_to, check.stops.get()) == {"clerk"}


@pytest.fixture
def conference(town):
    """The county's committee meets with its union; something is being minuted."""
    host, union = town.bodies["county_party"], town.bodies["county_union"]
    series = Series.objects.create(host=host, kind="conference", name="样例", months=3, closes_before=7, chair="书记")
    Member.objects.create(series=series, body=union, valid=(small.REFORM, None), act=small.an_act())
    day = town.today + timedelta(days=9)
    meeting = Meeting.objects.create(
        series=series, day=day, begins_at=time(9), place="样例", topics_close_on=town.today, state="held"
    )
    Decision.objects.create(meeting=meeting, words="样例", owner=union, due_on=day + timedelta(days=9), minutes=5)
    return meeting


def test_meetings(town, readers, conference):
    assert who_sees(readers, series_visible_to, conference.series) == {"county chair", "inspector", "clerk"}
    assert who_sees(readers, meetings_visible_to, conference) == {"county chair", "inspector", "clerk"}


def test_what_is_being_minuted(town, readers, conference):
    keeper = readers["county clerk"] = small.account("沈样例")
    small.office(small.person("沈样例", account=keeper), town.bodies["county_party"], "party_secretary")
    assert who_sees(readers, decisions_visible_to, conference.decisions.get()) == {"county clerk"}


@pytest.fixture
def poll(town):
    """A draft of the county's union, with the member on its roll, and something set aside."""
    now = timezone.now()
    made = Poll.objects.create(
        held_by=town.bodies["county_union"], kind="members", title="样例", opens_at=now, closes_at=now + timedelta(1)
    )
    voter = Voter.objects.create(poll=made, person=Person.objects.get(name="冯样例"), unit=town.units["county"])
    BallotSetAside.objects.create(poll=made, voter=voter, leaf=bytes(32), reason="other", words="样例")
    return made


def test_polls_whose_rules_are_frozen(town, readers, poll):
    Poll.objects.filter(pk=poll.pk).update(entry={"rules": {}})
    assert who_sees(readers, polls_visible_to, poll) == EVERYBODY


def test_polls_that_are_drafts(town, readers, poll):
    assert who_sees(readers, polls_visible_to, poll) == {"county chair"}


def test_who_is_on_the_roll_of_a_poll(town, readers, poll):
    assert who_sees(readers, voters_visible_to, poll.voters.get()) == {"county chair", "member"}


def test_who_has_voted(town):
    """The pages' role may not read the table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT privilege_type FROM information_schema.role_table_grants "
            "WHERE table_name = 'ballots_envelope' AND grantee = %s", [ROLE]
        )  # fmt: skip
        assert cursor.fetchall() == []


def test_what_looks_bought_in_a_poll_of_a_selection(town, readers, poll):
    burst = Burst.objects.create(poll=poll, rule="network", facts={"voters": 40, "units": 4}, words="样例")
    assert who_sees(readers, bursts_visible_to, burst) == {"county chair"}


def test_ballots_that_were_set_aside(town, readers, poll):
    assert who_sees(readers, set_aside_visible_to, poll.set_aside.get()) == {"county chair", "member"}


def a_pledge(town, **fields) -> Pledge:
    given = {"title": "样例", "kind": "common", "year": town.today.year, "due_on": town.today, "state": "review"}
    return Pledge.objects.create(body=town.bodies["village_party"], **given | fields)


def a_post(town, state: str) -> Post:
    days = {"since": town.today, "until": town.today}
    return Post.objects.create(
        body=town.bodies["village_party"], title="样例", content="样例", duties=["一", "二"], state=state, **days
    )


def test_posts_that_are_offered(town, readers):
    assert who_sees(readers, posts_visible_to, a_post(town, "open")) == EVERYBODY - {"nobody"}


def test_posts_that_are_drafts(town, readers):
    assert who_sees(readers, posts_visible_to, a_post(town, "draft")) == {"secretary"}


def test_who_holds_a_post(town, readers):
    member = small.Person.objects.get(name="冯样例")
    held = Assignment.objects.create(post=a_post(town, "open"), person=member, state="chosen")
    assert who_sees(readers, assignments_visible_to, held) == {"member", "secretary", "clerk"}


def test_pledges_of_organisations_that_are_public(town, readers):
    pledge = a_pledge(town, state="public", public_on=town.today)
    assert who_sees(readers, pledges_visible_to, pledge) == EVERYBODY


def test_pledges_of_organisations_that_are_not_yet_public(town, readers):
    keeper = readers["street secretary"] = small.account("何样例")
    small.office(small.person("何样例", account=keeper), town.bodies["street_party"], "party_secretary")
    assert who_sees(readers, pledges_visible_to, a_pledge(town)) == {"secretary", "street secretary"}
    assert who_sees(readers, pledges_visible_to, a_pledge(town, state="draft")) == {"secretary"}


def test_pledges_of_persons(town, readers):
    member = small.Person.objects.get(name="冯样例")
    pledge = a_pledge(town, person=member, state="public", public_on=town.today)
    assert who_sees(readers, pledges_visible_to, pledge) == {"member", "secretary", "clerk"}
    PublicName.objects.create(pledge=pledge, name="老冯", given_on=town.today)
    assert who_sees(readers, pledges_visible_to, pledge) == EVERYBODY


def an_agreement(town, **fields) -> Agreement:
    numbers = {key: {"value": 9} for key in RULES}
    statute = define_statute(
        "sample", names=small.names("样例", "Sample"), position=0, line="union", region="", source="样例", rules=numbers
    )
    return Agreement.objects.create(
        union=town.bodies["joint_union"], scope="area", association="样例协会", title="样例", statute=statute, **fields
    )


def test_wage_agreements_that_are_published_and_in_force(town, readers):
    days = {"since": town.today, "until": town.today, "published_on": town.today, "summary": "样例"}
    agreement = an_agreement(town, state="published", **days)
    assert agreements_public().get() == agreement
    Agreement.objects.update(state="in_force", published_on=None)
    assert not agreements_public().exists()


def test_all_else_of_wage_agreements_and_congresses(town, readers):
    held = Congress.objects.create(body=town.bodies["joint_union"], delegates=9, elected_on=town.today)
    above = {"county chair", "inspector", "secretary", "clerk"}
    assert who_sees(readers, agreements_visible_to, an_agreement(town, state="met")) == above
    assert who_sees(readers, congresses_visible_to, held) == above


def a_deed(town, **fields) -> Deed:
    given = {"of": "body", "service": "people", "source": "others", "title": "样例", "story": "样例"}
    given |= {"done_on": town.today, "sent_at": timezone.now(), "body": town.bodies["village_party"]}
    return Deed.objects.create(**given | fields)


def a_shown_deed(town) -> Deed:
    chosen = {"selected_by": town.bodies["street_party"], "year": town.today.year, "number": 1}
    return a_deed(town, state="shown", shown_on=town.today, **chosen)


def test_deeds_that_are_shown_with_comments_and_stars(town, readers):
    deed = a_shown_deed(town)
    assert who_sees(readers, deeds_visible_to, deed) == EVERYBODY
    comment = ReaderComment.objects.create(deed=deed, words="好", written_at=timezone.now(), state="shown")
    assert who_sees(readers, reader_comments_visible_to, comment) == EVERYBODY
    star = Star.objects.create(deed=deed, body=deed.selected_by, span="month", since=town.today.replace(day=1),
                               named_on=town.today, ground="样例", act=small.an_act())  # fmt: skip
    assert who_sees(readers, stars_visible_to, star) == EVERYBODY


def test_deeds_that_are_not_shown(town, readers):
    keeper = readers["street secretary"] = small.account("何样例")
    small.office(small.person("何样例", account=keeper), town.bodies["street_party"], "party_secretary")
    assert who_sees(readers, deeds_visible_to, a_deed(town, state="sent")) == {"secretary"}
    checked = a_deed(town, state="checked", recommended_by=readers["stranger"])
    assert who_sees(readers, deeds_visible_to, checked) == {"secretary", "street secretary", "stranger"}
    about = a_deed(town, state="sent", of="person")
    Named.objects.create(deed=about, name="冯样例", person=small.Person.objects.get(name="冯样例"))
    assert who_sees(readers, deeds_visible_to, about) == {"secretary", "member"}


def test_comments_on_deeds_that_are_not_shown(town, readers):
    keeper = readers["street secretary"] = small.account("何样例")
    small.office(small.person("何样例", account=keeper), town.bodies["street_party"], "party_secretary")
    said = {"words": "好", "written_at": timezone.now(), "by": readers["stranger"]}
    comment = ReaderComment.objects.create(deed=a_shown_deed(town), **said)
    assert who_sees(readers, reader_comments_visible_to, comment) == {"street secretary", "stranger"}


def a_selection(town, **fields) -> Selection:
    rule, _new = SelectionRule.objects.get_or_create(key="one", names={}, definition={})
    given = {"held_by": town.bodies["street_party"], "rule": rule, "rules": {}, "title": "样例"}
    return Selection.objects.create(**given | {"nominate_until": town.today} | fields)


def with_street_secretary(town, readers) -> set[str]:
    """The keeper of the street's selections joins the readers; everybody by name."""
    keeper = readers["street secretary"] = small.account("何样例")
    small.office(small.person("何样例", account=keeper), town.bodies["street_party"], "party_secretary")
    return {*EVERYBODY, "street secretary"}


def test_selections_whose_rules_stand(town, readers):
    everybody = with_street_secretary(town, readers)
    poll = Poll.objects.create(
        held_by=town.bodies["street_party"], kind="recommendation", title="样例", opens_at=timezone.now(),
        closes_at=timezone.now() + timedelta(hours=1),
    )  # fmt: skip
    stands = a_selection(town, state="polling", poll=poll, basis="00" * 32)
    candidate = Candidate.objects.create(
        selection=stands, deed=a_shown_deed(town), group="x", proposed_by=town.bodies["village_party"],
        state="accepted", number="01",
    )  # fmt: skip
    assert who_sees(readers, selections_visible_to, stands) == everybody
    assert who_sees(readers, candidates_visible_to, candidate) == everybody


def test_selections_for_which_candidates_come_in(town, readers):
    everybody = with_street_secretary(town, readers)
    assert who_sees(readers, selections_visible_to, a_selection(town, state="nominating")) == everybody - {"nobody"}


def test_selections_that_are_drafts_and_candidates_before_the_rules_stand(town, readers):
    with_street_secretary(town, readers)
    assert who_sees(readers, selections_visible_to, a_selection(town)) == {"street secretary"}
    candidate = Candidate.objects.create(
        selection=a_selection(town, state="nominating"), deed=a_shown_deed(town), group="x",
        proposed_by=town.bodies["village_party"],
    )  # fmt: skip
    assert who_sees(readers, candidates_visible_to, candidate) == {"secretary", "street secretary"}


def test_objections_to_selections(town, readers):
    with_street_secretary(town, readers)
    objection = SelectionObjection.objects.create(
        selection=a_selection(town, state="nominating"), by=readers["stranger"], words="样例", raised_at=timezone.now()
    )
    assert who_sees(readers, objections_visible_to, objection) == {"stranger", "street secretary"}


def a_telling(town, **fields) -> Telling:
    today, above = town.today, town.bodies["street_party"]
    held = TellingRound.objects.create(
        host=town.bodies["county_party"], name="样例", since=today, until=today, tell_by=today, comment_by=today,
        days_to_put_right=9, opened_at=timezone.now(),
    )  # fmt: skip
    return Telling.objects.create(round=held, body=town.bodies["village_party"], commenter=above, **fields)


def a_comment(telling: Telling) -> Comment:
    kind = define_comment_kind("talk", names=small.names("个别点评", "In a talk"), position=0)
    return Comment.objects.create(telling=telling, commenter=telling.commenter, kind=kind, on=telling.round.until)


def test_rounds_of_telling(town, readers):
    assert who_sees(readers, rounds_of_telling_visible_to, a_telling(town).round) == EVERYBODY - {"nobody"}


def test_what_an_organisation_tells_in_a_round_and_its_published_comment(town, readers):
    shown = {"state": "published", "range": "inside", "published_on": town.today, "put_right_by": town.today}
    telling = a_telling(town, **shown)
    above = who_sees(readers, tellings_visible_to, telling)
    assert above == who_sees(readers, comments_visible_to, a_comment(telling)) == {"secretary", "clerk"}
    Telling.objects.filter(pk=telling.pk).update(range="members")
    assert who_sees(readers, tellings_visible_to, telling) == {"secretary", "clerk", "member"}
    assert not tellings_public().exists()
    Telling.objects.filter(pk=telling.pk).update(range="public")
    assert tellings_public().get() == telling


def test_comments_that_are_not_yet_published(town, readers):
    keeper = readers["street secretary"] = small.account("何样例")
    small.office(small.person("何样例", account=keeper), town.bodies["street_party"], "party_secretary")
    telling = a_telling(town, state="commented")
    assert who_sees(readers, comments_visible_to, a_comment(telling)) == {"street secretary"}


def test_what_a_member_tells_in_a_round(town, readers):
    member = small.Person.objects.get(name="冯样例")
    own = MemberTelling.objects.create(telling=a_telling(town), person=member, words="样例", said_on=town.today)
    assert who_sees(readers, member_tellings_visible_to, own) == {"member", "secretary"}


def a_grade(town, readers, **fields) -> MemberGrade:
    """Of a member of the village's branch; the county has opened the year, the street approves."""
    for key, name in (("street secretary", "何样例"), ("county secretary", "孔样例")):
        readers[key] = small.account(name)
        small.office(
            small.person(name, account=readers[key]), town.bodies[f"{key.split()[0]}_party"], "party_secretary"
        )
    today = town.today
    opened = ReviewYear.objects.create(
        host=town.bodies["county_party"], year=today.year, roll_on=today, due_on=today, opened_at=timezone.now()
    )
    review = MemberReview.objects.create(
        body=town.bodies["village_party"], above=town.bodies["street_party"], opened=opened, year=today.year,
        roll_on=today, definition={}, held_on=today, to_come=1, came=1, valid=1, **{"state": "told"} | fields,
    )  # fmt: skip
    person = small.Person.objects.get(name="冯样例")
    return MemberGrade.objects.create(review=review, person=person, grade="good", told_grade="good", told_on=today)


def test_years_of_members_reviews(town, readers):
    opened = a_grade(town, readers).review.opened
    assert who_sees(readers, years_visible_to, opened) == {"secretary", "street secretary", "county secretary"}


def test_how_far_a_branch_s_review_is(town, readers):
    review = a_grade(town, readers).review
    seen = {"secretary", "street secretary", "county secretary", "member"}
    assert who_sees(readers, reviews_visible_to, review) == seen


def test_a_member_s_grade_that_was_not_handed_up(town, readers):
    grade = a_grade(town, readers)
    assert who_sees(readers, member_grades_visible_to, grade) == {"member", "secretary"}
    GradeObjection.objects.create(grade=grade, reason="样例", before="good", raised_on=town.today)
    assert who_sees(readers, member_grades_visible_to, grade) == {"member", "secretary", "street secretary"}


def test_a_member_s_grade_that_was_handed_up(town, readers):
    grade = a_grade(town, readers, state="handed_up")
    assert who_sees(readers, member_grades_visible_to, grade) == {"member", "secretary", "street secretary"}


def test_a_member_s_own_words_in_a_review(town, readers):
    grade = a_grade(town, readers, state="handed_up")
    assert who_sees(readers, words_visible_to, grade) == {"member", "secretary"}


@pytest.fixture
def judged(town, readers):
    """The village's branch in a round that the county keeps and the city fixes; the street's committee scores it."""
    keeper = readers["street secretary"] = small.account("何样例")
    small.office(small.person("何样例", account=keeper), town.bodies["street_party"], "party_secretary")
    scheme = Scheme.objects.create(key="four", names={"zh-hans": "样例"}, in_force=town.today, definition={})
    version = SchemeVersion.objects.create(scheme=scheme, number=1, since=town.today, definition={})
    round_ = Round.objects.create(
        keeper=town.bodies["county_party"], approver=town.bodies["city_party"], version=version, title="样例",
        of_until=town.today, self_due=town.today, review_due=town.today, opened_on=town.today, state="reviewing",
    )  # fmt: skip
    return Case.objects.create(
        round=round_, body=town.bodies["village_party"], unit=town.units["village"],
        reviewer=town.bodies["street_party"], grade="good",
    )  # fmt: skip


def test_schemes_of_appraisal(judged, readers):
    signed_in = EVERYBODY - {"nobody"} | {"street secretary"}
    assert who_sees(readers, schemes_visible_to, judged.round.version.scheme) == signed_in


def test_rounds_of_appraisal_that_are_drafts(judged, readers):
    Round.objects.update(state="draft", opened_on=None)
    assert who_sees(readers, rounds_visible_to, judged.round) == {"clerk"}


def test_rounds_of_appraisal_that_were_opened_and_from_the_notice_on_the_grades_of_all_in_them(town, judged, readers):
    concerned = {"secretary", "street secretary", "clerk"}
    assert who_sees(readers, rounds_visible_to, judged.round) == concerned
    assert who_sees(readers, grades_visible_to, judged) == {"clerk"}
    Round.objects.update(
        state="notice", notice_on=town.today, notice_until=town.today + timedelta(9), proposed_by=town.stranger
    )
    assert who_sees(readers, grades_visible_to, judged) == concerned


def test_what_is_given_for_an_organisation_in_a_round_its_boxes_and_objections(judged, readers):
    assert who_sees(readers, cases_visible_to, judged) == {"secretary", "street secretary", "clerk"}


# == honours ==
@pytest.fixture
def called(town, readers):
    """The county's committee calls; the village's branch applies for its member; the street's committee is heard."""
    keepers = {"county secretary": "county_party", "street secretary": "street_party"}
    for at, (key, body) in enumerate(keepers.items()):
        readers[key] = small.account(f"何样例{at}")
        small.office(small.person(f"何样例{at}", account=readers[key]), town.bodies[body], "party_secretary")
    honour = Honour.objects.create(
        key="sample", names={"zh-hans": "样例"}, holder="person", in_force=town.today, definition={}, source="样例"
    )
    version = HonourVersion.objects.create(honour=honour, number=1, since=town.today, definition={})
    call = Call.objects.create(
        keeper=town.bodies["county_party"], version=version, year=town.today.year, title="样例", document="样例1号",
        places=1, apply_until=town.today, review_until=town.today + timedelta(days=9), opened_on=town.today,
        state="reviewing",
    )  # fmt: skip
    return Application.objects.create(
        call=call, by_body=town.bodies["village_party"], person=Person.objects.get(name="冯样例"), number=1,
        story="样例", state="handed_in", handed_in_on=town.today, agreed_on=town.today,
    )  # fmt: skip


def test_which_honours_there_are(called, readers):
    assert who_sees(readers, honours_visible_to, called.call.version.honour) == set(readers) - {"nobody"}


def test_calls_for_honours_that_are_drafts(called, readers):
    Call.objects.update(state="draft")
    assert who_sees(readers, calls_visible_to, called.call) == {"county secretary"}


def test_calls_for_honours_that_were_opened(called, readers):
    assert who_sees(readers, calls_visible_to, called.call) == set(readers) - {"nobody"}


def test_an_application_for_an_honour(town, called, readers):
    own = {"member", "secretary"}
    assert who_sees(readers, applications_visible_to, called) == own | {"county secretary"}
    Opinion.objects.create(application=called, kind="discipline", body=town.bodies["street_party"])
    inspector = {"call": called.call, "phase": "panel", "person": town.people["inspector"]}
    Reviewer.objects.create(body=town.bodies["city_union"], is_blind=True, **inspector)
    concerned = own | {"county secretary", "street secretary"}
    assert who_sees(readers, applications_visible_to, called) == concerned
    Reviewer.objects.update(is_blind=False)
    assert who_sees(readers, applications_visible_to, called) == concerned | {"inspector"}
    assert who_sees(readers, applications_told_to, called) == set()
    Application.objects.update(state="proposed")
    Call.objects.update(
        state="notice", notice_on=town.today, notice_until=town.today + timedelta(9), proposed_by=town.stranger
    )
    assert who_sees(readers, applications_told_to, called) == set(readers) - {"nobody"}
    Application.objects.update(state="draft", handed_in_on=None)
    assert who_sees(readers, applications_visible_to, called) == own


def test_opinions_on_an_application(town, called, readers):
    its = Opinion.objects.create(application=called, kind="discipline", body=town.bodies["street_party"])
    assert who_sees(readers, opinions_visible_to, its) == {"county secretary", "street secretary"}


def test_objections_to_a_list(town, called, readers):
    its = Objection.objects.create(application=called, reason="样例", by=town.stranger, at=timezone.now())
    assert who_sees(readers, objections_to_lists, its) == {"stranger", "county secretary", "secretary"}


def an_award(town, called, **fields) -> Award:
    given = {"state": "standing", "document": "样例1号", "link": "https://example.cn/1", "body": town.bodies["league"]}
    return Award.objects.create(
        honour=called.call.version.honour, giver=town.bodies["county_party"], year=town.today.year, number="样例",
        issuer="样例", awarded_on=town.today, **given | fields,
    )  # fmt: skip


def test_honours_of_units_and_organisations_that_are_published(town, called, readers):
    assert who_sees(readers, awards_visible_to, an_award(town, called)) == set(readers)


def test_honours_that_are_not_published(town, called, readers):
    assert who_sees(readers, awards_visible_to, an_award(town, called, state="entered")) == {"county secretary"}


def test_honours_of_persons(town, called, readers):
    its = an_award(town, called, body=None, person=called.person, of_body=called.by_body)
    line = {"secretary", "street secretary", "county secretary", "clerk"}
    assert who_sees(readers, awards_visible_to, its) == line | {"member"}
    AwardName.objects.create(award=its, name="老冯")
    assert who_sees(readers, awards_visible_to, its) == set(readers)


def test_who_is_nurtured_as_a_model(town, called, readers):
    its = Nurturing.objects.create(
        keeper=town.bodies["county_party"], body=town.bodies["village_party"], mentor=town.people["inspector"],
        aim="样例", begun_on=town.today,
    )  # fmt: skip
    assert who_sees(readers, nurturings_visible_to, its) == {"county secretary", "secretary", "inspector"}


def test_the_table_has_these_rows():
    text = PAGE.read_text(encoding="utf-8").partition("## Who sees what")[2].partition("##")[0]
    rows = re.findall(r"^\| ([^|]+) \|", text, re.M)[1:]
    named = [name for name in globals() if name.startswith("test_")][:-1]
    assert len([row for row in rows if not row.startswith("---")]) == len(named)
