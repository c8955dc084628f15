"""What every lane's process does: take what somebody says, check that it can be a fact, record it.

Guards look at the history where the caller has seen all of it. Where the stream has moved on, it is
`ledger.append` that answers: a retry of a command that went through gets its earlier answer, and a
caller who had not seen everything is refused. Where a retry cannot come so far, since the stream
has moved to another nämnd, its answer is looked for by the command's id.
"""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from hashlib import sha256
from time import monotonic
from types import MappingProxyType
from typing import ClassVar, Final, cast
from uuid import UUID

from eventsourcing.domain import DomainEventProtocol
from typing_extensions import override

from domain.kernel.actor import Role
from domain.kernel.codes import CorrectionReason
from domain.kernel.event import Common, Event, RecordedEvent
from domain.kernel.fact import Fact
from domain.kernel.guards import require_new
from domain.kernel.occurred import Occurred
from domain.kernel.persons import found_by, slots_left
from domain.kernel.refused import Refused
from domain.kernel.registry import FactRegistry
from domain.kernel.shapes import DocumentFiled, EpochOpened, HolderChanged
from domain.kernel.values import EventRef
from ledger.application import LaneApplication, LaneEventStore, Stored
from ledger.codec import Draft, Effect, EffectKind, Entry, Lane, Registry
from ledger.errors import Conflict, DurabilityUnknown, LedgerError, Unavailable
from ledger.moves import settle
from ledger.reading import ReadContext
from ledger.recorder import NIL, Command, LedgerRecorder
from ledger.witness import BehindWitness

_COMMAND_LABEL: Final = b"liggaren/command-id/v1\0"
_STREAM_LABEL: Final = b"liggaren/new-stream/v1\0"


@dataclass(frozen=True, slots=True)
class By:
    """Who acts, in one command.

    Args:
        actor: the officer who enters it.
        role: in which role.
        namnd: for which nämnd.
        command_id: drawn by the client; the same id is carried out once.
        body: the command's plaintext: a retry must have the same.
        clock: the caller's clock, an aware datetime.
        clock_read_at: when it was read; see `ledger.recorder.Command`.
    """

    actor: UUID
    role: Role
    namnd: UUID
    command_id: UUID
    body: bytes
    clock: datetime
    clock_read_at: float = field(default_factory=monotonic, compare=False)

    def command(self, *, new_epoch: bool = False) -> Command:
        """As the ledger takes it."""
        return Command(
            self.namnd,
            self.actor,
            self.command_id,
            self.body,
            self.clock,
            new_epoch,
            self.clock_read_at,
        )

    def reads(self, view: str) -> ReadContext:
        """The context of the read that a command begins with."""
        return ReadContext(self.actor, self.namnd, "underlag för registrering", view)


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """A fact that somebody wants recorded.

    Args:
        fact: what happened.
        occurred: when.
        stream: where.
        version: the version it will have: one more than the last the caller has seen.
        acted_by: the officer who acted, where another enters it.
        delegation: the delegation relied on.
        claimed_recorded: for imports: when the source system says it was recorded.
        source: for imports: the source system.
        document_ids: filed documents.
        corrects: the entry this one re-records.
        correction_reason: coded, with `corrects`.
        note: free text.
        target: the stream concerned, for a spärr or a gallring decision. It stands in no event.
        target_subject: the person concerned, where only that person's part goes.
    """

    fact: Fact
    occurred: Occurred
    stream: UUID
    version: int
    acted_by: UUID | None = None
    delegation: str | None = None
    claimed_recorded: date | datetime | None = None
    source: str | None = None
    document_ids: tuple[UUID, ...] = ()
    corrects: EventRef | None = None
    correction_reason: CorrectionReason | None = None
    note: str | None = None
    target: UUID | None = None
    target_subject: UUID | None = None

    def event(self, by: By, effect: Effect | None) -> Event:
        """The event it makes when this officer says it."""
        return Event(
            stream=self.stream,
            version=self.version,
            fact=self.fact,
            occurred=self.occurred,
            common=Common(
                actor=by.actor,
                role=by.role,
                acted_by=self.acted_by,
                delegation=self.delegation,
                command_id=command_in_lane(self.fact.lane, by.command_id),
                claimed_recorded=self.claimed_recorded,
                source=self.source,
                document_ids=self.document_ids,
                corrects=self.corrects,
                correction_reason=self.correction_reason,
                note=self.note,
            ),
            effect=effect,
        )


def command_in_lane(lane: Lane, command: UUID) -> UUID:
    """The id a command has in a lane's events. One id sent to both processes must not join them.

    Source: `docs/envelope.md` section 4.
    """
    digest = sha256(_COMMAND_LABEL + bytes((lane.code,)) + command.bytes).digest()
    return version_8(digest)


def version_8(digest: bytes) -> UUID:
    """A UUID of our own making (RFC 9562 version 8) from the beginning of a digest."""
    number = int.from_bytes(digest[:16], "big")
    return UUID(int=number & ~(0xF << 76) & ~(0x3 << 62) | 0x8 << 76 | 0x2 << 62)


class LaneProcess(LaneApplication):
    """Records and reads the facts of one lane."""

    facts: ClassVar[FactRegistry]

    @override
    @property
    def registry(self) -> Registry:
        return self.facts.codecs

    def record(
        self,
        sayings: Sequence[Saying],
        by: By,
        seen: Mapping[UUID, Sequence[Event]] = MappingProxyType({}),
    ) -> list[Stored]:
        """Record facts in one append, in the order given.

        Args:
            sayings: of this lane; several of one stream have consecutive versions.
            by: who says so.
            seen: histories that the caller has at hand, by stream, up to the first saying; the
                others are read.

        Returns:
            One for each saying, with its receipt; the same at each retry, whatever has happened to
            the stream since.

        Raises:
            Refused: one of them cannot be a fact. Nothing is recorded.
            Conflict: a stream has moved on.
            LedgerError: what else the ledger refuses.
        """
        stored = self.once(by, lambda: self._guard_and_save(sayings, by, seen))
        for stream in {one.stream for one in sayings if isinstance(one.fact, HolderChanged)}:
            settle(self.ledger.connections, self.ledger.keys, self.lane, stream)
        return stored

    def once(self, by: By, carry_out: Callable[[], list[Stored]]) -> list[Stored]:
        """Carry a command out, or find what an earlier try of it has stored.

        A retry is refused on the way where the stream has moved, or what was to be done is done:
        then its answer is looked for by the command's id.

        Args:
            by: the command.
            carry_out: how it is carried out, if it has not been.
        """
        try:
            return carry_out()
        except (DurabilityUnknown, Unavailable, BehindWitness):
            raise  # a retry will find it; and what is stored in a log that is behind may not stay
        except (Refused, LedgerError):
            if earlier := self.earlier(by):
                return earlier
            raise

    def earlier(self, by: By) -> list[Stored]:
        """What an earlier try of a command has stored; empty if there was none."""
        return cast("LaneEventStore", self.events).earlier(by.command())

    def _guard_and_save(
        self, sayings: Sequence[Saying], by: By, seen: Mapping[UUID, Sequence[Event]]
    ) -> list[Stored]:
        histories = {stream: list(history) for stream, history in seen.items()}
        moved: set[UUID] = set()
        events = []
        for saying in sayings:
            event = saying.event(by, self.effect_of(saying))
            if event.stream not in histories:
                histories[event.stream], late = self._seen(event, by)
                if late:
                    moved.add(event.stream)
            history = histories[event.stream]
            # Of a stream that has moved on no guard tells anything: the append answers, which knows
            # a retry from a conflict and stores neither.
            if event.stream not in moved:
                self.require(history, event, by.clock)
            events.append(replace(event, found_by=found_by(history, event)))
            history.append(event)
        # Before the append too, whatever was interrupted after an earlier one: what is sealed
        # jointly once somebody has left does not concern them.
        self._tell_who_left(
            {one.stream: histories[one.stream][: one.version - 1] for one in reversed(events)}
        )
        stored = self._save(events, by.command())
        self._tell_who_left({one.stream: histories[one.stream] for one in events})
        return stored

    def _tell_who_left(self, histories: Mapping[UUID, Sequence[Event]]) -> None:
        for stream, history in histories.items():
            left = slots_left(history)
            if left is not None:
                self.ledger.keys.leave(self.lane, stream, left)

    def require(self, history: Sequence[Event], event: Event, now: datetime) -> None:
        """Refuse what cannot be a fact in this stream, or is recorded in it already.

        Raises:
            Refused: it is either.
        """
        self.require_in_lane(history, event, now)
        # Last, so that it never tells what a refused attempt would not have: whoever may not see an
        # entry's values could otherwise guess them, and nothing of it would be stored.
        require_new(history, event)

    @abstractmethod
    def require_in_lane(self, history: Sequence[Event], event: Event, now: datetime) -> None:
        """The lane's `decisions.require_recordable`."""

    def effect_of(self, saying: Saying) -> Effect | None:
        """The control effect of a saying's type, if it has one."""
        if isinstance(saying.fact, HolderChanged):
            return Effect(EffectKind.HOLDER_TO, saying.fact.to_namnd)
        if isinstance(saying.fact, DocumentFiled):
            return Effect(EffectKind.DOCUMENT_FILED, saying.fact.document_id)
        return None

    def open_log(self, fact: EpochOpened, version: int, by: By) -> Stored:
        """Found the log (version 1), or open its next epoch and say why. An operator's act.

        Args:
            fact: this lane's EpochOpened.
            version: one more than the last version of the log's own stream.
            by: the operator.
        """
        follows = self.ledger.witness.end_of(self.lane)
        witnessed = self.ledger.witness.witnessed().get(self.lane)
        fact = fact.model_copy(
            update={
                "follows": str(follows) if follows else None,
                "witnessed": str(witnessed) if witnessed else None,
            }
        )
        saying = Saying(fact=fact, occurred=Occurred.at(by.clock), stream=NIL, version=version)
        return self._save([saying.event(by, None)], by.command(new_epoch=version > 1))[0]

    def _save(self, events: Sequence[Event], command: Command) -> list[Stored]:
        recordings = self.save(*events, command=command)
        return [cast("Stored", recording.notification) for recording in recordings]

    def history(
        self, stream: UUID, *, gt: int | None = None, lte: int | None = None
    ) -> list[RecordedEvent]:
        """The stream's events in log order, through the read that is open.

        Raises:
            NoReadOpen: none is.
        """
        return [cast("RecordedEvent", event) for event in self.events.get(stream, gt=gt, lte=lte)]

    def lookup_macs(self, namnd: UUID, things: Sequence[bytes]) -> list[bytes]:
        """What stands in the lookup table; see `LaneEventStore.lookup_macs`."""
        return cast("LaneEventStore", self.events).lookup_macs(namnd, things)

    def rebuild_lookup(self, namnd: UUID, stream: UUID, history: Sequence[Event]) -> bool:
        """Write anew what a nämnd finds a stream by, as far as its history goes.

        Args:
            namnd: the nämnd that holds it.
            stream: the stream.
            history: its events from the first on, as the nämnd reads them.

        Returns:
            False: the nämnd does not hold the stream any more; nothing is changed.

        Raises:
            LedgerError: a database does not answer.
        """
        found = [one for event in history for one in found_by((), event)]
        macs = self.lookup_macs(namnd, [thing for _, thing in found])
        through = history[-1].version if history else 0
        rows = [(version, mac) for (version, _), mac in zip(found, macs, strict=True)]
        return cast("LedgerRecorder", self.recorder).rebuild_lookup(namnd, stream, through, rows)

    def new_stream(self, by: By, number: int = 0) -> UUID:
        """The id of a stream this command opens: the same at each retry, unknown to anybody without
        the command's id.

        Args:
            by: the command.
            number: which of the command's new streams.
        """
        digest = sha256(
            _STREAM_LABEL
            + self.ledger.id.bytes
            + bytes((self.lane.code,))
            + by.namnd.bytes
            + by.actor.bytes
            + by.command_id.bytes
            + number.to_bytes(4, "big")
        ).digest()
        return version_8(digest)

    def _seen(self, event: Event, by: By) -> tuple[list[Event], bool]:
        """The history the caller had seen when deciding, and whether the stream has moved on."""
        if event.version == 1:
            return [], False
        with self.reading(by.reads("command"), event.stream):
            whole = self.history(event.stream)
        history: list[Event] = [one for one in whole if one.version < event.version]
        if not history or history[-1].version != event.version - 1:
            at = history[-1].version if history else 0
            message = f"Version {event.version - 1} was expected, the stream is at {at}."
            raise Conflict(message, last=at, above=True)
        return history, len(history) < len(whole)

    @override
    def draft_of(self, event: DomainEventProtocol[UUID]) -> Draft:
        assert isinstance(event, Event)
        codec = self.registry[event.lane, f"{event.fact.TYPE}/{event.fact.SCHEMA}"]  # type: ignore[union-attr]
        return event.to_draft(codec)

    @override
    def event_of(self, entry: Entry) -> RecordedEvent:
        return RecordedEvent.from_entry(entry, self.facts)
