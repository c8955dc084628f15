"""A value has one way to be written, and nothing that cannot come back unchanged gets in."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from enum import IntEnum, StrEnum
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.canonical import DEEPEST, LARGEST_INTEGER, CanonicalError, decode, encode
from ledger.codec import Json

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
KEYS = st.text(st.characters(min_codepoint=1, max_codepoint=127))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
)


class Colour(StrEnum):
    RED = "röd"


class Number(IntEnum):
    ONE = 1


def nested(depth: int) -> Json:
    value: Json = None
    for _ in range(depth):
        value = [value]
    return value


def cycle() -> Json:
    value: list[Json] = []
    value.append(value)
    return value


def everything_an_error_carries(error: BaseException | None) -> Iterator[str]:
    """The error and all it is chained to, with their arguments and attributes."""
    while error is not None:
        yield from (repr(error), str(vars(error)), str(getattr(error, "doc", "")))
        yield str(getattr(error, "object", ""))
        error = error.__cause__ or error.__context__


@given(VALUES)
@example("\u2028\x85\x7f")
def test_every_value_comes_back_as_it_was(value: Json) -> None:
    back = decode(encode(value))
    assert back == value
    assert type(back) is type(value)


@given(VALUES)
def test_value_bytes_are_one_line_and_written_alike_each_time(value: Json) -> None:
    written = encode(value)
    assert b"\n" not in written
    assert encode(decode(written)) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (LARGEST_INTEGER, "9007199254740991"),
        (-LARGEST_INTEGER, "-9007199254740991"),
        ("", '""'),
        ("åäö €𝄞", '"åäö €𝄞"'),
        ('"\\/', '"\\"\\\\/"'),
        ("\b\t\n\f\r", '"\\b\\t\\n\\f\\r"'),
        ("\x01\x0b\x1f\x7f", '"\\u0001\\u000b\\u001f\x7f"'),
        ("\x85\u2028\u2029", '"\x85\u2028\u2029"'),
        ([1, [], {}], "[1,[],{}]"),
        ({"b": 1, "a": 2, "B": 3, "a1": 4, "": 5}, '{"":5,"B":3,"a":2,"a1":4,"b":1}'),
        ({"a": {"d": "å\n", "c": [True]}}, '{"a":{"c":[true],"d":"å\\n"}}'),
    ],
)
def test_value_bytes_are_those_of_the_page(value: Json, written: str) -> None:
    assert encode(value) == written.encode()


WITHOUT_CANONICAL_FORM: dict[str, Any] = {
    "float": 1.0,
    "not a number": float("nan"),
    "infinity": float("inf"),
    "2^53": LARGEST_INTEGER + 1,
    "-2^53": -LARGEST_INTEGER - 1,
    "integer of 5000 digits": 10**5000,
    "U+0000": "a\0",
    "half a surrogate pair": "\ud800",
    "a surrogate pair in halves": "\ud83d\ude00",
    "tuple": (1,),
    "set": {1},
    "bytes": b"a",
    "date": date(2011, 6, 14),
    "member of a text enum": Colour.RED,
    "member of an integer enum": Number.ONE,
    "non-ASCII key": {"å": 1},
    "integer key": {1: 1},
    "null key": {None: 1},
    "enum key": {Colour.RED: 1},
    "U+0000 in a key": {"a\0": 1},
    "nested too deep": nested(DEEPEST + 1),
    "nested without end": cycle(),
}


@pytest.mark.parametrize("name", WITHOUT_CANONICAL_FORM)
def test_what_has_no_canonical_form_is_refused_however_deep_it_lies(name: str) -> None:
    value = WITHOUT_CANONICAL_FORM[name]
    holders: list[Any] = [value, [value], {"a": [value]}]
    for holder in holders:
        with pytest.raises(CanonicalError):
            encode(holder)


def test_a_value_nested_to_the_limit_is_kept() -> None:
    assert decode(encode(nested(DEEPEST))) == nested(DEEPEST)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" 1",
        b"1 ",
        b"1 2",
        b"1.0",
        b"1e3",
        b"NaN",
        b"-Infinity",
        b'"a',
        b"'a'",
        b"[1,]",
        b"\xff",
        b'"\xed\xa0\x80"',
        b"[" * 100_000,
        b"1" * 10_000,
    ],
    ids=lambda data: data[:12].decode("latin-1"),
)
def test_bytes_that_are_no_value_are_refused(data: bytes) -> None:
    with pytest.raises(CanonicalError):
        decode(data)


@given(st.binary())
def test_any_bytes_are_either_a_value_or_refused(data: bytes) -> None:
    with suppress(CanonicalError):
        decode(data)


@pytest.mark.parametrize(
    ("function", "argument"),
    [
        (encode, "hemlig\ud800"),
        (encode, ["hemlig\ud800"]),
        (encode, ["hemlig\0"]),
        (encode, {"hemlig\0": 1}),
        (decode, b'"hemlig'),
        (decode, b'"hemlig" "hemlig"'),
        (decode, b'"hemlig\xff"'),
    ],
)
def test_no_error_carries_the_value(function: Callable[[Any], object], argument: object) -> None:
    with pytest.raises(CanonicalError) as caught:
        function(argument)
    assert not any("hemlig" in text for text in everything_an_error_carries(caught.value))
