"""A whole ledger for tests: both databases, vault, founded and opened, two nämnder, real keys.

The databases are copied from a pair that is migrated once a session.
"""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from secrets import token_bytes
from typing import Final
from uuid import UUID, uuid5

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import TupleRow

from domain.bistand.events import ApplicationReceived
from domain.kernel.actor import Role
from domain.kernel.fact import Fact
from domain.kernel.occurred import Occurred
from domain.kernel.process import By, Saying
from domain.processes import Processes
from domain.system.events import NämndRegistered
from domain.tillsyn.events import GallringDecided
from ledger.codec import Lane
from ledger.connections import DESTROYER, KEY_DESTROYER, KEYS, ROLES
from ledger.embedded import Cluster
from ledger.migrate import Database, migrate
from ledger.reading import ReadContext
from ledger.store import Environment, Ledger, found

ALMA: Final = uuid5(UUID(int=0), "Alma")
BO: Final = uuid5(UUID(int=0), "Bo")
NAMND: Final = uuid5(UUID(int=0), "nämnden")
OTHER_NAMND: Final = uuid5(UUID(int=0), "den andra nämnden")

_numbers: Final = itertools.count(1)


def fresh() -> UUID:
    """Return an id nobody has."""
    return UUID(bytes=token_bytes(16))


def by(
    actor: UUID = ALMA,
    namnd: UUID = NAMND,
    *,
    command: UUID | None = None,
    body: bytes = b"",
    role: Role = Role.ENHETSCHEF,
) -> By:
    """Return a command of an officer, now."""
    return By(actor, role, namnd, command or fresh(), body, datetime.now(UTC))  # noqa: TID251 - the ledger compares it with the database's clock


def saying(fact: Fact, stream: UUID, version: int, day: str = "2024-03-01") -> Saying:
    """Return a fact that happened on a day."""
    return Saying(
        fact=fact, occurred=Occurred.on(date.fromisoformat(day)), stream=stream, version=version
    )


def decide(
    whole: "Whole",
    stream: UUID,
    subject: UUID | None = None,
    lane: Lane = Lane.BISTAND,
    namnd: UUID = NAMND,
) -> UUID:
    """Let Bo decide that a stream, or a person's part of it, shall be destroyed. Returns the
    decision's id."""
    command = by(BO, namnd)
    gallring = whole.processes.tillsyn.new_stream(command)
    fact = GallringDecided(target_lane=lane, level=1 if subject else 2, legal_ground="sol_16_1")
    decided = replace(saying(fact, gallring, 1), target=stream, target_subject=subject)
    whole.processes.tillsyn.record([decided], command)
    return gallring


@dataclass
class Whole:
    """An opened ledger and its processes.

    Args:
        cluster: the server.
        names: the names of the ledger database and the key database.
        vault: the folder of the key-encryption keys.
        ledger: opened.
        processes: of that ledger.
    """

    cluster: Cluster
    names: dict[Database, str]
    vault: Path
    ledger: Ledger
    processes: Processes

    def conninfos(self) -> dict[str, str]:
        """Where each role connects: as itself, over the private socket."""
        return _conninfos(self.cluster, self.names)

    def reopen(self, *, to_replay: bool = False) -> None:
        """Close and open again, as a restart does."""
        self.ledger.close()
        self.ledger = Ledger.open(self.conninfos(), self.vault, to_replay=to_replay)
        self.processes = Processes(self.ledger)

    def superuser(self, database: Database = "ledger") -> psycopg.Connection[TupleRow]:
        """A superuser's autocommit connection, for looking and for breaking things."""
        return psycopg.connect(self.cluster.dsn(self.names[database]), autocommit=True)

    def register_namnder(self) -> None:
        """Enter both nämnder in the register: a stream moves to a registered one alone."""
        for namnd in (NAMND, OTHER_NAMND):
            fact = NämndRegistered(name="Provnämnden")
            self.processes.system.record([saying(fact, namnd, 1)], by())

    def open_case(self, namnd: UUID = NAMND, lane: Lane = Lane.BISTAND) -> tuple[UUID, UUID]:
        """Open a case with a party in a lane. Returns the stream and the party."""
        process = self.processes[lane]
        command = by(namnd=namnd)
        stream, party = process.new_stream(command), fresh()
        opened = import_module(f"domain.{lane}.events").CaseOpened(
            party=party, person_stream=fresh()
        )
        process.record([saying(opened, stream, 1)], command)
        return stream, party

    def apply(self, stream: UUID, version: int, text: str, **given: object) -> None:
        """Record an application with a text in a bistand stream."""
        fact = ApplicationReceived(channel="post", asks_for=("forsok",), text=text)
        self.processes.bistand.record([saying(fact, stream, version)], by(**given))  # type: ignore[arg-type]

    def texts(self, stream: UUID, namnd: UUID = NAMND) -> list[str]:
        """What the applications of a bistand stream say, as this nämnd reads them."""
        context = ReadContext(ALMA, namnd, "test", "test.view")
        with self.processes.bistand.reading(context, stream):
            history = self.processes.bistand.history(stream)
        return [str(e.fact.text) for e in history if isinstance(e.fact, ApplicationReceived)]


def _conninfos(cluster: Cluster, names: dict[Database, str]) -> dict[str, str]:
    roles = {role: cluster.dsn(names["ledger"], role) for role in ROLES}
    return roles | {
        KEYS: cluster.dsn(names["keys"], KEYS),
        KEY_DESTROYER: cluster.dsn(names["keys"], DESTROYER),
    }


def _create(cluster: Cluster, template: str, name: str) -> None:
    options = " ENCODING 'UTF8' LOCALE 'C'" if template == "template0" else ""
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}" + options)
    with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))


@pytest.fixture(scope="session")
def whole_template(cluster: Cluster) -> dict[Database, str]:
    """The names of two migrated databases that nobody is connected to."""
    names: dict[Database, str] = {"ledger": "whole_ledger", "keys": "whole_keys"}
    for database, name in names.items():
        _create(cluster, "template0", name)
        migrate(cluster.dsn(name), database)
    return names


@pytest.fixture
def whole(cluster: Cluster, whole_template: dict[Database, str], tmp_path: Path) -> Iterator[Whole]:
    """A ledger of the test's own, founded, its five logs opened."""
    with making(cluster, whole_template, tmp_path / "vault") as made:
        yield made


@pytest.fixture
def second_whole(
    cluster: Cluster, whole_template: dict[Database, str], tmp_path: Path
) -> Iterator[Whole]:
    """Another ledger beside `whole`, with a name and keys of its own."""
    with making(cluster, whole_template, tmp_path / "second vault") as made:
        yield made


@contextmanager
def making(cluster: Cluster, templates: dict[Database, str], vault: Path) -> Iterator[Whole]:
    """Make a ledger, found it, open its five logs; drop it afterwards."""
    number = next(_numbers)
    names: dict[Database, str] = {}
    for database, template in templates.items():
        names[database] = f"{template}_{number}"
        _create(cluster, template, names[database])
    conninfos = _conninfos(cluster, names)
    found(conninfos, fresh(), Environment.DEVELOPMENT)
    ledger = Ledger.open(conninfos, vault)
    made = Whole(cluster, names, vault, ledger, Processes(ledger))
    for lane in Lane:
        opened = import_module(f"domain.{lane}.events").EpochOpened(
            reason="grundad", environment="development"
        )
        made.processes[lane].open_log(opened, 1, by())
    yield made
    made.ledger.close()
    with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
        for name in names.values():
            connection.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            )
