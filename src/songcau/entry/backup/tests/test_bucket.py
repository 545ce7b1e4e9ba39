"""Files in an S3-compatible store (moto over HTTP) go into a backup and come back out of it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer
from pydantic import SecretStr

from songcau.entry.backup.refusals import TargetNotEmpty
from songcau.entry.backup.tests.cities import FILES, City
from songcau.entry.backup.tests.test_there_and_back import back_up, bring_back
from songcau.foundation.files.storage import store


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    # moto keeps its buckets by process, not by server: this one's name is nobody else's.
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    found = f"http://{host}:{port}"
    boto3.client(
        "s3", endpoint_url=found, aws_access_key_id="k", aws_secret_access_key="s", region_name="us-east-1"
    ).create_bucket(Bucket="backup-city")
    yield found
    server.stop()


def test_files_move_from_a_folder_into_a_bucket_and_back(
    full: City, place: Callable[..., City], tmp_path: Path, address: str
) -> None:
    changes = {
        "files_store": "s3://backup-city/files",
        "files_s3_endpoint": address,
        "files_s3_key_id": "k",
        "files_s3_secret": SecretStr("s"),
    }
    back_up(full, tmp_path / "b")
    in_bucket = place(**changes)
    bring_back(in_bucket, tmp_path / "b")
    with in_bucket.within():
        assert sorted(b"".join(store().read(digest)) for digest in store().digests()) == sorted(FILES.values())
    assert back_up(in_bucket, tmp_path / "c").files == 3
    with pytest.raises(TargetNotEmpty):
        bring_back(place(**changes), tmp_path / "b")
    in_folder = place()
    bring_back(in_folder, tmp_path / "c")
    with in_folder.within():
        assert sorted(b"".join(store().read(digest)) for digest in store().digests()) == sorted(FILES.values())
