"""Runs the web server and the worker side by side until somebody stops them."""

from __future__ import annotations

import gc
import ipaddress
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from types import FrameType
from urllib.request import urlopen

from gongjian.language import gettext as _
from gongjian.language import gettext_noop

STARTS_WITHIN = 30  # seconds
WEB_THREADS = 4


def collect_rarely() -> None:
    """For a process that serves, or counts at night: what is loaded by now stays for good, so the collector need not
    look at it again.

    Looking at all of it every few requests made one page in twenty slower by a tenth.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


class NotServing(Exception):
    """A process ended by itself, or nothing answered in time."""


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def free_port(host: str, wanted: int) -> int:
    """The wanted port, or one that is free if something else listens there."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise NotServing(_("No port is free on %(host)s.") % {"host": host})


def run(host: str, port: int, *, on_ready: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM; if either process ends by itself, end the other and say so."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "gongjian.settings"}
    web = [
        sys.executable, "-m", "granian", "--interface", "asginl", "--host", host, "--port", str(port),
        "--workers", "1", "--no-ws", "--log-level", "warning", "gongjian.asgi:application",
    ]  # fmt: skip
    worker = [sys.executable, "-m", "django", "procrastinate", "worker", "--concurrency", "1"]
    worker += ["--delete-jobs", "successful"]  # a job every few seconds; what a job did stands in its draft or list
    stopping = []

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.append(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    commands = {
        gettext_noop("The web server ended by itself with code %(code)s."): web,
        gettext_noop("The worker ended by itself with code %(code)s."): worker,
    }
    children = {
        name: subprocess.Popen(command, env=environment, start_new_session=True) for name, command in commands.items()
    }
    try:
        _wait_until_it_answers(host, port, list(children.values()), stopping)
        if not stopping:
            on_ready()
        while not stopping:
            for name, child in children.items():
                if child.poll() is not None:
                    raise NotServing(_(name) % {"code": child.returncode})
            time.sleep(0.3)
    finally:
        for child in children.values():
            child.terminate()
        for child in children.values():
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()


def _wait_until_it_answers(host: str, port: int, children: list[subprocess.Popen[bytes]], stopping: list[int]) -> None:
    named = f"[{host}]" if ":" in host else "127.0.0.1" if host == "0.0.0.0" else host
    deadline = time.monotonic() + STARTS_WITHIN
    while not stopping and time.monotonic() < deadline:
        if any(child.poll() is not None for child in children):
            return
        try:
            with urlopen(f"http://{named}:{port}/static/ui/tokens.css", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    if not stopping:
        told = _("The web server did not answer on %(host)s:%(port)s within %(seconds)s seconds.")
        raise NotServing(told % {"host": host, "port": port, "seconds": STARTS_WITHIN})
