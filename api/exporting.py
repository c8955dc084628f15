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
from typing import Final
from uuid import UUID

from pydantic.alias_generators import to_camel

from api.reading import CaseRead
from domain.kernel.event import RecordedEvent
from domain.kernel.fact import Fact, Gone, Kept, UnknownFact, specs_of
from domain.kernel.protection import shut_in
from domain.kernel.values import EventRef, format_instant
from ledger.codec import Json
from ledger.reading import StoredEntry

OURSELVES: Final = "liggaren"
"""The source of what was entered in a ledger and is carried over to another."""


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


def import_lines(read: CaseRead) -> Iterator[str]:
    """Return the events as lines that `api.importing` takes: lane by lane, in the log's order.

    Between lanes there is no order but that of the times in the lines.

    What an event says is given back whole: values, ids, and times. Who entered it here and the
    command's id are this ledger's own. An event with values that cannot be read, or are shut to the
    officer, says which, and is not taken.

    Args:
        read: a case or a stream.
    """
    events = [event for stream in read.streams.values() for event in stream.events]
    for event in sorted(events, key=lambda event: (event.lane.code, event.epoch, event.index)):
        yield _line(_import_json(event))
    for lane, why in read.hidden.items():
        yield _line({"lane": lane.value, "notShown": why})


def _import_json(event: RecordedEvent) -> dict[str, Json]:
    said = {name: value for name, value in _values(event.common).items() if value not in (None, [])}
    actor, _, _ = (said.pop(name, None) for name in ("actor", "role", "commandId"))
    if "source" not in said:
        said = {
            "claimedRecorded": format_instant(event.recorded),
            "source": OURSELVES,
            **({"actedBy": actor} if actor else {}),
            **said,
        }
    fact = event.fact
    values = {} if isinstance(fact, UnknownFact) else _values(fact)
    line: dict[str, Json] = {
        "lane": event.lane.value,
        "stream": str(event.stream),
        "version": event.version,
        "type": fact.type if isinstance(fact, UnknownFact) else fact.TYPE,
        "occurred": str(event.occurred),
        "fact": {name: value for name, value in values.items() if value is not None},
        **said,
    }
    if event.missing:
        line["missing"] = [*sorted(event.missing)]
    if shut := _shut(fact):
        line["protected"] = shut
    return line


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
        **({"protected": shut} if (shut := _shut(event.fact)) else {}),
    }


def _shut(fact: Fact | UnknownFact) -> list[Json]:
    """The names of the values that are shut to the officer, as a line spells them."""
    return [to_camel(name) for name in shut_in(fact)]


def _values(record: Kept) -> dict[str, Json]:
    """The values that could be read, by name. Total: a raw value stays as it is."""
    read = {spec.name: getattr(record, spec.name) for spec in specs_of(type(record))}
    return {
        to_camel(name): _json(value) for name, value in read.items() if not isinstance(value, Gone)
    }


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
