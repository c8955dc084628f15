"""What persons, decisions, leases and events are called in one view: never by id."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from domain.bistand.events import (
    AssessmentRecorded,
    DecisionFact,
)
from domain.hyra.events import (
    BeforeLeaseFact,
    CoResidentNoted,
    CoTenantTookOver,
    ForfeitureNoticeIssued,
    LeaseSigned,
    TerminationNoticeIssued,
)
from domain.kernel.event import Event
from domain.kernel.persons import persons_in, read_as
from domain.kernel.shapes import PersonDied, PersonRegistered, RepresentativeRegistered
from domain.kernel.values import EventRef
from domain.koppling.events import CaseJoined
from ledger.codec import Lane
from projections.texts import LANES
from projections.words import Words, occurred, title


def words_of(
    events: Iterable[Event],
    names: Mapping[UUID, str],
    numbers: Mapping[EventRef, int] | None = None,
) -> Words:
    """Return the words of a view.

    Args:
        events: all events the view knows, in order of reading.
        names: what officers and nämnder are called, by id.
        numbers: the rows that events are found by, where the view numbers them.
    """
    known = list(events)
    by_ref = {event.ref: event for event in known}

    def called(ref: EventRef) -> str:
        event = by_ref.get(ref)
        if event is None:
            return f"en händelse som inte visas här ({LANES[ref.lane]})"
        row = f", nr {numbers[ref]}" if numbers and ref in numbers else ""
        return f"{title(event)} {occurred(event.occurred)} ({LANES[ref.lane]}{row})"

    return Words({**names, **_processes(known), **_persons(known), **_numbered(known)}, called)


def _processes(events: Iterable[Event]) -> dict[UUID, str]:
    """A stream that is part of a case is called by its process."""
    return {
        stream: LANES[lane]
        for event in events
        if isinstance(event.fact, CaseJoined)
        for lane, stream in (
            (Lane.BISTAND, event.fact.bistand_stream),
            (Lane.HYRA, event.fact.hyra_stream),
        )
        if isinstance(stream, UUID)
    }


def _persons(events: Iterable[Event]) -> dict[UUID, str]:
    known = list(events)
    names: dict[UUID, str] = {}
    for event in known:
        match event.fact:
            case (
                PersonRegistered(person=UUID() as person, name=str() as name)
                | AssessmentRecorded(assessed_person=UUID() as person, name=str() as name)
                | RepresentativeRegistered(rep=UUID() as person, name=str() as name)
                | PersonDied(estate_contact=UUID() as person, name=str() as name)
                | CoResidentNoted(resident=UUID() as person, name=str() as name)
                | CoTenantTookOver(who=UUID() as person, name=str() as name)
            ):
                names[person] = name
            case _:
                pass
    persons = persons_in(known)
    for stream, one in persons.items():
        called: object = persons[read_as(persons, stream)].registered.name
        if isinstance(called, str):
            names[one.id] = called
    return names


def _numbered(events: Iterable[Event]) -> dict[UUID, str]:
    names: dict[UUID, str] = {}
    counted = {"beslut": 0, "hyresavtal": 0, "uppsägning": 0}
    for event in events:
        match event.fact:
            case DecisionFact(decision_id=UUID() as id_):
                what = "beslut"
            case LeaseSigned(lease_id=UUID() as id_) | BeforeLeaseFact(lease_id=UUID() as id_):
                what = "hyresavtal"
            case (
                TerminationNoticeIssued(notice_id=UUID() as id_)
                | ForfeitureNoticeIssued(notice_id=UUID() as id_)
            ):
                what = "uppsägning"
            case _:
                continue
        if id_ not in names:
            counted[what] += 1
            names[id_] = f"{what} {counted[what]}"
    return names
