"""The rules of a poll as `verivote` takes them: made from what was typed, and the same for whoever counts or checks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gongjian.register.refusals import Refused
from verivote import entry as entries
from verivote import rules as verivote_rules
from verivote.errors import VerivoteError

from .models import Poll


def rules_of(poll: Poll, *, held_by: str, voters: int, roll_hash: str) -> dict[str, Any]:
    """The rules of a draft. `held_by`: the name of the body that holds it."""
    made = {
        "format": 1,
        "poll": poll.ref,
        "title": poll.title,
        "held_by": held_by,
        "groups": poll.groups,
        "opens": as_minute(poll.opens_at),
        "closes": as_minute(poll.closes_at),
        "channels": _channels(poll),
        "roll": {"day": poll.roll_day.isoformat() if poll.roll_day else "", "voters": voters, "hash": roll_hash},
        "weight": poll.weight,
        "approval": _approval(poll),
        "tie": {"draw": poll.draw, "held_after": as_minute(poll.draw_held_after)} if poll.draw else None,
        "steps": poll.steps,
    }
    return made | {"basis": poll.basis} if poll.basis else made


def _channels(poll: Poll) -> list[str]:
    """Who votes without script has the ballot sealed by the server, which is told apart."""
    return [each for name in poll.channels for each in ((name, "server") if name == "web" else (name,))]


def _approval(poll: Poll) -> dict[str, str] | None:
    if poll.approval is None:
        return None
    number, title = poll.approval.number, poll.approval.title
    return {"number": number or title, "name": title or number}


def as_minute(moment: datetime | None) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:00Z") if moment else ""


def told(problem: VerivoteError) -> str:
    """The sentence of the package in the language of the page."""
    return problem.sentence("en" if (get_language() or "").startswith("en") else "zh")


def check_entry(entry: dict[str, Any]) -> None:
    """Raises Refused, saying what to change, unless a poll can begin with this entry."""
    try:
        entries.check(entry)
    except VerivoteError as problem:
        raise Refused(told(problem)) from problem


def check_choices(poll: Poll, choices: dict[str, list[str]], withdrawn: set[tuple[str, str]]) -> None:
    """Raises Refused with what is wrong in a voter's words."""
    reason = verivote_rules.reason_void(poll.rules, choices, withdrawn)
    if reason:
        raise Refused(sentence(reason, poll.rules, choices))


def sentence(reason: str, rules: dict[str, Any], choices: dict[str, list[str]]) -> str:
    """Why a ballot with these choices would be void, and what to do."""
    if reason in ("too_few", "too_many"):
        for group in rules["groups"]:
            count = len(choices.get(group["id"], []))
            gaps = {"group": group["title"], "least": group["least"], "most": group["most"], "count": count}
            if count < group["least"]:
                return _("%(group)s: %(count)s chosen, at least %(least)s are needed. Choose more.") % gaps
            if count > group["most"]:
                return _("%(group)s: %(count)s chosen, at most %(most)s are allowed. Take some away.") % gaps
    if reason == "withdrawn_candidate":
        return _("A candidate you chose was withdrawn just now. Look at the ballot again.")
    return _("The ballot names what is not on it. Load the page again, then choose.")
