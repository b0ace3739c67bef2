"""Writing letters: one of a kind a day, none on quiet days, and gone after a while."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DataError, IntegrityError, transaction
from django.utils.translation import override

from gongjian.notices import actions
from gongjian.notices.models import Letter, Preference
from gongjian.reviews.models import MemberGrade
from gongjian.workdays.calendar import UnknownYear

from .conftest import MONDAY, NOW, SATURDAY, digest, written


def test_a_letter_stands_as_it_was_written(people, settings):
    settings.DEFAULT_FROM_EMAIL = "共建 <letters@gongjian.example.cn>"
    (anna,) = people(1)
    assert written(anna) == 1
    letter = Letter.objects.get()
    assert (letter.account, letter.kind, letter.day) == (anna, "digest", MONDAY)
    assert (letter.subject, letter.body, letter.about) == ("今日要办 3 件", "第一件\n第二件", ["register.body:7"])
    assert (letter.state, letter.tries, letter.written_at, letter.due_at, letter.sent_at) == (
        "written",
        0,
        NOW,
        NOW,
        None,
    )
    assert letter.message_id.endswith("@gongjian.example.cn>")


def test_written_again_nothing_changes_and_only_new_ones_are_added(people):
    anna, bert = people(2)
    assert written(anna) == 1
    was = Letter.objects.values().get()
    assert written(anna, bert, subject="改了") == 1
    assert Letter.objects.values().get(account=anna) == was
    assert written(anna, bert) == 0


def test_one_digest_a_day_at_most_within_one_call_as_well(people):
    (anna,) = people(1)
    assert actions.write_letters([digest(anna), digest(anna, subject="另一封")], now=NOW) == 1
    assert (
        actions.write_letters([digest(anna, MONDAY + timedelta(days=1)), digest(anna, kind="reminder")], now=NOW) == 2
    )


def test_the_database_holds_it_without_the_action(people):
    (anna,) = people(1)
    written(anna)
    again = Letter.objects.get()
    again.pk, again.message_id = None, "<another@here>"
    with pytest.raises(IntegrityError, match="notices_one_letter_a_kind_a_day"), transaction.atomic():
        again.save(force_insert=True)


@pytest.mark.parametrize("change", [{"state": "sent"}, {"sent_at": NOW}])
def test_sent_has_its_moment_and_nothing_else_has_one(people, change):
    written(*people(1))
    with pytest.raises(IntegrityError, match="notices_sent_has_a_moment"), transaction.atomic():
        Letter.objects.update(**change)


@pytest.mark.parametrize("more", [{"subject": "两行\n标题"}, {"subject": ""}, {"body": ""}])
def test_a_letter_without_text_or_with_a_subject_of_two_lines_is_not_taken(people, more):
    accounts = people(1)
    with pytest.raises(IntegrityError, match="notices_says_something"), transaction.atomic():
        written(*accounts, **more)
    with pytest.raises(DataError), transaction.atomic():
        written(*accounts, subject="长" * 151)
    assert not Letter.objects.exists()


@pytest.mark.parametrize("day", [SATURDAY, date(2026, 3, 4)])
def test_no_digest_on_a_day_that_nobody_works(people, day):
    anna, bert = people(2)
    with override("en"), pytest.raises(actions.QuietDay, match=f"{day} is not a working day: no digest is written"):
        actions.write_letters([digest(anna), digest(bert, day)], now=NOW)
    assert not Letter.objects.exists()
    assert written(anna, day=day, kind="reminder") == 1


def test_a_sunday_that_is_worked_has_a_digest(people):
    assert written(*people(1), day=date(2026, 3, 8)) == 1


def test_a_digest_of_a_year_that_is_not_published_is_not_written(people):
    accounts = people(1)
    with pytest.raises(UnknownYear):
        written(*accounts, day=date(2027, 3, 1))


def test_writing_takes_as_many_queries_for_three_as_for_one(people, django_assert_num_queries):
    accounts = people(3)
    written(accounts[0])
    for rows in (accounts[:1], accounts):
        with django_assert_num_queries(1 + 2):  # in a savepoint
            written(*rows)


def test_letters_go_after_190_days(people):
    today = MONDAY + timedelta(days=190)
    (anna,) = people(1)
    written(anna)
    written(anna, day=MONDAY - timedelta(days=1), kind="reminder")
    assert actions.throw_away_old(today) == 1
    assert Letter.objects.get().day == MONDAY
    assert actions.throw_away_old(today) == 0


def test_whoever_is_forgotten_leaves_no_letter(people):
    anna, bert = people(2)
    written(anna, bert)
    actions.want_mail(anna, False)
    actions.forget_letters_of(anna)
    assert Letter.objects.get().account == bert and not Preference.objects.exists()


LAST_ID = 2**63 - 1


@pytest.mark.parametrize(
    "kind",
    ["digest", "agenda:{id}", "member_comment:{id}", "pledge_returned:{id}", "reviews:{id}:good"],
)
def test_a_kind_with_an_id_behind_it_fits_however_high_ids_have_grown(people, kind):
    (anna,) = people(1)
    assert written(anna, kind=kind.format(id=LAST_ID)) == 1


def test_a_grade_of_a_review_fits_into_a_kind_as_long_as_it_may_be():
    longest = len(f"reviews:{LAST_ID}:") + MemberGrade._meta.get_field("told_grade").max_length
    assert longest <= Letter._meta.get_field("kind").max_length
