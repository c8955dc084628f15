"""The tenancy half of the worked cases: every value they tell can be recorded as it was."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from domain.hyra.events import (
    CaseOpened,
    ConditionsExplained,
    ConsentRecorded,
    CorrectionDemanded,
    DisputeReferred,
    DisturbanceReported,
    EntryMade,
    FlatAllocated,
    FlatRequested,
    ForfeitureNoticeIssued,
    HeadLandlordDemanded,
    HeadLeaseTransferred,
    KeysHandedOver,
    KeysReturned,
    KeysTaken,
    LeaseExtended,
    LeaseSigned,
    LeaseTerminated,
    LockChanged,
    MovedOut,
    NoticeLapsed,
    OwnerAccepted,
    RentDue,
    RentPaid,
    SocialBoardNotified,
    TenureWaiverAgreed,
    TerminationNoticeIssued,
    TribunalDecided,
    WaiverApproved,
)
from domain.kernel.fact import Fact
from ledger.codec import Lane
from projections.case import case_view
from projections.clocks import Clocks
from projections.words import in_one_line
from tests.kernel.facts import NOW, Stream

A1, A2, N1 = UUID(int=0xA1), UUID(int=0xA2), UUID(int=0xB1)
OPENED = CaseOpened(party=UUID(int=0x11), person_stream=UUID(int=2))
Steps = list[tuple[str, Fact]]


def recorded(steps: Steps) -> Stream:
    stream = Stream()
    stream.record(OPENED, on=date(2010, 1, 1))
    for day, fact in steps:
        stream.record(fact, on=date.fromisoformat(day))
    return stream


def statuses(stream: Stream, on: str) -> list[str]:
    """How each tenancy stood on a day."""
    (lane,) = case_view(
        {Lane.HYRA: stream.events}, Clocks(now=NOW, gallde=date.fromisoformat(on))
    ).lanes
    return [
        in_one_line(dict(one.rows)["Läge"]) for one in lane.sections if "Läge" in dict(one.rows)
    ]


def disturbance(day: str) -> Steps:
    about: dict[str, Any] = {"lease_id": A1}
    return [
        (day, DisturbanceReported(**about, kind="storning", grade="vanlig")),
        (day, CorrectionDemanded(**about, method="rek_brev", warns_of_notice=True)),
        (day, SocialBoardNotified(**about, basis="25a")),
    ]


TAKE_OVER: Steps = [
    ("2011-10-05", FlatRequested()),
    ("2011-10-07", OwnerAccepted(owner="Stockholmshem", owner_asked="upplatelse")),
    ("2011-10-10", FlatAllocated(district="Farsta")),
    ("2011-10-12", ConditionsExplained(lease_id=A1, signed=True)),
    ("2011-10-17", LeaseSigned(lease_id=A1, start="2011-11-01", end="2013-10-31")),
    ("2011-11-01", KeysHandedOver(lease_id=A1)),
    ("2013-10-21", LeaseExtended(lease_id=A1, end="2014-04-30")),
    ("2014-02-10", OwnerAccepted(owner="Stockholmshem", owner_asked="overtagande")),
    ("2014-03-31", LeaseTerminated(lease_id=A1, ground="overenskommelse")),
    ("2014-04-01", HeadLeaseTransferred(lease_id=A1, route="32", owner_approval=True)),
]
PRESSED: Steps = [
    (
        "2020-09-01",
        LeaseSigned(
            lease_id=A1,
            start="2020-09-01",
            indefinite=True,
            block_lease=True,
            terms=("alcohol_ban", "drug_test", "inspection_recurring"),
            home_loss_terms=("alcohol_ban",),
        ),
    ),
    (
        "2020-09-01",
        ConsentRecorded(
            lease_id=A1,
            concerns="tillsynsbesok",
            given_when="vid_signering",
            alternatives_explained=False,
            consequence_stated="forlorar_lagenhet",
        ),
    ),
    (
        "2021-01-18",
        EntryMade(lease_id=A1, entry_basis="kontraktsvillkor", consent="inget", search=False),
    ),
    (
        "2021-02-02",
        TerminationNoticeIssued(
            lease_id=A1,
            notice_id=N1,
            ground="utanfor_katalogen",
            ground_text="biståndet har upphört",
            ends_at="2021-02-12",
            method="vanligt_brev",
        ),
    ),
    ("2021-02-12", KeysTaken(lease_id=A1, voluntary=False)),
    ("2021-02-12", LockChanged(lease_id=A1, requested_by="hyresvard")),
]
DISTURBED: Steps = [
    ("2024-09-19", LeaseSigned(lease_id=A1, start="2024-10-01", indefinite=True)),
    *disturbance("2024-10-22"),
    *disturbance("2025-01-22"),
    ("2025-01-27", HeadLandlordDemanded(lease_id=A1, basis="42_4")),
    *disturbance("2025-03-06"),
    (
        "2025-03-12",
        TerminationNoticeIssued(
            lease_id=A1,
            notice_id=N1,
            by="hyresvard",
            ground="46_p2",
            s46_2_tested=True,
            method="delgivning_annan_tillaten",
            served="2025-03-14",
            ends_at="2025-06-30",
        ),
    ),
    ("2025-07-14", DisputeReferred(lease_id=A1, notice_id=N1, referred_by="hyresvard")),
    (
        "2025-10-02",
        TribunalDecided(lease_id=A1, outcome="upphor", move_order=True, move_by="2025-11-30"),
    ),
    ("2025-11-30", LeaseTerminated(lease_id=A1, ground="efter_provning")),
    ("2025-12-01", MovedOut(lease_id=A1, voluntary=True)),
    ("2025-12-01", KeysReturned(lease_id=A1, voluntary=True)),
    ("2026-01-26", LeaseSigned(lease_id=A2, start="2026-02-01", end="2027-01-31")),
]
IN_ARREARS: Steps = [
    ("2025-03-25", LeaseSigned(lease_id=A1, start="2025-04-01", end="2026-03-31")),
    ("2025-08-29", RentDue(lease_id=A1, start="2025-09-01", end="2025-09-30", amount_ore=648000)),
    (
        "2025-09-08",
        ForfeitureNoticeIssued(
            lease_id=A1,
            notice_id=N1,
            point=1,
            point_window="H24",
            served="2025-09-10",
            method="delgivning_kvitto",
            form44_served=True,
            social_notice_day="2025-09-10",
        ),
    ),
    ("2025-09-10", SocialBoardNotified(lease_id=A1, basis="44")),
    ("2025-09-29", NoticeLapsed(lease_id=A1, notice_id=N1, reason="atagande_44_4")),
    ("2025-10-06", RentPaid(lease_id=A1, amount_ore=648000, payer="namnd")),
]
WAIVED: Steps = [
    ("2025-09-26", FlatRequested(exception_reason="skydd")),
    ("2025-10-07", ConditionsExplained(lease_id=A1, signed=True)),
    (
        "2025-10-09",
        TenureWaiverAgreed(
            lease_id=A1,
            separate_doc=True,
            reason="bistand_upphor",
            until="2029-10-31",
            spouse_in_flat=False,
        ),
    ),
    ("2025-10-27", WaiverApproved(lease_id=A1, malnr="1234-25")),
    (
        "2025-10-28",
        LeaseSigned(lease_id=A1, start="2025-11-01", end="2026-10-31", terms=("link_clause",)),
    ),
    (
        "2026-07-06",
        TerminationNoticeIssued(
            lease_id=A1, ground="45a_angiven_orsak", method="rek_brev", ends_at="2026-10-31"
        ),
    ),
    ("2026-10-29", MovedOut(lease_id=A1, voluntary=True)),
    ("2026-10-31", LeaseTerminated(lease_id=A1, ground="uppsagning_hyresvard")),
]


@pytest.mark.parametrize(
    ("steps", "on", "words"),
    [
        (TAKE_OVER, "2011-10-12", ["avtalet är inte registrerat"]),
        (TAKE_OVER, "2011-10-31", ["börjar 2011-11-01"]),
        (TAKE_OVER, "2013-11-01", ["löper"]),
        (TAKE_OVER, "2014-04-01", ["har upphört"]),
        (PRESSED, "2021-03-01", ["uppsagt till 2021-02-12"]),
        (DISTURBED, "2025-03-12", ["uppsagt till 2025-06-30"]),
        (DISTURBED, "2025-10-02", ["ska upphöra efter prövning, avflyttning senast 2025-11-30"]),
        (DISTURBED, "2026-02-02", ["har upphört", "löper"]),
        (IN_ARREARS, "2025-09-08", ["uppsagt på grund av förverkande"]),
        (IN_ARREARS, "2025-09-29", ["löper"]),
        (WAIVED, "2025-10-27", ["avtalet är inte registrerat"]),
        (WAIVED, "2026-07-06", ["uppsagt till 2026-10-31"]),
        (WAIVED, "2026-10-31", ["har upphört"]),
    ],
)
def test_the_tenancy_stood_so_on_the_day(steps: Steps, on: str, words: list[str]) -> None:
    assert statuses(recorded(steps), on) == words
