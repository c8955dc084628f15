"""Value bytes: how one field's value is written, hashed and stored. `docs/envelope.md` section 4.

JSON in UTF-8 without spaces, keys ASCII and sorted, no floating point. The standard library's C
encoder already escapes exactly what that page says; what it would let through is refused before.
No error repeats a value: values are personal data, and errors end in logs.
"""

from json.decoder import JSONDecoder
from json.encoder import JSONEncoder, encode_basestring
from typing import Final, NoReturn

from ledger.codec import Json

LARGEST_INTEGER: Final = 2**53 - 1
"""The largest integer every JSON reader holds exactly (RFC 8259 section 6)."""
DEEPEST: Final = 32
"""How many arrays and objects may lie in each other: far below what the weakest parser manages."""


class CanonicalError(ValueError):
    """The value or the bytes have no canonical form. Says why, never what the value is."""


def encode(value: Json) -> bytes:
    r"""Return the value bytes of a JSON value.

    Raises:
        CanonicalError: a floating-point number, an integer beyond 2^53 - 1, U+0000 or half a
            surrogate pair in a text, an object key that is not ASCII text, a value nested deeper
            than 32, or another type than JSON has (a tuple, an enum member, a date).

    >>> encode({"belopp": 450000, "Å": None})
    Traceback (most recent call last):
    ledger.canonical.CanonicalError: an object key is not ASCII text
    >>> encode({"text": "rad 1\n", "belopp": 450000})
    b'{"belopp":450000,"text":"rad 1\\n"}'
    """
    if value is None:
        return b"null"
    if type(value) is str and "\0" not in value:  # most values: no walk and no encoder object
        text = encode_basestring(value)
    elif type(value) is int and -LARGEST_INTEGER <= value <= LARGEST_INTEGER:
        text = str(value)
    else:
        _require_canonical(value, 0)
        text = _encode(value)
    try:
        return text.encode()
    except UnicodeEncodeError:
        refusal = CanonicalError("a text holds half a surrogate pair")
    raise refusal  # outside the handler, whose error carries the text


def decode(data: bytes) -> Json:
    """Return the value of value bytes. The inverse of `encode`.

    That the bytes are in canonical form is not checked: they are hashed as stored, so the group
    hash says whether they are what was written.

    Raises:
        CanonicalError: the bytes are no JSON value in UTF-8, or hold a floating-point number.
    """
    try:
        text = data.decode()
        value: Json
        value, end = _decode(text)
        if end == len(text):
            return value
    except (ValueError, RecursionError):
        pass
    raise CanonicalError("the bytes are no JSON value")  # outside the handler, as in `encode`


def _refuse_float(_: str) -> NoReturn:
    raise CanonicalError("a floating-point number")


_encode: Final = JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False
).encode
_decode: Final = JSONDecoder(parse_float=_refuse_float, parse_constant=_refuse_float).raw_decode


def _require_canonical(value: Json, depth: int) -> None:
    # Exactly these types: a subclass may be written otherwise than it compares.
    if type(value) is str:
        if "\0" in value:
            raise CanonicalError("a text holds U+0000")
    elif type(value) is int:
        if not -LARGEST_INTEGER <= value <= LARGEST_INTEGER:
            raise CanonicalError("an integer is beyond 2^53 - 1")
    elif type(value) is list or type(value) is dict:
        if depth == DEEPEST:
            raise CanonicalError(f"a value is nested deeper than {DEEPEST}")
        if type(value) is dict:
            _require_ascii_keys(value)
        for item in value.values() if type(value) is dict else value:
            _require_canonical(item, depth + 1)
    elif value is not None and type(value) is not bool:
        raise CanonicalError(f"{type(value).__name__} is no JSON type")


def _require_ascii_keys(value: dict[str, Json]) -> None:
    for key in value:
        if type(key) is not str or not key.isascii() or "\0" in key:
            raise CanonicalError("an object key is not ASCII text")
