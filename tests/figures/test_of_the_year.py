"""What bodies promised, were told and put right in the year until a day: as figures, and as the records behind them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from gongjian.figures import run as night
from gongjian.indicators.define import define_indicator, definition_of
from gongjian.indicators.models import Indicator, Reading
from gongjian.indicators.records import rows_of
from gongjian.packs.read import read_pack
from gongjian.pledges.models import Pledge
from gongjian.settings import ROOT
from gongjian.telling.models import Comment, CommentKind, Point, Rectification, Telling, TellingRound

KEYS = ("pledges_kept", "comments_covered", "problems_put_right")


@pytest.fixture
def today() -> date:
    return timezone.localdate()


@pytest.fixture
def town(town, tmp_path, settings):
    """The small town with the three indicators of the year."""
    settings.SNAPSHOTS = tmp_path
    for each in read_pack(ROOT / "packs" / "shaoxing").indicators:
        if each.key in KEYS:
            words = {name: getattr(each, name) for name in ("names", "position", "line", "of", "words", "definition")}
            define_indicator(each.key, source=each.source, awaits=each.awaits, **words)
    return town


def promise(body, state: str, *, public: date, due: date, closed: date | None = None, person=None) -> None:
    Pledge.objects.create(
        body=body, person=person, kind="practical", year=due.year, title="修路", state=state, public_on=public,
        due_on=due, closed_on=closed, outcome="雨季太长" if state == "broken" else "",
    )  # fmt: skip


def tell(body, above, comment_by: date, published: date | None, confirmed: tuple[date | None, ...] = ()) -> None:
    round = TellingRound.objects.create(
        host=above, name=f"讲述{TellingRound.objects.count()}", since=comment_by - timedelta(days=90),
        until=comment_by - timedelta(days=1), tell_by=comment_by, comment_by=comment_by, days_to_put_right=30,
        opened_at=timezone.now(),
    )  # fmt: skip
    shown = {"published_on": published, "range": "inside", "put_right_by": comment_by, "state": "published"}
    telling = Telling.objects.create(
        round=round, body=body, commenter=above, told_on=comment_by, done="装了路灯",
        **shown if published else {"state": "told"},
    )  # fmt: skip
    if not confirmed:
        return
    kind, _new = CommentKind.objects.get_or_create(key="meeting", defaults={"names": {"en": "meeting"}, "position": 0})
    comment = Comment.objects.create(telling=telling, commenter=above, kind=kind, on=published)
    for at, day in enumerate(confirmed):
        point = Point.objects.create(comment=comment, sort="problem", position=at, words="账目没有公开")
        right = {"state": "confirmed", "measure": "公开", "owner": "村监委会", "proof": "已贴", "done_on": day,
                 "confirmed_on": day} if day else {}  # fmt: skip
        Rectification.objects.create(point=point, due_on=comment_by, **right)


def fill(town, today: date) -> None:
    def ago(days: int) -> date:
        return today - timedelta(days=days)

    named = ("village_party", "street_party", "county_union", "county_party")
    village, street, union, county = (town.bodies[key] for key in named)
    promise(village, "kept", public=ago(90), due=ago(5), closed=ago(10))
    promise(village, "broken", public=ago(900), due=ago(400), closed=ago(365))  # a day too old
    promise(street, "kept", public=ago(90), due=ago(9), closed=ago(9))
    promise(street, "doing", public=ago(90), due=today)  # due and open
    promise(union, "doing", public=ago(90), due=today + timedelta(days=1))  # not due yet: nothing is said of it
    promise(county, "broken", public=ago(90), due=ago(9), closed=ago(2), person=town.people["secretary"])  # a person's
    tell(village, street, ago(1), ago(3), (ago(2), ago(1)))
    tell(street, county, ago(20), ago(20), (ago(2), None))
    tell(union, county, ago(10), None)
    tell(county, street, today, None)  # its day is not over


def shown(town, day: date, key: str) -> tuple[int, int]:
    """Of the city: how many are counted, and how many of these have it, as read; and the records are just as many."""
    indicator = Indicator.objects.get(pk=key)
    reading = Reading.objects.filter(indicator=key, unit=town.units["city"], day=day).first()
    found = (reading.denominator, reading.numerator) if reading else (0, 0)
    records = tuple(rows_of(definition_of(indicator), which, day).count() for which in ("counted", "having"))
    assert records == found
    return found


def test_of_a_year_bodies_that_kept_were_told_and_put_right_are_counted(town, today):
    fill(town, today)
    night.read_indicators(today)
    assert shown(town, today, "pledges_kept") == (2, 1)  # the village kept all; the street has one due
    assert shown(town, today, "comments_covered") == (3, 2)  # the union's comment is missing
    assert shown(town, today, "problems_put_right") == (2, 1)


def test_a_past_day_is_as_it_stood_then(town, today):
    """What ended, was published or was confirmed since is not known yet, and what was a year ago then still counts."""
    fill(town, today)
    day = today - timedelta(days=4)
    night.read_indicators(day)
    assert shown(town, day, "pledges_kept") == (2, 1)  # the village broke one 361 days before
    assert shown(town, day, "comments_covered") == (2, 1)
    assert shown(town, day, "problems_put_right") == (1, 0)
