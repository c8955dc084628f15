"""The recorder under eventsourcing: one SQL function to append, one transaction to read.

It is the library's PostgreSQL recorder with another way in and another table. What the library does
by locking the table and by a sequence, `ledger.append` does under the lane's lock: positions are
dense and commit order is log order, so a tailing reader misses nothing. Never enable the library's
database functions: their readers lose events (`tests/ledger/test_tailing.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, Final, LiteralString, cast
from uuid import UUID

import psycopg
from eventsourcing.persistence import Notification, StoredEvent
from eventsourcing.postgres import (
    PostgresApplicationRecorder,
    PostgresDatastore,
    PostgresSubscription,
)
from psycopg import sql
from psycopg.errors import Diagnostic
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb
from typing_extensions import override

from ledger.arrays import bigints, byteas, integers, texts, uuids
from ledger.codec import Effect, Lane
from ledger.connections import MIGRATOR, PROJECTOR, Connections, writer
from ledger.envelope import notification_id, position
from ledger.errors import DurabilityUnknown, NothingToSave, from_database
from ledger.reading import open_reading

NIL: Final = UUID(int=0)
"""In storage: the log's own stream, or the holder of a stream that belongs to no nämnd."""


@dataclass(frozen=True, slots=True)
class Command:
    """Who asks for an append, and by which right it is done once.

    Args:
        namnd: the acting nämnd.
        actor: the officer.
        id: the command's id, drawn by the client. The same id from the same officer is carried out
            once.
        body: the plaintext of the command; a retry must have the same.
        clock: the caller's clock, an aware datetime.
        new_epoch: open the log's next epoch (operators).
        clock_read_at: when it was read, by `time.monotonic`: how long the command has waited since,
            for a connection or for keys, says nothing of whether the clocks agree.
    """

    namnd: UUID
    actor: UUID
    id: UUID
    body: bytes
    clock: datetime
    new_epoch: bool = False
    clock_read_at: float = field(default_factory=monotonic, compare=False)

    def clock_now(self) -> datetime:
        """What the caller's clock shows by now."""
        return self.clock + timedelta(seconds=monotonic() - self.clock_read_at)


@dataclass(frozen=True, slots=True)
class Mac:
    """The command's HMAC under one live command key."""

    key_id: UUID
    mac: bytes


@dataclass(frozen=True)
class SealedEvent(StoredEvent):
    """An event sealed and ready: `topic` is `Type/1`, `state` the clear text.

    Args:
        occurred: the envelope's tenth line.
        root: payload root, 32 bytes.
        parts: the sealed parts by slot and class.
        part_groups: their group hashes.
        effect: what else changes with it.
        found_by: what the stream is found by from now on: version of the event that says it, and
            the HMAC, 32 bytes.
    """

    occurred: str
    root: bytes
    parts: tuple[bytes, ...]
    part_groups: tuple[bytes, ...]
    effect: Effect | None
    found_by: tuple[tuple[int, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Earlier:
    """An event that an earlier try of a command has stored.

    Args:
        receipt: where it lies.
        stream: its stream.
        version: its version.
        topic: `Type/1`.
        clear: its clear text.
    """

    receipt: "Receipt"
    stream: UUID
    version: int
    topic: str
    clear: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where an event came to lie.

    Args:
        epoch: of the position.
        index: of the position.
        recorded: the recorded time as in the envelope, or None where the event has been destroyed
            since.
        leaf: its hash, 32 bytes.
    """

    epoch: int
    index: int
    recorded: str | None
    leaf: bytes


class _NoDatastore(PostgresDatastore):
    """What the library's recorder asks of a datastore when it is made, and nothing more: it has no
    pool, so whatever of the library would go past this module fails at once.
    """

    def __init__(self) -> None:  # the library's own builds a pool from a password
        self.schema = "ledger"
        self.originator_id_type = "uuid"
        self.enable_db_functions = False
        self.lock_timeout = 0
        self.db_type_names = set[str]()

    @override
    def register_type_adapters(self) -> None:
        """The append function takes plain arrays: there is nothing to register."""


APPEND: Final = """
    SELECT * FROM ledger.append(
        %s::ledger.lane, %s, %s, %s, %s, %s::uuid[], %s::bytea[], %s,
        %s::uuid[], %s::bigint[], %s::text[], %s::text[], %s::bytea[], %s::text[],
        %s::integer[], %s::bytea[], %s::bytea[], %s, %s,
        %s::uuid[], %s::bigint[], %s::bytea[])
"""

_RECEIPTS: Final = """
    SELECT * FROM ledger.receipts(%s::ledger.lane, %s, %s, %s, %s::uuid[], %s::bytea[])
"""

_REBUILD: Final = """
    SELECT ledger.rebuild_lookup(%s::ledger.lane, %s, %s, %s, %s::bigint[], %s::bytea[])
"""

_NOTIFICATIONS: Final = """
    SELECT e.epoch, e.idx, e.stream, e.version, e.envelope, e.clear FROM ledger.event e WHERE e.lane
    = %(lane)s
"""


class LedgerRecorder(PostgresApplicationRecorder):
    """Appends to and reads from one lane.

    Args:
        connections: the pools.
        lane: the lane.
    """

    def __init__(self, connections: Connections, lane: Lane) -> None:
        super().__init__(_NoDatastore(), events_table_name="event")
        self.connections = connections
        self.lane = lane
        self.channel_name = f"liggaren_{lane}"

    @override
    def create_table(self) -> None:
        """Tables come from migrations; no program role may create one."""

    def append(
        self, events: Sequence[SealedEvent], command: Command, macs: Sequence[Mac], new_holder: UUID
    ) -> list[Receipt]:
        """Append the events in one transaction and one round trip, or find what an earlier try of
        the same command did.

        Raises:
            NothingToSave: no events.
            DurabilityUnknown: the connection broke, or the wait for a standby was cancelled. Retry
            with the same command id.
            LedgerError: what the ledger refused, and why.
        """
        if not events:
            raise NothingToSave("There is no event to append.")
        role = (
            MIGRATOR if command.new_epoch or events[0].originator_id == NIL else writer(self.lane)
        )
        rows = self._write(role, APPEND, self.arguments(events, command, macs, new_holder))
        return [Receipt(*row) for row in rows]

    def earlier(self, command: Command, macs: Sequence[Mac]) -> list[Earlier]:
        """Return what an earlier try of the same command has stored, whatever has happened to the
        stream since; empty if there was none.

        Raises:
            CommandReused: the id was used for another command.
            CommandExpired: the command is too old to be compared.
            DurabilityUnknown: as in `append`.
            LedgerError: the database does not answer.
        """
        values = (
            self.lane.value,
            command.namnd,
            command.actor,
            command.id,
            uuids([mac.key_id for mac in macs]),
            byteas([mac.mac for mac in macs]),
        )
        return [
            Earlier(Receipt(*row[:4]), *row[4:])
            for row in self._write(writer(self.lane), _RECEIPTS, values)
        ]

    def rebuild_lookup(
        self, namnd: UUID, stream: UUID, through: int, found_by: Sequence[tuple[int, bytes]]
    ) -> bool:
        """Replace what a stream is found by, up to a version.

        Args:
            namnd: the nämnd that holds the stream.
            stream: the stream.
            through: the last version that was read.
            found_by: version and HMAC.

        Returns:
            False: the nämnd does not hold the stream; nothing is changed.

        Raises:
            LedgerError: the database does not answer.
        """
        values = (
            self.lane.value,
            namnd,
            stream,
            through,
            bigints([version for version, _ in found_by]),
            byteas([mac for _, mac in found_by]),
        )
        ((done,),) = self._write(writer(self.lane), _REBUILD, values)
        return bool(done)

    def _write(
        self, role: str, statement: LiteralString, values: Sequence[object]
    ) -> list[TupleRow]:
        severities: list[str | None] = []

        def note(notice: Diagnostic) -> None:  # read at once: psycopg empties it afterwards
            severities.append(notice.severity_nonlocalized)

        with self.connections.connection(role) as connection:
            connection.add_notice_handler(note)
            try:
                rows = connection.execute(statement, values, prepare=True).fetchall()
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                if error.diag.severity_nonlocalized == "ERROR":  # it says so itself: rolled back
                    raise from_database(error) from None
                msg = "The answer was lost; whether the events were stored is not known."
                raise DurabilityUnknown(msg) from error
            except psycopg.Error as error:
                raise from_database(error) from None
            finally:
                connection.remove_notice_handler(note)
        # The functions themselves warn of nothing. The server does when a wait for a standby is cut
        # short after the local commit.
        if "WARNING" in severities:
            msg = (
                "The wait for a standby was cut short;"
                " whether the events would survive the loss of this server is not known."
            )
            raise DurabilityUnknown(msg)
        return rows

    def arguments(
        self, events: Sequence[SealedEvent], command: Command, macs: Sequence[Mac], new_holder: UUID
    ) -> tuple[object, ...]:
        """Return what `APPEND` takes."""
        found = [
            (cast("UUID", event.originator_id), *one) for event in events for one in event.found_by
        ]
        return (
            self.lane.value,
            command.namnd,
            new_holder,
            command.actor,
            command.id,
            uuids([mac.key_id for mac in macs]),
            byteas([mac.mac for mac in macs]),
            command.clock_now(),
            uuids([cast("UUID", event.originator_id) for event in events]),
            bigints([event.originator_version for event in events]),
            texts([event.topic for event in events]),
            texts([event.occurred for event in events]),
            byteas([event.root for event in events]),
            texts([event.state.decode() for event in events]),
            integers([number for number, event in enumerate(events, 1) for _ in event.parts]),
            byteas([group for event in events for group in event.part_groups]),
            byteas([part for event in events for part in event.parts]),
            _effects(events),
            command.new_epoch,
            uuids([stream for stream, _, _ in found]),
            bigints([version for _, version, _ in found]),
            byteas([mac for _, _, mac in found]),
        )

    @override
    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int]:
        """Append sealed events; the library's name for it.

        Args:
            stored_events: `SealedEvent`s.
            kwargs: `command`, `macs` and `new_holder` as in `append`.
        """
        receipts = self.append(stored_events, **kwargs)  # type: ignore[arg-type]
        return [notification_id(receipt.epoch, receipt.index) for receipt in receipts]

    @override
    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """The stream's events, through the read that is open.

        Raises:
            NoReadOpen: none is.
        """
        assert isinstance(originator_id, UUID)
        return open_reading(self.lane).stream(originator_id, gt=gt, lte=lte, desc=desc, limit=limit)

    @override
    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Envelopes and clear texts of the whole lane in log order, as the projector sees them.
        Destroyed events are left out.
        """
        query = _NOTIFICATIONS
        values: dict[str, object] = {
            "lane": self.lane.value,
            "limit": limit,
            "topics": list(topics),
        }
        if start is not None:
            values["start_epoch"], values["start_index"] = position(max(start, 1))
            after = ">=" if inclusive_of_start or start < 1 else ">"
            query += f" AND (e.epoch, e.idx) {after} (%(start_epoch)s, %(start_index)s)"
        if stop is not None:
            values["stop_epoch"], values["stop_index"] = position(max(stop, 1))
            before = "<=" if stop >= 1 else "<"
            query += f" AND (e.epoch, e.idx) {before} (%(stop_epoch)s, %(stop_index)s)"
        if topics:
            query += r" AND split_part(e.envelope, E'\n', 9) = ANY (%(topics)s)"
        query += " ORDER BY e.epoch, e.idx LIMIT %(limit)s"
        with self.connections.connection(PROJECTOR) as connection:
            try:
                rows = connection.execute(query, values, prepare=True).fetchall()
            except psycopg.Error as error:
                raise from_database(error) from None
        return [
            Notification(
                id=notification_id(epoch, index),
                originator_id=stream,
                originator_version=version,
                topic=envelope.split("\n", 9)[8],
                state=clear.encode(),
            )
            for epoch, index, stream, version, envelope, clear in rows
        ]

    @override
    def max_notification_id(self) -> int | None:
        """The position of the last event of the log, also where it has been destroyed; None for an
        empty log.
        """
        with self.connections.connection(PROJECTOR) as connection:
            try:
                row = connection.execute(
                    "SELECT epoch, idx FROM ledger.leaf WHERE lane = %s"
                    " ORDER BY epoch DESC, idx DESC LIMIT 1",
                    (self.lane.value,),
                ).fetchone()
            except psycopg.Error as error:
                raise from_database(error) from None
        return None if row is None else notification_id(*row)

    @override
    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> "LaneSubscription":
        return LaneSubscription(self, gt, topics)


class LaneSubscription(PostgresSubscription):
    """The library's subscription to a lane's log, as the projector.

    The library first looks at what is there and then begins to listen, so that an event between the
    two waits for the next one's wake-up (eventsourcing 9.5.6). Here it looks again once it listens,
    and listens on a connection of its own: a pooled one would go on listening for its next user.
    """

    _recorder: LedgerRecorder

    @override
    def _listen(self) -> None:
        try:
            conninfo = self._recorder.connections.conninfos[PROJECTOR]
            with psycopg.connect(conninfo, autocommit=True) as connection:
                channel = sql.Identifier(self._recorder.channel_name)
                connection.execute(sql.SQL("LISTEN {}").format(channel))
                self._has_been_notified.set()
                while not self._has_been_stopped:
                    for _ in connection.notifies(timeout=0.1, stop_after=1):
                        self._has_been_notified.set()
        except BaseException as error:  # noqa: BLE001 - raised again where the events are taken out
            if self._thread_error is None:
                self._thread_error = error
            self.stop()


def _effects(events: Sequence[SealedEvent]) -> Jsonb | None:
    """The control effects as `ledger.append` takes them; None in the ordinary case."""
    if not any(event.effect for event in events):
        return None
    return Jsonb(
        [
            {
                "event": number,
                "kind": effect.kind,
                "ref": str(effect.ref),
                "lane": effect.lane,
                "stream": effect.stream and str(effect.stream),
                "subject": effect.subject and str(effect.subject),
            }
            for number, event in enumerate(events, start=1)
            if (effect := event.effect)
        ]
    )
