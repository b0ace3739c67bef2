"""What is kept of a person: entered with its checks, sealed, shown masked, opened for a reason."""

import json
import logging
from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction

from gongjian.chronicle import personal
from gongjian.chronicle.models import Act, Before
from gongjian.chronicle.record import NoReason
from gongjian.keys import columns, ring
from gongjian.register import access, particulars
from gongjian.register.actions import Refused
from gongjian.register.models import Particulars
from tests.register import town as small

PHONE, IDENTITY = "15400001234", "990000198003150019"


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def county(town):
    """The chair of the county's union: above the village's joint union in the line, and appoints there."""
    chair = small.account("郑样例")
    town.people["county"] = small.person("郑样例", account=chair)
    small.office(town.people["county"], town.bodies["county_union"], "union_chair")
    return chair


@pytest.fixture
def chair(town):
    return town.people["chair"]


@pytest.fixture
def known(town, county, chair):
    enter(town, county, chair, phone=PHONE, identity_number=IDENTITY)
    return chair


def enter(town, by, person, **typed):
    return particulars.enter(person, today=town.today, by=by, **typed)


def rows() -> str:
    """All of the table as a reader of the database sees it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(json_agg(r)::text, '') FROM register_particulars r")
        return cursor.fetchone()[0]


def test_numbers_are_sealed_in_the_database_and_shown_masked(known):
    assert PHONE not in rows() and PHONE.encode().hex() not in rows() and IDENTITY.encode().hex() not in rows()
    shown = particulars.masked(known)
    assert (shown.phone, shown.identity_number, shown.born_in) == ("•••••••1234", "••••••••••••••••19", 1980)
    assert Particulars.objects.get(person=known).born_on == date(1980, 3, 15)


def test_a_number_moved_to_another_persons_row_does_not_open(town, known):
    other = small.person("吴样例")
    Particulars.objects.create(person=other, phone=Particulars.objects.get(person=known).phone)
    with pytest.raises(ring.Altered):
        particulars.masked(other)


def test_the_key_ring_turns_and_the_numbers_still_open(town, county, chair, settings):
    settings.KEYS = ring.new_text(2025)
    enter(town, county, chair, phone=PHONE, identity_number=IDENTITY)
    new = ring.new_text(2026)
    settings.KEYS = f"{new},{settings.KEYS}"
    assert [columns.rotate(column) for column in (particulars.PHONE, particulars.IDENTITY)] == [1, 1]
    columns.rotate(personal.KEYS)
    settings.KEYS = new
    assert particulars.masked(chair).phone == "•••••••1234"
    assert particulars.identity_number_of(chair) == IDENTITY


def test_what_was_so_before_is_kept_under_the_persons_own_key(town, county, known):
    enter(town, county, known, phone="15400009999", consent_by="", consent_paper="", consent_on=None)
    before = Before.objects.get(table="register_particulars")
    told = json.dumps([before.was, *Act.objects.values_list("facts", flat=True)], ensure_ascii=False)
    assert PHONE not in told and PHONE.encode().hex() not in told and "1980-03-15" not in told
    opened = personal.opened(before.table, before.row, before.was)
    assert particulars.PHONE.unseal(bytes.fromhex(opened["phone"][2:]), known.pk) == PHONE
    assert opened["born_on"] == "1980-03-15"


def test_an_empty_number_takes_the_old_one_out(town, county, known):
    enter(town, county, known, phone="", identity_number="")
    shown = particulars.masked(known)
    assert (shown.phone, shown.identity_number, shown.born_in) == ("", "", 1980)


def test_nothing_is_shown_of_whom_nothing_is_kept(town):
    assert particulars.masked(town.people["secretary"]) is None


@pytest.mark.parametrize(
    "typed, why",
    [
        ({"phone": "1540000123"}, "has 11 digits"),
        ({"identity_number": "990000198003150017"}, "no identity number"),
        ({"identity_number": IDENTITY, "born_on": date(1980, 3, 16)}, "not the one in the identity number"),
        ({"born_on": date(1899, 12, 31)}, "before 1900 or after today"),
        ({"born_on": date(2999, 1, 1)}, "before 1900 or after today"),
        ({"consent_by": "孙样例"}, "needs all three"),
        ({"consent_by": "孙样例", "consent_on": date(2999, 1, 1), "consent_paper": "1"}, "dated after today"),
        ({"consent_by": "孙" * 81, "consent_on": date(2020, 1, 1), "consent_paper": "1"}, "at most 80"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence_and_nothing_is_kept(town, county, chair, typed, why):
    acts = Act.objects.count()
    with pytest.raises(Refused, match=why):
        enter(town, county, chair, **typed)
    assert not Particulars.objects.exists() and Act.objects.count() == acts


def test_a_day_of_birth_corrected_alone_is_compared_with_the_number_kept(town, county, known):
    with pytest.raises(Refused, match="not the one in the identity number"):
        enter(town, county, known, born_on=date(1981, 3, 15))


def test_half_a_consent_is_refused_by_the_database_too(town, chair):
    with pytest.raises(IntegrityError, match="consent_whole"), transaction.atomic():
        Particulars.objects.create(person=chair, consent_by="孙样例")


# == younger than 14 ==
@pytest.fixture
def young(town):
    """A member of the village's League branch."""
    member = small.person("钱样例")
    small.membership(member, town.bodies["league"])
    return member


def born(town, age: int) -> date:
    return date(town.today.year - age, 1, 1)


def test_a_member_of_the_league_younger_than_14_needs_a_guardians_consent(town, young):
    with pytest.raises(Refused, match="younger than 14"):
        enter(town, access.OPERATOR, young, born_on=born(town, 12))
    assert not Particulars.objects.exists()
    consent = {"consent_by": "孙样例", "consent_on": date(2020, 1, 1), "consent_paper": "团委 2020 第 7 号"}
    enter(town, access.OPERATOR, young, born_on=born(town, 12), **consent)
    with pytest.raises(Refused, match="younger than 14"):  # the consent is not taken out again either
        enter(town, access.OPERATOR, young, consent_by="", consent_on=None, consent_paper="")
    assert Particulars.objects.get(person=young).has_consent


def test_an_identity_number_tells_the_age_as_well(town, young):
    digits = f"990000{born(town, 12):%Y%m%d}001"
    number = digits + particulars.personal_numbers.check_sign(digits)
    with pytest.raises(Refused, match="younger than 14"):
        enter(town, access.OPERATOR, young, identity_number=number)


def test_who_is_14_or_belongs_to_another_line_or_has_left_needs_none(town, young, chair):
    enter(town, access.OPERATOR, young, born_on=born(town, 14))
    enter(town, access.OPERATOR, chair, born_on=born(town, 12))
    left = small.person("冯样例")
    small.membership(left, town.bodies["league"], until=town.today)
    enter(town, access.OPERATOR, left, born_on=born(town, 12))
    assert Particulars.objects.count() == 3


# == who ==
def test_who_sees_the_particulars_of_a_member_of_the_joint_union(town, county, known):
    nobody = AnonymousUser()
    readers = {**town.accounts, "county": county, "nobody": nobody}
    seen = {name for name, reader in readers.items() if access.can_see_particulars(reader, known)}
    assert seen == {"county", "inspector"}
    entering = {name for name, reader in readers.items() if access.can_enter_particulars(reader, known)}
    assert entering == {"county"}


def test_somebody_sees_their_own_and_nobody_enters_them_by_that(town, county):
    stranger = small.person("周样例", account=town.stranger)
    assert access.can_see_particulars(town.stranger, stranger)
    assert not access.can_enter_particulars(town.stranger, stranger)


def test_of_somebody_who_has_left_the_line_above_sees_nothing_more(town, county):
    left = small.person("冯样例")
    small.membership(left, town.bodies["joint_union"], since=small.REFORM, until=town.today)
    assert not access.can_see_particulars(county, left)


@pytest.mark.parametrize("role", ["stranger", "secretary", "clerk", "inspector"])
def test_nobody_else_enters_anything(town, chair, role):
    with pytest.raises(Refused, match="does not let you"):
        enter(town, town.accounts[role], chair, phone=PHONE)
    assert not Particulars.objects.exists()


# == opening a phone ==
def test_a_phone_is_opened_for_a_reason_that_is_written_down(town, county, known, caplog):
    with caplog.at_level(logging.DEBUG):
        assert particulars.open_phone(known, reason=" 通知开会 ", by=county) == PHONE
    act = Act.objects.latest("id")
    assert (act.verb, act.by, act.subject) == ("chronicle.read", county, f"register.person:{known.pk}")
    assert act.facts == {"what": "phone", "reason": "通知开会"}
    assert PHONE not in caplog.text


def test_without_a_reason_or_a_right_it_stays_shut(town, county, known):
    with pytest.raises(NoReason):
        particulars.open_phone(known, reason="  ", by=county)
    with pytest.raises(Refused, match="does not open"):
        particulars.open_phone(known, reason="好奇", by=town.stranger)
    with pytest.raises(Refused, match="No phone is kept"):
        particulars.open_phone(town.people["county"], reason="通知开会", by=county)
    assert not Act.objects.filter(verb="chronicle.read").exists()
