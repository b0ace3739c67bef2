"""The town the crawler walks: the small town, a second county beside it, and marked things of different owners.

Whatever is not for everybody bears a mark: a string that stands nowhere else. A `Secret` says who may read the mark,
and asks access.py for it, so that the policy stands written once.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.db.models import Model, QuerySet
from django.utils import timezone

from gongjian.accounts.models import User
from gongjian.activities.access import (
    contests_visible_to,
    entrants_visible_to,
    events_visible_to,
    outcomes_visible_to,
    practices_visible_to,
    results_visible_to,
    sign_ups_visible_to,
)
from gongjian.activities.models import (
    ComparedItem,
    Contest,
    Entrant,
    Event,
    Practice,
    PublicityItem,
    Result,
    SignUp,
    Uptake,
)
from gongjian.agreements.access import agreements_visible_to, resolutions_visible_to
from gongjian.agreements.define import RULES, define_content_heading, define_statute
from gongjian.agreements.models import (
    Agreement,
    AgreementClause,
    AgreementStep,
    Congress,
    CongressSession,
    Delegate,
    Resolution,
)
from gongjian.appraisal.access import cases_visible_to, rounds_visible_to
from gongjian.appraisal.define import define_scheme
from gongjian.appraisal.models import Box, Case, Mark, Objection, Score
from gongjian.appraisal.models import Round as AppraisalRound
from gongjian.asks import writing
from gongjian.asks.access import asks_visible_to, sendings_visible_to
from gongjian.asks.define import define_ceiling
from gongjian.asks.models import Answer, Ask, Sending
from gongjian.asks.sending import ask as ask_others
from gongjian.asks.writing import Asked
from gongjian.ballots import making as making_polls
from gongjian.ballots.access import bursts_visible_to, polls_kept_by, polls_visible_to, set_aside_visible_to
from gongjian.ballots.clock import bring_forward
from gongjian.ballots.models import Burst, Observer, PaperBallot, Poll, Voter
from gongjian.ballots.models import SetAside as BallotSetAside
from gongjian.chronicle.models import Act
from gongjian.consistency.access import doubts_visible_to
from gongjian.consistency.define import define_check
from gongjian.consistency.models import Doubt, Round, SetAside
from gongjian.contacts.access import inspections_visible_to, problems_visible_to, visits_visible_to
from gongjian.contacts.models import ContactPoint, Demonstration, Inspection, Problem, Stop, Visit
from gongjian.deeds.access import deeds_visible_to, reader_comments_visible_to
from gongjian.deeds.models import Deed, Named, ReaderComment
from gongjian.gaps.define import define_joining
from gongjian.gaps.models import Gap, Suggestion
from gongjian.honours.access import (
    applications_visible_to,
    awards_visible_to,
    calls_visible_to,
    files_visible_to,
    nurturings_visible_to,
    opinions_visible_to,
)
from gongjian.honours.access import objections_visible_to as honour_objections_visible_to
from gongjian.honours.define import define_honour
from gongjian.honours.models import Application, Award, Call, EarlierFile, Nurturing, NurturingStage, Opinion, Reviewer
from gongjian.honours.models import Objection as HonourObjection
from gongjian.indicators.access import exclusions_visible_to
from gongjian.indicators.define import define_indicator
from gongjian.indicators.models import Exclusion, Publication, PublicFigure, Reading, Run
from gongjian.meetings.access import (
    decisions_visible_to,
    meetings_visible_to,
    papers_visible_to,
    reports_visible_to,
    series_visible_to,
    topics_visible_to,
)
from gongjian.meetings.models import Decision, LineReport, Meeting, Member, Paper, Passage, Series, Topic
from gongjian.notices.actions import NewLetter, write_letters
from gongjian.packs.read import read_pack
from gongjian.pledges.access import assignments_visible_to, pledges_visible_to, posts_visible_to
from gongjian.pledges.models import Assignment, Measure, Pledge, Post, Progress
from gongjian.programme import define as define_programme
from gongjian.programme.access import items_visible_to, plans_visible_to
from gongjian.programme.access import kept as kept_plans
from gongjian.programme.models import Partner, Plan, PlanItem, TierEntry
from gongjian.register import access, actions
from gongjian.register.appointments import lend
from gongjian.register.define import define_choice
from gongjian.register.imports.apply import apply as apply_draft
from gongjian.register.imports.preflight import preflight
from gongjian.register.imports.staging import start_draft
from gongjian.register.models import (
    Body,
    BodyEntry,
    Delegation,
    Disclosure,
    Document,
    Headcount,
    ImportDraft,
    ListExport,
    Membership,
    Office,
    Person,
    Reconciliation,
    Unit,
    UnitEntry,
    Venue,
)
from gongjian.register.reconciliations import comparing
from gongjian.register.reconciliations.deciding import accept_sure
from gongjian.register.reorganise.units import merge_units
from gongjian.reviews.access import grades_visible_to as member_grades_visible_to
from gongjian.reviews.access import reviews_visible_to, words_visible_to
from gongjian.reviews.define import define_review_rule
from gongjian.reviews.models import GradeObjection, MemberGrade, MemberReview, ReviewYear
from gongjian.selections.access import candidates_visible_to, objections_visible_to, selections_visible_to
from gongjian.selections.define import define_selection_rule
from gongjian.selections.models import Candidate, Selection, SelectionObjection
from gongjian.settings import ROOT
from gongjian.telling.access import comments_visible_to, member_tellings_visible_to, tellings_visible_to
from gongjian.telling.define import define_comment_kind
from gongjian.telling.models import (
    Comment,
    CommentKind,
    MemberTelling,
    Point,
    Rectification,
    Telling,
    TellingRound,
)
from tests.activities.conftest import define_words as define_activities
from tests.register import town as small
from tests.register.town import REFORM, Town
from verivote.keys import sealing_hex

Seen = Callable[[Any], bool]
Reader = User | AnonymousUser
LISTED = date(2022, 10, 31)
HOLDERS = ec.derive_private_key(7, ec.SECP256R1())


@dataclass(frozen=True)
class Secret:
    """A mark, what it is of, and who may read it.

    `where` narrows the addresses on which it is one. `beside` is a second mark: what is secret is not either of them
    but that both stand in one row, or that the one stands on the page of the other.
    """

    mark: str
    of: str
    seen_by: Seen
    where: re.Pattern[str] | None = None
    beside: str = ""


@dataclass
class MarkedTown:
    """The town, who walks in it, and what is secret in it."""

    town: Town
    personas: dict[str, Reader] = field(default_factory=dict)
    asked: dict[str, list[bool]] = field(default_factory=dict)
    secrets: list[Secret] = field(default_factory=list)
    ids: dict[str, list[Any]] = field(default_factory=dict)
    _last: int = 0

    def mark(self) -> str:
        """A string that stands nowhere else, in names, addresses, or beside other letters."""
        self._last += 1
        return f"xq{self._last:04}zj"

    def keep(self, mark: str, of: str, seen_by: Seen, where: str = "", beside: str = "") -> str:
        self.secrets.append(Secret(mark, of, seen_by, re.compile(where) if where else None, beside))
        return mark

    def may_read(self, persona: str) -> list[bool]:
        """In the order of the secrets, whether the policy lets the persona read them. Asked once: the town stays as it
        is, and what a test opens was asked about before."""
        if persona not in self.asked:
            self.asked[persona] = [secret.seen_by(self.reader(persona)) for secret in self.secrets]
        return self.asked[persona]

    def reader(self, persona: str) -> Reader:
        """The persona as a request would read it: nothing of it is remembered."""
        who = self.personas[persona]
        return User.objects.get(pk=who.pk) if isinstance(who, User) else AnonymousUser()


def among(visible: Callable[[Any], QuerySet[Any]], thing: Model) -> Seen:
    return lambda reader: visible(reader).filter(pk=thing.pk).exists()


def only(account: User) -> Seen:
    return lambda reader: reader.pk == account.pk


def may_change(reader: Any) -> bool:
    return access.can_change_register(reader)


def build_marked_town() -> MarkedTown:
    made = MarkedTown(small.build_town())
    _second_county(made)
    _firms(made)
    _people(made)
    _covers_and_members(made)
    _changes(made)
    _drafts(made)
    _lists_beside(made)
    _exports(made)
    _accounts(made)
    _disclosures(made)
    _letters(made)
    _readings(made)
    _published(made)
    _doubts(made)
    _ledger(made)
    _gaps(made)
    _asks(made)
    _plans(made)
    _events(made)
    _contests(made)
    _practices(made)
    _contacts(made)
    _checks(made)
    _meetings(made)
    _polls(made)
    _pledges(made)
    _deeds(made)
    _selections(made)
    _tellings(made)
    _agreements(made)
    _appraisals(made)
    _reviews(made)
    _honours(made)
    _ids(made)
    return made


def _second_county(made: MarkedTown) -> None:
    units, bodies = made.town.units, made.town.bodies
    units["south"] = small.unit("城南街道", "street", units["district"], code="330602009")
    units["garden"] = small.unit("花园社区", "community", units["south"], code="330602009001")
    bodies["district_party"] = small.body(
        "越城区委", "party_committee", units["district"], superior=bodies["city_party"]
    )
    bodies["south_party"] = small.body(
        "城南街道党工委", "party_working_committee", units["south"], superior=bodies["district_party"]
    )
    bodies["garden_party"] = small.body(
        "花园社区党支部", "party_branch", units["garden"], superior=bodies["south_party"]
    )
    bodies["district_union"] = small.body(
        "越城区总工会", "union_federation", units["district"],
        superior=bodies["city_union"], leader=bodies["district_party"],
    )  # fmt: skip
    bodies["county_women"] = small.body(
        "诸暨市妇联", "women_federation", units["county"], leader=bodies["county_party"]
    )
    bodies["district_women"] = small.body(
        "越城区妇联", "women_federation", units["district"], leader=bodies["district_party"]
    )


# == firms, their head-counts, and lists that would tell of them by what only some may see ==
def _firms(made: MarkedTown) -> None:
    units = made.town.units
    places = {
        "street": units["street"],
        "village": units["village"],
        "south": units["south"],
        "garden": units["garden"],
    }
    for place, unit in places.items():
        for number in (1, 2):
            name = f"{place}_firm{number}"
            mark = made.mark()
            firm = units[name] = small.unit(f"样例厂{mark}", "enterprise", unit, since=REFORM, trade="C")
            _list_secrets(made, mark, firm)
            _counted(made, firm)
    for old in ("hosiery", "logistics"):
        firm = units[old]
        counted = Headcount.objects.get(unit=firm)
        seen = among(access.headcounts_visible_to, counted)
        # Not part of a token, of an address, or of the time at which a cookie ends.
        number = rf"(?<![A-Za-z\d,.:/=#-]){counted.staff}(?![A-Za-z\d,.:/-])"
        made.keep(number, f"staff of {old}", seen, rf"/units/{firm.pk}/(\?|$)")


def _counted(made: MarkedTown, firm: Unit) -> None:
    staff, mark = 4_100_000 + firm.pk * 37, made.mark()
    counted = small.headcount(firm, since=REFORM, staff=staff, women=staff - 1_000_003, source=f"样例统计{mark}")
    seen = among(access.headcounts_visible_to, counted)
    made.keep(mark, f"source of the head-count of {firm.pk}", seen)
    for number in (staff, staff - 1_000_003):
        made.keep(f"{number:,}".replace(",", "[,\u202f ]?"), f"head-count of {firm.pk}", seen)


def _list_secrets(made: MarkedTown, mark: str, firm: Unit) -> None:
    """A list narrowed or sorted by what only some may see holds only what is open to its reader."""
    asked = r"^/units(/|\.xlsx)\?(.*&)?(coverage=with|staff_(from|to)=\d|sort=-?staff)"
    standing = Unit.objects.get(pk=firm.pk)
    made.keep(mark, f"firm {firm.pk} in a list by its counts", lambda r: access.can_count(r, standing), asked)
    figures = r"^/indicators/(?!\w+/(leave-out|count-again)/)"  # those name the unit that is asked for, and no other
    made.keep(mark, f"firm {firm.pk} in a list of figures", lambda r: access.can_count(r, standing), figures)


# == people: the offices in firms are not public ==
OFFICERS = [
    ("firm_chair", "hosiery", "union_committee", "union_chair", "county_union"),
    ("other_firm_chair", "south_firm1", "union_committee", "union_chair", "district_union"),
    ("firm_secretary", "street_firm1", "party_branch", "party_secretary", "street_party"),
    ("other_firm_secretary", "garden_firm1", "party_branch", "party_secretary", "garden_party"),
    ("village_firm_chair", "village_firm1", "union_committee", "union_chair", "joint_union"),
]
HEADS = [
    ("county_chair", "郑样例", "county_union", "union_chair"),
    ("other_chair", "褚样例", "district_union", "union_chair"),
    ("deputy", "卫样例", "city_party", "organisation_officer"),
]


def _people(made: MarkedTown) -> None:
    town = made.town
    for key, name, body, kind in HEADS:
        town.accounts[key] = small.account(name)
        town.people[key] = small.person(name, account=town.accounts[key])
        small.office(town.people[key], town.bodies[body], kind)
    for key, firm, kind, office, superior in OFFICERS:
        body = small.body(
            f"样例组织{made.mark()}", kind, town.units[firm], since=REFORM, superior=town.bodies[superior]
        )
        town.bodies[f"body of {key}"] = body
        held = small.office(_private(made, key), body, office, since=REFORM)
        made.keep(f"样例{key_mark(town.people[key])}", f"office of {key}", among(access.offices_visible_to, held),
                  where=r"/(bodies|units)/")  # fmt: skip
        _term(made, body)
    who = town.people["firm_chair"]
    town.accounts["firm_chair"] = who.account = small.account(who.name)
    who.save()
    town.accounts["lent"] = small.account("蒋样例")
    lent = town.people["lent"] = small.person("蒋样例", account=town.accounts["lent"])
    small.membership(lent, town.bodies["district_union"])
    other = Office.objects.get(person=town.people["other_chair"])
    lend(
        other,
        lent,
        on=town.today,
        until=town.today + timedelta(days=30),
        today=town.today,
        by=town.accounts["other_chair"],
    )
    made.personas = {
        "nobody": AnonymousUser(),
        "stranger": town.stranger,
        "village secretary": town.secretary,
        "firm's union chair": town.accounts["firm_chair"],
        "county union chair": town.accounts["county_chair"],
        "who was lent an office": town.accounts["lent"],
        "organiser": town.clerk,
        "auditor": town.inspector,
    }


def key_mark(person: Person) -> str:
    return person.name.removeprefix("样例")


def _private(made: MarkedTown, key: str) -> Person:
    who = small.person(f"样例{made.mark()}")
    made.town.people[key] = who
    made.keep(who.name, f"person {key}", among(access.persons_visible_to, who))
    return who


def _term(made: MarkedTown, body: Body) -> None:
    year = 2200 + 5 * len(made.secrets)  # no two alike, nor one like another's end
    term = small.term(body, REFORM, date(year, 5, 17), 3)
    made.keep(f"{year}-05-17", f"term of {body.pk}", among(access.terms_visible_to, term))


MEMBERS_OF = [
    "village_party", "body of firm_secretary", "garden_party", "joint_union", "league",
    "body of other_firm_chair", "county_women",
]  # fmt: skip


# == covers and memberships: what is secret is that two things belong together ==
def _covers_and_members(made: MarkedTown) -> None:
    units, bodies = made.town.units, made.town.bodies
    pairs = [
        ("body of other_firm_chair", "south_firm2"), ("body of other_firm_chair", "garden_firm2"),
        ("body of firm_chair", "street_firm2"), ("body of firm_secretary", "street_firm2"),
        ("body of other_firm_secretary", "garden_firm2"), ("body of village_firm_chair", "village_firm2"),
    ]  # fmt: skip
    for body_key, unit_key in pairs:
        body, unit = bodies[body_key], units[unit_key]
        cover = small.cover(body, unit, since=REFORM)
        seen = among(access.covers_visible_to, cover)
        names = body.entries.get().name, unit.entries.get().name
        made.keep(
            names[0], f"cover {cover.pk}: {names[0]} on the page of {unit.pk}", seen, rf"^/units/{unit.pk}/(\?|$)"
        )
        made.keep(
            names[1], f"cover {cover.pk}: {names[1]} on the page of {body.pk}", seen, rf"^/bodies/{body.pk}/(\?|$)"
        )
        made.keep(names[0], f"cover {cover.pk} in one row", seen, beside=names[1])
        made.keep(rf'"id": {cover.pk}, "body": {body.pk}, "unit"', f"cover {cover.pk} in the API", seen, r"^/api/")
    for number, body_key in enumerate(MEMBERS_OF):
        _private_member(made, f"member{number}", bodies[body_key])
    _member_in_office(made, "chair", bodies["body of firm_secretary"])
    _member_in_office(made, "other_chair", bodies["body of other_firm_secretary"])


def _private_member(made: MarkedTown, key: str, body: Body) -> None:
    small.membership(_private(made, key), body, since=REFORM)


def _member_in_office(made: MarkedTown, key: str, body: Body) -> None:
    """Somebody whose office is public, and whose membership in another line is not."""
    person, name = made.town.people[key], body.entries.get().name
    seen = among(access.memberships_visible_to, small.membership(person, body, since=REFORM))
    made.keep(name, f"membership of {key} on their page", seen, rf"^/(people|persons|members)/{person.pk}/")
    # But the page of who can see this very body names whoever reads it by office, members or not.
    elsewhere = rf"^(?!/bodies/{body.pk}/access/)"
    made.keep(name, f"membership of {key} in one row", seen, elsewhere, beside=person.name)


# == who wrote what, and on which paper ==
def _changes(made: MarkedTown) -> None:
    town = made.town
    former = small.account(made.mark())
    town.accounts["former"] = former
    made.keep(former.username, "who wrote it", lambda r: r.pk == former.pk or access.changes_visible_to(r))
    given = {"on": town.today - timedelta(days=9), "today": town.today}
    actions.amend_unit(town.units["street_firm1"], by=former, address="样例路9号", **given)
    actions.amend_unit(town.units["south_firm1"], by=town.clerk, address="样例路8号", **given)
    gone = [small.unit(f"样例{n}村", "village", town.units["street"], since=REFORM) for n in "甲乙丙"]
    for number, unit in enumerate(gone):
        mark = made.keep(made.mark(), f"file of document {number}", may_change)
        paper = Document.objects.create(number=f"诸政函〔2022〕{number}号", by=former)
        paper.file.save(f"{number}.txt", ContentFile(f"文件{mark}".encode()))
        merge_units([unit], into=town.units["village"], document=paper, by=former, **given)


# == files on their way into the register ==
HEADINGS = "所属村社,单位名称,单位类别,职工总数\n"


def _drafts(made: MarkedTown) -> None:
    for number, owner in enumerate(("clerk", "deputy", "clerk")):
        marks = [made.mark() for _ in range(3)]
        rows = f"大唐街道,样例新厂{marks[0]},企业,7\n大唐街道,样例坏厂{marks[1]},企业,一百二十\n"
        text = HEADINGS + (rows if number < 2 else f"城南街道,样例新厂{number},企业,3\n")
        draft = start_draft(
            ContentFile(text.encode()), f"名单{marks[2]}.csv", "units", REFORM, made.town.accounts[owner]
        )
        if number < 2:  # of what is written the file is the source, and public
            for mark in marks:
                made.keep(mark, f"draft {number}", may_change)
        if number:
            preflight(draft, today=made.town.today)
        if number == 2:
            apply_draft(draft, by=made.town.accounts[owner], today=made.town.today)


# == official lists laid beside the register ==
def _lists_beside(made: MarkedTown) -> None:
    town = made.town
    for number, owner in enumerate((town.clerk, town.accounts["deputy"], town.clerk)):
        marks = [made.keep(made.mark(), f"list {number}", may_change) for _ in range(2)]
        listed = comparing.start(
            io.BytesIO(_divisions(f"样例{marks[0]}村委会", number).encode()), f"区划{marks[1]}.csv",
            as_of=LISTED, today=town.today, by=owner,
        )  # fmt: skip
        if number:
            comparing.compare(listed)
        if number == 2:
            accept_sure(listed, by=owner)


def _divisions(new: str, number: int) -> str:
    """What stands, as an official list tells it, and one village that is new in it."""
    standing = UnitEntry.objects.on(LISTED - timedelta(days=1)).exclude(code="")
    codes = dict(standing.values_list("unit_id", "code"))
    rows = [(e.code, e.official_name or e.name, codes.get(e.parent_id, "")) for e in standing.order_by("code")]
    rows.append((f"33068100599{number}", new, "330681005"))
    return "统计代码,单位名称,上级代码\n" + "".join(f"{','.join(row)}\n" for row in sorted(rows))


# == long lists, each for whoever asked ==
def _exports(made: MarkedTown) -> None:
    for key in ("clerk", "secretary", "inspector"):
        account = made.town.accounts[key]
        marks = [made.keep(made.mark(), f"list of {key}", only(account)) for _ in range(2)]
        export = ListExport.objects.create(
            by=account, kind="units", query=f"text={marks[0]}", day=made.town.today, language="zh-hans", rows=3
        )
        export.file.save(f"{key}.xlsx", ContentFile(f"{marks[1]}".encode()))


# == what was asked to be shown of people ==
def _disclosures(made: MarkedTown) -> None:
    town = made.town
    for key, body in (("clerk", "city_party"), ("inspector", "joint_union"), ("secretary", "village_party")):
        mark = made.mark()
        asked = Disclosure.objects.create(
            kind="export", body=town.bodies[body], persons=60, reason=mark, asked_by=town.accounts[key],
            asked_at=timezone.now(),
        )  # fmt: skip
        made.keep(mark, f"why the {key} asks for names", among(access.disclosures_visible_to, asked))


# == what was written to people ==
def _letters(made: MarkedTown) -> None:
    for name, who in made.personas.items():
        if isinstance(who, User):
            marks = [made.keep(made.mark(), f"letter to the {name}", only(who)) for _ in range(2)]
            letter = NewLetter(who.pk, "reminder", made.town.today, marks[0], f"样例{marks[1]}")
            write_letters([letter], now=timezone.now())


# == what is between an account and its owner ==
def _accounts(made: MarkedTown) -> None:
    for number, (name, who) in enumerate(made.personas.items(), start=11):
        if isinstance(who, User):
            User.objects.filter(pk=who.pk).update(email=f"{made.mark()}@example.cn")
            account = User.objects.get(pk=who.pk)
            made.keep(re.escape(account.email), f"e-mail of the {name}", only(account))
            made.keep(re.escape(address_of(number)) + r"(?!\d)", f"where the {name} signs in", only(account))


def address_of(number: int) -> str:
    return f"192.0.2.{number}"


def addresses_of(personas: Iterable[str]) -> dict[str, str]:
    """From which address each persona comes."""
    return {name: address_of(number) for number, name in enumerate(personas, start=11)}


# == readings, and lists of what is missing ==
INDICATORS = ["union_enterprises", "party_employers", "womens_home"]


def _readings(made: MarkedTown) -> None:
    """Readings with numbers that stand nowhere else: whoever may count the place may read them."""
    pack = read_pack(ROOT / "packs" / "shaoxing")
    for kinds in pack.place_classes:
        define_choice(kinds.key, list="place_class", names={**kinds.names, "kinds": " ".join(kinds.kinds)}, position=0)
    for each in pack.indicators:
        if each.key in INDICATORS:
            words = {name: getattr(each, name) for name in ("names", "position", "line", "of", "words", "definition")}
            define_indicator(each.key, source=each.source, awaits="", **words)
    now = timezone.now()
    run = Run.objects.create(day=made.town.today, state=Run.State.DONE, engine="duckdb", began_at=now, ended_at=now)
    for key in ("city", "county", "district", "street", "south", "village", "garden"):
        place = Unit.objects.get(pk=made.town.units[key].pk)
        for at, indicator in enumerate(INDICATORS):
            counted = 8_300_000 + place.pk * 91 + at
            Reading.objects.create(
                run=run, indicator_id=indicator, version=1, day=run.day, walk="territory", unit=place,
                denominator=counted, numerator=1, left_out=0, heads=0, heads_having=0, heads_unknown=0,
            )  # fmt: skip
            written = f"{counted:,}".replace(",", "[,\u202f ]?")
            made.keep(written, f"reading of {key}", lambda r, place=place: access.can_count(r, place))


def _published(made: MarkedTown) -> None:
    """What everybody is told, on two days: nothing of it is a secret."""
    newest = made.town.today
    quarter = date(newest.year, 3 * ((newest.month - 1) // 3) + 1, 1)
    for day, having in ((quarter - timedelta(days=1), 3), (quarter, None)):
        told = Publication.objects.create(day=day.replace(day=1), published_at=timezone.now(), least=5)
        for key, above, counted in (("city", None, 9), ("county", "city", 6), ("district", "city", 3)):
            for indicator in INDICATORS:
                PublicFigure.objects.create(
                    publication=told, indicator_id=indicator, version=1, unit=made.town.units[key],
                    above=made.town.units[above] if above else None, denominator=counted, openly=0, numerator=having,
                )  # fmt: skip


# == what does not agree, and why some of it is no fault ==
CHECKS = ["no_head", "term_unknown"]


def _doubts(made: MarkedTown) -> None:
    """Of each firm's body one that is about its people and one that is not, both set aside for a marked reason."""
    town = made.town
    for each in read_pack(ROOT / "packs" / "shaoxing").checks:
        if each.key in CHECKS:
            define_check(**vars(each))
    Round.objects.create(day=town.today, ended_at=timezone.now(), doubts=len(OFFICERS) * len(CHECKS))
    act = small.an_act()
    for key, firm, *_rest in OFFICERS:
        for check in CHECKS:
            doubt = Doubt.objects.create(
                raised_by_id=check, body=town.bodies[f"body of {key}"], place=town.units[firm], first_seen=town.today
            )
            until = town.today + timedelta(days=90)
            aside = SetAside.objects.create(doubt=doubt, reason=made.mark(), valid=(town.today, until), act=act)
            made.keep(aside.reason, f"why a doubt about {key} is no fault", among(doubts_visible_to, doubt))


def _ledger(made: MarkedTown) -> None:
    """Of two streets a firm each that a figure leaves out, with a marked reason: for whoever may count it."""
    act = small.an_act()
    for key in ("street_firm2", "south_firm2"):
        firm = Unit.objects.get(pk=made.town.units[key].pk)
        out = Exclusion.objects.create(
            indicator_id=INDICATORS[0], unit=firm, reason=made.mark(), valid=(made.town.today, None), act=act
        )
        made.keep(out.reason, f"why {key} is not counted", among(exclusions_visible_to, out))


def _gaps(made: MarkedTown) -> None:
    """Units that lack a union, and two of them together: for whoever may count them all, and only where it is told."""
    union = next(each for each in read_pack(ROOT / "packs" / "shaoxing").joinings if each.line == "union")
    fields = {name: value for name, value in vars(union).items() if name not in ("unverified", "position")}
    define_joining(position=1, **fields | {"own": "union_committee", "joint": "joint_union"})
    for street, others in (("street", ("street_firm1", "village_firm1")), ("south", ("south_firm1", "garden_firm1"))):
        units = [Unit.objects.get(pk=made.town.units[key].pk) for key in others]
        suggestion = Suggestion.objects.create(
            line_id="union", units=sorted(unit.pk for unit in units), hood=made.town.units[street], heads=30, least=25,
            found_on=made.town.today,
        )  # fmt: skip
        for unit in units:
            heads = 9_200_000 + unit.pk * 53
            Gap.objects.create(
                line_id="union", unit=unit, indicators=["union_enterprises"], heads=heads,
                way="joint", suggestion=suggestion, body=made.town.bodies["city_union"], leverage=heads,
            )  # fmt: skip
            written = f"{heads:,}".replace(",", "[,\u202f ]?")
            made.keep(written, f"gap of {unit.pk}", lambda r, unit=unit: access.can_count(r, unit))


def _asks(made: MarkedTown) -> None:
    """What two street committees ask of their villages, a draft, and what was answered: for those it is between."""
    for position, (level, minutes) in enumerate((("village", 60), ("town", 240))):
        define_ceiling(level, names=small.names(level, level), position=position, minutes=minutes, source="")
    clerk, today, now = made.town.clerk, made.town.today, timezone.now()
    for key in ("village_party", "garden_party", "county_union"):
        found = ask_others(
            [made.town.bodies[key]], sender=made.town.bodies["city_party"], today=today, now=now, by=clerk,
            title=made.mark(), why=made.mark(), what=made.mark(), minutes=3, due_on=today + timedelta(days=9),
            kind="facts", questions=[Asked(made.mark())],
        )  # fmt: skip
        ask = found.asks.get()
        for mark in (found.title, found.why, found.what):
            made.keep(mark, f"what {key} is asked", lambda r, ask=ask, found=found: _reads(r, ask, found))
        question = found.questions.get()
        made.keep(question.label, f"a question to {key}", lambda r, ask=ask, found=found: _reads(r, ask, found))
        if key != "village_party":
            answer = Answer.objects.create(ask=ask, token=uuid4(), values={str(question.pk): made.mark()}, at=now)
            ask.state, ask.ended_at = "done", now
            ask.save(update_fields=["state", "ended_at"])
            given = str(next(iter(answer.values.values())))
            made.keep(given, f"what {key} answered", lambda r, ask=ask, found=found: _reads(r, ask, found))
    draft = writing.write(
        made.town.bodies["city_party"], title=made.mark(), why="样例", minutes=2, due_on=today + timedelta(days=5),
        today=today, now=now, by=clerk,
    )  # fmt: skip
    writing.choose(draft, receivers={"line": "party"}, by=clerk)
    made.keep(draft.title, "a draft", among(sendings_visible_to, draft))


def _reads(reader: Any, ask: Ask, found: Sending) -> bool:
    return among(asks_visible_to, ask)(reader) or among(sendings_visible_to, found)(reader)


def _plans(made: MarkedTown) -> None:
    """Drafts of two counties' unions with marked themes and items, for whoever keeps them; and what everybody reads."""
    town, pack = made.town, read_pack(ROOT / "packs" / "shaoxing")
    for what in ("programme", "stage", "carrier", "tier", "task"):
        for each in getattr(pack, f"{what}s"):
            fields = {name: value for name, value in vars(each).items() if name != "unverified"}
            getattr(define_programme, f"define_{what}")(**fields)
    days = {"starts_on": town.today - timedelta(30), "due_on": town.today - timedelta(1)}
    for state, key in (("draft", "county_union"), ("draft", "district_union"), ("published", "city_party")):
        body = town.bodies[key]
        plan = Plan.objects.create(body=body, year=town.today.year, theme=made.mark(), state=state)
        item = PlanItem.objects.create(plan=plan, title=made.mark(), owner=body, **days)
        if state == "draft":
            Partner.objects.create(item=item, body=town.bodies["city_party"])
            made.keep(plan.theme, f"theme of the draft of {key}", among(plans_visible_to, plan))
            made.keep(item.title, f"item in the draft of {key}", among(items_visible_to, item))
    act = small.an_act()
    secretary = Office.objects.get(body=town.bodies["body of firm_secretary"])
    TierEntry.objects.create(tier_id="league_committees", body=town.bodies["league"], since=REFORM, act=act)
    TierEntry.objects.create(tier_id="league_cadres", office=secretary, since=REFORM, act=act)


def _events(made: MarkedTown) -> None:
    """Drafts of two counties' unions, and an announced event of one of them for which somebody signed up."""
    town, now = made.town, timezone.now()
    define_activities()
    days = {"starts_at": now + timedelta(9), "ends_at": now + timedelta(10), "kind_id": "theme_education"}
    days |= {"sign_up_until": town.today + timedelta(8)}
    for key in ("county_union", "district_union"):
        draft = Event.objects.create(title=made.mark(), lead=town.bodies[key], **days)
        made.keep(draft.title, f"draft of an event of {key}", among(events_visible_to, draft))
    held = Event.objects.create(
        title="样例活动", lead=town.bodies["county_union"], place="样例礼堂", state="announced", **days
    )
    somebody = small.account(f"样例{made.mark()}")
    signed = SignUp.objects.create(event=held, account=somebody, at=now)
    made.keep(somebody.name, "who signed up for an event", among(sign_ups_visible_to, signed))
    SignUp.objects.create(event=held, body=town.bodies["district_union"], people=7, at=now)


def _contests(made: MarkedTown) -> None:
    """A draft, and contests of two counties' unions with their entrants' teams, results and outcome."""
    town, days = made.town, {"begins_on": made.town.today, "ends_on": made.town.today, "type_id": "labour_contest"}
    draft = Contest.objects.create(title=made.mark(), lead=town.bodies["county_union"], prizes="none", **days)
    made.keep(draft.title, "draft of a contest", among(contests_visible_to, draft))
    ComparedItem.objects.create(contest=draft, words="建议", position=0)
    for key, state in (("county_union", "open"), ("county_union", "running"), ("district_union", "closed")):
        outcome = made.mark() if state == "closed" else ""
        contest = Contest.objects.create(
            title="样例竞赛", lead=town.bodies[key], prizes="none", state=state, outcome=outcome, **days
        )
        if outcome:
            made.keep(outcome, f"outcome of a contest of {key}", among(outcomes_visible_to, contest))
        item = ComparedItem.objects.create(contest=contest, words="建议", position=0)
        entrant = Entrant.objects.create(
            contest=contest, body=town.bodies[key], team=made.mark(), entered_on=town.today
        )
        made.keep(entrant.team, f"entrant of {key}", among(entrants_visible_to, entrant))
        value = 5_200_000 + entrant.pk * 37
        result = Result.objects.create(entrant=entrant, item=item, value=value)
        made.keep(f"{value:,}".replace(",", "[,\u202f ]?"), f"result of {key}", among(results_visible_to, result))


def _practices(made: MarkedTown) -> None:
    """What was handed in and is not recommended, and what is; and a thing to be published."""
    town, told = made.town, {"done": "样例做法", "came_of": "样例成效", "handed_in_on": made.town.today}
    for state, key in (("handed_in", "village_party"), ("sent_back", "garden_party"), ("recommended", "county_union")):
        words = "样例说明" if state == "sent_back" else ""
        practice = Practice.objects.create(
            title=made.mark(), body=town.bodies[key], state=state, sent_back_words=words, **told
        )
        if state != "recommended":
            made.keep(practice.title, f"practice of {key}", among(practices_visible_to, practice))
    Uptake.objects.create(practice=practice, body=town.bodies["city_party"], since=town.today)
    village = town.bodies["village_party"]
    item = {"responsible": village, "channel_id": "site", "planned_on": town.today}
    PublicityItem.objects.create(body=village, subject="样例专栏", **item)


LED = (("county_party", "village_party"), ("district_party", "garden_party"))


def _contacts(made: MarkedTown) -> None:
    """A contact point in each of two counties, with a marked visit and problem: for leader, point and those above."""
    town, today, act = made.town, made.town.today, small.an_act()
    for leader_body, point in LED:
        leader = small.office(small.person(f"领导{leader_body}"), town.bodies[leader_body], "party_secretary")
        contact = ContactPoint.objects.create(
            leader=leader, leader_body=leader.body, leader_kind=leader.kind, point=town.bodies[point], wanted=4,
            why=made.mark(), valid=(REFORM, None), act=act,
        )  # fmt: skip
        made.keep(contact.why, f"why {point} is a contact point", lambda r: r.is_authenticated)
        visit = Visit.objects.create(contact=contact, on=today, seen=made.mark(), met=made.mark(), act=act)
        for mark in (visit.seen, visit.met):
            made.keep(mark, f"a visit to {point}", among(visits_visible_to, visit))
        problem = Problem.objects.create(visit=visit, what=made.mark())
        made.keep(problem.what, f"a problem of {point}", among(problems_visible_to, problem))
        Demonstration.objects.create(
            contact=contact, document="样例〔2026〕1号", approver="样例", approver_kind="party", level="county",
            approved_on=today, recheck_on=today + timedelta(days=300), link="https://example.cn/1", act=act,
        )  # fmt: skip


def _checks(made: MarkedTown) -> None:
    """Two checks in each of two counties, one in the calendar and one that waits for consent, with marked words."""
    town, month = made.town, made.town.today.replace(day=1)
    for body, at in LED:
        seat = BodyEntry.objects.on(town.today).get(body=town.bodies[at]).seat
        planned = {"number": f"{body}1", "state": "stands"}
        asked = {"reason": made.mark(), "asked_of": town.bodies["city_party"], "state": "waiting"}
        for fields in (planned, asked):
            check = Inspection.objects.create(
                body=town.bodies[body], title=made.mark(), document="样例文件", year=month.year, **fields
            )
            Stop.objects.create(inspection=check, unit=seat, body=town.bodies[at], month=month)
            for mark in (check.title, *([check.reason] if check.reason else [])):
                made.keep(mark, f"a check by {body}", among(inspections_visible_to, check))


def _meetings(made: MarkedTown) -> None:
    """Conferences with marked topics, papers, reports and minutes: for host, member and those above."""
    town, now, act = made.town, timezone.now(), small.an_act()
    for county in ("city", "county", "district"):
        host, union = town.bodies[f"{county}_party"], town.bodies[f"{county}_union"]
        series = Series.objects.create(
            host=host, kind="conference", name=made.mark(), months=3, closes_before=7, chair=made.mark()
        )
        Member.objects.create(series=series, body=union, valid=(REFORM, None), act=act)
        given: dict[str, Any] = {"series": series, "begins_at": time(9), "place": made.mark()}
        day = town.today - timedelta(days=20)
        past = Meeting.objects.create(
            day=day, topics_close_on=day, state="published", issue=1, issue_year=day.year, published_at=now, **given
        )
        coming = town.today + timedelta(days=9)
        Meeting.objects.create(day=coming, topics_close_on=coming, **given)
        held = Meeting.objects.create(day=town.today, topics_close_on=town.today, state="held", **given)
        for meeting in (past, held):
            _minuted(made, meeting, union, county, now)
        for mark in (series.name, series.chair):
            made.keep(mark, f"series of {county}", among(series_visible_to, series))
        made.keep(past.place, f"place of meetings of {county}", among(meetings_visible_to, past))


def _minuted(made: MarkedTown, meeting: Meeting, union: Body, county: str, now: Any) -> None:
    topic = Topic.objects.create(
        meeting=meeting, body=union, title=made.mark(), problem=made.mark(), minutes=9, state="taken", position=1
    )
    for mark in (topic.title, topic.problem):
        made.keep(mark, f"topic of {county}", among(topics_visible_to, topic))
    paper = Paper(topic=topic, name=f"{made.mark()}.pdf", sha256="0" * 64, handed_in_at=now)
    paper.file.save("1.pdf", ContentFile(f"材料{made.mark()}".encode()))
    for mark in (paper.name.removesuffix(".pdf"), paper.file.open().read().decode().removeprefix("材料")):
        made.keep(mark, f"paper of {county}", among(papers_visible_to, paper))
    report = LineReport.objects.create(meeting=meeting, body=union, text=made.mark())
    if meeting.state == "published":
        LineReport.objects.filter(pk=report.pk).update(handed_in_at=now)
    made.keep(report.text, f"report of {county}", among(reports_visible_to, report))
    decision = Decision.objects.create(
        meeting=meeting, topic=topic, words=made.mark(), owner=union, due_on=now.date() + timedelta(30), minutes=5
    )
    passage = Passage.objects.create(topic=topic, text=made.mark(), saved_at=now)
    for mark in (decision.words, passage.text):
        made.keep(mark, f"minutes of {county}", among(decisions_visible_to, decision))


def _polls(made: MarkedTown) -> None:
    """In each county a draft that its keepers alone see, and an open poll: what of it is set aside, and its papers."""
    town, now = made.town, timezone.now()
    people = [small.person(f"样例选民{at:02}") for at in range(20)]
    for county, who in (("county", "firm_chair"), ("district", "lent")):
        union, unit = town.bodies[f"{county}_union"], town.units[county]
        fields: dict[str, Any] = {"kind": "members", "channels": ["web", "desk"], "weight": 0, "approval": None}
        fields |= {"draw": "", "draw_held_after": None, "opens_at": now + timedelta(1), "closes_at": now + timedelta(9)}
        group = {"id": "g1", "title": "人", "least": 1, "most": 1, "candidates": [{"id": "1", "title": made.mark()}]}
        step = {"kind": "most_votes", "group": "g1", "places": 1}
        draft = making_polls.draft(union, title=made.mark(), now=now, by=access.OPERATOR, **fields)
        making_polls.set_groups(draft, [group], [step], by=access.OPERATOR)
        for mark in (draft.title, group["candidates"][0]["title"]):
            made.keep(mark, f"draft of a poll of {county}", among(polls_visible_to, draft))
        poll = making_polls.draft(union, title=f"样例投票{county}", now=now, by=access.OPERATOR, **fields)
        open_group = group | {"candidates": [{"id": "1", "title": "样例候选"}]}
        making_polls.set_groups(poll, [open_group], [step], by=access.OPERATOR)
        Voter.objects.bulk_create([Voter(poll=poll, person=each, unit=unit) for each in [*people, town.people[who]]])
        Poll.objects.filter(pk=poll.pk).update(roll_day=town.today)
        making_polls.name_key(poll, key=sealing_hex(HOLDERS), holders="甲乙丙", by=access.OPERATOR)
        for at in (1, 2):
            Observer.objects.create(poll=poll, name=f"监票{at}", key=f"{at}" * 64, is_by_lot=at == 1)
        making_polls.make_ready(poll, today=town.today, now=now, by=access.OPERATOR)
        Poll.objects.filter(pk=poll.pk).update(opens_at=now - timedelta(hours=1))
        poll = bring_forward(Poll.objects.get(pk=poll.pk))
        voter = Voter.objects.get(poll=poll, person=town.people[who])
        case = BallotSetAside.objects.create(
            poll=poll, voter=voter, leaf=bytes(32), reason="other", words=made.mark(), state="agreed",
            first_by=town.accounts["county_chair"], second_by=town.accounts["deputy"],
        )  # fmt: skip
        made.keep(case.words, f"what was set aside in {county}", among(set_aside_visible_to, case))
        Poll.objects.filter(pk=poll.pk).update(keeps_arrivals=True)
        burst = Burst.objects.create(
            poll=poll, rule="network", facts={"voters": 40, "units": 4}, words=made.mark(), reason="not_own"
        )
        made.keep(burst.words, f"what looks bought in {county}", among(bursts_visible_to, burst))
        sheet = PaperBallot.objects.create(poll=poll, voter=Voter.objects.filter(poll=poll)[0], number=made.mark())
        made.keep(sheet.number, f"number of a paper of {county}", among(polls_kept_by, poll))


def _pledges(made: MarkedTown) -> None:
    """Of a village branch in each of two counties: a post with who holds it, and pledges of each sort, all marked."""
    town, today, act = made.town, made.town.today, small.an_act()
    for key in ("village_party", "garden_party"):
        body = town.bodies[key]
        person = small.person(f"样例{made.mark()}")
        small.membership(person, body)
        made.keep(person.name, f"a member of {key}", among(access.persons_visible_to, person))
        for state in ("open", "draft"):
            post = Post.objects.create(
                body=body, title=made.mark(), content=made.mark(), duties=[made.mark(), "二"], since=today, until=today,
                state=state,
            )  # fmt: skip
            for mark in (post.title, post.content, post.duties[0]):
                made.keep(mark, f"a {state} post of {key}", among(posts_visible_to, post))
        offered = Post.objects.get(body=body, state="open")
        held = Assignment.objects.create(post=offered, person=person, state="matched", reason=made.mark())
        made.keep(held.reason, f"who is on a post of {key}", among(assignments_visible_to, held))
        for whose in (None, person):
            for state in ("draft", "review", "public"):
                _pledge(made, Pledge(body=body, person=whose, state=state), key, act)


def _pledge(made: MarkedTown, pledge: Pledge, key: str, act: Act) -> None:
    today = made.town.today
    pledge.title, pledge.wish, pledge.kind = made.mark(), made.mark(), "practical"
    pledge.year, pledge.due_on = today.year, today
    pledge.public_on = today if pledge.state == "public" else None
    pledge.save()
    measure = Measure.objects.create(pledge=pledge, position=1, words=made.mark())
    entry = Progress.objects.create(pledge=pledge, on=today, words=made.mark(), act=act)
    if pledge.state == "public" and pledge.person is None:
        return  # everybody reads it
    for mark in (pledge.title, pledge.wish, measure.words, entry.words):
        made.keep(mark, f"a pledge of {key}", among(pledges_visible_to, pledge))


def _deeds(made: MarkedTown) -> None:
    """Of a village branch in each of two counties: deeds shown or not, whom they are about, and comments."""
    town, today = made.town, made.town.today
    for key, above in (("village_party", "street_party"), ("garden_party", "south_party")):
        for state in ("sent", "checked", "selected", "shown"):
            deed = _deed(made, key, above, state)
            named = Named.objects.create(
                deed=deed, name=made.mark(), kept_where=made.mark() if state == "shown" else ""
            )
            if state == "shown":
                Named.objects.filter(pk=named.pk).update(consent="given", how="paper", consented_on=today)
                made.keep(named.kept_where, f"where a consent of {key} is kept", among(plans_kept, deed))
            else:
                for mark in (deed.title, deed.story, named.name):
                    made.keep(mark, f"a {state} deed of {key}", among(deeds_visible_to, deed))
        for state in ("waiting", "hidden"):
            comment = ReaderComment.objects.create(
                deed=deed,
                by=town.stranger,
                words=made.mark(),
                state=state,
                reason=made.mark(),
                written_at=timezone.now(),
            )
            for mark in (comment.words, comment.reason):
                made.keep(mark, f"a {state} comment below {key}", among(reader_comments_visible_to, comment))


def _deed(made: MarkedTown, key: str, above: str, state: str) -> Deed:
    today, is_numbered = made.town.today, state in ("selected", "shown")
    number = Deed.objects.count() + 1
    chosen = {"selected_by": made.town.bodies[above], "year": today.year, "number": number} if is_numbered else {}
    return Deed.objects.create(
        body=made.town.bodies[key], of="person", service="people", source="others", title=made.mark(),
        story=made.mark(), done_on=today, sent_at=timezone.now(), state=state,
        shown_on=today if state == "shown" else None, **chosen,
    )  # fmt: skip


def plans_kept(reader: Any) -> QuerySet[Deed]:
    """The deeds of which a reader is told where the consent is kept: of the body itself, and of the one above."""
    return Deed.objects.filter(kept_plans(reader, "body__") | kept_plans(reader, "selected_by__"))


def _selections(made: MarkedTown) -> None:
    """Of a street in each of two counties: a draft, one for which candidates come in, and an objection."""
    town, today = made.town, made.town.today
    group = {"id": "per", "of": "person", "names": small.names("个人", "People"), "least": 1, "most": 1, "places": 1}
    rules = {"groups": [group], "marks": [], "filters": [], "caps": [], "reserve": 0, "notice_days": 5}
    rule = define_selection_rule("one", names=small.names("选一人", "One"), position=0, definition=rules, source="")
    for key, below in (("street_party", "village_party"), ("south_party", "garden_party")):
        body = town.bodies[key]
        said = {"held_by": body, "rule": rule, "rules": rules, "nominate_until": today}
        draft = Selection.objects.create(title=made.mark(), **said)
        made.keep(draft.title, f"a draft of a selection of {key}", among(selections_visible_to, draft))
        running = Selection.objects.create(title="样例评选", state="nominating", **said)
        deed = Deed.objects.get(body=town.bodies[below], state="shown")
        candidate = Candidate.objects.create(
            selection=running, deed=deed, group="per", proposed_by=body, state="refused", reason=made.mark()
        )
        made.keep(candidate.reason, f"why a candidate of {key} was refused", among(candidates_visible_to, candidate))
        objection = SelectionObjection.objects.create(
            selection=running, by=town.stranger, words=made.mark(), raised_at=timezone.now()
        )
        made.keep(objection.words, f"an objection to {key}", among(objections_visible_to, objection))


def _tellings(made: MarkedTown) -> None:
    """A round over a village branch in each of two counties: told, commented on, published inside or not yet."""
    town, today = made.town, made.town.today
    kind = define_comment_kind("talk", names=small.names("个别点评", "In a talk"), position=0)
    for key in ("village_party", "garden_party"):
        body = town.bodies[key]
        above = BodyEntry.objects.on(today).get(body=body).superior
        member = Membership.objects.filter(body=body, valid__contains=today).first()
        for name, state in (("一", "commented"), ("二", "rectifying")):
            held = TellingRound.objects.create(
                host=above, name=f"{key}{name}", since=today, until=today, tell_by=today, comment_by=today,
                days_to_put_right=30, opened_at=timezone.now(), range="members",
            )  # fmt: skip
            days = {} if state == "commented" else {"range": "inside", "published_on": today, "put_right_by": today}
            telling = Telling.objects.create(
                round=held, body=body, commenter=above, state=state, told_on=today, done=made.mark(),
                undone=made.mark(), reason=made.mark(), **days,
            )  # fmt: skip
            for mark in (telling.done, telling.undone, telling.reason):
                made.keep(mark, f"what {key} tells", among(tellings_visible_to, telling))
            _comment(made, telling, kind, key)
            own = MemberTelling.objects.create(telling=telling, person=member.person, words=made.mark(), said_on=today)
            made.keep(own.words, f"what a member of {key} tells", among(member_tellings_visible_to, own))


def _comment(made: MarkedTown, telling: Telling, kind: CommentKind, key: str) -> None:
    today = made.town.today
    said = Comment.objects.create(
        telling=telling, commenter=telling.commenter, kind=kind, on=today, where=made.mark()
    )  # fmt: skip
    points = [
        Point.objects.create(comment=said, sort=sort, position=1, words=made.mark())
        for sort in ("strength", "problem", "direction")
    ]
    marks = [said.where, *(each.words for each in points)]
    if telling.published_on:
        each = Rectification.objects.create(
            point=points[1], state="planned", measure=made.mark(), owner=made.mark(), due_on=today
        )
        marks += [each.measure, each.owner]
    for mark in marks:
        made.keep(mark, f"a comment on {key}", among(comments_visible_to, said))


def _appraisals(made: MarkedTown) -> None:
    """A draft and a round of each of two counties, over a branch: what is given for it, marked, and an objection."""
    town, now = made.town, timezone.now()
    four = next(each for each in read_pack(ROOT / "packs" / "shaoxing").schemes if each.key == "four_grades")
    scheme = define_scheme(**vars(four))
    version = scheme.versions.get()
    days = {"of_until": town.today, "self_due": town.today, "review_due": town.today, "opened_on": town.today}
    for county, keys in (("county", ("firm_secretary",)), ("district", ("other_firm_secretary",))):
        keeper = town.bodies[f"{county}_party"]
        made_rounds = [
            AppraisalRound.objects.create(
                keeper=keeper,
                approver=town.bodies["city_party"],
                version=version,
                title=made.mark(),
                state=state,
                **days,
            )
            for state in ("draft", "reviewing")
        ]
        for each in made_rounds:
            made.keep(each.title, f"a {each.state} round of {county}", among(rounds_visible_to, each))
        for key in keys:
            _case(made, made_rounds[1], town.bodies[f"body of {key}"], now)


def _agreements(made: MarkedTown) -> None:
    """Of a union that sits in each of two counties one that is being answered and one that everybody reads."""
    _town, today = made.town, made.town.today
    numbers = {key: {"value": 9, "per": 1} for key in RULES}
    told = {"names": small.names("样例条例", "Sample"), "position": 0, "source": "样例"}
    statute = define_statute("sample", **told, line="union", region="", rules=numbers)
    heading = define_content_heading("pay", names=small.names("工资", "Pay"), position=0, clause="")
    unions = Body.objects.filter(line="union", line_path__gt="").order_by("pk")
    for body in [*unions[:1], *unions.reverse()[:1]]:
        days = {"since": today, "until": today + timedelta(days=300), "published_on": today}
        for scope, state, given in (("area", "met", {}), ("trade", "published", {"trade": "C", **days})):
            found = Agreement.objects.create(
                union=body, scope=scope, association=made.mark(), title=made.mark(), statute=statute, state=state,
                clock="publish", counts_from=today, due_on=today, summary=made.mark() if given else "", **given,
            )  # fmt: skip
            seen = among(agreements_visible_to, found)
            if not given:  # what is published everybody reads
                for mark in (found.title, found.association):
                    made.keep(mark, f"an agreement that is {state}", seen)
            step = AgreementStep.objects.create(agreement=found, verb="demand", on=today, words=made.mark())
            clause = AgreementClause.objects.create(agreement=found, heading=heading, words=made.mark())
            seat = Delegate.objects.create(agreement=found, side="workers", position=1, post=made.mark())
            for mark in (step.words, clause.words, seat.post):
                made.keep(mark, f"what stands in an agreement that is {state}", seen)
        held = Congress.objects.create(body=body, delegates=9, elected_on=today)
        session = CongressSession.objects.create(congress=held, on=today, delegates=9, present=9)
        decided = Resolution.objects.create(
            session=session, present=9, sort="other", title=made.mark(), yes=9, no=0, abstained=0, is_passed=True
        )  # fmt: skip
        made.keep(decided.title, "what a congress decided", among(resolutions_visible_to, decided))


def _case(made: MarkedTown, round_: AppraisalRound, body: Body, now: Any) -> None:
    entry = BodyEntry.objects.on(made.town.today).get(body=body)
    case = Case.objects.create(round=round_, body=body, unit=entry.seat, reviewer=entry.superior, group="party_branch")
    score = Score.objects.create(
        case=case, item="self", by_whom="self", giver=body, value=80, evidence=made.mark(), at=now
    )
    given = Mark.objects.create(case=case, kind="veto", key="illegal", evidence=made.mark(), at=now)
    objection = Objection.objects.create(case=case, reason=made.mark(), at=now)
    Box.objects.create(case=case, kind="people", roll=20, phone=[0] * 5, opened_at=now)
    for mark in (score.evidence, given.evidence, objection.reason):
        made.keep(mark, "what is given for a case", among(cases_visible_to, case))


def _reviews(made: MarkedTown) -> None:
    """A review of a branch in each of two counties, one told and one handed up, with an objection."""
    town, today = made.town, made.town.today
    rule = next(each for each in read_pack(ROOT / "packs" / "shaoxing").review_rules if each.line == "party")
    define_review_rule(**vars(rule))
    for key, state in (("village_party", "told"), ("garden_party", "handed_up")):
        body = town.bodies[key]
        above = BodyEntry.objects.on(today).get(body=body).superior
        opened = ReviewYear.objects.create(
            host=above, year=today.year, roll_on=today, due_on=today, opened_at=timezone.now()
        )  # fmt: skip
        review = MemberReview.objects.create(
            body=body, above=above, opened=opened, year=today.year, roll_on=today, definition=rule.definition,
            state=state, held_on=today, to_come=1, came=1, valid=1, reason=made.mark(),
        )  # fmt: skip
        made.keep(review.reason, f"why the review of {key} was returned", among(reviews_visible_to, review))
        member = Membership.objects.filter(body=body, valid__contains=today).first()
        own = MemberGrade.objects.create(
            review=review, person=member.person, words=made.mark(), grade="good", reason=made.mark(), told_grade="good",
            told_on=today,
        )  # fmt: skip
        made.keep(own.words, f"what a member of {key} says of their year", among(words_visible_to, own))
        made.keep(own.reason, f"the reason of a grade in {key}", among(member_grades_visible_to, own))
        objection = GradeObjection.objects.create(grade=own, reason=made.mark(), before="good", raised_on=today)
        made.keep(objection.reason, f"an objection in {key}", among(member_grades_visible_to, own))


def _honours(made: MarkedTown) -> None:
    """A draft and a call of each of two counties, with an application; an award that is not published; nurturing."""
    town, now = made.town, timezone.now()
    rows = {each.key: each for each in read_pack(ROOT / "packs" / "shaoxing").honours}
    honour = define_honour(**vars(rows["advanced_party_body"]))
    days = {"apply_until": town.today, "review_until": town.today + timedelta(days=9), "year": town.today.year}
    for county, key in (("county", "firm_secretary"), ("district", "other_firm_secretary")):
        keeper, body = town.bodies[f"{county}_party"], town.bodies[f"body of {key}"]
        calls = [
            Call.objects.create(
                keeper=keeper, version=honour.versions.get(), title=made.mark(), document="样例批1号", places=3,
                state=state, opened_on=town.today, **days,
            )
            for state in ("draft", "reviewing")
        ]  # fmt: skip
        made.keep(calls[0].title, f"a draft call of {county}", among(calls_visible_to, calls[0]))
        its = Application.objects.create(
            call=calls[1], by_body=body, body=body, number=1, story=made.mark(), state="handed_in",
            handed_in_on=town.today,
        )  # fmt: skip
        made.keep(its.story, f"an application of {key}", among(applications_visible_to, its))
        above = BodyEntry.objects.on(town.today).get(body=body).superior
        heard = Opinion.objects.create(
            application=its, kind="discipline", body=above, state="clear", words=made.mark(), given_by=town.stranger,
            given_at=now,
        )  # fmt: skip
        made.keep(heard.words, "an opinion on an application", among(opinions_visible_to, heard))
        Reviewer.objects.create(call=calls[1], phase="panel", person=town.people[key], body=body, is_blind=True)
        objection = HonourObjection.objects.create(application=its, reason=made.mark(), at=now)
        made.keep(objection.reason, "an objection to an application", among(honour_objections_visible_to, objection))
        held = Award.objects.create(
            honour=honour, giver=keeper, body=body, year=town.today.year, number=made.mark(), issuer="样例",
            awarded_on=town.today,
        )  # fmt: skip
        made.keep(held.number, "an award that is not published", among(awards_visible_to, held))
        Award.objects.create(
            honour=honour, giver=keeper, body=body, year=town.today.year, number=f"样例{county}", issuer="样例",
            awarded_on=town.today, document="样例1号", link="https://example.cn/1", state="standing",
        )  # fmt: skip
        sent = EarlierFile.objects.create(body=keeper, name=made.mark(), at=now)
        made.keep(sent.name, "a file of earlier honours", among(files_visible_to, sent))
        nurtured = Nurturing.objects.create(
            keeper=keeper, body=body, mentor=town.people["secretary"], aim=made.mark(), begun_on=town.today
        )
        NurturingStage.objects.create(nurturing=nurtured, what="样例", due_on=town.today)
        made.keep(nurtured.aim, "who is nurtured", among(nurturings_visible_to, nurtured))


def _ids(made: MarkedTown) -> None:
    """What the gaps of addresses are filled with: marked things, of different owners."""
    town, newest = made.town, made.town.today
    offices = list(Office.objects.on(newest).filter(person__in=[town.people[key] for key, *_ in OFFICERS]))
    made.ids = {
        "unit_id": [town.units[key].pk for key in ("street_firm2", "south_firm2", "village_firm2")],
        "body_id": [office.body_id for office in offices],
        "office_id": [office.pk for office in offices],
        "person_id": [town.people[key].pk for key in ("member0", "member5", "firm_chair", "other_chair")],
        "line_key": ["party", "union", "women"],
        "key": [*INDICATORS[:1], *CHECKS, *INDICATORS[1:]],
        "doubt_id": list(Doubt.objects.order_by("pk").values_list("pk", flat=True)),
        "aside_id": list(SetAside.objects.order_by("pk").values_list("pk", flat=True)),
        "kind": ["units", "bodies"],
        "act": ["amend", "close", "merge"],
        "draft_id": list(ImportDraft.objects.order_by("pk").values_list("pk", flat=True)),
        "reconciliation_id": list(Reconciliation.objects.order_by("pk").values_list("pk", flat=True)),
        "export_id": list(ListExport.objects.order_by("pk").values_list("pk", flat=True)),
        "document_id": list(Document.objects.order_by("pk").values_list("pk", flat=True)),
        "act_id": list(
            Act.objects.filter(verb__startswith="register.").order_by("-pk").values_list("pk", flat=True)[:3]
        ),
        "delegation_id": list(Delegation.objects.values_list("pk", flat=True)),
        "disclosure_id": list(Disclosure.objects.order_by("pk").values_list("pk", flat=True)),
        "plan_id": list(Plan.objects.order_by("pk").values_list("pk", flat=True)),
        "item_id": list(PlanItem.objects.order_by("pk").values_list("pk", flat=True)),
        "tier_key": ["league_cadres", "league_committees"],
        "entry_id": list(TierEntry.objects.order_by("pk").values_list("pk", flat=True)),
        "event_id": list(Event.objects.order_by("-pk").values_list("pk", flat=True)),
        "contest_id": list(Contest.objects.order_by("-pk").values_list("pk", flat=True)),
        "entrant_id": list(Entrant.objects.order_by("-pk").values_list("pk", flat=True)),
        "practice_id": list(Practice.objects.order_by("-pk").values_list("pk", flat=True)),
        "uptake_id": list(Uptake.objects.order_by("pk").values_list("pk", flat=True)),
        "publicity_id": list(PublicityItem.objects.order_by("pk").values_list("pk", flat=True)),
        "suggestion_id": list(Suggestion.objects.order_by("pk").values_list("pk", flat=True)),
        "ask_id": list(Ask.objects.order_by("pk").values_list("pk", flat=True)),
        "answer_id": list(Answer.objects.order_by("pk").values_list("pk", flat=True)),
        "sending_id": list(Sending.objects.order_by("-pk").values_list("pk", flat=True)),
        "contact_id": list(ContactPoint.objects.order_by("pk").values_list("pk", flat=True)),
        "visit_id": list(Visit.objects.order_by("pk").values_list("pk", flat=True)),
        "problem_id": list(Problem.objects.order_by("pk").values_list("pk", flat=True)),
        "demonstration_id": list(Demonstration.objects.order_by("pk").values_list("pk", flat=True)),
        "inspection_id": list(Inspection.objects.order_by("pk").values_list("pk", flat=True)),
        "stop_id": list(Stop.objects.order_by("pk").values_list("pk", flat=True)),
        "series_id": list(Series.objects.order_by("pk").values_list("pk", flat=True)),
        "member_id": list(Member.objects.order_by("pk").values_list("pk", flat=True)),
        "meeting_id": list(Meeting.objects.order_by("pk").values_list("pk", flat=True)),
        "topic_id": list(Topic.objects.order_by("pk").values_list("pk", flat=True)),
        "paper_id": list(Paper.objects.order_by("pk").values_list("pk", flat=True)),
        "decision_id": list(Decision.objects.order_by("pk").values_list("pk", flat=True)),
        "venue_id": list(Venue.objects.order_by("pk").values_list("pk", flat=True)[:3]),
        "poll_id": list(Poll.objects.order_by("pk").values_list("pk", flat=True)),
        "ref": [each for model in (Poll, Deed) for each in model.objects.order_by("-pk").values_list("ref", flat=True)],
        "group": ["g1"],
        "candidate": ["1"],
        "observer_id": list(Observer.objects.order_by("pk").values_list("pk", flat=True)),
        "voter_id": list(Voter.objects.order_by("pk").values_list("pk", flat=True)[:3]),
        "sheet_id": list(PaperBallot.objects.order_by("pk").values_list("pk", flat=True)),
        "burst_id": list(Burst.objects.order_by("pk").values_list("pk", flat=True)),
        "case_id": [each for model in (BallotSetAside, Case) for each in model.objects.values_list("pk", flat=True)],
        "round_id": [
            each for model in (AppraisalRound, TellingRound) for each in model.objects.values_list("pk", flat=True)
        ],
        "box_id": list(Box.objects.order_by("pk").values_list("pk", flat=True)),
        "mark_id": list(Mark.objects.order_by("pk").values_list("pk", flat=True)),
        "objection_id": [
            each for model in (Objection, HonourObjection) for each in model.objects.values_list("pk", flat=True)
        ],
        "call_id": list(Call.objects.order_by("pk").values_list("pk", flat=True)),
        "application_id": list(Application.objects.order_by("pk").values_list("pk", flat=True)),
        "opinion_id": list(Opinion.objects.order_by("pk").values_list("pk", flat=True)),
        "reviewer_id": list(Reviewer.objects.order_by("pk").values_list("pk", flat=True)),
        "file_id": list(EarlierFile.objects.order_by("pk").values_list("pk", flat=True)),
        "award_id": list(Award.objects.order_by("-pk").values_list("pk", flat=True)),
        "nurturing_id": list(Nurturing.objects.order_by("pk").values_list("pk", flat=True)),
        "what": ["tally", "publish", "self", "above", "people"],
        "post_id": list(Post.objects.order_by("pk").values_list("pk", flat=True)),
        "assignment_id": list(Assignment.objects.order_by("pk").values_list("pk", flat=True)),
        "pledge_id": list(Pledge.objects.order_by("pk").values_list("pk", flat=True)),
        "progress_id": list(Progress.objects.order_by("pk").values_list("pk", flat=True)),
        "telling_id": list(Telling.objects.order_by("pk").values_list("pk", flat=True)),
        "agreement_id": list(Agreement.objects.order_by("pk").values_list("pk", flat=True)),
        "verb": ["answer", "publish", "end"],
        "mending_id": list(Rectification.objects.order_by("pk").values_list("pk", flat=True)),
        "selection_id": list(Selection.objects.order_by("pk").values_list("pk", flat=True)),
        "candidate_id": list(Candidate.objects.order_by("pk").values_list("pk", flat=True)),
        "dispute_id": list(SelectionObjection.objects.order_by("pk").values_list("pk", flat=True)),
        "deed_id": list(Deed.objects.order_by("pk").values_list("pk", flat=True)),
        "comment_id": list(ReaderComment.objects.order_by("pk").values_list("pk", flat=True)),
        "opening_id": list(ReviewYear.objects.order_by("pk").values_list("pk", flat=True)),
        "review_id": list(MemberReview.objects.order_by("pk").values_list("pk", flat=True)),
        "grade_id": list(MemberGrade.objects.order_by("pk").values_list("pk", flat=True)),
        "number": [2, 3, 4],
    }
