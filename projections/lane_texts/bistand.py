"""The words of the decision process: its types, their fields and codes."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from domain.bistand.events import codes
from projections.wording import Wording

TYPES: Final[Mapping[str, Wording]] = {
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
        "Underrättelse om {decision_id} lämnades[ {method}][. Den gäller {act}]"
        "[. Mottagaren fick del av den {fick_del}].",
    ),
    "BiståndEnded": Wording(
        "Bistånd avslutat",
        "{decision_id} avslutades[ med verkan från och med {effective}][. {Angiven grund:ground}].",
        title_sol25="Insats avslutad",
    ),
    # Det som kommer in och utreds
    "ApplicationWithdrawn": Wording(
        "Ansökan återkallad", "Parten återkallade ansökan[. {Skäl:reason}]."
    ),
    "InformationReceived": Wording(
        "Uppgift inkommen",
        "En uppgift kom in[ {channel}]. Uppgiften är inte prövad.",
    ),
    "NoticeReceived": Wording(
        "Meddelande om bostaden inkommet",
        "Socialnämnden fick ett meddelande[ från {notice_from}][ om {kind}]"
        "[. Dag för avhysning: {eviction_day}].",
    ),
    "InvestigationNotOpened": Wording(
        "Utredning inte inledd", "Nämnden inledde ingen utredning[. {Skäl:reason}]."
    ),
    "JävDeclared": Wording("Jäv prövat", "Frågan om jäv prövades[: {outcome}]."),
    "ResponsibilityChecked": Wording(
        "Ansvarig nämnd prövad", "Det prövades vilken nämnd som ansvarar för ärendet."
    ),
    "InformationObtained": Wording(
        "Uppgifter inhämtade", "Nämnden fick uppgifter från någon annan[. {Grund:ground}]."
    ),
    "AlternativesExplained": Wording(
        "Alternativ förklarade", "Parten fick veta vilka alternativ som finns."
    ),
    "AssessmentRecorded": Wording(
        "Bedömning antecknad", "En bedömning antecknades[: {kind}][, inför {phase}]."
    ),
    "CommunicationSent": Wording(
        "Kommunicering",
        "Kommunicering med parten[: tillfälle att yttra sig över materialet senast {answer_by}]"
        "[. {Undantag:exception}].",
    ),
    "PartyResponded": Wording("Svar från parten", "Parten yttrade sig över materialet."),
    "OralHearingRequested": Wording(
        "Muntligt företräde begärt",
        "Parten begärde att få lämna uppgifter muntligt[ inför {before}].",
    ),
    "OralHearingHeld": Wording(
        "Muntligt företräde", "Parten lämnade uppgifter muntligt[ inför {before}]."
    ),
    "DelayNotified": Wording(
        "Underrättelse om försening",
        "Parten underrättades om att ärendet är väsentligt försenat[. {Skäl:reason}].",
    ),
    "DecisionDemanded": Wording(
        "Begäran om avgörande", "Parten begärde att ärendet skulle avgöras."
    ),
    "DemandRejected": Wording(
        "Begäran om avgörande avslagen", "Nämnden avslog begäran om avgörande[. {Skäl:reason}]."
    ),
    "AssistanceRecorded": Wording(
        "Hjälp att förstå varandra",
        "Hjälp att förstå varandra gavs[: {kind}][. Språk: {language}].",
    ),
    # Beslutet
    "DecisionPartiallyGranted": Wording(
        "Beslut om delavslag",
        "{decision_id}[: {insats} beviljades delvis][ enligt {basis}][, från och med {start}]"
        "[ till och med {end}].",
    ),
    "DecisionRejected": Wording(
        "Beslut om avslag", "{decision_id}: ansökan[ om {insats}] avslogs[ enligt {basis}]."
    ),
    "DelegatedDecisionReported": Wording(
        "Delegationsbeslut anmält",
        "{decision_id} anmäldes till nämnden[, vid sammanträdet {meeting_day}].",
    ),
    "DecisionCorrected": Wording(
        "Skrivfel i beslut rättat", "Ett skrivfel i {decision_id} rättades[: {corrected_part}]."
    ),
    "DecisionChanged": Wording(
        "Beslut ändrat",
        "{decision_id} ändrades[ med verkan från och med {effective}][. Ny tid till och med {end}]"
        "[. {Grund:ground}].",
    ),
    "SocialjourDecisionMade": Wording(
        "Beslut av socialjouren", "Socialjouren beslutade[ om {insats}][ till och med {until}]."
    ),
    "SocialjourHandedOver": Wording(
        "Överlämnat från socialjouren", "Socialjouren lämnade över ärendet till ansvarig nämnd."
    ),
    # Överklagande och domstol
    "AppealReceived": Wording(
        "Överklagande inkommet",
        "Ett överklagande av {decision_id} kom in[. Det gäller {appealed_act}].",
    ),
    "TimelinessChecked": Wording(
        "Rättidsprövning",
        "Det prövades om överklagandet av {decision_id} kom in i tid[: {in_time}]"
        "[. {Undantag:late_exception}].",
    ),
    "Reconsidered": Wording(
        "Omprövning", "Nämnden omprövade {decision_id}[. Beslutet ändrades: {changed}]."
    ),
    "AppealForwarded": Wording(
        "Överklagande överlämnat", "Överklagandet av {decision_id} lämnades över[ till {court}]."
    ),
    "AppealDismissed": Wording(
        "Överklagande avvisat", "Överklagandet av {decision_id} avvisades[. {Skäl:dismissal}]."
    ),
    "AppealWithdrawn": Wording(
        "Överklagande återkallat", "Överklagandet av {decision_id} återkallades[. {Skäl:reason}]."
    ),
    "LegalityReviewReceived": Wording(
        "Laglighetsprövning begärd",
        "En kommunmedlem begärde laglighetsprövning av {decision_id}[ hos {court}].",
    ),
    "CourtJudgmentGiven": Wording(
        "Dom",
        "Domstolen[ ({court})] dömde om {decision_id}[: {outcome}][. Det gäller {appealed_act}].",
    ),
    "InhibitionDecided": Wording(
        "Inhibition prövad",
        "Domstolen[ ({court})] prövade om {decision_id} inte får verkställas tills vidare"
        "[: {inhibited}][. Det gäller {appealed_act}].",
    ),
    "CaseRemitted": Wording(
        "Ärende återförvisat",
        "Domstolen[ ({court})] lämnade tillbaka {decision_id} till nämnden"
        "[. Det gäller {appealed_act}].",
    ),
    "PermissionToAppealDecided": Wording(
        "Prövningstillstånd prövat",
        "Domstolen[ ({court})] prövade om {decision_id} får prövas där[: {permitted}]"
        "[. Det gäller {appealed_act}].",
    ),
    "JudgmentAppealed": Wording(
        "Dom överklagad",
        "Domen om {decision_id} överklagades[ till {court}][ av {judgment_appealed_by}]"
        "[. Det gäller {appealed_act}].",
    ),
    # Verkställigheten
    "SupportOffered": Wording(
        "Stöd erbjudet", "Stöd enligt {decision_id} erbjöds[, från och med {start}]."
    ),
    "SupportDeclined": Wording(
        "Stöd avböjt", "Parten avböjde stöd enligt {decision_id}[. {Skäl:reason}]."
    ),
    "SupportStarted": Wording("Stöd påbörjat", "Stöd enligt {decision_id} påbörjades."),
    "PlanAgreed": Wording("Plan överenskommen", "En plan för {decision_id} gjordes upp[: {kind}]."),
    "ExecutionStarted": Wording(
        "Verkställighet påbörjad", "Verkställigheten av {decision_id} påbörjades."
    ),
    "ExecutionInterrupted": Wording(
        "Verkställighet avbruten",
        "Verkställigheten av {decision_id} avbröts[. {Skäl:reason}].",
    ),
    "NonExecutionReported": Wording(
        "Ej verkställt beslut rapporterat",
        "Det rapporterades till IVO att {decision_id} inte är verkställt[ sedan {since}]"
        "[. {Skäl:reason}].",
    ),
    "ExecutionReported": Wording(
        "Verkställighet rapporterad",
        "Det rapporterades till IVO att {decision_id} verkställdes[ {executed_on}].",
    ),
    "QuarterlyReportSent": Wording(
        "Kvartalsrapport lämnad",
        "En rapport om ej verkställda beslut lämnades[ till {report_to}]"
        "[ för tiden från och med {start}][ till och med {end}][. Antal rader: {rows}].",
    ),
    "CouncilStatisticsSent": Wording(
        "Statistik till fullmäktige",
        "Statistik om ej verkställda beslut lämnades till kommunfullmäktige"
        "[ för tiden från och med {start}][ till och med {end}][. Antal rader: {rows}].",
    ),
    "OccupancyStarted": Wording(
        "Boende enligt beslut påbörjat",
        "Parten fick bo i en bostad enligt {decision_id}.",
    ),
    "OccupancyEnded": Wording(
        "Boende enligt beslut avslutat",
        "Parten lämnade bostaden enligt {decision_id}[. Nycklarna lämnades av {keys_by}].",
    ),
    "FollowUpDone": Wording("Uppföljning", "En uppföljning gjordes[ {method}]."),
    "PaymentUndertakingGiven": Wording(
        "Åtagande om hyran",
        "Socialnämnden åtog sig betalningsansvaret för hyran[ från och med {start}]"
        "[ till och med {end}]"
        "[. Åtagandet sändes till hyresvärden {sent_to_landlord}].",
    ),
    "EvictionNoticeConfirmed": Wording(
        "Meddelande om avhysning bekräftat",
        "Socialnämnden bekräftade för Kronofogden att meddelandet kommit in[ {received}].",
    ),
    # Akten
    "PartyDisputedEntry": Wording(
        "Parten godtar inte en post", "Parten anser att {entry} inte är riktig."
    ),
    "PartyNoteEntered": Wording(
        "Partens synpunkt antecknad", "Det antecknades vad parten anser om {entry}."
    ),
    "StayElsewhereReported": Wording(
        "Vistelse på annan plats",
        "En vistelse på annan plats anmäldes[: {kind}][, från och med {start}]"
        "[ till och med {end}].",
    ),
    "JournalNoteEntered": Wording(
        "Journalanteckning", "Journalen har en anteckning om det som hände då."
    ),
}

FIELDS: Final[Mapping[str, str]] = {
    # det som kommer in och utreds
    "own_appeal_clock": "Egen tid för överklagande",
    "asks_for_text": "Ansökan gäller, med egna ord",
    "informant": "Uppgiften lämnades av",
    "notice_from": "Meddelandet kom från",
    "notice_from_text": "Meddelandet kom från, med egna ord",
    "officer": "Den frågan gäller",
    "jav_ground": "Grund för jäv",
    "jav_ground_text": "Grund för jäv, med egna ord",
    "responsible_namnd": "Ansvarig nämnd",
    "responsible_municipality": "Ansvarig kommun",
    "obtained_from": "Inhämtat från",
    "assessed_person": "Person som bedömningen gäller",
    "phase": "Inför",
    "phase_text": "Inför, med egna ord",
    "concerned_event": "Händelse som bedömningen gäller",
    "heard": "Har fått komma till tals",
    "heard_how": "Hur personen kom till tals",
    "answer_by": "Svar senast",
    "oral_right_informed": "Upplyst om rätten att lämna uppgifter muntligt inför nämnden",
    "exception": "Undantag från kommunicering",
    "exception_text": "Undantag från kommunicering, med egna ord",
    "material": "Material",
    "communication": "Svar på",
    "before": "Inför vilka",
    "before_text": "Inför vilka, med egna ord",
    "hearing_request": "Begäran om muntligt företräde",
    "written": "Begäran är skriftlig",
    "application": "Ansökan",
    "decision_demand": "Begäran om avgörande",
    "occasion": "Tillfälle",
    # beslutet
    "corrected_part": "Rättad del",
    "corrected_part_text": "Rättad del, med egna ord",
    "wording_before": "Före rättelsen",
    "wording_after": "Efter rättelsen",
    "to_detriment": "Till nackdel för parten",
    "other_namnd": "Ansvarig nämnd, som ärendet lämnas till",
    "socialjour_decision": "Socialjourens beslut",
    # överklagande och domstol
    "appealed_act": "Överklagandet gäller",
    "appeal": "Överklagande",
    "reached_court": "Kom in till domstolen",
    "in_time": "I rätt tid",
    "late_exception": "Undantag från avvisning",
    "late_exception_text": "Undantag från avvisning, med egna ord",
    "changed": "Beslutet ändrades",
    "dismissal": "Skäl för avvisning",
    "dismissal_text": "Skäl för avvisning, med egna ord",
    "appellant": "Klagande",
    "laga_kraft": "Laga kraft",
    "duty": "Domen kräver",
    "inhibited": "Får inte verkställas tills vidare",
    "permitted": "Prövningstillstånd",
    "judgment": "Överklagad dom",
    "judgment_appealed_by": "Domen överklagades av",
    "judgment_appealed_by_text": "Domen överklagades av, med egna ord",
    # verkställigheten
    "support_offer": "Erbjudande om stöd",
    "plan_version": "Planens version",
    "plan": "Plan",
    "plan_parties": "Deltog i planen",
    "since": "Inte verkställt sedan",
    "person_asked_for_delay": "Parten bad om senare verkställighet",
    "executed_on": "Verkställt",
    "info_no_tenancy_given": "Upplyst om att det inte är ett hyresförhållande",
    "keys_by": "Nycklarna lämnades av",
    "keys_by_text": "Nycklarna lämnades av, med egna ord",
    "party_present": "Parten deltog",
    "checkpoint": "Kontrollstation",
    "received_notice": "Meddelande som avses",
    "sent_to_landlord": "Sänt till hyresvärden",
    "copy_to_person": "Kopia till parten",
    "received": "Meddelandet kom in",
    "report_to": "Rapporten lämnades till",
    "report_to_text": "Rapporten lämnades till, med egna ord",
    # akten
    "objection": "Partens invändning",
}
"""Labels of fields; a name that stands elsewhere already is not repeated."""

UNREFERENCED: Final[Mapping[str, str]] = {}

CODES: Final[Mapping[type[StrEnum], Mapping[str, str]]] = {
    codes.Channel: {
        "post": "per post",
        "e_post": "per e-post",
        "telefon": "per telefon",
        "besok": "vid ett besök",
        "annan": "på annat sätt",
    },
    codes.Insats: {
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
    codes.Basis: {
        "SoL01_4_1": "4 kap. 1 § SoL (2001:453)",
        "SoL01_4_2": "4 kap. 2 § SoL (2001:453)",
        "SoL25_11_1": "11 kap. 1 § SoL (2025:400)",
        "SoL25_11_4": "11 kap. 4 § SoL (2025:400)",
        "SoL25_12_1": "12 kap. 1 § SoL (2025:400)",
        "SoL25_12_2": "12 kap. 2 § SoL (2025:400)",
        "utanfor_katalogen": "annan bestämmelse",
    },
    codes.Ground: {
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
    codes.Reject: {
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
    codes.Assessed: {
        "long_lasting_difficulties": "långvariga svårigheter",
        "needs_extensive_support": "behov av omfattande stöd",
        "can_manage_with_support": "klarar boendet med stöd",
        "support_need_linked_to_housing": "stödbehovet hänger samman med boendet",
        "options_exhausted": "andra möjligheter är uttömda",
        "shorter_perspective_weighed": "kortare perspektiv vägt in",
        "alternatives_weighed": "alternativ vägda in",
        "better_than_comparable_housing": "bättre än jämförbart boende",
        "neighbour_safety_weighed": "grannars trygghet vägd in",
        "g11_relevant_help": "relevant hjälp",
        "g11_can_manage_home": "kan sköta ett hem",
        "g11_realistic_takeover": "övertagande realistiskt",
    },
    codes.Answer: {"ja": "ja", "nej": "nej", "ej_bedomt": "inte bedömt"},
    codes.Condition: {
        "sobriety": "nykterhet",
        "drug_test": "drogtest",
        "treatment_plan": "behandlingsplan",
        "named_doctor": "kontakt med viss läkare",
        "medication": "medicinering",
        "genomforandeplan": "genomförandeplan",
        "boendestod_acceptance": "att ta emot boendestöd",
        "utanfor_katalogen": "annat villkor",
    },
    codes.Exclusion: {
        "ej_provat": "inte prövat",
        "provat_ej_uppfylld": "prövat, inte uppfyllt",
        "provat_uppfylld": "prövat, uppfyllt",
    },
    codes.Forbehall: {
        "konkret": "konkret förbehåll",
        "allmant": "allmänt förbehåll",
        "dolt_villkor": "förbehåll som i sak är ett villkor",
        "utanfor_katalogen": "annat förbehåll",
    },
    codes.AppealRoute: {
        "forvaltningsbesvar": "förvaltningsbesvär",
        "laglighetsprovning": "laglighetsprövning",
        "ingen": "beslutet kan inte överklagas",
        "saknas": "ingen hänvisning lämnades",
    },
    codes.Addressee: {
        "part": "parten",
        "medpart": "medparten",
        "barn": "ett barn som är part",
        "stallforetradare": "ställföreträdaren",
        "ombud": "ombudet",
        "dodsbo": "dödsboet",
        "utanfor_katalogen": "annan mottagare",
    },
    codes.NotifiedAct: {
        "beslutet": "beslutet",
        "upphorandet": "att beslutet upphör",
        "andringen": "att beslutet ändras",
        "avvisningen": "att ett överklagande avvisades",
        "avslag_avgorande": "att begäran om avgörande avslogs",
    },
    codes.InvestigationOutcome: {
        "beslut": "beslut",
        "ingen_atgard": "ingen åtgärd",
        "overflyttad": "överflyttad",
        "utanfor_katalogen": "annat utfall",
    },
    codes.EndGround: {
        "period_slut": "beslutets tid löpte ut",
        "egen_begaran": "egen begäran",
        "ersatt_av_nytt_beslut": "ersatt av ett nytt beslut",
        "andrat_14_9": "ändrat enligt 14 kap. 9 § SoL",
        "aterkallat_37_p1": "återkallat enligt 37 § andra stycket 1 FL",
        "aterkallat_37_p2": "återkallat enligt 37 § andra stycket 2 FL",
        "aterkallat_37_p3": "återkallat enligt 37 § andra stycket 3 FL",
        "praxis_gynnande": "ändrat enligt praxis om gynnande beslut",
        "dod": "parten har avlidit",
        "flyttat": "parten har flyttat",
        "dom": "dom",
        "utanfor_katalogen": "annan grund",
    },
    codes.NoticeFrom: {
        "egen_hyresroll": "nämnden som hyresvärd",
        "hyresvard": "en annan hyresvärd",
        "KFM": "Kronofogden",
        "hyresnamnd": "hyresnämnden",
        "utanfor_katalogen": "annan avsändare",
    },
    codes.NoticeKind: {
        "storning": "störningar i boendet",
        "hyra": "obetald hyra",
        "uppsagning": "uppsägning",
        "avhysningstid": "tid för avhysning",
        "13b": "tvist i hyresnämnden enligt 13 b § lagen (1973:188)",
        "utanfor_katalogen": "annat förhållande",
    },
    codes.JavGround: {
        "FL_16_p1": "16 § första stycket 1 FL (part eller berörd)",
        "FL_16_p2": "16 § första stycket 2 FL (ställföreträdare eller ombud)",
        "FL_16_p3": "16 § första stycket 3 FL (tidigare ställningstagande)",
        "FL_16_p4": "16 § första stycket 4 FL (annan särskild omständighet)",
        "KL_6_28_p1": "6 kap. 28 § 1 KL (part eller berörd)",
        "KL_6_28_p2": "6 kap. 28 § 2 KL (ställföreträdare eller ombud)",
        "KL_6_28_p3": "6 kap. 28 § 3 KL (tillsyn över egen verksamhet)",
        "KL_6_28_p4": "6 kap. 28 § 4 KL (annan särskild omständighet)",
        "utanfor_katalogen": "annan grund för jäv",
    },
    codes.JavOutcome: {
        "jav": "jäv",
        "ej_jav": "inte jäv",
        "bortses": "jävet saknar betydelse",
        "utanfor_katalogen": "annat utfall",
    },
    codes.AssessmentKind: {
        "barnets_basta": "barnets bästa",
        "skyddsbehov": "behov av skydd",
        "stodbehov": "behov av stöd",
        "utanfor_katalogen": "annan bedömning",
    },
    codes.Phase: {
        "beslut": "beslut",
        "andring": "ändring",
        "upphorande": "upphörande",
        "avhysning": "avhysning",
        "utanfor_katalogen": "annan åtgärd",
    },
    codes.CommunicationException: {
        "p1": "25 § första stycket 1 FL (anställningsärende)",
        "p2": "25 § första stycket 2 FL (annars svårare att genomföra)",
        "p3": "25 § första stycket 3 FL (måste meddelas omedelbart)",
        "uppenbart_obehovligt": "uppenbart obehövligt",
        "utanfor_katalogen": "annat undantag",
    },
    codes.HeardBy: {
        "namnd": "nämnden",
        "utskott": "ett utskott",
        "utanfor_katalogen": "annat organ",
    },
    codes.AssistanceKind: {
        "tolk": "tolk",
        "oversattning": "översättning",
        "teckentolk": "teckenspråkstolk",
        "utanfor_katalogen": "annan hjälp",
    },
    codes.CorrectedPart: {
        "insats": "insatsen",
        "bestammelse": "bestämmelsen",
        "tid": "tiden",
        "motivering": "motiveringen",
        "partsuppgift": "en uppgift om parten",
        "overklagandehanvisning": "överklagandehänvisningen",
        "utanfor_katalogen": "annan del",
    },
    codes.LateException: {
        "fel_underrattelse": "nämnden lämnade inte en korrekt underrättelse om hur man överklagar",
        "hos_domstolen_i_tid": "det kom in till domstolen i tid",
        "utanfor_katalogen": "annat undantag",
    },
    codes.DismissalGround: {
        "for_sent": "det kom in för sent",
        "utanfor_katalogen": "annat skäl",
    },
    codes.CourtOutcome: {
        "bifall": "bifall",
        "delvis": "delvis bifall",
        "avslag": "avslag",
        "upphavt": "upphävt",
        "aterforvisat": "återförvisat till nämnden",
        "avvisat": "överklagandet avvisades",
        "avskrivet": "målet skrevs av",
        "inhibition": "inhibition",
        "utanfor_katalogen": "annat utfall",
    },
    codes.JudgmentAppellant: {
        "part": "parten",
        "medpart": "medparten",
        "namnd": "nämnden",
        "kommunmedlem": "en kommunmedlem",
        "utanfor_katalogen": "någon annan",
    },
    codes.PlanKind: {
        "genomforandeplan": "genomförandeplan",
        "sip": "samordnad individuell plan (SIP)",
        "utanfor_katalogen": "annan plan",
    },
    codes.KeysBy: {
        "personen": "parten",
        "tjansteman": "en tjänsteman",
        "utanfor_katalogen": "någon annan",
    },
    codes.FollowUpMethod: {
        "hembesok": "vid ett hembesök",
        "mote": "vid ett möte",
        "telefon": "per telefon",
        "skriftligt": "skriftligt",
        "utanfor_katalogen": "på annat sätt",
    },
    codes.ReportTo: {
        "IVO": "IVO",
        "revisorer": "kommunens revisorer",
        "KF": "kommunfullmäktige",
        "utanfor_katalogen": "annan mottagare",
    },
    codes.StayKind: {
        "hakte": "häkte",
        "anstalt": "anstalt",
        "sjukhus": "sjukhus",
        "utanfor_katalogen": "annan plats",
    },
}
