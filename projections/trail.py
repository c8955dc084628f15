"""The trail of a case: one chronological list, or one lane's alone.

Everything recorded is in it: what was corrected stands struck beside what replaced it, what came in
late says how late, what is destroyed or unknown is shown as such. Each lane by itself is a report
that says nothing of the others: give only its events.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import reduce
from itertools import chain
from uuid import UUID

from domain.kernel.corrections import Standing, effective
from domain.kernel.event import Event, RecordedEvent, known
from domain.kernel.fact import Fact, Kept, UnknownFact, specs_of
from domain.kernel.occurred import Occurred, swedish_day
from domain.kernel.shapes import DocumentFiled
from domain.kernel.values import EventRef, format_instant
from domain.koppling.state import KopplingCase, evolve
from ledger.codec import Json, Lane
from projections import words as in_words
from projections.clocks import Clocks
from projections.heading import Heading, heading_of
from projections.naming import words_of
from projections.texts import FIELDS, LANES


class State(StrEnum):
    """What became of an entry."""

    COUNTS = "counts"
    WAITS = "waits"
    REPLACED = "replaced"
    ERRONEOUS = "erroneous"


@dataclass(frozen=True, slots=True)
class Change:
    """What a correction says otherwise than the entry it corrects. Empty is not given.

    Args:
        label: of the field.
        before: its value in the corrected entry.
        after: its value in the correction.
    """

    label: str
    before: in_words.Told
    after: in_words.Told


@dataclass(frozen=True, slots=True)
class Settled:
    """Whose two signatures took an entry back, or put it in the place of another.

    Args:
        by: the correction or the mark of error.
        approval: what made it count.
        proposed: who entered the correction or the mark.
        approved: who approved it.
    """

    by: EventRef
    approval: EventRef
    proposed: str
    approved: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One entry of the trail.

    Args:
        number: its place in the trail, from 1.
        ref: the event.
        type: its type, as stored.
        occurred: when it happened.
        recorded: when the ledger recorded it.
        claimed: when the source system says it was recorded, in words.
        days_late: days from when it happened until it was known; None where that cannot be said.
        by_source: whether `days_late` takes the source system's word.
        title: a few words.
        sentence: what it says.
        details: the rest: label and value, which is several lines for a list of answers.
        actor: who entered it.
        role: in which role.
        acted_by: who acted, where that was another.
        delegation: the delegation relied on.
        note: the note.
        state: what became of it.
        replaced_by: the entry that counts in its place, in words.
        corrects: the entry it corrects, in words.
        corrected: the same entry.
        correction_reason: why, in words; empty where it corrects nothing.
        links: what it has to do with events of other lanes.
        missing: labels of what could not be read.
        settled: how the entry was corrected, marked or approved; None where nobody has.
        changes: what it changes, if it corrects another.
        refs: the events it names.
        documents: the documents it names.
    """

    number: int
    ref: EventRef
    type: str
    occurred: Occurred
    recorded: datetime
    claimed: str
    days_late: int | None
    by_source: bool
    title: str
    sentence: str
    details: tuple[tuple[str, in_words.Told], ...]
    actor: str
    role: str
    acted_by: str
    delegation: str
    note: str
    state: State
    replaced_by: str
    corrects: str
    corrected: EventRef | None
    correction_reason: str
    links: tuple[str, ...]
    missing: tuple[str, ...]
    settled: Settled | None
    changes: tuple[Change, ...]
    refs: tuple[EventRef, ...]
    documents: tuple[UUID, ...]

    @property
    def lateness(self) -> str:
        """How late it became known, in words; empty where it was known the day it happened."""
        if not self.days_late or self.days_late < 0:
            return ""
        days = "1 dag" if self.days_late == 1 else f"{self.days_late} dagar"
        return f"registrerat {days} efteråt" + (" enligt källsystemet" if self.by_source else "")

    @property
    def registered(self) -> str:
        """When it was recorded, and by whose word, in words."""
        if self.claimed:
            here = swedish_day(self.recorded)
            return f"importerat; enligt källsystemet registrerat {self.claimed}, i liggaren {here}"
        return f"registrerat {in_words.moment(self.recorded)}"

    @property
    def registered_that_day(self) -> bool:
        """Whether the ledger recorded it the day it happened."""
        day = self.occurred.last or self.occurred.day
        return not self.claimed and day == swedish_day(self.recorded)


@dataclass(frozen=True, slots=True)
class Trail:
    """The rows in order, and what stands over them."""

    heading: Heading
    rows: tuple[Row, ...]


def trail(
    events_by_lane: Mapping[Lane, Sequence[RecordedEvent]],
    clocks: Clocks,
    names: Mapping[UUID, str] | None = None,
) -> Trail:
    """Return the trail of a case.

    Args:
        events_by_lane: the case's streams, and the persons' where they are to be shown.
        clocks: at which times to look.
        names: what officers and nämnder are called, by id.
    """
    events = clocks.known_to(chain.from_iterable(events_by_lane.values()))
    telling = _Telling(events, clocks, names or {})
    return Trail(heading_of(events_by_lane, clocks, telling.words), tuple(telling))


class _Telling:
    """Tells each event of a view in the light of all of them."""

    def __init__(
        self, events: Sequence[RecordedEvent], clocks: Clocks, names: Mapping[UUID, str]
    ) -> None:
        self._clocks = clocks
        self._by_ref = {event.ref: event for event in events}
        self._standing = Standing(events)
        shown = (event for event in events if clocks.happened(event))
        self._numbers = {event.ref: number for number, event in enumerate(shown, start=1)}
        self.words = words_of(events, names, self._numbers)
        happened = [event for event in effective(events) if clocks.happened(event)]
        self._links = reduce(evolve, happened, KopplingCase()).links

    def __iter__(self) -> Iterator[Row]:
        return (self._row(self._by_ref[ref]) for ref in self._numbers)

    def _row(self, event: RecordedEvent) -> Row:
        common, value = event.common, self.words.value
        replacement = self._standing.replaced_by(event)
        return Row(
            number=self._numbers[event.ref],
            ref=event.ref,
            type=event.fact.type if isinstance(event.fact, UnknownFact) else event.fact.TYPE,
            occurred=event.occurred,
            recorded=event.recorded,
            claimed=value(common.claimed_recorded),
            days_late=self._days_late(event),
            by_source=known(event, source_word=self._clocks.source_word) != event.recorded,
            title=in_words.title(event),
            sentence=self.words.sentence(event.fact),
            details=tuple(in_words.details(event.fact, self.words)),
            actor=value(common.actor),
            role=value(common.role),
            acted_by=value(common.acted_by),
            delegation=value(common.delegation),
            note=value(common.note),
            state=self._state(event),
            replaced_by=value(replacement),
            corrects=value(common.corrects),
            corrected=_reference(common.corrects),
            correction_reason=value(common.correction_reason)
            or ("skäl inte angivet" if common.corrects else ""),
            links=tuple(self._crossings(event)),
            missing=tuple(_missing(event)),
            settled=self._settled(event),
            changes=tuple(self._changes(event)),
            refs=tuple(dict.fromkeys(_refs(event))),
            documents=tuple(_documents(event)),
        )

    def _days_late(self, event: RecordedEvent) -> int | None:
        became_known = swedish_day(known(event, source_word=self._clocks.source_word))
        last = event.occurred.last or event.occurred.day
        return (became_known - last).days if last else None

    def _state(self, event: Event) -> State:
        if self._standing.erroneous(event):
            return State.ERRONEOUS
        if self._standing.waits(event):
            return State.WAITS
        return State.REPLACED if self._standing.replaced_by(event) else State.COUNTS

    def _settled(self, event: Event) -> Settled | None:
        by = self._standing.marked_by(event) or self._standing.replaced_by(event) or event.ref
        approval = self._standing.approved_by(by)
        if approval is None:
            return None
        proposed, approved = (self._signer(self._by_ref[ref]) for ref in (by, approval))
        return Settled(by, approval, proposed, approved)

    def _signer(self, event: Event) -> str:
        return self.words.value(event.common.acted_by or event.common.actor)

    def _changes(self, event: Event) -> Iterable[Change]:
        ref = _reference(event.common.corrects)
        corrected = self._by_ref.get(ref) if ref else None
        if corrected is None or not isinstance(event.fact, type(corrected.fact)):
            return
        if corrected.occurred != event.occurred:
            yield Change(
                "Dag", in_words.occurred(corrected.occurred), in_words.occurred(event.occurred)
            )
        if isinstance(corrected.fact, Fact) and isinstance(event.fact, Fact):
            before = dict(in_words.labelled(corrected.fact, self.words))
            after = dict(in_words.labelled(event.fact, self.words))
            for label in dict.fromkeys((*before, *after)):
                if before.get(label) != after.get(label):
                    yield Change(label, before.get(label, ""), after.get(label, ""))

    def _crossings(self, event: Event) -> Iterable[str]:
        for link in self._links:
            kind = self.words.value(link.fact.kind)
            if link.fact.from_event == event.ref:
                yield f"{kind} {self.words.value(link.fact.to_event)}".strip()
            if link.fact.to_event == event.ref:
                yield f"{self.words.value(link.fact.from_event)} {kind} detta".strip()


def _reference(stored: object) -> EventRef | None:
    """A stored reference, if it can be read."""
    return stored if isinstance(stored, EventRef) else None


def _refs(event: Event) -> Iterable[EventRef]:
    """The events that a fact names, in the order of its fields."""
    if isinstance(event.fact, Fact):
        for spec in specs_of(type(event.fact)):
            value: object = getattr(event.fact, spec.name)
            for item in value if isinstance(value, list | tuple | dict) else (value,):
                if isinstance(item, EventRef):
                    yield item


def _documents(event: Event) -> Iterable[UUID]:
    """The documents that an event names, its own first."""
    ids: list[object] = [event.fact.document_id] if isinstance(event.fact, DocumentFiled) else []
    named: object = event.common.document_ids
    ids += named if isinstance(named, list | tuple) else ()
    return (one for one in ids if isinstance(one, UUID))


def _missing(event: RecordedEvent) -> Iterable[str]:
    known_types: list[type[Kept]] = [type(event.common)]
    if isinstance(event.fact, Fact):
        known_types.append(type(event.fact))
    labels = {spec.number: FIELDS[spec.name] for cls in known_types for spec in specs_of(cls)}
    return (labels.get(number, f"Fält {number}") for number in sorted(event.missing))


def to_json(view: Trail) -> dict[str, Json]:
    """Return the trail as JSON."""
    return {**view.heading.to_json(), "rows": [_row_json(row) for row in view.rows]}


def _row_json(row: Row) -> dict[str, Json]:
    return {
        "number": row.number,
        "ref": str(row.ref),
        "lane": row.ref.lane.value,
        "laneLabel": LANES[row.ref.lane],
        "type": row.type,
        "occurred": str(row.occurred),
        "recorded": format_instant(row.recorded),
        "claimedRecorded": row.claimed or None,
        "daysLate": row.days_late,
        "bySource": row.by_source,
        "title": row.title,
        "sentence": row.sentence,
        "details": [
            {"label": label, "value": in_words.in_one_line(value)} for label, value in row.details
        ],
        "actor": row.actor or None,
        "role": row.role or None,
        "actedBy": row.acted_by or None,
        "delegation": row.delegation or None,
        "note": row.note or None,
        "state": row.state.value,
        "replacedBy": row.replaced_by or None,
        "corrects": row.corrects or None,
        "correctionReason": row.correction_reason or None,
        "links": list(row.links),
        "missing": list(row.missing),
    }
