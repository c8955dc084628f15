"""The one gateway all reads pass: who, why, policy, the row in the read log, then the fold.

Nothing is shown before the row is committed. Each lane is read as its own role in its own
transaction, with its own row. A lane the officer may not read is named as not shown, never left out
in silence. A stream of another nämnd and one that does not exist give the same answer.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from typing import Final
from uuid import UUID

from api.acting import Acting, Purpose, choose_namnd, no_role
from api.finding import PersonsFound, find, normal_number
from api.policy import Action
from api.problems import destroyed, list_not_there, not_found, protected
from api.shielding import (
    CORRECTING,
    NAMING,
    own_shield,
    persons_named,
    registered_as,
    shield_of_all,
    with_persons,
)
from domain.kernel.actor import Actor, Role
from domain.kernel.codes import Protection
from domain.kernel.corrections import effective
from domain.kernel.event import RecordedEvent
from domain.kernel.fact import CO_PARTY, PARTY, Fact, specs_of
from domain.kernel.occurred import Occurred, swedish_day
from domain.kernel.persons import (
    parted,
    persons_in,
    read_as,
    slots_left,
)
from domain.kernel.process import LaneProcess
from domain.kernel.protection import OPENING, REFUSED, Shield, shielded
from domain.kernel.shapes import CaseOpened, DocumentFiled, PersonRegistered, party_of
from domain.koppling.process import joining
from domain.koppling.state import fold as fold_koppling
from domain.processes import Processes
from domain.system.state import SystemState, roles_on
from domain.system.state import fold as fold_system
from ledger import lists
from ledger.codec import FieldClass, Lane
from ledger.documents import Download, Filed, Place, count_of
from ledger.envelope import Envelope, position
from ledger.lists import ListedCase, ListPage, Shown
from ledger.reading import LogPage, ReadContext, Reading, StoredEntry
from ledger.recorder import NIL
from projections.texts import CODES, LANES

SIDES: Final = (Lane.BISTAND, Lane.HYRA)
"""The two processes of a case."""
PAGE: Final = 50
"""So many rows of a list come in one page where nobody says how many."""
MOST: Final = 500
"""So many at most."""
_OFFICES: Final = frozenset({"namnd", "to_namnd", "placing_namnd", "predecessor", "successor"})
"""Fields that hold the id of a nämnd."""
_JOINING: Final = ("CaseJoined", *CORRECTING)
"""The types that make a stream belong to a case, or no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamRead:
    """One stream as it was read, with the streams of its persons.

    Args:
        lane: its lane.
        stream: its id.
        events: in log order; first the stream's own, then those of its persons.
        entries: the same events as they are stored, where that was asked for.
        size: (epoch, index) of the last event of the log that was certainly seen; None for an empty
            log.
        shut: whether values were shut to the officer, since a person's data are protected.
    """

    lane: Lane
    stream: UUID
    events: tuple[RecordedEvent, ...]
    entries: tuple[StoredEntry, ...]
    size: tuple[int, int] | None
    shut: bool = False

    @property
    def version(self) -> int:
        """The stream's last version; 0 where there is nothing to read."""
        return max(
            (event.version for event in self.events if event.stream == self.stream), default=0
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRead:
    """A case as far as the officer may read it.

    Args:
        case: its id, that of its stream in koppling.
        streams: what was read, by lane.
        hidden: lanes that are not shown, or not all of, and why, as a sentence.
        names: what officers and nämnder are called, by id.
    """

    case: UUID
    streams: Mapping[Lane, StreamRead]
    hidden: Mapping[Lane, str]
    names: Mapping[UUID, str] = field(default_factory=dict)

    @property
    def events(self) -> dict[Lane, Sequence[RecordedEvent]]:
        """The events, by lane."""
        return {lane: read.events for lane, read in self.streams.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """A case in a list, as far as the officer may read it.

    Args:
        case: its id.
        parties: what its parties are called.
        protected: whether a party's personal data are protected.
        latest: the type of the event that was recorded last.
        occurred: when that happened.
        recorded: when it was recorded.
    """

    case: UUID
    parties: tuple[str, ...]
    protected: bool
    latest: str
    occurred: Occurred
    recorded: datetime


@dataclass(frozen=True, slots=True)
class DocumentRead:
    """A document as it is given out.

    Args:
        media_type: as the filer named it.
        download: its bytes.
    """

    media_type: str
    download: Download


@dataclass(frozen=True, slots=True)
class CaseList:
    """A page of the list of both processes.

    Args:
        rows: the one last written to first.
        next: what to go on after; None where this was the last page.
        shown: how far the list of each lane has come.
    """

    rows: tuple[ListedCase, ...]
    next: tuple[datetime, UUID] | None
    shown: Mapping[Lane, Shown]


class ReadGateway:
    """Reads for officers.

    Args:
        processes: of an opened ledger.
    """

    def __init__(self, processes: Processes) -> None:
        self._processes = processes

    def acting(self, officer: UUID, namnd: UUID | None, now: datetime) -> Acting:
        """Return what an officer is today, by the ledger's own events.

        Args:
            officer: whom a token was issued to.
            namnd: for which nämnd they act; None: the only one they have a role in.
            now: this moment.

        Raises:
            Problem: 403, no role there; 400, several nämnder and none chosen.
        """
        today = swedish_day(now)
        system = self._processes.system
        with system.reading(ReadContext(officer, NIL, "behörighet", "officer.roles"), officer):
            state = fold_system(system.history(officer))
            named: set[object] = {assigned.fact.namnd for assigned in state.roles}
            wanted = {namnd} if namnd else {one for one in named if isinstance(one, UUID)}
            candidates = {
                one: name
                for one in wanted
                if roles_on(state, one, today)
                and (office := fold_system(system.history(one))).namnd
                and (name := _called(office)) is not None
            }
        if state.officer is None or not candidates:
            raise no_role()
        if len(candidates) > 1:
            raise choose_namnd(candidates)
        ((chosen, chosen_name),) = candidates.items()
        actor = Actor(officer, _called(state) or "", roles_on(state, chosen, today))
        return Acting(actor, chosen, chosen_name, roles_on(state, NIL, today))

    def cases(self, acting: Acting, purpose: Purpose) -> list[UUID]:
        """The ids of the cases the officer's nämnd holds, the one last written to first.

        Raises:
            Problem: 403.
        """
        acting.require(Lane.KOPPLING, Action.READ)
        with self._processes.koppling.reading(acting.reads(purpose, "case.list")) as opened:
            return opened.streams()

    def listed(  # noqa: PLR0913 - who, where, why and which page
        self,
        acting: Acting,
        lane: Lane,
        purpose: Purpose,
        *,
        after: tuple[int, int] | None = None,
        limit: int = PAGE,
        open_: bool | None = None,
    ) -> ListPage:
        """A page of a lane's list: the streams of cases or matters that the officer's nämnd holds.

        Args:
            acting: who, and for which nämnd.
            lane: one that has a list (`projections.lists.LISTS`).
            purpose: why.
            after: the `next` of the page before; None from the one last written to.
            limit: at most so many.
            open_: the open ones, the closed ones, or (None) all.

        Raises:
            Problem: 403; 503, the list is being made.
            LedgerError: the ledger cannot be read, or the read cannot be logged.
        """
        acting.require(lane, Action.READ)
        with self._processes[lane].reading(acting.reads(purpose, "stream.list")) as opened:
            page = lists.page(opened, after, limit, open_=open_)
        if page is None:
            raise list_not_there()
        return page

    def listed_cases(
        self,
        acting: Acting,
        purpose: Purpose,
        *,
        after: tuple[datetime, UUID] | None = None,
        limit: int = PAGE,
        open_: bool | None = None,
    ) -> CaseList:
        """A page of the list of both processes, for whoever may read both. Each has a row of its
        own in the read log, and the database refuses without.

        Args:
            acting: who, and for which nämnd.
            purpose: why.
            after: the `next` of the page before; None from the one last written to.
            limit: at most so many.
            open_: the open ones, the closed ones, or (None) all.

        Raises:
            Problem: 403; 503, a list is being made.
            LedgerError: the ledger cannot be read, or the read cannot be logged.
        """
        for lane in (*SIDES, Lane.KOPPLING):
            acting.require(lane, Action.READ)
        context = acting.reads(purpose, "case.list_both")
        page = self._across(context, SIDES, after, limit, open_=open_)
        if page is None:
            raise list_not_there()
        return page

    def readable_cases(
        self, acting: Acting, purpose: Purpose, *, after: tuple[datetime, UUID] | None, limit: int
    ) -> CaseList | None:
        """A page of the list across the processes that the officer may read: of the others it knows
        nothing, so neither the order nor what is open tells of them. Each process has a row in the
        read log.

        Args:
            acting: who, and for which nämnd.
            purpose: why.
            after: the `next` of the page before; None from the one last written to.
            limit: at most so many.

        Returns:
            The page; None where a list is being made.

        Raises:
            Problem: 403.
            LedgerError: the ledger cannot be read, or the read cannot be logged.
        """
        acting.require(Lane.KOPPLING, Action.READ)
        sides = [lane for lane in SIDES if acting.may(lane, Action.READ)]
        return self._across(acting.reads(purpose, "case.list"), sides, after, limit, open_=None)

    def _across(
        self,
        context: ReadContext,
        sides: Collection[Lane],
        after: tuple[datetime, UUID] | None,
        limit: int,
        *,
        open_: bool | None,
    ) -> CaseList | None:
        reads: list[int] = []
        shown: dict[Lane, Shown] = {}
        for lane in sides:
            with self._processes[lane].reading(context) as opened:
                reads.append(lists.read_id(opened))
                if how_far := lists.shown(opened):
                    shown[lane] = how_far
        with self._processes.koppling.reading(context) as opened:
            if how_far := lists.shown(opened):
                shown[Lane.KOPPLING] = how_far
            page = lists.across(opened, reads, after, limit, open_=open_)
        return CaseList(page.rows, page.next, shown) if len(shown) == len(sides) + 1 else None

    def joining(
        self, acting: Acting, streams: Iterable[UUID], purpose: Purpose
    ) -> dict[UUID, list[UUID]]:
        """The ids of the cases that each stream of the two processes belongs to. Most often one;
        none where it is joined to no case yet, or to one of another nämnd.

        Raises:
            Problem: 403.
            LedgerError: the ledger cannot be read, or the read cannot be logged.
        """
        acting.require(Lane.KOPPLING, Action.READ)
        koppling = self._processes.koppling
        found: dict[UUID, list[UUID]] = {stream: [] for stream in streams}
        with koppling.reading(acting.reads(purpose, "case.find")) as opened:
            for stream, naming in joining(koppling, opened, found).items():
                for case in naming:
                    opened.log(case)
                    if stream in fold_koppling(koppling.history(case)).streams.values():
                        found[stream].append(case)
        return found

    def lines(self, acting: Acting, cases: Iterable[UUID], purpose: Purpose) -> list[CaseLine]:
        """What a page of a list says of its cases. The names are opened for this page alone, and
        each stream that is read has its row in the log.

        Args:
            acting: who, and for which nämnd.
            cases: no more than one page shows. One that is not there, or that the nämnd does not
                hold, is left out.
            purpose: why.

        Raises:
            Problem: 403.
            LedgerError: the ledger cannot be read, or the read cannot be logged.
        """
        acting.require(Lane.KOPPLING, Action.READ)
        context = acting.reads(purpose, "case.list")
        koppling = self._processes.koppling
        latest: dict[UUID, Envelope] = {}
        streams: dict[UUID, Mapping[Lane, UUID]] = {}
        parties: dict[UUID, list[list[PersonRegistered]]] = {}
        with koppling.reading(context) as opened:
            for case in cases:
                opened.log(case)
                if last := opened.last(case):
                    latest[case] = last
                    joinings = _of_types(koppling, opened, case, _JOINING)
                    streams[case] = fold_koppling(joinings).streams
                    parties[case] = []
        for lane in SIDES:
            if not acting.may(lane, Action.READ):
                continue
            with self._processes[lane].reading(context) as opened:
                for case, joined in streams.items():
                    if lane not in joined:
                        continue
                    last, persons = self._line(acting, opened, lane, joined[lane])
                    parties[case].append(persons)
                    if last and last.recorded > latest[case].recorded:
                        latest[case] = last
        return [
            CaseLine(
                case=case,
                parties=names_of(map(_named, parties[case])),
                protected=any(map(_is_protected, chain.from_iterable(parties[case]))),
                latest=last.type,
                occurred=Occurred.parse(last.occurred),
                recorded=last.recorded,
            )
            for case, last in latest.items()
        ]

    def case(
        self, acting: Acting, case: UUID, purpose: Purpose, view: str, *, stored: bool = False
    ) -> CaseRead:
        """Read a case in all lanes the officer may read.

        Args:
            acting: who, and for which nämnd.
            case: the id of the case.
            purpose: why.
            view: the view's fixed name, as `case.trail`.
            stored: also give the events as they are stored.

        Raises:
            Problem: 403, the officer reads no cases at all; 404, no such case here.
            LedgerError: the ledger cannot be read, or the read cannot be logged.
        """
        acting.require(Lane.KOPPLING, Action.READ)
        context = acting.reads(purpose, view)
        joined = self._read(acting, context, Lane.KOPPLING, case, stored=stored)
        if not joined.events:
            raise not_found()
        streams = fold_koppling(joined.events).streams
        shown = {Lane.KOPPLING: joined}
        hidden: dict[Lane, str] = {}
        for lane in SIDES:
            if not acting.may(lane, Action.READ):
                hidden[lane] = f"Du har inte behörighet att läsa {LANES[lane]}."
            elif lane in streams:
                shown[lane] = self._read(acting, context, lane, streams[lane], stored=stored)
                if not shown[lane].events:
                    del shown[lane]
                    hidden[lane] = (
                        f"{LANES[lane]} visas inte: processen ligger hos en annan nämnd,"
                        " eller är gallrad."
                    )
        hidden |= _shut(acting, shown)
        names = self._names(acting, purpose, [e for read in shown.values() for e in read.events])
        return CaseRead(case=case, streams=shown, hidden=hidden, names=names)

    def stream(  # noqa: PLR0913 - who, where, why and how much
        self,
        acting: Acting,
        lane: Lane,
        stream: UUID,
        purpose: Purpose,
        view: str,
        *,
        stored: bool = False,
    ) -> CaseRead:
        """Read one stream of one lane, as a view of that lane alone.

        Raises:
            Problem: 403, the officer does not read the lane; 404, no such stream here.
            LedgerError: the ledger cannot be read, or the read cannot be logged.
        """
        acting.require(lane, Action.READ)
        read = self._read(acting, acting.reads(purpose, view), lane, stream, stored=stored)
        if not read.events:
            raise not_found()
        names = self._names(acting, purpose, read.events)
        shown = {lane: read}
        return CaseRead(case=stream, streams=shown, hidden=_shut(acting, shown), names=names)

    def find_person(
        self, acting: Acting, lane: Lane, number: str, purpose: Purpose
    ) -> PersonsFound:
        """Find the persons whom a number leads to in one lane, and the cases they are party to.

        Exact match only. A row is logged also where nobody is found.

        Args:
            acting: who, and for which nämnd.
            lane: `bistand` or `hyra`; the other lane is not looked in.
            number: personnummer or samordningsnummer, twelve digits, with or without hyphen.
            purpose: why.

        Raises:
            Problem: 403, the officer does not read the lane; 422, it is no number.
            LedgerError: the ledger cannot be read, or the read cannot be logged.
        """
        acting.require(lane, Action.READ)
        wanted = normal_number(number)
        return find(
            self._processes[lane],
            acting.reads(purpose, "person.find"),
            wanted,
            may_open=acting.may(lane, Action.OPEN_PROTECTED),
        )

    def document(
        self, acting: Acting, lane: Lane, document: UUID, purpose: Purpose
    ) -> DocumentRead:
        """Open a filed document for reading. All its chunks have been seen to be there.

        Raises:
            Problem: 403, the officer does not read the lane, or it is about a protected person;
                404, no such document here; 410, what tells of it has been destroyed.
            LedgerError: the ledger cannot be read, or the read cannot be logged.
        """
        acting.require(lane, Action.READ)
        process, ledger = self._processes[lane], self._processes.ledger
        context = replace(acting.reads(purpose, "document.read"), document=document)
        with process.reading(context) as opened:
            found = opened.document()
            history: list[RecordedEvent] = []
            shut = False
            if found:
                history = process.history(found[0])
                persons = set(ledger.keys.subjects(lane, [found[0]]).values())
                opened.shown(persons)
                of_streams = replace(opened, context=replace(context, document=None))
                shield, _ = with_persons(process, of_streams, found[0], history)
                shut = bool(shield) and not acting.may(lane, Action.OPEN_PROTECTED)
                if shield:
                    _log_opening(opened, found[0], persons, refused=shut)
        if not found:
            raise not_found()
        if shut:
            raise protected()
        stream, version, read = found
        (fact,) = (event.fact for event in history if event.version == version)
        if not isinstance(fact, DocumentFiled) or not isinstance(fact.length, int):
            raise destroyed()
        filed = Filed(
            fact.length,
            bytes.fromhex(fact.chunks_digest),
            bytes.fromhex(fact.salt),
            bytes.fromhex(fact.commitment),
        )
        place = Place(ledger.id, lane, stream, document, count_of(filed.length))
        download = Download(ledger, frozenset({acting.namnd, NIL}), place, read, filed)
        download.require_whole()
        return DocumentRead(fact.media_type, download)

    def holding(
        self, acting: Acting, lane: Lane, stream: UUID, purpose: Purpose
    ) -> list[tuple[UUID, str | None]]:
        """Which nämnder have set a gallringsspärr on a stream, and can lift it: id and name.

        None for a stream that the officer's nämnd does not hold, as for one without a spärr.

        Raises:
            Problem: 403.
            LedgerError: the ledger cannot be read, or the read cannot be logged.
        """
        acting.require(Lane.TILLSYN, Action.READ)
        tillsyn, system = self._processes.tillsyn, self._processes.system
        namnder = set(tillsyn.holding(lane, stream, acting.reads(purpose, "hold.list")))
        with system.reading(acting.reads(purpose, "office.names")):
            return [(one, _called(fold_system(system.history(one)))) for one in sorted(namnder)]

    def page(
        self, acting: Acting, lane: Lane, after: tuple[int, int, bytes] | None, limit: int
    ) -> LogPage | None:
        """Read what follows a place in a lane's log, of the streams the officer's nämnd holds.

        Args:
            acting: who, and for which nämnd.
            lane: the lane.
            after: epoch, index and leaf of the place; None from the beginning.
            limit: at most so many events.

        Returns:
            The page; None where the log does not hold that leaf there.

        Raises:
            Problem: 403.
            LedgerError: the ledger cannot be read, or the read cannot be logged.
        """
        acting.require(lane, Action.READ)
        with self._processes[lane].reading(acting.reads(Purpose.FLODE, "feed")) as opened:
            if after and opened.leaf(*after[:2]) != after[2]:
                return None
            return opened.page(after[:2] if after else None, limit)

    def _read(
        self, acting: Acting, context: ReadContext, lane: Lane, stream: UUID, *, stored: bool
    ) -> StreamRead:
        """Read a stream and the streams of the persons it names, in one transaction, with a row in
        the log for each. A stream that is not the person's is not shown.
        """
        process = self._processes[lane]
        last = process.recorder.max_notification_id()  # before: all up to here is in what follows
        events: list[RecordedEvent] = []
        entries: list[StoredEntry] = []

        def show(one: UUID, history: Sequence[RecordedEvent]) -> None:
            events.extend(history)
            if stored:
                entries.extend(opened.stream(one, lte=history[-1].version if history else 0))
            opened.shown({person for event in history for person in event.subjects.values()})

        with process.reading(context, stream) as opened:
            own = process.history(stream)
            show(stream, own)
            shield, persons = with_persons(process, opened, stream, own)
            for person_stream, history in persons:
                show(person_stream, history)
            seen, shut = _as_allowed(acting, opened, stream, events, shield)
        return StreamRead(
            lane=lane,
            stream=stream,
            events=tuple(seen),
            entries=tuple(entries),
            size=position(last) if last else None,
            shut=shut,
        )

    def _line(
        self, acting: Acting, opened: Reading, lane: Lane, stream: UUID
    ) -> tuple[Envelope | None, list[PersonRegistered]]:
        """The last event of a stream and who its parties are, each person once. Opens no more than
        that.
        """
        process = self._processes[lane]
        opened.log(stream)
        last = opened.last(stream)
        own = _of_types(process, opened, stream, NAMING) if last else []
        parties = persons_named(_parties(own))
        registered: list[RecordedEvent] = []
        known = list(registered_as(process, opened, parties, {}))
        for _, history, _ in known:
            opened.shown({person for event in history for person in event.subjects.values()})
            registered += history
        former = [one for one in persons_named(own) if one not in parties]
        known += registered_as(process, opened, former, parted(own))
        shield = max(own_shield(own, stream), shield_of_all(process, opened, known))
        registered, _ = _as_allowed(acting, opened, stream, registered, shield)
        registered.sort(key=lambda one: one.fold_key(source_word=False))
        persons = persons_in(registered)
        heads = {read_as(persons, one): None for one, _ in parties if one in persons}
        return last, [persons[head].registered for head in heads]

    def _names(
        self, acting: Acting, purpose: Purpose, events: Iterable[RecordedEvent]
    ) -> dict[UUID, str]:
        """What officers and nämnder are called. Part of the view they are shown in."""
        wanted = {named for event in events for named in _offices(event)}
        system = self._processes.system
        with system.reading(acting.reads(purpose, "office.names")):
            found = {one: _called(fold_system(system.history(one))) for one in sorted(wanted)}
        return {one: name for one, name in found.items() if name is not None}


def _called(state: SystemState) -> str | None:
    """The name of a nämnd or an officer, if the stream is one's and can be read."""
    registered = state.namnd or state.officer
    name: object = registered.fact.name if registered else None
    return name if isinstance(name, str) else None


def names_of(lanes: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """What the parties of a case are called, given what each lane calls them.

    Each lane has a register of its own, and nothing ties a person of one to one of the other: a
    name that both lanes give is taken to be one party's. Twice in one lane, it is two parties'.

    >>> names_of([["Kim", "Kim"], ["Kim", "Bo"]])
    ('Kim', 'Kim', 'Bo')
    """
    counted: Counter[str] = Counter()
    for names in lanes:
        counted |= Counter(names)
    return tuple(counted.elements())


def _named(persons: Iterable[PersonRegistered]) -> Iterator[str]:
    """What persons are called, as far as it can be read."""
    names: Iterable[object] = (person.name for person in persons)
    return (name for name in names if isinstance(name, str))


def _is_protected(person: PersonRegistered) -> bool:
    return isinstance(person.protection, str) and person.protection != Protection.INGEN


def _of_types(
    process: LaneProcess, opened: Reading, stream: UUID, types: Collection[str]
) -> list[RecordedEvent]:
    """The events of some types alone: no other is fetched or opened."""
    return [
        event
        for first, last in opened.versions(stream, types)
        for event in process.history(stream, gt=first - 1, lte=last)
    ]


def _as_allowed(
    acting: Acting,
    opened: Reading,
    stream: UUID,
    events: list[RecordedEvent],
    shield: Shield,
) -> tuple[list[RecordedEvent], bool]:
    """The events as the officer may see them, and whether anything is shut to them. What is
    protected is opened with a row of its own in the read log.
    """
    seen = shielded(events, shield)
    if all(one is other for one, other in zip(seen, events, strict=True)):
        return events, False
    if not acting.may(opened.lane, Action.OPEN_PROTECTED):
        return seen, True
    _log_opening(opened, stream, {one for event in events for one in event.subjects.values()})
    return events, False


def _log_opening(
    opened: Reading, stream: UUID, persons: Collection[UUID], *, refused: bool = False
) -> None:
    """Log that protected data of a stream are opened, or that it was refused, beside the row of the
    view they stand in.
    """
    view = REFUSED if refused else OPENING
    opening = replace(opened, context=replace(opened.context, view=view))
    opening.log(stream)
    opening.shown(persons)


def _shut(acting: Acting, shown: Mapping[Lane, StreamRead]) -> dict[Lane, str]:
    """The lanes of which values are shut to the officer, and whom to ask."""
    return {
        lane: f"Skyddade uppgifter i {LANES[lane]} visas inte för dig. De öppnas av den som är"
        f" {CODES[Role][Role.SKYDDADE_UPPGIFTER]} hos {acting.namnd_name}."
        " Systemadministratören tilldelar rollen."
        " Så är det också där det inte går att läsa vem som är part, eller om den har skydd,"
        " och tills två handläggare var för sig har registrerat att skyddet har upphört."
        for lane, read in shown.items()
        if read.shut
    }


def _parties(own: Sequence[RecordedEvent]) -> list[RecordedEvent]:
    """The events that make somebody party to a case who is that now."""
    left = slots_left(own) or frozenset()
    return [
        event
        for event in effective(own)
        if party_of(event.fact)
        and (PARTY if isinstance(event.fact, CaseOpened) else CO_PARTY) not in left
    ]


def _offices(event: RecordedEvent) -> Iterable[UUID]:
    """The ids of the officers and nämnder that an event names."""
    ids: list[object] = [event.common.actor, event.common.acted_by, event.namnd]
    if isinstance(event.fact, Fact):
        ids += [
            getattr(event.fact, spec.name)
            for spec in specs_of(type(event.fact))
            if spec.cls is FieldClass.OFFICER or spec.name in _OFFICES
        ]
    return (one for one in ids if isinstance(one, UUID))
