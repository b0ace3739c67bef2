"""The key ring: what is sealed opens only where it was sealed, and old keys go on reading."""

import base64
import os
import stat

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gongjian.keys import ring
from gongjian.keys.ring import Altered, KeyRingBroken, KeyUnknown, Ring

NEW, OLD, SIGN, SIGN_OLD = (ring.new_entry(id) for id in ("2026b", "2026a", "sign-2026b", "sign-2026a"))
RING = Ring.read(f"{NEW},{OLD},{SIGN},{SIGN_OLD}")
BEFORE = Ring.read(f"{OLD},{SIGN_OLD}")
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@given(texts, texts)
def test_what_is_sealed_is_read_again_in_its_place(plain, context):
    assert RING.unseal(RING.seal(plain, context), context) == plain


@given(texts, texts, texts)
def test_what_is_moved_to_another_place_does_not_open(plain, context, other):
    assume(context != other)
    with pytest.raises(Altered):
        RING.unseal(RING.seal(plain, context), other)


@given(texts, st.data())
def test_any_bit_that_is_altered_is_noticed(plain, data):
    sealed = bytearray(RING.seal(plain, "place"))
    at = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[at // 8] ^= 1 << at % 8
    with pytest.raises((Altered, KeyUnknown)):
        RING.unseal(bytes(sealed), "place")


@given(texts, st.data())
def test_what_is_cut_is_noticed(plain, data):
    sealed = RING.seal(plain, "place")
    with pytest.raises((Altered, KeyUnknown)):
        RING.unseal(sealed[: data.draw(st.integers(0, len(sealed) - 1))], "place")


@given(st.binary(max_size=100))
def test_whatever_is_not_sealed_is_refused(content):
    with pytest.raises((Altered, KeyUnknown)):
        RING.unseal(content, "place")


def test_the_same_text_is_sealed_differently_each_time():
    assert len({RING.seal("13800000000", "place") for _ in range(20)}) == 20


def test_the_first_key_writes_and_all_read():
    sealed = BEFORE.seal("text", "place")
    assert (ring.key_id_of(sealed), ring.key_id_of(RING.seal("text", "place"))) == ("2026a", "2026b")
    assert RING.unseal(sealed, "place") == "text"


def test_a_key_that_is_gone_is_named():
    with pytest.raises(KeyUnknown, match="“2026b” is not in the key ring") as raised:
        BEFORE.unseal(RING.seal("text", "place"), "place")
    assert raised.value.key_id == "2026b"
    with pytest.raises(KeyUnknown, match="“sign-2026b”"):
        BEFORE.verify(b"head", *RING.sign(b"head"))


@given(st.binary(max_size=100), st.binary(max_size=100))
def test_a_signature_holds_for_what_was_signed_alone(content, other):
    assume(content != other)
    key_id, signature = RING.sign(content)
    assert key_id == "sign-2026b"
    assert RING.verify(content, key_id, signature)
    assert not RING.verify(other, key_id, signature)
    assert not RING.verify(content, "sign-2026a", signature)


def test_what_an_older_key_has_signed_still_holds():
    assert RING.verify(b"head", *BEFORE.sign(b"head"))


@pytest.mark.parametrize(
    "text, said",
    [
        ("", "needs a key that seals and one that signs"),
        (NEW, "needs a key that seals and one that signs"),
        (SIGN, "needs a key that seals and one that signs"),
        (f"{NEW},{NEW},{SIGN}", "“2026b” twice"),
        (f"{NEW},2026A:x", "Entry 2 of the key ring has no id"),
        (f"{SIGN},2026c:{base64.b64encode(bytes(31)).decode()}", "“2026c” of the key ring is not 32 bytes"),
        (f"{SIGN},2026c:%%%", "“2026c” of the key ring is not 32 bytes"),
    ],
    ids=["nothing", "no key that signs", "no key that seals", "twice", "no id", "short", "no bytes"],
)
def test_a_text_that_is_no_ring_is_refused_with_the_place(text, said):
    with pytest.raises(KeyRingBroken, match=said):
        Ring.read(text)


def test_no_key_is_shown_with_the_ring_or_with_what_is_wrong_in_it():
    secret = NEW.partition(":")[2]
    assert secret not in repr(RING)
    with pytest.raises(KeyRingBroken) as raised:
        Ring.read(f"{NEW}x,{SIGN}")
    assert secret not in str(raised.value)


def test_years_run_out_of_letters_but_not_of_ids():
    taken = dict.fromkeys(ring.free_id({}, 2026) for _ in range(1))
    for _ in range(30):
        taken[ring.free_id(taken, 2026)] = None
    assert list(taken)[:2] == ["2026a", "2026b"] and list(taken)[25:28] == ["2026z", "2026aa", "2026ab"]


@pytest.fixture
def kept(settings, tmp_path):
    """A ring kept in a file, as at home."""
    settings.KEYS, settings.KEYS_FILE = "", tmp_path / "keys"
    settings.KEYS_FILE.write_text(f"{OLD},{SIGN_OLD}")
    return settings.KEYS_FILE


def test_a_new_key_in_the_file_writes_at_once_and_the_old_one_reads(kept):
    sealed = ring.seal("text", "place")
    assert ring.change_kept(lambda text: ring.with_new_key(text, 2026)) == "2026b"
    assert ring.key_id_of(ring.seal("text", "place")) == "2026b"
    assert ring.unseal(sealed, "place") == "text"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert os.listdir(kept.parent) == ["keys"]


def test_a_new_signing_key_signs_at_once_and_the_old_one_still_verifies(kept):
    signed = ring.sign(b"head")
    assert ring.change_kept(lambda text: ring.with_new_key(text, 2026, signing=True)) == "sign-2026b"
    assert ring.sign(b"head")[0] == "sign-2026b"
    assert ring.verify(b"head", *signed)


def test_the_ring_of_the_settings_stands_before_the_file(kept, settings):
    settings.KEYS = f"{NEW},{SIGN}"
    assert ring.key_id_of(ring.seal("text", "place")) == "2026b"
