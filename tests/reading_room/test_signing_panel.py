"""The admin's home page tells of keys that cannot sign, or not much longer, to those who look after them."""

import pytest

from fonds.reading_room import signing_panel
from fonds.reports.signing.key_settings import KeySetting
from tests.reports.certificate_authority import Authority

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.mark.parametrize(
    ("days", "password", "words"),
    [(30, "ink", "天后"), (365, "ink", None), (365, "wrong", "口令错误")],
)
def test_the_home_page_tells(settings, tmp_path, staff, client, monkeypatch, days, password, words):
    (tmp_path / "seal.p12").write_bytes(Authority().pkcs12("Seal", days=days))
    settings.FONDS_SIGNING_KEYS = {"seal": KeySetting("seal", "pkcs12", tmp_path / "seal.p12", {}, password)}
    monkeypatch.setattr(signing_panel, "_kept", None)
    client.force_login(staff)
    page = client.get("/admin/").content.decode()
    assert ("fonds-signing-heading" in page) == bool(words)
    if words:
        assert words in page


def test_nobody_else_is_told(settings, tmp_path, editor, client, monkeypatch):
    settings.FONDS_SIGNING_KEYS = {"seal": KeySetting("seal", "pkcs12", tmp_path / "gone.p12")}
    monkeypatch.setattr(signing_panel, "_kept", None)
    client.force_login(editor)
    assert "fonds-signing-heading" not in client.get("/admin/").content.decode()
