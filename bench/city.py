"""A city: the divisions of Shaoxing on the pack's last day, with as many employers as it has."""

from __future__ import annotations

from collections.abc import Iterator

from gongjian.packs.read import read_pack

from .figure import ROOT

EMPLOYERS = 97_000


def divisions() -> Iterator[tuple[str, str, str, str]]:
    """Code, name, level and parent's code of each."""
    pack = read_pack(ROOT / "packs" / "shaoxing")
    for each in pack.divisions(max(pack.official_days)):
        yield each.code, each.name, each.level, each.parent_code
