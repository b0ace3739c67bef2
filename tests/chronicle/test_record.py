"""Writing to the chronicle: in the transaction of the deed, append-only, from where, and what it was before."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from gongjian.accounts.models import User
from gongjian.chronicle.models import Act, Before, Unsealed
from gongjian.chronicle.record import (
    NoReason,
    NotInTransaction,
    acts_so_far,
    keep_before,
    note_reading,
    record,
)
from gongjian.chronicle.sealing import seal_waiting
from gongjian.chronicle.whence import act_as, coming_from

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


def test_a_deed_that_is_rolled_back_leaves_no_act_and_nothing_to_seal():
    with pytest.raises(RuntimeError), transaction.atomic():
        record("test.deed")
        raise RuntimeError
    assert (Act.objects.count(), Unsealed.objects.count()) == (0, 0)


@pytest.mark.parametrize("table", ["act", "before", "seal", "head"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_changing_the_chronicle_is_refused(table, sql):
    key = "number" if table in ("seal", "head") else "id"
    with transaction.atomic():
        keep_before(record("test.deed"), "accounts_user", "r.id = %s", [User.objects.open_account("clerk").pk])
    seal_waiting()
    name = f"chronicle_{table}"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {name} ENABLE TRIGGER {name}_not_emptied")  # the tests leave it off
        try:
            with pytest.raises(IntegrityError, match="append-only"):
                cursor.execute(sql.format(name, key, key))
        finally:
            cursor.execute(f"ALTER TABLE {name} DISABLE TRIGGER {name}_not_emptied")


def test_before_keeps_the_row_as_it_was():
    clerk = User.objects.open_account("clerk", name="王样例")
    with transaction.atomic():
        act = record("test.deed")
        keep_before(act, "accounts_user", "r.id = %s", [clerk.pk])
        User.objects.filter(pk=clerk.pk).update(name="陈样例")
    before = Before.objects.get()
    assert (before.table, before.row, before.was["name"]) == ("accounts_user", clerk.pk, "王样例")


def test_an_act_says_from_where_it_came_and_in_which_office():
    with coming_from("192.0.2.7") as whence:
        act_as("register.office:7")
        acts = [deed(), deed(as_office="register.office:8")]
    acts.append(deed())
    told = [(act.address, act.request, act.office) for act in acts]
    assert told == [
        ("192.0.2.7", whence.request, "register.office:7"),
        ("192.0.2.7", whence.request, "register.office:8"),
        ("", "", ""),
    ]
    assert len(whence.request) == 16


def test_reading_a_sensitive_field_is_an_act_with_its_reason():
    clerk = User.objects.open_account("clerk")
    note_reading("id_number", "register.person:1", clerk, " 核对补贴名单 ")
    act = Act.objects.get()
    assert (act.verb, act.subject, act.by, act.facts) == (
        "chronicle.read",
        "register.person:1",
        clerk,
        {"what": "id_number", "reason": "核对补贴名单"},
    )


def test_reading_without_a_reason_is_refused():
    with pytest.raises(NoReason, match="Say for what you need this"):
        note_reading("id_number", "register.person:1", User.objects.open_account("clerk"), "  ")
    assert Act.objects.count() == 0


def test_the_count_of_acts_grows_with_each_and_not_by_sealing():
    assert acts_so_far() == 0
    deed()
    with transaction.atomic():
        record("test.deed")
        assert acts_so_far() == 2
    seal_waiting()
    assert acts_so_far() == 2
    deed()
    assert acts_so_far() == 3
