"""`liggare`, from an empty database to a gallring, as its users run it."""

import errno
import gzip
import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import httpx
import psycopg
import pytest
from psycopg import sql

from scripts.documents import media_type_of
from scripts.documents import opened as opened_file
from scripts.liggare import app
from scripts.output import SERVER_WORDS
from scripts.settings import SettingsError, why
from tests.e2e.conftest import ROOT, Command, clean_environ
from tests.whole import fresh

APPLICATION: Final = {
    "type": "ApplicationReceived",
    "occurred": "day 2024-03-01",
    "fact": {"channel": "post", "asksFor": ["forsok"]},
}


@dataclass
class Office:
    """A founded ledger and its officers."""

    liggare: Command
    namnd: str

    def open_case(self) -> str:
        """Open a case in bistand and koppling. Returns its id, remembers its stream."""
        party = str(fresh())
        registered = {
            "type": "PersonRegistered",
            "occurred": "sealed",
            "fact": {"person": party, "name": "Prov Provsson", "numberKind": "saknas"},
        }
        told = self.liggare.done("record", "bistand", "--as", "berit", "--json", stdin=registered)
        opened = {
            "type": "CaseOpened",
            "occurred": "day 2024-02-28",
            "fact": {"party": party, "personStream": told.json["stream"]},
        }
        told = self.liggare.done("record", "bistand", "--as", "berit", "--json", stdin=opened)
        self.stream = str(told.json["stream"])
        joined = {
            "type": "CaseJoined",
            "occurred": "day 2024-02-28",
            "fact": {"bistandStream": self.stream},
        }
        told = self.liggare.done("record", "koppling", "--as", "berit", "--json", stdin=joined)
        return str(told.json["stream"])


@pytest.fixture(scope="module")
def office(liggare: Command) -> Office:
    """A ledger founded by the command itself, its officers registered by it."""
    before = liggare("state", str(fresh()), "--as", "admin")
    assert before.code == 5
    told = liggare.done("init", "--namnd", "Provnämnden", "--handlaggare", "Sigrid Prov", "--json")
    assert told.json["registered"] is True
    assert len(told.json["logs"]) == 5
    namnd = told.json["namnd"]
    office = Office(liggare, namnd)
    dev = Path(liggare.environ["LIGGAREN_HOME"]) / "dev" / told.json["ledger"] / "officers.json"
    listed = json.loads(dev.read_text())
    assert [one["handle"] for one in listed] == ["admin"]
    for handle, role in (
        ("berit", "bistandshandlaggare"),
        ("cecilia", "enhetschef"),
        ("hanna", "hyreshandlaggare"),
        ("arvid", "arkivarie"),
    ):
        commands = [
            {
                "type": "OfficerRegistered",
                "occurred": "unknown",
                "fact": {"name": f"{handle} Provlund"},
            },
            {
                "type": "RoleAssigned",
                "occurred": "unknown",
                "fact": {"role": role, "namnd": namnd},
            },
        ]
        lines = "\n".join(json.dumps(command) for command in commands)
        told = liggare.done("record", "system", "--as", "admin", "--json", stdin=lines)
        assert [receipt["version"] for receipt in told.json] == [1, 2]
        officer = {"handle": handle, "id": told.json[0]["stream"], "name": handle, "what": role}
        listed.append(officer)
    dev.write_text(json.dumps(listed))
    return office


def told_in(trail: str) -> str:
    """What a trail tells, without its margin and columns."""
    return " ".join(" ".join(line[11:].replace("│", " ") for line in trail.splitlines()).split())


def test_founding_again_changes_nothing(office: Office) -> None:
    again = office.liggare.done("init", "--namnd", "En annan", "--handlaggare", "Någon", "--json")
    assert again.json["applied"] == again.json["logs"] == []
    assert again.json["registered"] is False
    assert again.json["namnd"] == office.namnd


def test_a_fact_is_recorded_and_read_as_state_and_trail(office: Office) -> None:
    case = office.open_case()
    told = office.liggare.done(
        "record", "bistand", office.stream, "--version", "1", "--as", "berit", stdin=APPLICATION
    )
    assert told.out == f"ApplicationReceived: bistand/{office.stream}/2\n"
    state = office.liggare.done("state", case, "--as", "cecilia")
    assert "BESLUT" in state.out
    trail = office.liggare.done("trail", case, "--as", "cecilia")
    assert "En ansökan om försökslägenhet kom in" in told_in(trail.out)
    as_json = office.liggare.done("trail", case, "--as", "cecilia", "--json").json
    assert {row["type"] for row in as_json["rows"]} == {
        "CaseJoined",
        "CaseOpened",
        "ApplicationReceived",
        "PersonRegistered",
    }
    early = office.liggare.done(
        "trail", case, "--as", "cecilia", "--gallde", "2024-02-29", "--json"
    )
    assert len(early.json["rows"]) == 2
    stream = office.liggare.done("state", f"bistand/{office.stream}", "--as", "berit")
    assert re.search(rf"bistand/{office.stream} +version 2\n", stream.out)


def test_a_lane_that_is_not_shown_is_named(office: Office) -> None:
    case = office.open_case()
    for command in ("state", "trail"):
        told = office.liggare.done(command, case, "--as", "hanna")
        assert "Du har inte behörighet att läsa BESLUT." in told.out
    last = office.liggare.done("export", case, "--as", "hanna").out.splitlines()[-1]
    assert json.loads(last)["notShown"]


def test_an_interrupted_file_is_taken_up_where_it_stopped(office: Office) -> None:
    office.open_case()
    good = [json.dumps(APPLICATION | {"note": f"nummer {n}"}) for n in range(3)]
    bad = json.dumps(APPLICATION | {"occurred": "day 2999-01-01"})
    arguments = ("record", "bistand", office.stream, "--version", "1", "--as", "berit")
    stopped = office.liggare(*arguments, stdin="\n".join([*good[:2], bad]))
    assert stopped.code == 1
    assert len(stopped.out.splitlines()) == 2
    assert "kommando 3 av 3; 2 är registrerade. Rätta det" in stopped.err
    key = stopped.err.partition("--nyckel ")[2][:36]
    told = office.liggare.done(*arguments, "--nyckel", key, stdin="\n".join(good))
    assert len(told.out.splitlines()) == 3
    state = office.liggare.done("state", f"bistand/{office.stream}", "--as", "berit", "--json")
    assert state.json["version"] == 4


def test_a_command_sent_again_with_its_key_is_carried_out_once(office: Office) -> None:
    office.open_case()
    key = str(fresh())
    arguments = ("record", "bistand", office.stream, "--version", "1", "--nyckel", key)
    first = office.liggare.done(*arguments, "--as", "berit", "--json", stdin=APPLICATION)
    again = office.liggare.done(*arguments, "--as", "berit", "--json", stdin=APPLICATION)
    assert first.json == again.json
    other = office.liggare(*arguments, "--as", "berit", stdin=APPLICATION | {"note": "annat"})
    assert other.code == 1
    assert "idempotency.reused" in other.err


def test_a_file_with_an_error_in_its_form_names_the_command_and_records_none(
    office: Office,
) -> None:
    office.open_case()
    arguments = ("record", "bistand", office.stream, "--version", "1", "--as", "berit")
    told = office.liggare(*arguments, stdin=json.dumps(APPLICATION) + "\n{'type': 'X'}")
    assert told.code == 1
    assert "kommando 2 av 2. Inget är registrerat." in told.err
    assert "fel vid tecken 2." in told.err
    told = office.liggare(*arguments, stdin="\n".join([json.dumps(APPLICATION), '{"type": "X"}']))
    assert "1 är registrerat." in told.err


def test_at_a_terminal_it_says_what_it_waits_for(office: Office) -> None:
    terminal, end = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "scripts.liggare", "record", "bistand", "--as", "berit"],
        stdin=end,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=clean_environ() | office.liggare.environ,
    )
    os.close(end)
    assert process.stderr
    with process:
        assert "från tangentbordet, till Ctrl-D" in process.stderr.readline()
        os.write(terminal, b"\x04")
        assert "Innehållet är tomt." in process.stderr.readline()
        assert process.wait(30) == 1
    os.close(terminal)


REFUSALS: Final[dict[str, tuple[int, str, Callable[[Office], tuple[tuple[str, ...], Any]]]]] = {
    "stale version": (
        3,
        "conflict.version",
        lambda o: (("record", "bistand", o.stream, "--version", "9", "--as", "berit"), APPLICATION),
    ),
    "not a fact": (
        1,
        "occurred.future",
        lambda o: (
            ("record", "bistand", o.stream, "--version", "1", "--as", "berit"),
            APPLICATION | {"occurred": "day 2999-01-01"},
        ),
    ),
    "not JSON": (
        1,
        "body.not_json",
        lambda o: (("record", "bistand", o.stream, "--version", "1", "--as", "berit"), "{"),
    ),
    "no role": (
        4,
        "not_allowed",
        lambda o: (("record", "bistand", o.stream, "--version", "1", "--as", "hanna"), APPLICATION),
    ),
    "no such case": (4, "not_found", lambda _: (("state", str(fresh()), "--as", "cecilia"), None)),
    "a stream for a case": (
        4,
        "process/id, som hyra/6ec1f1b5-…",
        lambda o: (("state", o.stream, "--as", "berit"), None),
    ),
    "no case at all": (4, "not_found", lambda _: (("state", "x", "--as", "cecilia"), None)),
    "no such lane": (4, "not_found", lambda _: (("state", "x/y", "--as", "cecilia"), None)),
    "not an operator": (4, "not_allowed", lambda _: (("fsck", "--as", "cecilia"), None)),
    "no such namnd": (
        2,
        "Nämnder som du kan handla för: Provnämnden.",
        lambda _: (("rebuild", "--as", "cecilia", "--namnd", "Någon annan"), None),
    ),
    "nobody": (2, "Det framgår inte vem", lambda _: (("rebuild",), None)),
    "a stranger": (2, "finns inte här", lambda _: (("rebuild", "--as", "ingen"), None)),
    "version without stream": (
        2,
        "En ny ström har",
        lambda _: (("record", "bistand", "--version", "1", "--as", "berit"), APPLICATION),
    ),
    "stream without version": (
        2,
        "En ny ström har",
        lambda o: (("record", "bistand", o.stream, "--as", "berit"), APPLICATION),
    ),
    "stream is no id": (
        2,
        "inget id",
        lambda _: (("record", "bistand", "x", "--version", "1", "--as", "berit"), APPLICATION),
    ),
    "no such command": (2, "Välj ett av: init,", lambda _: (("radera",), None)),
    "no such option": (2, "Ett av valen finns inte", lambda _: (("state", "x", "--allt"), None)),
    "nothing after an option": (
        2,
        "--kant saknar värde",
        lambda _: (("state", "x", "--kant"), None),
    ),
    "an argument is missing": (2, "ÄRENDE saknas", lambda _: (("state",), None)),
    "an argument too many": (2, "för många argument", lambda _: (("state", "x", "y"), None)),
    "no such process": (2, "Välj ett av: bistand, hyra,", lambda _: (("record", "hyran"), None)),
    "no number": (2, "--version har ett", lambda _: (("record", "hyra", "--version", "x"), None)),
    "no whole number": (
        2,
        "Ange ett heltal som är minst 0.",
        lambda _: (("record", "hyra", "--version", "åtta"), None),
    ),
    "no cases": (2, "Ange ett heltal som är minst 1.", lambda _: (("stad", "--cases", "0"), None)),
    "no such mapping": (
        2,
        "--mappning går inte att läsa, eller finns inte",
        lambda _: (("import", "-", "--mappning", "/finns/ej.json"), None),
    ),
    "almost a type": (
        1,
        "Menade du ApplicationReceived?",
        lambda o: (
            ("record", "bistand", o.stream, "--version", "1", "--as", "berit"),
            APPLICATION | {"type": "AplicationReceived"},
        ),
    ),
    "no such file": (
        2,
        "--fil går inte att läsa",
        lambda _: (("record", "hyra", "--fil", "/finns/ej"), None),
    ),
    "no such port": (2, "är ingen port", lambda _: (("serve", "--port", "99999"), None)),
    "question": (
        2,
        "Skriv en dag som ÅÅÅÅ-MM-DD",
        lambda _: (("state", str(fresh()), "--as", "cecilia", "--gallde", "igår"), None),
    ),
    "no such source": (
        2,
        "Välj kallsystem eller liggaren.",
        lambda _: (("state", str(fresh()), "--as", "cecilia", "--kalla", "annan"), None),
    ),
    "nothing to do": (2, "Det framgår inte vad", lambda _: (("gallra", "--as", "admin"), None)),
    "no such gallring": (
        1,
        "gallring.not_decided",
        lambda _: (("gallra", str(fresh()), "--as", "admin"), None),
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_is_a_line_a_remedy_and_a_code(office: Office, name: str) -> None:
    office.open_case()
    code, said, command = REFUSALS[name]
    arguments, stdin = command(office)
    answer = office.liggare(*arguments, stdin=stdin)
    assert answer.code == code, answer
    assert said in answer.err
    assert answer.out == ""
    problem, remedy = answer.err.splitlines()[:2]
    assert problem.startswith("liggare: ")
    assert remedy.startswith("  ")


def test_a_data_directory_that_cannot_be_used_is_a_line_and_a_remedy(
    office: Office, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    here = str(tmp_path / "file" / "hem")
    for command in (("init",), ("serve",), ("state", "x", "--as", "berit")):
        answer = office.liggare(*command, LIGGAREN_HOME=here, LIGGAREN_DSN="", LIGGAREN_KEYS_DSN="")
        assert answer.code == 2, answer
        assert answer.err.startswith(f"liggare: Datamappen {here} kan inte skapas")
        assert "LIGGAREN_HOME" in answer.err.splitlines()[1]


def test_the_programs_of_postgresql_are_those_the_setting_names(
    office: Office, tmp_path: Path
) -> None:
    own = {"LIGGAREN_HOME": str(tmp_path), "LIGGAREN_DSN": "", "LIGGAREN_KEYS_DSN": ""}
    answer = office.liggare("init", LIGGAREN_PG_BIN=str(tmp_path), **own)
    assert answer.code == 2, answer
    assert "PostgreSQL:s program finns inte" in answer.err
    assert "LIGGAREN_PG_BIN" in answer.err


def test_a_database_that_does_not_answer_is_not_available(office: Office, tmp_path: Path) -> None:
    nowhere = f"host={tmp_path} dbname=x"
    answer = office.liggare("init", LIGGAREN_DSN=nowhere, LIGGAREN_KEYS_DSN=nowhere)
    assert answer.code == 5, answer
    assert str(tmp_path) not in answer.err


def test_every_code_of_the_database_s_side_has_its_swedish_words() -> None:
    source = "".join(
        (ROOT / "ledger" / f"{name}.py").read_text() for name in ("embedded", "migrate")
    )
    assert set(re.findall(r'"((?:cluster|migration)\.\w+)"', source)) == set(SERVER_WORDS)
    assert all(remedy for _, _, remedy in SERVER_WORDS.values())


def test_a_document_goes_in_from_a_file_and_comes_out_to_a_new_one(
    office: Office, tmp_path: Path
) -> None:
    office.open_case()
    letter = tmp_path / "brev å.pdf"
    letter.write_bytes(b"%PDF-1.7 " + bytes(range(256)) * 5000)
    filing = (
        "file", "bistand", office.stream, str(letter), "--version", "1",
        "--slag", "brev", "--dag", "2024-03-05",
    )  # fmt: skip
    once = (*filing, "--nyckel", str(fresh()), "--as", "berit", "--json")
    told = office.liggare.done(*once, stdin="Brev till parten\n").json
    assert told["version"] == 2
    name = tmp_path / "rubrik.txt"
    name.write_text("Brev till parten\n", "utf-8")
    again = office.liggare.done(*once, "--rubrik-fil", str(name), stdin="Inte den här\n")
    assert again.json["document"] == told["document"]
    name.unlink()
    trail = office.liggare.done("trail", f"bistand/{office.stream}", "--as", "berit")
    assert "Brev till parten" in told_in(trail.out)

    fetching = ("fetch", "bistand", told["document"], "--till", str(tmp_path / "ut.pdf"), "--as")
    assert office.liggare(*fetching, "hanna").code == 4
    assert sorted(path.name for path in tmp_path.iterdir()) == ["brev å.pdf"]
    assert office.liggare.done(*fetching, "berit").out == ""
    assert (tmp_path / "ut.pdf").read_bytes() == letter.read_bytes()
    assert (tmp_path / "ut.pdf").stat().st_mode & 0o077 == 0
    again = office.liggare(*fetching, "berit")
    assert (again.code, "finns redan" in again.err) == (2, True)
    assert len(list(tmp_path.iterdir())) == 2


def test_why_a_file_cannot_be_used_is_told_in_swedish(tmp_path: Path) -> None:
    (tmp_path / "fil").touch()
    for path, said in (
        (tmp_path / "ingen", "den finns inte"),
        (tmp_path, "det är en mapp"),
        (tmp_path / "fil" / "x", "det är en fil och ingen mapp"),
    ):
        with pytest.raises(SettingsError) as refused, opened_file(path):
            pass
        assert refused.value.message == f"Filen kan inte läsas: {said}."
    for number in (errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EROFS, errno.EIO):
        assert os.strerror(number) not in why(OSError(number, os.strerror(number)))


@pytest.mark.parametrize("content", [None, b""])
def test_a_file_that_is_no_document_is_refused_before_the_ledger_opens(
    office: Office, tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "tom.pdf").write_bytes(content)
    told = office.liggare(
        "file", "bistand", str(fresh()), str(tmp_path / "tom.pdf"), "--version", "1",
        "--slag", "brev", "--dag", "2024-03-05", "--as", "berit", stdin="Brev",
    )  # fmt: skip
    assert told.code == 2
    assert told.err.count("\n") == 2


@pytest.mark.parametrize(
    ("kind", "said", "wrong"),
    [
        ("brev", b"", "Rubriken saknas."),
        ("brev", b"\n", "Rubriken saknas."),
        ("brev", b"Br\xe5k", "Rubriken \u00e4r inte UTF-8."),
        ("brev", b"Brev\nmer", "fler rader"),
        ("utanfor_katalogen", b"Intyg", "Vad handlingen \u00e4r saknas."),
    ],
)
def test_what_a_document_is_called_is_one_line_of_text(
    office: Office, tmp_path: Path, kind: str, said: bytes, wrong: str
) -> None:
    (tmp_path / "rubrik").write_bytes(said)
    told = office.liggare(
        "file", "bistand", str(fresh()), str(tmp_path / "rubrik"), "--version", "1",
        "--slag", kind, "--rubrik-fil", str(tmp_path / "rubrik"), "--dag", "2024-03-05",
        "--as", "berit",
    )  # fmt: skip
    assert (told.code, wrong in told.err, told.err.count("\n")) == (2, True, 2)


@pytest.mark.parametrize("option", ["--dag", "--typ", "--namnd", "--as", "--nyckel"])
def test_an_argument_that_is_no_text_is_refused_as_any_other_that_is_wrong(
    office: Office, option: str
) -> None:
    stream = str(fresh())
    given = {"--version": "1", "--slag": "brev", "--dag": "2024-03-05", "--as": "berit"}
    said = [part for pair in (given | {option: "\udce5"}).items() for part in pair]
    told = office.liggare("file", "bistand", stream, str(ROOT / "README.md"), *said, stdin="Brev")
    assert told.code in {1, 2}
    assert told.err.startswith("liggare: ")


@pytest.mark.parametrize(
    ("day", "wrong"),
    [("22/9", "--dag är ingen dag."), ("unknown", "ingen dag"), ("2024-02-30", "kalendern")],
)
def test_a_document_s_day_is_asked_for_as_the_option_takes_it(
    office: Office, day: str, wrong: str
) -> None:
    told = office.liggare(
        "file", "bistand", str(fresh()), str(ROOT / "README.md"), "--version", "1",
        "--slag", "brev", "--dag", day, "--as", "berit", stdin="Brev",
    )  # fmt: skip
    assert (told.code, wrong in told.err, "ÅÅÅÅ-MM-DD" in told.err) == (2, True, True)
    assert "unknown" not in told.err


def test_what_is_sealed_can_be_said_on_no_command_line(office: Office) -> None:
    sealed = {"file": ("--rubrik", "--slag-text"), "epoch": ("--text",)}
    for command, options in sealed.items():
        shown = office.liggare(command, "--help").out
        for option in options:
            assert not re.search(rf"{option}\b(?!-)", shown), option


def test_a_document_of_no_listed_kind_says_on_a_second_line_what_it_is(
    office: Office, tmp_path: Path
) -> None:
    office.open_case()
    (tmp_path / "brev.pdf.gz").write_bytes(gzip.compress(b"%PDF-1.7"))
    filing = (
        "file", "bistand", office.stream, str(tmp_path / "brev.pdf.gz"), "--version", "1",
        "--slag", "utanfor_katalogen", "--dag", "2024-03-05", "--as", "berit",
    )  # fmt: skip
    office.liggare.done(*filing, stdin="Ett brev\nSamtal p\u00e5 band\n")
    trail = office.liggare.done("trail", f"bistand/{office.stream}", "--as", "berit")
    shown = told_in(trail.out)
    assert "Ett brev" in shown
    assert "Samtal p\u00e5 band" in shown
    assert "application/gzip" in shown


@pytest.mark.parametrize(
    ("name", "content", "type_"),
    [
        ("brev.pdf", b"%PDF-1.7", "application/pdf"),
        ("brev.pdf.gz", gzip.compress(b"%PDF-1.7"), "application/gzip"),
        ("brev.pdf", gzip.compress(b"%PDF-1.7"), "application/gzip"),
        ("brev.pdf.gz", b"%PDF-1.7", "application/gzip"),
        ("brev.tar.bz2", b"BZh9", "application/x-bzip2"),
        ("brev.xz", b"x", "application/x-xz"),
        ("brev.pdf.Z", b"x", "application/octet-stream"),
        ("brev", b"x", "application/octet-stream"),
    ],
)
def test_a_compressed_file_is_never_filed_as_what_is_in_it(
    tmp_path: Path, name: str, content: bytes, type_: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with opened_file(path) as (file, _):
        assert media_type_of(path, file) == type_
        assert file.read() == content


def test_a_city_is_not_written_over_a_file(office: Office, tmp_path: Path) -> None:
    (tmp_path / "stad").write_bytes(b"x")
    for to in ("stad", "stad/under"):
        told = office.liggare("stad", "--cases", "1", "--till", str(tmp_path / to))
        assert (told.code, "--till" in told.err, told.err.count("\n")) == (2, True, 2)


def test_whoever_hands_a_case_over_is_told_that_its_persons_do_not_go_with_it(
    office: Office,
) -> None:
    office.open_case()
    named = {
        "type": "NämndRegistered",
        "occurred": "day 2024-01-01",
        "fact": {"name": "Mottagaren"},
    }
    to = office.liggare.done("record", "system", "--as", "admin", "--json", stdin=named).json
    over = {
        "type": "HolderChanged",
        "occurred": "day 2024-03-05",
        "fact": {"toNamnd": to["stream"], "ground": "overlamnat"},
    }
    arguments = ("record", "bistand", office.stream, "--version", "1", "--as", "cecilia")
    told = office.liggare.done(*arguments, stdin=over)
    assert "Personernas akter följer inte med" in told.err
    assert "hittar inte ärendet på nummer" in told.err


def test_whoever_may_not_is_told_so_before_being_asked_for_which_namnd(office: Office) -> None:
    second = {"type": "NämndRegistered", "occurred": "unknown", "fact": {"name": "Nämnd Två"}}
    told = office.liggare.done("record", "system", "--as", "admin", "--json", stdin=second).json
    lines = "\n".join(
        json.dumps(command)
        for command in (
            {"type": "OfficerRegistered", "occurred": "unknown", "fact": {"name": "Tova Prov"}},
            *(
                {
                    "type": "RoleAssigned",
                    "occurred": "unknown",
                    "fact": {"role": "enhetschef", "namnd": namnd},
                }
                for namnd in (office.namnd, told["stream"])
            ),
        )
    )
    tova = office.liggare.done("record", "system", "--as", "admin", "--json", stdin=lines).json
    officer = tova[0]["stream"]
    assert "namnd.choose" in office.liggare("rebuild", "--as", officer).err
    for command in (("stad", "--cases", "1"), ("fsck",), ("replay",), ("gallra", "--rewrite")):
        refused = office.liggare(*command, "--as", officer)
        assert (refused.code, "not_allowed" in refused.err) == (4, True), refused


def test_a_token_from_the_environment_says_who(office: Office) -> None:
    case = office.open_case()
    token = office.liggare.done("token", "--as", "cecilia").out.strip()
    assert office.liggare("state", case, LIGGAREN_TOKEN=token).code == 0
    assert office.liggare("state", case, LIGGAREN_TOKEN=token[:-4] + "AAAA").code == 4


def test_an_export_can_be_checked_by_anybody(office: Office) -> None:
    case = office.open_case()
    exported = office.liggare.done("export", case, "--as", "cecilia").out
    events = [json.loads(line) for line in exported.splitlines()]
    assert len(events) == 3
    for event in events:
        assert sha256(b"\0" + event["envelope"].encode()).hexdigest() == event["leaf"]


def test_all_views_are_folded_again(office: Office) -> None:
    office.open_case()
    told = office.liggare.done("rebuild", "--as", "cecilia", "--json").json
    assert told["cases"] >= 1
    assert told["events"] >= 2
    assert told["unknown"] == told["unreadable"] == 0
    assert told["foundAgain"] >= 1


def test_a_person_is_looked_for_by_a_number_that_stands_on_no_command_line(office: Office) -> None:
    registered = {
        "type": "PersonRegistered",
        "occurred": "sealed",
        "fact": {
            "person": "6f2c1d0e-3b4a-4c5d-8e6f-708192a3b4c5",
            "name": "Prov Sökt",
            "numberKind": "personnummer",
            "number": "200001012384",
        },
    }
    liggare = office.liggare
    made = liggare.done("record", "bistand", "--as", "berit", "--json", stdin=registered).json
    found = liggare.done("sok", "bistand", "--as", "berit", stdin="20000101-2384\n")
    assert found.out == f"Prov Sökt\n  akt bistand/{made['stream']}\n"
    nobody = liggare.done("sok", "bistand", "--as", "berit", stdin="198005052389\n")
    assert nobody.out == "Ingen i processens personregister har det numret.\n"
    assert liggare("sok", "bistand", "--as", "berit", stdin="198005052388\n").code != 0
    assert liggare("sok", "system", "--as", "admin", stdin="198005052389\n").code != 0


def test_a_gallring_waits_for_a_spärr_and_is_then_carried_out(office: Office) -> None:
    office.open_case()
    stream = office.stream

    def decide(type_: str, fact: dict[str, Any], **more: str) -> str:
        command = {"type": type_, "occurred": "unknown", "fact": fact, **more}
        told = office.liggare.done("record", "tillsyn", "--as", "arvid", "--json", stdin=command)
        return str(told.json["stream"])

    gallring = decide(
        "GallringDecided",
        {"targetLane": "bistand", "level": 2, "legalGround": "sol_16_1"},
        target=stream,
    )
    hold = decide(
        "GallringsspärrSet",
        {"targetLane": "bistand", "legalGround": "tillsynsarende"},
        target=stream,
    )
    held = office.liggare("gallra", gallring, "--as", "admin")
    assert held.code == 3
    assert "ledger.held" in held.err
    lifted = {
        "type": "GallringsspärrLifted",
        "occurred": "unknown",
        "fact": {"reason": "grunden_upphord"},
    }
    office.liggare.done("record", "tillsyn", hold, "--version", "1", "--as", "arvid", stdin=lifted)
    assert office.liggare("gallra", gallring, "--as", "arvid").code == 4, (
        "who decides does not do it"
    )
    done = office.liggare.done("gallra", gallring, "--rewrite", "--as", "admin", "--json").json
    assert done["type"] == "GallringExecuted"
    assert done["rewritten"] is True
    assert office.liggare("state", f"bistand/{stream}", "--as", "berit").code == 4
    assert office.liggare("gallra", gallring, "--as", "admin").code != 0
    assert office.liggare.done("replay", "--as", "admin", "--json").json == dict.fromkeys(
        ("keys", "parts", "streams"), 0
    )
    check = office.liggare.done("fsck", "--as", "admin", "--json").json
    assert check["faults"] == []
    assert check["destroyed"] >= 1


def test_a_restored_ledger_is_shut_until_what_was_destroyed_is_destroyed_again(
    office: Office,
) -> None:
    keys = office.liggare.environ["LIGGAREN_KEYS_DSN"]
    with psycopg.connect(keys, autocommit=True) as superuser:  # what the ledger does not know of
        superuser.execute(
            "INSERT INTO keys.destroyed_key VALUES (gen_random_uuid(), gen_random_uuid())"
        )
    shut = office.liggare("fsck", "--as", "admin")
    assert shut.code == 5
    assert "ledger.not_replayed" in shut.err
    assert "liggare replay" in shut.err
    assert office.liggare("replay", "--as", "berit").code == 4
    assert "kände till: 1." in office.liggare.done("replay", "--as", "admin").out
    assert office.liggare.done("fsck", "--as", "admin", "--json").json["faults"] == []


def test_an_operator_opens_a_new_epoch_and_says_why(office: Office) -> None:
    arguments, why = ("epoch", "koppling", "--skal", "klockfel"), "Klockan gick före.\n"
    said = (*arguments, "--text-fil", "-")
    assert office.liggare(*said, "--as", "cecilia", stdin=why).code == 4
    told = office.liggare.done(*said, "--as", "admin", "--json", stdin=why).json
    assert told["position"].startswith("1/")
    office.open_case()
    assert office.liggare.done("fsck", "--as", "admin", "--json").json["faults"] == []


def test_the_check_finds_what_was_altered(office: Office) -> None:
    office.open_case()
    with psycopg.connect(office.liggare.environ["LIGGAREN_DSN"], autocommit=True) as superuser:
        triggers = superuser.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'ledger.event'::regclass"
            " AND NOT tgisinternal"
        ).fetchall()
        superuser.execute("ALTER TABLE ledger.event DISABLE TRIGGER ALL")
        superuser.execute(
            "UPDATE ledger.event SET envelope = replace(envelope, 'day 2024', 'day 2023')"
            " WHERE lane = 'bistand' AND stream = %s",
            (office.stream,),
        )
        try:
            found = office.liggare("fsck", "--as", "admin", "--json")
            text = office.liggare("fsck", "--as", "admin")
        finally:
            superuser.execute(
                "UPDATE ledger.event SET envelope = replace(envelope, 'day 2023', 'day 2024')"
                " WHERE lane = 'bistand' AND stream = %s",
                (office.stream,),
            )
            for (trigger,) in triggers:
                superuser.execute(
                    sql.SQL("ALTER TABLE ledger.event ENABLE ALWAYS TRIGGER {}").format(
                        sql.Identifier(str(trigger))
                    )
                )
    assert found.code == text.code == 6
    assert found.json["faults"]
    assert "Fel: 0" not in text.out


def test_an_error_nobody_foresaw_is_a_reference_in_the_log(office: Office) -> None:
    dev = next(Path(office.liggare.environ["LIGGAREN_HOME"]).glob("dev/*/officers.json"))
    kept = dev.read_text()
    dev.write_text('{"Kanariefågel')
    try:
        answer = office.liggare("rebuild", "--as", "cecilia")
    finally:
        dev.write_text(kept)
    assert answer.code == 7
    assert len(answer.err.splitlines()) == 2
    reference = answer.err.rpartition(" ")[2].strip(".\n")
    log = Path(office.liggare.environ["LIGGAREN_HOME"]) / "log" / "liggare.log"
    assert reference in log.read_text()
    assert "Kanarie" not in log.read_text() + answer.err


def test_as_a_program_it_ends_with_the_same_code_and_no_traceback(office: Office) -> None:
    case = office.open_case()
    program = office.liggare.as_program
    told = program("trail", case, "--as", "cecilia")
    assert told.code == 0
    assert told.out == office.liggare.done("trail", case, "--as", "cecilia").out
    refused = program(
        "record", "bistand", office.stream, "--version", "9", "--as", "berit", stdin=APPLICATION
    )
    assert refused.code == 3
    assert program().code == 2
    assert program("state", case, LIGGAREN_ENV="prod").code == 2
    for answer in (told, refused):
        assert "Traceback" not in answer.err


def test_an_interrupt_before_it_has_begun_ends_it_without_a_traceback(office: Office) -> None:
    interrupted_at_the_first_of_many_imports = (
        "import os, runpy, signal, sys\n"
        "class Interrupting:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'typer':\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupting())\n"
        "sys.argv[1:] = ['fsck', '--as', 'admin']\n"
        "runpy.run_module('scripts.liggare', run_name='__main__')\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", interrupted_at_the_first_of_many_imports],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=clean_environ() | office.liggare.environ,
        check=False,
    )
    assert told.returncode in {130, -signal.SIGINT}, told.stderr
    assert told.stdout == told.stderr == ""


def test_it_serves_until_it_is_told_to_end(office: Office) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "scripts.liggare", "serve", "--port", "0"],
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=clean_environ() | office.liggare.environ,
    )
    assert process.stderr
    with process:
        told = process.stderr.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+", told)
        assert address, told
        assert httpx.get(f"{address[0]}/v1/halsa").json() == {"status": "ok"}
        process.terminate()
        assert process.wait(30) in {0, -signal.SIGTERM}


def test_a_development_ledger_is_served_to_this_machine_alone(office: Office) -> None:
    answer = office.liggare("serve", "--host", "0.0.0.0", "--port", "0")  # noqa: S104 - refused
    assert answer.code == 2
    assert "bara på den egna datorn" in answer.err


def test_each_command_tells_how_it_is_used(office: Office) -> None:
    told = office.liggare.done("--help").out
    for command in COMMANDS:
        assert command in told
        told += office.liggare.done(command, "--help").out
    english = r"Usage|Options|Arguments|Commands|Show|default|required|ARGS|COMMAND|<\w+>"
    assert re.findall(english, told) == []
    assert office.liggare().err == office.liggare.done("--help").out


COMMANDS: Final = [
    command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands
]


def test_output_survives_a_terminal_of_another_alphabet(office: Office) -> None:
    case = office.open_case()
    told = office.liggare.as_program(
        "trail", case, "--as", "cecilia", PYTHONIOENCODING="ascii", PYTHONUTF8="0"
    )
    assert told.code == 0
