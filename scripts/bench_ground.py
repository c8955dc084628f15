"""What the bench measures upon: a server of its own, a ledger in it, and the library beside it."""

import os
import secrets
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Final
from uuid import UUID

import psycopg
from eventsourcing.application import Application
from eventsourcing.domain import DomainEvent, datetime_now_with_tzinfo
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import TupleRow

from domain.hyra.events import (
    CaseOpened,
    DisturbanceGrade,
    DisturbanceKind,
    DisturbanceReported,
    DisturbanceSource,
)
from domain.kernel.actor import Role
from domain.kernel.event import Common, Event
from domain.kernel.fact import Fact, values_of
from domain.kernel.occurred import Occurred
from domain.kernel.process import By, Saying
from domain.processes import Processes
from ledger.application import sealed_groups
from ledger.canonical import encode
from ledger.codec import Draft, Lane
from ledger.connections import one_dsn, writer
from ledger.embedded import Cluster
from ledger.keys import Obtained
from ledger.migrate import migrate
from ledger.reading import ReadContext
from ledger.recorder import Mac, SealedEvent
from ledger.seal import seal
from ledger.store import Environment, Ledger, found

LANE: Final = Lane.HYRA
STREAMS: Final = 20
ROLE: Final = Role.HYRESHANDLAGGARE
PAYLOAD: Final = 250
"""Bytes of an ordinary event's own values."""


def fresh() -> UUID:
    """Return an id nobody has."""
    return UUID(bytes=secrets.token_bytes(16), version=4)


@dataclass(frozen=True)
class LibraryEvent(DomainEvent):
    """The same nineteen fields, as the library keeps them by default."""

    actor: str
    role: str
    acted_by: str | None
    delegation: str | None
    command_id: str
    claimed_recorded: str | None
    source: str | None
    document_ids: list[str]
    corrects: str | None
    correction_reason: str | None
    note: str | None
    lease_id: str
    lease_missing: str | None
    kind: str
    kind_text: str | None
    grade: str
    source_process: str
    reported_by: str | None
    evidence: str


@dataclass
class Bench:
    """A ledger with some streams whose keys exist, and what it is compared with.

    Args:
        ledger: opened.
        library: eventsourcing's own application with all its defaults, in the same database.
        superuser: for the raw table and for looking at sizes.
        writer: the lane's writer, outside the pool.
    """

    ledger: Ledger
    library: "Application[UUID]"
    superuser: psycopg.Connection[TupleRow]
    writer: psycopg.Connection[TupleRow]
    namnd: UUID = field(default_factory=fresh)
    actor: UUID = field(default_factory=fresh)
    lease: UUID = field(default_factory=fresh)
    versions: Counter[UUID] = field(default_factory=Counter)
    _library_versions: Counter[UUID] = field(default_factory=Counter)
    _turns: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self._library_streams = [fresh() for _ in range(STREAMS)]
        self.context = ReadContext(self.actor, self.namnd, "mätning", "bench.read")
        self.processes = Processes(self.ledger)
        self.hyra = self.processes.hyra

    def by(self) -> By:
        """Return a new command of the officer."""
        clock = datetime.now(UTC)  # noqa: TID251 - append compares it with the server's
        return By(self.actor, ROLE, self.namnd, fresh(), b"x" * 300, clock)

    def open_stream(self) -> UUID:
        """Open a case, and make the keys its later events need."""
        by = self.by()
        stream = self.hyra.new_stream(by)
        opened = CaseOpened(party=fresh(), person_stream=fresh())
        self.hyra.save(self._event(stream, opened, by), command=by.command())
        self.hyra.save(*self.events(by := self.by(), stream=stream), command=by.command())
        return stream

    def events(
        self, by: By, number: int = 1, payload: int = PAYLOAD, *, stream: UUID | None = None
    ) -> list[Event]:
        """Return the next events of a stream.

        Args:
            by: the command.
            number: how many.
            payload: how many bytes the values of the type's own fields take as JSON.
            stream: which; by default the next in turn.
        """
        stream = stream or list(self.versions)[next(self._turns) % len(self.versions)]
        fact = self._disturbance(payload)
        return [self._event(stream, fact, by) for _ in range(number)]

    def library_events(self, number: int = 1, payload: int = PAYLOAD) -> list[LibraryEvent]:
        """Return the next events of one of the library's streams, with the same fields."""
        stream = self._library_streams[next(self._turns) % STREAMS]
        common = Common(actor=self.actor, role=ROLE, command_id=fresh())
        fields = common.model_dump(mode="json") | self._disturbance(payload).model_dump(mode="json")
        events = []
        for _ in range(number):
            self._library_versions[stream] += 1
            events.append(
                LibraryEvent(
                    originator_id=stream,
                    originator_version=self._library_versions[stream],
                    timestamp=datetime_now_with_tzinfo(),
                    **fields,
                )
            )
        return events

    def _disturbance(self, payload: int) -> DisturbanceReported:
        """Nineteen fields with the common ones, in two clear and three sealed groups."""
        fact = DisturbanceReported(
            lease_id=self.lease,
            kind=DisturbanceKind.STORNING,
            grade=DisturbanceGrade.VANLIG,
            source_process=DisturbanceSource.HYRA,
            evidence="",
        )
        empty = sum(len(encode(value)) for value in values_of(fact).values())
        return fact.model_copy(update={"evidence": "x" * (payload - empty)})

    def _event(self, stream: UUID, fact: Fact, by: By) -> Event:
        self.versions[stream] += 1
        day = Occurred.on(date(2024, 2, 29))
        said = Saying(fact=fact, occurred=day, stream=stream, version=self.versions[stream])
        return said.event(by, None)

    def obtain(self, drafts: Sequence[Draft]) -> Obtained:
        """Return the keys of some events."""
        wanted = {
            (draft.stream, slot, cls)
            for draft in drafts
            for slot, cls in sealed_groups(draft.codec)
        }
        return self.ledger.keys.obtain(self.namnd, LANE, wanted, {}, self.namnd)

    def sealed(self, events: Sequence[Event]) -> tuple[list[SealedEvent], list[Mac]]:
        """Return events sealed and ready, with HMACs as long as the true ones."""
        drafts = [self.hyra.draft_of(event) for event in events]
        obtained = self.obtain(drafts)
        sealed_events = []
        for draft in drafts:
            keys = {
                (slot, cls): obtained.keys[draft.stream, slot, cls]
                for slot, cls in sealed_groups(draft.codec)
            }
            made = seal(draft, self.ledger.id, keys, os.urandom)
            sealed_events.append(
                SealedEvent(
                    originator_id=draft.stream,
                    originator_version=draft.version,
                    topic=draft.codec.name,
                    state=made.clear.encode(),
                    occurred=draft.occurred,
                    root=made.root,
                    parts=made.parts,
                    part_groups=made.part_groups,
                    effect=None,
                )
            )
        return sealed_events, [Mac(key.key_id, bytes(32)) for key in obtained.command_keys]


@contextmanager
def bench_on(bin_dir: Path | None) -> Iterator[Bench]:
    """Make all that is measured upon, in a temporary folder; gone afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="liggaren-bench-")))
        cluster = stack.enter_context(Cluster(folder / "pg", bin_dir=bin_dir))
        with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
            for name in ("ledger", "keys"):
                connection.execute(
                    sql.SQL(
                        "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"
                    ).format(sql.Identifier(name))
                )
        migrate(cluster.dsn("ledger"), "ledger")
        migrate(cluster.dsn("keys"), "keys")
        conninfos = one_dsn(cluster.dsn("ledger"), cluster.dsn("keys"))
        found(conninfos, fresh(), Environment.DEVELOPMENT)
        ledger = stack.enter_context(Ledger.open(conninfos, folder / "vault"))
        superuser, its_writer = (
            stack.enter_context(psycopg.connect(conninfo, autocommit=True))
            for conninfo in (cluster.dsn("ledger"), conninfos[writer(LANE)])
        )
        superuser.execute(
            "CREATE TABLE public.raw"
            " (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body bytea NOT NULL)"
        )
        library = library_on(cluster)
        stack.callback(library.close)
        bench = Bench(ledger, library, superuser, its_writer)
        for lane in Lane:
            opened = import_module(f"domain.{lane}.events").EpochOpened(
                reason="grundad", environment="development"
            )
            bench.processes[lane].open_log(opened, 1, bench.by())
        for _ in range(STREAMS):
            bench.open_stream()
            library.save(*bench.library_events())
        yield bench


def library_on(cluster: Cluster) -> "Application[UUID]":
    """The library's application with all its defaults, in the same database."""
    where = conninfo_to_dict(cluster.dsn("ledger"))
    return Application(
        env={
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": str(where["dbname"]),
            "POSTGRES_HOST": str(where["host"]),
            "POSTGRES_PORT": str(where["port"]),
            "POSTGRES_USER": str(where["user"]),
            "POSTGRES_PASSWORD": "unused",
        }
    )
