"""Events as they are stored, one JSON object a line, for whoever must check or keep them.

A line holds what `docs/envelope.md` names: the envelope's text, the clear text, the seals in hex,
the sealed parts in base64; and the values as far as the officer's keys open them. What is not shown
has a line too, so that no file looks complete that is not.
"""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from uuid import UUID

from pydantic.alias_generators import to_camel

from api.reading import CaseRead
from domain.kernel.event import RecordedEvent
from domain.kernel.fact import GONE, Kept, UnknownFact, specs_of
from domain.kernel.values import EventRef, format_instant
from ledger.codec import Json
from ledger.reading import StoredEntry


def lines(read: CaseRead) -> Iterator[str]:
    """Return the lines of a case or a stream, without line ends.

    Args:
        read: with the events as they are stored.
    """
    for stream in read.streams.values():
        for event, entry in zip(stream.events, stream.entries, strict=True):
            yield _line(event_json(event, entry))
    for lane, why in read.hidden.items():
        yield _line({"lane": lane.value, "notShown": why})


def event_json(event: RecordedEvent, entry: StoredEntry) -> dict[str, Json]:
    """Return one event, stored and opened."""
    if isinstance(event.fact, UnknownFact):
        fact = {str(number): value for number, value in event.fact.values.items()}
    else:
        fact = _values(event.fact)
    parts: list[Json] = [b64encode(part).decode() for part in entry.parts]
    missing: list[Json] = [*sorted(event.missing)]
    return {
        "ref": str(event.ref),
        "envelope": entry.envelope,
        "leaf": event.leaf.hex(),
        "clear": entry.state.decode(),
        "seals": entry.seals.hex(),
        "parts": parts,
        "common": _values(event.common),
        "fact": fact,
        "missing": missing,
    }


def _values(record: Kept) -> dict[str, Json]:
    """The values that could be read, by name. Total: a raw value stays as it is."""
    read = {spec.name: getattr(record, spec.name) for spec in specs_of(type(record))}
    return {to_camel(name): _json(value) for name, value in read.items() if value is not GONE}


def _json(value: object) -> Json:  # noqa: PLR0911 - one for each kind of value
    match value:
        case None | bool() | int():
            return value
        case Enum():
            return str(value.value)
        case datetime():
            return format_instant(value)
        case date():
            return value.isoformat()
        case UUID() | EventRef():
            return str(value)
        case dict():
            return {str(_json(key)): _json(item) for key, item in value.items()}
        case list() | tuple():
            return [_json(item) for item in value]
        case _:
            return str(value)


def _line(value: Mapping[str, Json]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
