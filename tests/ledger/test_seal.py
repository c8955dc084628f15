"""What is sealed comes back to whom has the key, and nothing else passes for it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256, shake_256
from itertools import chain, count
from os import urandom
from uuid import UUID, uuid5

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import LARGEST_INTEGER, CanonicalError
from ledger.codec import JOINT, NOBODY, Codec, Draft, FieldClass, FieldSpec, GroupKey, Json, Lane
from ledger.commitment import commit, group_hash, payload_root, salts, sealed_digest
from ledger.envelope import Envelope, EnvelopeError, Previous
from ledger.seal import (
    DataKey,
    Opened,
    Sealed,
    TamperedError,
    UnknownFieldError,
    build_seals,
    check,
    open_parts,
    parse_seals,
    part_key_id,
    seal,
)

NEED, THIRD, OFFICER, ORDINARY = (
    FieldClass.NEED,
    FieldClass.THIRD,
    FieldClass.OFFICER,
    FieldClass.ORDINARY,
)
LEDGER = UUID("3f0c1b9e-6a54-4d7c-9f0a-2a7f7a0d3c11")
STREAM = UUID("6ec17a5e-1111-4d7c-9f0a-2a7f7a0d3c13")
COUPLE = Codec(
    Lane.BISTAND,
    "BedömningGjord",
    1,
    (
        FieldSpec(32, "tenant_need", 1, NEED),
        FieldSpec(33, "co_tenant_need", 2, NEED),
        FieldSpec(34, "kind", NOBODY, ORDINARY, sealed=False),
        FieldSpec(35, "tenant_place", 1, ORDINARY, sealed=False),
        FieldSpec(36, "tenant_second_need", 1, NEED),
    ),
)
TENANT, CO_TENANT = (1, NEED), (2, NEED)
PLACES = [(NOBODY, OFFICER), TENANT, CO_TENANT, (JOINT, THIRD)]
VALUES: dict[int, Json] = {
    1: "officer",
    5: "command",
    11: "note",
    32: "våld",
    33: "missbruk",
    34: "kod_1",
    35: 450000,
    36: ["a", {"b": None}],
}
ALL_NULL = dict.fromkeys(spec.number for spec in COUPLE.fields)
KEYS = {
    place: DataKey(uuid5(LEDGER, str(place)), sha256(str(place).encode()).digest())
    for place in PLACES
}


@dataclass(frozen=True)
class Stored:
    """An event as the database holds it."""

    envelope: Envelope
    clear: str
    seals: bytes
    parts: tuple[bytes, ...]
    keys: dict[UUID, bytes] = field(
        default_factory=lambda: {key.key_id: key.key for key in KEYS.values()}
    )

    def opened(self, codec: Codec | None = COUPLE) -> Opened:
        return open_parts(
            codec, self.envelope, LEDGER, self.clear, self.seals, self.parts, self.keys
        )

    def checked(self) -> frozenset[tuple[int, FieldClass]]:
        return check(self.envelope.to_text(), self.clear, self.seals, self.parts)

    def part(self, place: tuple[int, FieldClass]) -> bytes:
        return self.parts[PLACES.index(place)]

    def with_part(self, place: tuple[int, FieldClass], part: bytes) -> "Stored":
        parts = [*self.parts]
        parts[PLACES.index(place)] = part
        return replace(self, parts=tuple(parts))

    def without(self, place: tuple[int, FieldClass]) -> "Stored":
        return replace(self, parts=tuple(part for part in self.parts if part != self.part(place)))


def counted() -> Callable[[int], bytes]:
    """Entropy that is different each time and the same in each run."""
    calls = count()
    return lambda size: shake_256(b"%d" % next(calls)).digest(size)


def draft(values: dict[int, Json] | None = None, version: int = 4, stream: UUID = STREAM) -> Draft:
    return Draft(stream, version, COUPLE, "unknown", VALUES if values is None else values)


def stored(sealed: Sealed, version: int = 4, stream: UUID = STREAM) -> Stored:
    seals = build_seals(sealed)
    envelope = Envelope(
        ledger=LEDGER,
        lane=Lane.BISTAND,
        epoch=0,
        index=17,
        namnd=None,
        stream=stream,
        version=version,
        type=COUPLE.type,
        schema=1,
        occurred="unknown",
        recorded=datetime(2025, 6, 14, tzinfo=UTC),
        previous=Previous(0, 3, bytes(32)) if version > 1 else None,
        root=sealed.root,
        sealed=sealed_digest((one.slot, one.cls, one.digest) for one in parse_seals(seals)),
    )
    return Stored(envelope, sealed.clear, seals, sealed.parts)


def an_event(
    values: dict[int, Json] | None = None, version: int = 4, stream: UUID = STREAM
) -> Stored:
    sealed = seal(draft(values, version, stream), LEDGER, KEYS, counted())
    return stored(sealed, version, stream)


EVENT = an_event()


def sealed_anew(part: bytes, header: bytes, old_key: bytes, new_key: bytes) -> bytes:
    """The part's content under another header and key: what only a holder of the keys can do."""
    nonce = part[61:73]
    content = AESGCM(old_key).decrypt(nonce, part[73:], part[:61])
    return header + nonce + AESGCM(new_key).encrypt(nonce, content, header)


# ---------------------------------------------------------------- round trip
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(sorted(ALL_NULL)), json_values))
def test_whoever_has_all_keys_reads_what_was_recorded(values: dict[int, Json]) -> None:
    event = an_event(values)
    assert event.opened() == Opened(ALL_NULL | values, frozenset())
    assert event.checked() == frozenset()


def test_real_entropy_gives_other_bytes_each_time() -> None:
    one = seal(draft(), LEDGER, KEYS, urandom)
    two = seal(draft(), LEDGER, KEYS, urandom)
    assert stored(one).opened() == stored(two).opened()
    assert one.root != two.root
    assert not {part[61:] for part in one.parts} & {part[61:] for part in two.parts}


def test_entropy_is_asked_once_and_every_seed_and_nonce_is_its_own() -> None:
    asked: list[int] = []

    def entropy(size: int) -> bytes:
        asked.append(size)
        return bytes(number % 256 for number in range(size))

    sealed = seal(draft(), LEDGER, KEYS, entropy)
    groups = len(COUPLE.groups)
    assert asked == [32 * groups + 12 * len(PLACES)]
    drawn = entropy(asked[0])
    nonces = [part[61:73] for part in sealed.parts]
    assert nonces == [drawn[at : at + 12] for at in range(32 * groups, asked[0], 12)]
    seeds = [bytes.fromhex(line[-64:]) for line in sealed.clear.splitlines() if line[0] == "@"]
    assert [drawn.index(seed) for seed in seeds] == [32, 96]  # of the second and fourth group


def test_the_bytes_are_those_of_the_page() -> None:
    """Read by the page alone: nothing of `ledger.seal` takes part."""
    groups: list[tuple[int, int, int, str, list[tuple[int, bytes]]]] = []
    for line in EVENT.clear.removesuffix("\n").split("\n"):
        if line.startswith("@"):
            _, slot, cls, seed = line.split(" ")
            assert cls == "ordinary"
            groups.append((int(slot), 6, 0, seed, []))
        else:
            number, value = line.split(" ", 1)
            groups[-1][4].append((int(number), value.encode()))
    for part, (part_slot, part_class) in zip(EVENT.parts, PLACES, strict=True):
        header = b"\x01\x01" + LEDGER.bytes + b"\x01" + STREAM.bytes + bytes([*bytes(7), 4])
        header += bytes([part_slot, part_class]) + KEYS[part_slot, part_class].key_id.bytes
        assert part[:61] == header
        plain = AESGCM(KEYS[part_slot, part_class].key).decrypt(part[61:73], part[73:], header)
        length = int.from_bytes(plain[:4], "big")
        assert len(plain) % 64 == 0
        assert 0 <= len(plain) - 4 - length < 64
        assert not any(plain[4 + length :])
        lines = plain[36 : 4 + length].decode().split("\n")
        assert lines.pop() == ""
        pairs = [line.split(" ", 1) for line in lines]
        fields = [(int(number), value.encode()) for number, value in pairs]
        groups.append((part_slot, int(part_class), 1, plain[4:36].hex(), fields))
    assert payload_root([by_hand(*group) for group in sorted(groups)]) == EVENT.envelope.root


def by_hand(slot: int, cls: int, kept: int, seed: str, fields: list[tuple[int, bytes]]) -> bytes:
    key = GroupKey(slot, FieldClass(cls), bool(kept))
    drawn = salts(bytes.fromhex(seed), len(fields))
    commits = [commit(salt, value) for salt, (_, value) in zip(drawn, fields, strict=True)]
    return group_hash(key, [number for number, _ in fields], commits)


def test_the_clear_text_holds_the_clear_fields_alone() -> None:
    lines = [line.split(" ") for line in EVENT.clear.splitlines()]
    assert [line[0] for line in lines] == ["@", "5", "6", "7", "8", "9", "10", "34", "@", "35"]
    assert EVENT.clear.endswith("\n35 450000\n")
    assert "våld" not in EVENT.clear


def test_presence_and_length_tell_nothing_of_a_code() -> None:
    empty, short, long = an_event({}), an_event({32: "kod_1"}), an_event({32: "en_längre_kod"})
    sizes = [[len(part) for part in event.parts] for event in (empty, short, long)]
    assert sizes[0] == sizes[1] == sizes[2]


@pytest.mark.parametrize("length", range(100))
def test_a_part_is_padded_to_the_next_whole_block(length: int) -> None:
    event = an_event({11: "x" * length})
    content = 4 + 32 + len('11 ""\n') + length
    assert len(event.part((JOINT, THIRD))) == 61 + 12 + (content + 63) // 64 * 64 + 16
    assert event.opened().values[11] == "x" * length


def test_a_value_may_look_like_the_texts_own_lines() -> None:
    for value in ("\n@ 0 ordinary ", "\u2028@ 1", "\x855 null", "32 null\n33 null\n"):
        assert an_event({34: value, 32: value}).opened().values[32] == value
        assert an_event({34: value}).opened().values[34] == value


# ---------------------------------------------------------------- refused on the way in
def test_a_value_for_a_field_the_type_does_not_have_is_refused() -> None:
    with pytest.raises(UnknownFieldError, match="BedömningGjord/1 has no field 37"):
        seal(draft({37: "hemligt"}), LEDGER, KEYS, counted())


def test_nothing_is_sealed_without_each_key() -> None:
    keys = {place: key for place, key in KEYS.items() if place != TENANT}
    with pytest.raises(KeyError):
        seal(draft(), LEDGER, keys, counted())


def test_a_value_without_canonical_form_is_refused() -> None:
    with pytest.raises(CanonicalError):
        seal(draft({32: "\ud800"}), LEDGER, KEYS, counted())


@pytest.mark.parametrize("size", [0, 16, 1000])
def test_entropy_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="entropy"):
        seal(draft(), LEDGER, KEYS, lambda _: bytes(size))


@pytest.mark.parametrize("size", [0, 16, 24, 33])
def test_a_key_of_another_length_is_no_data_key(size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        DataKey(LEDGER, bytes(size))


def test_a_key_is_not_shown() -> None:
    key = KEYS[TENANT]
    assert repr(key.key) not in repr(key)
    assert str(key.key_id) in repr(key)


# ---------------------------------------------------------------- what is missing
@pytest.mark.parametrize(
    ("place", "numbers"),
    [(TENANT, {32, 36}), (CO_TENANT, {33}), ((JOINT, THIRD), {11}), ((0, OFFICER), {1, 2, 3, 4})],
)
def test_without_part_or_key_exactly_its_fields_are_missing(
    place: tuple[int, FieldClass], numbers: set[int]
) -> None:
    left = {number: value for number, value in (ALL_NULL | VALUES).items() if number not in numbers}
    expected = Opened(left, frozenset(numbers))
    keys = {id_: key for id_, key in EVENT.keys.items() if id_ != KEYS[place].key_id}
    assert replace(EVENT, keys=keys).opened() == expected
    assert EVENT.without(place).opened() == expected
    assert EVENT.without(place).checked() == {place}


def test_without_any_part_the_clear_fields_still_verify() -> None:
    event = replace(EVENT, parts=(), keys={})
    assert event.opened().values[34] == "kod_1"
    assert event.checked() == set(PLACES)


def test_the_order_of_the_parts_does_not_matter_to_a_reader() -> None:
    assert replace(EVENT, parts=EVENT.parts[::-1]).opened() == EVENT.opened()


def test_a_type_this_program_does_not_know_is_opened_all_the_same() -> None:
    assert EVENT.opened(codec=None) == Opened(ALL_NULL | VALUES, frozenset())
    assert EVENT.without(TENANT).opened(codec=None).missing == frozenset()


def test_a_part_says_which_key_opens_it() -> None:
    assert [part_key_id(part) for part in EVENT.parts] == [KEYS[place].key_id for place in PLACES]


# ---------------------------------------------------------------- moved, swapped, relabelled
def test_two_spouses_parts_cannot_be_swapped() -> None:
    one, two = EVENT.part(TENANT), EVENT.part(CO_TENANT)
    # Only the slot is rewritten: the header is authenticated.
    swapped = [two[:43] + one[43:45] + two[45:], one[:43] + two[43:45] + one[45:]]
    event = EVENT.with_part(TENANT, swapped[0]).with_part(CO_TENANT, swapped[1])
    with pytest.raises(TamperedError, match="cannot be opened"):
        event.opened()
    # The seals are swapped along: the payload root has both groups in their places.
    seals = [EVENT.seals[at : at + 66] for at in range(0, len(EVENT.seals), 66)]
    seals[1], seals[2] = seals[1][:2] + seals[2][2:], seals[2][:2] + seals[1][2:]
    for either in (event, EVENT):
        with pytest.raises(TamperedError, match="payload root"):
            replace(either, seals=b"".join(seals)).opened()


def test_two_spouses_parts_cannot_be_swapped_by_someone_with_both_keys() -> None:
    one, two = EVENT.part(TENANT), EVENT.part(CO_TENANT)
    one_key, two_key = KEYS[TENANT].key, KEYS[CO_TENANT].key
    event = EVENT.with_part(TENANT, sealed_anew(two, one[:61], two_key, one_key))
    with pytest.raises(TamperedError, match="slot 1 need: the content is not what was committed"):
        event.opened()


@pytest.mark.parametrize(
    "other",
    [an_event(version=5), an_event(stream=UUID(int=7)), an_event(stream=UUID(int=0), version=1)],
    ids=["version", "stream", "the log's own stream"],
)
def test_a_part_of_another_event_is_not_taken(other: Stored) -> None:
    foreign = other.part(TENANT)
    with pytest.raises(TamperedError, match="sealed for another event"):
        EVENT.with_part(TENANT, foreign).opened()
    with pytest.raises(TamperedError, match="sealed for another event"):
        EVENT.with_part(TENANT, foreign).checked()
    with pytest.raises(TamperedError, match="cannot be opened"):
        EVENT.with_part(TENANT, EVENT.part(TENANT)[:61] + foreign[61:]).opened()


def test_a_part_cannot_be_moved_to_another_lane_or_ledger() -> None:
    over_the_wall = replace(EVENT, envelope=replace(EVENT.envelope, lane=Lane.HYRA))
    with pytest.raises(TamperedError, match="hyra/0/17, slot 0 officer: the part was sealed for"):
        over_the_wall.opened()
    header = EVENT.part(TENANT)[:18] + bytes([Lane.HYRA.code]) + EVENT.part(TENANT)[19:]
    with pytest.raises(TamperedError, match="slot 1 need: the part cannot be opened"):
        replace(over_the_wall, parts=(header,)).opened()
    elsewhere = replace(EVENT, envelope=replace(EVENT.envelope, ledger=UUID(int=1)))
    with pytest.raises(TamperedError, match="another ledger"):
        elsewhere.opened()


def test_the_same_key_id_with_another_key_opens_nothing() -> None:
    keys = EVENT.keys | {KEYS[TENANT].key_id: KEYS[CO_TENANT].key}
    with pytest.raises(TamperedError, match="slot 1 need: the part cannot be opened"):
        replace(EVENT, keys=keys).opened()
    for wrong in (b"", bytes(16), bytes(31)):
        keys = EVENT.keys | {KEYS[TENANT].key_id: wrong}
        with pytest.raises(TamperedError, match="cannot be opened"):
            replace(EVENT, keys=keys).opened()


@pytest.mark.parametrize("at", [0, 1])
def test_another_format_or_algorithm_is_not_guessed_at(at: int) -> None:
    part = bytearray(EVENT.part(TENANT))
    part[at] += 1
    with pytest.raises(TamperedError):
        EVENT.with_part(TENANT, bytes(part)).opened()


# ---------------------------------------------------------------- the group hash binds the key
def multiply(one: int, two: int) -> int:
    """Product in GF(2^128) as GCM has it. Source: NIST SP 800-38D section 6.3."""
    product = 0
    for bit in range(127, -1, -1):
        if one >> bit & 1:
            product ^= two
        two = two >> 1 ^ (0xE1 << 120 if two & 1 else 0)
    return product


def power(base: int, exponent: int) -> int:
    result = 1 << 127
    while exponent:
        if exponent & 1:
            result = multiply(result, base)
        base, exponent = multiply(base, base), exponent >> 1
    return result


def block(key: bytes, data: bytes) -> int:
    """One block of bare AES, which GCM is built of."""
    bare = Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305
    return int.from_bytes(bare.encryptor().update(data), "big")


def opening_under_two_keys(
    one: bytes, two: bytes, nonce: bytes, header: bytes, text: bytes
) -> bytes:
    """A ciphertext and tag that both keys accept: the text under the first, noise under the second.

    Its last block is solved for. Source: Dodis et al., CRYPTO 2018, section 3.
    """
    text = text + bytes(16)
    cipher = bytearray(AESGCM(one).encrypt(nonce, text, header)[:-16])
    cipher[-16:] = bytes(16)
    authenticated = header + bytes(-len(header) % 16) + bytes(cipher)
    authenticated += (8 * len(header)).to_bytes(8, "big") + (8 * len(cipher)).to_bytes(8, "big")

    def tag(key: bytes) -> tuple[int, int]:
        subkey, total = block(key, bytes(16)), 0
        for at in range(0, len(authenticated), 16):
            total = multiply(total ^ int.from_bytes(authenticated[at : at + 16], "big"), subkey)
        return total ^ block(key, nonce + b"\0\0\0\1"), multiply(subkey, subkey)

    (tag_one, factor_one), (tag_two, factor_two) = tag(one), tag(two)
    solved = multiply(tag_one ^ tag_two, power(factor_one ^ factor_two, 2**128 - 2))
    cipher[-16:] = solved.to_bytes(16, "big")
    return bytes(cipher) + (tag_one ^ multiply(solved, factor_one)).to_bytes(16, "big")


def test_a_part_made_to_open_under_a_second_key_is_caught() -> None:
    part, place = EVENT.part(TENANT), TENANT
    second = DataKey(KEYS[place].key_id, b"2" * 32)
    nonce, header = part[61:73], part[:61]
    text = AESGCM(KEYS[place].key).decrypt(nonce, part[73:], header)
    crafted = opening_under_two_keys(KEYS[place].key, second.key, nonce, header, text)
    for key in (KEYS[place].key, second.key):
        AESGCM(key).decrypt(nonce, crafted, header)  # the control: GCM alone is content
        event = replace(EVENT, keys=EVENT.keys | {second.key_id: key})
        with pytest.raises(TamperedError):
            event.with_part(place, header + nonce + crafted).opened()


def test_well_formed_content_under_a_second_key_is_caught_by_the_group_hash() -> None:
    lie = an_event({32: "inget våld"}).part(TENANT)
    second = b"2" * 32
    part = sealed_anew(lie, lie[:61], KEYS[TENANT].key, second)
    event = replace(EVENT, keys=EVENT.keys | {KEYS[TENANT].key_id: second})
    with pytest.raises(TamperedError, match="slot 1 need: the content is not what was committed"):
        event.with_part(TENANT, part).opened()
    with pytest.raises(InvalidTag):  # the control: the first key does not open it
        AESGCM(KEYS[TENANT].key).decrypt(part[61:73], part[73:], part[:61])


# ---------------------------------------------------------------- any change at all
@given(st.data())
def test_no_byte_of_a_part_can_be_changed(data: st.DataObject) -> None:
    place = data.draw(st.sampled_from(PLACES))
    part = bytearray(EVENT.part(place))
    part[data.draw(st.integers(0, len(part) - 1))] ^= data.draw(st.integers(1, 255))
    changed = EVENT.with_part(place, bytes(part))
    with pytest.raises(TamperedError):
        changed.checked()
    try:
        opened = changed.opened()
    except TamperedError:
        return
    assert part_key_id(bytes(part)) not in EVENT.keys  # its key is unknown: missing, never wrong
    assert opened == EVENT.without(place).opened()


@given(st.integers(0, len(EVENT.seals) - 1), st.integers(1, 255))
def test_no_byte_of_the_seals_can_be_changed(at: int, change: int) -> None:
    seals = bytearray(EVENT.seals)
    seals[at] ^= change
    with pytest.raises(TamperedError):
        replace(EVENT, seals=bytes(seals)).checked()


@given(st.integers(0, len(EVENT.clear)), st.integers(0, 2), st.text(max_size=2))
def test_no_character_of_the_clear_text_can_be_changed(at: int, cut: int, put: str) -> None:
    changed = EVENT.clear[:at] + put + EVENT.clear[at + cut :]
    event = replace(EVENT, clear=changed)
    if changed == EVENT.clear:
        return
    for verify in (event.opened, event.checked):
        with pytest.raises(TamperedError):
            verify()


@pytest.mark.parametrize("size", [0, 44, 45, 60, 61, 73, 89, 100])
def test_a_part_cut_short_is_refused(size: int) -> None:
    event = EVENT.with_part(TENANT, EVENT.part(TENANT)[:size])
    for verify in (event.opened, event.checked):
        with pytest.raises(TamperedError):
            verify()


def test_a_part_without_a_seal_and_a_second_part_are_refused() -> None:
    elsewhere = EVENT.parts[0][:43] + b"\x09\x03" + EVENT.parts[0][45:]
    for extra in (EVENT.parts[0], elsewhere, b""):
        event = replace(EVENT, parts=(*EVENT.parts, extra))
        for verify in (event.opened, event.checked):
            with pytest.raises(TamperedError, match="no seal, or a seal has two parts"):
                verify()


def test_a_group_cannot_be_taken_away_or_doubled() -> None:
    first = EVENT.clear.index("\n@") + 1
    for clear in (EVENT.clear[:first], EVENT.clear[first:], EVENT.clear * 2, ""):
        with pytest.raises(TamperedError):
            replace(EVENT, clear=clear).opened()
    for seals in (EVENT.seals[:66], EVENT.seals[66:], EVENT.seals * 2, EVENT.seals[:-1], b""):
        with pytest.raises(TamperedError):
            replace(EVENT, seals=seals).opened()


def test_a_part_encrypted_anew_opens_but_is_not_the_one_sealed() -> None:
    part = EVENT.part(TENANT)
    content = AESGCM(KEYS[TENANT].key).decrypt(part[61:73], part[73:], part[:61])
    again = part[:61] + bytes(12) + AESGCM(KEYS[TENANT].key).encrypt(bytes(12), content, part[:61])
    event = EVENT.with_part(TENANT, again)
    assert event.opened() == EVENT.opened()
    with pytest.raises(TamperedError, match="slot 1 need: the part is not the one"):
        event.checked()


def test_the_sealed_digest_binds_the_seals() -> None:
    event = replace(EVENT, envelope=replace(EVENT.envelope, sealed=bytes(32)))
    with pytest.raises(TamperedError, match="bistand/0/17: the seals do not give"):
        event.checked()


def test_a_check_wants_an_envelope() -> None:
    with pytest.raises(EnvelopeError):
        check("", EVENT.clear, EVENT.seals, EVENT.parts)


# ---------------------------------------------------------------- hostile content
SEED = b"s" * 32


def part_holding(framed: bytes) -> Stored:
    """The event with a part whose decrypted bytes are these."""
    part = EVENT.part(TENANT)
    cipher = AESGCM(KEYS[TENANT].key).encrypt(part[61:73], framed, part[:61])
    return EVENT.with_part(TENANT, part[:73] + cipher)


def framed(content: bytes, length: int | None = None, padding: bytes | None = None) -> bytes:
    head = (len(content) if length is None else length).to_bytes(4, "big") + content
    return head + (bytes(-len(head) % 64) if padding is None else padding)


LINE = b'32 "x"\n36 null\n'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        bytes(3),
        framed(b""),
        framed(SEED),
        framed(SEED[:31]),
        framed(SEED + LINE[:-1]),
        framed(SEED + LINE, length=2**32 - 1),
        framed(SEED + LINE, length=10),
        framed(SEED + LINE, padding=b""),
        framed(SEED + LINE, padding=bytes(-(36 + len(LINE)) % 64 + 64)),
        framed(SEED + LINE, padding=b"\1" * (-(36 + len(LINE)) % 64)),
        framed(SEED + b"\n"),
        framed(SEED + LINE + b"\n"),
        framed(SEED + b"36 null\n32 null\n"),
        framed(SEED + b"32 null\n32 null\n"),
        framed(SEED + b"032 null\n36 null\n"),
        framed(SEED + b"+32 null\n36 null\n"),
        framed(SEED + b"0 null\n32 null\n"),
        framed(SEED + b"32 null\n65536 null\n"),
        framed(SEED + b"32 null\n99999999999 null\n"),
        framed(SEED + b"null\n"),
        framed(SEED + LINE),
    ],
    ids=range(22),
)
def test_a_part_with_malformed_content_is_refused_and_its_place_named(content: bytes) -> None:
    with pytest.raises(TamperedError, match="bistand/0/17, slot 1 need: ") as caught:
        part_holding(content).opened()
    assert (caught.value.lane, caught.value.epoch, caught.value.index) == (Lane.BISTAND, 0, 17)
    assert caught.value.place == TENANT


def committed(
    groups: Iterable[tuple[GroupKey, bytes]], frame: Callable[[bytes], bytes] = framed
) -> Stored:
    """An event whose hashes are right, whatever its lines say: a hostile writer's."""
    clear, hashes, parts, part_groups = "", [], [], []
    for key, lines in groups:
        pairs = [line.split(b" ", 1) for line in lines.splitlines()]
        fields = [(int(number), value) for number, value in pairs]
        hashes.append(by_hand(key.slot, key.cls, key.sealed, SEED.hex(), fields))
        if key.sealed:
            data_key = KEYS[key.slot, key.cls]
            header = EVENT.parts[0][:43] + bytes([key.slot, key.cls]) + data_key.key_id.bytes
            cipher = AESGCM(data_key.key).encrypt(bytes(12), frame(SEED + lines), header)
            parts.append(header + bytes(12) + cipher)
            part_groups.append(hashes[-1])
        else:
            clear += f"@ {key.slot} {key.cls.label} {SEED.hex()}\n{lines.decode()}"
    return stored(Sealed(payload_root(hashes), clear, tuple(parts), tuple(part_groups)))


CLEAR, NEEDS = GroupKey(NOBODY, ORDINARY, sealed=False), GroupKey(1, NEED, sealed=True)


def test_the_hostile_writer_of_these_tests_can_write_a_good_event() -> None:
    event = committed([(CLEAR, b"5 null\n"), (NEEDS, b'32 "x"\n')])
    assert event.opened(codec=None).values == {5: None, 32: "x"}
    assert event.checked() == frozenset()


@pytest.mark.parametrize(
    "padding",
    [b"\1" + bytes(19), bytes(19) + b"\1", bytes(20 + 64), b""],
    ids=["its first byte", "its last byte", "a block too many", "none"],
)
def test_padding_that_could_carry_something_is_refused(padding: bytes) -> None:
    groups = [(CLEAR, b"5 null\n"), (NEEDS, b"32 null\n")]
    rightly = committed(groups, lambda content: framed(content, padding=bytes(20)))
    assert rightly.opened(codec=None).values == {5: None, 32: None}
    with pytest.raises(TamperedError, match=r"not framed|is cut"):
        committed(groups, lambda content: framed(content, padding=padding)).opened()


@pytest.mark.parametrize("lines", [b"33 1\n32 2\n", b"32 1\n32 2\n", b"0 1\n32 2\n"])
def test_fields_out_of_order_are_refused_though_the_hashes_are_right(lines: bytes) -> None:
    for groups in ([(CLEAR, lines)], [(CLEAR, b"5 null\n"), (NEEDS, lines)]):
        with pytest.raises(TamperedError, match=r"not in order|a field's number"):
            committed(groups).opened()


@pytest.mark.parametrize("value", [b"hemlig", b"1.5", b"", b'"\xff"', b"{} {}"])
def test_a_committed_value_that_is_no_value_is_refused_and_not_repeated(value: bytes) -> None:
    event = committed([(CLEAR, b"5 null\n"), (NEEDS, b"32 " + value + b"\n")])
    with pytest.raises(TamperedError, match="slot 1 need: a value cannot be read") as caught:
        event.opened()
    chained = caught.value.__context__
    assert isinstance(chained, CanonicalError)
    assert not chained.__context__
    assert "hemlig" not in f"{caught.value} {chained}"


def test_a_field_that_stands_in_two_groups_is_refused() -> None:
    event = committed([(CLEAR, b"5 null\n"), (NEEDS, b'5 "x"\n')])
    with pytest.raises(TamperedError, match="a field stands in two groups"):
        event.opened()


@pytest.mark.parametrize(
    "head",
    [
        "@ 00 ordinary ",
        "@ 256 ordinary ",
        "@ 0 Ordinary ",
        "@ 0 6 ",
        "@ 0 others ",
        "@  0 ordinary ",
        "@ 0 ordinary  ",
    ],
)
def test_a_clear_group_with_another_head_is_refused(head: str) -> None:
    event = committed([(CLEAR, b"5 null\n")])
    with pytest.raises(TamperedError):
        replace(event, clear=event.clear.replace("@ 0 ordinary ", head)).opened()


def test_an_upper_case_seed_is_another_text_and_refused() -> None:
    event = committed([(CLEAR, b"5 null\n")])
    clear = event.clear.replace(SEED.hex(), SEED[:-1].hex() + "7A")
    with pytest.raises(TamperedError, match="first line"):
        replace(event, clear=clear).opened()


def test_groups_in_another_order_are_refused_though_the_root_is_the_same() -> None:
    both = committed([(CLEAR, b"5 null\n"), (GroupKey(1, ORDINARY, sealed=False), b"6 null\n")])
    blocks = both.clear.split("@")
    swapped = "@".join(chain([""], blocks[:0:-1]))
    assert sorted(swapped) == sorted(both.clear)
    with pytest.raises(TamperedError, match="not in order"):
        replace(both, clear=swapped).opened()


# ---------------------------------------------------------------- seals
def test_seals_are_read_back() -> None:
    parsed = parse_seals(EVENT.seals)
    assert [(one.slot, one.cls) for one in parsed] == PLACES
    assert [one.digest for one in parsed] == [sha256(part).digest() for part in EVENT.parts]
    assert b"".join(bytes([s.slot, s.cls]) + s.group + s.digest for s in parsed) == EVENT.seals
    assert parse_seals(b"") == []


@pytest.mark.parametrize(
    "seals",
    [
        EVENT.seals[:-1],
        EVENT.seals[1:],
        EVENT.seals[66:132] + EVENT.seals[:66],
        EVENT.seals[:66] * 2,
        b"\x00\x00" + bytes(64),
        b"\x00\x07" + bytes(64),
    ],
    ids=["cut", "shifted", "disordered", "doubled", "class 0", "class 7"],
)
def test_malformed_seals_are_refused(seals: bytes) -> None:
    with pytest.raises(ValueError, match=r"seals|FieldClass"):
        parse_seals(seals)
    with pytest.raises(TamperedError):
        replace(EVENT, seals=seals).opened()
