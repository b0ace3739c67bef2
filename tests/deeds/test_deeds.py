"""What people do with deeds: recommend, check, select, agree, show, name, take back, comment; and who may not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from gongjian.asks.models import Ask
from gongjian.chronicle.models import Act, Before
from gongjian.deeds import agreeing, checking, commenting, recommending, stars
from gongjian.deeds.access import deeds_visible_to, reader_comments_visible_to
from gongjian.deeds.copies import mark_copies, named_before
from gongjian.deeds.models import Deed, DeedCheck, DeedLikeness, Named, ReaderComment, Star
from gongjian.deeds.queries import span_of
from gongjian.deeds.states import COMMENT_MOVES, DEED_MOVES
from gongjian.notices.models import Letter
from gongjian.register.refusals import Refused

from .conftest import NOW, STORY, checked, recommend, shown, when

D, C = Deed.State, ReaderComment.State


def open_asks(kind: str) -> dict[int, int]:
    """Minutes of the open asks of a kind, by body."""
    rows = Ask.objects.filter(sending__about__startswith=f"deeds.{kind}:", state="open")
    return dict(rows.values_list("body", "minutes"))


# == the way of a deed ==
def test_from_a_stranger_s_form_to_what_everybody_reads_each_step_is_owed_by_somebody(town):
    village, street = town.bodies["village_party"], town.bodies["street_party"]
    deed = recommend(town)
    assert (deed.state, deed.recommended_by, open_asks("check")) == (D.SENT, None, {village.pk: 10})
    checking.check(deed, "pass", person=town.people["quiet"], **when(town))
    assert (
        open_asks("check") == {} and open_asks("select") == {street.pk: 10} and open_asks("consent") == {village.pk: 5}
    )
    deed = checking.select(deed, "pass", **when(town, "street"))
    assert (deed.state, deed.selected_by, deed.number) == (D.SELECTED, street, 1)
    assert open_asks("select") == {}, "it waits for the person, not for the street"
    with pytest.raises(Refused, match="has not agreed yet"):
        checking.show(deed, **when(town, "street"))
    agreeing.agreed_on_paper(deed, kept_where="支部办公室2号柜", **when(town))
    assert open_asks("consent") == {} and open_asks("select") == {street.pk: 10}
    deed = checking.show(Deed.objects.get(pk=deed.pk), **when(town, "street"))
    assert (deed.state, deed.shown_on, open_asks("select")) == (D.SHOWN, town.today, {})
    assert list(deeds_visible_to(AnonymousUser())) == [deed]


def test_the_same_form_sent_twice_is_one_deed(town):
    first = recommend(town)
    assert recommend(town, ref=first.ref, title="别的") == first and Deed.objects.count() == 1


def test_what_a_person_recommends_of_themselves_needs_no_further_word_of_theirs(town):
    deed = recommend(town, is_own=True, name="", by=town.accounts["member"])
    assert (deed.source, deed.named.name, deed.named.consent, deed.named.how) == ("self", "沈样例", "given", "self")
    with pytest.raises(Refused, match="not in the register"):
        recommend(town, is_own=True, by=AnonymousUser())


def test_an_organisation_recommends_in_its_own_name_and_has_checked_by_that(town):
    deed = recommend(town, of="body", name="", in_name_of_body=True, by=town.secretary)
    assert (deed.state, deed.source) == (D.CHECKED, "body") and open_asks("check") == {}
    with pytest.raises(Refused, match="only whoever keeps its plan"):
        recommend(town, of="body", in_name_of_body=True, by=town.accounts["member"])


@pytest.mark.parametrize(
    "given, said",
    [
        ({"title": " "}, "Say in a line"),
        ({"story": ""}, "Tell in a few sentences"),
        ({"name": ""}, "Write whose deed"),
        ({"story": "长" * 2001}, "2001 characters"),
        ({"title": "a\x00b"}, "cannot be kept"),
        ({"done_on": date(2999, 1, 1)}, "still to come"),
        ({"done_on": date(2001, 1, 1)}, "more than two years old"),
        ({"ref": "../../etc"}, "form is too old"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_what_to_do_and_nothing_is_kept(given, said, town):
    with pytest.raises(Refused, match=said):
        recommend(town, **given)
    assert not Deed.objects.exists() and not Named.objects.exists() and not open_asks("check")


def test_numbers_run_through_the_year_of_the_body_that_selects(town):
    numbers = [shown(town, title=f"样例言行第{n}件", of="body", name="").call_number for n in (1, 2, 3)]
    assert numbers == [f"{town.today.year}-{n:03}" for n in (1, 2, 3)]


def test_returned_with_the_reason_by_the_organisation_or_from_above(town):
    with pytest.raises(Refused, match="Say why"):
        checking.check(recommend(town), "return", **when(town))
    deed = checked(town, "return", by=town.accounts["other"])
    assert deed.state == D.RETURNED and DeedCheck.objects.get(deed=deed).reason == "写清是哪一晚"
    assert Letter.objects.get(account=town.accounts["other"]).body.startswith("写清是哪一晚")
    above = checking.select(checked(town), "return", reason="同一件去年评过", **when(town, "street"))
    assert above.state == D.RETURNED and above.number is None and open_asks("select") == {}


# == who may not ==
def test_nobody_checks_or_selects_what_is_theirs_and_no_outsider_does(town):
    own = recommend(town, is_own=True, name="", by=town.secretary)
    with pytest.raises(Refused, match="nobody it is about"):
        checking.check(own, "pass", **when(town))
    told = recommend(town, by=town.secretary)
    with pytest.raises(Refused, match="nobody it is about"):
        checking.check(told, "pass", **when(town))
    deed = recommend(town)
    for key in ("street", "county", "member"):
        with pytest.raises(Refused):
            checking.check(deed, "pass", **when(town, key))
    checking.check(deed, "pass", **when(town))
    for key in ("county", "member"):
        with pytest.raises(Refused):
            checking.select(deed, "pass", **when(town, key))
    by_street = checked(town, by=town.accounts["street"], title="样例：街道的人推荐的")
    with pytest.raises(Refused, match="Somebody else does"):
        checking.select(by_street, "pass", **when(town, "street"))
    assert checking.select(by_street, "pass", **when(town, "street2")).state == D.SELECTED


def test_moves_that_are_not_in_the_table_are_refused(town):
    deed = checked(town)
    with pytest.raises(Refused, match="by now"):
        checking.check(deed, "pass", **when(town))
    assert {state for state, _verb in DEED_MOVES} == set(D.values) - {"returned", "taken_back"}
    assert {after for after in DEED_MOVES.values()} == set(D.values) - {"sent"}
    assert {state for state, _verb in COMMENT_MOVES} == set(C.values) - {"upheld"}


# == consent ==
def test_the_person_is_asked_on_their_own_page_and_only_they_answer_there(town):
    deed = recommend(town, name="沈样例")
    checking.check(deed, "pass", person=town.people["member"], **when(town))
    letter = Letter.objects.get(account=town.accounts["member"])
    assert f"/deeds/{deed.pk}/" in letter.body and deed.title not in letter.subject
    for key in ("other", "street"):
        with pytest.raises(Refused):
            agreeing.agree(deed, **when(town, key))
    agreeing.agree(deed, **when(town, "member"))
    assert Named.objects.get(deed=deed).how == "self" and open_asks("consent") == {}


def test_who_is_chosen_stands_on_the_roll(town):
    with pytest.raises(Refused, match="on the roll"):
        checking.check(recommend(town), "pass", person=town.people["street"], **when(town))


def test_what_somebody_agreed_to_themselves_is_neither_written_over_nor_put_on_another(town):
    deed = recommend(town, is_own=True, name="", by=town.accounts["member"])
    with pytest.raises(Refused, match="said that it is their own"):
        checking.check(deed, "pass", person=town.people["other"], **when(town))
    checking.check(deed, "pass", person=town.people["member"], **when(town))
    with pytest.raises(Refused, match="has agreed already"):
        agreeing.agreed_on_paper(deed, kept_where="支部办公室2号柜", **when(town))
    named = Named.objects.get(deed=deed)
    assert (named.person, named.how, named.kept_where) == (town.people["member"], "self", "")


@pytest.mark.parametrize("stage", ["checked", "shown", "star"])
def test_who_does_not_agree_or_takes_it_back_leaves_no_word_and_no_name(stage, town):
    given = {"is_own": True, "name": "", "by": town.accounts["member"]}
    deed = checked(town, **given)
    if stage != "checked":
        deed = checking.show(checking.select(deed, "pass", **when(town, "street")), **when(town, "street"))
        commenting.write(deed, "真好", **when(town, "other"))
    if stage == "star":
        stars.name_star(deed, body=town.bodies["street_party"], span="month", of=town.today, ground="街道党工委",
                        today=town.today, by=town.accounts["street"])  # fmt: skip
    mark_copies(deed)
    agreeing.take_back(deed, now=NOW, by=town.accounts["member"])
    deed.refresh_from_db()
    assert (deed.state, deed.title, deed.story) == (D.TAKEN_BACK, "", "")
    assert not Named.objects.filter(deed=deed).exists() and not ReaderComment.objects.filter(deed=deed).exists()
    kept = [*Before.objects.values_list("was", flat=True), *Act.objects.values_list("facts", flat=True)]
    assert "沈样例" not in str(kept) and STORY not in str(kept) and deed.pk not in {
        each.pk for each in deeds_visible_to(AnonymousUser())
    }  # fmt: skip
    assert open_asks("comment") == {} and open_asks("select") == {} and open_asks("consent") == {}


def test_a_stranger_takes_nothing_back(town):
    deed = shown(town)
    for key in ("other", "street"):
        with pytest.raises(Refused, match="neither"):
            agreeing.take_back(deed, now=NOW, by=town.accounts[key])
    agreeing.take_back(deed, now=NOW, by=town.secretary)


def test_no_deed_stays_of_somebody_who_is_forgotten(town):
    deed = checking.check(recommend(town, name="沈样例"), "pass", person=town.people["member"], **when(town))
    returned = recommend(town, is_own=True, name="", by=town.accounts["member"], title="样例：退回的一件")
    checking.check(returned, "return", reason="样例", **when(town))
    commenting.write(shown(town, of="body", name="", title="样例：巡河三年"), "好", **when(town, "member"))
    agreeing.forget_of(town.people["member"])
    assert set(Deed.objects.filter(pk__in=[deed.pk, returned.pk]).values_list("title", flat=True)) == {""}
    assert not Named.objects.filter(person=town.people["member"]).exists() and not ReaderComment.objects.exists()


def test_the_words_of_what_was_returned_go_after_half_a_year(town):
    deed = checked(town, "return")
    assert agreeing.erase_old(town.today + timedelta(days=180)) == 0
    assert agreeing.erase_old(town.today + timedelta(days=182)) == 1
    deed.refresh_from_db()
    assert (deed.story, deed.state) == ("", D.RETURNED) and agreeing.erase_old(town.today + timedelta(days=182)) == 0


# == what checkers are told ==
def test_near_copies_and_earlier_stars_are_told_to_who_checks(town):
    first = shown(town)
    stars.name_star(first, body=town.bodies["street_party"], span="month", of=town.today, ground="党工委会议",
                    today=town.today, by=town.accounts["street"])  # fmt: skip
    copied = recommend(town, story=STORY + "大家都说好。", title="又一件")
    other = recommend(
        town, story="她每周给隔壁两位独居老人买菜送药，三年没有断过一次，自己从来没有提过。", name="钱样例"
    )
    assert set(DeedLikeness.objects.values_list("deed", "other")) == {(first.pk, copied.pk), (copied.pk, first.pk)}
    assert [star.deed for star in named_before(copied)] == [first] and named_before(other) == []


# == stars ==
def test_stars_of_a_month_a_quarter_and_a_year_are_named_once_each_with_a_ground(town):
    deed = shown(town, of="body", name="")
    street, by = town.bodies["street_party"], town.accounts["street"]
    for span in ("month", "quarter", "year"):
        star = stars.name_star(
            deed, body=street, span=span, of=town.today, ground="党工委会议", today=town.today, by=by
        )
        assert star.since == span_of(f"{town.today:%Y-%m}" if span == "month" else f"{town.today.year}")[1] or span == (
            "quarter"
        )
    assert Deed.objects.get().state == D.STAR and Star.objects.count() == 3
    said = {"body": street, "span": "month", "today": town.today, "by": by}
    with pytest.raises(Refused, match="already"):
        stars.name_star(deed, of=town.today, ground="再来一次", **said)
    with pytest.raises(Refused, match="on what ground"):
        stars.name_star(deed, of=town.today.replace(year=2020), ground=" ", **said)
    with pytest.raises(Refused, match="not begun"):
        stars.name_star(deed, of=town.today + timedelta(days=40), ground="提前", **said)
    with pytest.raises(Refused, match="selected elsewhere"):
        stars.name_star(deed, of=town.today, ground="村里", today=town.today, by=town.secretary, span="month",
                        body=town.bodies["village_party"])  # fmt: skip
    with pytest.raises(Refused, match="Your offices do not"):
        stars.name_star(deed, of=town.today, ground="外人", **(said | {"by": town.accounts["member"]}))


def test_what_stands_in_a_selection_is_named_by_that_alone(town):
    deed = shown(town, of="body", name="")
    Deed.objects.filter(pk=deed.pk).update(state="running")
    with pytest.raises(Refused, match="stands in a selection"):
        stars.name_star(deed, body=town.bodies["street_party"], span="month", of=town.today, ground="党工委会议",
                        today=town.today, by=town.accounts["street"])  # fmt: skip


@pytest.mark.parametrize(
    "when_, kind, since, until",
    [
        ("2026", "year", date(2026, 1, 1), date(2027, 1, 1)),
        ("2026-q4", "quarter", date(2026, 10, 1), date(2027, 1, 1)),
        ("2026-12", "month", date(2026, 12, 1), date(2027, 1, 1)),
        ("2026-02", "month", date(2026, 2, 1), date(2026, 3, 1)),
    ],
)
def test_a_time_is_read(when_, kind, since, until):
    assert span_of(when_) == (kind, since, until)


@pytest.mark.parametrize("odd", ["", "26", "2026-13", "2026-00", "2026-q5", "9999999", "2026-1", "٢٠٢٦", "²026"])
def test_what_is_no_time_is_none(odd):
    assert span_of(odd) is None


# == comments ==
def test_a_comment_waits_is_shown_or_hidden_with_the_reason_and_one_appeal_is_decided_by_another(town):
    deed, street = shown(town), town.bodies["street_party"]
    comment = commenting.write(deed, "这人我认识，住3栋", **when(town, "other"))
    assert commenting.write(deed, "这人我认识，住3栋", **when(town, "other")) == comment
    assert open_asks("comment") == {street.pk: 2} and not reader_comments_visible_to(AnonymousUser()).exists()
    with pytest.raises(Refused, match="Say why"):
        commenting.look_at(comment, "hide", **when(town, "street"))
    for key in ("member", "county"):
        with pytest.raises(Refused):
            commenting.look_at(comment, "show", **when(town, key))
    commenting.look_at(comment, "hide", reason="写了别人住哪里", **when(town, "street"))
    assert open_asks("comment") == {} and Letter.objects.get(account=town.accounts["other"])
    with pytest.raises(Refused):
        commenting.appeal(comment, "不是我写的", **when(town, "member"))
    commenting.appeal(comment, "是他自己说的", **when(town, "other"))
    assert open_asks("comment") == {street.pk: 2}
    with pytest.raises(Refused, match="You hid it"):
        commenting.decide(comment, "grant", outcome="可以", **when(town, "street"))
    commenting.decide(comment, "uphold", outcome="仍是别人的住址", **when(town, "street2"))
    comment.refresh_from_db()
    assert (comment.state, comment.words, comment.reason) == (C.UPHELD, "这人我认识，住3栋", "写了别人住哪里")
    with pytest.raises(Refused, match="by now"):
        commenting.appeal(comment, "再来", **when(town, "other"))


def test_an_appeal_can_bring_a_comment_back(town):
    deed = shown(town)
    comment = commenting.write(deed, "好样的", **when(town, "other"))
    commenting.look_at(comment, "hide", reason="误按", **when(town, "street"))
    commenting.appeal(comment, "没有不对的地方", **when(town, "other"))
    commenting.decide(comment, "grant", outcome="是误按", **when(town, "street2"))
    assert [each.words for each in reader_comments_visible_to(AnonymousUser())] == ["好样的"]


def test_nobody_looks_at_their_own_comment_and_writes_below_what_is_not_shown(town):
    comment = commenting.write(shown(town), "街道点赞", **when(town, "street"))
    with pytest.raises(Refused, match="their own"):
        commenting.look_at(comment, "show", **when(town, "street"))
    with pytest.raises(Refused, match="not shown"):
        commenting.write(checked(town, title="样例二", by=town.accounts["other"]), "好", **when(town, "other"))


def test_a_flood_of_comments_of_one_account_is_slowed_down(town):
    deed = shown(town)
    for n in range(10):
        commenting.write(deed, f"第{n}条", **when(town, "other"))
    with pytest.raises(Refused, match="Wait some minutes"):
        commenting.write(deed, "第十一条", **when(town, "other"))


# == what the database holds ==
@pytest.mark.parametrize(
    "model, values",
    [
        (Deed, {"state": "shown", "shown_on": None}),
        (Deed, {"title": "", "story": ""}),
        (Deed, {"number": None}),
        (Named, {"consent": "given", "how": "", "consented_on": None}),
        (Named, {"consent": "given", "how": "paper", "kept_where": ""}),
        (Named, {"name": ""}),
    ],
)
def test_the_database_holds_no_half_of_it(model, values, town):
    deed = shown(town)
    row = deed if model is Deed else deed.named
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.filter(pk=row.pk).update(**values)


def test_pots_are_wide_for_one_address_and_bounded_for_one_organisation():
    pots = recommending.pots_of("net", 7, None)
    assert {key: pot.tries for key, pot in pots.items()} == {"deeds-body:7": 60, "deeds-network:net": 30}
    assert set(recommending.pots_of("net", 7, 3)) == {"deeds-body:7", "deeds-account:3"}
