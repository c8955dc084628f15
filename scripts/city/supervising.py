"""What comes of a history in supervision: JO, IVO, lex Sarah, requests for documents, reports."""

from datetime import timedelta
from typing import Final

from ledger.codec import Json, Lane
from scripts.city.deciding import Case
from scripts.city.writing import first_of_month, months

B: Final = Lane.BISTAND
T: Final = Lane.TILLSYN


def supervised(case: Case) -> None:
    """Let some of it be looked into by others."""
    chance = case.w.chance
    careless = bool(case.w.faults)
    if chance.happens(12 if careless else 0.7):
        _jo(case)
    if chance.happens(3 if careless else 0.3):
        _ivo(case)
    if chance.happens(4 if careless else 0.3):
        _lex_sarah(case)
    if chance.happens(4):
        _asked_for(case)
    if chance.happens(2):
        _reports(case)


def _case_id(case: Case) -> str:
    return f"$koppling/{case.w.named('arende')}"


def _jo(case: Case) -> None:
    w, chance = case.w, case.w.chance
    matter = w.named("jo")
    w.wait(30, 120)
    w.say(
        T,
        "JOMatterOpened",
        stream=matter,
        dnr=f"{chance.between(1000, 9999)}-{w.day.year}",
        cases=[_case_id(case)],
    )
    w.wait(20, 60)
    if chance.happens(50):
        w.say(T, "DocumentsLent", stream=matter, due=w.day + timedelta(days=14))
        w.wait(20, 40)
    due = w.day + timedelta(days=56)
    remiss = w.say(
        T, "RemissReceived", stream=matter, due=due, questions="Yttra er över vad som har anförts."
    )
    at: dict[str, Json] = {"request": remiss.ref}
    if chance.happens(25):
        w.wait(10, 30)
        w.say(
            T,
            "ExtensionRequested",
            at,
            stream=matter,
            due=due + timedelta(days=28),
            reason="Semestertid.",
        )
        w.wait(1, 5)
        w.say(T, "ExtensionGranted", at, stream=matter, due=due + timedelta(days=28))
    lanes = ["bistand", "hyra"] if case.leases else ["bistand"]
    w.say(
        T,
        "DossierReleased",
        stream=matter,
        lanes=lanes,
        masked=False,
        ground="10_28_uppgiftsskyldighet",
        dossier_to="jo",
        cases=[_case_id(case)],
    )
    w.wait(10, 25)
    w.say(T, "OfficerReportWritten", at, stream=matter)
    w.say(T, "NämndSummoned", at, stream=matter, meeting_day=w.day + timedelta(days=10))
    w.wait(8, 12)
    w.say(
        T,
        "ReplyDecided",
        at,
        stream=matter,
        organ=chance.weigh({"namnd": 4, "ordforande_6_39": 1}),
        measures="Rutinen ses över.",
    )
    w.say(T, "ImmediateAdjustmentMade", at, stream=matter)
    w.wait(1, 3)
    w.say(T, "ReplySent", at, stream=matter)
    if chance.happens(60):
        w.wait(10, 30)
        w.say(T, "CommentsReceived", stream=matter, text="Står fast vid anmälan.")
    w.wait(150, 400)
    outcome = chance.weigh({"kritik": 4, "allvarlig_kritik": 1, "ingen_kritik": 3, "avskrivet": 2})
    decision = w.say(T, "JODecisionMade", stream=matter, outcome=outcome)
    w.wait(15, 40)
    w.say(
        T,
        "NämndTookNote",
        stream=matter,
        decision_event=decision.ref,
        measures="Handläggarna utbildas.",
    )


def _ivo(case: Case) -> None:
    w, chance = case.w, case.w.chance
    matter = w.named("ivo")
    w.wait(20, 80)
    w.say(
        T,
        "IVOMatterOpened",
        stream=matter,
        dnr=f"8.5-{chance.between(10000, 99999)}/{w.day.year}",
        cases=[_case_id(case)],
    )
    request = w.say(
        T,
        "IVORequestReceived",
        stream=matter,
        due=w.day + timedelta(days=21),
        questions="Sänd in akten.",
    )
    w.wait(10, 20)
    w.say(T, "IVOReplySent", stream=matter, request=request.ref)
    if chance.happens(30):
        w.wait(40, 90)
        order = w.say(
            T,
            "IVOInjunctionReceived",
            stream=matter,
            due=w.day + timedelta(days=60),
            vite_ore=5_000_000,
        )
        w.wait(20, 55)
        w.say(T, "IVOReplySent", stream=matter, request=order.ref)
    if chance.happens(40):
        w.wait(40, 90)
        court = "Förvaltningsrätten i Exempelstaden"
        fee_case = w.say(T, "FeeCaseOpened", stream=matter, court=court, fee_ore=2_500_000)
        w.wait(60, 150)
        imposed = chance.happens(50)
        w.say(
            T,
            "FeeCaseDecided",
            stream=matter,
            fee_case=fee_case.ref,
            court=court,
            outcome="bifall" if imposed else "avslag",
            fee_ore=2_500_000 if imposed else 0,
        )
    w.wait(60, 200)
    outcome = chance.weigh({"brist_avhjalpt": 4, "brist": 2, "ingen_brist": 4})
    w.say(T, "IVODecisionMade", stream=matter, outcome=outcome)


def _lex_sarah(case: Case) -> None:
    w, chance = case.w, case.w.chance
    matter = w.named("lex-sarah")
    w.wait(1, 10)
    w.say(
        T,
        "LexSarahReported",
        stream=matter,
        cases=[_case_id(case)],
        what="Beslutet har inte verkställts.",
    )
    w.wait(1, 3)
    grave = chance.happens(25)
    misconduct = (
        "allvarligt" if grave else chance.pick(("missforhallande", "inget_missforhallande"))
    )
    w.say(
        T,
        "LexSarahAssessed",
        stream=matter,
        misconduct=misconduct,
        reasons="Bedömning vid mottagandet.",
    )
    w.wait(10, 50)
    w.say(
        T,
        "LexSarahInvestigated",
        stream=matter,
        remedied=True,
        misconduct=misconduct,
        measures="Ny rutin.",
    )
    if grave:
        w.wait(1, 5)
        w.say(
            T,
            "LexSarahReportedToIVO",
            stream=matter,
            dnr=f"8.1-{chance.between(10000, 99999)}/{w.day.year}",
        )


def _asked_for(case: Case) -> None:
    w, chance = case.w, case.w.chance
    request = w.named("begaran")
    w.wait(1, 60)
    w.say(
        T,
        "DocumentRequested",
        stream=request,
        asked_items="Beslut och utredning.",
        cases=[_case_id(case)],
    )
    w.wait(1, 3)
    outcome = chance.weigh({"lamnas": 4, "maskas": 3, "nekas": 3})
    w.say(
        T,
        "ItemAssessed",
        stream=request,
        item_outcome=outcome,
        asked_items="Utredningen.",
        secrecy=["osl_26_1"],
    )
    if outcome == "lamnas":
        w.say(T, "DocumentsReleased", stream=request, asked_items="Allt.")
        return
    refused: dict[str, Json] = {"written_decision_offered": True, "secrecy": ["osl_26_1"]}
    if outcome == "maskas":
        w.say(T, "ReleasedInPart", refused, stream=request, written_decision=False)
        return
    refusal = w.say(
        T,
        "ReleaseRefused",
        refused,
        stream=request,
        written_decision=True,
        refusal_appeal="kammarratten",
        partial_weighed=True,
        reasons="Uppgifterna är känsliga.",
    )
    w.wait(2, 10)
    w.say(T, "AuthorityDecisionDemanded", stream=request, text="Vill ha ett skriftligt beslut.")
    if chance.happens(40):
        w.wait(5, 20)
        w.say(
            T,
            "RefusalAppealed",
            stream=request,
            refusal=refusal.ref,
            court="Kammarrätten i Exempelstaden",
        )


def _reports(case: Case) -> None:
    """The nämnd's reports of a quarter, and its look through the read log."""
    w = case.w
    stream = w.named("rapport")
    start = first_of_month(w.day, -3)
    quarter: dict[str, Json] = {
        "start": start.isoformat(),
        "end": months(start, 3).isoformat(),
    }
    for to in ("IVO", "revisorer"):
        w.say(
            B,
            "QuarterlyReportSent",
            quarter,
            stream=stream,
            report_to=to,
            rows=w.chance.between(0, 9),
        )
    w.say(B, "CouncilStatisticsSent", quarter, stream=stream, rows=w.chance.between(0, 9))
    w.say(
        T,
        "LogReviewDone",
        quarter,
        stream=w.named("loggkontroll"),
        rows=w.chance.between(50, 900),
        review_outcome="inget_att_anmarka",
    )
