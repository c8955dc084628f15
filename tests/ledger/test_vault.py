"""What a nämnd's key wraps opens for that nämnd in that lane, and the key is made once."""

import multiprocessing
import os
from collections.abc import Callable
from hashlib import sha256
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from ledger.codec import Lane
from ledger.vault import NO_NAMND, FileKeyVault, KeyUnavailableError, WrapTamperedError

pytestmark = pytest.mark.as_user

LEDGER, OTHER_LEDGER = UUID(int=1), UUID(int=2)
SOUTH, NORTH = UUID(int=11), UUID(int=12)
KEY_ID, OTHER_KEY_ID = UUID(int=21), UUID(int=22)
KEY = sha256(b"a data key").digest()
MAKERS = 4


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "valv"


@pytest.fixture
def vault(folder: Path) -> FileKeyVault:
    return FileKeyVault(folder)


def wrap(vault: FileKeyVault, namnd: UUID = SOUTH, lane: Lane = Lane.BISTAND) -> bytes:
    return vault.wrap(namnd, lane, LEDGER, KEY_ID, KEY)


def unwrap(
    vault: FileKeyVault, wrapped: bytes, namnd: UUID = SOUTH, lane: Lane = Lane.BISTAND
) -> bytes:
    return vault.unwrap(namnd, lane, LEDGER, KEY_ID, wrapped)


def key_file(folder: Path) -> Path:
    return folder / "bistand" / f"{SOUTH}.key"


@given(key=st.binary(min_size=32, max_size=32), namnd=st.uuids(), lane=st.sampled_from(Lane))
def test_a_key_comes_back_from_its_wrap(
    tmp_path_factory: pytest.TempPathFactory, key: bytes, namnd: UUID, lane: Lane
) -> None:
    vault = FileKeyVault(tmp_path_factory.getbasetemp() / "common")
    wrapped = vault.wrap(namnd, lane, LEDGER, KEY_ID, key)
    assert len(wrapped) == 60
    assert key not in wrapped
    assert vault.unwrap(namnd, lane, LEDGER, KEY_ID, wrapped) == key


def test_a_wrap_is_the_one_the_page_spells_out(vault: FileKeyVault, folder: Path) -> None:
    wrapped = wrap(vault)
    kek = key_file(folder).read_bytes()
    bound = b"liggaren/wrap/v1\0" + LEDGER.bytes + b"\x01" + KEY_ID.bytes
    assert AESGCM(kek).decrypt(wrapped[:12], wrapped[12:], bound) == KEY


def test_each_wrap_has_a_nonce_of_its_own(vault: FileKeyVault) -> None:
    assert len({wrap(vault)[:12] for _ in range(20)}) == 20


def test_the_landlord_side_cannot_open_the_decision_side(vault: FileKeyVault, folder: Path) -> None:
    wrapped = wrap(vault, lane=Lane.BISTAND)
    wrap(vault, lane=Lane.HYRA)
    with pytest.raises(WrapTamperedError):
        unwrap(vault, wrapped, lane=Lane.HYRA)
    # Nor with the decision side's key file put in the landlord side's place: the lane is bound.
    key_file(folder).rename(folder / "hyra" / f"{SOUTH}.key")
    with pytest.raises(WrapTamperedError):
        unwrap(vault, wrapped, lane=Lane.HYRA)
    with pytest.raises(KeyUnavailableError):
        unwrap(vault, wrapped, lane=Lane.BISTAND)


def test_another_namnd_cannot_open_the_wrap_until_it_is_wrapped_for_it(vault: FileKeyVault) -> None:
    wrapped = wrap(vault, SOUTH)
    wrap(vault, NORTH)
    wrap(vault, NO_NAMND)
    for namnd in (NORTH, NO_NAMND):
        with pytest.raises(WrapTamperedError):
            unwrap(vault, wrapped, namnd)
    moved = wrap(vault, NORTH)
    assert unwrap(vault, moved, NORTH) == KEY


def test_a_wrap_is_bound_to_its_ledger_and_its_key_id(vault: FileKeyVault) -> None:
    wrapped = wrap(vault)
    for ledger, key_id in ((OTHER_LEDGER, KEY_ID), (LEDGER, OTHER_KEY_ID)):
        with pytest.raises(WrapTamperedError):
            vault.unwrap(SOUTH, Lane.BISTAND, ledger, key_id, wrapped)


@given(at=st.integers(0, 59), change=st.integers(1, 255))
def test_no_byte_of_a_wrap_can_be_changed(
    tmp_path_factory: pytest.TempPathFactory, at: int, change: int
) -> None:
    vault = FileKeyVault(tmp_path_factory.getbasetemp() / "common")
    wrapped = bytearray(wrap(vault))
    wrapped[at] ^= change
    with pytest.raises(WrapTamperedError):
        unwrap(vault, bytes(wrapped))


@pytest.mark.parametrize("cut", [b"", bytes(11), bytes(12), bytes(59), bytes(61)], ids=len)
def test_a_wrap_of_another_length_is_refused(vault: FileKeyVault, cut: bytes) -> None:
    wrap(vault)
    with pytest.raises(WrapTamperedError):
        unwrap(vault, cut)


@pytest.mark.parametrize("size", [0, 16, 24, 33])
def test_only_a_whole_data_key_is_wrapped(vault: FileKeyVault, folder: Path, size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        vault.wrap(SOUTH, Lane.BISTAND, LEDGER, KEY_ID, bytes(size))
    assert not folder.exists()


# ---------------------------------------------------------------- the files
def test_nobody_else_can_reach_what_the_vault_makes(vault: FileKeyVault, folder: Path) -> None:
    before = os.umask(0)  # the widest there is
    try:
        wrap(vault)
    finally:
        os.umask(before)
    modes = {path: path.stat().st_mode & 0o777 for path in (folder, *folder.rglob("*"))}
    assert modes == {folder: 0o700, folder / "bistand": 0o700, key_file(folder): 0o600}
    assert key_file(folder).stat().st_size == 32


def test_a_key_is_made_once_and_used_again(folder: Path) -> None:
    first = wrap(FileKeyVault(folder))
    kek = key_file(folder).read_bytes()
    wrap(FileKeyVault(folder))
    assert key_file(folder).read_bytes() == kek
    assert unwrap(FileKeyVault(folder), first) == KEY


def test_unwrapping_makes_no_key(vault: FileKeyVault, folder: Path) -> None:
    with pytest.raises(KeyUnavailableError) as caught:
        unwrap(vault, bytes(60))
    assert "backup" in caught.value.remedy
    assert f"bistand/{SOUTH}.key" in str(caught.value)
    assert not folder.exists()


def test_what_is_taken_out_of_the_vault_is_out_of_reach_at_once(
    vault: FileKeyVault, folder: Path
) -> None:
    wrapped = wrap(vault)
    assert unwrap(vault, wrapped) == KEY
    key_file(folder).unlink()
    with pytest.raises(KeyUnavailableError):
        unwrap(vault, wrapped)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_a_key_file_that_others_may_use_is_refused(
    vault: FileKeyVault, folder: Path, mode: int
) -> None:
    wrapped = wrap(vault)
    key_file(folder).chmod(mode)
    uses: list[Callable[[], bytes]] = [lambda: wrap(vault), lambda: unwrap(vault, wrapped)]
    for use in uses:
        with pytest.raises(KeyUnavailableError) as caught:
            use()
        assert caught.value.remedy == f"chmod 600 {key_file(folder)}"


@pytest.mark.parametrize("mode", [0o750, 0o705, 0o720, 0o701])
def test_a_vault_that_others_may_enter_is_refused_and_no_key_is_put_in_it(
    vault: FileKeyVault, folder: Path, mode: int
) -> None:
    folder.mkdir()
    folder.chmod(mode)
    with pytest.raises(KeyUnavailableError) as caught:
        wrap(vault)
    assert caught.value.remedy == f"chmod 700 {folder}"
    assert not [*folder.iterdir()]
    folder.chmod(0o700)
    wrapped = wrap(vault)
    folder.chmod(mode)
    with pytest.raises(KeyUnavailableError):
        unwrap(vault, wrapped)


@pytest.mark.parametrize("content", [b"", bytes(31), bytes(33), b"0" * 64], ids=len)
def test_a_key_file_of_another_length_is_refused(
    vault: FileKeyVault, folder: Path, content: bytes
) -> None:
    wrapped = wrap(vault)
    key_file(folder).write_bytes(content)
    with pytest.raises(KeyUnavailableError, match="32 bytes"):
        unwrap(vault, wrapped)


def test_a_key_file_that_is_a_link_is_not_followed(vault: FileKeyVault, folder: Path) -> None:
    wrapped = wrap(vault)
    elsewhere = folder.parent / "elsewhere"
    key_file(folder).rename(elsewhere)
    key_file(folder).symlink_to(elsewhere)
    with pytest.raises(KeyUnavailableError):
        unwrap(vault, wrapped)


def test_a_vault_whose_place_is_missing_or_taken_is_refused_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "not mounted" / "valv", tmp_path / "file"):
        with pytest.raises(KeyUnavailableError) as caught:
            wrap(FileKeyVault(folder))
        assert caught.value.remedy


# ---------------------------------------------------------------- two makers
def make(folder: Path, barrier: Barrier, results: "Queue[bytes]") -> None:
    vault = FileKeyVault(folder)
    barrier.wait()
    results.put(wrap(vault))


def test_processes_that_make_the_same_key_at_once_all_get_the_same_one(folder: Path) -> None:
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(MAKERS), context.Queue()
    makers = [context.Process(target=make, args=(folder, barrier, results)) for _ in range(MAKERS)]
    for maker in makers:
        maker.start()
    wraps = [results.get(timeout=60) for _ in makers]
    for maker in makers:
        maker.join()
    assert [unwrap(FileKeyVault(folder), wrapped) for wrapped in wraps] == [KEY] * MAKERS
    assert [*key_file(folder).parent.iterdir()] == [key_file(folder)]


def test_the_loser_of_two_makers_uses_the_winners_key(
    vault: FileKeyVault, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    winners: list[bytes] = []
    fsync: Callable[[int], None] = os.fsync

    def the_other_is_faster(file: int) -> None:
        monkeypatch.setattr(os, "fsync", fsync)
        winners.append(wrap(FileKeyVault(folder)))

    folder.mkdir(mode=0o700)
    monkeypatch.setattr(os, "fsync", the_other_is_faster)
    loser = wrap(vault)
    kek = key_file(folder).read_bytes()
    assert len(winners) == 1
    assert unwrap(vault, winners[0]) == unwrap(vault, loser) == KEY
    assert key_file(folder).read_bytes() == kek


def test_a_maker_that_dies_halfway_leaves_no_half_key(
    vault: FileKeyVault, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", dies)
        folder.mkdir(mode=0o700)
        with pytest.raises(KeyboardInterrupt):
            wrap(vault)
    assert not key_file(folder).exists()
    assert unwrap(vault, wrap(vault)) == KEY


def test_a_key_is_on_disk_before_anything_is_wrapped_with_it(
    vault: FileKeyVault, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    fsync: Callable[[int], None] = os.fsync

    def remembering(file: int) -> None:
        synced.append(Path(f"/proc/self/fd/{file}").readlink().name)
        fsync(file)

    monkeypatch.setattr(os, "fsync", remembering)
    wrap(vault)
    draft = synced[1]
    assert synced == [folder.parent.name, draft, "bistand", folder.name]
    assert draft.startswith(f".{SOUTH}.key.")
    synced.clear()
    wrap(vault)
    assert synced == []
    wrap(FileKeyVault(folder))  # perhaps made by another process, which has not come so far
    assert synced == ["bistand", folder.name]
