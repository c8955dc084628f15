"""One example of each type, made of what its fields can hold. For who reads the OpenAPI document;
the frozen examples of `tests/vectors/events/` were made here too.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Final, Literal, get_args, get_origin
from uuid import UUID, uuid5

from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo

from domain.kernel.fact import Fact
from domain.kernel.shapes import PersonNumber, PersonRegistered
from domain.kernel.values import EventRef, Hash, LogPosition, Name, Slug
from ledger.codec import Json, Lane

_NAMES: Final = UUID(int=0)


def id_of(name: str) -> UUID:
    """The id that a field of this name has in all examples."""
    return uuid5(_NAMES, name)


_BOUND: Final[list[tuple[object, Json]]] = [
    (PersonNumber, "198005052389"),
    (Name, "Provnämnden"),
    (Slug, "paraplyet"),
    (Hash, "5e" * 32),
    (LogPosition, "0/7/" + "5e" * 32),
]
_SCALARS: Final[dict[object, Json]] = {
    str: "Text å ä ö.",
    bool: True,
    int: 3,
    date: "2024-03-01",
    datetime: "2024-03-01T09:30:00.000000Z",
}
_SAID: Final[dict[tuple[str, str], Json]] = {
    ("PersonRegistered", "numberKind"): "personnummer",
    ("PersonDetailsChanged", "numberKind"): "personnummer",
    ("SealMade", "root"): "5e" * 32,
    ("ForfeitureNoticeIssued", "noticeId"): str(id_of("another notice")),
    ("DecisionPartiallyGranted", "decisionId"): str(id_of("another decision")),
    ("DecisionRejected", "decisionId"): str(id_of("third decision")),
}
"""Where one field decides what another can be."""


def example(fact: type[Fact]) -> dict[str, Json]:
    """Return a fact of a type with a value in every field, as JSON says it."""
    said = {
        to_camel(name): _value(fact.lane, name, _declared(info))
        for name, info in fact.model_fields.items()
    }
    said |= {name: value for (type_, name), value in _SAID.items() if type_ == fact.TYPE}
    for first, last in fact.PERIODS:
        said[to_camel(first)], said[to_camel(last)] = "2024-03-01", "2025-02-28"
    for missing in fact.REFERENCES.values():
        said.pop(to_camel(missing), None)
    return said


def command_example(fact: type[Fact]) -> dict[str, Json]:
    """Return a command to record the example of a type, as JSON says it."""
    registers = issubclass(fact, PersonRegistered)  # whose day could identify somebody
    return {
        "type": fact.TYPE,
        "occurred": "sealed" if registers else "day 2024-03-01",
        "fact": example(fact),
    }


def _declared(info: FieldInfo) -> Any:  # noqa: ANN401 - an annotation is no type
    """The annotation as it was written, but for how the field is kept."""
    bounds = info.metadata[:-1]
    return Annotated[info.annotation, *bounds] if bounds else info.annotation


def _value(lane: Lane, name: str, annotation: Any) -> Json:  # noqa: ANN401, PLR0911 - one for each kind
    for bound, value in _BOUND:
        if annotation == bound:
            return value
    arguments = [one for one in get_args(annotation) if one is not type(None)]
    match get_origin(annotation):
        case None if isinstance(annotation, type) and issubclass(annotation, StrEnum):
            return next(iter(annotation)).value
        case None if annotation is UUID:
            return str(id_of(name))
        case None if annotation is EventRef:
            return f"{lane}/{id_of('stream')}/1"
        case None:
            return _SCALARS[annotation]
        case origin if origin is Literal:
            first: Json = arguments[0]
            return first
        case origin if origin is tuple:
            return [_value(lane, name, arguments[0])]
        case origin if origin is dict:
            return {str(_value(lane, name, arguments[0])): _value(lane, name, arguments[1])}
        case _:
            return _value(lane, name, arguments[0])
