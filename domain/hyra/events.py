"""What can happen in the tenancy process. Laws, rows and proposals: `domain.md` section 2.

A tenancy concerns all who rent together, so its fields are joint. Nothing of why somebody was given
the flat belongs here; terms and grounds that tell of it all the same are sealed as `need`.
"""

from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from domain.kernel import shapes
from domain.kernel.codes import MissingReference, ServiceMethod
from domain.kernel.fact import (
    ADDRESS,
    JOINT,
    NEED,
    NOBODY,
    OFFICER,
    ORDINARY,
    THIRD,
    Fact,
    kept,
)
from domain.kernel.values import Count, Day, Flag, Ore, Reference, Text
from ledger.codec import Lane


class Term(StrEnum):
    """What a lease demands beside the rent, lawfully or not."""

    ALCOHOL_BAN = "alcohol_ban"
    DRUG_BAN = "drug_ban"
    DRUG_TEST = "drug_test"
    DOCTOR_CONTACT = "doctor_contact"
    MEDICATION = "medication"
    TREATMENT = "treatment"
    NO_GUESTS = "no_guests"
    SOLE_OCCUPANCY = "sole_occupancy"
    INSPECTION_RECURRING = "inspection_recurring"
    STAFF_ENTRY_RIGHT = "staff_entry_right"
    SEARCH_RIGHT = "search_right"
    POLICE_CALL = "police_call"
    LINK_CLAUSE = "link_clause"
    NOTICE_PERIOD = "notice_period"
    OTHER_LAWFUL = "other_lawful"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class Tenants(StrEnum):
    """Who of the case's parties rents."""

    PART = "part"
    MEDPART = "medpart"
    BADA = "bada"


class DisturbanceKind(StrEnum):
    """What was reported (25 § 12 kap. JB)."""

    BRISTANDE_SKOTSAMHET = "bristande_skotsamhet"
    STORNING = "storning"
    BROTT_25_ST3 = "brott_25_st3"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class DisturbanceGrade(StrEnum):
    """How grave whoever recorded it held it to be."""

    VANLIG = "vanlig"
    SARSKILT_ALLVARLIG = "sarskilt_allvarlig"


class DisturbanceSource(StrEnum):
    """From which process the landlord learned of it."""

    HYRA = "hyra"
    BOENDESTOD = "boendestod"
    UTREDNING = "utredning"


class NoticeBy(StrEnum):
    """Who gave notice."""

    HYRESVARD = "hyresvard"
    HYRESGAST = "hyresgast"
    DODSBO = "dodsbo"


class NoticeGround(StrEnum):
    """On which ground of 12 kap. JB the landlord gave notice, or what was said instead."""

    P46_P1 = "46_p1"
    P46_P2 = "46_p2"
    P46_P10 = "46_p10"
    P46_ANNAN = "46_annan"
    P45A_ANGIVEN_ORSAK = "45a_angiven_orsak"
    INGEN_RATT_45_P1 = "ingen_ratt_45_p1"
    P42 = "42"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class LeaseWindow(StrEnum):
    """Which wording of 42 § 12 kap. JB a point is numbered by; named after its first year."""

    H09 = "H09"
    H14 = "H14"
    H19 = "H19"
    H24 = "H24"


class LeaseEnd(StrEnum):
    """How the tenancy itself ended."""

    UPPSAGNING_HYRESVARD = "uppsagning_hyresvard"
    UPPSAGNING_HYRESGAST = "uppsagning_hyresgast"
    UPPSAGNING_DODSBO = "uppsagning_dodsbo"
    FORVERKANDE = "forverkande"
    OVERENSKOMMELSE = "overenskommelse"
    HYRESTID_UT = "hyrestid_ut"
    EFTER_PROVNING = "efter_provning"
    OVERGIVEN_27 = "overgiven_27"
    OVERLATELSE = "overlatelse"
    HUVUDAVTAL_UPPHORT = "huvudavtal_upphort"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class HyraFact(Fact):
    """A fact of the tenancy process."""

    lane = Lane.HYRA


class CaseOpened(shapes.CaseOpened):
    """The case has a tenancy process from now on. The stream's first event."""

    lane = Lane.HYRA


class PartyAdded(shapes.PartyAdded):
    """A second person has become party to the tenancy process."""

    lane = Lane.HYRA


class PersonRegistered(shapes.PersonRegistered):
    """A person has been entered in the tenancy side's register of persons."""

    lane = Lane.HYRA


class LeaseSigned(HyraFact):
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


class DisturbanceReported(HyraFact):
    """Somebody has reported a disturbance. An allegation, not yet a breach."""

    REFERENCES: ClassVar = {"lease_id": "lease_missing"}

    lease_id: Annotated[UUID | None, kept(32, ORDINARY, JOINT, clear=True)] = None
    lease_missing: Annotated[MissingReference | None, kept(33, ORDINARY, JOINT, clear=True)] = None
    kind: Annotated[DisturbanceKind | None, kept(34, NEED, JOINT)] = None
    kind_text: Annotated[Text | None, kept(35, NEED, JOINT)] = None
    grade: Annotated[DisturbanceGrade | None, kept(36, NEED, JOINT)] = None
    source_process: Annotated[DisturbanceSource | None, kept(37, NEED, JOINT)] = None
    reported_by: Annotated[Text | None, kept(38, THIRD, JOINT)] = None
    evidence: Annotated[Text | None, kept(39, THIRD, JOINT)] = None


class TerminationNoticeIssued(HyraFact):
    """Notice has been given, by either side (3-5 och 8 §§). Ends nothing by itself."""

    REFERENCES: ClassVar = {"lease_id": "lease_missing"}

    lease_id: Annotated[UUID | None, kept(32, ORDINARY, JOINT, clear=True)] = None
    lease_missing: Annotated[MissingReference | None, kept(33, ORDINARY, JOINT, clear=True)] = None
    by: Annotated[NoticeBy | None, kept(34, NEED, JOINT)] = None
    reasons_stated: Annotated[Flag | None, kept(35, ORDINARY, JOINT, clear=True)] = None
    served: Annotated[Day | None, kept(36, ORDINARY, JOINT, clear=True)] = None
    method: Annotated[ServiceMethod | None, kept(37, ORDINARY, JOINT, clear=True)] = None
    ends_at: Annotated[Day | None, kept(38, ORDINARY, JOINT, clear=True)] = None
    method_text: Annotated[Text | None, kept(39, NEED, JOINT)] = None
    ground: Annotated[NoticeGround | None, kept(40, NEED, JOINT)] = None
    ground_text: Annotated[Text | None, kept(41, NEED, JOINT)] = None
    point: Annotated[Count | None, kept(42, NEED, JOINT)] = None
    point_window: Annotated[LeaseWindow | None, kept(43, NEED, JOINT)] = None
    evidence_refs: Annotated[tuple[Reference, ...] | None, kept(44, NEED, JOINT)] = None
    s46_2_tested: Annotated[Flag | None, kept(45, NEED, JOINT)] = None


class LeaseTerminated(HyraFact):
    """The tenancy itself has ended. The decision may well go on."""

    REFERENCES: ClassVar = {"lease_id": "lease_missing"}

    lease_id: Annotated[UUID | None, kept(32, ORDINARY, JOINT, clear=True)] = None
    lease_missing: Annotated[MissingReference | None, kept(33, ORDINARY, JOINT, clear=True)] = None
    ground: Annotated[LeaseEnd | None, kept(34, NEED, JOINT)] = None
    ground_text: Annotated[Text | None, kept(35, NEED, JOINT)] = None


class CorrectionApproved(shapes.CorrectionApproved):
    """A second officer has approved a correction or a mark of error in the tenancy process."""

    lane = Lane.HYRA


class EntryMarkedErroneous(shapes.EntryMarkedErroneous):
    """An officer says that an entry of the tenancy process should not count."""

    lane = Lane.HYRA


class HolderChanged(shapes.HolderChanged):
    """Another nämnd holds the stream from now on."""

    lane = Lane.HYRA


class EpochOpened(shapes.EpochOpened):
    """The lane's log was opened."""

    lane = Lane.HYRA


class HeadsRecorded(shapes.HeadsRecorded):
    """How far every stream of the lane had come."""

    lane = Lane.HYRA


FACTS: tuple[type[Fact], ...] = (
    CaseOpened,
    PartyAdded,
    PersonRegistered,
    LeaseSigned,
    DisturbanceReported,
    TerminationNoticeIssued,
    LeaseTerminated,
    CorrectionApproved,
    EntryMarkedErroneous,
    HolderChanged,
    EpochOpened,
    HeadsRecorded,
)
"""The lane's types. Closed: what is not here cannot be recorded in it."""
