"""Several at once, each in a thread and on a connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from django.db import connection
from django.utils.translation import get_language, override

from gongjian.register.actions import Refused


def at_once(*deeds: Callable[[], Any]) -> list[str]:
    """Run them in threads that begin together; returns the sentences in which some were refused, in the language of
    whoever calls."""
    language, gate, refused, broken = get_language(), Barrier(len(deeds)), [], []

    def run(deed: Callable[[], Any]) -> None:
        with override(language):
            try:
                gate.wait(60)
                deed()
            except Refused as no:
                refused.append(str(no))
            except Exception as odd:
                broken.append(odd)
            finally:
                connection.close()

    threads = [Thread(target=run, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert broken == []
    return refused
