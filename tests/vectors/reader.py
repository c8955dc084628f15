"""Recompute every hash in envelope.json. Written from envelope.md alone, without sight of the code;
but what is about documents (section 11) was written together with it.

AES-GCM is not in the standard library, so decryption and `wrap` are not checked: the plaintexts
are taken from the file, and nothing here shows that a `key` opens its part.
"""

import json
import re
import sys
from collections.abc import Iterator
from hashlib import sha256, shake_256
from pathlib import Path
from typing import Any

LANES = ["", "bistand", "hyra", "koppling", "tillsyn", "system"]
CLASSES = ["", "identity", "address", "need", "third", "officer", "ordinary"]
UUID, HASH, NUM = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "[0-9a-f]{64}", "(0|[1-9][0-9]*)"
DAY, TIME = "[0-9]{4}-[0-9]{2}-[0-9]{2}", r"T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z"
OCCURRED = f"day {DAY}|instant {DAY}{TIME}|period {DAY}/{DAY}|unknown|sealed"
FORMS = ["liggaren/envelope/v1", UUID, "|".join(LANES[1:]), NUM, NUM, f"{UUID}|-", f"{UUID}|-", NUM,
         f"[^\\W_]+/{NUM}", OCCURRED, DAY + TIME, f"{NUM}/{NUM}/{HASH}|-", HASH, HASH]  # fmt: skip
Compared = tuple[str, object, object]  # where, what the file has, what it should have
Heads = dict[str, tuple[int, str, str]]  # stream: last version, last leaf, its position as line 12


def h(*data: bytes) -> bytes:
    return sha256(b"".join(data)).digest()


def label(name: str) -> bytes:
    return f"liggaren/{name}/v1".encode() + b"\0"


def u(bits: int, number: int) -> bytes:
    return number.to_bytes(bits // 8, "big")


def scope(ledger: str, lane: str, stream: str) -> bytes:
    ids = [bytes.fromhex(text.replace("-", "")) or bytes(16) for text in (ledger, stream)]
    return ids[0] + u(8, LANES.index(lane)) + ids[1]


def value_text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def tree(leaves: list[bytes]) -> bytes:
    if len(leaves) < 2:
        return leaves[0] if leaves else h()
    left = 1 << ((len(leaves) - 1).bit_length() - 1)  # the largest power of two below the whole
    return h(b"\1", tree(leaves[:left]), tree(leaves[left:]))


def heads_root(ledger: str, lane: str, heads: Heads) -> str:
    rows = sorted(h(label("stream"), scope(ledger, lane, s)) + u(64, version) + bytes.fromhex(leaf)
                  for s, (version, leaf, _) in heads.items())  # fmt: skip
    return tree([h(b"\0", label("head"), row) for row in rows]).hex()


def group(marks: tuple[int, int, int], seed: bytes, lines: list[str]) -> tuple[bytes, str]:
    """The group's hash, and its lines as they should have been written."""
    fields = {int(n): value_text(json.loads(v)) for n, _, v in (s.partition(" ") for s in lines)}
    salts, commits = shake_256(label("salt") + seed).digest(32 * len(fields)), b""
    for i, number in enumerate(sorted(fields)):
        commit = h(label("value"), salts[32 * i : 32 * i + 32], fields[number].encode())
        commits += u(16, number) + commit
    text = "".join(f"{number} {fields[number]}\n" for number in sorted(fields))
    return h(label("group"), bytes(marks), u(16, len(fields)), commits), text


def event_comparisons(event: Any, lane: str, index: int, heads: Heads) -> Iterator[Compared]:
    envelope, groups, clear = event["envelope"], {}, {}
    form = "".join(f"({form})\n" for form in FORMS)
    yield "form of envelope", bool(re.fullmatch(form, envelope)), True
    line = ["", *envelope.split("\n")]  # counted from 1, as the page counts them
    old_version, _, old_position = heads.get(line[7], (0, "", "-"))
    yield "lane and index", (line[3], line[5]), (lane, str(index))
    yield "version and previous", (line[8], line[12]), (str(old_version + 1), old_position)
    leaf = h(b"\0", envelope.encode()).hex()
    yield "leaf", event["leaf"], leaf

    for block in event["clear"].removesuffix("\n").split("\n@ "):
        mark, *lines = block.removeprefix("@ ").split("\n")  # splitlines() also cuts at U+2028
        slot, name, seed = mark.split(" ")
        marks = (int(slot), CLASSES.index(name), 0)
        groups[marks], text = group(marks, bytes.fromhex(seed), lines)
        clear[marks] = f"@ {marks[0]} {name} {bytes.fromhex(seed).hex()}\n{text}"
    if line[9] == "HeadsRecorded/1":  # that it covers all before itself is a guess; it fits
        own_root = heads_root(line[2], lane, heads)
        yield "heads root of its own", f'"{own_root}"\n' in event["clear"], True
    yield "clear text", event["clear"], "".join(clear[marks] for marks in sorted(clear))

    seals = digests = b""
    for item in event["parts"]:
        part, plain = bytes.fromhex(item["part"]), bytes.fromhex(item["plaintext"])
        header = u(8, 1) + u(8, 1) + scope(line[2], lane, line[7]) + u(64, int(line[8]))
        yield "part header", part[:43], header
        yield "part length", len(part), 61 + 12 + len(plain) + 16
        marks, end = (part[43], part[44], 1), 4 + int.from_bytes(plain[:4], "big")
        groups[marks], text = group(marks, plain[4:36], plain[36:end].decode().split("\n")[:-1])
        whole = u(32, 32 + len(text.encode())) + plain[4:36] + text.encode()
        whole += bytes(-len(whole) % 64)
        yield "part and plaintext", (item["part"], item["plaintext"]), (part.hex(), whole.hex())
        seals += bytes(marks[:2]) + groups[marks] + h(part)
        digests += bytes(marks[:2]) + h(part)
    yield "seals", event["seals"], seals.hex()
    order = [marks for marks in groups if marks[2]]
    yield "order of parts", order, sorted(order)
    payload = [groups[marks] for marks in sorted(groups)]
    yield "payload root", line[13], h(label("payload"), u(16, len(payload)), *payload).hex()
    yield "sealed digest", line[14], h(label("sealed"), u(16, len(order)), digests).hex()
    heads[line[7]] = (int(line[8]), leaf, f"{line[4]}/{line[5]}/{leaf}")


def document_comparisons(doc: dict[str, Any]) -> Iterator[Compared]:
    content = bytes(i % 251 for i in range(doc["length"]))
    salt, last = bytes.fromhex(doc["salt"]), bytes.fromhex(doc["last_chunk"])
    yield "document, commitment", doc["commitment"], h(label("document"), salt, h(content)).hex()
    count = -(-len(content) // 262144)
    hashes = [bytes.fromhex(one) for one in doc["chunk_hashes"]]
    yield "document, chunks", len(hashes), count
    yield "document, last chunk", hashes[-1], h(last)
    digest = h(label("chunks"), u(32, count), *hashes)
    yield "document, digest", doc["digest"], digest.hex()
    ids = [bytes.fromhex(doc[name].replace("-", "")) for name in ("document", "key_id")]
    header = u(8, 2) + u(8, 1) + scope(doc["ledger"], doc["lane"], doc["stream"]) + ids[0]
    header += u(32, count) + u(32, count) + bytes((255, CLASSES.index("need"))) + ids[1]
    yield "document, header", last[:77], header
    left = len(content) - (count - 1) * 262144
    yield "document, padding", len(last), 77 + 12 + left + -left % 16384 + 16


def comparisons(vectors: dict[str, Any]) -> Iterator[Compared]:
    yield "format", vectors["format"], FORMS[0]
    for item in vectors["values"]:
        yield "value bytes", item["bytes"], value_text(item["value"])
    gone = vectors["destroyed"]
    gone_scope = scope(gone["ledger"], gone["lane"], gone["stream"])
    yield "destroyed", gone["hash"], h(label("destroyed"), gone_scope).hex()
    yield from document_comparisons(vectors["document"])
    for lane, log in vectors["logs"].items():
        heads: Heads = {}
        for index, event in enumerate(log["events"]):
            for what, found, expected in event_comparisons(event, lane, index, heads):
                yield f"{lane} event {index}, {what}", found, expected
        root = tree([bytes.fromhex(event["leaf"]) for event in log["events"]])
        yield f"{lane}, root of log", log["root"], root.hex()
        listed = [[s["stream"], s["version"], s["leaf"]] for s in log["heads"]["streams"]]
        nil = "00000000-0000-0000-0000-000000000000"
        found_heads = [[nil if s == "-" else s, *heads[s][:2]] for s in heads]
        yield f"{lane}, heads", listed, found_heads
        ledger = log["events"][0]["envelope"].split("\n")[1]
        yield f"{lane}, root of heads", log["heads"]["root"], heads_root(ledger, lane, heads)


def check(vectors: dict[str, Any]) -> int:
    """Return the number of comparisons; raise AssertionError at the first that fails."""
    made, where = 0, "start"
    try:
        for made, (where, found, expected) in enumerate(comparisons(vectors), 1):
            if found != expected:
                raise AssertionError(f"{where}: {found!r} in the file, {expected!r} by the page")
    except (ArithmeticError, LookupError, ValueError) as error:  # damaged beyond comparison
        raise AssertionError(f"after {where}: {error!r}") from error
    return made


if __name__ == "__main__":
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("envelope.json")
    print(f"{check(json.loads(file.read_text(encoding='utf-8')))} comparisons, all equal")
