"""The organisation: nämnder and successions, officers and roles."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from domain.kernel.actor import Role
from domain.kernel.fact import Fact, UnknownFact, fact_from_values
from domain.kernel.refused import Refused
from domain.system.events import (
    DelegationOrderAdopted,
    GuidelineAdopted,
    MeetingBody,
    MeetingHeld,
    NämndRegistered,
    NämndSucceeded,
    OfficerRegistered,
    ProtocolAdjusted,
    ProtocolAnnounced,
    ProtocolTakenDown,
    RoleAssigned,
    RoleRevoked,
    RuleConfigured,
    SealKind,
    SealMade,
)
from domain.system.state import fold, roles_on
from ledger.codec import Lane
from projections.words import Words, details
from tests.kernel.facts import DAY, NAMND, Stream

OTHER_NAMND = UUID(int=0xF1)
HANDLAGGARE = Role.BISTANDSHANDLAGGARE


def refused(stream: Stream, fact: Fact) -> str:
    with pytest.raises(Refused) as refusal:
        stream.record(fact)
    return refusal.value.code


def officer(*facts: Fact) -> Stream:
    stream = Stream()
    stream.record(OfficerRegistered(name="Berit Provberg"))
    for number, fact in enumerate(facts):
        stream.record(fact, on=DAY + timedelta(days=number))
    return stream


def test_a_namnd_is_registered_once_and_succeeded_by_another() -> None:
    stream = Stream(id=NAMND)
    stream.record(NämndRegistered(name="Farsta stadsdelsnämnd"))
    assert refused(stream, NämndRegistered(name="Farsta")) == "stream.already_open"
    itself = NämndSucceeded(predecessor=NAMND, successor=NAMND, day=DAY)
    assert refused(stream, itself) == "namnd.succession"
    anothers = NämndSucceeded(predecessor=OTHER_NAMND, successor=NAMND, day=DAY)
    assert refused(stream, anothers) == "namnd.succession"
    stream.record(NämndSucceeded(predecessor=NAMND, successor=OTHER_NAMND, day=DAY))
    state = fold(stream.events)
    assert state.namnd
    assert state.namnd.fact.name == "Farsta stadsdelsnämnd"
    assert state.succeeded


def test_a_namnd_answers_for_districts_or_for_none() -> None:
    words = Words()
    homeless = NämndRegistered(name="Enheten för hemlösa", districts=())
    assert details(homeless, words) == [("Stadsdelar som nämnden svarar för", "inga")]
    farsta = NämndRegistered(name="Farsta stadsdelsnämnd", districts=("Farsta", "Sköndal"))
    assert details(farsta, words) == [("Stadsdelar som nämnden svarar för", "Farsta, Sköndal")]
    assert details(NämndRegistered(name="Provnämnden"), words) == []  # not known


@pytest.mark.parametrize(
    ("role", "day", "namnd", "held"),
    [
        (RoleAssigned(role=HANDLAGGARE, namnd=NAMND), DAY, NAMND, True),
        (RoleAssigned(role=HANDLAGGARE, namnd=NAMND), DAY, OTHER_NAMND, False),
        (RoleAssigned(role=HANDLAGGARE), DAY, OTHER_NAMND, True),
        (RoleAssigned(role=HANDLAGGARE, start=DAY), DAY, NAMND, True),
        (RoleAssigned(role=HANDLAGGARE, start=DAY), DAY - timedelta(days=1), NAMND, False),
        (RoleAssigned(role=HANDLAGGARE, end=DAY), DAY, NAMND, True),
        (RoleAssigned(role=HANDLAGGARE, end=DAY), DAY + timedelta(days=1), NAMND, False),
        # what cannot be read gives nobody a role
        (fact_from_values(RoleAssigned, {32: "kung"}), DAY, NAMND, False),
        (fact_from_values(RoleAssigned, {32: HANDLAGGARE.value, 34: "?"}), DAY, NAMND, False),
    ],
    ids=str,
)
def test_a_role_holds_in_its_namnd_and_time(
    role: RoleAssigned, day: date, namnd: UUID, *, held: bool
) -> None:
    state = fold(officer(role).events)
    assert bool(roles_on(state, namnd, day)) is held


def test_a_revoked_role_ends_on_its_day_and_can_be_given_again() -> None:
    given = RoleAssigned(role=HANDLAGGARE, namnd=NAMND)
    end = DAY + timedelta(days=10)
    stream = officer(given, RoleRevoked(role=HANDLAGGARE, namnd=NAMND, effective=end))
    assert roles_on(fold(stream.events), NAMND, end - timedelta(days=1)) == {HANDLAGGARE}
    assert roles_on(fold(stream.events), NAMND, end) == frozenset()
    stream.record(given, on=end)
    assert roles_on(fold(stream.events), NAMND, end) == {HANDLAGGARE}


def test_a_revocation_without_a_day_ends_the_role_the_day_it_happened() -> None:
    stream = officer(RoleAssigned(role=HANDLAGGARE), RoleRevoked(role=HANDLAGGARE))
    assert roles_on(fold(stream.events), NAMND, DAY + timedelta(days=1)) == frozenset()


def test_only_a_role_that_was_given_is_revoked() -> None:
    stream = officer(RoleAssigned(role=HANDLAGGARE, namnd=NAMND))
    assert refused(stream, RoleRevoked(role=HANDLAGGARE)) == "role.not_assigned"
    assert refused(stream, OfficerRegistered(name="Någon Annan")) == "stream.already_open"


def test_a_type_of_a_newer_program_changes_nothing() -> None:
    stream = officer()
    before = fold(stream.events)
    stream.add(UnknownFact(Lane.SYSTEM, "BudgetAdopted", 1, {}))
    assert fold(stream.events) == before


MEETING = MeetingHeld(namnd=NAMND, body=MeetingBody.NAMND)
GUIDELINE = GuidelineAdopted(
    version_name="G25", municipality="Stockholm", effective_from="2025-09-15"
)


def acts(*facts: Fact) -> list[Fact]:
    stream = Stream()
    for fact in facts:
        stream.record(fact)
    return [act.fact for act in fold(stream.events).acts]


def test_a_meeting_is_followed_by_its_minutes_and_their_announcement() -> None:
    held = (
        MEETING,
        ProtocolAdjusted(namnd=NAMND, separate_protocol=False),
        ProtocolAnnounced(namnd=NAMND, up_to="2011-11-24"),
        ProtocolTakenDown(namnd=NAMND),
    )
    assert acts(*held) == list(held)


def test_minutes_of_delegates_decisions_need_no_meeting() -> None:
    adjusted = ProtocolAdjusted(namnd=NAMND, separate_protocol=True)
    assert acts(adjusted) == [adjusted]


def test_minutes_are_of_the_meetings_own_namnd() -> None:
    stream = Stream()
    stream.record(MEETING)
    adjusted = ProtocolAdjusted(namnd=OTHER_NAMND)
    assert refused(stream, adjusted) == "meeting.other_namnd"
    assert refused(stream, MEETING.model_copy(update={"body": None})) == "stream.already_open"


def test_the_versions_of_one_guideline_stand_in_one_stream() -> None:
    earlier = GuidelineAdopted(
        version_name="G11", effective_from="2011-05-23", effective_to="2014-01-13"
    )
    assert acts(earlier, GUIDELINE) == [earlier, GUIDELINE]
    order = DelegationOrderAdopted(namnd=NAMND, version_name="2013:1", effective_from="2013-01-01")
    assert acts(order) == [order]


def test_a_choice_is_a_number_or_a_code_and_says_whether_its_source_is_read() -> None:
    days = RuleConfigured(rule_id="R46", key="working_days", value=5, unverified=False)
    basis = RuleConfigured(
        rule_id="R19", key="housing_basis", value="SoL25_11_1", unverified=True, namnd=NAMND
    )
    assert acts(days, basis) == [days, basis]
    stored = [fact_from_values(RuleConfigured, fact.to_values()) for fact in (days, basis)]
    assert [fact.value for fact in stored] == [5, "SoL25_11_1"]


def test_the_root_of_a_log_is_fixed_in_the_minutes() -> None:
    made = SealMade(
        target_lane=Lane.HYRA, epoch=0, size=7, root="ab" * 32, seal_kind=SealKind.PROTOKOLL
    )
    assert acts(made) == [made]


@pytest.mark.parametrize(
    ("first", "fact"),
    [(OfficerRegistered(name="Berit Provberg"), GUIDELINE), (GUIDELINE, MEETING)],
    ids=lambda fact: fact.TYPE,
)
def test_an_act_stands_with_its_own_kind(first: Fact, fact: Fact) -> None:
    stream = Stream()
    stream.record(first)
    assert refused(stream, fact) == "system.other_kind"


def test_a_stream_that_a_newer_program_opened_is_continued() -> None:
    stream = Stream()
    stream.add(UnknownFact(Lane.SYSTEM, "MeetingPlanned", 1, {}))
    stream.record(ProtocolAnnounced(namnd=NAMND))
    assert len(fold(stream.events).acts) == 1
