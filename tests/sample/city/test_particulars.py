"""Made-up particulars: plainly samples, and sound all the same."""

from datetime import date

from gongjian.register import personal_numbers
from gongjian.register.models import Office, Particulars, Person
from gongjian.register.particulars import IDENTITY, PHONE


def test_some_people_have_numbers_that_are_sound_and_nobodys(city):
    kept = list(Particulars.objects.all())
    assert Person.objects.count() // 60 < len(kept) < Person.objects.count() // 10
    for each in kept:
        number, phone = (
            IDENTITY.unseal(each.identity_number, each.person_id),
            PHONE.unseal(each.phone, each.person_id),
        )
        assert number.startswith("990000") and personal_numbers.is_identity_number(number)
        assert personal_numbers.born_on(number) == each.born_on < date(2002, 1, 1)
        assert phone.startswith("154") and personal_numbers.is_mobile(phone)


def test_a_visitor_meets_some(city):
    bodies = Office.objects.filter(person__account__username="sample-county-union-chair").values("body")
    colleagues = Person.objects.filter(offices__body__in=bodies).distinct()
    assert colleagues.count() == colleagues.filter(particulars__isnull=False).count() > 0
