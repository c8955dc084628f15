"""The installed command, run as a program of its own against databases of the test's own."""

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from psycopg import sql

from ledger.embedded import Cluster
from scripts.liggare import app
from scripts.output import run

ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True)
class Answer:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - any JSON
        """What it printed, as JSON."""
        return json.loads(self.out)


@dataclass
class Command:
    """`liggare`, with the environment it is run in."""

    environ: dict[str, str]

    def __call__(self, *arguments: str, stdin: Any = None, **environ: str) -> Answer:  # noqa: ANN401 - any JSON
        """Run a command inside this process, which spares its start."""
        given = stdin if isinstance(stdin, str) else json.dumps(stdin)
        out, err = io.StringIO(), io.StringIO()
        with (
            pytest.MonkeyPatch.context() as patch,
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            for name in os.environ.keys() - clean_environ().keys():
                patch.delenv(name)
            for name, value in (self.environ | environ).items():
                patch.setenv(name, value)
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given.encode())))
            code = run(app, "liggare", arguments)
        return Answer(int(code), out.getvalue(), err.getvalue())

    def as_program(self, *arguments: str, stdin: Any = None, **environ: str) -> Answer:  # noqa: ANN401 - any JSON
        """Run a command as a program of its own."""
        given = stdin if isinstance(stdin, str) else json.dumps(stdin)
        process = subprocess.run(
            [sys.executable, "-m", "scripts.liggare", *arguments],
            input=given,
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
            env=clean_environ() | self.environ | environ,
        )
        return Answer(process.returncode, process.stdout, process.stderr)

    def done(self, *arguments: str, stdin: Any = None) -> Answer:  # noqa: ANN401 - any JSON
        """Run a command that must succeed."""
        answer = self(*arguments, stdin=stdin)
        assert answer.code == 0, answer
        return answer


def clean_environ() -> dict[str, str]:
    """Return the environment without any of our own settings."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("LIGGAREN_") or name == "LIGGAREN_PG_BIN"
    }


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> None:
    """A shell makes what it starts in its background deaf to SIGINT, and all that starts: heard."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="module")
def liggare(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """The command, with an empty home and two empty databases on one server."""
    with command_on(cluster, tmp_path_factory.mktemp("hem å"), "e2e") as command:
        yield command


@contextmanager
def command_on(cluster: Cluster, home: Path, prefix: str) -> Iterator[Command]:
    """The command with a home and two empty databases, whose names begin with the prefix."""
    names = {"LIGGAREN_DSN": f"{prefix}_ledger", "LIGGAREN_KEYS_DSN": f"{prefix}_keys"}
    create = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
    with psycopg.connect(cluster.dsn(), autocommit=True) as server:
        for name in names.values():
            server.execute(create.format(sql.Identifier(name)))
        dsns = {variable: cluster.dsn(name) for variable, name in names.items()}
        yield Command({"LIGGAREN_HOME": str(home), **dsns})
        for name in names.values():
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
