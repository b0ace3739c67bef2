"""Every sentence, in English and in Chinese, by its code. The page in the browser reads the same table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .sentences import SENTENCES

LANGUAGES = ("en", "zh")


def say(code: str, facts: Mapping[str, Any], language: str = "en") -> str:
    """The sentence of a code with its gaps filled; numbers get their thousands apart."""
    return SENTENCES[code][LANGUAGES.index(language)].format(**{name: _shown(each) for name, each in facts.items()})


def _shown(value: Any) -> Any:
    return f"{value:,}" if type(value) is int else value
