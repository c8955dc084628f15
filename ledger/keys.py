"""Data keys: one per (lane, stream, subject, class, generation), wrapped, in their own database.

`docs/envelope.md` section 6; the tables and functions are in `ledger/sql/keys/`. Keys are committed
before the append that uses them: an append that fails leaves a key that opens nothing, the other
order could leave events that nothing opens. Data keys live for one call and are never kept.
"""

import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import ClassVar, Concatenate, Final, NamedTuple, ParamSpec, TypeVar
from uuid import UUID

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow, class_row
from psycopg_pool import ConnectionPool

from ledger.arrays import smallints, uuids
from ledger.codec import NAMED, FieldClass, Lane
from ledger.errors import LedgerError, Unavailable, from_database
from ledger.seal import KEY_BYTES, DataKey
from ledger.vault import NO_NAMND, KeyVault

P = ParamSpec("P")
T = TypeVar("T")

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
        keys: (stream, slot, class) to data key, for slots below `NAMED` and the joint one.
        named: (stream, person, class) to data key, for persons whom events name.
        command_keys: the lane's live command keys, newest first; at least one.
    """

    keys: dict[tuple[UUID, int, FieldClass], DataKey]
    named: dict[tuple[UUID, UUID, FieldClass], DataKey]
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
    namnd: UUID | None
    wrapped: bytes | None
    holder: UUID | None


class _Asked(NamedTuple):
    """What `keys.obtain` is asked for."""

    stream: UUID
    slot: int
    cls: int
    person: UUID | None = None


class _CommandKey(NamedTuple):
    """A row of `keys.obtain` about a live command key."""

    key_id: UUID
    wrapped: bytes
    fresh: bool


class _DeadlockError(Unavailable):
    """The database has ended a deadlock by ending what was asked of it."""


def _again_after_deadlock(
    method: Callable[Concatenate["KeyStore", P], T],
) -> Callable[Concatenate["KeyStore", P], T]:
    """Ask once more where the database has ended a deadlock. All methods are repeatable."""

    @wraps(method)
    def asked(store: "KeyStore", /, *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return method(store, *args, **kwargs)
        except _DeadlockError:
            return method(store, *args, **kwargs)

    return asked


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

    @_again_after_deadlock
    def obtain(  # noqa: PLR0913, PLR0917 - what is wanted, and for whom
        self,
        namnd: UUID,
        lane: Lane,
        wanted: Collection[tuple[UUID, int, FieldClass]],
        subjects: Mapping[Place, UUID],
        holder: UUID,
        named: Collection[tuple[UUID, UUID, FieldClass]] = (),
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
            named: stream, person and class of each sealed group about a person whom its event
                names; the nil UUID where it names nobody.

        Raises:
            NoSubjectError: a slot has no person.
            SubjectTakenError: a slot has another person.
            NotHolderError: a stream's keys are wrapped for another nämnd.
            KeyUnavailableError: the vault lacks a key-encryption key that has been used before.
            LedgerError: the database does not answer.
        """
        asked = [
            *(_Asked(stream, slot, int(cls)) for stream, slot, cls in wanted),
            *(_Asked(stream, slot, _SUBJECT_ALONE) for stream, slot in subjects),
            *(_Asked(stream, NAMED, int(cls), person) for stream, person, cls in named),
        ]
        with self._connection() as connection:
            steps = _Obtaining(self._vault, self._ledger, connection, namnd, lane, holder)
            while True:
                rows, command_rows = steps.look(asked)
                steps.require_holder(rows)
                subject_of, unbound = steps.subjects(rows, subjects)
                # Before anything is made: were the vault not mounted, this fails, and no second
                # set of key-encryption keys comes to lie beside the true one.
                obtained = steps.unwrapped(rows, command_rows)
                lacking = [row for row in rows if row.key_id is None and row.cls != _SUBJECT_ALONE]
                command_key_is_due = not any(row.fresh for row in command_rows)
                if unbound:  # then look again: a joint key is that of all who are bound
                    steps.bind(unbound)
                elif lacking:
                    steps.make(lacking, subject_of)
                elif not command_key_is_due:
                    return obtained
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

    @_again_after_deadlock
    def settle(self, lane: Lane, stream: UUID, holder: Callable[[], UUID | None]) -> None:
        """Wrap the stream's keys for its holder alone. Repeatable; all at once or not at all.

        Args:
            lane: the lane.
            stream: the stream.
            holder: asked once nobody else can change the stream's keys: who holds it now, or
                `NO_NAMND`. None: nobody knows, and nothing is changed.

        Raises:
            KeyUnavailableError: the vault lacks a key-encryption key of those who held it before.
            LedgerError: the database does not answer.
        """
        with self._connection() as connection, connection.transaction():
            connection.execute("SELECT keys.lock_streams(%s, %s)", (lane.value, [stream]))
            to = holder()
            rows = connection.execute(
                "SELECT w.namnd, w.key_id, w.wrapped"
                " FROM keys.data_key k JOIN keys.wrap w ON w.key_id = k.key_id"
                " WHERE k.lane = %s AND k.stream = %s AND w.namnd <> %s",
                (lane.value, stream, to),
            ).fetchall()
            if to is None or not rows:
                return
            opened = unwrapped(self._vault, lane, self._ledger, rows)
            wrapped = [
                self._vault.wrap(to, lane, self._ledger, key_id, key)
                for key_id, key in opened.items()
            ]
            connection.execute(
                "SELECT keys.rewrap(%s, %s, %s, %s, %s)",
                (lane.value, stream, to, list(opened), wrapped),
            )

    @_again_after_deadlock
    def leave(self, lane: Lane, stream: UUID, slots: Collection[int]) -> None:
        """Note which slots' persons have left a stream, and no others: joint keys made from now on
        concern those who are left. Repeatable.

        Raises:
            LedgerError: the database does not answer.
        """
        with self._connection() as connection:
            connection.execute(
                "SELECT keys.leave(%s, %s, %s::smallint[])", (lane.value, stream, list(slots))
            )

    def holders(self, lane: Lane) -> dict[UUID, set[UUID | None]]:
        """Return for whom the keys of each stream are wrapped; None among them: a key is not.

        Raises:
            LedgerError: the database does not answer.
        """
        with self._connection() as connection:
            rows = connection.execute(
                "SELECT k.stream, array_agg(DISTINCT w.namnd) FROM keys.data_key k"
                " LEFT JOIN keys.wrap w ON w.key_id = k.key_id WHERE k.lane = %s GROUP BY k.stream",
                (lane.value,),
            ).fetchall()
        return {stream: set(namnder) for stream, namnder in rows}

    def held_by_others(self, namnd: UUID, lane: Lane, streams: Collection[UUID]) -> set[UUID]:
        """Return those of the streams whose keys are another nämnd's.

        Raises:
            LedgerError: the database does not answer.
        """
        with self._connection() as connection:
            rows = connection.execute(
                "SELECT DISTINCT k.stream FROM keys.data_key k JOIN keys.wrap w USING (key_id)"
                " WHERE k.lane = %s AND k.stream = ANY (%s) AND w.namnd NOT IN (%s, %s)",
                (lane.value, list(streams), namnd, NO_NAMND),
            ).fetchall()
        return {stream for (stream,) in rows}

    def destroy_old_command_keys(self) -> int:
        """Delete the command keys older than 60 days. Returns how many.

        Raises:
            LedgerError: the database does not answer.
        """
        with self._connection() as connection:
            row = connection.execute("SELECT keys.destroy_old_command_keys()").fetchone()
        return row[0] if row else 0

    def key_ids(self, decision: UUID, lane: Lane, stream: UUID, subject: UUID | None) -> list[UUID]:
        """Return the ids of the keys that a destruction is about, those that are left.

        Args:
            decision: the gallring decision.
            lane: the lane.
            stream: the stream.
            subject: level 1: that person's keys, and the joint ones made while nobody was bound in
                the stream but this person and others since destroyed. None, level 2: all of the
                stream.

        Raises:
            NotConcerned: the person is not bound in the stream, and this decision has not been
                carried out before.
            LedgerError: the database does not answer.
        """
        with self._connection() as connection:
            rows = connection.execute(
                "SELECT keys.key_ids(%s, %s, %s, %s)", (decision, lane.value, stream, subject)
            ).fetchall()
        return [key_id for (key_id,) in rows]

    @_again_after_deadlock
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
        except psycopg.errors.DeadlockDetected:
            raise _DeadlockError("The database ended a deadlock.") from None
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

    def look(self, asked: Collection[_Asked]) -> tuple[list[_Wanted], list[_CommandKey]]:
        """The one trip of the steady state."""
        rows = self.connection.execute(
            "SELECT * FROM"
            " keys.obtain(%s, %s, %s::uuid[], %s::smallint[], %s::smallint[], %s::uuid[])",
            (
                self.lane.value,
                self.namnd,
                uuids(one.stream for one in asked),
                smallints(one.slot for one in asked),
                smallints(one.cls for one in asked),
                [one.person for one in asked],
            ),
            prepare=True,
            binary=True,
        ).fetchall()
        return (
            [_Wanted(*row[:-1]) for row in rows if row[0] is not None],
            [_CommandKey(row[4], row[6], row[-1]) for row in rows if row[0] is None],
        )

    def require_holder(self, rows: Iterable[_Wanted]) -> None:
        """Refuse a stream whose keys are not this nämnd's, before anything is bound or made."""
        for row in rows:
            there = row.namnd if row.key_id else (row.holder or self.holder)
            if there not in {self.namnd, NO_NAMND}:
                raise NotHolderError("The stream's keys are wrapped for another nämnd.")

    def subjects(
        self, rows: Iterable[_Wanted], named: Mapping[Place, UUID]
    ) -> tuple[dict[Place, UUID], dict[Place, UUID]]:
        """Return the subject of every slot asked for, and of them those still to be bound."""
        subject_of: dict[Place, UUID] = {}
        unbound: dict[Place, UUID] = {}
        for row in rows:
            if row.slot == NAMED:  # said in the event each time
                continue
            place = (row.stream, row.slot)
            given = named.get(place, row.subject)
            if given is None:
                raise NoSubjectError(row.slot)
            if row.subject is None:
                unbound[place] = given
            elif row.subject != given:
                raise SubjectTakenError(row.slot)
            subject_of[place] = given
        return subject_of, unbound

    def bind(self, unbound: Mapping[Place, UUID]) -> None:
        """Bind slots named for the first time."""
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
        named: dict[tuple[UUID, UUID, FieldClass], UUID] = {}
        wraps = [(NO_NAMND, row.key_id, row.wrapped) for row in command_rows]
        for row in rows:
            if row.key_id is None:
                continue
            assert row.namnd and row.wrapped  # noqa: PT018 - of one row
            if row.slot == NAMED:
                assert row.subject
                named[row.stream, row.subject, FieldClass(row.cls)] = row.key_id
            else:
                places[row.stream, row.slot, FieldClass(row.cls)] = row.key_id
            wraps.append((row.namnd, row.key_id, row.wrapped))
        opened = unwrapped(self.vault, self.lane, self.ledger, wraps)
        return Obtained(
            {place: DataKey(key_id, opened[key_id]) for place, key_id in places.items()},
            {who: DataKey(key_id, opened[key_id]) for who, key_id in named.items()},
            [DataKey(row.key_id, opened[row.key_id]) for row in command_rows],
        )

    def make(self, lacking: Iterable[_Wanted], subject_of: Mapping[Place, UUID]) -> None:
        """Make the keys that lack; where somebody else is faster, theirs stays."""
        # Two slots of a stream may mean one person, who then has one key.
        # A party whom an event names too is bound all the same, so the party's row comes last.
        needed: dict[tuple[UUID, UUID, int], tuple[UUID, bool]] = {}
        for row in sorted(lacking, key=lambda row: row.slot != NAMED):
            named = row.slot == NAMED
            subject = row.subject if named else subject_of[row.stream, row.slot]
            assert subject
            needed[row.stream, subject, row.cls] = row.holder or self.holder, named
        made = []
        for (stream, subject, cls), (holder, named) in needed.items():
            key_id, key = _new_key()
            wrapped = self._wrap(holder, key_id, key)
            made.append((key_id, stream, subject, named, cls, holder, wrapped))
        self.connection.execute(
            "SELECT keys.add(%s, %s, %s, %s, %s, %s::smallint[], %s, %s)",
            (self.lane.value, *(list(column) for column in zip(*made, strict=True))),
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
