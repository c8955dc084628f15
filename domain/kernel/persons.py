"""The register of persons: who a stream says somebody is, what streams are found by, and guards.

Each lane and each nämnd has a register of its own. A merge says that the person of one stream is
read as that of another; nothing is moved, so it can be taken back.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar
from uuid import UUID

from domain.kernel.codes import OneOfTheParties, Protection
from domain.kernel.corrections import effective, roots
from domain.kernel.event import Event, RecordedEvent
from domain.kernel.fact import CO_PARTY, PARTY, Fact
from domain.kernel.refused import Refused
from domain.kernel.shapes import (
    CaseOpened,
    HolderChanged,
    PartyAdded,
    PartyLeft,
    PersonDetailsChanged,
    PersonRegistered,
    PersonsMerged,
    PersonsUnmerged,
    party_of,
    person_named,
)
from domain.kernel.values import EventRef

E = TypeVar("E", bound=Event)

_SLOTS: Final = {OneOfTheParties.PART: PARTY, OneOfTheParties.MEDPART: CO_PARTY}


@dataclass(frozen=True, slots=True)
class Merge:
    """That the person of one stream is read as that of another.

    Args:
        entry: the merge as it was first recorded, whatever has been corrected in it since.
        into: the other person.
        into_stream: the other person's stream.
    """

    entry: EventRef
    into: UUID
    into_stream: UUID


@dataclass(frozen=True, slots=True)
class Person:
    """A person as their stream says who they are.

    Args:
        id: the person's id in this register.
        registered: the registration, with what has changed since put in.
        numbers: all numbers that count, the one in force last where there is one.
        made_up: whether their details are or have been made up (fingerade personuppgifter).
        merged: the merge in force.
    """

    id: UUID
    registered: PersonRegistered
    numbers: tuple[str, ...] = ()
    made_up: bool = False
    merged: Merge | None = None


def persons_in(events: Iterable[Event]) -> dict[UUID, Person]:
    """The persons of the streams, by stream, by the events that count. Total.

    Args:
        events: of any streams, in order of reading.
    """
    given = list(events)
    found: dict[UUID, Person] = {}
    # A registration that was corrected later is still what comes first.
    for event in sorted(
        effective(given), key=lambda one: not isinstance(one.fact, PersonRegistered)
    ):
        match event.fact:
            case PersonRegistered(person=UUID() as person) as fact:
                found[event.stream] = Person(person, fact, _numbers(fact), _made_up(fact))
            case PersonDetailsChanged() as fact if known := found.get(event.stream):
                found[event.stream] = _changed(known, fact)
            case _:
                pass
    merged = merges_in(given)
    return {stream: replace(one, merged=merged.get(stream)) for stream, one in found.items()}


def merges_in(events: Iterable[Event]) -> dict[UUID, Merge]:
    """The merges in force, by the stream that is read as another, by the order of the log. Total.

    Whatever day a merge or its taking back is said to have been: who takes one back has it before
    them. And a correction of its text is no new merge.

    Args:
        events: of any streams.
    """
    given = list(events)
    if not any(isinstance(event.fact, PersonsMerged) for event in given):
        return {}  # as nearly always
    first = roots(given)
    found: dict[UUID, Merge] = {}
    for entry, event in _in_log_order(given, first):
        match event.fact:
            case PersonsMerged(into=UUID() as into, into_stream=UUID() as into_stream):
                found[event.stream] = Merge(entry, into, into_stream)
            case PersonsUnmerged(merged=EventRef() as merged):
                known = found.get(event.stream)
                if known and known.entry == first.get(merged):
                    del found[event.stream]
            case _:
                pass
    return found


def read_as(persons: Mapping[UUID, Person], stream: UUID) -> UUID:
    """The stream that a person's stream is read as: its own, or where its merges lead as far as
    they are known here. Of those who are merged in a ring, the one with the lowest id.
    """
    passed = [stream]
    while (known := persons.get(stream)) and known.merged:
        stream = known.merged.into_stream
        if stream in passed:
            return min(passed[passed.index(stream) :])
        if stream not in persons:
            break
        passed.append(stream)
    return passed[-1]


def leads_to(entries: Sequence[Person], number: str) -> bool:
    """Whether a number leads to somebody: any that was theirs. But where their details are or have
    been made up (fingerade personuppgifter), only the number in force there: the old ones must not
    lead to the new.

    Args:
        entries: the person, first as they are read, then the entries that are read as them.
        number: twelve digits.
    """
    made_up = next((one for one in entries if one.made_up), None)
    if made_up:
        return made_up.registered.number == number
    return any(number in one.numbers for one in entries)


def number_key(number: str) -> bytes:
    """What a person's stream is found by: one of their numbers, twelve digits."""
    return b"number\0" + number.encode()


def stream_key(stream: UUID) -> bytes:
    """What leads to a stream from another: from that of a person, a case they are party to or
    another stream of theirs; from that of a process, the case it is joined to.
    """
    return b"stream\0" + stream.bytes


def found_by(history: Sequence[Event], event: Event) -> tuple[tuple[int, bytes], ...]:
    """What the ledger shall find a stream by from now on: version and thing.

    Args:
        history: the stream's events before this one.
        event: one more. Where it names another holder, that one shall find it by all there is.
    """
    telling = [*history, event] if isinstance(event.fact, HolderChanged) else [event]
    return tuple((one.version, thing) for one in telling for thing in _things(one.fact))


def _things(fact: object) -> Iterable[bytes]:
    if isinstance(fact, PersonRegistered | PersonDetailsChanged):
        yield from map(number_key, _numbers(fact))
    if named := person_named(fact):
        yield stream_key(named[0])
    if isinstance(fact, Fact):
        joined: Iterable[object] = (getattr(fact, field) for field in fact.JOINS)
        yield from (stream_key(stream) for stream in joined if isinstance(stream, UUID))


def slots_left(history: Iterable[Event]) -> frozenset[int] | None:
    """The slots of the parties who have left the case; None where nobody ever did."""
    given = list(history)
    if not any(isinstance(event.fact, PartyLeft) for event in given):
        return None
    return frozenset(_left(given))


def parted(history: Sequence[RecordedEvent]) -> dict[UUID, tuple[int, int]]:
    """The streams of the persons who have left a case and are no longer party to it, each with the
    place in the log (epoch, index) of the event that says they left.

    What has become of them since is nothing that concerns the case.
    """
    if not slots_left(history):
        return {}
    left = _left(history)
    places = {event.ref: (event.epoch, event.index) for event in history}
    found: dict[UUID, tuple[int, int]] = {}
    there: set[UUID] = set()
    for event in effective(history):
        if named := party_of(event.fact):
            entry = left.get(PARTY if isinstance(event.fact, CaseOpened) else CO_PARTY)
            if entry:
                found[named[0]] = places[entry]
            else:
                there.add(named[0])
    return {stream: place for stream, place in found.items() if stream not in there}


def _left(history: Sequence[Event]) -> dict[int, EventRef]:
    """The slots of the parties who have left, each with the entry that says so."""
    left: dict[int, EventRef] = {}
    for entry, event in _in_log_order(history, roots(history)):
        match event.fact:
            case PartyLeft(leaver=OneOfTheParties() as leaver):
                left[_SLOTS[leaver]] = entry
            case PartyAdded():
                left.pop(CO_PARTY, None)
            case _:
                pass
    return left


def _in_log_order(
    events: Sequence[E], first: Mapping[EventRef, EventRef]
) -> Iterator[tuple[EventRef, E]]:
    """The events that count, each where it was first recorded in its stream, with that entry."""
    counting = ((first[event.ref], event) for event in effective(events))
    return iter(sorted(counting, key=lambda one: one[0].version))


def require_of_person(history: Sequence[Event], event: Event) -> None:
    """Refuse what cannot be about the person of this stream, or the parties of this case.

    Raises:
        Refused: a person is merged with themself, or is merged already; a merge is taken back that
            is not in force; somebody leaves who is no party.
    """
    if event.common.corrects:
        return
    match event.fact:
        case PersonsMerged() | PersonsUnmerged() as fact:
            _require_merge(history, event.stream, fact)
        case PartyLeft(leaver=leaver):
            _require_party(history, leaver)
        case _:
            pass


def _require_merge(
    history: Sequence[Event], stream: UUID, fact: PersonsMerged | PersonsUnmerged
) -> None:
    known = persons_in(history).get(stream)
    match fact:
        case PersonsMerged(into=into, into_stream=into_stream):
            if into_stream == stream or (known and into == known.id):
                raise Refused(
                    "person.same",
                    "En person kan bara sammanföras med en annan.",
                    remedy="Ange den andra personens akt.",
                )
            if known and known.merged:
                raise Refused(
                    "person.already_merged",
                    "Personen är redan sammanförd med en annan.",
                    remedy="Häv det sammanförandet först, om det var fel.",
                )
        case PersonsUnmerged(merged=merged):
            if not known or not known.merged or known.merged.entry != roots(history).get(merged):
                raise Refused(
                    "person.not_merged",
                    "Det sammanförandet gäller inte.",
                    remedy="Ange det sammanförande som gäller nu.",
                )


def require_head(history: Sequence[Event]) -> None:
    """Refuse to merge somebody into a person who is read as yet another: merges would go in rings.

    Args:
        history: the stream of the person merged into.

    Raises:
        Refused: it is so.
    """
    if any(person.merged for person in persons_in(history).values()):
        raise Refused(
            "person.read_as_another",
            "Personen som anges är själv sammanförd med en annan.",
            remedy="Ange den person som den är sammanförd med.",
        )


def _require_party(history: Sequence[Event], leaver: OneOfTheParties) -> None:
    opener = CaseOpened if leaver is OneOfTheParties.PART else PartyAdded
    there = any(isinstance(event.fact, opener) for event in effective(history))
    if not there or _SLOTS[leaver] in (slots_left(history) or ()):
        raise Refused(
            "party.not_here",
            "Den som anges är inte part i ärendet.",
            remedy="Ange den part som har lämnat ärendet.",
        )


def _numbers(fact: PersonRegistered | PersonDetailsChanged) -> tuple[str, ...]:
    number: object = fact.number
    return (number,) if isinstance(number, str) else ()


def _made_up(fact: PersonRegistered | PersonDetailsChanged) -> bool:
    return fact.protection == Protection.FINGERADE_UPPGIFTER


def _changed(person: Person, fact: PersonDetailsChanged) -> Person:
    given: dict[str, Any] = {name: value for name, value in fact if value is not None}
    if "number_kind" in given:
        given["number"] = fact.number
    new = _numbers(fact)
    return replace(
        person,
        registered=person.registered.model_copy(update=given),
        numbers=(*(one for one in person.numbers if one not in new), *new),
        made_up=person.made_up or _made_up(fact),
    )
