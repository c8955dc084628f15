"""A database is brought to this program's schema once, whole, in order, or not at all."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files

import psycopg
import pytest
from psycopg import sql

from ledger import migrate as module
from ledger.connections import MIGRATOR, OWNER
from ledger.embedded import Cluster
from ledger.migrate import Migration, MigrationError, migrate, migrations

NAMES = [migration.name for migration in migrations("ledger")]


def rows(dsn: str, query: str) -> Sequence[tuple[object, ...]]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        return connection.execute(query).fetchall()


def with_file(monkeypatch: pytest.MonkeyPatch, *more: Migration) -> None:
    """Let the program have other files than it has."""
    files = [*migrations("ledger"), *more]
    monkeypatch.setattr(module, "migrations", lambda _: files)


def test_every_file_is_applied_once_and_in_order(database: str) -> None:
    assert migrate(database, "ledger") == NAMES == sorted(NAMES)
    assert migrate(database, "ledger") == []
    applied = rows(database, "SELECT name FROM ledger.migration ORDER BY applied_at")
    assert [name for (name,) in applied] == NAMES


def test_what_migration_makes_belongs_to_the_owner_who_cannot_log_in(database: str) -> None:
    migrate(database, "ledger")
    owners = rows(
        database,
        "SELECT DISTINCT owner::regrole::text FROM (SELECT relowner FROM pg_class"
        " WHERE relnamespace = 'ledger'::regnamespace UNION ALL SELECT proowner FROM pg_proc"
        " WHERE pronamespace = 'ledger'::regnamespace UNION ALL SELECT nspowner FROM pg_namespace"
        " WHERE nspname = 'ledger') AS made (owner)",
    )
    assert owners == [(OWNER,)]


def test_two_programs_that_migrate_at_once_apply_each_file_once(database: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(lambda _: migrate(database, "ledger"), range(4)))
    assert sorted(name for names in done for name in names) == NAMES


def test_a_file_that_was_changed_after_it_was_applied_is_refused(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(database, "ledger")
    first, *others = migrations("ledger")
    changed = Migration(first.name, f"{first.text} ", "0" * 64)
    monkeypatch.setattr(module, "migrations", lambda _: [changed, *others])
    with pytest.raises(MigrationError, match=first.name):
        migrate(database, "ledger")


def test_a_database_of_a_newer_program_is_refused(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_file(monkeypatch, Migration("9999_later.sql", "SELECT 1", "f" * 64))
    migrate(database, "ledger")
    monkeypatch.undo()
    with pytest.raises(MigrationError, match="9999_later"):
        migrate(database, "ledger")


def test_a_file_that_fails_leaves_nothing_of_itself_and_the_next_try_goes_on(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    half = Migration("9999_half.sql", "CREATE TABLE ledger.half (); SELECT 1 / 0", "f" * 64)
    with_file(monkeypatch, half)
    with pytest.raises(psycopg.errors.DivisionByZero):
        migrate(database, "ledger")
    assert rows(database, "SELECT to_regclass('ledger.half')") == [(None,)]
    assert rows(database, "SELECT count(*) FROM ledger.migration") == [(len(NAMES),)]
    monkeypatch.undo()
    with_file(monkeypatch, Migration(half.name, "CREATE TABLE ledger.half ()", "e" * 64))
    assert migrate(database, "ledger") == [half.name]


@pytest.fixture
def ascii_database(cluster: Cluster) -> Iterator[str]:
    name = "counts_å_as_two"
    with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
        identifier = sql.Identifier(name)
        create = "CREATE DATABASE {} TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'"
        connection.execute(sql.SQL(create).format(identifier))
        yield cluster.dsn(name)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))


def test_a_database_in_another_encoding_than_utf8_is_refused(ascii_database: str) -> None:
    length_of_å = r"SELECT length(E'\303\245')"
    assert rows(ascii_database, length_of_å) == [(2,)], "the failure that it prevents"
    with pytest.raises(MigrationError, match="UTF8"):
        migrate(ascii_database, "ledger")
    assert rows(ascii_database, "SELECT to_regnamespace('ledger')") == [(None,)]


def test_an_older_server_is_refused(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "OLDEST_SERVER", 990_000)
    with pytest.raises(MigrationError, match="PostgreSQL"):
        migrate(database, "ledger")


def test_an_operator_who_may_create_roles_is_enough_to_migrate(
    database: str, cluster: Cluster
) -> None:
    """Since PostgreSQL 16 who creates a role is its member but may not yet act as it."""
    name = psycopg.conninfo.conninfo_to_dict(database)["dbname"]
    with psycopg.connect(database, autocommit=True) as superuser:
        roles = files("ledger").joinpath("sql", "roles.sql").read_text(encoding="utf-8")
        superuser.execute(roles)
        superuser.execute("CREATE ROLE operator LOGIN CREATEROLE")
        try:
            superuser.execute(
                sql.SQL("ALTER DATABASE {} OWNER TO operator").format(sql.Identifier(str(name)))
            )
            # What PostgreSQL gives to who creates a role; these were there already.
            superuser.execute(f"GRANT {OWNER} TO operator WITH ADMIN OPTION")
            if superuser.info.server_version >= 160000:
                superuser.execute(f"GRANT {OWNER} TO operator WITH INHERIT FALSE, SET FALSE")
            assert migrate(cluster.dsn(str(name), "operator"), "ledger") == NAMES
        finally:
            superuser.execute("REASSIGN OWNED BY operator TO postgres")
            superuser.execute("DROP OWNED BY operator CASCADE")
            superuser.execute("DROP ROLE operator")


def test_the_migrator_migrates_later_without_a_right_to_create_in_the_database(
    database: str, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(database, "ledger")
    name = str(psycopg.conninfo.conninfo_to_dict(database)["dbname"])
    assert rows(
        database,
        f"SELECT has_database_privilege('{MIGRATOR}', '{name}', 'CREATE')",
    ) == [(False,)]
    with_file(monkeypatch, Migration("9999_later.sql", "CREATE TABLE ledger.later ()", "f" * 64))
    assert migrate(cluster.dsn(name, MIGRATOR), "ledger") == ["9999_later.sql"]
