"""What a client sends, before the domain sees it: size, form, text. Bad input stops here.

The same checks meet a file given to `liggare record`. Size, depth and number of keys are checked on
the bytes, before anything is parsed. Text becomes NFC here and nowhere later, so `BiståndEnded` is
one type however it was typed.
"""

import json
import re
from collections.abc import Mapping
from typing import Final, NoReturn

from pydantic_core import PydanticCustomError

from api.problems import Problem
from domain.kernel.values import LARGEST_INTEGER, clean_text
from ledger.codec import Json

LARGEST_BODY_BYTES: Final = 256 * 1024
DEEPEST: Final = 32
MOST_KEYS: Final = 1000
_LONGEST_INTEGER: Final = len(f"-{LARGEST_INTEGER}")

# A string (closed or not), a bracket, or the colon after a key. The alternatives inside a string
# exclude each other: linear time.
_TOKENS: Final = re.compile(rb'"(?:[^"\\]|\\.|\\\Z)*(?:"|\Z)|[\[{]|[\]}]|:', re.DOTALL)
_JSON_TYPE: Final = re.compile(
    r"application/json(?:\s*;\s*charset\s*=\s*\"?utf-8\"?)?", re.IGNORECASE
)
_REMEDY: Final = "Rätta innehållet och skicka igen. Inget har registrerats."


def require_json(headers: Mapping[str, str]) -> None:
    """Refuse a body that says it is something else than plain JSON.

    Raises:
        Problem: 415.
    """
    if not _JSON_TYPE.fullmatch(headers.get("content-type", "").strip()):
        raise Problem(
            415,
            "body.media_type",
            "Fel innehållstyp",
            "Innehållet måste vara JSON.",
            "Skicka med Content-Type: application/json.",
        )
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Problem(
            415,
            "body.encoding",
            "Komprimerat innehåll",
            "Komprimerat innehåll tas inte emot.",
            "Skicka innehållet okomprimerat.",
        )


def too_large() -> Problem:
    """The body is larger than a fact can be."""
    return Problem(
        413,
        "body.too_large",
        "För stort innehåll",
        f"Innehållet är större än {LARGEST_BODY_BYTES // 1024} kB.",
        "Dela upp det. Handlingar lämnas inte in den här vägen.",
    )


def parse(data: bytes) -> dict[str, Json]:
    """Return the JSON object of a body, its texts in NFC.

    Raises:
        Problem: 400 for what is no JSON in UTF-8, 413 for too much of it, 422 for JSON that we do
            not take.
    """
    if len(data) > LARGEST_BODY_BYTES:
        raise too_large()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    if text is None:
        raise _malformed("body.not_utf8", "Innehållet är inte UTF-8.")
    _require_small(data)
    try:
        value: Json = json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=_refuse_float,
            parse_int=_integer,
            parse_constant=_refuse_constant,
        )
    except json.JSONDecodeError as error:
        value, wrong = None, _where(text, error)
    except RecursionError:
        value, wrong = None, "Innehållet är inte giltig JSON."
    else:
        wrong = ""
    if wrong:  # outside the handler, whose error carries the body
        raise _malformed("body.not_json", wrong)
    if not isinstance(value, dict):
        raise _refused("body.not_object", "Innehållet måste vara ett JSON-objekt.")
    cleaned = _cleaned(value)
    assert isinstance(cleaned, dict)
    return cleaned


def _where(text: str, error: json.JSONDecodeError) -> str:
    """Say where a body is no JSON; never what stands there."""
    if not text.strip():
        return "Innehållet är tomt."
    line = f"på rad {error.lineno}, " if "\n" in text.strip() else ""
    return f"Innehållet är inte giltig JSON: fel {line}vid tecken {error.colno}."


def _require_small(data: bytes) -> None:
    depth = keys = 0
    for token in _TOKENS.finditer(data):
        match token[0]:
            case b"[" | b"{":
                depth += 1
            case b"]" | b"}":
                depth -= 1
            case b":":
                keys += 1
            case _:  # a string
                continue
        if depth > DEEPEST:
            raise _refused("body.too_deep", f"Innehållet har fler än {DEEPEST} nivåer.")
        if keys > MOST_KEYS:
            raise _refused("body.too_many_keys", f"Innehållet har fler än {MOST_KEYS} fält.")


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = {_text(key): value for key, value in pairs}
    if len(found) != len(pairs):
        raise _refused("body.duplicate_key", "Samma fält förekommer två gånger.")
    return found


def _integer(digits: str) -> int:
    if len(digits) > _LONGEST_INTEGER or abs(int(digits)) > LARGEST_INTEGER:
        raise _refused("body.integer_too_large", "Ett heltal är för stort.")
    return int(digits)


def _refuse_float(_: str) -> NoReturn:
    raise _refused(
        "body.float", "Tal med decimaler eller exponent tas inte emot. Belopp anges i öre."
    )


def _refuse_constant(_: str) -> NoReturn:
    raise _refused("body.not_a_number", "NaN och Infinity är inga värden.")


def _cleaned(value: Json) -> Json:
    match value:
        case str():
            return _text(value)
        case list():
            return [_cleaned(item) for item in value]
        case dict():
            return {key: _cleaned(item) for key, item in value.items()}
        case _:
            return value


def _text(text: str) -> str:
    try:
        return clean_text(text)
    except PydanticCustomError as error:
        code, sentence = error.type, error.message()
    raise _refused(code, sentence)


def _malformed(code: str, detail: str) -> Problem:
    return Problem(400, code, "Går inte att läsa", detail, _REMEDY)


def _refused(code: str, detail: str) -> Problem:
    return Problem(422, code, "Tas inte emot", detail, _REMEDY)
