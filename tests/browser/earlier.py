"""`tests.browser.earlier:application` is the whole site by the clock of tests/browser/clock.py."""

import os
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

from .clock import FILE

real, clock = timezone.now, Path(os.environ[FILE])


def now() -> datetime:
    return real() - timedelta(seconds=float(clock.read_text()))


timezone.now = now

from gongjian.asgi import application  # noqa: E402, F401 – after the clock: models keep the function they were given
