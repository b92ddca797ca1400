"""Several offices issue: each with its key, its seal and its writing of the number, all in one series."""

import io
from types import SimpleNamespace

import pikepdf
import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import translation
from pyhanko.sign.signers import Signer, SimpleSigner

from fonds.access.models import User
from fonds.audit.models import Event
from fonds.reading_room.actions import issue, issue_certificate, issue_each
from fonds.reading_room.enums import Finding
from fonds.reading_room.kept_files import issued_bytes
from fonds.reading_room.models import Certificate, IssuingOffice, NumberSeries
from fonds.reading_room.offices.models import OfficeKept
from fonds.reading_room.offices.starting import MAIN, make_main
from fonds.reading_room.signing_panel import SigningPanel
from fonds.reading_room.verification import verify_file, verify_number
from fonds.reports.signing import keys
from fonds.reports.signing.key_settings import KINDS, KeySetting, read_keys
from fonds.reports.signing.states import key_states
from tests.reports.certificate_authority import Authority
from tests.reports.tokens import HOLDER, SOFTHSM, token_setting

from .test_several import text_of

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture(scope="module")
def authority():
    return Authority()


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def main():
    return IssuingOffice.objects.main()


@pytest.fixture
def hall():
    return IssuingOffice.objects.create(
        name="越州市政务服务大厅", name_en="Service Hall", seal_text="越州市政务服务大厅", number_pattern="越政厅证〔{year}〕{number}号"
    )  # fmt: skip


@pytest.fixture
def two_keys(main, hall, settings, tmp_path, authority):
    """The main office signs with a PKCS#12 file, the hall with a token."""
    (tmp_path / "seal.p12").write_bytes(authority.pkcs12("Key of the archive", "1234"))
    text = f"seal=pkcs12:{tmp_path / 'seal.p12'};{token_setting()}"
    settings.FONDS_SIGNING_KEYS = read_keys(text, {"FONDS_SIGNING_PASSWORD": "1234"}, tmp_path)
    IssuingOffice.objects.update(seal_confirmed=True)
    main.signing_key, hall.signing_key = "seal", "hall"
    main.save(update_fields=["signing_key"])
    hall.save(update_fields=["signing_key"])
    return SimpleNamespace(main=main, hall=hall, file=tmp_path / "seal.p12")


def copy_of(item, user, office=None, **values) -> Certificate:
    return issue_certificate(
        item, **{"pages": [1, 2], "purpose": "查询", "user": user, "language": "zh-hans", "office": office, **values}
    )


def member_of(group: Group, user: User) -> User:
    user.groups.add(group)
    return User.objects.get(pk=user.pk)


@pytest.mark.skipif(not SOFTHSM.exists(), reason="softhsm2 is not installed")
def test_each_office_has_its_key_seal_and_pattern_and_all_share_one_series(two_keys, item, manager):
    made = [copy_of(item, manager, office) for office in (two_keys.main, two_keys.hall, two_keys.main)]
    year = made[0].year
    assert [each.number for each in made] == [f"{year}-0001", f"{year}-0002", f"{year}-0003"]
    assert [each.shown_number for each in made] == [
        f"越市监档证〔{year}〕0001号", f"越政厅证〔{year}〕0002号", f"越市监档证〔{year}〕0003号"
    ]  # fmt: skip
    assert [each.issuing_office for each in made] == [two_keys.main, two_keys.hall, two_keys.main]
    file = "Common Name: Key of the archive"
    assert [each.signed_with.subject for each in made] == [file, HOLDER, file]
    assert NumberSeries.objects.get().last == 3
    seals = []
    for each in made:
        pdf = issued_bytes(each)
        answer = verify_file(io.BytesIO(pdf))
        assert (answer.finding, answer.certificate) == (Finding.VALID, each)
        states = {check.name: check.state for check in answer.checks}
        assert (states["signature"], states["coverage"]) == ("good", "good")
        assert verify_number(each.shown_number).certificate == each
        cover, *_sheets = text_of(pdf)
        assert each.issuing_office.name in cover
        assert each.shown_number in cover
        assert "SPECIMEN" not in cover
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            field = opened.Root.AcroForm.Fields[0]
            assert str(field.V.Name) == each.office
            seals.append(drawn_by(field.AP.N))
    assert seals[0] == seals[2] != seals[1]


def drawn_by(form: pikepdf.Object) -> bytes:
    """What the form draws; a seal stands in a form within it."""
    inner = form.get("/Resources", {}).get("/XObject", {})
    return form.read_bytes() + b"".join(drawn_by(each) for each in inner.values())


@pytest.mark.skipif(not SOFTHSM.exists(), reason="softhsm2 is not installed")
def test_a_key_that_is_missing_leaves_the_other_office_working(two_keys, item, manager, settings, capsys):
    two_keys.file.unlink()
    with pytest.raises(ValidationError, match="is missing"):
        copy_of(item, manager, two_keys.main)
    assert copy_of(item, manager, two_keys.hall).serial == 1
    with pytest.raises(SystemExit) as end:
        call_command("check_signing")
    assert end.value.code == 1
    said = capsys.readouterr().out
    assert "is missing.\n    Offices that sign with it: Archive Room, Yuezhou" in said
    assert "ready to sign" in said
    assert "Offices that sign with it: Service Hall." in said


def test_an_office_whose_key_is_gone_from_the_settings_is_named(main, hall, item, manager, capsys):
    hall.signing_key = "token"
    hall.save()
    with pytest.raises(ValidationError, match="no signing key named “token”"):
        copy_of(item, manager, hall)
    assert copy_of(item, manager, main).serial == 1
    words = "“Service Hall” cannot issue: There is no signing key named “token”"
    assert words in " ".join(SigningPanel(key_states()).sentences)
    with pytest.raises(SystemExit) as end:
        call_command("check_signing")
    assert end.value.code == 1
    assert words in capsys.readouterr().out
    hall.is_used = False
    hall.save()
    assert not SigningPanel(key_states()).sentences


def test_the_panel_says_which_offices_a_key_concerns(hall, settings, tmp_path, django_assert_num_queries):
    settings.FONDS_SIGNING_KEYS = {"seal": KeySetting("seal", "pkcs12", tmp_path / "gone.p12")}
    with django_assert_num_queries(1):
        sentence = SigningPanel(key_states()).sentences[0]
    assert "is missing. Offices that sign with it: Archive Room" in sentence
    assert "Service Hall" in sentence


def test_only_members_of_its_groups_issue_in_its_name(main, hall, item, manager):
    group = Group.objects.create(name="Hall")
    hall.groups.add(group)
    with pytest.raises(ValidationError, match="You may not issue in the name of “Service Hall”"):
        copy_of(item, manager, hall)
    assert not Certificate.objects.exists()
    assert not NumberSeries.objects.exists()
    assert copy_of(item, manager).issuing_office == main
    assert copy_of(item, member_of(group, manager), hall).issuing_office == hall


def test_without_a_choice_it_is_the_first_that_one_may_use(main, hall, item, manager):
    main.groups.add(Group.objects.create(name="Main"))
    assert copy_of(item, manager).issuing_office == hall
    hall.groups.add(Group.objects.create(name="Hall"))
    with pytest.raises(ValidationError, match="no office in whose name you may issue"):
        copy_of(item, manager)


def test_an_office_out_of_use_issues_nothing(hall, item, manager):
    held = IssuingOffice.objects.get(pk=hall.pk)  # as a form that was open meanwhile knows it
    hall.is_used = False
    hall.save()
    with pytest.raises(ValidationError, match="is out of use"):
        copy_of(item, manager, held)
    assert not NumberSeries.objects.exists()


def test_a_second_click_gives_the_same_whatever_office_it_names(main, hall, item, manager):
    first = copy_of(item, manager, hall, token="click")
    assert copy_of(item, manager, main, token="click") == first
    IssuingOffice.objects.filter(pk=hall.pk).update(is_used=False)
    assert copy_of(item, manager, hall, token="click") == first
    assert Certificate.objects.count() == 1


def test_several_and_each_for_itself_in_the_name_chosen(hall, item, manager):
    assert issue([(item, [1])], purpose="查询", user=manager, office=hall).issuing_office == hall
    made = issue_each([(item, [1])], purpose="查询", user=manager, office=hall, token="each")
    assert [each.issuing_office for each in made] == [hall]


def test_the_event_names_the_office(hall, item, manager):
    copy_of(item, manager, hall)
    event = Event.objects.filter(action="reading_room.issue_certificate").latest("pk")
    assert event.detail["office"] == "越州市政务服务大厅"


def test_what_was_issued_before_belongs_to_the_main_office(item, manager):
    issued = copy_of(item, manager)
    before = (issued.office, issued.sha256)
    Certificate.objects.update(issuing_office=None)
    IssuingOffice.objects.update(is_main=False, is_used=False, name="旧名", name_en="")
    make_main(IssuingOffice, Certificate)
    issued.refresh_from_db()
    assert issued.issuing_office == IssuingOffice.objects.get(is_main=True, is_used=True, name="旧名")
    assert (issued.office, issued.sha256) == before


def test_an_archive_without_an_office_begins_with_the_main_one(db):
    IssuingOffice.objects.all()._raw_delete("default")
    make_main(IssuingOffice, Certificate)
    assert IssuingOffice.objects.main().name == MAIN["name"]
    assert IssuingOffice.objects.count() == 1


def test_offices_are_never_deleted_and_there_is_one_main(main, hall, item, manager):
    copy_of(item, manager, hall)
    for delete in (hall.delete, IssuingOffice.objects.all().delete):
        with pytest.raises(OfficeKept):
            delete()
    with pytest.raises(ProtectedError), transaction.atomic():
        super(IssuingOffice, hall).delete()
    for wrong in ({"pk": hall.pk, "is_main": True}, {"pk": main.pk, "is_used": False}):
        with pytest.raises(IntegrityError), transaction.atomic():
            IssuingOffice.objects.filter(pk=wrong.pop("pk")).update(**wrong)


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"number_pattern": MAIN["number_pattern"]}, "number_pattern", "writes its numbers in the same way"),
        (
            {"number_pattern": "越市监档证 〔{year}〕 {number} 号"},
            "number_pattern",
            "writes its numbers in the same way",
        ),
        ({"number_pattern": "厅{number}/{year}"}, "number_pattern", "taken for another one"),
        ({"number_pattern": "厅〔{year}〕Z{number}"}, "number_pattern", "taken for another one"),
        ({"number_pattern": "1984厅〔{year}〕{number}"}, "number_pattern", "taken for another one"),
        ({"name": MAIN["name"]}, "name", "already exists"),
        ({"signing_key": "nowhere"}, "signing_key", "not a valid choice"),
    ],
)
def test_what_an_office_cannot_be(hall, change, field, words):
    for name, value in change.items():
        setattr(hall, name, value)
    with pytest.raises(ValidationError) as fault:
        hall.full_clean()
    assert words in " ".join(fault.value.message_dict[field])


class SignerElsewhere(Signer):
    """A key behind a service: it is given bytes and gives a signature back."""

    def __init__(self, service: SimpleSigner) -> None:
        super().__init__(signing_cert=service.signing_cert, cert_registry=service.cert_registry)
        self.service, self.asked = service, 0

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        self.asked += not dry_run
        return await self.service.async_sign_raw(data, digest_algorithm, dry_run)


def test_a_further_kind_of_key_is_one_opener(hall, item, manager, settings, tmp_path, authority, monkeypatch):
    assert set(keys.OPENERS) == set(KINDS)
    there = SignerElsewhere(SimpleSigner.load_pkcs12_data(authority.pkcs12("Key elsewhere"), [], b"ink"))

    @keys.contextmanager
    def open_there(setting: KeySetting):
        yield keys.OpenKey(there, there.signing_cert, (there.signing_cert,), is_specimen=False)

    monkeypatch.setitem(keys.OPENERS, "service", open_there)
    settings.FONDS_SIGNING_KEYS = {**settings.FONDS_SIGNING_KEYS, "far": KeySetting("far", "service", tmp_path)}
    hall.signing_key = "far"
    hall.save()
    certificate = copy_of(item, manager, hall)
    assert there.asked == 1
    assert certificate.signed_with.subject == "Common Name: Key elsewhere"
    answer = verify_file(io.BytesIO(issued_bytes(certificate)))
    assert answer.finding == Finding.VALID
    assert {check.name: check.state for check in answer.checks}["signature"] == "good"
