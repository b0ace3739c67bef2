"""Gives the test run a PostgreSQL of its own in a temporary folder, unless DATABASE_URL names one.

Loaded by `-p`, so that it runs before pytest-django reads the settings. Workers of xdist inherit the URL.
"""

import atexit
import contextlib
import os
import shutil
import tempfile
from pathlib import Path

import psutil
import pytest

from gongjian import postgres

PREFIX = "gongjian-tests-"
os.environ["LANGUAGE"] = "en"  # in which the tests read what the command line and the launcher say


def _start_server() -> Path:
    home = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    home.chmod(0o711)  # as root the server runs under an account of its own, which has to get through here
    atexit.register(_remove_server, home, os.getpid())
    os.environ["DATABASE_URL"] = postgres.ensure_running(home, name="tests", fast=True)
    return home


def _remove_server(home: Path, owner: int) -> None:
    if os.getpid() == owner and home.exists():
        postgres.remove(home, name="tests")
        shutil.rmtree(home, ignore_errors=True)


def _remove_what_killed_runs_left() -> None:
    for home in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        owner = home.name.removeprefix(PREFIX).split("-")[0]
        with contextlib.suppress(FileNotFoundError):  # another run tidies up at the same time
            if home.stat().st_uid == os.geteuid() and owner.isdigit() and not psutil.pid_exists(int(owner)):
                _remove_server(home, os.getpid())


_home: Path | None = None
if not os.environ.get("DATABASE_URL") and "PYTEST_XDIST_WORKER" not in os.environ:
    _remove_what_killed_runs_left()
    try:
        _home = _start_server()
    except postgres.NotStarted as problem:
        raise pytest.UsageError(str(problem)) from problem


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    if _home is not None:
        _remove_server(_home, os.getpid())
