"""The OpenAPI document: what each route takes and answers, in Swedish where a person reads it.

`tests/api/test_contract.py` holds the service to it.
"""

import json
import re
from collections.abc import Collection, Mapping
from typing import Any, Final
from urllib.parse import quote

from fastapi import FastAPI
from pydantic.alias_generators import to_camel
from typing_extensions import override

from api import reading
from api.acting import PURPOSES, Purpose
from api.examples import command_example, example
from api.feeding import MOST, PAGE
from api.saying import BY_THE_LEDGER_ITSELF, Said
from domain.kernel.fact import Fact, specs_of
from domain.kernel.occurred import FORM as OCCURRED
from domain.kernel.shapes import DocumentFiled, HolderChanged
from ledger.codec import Lane
from projections.registry import REGISTRY
from projections.texts import FIELDS, HANDED_OVER, LANES, TYPES
from projections.trail import State
from projections.words import sentence_of

Schema = dict[str, Any]
"""A part of the document: JSON Schema 2020-12, or OpenAPI 3.1."""

_REF: Final = "#/components/schemas/"
_ASCII: Final = str.maketrans("åäöÅÄÖ", "aaoAAO")
"""The name of a component is ASCII (OpenAPI 3.1, Components Object)."""


class Described(FastAPI):
    """An application whose description has what its routes refer to."""

    @override
    def openapi(self) -> Schema:
        """Return the OpenAPI document."""
        if not self.openapi_schema:
            document = super().openapi()
            document["components"] = {
                "schemas": {"Problem": _PROBLEM, "Receipt": _RECEIPT, **_VIEWS, **_components()},
                "securitySchemes": {"inloggning": {"type": "http", "scheme": "bearer"}},
            }
        return self.openapi_schema or {}


# ---------------------------------------------------------------- a route


def described(
    answer: Schema,
    *refused: int,
    status: int = 200,
    parameters: Collection[Schema] = (),
    body: Schema | None = None,
) -> dict[str, Any]:
    """Return what a route is described by, for its decorator.

    Args:
        answer: of the answer that was asked for: its content and headers.
        refused: the statuses of the problems that only some routes answer with.
        status: of that answer.
        parameters: what is said in headers and in the address, but for its path.
        body: the content of a request.
    """
    extra: Schema = {"parameters": [*parameters], "security": [{"inloggning": []}]}
    if body:
        extra["requestBody"] = {"required": True, "content": body}
    return {
        "status_code": status,
        "responses": {status: {"description": "Svaret", **answer}} | problems(*_ALWAYS, *refused),
        "openapi_extra": extra,
    }


def problems(*statuses: int) -> dict[int | str, Schema]:
    """Return the problems a route answers with, by status."""
    return {
        status: {
            "description": _REFUSED[status],
            "content": {"application/problem+json": {"schema": {"$ref": f"{_REF}Problem"}}},
            **_REFUSED_WITH.get(status, {}),
        }
        for status in sorted(statuses)
    }


def answers(schema: str | Schema, media_type: str = "application/json", **headers: str) -> Schema:
    """Return an answer that is JSON.

    Args:
        schema: its own, or the name of a component.
        media_type: of the content.
        headers: name, with `_` for `-`, to what it says.
    """
    content = {"$ref": _REF + schema} if isinstance(schema, str) else schema
    return {
        "content": {media_type: {"schema": content}},
        "headers": {name.replace("_", "-"): _header(says) for name, says in headers.items()},
    }


def _header(says: str, **schema: Any) -> Schema:  # noqa: ANN401 - JSON Schema is any JSON
    return {"description": says, "required": True, "schema": {"type": "string", **schema}}


_REFUSED: Final[Mapping[int, str]] = {
    400: "Anropet har fel form, eller säger inte för vilken nämnd",
    401: "Ingen giltig inloggning",
    403: "Saknar behörighet",
    404: "Finns inte, eller ligger hos en annan nämnd",
    408: "Innehållet kom för långsamt",
    409: "Hindras av något som redan är registrerat",
    410: "Gallrat, eller finns inte längre",
    411: "Längden saknas",
    412: "Fel version",
    413: "För stort",
    415: "Fel innehållstyp",
    421: "Fel värdnamn",
    422: "Kan inte registreras eller förstås",
    428: "Versionen saknas",
    431: "För stora huvuden",
    500: "Ett fel i tjänsten",
    503: "Tjänsten svarar inte just nu",
}
_REFUSED_WITH: Final[Mapping[int, Schema]] = {
    401: {"headers": {"WWW-Authenticate": _header("Hur man loggar in (RFC 6750)")}},
    503: {"headers": {"Retry-After": _header("Sekunder att vänta", pattern="^[0-9]+$")}},
}
_ALWAYS: Final = (400, 401, 403, 421, 431, 500, 503)
READS: Final = (404, 410, 422)
"""What a route that reads a stream also refuses with."""
WRITES: Final = (404, 408, 409, 410, 412, 413, 415, 422, 428)
"""What a route that records also refuses with."""

# ---------------------------------------------------------------- what is said beside a body


def _parameter(name: str, says: str, schema: Schema, place: str = "header", **more: Any) -> Schema:  # noqa: ANN401 - as above
    return {"name": name, "in": place, "description": says, "schema": schema, **more}


_UUID: Final[Schema] = {"type": "string", "format": "uuid"}
STREAM: Final[Schema] = _UUID
"""An id in an address."""
_WORDS: Final = ", ".join(f"{purpose}: {words}" for purpose, words in PURPOSES.items())
NAMND: Final = _parameter("Liggaren-Namnd", "För vilken nämnd du handlar", _UUID)
PURPOSE: Final = _parameter(
    "Liggaren-Andamal", f"Varför du läser. {_WORDS}", {"type": "string", "enum": [*Purpose]}
)
KEY: Final = _parameter(
    "Idempotency-Key", "Kommandots id, slumpat. Samma igen ger samma svar", _UUID, required=True
)
IF_MATCH: Final = _parameter(
    "If-Match",
    "Versionen du har sett, som läsningens ETag",
    {"type": "string", "pattern": '^"[1-9][0-9]{0,15}"$'},
    required=True,
    example='"3"',
)
IF_NONE_MATCH: Final = _parameter(
    "If-None-Match", "Strömmen ska vara ny", {"type": "string", "const": "*"}, required=True
)
CLOCK: Final[Schema] = {
    "type": "string",
    "anyOf": [{"format": "date"}, {"format": "date-time"}, {"const": ""}],
}
CLOCKS: Final = (
    _parameter("gallde", "Dagen eller tidpunkten då det gällde", CLOCK, "query"),
    _parameter("kant", "Dagen eller tidpunkten då det var känt", CLOCK, "query"),
    _parameter(
        "kalla",
        "Vems ord om när det blev känt",
        {"type": "string", "enum": ["kallsystem", "liggaren", ""]},
        "query",
    ),
)
FEED: Final = (
    _parameter(
        "efter",
        "Markören ur Link: rel=next i förra svaret",
        {"type": "string", "pattern": r"^(0|[1-9][0-9]{0,6})\.(0|[1-9][0-9]{0,12})\.[0-9a-f]{64}$"},
        "query",
    ),
    _parameter(
        "antal",
        "Högst så många händelser",
        {"type": "integer", "minimum": 1, "maximum": MOST, "default": PAGE},
        "query",
    ),
)


def listing(cursor: str) -> tuple[Schema, ...]:
    """Return what a list is asked.

    Args:
        cursor: the pattern of its cursors.
    """
    return (
        _parameter(
            "efter",
            "Markören ur Link: rel=next i förra svaret",
            {"type": "string", "pattern": f"^(?:{cursor})$"},
            "query",
        ),
        _parameter(
            "antal",
            "Högst så många rader",
            {
                "type": "integer",
                "minimum": 1,
                "maximum": reading.MOST,
                "default": reading.PAGE,
            },
            "query",
        ),
        _parameter(
            "visa",
            "Alla, bara öppna eller bara avslutade",
            {"type": "string", "enum": ["alla", "oppna", "avslutade"], "default": "alla"},
            "query",
        ),
    )


def handling(lane: Lane) -> Schema:
    """Return the header that says what a document is."""
    filed = example(REGISTRY.require(lane, DocumentFiled.__name__))
    paper = {name: value for name, value in filed.items() if name in _OF_PAPER}
    said = {"occurred": "day 2024-03-01", "fact": paper}
    return _parameter(
        "Liggaren-Handling",
        "Handlingens uppgifter: JSON, procentkodad (RFC 3986)",
        {
            "type": "string",
            "pattern": "^(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})+$",
            "contentMediaType": "application/json",
            "contentSchema": {"$ref": f"{_REF}{lane}.Handling"},
        },
        required=True,
        example=quote(json.dumps(said, ensure_ascii=False)),
    )


NUMBER_ASKED: Final[Schema] = {
    "application/json": {
        "schema": {
            "type": "object",
            "properties": {"number": {"type": "string"}},
            "required": ["number"],
            "additionalProperties": False,
        },
        "example": {"number": "200001012384"},
    }
}
"""The content of a request that looks for a person."""


def command_body(lane: Lane) -> Schema:
    """Return the content of a request that records a fact."""
    return {"application/json": {"schema": {"$ref": f"{_REF}{lane}"}}}


# ---------------------------------------------------------------- commands


def commands(lane: Lane) -> dict[str, Schema]:
    """Return the JSON Schema of each command of a lane, by type."""
    return {
        fact.TYPE: _command(fact)
        for fact in REGISTRY.facts
        if fact.lane is lane and not issubclass(fact, BY_THE_LEDGER_ITSELF)
    }


def _components() -> dict[str, Schema]:
    """All commands, and for each lane the choice between its own."""
    found: dict[str, Schema] = {}
    for lane in Lane:
        refs = {name: f"{_REF}{_component(lane, name)}" for name in commands(lane)}
        found[lane.value] = {
            "title": LANES[lane],
            "description": "En händelse att registrera. `type` säger vilken.",
            "oneOf": [{"$ref": ref} for ref in refs.values()],
            "discriminator": {"propertyName": "type", "mapping": refs},
        }
        found |= {_component(lane, name): one for name, one in commands(lane).items()}
        filed = REGISTRY.get(lane, DocumentFiled.__name__, 1)
        if filed:
            found[f"{lane}.Handling"] = _paper(filed)
    return found


def _component(lane: Lane, name: str) -> str:
    return f"{lane}.{name.translate(_ASCII)}"


def _command(fact: type[Fact]) -> Schema:
    schema = _said(fact)
    schema["properties"]["type"] = {"const": fact.TYPE, "title": _SAID["type"]}
    schema["examples"] = [command_example(fact)]
    return schema


def _paper(filed: type[Fact]) -> Schema:
    """What is said of a document that is filed; the rest the program knows by itself."""
    schema = _said(filed)
    fact = schema["properties"]["fact"]
    for part in (schema, fact):
        part["properties"] = {
            name: one for name, one in part["properties"].items() if name not in _NOT_OF_PAPER
        }
        part["required"] = [name for name in part["required"] if name in part["properties"]]
    return schema


def _said(fact: type[Fact]) -> Schema:
    schema = Said.model_json_schema(by_alias=True)
    own = fact.model_json_schema(by_alias=True)
    definitions = schema.pop("$defs", {}) | own.pop("$defs", {})
    for spec in specs_of(fact):
        own["properties"][to_camel(spec.name)]["title"] = FIELDS[spec.name]
    says = sentence_of(fact)
    if issubclass(fact, HolderChanged) and fact.lane in reading.SIDES:
        says += f" {HANDED_OVER}"
    schema |= {"title": TYPES[fact.TYPE].title, "description": says}
    schema["properties"] |= {"fact": own}
    for name in Said.model_fields:
        schema["properties"][to_camel(name)]["title"] = _SAID.get(name) or FIELDS[name]
    schema["properties"]["occurred"]["pattern"] = _OCCURRED
    inlined: Schema = _inlined(schema, definitions)
    return inlined


def _inlined(schema: Any, definitions: Mapping[str, Any]) -> Any:  # noqa: ANN401 - as above
    """Put definitions where they are referred to: OpenAPI looks for them elsewhere.

    None of ours refers to itself.
    """
    if isinstance(schema, list):
        return [_inlined(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        rest = {name: item for name, item in schema.items() if name != "$ref"}
        return _inlined(definitions[schema["$ref"].rpartition("/")[2]] | rest, definitions)
    return {name: _inlined(item, definitions) for name, item in schema.items()}


_SAID: Final[Mapping[str, str]] = {
    "type": "Händelsetyp",
    "occurred": "När det hände",
    "fact": "Vad som hände",
    "target": "Ström som åtgärden gäller",
    "target_subject": "Person som åtgärden gäller",
}
_OCCURRED: Final = f"^(?:{re.sub('[?]P<[a-z]+>', '', OCCURRED.pattern)})$"
_OF_PAPER: Final = frozenset({"kind", "kindText", "heading"})
_NOT_OF_PAPER: Final = frozenset(
    {"type", "corrects", "correctionReason"}
    | {to_camel(spec.name) for spec in specs_of(DocumentFiled)} - _OF_PAPER
)

# ---------------------------------------------------------------- answers


def _object(**properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": [*properties],
        "additionalProperties": False,
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


_STRING: Final[Schema] = {"type": "string"}
_SAYS: Final[Schema] = {"type": "string", "minLength": 1}
_PERHAPS: Final[Schema] = {"type": ["string", "null"]}
_FLAG: Final[Schema] = {"type": "boolean"}
_VERSION: Final[Schema] = {"type": "integer", "minimum": 1}
_LANE: Final[Schema] = {"type": "string", "enum": [*Lane]}
_REFERENCE: Final[Schema] = {
    "type": "string",
    "pattern": f"^({'|'.join(Lane)})/[0-9a-f-]{{36}}/[0-9]+$",
}
_INSTANT: Final[Schema] = {"type": "string", "format": "date-time"}
_LEAF: Final[Schema] = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_POSITION: Final[Schema] = {"type": "string", "pattern": "^[0-9]+/[0-9]+$"}
_OFFICE: Final = _object(id=_UUID, name=_PERHAPS)

_PROBLEM: Final[Schema] = {
    **_object(
        type={"type": "string", "pattern": "^urn:liggaren:problem:[a-z_.0-9]+$"},
        title=_SAYS,
        status={"type": "integer", "minimum": 400, "maximum": 599},
        detail=_SAYS,
        instance={"type": "string", "format": "uri"},
        code={"type": "string", "pattern": "^[a-z_]+([.][a-z_0-9]+)*$"},
        remedy=_SAYS,
    ),
    "title": "Problem",
    "description": "Varför det inte gick, och vad man gör i stället (RFC 9457).",
}
_PROBLEM["properties"] |= {
    "fields": {**_list(_object(field=_STRING, detail=_SAYS)), "minItems": 1},
    "lagrum": _SAYS,
}
_RECEIPT: Final[Schema] = {
    **_object(
        lane=_LANE,
        stream=_UUID,
        version=_VERSION,
        ref=_REFERENCE,
        type=_SAYS,
        position=_POSITION,
        recorded={**_INSTANT, "type": ["string", "null"]},
        leaf=_LEAF,
    ),
    "title": "Kvittens",
    "description": "Var händelsen kom att ligga.",
}
_READ: Final[Mapping[str, Schema]] = {
    "namnd": _OFFICE,
    "notShown": _list(_object(lane=_LANE, label=_SAYS, why=_SAYS)),
    "logs": {
        "type": "object",
        "propertyNames": {"enum": [*Lane]},
        "additionalProperties": {**_POSITION, "type": ["string", "null"]},
    },
    "gallde": _PERHAPS,
    "kant": {**_INSTANT, "type": ["string", "null"]},
    "sourceWord": _FLAG,
    "forecast": _FLAG,
    "streams": _list(_object(lane=_LANE, stream=_UUID, version=_VERSION, ofPerson=_FLAG)),
}
_LABELLED: Final = _object(label=_SAYS, value=_STRING)
_STATE: Final = {
    "lanes": _list(
        _object(
            lane=_LANE,
            label=_SAYS,
            sections=_list(_object(title=_SAYS, rows=_list(_LABELLED))),
        )
    )
}
_TRAIL: Final = {
    "rows": _list(
        _object(
            number=_VERSION,
            ref=_REFERENCE,
            lane=_LANE,
            laneLabel=_SAYS,
            type=_SAYS,
            occurred={"type": "string", "pattern": _OCCURRED},
            recorded=_INSTANT,
            claimedRecorded=_PERHAPS,
            daysLate={"type": ["integer", "null"]},
            bySource=_FLAG,
            title=_SAYS,
            sentence=_SAYS,
            details=_list(_LABELLED),
            actor=_PERHAPS,
            role=_PERHAPS,
            actedBy=_PERHAPS,
            delegation=_PERHAPS,
            note=_PERHAPS,
            state={"type": "string", "enum": [*State]},
            replacedBy=_PERHAPS,
            corrects=_PERHAPS,
            correctionReason=_PERHAPS,
            links=_list(_SAYS),
            missing=_list(_SAYS),
        )
    )
}
_COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
_SHOWN: Final = {"position": {**_POSITION, "type": ["string", "null"]}, "stopped": _FLAG}
_LISTED: Final = _object(
    stream=_UUID,
    kind=_SAYS,
    open=_FLAG,
    opened=_INSTANT,
    latest=_INSTANT,
    latestType=_SAYS,
    version=_VERSION,
    begun=_COUNT,
    ended=_COUNT,
)


def _by_lane(schema: Schema) -> Schema:
    return {
        "type": "object",
        "propertyNames": {"enum": [*Lane]},
        "additionalProperties": schema,
    }


_HEALTH: Final = _object(status={"type": "string", "enum": ["ok", "skrivskyddad", "otillganglig"]})
_HEALTH["properties"] |= {
    name: {**_list(_LANE), "minItems": 1} for name in ("stoppedLists", "lateLists")
}
_VIEWS: Final[Mapping[str, Schema]] = {
    "CaseState": _object(case=_UUID, **_READ, **_STATE),
    "CaseTrail": _object(case=_UUID, **_READ, **_TRAIL),
    "Stream": _object(lane=_LANE, stream=_UUID, version=_VERSION, **_READ, **_STATE, **_TRAIL),
    "Holding": _object(namnder=_list(_OFFICE)),
    "StreamList": _object(lane=_LANE, namnd=_OFFICE, **_SHOWN, rows=_list(_LISTED)),
    "CaseList": _object(
        namnd=_OFFICE,
        lists=_by_lane(_object(**_SHOWN)),
        rows=_list(_object(case=_UUID, latest=_INSTANT, open=_FLAG, streams=_by_lane(_LISTED))),
    ),
    "PersonsFound": _object(
        lane=_LANE,
        persons=_list(
            _object(
                person=_UUID,
                streams=_list(_UUID),
                name=_PERHAPS,
                numberInForce=_FLAG,
                cases=_list(_object(stream=_UUID, coParty=_FLAG, left=_FLAG)),
            )
        ),
    ),
    "Health": _HEALTH,
    "Filed": _object(**_RECEIPT["properties"], document=_UUID),
    "Events": _list(
        _object(
            specversion={"const": "1.0"},
            id=_POSITION,
            source={"type": "string", "format": "uri-reference"},
            type=_SAYS,
            subject=_SAYS,
            time=_INSTANT,
            datacontenttype={"const": "application/json"},
            data=_object(
                version=_VERSION,
                occurred={"type": "string", "pattern": _OCCURRED},
                leaf=_LEAF,
            ),
        )
    ),
}
