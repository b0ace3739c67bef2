"""Where sealed ballots come in: read, permitted, and handed to the appender.

`cast` is the door inside Django. In front of it `gongjian.asgi` may take the same requests and commit them in groups.
"""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass, field

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from gongjian.accounts.devices import address_of
from gongjian.register.authority.wall import behind_it
from verivote.receipt import number

from .casting import Answer, Box, Cast, NotTaken, box_of, cast_one
from .clock import bring_forward
from .models import Poll
from .secrets import NotAPermit, Secret, network_hash, network_key_of, secret_of

LARGEST = 200_000


@dataclass(frozen=True)
class Desk:
    """A poll as its ballots come in: its box, and the secret that its permits were made with. `network_key`: empty
    where nothing is kept of where ballots come from."""

    poll: Poll
    box: Box
    secret: Secret
    network_key: bytes = field(repr=False)


def desk_of(ref: str) -> Desk | None:
    """The desk of a poll that was frozen; opened if its minute has come."""
    with behind_it():
        poll = Poll.objects.filter(ref=ref, entry__isnull=False, secret__isnull=False).first()
        if poll is None:
            return None
        poll = bring_forward(poll)
        return Desk(poll, box_of(poll), secret_of(poll), network_key_of(poll))


def read(desk: Desk, body: bytes, now: float, address: str) -> Cast | NotTaken:
    """What came in, as {"permit", "envelope"} with the envelope in base64. `address`: as `devices` tells it."""
    try:
        told = json.loads(body)
        permit = desk.secret.read_permit(str(told["permit"]), now)
        sealed = base64.b64decode(told["envelope"], validate=True)
    except NotAPermit:
        return NotTaken("no_permit")
    except (ValueError, KeyError, TypeError, RecursionError):
        return NotTaken("wrong_size")
    network = network_hash(desk.network_key, address)
    return Cast(permit.voter, sealed, permit.channel, permit.code, network=network)


def told(answer: Answer) -> tuple[int, dict[str, object]]:
    """The status and what is answered: the receipt with its number, or why it was not taken."""
    if isinstance(answer, NotTaken):
        return 409, {"code": answer.code, "said": answer.sentence}
    return 200, {"receipt": answer, "number": number(answer)}


@csrf_exempt  # the permit is the proof: it was given to this page alone
@require_POST
def cast(request: HttpRequest, ref: str) -> JsonResponse:
    """One sealed ballot. The answer leaves after the transaction of the request is committed."""
    desk = desk_of(ref) if len(request.body) <= LARGEST else None
    if desk is None:
        return JsonResponse({"code": "closed", "said": NotTaken("closed").sentence}, status=404)
    found = read(desk, request.body, time.time(), address_of(request))
    status, answer = told(found if isinstance(found, NotTaken) else cast_one(desk.poll, found))
    return JsonResponse(answer, status=status)
