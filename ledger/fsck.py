"""Check everything that can be checked without keys: bytes, hashes, chains, order, control tables,
and for whom the keys are wrapped.

Runs as the migrator, reads all lanes and all nämnder, opens no sealed part. Findings name
positions, never values.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg import sql

from ledger.codec import Lane
from ledger.connections import MIGRATOR
from ledger.envelope import Envelope, EnvelopeError, leaf_hash
from ledger.recorder import NIL
from ledger.seal import TamperedError, check
from ledger.store import Ledger

_EVENTS: Final = """
    SELECT l.epoch, l.idx, l.hash, e.stream, e.version, e.envelope, e.clear, e.seals,
           d.decision IS NOT NULL,
           ARRAY(SELECT p.part FROM ledger.sealed_part p
                 WHERE p.lane = l.lane AND p.epoch = l.epoch AND p.idx = l.idx ORDER BY p.slot,
                 p.class),
           ARRAY(SELECT ARRAY[g.slot, g.class] FROM ledger.destroyed_part g
                 WHERE g.lane = l.lane AND g.epoch = l.epoch AND g.idx = l.idx)
    FROM ledger.leaf l
    LEFT JOIN ledger.event e USING (lane, epoch, idx)
    LEFT JOIN ledger.destroyed_event d USING (lane, epoch, idx)
    WHERE l.lane = %s ORDER BY l.epoch, l.idx
"""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it must be.

    Args:
        where: `lane`, `lane/epoch/index` or `lane/stream`.
        what: one sentence without stored values.
    """

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a check.

    Args:
        events: number of leaves looked at, by lane.
        destroyed: how many of those events are gone whole under a decision.
        faults: what is wrong, in log order.
    """

    events: dict[Lane, int]
    destroyed: int
    faults: tuple[Fault, ...]


@dataclass(slots=True)
class _Stream:
    version: int
    epoch: int
    index: int
    leaf: bytes


def fsck(ledger: Ledger) -> Report:
    """Check the whole ledger database. Streams through each log once; memory grows with the number
    of streams.
    """
    events: dict[Lane, int] = {}
    destroyed = 0
    faults: list[Fault] = []
    with ledger.connections.connection(MIGRATOR) as connection, connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        connection.execute("SET LOCAL ROLE liggaren_owner")
        for lane in Lane:
            log = _Log(ledger.id, lane)
            with connection.cursor(name=f"fsck_{lane}") as cursor:
                cursor.itersize = 1000
                cursor.execute(_EVENTS, (lane.value,))
                for row in cursor:
                    faults.extend(
                        Fault(f"{lane}/{row[0]}/{row[1]}", what) for what in log.look_at(row)
                    )
            faults.extend(_heads(connection, lane, log))
            events[lane] = log.count
            destroyed += log.destroyed
            faults.extend(_wraps(connection, ledger, lane))
    return Report(events, destroyed, tuple(faults))


class _Log:
    """What has been seen of one log so far."""

    def __init__(self, ledger: UUID, lane: Lane) -> None:
        self.ledger = ledger
        self.lane = lane
        self.count = 0
        self.destroyed = 0
        self.epoch = 0
        self.recorded: datetime | None = None
        self.streams: dict[UUID, _Stream] = {}

    def look_at(self, row: tuple[Any, ...]) -> Iterator[str]:
        """Yield what is wrong with the next leaf and its event."""
        (
            epoch,
            index,
            leaf,
            stream,
            version,
            text,
            clear,
            seals,
            event_destroyed,
            parts,
            parts_destroyed,
        ) = row
        if index != self.count:
            yield f"index {self.count} is missing"
            self.count = index
        self.count += 1
        if text is None:
            self.destroyed += 1
            if not event_destroyed:
                yield "the event is gone without a decision"
            return
        if leaf_hash(text) != leaf:
            yield "the envelope's hash is not its leaf"
        try:
            envelope = Envelope.from_text(text)
        except EnvelopeError as error:
            yield f"the envelope cannot be read: {error}"
            return
        if (
            envelope.ledger,
            envelope.lane,
            envelope.epoch,
            envelope.index,
            envelope.stream,
            envelope.version,
        ) != (
            self.ledger,
            self.lane,
            epoch,
            index,
            stream,
            version,
        ):
            yield "the envelope does not say what the columns say"
        yield from self._order(envelope, leaf)
        try:
            missing = check(text, clear, bytes(seals), [bytes(part) for part in parts])
        except TamperedError as error:
            yield str(error)
        else:
            if {tuple(place) for place in parts_destroyed} != set(missing):
                yield "a sealed part is missing without a decision, or present in spite of one"

    def _order(self, envelope: Envelope, leaf: bytes) -> Iterator[str]:
        opens_epoch = envelope.type == "EpochOpened"
        if envelope.index == 0 and not opens_epoch:
            yield "the log does not begin with EpochOpened"
        if envelope.epoch != self.epoch and not (opens_epoch and envelope.epoch == self.epoch + 1):
            yield "an epoch begins without EpochOpened"
        if self.recorded and envelope.recorded <= self.recorded and envelope.epoch == self.epoch:
            yield "the recorded time does not increase"
        self.epoch, self.recorded = envelope.epoch, envelope.recorded
        before = self.streams.get(envelope.stream)
        previous = envelope.previous
        if envelope.version != (before.version + 1 if before else 1):
            yield "the stream's versions are not dense"
        if (previous and (previous.epoch, previous.index, previous.leaf)) != (
            before and (before.epoch, before.index, before.leaf)
        ):
            yield "the envelope does not name the event before it in its stream"
        self.streams[envelope.stream] = _Stream(
            envelope.version, envelope.epoch, envelope.index, leaf
        )


def _wraps(connection: psycopg.Connection[Any], ledger: Ledger, lane: Lane) -> Iterator[Fault]:
    """Compare for whom each stream's keys are wrapped with who holds it. What has no stream yet was
    made for an append that did not come.
    """
    holders = dict(
        connection.execute(
            "SELECT stream, holder FROM ledger.stream_head WHERE lane = %s", (lane.value,)
        ).fetchall()
    )
    for stream, namnder in ledger.keys.holders(lane).items():
        if stream in holders and namnder != {holders[stream]}:
            where = "-" if stream == NIL else stream
            yield Fault(f"{lane}/{where}", "the stream's keys are not wrapped for its holder alone")


def _heads(connection: psycopg.Connection[Any], lane: Lane, log: _Log) -> Iterator[Fault]:
    """Compare the control tables with the log they stand for."""
    head = connection.execute(
        "SELECT epoch, next_index FROM ledger.lane_head WHERE lane = %s", (lane.value,)
    ).fetchone()
    if head != (log.epoch, log.count):
        yield Fault(lane, "the head does not stand where the log ends")
    for kept, of in (("event", "leaf"), ("sealed_part", "event")):
        strays = connection.execute(
            sql.SQL(
                "SELECT DISTINCT k.epoch, k.idx FROM ledger.{} k WHERE k.lane = %s AND NOT EXISTS"
                " (SELECT FROM ledger.{} o"
                " WHERE (o.lane, o.epoch, o.idx) = (k.lane, k.epoch, k.idx)) ORDER BY 1, 2"
            ).format(sql.Identifier(kept), sql.Identifier(of)),
            (lane.value,),
        )
        for epoch, index in strays:
            yield Fault(f"{lane}/{epoch}/{index}", f"a row of {kept} has no {of}")
    heads = {
        stream: (version, epoch, index, bytes(leaf))
        for stream, version, epoch, index, leaf in connection.execute(
            "SELECT stream, version, epoch, idx, leaf FROM ledger.stream_head WHERE lane = %s",
            (lane.value,),
        )
    }
    seen = {
        stream: (last.version, last.epoch, last.index, last.leaf)
        for stream, last in log.streams.items()
    }
    for stream in heads.keys() | seen.keys():
        if heads.get(stream) != seen.get(stream):
            yield Fault(
                f"{lane}/{'-' if stream == NIL else stream}",
                "the stream's head does not stand where the stream ends",
            )
