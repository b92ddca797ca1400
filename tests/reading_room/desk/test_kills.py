"""The window under real kills: each step is ended by SIGKILL before every statement that it writes. Afterwards the request
reopens where it was, and nothing is half done."""

import datetime as dt
import hashlib
import io
import zipfile

import pytest
from django.core import mail
from django.core.files.base import File
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fonds.access import roles
from fonds.access.enums import Rank
from fonds.access.models import Grant
from fonds.archive_pages.models import ArchivePage, ItemPage
from fonds.archive_pages.ranks import set_ranks
from fonds.audit.models import Event
from fonds.audit.verification import verify
from fonds.reading_room import issuing, waiting
from fonds.reading_room.desk import queue
from fonds.reading_room.desk.enums import ApprovalState, UseState
from fonds.reading_room.desk.models import DayNumbers, DeskApproval, DeskPrint, UseRequest
from fonds.reading_room.enums import CertificateStatus
from fonds.reading_room.models import Certificate, NumberSeries
from fonds.reading_room.readers.models import IntroductionLetter, Reader
from fonds.reading_room.remote import actions as remote
from fonds.reading_room.remote import notices
from fonds.reading_room.remote.models import CopyRequest, CopyState
from fonds.reading_room.uses.models import UseEntry
from tests.reading_room.conftest import add_page, jpeg
from tests.reading_room.killing import kill, killed, killed_at_every_write

from .conftest import GOOD_NUMBER

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def window(clerk, desk) -> Client:
    client = Client()
    client.force_login(clerk)
    client.post(reverse("desk_choose"), {"desk": desk.pk, "printer": ""})
    return client


def age_prints() -> None:
    """Some time goes by after a kill: longer than any print takes."""
    long_ago = timezone.now() - dt.timedelta(hours=1)
    DeskPrint.objects.filter(prints=0).update(made_at=long_ago)
    CopyRequest.objects.filter(state=CopyState.ISSUED, certificate=None).update(decided_at=long_ago)


def check_register() -> None:
    """Numbers without gaps, each once; every document has its entry and every valid entry its document; a whole log."""
    entries = list(Certificate.objects.order_by("serial"))
    assert [entry.serial for entry in entries] == list(range(1, len(entries) + 1))
    assert sum(NumberSeries.objects.values_list("last", flat=True)) == len(entries)
    kept = {entry.key for entry in entries if entry.status == CertificateStatus.VALID}
    store = storages["masters"]
    for entry in entries:
        if entry.status == CertificateStatus.VALID:
            assert hashlib.sha256(store.open(entry.key).read()).hexdigest() == entry.sha256
    if entries:
        folder = f"certificates/{entries[0].year}"
        assert {f"{folder}/{name}" for name in store.listdir(folder)[1]} == kept
    assert verify().is_sound


def sends(client: Client, name: str, /, *arguments, **form):
    """The step that sends ``form`` to an address of the window, in whatever process."""

    def step() -> None:
        assert client.post(reverse(name, args=arguments), form).status_code == 302

    return step


def test_drawing_calling_and_beginning(window, clerk, item):
    def numbers_are_gapless(_done) -> None:
        drawn = list(UseRequest.objects.order_by("number").values_list("number", flat=True))
        assert drawn == list(range(1, len(drawn) + 1))
        assert sum(DayNumbers.objects.values_list("last", flat=True)) == len(drawn)

    assert killed_at_every_write(sends(window, "desk_draw", token="one"), numbers_are_gapless) >= 3
    assert UseRequest.objects.count() == 1

    def waits_or_is_called(done) -> None:
        request = UseRequest.objects.get()
        assert (request.state, request.clerk) == ((UseState.CALLED, clerk) if done else (UseState.WAITING, None))
        assert Event.objects.filter(action="desk.call").count() == done

    killed_at_every_write(sends(window, "desk_call"), waits_or_is_called)

    def is_called_or_open(done) -> None:
        request = UseRequest.objects.get()
        assert (request.state, request.clerk) == (UseState.OPEN if done else UseState.CALLED, clerk)
        assert (request.begun_at is not None) == done
        assert Event.objects.filter(action="desk.begin").count() == done

    killed_at_every_write(sends(window, "desk_begin", request=UseRequest.objects.get().pk), is_called_or_open)
    numbers_are_gapless(True)
    assert verify().is_sound


def test_registering_and_ticking(window, clerk, desk, lists, item):
    served = queue.begin(clerk, desk)
    form = {"document_kind": lists["居民身份证"].pk, "number": GOOD_NUMBER, "name": "王桂芳", "organisation": "明理律所",
            "letter_number": "88", "letter_until": timezone.localdate().isoformat()}  # fmt: skip

    def register() -> None:
        scan = SimpleUploadedFile("letter.pdf", b"%PDF-1.7 a letter")
        sends(window, "desk_register_reader", served.pk, **form, letter_scan=scan)()

    def all_or_nothing(done) -> None:
        request = UseRequest.objects.get()
        assert (Reader.objects.count(), IntroductionLetter.objects.count()) == (done, done)
        assert (request.reader is not None, request.letter is not None) == (done, done)
        assert Event.objects.filter(action__in=["desk.register_reader", "desk.letter"]).count() == 2 * done

    assert killed_at_every_write(register, all_or_nothing) >= 4
    letter = IntroductionLetter.objects.get()
    assert storages["masters"].open(letter.scan_key).read() == b"%PDF-1.7 a letter"

    def purpose_or_none(done) -> None:
        assert (UseRequest.objects.get().purpose is not None) == done

    killed_at_every_write(sends(window, "desk_purpose", served.pk, purpose=lists["公证"].pk), purpose_or_none)

    page = reverse("desk_request", args=[served.pk])

    def look() -> None:
        assert window.get(page, {"q": "企业登记", "unit": item.pk, "page": 2}).status_code == 200

    def reopens(_done) -> None:
        assert "王桂芳" in window.get(page).content.decode()  # the screen opens whatever was written of the step

    killed_at_every_write(look, reopens)
    request = UseRequest.objects.get()
    assert (request.query, request.shown_unit_id, request.shown_page) == ("企业登记", item.pk, 2)
    assert set(request.items.values_list("page", flat=True)) == {2, 3}

    def tick() -> None:
        assert window.post(reverse("desk_tick", args=[served.pk]), {"page": [1, 2]}).status_code == 302

    def both_or_neither(done) -> None:
        assert set(request.items.exclude(ticked_at=None).values_list("page", flat=True)) == ({1, 2} if done else set())

    assert killed_at_every_write(tick, both_or_neither) >= 2
    assert verify().is_sound


def test_a_letter_of_which_a_part_was_stored(window, clerk, desk, lists):
    """Killed while the scan was written: the same scan, sent again, is whole."""
    served = queue.begin(clerk, desk)
    content = b"%PDF-1.7 " + bytes(200_000)
    form = {"document_kind": lists["居民身份证"].pk, "number": GOOD_NUMBER, "name": "王桂芳", "organisation": "明理律所",
            "letter_until": timezone.localdate().isoformat()}  # fmt: skip

    def register() -> None:
        scan = SimpleUploadedFile("letter.pdf", content)
        sends(window, "desk_register_reader", served.pk, **form, letter_scan=scan)()

    def killed_while_writing() -> None:
        def first_piece(self, chunk_size=None):
            yield content[:5000]
            kill()

        File.chunks = first_piece
        register()

    assert killed(killed_while_writing)
    assert not Reader.objects.exists()
    register()
    assert storages["masters"].open(IntroductionLetter.objects.get().scan_key).read() == content


@pytest.fixture
def restricted(item, duty):
    """The item, closed also to the clerk: an approval gives him a permission for the day."""
    set_ranks(item, catalogue_rank=Rank.PUBLIC, content_rank=Rank.RESTRICTED, closed_until=None, reason="x", user=duty)
    return ArchivePage.objects.get(pk=item.pk)


def test_approving(window, served, clerk, duty, restricted):
    window.get(reverse("desk_request", args=[served.pk]), {"unit": restricted.pk})

    def asked_or_not(done) -> None:
        assert served.approvals.count() == Event.objects.filter(action="desk.ask_approval").count() == done

    killed_at_every_write(sends(window, "desk_approve", served.pk, remote=""), asked_or_not)
    boss = Client()
    boss.force_login(duty)
    approval = served.approvals.get()

    def no_grant_without_approval(done) -> None:
        state = DeskApproval.objects.get().state
        assert state == (ApprovalState.GRANTED if done else ApprovalState.WAITING)
        assert Grant.objects.count() == Event.objects.filter(action="desk.approve").count() == done

    assert (
        killed_at_every_write(sends(boss, "desk_decide", approval.pk, decision="grant"), no_grant_without_approval) >= 4
    )
    assert DeskApproval.objects.get().grant == Grant.objects.get()
    assert verify().is_sound


def test_approving_on_the_spot(window, served, duty, restricted):
    window.get(reverse("desk_request", args=[served.pk]), {"unit": restricted.pk})

    def all_or_nothing(done) -> None:
        assert Grant.objects.count() == DeskApproval.objects.filter(state=ApprovalState.GRANTED).count() == done
        assert DeskApproval.objects.count() == done

    step = sends(window, "desk_approve", served.pk, login="duty", password="ink-and-paper")
    killed_at_every_write(step, all_or_nothing)
    assert verify().is_sound


def test_certifying_the_basket(window, served, clerk, item):
    """However it ends: the pages are back in the basket, or they are certified once, and the print is there."""
    page, tokens = reverse("desk_request", args=[served.pk]), iter(range(1000))
    window.get(page, {"unit": item.pk})
    window.post(reverse("desk_tick", args=[served.pk]), {"page": [1, 2]})

    def certify() -> None:
        sends(window, "desk_print_basket", served.pk, token=f"press-{next_token}", certify="")()

    def whole(done) -> None:
        nonlocal next_token
        next_token = next(tokens)
        if not done:
            refused = window.post(reverse("desk_hand_over", args=[served.pk]))
            half_made = DeskPrint.objects.filter(prints=0).exists()
            assert (refused.status_code == 422) or not half_made  # nobody hands over what is half made
            UseEntry.objects.all().delete()
            UseRequest.objects.filter(pk=served.pk).update(state=UseState.OPEN, ended_at=None)
        age_prints()
        html = window.get(page).content.decode()
        assert "王桂芳" in html
        certified = Certificate.objects.filter(status=CertificateStatus.VALID)
        prints = list(served.prints.all())
        assert [made.prints for made in prints] == [1] * len(prints)
        assert sorted(made.certificates.get().pk for made in prints) == sorted(certified.values_list("pk", flat=True))
        assert Event.objects.filter(action="desk.print").count() == len(prints)
        assert not Certificate.objects.filter(status=CertificateStatus.ISSUING).exists()
        ticked = set(served.items.exclude(ticked_at=None).values_list("page", flat=True))
        ended.append(len(prints))
        assert ticked == (set() if len(prints) > (ended[-2] if len(ended) > 1 else 0) else {1, 2})
        check_register()
        if not ticked:
            served.items.filter(page__in=[1, 2]).update(ticked_at=timezone.now())

    next_token, ended = next(tokens), []
    assert killed_at_every_write(certify, whole) >= 10
    assert ended[0] == 0
    assert ended[-1] >= 2  # killed behind the certificate, and at the end


def test_copies_and_handing_over(window, served, item):
    window.get(reverse("desk_request", args=[served.pk]), {"unit": item.pk})
    window.post(reverse("desk_tick", args=[served.pk]), {"page": [1, 2]})

    def printed_or_in_the_basket(done) -> None:
        assert served.prints.count() == Event.objects.filter(action="desk.print").count() == done
        assert served.items.exclude(ticked_at=None).count() == (0 if done else 2)
        assert served.items.exclude(copied_at=None).count() == (2 if done else 0)

    step = sends(window, "desk_print_basket", served.pk, token="press", copies="")
    killed_at_every_write(step, printed_or_in_the_basket)

    def entered_or_open(done) -> None:
        state = UseRequest.objects.get().state
        assert (state == UseState.DONE) == done
        assert UseEntry.objects.count() == Event.objects.filter(action="desk.hand_over").count() == done

    killed_at_every_write(sends(window, "desk_hand_over", served.pk), entered_or_open)
    assert UseEntry.objects.get().pages_copied == 2
    assert verify().is_sound


def test_a_copy_from_afar_and_its_mail(person, window, item, monkeypatch):
    far = person("林读者", roles.READER)
    far.email = "lin@example.org"
    far.save()
    asked = remote.ask_copy(far, ArchivePage.objects.get(pk=item.pk), pages="1", purpose="rights", purpose_text="申报")
    issue = sends(window, "desk_remote_decide", asked.pk, issue="")

    def waits_on_or_is_issued(_done) -> None:
        age_prints()
        assert window.get(reverse("desk_remote")).status_code == 200
        row = CopyRequest.objects.get()
        valid = Certificate.objects.filter(status=CertificateStatus.VALID)
        assert (row.state == CopyState.ISSUED) == (valid.count() == 1) == bool(row.token_digest)
        assert row.certificate == valid.first()
        assert Event.objects.filter(action="copy.issue").count() == valid.count() <= 1
        assert len(mail.outbox) == valid.count()
        check_register()
        if row.certificate:  # the next round begins from a request that waits
            states.append(row.state)
            CopyRequest.objects.update(state=CopyState.WAITING, certificate=None, token_digest="", decided_by=None)
            Certificate.objects.filter(pk=row.certificate_id).update(token=None)

    states = []
    writes = 0
    while killed(issue, writes) and not states:
        waits_on_or_is_issued(False)
        writes += 1
    assert writes >= 6
    assert states == [CopyState.ISSUED]  # killed behind the certificate: found, linked, and its reader told

    def killed_at_the_mail() -> None:
        notices._send = lambda *arguments: kill()
        issue()

    CopyRequest.objects.update(state=CopyState.WAITING, certificate=None, token_digest="", decided_by=None)
    assert killed(killed_at_the_mail)
    row = CopyRequest.objects.get()
    assert (row.state, bool(row.certificate)) == (CopyState.ISSUED, True)
    html = window.get(reverse("desk_remote")).content.decode()
    assert row.certificate.shown_number in html  # in the list of what nobody fetched: a new address can be sent
    before = len(mail.outbox)
    sends(window, "desk_remote_decide", asked.pk, again="")()
    assert len(mail.outbox) == before + 1
    check_register()


def test_one_certificate_for_each_of_a_batch(window, item, series, monkeypatch):
    """Killed in the middle of a batch, the form sent again goes on behind what was issued: none twice, none left out."""
    second = series.add_child(
        instance=ItemPage(title="第二件", reference_code="J037-WS·2008-D30-BGS-0007", opening_status="open")
    )
    add_page(second, 1, jpeg("OTHER"))
    form = {"unit": [item.pk, second.pk], "together": "", "purpose": "诉讼", "language": "zh-hans", "token": "batch"}

    def issue() -> None:
        assert window.post(reverse("certify_several"), form).status_code == 302

    def killed_in_the_second() -> None:
        work = issuing.write_certificate

        def written(certificate, *arguments):
            digest = work(certificate, *arguments)
            if certificate.serial == 2:
                kill()
            return digest

        issuing.write_certificate = written
        issue()

    assert killed(killed_in_the_second)
    assert list(Certificate.objects.order_by("serial").values_list("status", flat=True)) == ["valid", "issuing"]
    monkeypatch.setattr(waiting, "SECONDS", 0.1)
    again = window.post(reverse("certify_several"), form)
    second_number = Certificate.objects.get(serial=2).shown_number
    assert (again.status_code, second_number in again.content.decode()) == (422, True)
    assert Certificate.objects.count() == 2  # nothing was issued beside what may still be at work
    Certificate.objects.filter(serial=2).update(issued_at=timezone.now() - dt.timedelta(hours=1))
    answer = window.post(reverse("certify_several"), form)
    assert [each.status for each in Certificate.objects.order_by("serial")] == ["valid", "voided", "valid"]
    assert [each.unit_id for each in Certificate.objects.filter(status="valid").order_by("serial")] == [
        item.pk,
        second.pk,
    ]
    bundle = window.get(f"{reverse('certificates_zip')}?{answer.url.partition('?')[2]}")
    with zipfile.ZipFile(io.BytesIO(b"".join(bundle.streaming_content))) as files:
        assert len(files.namelist()) == 2
    check_register()
