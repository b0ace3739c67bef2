"""The letters that deeds write: to whoever a deed is about, and to whose comment was hidden."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from gongjian.notices.actions import NewLetter, write_letters

from .models import Deed, Named, ReaderComment

LANGUAGE = settings.LANGUAGE_CODE


def ask_consent(named: Named, *, today: date, now: datetime) -> None:
    """To whoever it is about, if they have an account; the organisation asks the others."""
    account = named.person and named.person.account_id
    if not account:
        return
    with override(LANGUAGE):
        lines = [
            _("Somebody recommended a deed of yours to be shown in public. Read it, and say whether you agree."),
            _("Without your word nothing is shown. You can take it back at any time."),
            settings.SITE + reverse("deed", args=[named.deed_id]),
        ]
        _write(account, f"deed_ask:{named.deed_id}", _("May a deed of yours be shown?"), lines,
               f"deeds.deed:{named.deed_id}", today, now)  # fmt: skip


def tell_hidden(comment: ReaderComment, *, today: date, now: datetime) -> None:
    if not comment.by_id:
        return
    with override(LANGUAGE):
        is_final = comment.state == ReaderComment.State.UPHELD
        said = _("It stays hidden: %(why)s") if is_final else _("It is hidden: %(why)s")
        lines = [
            said % {"why": comment.outcome if is_final else comment.reason},
            *([] if is_final else [_("You may appeal once. Somebody else decides.")]),
            settings.SITE + reverse("deed", args=[comment.deed_id]),
        ]
        kind = f"{'cmt_end' if is_final else 'cmt_no'}:{comment.pk}"
        _write(comment.by_id, kind, _("A comment of yours is not shown"), lines, f"deeds.deed:{comment.deed_id}",
               today, now)  # fmt: skip


def tell_returned(deed: Deed, reason: str, *, today: date, now: datetime) -> None:
    if not deed.recommended_by_id:
        return
    with override(LANGUAGE):
        lines = [reason, settings.SITE + reverse("deed_ref", args=[deed.ref])]
        subject = _("A deed you recommended was returned with reasons")
        _write(deed.recommended_by_id, f"deed_no:{deed.pk}", subject, lines, deed.reference, today, now)


def _write(account: int, kind: str, subject: str, lines: list[str], about: str, today: date, now: datetime) -> None:
    letter = NewLetter(
        account_id=account, kind=kind, day=today, subject=subject, body="\n".join(lines), about=[about],
        language=LANGUAGE,
    )  # fmt: skip
    write_letters([letter], now=now)
