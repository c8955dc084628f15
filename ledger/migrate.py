"""Bring a database to this program's schema: plain SQL files, forward only, each once, each in its
own transaction.

A file that has been applied is never changed: its SHA-256 is recorded and compared. Two programs
that migrate at once wait for each other. What the role that runs this must be allowed is written in
`docs/drift.md`.
"""

from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from typing import Final, Literal

import psycopg
from psycopg import sql

Database = Literal["ledger", "keys"]
"""The two databases; also the name of the schema in each and of the folder with its files."""

OLDEST_SERVER: Final = 150000
_MIGRATION_LOCK: Final = 4_711_072  # any fixed number: one migration at a time in a database


class MigrationError(Exception):
    """The database cannot be brought to this program's schema.

    Args:
        message: why, and what to do.
        code: stable, for programs.
    """

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: its name, its text, the SHA-256 of its bytes in hex."""

    name: str
    text: str
    checksum: str


def migrations(database: Database) -> list[Migration]:
    """The files of one database in order."""
    folder = files("ledger").joinpath("sql", database)
    return [
        Migration(
            file.name, file.read_text(encoding="utf-8"), sha256(file.read_bytes()).hexdigest()
        )
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".sql")
    ]


def migrate(conninfo: str, database: Database) -> list[str]:
    """Create roles and schema where missing and apply the files not yet applied.

    Args:
        conninfo: a connection that may create roles and create in the database, or finds both done
            and may act as the owner.
        database: which of the two it is.

    Returns:
        The names of the files applied now.

    Raises:
        MigrationError: wrong server, wrong encoding, or a file changed after it was applied.
    """
    with psycopg.connect(conninfo, autocommit=True) as connection:
        _require_server(connection)
        connection.execute("SELECT pg_advisory_lock(%s)", (_MIGRATION_LOCK,))
        _prepare(connection, database)
        applied: dict[str, str] = dict(
            connection.execute(
                sql.SQL("SELECT name, checksum FROM {}.migration").format(sql.Identifier(database))
            ).fetchall()
        )
        known = migrations(database)
        unknown = applied.keys() - {migration.name for migration in known}
        if unknown:
            msg = (
                f"The database was migrated by a newer program ({max(unknown)}). Use that program."
            )
            raise MigrationError(msg, "migration.newer")
        return [
            migration.name
            for migration in known
            if _apply(connection, database, migration, applied)
        ]


def _require_server(connection: psycopg.Connection) -> None:
    if connection.info.server_version < OLDEST_SERVER:
        msg = (
            f"PostgreSQL 15 or newer is needed; this is {connection.info.server_version // 10000}."
        )
        raise MigrationError(msg, "migration.server")
    encoding = connection.execute("SHOW server_encoding").fetchone()
    if encoding != ("UTF8",):
        msg = (
            "The database must be UTF8, since å is one letter;"
            f" this one is {encoding and encoding[0]}. Create it anew with ENCODING 'UTF8'."
        )
        raise MigrationError(msg, "migration.encoding")


def _prepare(connection: psycopg.Connection, database: Database) -> None:
    """Create the roles, the schema and the table that remembers what has been applied."""
    roles = files("ledger").joinpath("sql", "roles.sql").read_text(encoding="utf-8")
    schema = sql.Identifier(database)
    with connection.transaction():
        connection.execute(roles)
        if connection.execute("SELECT to_regnamespace(%s)", (database,)).fetchone() == (None,):
            connection.execute(
                sql.SQL("CREATE SCHEMA {} AUTHORIZATION liggaren_owner").format(schema)
            )
        connection.execute("SET LOCAL ROLE liggaren_owner")
        connection.execute(
            sql.SQL(
                "CREATE TABLE IF NOT EXISTS {}.migration"
                " (name text PRIMARY KEY, checksum text NOT NULL,"
                " applied_at timestamptz NOT NULL DEFAULT clock_timestamp())"
            ).format(schema)
        )


def _apply(
    connection: psycopg.Connection,
    database: Database,
    migration: Migration,
    applied: dict[str, str],
) -> bool:
    if migration.name in applied:
        if applied[migration.name] != migration.checksum:
            msg = (
                f"{migration.name} was changed after it was applied."
                " Restore it, and write a new file for what is new."
            )
            raise MigrationError(msg, "migration.changed")
        return False
    with connection.transaction():
        connection.execute("SET LOCAL ROLE liggaren_owner")
        connection.execute(migration.text)
        connection.execute(
            sql.SQL("INSERT INTO {}.migration (name, checksum) VALUES (%s, %s)").format(
                sql.Identifier(database)
            ),
            (migration.name, migration.checksum),
        )
    return True
