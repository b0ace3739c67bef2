"""Uploads of the tests go to a folder of their own."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def uploads(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return tmp_path
