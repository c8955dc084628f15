"""Code lists of the tenancy process. A code is fixed for ever; its words stand in `projections`.

Lists of grounds, terms, methods and outcomes have `utanfor_katalogen`, with a sealed text beside
the field, so that what no list foresaw can be recorded as what it was.
"""

from enum import StrEnum


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


class AllocationModel(StrEnum):
    """Who lets the nämnd have flats. The city's own division of this work has changed with time."""

    BOSTADSFORMEDLINGEN = "bostadsformedlingen"
    AGAREN = "agaren"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class ExceptionReason(StrEnum):
    """Why a flat outside the own district is asked for."""

    SKYDD = "skydd"
    BRIST = "brist"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class OwnerAsked(StrEnum):
    """What the owner was asked to agree to."""

    UPPLATELSE = "upplatelse"
    OVERTAGANDE = "overtagande"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class Lessor(StrEnum):
    """What kind of owner lets the flat."""

    ALLMANNYTTAN = "allmannyttan"
    PRIVAT_VARDGIVARE = "privat_vardgivare"
    FASTIGHETSAGARE = "fastighetsagare"
    EGEN_FASTIGHET = "egen_fastighet"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class RefusedBy(StrEnum):
    """Who refused an offered flat."""

    PERSON = "person"
    NAMND = "namnd"


class HeadLeaseEnd(StrEnum):
    """How a head lease ended."""

    UPPSAGNING_AGARE = "uppsagning_agare"
    UPPSAGNING_NAMND = "uppsagning_namnd"
    HYRESTID_UT = "hyrestid_ut"
    FORVERKANDE = "forverkande"
    OVERENSKOMMELSE = "overenskommelse"
    OVERLATELSE = "overlatelse"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class Explained(StrEnum):
    """How the conditions were explained."""

    MUNTLIGT = "muntligt"
    SKRIFTLIGT = "skriftligt"
    MUNTLIGT_OCH_SKRIFTLIGT = "muntligt_och_skriftligt"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class WaiverReason(StrEnum):
    """On what the waiver of security of tenure was made to depend (45 a § 12 kap. JB)."""

    BISTAND_UPPHOR = "bistand_upphor"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class TenureBasis(StrEnum):
    """By which rule security of tenure arose."""

    P45_ST1_P1 = "45_st1_p1"
    P45_ST2 = "45_st2"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class Payer(StrEnum):
    """Who paid."""

    HYRESGAST = "hyresgast"
    NAMND = "namnd"
    TREDJE_PART = "tredje_part"


class NoticeDuty(StrEnum):
    """By which provision of 12 kap. JB a demand or a message was sent."""

    P25A = "25a"
    P42_3 = "42_3"
    P42_4 = "42_4"
    P42_4_KOPIA = "42_4_kopia"
    P44 = "44"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class AccessPurpose(StrEnum):
    """What somebody wanted to enter for."""

    TILLSYN = "tillsyn"
    REPARATION = "reparation"
    OHYRA = "ohyra"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class EntryBasis(StrEnum):
    """On what somebody entered the home, lawfully or not."""

    SAMTYCKE = "samtycke"
    BEGARAN_26 = "begaran_26"
    NOD = "nod"
    HANDRACKNING_KFM = "handrackning_KFM"
    DODSBO = "dodsbo"
    OVERGIVEN_27 = "overgiven_27"
    KONTRAKTSVILLKOR = "kontraktsvillkor"
    INGEN = "ingen"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class EntryBy(StrEnum):
    """Who entered."""

    HYRESVARD = "hyresvard"
    FASTIGHETSAGARE = "fastighetsagare"
    KFM = "KFM"
    SOCIALTJANST = "socialtjanst"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class EntryConsent(StrEnum):
    """Whether the person who lives there agreed."""

    REELLT = "reellt"
    VID_SIGNERING = "vid_signering"
    INGET = "inget"
    OKANT = "okant"


class MoveRequestTo(StrEnum):
    """Who was asked to move."""

    HYRESGAST = "hyresgast"
    MAKE_SAMBO = "make_sambo"


class NoticeOver(StrEnum):
    """Why a notice has no effect any more (43, 44 och 49 §§)."""

    RATTAT = "rattat"
    BETALD_44 = "betald_44"
    ATAGANDE_44_4 = "atagande_44_4"
    HINDER_44_4 = "hinder_44_4"
    EJ_HANSKJUTEN = "ej_hanskjuten"
    ATERKALLAD = "aterkallad"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class TriedBy(StrEnum):
    """Who decided a dispute."""

    HYRESNAMND = "hyresnamnd"
    TINGSRATT = "tingsratt"
    HOVRATT = "hovratt"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class TribunalOutcome(StrEnum):
    """How a dispute on the lease was decided."""

    FORLANGT = "forlangt"
    UPPHOR = "upphor"
    AVVISAT = "avvisat"
    FORLIKNING = "forlikning"
    AVSKRIVET = "avskrivet"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class EvictionTitle(StrEnum):
    """On which enforceable title an eviction was asked for."""

    AVFLYTTNINGSALAGGANDE = "avflyttningsalaggande"
    DOM = "dom"
    UTSLAG_KFM = "utslag_KFM"
    FORLIKNING = "forlikning"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class EvictionBy(StrEnum):
    """Who carried an eviction out. Only Kronofogden may; what others do is recorded as it was."""

    KFM = "KFM"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class Side(StrEnum):
    """Whose wish it was, or who got something."""

    HYRESGAST = "hyresgast"
    HYRESVARD = "hyresvard"
    ANNAN = "annan"


class Indication(StrEnum):
    """What spoke for a flat being abandoned."""

    NYCKLAR_LAMNADE = "nycklar_lamnade"
    TOMD = "tomd"
    ANNAN_BOSTAD = "annan_bostad"
    EL_AVSTANGD = "el_avstangd"
    EJ_ANTRAFFAD = "ej_antraffad"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class TransferRoute(StrEnum):
    """How the head lease passed to the tenant."""

    P37 = "37"
    P32 = "32"
    NYTT_AVTAL = "nytt_avtal"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class TakeoverGround(StrEnum):
    """By which rule somebody who lives there may take the lease over (47 §)."""

    P47_ST1 = "47_st1"
    P47_ST2 = "47_st2"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class TakeoverOutcome(StrEnum):
    """Whether the lease was taken over."""

    OVERTAGET = "overtaget"
    NEKAT = "nekat"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class Relation(StrEnum):
    """What somebody who lives there is to the tenant."""

    MAKE = "make"
    SAMBO = "sambo"
    ANNAN_NARSTAENDE = "annan_narstaende"
    INNEBOENDE = "inneboende"
    UTANFOR_KATALOGEN = "utanfor_katalogen"
