"""Who may do what: the whole table by enumeration, and that every route is in the matrix."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path
from typing import Final

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Mount, Route

from api.policy import POLICY, Action, action_of, allowing, render
from domain.kernel.actor import Role
from ledger.codec import Lane
from ledger.lists import catch_up
from projections.lists import LISTS
from projections.registry import REGISTRY
from tests.api.filing import filed
from tests.api.service import (
    APPLICATION,
    BOTH,
    OFFICERS,
    Service,
)
from tests.whole import NAMND, fresh

pytestmark = pytest.mark.one_server

B, H, K, T, S = Lane
R, X, W, N, C, D, P, A, I, O = Action  # noqa: E741 - the table reads better so

MAY: Final = {
    Role.BISTANDSHANDLAGGARE: {(B, R), (B, W), (B, C), (K, R), (K, W), (K, C), (T, N)},
    Role.HYRESHANDLAGGARE: {(H, R), (H, W), (H, C), (K, R), (K, W), (K, C), (T, N)},
    Role.ENHETSCHEF: {(lane, action) for lane in (B, H, K) for action in (R, C, A)}
    | {(T, R), (T, N)},
    Role.REGISTRATOR: {(lane, R) for lane in Lane}
    | {(T, W), (T, N), (T, C), (T, P), (T, A), (S, W)},
    Role.ARKIVARIE: {(K, R), (T, R), (T, C), (T, D), (T, P)},
    Role.SYSTEMADMINISTRATOR: {(lane, O) for lane in Lane} | {(S, R), (S, C), (S, A)},
    Role.REVISOR: {(K, R), (T, R), (S, R)},
    Role.MIGRERINGSANSVARIG: {(lane, I) for lane in Lane},
    Role.SKYDDADE_UPPGIFTER: {(B, X), (H, X)},
}
"""Written a second time, by hand."""


@pytest.mark.parametrize(("role", "lane", "action"), list(product(Role, Lane, Action)))
def test_each_cell_is_as_decided(role: Role, lane: Lane, action: Action) -> None:
    may = (lane, action) in MAY[role]
    assert allowing({role}, lane, action) is (role if may else None)


def test_nobody_without_a_role_may_anything() -> None:
    assert not any(allowing((), lane, action) for lane in Lane for action in Action)


def test_two_roles_may_what_either_may() -> None:
    for one, other in combinations(Role, 2):
        for lane, action in product(Lane, Action):
            may = (lane, action) in MAY[one] | MAY[other]
            assert (allowing({one, other}, lane, action) is not None) is may


def test_the_table_names_each_role_once() -> None:
    assert set(POLICY) == set(Role)


def test_who_handles_one_side_never_reads_the_other() -> None:
    assert allowing({Role.BISTANDSHANDLAGGARE}, Lane.HYRA, Action.READ) is None
    assert allowing({Role.HYRESHANDLAGGARE}, Lane.BISTAND, Action.READ) is None


def test_whoever_runs_the_system_reads_no_case() -> None:
    for lane in (Lane.BISTAND, Lane.HYRA, Lane.KOPPLING, Lane.TILLSYN):
        assert allowing({Role.SYSTEMADMINISTRATOR}, lane, Action.READ) is None


def test_nobody_decides_on_gallring_and_carries_it_out() -> None:
    for role in Role:
        decides = allowing({role}, Lane.TILLSYN, Action.DECIDE_GALLRING)
        assert not (decides and allowing({role}, Lane.TILLSYN, Action.OPERATE))


def test_nobody_speaks_for_an_older_system_by_any_other_role() -> None:
    others = set(Role) - {Role.MIGRERINGSANSVARIG}
    assert not any(allowing(others, lane, Action.IMPORT) for lane in Lane)
    assert {a for lane in POLICY[Role.MIGRERINGSANSVARIG].values() for a in lane} == {Action.IMPORT}


def test_nobody_opens_protected_data_by_any_other_role_and_by_that_nothing_else() -> None:
    others = set(Role) - {Role.SKYDDADE_UPPGIFTER}
    assert not any(allowing(others, lane, Action.OPEN_PROTECTED) for lane in Lane)
    given = {a for lane in POLICY[Role.SKYDDADE_UPPGIFTER].values() for a in lane}
    assert given == {Action.OPEN_PROTECTED}


def test_each_type_has_an_action() -> None:
    actions = {fact.TYPE: action_of(fact, corrects=False) for fact in REGISTRY.facts}
    assert actions["DecisionGranted"] is Action.RECORD
    assert actions["CorrectionApproved"] is Action.CORRECT
    assert actions["EntryMarkedErroneous"] is Action.CORRECT
    assert actions["HolderChanged"] is Action.ADMINISTER
    assert actions["RoleAssigned"] is Action.ADMINISTER
    assert actions["GallringDecided"] is Action.DECIDE_GALLRING
    assert actions["GallringWithdrawn"] is Action.DECIDE_GALLRING
    assert actions["GallringExecuted"] is Action.OPERATE
    assert actions["GallringsspärrLifted"] is Action.SET_HOLD
    assert actions["EpochOpened"] is Action.OPERATE
    assert actions["RemissReceived"] is Action.RECORD
    assert actions["LexSarahReported"] is Action.REPORT
    assert actions["FindingAssessed"] is Action.REPORT
    assert actions["ProtocolAnnounced"] is Action.RECORD
    assert actions["GuidelineAdopted"] is Action.ADMINISTER


def test_recording_again_in_the_place_of_an_entry_is_correcting() -> None:
    for fact in REGISTRY.facts:
        if action_of(fact, corrects=False) is Action.RECORD:
            assert action_of(fact, corrects=True) is Action.CORRECT


def test_whoever_writes_in_a_stream_may_read_it() -> None:
    """So the answer to a conflict may say which version is the last."""
    elsewhere = {Action.REPORT, Action.IMPORT, Action.OPERATE, Action.OPEN_PROTECTED}
    for lanes in POLICY.values():
        for actions in lanes.values():
            assert Action.READ in actions or actions <= elsewhere


def test_the_document_is_the_table() -> None:
    path = Path(__file__).parents[2] / "docs" / "behorighet.md"
    assert path.read_text("utf-8") == render(), "python -m api.policy > docs/behorighet.md"


# ---------------------------------------------------------------- routes

OPEN: Final = "open"
PAGE: Final = "page"
START: Final = "start"
DEVELOPMENT: Final = "development"
BOTH_SIDES: Final = "both"
Requirement = str | tuple[Lane, Action] | tuple[Lane]

MATRIX: Final[dict[tuple[str, str], Requirement]] = {
    ("GET", "/v1/halsa"): OPEN,
    ("GET", "/v1/openapi.json"): DEVELOPMENT,
    ("GET", "/static"): OPEN,
    ("GET", "/"): START,
    ("GET", "/inloggning"): DEVELOPMENT,
    ("POST", "/inloggning"): DEVELOPMENT,
    ("POST", "/utloggning"): DEVELOPMENT,
    ("GET", "/arenden"): PAGE,
    ("POST", "/arenden"): PAGE,
    ("GET", "/arenden/{case}"): PAGE,
    ("GET", "/v1/arenden"): BOTH_SIDES,
    **{("GET", f"/v1/{lane}/strommar"): (lane, Action.READ) for lane in LISTS},
    **{("GET", f"/handlingar/{lane}/{{document}}"): (lane, Action.READ) for lane in (B, H)},
    ("GET", "/v1/arenden/{case}"): (Lane.KOPPLING, Action.READ),
    ("GET", "/v1/arenden/{case}/historik"): (Lane.KOPPLING, Action.READ),
    **{("GET", f"/v1/{lane}/strommar/{{stream}}"): (lane, Action.READ) for lane in Lane},
    **{("GET", f"/v1/handelser/{lane}"): (lane, Action.READ) for lane in (Lane.BISTAND, Lane.HYRA)},
    **{("POST", f"/v1/{lane}/personer/sok"): (lane, Action.READ) for lane in (B, H)},
    ("GET", "/v1/tillsyn/sparrar/{held}/{stream}"): (Lane.TILLSYN, Action.READ),
    **{("GET", f"/v1/{lane}/handlingar/{{document}}"): (lane, Action.READ) for lane in (B, H, T)},
    **{("POST", f"/v1/{lane}/strommar/{{stream}}/handlingar"): (lane,) for lane in (B, H, T)},
    **{("POST", f"/v1/{lane}"): (lane,) for lane in Lane},
    **{("POST", f"/v1/{lane}/{{stream}}"): (lane,) for lane in Lane},
}
"""What each route asks for. A POST's action follows from the fact."""


def routes_of(routes: list[BaseRoute]) -> Iterator[tuple[str, str]]:
    """Return method and path of each route, however deep it lies."""
    for route in routes:
        if isinstance(route, Mount):
            yield "GET", route.path
        elif isinstance(route, APIRoute | Route):
            for method in (route.methods or set()) - {"HEAD"}:
                yield method, route.path
        else:
            nested = getattr(route, "routes", None) or route.original_router.routes  # type: ignore[attr-defined]
            yield from routes_of(list(nested))


def test_each_route_is_in_the_matrix(service: Service) -> None:
    assert set(routes_of(service.app.routes)) == set(MATRIX)


def test_the_control_a_planted_route_is_found_missing() -> None:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.add_api_route("/v1/bakdorr", lambda: None)
    assert set(routes_of(app.routes)) - set(MATRIX) == {("GET", "/v1/bakdorr")}


@dataclass(frozen=True)
class Cell:
    """Who asks what of which route."""

    who: str | None
    method: str
    path: str


CELLS: Final = [
    Cell(who, method, path) for method, path in sorted(MATRIX) for who in (None, *OFFICERS)
]


@pytest.fixture(scope="module")
def streams(service: Service) -> dict[str, str]:
    """A case of the nämnd, its streams, and one of the organisation's."""
    hold = {
        "type": "GallringsspärrSet",
        "occurred": "day 2024-03-05",
        "fact": {"targetLane": "bistand", "legalGround": "tillsynsarende"},
        "target": service.open_case(),
    }
    tillsyn = service.open("rut", Lane.TILLSYN, hold).json()["stream"]
    made = {**service.joined_case(), "tillsyn": tillsyn, "system": str(NAMND)}
    for who, lane, version in (("berit", B, 2), ("hanna", H, 1), ("rut", T, 1)):
        made[f"{lane}_document"] = filed(service, made[lane], b"x", version, who=who, lane=lane)
    catch_up(service.house.processes.ledger.connections, LISTS)
    return made


@pytest.mark.parametrize("cell", CELLS, ids=lambda c: f"{c.who} {c.method} {c.path}")
def test_each_route_lets_in_whom_the_table_says(
    service: Service, streams: dict[str, str], cell: Cell
) -> None:
    requirement = MATRIX[cell.method, cell.path]
    lane = requirement[0] if isinstance(requirement, tuple) else Lane.KOPPLING
    path = cell.path.replace("{case}", streams["koppling"]).replace("{stream}", streams[lane])
    path = path.replace("{held}", "bistand")
    path = path.replace("{document}", streams.get(f"{lane}_document", ""))
    headers = service.headers(cell.who) if cell.who else {}
    if cell.who == BOTH:
        headers["liggaren-namnd"] = str(NAMND)
        path += "" if path.startswith("/v1/") else f"?namnd={NAMND}"
    body = {"number": "200001012384"} if path.endswith("/sok") else {}
    answer = service.client.request(
        cell.method, path, headers=headers, json=body if cell.method == "POST" else None
    )
    assert answer.status_code == expected(cell, requirement), answer.text


def expected(cell: Cell, requirement: Requirement) -> int:
    """Return the status of an answer, from the table written by hand."""
    if requirement == OPEN:
        return 404 if cell.path == "/static" else 200
    if requirement == DEVELOPMENT:
        return (
            200
            if cell.path in {"/inloggning", "/v1/openapi.json"} and cell.method == "GET"
            else 303
        )
    if requirement == START:
        return 303
    if cell.who is None:
        return 401 if cell.path.startswith("/v1/") else 303
    if cell.method == "POST" and len(requirement) == 1:
        return 400  # no key: before anything else is looked at
    return _expected_of_a_read(cell, requirement)


def _expected_of_a_read(cell: Cell, requirement: Requirement) -> int:
    assert cell.who
    role, namnder = OFFICERS[cell.who]
    if requirement == BOTH_SIDES:
        sides = {(lane, Action.READ) for lane in (B, H, Lane.KOPPLING)}
        return 200 if sides <= MAY[role] else 403
    asked = (Lane.KOPPLING, Action.READ) if requirement == PAGE else requirement
    if asked not in MAY[role]:
        return 403
    answers_none = any(part in cell.path for part in ("/sparrar/", "/handelser/", "/sok"))
    answers_none |= cell.path == "/arenden" or cell.path.endswith("/strommar")
    if cell.method == "POST" and requirement == PAGE:
        return 422  # nothing to search for
    everywhere = answers_none or asked[0] is Lane.SYSTEM
    return 200 if everywhere or NAMND in namnder else 404


@pytest.mark.parametrize("who", [*OFFICERS])
@pytest.mark.parametrize("lane", list(Lane))
def test_recording_lets_in_whom_the_table_says(service: Service, who: str, lane: Lane) -> None:
    """Refused by role; or else by the domain, because the stream is not there."""
    role, _ = OFFICERS[who]
    headers = {"liggaren_namnd": str(NAMND)} if who == BOTH else {}
    for fact in REGISTRY.facts:
        action = action_of(fact, corrects=False)
        if fact.lane is not lane or action is Action.OPERATE:
            continue
        if fact.TYPE not in SAMPLES:
            continue
        sample = SAMPLES[fact.TYPE]
        body = {"type": fact.TYPE, "occurred": "day 2024-03-01", "fact": sample}
        answer = service.record(who, lane, str(fresh()), 1, body, **headers)
        assert (answer.status_code != 403) is ((lane, action) in MAY[role]), (
            fact.TYPE,
            answer.text,
        )


SAMPLES: Final = {
    "ApplicationReceived": APPLICATION["fact"],
    "DisturbanceReported": {"leaseMissing": "okand"},
    "LinkMade": {"kind": "aberopar", "fromMissing": "okand", "toMissing": "okand"},
    "CorrectionApproved": {"approved": f"bistand/{fresh()}/1"},
    "EntryMarkedErroneous": {"entry": f"bistand/{fresh()}/1", "reason": "hande_inte"},
    "HolderChanged": {"toNamnd": str(fresh()), "ground": "overlamnat"},
    "GallringsspärrLifted": {"reason": "tiden_ute"},
    "GallringWithdrawn": {"decision": f"tillsyn/{fresh()}/1", "reason": "fel_akt"},
    "OfficerRegistered": {"name": "Prov"},
    "LetterSent": {"letterId": str(fresh())},
    "RemissReceived": {"due": "2024-06-03"},
    "ProtocolAnnounced": {"namnd": str(NAMND)},
}
