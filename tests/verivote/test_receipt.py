"""Heads, records and receipts: what is signed holds, what was changed does not, and the text comes back the same."""

from __future__ import annotations

import base64
import pickle
import re
from pathlib import Path

import pytest

import verivote
from verivote import heads, keys, log, receipt
from verivote.errors import VerivoteError
from verivote.sentences import SENTENCES

from . import polls

ENTRY = polls.entry()
ENVELOPE = b"an envelope"
RECEIPT = polls.receipt_of(ENVELOPE)


def code_of(check, *arguments) -> str:
    with pytest.raises(VerivoteError) as refused:
        check(*arguments)
    return refused.value.code


def test_a_receipt_holds_in_its_poll():
    receipt.check(RECEIPT, ENTRY)


def changed(**changes):
    return RECEIPT | changes


def of_head(**changes):
    return heads.sign(RECEIPT["signed_head"]["head"] | changes, polls.SERVER)


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("inclusion", changed(leaf="00" * 32)),
        ("inclusion", changed(index=2)),
        ("inclusion", changed(index=60)),
        ("inclusion", changed(proof=RECEIPT["proof"][:-1])),
        ("inclusion", changed(proof=["00" * 32, *RECEIPT["proof"][1:]])),
        ("inclusion", changed(signed_head=of_head(root="00" * 32))),
        ("head_signature", changed(signed_head=RECEIPT["signed_head"] | {"signature": "00" * 64})),
        ("head_signature", changed(signed_head=of_head() | {"head": of_head(size=7)["head"]})),
        ("receipt_poll", changed(poll="00" * 16)),
        ("receipt_poll", changed(signed_head=of_head(poll="00" * 16))),
        ("not_number", changed(index=0)),
        ("not_list", changed(proof=["00" * 32] * 41)),
        ("not_record", {}),
    ],
)
def test_a_receipt_that_was_changed_does_not_hold(code, wrong):
    assert code_of(receipt.check, wrong, ENTRY) == code


def test_a_receipt_of_another_poll_is_told():
    other = polls.entry(rules=polls.rules(poll="00" * 16))
    assert code_of(receipt.check, RECEIPT, other) == "receipt_poll"


def test_the_number_is_sixteen_letters_of_the_leaf():
    assert receipt.number(RECEIPT | {"leaf": "00" * 32}) == "0000-0000-0000-0000"
    assert receipt.number(RECEIPT | {"leaf": "ff" * 10 + "00" * 22}) == "ZZZZ-ZZZZ-ZZZZ-ZZZZ"
    assert receipt.number(RECEIPT | {"leaf": "0443" + "21" * 30})[:4] == "0H1J"


def test_a_receipt_comes_back_from_its_line():
    line = receipt.to_text(RECEIPT)
    assert re.fullmatch(r"VERIVOTE1:[A-Z2-7]+", line)
    assert receipt.from_text(f" {line}\n") == RECEIPT


@pytest.mark.parametrize("last", "XAQ")
def test_a_line_may_end_with_any_letter(last: str):
    others = (RECEIPT | {"proof": [f"{at:064x}"] * (1 + at % 5)} for at in range(1_000))
    ending = next(each for each in others if receipt.to_text(each).endswith(last))
    assert receipt.from_text(receipt.to_text(ending)) == ending


def test_what_is_no_receipt_is_named():
    for work in (lambda: receipt.check({}, ENTRY), lambda: receipt.to_text({})):
        with pytest.raises(VerivoteError, match=r"^receipt has"):
            work()
    with pytest.raises(VerivoteError, match=r"^receipt\.index has"):
        receipt.from_text(packed(b"\0" * 168))


def packed(data: bytes) -> str:
    return receipt.PREFIX + base64.b32encode(data).decode().rstrip("=")


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("receipt_text", ""),
        ("receipt_text", receipt.to_text(RECEIPT).lower()),
        ("receipt_text", receipt.PREFIX + "1"),
        ("receipt_text", receipt.to_text(RECEIPT)[:-1] + "9"),
        ("receipt_text", packed(b"\1" * 168 + b"\0")[:-1] + "B"),
        ("receipt_text", receipt.PREFIX + "钥"),
        ("receipt_text", packed(b"\1" * 167)),
        ("receipt_text", packed(b"\1" * 10)),
        ("receipt_text", packed(b"\xff" * 168)),
        ("not_number", packed(b"\0" * 168)),
        ("not_hex", packed(b"\0" * 55 + b"\1" + b"\0" * 7 + b"\1" + b"\0\0\0\0\x40" + b"\0" * 99 + b"\1")),
    ],
)
def test_another_line_is_no_receipt(code, line):
    assert code_of(receipt.from_text, line) == code


# == heads and records ==
def test_a_head_holds_for_its_signer_alone():
    signed = RECEIPT["signed_head"]
    heads.check(signed, ENTRY["signer"])
    assert code_of(heads.check, signed, ENTRY["observers"][0]["key"]) == "head_signature"
    assert code_of(heads.check, signed, "00" * 31) == "head_signature"
    assert code_of(heads.check, {**signed, "more": 1}, ENTRY["signer"]) == "unknown_field"
    assert code_of(heads.sign, {**signed["head"], "moment": "2026-03-16T02:00:05.5Z"}, polls.SERVER) == "not_moment"


def test_records_are_a_kind_and_a_hash():
    entry = log.entry_record(ENTRY)
    assert (entry[0], len(entry)) == (log.ENTRY, log.RECORD)
    assert log.envelope_record(b"")[1:].hex().startswith("e3b0c442")
    closed = log.content_record(log.CLOSED, {"closes": "2026-03-16T09:30:00Z"})
    assert closed[0] == log.CLOSED
    assert code_of(log.record, 9, b"\0" * 32) == "record"
    assert code_of(log.record, log.NOTE, b"\0" * 31) == "record"
    assert code_of(log.check_content, log.ENVELOPE, {}) == "record"
    assert code_of(log.content_record, log.NOTE, {"text": ""}) == "not_text"
    assert code_of(log.content_record, log.CLOSED, {"closes": "2026-03-16T09:30:01Z"}) == "not_minute"


def test_changes_of_the_roll_are_added_up_by_unit_and_day():
    rows = [
        ("乙", "2026-03-17", 1, 2),
        ("甲", "2026-03-16", 3, 0),
        ("乙", "2026-03-17", 4, 5),
        ("乙", "2026-03-16", 0, 1),
    ]
    names = ("unit", "day", "added", "removed")
    found = log.changes_by_unit_and_day(dict(zip(names, row, strict=True)) for row in rows)
    assert [tuple(each[name] for name in names) for each in found] == [
        ("乙", "2026-03-16", 0, 1),
        ("乙", "2026-03-17", 5, 7),
        ("甲", "2026-03-16", 3, 0),
    ]


def test_an_error_crosses_processes_whole():
    error = pickle.loads(pickle.dumps(VerivoteError("head_signature", size=1234)))
    assert (error.code, error.facts, str(error)) == (
        "head_signature",
        {"size": 1234},
        "The head over 1,234 records is not signed by the server of this poll.",
    )


def test_sealing_keys_are_points():
    assert code_of(keys.sealing_key, "05" * 65) == "sealing_key"
    assert keys.sealing_hex(polls.HOLDERS_KEY) == ENTRY["key"]


# == sentences ==
SOURCES = [path.read_text(encoding="utf-8") for path in Path(verivote.__file__).parent.glob("*.py")]


def test_every_code_has_a_sentence_in_both_languages_with_the_same_gaps():
    raised = {code for source in SOURCES for code in re.findall(r"""(?:VerivoteError|Void)\(\s*"(\w+)\"""", source)}
    assert raised - SENTENCES.keys() == set()
    gaps = {code: [set(re.findall(r"{(\w+)}", text)) for text in pair] for code, pair in SENTENCES.items()}
    assert {code: found for code, found in gaps.items() if found[0] != found[1]} == {}
