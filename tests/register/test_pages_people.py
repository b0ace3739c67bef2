"""The page of a person, what is opened on it, and the roll of a body: who comes in, and what the page holds."""

import logging
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from gongjian.chronicle.models import Act, Before
from gongjian.register import disclosures, particulars
from gongjian.register.models import Body, Disclosure
from tests.register import town as small

EN = {"accept-language": "en"}
PHONE, IDENTITY = "15400001234", "990000198003150019"


@pytest.fixture
def county(town):
    chair = small.account("郑样例")
    small.office(small.person("郑样例", account=chair), town.bodies["county_union"], "union_chair")
    return chair


@pytest.fixture
def known(town, county):
    chair = town.people["chair"]
    particulars.enter(chair, today=town.today, by=county, phone=PHONE, identity_number=IDENTITY)
    return chair


def page(name, **more):
    return reverse(name, kwargs=more)


def text_of(answer) -> str:
    return answer.content.decode()


def hidden(text: str) -> bool:
    return PHONE not in text and IDENTITY not in text and "1980-03-15" not in text


def test_the_page_tells_what_is_open_and_masked_numbers_alone(town, county, known, signed_in):
    text = text_of(signed_in(county).get(page("person", person_id=known.pk), headers=EN))
    assert "•••••••1234" in text and "••••••••••••••••19" in text and ">1980<" in text and hidden(text)
    assert text.count("上下文村联合工会") == 2  # as chair, and as member


def test_an_account_without_an_office_sees_public_offices_and_no_numbers(town, known, signed_in):
    text = text_of(signed_in(town.stranger).get(page("person", person_id=known.pk), headers=EN))
    assert "•" not in text and hidden(text) and "What is kept beside the name" not in text
    assert text.count("上下文村联合工会") == 1 and "No membership that is open to you." in text


def test_somebody_whom_one_may_not_see_does_not_exist(town, county, signed_in):
    member = small.person("冯样例")
    small.membership(member, town.bodies["village_party"])
    codes = {
        name: signed_in(reader).get(page("person", person_id=member.pk)).status_code
        for name, reader in {**town.accounts, "county": county}.items()
    }
    assert codes == {"clerk": 200, "secretary": 200, "inspector": 404, "stranger": 404, "county": 404}


def test_a_phone_is_opened_for_a_reason_on_one_answer(town, county, known, signed_in, caplog):
    browser = signed_in(county)
    with caplog.at_level(logging.DEBUG):
        answer = browser.post(page("person_phone", person_id=known.pk), {"reason": "通知开会"}, headers=EN)
    assert PHONE in text_of(answer) and IDENTITY not in text_of(answer)
    assert "no-store" in answer["Cache-Control"] and PHONE not in str(answer.headers) + answer.request["PATH_INFO"]
    assert PHONE not in caplog.text
    assert hidden(str([*Act.objects.values_list("facts", flat=True), *Before.objects.values_list("was", flat=True)]))
    assert Act.objects.get(verb="chronicle.read").facts == {"what": "phone", "reason": "通知开会"}
    assert hidden(text_of(browser.get(page("person", person_id=known.pk))))


def test_without_a_reason_the_phone_stays_shut(town, county, known, signed_in):
    answer = signed_in(county).post(page("person_phone", person_id=known.pk), {"reason": " "}, follow=True, headers=EN)
    assert "Say for what you need this." in text_of(answer) and hidden(text_of(answer))
    assert not Act.objects.filter(verb="chronicle.read").exists()


@pytest.mark.parametrize("role", ["stranger", "secretary", "clerk"])
def test_a_stranger_opens_and_asks_for_nothing(town, county, known, signed_in, role):
    asked = disclosures.ask_identity_number(known, reason="核对", now=timezone.now(), by=county)
    browser, typed = signed_in(town.accounts[role]), {"reason": "好奇"}
    addresses = [page("person_phone", person_id=known.pk), page("person_identity", person_id=known.pk)]
    addresses += [page(f"disclosure_{verb}", disclosure_id=asked.pk) for verb in ("agree", "decline", "open")]
    assert [browser.post(address, typed).status_code for address in addresses] == [404] * 5
    asked.refresh_from_db()
    assert (asked.state, Disclosure.objects.count()) == ("asked", 1)


def test_an_identity_number_is_opened_once_by_two_people(town, county, known, signed_in):
    first, second = signed_in(county), signed_in(town.inspector)
    asked = first.post(page("person_identity", person_id=known.pk), {"reason": "核对"}, follow=True, headers=EN)
    assert "has seven days to agree" in text_of(asked) and hidden(text_of(asked))
    disclosure = Disclosure.objects.get()
    early = first.post(page("disclosure_open", disclosure_id=disclosure.pk), follow=True, headers=EN)
    assert "not possible any more" in text_of(early) and hidden(text_of(early))
    alone = first.post(page("disclosure_agree", disclosure_id=disclosure.pk), follow=True, headers=EN)
    assert "Somebody else has to answer" in text_of(alone)
    waiting = text_of(second.get(page("disclosures"), headers=EN))
    assert "Reason: " in waiting and "核对" in waiting and ">Agree<" in waiting and hidden(waiting)
    agreed = second.post(page("disclosure_agree", disclosure_id=disclosure.pk), follow=True, headers=EN)
    assert hidden(text_of(agreed))
    assert second.post(page("disclosure_open", disclosure_id=disclosure.pk)).status_code == 404
    assert "Open it once" in text_of(first.get(page("person", person_id=known.pk), headers=EN))
    opened = first.post(page("disclosure_open", disclosure_id=disclosure.pk), headers=EN)
    assert IDENTITY in text_of(opened) and "no-store" in opened["Cache-Control"]
    again = first.post(page("disclosure_open", disclosure_id=disclosure.pk), follow=True, headers=EN)
    assert "not possible any more: opened" in text_of(again) and hidden(text_of(again))
    assert hidden(str(list(Act.objects.values_list("facts", flat=True))))


def test_the_list_of_what_waits_takes_the_same_queries_for_one_and_for_three(
    town, county, known, signed_in, django_assert_num_queries, django_assert_max_num_queries
):
    browser = signed_in(town.inspector)
    disclosures.ask_identity_number(known, reason="核对", now=timezone.now(), by=county)
    browser.get(page("disclosures"))
    with django_assert_max_num_queries(25) as one:
        browser.get(page("disclosures"))
    for name in ("吴样例", "钱样例"):
        person = small.person(name)
        small.membership(person, town.bodies["joint_union"], since=small.REFORM)
        particulars.enter(person, today=town.today, by=county, identity_number=IDENTITY)
        disclosures.ask_identity_number(person, reason="核对", now=timezone.now(), by=county)
    with django_assert_num_queries(len(one)):
        assert text_of(browser.get(page("disclosures"), headers=EN)).count(">Agree<") == 3


# == the roll ==
def enrol(town, count: int) -> None:
    for number in range(count):
        small.membership(small.person(f"样例{number:03}"), town.bodies["joint_union"], since=small.REFORM)


def roll(town, name: str, body: str = "county_union") -> str:
    return page(name, body_id=town.bodies[body].pk)


def names_in(answer) -> list[str]:
    rows = CalamineWorkbook.from_filelike(BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0).to_python()
    return [row[0] for row in rows[1:]]


def test_up_to_fifty_names_are_taken_out_by_one_and_written_down(town, county, signed_in):
    enrol(town, 50)  # the chair of the joint union is public
    browser = signed_in(county)
    text = text_of(browser.get(roll(town, "roll"), headers=EN))
    assert "Save the names as Excel" in text and "样例001" not in text
    names = names_in(browser.post(roll(town, "roll_export")))
    assert sorted(set(names)) == sorted([f"样例{number:03}" for number in range(50)] + ["陈样例", "郑样例"])
    act = Act.objects.get(verb="register.export_people")
    assert (act.by, act.facts) == (county, {"persons": 52, "not_public": 50})


def test_more_than_fifty_names_need_a_second_person(town, county, signed_in):
    enrol(town, 51)
    first, second = signed_in(county), signed_in(town.inspector)
    text = text_of(first.get(roll(town, "roll"), headers=EN))
    assert "More than 50 of these persons are not public" in text and "Save the names" not in text
    refused = first.post(roll(town, "roll_export"), follow=True, headers=EN)
    assert "Somebody else has to agree first" in text_of(refused)
    first.post(roll(town, "roll_ask"), {"reason": "换届选举"})
    disclosure = Disclosure.objects.get()
    assert (disclosure.kind, disclosure.persons) == ("export", 51)
    second.post(page("disclosure_agree", disclosure_id=disclosure.pk))
    assert "Somebody else has agreed to one file" in text_of(first.get(roll(town, "roll"), headers=EN))
    assert len(names_in(first.post(roll(town, "roll_export")))) == 54  # the chair is a member as well
    assert Act.objects.get(verb="register.export_people").facts["disclosure"] == disclosure.pk
    assert first.post(roll(town, "roll_export")).status_code == 302


def test_the_roll_is_shut_to_whoever_does_not_see_the_people(town, county, signed_in):
    enrol(town, 1)
    for role in ("stranger", "secretary", "clerk"):
        browser = signed_in(town.accounts[role])
        assert browser.get(roll(town, "roll")).status_code == 403
        posted = [
            browser.post(roll(town, name), {"reason": "好奇"}).status_code for name in ("roll_export", "roll_ask")
        ]
        assert posted == [404, 404]
    assert not Disclosure.objects.exists()


def test_the_other_files_of_the_register_hold_no_name_of_a_person(town, county, known, signed_in):
    browser = signed_in(town.clerk)
    for name in ("units_export", "bodies_export"):
        content = b"".join(browser.get(reverse(name)).streaming_content)
        inside = b"".join(ZipFile(BytesIO(content)).read(part) for part in ZipFile(BytesIO(content)).namelist())
        others = [person.name for key, person in town.people.items() if key != "clerk"]  # who exports is named
        assert len(inside) > 1000 and not [name for name in others if name.encode() in inside]


def test_bodies_of_another_line_are_not_in_the_roll(town, county, signed_in):
    small.membership(small.person("冯样例"), town.bodies["village_party"])
    assert Body.objects.get(pk=town.bodies["village_party"].pk).line_id == "party"
    assert "冯样例" not in names_in(signed_in(county).post(roll(town, "roll_export")))
