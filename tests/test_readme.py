"""The README's commands, run in their order as a newcomer would."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx
import pytest

ROOT: Final = Path(__file__).parents[1]
README: Final = (ROOT / "README.md").read_text("utf-8")
PATIENCE_S: Final = 300

pytestmark = [pytest.mark.as_user, pytest.mark.slow]


def blocks(language: str) -> list[str]:
    """Return the README's blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of the commands: none of our settings, a data directory of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LIGGAREN_")}
    home, temporary = (str(tmp_path_factory.mktemp(name)) for name in ("hem", "tmp"))
    return kept | {"LIGGAREN_HOME": home, "TMPDIR": temporary, "LC_ALL": "C.UTF-8"}


def shell(script: str, environ: dict[str, str]) -> str:
    """Run a script as one shell would, stopping at the first command that fails."""
    answer = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environ,
        timeout=PATIENCE_S,
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def test_the_tour_runs_to_its_end(environ: dict[str, str]) -> None:
    assert len(blocks("sh")) >= 6
    told = shell("\n".join(blocks("sh")), environ)
    assert "Ansökan inkommen" in told
    assert "Du har inte behörighet att läsa BESLUT." in told
    assert "CorrectionApproved: hyra/" in told
    assert "STRUKEN" in told
    fetched = [file.read_text("utf-8") for file in Path(environ["TMPDIR"]).glob("hyresavtalet-*")]
    assert set(fetched) == {README}
    assert "Handlingen är densamma." in told
    (made, kept) = re.findall(r"^([0-9a-f]{64})(?:  -)?$", told, re.MULTILINE)
    assert made == kept
    assert "Fel: 0." in told


@pytest.fixture(scope="module")
def address(environ: dict[str, str]) -> Iterator[str]:
    """Where `scripts/run` says the service is."""
    assert "scripts/run\n" in blocks("text")[0]
    process = subprocess.Popen(
        ["scripts/run"], stderr=subprocess.PIPE, text=True, cwd=ROOT, env=environ
    )
    assert process.stderr
    told = ""
    for line in process.stderr:
        told += line
        if "Ctrl-C" in line:
            break
    found = re.search(r"http://127\.0\.0\.1:\d+", told)
    assert found, told
    yield found[0]
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE_S) == 0
    process.stderr.close()


def test_the_service_is_where_it_says_and_takes_an_own_case_further(
    environ: dict[str, str], address: str
) -> None:
    page = httpx.get(f"{address}/inloggning")
    assert "UTVECKLINGSIDENTITET" in page.text
    own_case = [block for block in blocks("sh") if "person=" in block or "$hyra" in block]
    with_path = blocks("sh")[0].splitlines()[0]
    (over_http,) = blocks("bash")
    script = "\n".join([with_path, *own_case, f"address={address}", over_http])
    told = shell(script, environ)
    trail = json.loads(told[told.rindex("\n{\n") :])
    reported = [row for row in trail["rows"] if row["type"] == "DisturbanceReported"]
    assert [(row["occurred"], row["state"]) for row in reported] == [
        ("day 2025-09-13", "counts"),
        ("day 2025-09-14", "replaced"),
    ]


def test_each_file_and_folder_it_names_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
    for folder in re.findall(r"^\| `(\w+)/` \|", README, re.MULTILINE):
        assert (ROOT / folder).is_dir(), folder


def test_it_names_each_setting() -> None:
    read = (ROOT / "scripts" / "settings.py").read_text("utf-8")
    drift = (ROOT / "docs" / "drift.md").read_text("utf-8")
    for variable in set(re.findall(r'"(LIGGAREN_[A-Z_]+)"', read)):
        assert variable in README, variable
        assert variable in README + drift
