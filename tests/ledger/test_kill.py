"""Whatever is killed while clients append: what was acknowledged stays, as it was, and once.

In turn a client, a backend and the postmaster are ended with SIGKILL under load, on a server that
flushes (fsync on). Clients (`kill_worker.py`) record real, sealed facts in two lanes and send again
what was not answered. After each kill all they have been told is compared with what lies there:
leaf by leaf, each command once, indexes without a hole, fsck green; at the end every event opens.

What it does not show: SIGKILL leaves the kernel's page cache, so a disk that lies about its flushes
would not be found out. Killed processes may remain as zombies where process 1 collects none; only
their not running is waited for.
"""

import logging
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from random import Random  # noqa: TID251 - only its type
from typing import Final
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import TupleRow

from domain.kernel.actor import Role
from domain.kernel.process import By, command_in_lane
from domain.processes import Processes
from ledger.codec import Lane
from ledger.connections import DESTROYER, KEY_DESTROYER, KEYS, ROLES, Connections
from ledger.embedded import START_LIMIT_S, Cluster
from ledger.fsck import fsck
from ledger.migrate import migrate
from ledger.reading import ReadContext
from ledger.recorder import LedgerRecorder
from ledger.store import Environment, Ledger, found
from tests.ledger.appending import MACS, an_event, chances, command, draw_seed
from tests.ledger.kill_worker import Acknowledged, Sent, Setting, entries
from tests.ledger.store_fixtures import LEDGER, NAMND, OFFICER, fresh, until

LANES: Final = (Lane.BISTAND, Lane.HYRA)
CLIENTS_PER_LANE: Final = 2
ROOT: Final = Path(__file__).parents[2]


@dataclass
class Client:
    """A client and its journal, which outlives it."""

    setting: Setting
    journal: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it where the one before it was killed."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.ledger.kill_worker", str(self.journal)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
        )
        assert self.process.stdin is not None
        self.process.stdin.write(self.setting.to_json().encode())
        self.process.stdin.close()

    def kill(self) -> None:
        """End it with SIGKILL."""
        assert self.process is not None
        assert self.process.poll() is None, f"{self.setting.client} has ended by itself"
        self.process.kill()
        self.process.wait()

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self.process is not None
        self.process.send_signal(number)

    def acknowledged(self) -> list[Acknowledged]:
        """What it has been told so far."""
        return [entry for entry in entries(self.journal) if isinstance(entry, Acknowledged)]

    def sent(self) -> list[Sent]:
        """What it may have sent so far."""
        return [entry for entry in entries(self.journal) if isinstance(entry, Sent)]


@dataclass(frozen=True)
class House:
    """A server of its own, that flushes, with an opened ledger in it."""

    cluster: Cluster
    conninfos: dict[str, str]
    vault: Path
    folder: Path

    def connect(self) -> psycopg.Connection[TupleRow]:
        """Connect as superuser to the ledger database, as soon as it answers."""
        opened: list[psycopg.Connection[TupleRow]] = []

        def answers() -> bool:
            try:
                opened.append(psycopg.connect(self.cluster.dsn("ledger"), autocommit=True))
            except psycopg.OperationalError:
                return False
            return True

        # Recovery flushes every file of the data directory first, as slowly as the disk does it.
        until("answer of the server", answers, START_LIMIT_S)
        return opened[0]


@pytest.fixture
def house(bin_dir: Path) -> Iterator[House]:
    folder = Path(tempfile.mkdtemp(prefix="liggaren-kill-"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder)
        cluster = stack.enter_context(Cluster(folder / "pg", bin_dir=bin_dir, fsync=True))
        with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
            for name in ("ledger", "keys"):
                connection.execute(
                    sql.SQL(
                        "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"
                    ).format(sql.Identifier(name))
                )
        migrate(cluster.dsn("ledger"), "ledger")
        migrate(cluster.dsn("keys"), "keys")
        conninfos = {role: cluster.dsn("ledger", role) for role in ROLES} | {
            KEYS: cluster.dsn("keys", KEYS),
            KEY_DESTROYER: cluster.dsn("keys", DESTROYER),
        }
        house = House(cluster, conninfos, folder / "vault", folder)
        found(conninfos, LEDGER, Environment.DEVELOPMENT)
        with Ledger.open(conninfos, house.vault) as ledger:
            for lane in Lane:
                opened = import_module(f"domain.{lane}.events").EpochOpened(
                    reason="grundad", environment="development"
                )
                clock = datetime.now(UTC)  # noqa: TID251 - the ledger compares it with the database's
                by = By(OFFICER, Role.ENHETSCHEF, NAMND, fresh(), b"", clock)
                Processes(ledger)[lane].open_log(opened, 1, by)
        yield house


@contextmanager
def clients_of(house: House, seed: int) -> Iterator[list[Client]]:
    """Clients that append from now on; killed at the end."""
    clients = [
        Client(
            Setting(
                house.conninfos, str(house.vault), lane, seed, name := f"{lane} {n}", str(NAMND)
            ),
            house.folder / f"{name}.journal",
        )
        for lane in LANES
        for n in range(CLIENTS_PER_LANE)
    ]
    try:
        for client in clients:
            client.start()
        yield clients
    finally:
        for client in clients:
            if client.process is not None:
                client.process.kill()
                client.process.wait()


@contextmanager
def standing_still(clients: list[Client]) -> Iterator[None]:
    """Clients that do nothing for the length of the block: what they do grows what is checked."""
    try:
        for client in clients:
            client.signal(signal.SIGSTOP)
        yield
    finally:
        for client in clients:
            client.signal(signal.SIGCONT)


def load(clients: list[Client], acknowledgements: int) -> None:
    """Wait until the clients have been told so much more."""

    def told() -> int:
        for client in clients:
            assert client.process is not None
            assert client.process.poll() is None, f"{client.setting.client} has ended by itself"
        journals = (client.journal for client in clients if client.journal.exists())
        return sum(journal.read_bytes().count(b'{"acknowledged"') for journal in journals)

    enough = told() + acknowledgements
    until(f"load of {acknowledgements} acknowledgements", lambda: told() >= enough)


# ---------------------------------------------------------------- what is killed


def kill_a_client(_: House, clients: list[Client], random: Random) -> None:
    """End a client; another goes on with its journal."""
    client = random.choice(clients)
    client.kill()
    client.start()


def kill_a_backend(house: House, _: list[Client], random: Random) -> None:
    """End a client's backend: the postmaster then ends all others and recovers."""
    with house.connect() as connection:
        pids = connection.execute(
            "SELECT pid FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            " ORDER BY state = 'active' DESC, pid LIMIT 3"
        ).fetchall()
        (pid,) = random.choice(pids)
        os.kill(pid, signal.SIGKILL)
        until("end of all backends", lambda: is_cut(connection))


def is_cut(connection: psycopg.Connection[TupleRow]) -> bool:
    """Whether the server has ended a connection."""
    try:
        connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return True
    return False


def kill_the_postmaster(house: House, _: list[Client], __: Random) -> None:
    """End the server as a power cut would, but for the kernel; start it again."""
    house.cluster.kill()
    house.cluster.start()


KILLS: Final[tuple[Callable[[House, list[Client], Random], None], ...]] = (
    kill_a_client,
    kill_a_backend,
    kill_the_postmaster,
)


# ---------------------------------------------------------------- what must be so afterwards


def require_kept(house: House, clients: list[Client]) -> int:
    """Require that all that was acknowledged is there, and each command once. Returns how many."""
    acknowledged = [entry for client in clients for entry in client.acknowledged()]
    sent = {entry.command: entry for client in clients for entry in client.sent()}
    by_stored_id = {
        command_in_lane(Lane(client.setting.lane), entry.command): entry.command
        for client in clients
        for entry in client.sent()
    }
    found_there: dict[UUID, list[tuple[int, int, str]]] = {}
    with house.connect() as connection:
        for lane in LANES:
            rows = connection.execute(
                "SELECT epoch, idx, encode(hash, 'hex'), clear FROM ledger.leaf"
                " LEFT JOIN ledger.event USING (lane, epoch, idx) WHERE lane = %s ORDER BY idx",
                (lane.value,),
            ).fetchall()
            assert [index for _, index, _, _ in rows] == list(range(len(rows))), "a hole"
            for epoch, index, leaf, clear in rows[1:]:  # after EpochOpened
                match = re.search(r'^5 "([0-9a-f-]{36})"$', clear, re.MULTILINE)
                assert match is not None
                command = by_stored_id[UUID(match[1])]
                found_there.setdefault(command, []).append((epoch, index, leaf))
    for one in acknowledged:
        assert found_there.get(one.command) == list(one.receipts), "acknowledged, and not so there"
    for command_id, places in found_there.items():
        first = places[0][1]
        assert [index for _, index, _ in places] == [
            first + n for n in range(sent[command_id].count)
        ], "a command in parts, or twice"
    return len(acknowledged)


def test_what_was_acknowledged_outlives_every_kill(house: House, *, full: bool) -> None:
    seed = draw_seed()
    told = 0
    with clients_of(house, seed) as clients:
        for cycle in range(100 if full else 20):
            random = chances(seed, "cycle", cycle)
            load(clients, random.randint(3, 60))
            KILLS[cycle % len(KILLS)](house, clients, random)
            with standing_still(clients):
                now_told = require_kept(house, clients)
                assert now_told > told
                told = now_told
                with Ledger.open(house.conninfos, house.vault) as ledger:
                    assert fsck(ledger).faults == ()
                    assert ledger.witness.behind == {}
        load(clients, len(clients))  # the last one killed has gone on, too
    require_kept(house, clients)
    require_readable(house, clients)
    with house.connect() as connection:
        (found_again,) = connection.execute(
            "SELECT count(*) FROM ledger.command WHERE retried_at IS NOT NULL"
        ).fetchall()
    logging.getLogger(__name__).warning(
        "%d commands acknowledged; %d found stored when sent again", told, *found_again
    )


def require_readable(house: House, clients: list[Client]) -> None:
    """Require that the keys have been kept too: every event opens and says what was sent."""
    with Ledger.open(house.conninfos, house.vault) as ledger:
        for client in clients:
            process = Processes(ledger)[Lane(client.setting.lane)]
            answered = {entry.command for entry in client.acknowledged()}
            lane = Lane(client.setting.lane)
            sent = {command_in_lane(lane, entry.command): entry.command for entry in client.sent()}
            for case in {entry.case for entry in client.sent() if entry.command in answered}:
                with process.reading(ReadContext(OFFICER, NAMND, "test", "test.view"), case):
                    history = process.history(case)
                assert [event.version for event in history] == list(range(1, len(history) + 1))
                for event in history:
                    assert not event.missing
                    assert event.common.command_id is not None
                    told = sent[event.common.command_id]
                    assert event.common.note == f"{told}/{event.version}"


@pytest.mark.parametrize("forced", [True, False], ids=["as it is", "control: not forced"])
def test_the_append_itself_sees_to_it_that_a_crash_loses_nothing(
    house: House, *, forced: bool
) -> None:
    with house.connect() as connection:
        connection.execute("ALTER DATABASE ledger SET synchronous_commit = off")
        connection.execute("ALTER SYSTEM SET wal_writer_delay = '10s'")
        connection.execute("SELECT pg_reload_conf()")
        if not forced:
            definition = connection.execute(
                "SELECT pg_get_functiondef('ledger.append'::regproc)"
            ).fetchall()[0][0]
            force = "set_config('synchronous_commit', 'on', true)"
            assert definition.count(force) == 1
            connection.execute(definition.replace(force, force.replace("'on'", "'off'")))
            connection.execute("CHECKPOINT")
    pools, stream = Connections(house.conninfos), fresh()
    recorder = LedgerRecorder(pools, LANES[0])
    for version in range(1, 21):
        recorder.append([an_event(recorder.lane, stream, version)], command(), MACS, NAMND)
    kill_a_backend(house, [], chances())
    pools.close()
    with house.connect() as connection:
        ((kept,),) = connection.execute(
            "SELECT count(*) FROM ledger.event WHERE stream = %s", (stream,)
        ).fetchall()
    assert (kept == 20) is forced
