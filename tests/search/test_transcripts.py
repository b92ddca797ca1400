"""What is said in recordings is found by who may hear it, and by nobody else."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fonds.access.enums import Rank
from fonds.archive_pages.models import ArchivePage, ItemPage
from fonds.archive_pages.standing import refresh_standing
from fonds.collections.enums import ObjectRole
from fonds.collections.models import DigitalObject, MasterFile, Recording
from fonds.collections.recordings.actions import set_words
from fonds.search.find import find_units

CUES = [[0.5, 9.0, "同志们，过去的一年"], [12.5, 20.0, "挽回损失三百六十万元"], [20.0, None, "Thank you all"]]
VISITOR = AnonymousUser()


@pytest.fixture
def spoken(db):
    """Makes an open item with a recording: ``spoken(number, cues)``."""
    root = ArchivePage.objects.get(depth=1)

    def make(number: int, cues: list) -> Recording:
        root.refresh_from_db()
        unit = root.add_child(
            instance=ItemPage(
                title=f"讲话{number}", reference_code=f"J037-LY·2008·Y-{number:03}", opening_status="open"
            )
        )
        refresh_standing(unit.path)
        master = MasterFile.objects.create(sha256=f"{number:064}", size=1, mime_type="audio/mpeg", key=f"x{number}")
        file = DigitalObject.objects.create(unit=unit, master=master, role=ObjectRole.RECORDING, name="a.mp3")
        recording = Recording.objects.create(file=file, duration=30)
        set_words(recording, cues, [])
        return recording

    return make


def test_a_fragment_leads_to_the_moment_also_across_lines(spoken):
    recording = spoken(1, CUES)
    found = find_units("损失三百", VISITOR)
    assert [unit.pk for unit in found.hits] == [recording.file.unit_id]
    (hit,) = found.page_hits[recording.file.unit_id]
    assert (hit.moment, hit.query) == ("00:12", f"?t=12.5#recording-{recording.pk}")
    assert "损失三百" in hit.snippet
    assert "<mark>" in hit.snippet
    assert find_units("一年挽回", VISITOR).count == 1
    assert find_units("THANK 挽回", VISITOR).count == 1
    assert find_units("挽回 -同志们", VISITOR).count == 0


def test_words_that_are_not_for_the_reader_are_not_found(spoken):
    unit = spoken(1, CUES).file.unit
    ArchivePage.objects.filter(pk=unit.pk).update(content_rank=Rank.RESTRICTED)
    refresh_standing(unit.path)
    found = find_units("挽回损失", VISITOR)
    assert (found.hits, found.count, found.page_hits) == ([], 0, {})
    by_title = find_units("讲话1", VISITOR)
    assert by_title.count == 1
    assert by_title.page_hits == {}


def test_words_without_times_are_found_and_new_words_replace_the_old(spoken, client):
    recording = spoken(1, [[None, None, "逢五逢十赶集"]])
    (hit,) = find_units("逢十赶集", VISITOR).page_hits[recording.file.unit_id]
    assert (hit.moment, hit.query) == ("", f"#recording-{recording.pk}")
    set_words(recording, CUES, [])
    assert find_units("逢十赶集", VISITOR).count == 0
    page = client.get(reverse("search"), {"q": "挽回损失"}).content.decode()
    assert f"?t=12.5#recording-{recording.pk}" in page


def test_the_cost_does_not_grow_with_the_recordings(spoken, django_assert_num_queries):

    spoken(1, CUES)
    with CaptureQueriesContext(connection) as one:
        find_units("挽回损失", VISITOR)
    for number in range(2, 7):
        spoken(number, CUES)
    with django_assert_num_queries(len(one)):
        assert find_units("挽回损失", VISITOR).count == 6
