"""Protected persons: where they are opens for the role that has the right, and for nobody else.

Each kind of mark, each role, each way on which values leave the ledger.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from itertools import product
from typing import Any, Final
from uuid import UUID

import psycopg
import pytest

from api.acting import Purpose
from api.clock import utc_now
from api.exporting import import_lines, lines
from domain.kernel.actor import Role
from ledger.codec import Lane
from tests.api.filing import LETTER, file
from tests.api.service import BERIT, BO, CECILIA, HANNA, OFFICERS, RUT, Service, case_opened
from tests.whole import NAMND, OTHER_NAMND, fresh

pytestmark = pytest.mark.one_server

VERA: Final = "vera"
"""Registrator, and may open protected data."""
HILDA: Final = "hilda"
"""Handles the tenancy, as Hanna does."""
SKY: Final = "sky"
"""May open protected data, and reads nothing."""
WHERE: Final = ("Hemliga stadsdelen", "Okända gatan 7", "Fjärrköping")
"""What the cases say of where the person is."""
PAPER: Final = "Brev om en viss ort"
CONTENT: Final = b"Den som soker finner Okanda gatan"
NUMBER: Final = "200001012384"
BORN: Final = "2000-01-01"
SEES: Final = {BERIT: {Lane.BISTAND}, HANNA: {Lane.HYRA}, CECILIA: {*Lane}, RUT: {*Lane}}
"""Who reads, without the right."""
SHUT: Final = "[skyddad uppgift]"

A_MARK: Final = "sekretessmarkering"
APPROVED: Final = "approved"
"""Stands in a story where the last entry but one is approved by another."""
BY: Final = "by"
SECOND: Final[dict[str, str]] = {Lane.BISTAND: BO, Lane.HYRA: HILDA}
"""Another who handles, by lane."""
Story = tuple[Mapping[str, Any] | str, ...]
NOTHING: Final = "nothing"
PLACES: Final = "where they are"
ALL: Final = "who they are too"


def changed(mark: str, **more: object) -> dict[str, Any]:
    return {"type": "PersonDetailsChanged", "fact": {"protection": mark}, **more}


AGAIN: Final = changed("ingen", note="Bekräftas.")
CONFIRMED: Final = {**AGAIN, BY: SECOND}


MARKS: Final[dict[str, tuple[str | None, Story, str]]] = {
    "no mark is said": (None, (), NOTHING),
    "said to have none": ("ingen", (), NOTHING),
    "sekretessmarkering": (A_MARK, (), PLACES),
    "skyddad folkbokföring": ("skyddad_folkbokforing", (), PLACES),
    "fingerade uppgifter": ("fingerade_uppgifter", (), ALL),
    "marked later": (None, (changed(A_MARK),), PLACES),
    "mark taken away by one": (A_MARK, (changed("ingen"),), PLACES),
    "mark taken away by one, said twice": (A_MARK, (changed("ingen"), AGAIN), PLACES),
    "mark taken away by two": (A_MARK, (changed("ingen"), CONFIRMED), NOTHING),
    "set again": (
        A_MARK,
        (changed("ingen"), CONFIRMED, changed(A_MARK)),
        PLACES,
    ),
    "once made up": (
        "fingerade_uppgifter",
        (changed("ingen"), CONFIRMED),
        ALL,
    ),
    "late mark, dated before one said none": (
        None,
        (changed("ingen", occurred="day 2024-03-06"), changed(A_MARK, occurred="day 2024-03-04")),
        PLACES,
    ),
    "mark corrected, not approved": (A_MARK, ("correct ingen",), PLACES),
    "mark corrected away": (A_MARK, ("correct ingen", APPROVED), NOTHING),
    "no mark corrected, not approved": ("ingen", (f"correct {A_MARK}",), PLACES),
    "made up by mistake": ("fingerade_uppgifter", ("correct ingen", APPROVED), NOTHING),
    "another entry of theirs is marked": (None, (f"merged {A_MARK}",), PLACES),
    "another entry of theirs is made up": (None, ("merged fingerade_uppgifter",), ALL),
    "with another nämnd": (None, ("handed over",), PLACES),
}
"""The mark at registration, what is recorded after, and what then stays shut."""


@dataclass
class Marked:
    """A joined case of a person: their name, streams by lane, and documents by lane."""

    name: str
    streams: dict[str, str] = field(default_factory=dict)
    papers: dict[Lane, str] = field(default_factory=dict)

    @property
    def identity(self) -> tuple[str, ...]:
        """What made-up details are."""
        return self.name, NUMBER, BORN


@pytest.fixture(scope="module")
def marked(service: Service) -> Callable[[str], Marked]:
    """The case of each kind of mark, made once."""
    service.appoint(VERA, Role.REGISTRATOR, Role.SKYDDADE_UPPGIFTER)
    service.appoint(SKY, Role.SKYDDADE_UPPGIFTER)
    service.appoint(HILDA, Role.HYRESHANDLAGGARE)

    @cache
    def made(kind: str) -> Marked:
        mark, story, _ = MARKS[kind]
        return _case(service, f"Nya Namnsson {[*MARKS].index(kind)}.", mark, story)

    return made


def _say(  # noqa: PLR0913, PLR0917 - who, where and what
    service: Service, who: str, lane: Lane, stream: str, version: int, body: Mapping[str, Any]
) -> None:
    answer = service.record(who, lane, stream, version, {"occurred": "day 2024-03-05", **body})
    assert answer.status_code == 201, answer.text


def _case(service: Service, name: str, mark: str | None, story: Story) -> Marked:
    """A case in both processes, with an address in each and a paper in each."""
    case = Marked(name)
    for lane, who in ((Lane.BISTAND, BERIT), (Lane.HYRA, HANNA)):
        party, stream = register(service, lane, who, name, mark, story)
        opened = service.open(who, lane, case_opened(party, stream))
        assert opened.status_code == 201, opened.text
        case.streams[lane] = opened.json()["stream"]
        case.streams[f"{lane}_person"] = stream
        if "handed over" in story:  # from here on nobody here can see whether there is a mark
            over = {"toNamnd": str(OTHER_NAMND), "ground": "overlamnat"}
            _say(service, CECILIA, lane, stream, 1, {"type": "HolderChanged", "fact": over})
    say_where(service, case)
    joined = {
        "type": "CaseJoined",
        "occurred": "day 2024-03-02",
        "fact": {"bistandStream": case.streams["bistand"], "hyraStream": case.streams["hyra"]},
    }
    case.streams["koppling"] = service.open(BERIT, Lane.KOPPLING, joined).json()["stream"]
    return case


def register(  # noqa: PLR0913, PLR0917 - where, as whom, and what
    service: Service, lane: Lane, who: str, name: str, mark: str | None, story: Story
) -> tuple[str, str]:
    """Register a person and record what is said of them after. Returns their id and stream."""
    party = str(fresh())
    fact = {"person": party, "name": name, "numberKind": "personnummer", "number": NUMBER}
    fact |= {"born": BORN} | ({"protection": mark} if mark else {})
    body = {"type": "PersonRegistered", "occurred": "sealed", "fact": fact}
    stream = service.open(who, lane, body).json()["stream"]
    for version, step in enumerate(story, 1):
        if isinstance(step, Mapping):
            said_by = step.get(BY, {}).get(lane, who)
            body_said = {name: value for name, value in step.items() if name != BY}
            _say(service, said_by, lane, stream, version, body_said)
        elif step.startswith("correct "):
            said = fact | {"protection": step.removeprefix("correct ")}
            correction = {"corrects": f"{lane}/{stream}/1", "correctionReason": "fel_uppgift"}
            again = {**body, "fact": said, **correction}
            _say(service, _who_sees(service, who), lane, stream, version, again)
        elif step.startswith("merged "):
            mark = step.removeprefix("merged ")
            _, other = register(service, lane, who, f"Förr {name}", mark, ())
            into = {"into": party, "intoStream": stream, "reason": "registrerad_tva_ganger"}
            _say(service, who, lane, other, 1, {"type": "PersonsMerged", "fact": into})
        elif step == APPROVED:
            approved = {"approved": f"{lane}/{stream}/{version}"}
            approval = {"type": "CorrectionApproved", "fact": approved}
            _say(service, _who_sees(service, CECILIA), lane, stream, version, approval)
    return party, stream


def _who_sees(service: Service, who: str) -> str:
    """Somebody with an officer's role who may also open protected data, as who corrects must."""
    name = f"{who}, who sees"
    if name not in service.ids:
        service.appoint(name, OFFICERS[who][0], Role.SKYDDADE_UPPGIFTER)
    return name


def say_where(service: Service, case: Marked) -> None:
    """Record an address in each process, and file a paper that has one."""
    district, flat, municipality = WHERE
    there = {
        Lane.BISTAND: ("ResponsibilityChecked", {"responsibleMunicipality": municipality}),
        Lane.HYRA: ("FlatAllocated", {"flat": flat, "district": district}),
    }
    for (lane, (type_, fact)), who in zip(there.items(), (BERIT, HANNA), strict=True):
        stream = case.streams[lane]
        _say(service, who, lane, stream, 1, {"type": type_, "fact": fact})
        said = LETTER | {"fact": {"kind": "brev", "heading": PAPER}}
        answer = file(service, stream, CONTENT, 2, said, who=who, lane=lane)
        assert answer.status_code == 201, answer.text
        case.papers[lane] = answer.json()["document"]


def surfaces(service: Service, who: str, case: Marked) -> Iterator[tuple[str, str]]:
    """All ways on which values leave, by name, with what an officer gets."""
    koppling = case.streams["koppling"]
    yield "case", service.get(who, f"/v1/arenden/{koppling}").text
    yield "trail", service.get(who, f"/v1/arenden/{koppling}/historik").text
    yield "page", service.get(who, f"/arenden/{koppling}").text
    yield "page of before the mark", service.get(who, f"/arenden/{koppling}?gallde=2024-03-06").text
    if who in {CECILIA, VERA}:  # who see most
        yield "list", _row_of(service, who, koppling)
    acting = service.house.reads.acting(service.ids[who], NAMND, utc_now())
    read = service.house.reads.case(
        acting, UUID(koppling), Purpose.UTLAMNANDE, "case.export", stored=True
    )
    yield "export", "\n".join(lines(read))
    yield "import file", "\n".join(import_lines(read))
    for lane in (Lane.BISTAND, Lane.HYRA):
        for stream in (case.streams[lane], case.streams[f"{lane}_person"]):
            yield f"{lane} stream", service.get(who, f"/v1/{lane}/strommar/{stream}").text
        for path in (f"/v1/{lane}/handlingar/", f"/handlingar/{lane}/"):
            yield f"{lane} document", service.get(who, f"{path}{case.papers[lane]}").text
        if who in {CECILIA, VERA}:
            yield f"{lane} feed", service.get(who, f"/v1/handelser/{lane}?antal=1000").text
        yield f"{lane} search", _found(service, who, lane, case)


def _row_of(service: Service, who: str, case: str) -> str:
    """The row of a case in the list, on whichever page it stands."""
    html = service.get(who, "/arenden").text
    while not (rows := [one for one in re.findall("<tr>.*?</tr>", html, re.DOTALL) if case in one]):
        onward = re.search(r'<a href="([^"]*)">Nästa</a>', html)
        assert onward, "the case is on no page"
        html = service.get(who, unescape(onward[1])).text
    (row,) = rows
    return str(row)


def _found(service: Service, who: str, lane: Lane, case: Marked) -> str:
    """What a search tells of the person; empty where the officer may not search there."""
    answer = service.client.post(
        f"/v1/{lane}/personer/sok", json={"number": NUMBER}, headers=service.headers(who)
    )
    persons = answer.json().get("persons", [])
    return json.dumps(
        [one for one in persons if case.streams[f"{lane}_person"] in one["streams"]],
        ensure_ascii=False,
    )


def openings(service: Service, *streams: str, view: str = "protected.open") -> list[str]:
    """The streams in whose protected data somebody has looked, by the read log, in its order."""
    conninfo = service.house.processes.ledger.connections.conninfos["liggaren_migrator"]
    with psycopg.connect(conninfo, user="postgres") as connection:
        rows = connection.execute(
            "SELECT stream::text FROM ledger.read_log WHERE view = %s"
            " AND stream::text = ANY (%s) AND purpose <> '' ORDER BY id",
            (view, list(streams)),
        ).fetchall()
    return [stream for (stream,) in rows]


@pytest.mark.parametrize(
    ("kind", "who"),
    [*product(MARKS, (BERIT, HANNA, CECILIA)), ("sekretessmarkering", RUT)],
)
def test_without_the_right_what_is_protected_leaves_on_no_way(
    service: Service, marked: Callable[[str], Marked], kind: str, who: str
) -> None:
    case, shut = marked(kind), MARKS[kind][-1]
    secret = [*WHERE, PAPER, CONTENT.decode()] if shut != NOTHING else []
    secret += case.identity if shut == ALL else []
    got = dict[str, str]()
    for name, text in surfaces(service, who, case):
        got[name] = got.get(name, "") + text
        assert not [value for value in secret if value in text], name
    sees = SEES[who]
    whole = "".join(got.values())
    for value, lane in zip(WHERE, (Lane.HYRA, Lane.HYRA, Lane.BISTAND), strict=True):
        assert (value in whole) is (lane in sees and shut == NOTHING), value
    assert (CONTENT.decode() in whole) is (shut == NOTHING)
    assert (SHUT in got["trail"]) is (SHUT in got["page"]) is (shut != NOTHING)
    assert ("behörig till skyddade uppgifter" in got["page"]) is (shut != NOTHING)
    assert ("protected" in got["import file"]) is (shut != NOTHING)


@pytest.mark.parametrize("kind", MARKS)
def test_with_the_right_all_is_open_and_each_opening_has_its_own_row(
    service: Service, marked: Callable[[str], Marked], kind: str
) -> None:
    case, shut = marked(kind), MARKS[kind][-1]
    streams = [case.streams[lane] for lane in (Lane.BISTAND, Lane.HYRA)]
    before = len(openings(service, *case.streams.values()))
    for name, text in surfaces(service, VERA, case):
        assert SHUT not in text, name
        rows = openings(service, *case.streams.values())
        opened, before = len(rows) - before, len(rows)
        if name in {"case", "trail", "page", "export"} and shut != NOTHING:
            assert sorted(rows[-2:]) == sorted(streams), name
            assert all(value in text for value in WHERE), name
        elif name.endswith("document"):
            assert CONTENT.decode() in text
            assert opened == (shut != NOTHING), name
        elif shut == NOTHING or name.endswith("feed"):
            assert not opened, name
        if name == "list" or name.endswith("search"):
            assert opened == (0 if shut != ALL else 2 if name == "list" else 1), name
            assert (case.name in text) is (kind != "with another nämnd")


def test_the_right_gives_no_reading(service: Service, marked: Callable[[str], Marked]) -> None:
    case = marked("fingerade uppgifter")
    for path in (
        f"/v1/arenden/{case.streams['koppling']}",
        f"/v1/hyra/strommar/{case.streams['hyra']}",
        f"/v1/hyra/handlingar/{case.papers[Lane.HYRA]}",
    ):
        assert service.get(SKY, path).status_code == 403


def test_a_paper_that_is_shut_says_whom_to_ask(
    service: Service, marked: Callable[[str], Marked]
) -> None:
    case = marked("sekretessmarkering")
    answer = service.get(HANNA, f"/v1/hyra/handlingar/{case.papers[Lane.HYRA]}")
    assert answer.status_code == 403
    assert answer.json()["code"] == "protected"
    assert openings(service, case.streams["hyra"], view="protected.refused")
    assert "behörig till skyddade uppgifter" in answer.json()["remedy"]


@pytest.mark.parametrize(
    ("kind", "told"), [("fingerade uppgifter", False), ("sekretessmarkering", True)]
)
def test_nobody_is_named_who_leads_to_a_made_up_identity(
    service: Service, marked: Callable[[str], Marked], kind: str, *, told: bool
) -> None:
    stream = marked(kind).streams["hyra"]
    version = service.get(HANNA, f"/v1/hyra/strommar/{stream}").json()["version"]
    fact = {"rep": str(fresh()), "name": "Olle Ombud"}
    body = {"type": "RepresentativeRegistered", "fact": fact}
    _say(service, HANNA, Lane.HYRA, stream, version, body)
    assert ("Olle Ombud" in service.get(HANNA, f"/v1/hyra/strommar/{stream}").text) is told
    assert "Olle Ombud" in service.get(VERA, f"/v1/hyra/strommar/{stream}").text


def test_a_mark_of_one_party_protects_what_is_said_of_both_also_when_they_have_left(
    service: Service, marked: Callable[[str], Marked]
) -> None:
    marked("no mark is said")
    case = _case(service, "Stina Stannar", None, ())
    party, person = register(service, Lane.HYRA, HANNA, "Lena Lämnar", None, ())
    stream = case.streams["hyra"]
    co_party = {"coParty": party, "personStream": person}
    _say(service, HANNA, Lane.HYRA, stream, 3, {"type": "PartyAdded", "fact": co_party})
    leaves = {"leaver": "medpart", "reason": "separerat"}
    assert WHERE[0] in service.get(HANNA, f"/v1/hyra/strommar/{stream}").text
    _say(service, HANNA, Lane.HYRA, stream, 4, {"type": "PartyLeft", "fact": leaves})
    _say(service, HANNA, Lane.HYRA, person, 1, changed("skyddad_folkbokforing"))
    assert WHERE[0] not in service.get(HANNA, f"/v1/hyra/strommar/{stream}").text
    assert WHERE[0] in service.get(VERA, f"/v1/hyra/strommar/{stream}").text


def test_a_case_struck_for_the_wrong_person_stays_shut(
    service: Service, marked: Callable[[str], Marked]
) -> None:
    marked("no mark is said")
    case = _case(service, "Fel Person", A_MARK, ())
    stream = case.streams["hyra"]
    mark = {"entry": f"hyra/{stream}/1", "reason": "fel_arende"}
    _say(service, HANNA, Lane.HYRA, stream, 3, {"type": "EntryMarkedErroneous", "fact": mark})
    approved = {"approved": f"hyra/{stream}/4"}
    approval = {"type": "CorrectionApproved", "fact": approved}
    _say(service, CECILIA, Lane.HYRA, stream, 4, approval)
    assert WHERE[0] not in service.get(HANNA, f"/v1/hyra/strommar/{stream}").text


def test_each_process_goes_by_its_own_mark(
    service: Service, marked: Callable[[str], Marked]
) -> None:
    marked("no mark is said")
    case = _case(service, "Bara Ena", None, ())
    person = case.streams["hyra_person"]
    _say(service, HANNA, Lane.HYRA, person, 1, changed(A_MARK))
    shown = service.get(CECILIA, f"/v1/arenden/{case.streams['koppling']}").text
    assert WHERE[2] in shown
    assert WHERE[0] not in shown


# What lessens protection: two officers, or it counts for nothing.


def shown(service: Service, stream: str, who: str = HANNA) -> str:
    """A stream of the tenancy, as an officer sees it."""
    return service.get(who, f"/v1/hyra/strommar/{stream}").text


def strike(service: Service, stream: str, version: int, entry: int, *, approved: bool) -> None:
    """Mark an entry as erroneous at a version, and have it approved."""
    mark = {"entry": f"hyra/{stream}/{entry}", "reason": "fel_arende"}
    _say(service, HANNA, Lane.HYRA, stream, version, {"type": "EntryMarkedErroneous", "fact": mark})
    if approved:
        fact = {"approved": f"hyra/{stream}/{version + 1}"}
        body = {"type": "CorrectionApproved", "fact": fact}
        _say(service, CECILIA, Lane.HYRA, stream, version + 1, body)


def merge(service: Service, stream: str, into: str, into_stream: str) -> None:
    """Merge the person of a stream that has their registration alone."""
    fact = {"into": into, "intoStream": into_stream, "reason": "registrerad_tva_ganger"}
    _say(service, HANNA, Lane.HYRA, stream, 1, {"type": "PersonsMerged", "fact": fact})


def unmerge(service: Service, stream: str) -> None:
    fact = {"merged": f"hyra/{stream}/2", "reason": "olika_personer"}
    _say(service, HANNA, Lane.HYRA, stream, 2, {"type": "PersonsUnmerged", "fact": fact})


def leave(service: Service, stream: str) -> None:
    """The second of a couple leaves their case."""
    fact = {"leaver": "medpart", "reason": "separerat"}
    _say(service, HANNA, Lane.HYRA, stream, 3, {"type": "PartyLeft", "fact": fact})


@dataclass(frozen=True)
class Couple:
    """A case of the tenancy with two parties and an address, at version 3."""

    case: str
    first: str
    second: str


def couple(
    service: Service, first: tuple[str, str | None], second: tuple[str, str | None]
) -> Couple:
    """Open their case. Each is a name and a mark."""
    party, stream = register(service, Lane.HYRA, HANNA, *first, ())
    co_party, other = register(service, Lane.HYRA, HANNA, *second, ())
    case = service.open(HANNA, Lane.HYRA, case_opened(party, stream)).json()["stream"]
    added = {"coParty": co_party, "personStream": other}
    _say(service, HANNA, Lane.HYRA, case, 1, {"type": "PartyAdded", "fact": added})
    where = {"flat": WHERE[1], "district": WHERE[0]}
    _say(service, HANNA, Lane.HYRA, case, 2, {"type": "FlatAllocated", "fact": where})
    return Couple(case, stream, other)


def test_a_merge_taken_back_by_one_officer_protects_still_and_struck_by_two_no_more(
    service: Service,
) -> None:
    party, head = register(service, Lane.HYRA, HANNA, "Hel Person", None, ())
    _, other = register(service, Lane.HYRA, HANNA, "Ny Person", "fingerade_uppgifter", ())
    stream = service.open(HANNA, Lane.HYRA, case_opened(party, head)).json()["stream"]
    where = {"flat": WHERE[1], "district": WHERE[0]}
    _say(service, HANNA, Lane.HYRA, stream, 1, {"type": "FlatAllocated", "fact": where})
    assert WHERE[0] in shown(service, stream)
    merge(service, other, party, head)
    assert WHERE[0] not in shown(service, stream)
    unmerge(service, other)
    assert WHERE[0] not in shown(service, stream)
    assert "Hel Person" not in shown(service, head)
    strike(service, other, 3, 2, approved=True)
    assert WHERE[0] in shown(service, stream)
    assert "Hel Person" in shown(service, head)


def test_a_merge_of_the_party_taken_back_by_one_officer_protects_still(service: Service) -> None:
    party, stays = register(service, Lane.HYRA, HANNA, "Hel Person", None, ())
    into, head = register(service, Lane.HYRA, HANNA, "Ny Person", A_MARK, ())
    stream = service.open(HANNA, Lane.HYRA, case_opened(party, stays)).json()["stream"]
    where = {"flat": WHERE[1], "district": WHERE[0]}
    _say(service, HANNA, Lane.HYRA, stream, 1, {"type": "FlatAllocated", "fact": where})
    merge(service, stays, into, head)
    unmerge(service, stays)
    assert WHERE[0] not in shown(service, stream)
    assert "Ny Person" not in shown(service, stream)


@pytest.mark.parametrize("corrected", [False, True])
def test_a_strike_that_waits_counts_where_it_would_protect(
    service: Service, marked: Callable[[str], Marked], *, corrected: bool
) -> None:
    marked("no mark is said")
    lifted: Story = ("correct ingen", APPROVED) if corrected else MARKS["mark taken away by two"][1]
    case = _case(service, "Väntar Strykning", A_MARK, lifted)
    person, stream = case.streams["hyra_person"], case.streams["hyra"]
    assert WHERE[0] in shown(service, stream)
    strike(service, person, 3, 3, approved=False)
    assert WHERE[0] not in shown(service, stream)


def test_a_strike_of_a_mark_that_waits_opens_nothing(service: Service) -> None:
    them = couple(service, ("Anna Annan", None), ("Mia Märkt", A_MARK))
    _say(service, HANNA, Lane.HYRA, them.second, 1, changed("skyddad_folkbokforing"))
    strike(service, them.second, 2, 2, approved=False)
    assert WHERE[0] not in shown(service, them.case)


# Who leads to somebody.


def test_who_is_party_with_a_made_up_identity_is_not_named_by_their_own_stream_or_number(
    service: Service,
) -> None:
    them = couple(service, ("Fia Fingerad", "fingerade_uppgifter"), ("Pelle Partner", None))
    assert them.second in shown(service, them.case)
    assert "Pelle Partner" not in shown(service, them.second)
    answer = service.client.post(
        "/v1/hyra/personer/sok", json={"number": NUMBER}, headers=service.headers(HANNA)
    )
    (found,) = [one for one in answer.json()["persons"] if them.second in one["streams"]]
    assert found["cases"]
    assert found["name"] == SHUT


@pytest.mark.parametrize("entry", [1, 2])
def test_a_struck_entry_of_a_marked_party_shuts_the_case_and_its_papers(
    service: Service, entry: int
) -> None:
    marks = (A_MARK, None) if entry == 1 else (None, A_MARK)
    them = couple(service, ("Ena Parten", marks[0]), ("Andra Parten", marks[1]))
    said = LETTER | {"fact": {"kind": "brev", "heading": PAPER}}
    filed = file(service, them.case, CONTENT, 3, said, who=HANNA, lane=Lane.HYRA)
    paper = f"/v1/hyra/handlingar/{filed.json()['document']}"
    strike(service, them.case, 4, entry, approved=True)
    assert WHERE[0] not in shown(service, them.case)
    assert service.get(HANNA, paper).status_code == 403


def test_who_left_and_was_then_merged_into_a_marked_entry_protects_and_is_not_shown_as_it(
    service: Service,
) -> None:
    them = couple(service, ("Stig Stannar", None), ("Gamla Namnet", None))
    leave(service, them.case)
    party, head = register(service, Lane.HYRA, HANNA, "Nya Namnet", "fingerade_uppgifter", ())
    assert WHERE[0] in shown(service, them.case)
    merge(service, them.second, party, head)
    assert WHERE[0] not in shown(service, them.case)
    assert "Nya Namnet" not in shown(service, them.case, CECILIA)


def test_an_entry_merged_beside_a_made_up_one_is_not_named(service: Service) -> None:
    party, head = register(service, Lane.HYRA, HANNA, "Hed Huvud", None, ())
    _, old = register(service, Lane.HYRA, HANNA, "Gamla Namnet", None, ())
    _, new = register(service, Lane.HYRA, HANNA, "Nya Namnet", "fingerade_uppgifter", ())
    merge(service, old, party, head)
    merge(service, new, party, head)
    for stream in (head, old, new):
        told = shown(service, stream)
        assert not [name for name in ("Hed Huvud", "Gamla Namnet", "Nya Namnet") if name in told]


@pytest.mark.parametrize("struck", [False, True])
def test_the_list_names_nobody_whom_the_page_does_not(service: Service, *, struck: bool) -> None:
    them = couple(service, ("Kvar Kvarsson", None), ("Fia Fingerad", "fingerade_uppgifter"))
    if struck:
        strike(service, them.case, 3, 2, approved=True)
    else:
        leave(service, them.case)
    fact = {"hyraStream": them.case}
    joined = {"type": "CaseJoined", "occurred": "day 2024-03-02", "fact": fact}
    case = service.open(HANNA, Lane.KOPPLING, joined).json()["stream"]
    assert "Kvar Kvarsson" not in service.get(HANNA, f"/arenden/{case}").text
    assert "Kvar Kvarsson" not in _row_of(service, HANNA, case)


def test_a_file_has_nothing_to_try_a_guess_at_a_shut_paper_by(
    service: Service, marked: Callable[[str], Marked]
) -> None:
    case = marked("sekretessmarkering")
    acting = service.house.reads.acting(service.ids[HANNA], NAMND, utc_now())
    read = service.house.reads.case(
        acting, UUID(case.streams["koppling"]), Purpose.UTLAMNANDE, "case.export", stored=True
    )
    facts = [json.loads(line).get("fact", {}) for line in (*lines(read), *import_lines(read))]
    papers = [fact for fact in facts if "chunksDigest" in fact]
    assert papers
    for fact in papers:
        assert not {"salt", "commitment", "length", "heading"} & {*fact}
