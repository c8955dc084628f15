"""What can go wrong when the ledger is asked to keep or show something. Every error carries a code,
a sentence and a remedy.

LedgerError
├── NotAllowed           the role, the nämnd or the lane forbids it
│   └── NotHeld          the nämnd has no such stream, hold or destruction
├── Conflict             the stream has moved on (also eventsourcing's IntegrityError)
├── CommandReused        the command id was used for something else
├── CommandExpired       the command id is too old to be compared
├── Malformed            bytes or order the ledger cannot keep
├── ClockRefused         the caller's, the database's and the log's clocks disagree
├── Destroyed            the stream or a key is gone under a gallring decision
├── UnknownNämnd         the nämnd that a stream is to move to is not registered
├── NotConcerned         a destruction is about a person who is not in the stream
├── Held                 a gallringsspärr forbids it
│   └── Begun            a destruction that has begun forbids it
├── NoReadOpen           a read without its row in the read log
├── NothingToSave        a command produced no event
├── DurabilityUnknown    the answer was lost: retry with the same command id
└── Unavailable          the database cannot be reached
    └── Busy             it can, but not in time
"""

from typing import ClassVar, Final

import psycopg
from eventsourcing.persistence import IntegrityError


class LedgerError(Exception):
    """Something the ledger refuses or cannot do.

    Args:
        message: one sentence, without any stored value.
        remedy: what to do instead.
    """

    code: ClassVar[str] = "ledger"
    default_remedy: ClassVar[str] = "Ask whoever runs the ledger."

    def __init__(self, message: str, remedy: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy or self.default_remedy


class NotAllowed(LedgerError):
    """The role, the nämnd or the lane forbids it."""

    code = "ledger.not_allowed"
    default_remedy = "Use a role, a nämnd and a lane that may do this."


class NotHeld(NotAllowed):
    """The nämnd has no such stream, hold or destruction."""

    code = "ledger.not_held"
    default_remedy = "It does not exist, has been destroyed or ended, or another nämnd holds it."


class Conflict(LedgerError, IntegrityError):
    """The stream has moved on (also eventsourcing's IntegrityError)."""

    code = "conflict.version"
    default_remedy = "Read the stream again and decide anew."
    last: int | None = None
    above: bool = False

    def __init__(
        self,
        message: str,
        remedy: str | None = None,
        *,
        last: int | None = None,
        above: bool = False,
    ) -> None:
        """As any other.

        Args:
            message: what is wrong.
            remedy: what to do.
            last: the stream's last version, as the nämnd that asked holds it; 0 where it holds no
                such stream; None where it is not known.
            above: the version that was expected is none that the stream has had.
        """
        super().__init__(message, remedy)
        self.last = last
        self.above = above


class CommandReused(LedgerError):
    """The command id was used for something else."""

    code = "idempotency.reused"
    default_remedy = "Use a new command id."


class CommandExpired(LedgerError):
    """The command id is too old to be compared."""

    code = "idempotency.expired"
    default_remedy = "Look the stream up, and use a new command id."


class Malformed(LedgerError):
    """Bytes or order the ledger cannot keep."""

    code = "ledger.malformed"


class ClockRefused(LedgerError):
    """The caller's, the database's and the log's clocks disagree."""

    code = "ledger.clock"
    default_remedy = (
        "Synchronise the clocks; if the log itself is ahead, an operator opens a new epoch."
    )


class Destroyed(LedgerError):
    """The stream or a key is gone under a gallring decision."""

    code = "ledger.destroyed"
    default_remedy = "Open a new case."


class UnknownNämnd(LedgerError):
    """The nämnd that a stream is to move to is not registered."""

    code = "ledger.unknown_namnd"
    default_remedy = "Register the nämnd first, or name one that is registered."


class NotConcerned(LedgerError):
    """A destruction is about a person who is not in the stream."""

    code = "ledger.not_concerned"
    default_remedy = "Decide anew, about the right person and the right stream."


class Held(LedgerError):
    """A gallringsspärr forbids it."""

    code = "ledger.held"


class Begun(Held):
    """A destruction that has begun forbids it."""

    code = "ledger.begun"
    default_remedy = "Have it carried out to its end."


class NoReadOpen(LedgerError):
    """A read without its row in the read log."""

    code = "ledger.no_read"
    default_remedy = "Open a read first: every read is logged."


class NothingToSave(LedgerError):
    """A command produced no event."""

    code = "ledger.nothing_to_save"
    default_remedy = "After a conflict, load the stream again and run the command anew."


class DurabilityUnknown(LedgerError):
    """The answer was lost: retry with the same command id."""

    code = "ledger.durability_unknown"
    default_remedy = "Send the same command again with the same id: it is carried out once."


class Unavailable(LedgerError):
    """The database cannot be reached."""

    code = "ledger.unavailable"
    default_remedy = "Try again; if it persists, see whether the database is running."


class Busy(Unavailable):
    """A connection or a lock could not be had in time. Nothing has been stored."""

    code = "ledger.busy"
    default_remedy = "Try again in a moment."


_BY_SQLSTATE: Final[dict[str, type[LedgerError]]] = {
    "40P01": Busy,  # of two that wait for each other, one gives up
    "42501": NotAllowed,
    "55006": Held,  # an older transaction keeps destroyed rows in the files
    "55P03": Busy,  # lock_timeout
    "LG001": NotAllowed,
    "LG002": NoReadOpen,
    "LG010": ClockRefused,
    "LG011": ClockRefused,
    "LG012": Conflict,
    "LG013": Destroyed,
    "LG014": Destroyed,
    "LG015": Malformed,
    "LG020": CommandExpired,
    "LG021": CommandReused,
    "LG030": Held,
    "LG031": Begun,
    "LG032": NotHeld,
    "LG033": UnknownNämnd,
    "LG034": NotConcerned,
}


def from_database(error: psycopg.Error) -> LedgerError:
    """Return the ledger's error for a database error. The server's own texts are not repeated: they
    may quote a value.
    """
    kind = _BY_SQLSTATE.get(error.sqlstate or "")
    if kind is Conflict and (error.diag.message_detail or "").isdecimal():
        return Conflict(
            error.diag.message_primary or kind.code,
            error.diag.message_hint,
            last=int(error.diag.message_detail or ""),
        )
    if kind is not None:
        return kind(error.diag.message_primary or kind.code, error.diag.message_hint)
    if isinstance(error, psycopg.errors.UniqueViolation | psycopg.errors.SerializationFailure):
        return Conflict("Somebody else was faster.")
    if isinstance(error, psycopg.errors.DataError):
        return Malformed("The database cannot keep these values.")
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return Unavailable(
            f"The database did not answer ({error.sqlstate or type(error).__name__})."
        )
    return LedgerError(f"The database refused ({error.sqlstate or type(error).__name__}).")
