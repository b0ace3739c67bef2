"""What is wrong, as one family of exceptions: a short stable code, its facts, and a sentence in two languages."""

from __future__ import annotations

from typing import Any

from .words import say


class VerivoteError(ValueError):
    """Something does not hold or cannot be read. `str()` is an English sentence; `facts` are its gaps."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(say(code, facts))
        self.code = code
        self.facts = facts

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (type(self), self.code, self.facts)

    def sentence(self, language: str = "en") -> str:
        """The sentence in "en" or "zh"."""
        return say(self.code, self.facts, language)


class Void(VerivoteError):
    """A ballot that was opened and does not count; its code is the reason that is published."""


def _again(kind: type[VerivoteError], code: str, facts: dict[str, Any]) -> VerivoteError:
    return kind(code, **facts)
