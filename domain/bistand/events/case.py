"""The case, its applications, investigations and decisions."""

from typing import Annotated, ClassVar
from uuid import UUID

from domain.bistand.events.bases import BistandFact
from domain.bistand.events.codes import (
    Addressee,
    Answer,
    AppealRoute,
    Assessed,
    Basis,
    Channel,
    Condition,
    EndGround,
    Exclusion,
    Forbehall,
    Ground,
    Insats,
    InvestigationOutcome,
    NotifiedAct,
    Reject,
)
from domain.kernel import shapes
from domain.kernel.codes import MissingReference, ServiceMethod
from domain.kernel.fact import (
    IDENTITY,
    JOINT,
    NEED,
    NOBODY,
    OFFICER,
    ORDINARY,
    PARTY,
    THIRD,
    kept,
)
from domain.kernel.values import Count, Day, Flag, Reference, Text
from ledger.codec import Lane


class CaseOpened(shapes.CaseOpened):
    """The case has a decision process from now on. The stream's first event."""

    lane = Lane.BISTAND


class PartyAdded(shapes.PartyAdded):
    """A second person has become party to the decision process."""

    lane = Lane.BISTAND


class PersonRegistered(shapes.PersonRegistered):
    """A person has been entered in the decision side's register of persons."""

    lane = Lane.BISTAND


class ApplicationReceived(BistandFact):
    """An application has come in (19 och 22 §§ FL: occurred is the day of arrival)."""

    channel: Annotated[Channel | None, kept(32, ORDINARY, PARTY, clear=True)] = None
    asks_for: Annotated[tuple[Insats, ...] | None, kept(33, NEED, PARTY)] = None
    text: Annotated[Text | None, kept(34, NEED, PARTY)] = None


class InvestigationOpened(BistandFact):
    """The nämnd has begun to investigate (14 kap. 2 § SoL)."""

    trigger: Annotated[Reference | None, kept(32, ORDINARY, PARTY, clear=True)] = None
    handlaggare: Annotated[UUID | None, kept(33, OFFICER, NOBODY)] = None
    child_investigation: Annotated[Flag | None, kept(34, NEED, PARTY)] = None


class InvestigationClosed(BistandFact):
    """An investigation has ended."""

    investigation: Annotated[Reference | None, kept(32, ORDINARY, PARTY, clear=True)] = None
    outcome: Annotated[InvestigationOutcome, kept(33, ORDINARY, PARTY, clear=True)]
    reason: Annotated[Text | None, kept(34, NEED, PARTY)] = None


class DecisionGranted(BistandFact):
    """An application has been granted, wholly or in part (31-32 §§ FL)."""

    PERIODS = (("start", "end"),)

    decision_id: Annotated[UUID, kept(32, ORDINARY, PARTY, clear=True)]
    basis: Annotated[Basis | None, kept(33, ORDINARY, PARTY, clear=True)] = None
    basis_text: Annotated[Text | None, kept(34, NEED, PARTY)] = None
    insats: Annotated[Insats | None, kept(35, ORDINARY, PARTY, clear=True)] = None
    insats_text: Annotated[Text | None, kept(36, NEED, PARTY)] = None
    start: Annotated[Day | None, kept(37, ORDINARY, PARTY, clear=True)] = None
    end: Annotated[Day | None, kept(38, ORDINARY, PARTY, clear=True)] = None
    until_further_notice: Annotated[Flag | None, kept(39, ORDINARY, PARTY, clear=True)] = None
    full_grant: Annotated[Flag | None, kept(40, ORDINARY, PARTY, clear=True)] = None
    grounds: Annotated[tuple[Ground, ...] | None, kept(41, NEED, PARTY)] = None
    grounds_text: Annotated[Text | None, kept(42, NEED, PARTY)] = None
    reject: Annotated[tuple[Reject, ...] | None, kept(43, NEED, PARTY)] = None
    reject_text: Annotated[Text | None, kept(44, NEED, PARTY)] = None
    assessment: Annotated[dict[Assessed, Answer] | None, kept(45, NEED, PARTY)] = None
    conditions: Annotated[tuple[Condition, ...] | None, kept(46, NEED, PARTY)] = None
    conditions_text: Annotated[Text | None, kept(47, NEED, PARTY)] = None
    exclusion: Annotated[Exclusion | None, kept(48, NEED, PARTY)] = None
    forbehall: Annotated[tuple[Forbehall, ...] | None, kept(49, NEED, PARTY)] = None
    forbehall_text: Annotated[Text | None, kept(50, NEED, PARTY)] = None
    reasons_provisions: Annotated[Text | None, kept(51, NEED, PARTY)] = None
    reasons_facts: Annotated[Text | None, kept(52, NEED, PARTY)] = None
    children_in_household: Annotated[Count | None, kept(53, NEED, PARTY)] = None
    decided_by: Annotated[UUID | None, kept(54, OFFICER, NOBODY)] = None
    foredragande: Annotated[UUID | None, kept(55, OFFICER, NOBODY)] = None


class DecisionNotified(BistandFact):
    """One person has been notified of a decision or its end (33-34 §§ FL). One for each party."""

    REFERENCES: ClassVar = {"decision_id": "decision_missing"}

    decision_id: Annotated[UUID | None, kept(32, ORDINARY, JOINT, clear=True)] = None
    decision_missing: Annotated[MissingReference | None, kept(33, ORDINARY, JOINT, clear=True)] = (
        None
    )
    act: Annotated[NotifiedAct | None, kept(34, ORDINARY, JOINT, clear=True)] = None
    fick_del: Annotated[Day | None, kept(35, ORDINARY, JOINT, clear=True)] = None
    method: Annotated[ServiceMethod | None, kept(36, ORDINARY, JOINT, clear=True)] = None
    method_text: Annotated[Text | None, kept(37, IDENTITY, JOINT)] = None
    appeal_info: Annotated[AppealRoute | None, kept(38, ORDINARY, JOINT, clear=True)] = None
    to: Annotated[Addressee | None, kept(39, IDENTITY, JOINT)] = None
    language: Annotated[Text | None, kept(40, IDENTITY, JOINT)] = None
    interpreter: Annotated[Flag | None, kept(41, IDENTITY, JOINT)] = None
    representative: Annotated[Text | None, kept(42, THIRD, JOINT)] = None
    decider_name_withheld: Annotated[Flag | None, kept(43, OFFICER, NOBODY)] = None


class BiståndEnded(BistandFact):
    """A decision has been brought to an end, or has run out. Says nothing of any tenancy."""

    REFERENCES: ClassVar = {"decision_id": "decision_missing"}

    decision_id: Annotated[UUID | None, kept(32, ORDINARY, PARTY, clear=True)] = None
    decision_missing: Annotated[MissingReference | None, kept(33, ORDINARY, PARTY, clear=True)] = (
        None
    )
    effective: Annotated[Day | None, kept(34, ORDINARY, PARTY, clear=True)] = None
    ground: Annotated[EndGround | None, kept(35, NEED, PARTY)] = None
    ground_text: Annotated[Text | None, kept(36, NEED, PARTY)] = None
    facts: Annotated[Text | None, kept(37, NEED, PARTY)] = None
    reasons_provisions: Annotated[Text | None, kept(38, NEED, PARTY)] = None
    reasons_facts: Annotated[Text | None, kept(39, NEED, PARTY)] = None
    remaining_need: Annotated[Flag | None, kept(40, NEED, PARTY)] = None
    decided_by: Annotated[UUID | None, kept(41, OFFICER, NOBODY)] = None


class CaseClosed(BistandFact):
    """The decision process has been closed. The years until gallring run from its last note."""

    last_note: Annotated[Day | None, kept(32, ORDINARY, NOBODY, clear=True)] = None


class DocumentFiled(shapes.DocumentFiled):
    """A paper has been filed in the decision process."""

    lane = Lane.BISTAND


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
