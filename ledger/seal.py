"""Sealing: from a draft's values to a clear text and encrypted parts, and back. `docs/envelope.md`.

Sections 4 and 5 of that page are normative for every byte here. Whatever is opened is first held
against the envelope: the header of each part says where it belongs and is authenticated, and the
group hash, which the payload root binds, says that its content is what was recorded. AES-GCM alone
would not: it binds a ciphertext to no single key (RFC 9771 section 4.3.3, key commitment).
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from itertools import pairwise
from typing import ClassVar, Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.canonical import CanonicalError, decode, encode
from ledger.codec import Codec, Draft, FieldClass, GroupKey, Json, Lane
from ledger.commitment import (
    HASH_BYTES,
    SEED_BYTES,
    commit,
    group_hash,
    payload_root,
    salts,
    sealed_digest,
)
from ledger.envelope import Envelope
from ledger.errors import LedgerError

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12

_FORMAT_AND_ALGORITHM: Final = b"\x01\x01"
_SLOT_AT: Final = 43
_CLASS_AT: Final = 44
_KEY_ID_AT: Final = 45
_NONCE_AT: Final = 61
_CIPHERTEXT_AT: Final = _NONCE_AT + NONCE_BYTES
_TAG_BYTES: Final = 16
_BLOCK_BYTES: Final = 64
_LENGTH_BYTES: Final = 4
_SMALLEST_PART: Final = _CIPHERTEXT_AT + _BLOCK_BYTES + _TAG_BYTES
_SEAL_BYTES: Final = 2 + 2 * HASH_BYTES


@dataclass(frozen=True, slots=True)
class DataKey:
    """A key that parts are sealed with.

    Args:
        key_id: its id, which stands in each part's header.
        key: 32 bytes; never shown.
    """

    key_id: UUID
    key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.key) != KEY_BYTES:  # AESGCM would take 16 bytes and be another algorithm
            raise ValueError(f"a data key is {KEY_BYTES} bytes")


@dataclass(frozen=True, slots=True)
class Sealed:
    """A draft's payload, ready to be appended.

    Args:
        root: the payload root, 32 bytes.
        clear: the clear text.
        parts: the sealed parts, ordered by slot, class.
        part_groups: the group hash of each part, 32 bytes, in the same order.
    """

    root: bytes
    clear: str
    parts: tuple[bytes, ...]
    part_groups: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Seal:
    """What stays of a part for as long as its event stays.

    Args:
        slot: whom the part is about.
        cls: the kind of data in it.
        group: its group hash, 32 bytes.
        digest: SHA-256 of the part, 32 bytes.
    """

    slot: int
    cls: FieldClass
    group: bytes
    digest: bytes


@dataclass(frozen=True, slots=True)
class Opened:
    """What could be read of an event.

    Args:
        values: field number to value, clear and sealed.
        missing: the codec's other fields: their part or its key is gone or out of reach.
    """

    values: dict[int, Json]
    missing: frozenset[int]


class UnknownFieldError(LedgerError):
    """A draft has a value for a field its type does not have."""

    code: ClassVar[str] = "ledger.unknown_field"
    default_remedy: ClassVar[str] = "Give only fields of the type's schema version."


class TamperedError(LedgerError):
    """Stored bytes contradict their envelope.

    Args:
        envelope: of the event concerned.
        what: what is wrong, without any stored value.
        place: slot and class, where it is about one group.
    """

    code: ClassVar[str] = "ledger.tampered"
    default_remedy: ClassVar[str] = (
        "Run fsck, and compare the log with a checkpoint held outside the ledger."
    )

    def __init__(
        self, envelope: Envelope, what: str, place: tuple[int, FieldClass] | None = None
    ) -> None:
        self.lane: Lane = envelope.lane
        self.epoch = envelope.epoch
        self.index = envelope.index
        self.place = place
        group = f", slot {place[0]} {place[1].label}" if place else ""
        super().__init__(f"{self.lane}/{self.epoch}/{self.index}{group}: {what}")


def seal(
    draft: Draft,
    ledger: UUID,
    keys: Mapping[tuple[int, FieldClass], DataKey],
    entropy: Callable[[int], bytes],
) -> Sealed:
    """Seal a draft: commit to every field, write the clear groups, encrypt the others.

    Args:
        draft: the event on its way in.
        ledger: which ledger it will be in.
        keys: the key of each sealed (slot, class) of the draft's type.
        entropy: returns that many bytes nobody can foretell; asked once.

    Raises:
        UnknownFieldError: a value's number is not in the codec.
        CanonicalError: a value has no canonical form.
        KeyError: a key is lacking.
    """
    layout = _layout(draft.codec)
    if not layout.numbers.issuperset(draft.values):
        unknown = min(draft.values.keys() - layout.numbers)
        raise UnknownFieldError(f"{draft.codec.name} has no field {unknown}.")
    random = entropy(layout.entropy_bytes)
    if len(random) != layout.entropy_bytes:  # short seeds could be guessed
        raise ValueError(f"entropy gave {len(random)} bytes, not {layout.entropy_bytes}")
    header = _header(ledger, draft.codec.lane, draft.stream, draft.version)
    hashes, clear, parts, part_groups = [], [], [], []
    for group in layout.groups:
        seed = random[group.seed]
        values = [encode(draft.values.get(number)) for number in group.numbers]
        digest = _group_hash(group.key, seed, group.numbers, values)
        lines = b"".join(
            [head + value + b"\n" for head, value in zip(group.line_heads, values, strict=True)]
        )
        hashes.append(digest)
        if group.key.sealed:
            key = keys[group.key.slot, group.key.cls]
            part_header = header + group.place + key.key_id.bytes
            parts.append(_encrypt(key, random[group.nonce], part_header, seed + lines))
            part_groups.append(digest)
        else:
            clear.append(b"%b%b\n%b" % (group.clear_head, seed.hex().encode(), lines))
    return Sealed(payload_root(hashes), b"".join(clear).decode(), tuple(parts), tuple(part_groups))


def open_parts(  # noqa: PLR0913, PLR0917 - an event as stored, and what opens it
    codec: Codec | None,
    envelope: Envelope,
    ledger: UUID,
    clear: str,
    seals: bytes,
    parts: Iterable[bytes],
    keys: Mapping[UUID, bytes],
) -> Opened:
    """Open what can be opened of an event, and check all of it against the envelope.

    A part that is absent, or whose key is, is simply missing. For a type this program does not know
    (`codec` None) everything is opened all the same, since texts name their fields.

    Args:
        codec: the event's type, if known.
        envelope: the event's envelope.
        ledger: which ledger this is.
        clear: the event's clear text.
        seals: its seals.
        parts: its sealed parts, those that are left, in any order.
        keys: key id to data key.

    Raises:
        TamperedError: anything contradicts the envelope.
    """
    if envelope.ledger != ledger:
        raise TamperedError(envelope, "the event belongs to another ledger")
    clear_groups, sealed = _held_against_root(envelope, clear, seals)
    values: dict[int, Json] = {}
    count = 0
    for group in clear_groups:
        count += len(group.numbers)
        _decode_into(values, envelope, group)
    for part, its_seal in _placed(envelope, parts, sealed):
        key = keys.get(part_key_id(part))
        if key is not None:
            group = _open(envelope, part, its_seal, key)
            count += len(group.numbers)
            _decode_into(values, envelope, group)
    if count != len(values):
        raise TamperedError(envelope, "a field stands in two groups")
    known = _layout(codec).numbers if codec else frozenset[int]()
    return Opened(values, known - values.keys())


def clear_values(clear: str) -> dict[int, Json]:
    r"""Return field number to value of a clear text, which is not held against its envelope: for
    whoever has no key and no seals.

    Raises:
        ValueError: a line is no number with a value.

    >>> clear_values('@ 0 ordinary 00\n7 null\n9 "hyra"\n')
    {7: None, 9: 'hyra'}
    """
    lines = (line.partition(" ") for line in clear.split("\n")[:-1] if not line.startswith("@"))
    return {int(number): decode(value.encode()) for number, _, value in lines}


def check(
    envelope_text: str, clear: str, seals: bytes, parts: Iterable[bytes]
) -> frozenset[tuple[int, FieldClass]]:
    """Check everything about an event that can be checked without a key.

    The clear groups and the seals give the payload root, the seals give the sealed digest, and each
    part that is left is the one its seal names and belongs to this event.

    Args:
        envelope_text: the envelope as stored.
        clear: the clear text.
        seals: the seals.
        parts: the sealed parts that are left.

    Returns:
        Slot and class of each part that is not left. Whether it is lawfully gone is not known here.

    Raises:
        EnvelopeError: the text is no envelope.
        TamperedError: something contradicts it.
    """
    envelope = Envelope.from_text(envelope_text)
    _, sealed = _held_against_root(envelope, clear, seals)
    if sealed_digest((one.slot, one.cls, one.digest) for one in sealed) != envelope.sealed:
        raise TamperedError(envelope, "the seals do not give the sealed digest")
    missing = {(one.slot, one.cls) for one in sealed}
    for part, its_seal in _placed(envelope, parts, sealed):
        place = (its_seal.slot, its_seal.cls)
        if sha256(part).digest() != its_seal.digest:
            raise TamperedError(envelope, "the part is not the one that was sealed", place)
        missing.remove(place)
    return frozenset(missing)


def key_ids_of(parts: Iterable[bytes]) -> set[UUID]:
    """Return the ids of the keys that parts were sealed with, as their headers say.

    A part cut short of its header has none; opening its event says so.
    """
    return {part_key_id(part) for part in parts if len(part) >= _NONCE_AT}


def part_key_id(part: bytes) -> UUID:
    """Return the id of the key a part was sealed with, as its header says.

    Raises:
        ValueError: the bytes are shorter than a header.
    """
    return UUID(bytes=part[_KEY_ID_AT:_NONCE_AT])


def parse_seals(seals: bytes) -> list[Seal]:
    """Read an event's seals.

    Raises:
        ValueError: not whole seals, no such class, or not in strict order of slot, class.
    """
    if len(seals) % _SEAL_BYTES:
        raise ValueError("the seals are cut")
    parsed = []
    before = b""
    for start in range(0, len(seals), _SEAL_BYTES):
        place = seals[start : start + 2]
        if place <= before:
            raise ValueError("the seals are not in order")
        before = place
        hashes_at = start + 2
        digest_at = hashes_at + HASH_BYTES
        parsed.append(
            Seal(
                place[0],
                FieldClass(place[1]),
                seals[hashes_at:digest_at],
                seals[digest_at : digest_at + HASH_BYTES],
            )
        )
    return parsed


def build_seals(sealed: Sealed) -> bytes:
    """Return the seals of a sealed payload. The inverse of `parse_seals`, for checks.

    The database's own building, in the append, is what counts.
    """
    return b"".join(
        part[_SLOT_AT:_KEY_ID_AT] + group + sha256(part).digest()
        for part, group in zip(sealed.parts, sealed.part_groups, strict=True)
    )


@dataclass(frozen=True, slots=True)
class _GroupLayout:
    """What is the same for one group of every event of a type."""

    key: GroupKey
    numbers: tuple[int, ...]
    line_heads: tuple[bytes, ...]
    clear_head: bytes
    place: bytes
    seed: slice
    nonce: slice


@dataclass(frozen=True, slots=True)
class _Layout:
    """What is the same for every event of a type."""

    codec: Codec
    groups: tuple[_GroupLayout, ...]
    numbers: frozenset[int]
    entropy_bytes: int


_layouts: Final[dict[int, _Layout]] = {}


def _layout(codec: Codec) -> _Layout:
    # By identity, since hashing a codec hashes all its fields. A layout holds its codec, so the id
    # stays that codec's. Codecs are made once, with the program.
    layout = _layouts.get(id(codec))
    if layout is None:
        layout = _layouts[id(codec)] = _make_layout(codec)
    return layout


def _make_layout(codec: Codec) -> _Layout:
    nonces_at = SEED_BYTES * len(codec.groups)
    groups = []
    at = 0
    for key, specs in codec.groups:
        groups.append(
            _GroupLayout(
                key=key,
                numbers=tuple(spec.number for spec in specs),
                line_heads=tuple(b"%d " % spec.number for spec in specs),
                clear_head=f"@ {key.slot} {key.cls.label} ".encode(),
                place=bytes((key.slot, key.cls)),
                seed=slice(at, at + SEED_BYTES),
                nonce=slice(nonces_at, nonces_at + NONCE_BYTES),
            )
        )
        at += SEED_BYTES
        nonces_at += NONCE_BYTES if key.sealed else 0
    return _Layout(codec, tuple(groups), frozenset(spec.number for spec in codec.fields), nonces_at)


def _header(ledger: UUID, lane: Lane, stream: UUID, version: int) -> bytes:
    """The 43 bytes that all parts of an event begin with."""
    return b"".join(
        (
            _FORMAT_AND_ALGORITHM,
            ledger.bytes,
            bytes((lane.code,)),
            stream.bytes,
            version.to_bytes(8, "big"),
        )
    )


def _group_hash(
    key: GroupKey, seed: bytes, numbers: Sequence[int], values: Sequence[bytes]
) -> bytes:
    return group_hash(key, numbers, list(map(commit, salts(seed, len(values)), values)))


def _encrypt(key: DataKey, nonce: bytes, header: bytes, content: bytes) -> bytes:
    framed = len(content).to_bytes(_LENGTH_BYTES, "big") + content
    padding = bytes(-len(framed) % _BLOCK_BYTES)
    return header + nonce + AESGCM(key.key).encrypt(nonce, framed + padding, header)


@dataclass(frozen=True, slots=True)
class _Group:
    """A group as read: its hash and its fields' numbers and value bytes."""

    key: GroupKey
    hash: bytes
    numbers: list[int]
    values: list[bytes]


_CLASS_BY_LABEL: Final = {cls.label.encode(): cls for cls in FieldClass}
_CLEAR_HEAD: Final = re.compile(
    rb"(0|[1-9][0-9]{0,2}) (%b) ([0-9a-f]{64})" % b"|".join(_CLASS_BY_LABEL)
)


def _held_against_root(
    envelope: Envelope, clear: str, seals: bytes
) -> tuple[list[_Group], list[Seal]]:
    """Read clear text and seals, and require that together they give the envelope's root."""
    try:
        clear_groups = _read_clear(clear)
        sealed = parse_seals(seals)
    except ValueError as error:
        raise TamperedError(envelope, str(error)) from None
    hashes = [(one.key.slot, one.key.cls, 0, one.hash) for one in clear_groups]
    hashes += [(one.slot, one.cls, 1, one.group) for one in sealed]
    hashes.sort()
    if payload_root([one[3] for one in hashes]) != envelope.root:
        raise TamperedError(envelope, "clear text and seals do not give the payload root")
    return clear_groups, sealed


def _read_clear(clear: str) -> list[_Group]:
    text = clear.encode()
    if not (text.startswith(b"@ ") and text.endswith(b"\n")):
        raise ValueError("the clear text is cut")
    groups: list[_Group] = []
    for block in text[2:-1].split(b"\n@ "):  # no value holds a line feed: JSON escapes it
        head, *lines = block.split(b"\n")
        match = _CLEAR_HEAD.fullmatch(head)
        if match is None:
            raise ValueError("a clear group's first line is not `@ slot class seed`")
        slot, cls, seed = match.groups()
        key = GroupKey(int(slot), _CLASS_BY_LABEL[cls], sealed=False)
        groups.append(_read_group(key, bytes.fromhex(seed.decode()), lines))
    if any(before.key >= after.key for before, after in pairwise(groups)):
        raise ValueError("the clear groups are not in order")
    return groups


def _read_group(key: GroupKey, seed: bytes, lines: list[bytes]) -> _Group:
    """Read the lines `number value` of one group and hash it."""
    numbers, values = [], []
    before = 0
    for line in lines:
        digits, _, value = line.partition(b" ")
        number = _number(digits)
        if number <= before:
            raise ValueError("the fields of a group are not in order")
        before = number
        numbers.append(number)
        values.append(value)
    return _Group(key, _group_hash(key, seed, numbers, values), numbers, values)


@lru_cache(maxsize=1024)
def _number(digits: bytes) -> int:
    if re.fullmatch(b"[1-9][0-9]{0,4}", digits) is None or int(digits) >= 1 << 16:
        raise ValueError("a line does not begin with a field's number")
    return int(digits)


def _decode_into(values: dict[int, Json], envelope: Envelope, group: _Group) -> None:
    try:
        values.update(zip(group.numbers, map(decode, group.values), strict=True))
    except CanonicalError as error:
        place = (group.key.slot, group.key.cls)
        raise TamperedError(envelope, f"a value cannot be read: {error}", place) from None


def _placed(
    envelope: Envelope, parts: Iterable[bytes], sealed: list[Seal]
) -> list[tuple[bytes, Seal]]:
    """Require that each part belongs to this event, and find its seal."""
    by_place = {bytes((one.slot, one.cls)): one for one in sealed}
    header = _header(envelope.ledger, envelope.lane, envelope.stream, envelope.version)
    placed = []
    for part in parts:
        its_seal = by_place.pop(part[_SLOT_AT:_KEY_ID_AT], None)
        if its_seal is None:
            raise TamperedError(envelope, "a part has no seal, or a seal has two parts")
        place = (its_seal.slot, its_seal.cls)
        if part[:_SLOT_AT] != header:
            raise TamperedError(envelope, "the part was sealed for another event", place)
        if len(part) < _SMALLEST_PART:
            raise TamperedError(envelope, "the part is cut", place)
        placed.append((part, its_seal))
    return placed


def _open(envelope: Envelope, part: bytes, its_seal: Seal, key: bytes) -> _Group:
    place = (its_seal.slot, its_seal.cls)
    header, nonce = part[:_NONCE_AT], part[_NONCE_AT:_CIPHERTEXT_AT]
    try:
        framed = AESGCM(key).decrypt(nonce, part[_CIPHERTEXT_AT:], header)
    except (InvalidTag, ValueError):
        raise TamperedError(envelope, "the part cannot be opened with its key", place) from None
    try:
        seed, lines = _unframe(framed)
        group = _read_group(GroupKey(*place, sealed=True), seed, lines)
    except ValueError as error:
        raise TamperedError(envelope, str(error), place) from None
    if group.hash != its_seal.group:
        raise TamperedError(envelope, "the content is not what was committed to", place)
    return group


def _unframe(framed: bytes) -> tuple[bytes, list[bytes]]:
    """Return seed and lines of an opened part."""
    end = _LENGTH_BYTES + int.from_bytes(framed[:_LENGTH_BYTES], "big")
    seed_end = _LENGTH_BYTES + SEED_BYTES
    if len(framed) != end + -end % _BLOCK_BYTES or framed[end:].strip(b"\0"):
        raise ValueError("the part is not framed as it should be")
    if end <= seed_end or framed[end - 1 : end] != b"\n":
        raise ValueError("the part's text is cut")
    return framed[_LENGTH_BYTES:seed_end], framed[seed_end : end - 1].split(b"\n")
