"""The sample city's reviews: one filed and one at work in the secretary's branch; two beside it wait for the town."""

from gongjian.accounts.models import User
from gongjian.reviews.access import grades_visible_to, reviews_approved_by, reviews_kept_by
from gongjian.reviews.grading import missing
from gongjian.reviews.models import GradeObjection, MemberGrade, MemberReview
from gongjian.reviews.rules import rules_of


def reader(key: str) -> User:
    return User.objects.get(username=f"sample-{key}")


def test_the_secretary_s_branch_has_one_at_work_and_one_filed(city):
    kept = reviews_kept_by(reader("village-secretary"))
    states = {(each.year, each.state) for each in kept}
    assert states == {(city.year, "held"), (city.year - 1, "filed")}
    assert all(each.grades.count() == 12 for each in kept)
    assert MemberGrade.objects.filter(review__in=kept, person__account=reader("village-secretary")).count() == 2


def test_the_town_reads_who_objects_and_what_waits_for_it_and_nothing_else(city):
    officer = reader("town-officer")
    states = sorted(reviews_approved_by(officer).values_list("state", flat=True))
    assert states == ["filed", "handed_up", "held", "told"]
    assert set(grades_visible_to(officer).values_list("review__state", flat=True)) == {"filed", "handed_up", "told"}
    assert grades_visible_to(officer).filter(review__state="told").count() == GradeObjection.objects.count() == 1


def test_the_rules_hold_in_all_of_them(city):
    for review in MemberReview.objects.exclude(state="held"):
        assert missing(list(review.grades.all()), rules_of(review.definition), {}) == []
        assert all(each.is_told for each in review.grades.exclude(grade=""))
    for review in MemberReview.objects.all():
        assert review.held_on >= review.roll_on and review.held_on.year == review.year


def test_every_text_says_that_it_is_a_sample(city):
    rows = MemberGrade.objects.values_list("words", "reason")
    texts = [text for row in rows for text in row if text] + list(
        GradeObjection.objects.values_list("reason", flat=True)
    )
    assert texts and all(text.startswith("样例") for text in texts)
