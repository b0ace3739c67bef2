"""Plans of the sample city: of the city, its counties and a few towns, in all four lines; made up, but for the
programme and its tasks, which are the pack's. What the tiers have reached is made up too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from gongjian.chronicle.models import Act
from gongjian.indicators.models import Indicator
from gongjian.programme.models import Carrier, Partner, Plan, PlanItem, Stage, Task, Tier, TierEntry
from gongjian.register.models import BodyEntry, Office, UnitEntry

DOCUMENT = "样例文件：年度工作要点"
TOWNS_OF_A_COUNTY = 2
LINES = ("party", "union", "league", "women")
# How many of each tier are reached, as long as the city has so many.
REACHED = {"league_committees": 83, "league_cadres": 640, "league_members": 260, "league_projects": 7,
           "union_ten_things": 8, "union_three_systems": 3, "union_three_mechanisms": 2}  # fmt: skip
SHORT = {"party": "党建", "union": "工会", "league": "团建", "women": "妇联"}


@dataclass(frozen=True)
class Made:
    """An item as it is made up: what, of which line ("" = of each), from when until when, and how it stands today."""

    title: str
    line: str
    begins: tuple[int, int]
    due: tuple[int, int]
    task: str = ""
    indicator: str = ""
    milestone: str = ""
    stage: str = ""
    carrier: str = ""
    shared: bool = False
    recurs: bool = False
    late_reason: str = ""


ITEMS = (
    Made("组织同步建设", "party", (1, 1), (12, 31), task="sync_organisations", indicator="four_lines", shared=True),
    Made("队伍同步建设", "party", (1, 1), (12, 31), task="sync_teams", milestone="各条线都有推优名单", shared=True),
    Made("阵地共建共用", "party", (3, 1), (9, 30), task="sync_venues", indicator="venues_six_items", shared=True),
    Made("机制同步运行", "party", (1, 1), (6, 30), task="sync_mechanisms", stage="july_first", shared=True,
         milestone="一起部署、检查、表彰各一次", recurs=True),
    Made("“七一”前查进度", "party", (5, 1), (6, 20), stage="july_first", milestone="检查情况发到各单位", recurs=True,
         late_reason="两个单位的情况还没有收齐，下月补上"),
    Made("企业建会", "union", (1, 1), (12, 31), indicator="union_enterprises"),
    Made("十件实事", "union", (2, 1), (11, 30), carrier="union_shape", milestone="十件都办完并有职工评价", recurs=True),
    Made("职工之家挂牌复查", "union", (3, 1), (5, 31), milestone="挂牌的场所都复查过一次"),
    Made("消除团建空白点", "league", (1, 1), (10, 31), indicator="league_employers"),
    Made("十百千万", "league", (1, 1), (12, 31), carrier="league_shape", milestone="四个层级都达到"),
    Made("“五四”青年集中活动", "league", (4, 1), (5, 4), milestone="活动办完", recurs=True),
    Made("妇女之家挂牌", "women", (1, 1), (8, 31), indicator="womens_home"),
    Made("同步建设", "women", (1, 1), (12, 31), task="women_build", milestone="与党组织建设同部署"),
    Made("同步督查", "women", (4, 1), (6, 10), task="women_inspect", stage="july_first", milestone="督查一次"),
)  # fmt: skip


def make_all(act: Act, today: date) -> int:
    """Plans of this year with their items, and what the tiers have reached; how many plans. None without a city."""
    bodies = _bodies(today)
    published, theme = Plan.State.PUBLISHED, "党群共建创先争优"
    plans = Plan.objects.bulk_create(
        Plan(
            body_id=each.body, year=today.year, state=published, theme=f"{SHORT[each.line]}：{theme}", document=DOCUMENT
        )
        for each in bodies
    )
    _make_items(bodies, plans, today)
    _make_entries(act, today)
    return len(plans)


@dataclass(frozen=True)
class Seated:
    """A body that gets a plan: on which level its seat stands, 0 = the city."""

    level: int
    seat: int
    line: str
    body: int
    superior: int | None


def _bodies(today: date) -> list[Seated]:
    """Of the city, its counties and some towns, the first body of each line; from the top down."""
    entries = UnitEntry.objects.on(today).order_by("unit_id")
    city = entries.filter(parent=None).values_list("unit_id", flat=True).first()
    counties = list(entries.filter(parent=city, kind__level="county").values_list("unit_id", flat=True))
    towns: dict[int, list[int]] = defaultdict(list)
    for unit, county in entries.filter(parent__in=counties, kind__level="town").values_list("unit_id", "parent_id"):
        towns[county].append(unit)
    some = [unit for county in counties for unit in towns[county][:TOWNS_OF_A_COUNTY]]
    level_of = {city: 0} | dict.fromkeys(counties, 1) | dict.fromkeys(some, 2)
    found: dict[tuple[int, str], Seated] = {}
    seated = BodyEntry.objects.on(today).filter(seat__in=level_of, body__line__in=LINES).order_by("body_id")
    for seat, line, body, superior in seated.values_list("seat_id", "body__line", "body_id", "superior_id"):
        found.setdefault((seat, line), Seated(level_of[seat], seat, line, body, superior))
    return sorted(found.values(), key=lambda each: (each.level, each.seat, LINES.index(each.line)))


def _make_items(bodies: list[Seated], plans: list[Plan], today: date) -> None:
    """From the top down: what the level above has already is taken down from there."""
    known = {
        "task": set(Task.objects.values_list("pk", flat=True)),
        "indicator": set(Indicator.objects.filter(awaits="").values_list("pk", flat=True)),
        "stage": set(Stage.objects.values_list("pk", flat=True)),
        "carrier": set(Carrier.objects.values_list("pk", flat=True)),
    }
    made: dict[tuple[int | None, str], PlanItem] = {}
    planned = [(seated, plan, at // len(LINES)) for at, (seated, plan) in enumerate(zip(bodies, plans, strict=True))]
    for level in sorted({each.level for each in bodies}):
        rows = [
            (seated, each, _item(each, plan, made.get((seated.superior, each.title)), known, today, place))
            for seated, plan, place in planned
            for each in ITEMS
            if seated.level == level and each.line == seated.line
        ]
        PlanItem.objects.bulk_create(item for _seated, _each, item in rows)
        made |= {(seated.body, item.title): item for seated, _each, item in rows}
        Partner.objects.bulk_create(
            Partner(item=item, body_id=other.body)
            for seated, each, item in rows
            if each.shared
            for other in bodies
            if other.seat == seated.seat and other.line != seated.line
        )


def _item(
    each: Made, plan: Plan, source: PlanItem | None, known: dict[str, set[str]], today: date, place: int
) -> PlanItem:
    """How it stands follows from its days and the place of its plan: most of what is due is done, some of it late."""
    begins, due = date(today.year, *each.begins), date(today.year, *each.due)
    is_late = due < today and (place + len(each.title)) % 4 == 0
    state = PlanItem.State.PLANNED
    if due < today and not is_late:
        state = PlanItem.State.DONE
    elif begins <= today:
        state = PlanItem.State.UNDER_WAY
    return PlanItem(
        plan=plan,
        owner_id=plan.body_id,
        source=source,
        title=each.title,
        starts_on=begins,
        due_on=due,
        milestone=each.milestone,
        recurs=each.recurs,
        state=state,
        done_on=due - timedelta(days=3 + place % 20) if state == PlanItem.State.DONE else None,
        late_reason=each.late_reason if is_late else "",
        **{f"{name}_id": getattr(each, name) for name in known if getattr(each, name) in known[name]},
    )


# == what the tiers have reached ==
def _make_entries(act: Act, today: date) -> None:
    tiers = {each.pk: each for each in Tier.objects.all()}
    TierEntry.objects.bulk_create(
        TierEntry(tier=tiers[key], since=_day(today, number), act=act, **fields)
        for key in REACHED
        if key in tiers
        for number, fields in enumerate(_reached(key, tiers[key], today))
    )


def _reached(key: str, tier: Tier, today: date) -> Iterator[Mapping[str, object]]:
    count = REACHED[key]
    if tier.counts == Tier.Counts.PROJECTS:
        yield from ({"project": f"样例{tier.names['zh-hans']}·第{number}项"} for number in range(1, count + 1))
        return
    entries = BodyEntry.objects.on(today).filter(body__line="league")
    if key == "league_cadres":
        held = Office.objects.on(today).filter(body__line="league", kind__heads=True).order_by("pk")
        yield from ({"office_id": office} for office in held.values_list("pk", flat=True)[:count])
        return
    kinds: Iterable[str] = ["league_committee", "league_working_committee"]
    if key == "league_members":
        kinds = ["league_branch", "league_general_branch"]
    bodies = entries.filter(kind__in=kinds).order_by("body_id").values_list("body_id", flat=True)[:count]
    for number, body in enumerate(bodies):
        yield {"body_id": body} | ({"people": 12 + number * 7 % 41} if key == "league_members" else {})


def _day(today: date, number: int) -> date:
    """Spread over the time since the beginning of last year."""
    first = date(today.year - 1, 1, 1)
    return first + timedelta(days=number * 13 % max(1, (today - first).days))
