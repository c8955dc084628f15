"""How a history ends: each process for itself, by whoever had reason to."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final, NamedTuple

from ledger.codec import Json, Lane
from scripts.city import people
from scripts.city.deciding import Case, appealed, child_weighed, told
from scripts.city.faults import Fault
from scripts.city.writing import Said, first_of_month, months

B: Final = Lane.BISTAND
H: Final = Lane.HYRA
K: Final = Lane.KOPPLING

_SERVED: Final[Mapping[str, Json]] = {"method": "delgivning_kvitto", "reasons_stated": True}


def ended(
    case: Case, ground: str, *, needs_more: bool = False, ground_text: str | None = None
) -> None:
    """Bring the decisions that run to an end, by decision or by time."""
    w = case.w
    by_time = ground == "period_slut"
    by_act = not by_time and ground not in {"dod", "utanfor_katalogen"}
    if by_act and not w.goes_wrong(Fault.ENDED_UNHEARD, 30):
        _heard(case)
    for decision in case.running:
        w.say(
            B,
            "BiståndEnded",
            decision.about,
            effective=w.day,
            ground=ground,
            ground_text=ground_text,
            reasons_provisions=None if by_time or ground_text else "14 kap. 9 § SoL, 37 § FL.",
            reasons_facts=None if by_time or ground_text else "Förhållandena har ändrats.",
            remaining_need=needs_more,
        )
    decisions, case.home_decision, case.support = case.running, None, None
    for decision in decisions if by_act else ():
        told(case, decision, "upphorandet")
        if w.chance.happens(5):
            appealed(case, decision, "upphorandet")


def _heard(case: Case) -> None:
    w = case.w
    w.wait(1, 5)
    sent = w.say(
        B, "CommunicationSent", answer_by=w.day + timedelta(days=14), oral_right_informed=True
    )
    w.wait(5, 13)
    w.say(B, "PartyResponded", communication=sent.ref, text="Har tagit del av förslaget.")
    w.wait(1, 4)


class Notice(NamedTuple):
    """A notice that was given.

    Args:
        name: the source's name of it.
        said: what was written.
    """

    name: str
    said: Said


def notice(
    case: Case,
    by: str,
    ground: str | None = None,
    *,
    refs: tuple[str, ...] = (),
    tested: bool | None = None,
) -> Notice:
    """Give notice of the lease."""
    w = case.w
    case.notices += 1
    name = w.named("uppsagning", case.notices)
    served: Mapping[str, Json] = {**_SERVED, "served": w.day.isoformat()}
    ends = months(first_of_month(w.day, 4), 0)
    if by == "hyresvard" and w.goes_wrong(Fault.UNSERVED_NOTICE, 60):
        served = {"method": "vanligt_brev", "reasons_stated": True}
    if by == "hyresvard" and w.goes_wrong(Fault.TOO_SHORT_NOTICE, 60):
        ends = w.day + timedelta(days=10)
    said = w.say(
        H,
        "TerminationNoticeIssued",
        {**case.of_lease, **served},
        notice_id=f"${name}",
        by=by,
        ground=ground,
        ends_at=ends,
        evidence_refs=list(refs) or None,
        s46_2_tested=tested,
    )
    return Notice(name, said)


def terminated(case: Case, ground: str) -> None:
    """The tenancy itself has ended."""
    case.w.say(H, "LeaseTerminated", case.of_lease, ground=ground)
    if case.home.represented:
        case.w.say(H, "RepresentativeEnded", reason="Hyresförhållandet är avslutat.")
    case.lease = ""


def moved_out(case: Case, *, voluntary: bool = True) -> None:
    """The tenant leaves the flat."""
    w, about = case.w, case.of_lease
    w.say(H, "MovedOut", about, voluntary=voluntary)
    w.say(H, "KeysReturned", about, voluntary=voluntary)
    if w.chance.happens(50):
        w.wait(1, 4)
        w.say(H, "InspectionMade", about, protocol="Normalt slitage.")


def closed(case: Case) -> None:
    """Close the case."""
    w = case.w
    w.wait(5, 30)
    if case.home.represented:
        w.say(B, "RepresentativeEnded", reason="Uppdraget är slutfört.")
    if case.leases and w.chance.happens(60):
        head = w.named("huvudavtal", case.leases)
        w.say(H, "HeadLeaseEnded", stream=head, ground="overenskommelse")
    w.say(B, "CaseClosed", last_note=w.day)


def taken_over(case: Case) -> None:
    """The tenant takes the contract over, as it was meant from the beginning."""
    w = case.w
    if case.lease:
        w.say(
            H,
            "OwnerAccepted",
            owner_asked="overtagande",
            flat_id=f"$hyra/{w.named('lagenhet', case.leases)}",
        )
        w.wait(15, 45)
        about = case.of_lease
        terminated(case, "overenskommelse")
        w.say(
            H,
            "HeadLeaseTransferred",
            about,
            route=w.chance.weigh({"32": 3, "nytt_avtal": 2, "37": 1}),
            owner_approval=True,
            head_lease_id=f"$hyra/{w.named('huvudavtal', case.leases)}",
        )
    else:
        left_dwelling(case)
    w.wait(1, 20)
    ended(case, "egen_begaran")
    closed(case)


def left_dwelling(case: Case) -> None:
    """A dwelling by decision alone is left."""
    if case.home_decision:
        case.w.say(B, "OccupancyEnded", case.home_decision.about, keys_by="personen")


def own_home(case: Case) -> None:
    """The tenant has found another home."""
    w = case.w
    if case.lease:
        given = notice(case, "hyresgast")
        if w.chance.happens(6):
            w.wait(10, 30)
            w.say(
                H,
                "NoticeWithdrawn",
                case.of_lease,
                notice_id=f"${given.name}",
                reason="aterkallad",
            )
            w.wait(60, 120)
            notice(case, "hyresgast")
        w.wait(60, 95)
        moved_out(case)
        terminated(case, "uppsagning_hyresgast")
    else:
        left_dwelling(case)
    if case.leases and w.goes_wrong(Fault.STOPPED_WITH_LEASE, 25):
        _stopped(case)
    else:
        ended(case, "flyttat" if case.leaves_for else "egen_begaran")
    closed(case)


def _stopped(case: Case) -> None:
    """End the decision for the reason alone that the lease has ended."""
    ended(case, "utanfor_katalogen", needs_more=True, ground_text="Kontraktet har upphört.")


def run_out(case: Case) -> None:
    """The time of the decision is up and nothing follows."""
    w = case.w
    if case.lease:
        given = notice(case, "hyresvard", "45a_angiven_orsak", tested=True)
        if case.home_decision and w.chance.happens(50):
            w.say(
                K,
                "LinkMade",
                kind="foljer_av",
                from_event=given.said.ref,
                to_event=case.home_decision.said.ref,
                ground="10_2_nodvandigt",
            )
        w.wait(60, 95)
        if w.chance.happens(10):
            w.say(
                H,
                "MoveRequestIssued",
                case.of_lease,
                served=w.day,
                method="rek_brev",
                to="hyresgast",
            )
        if w.chance.happens(12):
            tried(case, given.name)
        moved_out(case)
        terminated(case, "uppsagning_hyresvard")
    else:
        left_dwelling(case)
    ended(case, "period_slut", needs_more=w.chance.happens(20))
    closed(case)


def tried(case: Case, name: str) -> bool:
    """The dispute on a notice is tried. Returns whether the lease ends."""
    w, chance = case.w, case.w.chance
    number = f"{chance.between(1000, 9999)}-{w.day:%y}"
    about = case.of_lease
    w.wait(5, 28)
    dispute = w.say(
        H, "DisputeReferred", about, notice_id=f"${name}", referred_by="hyresvard", malnr=number
    )
    w.wait(50, 120)
    outcome = chance.weigh({"upphor": 6, "forlangt": 2, "forlikning": 2})
    over = outcome != "forlangt"
    decision = w.say(
        H,
        "TribunalDecided",
        about,
        dispute=dispute.ref,
        tried_by="hyresnamnd",
        outcome=outcome,
        move_order=over,
        move_by=w.day + timedelta(days=60) if over else None,
        malnr=number,
    )
    if chance.happens(12):
        w.wait(5, 20)
        w.say(H, "TribunalAppealed", about, tribunal_decision=decision.ref, appealed_by="hyresgast")
    return over


def evicted(case: Case, title: str) -> bool:
    """Kronofogden is asked to evict. Returns whether it comes to that; else the lease goes on."""
    w, chance = case.w, case.w.chance
    about = case.of_lease
    w.wait(20, 60)
    w.say(H, "EvictionApplied", about, title=title)
    w.wait(14, 30)
    day = w.day + timedelta(days=chance.between(21, 40))
    w.say(H, "EvictionScheduled", about, eviction_day=day)
    told_of = w.say(B, "NoticeReceived", notice_from="KFM", kind="avhysningstid", eviction_day=day)
    w.say(
        B,
        "EvictionNoticeConfirmed",
        received_notice=told_of.ref,
        received=w.day,
        copy_to_person=True,
    )
    for child, called in case.children.items():
        child_weighed(case, child, called, "avhysning")
    if chance.happens(30):
        w.wait(2, 12)
        w.say(H, "EvictionCancelled", about, reason="Skulden är betald.")
        return False
    w.day = day
    w.say(H, "EvictionExecuted", about, executed_by="KFM")
    terminated(case, "efter_provning")
    return True


def lost_home(case: Case) -> bool:
    """What becomes of the decision when the home is gone. Returns whether the history is over."""
    w = case.w
    if w.goes_wrong(Fault.STOPPED_WITH_LEASE, 70):
        _stopped(case)
        closed(case)
        return True
    if case.home_decision:
        w.say(
            B,
            "ExecutionInterrupted",
            case.home_decision.about,
            insats=case.home_decision.insats,
            reason="Hyresavtalet har upphört.",
        )
    return False


def died(case: Case) -> bool:
    """A party has died. Returns whether the history is over."""
    w, chance = case.w, case.w.chance
    if case.partner:
        w.say(B, "PersonDied", deceased="part")
        if case.lease:
            w.say(H, "PersonDied", deceased="part")
            w.wait(10, 40)
            w.say(
                H,
                "CoTenantTookOver",
                case.of_lease,
                outcome="overtaget",
                who=f"${case.partner.symbol}",
                ground="47_st1",
            )
        case.partner = None
        return False
    contact = w.named("dodsbo")
    w.say(B, "PersonDied", deceased="part", estate_contact=f"${contact}", name=people.name(chance))
    ended(case, "dod")
    if case.lease:
        w.say(H, "PersonDied", deceased="part")
        w.wait(3, 20)
        w.say(
            H,
            "EntryMade",
            case.of_lease,
            purpose="tillsyn",
            entry_basis="dodsbo",
            consent="okant",
            search=False,
            entry_by="hyresvard",
        )
        notice(case, "dodsbo")
        w.wait(30, 60)
        w.say(H, "KeysReturned", case.of_lease)
        terminated(case, "uppsagning_dodsbo")
    closed(case)
    return True


def abandoned(case: Case) -> bool:
    """The tenant has gone and left things behind. Returns whether the history is over."""
    w = case.w
    if not case.lease:
        return False
    about = case.of_lease
    w.say(H, "FlatAbandoned", about, indications=["nycklar_lamnade", "ej_antraffad"])
    w.say(
        H,
        "EntryMade",
        about,
        purpose="tillsyn",
        entry_basis="overgiven_27",
        consent="okant",
        search=False,
        entry_by="hyresvard",
    )
    w.wait(1, 4)
    w.say(H, "LeftPropertyListed", about, left_day=w.day, left_property="Säng, bord, kartonger.")
    w.wait(3, 15)
    w.say(H, "PropertyDemandSent", about, served=w.day, method="rek_brev")
    terminated(case, "overgiven_27")
    over = lost_home(case)
    w.wait(92, 120)
    w.say(
        H,
        "PropertyDisposed",
        about,
        written_consent=False,
        left_property="Ingen har hört av sig.",
    )
    if not over:
        ended(case, "flyttat")
        closed(case)
    return True


def one_letter(case: Case) -> bool:
    """One letter ends all, on a ground of its own making. Returns whether the history is over."""
    w = case.w
    if not (case.lease and case.home_decision and w.goes_wrong(Fault.ONE_LETTER_FOR_BOTH, 6)):
        return False
    about = case.of_lease
    w.say(
        K,
        "LetterSent",
        letter_id=f"${w.named('brev')}",
        concerns_lanes=["bistand", "hyra"],
        method="vanligt_brev",
        to="part",
        threat_refs={case.home_decision.said.ref: None},
    )
    case.notices += 1
    w.say(
        H,
        "TerminationNoticeIssued",
        about,
        notice_id=f"${w.named('uppsagning', case.notices)}",
        by="hyresvard",
        ground="utanfor_katalogen",
        ground_text="Biståndet har upphört.",
        method="vanligt_brev",
        ends_at=w.day + timedelta(days=10),
    )
    ended(case, "utanfor_katalogen", needs_more=True, ground_text="Brott mot villkoren.")
    w.wait(10, 14)
    if w.goes_wrong(Fault.LOCK_CHANGED, 60):
        w.say(H, "KeysTaken", about, voluntary=False)
        w.say(H, "LockChanged", about, requested_by="hyresvard", new_keys_to="hyresvard")
    else:
        moved_out(case, voluntary=False)
    terminated(case, "uppsagning_hyresvard")
    closed(case)
    return True


def until(case: Case) -> date | None:
    """The last day of the decision on the home, where it has one."""
    return case.home_decision.end if case.home_decision else None
