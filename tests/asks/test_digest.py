"""The daily digest: to whom, about what, on which days, and once."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

from gongjian.asks import answering, digest, tasks
from gongjian.asks.models import Ask, Sending
from gongjian.notices.models import Letter
from gongjian.register import appointments
from gongjian.workdays import calendar
from gongjian.workdays.days import UnknownYear
from gongjian.workdays.define import define_year
from tests.register import town as small


@pytest.fixture
def monday(town) -> date:
    """A working Monday from today on, in a year without days off but weekends."""
    for year in (town.today.year, town.today.year + 1):
        define_year(str(year), days_off=[], days_worked=[], source="样例")
    calendar.forget()
    yield town.today + timedelta(days=-town.today.weekday() % 7)
    calendar.forget()


def write(day: date) -> int:
    return digest.write_digests(day, now=at(day))


def at(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(7, 10)))


def due(day: date, sent: date) -> None:
    """All that is open is due on one day and was sent on another."""
    Ask.objects.update(due_on=day)
    Sending.objects.update(sent_at=at(sent) - timedelta(hours=1))


def readers() -> set[str]:
    return set(Letter.objects.values_list("account__name", flat=True))


def test_nothing_due_nothing_sent(town, monday):
    assert write(monday) == 0 and not Letter.objects.exists()


def test_whoever_owes_something_near_gets_one_letter_that_names_it(town, monday, send):
    send(title="先办的样例", minutes=4)
    send(title="后办的样例", minutes=3)
    due(monday + timedelta(days=1), sent=monday - timedelta(days=30))
    assert write(monday) == 1 and readers() == {"王样例"}
    letter = Letter.objects.get()
    assert "2" in letter.subject and "7" in letter.subject
    assert "先办的样例" in letter.body and "后办的样例" in letter.body and letter.body.endswith("/asks/")
    assert letter.about == [f"asks.ask:{ask.pk}" for ask in Ask.objects.order_by("pk")]


def test_what_is_far_off_and_told_already_is_not_told_again(town, monday, send):
    send()
    due(monday + timedelta(days=20), sent=monday - timedelta(days=1))
    assert write(monday) == 1  # it is new
    assert write(monday + timedelta(days=1)) == 0
    due(monday + timedelta(days=4), sent=monday - timedelta(days=1))
    assert write(monday + timedelta(days=2)) == 1  # it is near


def test_what_came_over_the_weekend_is_told_on_monday(town, monday, send):
    send()
    due(monday - timedelta(days=3), sent=monday - timedelta(days=40))
    assert write(monday - timedelta(days=3)) == 1
    send(title="周五下午来的")
    Letter.objects.update(written_at=at(monday - timedelta(days=3)))
    due(monday + timedelta(days=20), sent=monday - timedelta(days=2))
    assert write(monday) == 1


def test_none_on_a_quiet_day_and_the_same_day_again_writes_nothing(town, monday, send):
    send()
    due(monday, sent=monday - timedelta(days=30))
    for rest in (monday - timedelta(days=1), monday - timedelta(days=2)):
        assert write(rest) == 0
    assert (write(monday), write(monday)) == (1, 0)


def test_nobody_who_owes_nothing_is_reminded(town, monday, send):
    send(kind="tell")
    due(monday - timedelta(days=1), sent=monday - timedelta(days=30))
    answering.decline(Ask.objects.get(), reason="不办", now=timezone.now(), by=town.secretary)
    assert write(monday) == 0
    answering.return_(Ask.objects.get(), reason="要办", by=town.clerk)
    town.secretary.is_active = False
    town.secretary.save(update_fields=["is_active"])
    assert write(monday) == 0


def test_whoever_an_office_is_lent_to_is_told_too(town, monday, send):
    send()
    due(monday, sent=monday - timedelta(days=30))
    other = small.person("钱样例", account=small.account("钱样例"))
    small.membership(other, town.bodies["village_party"])
    appointments.lend(
        town.people["secretary"].offices.get(), other, on=town.today, until=town.today + timedelta(days=30),
        today=town.today, by=town.secretary,
    )  # fmt: skip
    assert write(monday) == 2 and readers() == {"王样例", "钱样例"}


def test_without_the_years_calendar_none_is_written_and_the_log_says_what_to_do(town, send, monkeypatch, caplog):
    calendar.forget()
    send()
    with pytest.raises(UnknownYear):
        write(town.today)
    monkeypatch.setattr(tasks, "close_old_connections", lambda: None)
    tasks.digest()
    assert "are not published yet" in caplog.text and not Letter.objects.exists()
