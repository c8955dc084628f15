"""One eventsourcing application for each lane: seal, append, read, open.

`save` is the only way to write, as in the library. What differs lies under it: the event store
obtains the keys of a whole command in one trip, the mapper seals and opens with them, the recorder
appends in one call.
"""

import hmac
from abc import abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from os import urandom
from typing import Any, ClassVar, Final, cast
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import EventStore, Mapper, Notification, Recording, StoredEvent
from eventsourcing.utils import Environment, EnvType
from typing_extensions import override

from ledger.codec import (
    NOBODY,
    Codec,
    Draft,
    EffectKind,
    Entry,
    FieldClass,
    Lane,
    Registry,
    is_named,
)
from ledger.envelope import Envelope, leaf_hash, notification_id
from ledger.errors import NothingToSave
from ledger.keys import NotHolderError, Obtained, Place
from ledger.moves import is_namnd, settle
from ledger.reading import ReadContext, Reading, StoredEntry, open_reading, reading
from ledger.recorder import NIL, Command, LedgerRecorder, Mac, Receipt, SealedEvent
from ledger.seal import DataKey, key_ids_of, open_parts, seal
from ledger.store import Ledger
from ledger.witness import Position

_COMMAND_LABEL: Final = b"liggaren/command/v1\0"
_LOOKUP_LABEL: Final = b"liggaren/lookup/v1\0"

_sealing_keys: ContextVar[Obtained] = ContextVar("keys to seal with")
_opening_keys: ContextVar[Mapping[UUID, bytes]] = ContextVar("keys to open with")


@dataclass(frozen=True)
class Stored(Notification):
    """The notification of an event just appended, with its receipt."""

    receipt: Receipt


class LaneMapper(Mapper[UUID]):
    """Between an event as the lane knows it and what is stored. Types come from the lane's closed
    registry, never by import.

    Args:
        application: says what an event's draft is, and what event an entry is.
    """

    def __init__(
        self, application: "LaneApplication"
    ) -> None:  # the library's own wants a transcoder
        self.application = application
        self.ledger = application.ledger.id

    @override
    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> SealedEvent:
        return self.seal(self.application.draft_of(domain_event))

    def seal(self, draft: Draft) -> SealedEvent:
        """Seal a draft with the keys the event store has obtained."""
        obtained = _sealing_keys.get()
        keys: dict[tuple[int, FieldClass], DataKey] = {
            (slot, cls): obtained.named[draft.stream, draft.subjects.get(slot, NIL), cls]
            if is_named(slot)
            else obtained.keys[draft.stream, slot, cls]
            for slot, cls in sealed_groups(draft.codec)
        }
        sealed = seal(draft, self.ledger, keys, urandom)
        return SealedEvent(
            originator_id=draft.stream,
            originator_version=draft.version,
            topic=draft.codec.name,
            state=sealed.clear.encode(),
            occurred=draft.occurred,
            root=sealed.root,
            parts=sealed.parts,
            part_groups=sealed.part_groups,
            effect=draft.effect,
        )

    @override
    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[UUID]:
        assert isinstance(stored_event, StoredEntry)
        envelope = Envelope.from_text(stored_event.envelope)
        opened = open_parts(
            self.application.registry.get(envelope.lane, stored_event.topic),
            envelope,
            self.ledger,
            stored_event.state.decode(),
            stored_event.seals,
            stored_event.parts,
            _opening_keys.get(),
        )
        entry = Entry(
            stored_event.envelope, leaf_hash(stored_event.envelope), opened.values, opened.missing
        )
        return self.application.event_of(entry)


class LaneEventStore(EventStore[UUID]):
    """Obtains the keys of a whole command, or of a whole stream, in one trip.

    Args:
        application: whose lane, keys and registry are used.
    """

    def __init__(
        self, application: "LaneApplication", mapper: LaneMapper, recorder: LedgerRecorder
    ) -> None:
        super().__init__(mapper, recorder)
        self.application = application
        self.seal = mapper.seal
        self.append = recorder.append
        self.look_for = recorder.earlier

    @override
    def put(
        self, domain_events: Sequence[DomainEventProtocol[UUID]], **kwargs: Any
    ) -> list[Recording[UUID]]:
        """Seal and append.

        Args:
            domain_events: in log order; all of this lane.
            kwargs: `command`: a `Command`.

        Raises:
            BehindWitness: the log has lost events. Found after the append, it is stored in a log
                that others remember otherwise: to be sent again when that is resolved.
            NothingToSave: no events. After a conflict an aggregate has none left, and a second save
            must not look like success.
        """
        command: Command = kwargs["command"]
        drafts = [self.application.draft_of(event) for event in domain_events]
        if not drafts:
            raise NothingToSave("The command produced no event.")
        ledger, lane = self.application.ledger, self.application.lane
        if not command.new_epoch:
            ledger.witness.require_whole(lane)
        new_holder = command.namnd if drafts[0].codec.held else NIL
        obtained = self._obtain(
            command.namnd,
            {
                (draft.stream, slot, cls)
                for draft in drafts
                for slot, cls in sealed_groups(draft.codec)
                if not is_named(slot)
            }
            | {
                _lookup_place(command.namnd)
                for draft in drafts
                if draft.found_by and _receiver(draft) is None
            },
            {
                (draft.stream, slot): person
                for draft in drafts
                for slot, person in draft.subjects.items()
                if not is_named(slot)
            },
            new_holder,
            {
                (draft.stream, draft.subjects.get(slot, NIL), cls)
                for draft in drafts
                for slot, cls in sealed_groups(draft.codec)
                if is_named(slot)
            },
        )
        macs = _macs(command, obtained)
        token = _sealing_keys.set(obtained)
        try:
            sealed = [
                replace(self.seal(draft), found_by=self._found_by(draft, command.namnd, obtained))
                for draft in drafts
            ]
        finally:
            _sealing_keys.reset(token)
        receipts = self.append(sealed, command, macs, new_holder)
        last = receipts[-1]
        ledger.witness.tell(
            lane,
            Position(last.epoch, last.index, last.leaf),
            at_once=command.new_epoch or last.index == 0,
        )
        return [
            Recording(event, _stored(stored, receipt))
            for event, stored, receipt in zip(domain_events, sealed, receipts, strict=True)
        ]

    def _found_by(
        self, draft: Draft, namnd: UUID, obtained: Obtained
    ) -> tuple[tuple[int, bytes], ...]:
        """What the stream will be found by, under the key of the nämnd that holds it afterwards."""
        if not draft.found_by:
            return ()
        receiver = _receiver(draft)
        if receiver is None:
            key = obtained.keys[_lookup_place(namnd)].key
        elif is_namnd(self.application.ledger.connections, receiver):
            key = self._lookup_key(receiver)
        else:
            return ()  # the append refuses it
        return tuple((version, _lookup_mac(key, thing)) for version, thing in draft.found_by)

    def lookup_macs(self, namnd: UUID, things: Sequence[bytes]) -> list[bytes]:
        """What stands in the lookup table for things that a nämnd's streams are found by.

        Raises:
            LedgerError: as `KeyStore.obtain`.
        """
        key = self._lookup_key(namnd)
        return [_lookup_mac(key, thing) for thing in things]

    def _lookup_key(self, namnd: UUID) -> bytes:
        place = _lookup_place(namnd)
        keys = self.application.ledger.keys
        return keys.obtain(namnd, self.application.lane, {place}, {}, namnd).keys[place].key

    def earlier(self, command: Command) -> list[Stored]:
        """What an earlier try of the same command has stored; empty if there was none.

        Raises:
            LedgerError: as `LedgerRecorder.earlier`.
        """
        obtained = self._obtain(command.namnd, frozenset(), {}, command.namnd)
        return [
            Stored(
                id=notification_id(one.receipt.epoch, one.receipt.index),
                originator_id=one.stream,
                originator_version=one.version,
                topic=one.topic,
                state=one.clear.encode(),
                receipt=one.receipt,
            )
            for one in self.look_for(command, _macs(command, obtained))
        ]

    def key(self, namnd: UUID, stream: UUID, slot: int, cls: FieldClass) -> DataKey:
        """The key of something sealed beside an event: a document's chunks.

        Raises:
            LedgerError: as `KeyStore.obtain`.
        """
        return self._obtain(namnd, {(stream, slot, cls)}, {}, namnd).keys[stream, slot, cls]

    def _obtain(
        self,
        namnd: UUID,
        wanted: Collection[tuple[UUID, int, FieldClass]],
        subjects: Mapping[Place, UUID],
        new_holder: UUID,
        named: Collection[tuple[UUID, UUID, FieldClass]] = (),
    ) -> Obtained:
        """The keys of a command. A move whose key work is still to do is finished on the way."""
        keys, lane = self.application.ledger.keys, self.application.lane
        try:
            return keys.obtain(namnd, lane, wanted, subjects, new_holder, named)
        except NotHolderError:
            for stream in {stream for stream, _, _ in (*wanted, *named)}:
                settle(self.application.ledger.connections, keys, lane, stream)
            return keys.obtain(namnd, lane, wanted, subjects, new_holder, named)

    @override
    def get(
        self,
        originator_id: UUID,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Iterator[DomainEventProtocol[UUID]]:
        """The stream's events, through the read that is open, as far as this nämnd's keys open
        them. A move whose key work is still to do is finished on the way.
        """
        entries = cast(
            "Sequence[StoredEntry]",
            self.recorder.select_events(originator_id, gt=gt, lte=lte, desc=desc, limit=limit),
        )
        ledger, lane = self.application.ledger, self.application.lane
        namnder = {open_reading(lane).context.namnd, NIL}
        key_ids = key_ids_of(part for entry in entries for part in entry.parts)
        keys = ledger.keys.fetch(namnder, lane, key_ids)
        if keys.keys() < key_ids:
            settle(ledger.connections, ledger.keys, lane, originator_id)
            keys = ledger.keys.fetch(namnder, lane, key_ids)
        token = _opening_keys.set(keys)
        try:
            return iter([self.mapper.to_domain_event(entry) for entry in entries])
        finally:
            _opening_keys.reset(token)


class LaneApplication(Application[UUID]):
    """The write and read side of one lane.

    Args:
        ledger: the opened ledger.
    """

    lane: ClassVar[Lane]

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        super().__init__()

    @property
    @abstractmethod
    def registry(self) -> Registry:
        """The closed set of types of this lane."""

    @abstractmethod
    def draft_of(self, event: DomainEventProtocol[UUID]) -> Draft:
        """What the lane's event says, as the ledger takes it."""

    @abstractmethod
    def event_of(self, entry: Entry) -> DomainEventProtocol[UUID]:
        """The lane's event of a stored entry. Total: it never raises on stored history."""

    def reading(
        self, context: ReadContext, stream: UUID | None = None
    ) -> AbstractContextManager[Reading]:
        """Open a logged read of this lane; see `ledger.reading.reading`."""
        return reading(self.ledger.connections, self.lane, context, stream)

    @override
    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        """Nothing of the process's environment may change how history is kept."""
        return Environment(name, {})

    @override
    def construct_mapper(self) -> LaneMapper:
        return LaneMapper(self)

    @override
    def construct_recorder(self) -> LedgerRecorder:
        return LedgerRecorder(self.ledger.connections, self.lane)

    @override
    def construct_event_store(self) -> LaneEventStore:
        return LaneEventStore(
            self, cast("LaneMapper", self.mapper), cast("LedgerRecorder", self.recorder)
        )


def sealed_groups(codec: Codec) -> list[tuple[int, FieldClass]]:
    """The (slot, class) of each sealed group of a type, in stored order."""
    return [(group.slot, group.cls) for group, _ in codec.groups if group.sealed]


def _receiver(draft: Draft) -> UUID | None:
    """The nämnd that the stream goes to with this event, if it goes anywhere."""
    moves = draft.effect is not None and draft.effect.kind is EffectKind.HOLDER_TO
    return draft.effect.ref if draft.effect is not None and moves else None


def _lookup_place(namnd: UUID) -> tuple[UUID, int, FieldClass]:
    """The place of the key that a nämnd's streams are found by: a data key like others, of no
    stream's events. Made at its first use.
    """
    return namnd, NOBODY, FieldClass.IDENTITY


def _lookup_mac(key: bytes, thing: bytes) -> bytes:
    return hmac.digest(key, _LOOKUP_LABEL + thing, "sha256")


def _macs(command: Command, obtained: Obtained) -> list[Mac]:
    """The command's HMAC under each live command key."""
    return [
        Mac(key.key_id, hmac.digest(key.key, _COMMAND_LABEL + command.body, "sha256"))
        for key in obtained.command_keys
    ]


def _stored(event: SealedEvent, receipt: Receipt) -> Stored:
    return Stored(
        id=notification_id(receipt.epoch, receipt.index),
        originator_id=event.originator_id,
        originator_version=event.originator_version,
        topic=event.topic,
        state=event.state,
        receipt=receipt,
    )
