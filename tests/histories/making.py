"""Random histories over all types there are, each from a seed that makes the same one again.

`stored` asks nothing: whatever any program, older or newer, may have left. `recorded` asks the
guards of each lane, as an officer or an import does. New types come in by themselves.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cache
from random import Random  # noqa: TID251 - the seed is the argument
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, TypeAlias, get_args, get_origin
from uuid import UUID

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from domain.kernel.actor import Role
from domain.kernel.codes import CorrectionReason
from domain.kernel.event import Common, Event, RecordedEvent
from domain.kernel.fact import Fact, UnknownFact, fact_from_values, specs_of, values_of
from domain.kernel.occurred import SEALED, UNKNOWN, Occurred
from domain.kernel.process import By, Saying
from domain.kernel.refused import Refused
from domain.kernel.shapes import (
    CaseOpened,
    CorrectionApproved,
    EntryMarkedErroneous,
    EpochOpened,
    HeadsRecorded,
    PersonDetailsChanged,
    PersonNumber,
    PersonRegistered,
    PersonsMerged,
    PersonsUnmerged,
)
from domain.kernel.values import EventRef, Hash, LogPosition, MediaType, Name, Ore, Slug, Title
from domain.koppling.events import CaseJoined, LinkEnded, LinkMade
from domain.system.events import RoleAssigned, RoleRevoked
from ledger.codec import Json, Lane
from projections.registry import REGISTRY
from tests.kernel.facts import GUARDS
from tests.kernel.strategies import PERSON_NUMBERS
from tests.whole import ALMA, BO, NAMND, OTHER_NAMND

CARIN: Final = UUID(int=0xCA41)
CARRIER: Final = UUID(int=0xCA22)
"""The officer who carries over what another system recorded."""
OFFICERS: Final = (ALMA, BO, CARIN)
NOW: Final = datetime(2024, 6, 1, 12, tzinfo=UTC)
"""Nothing in a history has happened later, but what is planned may be."""
SIDES: Final = (Lane.BISTAND, Lane.HYRA)
BY_THE_LOG: Final = (EpochOpened, HeadsRecorded)
OF_PERSONS: Final = (PersonDetailsChanged, PersonsMerged, PersonsUnmerged)
"""What is said in the stream of a person who is registered."""
AFTER: Final[Mapping[type[Fact], type[Fact]]] = {
    PersonsUnmerged: PersonsMerged,
    RoleRevoked: RoleAssigned,
    LinkEnded: LinkMade,
}
"""What takes something back, and what it takes back."""
CARRIED: Final = tuple(
    fact
    for fact in REGISTRY.facts
    if fact.lane is not Lane.SYSTEM and not fact.EFFECT and not issubclass(fact, BY_THE_LOG)
)
"""The types that a file can carry from one ledger to another."""
RECORDABLE: Final = tuple(fact for fact in REGISTRY.facts if not issubclass(fact, BY_THE_LOG))

_LETTERS: Final = "aåäöÅÄÖ eé%<&\"'\\$@/🏠\n\te\u0301ß0123456789"
_EDGES: Final = (date.min, date(1900, 2, 28), date(2024, 2, 29), date.max)

_ODD: Final[tuple[Json, ...]] = (None, True, -1, "", "2024-13-01", [], ["x"], {"a": [1]})
"""What a program of another day may have kept in any field."""

Maker: TypeAlias = Callable[["Values"], object]


class Values:
    """Random values of fields.

    Args:
        random: seeded.
    """

    def __init__(self, random: Random) -> None:
        self.random = random
        self.absent = random.choice((0.1, 0.4, 0.8))
        self.refs: Callable[[], EventRef] = lambda: EventRef(Lane.HYRA, self.id(), 1)
        self._ids: dict[tuple[Lane, str], tuple[UUID, ...]] = {}

    def id(self) -> UUID:
        """An id nobody has."""
        return UUID(int=self.random.getrandbits(128), version=4)

    def one_of(self, lane: Lane, name: str) -> UUID:
        """One of the few ids that fields of this name have in the history."""
        if name == "namnd" or name.endswith("_namnd"):
            return self.random.choice((NAMND, OTHER_NAMND))
        pool = self._ids.setdefault((lane, name), (self.id(), self.id()))
        return self.random.choice(pool)

    def text(self) -> str:
        """A text, as odd as texts can be."""
        return "".join(self.random.choices(_LETTERS, k=self.random.choice((0, 1, 12, 12, 130))))

    def day(self) -> date:
        """A day, that may lie ahead."""
        if self.random.random() < 0.02:
            return self.random.choice(_EDGES)
        return date(2008, 1, 1) + timedelta(days=self.random.randrange(9000))

    def past_day(self) -> date:
        """A day that has been."""
        return NOW.date() - timedelta(days=self.random.choice((0, 1, 40, 900, 5000)))

    def moment(self) -> datetime:
        """A moment that has been."""
        return NOW - timedelta(seconds=self.random.choice((0, 3600, 86400, 10**8)), microseconds=1)

    def occurred(self) -> Occurred:
        """When something happened."""
        first = self.past_day()
        match self.random.randrange(8):
            case 0:
                return UNKNOWN
            case 1:
                return SEALED
            case 2:
                return Occurred.at(self.moment())
            case 3:
                return Occurred.between(first - timedelta(days=self.random.randrange(400)), first)
            case 4 if self.random.random() < 0.1:
                return Occurred.on(date.min)
            case _:
                return Occurred.on(first)

    def fact(
        self,
        fact_type: type[Fact],
        given: Mapping[str, object] = MappingProxyType({}),
        earlier: Fact | None = None,
    ) -> Fact:
        """A fact of a type that can be recorded, its optional fields there or not.

        Args:
            fact_type: which.
            given: values that are settled.
            earlier: one that it may speak of: what both have is the same now and then.
        """
        shared = _shared(fact_type, type(earlier)) if earlier else ()
        for _ in range(500):
            values = {
                name: make(self)
                for name, (make, needed) in _makers(fact_type).items()
                if needed or self.random.random() > self.absent
            }
            if self.random.random() < 0.3:
                values |= {name: getattr(earlier, name) for name in shared}
            try:
                return fact_type(**{**values, **given})
            except ValidationError:  # ends before it starts, a number of another kind
                continue
        raise AssertionError(f"no {fact_type.TYPE} can be made")

    def spoilt(self, fact: Fact) -> tuple[Fact, frozenset[int]]:
        """The fact as an older or newer program may have stored it, and what cannot be read."""
        numbers = [spec.number for spec in specs_of(type(fact))]
        odd: dict[int, Json] = {
            number: self.random.choice(_ODD) for number in numbers if self.random.random() < 0.2
        }
        missing = frozenset(number for number in numbers if self.random.random() < 0.2)
        return fact_from_values(type(fact), {**values_of(fact), **odd}, missing), missing


@cache
def _shared(one: type[Fact], other: type[Fact]) -> tuple[str, ...]:
    """The fields that two types have alike."""
    theirs = {name: info.annotation for name, info in other.model_fields.items()}
    return tuple(
        name for name, info in one.model_fields.items() if theirs.get(name) == info.annotation
    )


@cache
def _makers(fact_type: type[Fact]) -> dict[str, tuple[Maker, bool]]:
    """How each field of a type is made, and whether it must be there."""
    return {
        name: (
            _maker(
                fact_type.lane,
                name,
                Annotated[info.annotation, *info.metadata[:-1]]
                if info.metadata[:-1]
                else info.annotation,
            ),
            info.is_required(),
        )
        for name, info in fact_type.model_fields.items()
    }


_BOUND: Final[list[tuple[object, Maker]]] = [
    (PersonNumber, lambda values: values.random.choice(PERSON_NUMBERS)),
    (Name, lambda values: values.random.choice(("Farsta stadsdelsnämnd", "Källa 2.0"))),
    (Slug, lambda values: values.random.choice(("paraplyet", "gamla-systemet"))),
    (Hash, lambda values: f"{values.random.getrandbits(256):064x}"),
    (LogPosition, lambda values: f"0/7/{values.random.getrandbits(256):064x}"),
    (Title, lambda _: "Brev till parten"),
    (MediaType, lambda _: "application/pdf"),
    (Ore, lambda values: values.random.choice((-1, 0, 812_500, -(2**53) + 1, 2**53 - 1))),
]
_SCALARS: Final[dict[object, Maker]] = {
    str: Values.text,
    bool: lambda values: values.random.random() < 0.5,
    int: lambda values: values.random.choice((0, 1, 2, 3, 4, 12, 2023, 2**53 - 1)),
    date: Values.day,
    datetime: lambda values: values.random.choice(
        (values.moment(), datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
    ),
    EventRef: lambda values: values.refs(),
}


def _pattern(annotation: Any) -> str | None:  # noqa: ANN401 - an annotation is no type
    """The pattern a text must have, wherever pydantic keeps it."""
    marks = [one for mark in get_args(annotation)[1:] for one in (mark, *_inside(mark))]
    return next((mark.pattern for mark in marks if getattr(mark, "pattern", None)), None)


def _inside(mark: object) -> Sequence[Any]:
    return mark.metadata if isinstance(mark, FieldInfo) else ()


def _maker(lane: Lane, name: str, annotation: Any) -> Maker:  # noqa: ANN401, PLR0911 - one for each kind
    for bound, make in _BOUND:
        if annotation == bound or (
            _pattern(annotation) and _pattern(annotation) == _pattern(bound)
        ):
            return make
    arguments = get_args(annotation)
    match get_origin(annotation):
        case None if isinstance(annotation, type) and issubclass(annotation, StrEnum):
            members = list(annotation)
            return lambda values: values.random.choice(members)
        case None if annotation is UUID:
            return lambda values: values.one_of(lane, name)
        case None:
            return _SCALARS[annotation]
        case origin if origin is Literal:
            return lambda values: values.random.choice(arguments)
        case origin if origin is Annotated:
            return _maker(lane, name, arguments[0])
        case origin if origin is tuple:
            item = _maker(lane, name, arguments[0])
            return lambda values: tuple(item(values) for _ in range(values.random.randrange(4)))
        case origin if origin is dict:
            key, item = (_maker(lane, name, argument) for argument in arguments)
            return lambda values: {
                key(values): item(values) for _ in range(values.random.randrange(3))
            }
        case _:
            present = [argument for argument in arguments if argument is not type(None)]
            several = [_maker(lane, name, argument) for argument in present]
            return lambda values: values.random.choice(several)(values)


# ---------------------------------------------------------------- whatever may have been stored


def stored(seed: int) -> dict[Lane, list[RecordedEvent]]:
    """A history that nobody was asked about: without order, law or sense, partly unreadable."""
    random = Random(seed)  # noqa: S311 - to be made again
    values = Values(random)
    streams = {lane: [values.id() for _ in range(random.randint(1, 3))] for lane in Lane}
    lanes = random.sample(list(Lane), random.randint(1, 5))
    types = [fact for fact in REGISTRY.facts if fact.lane in lanes]
    places = [
        EventRef(lane, stream, version)
        for lane in lanes
        for stream in streams[lane]
        for version in range(1, 12)
    ]
    values.refs = lambda: random.choice(places)
    by_lane: dict[Lane, list[RecordedEvent]] = {lane: [] for lane in lanes}
    versions: dict[UUID, int] = {}
    for number in range(random.randint(5, 40)):
        fact_type = _any_type(random, types)
        lane = by_lane[fact_type.lane]
        again = random.choice(lane) if lane and random.random() < 0.1 else None
        fact: Fact | UnknownFact = values.fact(fact_type)
        missing: frozenset[int] = frozenset()
        if isinstance(fact, Fact) and random.random() < 0.3:
            fact, missing = values.spoilt(fact)
        if random.random() < 0.02:
            fact = UnknownFact(fact_type.lane, "NotYetInvented", 1, {32: "x", 33: [1]})
        stream = random.choice(streams[fact_type.lane])
        versions[stream] = versions.get(stream, 0) + 1
        corrects = random.choice(places) if random.random() < 0.2 else None
        lane.append(
            RecordedEvent(
                stream=stream,
                version=versions[stream],
                fact=again.fact if again else fact,
                occurred=again.occurred if again else values.occurred(),
                common=Common.model_construct(
                    None,
                    actor=random.choice(OFFICERS),
                    role=random.choice(list(Role)),
                    acted_by=random.choice((None, *OFFICERS)),
                    delegation=random.choice((None, values.text())),
                    claimed_recorded=random.choice((None, values.past_day(), values.moment())),
                    source=random.choice((None, "paraplyet")),
                    corrects=corrects,
                    note=random.choice((None, values.text())),
                ),
                recorded=NOW + timedelta(minutes=number // 3),
                epoch=0,
                index=len(lane),
                namnd=random.choice((NAMND, OTHER_NAMND, None)),
                leaf=bytes(32),
                missing=again.missing if again else missing,
            )
        )
    return by_lane


def _taken_back_by(fact_type: type[Fact]) -> tuple[type[Fact], ...]:
    return tuple(taken for taking, taken in AFTER.items() if issubclass(fact_type, taking))


def _has_effect(event: RecordedEvent) -> bool:
    return not isinstance(event.fact, Fact) or event.fact.EFFECT is not None


def _any_type(random: Random, types: Sequence[type[Fact]]) -> type[Fact]:
    """A type, corrections more often than others."""
    correcting = [
        one for one in types if issubclass(one, CorrectionApproved | EntryMarkedErroneous)
    ]
    return random.choice(correcting if correcting and random.random() < 0.2 else types)


# ---------------------------------------------------------------- what can be recorded


@dataclass(frozen=True, slots=True)
class History:
    """What was recorded of one case and what lies beside it.

    Args:
        seed: makes it again.
        sayings: in order.
        events: the same as they would be stored, in order.
    """

    seed: int
    sayings: tuple[Saying, ...]
    events: tuple[RecordedEvent, ...]

    def by_lane(self) -> dict[Lane, list[RecordedEvent]]:
        """The events by lane."""
        return {
            lane: [event for event in self.events if event.lane is lane]
            for lane in Lane
            if any(event.lane is lane for event in self.events)
        }


def recorded(seed: int, types: Sequence[type[Fact]] = RECORDABLE) -> History:
    """A history that the lanes' guards have let through, as lawless as they let it be.

    It begins with what was carried over from an older system, and goes on with commands; either
    part may be all.

    Args:
        seed: makes the same history again.
        types: those to choose among.
    """
    return _Writer(seed, types).history()


def continued(
    seed: int, events: Sequence[RecordedEvent], types: Sequence[type[Fact]] = RECORDABLE
) -> History:
    """What the guards let through after this in one stream, by command.

    Args:
        seed: makes the same again.
        events: all of the stream.
        types: those to choose among.
    """
    return _Writer(seed, types).continued(events)


class _Writer:
    def __init__(self, seed: int, types: Sequence[type[Fact]]) -> None:
        self._seed, self._random = seed, Random(seed)  # noqa: S311 - to be made again
        self._values = Values(self._random)
        self._types = types
        self._aside = self._random.choice((0.1, 0.9))
        self._length = self._random.choice((5, 6, 8, 10, 14, 40))
        self._carried = self._random.choice((0, self._random.randrange(self._length), 10**6))
        self._persons: dict[Lane, list[tuple[UUID, UUID]]] = {lane: [] for lane in SIDES}
        self._streams: dict[UUID, list[RecordedEvent]] = {}
        self._lane_of: dict[UUID, Lane] = {}
        self._cases: dict[Lane, UUID] = {}
        self._sayings: list[Saying] = []
        self._events: list[RecordedEvent] = []

    def history(self) -> History:
        for lane in self._random.choice((SIDES, SIDES, SIDES[:1], SIDES[1:])):
            for _ in range(self._random.choice((1, 1, 2))):
                self._register(lane)
            self._open_case(lane)
        self._join()
        while len(self._events) < self._length:
            self._go_on()
        self._say_also(self._types[self._seed % len(self._types)])
        return History(self._seed, tuple(self._sayings), tuple(self._events))

    def continued(self, events: Sequence[RecordedEvent]) -> History:
        stream, lane = events[0].stream, events[0].lane
        self._streams[stream], self._lane_of[stream] = [*events], lane
        self._carried = 0
        types = [one for one in self._types if one.lane is lane]
        for _ in range(3):
            self._say_in(stream, types)
            own = [event for event in self._streams[stream] if not _has_effect(event)]
            self._correct(self._random.choice(own))
        return History(self._seed, tuple(self._sayings), tuple(self._events))

    def _register(self, lane: Lane) -> None:
        (registered,) = self._of(lane, PersonRegistered)
        person, stream = self._values.id(), self._values.id()
        if self._say(lane, stream, self._values.fact(registered, {"person": person}), SEALED):
            self._persons[lane].append((person, stream))

    def _open_case(self, lane: Lane) -> None:
        (opened,) = self._of(lane, CaseOpened)
        stream = self._values.id()
        person, person_stream = self._random.choice(self._persons[lane])
        fact = self._values.fact(opened, {"party": person, "person_stream": person_stream})
        if self._say(lane, stream, fact):
            self._cases[lane] = stream

    def _join(self) -> None:
        stream = self._cases.get(Lane.KOPPLING) or self._values.id()
        named = {f"{lane}_stream": self._cases.get(lane) for lane in SIDES}
        if self._say(Lane.KOPPLING, stream, CaseJoined(**named)):
            self._cases[Lane.KOPPLING] = stream

    def _go_on(self) -> None:
        """Say something more; what the guards refuse is not said."""
        match self._random.randrange(20):
            case 0:
                self._open_something(self._random.choice([*Lane]))
            case 1:
                self._register(self._random.choice([*self._cases.keys() & set(SIDES)]))
            case 2 | 3 | 4:
                self._correct(self._random.choice(self._events))
            case 5:
                self._say_of_person()
            case _:
                self._say_something()

    def _open_something(self, lane: Lane) -> None:
        beside = self._openings(lane)
        if beside:
            self._open(self._random.choice(beside))

    def _openings(self, lane: Lane) -> list[type[Fact]]:
        """What opens something beside the case and the persons."""
        return [
            one
            for one in self._of(lane, Fact)
            if one.OPENS and not issubclass(one, PersonRegistered | CaseOpened | CaseJoined)
        ]

    def _open(self, fact_type: type[Fact]) -> None:
        stream = self._values.id()
        self._say(fact_type.lane, stream, self._drawn(fact_type, stream))

    def _say_also(self, fact_type: type[Fact]) -> None:
        """Say what is seldom said, in a stream of its own kind: each type has its turn."""
        self._values.absent, lane = 0.8, fact_type.lane
        if lane in SIDES:
            self._register(lane)
            if lane not in self._cases or issubclass(fact_type, OF_PERSONS):
                self._register(lane)
                self._open_case(lane)
        before_it = [one for shape in _taken_back_by(fact_type) for one in self._of(lane, shape)]
        for number in range(60):
            before = len(self._events)
            stream = self._stream_for(fact_type, number)
            for one in before_it:
                self._say(lane, stream, self._drawn(one, stream))
            if self._say(lane, stream, self._drawn(fact_type, stream)):
                return
            for event in reversed(self._events[before:]):  # not one of its kind
                self._take_back(event)

    def _stream_for(self, fact_type: type[Fact], number: int) -> UUID:
        """A stream that may be of a type's kind: the lane's kinds take turns."""
        lane = fact_type.lane
        if issubclass(fact_type, OF_PERSONS):
            return self._random.choice(self._persons[lane])[1]
        beside = self._openings(lane)
        if beside:
            self._open(beside[number % len(beside)])
        streams = [one for one, of in self._lane_of.items() if of is lane]
        return self._random.choice([streams[-1], *streams]) if streams else self._values.id()

    def _take_back(self, event: RecordedEvent) -> None:
        assert self._events.pop() is event
        self._sayings.pop()
        self._streams[event.stream].pop()
        if not self._streams[event.stream]:
            del self._streams[event.stream], self._lane_of[event.stream]

    def _say_something(self) -> None:
        beside = [stream for stream in self._streams if not self._is_persons(stream)]
        aside = self._random.random() < self._aside
        stream = self._random.choice(beside if aside else [*self._cases.values()])
        self._say_in(stream, [one for one in self._types if one.lane is self._lane_of[stream]])

    def _say_of_person(self) -> None:
        """Say that a person is another's, is not after all, or has another name or number."""
        lane = self._random.choice([one for one in SIDES if self._persons[one]])
        _, stream = self._random.choice(self._persons[lane])
        types = [one for one in self._types if one.lane is lane and issubclass(one, OF_PERSONS)]
        self._say_in(stream, types)

    def _say_in(self, stream: UUID, types: Sequence[type[Fact]]) -> None:
        for _ in range(12):
            fact_type = _any_type(self._random, types)
            if self._say(fact_type.lane, stream, self._drawn(fact_type, stream)):
                return

    def _is_persons(self, stream: UUID) -> bool:
        return isinstance(self._streams[stream][0].fact, PersonRegistered)

    def _correct(self, earlier: RecordedEvent) -> None:
        """Record an entry again, and let somebody approve it, or not."""
        assert isinstance(earlier.fact, Fact)
        names = {field: getattr(earlier.fact, field) for field in earlier.fact.NAMES.values()}
        fact = self._drawn(type(earlier.fact), earlier.stream, names)
        corrected = self._say(earlier.lane, earlier.stream, fact, corrects=earlier.ref)
        if corrected and self._random.random() < 0.6:
            for approved in self._of(earlier.lane, CorrectionApproved):
                approval = self._values.fact(approved, {"approved": corrected.ref})
                self._say(earlier.lane, earlier.stream, approval)

    def _of(self, lane: Lane, shape: type[Fact]) -> list[type[Fact]]:
        return [one for one in self._types if one.lane is lane and issubclass(one, shape)]

    def _drawn(
        self, fact_type: type[Fact], stream: UUID, given: Mapping[str, object] | None = None
    ) -> Fact:
        """A fact that speaks of what is there, most of the time."""
        given = dict(given or {})
        fields = fact_type.model_fields
        if "person_stream" in fields and fact_type.lane in SIDES and self._persons[fact_type.lane]:
            known = self._persons[fact_type.lane]
            settled = [one for one in known if one[0] in given.values()]  # of a correction
            person, given["person_stream"] = self._random.choice(settled or known)
            given |= dict.fromkeys(fact_type.NAMES.values(), person)
        if "into_stream" in fields:  # with nobody else there, the guards refuse it
            given["into"], given["into_stream"] = self._other_person(fact_type.lane, stream)
        if issubclass(fact_type, CaseJoined):
            given |= {f"{lane}_stream": self._cases.get(lane) for lane in SIDES}
        if "predecessor" in fields:
            given["predecessor"] = stream
        self._values.refs = lambda: self._reference(fact_type, stream)
        own = self._streams.get(stream)
        earlier = self._random.choice(own).fact if own else None
        assert not isinstance(earlier, UnknownFact)
        return self._values.fact(fact_type, given, earlier)

    def _other_person(self, lane: Lane, stream: UUID) -> tuple[UUID, UUID]:
        """Whom a person may be read as; themself where there is nobody.

        Nobody is read as one who is or has been read as another, whichever comes first in the log.
        """
        merged = {
            one: event.fact.into_stream
            for one, events in self._streams.items()
            for event in events
            if isinstance(event.fact, PersonsMerged)
        }
        others = [one for one in self._persons[lane] if one[1] not in merged and stream != one[1]]
        if not others or stream in merged.values():
            return stream, stream
        return self._random.choice(others)

    def _reference(self, fact_type: type[Fact], stream: UUID) -> EventRef:
        own = self._streams.get(stream, [])
        if issubclass(fact_type, CorrectionApproved):
            waiting = [
                event
                for event in own
                if event.common.corrects or isinstance(event.fact, EntryMarkedErroneous)
            ]
            own = waiting or own
        elif taken_back := _taken_back_by(fact_type):
            own = [event for event in own if isinstance(event.fact, taken_back)] or own
        elif fact_type.lane is Lane.KOPPLING and self._random.random() < 0.7:
            own = self._events
        if own and self._random.random() < 0.9:
            return self._random.choice(own).ref
        return EventRef(fact_type.lane, self._random.choice((stream, self._values.id())), 7)

    def _say(
        self,
        lane: Lane,
        stream: UUID,
        fact: Fact,
        occurred: Occurred | None = None,
        corrects: EventRef | None = None,
    ) -> RecordedEvent | None:
        """Record it, unless the lane refuses."""
        random, values = self._random, self._values
        carried = len(self._events) < self._carried
        saying = Saying(
            fact=fact,
            occurred=occurred or values.occurred(),
            stream=stream,
            version=len(self._streams.get(stream, [])) + 1,
            acted_by=random.choice((None, *OFFICERS)),
            delegation=random.choice((None, None, values.text())),
            claimed_recorded=random.choice((values.past_day(), values.moment()))
            if carried
            else None,
            source="paraplyet" if carried else None,
            corrects=corrects,
            correction_reason=random.choice([None, *CorrectionReason]) if corrects else None,
            note=random.choice((None, None, values.text())),
        )
        officer = CARRIER if carried else random.choice(OFFICERS)
        event = self._stored(saying, officer)
        try:
            GUARDS[lane](self._streams.get(stream, []), event, NOW)
        except Refused:
            return None
        self._streams.setdefault(stream, []).append(event)
        self._lane_of[stream] = lane
        self._sayings.append(saying)
        self._events.append(event)
        return event

    def _stored(self, saying: Saying, officer: UUID) -> RecordedEvent:
        role = self._random.choice(list(Role))
        by = By(officer, role, NAMND, self._values.id(), b"", NOW)
        event = saying.event(by, None)
        return RecordedEvent(
            **{name: getattr(event, name) for name in Event.__dataclass_fields__},
            recorded=NOW + timedelta(minutes=len(self._events) // 3),
            epoch=0,
            index=sum(1 for one in self._events if one.lane is event.lane),
            namnd=NAMND,
            leaf=bytes(32),
            missing=frozenset(),
        )
