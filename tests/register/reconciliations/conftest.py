"""A register that holds a published list, and lists that are laid beside it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from gongjian.accounts.models import User
from gongjian.packs.load import load_pack
from gongjian.packs.read import read_pack
from gongjian.register.models import Reconciliation
from tests.kept import once

from ..town import account
from .businesses import FIRST, MONTH, in_the_register
from .lists import NEW, NOW, OLD, PACK, THEN, compared, listed, settled

T = TypeVar("T")


def standing(build: Callable[[], T], uploads: Path) -> T:
    """What `build` writes over the words of the pack, files too; built once in a process, then put back."""

    def built() -> tuple[T, dict[Path, bytes]]:
        load_pack(read_pack(PACK))
        value = build()
        return value, {path.relative_to(uploads): path.read_bytes() for path in uploads.rglob("*") if path.is_file()}

    value, files = once(("reconciliations", build), built)
    for name, content in files.items():
        (uploads / name).parent.mkdir(parents=True, exist_ok=True)
        (uploads / name).write_bytes(content)
    return value


@pytest.fixture(autouse=True)
def uploads(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return settings.MEDIA_ROOT


@pytest.fixture
def words(db: None, uploads: Path) -> None:
    """The kinds of the pack; the register itself is empty."""
    standing(_nothing, uploads)


@pytest.fixture
def city_of_2018(db: None, uploads: Path) -> Reconciliation:
    """The small city, as its list of 2018 says."""
    return standing(_city_of_2018, uploads)


@pytest.fixture
def small(db: None, uploads: Path) -> Reconciliation:
    """The small city of 2018, and the list of 2020 compared with it."""
    return standing(_two_lists, uploads)


@pytest.fixture
def month(db: None, uploads: Path) -> Reconciliation:
    """The small city, and a first month of its businesses."""
    return standing(_a_month, uploads)


def _nothing() -> None:
    pass


def _city_of_2018() -> Reconciliation:
    return settled(listed(OLD), THEN)


def _two_lists() -> Reconciliation:
    _city_of_2018()
    return compared(listed(NEW), NOW)


def _a_month() -> Reconciliation:
    _city_of_2018()
    return in_the_register(MONTH, FIRST)


@pytest.fixture
def officers(db: None) -> tuple[User, User]:
    return account("李样例"), account("王样例")
