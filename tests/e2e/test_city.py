"""The small city in a real ledger, and an import that is killed and goes on."""

import re
import shlex
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import psycopg
import pytest

from api.clock import utc_now
from api.exporting import import_lines
from api.reading import CaseRead, StreamRead
from domain.kernel.event import RecordedEvent
from domain.processes import Processes
from ledger.codec import Lane
from ledger.connections import one_dsn
from ledger.embedded import Cluster
from ledger.reading import ReadContext
from ledger.store import Ledger
from scripts import importing as importing_module
from scripts.city import NAMNDER, city
from scripts.city.chance import Chance
from tests.e2e.conftest import ROOT, Command, clean_environ, command_on

CASES: Final = 12
"""Of the city that is looked at."""
SEED: Final = 3
KILLS: Final = 3
TO: Final = "Skarpnäcks stadsdelsnämnd"
TELLING: Final = (
    "from scripts import importing, liggare\n"
    "importing._EVERY_S = 0.01\n"  # it tells of nearly every batch, not once a second
    "liggare.main()\n"
)
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DONE: Final = re.compile(r"(\d+) av (\d+) rader registrerade")


@pytest.fixture(scope="module")
def filled(liggare: Command) -> Command:
    """A ledger with a small city in it."""
    liggare.done("init")
    told = liggare.done(
        "stad", "--cases", str(CASES), "--seed", str(SEED), "--as", "admin", "--json"
    )
    assert told.json.keys() == {*NAMNDER.values()}
    assert sum(done["recorded"] for done in told.json.values()) == lines_in(CASES)
    return liggare


def lines_in(cases: int) -> int:
    return sum(len(case.lines) for case in city(cases, SEED))


def of_jarva() -> int:
    """So many cases of one nämnd are there at the least: other tests may have added more."""
    return sum(case.district == "Järva" for case in city(CASES, SEED))


def test_whoever_leads_the_units_reads_the_city(filled: Command) -> None:
    at = ("--as", "stina", "--namnd", "Järva", "--json")
    told = filled.done("rebuild", *at)
    assert told.json["cases"] == filled.done("lista", *at).json["total"] >= of_jarva()
    assert told.json["unknown"] == told.json["unreadable"] == 0


def test_what_was_carried_over_is_listed_with_its_parties(filled: Command) -> None:
    asked = ("lista", "--as", "stina", "--namnd", "Järva")
    cases = filled.done(*asked, "--json").json
    total = cases["total"]
    assert total == len(cases["cases"]) >= of_jarva()
    assert all(case["parties"] and case["latest"] for case in cases["cases"])
    first = cases["cases"][0]
    text = filled.done(*asked, "--antal", "1").out.splitlines()
    assert text[0].startswith(first["case"])
    assert " och ".join(first["parties"]) in text[0]
    assert text[1:] == [f"Visade: 1 av {total}, det senaste först. Fler: --antal."]
    assert filled.done("trail", first["case"], *asked[1:]).out


def test_whoever_fills_a_ledger_is_told_where_to_look(filled: Command) -> None:
    told = filled.done("stad", "--cases", "1", "--seed", str(SEED), "--as", "admin").out
    (command,) = re.findall("liggare lista .*", told)
    assert filled.done(*shlex.split(command)[1:]).out


def test_the_same_city_again_adds_nothing_and_a_larger_one_only_what_is_new(
    filled: Command,
) -> None:
    def recorded(cases: int) -> int:
        told = filled.done(
            "stad", "--cases", str(cases), "--seed", str(SEED), "--as", "admin", "--json"
        )
        return sum(done["recorded"] for done in told.json.values())

    assert recorded(CASES) == 0
    assert recorded(CASES + 2) == lines_in(CASES + 2) - lines_in(CASES)


def test_the_city_is_written_as_a_file_for_each_namnd(filled: Command, tmp_path: Path) -> None:
    folder = tmp_path / "staden"
    told = filled.done("stad", "--cases", "12", "--seed", "3", "--till", str(folder), "--json")
    assert {Path(path).parent for path in told.json} == {folder}
    asked = ("--check", "--as", "stina", "--namnd", "Järva", "--json")
    check = filled.done("import", str(folder / "järva.jsonl"), *asked)
    assert check.json["lines"] == check.json["alreadyRecorded"] > 0


def test_an_interrupted_import_says_how_far_it_came_and_goes_on(
    filled: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled.done("stad", "--cases", "12", "--seed", "4", "--till", str(tmp_path))
    asked = ("import", str(tmp_path / "järva.jsonl"), "--as", "stina", "--namnd", "Järva")

    def interrupted(after: int) -> str:
        """Import until the clock has been read so often: once for the check, once for a batch."""
        moments = iter(range(after))

        def clock() -> datetime:
            if next(moments, None) is None:
                raise KeyboardInterrupt
            return utc_now()

        with monkeypatch.context() as patch:
            patch.setattr(importing_module, "utc_now", clock)
            answer = filled(*asked)
        assert (answer.code, answer.out) == (130, "")
        return answer.err

    assert "inget nytt ur filen är registrerat. Samma kommando igen" in interrupted(0)
    told = interrupted(2)
    done = re.search(r"(\d+) av filens (\d+) händelser är inne", told)
    assert done
    assert 0 < int(done[1]) < int(done[2])
    again = filled.done(*asked, "--json").json
    assert (again["alreadyRecorded"], again["lines"]) == (int(done[1]), int(done[2]))


def test_a_real_ledger_is_not_filled_with_a_city(filled: Command, tmp_path: Path) -> None:
    folder = tmp_path / "staden"
    for more in ((), ("--till", str(folder))):
        answer = filled("stad", "--cases", "1", *more, LIGGAREN_ENV="production")
        assert answer.code != 0
    assert not folder.exists()


# ---------------------------------------------------------------- killed on the way


@contextmanager
def empty(cluster: Cluster, home: Path, prefix: str) -> Iterator[Command]:
    """A ledger whose nämnder and officer are registered, and next to nothing else."""
    with command_on(cluster, home, prefix) as command:
        command.done("init")
        command.done("stad", "--cases", "1", "--as", "admin")
        yield command


def importing(command: Command, file: Path) -> "subprocess.Popen[str]":
    arguments = ("import", str(file), "--as", "stina", "--namnd", TO)
    return subprocess.Popen(
        [sys.executable, "-c", TELLING, *arguments],
        cwd=ROOT,
        env=clean_environ() | command.environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def killed_at(command: Command, file: Path, least: int) -> None:
    """Import until so many lines are told to be recorded, and kill it there."""
    with importing(command, file) as process:
        assert process.stderr
        for told in process.stderr:
            done = _DONE.search(told)
            if done and int(done[1]) >= least:
                process.send_signal(signal.SIGKILL)
                break
        process.stderr.read()
    assert process.returncode == -signal.SIGKILL
    with psycopg.connect(command.environ["LIGGAREN_DSN"], autocommit=True) as connection:
        while connection.execute(  # what the server was about to do is done
            "SELECT FROM pg_stat_activity WHERE backend_type = 'client backend'"
            " AND datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchone():
            pass


def to_the_end(command: Command, file: Path) -> None:
    with importing(command, file) as process:
        assert process.stderr
        told = process.stderr.read()
    assert process.returncode == 0, told


def read_back(command: Command) -> list[str]:
    """All events of cases, lane by lane in their logs' order, as an export has them.

    Ids are a ledger's own, so each stands as a number: as which it first appeared.
    """
    dsns = [command.environ[name] for name in ("LIGGAREN_DSN", "LIGGAREN_KEYS_DSN")]
    with psycopg.connect(dsns[0]) as connection:
        held = connection.execute(
            "SELECT lane, holder, array_agg(stream) FROM ledger.stream_head"
            " WHERE lane <> 'system' AND holder <> %s GROUP BY lane, holder",
            (UUID(int=0),),
        ).fetchall()
    events: dict[Lane, list[RecordedEvent]] = defaultdict(list)
    vault = Path(command.environ["LIGGAREN_HOME"]) / "vault"
    with Ledger.open(one_dsn(*dsns), vault) as ledger:
        processes = Processes(ledger)
        for name, holder, streams in held:
            process = processes[Lane(name)]
            with process.reading(ReadContext(holder, holder, "test", "test")) as opened:
                for stream in streams:
                    opened.log(stream)
                    events[Lane(name)] += process.history(stream)
    reads = {
        lane: StreamRead(lane=lane, stream=UUID(int=0), events=tuple(found), entries=(), size=None)
        for lane, found in events.items()
    }
    numbers: dict[str, str] = {}
    return [
        _UUID.sub(lambda id_: numbers.setdefault(id_[0], str(len(numbers))), line)
        for line in import_lines(CaseRead(case=UUID(int=0), streams=reads, hidden={}))
    ]


@pytest.mark.one_server
def test_an_import_killed_three_times_ends_as_one_that_was_not(
    cluster: Cluster, tmp_path: Path, *, full: bool
) -> None:
    lines = [line for case in city(2030 if full else 30, SEED) for line in case.lines]
    assert len(lines) >= (100_000 if full else 1_300)
    file = tmp_path / "staden.jsonl"
    file.write_bytes(b"".join(line + b"\n" for line in lines))
    chance = Chance(SEED, "kills")
    with (
        empty(cluster, tmp_path / "killed", "killed") as killed,
        empty(cluster, tmp_path / "whole", "unbroken") as unbroken,
    ):
        for kill in range(KILLS):
            part = len(lines) // (KILLS + 1)
            killed_at(killed, file, part * kill + chance.between(1, part))
        to_the_end(killed, file)
        to_the_end(unbroken, file)
        in_both = read_back(unbroken)
        assert len(in_both) == len(lines) + len(next(city(1, 1)).lines)
        assert read_back(killed) == in_both
        assert killed("fsck", "--as", "admin").code == 0
