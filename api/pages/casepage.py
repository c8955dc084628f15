"""The case page as its template takes it.

Two lanes beside each other, what crosses between them, what is struck and what came late.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Final
from uuid import UUID

from api.reading import SIDES, CaseRead
from domain.kernel.corrections import effective
from domain.kernel.values import EventRef
from domain.koppling.events import LinkKind, LinkMade
from domain.koppling.state import KopplingCase, evolve
from ledger.codec import Lane
from projections.case import Section, case_view
from projections.clocks import Clocks
from projections.texts import CODES, LANES
from projections.trail import Row, State, trail
from projections.words import occurred

LAWS: Final = {Lane.BISTAND: "Socialtjänstlagen", Lane.HYRA: "12 kap. jordabalken"}
STATES: Final = {
    State.WAITS: "Väntar på godkännande",
    State.REPLACED: "Struken",
    State.ERRONEOUS: "Struken, felregistrerad",
}
_STATUS: Final = "Läge"
"""The label of the row that says how a decision or a tenancy stands."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """A link to an event of the other lane.

    Args:
        text: what the event has to do with it.
        anchor: the other event on this page; empty where it is not shown.
    """

    text: str
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of the trail on the page.

    Args:
        row: as the trail tells it.
        number: its place on the page.
        when: when it happened, in words.
        state: what became of it, in words; empty where it counts.
        struck: whether it no longer counts.
        crossings: its links.
    """

    row: Row
    number: int
    when: str
    state: str
    struck: bool
    crossings: tuple[Crossing, ...]

    @property
    def lane(self) -> str:
        """The lane's name, as the style sheet has it."""
        return self.row.ref.lane.value

    @property
    def lane_label(self) -> str:
        """The lane's name, as a person reads it."""
        return LANES[self.row.ref.lane]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One lane on the page.

    Args:
        lane: its name, as the style sheet has it.
        label: its name, as a person reads it.
        law: under which law.
        hidden: why it is not shown; empty where it is.
        status: what stands in the head: one line for each decision or tenancy.
        sections: its whole state.
    """

    lane: str
    label: str
    law: str
    hidden: str
    status: tuple[str, ...]
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class CasePage:
    """All the template needs."""

    case: UUID
    columns: tuple[Column, ...]
    entries: tuple[Entry, ...]
    clocks: str
    forecast: bool


def case_page(read: CaseRead, asked: Clocks) -> CasePage:
    """Return the page of a case.

    Args:
        read: what the officer may see.
        asked: at which times to look.
    """
    view = case_view(read.events, asked, read.names)
    sections = {lane.lane: lane.sections for lane in view.lanes}
    rows = trail(read.events, asked, read.names).rows
    numbers = {row.ref: number for number, row in enumerate(rows, start=1)}
    links = _links(read, asked)
    return CasePage(
        case=read.case,
        columns=tuple(_column(lane, read, sections.get(lane, ())) for lane in SIDES),
        entries=tuple(
            _entry(row, number, _crossings(row, links, numbers))
            for number, row in enumerate(rows, start=1)
        ),
        clocks=asked.in_words(),
        forecast=asked.forecast,
    )


def _column(lane: Lane, read: CaseRead, sections: tuple[Section, ...]) -> Column:
    hidden = read.hidden.get(lane, "")
    if not hidden and lane not in read.streams:
        hidden = f"Ärendet har ingen process i {LANES[lane]}."
    return Column(
        lane=lane.value,
        label=LANES[lane],
        law=LAWS[lane],
        hidden=hidden,
        status=tuple(
            f"{section.title}: {value}"
            for section in sections
            for label, value in section.rows
            if label == _STATUS
        ),
        sections=sections,
    )


def _entry(row: Row, number: int, crossings: Iterable[Crossing]) -> Entry:
    return Entry(
        row=row,
        number=number,
        when=occurred(row.occurred),
        state=STATES.get(row.state, ""),
        struck=row.state in {State.REPLACED, State.ERRONEOUS},
        crossings=tuple(crossings),
    )


def _links(read: CaseRead, asked: Clocks) -> list[LinkMade]:
    """The links that held, by what was known."""
    known = effective(asked.known_to(read.streams[Lane.KOPPLING].events))
    happened = [event for event in known if asked.happened(event)]
    return [link.fact for link in reduce(evolve, happened, KopplingCase()).links]


def _crossings(
    row: Row, links: Iterable[LinkMade], numbers: Mapping[EventRef, int]
) -> Iterable[Crossing]:
    """The row's links, each by the number of the other end where that stands on the page."""
    for link in links:
        kind: object = link.kind
        words = CODES[LinkKind][kind] if isinstance(kind, LinkKind) else str(kind)
        for end, other in ((link.from_event, link.to_event), (link.to_event, link.from_event)):
            if end != row.ref:
                continue
            number = numbers.get(other) if other else None
            told = f"nr {number}" if number else _unseen(other)
            text = f"{words} {told}" if end is link.from_event else f"{told} {words} detta"
            yield Crossing(text, f"h{number}" if number else "")


def _unseen(ref: EventRef | None) -> str:
    """What an event is called that is not on the page."""
    return (
        f"en händelse i {LANES[ref.lane]} som inte visas" if ref else "en händelse som inte anges"
    )
