from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.kernel.occurred import (
    SEALED,
    UNKNOWN,
    Occurred,
    Precision,
    end_of_day,
    fold_key,
    swedish_day,
)
from domain.kernel.refused import Refused
from ledger.codec import Lane
from ledger.envelope import require_occurred
from tests.kernel.strategies import days, moments

NOON = datetime(2020, 9, 1, 12, tzinfo=UTC)
occurrences = st.one_of(
    days.map(Occurred.on),
    moments.map(Occurred.at),
    st.tuples(days, days).map(lambda pair: Occurred.between(min(pair), max(pair))),
    st.sampled_from([UNKNOWN, SEALED]),
)


@settings(deadline=None)
@given(occurrences)
def test_it_reads_back_as_written_and_the_ledger_takes_it(occurred: Occurred) -> None:
    assert Occurred.parse(str(occurred)) == occurred
    require_occurred(str(occurred))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("day 2011-06-31", "occurred.impossible"),
        ("instant 2011-02-29T00:00:00.000000Z", "occurred.impossible"),
        ("instant 2011-02-28T24:00:00.000000Z", "occurred.impossible"),
        ("period 2011-06-20/2011-06-14", "occurred.ends_before_start"),
        ("period 2011-06-20/2011-06-31", "occurred.impossible"),
        ("instant 2011-06-14T09:30:00Z", "occurred.form"),
        ("instant 2011-06-14T09:30:00.000000+02:00", "occurred.form"),
        ("day 2011-6-14", "occurred.form"),
        ("Day 2011-06-14", "occurred.form"),
        ("day \uff12011-06-14", "occurred.form"),
        ("unknown ", "occurred.form"),
        ("", "occurred.form"),
    ],
)
def test_what_is_no_time_is_refused(text: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        Occurred.parse(text)
    assert refusal.value.code == code


def test_a_date_alone_is_told_the_word_that_it_lacks_and_is_not_repeated() -> None:
    with pytest.raises(Refused) as alone:
        Occurred.parse("2011-06-14")
    assert alone.value.remedy == "Skriv day före datumet, som i day 2026-04-30."
    with pytest.raises(Refused) as other:
        Occurred.parse("14 juni")
    for form in Precision:
        assert form.value in other.value.remedy


@pytest.mark.parametrize(
    ("occurred", "in_future"),
    [
        ("day 2020-09-01", False),
        ("day 2020-09-02", True),
        ("period 2020-08-01/2020-09-01", False),
        ("period 2020-08-01/2020-09-02", True),
        ("instant 2020-09-01T12:00:00.000000Z", False),
        ("instant 2020-09-01T12:00:00.000001Z", True),
        ("unknown", False),
        ("sealed", False),
    ],
)
def test_a_day_has_happened_when_it_has_begun(occurred: str, *, in_future: bool) -> None:
    assert Occurred.parse(occurred).in_future(NOON) is in_future


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2020-06-30T21:59:59+00:00", "2020-06-30"),
        ("2020-06-30T22:00:00+00:00", "2020-07-01"),  # summer time
        ("2020-12-31T22:59:59+00:00", "2020-12-31"),
        ("2020-12-31T23:00:00+00:00", "2021-01-01"),  # winter time
    ],
)
def test_a_day_is_a_swedish_day(moment: str, day: str) -> None:
    assert swedish_day(datetime.fromisoformat(moment)) == date.fromisoformat(day)


@settings(deadline=None)
@given(days)
def test_a_day_ends_a_microsecond_before_the_next(day: date) -> None:
    assert swedish_day(end_of_day(day)) == day
    assert swedish_day(end_of_day(day) + timedelta(microseconds=1)) > day


def test_the_order_of_reading_is_that_of_the_envelope_page() -> None:
    known = {
        "early": datetime(2020, 9, 1, 8, tzinfo=UTC),
        "late": datetime(2021, 1, 1, tzinfo=UTC),
    }
    in_order = [
        ("day 2020-08-31", "late", Lane.HYRA, 9),
        ("unknown", "early", Lane.BISTAND, 8),
        ("day 2020-09-01", "late", Lane.BISTAND, 1),
        ("period 2020-09-01/2020-12-31", "late", Lane.BISTAND, 2),
        ("day 2020-09-01", "late", Lane.HYRA, 0),
        ("instant 2020-08-31T22:00:00.000000Z", "early", Lane.BISTAND, 7),
        ("instant 2020-09-01T05:00:00.000000Z", "late", Lane.BISTAND, 6),
        ("sealed", "late", Lane.BISTAND, 5),
    ]
    keys = [
        fold_key(Occurred.parse(text), known[when], lane, index)
        for text, when, lane, index in in_order
    ]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("end", [date.min, date.max])
def test_every_moment_there_is_has_a_day(end: date) -> None:
    moment = datetime(end.year, end.month, end.day, end.day % 24, tzinfo=UTC)
    assert swedish_day(moment) == end
