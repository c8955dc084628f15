"""The pages: Swedish, escaped, without a script, whole without anything from elsewhere."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import httpx
import psycopg
import pytest
from typing_extensions import override

from api.app import create_app
from api.pages import pages
from api.pages.pages import COOKIE
from ledger import reading
from ledger.codec import Lane
from ledger.reading import StoredEntry
from tests.api.filing import filed
from tests.api.service import (
    APPLICATION,
    BERIT,
    BO,
    BOTH,
    CECILIA,
    HANNA,
    MIRA,
    OTTO,
    SIGRID,
    Service,
    case_opened,
    listening,
    person_registered,
)
from tests.api.test_persons import NUMBER, OTHER_NUMBER, Told
from tests.whole import NAMND, fresh

pytestmark = pytest.mark.one_server

PAGES: Final = Path(__file__).parents[2] / "api" / "pages"
VOID: Final = {"meta", "link", "input", "br"}


class Page(HTMLParser):
    """A parsed page: its elements in order, each with its attributes; and that all are closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(html)
        assert self.open == []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    @override
    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    @override
    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of each element of that name."""
        return [attributes for found, attributes in self.elements if found == tag]

    @property
    def text(self) -> str:
        """What is read, with single spaces."""
        return " ".join(" ".join(self.texts).split())


def page(answer: httpx.Response, status: int = 200) -> Page:
    """Parse an answer and check what holds for each page."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    parsed = Page(answer.text)
    names = [tag for tag, _ in parsed.elements]
    assert parsed.all("html") == [{"lang": "sv"}]
    assert names.count("h1") == names.count("main") == names.count("header") == 1
    assert names.count("footer") == names.count("title") == 1
    assert "script" not in names
    assert "style" not in names
    for _, attributes in parsed.elements:
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("src", "href", "action"):
            assert not re.match(r"(https?:)?//|javascript:|data:", attributes.get(name) or "")
    ids = [attributes["id"] for _, attributes in parsed.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert parsed.all("a")[0] == {"class": "skip", "href": "#innehall"}
    assert "innehall" in ids
    levels = [int(name[1]) for name in names if re.fullmatch("h[1-6]", name)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for attributes in parsed.all("input") + parsed.all("select"):
        if attributes.get("type") != "hidden":
            assert {"for": attributes["id"]} in parsed.all("label")
    assert "UTVECKLINGSIDENTITET" in parsed.text
    return parsed


def owner(service: Service) -> psycopg.Connection[Any]:
    """Connect as a superuser to the service's ledger database."""
    conninfo = service.house.processes.ledger.connections.conninfos["liggaren_migrator"]
    return psycopg.connect(conninfo, user="postgres", autocommit=True)


@pytest.fixture(scope="module")
def case(service: Service) -> str:
    """A case in two lanes: a link across, a correction, a late entry, an entry that waits."""
    streams = service.joined_case(text="Behöver ett hem.", name="Åsa Provsson")
    bistand, hyra, koppling = (streams[lane] for lane in ("bistand", "hyra", "koppling"))
    corrected = APPLICATION | {
        "fact": {"text": "Behöver ett lugnt hem."},
        "corrects": f"bistand/{bistand}/2",
        "correctionReason": "skrivfel",
    }
    approval = {
        "type": "CorrectionApproved",
        "occurred": "day 2024-03-09",
        "fact": {"approved": f"bistand/{bistand}/3"},
    }
    late = APPLICATION | {
        "occurred": "day 2024-03-01",
        "claimedRecorded": "2024-04-10",
        "source": "gamla-systemet",
        "fact": {"text": "Kom in sent."},
    }
    mark = {
        "type": "EntryMarkedErroneous",
        "occurred": "day 2024-04-11",
        "fact": {"entry": f"bistand/{bistand}/5", "reason": "hande_inte"},
    }
    signed = {
        "type": "LeaseSigned",
        "occurred": "day 2024-03-03",
        "fact": {"leaseId": str(fresh()), "start": "2024-04-01"},
    }
    link = {
        "type": "LinkMade",
        "occurred": "day 2024-03-04",
        "fact": {
            "kind": "verkstaller",
            "fromEvent": f"hyra/{hyra}/2",
            "toEvent": f"bistand/{bistand}/2",
        },
    }
    for who, lane, stream, version, body in (
        (BERIT, Lane.BISTAND, bistand, 2, corrected),
        (CECILIA, Lane.BISTAND, bistand, 3, approval),
        (MIRA, Lane.BISTAND, bistand, 4, late),
        (BERIT, Lane.BISTAND, bistand, 5, mark),
        (HANNA, Lane.HYRA, hyra, 1, signed),
        (HANNA, Lane.KOPPLING, koppling, 1, link),
    ):
        answer = service.record(who, lane, stream, version, body)
        assert answer.status_code == 201, answer.text
    return koppling


def test_a_case_is_shown_in_two_lanes(service: Service, case: str) -> None:
    shown = page(service.get(CECILIA, f"/arenden/{case}"))
    for words in ("BESLUT", "HYRA", "KOPPLING", "Åsa Provsson", "Berit Provlund", "Provnämnden"):
        assert words in shown.text
    assert {attributes["class"].split()[0] for attributes in shown.all("li")} == {  # type: ignore[union-attr]
        "bistand",
        "hyra",
        "koppling",
    }


def entry(html: str, title: str, holding: str = "") -> str:
    """Return the HTML of the one entry that has a title and holds something."""
    entries = re.findall(r'<li id="h\d+".*?</article>', html, re.DOTALL)
    (found,) = [one for one in entries if title in one and holding in one]
    return str(found)


def fields(entry_html: str) -> dict[str, str]:
    """Return the fields of an entry: label to HTML, with single spaces."""
    pairs = re.findall(r"<div><dt>(.*?)</dt><dd>(.*?)</dd></div>", entry_html, re.DOTALL)
    return {label: " ".join(html.split()) for label, html in pairs}


def test_a_corrected_value_is_struck_through_and_the_new_one_stands_beside_it(
    service: Service, case: str
) -> None:
    html = service.get(CECILIA, f"/arenden/{case}").text
    correction = entry(html, "Ansökan inkommen", "Rättar")
    assert fields(correction)["Text"] == (
        "<del>Behöver ett hem.</del> <ins>Behöver ett lugnt hem.</ins>"
    )
    assert "Föreslagen av Berit Provlund, godkänd av Cecilia Provlund." in correction
    assert re.search(r"Rättar <a href=\"#h\d+\">nr \d+</a>: skrivfel</p>", correction)


def test_what_was_corrected_is_struck_and_says_by_whom(service: Service, case: str) -> None:
    html = service.get(CECILIA, f"/arenden/{case}").text
    struck = entry(html, "<del>Ansökan inkommen</del>", "Behöver ett hem.")
    assert fields(struck)["Text"] == "<del>Behöver ett hem.</del>"
    assert "Rättelsen är föreslagen av Berit Provlund, godkänd av Cecilia Provlund." in struck
    correction = re.search(r'id="(h\d+)"', entry(html, "Ansökan inkommen", "Rättar"))
    assert correction
    assert f'href="#{correction[1]}"' in struck


def test_what_a_correction_leaves_as_it_was_is_not_struck(service: Service, case: str) -> None:
    html = service.get(CECILIA, f"/arenden/{case}").text
    correction = entry(html, "Ansökan inkommen", "Rättar")
    assert [label for label, told in fields(correction).items() if "<del>" in told] == ["Text"]


def test_a_correction_that_waits_leaves_the_old_value_standing(service: Service) -> None:
    streams = service.joined_case(text="Det gamla.")
    correction = APPLICATION | {
        "occurred": "day 2024-03-02",
        "fact": {"channel": "post", "asksFor": ["forsok"], "text": "Det nya."},
        "corrects": f"bistand/{streams['bistand']}/2",
        "correctionReason": "skrivfel",
    }
    assert service.record(BERIT, Lane.BISTAND, streams["bistand"], 2, correction).is_success
    html = service.get(CECILIA, f"/arenden/{streams['koppling']}").text
    assert "<del>" not in html
    proposed = entry(html, "Ansökan inkommen", "Rättar")
    assert "Väntar på godkännande av en annan handläggare." in proposed
    assert "<ins>Det nya.</ins>" in fields(proposed)["Text"]
    assert "(gäller tills dess: Det gamla.)" in fields(proposed)["Text"]
    assert "(gäller tills dess: 2024-03-01)" in fields(proposed)["Dag"]


def test_an_entry_marked_erroneous_is_struck_when_a_second_person_has_approved(
    service: Service,
) -> None:
    streams = service.joined_case(text="Hände aldrig.")
    stream = streams["bistand"]
    mark = {
        "type": "EntryMarkedErroneous",
        "occurred": "day 2024-04-11",
        "fact": {"entry": f"bistand/{stream}/2", "reason": "hande_inte"},
    }
    assert service.record(BERIT, Lane.BISTAND, stream, 2, mark).is_success
    page_of = f"/arenden/{streams['koppling']}"
    assert "<del>" not in service.get(CECILIA, page_of).text
    approval = {
        "type": "CorrectionApproved",
        "occurred": "day 2024-04-12",
        "fact": {"approved": f"bistand/{stream}/3"},
    }
    assert service.record(CECILIA, Lane.BISTAND, stream, 3, approval).is_success
    html = service.get(CECILIA, page_of).text
    struck = entry(html, "<del>Ansökan inkommen</del>")
    assert "<del>Hände aldrig.</del>" in struck
    assert "Struken, felregistrerad. Markeringen är föreslagen av Berit Provlund" in struck
    assert "godkänd av Cecilia Provlund" in struck


def test_a_late_entry_is_marked(service: Service, case: str) -> None:
    html = service.get(CECILIA, f"/arenden/{case}").text
    late = entry(html, "Ansökan inkommen", "Kom in sent.")
    assert '<p class="late">Registrerat 40 dagar efteråt enligt källsystemet.</p>' in late
    by_the_ledger = service.get(CECILIA, f"/arenden/{case}?kalla=liggaren").text
    assert "enligt källsystemet." not in entry(by_the_ledger, "Ansökan inkommen", "Kom in sent.")


def test_a_link_across_names_both_ends(service: Service, case: str) -> None:
    html = service.get(CECILIA, f"/arenden/{case}").text
    shown = page(service.get(CECILIA, f"/arenden/{case}"))
    targets = {
        attributes["href"]
        for attributes in shown.all("a")
        if attributes.get("class") in {"x", "x out"}
    }
    ids = {f"#{attributes['id']}" for attributes in shown.all("li") if "id" in attributes}
    assert len(targets) == 2
    assert targets <= ids
    assert re.search(r'class="x out" href="#h\d+">verkställer nr \d+</a>', html)
    assert re.search(r'class="x" href="#h\d+">nr \d+ verkställer detta</a>', html)
    made = entry(html, "Koppling gjord")
    assert set(re.findall(r'href="(#h\d+)"', made)) == targets


def test_the_page_answers_as_of_a_day(service: Service, case: str) -> None:
    shown = page(service.get(CECILIA, f"/arenden/{case}?gallde=2024-03-02&kant=2199-01-01"))
    assert "Hyresavtal undertecknat" not in shown.text
    assert "2024-03-02" in shown.text
    assert "händelser visas inte" in shown.text
    assert {"gallde", "kant"} <= {attributes.get("name") for attributes in shown.all("input")}
    page(service.get(CECILIA, f"/arenden/{case}?gallde=2199-01-01"))
    assert "rognos" in service.get(CECILIA, f"/arenden/{case}?gallde=2199-01-01").text


def test_the_page_as_of_a_day_shows_only_what_was_known_then(service: Service, case: str) -> None:
    """All but the late entry became known when this test began."""
    before = page(service.get(CECILIA, f"/arenden/{case}?kant=2024-04-09"))
    assert "Inget som visas här hade hänt eller var känt då." in before.text
    assert "Provsson" not in before.text
    then = page(service.get(CECILIA, f"/arenden/{case}?kant=2024-04-10"))
    assert len(then.all("article")) == 1
    assert "Kom in sent." in then.text
    assert "Behöver" not in then.text


def test_the_page_says_how_far_it_was_read(service: Service, case: str) -> None:
    shown = page(service.get(CECILIA, f"/arenden/{case}"))
    assert re.search(
        r"Läst \d{4}-\d\d-\d\d \d\d:\d\d, KOPPLING till och med \d+/\d+,"
        r" BESLUT till och med \d+/\d+, HYRA till och med \d+/\d+\.",
        shown.text,
    )


def test_a_name_is_a_heading_and_never_the_title(service: Service, case: str) -> None:
    answer = service.get(CECILIA, f"/arenden/{case}")
    assert "<h1>Åsa Provsson</h1>" in answer.text
    assert "Provsson" not in answer.text.partition("<title>")[2].partition("</title>")[0]


def test_a_document_is_fetched_from_the_page(service: Service) -> None:
    streams = service.joined_case()
    document = filed(service, streams["bistand"], b"Ett brev", 2)
    html = service.get(CECILIA, f"/arenden/{streams['koppling']}").text
    address = f"/handlingar/bistand/{document}"
    assert f'<a href="{address}">Hämta: Brev till parten</a>' in html
    answer = service.get(CECILIA, address)
    assert answer.content == b"Ett brev"
    assert answer.headers["content-disposition"].startswith("attachment")
    page(service.get(HANNA, address), 403)
    page(service.get(OTTO, address), 404)


def test_a_protected_person_is_told_at_the_top(service: Service) -> None:
    party = str(fresh())
    registered = {
        "type": "PersonRegistered",
        "occurred": "sealed",
        "fact": {
            "person": party,
            "name": "Vera Provdotter",
            "numberKind": "saknas",
            "protection": "sekretessmarkering",
        },
    }
    person = service.open(BERIT, Lane.BISTAND, registered).json()["stream"]
    opened = service.open(BERIT, Lane.BISTAND, case_opened(party, person))
    joined = {
        "type": "CaseJoined",
        "occurred": "day 2024-03-02",
        "fact": {"bistandStream": opened.json()["stream"]},
    }
    case = service.open(BERIT, Lane.KOPPLING, joined).json()["stream"]
    shown = page(service.get(CECILIA, f"/arenden/{case}"))
    assert "Skyddade personuppgifter: sekretessmarkering" in shown.text
    row = row_of(service.get(CECILIA, "/arenden").text, case)
    assert row.startswith("Vera Provdotter Skyddade personuppgifter")


def with_co_party(service: Service, name: str, co_party: str) -> tuple[dict[str, str], Told]:
    """A joined case with a second party in bistånd, added by entry 3. Its streams, and who."""
    streams = service.joined_case(name=name)
    other = Told(service, Lane.BISTAND, OTHER_NUMBER, co_party)
    added = {"coParty": other.id, "personStream": other.stream}
    say(service, streams["bistand"], 2, "PartyAdded", added)
    return streams, other


def say(  # noqa: PLR0913 - who, where, what
    service: Service,
    stream: str,
    version: int,
    type_: str,
    fact: dict[str, Any],
    *,
    who: str = BERIT,
) -> None:
    """Record a fact in bistånd."""
    body = {"type": type_, "occurred": "day 2024-03-05", "fact": fact}
    answer = service.record(who, Lane.BISTAND, stream, version, body)
    assert answer.status_code == 201, answer.text


def strike(service: Service, stream: str, version: int, target: int) -> None:
    """Mark an entry as recorded in the wrong case. Two persons do it."""
    mark = {"entry": f"bistand/{stream}/{target}", "reason": "fel_arende"}
    say(service, stream, version, "EntryMarkedErroneous", mark)
    approved = {"approved": f"bistand/{stream}/{version + 1}"}
    say(service, stream, version + 1, "CorrectionApproved", approved, who=BO)


def test_protection_is_told_at_the_top_also_of_a_party_who_has_left(own_service: Service) -> None:
    streams, other = with_co_party(own_service, "Stina Stannar", "Lena Lämnar")
    assert other.tell("PersonDetailsChanged", {"protection": "skyddad_folkbokforing"}).is_success
    leaves = {"leaver": "medpart", "reason": "separerat"}
    say(own_service, streams["bistand"], 3, "PartyLeft", leaves)
    for query in ("", "?gallde=2024-03-01"):
        shown = page(own_service.get(BERIT, f"/arenden/{streams['koppling']}{query}"))
        assert "Skyddade personuppgifter: skyddad folkbokföring" in shown.text


def test_whoever_was_added_by_mistake_is_named_neither_in_the_list_nor_on_the_page(
    own_service: Service,
) -> None:
    streams, _ = with_co_party(own_service, "Rut Rätt", "Fia Fel")
    addresses = ("/arenden", f"/arenden/{streams['koppling']}")
    for address in addresses:
        assert "Fia Fel" in own_service.get(BERIT, address).text
    strike(own_service, streams["bistand"], 3, 3)
    for address in addresses:
        shown = own_service.get(BERIT, address).text
        assert "Rut Rätt" in shown
        assert "Fia Fel" not in shown
        assert OTHER_NUMBER not in shown


def test_a_case_opened_for_the_wrong_person_does_not_name_them(own_service: Service) -> None:
    streams = own_service.joined_case(name="Fia Fel")
    strike(own_service, streams["bistand"], 2, 1)
    for address in ("/arenden", f"/arenden/{streams['koppling']}"):
        assert "Fia Fel" not in own_service.get(BERIT, address).text


def test_a_party_who_has_left_is_on_the_page_but_not_in_the_list(own_service: Service) -> None:
    streams, _ = with_co_party(own_service, "Stina Stannar", "Lena Lämnar")
    leaves = {"leaver": "medpart", "reason": "separerat"}
    say(own_service, streams["bistand"], 3, "PartyLeft", leaves)
    row = row_of(own_service.get(BERIT, "/arenden").text, streams["koppling"])
    assert row.startswith("Stina Stannar Part har")
    shown = own_service.get(BERIT, f"/arenden/{streams['koppling']}").text
    assert "Lena Lämnar" in shown
    assert "<h1>Stina Stannar</h1>" in shown


def test_of_a_party_who_left_the_page_tells_nothing_later_though_the_leaving_was_corrected(
    own_service: Service,
) -> None:
    streams, other = with_co_party(own_service, "Stina Stannar", "Lena Lämnar")
    bistand = streams["bistand"]
    leaves = {"leaver": "medpart", "reason": "separerat"}
    say(own_service, bistand, 3, "PartyLeft", leaves)
    assert other.tell("PersonDetailsChanged", {"name": "Nya Namnet"}).is_success
    corrected = {
        "type": "PartyLeft",
        "occurred": "day 2024-03-04",
        "fact": leaves,
        "corrects": f"bistand/{bistand}/4",
        "correctionReason": "skrivfel",
    }
    assert own_service.record(BERIT, Lane.BISTAND, bistand, 4, corrected).is_success
    approved = {"approved": f"bistand/{bistand}/5"}
    say(own_service, bistand, 5, "CorrectionApproved", approved, who=BO)
    shown = own_service.get(BERIT, f"/arenden/{streams['koppling']}").text
    assert "Lena Lämnar" in shown
    assert "Nya Namnet" not in shown


def test_two_parties_of_the_same_name_are_two_and_one_in_both_lanes_is_one(
    own_service: Service,
) -> None:
    streams, _ = with_co_party(own_service, "Kim Prov", "Kim Prov")
    for who in (BERIT, CECILIA):
        row = row_of(own_service.get(who, "/arenden").text, streams["koppling"])
        assert row.startswith("Kim Prov och Kim Prov ")
        assert row.count("Kim Prov") == 2
        shown = own_service.get(who, f"/arenden/{streams['koppling']}").text
        assert "<h1>Kim Prov och Kim Prov</h1>" in shown


def timeless(html: str) -> str:
    """Return a page without the minute it was read."""
    return re.sub(r"Läst \d{4}-\d\d-\d\d \d\d:\d\d", "Läst", html)


def test_an_empty_form_is_the_case_today(service: Service, case: str) -> None:
    plain = service.get(CECILIA, f"/arenden/{case}").text
    asked = service.get(CECILIA, f"/arenden/{case}?gallde=&kant=&kalla=kallsystem&andamal=").text
    assert timeless(plain) == timeless(asked)


def test_a_lane_one_may_not_read_is_named_on_the_page(service: Service, case: str) -> None:
    shown = page(service.get(HANNA, f"/arenden/{case}"))
    assert "Du har inte behörighet att läsa BESLUT." in shown.text
    assert "lugnt hem" not in shown.text
    assert "Hyresavtal undertecknat" in shown.text
    assert "verkställer en händelse i BESLUT som inte visas" in shown.text


def test_a_hyra_handler_sees_nothing_that_tells_of_the_decision(service: Service) -> None:
    """Whatever happens in the decision, the page of the landlord side stays the same."""
    streams = service.joined_case(text="Missbruk.", name="Åsa Provsson")

    def seen() -> str:
        return timeless(service.get(HANNA, f"/arenden/{streams['koppling']}").text)

    before = seen()
    filed(service, streams["bistand"], b"x", 2)
    note = APPLICATION | {"note": "Hemligt", "fact": {"text": "Våld."}}
    assert service.record(BERIT, Lane.BISTAND, streams["bistand"], 3, note).is_success
    assert seen() == before
    assert "Missbruk" not in before
    assert streams["bistand"] not in before
    assert streams["bistand_person"] not in before
    assert '<li id="h1" class="hyra' in before
    assert 'class="bistand' not in before.partition('class="ev"')[2].partition("</ol>")[0]


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        (CECILIA, "/arenden/x", 404),
        (CECILIA, "/finns/inte", 404),
        (SIGRID, "/arenden", 403),
        (CECILIA, "/arenden?andamal=nyfiken", 422),
        (CECILIA, f"/arenden/{fresh()}?gallde=igår", 422),
    ],
)
def test_a_problem_is_a_page_with_a_remedy(
    service: Service, who: str, path: str, status: int
) -> None:
    shown = page(service.get(who, path), status)
    assert "Kod" in shown.text
    assert "igår" not in shown.text
    assert "Byt handläggare" in shown.text


@pytest.mark.parametrize(
    ("who", "asked", "ways"),
    [
        (CECILIA, "/arenden/x", {"/arenden": 200}),
        (CECILIA, "/finns/inte", {"/arenden": 200}),
        (SIGRID, "/arenden", {}),
        (SIGRID, "/arenden/{case}", {"/arenden": 403}),
        (CECILIA, "/arenden?andamal=nyfiken", {"/arenden": 200}),
        (
            CECILIA,
            "/arenden/{case}?gallde=igår&andamal=handlaggning",
            {"/arenden/{case}?namnd=": 200, "/arenden": 200},
        ),
    ],
)
def test_a_problem_shows_a_way_back(
    service: Service, case: str, who: str, asked: str, ways: dict[str, int]
) -> None:
    shown = Page(service.get(who, asked.format(case=case)).text)
    links = [attributes["href"] or "" for attributes in shown.all("a")][2:]
    assert links == [way.format(case=case) for way in ways]
    assert [service.get(who, link).status_code for link in links] == list(ways.values())


def test_one_chooses_a_namnd_by_a_link(service: Service, case: str) -> None:
    shown = page(service.get(BOTH, f"/arenden/{case}?gallde=2024-03-01"), 400)
    links = [attributes["href"] or "" for attributes in shown.all("a")][2:]
    assert f"?gallde=2024-03-01&namnd={NAMND}" in links
    chosen = next(link for link in links if str(NAMND) in link)
    followed = service.get(BOTH, f"/arenden/{case}{chosen}")
    assert f'name="namnd" value="{NAMND}"' in followed.text
    page(followed)


# ---------------------------------------------------------------- list and search


def row_of(html: str, case: str) -> str:
    """Return the row of a case in the list, as text."""
    (row,) = [row for row in re.findall(r"<tr>.*?</tr>", html, re.DOTALL) if case in row]
    return " ".join(re.sub(r"<[^>]*>", " ", row).split())


def test_the_list_names_the_party_and_what_was_recorded_last(service: Service) -> None:
    case = service.joined_case(name="Nadja Provqvist")["koppling"]
    shown = page(service.get(CECILIA, "/arenden"))
    assert "Provnämnden ansvarar för" in shown.text
    row = row_of(service.get(CECILIA, "/arenden").text, case)
    assert "Skyddade" not in row
    assert row.startswith("Nadja Provqvist Processer i ärendet 20")


def test_the_list_tells_of_each_process_to_whom_may_read_it(service: Service) -> None:
    streams = service.joined_case(name="Nadja Provqvist")
    assert service.record(BERIT, Lane.BISTAND, streams["bistand"], 2, APPLICATION).is_success
    told = {
        who: row_of(service.get(who, "/arenden").text, streams["koppling"])
        for who in (CECILIA, BERIT, HANNA)
    }
    assert "Ansökan inkommen" in told[CECILIA]
    assert "Ansökan inkommen" in told[BERIT]
    assert "Ansökan inkommen" not in told[HANNA]


def test_the_names_of_a_list_are_read_with_a_row_in_the_log_for_each(service: Service) -> None:
    streams = service.joined_case(name="Nadja Provqvist")
    with owner(service) as connection:
        (last,) = connection.execute("SELECT max(id) FROM ledger.read_log").fetchone() or (0,)
        service.get(HANNA, "/arenden")
        rows = connection.execute(
            "SELECT lane::text, stream::text FROM ledger.read_log"
            " WHERE id > %s AND view = 'case.list'",
            (last,),
        ).fetchall()
    assert set(rows) >= {
        ("koppling", streams["koppling"]),
        ("hyra", streams["hyra"]),
        ("hyra", streams["hyra_person"]),
    }
    assert {lane for lane, _ in rows} == {"koppling", "hyra"}


def ways(shown: Page, words: str) -> list[str]:
    """Where the links of the list's pages lead to that hold some words."""
    return [one["href"] or "" for one in shown.all("a") if words in (one["href"] or "")]


def cases_on(shown: Page) -> list[str]:
    """The cases that a page of the list shows, in order."""
    links = [re.match("/arenden/([^?]+)", link) for link in ways(shown, "/arenden/")]
    return [link[1] for link in links if link]


def test_a_long_list_has_pages_that_hold_though_something_new_comes_first(
    own_service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [own_service.joined_case() for _ in range(5)]
    order = [case["koppling"] for case in reversed(cases)]
    monkeypatch.setattr(pages, "CASES_ON_A_PAGE", 2)
    first = page(own_service.get(CECILIA, "/arenden?andamal=tillsyn"))
    assert cases_on(first) == order[:2]
    assert "Från början" not in first.text
    own_service.joined_case()
    (onward,) = ways(first, "efter=")
    second = page(own_service.get(CECILIA, onward))
    assert cases_on(second) == order[2:4]
    (onward,) = ways(second, "efter=")
    last = page(own_service.get(CECILIA, onward))
    assert cases_on(last) == order[4:]
    assert ways(last, "efter=") == []
    assert "Från början" in last.text
    back = ways(last, "/arenden?")[-1]
    assert cases_on(page(own_service.get(CECILIA, back)))[1:] == order[:1]
    page(own_service.get(CECILIA, "/arenden?efter=x"), 400)


def test_the_case_that_was_written_to_last_in_either_process_stands_first(
    own_service: Service,
) -> None:
    older, newer = own_service.joined_case(), own_service.joined_case()
    lease = str(fresh())
    signed = {"type": "LeaseSigned", "occurred": "day 2024-03-04", "fact": {"leaseId": lease}}
    assert own_service.record(HANNA, Lane.HYRA, older["hyra"], 1, signed).is_success
    newest_last = [older["koppling"], newer["koppling"]]
    for who in (CECILIA, HANNA):
        assert cases_on(page(own_service.get(who, "/arenden"))) == newest_last
    # Whoever does not read the tenancy is not told by the order that something happened there.
    assert cases_on(page(own_service.get(BERIT, "/arenden"))) == newest_last[::-1]


def test_while_the_list_is_made_the_page_says_so_and_a_case_is_found_even_so(
    own_service: Service,
) -> None:
    case = own_service.joined_case()["koppling"]
    answer = own_service.client.get("/arenden", headers=own_service.headers(CECILIA))
    assert "Listan håller på att byggas" in page(answer).text
    assert search(own_service, CECILIA, case).status_code == 303


def test_a_list_that_has_stopped_says_so_on_the_page(own_service: Service) -> None:
    case = own_service.joined_case()["koppling"]
    assert "Listan följer inte med" not in page(own_service.get(CECILIA, "/arenden")).text
    with owner(own_service) as connection:
        connection.execute("SELECT ledger.list_stop('hyra', NULL)")
    stopped = page(own_service.get(CECILIA, "/arenden"))
    assert "Listan följer inte med just nu" in stopped.text
    assert cases_on(stopped) == [case]
    assert "Listan följer inte med" not in page(own_service.get(BERIT, "/arenden")).text


@pytest.mark.parametrize("length", [3, 30])
def test_a_row_of_the_list_opens_no_more_of_a_long_case_than_of_a_short_one(
    own_service: Service, monkeypatch: pytest.MonkeyPatch, length: int
) -> None:
    streams = own_service.joined_case()
    for version in range(2, length):
        said: dict[str, Any] = {"text": f"Anteckning {version}"}
        note = {"type": "JournalNoteEntered", "occurred": "day 2024-03-02", "fact": said}
        answer = own_service.record(BERIT, Lane.BISTAND, streams["bistand"], version, note)
        assert answer.is_success, answer.text
    opened: list[object] = []
    right = reading.stored_entry

    def counted(row: Sequence[object]) -> StoredEntry:
        opened.append(row[0])
        return right(row)

    own_service.get(CECILIA, "/arenden")
    monkeypatch.setattr(reading, "stored_entry", counted)
    own_service.get(CECILIA, "/arenden")
    of_case = Counter(str(stream) for stream in opened if str(stream) in streams.values())
    assert of_case.keys() == {*streams.values()}
    assert max(of_case.values()) <= 2, "the event that says who is who"


def search(service: Service, who: str, typed: str, query: str = "") -> httpx.Response:
    """Send the search form."""
    return service.client.post(
        f"/arenden{query}",
        data={"sokt": typed, "andamal": "handlaggning"},
        headers=service.headers(who),
    )


def test_a_case_is_found_by_its_id(service: Service, case: str) -> None:
    answer = search(service, BOTH, f" {case.upper()} ", f"?namnd={NAMND}")
    assert answer.status_code == 303
    page(service.get(BOTH, answer.headers["location"]))


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Skriv ett personnummer, ett samordningsnummer eller ett ärendes id."),
        ("800505-2389", "tolv siffror, århundradet först."),
        ("19800505-2388", "Kontrollsiffran stämmer inte"),
        ("Lena Provström", "Numret skrivs med tolv siffror."),
        ("1980 05", "Numret skrivs med tolv siffror."),
        ("<script>alert(1)</script>", "Numret skrivs med tolv siffror."),
    ],
)
def test_a_search_that_is_typed_wrong_says_what_to_type(
    service: Service, typed: str, says: str
) -> None:
    shown = page(search(service, CECILIA, typed), 422)
    assert says in shown.text
    (field,) = [one for one in shown.all("input") if one.get("name") == "sokt"]
    assert "fel" in (field["aria-describedby"] or "").split()
    assert "value" not in field


def test_a_case_is_found_by_its_partys_number_by_whom_may_read_it(service: Service) -> None:
    number, streams = "200001012384", {}
    for who, lane in ((BERIT, Lane.BISTAND), (HANNA, Lane.HYRA)):
        party = str(fresh())
        registered = person_registered(party, "Nils Provnummer")
        if lane is Lane.BISTAND:
            registered["fact"] |= {"number": number, "numberKind": "personnummer"}
        person = service.open(who, lane, registered).json()["stream"]
        opened = service.open(who, lane, case_opened(party, person))
        streams[f"{lane}Stream"] = opened.json()["stream"]
    joined = {"type": "CaseJoined", "occurred": "day 2024-03-02", "fact": streams}
    case = service.open(BERIT, Lane.KOPPLING, joined).json()["stream"]
    for written in (number, "20000101-2384", " 2000 0101 2384 "):
        shown = page(search(service, CECILIA, written))
        assert f"/arenden/{case}?andamal=handlaggning" in {one["href"] for one in shown.all("a")}
        assert "Nils Provnummer" in shown.text
    not_theirs = page(search(service, HANNA, number))
    assert case not in not_theirs.text
    assert "Ingen hos Provnämnden är registrerad med det numret" in not_theirs.text
    assert "Kontrollsiffran stämmer." in not_theirs.text
    assert case not in page(search(service, OTTO, number)).text
    page(search(service, SIGRID, number), 403)


def test_a_search_tells_of_who_is_registered_without_being_party_to_anything(
    own_service: Service,
) -> None:
    person = Told(own_service, Lane.BISTAND, NUMBER)
    shown = page(search(own_service, CECILIA, NUMBER)).text
    assert "är inte part i något, men är redan registrerad. Personens akt:" in shown
    assert f"BESLUT {person.stream}" in shown
    assert "Ingen" not in shown
    assert person.stream not in page(search(own_service, HANNA, NUMBER)).text


def test_a_search_lists_a_process_that_is_joined_to_no_case(own_service: Service) -> None:
    person = Told(own_service, Lane.BISTAND, NUMBER)
    alone, joined = person.case(), person.case()
    said = {"type": "CaseJoined", "occurred": "day 2024-03-02", "fact": {"bistandStream": joined}}
    case = own_service.open(BERIT, Lane.KOPPLING, said).json()["stream"]
    shown = page(search(own_service, BERIT, NUMBER))
    assert f"/arenden/{case}?andamal=handlaggning" in {one["href"] for one in shown.all("a")}
    assert "Ännu utan ärende Den som har numret är eller har varit part även här" in shown.text
    assert f"BESLUT {alone}" in shown.text
    assert joined not in shown.text


def test_a_number_is_sought_however_its_parts_are_set_apart(own_service: Service) -> None:
    person = Told(own_service, Lane.BISTAND, NUMBER)
    for written in ("20000101\u20132384", "2000 01 01\u00a02384", "20000101+2384"):
        assert person.stream in search(own_service, BERIT, written).text
        answer = own_service.client.post(
            "/v1/bistand/personer/sok", json={"number": written}, headers=own_service.headers(BERIT)
        )
        assert [one["streams"] for one in answer.json()["persons"]] == [[person.stream]]


def test_a_search_leaves_no_trace_in_the_address_or_the_log(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", logger="liggaren"):
        answers = [search(service, CECILIA, typed) for typed in ("198005052389", "19800505-2388")]
        service.client.get("/v1/halsa")  # a line is written when its answer has gone
    for answer in answers:
        assert "198005" not in answer.text
        assert "198005" not in str(answer.headers)
        assert answer.headers["cache-control"] == "no-store"
        assert answer.request.url.path == "/arenden"
        assert not answer.request.url.query
    told = [record.getMessage() for record in caplog.records]
    assert len([line for line in told if "POST /arenden" in line]) >= 2
    assert "198005" not in "".join(told)


def test_another_site_cannot_search_in_ones_name(service: Service) -> None:
    answer = service.client.post(
        "/arenden",
        data={"sokt": "198005052389"},
        headers=service.headers(CECILIA, sec_fetch_site="cross-site"),
    )
    page(answer, 403)


def test_in_production_the_pages_take_the_same_token_as_all_else(service: Service) -> None:
    assert service.house.dev
    app = create_app(replace(service.house, dev=None))
    with listening(app) as address, httpx.Client(base_url=address) as browser:
        assert browser.get("/arenden").status_code == 401
        assert browser.get("/inloggning").status_code == 404
        assert browser.get("/").headers["location"] == "/arenden"
        listed = browser.get("/arenden", headers=service.headers(CECILIA))
        assert listed.status_code == 200
        assert "UTVECKLINGSIDENTITET" not in listed.text
        assert "Byt handläggare" not in listed.text
        cookie = f"{COOKIE}={service.token(CECILIA)}"
        assert browser.get("/arenden", headers={"cookie": cookie}).status_code == 401


HOSTILE: Final = (
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "</dd></dl></article></main><form action=//evil.example>",
    "{{ 7 * 7 }}{% include 'x' %}",
    "javascript:alert(1)",
    "<!--",
    "&lt;b&gt;&amp;",
    "line\nbreak\ttab",
    "\u200b\ufeff",
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_only_text(service: Service, text: str) -> None:
    streams = service.joined_case(text=text, name=text)
    note = APPLICATION | {"note": text, "delegation": text}
    assert service.record(BERIT, Lane.BISTAND, streams["bistand"], 2, note).status_code == 201
    shown = page(service.get(CECILIA, f"/arenden/{streams['koppling']}"))
    assert " ".join(text.split()) in shown.text
    assert len(shown.all("form")) == 1 + 1  # the question, and the way out


def test_hostile_questions_come_back_as_text(service: Service, case: str) -> None:
    hostile = '"><script>alert(1)</script>'
    answer = service.client.get(
        f"/arenden/{case}", params={"namnd": hostile}, headers=service.headers(CECILIA)
    )
    assert "<script>" not in answer.text
    answer = service.client.get(
        f"/arenden/{case}", params={"gallde": hostile}, headers=service.headers(CECILIA)
    )
    assert "<script>" not in answer.text
    assert answer.status_code == 422


def test_no_template_turns_escaping_off() -> None:
    templates = list((PAGES / "templates").glob("*.j2"))
    assert len(templates) >= 5
    for template in templates:
        text = template.read_text("utf-8")
        assert "|safe" not in text.replace(" ", "")
        assert "autoescape" not in text
        assert "<script" not in text
        assert "style=" not in text
        assert " on" not in re.sub(r">[^<]*<", "><", text) or not re.search(r"\son\w+=", text)


def test_the_style_sheet_and_font_are_our_own(service: Service) -> None:
    css = service.client.get("/static/liggaren.css")
    assert css.status_code == 200
    assert "http" not in css.text
    (font,) = re.findall(r"url\(([^)]+)\)", css.text)
    assert service.client.get(f"/static/{font}").status_code == 200
    assert (PAGES / "static" / "source-sans-3-OFL.txt").exists()


def test_on_paper_each_sheet_says_which_case_it_is_and_no_event_is_broken(
    service: Service, case: str
) -> None:
    css = service.client.get("/static/liggaren.css").text
    paper = css.partition("@media print")[2]
    assert re.search(r"\.running[^{]*\{[^}]*table-header-group", paper)
    assert re.search(r"\.ev > li[^{]*\{[^}]*break-inside: avoid", paper)
    html = service.get(CECILIA, f"/arenden/{case}").text
    running = html.partition('class="running"')[2].partition("</div>")[0]
    for words in (case, "Provnämnden", "Gällde", "känt", "Läst", "HYRA till och med "):
        assert words in running


@pytest.mark.parametrize(
    "path", ["../pages.py", "..%2fpages.py", "%2e%2e/pages.py", "//etc/passwd"]
)
def test_nothing_but_static_files_is_served(service: Service, path: str) -> None:
    assert service.client.get(f"/static/{path}").status_code == 404


# ---------------------------------------------------------------- login in development


def test_the_start_leads_to_the_choice_of_officer(service: Service) -> None:
    start = service.client.get("/")
    assert start.headers["location"] == "/arenden"
    assert service.client.get("/arenden").headers["location"] == "/inloggning"
    shown = page(service.client.get("/inloggning"))
    assert len(shown.all("button")) == len(service.ids.keys() - {"stranger"})


def test_who_has_no_cases_to_see_stands_last_and_is_told_apart(service: Service) -> None:
    shown = page(service.client.get("/inloggning"))
    before, _, after = shown.text.partition("Utan ärenden att läsa")
    assert "Sigrid Provlund" in after
    assert "Sigrid Provlund" not in before
    assert "Cecilia Provlund" in before
    assert "enhetschef" in before


def test_one_becomes_an_officer_by_a_cookie(service: Service, case: str) -> None:
    answer = service.client.post("/inloggning", data={"handlaggare": str(service.ids[CECILIA])})
    assert answer.status_code == 303
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    token = cookie.partition("=")[2].partition(";")[0]
    with httpx.Client(base_url=service.client.base_url, cookies={COOKIE: token}) as browser:
        page(browser.get("/arenden"))
        shown = page(browser.get(f"/arenden/{case}"))
        assert "Cecilia Provlund" in shown.text
        assert browser.get(f"/v1/arenden/{case}").status_code == 401, "the API wants a bearer token"
        assert "Max-Age=0" in browser.post("/utloggning").headers["set-cookie"]
    service.client.cookies.clear()


@pytest.mark.parametrize("chosen", ["", "x", str(fresh())])
def test_nobody_becomes_an_officer_who_is_not_listed(service: Service, chosen: str) -> None:
    answer = service.client.post("/inloggning", data={"handlaggare": chosen})
    assert answer.status_code == 303
    assert "set-cookie" not in answer.headers


def test_another_site_cannot_log_one_in(service: Service) -> None:
    answer = service.client.post(
        "/inloggning",
        data={"handlaggare": str(service.ids[CECILIA])},
        headers={"sec-fetch-site": "cross-site"},
    )
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_a_form_is_small(service: Service) -> None:
    answer = service.client.post("/inloggning", content=b"a=" + b"b" * 100_000)
    assert answer.status_code == 413


def test_a_form_of_too_many_fields_is_refused_in_words(service: Service) -> None:
    answer = service.client.post(
        "/arenden", data={f"f{n}": "x" for n in range(12)}, headers=service.headers(BERIT)
    )
    assert "Formuläret har för många fält" in page(answer, 422).text
