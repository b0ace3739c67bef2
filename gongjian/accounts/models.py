"""The account somebody signs in with. People of the register are `register.Person`; most never have an account."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class UserQuerySet(BaseUserManager["User"]):
    def open_account(self, username: str, *, name: str = "", password: str | None = None) -> "User":
        """Make an account. Without a password nobody can sign in to it by password."""
        user = self.model(username=username, name=name or username)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def called(self, typed: str) -> "User | None":
        """The account with this user name or, if there is none, with this e-mail; large and small letters are one."""
        wanted = typed.strip().lower()
        if not wanted or "\x00" in wanted:
            return None
        rows = self.alias(low_name=Lower("username"), low_email=Lower("email"))
        found = rows.filter(models.Q(low_name=wanted) | models.Q(low_email=wanted))
        return min(found, key=lambda user: user.username.lower() != wanted, default=None)


class User(AbstractBaseUser):
    """An account. `name` is what pages greet with; rights come from offices held, never from here."""

    username = models.CharField(_("user name"), max_length=150, unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    joined_at = models.DateTimeField(_("opened at"), auto_now_add=True)
    last_login = None  # not kept: the sessions say when, and end

    objects: ClassVar[UserQuerySet] = UserQuerySet()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("username"), name="one_account_a_user_name"),
            models.UniqueConstraint(Lower("email"), condition=~models.Q(email=""), name="one_account_an_email"),
        ]

    def __str__(self) -> str:
        return self.name or self.username


class Tries(models.Model):
    """How many tries at a password or a code were lately spent, for one name, address or device; told by a hash."""

    key = models.CharField(max_length=64, primary_key=True)
    spent = models.FloatField(default=0)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key
