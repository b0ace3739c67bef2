"""What the register knows of a body and of the unit it sits in, told to the catalogue of known facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongjian.register.access import (
    Reader,
    bodies_with_people_open_to,
    body_entries_visible_to,
    covers_visible_to,
    headcounts_visible_to,
    housings_visible_to,
    memberships_visible_to,
    offices_visible_to,
    terms_visible_to,
    unit_entries_visible_to,
    units_visible_to,
    venues_visible_to,
)
from gongjian.register.models import BodyEntry, Choice, Headcount, OfficeKind, Permission, Plaque, UnitEntry
from gongjian.register.queries.lists import body_names, unit_names

from .facts import Fact, Source, Value, add

Values = dict[int, dict[str, Value | None]]
Bodies = Sequence[int]
KEPT_BY_REGISTER = gettext_lazy("whoever keeps the register")


def _bodies_in(unit: int) -> str:
    return f"{reverse('bodies')}?below={unit}"


def _units_in(unit: int) -> str:
    return f"{reverse('units')}?below={unit}"


# == the body itself ==
def _bodies(reader: Reader, bodies: Bodies, day: date) -> Values:
    entries = _entries(reader, bodies, day)
    names = body_names(reader, day, [e.superior_id for e in entries])
    leaders = body_names(reader, day, [e.leader_id for e in entries])
    return {
        entry.body_id: {
            "body.name": entry.name,
            "body.code": entry.code,
            "body.line": str(entry.body.line),
            "body.kind": str(entry.kind),
            "body.form": str(entry.form),
            "body.since": entry.since.isoformat(),
            "body.superior": names.get(entry.superior_id),
            "body.leader": leaders.get(entry.leader_id),
        }
        for entry in entries
    }


def _entries(reader: Reader, bodies: Bodies, day: date) -> list[BodyEntry]:
    standing = body_entries_visible_to(reader).on(day).filter(body__in=bodies)
    return list(standing.select_related("body__line", "kind", "form"))


# == the unit it sits in ==
def _seats(reader: Reader, bodies: Bodies, day: date) -> dict[int, int]:
    standing = body_entries_visible_to(reader).on(day).filter(body__in=bodies)
    return dict(standing.values_list("body_id", "seat_id"))


def _of_seats(tell: Callable[[Reader, set[int], date], Mapping[int, Mapping[str, Value | None]]]) -> Any:
    """A reader of bodies from one of units: what is known of where they sit."""

    def read(reader: Reader, bodies: Bodies, day: date) -> Values:
        seats = _seats(reader, bodies, day)
        told = tell(reader, set(seats.values()), day)
        return {body: dict(told.get(seat, {})) for body, seat in seats.items()}

    return read


def _units(reader: Reader, units: set[int], day: date) -> Values:
    entries = list(unit_entries_visible_to(reader).on(day).filter(unit__in=units).select_related("kind"))
    parents = unit_names(reader, day, [e.parent_id for e in entries])
    codes = _codes(reader, [e.parent_id for e in entries if not e.code], day)
    lists = ("status", "trade", "ownership", "sector")
    words = {(choice.list, choice.key): str(choice) for choice in Choice.objects.filter(list__in=lists)}
    places = dict(housings_visible_to(reader).on(day).filter(unit__in=units).values_list("unit_id", "place_id"))
    housed = unit_names(reader, day, places.values())
    found = {each.unit_id: _unit(each, words, parents, housed.get(places.get(each.unit_id))) for each in entries}
    for each in entries:
        found[each.unit_id]["unit.code"] = each.code or codes.get(each.parent_id)
    return found


def _codes(reader: Reader, units: Sequence[int | None], day: date) -> dict[int | None, str]:
    """The codes of divisions: an employer has none of its own, and stands under that of the one it lies in."""
    return dict(unit_entries_visible_to(reader).on(day).filter(unit__in=units).values_list("unit_id", "code"))


def _unit(entry: UnitEntry, words: Mapping[tuple[str, str], str], parents: Mapping[int | None, str],
          place: str | None) -> dict[str, Value | None]:  # fmt: skip
    return {
        "unit.name": entry.official_name or entry.name,
        "unit.credit_code": entry.credit_code,
        "unit.kind": str(entry.kind),
        "unit.status": words.get(("status", entry.status)),
        "unit.trade": words.get(("trade", entry.trade)),
        "unit.sector": words.get(("sector", entry.sector)),
        "unit.ownership": words.get(("ownership", entry.ownership)),
        "unit.address": entry.address,
        "unit.within": parents.get(entry.parent_id),
        "unit.place": place,
    }


def _heads(reader: Reader, units: set[int], day: date) -> Values:
    seen = list(units_visible_to(reader).filter(pk__in=units))
    counted = headcounts_visible_to(reader, seen).on(day)
    return {row.unit_id: {f"unit.{kind}": getattr(row, kind) for kind in Headcount.KINDS} for row in counted}


def _lines(reader: Reader, units: set[int], day: date) -> Values:
    """How many bodies of each line sit in the unit."""
    found: Values = {unit: {} for unit in units}
    rows = body_entries_visible_to(reader).on(day).filter(seat__in=units).values_list("seat_id", "body__line")
    for unit, line, count in rows.annotate(count=Count("pk")).order_by():
        found[unit][f"unit.bodies_{line}"] = count
    return found


def _venues(reader: Reader, units: set[int], day: date) -> Values:
    venues = list(venues_visible_to(reader).on(day).filter(unit__in=units).order_by("id"))
    plaques: dict[int, list[str]] = {}
    words = {choice.key: str(choice) for choice in Choice.objects.filter(list="plaque")}
    for plaque in Plaque.objects.on(day).filter(venue__in=venues).order_by("id"):
        plaques.setdefault(plaque.venue_id, []).append(words.get(plaque.kind, plaque.kind))
    found: Values = {unit: {"venue.count": 0} for unit in units}
    for unit in units:
        here = [venue for venue in venues if venue.unit_id == unit]
        areas = [venue.area for venue in here if venue.area is not None]
        found[unit] = {
            "venue.count": len(here),
            "venue.name": "；".join(venue.name for venue in here),
            "venue.area": sum(areas) if areas else None,
            "venue.hours": "；".join(venue.hours for venue in here if venue.hours),
            "venue.plaques": "；".join(word for venue in here for word in plaques.get(venue.pk, ())),
        }
    return found


# == who leads it, whom it covers, its members, its term ==
def _people(reader: Reader, bodies: Bodies, day: date) -> Values:
    open_ones = bodies_with_people_open_to(reader, bodies)
    found: Values = {body: {"officers.count": 0} for body in bodies if body in open_ones}
    answering = set(
        OfficeKind.objects.filter(roles__permissions__contains=[Permission.ANSWER]).values_list("pk", flat=True)
    )
    held = offices_visible_to(reader).on(day).filter(body__in=open_ones).select_related("person", "kind")
    for office in held.order_by("-kind__heads", "kind__position", "id"):
        told = found[office.body_id]
        told["officers.count"] = int(told["officers.count"] or 0) + 1
        if office.kind.heads:
            told.setdefault("officers.head", office.person.name)
            told.setdefault("officers.head_office", str(office.kind))
        if office.kind_id in answering:
            told.setdefault("officers.contact", office.person.name)
    return found


def _covers(reader: Reader, bodies: Bodies, day: date) -> Values:
    covers = covers_visible_to(reader).on(day).filter(body__in=bodies)
    counted = covers.filter(unit__headcounts__valid__contains=day).values_list("body").order_by()
    staff = {body: (heads, women) for body, heads, women in counted.annotate(
        heads=Sum("unit__headcounts__staff"), women=Sum("unit__headcounts__women"))}  # fmt: skip
    numbers = dict(covers.values_list("body").order_by().annotate(count=Count("pk")))
    return {
        body: {
            "covers.units": numbers.get(body),
            "covers.staff": staff.get(body, (None, None))[0],
            "covers.women": staff.get(body, (None, None))[1],
        }
        for body in bodies
    }


def _members(reader: Reader, bodies: Bodies, day: date) -> Values:
    """Only where the reader may list them: a count without that stands under the rule of small cells."""
    members = memberships_visible_to(reader).on(day).filter(body__in=bodies)
    counts = members.values_list("body").order_by().annotate(count=Count("pk"))
    return {body: {"members.count": count} for body, count in counts}


def _terms(reader: Reader, bodies: Bodies, day: date) -> Values:
    begun = terms_visible_to(reader).filter(body__in=bodies, valid__startswith__lte=day)
    terms = begun.order_by("body", "-valid").distinct("body")
    return {
        term.body_id: {
            "term.number": term.number,
            "term.since": term.since.isoformat(),
            "term.until": term.until.isoformat() if term.until else None,
            "term.state": _("running") if term.until is None or term.until > day else _("expired"),
        }
        for term in terms
    }


def tell() -> None:
    """Put all of it into the catalogue."""
    for source in SOURCES:
        add(source)


SOURCES = (
    Source("register.bodies", KEPT_BY_REGISTER, _bodies_in, _bodies, (
        Fact("body.name", gettext_lazy("Name of the organisation"), (
            "组织全称", "党组织名称", "党组织全称", "工会名称", "团组织名称", "妇联名称", "基层工会名称",
            "full name")),
        Fact("body.code", gettext_lazy("Code of the organisation"), ("党组织代码", "工会代码", "组织编码")),
        Fact("body.line", gettext_lazy("Line"), ("所属条线",)),
        Fact("body.kind", gettext_lazy("Kind of organisation"), ("党组织类别", "组织形式", "category", "工会类别")),
        Fact("body.form", gettext_lazy("Form of establishment"), (
            "建会形式", "组建方式", "工会类型", "建立党组织情况", "单位建立党组织方式", "union type",
            "党组织建立方式")),
        Fact("body.since", gettext_lazy("Established on"), ("建会时间", "成立日期", "建立时间", "组建时间")),
        Fact("body.superior", gettext_lazy("Superior organisation"), (
            "上级党组织", "上级工会", "隶属关系", "上级组织名称")),
        Fact("body.leader", gettext_lazy("Party organisation that leads it"), ("所属党组织", "领导党组织")),
    )),
    Source("register.units", KEPT_BY_REGISTER, _units_in, _of_seats(_units), (
        Fact("unit.name", gettext_lazy("Name of the unit"), (
            "单位名称", "企业名称", "所在单位名称", "法人单位名称")),
        Fact("unit.code", gettext_lazy("Code of the division"), (
            "行政区划代码", "区划代码", "地区代码", "region code")),
        Fact("unit.credit_code", gettext_lazy("Unified social credit code"), (
            "社会信用代码", "组织机构代码", "法人单位代码", "org code", "单位代码")),
        Fact("unit.kind", gettext_lazy("Kind of unit"), ("单位性质", "单位性质类别", "单位类型", "unit type")),
        Fact("unit.status", gettext_lazy("Status of the unit"), ("经营状态", "单位状态")),
        Fact("unit.trade", gettext_lazy("Trade of the unit"), (
            "行业", "行业类别", "国民经济行业", "行业代码", "industry")),
        Fact("unit.sector", gettext_lazy("Sector of the unit"), ("行业大类",)),
        Fact("unit.ownership", gettext_lazy("Ownership of the unit"), (
            "登记注册类型", "企业类型", "所有制", "经济类型", "enterprise type")),
        Fact("unit.address", gettext_lazy("Address of the unit"), ("单位地址", "详细地址", "通讯地址", "address")),
        Fact("unit.within", gettext_lazy("Division it lies in"), (
            "所在乡镇街道", "所属乡镇街道", "所在街道", "所属区划", "所在村社区", "street")),
        Fact("unit.place", gettext_lazy("Building, park or market"), ("所在楼宇", "所在园区", "所在市场")),
    )),
    Source("register.headcounts", KEPT_BY_REGISTER, _units_in, _of_seats(_heads), (
        Fact("unit.staff", gettext_lazy("Staff of the unit"), (
            "职工总数", "职工人数", "从业人员", "从业人员数", "在岗职工人数", "员工人数", "在册职工数",
            "单位职工人数")),
        Fact("unit.women", gettext_lazy("Women among the staff"), (
            "女职工", "女职工人数", "女职工数", "其中女职工")),
        Fact("unit.under_35", gettext_lazy("Staff up to 35 years"), (
            "35周岁以下职工", "35岁以下职工人数", "青年职工人数", "35岁以下青年数")),
        Fact("unit.dispatched", gettext_lazy("Dispatched workers"), (
            "劳务派遣工", "劳务派遣人数", "劳务派遣工人数")),
        Fact("unit.migrant", gettext_lazy("Migrant workers"), (
            "农民工", "农民工人数", "外来务工人员", "外来务工人员数")),
    )),
    Source("register.lines", KEPT_BY_REGISTER, _bodies_in, _of_seats(_lines), (
        Fact("unit.bodies_party", gettext_lazy("Party organisations in the unit"), ("党组织数", "基层党组织数")),
        Fact("unit.bodies_union", gettext_lazy("Unions in the unit"), ("工会数", "基层工会数", "工会组织数")),
        Fact("unit.bodies_league", gettext_lazy("League organisations in the unit"), ("团组织数", "基层团组织数")),
        Fact("unit.bodies_women", gettext_lazy("Women's organisations in the unit"), ("妇女组织数", "妇联组织数")),
    )),
    Source("register.venues", KEPT_BY_REGISTER, _units_in, _of_seats(_venues), (
        Fact("venue.count", gettext_lazy("Venues in the unit"), ("阵地数", "阵地个数", "活动场所数")),
        Fact("venue.name", gettext_lazy("Name of the venue"), ("阵地名称", "活动场所名称")),
        Fact("venue.area", gettext_lazy("Area of the venues, in square metres"), ("阵地面积", "活动场所面积")),
        Fact("venue.hours", gettext_lazy("Opening hours of the venues"), ("阵地开放时间", "开放时间")),
        Fact("venue.plaques", gettext_lazy("Plaques of the venues"), ("阵地挂牌", "挂牌情况", "挂牌名称")),
    )),
    Source("register.offices", KEPT_BY_REGISTER, _bodies_in, _people, (
        Fact("officers.head", gettext_lazy("Head of the organisation"), (
            "书记", "书记姓名", "党组织书记", "主席", "主席姓名", "工会主席", "负责人", "负责人姓名",
            "secretary")),
        Fact("officers.head_office", gettext_lazy("Office of the head"), ("负责人职务",)),
        Fact("officers.contact", gettext_lazy("Who answers for the organisation"), (
            "联系人", "联系人姓名", "联络员", "经办人", "填报人", "contact")),
        Fact("officers.count", gettext_lazy("Office holders of the organisation"), (
            "委员人数", "班子成员数", "班子人数")),
    )),
    Source("register.covers", KEPT_BY_REGISTER, _bodies_in, _covers, (
        Fact("covers.units", gettext_lazy("Units it covers"), (
            "覆盖单位数", "涵盖单位数", "覆盖企业数", "涵盖法人单位数", "联合工会涵盖单位数")),
        Fact("covers.staff", gettext_lazy("Staff of the units it covers"), (
            "涵盖单位职工数", "覆盖单位职工总数", "覆盖职工数")),
        Fact("covers.women", gettext_lazy("Women among the staff of the units it covers"), (
            "涵盖单位女职工数", "覆盖女职工数")),
    )),
    Source("register.members", KEPT_BY_REGISTER, _bodies_in, _members, (
        Fact("members.count", gettext_lazy("Members of the organisation"), (
            "会员人数", "会员数", "党员人数", "党员数", "团员人数", "团员数", "工会会员数", "工会会员人数",
            "党员总数")),
    )),
    Source("register.terms", KEPT_BY_REGISTER, _bodies_in, _terms, (
        Fact("term.number", gettext_lazy("Number of its term"), ("届次", "第几届")),
        Fact("term.since", gettext_lazy("Last elected on"), (
            "换届时间", "本届换届时间", "本届起始日期", "换届日期", "本届选举日期")),
        Fact("term.until", gettext_lazy("Term ends on"), ("任期届满时间", "届满日期", "届满时间")),
        Fact("term.state", gettext_lazy("State of its term"), ("是否按期换届", "换届情况")),
    )),
)  # fmt: skip
