"""How a decision is carried out: support, plans, the dwelling without a lease, follow-up, debts."""

from typing import Annotated
from uuid import UUID

from domain.bistand.events.bases import AboutDecisionFact, CaseFact
from domain.bistand.events.codes import FollowUpMethod, Insats, KeysBy, PlanKind
from domain.kernel.codes import OneOfTheParties
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


class SupportOffered(AboutDecisionFact):
    """Support in the home has been offered, with or before a decision on it."""

    start: Annotated[Day | None, kept(34, ORDINARY, PARTY, clear=True)] = None
    text: Annotated[Text | None, kept(35, NEED, PARTY)] = None


class SupportDeclined(AboutDecisionFact):
    """The person does not want the support. Ends no decision."""

    support_offer: Annotated[Reference | None, kept(34, ORDINARY, PARTY, clear=True)] = None
    reason: Annotated[Text | None, kept(35, NEED, JOINT)] = None
    of_party: Annotated[OneOfTheParties | None, kept(36, IDENTITY, JOINT)] = None


class SupportStarted(AboutDecisionFact):
    """The support has begun."""


class PlanAgreed(AboutDecisionFact):
    """A plan of how support is given has been agreed: genomförandeplan, SIP.

    Which kind is sealed: a plan joint with the region tells of health. It is no condition of any
    decision.
    """

    plan_version: Annotated[Count | None, kept(34, ORDINARY, PARTY, clear=True)] = None
    kind: Annotated[PlanKind | None, kept(35, NEED, PARTY)] = None
    kind_text: Annotated[Text | None, kept(36, NEED, PARTY)] = None
    plan: Annotated[Text | None, kept(37, NEED, PARTY)] = None
    plan_parties: Annotated[Text | None, kept(38, THIRD, JOINT)] = None


class ExecutionStarted(AboutDecisionFact):
    """The decision has begun to be carried out, or is carried out again."""

    insats: Annotated[Insats | None, kept(34, ORDINARY, PARTY, clear=True)] = None
    insats_text: Annotated[Text | None, kept(35, NEED, PARTY)] = None


class ExecutionInterrupted(AboutDecisionFact):
    """The decision is no longer carried out. It still stands (34 kap. 1 § st. 2 SoL)."""

    insats: Annotated[Insats | None, kept(34, ORDINARY, PARTY, clear=True)] = None
    insats_text: Annotated[Text | None, kept(35, NEED, PARTY)] = None
    reason: Annotated[Text | None, kept(36, NEED, PARTY)] = None


class NonExecutionReported(AboutDecisionFact):
    """It has been reported to IVO that a decision is not carried out (34 kap. 1 § SoL).

    `since` is the day of the decision, or of the interruption.
    """

    since: Annotated[Day | None, kept(34, ORDINARY, PARTY, clear=True)] = None
    insats: Annotated[Insats | None, kept(35, ORDINARY, PARTY, clear=True)] = None
    insats_text: Annotated[Text | None, kept(36, NEED, PARTY)] = None
    reason: Annotated[Text | None, kept(37, NEED, PARTY)] = None
    person_asked_for_delay: Annotated[Flag | None, kept(38, NEED, PARTY)] = None


class ExecutionReported(AboutDecisionFact):
    """It has been reported to IVO that a decision is carried out after all (34 kap. 2 § SoL)."""

    executed_on: Annotated[Day | None, kept(34, ORDINARY, PARTY, clear=True)] = None
    insats: Annotated[Insats | None, kept(35, ORDINARY, PARTY, clear=True)] = None
    insats_text: Annotated[Text | None, kept(36, NEED, PARTY)] = None
    reason: Annotated[Text | None, kept(37, NEED, PARTY)] = None


class OccupancyStarted(AboutDecisionFact):
    """The person lives in a dwelling by the decision alone. No tenancy (JO 416-2016)."""

    provided_by_lease: Annotated[Flag | None, kept(34, ORDINARY, PARTY, clear=True)] = None
    info_no_tenancy_given: Annotated[Flag | None, kept(35, ORDINARY, PARTY, clear=True)] = None
    flat: Annotated[Text | None, kept(36, ADDRESS, PARTY)] = None


class OccupancyEnded(AboutDecisionFact):
    """The person has left a dwelling that was had by the decision alone."""

    keys_by: Annotated[KeysBy | None, kept(34, ORDINARY, PARTY, clear=True)] = None
    keys_by_text: Annotated[Text | None, kept(35, NEED, PARTY)] = None
    flat: Annotated[Text | None, kept(36, ADDRESS, PARTY)] = None


class FollowUpDone(CaseFact):
    """How it goes has been followed up (5 kap. 2 § och 10 kap. 3 § SoL)."""

    method: Annotated[FollowUpMethod | None, kept(32, ORDINARY, PARTY, clear=True)] = None
    method_text: Annotated[Text | None, kept(33, NEED, PARTY)] = None
    party_present: Annotated[Flag | None, kept(34, ORDINARY, PARTY, clear=True)] = None
    checkpoint: Annotated[Flag | None, kept(35, ORDINARY, PARTY, clear=True)] = None
    text: Annotated[Text | None, kept(36, NEED, PARTY)] = None


class PaymentUndertakingGiven(CaseFact):
    """The socialnämnd has undertaken to pay the rent (44 § st. 4 12 kap. JB)."""

    PERIODS = (("start", "end"),)

    received_notice: Annotated[Reference | None, kept(32, ORDINARY, PARTY, clear=True)] = None
    sent_to_landlord: Annotated[Day | None, kept(33, ORDINARY, PARTY, clear=True)] = None
    copy_to_person: Annotated[Flag | None, kept(34, ORDINARY, PARTY, clear=True)] = None
    start: Annotated[Day | None, kept(35, NEED, PARTY)] = None
    end: Annotated[Day | None, kept(36, NEED, PARTY)] = None
    handlaggare: Annotated[UUID | None, kept(37, OFFICER, NOBODY)] = None


class EvictionNoticeConfirmed(CaseFact):
    """It has been confirmed to KFM that its message on an eviction has come (11 kap. 3 § SoF)."""

    received_notice: Annotated[Reference | None, kept(32, ORDINARY, PARTY, clear=True)] = None
    received: Annotated[Day | None, kept(33, ORDINARY, PARTY, clear=True)] = None
    copy_to_person: Annotated[Flag | None, kept(34, ORDINARY, PARTY, clear=True)] = None
    handlaggare: Annotated[UUID | None, kept(35, OFFICER, NOBODY)] = None
