"""The words a person reads: each type, field and code once, in plain Swedish.

A sentence has `{field}` where a value goes, and `{Grund:field}` where a label goes before it, which
is left out before "annan grund". A part in square brackets is left out when one of its values is
not given. Tests prove that every registered type, field and code has its words here.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from domain.kernel import codes
from domain.kernel.actor import Role
from ledger.codec import Lane
from projections.lane_texts import bistand as bistand_texts
from projections.lane_texts import hyra as hyra_texts
from projections.lane_texts import koppling as koppling_texts
from projections.lane_texts import system as system_texts
from projections.lane_texts import tillsyn as tillsyn_texts
from projections.wording import NEW_SOL, Wording

__all__ = [
    "CODES",
    "FIELDS",
    "LANES",
    "NEW_SOL",
    "TECHNICAL",
    "TYPES",
    "UNKNOWN_TYPE",
    "UNREFERENCED",
    "Wording",
]

LANES: Final[Mapping[Lane, str]] = {
    Lane.BISTAND: "BESLUT",
    Lane.HYRA: "HYRA",
    Lane.KOPPLING: "KOPPLING",
    Lane.TILLSYN: "TILLSYNSÄRENDEN",
    Lane.SYSTEM: "DRIFT",
}

TYPES: Final[Mapping[str, Wording]] = {
    # Ärendet och personerna
    "CaseOpened": Wording("Ärende öppnat", "Ärendet öppnades i den här processen."),
    "PartyAdded": Wording("Medpart tillagd", "Ytterligare en person är part i ärendet."),
    "PersonRegistered": Wording("Person registrerad", "{name} registrerades i processen."),
    "PersonDied": Wording("Dödsfall", "Någon av parterna avled[: {deceased}]."),
    "RepresentativeRegistered": Wording(
        "Företrädare registrerad",
        "En företrädare för en part registrerades[: {kind}]"
        "[, från och med {start}][ till och med {end}].",
    ),
    "RepresentativeEnded": Wording(
        "Företrädare avförd", "Någon företräder inte längre en part[. {Skäl:reason}]."
    ),
    "PartyLeft": Wording(
        "Part har lämnat ärendet", "{leaver} är inte längre part i ärendet[: {reason}]."
    ),
    "PersonDetailsChanged": Wording(
        "Personuppgifter ändrade",
        "Uppgifter om personen ändrades[, namn: {name}][, typ av nummer: {number_kind}]"
        "[, nummer: {number}][, född: {born}][, skyddade personuppgifter: {protection}].",
    ),
    "PersonsMerged": Wording(
        "Personer sammanförda", "Personen är densamma som {into}. {Skäl:reason}."
    ),
    "PersonsUnmerged": Wording("Sammanförande hävt", "{merged} gäller inte längre. {Skäl:reason}."),
    # Handlingarna
    "DocumentFiled": Wording("Handling inlagd", "En handling lades in[: {kind}][, {heading}]."),
    # Rättelser och loggen
    "CorrectionApproved": Wording(
        "Rättelse godkänd", "En annan handläggare än den som föreslog den godkände {approved}."
    ),
    "EntryMarkedErroneous": Wording(
        "Post markerad som felregistrerad",
        "{entry} ska inte räknas: {reason}. Det gäller när en annan handläggare har godkänt.",
    ),
    "HolderChanged": Wording(
        "Ansvarig nämnd bytt", "Ansvaret gick över till {to_namnd}. {Grund:ground}."
    ),
    "EpochOpened": Wording("Logg öppnad", "Loggen öppnades: {reason}."),
    "HeadsRecorded": Wording(
        "Loggens läge antecknat", "Loggen hade {size} händelser i {streams} strömmar."
    ),
    **bistand_texts.TYPES,
    **hyra_texts.TYPES,
    **koppling_texts.TYPES,
    **tillsyn_texts.TYPES,
    **system_texts.TYPES,
}

UNKNOWN_TYPE: Final = Wording(
    "Okänd händelsetyp", "Händelsen har registrerats av ett nyare program och kan inte läsas här."
)

UNREFERENCED: Final[Mapping[str, str]] = {
    "decision_id": "beslutet",
    "lease_id": "hyresavtalet",
    "from_event": "en händelse",
    "to_event": "en händelse",
    **bistand_texts.UNREFERENCED,
    **hyra_texts.UNREFERENCED,
    **koppling_texts.UNREFERENCED,
    **tillsyn_texts.UNREFERENCED,
    **system_texts.UNREFERENCED,
}
"""What a sentence says for a reference that was left out; the reason follows in brackets."""

FIELDS: Final[Mapping[str, str]] = {
    # gemensamma
    "actor": "Registrerat av",
    "role": "Roll",
    "acted_by": "Tjänsteman",
    "delegation": "Delegation",
    "command_id": "Kommando",
    "claimed_recorded": "Registrerat enligt källsystemet",
    "source": "Källsystem",
    "document_ids": "Handlingar",
    "corrects": "Rättar",
    "correction_reason": "Skäl för rättelsen",
    "note": "Anteckning",
    # personer och parter
    "party": "Part",
    "co_party": "Medpart",
    "person": "Person",
    "person_stream": "Personens akt",
    "name": "Namn",
    "number_kind": "Typ av nummer",
    "number": "Nummer",
    "born": "Född",
    "protection": "Skyddade personuppgifter",
    "of_party": "Vilken av parterna",
    "deceased": "Den som avled",
    "estate_contact": "Kontakt vid dödsboet",
    "rep": "Företrädare",
    "scope": "Uppdragets omfattning",
    "registration": "Registrering som upphör",
    "leaver": "Lämnade ärendet",
    "into": "Samma person som",
    "into_stream": "Den andres akt",
    "merged": "Sammanförande",
    # beslutet
    "channel": "Hur det kom in",
    "asks_for": "Ansökan gäller",
    "text": "Text",
    "trigger": "Anledning",
    "handlaggare": "Handläggare",
    "child_investigation": "Gäller ett barns skydd eller stöd",
    "investigation": "Utredning",
    "outcome": "Utfall",
    "reason": "Skäl",
    "decision_id": "Beslut",
    "decision_missing": "Beslutet anges inte",
    "basis": "Bestämmelse",
    "basis_text": "Bestämmelse, med egna ord",
    "insats": "Insats",
    "insats_text": "Insats, med egna ord",
    "start": "Från och med",
    "end": "Till och med",
    "until_further_notice": "Tills vidare",
    "full_grant": "Bifall helt enligt ansökan",
    "grounds": "Grunder",
    "grounds_text": "Grunder, med egna ord",
    "reject": "Skäl för avslag",
    "reject_text": "Skäl för avslag, med egna ord",
    "assessment": "Bedömt",
    "conditions": "Villkor",
    "conditions_text": "Villkor, med egna ord",
    "exclusion": "Riktlinjens avgränsning av målgruppen",
    "forbehall": "Återkallelseförbehåll",
    "forbehall_text": "Förbehållets text",
    "reasons_provisions": "Motivering, bestämmelser",
    "reasons_facts": "Motivering, omständigheter",
    "children_in_household": "Barn i hushållet",
    "decided_by": "Beslutat av",
    "foredragande": "Föredragande",
    "act": "Underrättelsen gäller",
    "fick_del": "Fick del",
    "method": "Sätt",
    "method_text": "Sätt, med egna ord",
    "appeal_info": "Överklagandehänvisning",
    "to": "Mottagare",
    "language": "Språk",
    "interpreter": "Tolk",
    "representative": "Företrädare som underrättades",
    "decider_name_withheld": "Beslutsfattarens namn utelämnat",
    "effective": "Verkan från",
    "ground": "Grund",
    "ground_text": "Grund, med egna ord",
    "facts": "Omständigheter",
    "remaining_need": "Behovet kvarstår",
    "last_note": "Sista anteckning",
    # hyresförhållandet
    "lease_id": "Hyresavtal",
    "lease_missing": "Hyresavtalet anges inte",
    "indefinite": "Tillsvidareavtal",
    "block_lease": "Blockuthyrning",
    "provided_by_lease": "Bostaden upplåts genom hyresavtal",
    "head_landlord_notified": "Fastighetsägaren underrättad",
    "template_id": "Mall",
    "template_version": "Mallens version",
    "link_clause_id": "Länkvillkor",
    "placing_namnd": "Placerande nämnd",
    "terms": "Särskilda villkor",
    "terms_text": "Särskilda villkor, med egna ord",
    "head_rent_ore_per_month": "Hyra till fastighetsägaren per månad",
    "sub_rent_ore_per_month": "Hyra per månad",
    "furniture_ore_per_month": "Möbeltillägg per månad",
    "tenants": "Hyresgäster",
    "flat": "Lägenhet",
    "signed_by": "Undertecknat av",
    "kind": "Slag",
    "kind_text": "Slag, med egna ord",
    "grade": "Grad",
    "source_process": "Uppgiften kommer från",
    "reported_by": "Anmält av",
    "evidence": "Underlag",
    "by": "Uppsagt av",
    "reasons_stated": "Skäl angivna",
    "served": "Kom fram",
    "ends_at": "Uppsagt till",
    "point": "Punkt i 12 kap. 42 § första stycket JB",
    "point_window": "Punktens lydelse",
    "evidence_refs": "Åberopade händelser",
    "s46_2_tested": "12 kap. 46 § andra stycket JB prövat",
    # kopplingarna
    "bistand_stream": "Ström i BESLUT",
    "hyra_stream": "Ström i HYRA",
    "from_event": "Från händelse",
    "from_missing": "Första händelsen anges inte",
    "to_event": "Till händelse",
    "to_missing": "Andra händelsen anges inte",
    "link": "Koppling",
    # gallringen
    "target_lane": "Process",
    "legal_ground": "Rättslig grund",
    "until": "Till och med",
    "reason_text": "Skäl, med egna ord",
    "level": "Nivå",
    "decision": "Gallringsbeslut",
    "indexes": "Positioner i loggen",
    "count": "Antal poster",
    # nämnder och handläggare
    "predecessor": "Nämnd som efterträds",
    "successor": "Efterträdande nämnd",
    "day": "Från och med dagen",
    "namnd": "Nämnd",
    "to_namnd": "Ny ansvarig nämnd",
    # i flera processer
    "organ": "Beslutande organ",
    "organ_text": "Beslutande organ, med egna ord",
    "due": "Sista dag",
    "outcome_text": "Utfall, med egna ord",
    "finding_id": "Iakttagelse",
    # handlingarna
    "document_id": "Handling",
    "heading": "Rubrik",
    "chunks_digest": "Kontrollsumma för det förseglade",
    "media_type": "Filtyp",
    "length": "Storlek i byte",
    "salt": "Salt",
    "commitment": "Kontrollsumma för innehållet",
    # rättelser och loggen
    "approved": "Godkänd post",
    "entry": "Post",
    "environment": "Miljö",
    "follows": "Följer på",
    "witnessed": "Senast bevittnat läge",
    "epoch": "Epok",
    "size": "Antal händelser",
    "streams": "Antal strömmar",
    "root": "Rot",
    **bistand_texts.FIELDS,
    **hyra_texts.FIELDS,
    **koppling_texts.FIELDS,
    **tillsyn_texts.FIELDS,
    **system_texts.FIELDS,
}

TECHNICAL: Final = frozenset({
    "person", "person_stream", "bistand_stream", "hyra_stream", "bistand_person", "hyra_person",
    "letter_id", "finding_id", "assessed_person", "rep", "estate_contact", "resident",
    "into", "into_stream", "chunks_digest", "salt", "commitment",
})  # fmt: skip
"""Fields that hold ids for the program alone."""

HANDED_OVER: Final = (
    "Personernas akter följer inte med ett ärende som lämnas över. Lämna över dem också, eller låt"
    " mottagaren registrera personerna: annars ser mottagaren inte vem parten är, hittar inte"
    " ärendet på nummer, och ser adresserna i det bara med särskild behörighet."
)
"""What whoever hands a case over is told."""

CODES: Final[Mapping[type[StrEnum], Mapping[str, str]]] = {
    Lane: {lane.value: words for lane, words in LANES.items()},
    Role: {
        "bistandshandlaggare": "biståndshandläggare",
        "hyreshandlaggare": "hyreshandläggare",
        "enhetschef": "enhetschef",
        "registrator": "registrator",
        "arkivarie": "arkivarie",
        "systemadministrator": "systemadministratör",
        "revisor": "revisor",
        "migreringsansvarig": "migreringsansvarig",
        "skyddade_uppgifter": "behörig till skyddade uppgifter",
    },
    codes.MissingReference: {
        "finns_inte": "finns inte",
        "aldrig_registrerad": "har aldrig registrerats",
        "i_annat_system": "finns i ett annat system",
        "okand": "okänt",
    },
    codes.CorrectionReason: {
        "skrivfel": "skrivfel",
        "fel_uppgift": "fel uppgift",
        "fel_tidpunkt": "fel tidpunkt",
        "uppgift_saknades": "en uppgift saknades",
        "utanfor_katalogen": "annat skäl, se anteckningen",
    },
    codes.ErroneousReason: {
        "hande_inte": "det hände inte",
        "registrerad_tva_ganger": "den är registrerad två gånger",
        "fel_arende": "den hör till ett annat ärende",
        "utanfor_katalogen": "annat skäl",
    },
    codes.ServiceMethod: {
        "delgivning_kvitto": "genom delgivning med kvitto",
        "delgivning_annan_tillaten": "genom annan tillåten delgivning",
        "delgivning_forbjuden_14_12": "genom delgivning som 14 kap. 12 § SoL inte tillåter",
        "rek_brev": "i rekommenderat brev",
        "rek_plus_exemplar": "i rekommenderat brev och med ett exemplar lämnat i bostaden",
        "vanligt_brev": "i vanligt brev",
        "e_post": "per e-post",
        "muntligt": "muntligt",
        "kungorelse": "genom kungörelse",
        "utanfor_katalogen": "på annat sätt",
    },
    codes.OneOfTheParties: {"part": "parten", "medpart": "medparten"},
    codes.RepresentativeKind: {
        "ombud": "ombud",
        "bitrade": "biträde",
        "god_man": "god man",
        "forvaltare": "förvaltare",
        "vardnadshavare": "vårdnadshavare",
        "dodsbo": "dödsbo",
        "utanfor_katalogen": "annan företrädare",
    },
    codes.Organ: {
        "namnd": "nämnden",
        "utskott": "ett utskott",
        "ordforande_6_39": "ordföranden (6 kap. 39 § KL)",
        "delegat": "en delegat",
        "utanfor_katalogen": "annat organ",
    },
    codes.NumberKind: {
        "personnummer": "personnummer",
        "samordningsnummer": "samordningsnummer",
        "saknas": "inte registrerat",
    },
    codes.Protection: {
        "ingen": "inga",
        "sekretessmarkering": "sekretessmarkering",
        "skyddad_folkbokforing": "skyddad folkbokföring",
        "fingerade_uppgifter": "fingerade personuppgifter",
    },
    codes.DocumentKind: {
        "beslut": "beslut",
        "avtal": "avtal",
        "brev": "brev",
        "plan": "plan",
        "ansokan": "ansökan",
        "utanfor_katalogen": "annan handling",
    },
    codes.LeavingReason: {
        "separerat": "paret har separerat",
        "avlidit": "parten har avlidit",
        "utanfor_katalogen": "annat skäl",
    },
    codes.MergeReason: {
        "registrerad_tva_ganger": "personen var registrerad två gånger",
        "nytt_nummer": "personen registrerades på nytt med ett nytt nummer",
        "utanfor_katalogen": "annat skäl",
    },
    codes.UnmergeReason: {
        "olika_personer": "det är olika personer",
        "utanfor_katalogen": "annat skäl",
    },
    codes.HolderGround: {
        "succession": "nämnden har efterträtts",
        "overlamnat": "ärendet har överlämnats",
        "utanfor_katalogen": "annan grund",
    },
    codes.EpochReason: {
        "grundad": "den grundades",
        "aterlasning": "den återlästes från en säkerhetskopia",
        "klockfel": "dess klocka hade gått fel",
    },
    codes.Environment: {"development": "utveckling, inte skarp drift", "production": "skarp drift"},
    codes.SecrecyGround: {
        "10_2_nodvandigt": "10 kap. 2 § OSL (nödvändigt för verksamheten)",
        "10_3_part": "10 kap. 3 § OSL (partsinsyn)",
        "10_27": "10 kap. 27 § OSL",
        "10_28_uppgiftsskyldighet": "10 kap. 28 § OSL (uppgiftsskyldighet)",
        "12_2_samtycke": "12 kap. 2 § OSL (samtycke)",
        "26_9": "26 kap. 9 § OSL",
        "26_9c": "26 kap. 9 c § OSL",
        "dom": "dom",
        "utanfor_katalogen": "annan grund",
    },
    codes.ConsentTo: {
        "uppgifter": "att uppgifter lämnas",
        "tillsynsbesok": "tillsynsbesök",
        "plan": "en plan",
        "utanfor_katalogen": "annat samtycke",
    },
    codes.ConsentGiven: {
        "fritt": "fritt",
        "vid_signering": "när avtalet undertecknades",
    },
    codes.StatedConsequence: {
        "ingen": "ingen",
        "forlorar_lagenhet": "lägenheten går förlorad",
        "okant": "okänt",
    },
    **bistand_texts.CODES,
    **hyra_texts.CODES,
    **koppling_texts.CODES,
    **tillsyn_texts.CODES,
    **system_texts.CODES,
}
