"""The page that checks a bundle, opened from a file; and the sealing of a ballot. Both do what the program does."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

import verivote.page
from tests.verivote import polls
from tests.verivote.attacks import ANOTHER, FORGED, REMADE
from tests.verivote.test_verify import raw
from tests.verivote.vectors import VECTORS
from tests.verivote.voting import voting
from verivote import ballot, receipt
from verivote.verify import Report, check_receipt, verify

from .looking import flaws, overheard

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

FOLDER = Path(verivote.page.__file__).parent
SEALING = "https://sealing.test/"  # nobody's: every answer is made here, and WebCrypto wants HTTPS

RUN = """async ([bytes, heads, receipt]) => {
  const file = new File([Uint8Array.fromBase64(bytes)], "bundle.zip");
  const { checks } = await verivote.verify(file, { heads, receipt: receipt ?? undefined });
  return checks.map(({ code, ok, facts, why }) =>
    ({ code, ok, facts, why: why?.code ?? null, gaps: why?.facts ?? {} }));
}"""


@pytest.fixture(scope="module")
def page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The page, opened from a file and off line."""
    file = tmp_path_factory.mktemp("page") / "verify.html"
    file.write_text(verivote.page.html(), encoding="utf-8")
    context = browser.new_context(locale="zh-CN", offline=True)
    context.set_default_timeout(10_000)
    opened = context.new_page()
    opened.goto(file.as_uri())
    yield opened
    context.close()


def by_page(page: Page, bundle: bytes, heads: tuple = (), mine: object = None) -> list[dict[str, Any]]:
    return page.evaluate(RUN, [base64.b64encode(bundle).decode(), list(heads), mine])


def by_program(report: Report) -> list[dict[str, Any]]:
    return [
        {
            "code": each.code,
            "ok": each.ok,
            "facts": each.facts,
            "why": each.why and each.why.code,
            "gaps": each.why.facts if each.why else {},
        }
        for each in report.checks
    ]


def test_the_page_finds_what_the_program_finds_for_every_attack(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    parted = {}
    for (attack, _), is_remade in [
        *((each, False) for each in FORGED.values()),
        *((each, True) for each in REMADE.values()),
    ]:
        it = voting()
        attack(it)
        if is_remade:
            it.work_out().sign()
        it.write(path)
        mine, its = by_program(verify(path)), by_page(page, path.read_bytes())
        if mine != its:
            parted[len(parted)] = (mine, its)
    assert parted == {}


def test_heads_and_receipts_are_judged_alike(page: Page, tmp_path: Path) -> None:
    it, other = voting(), voting()
    other.records[7] = ANOTHER
    other.work_out().sign()
    path = it.write(tmp_path / "bundle.zip")
    of_others = [
        None,
        [],
        {},
        {"index": 7, "signed_head": 5},
        polls.receipt_of(b"x"),
        it.receipt(7) | {"leaf": "00" * 32},
    ]
    of_others += [
        polls.receipt_of(b"x") | {"poll": "00" * 16},
        it.receipt(7) | {"index": 8},
        it.receipt(7) | {"proof": []},
    ]
    for mine in (it.receipt(1), it.receipt(7), it.receipt(49), other.receipt(7), *of_others[1:]):
        assert by_page(page, path.read_bytes(), mine=mine) == by_program(verify(path, receipt=mine))
    for head in (
        it.heads[3],
        other.heads[-1],
        it.heads[3] | {"signature": "00" * 64},
        *of_others[:4],
        {"head": {"size": -1}},
    ):
        assert by_page(page, path.read_bytes(), (head,)) == by_program(verify(path, heads=[head]))


@pytest.mark.parametrize("change", ["cut", "flipped leaf", "flipped frame", "empty", "members"])
def test_files_are_refused_alike(change: str, page: Page, tmp_path: Path) -> None:
    path = voting().write(tmp_path / "bundle.zip")
    whole = bytearray(path.read_bytes())
    if change == "flipped leaf":
        whole[whole.index(b"leaves.bin") + 50] ^= 1
    elif change == "flipped frame":
        whole[-30] ^= 1
    spoilt = [bytes(whole[: {"cut": -40, "empty": 0}.get(change, len(whole))])]
    if change == "members":
        members = [{"leaves_bin": b"\1" * 34}, {"heads_jsonl": b"{}"}, {"heads_jsonl": b"{}\n"}, {"heads_jsonl": b"\n"}]
        members += [
            {"heads_jsonl": b"1" * 70_000 + b"\n"},
            {"signatures_jsonl": b"1" * (1 + (1 << 20))},
            {"result_json": b"{}"},
        ]
        members += [
            {"entry_json": each} for each in (b"{ }", b"[" * 5000, b"[]", b'"\\ud800"', b"\xef\xbb\xbf1", b'{"a":1.0}')
        ]
        spoilt = [raw(path, **each).read_bytes() for each in members]
    for each in spoilt:
        path.write_bytes(each)
        assert by_page(page, each) == by_program(verify(path))


def test_the_vectors_of_the_specification_hold_in_the_page(page: Page) -> None:
    for vector in VECTORS["canonical"]:
        told = page.evaluate("value => new TextDecoder().decode(verivote.canonical(value))", vector["value"])
        assert told == vector["bytes"]
    told = page.evaluate("line => verivote.receiptFrom(line)", VECTORS["receipt"]["text"])
    assert told == VECTORS["receipt"]["receipt"]
    for wrong in ("", "VERIVOTE1:1", VECTORS["receipt"]["text"][:-1] + "9", "VERIVOTE1:AAAA"):
        assert (
            page.evaluate("line => { try { verivote.receiptFrom(line) } catch (e) { return e.code } }", wrong)
            == "receipt_text"
        )


def test_somebody_checks_a_bundle_and_a_receipt_by_hand(page: Page, tmp_path: Path) -> None:
    it = voting()
    path = it.write(tmp_path / "bundle.zip")
    with overheard(page) as said:
        page.reload()
        page.locator("#check").click()
        expect(page.locator("#error-text")).to_have_text("请先选bundle.zip。")
        page.locator("#files").set_input_files(path)
        page.locator("#receipt").fill(receipt.to_text(it.receipt(7)))
        page.locator("#check").click()
        expect(page.locator("#status")).to_have_text("核对完了。")
        expect(page.locator("#report .notice--ok strong")).to_have_text("23项都对得上。")
        expect(page.locator("tr[data-ok=true]")).to_have_count(23)
        page.locator("#language").click()
        expect(page.locator("#report .notice--ok strong")).to_have_text("All 23 checks hold.")
        it.records[7] = ANOTHER
        it.write(path)
        page.locator("#check").click()
        expect(page.locator("#error-text")).to_contain_text("Choose it again.")
        page.locator("#files").set_input_files(it.write(tmp_path / "other.zip"))
        page.locator("#check").click()
        expect(page.locator("tr[data-ok=false] code")).to_have_text(["heads_roots", "receipt_log", "receipt_leaf"])
        page.locator("#language").click()
        expect(page.locator("tr[data-code=heads_roots]")).to_contain_text("记录不是签日志头时的记录。")
    assert said == []
    assert check_receipt(voting().receipt(7), path).failed == ["receipt_log", "receipt_leaf"]


def test_the_page_is_sound_for_everybody(page: Page, tmp_path: Path) -> None:
    it = voting()
    page.reload()
    page.locator("#files").set_input_files(it.write(tmp_path / "bundle.zip"))
    page.locator("#receipt").fill(receipt.to_text(it.receipt(49)))
    page.locator("#check").click()
    expect(page.locator("#report .notice--ok")).to_be_visible()
    assert flaws(page, "zh-Hans") == []


# == sealing ==
@pytest.fixture(scope="module")
def sealing(browser: Browser) -> Iterator[Page]:
    def answer(route: Route) -> None:
        name = route.request.url.removeprefix(SEALING)
        if not name:
            route.fulfill(body="<!doctype html><title>Sealing</title>", content_type="text/html")
        else:
            route.fulfill(body=(FOLDER / name).read_text(encoding="utf-8"), content_type="text/javascript")

    context = browser.new_context()
    page = context.new_page()
    page.route("**/*", answer)
    page.goto(SEALING)
    yield page
    context.close()


SEAL = """async ([entry, all]) => {
  const { seal } = await import("./seal.js");
  const told = [];
  for (const choices of all) {
    try { told.push((await seal(entry, choices)).toHex()); } catch (problem) { told.push(problem.message); }
  }
  return told;
}"""


def test_what_the_page_seals_the_program_opens(sealing: Page) -> None:
    entry = polls.entry()
    all = [
        {"org": [*ids], "people": people}
        for ids in (("07", "12", "09"), ("15", "04", "12"))
        for people in ([], ["3"], ["20", "11"])
    ]
    told = [bytes.fromhex(each) for each in sealing.evaluate(SEAL, [entry, all])]
    assert {len(each) for each in told} == {ballot.envelope_size(entry)}
    for envelope, choices in zip(told, all, strict=True):
        plaintext = ballot.open_(entry, polls.HOLDERS_KEY, envelope)
        assert plaintext == ballot.encode(entry, choices)
        assert ballot.decode(entry, plaintext) == {group: sorted(ids) for group, ids in choices.items()}


def test_names_that_sort_otherwise_in_javascript_are_sealed_alike(sealing: Page) -> None:
    ids = ["\uffee", "😀", "中", "a", '"\\', "10", "9"]
    groups = [
        {"id": "g", "title": "组", "least": 1, "most": 7, "candidates": [polls.candidate(id, "某", "x") for id in ids]}
    ]
    groups.append(groups[0] | {"id": "9"})
    entry = polls.entry(rules=polls.rules(groups=groups, steps=[]))
    all = [{"g": ids, "9": ["9"]}, {"g": ids[:2], "9": ids[1:4]}]
    for envelope, choices in zip(sealing.evaluate(SEAL, [entry, all]), all, strict=True):
        assert ballot.open_(entry, polls.HOLDERS_KEY, bytes.fromhex(envelope)) == ballot.encode(entry, choices)


def test_what_breaks_the_rules_is_not_sealed(sealing: Page) -> None:
    all = [
        {"org": ["07"]},
        {"org": ["07", "12", "09", "04"]},
        {"org": ["07", "07", "12"]},
        {"org": ["07", "12", "99"]},
        {"x": []},
    ]
    told = ["too_few", "too_many", "twice", "unknown_candidate", "unknown_group"]
    assert sealing.evaluate(SEAL, [polls.entry(), all]) == told
