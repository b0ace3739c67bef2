"""The launcher of the embedded PostgreSQL: started, found again, killed, raced, and given bad folders."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psutil
import psycopg
import pytest

from gongjian import postgres


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="gj"))
    folder.chmod(0o711)
    yield folder
    for lock in folder.rglob("*.lock"):
        postgres.remove(lock.parent, name=lock.stem)
    shutil.rmtree(folder)


def start(home: Path) -> str:
    return postgres.ensure_running(home, fast=True)


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question).fetchone()
        assert row is not None
        return row[0]


def server(home: Path) -> psutil.Process:
    return psutil.Process(int((home / "main/data/postmaster.pid").read_text().split()[0]))


def kill(process: psutil.Process) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait(10)


def test_makes_a_database_that_answers_and_that_an_ordinary_role_owns(home: Path) -> None:
    url = start(home)
    assert ask(url, "SELECT current_user || ' ' || current_database()") == "gongjian gongjian"
    assert ask(url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    assert ask(url, "SHOW server_encoding") == "UTF8"


def test_the_role_may_make_the_extensions_of_the_migrations_and_databases_for_tests(home: Path) -> None:
    with psycopg.connect(start(home), autocommit=True) as connection:
        connection.execute("CREATE EXTENSION btree_gist")
        connection.execute("CREATE EXTENSION pg_trgm")
        connection.execute("CREATE DATABASE another")


def test_trigrams_know_chinese_characters(home: Path) -> None:
    url = start(home)
    with psycopg.connect(url) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
    assert ask(url, "SELECT cardinality(show_trgm('上下文村'))") == 5


def test_opens_no_network_port_and_closes_the_socket_to_others(home: Path) -> None:
    assert ask(start(home), "SHOW listen_addresses") == ""
    assert server(home).net_connections(kind="inet") == []
    assert stat.S_IMODE((home / "main").stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "main/socket").stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "main/password").stat().st_mode) == 0o600


def test_a_wrong_password_is_refused(home: Path) -> None:
    url = start(home)
    password = (home / "main/password").read_text()
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url.replace(password, "guess"))


def test_a_second_call_finds_the_running_server(home: Path) -> None:
    first = start(home)
    running = server(home)
    assert start(home) == first
    assert server(home) == running


def test_data_outlive_a_stop(home: Path) -> None:
    with psycopg.connect(start(home)) as connection:
        connection.execute("CREATE TABLE t AS SELECT 7 AS n")
    postgres.stop(home)
    assert not (home / "main/data/postmaster.pid").exists()
    assert ask(start(home), "SELECT n FROM t") == 7


def test_stopping_what_does_not_run_is_no_error(home: Path) -> None:
    postgres.stop(home)
    start(home)
    postgres.stop(home)
    postgres.stop(home)


def test_committed_rows_outlive_kill_9_of_the_server(home: Path) -> None:
    url = postgres.ensure_running(home)  # with full durability
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE t AS SELECT 7 AS n")
    kill(server(home))
    assert (home / "main/data/postmaster.pid").exists()
    assert ask(postgres.ensure_running(home), "SELECT n FROM t") == 7


def test_a_stale_pid_file_whose_number_a_stranger_has_is_seen_through(home: Path) -> None:
    start(home)
    pid_file = home / "main/data/postmaster.pid"
    lines = pid_file.read_text().splitlines()
    kill(server(home))
    # PostgreSQL disbelieves its parent's number, so the stranger must be neither ours nor root's alone.
    account = postgres.find(home).account
    stranger = subprocess.Popen(["sleep", "60"], cwd="/", user=account.pw_uid if account else None)
    try:
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        assert ask(start(home), "SELECT 1") == 1
        assert server(home).pid != stranger.pid
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_server_whose_socket_was_tidied_away_is_started_anew(home: Path) -> None:
    start(home)
    running = server(home)
    shutil.rmtree(home / "main/socket")
    assert ask(start(home), "SELECT 1") == 1
    assert server(home) != running


def test_two_processes_starting_at_once_get_one_server(home: Path) -> None:
    command = (
        "import sys; from pathlib import Path; from gongjian import postgres;"
        "print(postgres.ensure_running(Path(sys.argv[1]), fast=True))"
    )
    starters = [
        subprocess.Popen([sys.executable, "-c", command, str(home)], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    answers = [starter.communicate(timeout=60)[0].strip() for starter in starters]
    assert [starter.returncode for starter in starters] == [0, 0]
    assert answers[0] == answers[1]
    assert ask(answers[0], "SELECT 1") == 1


def test_two_threads_starting_at_once_get_one_server(home: Path) -> None:
    answers: list[str] = []
    starters = [threading.Thread(target=lambda: answers.append(start(home))) for _ in range(2)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join(60)
    assert len(answers) == 2 and len(set(answers)) == 1


def test_a_first_start_that_was_cut_off_is_begun_again(home: Path) -> None:
    draft = home / "main" / "data.draft"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18\n")
    (home / "main/password").write_text("of the start that was cut off")
    assert ask(start(home), "SELECT 1") == 1
    assert not draft.exists()


def test_folders_outside_keep_owner_and_permissions(home: Path) -> None:
    middle = home / "a" / "b"
    middle.mkdir(parents=True)
    middle.chmod(0o751)
    middle.parent.chmod(0o715)
    outside = [middle, middle.parent, home, home.parent, Path("/var"), Path.home()]
    before = [(path.stat().st_mode, path.stat().st_uid, path.stat().st_gid) for path in outside]
    start(middle)
    assert [(path.stat().st_mode, path.stat().st_uid, path.stat().st_gid) for path in outside] == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has another account to drop to")
def test_root_drops_to_the_unprivileged_account(home: Path) -> None:
    start(home)
    assert server(home).username() == postgres.ACCOUNT
    assert server(home).exe().startswith(str(postgres.ROOT_HOME))
    assert (home / "main/data").owner() == postgres.ACCOUNT


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has another account to drop to")
def test_a_closed_folder_above_is_named_and_not_opened(home: Path) -> None:
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(postgres.NotStarted, match="a folder above it is closed"):
        start(closed)
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


def test_a_long_path_gets_a_short_private_socket_folder(home: Path) -> None:
    deep = home / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    url = start(deep)
    assert ask(url, "SELECT 1") == 1
    sockets = Path(url.partition("?host=")[2])
    assert len(str(sockets / ".s.PGSQL.5432")) < 100
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    postgres.remove(deep)
    assert not sockets.exists()


def test_a_path_with_spaces_and_chinese_characters_works(home: Path) -> None:
    assert ask(start(home / "我的 文件's"), "SELECT 1") == 1


def test_data_of_another_major_version_are_refused_with_a_sentence(home: Path) -> None:
    data = home / "main/data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("15\n")
    with pytest.raises(postgres.NotStarted, match="made by PostgreSQL 15; this Gongjian brings PostgreSQL"):
        start(home)


def test_a_folder_that_is_no_cluster_is_refused_and_left_alone(home: Path) -> None:
    data = home / "main/data"
    data.mkdir(parents=True)
    (data / "letter.txt").write_text("mine")
    with pytest.raises(postgres.NotStarted, match="not a PostgreSQL data folder"):
        start(home)
    assert (data / "letter.txt").read_text() == "mine"


def test_a_lost_password_file_is_named(home: Path) -> None:
    start(home)
    postgres.stop(home)
    (home / "main/password").unlink()
    with pytest.raises(postgres.NotStarted, match="the password of the database, is missing"):
        start(home)


def test_a_server_that_will_not_start_tells_its_last_words(home: Path) -> None:
    start(home)
    postgres.stop(home)
    with open(home / "main/data/postgresql.conf", "a") as configuration:
        configuration.write("no_such_setting = 1\n")
    with pytest.raises(postgres.NotStarted, match="no_such_setting"):
        start(home)


def test_a_home_that_is_a_file_is_refused_with_a_sentence(home: Path) -> None:
    (home / "occupied").write_text("")
    with pytest.raises(postgres.NotStarted, match="cannot be kept in"):
        start(home / "occupied")


def test_home_follows_the_data_folder_of_the_desktop_standard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("XDG_DATA_HOME", "/data/mine")
    assert postgres.default_home() == Path("/data/mine/gongjian")
    monkeypatch.setenv("XDG_DATA_HOME", "not/absolute")
    monkeypatch.setenv("HOME", "/home/someone")
    assert postgres.default_home() == Path("/home/someone/.local/share/gongjian")


@pytest.mark.parametrize(
    ("memory", "lies_there", "kept"), [(1, 4, 128), (8, 4, 512), (64, 4, 1024), (64, 0.5, 256), (64, 0, 128)]
)
def test_the_server_keeps_a_share_of_the_memory_within_limits(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, memory: int, lies_there: float, kept: int
) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(total=memory * 2**30))
    table = tmp_path / "base" / "5" / "16384"
    table.parent.mkdir(parents=True)
    with table.open("wb") as file:
        file.truncate(int(lies_there * 2**30))  # a hole: as long as that, and no byte on the disk
    assert postgres._megabytes_kept(tmp_path) == kept


def test_a_cluster_made_before_the_pages_had_a_role_gets_it_at_its_next_start(home: Path) -> None:
    url = start(home)
    is_there = f"SELECT pg_has_role('{postgres.ROLE_OF_PAGES}', 'MEMBER')"
    assert ask(url, is_there) is True
    with psycopg.connect(url.replace(f"//{postgres.ROLE}:", "//postgres:"), autocommit=True) as superuser:
        superuser.execute(f"DROP ROLE {postgres.ROLE_OF_PAGES}")
    postgres.stop(home)
    (home / "main/data" / postgres.ROLE_OF_PAGES).unlink()
    assert ask(start(home), is_there) is True
