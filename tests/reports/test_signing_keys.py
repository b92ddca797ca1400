"""The keys: where they are, what is wrong with them, and when they end."""

import datetime as dt
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import translation

from fonds.reports.signing.development import make_key_file
from fonds.reports.signing.faults import SigningFault
from fonds.reports.signing.key_settings import KeySetting, read_keys
from fonds.reports.signing.keys import key_setting, opened
from fonds.reports.signing.signers import ready_signer
from fonds.reports.signing.states import key_states

from .certificate_authority import Authority
from .tokens import HOLDER, SOFTHSM, token_setting

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture(scope="module")
def authority():
    return Authority()


@pytest.fixture
def key_file(settings, tmp_path, authority):
    """Make ``seal`` the key of the settings: a PKCS#12 file with the certificate's options given."""

    def make(password: str = "ink", opened_with: str | None = None, **options) -> KeySetting:
        place = tmp_path / "seal.p12"
        place.write_bytes(authority.pkcs12("Seal of the archive", password, **options))
        setting = KeySetting("seal", "pkcs12", place, {}, password if opened_with is None else opened_with)
        settings.FONDS_SIGNING_KEYS = {"seal": setting}
        return setting

    return make


def test_settings_of_keys(tmp_path):
    environment = {"FONDS_SIGNING_PASSWORD": "all", "FONDS_SIGNING_PASSWORD_SEAL": "one"}
    keys = read_keys("seal=pkcs12:/k/seal.p12; hall=pkcs11:/lib/t.so,token=Fonds,label=hall", environment, tmp_path)
    assert list(keys) == ["seal", "hall"]
    assert (keys["seal"].place, keys["seal"].password) == (Path("/k/seal.p12"), "one")
    assert (keys["hall"].options, keys["hall"].password) == ({"token": "Fonds", "label": "hall"}, "all")
    assert "one" not in repr(keys["seal"])
    assert read_keys("", {}, tmp_path)["development"].place == tmp_path / "keys" / "development.p12"


@pytest.mark.parametrize(
    "text",
    ["seal", "seal=", "seal=paper:/x", "seal=pkcs12:", "Se al=pkcs12:/x", "hall=pkcs11:/lib/t.so", "hall=pkcs11:/t,x"],
)
def test_settings_that_cannot_be_read(text, tmp_path):
    with pytest.raises(ValueError, match="FONDS_SIGNING_KEYS"):
        read_keys(text, {}, tmp_path)


def test_the_development_key(tmp_path):
    place = tmp_path / "keys" / "development.p12"
    make_key_file(place)
    assert place.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        make_key_file(place)
    with opened(KeySetting("development", "development", place)) as key:
        assert key.is_specimen
        assert "SPECIMEN" in key.certificate.subject.human_friendly
        assert key.certificate.public_key.curve == ("named", "secp256r1")


def test_the_command_makes_it_once(settings, tmp_path, capsys):
    settings.FONDS_SIGNING_KEYS = read_keys("", {}, tmp_path)
    with pytest.raises(SigningFault, match="There is no signing key"), ready_signer():
        pass
    call_command("make_signing_key")
    made = settings.FONDS_SIGNING_KEYS["development"].place.read_bytes()
    call_command("make_signing_key")
    assert settings.FONDS_SIGNING_KEYS["development"].place.read_bytes() == made
    assert "stays as it is" in capsys.readouterr().out


def test_a_key_file_of_the_archive(key_file):
    key_file()
    with ready_signer() as signer:
        assert not signer.key.is_specimen
        assert signer.level == "B-B"
        assert [each.subject.human_friendly for each in signer.key.chain] == [
            "Common Name: Seal of the archive",
            "Common Name: Test Root",
        ]
        assert len(signer.sign(b"0" * 32)) < signer.room


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"opened_with": "wrong"}, "password is wrong"),
        ({"days": -0.5}, "expired on"),
        ({"begins": 2}, "valid from"),
    ],
)
def test_keys_that_cannot_sign(key_file, options, words):
    key_file(**options)
    with pytest.raises(SigningFault, match=words), ready_signer():
        pass
    assert words in key_states()[0].fault


def test_a_missing_a_damaged_and_an_unknown_key(key_file, settings):
    setting = key_file()
    setting.place.write_bytes(b"no key")
    with pytest.raises(SigningFault, match="damaged"), ready_signer():
        pass
    setting.place.unlink()
    with pytest.raises(SigningFault, match="is missing"), ready_signer():
        pass
    with pytest.raises(SigningFault, match="no signing key named “other”"):
        key_setting("other")


@pytest.mark.django_db
def test_a_key_that_ends_within_sixty_days_is_told(key_file, capsys):
    key_file(days=59)
    state = key_states()[0]
    assert "expires in 5" in state.warning
    assert state.ends_at.date() >= dt.date.today() + dt.timedelta(days=58)
    with pytest.raises(SystemExit) as end:
        call_command("check_signing")
    assert end.value.code == 2
    assert "expires in" in capsys.readouterr().out
    key_file(opened_with="wrong")
    with pytest.raises(SystemExit) as end:
        call_command("check_signing")
    assert end.value.code == 1
    key_file(days=70)
    call_command("check_signing")
    assert "ready to sign" in capsys.readouterr().out


def _said_by(text: str, pin: str, settings, folder: Path) -> str:
    """The holder of the key that ``text`` names, having signed, or the sentence that says why not."""
    settings.FONDS_SIGNING_KEYS = read_keys(text, {"FONDS_SIGNING_PASSWORD": pin}, folder)
    try:
        with ready_signer() as signer:
            assert len(signer.sign(b"0" * 32)) > 500
            return signer.key.certificate.subject.human_friendly
    except SigningFault as error:
        return str(error)


@pytest.mark.skipif(not SOFTHSM.exists(), reason="softhsm2 is not installed")
def test_a_key_on_a_token(tmp_path, settings):
    there = token_setting()
    for text, pin, words in (
        (there, "1234", HOLDER),
        (there, "9999", "refuses the PIN"),
        (there.replace("label=seal", "label=other"), "1234", "no key and certificate"),
        (there.replace("Fonds", "Gone"), "1234", "plugged in"),
        (there.replace(str(SOFTHSM), "/nowhere.so"), "1234", "plugged in"),
    ):
        assert words in _said_by(text, pin, settings, tmp_path)
