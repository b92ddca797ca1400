"""Production refuses what would be unsafe, and passes Django's own deployment check."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

from fonds.site.settings.base import file_stores

pytestmark = pytest.mark.once

SAFE = {
    "SECRET_KEY": "k7Q-" + "abcdefghij0123456789" * 3,
    "FIELD_KEY": "f3X-" + "abcdefghij0123456789" * 2,
    "ALLOWED_HOSTS": "archive.example",
}


def start(tmp_path, *arguments, **environment):
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.ROOT,
        env={
            "PATH": os.environ["PATH"],
            "FONDS_DATA": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "fonds.site.settings.production",
            **environment,
        },
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "fonds-demo-key-never-use-in-production"}, "SECRET_KEY"),
        ({"SECRET_KEY": "a" * 60}, "SECRET_KEY"),
        ({"FIELD_KEY": ""}, "FIELD_KEY"),
        ({"FIELD_KEY": SAFE["SECRET_KEY"]}, "FIELD_KEY"),
        ({"DEBUG": "1"}, "DEBUG"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"PUBLIC_ROOT": "/"}, "public folder"),
    ],
)
def test_production_refuses_to_start(tmp_path, change, sentence):
    result = start(tmp_path, "check", **{**SAFE, **change})
    assert result.returncode != 0
    assert sentence in result.stderr


def test_production_passes_the_deployment_check(tmp_path):
    result = start(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **SAFE)
    assert result.returncode == 0, result.stderr


def test_storage_url_names_s3_with_private_files():
    stores = file_stores("s3://bucket/archive?endpoint=https://s3.example&region=cn-north")
    for name in ("library", "masters", "derivatives"):
        options = stores[name]["OPTIONS"]
        assert options["bucket_name"] == "bucket"
        assert options["location"] == f"archive/{name}"
        assert options["endpoint_url"] == "https://s3.example"
        assert options["default_acl"] == "private"
        assert options["querystring_auth"] is True


def test_an_unknown_storage_scheme_is_refused():
    with pytest.raises(ValueError, match="s3://"):
        file_stores("ftp://example/archive")


def test_a_photograph_and_a_document_are_removed_with_their_files(db, django_capture_on_commit_callbacks):
    """Wagtail removes files by a task, which takes the settings of the store along: they must be plain values."""
    import io

    from django.core.files.base import ContentFile
    from PIL import Image

    from fonds.collections.models import ArchiveDocument, ArchiveImage

    picture = io.BytesIO()
    Image.effect_noise((60, 40), 30).save(picture, "JPEG")
    photo = ArchiveImage(title="x", file=ContentFile(picture.getvalue(), "x.jpg"))
    photo.save()
    paper = ArchiveDocument(title="x", file=ContentFile(b"%PDF-1.7", "x.pdf"))
    paper.save()
    files = [(thing.file.storage, thing.file.name) for thing in (photo, paper)]
    assert all(store.exists(name) for store, name in files)
    with django_capture_on_commit_callbacks(execute=True):
        photo.delete()
        paper.delete()
    assert not any(store.exists(name) for store, name in files)
