"""Two bundles of one poll, as two people fetched them: whether somebody was shown another log or another result."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from . import archive
from .archive import Source
from .bundle import MOST, Bundle, opened
from .canonical import digest
from .errors import VerivoteError
from .log import RECORD
from .verify import Check, Report


def compare(first: Source, second: Source) -> Report:
    """Whether two bundles have the same bytes; where not, whether entry, log and result agree."""
    try:
        if _bytes(first) == _bytes(second):
            return Report([Check("same_bytes", True)])
        with opened(first) as one, opened(second) as two:
            return Report([Check("same_bytes", False), *_parts(one, two)])
    except VerivoteError as problem:
        return Report([Check("format", False, {}, problem)])


def _parts(one: Bundle, two: Bundle) -> list[Check]:
    size = min(one.leaves, two.leaves)
    is_one_log = _beginning(one, size) == _beginning(two, size)
    facts: dict[str, Any] = {"first": one.leaves, "second": two.leaves} if is_one_log else {"size": size}
    return [
        Check("same_entry", digest(one.entry()) == digest(two.entry())),
        Check("same_log", is_one_log, facts),
        Check("same_result", one.result() == two.result()),
    ]


def _beginning(bundle: Bundle, size: int) -> bytes:
    hash, left = sha256(), size * RECORD
    for chunk in bundle.records():
        hash.update(chunk[:left])
        left -= min(left, len(chunk))
    return hash.digest()


def _bytes(source: Source) -> bytes:
    hash = sha256()
    with archive.opened(source, MOST) as file:
        for name in MOST:
            for chunk in file.chunks(name):
                hash.update(chunk)
            hash.update(b"\0")
    return hash.digest()
