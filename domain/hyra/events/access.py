"""Who was let into the home, who entered it all the same, and what was consented to."""

from typing import Annotated

from domain.hyra.events.bases import BeforeLeaseFact, LeaseFact
from domain.hyra.events.codes import (
    AccessPurpose,
    EntryBasis,
    EntryBy,
    EntryConsent,
    Tenants,
)
from domain.kernel.codes import ConsentGiven, ConsentTo, StatedConsequence
from domain.kernel.fact import (
    JOINT,
    NEED,
    ORDINARY,
    kept,
)
from domain.kernel.values import Day, Flag, Reference, Text


class AccessRequested(LeaseFact):
    """The landlord has asked to be let in (26 §)."""

    planned: Annotated[Day | None, kept(34, ORDINARY, JOINT)] = None
    purpose: Annotated[AccessPurpose | None, kept(35, ORDINARY, JOINT, clear=True)] = None
    purpose_text: Annotated[Text | None, kept(36, NEED, JOINT)] = None


class AccessGranted(LeaseFact):
    """Whoever lives there agrees to a visit."""

    access_request: Annotated[Reference | None, kept(34, ORDINARY, JOINT, clear=True)] = None


class AccessRefused(LeaseFact):
    """Whoever lives there does not agree to a visit."""

    access_request: Annotated[Reference | None, kept(34, ORDINARY, JOINT, clear=True)] = None
    reason: Annotated[Text | None, kept(35, NEED, JOINT)] = None


class EntryMade(LeaseFact):
    """Somebody has entered the home on the landlord's behalf."""

    access_request: Annotated[Reference | None, kept(34, ORDINARY, JOINT, clear=True)] = None
    purpose: Annotated[AccessPurpose | None, kept(35, ORDINARY, JOINT, clear=True)] = None
    consent: Annotated[EntryConsent | None, kept(36, ORDINARY, JOINT, clear=True)] = None
    purpose_text: Annotated[Text | None, kept(37, NEED, JOINT)] = None
    entry_basis: Annotated[EntryBasis | None, kept(38, NEED, JOINT)] = None
    entry_basis_text: Annotated[Text | None, kept(39, NEED, JOINT)] = None
    search: Annotated[Flag | None, kept(40, NEED, JOINT)] = None
    entry_by: Annotated[EntryBy | None, kept(41, NEED, JOINT)] = None
    entry_by_text: Annotated[Text | None, kept(42, NEED, JOINT)] = None
    seen: Annotated[Text | None, kept(43, NEED, JOINT)] = None


class ConsentRecorded(BeforeLeaseFact):
    """The person has consented to something. Whether freely is for others to judge."""

    concerns: Annotated[ConsentTo | None, kept(34, ORDINARY, JOINT, clear=True)] = None
    given_when: Annotated[ConsentGiven | None, kept(35, ORDINARY, JOINT, clear=True)] = None
    alternatives_explained: Annotated[Flag | None, kept(36, ORDINARY, JOINT, clear=True)] = None
    concerns_text: Annotated[Text | None, kept(37, NEED, JOINT)] = None
    consequence_stated: Annotated[StatedConsequence | None, kept(38, NEED, JOINT)] = None
    tenants: Annotated[Tenants | None, kept(39, ORDINARY, JOINT)] = None


class ConsentWithdrawn(BeforeLeaseFact):
    """The person has taken a consent back."""

    consent_given: Annotated[Reference | None, kept(34, ORDINARY, JOINT, clear=True)] = None
    concerns: Annotated[ConsentTo | None, kept(35, ORDINARY, JOINT, clear=True)] = None
    concerns_text: Annotated[Text | None, kept(36, NEED, JOINT)] = None
