"""The decision half of the worked cases: every value they tell can be recorded as it was."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from domain.bistand.events import (
    AppealDismissed,
    AppealReceived,
    ApplicationReceived,
    AssessmentRecorded,
    BiståndEnded,
    CaseClosed,
    CaseOpened,
    CommunicationSent,
    DecisionGranted,
    DecisionNotified,
    DelegatedDecisionReported,
    ExecutionInterrupted,
    ExecutionStarted,
    FollowUpDone,
    InformationReceived,
    InvestigationClosed,
    InvestigationOpened,
    JournalNoteEntered,
    NoticeReceived,
    OccupancyEnded,
    OccupancyStarted,
    PartyResponded,
    PaymentUndertakingGiven,
    SupportStarted,
)
from domain.kernel.fact import Fact
from ledger.codec import Lane
from projections.case import case_view
from projections.clocks import Clocks
from projections.words import in_one_line
from tests.kernel.facts import NOW, Stream

D1, D2, D3, B1, C1, C2 = (UUID(int=number) for number in (0xD1, 0xD2, 0xD3, 0xB1, 0xC1, 0xC2))
OPENED = CaseOpened(party=UUID(int=0x11), person_stream=UUID(int=2))
Steps = list[tuple[str, Fact]]


def recorded(steps: Steps) -> Stream:
    stream = Stream()
    stream.record(OPENED, on=date(2008, 1, 1))
    for day, fact in steps:
        stream.record(fact, on=date.fromisoformat(day))
    return stream


def told(stream: Stream, on: str, row: str) -> list[str | None]:
    """What a row of each decision said on a day."""
    clocks = Clocks(now=NOW, gallde=date.fromisoformat(on))
    (lane,) = case_view({Lane.BISTAND: stream.events}, clocks).lanes
    decisions = [dict(one.rows) for one in lane.sections if "Läge" in dict(one.rows)]
    return [in_one_line(one[row]) if row in one else None for one in decisions]


def started(application: str, investigation: str) -> Steps:
    return [
        (application, ApplicationReceived(channel="post")),
        (investigation, InvestigationOpened()),
    ]


def granted(day: str, decision: UUID, **said: Any) -> tuple[str, Fact]:  # noqa: ANN401 - any field's value
    return day, DecisionGranted(decision_id=decision, **said)


def notified(day: str, *decisions: UUID, **said: Any) -> Steps:  # noqa: ANN401 - any field's value
    return [(day, DecisionNotified(decision_id=one, fick_del=day, **said)) for one in decisions]


FIRST: dict[str, Any] = {"start": "2011-11-01", "end": "2013-10-31", "grounds": ("missbruk",)}
CLEAN: Steps = [
    *started("2011-06-14", "2011-06-15"),
    ("2011-09-05", CommunicationSent(answer_by="2011-09-19", oral_right_informed=True)),
    ("2011-09-19", PartyResponded()),
    granted("2011-09-27", D1, basis="SoL01_4_2", insats="forsok", **FIRST),
    granted("2011-09-27", D2, basis="SoL01_4_1", insats="boendestod", **FIRST),
    *notified("2011-09-28", D1, appeal_info="laglighetsprovning"),
    *notified("2011-09-28", D2),
    ("2011-10-25", DelegatedDecisionReported(decision_id=D1, meeting_day="2011-10-25")),
    ("2011-11-01", ExecutionStarted(decision_id=D1)),
    ("2011-11-01", SupportStarted(decision_id=D2)),
    ("2012-04-25", FollowUpDone(party_present=True, checkpoint=False)),
    ("2013-05-15", FollowUpDone(party_present=True, checkpoint=True)),
    ("2013-10-31", BiståndEnded(decision_id=D1, ground="period_slut", remaining_need=True)),
    ("2013-10-31", BiståndEnded(decision_id=D2, ground="period_slut", remaining_need=True)),
    ("2014-05-14", CaseClosed(last_note="2014-05-14")),
]
BREACH: dict[str, Any] = {
    "effective": "2021-02-12", "ground": "utanfor_katalogen", "ground_text": "villkorsbrott",
}  # fmt: skip
UNLAWFUL: Steps = [
    *started("2020-08-17", "2020-08-18"),
    granted(
        "2020-09-25", D1, basis="SoL01_4_1", insats="traning", end="2021-03-31", full_grant=False,
        conditions=("genomforandeplan", "sobriety"),
    ),
    ("2020-09-25", ExecutionStarted(decision_id=D1)),
    *notified("2020-09-28", D1, appeal_info="saknas"),
    granted("2020-11-10", D2, insats="traning", start="2020-11-10", end="2021-09-30"),
    *notified("2020-11-11", D2),
    ("2021-01-18", JournalNoteEntered(text="Besök i bostaden.")),
    ("2021-02-02", BiståndEnded(decision_id=D1, **BREACH)),
    ("2021-02-02", BiståndEnded(decision_id=D2, **BREACH)),
    ("2021-03-01", AppealReceived(decision_id=D1, appealed_act="upphorandet")),
    ("2021-03-05", AppealDismissed(decision_id=D1, dismissal="for_sent")),
]  # fmt: skip
LIVES_ON: Steps = [
    *started("2024-06-03", "2024-06-04"),
    granted("2024-08-26", D1, insats="bostad_forst", start="2024-10-01", until_further_notice=True),
    granted("2024-08-26", D2, insats="boendestod", start="2024-10-01", until_further_notice=True),
    *notified("2024-08-28", D1, D2),
    ("2024-10-01", ExecutionStarted(decision_id=D1)),
    ("2024-10-01", SupportStarted(decision_id=D2)),
    ("2024-10-22", NoticeReceived(notice_from="egen_hyresroll", kind="storning")),
    ("2024-10-24", InvestigationOpened()),
    granted("2024-11-04", D3, insats="boendestod", start="2024-11-05", until_further_notice=True),
    ("2024-11-04", BiståndEnded(decision_id=D2, ground="ersatt_av_nytt_beslut", decided_by=B1)),
    ("2024-11-05", SupportStarted(decision_id=D3)),
    ("2025-07-16", NoticeReceived(notice_from="hyresnamnd", kind="13b")),
    ("2025-07-17", InvestigationOpened()),
    ("2025-08-20", InvestigationClosed(outcome="ingen_atgard")),
    ("2025-12-01", ExecutionInterrupted(decision_id=D1)),
    ("2026-02-02", ExecutionStarted(decision_id=D1)),
]
ARREARS: Steps = [
    *started("2025-02-03", "2025-02-04"),
    granted("2025-03-10", D1, insats="traning", start="2025-04-01", end="2026-03-31"),
    ("2025-04-01", ExecutionStarted(decision_id=D1)),
    ("2025-09-10", NoticeReceived(notice_from="hyresvard", kind="hyra")),
    ("2025-09-11", InvestigationOpened()),
    granted("2025-09-26", D3, basis="SoL25_12_1", insats="ekonomiskt_bistand"),
    ("2025-09-29", PaymentUndertakingGiven(sent_to_landlord="2025-09-29", handlaggare=B1)),
    ("2025-10-06", ExecutionStarted(decision_id=D3)),
]
PARENT: dict[str, Any] = {
    "basis": "SoL25_11_1", "start": "2025-11-01", "until_further_notice": True,
    "grounds": ("vardkedja_valdsutsatt", "psykisk_ohalsa"), "children_in_household": 2,
    "forbehall": ("konkret",), "forbehall_text": "Eget boende har ordnats.",
}  # fmt: skip
ENDING: dict[str, Any] = {
    "effective": "2026-10-31", "ground": "andrat_14_9", "reasons_provisions": "14 kap. 9 § SoL",
    "reasons_facts": "Parten har ett eget hyresavtal.", "remaining_need": False, "decided_by": B1,
}  # fmt: skip


def assessed(day: str, phase: str) -> Steps:
    return [
        (
            day,
            AssessmentRecorded.model_validate(
                {
                    "assessed_person": child,
                    "kind": "barnets_basta",
                    "phase": phase,
                    "heard": True,
                    "heard_how": "Vid ett möte med båda föräldrarna.",
                }
            ),
        )
        for child in (C1, C2)
    ]


LAWFUL: Steps = [
    *started("2025-08-18", "2025-08-19"),
    *assessed("2025-09-02", "beslut"),
    ("2025-09-08", CommunicationSent(answer_by="2025-09-19", oral_right_informed=True)),
    ("2025-09-18", PartyResponded()),
    granted("2025-09-22", D1, insats="traning", **PARENT),
    granted("2025-09-22", D2, insats="boendestod", **PARENT),
    *notified("2025-09-24", D1, D2, decider_name_withheld=True),
    ("2025-11-03", ExecutionStarted(decision_id=D1)),
    ("2025-11-03", SupportStarted(decision_id=D2)),
    ("2026-05-18", FollowUpDone(checkpoint=True)),
    ("2026-06-01", InformationReceived(text="Eget hyresavtal på annan ort.", informant="Parten")),
    ("2026-06-01", InvestigationOpened()),
    ("2026-06-08", CommunicationSent(answer_by="2026-06-22")),
    ("2026-06-22", PartyResponded()),
    *assessed("2026-06-24", "upphorande"),
    ("2026-06-29", BiståndEnded(decision_id=D1, **ENDING)),
    ("2026-06-29", BiståndEnded(decision_id=D2, **ENDING)),
    *notified("2026-06-30", D1, D2, act="upphorandet", appeal_info="forvaltningsbesvar"),
    ("2026-11-16", CaseClosed()),
]
NO_LEASE: Steps = [
    *started("2015-02-09", "2015-02-10"),
    granted("2015-03-02", D1, insats="traning", start="2015-03-09", end="2015-11-30"),
    (
        "2015-03-09",
        OccupancyStarted(decision_id=D1, provided_by_lease=False, info_no_tenancy_given=True),
    ),
    ("2015-03-09", ExecutionStarted(decision_id=D1)),
    granted("2015-11-23", D2, insats="annat_boende", start="2015-12-01", end="2016-05-31"),
    ("2015-11-30", BiståndEnded(decision_id=D1, ground="period_slut", remaining_need=True)),
    ("2015-12-02", OccupancyEnded(decision_id=D1, keys_by="personen")),
    ("2015-12-02", ExecutionStarted(decision_id=D2)),
]
TWO_ENDS: Steps = [
    *started("2008-07-01", "2008-07-02"),
    granted("2008-08-05", D1, insats="annat_boende", start="2008-08-05", end="2008-11-08"),
    granted("2008-08-05", D2, insats="annat_boende", start="2008-08-05", end="2009-05-08"),
    *notified("2008-08-06", D2),
    ("2008-08-05", ExecutionStarted(decision_id=D2)),
    ("2008-11-13", BiståndEnded(decision_id=D2, ground="period_slut", remaining_need=False)),
]
EXPIRED = "tiden gick ut {}, inget avslut är registrerat"


@pytest.mark.parametrize(
    ("steps", "on", "words"),
    [
        (CLEAN, "2011-10-01", ["börjar 2011-11-01"] * 2),
        (CLEAN, "2014-06-01", ["avslutat"] * 2),
        (UNLAWFUL, "2021-02-03", ["avslutas 2021-02-12"] * 2),
        (UNLAWFUL, "2021-03-10", ["avslutat"] * 2),
        (LIVES_ON, "2026-01-01", ["löper", "avslutat", "löper"]),
        (ARREARS, "2025-10-31", ["löper", "löper"]),
        (LAWFUL, "2026-07-01", ["avslutas 2026-10-31"] * 2),
        (NO_LEASE, "2015-12-15", ["avslutat", "löper"]),
        (TWO_ENDS, "2008-12-15", [EXPIRED.format("2008-11-08"), "avslutat"]),
    ],
)
def test_the_decisions_of_the_worked_cases_stand_as_told(
    steps: Steps, on: str, words: list[str]
) -> None:
    assert told(recorded(steps), on, "Läge") == words


def test_a_decision_goes_on_where_its_execution_is_broken_off_and_taken_up_again() -> None:
    stream = recorded(LIVES_ON)
    assert told(stream, "2026-01-01", "Läge")[0] == "löper"
    assert told(stream, "2026-01-01", "Verkställighet")[0] == "avbruten 2025-12-01"
    assert told(stream, "2026-03-01", "Verkställighet")[0] == "påbörjad 2026-02-02"


def test_a_home_without_a_lease_is_left_and_the_next_decision_is_carried_out() -> None:
    stream = recorded(NO_LEASE)
    assert told(stream, "2015-06-01", "Boende utan hyresavtal") == ["påbörjat 2015-03-09"]
    assert told(stream, "2015-12-15", "Boende utan hyresavtal") == ["avslutat 2015-12-02", None]
    assert told(stream, "2015-12-15", "Verkställighet")[1] == "påbörjad 2015-12-02"
