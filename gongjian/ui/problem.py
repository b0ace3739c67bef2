"""What every call of the API answers when it refuses."""

from ninja import Schema


class Problem(Schema):
    """What is wrong and what to do (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
