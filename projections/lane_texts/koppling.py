"""The words of what ties the two processes: its types, their fields and codes."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from domain.koppling import events
from projections.wording import Wording

TYPES: Final[Mapping[str, Wording]] = {
    # Kopplingarna
    "CaseJoined": Wording(
        "Processer i ärendet",
        "I ärendet ingår[ {bistand_stream}][ och {hyra_stream}]. Varje process handläggs för sig.",
    ),
    "LinkMade": Wording("Koppling gjord", "{from_event} {kind} {to_event}."),
    "LinkEnded": Wording("Koppling avslutad", "{link} gäller inte längre."),
    "LetterSent": Wording(
        "Brev skickat", "Ett brev skickades[ till {to}][. Det rör {concerns_lanes}]."
    ),
    "DisclosureMade": Wording(
        "Uppgifter utlämnade",
        "Uppgifter lämnades ut[ till {recipient}][. Grund: {ground}][, {ground_text}].",
    ),
    "SamePaperNoted": Wording(
        "Samma papper i båda processerna",
        "Ett och samma papper finns i båda processerna, som två handlingar.",
    ),
    "PersonsIdentified": Wording(
        "Samma person i båda processerna",
        "En person i den ena processen är samma person som en i den andra.",
    ),
}

FIELDS: Final[Mapping[str, str]] = {
    "letter_id": "Brev",
    "concerns_lanes": "Rör processerna",
    "to_text": "Mottagare, med egna ord",
    "threat_refs": "Villkor som brevet åberopar, med nummer i uppräkningen",
    "provision": "Uppgiftsskyldighet enligt",
    "provision_text": "Uppgiftsskyldighet, med egna ord",
    "recipient": "Lämnades till",
    "recipient_text": "Lämnades till, med egna ord",
    "disclosed": "Uppgifter som lämnades",
    "disclosed_refs": "Händelser som uppgifterna rör",
    "bistand_document": "Handling i BESLUT",
    "hyra_document": "Handling i HYRA",
    "bistand_person": "Person i BESLUT",
    "hyra_person": "Person i HYRA",
}
"""Labels of fields; a name that stands elsewhere already is not repeated."""

UNREFERENCED: Final[Mapping[str, str]] = {}

CODES: Final[Mapping[type[StrEnum], Mapping[str, str]]] = {
    events.LinkKind: {
        "verkstaller": "verkställer",
        "foljer_av": "följer av",
        "aberopar": "åberopar",
        "utanfor_katalogen": "hör samman med",
    },
    events.LetterAddressee: {
        "part": "parten",
        "medpart": "medparten",
        "stallforetradare": "ställföreträdaren",
        "ombud": "ombudet",
        "dodsbo": "dödsboet",
        "utanfor_katalogen": "annan mottagare",
    },
    events.DisclosureKind: {
        "inom_verksamhetsgren": "inom en verksamhetsgren",
        "mellan_verksamhetsgrenar": "mellan självständiga verksamhetsgrenar",
        "till_annan_myndighet": "till en annan myndighet",
        "till_enskild": "till en enskild",
        "utanfor_katalogen": "annan gräns",
    },
    events.DisclosureRecipient: {
        "egen_beslutsroll": "nämnden som socialnämnd",
        "egen_hyresroll": "nämnden som hyresvärd",
        "hyresvard": "fastighetsägaren",
        "kfm": "Kronofogden",
        "hyresnamnd": "hyresnämnden",
        "domstol": "domstol",
        "jo": "JO",
        "ivo": "IVO",
        "annan_namnd": "en annan nämnd",
        "polis": "polisen",
        "vardgivare": "en vårdgivare",
        "part": "parten",
        "stallforetradare": "ställföreträdaren",
        "ombud": "ombudet",
        "utanfor_katalogen": "annan mottagare",
    },
    events.DisclosureProvision: {
        "SoL25_15_8": "15 kap. 8 § SoL (2025:400)",
        "SoL25_28_5": "28 kap. 5 § SoL (2025:400)",
        "RF_13_6": "13 kap. 6 § RF",
        "JB_12_25a": "12 kap. 25 a § JB",
        "JB_12_42": "12 kap. 42 § JB",
        "JB_12_44": "12 kap. 44 § JB",
        "utanfor_katalogen": "annan bestämmelse",
    },
}
