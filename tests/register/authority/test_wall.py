"""The second wall: what the database itself shows to whom, when a query has forgotten to ask."""

import os
import subprocess
import sys
from urllib.parse import urlencode

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction
from django.urls import reverse

from gongjian.register import access
from gongjian.register.authority.reach import reach_of
from gongjian.register.authority.wall import ROLE, WallMiddleware, behind_it, reading_as
from gongjian.register.models import Membership, Person
from tests.register import town as small
from tests.register.town import build_town

COUNT = "SELECT (SELECT count(*) FROM register_person), (SELECT count(*) FROM register_membership)"


def address() -> str:
    """Of the database of the tests, for a connection that is not Django's."""
    return psycopg.conninfo.make_conninfo(**{
        {"database": "dbname"}.get(key, key): value
        for key, value in connection.get_connection_params().items()
        if key in ("host", "port", "user", "password", "dbname", "database")
    })  # fmt: skip


@pytest.fixture
def committed(transactional_db):
    """The town, where other connections see it."""
    with transaction.atomic():
        town = build_town()
        chair = small.account("郑样例")
        small.office(small.person("郑样例", account=chair), town.bodies["joint_union"], "union_chair")
        hidden(town)
    return town, chair


def hidden(town):
    """Somebody of the village's Party branch, and somebody who holds office in a firm: open to few."""
    small.membership(small.person("孙样例"), town.bodies["village_party"])
    union = small.body("袜业001工会", "union_committee", town.units["hosiery"], since=small.REFORM)
    small.office(small.person("藏样例"), union, "union_chair", since=small.REFORM)
    return union


@pytest.fixture
def page():
    """A connection as a process has it that serves pages."""
    with psycopg.connect(address(), options=f"-c role={ROLE}", autocommit=True) as page:
        yield page


def stand_as(page, account) -> None:
    page.execute("SELECT set_config('gongjian.account', %s, true)", [str(account.pk)])


def test_a_query_that_forgot_for_whom_it_reads_sees_nobody(committed, page):
    assert page.execute(COUNT).fetchone() == (0, 0)


def test_what_was_said_in_one_transaction_is_forgotten_in_the_next_on_the_same_connection(committed, page):
    _town, chair = committed
    with page.transaction():
        stand_as(page, chair)
        people, members = page.execute(COUNT).fetchone()
        assert people and members
    assert page.execute(COUNT).fetchone() == (0, 0)
    with page.transaction():
        assert page.execute(COUNT).fetchone() == (0, 0)
        assert page.execute("SELECT current_setting('gongjian.account', true)").fetchone() == ("",)


def test_parallel_plans_see_no_more(committed, page):
    _town, chair = committed
    with page.transaction():
        stand_as(page, chair)
        alone = page.execute(COUNT).fetchone()
    newer = page.info.server_version >= 160000
    page.execute(f"SET {'debug_parallel_query' if newer else 'force_parallel_mode'} = on")
    plain = "SELECT count(*) FROM register_unit"
    assert "Gather" in "".join(row[0] for row in page.execute(f"EXPLAIN {plain}"))
    assert page.execute(COUNT).fetchone() == (0, 0)
    with page.transaction():
        stand_as(page, chair)
        assert page.execute(COUNT).fetchone() == alone


def test_whoever_reads_for_one_stretch_cannot_read_another(committed, page):
    town, chair = committed
    theirs = town.bodies["joint_union"].pk
    with page.transaction():
        stand_as(page, chair)
        seen = {row[0] for row in page.execute("SELECT body_id FROM register_membership")}
        asked = page.execute("SELECT count(*) FROM register_membership WHERE body_id <> %s", [theirs]).fetchone()
    there_are = set(Membership.objects.values_list("body_id", flat=True))
    assert seen == {theirs} and there_are - seen
    assert asked == (0,)


def test_pages_write_nobody_outside_a_deed(committed, page):
    _town, chair = committed
    for forbidden in (
        "UPDATE register_person SET name = 'x'",
        "DELETE FROM register_membership",
        "INSERT INTO register_person (name) VALUES ('x')",
        "ALTER TABLE register_person DISABLE ROW LEVEL SECURITY",
        "TRUNCATE register_membership",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), page.transaction():
            stand_as(page, chair)
            page.execute(forbidden)


def test_a_process_that_serves_pages_stands_in_front_from_its_first_connection(committed):
    code = "import gongjian.wsgi; from gongjian.register.models import Person; "
    code += "from django.db import connection; print(Person.objects.count()); cursor = connection.cursor(); "
    code += "cursor.execute('SHOW statement_timeout'); print(cursor.fetchone()[0])"
    parts = psycopg.conninfo.conninfo_to_dict(address())
    url = f"postgresql:///?{urlencode(parts | {'options': '-c statement_timeout=77s'})}"
    asked = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "DATABASE_URL": url}, capture_output=True, text=True
    )
    assert (asked.stdout.split(), Person.objects.count() > 0) == (["0", "77s"], True), asked.stderr


def test_a_deed_reads_and_writes_all_and_then_no_more(town):
    hidden(town)
    with reading_as(None):
        few = Person.objects.count()
        with behind_it():
            everybody = Person.objects.count()
            Person.objects.create(name="样例")
        assert Person.objects.count() == few < everybody
        with pytest.raises(ProgrammingError), transaction.atomic():
            Person.objects.create(name="样例")
    assert Person.objects.count() == everybody + 1


def test_a_deed_that_fails_leaves_no_door_open(town):
    hidden(town)
    with reading_as(None):
        few = Person.objects.count()
        with pytest.raises(ZeroDivisionError), behind_it():
            _ = 1 / 0
        assert Person.objects.count() == few
    assert Person.objects.count() > few


def test_a_query_that_asks_too_little_shows_nobody_more(town, monkeypatch):
    """The first wall is taken away: the second one stands."""
    hidden(town)
    right = set(access.persons_visible_to(town.stranger))
    monkeypatch.setattr(access, "persons_visible_to", lambda reader: Person.objects.all())
    monkeypatch.setattr(access, "memberships_visible_to", lambda reader: Membership.objects.all())
    with reading_as(town.stranger.pk):
        assert set(access.persons_visible_to(town.stranger)) == right
        assert not access.memberships_visible_to(town.stranger).exists()
    assert set(access.persons_visible_to(town.stranger)) > right


def test_a_page_reads_as_whoever_looks_at_it(town, signed_in, client):
    """Offices in a firm stand on its page for whoever may see them; the page itself does not ask."""
    union = hidden(town)
    chair = small.account("郑样例")
    small.office(small.person("郑样例", account=chair), union, "union_chair", since=small.REFORM)
    page = reverse("body", args=[union.pk])
    assert "藏样例" in signed_in(chair).get(page).content.decode()
    for other in (client, signed_in(town.stranger)):
        assert "藏样例" not in other.get(page).content.decode()
    assert Person.objects.filter(name="藏样例").exists(), "the test itself stands behind the wall again"


def test_an_answer_that_failed_writes_nothing(town, rf, monkeypatch):
    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpResponse

    from gongjian.register.models import Unit

    def answer(status):
        def view(request):
            Unit.objects.create()
            return HttpResponse(status=status)

        request = rf.get("/")
        request.user = AnonymousUser()
        before = Unit.objects.count()
        assert WallMiddleware(view)(request).status_code == status
        return Unit.objects.count() - before

    assert (answer(200), answer(404), answer(500)) == (1, 1, 0)


def test_every_wall_stands_before_the_owner_too(db):
    """The loading of the sample city takes it off for its own time and puts it back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity ORDER BY relname")
        walled = [name for (name,) in cursor.fetchall()]
        cursor.execute("SELECT count(*) FROM pg_class WHERE relrowsecurity AND NOT relforcerowsecurity")
        assert cursor.fetchone() == (0,)
    assert walled == ["ballots_voter", "register_membership", "register_particulars", "register_person"]


def test_what_an_account_may_do_is_known_outside_a_transaction_too(committed):
    """Pages of long work have none; who one is there is found without seeing anybody."""
    town, chair = committed
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {ROLE}")
        try:
            assert not Person.objects.exists()
            assert reach_of(chair).stretches and reach_of(chair).person_id
            assert access.can_change_register(town.clerk)
        finally:
            cursor.execute("RESET ROLE")
