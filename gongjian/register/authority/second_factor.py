"""Whose office asks for a second factor when they sign in: a role of it says so, and the pack says it of the role."""

from __future__ import annotations

from django.db import connection

from gongjian.accounts.models import User


def asks_second_factor(account: User) -> bool:
    """Does an office that the account holds or borrows today carry a role that asks for one? One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT EXISTS (
              SELECT FROM register_scope s JOIN register_role r ON r.key = s.role_id AND r.second_factor
              WHERE s.person_id = register_person_of(%s) AND s.valid @> register_today())
            """,
            [account.pk],
        )
        asks: bool = cursor.fetchone()[0]
    return asks
