"""The kinds of values a field can have, and how each looks in JSON. `docs/envelope.md` section 4.

Each kind takes a Python value or its JSON form, and nothing else: 1 is no date and "1" no number.
What is refused here cannot be a value at all; whether a value is lawful is never asked.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Final, Self
from unicodedata import category, normalize
from uuid import UUID

from pydantic import AfterValidator, Field, PlainSerializer, PlainValidator, StrictBool, StrictInt
from pydantic_core import PydanticCustomError
from typing_extensions import override

from ledger.codec import Lane

LARGEST_INTEGER: Final = 2**53 - 1
RESERVED_IDS: Final = frozenset({UUID(int=0), UUID(int=2**128 - 1)})
"""The nil and the max UUID. Storage uses them for the log's own stream and for no nämnd."""

_BIDI_CONTROLS: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
"""They make a text look otherwise than it reads (Unicode UAX 9 section 2)."""

GONE_WORDS: Final = "[gallrad eller oläslig]"
SHIELDED_WORDS: Final = "[skyddad uppgift]"
_IN_PLACE_OF_A_VALUE: Final = frozenset({GONE_WORDS, SHIELDED_WORDS})
"""What is shown for a value that cannot be: stored, it would be taken for one that is there."""


def clean_text(text: str) -> str:
    r"""Return the text as it may be stored: NFC, lines ended by `\n`.

    Raises:
        PydanticCustomError: a control character, half a surrogate pair, a bidi control, or what
            stands in a view in place of a value.

    >>> clean_text("Bista\u030and\r\n")
    'Bistånd\n'
    """
    text = text.replace("\r\n", "\n")  # what a web form sends
    for character in text:
        if character in _BIDI_CONTROLS:
            raise _invalid(
                "text.bidi_control", "Texten har ett dolt tecken som ändrar läsriktningen."
            )
        if category(character) in {"Cc", "Cs"} and character not in "\n\t":
            raise _invalid("text.control_character", "Texten har ett tecken som inte går att visa.")
    text = normalize("NFC", text)
    if " ".join(text.casefold().split()) in _IN_PLACE_OF_A_VALUE:
        raise _invalid(
            "text.placeholder",
            "Orden står i en vy i stället för ett värde som inte visas, och är inget värde."
            " Lämna fältet tomt. Rättas posten: be den som får se värdet att göra det.",
        )
    return text


def to_day(value: object) -> date:
    """Return a calendar day.

    Raises:
        PydanticCustomError: neither a date nor `ÅÅÅÅ-MM-DD`, or a day that does not exist.

    >>> to_day("2011-06-14")
    datetime.date(2011, 6, 14)
    """
    if type(value) is date:
        return value
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise _invalid("date.impossible", "Dagen finns inte i kalendern.") from None
    raise _invalid("date.form", "Ett datum skrivs ÅÅÅÅ-MM-DD.")


def to_instant(value: object) -> datetime:
    """Return a moment in UTC.

    Raises:
        PydanticCustomError: no time zone, another form, or a moment that does not exist.
    """
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise _invalid("date.impossible", "Tidpunkten finns inte i kalendern.") from None
    if isinstance(value, datetime) and value.utcoffset() is not None:
        try:
            return value.astimezone(UTC)
        except OverflowError:
            raise _invalid("date.impossible", "Tidpunkten ligger utanför kalendern.") from None
    raise _invalid("date.form", "En tidpunkt skrivs ÅÅÅÅ-MM-DDTtt:mm:ss med tidszon.")


def format_instant(moment: datetime) -> str:
    """Write a moment as all stored texts have it: UTC, six decimals.

    >>> format_instant(datetime(2011, 6, 14, 9, 30, tzinfo=UTC))
    '2011-06-14T09:30:00.000000Z'
    """
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


@dataclass(frozen=True, slots=True, order=True)
class EventRef:
    """Which event: `lane/stream/version`. `docs/envelope.md` section 1 point 6."""

    lane: Lane
    stream: UUID
    version: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a reference.

        Raises:
            PydanticCustomError: the text is none.

        >>> EventRef.parse("bistand/6ec1f1b5-2a53-4bd5-8c9f-52f6bb0d3b11/4").version
        4
        """
        match = _REFERENCE.fullmatch(text)
        if match is None:
            raise _invalid("reference.form", "En hänvisning skrivs process/ström/version.")
        return cls(Lane(match[1]), UUID(match[2]), int(match[3]))

    @override
    def __str__(self) -> str:
        return f"{self.lane}/{self.stream}/{self.version}"


def real_id(id_: UUID) -> UUID:
    """Return an id that can be somebody's or something's.

    Raises:
        PydanticCustomError: the nil or the max UUID, which are nobody's (RFC 9562, 5.9 and 5.10).
    """
    if id_ in RESERVED_IDS:
        raise _invalid("id.reserved", "Ett id kan inte vara bara nollor eller bara ettor.")
    return id_


def to_reference(value: object) -> EventRef:
    """Return a reference, from one or from its text."""
    if isinstance(value, EventRef):
        return value
    return EventRef.parse(value if isinstance(value, str) else "")


def _day_or_instant(value: object) -> date | datetime:
    return to_day(value) if _looks_like_a_day(value) else to_instant(value)


def _looks_like_a_day(value: object) -> bool:
    return type(value) is date or (isinstance(value, str) and _DAY.fullmatch(value) is not None)


def _format_day_or_instant(value: date | datetime) -> str:
    return format_instant(value) if isinstance(value, datetime) else value.isoformat()


def _invalid(code: str, message: str) -> PydanticCustomError:
    return PydanticCustomError(code, message)


_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_UUID: Final = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_REFERENCE: Final = re.compile(f"({'|'.join(Lane)})/({_UUID})/([1-9][0-9]{{0,15}})")

Id = Annotated[UUID, AfterValidator(real_id)]
"""Somebody's or something's id."""
Text = Annotated[str, AfterValidator(clean_text)]
"""Free text. Never clear."""
Title = Annotated[str, Field(pattern=r"^[^\n\t]{1,300}$"), AfterValidator(clean_text)]
"""What a paper is called, on one line. Never clear."""
MediaType = Annotated[
    str,
    Field(pattern=r"^[a-z0-9][a-z0-9!#$&^_.+-]{0,62}/[a-z0-9][a-z0-9!#$&^_.+-]{0,62}$"),
]
"""A media type without parameters (RFC 6838 section 4.2), in small letters."""
Day = Annotated[
    date,
    PlainValidator(to_day, json_schema_input_type=date),
    PlainSerializer(date.isoformat, return_type=str, when_used="json"),
]
"""A Swedish calendar day; may lie in the future."""
Instant = Annotated[
    datetime,
    PlainValidator(to_instant, json_schema_input_type=datetime),
    PlainSerializer(format_instant, return_type=str, when_used="json"),
]
"""A moment, UTC."""
DayOrInstant = Annotated[
    date | datetime,
    PlainValidator(_day_or_instant, json_schema_input_type=date | datetime),
    PlainSerializer(_format_day_or_instant, return_type=str, when_used="json"),
]
"""A moment, or only its day where nobody wrote down more."""
Reference = Annotated[
    EventRef,
    PlainValidator(
        to_reference,
        json_schema_input_type=Annotated[str, Field(pattern=f"^(?:{_REFERENCE.pattern})$")],
    ),
    PlainSerializer(str, return_type=str, when_used="json"),
]
"""Another event."""
Flag = StrictBool
"""Yes or no; null where nobody knows."""
Count = Annotated[StrictInt, Field(ge=0, le=LARGEST_INTEGER)]
"""A number of things."""
Ore = Annotated[StrictInt, Field(ge=-LARGEST_INTEGER, le=LARGEST_INTEGER)]
"""Money in öre."""
_OUTSIDE_NAMES: Final = r"\u0000-\u001f!-%'*;-@\[-\^`{-\u007f"
"""The ASCII that no name has. For JSON Schema, whose `\\w` knows no å (ECMA-262)."""
Name = Annotated[
    str,
    Field(
        pattern=r"^[\w .,&()/:+-]{1,120}$",
        json_schema_extra={"pattern": f"^[^{_OUTSIDE_NAMES}]{{1,120}}$"},
    ),
    AfterValidator(clean_text),
]
"""The name of a public body or a system, short enough to hold nothing else. May be clear."""
Slug = Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)*$", min_length=2, max_length=32)]
"""A name in small letters a to z and hyphens: no room for a number. May be clear."""
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 in hex."""
LogPosition = Annotated[str, Field(pattern=r"^(0|[1-9][0-9]*)/(0|[1-9][0-9]*)/[0-9a-f]{64}$")]
"""`epoch/index/leaf`, as in an envelope's twelfth line."""
