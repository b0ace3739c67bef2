"""The sample city's honours: a call of which notice is given, one that was withdrawn, and a branch that is nurtured."""

from gongjian.accounts.models import User
from gongjian.honours.access import applications_visible_to, nurturings_visible_to
from gongjian.honours.models import Application, Award, AwardStep, Call, Nurturing


def test_the_county_chair_is_heard_on_all_of_them(city):
    call = Call.objects.get()
    assert call.state == "notice" and call.notice_until > call.notice_on
    chair = User.objects.get(username="sample-county-union-chair")
    assert applications_visible_to(chair).filter(call=call).count() == call.applications.count() > 3
    assert set(call.applications.values_list("state", flat=True)) == {"proposed", "not_proposed"}
    assert all(each.findings for each in call.applications.all())
    excluded = {
        each.state: {found["code"] for found in each.findings if found["verdict"] == "no"}
        for each in call.applications.all() if each.outcome["code"] == "ineligible"
    }  # fmt: skip
    assert excluded == {"not_proposed": {"no_wage_agreement"}}
    assert not any(
        found["verdict"] == "no" for each in call.applications.filter(state="proposed") for found in each.findings
    )


def test_one_honour_was_withdrawn_and_says_why(city):
    (gone,) = Award.objects.filter(state="withdrawn")
    assert gone.steps.filter(verb="withdraw").get().reason.startswith("样例")
    assert not Award.objects.exclude(person=None).exists()


def test_the_village_secretary_and_the_officer_read_of_the_nurturing_and_nobody_else_of_the_sample(city):
    readers = User.objects.filter(username__startswith="sample-")
    seen = {each.username for each in readers if nurturings_visible_to(each).exists()}
    assert seen == {"sample-village-secretary", "sample-town-officer"} and Nurturing.objects.count() == 1


def test_every_text_says_that_it_is_a_sample(city):
    texts = [*Application.objects.values_list("story", flat=True), *Call.objects.values_list("title", flat=True)]
    texts += AwardStep.objects.exclude(reason="").values_list("reason", flat=True)
    assert texts and all(text.startswith("样例") for text in texts)
