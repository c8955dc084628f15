"""Data keys: one per (lane, stream, subject, class, generation), wrapped, in their own database.

`docs/envelope.md` section 6; the tables and functions are in `ledger/sql/keys/`. Keys are committed
before the append that uses them: an append that fails leaves a key that opens nothing, the other
order could leave events that nothing opens. Data keys live for one call and are never kept.
"""

import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final, NamedTuple
from uuid import UUID

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow, class_row
from psycopg_pool import ConnectionPool

from ledger.arrays import smallints, uuids
from ledger.codec import FieldClass, Lane
from ledger.errors import LedgerError, from_database
from ledger.seal import KEY_BYTES, DataKey
from ledger.vault import NO_NAMND, KeyVault

Place = tuple[UUID, int]
"""A slot of a stream."""

_SUBJECT_ALONE: Final = 0
"""Stands for "no class" in `keys.obtain`: only who is bound to the slot is asked for."""


class NoSubjectError(LedgerError):
    """A slot that was never given a person, or whose person's data have been destroyed."""

    code: ClassVar[str] = "keys.no_subject"
    default_remedy: ClassVar[str] = "Say which person the slot means, in the event that first does."

    def __init__(self, slot: int) -> None:
        super().__init__(f"Nobody is bound to slot {slot} of the stream.")
        self.slot = slot


class SubjectTakenError(LedgerError):
    """A slot that already means another person."""

    code: ClassVar[str] = "keys.subject_taken"
    default_remedy: ClassVar[str] = (
        "A wrong person is corrected by gallring of the entry and a new one in the right case."
    )

    def __init__(self, slot: int) -> None:
        super().__init__(f"Slot {slot} of the stream means another person.")
        self.slot = slot


class NotHolderError(LedgerError):
    """The stream's keys are wrapped for another nämnd."""

    code: ClassVar[str] = "keys.not_holder"
    default_remedy: ClassVar[str] = "Only the nämnd that holds a stream can use its keys."


@dataclass(frozen=True, slots=True)
class Obtained:
    """The keys of one command.

    Args:
        keys: (stream, slot, class) to data key.
        command_keys: the lane's live command keys, newest first; at least one.
    """

    keys: dict[tuple[UUID, int, FieldClass], DataKey]
    command_keys: list[DataKey]


@dataclass(frozen=True, slots=True)
class Destroyed:
    """An entry of the destruction list.

    Args:
        key_id: the key.
        decision: the gallring decision.
        destroyed_at: when, UTC.
    """

    key_id: UUID
    decision: UUID
    destroyed_at: datetime


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """A destruction as the key database lists it.

    Args:
        decision: the gallring decision.
        lane: the log concerned.
        hash: level 2: what the stream leaves behind, 32 bytes. None: level 1.
        positions: level 2: (epoch, index) of the events that are gone, ascending.
    """

    decision: UUID
    lane: Lane
    hash: bytes | None
    positions: tuple[tuple[int, int], ...] = ()


class _Wanted(NamedTuple):
    """A row of `keys.obtain` about a wanted key."""

    stream: UUID
    slot: int
    cls: int
    subject: UUID | None
    key_id: UUID | None
    namnd: UUID
    wrapped: bytes | None
    holders: list[UUID]


class _CommandKey(NamedTuple):
    """A row of `keys.obtain` about a live command key."""

    key_id: UUID
    wrapped: bytes
    fresh: bool


class KeyStore:
    """Makes, finds and destroys the data keys of one ledger.

    Args:
        pool: autocommit connections to the key database, as `liggaren_keys`; for `key_ids`,
            `destroy`, `replay` and `rewrite_files` as `liggaren_destroyer`.
        vault: what wraps and unwraps.
        ledger: which ledger.
    """

    def __init__(
        self, pool: ConnectionPool[Connection[TupleRow]], vault: KeyVault, ledger: UUID
    ) -> None:
        self._pool = pool
        self._vault = vault
        self._ledger = ledger

    def obtain(
        self,
        namnd: UUID,
        lane: Lane,
        wanted: Collection[tuple[UUID, int, FieldClass]],
        subjects: Mapping[Place, UUID],
        holder: UUID,
    ) -> Obtained:
        """Return the keys that a command's events are sealed with, and make those that lack.

        One trip to the database where all keys are there. New keys are committed when this returns.

        Args:
            namnd: the acting nämnd.
            lane: the lane.
            wanted: stream, slot and class of each sealed group.
            subjects: the person of each slot that is named for the first time, or again.
            holder: who will hold the streams that have no key yet: `namnd`, or `NO_NAMND` for
                streams of the whole lane.

        Raises:
            NoSubjectError: a slot has no person.
            SubjectTakenError: a slot has another person.
            NotHolderError: a stream's keys are wrapped for another nämnd.
            KeyUnavailableError: the vault lacks a key-encryption key that has been used before.
            LedgerError: the database does not answer.
        """
        asked = [
            *((stream, slot, int(cls)) for stream, slot, cls in wanted),
            *((stream, slot, _SUBJECT_ALONE) for stream, slot in subjects),
        ]
        with self._connection() as connection:
            steps = _Obtaining(self._vault, self._ledger, connection, namnd, lane, holder)
            while True:
                rows, command_rows = steps.look(asked)
                subject_of = steps.bound(rows, subjects)
                # Before anything is made: were the vault not mounted, this fails, and no second
                # set of key-encryption keys comes to lie beside the true one.
                obtained = steps.unwrapped(rows, command_rows)
                lacking = [row for row in rows if row.key_id is None and row.cls != _SUBJECT_ALONE]
                command_key_is_due = not any(row.fresh for row in command_rows)
                if not lacking and not command_key_is_due:
                    return obtained
                if lacking:
                    steps.make(lacking, subject_of)
                if command_key_is_due:
                    steps.make_command_key()

    def fetch(
        self, namnds: Collection[UUID], lane: Lane, key_ids: Collection[UUID]
    ) -> dict[UUID, bytes]:
        """Return the data keys that one of the nämnder can unwrap, by id; the others are absent.

        Args:
            namnds: whose wraps may be used; with `NO_NAMND` for streams of the whole lane.
            lane: the lane; keys of another are absent.
            key_ids: as the parts' headers have them.

        Raises:
            KeyUnavailableError: a wrap is there, but the vault lacks its key-encryption key.
            WrapTamperedError: a wrap does not open.
            LedgerError: the database does not answer.
        """
        if not key_ids:
            return {}
        with self._connection() as connection:
            rows = connection.execute(
                "SELECT * FROM keys.fetch(%s, %s::uuid[], %s::uuid[])",
                (lane.value, uuids(namnds), uuids(key_ids)),
                prepare=True,
                binary=True,
            ).fetchall()
        wraps = [(namnd, key_id, wrapped) for key_id, namnd, wrapped in rows]
        return unwrapped(self._vault, lane, self._ledger, wraps)

    def subjects(self, lane: Lane, streams: Collection[UUID]) -> dict[Place, UUID]:
        """Return which person each slot of the streams means.

        Raises:
            LedgerError: the database does not answer.
        """
        with self._connection() as connection:
            rows = connection.execute(
                "SELECT stream, slot, person FROM keys.stream_subject"
                " WHERE lane = %s AND stream = ANY (%s)",
                (lane.value, list(streams)),
            ).fetchall()
        return {(stream, slot): person for stream, slot, person in rows}

    def add_wrap(self, lane: Lane, stream: UUID, to: UUID) -> None:
        """Wrap the stream's keys for one more nämnd, before the stream moves to it. Repeatable.

        Raises:
            KeyUnavailableError: the vault lacks the present holder's key-encryption key.
            LedgerError: the database does not answer.
        """
        with self._connection() as connection:
            rows = connection.execute(
                "SELECT DISTINCT ON (k.key_id) k.key_id, w.namnd, w.wrapped"
                " FROM keys.data_key k JOIN keys.wrap w ON w.key_id = k.key_id"
                " WHERE k.lane = %s AND k.stream = %s AND NOT EXISTS"
                " (SELECT FROM keys.wrap t WHERE t.key_id = k.key_id AND t.namnd = %s)",
                (lane.value, stream, to),
            ).fetchall()
            wraps = [
                self._vault.wrap(
                    to,
                    lane,
                    self._ledger,
                    key_id,
                    self._vault.unwrap(namnd, lane, self._ledger, key_id, wrapped),
                )
                for key_id, namnd, wrapped in rows
            ]
            connection.execute(
                "INSERT INTO keys.wrap (key_id, namnd, wrapped)"
                " SELECT key_id, %s, wrapped FROM unnest(%s::uuid[], %s::bytea[])"
                " AS a (key_id, wrapped) ON CONFLICT DO NOTHING",
                (to, [row[0] for row in rows], wraps),
            )

    def drop_wrap(self, lane: Lane, stream: UUID, from_: UUID) -> None:
        """Delete the wraps of a nämnd that the stream has left. Repeatable.

        Raises:
            Malformed: a key would be left without a wrap; `add_wrap` for the new holder first.
            LedgerError: the database does not answer.
        """
        with self._connection() as connection:
            connection.execute("SELECT keys.drop_wrap(%s, %s, %s)", (lane.value, stream, from_))

    def destroy_old_command_keys(self) -> int:
        """Delete the command keys older than 60 days. Returns how many.

        Raises:
            LedgerError: the database does not answer.
        """
        with self._connection() as connection:
            row = connection.execute("SELECT keys.destroy_old_command_keys()").fetchone()
        return row[0] if row else 0

    def key_ids(self, lane: Lane, stream: UUID, subject: UUID | None) -> list[UUID]:
        """Return the ids of the keys that a destruction is about.

        Args:
            lane: the lane.
            stream: the stream.
            subject: level 1: that person's keys, and the joint ones if nobody else is bound in the
                stream. None, level 2: all of the stream.

        Raises:
            LedgerError: the database does not answer.
        """
        with self._connection() as connection:
            rows = connection.execute(
                "SELECT keys.key_ids(%s, %s, %s)", (lane.value, stream, subject)
            ).fetchall()
        return [key_id for (key_id,) in rows]

    def destroy(
        self,
        decision: UUID,
        lane: Lane,
        stream: UUID,
        subject: UUID | None,
        key_ids: Collection[UUID],
    ) -> None:
        """Destroy keys under a decision, and unbind the person from the stream. Repeatable.

        Args:
            decision: the gallring decision.
            lane: the lane.
            stream: the stream.
            subject: the person (level 1), or None (level 2).
            key_ids: what `key_ids` said and the ledger database has been told.

        Raises:
            Malformed: a key belongs to another stream or subject.
            LedgerError: the database does not answer.
        """
        with self._connection() as connection:
            connection.execute(
                "SELECT keys.destroy(%s, %s, %s, %s, %s)",
                (decision, lane.value, stream, subject, list(key_ids)),
            )

    def destruction_list(self) -> list[Destroyed]:
        """Return all keys ever destroyed, oldest first. Goes with each copy of the key database.

        Raises:
            LedgerError: the database does not answer.
        """
        with self._connection() as connection:
            cursor = connection.cursor(row_factory=class_row(Destroyed))
            return cursor.execute(
                "SELECT key_id, decision, destroyed_at FROM keys.destroyed_key"
                " ORDER BY destroyed_at, key_id"
            ).fetchall()

    def list_destruction(self, done: CarriedOut) -> None:
        """List a destruction, before its keys are destroyed. Repeatable, with more positions too.

        Raises:
            LedgerError: the database does not answer.
        """
        with self._connection() as connection:
            connection.execute(
                "SELECT keys.list_destruction(%s, %s, %s, %s::integer[], %s::bigint[])",
                (
                    done.decision,
                    done.lane.value,
                    done.hash,
                    [epoch for epoch, _ in done.positions],
                    [index for _, index in done.positions],
                ),
            )

    def destructions(self) -> list[CarriedOut]:
        """Return all destructions that have been carried out.

        Raises:
            LedgerError: the database does not answer.
        """
        with self._connection() as connection:
            rows = connection.execute(
                "SELECT d.decision, d.lane, d.hash, array_agg(e.epoch ORDER BY e.epoch, e.idx),"
                " array_agg(e.idx ORDER BY e.epoch, e.idx)"
                " FROM keys.destruction d LEFT JOIN keys.destroyed_event e USING (decision)"
                " GROUP BY d.decision ORDER BY d.decision"
            ).fetchall()
        return [
            CarriedOut(
                decision,
                Lane(lane),
                hash_,
                tuple(zip(epochs, indexes, strict=True)) if epochs != [None] else (),
            )
            for decision, lane, hash_, epochs, indexes in rows
        ]

    def destroyed(self) -> tuple[list[bytes], list[bytes]]:
        """Return the ids of all destroyed keys, 16 bytes each, and the hashes of all destroyed
        streams, 32 bytes each.

        Raises:
            LedgerError: the database does not answer.
        """
        with self._connection() as connection:
            keys = connection.execute("SELECT uuid_send(key_id) FROM keys.destroyed_key").fetchall()
            streams = connection.execute(
                "SELECT hash FROM keys.destruction WHERE hash IS NOT NULL"
            ).fetchall()
        return [key_id for (key_id,) in keys], [hash_ for (hash_,) in streams]

    def replay(self, destroyed: Iterable[Destroyed]) -> int:
        """Destroy again what a restore of the key database has brought back. Repeatable.

        Args:
            destroyed: the latest list there is.

        Returns:
            How many keys had come back.

        Raises:
            LedgerError: the database does not answer.
        """
        listed = list(destroyed)
        with self._connection() as connection:
            row = connection.execute(
                "SELECT keys.replay(%s::uuid[], %s::uuid[], %s::timestamptz[])",
                (
                    [one.key_id for one in listed],
                    [one.decision for one in listed],
                    [one.destroyed_at for one in listed],
                ),
            ).fetchone()
        return row[0] if row else 0

    def rewrite_files(self) -> None:
        """Rewrite the tables, so that deleted rows are gone from their files. Locks them meanwhile.

        Raises:
            LedgerError: the database does not answer.
        """
        with self._connection() as connection:
            connection.execute("SELECT keys.rewrite_files()")

    @contextmanager
    def _connection(self) -> Iterator[Connection[TupleRow]]:
        try:
            with self._pool.connection() as connection:
                yield connection
        except psycopg.Error as error:
            raise from_database(error) from None


@dataclass(frozen=True, slots=True)
class _Obtaining:
    """The steps of one `obtain`."""

    vault: KeyVault
    ledger: UUID
    connection: Connection[TupleRow]
    namnd: UUID
    lane: Lane
    holder: UUID

    def look(
        self, asked: Collection[tuple[UUID, int, int]]
    ) -> tuple[list[_Wanted], list[_CommandKey]]:
        """The one trip of the steady state."""
        rows = self.connection.execute(
            "SELECT * FROM keys.obtain(%s, %s, %s::uuid[], %s::smallint[], %s::smallint[])",
            (
                self.lane.value,
                self.namnd,
                uuids(stream for stream, _, _ in asked),
                smallints(slot for _, slot, _ in asked),
                smallints(cls for _, _, cls in asked),
            ),
            prepare=True,
            binary=True,
        ).fetchall()
        return (
            [_Wanted(*row[:-1]) for row in rows if row[0] is not None],
            [_CommandKey(row[4], row[6], row[-1]) for row in rows if row[0] is None],
        )

    def bound(self, rows: Iterable[_Wanted], subjects: Mapping[Place, UUID]) -> dict[Place, UUID]:
        """Bind slots named for the first time. Return the subject of every slot asked for."""
        subject_of: dict[Place, UUID] = {}
        unbound: dict[Place, UUID] = {}
        for row in rows:
            place = (row.stream, row.slot)
            given = subjects.get(place, row.subject)
            if given is None:
                raise NoSubjectError(row.slot)
            if row.subject is None:
                unbound[place] = given
            elif row.subject != given:
                raise SubjectTakenError(row.slot)
            subject_of[place] = given
        if unbound:
            self._bind(unbound)
        return subject_of

    def _bind(self, unbound: Mapping[Place, UUID]) -> None:
        rows = self.connection.execute(
            "SELECT * FROM keys.bind(%s, %s, %s::smallint[], %s)",
            (
                self.lane.value,
                [stream for stream, _ in unbound],
                [slot for _, slot in unbound],
                list(unbound.values()),
            ),
        ).fetchall()
        for stream, slot, person in rows:
            if person != unbound[stream, slot]:  # somebody else was a moment faster
                raise SubjectTakenError(slot)

    def unwrapped(self, rows: Iterable[_Wanted], command_rows: Iterable[_CommandKey]) -> Obtained:
        """Unwrap what is there."""
        places: dict[tuple[UUID, int, FieldClass], UUID] = {}
        wraps = [(NO_NAMND, row.key_id, row.wrapped) for row in command_rows]
        for row in rows:
            if row.key_id is None:
                continue
            if row.wrapped is None:
                raise NotHolderError("The stream's keys are wrapped for another nämnd.")
            places[row.stream, row.slot, FieldClass(row.cls)] = row.key_id
            wraps.append((row.namnd, row.key_id, row.wrapped))
        opened = unwrapped(self.vault, self.lane, self.ledger, wraps)
        return Obtained(
            {place: DataKey(key_id, opened[key_id]) for place, key_id in places.items()},
            [DataKey(row.key_id, opened[row.key_id]) for row in command_rows],
        )

    def make(self, lacking: Iterable[_Wanted], subject_of: Mapping[Place, UUID]) -> None:
        """Make the keys that lack; where somebody else is faster, theirs stays."""
        # Two slots of a stream may mean one person, who then has one key. It is wrapped for all
        # for whom the stream's other keys are: two, while it moves.
        needed = {
            (row.stream, subject_of[row.stream, row.slot], row.cls): row.holders or [self.holder]
            for row in lacking
        }
        keys, wraps = [], []
        for (stream, subject, cls), holders in needed.items():
            if not {self.namnd, NO_NAMND} & set(holders):
                raise NotHolderError("The stream belongs to another nämnd.")
            key_id, key = _new_key()
            keys.append((key_id, stream, subject, cls))
            wraps += [(key_id, to, self._wrap(to, key_id, key)) for to in holders]
        self.connection.execute(
            "SELECT keys.add(%s, %s, %s, %s, %s::smallint[], %s, %s, %s)",
            (
                self.lane.value,
                *(list(column) for column in zip(*keys, strict=True)),
                *(list(column) for column in zip(*wraps, strict=True)),
            ),
        )

    def make_command_key(self) -> None:
        """Make a command key; where somebody else is faster, theirs stays."""
        key_id, key = _new_key()
        self.connection.execute(
            "SELECT keys.add_command_key(%s, %s, %s)",
            (self.lane.value, key_id, self._wrap(NO_NAMND, key_id, key)),
        )

    def _wrap(self, to: UUID, key_id: UUID, key: bytes) -> bytes:
        return self.vault.wrap(to, self.lane, self.ledger, key_id, key)


def unwrapped(
    vault: KeyVault, lane: Lane, ledger: UUID, wraps: Iterable[tuple[UUID, UUID, bytes]]
) -> dict[UUID, bytes]:
    """Unwrap keys, going to the vault once for each nämnd.

    Args:
        vault: what unwraps.
        lane: the lane of all the keys.
        ledger: which ledger.
        wraps: nämnd, key id and wrap.
    """
    by_namnd: dict[UUID, dict[UUID, bytes]] = {}
    for namnd, key_id, wrapped in wraps:
        by_namnd.setdefault(namnd, {})[key_id] = wrapped
    opened: dict[UUID, bytes] = {}
    for namnd, of_namnd in by_namnd.items():
        opened |= vault.unwrap_all(namnd, lane, ledger, of_namnd)
    return opened


def _new_key() -> tuple[UUID, bytes]:
    """A random id (RFC 9562 version 4) and 32 random bytes."""
    return UUID(bytes=secrets.token_bytes(16), version=4), secrets.token_bytes(KEY_BYTES)
