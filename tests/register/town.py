"""A small town with fixed people, built with the register's own actions. Every test of pages and queries walks here.

    绍兴市 › 诸暨市 › 草塔镇 (to 2020-06-30), 大唐镇 (to 2020-06-30), 大唐街道 (from then)
    上下文村 stands in 草塔镇, and from 2020-06-30, under another code, in 大唐街道. 莼塘东村 ends that day.
    In 大唐街道 stand 样例大厦 with 大唐样例袜业001 in it, and 大唐样例物流002; in 上下文村 大唐样例五金003.
    The Party, the union and the League have bodies in the city, the street and the village.

The clerk keeps the register, the secretary heads the village's Party branch, the inspector audits for the city's
union, and the stranger has an account and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.test import Client
from django.utils import timezone

from gongjian.accounts import factors
from gongjian.accounts.models import User
from gongjian.chronicle.models import Act
from gongjian.chronicle.record import record
from gongjian.register import actions
from gongjian.register.models import (
    Body,
    BodyKind,
    Choice,
    Cover,
    Form,
    Headcount,
    Line,
    Membership,
    Office,
    OfficeKind,
    Person,
    Plaque,
    Role,
    StandsIn,
    Term,
    Unit,
    UnitEntry,
    UnitKind,
    Venue,
    VenueCheck,
    VenueShare,
)
from gongjian.register.walks import refresh_unit_paths

FIRST = date(2016, 7, 31)
BEFORE = date(2018, 10, 31)
REFORM = date(2020, 6, 30)
OFFICIAL_DAYS = (FIRST, BEFORE, REFORM)
SOURCE = "统计用区划代码"

LINES = [
    ("party", "党", "党组织", "Party", True),
    ("union", "工", "工会", "Trade union", False),
    ("league", "团", "共青团", "Youth League", False),
    ("women", "妇", "妇联", "Women's federation", False),
]
UNIT_KINDS = [
    ("city", "city", "地级市", "City", []),
    ("district", "county", "区", "District", ["city"]),
    ("county_city", "county", "县级市", "County-level city", ["city"]),
    ("street", "town", "街道", "Street", ["county"]),
    ("town", "town", "镇", "Town", ["county"]),
    ("village", "village", "村", "Village", ["town"]),
    ("community", "village", "社区", "Community", ["town"]),
    ("building", "place", "商务楼宇", "Office building", ["city", "county", "town", "village", "place"]),
    ("enterprise", "employer", "企业", "Enterprise", ["city", "county", "town", "village", "place"]),
]
BODY_KINDS = [
    ("party_committee", "party", "党委", "Party committee", False, True),
    ("party_working_committee", "party", "党工委", "Party working committee", False, False),
    ("party_branch", "party", "党支部", "Party branch", False, True),
    ("union_federation", "union", "总工会", "Federation of trade unions", True, True),
    ("union_committee", "union", "基层工会委员会", "Basic-level union committee", False, True),
    ("joint_union", "union", "联合工会", "Joint union", True, True),
    ("league_committee", "league", "团委", "League committee", False, True),
    ("league_branch", "league", "团支部", "League branch", False, True),
    ("women_federation", "women", "妇联", "Women's federation", True, True),
]
OFFICE_KINDS = [
    ("organisation_officer", "party", "组织部门工作人员", "Officer of the organisation department", False),
    ("party_secretary", "party", "书记", "Secretary", True),
    ("union_chair", "union", "主席", "Chair", True),
    ("union_audit_commissioner", "union", "经费审查委员", "Audit commissioner", False),
]
# As the pack has them: (key, walk, depth, permission words), and which office carries which.
ROLES = [
    ("leads_line", "line", None, ["see_counts", "see_people", "appoint"]),
    ("serves_line", "line", None, ["see_counts", "see_people"]),
    ("serves_body", "line", 0, ["see_counts", "see_people"]),
    ("leads_others", "leadership", None, ["see_counts"]),
    ("reads_place", "territory", None, ["see_counts"]),
    ("keeps_place", "territory", None, ["see_counts", "see_changes", "keep_register"]),
    ("audits_line", "line", None, ["see_counts", "see_people", "see_changes"]),
    ("audits_place", "territory", None, ["see_counts", "see_changes"]),
    ("sets_targets", "territory", None, ["set_targets"]),
    ("asks_of_line", "line", None, ["ask"]),
    ("asks_of_others", "leadership", None, ["ask"]),
    ("answers", "line", 0, ["answer"]),
    ("keeps_plan", "line", 0, ["keep_plans"]),
]
WORK = ["asks_of_line", "answers", "keeps_plan"]
ROLES_OF = {
    "organisation_officer": ["serves_line", "leads_others", "keeps_place", "sets_targets", "asks_of_others", *WORK],
    "party_secretary": ["leads_line", "leads_others", "reads_place", "sets_targets", "asks_of_others", *WORK],
    "union_chair": ["leads_line", "reads_place", "sets_targets", *WORK],
    "union_audit_commissioner": ["audits_line", "audits_place"],
}
CHOICES = [
    ("status", "active", "正常经营或运行", "Active"),
    ("status", "suspended", "停业", "Suspended"),
    ("trade", "C", "制造业", "Manufacturing"),
    ("trade", "G", "交通运输、仓储和邮政业", "Transport, storage and post"),
    ("sector", "170", "私营企业", "Private enterprise"),
    ("ownership", "private", "私营", "Private"),
    ("plaque", "workers_home", "职工之家", "Workers' Home"),
    ("plaque", "party_home", "党员之家", "Party Members' Home"),
    ("check_item", "venue", "有场地", "Has a place"),
    ("check_item", "rules", "有制度", "Has rules"),
]


def names(zh: str, en: str) -> dict[str, str]:
    return {"zh-hans": zh, "en": en}


def define_words() -> None:
    """The words of the pack that the town needs, under the pack's own keys."""
    for at, (key, mark, zh, en, leads) in enumerate(LINES):
        Line.objects.create(key=key, mark=mark, names=names(zh, en), leads=leads, position=at)
    for at, (key, level, zh, en, under) in enumerate(UNIT_KINDS):
        UnitKind.objects.create(key=key, level=level, names=names(zh, en), under=under, position=at)
    for at, (key, line, zh, en, many, term) in enumerate(BODY_KINDS):
        BodyKind.objects.create(key=key, line_id=line, names=names(zh, en), many_units=many, has_term=term, position=at)
    for at, (key, walk, depth, words) in enumerate(ROLES):
        Role.objects.create(key=key, names=names(key, key), walk=walk, depth=depth, permissions=words, position=at)
    for at, (key, line, zh, en, heads) in enumerate(OFFICE_KINDS):
        kind = OfficeKind.objects.create(key=key, line_id=line, names=names(zh, en), heads=heads, position=at)
        kind.roles.set(ROLES_OF[key])
    for at, (key, zh, en) in enumerate([("single", "单独组建", "Single"), ("joint", "联合组建", "Joint")]):
        Form.objects.create(key=key, names=names(zh, en), position=at)
    for at, (list_, key, zh, en) in enumerate(CHOICES):
        Choice.objects.create(list=list_, key=key, names=names(zh, en), position=at)


def an_act() -> Act:
    with transaction.atomic():
        return record("tests.build_town")


# == factories: what stands ==
def unit(name: str, kind: str, parent: Unit | None = None, *, since: date = FIRST, **values: Any) -> Unit:
    """A unit as the action opens it. `values` are fields of UnitEntry: code, credit_code, source, trade …"""
    today, kind_ = timezone.localdate(), UnitKind.objects.get(key=kind)
    return actions.open_unit(on=since, today=today, by=None, name=name, kind=kind_, parent=parent, **values)


def body(name: str, kind: str, seat: Unit, *, since: date = FIRST, form: str = "single", **values: Any) -> Body:
    """A body as the action opens it. `values` are fields of BodyEntry: code, superior, leader, source."""
    kind_ = BodyKind.objects.select_related("line").get(key=kind)
    return actions.open_body(
        kind_.line,
        on=since,
        today=timezone.localdate(),
        by=None,
        name=name,
        kind=kind_,
        form=Form.objects.get(key=form),
        seat=seat,
        **values,
    )


def employers(count: int, parent: Unit, *, name: str = "样例企业", since: date = FIRST) -> list[Unit]:
    """Many employers at once, written in bulk. Numbered from 00001, without codes."""
    act = an_act()
    kind = UnitKind.objects.get(key="enterprise")
    units = Unit.objects.bulk_create([Unit() for _ in range(count)])
    UnitEntry.objects.bulk_create(
        UnitEntry(unit=made, name=f"{name}{number:05}", kind=kind, parent=parent, valid=(since, None), act=act)
        for number, made in enumerate(units, start=1)
    )
    refresh_unit_paths(timezone.localdate(), [made.pk for made in units])
    return units


def account(name: str) -> User:
    return User.objects.open_account(username=name, name=name)


def person(name: str, *, account: User | None = None) -> Person:
    return Person.objects.create(name=name, account=account)


def office(holder: Person, body: Body, kind: str, *, since: date = FIRST, until: date | None = None) -> Office:
    return Office.objects.create(
        person=holder, body=body, kind=OfficeKind.objects.get(key=kind), valid=(since, until), act=an_act()
    )


def membership(member: Person, body: Body, *, since: date = FIRST, until: date | None = None) -> Membership:
    return Membership.objects.create(person=member, body=body, valid=(since, until), act=an_act())


def cover(body: Body, unit: Unit, *, since: date = FIRST) -> Cover:
    return actions.cover(body, unit, on=since, by=None)


def term(body: Body, since: date, until: date | None, number: int | None = None) -> Term:
    return Term.objects.create(body=body, valid=(since, until), number=number, act=an_act())


def stands_in(unit: Unit, place: Unit, *, since: date = FIRST, until: date | None = None) -> StandsIn:
    return StandsIn.objects.create(unit=unit, place=place, valid=(since, until), act=an_act())


def headcount(unit: Unit, *, since: date = FIRST, until: date | None = None, **counts: Any) -> Headcount:
    return Headcount.objects.create(unit=unit, valid=(since, until), act=an_act(), **counts)


def venue(
    name: str, unit: Unit, owner: Body, *, since: date = FIRST, plaques: tuple[str, ...] = (), **values: Any
) -> Venue:
    """A venue with plaques on its door from the first day, shared by the line of its owner."""
    act = an_act()
    made = Venue.objects.create(name=name, unit=unit, owner=owner, valid=(since, None), act=act, **values)
    VenueShare.objects.create(venue=made, line=owner.line, valid=(since, None), act=act)
    for kind in plaques:
        Plaque.objects.create(venue=made, kind=kind, valid=(since, None), act=act)
    return made


def check(venue: Venue, on: date, items: list[str]) -> VenueCheck:
    return VenueCheck.objects.create(venue=venue, checked_on=on, items=items)


# == the town ==
@dataclass
class Town:
    """What stands in the small town, by name."""

    today: date
    units: dict[str, Unit] = field(default_factory=dict)
    bodies: dict[str, Body] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    accounts: dict[str, User] = field(default_factory=dict)

    @property
    def clerk(self) -> User:
        """Keeps the register."""
        return self.accounts["clerk"]

    @property
    def secretary(self) -> User:
        return self.accounts["secretary"]

    @property
    def inspector(self) -> User:
        return self.accounts["inspector"]

    @property
    def stranger(self) -> User:
        """Signed in, without any office."""
        return self.accounts["stranger"]


def build_town() -> Town:
    define_words()
    town = Town(today=timezone.localdate())
    _build_units(town)
    _build_bodies(town)
    _build_people(town)
    return town


def _build_units(town: Town) -> None:
    here, today = town.units, town.today
    listed = {"source": SOURCE}
    here["city"] = unit("绍兴市", "city", code="3306", **listed)
    here["county"] = unit("诸暨市", "county_city", here["city"], code="330681", **listed)
    here["district"] = unit("越城区", "district", here["city"], code="330602", **listed)
    here["old_town"] = unit("草塔镇", "town", here["county"], code="330681113", **listed)
    here["other_town"] = unit("大唐镇", "town", here["county"], code="330681105", **listed)
    here["village"] = unit(
        "上下文村", "village", here["old_town"], code="330681113264", official_name="上下文村委会", **listed
    )
    here["closed_village"] = unit("莼塘东村", "village", here["old_town"], code="330681113209", **listed)
    here["street"] = unit("大唐街道", "street", here["county"], since=REFORM, code="330681005", **listed)
    actions.amend_unit(
        here["village"], on=REFORM, today=today, by=None, parent=here["street"], code="330681005247", **listed
    )
    for gone in ("closed_village", "old_town", "other_town"):
        actions.close_unit(here[gone], on=REFORM, today=today, by=None)
    here["building"] = unit("样例大厦", "building", here["street"], since=REFORM, address="大唐街道样例路1号")
    here["hosiery"] = unit(
        "大唐样例袜业001",
        "enterprise",
        here["street"],
        since=REFORM,
        credit_code="91330681SAMPLE0017",
        trade="C",
        sector="170",
        ownership="private",
        address="大唐街道样例路1号3楼",
    )
    here["logistics"] = unit(
        "大唐样例物流002", "enterprise", here["street"], since=REFORM, trade="G", ownership="private"
    )
    here["hardware"] = unit("大唐样例五金003", "enterprise", here["village"], since=REFORM, trade="C")
    stands_in(here["hosiery"], here["building"], since=REFORM)
    headcount(here["hosiery"], since=REFORM, staff=312, women=208, under_35=97, source="2020年工会统计")
    headcount(here["logistics"], since=REFORM, staff=58)
    for changed in here.values():
        changed.refresh_from_db()


def _build_bodies(town: Town) -> None:
    here, at = town.bodies, town.units
    here["city_party"] = body("绍兴市委", "party_committee", at["city"], code="P3306")
    here["county_party"] = body("诸暨市委", "party_committee", at["county"], superior=here["city_party"])
    here["street_party"] = body(
        "大唐街道党工委", "party_working_committee", at["street"], since=REFORM, superior=here["county_party"]
    )
    here["village_party"] = body("上下文村党支部", "party_branch", at["village"], superior=here["county_party"])
    actions.amend_body(here["village_party"], on=REFORM, today=town.today, by=None, superior=here["street_party"])
    here["city_union"] = body("绍兴市总工会", "union_federation", at["city"], leader=here["city_party"])
    here["county_union"] = body(
        "诸暨市总工会", "union_federation", at["county"], superior=here["city_union"], leader=here["county_party"]
    )
    here["joint_union"] = body(
        "上下文村联合工会",
        "joint_union",
        at["village"],
        since=REFORM,
        form="joint",
        superior=here["county_union"],
        leader=here["village_party"],
    )
    here["league"] = body("上下文村团支部", "league_branch", at["village"], leader=here["village_party"])
    for covered in ("village", "hosiery", "hardware"):
        cover(here["joint_union"], at[covered], since=REFORM)
    cover(here["village_party"], at["village"])
    term(here["village_party"], date(2016, 10, 1), date(2019, 10, 1), 7)
    term(here["joint_union"], REFORM, date(town.today.year + 2, 1, 1), 1)
    home = venue(
        "村便民服务中心",
        at["village"],
        here["joint_union"],
        since=REFORM,
        plaques=("workers_home", "party_home"),
        area=120,
    )
    check(home, date(2021, 9, 14), ["venue"])
    for changed in here.values():
        changed.refresh_from_db()


def _build_people(town: Town) -> None:
    offices = [
        ("clerk", "李样例", "city_party", "organisation_officer"),
        ("secretary", "王样例", "village_party", "party_secretary"),
        ("inspector", "赵样例", "city_union", "union_audit_commissioner"),
    ]
    for role, name, body_key, kind in offices:
        town.accounts[role] = account(name)
        town.people[role] = person(name, account=town.accounts[role])
        office(town.people[role], town.bodies[body_key], kind)
    town.accounts["stranger"] = account("周样例")
    town.people["chair"] = person("陈样例")
    office(town.people["chair"], town.bodies["joint_union"], "union_chair", since=REFORM)
    membership(town.people["chair"], town.bodies["joint_union"], since=REFORM)


def with_a_factor(browser: Client) -> Client:
    """The same browser, never asked for a second factor."""
    session = browser.session
    session[factors.EXCUSED] = True
    session.save()
    return browser
