"""An envelope has one text, and any other text is no envelope."""

import subprocess
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from unicodedata import normalize
from uuid import UUID

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from ledger.codec import Lane
from ledger.envelope import (
    LOG_STREAM,
    Envelope,
    EnvelopeError,
    Previous,
    leaf_hash,
    notification_id,
    position,
    require_occurred,
)

TEXT = """\
liggaren/envelope/v1
3f0c1b9e-6a54-4d7c-9f0a-2a7f7a0d3c11
bistand
1
123456
9f0c1b9e-6a54-4d7c-9f0a-2a7f7a0d3c12
6ec17a5e-1111-4d7c-9f0a-2a7f7a0d3c13
4
BiståndEnded/2
day 2011-06-14
2025-06-14T09:30:00.000001Z
0/123400/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d
ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
"""
LINES = TEXT.splitlines()
NIL = "00000000-0000-0000-0000-000000000000"

uuids = st.uuids().filter(lambda drawn: drawn.int)
hashes = st.binary(min_size=32, max_size=32)
days = st.dates().map(date.isoformat)
moments = st.datetimes().map(lambda moment: f"{moment.isoformat(timespec='microseconds')}Z")
occurred = st.one_of(
    days.map("day {}".format),
    moments.map("instant {}".format),
    st.tuples(days, days).map(lambda period: "period {}/{}".format(*sorted(period))),
    st.sampled_from(["unknown", "sealed"]),
)
letters_and_digits = st.characters(categories=["L", "Nd"])
types = st.text(letters_and_digits, min_size=1).map(lambda drawn: normalize("NFC", drawn))


@st.composite
def envelopes(draw: st.DrawFn) -> Envelope:
    epoch, index = draw(st.integers(0, 9)), draw(st.integers(0, 2**40))
    version = draw(st.integers(1, 2**62)) if index else 1
    before = (
        Previous(draw(st.integers(0, epoch)), draw(st.integers(0, index - 1)), draw(hashes))
        if version > 1
        else None
    )
    return Envelope(
        ledger=draw(uuids),
        lane=draw(st.sampled_from(Lane)),
        epoch=epoch,
        index=index,
        namnd=draw(st.none() | uuids),
        stream=draw(st.just(LOG_STREAM) | uuids),
        version=version,
        type=draw(types.filter(str.isalnum)),
        schema=draw(st.integers(1, 9999)),
        occurred=draw(occurred),
        recorded=draw(st.datetimes(timezones=st.just(UTC))),
        previous=before,
        root=draw(hashes),
        sealed=draw(hashes),
    )


def with_line(number: int, line: str) -> str:
    changed = [*LINES]
    changed[number - 1] = line
    return "".join(f"{one}\n" for one in changed)


@given(envelopes())
def test_every_envelope_is_read_back_from_its_text(envelope: Envelope) -> None:
    text = envelope.to_text()
    assert text.count("\n") == 14
    assert Envelope.from_text(text) == envelope


def test_each_line_is_read_as_what_the_page_says() -> None:
    assert Envelope.from_text(TEXT) == Envelope(
        ledger=UUID("3f0c1b9e-6a54-4d7c-9f0a-2a7f7a0d3c11"),
        lane=Lane.BISTAND,
        epoch=1,
        index=123456,
        namnd=UUID("9f0c1b9e-6a54-4d7c-9f0a-2a7f7a0d3c12"),
        stream=UUID("6ec17a5e-1111-4d7c-9f0a-2a7f7a0d3c13"),
        version=4,
        type="BiståndEnded",
        schema=2,
        occurred="day 2011-06-14",
        recorded=datetime(2025, 6, 14, 9, 30, 0, 1, tzinfo=UTC),
        previous=Previous(0, 123400, bytes.fromhex(LINES[11].split("/")[2])),
        root=bytes.fromhex(LINES[12]),
        sealed=bytes.fromhex(LINES[13]),
    )


def test_the_first_event_of_a_log_has_no_stream_no_namnd_and_nothing_before_it() -> None:
    lines = [*LINES]
    lines[3], lines[4], lines[5], lines[6], lines[7], lines[11] = "0", "0", "-", "-", "1", "-"
    envelope = Envelope.from_text("".join(f"{line}\n" for line in lines))
    assert (envelope.namnd, envelope.stream, envelope.previous) == (None, LOG_STREAM, None)


@pytest.mark.parametrize(
    ("number", "line"),
    [
        (1, "liggaren/envelope/v2"),
        (1, "Liggaren/envelope/v1"),
        (2, "-"),
        (2, NIL),
        (2, LINES[1].upper()),
        (2, LINES[1].replace("-", "")),
        (2, "{" + LINES[1] + "}"),
        (3, "BISTAND"),
        (3, "beslut"),
        (4, "01"),
        (4, "-1"),
        (4, "+1"),
        (4, ""),
        (4, "1 "),
        (4, "1_0"),
        (4, "\u0661"),  # one, in Arabic: a digit to str.isdigit
        (5, "0123456"),
        (5, "1" * 20),
        (5, "123400"),  # the previous event's own place
        (5, "3"),
        (4, "0x1"),
        (6, NIL),
        (6, ""),
        (6, "None"),
        (7, NIL),
        (7, "9F0C1B9E-6a54-4d7c-9f0a-2a7f7a0d3c12"),
        (8, "0"),
        (8, "04"),
        (8, "1"),  # and yet something before it
        (9, "BiståndEnded"),
        (9, "BiståndEnded/0"),
        (9, "BiståndEnded/02"),
        (9, "/2"),
        (9, "Bistånd_Ended/2"),
        (9, "Bistånd Ended/2"),
        (9, "Bistånd-Ended/2"),
        (9, normalize("NFD", "BiståndEnded/2")),
        (9, "\u212bngstrom/2"),  # a letter, but its NFC is another
        (9, normalize("NFD", "한") + "/2"),  # three letters, but their NFC is one
        (9, "Bist\u200bånd/2"),
        (10, "day 2011-02-30"),
        (11, "2025-06-14T09:30:00.00001Z"),
        (11, "2025-06-14T09:30:00.000001"),
        (11, "2025-06-14T09:30:00.000001+00:00"),
        (11, "2025-06-14 09:30:00.000001Z"),
        (11, "2025-06-14t09:30:00.000001z"),
        (11, "2025-06-14T24:00:00.000000Z"),
        (11, "2025-06-14T23:59:60.000000Z"),
        (11, "2025-02-29T09:30:00.000001Z"),
        (12, "-"),
        (12, LINES[11].upper()),
        (12, LINES[11].replace("0/123400", "00/123400")),
        (12, LINES[11].replace("0/123400", "2/123400")),
        (12, LINES[11][:-1]),
        (12, "-/" + LINES[11]),
        (13, LINES[12].upper()),
        (13, LINES[12] + "00"),
        (13, LINES[12][:-2]),
        (13, ""),
        (14, "0x" + LINES[13][2:]),
        (14, LINES[13] + " "),
    ],
)
def test_a_line_in_another_form_is_refused(number: int, line: str) -> None:
    with pytest.raises(EnvelopeError):
        Envelope.from_text(with_line(number, line))


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT[:-1],
        TEXT + "\n",
        TEXT + LINES[13] + "\n",
        "\n" + TEXT,
        "\ufeff" + TEXT,
        TEXT.replace("\n", "\r\n"),
        TEXT.replace("\n", "\u2028"),
        TEXT.replace("\nbistand\n", "\n"),
        TEXT.replace("\nbistand\n", "\nbistand\nbistand\n"),
        TEXT.replace("bistand", "bistand\0"),
        TEXT.replace("bistand\n", "bistand\t\n"),
        TEXT.replace("Ended", "\ud800"),
    ],
    ids=range(13),
)
def test_another_number_of_lines_or_a_control_character_is_refused(text: str) -> None:
    with pytest.raises(EnvelopeError):
        Envelope.from_text(text)


@given(st.integers(0, len(TEXT)), st.integers(0, 2), st.text(max_size=2))
@example(len(TEXT), 0, "\n")
def test_a_changed_text_is_refused_or_is_another_envelope(at: int, cut: int, put: str) -> None:
    changed = TEXT[:at] + put + TEXT[at + cut :]
    with suppress(EnvelopeError):
        assert Envelope.from_text(changed).to_text() == changed


def test_a_refusal_names_the_line() -> None:
    with pytest.raises(EnvelopeError, match="line 13 "):
        Envelope.from_text(with_line(13, LINES[12].upper()))
    with pytest.raises(EnvelopeError, match="line 15 "):
        Envelope.from_text(TEXT + "\n")


@given(occurred)
def test_every_form_of_occurred_is_accepted(text: str) -> None:
    require_occurred(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2011-06-14",
        "day 2011-06-14 ",
        "day 2011-06-14\n",
        "day 20110614",
        "day 2011-W24-2",
        "day 2011-06-31",
        "day 0000-01-01",
        "day 2011-06-14T00:00:00.000000Z",
        "Day 2011-06-14",
        "instant 2011-06-14",
        "instant 2011-06-14T09:30:00Z",
        "instant 2011-06-14T09:30:00.000000+02:00",
        "instant 2011-06-14T09:60:00.000000Z",
        "instant 2011-06-31T09:30:00.000000Z",
        "period 2011-06-14/",
        "period 2011-06-20/2011-06-14",
        "period 2011-06-14/2011-06-31",
        "period 2011-06-14/2011-06-20/2011-06-21",
        "unknown ",
        "Sealed",
    ],
)
def test_another_occurred_is_refused(text: str) -> None:
    with pytest.raises(EnvelopeError):
        require_occurred(text)


def test_a_period_of_one_day_is_a_period() -> None:
    require_occurred("period 2011-06-14/2011-06-14")


def test_the_leaf_is_what_coreutils_make_of_the_stored_bytes(tmp_path: Path) -> None:
    (tmp_path / "envelope").write_bytes(TEXT.encode())
    command = "(printf '\\0'; cat envelope) | sha256sum"
    printed = subprocess.run(  # noqa: S602 - the page's own command line
        command, shell=True, cwd=tmp_path, check=True, capture_output=True, text=True
    ).stdout
    assert printed.split()[0] == leaf_hash(TEXT).hex()


@given(st.integers(0, 2**23 - 1), st.integers(0, 2**40 - 1))
@example(0, 0)
@example(2**23 - 1, 2**40 - 2)
def test_a_position_is_read_back_from_its_notification_id(epoch: int, index: int) -> None:
    assume((epoch, index) != (2**23 - 1, 2**40 - 1))  # its id is 2^63
    assert position(notification_id(epoch, index)) == (epoch, index)


def test_the_first_notification_id_is_one_and_an_epoch_spans_two_to_the_fortieth() -> None:
    assert notification_id(0, 0) == 1
    assert notification_id(3, 7) == 3 * 2**40 + 7 + 1


@pytest.mark.parametrize(
    ("epoch", "index"), [(-1, 5), (0, -1), (0, 2**40), (2**23, 0), (2**23 - 1, 2**40 - 1)]
)
def test_what_is_no_position_has_no_notification_id(epoch: int, index: int) -> None:
    with pytest.raises(ValueError, match="no position"):
        notification_id(epoch, index)


@pytest.mark.parametrize("notification", [0, -1, 2**63])
def test_what_is_no_notification_id_has_no_position(notification: int) -> None:
    with pytest.raises(ValueError, match="no notification id"):
        position(notification)
