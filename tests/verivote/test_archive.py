"""Bundles are zip files of one form, to the byte; what is read of them comes in pieces."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from verivote import archive, bundle
from verivote.canonical import canonical
from verivote.errors import VerivoteError
from verivote.verify import verify

from .voting import voting

MOST = {"a": 1, "b.bin": 5}
# Signature, version 10, stored, 1980-01-01, checksum, size twice, length of the name, name, data.
FIRST = bytes.fromhex("504b0304 0a00 0000 0000 00002100 b7efdc83 01000000 01000000 0100 0000 61 31")


def made(parts) -> bytes:
    file = io.BytesIO()
    archive.write(file, parts)
    return file.getvalue()


def test_the_form_is_the_same_to_the_byte():
    whole = made([("a", b"1"), ("b.bin", [b"23", b"456"])])
    assert whole.startswith(FIRST)
    with zipfile.ZipFile(io.BytesIO(whole)) as common:
        assert [(each.filename, common.read(each)) for each in common.infolist()] == [("a", b"1"), ("b.bin", b"23456")]
        for each in common.infolist():
            assert (each.create_system, each.create_version, each.extract_version, each.flag_bits) == (3, 20, 10, 0)
            assert (each.internal_attr, each.volume, each.external_attr >> 16) == (0, 0, 0o100644)
    assert archive.Archive(io.BytesIO(whole), MOST).read("b.bin") == b"23456"


def test_what_is_read_in_pieces_is_the_same(monkeypatch, tmp_path: Path):
    it = voting()
    path = it.write(tmp_path / "bundle.zip")
    monkeypatch.setattr(archive, "CHUNK", 10)
    with archive.opened(path, bundle.MOST) as file:
        assert {len(each) for each in file.chunks("leaves.bin", 33)} == {33}
        assert {len(each) for each in file.chunks("leaves.bin", 4)} == {8, 53 * 33 % 8}
        assert file.read("entry.json") == canonical(it.entry)
    assert verify(path).failed == []
    spoilt = bytearray(path.read_bytes())
    spoilt[spoilt.index(b"leaves.bin") + 10 + 5] ^= 1
    with archive.opened(io.BytesIO(bytes(spoilt)), bundle.MOST) as file, pytest.raises(VerivoteError) as refused:
        file.read("leaves.bin")
    assert refused.value.facts == {"name": "leaves.bin"}


def test_a_member_as_large_as_it_may_be_is_read_and_one_more_byte_is_not():
    sound = archive.Archive(io.BytesIO(made([("a", b"1"), ("b.bin", b"23456")])), MOST)
    assert [sound.size("a"), sound.size("b.bin")] == [1, 5]
    with pytest.raises(VerivoteError) as refused:
        archive.Archive(io.BytesIO(made([("a", b"1"), ("b.bin", b"234567")])), MOST)
    assert refused.value.facts == {"name": "b.bin", "most": 5}


@pytest.mark.parametrize(("length", "fits"), [(5, True), (6, False)])
def test_a_line_as_long_as_it_may_be_is_read(length: int, fits: bool):
    file = archive.Archive(io.BytesIO(made([("a", b"x" * length + b"\n")])), {"a": 10})
    if fits:
        assert list(file.lines("a", 5)) == [b"x" * 5]
    else:
        with pytest.raises(VerivoteError) as refused:
            list(file.lines("a", 5))
        assert refused.value.facts == {"name": "a", "most": 5}


def test_what_just_fits_is_written(monkeypatch):
    head = len(made([("a", b"")])) - 22 - 47
    monkeypatch.setattr(archive, "GREATEST", head + 10)
    made([("a", b"1" * 10)])
    with pytest.raises(VerivoteError) as refused:
        made([("a", b"1" * 11)])
    assert refused.value.facts == {"name": "a", "most": head + 10}
