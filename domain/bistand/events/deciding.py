"""What was decided, told to the parties, put right, changed and ended."""

from typing import Annotated, ClassVar
from uuid import UUID

from domain.bistand.events.bases import AboutDecisionFact, CaseFact
from domain.bistand.events.codes import (
    Addressee,
    Answer,
    AppealRoute,
    Assessed,
    Basis,
    Condition,
    CorrectedPart,
    EndGround,
    Exclusion,
    Forbehall,
    Ground,
    Insats,
    NotifiedAct,
    Reject,
)
from domain.kernel.codes import MissingReference, Organ, ServiceMethod
from domain.kernel.fact import (
    ADDRESS,
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


class DecisionFact(CaseFact):
    """A decision on an application, whichever way (31-32 §§ FL)."""

    decision_id: Annotated[UUID, kept(32, ORDINARY, PARTY, clear=True)]
    basis: Annotated[Basis | None, kept(33, ORDINARY, PARTY, clear=True)] = None
    basis_text: Annotated[Text | None, kept(34, NEED, PARTY)] = None
    insats: Annotated[Insats | None, kept(35, ORDINARY, PARTY, clear=True)] = None
    insats_text: Annotated[Text | None, kept(36, NEED, PARTY)] = None
    grounds: Annotated[tuple[Ground, ...] | None, kept(41, NEED, PARTY)] = None
    grounds_text: Annotated[Text | None, kept(42, NEED, PARTY)] = None
    reject: Annotated[tuple[Reject, ...] | None, kept(43, NEED, PARTY)] = None
    reject_text: Annotated[Text | None, kept(44, NEED, PARTY)] = None
    assessment: Annotated[dict[Assessed, Answer] | None, kept(45, NEED, PARTY)] = None
    exclusion: Annotated[Exclusion | None, kept(48, NEED, PARTY)] = None
    reasons_provisions: Annotated[Text | None, kept(51, NEED, PARTY)] = None
    reasons_facts: Annotated[Text | None, kept(52, NEED, PARTY)] = None
    children_in_household: Annotated[Count | None, kept(53, NEED, PARTY)] = None
    decided_by: Annotated[UUID | None, kept(54, OFFICER, NOBODY)] = None
    foredragande: Annotated[UUID | None, kept(55, OFFICER, NOBODY)] = None
    organ: Annotated[Organ | None, kept(56, ORDINARY, PARTY, clear=True)] = None
    organ_text: Annotated[Text | None, kept(57, NEED, PARTY)] = None


class GrantFact(DecisionFact):
    """A decision that grants something."""

    PERIODS = (("start", "end"),)

    start: Annotated[Day | None, kept(37, ORDINARY, PARTY, clear=True)] = None
    end: Annotated[Day | None, kept(38, ORDINARY, PARTY, clear=True)] = None
    until_further_notice: Annotated[Flag | None, kept(39, ORDINARY, PARTY, clear=True)] = None
    conditions: Annotated[tuple[Condition, ...] | None, kept(46, NEED, PARTY)] = None
    conditions_text: Annotated[Text | None, kept(47, NEED, PARTY)] = None
    forbehall: Annotated[tuple[Forbehall, ...] | None, kept(49, NEED, PARTY)] = None
    forbehall_text: Annotated[Text | None, kept(50, NEED, PARTY)] = None


class DecisionGranted(GrantFact):
    """An application has been granted, wholly or in part.

    Where the source does not tell a grant in part by itself, `full_grant` does.
    """

    full_grant: Annotated[Flag | None, kept(40, ORDINARY, PARTY, clear=True)] = None


class DecisionPartiallyGranted(GrantFact):
    """An application has been granted in part and refused in part (delavslag)."""


class DecisionRejected(DecisionFact):
    """An application has been refused. The provision and insats are those applied for."""


class DelegatedDecisionReported(AboutDecisionFact):
    """A decision by delegation has been reported to the nämnd (7 kap. 8 § och 6 kap. 40 § KL).

    The meeting and its minutes are events of the process of the organisation.
    """

    meeting: Annotated[Reference | None, kept(34, ORDINARY, NOBODY, clear=True)] = None
    meeting_day: Annotated[Day | None, kept(35, ORDINARY, NOBODY, clear=True)] = None
    separate_protocol: Annotated[Flag | None, kept(36, ORDINARY, NOBODY, clear=True)] = None


class DecisionNotified(CaseFact):
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
    to_text: Annotated[Text | None, kept(44, IDENTITY, JOINT)] = None


class DecisionCorrected(AboutDecisionFact):
    """An obvious slip in a decision has been put right (36 § FL). No correction of an entry."""

    corrected_part: Annotated[CorrectedPart | None, kept(34, ORDINARY, PARTY, clear=True)] = None
    corrected_part_text: Annotated[Text | None, kept(35, NEED, PARTY)] = None
    wording_before: Annotated[Text | None, kept(36, NEED, PARTY)] = None
    wording_after: Annotated[Text | None, kept(37, NEED, PARTY)] = None


class DecisionChanged(AboutDecisionFact):
    """A decision has been changed and goes on (14 kap. 9 § SoL; 37-38 §§ FL).

    `end` and `until_further_notice` are the new ones; null where the time is as it was.
    """

    effective: Annotated[Day | None, kept(34, ORDINARY, PARTY, clear=True)] = None
    end: Annotated[Day | None, kept(35, ORDINARY, PARTY, clear=True)] = None
    until_further_notice: Annotated[Flag | None, kept(36, ORDINARY, PARTY, clear=True)] = None
    ground: Annotated[EndGround | None, kept(37, NEED, PARTY)] = None
    ground_text: Annotated[Text | None, kept(38, NEED, PARTY)] = None
    text: Annotated[Text | None, kept(39, NEED, PARTY)] = None
    to_detriment: Annotated[Flag | None, kept(40, NEED, PARTY)] = None
    facts: Annotated[Text | None, kept(41, NEED, PARTY)] = None
    reasons_provisions: Annotated[Text | None, kept(42, NEED, PARTY)] = None
    reasons_facts: Annotated[Text | None, kept(43, NEED, PARTY)] = None
    remaining_need: Annotated[Flag | None, kept(44, NEED, PARTY)] = None
    decided_by: Annotated[UUID | None, kept(45, OFFICER, NOBODY)] = None
    organ: Annotated[Organ | None, kept(46, ORDINARY, PARTY, clear=True)] = None
    organ_text: Annotated[Text | None, kept(47, NEED, PARTY)] = None


class BiståndEnded(AboutDecisionFact):
    """A decision has been brought to an end, or has run out. Says nothing of any tenancy."""

    effective: Annotated[Day | None, kept(34, ORDINARY, PARTY, clear=True)] = None
    ground: Annotated[EndGround | None, kept(35, NEED, PARTY)] = None
    ground_text: Annotated[Text | None, kept(36, NEED, PARTY)] = None
    facts: Annotated[Text | None, kept(37, NEED, PARTY)] = None
    reasons_provisions: Annotated[Text | None, kept(38, NEED, PARTY)] = None
    reasons_facts: Annotated[Text | None, kept(39, NEED, PARTY)] = None
    remaining_need: Annotated[Flag | None, kept(40, NEED, PARTY)] = None
    decided_by: Annotated[UUID | None, kept(41, OFFICER, NOBODY)] = None
    organ: Annotated[Organ | None, kept(42, ORDINARY, PARTY, clear=True)] = None
    organ_text: Annotated[Text | None, kept(43, NEED, PARTY)] = None


class SocialjourDecisionMade(CaseFact):
    """The night duty has decided in an urgent matter (30 kap. 1 § SoL; 7 kap. 5 § KL)."""

    insats: Annotated[Insats | None, kept(32, ORDINARY, PARTY, clear=True)] = None
    until: Annotated[Day | None, kept(33, ORDINARY, PARTY, clear=True)] = None
    insats_text: Annotated[Text | None, kept(34, NEED, PARTY)] = None
    reasons_facts: Annotated[Text | None, kept(35, NEED, PARTY)] = None
    other_namnd: Annotated[UUID | None, kept(36, ADDRESS, PARTY)] = None
    decided_by: Annotated[UUID | None, kept(37, OFFICER, NOBODY)] = None


class SocialjourHandedOver(CaseFact):
    """The night duty has handed the matter over to the nämnd that is responsible for it."""

    socialjour_decision: Annotated[Reference | None, kept(32, ORDINARY, PARTY, clear=True)] = None
    other_namnd: Annotated[UUID | None, kept(33, ADDRESS, PARTY)] = None
