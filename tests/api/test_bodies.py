"""Bad input stops before the domain: a problem with code and remedy, nothing stored or told."""

import gzip
import json
import resource
import threading
import unicodedata
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Final
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.bodies import DEEPEST, LARGEST_BODY_BYTES, MOST_KEYS, parse
from api.problems import Problem
from ledger.codec import Lane
from tests.api.service import APPLICATION, BERIT, Service
from tests.whole import fresh

pytestmark = pytest.mark.one_server

CANARY: Final = "Kanariefågel"
"""Stands in bad bodies, and must stand in no answer."""


@dataclass(frozen=True)
class Bad:
    """A body that is refused.

    Args:
        code: of the problem.
        status: of the answer.
        body: as sent.
        name: of the case.
    """

    code: str
    status: int
    body: bytes
    name: str


def command(**changed: Any) -> bytes:  # noqa: ANN401 - any JSON
    """Return a command with other values than the right ones, or without them (`...`)."""
    said = APPLICATION | changed
    return json.dumps({key: value for key, value in said.items() if value is not ...}).encode()


def fact(**fields: Any) -> bytes:  # noqa: ANN401 - any JSON
    """Return an application with these fields."""
    return command(fact=fields)


def raw(inner: str) -> bytes:
    """Return a command with something in its fact that json.dumps would not write."""
    return (
        f'{{"type":"ApplicationReceived","occurred":"day 2024-03-01","fact":{{{inner}}}}}'.encode()
    )


BAD: Final = (
    Bad("body.not_json", 400, b"", "empty"),
    Bad("body.not_json", 400, b"{", "cut short"),
    Bad("body.not_json", 400, f'{{"{CANARY}'.encode(), "cut short in a key"),
    Bad("body.not_json", 400, b"{} {}", "two objects"),
    Bad("body.not_json", 400, b"\xef\xbb\xbf{}", "byte order mark"),
    Bad("body.not_json", 400, raw(f'"text":"{CANARY}\0"'), "a raw NUL"),
    Bad("body.not_json", 400, raw(f'"text":"{CANARY}\n"'), "a raw line end in a text"),
    Bad("body.not_json", 400, b"'x'", "not JSON's quotes"),
    Bad("body.not_utf8", 400, b'{"type":"\xff"}', "not UTF-8"),
    Bad("body.not_utf8", 400, b'{"type":"\xed\xa0\x80"}', "a surrogate as UTF-8"),
    Bad("body.not_utf8", 400, '{"type":"å"}'.encode("latin-1"), "Latin-1"),
    Bad("body.not_utf8", 400, '{"type":"å"}'.encode("utf-16"), "UTF-16"),
    Bad("body.not_object", 422, b"[]", "a list"),
    Bad("body.not_object", 422, b'"x"', "a text"),
    Bad("body.not_object", 422, b"null", "null"),
    Bad("body.not_object", 422, b"1", "a number"),
    Bad("body.duplicate_key", 422, b'{"type":"A","type":"B"}', "the same key twice"),
    Bad("body.duplicate_key", 422, raw('"text":"a","text":"b"'), "the same key twice inside"),
    Bad("body.duplicate_key", 422, '{"é":1,"e\u0301":2}'.encode(), "the same key in NFC and NFD"),
    Bad("body.not_a_number", 422, raw('"text":NaN'), "NaN"),
    Bad("body.not_a_number", 422, raw('"text":Infinity'), "Infinity"),
    Bad("body.not_a_number", 422, raw('"text":-Infinity'), "-Infinity"),
    Bad("body.float", 422, raw('"text":1e400'), "a number that is infinite"),
    Bad("body.float", 422, raw('"text":1.5'), "a fraction"),
    Bad("body.float", 422, raw('"text":1e3'), "an exponent"),
    Bad("body.integer_too_large", 422, raw('"text":9007199254740992'), "2^53"),
    Bad("body.integer_too_large", 422, raw('"text":' + "9" * 10_000), "an endless number"),
    Bad("body.too_deep", 422, raw('"text":' + "[" * 100 + "]" * 100), "deep lists"),
    Bad("body.too_deep", 422, b"[" * 200_000, "200,000 levels"),
    Bad("body.too_deep", 422, b'{"a":' * 40 + b"1" + b"}" * 40, "deep objects"),
    Bad("body.too_many_keys", 422, json.dumps({f"k{n}": 0 for n in range(1001)}).encode(), "keys"),
    Bad("text.control_character", 422, raw(f'"text":"{CANARY}\\u0000"'), "NUL"),
    Bad("text.control_character", 422, raw('"text":"\\u0007"'), "bell"),
    Bad("text.control_character", 422, raw('"text":"\\u0085"'), "next line"),
    Bad("text.control_character", 422, raw('"text":"\\ud800"'), "half a surrogate pair"),
    Bad("text.control_character", 422, raw('"text":"\\udc00\\ud800"'), "surrogates in wrong order"),
    Bad("text.control_character", 422, raw('"\\u0000":1'), "NUL in a key"),
    Bad("text.control_character", 422, raw('"text":"a\\rb"'), "a lone carriage return"),
    Bad("text.bidi_control", 422, raw('"text":"\\u202e"'), "right to left override"),
    Bad("text.bidi_control", 422, raw('"text":"\\u2066"'), "left to right isolate"),
    Bad("fact.unknown_type", 422, command(type="ApplicationRecieved"), "a type that is not"),
    Bad("fact.unknown_type", 422, command(type=CANARY), "anything as type"),
    Bad("fact.unknown_type", 422, command(type="applicationreceived"), "wrong case"),
    Bad("fact.unknown_type", 422, command(type="ApplicationReceived/1"), "with version"),
    Bad("fact.unknown_type", 422, command(type="АpplicationReceived"), "a Cyrillic А"),  # noqa: RUF001 - the point
    Bad("fact.other_lane", 422, command(type="LeaseSigned"), "a type of the other side"),
    Bad("fact.other_lane", 422, command(type="RoleAssigned"), "a type of the organisation"),
    Bad("fact.not_by_hand", 422, command(type="EpochOpened"), "the log's own type"),
    Bad("fact.not_by_hand", 422, command(type="HeadsRecorded"), "the log's other type"),
    Bad("fact.missing_field", 422, command(type=...), "no type"),
    Bad("fact.missing_field", 422, command(occurred=...), "no occurred"),
    Bad("fact.missing_field", 422, command(fact=...), "no fact"),
    Bad("fact.wrong_form", 422, command(type=1), "a number as type"),
    Bad("fact.wrong_form", 422, command(fact=[]), "a list as fact"),
    Bad("fact.wrong_form", 422, command(fact=None), "null as fact"),
    Bad("fact.wrong_form", 422, command(note=7), "a number as note"),
    Bad("fact.wrong_form", 422, command(documentIds=[CANARY]), "anything as document"),
    Bad("fact.wrong_form", 422, command(documentIds=[str(fresh())] * 101), "101 documents"),
    Bad("fact.unknown_field", 422, command(**{CANARY: 1}), "a field that is not"),
    Bad("fact.unknown_field", 422, command(claimed_recorded="2024-03-01"), "snake case"),
    Bad("fact.unknown_field", 422, fact(**{CANARY: 1}), "a field the type has not"),
    Bad("fact.unknown_field", 422, fact(asks_for=["forsok"]), "snake case in a fact"),
    Bad("fact.unknown_field", 422, command(target=str(fresh())), "a target of no use"),
    Bad("fact.unknown_field", 422, command(targetSubject=str(fresh())), "a person of no use"),
    Bad("fact.unknown_code", 422, fact(channel=CANARY), "a code that is not"),
    Bad("fact.unknown_code", 422, command(correctionReason=CANARY), "a reason that is not"),
    Bad("fact.wrong_form", 422, fact(asksFor=CANARY), "a text for a list"),
    Bad("fact.wrong_form", 422, fact(text=7), "a number for a text"),
    Bad("occurred.future", 422, command(occurred="day 2999-01-01"), "in the future"),
    Bad(
        "occurred.future",
        422,
        command(occurred="instant 2999-01-01T00:00:00.000000Z"),
        "an instant in the future",
    ),
    Bad("occurred.form", 422, command(occurred=CANARY), "anything as occurred"),
    Bad("occurred.form", 422, command(occurred="2024-03-01"), "a day without its word"),
    Bad("occurred.form", 422, command(occurred="day ٢٠٢٤-03-01"), "Arabic digits"),
    Bad("occurred.impossible", 422, command(occurred="day 2023-02-29"), "29 February 2023"),
    Bad("occurred.impossible", 422, command(occurred="day 0000-01-01"), "year 0"),
    Bad(
        "occurred.ends_before_start",
        422,
        command(occurred="period 2024-03-02/2024-03-01"),
        "backwards",
    ),
    Bad("reference.form", 422, command(corrects=CANARY), "anything as reference"),
    Bad(
        "reference.not_here",
        422,
        command(corrects=f"bistand/{fresh()}/1", correctionReason="skrivfel"),
        "another stream",
    ),
    *(
        Bad("id.reserved", 422, body, f"{name} as {thing}")
        for name, id_ in (("nil", str(UUID(int=0))), ("max", str(UUID(int=2**128 - 1))))
        for body, thing in (
            (command(actedBy=id_), "an officer"),
            (command(target=id_), "a target"),
            (command(targetSubject=id_), "a target's person"),
            (command(documentIds=[id_]), "a document"),
            (command(corrects=f"bistand/{id_}/1", correctionReason="skrivfel"), "a stream"),
            (
                command(type="PartyAdded", fact={"coParty": id_, "personStream": str(fresh())}),
                "a person",
            ),
            (
                command(type="PartyAdded", fact={"coParty": str(fresh()), "personStream": id_}),
                "a person's stream",
            ),
            (command(type="DecisionGranted", fact={"decisionId": id_}), "a decision"),
        )
    ),
    Bad("fact.wrong_form", 422, command(source=CANARY), "anything as source"),
    Bad("fact.wrong_form", 422, command(source="prov 191212121212"), "digits as source"),
    Bad("fact.wrong_form", 422, command(source="å"), "a Swedish letter as source"),
    Bad("fact.wrong_form", 422, command(source="a"), "one letter as source"),
    Bad("fact.wrong_form", 422, command(source="a" * 33), "33 letters as source"),
    Bad("fact.wrong_form", 422, command(source="gamla--systemet"), "two hyphens in source"),
    Bad("fact.wrong_form", 422, command(source="gamla\n"), "a line end after source"),
    Bad("date.form", 422, command(claimedRecorded=CANARY), "anything as date"),
    Bad("date.impossible", 422, command(claimedRecorded="2024-02-30"), "30 February"),
    Bad("date.impossible", 422, command(claimedRecorded="9999-12-31T23:59:59Z"), "after time"),
    Bad(
        "date.impossible", 422, command(claimedRecorded="0001-01-01T00:00:00+14:00"), "before time"
    ),
)


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
def test_bad_input_is_a_problem_and_nothing_is_stored(service: Service, bad: Bad) -> None:
    stream = service.open_case()
    answer = send(service, stream, bad.body)
    assert (answer.status_code, answer.json()["code"]) == (bad.status, bad.code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json().keys() >= {"type", "title", "status", "detail", "remedy", "instance"}
    assert CANARY not in answer.text
    assert CANARY.lower() not in answer.text.lower()
    read = service.get(BERIT, f"/v1/bistand/strommar/{stream}").json()
    assert read["version"] == 1


def test_the_control_a_good_body_is_stored(service: Service) -> None:
    stream = service.open_case()
    assert send(service, stream, command()).status_code == 201


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/xml", "application/jsonx", "application/json; charset=latin-1"],
)
def test_only_json_is_taken(service: Service, content_type: str) -> None:
    answer = send(service, service.open_case(), command(), content_type=content_type)
    assert answer.status_code == 415
    assert answer.json()["code"] == "body.media_type"


@pytest.mark.parametrize("content_type", ["application/json;charset=utf-8", "Application/JSON"])
def test_json_in_utf8_is_taken_however_it_says_so(service: Service, content_type: str) -> None:
    answer = send(service, service.open_case(), command(), content_type=content_type)
    assert answer.status_code == 201


def test_a_gzip_bomb_is_never_unpacked(service: Service) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    answer = send(service, service.open_case(), bomb, content_encoding="gzip")
    assert answer.status_code == 415
    assert answer.json()["code"] == "body.encoding"


@pytest.mark.parametrize("chunked", [False, True])
def test_ten_megabytes_are_refused_without_being_kept(service: Service, *, chunked: bool) -> None:
    stream = service.open_case()
    ten = b'{"type":"' + b"a" * 10_000_000 + b'"}'
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = perf_counter()
    answer = send(
        service, stream, (ten[n : n + 65536] for n in range(0, len(ten), 65536)) if chunked else ten
    )
    assert answer.status_code == 413
    assert answer.json()["code"] == "body.too_large"
    assert perf_counter() - started < 5
    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown_kb < 50_000


def test_a_body_of_exactly_the_limit_is_read(service: Service) -> None:
    body = command(note="x")
    padded = body[:-1] + b" " * (LARGEST_BODY_BYTES - len(body)) + b"}"
    assert len(padded) == LARGEST_BODY_BYTES
    assert send(service, service.open_case(), padded).status_code == 201
    assert send(service, service.open_case(), padded + b" ").status_code == 413


@pytest.mark.parametrize(
    "bomb", [b"[" * 200_000, b'{"a":' * 40_000, b'"\\"' * 80_000, b'"' + b'\\"' * 120_000]
)
def test_a_bomb_is_refused_in_no_time(bomb: bytes) -> None:
    started = perf_counter()
    with pytest.raises(Problem):
        parse(bomb)
    assert perf_counter() - started < 1


def test_what_is_just_within_the_limits_is_taken() -> None:
    deep = b'{"a":' + b"[" * (DEEPEST - 1) + b"]" * (DEEPEST - 1) + b"}"
    assert parse(deep)
    keys = json.dumps({f"k{n}": 0 for n in range(MOST_KEYS)}).encode()
    assert len(parse(keys)) == MOST_KEYS


def test_brackets_and_colons_in_texts_are_text() -> None:
    text = "[{" * 100 + ':"' * 2000
    assert parse(json.dumps({"a": text}).encode()) == {"a": text}


def test_a_type_in_decomposed_letters_is_the_same_type(service: Service) -> None:
    stream = service.open_case()
    ended = {
        "type": unicodedata.normalize("NFD", "BiståndEnded"),
        "occurred": "day 2024-03-01",
        "fact": {"decisionMissing": "okand", "facts": unicodedata.normalize("NFD", "Åtgärd")},
    }
    assert ended["type"] != "BiståndEnded"
    answer = send(service, stream, json.dumps(ended, ensure_ascii=False).encode())
    assert answer.status_code == 201, answer.text
    assert answer.json()["type"] == "BiståndEnded"
    exported = service.get(BERIT, f"/v1/bistand/strommar/{stream}").text
    assert "Åtgärd" in exported
    assert unicodedata.normalize("NFD", "Åtgärd") not in exported


def test_one_command_in_two_unicode_forms_is_one_command(service: Service) -> None:
    stream, key = service.open_case(), str(fresh())
    answers = [
        service.record(
            BERIT,
            Lane.BISTAND,
            stream,
            1,
            APPLICATION | {"note": unicodedata.normalize(form, "Åsa")},
            idempotency_key=key,
        )
        for form in ("NFC", "NFD")
    ]
    assert answers[0].json() == answers[1].json()


HOSTILE: Final = (
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "'; DROP TABLE ledger.event; --",
    "{{ 7 * 7 }} {% raw %} ${7*7} #{7*7}",
    "$(reboot) `reboot` | reboot",
    "*)(uid=*))(|(uid=*",
    "../../../../etc/passwd",
    "line 1\nHTTP/1.1 200 OK\n\nline 2",
    "%s %n %x {0} {name}",
    "e" + "\u0301" * 10_000,
    "\U0001f3e0 \U00010348 \ufeff \u200b",
    "=cmd|' /C calc'!A0",
    "null",
    "\\u0000 \\x00 \\",
    "å" * 50_000,
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_stored_word_for_word(service: Service, text: str) -> None:
    stream = service.open_case()
    body = APPLICATION | {"fact": {"text": text}, "note": text}
    assert service.record(BERIT, Lane.BISTAND, stream, 1, body).status_code == 201
    rows = service.get(BERIT, f"/v1/bistand/strommar/{stream}").json()["rows"]
    (row,) = (row for row in rows if row["type"] == "ApplicationReceived")
    assert row["note"] == unicodedata.normalize("NFC", text)


def outcome(data: bytes) -> int:
    """Return the status that bytes are answered with, 200 where they are taken."""
    try:
        parse(data)
    except Problem as problem:
        return problem.status
    return 200


@given(st.binary(max_size=300))
def test_any_bytes_are_parsed_or_refused(data: bytes) -> None:
    assert outcome(data) in {200, 400, 422}


JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.dictionaries(st.text(), JSON))
def test_any_json_is_parsed_or_refused(value: dict[str, Any]) -> None:
    assert outcome(json.dumps(value).encode("utf-8", "surrogatepass")) in {200, 422}


def test_a_body_that_never_ends_is_given_up(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.asking._BODY_LIMIT_S", 0.2)
    monkeypatch.setattr("api.edge._DRAIN_LIMIT_S", 0.2)
    stream, forever = service.open_case(), threading.Event()

    def slowly() -> Any:  # noqa: ANN401 - an iterator of bytes
        yield b"{"
        forever.wait(1)
        yield b"}"

    answer = send(service, stream, slowly())
    assert answer.status_code == 408
    assert answer.json()["code"] == "body.too_slow"


def send(service: Service, stream: str, body: Any, **more: str) -> httpx.Response:  # noqa: ANN401 - bytes or an iterator of them
    """Send a body as it is."""
    headers = service.headers(
        BERIT,
        if_match='"1"',
        idempotency_key=str(fresh()),
        **({"content_type": "application/json"} | more),
    )
    return service.client.post(f"/v1/bistand/{stream}", content=body, headers=headers)
