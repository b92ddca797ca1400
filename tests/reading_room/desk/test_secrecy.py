"""What others may see and do at the window, by guessing numbers and by what they send; where a person's number may stand."""

import logging

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.log import AdminEmailHandler
from django.views.decorators.debug import sensitive_variables

from fonds.access import roles
from fonds.access.enums import Rank
from fonds.archive_pages.models import ArchivePage
from fonds.archive_pages.ranks import set_ranks
from fonds.audit.models import Event
from fonds.reading_room.desk import actions, approvals, prints, queue
from fonds.reading_room.desk.models import UseRequest
from fonds.reading_room.models import Certificate
from fonds.reading_room.readers import actions as readers
from fonds.reading_room.readers.models import IntroductionLetter
from fonds.reading_room.remote import actions as remote
from fonds.reading_room.remote.models import CopyRequest
from fonds.reading_room.states import change_state
from fonds.reading_room.uses.models import UseEntry
from fonds.reading_room.uses.printouts import use_register
from fonds.reports.tables import list_pdf
from tests.reading_room.test_page_prints import text_of

from .conftest import GOOD_NUMBER

pytestmark = [pytest.mark.once, pytest.mark.django_db]
ANOTHER_NUMBER = "110101199003072359"
STEPS = ["find_reader", "choose_reader", "register_reader", "purpose", "tick", "take_out", "original", "set_mirror", "approve",
         "print_basket", "hand_over", "leave", "let_go"]  # fmt: skip


def state_of_the_window() -> list:
    """Everything that a foreign hand might change."""
    rows = UseRequest.objects.order_by("pk").values()
    items = [item for request in UseRequest.objects.all() for item in request.items.values()]
    return [*rows, *items, UseEntry.objects.count(), Certificate.objects.count(), IntroductionLetter.objects.count()]


@pytest.mark.parametrize("role", [roles.CLERK, roles.MANAGER, roles.OFFICER, roles.READER, roles.AUDIT_ADMIN, None])
def test_nobody_else_steps_into_a_request(served, clerk, person, window_of, item, role):
    actions.show(served, item, [], clerk)
    actions.tick(served, item, [1], clerk)
    made = prints.print_copies(served, clerk, "t")
    actions.tick(served, item, [2], clerk)
    other = window_of(person("other", role)) if role else Client()
    before = state_of_the_window()
    form = {"page": 3, "token": "x", "certify": "", "wanted": "王", "reader": served.reader_id, "login": "a", "password": "b",
            "item": list(served.items.values_list("pk", flat=True)), "on": ""}  # fmt: skip
    for step in STEPS:
        answer = other.post(reverse(f"desk_{step}", args=[served.pk]), form)
        assert answer.status_code in ({302} if role is None else {302, 403})
        assert "王桂芳" not in answer.content.decode()
    for name, arguments in (("desk_request", []), ("desk_state", []), ("desk_receipt", []), ("desk_print", [made.pk]),
                            ("desk_print_pdf", [made.pk])):  # fmt: skip
        answer = other.get(reverse(name, args=[served.pk, *arguments]))
        assert answer.status_code in {302, 403}
        assert "王桂芳" not in answer.content.decode()
        assert not answer.content.startswith(b"%PDF")
    assert state_of_the_window() == before


def test_foreign_numbers_in_ones_own_request(served, clerk, person, window_of, item, desk):
    actions.tick(served, item, [1], clerk)
    made = prints.print_copies(served, clerk, "t")
    actions.tick(served, item, [2], clerk)
    other = person("other", roles.CLERK)
    own, browser = queue.begin(other, desk), window_of(other)
    browser.post(reverse("desk_take_out", args=[own.pk]), {"item": list(served.items.values_list("pk", flat=True))})
    assert served.items.exclude(ticked_at=None).count() == 1
    for name in ("desk_print", "desk_print_pdf"):
        assert browser.get(reverse(name, args=[own.pk, made.pk])).status_code == 404
    assert browser.post(reverse("desk_print_again", args=[own.pk, made.pk])).status_code == 404
    answer = browser.post(reverse("desk_print_basket", args=[own.pk]), {"token": "t", "copies": ""})
    assert answer.status_code == 422  # the token of another's press finds nothing
    made.refresh_from_db()
    assert made.prints == 1


def test_an_approval_of_what_one_may_not_know_of_is_not_there(served, clerk, duty, person, window_of, item):
    set_ranks(item, catalogue_rank=Rank.PUBLIC, content_rank=Rank.RESTRICTED, closed_until=None, reason="x", user=duty)
    approval = approvals.ask(served, ArchivePage.objects.get(pk=item.pk), clerk)
    for role in (roles.CLERK, roles.OFFICER, roles.EDITOR, roles.READER):
        answer = window_of(person(f"some {role}", role)).post(
            reverse("desk_decide", args=[approval.pk]), {"decision": "grant"}
        )
        assert answer.status_code in {302, 403, 404}
    approval.refresh_from_db()
    assert approval.state == "waiting"


def test_letters_are_sent_to_be_saved_and_to_the_window_alone(served, visitor, clerk, person, window_of):
    scan = SimpleUploadedFile("letter.pdf", b"%PDF-1.7 <script>alert(1)</script>")
    letter = readers.add_letter(visitor, organisation="律所", expires_on=timezone.localdate(), scan=scan, user=clerk)
    answer = window_of(clerk).get(reverse("desk_letter", args=[letter.pk]))
    assert answer["Content-Disposition"] == 'attachment; filename="letter.pdf"'
    assert (answer["X-Content-Type-Options"], answer["Content-Type"]) == ("nosniff", "application/pdf")
    assert "sandbox" in answer["Content-Security-Policy"]
    for role in (roles.OFFICER, roles.READER, roles.EDITOR):
        known = window_of(person(f"some {role}", role)).get(reverse("desk_letter", args=[letter.pk]))
        unknown = window_of(person(f"other {role}", role)).get(reverse("desk_letter", args=[987654321]))
        assert (known.status_code, unknown.status_code) == (403, 403)
    form = {"document_kind": visitor.document_kind_id, "number": GOOD_NUMBER, "name": "王桂芳", "organisation": "律所",
            "letter_until": timezone.localdate().isoformat()}  # fmt: skip
    for content in (
        b"<html><script>alert(1)</script>",
        b"MZ\x90",
        b"PK\x03\x04",
        b"<svg onload='x'/>",
        b"\xff\xd8\xff" + bytes(10 * 1024**2),
    ):
        sent = {**form, "letter_scan": SimpleUploadedFile("letter.pdf", content)}
        answer = window_of(clerk).post(reverse("desk_register_reader", args=[served.pk]), sent)
        assert answer.status_code == 422
    assert IntroductionLetter.objects.count() == 1


def test_a_copy_from_afar_for_its_reader_alone(clerk, person, window_of, item, django_capture_on_commit_callbacks):
    far, other = person("林读者", roles.READER), person("other", roles.READER)
    far.email = "lin@example.org"
    far.save()
    unit = ArchivePage.objects.get(pk=item.pk)
    asked = remote.ask_copy(far, unit, pages="1", purpose="rights", purpose_text="申报")
    assert window_of(other).post(reverse("take_back_copy", args=[asked.pk])).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        remote.issue_copy(asked, clerk)
    address = mail.outbox[-1].body.partition("://testserver")[2] or mail.outbox[-1].body
    token = address.partition("/fetch/")[2].partition("/")[0]
    there = window_of(other).get(reverse("fetch_copy", args=[token]))
    nowhere = window_of(other).get(reverse("fetch_copy", args=["x" * len(token)]))
    assert (there.status_code, nowhere.status_code) == (403, 403)
    assert asked.certificate.shown_number not in there.content.decode()
    assert token not in str(list(Event.objects.values()))
    change_state(asked.certificate, "revoked", ended_reason="x", ended_at=timezone.now())
    revoked = window_of(far).post(reverse("fetch_copy", args=[token]))
    assert (revoked.status_code, revoked.content[:5] == b"%PDF-") == (403, False)
    again = window_of(clerk).post(reverse("desk_remote_decide", args=[asked.pk]), {"again": ""}, follow=True)
    assert "已撤销" in again.content.decode()


def test_one_reader_does_not_flood_the_window(person, item, monkeypatch, window_of):
    far = person("林读者", roles.READER)
    monkeypatch.setattr(remote, "MOST_WAITING", 0)
    answer = window_of(far).post(reverse("ask_copy", args=[item.pk]), {"purpose": "rights", "purpose_text": "x"})
    assert (answer.status_code, "请待" in answer.content.decode()) == (422, True)
    assert not CopyRequest.objects.exists()


def test_a_number_stands_nowhere(served, clerk, visitor, window_of, item, caplog):
    caplog.set_level(logging.DEBUG)
    browser = window_of(clerk)
    form = {"document_kind": visitor.document_kind_id, "number": GOOD_NUMBER, "name": "王桂芳"}
    assert browser.post(reverse("desk_register_reader", args=[served.pk]), form).status_code == 302
    found = browser.post(reverse("desk_find_reader", args=[served.pk]), {"wanted": GOOD_NUMBER})
    listed = browser.post(reverse("desk_readers"), {"wanted": GOOD_NUMBER})
    typed = browser.get(reverse("desk_request", args=[served.pk]), {"q": "１１０１０１１９９００３０７１２６８"})
    assert (typed.status_code, "身份证号" in typed.content.decode()) == (422, True)
    served.refresh_from_db()
    assert served.query == ""
    actions.tick(served, item, [1], clerk)
    made = prints.certify(served, clerk, "t")
    actions.hand_over(served, clerk)
    pdf = prints.print_bytes(made, clerk)
    book = text_of(list_pdf(use_register({}, clerk)))
    screens = [browser.get(reverse(name)) for name in ("desk", "desk_uses", "desk_readers", "desk_board")]
    everywhere = " ".join(answer.content.decode() for answer in (found, listed, typed, *screens))
    everywhere += text_of(pdf) + caplog.text + str(list(Event.objects.values())) + book
    everywhere += str(list(UseRequest.objects.values())) + str(list(UseEntry.objects.values()))
    assert "王桂芳" in everywhere
    assert GOOD_NUMBER not in everywhere
    assert "１１０１０１１９９００３" not in everywhere


def test_no_error_mail_bears_a_number_or_a_password(
    served, clerk, visitor, window_of, item, duty, settings, monkeypatch
):
    settings.ADMINS = [("Admin", "admin@example.org")]
    handler = AdminEmailHandler(include_html=True)
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)

    @sensitive_variables()
    def broken(*_arguments, **_values):
        raise RuntimeError("the log cannot be written")

    for module in (readers, approvals):
        monkeypatch.setattr(module, "record", broken)
    monkeypatch.setattr(readers, "find_by_number", broken)
    set_ranks(item, catalogue_rank=Rank.PUBLIC, content_rank=Rank.RESTRICTED, closed_until=None, reason="x", user=duty)
    actions.show(served, ArchivePage.objects.get(pk=item.pk), [], clerk)
    form = {"document_kind": visitor.document_kind_id, "number": ANOTHER_NUMBER, "name": "李秀英"}
    try:
        for name, arguments, sent in (
            ("desk_register_reader", [served.pk], form),
            ("desk_find_reader", [served.pk], {"wanted": ANOTHER_NUMBER}),
            ("desk_readers", [], {"wanted": ANOTHER_NUMBER}),
            ("desk_approve", [served.pk], {"login": "duty", "password": "ink-and-paper"}),
        ):
            assert window_of(clerk).post(reverse(name, args=arguments), sent).status_code == 500
    finally:
        logger.removeHandler(handler)
    letters = [letter for letter in mail.outbox if letter.to == ["admin@example.org"]]
    assert len(letters) >= 4  # with and without the frames of the program
    said = " ".join(letter.body + "".join(part.content for part in letter.alternatives) for letter in letters)
    assert "the log cannot be written" in said
    assert ANOTHER_NUMBER not in said
    assert "ink-and-paper" not in said


def test_known_and_unknown_numbers_cost_the_same(visitor):
    costs = []
    for typed in (GOOD_NUMBER, ANOTHER_NUMBER):
        with CaptureQueriesContext(connection) as captured:
            readers.find_readers(typed)
        costs.append(len(captured))
    assert costs[0] == costs[1]
