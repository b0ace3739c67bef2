"""The small town's city union selects among deeds of its unions; its 24 members vote, and the rules are carried out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from gongjian.accounts.models import User
from gongjian.ballots import making, opening, publishing, roll
from gongjian.ballots.clock import bring_forward
from gongjian.ballots.models import Poll, Voter
from gongjian.deeds.models import Deed, Named
from gongjian.selections import carrying, polling, preparing
from gongjian.selections.define import define_selection_rule
from gongjian.selections.models import Candidate, Selection, SelectionRule
from gongjian.workdays import calendar
from gongjian.workdays.define import define_year
from tests.ballots.conftest import Held, build_draft, cast, fields, minute, seal
from tests.ballots.keys import OBSERVERS, PRIVATE
from tests.ballots.test_counting import closed, counted, sign
from tests.kept import once
from tests.quotas.test_selecting import RULES
from tests.register import town as small
from tests.register.town import Town
from verivote.keys import sealing_hex, signer_hex

NOW = timezone.now()


@dataclass
class Selecting:
    """`held` is its poll as the tests of ballots know it, once there is one."""

    town: Town
    selection: Selection
    held: Held | None = None

    @property
    def chair(self) -> User:
        """Keeps it."""
        return self.town.accounts["union_chair"]

    @property
    def deputy(self) -> User:
        """Keeps it too."""
        return self.town.accounts["deputy_chair"]

    @property
    def county(self) -> User:
        """Keeps the county's union, whose deeds stand here."""
        return self.town.accounts["county_chair"]

    def given(self, by: User | None = None) -> dict[str, Any]:
        return {"today": self.town.today, "now": NOW, "by": by or self.chair}

    def again(self) -> Selection:
        self.selection = Selection.objects.select_related("held_by__line", "poll").get(pk=self.selection.pk)
        return self.selection

    def candidates(self) -> list[Candidate]:
        return list(self.selection.candidates.select_related("deed__named").order_by("number", "pk"))


def a_deed(
    town: Town, number: int, *, of: str = "body", body: str = "joint_union", chosen_in: str = "county_union"
) -> Deed:
    """Shown, with its number in the body that selected it; of a person who agreed."""
    deed = Deed.objects.create(
        body=town.bodies[body], of=of, service="members", source="others", title=f"样例言行{number}", story="样例",
        done_on=town.today, sent_at=NOW, state="shown", selected_by=town.bodies[chosen_in], year=town.today.year,
        number=number, shown_on=town.today,
    )  # fmt: skip
    if of == "person":
        Named.objects.create(deed=deed, name=f"样例人{number}", consent="given", how="paper", consented_on=town.today,
                             kept_where="样例柜")  # fmt: skip
    return deed


def rule(key: str) -> SelectionRule:
    row = RULES[key]
    beside = {name: row[name] for name in ("names", "source")}
    definition = {name: value for name, value in row.items() if name not in ("key", *beside)}
    return define_selection_rule(key, position=0, definition=definition, **beside)


def build() -> Selecting:
    """Candidates come in; seven deeds are shown, four of persons."""
    town = build_draft().town
    calendar.forget()
    for year in (town.today.year, town.today.year + 1):
        define_year(str(year), days_off=[], days_worked=[], source="样例")
    town.accounts["county_chair"] = small.account("卫样例")
    person = town.people["county_chair"] = small.person("卫样例", account=town.accounts["county_chair"])
    small.office(person, town.bodies["county_union"], "union_chair")
    for number in range(1, 8):
        a_deed(town, number, of="person" if number > 3 else "body")
    made = preparing.draft(
        town.bodies["city_union"], rule("month_small"), title="样例每月之星", span="month", of=town.today,
        nominate_until=town.today + timedelta(days=7), today=town.today, by=town.accounts["union_chair"],
    )  # fmt: skip
    selecting = Selecting(town, made)
    preparing.open_nominations(made, **selecting.given())
    selecting.again()
    return selecting


def take_in(selecting: Selecting) -> None:
    """All that are shown, by whoever keeps it."""
    for deed in Deed.objects.filter(state="shown").order_by("pk"):
        preparing.propose(selecting.selection, deed, marks={}, today=selecting.town.today, by=selecting.chair)


def window() -> dict[str, Any]:
    """Open for fifty minutes and closing this minute: time stands still for the test."""
    opens, closes = minute(NOW - timedelta(minutes=50)), minute(NOW)
    said = fields(opens_at=opens, closes_at=closes, draw_held_after=closes)
    return {name: value for name, value in said.items() if name not in ("title", "kind")}


def hold_poll(selecting: Selecting) -> None:
    early, by = NOW - timedelta(hours=2), selecting.chair
    polling.hold_poll(selecting.selection, today=selecting.town.today, now=early, by=by, **window())
    selecting.again()


def freeze(selecting: Selecting) -> None:
    """Roll, key and observers; and it opens."""
    poll, by, town = selecting.selection.poll, selecting.chair, selecting.town
    roll.draw_up(poll, line=None, day=town.today, by=by)
    making.name_key(poll, key=sealing_hex(PRIVATE), holders=["保管甲", "保管乙", "保管丙"], by=by)
    for at, (name, key) in enumerate(OBSERVERS.items()):
        making.add_observer(poll, name=name, key=signer_hex(key), is_by_lot=at == 0, by=by)
    making.make_ready(poll, today=town.today, now=NOW - timedelta(hours=2), by=by)
    voters = list(Voter.objects.filter(poll=poll).select_related("person").order_by("person__name"))
    later = timezone.now() + timedelta(hours=1)
    Poll.objects.filter(pk=poll.pk).update(closes_at=later, draw_held_after=later)
    selecting.held = Held(town, Poll.objects.get(pk=poll.pk), voters)
    selecting.held.poll = bring_forward(selecting.held.poll)
    selecting.again()


# By number of the ballot: 01–03 organisations, 04–07 persons. 02 has most; 05 and 06 lead, 04 and 07 are level.
VOTES = [(["02"], ["05", "06"])] * 4 + [(["01", "02"], ["05", "04"])] * 2 + [(["03"], ["06", "07"])] * 2


def vote(selecting: Selecting) -> None:
    assert selecting.held is not None
    for at, (org, per) in enumerate(VOTES):
        cast(selecting.held, at, seal(selecting.held, {"org": org, "per": sorted(per)}))


def publish_poll(selecting: Selecting) -> None:
    held = selecting.held
    assert held is not None
    closed(held)
    result = counted(held)
    held.poll.refresh_from_db()
    result = opening.tell_draw(held.poll, "03 07 12 19 25 31", now=timezone.now(), by=held.chair)
    sign(held, result)
    publishing.publish(held.poll, today=selecting.town.today, now=timezone.now(), by=held.chair)
    selecting.again()


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Refusals are looked for by what they say."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def selecting(db: None) -> Selecting:
    return once(("selections", timezone.localdate()), build)


def build_ranked() -> Selecting:
    selecting = build()
    take_in(selecting)
    hold_poll(selecting)
    freeze(selecting)
    vote(selecting)
    publish_poll(selecting)
    carrying.carry_out(selecting.selection, **selecting.given())
    selecting.again()
    return selecting


@pytest.fixture
def ranked(db: None) -> Selecting:
    """The poll is published and the rules are carried out."""
    return build_ranked()
