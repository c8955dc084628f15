"""Who is read as whom, and who has left: by the order of the log, in all versions of an entry."""

from uuid import UUID

import pytest

from domain.bistand.events import (
    CaseOpened,
    CorrectionApproved,
    EntryMarkedErroneous,
    PartyAdded,
    PartyLeft,
    PersonRegistered,
    PersonsMerged,
    PersonsUnmerged,
)
from domain.kernel.fact import CO_PARTY
from domain.kernel.persons import merges_in, parted, persons_in, read_as, slots_left
from tests.kernel.facts import BO, Stream


def id_of(stream: int) -> UUID:
    return UUID(int=stream + 100)


def person(stream: int, *into: int) -> Stream:
    """A person's stream, merged into those of others one after the other."""
    told = Stream(UUID(int=stream))
    told.add(PersonRegistered(person=id_of(stream), name="Prov", number_kind="saknas"))
    for other in into:
        told.add(merge(other))
    return told


def merge(into: int, text: str | None = None) -> PersonsMerged:
    return PersonsMerged(
        into=id_of(into),
        into_stream=UUID(int=into),
        reason="registrerad_tva_ganger",
        reason_text=text,
    )


@pytest.mark.parametrize(
    ("into", "heads"),
    [
        ({1: 2, 2: None}, {1: 2, 2: 2}),
        ({1: 2, 2: 3, 3: None}, {1: 3, 2: 3, 3: 3}),
        ({1: 9}, {1: 1}),  # the other is not known here
        ({1: 1}, {1: 1}),
        ({1: 2, 2: 1}, {1: 1, 2: 1}),
        ({1: 4, 4: 2, 2: 3, 3: 4}, {1: 2, 2: 2, 3: 2, 4: 2}),  # one that leads into a ring
    ],
)
def test_everybody_read_as_one_has_the_same_head_also_in_a_ring(
    into: dict[int, int | None], heads: dict[int, int]
) -> None:
    streams = [person(one, *([other] if other else [])) for one, other in into.items()]
    persons = persons_in(event for stream in streams for event in stream.events)
    assert {one: read_as(persons, UUID(int=one)).int for one in into} == heads


def test_a_merge_is_taken_back_by_any_of_its_versions_and_not_by_an_older_ones_end() -> None:
    stream = person(1, 2)
    first = stream.events[-1].ref
    corrected = stream.record(merge(2, "Såg lika ut."), corrects=first, note="a")
    stream.record(CorrectionApproved(approved=corrected.ref), by=BO)
    stream.record(PersonsUnmerged(merged=corrected.ref, reason="olika_personer"))
    assert merges_in(stream.events) == {}
    again = stream.record(merge(3))
    stream.add(PersonsUnmerged(merged=first, reason="olika_personer"))
    assert merges_in(stream.events)[stream.id].entry == again.ref
    stream.add(PersonsUnmerged(merged=again.ref, reason="olika_personer"))
    stream.add(PersonsUnmerged(merged=again.ref, reason="olika_personer"))
    assert merges_in(stream.events) == {}


def a_case_they_left() -> tuple[Stream, PartyAdded]:
    case = Stream()
    case.add(CaseOpened(party=id_of(1), person_stream=UUID(int=1)))
    added = PartyAdded(co_party=id_of(2), person_stream=UUID(int=2))
    case.add(added)
    case.record(PartyLeft(leaver="medpart", reason="separerat"))
    return case, added


def test_who_came_back_is_there_also_when_the_text_of_their_leaving_is_corrected() -> None:
    case, added = a_case_they_left()
    assert slots_left(case.events) == frozenset({CO_PARTY})
    assert parted(case.events) == {UUID(int=2): (0, 2)}
    left = case.events[-1]
    case.add(added)
    fact = PartyLeft(leaver="medpart", reason="separerat", reason_text="Flyttade.")
    corrected = case.record(fact, corrects=left.ref)
    case.record(CorrectionApproved(approved=corrected.ref), by=BO)
    assert slots_left(case.events) == frozenset()
    assert parted(case.events) == {}


def test_who_never_left_after_all_has_not_left() -> None:
    case, _ = a_case_they_left()
    mark = case.record(EntryMarkedErroneous(entry=case.events[-1].ref, reason="hande_inte"))
    case.record(CorrectionApproved(approved=mark.ref), by=BO)
    assert parted(case.events) == {}


def test_who_is_in_the_case_in_another_place_too_has_not_left_it() -> None:
    case = Stream()
    case.add(CaseOpened(party=id_of(1), person_stream=UUID(int=1)))
    case.add(PartyAdded(co_party=id_of(1), person_stream=UUID(int=1)))
    case.add(PartyLeft(leaver="medpart", reason="separerat"))
    assert parted(case.events) == {}
