"""A founded ledger database for each test, and events sealed by hand, without any key.

The database is copied from one that is migrated, founded and opened once a session. The events are
as `docs/envelope.md` has them but for their ciphertext, which is noise: all that can be checked
without keys is right. They go in by `ledger.append` itself, so every argument can be wrong on
purpose.
"""

import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_bytes
from time import monotonic, sleep
from types import SimpleNamespace
from typing import Any, Final, cast
from uuid import UUID, uuid5

import psycopg
import pytest
from psycopg import Connection, sql
from psycopg.conninfo import make_conninfo
from psycopg.rows import TupleRow

from ledger.codec import FieldClass, GroupKey, Lane
from ledger.commitment import commit, group_hash, payload_root, salts
from ledger.connections import MIGRATOR, Connections, writer
from ledger.documents import CLASS, SLOT, Place, chunks_digest
from ledger.embedded import Cluster
from ledger.fsck import Report, fsck
from ledger.migrate import migrate
from ledger.store import Ledger

NIL: Final = UUID(int=0)
LANES: Final = tuple(Lane)
SUPERUSER: Final = "postgres"
DEADLINE_S: Final = 30.0
"""How long a test waits for what must come."""


def named(name: str) -> UUID:
    """Return the id that a name stands for in tests."""
    return uuid5(NIL, name)


def fresh() -> UUID:
    """Return an id nobody has."""
    return UUID(bytes=token_bytes(16))


LEDGER: Final = named("ledger")
NAMND: Final = named("the nämnd that a test is about")
OTHER_NAMND: Final = named("another nämnd")
OFFICER: Final = named("officer")
COMMAND_KEY: Final = named("command key")

PLACES: Final = ((0, FieldClass.OFFICER), (1, FieldClass.IDENTITY), (255, FieldClass.THIRD))
"""Slot and class of the sealed groups of a hand-made event."""

# ---------------------------------------------------------------- events


@dataclass(frozen=True)
class Sealed:
    """An event as `ledger.append` takes it.

    Args:
        stream: its stream.
        version: its version.
        type: its type and schema version.
        occurred: the tenth line of its envelope.
        root: its payload root.
        clear: its clear text.
        parts: its sealed parts.
        groups: their group hashes.
    """

    stream: UUID
    version: int
    type: str
    occurred: str
    root: bytes
    clear: str
    parts: tuple[bytes, ...]
    groups: tuple[bytes, ...]


def key_id(stream: UUID, place: tuple[int, FieldClass]) -> UUID:
    """Return the id of the key that hand-made parts of a stream carry."""
    return uuid5(stream, f"{place[0]}/{place[1]}")


def part(  # noqa: PLR0913 - each argument is a field of the header
    lane: Lane,
    stream: UUID,
    version: int,
    place: tuple[int, FieldClass],
    *,
    key: UUID | None = None,
    ledger: UUID = LEDGER,
    content: bytes | None = None,
) -> bytes:
    """Return a sealed part with a right header and noise, or `content`, for ciphertext and tag."""
    header = (
        *(b"\x01\x01", ledger.bytes, bytes((lane.code,)), stream.bytes, version.to_bytes(8, "big")),
        *(bytes(place), (key or key_id(stream, place)).bytes),
    )
    return b"".join((*header, token_bytes(12), content or token_bytes(128 + 16)))


def sealed(  # noqa: PLR0913 - each argument is a line of the envelope
    lane: Lane,
    stream: UUID,
    version: int,
    type_: str = "DisturbanceReported/1",
    *,
    occurred: str = "day 2024-02-29",
    places: Sequence[tuple[int, FieldClass]] = PLACES,
    note: str | None = None,
    says: Mapping[int, object] | None = None,
    keys: Mapping[tuple[int, FieldClass], UUID] | None = None,
) -> Sealed:
    """Return a hand-made event.

    Args:
        lane: the lane it goes to.
        stream: its stream.
        version: its version.
        type_: type and schema version.
        occurred: the envelope's tenth line.
        places: which sealed groups it has.
        note: something to look for in its clear text.
        says: further clear fields, by number.
        keys: ids of the keys of some places.
    """
    keys = keys or {}
    values = dict.fromkeys(range(5, 11), "null") | {5: f'"{fresh()}"', 7: json.dumps(note)}
    values |= {number: json.dumps(value) for number, value in (says or {}).items()}
    seed = token_bytes(32)
    commits = [
        commit(salt, value.encode())
        for salt, value in zip(salts(seed, len(values)), values.values(), strict=True)
    ]
    clear_key = GroupKey(0, FieldClass.ORDINARY, sealed=False)
    groups = {GroupKey(slot, cls, sealed=True): token_bytes(32) for slot, cls in places}
    all_groups = groups | {clear_key: group_hash(clear_key, list(values), commits)}
    return Sealed(
        stream=stream,
        version=version,
        type=type_,
        occurred=occurred,
        root=payload_root([all_groups[key] for key in sorted(all_groups)]),
        clear=f"@ 0 ordinary {seed.hex()}\n"
        + "".join(f"{number} {value}\n" for number, value in values.items()),
        parts=tuple(part(lane, stream, version, place, key=keys.get(place)) for place in places),
        groups=tuple(groups.values()),
    )


def history(lane: Lane, stream: UUID, count: int, first: int = 1) -> list[Sealed]:
    """Return `count` hand-made events of one stream."""
    return [sealed(lane, stream, version) for version in range(first, first + count)]


def supervising(effect: Mapping[str, object], version: int | None = None) -> Sealed:
    """Return the tillsyn event that says a control effect, in the stream it is said in.

    Args:
        effect: as `ledger.append` takes it.
        version: the event's; the usual one where it is not given.
    """
    ref, lane = effect["ref"], effect.get("lane")
    assert isinstance(ref, UUID)
    level = 2 if effect.get("subject") is None else 1
    usual, type_, says = {
        "hold": (1, "GallringsspärrSet/1", {32: lane}),
        "lift": (2, "GallringsspärrLifted/1", {}),
        "destroy_decided": (1, "GallringDecided/1", {32: lane, 33: level}),
        "destroy_withdrawn": (2, "GallringWithdrawn/1", {}),
        "destroy_done": (2, "GallringExecuted/1", {35: effect.get("indexes")}),
    }[str(effect["kind"])]
    return sealed(Lane.TILLSYN, ref, version or usual, type_, says=says)


# ---------------------------------------------------------------- append

_SIGNATURE: Final = {  # qualified: an attacker's session may mean something else by uuid
    "lane": "ledger.lane",
    "namnd": "pg_catalog.uuid",
    "new_holder": "pg_catalog.uuid",
    "actor": "pg_catalog.uuid",
    "command": "pg_catalog.uuid",
    "mac_keys": "pg_catalog.uuid[]",
    "macs": "pg_catalog.bytea[]",
    "clock": "pg_catalog.timestamptz",
    "streams": "pg_catalog.uuid[]",
    "versions": "bigint[]",
    "types": "pg_catalog.text[]",
    "occurred": "pg_catalog.text[]",
    "roots": "pg_catalog.bytea[]",
    "clears": "pg_catalog.text[]",
    "part_events": "integer[]",
    "part_groups": "pg_catalog.bytea[]",
    "parts": "pg_catalog.bytea[]",
    "effects": "pg_catalog.jsonb",
    "new_epoch": "boolean",
}


@dataclass(frozen=True)
class Receipt:
    """What `ledger.append` answers for an event."""

    epoch: int
    index: int
    recorded: str | None
    leaf: bytes


def append(
    connection: Connection[TupleRow],
    lane: Lane,
    events: Sequence[Sealed],
    /,
    *,
    namnd: UUID = NAMND,
    **given: Any,  # noqa: ANN401 - whatever a test wants to be wrong
) -> list[Receipt]:
    """Call `ledger.append`.

    Args:
        connection: of whoever appends.
        lane: the lane.
        events: in log order.
        namnd: the acting nämnd.
        given: other arguments of the function without their `p_`, or other values than the right
            ones. The caller's clock is the database's where none is given.
    """
    numbered = list(enumerate(events, start=1))
    arguments: dict[str, Any] = {
        "lane": lane.value,
        "namnd": namnd,
        "new_holder": namnd,
        "actor": OFFICER,
        "command": fresh(),
        "mac_keys": [COMMAND_KEY],
        "macs": [b"m" * 32],
        "streams": [event.stream for event in events],
        "versions": [event.version for event in events],
        "types": [event.type for event in events],
        "occurred": [event.occurred for event in events],
        "roots": [event.root for event in events],
        "clears": [event.clear for event in events],
        "part_events": [number for number, event in numbered for _ in event.parts],
        "part_groups": [group for event in events for group in event.groups],
        "parts": [a_part for event in events for a_part in event.parts],
    } | given
    assert arguments.keys() <= _SIGNATURE.keys(), arguments.keys() - _SIGNATURE.keys()
    # Bytes go in binary: as text the driver would write them by the session's own rules.
    named_arguments = [
        f"p_{name} => %({name}){'b' if kind.endswith('bytea[]') else 's'}::{kind}"
        for name, kind in _SIGNATURE.items()
        if name in arguments
    ]
    if "clock" not in arguments:
        named_arguments.append("p_clock => clock_timestamp()")
    call = sql.SQL(f"SELECT * FROM ledger.append({', '.join(named_arguments)})")  # noqa: S608 - names of our own
    return [Receipt(*row) for row in connection.execute(call, arguments)]


def effects(*effects_: Mapping[str, object]) -> str:
    """Return control effects as `ledger.append` takes them, those of its first event."""
    return json.dumps([{"event": 1} | dict(effect) for effect in effects_], default=str)


def register(store: "Store", namnd: UUID) -> None:
    """Register a nämnd, which a stream can then move to, if it is not."""
    if store.rows("SELECT 1 FROM ledger.stream_head WHERE lane = 'system' AND stream = %s", namnd):
        return
    registered = sealed(Lane.SYSTEM, namnd, 1, "NämndRegistered/1")
    store.append(Lane.SYSTEM, [registered], new_holder=NIL)


ADD_CHUNK: Final = "SELECT ledger.add_chunk(%s, %s, %s, %s, %s)"
DOCUMENT_PLACES: Final = ((0, FieldClass.OFFICER), (SLOT, CLASS), (SLOT, FieldClass.THIRD))


def chunk_of(place: Place, number: int = 1, blocks: int = 1, key: UUID | None = None) -> bytes:
    """Return a chunk with a right header and noise for the rest."""
    its_key = key or key_id(place.stream, (SLOT, CLASS))
    return place.header(number, its_key) + token_bytes(12 + blocks * 16 * 1024 + 16)


def file_document(store: "Store", stream: UUID, document: UUID, lane: Lane = Lane.HYRA) -> bytes:
    """Open a stream and file a document of one chunk in it. Returns the chunk."""
    chunk = chunk_of(Place(LEDGER, lane, stream, document, 1))
    store.append(lane, history(lane, stream, 1))
    store.rows(ADD_CHUNK, lane.value, NAMND, stream, document, chunk)
    store.append(lane, [filing(lane, stream, document, [chunk])], effects=filed(document))
    return chunk


def filing(
    lane: Lane, stream: UUID, document: UUID, chunks: Sequence[bytes], version: int = 2
) -> Sealed:
    """Return the event that files a document."""
    digest = chunks_digest([sha256(chunk).digest() for chunk in chunks])
    says = {32: str(document), 33: digest.hex()}
    return sealed(lane, stream, version, "DocumentFiled/1", places=DOCUMENT_PLACES, says=says)


def filed(document: UUID) -> str:
    """Return the effect of filing a document."""
    return effects({"kind": "document_filed", "ref": document})


def open_read(
    connection: Connection[TupleRow], namnd: UUID = NAMND, stream: UUID | None = None
) -> int:
    """Open a read in the transaction that is open on the connection. Returns the log row's id."""
    row = connection.execute(
        "SELECT ledger.open_read(%s, %s, 'test', 'test.view', %s)", (OFFICER, namnd, stream)
    ).fetchone()
    assert row is not None
    return int(row[0])


# ---------------------------------------------------------------- databases


@dataclass(frozen=True)
class Store:
    """A founded and opened ledger database.

    Args:
        cluster: the server.
        name: the database's name.
    """

    cluster: Cluster
    name: str
    _open: list[Connection[TupleRow]] = field(default_factory=list, repr=False)
    _own: list[Connection[TupleRow]] = field(default_factory=list, repr=False)

    def dsn(self, role: str = SUPERUSER) -> str:
        """Return the connection string of a role that logs in."""
        return self.cluster.dsn(self.name, role)

    def one_dsn(self, role: str) -> str:
        """Return the connection string of a role as the development mode has it."""
        return make_conninfo(self.dsn(), options=f"-c role={role}")

    def connect(self, role: str = SUPERUSER, *, dsn: str | None = None) -> Connection[TupleRow]:
        """Open an autocommit connection, closed at the end of the test."""
        connection = psycopg.connect(dsn or self.dsn(role), autocommit=True)
        self._open.append(connection)
        return connection

    def close(self) -> None:
        """Close all connections."""
        while self._open:
            self._open.pop().close()

    def append(self, lane: Lane, events: Sequence[Sealed], **given: Any) -> list[Receipt]:  # noqa: ANN401
        """Append as the lane's writer, or as the migrator what the log itself says."""
        role = MIGRATOR if events[0].stream == NIL else writer(lane)
        with psycopg.connect(self.dsn(role), autocommit=True) as connection:
            return append(connection, lane, events, **given)

    def rows(self, query: str, *values: object) -> list[TupleRow]:
        """Run a query as superuser."""
        if not self._own or self._own[0].closed:
            self._own[:] = [self.connect()]
        cursor = self._own[0].execute(query, values or None)
        return cursor.fetchall() if cursor.description else []

    def value(self, query: str, *values: object) -> Any:  # noqa: ANN401 - a column's
        """Run a query as superuser and return its one value."""
        ((value,),) = self.rows(query, *values)
        return value

    def digest(self, *, without: Sequence[str] = ()) -> str:
        """Return a digest of all that is kept, without who has read it, and without some tables."""
        left_out = {"read_log", "read_subject", *without}
        kept = [table for table in tables(self) if table not in left_out]
        each = " UNION ALL ".join(
            f"SELECT '{table}', md5(string_agg(t::text, ',' ORDER BY t::text))"  # noqa: S608
            f" FROM ledger.{table} AS t"
            for table in kept
        )
        return json.dumps(sorted(self.rows(each)))


def checked(store: Store) -> Report:
    """Run fsck on a store."""
    connections = Connections({MIGRATOR: store.dsn(MIGRATOR)})
    opened = SimpleNamespace(
        id=store.value("SELECT ledger FROM ledger.founding"),
        connections=connections,
        keys=SimpleNamespace(holders=lambda _: {}),  # the parts are noise, and no key opens them
    )
    try:
        return fsck(cast("Ledger", opened))  # all that it uses of one
    finally:
        connections.close()


def tables(store: Store) -> list[str]:
    """Return the tables of the schema, whatever they are."""
    return [
        name
        for (name,) in store.rows(
            "SELECT relname FROM pg_class WHERE relnamespace = 'ledger'::regnamespace"
            " AND relkind IN ('r', 'p') ORDER BY 1"
        )
    ]


_numbers: Final = itertools.count(1)


def make_template(cluster: Cluster) -> str:
    """Make the database that each test's own is copied from. Returns its name."""
    name = f"template_{next(_numbers)}"
    with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'").format(
                sql.Identifier(name)
            )
        )
    migrate(cluster.dsn(name), "ledger")
    template = Store(cluster, name)
    template.rows(
        "INSERT INTO ledger.founding (ledger, environment) VALUES (%s, 'development')", LEDGER
    )
    for lane in LANES:
        opened = sealed(lane, NIL, 1, "EpochOpened/1", places=[])
        template.append(lane, [opened], namnd=NIL)
    template.close()
    return name


def copy(cluster: Cluster, template: str) -> Store:
    """Return a new database like the template."""
    name = f"store_{next(_numbers)}"
    with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
    return Store(cluster, name)


def drop(store: Store) -> None:
    """Close and drop a database."""
    store.close()
    with psycopg.connect(store.cluster.dsn(), autocommit=True) as connection:
        connection.execute(
            sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(store.name))
        )


# ---------------------------------------------------------------- refusals, waiting


@contextmanager
def refused(sqlstate: str) -> Iterator[None]:
    """The block raises an error with this SQLSTATE."""
    with pytest.raises(psycopg.Error) as caught:
        yield
    assert caught.value.sqlstate == sqlstate, caught.value


def until(what: str, found: Callable[[], bool], within_s: float = DEADLINE_S) -> None:
    """Wait until something is so, looking again and again; fail when it does not come."""
    deadline = monotonic() + within_s
    while not found():
        assert monotonic() < deadline, f"in {within_s:.0f} s there was no {what}"
        sleep(0.002)


def waits(store: Store, connection: Connection[TupleRow], event: str) -> Callable[[], bool]:
    """Return a test of whether a backend waits for something, as pg_stat_activity names it.

    Args:
        store: the database.
        connection: the backend's; not used, only asked for its process id.
        event: the wait_event, or the wait_event_type.
    """
    pid = connection.info.backend_pid
    watching = store.connect()
    query = (
        "SELECT EXISTS (SELECT FROM pg_stat_activity"
        " WHERE pid = %s AND %s IN (wait_event, wait_event_type))"
    )
    return lambda: bool(watching.execute(query, (pid, event)).fetchone() == (True,))
