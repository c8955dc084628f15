"""Makes `envelope.json`, the vectors of `docs/envelope.md`. Run once for a format; the file never
changes after a release.

Everything random is drawn from a fixed stream here, so that the same vectors come out again:
`test_vectors.py` compares. The database builds real envelopes; `Envelope.to_text` and this file
build those of the vectors, and the store's own tests compare the two.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256, shake_256
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid5

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.bistand import events as bistand
from domain.bistand.process import BistandProcess
from domain.catalogue import fields_table
from domain.hyra import events as hyra
from domain.hyra.process import HyraProcess
from domain.kernel.actor import Role
from domain.kernel.event import Common, Event
from domain.kernel.fact import Fact, codec_of
from domain.kernel.occurred import Occurred
from domain.koppling import events as koppling
from domain.koppling.process import KopplingProcess
from domain.system.process import SystemProcess
from domain.tillsyn.process import TillsynProcess
from ledger.canonical import encode
from ledger.codec import Json, Lane
from ledger.commitment import sealed_digest
from ledger.documents import (
    CHUNK_BYTES,
    Place,
    chunks_digest,
    commitment,
    count_of,
    seal_chunk,
)
from ledger.envelope import Envelope, Previous, leaf_hash
from ledger.seal import DataKey, build_seals, parse_seals, seal

FILE: Final = Path(__file__).with_name("envelope.json")
PAGE: Final = Path(__file__).parents[2] / "docs" / "envelope.md"
BEGIN: Final = "<!-- fields:begin -->"
END: Final = "<!-- fields:end -->"
PROCESSES: Final = (
    BistandProcess,
    HyraProcess,
    KopplingProcess,
    TillsynProcess,
    SystemProcess,
)
LEDGER: Final = uuid5(UUID(int=0), "vectors")
NAMND: Final = uuid5(LEDGER, "nämnd")
FOUNDED: Final = datetime(2026, 1, 2, 3, 4, 5, 678901, UTC)
NIL: Final = UUID(int=0)


def bytes_of(label: str, count: int) -> bytes:
    """Return bytes that are as good as random here and the same each time."""
    return shake_256(f"vectors/{label}".encode()).digest(count)


def id_of(label: str) -> UUID:
    """Return the id that a name stands for in the vectors."""
    return uuid5(LEDGER, label)


@dataclass
class Log:
    """A lane's log as it grows."""

    lane: Lane
    events: list[dict[str, Any]] = field(default_factory=list)
    heads: dict[UUID, Previous] = field(default_factory=dict)
    versions: dict[UUID, int] = field(default_factory=dict)

    def add(self, fact: Fact, stream: UUID, occurred: str, note: str | None = None) -> None:
        """Append a fact as the ledger would."""
        index = len(self.events)
        version = self.versions.get(stream, 0) + 1
        event = Event(
            stream=stream,
            version=version,
            fact=fact,
            occurred=Occurred.parse(occurred),
            common=Common(
                actor=id_of("Alma"),
                role=Role.ENHETSCHEF,
                command_id=id_of(f"{self.lane}/{index}"),
                note=note,
            ),
        )
        codec = codec_of(type(fact))
        keys = {
            (group.slot, group.cls): self._key(stream, group.slot, int(group.cls))
            for group, _ in codec.groups
            if group.sealed
        }
        sealed = seal(
            event.to_draft(codec),
            LEDGER,
            keys,
            lambda count: bytes_of(f"{self.lane}/{index}/entropy", count),
        )
        seals = build_seals(sealed)
        envelope = Envelope(
            ledger=LEDGER,
            lane=self.lane,
            epoch=0,
            index=index,
            namnd=NAMND if stream != NIL else None,
            stream=stream,
            version=version,
            type=codec.type,
            schema=codec.schema,
            occurred=occurred,
            recorded=FOUNDED + timedelta(seconds=index),
            previous=self.heads.get(stream),
            root=sealed.root,
            sealed=sealed_digest((one.slot, one.cls, one.digest) for one in parse_seals(seals)),
        ).to_text()
        leaf = leaf_hash(envelope)
        self.heads[stream] = Previous(0, index, leaf)
        self.versions[stream] = version
        self.events.append(
            {
                "envelope": envelope,
                "leaf": leaf.hex(),
                "clear": sealed.clear,
                "seals": seals.hex(),
                "parts": [_part(part, keys) for part in sealed.parts],
            }
        )

    def _key(self, stream: UUID, slot: int, cls: int) -> DataKey:
        label = f"{self.lane}/{stream}/{slot}/{cls}"
        return DataKey(id_of(label), bytes_of(label, 32))

    def heads_root(self) -> bytes:
        """The root of `docs/envelope.md` section 7 over the streams as they stand."""
        leaves = []
        for stream, head in self.heads.items():
            hashed = sha256(
                b"liggaren/stream/v1\0" + LEDGER.bytes + bytes((self.lane.code,)) + stream.bytes
            ).digest()
            rest = self.versions[stream].to_bytes(8, "big") + head.leaf
            leaves.append((hashed, sha256(b"\0liggaren/head/v1\0" + hashed + rest).digest()))
        return tree_root([leaf for _, leaf in sorted(leaves)])

    def as_json(self) -> dict[str, Any]:
        """What the vectors say of the log."""
        return {
            "events": self.events,
            "root": tree_root([bytes.fromhex(event["leaf"]) for event in self.events]).hex(),
            "heads": {
                "streams": [
                    {
                        "stream": str(stream),
                        "version": self.versions[stream],
                        "leaf": head.leaf.hex(),
                    }
                    for stream, head in self.heads.items()
                ],
                "root": self.heads_root().hex(),
            },
        }


def _part(part: bytes, keys: dict[tuple[int, Any], DataKey]) -> dict[str, Any]:
    key = next(key for key in keys.values() if key.key_id.bytes == part[45:61])
    plaintext = AESGCM(key.key).decrypt(part[61:73], part[73:], part[:61])
    return {"key": key.key.hex(), "plaintext": plaintext.hex(), "part": part.hex()}


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """Return the Merkle tree hash over leaf hashes. Source: RFC 6962 section 2.1."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1" + tree_root(leaves[:split]) + tree_root(leaves[split:])).digest()


VALUES: Final[tuple[Json, ...]] = (
    None,
    True,
    0,
    -1,
    2**53 - 1,
    "",
    'Åsa sade "nej"\\\n\t\u0001\u007f',
    "\U0001f3e0 och e\u0301",
    "a/b\b\f\r\u0085\u2028\u2029",
    [],
    ["forsok", 512000],
    {"b": 1, "a": {"z": None, "A": False}},
)


def make() -> dict[str, Any]:
    """Return the vectors."""
    hyra_log = Log(Lane.HYRA)
    case, other, gone = id_of("hyra/case"), id_of("hyra/other"), id_of("hyra/destroyed")
    lease = id_of("lease")
    hyra_log.add(
        hyra.EpochOpened(reason="grundad", environment="development"),
        NIL,
        "instant 2026-01-02T03:04:05.000000Z",
    )
    hyra_log.add(
        hyra.CaseOpened(party=id_of("party"), person_stream=id_of("person")), case, "day 2011-10-17"
    )
    hyra_log.add(
        hyra.LeaseSigned(
            lease_id=lease,
            start=date(2011, 11, 1),
            end=date(2013, 10, 31),
            sub_rent_ore_per_month=512000,
        ),
        case,
        "day 2011-10-17",
        note="Nycklarna lämnas ut den 1 november.",
    )
    hyra_log.add(
        hyra.CaseOpened(party=id_of("another"), person_stream=id_of("another person")),
        other,
        "unknown",
    )
    hyra_log.add(hyra.DisturbanceReported(lease_id=lease), case, "period 2012-05-01/2012-05-03")
    heads = hyra_log.heads_root()
    hyra_log.add(
        hyra.HeadsRecorded(epoch=0, size=5, streams=3, root=heads.hex()),
        NIL,
        "instant 2026-01-02T03:04:09.000001Z",
    )
    bistand_log = Log(Lane.BISTAND)
    stream = id_of("bistand/case")
    bistand_log.add(
        bistand.EpochOpened(reason="grundad", environment="development"),
        NIL,
        "instant 2026-01-02T03:04:05.000000Z",
    )
    bistand_log.add(
        bistand.CaseOpened(party=id_of("party"), person_stream=id_of("bistand person")),
        stream,
        "day 2011-06-14",
    )
    bistand_log.add(
        bistand.ApplicationReceived(
            channel="post", asks_for=("forsok",), text="Behöver en egen bostad."
        ),
        stream,
        "day 2011-06-14",
        note="fyller just 64 bytes..",  # 4 + 32 + 3 + 24 + 1: no padding
    )
    koppling_log = Log(Lane.KOPPLING)
    koppling_log.add(
        koppling.EpochOpened(reason="grundad", environment="development"),
        NIL,
        "instant 2026-01-02T03:04:05.000000Z",
    )
    koppling_log.add(
        koppling.CaseJoined(bistand_stream=stream, hyra_stream=case),
        id_of("koppling/case"),
        "day 2011-10-17",
    )
    key, kek = bytes_of("data key", 32), bytes_of("key-encryption key", 32)
    bound = b"liggaren/wrap/v1\0" + LEDGER.bytes + bytes((Lane.HYRA.code,)) + id_of("key").bytes
    nonce = bytes_of("nonce", 12)
    return {
        "format": "liggaren/envelope/v1",
        "values": [{"value": value, "bytes": encode(value).decode()} for value in VALUES],
        "logs": {log.lane.value: log.as_json() for log in (bistand_log, hyra_log, koppling_log)},
        "wrap": {
            "ledger": str(LEDGER),
            "lane": "hyra",
            "key_id": str(id_of("key")),
            "key": key.hex(),
            "kek": kek.hex(),
            "wrap": (nonce + AESGCM(kek).encrypt(nonce, key, bound)).hex(),
        },
        "destroyed": {
            "ledger": str(LEDGER),
            "lane": "hyra",
            "stream": str(gone),
            "hash": sha256(
                b"liggaren/destroyed/v1\0" + LEDGER.bytes + bytes((Lane.HYRA.code,)) + gone.bytes
            ).hexdigest(),
        },
        "document": a_document(case),
    }


def a_document(stream: UUID) -> dict[str, Any]:
    """Return a document of two chunks, the second of one byte."""
    content = bytes(i % 251 for i in range(CHUNK_BYTES + 1))
    place = Place(LEDGER, Lane.HYRA, stream, id_of("document"), count_of(len(content)))
    key = DataKey(id_of("document key"), bytes_of("document key", 32))
    salt = bytes_of("document salt", 32)
    chunks = [
        seal_chunk(place, number, piece, key, bytes_of(f"document nonce {number}", 12))
        for number, piece in enumerate((content[:CHUNK_BYTES], content[CHUNK_BYTES:]), 1)
    ]
    hashes = [sha256(chunk).digest() for chunk in chunks]
    return {
        "ledger": str(LEDGER),
        "lane": "hyra",
        "stream": str(stream),
        "document": str(place.document),
        "length": len(content),
        "key_id": str(key.key_id),
        "key": key.key.hex(),
        "salt": salt.hex(),
        "commitment": commitment(salt, sha256(content).digest()).hex(),
        "chunk_hashes": [one.hex() for one in hashes],
        "digest": chunks_digest(hashes).hex(),
        "last_chunk": chunks[-1].hex(),
    }


def page_with_fields(page: str) -> str:
    """Return `docs/envelope.md` with the table of fields between its marks made anew."""
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    tables = [fields_table(process.facts) for process in PROCESSES]
    return f"{before}{BEGIN}\n{chr(10).join(tables)}{END}{after}"


def to_text(vectors: dict[str, Any]) -> str:
    """Return the vectors as they stand in the file."""
    return json.dumps(vectors, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(to_text(make()), encoding="utf-8")
    PAGE.write_text(page_with_fields(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
