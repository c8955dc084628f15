"""An opened ledger: its connections, its keys, its name.

Opening checks what must be true before anything is appended: founded, the same ledger on both
sides, development and production not mixed, and no key destroyed in the key database that this
ledger database would still take.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, partial
from pathlib import Path
from typing import Final, Self
from uuid import UUID

import psycopg

from ledger.arrays import byteas
from ledger.codec import Lane
from ledger.connections import (
    KEY_DESTROYER,
    KEYS,
    MIGRATOR,
    PROJECTOR,
    Connections,
    reader,
    writer,
)
from ledger.errors import LedgerError, from_database
from ledger.keys import KeyStore
from ledger.moves import finish
from ledger.vault import FileKeyVault, KeyVault
from ledger.witness import Witness

_OF_HISTORY: Final = frozenset(f(lane) for lane in Lane for f in (reader, writer))
"""The roles that see or continue history."""


class Environment(StrEnum):
    """Whether a ledger is real. Decided when it is founded, for ever."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class NotFounded(LedgerError):
    """The database holds no ledger yet."""

    code = "ledger.not_founded"
    default_remedy = "Run `liggare init`."


class NotReplayed(LedgerError):
    """The ledger database does not know of all that has been destroyed: it was restored."""

    code = "ledger.not_replayed"
    default_remedy = "Run `liggare replay`: it deletes again what the restore has brought back."


@dataclass(frozen=True)
class Ledger:
    """An opened ledger.

    Args:
        id: drawn when it was founded.
        environment: development or production.
        connections: pools of the ledger database.
        keys: the key store, for writing and reading.
        witness: remembers how far each log has come.
        vault: wraps and unwraps the data keys.
    """

    id: UUID
    environment: Environment
    connections: Connections
    keys: KeyStore
    witness: Witness
    vault: KeyVault

    @cached_property
    def keys_to_destroy(self) -> KeyStore:
        """The same key database as the destroyer, for programs that are given its connection.

        Raises:
            Unavailable: this one is not.
        """
        return KeyStore(self.connections.pool(KEY_DESTROYER), self.vault, self.id)

    @classmethod
    def open(cls, conninfos: Mapping[str, str], vault: Path, *, to_replay: bool = False) -> Self:
        """Open a founded ledger.

        Args:
            conninfos: role name to conninfo, with `KEYS` for the key database.
            vault: the folder of the key-encryption keys.
            to_replay: it is opened for `ledger.destroy.replay`.

        Raises:
            NotFounded: `liggare init` has not been run.
            NotReplayed: destroyed keys or streams have come back with a restore.
            Unavailable: a database cannot be reached.
        """
        connections = Connections(conninfos)
        try:
            founding = _founding(conninfos)
            files = FileKeyVault(vault)
            keys = KeyStore(connections.pool(KEYS), files, founding[0])
            if not to_replay:
                _require_replayed(connections, keys)
            witness = Witness(connections)
            witness.compare()
            connections.before_first_use = (
                witness.before_first_use
                if to_replay
                else partial(_require_whole, connections, keys, witness)
            )
            finish(connections, keys)
            opened = cls(*founding, connections, keys, witness, files)
        except BaseException:
            connections.close()
            raise
        return opened

    def close(self) -> None:
        """Tell the witness what it has not heard yet, and close all connections."""
        self.witness.close()
        self.connections.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def found(conninfos: Mapping[str, str], ledger: UUID, environment: Environment) -> UUID:
    """Give a migrated database its name, once. Returns the ledger's id: the one given, or the one
    it already has.

    Raises:
        LedgerError: it was founded as another environment.
    """
    connections = Connections(conninfos)
    try:
        with connections.connection(MIGRATOR) as connection, connection.transaction():
            connection.execute("SET LOCAL ROLE liggaren_owner")
            connection.execute(
                "INSERT INTO ledger.founding (ledger, environment) VALUES (%s, %s)"
                " ON CONFLICT DO NOTHING",
                (ledger, environment.value),
            )
        found_id, found_environment = _founding(conninfos)
    except psycopg.Error as error:
        raise from_database(error) from None
    finally:
        connections.close()
    if found_environment is not environment:
        msg = f"This ledger was founded for {found_environment}."
        raise LedgerError(msg, f"Set LIGGAREN_ENV={found_environment}, or use another database.")
    return found_id


def _founding(conninfos: Mapping[str, str]) -> tuple[UUID, Environment]:
    """Read the founding over a connection of its own: an absent server or role answers at once,
    where a pool would wait.
    """
    try:
        with psycopg.connect(conninfos[PROJECTOR]) as connection:
            row = connection.execute("SELECT ledger, environment FROM ledger.founding").fetchone()
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
        row = None
    except psycopg.Error as error:
        raise from_database(error) from None
    if row is None:
        raise NotFounded("This database holds no ledger yet.")
    return row[0], Environment(row[1])


def _require_whole(connections: Connections, keys: KeyStore, witness: Witness, role: str) -> None:
    """Refuse a connection to a database that a restore has taken back, before it is used."""
    witness.before_first_use(role)
    if role in _OF_HISTORY:
        _require_replayed(connections, keys)


def _require_replayed(connections: Connections, keys: KeyStore) -> None:
    # The ledger is told first, so at any moment it knows of all that the key database lists.
    key_ids, streams = keys.destroyed()
    try:
        with connections.connection(PROJECTOR) as connection:
            ((unknown,),) = connection.execute(
                "SELECT ledger.not_replayed(%s::bytea[], %s::bytea[])",
                (byteas(key_ids), byteas(streams)),
            ).fetchall()
    except psycopg.Error as error:
        raise from_database(error) from None
    if unknown:
        raise NotReplayed(
            f"{unknown} destroyed keys or streams are not known here:"
            " the database was restored from before they were destroyed."
        )
