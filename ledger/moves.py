"""What a move to another nämnd asks of a stream's keys: to be wrapped for its holder alone.

The append that changes the holder comes first; a move that is refused has then touched no key. The
same append writes the stream into `ledger.moving`, and here the key work is done and the row taken
away: by the command itself, by its retry, by whoever next opens the ledger, or by the first who
meets keys that are not wrapped as they should be. Every step may be repeated.
"""

from contextlib import suppress
from typing import Final
from uuid import UUID

import psycopg

from ledger.codec import Lane
from ledger.connections import PROJECTOR, Connections
from ledger.errors import LedgerError, from_database
from ledger.keys import KeyStore
from ledger.vault import NO_NAMND

# The nämnd of the envelope's sixth line held the stream when its last event was recorded; if that
# event is HolderChanged, its `to_namnd` has held it since (`docs/envelope.md` sections 2 and 9).
# The control table is not asked: whoever writes another holder there, and no event, gets no keys.
_HOLDER: Final = r"""
    SELECT CASE WHEN starts_with(split_part(envelope, E'\n', 9), 'HolderChanged/')
                THEN substring(clear FROM '(?n)^32 "([0-9a-f-]{36})"$')
                ELSE split_part(envelope, E'\n', 6) END
    FROM ledger.event WHERE lane = %s AND stream = %s ORDER BY version DESC LIMIT 1
"""


def settle(connections: Connections, keys: KeyStore, lane: Lane, stream: UUID) -> None:
    """Wrap a stream's keys for its present holder alone. Does nothing where they are.

    Raises:
        KeyUnavailableError: a key-encryption key is not there.
        LedgerError: a database does not answer.
    """
    try:
        with connections.connection(PROJECTOR) as connection:
            # Looked for first: a move that comes meanwhile has a later version, and is still to do.
            moved = connection.execute(
                "SELECT version FROM ledger.moving WHERE lane = %s AND stream = %s",
                (lane.value, stream),
            ).fetchone()
            keys.settle(lane, stream, lambda: _holder(connection, lane, stream))
            if moved:
                connection.execute(
                    "SELECT ledger.settled(%s, %s, %s)", (lane.value, stream, *moved)
                )
    except psycopg.Error as error:
        raise from_database(error) from None


def finish(connections: Connections, keys: KeyStore) -> None:
    """Finish the moves that were interrupted between their append and their key work.

    What cannot be finished here stays to be done: a program may be without a lane's key-encryption
    keys, and can do all else.

    Raises:
        LedgerError: the ledger database does not answer.
    """
    try:
        with connections.connection(PROJECTOR) as connection:
            moving = connection.execute("SELECT lane, stream FROM ledger.moving").fetchall()
    except psycopg.Error as error:
        raise from_database(error) from None
    for lane, stream in moving:
        with suppress(LedgerError):
            settle(connections, keys, Lane(lane), stream)


def is_namnd(connections: Connections, namnd: UUID) -> bool:
    """Whether an id is a registered nämnd's. Asked before a key is made for who will hold a stream:
    the append that would give it to something else is refused.

    Raises:
        LedgerError: the ledger database does not answer.
    """
    try:
        with connections.connection(PROJECTOR) as connection:
            row = connection.execute(
                "SELECT FROM ledger.event WHERE lane = 'system' AND stream = %s AND version = 1"
                r" AND starts_with(split_part(envelope, E'\n', 9), 'NämndRegistered/')",
                (namnd,),
            ).fetchone()
    except psycopg.Error as error:
        raise from_database(error) from None
    return row is not None


def _holder(connection: psycopg.Connection, lane: Lane, stream: UUID) -> UUID | None:
    """Who holds the stream after its history; None where there is none left."""
    row = connection.execute(_HOLDER, (lane.value, stream)).fetchone()
    if row is None or row[0] is None:
        return None
    return NO_NAMND if row[0] == "-" else UUID(row[0])
