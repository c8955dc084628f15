"""Where each role connects, and its pool.

Production gives every role its own conninfo. In development one conninfo is enough: its login may
take every role (`SET ROLE`), and the code that follows is the same.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import Final
from weakref import WeakSet

import psycopg
from psycopg import Connection
from psycopg.conninfo import make_conninfo
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool, PoolTimeout

from ledger.codec import Lane
from ledger.errors import Busy, Unavailable

OWNER: Final = "liggaren_owner"
MIGRATOR: Final = "liggaren_migrator"
PROJECTOR: Final = "liggaren_projector"
NOTARY: Final = "liggaren_notary"
DESTROYER: Final = "liggaren_destroyer"
KEYS: Final = "liggaren_keys"
KEY_DESTROYER: Final = "liggaren_destroyer@keys"
"""The destroyer's connection to the key database."""


def writer(lane: Lane) -> str:
    """The role that may append to a lane."""
    return f"liggaren_writer_{lane}"


def reader(lane: Lane) -> str:
    """The role that may read a lane."""
    return f"liggaren_reader_{lane}"


ROLES: Final = (
    *(writer(lane) for lane in Lane),
    *(reader(lane) for lane in Lane),
    MIGRATOR,
    PROJECTOR,
    NOTARY,
    DESTROYER,
)
"""The roles of the ledger database that a program connects as."""

_SERVING: Final = frozenset(
    {*(writer(lane) for lane in Lane), *(reader(lane) for lane in Lane), PROJECTOR, KEYS}
)
"""Those that somebody waits for at a screen. A migration or a destruction waits as long as it must.
"""
_WAIT_S: Final = 10.0
"""How long a connection, and then a lock, is waited for."""
_CONNECT_LIMIT_S: Final = 5
_LARGEST_POOL: Final = 8


def one_dsn(ledger: str, keys: str) -> dict[str, str]:
    """Conninfo for every role from one for each database, for development: the login takes the role
    when it connects.

    Args:
        ledger: conninfo of the ledger database.
        keys: conninfo of the key database.
    """
    conninfos = {role: make_conninfo(ledger, options=f"-c role={role}") for role in ROLES}
    conninfos[KEYS] = make_conninfo(keys, options=f"-c role={KEYS}")
    conninfos[KEY_DESTROYER] = make_conninfo(keys, options=f"-c role={DESTROYER}")
    return conninfos


@dataclass
class Connections:
    """A pool for each role, opened when first used. All connections are autocommit.

    Args:
        conninfos: role name to libpq conninfo.
        before_first_use: told the role of each connection that is about to be used for the first
            time. It may lead to another server or database than the last one did: a restore cuts
            all that there were. What this raises keeps the connection unused.
    """

    conninfos: Mapping[str, str]
    before_first_use: Callable[[str], None] = lambda _: None
    _new: WeakSet[Connection[TupleRow]] = field(default_factory=WeakSet, repr=False)
    _pools: dict[str, ConnectionPool[Connection[TupleRow]]] = field(
        default_factory=dict, repr=False
    )
    _lock: Lock = field(default_factory=Lock, repr=False)

    def pool(self, role: str) -> ConnectionPool[Connection[TupleRow]]:
        """The pool of one role.

        Raises:
            Unavailable: no conninfo is configured for the role.
        """
        with self._lock:
            if role not in self._pools:
                if role not in self.conninfos:
                    raise Unavailable(
                        f"No connection is configured for {role}.",
                        "Set its DSN; see docs/drift.md.",
                    )
                self._pools[role] = ConnectionPool(
                    self.conninfos[role],
                    kwargs={"autocommit": True, "client_encoding": "utf8"},
                    min_size=0,
                    max_size=_LARGEST_POOL,
                    timeout=_WAIT_S,
                    name=role,
                    configure=partial(self._made, role),
                    open=True,
                )
            return self._pools[role]

    @contextmanager
    def connection(self, role: str) -> Iterator[Connection[TupleRow]]:
        """A connection of one role for the length of the block.

        Raises:
            Busy: all were in use for too long.
            Unavailable: the database does not answer.
        """
        pool = self.pool(role)
        try:
            with pool.connection() as connection:
                try:
                    if connection in self._new:
                        self.before_first_use(role)
                        self._new.discard(connection)
                    yield connection
                finally:
                    if connection.broken:  # the server has been restarted: so are the others
                        pool.check()
        except PoolTimeout:
            if not self.answers(role):
                raise Unavailable(f"The database does not answer {role}.") from None
            raise Busy(f"All connections as {role} were in use for {_WAIT_S:.0f} s.") from None

    def answers(self, role: str) -> bool:
        """Whether the role's database answers, over a connection of its own: a full pool is no
        database that is away.
        """
        try:
            with psycopg.connect(
                self.conninfos[role], autocommit=True, connect_timeout=_CONNECT_LIMIT_S
            ) as connection:
                connection.execute("SELECT 1")
        except psycopg.Error:
            return False
        return True

    def _made(self, role: str, connection: Connection[TupleRow]) -> None:
        """A new connection of a pool."""
        self._new.add(connection)
        if role in _SERVING:
            _limit_waits(connection)

    def close(self) -> None:
        """Close all pools."""
        with self._lock:
            for pool in self._pools.values():
                pool.close()
            self._pools.clear()


def _limit_waits(connection: Connection[TupleRow]) -> None:
    connection.execute("SELECT set_config('lock_timeout', %s, false)", (f"{_WAIT_S:.3f}s",))
