"""The number series: no gaps, no doubles, with several issuers at once; and numbers as people type them."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from fonds.reading_room.actions import issue_certificate
from fonds.reading_room.enums import CertificateStatus
from fonds.reading_room.models import Certificate, NumberSeries
from fonds.reading_room.numbers import new_check_code, plain_number, read_check_code, read_number
from fonds.reading_room.series import take_number


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("2026-0001", "2026-0001"),
        ("越市监档证〔2026〕0001号", "2026-0001"),
        ("越市监档证[2026]1号", "2026-0001"),
        ("（２０２６）　０００１　号", "2026-0001"),
        ("２０２６－０００１", "2026-0001"),
        (" 2026 0012 ", "2026-0012"),
        ("2026 — 12345", "2026-12345"),
        ("20260012", "2026-0012"),
        ("越市监档证〔2026〕Z0003号", "2026-Z0003"),
        ("2026-w12", "2026-W0012"),
        ("２０２６－Ｚ１", "2026-Z0001"),
        ("2026-No0012", "2026-0012"),
        ("", None),
        ("2026", None),
        ("2026-0000", None),
        ("number", None),
        ("١٢٣٤-٥٦٧٨", None),
        ("2026-" + "9" * 60, None),
        ("\x00", None),
    ],
)
def test_numbers_as_typed(typed, number):
    assert read_number(typed) == number


def test_check_codes():
    code = new_check_code()
    assert len(code) == 9
    assert read_check_code(f" {code.lower().replace('-', ' ')} ") == code
    assert read_check_code("  ") == ""
    assert plain_number(2026, 12345) == "2026-12345"


@pytest.mark.django_db(transaction=True)
def test_a_number_needs_a_transaction():
    with pytest.raises(transaction.TransactionManagementError):
        take_number("copy", 2026)


@pytest.mark.django_db
def test_a_rolled_back_number_leaves_no_gap():
    with transaction.atomic():
        assert take_number("copy", 2026) == 1
        transaction.set_rollback(True)
    with transaction.atomic():
        assert take_number("copy", 2026) == 1
        assert take_number("copy", 2027) == 1
        assert take_number("copy", 2026) == 2


@pytest.mark.django_db(transaction=True)
def test_issuers_at_once(item, manager):
    faults, ready = [], threading.Barrier(10)

    def work() -> None:
        try:
            ready.wait(10)
            issue_certificate(item, pages=[1], purpose="查询", user=manager)
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert faults == []
    assert sorted(Certificate.objects.values_list("serial", flat=True)) == list(range(1, 11))
    assert set(Certificate.objects.values_list("status", flat=True)) == {CertificateStatus.VALID}
    assert NumberSeries.objects.get().last == 10


@pytest.mark.django_db
def test_an_interrupted_printing_is_voided_by_the_next(item, manager):
    first = issue_certificate(item, pages=[1], purpose="查询", user=manager)
    Certificate.objects.filter(pk=first.pk).update(
        status=CertificateStatus.ISSUING, issued_at=timezone.now() - timedelta(hours=1)
    )
    issue_certificate(item, pages=[1], purpose="查询", user=manager)
    first.refresh_from_db()
    assert first.status == CertificateStatus.VOIDED
    assert first.ended_reason
