"""`python -m tests.browser.small_city` makes the tables and loads one county of the sample city, in small.

With the word `whole` it loads all counties, in very small.
"""

import sys
from datetime import date, timedelta

import django
from django.core.management import call_command
from django.utils import timezone

SCALE, COUNTIES = (0.001, None) if sys.argv[1:] == ["whole"] else (0.01, ["330681"])
FULL = 220  # minutes that two towns are asked for already in the month after next; their ceiling is 240


def month_after_next(today: date, day: int) -> date:
    return (today.replace(day=15) + timedelta(days=61)).replace(day=day)


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
    from gongjian.asks.writing import Asked
    from gongjian.register.models import Body

    organiser, today = User.objects.get(username="sample-city-organiser"), timezone.localdate()
    city = Body.objects.get(line="party", line_path__regex=r"^\.?[^.]+\.$")
    towns = Body.objects.filter(line="party", entries__seat__entries__kind__level="town").order_by("pk").distinct()
    village = Body.objects.filter(line="party", entries__name__contains="上下文村").distinct()
    given = {"sender": city, "today": today, "now": timezone.now(), "by": organiser, "why": "样例：年底总结"}
    full = {"kind": "tell", "title": "写一写全年总结", "minutes": FULL, "due_on": month_after_next(today, 25)}
    sending.ask(towns[:2], **given, **full)
    for title, kind, questions in (
        ("看一看公示栏", "confirm", []),
        ("报两个数", "facts", ["党组织名称", "今年上了几次党课"]),
        ("讲一句进展", "tell", []),
        ("写两句打算", "tell", []),
    ):
        asked = {"questions": [Asked(each, "number") for each in questions], "minutes": 3}
        sending.ask(village[:1], **given, title=title, kind=kind, due_on=today + timedelta(days=1), **asked)
