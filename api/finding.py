"""Who has a number, in one lane of one nämnd: exact match, and never by the number itself.

The lookup table leads to streams; who somebody is and what they are party to is then read from the
events, with a row in the read log for each stream, so that nothing is told that no longer counts.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from api.problems import Problem
from api.shielding import with_persons
from domain.kernel.corrections import effective
from domain.kernel.event import RecordedEvent
from domain.kernel.fact import CO_PARTY, PARTY, SHIELDED
from domain.kernel.persons import (
    Person,
    leads_to,
    number_key,
    persons_in,
    read_as,
    slots_left,
    stream_key,
)
from domain.kernel.process import LaneProcess
from domain.kernel.protection import OPENING, Shield
from domain.kernel.shapes import CaseOpened, PersonNumber, party_of
from ledger.codec import Json, Lane
from ledger.reading import ReadContext, Reading

_BETWEEN: Final = re.compile(r"[\s\u2010-\u2015\u2212+-]")
"""What people write inside a number, or get along with it from elsewhere."""
_NUMBER: Final[TypeAdapter[str]] = TypeAdapter(PersonNumber)


@dataclass(frozen=True, slots=True)
class FoundCase:
    """A case that a person is or was party to.

    Args:
        stream: its stream in the lane.
        co_party: whether as the second of a couple.
        left: whether they have left it.
    """

    stream: UUID
    co_party: bool
    left: bool


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """A person whom a number leads to, as they are registered now.

    Args:
        person: the id in this lane's register.
        streams: the person's streams: first the one they are read as, then those merged into it.
        entries: the ids that the person has there.
        name: as it can be read; empty where it can't.
        number_in_force: whether the number asked for is the one in force.
        cases: in order of id.
        guarded: whether the name opens only for who has the right to protected personal data.
    """

    person: UUID
    streams: tuple[UUID, ...]
    entries: tuple[UUID, ...]
    name: str
    number_in_force: bool
    cases: tuple[FoundCase, ...]
    guarded: bool


@dataclass(frozen=True, slots=True)
class PersonsFound:
    """The answer. Several persons where one is registered twice and not merged; none where there is
    nobody, and where another nämnd holds the person's stream.
    """

    lane: Lane
    persons: tuple[FoundPerson, ...]

    def to_json(self) -> dict[str, Json]:
        """Return it as JSON."""
        return {
            "lane": self.lane.value,
            "persons": [
                {
                    "person": str(one.person),
                    "streams": [str(stream) for stream in one.streams],
                    "name": one.name or None,
                    "numberInForce": one.number_in_force,
                    "cases": [
                        {"stream": str(case.stream), "coParty": case.co_party, "left": case.left}
                        for case in one.cases
                    ],
                }
                for one in self.persons
            ],
        }


def normal_number(text: object) -> str:
    """Return a number as it is stored: twelve digits and nothing between them.

    Raises:
        Problem: 422; it is none. The number is not repeated.

    >>> normal_number(" 19800505-2389")
    '198005052389'
    """
    try:
        return _NUMBER.validate_python(_BETWEEN.sub("", str(text)))
    except ValidationError as error:
        told = error.errors()[0]
        raise Problem(
            422,
            told["type"],
            "Numret går inte att söka på",
            told["msg"],
            "Skriv hela numret med tolv siffror, århundradet först.",
        ) from None


def find(
    process: LaneProcess, context: ReadContext, number: str, *, may_open: bool
) -> PersonsFound:
    """Find whom a number leads to.

    Args:
        process: the lane's.
        context: who looks, for which nämnd, why.
        number: as `normal_number` returns it.
        may_open: whether protected personal data are opened for whoever looks.

    Raises:
        LedgerError: the ledger cannot be read, or the read cannot be logged.
    """
    with process.reading(context) as opened:
        found = _Finding(process, opened)
        led_to = {
            stream
            for stream in found.streams(number_key(number))
            if (person := found.person(stream)) and number in person.numbers
        }
        heads = sorted({found.head(stream) for stream in led_to})
        told = [one for head in heads if (one := found.told(head, number))]
        for known in told:  # not before: much is read that leads nowhere
            opened.log(known.streams[0])
            opened.shown(known.entries)
            if known.guarded and may_open:
                opening = replace(opened, context=replace(context, view=OPENING))
                opening.log(known.streams[0])
                opening.shown(known.entries)
    if not may_open:
        told = [replace(one, name=str(SHIELDED)) if one.guarded else one for one in told]
    return PersonsFound(process.lane, tuple(told))


class _Finding:
    """What has been read so far, each stream once."""

    def __init__(self, process: LaneProcess, opened: Reading) -> None:
        self._process, self._opened = process, opened
        self._read: dict[UUID, Sequence[RecordedEvent]] = {}

    def streams(self, thing: bytes) -> list[UUID]:
        """Where a thing leads to."""
        return self._opened.found(self._process.lookup_macs(self._opened.context.namnd, [thing]))

    def history(self, stream: UUID) -> Sequence[RecordedEvent]:
        """A stream, logged as read. Nobody is shown by that alone."""
        if stream not in self._read:
            self._opened.log(stream)
            self._read[stream] = self._process.history(stream)
        return self._read[stream]

    def person(self, stream: UUID) -> Person | None:
        """The person of a stream; None where it is no person's."""
        in_order = sorted(self.history(stream), key=lambda one: one.fold_key(source_word=False))
        return persons_in(in_order).get(stream)

    def head(self, stream: UUID) -> UUID:
        """The stream that a person's stream is read as."""
        known: dict[UUID, Person] = {}
        following: UUID | None = stream
        while following and following not in known:
            person = self.person(following)
            if person is None:
                break
            known[following] = person
            following = person.merged.into_stream if person.merged else None
        return read_as(known, stream)

    def told(self, head: UUID, number: str) -> FoundPerson | None:
        """A person with all streams that are read as theirs, and their cases; None where the number
        must not lead to them.
        """
        known = self.person(head)
        assert known
        persons, cases = {head: known}, dict[UUID, FoundCase]()
        following = [head]
        for stream in following:  # grows on the way
            for other in self.streams(stream_key(stream)):
                person = self.person(other)
                if person is None:
                    cases |= self._party_to(other, stream)
                elif person.merged and person.merged.into_stream == stream and other not in persons:
                    persons[other] = person
                    following.append(other)
        entries = tuple(persons.values())
        if not leads_to(entries, number):
            return None
        name: object = known.registered.name
        shield, _ = with_persons(self._process, self._opened, head, self.history(head))
        return FoundPerson(
            known.id,
            tuple(persons),
            tuple(one.id for one in entries),
            name if isinstance(name, str) else "",
            any(one.registered.number == number for one in entries),
            tuple(cases[case] for case in sorted(cases)),
            shield is Shield.IDENTITY,
        )

    def _party_to(self, case: UUID, person_stream: UUID) -> Mapping[UUID, FoundCase]:
        history, found = self.history(case), dict[UUID, FoundCase]()
        left = slots_left(history) or frozenset()
        for event in effective(history):
            named = party_of(event.fact)
            if named and named[0] == person_stream:
                co_party = not isinstance(event.fact, CaseOpened)
                slot = CO_PARTY if co_party else PARTY
                found[case] = FoundCase(case, co_party, slot in left)
        return found
