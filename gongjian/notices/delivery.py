"""Handing letters to the mail server.

A batch is one transaction: its rows are claimed, handed over on one connection, and marked. Whoever else delivers
meanwhile passes over claimed rows. If the worker dies in a batch, what it had handed over of it is handed over again,
under the same Message-ID, by which servers know it for the same letter.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from smtplib import (
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
)

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from .models import Letter, LetterQuerySet

logger = logging.getLogger("gongjian.notices")

BATCH = 50
MOST_TRIES = 6

# Again after 1 minute, 5, 25, 2 hours, 10 hours; thirteen hours in all.
PUT_OFF = """
UPDATE notices_letter
SET tries = tries + 1,
    due_at = %(now)s::timestamptz + power(5, tries) * interval '1 minute',
    state = CASE WHEN tries + 1 >= %(most)s THEN 'failed' ELSE state END
WHERE id = ANY(%(ids)s) RETURNING id, account_id, state
"""


def keep_out_of_reach() -> None:
    """Letters that nobody is to get by mail stay on the page, for good: they are not sent when that changes."""
    waiting = Letter.objects.out_of_reach() if settings.MAIL else Letter.objects.waiting()
    with transaction.atomic():
        ids = list(_locked(waiting).values_list("pk", flat=True))
        Letter.objects.filter(pk__in=ids).update(state=Letter.State.KEPT)


def deliver_batch(now: datetime) -> int:
    """Claim some letters that are due, and hand them to the mail server. Returns how many were claimed.

    While the server is away every letter that is due counts as tried, and no other batch is begun.
    """
    with transaction.atomic():
        claimed = list(_locked(Letter.objects.due(now)).select_related("account")[:BATCH])
        if not claimed:
            return 0
        mail = get_connection()
        try:
            mail.open()
        except OSError as error:  # as all of smtplib's are
            waiting = list(_locked(Letter.objects.due(now)).values_list("pk", flat=True))
            logger.warning("The mail server does not answer (%s); letters that wait: %s", _told(error), len(waiting))
            _put_off(waiting, error, now)
            return 0
        try:
            _hand_over(claimed, mail, now)
        finally:
            mail.close()
    return len(claimed)


def message_of(letter: Letter, mail: BaseEmailBackend | None = None) -> EmailMessage:
    """The letter as mail: who it is from, the same id each time, and at its foot where to switch mail off."""
    page = settings.SITE + reverse("own_letters")
    with override(letter.language):
        foot = _("You can switch off letters by mail here; they stay on your page then: %(page)s") % {"page": page}
    headers = {"Message-ID": letter.message_id, "List-Unsubscribe": f"<{page}>", "Auto-Submitted": "auto-generated"}
    text = f"{letter.body.rstrip()}\n\n-- \n{foot}\n"
    return EmailMessage(letter.subject, text, None, [letter.account.email], headers=headers, connection=mail)


def _locked(letters: LetterQuerySet) -> LetterQuerySet:
    return letters.select_for_update(skip_locked=True, of=("self",))


def _hand_over(letters: list[Letter], mail: BaseEmailBackend, now: datetime) -> None:
    """Each in turn. Where the connection breaks, the one in hand was tried and the rest was not."""
    sent = []
    for letter in letters:
        try:
            mail.send_messages([message_of(letter, mail)])
        except (OSError, ValueError) as error:
            _put_off([letter.pk], error, now, for_good=_is_refused_for_good(error))
            if _is_away(error):
                break
        else:
            sent.append(letter.pk)
    Letter.objects.filter(pk__in=sent).update(state=Letter.State.SENT, sent_at=now)


def _put_off(ids: Sequence[int], error: Exception, now: datetime, *, for_good: bool = False) -> None:
    with connection.cursor() as cursor:
        cursor.execute(PUT_OFF, {"ids": list(ids), "now": now, "most": 1 if for_good else MOST_TRIES})
        for letter, account, state in cursor.fetchall():
            if state == Letter.State.FAILED:
                logger.error("Letter %s to account %s could not be sent: %s", letter, account, _told(error))


def _is_away(error: Exception) -> bool:
    """The connection is gone; what the server refuses over one that stands is an SMTPException of another sort."""
    return isinstance(error, SMTPServerDisconnected) or not isinstance(error, SMTPException | ValueError)


def _is_refused_for_good(error: Exception) -> bool:
    """The server says that there is no such mailbox. All else may be mended by somebody meanwhile."""
    return isinstance(error, SMTPRecipientsRefused) and all(code >= 500 for code, _said in error.recipients.values())


def _told(error: Exception) -> str:
    """What went wrong without the words of the server, which may name addresses."""
    codes = [code for code, _said in error.recipients.values()] if isinstance(error, SMTPRecipientsRefused) else []
    if isinstance(error, SMTPResponseException):
        codes = [error.smtp_code]
    return " ".join([type(error).__name__, *map(str, codes)])
