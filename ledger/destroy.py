"""Carry out a gallring decision: delete what it names in both databases, then rewrite the files the
rows lay in.

The decision is an event in `tillsyn` whose effect has put the target into `ledger.destruction`.
Every step may be repeated after a crash; the caller then records GallringExecuted with what this
returns. `docs/drift.md` says what the write-ahead log and backups still hold.
"""

from dataclasses import dataclass
from uuid import UUID

import psycopg

from ledger.codec import Lane
from ledger.connections import DESTROYER
from ledger.errors import from_database
from ledger.store import Ledger


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
        NotAllowed: there is no such open decision.
        NotConcerned: it is about a person who is not in the stream.
    """
    try:
        with ledger.connections.connection(DESTROYER) as connection:
            lane, stream, subject = connection.execute(
                "SELECT * FROM ledger.begin_destroy(%s)", (decision,)
            ).fetchall()[0]
            lane = Lane(lane)
            # A writer may have made a key between the look and the lock: look again until none is
            # left.
            while True:
                key_ids = ledger.keys_to_destroy.key_ids(decision, lane, stream, subject)
                positions = connection.execute(
                    "SELECT * FROM ledger.destroy(%s, %s)",
                    (decision, [key_id.bytes for key_id in key_ids]),
                ).fetchall()
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


def replay(ledger: Ledger) -> int:
    """Tell a restored ledger which keys have been destroyed. Run before it opens. Returns how many
    it did not know.
    """
    destroyed = ledger.keys_to_destroy.destruction_list()
    with ledger.connections.connection(DESTROYER) as connection:
        row = connection.execute(
            "SELECT ledger.replay_destroyed_keys(%s)", ([one.key_id.bytes for one in destroyed],)
        ).fetchone()
    return row[0] if row else 0
