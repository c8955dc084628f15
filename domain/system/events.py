"""Who answers for what: nämnder and their successions, officers and the roles they are given.

A nämnd's stream has the nämnd's id, an officer's stream the officer's. Neither belongs to a nämnd:
who may act must be readable before anybody may act.
"""

from typing import Annotated
from uuid import UUID

from domain.kernel import shapes
from domain.kernel.actor import Role
from domain.kernel.fact import NOBODY, OFFICER, ORDINARY, Fact, kept
from domain.kernel.values import Day, Name, Text
from ledger.codec import Lane


class SystemFact(Fact):
    """A fact about the organisation."""

    lane = Lane.SYSTEM
    HELD = False


class NämndRegistered(SystemFact):
    """A nämnd keeps its cases here. Opens the nämnd's stream."""

    OPENS = True

    name: Annotated[Name, kept(32, ORDINARY, NOBODY, clear=True)]
    start: Annotated[Day | None, kept(33, ORDINARY, NOBODY, clear=True)] = None


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
    end: Annotated[Day | None, kept(34, ORDINARY, NOBODY, clear=True)] = None


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
    CorrectionApproved,
    EntryMarkedErroneous,
    EpochOpened,
    HeadsRecorded,
)
"""The lane's types. Closed: what is not here cannot be recorded in it."""
