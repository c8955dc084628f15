"""The service keeps what its OpenAPI document says, whoever asks and whatever is sent.

Schemathesis makes calls out of the document: some as it says, some against it. Every answer must be
one that the document declares, to its status, content type, headers and content; what is against
the document must be refused; nothing may be a fault of ours. A seed decides all that is sent.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.generation.case import Case
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api import asking, feeding
from api.examples import command_example
from api.problems import Problem
from api.reading import ReadGateway
from api.routes import feed
from ledger.codec import Lane
from ledger.lists import catch_up
from projections.lists import LISTS
from tests.api.filing import filed
from tests.api.service import CECILIA, HANNA, MIRA, Service
from tests.vectors.examples import FACTS
from tests.whole import NAMND

AnyCase = Case[Any]
Operation = APIOperation[Any, Any, Any, Any]
pytestmark = pytest.mark.one_server
CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
CONFIG: Final = {"checks": {"negative_data_rejection": {"expected-statuses": ["4xx"]}}}
ROLES: Final = {CECILIA: 1, HANNA: 2, MIRA: 3}
"""A chief of both lanes; one who handles hyra; one who handles bistånd and carries over from an
older system. Each with a seed."""
CALLS: Final = 334
"""Of each role: 1,000 together."""
CALLS_IN_FULL: Final = 6_667
MOSTLY: Final = st.sampled_from([*[True] * 14, False])
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


@dataclass
class Contract:
    """A service, its document, and what there is to ask of.

    Args:
        service: what is called.
        schema: its document, as Schemathesis reads it.
        streams: by lane.
        ids: of other things, by the name of the part of an address that takes them.
        versions: of the streams.
        session: of the calls.
        seen: how many answers there were, by status.
    """

    service: Service
    schema: schemathesis.BaseSchema
    streams: dict[Lane, list[str]]
    ids: dict[str, list[str]]
    versions: dict[str, int]
    session: requests.Session
    seen: Counter[int] = field(default_factory=Counter)

    def operations(self, labels: Collection[str] = ()) -> list[Operation]:
        """All that can be called, or those with these labels."""
        found = [one.ok() for one in self.schema.get_all_operations() if isinstance(one, Ok)]
        return [one for one in found if not labels or one.label in labels]

    def call(self, case: AnyCase) -> None:
        """Make the call and hold the answer to the document."""
        answer = case.call(base_url=str(self.service.client.base_url), session=self.session)
        self.seen[answer.status_code] += 1
        if answer.status_code == 201:
            receipt = answer.json()
            self.versions[receipt["stream"]] = receipt["version"]
        case.validate_response(answer, checks=CHECKS)


@pytest.fixture(scope="module")
def contract(service: Service) -> Iterator[Contract]:
    document = service.client.get("/v1/openapi.json").json()
    case = service.joined_case()
    hold = {
        "type": "GallringsspärrSet",
        "occurred": "day 2024-03-05",
        "fact": {"targetLane": "bistand", "legalGround": "tillsynsarende"},
        "target": case["bistand"],
    }
    matter = service.open("rut", Lane.TILLSYN, hold).json()["stream"]
    filed_in = [
        filed(service, case["bistand"], b"brev", 2),
        filed(service, case["hyra"], b"avtal", 1, who=HANNA, lane=Lane.HYRA),
    ]
    streams = {
        Lane.BISTAND: [case["bistand"], case["bistand_person"]],
        Lane.HYRA: [case["hyra"], case["hyra_person"]],
        Lane.KOPPLING: [case["koppling"]],
        Lane.TILLSYN: [matter],
        Lane.SYSTEM: [str(NAMND), str(service.ids[CECILIA])],
    }
    catch_up(service.house.processes.ledger.connections, LISTS)
    ids = {"case": [case["koppling"]], "document": filed_in, "held": [*Lane]}
    versions = {case["bistand"]: 3, case["hyra"]: 2}
    config = schemathesis.Config.from_dict(CONFIG)
    with requests.Session() as session:
        schema = schemathesis.openapi.from_dict(document, config=config)
        yield Contract(service, schema, streams, ids, versions, session)


def brought_home(contract: Contract, case: AnyCase, data: DataObject) -> None:
    """Let a call that is as the document says be about something that there is."""
    lane = next((one for one in Lane if case.path.startswith(f"/v1/{one}")), None)
    for name in case.path_parameters:
        if data.draw(MOSTLY):
            known = contract.ids.get(name) or contract.streams[lane or Lane.BISTAND]
            case.path_parameters[name] = data.draw(st.sampled_from(known))
    if "Liggaren-Namnd" in case.headers and data.draw(MOSTLY):
        case.headers["Liggaren-Namnd"] = str(NAMND)
    if "If-Match" in case.headers and data.draw(MOSTLY):
        version = contract.versions.get(case.path_parameters["stream"], 1)
        case.headers["If-Match"] = f'"{version}"'
    if "Liggaren-Handling" in case.headers and data.draw(st.booleans()):
        (header,) = [one for one in case.operation.headers if one.name == "Liggaren-Handling"]
        case.headers["Liggaren-Handling"] = header.definition["example"]
    if isinstance(case.body, dict) and data.draw(st.booleans()):
        opens = "stream" not in case.path_parameters
        said = [one for one in FACTS if one.lane is lane and (one.OPENS or not opens)]
        example: Any = command_example(data.draw(st.sampled_from(said)))
        case.body = example


def asks(  # noqa: PLR0913 - what decides a run
    contract: Contract,
    who: str,
    calls: int,
    *,
    labels: Collection[str] = (),
    modes: Collection[GenerationMode] = tuple(GenerationMode),
    spoils: Callable[[AnyCase, DataObject], None] = lambda *_: None,
) -> None:
    """Let an officer make calls that the document, and their seed, give rise to.

    Args:
        contract: what is held to.
        who: the officer.
        calls: how many.
        labels: of the operations called; none for all.
        modes: as the document says, or against it.
        spoils: changes a call before it is made.
    """
    made = {
        (operation.label, mode): operation.as_strategy(mode)
        for operation in contract.operations(labels)
        for mode in modes
    }

    @seed(ROLES[who])
    @settings(
        max_examples=calls,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def ask(data: DataObject) -> None:
        label, mode = data.draw(st.sampled_from(sorted(made)))
        case = data.draw(made[label, mode])
        if mode is GenerationMode.POSITIVE:
            brought_home(contract, case, data)
        if data.draw(MOSTLY):
            case.headers["Authorization"] = f"Bearer {contract.service.token(who)}"
        spoils(case, data)
        contract.call(case)

    contract.seen.clear()
    ask()


@pytest.fixture(scope="module")
def calls(*, full: bool) -> int:
    """How many calls each makes."""
    return CALLS_IN_FULL if full else CALLS


@pytest.mark.slow
@pytest.mark.parametrize("who", ROLES)
def test_every_answer_is_one_that_the_document_declares(
    contract: Contract, who: str, calls: int
) -> None:
    asks(contract, who, calls)
    assert contract.seen.total() >= calls
    assert contract.seen[200] + contract.seen[201] > calls / 20, contract.seen


def test_whatever_a_header_says_the_answer_is_one_that_the_document_declares(
    contract: Contract, calls: int
) -> None:
    def spoils(case: AnyCase, data: DataObject) -> None:
        headers = st.dictionaries(st.sampled_from(HEADERS), HOSTILE, min_size=1, max_size=4)
        case.headers.update(data.draw(headers))

    asks(contract, MIRA, calls // 2, modes=[GenerationMode.POSITIVE], spoils=spoils)
    assert {400, 401, 421} <= contract.seen.keys(), contract.seen


@pytest.mark.parametrize(
    ("name", "code"), [("liggaren-namnd", "namnd.form"), ("liggaren-andamal", "purpose.unknown")]
)
def test_an_empty_header_is_refused_and_not_taken_for_none(
    contract: Contract, name: str, code: str
) -> None:
    path = f"/v1/hyra/strommar/{contract.streams[Lane.HYRA][0]}"
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
        asks(contract, HANNA, 400, labels={"GET /v1/handelser/hyra"})
    assert finding in str(found.value)
