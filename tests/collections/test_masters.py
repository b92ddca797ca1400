"""Masters: once per content, written once, the row only after the bytes; and the private S3 store."""

import hashlib
import io
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from botocore.stub import ANY, Stubber
from django.core.files.storage import storages

from fonds.collections.masters import MasterDamaged, master_key, store_master
from fonds.collections.models import MasterFile
from fonds.collections.object_store import PrivateS3Storage
from fonds.collections.storage import put_once, read_range
from fonds.site.settings.base import file_stores

CONTENT = b"the same bytes" * 5000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "delivered.pdf"
    path.write_bytes(CONTENT)
    return path


@pytest.mark.django_db
def test_a_content_is_stored_once_under_its_checksum(source, tmp_path):
    first = store_master(source, "application/pdf")
    again = store_master(io.BytesIO(CONTENT), "application/pdf")
    assert first == again
    assert (first.sha256, first.size) == (SHA256, len(CONTENT))
    assert first.key == f"{SHA256[:2]}/{SHA256[2:4]}/{SHA256}.pdf"
    assert [path.name for path in (tmp_path / "masters").rglob("*.pdf")] == [f"{SHA256}.pdf"]
    assert not list((tmp_path / "masters" / ".incoming").iterdir())
    with first.open() as file:
        assert file.read() == CONTENT


@pytest.mark.django_db
def test_a_master_is_read_only_and_its_source_is_left_alone(source):
    master = store_master(source, "application/pdf")
    mode = Path(storages["masters"].path(master.key)).stat().st_mode
    assert stat.S_IMODE(mode) == 0o444
    assert source.read_bytes() == CONTENT


@pytest.mark.django_db
def test_what_lies_under_a_key_is_never_overwritten(source):
    store = storages["masters"]
    target = Path(store.path(master_key(SHA256, "application/pdf")))
    target.parent.mkdir(parents=True)
    target.write_bytes(b"other bytes")
    with pytest.raises(MasterDamaged):
        store_master(source, "application/pdf")
    assert target.read_bytes() == b"other bytes"
    assert not MasterFile.objects.exists()


@pytest.mark.django_db
def test_bytes_without_a_row_are_taken_up_and_a_lost_file_comes_back(source):
    store = storages["masters"]
    put_once(store, master_key(SHA256, "application/pdf"), source, "application/pdf")
    master = store_master(source, "application/pdf")
    assert MasterFile.objects.count() == 1
    Path(store.path(master.key)).unlink()
    assert store_master(source, "application/pdf") == master
    assert store.exists(master.key)


@pytest.mark.django_db
def test_there_is_no_row_where_the_bytes_could_not_be_written(source, tmp_path):
    (tmp_path / "masters").write_text("a file where the folder should be")
    with pytest.raises(OSError, match="masters"):
        store_master(source, "application/pdf")
    assert not MasterFile.objects.exists()


def test_many_at_once_with_the_same_content_leave_one_whole_file(source, tmp_path):
    store, key = storages["masters"], "ab/cd/same.pdf"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _turn: put_once(store, key, source, "application/pdf"), range(24)))
    assert Path(store.path(key)).read_bytes() == CONTENT
    assert not list((tmp_path / "masters" / ".incoming").iterdir())


def test_a_range_is_read_without_the_rest(source):
    store = storages["masters"]
    put_once(store, "a/b.pdf", source, "application/pdf")
    assert read_range(store, "a/b.pdf", 4, 10) == CONTENT[4:14]


@pytest.fixture
def bucket():
    """The S3 store the settings make of STORAGE_URL. It is never asked anything over the network."""
    store = file_stores("s3://archive/house?endpoint=https://s3.example.org&region=cn-east-1")["masters"]
    return PrivateS3Storage(**store["OPTIONS"], access_key="key", secret_key="secret")


def test_the_s3_store_is_private_and_gives_only_our_own_door(bucket):
    assert bucket.default_acl == "private"
    assert bucket.querystring_auth
    assert not bucket.file_overwrite
    assert bucket.location == "house/masters"
    assert bucket.url("ab/cd/年.pdf") == "/files/masters/ab/cd/%E5%B9%B4.pdf"


def test_a_signed_address_works_for_a_minute(bucket):
    address = bucket.signed_url("ab/cd/x.pdf", 60, {"ResponseContentType": "application/pdf"})
    assert address.startswith("https://s3.example.org/archive/house/masters/ab/cd/x.pdf?")
    assert "Expires" in address
    assert "response-content-type=application%2Fpdf" in address


@pytest.mark.parametrize(
    "options",
    [{"default_acl": "public-read"}, {"querystring_auth": False}, {"custom_domain": "cdn.example.org"},
     {"file_overwrite": True}],
)  # fmt: skip
def test_a_public_s3_store_is_refused(options):
    with pytest.raises(ValueError, match="private"):
        PrivateS3Storage(bucket_name="archive", **options)


def test_a_master_goes_to_the_bucket_once(bucket, source):
    with Stubber(bucket.connection.meta.client) as network:
        network.add_client_error("head_object", "404", http_status_code=404)
        expected = {
            "Bucket": "archive",
            "Key": "house/masters/ab/x.pdf",
            "Body": ANY,
            "ACL": "private",
            "ContentType": "application/pdf",
            "ChecksumAlgorithm": ANY,
        }
        network.add_response("put_object", {}, expected)
        put_once(bucket, "ab/x.pdf", source, "application/pdf")
        network.add_response("head_object", {"ContentLength": len(CONTENT)})
        put_once(bucket, "ab/x.pdf", source, "application/pdf")
        network.assert_no_pending_responses()
