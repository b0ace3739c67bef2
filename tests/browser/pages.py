"""Every page there is, who looks at it, and how it is got into the state that is looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

from .site import Site

SECRETARY, OFFICER, CHAIR = "village-secretary", "town-officer", "county-union-chair"
ORGANISER, CITIZEN, AUDITOR = "city-organiser", "citizen", "auditor"

LEVEL = "EXISTS (SELECT FROM register_unitkind kind WHERE kind.key = entry.kind_id AND level = '{}')"
HOUSES = "EXISTS (SELECT FROM register_standsin WHERE place_id = entry.unit_id AND valid @> current_date)"
HAS_SHARE = "EXISTS (SELECT FROM register_venue venue WHERE venue.unit_id = entry.unit_id)"
COVERS_MANY = (
    "(SELECT count(*) FROM register_cover cover WHERE cover.body_id = entry.body_id AND valid @> current_date) > 3"
)
IS_EXPIRED = (
    "EXISTS (SELECT FROM register_term term WHERE term.body_id = entry.body_id)"
    " AND NOT EXISTS (SELECT FROM register_term term WHERE term.body_id = entry.body_id AND valid @> current_date)"
)


@dataclass(frozen=True)
class Seen:
    """A page to be looked at. `path` may ask the site; `get_ready` does something on the page first."""

    name: str
    who: str
    path: str | Callable[[Site], str]
    get_ready: Callable[[Page], Any] | None = None
    status: int = 200

    def path_on(self, site: Site) -> str:
        return self.path if isinstance(self.path, str) else self.path(site)


def _open_all(page: Page) -> None:
    page.evaluate("document.querySelectorAll('main details, .asof').forEach(each => { each.open = true })")


def _unfold(page: Page) -> None:
    folded = page.locator(".tree button[aria-expanded=false]").first
    if folded.is_visible():  # the tree is left out on a phone
        folded.click()
        page.locator(".tree [aria-busy]").wait_for(state="detached")


def _lose_token(page: Page) -> None:
    page.evaluate("document.querySelector('.foot [name=csrfmiddlewaretoken]').remove()")
    page.locator(".foot button").click()
    page.wait_for_load_state()


def _walk(path: str, unit: str = "", body: str = "") -> Callable[[Site], str]:
    """The page of a walk at the first unit, or the first body, of which the condition is true."""
    if unit:
        return lambda site: site.unit_where(unit).replace("/units/", path)
    return lambda site: site.body_where(body).replace("/bodies/", path)


def _figures(query: str = "") -> Callable[[Site], str]:
    return lambda site: (
        site.unit_where("kind_id = 'county_city'").replace("/units/", "/territory/") + f"figures/{query}"
    )


def _readings(path: str) -> Callable[[Site], str]:
    """A page of figures of the county."""
    return lambda site: path.format(site.unit_where("kind_id = 'county_city'").split("/")[2])


def _firm(path: str) -> Callable[[Site], str]:
    """A page about an enterprise of the county."""
    return lambda site: path.format(site.unit_where("kind_id = 'enterprise'").split("/")[2])


def _doubt(site: Site) -> str:
    """The page on which the first doubt of a term that ran out is set aside."""
    first = "SELECT min(id) FROM consistency_doubt WHERE raised_by_id = 'term_ran_out' AND gone_on IS NULL"
    return f"/doubts/{site.asked(first)[0][0]}/set-aside/"


def _ask(site: Site) -> str:
    """What the village is asked that is still open."""
    found = site.asked(
        "SELECT a.id FROM asks_ask a JOIN register_office o ON o.body_id = a.body_id JOIN register_person p "
        "ON p.id = o.person_id JOIN accounts_user u ON u.id = p.account_id "
        "WHERE u.username = 'sample-village-secretary' AND a.state = 'open' ORDER BY a.id LIMIT 1"
    )
    return f"/asks/{found[0][0]}/"


def _own_burden(site: Site) -> str:
    """What the secretary's village is asked for."""
    found = site.asked(
        "SELECT e.seat_id FROM register_bodyentry e JOIN register_office o ON o.body_id = e.body_id "
        "JOIN register_person p ON p.id = o.person_id JOIN accounts_user u ON u.id = p.account_id "
        "WHERE u.username = 'sample-village-secretary' AND upper_inf(e.valid) ORDER BY o.id LIMIT 1"
    )
    return f"/units/{found[0][0]}/burden/"


def _sending(site: Site) -> str:
    return f"/asks/sent/{site.asked('SELECT min(id) FROM asks_sending')[0][0]}/"


def _suggestion(site: Site) -> str:
    """A suggestion of a joint body that nobody has decided about."""
    found = site.asked(
        "SELECT id FROM gaps_suggestion s WHERE NOT EXISTS (SELECT FROM gaps_decision WHERE suggestion_id = s.id)"
        " ORDER BY id DESC LIMIT 1"
    )
    return f"/gaps/suggestions/{found[0][0]}/"


def _plan(body: str, then: str = "") -> Callable[[Site], str]:
    """A page of this year's plan of the body of that name."""
    found = (
        f"SELECT p.id FROM programme_plan p JOIN register_bodyentry e ON e.body_id = p.body_id AND e.name = '{body}'"
    )
    return lambda site: f"/plans/{site.asked(found)[0][0]}/{then}"


def _named(thing: str, title: str) -> Callable[[Site], str]:
    """The page of the event, contest or practice of that title."""
    found = f"SELECT id FROM activities_{thing} WHERE title = '{title}'"
    return lambda site: f"/{thing}s/{site.asked(found)[0][0]}/"


def _contact(site: Site) -> str:
    """The first demonstration point."""
    return f"/contact-points/{site.asked('SELECT min(contact_id) FROM contacts_demonstration')[0][0]}/"


def _next_month(site: Site) -> str:
    return f"/inspections/?month={site.asked('SELECT min(month) FROM contacts_stop')[0][0]:%Y-%m}"


def _meeting(path: str, state: str) -> Callable[[Site], str]:
    """A page of the first meeting of the city in this state, with the first of its topics."""
    found = (
        "SELECT m.id, m.series_id, min(t.id) FROM meetings_meeting m JOIN meetings_topic t ON t.meeting_id = m.id"
        f" WHERE m.state = '{state}' GROUP BY m.id ORDER BY m.id LIMIT 1"
    )
    return lambda site: path.format(**dict(zip(("id", "series", "topic"), site.asked(found)[0], strict=True)))


def _watched(site: Site) -> str:
    """The open poll of the sample's selection, with a group that waits for the second person."""
    id = site.asked("SELECT id FROM ballots_poll WHERE state = 'open' AND keeps_arrivals")[0][0]
    site.asked(
        "INSERT INTO ballots_burst (poll_id, rule, facts, reason, words, state) "
        """SELECT %s, 'network', '{"voters": 46, "units": 7}', 'not_own', '样例', 'proposed' """
        "WHERE NOT EXISTS (SELECT FROM ballots_burst) RETURNING id",
        id,
    )
    return f"/ballots/{id}/bursts/"


def _pledge(state: str, path: str = "/pledges/{}/") -> Callable[[Site], str]:
    """A page of the first pledge of the village secretary's organisation in this state."""
    found = (
        "SELECT min(l.id) FROM pledges_pledge l JOIN register_office o ON o.body_id = l.body_id"
        " JOIN register_person p ON p.id = o.person_id JOIN accounts_user u ON u.id = p.account_id"
        f" WHERE u.username = 'sample-village-secretary' AND l.state = '{state}'"
    )
    return lambda site: path.format(site.asked(found)[0][0])


def _deed(state: str, path: str = "/deeds/{}/") -> Callable[[Site], str]:
    """The first deed in this state."""
    return lambda site: path.format(site.asked("SELECT min(id) FROM deeds_deed WHERE state = %s", state)[0][0])


def _selection(path: str = "/selections/{}/") -> Callable[[Site], str]:
    """The sample's selection, for which candidates come in."""
    return lambda site: path.format(site.asked("SELECT min(id) FROM selections_selection")[0][0])


def _telling(path: str, state: str = "rectifying") -> Callable[[Site], str]:
    """A page of the village secretary's telling in this state."""
    found = (
        "SELECT t.id, t.round_id, t.body_id FROM telling_telling t"
        " JOIN register_office o ON o.body_id = t.body_id JOIN register_person p ON p.id = o.person_id"
        " JOIN accounts_user u ON u.id = p.account_id"
        f" WHERE u.username = 'sample-village-secretary' AND t.state = '{state}' LIMIT 1"
    )
    return lambda site: path.format(**dict(zip(("id", "round", "body"), site.asked(found)[0], strict=True)))


def _agreement(path: str, state: str) -> Callable[[Site], str]:
    """A page of an agreement in this state: of those that the county's union bargains itself, if there is one."""
    found = (
        "SELECT a.id FROM agreements_agreement a JOIN register_bodyentry e ON e.body_id = a.union_id"
        f" WHERE a.state = '{state}' ORDER BY e.name <> '诸暨市总工会', a.id LIMIT 1"
    )
    return lambda site: path.format(site.asked(found)[0][0])


def _commented(site: Site) -> str:
    """Where the village secretary's superior comments on one who has told."""
    found = (
        "SELECT min(o.id) FROM telling_telling o JOIN telling_telling t ON t.commenter_id = o.commenter_id"
        " JOIN register_office f ON f.body_id = t.body_id JOIN register_person p ON p.id = f.person_id"
        " JOIN accounts_user u ON u.id = p.account_id"
        " WHERE u.username = 'sample-village-secretary' AND o.state = 'told'"
    )
    return f"/tellings/{site.asked(found)[0][0]}/comment/"


IN_TOWN = (
    " AND EXISTS (SELECT FROM register_unit unit JOIN register_unitentry town ON town.name = '大唐街道'"
    " AND town.valid @> current_date JOIN register_unit of ON of.id = town.unit_id"
    " WHERE unit.id = entry.{at} AND starts_with(unit.path, of.path))"
)


def _kept(site: Site, page: str, thing: str, condition: str) -> str:
    """The page on which the town's officer keeps the first unit or body of the town that fits."""
    at = "unit_id" if thing == "unit" else "seat_id"
    found = site._first_of(thing, condition + IN_TOWN.format(at=at))
    return f"/{page}/{found}/keep/"


def _venue(site: Site) -> str:
    unit = site._first_of("unit", HAS_SHARE + IN_TOWN.format(at="unit_id"))
    ((id,),) = site.asked(
        "SELECT id FROM register_venue WHERE unit_id = %s AND valid @> current_date ORDER BY id LIMIT 1", unit
    )
    return f"/venues/{id}/keep/"


def _appraisal(path: str, state: str) -> Callable[[Site], str]:
    """A page of the first round in this state, or of the village secretary's organisation in it."""
    found = (
        "SELECT r.id, c.id FROM appraisal_round r JOIN appraisal_case c ON c.round_id = r.id"
        " JOIN register_office o ON o.body_id = c.body_id JOIN register_person p ON p.id = o.person_id"
        " JOIN accounts_user u ON u.id = p.account_id"
        f" WHERE u.username = 'sample-village-secretary' AND r.state = '{state}' ORDER BY r.id LIMIT 1"
    )
    return lambda site: path.format(**dict(zip(("round", "case"), site.asked(found)[0], strict=True)))


def _honours(path: str) -> Callable[[Site], str]:
    """A page of the first call and its first application, of the award that was withdrawn, or of who is nurtured."""
    found = (
        "SELECT c.id, a.id, w.id, n.id FROM honours_call c JOIN honours_application a ON a.call_id = c.id,"
        " honours_award w, honours_nurturing n WHERE w.state = 'withdrawn' ORDER BY c.id, a.number LIMIT 1"
    )
    names = ("call", "application", "award", "nurturing")
    return lambda site: path.format(**dict(zip(names, site.asked(found)[0], strict=True)))


def _review(path: str, state: str = "held") -> Callable[[Site], str]:
    """A page of the sample's review in this state, with the grade that is objected to, or the first one."""
    found = (
        "SELECT r.id, g.id, r.opened_id, r.body_id FROM reviews_memberreview r"
        " JOIN reviews_membergrade g ON g.review_id = r.id LEFT JOIN reviews_gradeobjection o ON o.grade_id = g.id"
        f" WHERE r.state = '{state}' ORDER BY r.id, o.id NULLS LAST, g.id LIMIT 1"
    )
    names = ("review", "grade", "year", "body")
    return lambda site: path.format(**dict(zip(names, site.asked(found)[0], strict=True)))


def _of_officer(site: Site) -> int:
    """The body of the town officer."""
    found = (
        "SELECT o.body_id FROM register_office o JOIN register_person p ON p.id = o.person_id"
        " JOIN accounts_user u ON u.id = p.account_id WHERE u.username = 'sample-town-officer' ORDER BY o.id LIMIT 1"
    )
    return int(site.asked(found)[0][0])


def _late_item(site: Site) -> str:
    """An item that is late in a plan of the city's Party committee, or the first one."""
    found = site.asked(
        "SELECT i.plan_id, i.id FROM programme_planitem i JOIN programme_plan p ON p.id = i.plan_id"
        " JOIN register_bodyentry e ON e.body_id = p.body_id AND e.name = '中共绍兴市委员会'"
        " ORDER BY i.state IN ('planned', 'under_way') AND i.due_on < current_date DESC, i.id LIMIT 1"
    )
    return f"/plans/{found[0][0]}/items/{found[0][1]}/"


def _send_nothing(page: Page) -> None:
    form = page.locator("form:has(input[type=file])")
    form.evaluate("form => { form.noValidate = true }")
    form.locator("button[type=submit]").click()
    page.locator(".notice--late").wait_for()


def _mend(page: Page) -> None:
    """Type something that is wrong still, and stay on the page."""
    form = page.locator("form[hx-post]").first
    form.locator("input.input").fill("还是不对")
    with page.expect_response("**/rows/**"):
        form.locator("button").click()


OF_CHAIR = (
    "(SELECT body_id FROM register_office JOIN register_person p ON p.id = person_id"
    " JOIN accounts_user u ON u.id = p.account_id WHERE u.username = 'sample-county-union-chair'"
    " AND valid @> current_date AND kind_id = 'union_chair')"
)


def _person(site: Site) -> str:
    """The page of somebody in the union of the chair, of whom numbers are kept."""
    found = site.asked(
        "SELECT o.person_id FROM register_office o JOIN register_particulars k ON k.person_id = o.person_id"
        f" WHERE o.valid @> current_date AND o.body_id IN {OF_CHAIR} ORDER BY o.person_id DESC LIMIT 1"
    )
    return f"/people/{found[0][0]}/"


def _ask_for_number(page: Page) -> None:
    """Ask for the identity number, and stay on the page that says so."""
    form = page.locator("form[action$='/identity-number/']")
    if form.count():  # asked for already, in the other language
        page.locator("summary").last.click()
        form.locator("input[name=reason]").fill("核对")
        form.locator("button").click()
        page.locator(".notice--ok").wait_for()


def _reform(unit: str, act: str) -> Callable[[Site], str]:
    """A page of a reform of the first unit of which the condition is true."""
    return lambda site: f"{site.unit_where(unit)}change/{act}{'' if '?' in act else '/'}"


PARTY_TOWN = "kind_id = 'party_working_committee'"

PAGES = [
    Seen("welcome", "", "/"),
    *(Seen(f"home of {who}", who, "/") for who in (SECRETARY, OFFICER, CHAIR, ORGANISER, CITIZEN, AUDITOR)),
    Seen("home on a past day", AUDITOR, "/?on=2018-10-31"),
    Seen("home with the day selector open", AUDITOR, "/", _open_all),
    Seen("territory", ORGANISER, "/territory/", _unfold),
    Seen("territory deeper", ORGANISER, _walk("/territory/", "name = '大唐街道'"), _unfold),
    Seen("figures of a county", ORGANISER, _figures()),
    Seen("all figures of a place", ORGANISER, _readings("/units/{}/indicators/")),
    Seen("one figure of a place", ORGANISER, _readings("/indicators/union_enterprises/?in={}")),
    Seen("a figure that waits for its facts", ORGANISER, _readings("/indicators/teams/?in={}")),
    Seen("records behind a figure", ORGANISER, _readings("/indicators/union_enterprises/records/?in={}&show=missing")),
    Seen("no records behind a figure", ORGANISER, _readings("/indicators/womens_home/records/?in={}&show=left_out")),
    Seen(
        "what a figure leaves out", ORGANISER, _readings("/indicators/union_enterprises/records/?in={}&show=left_out")
    ),
    Seen("leaving out", ORGANISER, _firm("/indicators/union_enterprises/leave-out/?in={}")),
    Seen("unevenness of villages", ORGANISER, _readings("/indicators/union_enterprises/spread/?in={}&class=villages")),
    Seen("unevenness of towns", ORGANISER, _readings("/indicators/women_villages/spread/?in={}&level=town&sort=name")),
    Seen("no places to compare", ORGANISER, _readings("/indicators/union_enterprises/spread/?in={}&level=county")),
    Seen("gaps of a figure", ORGANISER, _readings("/indicators/union_enterprises/gaps/?in={}"), _open_all),
    Seen("gaps, none of this way", ORGANISER, _readings("/indicators/women_villages/gaps/?in={}&way=joint")),
    Seen("gaps of another day", ORGANISER, _readings("/indicators/union_enterprises/gaps/?in={}&on=2018-10-31")),
    Seen("a figure without a list of gaps", ORGANISER, _readings("/indicators/four_lines/gaps/?in={}")),
    Seen("a suggestion", ORGANISER, _suggestion),
    Seen("inbox", SECRETARY, "/asks/"),
    Seen("inbox, day by day", SECRETARY, "/asks/?view=week"),
    Seen("an ask", SECRETARY, _ask, _open_all),
    Seen("handing over", SECRETARY, lambda site: _ask(site) + "hand-over/"),
    Seen("what was sent", ORGANISER, "/asks/sent/"),
    Seen("asking others", ORGANISER, "/asks/new/", _open_all),
    Seen("what came back", ORGANISER, _sending, _open_all),
    Seen("burden of a village", SECRETARY, _own_burden),
    Seen("burden of the city", ORGANISER, lambda site: site.unit_where("kind_id = 'city'") + "burden/"),
    Seen("the programme", ORGANISER, "/programme/"),
    Seen("the programme in another year", CITIZEN, "/programme/?on=2012-03-01"),
    Seen("a tier of bodies", ORGANISER, "/programme/tiers/league_committees/"),
    Seen("a tier of offices", CITIZEN, "/programme/tiers/league_cadres/"),
    Seen("plans", ORGANISER, "/plans/"),
    Seen("plans, none fits", CITIZEN, "/plans/?state=closed"),
    Seen("a plan", ORGANISER, _plan("中共绍兴市委员会"), _open_all),
    Seen("a plan read by a citizen", CITIZEN, _plan("诸暨市总工会"), _open_all),
    Seen("a new item", ORGANISER, _plan("中共绍兴市委员会", "items/new/")),
    Seen("taking items down", CHAIR, _plan("诸暨市总工会", "take-down/")),
    Seen("a plan is not theirs to change", CITIZEN, _plan("诸暨市总工会", "edit/"), status=403),
    Seen("an item", ORGANISER, _late_item, _open_all),
    Seen("meetings", ORGANISER, "/meetings/"),
    Seen("polls", ORGANISER, "/ballots/"),
    Seen("what looks bought in a poll", ORGANISER, _watched),
    Seen("polls for everybody", "", "/polls/"),
    Seen("voting with a code", "", "/vote/"),
    Seen("a series of meetings", ORGANISER, _meeting("/meetings/series/{series}/", "published"), _open_all),
    Seen("a meeting that gathers topics", ORGANISER, _meeting("/meetings/{id}/", "collecting"), _open_all),
    Seen("a meeting with its minutes", ORGANISER, _meeting("/meetings/{id}/", "published"), _open_all),
    Seen("a topic", ORGANISER, _meeting("/meetings/{id}/topics/{topic}/", "collecting"), _open_all),
    Seen("no plan of the year", SECRETARY, lambda site: site.body_where("kind_id = 'party_branch'") + "plan/"),
    Seen("events", CITIZEN, "/events/"),
    Seen("an event and who signed up", ORGANISER, _named("event", "党群共建先进事迹报告会"), _open_all),
    Seen("a new contest", CHAIR, "/contests/new/"),
    Seen("a contest with its results", CHAIR, _named("contest", "袜业岗位能手竞赛"), _open_all),
    Seen("a practice", ORGANISER, _named("practice", "小企业抱团谈工资"), _open_all),
    Seen("the publicity plan", ORGANISER, "/publicity/"),
    Seen("deeds", "", "/deeds/"),
    Seen("where to recommend a deed", "", "/deeds/recommend/"),
    Seen("what of deeds waits for somebody", SECRETARY, "/deeds/waiting/"),
    Seen("a deed to be checked", SECRETARY, _deed("sent"), _open_all),
    Seen("a deed to be selected", OFFICER, _deed("checked"), _open_all),
    Seen("a star", "", _deed("star")),
    Seen("selections", ORGANISER, "/selections/"),
    Seen("a selection", ORGANISER, _selection(), _open_all),
    Seen("whom to propose", ORGANISER, _selection("/selections/{}/propose/")),
    Seen("pledges", ORGANISER, "/pledges/"),
    Seen("my pledges", SECRETARY, "/pledges/mine/"),
    Seen("a pledge that is worked off", SECRETARY, _pledge("doing"), _open_all),
    Seen("a pledge to be reviewed", OFFICER, _pledge("review"), _open_all),
    Seen("a returned pledge, to be written on", SECRETARY, _pledge("returned", "/pledges/{}/edit/")),
    Seen("a public pledge", "", _pledge("doing", "/pledges/public/{}/")),
    Seen("a round of telling", ORGANISER, _telling("/tellings/rounds/{round}/")),
    Seen("a telling that is being put right", SECRETARY, _telling("/tellings/{id}/"), _open_all),
    Seen("telling how it went", SECRETARY, _telling("/tellings/{id}/tell/", "scheduled")),
    Seen("commenting", OFFICER, _commented),
    Seen("comments that everybody reads", "", _telling("/tellings/of/{body}/")),
    Seen("keep a unit true", OFFICER, lambda site: _kept(site, "units", "unit", HAS_SHARE), _open_all),
    Seen("keep an organisation true", OFFICER, lambda site: _kept(site, "bodies", "body", COVERS_MANY), _open_all),
    Seen("keep a venue true", OFFICER, lambda site: _venue(site), _open_all),
    Seen("wage agreements", CHAIR, "/agreements/"),
    Seen("a demand to bargain", CHAIR, lambda site: site.body_where("name = '诸暨市总工会'") + "agreements/new/"),
    Seen("a wage agreement that did not pass", CHAIR, _agreement("/agreements/{}/", "rejected"), _open_all),
    Seen("naming delegates", CHAIR, _agreement("/agreements/{}/do/name/", "answered")),
    Seen("a draft under its headings", CHAIR, _agreement("/agreements/{}/do/draft/", "met")),
    Seen("a vote of the congress", CHAIR, _agreement("/agreements/{}/do/vote/", "drafted")),
    Seen("a workers' congress", CHAIR, lambda site: site.body_where("name = '诸暨市总工会'") + "congress/", _open_all),
    Seen("employers in an agreement", CHAIR, _agreement("/agreements/{}/units/", "published")),
    Seen("agreements that everybody reads", "", "/agreements/public/"),
    Seen("an agreement that everybody reads", "", _agreement("/agreements/public/{}/", "published")),
    Seen("appraisal", ORGANISER, "/appraisal/"),
    Seen("a round of appraisal", ORGANISER, _appraisal("/appraisal/rounds/{round}/", "notice"), _open_all),
    Seen("a case in a round", SECRETARY, _appraisal("/appraisal/cases/{case}/", "notice"), _open_all),
    Seen("the calculation of a grade", SECRETARY, _appraisal("/appraisal/cases/{case}/calculation/", "notice")),
    Seen("a review with a code", "", "/appraisal/vote/"),
    Seen("honours", CHAIR, "/honours/"),
    Seen("an honour", ORGANISER, "/honours/catalogue/may_day_medal/"),
    Seen("a call of which notice is given", CHAIR, _honours("/honours/calls/{call}/"), _open_all),
    Seen("an application for an honour", CHAIR, _honours("/honours/applications/{application}/"), _open_all),
    Seen("the register of honours", "", "/honours/awards/"),
    Seen("an honour that was withdrawn", "", _honours("/honours/awards/{award}/")),
    Seen("who is nurtured as a model", OFFICER, _honours("/honours/nurturing/{nurturing}/"), _open_all),
    Seen("nurturing a model", OFFICER, lambda site: f"/bodies/{_of_officer(site)}/nurturing/new/"),
    Seen("members' reviews", SECRETARY, "/reviews/"),
    Seen("a review at work", SECRETARY, _review("/reviews/{review}/"), _open_all),
    Seen("a review that is filed", SECRETARY, _review("/reviews/{review}/", "filed"), _open_all),
    Seen("the meeting of a review", SECRETARY, _review("/reviews/{review}/meeting/")),
    Seen("ballots that are counted", SECRETARY, _review("/reviews/{review}/ballots/")),
    Seen("grades to be proposed", SECRETARY, _review("/reviews/{review}/grades/"), _open_all),
    Seen("one's own review", SECRETARY, _review("/reviews/grades/{grade}/"), _open_all),
    Seen("a year of reviews", OFFICER, _review("/reviews/years/{year}/")),
    Seen("opening a year of reviews", OFFICER, lambda site: f"/bodies/{_of_officer(site)}/reviews/new/"),
    Seen("a review to be approved", OFFICER, _review("/reviews/{review}/", "handed_up"), _open_all),
    Seen("an objection to a grade", OFFICER, _review("/reviews/grades/{grade}/", "told"), _open_all),
    Seen("contact points", ORGANISER, "/contact-points/"),
    Seen("a contact point", ORGANISER, _contact, _open_all),
    Seen("telling of a visit", ORGANISER, lambda site: _contact(site) + "visits/new/", _open_all),
    Seen("the calendar of checks", CHAIR, _next_month),
    Seen("a new check", CHAIR, lambda site: site.body_where("name = '诸暨市总工会'") + "inspections/new/"),
    Seen("checks that could go together", CHAIR, "/inspections/together/"),
    Seen("figures before the first run", ORGANISER, _readings("/units/{}/indicators/?on=2018-10-31")),
    Seen("what does not agree at a place", ORGANISER, _readings("/units/{}/consistency/"), _open_all),
    Seen("doubts of a check", ORGANISER, _readings("/consistency/term_ran_out/?in={}")),
    Seen("setting a doubt aside", ORGANISER, _doubt),
    Seen("figures of a county then, put into today", ORGANISER, _figures("?structure=today&on=2018-10-31")),
    Seen("territory at a leaf", ORGANISER, _walk("/territory/", "kind_id = 'enterprise'")),
    Seen("line", ORGANISER, "/line/", _unfold),
    Seen("line deeper", ORGANISER, _walk("/line/party/", body=PARTY_TOWN), _unfold),
    Seen("line of the unions", CHAIR, "/line/union/"),
    Seen("leadership", ORGANISER, "/leadership/", _unfold),
    Seen("leadership deeper", ORGANISER, _walk("/leadership/", body=PARTY_TOWN), _unfold),
    *(
        Seen(f"unit: {level}", ORGANISER, lambda site, level=level: site.unit_where(LEVEL.format(level)))
        for level in ("city", "county", "town", "place")
    ),
    Seen("unit: village", SECRETARY, "/mine/", _open_all),
    Seen("unit: village on a past day", SECRETARY, "/mine/?on=2018-10-31"),
    Seen("unit: before it stood", SECRETARY, "/mine/?on=2010-12-15"),
    Seen("unit: village seen by a citizen", CITIZEN, lambda site: site.unit("上下文村")),
    Seen("unit: building", OFFICER, lambda site: site.unit_where(f"kind_id = 'building' AND {HOUSES}")),
    Seen("unit: employer", OFFICER, lambda site: site.unit_where("kind_id = 'enterprise' AND credit_code <> ''")),
    Seen("unit: with a venue", OFFICER, lambda site: site.unit_where(HAS_SHARE)),
    Seen("body: branch", SECRETARY, lambda site: site.body_where("kind_id = 'party_branch'")),
    Seen("body: joint union", CHAIR, lambda site: site.body_where(f"kind_id = 'joint_union' AND {COVERS_MANY}")),
    Seen("body: expired", CHAIR, lambda site: site.body_where(IS_EXPIRED)),
    Seen("body: town committee", CITIZEN, lambda site: site.body_where(PARTY_TOWN)),
    Seen("body: before it stood", CHAIR, lambda site: site.body_where("true") + "?on=2010-12-15"),
    Seen("units", ORGANISER, "/units/"),
    Seen("units filtered", ORGANISER, "/units/?text=大唐&level=village&sort=-staff", _open_all),
    Seen("units, a condition that cannot be read", ORGANISER, "/units/?staff_from=-1", _open_all),
    Seen("units, nothing fits", ORGANISER, "/units/?text=没有这个地方"),
    Seen("units on a past day", ORGANISER, "/units/?on=2018-10-31&level=town"),
    Seen("bodies", CHAIR, "/bodies/"),
    Seen("bodies filtered", CHAIR, "/bodies/?line=union&term=expired", _open_all),
    Seen("a person, with what is kept", CHAIR, _person, _open_all),
    Seen("a person seen by a citizen", CITIZEN, _person),
    Seen("a number asked for", CHAIR, _person, _ask_for_number),
    Seen("what waits for a second person", CHAIR, "/disclosures/"),
    Seen("my letters", CHAIR, "/me/letters/", _open_all),
    Seen("no letter yet", CITIZEN, "/me/letters/"),
    Seen("people of a union", CHAIR, lambda site: site.body_where("name = '诸暨市总工会'") + "people/", status=200),
    Seen("search, nothing asked", CITIZEN, "/search/"),
    Seen("search, found", CITIZEN, "/search/?q=sxwc"),
    Seen("search, formerly", CITIZEN, "/search/?q=草塔"),
    Seen("search, nothing found", CITIZEN, "/search/?q=没有这个地方"),
    Seen("nothing at this address", CITIZEN, "/units/99999999/", status=404),
    Seen("nothing at this address for nobody", "", "/nowhere/", status=404),
    Seen("no such day", CITIZEN, "/?on=2018-02-30", status=400),
    Seen("a form grown too old", CITIZEN, "/", _lose_token),
]

STREET = "大唐街道"
VILLAGE = "kind_id = 'village' AND code LIKE '3306%'"
IN_2030 = "step=2&on_day=2030-01-01"
REFORM_PAGES = [
    Seen("renaming", ORGANISER, _reform(VILLAGE, "amend")),
    Seen("renaming, before the deed", ORGANISER, _reform(VILLAGE, f"amend/?{IN_2030}&name=新样例村")),
    Seen("merging", ORGANISER, _reform(VILLAGE, "merge"), _open_all),
    Seen("merging, nothing said", ORGANISER, _reform(VILLAGE, f"merge/?{IN_2030}"), status=422),
    Seen("merging, before the deed", ORGANISER, _reform(VILLAGE, f"merge/?{IN_2030}&into={STREET}"), _open_all),
    Seen("dividing", ORGANISER, _reform(VILLAGE, "split"), _open_all),
    Seen("dividing, before the deed", ORGANISER, _reform(VILLAGE, f"split/?{IN_2030}&name0=东&name1=西"), _open_all),
    Seen("closing", ORGANISER, _reform(VILLAGE, f"close/?{IN_2030}&to={STREET}"), _open_all),
    Seen("closing a body", ORGANISER, lambda site: site.body_where("kind_id = 'joint_union'") + "change/close/"),
    Seen("changes by hand", ORGANISER, "/changes/"),
]

IMPORT_PAGES = [
    Seen("imports", ORGANISER, "/imports/"),
    Seen("imports, no file chosen", ORGANISER, "/imports/", _send_nothing),
    Seen("columns", ORGANISER, "{sent}"),
    Seen("findings", ORGANISER, "{checked}", _open_all),
    Seen("a row", ORGANISER, "{checked}rows/3/"),
    Seen("a row mended in place", ORGANISER, "{checked}", _mend),
    Seen("written", ORGANISER, "{applied}"),
    Seen("taking back", ORGANISER, "{applied}undo/"),
    Seen("waiting for the worker", ORGANISER, "{waiting}"),
]
