"""What the recogniser reads first: the archive's own order, over pages and over waiting jobs."""

import pytest
from django.core.exceptions import ValidationError
from django_tasks.signals import task_enqueued

from fonds.archive_pages.models import ArchivePage, FondsPage, ItemPage
from fonds.collections.models import PageScan, ReadingOrder
from fonds.collections.recognising.actions import to_recognise
from fonds.collections.recognising.jobs import LEAST, queue_pages, queue_recognition
from fonds.collections.scans import add_scans

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages(series, item, picture):
    """The scans of an item of the fonds J037, and of one of the fonds K021 behind it."""
    index = series.get_parent().get_parent()
    fonds = index.add_child(instance=FondsPage(title="局", reference_code="K021", opening_status="open"))
    other = fonds.add_child(instance=ItemPage(title="函", reference_code="K021-WS·2008-Y-0001"))
    first = add_scans(item, [picture("001.jpg")], queue=False)[0]
    return first, add_scans(other, [picture("002.jpg", (200, 300))], queue=False)[0]


def read_first(codes: str) -> None:
    order = ReadingOrder.load()
    order.first = codes
    order.full_clean()
    order.save()


def to_read() -> list[PageScan]:
    return list(to_recognise(ArchivePage.objects.exclude(level="")))


def test_pages_of_the_fonds_named_come_before_the_rest(pages):
    assert to_read() == list(pages)
    read_first("\nk021\n\nJ037\n")
    assert to_read() == list(reversed(pages))


def test_a_code_that_leads_nowhere_is_told(pages):
    with pytest.raises(ValidationError, match="Z999"):
        read_first("K021\nZ999")


def test_waiting_jobs_of_the_fonds_named_go_first_and_reading_waits_for_other_work(
    pages, django_capture_on_commit_callbacks
):
    urgencies = []

    def note(sender, task_result, **_kwargs) -> None:
        urgencies.append(task_result.task.priority)

    task_enqueued.connect(note)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            queue_pages([pages[0].pk], "J037")
        read_first("K021\nJ037-WS")
        with django_capture_on_commit_callbacks(execute=True):
            queue_pages([pages[0].pk], "J037")
            queue_recognition(pages[1].unit)
    finally:
        task_enqueued.disconnect(note)
    assert urgencies == [LEAST, -2, -1]
