"""What can happen in the decision process. Laws, rows and proposals: `domain.md` section 1.

What is clear here is what may stand in a list of cases: ids, days, and measures decided with the
provision they rest on (7 a § 1 lagen 2001:454). Why somebody needs them, on which conditions, and
why they end, is sealed as `need`, codes as well as texts.
"""

from domain.bistand.events.bases import BistandFact
from domain.bistand.events.case import (
    ApplicationReceived,
    BiståndEnded,
    CaseClosed,
    CaseOpened,
    CorrectionApproved,
    DecisionGranted,
    DecisionNotified,
    DocumentFiled,
    EntryMarkedErroneous,
    EpochOpened,
    HeadsRecorded,
    HolderChanged,
    InvestigationClosed,
    InvestigationOpened,
    PartyAdded,
    PersonRegistered,
)
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
from domain.kernel.fact import Fact

__all__ = [
    "FACTS",
    "Addressee",
    "Answer",
    "AppealRoute",
    "ApplicationReceived",
    "Assessed",
    "Basis",
    "BistandFact",
    "BiståndEnded",
    "CaseClosed",
    "CaseOpened",
    "Channel",
    "Condition",
    "CorrectionApproved",
    "DecisionGranted",
    "DecisionNotified",
    "DocumentFiled",
    "EndGround",
    "EntryMarkedErroneous",
    "EpochOpened",
    "Exclusion",
    "Forbehall",
    "Ground",
    "HeadsRecorded",
    "HolderChanged",
    "Insats",
    "InvestigationClosed",
    "InvestigationOpened",
    "InvestigationOutcome",
    "NotifiedAct",
    "PartyAdded",
    "PersonRegistered",
    "Reject",
]

FACTS: tuple[type[Fact], ...] = (
    CaseOpened,
    PartyAdded,
    PersonRegistered,
    ApplicationReceived,
    InvestigationOpened,
    InvestigationClosed,
    DecisionGranted,
    DecisionNotified,
    BiståndEnded,
    CaseClosed,
    DocumentFiled,
    CorrectionApproved,
    EntryMarkedErroneous,
    HolderChanged,
    EpochOpened,
    HeadsRecorded,
)
"""The lane's types. Closed: what is not here cannot be recorded in it."""
