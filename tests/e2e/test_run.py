"""`scripts/run`: one command from nothing to a page, and nothing left running at its end."""

import fcntl
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Final

import httpx
import pytest

from ledger.embedded import Cluster
from tests.e2e.conftest import ROOT, clean_environ

pytestmark = [pytest.mark.as_user, pytest.mark.slow]

PATIENCE_S: Final = 120
RUN: Final = (sys.executable, "-m", "scripts.run_ledger")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory on a path with a space and an å, its examples recorded once."""
    home = tmp_path_factory.mktemp("liggare på prov")
    once(home)
    return home


def environ(home: Path) -> dict[str, str]:
    """Return the environment of a start."""
    return clean_environ() | {"LIGGAREN_HOME": str(home)}


def once(home: Path) -> str:
    """Run `--once`. Returns what it printed."""
    return subprocess.run(
        [*RUN, "--once"],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environ(home),
        timeout=PATIENCE_S,
    ).stdout


@contextmanager
def started(home: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start it and give its process and address."""
    process = subprocess.Popen(RUN, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=environ(home))
    assert process.stderr
    try:
        told = ""
        for line in process.stderr:
            told += line
            if "Ctrl-C" in line:
                break
        address = re.search(r"http://127\.0\.0\.1:\d+", told)
        assert address, told
        yield process, address[0]
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def stopped(home: Path) -> bool:
    """Whether no database server runs in a home, after a while."""
    deadline = monotonic() + PATIENCE_S
    while Cluster(home / "pg").is_running() and monotonic() < deadline:
        sleep(0.1)
    return not Cluster(home / "pg").is_running()


def test_once_shows_a_trail_in_both_lanes_and_leaves_nothing_running(home: Path) -> None:
    told = once(home)
    lines = told.splitlines()
    assert any("BESLUT" in line and "│ HYRA" in line for line in lines)
    left = [line.partition("│")[0] for line in lines if "│" in line]
    right = [line.partition("│")[2] for line in lines if "│" in line]
    assert any("Ansökan inkommen" in line for line in left)
    assert any("Hyresavtal undertecknat" in line for line in right)
    assert stopped(home)
    assert once(home) == told, "recorded once"


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_ended_and_stops_the_database(
    home: Path, end: signal.Signals
) -> None:
    with started(home) as (process, address):
        assert httpx.get(f"{address}/v1/halsa").json() == {"status": "ok"}
        login = httpx.get(f"{address}/inloggning")
        assert "UTVECKLINGSIDENTITET" in login.text
        officer = re.search(r'value="([^"]+)">Erik', login.text)
        assert officer
        with httpx.Client(base_url=address, follow_redirects=True) as browser:
            cases = browser.post("/inloggning", data={"handlaggare": officer[1]})
            case = re.search(r"/arenden/[0-9a-f-]{36}", cases.text)
            assert case
            page = browser.get(case[0])
            assert page.status_code == 200
            assert "Kaj Exempelson" in page.text
        process.send_signal(end)
        assert process.wait(PATIENCE_S) in {0, 143}
    assert stopped(home)


def test_an_interrupt_the_instant_the_address_is_printed_ends_it_all(home: Path) -> None:
    process = subprocess.Popen(RUN, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=environ(home))
    assert process.stderr
    with process:
        told = ""
        for line in process.stderr:
            told += line
            if "http://127.0.0.1" in line:
                process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_S) == 0, told
    assert stopped(home)


@pytest.mark.parametrize("stage", ["Startar Liggaren", "Startar databasen", "Öppnar liggaren"])
def test_an_interrupt_while_it_starts_ends_it_without_a_traceback(home: Path, stage: str) -> None:
    process = subprocess.Popen(RUN, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=environ(home))
    assert process.stderr
    with process:
        told = ""
        for line in process.stderr:
            told += line
            if stage in line:
                process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_S) in {130, -signal.SIGINT}, told
    assert "Traceback" not in told
    assert stopped(home)


def test_an_interrupt_while_the_environment_is_made_ends_quietly_and_leaves_nothing_running(
    tmp_path: Path,
) -> None:
    (tmp_path / "scripts").mkdir()
    for name in ("scripts/_environment", "scripts/run", "uv.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    slow = tmp_path / "bin" / "python3"  # stands for a Python that makes an environment
    slow.parent.mkdir()
    waits = (
        "import sys, threading\nif 'venv' in sys.argv:\n"
        "    print('made', file=sys.stderr, flush=True)\n    threading.Event().wait()\n"
    )
    this = shlex.quote(sys.executable)  # no line of #! takes a path with a space in it
    slow.write_text(f'#!/bin/sh\nexec {this} -c {shlex.quote(waits)} "$@"\n')
    slow.chmod(0o700)
    process = subprocess.Popen(
        [tmp_path / "scripts" / "run"],
        stderr=subprocess.PIPE,
        text=True,
        env=clean_environ() | {"PATH": f"{slow.parent}:{os.environ['PATH']}"},
        start_new_session=True,
    )
    assert process.stderr
    with process:
        told = ""
        for line in process.stderr:  # to its end: until whoever could write there is gone
            told += line
            if line == "made\n":
                os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        assert process.wait(PATIENCE_S) == 130, told
    assert told.endswith("made\n")


def test_two_first_starts_at_once_make_one_ledger(tmp_path: Path) -> None:
    starts = [
        subprocess.Popen(
            [*RUN, "--once"], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environ(tmp_path)
        )
        for _ in range(2)
    ]
    one, other = [start.communicate(timeout=PATIENCE_S)[0] for start in starts]
    assert [start.returncode for start in starts] == [0, 0]
    assert one == other
    assert "Ansökan inkommen" in one
    assert stopped(tmp_path)


def test_a_start_says_that_it_waits_for_another(home: Path) -> None:
    with (home / "founding.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        process = subprocess.Popen(
            [*RUN, "--once"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=environ(home),
        )
        assert process.stderr
        assert "Startar Liggaren" in process.stderr.readline()
        assert "En annan start" in process.stderr.readline()
        assert not Cluster(home / "pg").is_running()
    out, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, err
    assert "BESLUT" in out


@pytest.mark.parametrize("port", ["99999", "-1", "x"])
def test_a_number_that_is_no_port_is_wrong_use(home: Path, port: str) -> None:
    answer = subprocess.run(
        [*RUN, "--port", port],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environ(home),
    )
    assert answer.returncode == 2
    assert "--port" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_two_starts_share_the_database_and_take_two_ports(home: Path) -> None:
    with started(home) as (first, one), started(home) as (second, other):
        assert one != other
        assert httpx.get(f"{other}/v1/halsa").json() == {"status": "ok"}
        second.send_signal(signal.SIGINT)
        assert second.wait(PATIENCE_S) == 0
        assert httpx.get(f"{one}/v1/halsa").json() == {"status": "ok"}
        first.send_signal(signal.SIGINT)
        assert first.wait(PATIENCE_S) == 0
    assert stopped(home)


def test_killed_outright_it_starts_again(home: Path) -> None:
    before = once(home)
    with started(home) as (process, _):
        process.kill()
    assert once(home) == before
    assert stopped(home)


def test_killed_while_it_records_the_examples_it_goes_on_where_it_was(
    home: Path, tmp_path: Path
) -> None:
    process = subprocess.Popen(
        [*RUN, "--once"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=environ(tmp_path),
    )
    with process:
        deadline = monotonic() + PATIENCE_S
        while not list(tmp_path.glob("vault/hyra/*.key")) and monotonic() < deadline:
            sleep(0.01)
        process.kill()
    assert list(tmp_path.glob("vault/hyra/*.key"))
    assert not list(tmp_path.glob("dev/*/cases.json")), "it was killed too late to prove anything"
    assert content(once(tmp_path)) == content(once(home))


def content(trail: str) -> list[str]:
    """Return a trail without its ids, also those that are cut short."""
    return re.sub(r"[0-9a-f]{8}((-[0-9a-f]{4}){3}-[0-9a-f]{12}|…)", "-", trail).splitlines()


def test_it_is_for_development_alone(tmp_path: Path) -> None:
    answer = subprocess.run(
        [*RUN, "--once"],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environ(tmp_path)
        | {
            "LIGGAREN_ENV": "production",
            "LIGGAREN_VAULT": "/x",
            "LIGGAREN_ISSUER": "x",
            "LIGGAREN_AUDIENCE": "x",
            "LIGGAREN_JWKS": "/x",
        },
    )
    assert answer.returncode == 2
    assert "utveckling" in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_it_tells_how_it_is_used() -> None:
    told = subprocess.run(
        [*RUN, "--help"], check=True, capture_output=True, text=True, cwd=ROOT, env=clean_environ()
    ).stdout
    assert "--once" in told
    assert "LIGGAREN_HOME" in told
    assert "Usage" not in told
