"""Identity numbers are unreadable in the database and half hidden on the screen."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, models

from fonds.audit.encryption import EncryptedTextField, Undecipherable, decrypt, encrypt, mask

pytestmark = pytest.mark.once


@pytest.fixture
def reader_model(db):
    class Reader(models.Model):
        number = EncryptedTextField(blank=True, null=True)

        class Meta:
            app_label = "audit"
            managed = False
            db_table = "test_encrypted_reader"

        def __str__(self) -> str:
            return "reader"

    with connection.cursor() as cursor:
        kind = "bigserial" if connection.vendor == "postgresql" else "integer"
        cursor.execute(f"CREATE TABLE test_encrypted_reader (id {kind} PRIMARY KEY, number text NULL)")
    yield Reader
    Reader._meta.apps.all_models["audit"].pop("reader")
    Reader._meta.apps.clear_cache()


@pytest.mark.parametrize("value", ["330602198501011234", "护照 E12345678", "", None])
def test_a_value_is_stored_unreadable_and_read_in_clear(reader_model, value):
    row = reader_model.objects.create(number=value)
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM test_encrypted_reader")
        stored = cursor.fetchone()[0]
    assert stored == value if not value else value not in stored
    assert reader_model.objects.get(pk=row.pk).number == value


def test_a_value_cannot_be_searched_for(reader_model):
    with pytest.raises(TypeError):
        reader_model.objects.filter(number="330602198501011234").exists()
    assert not reader_model.objects.filter(number__isnull=True).exists()


def test_a_changed_key_reads_the_old_values(settings):
    settings.FIELD_KEY = "old key"
    stored = encrypt("330602198501011234")
    settings.FIELD_KEY = "new key,old key"
    assert decrypt(stored) == "330602198501011234"
    settings.FIELD_KEY = "new key"
    with pytest.raises(Undecipherable):
        decrypt(stored)
    settings.FIELD_KEY = " , "
    with pytest.raises(ImproperlyConfigured):
        encrypt("x")


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("330602198501011234", "330*************34"),
        ("E12345678", "E1*****78"),
        ("1234", "1**4"),
        ("12", "**"),
        ("", ""),
    ],
)
def test_the_middle_is_hidden(number, shown):
    assert mask(number) == shown
