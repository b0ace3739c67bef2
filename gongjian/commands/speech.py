"""How commands speak: exit codes, the sentence that ends one, days, JSON, and what a command is called."""

from __future__ import annotations

import argparse
import json
from datetime import date
from typing import Any

from gongjian.language import gettext as _

OK, NOT_FOUND, PROBLEMS, USAGE, UNAVAILABLE = 0, 1, 1, 2, 3


class Stop(Exception):
    """Ends the command with a sentence and an exit code."""

    def __init__(self, sentence: str, code: int = USAGE) -> None:
        super().__init__(sentence)
        self.code = code


def local_today() -> date:
    from django.utils import timezone  # app ready: needs settings

    return timezone.localdate()


def print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def as_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            _("'%(text)s' is not a day. Write it as 2018-10-31.") % {"text": text}
        ) from None


def add_command(group: Any, name: str, run: Any, what: str, example: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = group.add_parser(
        name, help=what, description=what, epilog=_("example: %(words)s") % {"words": example}
    )
    command.set_defaults(run=run)
    return command
