"""Both stores keep whole files or nothing: the same sentences for the folder and for S3 (moto over HTTP)."""

import errno
import hashlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from songcau.foundation.files import storage, stores
from songcau.foundation.files.s3_store import S3Store
from songcau.foundation.files.stores import ContentMissing, FolderStore, Store, StoreAway, StoreFull, digest_of

CONTENT = b"Xin ch\xc3\xa0o " * 200_000
DIGEST = hashlib.sha256(CONTENT).hexdigest()
OTHER = hashlib.sha256(b"other").hexdigest()


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    boto3.client(
        "s3", endpoint_url=address, aws_access_key_id="k", aws_secret_access_key="s", region_name="us-east-1"
    ).create_bucket(Bucket="city")
    yield address
    server.stop()


def bucket(address: str, name: str = "city", prefix: str = "files") -> S3Store:
    return S3Store(bucket=name, prefix=prefix, endpoint=address, region="us-east-1", key_id="k", secret="s")


@pytest.fixture(params=["folder", "s3"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "folder":
        return FolderStore(tmp_path / "files")
    return bucket(request.getfixturevalue("service"), prefix=f"files/{tmp_path.name}")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "source"
    file.write_bytes(CONTENT)
    return file


def test_what_was_put_comes_back_and_is_kept_once(kept: Store, source: Path) -> None:
    assert not kept.has(DIGEST)
    assert kept.put(source, DIGEST)
    assert not kept.put(source, DIGEST)
    assert kept.has(DIGEST)
    assert digest_of(kept.read(DIGEST)) == (DIGEST, len(CONTENT))
    assert list(kept.digests()) == [DIGEST]


@pytest.mark.parametrize(("start", "length"), [(0, 10), (5, 2_000_000), (len(CONTENT) - 3, None), (7, 0)])
def test_a_part_is_read(kept: Store, source: Path, start: int, length: int | None) -> None:
    kept.put(source, DIGEST)
    end = None if length is None else start + length
    assert b"".join(kept.read(DIGEST, start, length)) == CONTENT[start:end]


def test_deleted_is_gone_and_deleting_again_does_nothing(kept: Store, source: Path) -> None:
    kept.put(source, DIGEST)
    kept.delete(DIGEST)
    kept.delete(DIGEST)
    assert not kept.has(DIGEST)
    with pytest.raises(ContentMissing):
        kept.read(DIGEST)


def test_a_key_that_is_no_digest_never_becomes_a_path(kept: Store, source: Path) -> None:
    for nonsense in ("../../etc/passwd", "", "AB" * 32, DIGEST + "0"):
        with pytest.raises(ValueError, match="not a digest"):
            kept.put(source, nonsense)


def test_an_empty_file_is_a_file(kept: Store, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    nothing = hashlib.sha256().hexdigest()
    assert kept.put(tmp_path / "empty", nothing)
    assert b"".join(kept.read(nothing)) == b""


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    kept = FolderStore(tmp_path / "files")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreFull):
        kept.put(source, DIGEST)
    assert [file for file in (tmp_path / "files").rglob("*") if file.is_file()] == []
    assert not kept.has(DIGEST)


def test_a_real_device_without_room_is_a_full_store(tmp_path: Path, source: Path, monkeypatch: object) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full")
    with pytest.raises(OSError, match="space") as raised, Path("/dev/full").open("wb", buffering=0) as stream:
        stream.write(b"x")
    assert isinstance(stores.no_room(raised.value), StoreFull)


def test_a_folder_that_cannot_be_written_is_away(tmp_path: Path, source: Path) -> None:
    (tmp_path / "files").write_text("a file, not a folder")
    with pytest.raises(StoreAway) as raised:
        FolderStore(tmp_path / "files").put(source, DIGEST)
    assert raised.value.params["reason"] == "ENOTDIR"
    with pytest.raises(StoreAway):
        FolderStore(tmp_path / "files").read(DIGEST)


def test_leftovers_of_killed_processes_are_removed_when_old(tmp_path: Path, source: Path) -> None:
    kept = FolderStore(tmp_path / "files")
    kept.put(source, DIGEST)
    left = kept.path_of(DIGEST).parent / ".0123.part"
    left.write_bytes(b"half")
    assert kept.remove_leftovers(left.stat().st_mtime) == 0
    assert kept.remove_leftovers(left.stat().st_mtime + 1) == 1
    assert kept.has(DIGEST)


def test_a_bucket_that_does_not_exist_or_answer_is_away(service: str, source: Path) -> None:
    with pytest.raises(StoreAway):
        list(bucket(service, name="no-such-bucket").digests())
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        silent = bucket(f"http://127.0.0.1:{unheard.getsockname()[1]}")
        silent.client.meta.config.retries = {"total_max_attempts": 1}
        with pytest.raises(StoreAway):
            silent.has(OTHER)


def test_the_settings_choose_the_store(settings: object, service: str) -> None:
    storage.store.cache_clear()
    assert isinstance(storage.store(), FolderStore)
    storage.store.cache_clear()
    before = settings.SONGCAU  # type: ignore[attr-defined]
    settings.SONGCAU = before.model_copy(  # type: ignore[attr-defined]
        update={"files_store": "s3://city/some/prefix", "files_s3_endpoint": service}
    )
    chosen = storage.store()
    storage.store.cache_clear()
    assert isinstance(chosen, S3Store)
    assert chosen.key_of(DIGEST).startswith(f"some/prefix/{DIGEST[:2]}/")
