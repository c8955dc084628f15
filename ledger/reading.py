"""Reading one lane: a transaction that begins with its row in the read log and ends before anything
is shown.

The database lets a reader role see rows only through an open read (`ledger.open_read`), so
forgetting it raises instead of showing an empty history.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import psycopg
from eventsourcing.persistence import StoredEvent
from psycopg import Connection
from psycopg.rows import TupleRow

from ledger.codec import Lane
from ledger.connections import Connections, reader
from ledger.errors import NoReadOpen, from_database


@dataclass(frozen=True, slots=True)
class ReadContext:
    """Who reads, for which nämnd, why, and which view.

    Args:
        actor: the officer.
        namnd: the nämnd the officer acts for; decides which streams are seen.
        purpose: why, in a few words, never with a name in them.
        view: the view's fixed name, as `case.trail`.
    """

    actor: UUID
    namnd: UUID
    purpose: str
    view: str


@dataclass(frozen=True)
class StoredEntry(StoredEvent):
    """A stored event as it lies in the database: nothing opened. `topic` is `Type/1`, `state` the
    clear text.

    Args:
        envelope: the hashed text.
        seals: group hashes and part digests, 66 bytes for each sealed group.
        parts: the sealed parts that are left.
    """

    envelope: str
    seals: bytes
    parts: tuple[bytes, ...]


_SELECT: Final = """
    SELECT e.stream, e.version, e.envelope, e.clear, e.seals,
           ARRAY(SELECT p.part FROM ledger.readable_part p
                 WHERE p.lane = e.lane AND p.epoch = e.epoch AND p.idx = e.idx ORDER BY p.slot,
                 p.class)
    FROM ledger.readable_event e WHERE e.lane = %(lane)s AND e.stream = %(stream)s
"""


def stored_entry(row: Sequence[object]) -> StoredEntry:
    """Return the entry of a row (stream, version, envelope, clear, seals, parts)."""
    stream, version, envelope, clear, seals, parts = row
    assert isinstance(envelope, str)
    assert isinstance(clear, str)
    return StoredEntry(
        originator_id=stream,  # type: ignore[arg-type]
        originator_version=version,  # type: ignore[arg-type]
        topic=envelope.split("\n", 9)[8],
        state=clear.encode(),
        envelope=envelope,
        seals=bytes(seals),  # type: ignore[call-overload]
        parts=tuple(parts),  # type: ignore[arg-type]
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """An open read of one lane."""

    lane: Lane
    context: ReadContext
    connection: Connection[TupleRow]

    def stream(
        self,
        stream: UUID,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> list[StoredEntry]:
        """The stream's events in order of version; empty when there is none that this nämnd may
        read.
        """
        query = _SELECT
        if gt is not None:
            query += " AND e.version > %(gt)s"
        if lte is not None:
            query += " AND e.version <= %(lte)s"
        query += " ORDER BY e.version DESC" if desc else " ORDER BY e.version"
        if limit is not None:
            query += " LIMIT %(limit)s"
        values = {"lane": self.lane.value, "stream": stream, "gt": gt, "lte": lte, "limit": limit}
        return [stored_entry(row) for row in self.connection.execute(query, values, prepare=True)]

    def existing(self, streams: Collection[UUID]) -> list[UUID]:
        """Those of the streams that exist and that this nämnd may read."""
        rows = self.connection.execute(
            "SELECT stream FROM ledger.readable_stream WHERE lane = %s AND stream = ANY (%s)",
            (self.lane.value, list(streams)),
        ).fetchall()
        return [stream for (stream,) in rows]

    def shown(self, persons: Collection[UUID]) -> None:
        """Log which persons this read shows."""
        if persons:
            self.connection.execute("SELECT ledger.log_subjects(%s)", (list(persons),))


_open: ContextVar[Reading | None] = ContextVar("open reading", default=None)


@contextmanager
def reading(
    connections: Connections, lane: Lane, context: ReadContext, stream: UUID | None = None
) -> Iterator[Reading]:
    """Open a read of one lane for the length of the block. The log row is committed when the block
    ends; show nothing before.

    Args:
        connections: the pools.
        lane: the one lane that is read.
        context: who, for whom, why.
        stream: the stream it is about, for the log.

    Raises:
        LedgerError: the database refused, or could not be reached.
    """
    with connections.connection(reader(lane)) as connection:
        try:
            with connection.transaction():
                connection.execute(
                    "SELECT ledger.open_read(%s, %s, %s, %s, %s)",
                    (context.actor, context.namnd, context.purpose, context.view, stream),
                    prepare=True,
                )
                token = _open.set(opened := Reading(lane, context, connection))
                try:
                    yield opened
                finally:
                    _open.reset(token)
        except psycopg.Error as error:
            raise from_database(error) from None


def open_reading(lane: Lane) -> Reading:
    """The read that is open here and now in this lane.

    Raises:
        NoReadOpen: there is none, or it is of another lane.
    """
    opened = _open.get()
    if opened is None or opened.lane is not lane:
        raise NoReadOpen(f"No read of {lane} is open.")
    return opened
