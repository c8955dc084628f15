"""The words of the decision process: its types, their fields and codes."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from domain.bistand.events import codes
from projections.wording import Wording

TYPES: Final[Mapping[str, Wording]] = {
    # Det som kommer in och utreds
    "InformationReceived": Wording(
        "Uppgift inkommen",
        "En uppgift kom in[ {channel}]. Det är en uppgift, inte en konstaterad brist.",
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
        "Alternativ förklarade", "Den enskilde fick veta vilka alternativ som finns."
    ),
    "AssessmentRecorded": Wording(
        "Bedömning antecknad", "En bedömning antecknades[: {kind}][, inför {phase}]."
    ),
    "CommunicationSent": Wording(
        "Kommunicering",
        "Kommunicering med parten antecknades[. Svar senast {answer_by}][. {Undantag:exception}].",
    ),
    "PartyResponded": Wording("Svar från parten", "Parten yttrade sig över materialet."),
    "OralHearingRequested": Wording(
        "Muntligt företräde begärt", "Parten begärde att få tala[ inför {before}]."
    ),
    "OralHearingHeld": Wording("Muntligt företräde", "Parten talade[ inför {before}]."),
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
    "RepresentativeRegistered": Wording(
        "Företrädare registrerad",
        "En företrädare för parten registrerades[: {kind}]"
        "[, från och med {start}][ till och med {end}].",
    ),
    "RepresentativeEnded": Wording(
        "Företrädare avförd", "Någon företräder inte längre parten[. {Skäl:reason}]."
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
        "{decision_id} ändrades[ med verkan {effective}][. Ny tid till och med {end}]"
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
        "Det prövades om överklagandet av {decision_id} kom in i tid[: {in_time}].",
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
    "LegalityReviewReceived": Wording(
        "Laglighetsprövning begärd",
        "En kommunmedlem begärde laglighetsprövning av {decision_id}[ hos {court}].",
    ),
    "CourtJudgmentGiven": Wording(
        "Dom", "Domstolen[ ({court})] dömde om {decision_id}[: {outcome}]."
    ),
    "InhibitionDecided": Wording(
        "Inhibition prövad",
        "Domstolen[ ({court})] prövade om {decision_id} inte får verkställas tills vidare"
        "[: {inhibited}].",
    ),
    "CaseRemitted": Wording(
        "Ärende återförvisat", "Domstolen[ ({court})] lämnade tillbaka {decision_id} till nämnden."
    ),
    "PermissionToAppealDecided": Wording(
        "Prövningstillstånd prövat",
        "Domstolen[ ({court})] prövade om {decision_id} får prövas där[: {permitted}].",
    ),
    # Verkställigheten
    "SupportOffered": Wording(
        "Stöd erbjudet", "Stöd enligt {decision_id} erbjöds[, från och med {start}]."
    ),
    "SupportDeclined": Wording(
        "Stöd avböjt", "Den enskilde avböjde stöd enligt {decision_id}[. {Skäl:reason}]."
    ),
    "SupportStarted": Wording("Stöd påbörjat", "Stöd enligt {decision_id} påbörjades."),
    "PlanAgreed": Wording("Plan överenskommen", "En plan för {decision_id} gjordes upp[: {kind}]."),
    "ExecutionStarted": Wording("Verkställighet påbörjad", "{decision_id} började verkställas."),
    "ExecutionInterrupted": Wording(
        "Verkställighet avbruten", "{decision_id} verkställs inte längre[. {Skäl:reason}]."
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
        "Boende utan hyresavtal påbörjat",
        "Den enskilde fick bo i en bostad enligt {decision_id}, utan hyresavtal.",
    ),
    "OccupancyEnded": Wording(
        "Boende utan hyresavtal avslutat",
        "Den enskilde lämnade bostaden enligt {decision_id}[. Nycklarna lämnades av {keys_by}].",
    ),
    "FollowUpDone": Wording("Uppföljning", "Insatsen följdes upp[ {method}]."),
    "PaymentUndertakingGiven": Wording(
        "Åtagande att betala hyra",
        "Socialnämnden åtog sig att betala hyra[ från och med {start}][ till och med {end}]"
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
    "PersonDied": Wording("Dödsfall", "Någon av parterna avled[: {deceased}]."),
    "StayElsewhereReported": Wording(
        "Vistelse på annan plats",
        "En vistelse på annan plats anmäldes[: {kind}][, från och med {start}]"
        "[ till och med {end}].",
    ),
    "JournalNoteEntered": Wording("Journalanteckning", "En anteckning gjordes i journalen."),
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
    "assessed_person": "Den bedömningen gäller",
    "phase": "Inför",
    "phase_text": "Inför, med egna ord",
    "concerned_event": "Händelse som bedömningen gäller",
    "heard": "Har fått komma till tals",
    "heard_how": "Hur",
    "answer_by": "Svar senast",
    "oral_right_informed": "Upplyst om rätten att tala inför nämnden",
    "exception": "Undantag från kommunicering",
    "exception_text": "Undantag från kommunicering, med egna ord",
    "material": "Material",
    "communication": "Svar på",
    "before": "Inför vilka",
    "before_text": "Inför vilka, med egna ord",
    "hearing_request": "Begäran om att få tala",
    "written": "Skriftligt",
    "application": "Ansökan",
    "decision_demand": "Begäran om avgörande",
    "rep": "Företrädare",
    "scope": "Omfattning",
    "registration": "Registrering",
    "occasion": "Tillfälle",
    # beslutet
    "corrected_part": "Rättad del",
    "corrected_part_text": "Rättad del, med egna ord",
    "wording_before": "Före rättelsen",
    "wording_after": "Efter rättelsen",
    "to_detriment": "Till nackdel för parten",
    "other_namnd": "Nämnd som ärendet lämnas till",
    "socialjour_decision": "Socialjourens beslut",
    # överklagande och domstol
    "appealed_act": "Överklagandet gäller",
    "appeal": "Överklagande",
    "in_time": "I rätt tid",
    "changed": "Beslutet ändrades",
    "dismissal": "Skäl för avvisning",
    "dismissal_text": "Skäl för avvisning, med egna ord",
    "appellant": "Klagande",
    "laga_kraft": "Laga kraft",
    "duty": "Domen kräver",
    "inhibited": "Får inte verkställas tills vidare",
    "permitted": "Prövningstillstånd",
    # verkställigheten
    "support_offer": "Erbjudande om stöd",
    "plan_version": "Planens version",
    "plan": "Plan",
    "plan_parties": "Deltog i planen",
    "since": "Inte verkställt sedan",
    "person_asked_for_delay": "Den enskilde bad om senare verkställighet",
    "executed_on": "Verkställt",
    "info_no_tenancy_given": "Upplyst om att det inte är ett hyresförhållande",
    "keys_by": "Nycklarna lämnades av",
    "keys_by_text": "Nycklarna lämnades av, med egna ord",
    "party_present": "Parten deltog",
    "checkpoint": "Kontrollstation",
    "received_notice": "Meddelande som avses",
    "sent_to_landlord": "Sänt till hyresvärden",
    "copy_to_person": "Kopia till den enskilde",
    "received": "Meddelandet kom in",
    "report_to": "Rapporten lämnades till",
    "report_to_text": "Rapporten lämnades till, med egna ord",
    # akten
    "objection": "Partens invändning",
    "deceased": "Avled",
    "estate_contact": "Kontakt vid dödsboet",
}
"""Labels of fields; a name that stands elsewhere already is not repeated."""

UNREFERENCED: Final[Mapping[str, str]] = {}

CODES: Final[Mapping[type[StrEnum], Mapping[str, str]]] = {
    codes.NoticeFrom: {
        "egen_hyresroll": "nämnden som hyresvärd",
        "hyresvard": "hyresvärden",
        "KFM": "Kronofogden",
        "hyresnamnd": "hyresnämnden",
        "utanfor_katalogen": "annan avsändare",
    },
    codes.NoticeKind: {
        "storning": "störningar i boendet",
        "hyra": "obetald hyra",
        "uppsagning": "uppsägning",
        "avhysningstid": "tid för avhysning",
        "13b": "tvist i hyresnämnden (13 b § lagen 1973:188)",
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
    codes.ObtainedOn: {
        "12_2_samtycke": "12 kap. 2 § OSL (samtycke)",
        "10_2_nodvandigt": "10 kap. 2 § OSL (nödvändigt för verksamheten)",
        "10_3_part": "10 kap. 3 § OSL (partsinsyn)",
        "10_28_uppgiftsskyldighet": "10 kap. 28 § OSL (uppgiftsskyldighet)",
        "26_9": "26 kap. 9 § OSL",
        "26_9c": "26 kap. 9 c § OSL",
        "10_27": "10 kap. 27 § OSL",
        "dom": "dom",
        "utanfor_katalogen": "annan grund",
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
    codes.RepresentativeKind: {
        "ombud": "ombud",
        "bitrade": "biträde",
        "god_man": "god man",
        "forvaltare": "förvaltare",
        "vardnadshavare": "vårdnadshavare",
        "dodsbo": "dödsbo",
        "utanfor_katalogen": "annan företrädare",
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
        "inhibition": "inhibition",
        "utanfor_katalogen": "annat utfall",
    },
    codes.PlanKind: {
        "genomforandeplan": "genomförandeplan",
        "sip": "samordnad individuell plan (SIP)",
        "utanfor_katalogen": "annan plan",
    },
    codes.KeysBy: {
        "personen": "den enskilde",
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
    codes.OneOfTheParties: {"part": "parten", "medpart": "medparten"},
    codes.StayKind: {
        "hakte": "häkte",
        "anstalt": "anstalt",
        "sjukhus": "sjukhus",
        "utanfor_katalogen": "annan plats",
    },
}
