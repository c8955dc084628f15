from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from domain.bistand.events import (
    ApplicationReceived,
    CaseOpened,
    CorrectionApproved,
    EntryMarkedErroneous,
    EpochOpened,
    HeadsRecorded,
    HolderChanged,
    PersonRegistered,
)
from domain.kernel.corrections import effective
from domain.kernel.fact import Fact, read_fact
from domain.kernel.occurred import Occurred
from domain.kernel.refused import Refused
from ledger.codec import Json
from ledger.envelope import LOG_STREAM
from tests.kernel.facts import BO, DAY, NAMND, NOW, Stream

PERSON = UUID(int=0x11)
OPENED = CaseOpened(party=PERSON, person_stream=UUID(int=2))
REGISTERED = PersonRegistered(person=PERSON, name="Prov Person", number_kind="saknas")
EPOCH = EpochOpened(reason="grundad", environment="development")


def refused(stream: Stream, fact: Fact, **told: object) -> str:
    with pytest.raises(Refused) as refusal:
        stream.record(fact, **told)
    assert refusal.value.message
    assert refusal.value.remedy
    return refusal.value.code


def test_what_has_not_happened_is_refused() -> None:
    tomorrow = (NOW + timedelta(days=1)).date()
    assert refused(Stream(), OPENED, on=tomorrow) == "occurred.future"
    soon = Occurred.at(NOW + timedelta(seconds=1))
    assert refused(Stream(), OPENED, on=soon) == "occurred.future"


@pytest.mark.parametrize(
    "claimed",
    [
        NOW + timedelta(seconds=1),
        (NOW + timedelta(days=1)).date(),
        datetime.max.replace(tzinfo=UTC),
    ],
)
def test_no_source_system_has_recorded_what_it_records_tomorrow(claimed: date) -> None:
    told = {"claimed_recorded": claimed, "source": "gamla-systemet"}
    assert refused(Stream(), OPENED, **told) == "claimed_recorded.future"
    Stream().record(OPENED, **told | {"claimed_recorded": NOW})


def test_an_import_says_both_which_system_it_comes_from_and_when_that_recorded_it() -> None:
    assert refused(Stream(), OPENED, claimed_recorded=DAY) == "import.half"
    assert refused(Stream(), OPENED, source="gamla-systemet") == "import.half"
    Stream().record(OPENED, claimed_recorded=DAY, source="gamla-systemet")


def test_a_source_system_may_have_recorded_what_it_expected() -> None:
    before = DAY - timedelta(days=30)
    Stream().record(OPENED, on=DAY, claimed_recorded=before, source="gamla-systemet")


def test_a_case_is_opened_before_anything_else_is_recorded_in_it() -> None:
    assert refused(Stream(), ApplicationReceived()) == "stream.not_open"


def test_a_case_is_opened_once() -> None:
    stream = Stream()
    stream.record(OPENED)
    again = CaseOpened(party=PERSON, person_stream=UUID(int=3))
    assert refused(stream, again) == "stream.already_open"


def test_the_same_thing_is_recorded_once_and_two_alike_when_a_note_tells_them_apart() -> None:
    stream = Stream()
    stream.record(OPENED)
    stream.record(ApplicationReceived(channel="post"))
    assert refused(stream, ApplicationReceived(channel="post")) == "fact.twice"
    stream.record(ApplicationReceived(channel="post"), note="Den andra samma dag.")


def test_what_was_taken_back_can_be_recorded_again() -> None:
    stream = Stream()
    opened = stream.record(OPENED)
    received = stream.record(ApplicationReceived(channel="post"))
    later = DAY + timedelta(days=1)
    moved = stream.record(ApplicationReceived(channel="post"), on=later, corrects=received.ref)
    again = {"on": later, "corrects": received.ref}
    assert refused(stream, ApplicationReceived(channel="post"), **again) == "fact.twice", "it waits"
    stream.record(CorrectionApproved(approved=moved.ref), by=BO)
    assert refused(stream, ApplicationReceived(channel="post"), **again) == "fact.twice", (
        "it counts"
    )
    stream.record(ApplicationReceived(channel="post"))
    marked = EntryMarkedErroneous(entry=opened.ref, reason="hande_inte")
    mark = stream.record(marked)
    assert refused(stream, marked) == "fact.twice"
    assert refused(stream, OPENED, note="igen") == "stream.already_open"
    stream.record(CorrectionApproved(approved=mark.ref), by=BO)
    assert refused(stream, REGISTERED) == "stream.already_open", "it is a case's stream"
    stream.record(OPENED)
    assert refused(stream, OPENED, note="igen") == "stream.already_open"


def test_a_correction_taken_back_waits_again_and_can_be_approved_again() -> None:
    stream = Stream()
    stream.record(OPENED)
    received = stream.record(ApplicationReceived(channel="post"))
    corrected = stream.record(ApplicationReceived(channel="besok"), corrects=received.ref)
    approval = CorrectionApproved(approved=corrected.ref)
    approved = stream.record(approval, by=BO)
    mark = stream.record(EntryMarkedErroneous(entry=approved.ref, reason="hande_inte"))
    stream.record(CorrectionApproved(approved=mark.ref), by=BO)
    stream.record(approval, by=BO)
    assert effective(stream.events)[1:2] == [corrected]
    stream.record(ApplicationReceived(channel="post"), on=DAY + timedelta(days=1))


@pytest.mark.parametrize("fact", [EPOCH, HeadsRecorded(epoch=0, size=1, streams=1, root="0" * 64)])
def test_the_logs_own_events_stay_in_its_own_stream(fact: Fact) -> None:
    assert refused(Stream(), fact) == "stream.of_the_log"
    log = Stream(id=LOG_STREAM)
    log.add(EPOCH)
    log.record(fact, note="En gång till.")
    assert refused(log, OPENED) == "stream.of_the_log"


def test_a_late_entry_is_recorded() -> None:
    stream = Stream()
    stream.record(OPENED, on=DAY - timedelta(days=4000))


@pytest.mark.parametrize(
    ("kind", "number", "code"),
    [
        ("personnummer", "200001012384", None),
        ("samordningsnummer", "191711602399", None),  # the day unknown
        ("samordningsnummer", "191500722390", None),  # the month unknown
        ("saknas", None, None),
        ("personnummer", "200001012385", "person.number_check_digit"),
        ("personnummer", "0001012384", "person.number_form"),
        ("personnummer", "20000101-2384", "person.number_form"),
        ("personnummer", "٢٠٠٠٠١٠١٢٣٨٤", "person.number_form"),
        ("personnummer", None, "person.number_kind"),
        ("saknas", "200001012384", "person.number_kind"),
        ("samordningsnummer", "200001012384", "person.number_kind"),
    ],
)
def test_a_person_has_a_number_of_its_kind_or_none(
    kind: str, number: str | None, code: str | None
) -> None:
    data: dict[str, Json] = {
        "person": str(PERSON),
        "name": "Prov Person",
        "numberKind": kind,
        "number": number,
    }
    if code is None:
        assert read_fact(PersonRegistered, data).number == number
    else:
        with pytest.raises(Refused, match=code):
            read_fact(PersonRegistered, data)


def test_a_case_is_handed_over_to_another_namnd() -> None:
    stream = Stream()
    stream.record(OPENED)
    assert refused(stream, HolderChanged(to_namnd=NAMND, ground="overlamnat")) == "holder.same"
    stream.record(HolderChanged(to_namnd=UUID(int=0xF1), ground="overlamnat"))
