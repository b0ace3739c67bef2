"""Cards with one-time codes as a PDF, set by Typst. Signs that its font lacks come from the system's."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import typst
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from gongjian.ui.templatetags.ui import moment

from .codes import Card
from .models import Poll

HERE = Path(__file__).parent
TEMPLATE = HERE / "cards.typ"


def as_pdf(poll: Poll, cards: Sequence[Card]) -> bytes:
    """Eight on a sheet. What is printed comes in as data, never as Typst: nothing in it is a command."""
    told = {
        "title": poll.title,
        "address": settings.SITE + reverse("vote_code"),
        "until": _("until %(moment)s") % {"moment": moment(poll.closes_at)},
        "once": _("This code is yours alone. Give it to nobody; whoever asks for it is not from us."),
        "cards": [{"name": each.name, "unit": each.unit, "code": each.code} for each in cards],
    }
    words = {"sheet": json.dumps(told, ensure_ascii=False)}
    return typst.compile(TEMPLATE, root=HERE, sys_inputs=words, format="pdf")
