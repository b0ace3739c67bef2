"""Personal values in the chronicle: under a key per person, and forgotten with it."""

import json

import pytest
from django.apps import apps
from django.db import connection, transaction

from gongjian.chronicle import personal
from gongjian.chronicle.models import Before, PersonKey
from gongjian.chronicle.record import forget_person, keep_before, record
from gongjian.chronicle.sealing import seal_waiting
from gongjian.chronicle.verify import verify
from gongjian.keys import columns, ring
from gongjian.register import undo as undoing
from gongjian.register.actions import Refused
from gongjian.register.models import Person, Venue

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def person():
    return Person.objects.create(name="王样例")


def reference(person: Person) -> str:
    return f"register.person:{person.pk}"


def kept(person: Person) -> Before:
    with transaction.atomic():
        act = record("test.deed", subject=reference(person))
        assert keep_before(act, "register_person", "r.id = %s", [person.pk]) == 1
    return Before.objects.get(act=act)


def opened(before: Before) -> dict:
    return personal.opened(before.table, before.row, before.was)


def test_the_name_of_a_person_is_kept_out_of_sight_and_can_be_opened(person):
    before = kept(person)
    assert "王样例" not in json.dumps(before.was, ensure_ascii=False) and personal.is_hidden(before.was["name"])
    assert before.was["id"] == person.pk
    assert opened(before) == {"id": person.pk, "name": "王样例", "account_id": None}


def test_what_is_kept_of_one_person_twice_stands_under_one_key_and_of_two_under_two(person):
    other = Person.objects.create(name="陈样例")
    for each in (person, person, other):
        assert opened(kept(each))["name"] == each.name
    assert set(PersonKey.objects.values_list("person", flat=True)) == {reference(person), reference(other)}


def test_a_value_moved_to_the_row_of_another_person_does_not_open(person):
    mine, other = kept(person), kept(Person.objects.create(name="陈样例"))
    moved = {**other.was, "name": mine.was["name"]}
    with pytest.raises(ring.Altered):
        personal.opened(other.table, other.row, moved)


def test_forgetting_destroys_the_key_and_the_chain_still_holds(person):
    before, other = kept(person), kept(Person.objects.create(name="陈样例"))
    seal_waiting()
    with transaction.atomic():
        act = forget_person(reference(person), reason="本人要求")
    seal_waiting()
    key = PersonKey.objects.get(person=reference(person))
    assert key.key is None and key.forgotten_at is not None
    with pytest.raises(personal.Forgotten, match="was forgotten"):
        opened(before)
    assert opened(other)["name"] == "陈样例"
    assert (act.verb, act.subject) == ("chronicle.forget_person", reference(person))
    report = verify()
    assert (report.sealed, report.findings) == (3, [])


def test_of_somebody_who_was_forgotten_nothing_is_kept_again(person):
    with transaction.atomic():
        forget_person(reference(person))
    before = kept(person)
    assert before.was["name"] == {"forgotten": True}
    assert PersonKey.objects.get().key is None
    with pytest.raises(personal.Forgotten):
        opened(before)


def test_forgetting_that_is_rolled_back_forgets_nothing(person):
    before = kept(person)
    with pytest.raises(RuntimeError), transaction.atomic():
        forget_person(reference(person))
        raise RuntimeError
    assert opened(before)["name"] == "王样例"


def test_what_names_the_person_cannot_be_hidden():
    with pytest.raises(ValueError, match="names the person"):
        personal.are_personal("register_person", ["id", "name"], reference="register.person")


def test_every_column_named_as_personal_exists():
    columns_of = {model._meta.db_table: {field.column for field in model._meta.fields} for model in apps.get_models()}
    wrong = [
        (table, name)
        for table, about in personal.PERSONAL.items()
        for name in {*about.columns, about.person}
        if name not in columns_of.get(table, ())
    ]
    assert wrong == [] and "register_person" in personal.PERSONAL


@pytest.fixture
def notebook(monkeypatch):
    """A table with a column under the key ring, as phones and identity numbers have."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE test_notebook (id bigint PRIMARY KEY, phone bytea)")
    monkeypatch.setattr(columns, "_sealed", dict(columns._sealed))
    monkeypatch.setattr(personal, "PERSONAL", dict(personal.PERSONAL))
    column = columns.sealed("test_notebook", "phone")
    personal.are_personal("test_notebook", ["phone"], reference="register.person")
    yield column
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE test_notebook")


def test_what_the_ring_has_sealed_is_put_back_under_the_key_of_today(notebook, settings):
    old, new = ring.new_text(2025), ring.new_text(2026)
    settings.KEYS = old
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO test_notebook VALUES (7, %s)", [notebook.seal("13800000000", 7)])
    with transaction.atomic():
        keep_before(act := record("test.deed"), "test_notebook", "true")
    before = Before.objects.get(act=act)
    settings.KEYS = f"{new},{old}"
    columns.rotate(personal.KEYS)
    settings.KEYS = new  # the old key is gone altogether
    sealed = bytes.fromhex(opened(before)["phone"][2:])
    assert (ring.key_id_of(sealed), notebook.unseal(sealed, 7)) == ("2026a", "13800000000")


def test_a_rotation_that_is_cut_off_is_taken_up_again(notebook, settings, monkeypatch):
    monkeypatch.setattr(columns, "BATCH", 2)
    old, new = ring.new_text(2025), ring.new_text(2026)
    settings.KEYS = old
    with connection.cursor() as cursor:
        for id in range(1, 6):
            phone = None if id == 4 else notebook.seal(f"1380000000{id}", id)
            cursor.execute("INSERT INTO test_notebook VALUES (%s, %s)", [id, phone])
    settings.KEYS = f"{new},{old}"

    def killed(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        columns.rotate(notebook, killed)
    assert columns.counted(notebook) == {"2026a": 2, "2025a": 2}
    assert columns.rotate(notebook) == 2
    assert columns.counted(notebook) == {"2026a": 4}


# == taking back ==
@pytest.fixture
def venue(town, monkeypatch):
    """A venue whose name counts as personal, changed by an act that can be taken back."""
    monkeypatch.setattr(personal, "PERSONAL", dict(personal.PERSONAL))
    personal.are_personal("register_venue", ["name"], reference="register.venue")
    venue = Venue.objects.first()
    with transaction.atomic():
        act = record("test.rename", by=town.clerk, subject=f"register.venue:{venue.pk}", on=town.today)
        keep_before(act, "register_venue", "r.id = %s", [venue.pk])
        Venue.objects.filter(pk=venue.pk).update(name="另一个名字", act=act)
    return venue, act


def test_undo_puts_back_what_was_kept_under_the_key_of_a_person(venue, town):
    venue, act = venue
    undoing.undo([act], by=town.clerk, today=town.today)
    assert Venue.objects.get(pk=venue.pk).name == venue.name
    seal_waiting()
    assert verify().findings == []


def test_undo_says_that_the_person_was_forgotten_and_changes_nothing(venue, town):
    venue, act = venue
    with transaction.atomic():
        forget_person(f"register.venue:{venue.pk}")
    with pytest.raises(Refused, match="was forgotten, so it cannot be read or put back"):
        undoing.undo([act], by=town.clerk, today=town.today)
    assert Venue.objects.get(pk=venue.pk).name == "另一个名字"
