"""`Event`: a fact with when it happened, who entered it, and where it lies.

An `Event` is on its way in; a `RecordedEvent` has been stored and read back. Both have the
attributes eventsourcing asks of a domain event, without knowing eventsourcing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Annotated, Self
from uuid import UUID

from domain.kernel.actor import Role
from domain.kernel.codes import CorrectionReason
from domain.kernel.fact import (
    JOINT,
    NOBODY,
    OFFICER,
    ORDINARY,
    THIRD,
    Fact,
    Kept,
    UnknownFact,
    fact_from_values,
    kept,
    specs_of,
    subjects_of,
    values_of,
)
from domain.kernel.occurred import FoldKey, Occurred, end_of_day, fold_key
from domain.kernel.registry import FactRegistry
from domain.kernel.values import DayOrInstant, EventRef, Reference, Slug, Text
from ledger.codec import COMMON_FIELDS, Codec, Draft, Effect, Entry, Json, Lane, is_named
from ledger.envelope import Envelope


class Common(Kept):
    """What every event says beside its fact. `docs/envelope.md` section 4, numbers 1 to 31.

    `actor` entered it; `acted_by` acted, where that was another. `claimed_recorded` and `source`
    are for imports alone: when the older system says it was recorded, and which system that is.
    """

    actor: Annotated[UUID, kept(1, OFFICER, NOBODY)]
    role: Annotated[Role, kept(2, OFFICER, NOBODY)]
    acted_by: Annotated[UUID | None, kept(3, OFFICER, NOBODY)] = None
    delegation: Annotated[Text | None, kept(4, OFFICER, NOBODY)] = None
    command_id: Annotated[UUID | None, kept(5, ORDINARY, NOBODY, clear=True)] = None
    claimed_recorded: Annotated[DayOrInstant | None, kept(6, ORDINARY, NOBODY, clear=True)] = None
    source: Annotated[Slug | None, kept(7, ORDINARY, NOBODY, clear=True)] = None
    document_ids: Annotated[tuple[UUID, ...], kept(8, ORDINARY, NOBODY, clear=True)] = ()
    corrects: Annotated[Reference | None, kept(9, ORDINARY, NOBODY, clear=True)] = None
    correction_reason: Annotated[
        CorrectionReason | None, kept(10, ORDINARY, NOBODY, clear=True)
    ] = None
    note: Annotated[Text | None, kept(11, THIRD, JOINT)] = None


assert specs_of(Common) == COMMON_FIELDS, "docs/envelope.md section 4 and Common differ"


@dataclass(frozen=True, kw_only=True)
class Event:
    """A fact on its way into the ledger.

    Args:
        stream: the stream it belongs to.
        version: its place there, from 1.
        fact: what happened; `UnknownFact` only in stored events.
        occurred: when it happened.
        common: who entered it, and the rest that every event says.
        effect: what else changes in the same append. Not kept with the event: None when read back.
        found_by: what its nämnd shall find the stream by; see `ledger.codec.Draft`. Nor kept.
    """

    stream: UUID
    version: int
    fact: Fact | UnknownFact
    occurred: Occurred
    common: Common
    effect: Effect | None = None
    found_by: tuple[tuple[int, bytes], ...] = ()

    @property
    def originator_id(self) -> UUID:
        """The stream, as eventsourcing calls it."""
        return self.stream

    @property
    def originator_version(self) -> int:
        """The version, as eventsourcing calls it."""
        return self.version

    @property
    def lane(self) -> Lane:
        """The lane of its type."""
        return self.fact.lane

    @cached_property
    def ref(self) -> EventRef:
        """How other events refer to it."""
        return EventRef(self.lane, self.stream, self.version)

    @property
    def subjects(self) -> Mapping[int, UUID]:
        """Slot to person, for slots that are named here first and for those that each event names
        anew. A correction names nobody for the first time.
        """
        named = subjects_of(self.fact)
        return {
            slot: one for slot, one in named.items() if not self.common.corrects or is_named(slot)
        }

    @property
    def signers(self) -> frozenset[UUID]:
        """The officers behind it, as far as they can be read: who entered it and who acted."""
        named = (self.common.actor, self.common.acted_by)
        return frozenset(officer for officer in named if isinstance(officer, UUID))

    @property
    def behind(self) -> frozenset[UUID]:
        """Who acted, or who entered it where nobody is named; empty where that can't be read."""
        common: Common = self.common
        officer: object = common.actor if common.acted_by is None else common.acted_by
        return frozenset({officer} if isinstance(officer, UUID) else ())

    def to_draft(self, codec: Codec) -> Draft:
        """Return what the ledger is to keep.

        Args:
            codec: the type's, from the lane's closed registry.
        """
        assert isinstance(self.fact, Fact)
        assert (codec.lane, codec.type, codec.schema) == (
            self.fact.lane,
            self.fact.TYPE,
            self.fact.SCHEMA,
        )
        assert codec.effect == (self.effect.kind if self.effect else None), codec.name
        return Draft(
            stream=self.stream,
            version=self.version,
            codec=codec,
            occurred=str(self.occurred),
            values=self.common.to_values() | values_of(self.fact),
            subjects=self.subjects,
            effect=self.effect,
            found_by=self.found_by,
        )


@dataclass(frozen=True, kw_only=True)
class RecordedEvent(Event):
    """A stored event.

    Args:
        recorded: when it was recorded, UTC.
        epoch: of its position in the lane's log.
        index: of its position in the lane's log.
        namnd: the nämnd that held the stream then; None where it belonged to none.
        leaf: the 32-byte hash of its envelope.
        missing: the numbers of fields that could not be read.
    """

    recorded: datetime
    epoch: int
    index: int
    namnd: UUID | None
    leaf: bytes
    missing: frozenset[int]

    @classmethod
    def from_entry(cls, entry: Entry, registry: FactRegistry) -> Self:
        """Return the event of a stored entry. Total: it never raises on stored history.

        Args:
            entry: as far as keys opened it.
            registry: the types this program knows.
        """
        envelope = Envelope.from_text(entry.envelope)
        fact_type = registry.get(envelope.lane, envelope.type, envelope.schema)
        return cls(
            stream=envelope.stream,
            version=envelope.version,
            fact=fact_from_values(fact_type, entry.values, entry.missing)
            if fact_type
            else UnknownFact(envelope.lane, envelope.type, envelope.schema, _own(entry.values)),
            occurred=Occurred.parse(envelope.occurred),
            common=Common.from_values(entry.values, entry.missing),
            recorded=envelope.recorded,
            epoch=envelope.epoch,
            index=envelope.index,
            namnd=envelope.namnd,
            leaf=entry.leaf,
            missing=entry.missing,
        )

    def fold_key(self, *, source_word: bool) -> FoldKey:
        """Its place in a view."""
        return fold_key(self.occurred, known(self, source_word=source_word), self.lane, self.index)


def known(event: RecordedEvent, *, source_word: bool) -> datetime:
    """When the event became known.

    Args:
        event: a stored event.
        source_word: take the source system's word for imported events. A claim of only a day counts
            from the end of that day: known then at the latest.
    """
    claimed: object = event.common.claimed_recorded
    if source_word and isinstance(claimed, datetime):
        return claimed
    if source_word and isinstance(claimed, date):
        return end_of_day(claimed)
    return event.recorded


def _own(values: Mapping[int, Json]) -> dict[int, Json]:
    common = {spec.number for spec in COMMON_FIELDS}
    return {number: value for number, value in values.items() if number not in common}
