"""The words of supervision: its types, their fields and codes."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from domain.kernel import codes as kernel_codes
from domain.tillsyn import events, lex_sarah, matters, requests, reviews
from projections.wording import Wording

TYPES: Final[Mapping[str, Wording]] = {
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
    # JO och IVO
    "JOMatterOpened": Wording("Ärende hos JO öppnat", "JO öppnade ett ärende om nämnden."),
    "IVOMatterOpened": Wording("Ärende hos IVO öppnat", "IVO öppnade ett ärende om nämnden."),
    "DocumentsLent": Wording(
        "Handlingar utlånade",
        "Handlingar lånades ut till den som utövar tillsynen[. De skulle lämnas senast {due}].",
    ),
    "RemissReceived": Wording(
        "Remiss från JO", "JO begärde ett yttrande av nämnden[ senast {due}]."
    ),
    "ExtensionRequested": Wording("Anstånd begärt", "Nämnden begärde anstånd[ till {due}]."),
    "ExtensionGranted": Wording("Anstånd beviljat", "Nämnden fick anstånd[ till {due}]."),
    "OfficerReportWritten": Wording(
        "Tjänsteutlåtande skrivet", "Förvaltningen skrev ett tjänsteutlåtande till nämnden."
    ),
    "NämndSummoned": Wording(
        "Kallelse till nämnden",
        "Nämnden kallades till sammanträde[ {meeting_day}].",
    ),
    "ReplyDecided": Wording(
        "Yttrande beslutat", "Nämndens yttrande beslutades[ av {organ}][, {organ_text}]."
    ),
    "ImmediateAdjustmentMade": Wording(
        "Omedelbar justering", "Paragrafen om yttrandet justerades omedelbart."
    ),
    "ReplySent": Wording("Yttrande expedierat", "Nämndens yttrande expedierades."),
    "CommentsReceived": Wording(
        "Synpunkter på yttrandet",
        "Synpunkter på nämndens yttrande kom in[, att bemöta senast {due}].",
    ),
    "JODecisionMade": Wording("Beslut av JO", "JO beslutade[: {outcome}][, {outcome_text}]."),
    "IVORequestReceived": Wording(
        "Begäran från IVO", "IVO begärde uppgifter eller handlingar[ senast {due}]."
    ),
    "IVOInjunctionReceived": Wording(
        "Föreläggande från IVO",
        "IVO förelade nämnden att vidta åtgärder[ senast {due}][, vid vite av {vite_ore}].",
    ),
    "IVOReplySent": Wording("Svar till IVO avsänt", "Nämndens svar till IVO sändes."),
    "IVODecisionMade": Wording("Beslut av IVO", "IVO beslutade[: {outcome}][, {outcome_text}]."),
    "FeeCaseOpened": Wording(
        "Mål om särskild avgift",
        "IVO ansökte hos domstol om särskild avgift[ av {fee_ore}].",
    ),
    "FeeCaseDecided": Wording(
        "Dom om särskild avgift",
        "Domstolen[ ({court})] dömde om särskild avgift[: {outcome}][, {outcome_text}]"
        "[. Avgift: {fee_ore}].",
    ),
    "NämndTookNote": Wording(
        "Anmält i nämnden", "Avgörandet anmäldes i nämnden[. Åtgärder: {measures}]."
    ),
    # Lex Sarah
    "LexSarahReported": Wording(
        "Lex Sarah-rapport",
        "Ett missförhållande, eller en risk för det, rapporterades. Rapporten är inte bedömd.",
    ),
    "LexSarahAssessed": Wording(
        "Lex Sarah-rapport bedömd",
        "Rapporten bedömdes[: {misconduct}][, {misconduct_text}].",
    ),
    "LexSarahInvestigated": Wording(
        "Lex Sarah-utredning klar",
        "Händelsen utreddes[: {misconduct}][, {misconduct_text}].",
    ),
    "LexSarahReportedToIVO": Wording(
        "Lex Sarah-anmälan till IVO", "Ett allvarligt missförhållande anmäldes till IVO."
    ),
    # Utlämnande av handlingar
    "DocumentRequested": Wording(
        "Begäran om handlingar", "Någon begärde att få ta del av handlingar[: {asked_items}]."
    ),
    "ItemAssessed": Wording(
        "Menprövning", "En handling prövades mot sekretessen[: {item_outcome}]."
    ),
    "DocumentsReleased": Wording("Handlingar utlämnade", "Alla begärda handlingar lämnades ut."),
    "ReleasedInPart": Wording(
        "Handlingar delvis utlämnade", "Begärda handlingar lämnades ut till en del."
    ),
    "ReleaseRefused": Wording("Utlämnande nekat", "Begärda handlingar lämnades inte ut."),
    "AuthorityDecisionDemanded": Wording(
        "Myndighetens beslut begärt", "Den som begärt handlingar ville ha myndighetens beslut."
    ),
    "RefusalAppealed": Wording(
        "Nekat utlämnande överklagat", "Beslutet att inte lämna ut överklagades[ till {court}]."
    ),
    # Egen granskning
    "DossierReleased": Wording(
        "Akt utlämnad",
        "En sammanställd akt lämnades ut[ till {dossier_to}][. Grund: {ground}][, {ground_text}].",
    ),
    "FindingAssessed": Wording(
        "Iakttagelse bedömd",
        "En av systemets iakttagelser bedömdes[: {finding_answer}]."
        " En iakttagelse är ingen rättslig bedömning.",
    ),
    "LogReviewDone": Wording(
        "Loggkontroll gjord",
        "Läsningarna kontrollerades[ från och med {start}][ till och med {end}]"
        "[. Utfall: {review_outcome}].",
    ),
}

FIELDS: Final[Mapping[str, str]] = {
    "dnr": "Diarienummer",
    "cases": "Ärenden",
    "questions": "Det som begärs",
    "request": "Begäran som avses",
    "written_by": "Skrivet av",
    "meeting_day": "Sammanträdesdag",
    "measures": "Åtgärder",
    "legal_basis": "Stöd i lag",
    "legal_basis_text": "Stöd i lag, med egna ord",
    "vite_ore": "Vite",
    "court": "Domstol",
    "event_refs": "Händelser som avses",
    "fee_ore": "Särskild avgift",
    "decision_event": "Avgörande som avses",
    "fee_case": "Mål som avses",
    "what": "Vad som har hänt",
    "misconduct": "Bedömning",
    "misconduct_text": "Bedömning, med egna ord",
    "reasons": "Skäl för bedömningen",
    "remedied": "Avhjälpt",
    "requester": "Den som begär",
    "asked_items": "Handlingar som avses",
    "item_outcome": "Utfall för handlingen",
    "item_outcome_text": "Utfall för handlingen, med egna ord",
    "secrecy": "Sekretess enligt",
    "secrecy_text": "Sekretess, med egna ord",
    "proviso": "Förbehåll vid utlämnandet",
    "written_decision_offered": "Skriftligt beslut erbjudet",
    "written_decision": "Skriftligt beslut fattat",
    "refusal_appeal": "Hänvisning för överklagande",
    "refusal_appeal_text": "Hänvisning för överklagande, med egna ord",
    "partial_weighed": "Utlämnande i del övervägt",
    "refusal": "Överklagat beslut",
    "lanes": "Processer",
    "masked": "Maskad",
    "findings_included": "Iakttagelser medföljer",
    "dossier_to": "Lämnades ut till",
    "dossier_to_text": "Lämnades ut till, med egna ord",
    "masking_reasons": "Skäl för maskningen",
    "finding_answer": "Svar på iakttagelsen",
    "rows": "Antal rader",
    "review_outcome": "Utfall av kontrollen",
    "review_outcome_text": "Utfall av kontrollen, med egna ord",
}
"""Labels of fields; a name that stands elsewhere already is not repeated."""

UNREFERENCED: Final[Mapping[str, str]] = {}

CODES: Final[Mapping[type[StrEnum], Mapping[str, str]]] = {
    events.HoldGround: {
        "inom_tidsfristen": "inom tiden för gallringen (16 kap. 1 § SoL)",
        "tillsynsarende": "pågående tillsynsärende",
        "domstolsarende": "pågående mål i domstol",
        "arkivbeslut": "arkivmyndighetens beslut",
        "utanfor_katalogen": "annan grund",
    },
    events.LiftReason: {
        "grunden_upphord": "grunden för den har upphört",
        "tiden_ute": "tiden för den har gått ut",
        "utanfor_katalogen": "annat skäl",
    },
    events.WithdrawalReason: {
        "fel_akt": "det gällde fel akt eller fel person",
        "tiden_inte_ute": "tiden för gallring är inte ute",
        "ska_bevaras": "akten ska bevaras",
        "annan_namnd": "en annan nämnd ansvarar nu för akten",
        "utanfor_katalogen": "annat skäl",
    },
    events.GallringGround: {
        "sol_16_1": "16 kap. 1 § SoL (2025:400)",
        "sol_17_2": "17 kap. 2 § SoL (2025:400)",
        "dokumenthanteringsplan": "dokumenthanteringsplanen",
        "fel_arende": "uppgiften hörde till ett annat ärende",
        "utanfor_katalogen": "annan grund",
    },
    matters.JOOutcome: {
        "ingen_kritik": "ingen kritik",
        "kritik": "kritik",
        "allvarlig_kritik": "allvarlig kritik",
        "uttalande": "uttalande",
        "avskrivet": "avskrivet",
        "utanfor_katalogen": "annat utfall",
    },
    matters.IVOOutcome: {
        "ingen_brist": "ingen brist",
        "brist": "brist",
        "brist_avhjalpt": "brist som har avhjälpts",
        "avskrivet": "avskrivet",
        "utanfor_katalogen": "annat utfall",
    },
    matters.FeeOutcome: {
        "bifall": "IVO:s ansökan bifölls",
        "delvis": "IVO:s ansökan bifölls delvis",
        "avslag": "IVO:s ansökan avslogs",
        "avskrivet": "målet skrevs av",
        "utanfor_katalogen": "annat utfall",
    },
    matters.IVOBasis: {
        "SoL25_28_5": "28 kap. 5 § SoL (2025:400)",
        "SoL25_28_6": "28 kap. 6 § SoL (2025:400)",
        "SoL25_28_8": "28 kap. 8 § SoL (2025:400)",
        "SoL25_28_9": "28 kap. 9 § SoL (2025:400)",
        "utanfor_katalogen": "annan bestämmelse",
    },
    lex_sarah.Misconduct: {
        "inget_missforhallande": "inget missförhållande",
        "missforhallande": "missförhållande",
        "allvarligt": "allvarligt missförhållande, eller påtaglig risk för det",
        "utanfor_katalogen": "annan bedömning",
    },
    requests.ItemOutcome: {
        "lamnas": "lämnas ut",
        "maskas": "lämnas ut maskad",
        "nekas": "lämnas inte ut",
        "forbehall": "lämnas ut med förbehåll",
        "utanfor_katalogen": "annat utfall",
    },
    requests.SecrecyProvision: {
        "osl_11_1": "11 kap. 1 § OSL",
        "osl_21_3": "21 kap. 3 § OSL",
        "osl_21_3a": "21 kap. 3 a § OSL",
        "osl_26_1": "26 kap. 1 § OSL",
        "osl_26_5": "26 kap. 5 § OSL",
        "osl_26_11": "26 kap. 11 § OSL",
        "utanfor_katalogen": "annan bestämmelse",
    },
    requests.RefusalAppeal: {
        "kammarratten": "till kammarrätten",
        "saknas": "ingen hänvisning lämnades",
        "utanfor_katalogen": "annan instans",
    },
    reviews.DossierRecipient: {
        "jo": "JO",
        "ivo": "IVO",
        "domstol": "domstol",
        "part": "parten",
        "stallforetradare": "ställföreträdaren",
        "ombud": "ombudet",
        "tredje_man": "tredje man",
        "forskare": "en forskare",
        "arkivmyndighet": "arkivmyndigheten",
        "annan_namnd": "en annan nämnd",
        "utanfor_katalogen": "annan mottagare",
    },
    kernel_codes.FindingAnswer: {
        "regeln_galler_inte": "regeln gäller inte",
        "underlag_finns": "underlag finns",
        "avbryter": "avbryter",
        "enhetschef_beslutar": "enhetschefen beslutar",
        "stammer": "stämmer",
        "utanfor_katalogen": "annat svar",
    },
    reviews.LogReviewOutcome: {
        "inget_att_anmarka": "inget att anmärka",
        "utreds": "en läsning utreds",
        "obehorig_atkomst": "läsning utan behörighet",
        "utanfor_katalogen": "annat utfall",
    },
}
