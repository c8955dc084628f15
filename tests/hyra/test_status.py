"""How a tenancy stands, told from what is recorded: worked examples."""

from datetime import date
from uuid import UUID

import pytest

from domain.hyra.events import (
    ConditionsExplained,
    CorrectionApproved,
    CoTenantTookOver,
    DisputeReferred,
    EvictionCancelled,
    EvictionExecuted,
    EvictionScheduled,
    FlatAllocated,
    ForfeitureNoticeIssued,
    HeadLeaseTransferred,
    LeaseExtended,
    LeaseSigned,
    LeaseTerminated,
    MovedOut,
    NoticeLapsed,
    NoticeWithdrawn,
    RentDue,
    TemplateRegistered,
    TerminationNoticeIssued,
    TribunalDecided,
)
from domain.kernel.fact import Fact
from ledger.codec import Lane
from projections.case import CaseView, case_view
from projections.clocks import Clocks
from projections.words import in_one_line
from tests.kernel.facts import BO, NOW, Stream

LEASE, N1, N2 = UUID(int=0xA1), UUID(int=0xB1), UUID(int=0xB2)
SIGNED = LeaseSigned(lease_id=LEASE, start="2024-10-01", end="2026-03-31")
NOTICE = TerminationNoticeIssued(lease_id=LEASE, notice_id=N1, ends_at="2025-06-30")
SECOND = TerminationNoticeIssued(lease_id=LEASE, notice_id=N2, ends_at="2025-09-30")
FORFEITED = ForfeitureNoticeIssued(lease_id=LEASE, notice_id=N1, point=1, point_window="H24")
WITHDRAWN = NoticeWithdrawn(lease_id=LEASE, notice_id=N1, reason="aterkallad")
LAPSED = NoticeLapsed(lease_id=LEASE, notice_id=N1, reason="atagande_44_4")
ENDS = TribunalDecided(lease_id=LEASE, outcome="upphor", move_by="2025-11-30")
EXTENDED = TribunalDecided(lease_id=LEASE, outcome="forlangt")
TAKEN_OVER = CoTenantTookOver(lease_id=LEASE, who=UUID(int=9), outcome="overtaget")
RAN_OUT = "avtalets tid gick ut 2026-03-31, inget slut är registrerat"
EVICTED = "avhysning är verkställd, inget slut är registrerat"


def view_of(*facts: Fact, on: date) -> CaseView:
    stream = Stream()
    for fact in facts:
        stream.add(fact)
    return case_view({Lane.HYRA: stream.events}, Clocks(now=NOW, gallde=on))


def rows(view: CaseView, title: str) -> dict[str, str]:
    (found,) = [part for lane in view.lanes for part in lane.sections if part.title == title]
    return {label: in_one_line(told) for label, told in found.rows}


@pytest.mark.parametrize(
    ("facts", "on", "words"),
    [
        ([LeaseExtended(lease_id=LEASE, end="2026-09-30")], "2026-04-01", "löper"),
        ([LeaseExtended(lease_id=LEASE, indefinite=True)], "2026-04-01", "löper"),
        ([], "2026-04-01", RAN_OUT),
        ([NOTICE, WITHDRAWN], "2025-05-01", "löper"),
        ([WITHDRAWN, NOTICE], "2025-05-01", "löper"),
        ([NOTICE, WITHDRAWN, SECOND], "2025-05-01", "uppsagt till 2025-09-30"),
        ([NOTICE, SECOND, WITHDRAWN], "2025-05-01", "uppsagt till 2025-09-30"),
        ([FORFEITED], "2025-09-11", "uppsagt på grund av förverkande"),
        ([FORFEITED, LAPSED], "2025-10-01", "löper"),
        (
            [NOTICE, NoticeWithdrawn(lease_id=LEASE, notice_missing="okand")],
            "2025-05-01",
            "uppsagt till 2025-06-30",
        ),
        ([NOTICE, EXTENDED], "2025-10-03", "löper"),
        ([NOTICE, ENDS], "2025-10-03", "ska upphöra efter prövning, avflyttning senast 2025-11-30"),
        ([NOTICE, ENDS, EXTENDED], "2025-12-03", "löper"),
        (
            [NOTICE, TribunalDecided(lease_id=LEASE, outcome="avvisat")],
            "2025-10-03",
            "uppsagt till 2025-06-30",
        ),
        (
            [TribunalDecided(lease_id=LEASE, outcome="upphor")],
            "2025-10-03",
            "ska upphöra efter prövning",
        ),
        ([NOTICE, TAKEN_OVER], "2025-10-03", "löper"),
        (
            [NOTICE, TAKEN_OVER.model_copy(update={"outcome": "nekat"})],
            "2025-10-03",
            "uppsagt till 2025-06-30",
        ),
        ([NOTICE, EvictionScheduled(lease_id=LEASE)], "2025-10-03", "uppsagt till 2025-06-30"),
        ([NOTICE, EvictionCancelled(lease_id=LEASE)], "2025-10-03", "uppsagt till 2025-06-30"),
        ([NOTICE, EvictionExecuted(lease_id=LEASE)], "2025-10-03", EVICTED),
        (
            [EvictionExecuted(lease_id=LEASE), LeaseTerminated(lease_id=LEASE)],
            "2025-10-03",
            "har upphört",
        ),
        ([MovedOut(lease_id=LEASE)], "2025-10-03", "löper"),
        (
            [HeadLeaseTransferred(lease_id=LEASE, route="32")],
            "2025-10-03",
            "hyresgästen har tagit över huvudhyresavtalet, inget slut är registrerat",
        ),
        (
            [LeaseTerminated(lease_id=LEASE), HeadLeaseTransferred(lease_id=LEASE, route="32")],
            "2025-10-03",
            "har upphört",
        ),
    ],
)
def test_how_a_tenancy_stands(facts: list[Fact], on: str, words: str) -> None:
    view = view_of(SIGNED, *facts, on=date.fromisoformat(on))
    assert rows(view, "Hyresavtal 1")["Läge"] == words


def test_a_corrected_notice_is_still_the_one_that_was_withdrawn() -> None:
    stream = Stream()
    stream.add(SIGNED)
    first = stream.add(NOTICE)
    corrected = NOTICE.model_copy(update={"ends_at": date(2025, 7, 31)})
    second = stream.add(corrected, corrects=first.ref)
    stream.add(CorrectionApproved(approved=second.ref), by=BO)
    stream.add(WITHDRAWN)
    view = case_view({Lane.HYRA: stream.events}, Clocks(now=NOW, gallde=date(2025, 8, 1)))
    assert rows(view, "Hyresavtal 1")["Läge"] == "löper"


def test_two_tenancies_of_one_case_stand_each_by_itself() -> None:
    other = UUID(int=0xA2)
    view = view_of(
        SIGNED,
        NOTICE,
        LeaseTerminated(lease_id=LEASE, ground="efter_provning"),
        ConditionsExplained(lease_id=other),
        LeaseSigned(lease_id=other, start="2026-02-01", end="2027-01-31"),
        on=date(2026, 2, 2),
    )
    assert rows(view, "Hyresavtal 1")["Läge"] == "har upphört"
    assert rows(view, "Hyresavtal 2")["Läge"] == "löper"


def test_a_lease_that_was_only_prepared_is_said_not_to_be_registered() -> None:
    view = view_of(ConditionsExplained(lease_id=LEASE), on=date(2024, 9, 30))
    assert rows(view, "Hyresavtal 1")["Läge"] == "avtalet är inte registrerat"


def test_notices_are_called_by_number_and_money_is_told_in_kronor() -> None:
    view = view_of(
        SIGNED,
        RentDue(lease_id=LEASE, amount_ore=648000),
        NOTICE,
        DisputeReferred(lease_id=LEASE, notice_id=N1),
        on=date(2025, 8, 1),
    )
    told = rows(view, "Hyresavtal 1")
    assert told["Belopp"] == "6\u00a0480\u00a0kr"
    assert told["Uppsägning"] == "uppsägning 1"


def test_what_is_about_no_lease_has_a_section_of_its_own() -> None:
    view = view_of(FlatAllocated(flat="Provgatan 1"), on=date(2025, 8, 1))
    assert rows(view, "Lägenhet tilldelad")["Lägenhet"] == "Provgatan 1"
    template = view_of(TemplateRegistered(version=3), on=date(2025, 8, 1))
    assert rows(template, "Mall registrerad")["Version"] == "3"
