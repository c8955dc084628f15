"""Who answers for what, and by which rules: nämnder, officers, meetings, orders, guidelines.

A nämnd's stream has the nämnd's id, an officer's stream the officer's. Neither belongs to a nämnd:
who may act must be readable before anybody may act. A meeting, a delegation order, a guideline and
a rule have streams of their own, the versions of one guideline in one. No fact about a person who
is no officer stands here.
"""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from domain.kernel import shapes
from domain.kernel.actor import Role
from domain.kernel.fact import NOBODY, OFFICER, ORDINARY, Fact, kept
from domain.kernel.values import Count, Day, Flag, Hash, Name, Reference, Text
from ledger.codec import Lane


class MeetingBody(StrEnum):
    """Who met."""

    NAMND = "namnd"
    UTSKOTT = "utskott"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class SealKind(StrEnum):
    """Where the state of a log was fixed, out of reach of whoever runs the ledger."""

    PROTOKOLL = "protokoll"
    VITTNE = "vittne"
    TIDSSTAMPEL = "tidsstampel"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class SystemFact(Fact):
    """A fact about the organisation."""

    lane = Lane.SYSTEM
    HELD = False


class NämndRegistered(SystemFact):
    """A nämnd keeps its cases here. Opens the nämnd's stream."""

    OPENS = True

    name: Annotated[Name, kept(32, ORDINARY, NOBODY, clear=True)]
    start: Annotated[Day | None, kept(33, ORDINARY, NOBODY, clear=True)] = None
    districts: Annotated[tuple[Name, ...] | None, kept(34, ORDINARY, NOBODY, clear=True)] = None
    """What it answers for; empty where it has no area, as Enheten för hemlösa."""


class NämndSucceeded(SystemFact):
    """Another nämnd takes over what this stream's nämnd answers for, from a day on."""

    predecessor: Annotated[UUID, kept(32, ORDINARY, NOBODY, clear=True)]
    successor: Annotated[UUID, kept(33, ORDINARY, NOBODY, clear=True)]
    day: Annotated[Day, kept(34, ORDINARY, NOBODY, clear=True)]


class OfficerRegistered(SystemFact):
    """An officer may be given roles. Opens the officer's stream."""

    OPENS = True

    name: Annotated[Text, kept(32, OFFICER, NOBODY)]


class RoleAssigned(SystemFact):
    """The officer of this stream has a role in a nämnd; where none is named, in all."""

    PERIODS = (("start", "end"),)

    role: Annotated[Role, kept(32, ORDINARY, NOBODY, clear=True)]
    namnd: Annotated[UUID | None, kept(33, ORDINARY, NOBODY, clear=True)] = None
    start: Annotated[Day | None, kept(34, ORDINARY, NOBODY, clear=True)] = None
    end: Annotated[Day | None, kept(35, ORDINARY, NOBODY, clear=True)] = None


class RoleRevoked(SystemFact):
    """The officer of this stream no longer has a role, from a day on."""

    role: Annotated[Role, kept(32, ORDINARY, NOBODY, clear=True)]
    namnd: Annotated[UUID | None, kept(33, ORDINARY, NOBODY, clear=True)] = None
    effective: Annotated[Day | None, kept(34, ORDINARY, NOBODY, clear=True)] = None


class MeetingFact(SystemFact):
    """A meeting or its minutes. `namnd` is whose they are."""

    namnd: Annotated[UUID, kept(32, ORDINARY, NOBODY, clear=True)]


class MeetingHeld(MeetingFact):
    """A nämnd or its committee has met. Opens the meeting's stream."""

    OPENS = True

    body: Annotated[MeetingBody | None, kept(33, ORDINARY, NOBODY, clear=True)] = None
    body_text: Annotated[Text | None, kept(34, ORDINARY, NOBODY)] = None


class ProtocolAdjusted(MeetingFact):
    """Minutes have been adjusted. May come first: decisions by delegates can have minutes alone."""

    OPENS = True

    separate_protocol: Annotated[Flag | None, kept(33, ORDINARY, NOBODY, clear=True)] = None
    immediate: Annotated[Flag | None, kept(34, ORDINARY, NOBODY, clear=True)] = None


class ProtocolAnnounced(MeetingFact):
    """That minutes are adjusted has been announced on the notice board (8 kap. 10-12 §§ KL)."""

    separate_protocol: Annotated[Flag | None, kept(33, ORDINARY, NOBODY, clear=True)] = None
    up_to: Annotated[Day | None, kept(34, ORDINARY, NOBODY, clear=True)] = None


class ProtocolTakenDown(MeetingFact):
    """The announcement has been taken down."""

    separate_protocol: Annotated[Flag | None, kept(33, ORDINARY, NOBODY, clear=True)] = None


class DelegationOrderAdopted(SystemFact):
    """A nämnd has adopted a version of its delegation order. The hash is the paper's."""

    OPENS = True
    PERIODS = (("effective_from", "effective_to"),)

    namnd: Annotated[UUID, kept(32, ORDINARY, NOBODY, clear=True)]
    version_name: Annotated[Name | None, kept(33, ORDINARY, NOBODY, clear=True)] = None
    effective_from: Annotated[Day | None, kept(34, ORDINARY, NOBODY, clear=True)] = None
    effective_to: Annotated[Day | None, kept(35, ORDINARY, NOBODY, clear=True)] = None
    document_hash: Annotated[Hash | None, kept(36, ORDINARY, NOBODY, clear=True)] = None


class GuidelineAdopted(SystemFact):
    """A version of a guideline has been adopted for the nämnder of one municipality.

    From which day it applies is said here and nowhere in the program. The hash is the paper's.
    """

    OPENS = True
    PERIODS = (("effective_from", "effective_to"),)

    version_name: Annotated[Name, kept(32, ORDINARY, NOBODY, clear=True)]
    municipality: Annotated[Name | None, kept(33, ORDINARY, NOBODY, clear=True)] = None
    effective_from: Annotated[Day | None, kept(34, ORDINARY, NOBODY, clear=True)] = None
    effective_to: Annotated[Day | None, kept(35, ORDINARY, NOBODY, clear=True)] = None
    document_hash: Annotated[Hash | None, kept(36, ORDINARY, NOBODY, clear=True)] = None


class RuleConfigured(SystemFact):
    """What the law leaves open has been chosen for a rule: a threshold, a reading of a provision.

    `namnd` is for whom; where none is named, for all. `unverified` says that the source has not
    been read, so that what rests on it is shown as such.
    """

    OPENS = True

    rule_id: Annotated[Name, kept(32, ORDINARY, NOBODY, clear=True)]
    key: Annotated[Name, kept(33, ORDINARY, NOBODY, clear=True)]
    value: Annotated[Count | Name, kept(34, ORDINARY, NOBODY, clear=True)]
    effective_from: Annotated[Day | None, kept(35, ORDINARY, NOBODY, clear=True)] = None
    unverified: Annotated[Flag | None, kept(36, ORDINARY, NOBODY, clear=True)] = None
    namnd: Annotated[UUID | None, kept(37, ORDINARY, NOBODY, clear=True)] = None
    legal_source: Annotated[Text | None, kept(38, ORDINARY, NOBODY)] = None


class SealMade(SystemFact):
    """How far a log had come, and its root, has been fixed outside the ledger.

    `epoch` and `size` are the log's at that time, `root` the tree over its first `size` leaves.
    """

    OPENS = True

    target_lane: Annotated[Lane, kept(32, ORDINARY, NOBODY, clear=True)]
    epoch: Annotated[Count, kept(33, ORDINARY, NOBODY, clear=True)]
    size: Annotated[Count, kept(34, ORDINARY, NOBODY, clear=True)]
    root: Annotated[Hash, kept(35, ORDINARY, NOBODY, clear=True)]
    seal_kind: Annotated[SealKind | None, kept(36, ORDINARY, NOBODY, clear=True)] = None
    seal_kind_text: Annotated[Text | None, kept(37, ORDINARY, NOBODY)] = None
    meeting: Annotated[Reference | None, kept(38, ORDINARY, NOBODY, clear=True)] = None


class CorrectionApproved(shapes.CorrectionApproved):
    """A second officer has approved a correction or a mark of error about the organisation."""

    lane = Lane.SYSTEM
    HELD = False


class EntryMarkedErroneous(shapes.EntryMarkedErroneous):
    """An officer says that an entry about the organisation should not count."""

    lane = Lane.SYSTEM
    HELD = False


class EpochOpened(shapes.EpochOpened):
    """The lane's log was opened."""

    lane = Lane.SYSTEM


class HeadsRecorded(shapes.HeadsRecorded):
    """How far every stream of the lane had come."""

    lane = Lane.SYSTEM


FACTS: tuple[type[Fact], ...] = (
    NämndRegistered,
    NämndSucceeded,
    OfficerRegistered,
    RoleAssigned,
    RoleRevoked,
    MeetingHeld,
    ProtocolAdjusted,
    ProtocolAnnounced,
    ProtocolTakenDown,
    DelegationOrderAdopted,
    GuidelineAdopted,
    RuleConfigured,
    SealMade,
    CorrectionApproved,
    EntryMarkedErroneous,
    EpochOpened,
    HeadsRecorded,
)
"""The lane's types. Closed: what is not here cannot be recorded in it."""
