"""The package stands alone: it is installed and run where nothing of the site can be found."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import verivote

from .voting import voting

SOURCE = Path(verivote.__file__).parent
# Runs `verivote verify`, and says what was imported that is neither of Python, nor of the package, nor of cryptography.
ALONE = """
import sys
sys.path[:] = [sys.argv[1], *[each for each in sys.path if each and each != sys.argv[2]]]
before = set(sys.modules)
from verivote.cli import main
code = main(["verify", sys.argv[3]])
new = {name.split(".")[0] for name in set(sys.modules) - before} - set(sys.stdlib_module_names)
print(code, *sorted(new - {"verivote", "cryptography", "_cffi_backend", "_openssl", "__mp_main__"}))
"""


def told_by(folder: Path, bundle: Path) -> str:
    command = [sys.executable, "-I", "-c", ALONE, folder, SOURCE.parent, bundle]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1]


def test_a_copy_of_the_folder_runs_by_itself(tmp_path: Path):
    shutil.copytree(SOURCE, tmp_path / "verivote", ignore=shutil.ignore_patterns("__pycache__"))
    assert told_by(tmp_path, voting().write(tmp_path / "bundle.zip")) == "0"


@pytest.mark.slow
def test_it_is_installed_alone(tmp_path: Path):
    shutil.copytree(SOURCE, tmp_path / "source", ignore=shutil.ignore_patterns("__pycache__"))
    how = ["install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check"]
    target = tmp_path / "installed"
    subprocess.run([sys.executable, "-m", "pip", *how, "--target", target, tmp_path / "source"], check=True)
    assert told_by(target, voting().write(tmp_path / "bundle.zip")) == "0"
    written = {path.relative_to(target / "verivote") for path in (target / "verivote").rglob("*") if path.is_file()}
    expected = {path.relative_to(SOURCE) for path in SOURCE.rglob("*") if path.is_file()}
    outside = {Path("pyproject.toml"), Path("README.md"), Path("LICENSE")}
    is_compiled = {path for path in written | expected if "__pycache__" in path.parts}
    assert written - is_compiled == expected - is_compiled - outside
    page = subprocess.run([target / "bin" / "verivote", "page"], env={"PYTHONPATH": str(target)}, capture_output=True)
    assert page.stdout.startswith(b"<!doctype html>")
