"""A process of its own that writes the digest of a day: `python -m tests.asks.digesting 2026-11-30`."""

import sys
from datetime import date

import django

django.setup()

from django.utils import timezone  # noqa: E402

from gongjian.asks.digest import write_digests  # noqa: E402

if __name__ == "__main__":
    write_digests(date.fromisoformat(sys.argv[1]), now=timezone.now())
