"""The tenancy of a history, from the request for a flat to the day the keys are handed over."""

from datetime import date, timedelta
from typing import Final

from ledger.codec import Lane
from scripts.city import people
from scripts.city.deciding import Case, Decision
from scripts.city.faults import Fault
from scripts.city.people import DISTRICTS
from scripts.city.writing import FIRST_DAY, Home, Writing, first_of_month, months, working_day

B: Final = Lane.BISTAND
H: Final = Lane.HYRA
K: Final = Lane.KOPPLING

_UNLAWFUL: Final = ("alcohol_ban", "drug_test", "doctor_contact", "medication", "sole_occupancy")
_RECALLED: Final = date(2022, 10, 3)
"""When the first version of the template was recalled."""
_THREE_MONTHS: Final = timedelta(days=92)
_OWN_ALLOCATION: Final = date(2019, 1, 1)
"""From then on the owners themselves let the nämnd have the flats, in this city."""


def _template(w: Writing) -> tuple[str, str]:
    """The template of the nämnd's leases, and the clause in it that ties lease to decision."""
    of = f"{w.seed}-{DISTRICTS.index(w.district)}"
    return f"avtalsmall-{of}", f"$klausul-{of}"


def template(case: Case) -> None:
    """Register the template of the nämnd's leases. Its first case brings it."""
    w = case.w
    stream, clause = _template(w)
    for version, day in ((1, FIRST_DAY), (2, _RECALLED)):
        w.say(
            H,
            "TemplateRegistered",
            stream=stream,
            occurred=day,
            known=max(w.day, day),
            version=version,
            link_clause_id=clause,
            terms=["link_clause", "other_lawful"],
        )
    recalled = max(w.day, _RECALLED)
    why = "Villkoren om vistelse och besök utgår."
    w.say(
        H,
        "TemplateRecalled",
        stream=stream,
        occurred=_RECALLED,
        known=recalled,
        version=1,
        reason=why,
    )


def open_tenancy(case: Case) -> None:
    """Open the case's tenancy process, where that is not done."""
    w = case.w
    if case.leases:
        return
    for person, type_, slot in (
        (case.party, "CaseOpened", "party"),
        (case.partner, "PartyAdded", "co_party"),
    ):
        if person:
            people.register(w, H, person)
            w.say(
                H,
                type_,
                {slot: f"${person.symbol}"},
                person_stream=f"$hyra/{person.symbol}",
            )
    w.say(K, "CaseJoined", hyra_stream=f"$hyra/{w.named('arende')}")


def housed(case: Case) -> None:
    """Find a flat, sign a lease, and hand the keys over."""
    open_tenancy(case)
    case.leases += 1
    case.lease = case.w.named("avtal", case.leases)
    flat = _allocated(case)
    case.w.day = max(case.w.day, signed(case, flat))
    _moved_in(case)
    executed(case)


def _allocated(case: Case) -> str:
    """From the request to the allocation. Returns the address."""
    w, chance = case.w, case.w.chance
    stream, head = (w.named(what, case.leases) for what in ("lagenhet", "huvudavtal"))
    owner = chance.pick(list(people.OWNERS))
    lessor = people.OWNERS[owner]
    address = people.address(chance)
    elsewhere = "skydd" if case.home.protected else "brist" if chance.happens(6) else None
    case.district = chance.pick(people.DISTRICTS) if elsewhere else w.district
    model = "agaren" if w.day >= _OWN_ALLOCATION else "bostadsformedlingen"
    w.wait(4, 14)
    request = w.say(
        H,
        "FlatRequested",
        allocation_model=model,
        district=case.district,
        demand=f"{1 + len(case.children) + bool(case.partner)} rum, hiss",
        exception_reason=elsewhere,
    )
    asked = {
        "flat_request": request.ref,
        "owner_asked": "upplatelse",
        "owner": owner,
        "lessor": lessor,
    }
    if chance.happens(8):
        w.wait(4, 10)
        w.say(H, "OwnerDeclined", asked, reason="Ingen ledig lägenhet.")
    w.wait(4, 20)
    if chance.happens(25):
        offer = w.say(H, "FlatOffered", flat_request=request.ref, flat=people.address(chance))
        if chance.happens(40):
            w.wait(1, 5)
            w.say(H, "OfferRefused", offer=offer.ref, refused_by="person", reason="För långt bort.")
            w.wait(5, 20)
    w.say(
        H,
        "FlatRegistered",
        stream=stream,
        address=address,
        district=case.district,
        owner=owner,
        lessor=lessor,
    )
    w.say(H, "OwnerAccepted", asked, flat_id=f"$hyra/{stream}")
    w.wait(1, 4)
    w.say(
        H,
        "FlatAllocated",
        flat_request=request.ref,
        allocation_model=model,
        flat=address,
        flat_id=f"$hyra/{stream}",
        district=case.district,
    )
    w.say(
        H,
        "HeadLeaseSigned",
        stream=head,
        start=first_of_month(w.day, 1),
        indefinite=True,
        flats_in_lease=1,
        flats=[f"$hyra/{stream}"],
        owner=owner,
        lessor=lessor,
    )
    return address


def signed(case: Case, flat: str) -> date:
    """Explain the conditions and sign. Returns the lease's first day."""
    w, chance = case.w, case.w.chance
    w.wait(1, 4)
    wrong_terms = w.goes_wrong(Fault.UNLAWFUL_TERMS, 30)
    if not wrong_terms:
        w.say(
            H,
            "ConditionsExplained",
            case.of_lease,
            explained="muntligt_och_skriftligt",
            signed=True,
            language=case.home.language,
        )
    w.wait(1, 6)
    lasting = case.home.home is Home.BOSTAD_FORST
    starts = first_of_month(w.day, 1)
    rent = 1000 * chance.between(480, 960)
    length = chance.pick((12, 12, 24))
    template_stream, clause = _template(w)
    if chance.happens(25):
        _waiver(case)
        starts = first_of_month(w.day, 1)
    lease = w.say(
        H,
        "LeaseSigned",
        case.of_lease,
        start=starts,
        end=None if lasting else months(starts, length),
        indefinite=lasting,
        block_lease=False,
        provided_by_lease=True,
        head_landlord_notified=w.day,
        template_id=f"$hyra/{template_stream}",
        template_version=2 if w.day >= _RECALLED else 1,
        link_clause_id=clause,
        terms=[*_UNLAWFUL, "inspection_recurring"] if wrong_terms else ["link_clause"],
        home_loss_terms=list(_UNLAWFUL) if wrong_terms else None,
        head_rent_ore_per_month=rent,
        sub_rent_ore_per_month=rent,
        furniture_ore_per_month=0,
        tenants="bada" if case.partner else "part",
        flat=flat,
        flat_id=f"$hyra/{w.named('lagenhet', case.leases)}",
        head_lease_id=f"$hyra/{w.named('huvudavtal', case.leases)}",
    )
    if case.home_decision:
        case.link = w.say(
            K,
            "LinkMade",
            kind="verkstaller",
            from_event=lease.ref,
            to_event=case.home_decision.said.ref,
            ground="10_2_nodvandigt",
        )
    if wrong_terms and w.goes_wrong(Fault.CONSENT_AT_SIGNING, 70):
        w.say(
            H,
            "ConsentRecorded",
            case.of_lease,
            concerns="tillsynsbesok",
            given_when="vid_signering",
            alternatives_explained=False,
            consequence_stated="forlorar_lagenhet",
        )
    return starts


def _waiver(case: Case) -> None:
    w = case.w
    until = date(w.day.year + 4, w.day.month, 28)
    waiver = w.say(
        H,
        "TenureWaiverAgreed",
        case.of_lease,
        separate_doc=True,
        reason="bistand_upphor",
        until=until,
    )
    w.wait(14, 40)
    number = f"{w.chance.between(1000, 9999)}-{w.day:%y}"
    if w.chance.happens(90):
        w.say(H, "WaiverApproved", case.of_lease, waiver=waiver.ref, until=until, malnr=number)
    else:
        w.say(
            H,
            "WaiverRefused",
            case.of_lease,
            waiver=waiver.ref,
            malnr=number,
            reason="Skälet godtas inte.",
        )


def _moved_in(case: Case) -> None:
    w = case.w
    if case.home.represented:
        who = w.named("ombud-hyra", case.leases)
        name = people.name(w.chance)
        w.say(H, "RepresentativeRegistered", rep=f"${who}", name=name, kind="ombud", start=w.day)
    if w.chance.happens(4):
        who = w.named("boende", case.leases)
        name = people.name(w.chance)
        w.say(H, "CoResidentNoted", resident=f"${who}", name=name, relation="sambo", start=w.day)
    w.say(H, "KeysHandedOver", case.of_lease)
    if w.chance.happens(15):
        w.say(H, "InspectionMade", case.of_lease, protocol="Inflyttning. Inga skador.")


def executed(case: Case, *, moves_in: bool = True) -> None:
    """The person lives there: the decisions are carried out."""
    w, decision = case.w, case.home_decision
    if not decision:
        return
    if not decision.executed:
        _in_time(case, decision)
    if moves_in and not case.lease:
        w.say(
            B,
            "OccupancyStarted",
            decision.about,
            provided_by_lease=False,
            info_no_tenancy_given=True,
            flat=people.address(w.chance),
        )
    w.say(B, "ExecutionStarted", decision.about, insats=decision.insats)
    decision.executed = True
    if case.support and not case.support.executed:
        _supported(case, case.support)


def _in_time(case: Case, decision: Decision) -> None:
    """Report a decision that has not been carried out within three months (34 kap. 1 § SoL)."""
    w = case.w
    limit = decision.said.known + _THREE_MONTHS
    if w.day <= limit and not w.chance.happens(6):
        return
    w.day = max(w.day, working_day(limit + timedelta(days=w.chance.between(3, 40))))
    if w.goes_wrong(Fault.LATE_EXECUTION, 60):
        return
    at = {**decision.about, "insats": decision.insats}
    w.say(B, "NonExecutionReported", at, since=limit, reason="Ingen lägenhet ännu.")
    w.wait(3, 25)
    w.say(B, "ExecutionReported", at, executed_on=w.day)


def _supported(case: Case, support: Decision) -> None:
    w, chance = case.w, case.w.chance
    support.executed = True
    offer = w.say(B, "SupportOffered", support.about, start=w.day)
    if chance.happens(8):
        w.wait(3, 9)
        w.say(
            B,
            "SupportDeclined",
            support.about,
            support_offer=offer.ref,
            reason="Vill klara sig själv till en början.",
        )
        return
    w.say(B, "SupportStarted", support.about)
    w.wait(7, 30)
    w.say(
        B,
        "PlanAgreed",
        support.about,
        plan_version=1,
        kind=chance.weigh({"genomforandeplan": 4, "sip": 1}),
        plan="Stöd i hemmet två gånger i veckan.",
    )
