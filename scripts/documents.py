"""`liggare file` and `liggare fetch`: a document goes in from a file, and comes out to a file."""

import mimetypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Final

from api.acting import Acting
from api.clock import utc_now
from api.filing import ToFile
from api.house import House
from api.reading import DocumentRead
from ledger.application import Stored
from ledger.documents import CHUNK_BYTES, LARGEST_BYTES
from scripts.settings import SettingsError, why

_UNKNOWN_TYPE: Final = "application/octet-stream"
_ENCODINGS: Final = {
    "gzip": "application/gzip",
    "bzip2": "application/x-bzip2",
    "xz": "application/x-xz",
}
"""What `mimetypes` calls a compression, and the media type of what is so compressed."""
_COMPRESSED_BEGINS: Final = {
    b"\x1f\x8b\x08": _ENCODINGS["gzip"],
    b"BZh": _ENCODINGS["bzip2"],
    b"\xfd7zXZ\0": _ENCODINGS["xz"],
}
"""How such files begin (RFC 1952 section 2.3.1; bzip2's and xz's own formats)."""


@contextmanager
def opened(path: Path) -> Iterator[tuple[IO[bytes], int]]:
    """Open a file that is to be filed. Gives it with its length in bytes.

    Raises:
        SettingsError: it cannot be read, is empty, or is larger than a document may be.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise SettingsError(f"Filen kan inte läsas: {why(error)}.", "Kontrollera FIL.") from None
    with file:
        length = os.fstat(file.fileno()).st_size
        if not 0 < length <= LARGEST_BYTES:
            raise SettingsError(
                "Filen är tom." if not length else "Filen är för stor.",
                f"En handling har innehåll, och är högst {LARGEST_BYTES // 1024**2} MB.",
            )
        yield file, length


def media_type_of(path: Path, content: IO[bytes]) -> str:
    """The media type that a file's beginning shows, or the ending of its name stands for.

    A compressed file is of the type of its compression, whatever is in it: nobody reads it as the
    other before it is unpacked.

    Args:
        path: its name.
        content: the open file, at its beginning; it is left there.
    """
    first = content.read(max(map(len, _COMPRESSED_BEGINS)))
    content.seek(0)
    shown = [one for begins, one in _COMPRESSED_BEGINS.items() if first.startswith(begins)]
    named, encoding = mimetypes.guess_type(path.name)
    if shown:
        return shown[0]
    return _ENCODINGS.get(encoding, _UNKNOWN_TYPE) if encoding else named or _UNKNOWN_TYPE


def file_document(house: House, acting: Acting, to_file: ToFile, content: IO[bytes]) -> Stored:
    """File a document from an open file, a chunk at a time.

    Raises:
        Problem, Refused, LedgerError: as `api.filing` raises them.
    """
    filing = house.filings.begin(acting, to_file, utc_now())
    try:
        while piece := content.read(CHUNK_BYTES):
            filing.add(piece)
        return filing.finish()
    finally:
        filing.end()


def save(read: DocumentRead, path: Path) -> None:
    """Write a document to a file that is not there yet, whole or not at all, for its owner alone.

    Raises:
        SettingsError: the file is there already, or cannot be written.
        LedgerError: the document is not what was filed.
    """
    try:
        with NamedTemporaryFile(dir=path.parent, prefix=".handling-", delete=True) as beside:
            for piece in read.download.pieces():
                beside.write(piece)
            beside.flush()
            os.link(beside.name, path)
    except FileExistsError:
        raise SettingsError("Filen finns redan.", "Välj ett annat namn till --till.") from None
    except OSError as error:
        raise SettingsError(
            f"Filen kan inte skrivas i mappen: {why(error)}.", "Välj en annan plats till --till."
        ) from None
