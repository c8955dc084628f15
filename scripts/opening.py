"""Opening a ledger as the settings say: our own server or another's, the vault, the gateways."""

import fcntl
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from typing import IO, TYPE_CHECKING

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from api.house import House, house
from api.identity import Verifier
from domain.processes import Processes
from ledger.connections import DESTROYER, KEY_DESTROYER, KEYS, PROJECTOR, ROLES
from ledger.embedded import Cluster
from ledger.store import Ledger, NotFounded
from scripts.settings import KEY_MIGRATOR, SERVING, Settings, SettingsError

if TYPE_CHECKING:
    from api.dev_issuer import DevIssuer

LEDGER_DATABASE = "liggaren"
KEYS_DATABASE = "liggaren_keys"


@contextmanager
def connected(settings: Settings, needed: Collection[str]) -> Iterator[dict[str, str]]:
    """Give role to conninfo, valid inside the block; our own server runs meanwhile.

    Args:
        settings: how we are set up.
        needed: the roles that what is to be done connects as.

    Raises:
        SettingsError: a role has no DSN, or a production server asks for no password.
    """
    if not settings.embedded:
        conninfos = settings.conninfos(needed)
        if not settings.development:
            for role in needed:
                _require_password(conninfos[role])
        yield conninfos
        return
    settings.make_home()
    with Cluster(settings.home / "pg") as cluster:
        for database in (LEDGER_DATABASE, KEYS_DATABASE):
            _create(cluster.dsn(), database)
        yield {
            **{role: cluster.dsn(LEDGER_DATABASE, role) for role in ROLES},
            KEYS: cluster.dsn(KEYS_DATABASE, KEYS),
            KEY_DESTROYER: cluster.dsn(KEYS_DATABASE, DESTROYER),
            KEY_MIGRATOR: cluster.dsn(KEYS_DATABASE, "liggaren_migrator"),
        }


def migration_conninfos(settings: Settings, conninfos: Mapping[str, str]) -> tuple[str, str]:
    """Return what to migrate the ledger database and the key database with.

    Our own server is migrated as its superuser, one login as itself: both may create the roles.
    """
    if settings.dsn and settings.keys_dsn:
        return settings.dsn, settings.keys_dsn
    ledger, keys = conninfos["liggaren_migrator"], conninfos[KEY_MIGRATOR]
    if settings.embedded:
        return make_conninfo(ledger, user="postgres"), make_conninfo(keys, user="postgres")
    return ledger, keys


@contextmanager
def founding_alone(settings: Settings, wait: Callable[[], None]) -> Iterator[IO[str]]:
    """Let one process at a time make what is in a data directory, until the given file is closed.

    Args:
        settings: how we are set up.
        wait: called once, when another is at it and has to be waited for.

    Raises:
        SettingsError: the data directory cannot be used.
    """
    settings.make_home()
    with (settings.home / "founding.lock").open("w", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            wait()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file


@contextmanager
def opened(
    settings: Settings, needed: Collection[str] = (), *, to_replay: bool = False
) -> Iterator[House]:
    """Open the ledger for the length of the block.

    Args:
        settings: how we are set up.
        needed: roles beside those that recording and reading need.
        to_replay: open it also where what was destroyed has come back with a restore.

    Raises:
        SettingsError: the ledger is of the other environment, or a setting is missing.
        NotFounded: `liggare init` has not been run.
        NotReplayed: what was destroyed has come back with a restore.
    """
    with connected(settings, SERVING | set(needed)) as conninfos, ExitStack() as stack:
        if settings.embedded:
            _require_migrated(conninfos)
        ledger = stack.enter_context(Ledger.open(conninfos, settings.vault, to_replay=to_replay))
        require_same_environment(settings, ledger)
        processes = Processes(ledger)
        if settings.development:
            dev = dev_issuer(settings, ledger)
            yield house(processes, dev.verifier(), dev)
        else:
            yield house(processes, _verifier(settings))


def dev_issuer(settings: Settings, ledger: Ledger) -> "DevIssuer":
    """The development issuer of a ledger, in the data directory."""
    from api.dev_issuer import DevIssuer  # noqa: PLC0415 - must not be loaded in production

    return DevIssuer(settings.home / "dev" / str(ledger.id), ledger.id)


def require_same_environment(settings: Settings, ledger: Ledger) -> None:
    """Refuse a development ledger in production, and the other way round.

    Raises:
        SettingsError: they differ.
    """
    if ledger.environment is not settings.environment:
        raise SettingsError(
            f"Liggaren är av slaget {ledger.environment}, LIGGAREN_ENV är {settings.environment}.",
            "Rätta LIGGAREN_ENV, eller anslut till en annan databas. Slaget ändras aldrig.",
        )


def _verifier(settings: Settings) -> Verifier:
    assert settings.jwks
    assert settings.issuer
    assert settings.audience
    try:
        return Verifier.from_file(settings.jwks, settings.issuer, settings.audience)
    except (OSError, ValueError):
        raise SettingsError(
            "Filen i LIGGAREN_JWKS går inte att läsa som utgivarens publika nycklar.",
            "Ange en JWK-uppsättning med EC-nycklar (P-256).",
        ) from None


def _require_password(conninfo: str) -> None:
    """Refuse a server that lets us in with any password: then it lets in anybody, as any role."""
    parts = conninfo_to_dict(conninfo)
    if parts.get("sslcert"):
        return  # who we are is told by a certificate
    guess = make_conninfo(conninfo, password=secrets.token_hex(16), passfile="/dev/null")
    try:
        with psycopg.connect(guess):
            pass
    except psycopg.OperationalError:
        return
    raise SettingsError(
        "Databasservern frågar inte efter lösenord (trust).",
        "Sätt scram-sha-256 i pg_hba.conf, eller använd klientcertifikat.",
    )


def _require_migrated(conninfos: Mapping[str, str]) -> None:
    """Tell a server that is new from one that does not answer: it has none of the roles yet."""
    dsn = make_conninfo(conninfos[PROJECTOR], user="postgres")
    with psycopg.connect(dsn) as connection:
        found = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (PROJECTOR,))
        if found.fetchone() is None:
            raise NotFounded("This server holds no ledger yet.")


def _create(dsn: str, database: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        found = connection.execute("SELECT FROM pg_database WHERE datname = %s", (database,))
        if found.fetchone() is None:
            statement = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
            # Another start was a moment faster; the server tells it in either way.
            with suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                connection.execute(statement.format(sql.Identifier(database)))
