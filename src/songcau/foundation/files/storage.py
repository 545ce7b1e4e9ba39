"""The store of this installation, by its settings."""

from functools import cache
from urllib.parse import urlsplit

from django.conf import settings

from songcau.foundation.files.stores import FolderStore, Store


@cache
def store() -> Store:
    """A folder, or a bucket where the settings name one; boto3 is imported only then."""
    songcau = settings.SONGCAU
    if not songcau.files_store:
        return FolderStore(songcau.data / "files")
    from songcau.foundation.files.s3_store import S3Store

    url = urlsplit(songcau.files_store)
    return S3Store(
        bucket=url.netloc,
        prefix=url.path.strip("/"),
        endpoint=songcau.files_s3_endpoint,
        region=songcau.files_s3_region,
        key_id=songcau.files_s3_key_id,
        secret=songcau.files_s3_secret.get_secret_value(),
    )
