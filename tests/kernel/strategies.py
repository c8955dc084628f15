"""Hypothesis strategies: facts of every type, and stored values that no type would take."""

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal, get_args, get_origin
from uuid import UUID

from hypothesis import reject
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.kernel.fact import Fact, fact_from_values, specs_of
from domain.kernel.shapes import PersonNumber
from domain.kernel.values import EventRef, Hash, Name
from ledger.codec import Json, Lane

PERSON_NUMBERS = ("200001012384", "200002292399", "198005052389", "202101012397")
"""From Skatteverket's published list of test numbers."""

texts = st.text(
    st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\u061c\u200e\u200f")
    .filter(lambda character: not "\u202a" <= character <= "\u202e")
    .filter(lambda character: not "\u2066" <= character <= "\u2069"),
    max_size=20,
)
days = st.dates(date(1900, 1, 1), date(2100, 1, 1))
moments = st.integers(0, 2_000_000_000_000_000).map(
    lambda microseconds: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
)
references = st.builds(EventRef, st.sampled_from(Lane), st.uuids(version=4), st.integers(1, 6))
json: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2)
    ),
    max_leaves=5,
)
_SCALARS: dict[Any, st.SearchStrategy[Any]] = {
    str: texts,
    date: days,
    datetime: moments,
    bool: st.booleans(),
    int: st.integers(0, 2**40),
    UUID: st.uuids(version=4),
    EventRef: references,
    type(None): st.none(),
}


_BOUND: list[tuple[object, st.SearchStrategy[Any]]] = [
    (PersonNumber, st.sampled_from(PERSON_NUMBERS)),
    (Name, st.sampled_from(["Farsta stadsdelsnämnd", "Källa 2.0"])),
    (Hash, st.binary(min_size=32, max_size=32).map(bytes.hex)),
]


def of(annotation: object) -> st.SearchStrategy[Any]:
    """Values of a field's annotation."""
    for bound, values in _BOUND:
        if annotation == bound:
            return values
    arguments = get_args(annotation)
    match get_origin(annotation):
        case None if isinstance(annotation, type) and issubclass(annotation, StrEnum):
            values = st.sampled_from(annotation)
        case None:
            values = _SCALARS[annotation]
        case origin if origin is Annotated:
            values = of(arguments[0])
        case origin if origin is Literal:
            values = st.sampled_from(arguments)
        case origin if origin is tuple:
            values = st.lists(of(arguments[0]), max_size=3).map(tuple)
        case origin if origin is dict:
            values = st.dictionaries(of(arguments[0]), of(arguments[1]), max_size=3)
        case _:
            values = st.one_of(*map(of, arguments))
    return values


def facts(fact_type: type[Fact]) -> st.SearchStrategy[Fact]:
    """Facts of a type that can be recorded."""
    fields = {
        name: of(
            Annotated[info.annotation, *info.metadata[:-1]]
            if info.metadata[:-1]
            else info.annotation
        )
        for name, info in fact_type.model_fields.items()
    }

    def build(values: dict[str, Any]) -> Fact:
        try:
            return fact_type(**values)
        except ValidationError:  # an end before its start, a number of another kind
            reject()

    return st.fixed_dictionaries(fields).map(build)


def stored(fact_type: type[Fact]) -> st.SearchStrategy[Fact]:
    """Facts as an older or newer program may have stored them, with values destroyed."""
    numbers = [spec.number for spec in specs_of(fact_type)]
    return st.builds(
        fact_from_values,
        st.just(fact_type),
        st.dictionaries(st.sampled_from(numbers), json) if numbers else st.just({}),
        st.frozensets(st.sampled_from(numbers)) if numbers else st.just(frozenset()),
    )
