"""The vault: keys that wrap data keys, one for each (nämnd, lane), outside both databases.

`docs/envelope.md` section 6. Who has neither the key database nor the vault can read nothing, and
who has only one of them neither. The landlord side holds the vault's `hyra` alone.
"""

import os
import secrets
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import ClassVar, Final, Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from typing_extensions import override

from ledger.codec import Lane
from ledger.errors import LedgerError

NO_NAMND: Final = UUID(int=0)
"""Stands for "no nämnd": keys that the whole lane may use."""

WRAP_BYTES: Final = 60
_LABEL: Final = b"liggaren/wrap/v1\0"
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12


class KeyUnavailableError(LedgerError):
    """A key-encryption key is not there, or must not be used as it lies."""

    code: ClassVar[str] = "keys.unavailable"
    default_remedy: ClassVar[str] = "Put the key-encryption key back from its backup."


class WrapTamperedError(LedgerError):
    """A wrapped key does not open under the key it was wrapped with."""

    code: ClassVar[str] = "keys.tampered"
    default_remedy: ClassVar[str] = "Restore the key database and the vault from the same day."


class KeyVault(Protocol):
    """Wraps and unwraps data keys. Keeps no data key."""

    def wrap(self, namnd: UUID, lane: Lane, ledger: UUID, key_id: UUID, key: bytes) -> bytes:
        """Return the 60 bytes that keep a data key for a nämnd.

        Makes the nämnd's key-encryption key at its first use.

        Args:
            namnd: who shall be able to unwrap it, or `NO_NAMND`.
            lane: the lane of the key's stream.
            ledger: which ledger.
            key_id: the data key's id.
            key: the data key, 32 bytes.

        Raises:
            KeyUnavailableError: the key-encryption key can be neither read nor made.
        """
        ...

    def unwrap(self, namnd: UUID, lane: Lane, ledger: UUID, key_id: UUID, wrapped: bytes) -> bytes:
        """Return the data key, 32 bytes. The inverse of `wrap`.

        Raises:
            KeyUnavailableError: the key-encryption key is not there.
            WrapTamperedError: the bytes are no wrap of that key for that nämnd, lane and ledger.
        """
        ...

    def unwrap_all(
        self, namnd: UUID, lane: Lane, ledger: UUID, wraps: Mapping[UUID, bytes]
    ) -> dict[UUID, bytes]:
        """Return several data keys of one nämnd by id, in one visit to the vault where it can."""
        return {
            key_id: self.unwrap(namnd, lane, ledger, key_id, wrapped)
            for key_id, wrapped in wraps.items()
        }


class FileKeyVault(KeyVault):
    """A vault of files: `<lane>/<nämnd>.key`, 32 bytes each.

    A key-encryption key is read for each call and forgotten after it: reading costs microseconds,
    and what is taken out of the folder is out of reach at once.

    Args:
        directory: the vault's folder, mode 0700; made at the first wrap.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._on_disk: dict[Path, tuple[int, int]] = {}
        """Device and inode of the files whose names this process has seen to be on disk."""

    @override
    def wrap(self, namnd: UUID, lane: Lane, ledger: UUID, key_id: UUID, key: bytes) -> bytes:
        if len(key) != _KEY_BYTES:
            raise ValueError(f"a data key is {_KEY_BYTES} bytes")
        path = self._path(namnd, lane)
        try:
            if not path.exists():
                _create(self._directory, path)
            # Also when another process made it a moment ago: its name must be on disk before
            # anything wrapped with it is. Once for each file: a sync takes longer than a wrap.
            found = path.stat()
            if self._on_disk.get(path) != (found.st_dev, found.st_ino):
                _sync_directory(path.parent)
                _sync_directory(self._directory)
                self._on_disk[path] = (found.st_dev, found.st_ino)
        except OSError as error:
            raise KeyUnavailableError(
                f"The vault cannot be written ({error.strerror}).",
                "Mount the vault's folder, owned by this user with mode 0700.",
            ) from None
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + AESGCM(self._read(path)).encrypt(nonce, key, _bound(lane, ledger, key_id))

    @override
    def unwrap(self, namnd: UUID, lane: Lane, ledger: UUID, key_id: UUID, wrapped: bytes) -> bytes:
        return self.unwrap_all(namnd, lane, ledger, {key_id: wrapped})[key_id]

    @override
    def unwrap_all(
        self, namnd: UUID, lane: Lane, ledger: UUID, wraps: Mapping[UUID, bytes]
    ) -> dict[UUID, bytes]:
        kek = AESGCM(self._read(self._path(namnd, lane)))
        return {
            key_id: _unwrapped(kek, lane, key_id, wrapped, _bound(lane, ledger, key_id))
            for key_id, wrapped in wraps.items()
        }

    def _path(self, namnd: UUID, lane: Lane) -> Path:
        return self._directory / lane / f"{namnd}.key"

    def _read(self, path: Path) -> bytes:
        # The folder's mode guards all below it; the file's own mode guards a copy of it.
        try:
            _require_private(self._directory, self._directory.stat())
            file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                _require_private(path, os.fstat(file))
                key = os.read(file, _KEY_BYTES + 1)
            finally:
                os.close(file)
        except OSError as error:
            raise KeyUnavailableError(
                f"The key-encryption key {path.parent.name}/{path.name} cannot be read"
                f" ({error.strerror})."
            ) from None
        if len(key) != _KEY_BYTES:
            raise KeyUnavailableError(
                f"The key-encryption key {path.parent.name}/{path.name} is not {_KEY_BYTES} bytes."
            )
        return key


def _unwrapped(kek: AESGCM, lane: Lane, key_id: UUID, wrapped: bytes, bound: bytes) -> bytes:
    nonce, ciphertext = wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:]
    if len(wrapped) == WRAP_BYTES:
        with suppress(InvalidTag):
            return kek.decrypt(nonce, ciphertext, bound)
    raise WrapTamperedError(f"The wrap of key {key_id} does not open for its nämnd in {lane}.")


def _bound(lane: Lane, ledger: UUID, key_id: UUID) -> bytes:
    """The associated data. No nämnd in it, so that a stream can move: see the page."""
    return _LABEL + ledger.bytes + bytes((lane.code,)) + key_id.bytes


def _require_private(path: Path, status: os.stat_result) -> None:
    if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        mode = "700" if stat.S_ISDIR(status.st_mode) else "600"
        raise KeyUnavailableError(
            "Others than its owner may use what lies in the vault.", f"chmod {mode} {path}"
        )


def _create(vault: Path, path: Path) -> None:
    """Make a new key-encryption key, unless another process is a moment faster.

    It gets its name whole and on disk, by a link, which fails where the name is taken: nobody ever
    reads half a key, and two makers end up with the same one.
    """
    with suppress(FileExistsError):
        vault.mkdir(mode=0o700)
        _sync_directory(vault.parent)
    _require_private(vault, vault.stat())
    path.parent.mkdir(mode=0o700, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        try:
            os.write(file, secrets.token_bytes(_KEY_BYTES))
            os.fsync(file)
        finally:
            os.close(file)
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()


def _sync_directory(directory: Path) -> None:
    file = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)
