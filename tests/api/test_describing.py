"""The OpenAPI document is complete: an example, a title and a description of each type."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from jsonschema import Draft202012Validator

from api.bodies import parse
from api.filing import LANES as FILED_IN
from api.saying import understand
from domain.kernel.fact import Fact, specs_of
from ledger.codec import Json, Lane
from projections.texts import FIELDS, TYPES
from tests.api.service import Service
from tests.vectors.examples import FACTS

pytestmark = pytest.mark.one_server
Document = dict[str, Any]
every_type = pytest.mark.parametrize("fact", FACTS, ids=lambda fact: f"{fact.lane}-{fact.TYPE}")


@pytest.fixture(scope="module")
def document(service: Service) -> Document:
    found: Document = service.client.get("/v1/openapi.json").json()
    return found


def test_the_readme_names_every_request_and_no_other(document: Document) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    (table,) = re.findall(r"^\| request \| answers \|\n(.*?)\n\n", readme, re.DOTALL | re.MULTILINE)
    named = {
        tuple(said.split(" "))
        for row in table.splitlines()
        for said in re.findall(r"`((?:GET|POST) /v1/[^`?]*)", row.split("|")[1])
    }
    offered = {
        (
            method.upper(),
            re.sub(r"^/v1/(bistand|hyra|koppling|tillsyn|system)(?=/|$)", "/v1/{lane}", path),
        )
        for path, methods in document["paths"].items()
        for method in methods
    }
    offered = {
        (method, path.replace("{lane}/sparrar", "tillsyn/sparrar")) for method, path in offered
    }
    assert named == offered | {("GET", "/v1/openapi.json")}


def test_what_hands_a_case_over_says_that_its_persons_do_not_go_with_it(
    document: Document,
) -> None:
    telling = {
        fact.lane
        for fact in FACTS
        if "Personernas akter" in command_of(document, fact)["description"]
    }
    assert telling == {Lane.BISTAND, Lane.HYRA}


def resolved(document: Document, ref: str) -> Document:
    found: Any = document
    for part in ref.removeprefix("#/").split("/"):
        found = found[part]
    assert isinstance(found, dict)
    return found


def command_of(document: Document, fact: type[Fact]) -> Document:
    """The schema of a type, found as a reader of the document finds it."""
    body = document["paths"][f"/v1/{fact.lane}"]["post"]["requestBody"]
    choice = resolved(document, body["content"]["application/json"]["schema"]["$ref"])
    assert choice["discriminator"]["propertyName"] == "type"
    ref = choice["discriminator"]["mapping"][fact.TYPE]
    assert {"$ref": ref} in choice["oneOf"]
    return resolved(document, ref)


@every_type
def test_the_example_of_a_type_is_taken_by_its_schema_and_by_the_service(
    document: Document, fact: type[Fact]
) -> None:
    schema = command_of(document, fact)
    (example,) = schema["examples"]
    assert example["type"] == fact.TYPE
    assert list(Draft202012Validator(schema).iter_errors(example)) == []
    understood = understand(fact.lane, parse(json.dumps(example).encode()))
    assert type(understood.fact) is fact


@every_type
def test_a_type_and_its_fields_are_called_what_the_trail_calls_them(
    document: Document, fact: type[Fact]
) -> None:
    schema = command_of(document, fact)
    assert schema["title"] == TYPES[fact.TYPE].title
    assert schema["description"][-1] == "."
    assert "{" not in schema["description"]
    said = schema["properties"]["fact"]["properties"]
    assert {one["title"] for one in said.values()} == {FIELDS[one.name] for one in specs_of(fact)}


def test_a_lane_offers_its_own_types_and_no_other(document: Document) -> None:
    for lane in Lane:
        choice = resolved(document, f"#/components/schemas/{lane}")
        assert {*choice["discriminator"]["mapping"]} == {
            fact.TYPE for fact in FACTS if fact.lane is lane
        }
        assert len(choice["oneOf"]) == len(choice["discriminator"]["mapping"])


def test_the_example_of_what_is_said_of_a_document_is_taken(document: Document) -> None:
    for lane in FILED_IN:
        path = document["paths"][f"/v1/{lane}/strommar/{{stream}}/handlingar"]["post"]
        (header,) = [one for one in path["parameters"] if one["name"] == "Liggaren-Handling"]
        schema = resolved(document, header["schema"]["contentSchema"]["$ref"])
        said = parse(unquote(header["example"]).encode())
        assert Draft202012Validator(schema).is_valid(said)
        known: dict[str, Json] = {"mediaType": "application/pdf", "length": 1}
        known |= {"documentId": "6ec1f1b5-2a53-4bd5-8c9f-52f6bb0d3b11"}
        known |= dict.fromkeys(("chunksDigest", "salt", "commitment"), "5e" * 32)
        assert type(understand(lane, said, known).fact).__name__ == "DocumentFiled"
        for name, value in known.items():  # what the program knows by itself cannot be said
            assert isinstance(said["fact"], dict)
            assert not Draft202012Validator(schema).is_valid(
                {**said, "fact": {**said["fact"], name: value}}
            )


def parts(node: Any) -> Iterator[Document]:  # noqa: ANN401 - any JSON
    if isinstance(node, dict):
        yield node
    for item in node.values() if isinstance(node, dict) else node:
        if isinstance(item, dict | list):
            yield from parts(item)


def test_whatever_the_document_refers_to_is_in_it(document: Document) -> None:
    refs = {part["$ref"] for part in parts(document) if isinstance(part.get("$ref"), str)}
    assert len(refs) > len(FACTS)
    for ref in refs:
        assert resolved(document, ref)
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_pattern_is_read_alike_in_every_language(document: Document) -> None:
    """JSON Schema's patterns are ECMA-262's: there `\\w` has no å, and named groups differ."""
    patterns = {part["pattern"] for part in parts(document) if isinstance(part.get("pattern"), str)}
    assert len(patterns) > 5
    assert not {one for one in patterns if re.search(r"\\[wWdDsSpPbB]|\(\?[^:]", one)}


def test_every_route_says_what_it_asks_of_the_sender_and_all_it_answers(
    document: Document,
) -> None:
    for path, operations in document["paths"].items():
        for operation in operations.values():
            answers = operation["responses"]
            assert all(answer["description"] for answer in answers.values()), path
            if path == "/v1/halsa":
                continue
            assert {"400", "401", "403", "421", "431", "500", "503"} <= answers.keys()
            said = {one["name"] for one in operation["parameters"]}
            assert "Liggaren-Namnd" in said
            assert operation["security"] == [{"inloggning": []}]
            if "201" in answers:
                assert "Idempotency-Key" in said
                assert said & {"If-Match", "If-None-Match"}
                assert {"409", "410", "412", "413", "415", "422", "428"} <= answers.keys()
                assert {"Location", "ETag"} <= answers["201"]["headers"].keys()
            for status, answer in answers.items():
                refused = status >= "400"
                assert ("application/problem+json" in answer["content"]) is refused, path
