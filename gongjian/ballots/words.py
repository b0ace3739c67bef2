"""The words in which an outcome, and the rule that decided it, are told."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

OUTCOME: dict[str, str | Promise] = {
    "placed": _("named"),
    "reserve": _("in reserve"),
    "not_placed": _("not named"),
    "undecided": _("waits for the draw"),
}
BY: dict[str, str | Promise] = {
    "votes": _("by votes"),
    "tie": _("as many votes; by the draw"),
    "limit": _("limit by place"),
    "left_out": _("not ranked"),
    "withdrawn": _("candidate withdrawn"),
}
CHANNEL: dict[str, str | Promise] = {
    "web": _("sealed on the voter's device"),
    "server": _("sealed on the server, without script"),
    "paper": _("on paper that was handed in"),
    "desk": _("on paper at the desk"),
}
VOID: dict[str, str | Promise] = {
    "too_few": _("too few chosen"),
    "too_many": _("too many chosen"),
    "unknown_candidate": _("names nobody on the ballot"),
    "unknown_group": _("names no group of the ballot"),
    "twice": _("names somebody twice"),
    "declared": _("papers found void by two people"),
    "malformed": _("not readable"),
    "other_poll": _("of another poll"),
    "cannot_open": _("cannot be opened"),
}
ASIDE: dict[str, str | Promise] = {
    "not_entitled": _("not entitled to vote"),
    "not_own": _("not cast by the voter"),
    "forced": _("cast under pressure"),
    "other": _("another reason"),
    "off_roll": _("the voter was taken off the roll"),
}
