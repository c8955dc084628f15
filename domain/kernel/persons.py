"""The register of persons: who a stream says somebody is, what streams are found by, and guards.

Each lane and each nämnd has a register of its own. A merge says that the person of one stream is
read as that of another; nothing is moved, so it can be taken back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from domain.kernel.codes import OneOfTheParties, Protection
from domain.kernel.corrections import effective
from domain.kernel.event import Event
from domain.kernel.fact import CO_PARTY, PARTY
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
    person_named,
)
from domain.kernel.values import EventRef

_SLOTS: Final = {OneOfTheParties.PART: PARTY, OneOfTheParties.MEDPART: CO_PARTY}


@dataclass(frozen=True, slots=True)
class Person:
    """A person as their stream says who they are.

    Args:
        id: the person's id in this register.
        registered: the registration, with what has changed since put in.
        numbers: all numbers that count, the one in force last where there is one.
        merged: the merge in force and the stream of the person this one is read as.
    """

    id: UUID
    registered: PersonRegistered
    numbers: tuple[str, ...] = ()
    merged: tuple[EventRef, UUID] | None = None

    def is_found_by(self, number: str) -> bool:
        """Whether a number leads here: any that was this person's. But with made-up details
        (fingerade personuppgifter) the old ones must not lead to the new.
        """
        if self.registered.protection == Protection.FINGERADE_UPPGIFTER:
            return self.registered.number == number
        return number in self.numbers


def persons_in(events: Iterable[Event]) -> dict[UUID, Person]:
    """The persons of the streams, by stream, by the events that count. Total.

    Args:
        events: of any streams, in order of reading.
    """
    found: dict[UUID, Person] = {}
    # A registration that was corrected later is still what comes first.
    for event in sorted(
        effective(events), key=lambda one: not isinstance(one.fact, PersonRegistered)
    ):
        match event.fact:
            case PersonRegistered(person=UUID() as person) as fact:
                found[event.stream] = Person(person, fact, _numbers(fact))
            case PersonDetailsChanged() as fact if known := found.get(event.stream):
                found[event.stream] = _changed(known, fact)
            case PersonsMerged(into_stream=UUID() as into) if known := found.get(event.stream):
                found[event.stream] = replace(known, merged=(event.ref, into))
            case PersonsUnmerged(merged=merged) if known := found.get(event.stream):
                if known.merged and known.merged[0] == merged:
                    found[event.stream] = replace(known, merged=None)
            case _:
                pass
    return found


def read_as(persons: Mapping[UUID, Person], stream: UUID) -> UUID:
    """The stream that a person's stream is read as: its own, or where its merges lead as far as
    they are known here.
    """
    passed = {stream}
    while (known := persons.get(stream)) and known.merged:
        into = known.merged[1]
        if into in passed or into not in persons:
            break
        passed.add(into)
        stream = into
    return stream


def number_key(number: str) -> bytes:
    """What a person's stream is found by: one of their numbers, twelve digits."""
    return b"number\0" + number.encode()


def stream_key(stream: UUID) -> bytes:
    """What leads to a stream from the stream of a person: a case they are party to, or another
    stream of theirs.
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


def slots_left(history: Iterable[Event]) -> frozenset[int] | None:
    """The slots of the parties who have left the case; None where nobody ever did."""
    given = list(history)
    if not any(isinstance(event.fact, PartyLeft) for event in given):
        return None
    left: set[int] = set()
    for event in effective(given):
        match event.fact:
            case PartyLeft(leaver=OneOfTheParties() as leaver):
                left.add(_SLOTS[leaver])
            case PartyAdded():
                left.discard(CO_PARTY)
            case _:
                pass
    return frozenset(left)


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
            _require_merge(persons_in(history).get(event.stream), event.stream, fact)
        case PartyLeft(leaver=leaver):
            _require_party(history, leaver)
        case _:
            pass


def _require_merge(
    known: Person | None, stream: UUID, fact: PersonsMerged | PersonsUnmerged
) -> None:
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
            if not known or not known.merged or known.merged[0] != merged:
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


def _changed(person: Person, fact: PersonDetailsChanged) -> Person:
    given: dict[str, Any] = {name: value for name, value in fact if value is not None}
    if "number_kind" in given:
        given["number"] = fact.number
    new = _numbers(fact)
    return replace(
        person,
        registered=person.registered.model_copy(update=given),
        numbers=(*(one for one in person.numbers if one not in new), *new),
    )
