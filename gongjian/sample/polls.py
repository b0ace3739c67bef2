"""Polls of the sample city: one that was published with its bundle, and one that is open to the personas; a selection
(deeds.py) holds a third.

Made up, with the actions that people use; the key of the holders is thrown away once the first is counted.
"""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone

from gongjian.accounts.models import User
from gongjian.ballots import making, opening, publishing, roll
from gongjian.ballots.casting import Cast, cast_one
from gongjian.ballots.clock import bring_forward
from gongjian.ballots.models import Poll, Voter
from gongjian.register.access import OPERATOR
from gongjian.register.models import Body, Membership, Office, Person
from verivote import count, observers
from verivote.ballot import Paper
from verivote.canonical import canonical
from verivote.keys import sealing_hex, signer_hex

ORGANISER = "sample-city-organiser"
VOTERS, CAST = 60, 41
OBSERVERS = ("样例监票甲", "样例监票乙")
GROUPS = [
    {
        "id": "org", "title": "组织", "least": 3, "most": 3,
        "candidates": [
            {"id": "07", "title": "上下文村党总支", "note": "26盏路灯，先装群众排在前头的小学门口", "place": "诸暨市"},
            {"id": "12", "title": "柯桥样例印染联合工会", "note": "和9家厂一次谈成工资", "place": "柯桥区"},
            {"id": "15", "title": "越城样例社区妇联", "note": "暑假托管班收了64个孩子", "place": "越城区"},
            {"id": "18", "title": "上虞样例化工团委", "note": "夜校教了3期电工", "place": "上虞区"},
            {"id": "23", "title": "嵊州样例茶厂工会", "note": "采茶季给外来工腾出宿舍", "place": "嵊州市"},
            {"id": "29", "title": "新昌样例轴承党支部", "note": "党员包机床，停机少了一半", "place": "新昌县"},
        ],
    },
]  # fmt: skip
STEPS = [{"kind": "most_votes", "group": "org", "places": 3, "reserves": 1, "caps": [{"by": "place", "most": 1}]}]


def hold_all(today: date) -> int:
    """How many polls there are; none without the city's organiser."""
    by = User.objects.filter(username=ORGANISER).first()
    office = Office.objects.on(today).filter(person__account=by).select_related("body").first() if by else None
    if office is None:
        return 0
    key = ec.generate_private_key(ec.SECP256R1())
    _published(office.body, today, key)
    _open(office.body, today, key)
    return 2


def _published(body: Body, today: date, key: ec.EllipticCurvePrivateKey) -> None:
    """Within a minute it is opened, voted in and counted: its rules say that it closed just now."""
    now = timezone.now()
    closes = now.replace(second=0, microsecond=0)
    fields = {"opens_at": closes - timedelta(minutes=50), "closes_at": closes, "draw_held_after": closes}
    signing = [Ed25519PrivateKey.generate() for _name in OBSERVERS]
    poll = _ready(body, today, key, signing, now - timedelta(hours=2), title="闪光言行之星（上一季度）", **fields)
    _shift(poll, closes_at=now + timedelta(hours=1))
    poll = bring_forward(Poll.objects.get(pk=poll.pk))
    _vote(poll)
    _shift(poll, closes_at=closes)
    poll = bring_forward(Poll.objects.get(pk=poll.pk))
    out = BytesIO()
    opening.write_counting_file(poll, out, by=OPERATOR)
    out.seek(0)
    tally = count.count(out, key, processes=1)
    result = opening.take_tally(poll, canonical(tally.as_record()), by=OPERATOR)
    if opening.is_undecided(result):
        result = opening.tell_draw(poll, "样例：03 07 12 19 25 31", now=timezone.now(), by=OPERATOR)
    poll.refresh_from_db()
    assert poll.entry is not None
    for name, private in zip(OBSERVERS, signing, strict=True):
        head = opening.final_head(poll)["head"]
        signed = observers.sign(name, private, poll.entry, head, opening.result_record(result))
        opening.take_signature(poll, canonical(signed), by=OPERATOR)
    publishing.publish(poll, today=today, now=timezone.now(), by=OPERATOR)


def _vote(poll: Poll) -> None:
    assert poll.entry is not None
    paper, chance = Paper(poll.entry), random.Random(2026)
    ids = [each["id"] for each in GROUPS[0]["candidates"]]  # type: ignore[attr-defined]
    for voter in Voter.objects.filter(poll=poll).order_by("pk")[:CAST]:
        cast_one(poll, Cast(voter.pk, paper.seal({"org": chance.sample(ids, 3)}), "web"))


def _open(body: Body, today: date, key: ec.EllipticCurvePrivateKey) -> None:
    now = timezone.now()
    closes = (now + timedelta(days=30)).replace(hour=9, minute=30, second=0, microsecond=0)
    fields = {
        "opens_at": now + timedelta(minutes=1),
        "closes_at": closes,
        "draw_held_after": closes + timedelta(days=1),
    }
    signing = [Ed25519PrivateKey.generate() for _name in OBSERVERS]
    poll = _ready(body, today, key, signing, now, title="闪光言行之星", **fields)
    _shift(poll, opens_at=now - timedelta(minutes=1))
    bring_forward(Poll.objects.get(pk=poll.pk))


def _ready(
    body: Body, today: date, key: ec.EllipticCurvePrivateKey, signing: list[Ed25519PrivateKey], now: datetime,
    **fields: Any,
) -> Poll:  # fmt: skip
    given = {
        "kind": "recommendation",
        "channels": ["web", "desk"],
        "weight": 0,
        "approval": None,
        "draw": "样例：双色球红球",
    }
    poll = making.draft(body, now=now, by=OPERATOR, **given | fields)
    making.set_groups(poll, GROUPS, STEPS, by=OPERATOR)
    personas = Person.objects.filter(account__username__startswith="sample-").values_list("pk", flat=True)
    return _frozen(poll, [*personas, *members(VOTERS * 2, today)][:VOTERS], today, key, signing, now)


def members(count: int, today: date) -> list[int]:
    rows = Membership.objects.on(today).order_by("pk").values_list("person", flat=True)[:count]
    return list(dict.fromkeys(rows))


def open_now(poll: Poll, voters: list[int], today: date) -> None:
    """One that was drafted elsewhere, with these on its roll. Its key is thrown away: nobody counts it."""
    signing = [Ed25519PrivateKey.generate() for _name in OBSERVERS]
    now = timezone.now()
    _frozen(poll, voters, today, ec.generate_private_key(ec.SECP256R1()), signing, now)
    _shift(poll, opens_at=now - timedelta(minutes=1))
    bring_forward(Poll.objects.get(pk=poll.pk))


def _frozen(
    poll: Poll, voters: list[int], today: date, key: ec.EllipticCurvePrivateKey, signing: list[Ed25519PrivateKey],
    now: datetime,
) -> Poll:  # fmt: skip
    roll.put_on(poll, voters, day=today, by=OPERATOR)
    making.name_key(poll, key=sealing_hex(key), holders=["样例保管甲", "样例保管乙", "样例保管丙"], by=OPERATOR)
    for at, (name, private) in enumerate(zip(OBSERVERS, signing, strict=True)):
        making.add_observer(poll, name=name, key=signer_hex(private), is_by_lot=at == 0, by=OPERATOR)
    making.make_ready(poll, today=today, now=now, by=OPERATOR)
    return poll


def _shift(poll: Poll, **moments: datetime) -> None:
    """As if the minute had come; the rules stay as they are."""
    more = {"draw_held_after": moments["closes_at"]} if "closes_at" in moments else {}
    Poll.objects.filter(pk=poll.pk).update(**moments, **more)
