"""Documents on their way in: the same gateway as other writes, with bytes before the event.

Nothing but one chunk is ever in memory, and nothing lies on disk unsealed. Whatever the ledger
refuses on the way is answered only when all bytes have come: a retry of a filing that went through
is known by its content and gets its receipt, also where the stream has moved since.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from os import urandom
from typing import Any, Final, cast
from uuid import UUID

from api.acting import Acting
from api.clock import new_id
from api.problems import Problem
from api.recording import require_may, require_officer
from api.saying import Command, understand
from domain.kernel.event import Event
from domain.kernel.process import By, LaneProcess
from domain.kernel.shapes import DocumentFiled
from domain.processes import Processes
from ledger.application import LaneEventStore, Stored
from ledger.canonical import encode
from ledger.codec import Json, Lane
from ledger.documents import (
    CLASS,
    LARGEST_BYTES,
    SLOT,
    Filed,
    Place,
    Upload,
    count_of,
    discard,
    sweep,
)
from ledger.errors import Conflict, LedgerError
from projections.registry import REGISTRY

LANES: Final = tuple(lane for lane in Lane if REGISTRY.get(lane, DocumentFiled.__name__, 1))
"""The lanes that documents are filed in."""
_NOT_YET: Final = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class ToFile:
    """What somebody wants filed, before its bytes have come.

    Args:
        lane: where.
        stream: in which stream.
        expected: the last version of it that the sender has seen.
        key: the command's id, drawn by the sender.
        body: what is said of the document, in NFC.
        media_type: of the bytes.
        length: how many bytes will come.
    """

    lane: Lane
    stream: UUID
    expected: int
    key: UUID
    body: dict[str, Json]
    media_type: str
    length: int

    def __post_init__(self) -> None:
        assert 0 < self.length <= LARGEST_BYTES

    def plaintext(self, content_hash: bytes) -> bytes:
        """What a repetition must have alike. Only its HMAC is kept."""
        return encode(
            {
                "body": self.body,
                "content": content_hash.hex(),
                "expected": self.expected,
                "length": self.length,
                "mediaType": self.media_type,
                "stream": str(self.stream),
            }
        )

    def command(self, document: UUID, filed: Filed | None = None) -> Command:
        """The command to file it; before the bytes have come, to see whether there can be one.

        Raises:
            Problem: 422.
        """
        return understand(
            self.lane,
            self.body,
            {
                "documentId": str(document),
                "chunksDigest": filed.digest.hex() if filed else _NOT_YET,
                "mediaType": self.media_type,
                "length": self.length,
                "salt": filed.salt.hex() if filed else _NOT_YET,
                "commitment": filed.commitment.hex() if filed else _NOT_YET,
            },
        )


class FilingGateway:
    """Takes documents from officers.

    Args:
        processes: of an opened ledger.
    """

    def __init__(self, processes: Processes) -> None:
        self._processes = processes

    def begin(self, acting: Acting, to_file: ToFile, now: datetime) -> "Filing":
        """Begin to take a document. The caller gives its bytes, finishes, and always ends.

        Args:
            acting: who, and for which nämnd.
            to_file: what.
            now: this moment.

        Raises:
            Problem: 403, no role allows it; 422, it cannot be filed so.
            LedgerError: the ledger cannot be reached.
        """
        document = new_id()
        command = to_file.command(document)
        role = require_may(acting, to_file.lane, to_file.stream, command)
        by = By(acting.actor.id, role, acting.namnd, to_file.key, b"", now)
        if command.said.acted_by:
            require_officer(self._processes, by, command.said.acted_by)
        filing = Filing(self._processes[to_file.lane], to_file, by, document)
        sweep(self._processes.ledger.connections, to_file.lane)
        filing.prepare()
        return filing


@dataclass
class Filing:
    """One document on its way in.

    Args:
        process: of its lane.
        to_file: what was asked for.
        by: who asks, without the content, which is not known yet.
        document: its id, of this lane alone.
    """

    process: LaneProcess
    to_file: ToFile
    by: By
    document: UUID
    _history: Sequence[Event] = ()
    _upload: Upload | None = None
    _refused: LedgerError | None = None
    _received: int = 0
    _content: Any = field(default_factory=sha256)

    def prepare(self) -> None:
        """Look at the stream as the sender has seen it, and make the key ready."""
        ledger, to_file = self.process.ledger, self.to_file
        try:
            with self.process.reading(self.by.reads("command"), to_file.stream):
                self._history = self.process.history(to_file.stream, lte=to_file.expected)
            if not self._history or self._history[-1].version != to_file.expected:
                last = self._history[-1].version if self._history else 0
                message = f"Version {to_file.expected} was expected, the stream is at {last}."
                raise Conflict(message, last=last, above=True)
            key = self._events.key(self.by.namnd, to_file.stream, SLOT, CLASS)
        except LedgerError as error:
            self._refused = error
            return
        count = count_of(to_file.length)
        place = Place(ledger.id, to_file.lane, to_file.stream, self.document, count)
        self._upload = Upload(ledger, self.by.namnd, place, key, urandom)

    def add(self, piece: bytes) -> None:
        """Take the next piece: `CHUNK_BYTES`, fewer in the last."""
        self._content.update(piece)
        self._received += len(piece)
        if self._upload is not None:
            try:
                self._upload.add(piece)
            except LedgerError as error:
                self._upload, self._refused = None, error

    def finish(self) -> Stored:
        """Record that the document is filed, or find what an earlier try has recorded.

        Raises:
            Problem: 400, other bytes came than were announced.
            Refused: it cannot be a fact.
            LedgerError: what the ledger refuses.
        """
        if self._received != self.to_file.length:
            raise Problem(
                400,
                "document.length",
                "Ofullständigt innehåll",
                "Det kom inte så många byte som anropet angav.",
                "Skicka handlingen igen med samma nyckel.",
            )
        content_hash = self._content.digest()
        by = replace(self.by, body=self.to_file.plaintext(content_hash))
        if self._upload is not None:
            self._record(by, self._upload.filed(self._received, content_hash))
        # Of two tries the first counts, with its document: the other's bytes are thrown away.
        earlier = self._events.earlier(by.command())
        if not earlier:
            assert self._refused is not None
            raise self._refused
        return earlier[0]

    def _record(self, by: By, filed: Filed) -> None:
        command = self.to_file.command(self.document, filed)
        saying = command.saying(self.to_file.stream, self.to_file.expected + 1)
        self.process.record([saying], by, {self.to_file.stream: self._history})

    def end(self) -> None:
        """Throw away what has not been filed. What this cannot reach is swept away a day later.

        Raises:
            LedgerError: the database does not answer.
        """
        discard(self.process.ledger.connections, self.to_file.lane, self.document)

    @property
    def _events(self) -> LaneEventStore:
        return cast("LaneEventStore", self.process.events)


def document_of(stored: Stored) -> str:
    """The id of the document in the clear text of the event that filed it."""
    match = re.search(rb'^32 "([0-9a-f-]{36})"$', stored.state, re.MULTILINE)
    assert match is not None
    return match[1].decode()
