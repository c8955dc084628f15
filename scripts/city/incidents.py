"""What happens while somebody lives there. Each function returns whether the history is over."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from ledger.codec import Lane
from scripts.city import ending
from scripts.city.deciding import Case, asked, decided, granted, told
from scripts.city.faults import Fault
from scripts.city.housing import executed, housed
from scripts.city.people import DISTRICTS
from scripts.city.writing import LAST_DAY, first_of_month

B: Final = Lane.BISTAND
H: Final = Lane.HYRA
K: Final = Lane.KOPPLING

_NOTES: Final = (
    "Samtal om hushållsekonomi och skulder.",
    "Hembesök enligt plan. Lägenheten i ordning.",
    "Personen kom inte till avtalat möte.",
    "Har börjat på arbetsträning tre dagar i veckan.",
    "Kontakt med beroendemottagningen fungerar.",
)
_LATEST: Final = timedelta(days=160)
"""So long after what it tells of a note is written at the latest."""
_FORFEITURE_2019: Final = date(2019, 10, 1)
_FORFEITURE_2024: Final = date(2024, 7, 1)


def lived(case: Case) -> None:
    """Let half-years pass until the history ends, or the old system is closed."""
    w = case.w
    while w.day < LAST_DAY:
        w.wait(150, 190)
        _followed_up(case)
        for percent, incident in _INCIDENTS:
            if case.running and w.chance.happens(percent) and incident(case):
                return
        if not case.running or _at_the_end(case):
            return


def _followed_up(case: Case) -> None:
    w, chance = case.w, case.w.chance
    if chance.happens(85):
        w.say(
            B,
            "FollowUpDone",
            method=chance.weigh({"hembesok": 5, "mote": 4, "telefon": 2}),
            party_present=chance.happens(90),
            checkpoint=True,
            text="Målen i planen har gåtts igenom.",
        )
    for _ in range(chance.between(0, 3)):
        w.wait(2, 25)
        late = w.day < LAST_DAY - _LATEST and w.goes_wrong(Fault.LATE_NOTE, 15)
        known = w.day + timedelta(days=chance.between(15, _LATEST.days)) if late else w.day
        w.say(B, "JournalNoteEntered", known=known, text=chance.pick(_NOTES))


def _at_the_end(case: Case) -> bool:
    """What comes when the decision's time is up."""
    w, chance = case.w, case.w.chance
    last = ending.until(case)
    if last is None:
        outcome = chance.weigh({"goes_on": 88, "own_home": 8, "taken_over": 4})
    elif last > w.day + timedelta(days=190):
        return False
    else:
        w.day = max(w.day, last - timedelta(days=60))
        outcome = chance.weigh({"goes_on": 52, "taken_over": 24, "own_home": 14, "run_out": 10})
    if outcome == "goes_on":
        if last:
            _goes_on(case, last)
        return False
    ending_of: dict[str, Callable[[Case], None]] = {
        "own_home": ending.own_home,
        "taken_over": ending.taken_over,
        "run_out": ending.run_out,
    }
    ending_of[outcome](case)
    return True


def _goes_on(case: Case, last: date) -> None:
    """A new decision follows the old, and the lease is extended."""
    w = case.w
    asked(case, case.home.home)
    before = list(case.running)
    decided(case, 12)
    w.day = max(w.day, last)
    for decision in before:
        if decision is not case.support:
            w.say(
                B,
                "BiståndEnded",
                decision.about,
                effective=last,
                ground="period_slut",
                remaining_need=True,
            )
    if case.lease:
        w.say(H, "LeaseExtended", case.of_lease, end=ending.until(case))
    executed(case, moves_in=False)


def _disturbed(case: Case) -> bool:
    """Neighbours report disturbances; most end there, some lease does too."""
    if not case.lease:
        return False
    w, chance = case.w, case.w.chance
    about = case.of_lease
    reports: list[str] = []
    silent = w.goes_wrong(Fault.NO_MESSAGE_TO_BOARD, 60)
    for _ in range(chance.weigh({1: 6, 2: 3, 3: 2})):
        w.wait(8, 40)
        report = w.say(
            H,
            "DisturbanceReported",
            about,
            kind=chance.weigh({"storning": 8, "bristande_skotsamhet": 2}),
            grade="vanlig",
            source_process="hyra",
            reported_by="En granne i huset",
        )
        reports.append(report.ref)
        w.wait(1, 3)
        if chance.happens(15):
            w.say(
                H, "DisturbanceAnswered", about, report=report.ref, reason="Kunde inte bekräftas."
            )
            continue
        w.say(
            H,
            "CorrectionDemanded",
            about,
            served=w.day,
            method="rek_brev",
            warns_of_notice=True,
            evidence_refs=[report.ref],
        )
        if not silent:
            _board_told(case, "25a", "storning", report.ref)
    if len(reports) < 3:  # noqa: PLR2004 - the third time
        return False
    if chance.happens(30):
        w.say(
            H,
            "HeadLandlordDemanded",
            about,
            method="rek_brev",
            warns_of_notice=True,
            basis="42_4",
        )
    return _given_notice(case, tuple(reports))


def _board_told(case: Case, basis: str, kind: str, evidence: str) -> str:
    """The landlord side tells the socialnämnd, which looks into it. Returns what came in."""
    w, chance = case.w, case.w.chance
    w.say(H, "SocialBoardNotified", case.of_lease, basis=basis, evidence_refs=[evidence])
    w.say(
        K,
        "DisclosureMade",
        kind="mellan_verksamhetsgrenar",
        ground="10_28_uppgiftsskyldighet",
        provision=f"JB_12_{'25a' if basis == '25a' else '44'}",
        recipient="egen_beslutsroll",
        disclosed=f"Meddelande {w.day}",
    )
    received = w.say(
        B, "NoticeReceived", notice_from="egen_hyresroll", kind=kind, text=f"Inkom {w.day}"
    )
    w.wait(1, 3)
    opened = w.say(B, "InvestigationOpened", trigger=received.ref)
    w.wait(5, 30)
    outcome = chance.weigh({"ingen_atgard": 3, "beslut": 1})
    if outcome == "beslut":
        extra = granted(case, "boendestod", w.day, None)
        told(case, extra)
        w.say(B, "SupportStarted", extra.about)
    w.say(B, "InvestigationClosed", investigation=opened.ref, outcome=outcome)
    return received.ref


def _given_notice(case: Case, evidence: tuple[str, ...]) -> bool:
    w = case.w
    w.wait(5, 20)
    given = ending.notice(case, "hyresvard", "46_p2", refs=evidence, tested=True)
    w.wait(90, 110)
    if not ending.tried(case, given.name):
        return False
    return _lost(case, "avflyttningsalaggande")


def _lost(case: Case, title: str) -> bool:
    """The tenant moves or is evicted; the decision lives on."""
    w = case.w
    w.wait(50, 70)
    if w.chance.happens(40):
        if not ending.evicted(case, title):
            return False
    else:
        ending.moved_out(case)
        ending.terminated(case, "efter_provning")
    if ending.lost_home(case):
        return True
    w.wait(20, 60)
    if case.home_decision and w.chance.happens(60):
        housed(case)
        return False
    ending.ended(case, "andrat_14_9", needs_more=True)
    ending.closed(case)
    return True


def _in_arrears(case: Case) -> bool:
    """A rent is not paid in time."""
    if not case.lease:
        return False
    w, chance = case.w, case.w.chance
    about = case.of_lease
    month = first_of_month(w.day, 1)
    due = w.day
    rent = 1000 * chance.between(480, 960)
    unpaid = w.say(
        H, "RentDue", about, start=month, end=month + timedelta(days=27), amount_ore=rent
    )
    w.wait(8, 14)
    w.say(H, "ArrearsNoted", about, due=due, amount_ore=rent)
    if chance.happens(55):
        w.wait(2, 20)
        w.say(H, "RentPaid", about, rent_due=unpaid.ref, amount_ore=rent, payer="hyresgast")
        return False
    case.notices += 1
    name = w.named("uppsagning", case.notices)
    silent = w.goes_wrong(Fault.NO_MESSAGE_TO_BOARD, 60)
    w.wait(1, 6)
    forfeited = w.say(
        H,
        "ForfeitureNoticeIssued",
        about,
        notice_id=f"${name}",
        served=w.day,
        method="delgivning_kvitto",
        point=1,
        point_window=_window(w.day),
        evidence_refs=[unpaid.ref],
        form44_served=True,
        social_notice_day=None if silent else w.day,
        copy_to_board=not silent,
    )
    received = None if silent else _board_told(case, "44", "hyra", forfeited.ref)
    return _recovered(case, name, unpaid.ref, rent, received)


def _recovered(case: Case, name: str, unpaid: str, rent: int, received: str | None) -> bool:
    """Within three weeks the lease can be saved (44 §)."""
    w, chance = case.w, case.w.chance
    about = case.of_lease
    outcome = chance.weigh({"paid": 5, "undertaken": 3, "lost": 2})
    w.wait(3, 14)
    if outcome == "lost":
        return _lost(case, "utslag_KFM")
    if outcome == "undertaken" and received:
        help_ = granted(case, "ekonomiskt_bistand", w.day, None)
        told(case, help_)
        w.say(
            B,
            "PaymentUndertakingGiven",
            received_notice=received,
            sent_to_landlord=w.day,
            copy_to_person=True,
        )
        payer, reason = "namnd", "atagande_44_4"
    else:
        payer, reason = "hyresgast", "betald_44"
    w.say(H, "NoticeLapsed", about, notice_id=f"${name}", reason=reason)
    w.wait(1, 10)
    w.say(H, "RentPaid", about, rent_due=unpaid, amount_ore=rent, payer=payer)
    return False


def _window(day: date) -> str:
    return "H24" if day >= _FORFEITURE_2024 else "H19" if day >= _FORFEITURE_2019 else "H14"


def _entered(case: Case) -> bool:
    """The landlord wants in."""
    if not case.lease:
        return False
    w, chance = case.w, case.w.chance
    about = case.of_lease
    if w.goes_wrong(Fault.ENTRY_WITHOUT_CONSENT, 50):
        w.say(
            H,
            "EntryMade",
            about,
            purpose="tillsyn",
            entry_basis="kontraktsvillkor",
            consent="inget",
            search=chance.happens(20),
            entry_by="hyresvard",
            seen="Ordning i lägenheten.",
        )
        return False
    purpose = chance.weigh({"tillsyn": 4, "reparation": 4, "ohyra": 1})
    request = w.say(H, "AccessRequested", about, planned=w.day + timedelta(days=7), purpose=purpose)
    w.wait(2, 6)
    at = {**about, "access_request": request.ref}
    if chance.happens(15):
        w.say(H, "AccessRefused", at, reason="Vill inte ha besök.")
        return False
    w.say(H, "AccessGranted", at)
    w.wait(1, 5)
    w.say(
        H,
        "EntryMade",
        at,
        purpose=purpose,
        entry_basis="begaran_26",
        consent="reellt",
        search=False,
        entry_by="hyresvard",
    )
    return False


def _away(case: Case) -> bool:
    w = case.w
    end = w.day + timedelta(days=w.chance.between(20, 120))
    kind = w.chance.weigh({"sjukhus": 5, "hakte": 2, "anstalt": 2})
    w.say(B, "StayElsewhereReported", kind=kind, start=w.day, end=end)
    return False


def _disputed(case: Case) -> bool:
    w = case.w
    entry = w.say(B, "JournalNoteEntered", text="Uppgift om störande besök.")
    w.wait(5, 30)
    objection = w.say(B, "PartyDisputedEntry", entry=entry.ref, text="Det var inte hos mig.")
    w.say(
        B,
        "PartyNoteEntered",
        entry=entry.ref,
        objection=objection.ref,
        text="Parten anser att uppgiften är fel.",
    )
    return False


def _slipped(case: Case) -> bool:
    """Somebody entered what never happened, or a decision has a slip in it."""
    w = case.w
    if case.home_decision and w.chance.happens(50):
        w.say(
            B,
            "DecisionCorrected",
            case.home_decision.about,
            corrected_part="tid",
            wording_before="2 år",
            wording_after="1 år",
        )
        return False
    if case.lease and w.chance.happens(50):
        entry = w.say(H, "InspectionMade", case.of_lease, protocol="Protokoll i fel akt.")
    else:
        entry = w.say(B, "JournalNoteEntered", text="Anteckning i fel akt.")
    w.wait(1, 10)
    lane = Lane(str(entry.body["lane"]))
    w.say(lane, "EntryMarkedErroneous", entry=entry.ref, reason="fel_arende")
    return False


def _changed(case: Case) -> bool:
    w = case.w
    if case.support:
        w.say(
            B,
            "DecisionChanged",
            case.support.about,
            effective=w.day,
            ground="egen_begaran",
            text="Stödet ges en gång i veckan.",
            to_detriment=False,
            reasons_provisions="37 § FL",
            reasons_facts="Behovet har minskat.",
        )
    return False


def _reported_by_others(case: Case) -> bool:
    w = case.w
    information = w.say(
        B,
        "InformationReceived",
        channel="telefon",
        text="Oro för hur det står till i hemmet.",
        informant="En anhörig",
    )
    w.wait(1, 4)
    if w.chance.happens(60):
        w.say(
            B,
            "InvestigationNotOpened",
            trigger=information.ref,
            reason="Känt sedan tidigare, stöd pågår.",
        )
    else:
        opened = w.say(B, "InvestigationOpened", trigger=information.ref)
        w.wait(10, 60)
        w.say(B, "InvestigationClosed", investigation=opened.ref, outcome="ingen_atgard")
    return False


def _flat_lost(case: Case) -> bool:
    """The owner rebuilds: the head lease ends, and another flat is found."""
    if not (case.lease and case.home_decision):
        return False
    w = case.w
    head = w.named("huvudavtal", case.leases)
    w.say(
        H, "RenovationAnnounced", stream=head, start=w.day + timedelta(days=200), text="Stambyte."
    )
    w.say(
        H,
        "HeadLeaseNoticeReceived",
        stream=head,
        ends_at=first_of_month(w.day, 4),
        method="rek_brev",
        ground="46_p10",
    )
    w.wait(40, 80)
    return _another_flat(case)


def _another_flat(case: Case) -> bool:
    """The household moves to another flat; the decision stays as it is."""
    if not (case.lease and case.home_decision):
        return False
    w, old = case.w, case.of_lease
    w.say(
        B,
        "ExecutionInterrupted",
        case.home_decision.about,
        insats=case.home_decision.insats,
        reason="Byte av lägenhet.",
    )
    if case.link:
        w.say(K, "LinkEnded", link=case.link.ref)
    w.say(H, "MovedOut", old, voluntary=True)
    ending.terminated(case, "overenskommelse")
    housed(case)
    return False


def _withdrew(case: Case) -> bool:
    """The nämnd takes unlawful terms back, and the party a consent that was given for the flat."""
    w = case.w
    if not case.lease or Fault.UNLAWFUL_TERMS not in w.faults:
        return False
    w.say(H, "TermWithdrawn", case.of_lease, terms=["drug_test", "medication"])
    if Fault.CONSENT_AT_SIGNING in w.faults:
        w.wait(1, 20)
        w.say(H, "ConsentWithdrawn", case.of_lease, concerns="tillsynsbesok")
    return False


def _secure(case: Case) -> bool:
    if case.lease and case.home_decision:
        case.w.say(H, "TenureAcquired", case.of_lease, basis="45_st1_p1")
    return False


def _separated(case: Case) -> bool:
    """One of a couple moves and the other keeps the lease."""
    if not (case.partner and case.lease):
        return False
    who = f"${case.partner.symbol}"
    case.w.say(H, "CoTenantTookOver", case.of_lease, outcome="overtaget", who=who, ground="47_st1")
    case.partner = None
    return False


def _leaves(case: Case) -> bool:
    """The household moves to another district, whose nämnd takes the case up anew."""
    if case.w.part:
        return False
    case.leaves_for = case.w.chance.pick([one for one in DISTRICTS if one != case.w.district])
    opened = case.w.say(B, "InvestigationOpened")
    case.w.wait(5, 20)
    case.w.say(B, "InvestigationClosed", investigation=opened.ref, outcome="overflyttad")
    ending.own_home(case)
    return True


_INCIDENTS: Final[tuple[tuple[float, Callable[[Case], bool]], ...]] = (
    (4.5, _disturbed),
    (5, _in_arrears),
    (9, _entered),
    (2, _away),
    (1.5, _disputed),
    (1.5, _slipped),
    (2, _changed),
    (2, _reported_by_others),
    (1, _flat_lost),
    (1.5, _another_flat),
    (12, _withdrew),
    (1, _secure),
    (4, _separated),
    (0.7, _leaves),
    (0.6, ending.died),
    (0.5, ending.abandoned),
    (100, ending.one_letter),
)
"""How many half-years of a hundred each comes in. `one_letter` draws its own chance."""


def jour(case: Case) -> None:
    """A night's roof first: the socialjour decides, and hands over."""
    w = case.w
    made = w.say(
        B,
        "SocialjourDecisionMade",
        insats="akutboende",
        until=w.day + timedelta(days=3),
        reasons_facts="Saknar tak över huvudet i natt.",
    )
    w.wait(1, 2)
    w.say(B, "SocialjourHandedOver", socialjour_decision=made.ref)
