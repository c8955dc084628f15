"""The case itself: what starts it, who is in it, what is noted in it, how it closes."""

from typing import Annotated

from domain.bistand.events.bases import BistandFact, CaseFact
from domain.bistand.events.codes import (
    Channel,
    Insats,
    NoticeFrom,
    NoticeKind,
    StayKind,
)
from domain.kernel import shapes
from domain.kernel.codes import OneOfTheParties
from domain.kernel.fact import (
    IDENTITY,
    JOINT,
    NEED,
    NOBODY,
    ORDINARY,
    PARTY,
    THIRD,
    kept,
)
from domain.kernel.values import Day, Flag, Reference, Text
from ledger.codec import Lane


class CaseOpened(shapes.CaseOpened):
    """The case has a decision process from now on. The stream's first event."""

    lane = Lane.BISTAND


class PartyAdded(shapes.PartyAdded):
    """A second person has become party to the decision process."""

    lane = Lane.BISTAND

    own_appeal_clock: Annotated[Flag | None, kept(34, ORDINARY, NOBODY, clear=True)] = None
    """Whether the time to appeal is counted for this party separately (33 och 44 §§ FL)."""


class PartyLeft(shapes.PartyLeft):
    """One of a couple is party to the decision process no longer."""

    lane = Lane.BISTAND


class PersonRegistered(shapes.PersonRegistered):
    """A person has been entered in the decision side's register of persons."""

    lane = Lane.BISTAND


class PersonDetailsChanged(shapes.PersonDetailsChanged):
    """A person in the decision side's register has other details from now on."""

    lane = Lane.BISTAND


class PersonsMerged(shapes.PersonsMerged):
    """Two entries in the decision side's register are one person."""

    lane = Lane.BISTAND


class PersonsUnmerged(shapes.PersonsUnmerged):
    """Two entries in the decision side's register are two persons after all."""

    lane = Lane.BISTAND


class ApplicationReceived(CaseFact):
    """An application has come in (19 och 22 §§ FL: occurred is the day of arrival)."""

    channel: Annotated[Channel | None, kept(32, ORDINARY, PARTY, clear=True)] = None
    asks_for: Annotated[tuple[Insats, ...] | None, kept(33, NEED, PARTY)] = None
    text: Annotated[Text | None, kept(34, NEED, PARTY)] = None
    asks_for_text: Annotated[Text | None, kept(35, NEED, PARTY)] = None


class ApplicationWithdrawn(CaseFact):
    """The party has taken an application back. Ends no decision that has been made."""

    application: Annotated[Reference | None, kept(32, ORDINARY, PARTY, clear=True)] = None
    reason: Annotated[Text | None, kept(33, NEED, PARTY)] = None


class InformationReceived(CaseFact):
    """Somebody has told the nämnd something that may call for an investigation (14 kap. 2 § SoL).

    An allegation. Who told it is a third party's data, also where it is the party's own word.
    """

    channel: Annotated[Channel | None, kept(32, ORDINARY, PARTY, clear=True)] = None
    text: Annotated[Text | None, kept(33, NEED, PARTY)] = None
    informant: Annotated[Text | None, kept(34, THIRD, JOINT)] = None


class NoticeReceived(CaseFact):
    """The socialnämnd has been told that a tenancy is in danger (25 a, 42 och 44 §§ 12 kap. JB).

    Another act than the landlord's own, which lies in the tenancy process. Sealed: it tells of
    debts or disturbances.
    """

    notice_from: Annotated[NoticeFrom | None, kept(32, NEED, PARTY)] = None
    notice_from_text: Annotated[Text | None, kept(33, NEED, PARTY)] = None
    kind: Annotated[NoticeKind | None, kept(34, NEED, PARTY)] = None
    kind_text: Annotated[Text | None, kept(35, NEED, PARTY)] = None
    eviction_day: Annotated[Day | None, kept(36, NEED, PARTY)] = None
    text: Annotated[Text | None, kept(37, NEED, PARTY)] = None


class PartyDisputedEntry(CaseFact):
    """A party holds that an entry is not right (14 kap. 6 § SoL)."""

    entry: Annotated[Reference | None, kept(32, ORDINARY, PARTY, clear=True)] = None
    text: Annotated[Text | None, kept(33, NEED, JOINT)] = None
    of_party: Annotated[OneOfTheParties | None, kept(34, IDENTITY, JOINT)] = None


class PartyNoteEntered(CaseFact):
    """It has been noted what the party objects to. Entered at once and by one officer alone."""

    entry: Annotated[Reference | None, kept(32, ORDINARY, PARTY, clear=True)] = None
    objection: Annotated[Reference | None, kept(33, ORDINARY, PARTY, clear=True)] = None
    text: Annotated[Text | None, kept(34, NEED, JOINT)] = None


class JournalNoteEntered(CaseFact):
    """What happened has been written down in the journal (14 kap. 3 § SoL)."""

    text: Annotated[Text | None, kept(32, NEED, PARTY)] = None


class PersonDied(CaseFact, shapes.PersonDied):
    """A party has died, as whoever decides has learned."""


class StayElsewhereReported(CaseFact):
    """A party stays somewhere else for a time: häkte, anstalt, sjukhus.

    The type's name tells nothing of it, and all its fields are sealed.
    """

    PERIODS = (("start", "end"),)

    kind: Annotated[StayKind | None, kept(32, NEED, JOINT)] = None
    kind_text: Annotated[Text | None, kept(33, NEED, JOINT)] = None
    start: Annotated[Day | None, kept(34, NEED, JOINT)] = None
    end: Annotated[Day | None, kept(35, NEED, JOINT)] = None
    of_party: Annotated[OneOfTheParties | None, kept(36, IDENTITY, JOINT)] = None


class CaseClosed(CaseFact):
    """The decision process has been closed. The years until gallring run from its last note."""

    last_note: Annotated[Day | None, kept(32, ORDINARY, NOBODY, clear=True)] = None


class DocumentFiled(shapes.DocumentFiled):
    """A paper has been filed in the decision process."""

    lane = Lane.BISTAND


class FindingAssessed(BistandFact, shapes.FindingAssessed):
    """A finding about the decision process has been answered."""


class CorrectionApproved(shapes.CorrectionApproved):
    """A second officer has approved a correction or a mark of error in the decision process."""

    lane = Lane.BISTAND


class EntryMarkedErroneous(shapes.EntryMarkedErroneous):
    """An officer says that an entry of the decision process should not count."""

    lane = Lane.BISTAND


class HolderChanged(shapes.HolderChanged):
    """Another nämnd holds the stream from now on."""

    lane = Lane.BISTAND


class EpochOpened(shapes.EpochOpened):
    """The lane's log was opened."""

    lane = Lane.BISTAND


class HeadsRecorded(shapes.HeadsRecorded):
    """How far every stream of the lane had come."""

    lane = Lane.BISTAND
