"""What goes wrong at the window, each through the screen: a sentence tells it, and nothing is lost or half done."""

import datetime as dt

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fonds.access.enums import Rank
from fonds.archive_pages.models import ArchivePage, ItemPage
from fonds.archive_pages.ranks import set_ranks
from fonds.collections.models import PageScan
from fonds.reading_room import kept_files
from fonds.reading_room.desk import actions, basket, prints
from fonds.reading_room.desk.models import UseRequest
from fonds.reading_room.models import Certificate, IssuingOffice, NumberSeries
from fonds.reading_room.readers import actions as readers
from fonds.reading_room.readers.models import IntroductionLetter, Reader
from fonds.reading_room.uses.models import UseEntry
from fonds.reports.signing import signers
from fonds.reports.signing.key_settings import KeySetting
from tests.reading_room.conftest import add_page, close, jpeg
from tests.reading_room.test_faults_of_issuing import FullDisk
from tests.reports.certificate_authority import Authority

from .conftest import GOOD_NUMBER

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture
def window(clerk, client, desk) -> Client:
    client.force_login(clerk)
    client.post(reverse("desk_choose"), {"desk": desk.pk, "printer": ""})
    return client


def sent(window: Client, step: str, served, /, **form):
    """The answer to a step, and the words on the screen."""
    answer = window.post(reverse(step, args=[served.pk]), form)
    return answer.status_code, answer.content.decode()


# --- Who comes


@pytest.mark.parametrize(
    ("document", "number", "words"),
    [
        ("居民身份证", "110101199003071269", "校验码不符"),
        ("居民身份证", "１１０１０１１９９００３０７１２６９", "校验码不符"),  # full width is no fault, the digit is
        ("居民身份证", "11010119900307126A", "其他字母"),
        ("居民身份证", "1101011990030712", "18"),
        ("居民身份证", "110101199013071268", "出生日期"),
        ("营业执照", "91380600M148166338", "校验"),
        ("护照", "E<script>", "字母和数字"),
    ],
)
def test_a_number_that_cannot_be(window, served, lists, document, number, words):
    UseRequest.objects.filter(pk=served.pk).update(reader=None)
    form = {"document_kind": lists[document].pk, "number": number, "name": "李秀英", "organisation": "明理律所"}
    status, html = sent(window, "desk_register_reader", served, **form)
    assert (status, words in html) == (422, True)
    assert 'value="李秀英"' in html  # what was typed stays
    assert 'value="明理律所"' in html
    assert Reader.objects.count() == 1  # the one of the fixture
    served.refresh_from_db()
    assert (served.reader, served.purpose is not None) == (None, True)


def test_numbers_of_enterprises_with_wrong_check_digits(window, served):
    for number, words in (("380600600139504", "注册号"), ("９１３８０６００M148166338", "信用代码")):
        html = window.get(reverse("desk_request", args=[served.pk]), {"q": number}).content.decode()
        assert words in html
        assert "校验" in html
    served.refresh_from_db()
    assert served.query == "９１３８０６００M148166338"  # the search reopens as it was typed


def test_a_letter_of_introduction_that_has_expired(window, served, visitor, clerk):
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    form = {"document_kind": visitor.document_kind_id, "number": GOOD_NUMBER, "name": "王桂芳", "organisation": "律所",
            "letter_number": "88", "letter_until": yesterday.isoformat()}  # fmt: skip
    status, html = sent(window, "desk_register_reader", served, **form)
    assert (status, "介绍信已过期" in html, 'value="88"' in html) == (422, True, True)
    assert not IntroductionLetter.objects.exists()
    letter = readers.add_letter(visitor, organisation="律所", expires_on=timezone.localdate(), user=clerk)
    actions.set_reader(served, visitor, clerk, letter)
    IntroductionLetter.objects.update(expires_on=yesterday)  # midnight went by
    assert "介绍信已于" in window.get(reverse("desk_request", args=[served.pk])).content.decode()
    status, html = sent(window, "desk_print_basket", served, token="t", certify="")
    assert (status, "介绍信已于" in html) == (422, True)


def test_a_reader_on_the_blocked_list(window, served, visitor, duty, clerk, item):
    actions.tick(served, item, [1], clerk)
    readers.block(visitor, reason="损毁档案", user=duty)
    status, html = sent(window, "desk_choose_reader", served, reader=visitor.pk)
    assert (status, "损毁档案" in html) == (422, True)
    for press in ({"certify": ""}, {"copies": ""}):
        status, html = sent(window, "desk_print_basket", served, token="t", **press)
        assert (status, "损毁档案" in html) == (422, True)
    assert (served.prints.count(), Certificate.objects.count()) == (0, 0)
    readers.unblock(visitor, user=duty)
    made = prints.certify(served, clerk, "t")
    readers.block(visitor, reason="损毁档案", user=duty)
    printed = window.get(reverse("desk_print_pdf", args=[served.pk, made.pk]))
    assert (printed.status_code, "损毁档案" in printed.content.decode()) == (403, True)
    assert window.post(reverse("desk_print_again", args=[served.pk, made.pk])).status_code == 403
    made.refresh_from_db()
    assert made.prints == 1


def test_the_scan_of_a_letter_that_cannot_be_stored(window, served, visitor, monkeypatch):
    monkeypatch.setattr(readers, "storages", {"masters": FullDisk(location=storages["masters"].location)})
    form = {"document_kind": visitor.document_kind_id, "number": "110101199003072359", "name": "李秀英",
            "organisation": "律所", "letter_until": timezone.localdate().isoformat(),
            "letter_scan": SimpleUploadedFile("letter.pdf", b"%PDF-1.7 x")}  # fmt: skip
    status, html = sent(window, "desk_register_reader", served, **form)
    assert (status, "无法保存" in html) == (422, True)
    assert Reader.objects.count() == 1
    assert not IntroductionLetter.objects.exists()


# --- What is in the basket


def _scanned_anew(item, _duty) -> None:
    PageScan.objects.filter(unit_id=item.pk, number=1).delete()
    add_page(item, 1, jpeg("ONE AGAIN"))


def _destroyed(item, _duty) -> None:
    PageScan.objects.filter(unit_id=item.pk).delete()
    ArchivePage.objects.get(pk=item.pk).delete()


def _sealed(item, duty) -> None:
    set_ranks(item, catalogue_rank=Rank.SEALED, content_rank=Rank.SEALED, closed_until=None, reason="x", user=duty)


EVENTS = {
    "重新扫描": _scanned_anew,
    "已不存在": lambda item, _duty: PageScan.objects.filter(unit_id=item.pk, number=2).delete(),
    "不再开放": lambda item, _duty: close(item),
    "已销毁": _destroyed,
    "已被控制": _sealed,
}


@pytest.mark.parametrize("words", EVENTS)
def test_what_happened_to_a_record_in_the_basket(window, served, clerk, duty, item, words):
    actions.tick(served, item, [1, 2], clerk)
    EVENTS[words](ArchivePage.objects.get(pk=item.pk).specific, duty)
    for press in ({"certify": ""}, {"copies": ""}):
        status, html = sent(window, "desk_print_basket", served, token="t", **press)
        assert (status, words in html) == (422, True)
    assert (served.prints.count(), Certificate.objects.count()) == (0, 0)
    assert served.items.exclude(ticked_at=None).count() == 2  # it stays until the clerk takes it out
    keys = list(served.items.values_list("pk", flat=True))
    assert sent(window, "desk_take_out", served, item=keys)[0] == 302
    assert basket.basket_of(served, clerk) == []


def test_a_printed_record_that_was_closed_does_not_go_to_the_printer_again(window, served, clerk, item):
    actions.tick(served, item, [1], clerk)
    made = prints.print_copies(served, clerk, "t")
    address = reverse("desk_print_pdf", args=[served.pk, made.pk])
    assert window.get(address).status_code == 200
    close(item)  # to the reader; the clerk himself may see it
    refused = window.get(address)
    assert (refused.status_code, "已被控制或销毁" in refused.content.decode()) == (403, True)


def test_no_scans_no_pages_and_2000_pages(window, served, clerk, item, series):
    bare = series.add_child(
        instance=ItemPage(title="未扫描", reference_code="J037-WS·2008-D30-BGS-0008", opening_status="open")
    )
    page = reverse("desk_request", args=[served.pk])
    assert "请调取原件" in window.get(page, {"unit": bare.pk}).content.decode()
    status, html = sent(window, "desk_tick", served, page=1)
    assert (status, "没有第 1 页" in html) == (422, True)
    status, html = sent(window, "desk_print_basket", served, token="t", certify="")
    assert (status, "空格键" in html) == (422, True)
    scan = item.page_scans.first()
    PageScan.objects.bulk_create(
        PageScan(unit_id=item.pk, number=number, master=scan.master, sha256=scan.sha256, width=620, height=877)
        for number in range(4, 2001)
    )
    ArchivePage.objects.filter(pk=item.pk).update(scan_count=2000)
    window.get(page, {"unit": item.pk})
    assert sent(window, "desk_tick", served, all="")[0] == 302
    status, html = sent(window, "desk_print_basket", served, token="t", certify="")
    assert (status, "2000" in html, "300" in html) == (422, True, True)
    assert (served.items.exclude(ticked_at=None).count(), served.prints.count()) == (2000, 0)
    assert not Certificate.objects.exists()


# --- What stands in the way of issuing: the basket stays, and afterwards the same key is pressed again


def assert_certified_after(window, served, words: str, voids: int, mend) -> None:
    """Certifying is refused with ``words``, with so many void numbers; once ``mend`` is done, the key certifies."""
    status, html = sent(window, "desk_print_basket", served, token="press", certify="")
    assert (status, words in html) == (422, True), html.partition('role="alert"')[2][:400]
    assert [each.status for each in Certificate.objects.all()] == ["voided"] * voids
    assert sum(NumberSeries.objects.values_list("last", flat=True)) == voids
    assert served.prints.count() == 0
    assert "打印篮：2 页" in html
    mend()
    assert sent(window, "desk_print_basket", served, token="press", certify="")[0] == 302
    assert Certificate.objects.get(status="valid").serial == voids + 1
    assert served.prints.get().prints == 1
    assert sent(window, "desk_hand_over", served)[0] == 302
    assert UseEntry.objects.get().pages_certified == 2


@pytest.fixture
def two_pages(served, clerk, item):
    actions.show(served, item, [], clerk)
    actions.tick(served, item, [1, 2], clerk)


@pytest.fixture(scope="module")
def authority():
    return Authority()


def _key(settings, **values):
    """The key that signs, as ``values`` say; what puts the former one back."""
    before = settings.FONDS_SIGNING_KEYS
    key = {"name": "seal", "kind": "pkcs12", "options": {}, "password": "ink", **values}
    settings.FONDS_SIGNING_KEYS = {"seal": KeySetting(**key)}
    return lambda: setattr(settings, "FONDS_SIGNING_KEYS", before)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("missing", "文件不存在"),
        ("password", "口令错误"),
        ("expired", "有效期"),
        ("token", "插"),
        ("unnamed", "“gone”"),
    ],
)
def test_the_key(window, served, two_pages, authority, settings, tmp_path, fault, words):
    place = tmp_path / "seal.p12"
    place.write_bytes(authority.pkcs12("Seal", **({"days": -1} if fault == "expired" else {})))
    if fault == "unnamed":
        IssuingOffice.objects.update(signing_key="gone")
        mend = lambda: IssuingOffice.objects.update(signing_key="")  # noqa: E731
    elif fault == "token":
        mend = _key(settings, kind="pkcs11", place=tmp_path / "no-such-module.so", options={"token": "F", "label": "x"})
    elif fault == "missing":
        mend = _key(settings, place=tmp_path / "gone.p12")
    else:
        mend = _key(settings, place=place, **({"password": "wrong"} if fault == "password" else {}))
    assert_certified_after(window, served, words, 0, mend)


def test_the_time_stamp_service_is_down(window, served, two_pages, authority, settings, tmp_path):
    (tmp_path / "seal.p12").write_bytes(authority.pkcs12("Seal"))
    mend = _key(settings, place=tmp_path / "seal.p12")
    settings.FONDS_TIMESTAMP_URL, settings.FONDS_TIMESTAMP_TIMEOUT = "http://127.0.0.1:9/stamp", 1

    def mended() -> None:
        settings.FONDS_TIMESTAMP_URL = ""
        mend()

    signers._stampings.clear()
    assert_certified_after(window, served, "时间戳", 0, mended)


def test_the_disk_is_full(window, served, two_pages, monkeypatch):
    full = FullDisk(location=storages["masters"].location)
    monkeypatch.setattr(kept_files, "storages", {"masters": full})
    assert_certified_after(window, served, "磁盘空间已满", 1, monkeypatch.undo)


def test_a_picture_that_is_corrupt(window, served, two_pages, item):
    scan = item.page_scans.get(number=2)
    place = storages["masters"].path(scan.master.key)
    with open(place, "rb") as file:
        whole = file.read()
    with open(place, "wb") as file:
        file.write(whole[:100])

    def mend() -> None:
        with open(place, "wb") as file:
            file.write(whole)

    assert_certified_after(window, served, "第 2 页", 1, mend)
