"""What becomes of a decision that is appealed, at the nämnd and in court."""

from typing import Annotated
from uuid import UUID

from domain.bistand.events.bases import AboutDecisionFact
from domain.bistand.events.codes import (
    CourtOutcome,
    DismissalGround,
    JudgmentAppellant,
    LateException,
    NotifiedAct,
)
from domain.kernel.codes import OneOfTheParties
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
from domain.kernel.values import Day, Flag, Reference, Text


class AppealReceived(AboutDecisionFact):
    """An appeal has come in to the nämnd (35 kap. 1 § SoL; 43 § FL: occurred is that day)."""

    appealed_act: Annotated[NotifiedAct | None, kept(34, ORDINARY, PARTY, clear=True)] = None
    text: Annotated[Text | None, kept(35, NEED, JOINT)] = None
    reached_court: Annotated[Day | None, kept(36, ORDINARY, PARTY, clear=True)] = None
    """The day it came to the court, where it was sent there first (45 § andra stycket 2 FL)."""
    of_party: Annotated[OneOfTheParties | None, kept(37, IDENTITY, JOINT)] = None


class AppealFact(AboutDecisionFact):
    """A fact about an appeal that came in."""

    appeal: Annotated[Reference | None, kept(34, ORDINARY, PARTY, clear=True)] = None


class TimelinessChecked(AppealFact):
    """It has been tried whether the appeal came in time (45 § FL)."""

    in_time: Annotated[Flag | None, kept(35, ORDINARY, PARTY, clear=True)] = None
    reason: Annotated[Text | None, kept(36, NEED, JOINT)] = None
    late_exception: Annotated[LateException | None, kept(37, ORDINARY, PARTY, clear=True)] = None
    late_exception_text: Annotated[Text | None, kept(38, NEED, PARTY)] = None


class Reconsidered(AppealFact):
    """The nämnd has considered its decision once more (38-39 §§ FL)."""

    changed: Annotated[Flag | None, kept(35, ORDINARY, PARTY, clear=True)] = None
    reasons_facts: Annotated[Text | None, kept(36, NEED, PARTY)] = None
    decided_by: Annotated[UUID | None, kept(37, OFFICER, NOBODY)] = None


class AppealForwarded(AppealFact):
    """The appeal has been sent on to the court (46 § FL)."""

    court: Annotated[Text | None, kept(35, ORDINARY, PARTY)] = None


class AppealDismissed(AppealFact):
    """The nämnd has dismissed the appeal without trial (45 § FL)."""

    dismissal: Annotated[DismissalGround | None, kept(35, ORDINARY, PARTY, clear=True)] = None
    dismissal_text: Annotated[Text | None, kept(36, NEED, PARTY)] = None
    reasons_facts: Annotated[Text | None, kept(37, NEED, PARTY)] = None
    decided_by: Annotated[UUID | None, kept(38, OFFICER, NOBODY)] = None


class AppealWithdrawn(AppealFact):
    """Whoever appealed has taken the appeal back."""

    reason: Annotated[Text | None, kept(35, NEED, JOINT)] = None


class LegalityReviewReceived(AboutDecisionFact):
    """A member of the municipality wants the decision's legality tried (13 kap. KL).

    Made to the court; occurred is the day the nämnd learned of it, or was sent it by mistake.
    """

    court: Annotated[Text | None, kept(34, ORDINARY, PARTY)] = None
    appellant: Annotated[Text | None, kept(35, THIRD, JOINT)] = None


class CourtFact(AboutDecisionFact):
    """A court has done something with a decision, or with its end. Occurred is the court's day."""

    appealed_act: Annotated[NotifiedAct | None, kept(34, ORDINARY, PARTY, clear=True)] = None
    appeal: Annotated[Reference | None, kept(35, ORDINARY, PARTY, clear=True)] = None
    court: Annotated[Text | None, kept(36, ORDINARY, PARTY)] = None
    malnr: Annotated[Text | None, kept(37, ORDINARY, PARTY)] = None


class CourtJudgmentGiven(CourtFact):
    """A court has judged. A judgment of 35 kap. 4-5 §§ SoL counts at once."""

    outcome: Annotated[CourtOutcome | None, kept(38, ORDINARY, PARTY, clear=True)] = None
    outcome_text: Annotated[Text | None, kept(39, NEED, PARTY)] = None
    laga_kraft: Annotated[Day | None, kept(40, ORDINARY, PARTY, clear=True)] = None
    duty: Annotated[Text | None, kept(41, NEED, PARTY)] = None


class InhibitionDecided(CourtFact):
    """A court has said whether the decision is to wait (48 § FL; 13 kap. 14 § KL).

    `inhibited` no: it is not to wait, or no longer.
    """

    inhibited: Annotated[Flag | None, kept(38, ORDINARY, PARTY, clear=True)] = None


class CaseRemitted(CourtFact):
    """A court has sent the case back to the nämnd (återförvisning)."""

    duty: Annotated[Text | None, kept(38, NEED, PARTY)] = None


class PermissionToAppealDecided(CourtFact):
    """A higher court has said whether it will try the case (prövningstillstånd)."""

    permitted: Annotated[Flag | None, kept(38, ORDINARY, PARTY, clear=True)] = None


class JudgmentAppealed(CourtFact):
    """Somebody has appealed a court's judgment to a higher court, which is the one named here."""

    judgment: Annotated[Reference | None, kept(38, ORDINARY, PARTY, clear=True)] = None
    judgment_appealed_by: Annotated[JudgmentAppellant | None, kept(39, IDENTITY, JOINT)] = None
    judgment_appealed_by_text: Annotated[Text | None, kept(40, IDENTITY, JOINT)] = None
