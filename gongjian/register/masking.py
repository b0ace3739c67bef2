"""What is shown of a number that stays hidden: enough to tell two apart by phone, never enough to use. Pure."""

HIDDEN = "•"
PHONE_SHOWN, IDENTITY_SHOWN = 4, 2


def phone(number: str) -> str:
    """Its last four digits."""
    return _tail(number, PHONE_SHOWN)


def identity_number(number: str) -> str:
    """Its last two signs: neither where nor when somebody was born."""
    return _tail(number, IDENTITY_SHOWN)


def _tail(number: str, shown: int) -> str:
    kept = min(shown, len(number) // 2)
    return HIDDEN * (len(number) - kept) + number[len(number) - kept :]
