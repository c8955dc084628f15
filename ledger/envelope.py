"""The envelope: fourteen lines of text whose hash is an event's leaf. `docs/envelope.md` section 2.

The database writes envelopes, under the lane's lock; this module reads them. It is strict: a text
that is not exactly what the page says is no envelope, so one event cannot have two texts.
Standard library only: the verifier a stranger runs uses it.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Final
from unicodedata import is_normalized
from uuid import UUID

from ledger.codec import Lane

FORMAT: Final = "liggaren/envelope/v1"
LOG_STREAM: Final = UUID(int=0)
"""The stream of the log's own events, `-` in the text."""

_INDEX_BITS: Final = 40
_LARGEST_ID: Final = 2**63 - 1
"""A notification id is a bigint in every consumer's database."""


class EnvelopeError(ValueError):
    """The text is no envelope. Says which line, not what it holds."""


@dataclass(frozen=True, slots=True)
class Previous:
    """Where the event before this one in its stream lies, and its 32-byte leaf."""

    epoch: int
    index: int
    leaf: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """What an envelope says.

    Args:
        ledger: which ledger.
        lane: which lane.
        epoch: the log's epoch, from 0.
        index: the place in the log, from 0.
        namnd: who held the stream when this was recorded; None where it belongs to none.
        stream: the stream; `LOG_STREAM` for the log's own.
        version: the place in the stream, from 1.
        type: the event's type, NFC.
        schema: its schema version, from 1.
        occurred: when it happened, in one of the forms of section 3.
        recorded: when it was recorded, UTC with microseconds.
        previous: the event before it in its stream; None for version 1.
        root: the payload root, 32 bytes.
        sealed: the sealed digest, 32 bytes.
    """

    ledger: UUID
    lane: Lane
    epoch: int
    index: int
    namnd: UUID | None
    stream: UUID
    version: int
    type: str
    schema: int
    occurred: str
    recorded: datetime
    previous: Previous | None
    root: bytes
    sealed: bytes

    @classmethod
    def from_text(cls, text: str) -> "Envelope":
        """Read an envelope.

        Raises:
            EnvelopeError: the text deviates from the page in any way.
        """
        match = _ENVELOPE.fullmatch(text)
        if match is None:
            raise EnvelopeError(f"line {_first_bad_line(text)} is not as docs/envelope.md has it")
        # fmt: off
        (ledger, lane, epoch, index, namnd, stream, version, type_, schema, occurred, recorded,
         previous_epoch, previous_index, previous_leaf, root, sealed) = match.groups()
        # fmt: on
        if not is_normalized("NFC", type_):
            raise EnvelopeError("line 9: the type is not in Unicode NFC")
        if _NIL in text:
            raise EnvelopeError("a UUID of zero bytes is written `-`")
        require_occurred(occurred)
        envelope = cls(
            ledger=_uuid(ledger),
            lane=_LANES[lane],
            epoch=int(epoch),
            index=int(index),
            namnd=_uuid(namnd) if namnd else None,
            stream=_uuid(stream) if stream else LOG_STREAM,
            version=int(version),
            type=type_,
            schema=int(schema),
            occurred=occurred,
            recorded=_existing(recorded),
            previous=Previous(
                int(previous_epoch), int(previous_index), bytes.fromhex(previous_leaf)
            )
            if previous_leaf
            else None,
            root=bytes.fromhex(root),
            sealed=bytes.fromhex(sealed),
        )
        envelope._require_chain()
        return envelope

    def to_text(self) -> str:
        """Write the envelope. The database's own writing is what counts; this one is for checks."""
        before = self.previous
        recorded = self.recorded.astimezone(UTC).replace(tzinfo=None)
        lines = (
            FORMAT,
            self.ledger,
            self.lane,
            self.epoch,
            self.index,
            self.namnd or "-",
            "-" if self.stream == LOG_STREAM else self.stream,
            self.version,
            f"{self.type}/{self.schema}",
            self.occurred,
            f"{recorded.isoformat(timespec='microseconds')}Z",
            f"{before.epoch}/{before.index}/{before.leaf.hex()}" if before else "-",
            self.root.hex(),
            self.sealed.hex(),
        )
        return "".join(f"{line}\n" for line in lines)

    def _require_chain(self) -> None:
        before = self.previous
        if (before is None) != (self.version == 1):
            raise EnvelopeError("line 12: version 1 alone has no previous event")
        if before and (before.index >= self.index or before.epoch > self.epoch):
            raise EnvelopeError("line 12: the previous event lies later in the log")


def leaf_hash(text: str) -> bytes:
    """Return the 32-byte leaf hash SHA-256(0x00 || envelope). Source: RFC 6962 section 2.1.

    Args:
        text: the envelope exactly as stored, never re-written.

    >>> leaf_hash("").hex()[:16]
    '6e340b9cffb37a98'
    """
    return sha256(b"\0" + text.encode()).digest()


def notification_id(epoch: int, index: int) -> int:
    """Return an event's position in notifications, from 1. `docs/envelope.md` section 7.

    Raises:
        ValueError: no event has that position, or the id would not fit a bigint.

    >>> notification_id(1, 0) - 2**40
    1
    """
    notification = (epoch << _INDEX_BITS) + index + 1
    if epoch < 0 or not 0 <= index < 1 << _INDEX_BITS or notification > _LARGEST_ID:
        raise ValueError(f"({epoch}, {index}) is no position in a log")
    return notification


def position(notification: int) -> tuple[int, int]:
    """Return (epoch, index) of a notification id. The inverse of `notification_id`.

    Raises:
        ValueError: no event has that id.
    """
    if not 1 <= notification <= _LARGEST_ID:
        raise ValueError(f"{notification} is no notification id")
    return divmod(notification - 1, 1 << _INDEX_BITS)


def require_occurred(text: str) -> None:
    """Refuse an occurred that is not in one of the forms of `docs/envelope.md` section 3.

    Raises:
        EnvelopeError: another form, a date that does not exist, or a period that ends before it
            begins.
    """
    match = _OCCURRED.fullmatch(text)
    if match is None:
        raise EnvelopeError("occurred is in no form that docs/envelope.md knows")
    day, moment, first, last = match.groups()
    if day or moment:
        _existing(day or moment)
    elif first and _existing(last) < _existing(first):
        raise EnvelopeError("occurred: the period ends before it begins")


_UUID: Final = "([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
_FROM_0: Final = "(0|[1-9][0-9]{0,18})"
_FROM_1: Final = "([1-9][0-9]{0,18})"
_HASH: Final = "([0-9a-f]{64})"
_DAY: Final = "([0-9]{4}-[0-9]{2}-[0-9]{2})"
_INSTANT: Final = (
    "([0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9][.][0-9]{6}Z)"
)
_OCCURRED: Final = re.compile(f"day {_DAY}|instant {_INSTANT}|period {_DAY}/{_DAY}|unknown|sealed")
_LINES: Final = (
    FORMAT,
    _UUID,
    f"({'|'.join(Lane)})",
    _FROM_0,
    _FROM_0,
    f"(?:-|{_UUID})",
    f"(?:-|{_UUID})",
    _FROM_1,
    rf"([^\W_]+)/{_FROM_1}",
    "([a-z][^\n]*)",
    _INSTANT,
    f"(?:-|{_FROM_0}/{_FROM_0}/{_HASH})",
    _HASH,
    _HASH,
)
_ENVELOPE: Final = re.compile("".join(f"{line}\n" for line in _LINES))
_LANES: Final = {lane.value: lane for lane in Lane}
_NIL: Final = str(UUID(int=0))

_uuid: Final = lru_cache(maxsize=256)(UUID)
"""A stream's events name the same three ids over and over; making them is half of a reading."""


def _first_bad_line(text: str) -> int:
    lines = text.split("\n")
    for number, (line, pattern) in enumerate(zip(lines, _LINES, strict=False), start=1):
        if not re.fullmatch(pattern, line):
            return number
    return min(len(lines), len(_LINES) + 1)


def _existing(time: str) -> datetime:
    """Return the moment, or the day's midnight, of a text whose form is right."""
    try:
        return datetime.fromisoformat(time)
    except ValueError:
        raise EnvelopeError("a date that does not exist") from None
