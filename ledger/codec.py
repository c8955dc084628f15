"""What the ledger must know of an event type in order to keep it: lane, name, fields, effect.

The ledger knows no law. Each lane's `process.py` hands it a closed `Registry` of codecs; a type
that is not in it cannot be appended, and a stored one that is not in it is shown as unknown, never
imported by name. The layout of fields and groups is normative: `docs/envelope.md` section 4.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import cached_property
from typing import Final, TypeAlias
from unicodedata import is_normalized
from uuid import UUID

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"
"""A value as JSON has it, without floating point."""


class Lane(StrEnum):
    """One of the five processes. The name is spelled alike in bytes, SQL, URLs and folders."""

    BISTAND = "bistand"
    HYRA = "hyra"
    KOPPLING = "koppling"
    TILLSYN = "tillsyn"
    SYSTEM = "system"

    @property
    def code(self) -> int:
        """The lane's number in binary formats, 1 to 5."""
        return _LANE_CODES[self]


_LANE_CODES: Final = {lane: code for code, lane in enumerate(Lane, start=1)}


class FieldClass(IntEnum):
    """What kind of data a field holds. Goes by kind of field, never by a person's mark of today."""

    IDENTITY = 1
    ADDRESS = 2
    NEED = 3
    THIRD = 4
    OFFICER = 5
    ORDINARY = 6

    @property
    def label(self) -> str:
        """The name used in clear texts."""
        return self.name.lower()


FIRST_OWN_NUMBER: Final = 32
"""Where a type's own field numbers begin."""
NOBODY: Final = 0
"""Slot of fields that are about nobody in particular."""
NAMED: Final = 128
"""Slot of a person whom the event itself names, another one in each event: a child, a
representative."""
JOINT: Final = 255
"""Slot of fields that are about several persons at once."""


@dataclass(frozen=True, slots=True, order=True)
class GroupKey:
    """The three attributes that fields of one group share; sorts in the order of the payload
    root.
    """

    slot: int
    cls: FieldClass
    sealed: bool


def is_named(slot: int) -> bool:
    """Whether the event itself says whom the slot means."""
    return NAMED <= slot < JOINT


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of a type's schema. Its number is fixed for ever.

    Args:
        number: 1 to 31 are common to all types, 32 and up the type's own.
        name: ASCII, as in the type's JSON.
        slot: whom it is about: `NOBODY`; 1 to 127, a person whose place the type fixes; `NAMED` to
            254, a person whom the event names; `JOINT`.
        cls: the kind of data.
        sealed: False only for fields on the allow-list.
    """

    number: int
    name: str
    slot: int
    cls: FieldClass
    sealed: bool = True

    @property
    def group(self) -> GroupKey:
        """The group the field belongs to."""
        return GroupKey(self.slot, self.cls, self.sealed)


_NOBODYS_OFFICER: Final = (NOBODY, FieldClass.OFFICER)
_NOBODYS_ORDINARY: Final = (NOBODY, FieldClass.ORDINARY, False)

COMMON_FIELDS: Final = (
    FieldSpec(1, "actor", *_NOBODYS_OFFICER),
    FieldSpec(2, "role", *_NOBODYS_OFFICER),
    FieldSpec(3, "acted_by", *_NOBODYS_OFFICER),
    FieldSpec(4, "delegation", *_NOBODYS_OFFICER),
    FieldSpec(5, "command_id", *_NOBODYS_ORDINARY),
    FieldSpec(6, "claimed_recorded", *_NOBODYS_ORDINARY),
    FieldSpec(7, "source", *_NOBODYS_ORDINARY),
    FieldSpec(8, "document_ids", *_NOBODYS_ORDINARY),
    FieldSpec(9, "corrects", *_NOBODYS_ORDINARY),
    FieldSpec(10, "correction_reason", *_NOBODYS_ORDINARY),
    FieldSpec(11, "note", JOINT, FieldClass.THIRD),
)
"""The fields every event has. `docs/envelope.md` section 4."""


class EffectKind(StrEnum):
    """What else changes in the same append. Closed: the ledger carries these out without knowing
    why.
    """

    HOLDER_TO = "holder_to"
    """The event's own stream gets another holder."""
    HOLD = "hold"
    """A stream may not be destroyed."""
    LIFT = "lift"
    """A hold ends."""
    DESTROY_DECIDED = "destroy_decided"
    """A stream, or one subject in it, may be destroyed by the destroyer."""
    DESTROY_WITHDRAWN = "destroy_withdrawn"
    """It may not be destroyed after all: the decision is withdrawn before anything has begun."""
    DOCUMENT_FILED = "document_filed"
    """The chunks stored before, with the event's own key, are a filed document from now on."""
    DESTROY_DONE = "destroy_done"
    """A destruction is complete; which stream it was is forgotten."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One control effect of one event.

    Args:
        kind: which.
        ref: the hold or destruction it is about (`hold`, `lift`, `destroy_*`), which is the id of
            the event's own stream; the nämnd (`holder_to`); the document (`document_filed`).
        lane: lane of the stream concerned (`hold`, `destroy_decided`).
        stream: the stream concerned (`hold`, `destroy_decided`).
        subject: the person whose part is destroyed at level 1; None destroys the stream (level 2).
    """

    kind: EffectKind
    ref: UUID
    lane: Lane | None = None
    stream: UUID | None = None
    subject: UUID | None = None


@dataclass(frozen=True)
class Codec:
    """How one version of one event type is kept.

    Args:
        lane: the only lane the type exists in.
        type: its name, NFC, fixed for ever.
        schema: its schema version, from 1.
        own_fields: the type's own fields, numbered from 32.
        effect: the one kind of control effect such an event has, if any.
        held: whether its stream belongs to a nämnd; False makes a new stream readable in the whole
            lane.
    """

    lane: Lane
    type: str
    schema: int
    own_fields: tuple[FieldSpec, ...]
    effect: EffectKind | None = None
    held: bool = True

    def __post_init__(self) -> None:
        assert is_normalized("NFC", self.type), self.type
        assert self.type.isalnum(), self.type
        numbers = [spec.number for spec in self.fields]
        assert len(set(numbers)) == len(numbers), f"{self.name}: a field number is used twice"
        assert all(spec.number >= FIRST_OWN_NUMBER for spec in self.own_fields), self.name

    @property
    def name(self) -> str:
        """`Type/1`, as in the envelope's ninth line."""
        return f"{self.type}/{self.schema}"

    @cached_property
    def fields(self) -> tuple[FieldSpec, ...]:
        """All fields, by number."""
        return tuple(sorted(COMMON_FIELDS + self.own_fields, key=lambda spec: spec.number))

    @cached_property
    def groups(self) -> tuple[tuple[GroupKey, tuple[FieldSpec, ...]], ...]:
        """The fields by group, in the order of the payload root."""
        groups: dict[GroupKey, list[FieldSpec]] = {}
        for spec in self.fields:
            groups.setdefault(spec.group, []).append(spec)
        return tuple((key, tuple(groups[key])) for key in sorted(groups))


class UnknownTypeError(LookupError):
    """The registry has no such type in that lane."""


@dataclass(frozen=True)
class Registry:
    """The closed set of types of one lane or of several: (lane, `Type/1`) to codec."""

    codecs: Iterable[Codec]
    _by_name: Mapping[tuple[Lane, str], Codec] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        by_name: dict[tuple[Lane, str], Codec] = {}
        for codec in self.codecs:
            assert (codec.lane, codec.name) not in by_name, f"{codec.name} is registered twice"
            by_name[codec.lane, codec.name] = codec
        object.__setattr__(self, "_by_name", by_name)

    def get(self, lane: Lane, name: str) -> Codec | None:
        """The codec of `Type/1` in that lane, or None for a type this program does not know."""
        return self._by_name.get((lane, name))

    def __getitem__(self, key: tuple[Lane, str]) -> Codec:
        try:
            return self._by_name[key]
        except KeyError:
            raise UnknownTypeError(*key) from None


@dataclass(frozen=True, slots=True)
class Draft:
    """An event on its way in: what the caller says, before anything is sealed.

    Args:
        stream: the stream it belongs to.
        version: the version it will have; the one before must be the stream's last.
        codec: its type.
        occurred: as in `docs/envelope.md` section 3.
        values: field number to JSON value; a number left out means null.
        subjects: slot to person, for slots this event names for the first time in its stream. Other
            slots keep the
            person they were given earlier; a slot nobody was given is refused.
        effect: what else changes with it.
        found_by: what its nämnd shall find the stream by: version of the event that says it, and
            the thing itself. With a change of holder, all that the new holder shall find it by.
    """

    stream: UUID
    version: int
    codec: Codec
    occurred: str
    values: Mapping[int, Json]
    subjects: Mapping[int, UUID] = field(default_factory=dict)
    effect: Effect | None = None
    found_by: tuple[tuple[int, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A stored event, opened as far as keys allow.

    Args:
        envelope: the text as stored.
        leaf: its 32-byte hash.
        values: field number to value for all fields that could be read.
        missing: numbers of fields whose part or key is gone or out of the reader's reach.
    """

    envelope: str
    leaf: bytes
    values: Mapping[int, Json]
    missing: frozenset[int]
