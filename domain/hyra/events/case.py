"""The case itself and who is in it; what every lane has of its own: corrections, the log."""

from collections.abc import Mapping
from typing import Annotated, ClassVar
from uuid import UUID

from domain.hyra.events.bases import CaseFact, HyraFact
from domain.hyra.events.codes import Relation
from domain.kernel import shapes
from domain.kernel.fact import IDENTITY, NAMED, kept
from domain.kernel.values import Day, Text
from ledger.codec import Lane


class CaseOpened(shapes.CaseOpened):
    """The case has a tenancy process from now on. The stream's first event."""

    lane = Lane.HYRA


class PartyAdded(shapes.PartyAdded):
    """A second person has become party to the tenancy process."""

    lane = Lane.HYRA


class PartyLeft(shapes.PartyLeft):
    """One of a couple is party to the tenancy process no longer."""

    lane = Lane.HYRA


class PersonRegistered(shapes.PersonRegistered):
    """A person has been entered in the tenancy side's register of persons."""

    lane = Lane.HYRA


class PersonDied(CaseFact, shapes.PersonDied):
    """A party has died, as the landlord has learned (5 § st. 2: the estate's time for notice)."""


class RepresentativeRegistered(CaseFact, shapes.RepresentativeRegistered):
    """Somebody speaks for a party before the landlord."""


class RepresentativeEnded(CaseFact, shapes.RepresentativeEnded):
    """Somebody speaks for a party before the landlord no longer."""


class CoResidentNoted(CaseFact):
    """Somebody who is no party lives in the home, or does so no longer. One for each.

    A spouse or sambo may have to accept a waiver, be asked to move, or take the lease over (45 a,
    47 och 49 §§). Not for children: nothing in the tenancy hangs on them.
    """

    NAMES: ClassVar[Mapping[int, str]] = {NAMED: "resident"}
    PERIODS = (("start", "end"),)

    resident: Annotated[UUID, kept(32, IDENTITY, NAMED)]
    name: Annotated[Text | None, kept(33, IDENTITY, NAMED)] = None
    relation: Annotated[Relation | None, kept(34, IDENTITY, NAMED)] = None
    relation_text: Annotated[Text | None, kept(35, IDENTITY, NAMED)] = None
    start: Annotated[Day | None, kept(36, IDENTITY, NAMED)] = None
    end: Annotated[Day | None, kept(37, IDENTITY, NAMED)] = None


class PersonDetailsChanged(shapes.PersonDetailsChanged):
    """A person in the tenancy side's register has other details from now on."""

    lane = Lane.HYRA


class PersonsMerged(shapes.PersonsMerged):
    """Two entries in the tenancy side's register are one person."""

    lane = Lane.HYRA


class PersonsUnmerged(shapes.PersonsUnmerged):
    """Two entries in the tenancy side's register are two persons after all."""

    lane = Lane.HYRA


class FindingAssessed(HyraFact, shapes.FindingAssessed):
    """A finding about the tenancy process has been answered."""


class DocumentFiled(shapes.DocumentFiled):
    """A paper has been filed in the tenancy process."""

    lane = Lane.HYRA


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
