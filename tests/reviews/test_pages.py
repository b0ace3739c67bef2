"""The pages of reviews: the whole life through them, what shows for whom, in how many queries; the paper."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import docx
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongjian.asks.models import Ask
from gongjian.reviews.access import grades_visible_to, reviews_visible_to, words_visible_to
from gongjian.reviews.grading import Chosen
from gongjian.reviews.models import MemberGrade, MemberReview, ReviewYear
from tests.register import town as small

from .conftest import (
    Reviewed,
    answer,
    approve,
    grade,
    grade_all,
    hand_up,
    hold,
    mark_new,
    note_all,
    object_to,
    propose,
    tell,
)

READERS = ("secretary", "deputy", "member", "other", "street", "county", "clerk", "stranger", "inspector")


def who(begun: Reviewed, visible, thing) -> set[str]:
    return {key for key in READERS if visible(begun.by(key)).filter(pk=thing.pk).exists()}


def test_who_reads_a_row_on_its_way(begun):
    branch = {"secretary", "deputy"}
    row = begun.row("member")
    assert who(begun, grades_visible_to, row) == who(begun, words_visible_to, row) == branch | {"member"}
    tell(begun)
    assert who(begun, grades_visible_to, row) == branch | {"member"}
    object_to(begun)
    assert who(begun, grades_visible_to, row) == branch | {"member", "street"}
    assert who(begun, grades_visible_to, begun.row("other")) == branch | {"other"}
    MemberReview.objects.update(state="handed_up")
    assert who(begun, grades_visible_to, row) == branch | {"member", "street"}
    assert who(begun, grades_visible_to, begun.row("plain0")) == branch | {"street"}
    assert who(begun, words_visible_to, row) == branch | {"member"}
    MemberReview.objects.update(state="returned")
    assert who(begun, grades_visible_to, begun.row("plain0")) == branch
    assert who(begun, reviews_visible_to, begun.review) == branch | {"member", "other", "street", "county"}


def test_nobody_else_gets_a_page(begun, signed_in):
    tell(begun)
    review, row = begun.review, begun.row("member")
    year = begun.opened.year
    pages = {
        f"/reviews/{review.pk}/": {"secretary", "deputy", "street", "county", "member", "other"},
        f"/reviews/{review.pk}/grades/": {"secretary", "deputy"},
        f"/reviews/{review.pk}/ballots/": {"secretary", "deputy"},
        f"/reviews/{review.pk}/meeting/": {"secretary", "deputy"},
        f"/reviews/{review.pk}.docx": {"secretary", "deputy"},
        f"/reviews/grades/{row.pk}/": {"secretary", "deputy", "member"},
        f"/reviews/years/{year.pk}/": {"secretary", "deputy", "street", "county"},
        f"/reviews/years/{year.pk}/own/": {"secretary", "deputy", "street", "county"},
    }
    for page, allowed in pages.items():
        seen = {key for key in READERS if signed_in(begun.by(key)).get(page).status_code != 404}
        assert seen == allowed, page
    for key in ("street", "county", "stranger", "other"):
        browser = signed_in(begun.by(key))
        for verb in ("say", "told", "object", "answer"):
            assert browser.post(f"/reviews/grades/{row.pk}/{verb}/", {"words": "样例"}).status_code == 404
    county = signed_in(begun.by("county")).get(f"/reviews/{review.pk}/").content.decode()
    assert "样例0" not in county and "Qualified" not in county and "合格" not in county


def test_one_s_own_row_tells_no_more_than_one_was_told(begun, signed_in):
    hold(begun)
    grade_all(begun, member=Chosen("fair", "缺席两次"))
    grade(begun, {"secretary": Chosen("fair", "会议记录不全")}, by="deputy")
    member, secretary = signed_in(begun.by("member")), signed_in(begun.by("secretary"))
    pages = [f"/reviews/grades/{begun.row('secretary').pk}/", f"/reviews/{begun.review.pk}/",
             f"/reviews/{begun.review.pk}/grades/"]  # fmt: skip
    for page in pages:
        assert "会议记录不全" not in secretary.get(page).content.decode(), page
    assert "缺席两次" not in member.get(f"/reviews/grades/{begun.row('member').pk}/").content.decode()
    from gongjian.reviews import grading  # slow: as the page does

    grading.propose(begun.review, by=begun.by("secretary"))
    grading.tell(begun.review, today=begun.today, now=begun.opened.year.opened_at, by=begun.by("secretary"))
    assert "缺席两次" in member.get(f"/reviews/grades/{begun.row('member').pk}/").content.decode()
    assert "会议记录不全" in secretary.get(pages[0]).content.decode()


def test_the_whole_life_in_the_browser(begun, signed_in):
    secretary, deputy, member, street = map(signed_in, map(begun.by, ("secretary", "deputy", "member", "street")))
    review = begun.review
    page = f"/reviews/{review.pk}/"
    assert secretary.get(f"/reviews/years/{begun.opened.year.pk}/own/")["Location"] == page
    own = f"/reviews/grades/{begun.row('member').pk}/"
    assert member.get(page)["Location"] == own
    member.post(f"{own}say/", {"words": "今年参加了12次活动"})
    sent = {"held_on": begun.today, "to_come": "12", "came": "3", "valid": "3"}
    assert secretary.post(f"{page}meeting/", sent).status_code == 400
    assert secretary.post(f"{page}meeting/", sent | {"came": "NaN"}).status_code == 400
    assert secretary.post(f"{page}meeting/", sent | {"came": "11", "valid": "10"}).status_code == 302
    mark_new(begun)
    sheet = {f"n_{each.pk}_{at}": number for each in begun.rows() if not each.ungraded
             for at, number in enumerate((3, 7, 0, 0))}  # fmt: skip
    off = sheet | {f"n_{begun.row('other').pk}_1": 6}
    for browser, given in ((secretary, sheet), (deputy, off)):
        assert browser.post(f"{page}ballots/", given).status_code == 302
    differing = deputy.get(f"{page}ballots/").context["differing"]
    assert differing == ["钱样例"]
    assert " / " not in deputy.get(f"{page}ballots/").content.decode()  # for whom, and nothing of the numbers
    assert deputy.post(f"{page}ballots/", sheet).status_code == 302
    assert begun.review.is_counted
    shown = secretary.get(f"{page}grades/").content.decode()
    assert "今年参加了12次活动" in shown and "10票中至少6票为“合格”" in shown
    people = [each for each in begun.rows() if each.person_id != begun.town.people["secretary"].pk]
    filled = {"version": begun.review.version} | {f"grade_{each.pk}": each.ungraded or "good" for each in people}
    filled |= {f"reason_{each.pk}": "" for each in people}
    wrong = secretary.post(f"{page}grades/", filled | {"do": "propose"})
    assert wrong.status_code == 400 and len(wrong.context["form"].non_field_errors()) == 1
    assert begun.review.state == "held"
    late = deputy.post(f"{page}grades/", filled | {"do": "keep"})
    assert late.status_code == 400 and late.context["overtaken"] == begun.review.version
    grade(begun, {"secretary": Chosen("good")}, by="deputy")
    assert secretary.post(f"{page}move/", {"do": "nothing"}).status_code == 404
    for verb, state in (("approve", "held"), ("propose", "proposed"), ("tell", "told"), ("hand_up", "told")):
        assert secretary.post(f"{page}move/", {"do": verb}).status_code == 302
        assert begun.review.state == state, verb
    plain = begun.row("plain0")
    assert secretary.post(f"/reviews/grades/{plain.pk}/told/", {"told_on": begun.today})["Location"] == page
    assert begun.row("plain0").is_told
    note_all(begun)
    member.post(f"{own}object/", {"reason": "我全年参加了12次活动"})
    answered = {"words": "已核对", "choice": "excellent", "do": "uphold"}
    assert street.get(own).status_code == 200
    assert "今年参加" not in street.get(own).content.decode()
    assert secretary.get(own).context["answering"] is None
    street.post(f"{own}answer/", answered)
    assert begun.row("member").grade == "excellent"
    assert street.get(own).status_code == 404
    assert "已核对" in member.get(own).content.decode()
    MemberReview.objects.update(state="handed_up", handed_up_on=begun.today)
    assert street.get(page).context["shown"].not_deciding
    colleague = signed_in(begun.by("street2"))
    colleague.post(f"{page}move/", {"do": "send_back", "reason": ""})
    assert begun.review.state == "handed_up"
    colleague.post(f"{page}move/", {"do": "approve"})
    assert begun.review.state == "approved"
    secretary.post(f"{page}move/", {"do": "file"})
    assert begun.review.state == "filed" and secretary.get(page).status_code == 200


def test_a_year_and_a_branch_are_begun_on_their_pages(begun, signed_in):
    street, page = signed_in(begun.by("street")), f"/bodies/{begun.town.bodies['street_party'].pk}/reviews/new/"
    assert signed_in(begun.by("stranger")).get(page).status_code == 403
    made = small.body("样例支部", "party_branch", begun.town.units["street"], since=small.REFORM,
                      superior=begun.town.bodies["street_party"])  # fmt: skip
    small.membership(small.person("支部样例"), made)
    sent = {"year": begun.today.year, "roll_on": begun.today, "due_on": begun.today.replace(year=begun.today.year + 1)}
    assert street.get(page).status_code == 200
    assert street.post(page, sent | {"year": "1"}).status_code == 400
    assert street.post(page, sent | {"do": "look"}).context["seen"] == 1
    opened = street.post(page, sent | {"do": "open"})
    year = ReviewYear.objects.get(host=begun.town.bodies["street_party"])
    assert opened["Location"] == f"/reviews/years/{year.pk}/" and year.reviews.get().body == made
    branch = f"/bodies/{begun.town.bodies['village_party'].pk}/reviews/new/"
    again = signed_in(begun.by("secretary")).post(branch, sent)
    assert again.status_code == 400 and len(again.context["form"].non_field_errors()) == 1


def test_a_branch_that_leads_mass_organisations_begins_its_own_review_and_opens_no_year(begun, signed_in):
    town = begun.town
    assert town.bodies["league"].entries.on(begun.today).get().leader_id == town.bodies["village_party"].pk
    begun.review.grades.all().delete()
    Ask.objects.all().delete()
    MemberReview.objects.all().delete()
    hub = signed_in(begun.by("secretary")).get("/reviews/").context["hub"]
    assert (hub.branches, hub.hosts) == ([(town.bodies["village_party"].pk, "上下文村党支部")], [])
    hosts = signed_in(begun.by("street")).get("/reviews/").context["hub"].hosts
    assert [id for id, _name in hosts] == [town.bodies["street_party"].pk]


def test_figures_of_less_than_ten_are_not_told_above(begun, signed_in):
    hand_up(begun, member=Chosen("excellent"))
    page = f"/reviews/years/{begun.opened.year.pk}/"
    street, county = signed_in(begun.by("street")), signed_in(begun.by("county"))
    shown = street.get(page).context["shown"]
    assert (shown.grades, shown.graded, shown.up) == (
        [("优秀", 1), ("合格", 10), ("基本合格", 0), ("不合格", 0)], 11, 1,
    )  # fmt: skip
    assert county.get(page).context["shown"].grades is None
    for key in ("plain0", "plain1"):
        MemberGrade.objects.filter(pk=begun.row(key).pk).update(grade="", ungraded="exempt")
    assert street.get(page).context["shown"].grades is None
    assert [each.state for each in street.get(f"{page}?state=handed_up").context["shown"].rows] == ["handed_up"]
    assert street.get(f"{page}?state=begun").context["shown"].rows == []


def queries(browser, address: str) -> int:
    browser.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).status_code == 200
    return len(asked)


def test_pages_take_as_many_queries_for_thirty_members_as_for_three(begun, signed_in):
    hold(begun)
    review, year = begun.review, begun.opened.year
    secretary, street = signed_in(begun.by("secretary")), signed_in(begun.by("street"))
    own = begun.row("secretary").pk
    pages = ["/reviews/", f"/reviews/{review.pk}/", f"/reviews/{review.pk}/grades/", f"/reviews/{review.pk}/ballots/",
             f"/reviews/grades/{own}/", f"/reviews/years/{year.pk}/"]  # fmt: skip
    few = [secretary.get(page) and queries(secretary, page) for page in pages]
    people = [small.person(f"多样例{at}") for at in range(30)]
    MemberGrade.objects.bulk_create(MemberGrade(review=review, person=each) for each in people)
    for at in range(3):
        made = small.body(f"样例支部{at}", "party_branch", begun.town.units["street"], since=small.REFORM,
                          superior=begun.town.bodies["street_party"])  # fmt: skip
        fields = {"year": review.year, "roll_on": review.roll_on, "definition": review.definition, "opened": year}
        MemberReview.objects.create(body=made, above=begun.town.bodies["street_party"], **fields)
    assert [queries(secretary, page) for page in pages] == few
    MemberReview.objects.filter(pk=review.pk).update(state="handed_up")
    one = [queries(street, page) for page in (pages[0], pages[1], pages[5])]
    MemberReview.objects.exclude(pk=review.pk).update(
        state="handed_up", held_on=begun.today, to_come=1, came=1, valid=1, handed_up_on=begun.today
    )
    assert [queries(street, page) for page in (pages[0], pages[1], pages[5])] == one


def test_the_register_of_grades_as_word(begun, signed_in):
    propose(begun, member=Chosen("fair", "缺席两次"))
    address = f"/reviews/{begun.review.pk}.docx"
    answer = signed_in(begun.by("secretary")).get(address)
    paper = docx.Document(BytesIO(answer.content))
    cells = {row.cells[1].text: [cell.text for cell in row.cells[2:4]] for row in paper.tables[0].rows[1:]}
    assert len(cells) == 12 and cells["沈样例"] == ["基本合格", "缺席两次"]
    assert cells["王样例"] == ["尚未提出", ""] and cells["预备样例"][0].startswith("预备党员")
    assert "应到12人，实到11人，有效票10张" in "\n".join(each.text for each in paper.paragraphs)
    MemberReview.objects.update(state="handed_up", handed_up_on=begun.today)
    assert signed_in(begun.by("street")).get(address).status_code == 200
    approve(begun)
    assert signed_in(begun.by("county")).get(address).status_code == 404


def test_a_dissolved_branch_s_rows_are_read_by_the_person_alone(begun):
    tell(begun)
    begun.town.bodies["village_party"].refresh_from_db()
    path = begun.town.bodies["street_party"].line_path
    type(begun.town.bodies["league"]).objects.filter(pk=begun.review.body_id).update(line_path="", last_line_path=path)
    assert who(begun, grades_visible_to, begun.row("member")) == {"member"}
    assert who(begun, grades_visible_to, begun.row("plain0")) == set()


# == on the pages of others ==
def with_link(begun: Reviewed, signed_in, page: str, link: str) -> set[str]:
    return {key for key in READERS if f'href="{link}"' in signed_in(begun.by(key)).get(page).content.decode()}


def test_who_reads_the_block_on_the_page_of_a_body(begun, signed_in, client):
    review, branch = begun.review, begun.town.bodies["village_party"].pk
    page, link, begin = f"/bodies/{branch}/", f"/reviews/{review.pk}/", f"/bodies/{branch}/reviews/new/"
    assert with_link(begun, signed_in, page, link) == {"secretary", "deputy", "member", "other", "street", "county"}
    assert link not in client.get(page).content.decode()
    assert with_link(begun, signed_in, page, begin) == set()
    MemberReview.objects.update(year=review.year - 1)
    assert with_link(begun, signed_in, page, begin) == {"secretary", "deputy"}
    assert with_link(begun, signed_in, page, link) == {"secretary", "deputy", "member", "other", "street", "county"}
    assert begin not in client.get(page).content.decode()


def test_whose_home_names_a_review(begun, signed_in):
    """The branch's keeper while it is at work, who approves while it waits, a member from being told until it is up."""
    link, branch = f"/reviews/{begun.review.pk}/", {"secretary", "deputy"}
    assert with_link(begun, signed_in, "/", link) == branch
    tell(begun)
    assert with_link(begun, signed_in, "/", link) == branch | {"member", "other"}
    for state, named in (("handed_up", {"street"}), ("returned", branch), ("approved", branch), ("filed", set())):
        MemberReview.objects.update(state=state)
        assert with_link(begun, signed_in, "/", link) == named, state


def test_who_may_not_object_reads_what_is_left_to_do(begun, signed_in):
    tell(begun)
    member, own = signed_in(begun.by("member")), f"/reviews/grades/{begun.row('member').pk}/"
    assert member.get(own).context["shown"].closed == ""
    objection = object_to(begun)
    assert member.get(own).context["shown"].closed == ""  # it waits for its answer
    answer(begun, objection, "reject", "street")
    begun.review.grades.filter(pk=begun.row("other").pk).update(told_on=begun.today - timedelta(days=40))
    name = "大唐街道"  # whose committee approves
    for key, says in (("member", "已经提过异议"), ("other", "现已过期")):
        told = signed_in(begun.by(key)).get(f"/reviews/grades/{begun.row(key).pk}/").context["shown"]
        assert not told.may_object and says in told.closed and name in told.closed, told.closed
    assert signed_in(begun.by("secretary")).get(own).context["shown"].closed == ""  # it is the member's to object
    MemberReview.objects.update(state="approved")
    assert member.get(own).context["shown"].closed == ""


def test_a_review_says_who_reads_it(begun, signed_in):
    for key in ("secretary", "street", "county"):
        assert "谁能看到" in signed_in(begun.by(key)).get(f"/reviews/{begun.review.pk}/").content.decode(), key
