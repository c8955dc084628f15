"""How matters of supervision, meetings and guidelines are told, and what a case's letters say."""

from datetime import date
from uuid import UUID

import pytest

from domain.kernel.codes import SecrecyGround
from domain.kernel.fact import Fact
from domain.koppling.events import (
    CaseJoined,
    DisclosureMade,
    DisclosureRecipient,
    LetterSent,
    PersonsIdentified,
)
from domain.system.events import (
    DelegationOrderAdopted,
    GuidelineAdopted,
    MeetingHeld,
    ProtocolAdjusted,
    ProtocolAnnounced,
    ProtocolTakenDown,
    RuleConfigured,
)
from domain.tillsyn.lex_sarah import (
    LexSarahAssessed,
    LexSarahInvestigated,
    LexSarahReported,
    LexSarahReportedToIVO,
)
from domain.tillsyn.matters import (
    CommentsReceived,
    DocumentsLent,
    ExtensionGranted,
    FeeCaseDecided,
    FeeCaseOpened,
    IVOMatterOpened,
    IVOReplySent,
    IVORequestReceived,
    JODecisionMade,
    JOMatterOpened,
    JOOutcome,
    NämndTookNote,
    RemissReceived,
    ReplySent,
)
from domain.tillsyn.requests import (
    DocumentRequested,
    DocumentsReleased,
    ItemAssessed,
    RefusalAppealed,
    ReleaseRefused,
)
from domain.tillsyn.reviews import LogReviewDone
from ledger.codec import Lane
from projections.case import CaseView, case_view, to_text
from projections.clocks import Clocks
from projections.words import Words, in_one_line
from tests.kernel.facts import NAMND, NOW, OWN, Stream

BISTAND, HYRA = UUID(int=0xB), UUID(int=0xC)
LENA = UUID(int=0x11)
JO, IVO = JOMatterOpened(), IVOMatterOpened()
REMISS = RemissReceived(due="2021-08-16")
LONGER = ExtensionGranted(due="2021-09-01")


def view(lane: Lane, on: str, *facts: Fact) -> CaseView:
    stream = Stream()
    for fact in facts:
        stream.add(fact)
    return case_view({lane: stream.events}, Clocks(now=NOW, gallde=date.fromisoformat(on)))


def statuses(shown: CaseView) -> list[str]:
    return [
        in_one_line(value)
        for lane in shown.lanes
        for section in lane.sections
        for label, value in section.rows
        if label == "Läge"
    ]


@pytest.mark.parametrize(
    ("on", "facts", "words"),
    [
        ("2021-06-14", [JO], "öppnat"),
        ("2021-06-14", [JO, DocumentsLent(due="2021-05-10")], "öppnat"),
        ("2021-08-16", [JO, REMISS], "svar ska lämnas senast 2021-08-16"),
        (
            "2021-08-17",
            [JO, REMISS],
            "svar skulle lämnas senast 2021-08-16, inget svar är registrerat",
        ),
        ("2021-08-17", [JO, REMISS, LONGER], "svar ska lämnas senast 2021-09-01"),
        ("2021-08-17", [JO, RemissReceived()], "svar väntas, till vilken dag är okänt"),
        ("2021-08-17", [JO, REMISS, ReplySent()], "besvarat 2020-09-01"),
        (
            "2021-08-17",
            [JO, REMISS, ReplySent(), RemissReceived(due="2021-12-01")],
            "svar ska lämnas senast 2021-12-01",
        ),
        ("2021-08-17", [JO, REMISS, ReplySent(), CommentsReceived()], "besvarat 2020-09-01"),
        ("2022-06-21", [JO, REMISS, JODecisionMade()], "beslutat 2020-09-01"),
        ("2022-09-01", [JO, JODecisionMade(), NämndTookNote()], "anmält i nämnden 2020-09-01"),
        ("2021-08-17", [IVO, IVORequestReceived(), IVOReplySent()], "besvarat 2020-09-01"),
        ("2021-08-17", [IVO, FeeCaseOpened()], "mål om särskild avgift sedan 2020-09-01"),
        (
            "2021-08-17",
            [IVO, FeeCaseOpened(), FeeCaseDecided(outcome="delvis", fee_ore=1_500_000)],
            "mål om särskild avgift avgjort 2020-09-01",
        ),
        ("2021-01-01", [LexSarahReported()], "rapporterat 2020-09-01, väntar på bedömning"),
        ("2021-01-01", [LexSarahReported(), LexSarahAssessed()], "bedömt 2020-09-01"),
        ("2021-01-01", [LexSarahAssessed(), LexSarahInvestigated()], "utrett 2020-09-01"),
        ("2021-01-01", [LexSarahReported(), LexSarahReportedToIVO()], "anmält till IVO 2020-09-01"),
        ("2021-01-01", [DocumentRequested()], "väntar på besked sedan 2020-09-01"),
        (
            "2021-01-01",
            [DocumentRequested(), ItemAssessed(), DocumentsReleased()],
            "utlämnat 2020-09-01",
        ),
        (
            "2021-01-01",
            [DocumentRequested(), ReleaseRefused(), RefusalAppealed()],
            "överklagat 2020-09-01",
        ),
    ],
)
def test_how_a_matter_stands(on: str, facts: list[Fact], words: str) -> None:
    assert statuses(view(Lane.TILLSYN, on, *facts)) == [words]


def test_an_answer_is_to_the_request_it_names() -> None:
    stream = Stream()
    stream.add(JO)
    first = stream.add(REMISS)
    stream.add(RemissReceived(due="2021-12-01"))
    stream.add(ReplySent(request=first.ref))
    clocks = Clocks(now=NOW, gallde=date(2021, 9, 1))
    shown = case_view({Lane.TILLSYN: stream.events}, clocks)
    assert statuses(shown) == ["svar ska lämnas senast 2021-12-01"]


def test_a_log_review_is_told_without_a_state() -> None:
    shown = view(Lane.TILLSYN, "2021-01-01", LogReviewDone(rows=120))
    assert statuses(shown) == []
    assert "Antal rader: 120" in to_text(shown)


HELD = MeetingHeld(namnd=NAMND)
G11 = GuidelineAdopted(version_name="G11", effective_from="2011-05-23", effective_to="2014-01-13")
G14 = GuidelineAdopted(version_name="G14", effective_from="2014-01-14")


@pytest.mark.parametrize(
    ("on", "facts", "words"),
    [
        ("2021-01-01", [HELD], "hållet 2020-09-01"),
        ("2021-01-01", [HELD, ProtocolAdjusted(namnd=NAMND)], "protokollet justerat 2020-09-01"),
        (
            "2021-01-01",
            [HELD, ProtocolAdjusted(namnd=NAMND), ProtocolAnnounced(namnd=NAMND)],
            "protokollet anslaget 2020-09-01",
        ),
        ("2021-01-01", [HELD, ProtocolTakenDown(namnd=NAMND)], "anslaget nedtaget 2020-09-01"),
        ("2024-01-01", [G11, G14], "G14 gäller"),
        ("2024-01-01", [G14, G11], "G14 gäller"),
        ("2024-01-01", [G11], "G11 gällde till och med 2014-01-13"),
        ("2024-01-01", [GuidelineAdopted(version_name="G25")], "när den gäller är okänt"),
        (
            "2024-01-01",
            [GuidelineAdopted(version_name="G25", effective_from="2025-09-15")],
            "gäller från och med 2025-09-15",
        ),
        (
            "2024-01-01",
            [DelegationOrderAdopted(namnd=NAMND, effective_from="2013-01-01")],
            "en version utan beteckning gäller",
        ),
    ],
)
def test_how_a_meeting_or_a_version_stands(on: str, facts: list[Fact], words: str) -> None:
    assert statuses(view(Lane.SYSTEM, on, *facts)) == [words]


def test_a_choice_for_a_rule_is_told_with_its_value() -> None:
    chosen = RuleConfigured(rule_id="R46", key="arbetsdagar", value=5, unverified=True)
    text = to_text(view(Lane.SYSTEM, "2024-01-01", chosen))
    assert "Värde: 5" in text
    assert "Källan är inte kontrollerad: ja" in text


def test_a_letter_tells_which_terms_by_their_place_and_no_more() -> None:
    stream = Stream()
    joined = stream.add(CaseJoined(bistand_stream=BISTAND, hyra_stream=HYRA))
    stream.add(
        LetterSent(
            letter_id=UUID(int=1),
            concerns_lanes=(Lane.BISTAND, Lane.HYRA),
            threat_refs={joined.ref: (1, 3), joined.ref.parse(f"hyra/{OWN}/2"): None},
        )
    )
    text = to_text(case_view({Lane.KOPPLING: stream.events}, Clocks(now=NOW)))
    told = " ".join(text.split())
    assert "Rör processerna: BESLUT, HYRA" in told
    assert "Processer i ärendet 2020-09-01 (KOPPLING): 1, 3" in told
    assert "en händelse som inte visas här (HYRA)" in told
    assert str(UUID(int=1)) not in text


def test_what_crossed_the_wall_is_told_with_the_case() -> None:
    made = DisclosureMade(
        recipient=DisclosureRecipient.EGEN_HYRESROLL, ground=SecrecyGround.OSL_10_2_NODVANDIGT
    )
    same = PersonsIdentified(bistand_person=LENA, hyra_person=HYRA)
    shown = view(Lane.KOPPLING, "2024-01-01", made, same)
    titles = [section.title for lane in shown.lanes for section in lane.sections]
    assert titles == ["Uppgifter utlämnade", "Samma person i båda processerna"]
    assert str(LENA) not in to_text(shown)
    assert Words().sentence(made) == (
        "Uppgifter lämnades ut till nämnden som hyresvärd."
        " Grund: 10 kap. 2 § OSL (nödvändigt för verksamheten)."
    )


def test_a_judgement_of_jo_is_told_in_a_sentence() -> None:
    decided = JODecisionMade(outcome=JOOutcome.ALLVARLIG_KRITIK)
    assert Words().sentence(decided) == "JO beslutade: allvarlig kritik."
