"""The words a person reads: each type, field and code once, in plain Swedish.

A sentence has `{field}` where a value goes, and `{Grund:field}` where a label goes before it, which
is left out before "annan grund". A part in square brackets is left out when one of its values is
not given. Tests prove that every registered type, field and code has its words here.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from domain.bistand import events as bistand
from domain.hyra import events as hyra
from domain.kernel import codes
from domain.kernel.actor import Role
from domain.koppling import events as koppling
from domain.tillsyn import events as tillsyn
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
    "PersonRegistered": Wording(
        "Person registrerad", "{name} fördes in i processens personregister."
    ),
    "CaseClosed": Wording(
        "Ärende avslutat",
        "Ärendet avslutades i den här processen[. Sista anteckningen gjordes {last_note}].",
    ),
    # Beslutet
    "ApplicationReceived": Wording(
        "Ansökan inkommen", "En ansökan[ om {asks_for}] kom in[ {channel}]."
    ),
    "InvestigationOpened": Wording("Utredning inledd", "Nämnden inledde en utredning."),
    "InvestigationClosed": Wording("Utredning avslutad", "Utredningen avslutades: {outcome}."),
    "DecisionGranted": Wording(
        "Beslut om bifall",
        "{decision_id}[: {insats} beviljades][ enligt {basis}][, från och med {start}]"
        "[ till och med {end}].",
    ),
    "DecisionNotified": Wording(
        "Underrättelse om beslut",
        "Underrättelse om {decision_id} lämnades[ {method}]"
        "[. Mottagaren fick del av den {fick_del}].",
    ),
    "BiståndEnded": Wording(
        "Bistånd avslutat",
        "{decision_id} avslutades[ med verkan {effective}][. {Grund:ground}].",
        title_sol25="Insats avslutad",
    ),
    # Hyresförhållandet
    "LeaseSigned": Wording(
        "Hyresavtal undertecknat",
        "{lease_id} undertecknades[, från och med {start}][ till och med {end}].",
    ),
    "DisturbanceReported": Wording(
        "Störning anmäld",
        "En störning anmäldes[: {kind}]. Det är en uppgift, inte en konstaterad brist.",
    ),
    "TerminationNoticeIssued": Wording(
        "Uppsägning",
        "{lease_id} sades upp[ av {by}][ till {ends_at}][. {Grund:ground}]"
        "[. Uppsägningen lämnades {method}][ och delgavs {served}].",
    ),
    "LeaseTerminated": Wording(
        "Hyresförhållandet upphörde",
        "{lease_id} upphörde[. {Grund:ground}].",
    ),
    # Kopplingarna
    "CaseJoined": Wording("Processer sammanförda", "Processerna hör till samma ärende."),
    "LinkMade": Wording("Koppling gjord", "{from_event} {kind} {to_event}."),
    "LinkEnded": Wording("Koppling avslutad", "{link} gäller inte längre."),
    # Gallringen
    "GallringsspärrSet": Wording(
        "Gallringsspärr satt",
        "Gallringen av en akt i {target_lane} får vänta[ till och med {until}]."
        " {Grund:legal_ground}.",
    ),
    "GallringsspärrLifted": Wording("Gallringsspärr hävd", "Spärren hävdes: {reason}."),
    "GallringDecided": Wording(
        "Gallring beslutad",
        "Gallring på nivå {level} i {target_lane} beslutades. {Grund:legal_ground}.",
    ),
    "GallringWithdrawn": Wording(
        "Gallringsbeslut återtaget", "Beslutet om gallring återtogs: {reason}."
    ),
    "GallringExecuted": Wording(
        "Gallring utförd",
        "Gallring på nivå {level} i {target_lane} utfördes. Poster: {count}.",
    ),
    # Nämnder och handläggare
    "NämndRegistered": Wording(
        "Nämnd registrerad", "{name} har sina ärenden här[ från och med {start}]."
    ),
    "NämndSucceeded": Wording(
        "Nämnd efterträdd",
        "Ansvaret går från {predecessor} till {successor} från och med {day}.",
    ),
    "OfficerRegistered": Wording("Handläggare registrerad", "{name} kan tilldelas roller."),
    "RoleAssigned": Wording(
        "Roll tilldelad",
        "Rollen som {role} tilldelades[ i {namnd}][ från och med {start}][ till och med {end}].",
    ),
    "RoleRevoked": Wording(
        "Roll återkallad", "Rollen som {role}[ i {namnd}] återkallades[ från och med {end}]."
    ),
    # Handlingarna
    "DocumentFiled": Wording("Handling inlagd", "En handling lades in[: {kind}][, {title}]."),
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
    "acted_by": "Handlade",
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
    # beslutet
    "channel": "Inkom",
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
    "full_grant": "Helt bifall",
    "grounds": "Grunder",
    "grounds_text": "Grunder, med egna ord",
    "reject": "Skäl för avslag",
    "reject_text": "Skäl för avslag, med egna ord",
    "assessment": "Bedömt",
    "conditions": "Villkor",
    "conditions_text": "Villkor, med egna ord",
    "exclusion": "Undantag enligt riktlinje",
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
    "representative": "Ställföreträdare",
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
    "provided_by_lease": "Bostaden upplåts genom avtalet",
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
    "served": "Delgiven",
    "ends_at": "Uppsagt till",
    "point": "Punkt i 42 §",
    "point_window": "Punktens lydelse",
    "evidence_refs": "Åberopade händelser",
    "s46_2_tested": "46 § andra stycket prövat",
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
    "predecessor": "Företrädare",
    "successor": "Efterträdare",
    "day": "Dag",
    "namnd": "Nämnd",
    "to_namnd": "Ny ansvarig nämnd",
    # handlingarna
    "document_id": "Handling",
    "chunks_digest": "Kontrollsumma för det förseglade",
    "title": "Rubrik",
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
    "letter_id", "finding_id", "assessed_person", "rep", "estate_contact",
    "chunks_digest", "salt", "commitment",
})  # fmt: skip
"""Fields that hold ids for the program alone."""

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
    codes.NumberKind: {
        "personnummer": "personnummer",
        "samordningsnummer": "samordningsnummer",
        "saknas": "inget nummer",
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
    bistand.Channel: {
        "post": "per post",
        "e_post": "per e-post",
        "telefon": "per telefon",
        "besok": "vid ett besök",
        "annan": "på annat sätt",
    },
    bistand.Insats: {
        "forsok": "försökslägenhet",
        "traning": "träningslägenhet",
        "bostad_forst": "Bostad Först-lägenhet",
        "jour": "jourlägenhet",
        "likvardig_boende": "boende likvärdigt med träningslägenhet",
        "annat_boende": "annat boende",
        "akutboende": "akutboende",
        "boendestod": "boendestöd",
        "ekonomiskt_bistand": "ekonomiskt bistånd",
        "utanfor_katalogen": "annan insats",
    },
    bistand.Basis: {
        "SoL01_4_1": "4 kap. 1 § SoL (2001:453)",
        "SoL01_4_2": "4 kap. 2 § SoL (2001:453)",
        "SoL25_11_1": "11 kap. 1 § SoL (2025:400)",
        "SoL25_11_4": "11 kap. 4 § SoL (2025:400)",
        "SoL25_12_1": "12 kap. 1 § SoL (2025:400)",
        "SoL25_12_2": "12 kap. 2 § SoL (2025:400)",
        "utanfor_katalogen": "annan bestämmelse",
    },
    bistand.Ground: {
        "missbruk": "missbruk",
        "skadligt_bruk_beroende": "skadligt bruk eller beroende",
        "psykiska_problem": "psykiska problem",
        "psykisk_ohalsa": "psykisk ohälsa",
        "allvarliga_sociala_problem": "allvarliga sociala problem",
        "vardkedja_valdsutsatt": "vårdkedja för våldsutsatt",
        "vardkedja_efter_institution": "vårdkedja efter institutionsvistelse",
        "hemloshet": "hemlöshet",
        "akut_social_situation": "akut social situation",
        "utanfor_katalogen": "annan grund",
    },
    bistand.Reject: {
        "inget_stodbehov": "inget behov av stöd",
        "klarar_sjalv": "klarar boendet själv",
        "klarar_inte_ens_med_stod": "klarar inte boendet ens med stöd",
        "mojligheter_ej_uttomda": "andra möjligheter är inte uttömda",
        "trappsteg": "träningslägenhet krävs först",
        "marknad_eller_kotid": "bostadsmarknad eller kötid",
        "enbart_hemloshet": "enbart hemlöshet",
        "utanfor_malgrupp": "utanför målgruppen",
        "avgransad_grupp": "hör till en avgränsad grupp",
        "utanfor_katalogen": "annat skäl",
    },
    bistand.Assessed: {
        "long_lasting_difficulties": "långvariga svårigheter",
        "needs_extensive_support": "behov av omfattande stöd",
        "can_manage_with_support": "klarar boendet med stöd",
        "support_need_linked_to_housing": "stödbehovet hänger samman med boendet",
        "options_exhausted": "andra möjligheter är uttömda",
        "shorter_perspective_weighed": "kortare perspektiv vägt in",
        "alternatives_weighed": "alternativ vägda in",
        "better_than_comparable_housing": "bättre än jämförbart boende",
        "neighbour_safety_weighed": "grannars trygghet vägd in",
        "g11_relevant_help": "relevant hjälp (2011 års riktlinjer)",
        "g11_can_manage_home": "kan sköta ett hem (2011 års riktlinjer)",
        "g11_realistic_takeover": "övertagande realistiskt (2011 års riktlinjer)",
    },
    bistand.Answer: {"ja": "ja", "nej": "nej", "ej_bedomt": "inte bedömt"},
    bistand.Condition: {
        "sobriety": "nykterhet eller drogfrihet",
        "drug_test": "drogtest",
        "treatment_plan": "behandlingsplan",
        "named_doctor": "kontakt med viss läkare",
        "medication": "medicinering",
        "genomforandeplan": "genomförandeplan",
        "boendestod_acceptance": "att ta emot boendestöd",
        "utanfor_katalogen": "annat villkor",
    },
    bistand.Exclusion: {
        "ej_provat": "inte prövat",
        "provat_ej_uppfylld": "prövat, inte uppfyllt",
        "provat_uppfylld": "prövat, uppfyllt",
    },
    bistand.Forbehall: {
        "konkret": "konkret förbehåll",
        "allmant": "allmänt förbehåll",
        "dolt_villkor": "förbehåll som i sak är ett villkor",
        "utanfor_katalogen": "annat förbehåll",
    },
    bistand.AppealRoute: {
        "forvaltningsbesvar": "förvaltningsbesvär",
        "laglighetsprovning": "laglighetsprövning",
        "ingen": "beslutet kan inte överklagas",
        "saknas": "ingen hänvisning lämnades",
    },
    bistand.Addressee: {
        "part": "parten",
        "medpart": "medparten",
        "stallforetradare": "ställföreträdaren",
        "utanfor_katalogen": "annan mottagare",
    },
    bistand.NotifiedAct: {"beslutet": "beslutet", "upphorandet": "att det upphör"},
    bistand.InvestigationOutcome: {
        "beslut": "beslut",
        "ingen_atgard": "ingen åtgärd",
        "overflyttad": "överflyttad",
        "utanfor_katalogen": "annat utfall",
    },
    bistand.EndGround: {
        "period_slut": "beslutets tid löpte ut",
        "egen_begaran": "egen begäran",
        "ersatt_av_nytt_beslut": "ersatt av ett nytt beslut",
        "andrat_14_9": "ändrat enligt 14 kap. 9 § SoL",
        "aterkallat_37_p1": "återkallat enligt 37 § andra stycket 1 FL",
        "aterkallat_37_p2": "återkallat enligt 37 § andra stycket 2 FL",
        "aterkallat_37_p3": "återkallat enligt 37 § andra stycket 3 FL",
        "praxis_gynnande": "ändrat enligt praxis om gynnande beslut",
        "dod": "den enskilde har avlidit",
        "flyttat": "den enskilde har flyttat",
        "dom": "dom",
        "utanfor_katalogen": "annan grund",
    },
    hyra.Term: {
        "alcohol_ban": "alkoholförbud",
        "drug_ban": "drogförbud",
        "drug_test": "drogtest",
        "doctor_contact": "kontakt med läkare",
        "medication": "medicinering",
        "treatment": "behandling",
        "no_guests": "förbud mot besök",
        "sole_occupancy": "att bo ensam",
        "inspection_recurring": "återkommande tillsynsbesök",
        "staff_entry_right": "rätt för personal att gå in",
        "search_right": "rätt att söka igenom bostaden",
        "police_call": "att polis tillkallas",
        "link_clause": "länkvillkor",
        "notice_period": "uppsägningstid",
        "other_lawful": "annat tillåtet villkor",
        "utanfor_katalogen": "annat villkor",
    },
    hyra.Tenants: {"part": "parten", "medpart": "medparten", "bada": "båda parterna"},
    hyra.DisturbanceKind: {
        "bristande_skotsamhet": "bristande skötsamhet",
        "storning": "störning i boendet",
        "brott_25_st3": "brott enligt 25 § tredje stycket",
        "utanfor_katalogen": "annan störning",
    },
    hyra.DisturbanceGrade: {"vanlig": "vanlig", "sarskilt_allvarlig": "särskilt allvarlig"},
    hyra.DisturbanceSource: {
        "hyra": "hyresprocessen",
        "boendestod": "boendestödet",
        "utredning": "utredningen",
    },
    hyra.NoticeBy: {
        "hyresvard": "hyresvärden",
        "hyresgast": "hyresgästen",
        "dodsbo": "dödsboet",
    },
    hyra.NoticeGround: {
        "46_p1": "46 § första stycket 1 (förverkad hyresrätt)",
        "46_p2": "46 § första stycket 2 (åsidosatta förpliktelser)",
        "46_p10": "46 § första stycket 10 (inte oskäligt)",
        "46_annan": "46 §, annan punkt",
        "45a_angiven_orsak": "orsak som angetts i avstående enligt 45 a §",
        "ingen_ratt_45_p1": "ingen rätt till förlängning (45 § första stycket 1)",
        "42": "42 § (förverkande)",
        "utanfor_katalogen": "annan grund",
    },
    hyra.LeaseWindow: {
        "H09": "lydelsen före 2014-07-01",
        "H14": "lydelsen från 2014-07-01",
        "H19": "lydelsen från 2019-10-01",
        "H24": "lydelsen från 2024-07-01",
    },
    hyra.LeaseEnd: {
        "uppsagning_hyresvard": "hyresvärdens uppsägning",
        "uppsagning_hyresgast": "hyresgästens uppsägning",
        "uppsagning_dodsbo": "dödsboets uppsägning",
        "forverkande": "förverkande",
        "overenskommelse": "överenskommelse",
        "hyrestid_ut": "hyrestiden gick ut",
        "efter_provning": "efter prövning i hyresnämnd eller domstol",
        "overgiven_27": "övergiven lägenhet (27 §)",
        "overlatelse": "överlåtelse",
        "huvudavtal_upphort": "huvudhyresavtalet upphörde",
        "utanfor_katalogen": "annan grund",
    },
    koppling.LinkKind: {
        "verkstaller": "verkställer",
        "foljer_av": "följer av",
        "aberopar": "åberopar",
        "utanfor_katalogen": "hör samman med",
    },
    koppling.SecrecyGround: {
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
    tillsyn.HoldGround: {
        "inom_tidsfristen": "inom tiden för gallringen (16 kap. 1 § SoL)",
        "tillsynsarende": "pågående tillsynsärende",
        "domstolsarende": "pågående mål i domstol",
        "arkivbeslut": "arkivmyndighetens beslut",
        "utanfor_katalogen": "annan grund",
    },
    tillsyn.LiftReason: {
        "grunden_upphord": "grunden för den har upphört",
        "tiden_ute": "tiden för den har gått ut",
        "utanfor_katalogen": "annat skäl",
    },
    tillsyn.WithdrawalReason: {
        "fel_akt": "det gällde fel akt eller fel person",
        "tiden_inte_ute": "tiden för gallring är inte ute",
        "ska_bevaras": "akten ska bevaras",
        "annan_namnd": "en annan nämnd ansvarar nu för akten",
        "utanfor_katalogen": "annat skäl",
    },
    tillsyn.GallringGround: {
        "sol_16_1": "16 kap. 1 § SoL (2025:400)",
        "sol_17_2": "17 kap. 2 § SoL (2025:400)",
        "dokumenthanteringsplan": "dokumenthanteringsplanen",
        "fel_arende": "uppgiften hörde till ett annat ärende",
        "utanfor_katalogen": "annan grund",
    },
    **bistand_texts.CODES,
    **hyra_texts.CODES,
    **koppling_texts.CODES,
    **tillsyn_texts.CODES,
    **system_texts.CODES,
}
