"""The feed of a lane: what has been recorded since a cursor, as CloudEvents (1.0.2, JSON batch).

An event is thin: which type, which stream, when. What it says is read through the case, with the
rights that takes. The cursor is a position of the lane's log and its leaf, so a log that was
replaced by another is noticed and nobody goes on from a place that is no longer there.
"""

import re
from dataclasses import dataclass
from typing import Final, Self

from typing_extensions import override

from api.acting import Acting
from api.problems import Problem
from api.reading import ReadGateway
from domain.kernel.values import format_instant
from ledger.codec import Json, Lane
from ledger.envelope import LOG_STREAM, Envelope, leaf_hash

LANES: Final = (Lane.BISTAND, Lane.HYRA)
"""The lanes that have a feed. What joins the two is in none: it would tell of the other."""
MOST: Final = 1000
"""So many events come in one page at most."""
PAGE: Final = 100
"""So many where nobody says."""

_CURSOR: Final = re.compile(r"(0|[1-9][0-9]{0,6})[.](0|[1-9][0-9]{0,12})[.]([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Cursor:
    """Up to where a consumer has come: a position and the leaf that lies there, 32 bytes."""

    epoch: int
    index: int
    leaf: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a cursor.

        Raises:
            Problem: 400; the text is none.
        """
        match = _CURSOR.fullmatch(text)
        if match is None:
            raise Problem(
                400,
                "cursor.form",
                "Fel form",
                "Markören är ingen som flödet har lämnat.",
                "Använd adressen i Link: rel=next från föregående svar, utan att ändra den.",
            )
        return cls(int(match[1]), int(match[2]), bytes.fromhex(match[3]))

    @override
    def __str__(self) -> str:
        """As it stands in an address."""
        return f"{self.epoch}.{self.index}.{self.leaf.hex()}"


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a feed.

    Args:
        events: CloudEvents, in log order.
        next: the cursor to go on from; None for an empty log.
        full: whether there may be more at once.
    """

    events: tuple[dict[str, Json], ...]
    next: Cursor | None
    full: bool


def page(reads: ReadGateway, acting: Acting, lane: Lane, after: Cursor | None, limit: int) -> Page:
    """Return what follows a cursor, of the streams the officer's nämnd holds. One logged read.

    Args:
        reads: of an opened ledger.
        acting: who, and for which nämnd.
        lane: one of `LANES`.
        after: the cursor of the last page; None from the beginning.
        limit: at most so many events, 1 to `MOST`.

    Raises:
        Problem: 403; 410, the log no longer holds the cursor's event.
        LedgerError: the ledger cannot be read, or the read cannot be logged.
    """
    place = (after.epoch, after.index, after.leaf) if after else None
    found = reads.page(acting, lane, place, limit)
    if found is None:
        raise _gone()
    return Page(
        tuple(_event(envelope) for envelope in found.envelopes),
        Cursor(*found.end) if found.end else None,
        len(found.envelopes) == limit,
    )


def _event(text: str) -> dict[str, Json]:
    envelope = Envelope.from_text(text)
    return {
        "specversion": "1.0",
        "id": f"{envelope.epoch}/{envelope.index}",
        "source": f"/liggaren/{envelope.ledger}/{envelope.lane}",
        "type": f"se.liggaren.{envelope.lane}.{envelope.type}.{envelope.schema}",
        "subject": "-" if envelope.stream == LOG_STREAM else str(envelope.stream),
        "time": format_instant(envelope.recorded),
        "datacontenttype": "application/json",
        "data": {
            "version": envelope.version,
            "occurred": envelope.occurred,
            "leaf": leaf_hash(text).hex(),
        },
    }


def _gone() -> Problem:
    return Problem(
        410,
        "cursor.gone",
        "Markören finns inte längre",
        "Loggen håller inte den händelse som markören anger: den har ersatts av en annan.",
        "Bygg om läsmodellen: hämta flödet från början, utan efter.",
    )
