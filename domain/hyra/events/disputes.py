"""Disputes before tribunal and court, and eviction by Kronofogden."""

from typing import Annotated

from domain.hyra.events.bases import LeaseFact, NoticeOfFact
from domain.hyra.events.codes import (
    EvictionBy,
    EvictionTitle,
    NoticeBy,
    TribunalOutcome,
    TriedBy,
)
from domain.kernel.fact import (
    JOINT,
    NEED,
    ORDINARY,
    kept,
)
from domain.kernel.values import Day, Flag, Reference, Text


class DisputeReferred(NoticeOfFact):
    """A dispute on the lease has been referred to the tribunal (49 §)."""

    referred_by: Annotated[NoticeBy | None, kept(36, NEED, JOINT)] = None
    malnr: Annotated[Text | None, kept(37, ORDINARY, JOINT)] = None


class TribunalDecided(LeaseFact):
    """The dispute on the lease has been decided, or settled."""

    dispute: Annotated[Reference | None, kept(34, ORDINARY, JOINT, clear=True)] = None
    tried_by: Annotated[TriedBy | None, kept(35, ORDINARY, JOINT)] = None
    outcome: Annotated[TribunalOutcome | None, kept(36, ORDINARY, JOINT, clear=True)] = None
    move_order: Annotated[Flag | None, kept(37, ORDINARY, JOINT)] = None
    move_by: Annotated[Day | None, kept(38, ORDINARY, JOINT, clear=True)] = None
    enforceable_at_once: Annotated[Flag | None, kept(39, ORDINARY, JOINT, clear=True)] = None
    respite_until: Annotated[Day | None, kept(40, ORDINARY, JOINT, clear=True)] = None
    tried_by_text: Annotated[Text | None, kept(41, NEED, JOINT)] = None
    outcome_text: Annotated[Text | None, kept(42, NEED, JOINT)] = None
    malnr: Annotated[Text | None, kept(43, ORDINARY, JOINT)] = None


class TribunalAppealed(LeaseFact):
    """Somebody has appealed the tribunal's decision (70-71 §§)."""

    tribunal_decision: Annotated[Reference | None, kept(34, ORDINARY, JOINT, clear=True)] = None
    appealed_by: Annotated[NoticeBy | None, kept(35, NEED, JOINT)] = None
    malnr: Annotated[Text | None, kept(36, ORDINARY, JOINT)] = None


class EvictionApplied(LeaseFact):
    """The landlord has asked Kronofogden to evict."""

    title: Annotated[EvictionTitle | None, kept(34, ORDINARY, JOINT, clear=True)] = None
    title_text: Annotated[Text | None, kept(35, NEED, JOINT)] = None
    malnr: Annotated[Text | None, kept(36, ORDINARY, JOINT)] = None


class EvictionScheduled(LeaseFact):
    """Kronofogden has set a time for the eviction."""

    eviction_day: Annotated[Day | None, kept(34, ORDINARY, JOINT, clear=True)] = None


class EvictionExecuted(LeaseFact):
    """The eviction has been carried out."""

    executed_by: Annotated[EvictionBy | None, kept(34, ORDINARY, JOINT, clear=True)] = None
    executed_by_text: Annotated[Text | None, kept(35, NEED, JOINT)] = None


class EvictionCancelled(LeaseFact):
    """The eviction will not be carried out."""

    reason: Annotated[Text | None, kept(34, NEED, JOINT)] = None
