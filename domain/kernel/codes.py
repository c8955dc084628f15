"""Code lists that more than one lane uses. A code is fixed for ever.

Its Swedish words are in `projections/texts.py`. No list of grounds, terms or methods refuses a
fact: each has `utanfor_katalogen`, with a sealed text beside it, so that an unlawful ground can be
recorded as what it was.
"""

from enum import StrEnum


class MissingReference(StrEnum):
    """Why a reference that belongs here is left out."""

    FINNS_INTE = "finns_inte"
    ALDRIG_REGISTRERAD = "aldrig_registrerad"
    I_ANNAT_SYSTEM = "i_annat_system"
    OKAND = "okand"


class CorrectionReason(StrEnum):
    """Why a fact is recorded again. The words for `utanfor_katalogen` stand in the event's note."""

    SKRIVFEL = "skrivfel"
    FEL_UPPGIFT = "fel_uppgift"
    FEL_TIDPUNKT = "fel_tidpunkt"
    UPPGIFT_SAKNADES = "uppgift_saknades"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class ErroneousReason(StrEnum):
    """Why an entry does not count at all."""

    HANDE_INTE = "hande_inte"
    REGISTRERAD_TVA_GANGER = "registrerad_tva_ganger"
    FEL_ARENDE = "fel_arende"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class ServiceMethod(StrEnum):
    """How a document reached its addressee (delgivningslagen 2010:1932; 8 kap. 8 § JB)."""

    DELGIVNING_KVITTO = "delgivning_kvitto"
    DELGIVNING_ANNAN_TILLATEN = "delgivning_annan_tillaten"
    DELGIVNING_FORBJUDEN_14_12 = "delgivning_forbjuden_14_12"
    REK_BREV = "rek_brev"
    REK_PLUS_EXEMPLAR = "rek_plus_exemplar"
    VANLIGT_BREV = "vanligt_brev"
    E_POST = "e_post"
    MUNTLIGT = "muntligt"
    KUNGORELSE = "kungorelse"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class OneOfTheParties(StrEnum):
    """Which of the case's parties."""

    PART = "part"
    MEDPART = "medpart"


class RepresentativeKind(StrEnum):
    """In which capacity somebody speaks for the party."""

    OMBUD = "ombud"
    BITRADE = "bitrade"
    GOD_MAN = "god_man"
    FORVALTARE = "forvaltare"
    VARDNADSHAVARE = "vardnadshavare"
    DODSBO = "dodsbo"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class Organ(StrEnum):
    """Who decides for the nämnd (6 kap. 37-39 §§ och 7 kap. 5 § KL)."""

    NAMND = "namnd"
    UTSKOTT = "utskott"
    ORDFORANDE_6_39 = "ordforande_6_39"
    DELEGAT = "delegat"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class NumberKind(StrEnum):
    """What kind of number a person has."""

    PERSONNUMMER = "personnummer"
    SAMORDNINGSNUMMER = "samordningsnummer"
    SAKNAS = "saknas"


class Protection(StrEnum):
    """The mark of protected identity, as it was when recorded."""

    INGEN = "ingen"
    SEKRETESSMARKERING = "sekretessmarkering"
    SKYDDAD_FOLKBOKFORING = "skyddad_folkbokforing"
    FINGERADE_UPPGIFTER = "fingerade_uppgifter"


class LeavingReason(StrEnum):
    """Why somebody is party to the case no longer."""

    SEPARERAT = "separerat"
    AVLIDIT = "avlidit"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class MergeReason(StrEnum):
    """Why two entries in the register are one person."""

    REGISTRERAD_TVA_GANGER = "registrerad_tva_ganger"
    NYTT_NUMMER = "nytt_nummer"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class UnmergeReason(StrEnum):
    """Why two entries in the register are not one person after all."""

    OLIKA_PERSONER = "olika_personer"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class HolderGround(StrEnum):
    """Why another nämnd holds the stream from now on."""

    SUCCESSION = "succession"
    OVERLAMNAT = "overlamnat"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class DocumentKind(StrEnum):
    """What kind of paper a filed document is."""

    BESLUT = "beslut"
    AVTAL = "avtal"
    BREV = "brev"
    PLAN = "plan"
    ANSOKAN = "ansokan"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class EpochReason(StrEnum):
    """Why a log was opened."""

    GRUNDAD = "grundad"
    ATERLASNING = "aterlasning"
    KLOCKFEL = "klockfel"


class Environment(StrEnum):
    """Whether the ledger is real. Decided when it is founded."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class FindingAnswer(StrEnum):
    """What an officer answers to a finding. Never a verdict on anybody. The words for
    `utanfor_katalogen` stand in the event's text.
    """

    REGELN_GALLER_INTE = "regeln_galler_inte"
    UNDERLAG_FINNS = "underlag_finns"
    AVBRYTER = "avbryter"
    ENHETSCHEF_BESLUTAR = "enhetschef_beslutar"
    STAMMER = "stammer"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class ConsentTo(StrEnum):
    """What somebody consented to."""

    UPPGIFTER = "uppgifter"
    TILLSYNSBESOK = "tillsynsbesok"
    PLAN = "plan"
    UTANFOR_KATALOGEN = "utanfor_katalogen"


class ConsentGiven(StrEnum):
    """When the consent was given."""

    FRITT = "fritt"
    VID_SIGNERING = "vid_signering"


class StatedConsequence(StrEnum):
    """What the person was told would follow without consent."""

    INGEN = "ingen"
    FORLORAR_LAGENHET = "forlorar_lagenhet"
    OKANT = "okant"


class SecrecyGround(StrEnum):
    """On which ground of offentlighets- och sekretesslagen something is told to somebody else."""

    OSL_10_2_NODVANDIGT = "10_2_nodvandigt"
    OSL_10_3_PART = "10_3_part"
    OSL_10_27 = "10_27"
    OSL_10_28_UPPGIFTSSKYLDIGHET = "10_28_uppgiftsskyldighet"
    OSL_12_2_SAMTYCKE = "12_2_samtycke"
    OSL_26_9 = "26_9"
    OSL_26_9C = "26_9c"
    DOM = "dom"
    UTANFOR_KATALOGEN = "utanfor_katalogen"
