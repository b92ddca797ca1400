"""Readers: their numbers checked, kept secret, found again; letters; blocks."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from fonds.audit.models import Event
from fonds.reading_room.desk import actions, queue
from fonds.reading_room.readers.actions import (
    add_letter,
    block,
    check_served,
    find_readers,
    register_reader,
    unblock,
)
from fonds.reading_room.readers.models import Reader
from fonds.reading_room.readers.numbers import credit_code, document_number, identity_number, registration_number

from .conftest import GOOD_NUMBER

pytestmark = pytest.mark.django_db


@pytest.mark.once
@pytest.mark.parametrize(
    "typed",
    ["110101199003071268", "１１０１０１１９９００３０７１２６８", "110101 19900307 1268", "110101-19900307-1268"],
)
def test_an_identity_number_is_read_in_any_width_and_spacing(typed):
    assert identity_number(typed) == GOOD_NUMBER


@pytest.mark.once
@pytest.mark.parametrize(
    ("check", "typed", "words"),
    [
        (identity_number, "110101199003071269", "校验码"),
        (identity_number, "11010119900307126", "18"),
        (identity_number, "11010119900307126A", "其他字母"),
        (identity_number, "110101199013071268", "出生日期"),
        (identity_number, "", "18"),
        (document_number, "a/b", "字母和数字"),
        (document_number, "12", "字母和数字"),
        (credit_code, "91380600M148166338", "校验"),
        (credit_code, "91380600", "校验"),
        (registration_number, "380600600139504", "校验"),
        (registration_number, "3806006001395", "15"),
    ],
)
def test_a_wrong_number_is_refused_with_what_is_wrong(check, typed, words):
    with pytest.raises(ValidationError) as refused:
        check(typed)
    assert words in " ".join(refused.value.messages)


@pytest.mark.once
def test_the_numbers_of_the_sample_enterprises_are_right():
    assert credit_code("９１３８０６００Ｍ１４８１６６３３７") == "91380600M148166337"
    assert registration_number("380600600139503") == "380600600139503"


def test_a_number_is_kept_encrypted_and_found_again(visitor, clerk, lists, settings):
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, number_digest FROM reading_room_reader")
        stored = " ".join(cursor.fetchone())
    assert GOOD_NUMBER not in stored
    assert visitor.masked_number == "110*************68"
    assert find_readers("１１０１０１１９９００３０７１２６８") == [visitor]
    assert find_readers("桂芳") == [visitor]
    assert find_readers("110101199003071260") == find_readers("") == find_readers("\0") == []
    assert GOOD_NUMBER not in str(list(Event.objects.values()))
    settings.FIELD_KEY = f"a new key,{settings.FIELD_KEY}"
    assert find_readers(GOOD_NUMBER) == [visitor]
    again = register_reader(name="王桂芳", document_kind=lists["居民身份证"], number=GOOD_NUMBER, user=clerk)
    assert again == visitor


def test_a_document_belongs_to_one_reader(visitor, clerk, lists):
    again = register_reader(
        name=" 王桂芳 ", document_kind=lists["居民身份证"], number=GOOD_NUMBER, organisation="越州纺织", user=clerk
    )
    assert (again, again.organisation, Reader.objects.count()) == (visitor, "越州纺织", 1)
    with pytest.raises(ValidationError, match="王桂芳"):
        register_reader(name="王桂花", document_kind=lists["居民身份证"], number=GOOD_NUMBER, user=clerk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reader.objects.create(
            name="x", document_kind=visitor.document_kind, number="1", number_digest=visitor.number_digest,
            registered_by=clerk,
        )  # fmt: skip
    assert Reader.objects.count() == 1


def test_a_letter_of_introduction(visitor, clerk, served):
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    with pytest.raises(ValidationError, match="已过期"):
        add_letter(visitor, organisation="律所", expires_on=tomorrow - dt.timedelta(days=2), user=clerk)
    scan = SimpleUploadedFile("letter.exe", b"MZ\x90\x00")
    with pytest.raises(ValidationError, match="JPEG"):
        add_letter(visitor, organisation="律所", expires_on=tomorrow, scan=scan, user=clerk)
    scan = SimpleUploadedFile("letter.jpg", b"\xff\xd8\xff\xe0 a letter")
    letter = add_letter(visitor, organisation="明理律所", number="88", expires_on=tomorrow, scan=scan, user=clerk)
    assert letter.scan_type == "image/jpeg"
    actions.set_reader(served, visitor, clerk, letter)
    assert served.organisation == "明理律所"
    letter.expires_on = tomorrow - dt.timedelta(days=2)
    with pytest.raises(ValidationError, match="已于"):
        check_served(visitor, letter)


def test_a_blocked_reader_is_not_served(visitor, clerk, duty, desk):
    with pytest.raises(PermissionDenied):
        block(visitor, reason="x", user=clerk)
    with pytest.raises(ValidationError):
        block(visitor, reason=" ", user=duty)
    block(visitor, reason="损毁档案", user=duty)
    request = queue.begin(clerk, desk)
    with pytest.raises(ValidationError, match="损毁档案"):
        actions.set_reader(request, visitor, clerk)
    unblock(visitor, user=duty)
    assert actions.set_reader(request, visitor, clerk).reader == visitor
    assert list(Event.objects.filter(action__startswith="desk.").values_list("action", flat=True).order_by("pk")) == [
        "desk.register_reader", "desk.block_reader", "desk.begin", "desk.unblock_reader",
    ]  # fmt: skip
