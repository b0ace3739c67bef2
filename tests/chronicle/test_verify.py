"""Verifying: whatever is altered, taken away, exchanged, rewritten or cut is found, and named."""

import pytest
from django.db import transaction

from gongjian.accounts.models import User
from gongjian.chronicle import heads
from gongjian.chronicle.models import Head, Seal, Unsealed
from gongjian.chronicle.record import keep_before, record
from gongjian.chronicle.sealing import seal_waiting
from gongjian.chronicle.verify import verify
from gongjian.keys import ring
from gongjian.keys.ring import Ring

from .tampering import deeds, past_every_guard, rewrite_chain_from

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def acts():
    return deeds(6)


def found(elsewhere=()) -> list[tuple]:
    return [(each.what, each.entry, each.act) for each in verify(elsewhere).findings]


def sentences(elsewhere=()) -> list[str]:
    return [each.sentence for each in verify(elsewhere).findings]


def kept_elsewhere() -> list[heads.Signed]:
    return list(heads.all_heads())


def test_a_chain_nobody_touched_holds(acts):
    elsewhere = kept_elsewhere()
    with transaction.atomic():
        record("test.deed")
    report = verify(elsewhere)
    assert (report.sealed, report.waiting, report.heads, report.heads_elsewhere) == (6, 1, 6, 6)
    assert report.findings == []


def test_an_empty_chronicle_holds(db):
    assert verify() == verify() and verify().findings == []


@pytest.mark.parametrize(
    "altered",
    [
        "facts = '{\"name\": \"x\"}'", "verb = 'other'", "subject = 'x'", "at = at + interval '1 second'",
        "\"on\" = '2020-01-01'", "office = 'x'", "address = 'x'", "request = 'x'",
    ],
)  # fmt: skip
def test_an_altered_act_is_named(acts, altered):
    past_every_guard(f"UPDATE chronicle_act SET {altered} WHERE id = {acts[2]}")
    assert found() == [("altered", 3, acts[2])]
    assert sentences() == [f"Entry 3 was altered: act {acts[2]} is not what was sealed."]


def test_another_account_in_an_act_is_named(acts):
    clerk = User.objects.open_account("clerk")
    past_every_guard(f"UPDATE chronicle_act SET by_id = {clerk.pk} WHERE id = {acts[0]}")
    assert found() == [("altered", 1, acts[0])]


@pytest.fixture
def act_with_befores(acts):
    people = [User.objects.open_account(name).pk for name in ("clerk", "secretary", "stranger")]
    with transaction.atomic():
        act = record("test.deed")
        keep_before(act, "accounts_user", "r.id = ANY(%s)", [people])
    seal_waiting()
    return act


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE chronicle_before SET was = '{}' WHERE id = (SELECT min(id) FROM chronicle_before)",
        "UPDATE chronicle_before SET deleted = true WHERE id = (SELECT max(id) FROM chronicle_before)",
        "DELETE FROM chronicle_before WHERE id = (SELECT max(id) FROM chronicle_before)",
        'INSERT INTO chronicle_before (act_id, "table", row, was, deleted) '
        "SELECT act_id, 'x', 1, '{}', false FROM chronicle_before LIMIT 1",
        # Two rows change places.
        "UPDATE chronicle_before SET id = -id WHERE id = (SELECT max(id) FROM chronicle_before)",
    ],
)
def test_an_altered_missing_added_or_moved_row_before_is_named_with_its_act(act_with_befores, tampering):
    assert found() == []
    past_every_guard(tampering)
    assert found() == [("altered", 7, act_with_befores.pk)]
    assert sentences() == [
        f"Entry 7 was altered: what was kept before act {act_with_befores.pk} is not what was sealed."
    ]


def test_an_act_that_is_gone_is_named(acts):
    past_every_guard(f"DELETE FROM chronicle_act WHERE id = {acts[3]}")
    assert found() == [("missing", 4, acts[3])]


def test_an_act_that_is_gone_with_its_seal_is_named(acts):
    past_every_guard(
        f"DELETE FROM chronicle_act WHERE id = {acts[3]}", f"DELETE FROM chronicle_seal WHERE act_id = {acts[3]}"
    )
    assert found() == [("missing", 4, None)]


def test_several_that_are_gone_are_named_as_a_stretch(acts):
    past_every_guard(
        f"DELETE FROM chronicle_act WHERE id IN ({acts[0]}, {acts[1]})", "DELETE FROM chronicle_seal WHERE number < 3"
    )
    assert sentences() == ["The entries from 1 to 2 are missing, with their seals."]


def test_an_act_whose_seal_alone_is_gone_is_named(acts):
    past_every_guard("DELETE FROM chronicle_seal WHERE number = 4")
    assert found() == [("missing", 4, None), ("unsealed", None, acts[3])]


def test_an_act_that_goes_before_it_was_sealed_is_named(acts):
    with transaction.atomic():
        act = record("test.deed")
    past_every_guard(f"DELETE FROM chronicle_act WHERE id = {act.pk}")
    assert seal_waiting() == 0
    assert found() == [("missing", None, act.pk)]


def test_an_act_put_in_past_the_sealer_is_named(acts):
    past_every_guard("INSERT INTO chronicle_act (verb, subject, facts) VALUES ('forged', '', '{}')")
    assert [what for what, _entry, _act in found()] == ["unsealed"]


def test_two_acts_that_changed_places_are_named(acts):
    columns = "at, verb, subject, facts"
    swap = "".join(
        f"UPDATE chronicle_act a SET ({columns}) = (SELECT {columns} FROM kept k WHERE k.id = {other}) "
        f"WHERE a.id = {one};"
        for one, other in ((acts[1], acts[4]), (acts[4], acts[1]))
    )
    past_every_guard(f"CREATE TEMP TABLE kept AS SELECT * FROM chronicle_act; {swap} DROP TABLE kept")
    assert found() == [("reordered", 2, acts[1]), ("reordered", 5, acts[4])]


def test_two_seals_that_changed_places_are_named(acts):
    past_every_guard(
        "UPDATE chronicle_seal SET number = -2 WHERE number = 2",
        "UPDATE chronicle_seal SET number = 2 WHERE number = 4",
        "UPDATE chronicle_seal SET number = 4 WHERE number = -2",
    )
    assert {each for each in found() if each[0] == "reordered"} == {
        ("reordered", 2, acts[3]), ("reordered", 4, acts[1]),
    }  # fmt: skip
    assert {what for what, _entry, _act in found()} <= {"reordered", "broken"}


def test_an_altered_seal_is_named(acts):
    past_every_guard(f"UPDATE chronicle_seal SET sha256 = '\\x{'00' * 32}' WHERE number = 3")
    assert ("broken", 3, acts[2]) in found()


def test_a_chain_rewritten_without_the_key_is_named_by_the_heads_in_the_database(acts):
    past_every_guard(f"UPDATE chronicle_act SET verb = 'forged' WHERE id = {acts[3]}")
    rewrite_chain_from(4)
    assert found() == [("rewritten", 4, None)]
    assert sentences() == [
        "The chain was rewritten: it agrees with the signed heads up to entry 3, and no more at entry 4."
    ]


def test_a_chain_rewritten_with_its_heads_taken_away_stands_without_a_head(acts):
    elsewhere = kept_elsewhere()
    past_every_guard(f"UPDATE chronicle_act SET verb = 'forged' WHERE id = {acts[3]}")
    rewrite_chain_from(4)
    past_every_guard("DELETE FROM chronicle_head WHERE number >= 4")
    assert found() == [("unsigned", 4, None)]
    assert found(elsewhere) == [("rewritten", 4, None), ("missing", 4, None), ("unsigned", 4, None)]


def test_heads_forged_without_the_key_are_named(acts, monkeypatch):
    past_every_guard(f"UPDATE chronicle_act SET verb = 'forged' WHERE id = {acts[3]}")
    rewrite_chain_from(4)
    with monkeypatch.context() as another:
        stranger = Ring.read(ring.new_text(2026))
        another.setattr(ring, "sign", lambda content: (ring.ring().sign(b"")[0], stranger.sign(content)[1]))
        for number in (4, 5, 6):
            seal, head = Seal.objects.get(number=number), Head.objects.get(number=number)
            forged = heads.signed(number, bytes(seal.sha256), head.at)
            past_every_guard(
                f"UPDATE chronicle_head SET sha256 = '\\x{forged.sha256.hex()}', "
                f"signature = '\\x{forged.signature.hex()}' WHERE number = {number}"
            )
    assert found() == [("signature", n, None) for n in (4, 5, 6)] + [("unsigned", 4, None)]


def test_a_head_signed_with_an_unknown_key_is_named(acts):
    past_every_guard("UPDATE chronicle_head SET key = 'sign-1999a' WHERE number = 6")
    assert found() == [("signature", 6, None), ("unsigned", 6, None)]


def cut_tail(after: int) -> None:
    past_every_guard(
        f"DELETE FROM chronicle_act WHERE id IN (SELECT act_id FROM chronicle_seal WHERE number > {after})",
        f"DELETE FROM chronicle_seal WHERE number > {after}",
    )


def test_a_cut_tail_is_named_by_the_heads_in_the_database(acts):
    cut_tail(4)
    assert found() == [("cut", 5, None)]
    assert sentences() == ["The tail was cut off: entry 6 was signed, and the chain ends with entry 4."]


def test_a_tail_cut_together_with_its_heads_is_named_by_the_heads_that_left(acts):
    elsewhere = kept_elsewhere()
    cut_tail(4)
    past_every_guard("DELETE FROM chronicle_head WHERE number > 4")
    assert found() == []  # the database alone cannot know
    assert found(elsewhere) == [("cut", 5, None)]


def test_a_cut_tail_that_grew_again_is_named_by_the_heads_that_left(acts):
    elsewhere = kept_elsewhere()
    cut_tail(4)
    past_every_guard("DELETE FROM chronicle_head WHERE number > 4")
    deeds(3)
    assert found() == []
    assert found(elsewhere) == [("rewritten", 5, None)]


def test_a_chronicle_emptied_to_the_last_row_is_named_by_the_heads_that_left(acts):
    elsewhere = kept_elsewhere()
    past_every_guard(
        "TRUNCATE chronicle_act, chronicle_before, chronicle_seal, chronicle_head, chronicle_unsealed CASCADE"
    )
    assert found(elsewhere) == [("cut", 1, None)]


def test_a_head_taken_out_of_the_database_is_named_by_the_one_that_left(acts):
    elsewhere = kept_elsewhere()
    past_every_guard("DELETE FROM chronicle_head WHERE number = 3")
    assert found(elsewhere) == [("missing", 3, None)]


def test_an_act_taken_from_the_queue_is_named(acts):
    with transaction.atomic():
        act = record("test.deed")
    Unsealed.objects.filter(act=act).delete()
    assert seal_waiting() == 0
    assert found() == [("unsealed", None, act.pk)]
