"""`python -m tests.browser.small_city` makes the tables and loads one county of the sample city, in small."""

from datetime import date, timedelta

import django
from django.core.management import call_command
from django.utils import timezone

SCALE = 0.01
COUNTIES = ["330681"]
FULL = 220  # minutes that two towns are asked for already in next month; their ceiling is 240


def next_month(today: date, day: int) -> date:
    return (today.replace(day=28) + timedelta(days=7)).replace(day=day)


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

    from gongjian.asks import sending
    from gongjian.register.models import Body

    towns = Body.objects.filter(entries__seat__entries__kind__level="town", line="party").order_by("pk").distinct()
    sending.ask(
        towns[:2], sender=Body.objects.get(line="party", line_path__regex=r"^\.?[^.]+\.$"), today=timezone.localdate(),
        now=timezone.now(), by=User.objects.get(username="sample-city-organiser"), kind="tell", title="写一写全年总结",
        why="样例：年底总结", minutes=FULL, due_on=next_month(timezone.localdate(), 25),
    )  # fmt: skip
