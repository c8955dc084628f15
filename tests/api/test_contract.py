"""The service keeps what its OpenAPI document says, whoever asks and whatever is sent.

Schemathesis makes calls out of the document: some as it says, some against it. Every answer must be
one that the document declares, to its status, content type, headers and content; what is against
the document must be refused; nothing may be a fault of ours. A seed decides all that is sent.
"""

import itertools
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from random import Random  # noqa: TID251 - seeded by who asks
from typing import Any, Final, NoReturn

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode

from api import asking, feeding
from api.problems import Problem
from api.reading import ReadGateway
from api.routes import feed
from domain.kernel.actor import Role
from domain.system.events import RoleAssigned
from ledger.codec import Lane
from ledger.lists import catch_up
from projections.lists import LISTS
from tests.api.calling import MOSTLY, NUMBER, AnyCase, Contract, Home, Operation, Way, lane_of
from tests.api.filing import filed
from tests.api.service import BERIT, HANNA, MIRA, RUT, Service
from tests.whole import NAMND, by, fresh, saying

pytestmark = [
    pytest.mark.one_server,
    # The pools of the service, in other threads, spread their times by it.
    pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies"),
]
CONFIG: Final = {"checks": {"negative_data_rejection": {"expected-statuses": ["4xx"]}}}
ROLES: Final = (MIRA, HANNA, RUT)
"""One handles bistånd and carries over from an older system, one handles hyra, one registers
tillsyn, administers the organisation and reads everything."""
WORK: Final = {
    MIRA: {Lane.BISTAND, Lane.KOPPLING, None},
    HANNA: {Lane.HYRA, Lane.KOPPLING, None},
    RUT: {Lane.TILLSYN, Lane.SYSTEM, None},
}
"""The lanes whose operations they use: all of them together, and those that are of no lane."""
CALLS: Final = {Way.USED: 9, Way.MADE: 4, Way.AGAINST: 3}
"""Of each operation by each role, where somebody uses it; otherwise made up and against: over 1,000
together."""
ROUNDS_IN_FULL: Final = 5
LONGER_IN_FULL: Final = 4
"""So many rounds of so many times as many calls: over 20,000."""
ENOUGH: Final = 20
"""So many findings are told of at once."""
FRAMING: Final = frozenset({"content-length", "transfer-encoding"})
"""With these made up, a call is none: the server refuses it before it is a request."""
SEEDS: Final = st.integers(0, 2**32)
MODES: Final = {
    Way.USED: GenerationMode.POSITIVE,
    Way.MADE: GenerationMode.POSITIVE,
    Way.AGAINST: GenerationMode.NEGATIVE,
}
HEADERS: Final = (
    "Authorization", "Liggaren-Namnd", "Liggaren-Andamal", "Idempotency-Key", "If-Match",
    "If-None-Match", "Liggaren-Handling", "Content-Type", "Content-Encoding", "Accept", "Range",
    "Accept-Encoding", "If-Modified-Since", "X-Forwarded-For", "X-HTTP-Method-Override", "Cookie",
    "Origin", "Host", "Upgrade", "TE",
)  # fmt: skip
HOSTILE: Final = st.one_of(
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_categories=["Cc"])),
    st.sampled_from(
        ["", "*", '"0"', 'W/"1"', '"1", "2"', "bearer", "Bearer", "Bearer a.b.c", "null", "%",
         "%FF", "%7B%7D", "%00", "0" * 36, "../../etc/passwd", "gzip", "chunked",
         "application/json;a=b", "text/html", "multipart/form-data", "' OR 1=1 --",
         "{{7*7}}", "A" * 5000, "1" * 400],
    ),
).map(str.strip)  # fmt: skip
"""What a header line can carry; what it cannot, the server refuses before it is a request."""


@pytest.fixture(scope="module")
def contract(service: Service) -> Iterator[Contract]:
    schema = schemathesis.openapi.from_dict(
        service.client.get("/v1/openapi.json").json(), config=schemathesis.Config.from_dict(CONFIG)
    )
    administers = RoleAssigned(role=Role.SYSTEMADMINISTRATOR)
    service.house.processes.system.record([saying(administers, service.ids[RUT], 3)], by())
    case = service.joined_case()
    hold = {"targetLane": "bistand", "legalGround": "tillsynsarende"}
    held = opened(service, RUT, Lane.TILLSYN, "GallringsspärrSet", hold, target=case["bistand"])
    matter = opened(service, RUT, Lane.TILLSYN, "JOMatterOpened", {})
    meeting = opened(service, RUT, Lane.SYSTEM, "MeetingHeld", {"namnd": str(NAMND)})
    persons, numbered = (
        {},
        {"name": "Prov Provsson", "numberKind": "personnummer", "number": NUMBER},
    )
    for who, lane in ((MIRA, Lane.BISTAND), (HANNA, Lane.HYRA)):
        person = str(fresh())
        said = numbered | {"person": person}
        stream = opened(service, who, lane, "PersonRegistered", said, occurred="sealed")
        opened(service, who, lane, "CaseOpened", {"party": person, "personStream": stream})
        persons[lane] = [(person, stream)]
    documents = {
        Lane.BISTAND: [filed(service, case["bistand"], b"brev", 2)],
        Lane.HYRA: [filed(service, case["hyra"], b"avtal", 1, who=HANNA, lane=Lane.HYRA)],
        Lane.TILLSYN: [filed(service, matter, b"remiss", 1, who=RUT, lane=Lane.TILLSYN)],
    }
    catch_up(service.house.processes.ledger.connections, LISTS)
    there = {
        Lane.BISTAND: {case["bistand"]: "CaseOpened", case["bistand_person"]: "PersonRegistered"},
        Lane.HYRA: {case["hyra"]: "CaseOpened", case["hyra_person"]: "PersonRegistered"},
        Lane.KOPPLING: {case["koppling"]: "CaseJoined"},
        Lane.TILLSYN: {held: "GallringsspärrSet", matter: "JOMatterOpened"},
        Lane.SYSTEM: {meeting: "MeetingHeld", str(service.ids[BERIT]): "OfficerRegistered"},
    }
    streams = {
        lane: {
            stream: int(service.get(RUT, f"/v1/{lane}/strommar/{stream}").headers["etag"][1:-1])
            for stream in several
        }
        for lane, several in there.items()
    }
    openings = {stream: type_ for several in there.values() for stream, type_ in several.items()}
    with requests.Session() as session:
        yield Contract(
            service, schema, session, case["koppling"], streams, openings, persons, documents
        )


def opened(
    service: Service, who: str, lane: Lane, type_: str, fact: dict[str, Any], **said: str
) -> str:
    """Open a stream. Returns it."""
    body = {"type": type_, "occurred": "day 2024-03-05", "fact": fact, **said}
    answer = service.open(who, lane, body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["stream"])


def asks(  # noqa: PLR0913 - what decides a run
    contract: Contract,
    who: str,
    calls: Mapping[Way, int],
    *,
    labels: Collection[str] = (),
    spoils: Callable[[AnyCase, DataObject], None] = lambda *_: None,
    enough: int = 1,
    number: int = 0,
) -> None:
    """Let an officer make calls that the document, and a seed, give rise to.

    Args:
        contract: what is held to.
        who: the officer.
        calls: how many of each operation, by how they are made up.
        labels: of the operations called; none for all.
        spoils: changes a call before it is made.
        enough: how many findings there are before no more calls are made.
        number: of the round: another makes other calls.

    Raises:
        FailureGroup: something was found.
    """

    def call(operation: Operation, way: Way) -> None:
        made = operation.as_strategy(MODES[way])

        @seed(f"{who} {operation.label} {way} {number}")
        @settings(
            max_examples=calls[way],
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(st.data())
        def ask(data: DataObject) -> None:
            case = data.draw(made)
            chance = Random(data.draw(SEEDS))  # noqa: S311 - to be made again
            if way is not Way.AGAINST:
                Home(contract, case, chance, way).bring()
            if way is Way.USED or chance.random() < MOSTLY:
                case.headers["Authorization"] = f"Bearer {contract.service.token(who)}"
            spoils(case, data)
            if len(contract.found) < enough and FRAMING.isdisjoint(map(str.lower, case.headers)):
                contract.call(case, way)
            if len(contract.found) >= enough:
                raise EnoughError

        ask()

    contract.found.clear()
    with suppress(EnoughError):
        for operation, way in itertools.product(contract.operations(labels), calls):
            if way in ways_of(operation, who):
                call(operation, way)
    if contract.found:
        messages = "\n".join(map(str, contract.found.values()))
        raise FailureGroup([e for one in contract.found.values() for e in one.exceptions], messages)


def ways_of(operation: Operation, who: str) -> set[Way]:
    """How an officer calls an operation: what takes nothing, nothing can be said against."""
    takes = [*operation.iter_parameters(), *operation.body]
    uses = lane_of(operation.label) in WORK[who]
    return {Way.MADE} | ({Way.AGAINST} if takes else set()) | ({Way.USED} if uses else set())


class EnoughError(Exception):
    """No more calls are to be made."""


@pytest.mark.slow
def test_every_answer_is_one_that_the_document_declares_and_every_operation_is_answered(
    contract: Contract, *, full: bool
) -> None:
    paths = contract.schema.raw_schema["paths"]
    declared = {f"{method.upper()} {path}" for path, each in paths.items() for method in each}
    contract.seen.clear()
    calls = {way: many * (LONGER_IN_FULL if full else 1) for way, many in CALLS.items()}
    for number, who in itertools.product(range(ROUNDS_IN_FULL if full else 1), ROLES):
        asks(contract, who, calls, enough=ENOUGH, number=number)
    print(contract.table())  # noqa: T201 - what the run has shown
    assert contract.seen.total() >= (20_000 if full else 1_000)
    assert contract.called() == declared
    assert contract.unanswered() == set()
    assert contract.statuses()[201] >= contract.seen.total() / 20, contract.statuses()


def test_whatever_a_header_says_the_answer_is_one_that_the_document_declares(
    contract: Contract, *, full: bool
) -> None:
    def spoils(case: AnyCase, data: DataObject) -> None:
        headers = st.dictionaries(st.sampled_from(HEADERS), HOSTILE, min_size=1, max_size=4)
        case.headers.update(data.draw(headers))

    contract.seen.clear()
    asks(contract, MIRA, {Way.MADE: 100 if full else 5}, spoils=spoils)
    assert {400, 401, 421} <= contract.statuses().keys(), contract.statuses()


@pytest.mark.parametrize(
    ("name", "code"), [("liggaren-namnd", "namnd.form"), ("liggaren-andamal", "purpose.unknown")]
)
def test_an_empty_header_is_refused_and_not_taken_for_none(
    contract: Contract, name: str, code: str
) -> None:
    path = f"/v1/hyra/strommar/{next(iter(contract.streams[Lane.HYRA]))}"
    assert contract.service.get(HANNA, path).status_code == 200
    assert contract.service.get(HANNA, path, **{name: ""}).json()["code"] == code


def test_an_empty_cursor_does_not_begin_the_feed_anew(contract: Contract) -> None:
    answer = contract.service.get(HANNA, "/v1/handelser/hyra?efter=")
    assert (answer.status_code, answer.json()["code"]) == (400, "cursor.form")


def test_a_method_that_an_address_has_not_is_told_which_it_has(contract: Contract) -> None:
    answer = contract.service.client.delete("/v1/hyra")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.json()["code"] == "method.not_allowed"


# ---------------------------------------------------------------- controls


def _breaks(*_: object) -> NoReturn:
    raise RuntimeError


def _is_a_teapot(*_: object) -> NoReturn:
    raise Problem(418, "control", "Kontroll", "Kontroll.", "Kontroll.")


PLANTED: Final[dict[str, tuple[object, str, object]]] = {
    "Server error": (ReadGateway, "page", _breaks),
    "Undocumented status code": (ReadGateway, "page", _is_a_teapot),
    "Undocumented Content-Type": (feed.Batch, "media_type", "application/json"),
    "Response violates schema": (feeding, "_event", lambda _: {"specversion": "1.0"}),
    "Schema-violating request accepted": (asking, "chosen_namnd", lambda _: None),
}
"""Breaches of the contract of one route, by what they are called when they are found."""


@pytest.mark.parametrize("finding", PLANTED)
def test_the_control_a_planted_breach_is_found(
    contract: Contract, monkeypatch: pytest.MonkeyPatch, finding: str
) -> None:
    monkeypatch.setattr(*PLANTED[finding])
    with pytest.raises(FailureGroup) as found:
        asks(contract, HANNA, {Way.MADE: 100, Way.AGAINST: 300}, labels={"GET /v1/handelser/hyra"})
    assert finding in str(found.value)
