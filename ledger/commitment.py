"""The hashes under an event: salts, commits, group hashes, payload root, sealed digest.

`docs/envelope.md` sections 4 and 5. Standard library only: the verifier a stranger runs uses it.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256, shake_256
from typing import Final

from ledger.codec import FieldClass, GroupKey

SALT: Final = b"liggaren/salt/v1\0"
VALUE: Final = b"liggaren/value/v1\0"
GROUP: Final = b"liggaren/group/v1\0"
PAYLOAD: Final = b"liggaren/payload/v1\0"
SEALED: Final = b"liggaren/sealed/v1\0"
# A label ends in a zero byte, so none is the beginning of another.

HASH_BYTES: Final = 32
SEED_BYTES: Final = 32

_VALUE_STATE: Final = sha256(VALUE)
"""SHA-256 that has read the label: copying it is cheaper than reading the label for each field."""


def salts(seed: bytes, count: int) -> list[bytes]:
    """Return the salts of a group's fields in order, 32 bytes each. Source: FIPS 202, SHAKE-256.

    Args:
        seed: the group's 32 random bytes.
        count: how many fields the group has.
    """
    stream = shake_256(SALT + seed).digest(HASH_BYTES * count)
    return [stream[start : start + HASH_BYTES] for start in range(0, len(stream), HASH_BYTES)]


def commit(salt: bytes, value: bytes) -> bytes:
    """Return the 32-byte commit of a field.

    Args:
        salt: its 32 bytes.
        value: its value bytes as stored, never re-serialised.
    """
    state = _VALUE_STATE.copy()
    state.update(salt + value)
    return state.digest()


def group_hash(key: GroupKey, numbers: Sequence[int], commits: Sequence[bytes]) -> bytes:
    """Return the 32-byte hash of a group.

    Args:
        key: slot, class and kept, which the hash binds.
        numbers: the fields' numbers, ascending.
        commits: their commits in the same order, 32 bytes each.

    Raises:
        ValueError: not as many numbers as commits.
        OverflowError: a number beyond 65535, or more fields than that.
    """
    fields = [
        number.to_bytes(2, "big") + digest for number, digest in zip(numbers, commits, strict=True)
    ]
    head = bytes((key.slot, key.cls, key.sealed)) + len(fields).to_bytes(2, "big")
    return sha256(GROUP + head + b"".join(fields)).digest()


def payload_root(group_hashes: Sequence[bytes]) -> bytes:
    """Return the 32-byte root over all groups of an event.

    Args:
        group_hashes: 32 bytes each, ordered by slot, class, kept.
    """
    return sha256(PAYLOAD + len(group_hashes).to_bytes(2, "big") + b"".join(group_hashes)).digest()


def sealed_digest(parts: Iterable[tuple[int, FieldClass, bytes]]) -> bytes:
    """Return the 32-byte digest over all sealed parts of an event, present or destroyed.

    Args:
        parts: slot, class and SHA-256 of each part, ordered by slot, class.
    """
    listed = [bytes((slot, cls)) + digest for slot, cls, digest in parts]
    return sha256(SEALED + len(listed).to_bytes(2, "big") + b"".join(listed)).digest()
