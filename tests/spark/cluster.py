"""A real Spark cluster on loopback for the tests: a master and two workers, each a Java of its own from the wheel."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pyspark

HOME = Path(pyspark.__file__).parent
HERE = "127.0.0.1"
UP = 90  # seconds in which a cluster must stand
MEMORY = "2g"
# Both sides small: there are two cores, and other work beside.
SETTINGS = {
    "spark.driver.host": HERE,
    "spark.driver.bindAddress": HERE,
    "spark.driver.memory": "2g",
    "spark.executor.memory": MEMORY,
    "spark.sql.shuffle.partitions": "4",
    "spark.log.level": "ERROR",
}


def settle(folder: Path) -> None:
    """What spark-defaults.conf and the environment would say on a machine of its own; before Java starts here."""
    lines = [f"{name} {value}\n" for name, value in SETTINGS.items()]
    (folder / "spark-defaults.conf").write_text("".join(lines))
    os.environ |= {"SPARK_CONF_DIR": str(folder), "SPARK_LOCAL_IP": HERE, "SPARK_HOME": str(HOME)}


def free_port() -> int:
    with socket.create_server((HERE, 0)) as taken:
        return int(taken.getsockname()[1])


class Cluster:
    """A master and workers; whoever starts it stops it."""

    def __init__(self, folder: Path, workers: int = 2) -> None:
        self.folder = folder
        port, self.page = free_port(), free_port()
        self.address = f"spark://{HERE}:{port}"
        self.master = self._start("master.Master", "--port", str(port), "--webui-port", str(self.page))
        self.workers: list[subprocess.Popen[bytes]] = []
        try:
            self._wait_for(0)
            for number in range(workers):
                place = ["--port", "0", "--webui-port", "0", "--work-dir", str(folder / f"work-{number}")]
                room = ["--cores", "1", "--memory", MEMORY]
                self.workers.append(self._start("worker.Worker", *place, *room, self.address))
            self._wait_for(workers)
        except BaseException:
            self.stop()
            raise

    def _start(self, what: str, *words: str) -> subprocess.Popen[bytes]:
        """In a group of its own, which the Javas that it starts itself belong to."""
        asked = [str(HOME / "bin" / "spark-class"), f"org.apache.spark.deploy.{what}", "--host", HERE, *words]
        with open(self.folder / f"{what}-{time.monotonic_ns()}.log", "wb") as log:
            return subprocess.Popen(asked, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)

    def _wait_for(self, workers: int) -> None:
        began = time.monotonic()
        while time.monotonic() - began < UP:
            for process in (self.master, *self.workers):
                if process.poll() is not None:
                    raise RuntimeError(f"Part of the cluster ended with {process.returncode}: {self._logs()}")
            try:
                with urlopen(f"http://{HERE}:{self.page}/json/", timeout=5) as page:
                    if json.load(page)["aliveworkers"] >= workers:
                        return
            except (URLError, OSError, ValueError):
                pass
            time.sleep(0.3)
        raise RuntimeError(f"The cluster does not stand after {UP} seconds: {self._logs()}")

    def _logs(self) -> str:
        return "\n".join(file.read_text(errors="replace")[-1500:] for file in sorted(self.folder.glob("*.log")))

    def lose(self, *processes: subprocess.Popen[bytes]) -> None:
        """End these, with what they started, as when the power fails."""
        for process in processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def stop(self) -> None:
        self.lose(*self.workers, self.master)
