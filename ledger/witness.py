"""The witness: how far each log had come, remembered outside the ledger database.

A ledger database restored from an older copy has lost events that others have seen. Were it to
append, two events would have one position. So the key database, which is not restored with it, is
told now and then where each log stands; a log that does not hold what was witnessed takes no
appends until an operator opens a new epoch and says why.

A log is compared when the ledger is opened, when a writer's connection is made anew (it may lead to
another database than the last one did), and each time the witness is told: what is remembered gives
way only after it has been found in the log.
"""

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from time import monotonic
from typing import Final, LiteralString

import psycopg
from typing_extensions import override

from ledger.codec import Lane
from ledger.connections import KEYS, PROJECTOR, Connections, writer
from ledger.errors import LedgerError, from_database

INTERVAL_S: Final = 1.0
"""How long an append may stay unwitnessed. An epoch is witnessed at once."""

_LOG: Final = logging.getLogger("liggaren.witness")
_LANES: Final = {writer(lane): lane for lane in Lane}


class BehindWitness(LedgerError):
    """The log does not hold what was witnessed of it."""

    code = "ledger.behind_witness"
    default_remedy = (
        "Find the newer copy of the database; if there is none, an operator opens a new epoch"
        " and says why."
    )


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a log and the leaf that lies there, 32 bytes."""

    epoch: int
    index: int
    leaf: bytes

    @override
    def __str__(self) -> str:
        """As in the envelope's twelfth line."""
        return f"{self.epoch}/{self.index}/{self.leaf.hex()}"


@dataclass
class Witness:
    """Remembers positions in the key database, and knows which logs are behind.

    Args:
        connections: the pools of both databases.
        behind: lanes whose log does not hold what was witnessed, as far as has been found.
    """

    connections: Connections
    behind: dict[Lane, Position] = field(default_factory=dict)
    _found: dict[Lane, Position] = field(default_factory=dict, repr=False)
    _told_at: dict[Lane, float] = field(default_factory=dict, repr=False)
    _untold: dict[Lane, Position] = field(default_factory=dict, repr=False)
    _teller: Thread | None = field(default=None, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)
    _closed: Event = field(default_factory=Event, repr=False)

    def compare(self) -> None:
        """Find the logs that are behind or forked from what was witnessed.

        Raises:
            LedgerError: a database does not answer.
        """
        for lane, seen in self.witnessed().items():
            self._compare(lane, seen)

    def before_first_use(self, role: str) -> None:
        """Compare a writer's log before a connection made anew is used.

        Raises:
            BehindWitness: it has lost events.
            LedgerError: a database does not answer.
        """
        if role in _LANES:
            self._compare_again(_LANES[role])
            self._require_not_behind(_LANES[role])

    def witnessed(self) -> Mapping[Lane, Position]:
        """The last position of each log that was witnessed."""
        try:
            with self.connections.connection(KEYS) as connection:
                rows = connection.execute(
                    "SELECT lane, epoch, idx, leaf FROM keys.witness"
                ).fetchall()
        except psycopg.Error as error:
            raise from_database(error) from None
        return {
            Lane(lane): Position(epoch, index, bytes(leaf)) for lane, epoch, index, leaf in rows
        }

    def end_of(self, lane: Lane) -> Position | None:
        """The last position that the log holds; None for an empty one."""
        return self._look(
            lane,
            "SELECT epoch, idx, hash FROM ledger.leaf WHERE lane = %s"
            " ORDER BY epoch DESC, idx DESC LIMIT 1",
        )

    def require_whole(self, lane: Lane) -> None:
        """Refuse to append to a log that has lost events.

        Raises:
            BehindWitness: it has.
            LedgerError: it had, and a database does not answer.
        """
        if lane in self.behind:  # until a newer copy is put in its place, or an epoch is opened
            self._compare_again(lane)
        self._require_not_behind(lane)

    def tell(self, lane: Lane, position: Position, *, at_once: bool = False) -> None:
        """Let the witness know where a log stands, now if it has not heard for a while, otherwise
        before `INTERVAL_S` has passed.

        Args:
            lane: the log.
            position: of an event that is stored.
            at_once: tell it now, or fail, whatever was witnessed before: the log has a new epoch,
                whose event says what that was, and nothing may follow before it is known.

        Raises:
            BehindWitness: the log no longer holds what was witnessed before.
        """
        with self._lock:
            now = monotonic()
            if not at_once and now - self._told_at.get(lane, -INTERVAL_S) < INTERVAL_S:
                self._tell_later(lane, position)
                return
            self._told_at[lane] = now
        self._tell(lane, position, at_once=at_once)

    def close(self) -> None:
        """Tell what has not been told. Nothing is told by itself from here on."""
        self._closed.set()
        if self._teller is not None:
            self._teller.join()
        self._tell_rest()

    def _tell(self, lane: Lane, position: Position, *, at_once: bool = False) -> None:
        try:
            found = None if at_once else self._found.get(lane)
            while True:
                if found is not None and not at_once:
                    self._compare(lane, found)
                    self._require_not_behind(lane)
                remembered = self._advance(lane, position, found)
                if remembered in {position, found}:
                    break
                found = remembered  # another service has told it meanwhile
            self._found[lane] = remembered
            if at_once:
                self._compare(lane, remembered)
        except BehindWitness:
            raise
        except (psycopg.Error, LedgerError) as error:
            if at_once:
                raise from_database(error) if isinstance(error, psycopg.Error) else error from None
            with self._lock:  # the event is stored all the same
                self._tell_later(lane, position)

    def _advance(self, lane: Lane, position: Position, found: Position | None) -> Position:
        """Remember a position in the place of the one that was found. Returns what is remembered
        now.
        """
        before = (found.epoch, found.index, found.leaf) if found else (None, None, None)
        with self.connections.connection(KEYS) as connection:
            rows = connection.execute(
                "SELECT * FROM keys.witness(%s, %s, %s, %s, %s, %s, %s)",
                (lane.value, position.epoch, position.index, position.leaf, *before),
            ).fetchall()
        ((epoch, index, leaf),) = rows
        return Position(epoch, index, bytes(leaf))

    def _tell_later(self, lane: Lane, position: Position) -> None:
        """Leave a position to the thread that tells what nobody follows up on."""
        waiting = self._untold.get(lane, position)
        self._untold[lane] = max(waiting, position, key=lambda one: (one.epoch, one.index))
        if self._teller is None and not self._closed.is_set():
            self._teller = Thread(target=self._keep_telling, name="witness", daemon=True)
            self._teller.start()

    def _keep_telling(self) -> None:
        while not self._closed.wait(INTERVAL_S):
            self._tell_rest()

    def _tell_rest(self) -> None:
        with self._lock:
            untold, self._untold = self._untold, {}
        for lane, position in untold.items():
            with suppress(LedgerError):  # the log has been marked, and the operator told
                self._tell(lane, position)

    def _compare_again(self, lane: Lane) -> None:
        seen = self.witnessed().get(lane)
        if seen is None:
            self.behind.pop(lane, None)
        else:
            self._compare(lane, seen)

    def _compare(self, lane: Lane, seen: Position) -> None:
        """Note whether a log holds what was witnessed of it, and tell the operator if not."""
        if self._holds(lane, seen):
            self._found[lane] = seen
            self.behind.pop(lane, None)
            return
        if lane not in self.behind:
            _LOG.error('{"behind_witness": "%s/%d/%d"}', lane, seen.epoch, seen.index)
        self.behind[lane] = seen

    def _require_not_behind(self, lane: Lane) -> None:
        if lane in self.behind:
            raise BehindWitness(
                f"The log {lane} does not hold event {self.behind[lane]}, which was witnessed."
            )

    def _holds(self, lane: Lane, seen: Position) -> bool:
        held = self._look(
            lane,
            "SELECT epoch, idx, hash FROM ledger.leaf WHERE lane = %s AND epoch = %s AND idx = %s",
            seen.epoch,
            seen.index,
        )
        return held == seen

    def _look(self, lane: Lane, query: LiteralString, *places: int) -> Position | None:
        try:
            with self.connections.connection(PROJECTOR) as connection:
                row = connection.execute(query, (lane.value, *places)).fetchone()
        except psycopg.Error as error:
            raise from_database(error) from None
        return None if row is None else Position(row[0], row[1], bytes(row[2]))
