"""The hashes are those of the page, and bind what the page says they bind."""

from hashlib import sha256, shake_256
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import commitment
from ledger.codec import FieldClass, GroupKey
from ledger.commitment import commit, group_hash, payload_root, salts, sealed_digest

SEED = bytes(range(32))
VALUES = [b"null", b'"bost\xc3\xa4der"', b"450000"]
NUMBERS = [5, 32, 300]
COMMITS = [commit(salt, value) for salt, value in zip(salts(SEED, 3), VALUES, strict=True)]
KEY = GroupKey(slot=2, cls=FieldClass.NEED, sealed=True)


def test_a_group_hash_is_the_one_the_page_spells_out() -> None:
    stream = shake_256(b"liggaren/salt/v1\x00" + SEED).digest(96)
    by_hand = b"liggaren/group/v1\x00" + bytes([2, 3, 1]) + bytes([0, 3])
    for place, value in enumerate(VALUES):
        salt = stream[32 * place : 32 * place + 32]
        by_hand += [b"\x00\x05", b"\x00\x20", b"\x01\x2c"][place]
        by_hand += sha256(b"liggaren/value/v1\x00" + salt + value).digest()
    assert group_hash(KEY, NUMBERS, COMMITS) == sha256(by_hand).digest()


def test_root_and_sealed_digest_are_those_the_page_spells_out() -> None:
    one, two = b"\x11" * 32, b"\x22" * 32
    root = sha256(b"liggaren/payload/v1\x00" + bytes([0, 2]) + one + two).digest()
    assert payload_root([one, two]) == root
    listed = bytes([0, 2]) + bytes([0, 5]) + one + bytes([255, 4]) + two
    assert (
        sealed_digest([(0, FieldClass.OFFICER, one), (255, FieldClass.THIRD, two)])
        == sha256(b"liggaren/sealed/v1\x00" + listed).digest()
    )


def test_the_hashes_of_this_page_never_change() -> None:
    group = group_hash(KEY, NUMBERS, COMMITS)
    assert group.hex() == "aa77859a3a6d806ce27f8ca4589194bdc9dee978bf6cfa184bbe5eb5022d6658"
    assert (
        payload_root([group]).hex()
        == "521fb6a23fe2f4ecbc854ee91e7e983a0e9db9522461cc80b3cfec72b198f9b0"
    )
    assert (
        sealed_digest([(2, FieldClass.NEED, group)]).hex()
        == "b1976bf8baea8a713ef4d42be5ef8d8218b819fc1f9d6a0c7aab138cdb934a6c"
    )


def test_nobody_can_relabel_a_masked_group() -> None:
    slots, kept = range(256), (False, True)
    labels = [GroupKey(*label) for label in product(slots, FieldClass, kept)]
    assert len({group_hash(label, NUMBERS, COMMITS) for label in labels}) == len(labels)


def test_a_field_can_be_neither_renumbered_nor_moved_nor_left_out() -> None:
    hashes = {
        group_hash(KEY, NUMBERS, COMMITS),
        group_hash(KEY, [5, 32, 301], COMMITS),
        group_hash(KEY, [32, 5, 300], COMMITS),
        group_hash(KEY, NUMBERS, COMMITS[::-1]),
        group_hash(KEY, NUMBERS[:2], COMMITS[:2]),
        group_hash(KEY, [], []),
    }
    assert len(hashes) == 6


def test_equal_values_have_different_commits_in_one_group_and_in_two() -> None:
    drawn = [*salts(SEED, 3), *salts(SEED[::-1], 3)]
    assert len({commit(salt, b"null") for salt in drawn}) == 6


@given(st.binary(min_size=32, max_size=32), st.integers(0, 50), st.integers(0, 50))
def test_a_salt_does_not_depend_on_how_many_come_after_it(seed: bytes, few: int, more: int) -> None:
    assert salts(seed, few + more)[:few] == salts(seed, few)


def test_no_label_is_the_beginning_of_another() -> None:
    labels = [value for value in vars(commitment).values() if type(value) is bytes]
    assert len(labels) == 5
    assert all(label.index(0) == len(label) - 1 for label in labels)


@pytest.mark.parametrize("numbers", [[5, 32], [5, 32, 300, 301]])
def test_numbers_and_commits_must_be_as_many(numbers: list[int]) -> None:
    with pytest.raises(ValueError, match="zip"):
        group_hash(KEY, numbers, COMMITS)


def test_a_number_beyond_sixteen_bits_is_refused() -> None:
    with pytest.raises(OverflowError):
        group_hash(KEY, [5, 32, 65536], COMMITS)
