"""Documents: their bytes in sealed chunks, filed by an event. `docs/envelope.md` section 11.

Chunks are stored one by one before the event, so that no lock is held and no more than one of them
is in memory while a document comes in or goes out. An upload without its event is nothing: it is
discarded, or swept away when it is a day old. A chunk leaves only under a committed row of the read
log, which names the document.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, ClassVar, Final, LiteralString
from uuid import UUID

import psycopg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.codec import JOINT, FieldClass, Lane
from ledger.connections import Connections, reader, writer
from ledger.errors import LedgerError, from_database
from ledger.seal import NONCE_BYTES, DataKey
from ledger.store import Ledger

CHUNK_BYTES: Final = 256 * 1024
"""Plaintext of every chunk but the last."""
LARGEST_BYTES: Final = 25 * 1024 * 1024
"""Of a document."""
SLOT: Final = JOINT
CLASS: Final = FieldClass.NEED
"""A paper may hold anything, and is about whoever is in the case."""
SALT_BYTES: Final = 32

_BLOCK_BYTES: Final = 16 * 1024
_FORMAT_AND_ALGORITHM: Final = b"\x02\x01"
_KEY_ID_AT: Final = 61
_NONCE_AT: Final = 77
_CIPHERTEXT_AT: Final = _NONCE_AT + NONCE_BYTES
_COMMIT_LABEL: Final = b"liggaren/document/v1\0"
_CHUNKS_LABEL: Final = b"liggaren/chunks/v1\0"


class DocumentTamperedError(LedgerError):
    """Stored chunks are not those that the document was filed with."""

    code: ClassVar[str] = "ledger.tampered"
    default_remedy: ClassVar[str] = "Run fsck."


@dataclass(frozen=True, slots=True)
class Place:
    """Which document: what each of its chunks is bound to.

    Args:
        ledger: which ledger.
        lane: the one lane the document is in.
        stream: the one stream it is in.
        document: its id.
        count: of chunks, from 1.
    """

    ledger: UUID
    lane: Lane
    stream: UUID
    document: UUID
    count: int

    def header(self, number: int, key_id: UUID) -> bytes:
        """The 77 bytes that the chunk of a number, from 1, begins with."""
        return b"".join(
            (
                _FORMAT_AND_ALGORITHM,
                self.ledger.bytes,
                bytes((self.lane.code,)),
                self.stream.bytes,
                self.document.bytes,
                number.to_bytes(4, "big"),
                self.count.to_bytes(4, "big"),
                bytes((SLOT, CLASS)),
                key_id.bytes,
            )
        )


@dataclass(frozen=True, slots=True)
class Filed:
    """What the event says of a document's bytes.

    Args:
        length: in bytes.
        digest: of the sealed chunks, 32 bytes.
        salt: 32 random bytes.
        commitment: to the bytes, 32 bytes.
    """

    length: int
    digest: bytes
    salt: bytes
    commitment: bytes


def count_of(length: int) -> int:
    """How many chunks a document of so many bytes has."""
    return -(-length // CHUNK_BYTES)


def seal_chunk(place: Place, number: int, piece: bytes, key: DataKey, nonce: bytes) -> bytes:
    """Seal a piece of a document.

    Args:
        place: the document.
        number: of the chunk, from 1.
        piece: `CHUNK_BYTES`, or 1 to so many bytes in the last chunk.
        key: of the document's lane, stream, slot and class.
        nonce: 12 bytes nobody can foretell.
    """
    padded = piece + bytes(-len(piece) % _BLOCK_BYTES)
    header = place.header(number, key.key_id)
    return header + nonce + AESGCM(key.key).encrypt(nonce, padded, header)


def open_chunk(place: Place, number: int, length: int, chunk: bytes, key: bytes) -> bytes:
    """Open a chunk. The inverse of `seal_chunk`.

    Args:
        place: the document.
        number: of the chunk, from 1.
        length: of the piece in it.
        chunk: as stored.
        key: 32 bytes.

    Raises:
        DocumentTamperedError: it is another chunk, or another key's.
    """
    header = chunk[:_NONCE_AT]
    if header != place.header(number, key_id_of(chunk)):
        raise DocumentTamperedError("The chunk belongs elsewhere.")
    try:
        padded = AESGCM(key).decrypt(
            chunk[_NONCE_AT:_CIPHERTEXT_AT], chunk[_CIPHERTEXT_AT:], header
        )
    except (InvalidTag, ValueError):
        raise DocumentTamperedError("The chunk cannot be opened with its key.") from None
    if len(padded) != length + -length % _BLOCK_BYTES or padded[length:].strip(b"\0"):
        raise DocumentTamperedError("The chunk is not padded as it should be.")
    return padded[:length]


def key_id_of(chunk: bytes) -> UUID:
    """The id of the key that a chunk was sealed with, as its header says."""
    if len(chunk) < _CIPHERTEXT_AT:
        raise DocumentTamperedError("The chunk is cut.")
    return UUID(bytes=chunk[_KEY_ID_AT:_NONCE_AT])


def chunks_digest(hashes: list[bytes]) -> bytes:
    """What the event says of the sealed chunks, 32 bytes. Computed without a key.

    Args:
        hashes: SHA-256 of each chunk, in order.
    """
    return sha256(_CHUNKS_LABEL + len(hashes).to_bytes(4, "big") + b"".join(hashes)).digest()


def commitment(salt: bytes, content_hash: bytes) -> bytes:
    """The commitment to a document's bytes, 32 bytes. A bare hash of a template letter is
    guessable.

    Args:
        salt: 32 random bytes.
        content_hash: SHA-256 of the bytes.
    """
    return sha256(_COMMIT_LABEL + salt + content_hash).digest()


@dataclass
class Upload:
    """A document on its way in. Takes its bytes in pieces and keeps each at once, sealed.

    Args:
        ledger: where.
        namnd: the acting nämnd.
        place: which document, and how many chunks it will have.
        key: of the document's lane, stream, slot and class.
        entropy: returns that many bytes nobody can foretell.
    """

    ledger: Ledger
    namnd: UUID
    place: Place
    key: DataKey
    entropy: Callable[[int], bytes]
    _hashes: list[bytes] = field(default_factory=list)

    def add(self, piece: bytes) -> None:
        """Keep the next piece.

        Args:
            piece: `CHUNK_BYTES`, or fewer in the last.

        Raises:
            LedgerError: what the ledger refuses.
        """
        number = len(self._hashes) + 1
        chunk = seal_chunk(self.place, number, piece, self.key, self.entropy(NONCE_BYTES))
        place = self.place
        _execute(
            self.ledger.connections,
            writer(place.lane),
            "SELECT ledger.add_chunk(%s, %s, %s, %s, %s)",
            (place.lane.value, self.namnd, place.stream, place.document, chunk),
        )
        self._hashes.append(sha256(chunk).digest())

    def filed(self, length: int, content_hash: bytes) -> Filed:
        """Return what the event is to say.

        Args:
            length: of all the pieces.
            content_hash: SHA-256 of them.
        """
        assert len(self._hashes) == self.place.count == count_of(length)
        salt = self.entropy(SALT_BYTES)
        return Filed(length, chunks_digest(self._hashes), salt, commitment(salt, content_hash))


def discard(connections: Connections, lane: Lane, document: UUID) -> None:
    """Throw an upload away that has not got its event. A filed document stays.

    Raises:
        LedgerError: the database does not answer.
    """
    _execute(
        connections,
        writer(lane),
        "SELECT ledger.discard_documents(%s, %s)",
        (lane.value, document),
    )


def sweep(connections: Connections, lane: Lane) -> int:
    """Throw away the lane's uploads that have been without their event for a day.

    Returns:
        How many.

    Raises:
        LedgerError: the database does not answer.
    """
    swept: int = _execute(
        connections, writer(lane), "SELECT ledger.discard_documents(%s, NULL)", (lane.value,)
    )
    return swept


@dataclass(frozen=True)
class Download:
    """A filed document on its way out.

    Args:
        ledger: where.
        namnder: whose keys may open it.
        place: which document.
        read: the id of the committed row in the read log.
        filed: what its event says.
    """

    ledger: Ledger
    namnder: frozenset[UUID]
    place: Place
    read: int
    filed: Filed

    def require_whole(self) -> None:
        """Require that all chunks are there as they were filed, before the first is shown.

        Raises:
            DocumentTamperedError: they are not.
            LedgerError: the database does not answer.
        """
        hashes = [sha256(self._chunk(number)).digest() for number in range(1, self.place.count + 1)]
        if chunks_digest(hashes) != self.filed.digest:
            raise DocumentTamperedError("The chunks are not those that were filed.")

    def pieces(self) -> Iterator[bytes]:
        """The document's bytes, a chunk at a time. The last is given only when all are what was
        committed to.

        Raises:
            DocumentTamperedError: they are not.
            LedgerError: the database does not answer, or the document is gone meanwhile.
        """
        whole = sha256()
        keys: dict[UUID, bytes] = {}
        for number in range(1, self.place.count + 1):
            chunk = self._chunk(number)
            key_id = key_id_of(chunk)
            if not keys:
                keys = self.ledger.keys.fetch(self.namnder, self.place.lane, {key_id})
            if key_id not in keys:
                raise DocumentTamperedError("The key of the chunk is out of reach.")
            length = min(CHUNK_BYTES, self.filed.length - (number - 1) * CHUNK_BYTES)
            piece = open_chunk(self.place, number, length, chunk, keys[key_id])
            whole.update(piece)
            if number == self.place.count and (
                commitment(self.filed.salt, whole.digest()) != self.filed.commitment
            ):
                raise DocumentTamperedError("The bytes are not what was committed to.")
            yield piece

    def _chunk(self, number: int) -> bytes:
        chunk = _execute(
            self.ledger.connections,
            reader(self.place.lane),
            "SELECT ledger.read_chunk(%s, %s)",
            (self.read, number),
        )
        if chunk is None:
            raise DocumentTamperedError("A chunk is missing.")
        return bytes(chunk)


def _execute(
    connections: Connections, role: str, statement: LiteralString, values: tuple[object, ...]
) -> Any:  # noqa: ANN401 - the one value that the statement returns
    try:
        with connections.connection(role) as connection:
            row = connection.execute(statement, values, binary=True).fetchone()
    except psycopg.Error as error:
        raise from_database(error) from None
    assert row is not None
    return row[0]
