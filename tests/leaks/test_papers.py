"""What is printed, exported, imported and certified: rights count when the paper is made, and once more when it is
handed out."""

import io

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.utils import timezone, translation

from fonds.access.enums import Rank
from fonds.archive_pages.models import Category, ItemPage
from fonds.archive_pages.ranks import set_ranks
from fonds.collections.importing.actions import Order, analysed
from fonds.collections.importing.jobs import start_import
from fonds.reading_room.actions import issue_certificate, revoke_certificate
from fonds.reading_room.models import Certificate
from fonds.reports import jobs
from fonds.reports.models import Job, JobState
from fonds.reports.printout_jobs import KIND

from .archive import RESTRICTED, SEALED
from .conftest import everything_of, leaked

pytestmark = pytest.mark.django_db
LIST = {"printout": "filing-list", "kind": "xlsx", "data": {"code": "", "year": "", "retention": "", "category": ""}}


def cells(content: bytes) -> set[str]:
    """Every text in a spreadsheet."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell}


def queued(user) -> Job:
    return Job.objects.create(kind=KIND, title="Filing list", arguments=LIST, started_by=user)


def test_a_job_stops_at_its_next_step_when_its_person_is_made_inactive(archive):
    """The account is closed while the worker is at it: nothing more is done in its name."""
    clerk, steps = archive.people["clerk"], []

    @jobs.runner("closed_half_way")
    def run(handle: jobs.JobHandle) -> dict:
        for step in (1, 2):
            if step == 2:
                type(clerk).objects.filter(pk=clerk.pk).update(is_active=False)
            handle.progress(step, step)
            steps.append(step)
        handle.keep_output("list.txt", ContentFile(b"x"))
        return {}

    job = Job.objects.create(kind="closed_half_way", title="x", started_by=clerk)
    try:
        jobs.run_job.call(job.pk, "zh-hans")
    finally:
        del jobs.RUNNERS["closed_half_way"]
    job.refresh_from_db()
    assert (job.state, steps, bool(job.output)) == (JobState.CANCELLED, [1], False)


@pytest.fixture
def certificate(archive):
    """A certified copy of the restricted record, issued by the manager to somebody with a purpose."""
    unit = ItemPage.objects.get(pk=archive.restricted.pk)
    person = archive.people["manager"]
    return issue_certificate(unit, pages=[1], purpose="诉讼之用", applicant="某申请人", user=person)


@pytest.mark.parametrize("who", ["clerk", "editor"])
def test_a_printed_list_holds_what_its_maker_may_know(visit, archive, who):
    answer = visit(who).post("/admin/printouts/filing-list/", {"kind": "xlsx", "code": "J900", "year": ""})
    text = " ".join(cells(answer.content))
    assert SEALED not in text
    assert RESTRICTED in text


def test_a_hidden_series_is_no_heading_of_a_list(visit, archive):
    """Guessing its code, even somebody who may print gets the sentence of a code that is not there."""
    manager = archive.people["manager"]
    set_ranks(archive.closed_series, catalogue_rank=Rank.SEALED, content_rank=Rank.SEALED, closed_until=None,
              reason="封存", user=manager)  # fmt: skip
    answers = [
        visit("clerk").post("/admin/printouts/filing-list/", {"kind": "xlsx", "code": code})
        for code in (archive.closed_series.reference_code, "J900-WS·2003")
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert archive.closed_series.title not in everything_of(answers[0])
    allowed = visit("manager").post("/admin/printouts/filing-list/", {"kind": "xlsx", "code": "J900-WS·2002"})
    assert any(archive.closed_series.title in cell for cell in cells(allowed.content))


def test_a_list_is_printed_with_the_rights_of_the_moment_it_runs(archive):
    """Between asking and running the job the clerk became a reader, the editor was made inactive."""
    clerk, editor, manager = (archive.people[name] for name in ("clerk", "editor", "manager"))
    waiting = [queued(clerk), queued(editor)]
    clerk.groups.clear()
    editor.is_active = False
    editor.save()
    for job in waiting:
        jobs.run_job.call(job.pk, "zh-hans")
        job.refresh_from_db()
        assert job.state == JobState.FAILED
        assert not job.output
    last = queued(manager)
    jobs.run_job.call(last.pk, "zh-hans")
    last.refresh_from_db()
    assert last.state == JobState.DONE


def test_a_list_printed_after_a_record_was_sealed_is_without_it(archive):
    job = queued(archive.people["clerk"])
    set_ranks(archive.restricted, catalogue_rank=Rank.SEALED, content_rank=Rank.SEALED, closed_until=None,
              reason="封存", user=archive.people["manager"])  # fmt: skip
    jobs.run_job.call(job.pk, "zh-hans")
    job.refresh_from_db()
    text = " ".join(cells(job.output.read()))
    assert "表彰" in text
    assert RESTRICTED not in text


def test_what_a_job_made_is_handed_out_to_nobody_else_and_not_after_the_work_is_over(visit, archive):
    job = queued(archive.people["clerk"])
    jobs.run_job.call(job.pk, "zh-hans")
    job.refresh_from_db()
    addresses = [f"/admin/jobs/{job.pk}/output/", job.output.url, f"/admin/jobs/{job.pk}/"]
    assert [visit("clerk").get(address).status_code for address in addresses] == [200, 200, 200]
    for who in ("visitor", "reader", "officer", "editor", "security", "system"):
        for address in addresses[:2]:
            assert visit(who).get(address).status_code in (302, 403, 404), (who, address)
    archive.people["clerk"].groups.set(archive.people["officer"].groups.all())
    for address in addresses[:2]:
        assert visit("clerk").get(address).status_code in (302, 403, 404), address


def test_the_file_of_a_job_whose_starter_is_gone_belongs_to_no_visitor(visit, archive):
    job = queued(None)
    job.output.save("list.xlsx", ContentFile(b"x"))
    assert visit().get(job.output.url).status_code == 404
    assert visit("reader").get(job.output.url).status_code == 404


@pytest.mark.parametrize("code", ["check_code", "wrong", ""])
def test_verification_tells_nothing_of_reader_issuer_or_record(visit, archive, certificate, code):
    given = {"check_code": certificate.check_code, "wrong": "AAAA-BBBB-CCCC", "": ""}[code]
    for address in (
        f"/verify/{certificate.number}/?code={given}",
        f"/verify/?number={certificate.number}&code={given}",
    ):
        answer = visit().get(address, follow=True)
        text = everything_of(answer)
        assert answer.status_code == 200
        assert not leaked(answer, "visitor")
        for word in ("诉讼之用", "某申请人", "manager", certificate.unit_code, certificate.sha256, certificate.key):
            assert word not in text, word


def test_a_revoked_certificate_tells_neither_reason_nor_person(visit, archive, certificate):
    revoke_certificate(certificate, reason="查有冒领", user=archive.people["second_manager"])
    text = everything_of(visit().get(f"/verify/{certificate.number}/"))
    assert 'data-finding="revoked"' in text
    assert not [word for word in ("查有冒领", "second_manager", "诉讼之用", "某申请人") if word in text]


def test_unknown_and_unprinted_numbers_are_answered_alike(visit, archive, certificate):
    """A number that is just being printed has not been handed out."""
    Certificate.objects.filter(pk=certificate.pk).update(status="issuing")
    year = timezone.localdate().year
    answers = [everything_of(visit().get(f"/verify/{number}/")) for number in (certificate.number, f"{year}-8888")]
    assert all('data-finding="unknown"' in answer for answer in answers)
    assert len(answers[0]) == len(answers[1])


def test_the_issued_file_is_as_closed_as_the_pages_in_it(visit, archive, certificate):
    """The desk looks into the register; a copy of pages it may not see is not for its eyes."""
    address = f"/certificates/{certificate.number}.pdf"
    assert visit("manager").get(address).content.startswith(b"%PDF")
    for who in ("visitor", "reader", "officer", "clerk", "editor", "security", "system"):
        assert not visit(who).get(address).content.startswith(b"%PDF"), who


def test_the_register_names_no_record_its_reader_may_not_know(visit, archive, certificate):
    set_ranks(archive.restricted, catalogue_rank=Rank.SEALED, content_rank=Rank.SEALED, closed_until=None,
              reason="封存", user=archive.people["manager"])  # fmt: skip
    addresses = ["/admin/certificates/", f"/admin/certificates/?q={RESTRICTED}", "/admin/certificates/?export=csv",
                 f"/admin/certificates/inspect/{certificate.pk}/", f"/certificates/{certificate.number}/"]  # fmt: skip
    for address in addresses:
        text = everything_of(visit("clerk").get(address)).replace(f'value="{RESTRICTED}"', "")
        assert certificate.unit_title not in text, address
        assert certificate.unit_code not in text, address
    printed = visit("clerk").post("/admin/printouts/certificate-register/", {"kind": "xlsx", "year": "", "status": ""})
    assert RESTRICTED not in " ".join(cells(printed.content))
    assert RESTRICTED in everything_of(visit("manager").get("/admin/certificates/"))


def test_an_import_neither_shows_nor_changes_a_record_one_may_not_know(archive, tmp_path):
    """A list that names the code of a sealed record: the answer says that the code is taken, and nothing of the record."""
    call_command("load_tables", verbosity=0)
    editor, book = archive.people["editor"], openpyxl.Workbook()
    book.active.append(["档号", "责任者", "题名", "日期"])
    book.active.append([archive.sealed.reference_code, "某局", "猜测的题名", "19990101"])
    book.save(tmp_path / "list.xlsx")
    order = Order(tmp_path / "list.xlsx", archive.fonds, Category.objects.get(code="WS"), update=True, user=editor)
    with analysed(order) as analysis:
        told = str([change.as_dict() for change in analysis.changes]) + str([str(fault) for fault in analysis.faults])
        assert analysis.changes == []
        assert not analysis.may_import
    assert SEALED not in told
    assert "20010312" not in told


def test_an_import_by_somebody_whose_rights_ended_is_not_begun(archive):
    editor = archive.people["editor"]
    done = Job.objects.create(kind="analyse_catalogue", title="x", arguments={"list": "x"}, started_by=editor,
                              result={"fingerprint": "x"}, state=JobState.DONE)  # fmt: skip
    editor.groups.clear()
    fresh = type(editor).objects.get(pk=editor.pk)
    with pytest.raises(PermissionDenied):
        start_import(done, fresh)
    assert not Job.objects.filter(kind="import_catalogue").exists()


@pytest.mark.parametrize("change", ["inactive", "no longer an editor", "gone"])
def test_a_job_of_somebody_without_rights_imports_nothing(archive, change):
    """What was asked for with a right is not done when the right, or the account itself, is gone."""
    editor = archive.people["editor"]
    arguments = {"folder": "0" * 32, "list": "x", "fonds": archive.fonds.pk, "category": 1, "fingerprint": "x"}
    waiting = [
        Job.objects.create(kind=kind, title="x", arguments=arguments, started_by=None if change == "gone" else editor)
        for kind in ("analyse_catalogue", "import_catalogue")
    ]
    if change == "inactive":
        type(editor).objects.filter(pk=editor.pk).update(is_active=False)
    elif change == "no longer an editor":
        editor.groups.clear()
    with translation.override("en"):
        for job in waiting:
            jobs.run_job.call(job.pk, "en")
            job.refresh_from_db()
            assert (job.state, job.error) == (JobState.FAILED, "You may not import catalogues.")
