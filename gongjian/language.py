"""The language of the command line, which speaks before Django is there: that of the environment, from our catalogue.

`LANGUAGE`, `LC_ALL`, `LC_MESSAGES` and `LANG` are asked in this order; what begins with "zh" is Chinese, all else
English. The words of argparse, which prints the help, are in the catalogue too.
"""

from __future__ import annotations

import argparse
import gettext as catalogues
import os
from functools import cache
from pathlib import Path
from unicodedata import east_asian_width

CATALOGUE = Path(__file__).parent / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.mo"
ASKED = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


def chosen() -> str:
    """The key of the language: zh-hans or en."""
    named = next((os.environ[name] for name in ASKED if os.environ.get(name)), "")
    return "zh-hans" if named.lower().startswith("zh") else "en"


def gettext(sentence: str) -> str:
    """The sentence in the language of the environment."""
    return _chinese().gettext(sentence) if chosen() == "zh-hans" else sentence


@cache
def _chinese() -> catalogues.NullTranslations:
    try:
        with CATALOGUE.open("rb") as file:
            return catalogues.GNUTranslations(file)
    except OSError:  # the catalogue is made with the environment; without it English is better than nothing
        return catalogues.NullTranslations()


def gettext_noop(sentence: str) -> str:
    """Marks a sentence that is told elsewhere."""
    return sentence


ARGPARSE = (
    gettext_noop("usage: "),
    gettext_noop("options"),
    gettext_noop("positional arguments"),
    gettext_noop("show this help message and exit"),
    gettext_noop("%(prog)s: error: %(message)s\n"),
    gettext_noop("argument %(argument_name)s: %(message)s"),
    gettext_noop("the following arguments are required: %s"),
    gettext_noop("unrecognized arguments: %s"),
    gettext_noop("expected one argument"),
    gettext_noop("invalid %(type)s value: %(value)r"),
    gettext_noop("invalid choice: %(value)r (choose from %(choices)s)"),
)


def teach_argparse() -> None:
    """Let argparse speak it too: its sentences are looked up under this name when they are told."""
    argparse._ = gettext  # type: ignore[attr-defined]


def padded(text: str, width: int) -> str:
    """The text with blanks up to the width; a Chinese character takes two places."""
    return text + " " * (width - sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text))
