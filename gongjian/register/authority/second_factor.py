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
              SELECT FROM register_person p
              JOIN register_scope s ON s.person_id = p.id AND s.valid @> register_today()
              JOIN register_role r ON r.key = s.role_id AND r.second_factor
              WHERE p.account_id = %s)
            """,
            [account.pk],
        )
        asks: bool = cursor.fetchone()[0]
    return asks
