"""The organisation: nämnder and successions, officers and roles."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from domain.kernel.actor import Role
from domain.kernel.fact import Fact, UnknownFact, fact_from_values
from domain.kernel.refused import Refused
from domain.system.events import (
    NämndRegistered,
    NämndSucceeded,
    OfficerRegistered,
    RoleAssigned,
    RoleRevoked,
)
from domain.system.state import fold, roles_on
from ledger.codec import Lane
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
    stream = officer(given, RoleRevoked(role=HANDLAGGARE, namnd=NAMND, end=end))
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
    stream.add(UnknownFact(Lane.SYSTEM, "GuidelineAdopted", 1, {}))
    assert fold(stream.events) == before
