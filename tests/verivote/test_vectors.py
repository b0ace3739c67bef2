"""The vectors of the specification hold; whoever writes a verifier of their own begins with them."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from verivote import ballot, entry, heads, holders, keys, log, observers, receipt
from verivote.canonical import canonical, digest

from .vectors import VECTORS

ENTRY = VECTORS["entry"]["entry"]


def test_canonical_forms():
    for vector in VECTORS["canonical"]:
        assert canonical(vector["value"]) == vector["bytes"].encode()
        assert digest(vector["value"]).hex() == vector["sha256"]


def test_the_entry_and_the_contents():
    entry.check(ENTRY)
    assert entry.entry_hash(ENTRY).hex() == VECTORS["entry"]["hash"]
    assert log.entry_record(ENTRY).hex() == VECTORS["entry"]["record"]
    for vector in VECTORS["contents"]:
        assert log.content_record(vector["kind"], vector["content"]).hex() == vector["record"]


def test_the_ballot_opens_to_its_plaintext():
    vector = VECTORS["ballot"]
    private, envelope = derive_private_key(vector["private_scalar"], SECP256R1()), bytes.fromhex(vector["envelope"])
    assert ballot.encode(ENTRY, vector["choices"]).hex() == vector["plaintext"]
    assert ballot.open_(ENTRY, private, envelope).hex() == vector["plaintext"]
    assert ballot.envelope_size(ENTRY) == len(envelope) == vector["size"] + 81
    assert log.envelope_record(envelope).hex() == vector["record"]


def test_the_head_and_the_receipt():
    vector = VECTORS["head"]
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(vector["private"]))
    assert heads.sign(vector["signed"]["head"], private) == vector["signed"]
    assert heads.PREFIX + canonical(vector["signed"]["head"]) == bytes.fromhex(vector["message"])
    vector = VECTORS["receipt"]
    receipt.check(vector["receipt"], ENTRY)
    assert receipt.number(vector["receipt"]) == vector["number"]
    assert receipt.to_text(vector["receipt"]) == vector["text"]


def test_files_of_keys_that_were_written_once_open():
    vector = VECTORS["key_file"]
    opened = holders.open_key(vector["file"].encode(), *vector["passphrases"])
    assert keys.sealing_hex(opened) == vector["key"]
    vector = VECTORS["observer_file"]
    name, private = observers.open_key(vector["file"].encode(), vector["passphrase"])
    assert (name, keys.signer_hex(private)) == ("陈明", vector["signer"])
