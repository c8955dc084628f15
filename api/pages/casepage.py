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
from projections.words import moment, occurred

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
        recorded: when the ledger recorded it, in words.
        state: what became of it, in words; empty where it counts.
        struck: whether it no longer counts.
        crossings: its links.
    """

    row: Row
    number: int
    when: str
    recorded: str
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
        recorded=moment(row.recorded),
        state=STATES.get(row.state, ""),
        struck=row.state in {State.REPLACED, State.ERRONEOUS},
        crossings=tuple(crossings),
    )


def _links(read: CaseRead, asked: Clocks) -> list[LinkMade]:
    """The links that hold, in the order the trail tells them."""
    known = asked.known_to(read.streams[Lane.KOPPLING].events)
    return [link.fact for link in reduce(evolve, effective(known), KopplingCase()).links]


def _crossings(
    row: Row, links: Iterable[LinkMade], numbers: Mapping[EventRef, int]
) -> Iterable[Crossing]:
    """The row's links, each by the number of the other end where that stands on the page."""
    ends: list[tuple[str, EventRef | None]] = []
    for link in links:
        kind: object = link.kind
        words = CODES[LinkKind][kind] if isinstance(kind, LinkKind) else str(kind)
        if link.from_event == row.ref:
            ends.append((f"{words} nr {{}}", link.to_event))
        if link.to_event == row.ref:
            ends.append((f"nr {{}} {words} detta", link.from_event))
    for told, (words, end) in zip(row.links, ends, strict=False):
        number = numbers.get(end) if end else None
        if number is None:
            yield Crossing(told, "")
        else:
            yield Crossing(words.format(number), f"h{number}")
