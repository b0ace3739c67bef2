"""Who the bench signs in as: somebody with an office at the top of the territory."""

from __future__ import annotations

from datetime import date

from django.test import Client
from django.utils import timezone

from gongjian.accounts.models import User
from gongjian.chronicle.models import Act
from gongjian.chronicle.record import record
from gongjian.register.models import Body, BodyEntry, Office, OfficeKind, Person, Role, UnitEntry
from gongjian.register.walks import refresh_body_paths

SINCE = date(2000, 1, 1)


def somebody(*permissions: str) -> User:
    """An account whose office carries these words over the whole territory; made once. In a transaction."""
    key = "bench_" + "_".join(permissions)
    account = User.objects.filter(username=key).first()
    if account is not None:
        return account
    kind = OfficeKind.objects.create(key=key, names={"zh-hans": "样例"})
    role = Role.objects.create(key=key, names={"zh-hans": "样例"}, walk="territory", permissions=list(permissions))
    kind.roles.set([role])
    act = record("bench.office")
    account = User.objects.open_account(username=key, name="样例")
    person = Person.objects.create(name="样例", account=account)
    Office.objects.create(person=person, body=_body_at_the_top(act), kind=kind, valid=(SINCE, None), act=act)
    return account


def signed_in(account: User) -> Client:
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(account)
    return client


def _body_at_the_top(act: Act) -> Body:
    today = timezone.localdate()
    top = UnitEntry.objects.on(today).filter(parent=None).order_by("unit_id").first()
    assert top is not None
    body = Body.objects.create(line_id="union")
    BodyEntry.objects.create(
        body=body, name="样例", kind_id="union_committee", form_id="single", seat=top.unit, valid=(SINCE, None), act=act
    )
    refresh_body_paths(today, [body.pk])
    return body
