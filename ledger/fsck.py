"""Check everything that can be checked without keys: bytes, hashes, chains, order, control tables,
and for whom the keys are wrapped.

Runs as the migrator, reads all lanes and all nämnder, opens no sealed part. Findings name
positions, never values.

The control tables are held against the clear fields of the events that rule them. Which stream a
spärr or a decision is about stands in those tables alone, so that it can be forgotten: nothing here
can tell whether it is the right one.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg import sql

from ledger.canonical import CanonicalError, decode
from ledger.codec import Json, Lane
from ledger.connections import MIGRATOR
from ledger.destroy import destroyed_hash
from ledger.documents import chunks_digest
from ledger.envelope import Envelope, EnvelopeError, leaf_hash
from ledger.recorder import NIL
from ledger.seal import TamperedError, check
from ledger.store import Ledger

_HOLDER_CHANGED: Final = "HolderChanged"
_HOLD_SET: Final = "GallringsspärrSet"
_HOLD_LIFTED: Final = "GallringsspärrLifted"
_DECIDED: Final = "GallringDecided"
_WITHDRAWN: Final = "GallringWithdrawn"
_EXECUTED: Final = "GallringExecuted"
# Clear fields, by the numbers of docs/envelope.md section 9.
_TO_NAMND: Final = 32
_DOCUMENT_ID: Final = 32
_CHUNKS_DIGEST: Final = 33
_TARGET_LANE: Final = 32
_LEVEL: Final = 33
_INDEXES: Final = 35

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


_SUPERVISION: Final = r"""
    SELECT stream, type, clear
    FROM (SELECT *, split_part(split_part(envelope, E'\n', 9), '/', 1) AS type FROM ledger.event) e
    WHERE lane = 'tillsyn' AND type = ANY (%s) ORDER BY epoch, idx
"""

_DOCUMENTS: Final = r"""
    SELECT e.epoch, e.idx, e.clear, d.document,
           EXISTS (SELECT FROM ledger.sealed_part p
                   WHERE p.lane = e.lane AND p.epoch = e.epoch AND p.idx = e.idx
                     AND p.slot = 255 AND p.class = 3),
           ARRAY(SELECT sha256(c.chunk) FROM ledger.document_chunk c
                 WHERE c.lane = d.lane AND c.document = d.document ORDER BY c.number)
    FROM ledger.event e
    LEFT JOIN ledger.document d
      ON d.lane = e.lane AND d.stream = e.stream AND d.version = e.version
    WHERE e.lane = %s AND starts_with(split_part(e.envelope, E'\n', 9), 'DocumentFiled/')
    ORDER BY e.epoch, e.idx
"""

_DOCUMENTS_ASTRAY: Final = r"""
    SELECT count(*) FROM ledger.document d
    WHERE d.lane = %(lane)s AND d.version IS NOT NULL AND NOT EXISTS (
        SELECT FROM ledger.event e
        WHERE e.lane = d.lane AND e.stream = d.stream AND e.version = d.version
          AND starts_with(split_part(e.envelope, E'\n', 9), 'DocumentFiled/'))
    UNION ALL
    SELECT count(*) FROM ledger.document_chunk c
    WHERE c.lane = %(lane)s AND (NOT EXISTS (
              SELECT FROM ledger.document d WHERE d.lane = c.lane AND d.document = c.document)
          OR EXISTS (SELECT FROM ledger.destroyed_key k WHERE k.key_id = substr(c.chunk, 62, 16)))
"""

_DESTROYED: Final = """
    SELECT decision, lane::text, max(level), array_agg(DISTINCT idx)
    FROM (SELECT decision, lane, 1 AS level, idx FROM ledger.destroyed_part
          UNION ALL SELECT decision, lane, 2, idx FROM ledger.destroyed_event) d
    GROUP BY decision, lane ORDER BY decision, lane
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
    namnd: UUID
    holder: UUID


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
            faults.extend(_documents(connection, lane))
            events[lane] = log.count
            destroyed += log.destroyed
            faults.extend(_wraps(connection, ledger, lane))
        faults.extend(_supervision(connection, ledger.id))
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
        yield from self._order(envelope, leaf, clear)
        try:
            missing = check(text, clear, bytes(seals), [bytes(part) for part in parts])
        except TamperedError as error:
            yield str(error)
        else:
            if {tuple(place) for place in parts_destroyed} != set(missing):
                yield "a sealed part is missing without a decision, or present in spite of one"

    def _order(self, envelope: Envelope, leaf: bytes, clear: str) -> Iterator[str]:
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
        namnd = envelope.namnd or NIL
        holder = before.holder if before else namnd
        # The rest of an append goes to who held the stream when it began.
        if before and namnd not in {before.namnd, holder}:
            yield "the envelope names a nämnd that did not hold the stream"
        if envelope.type == _HOLDER_CHANGED:
            holder = _to_namnd(clear) or holder
        self.streams[envelope.stream] = _Stream(
            envelope.version, envelope.epoch, envelope.index, leaf, namnd, holder
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
    under_destroyed_keys = connection.execute(
        "SELECT DISTINCT p.epoch, p.idx FROM ledger.sealed_part p"
        " JOIN ledger.destroyed_key k ON k.key_id = substr(p.part, 46, 16)"
        " WHERE p.lane = %s ORDER BY 1, 2",
        (lane.value,),
    )
    for epoch, index in under_destroyed_keys:
        yield Fault(f"{lane}/{epoch}/{index}", "a sealed part is of a key that has been destroyed")
    heads = {
        stream: (version, epoch, index, bytes(leaf), holder)
        for stream, version, epoch, index, leaf, holder in connection.execute(
            "SELECT stream, version, epoch, idx, leaf, holder FROM ledger.stream_head"
            " WHERE lane = %s",
            (lane.value,),
        )
    }
    seen = {
        stream: (last.version, last.epoch, last.index, last.leaf, last.holder)
        for stream, last in log.streams.items()
    }
    for stream in heads.keys() | seen.keys():
        where = f"{lane}/{'-' if stream == NIL else stream}"
        stands, said = heads.get(stream), seen.get(stream)
        if stands is None or said is None or stands[:-1] != said[:-1]:
            yield Fault(where, "the stream's head does not stand where the stream ends")
        elif stands != said:
            yield Fault(where, "the stream's head names a holder that its events do not name")


def _documents(connection: psycopg.Connection[Any], lane: Lane) -> Iterator[Fault]:
    """Compare the filed documents with the events that filed them. Their chunks are lawfully gone
    exactly when the event's own part of the same key is. Uploads without an event are no fault.
    """
    with connection.cursor(name=f"fsck_documents_{lane}") as cursor:
        cursor.execute(_DOCUMENTS, (lane.value,))
        for epoch, index, clear, document, tells, hashes in cursor:
            where = f"{lane}/{epoch}/{index}"
            if _clear_field(clear, _DOCUMENT_ID) != str(document):
                yield Fault(where, "the document's row does not say what its event says")
            elif not tells:
                if hashes:
                    yield Fault(where, "the document is there in spite of a decision")
            elif chunks_digest([bytes(one) for one in hashes]).hex() != _clear_field(
                clear, _CHUNKS_DIGEST
            ):
                yield Fault(where, "the document's chunks are not those that were filed")
    astray, chunks = connection.execute(_DOCUMENTS_ASTRAY, {"lane": lane.value}).fetchall()
    if astray[0]:
        yield Fault(lane, "a document is filed by no event")
    if chunks[0]:
        yield Fault(lane, "a document's chunk is of no document or of a destroyed key")


@dataclass(slots=True)
class _Said:
    """What supervision has said, by spärr or decision."""

    held: dict[UUID, Json] = field(default_factory=dict)
    lifted: set[UUID] = field(default_factory=set)
    decided: dict[UUID, tuple[Json, Json]] = field(default_factory=dict)
    withdrawn: set[UUID] = field(default_factory=set)
    executed: dict[UUID, Json] = field(default_factory=dict)

    def take(self, ref: UUID, type_: str, clear: str) -> None:
        """Take the next event."""
        if type_ == _HOLD_SET:
            self.held[ref] = _clear_field(clear, _TARGET_LANE)
        elif type_ == _HOLD_LIFTED:
            self.lifted.add(ref)
        elif type_ == _DECIDED:
            self.decided[ref] = (_clear_field(clear, _TARGET_LANE), _clear_field(clear, _LEVEL))
        elif type_ == _WITHDRAWN:
            self.withdrawn.add(ref)
        else:
            self.executed[ref] = _clear_field(clear, _INDEXES)


def _supervision(connection: psycopg.Connection[Any], ledger: UUID) -> Iterator[Fault]:
    """Compare what is held and destroyed with what tillsyn says of it."""
    said = _Said()
    types = [_HOLD_SET, _HOLD_LIFTED, _DECIDED, _WITHDRAWN, _EXECUTED]
    for ref, type_, clear in connection.execute(_SUPERVISION, (types,)):
        said.take(ref, type_, clear)
    remains = {
        bytes(hash_) for (hash_,) in connection.execute("SELECT hash FROM ledger.destroyed_stream")
    }

    def is_destroyed(ref: UUID) -> bool:  # and what it said with it
        return destroyed_hash(ledger, Lane.TILLSYN, ref) in remains

    yield from _holds(connection, said, is_destroyed)
    yield from _destructions(connection, said, is_destroyed)
    (whole,) = connection.execute(
        "SELECT count(DISTINCT decision) FROM ledger.destroyed_event"
    ).fetchall()[0]
    if len(remains) < whole:
        yield Fault(Lane.TILLSYN, "fewer streams are marked as destroyed than have been destroyed")


def _holds(
    connection: psycopg.Connection[Any], said: _Said, is_destroyed: Callable[[UUID], bool]
) -> Iterator[Fault]:
    held = dict(connection.execute("SELECT ref, lane::text FROM ledger.hold").fetchall())
    for ref in sorted(said.held.keys() - said.lifted - held.keys()):
        yield Fault(f"tillsyn/{ref}", "a gallringsspärr is set and not lifted, and holds nothing")
    for ref, lane in held.items():
        if (ref in said.lifted or said.held.get(ref) != lane) and not is_destroyed(ref):
            yield Fault(f"tillsyn/{ref}", "a gallringsspärr holds what tillsyn does not say")


def _destructions(
    connection: psycopg.Connection[Any], said: _Said, is_destroyed: Callable[[UUID], bool]
) -> Iterator[Fault]:
    ordered = {
        decision: (lane, level)
        for decision, lane, level in connection.execute(
            "SELECT decision, lane::text, CASE WHEN subject IS NULL THEN 2 ELSE 1 END"
            " FROM ledger.destruction"
        )
    }
    ended = said.executed.keys() | said.withdrawn
    to_do = {ref: what for ref, what in said.decided.items() if ref not in ended}
    for ref in sorted(ordered.keys() | to_do.keys()):
        if ordered.get(ref) != to_do.get(ref) and not is_destroyed(ref):
            yield Fault(f"tillsyn/{ref}", "what is ordered to be destroyed is not what is decided")
    gone = {
        decision: (lane, level, set(indexes))
        for decision, lane, level, indexes in connection.execute(_DESTROYED)
    }
    for ref, (lane, level, _) in gone.items():
        if is_destroyed(ref):
            continue
        if ref not in said.decided:
            yield Fault(
                f"tillsyn/{ref}",
                f"what is gone from {lane} is gone under a decision that tillsyn does not hold:"
                " it was lost in a restore (the key database lists it), or never taken",
            )
        elif said.decided[ref] != (lane, level) or ref in said.withdrawn:
            yield Fault(f"tillsyn/{ref}", "what is gone is not what was decided")
    for ref, told in said.executed.items():
        if told != sorted(gone[ref][2] if ref in gone else ()):
            yield Fault(f"tillsyn/{ref}", "what is gone is not what GallringExecuted says")


def _to_namnd(clear: str) -> UUID | None:
    with suppress(ValueError):
        return UUID(str(_clear_field(clear, _TO_NAMND)))
    return None


def _clear_field(clear: str, number: int) -> Json:
    """Return a clear value; None where there is none to be read. The clear text as such is checked
    apart.
    """
    line = re.search(rf"^{number} (.*)$", clear, re.MULTILINE)
    with suppress(CanonicalError):
        return decode(line[1].encode()) if line else None
    return None
