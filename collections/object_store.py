"""S3-compatible storage. Its client is loaded only where the settings name it: it takes its room in every process."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

from botocore.exceptions import ClientError
from storages.backends.s3 import S3Storage


class PrivateS3Storage(S3Storage):
    """S3-compatible storage whose objects are private and whose ``url`` is our own door, never the bucket's.

    ``base_url`` is the prefix of that door. An existing object is never overwritten.
    """

    def get_default_settings(self) -> dict:
        return {
            **super().get_default_settings(),
            "base_url": "/files/library/",
            "default_acl": "private",
            "querystring_auth": True,
            "file_overwrite": False,
            "custom_domain": None,
        }

    def __init__(self, **options) -> None:
        super().__init__(**options)
        if self.default_acl != "private" or not self.querystring_auth or self.custom_domain or self.file_overwrite:
            raise ValueError("This store is private: no public ACL, no custom domain, signed addresses, no overwriting")

    def url(self, name, parameters=None, expire=None, http_method=None) -> str:
        return self.base_url + quote(str(name).replace("\\", "/"))

    def signed_url(self, name: str, seconds: int, parameters: dict | None = None) -> str:
        """An address of the bucket that works for ``seconds``; only to be given after access was decided."""
        return super().url(name, parameters=parameters, expire=seconds)

    def put_once(self, key: str, path: Path, mime_type: str) -> None:
        """Upload ``path`` under ``key`` unless it is there."""
        if self.exists(key):
            return
        with open(path, "rb") as source:
            target = self.bucket.Object(self._normalize_name(key))
            target.upload_fileobj(source, ExtraArgs={"ACL": "private", "ContentType": mime_type})

    def size(self, name: str) -> int:
        """Bytes of an object; raises ``FileNotFoundError`` where there is none."""
        with _missing_as_not_found(name):
            return self.bucket.Object(self._normalize_name(name)).content_length

    def read_range(self, key: str, start: int, length: int) -> bytes:
        """``length`` bytes of ``key`` from ``start``; raises ``FileNotFoundError`` where there is no such object."""
        item = self.bucket.Object(self._normalize_name(key))
        with _missing_as_not_found(key):
            return item.get(Range=f"bytes={start}-{start + length - 1}")["Body"].read()


@contextmanager
def _missing_as_not_found(key: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == HTTPStatus.NOT_FOUND:
            raise FileNotFoundError(key) from error
        raise
