"""A process belongs to one case of the nämnd, by whatever way it would come into a second."""

from uuid import UUID

import pytest

from domain.kernel.process import By
from domain.kernel.refused import Refused
from domain.kernel.values import EventRef
from domain.koppling.events import CaseJoined, CorrectionApproved, EntryMarkedErroneous
from ledger.application import Stored
from ledger.codec import Lane
from tests.whole import BO, Whole, by, saying


def join(whole: Whole, bistand: UUID, hyra: UUID, command: By) -> list[Stored]:
    koppling = whole.processes.koppling
    fact = CaseJoined(bistand_stream=bistand, hyra_stream=hyra)
    return koppling.record([saying(fact, koppling.new_stream(command), 1)], command)


def take_back(whole: Whole, case: UUID, entry: int, version: int) -> None:
    """Mark an entry of the case erroneous, and let another approve."""
    koppling = whole.processes.koppling
    mark = EntryMarkedErroneous(entry=EventRef(Lane.KOPPLING, case, entry), reason="fel_arende")
    koppling.record([saying(mark, case, version)], by())
    approved = CorrectionApproved(approved=EventRef(Lane.KOPPLING, case, version))
    koppling.record([saying(approved, case, version + 1)], by(BO))


@pytest.fixture
def processes(whole: Whole) -> tuple[UUID, UUID]:
    return whole.open_case()[0], whole.open_case(lane=Lane.HYRA)[0]


def test_a_joining_that_was_taken_back_does_not_count_again_where_another_case_has_the_process(
    whole: Whole, processes: tuple[UUID, UUID]
) -> None:
    (first,) = join(whole, *processes, by())
    case = first.originator_id
    assert isinstance(case, UUID)
    take_back(whole, case, 1, 2)
    join(whole, *processes, by())
    with pytest.raises(Refused) as refused:
        take_back(whole, case, 2, 4)
    assert refused.value.code == "case.joined_elsewhere"


def test_a_retried_joining_gets_its_receipt_whatever_has_become_of_it(
    whole: Whole, processes: tuple[UUID, UUID]
) -> None:
    command = by(body=b"sammanfor")
    (first,) = join(whole, *processes, command)
    case = first.originator_id
    assert isinstance(case, UUID)
    take_back(whole, case, 1, 2)
    join(whole, *processes, by())
    (again,) = join(whole, *processes, by(command=command.command_id, body=command.body))
    assert again.receipt == first.receipt
