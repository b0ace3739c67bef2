"""`python -m tests.browser.small_city` makes the tables and loads one county of the sample city, in small."""

import django
from django.core.management import call_command
from django.utils import timezone

SCALE = 0.01
COUNTIES = ["330681"]

if __name__ == "__main__":
    django.setup()

    from gongjian.accounts.models import User
    from gongjian.consistency.find import find_doubts
    from gongjian.figures.run import read_indicators
    from gongjian.notices.actions import NewLetter, write_letters
    from gongjian.sample.city import build

    call_command("migrate", verbosity=0)
    build(scale=SCALE, counties=COUNTIES)
    read_indicators(timezone.localdate())
    find_doubts(timezone.localdate())
    chair = User.objects.get(username="sample-county-union-chair")
    text = "上下文村联合工会的届期到 2026-12-31 为止。\n\n请在此前换届，或说明何时换届。"
    letters = [NewLetter(chair.pk, kind, timezone.localdate(), "今日要办 1 件", text) for kind in ("reminder", "other")]
    write_letters(letters, now=timezone.now())
