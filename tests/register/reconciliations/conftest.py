"""A register that holds a published list, and lists that are laid beside it."""

from pathlib import Path
from typing import Any

import pytest

from gongjian.accounts.models import User
from gongjian.packs.load import load_pack
from gongjian.packs.read import read_pack
from gongjian.register.models import Reconciliation

from ..town import account
from .lists import NEW, NOW, OLD, PACK, THEN, compared, listed, settled


@pytest.fixture(autouse=True)
def uploads(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return tmp_path


@pytest.fixture
def words(db: None) -> None:
    """The kinds of the pack; the register itself is empty."""
    load_pack(read_pack(PACK))


@pytest.fixture
def small(words: None) -> Reconciliation:
    """The small city of 2018, and the list of 2020 compared with it."""
    settled(listed(OLD), THEN)
    return compared(listed(NEW), NOW)


@pytest.fixture
def officers(db: None) -> tuple[User, User]:
    return account("李样例"), account("王样例")
