"""The decision process of a history: applied for, looked into, decided, told, appealed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from ledger.codec import Json, Lane
from scripts.city import people
from scripts.city.faults import Fault
from scripts.city.people import Household
from scripts.city.writing import Home, Said, Writing, first_of_month, months

B: Final = Lane.BISTAND
K: Final = Lane.KOPPLING

_NEW_LAW: Final = date(2025, 7, 1)
_GROUNDS: Final = {
    "missbruk": 40, "psykisk_ohalsa": 25, "allvarliga_sociala_problem": 12, "hemloshet": 10,
    "vardkedja_efter_institution": 8, "vardkedja_valdsutsatt": 5,
}  # fmt: skip
_ASSESSED: Final = (
    "long_lasting_difficulties", "needs_extensive_support", "can_manage_with_support",
    "support_need_linked_to_housing", "options_exhausted", "shorter_perspective_weighed",
)  # fmt: skip
_CHANNELS: Final = {"besok": 40, "telefon": 25, "post": 20, "e_post": 15}
_NEEDS: Final = (
    "Söker hjälp med boendet. Har varit utan eget hem sedan i våras.",
    "Bor tillfälligt hos bekanta och kan inte vara kvar.",
    "Skrivs ut från behandlingshem och saknar bostad.",
    "Har haft skulder och blivit av med sitt kontrakt.",
    "Önskar en lägenhet med stöd för att kunna bo själv.",
)


@dataclass(slots=True)
class Decision:
    """A decision that has been made.

    Args:
        name: the source's name of it.
        insats: what it grants.
        route: which way it is appealed.
        end: its last day, if it has one.
        said: what was written of it.
        executed: whether it has been carried out.
    """

    name: str
    insats: str
    route: str
    end: date | None
    said: Said
    executed: bool = False

    @property
    def about(self) -> dict[str, Json]:
        """How a fact says that it is about this decision."""
        return {"decision_id": f"${self.name}"}


@dataclass(slots=True)
class Case:
    """A history and what is known of its case so far.

    Args:
        w: writes it down.
        home: whom it is about.
        party: the first of them.
        partner: the second, in a couple.
        home_decision: the decision on the home that counts now.
        support: the one on boendestöd.
        decided: how many decisions there are.
        children: the source's names of the children, with what they are called.
        lease: the source's name of the lease that runs; empty where none does.
        leases: how many there have been.
        notices: how many notices have been given.
        link: what ties the lease to the decision it carries out.
        district: where the flat is.
        leaves_for: the district the household has moved to, if it has.
    """

    w: Writing
    home: Household
    party: people.Person
    partner: people.Person | None
    home_decision: Decision | None = None
    support: Decision | None = None
    decided: int = 0
    children: Mapping[str, str] = field(default_factory=dict)
    lease: str = ""
    leases: int = 0
    notices: int = 0
    link: Said | None = None
    district: str = ""
    leaves_for: str = ""

    @property
    def of_lease(self) -> dict[str, Json]:
        """How a fact says that it is about the lease that runs."""
        return {"lease_id": f"${self.lease}"}

    @property
    def running(self) -> list[Decision]:
        """The decisions that have not been ended."""
        return [one for one in (self.home_decision, self.support) if one]


def opened(w: Writing, home: Household) -> Case:
    """Open the case's decision process."""
    case = Case(w, home, people.party(w, home), people.partner(w) if home.couple else None)
    case.children = {
        w.named("barn", number): people.name(w.chance) for number in range(1, home.children + 1)
    }
    people.register(w, B, case.party)
    symbol = case.party.symbol
    w.say(B, "CaseOpened", party=f"${symbol}", person_stream=f"$bistand/{symbol}")
    if case.partner:
        people.register(w, B, case.partner)
        symbol = case.partner.symbol
        w.say(
            B,
            "PartyAdded",
            co_party=f"${symbol}",
            person_stream=f"$bistand/{symbol}",
            own_appeal_clock=True,
        )
    w.say(K, "CaseJoined", bistand_stream=f"$bistand/{w.named('arende')}")
    return case


def asked(case: Case, insats: str) -> Said:
    """An application comes in and an investigation is opened."""
    w = case.w
    application = w.say(
        B,
        "ApplicationReceived",
        channel=w.chance.weigh(_CHANNELS),
        asks_for=[insats],
        text=w.chance.pick(_NEEDS),
    )
    w.wait(24, 45) if w.goes_wrong(Fault.LATE_INVESTIGATION, 25) else w.wait(1, 3)
    return w.say(
        B,
        "InvestigationOpened",
        trigger=application.ref,
        child_investigation=True if case.children and w.chance.happens(10) else None,
    )


def looked_into(case: Case) -> None:
    """What is asked, obtained and weighed before a decision."""
    w, chance = case.w, case.w.chance
    w.wait(3, 20)
    if chance.happens(5):
        w.say(B, "ResponsibilityChecked", responsible_municipality="Exempelstaden")
    if chance.happens(1):
        w.say(B, "JävDeclared", outcome="jav", jav_ground="FL_16_p1")
    if case.home.represented:
        who = w.named("ombud", case.decided)
        w.say(
            B,
            "RepresentativeRegistered",
            rep=f"${who}",
            name=people.name(chance),
            kind=chance.pick(("god_man", "ombud")),
            start=w.day,
        )
    if case.home.language:
        kind = chance.weigh({"tolk": 9, "oversattning": 1})
        w.say(B, "AssistanceRecorded", kind=kind, language=case.home.language)
    if chance.happens(60):
        _informed(case)
    for child, called in case.children.items():
        child_weighed(case, child, called, "beslut")
    if chance.happens(4):
        w.wait(60, 90)
        w.say(B, "DelayNotified", reason="Underlag från vården saknas ännu.")
        if chance.happens(40):
            _demanded(case)
    _heard(case)


def _informed(case: Case) -> None:
    w = case.w
    w.say(
        B,
        "AlternativesExplained",
        concerns="uppgifter",
        text="Utan uppgifterna prövas ansökan ändå.",
    )
    consent = w.say(
        B,
        "ConsentRecorded",
        concerns="uppgifter",
        given_when="fritt",
        alternatives_explained=True,
        consequence_stated="ingen",
    )
    w.wait(5, 25)
    w.say(
        B,
        "InformationObtained",
        ground="12_2_samtycke",
        consent_given=consent.ref,
        obtained_from="Vården i regionen",
        text="Underlag om behovet av stöd.",
    )
    if w.chance.happens(5):
        w.wait(2, 20)
        w.say(B, "ConsentWithdrawn", consent_given=consent.ref, concerns="uppgifter")


def child_weighed(case: Case, child: str, called: str, phase: str) -> None:
    """Assess what is best for a child before an act."""
    heard = case.w.chance.happens(70)
    case.w.say(
        B,
        "AssessmentRecorded",
        assessed_person=f"${child}",
        name=called,
        kind="barnets_basta",
        phase=phase,
        heard=heard,
        heard_how="Samtal vid besök." if heard else None,
        text="Barnet behöver bo kvar nära skolan.",
    )


def _demanded(case: Case) -> None:
    w = case.w
    w.wait(100, 120)
    demand = w.say(B, "DecisionDemanded", written=True)
    w.wait(10, 25)
    w.say(B, "DemandRejected", decision_demand=demand.ref, reason="Utredningen är inte klar.")


def _heard(case: Case) -> None:
    w, chance = case.w, case.w.chance
    w.wait(10, 50)
    sent = w.say(
        B,
        "CommunicationSent",
        answer_by=date.fromordinal(w.day.toordinal() + 14),
        oral_right_informed=True,
        material="Utredningen med förslag till beslut.",
    )
    if chance.happens(4):
        w.wait(2, 6)
        hearing = w.say(B, "OralHearingRequested", before="utskott")
        w.wait(7, 14)
        w.say(B, "OralHearingHeld", before="utskott", hearing_request=hearing.ref)
    w.wait(4, 13)
    if chance.happens(85):
        w.say(B, "PartyResponded", communication=sent.ref, text="Har inget att invända.")


def basis(home: Home, day: date) -> tuple[str, str]:
    """The provision a decision on a home rests on that day, and which way it is appealed."""
    if home is Home.FORSOK:
        return ("SoL25_11_4" if day >= _NEW_LAW else "SoL01_4_2"), "laglighetsprovning"
    return ("SoL25_11_1" if day >= _NEW_LAW else "SoL01_4_1"), "forvaltningsbesvar"


def decided(case: Case, length: int) -> bool:
    """Decide on the home. Returns whether it was granted.

    Args:
        case: looked into.
        length: for how many months it is granted, where it is for a time.
    """
    w, chance = case.w, case.w.chance
    w.wait(2, 15)
    outcome = chance.weigh({"granted": 82, "partly": 6, "rejected": 12})
    if case.decided:
        outcome = "granted"  # whoever lives there has shown the need
    elif outcome == "rejected":
        if chance.happens(20):
            w.say(B, "ApplicationWithdrawn", reason="Har fått en egen bostad.")
        else:
            _rejected(case)
        return False
    start = first_of_month(w.day, chance.between(1, 2))
    if case.home_decision and case.home_decision.end:
        start = first_of_month(case.home_decision.end, 1)
    case.home_decision = granted(
        case, case.home.home, start, None if case.home.lasting else months(start, length),
        partly=outcome == "partly",
    )  # fmt: skip
    before, case.support = case.support, None
    if not w.goes_wrong(Fault.NO_SUPPORT_OFFERED, 25):
        case.support = granted(case, "boendestod", start, case.home_decision.end)
    if before and not case.support:
        case.support = before
    told(case, case.home_decision)
    if case.support and case.support is not before:
        told(case, case.support)
    reported(case, case.home_decision)
    if case.decided <= 2 and chance.happens(4):  # noqa: PLR2004 - the first home and its support
        appealed(case, case.home_decision, "beslutet")
    return True


def granted(
    case: Case, insats: str, start: date, end: date | None, *, partly: bool = False
) -> Decision:
    """Grant something from a day."""
    w, chance = case.w, case.w.chance
    home = Home(insats) if insats in {*Home} else Home.TRANING  # support goes by 4:1, 11:1
    provision, route = basis(home, w.day)
    name = _next(case)
    conditional = insats in {*Home} and w.goes_wrong(Fault.CONDITIONS_IN_DECISION, 20)
    mute = w.goes_wrong(Fault.NO_REASONS, 10)
    said = w.say(
        B,
        "DecisionPartiallyGranted" if partly else "DecisionGranted",
        decision_id=f"${name}",
        basis=provision,
        insats=insats,
        grounds=[chance.weigh(_GROUNDS)],
        start=start,
        end=end,
        until_further_notice=end is None,
        full_grant=None if partly else not conditional,
        assessment=dict.fromkeys(_ASSESSED, "ja"),
        reject=["mojligheter_ej_uttomda"] if partly else None,
        conditions=["sobriety", "genomforandeplan"] if conditional else None,
        reasons_provisions=None if mute else "Skälig levnadsnivå, och stöd kring boendet.",
        reasons_facts=None
        if mute
        else "Behovet är varaktigt och kan inte tillgodoses på annat sätt.",
        children_in_household=len(case.children),
    )
    return Decision(name, insats, route, end, said)


def _next(case: Case) -> str:
    """The source's name of the next decision."""
    case.decided += 1
    return case.w.named("beslut", case.decided)


def _rejected(case: Case) -> None:
    w, chance = case.w, case.w.chance
    provision, route = basis(case.home.home, w.day)
    name = _next(case)
    said = w.say(
        B,
        "DecisionRejected",
        decision_id=f"${name}",
        basis=provision,
        insats=case.home.home,
        reject=[chance.pick(("klarar_sjalv", "mojligheter_ej_uttomda", "enbart_hemloshet"))],
        reasons_provisions="Skälig levnadsnivå.",
        reasons_facts="Behovet kan tillgodoses på annat sätt.",
        children_in_household=len(case.children),
    )
    decision = Decision(name, case.home.home, route, None, said)
    told(case, decision)
    if chance.happens(40):
        appealed(case, decision, "beslutet")


def told(case: Case, decision: Decision, act: str = "beslutet") -> None:
    """Notify each party."""
    w = case.w
    if w.goes_wrong(Fault.MISSING_NOTIFICATION, 15):
        return
    w.wait(1, 4)
    silent = w.goes_wrong(Fault.NO_APPEAL_INFORMATION, 15)
    known = w.chance.happens(85)
    for to in ("part", "medpart") if case.partner else ("part",):
        w.say(
            B,
            "DecisionNotified",
            decision.about,
            act=act,
            fick_del=w.day if known else None,
            method="delgivning_kvitto" if known else "vanligt_brev",
            appeal_info="saknas" if silent else decision.route,
            to=to,
            language=case.home.language,
            interpreter=True if case.home.language else None,
        )


def reported(case: Case, decision: Decision) -> None:
    """Report a decision to the nämnd, whose minutes start the time for a legality review."""
    if decision.route == "laglighetsprovning":
        w = case.w
        w.wait(5, 25)
        w.say(B, "DelegatedDecisionReported", decision.about, meeting_day=w.day)


def appealed(case: Case, decision: Decision, act: str) -> None:
    """Somebody wants the decision, or its end, tried."""
    w, chance = case.w, case.w.chance
    court = "Förvaltningsrätten i Exempelstaden"
    w.wait(6, 19)
    if decision.route == "laglighetsprovning":
        w.say(B, "LegalityReviewReceived", decision.about, court=court)
        w.wait(90, 200)
        w.say(
            B,
            "CourtJudgmentGiven",
            decision.about,
            appealed_act=act,
            court=court,
            outcome="avslag",
        )
        return
    appeal = w.say(B, "AppealReceived", decision.about, appealed_act=act, text="Jag överklagar.")
    w.wait(1, 4)
    in_time = chance.happens(92)
    at = {**decision.about, "appeal": appeal.ref}
    w.say(B, "TimelinessChecked", at, in_time=in_time)
    if not in_time:
        w.say(B, "AppealDismissed", at, dismissal="for_sent")
        return
    w.say(B, "Reconsidered", at, changed=False, reasons_facts="Inget nytt har kommit fram.")
    w.say(B, "AppealForwarded", at, court=court)
    if chance.happens(10):
        w.wait(10, 60)
        w.say(B, "AppealWithdrawn", at, reason="Vill inte längre få saken prövad.")
        return
    _in_court(
        case,
        {
            **at,
            "appealed_act": act,
            "court": court,
            "malnr": f"{chance.between(1, 999)}-{w.day:%y}",
        },
    )


def _in_court(case: Case, at: Mapping[str, Json]) -> None:
    w, chance = case.w, case.w.chance
    if chance.happens(20):
        w.wait(3, 10)
        w.say(B, "InhibitionDecided", at, inhibited=chance.happens(50))
    w.wait(60, 200)
    if chance.happens(15):
        w.say(B, "CaseRemitted", at, duty="Nämnden ska utreda behovet på nytt.")
        return
    outcome = chance.weigh({"avslag": 7, "bifall": 2, "delvis": 1})
    laga = date.fromordinal(w.day.toordinal() + 21)
    judgment = w.say(B, "CourtJudgmentGiven", at, outcome=outcome, laga_kraft=laga)
    if outcome == "avslag" and chance.happens(25):
        higher = {**at, "court": "Kammarrätten i Exempelstaden"}
        w.wait(5, 20)
        w.say(B, "JudgmentAppealed", higher, judgment=judgment.ref, judgment_appealed_by="part")
        w.wait(25, 60)
        w.say(
            B,
            "PermissionToAppealDecided",
            higher,
            permitted=False,
        )
