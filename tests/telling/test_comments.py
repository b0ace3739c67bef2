"""Telling, commenting, publishing, putting right; what is refused, and who reads what."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from gongjian.asks.models import Ask
from gongjian.chronicle.models import Act
from gongjian.notices.models import Letter
from gongjian.pledges.models import Pledge
from gongjian.register.forgetting import forget
from gongjian.register.models import Membership, Office
from gongjian.register.refusals import Refused
from gongjian.telling import members
from gongjian.telling.access import comments_visible_to, member_tellings_visible_to, tellings_visible_to
from gongjian.telling.models import Comment, MemberTelling, Point, Rectification, Telling
from gongjian.telling.own import tables_of
from gongjian.telling.promised import promised_of
from gongjian.telling.rectified import rectified
from gongjian.telling.remarks import remarks_on
from tests.register import town as small

from .conftest import LISTS, NOW, comment, confirm, finish, plan, publish, published, reopen, tell


def test_the_whole_life(opened):
    told = tell(opened)
    assert (told.state, told.told_on) == ("told", opened.town.today)
    said = comment(opened)
    assert [(each.sort, each.words) for each in said.points.order_by("pk")] == [
        (sort, words) for sort, lines in LISTS.items() for words in lines
    ]
    publish(opened)
    assert Ask.objects.get(sending__about=opened.of().about).body == opened.body("village_party")
    for each, left in zip(Rectification.objects.order_by("pk"), ("rectifying", "verified"), strict=True):
        plan(opened, each)
        finish(opened, each)
        confirm(opened, each)
        assert opened.of().state == left
    assert Ask.objects.get(sending__about=opened.of().about).state == "done"
    verbs = set(Act.objects.filter(verb__startswith="telling.").values_list("verb", flat=True))
    assert {"telling.open_round", "telling.tell_telling", "telling.publish_telling", "telling.verify_telling"} <= verbs


def test_what_was_promised_stands_there_and_is_frozen_as_it_was_told(opened):
    today, body = opened.town.today, opened.body("village_party")
    given = {"body": body, "kind": "practical", "year": today.year, "public_on": today, "due_on": today}
    pledge = Pledge.objects.create(title="装26盏路灯", state="doing", **given)
    Pledge.objects.create(title="样例草稿", body=body, kind="common", year=today.year)
    assert [each["title"] for each in promised_of(opened.of())] == ["装26盏路灯"]
    told = tell(opened)
    Pledge.objects.filter(pk=pledge.pk).update(state="kept", closed_on=today)
    kept = promised_of(told)[0]
    assert (kept["state"], kept["is_done"], kept["said"]) == ("doing", False, "being worked off")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"done": "  "}, "what was done"),
        ({"reason": ""}, "why it was not done"),
        ({"done": "长" * 10_000}, "10000 characters"),
        ({"by": "street"}, "does not keep"),
        ({"by": "stranger"}, "not open"),
    ],
)
def test_a_telling_that_cannot_be_is_refused(opened, given, says):
    with pytest.raises(Refused, match=says):
        tell(opened, **given)
    assert opened.of().state == "scheduled"


def test_it_is_told_anew_until_it_is_commented_on(opened):
    tell(opened)
    assert tell(opened, done="装了24盏", undone="", reason="").done == "装了24盏"
    comment(opened)
    with pytest.raises(Refused, match="comment is written"):
        tell(opened)


@pytest.mark.parametrize(
    ("lists", "says"),
    [
        ({"strength": []}, "main result"),
        ({"problem": [" ", ""]}, "one problem"),
        ({"direction": []}, "advice"),
        ({"problem": ["长" * 10_000]}, "10000 characters"),
        ({"problem": [f"样例{n}" for n in range(11)]}, "At most 10"),
    ],
)
def test_a_comment_names_one_of_each_at_least(opened, lists, says):
    tell(opened)
    with pytest.raises(Refused, match=says):
        comment(opened, lists=LISTS | lists)
    assert not Comment.objects.exists()


def test_vague_words_and_few_outsiders_are_told_to_the_writer_and_not_refused(opened):
    tell(opened)
    said = comment(opened, lists=LISTS | {"direction": ["继续努力"], "strength": ["好"]}, present=12, outsiders=3)
    told = remarks_on(said, list(said.points.all()))
    assert len(told) == 3 and "继续努力" in " ".join(told) and "very short" in told[1] and "Usual are 10" in told[2]
    assert publish(opened) == "" and opened.of().state == "published"


@pytest.mark.parametrize(
    "given", [{"present": 3, "outsiders": 4}, {"outsiders": 4}, {"present": 5001}, {"present": -1}]
)
def test_attendance_that_cannot_be_is_refused(opened, given):
    tell(opened)
    with pytest.raises(Refused):
        comment(opened, **given)
    assert not Comment.objects.exists()


def test_the_reviewer_is_never_the_reviewed(opened):
    """The same person as secretary of both, and whoever told it for the body."""
    tell(opened)
    small.office(opened.town.people["street"], opened.body("village_party"), "party_secretary")
    with pytest.raises(Refused, match="hold an office in it yourself"):
        comment(opened)
    Office.objects.filter(person=opened.town.people["street"], body=opened.body("village_party")).delete()
    Telling.objects.update(told_by=opened.by("street"))
    with pytest.raises(Refused, match="You told of it"):
        comment(opened)


def test_who_has_not_told_is_commented_on_only_after_the_day_to_tell(opened):
    with pytest.raises(Refused, match="Comment after that"):
        comment(opened)
    later = opened.town.today + timedelta(days=11)
    comment(opened, today=later)
    assert opened.of().state == "commented" and not opened.of().is_told


def test_of_two_who_comment_at_once_the_second_is_told_and_loses_nothing(opened):
    tell(opened)
    comment(opened)
    with pytest.raises(Refused, match="in the meantime"):
        comment(opened, lists=LISTS | {"problem": ["另一条"]})
    assert not Point.objects.filter(words="另一条").exists()
    assert comment(opened, version=1, lists=LISTS | {"problem": ["另一条"]}).version == 2
    assert Comment.objects.count() == 1 and Point.objects.filter(sort="problem").count() == 1


def test_it_is_published_no_further_than_the_round_says_and_with_a_day_to_come(opened):
    tell(opened)
    comment(opened)
    opened.round.range = "members"
    opened.round.save()
    for given in (
        {"range": "public"},
        {"range": "nothing"},
        {"put_right_by": opened.town.today},
        {"put_right_by": date.max},
    ):
        with pytest.raises(Refused):
            publish(opened, **given)
    publish(opened, range="inside")
    with pytest.raises(Refused, match="published"):
        publish(opened)


def test_a_measure_comes_before_it_is_done_and_proof_is_words(opened):
    each = published(opened)[0]
    with pytest.raises(Refused, match="measure first"):
        finish(opened, each)
    with pytest.raises(Refused, match="what is done about it"):
        plan(opened, each, measure="")
    with pytest.raises(Refused, match="from tomorrow on"):
        plan(opened, each, due_on=opened.town.today)
    plan(opened, each)
    with pytest.raises(Refused, match="Words are enough"):
        finish(opened, each, proof=" ")
    assert finish(opened, each).state == "done"


def test_only_who_named_it_confirms_and_opens_it_again_and_the_body_is_asked_anew(opened):
    each, other = published(opened)
    finish(opened, plan(opened, each))
    finish(opened, plan(opened, other))
    about = opened.of().about
    assert not Ask.objects.filter(sending__about=about, state="open").exists()
    for by in ("village", "county", "member"):
        with pytest.raises(Refused):
            confirm(opened, each, by)
    with pytest.raises(Refused, match="what is missing"):
        reopen(opened, each, reason=" ")
    assert reopen(opened, each) == ""
    each.refresh_from_db()
    assert (each.state, each.reopened) == ("planned", "2月的没有贴")
    assert Ask.objects.filter(sending__about=about, state="open").count() == 1
    finish(opened, each)
    confirm(opened, each)
    with pytest.raises(Refused, match="confirmed"):
        confirm(opened, each)
    confirm(opened, other)
    reopen(opened, other)
    assert opened.of().state == "rectifying"


def test_late_is_late_and_not_refused(opened):
    each = plan(opened, published(opened)[0])
    day = opened.town.today + timedelta(days=25)
    assert each.is_late(day) is True and finish(opened, each, today=day).done_on == day


def test_the_database_holds_what_is_not_left_to_the_program(opened):
    tell(opened)
    said = comment(opened)
    for table, change in (
        ("telling_telling", "state = 'published'"),
        ("telling_telling", "commenter_id = body_id"),
        ("telling_comment", "outsiders = 3"),
        ("telling_point", "words = ''"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET {change}")
    with pytest.raises(IntegrityError), transaction.atomic():
        Comment.objects.create(telling=said.telling, commenter=said.commenter, kind=said.kind, on=said.on)


def test_how_much_was_put_right_is_told_for_many_bodies_in_one_query(opened, django_assert_num_queries):
    first, _second = published(opened)
    finish(opened, plan(opened, first))
    confirm(opened, first)
    village, league, today = opened.body("village_party").pk, opened.body("league").pk, opened.town.today
    with django_assert_num_queries(1):
        found = rectified([village, league], today, today)
    assert (found[village].named, found[village].confirmed, found[village].value) == (2, 1, 0.5)
    assert found[league].value is None
    assert rectified([village], today + timedelta(days=1), today + timedelta(days=2))[village].named == 0


# == who reads what ==
def reads(opened, found, of) -> set[str]:
    keys = ("village", "street", "county", "union", "member", "stranger")
    return {key for key in keys if found(opened.by(key)).filter(pk=of.pk).exists()}


def test_a_telling_is_read_by_its_own_those_above_and_its_members_once_published_to_them(opened):
    telling = tell(opened)
    assert reads(opened, tellings_visible_to, telling) == {"village", "street", "county"}
    said = comment(opened)
    assert reads(opened, comments_visible_to, said) == {"street"}
    publish(opened, range="inside")
    assert reads(opened, comments_visible_to, said) == {"village", "street", "county"}
    Telling.objects.filter(pk=telling.pk).update(range="members")
    assert reads(opened, comments_visible_to, said) == {"village", "street", "county", "member"}


# == members ==
def say_to(opened, key: str = "member", by: str = "village", **given) -> MemberTelling:
    said = {"strength": "每周陪两位老人", "problem": "说事会没有来", "direction": "来不了先说一声"}
    days = {"today": opened.town.today, "now": NOW, "by": opened.by(by)}
    return members.comment_on(opened.of(), opened.town.people[key], **said | days | given)


def test_what_a_member_tells_and_is_told_is_for_the_two_alone_and_goes_when_the_person_is_forgotten(opened):
    found = members.say(opened.of(), words="装灯时搭了把手", today=opened.town.today, by=opened.by("member"))
    say_to(opened)
    found.refresh_from_db()
    assert (found.words, found.problem) == ("装灯时搭了把手", "说事会没有来")
    assert reads(opened, member_tellings_visible_to, found) == {"village", "member"}
    letter = Letter.objects.get(account=opened.by("member"))
    assert "说事会" not in letter.body + letter.subject
    assert tables_of(opened.town.people["member"])[0].rows[0][3] == "说事会没有来"
    with pytest.raises(Refused, match="already"):
        members.say(opened.of(), words="改", today=opened.town.today, by=opened.by("member"))
    Membership.objects.filter(person=opened.town.people["member"]).delete()
    forget(opened.town.people["member"], reason="样例", today=opened.town.today, by=opened.town.clerk)
    assert not MemberTelling.objects.exists()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"key": "street"}, "on the roll"),
        ({"by": "member"}, "does not keep"),
        ({"problem": ""}, "one problem"),
    ],
)
def test_of_persons_only_members_of_the_branch_are_commented_on_by_their_branch(opened, given, says):
    with pytest.raises(Refused, match=says):
        say_to(opened, **given)


def test_nobody_comments_on_themselves_and_only_in_a_branch(opened):
    opened.town.people["village"] = opened.town.people["secretary"]
    with pytest.raises(Refused, match="themselves"):
        say_to(opened, "village")
    with pytest.raises(Refused, match="in their branch"):
        members.say(opened.of("street_party"), words="样例", today=opened.town.today, by=opened.by("street"))
    with pytest.raises(Refused, match="Only members"):
        members.say(opened.of(), words="样例", today=opened.town.today, by=opened.by("stranger"))
