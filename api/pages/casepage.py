"""The case page as its template takes it.

Two lanes beside each other, what crosses between them, what is struck and what came late. Only what
was read for the officer is here, so nothing that is hidden can show through a count or a name.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Final
from uuid import UUID

from api.reading import SIDES, CaseRead, names_of
from domain.kernel.codes import Protection
from domain.kernel.corrections import effective
from domain.kernel.event import RecordedEvent
from domain.kernel.persons import persons_in
from domain.kernel.shapes import DocumentFiled
from domain.kernel.values import EventRef
from domain.koppling.events import LinkKind
from domain.koppling.state import KopplingCase, evolve
from ledger.codec import Lane
from projections.case import Section, case_view
from projections.clocks import Clocks
from projections.texts import CODES, FIELDS, LANES
from projections.trail import Change, Row, State, trail
from projections.words import Told, moment, occurred

LAWS: Final = {Lane.BISTAND: "Socialtjänstlagen", Lane.HYRA: "12 kap. jordabalken"}
_STATUS: Final = "Läge"
"""The label of the row that says how a decision or a tenancy stands."""
_PARTIES: Final = frozenset({"Part", "Medpart"})
"""The titles of the sections that tell of a party who has not left."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """Another event, as this page calls it.

    Args:
        text: its number here, or that it is not shown.
        anchor: its place on this page; empty where it is not shown.
    """

    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Crossing:
    """A link to an event of the other lane, from one of its two ends.

    Args:
        text: what the event has to do with it.
        anchor: the other event on this page; empty where it is not shown.
        outward: whether the link goes from this event.
    """

    text: str
    anchor: str
    outward: bool


@dataclass(frozen=True, slots=True)
class Value:
    """A field of an entry.

    Args:
        label: what it is.
        now: its value; empty where it is not given.
        before: the value that was corrected, empty where none was given; None where the entry does
            not change it.
    """

    label: str
    now: Told
    before: Told | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """A document that can be fetched.

    Args:
        address: of the page's own way to it.
        title: its heading, if the entry that filed it can be read.
    """

    address: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of the trail on the page.

    Args:
        row: as the trail tells it.
        number: its place on the page.
        when: when it happened, in words.
        struck: whether it no longer counts.
        verdict: what became of it, in words; empty where nothing did.
        settled_by: the entry that the verdict refers to.
        corrects: the entry it corrects.
        values: its fields.
        crossings: its links.
        refs: the events it names.
        papers: the documents it names.
    """

    row: Row
    number: int
    when: str
    struck: bool
    verdict: str
    settled_by: Pointer | None
    corrects: Pointer | None
    values: tuple[Value, ...]
    crossings: tuple[Crossing, ...]
    refs: tuple[Pointer, ...]
    papers: tuple[Paper, ...]

    @property
    def waits(self) -> bool:
        """Whether a second person has yet to approve it."""
        return self.row.state is State.WAITS

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
        parties: what the parties are called in it.
        protected: which protection of personal data those whom it tells of have today, also who
            has left, and whatever the time asked about.
        status: what stands in the head: one line for each decision or tenancy.
        sections: its whole state.
    """

    lane: str
    label: str
    law: str
    hidden: str
    parties: tuple[str, ...]
    protected: tuple[str, ...]
    status: tuple[str, ...]
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """All the template needs.

    Args:
        case: its id.
        parties: what the parties are called.
        columns: the two lanes.
        entries: in order of time.
        clocks: when it was, and as known when.
        forecast: whether it looks ahead.
        left_out: how many entries had not happened or were not known then.
        read_at: when it was read.
        positions: how far each log had come: lane and position.
    """

    case: UUID
    parties: tuple[str, ...]
    columns: tuple[Column, ...]
    entries: tuple[Entry, ...]
    clocks: str
    forecast: bool
    left_out: int
    read_at: str
    positions: tuple[tuple[str, str], ...]

    @property
    def protected(self) -> tuple[str, ...]:
        """Which protection of personal data either lane tells of."""
        return tuple(dict.fromkeys(one for column in self.columns for one in column.protected))


def case_page(read: CaseRead, asked: Clocks, kept: str = "") -> CasePage:
    """Return the page of a case.

    Args:
        read: what the officer may see.
        asked: at which times to look.
        kept: the question that links carry on, with its mark.
    """
    view = case_view(read.events, asked, read.names)
    sections = {lane.lane: lane.sections for lane in view.lanes}
    columns = tuple(_column(lane, read, sections.get(lane, ())) for lane in SIDES)
    entries = _Entries(read, asked, kept)
    shown = tuple(entries)
    return CasePage(
        case=read.case,
        parties=names_of(column.parties for column in columns),
        columns=columns,
        entries=shown,
        clocks=view.heading.in_words(),
        forecast=asked.forecast,
        left_out=sum(map(len, read.events.values())) - len(shown),
        read_at=moment(asked.now),
        positions=tuple(
            (LANES[lane], "{}/{}".format(*stream.size))
            for lane, stream in read.streams.items()
            if stream.size
        ),
    )


def _column(lane: Lane, read: CaseRead, sections: tuple[Section, ...]) -> Column:
    hidden = read.hidden.get(lane, "")
    if not hidden and lane not in read.streams:
        hidden = f"Ärendet har ingen process i {LANES[lane]}."
    parties = [dict(section.rows) for section in sections if section.title in _PARTIES]
    return Column(
        lane=lane.value,
        label=LANES[lane],
        law=LAWS[lane],
        hidden=hidden,
        parties=tuple(_said(parties, "name")),
        protected=tuple(_protections(read.streams[lane].events if lane in read.streams else ())),
        status=tuple(
            f"{section.title}: {value}"
            for section in sections
            for label, value in section.rows
            if label == _STATUS
        ),
        sections=sections,
    )


def _said(parties: Iterable[Mapping[str, Told]], field: str) -> Iterator[str]:
    for party in parties:
        told = party.get(FIELDS[field])
        if isinstance(told, str):
            yield told


def _protections(events: Iterable[RecordedEvent]) -> Iterator[str]:
    in_order = sorted(events, key=lambda one: one.fold_key(source_word=False))
    for person in persons_in(in_order).values():
        mark: object = person.registered.protection
        if isinstance(mark, Protection) and mark != Protection.INGEN:
            yield CODES[Protection][mark]


class _Entries:
    """The trail's rows as entries of the page, each with its ways to the others."""

    def __init__(self, read: CaseRead, asked: Clocks, kept: str) -> None:
        self._kept = kept
        self._rows = trail(read.events, asked, read.names).rows
        self._numbers = {row.ref: number for number, row in enumerate(self._rows, start=1)}
        known = asked.known_to(event for events in read.events.values() for event in events)
        self._headings = dict(_headings(known))
        counted = effective(event for event in known if event.lane is Lane.KOPPLING)
        happened = [event for event in counted if asked.happened(event)]
        self._links = [link.fact for link in reduce(evolve, happened, KopplingCase()).links]

    def __iter__(self) -> Iterator[Entry]:
        return (self._entry(row) for row in self._rows)

    def _entry(self, row: Row) -> Entry:
        settled = row.settled
        by_another = settled is not None and settled.by != row.ref
        return Entry(
            row=row,
            number=self._numbers[row.ref],
            when=occurred(row.occurred),
            struck=row.state in {State.REPLACED, State.ERRONEOUS},
            verdict=_verdict(row),
            settled_by=self._pointer(settled.by) if settled and by_another else None,
            corrects=self._pointer(row.corrected) if row.corrected else None,
            values=tuple(_values(row)),
            crossings=tuple(self._crossings(row)),
            refs=tuple(map(self._pointer, row.refs)),
            papers=tuple(self._paper(row.ref.lane, one) for one in row.documents),
        )

    def _pointer(self, ref: EventRef) -> Pointer:
        number = self._numbers.get(ref)
        return Pointer(f"nr {number}", f"h{number}") if number else Pointer(_unseen(ref), "")

    def _paper(self, lane: Lane, document: UUID) -> Paper:
        address = f"/handlingar/{lane}/{document}{self._kept}"
        return Paper(address, self._headings.get(document, "Handling"))

    def _crossings(self, row: Row) -> Iterable[Crossing]:
        """The row's links, each by the number of the other end where that stands on the page."""
        for link in self._links:
            kind: object = link.kind
            words = CODES[LinkKind][kind] if isinstance(kind, LinkKind) else str(kind)
            for end, other in ((link.from_event, link.to_event), (link.to_event, link.from_event)):
                if end != row.ref:
                    continue
                told = self._pointer(other) if other else Pointer(_unseen(None), "")
                outward = end is link.from_event
                text = f"{words} {told.text}" if outward else f"{told.text} {words} detta"
                yield Crossing(text, told.anchor, outward)


def _verdict(row: Row) -> str:
    """What became of an entry. The number of what settled it stands after the words."""
    signed = (
        f"föreslagen av {row.settled.proposed}, godkänd av {row.settled.approved}"
        if row.settled
        else ""
    )
    match row.state:
        case State.WAITS:
            return "Väntar på godkännande av en annan handläggare"
        case State.REPLACED:
            return f"Struken. Rättelsen är {signed}" if signed else "Struken"
        case State.ERRONEOUS:
            return f"Struken, felregistrerad. Markeringen är {signed}"
        case State.COUNTS:
            return signed[:1].upper() + signed[1:]


def _values(row: Row) -> Iterator[Value]:
    """The entry's fields; where it is a correction, each changed one with what it was before."""
    changed: dict[str, Change] = {change.label: change for change in row.changes}
    for label, value in row.details:
        change = changed.pop(label, None)
        yield Value(label, value, change.before if change else None)
    for change in changed.values():
        yield Value(change.label, change.after, change.before)


def _headings(events: Iterable[RecordedEvent]) -> Iterator[tuple[UUID, str]]:
    for event in events:
        match event.fact:
            case DocumentFiled(document_id=UUID() as document, heading=str() as heading):
                yield document, heading
            case _:
                pass


def _unseen(ref: EventRef | None) -> str:
    """What an event is called that is not on the page."""
    return (
        f"en händelse i {LANES[ref.lane]} som inte visas" if ref else "en händelse som inte anges"
    )
