"""What every lane has of its own: cases, persons, corrections, the log; and answers to findings."""

from domain.hyra.events.bases import HyraFact
from domain.kernel import shapes
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
