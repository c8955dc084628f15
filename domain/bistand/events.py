"""What can happen in the decision process. Laws, rows and proposals: `domain.md` section 1.

What is clear here is what may stand in a list of cases: ids, days, and measures decided with the
provision they rest on (7 a § 1 lagen 2001:454). Why somebody needs them, on which conditions, and
why they end, is sealed as `need`, codes as well as texts.
"""

from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

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
    Fact,
    kept,
)
from domain.kernel.values import Count, Day, Flag, Reference, Text
from ledger.codec import Lane


class Channel(StrEnum):
    """How an application came in."""

    POST = "post"
    E_POST = "e_post"
    TELEFON = "telefon"
    BESOK = "besok"
    ANNAN = "annan"


class Insats(StrEnum):
    """What is asked for or granted."""

    FORSOK = "forsok"
    TRANING = "traning"
    BOSTAD_FORST = "bostad_forst"
    JOUR = "jour"
    LIKVARDIG_BOENDE = "likvardig_boende"
    ANNAT_BOENDE = "annat_boende"
    AKUTBOENDE = "akutboende"
    BOENDESTOD = "boendestod"
    EKONOMISKT_BISTAND = "ekonomiskt_bistand"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class Basis(StrEnum):
    """The provision a decision rests on: socialtjänstlagen 2001:453 or 2025:400."""

    SOL01_4_1 = "SoL01_4_1"
    SOL01_4_2 = "SoL01_4_2"
    SOL25_11_1 = "SoL25_11_1"
    SOL25_11_4 = "SoL25_11_4"
    SOL25_12_1 = "SoL25_12_1"
    SOL25_12_2 = "SoL25_12_2"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class Ground(StrEnum):
    """Why the person needs it. The guidelines' own words, of different years."""

    MISSBRUK = "missbruk"
    SKADLIGT_BRUK_BEROENDE = "skadligt_bruk_beroende"
    PSYKISKA_PROBLEM = "psykiska_problem"
    PSYKISK_OHALSA = "psykisk_ohalsa"
    ALLVARLIGA_SOCIALA_PROBLEM = "allvarliga_sociala_problem"
    VARDKEDJA_VALDSUTSATT = "vardkedja_valdsutsatt"
    VARDKEDJA_EFTER_INSTITUTION = "vardkedja_efter_institution"
    HEMLOSHET = "hemloshet"
    AKUT_SOCIAL_SITUATION = "akut_social_situation"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class Reject(StrEnum):
    """Why a part was not granted."""

    INGET_STODBEHOV = "inget_stodbehov"
    KLARAR_SJALV = "klarar_sjalv"
    KLARAR_INTE_ENS_MED_STOD = "klarar_inte_ens_med_stod"
    MOJLIGHETER_EJ_UTTOMDA = "mojligheter_ej_uttomda"
    TRAPPSTEG = "trappsteg"
    MARKNAD_ELLER_KOTID = "marknad_eller_kotid"
    ENBART_HEMLOSHET = "enbart_hemloshet"
    UTANFOR_MALGRUPP = "utanfor_malgrupp"
    AVGRANSAD_GRUPP = "avgransad_grupp"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class Assessed(StrEnum):
    """What the decision's reasons take up."""

    LONG_LASTING_DIFFICULTIES = "long_lasting_difficulties"
    NEEDS_EXTENSIVE_SUPPORT = "needs_extensive_support"
    CAN_MANAGE_WITH_SUPPORT = "can_manage_with_support"
    SUPPORT_NEED_LINKED_TO_HOUSING = "support_need_linked_to_housing"
    OPTIONS_EXHAUSTED = "options_exhausted"
    SHORTER_PERSPECTIVE_WEIGHED = "shorter_perspective_weighed"
    ALTERNATIVES_WEIGHED = "alternatives_weighed"
    BETTER_THAN_COMPARABLE_HOUSING = "better_than_comparable_housing"
    NEIGHBOUR_SAFETY_WEIGHED = "neighbour_safety_weighed"
    G11_RELEVANT_HELP = "g11_relevant_help"
    G11_CAN_MANAGE_HOME = "g11_can_manage_home"
    G11_REALISTIC_TAKEOVER = "g11_realistic_takeover"


class Answer(StrEnum):
    """What was found."""

    JA = "ja"
    NEJ = "nej"
    EJ_BEDOMT = "ej_bedomt"


class Condition(StrEnum):
    """What a decision was made to depend on, lawfully or not."""

    SOBRIETY = "sobriety"
    DRUG_TEST = "drug_test"
    TREATMENT_PLAN = "treatment_plan"
    NAMED_DOCTOR = "named_doctor"
    MEDICATION = "medication"
    GENOMFORANDEPLAN = "genomforandeplan"
    BOENDESTOD_ACCEPTANCE = "boendestod_acceptance"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class Exclusion(StrEnum):
    """Whether it was tried if the person is left out by a guideline."""

    EJ_PROVAT = "ej_provat"
    PROVAT_EJ_UPPFYLLD = "provat_ej_uppfylld"
    PROVAT_UPPFYLLD = "provat_uppfylld"


class Forbehall(StrEnum):
    """What kind of reservation to revoke the decision has."""

    KONKRET = "konkret"
    ALLMANT = "allmant"
    DOLT_VILLKOR = "dolt_villkor"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class AppealRoute(StrEnum):
    """Which way to appeal the notification names."""

    FORVALTNINGSBESVAR = "forvaltningsbesvar"
    LAGLIGHETSPROVNING = "laglighetsprovning"
    INGEN = "ingen"
    SAKNAS = "saknas"


class Addressee(StrEnum):
    """Who was notified."""

    PART = "part"
    MEDPART = "medpart"
    STALLFORETRADARE = "stallforetradare"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class NotifiedAct(StrEnum):
    """Which act on the decision the person was notified of."""

    BESLUTET = "beslutet"
    UPPHORANDET = "upphorandet"


class InvestigationOutcome(StrEnum):
    """How an investigation ended."""

    BESLUT = "beslut"
    INGEN_ATGARD = "ingen_atgard"
    OVERFLYTTAD = "overflyttad"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class EndGround(StrEnum):
    """Why a decision ended: 14 kap. 9 § SoL, 37-38 §§ FL, or what was said instead."""

    PERIOD_SLUT = "period_slut"
    EGEN_BEGARAN = "egen_begaran"
    ERSATT_AV_NYTT_BESLUT = "ersatt_av_nytt_beslut"
    ANDRAT_14_9 = "andrat_14_9"
    ATERKALLAT_37_P1 = "aterkallat_37_p1"
    ATERKALLAT_37_P2 = "aterkallat_37_p2"
    ATERKALLAT_37_P3 = "aterkallat_37_p3"
    PRAXIS_GYNNANDE = "praxis_gynnande"
    DOD = "dod"
    FLYTTAT = "flyttat"
    DOM = "dom"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class BistandFact(Fact):
    """A fact of the decision process."""

    lane = Lane.BISTAND


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
    CorrectionApproved,
    EntryMarkedErroneous,
    HolderChanged,
    EpochOpened,
    HeadsRecorded,
)
"""The lane's types. Closed: what is not here cannot be recorded in it."""
