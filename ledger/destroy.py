"""Carry out a gallring decision: delete what it names in both databases, then rewrite the files the
rows lay in.

The decision is an event in `tillsyn` whose effect has put the target into `ledger.destruction`.
Every step may be repeated after a crash; the caller then records GallringExecuted with what this
returns. `docs/drift.md` says what the write-ahead log and backups still hold.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from uuid import UUID

import psycopg

from ledger.arrays import bigints, byteas, integers, uuids
from ledger.codec import Lane
from ledger.connections import DESTROYER
from ledger.errors import from_database
from ledger.keys import CarriedOut
from ledger.store import Ledger

_LABEL: Final = b"liggaren/destroyed/v1\0"


@dataclass(frozen=True, slots=True)
class Destruction:
    """What a decision has destroyed.

    Args:
        lane: the log concerned.
        level: 1, a subject's parts; 2, the whole stream.
        positions: (epoch, index) of the events concerned, ascending.
    """

    lane: Lane
    level: int
    positions: tuple[tuple[int, int], ...]


def destroy(ledger: Ledger, decision: UUID) -> Destruction:
    """Carry out one decision, or finish it after an interruption.

    Raises:
        Held: a gallringsspärr holds the stream.
        NotHeld: there is no such open decision, or its nämnd does not hold the stream any more.
        NotConcerned: it is about a person who is not in the stream.
    """
    try:
        with ledger.connections.connection(DESTROYER) as connection:
            with connection.transaction():  # not begun, if it is about the wrong person
                lane, stream, subject = connection.execute(
                    "SELECT * FROM ledger.begin_destroy(%s)", (decision,)
                ).fetchall()[0]
                lane = Lane(lane)
                ledger.keys_to_destroy.key_ids(decision, lane, stream, subject)
            # A writer may have made a key between the look and the lock: look again until none is
            # left.
            while True:
                key_ids = ledger.keys_to_destroy.key_ids(decision, lane, stream, subject)
                positions = connection.execute(
                    "SELECT * FROM ledger.destroy(%s, %s)",
                    (decision, [key_id.bytes for key_id in key_ids]),
                ).fetchall()
                remains = None if subject else destroyed_hash(ledger.id, lane, stream)
                ledger.keys_to_destroy.list_destruction(
                    CarriedOut(decision, lane, remains, tuple(positions))
                )
                ledger.keys_to_destroy.destroy(decision, lane, stream, subject, key_ids)
                if not key_ids:
                    break
    except psycopg.Error as error:
        raise from_database(error) from None
    return Destruction(
        lane, 1 if subject else 2, tuple((epoch, index) for epoch, index in positions)
    )


def rewrite_files(ledger: Ledger) -> None:
    """Rewrite the tables of both databases, so that deleted rows are gone from their files. Locks
    them meanwhile.
    """
    try:
        with ledger.connections.connection(DESTROYER) as connection:
            connection.execute("SELECT ledger.rewrite_files()")
    except psycopg.Error as error:
        raise from_database(error) from None
    ledger.keys_to_destroy.rewrite_files()


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a restore had brought back.

    Args:
        keys: how many destroyed keys the ledger did not know of.
        parts: how many sealed parts under destroyed keys were deleted, those of streams apart.
        streams: how many destroyed streams were deleted.
    """

    keys: int
    parts: int
    streams: int


def replay(ledger: Ledger) -> Replayed:
    """Carry out again, on a restored ledger, what the key database knows has been destroyed. Before
    that it does not open. Repeatable.

    A decision that the restored `tillsyn` has is still to be carried out there; doing so records
    that it is done. One that is lost with its log is named by fsck.

    Raises:
        LedgerError: a database does not answer.
    """
    keys = ledger.keys_to_destroy.destruction_list()
    streams = [done for done in ledger.keys_to_destroy.destructions() if done.hash]
    bare = [(done.decision, *position) for done in streams for position in done.positions]
    try:
        with ledger.connections.connection(DESTROYER) as connection:
            rows = connection.execute(
                "SELECT * FROM ledger.replay(%s::bytea[], %s::uuid[], %s::uuid[],"
                " %s::ledger.lane[], %s::bytea[], %s::uuid[], %s::integer[], %s::bigint[])",
                (
                    byteas(one.key_id.bytes for one in keys),
                    uuids(one.decision for one in keys),
                    uuids(done.decision for done in streams),
                    [done.lane.value for done in streams],
                    byteas(done.hash for done in streams if done.hash),
                    uuids(decision for decision, _, _ in bare),
                    integers(epoch for _, epoch, _ in bare),
                    bigints(index for _, _, index in bare),
                ),
            ).fetchall()
    except psycopg.Error as error:
        raise from_database(error) from None
    return Replayed(*rows[0])


def destroyed_hash(ledger: UUID, lane: Lane, stream: UUID) -> bytes:
    """Return what a stream destroyed at level 2 leaves behind, 32 bytes. Source: `docs/envelope.md`
    section 8.
    """
    return sha256(_LABEL + ledger.bytes + bytes((lane.code,)) + stream.bytes).digest()
