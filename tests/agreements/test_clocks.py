"""Each clock of the statute, worked by hand over the Spring Festival of 2026.

By the State Council's notice there is no work from Sunday 15 to Monday 23 February; Saturday 14 and Saturday 28 are
worked.
"""

from datetime import date, timedelta

import pytest

from gongjian.agreements import congresses, in_force, verbs, watching
from gongjian.agreements.define import define_statute
from gongjian.agreements.models import Agreement, Statute
from gongjian.asks.models import Ask
from gongjian.workdays import calendar
from gongjian.workdays.define import define_year

from .conftest import EMPLOYER, NOW, WORKERS, by_chair, clauses, congress, demand, up_to, vote


def now_due(agreement: Agreement) -> date | None:
    return Agreement.objects.values_list("due_on", flat=True).get(pk=agreement.pk)


def test_every_step_is_due_on_the_day_counted_by_hand(bargaining):
    # 10 working days after Monday 9 February: 10, 11, 12, 13, 14 (Saturday, worked), 24, 25, 26, 27, 28 (worked).
    made = demand(bargaining, date(2026, 2, 9))
    assert now_due(made) == date(2026, 2, 28)
    # 10 working days after Wednesday 11 February, a setting: 12, 13, 14, 24, 25, 26, 27, 28, then Monday 2 and 3 March.
    verbs.answer(made, words="愿意协商", **by_chair(bargaining, date(2026, 2, 11)))
    assert now_due(made) == date(2026, 3, 3)
    # After Friday 13 February: 14, 24, 25, 26, 27, 28, 2, 3, 4, 5 March.
    verbs.name(made, workers=WORKERS, employer=EMPLOYER, **by_chair(bargaining, date(2026, 2, 13)))
    assert now_due(made) == date(2026, 3, 5)
    # The meeting has its own day; papers at least 7 days before it, holidays or not.
    verbs.call(made, meets_on=date(2026, 2, 26), papers_on=date(2026, 2, 19), **by_chair(bargaining, date(2026, 2, 14)))
    assert now_due(made) == date(2026, 2, 26)
    verbs.meet(made, words="", **by_chair(bargaining, date(2026, 2, 26)))
    # After Thursday 26 February: 27, 28, 2, 3, 4, 5, 6, 9, 10, 11 March.
    assert now_due(made) == date(2026, 3, 11)
    verbs.draft(made, clauses=clauses(), **by_chair(bargaining, date(2026, 2, 27)))
    # 15 working days after Friday 27 February: 28; 2-6 March (6); 9-13 (11); 16-19 (15).
    assert now_due(made) == date(2026, 3, 19)
    # 30 of 60 are not more than half of all: it comes back within 5 working days after Tuesday 3: 4, 5, 6, 9, 10 March.
    vote(bargaining, made, date(2026, 3, 3), yes=30)
    assert (made.state, made.due_on) == ("rejected", date(2026, 3, 10))
    verbs.draft(made, clauses=clauses(), **by_chair(bargaining, date(2026, 3, 9)))
    assert now_due(made) == date(2026, 3, 10)  # the clock goes on
    vote(bargaining, made, date(2026, 3, 10), yes=31)
    # Signed within 5 working days, a setting: 11, 12, 13, 16, 17.
    assert (made.state, made.due_on) == ("passed", date(2026, 3, 17))
    verbs.sign(made, until=date(2027, 3, 31), **by_chair(bargaining, date(2026, 3, 16)))
    assert now_due(made) == date(2026, 3, 26)  # 10 days, working or not
    verbs.file(made, **by_chair(bargaining, date(2026, 3, 20)))
    assert now_due(made) == date(2026, 4, 4)  # 15 days without objection
    assert watching.look_after(date(2026, 4, 4), NOW)["took_effect"] == 0
    assert watching.look_after(date(2026, 4, 5), NOW)["took_effect"] == 1
    made.refresh_from_db()
    # Published within 5 working days after Sunday 5 April; Monday 6 is the holiday of Qingming: 7, 8, 9, 10, 13.
    assert (made.state, made.since, made.due_on) == ("in_force", date(2026, 4, 5), date(2026, 4, 13))
    in_force.publish(made, summary="人均工资上调百分之六。", **by_chair(bargaining, date(2026, 4, 8)))
    # Reported on within a year of the first day, and it is in force until the last.
    made.refresh_from_db()
    assert made.due_on == min(date(2027, 4, 4), made.until) == date(2027, 3, 31)
    assert not any(each.was_late for each in made.steps.all())


def test_mediation_takes_thirty_days_and_fifteen_more(bargaining):
    made = demand(bargaining, date(2026, 2, 9))
    verbs.mediate(made, words="企业不愿协商", **by_chair(bargaining, date(2026, 3, 2)))
    assert now_due(made) == date(2026, 4, 1)
    verbs.prolong(made, words="还要核对数据", **by_chair(bargaining, date(2026, 3, 30)))
    assert now_due(made) == date(2026, 4, 16)
    with pytest.raises(Exception, match="prolonged already"):
        verbs.prolong(made, words="再等等", **by_chair(bargaining, date(2026, 4, 2)))
    verbs.settle(made, words="同意协商", **by_chair(bargaining, date(2026, 4, 9)))
    made.refresh_from_db()
    assert made.state == "answered"  # nobody was named yet


def test_another_statute_has_other_numbers(bargaining):
    """A narrower region goes before a wider one, and what runs keeps the statute it began with."""
    wide = Statute.objects.get()
    rules = wide.rules | {"answer": {"value": 20, "clause": "第三十二条"}}
    before = demand(bargaining, date(2026, 3, 2))
    define_statute("narrow", names=wide.names, position=1, line="union", region="330681", source="样例", rules=rules)
    other = demand(bargaining, date(2026, 3, 2), employer=bargaining.town.units["hardware"], title="五金工资协议")
    assert (now_due(before), now_due(other)) == (date(2026, 3, 16), date(2026, 3, 30))


def test_a_day_in_a_year_that_is_not_published_is_left_open_and_counted_later(bargaining):
    made = demand(bargaining, date(2026, 12, 21))
    assert (made.due_on, made.is_uncounted) == (None, True)
    assert not Ask.objects.filter(sending__about=made.about).exists()
    assert watching.look_after(date(2026, 12, 22), NOW)["counted"] == 0
    verbs.answer(made, words="愿意协商", **by_chair(bargaining, date(2026, 12, 22)))  # nothing is held up by it
    define_year("2027", days_off=[date(2027, 1, 1)], days_worked=[], source="样例")
    calendar.forget()
    assert watching.look_after(date(2026, 12, 23), NOW)["counted"] == 1
    # 23, 24, 25, 28, 29, 30, 31 December (7), then 4, 5, 6 January.
    assert now_due(made) == date(2027, 1, 6)
    assert Ask.objects.get(sending__about=made.about).due_on == date(2027, 1, 6)


def test_a_renewal_begins_when_the_one_before_has_ended(bargaining):
    first = up_to(bargaining, "publish", date(2025, 3, 3))
    assert (first.since, first.until) == (date(2025, 3, 19), date(2026, 3, 18))
    with pytest.raises(Exception, match=r"in force until 2026-03-18\. A new one can be demanded from 2025-12-18"):
        demand(bargaining, date(2025, 12, 17))
    assert watching.look_after(date(2025, 12, 17), NOW)["renewals"] == 0
    assert watching.look_after(date(2025, 12, 18), NOW)["renewals"] == 1
    ask = Ask.objects.get(sending__about=first.about_renewal)
    second = demand(bargaining, date(2025, 12, 18))
    ask.refresh_from_db()
    assert (second.previous_id, ask.state) == (first.pk, "done")
    # One that came to nothing does not stand in the way of another.
    verbs.give_up(second, words="样例", **by_chair(bargaining, date(2025, 12, 19)))
    second = demand(bargaining, date(2025, 12, 22))
    assert second.previous_id == first.pk
    second = up_to(bargaining, "file", date(2025, 12, 26), second)
    # 15 days after 26 December are over on 10 January; but the one before holds until 18 March.
    assert second.due_on == date(2026, 3, 18)
    done = watching.look_after(date(2026, 3, 19), NOW)
    assert (done["took_effect"], done["ran_out"]) == (1, 1)
    second.refresh_from_db()
    first.refresh_from_db()
    assert (first.state, second.state, second.since) == ("expired", "in_force", date(2026, 3, 19))
    days = [row.valid for row in bargaining.firm.agreements.filter(valid__isnull=False).order_by("valid")]
    assert [(each.lower, each.upper) for each in days] == [
        (date(2025, 3, 19), date(2026, 3, 19)),
        (date(2026, 3, 19), second.until + timedelta(days=1)),
    ]


def test_the_yearly_report_is_asked_for_and_moves_the_next_one_a_year_on(bargaining):
    made = up_to(bargaining, "file", date(2024, 3, 4))
    Agreement.objects.filter(pk=made.pk).update(until=date(2026, 12, 31))
    watching.look_after(date(2024, 3, 20), NOW)
    made.refresh_from_db()
    in_force.publish(made, summary="人均工资上调百分之六。", **by_chair(bargaining, date(2024, 3, 21)))
    assert now_due(made) == date(2025, 3, 19)
    assert watching.look_after(date(2025, 2, 16), NOW)["reports"] == 0
    assert watching.look_after(date(2025, 2, 17), NOW)["reports"] == 1
    assert watching.look_after(date(2025, 2, 18), NOW)["reports"] == 0
    held = {"congress": congress(bargaining), "present": 50, "women": None, "words": "执行情况良好"}
    congresses.report_on(made, **by_chair(bargaining, date(2025, 3, 3)), **held)
    assert now_due(made) == date(2026, 3, 2)
    assert Ask.objects.get(sending__about=made.about_report).state == "done"
