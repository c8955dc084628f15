"""The words of the organisation: its types, their fields and codes."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from domain.system import events
from projections.wording import Wording

TYPES: Final[Mapping[str, Wording]] = {
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
        "Roll återkallad", "Rollen som {role}[ i {namnd}] återkallades[ från och med {effective}]."
    ),
    "MeetingHeld": Wording("Sammanträde hållet", "{namnd} höll sammanträde[: {body}]."),
    "ProtocolAdjusted": Wording("Protokoll justerat", "Ett protokoll från {namnd} justerades."),
    "ProtocolAnnounced": Wording(
        "Justering tillkännagiven",
        "Justeringen av ett protokoll från {namnd} tillkännagavs"
        "[. Anslaget ska sitta uppe till och med {up_to}].",
    ),
    "ProtocolTakenDown": Wording(
        "Anslag nedtaget", "Anslaget om ett protokoll från {namnd} togs ned."
    ),
    "DelegationOrderAdopted": Wording(
        "Delegationsordning antagen",
        "{namnd} antog en delegationsordning[, version {version_name}]"
        "[, som gäller från och med {effective_from}][ till och med {effective_to}].",
    ),
    "GuidelineAdopted": Wording(
        "Riktlinje antagen",
        "Riktlinjen {version_name} antogs[ för nämnderna i {municipality}]"
        "[ och gäller från och med {effective_from}][ till och med {effective_to}].",
    ),
    "RuleConfigured": Wording(
        "Regel inställd",
        "För regeln {rule_id} valdes {key} = {value}[, från och med {effective_from}].",
    ),
    "SealMade": Wording(
        "Loggens läge fäst utanför liggaren",
        "Loggen för {target_lane} hade {size} händelser när dess rot fästes[ {seal_kind}].",
    ),
}

FIELDS: Final[Mapping[str, str]] = {
    "districts": "Stadsdelar som nämnden svarar för",
    "document_hash": "Dokumentets kontrollsumma",
    "body": "Organ som sammanträdde",
    "body_text": "Organ som sammanträdde, med egna ord",
    "separate_protocol": "Särskilt protokoll",
    "immediate": "Omedelbart justerat",
    "up_to": "Anslaget till och med",
    "version_name": "Version",
    "municipality": "Kommun",
    "effective_from": "Gäller från och med",
    "effective_to": "Gäller till och med",
    "rule_id": "Regel",
    "key": "Inställning",
    "value": "Värde",
    "unverified": "Källan är inte kontrollerad",
    "legal_source": "Rättskälla",
    "seal_kind": "Fäst",
    "seal_kind_text": "Fäst, med egna ord",
    "meeting": "Sammanträde",
}
"""Labels of fields; a name that stands elsewhere already is not repeated."""

UNREFERENCED: Final[Mapping[str, str]] = {}

CODES: Final[Mapping[type[StrEnum], Mapping[str, str]]] = {
    events.MeetingBody: {
        "namnd": "nämnden själv",
        "utskott": "ett utskott",
        "utanfor_katalogen": "annat organ",
    },
    events.SealKind: {
        "protokoll": "i nämndens protokoll",
        "vittne": "hos ett vittne",
        "tidsstampel": "med en tidsstämpel",
        "utanfor_katalogen": "på annat sätt",
    },
}
