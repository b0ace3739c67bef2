"""Unified social credit codes 统一社会信用代码 (GB 32100-2015): 18 characters, the last of which checks the others."""

from __future__ import annotations

from collections.abc import Iterator

LENGTH = 18
CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # I, O, S, V and Z are not used
_WEIGHTS = tuple(3**place % 31 for place in range(LENGTH - 1))


def written_plainly(code: str) -> str:
    """The code in capitals without blanks and hyphens."""
    return "".join(c for c in code.upper() if not c.isspace() and c not in "-－·")


def check_character(first_17: str) -> str:
    """The 18th character; raises ValueError for another length or a character that no code has."""
    if len(first_17) != LENGTH - 1 or not set(first_17) <= set(CHARACTERS):
        raise ValueError(f"{first_17!r} is not the first 17 characters of a credit code.")
    total = sum(CHARACTERS.index(c) * weight for c, weight in zip(first_17, _WEIGHTS, strict=True))
    return CHARACTERS[-total % 31]


def is_sound(code: str) -> bool:
    """The length, the characters and the check character are right."""
    return len(code) == LENGTH and set(code) <= set(CHARACTERS) and check_character(code[:-1]) == code[-1]


def one_slip_away(code: str) -> Iterator[str]:
    """Patterns that two codes share if one character is another, lost or put in, or two neighbours are exchanged."""
    for at in range(len(code)):
        yield code[:at] + "*" + code[at + 1 :]
        yield code[:at] + code[at + 1 :]
        if at + 1 < len(code):
            yield code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    yield code
