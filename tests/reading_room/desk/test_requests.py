"""A request at the window: the queue, what is written as it happens, approvals, the basket, printing, handing over."""

import datetime as dt
import io

import pikepdf
import pypdfium2 as pdfium
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from fonds.access import roles
from fonds.access.decisions import may
from fonds.access.enums import Rank, Right
from fonds.access.models import Grant, User
from fonds.archive_pages.models import ArchivePage, ItemPage
from fonds.archive_pages.ranks import set_ranks
from fonds.audit.models import Event
from fonds.collections.models import PageScan
from fonds.reading_room import issuing
from fonds.reading_room.desk import actions, approvals, basket, prints, queue
from fonds.reading_room.desk.certifying import certify_lines
from fonds.reading_room.desk.entitlement import entitlement
from fonds.reading_room.desk.enums import ApprovalState, PrintKind, UseState
from fonds.reading_room.desk.models import DeskApproval, DeskPrint, UseRequest, WindowSettings
from fonds.reading_room.models import Certificate
from fonds.reading_room.readers.actions import block
from fonds.reading_room.uses.models import UseEntry
from tests.reading_room.conftest import add_page, close, jpeg
from tests.reading_room.test_page_prints import text_of

pytestmark = pytest.mark.django_db


def ticked(request, item, user, *pages):
    actions.tick(request, item, list(pages), user)
    return prints.new_token()


# --- The queue


def test_numbers_of_the_day_are_called_in_order_and_each_to_one_desk(clerk, person, desk):
    other = person("other", roles.CLERK)
    drawn = [queue.draw() for _ in range(3)]
    assert [each.number for each in drawn] == [1, 2, 3]
    first = queue.call_next(clerk, desk)
    assert (first.number, first.state, first.clerk) == (1, UseState.CALLED, clerk)
    with pytest.raises(ValidationError):
        queue.call(drawn[0], other, desk)
    with pytest.raises(ValidationError, match="clerk"):
        queue.begin(other, desk, UseRequest.objects.get(pk=first.pk))
    assert queue.call_next(other, desk).number == 2
    queue.put_back(first, clerk)
    assert [each.number for each in queue.waiting_today()] == [1, 3]
    board = queue.board()
    assert ([each.number for each in board.called], board.waiting) == ([2], [1, 3])
    with pytest.raises(IntegrityError), transaction.atomic():
        UseRequest.objects.create(day=first.day, number=1)
    assert queue.begin(clerk, desk).number == 4


def test_only_the_clerk_of_a_request_sees_and_changes_it(served, person, item):
    other, officer = person("other", roles.CLERK), person("officer", roles.OFFICER)
    for somebody in (other, officer):
        with pytest.raises(PermissionDenied) as refused:
            actions.tick(served, item, [1], somebody)
        assert str(refused.value)
    assert served.items.count() == 0
    with pytest.raises(PermissionDenied, match=r"clerk.*号窗口"):
        actions.require_served_by(served, other)


def test_a_clock_that_is_set_back_counts_nothing_below_zero(served, clerk):
    UseRequest.objects.filter(pk=served.pk).update(begun_at=timezone.now() + dt.timedelta(hours=1))
    served.refresh_from_db()
    assert served.seconds == 0
    actions.hand_over(served, clerk)
    entry = UseEntry.objects.get()
    assert (entry.seconds, entry.ended_at >= entry.began_at) == (0, True)


# --- What is written as it happens


def test_looking_and_ticking_is_kept_at_once(served, clerk, item):
    scans = list(item.page_scans.order_by("number"))
    actions.show(served, item, scans[:2], clerk)
    actions.show(served, item, scans[1:], clerk)
    assert served.items.exclude(shown_at=None).count() == 3
    assert actions.tick(served, item, [1, 3], clerk) == 2
    assert actions.tick(served, item, [3], clerk) == 0
    assert actions.tick(served, item, [3], clerk, on=False) == 1
    again = UseRequest.objects.get(pk=served.pk)
    assert (again.shown_unit_id, again.shown_page) == (item.pk, 2)
    (line,) = basket.basket_of(again, clerk)
    assert (line.pages, line.faults, line.page_list) == ([1], [], "1")
    with pytest.raises(ValidationError, match="99"):
        actions.tick(served, item, [99], clerk)


def test_the_readers_screen_follows_one_record_only(served, clerk, item, series):
    first, second, _third = item.page_scans.order_by("number")
    actions.show(served, item, [first], clerk)
    actions.mirror(served, clerk, True)
    actions.show(served, item, [second], clerk)
    assert served.mirrored
    other = series.add_child(instance=ItemPage(title="另一件", reference_code="J037-WS·2008-D30-BGS-0009"))
    actions.show(served, other, [], clerk)
    assert not UseRequest.objects.get(pk=served.pk).mirrored


# --- Approval


def test_what_is_not_open_waits_for_the_duty_manager(served, clerk, duty, item):
    close(item)
    unit = ArchivePage.objects.get(pk=item.pk)
    assert may(clerk, Right.VIEW, unit)
    assert not entitlement(served, unit, clerk).may_show
    with pytest.raises(ValidationError, match="审批"):
        actions.tick(served, unit, [1], clerk)
    approval = approvals.ask(served, unit, clerk)
    with pytest.raises(ValidationError):
        approvals.ask(served, unit, clerk)
    assert list(approvals.waiting_for(duty)) == [approval]
    assert not approvals.waiting_for(clerk).exists()
    with pytest.raises(PermissionDenied):
        approvals.grant(approval, clerk, reason="x")
    with pytest.raises(ValidationError):
        approvals.refuse(approval, duty, reason=" ")
    approvals.grant(approval, duty, reason="本人查询")
    with pytest.raises(ValidationError, match="已批准"):
        approvals.refuse(approval, duty, reason="later")
    assert entitlement(served, unit, clerk).may_print
    assert actions.tick(served, unit, [1], clerk) == 1
    assert not Grant.objects.exists()  # the clerk had the right himself


def test_the_duty_manager_approves_on_the_spot_with_his_password(served, clerk, duty, person, item):
    set_ranks(item, catalogue_rank=Rank.PUBLIC, content_rank=Rank.RESTRICTED, closed_until=None, reason="x", user=duty)
    unit = ArchivePage.objects.get(pk=item.pk)
    assert not may(clerk, Right.VIEW, unit)
    person("editor", roles.EDITOR)
    for login, password in (
        ("duty", "wrong"),
        ("nobody", "x"),
        ("editor", "ink-and-paper"),
        ("clerk", "ink-and-paper"),
    ):
        with pytest.raises(ValidationError, match="不正确"):
            approvals.approve_on_the_spot(served, unit, clerk, login=login, password=password)
    assert Event.objects.filter(action="desk.approval_failed").count() == 4
    approval = approvals.approve_on_the_spot(served, unit, clerk, login="duty", password="ink-and-paper")
    assert (approval.state, approval.decided_by, approval.on_the_spot) == (ApprovalState.GRANTED, duty, True)
    assert approval.grant.ends_on == timezone.localdate()
    assert may(clerk, Right.PRINT, unit)
    assert entitlement(served, unit, clerk).may_print


def test_passwords_at_a_desk_are_limited(served, clerk, duty, item):
    close(item)
    unit = ArchivePage.objects.get(pk=item.pk)
    for _attempt in range(approvals.TRIES):
        with pytest.raises(ValidationError):
            approvals.approve_on_the_spot(served, unit, clerk, login="duty", password="guess")
    with pytest.raises(ValidationError, match="次数过多"):
        approvals.approve_on_the_spot(served, unit, clerk, login="duty", password="ink-and-paper")
    assert not DeskApproval.objects.exists()


def test_nobody_approves_what_he_serves_himself_nor_what_is_sealed(duty, desk, visitor, lists, item):
    close(item)
    unit = ArchivePage.objects.get(pk=item.pk)
    own = queue.begin(duty, desk)
    with pytest.raises(ValidationError, match="登记利用者"):
        approvals.ask(own, unit, duty)
    actions.set_reader(own, visitor, duty)
    actions.set_purpose(own, lists["公证"], duty)
    approval = approvals.ask(own, unit, duty)
    assert not approvals.waiting_for(duty).exists()
    with pytest.raises(ValidationError, match="自己"):
        approvals.grant(approval, duty, reason="x")
    set_ranks(item, catalogue_rank=Rank.SEALED, content_rank=Rank.SEALED, closed_until=None, reason="x", user=duty)
    with pytest.raises(ValidationError, match="封存"):
        approvals.ask(own, ArchivePage.objects.get(pk=item.pk), duty)


# --- The basket between a tick and the print


@pytest.mark.parametrize("event", ["rescan", "page gone", "closed", "destroyed", "hidden"])
def test_what_changed_since_it_was_ticked_is_not_printed(served, clerk, duty, item, event):
    token = ticked(served, item, clerk, 1, 2)
    words = {
        "rescan": "重新扫描",
        "page gone": "已不存在",
        "closed": "不再开放",
        "destroyed": "已销毁",
        "hidden": "已被控制",
    }[event]
    if event == "rescan":
        PageScan.objects.filter(unit_id=item.pk, number=1).delete()
        add_page(item, 1, jpeg("ONE AGAIN"))
    elif event == "page gone":
        PageScan.objects.filter(unit_id=item.pk, number=2).delete()
    elif event == "closed":
        close(item)
    elif event == "destroyed":
        PageScan.objects.filter(unit_id=item.pk).delete()
        item.delete()
    else:
        set_ranks(item, catalogue_rank=Rank.SEALED, content_rank=Rank.SEALED, closed_until=None, reason="x", user=duty)
    for make in (prints.certify, prints.print_copies):
        with pytest.raises(ValidationError) as refused:
            make(served, clerk, token)
        assert words in " ".join(refused.value.messages)
    assert (served.prints.count(), Certificate.objects.count()) == (0, 0)


def test_an_empty_basket_and_2000_pages(served, clerk, item):
    with pytest.raises(ValidationError, match="空格键"):
        prints.certify(served, clerk, prints.new_token())
    scan = item.page_scans.first()
    PageScan.objects.bulk_create(
        PageScan(unit_id=item.pk, number=number, master=scan.master, sha256=scan.sha256, width=620, height=877)
        for number in range(4, 2001)
    )
    assert actions.tick(served, item, list(range(1, 2001)), clerk) == 2000
    with pytest.raises(ValidationError, match="2000"):
        prints.certify(served, clerk, prints.new_token())
    assert basket.basket_of(served, clerk)[0].page_list == "1–2000"


def test_a_record_without_scans_is_shown_in_the_original(served, clerk, series):
    unit = series.add_child(
        instance=ItemPage(title="未扫描", reference_code="J037-WS·2008-D30-BGS-0008", opening_status="open")
    )
    unit = ArchivePage.objects.get(pk=unit.pk)
    actions.show(served, unit, [], clerk)
    actions.show_original(served, unit, clerk)
    actions.hand_over(served, clerk)
    entry = UseEntry.objects.get()
    assert (entry.item_count, entry.pages_shown, entry.manner) == (1, 0, "阅览")


# --- Printing


def test_certified_once_however_often_the_key_is_pressed(served, clerk, item):
    token = ticked(served, item, clerk, 1, 3)
    made = prints.certify(served, clerk, token)
    assert prints.certify(served, clerk, token) == made
    certificate = Certificate.objects.get()
    assert (certificate.page_list(), certificate.applicant, certificate.purpose) == ("1, 3", "王桂芳", "公证 继承")
    assert (made.page_count, made.prints, made.certificates.get()) == (2, 1, certificate)
    with pytest.raises(ValidationError, match="空格键"):
        prints.certify(served, clerk, prints.new_token())
    first = prints.print_bytes(made, clerk)
    assert prints.print_again(made, clerk).prints == 2
    assert prints.print_bytes(made, clerk) == first
    assert Certificate.objects.count() == 1
    assert prints.certificates_of(served) == [certificate]


def test_several_records_are_one_certificate_and_who_approved_stands_in_the_register(served, clerk, item, series):
    other = series.add_child(
        instance=ItemPage(title="第二件", reference_code="J037-WS·2008-D30-BGS-0007", opening_status="open")
    )
    add_page(other, 1, jpeg("OTHER"))
    manager = User.objects.create_user("approving")
    DeskApproval.objects.create(
        request=served, unit_id=series.pk, state=ApprovalState.GRANTED, decided_by=manager, decided_at=timezone.now()
    )
    ticked(served, item, clerk, 1, 3)
    made = prints.certify(served, clerk, ticked(served, ArchivePage.objects.get(pk=other.pk), clerk, 1))
    certificate = made.certificates.get()
    assert [(part["code"], part["pages"]) for part in certificate.parts] == [
        (item.reference_code, [1, 3]), (other.reference_code, [1]),
    ]  # fmt: skip
    assert (certificate.page_count, certificate.approved_by, made.page_count) == (3, manager, 3)


def test_a_fault_in_one_record_certifies_nothing_and_loses_nothing(served, clerk, item, series):
    other = series.add_child(
        instance=ItemPage(title="第二件", reference_code="J037-WS·2008-D30-BGS-0007", opening_status="open")
    )
    add_page(other, 1, b"no picture at all")
    unit = ArchivePage.objects.get(pk=other.pk)
    ticked(served, item, clerk, 1)
    token = ticked(served, unit, clerk, 1)
    with pytest.raises(ValidationError):
        prints.certify(served, clerk, token)
    assert served.prints.count() == 0
    assert [line.code for line in basket.basket_of(served, clerk)] == [item.reference_code, unit.reference_code]
    assert [each.status for each in Certificate.objects.all()] == ["voided"]


def test_nothing_issued_leaves_no_print(served, clerk, item, monkeypatch):
    token = ticked(served, item, clerk, 1)

    def full(*_args):
        raise OSError("No space left on device")

    monkeypatch.setattr(issuing, "keep", full)
    with pytest.raises(OSError, match="space"):
        prints.certify(served, clerk, token)
    assert served.prints.count() == 0
    assert basket.basket_of(served, clerk)[0].pages == [1]
    monkeypatch.undo()
    assert prints.certify(served, clerk, token).certificates.count() == 1


@pytest.mark.parametrize("is_issued", [False, True])
def test_a_process_stopped_in_the_middle_loses_no_page_and_makes_no_second_number(
    served, clerk, item, series, is_issued
):
    """Stopped before the certificate, or behind the certificate, before the print knew of it."""
    other = series.add_child(
        instance=ItemPage(title="第二件", reference_code="J037-WS·2008-D30-BGS-0007", opening_status="open")
    )
    add_page(other, 1, jpeg("OTHER"))
    ticked(served, item, clerk, 1)
    token = ticked(served, ArchivePage.objects.get(pk=other.pk), clerk, 1)
    lines = basket.basket_of(served, clerk)
    made, _is_new = prints._claim(served, PrintKind.CERTIFIED, token, lines)
    prints._take_out(lines)
    certificate = certify_lines(served, lines, clerk, token) if is_issued else None
    assert prints.restore_interrupted(served) == 0  # it may still be at work
    DeskPrint.objects.update(made_at=timezone.now() - dt.timedelta(minutes=3))
    assert prints.restore_interrupted(served) == 1
    if not is_issued:
        assert served.prints.count() == Certificate.objects.count() == 0
        assert {line.code for line in basket.basket_of(served, clerk)} == {item.reference_code, other.reference_code}
        return
    made.refresh_from_db()
    assert (made.prints, made.page_count, made.certificates.get()) == (1, 2, certificate)
    assert {each.certificate for each in served.items.all()} == {certificate}
    assert basket.basket_of(served, clerk) == []
    assert prints.restore_interrupted(served) == 0


def test_copies_say_for_whom_and_are_counted(served, clerk, item):
    settings = WindowSettings.load()
    settings.charges, settings.price_of_page = True, "0.50"
    settings.save()
    made = prints.print_copies(served, clerk, ticked(served, item, clerk, 1, 2))
    pdf = prints.print_bytes(made, clerk)
    assert text_of(pdf).count(f"王桂芳 {served.shown_number} 打印") == 2
    with pikepdf.open(io.BytesIO(pdf)) as marked:
        assert [len(page.obj.Resources.XObject) for page in marked.pages] == [2, 2]  # the scan and the mark
    with pdfium.PdfDocument(pdf) as rendered:
        assert rendered[0].render().to_pil().convert("L").getpixel((300, 300)) < 250  # the mark hides no scan
    settings.marks_copies = False
    settings.save()
    with pikepdf.open(io.BytesIO(prints.print_bytes(made, clerk))) as plain:
        assert [len(page.obj.Resources.XObject) for page in plain.pages] == [1, 1]
    actions.hand_over(served, clerk)
    entry = UseEntry.objects.get()
    assert (entry.pages_copied, str(entry.fee)) == (2, "1.00")
    with pytest.raises(ValidationError):
        prints.print_again(made, clerk)


def test_a_reader_who_was_blocked_meanwhile_gets_nothing(served, clerk, duty, item, visitor):
    token = ticked(served, item, clerk, 1)
    block(visitor, reason="冒用证件", user=duty)
    served = UseRequest.objects.get(pk=served.pk)
    with pytest.raises(ValidationError, match="冒用证件"):
        prints.certify(served, clerk, token)
    assert not Certificate.objects.exists()


# --- Handing over


def test_handing_over_writes_the_register_by_itself(served, clerk, item):
    actions.show(served, item, list(item.page_scans.order_by("number")), clerk)
    prints.certify(served, clerk, ticked(served, item, clerk, 1, 2))
    UseRequest.objects.filter(pk=served.pk).update(begun_at=timezone.now() - dt.timedelta(seconds=150))
    served = UseRequest.objects.get(pk=served.pk)
    actions.hand_over(served, clerk)
    entry = UseEntry.objects.get()
    assert (entry.reader_name, entry.purpose, entry.reader_kind) == ("王桂芳", "公证", "公民个人")
    assert (entry.pages_shown, entry.pages_copied, entry.pages_certified, entry.item_count) == (3, 0, 2, 1)
    assert entry.manner == "出具证明"
    assert 150 <= entry.seconds < 160
    with pytest.raises(ValidationError):
        actions.hand_over(served, clerk)
    assert UseEntry.objects.count() == 1


def test_without_reader_or_purpose_nothing_is_handed_over(clerk, desk, visitor):
    request = queue.begin(clerk, desk)
    with pytest.raises(ValidationError, match="利用者"):
        actions.hand_over(request, clerk)
    actions.set_reader(request, visitor, clerk)
    with pytest.raises(ValidationError, match="目的"):
        actions.hand_over(request, clerk)
    actions.leave(request, clerk)
    assert (request.state, UseEntry.objects.count()) == (UseState.LEFT, 0)
