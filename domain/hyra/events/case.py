"""What every lane has of its own: cases, persons, corrections, the log; and answers to findings."""

from typing import Annotated
from uuid import UUID

from domain.hyra.events.bases import HyraFact
from domain.hyra.events.codes import FindingAnswer
from domain.kernel import shapes
from domain.kernel.fact import JOINT, NEED, ORDINARY, kept
from domain.kernel.values import Reference, Text
from ledger.codec import Lane


class CaseOpened(shapes.CaseOpened):
    """The case has a tenancy process from now on. The stream's first event."""

    lane = Lane.HYRA


class PartyAdded(shapes.PartyAdded):
    """A second person has become party to the tenancy process."""

    lane = Lane.HYRA


class PersonRegistered(shapes.PersonRegistered):
    """A person has been entered in the tenancy side's register of persons."""

    lane = Lane.HYRA


class FindingAssessed(HyraFact):
    """An officer has answered one of the system's findings. No verdict: the list has none.

    Which rule it was tells of addiction or children, so it is sealed.
    """

    finding_id: Annotated[UUID, kept(32, ORDINARY, JOINT, clear=True)]
    assessment: Annotated[FindingAnswer | None, kept(33, ORDINARY, JOINT, clear=True)] = None
    rule: Annotated[Text | None, kept(34, NEED, JOINT)] = None
    evidence_refs: Annotated[tuple[Reference, ...] | None, kept(35, NEED, JOINT)] = None
    text: Annotated[Text | None, kept(36, NEED, JOINT)] = None


class CorrectionApproved(shapes.CorrectionApproved):
    """A second officer has approved a correction or a mark of error in the tenancy process."""

    lane = Lane.HYRA


class EntryMarkedErroneous(shapes.EntryMarkedErroneous):
    """An officer says that an entry of the tenancy process should not count."""

    lane = Lane.HYRA


class HolderChanged(shapes.HolderChanged):
    """Another nämnd holds the stream from now on."""

    lane = Lane.HYRA


class EpochOpened(shapes.EpochOpened):
    """The lane's log was opened."""

    lane = Lane.HYRA


class HeadsRecorded(shapes.HeadsRecorded):
    """How far every stream of the lane had come."""

    lane = Lane.HYRA
