"""The witness: how far each log had come, remembered outside the ledger database.

A ledger database restored from an older copy has lost events that others have seen. Were it to
append, two events would have one position. So the key database, which is not restored with it, is
told now and then where each log stands; a log that does not hold what was witnessed takes no
appends until an operator opens a new epoch and says why.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Final, LiteralString

import psycopg
from typing_extensions import override

from ledger.codec import Lane
from ledger.connections import KEYS, PROJECTOR, Connections
from ledger.errors import LedgerError, Unavailable, from_database

INTERVAL_S: Final = 1.0
"""How long an append may stay unwitnessed while others follow it. An epoch is witnessed at once."""


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
        behind: lanes whose log does not hold what was witnessed, as found when the ledger was
            opened.
    """

    connections: Connections
    behind: dict[Lane, Position] = field(default_factory=dict)
    _told_at: dict[Lane, float] = field(default_factory=dict, repr=False)

    def compare(self) -> None:
        """Find the logs that are behind or forked from what was witnessed.

        Raises:
            LedgerError: a database does not answer.
        """
        witnessed = self.witnessed()
        self.behind = {
            lane: seen for lane, seen in witnessed.items() if not self._holds(lane, seen)
        }

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
        """
        if lane in self.behind:
            raise BehindWitness(
                f"The log {lane} does not hold event {self.behind[lane]}, which was witnessed."
            )

    def tell(self, lane: Lane, position: Position, *, at_once: bool = False) -> None:
        """Let the witness know where a log stands, if it has not heard for a while.

        Args:
            lane: the log.
            position: of an event that is stored.
            at_once: tell it now, or fail: the log has a new epoch, and nothing may follow before
                that is known.
        """
        now = monotonic()
        if not at_once and now - self._told_at.get(lane, -INTERVAL_S) < INTERVAL_S:
            return
        try:
            with self.connections.connection(KEYS) as connection:
                connection.execute(
                    "SELECT keys.witness(%s, %s, %s, %s)",
                    (lane.value, position.epoch, position.index, position.leaf),
                )
        except (psycopg.Error, Unavailable) as error:
            if at_once:
                raise from_database(error) if isinstance(error, psycopg.Error) else error from None
            return  # the event is stored all the same, and the next append tries again
        self._told_at[lane] = now
        if at_once:
            self.behind.pop(lane, None)

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
