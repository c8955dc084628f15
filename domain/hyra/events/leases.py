"""The lease: signed, explained, extended; the terms and the security of tenure it came with."""

from typing import Annotated
from uuid import UUID

from domain.hyra.events.bases import BeforeLeaseFact, CaseFact, LeaseFact
from domain.hyra.events.codes import (
    Explained,
    Tenants,
    TenureBasis,
    Term,
    WaiverReason,
)
from domain.kernel.fact import (
    ADDRESS,
    IDENTITY,
    JOINT,
    NEED,
    NOBODY,
    OFFICER,
    ORDINARY,
    THIRD,
    kept,
)
from domain.kernel.values import Count, Day, Flag, Ore, Reference, Text


class LeaseSigned(CaseFact):
    """The sub-lease between nämnd and person has been signed. Never follows from a decision."""

    PERIODS = (("start", "end"),)

    lease_id: Annotated[UUID, kept(32, ORDINARY, JOINT, clear=True)]
    start: Annotated[Day | None, kept(33, ORDINARY, JOINT, clear=True)] = None
    end: Annotated[Day | None, kept(34, ORDINARY, JOINT, clear=True)] = None
    indefinite: Annotated[Flag | None, kept(35, ORDINARY, JOINT, clear=True)] = None
    block_lease: Annotated[Flag | None, kept(36, ORDINARY, JOINT, clear=True)] = None
    provided_by_lease: Annotated[Flag | None, kept(37, ORDINARY, JOINT, clear=True)] = None
    head_landlord_notified: Annotated[Day | None, kept(38, ORDINARY, JOINT, clear=True)] = None
    template_id: Annotated[UUID | None, kept(39, ORDINARY, JOINT, clear=True)] = None
    template_version: Annotated[Count | None, kept(40, ORDINARY, JOINT, clear=True)] = None
    link_clause_id: Annotated[UUID | None, kept(41, ORDINARY, JOINT, clear=True)] = None
    placing_namnd: Annotated[UUID | None, kept(42, ORDINARY, JOINT, clear=True)] = None
    terms: Annotated[tuple[Term, ...] | None, kept(43, NEED, JOINT)] = None
    terms_text: Annotated[Text | None, kept(44, NEED, JOINT)] = None
    head_rent_ore_per_month: Annotated[Ore | None, kept(45, ORDINARY, JOINT)] = None
    sub_rent_ore_per_month: Annotated[Ore | None, kept(46, ORDINARY, JOINT)] = None
    furniture_ore_per_month: Annotated[Ore | None, kept(47, ORDINARY, JOINT)] = None
    tenants: Annotated[Tenants | None, kept(48, ORDINARY, JOINT)] = None
    flat: Annotated[Text | None, kept(49, ADDRESS, JOINT)] = None
    signed_by: Annotated[UUID | None, kept(50, OFFICER, NOBODY)] = None
    flat_id: Annotated[UUID | None, kept(51, ADDRESS, JOINT)] = None
    head_lease_id: Annotated[UUID | None, kept(52, ADDRESS, JOINT)] = None
    home_loss_terms: Annotated[tuple[Term, ...] | None, kept(53, NEED, JOINT)] = None
    """The terms whose breach, by the lease's own words, costs the home."""
    home_loss_text: Annotated[Text | None, kept(54, NEED, JOINT)] = None


class LeaseExtended(LeaseFact):
    """The parties have agreed that the lease goes on (2 och 3 §§)."""

    end: Annotated[Day | None, kept(34, ORDINARY, JOINT, clear=True)] = None
    indefinite: Annotated[Flag | None, kept(35, ORDINARY, JOINT, clear=True)] = None
    sub_rent_ore_per_month: Annotated[Ore | None, kept(36, ORDINARY, JOINT)] = None
    terms: Annotated[tuple[Term, ...] | None, kept(37, NEED, JOINT)] = None
    terms_text: Annotated[Text | None, kept(38, NEED, JOINT)] = None
    signed_by: Annotated[UUID | None, kept(39, OFFICER, NOBODY)] = None


class ConditionsExplained(BeforeLeaseFact):
    """The person has been told what the lease says, and on what it hangs."""

    explained: Annotated[Explained | None, kept(34, ORDINARY, JOINT, clear=True)] = None
    explained_text: Annotated[Text | None, kept(35, NEED, JOINT)] = None
    signed: Annotated[Flag | None, kept(36, ORDINARY, JOINT, clear=True)] = None
    language: Annotated[Text | None, kept(37, IDENTITY, JOINT)] = None
    tenants: Annotated[Tenants | None, kept(38, ORDINARY, JOINT)] = None


class TermWithdrawn(LeaseFact):
    """The nämnd has written that it will not apply terms of the lease."""

    recall_ref: Annotated[Reference | None, kept(34, ORDINARY, JOINT, clear=True)] = None
    terms: Annotated[tuple[Term, ...] | None, kept(35, NEED, JOINT)] = None
    terms_text: Annotated[Text | None, kept(36, NEED, JOINT)] = None


class TenureWaiverAgreed(BeforeLeaseFact):
    """The parties have agreed that the tenant has no right to have the lease extended (45 a §)."""

    separate_doc: Annotated[Flag | None, kept(34, ORDINARY, JOINT, clear=True)] = None
    until: Annotated[Day | None, kept(35, ORDINARY, JOINT, clear=True)] = None
    after_start_and_protected: Annotated[Flag | None, kept(36, ORDINARY, JOINT, clear=True)] = None
    reason: Annotated[WaiverReason | None, kept(37, NEED, JOINT)] = None
    reason_text: Annotated[Text | None, kept(38, NEED, JOINT)] = None
    spouse_in_flat: Annotated[Flag | None, kept(39, THIRD, JOINT)] = None
    spouse_accepted: Annotated[Flag | None, kept(40, THIRD, JOINT)] = None


class WaiverApproved(BeforeLeaseFact):
    """The tribunal has approved the waiver."""

    waiver: Annotated[Reference | None, kept(34, ORDINARY, JOINT, clear=True)] = None
    until: Annotated[Day | None, kept(35, ORDINARY, JOINT, clear=True)] = None
    malnr: Annotated[Text | None, kept(36, ORDINARY, JOINT)] = None


class WaiverRefused(BeforeLeaseFact):
    """The tribunal has not approved the waiver."""

    waiver: Annotated[Reference | None, kept(34, ORDINARY, JOINT, clear=True)] = None
    malnr: Annotated[Text | None, kept(35, ORDINARY, JOINT)] = None
    reason: Annotated[Text | None, kept(36, NEED, JOINT)] = None


class TenureAcquired(LeaseFact):
    """It has been noted that security of tenure has arisen (45 §). Computed, not tried."""

    basis: Annotated[TenureBasis | None, kept(34, ORDINARY, JOINT, clear=True)] = None
    basis_text: Annotated[Text | None, kept(35, NEED, JOINT)] = None
