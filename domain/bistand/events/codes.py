"""The code lists of the decision process. A code is fixed for ever; each list of grounds has
`utanfor_katalogen`, with a sealed text beside it.
"""

from enum import StrEnum


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
    BARN = "barn"
    STALLFORETRADARE = "stallforetradare"
    OMBUD = "ombud"
    DODSBO = "dodsbo"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class NotifiedAct(StrEnum):
    """Which act the person was notified of, or appealed: each can be appealed by itself."""

    BESLUTET = "beslutet"
    UPPHORANDET = "upphorandet"
    ANDRINGEN = "andringen"
    AVVISNINGEN = "avvisningen"
    AVSLAG_AVGORANDE = "avslag_avgorande"


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


class NoticeFrom(StrEnum):
    """Who told the socialnämnd of a tenancy in danger."""

    EGEN_HYRESROLL = "egen_hyresroll"
    HYRESVARD = "hyresvard"
    KFM = "KFM"
    HYRESNAMND = "hyresnamnd"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class NoticeKind(StrEnum):
    """What the socialnämnd was told of (25 a, 42 och 44 §§ 12 kap. JB; 13 b § lagen 1973:188)."""

    STORNING = "storning"
    HYRA = "hyra"
    UPPSAGNING = "uppsagning"
    AVHYSNINGSTID = "avhysningstid"
    P13B = "13b"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class JavGround(StrEnum):
    """Why an officer or a member may be partial: 16 § FL, or 6 kap. 28 § KL."""

    FL_16_P1 = "FL_16_p1"
    FL_16_P2 = "FL_16_p2"
    FL_16_P3 = "FL_16_p3"
    FL_16_P4 = "FL_16_p4"
    KL_6_28_P1 = "KL_6_28_p1"
    KL_6_28_P2 = "KL_6_28_p2"
    KL_6_28_P3 = "KL_6_28_p3"
    KL_6_28_P4 = "KL_6_28_p4"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class JavOutcome(StrEnum):
    """What followed of it."""

    JAV = "jav"
    EJ_JAV = "ej_jav"
    BORTSES = "bortses"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class AssessmentKind(StrEnum):
    """What was assessed for one named person."""

    BARNETS_BASTA = "barnets_basta"
    SKYDDSBEHOV = "skyddsbehov"
    STODBEHOV = "stodbehov"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class Phase(StrEnum):
    """Before which act it was assessed."""

    BESLUT = "beslut"
    ANDRING = "andring"
    UPPHORANDE = "upphorande"
    AVHYSNING = "avhysning"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class CommunicationException(StrEnum):
    """Why the party was not heard (25 § FL)."""

    P1 = "p1"
    P2 = "p2"
    P3 = "p3"
    UPPENBART_OBEHOVLIGT = "uppenbart_obehovligt"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class HeardBy(StrEnum):
    """Before whom a party speaks (14 kap. 8 § SoL)."""

    NAMND = "namnd"
    UTSKOTT = "utskott"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class AssistanceKind(StrEnum):
    """What help there was to understand each other (13 § FL)."""

    TOLK = "tolk"
    OVERSATTNING = "oversattning"
    TECKENTOLK = "teckentolk"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class CorrectedPart(StrEnum):
    """Which part of a decision had the slip (36 § FL)."""

    INSATS = "insats"
    BESTAMMELSE = "bestammelse"
    TID = "tid"
    MOTIVERING = "motivering"
    PARTSUPPGIFT = "partsuppgift"
    OVERKLAGANDEHANVISNING = "overklagandehanvisning"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class LateException(StrEnum):
    """Why an appeal that came too late is not to be dismissed (45 § andra stycket FL)."""

    FEL_UNDERRATTELSE = "fel_underrattelse"
    HOS_DOMSTOLEN_I_TID = "hos_domstolen_i_tid"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class DismissalGround(StrEnum):
    """Why an appeal was dismissed without trial."""

    FOR_SENT = "for_sent"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class CourtOutcome(StrEnum):
    """What a court did with a decision."""

    BIFALL = "bifall"
    DELVIS = "delvis"
    AVSLAG = "avslag"
    UPPHAVT = "upphavt"
    ATERFORVISAT = "aterforvisat"
    AVVISAT = "avvisat"
    AVSKRIVET = "avskrivet"
    INHIBITION = "inhibition"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class JudgmentAppellant(StrEnum):
    """Who appealed a judgment."""

    PART = "part"
    MEDPART = "medpart"
    NAMND = "namnd"
    KOMMUNMEDLEM = "kommunmedlem"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class PlanKind(StrEnum):
    """What kind of plan was agreed."""

    GENOMFORANDEPLAN = "genomforandeplan"
    SIP = "sip"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class KeysBy(StrEnum):
    """Who handed the keys back."""

    PERSONEN = "personen"
    TJANSTEMAN = "tjansteman"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class FollowUpMethod(StrEnum):
    """How a follow-up was made."""

    HEMBESOK = "hembesok"
    MOTE = "mote"
    TELEFON = "telefon"
    SKRIFTLIGT = "skriftligt"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class ReportTo(StrEnum):
    """Who gets the nämnd's reports (34 kap. 1-3 §§ SoL)."""

    IVO = "IVO"
    REVISORER = "revisorer"
    KF = "KF"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class StayKind(StrEnum):
    """Where somebody stays for a time."""

    HAKTE = "hakte"
    ANSTALT = "anstalt"
    SJUKHUS = "sjukhus"
    UTANFOR_KATALOGEN = "utanfor_katalogen"
