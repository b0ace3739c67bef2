"""docs/consistency.md names every check of the pack, as it is."""

from __future__ import annotations

from typing import Any

from gongjian.settings import ROOT

from .stage import pack


def told(given: dict[str, Any]) -> str:
    parts = (f"{name} {value if isinstance(value, (int, str)) else ' '.join(value)}" for name, value in given.items())
    return ", ".join(parts) or "–"


def test_the_table_of_the_docs_is_the_pack():
    page = (ROOT / "docs" / "consistency.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `") and line.count("|") == 7]
    assert rows == [
        f"| `{e.key}` | {e.names['en']} | {e.names['zh-hans']} | {e.severity} | {e.line} | {told(e.given)} |"
        for e in pack().checks
    ]
