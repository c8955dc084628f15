"""`Fact`: what an event says. A frozen record whose every field declares how it is kept.

A field is written once, where it belongs: its number, its class, whom it is about, whether clear.

    channel: Annotated[Channel | None, kept(33, ORDINARY, PARTY, clear=True)] = None

Facts come into being in two ways. A new one is validated as a whole and refused if it cannot be a
fact (`read_fact`). A stored one is taken as it is (`fact_from_values`): what today's program no
longer understands stays raw and what is gone is `GONE`, so no stricter program can make history
unreadable.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, ClassVar, Final, Self, TypeVar, cast
from unicodedata import normalize
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError
from typing_extensions import override

from domain.kernel.explaining import wrong_in
from domain.kernel.refused import Refused
from domain.kernel.values import GONE_WORDS, SHIELDED_WORDS, EventRef, real_id
from ledger.codec import JOINT, NAMED, NOBODY, Codec, EffectKind, FieldClass, FieldSpec, Json, Lane

PARTY: Final = 1
"""Slot of the case's party, or of the person a person's stream is about."""
CO_PARTY: Final = 2
"""Slot of the second party, where a couple has one case."""

IDENTITY: Final = FieldClass.IDENTITY
ADDRESS: Final = FieldClass.ADDRESS
NEED: Final = FieldClass.NEED
THIRD: Final = FieldClass.THIRD
OFFICER: Final = FieldClass.OFFICER
ORDINARY: Final = FieldClass.ORDINARY

__all__ = [
    "ADDRESS", "CO_PARTY", "GONE", "IDENTITY", "JOINT", "NAMED", "NEED", "NOBODY", "OFFICER",
    "ORDINARY", "PARTY", "SHIELDED", "THIRD", "Fact", "Gone", "Keeping", "Kept", "UnknownFact",
    "codec_of", "fact_from_values", "kept", "read_fact", "specs_of", "subjects_of", "values_of",
]  # fmt: skip


class Gone:
    """A value that is there or was, and cannot be read: destroyed, or out of the reader's reach.

    Args:
        name: for builders.
        words: what stands in its place.
    """

    def __init__(self, name: str, words: str) -> None:
        self._name, self._words = name, words

    def __bool__(self) -> bool:
        return False

    @override
    def __repr__(self) -> str:
        return self._name

    @override
    def __str__(self) -> str:
        return self._words


GONE: Final = Gone("GONE", GONE_WORDS)
"""Stands in a stored fact for every value that could not be read."""
SHIELDED: Final = Gone("SHIELDED", SHIELDED_WORDS)
"""Stands in a fact for every value that is shut to the reader; see `domain.kernel.protection`."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """How one field is kept; see `ledger.codec.FieldSpec`."""

    number: int
    cls: FieldClass
    slot: int
    clear: bool


def kept(number: int, cls: FieldClass, slot: int, *, clear: bool = False) -> Keeping:
    """Declare how a field is kept: its number for ever, its class, whom it is about.

    Sealed unless `clear`.
    """
    return Keeping(number, cls, slot, clear)


class Kept(BaseModel):
    """A frozen record of which every field says how it is kept. Its JSON has camelCase names."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        hide_input_in_errors=True,
    )

    @override
    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        for name, info in cls.model_fields.items():
            if sum(isinstance(mark, Keeping) for mark in info.metadata) != 1:
                raise TypeError(f"{cls.__name__}.{name} does not say how it is kept")

    @classmethod
    def from_values(cls, values: Mapping[int, Json], missing: frozenset[int]) -> Self:
        """Return the stored record as it is. Never raises.

        Args:
            values: field number to stored value; a number left out means null.
            missing: numbers whose values could not be read; they become `GONE`.
        """
        stored: dict[str, Any] = {
            field.spec.name: GONE
            if field.spec.number in missing
            else field.read(values.get(field.spec.number))
            for field in _fields_of(cls)
        }
        return cast("Self", cls.model_construct(None, **stored))  # pydantic's plugin says Kept

    def to_values(self) -> dict[int, Json]:
        """Return field number to JSON value, as it is stored."""
        by_name: dict[str, Json] = self.model_dump(mode="json")
        return {field.spec.number: by_name[field.spec.name] for field in _fields_of(type(self))}


class Fact(Kept):
    """Something that happened, named in the past tense. Subclasses are the types of one lane."""

    lane: ClassVar[Lane]
    """The only lane the type exists in."""
    TYPE: ClassVar[str]
    """Its name in the envelope, fixed for ever; the class's own name unless said otherwise."""
    SCHEMA: ClassVar[int] = 1
    """The schema version."""
    EFFECT: ClassVar[EffectKind | None] = None
    """What else changes in the same append."""
    HELD: ClassVar[bool] = True
    """Whether its stream belongs to a nämnd."""
    OPENS: ClassVar[bool] = False
    """Whether it may be the first of a stream."""
    NAMES: ClassVar[Mapping[int, str]] = {}
    """The slots it names for the first time, each with the field that holds the person's id."""
    JOINS: ClassVar[tuple[str, ...]] = ()
    """Fields with the id of a stream of another lane that the fact's own stream is found by."""
    PERIODS: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Pairs of fields, the first day and the last: the last can't lie before the first."""
    REFERENCES: ClassVar[Mapping[str, str]] = {}
    """References that say in another field why, where they are left out."""

    @override
    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if "TYPE" not in cls.__dict__:
            cls.TYPE = normalize("NFC", cls.__name__)

    @field_validator("*")
    @classmethod
    def _names_somebody(cls, value: object) -> object:
        """Whatever a fact names by an id can have one."""
        for named in value if isinstance(value, tuple) else (value,):
            if isinstance(named, EventRef):
                real_id(named.stream)
            elif isinstance(named, UUID):
                real_id(named)
        return value

    @model_validator(mode="after")
    def _can_be_a_fact(self) -> Self:
        for first, last in self.PERIODS:
            start, end = getattr(self, first), getattr(self, last)
            if start and end and end < start:
                raise PydanticCustomError(
                    "date.ends_before_start", "Slutdagen ligger före startdagen."
                )
        for reference, reason in self.REFERENCES.items():
            if getattr(self, reference) is None and getattr(self, reason) is None:
                raise PydanticCustomError(
                    "reference.no_reason", "Hänvisningen saknas. Ange varför den inte kan göras."
                )
        return self


@dataclass(frozen=True, slots=True)
class UnknownFact:
    """A stored fact of a type or schema version this program does not know."""

    lane: Lane
    type: str
    schema: int
    values: Mapping[int, Json]


@dataclass(frozen=True, slots=True)
class _Field:
    spec: FieldSpec
    adapter: TypeAdapter[Any]
    default: object

    def read(self, raw: Json) -> object:
        if raw is None:
            return self.default
        try:
            return self.adapter.validator.validate_python(raw)
        except ValidationError:
            return raw


@cache
def _fields_of(cls: type[Kept]) -> tuple[_Field, ...]:
    fields = [
        _Field(
            FieldSpec(mark.number, name, mark.slot, mark.cls, not mark.clear),
            _adapter(Annotated[info.annotation, *info.metadata]),
            None if info.is_required() else info.default,
        )
        for name, info in cls.model_fields.items()
        for mark in info.metadata
        if isinstance(mark, Keeping)
    ]
    return tuple(sorted(fields, key=lambda field: field.spec.number))


def _adapter(annotation: Any) -> TypeAdapter[Any]:  # noqa: ANN401  # an annotation is no type
    return TypeAdapter(annotation)


def specs_of(cls: type[Kept]) -> tuple[FieldSpec, ...]:
    """The fields of a record, by number."""
    return tuple(field.spec for field in _fields_of(cls))


@cache
def codec_of(fact_type: type[Fact]) -> Codec:
    """What the ledger must know of the type."""
    return Codec(
        lane=fact_type.lane,
        type=fact_type.TYPE,
        schema=fact_type.SCHEMA,
        own_fields=specs_of(fact_type),
        effect=fact_type.EFFECT,
        held=fact_type.HELD,
    )


F = TypeVar("F", bound=Fact)


def values_of(fact: Fact) -> dict[int, Json]:
    """Field number to JSON value, as stored. The inverse of `fact_from_values`."""
    return fact.to_values()


def fact_from_values(
    fact_type: type[F], values: Mapping[int, Json], missing: frozenset[int] = frozenset()
) -> F:
    """Return the stored fact as it is. Total: never raises on stored history.

    A value that today's type would not take is kept raw; one of `missing` is `GONE`.
    """
    return fact_type.from_values(values, missing)


def subjects_of(fact: Fact | UnknownFact) -> dict[int, UUID]:
    """Slot to person, for the slots the fact names."""
    if isinstance(fact, UnknownFact):
        return {}
    named = {slot: getattr(fact, field) for slot, field in fact.NAMES.items()}
    return {slot: person for slot, person in named.items() if isinstance(person, UUID)}


def read_fact(fact_type: type[F], data: Mapping[str, Json]) -> F:
    """Return a new fact from its JSON, names in camelCase.

    Raises:
        Refused: it cannot be a fact. The code is that of the first field at fault; all are listed.
    """
    try:
        return fact_type.model_validate(data, by_alias=True, by_name=False)
    except ValidationError as error:
        wrong = wrong_in(error, [to_camel(name) for name in fact_type.model_fields])
    code = wrong[0].code
    raise Refused(  # outside the handler, whose error names values
        code,
        f"{fact_type.TYPE} kan inte registreras så: {wrong[0].sentence}",
        remedy=_REMEDIES.get(code, "Rätta uppgifterna i de fält som anges och registrera igen."),
        fields=tuple((one.field, one.sentence) for one in wrong),
    )


_REMEDIES: Final = {
    "fact.unknown_code": "Välj en av koderna. Stämmer ingen, och finns den: utanfor_katalogen,"
    " gärna med egen text.",
    "fact.unknown_field": "Rätta eller ta bort fältet. Typens fält: liggare typ, docs/falt.md.",
}
