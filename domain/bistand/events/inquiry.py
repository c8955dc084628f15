"""From the first look to the decision: who investigates, who is heard, what was weighed."""

from collections.abc import Mapping
from typing import Annotated, ClassVar
from uuid import UUID

from domain.bistand.events.bases import CaseFact
from domain.bistand.events.codes import (
    AssessmentKind,
    AssistanceKind,
    CommunicationException,
    HeardBy,
    InvestigationOutcome,
    JavGround,
    JavOutcome,
    Phase,
)
from domain.kernel import shapes
from domain.kernel.codes import (
    ConsentGiven,
    ConsentTo,
    OneOfTheParties,
    SecrecyGround,
    StatedConsequence,
)
from domain.kernel.fact import (
    ADDRESS,
    IDENTITY,
    JOINT,
    NAMED,
    NEED,
    NOBODY,
    OFFICER,
    ORDINARY,
    PARTY,
    THIRD,
    kept,
)
from domain.kernel.values import Day, Flag, Reference, Text


class InvestigationOpened(CaseFact):
    """The nämnd has begun to investigate (14 kap. 2 § SoL)."""

    trigger: Annotated[Reference | None, kept(32, ORDINARY, PARTY, clear=True)] = None
    handlaggare: Annotated[UUID | None, kept(33, OFFICER, NOBODY)] = None
    child_investigation: Annotated[Flag | None, kept(34, NEED, PARTY)] = None


class InvestigationNotOpened(CaseFact):
    """The nämnd has decided not to investigate what came in, and why (14 kap. 2 § SoL)."""

    trigger: Annotated[Reference | None, kept(32, ORDINARY, PARTY, clear=True)] = None
    handlaggare: Annotated[UUID | None, kept(33, OFFICER, NOBODY)] = None
    reason: Annotated[Text | None, kept(34, NEED, PARTY)] = None


class InvestigationClosed(CaseFact):
    """An investigation has ended."""

    investigation: Annotated[Reference | None, kept(32, ORDINARY, PARTY, clear=True)] = None
    outcome: Annotated[InvestigationOutcome, kept(33, ORDINARY, PARTY, clear=True)]
    reason: Annotated[Text | None, kept(34, NEED, PARTY)] = None
    outcome_text: Annotated[Text | None, kept(35, NEED, PARTY)] = None


class JävDeclared(CaseFact):
    """It has been tried whether an officer or a member may be partial (16-18 §§ FL; 7 kap. 4 § KL).

    Which of the two laws counts follows from the decision's provision.
    """

    outcome: Annotated[JavOutcome | None, kept(32, ORDINARY, NOBODY, clear=True)] = None
    outcome_text: Annotated[Text | None, kept(33, OFFICER, NOBODY)] = None
    officer: Annotated[UUID | None, kept(34, OFFICER, NOBODY)] = None
    jav_ground: Annotated[JavGround | None, kept(35, OFFICER, NOBODY)] = None
    jav_ground_text: Annotated[Text | None, kept(36, OFFICER, NOBODY)] = None


class ResponsibilityChecked(CaseFact):
    """It has been tried which nämnd, of which municipality, is responsible (29 kap. SoL).

    Sealed as an address: a nämnd of a district tells where somebody lives.
    """

    responsible_namnd: Annotated[UUID | None, kept(32, ADDRESS, PARTY)] = None
    responsible_municipality: Annotated[Text | None, kept(33, ADDRESS, PARTY)] = None


class ConsentRecorded(CaseFact):
    """The person has consented to something. Whether freely is for others to judge."""

    concerns: Annotated[ConsentTo | None, kept(32, ORDINARY, PARTY, clear=True)] = None
    given_when: Annotated[ConsentGiven | None, kept(33, ORDINARY, PARTY, clear=True)] = None
    alternatives_explained: Annotated[Flag | None, kept(34, ORDINARY, PARTY, clear=True)] = None
    concerns_text: Annotated[Text | None, kept(35, NEED, PARTY)] = None
    consequence_stated: Annotated[StatedConsequence | None, kept(36, NEED, PARTY)] = None
    of_party: Annotated[OneOfTheParties | None, kept(37, IDENTITY, JOINT)] = None


class ConsentWithdrawn(CaseFact):
    """The person has taken a consent back."""

    consent_given: Annotated[Reference | None, kept(32, ORDINARY, PARTY, clear=True)] = None
    concerns: Annotated[ConsentTo | None, kept(33, ORDINARY, PARTY, clear=True)] = None
    concerns_text: Annotated[Text | None, kept(34, NEED, PARTY)] = None


class InformationObtained(CaseFact):
    """The nämnd has been given information by somebody else (15 kap. SoL; OSL)."""

    ground: Annotated[SecrecyGround | None, kept(32, ORDINARY, PARTY, clear=True)] = None
    consent_given: Annotated[Reference | None, kept(33, ORDINARY, PARTY, clear=True)] = None
    ground_text: Annotated[Text | None, kept(34, NEED, PARTY)] = None
    text: Annotated[Text | None, kept(35, NEED, PARTY)] = None
    obtained_from: Annotated[Text | None, kept(36, THIRD, JOINT)] = None
    provision: Annotated[Text | None, kept(37, NEED, PARTY)] = None
    """Which duty to tell, where that was the ground (10 kap. 28 § OSL)."""


class AlternativesExplained(CaseFact):
    """The person has been told what there is to choose between, and what consent is for."""

    concerns: Annotated[ConsentTo | None, kept(32, ORDINARY, PARTY, clear=True)] = None
    concerns_text: Annotated[Text | None, kept(33, NEED, PARTY)] = None
    text: Annotated[Text | None, kept(34, NEED, PARTY)] = None


class AssessmentRecorded(CaseFact):
    """Something has been assessed for one named person before an act, such as barnets bästa.

    One for each child (3 kap. 1-4 §§ SoL; 1 kap. 2 § SoL 2001:453). The type's name does not tell
    that there are children, and all its fields are sealed, with that person's key.
    """

    NAMES: ClassVar[Mapping[int, str]] = {NAMED: "assessed_person"}

    assessed_person: Annotated[UUID, kept(32, IDENTITY, NAMED)]
    name: Annotated[Text | None, kept(33, IDENTITY, NAMED)] = None
    kind: Annotated[AssessmentKind | None, kept(34, NEED, NAMED)] = None
    kind_text: Annotated[Text | None, kept(35, NEED, NAMED)] = None
    phase: Annotated[Phase | None, kept(36, NEED, NAMED)] = None
    phase_text: Annotated[Text | None, kept(37, NEED, NAMED)] = None
    concerned_event: Annotated[Reference | None, kept(38, NEED, NAMED)] = None
    heard: Annotated[Flag | None, kept(39, NEED, NAMED)] = None
    heard_how: Annotated[Text | None, kept(40, NEED, NAMED)] = None
    text: Annotated[Text | None, kept(41, NEED, NAMED)] = None


class CommunicationSent(CaseFact):
    """The party has been given the material to answer, or it was said why not (25 § FL)."""

    answer_by: Annotated[Day | None, kept(32, ORDINARY, PARTY, clear=True)] = None
    oral_right_informed: Annotated[Flag | None, kept(33, ORDINARY, PARTY, clear=True)] = None
    exception: Annotated[CommunicationException | None, kept(34, ORDINARY, PARTY, clear=True)] = (
        None
    )
    exception_text: Annotated[Text | None, kept(35, NEED, PARTY)] = None
    reason: Annotated[Text | None, kept(36, NEED, PARTY)] = None
    material: Annotated[Text | None, kept(37, NEED, PARTY)] = None
    of_party: Annotated[OneOfTheParties | None, kept(38, IDENTITY, JOINT)] = None


class PartyResponded(CaseFact):
    """The party has answered what was sent."""

    communication: Annotated[Reference | None, kept(32, ORDINARY, PARTY, clear=True)] = None
    text: Annotated[Text | None, kept(33, NEED, JOINT)] = None
    of_party: Annotated[OneOfTheParties | None, kept(34, IDENTITY, JOINT)] = None


class OralHearingRequested(CaseFact):
    """The party wants to speak before whoever decides (14 kap. 8 § SoL; 24 § FL)."""

    before: Annotated[HeardBy | None, kept(32, ORDINARY, PARTY, clear=True)] = None
    before_text: Annotated[Text | None, kept(33, NEED, PARTY)] = None
    of_party: Annotated[OneOfTheParties | None, kept(34, IDENTITY, JOINT)] = None


class OralHearingHeld(CaseFact):
    """The party has spoken before whoever decides."""

    before: Annotated[HeardBy | None, kept(32, ORDINARY, PARTY, clear=True)] = None
    before_text: Annotated[Text | None, kept(33, NEED, PARTY)] = None
    hearing_request: Annotated[Reference | None, kept(34, ORDINARY, PARTY, clear=True)] = None
    text: Annotated[Text | None, kept(35, NEED, JOINT)] = None
    of_party: Annotated[OneOfTheParties | None, kept(36, IDENTITY, JOINT)] = None


class DelayNotified(CaseFact):
    """The party has been told that the case is much delayed, and why (11 § FL)."""

    reason: Annotated[Text | None, kept(32, NEED, PARTY)] = None


class DecisionDemanded(CaseFact):
    """The party demands a decision after six months (12 § FL). Occurred is the day it came in."""

    written: Annotated[Flag | None, kept(32, ORDINARY, PARTY, clear=True)] = None
    application: Annotated[Reference | None, kept(33, ORDINARY, PARTY, clear=True)] = None
    of_party: Annotated[OneOfTheParties | None, kept(34, IDENTITY, JOINT)] = None


class DemandRejected(CaseFact):
    """The nämnd has refused to decide now (12 § FL). It can be appealed by itself."""

    decision_demand: Annotated[Reference | None, kept(32, ORDINARY, PARTY, clear=True)] = None
    reason: Annotated[Text | None, kept(33, NEED, PARTY)] = None
    decided_by: Annotated[UUID | None, kept(34, OFFICER, NOBODY)] = None


class RepresentativeRegistered(CaseFact, shapes.RepresentativeRegistered):
    """Somebody speaks for a party before whoever decides."""


class RepresentativeEnded(CaseFact, shapes.RepresentativeEnded):
    """Somebody speaks for a party before whoever decides no longer."""


class AssistanceRecorded(CaseFact):
    """There was help to understand each other: an interpreter, a translation (13 § FL).

    The type's name does not tell which, and all its fields are sealed: a language tells of origin.
    """

    kind: Annotated[AssistanceKind | None, kept(32, IDENTITY, JOINT)] = None
    kind_text: Annotated[Text | None, kept(33, IDENTITY, JOINT)] = None
    language: Annotated[Text | None, kept(34, IDENTITY, JOINT)] = None
    occasion: Annotated[Reference | None, kept(35, IDENTITY, JOINT)] = None
    of_party: Annotated[OneOfTheParties | None, kept(36, IDENTITY, JOINT)] = None
