"""What stands over a view: the clocks it was read by, and its streams with their versions.

Whoever is to record something says which version of a stream they have seen, and whoever corrects
an entry names it by its stream and version.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from textwrap import wrap
from typing import Final
from uuid import UUID

from domain.kernel.event import RecordedEvent
from domain.kernel.shapes import PersonRegistered
from ledger.codec import Json, Lane
from projections.clocks import Clocks
from projections.texts import LANES
from projections.words import Words

_LABEL: Final = 10
_REF: Final = len(f"{Lane.KOPPLING}/{UUID(int=0)}  ")


@dataclass(frozen=True, slots=True)
class StreamHead:
    """A stream of a view.

    Args:
        lane: its lane.
        stream: its id.
        version: its last version, whatever the clocks of the view leave out.
        of_person: whether it is a person's own, and not a case's or a matter's.
        name: what the person is called, where the view knows it.
    """

    lane: Lane
    stream: UUID
    version: int
    of_person: bool
    name: str


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands over a view.

    Args:
        clocks: at which times it looks.
        imported: whether anything in it comes from another system.
        streams: what it was read from, lane by lane; what is a person's comes last in each.
    """

    clocks: Clocks
    imported: bool
    streams: tuple[StreamHead, ...]

    def in_words(self) -> str:
        """The clocks, for a person."""
        return self.clocks.in_words(imported=self.imported)

    def to_json(self) -> dict[str, Json]:
        """The clocks and the streams, as JSON."""
        return {
            **self.clocks.to_json(),
            "streams": [
                {
                    "lane": one.lane.value,
                    "stream": str(one.stream),
                    "version": one.version,
                    "ofPerson": one.of_person,
                }
                for one in self.streams
            ],
        }

    def lines(self, width: int) -> list[str]:
        """All of it as text, each stream as it is written in a reference.

        Args:
            width: of the text, in columns.
        """
        lines = [self.in_words(), ""]
        now = " nu" if self.clocks.gallde or self.clocks.kant else ""
        for one in self.streams:
            label = "" if one.of_person else LANES[one.lane]
            place = f"{f'{one.lane}/{one.stream}':{_REF}}version {one.version}{now}"
            name = f", {one.name or 'person'}" if one.of_person else ""
            lines += wrap(
                f"{label:{_LABEL}}{place}{name}",
                width,
                subsequent_indent=" " * (_LABEL + _REF),
                break_on_hyphens=False,
            )
        return lines


def heading_of(
    events_by_lane: Mapping[Lane, Sequence[RecordedEvent]], clocks: Clocks, words: Words
) -> Heading:
    """Return what stands over a view.

    Args:
        events_by_lane: all that was read for it.
        clocks: at which times it looks.
        words: of the view.
    """
    streams: dict[tuple[Lane, UUID], list[RecordedEvent]] = {}
    for event in chain.from_iterable(events_by_lane.values()):
        streams.setdefault((event.lane, event.stream), []).append(event)
    heads = (_head(lane, id_, events, words) for (lane, id_), events in streams.items())
    lanes = list(Lane)
    return Heading(
        clocks,
        any(_imported(event) for events in streams.values() for event in events),
        tuple(
            sorted(heads, key=lambda one: (lanes.index(one.lane), one.of_person, str(one.stream)))
        ),
    )


def _head(lane: Lane, stream: UUID, events: Iterable[RecordedEvent], words: Words) -> StreamHead:
    in_order = sorted(events, key=lambda event: event.version)
    opened, last = in_order[0].fact, in_order[-1].version
    if not isinstance(opened, PersonRegistered):
        return StreamHead(lane, stream, last, of_person=False, name="")
    person: object = opened.person
    name = words.names.get(person, "") if isinstance(person, UUID) else ""
    return StreamHead(lane, stream, last, of_person=True, name=name)


def _imported(event: RecordedEvent) -> bool:
    claimed: object = event.common.claimed_recorded
    return claimed is not None
