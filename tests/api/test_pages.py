"""The pages: Swedish, escaped, without a script, whole without anything from elsewhere."""

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Final

import httpx
import pytest
from typing_extensions import override

from api.pages.pages import COOKIE
from ledger.codec import Lane
from tests.api.service import (
    APPLICATION,
    BERIT,
    BOTH,
    CECILIA,
    HANNA,
    MIRA,
    SIGRID,
    Service,
)
from tests.whole import NAMND, fresh

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


def test_what_was_corrected_is_struck_and_still_there(service: Service, case: str) -> None:
    html = service.get(CECILIA, f"/arenden/{case}").text
    assert re.search(r"<del>Behöver ett hem\.</del>", html)
    assert "Behöver ett lugnt hem." in html
    assert "<del>Behöver ett lugnt hem.</del>" not in html
    assert "Struken. Ersatt av:" in html
    assert "Väntar på godkännande" in html


def test_what_came_late_says_how_late(service: Service, case: str) -> None:
    shown = page(service.get(CECILIA, f"/arenden/{case}"))
    assert "Registrerat 40 dagar efteråt enligt källsystemet." in shown.text


def test_links_go_across_both_ways(service: Service, case: str) -> None:
    html = service.get(CECILIA, f"/arenden/{case}").text
    shown = Page(html)
    targets = {
        attributes["href"] for attributes in shown.all("a") if attributes.get("class") == "x"
    }
    ids = {f"#{attributes['id']}" for attributes in shown.all("li") if "id" in attributes}
    assert len(targets) == 2
    assert targets <= ids
    assert re.search(r'class="x" href="#h\d+">verkställer nr \d+</a>', html)


def test_the_page_answers_as_of_a_day(service: Service, case: str) -> None:
    shown = page(service.get(CECILIA, f"/arenden/{case}?gallde=2024-03-02&kant=2199-01-01"))
    assert "Hyresavtal undertecknat" not in shown.text
    assert "2024-03-02" in shown.text
    assert {"gallde", "kant"} <= {attributes.get("name") for attributes in shown.all("input")}
    page(service.get(CECILIA, f"/arenden/{case}?gallde=2199-01-01"))
    assert "rognos" in service.get(CECILIA, f"/arenden/{case}?gallde=2199-01-01").text


def test_an_empty_form_is_the_case_today(service: Service, case: str) -> None:
    plain = service.get(CECILIA, f"/arenden/{case}").text
    asked = service.get(CECILIA, f"/arenden/{case}?gallde=&kant=&kalla=kallsystem&andamal=").text
    assert plain == asked


def test_a_lane_one_may_not_read_is_named_on_the_page(service: Service, case: str) -> None:
    shown = page(service.get(HANNA, f"/arenden/{case}"))
    assert "Du har inte behörighet att läsa BESLUT." in shown.text
    assert "lugnt hem" not in shown.text
    assert "Hyresavtal undertecknat" in shown.text


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
    assert "@media print" in css.text
    (font,) = re.findall(r"url\(([^)]+)\)", css.text)
    assert service.client.get(f"/static/{font}").status_code == 200
    assert (PAGES / "static" / "source-sans-3-OFL.txt").exists()


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
