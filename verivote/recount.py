"""What an observer lays side by side: the envelopes that were counted, and the log in which each has to stand."""

from __future__ import annotations

from . import archive, bundle, count, log
from .archive import Source
from .errors import VerivoteError


def check_counted(counting: Source, source: Source) -> None:
    """Raises VerivoteError unless the counting file holds envelopes of this log alone, and all but those set apart."""
    counted = set(count.hashes(counting))
    with archive.opened(counting, count.MOST) as file:
        begun, numbers = count.look(file)
    logged = 0
    left = set(counted)
    with bundle.opened(source) as published:
        if published.entry() != begun:
            raise VerivoteError("other_poll")
        for chunk in published.records():
            for at in range(0, len(chunk), log.RECORD):
                if chunk[at] == log.ENVELOPE:
                    logged += 1
                    left.discard(chunk[at + 1 : at + log.RECORD])
    if left:
        raise VerivoteError("envelope_not_logged", hash=min(left).hex())
    wanted = logged - numbers["superseded"] - sum(numbers["set_aside"].values())
    if wanted != len(counted):
        raise VerivoteError("envelopes_missing", found=len(counted), wanted=wanted)
