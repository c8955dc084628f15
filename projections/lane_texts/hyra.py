"""The words of the tenancy process: its types, their fields and codes."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from domain.hyra.events import codes
from projections.wording import Wording

TYPES: Final[Mapping[str, Wording]] = {
    # Hyresförhållandet
    "LeaseSigned": Wording(
        "Hyresavtal undertecknat",
        "{lease_id} undertecknades[, från och med {start}][ till och med {end}].",
    ),
    "DisturbanceReported": Wording(
        "Störning anmäld",
        "En störning anmäldes[: {kind}]. Anmälan är inte prövad.",
    ),
    "TerminationNoticeIssued": Wording(
        "Uppsägning",
        "{lease_id} sades upp[ av {by}][ till {ends_at}][. {Angiven grund:ground}]"
        "[. Uppsägningen lämnades {method}][. Den kom fram {served}].",
    ),
    "LeaseTerminated": Wording(
        "Hyresförhållandet upphörde",
        "{lease_id} upphörde[. {Grund:ground}].",
    ),
    # Lägenheten och huvudhyresavtalet
    "FlatRequested": Wording(
        "Lägenhet begärd",
        "Nämnden begärde en lägenhet[ utanför den egna stadsdelen. {Skäl:exception_reason}].",
    ),
    "OwnerAccepted": Wording(
        "Ägaren godtog", "Fastighetsägaren[ {owner}] lämnade sitt medgivande[ till {owner_asked}]."
    ),
    "OwnerDeclined": Wording(
        "Ägaren godtog inte",
        "Fastighetsägaren[ {owner}] lämnade inte sitt medgivande[ till {owner_asked}].",
    ),
    "FlatOffered": Wording("Lägenhet erbjuden", "En lägenhet erbjöds[: {flat}]."),
    "OfferRefused": Wording(
        "Erbjudande avböjt", "En erbjuden lägenhet avböjdes[ av {refused_by}]."
    ),
    "FlatAllocated": Wording(
        "Lägenhet tilldelad",
        "Nämnden tilldelades en lägenhet[: {flat}]"
        "[, utanför den egna stadsdelen. {Skäl:exception_reason}].",
    ),
    "FlatRegistered": Wording("Lägenhet registrerad", "En lägenhet registrerades[: {address}]."),
    "HeadLeaseSigned": Wording(
        "Huvudhyresavtal undertecknat",
        "Huvudhyresavtalet undertecknades[, från och med {start}][ till och med {end}]"
        "[. Antal lägenheter: {flats_in_lease}].",
    ),
    "HeadLeaseNoticeReceived": Wording(
        "Uppsägning av huvudhyresavtal",
        "Fastighetsägaren sade upp huvudhyresavtalet[ till {ends_at}][. Grund: {ground}]"
        "[, {ground_text}][. Uppsägningen lämnades {method}].",
    ),
    "RenovationAnnounced": Wording(
        "Renovering aviserad",
        "Fastighetsägaren aviserade en renovering[, från och med {start}][ till och med {end}].",
    ),
    "HeadLeaseEnded": Wording(
        "Huvudhyresavtalet upphörde",
        "Huvudhyresavtalet upphörde[. Grund: {ground}][, {ground_text}].",
    ),
    "HeadLeaseTransferred": Wording(
        "Huvudhyresavtal överlåtet",
        "Hyresgästen tog över huvudhyresavtalet och hyr av fastighetsägaren[, {route}].",
    ),
    # Hyresavtalet
    "LeaseExtended": Wording(
        "Hyresavtal förlängt",
        "Parterna kom överens om att {lease_id} fortsätter[ till och med {end}].",
    ),
    "ConditionsExplained": Wording(
        "Villkor förklarade", "Villkoren för boendet förklarades[ {explained}] för hyresgästen."
    ),
    "TermWithdrawn": Wording(
        "Villkor återtaget", "Nämnden meddelade att den inte tillämpar vissa villkor[: {terms}]."
    ),
    "TenureWaiverAgreed": Wording(
        "Avstående från besittningsskydd",
        "Parterna kom överens om att hyresgästen avstår från rätten till förlängning"
        "[ till och med {until}][. {Gäller om:reason}].",
    ),
    "WaiverApproved": Wording(
        "Avstående godkänt", "Hyresnämnden godkände avståendet[ till och med {until}]."
    ),
    "WaiverRefused": Wording("Avstående inte godkänt", "Hyresnämnden godkände inte avståendet."),
    "TenureAcquired": Wording(
        "Besittningsskydd antecknat",
        "Besittningsskydd har uppkommit[ enligt {basis}]. Det är uträknat, inte prövat.",
    ),
    # Hyran
    "RentDue": Wording(
        "Hyra förfallen",
        "Hyra[ på {amount_ore}][ för tiden från och med {start}][ till och med {end}]"
        " förföll till betalning.",
    ),
    "RentPaid": Wording("Hyra betald", "Hyra[ på {amount_ore}] betalades[ av {payer}]."),
    "ArrearsNoted": Wording(
        "Obetald hyra antecknad",
        "Hyra[ på {amount_ore}] är obetald[. Den förföll till betalning {due}].",
    ),
    # Störningar
    "DisturbanceAnswered": Wording(
        "Störningsanmälan besvarad", "Hyresvärden vidtar ingen åtgärd[. Skäl: {reason}]."
    ),
    "CorrectionDemanded": Wording(
        "Uppmaning till hyresgästen",
        "Hyresgästen uppmanades att vidta rättelse[. Uppmaningen lämnades {method}].",
    ),
    "SocialBoardNotified": Wording(
        "Meddelande till socialnämnden",
        "Hyresvärden lämnade ett meddelande till socialnämnden[ enligt {basis}].",
    ),
    "HeadLandlordDemanded": Wording(
        "Krav från fastighetsägaren",
        "Fastighetsägaren uppmanade nämnden, som förstahandshyresgäst, att vidta rättelse"
        "[ enligt {basis}].",
    ),
    # Tillträde och samtycke
    "AccessRequested": Wording(
        "Tillträde begärt", "Hyresvärden bad att få komma in[ för {purpose}][ den {planned}]."
    ),
    "AccessGranted": Wording("Tillträde medgivet", "Hyresgästen gick med på ett besök."),
    "AccessRefused": Wording(
        "Tillträde inte medgivet", "Hyresgästen gick inte med på ett besök[. Skäl: {reason}]."
    ),
    "EntryMade": Wording(
        "Tillträde till bostaden",
        "Bostaden beträddes[ av {entry_by}][. Stöd: {entry_basis}][. Samtycke: {consent}].",
    ),
    "ConsentRecorded": Wording("Samtycke antecknat", "Ett samtycke antecknades."),
    "ConsentWithdrawn": Wording("Samtycke återkallat", "Ett samtycke togs tillbaka."),
    # Uppsägningen och tvisten
    "ForfeitureNoticeIssued": Wording(
        "Uppsägning på grund av förverkande",
        "Hyresvärden sade upp {lease_id} med påstående om att hyresrätten är förverkad"
        "[ (12 kap. 42 § första stycket {point} JB, {point_window})]"
        "[. Uppsägningen lämnades {method}][. Den kom fram {served}].",
    ),
    "MoveRequestIssued": Wording(
        "Anmodan att flytta",
        "En anmodan att flytta lämnades[ till {to}][ {method}].",
    ),
    "NoticeWithdrawn": Wording("Uppsägning återtagen", "{notice_id} återtogs[: {reason}]."),
    "NoticeLapsed": Wording(
        "Uppsägning utan verkan",
        "Hyresgästen får inte skiljas från lägenheten på grund av {notice_id}[: {reason}].",
    ),
    "DisputeReferred": Wording(
        "Tvist hänskjuten", "Tvisten om {lease_id} hänsköts till hyresnämnden[ av {referred_by}]."
    ),
    "TribunalDecided": Wording(
        "Tvist avgjord",
        "Tvisten om {lease_id} avgjordes[ i {tried_by}][: {outcome}]"
        "[. Avflyttning senast {move_by}][. Uppskov till {respite_until}].",
    ),
    "TribunalAppealed": Wording(
        "Avgörande överklagat", "Avgörandet om {lease_id} överklagades[ av {appealed_by}]."
    ),
    "EvictionApplied": Wording(
        "Avhysning begärd", "Hyresvärden begärde avhysning hos Kronofogden[ på grund av {title}]."
    ),
    "EvictionScheduled": Wording(
        "Avhysning utsatt", "Kronofogden satte ut en tid för avhysning[: {eviction_day}]."
    ),
    "EvictionExecuted": Wording(
        "Avhysning verkställd", "Avhysningen verkställdes[ av {executed_by}]."
    ),
    "EvictionCancelled": Wording("Avhysning inställd", "Avhysningen ställdes in[: {reason}]."),
    # Nycklar, flytt och övertagande
    "CoResidentNoted": Wording(
        "Medboende antecknad", "Det antecknades vem mer som bor i lägenheten[: {relation}]."
    ),
    "KeysHandedOver": Wording("Nycklar utlämnade", "Hyresgästen fick nycklarna."),
    "MovedOut": Wording("Avflyttning", "Hyresgästen flyttade ut."),
    "KeysReturned": Wording("Nycklar återlämnade", "Hyresgästen lämnade tillbaka nycklarna."),
    "KeysTaken": Wording("Nycklar tagna", "Nycklarna togs från hyresgästen."),
    "LockChanged": Wording(
        "Lås bytt",
        "Låset byttes[ på begäran av {requested_by}][. Nya nycklar lämnades till {new_keys_to}].",
    ),
    "InspectionMade": Wording("Besiktning", "Lägenheten besiktigades."),
    "FlatAbandoned": Wording(
        "Lägenhet bedömd som övergiven",
        "Hyresvärden bedömde att lägenheten är övergiven[. Tecken: {indications}].",
    ),
    "LeftPropertyListed": Wording(
        "Kvarlämnad egendom förtecknad",
        "Det som lämnades kvar förtecknades[. Lägenheten lämnades {left_day}].",
    ),
    "PropertyDemandSent": Wording(
        "Anmaning att hämta egendom",
        "En anmaning att hämta kvarlämnad egendom sändes[ {method}].",
    ),
    "PropertyDisposed": Wording(
        "Kvarlämnad egendom avyttrad", "Det som lämnades kvar avyttrades eller kastades."
    ),
    "CoTenantTookOver": Wording(
        "Övertagande av den som bor kvar",
        "Frågan om den som bor kvar får ta över {lease_id} avgjordes[: {outcome}].",
    ),
    # Mallar och iakttagelser
    "TemplateRegistered": Wording(
        "Mall registrerad", "Version {version} av mallen för hyresavtal registrerades."
    ),
    "TemplateRecalled": Wording(
        "Mall återkallad", "Mallen återkallades[, version {version}][. Skäl: {reason}]."
    ),
    "AffectedLeasesListed": Wording(
        "Berörda hyresavtal förtecknade",
        "Det förtecknades vilka hyresavtal som följer den återkallade mallen.",
    ),
}

FIELDS: Final[Mapping[str, str]] = {
    # lägenheten och huvudhyresavtalet
    "flat_request": "Begäran",
    "allocation_model": "Lägenheten förmedlas av",
    "allocation_model_text": "Lägenheten förmedlas av, med egna ord",
    "demand": "Önskemål",
    "area": "Område",
    "district": "Stadsdel",
    "exception_reason": "Skäl för annan stadsdel",
    "exception_reason_text": "Skäl för annan stadsdel, med egna ord",
    "owner_asked": "Medgivandet gäller",
    "owner_asked_text": "Medgivandet gäller, med egna ord",
    "owner": "Fastighetsägare",
    "lessor": "Slags fastighetsägare",
    "lessor_text": "Slags fastighetsägare, med egna ord",
    "flat_id": "Lägenhetens akt",
    "offer": "Erbjudande",
    "refused_by": "Avböjt av",
    "address": "Adress",
    "flats_in_lease": "Antal lägenheter",
    "flats": "Lägenheternas akter",
    "head_lease_id": "Huvudhyresavtalets akt",
    "route": "Väg för övertagandet",
    "route_text": "Väg för övertagandet, med egna ord",
    "owner_approval": "Fastighetsägaren har godkänt",
    # hyresavtalet
    "home_loss_terms": "Villkor som enligt avtalet kan göra att bostaden förloras",
    "home_loss_text": "Villkor som enligt avtalet kan göra att bostaden förloras, med egna ord",
    "explained": "Förklarat",
    "explained_text": "Förklarat, med egna ord",
    "signed": "Undertecknat",
    "recall_ref": "Återkallelse av mall",
    "separate_doc": "I särskild handling",
    "after_start_and_protected": "Träffat när besittningsskydd redan gällde",
    "waiver": "Avstående",
    "spouse_in_flat": "Make eller sambo bor i lägenheten",
    "spouse_accepted": "Make eller sambo har godkänt avståendet",
    "malnr": "Mål- eller ärendenummer",
    # hyran
    "amount_ore": "Belopp",
    "rent_due": "Betalningen gäller",
    "payer": "Betalat av",
    "deposited": "Deponerat hos länsstyrelsen",
    # störningar
    "report": "Anmälan",
    "warns_of_notice": "Varnar för uppsägning",
    # tillträde och samtycke
    "planned": "Planerad dag",
    "purpose": "Ändamål",
    "purpose_text": "Ändamål, med egna ord",
    "access_request": "Begäran om tillträde",
    "entry_basis": "Stöd för tillträdet",
    "entry_basis_text": "Stöd för tillträdet, med egna ord",
    "consent": "Samtycke",
    "search": "Bostaden genomsökt",
    "entry_by": "Den som gick in",
    "entry_by_text": "Den som gick in, med egna ord",
    "seen": "Iakttaget",
    "concerns": "Samtycket gäller",
    "concerns_text": "Samtycket gäller, med egna ord",
    "given_when": "Samtycket lämnades",
    "alternatives_explained": "Alternativen förklarade",
    "consequence_stated": "Uppgiven följd utan samtycke",
    "consent_given": "Lämnat samtycke",
    # uppsägningen och tvisten
    "notice_id": "Uppsägning",
    "notice_missing": "Uppsägningen anges inte",
    "social_notice_day": "Socialnämnden underrättad",
    "demand_ref": "Uppmaning",
    "knew": "Hyresvärden fick kännedom",
    "ceased": "Förhållandet upphörde",
    "s42_5_tested": "12 kap. 42 § femte stycket JB prövat",
    "form44_served": "Underrättelse enligt 12 kap. 44 § JB delgiven",
    "copy_to_board": "Kopia till socialnämnden",
    "referred_by": "Hänskjutet av",
    "dispute": "Hänskjutning",
    "tried_by": "Prövat av",
    "tried_by_text": "Prövat av, med egna ord",
    "move_order": "Avflyttningsåläggande",
    "move_by": "Avflyttning senast",
    "enforceable_at_once": "Får verkställas genast",
    "respite_until": "Uppskov till",
    "tribunal_decision": "Överklagat avgörande",
    "appealed_by": "Överklagat av",
    "title": "Exekutionstitel",
    "title_text": "Exekutionstitel, med egna ord",
    "eviction_day": "Dag för avhysning",
    "executed_by": "Verkställt av",
    "executed_by_text": "Verkställt av, med egna ord",
    # nycklar, flytt och övertagande
    "voluntary": "Frivilligt",
    "requested_by": "På begäran av",
    "new_keys_to": "Nya nycklar till",
    "protocol": "Besiktningsprotokoll",
    "indications": "Tecken",
    "indications_text": "Tecken, med egna ord",
    "left_day": "Lägenheten lämnades",
    "left_property": "Kvarlämnad egendom",
    "written_consent": "Hyresgästen har samtyckt skriftligen",
    "who": "Den som bor kvar",
    "resident": "Medboende",
    "relation": "I förhållande till hyresgästen",
    "relation_text": "I förhållande till hyresgästen, med egna ord",
    # mallar och iakttagelser
    "version": "Version",
    "lease_ids": "Berörda hyresavtal",
}
"""Labels of fields; a name that stands elsewhere already is not repeated."""

UNREFERENCED: Final[Mapping[str, str]] = {"notice_id": "uppsägningen"}

CODES: Final[Mapping[type[StrEnum], Mapping[str, str]]] = {
    codes.Term: {
        "alcohol_ban": "alkoholförbud",
        "drug_ban": "drogförbud",
        "drug_test": "drogtest",
        "doctor_contact": "kontakt med läkare",
        "medication": "medicinering",
        "treatment": "behandling",
        "no_guests": "förbud mot besök",
        "sole_occupancy": "att ingen annan får bo i lägenheten",
        "inspection_recurring": "återkommande tillsynsbesök",
        "staff_entry_right": "rätt för personal att gå in",
        "search_right": "rätt att söka igenom bostaden",
        "police_call": "att polis tillkallas",
        "link_clause": "länkvillkor",
        "notice_period": "uppsägningstid",
        "other_lawful": "annat tillåtet villkor",
        "utanfor_katalogen": "annat villkor",
    },
    codes.Tenants: {"part": "parten", "medpart": "medparten", "bada": "båda parterna"},
    codes.DisturbanceKind: {
        "bristande_skotsamhet": "bristande skötsamhet",
        "storning": "störning i boendet",
        "brott_25_st3": "brott enligt 12 kap. 25 § tredje stycket JB",
        "utanfor_katalogen": "annan störning",
    },
    codes.DisturbanceGrade: {"vanlig": "vanlig", "sarskilt_allvarlig": "särskilt allvarlig"},
    codes.DisturbanceSource: {
        "hyra": "hyresprocessen",
        "boendestod": "boendestödet",
        "utredning": "utredningen",
    },
    codes.NoticeBy: {
        "hyresvard": "hyresvärden",
        "hyresgast": "hyresgästen",
        "dodsbo": "dödsboet",
    },
    codes.NoticeGround: {
        "46_p1": "12 kap. 46 § första stycket 1 JB (förverkad hyresrätt)",
        "46_p2": "12 kap. 46 § första stycket 2 JB (åsidosatta förpliktelser)",
        "46_p10": "12 kap. 46 § första stycket 10 JB (inte oskäligt)",
        "46_annan": "12 kap. 46 § JB, annan punkt",
        "45a_angiven_orsak": "orsak som angetts i avstående enligt 12 kap. 45 a § JB",
        "ingen_ratt_45_p1": "ingen rätt till förlängning (12 kap. 45 § första stycket 1 JB)",
        "42": "12 kap. 42 § JB (förverkande)",
        "utanfor_katalogen": "annan grund",
    },
    codes.LeaseWindow: {
        "H09": "lydelsen före 2014-07-01",
        "H14": "lydelsen från 2014-07-01",
        "H19": "lydelsen från 2019-10-01",
        "H24": "lydelsen från 2024-07-01",
    },
    codes.LeaseEnd: {
        "uppsagning_hyresvard": "hyresvärdens uppsägning",
        "uppsagning_hyresgast": "hyresgästens uppsägning",
        "uppsagning_dodsbo": "dödsboets uppsägning",
        "forverkande": "förverkande",
        "overenskommelse": "överenskommelse",
        "hyrestid_ut": "hyrestiden gick ut",
        "efter_provning": "efter prövning i hyresnämnd eller domstol",
        "overgiven_27": "övergiven lägenhet (12 kap. 27 § JB)",
        "overlatelse": "överlåtelse",
        "huvudavtal_upphort": "huvudhyresavtalet upphörde",
        "utanfor_katalogen": "annan grund",
    },
    codes.AllocationModel: {
        "bostadsformedlingen": "bostadsförmedlingen",
        "agaren": "fastighetsägaren själv",
        "utanfor_katalogen": "annan modell",
    },
    codes.ExceptionReason: {
        "skydd": "behov av skydd",
        "brist": "brist på lägenheter i den egna stadsdelen",
        "utanfor_katalogen": "annat skäl",
    },
    codes.OwnerAsked: {
        "upplatelse": "upplåtelsen",
        "overtagande": "övertagandet",
        "utanfor_katalogen": "något annat",
    },
    codes.Lessor: {
        "allmannyttan": "allmännyttigt bostadsföretag",
        "privat_vardgivare": "privat vårdgivare",
        "fastighetsagare": "annan fastighetsägare",
        "egen_fastighet": "kommunens egen fastighet",
        "utanfor_katalogen": "annan ägare",
    },
    codes.RefusedBy: {"person": "parten", "namnd": "nämnden"},
    codes.HeadLeaseEnd: {
        "uppsagning_agare": "fastighetsägarens uppsägning",
        "uppsagning_namnd": "nämndens uppsägning",
        "hyrestid_ut": "hyrestiden gick ut",
        "forverkande": "förverkande",
        "overenskommelse": "överenskommelse",
        "overlatelse": "överlåtelse",
        "utanfor_katalogen": "annan grund",
    },
    codes.Explained: {
        "muntligt": "muntligt",
        "skriftligt": "skriftligt",
        "muntligt_och_skriftligt": "muntligt och skriftligt",
        "utanfor_katalogen": "på annat sätt",
    },
    codes.WaiverReason: {
        "bistand_upphor": "biståndet eller insatsen upphör",
        "utanfor_katalogen": "annat skäl",
    },
    codes.TenureBasis: {
        "45_st1_p1": "12 kap. 45 § första stycket 1 JB (längre tid än två år)",
        "45_st2": "12 kap. 45 § andra stycket JB (blockuthyrning)",
        "utanfor_katalogen": "annan bestämmelse",
    },
    codes.Payer: {
        "hyresgast": "hyresgästen",
        "namnd": "socialnämnden",
        "tredje_part": "någon annan",
    },
    codes.NoticeDuty: {
        "25a": "12 kap. 25 a § JB",
        "42_3": "12 kap. 42 § tredje stycket JB",
        "42_4": "12 kap. 42 § fjärde stycket JB",
        "42_4_kopia": "12 kap. 42 § fjärde stycket JB (kopia av uppsägningen)",
        "44": "12 kap. 44 § JB",
        "utanfor_katalogen": "annan bestämmelse",
    },
    codes.AccessPurpose: {
        "tillsyn": "tillsyn",
        "reparation": "reparation",
        "ohyra": "sanering av ohyra",
        "utanfor_katalogen": "annat ändamål",
    },
    codes.EntryBasis: {
        "samtycke": "samtycke",
        "begaran_26": "medgivet på begäran (12 kap. 26 § JB)",
        "nod": "nöd",
        "handrackning_KFM": "särskild handräckning genom Kronofogden",
        "dodsbo": "dödsboets medgivande",
        "overgiven_27": "övergiven lägenhet (12 kap. 27 § JB)",
        "kontraktsvillkor": "villkor i hyresavtalet",
        "ingen": "inget",
        "utanfor_katalogen": "annan grund",
    },
    codes.EntryBy: {
        "hyresvard": "hyresvärden",
        "fastighetsagare": "fastighetsägaren",
        "KFM": "Kronofogden",
        "socialtjanst": "socialtjänsten",
        "utanfor_katalogen": "någon annan",
    },
    codes.EntryConsent: {
        "reellt": "reellt",
        "vid_signering": "lämnat när avtalet undertecknades",
        "inget": "inget",
        "okant": "okänt",
    },
    codes.MoveRequestTo: {
        "hyresgast": "hyresgästen",
        "make_sambo": "hyresgästens make eller sambo",
    },
    codes.NoticeOver: {
        "rattat": "rättelse har skett",
        "betald_44": "skulden är betald i tid (12 kap. 44 § JB)",
        "atagande_44_4": (
            "socialnämnden har åtagit sig betalningsansvaret (12 kap. 44 § fjärde stycket JB)"
        ),
        "hinder_44_4": "hyresgästen var förhindrad att betala (12 kap. 44 § fjärde stycket JB)",
        "ej_hanskjuten": "tvisten hänsköts inte i tid",
        "aterkallad": "den är återkallad",
        "utanfor_katalogen": "annat skäl",
    },
    codes.TriedBy: {
        "hyresnamnd": "hyresnämnden",
        "tingsratt": "tingsrätten",
        "hovratt": "hovrätten",
        "utanfor_katalogen": "annan instans",
    },
    codes.TribunalOutcome: {
        "forlangt": "avtalet förlängs",
        "upphor": "avtalet ska upphöra",
        "avvisat": "ansökan avvisades",
        "forlikning": "förlikning",
        "avskrivet": "ärendet eller målet skrevs av",
        "utanfor_katalogen": "annat utfall",
    },
    codes.EvictionTitle: {
        "avflyttningsalaggande": "ett avflyttningsåläggande",
        "dom": "en dom",
        "utslag_KFM": "ett utslag av Kronofogden",
        "forlikning": "en stadfäst förlikning",
        "utanfor_katalogen": "annan titel",
    },
    codes.EvictionBy: {
        "KFM": "Kronofogden",
        "utanfor_katalogen": "någon annan",
    },
    codes.Side: {
        "hyresgast": "hyresgästen",
        "hyresvard": "hyresvärden",
        "annan": "någon annan",
    },
    codes.Indication: {
        "nycklar_lamnade": "nycklarna är lämnade",
        "tomd": "lägenheten är tömd",
        "annan_bostad": "hyresgästen har en annan bostad",
        "el_avstangd": "elen är avstängd",
        "ej_antraffad": "hyresgästen har inte anträffats",
        "utanfor_katalogen": "annat tecken",
    },
    codes.TransferRoute: {
        "37": "med hyresnämndens tillstånd (12 kap. 37 § JB)",
        "32": "med fastighetsägarens samtycke (12 kap. 32 § JB)",
        "nytt_avtal": "genom ett nytt avtal",
        "utanfor_katalogen": "på annat sätt",
    },
    codes.TakeoverGround: {
        "47_st1": "12 kap. 47 § första stycket JB (medhyresgäst)",
        "47_st2": "12 kap. 47 § andra stycket JB (make eller sambo utan del i hyresrätten)",
        "utanfor_katalogen": "annan grund",
    },
    codes.TakeoverOutcome: {
        "overtaget": "avtalet övertogs",
        "nekat": "avtalet övertogs inte",
        "utanfor_katalogen": "annat utfall",
    },
    codes.Relation: {
        "make": "make",
        "sambo": "sambo",
        "annan_narstaende": "annan närstående",
        "inneboende": "inneboende",
        "utanfor_katalogen": "annan",
    },
}
