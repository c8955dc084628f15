"""Facts in bulk: a file with one event a line, checked whole before anything of it is recorded.

    {"lane": "bistand", "stream": "arende-17", "type": "ApplicationReceived",
     "occurred": "day 2011-06-14", "claimedRecorded": "2011-06-15", "source": "paraplyet",
     "fact": {"channel": "post"}}

A line is a command (`api.saying`) with its lane and its stream. A stream is an id, or any name the
source has for it; in `fact`, `$name` stands for the id of whatever has that name, `$lane/name` for
a stream's, and `@id` for the event on the line with that `id`. Names become ids by a key of the
nämnd's own, so the same name is the same thing in every file, and no id tells the name.

Lines are recorded in the file's order within each lane; the lanes' logs have no order between them.
What is recorded already is found and left: the same file twice adds nothing, and an interrupted
import goes on where it was.
"""

import hmac
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from itertools import groupby
from re import compile as pattern
from typing import Any, Final, get_args
from uuid import UUID

from pydantic.alias_generators import to_camel

from api.acting import Acting, Purpose
from api.bodies import parse
from api.policy import Action
from api.problems import Problem
from api.recording import no_such_person, require_may, require_officer, shown_to
from api.saying import Command, type_of, understand
from domain.kernel.actor import Role
from domain.kernel.event import Event
from domain.kernel.fact import JOINT, NOBODY, Fact, specs_of, values_of
from domain.kernel.guards import registers, require_importable
from domain.kernel.persons import require_head
from domain.kernel.process import By, Saying, version_8
from domain.kernel.protection import shut_in
from domain.kernel.refused import Refused
from domain.kernel.shapes import (
    CorrectionApproved,
    PartyAdded,
    PartyLeft,
    PersonRegistered,
    PersonsMerged,
    person_named,
)
from domain.kernel.values import EventRef
from domain.koppling.process import Joinings
from domain.processes import Processes
from domain.system.state import fold as fold_system
from ledger.codec import FieldClass, Json, Lane, is_named
from ledger.destroy import destroyed_hash

Progress = Callable[[int, int], None]
"""Told how many of how many lines are done."""
Where = Callable[[int, str], tuple[int, str]]
"""Where a line and a field of it stand in what the officer has: row and, as it is told, place."""

MOST_FAULTS: Final = 100
"""So many faults are told; the file is refused at the first."""
BATCH: Final = 100
"""So many events are recorded in one append at most."""
WINDOW: Final = 1000
"""So many lines are taken up at a time, lane by lane: the batches are larger than if lanes took
turns, and an interrupted import leaves few cases half done.
"""

_IN_TURN: Final = (Lane.SYSTEM, *(lane for lane in Lane if lane is not Lane.SYSTEM))
"""The lanes of a window: who acted is registered before it is said what they did."""

_NAME: Final = pattern(r"[0-9A-Za-zÅÄÖåäö][0-9A-Za-zÅÄÖåäö._-]{0,79}")
_UUID: Final = pattern(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_OWN_FIELDS: Final = ("lane", "stream", "id", "version")
_LABEL: Final = b"liggaren/import-name/v1\0"
_STREAM: Final = "stream"
_SAID: Final = (
    "acted_by", "delegation", "claimed_recorded", "source", "document_ids", "corrects",
    "correction_reason", "note",
)  # fmt: skip
"""What a line says beside its fact; who carried it over may be another the next time."""

_ABOUT: Final = {
    "occurred": "occurred",
    "claimed_recorded": "claimedRecorded",
    "officer": "actedBy",
}
"""The field that a fault is in, by the beginning of its code, where it names none."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a line cannot be taken.

    Args:
        line: its number, from 1; for CSV the row's.
        field: the field, as the line spells it, for CSV the column; empty where it is the whole
            line.
        code: stable.
        reason: a sentence. It never repeats a value.
    """

    line: int
    field: str
    code: str
    reason: str

    @property
    def place(self) -> str:
        """Line and field, in words."""
        return f"rad {self.line}" + (f", {self.field}" if self.field else "")


class ImportRefused(Problem):
    """The file cannot be taken; nothing of it is recorded.

    Args:
        faults: the first of them, in the order of the lines.
        more: how many there are besides.
    """

    def __init__(self, faults: Sequence[Fault], more: int) -> None:
        super().__init__(
            422,
            "import.refused",
            "Filen tas inte emot",
            f"Filen har {len(faults) + more} fel. Inget av den har registrerats.",
            "Rätta raderna och kör igen." + (f" Här står de första {len(faults)}." if more else ""),
            fields=tuple((fault.place, f"{fault.reason} ({fault.code})") for fault in faults),
        )
        self.faults = tuple(faults)
        self.more = more


@dataclass(frozen=True, slots=True)
class _Line:
    """A line as far as it has been understood."""

    number: int
    lane: Lane
    stream: UUID
    version: int
    saying: Saying
    role: Role
    digest: bytes


@dataclass(frozen=True, slots=True)
class Plan:
    """A file that can be recorded.

    Args:
        total: how many lines it has.
        recorded: how many of them are in the ledger already.
        batches: what is left, each of one lane and entered in one role; in the file's order within
            each lane, and koppling after what it ties together.
        stored: the histories in the ledger of the streams that what is left goes on with.
    """

    total: int
    recorded: int
    batches: tuple["_Batch", ...]
    stored: Mapping[UUID, Sequence[Event]]


@dataclass(frozen=True, slots=True)
class _Batch:
    lane: Lane
    role: Role
    sayings: tuple[Saying, ...]
    digest: bytes

    @property
    def streams(self) -> Collection[UUID]:
        return {saying.stream for saying in self.sayings}


def as_it_is(line: int, name: str) -> tuple[int, str]:
    """Where a line of the file itself stands."""
    return line, name


@dataclass(slots=True)
class _Faults:
    where: Where
    found: list[Fault] = field(default_factory=list)
    more: int = 0

    def add(self, line: int, name: str, code: str, reason: str) -> None:
        fault = Fault(*self.where(line, name), code, reason)
        if fault in self.found:  # a CSV row makes several lines of one column
            return
        if len(self.found) < MOST_FAULTS:
            self.found.append(fault)
        else:
            self.more += 1

    def add_problem(self, line: int, problem: Problem | Refused) -> None:
        whole = problem.detail if isinstance(problem, Problem) else problem.message
        about = _ABOUT.get(problem.code.partition(".")[0], "")
        for name, reason in problem.fields or ((about, whole),):
            self.add(line, name, problem.code, reason)

    def require_none(self) -> None:
        if self.found:
            raise ImportRefused(sorted(self.found, key=lambda fault: fault.line), self.more)


class Importer:
    """Imports for one officer, into one nämnd.

    Args:
        processes: of an opened ledger.
        acting: who, and for which nämnd.
    """

    def __init__(self, processes: Processes, acting: Acting) -> None:
        self._processes = processes
        self._acting = acting
        self._keys: dict[Lane, bytes] = {}
        self._officers: set[UUID] = set()
        self._shut: dict[UUID, bool] = {}

    def check(
        self,
        lines: Iterable[bytes | Refused],
        now: datetime,
        progress: Progress,
        where: Where = as_it_is,
    ) -> Plan:
        """Read a file whole, and say what recording it would mean. Records nothing.

        Args:
            lines: of the file, with or without line ends; empty ones are passed over. Or why there
                is none, where a line could not be made.
            now: this moment.
            progress: is told how many lines have been checked; the total is not known before.
            where: tells where a line stands, if it was made of something else.

        Raises:
            ImportRefused: some line cannot be taken.
            Problem: 403; it names the line.
            LedgerError: the ledger cannot be read.
        """
        faults = _Faults(where)
        understood = self._understood(lines, faults, progress)
        faults.require_none()
        histories: dict[UUID, list[Event]] = {}
        self._read_stored([line for line in understood if line.lane is Lane.KOPPLING], histories)
        places = _Places(self._processes, self._acting.namnd, understood)
        joinings = Joinings(
            self._processes.koppling,
            self._by(now).reads("command"),
            histories,
            (line.saying.fact for line in understood),
        )
        spoilt: set[UUID] = set()
        left: list[_Line] = []
        stored: dict[UUID, Sequence[Event]] = {}
        recorded = 0
        for line in self._in_turn(understood, histories):
            if line.stream in spoilt:  # what follows a fault is told when that is mended
                continue
            history = histories[line.stream]
            try:
                if history and line.stream not in stored:
                    self._require_not_shut(line)
                if line.version <= len(history):
                    recorded += 1
                    _require_recorded(history, line.saying)
                    continue
                self._require_registered(line, histories, now)
                event = self._checked(history, line, now)
                if line.lane is Lane.KOPPLING:
                    joinings.require(event)
                places.require_appendable(line)
            except Refused as refused:
                faults.add_problem(line.number, refused)
                spoilt.add(line.stream)
                continue
            if line.stream not in stored:
                stored[line.stream] = tuple(history)
            history.append(event)
            left.append(line)
        faults.require_none()
        return Plan(len(understood), recorded, tuple(_batches(left)), stored)

    def record(self, plan: Plan, clock: Callable[[], datetime], progress: Progress) -> None:
        """Record what is left of a checked file. Interrupted, check the file again and go on.

        Args:
            plan: as `check` returned it.
            clock: this moment, asked before each append.
            progress: is told how many lines are done.

        Raises:
            LedgerError: what the ledger refuses; what was recorded before stays.
        """
        done = plan.recorded
        histories = {stream: list(history) for stream, history in plan.stored.items()}
        to_come = Counter(stream for batch in plan.batches for stream in batch.streams)
        for batch in plan.batches:
            by = By(
                self._acting.actor.id,
                batch.role,
                self._acting.namnd,
                version_8(sha256(_LABEL + batch.digest).digest()),
                batch.digest,
                clock(),
            )
            seen = {stream: histories[stream] for stream in batch.streams}
            self._processes[batch.lane].record(batch.sayings, by, seen)
            for saying in batch.sayings:
                histories[saying.stream].append(saying.event(by, None))
            to_come.subtract(batch.streams)
            for stream in batch.streams:
                if not to_come[stream]:
                    del histories[stream]
            done += len(batch.sayings)
            progress(done, plan.total)

    # ------------------------------------------------------------ reading the file

    def _understood(
        self, lines: Iterable[bytes | Refused], faults: _Faults, progress: Progress
    ) -> list[_Line]:
        reading = _Reading(self._id, self._may)
        found: list[_Line] = []
        for number, raw in enumerate(lines, start=1):
            if isinstance(raw, Refused):
                faults.add_problem(number, raw)
                continue
            if not raw.strip():
                continue
            try:
                found.append(reading.line(number, raw))
            except (Problem, Refused) as problem:
                if isinstance(problem, Problem) and problem.status == HTTPStatus.FORBIDDEN:
                    raise _not_allowed_on(faults.where(number, "")[0], problem) from None
                faults.add_problem(number, problem)
            progress(number, 0)
        return found

    def _may(self, place: EventRef, command: Command) -> Role:
        stream = None if place.version == 1 else place.stream
        self._acting.require(place.lane, Action.IMPORT)
        return require_may(self._acting, place.lane, stream, command)

    def _id(self, lane: Lane, source: str, name: str) -> UUID:
        """The id of what a source calls so: the same each time, and without the key unguessable."""
        digest = hmac.digest(self._key(lane), f"{source}\0{name}".encode(), "sha256")
        return version_8(digest)

    def _key(self, lane: Lane) -> bytes:
        """The nämnd's key for names in a lane: a data key like others, of no stream's events."""
        if lane not in self._keys:
            namnd = self._acting.namnd
            obtained = self._processes.ledger.keys.obtain(
                namnd, lane, {(namnd, 0, FieldClass.IDENTITY)}, {}, namnd
            )
            key = obtained.keys[namnd, 0, FieldClass.IDENTITY].key
            self._keys[lane] = hmac.digest(key, _LABEL, "sha256")
        return self._keys[lane]

    # ------------------------------------------------------------ against the ledger

    def _in_turn(
        self, lines: Sequence[_Line], histories: dict[UUID, list[Event]]
    ) -> Iterator[_Line]:
        """The lines, while the history of each one's stream is at hand. What no later line asks for
        is dropped: of a large file it would fill the memory.
        """
        last = {line.stream: line.number for line in lines}
        for begin in range(0, len(lines), WINDOW):
            window = lines[begin : begin + WINDOW]
            self._read_stored(window, histories)
            for line in window:
                yield line
                history = histories[line.stream]
                if line.number == last[line.stream] and not _asked_for_later(history):
                    histories[line.stream] = []

    def _read_stored(self, lines: Sequence[_Line], histories: dict[UUID, list[Event]]) -> None:
        """Read the histories of the streams that are in the ledger already, where not read."""
        context = self._acting.reads(Purpose.HANDLAGGNING, "import")
        for lane in dict.fromkeys(line.lane for line in lines):
            wanted = {line.stream for line in lines if line.lane is lane} - histories.keys()
            if not wanted:
                continue
            process = self._processes[lane]
            with process.reading(context) as opened:
                for stream in opened.existing(wanted):
                    opened.log(stream)
                    histories[stream] = list(process.history(stream))
            histories.update((stream, []) for stream in wanted - histories.keys())

    def _require_not_shut(self, line: _Line) -> None:
        """Refuse a stream in the ledger with values that are shut to the officer: what is checked
        and not recorded leaves no trace, so a file could guess at them.

        Raises:
            Refused: it has.
        """
        if line.stream not in self._shut:
            events = shown_to(self._processes, self._acting, line.lane, line.stream)
            self._shut[line.stream] = any(shut_in(event.fact) for event in events)
        if self._shut[line.stream]:
            raise Refused(
                "import.protected",
                "Strömmen finns redan i liggaren och har skyddade uppgifter. Raderna i den förs in"
                " av den som är behörig till skyddade uppgifter.",
                remedy="Be den som är behörig, eller be systemadministratören om rollen.",
            )

    def _by(self, now: datetime) -> By:
        """A command that is only looked with."""
        return By(self._acting.actor.id, _ANY_ROLE, self._acting.namnd, UUID(int=0), b"", now)

    def _require_registered(
        self, line: _Line, histories: dict[UUID, list[Event]], now: datetime
    ) -> None:
        """Refuse a party or an officer who is not registered, here or earlier in the file.

        Raises:
            Refused: one is not.
        """
        officer, by = line.saying.acted_by, self._by(now)
        if officer and officer not in self._officers:
            if fold_system(histories.get(officer, ())).officer is None:
                require_officer(self._processes, by, officer)
            self._officers.add(officer)
        if named := person_named(line.saying.fact):
            stream, person = named
            if stream not in histories:
                process = self._processes[line.lane]
                with process.reading(by.reads("import"), stream):
                    histories[stream] = list(process.history(stream))
            if not registers(histories[stream], person):
                raise no_such_person()
            if isinstance(line.saying.fact, PersonsMerged):
                require_head(histories[stream])

    def _checked(self, history: Sequence[Event], line: _Line, now: datetime) -> Event:
        """The event the line makes.

        Raises:
            Refused: it cannot be a fact after this history.
        """
        process = self._processes[line.lane]
        if line.version != len(history) + 1:
            raise Refused(
                "import.version",
                "Före händelsen saknas händelser i strömmen.",
                remedy="Ta med strömmen från början, eller ange nästa version.",
            )
        event = line.saying.event(self._by(now), process.effect_of(line.saying))
        process.require(history, event, now)
        return event


def _asked_for_later(history: Sequence[Event]) -> bool:
    """Whether lines of other streams ask for this one: a person's, an officer's or a case's."""
    return any(
        event.lane in {Lane.SYSTEM, Lane.KOPPLING} or isinstance(event.fact, PersonRegistered)
        for event in history[:1]
    )


def _batches(left: Sequence[_Line]) -> Iterator[_Batch]:
    """What is left, in batches."""
    for part in _parts(left):
        line = part[0]
        yield _Batch(
            line.lane,
            line.role,
            tuple(line.saying for line in part),
            sha256(b"".join(line.digest for line in part)).digest(),
        )


def _parts(left: Sequence[_Line]) -> Iterator[Sequence[_Line]]:
    """What one append takes each, window by window and lane by lane."""
    for begin in range(0, len(left), WINDOW):
        window = left[begin : begin + WINDOW]
        for lane in _IN_TURN:
            of_lane = (line for line in window if line.lane is lane)
            for _, run in groupby(of_lane, key=lambda line: line.role):
                yield from _appends(run)


def _appends(run: Iterable[_Line]) -> Iterator[Sequence[_Line]]:
    """What one append takes each. Keys are obtained once for an append, so what is sealed jointly
    for a case's parties is never in one with an event that makes them others than they were then.
    """
    part: list[_Line] = []
    joint: set[UUID] = set()
    parted: set[UUID] = set()
    for line in run:
        stream, fact = line.stream, line.saying.fact
        jointly = _seals_jointly(line.saying)
        if (
            len(part) == BATCH
            or (jointly and stream in parted)
            or (isinstance(fact, PartyAdded) and stream in joint)
        ):
            yield part
            part, joint, parted = [], set(), set()
        part.append(line)
        if jointly:
            joint.add(stream)
        if isinstance(fact, PartyLeft | CorrectionApproved):  # the latter of a mark on a PartyLeft
            parted.add(stream)
    if part:
        yield part


def _seals_jointly(saying: Saying) -> bool:
    """Whether something of it concerns all parties of the case together."""
    said = values_of(saying.fact)
    joint = {one.number for one in specs_of(type(saying.fact)) if one.sealed and one.slot == JOINT}
    return saying.note is not None or not joint.isdisjoint(said)


class _Places:
    """Which streams take more, and which places in them mean somebody: what the ledger would
    otherwise find out in the middle of the file.
    """

    def __init__(self, processes: Processes, namnd: UUID, lines: Sequence[_Line]) -> None:
        self._processes = processes
        self._elsewhere: set[UUID] = set()
        self._taken: set[tuple[UUID, int]] = set()
        keys = processes.ledger.keys
        self._gone = set(keys.destroyed()[1])
        for lane in dict.fromkeys(line.lane for line in lines):
            streams = {line.stream for line in lines if line.lane is lane}
            self._elsewhere |= keys.held_by_others(namnd, lane, streams)
            self._taken |= keys.subjects(lane, streams).keys()

    def require_appendable(self, line: _Line) -> None:
        """Refuse a line whose stream takes nothing from this nämnd, or whose persons are gone.

        Raises:
            Refused: it is another nämnd's, has been destroyed, or has nobody in a place.
        """
        ledger, fact = self._processes.ledger, line.saying.fact
        if line.stream in self._elsewhere:
            raise Refused(
                "import.other_namnd",
                "Strömmen ligger hos en annan nämnd.",
                remedy="För in raden i den nämnd som strömmen ligger hos.",
            )
        if destroyed_hash(ledger.id, line.lane, line.stream) in self._gone:
            raise Refused(
                "import.destroyed",
                "Strömmen är gallrad.",
                remedy="Ta bort raden. Ett nytt ärende har ett nytt namn.",
            )
        named = {slot for slot in fact.NAMES if not line.saying.corrects}
        self._taken |= {(line.stream, slot) for slot in named}
        slots = {spec.slot for spec in specs_of(type(fact)) if spec.sealed}
        for slot in slots - {NOBODY, JOINT}:
            if not is_named(slot) and (line.stream, slot) not in self._taken:
                raise Refused(
                    "import.nobody",
                    "Ingen är angiven på den plats i strömmen som raden gäller,"
                    " eller så är personens uppgifter gallrade.",
                    remedy="Ange personen först, eller ta bort raden.",
                )


_ANY_ROLE: Final = Role.REGISTRATOR
"""In an event that is only made to be checked; no guard asks for the role."""


class _Reading:
    """Reads a file line by line; a line can only refer to an earlier one."""

    def __init__(
        self,
        id_of: Callable[[Lane, str, str], UUID],
        role_for: Callable[[EventRef, Command], Role],
    ) -> None:
        self._id_of = id_of
        self._role_for = role_for
        self._versions: dict[UUID, int] = {}
        self._refs: dict[str, EventRef] = {}

    def line(self, number: int, raw: bytes) -> _Line:
        body = parse(raw)
        lane = _lane(body)
        own = {name: body.pop(name, None) for name in _OWN_FIELDS}
        source = body.get("source")
        names = _Names(self._id_of, self._refs, lane, source if isinstance(source, str) else "")
        stream = names.stream(own["stream"])
        version = self._version(stream, own["version"])
        given = body.get("type")
        fact_type = type_of(lane, given) if isinstance(given, str) else None
        if fact_type:
            require_importable(fact_type)
        if fact_type and isinstance(said := body.get("fact"), dict):
            body["fact"] = names.resolved(fact_type, said)
        for name in ("corrects", "actedBy"):
            body[name] = names.value(name, body.get(name))
        command = understand(
            lane, {name: value for name, value in body.items() if value is not None}
        )
        place = EventRef(lane, stream, version)
        self._remember(own["id"], place)
        role = self._role_for(place, command)
        # With its place: the same words may be said again, when the first were taken back.
        digest = sha256(f"{place}\0".encode() + raw.strip()).digest()
        return _Line(number, lane, stream, version, command.saying(stream, version), role, digest)

    def _version(self, stream: UUID, given: Json) -> int:
        version = self._versions.get(stream, 0) + 1
        if given is not None:
            if type(given) is not int or given < 1:
                raise _wrong("version", "Versionen ska vara ett heltal från 1.")
            if given < version:  # a later one goes on after what was recorded in between
                raise _wrong("version", "Versionen följer inte på den förra i strömmen.")
            version = given
        self._versions[stream] = version
        return version

    def _remember(self, id_: Json, ref: EventRef) -> None:
        if id_ is None:
            return
        if not isinstance(id_, str) or not _NAME.fullmatch(id_):
            raise _wrong("id", "Radens id är inget namn.")
        if id_ in self._refs:
            raise _wrong("id", "En tidigare rad har samma id.")
        self._refs[id_] = ref


@dataclass(frozen=True, slots=True)
class _Names:
    """What names stand for on one line."""

    id_of: Callable[[Lane, str, str], UUID]
    refs: Mapping[str, EventRef]
    lane: Lane
    source: str

    def stream(self, given: Json) -> UUID:
        if not isinstance(given, str) or not _NAME.fullmatch(given):  # an id has a name's form
            raise _wrong("stream", "Strömmen är varken ett id eller ett namn.")
        return self._stream_called(self.lane, given)

    def resolved(self, fact_type: type[Fact], said: Mapping[str, Json]) -> dict[str, Json]:
        """The fact's fields with ids for names, in the fields that hold ids and nowhere else."""
        holding = _fields_with_ids(fact_type)
        return {
            name: self.value(name, value) if name in holding else value
            for name, value in said.items()
        }

    def value(self, field: str, value: Json) -> Json:
        """An id for a name, a reference for a line's id; the rest as it is."""
        match value:
            case list():
                return [self.value(field, item) for item in value]
            case dict():
                keys = [str(self.value(field, key)) for key in value]
                if len(set(keys)) != len(keys):
                    raise _wrong(field, "Två av namnen står för samma sak.")
                items = (self.value(field, item) for item in value.values())
                return dict(zip(keys, items, strict=True))
            case str() if value.startswith("@"):
                if value[1:] not in self.refs:
                    raise _wrong(field, "Ingen tidigare rad har det id som hänvisningen anger.")
                return str(self.refs[value[1:]])
            case str() if value.startswith("$"):
                lane, slash, name = value[1:].rpartition("/")
                if not _NAME.fullmatch(name) or lane not in ({*Lane} if slash else {""}):
                    raise _wrong(field, "Det som står efter $ är inget namn.")
                if slash:
                    return str(self._stream_called(Lane(lane), name))
                return str(self.id_of(self.lane, self.source, name))
            case _:
                return value

    def _stream_called(self, lane: Lane, given: str) -> UUID:
        """The stream with an id, in whatever letters, or with a name."""
        if _UUID.fullmatch(given):
            return UUID(given)
        return self.id_of(lane, self.source, f"{_STREAM}/{given}")


@cache
def _fields_with_ids(fact_type: type[Fact]) -> frozenset[str]:
    """The fields that hold ids or references, as a line spells them."""
    fields = fact_type.model_fields.items()
    return frozenset(to_camel(name) for name, info in fields if _holds_ids(info.annotation))


def _holds_ids(annotation: Any) -> bool:  # noqa: ANN401  # no type
    """Whether a field holds ids or references."""
    if annotation in {UUID, EventRef}:
        return True
    return any(_holds_ids(argument) for argument in get_args(annotation) if argument is not None)


def _not_allowed_on(line: int, problem: Problem) -> Problem:
    """The officer's fault, not the line's; still the line says which events it is about."""
    return Problem(
        problem.status,
        problem.code,
        problem.title,
        problem.detail,
        problem.remedy,
        fields=((Fault(line, "", "", "").place, problem.detail),),
    )


def _lane(body: Mapping[str, Json]) -> Lane:
    given = body.get("lane")
    if not isinstance(given, str) or given not in {*Lane}:
        raise _wrong("lane", "Processen ska vara en av " + ", ".join(Lane) + ".")
    return Lane(given)


def _require_recorded(history: Sequence[Event], saying: Saying) -> None:
    """Refuse a line in whose place in the stream something else is recorded.

    Raises:
        Refused: something is.
    """
    there = history[saying.version - 1]
    if there.common.source != saying.source:
        sentence = (
            "På radens plats i strömmen står en händelse som inte kommer ur källsystemet: någon har"
            f" registrerat här sedan strömmen började föras in. Ange version {len(history) + 1} på"
            " raden, så följer den och de kommande på vad som är registrerat."
        )
        raise Refused(
            "import.recorded_between",
            sentence,
            remedy="Ange den versionen på raden.",
            fields=(("version", sentence),),
        )
    if not _same(there, saying):
        raise Refused(
            "import.other_content",
            "Händelsen är redan registrerad med ett annat innehåll.",
            remedy="Rätta raden, eller registrera en rättelse i liggaren.",
        )


def _same(stored: Event, saying: Saying) -> bool:
    """Whether a stored event says what a line says, as far as it can still be read."""
    if getattr(stored, "missing", None):
        return stored.occurred == saying.occurred and type(stored.fact) is type(saying.fact)
    said = tuple(getattr(saying, name) for name in _SAID)
    kept = tuple(getattr(stored.common, name) for name in _SAID)
    return (stored.fact, stored.occurred, kept) == (saying.fact, saying.occurred, said)


def _wrong(name: str, reason: str) -> Refused:
    return Refused("import.line", reason, remedy="Rätta raden.", fields=((name, reason),))
