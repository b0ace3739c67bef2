"""The account somebody signs in with. People of the register are `register.Person`; most never have an account."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _


class UserQuerySet(BaseUserManager["User"]):
    def open_account(self, username: str, *, name: str = "", password: str | None = None) -> "User":
        """Make an account. Without a password nobody can sign in to it by password."""
        user = self.model(username=username, name=name or username)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """An account. `name` is what pages greet with; rights come from offices held, never from here."""

    username = models.CharField(_("user name"), max_length=150, unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    joined_at = models.DateTimeField(_("opened at"), auto_now_add=True)

    objects: ClassVar[UserQuerySet] = UserQuerySet()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"

    def __str__(self) -> str:
        return self.name or self.username
