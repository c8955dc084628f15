"""Reading one lane: a transaction that begins with its row in the read log and ends before anything
is shown. All that it reads, it reads as of one moment.

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
from psycopg import Connection, IsolationLevel
from psycopg.rows import TupleRow

from ledger.codec import Lane
from ledger.connections import Connections, reader
from ledger.envelope import Envelope, leaf_hash
from ledger.errors import NoReadOpen, from_database


@dataclass(frozen=True, slots=True)
class ReadContext:
    """Who reads, for which nämnd, why, and which view.

    Args:
        actor: the officer.
        namnd: the nämnd the officer acts for; decides which streams are seen.
        purpose: why, in a few words, never with a name in them.
        view: the view's fixed name, as `case.trail`.
        document: the filed document that is read. Its stream is then found by the database.
    """

    actor: UUID
    namnd: UUID
    purpose: str
    view: str
    document: UUID | None = None


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
class LogPage:
    """Some of a lane's log.

    Args:
        envelopes: in log order.
        end: epoch, index and leaf of the position up to which nothing is left out; None for an
            empty log.
    """

    envelopes: tuple[str, ...]
    end: tuple[int, int, bytes] | None


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

    def streams(self) -> list[UUID]:
        """The streams of the lane that the nämnd holds, the one last written to first."""
        rows = self.connection.execute(
            "SELECT stream FROM ledger.readable_stream WHERE holder = %s"
            " ORDER BY epoch DESC, idx DESC",
            (self.context.namnd,),
        )
        return [stream for (stream,) in rows]

    def last(self, stream: UUID) -> Envelope | None:
        """The envelope of the stream's last event; None where this nämnd may read none."""
        row = self.connection.execute(
            "SELECT envelope FROM ledger.readable_event WHERE lane = %s AND stream = %s"
            " ORDER BY version DESC LIMIT 1",
            (self.lane.value, stream),
            prepare=True,
        ).fetchone()
        return None if row is None else Envelope.from_text(row[0])

    def versions(self, stream: UUID, types: Collection[str]) -> list[tuple[int, int]]:
        """Where the stream's events of some types lie: first and last version of each unbroken run
        of them, in order.
        """
        rows = self.connection.execute(
            "SELECT min(version), max(version) FROM (SELECT version,"
            " version - row_number() OVER (ORDER BY version) AS run FROM ledger.readable_event"
            " WHERE lane = %s AND stream = %s"
            " AND split_part(split_part(envelope, E'\\n', 9), '/', 1) = ANY (%s)) AS of_types"
            " GROUP BY run ORDER BY 1",
            (self.lane.value, stream, list(types)),
            prepare=True,
        ).fetchall()
        return [(first, last) for first, last in rows]

    def found(self, macs: Collection[bytes]) -> list[UUID]:
        """The streams that the nämnd may read and that one of these HMACs leads to, in order of id.
        See `LaneEventStore.lookup_macs`.
        """
        return sorted({stream for _, stream in self.leading(macs)})

    def leading(self, macs: Collection[bytes]) -> list[tuple[bytes, UUID]]:
        """Which of these HMACs leads to which of the streams that the nämnd may read, in order of
        the stream's id.
        """
        rows = self.connection.execute(
            "SELECT DISTINCT mac, stream FROM ledger.readable_lookup"
            " WHERE lane = %s AND mac = ANY (%s) ORDER BY stream",
            (self.lane.value, list(macs)),
            prepare=True,
        )
        return [(bytes(mac), stream) for mac, stream in rows]

    def document(self) -> tuple[UUID, int, int] | None:
        """The stream of the context's document, the version of the event that filed it, and the id
        of the log's row; None where there is no such document that this nämnd may read.
        """
        row = self.connection.execute(
            "SELECT stream, version, current_setting('ledger.read')::bigint"
            " FROM ledger.readable_document WHERE lane = %s AND document = %s",
            (self.lane.value, self.context.document),
        ).fetchone()
        return None if row is None else (row[0], row[1], row[2])

    def log(self, stream: UUID | None) -> None:
        """Write a row in the read log: what is read from here on is read of this stream."""
        self.connection.execute(
            "SELECT ledger.open_read(%s, %s, %s, %s, %s, %s)",
            (
                self.context.actor,
                self.context.namnd,
                self.context.purpose,
                self.context.view,
                stream,
                self.context.document,
            ),
            prepare=True,
        )

    def leaf(self, epoch: int, index: int) -> bytes | None:
        """The leaf at a position of the lane's log, 32 bytes; None where there is none."""
        row = self.connection.execute(
            "SELECT hash FROM ledger.readable_leaf WHERE lane = %s AND epoch = %s AND idx = %s",
            (self.lane.value, epoch, index),
        ).fetchone()
        return None if row is None else bytes(row[0])

    def page(self, after: tuple[int, int] | None, limit: int) -> "LogPage":
        """The envelopes of the lane in log order, of the streams that this nämnd may read.

        What follows the end that is given is not among them, and nothing before it is missing: an
        event is stored only when all before it are, and the end is looked up first.

        Args:
            after: (epoch, index) of the last event that has been seen; None from the beginning.
            limit: at most so many.
        """
        end = self.connection.execute(
            "SELECT epoch, idx, hash FROM ledger.readable_leaf WHERE lane = %s"
            " ORDER BY epoch DESC, idx DESC LIMIT 1",
            (self.lane.value,),
        ).fetchone()
        if end is None:
            return LogPage((), None)
        rows = self.connection.execute(
            "SELECT e.epoch, e.idx, e.envelope FROM ledger.readable_event e WHERE e.lane = %s"
            " AND (e.epoch, e.idx) > (%s, %s) AND (e.epoch, e.idx) <= (%s, %s)"
            " ORDER BY e.epoch, e.idx LIMIT %s",
            (self.lane.value, *(after or (-1, -1)), *end[:2], limit),
            prepare=True,
        ).fetchall()
        if len(rows) == limit:
            epoch, index, envelope = rows[-1]
            return LogPage(tuple(row[2] for row in rows), (epoch, index, leaf_hash(envelope)))
        return LogPage(tuple(row[2] for row in rows), (end[0], end[1], bytes(end[2])))

    def existing(self, streams: Collection[UUID]) -> list[UUID]:
        """Those of the streams that exist and that this nämnd may read."""
        rows = self.connection.execute(
            "SELECT stream FROM ledger.readable_stream WHERE lane = %s AND stream = ANY (%s)",
            (self.lane.value, list(streams)),
        ).fetchall()
        return [stream for (stream,) in rows]

    def shown(self, persons: Collection[UUID]) -> None:
        """Log which persons are shown of the stream last logged."""
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
            connection.isolation_level = IsolationLevel.REPEATABLE_READ
            with connection.transaction():
                opened = Reading(lane, context, connection)
                opened.log(stream)
                token = _open.set(opened)
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
