"""How far a long copy has come is told while it is made, and who stops it is obeyed."""

import math

import pytest

from fonds.access.models import User
from fonds.collections.models import Recording
from fonds.collections.recordings.actions import add_recording
from fonds.collections.recordings.deriving import derive
from fonds.collections.recordings.jobs import queue_recordings
from fonds.reports.jobs import JobCancelled
from fonds.reports.models import Job

from .conftest import ffmpeg

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_a_copy_tells_how_many_seconds_are_done(make_recording):
    told = []
    derive(make_recording("film.avi", plain=True), told.append)
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1, abs=0.3)


def test_a_silent_film_whose_file_does_not_say_how_long_it_is_gets_its_length(item, tmp_path):
    path = tmp_path / "silent.avi"
    ffmpeg("-f", "lavfi", "-i", "testsrc=size=160x120:rate=5:duration=1", "-an", "-c:v", "mpeg2video", path)
    recording, _is_new = add_recording(item, path)
    Recording.objects.filter(pk=recording.pk).update(duration=None)
    recording.refresh_from_db()
    derive(recording)
    recording.refresh_from_db()
    assert recording.duration == pytest.approx(1, abs=0.3)


def test_who_stops_the_work_ends_the_copy(make_recording):
    recording = make_recording("film.avi", plain=True)

    def stop(_seconds: float) -> None:
        raise JobCancelled

    with pytest.raises(JobCancelled):
        derive(recording, stop)
    recording.refresh_from_db()
    assert recording.web == ""


def test_the_job_counts_seconds_of_recording(make_recording, django_capture_on_commit_callbacks):
    first, second = make_recording("tone.wav", plain=True), make_recording("film.avi", plain=True)
    user = User.objects.create_superuser("keeper", password="x")
    with django_capture_on_commit_callbacks(execute=True):
        job = queue_recordings([first.pk, second.pk], user)
    job = Job.objects.get(pk=job.pk)
    seconds = math.ceil(first.duration) + math.ceil(second.duration)
    assert (job.state, job.done, job.total) == ("done", seconds, seconds)
