"""The page that checks a bundle in the browser: one file, that works off line and sends nothing.

The shapes of records and every sentence are written into it from here, so that page and program cannot part.
"""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from .. import VERSION, bundle, entry, heads, log, observers, receipt, shape
from ..sentences import SENTENCES

FOLDER = Path(__file__).parent


def html() -> str:
    """The whole page."""
    style = _part("tokens.css") + _part("page.css")
    script = f"const SHEETS = {_embedded(sheets())};\n" + "".join(map(_part, ("read.js", "verify.js", "show.js")))
    filled = {
        "SCRIPT_HASH": _hash(script),
        "STYLE_HASH": _hash(style),
        "VERSION": VERSION,
        "STYLE": style,
        "SCRIPT": script,
    }
    page = _part("page.html")
    for name, value in filled.items():
        page = page.replace(f"@{name}@", value)
    return page


def sheets() -> dict[str, Any]:
    """What the script of the page has from this package."""
    return {
        "names": shape.NAMES,
        "most": bundle.MOST,
        "longest_line": bundle.LONGEST_LINE,
        "entry": entry.ENTRY,
        "signed_head": heads.SIGNED,
        "signature": observers.SIGNATURE,
        "content": bundle.CONTENT,
        "contents": log.CONTENTS,
        "result": bundle.RESULT,
        "receipt": receipt.RECEIPT,
        "sentences": SENTENCES,
    }


def _part(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _embedded(value: Any) -> str:
    """JSON that may stand inside of a script element."""
    return json.dumps(value, ensure_ascii=False, indent=1).replace("</", "<\\/")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}"
