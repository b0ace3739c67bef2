"""The chronicle: in the transaction of the deed, append-only, sealed."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from gongjian.accounts.models import User
from gongjian.chronicle.models import Act, Before, Seal
from gongjian.chronicle.record import NotInTransaction, first_broken_seal, keep_before, record

pytestmark = pytest.mark.django_db(transaction=True)


def deed(verb="test.deed", **kwargs) -> Act:
    with transaction.atomic():
        return record(verb, **kwargs)


def test_an_act_outside_a_transaction_is_refused():
    with pytest.raises(NotInTransaction):
        record("test.deed")
    assert Act.objects.count() == 0


def test_an_act_says_who_what_and_from_which_day():
    clerk = User.objects.open_account("clerk")
    act = deed(by=clerk, subject="register.unit:1", on=date(2020, 6, 30), facts={"name": "上下文村"})
    act.refresh_from_db()
    assert (act.by, act.subject, act.on, act.facts) == (
        clerk,
        "register.unit:1",
        date(2020, 6, 30),
        {"name": "上下文村"},
    )


def test_each_act_is_sealed_at_commit_and_the_chain_holds():
    for _ in range(3):
        deed()
    assert list(Seal.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3]
    assert first_broken_seal() is None


def test_a_deed_that_is_rolled_back_leaves_no_act_and_no_seal():
    with pytest.raises(RuntimeError), transaction.atomic():
        record("test.deed")
        raise RuntimeError
    assert (Act.objects.count(), Seal.objects.count()) == (0, 0)


@pytest.mark.parametrize("sql", ["UPDATE chronicle_act SET verb = 'other'", "DELETE FROM chronicle_seal"])
def test_changing_the_chronicle_is_refused(sql):
    deed()
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute(sql)


def without_guard(sql: str, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_an_altered_act_is_found_by_its_seal():
    for _ in range(3):
        deed()
    second = Seal.objects.get(number=2).act_id
    without_guard(f'UPDATE chronicle_act SET facts = \'{{"name": "x"}}\' WHERE id = {second}', "chronicle_act")
    assert first_broken_seal() == 2


def test_an_altered_before_is_found_by_the_seal_of_its_act():
    clerk = User.objects.open_account("clerk")
    with transaction.atomic():
        act = record("test.deed")
        assert keep_before(act, "accounts_user", "r.id = %s", [clerk.pk]) == 1
    assert first_broken_seal() is None
    without_guard("UPDATE chronicle_before SET was = '{}'", "chronicle_before")
    assert first_broken_seal() == 1


def test_a_missing_seal_is_found():
    for _ in range(2):
        deed()
    without_guard("DELETE FROM chronicle_seal WHERE number = 2", "chronicle_seal")
    assert first_broken_seal() == 2


def test_before_keeps_the_row_as_it_was():
    clerk = User.objects.open_account("clerk", name="王样例")
    with transaction.atomic():
        act = record("test.deed")
        keep_before(act, "accounts_user", "r.id = %s", [clerk.pk])
        User.objects.filter(pk=clerk.pk).update(name="陈样例")
    before = Before.objects.get()
    assert (before.table, before.row, before.was["name"]) == ("accounts_user", clerk.pk, "王样例")
