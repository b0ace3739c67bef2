"""All moves of a sending and of an ask, in one table each. Nothing else assigns a state."""

from __future__ import annotations

from django.utils.translation import gettext as _

from gongjian.register.refusals import Refused

from .models import Ask, Sending

S, A = Sending.State, Ask.State

SENDING_MOVES = {
    (S.DRAFT, "ask_consent"): S.WAITING,
    (S.WAITING, "write_on"): S.DRAFT,
    (S.DRAFT, "send"): S.SENT,
    (S.WAITING, "send"): S.SENT,
    (S.SENT, "withdraw"): S.WITHDRAWN,
}
ASK_MOVES = {
    (A.OPEN, "answer"): A.DONE,
    (A.OPEN, "decline"): A.DECLINED,
    (A.OPEN, "hand_over"): A.HANDED_OVER,
    (A.OPEN, "withdraw"): A.WITHDRAWN,
    (A.DONE, "take_back"): A.OPEN,
    (A.DONE, "return"): A.OPEN,
    (A.DECLINED, "take_back"): A.OPEN,
    (A.DECLINED, "return"): A.OPEN,
}


def move_sending(sending: Sending, verb: str) -> None:
    """To where the verb leads, unsaved. Raises Refused where it leads nowhere."""
    if (sending.state, verb) not in SENDING_MOVES:
        raise Refused(_("This is %(state)s by now. Look at it again.") % {"state": sending.get_state_display()})
    sending.state = SENDING_MOVES[S(sending.state), verb]


def leads_on(ask: Ask, verb: str) -> bool:
    """Can the verb be done with it as it stands?"""
    return (ask.state, verb) in ASK_MOVES


def move_ask(ask: Ask, verb: str) -> None:
    """To where the verb leads, unsaved. Raises Refused where it leads nowhere."""
    if not leads_on(ask, verb):
        raise Refused(_("This is %(state)s by now. Look at it again.") % {"state": ask.get_state_display()})
    ask.state = ASK_MOVES[A(ask.state), verb]
