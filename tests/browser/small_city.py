"""`python -m tests.browser.small_city` makes the tables and loads one county of the sample city, in small."""

import django
from django.core.management import call_command
from django.utils import timezone

SCALE = 0.01
COUNTIES = ["330681"]

if __name__ == "__main__":
    django.setup()

    from gongjian.consistency.find import find_doubts
    from gongjian.figures.run import read_indicators
    from gongjian.sample.city import build

    call_command("migrate", verbosity=0)
    build(scale=SCALE, counties=COUNTIES)
    read_indicators(timezone.localdate())
    find_doubts(timezone.localdate())
