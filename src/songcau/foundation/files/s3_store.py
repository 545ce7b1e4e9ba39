"""The store in a bucket of an S3-compatible service. Imported only where the settings name one.

`upload_file` sends large files in parts and completes them in one step: an object is there whole or not at all.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from boto3.exceptions import Boto3Error
from botocore.client import Config
from botocore.exceptions import BotoCoreError, ClientError

from songcau.foundation.files.stores import CHUNK, DIGEST, ContentMissing, StoreAway, StoreFull

_ABSENT = ("404", "NoSuchKey", "NotFound")
_FULL = ("EntityTooLarge", "QuotaExceeded", "XMinioStorageFull", "InsufficientStorage", "507")


class S3Store:
    """Objects `<prefix>/ab/cd/abcd…` of one bucket; an empty `endpoint` is Amazon's own, empty keys its search."""

    def __init__(self, *, bucket: str, prefix: str, endpoint: str, region: str, key_id: str, secret: str) -> None:
        self.bucket = bucket
        self.prefix = f"{prefix}/" if prefix else ""
        patience = Config(
            connect_timeout=5,
            read_timeout=30,
            retries={"max_attempts": 3, "mode": "standard"},
            s3={"addressing_style": "path" if endpoint else "auto"},
        )
        self.client: Any = boto3.session.Session().client(
            "s3",
            endpoint_url=endpoint or None,
            region_name=region or None,
            aws_access_key_id=key_id or None,
            aws_secret_access_key=secret or None,
            config=patience,
        )

    def key_of(self, digest: str) -> str:
        if not DIGEST.fullmatch(digest):
            raise ValueError(f"not a digest: {digest!r}")
        return f"{self.prefix}{digest[:2]}/{digest[2:4]}/{digest}"

    def put(self, source: Path, digest: str) -> bool:
        if self.has(digest):
            return False
        with _told():
            self.client.upload_file(str(source), self.bucket, self.key_of(digest))
        return True

    def has(self, digest: str) -> bool:
        try:
            with _told():
                self.client.head_object(Bucket=self.bucket, Key=self.key_of(digest))
        except ContentMissing:
            return False
        return True

    def read(self, digest: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        if length == 0:
            return iter(())
        wanted = {} if start == 0 and length is None else {"Range": _range(start, length)}
        with _told(digest):
            body = self.client.get_object(Bucket=self.bucket, Key=self.key_of(digest), **wanted)["Body"]
        return self._chunks(body)

    @staticmethod
    def _chunks(body: Any) -> Iterator[bytes]:
        with _told():
            try:
                yield from body.iter_chunks(CHUNK)
            finally:
                body.close()

    def delete(self, digest: str) -> None:
        with _told():
            self.client.delete_object(Bucket=self.bucket, Key=self.key_of(digest))

    def digests(self) -> Iterator[str]:
        with _told():
            for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix):
                for entry in page.get("Contents", ()):
                    name = entry["Key"].rpartition("/")[2]
                    if DIGEST.fullmatch(name):
                        yield name


def _range(start: int, length: int | None) -> str:
    return f"bytes={start}-" if length is None else f"bytes={start}-{start + length - 1}"


@contextmanager
def _told(digest: str = "") -> Iterator[None]:
    """Errors of the service as the store's own; its texts may hold keys and addresses and are not passed on."""
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in _ABSENT:
            raise ContentMissing(digest=digest) from error
        raise (StoreFull() if code in _FULL else StoreAway(reason=code[:60])) from error
    except (BotoCoreError, Boto3Error) as error:
        raise StoreAway(reason=type(error).__name__) from error
