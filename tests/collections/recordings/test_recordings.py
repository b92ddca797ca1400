"""Sound and film: probed, kept, copied for the web, played in ranges by whoever may, with their words."""

import io
import shutil
import subprocess

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from openpyxl import Workbook

from fonds.access.enums import Rank
from fonds.access.models import User
from fonds.collections.faults import ScanFault
from fonds.collections.models import DigitalObject, MasterFile, Recording
from fonds.collections.recordings import deriving, probing
from fonds.collections.recordings.actions import add_recording
from fonds.collections.recordings.deriving import derive
from fonds.collections.recordings.jobs import run_deriving
from fonds.collections.recordings.transcripts import as_vtt, chapters_vtt, decoded, read_chapters, read_transcript
from fonds.reports.jobs import JobHandle
from fonds.reports.models import Job, JobState

pytestmark = pytest.mark.once  # files and pictures, whatever the database

CUES = [[0.0, 1.0, "同志们"], [1.0, 2.0, "食品安全 <放在> 首位"]]


def test_a_file_tells_its_format_codecs_and_length(make_recording):
    sound, film = make_recording("tone.wav", plain=True), make_recording("film.avi", plain=True)
    assert (sound.is_film, sound.sound_codec, sound.sample_rate, sound.channels) == (False, "pcm_s16le", 16000, 1)
    assert sound.duration == pytest.approx(2, abs=0.1)
    assert (film.is_film, film.picture_codec, film.width, film.height) == (True, "mpeg2video", 161, 121)
    assert [row.master.mime_type for row in DigitalObject.objects.order_by("number")] == [
        "audio/x-wav",
        "video/x-msvideo",
    ]


def test_the_same_file_again_changes_nothing(item, media):
    first, is_new = add_recording(item, media / "tone.mp3")
    again, is_new_again = add_recording(item, media / "tone.mp3")
    assert (is_new, is_new_again, first.pk) == (True, False, again.pk)
    assert MasterFile.objects.count() == DigitalObject.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [("empty.mp3", b""), ("words.mp3", b"no sound at all" * 50), ("cut.wav", b"RIFF\x24\x00\x00\x00WAVEfmt "),
     ("list.mp3", b"#EXTM3U\nhttp://example.org/secret.mp3\n"), ("picture.mp4", b"\x89PNG\r\n\x1a\n" + bytes(64))],
)  # fmt: skip
def test_what_is_no_recording_is_refused_in_a_sentence(item, tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ScanFault, match=name):
        add_recording(item, tmp_path / name)
    assert not Recording.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        "ffconcat version 1.0\nfile tone.mp3\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:2,\ntone.mp3\n#EXT-X-ENDLIST\n",
    ],
)
def test_a_play_list_that_leads_to_another_file_is_no_recording(item, media, tmp_path, content):
    """Else whoever takes files in could listen to any sound that lies on the server."""
    shutil.copy(media / "tone.mp3", tmp_path)
    path = tmp_path / "list.mp3"
    path.write_text(content)
    with pytest.raises(ScanFault, match=r"list\.mp3"):
        add_recording(item, path)


def test_names_in_chinese_and_broken_ones_are_kept(item, media, tmp_path):
    odd = tmp_path / "录音\udce4.wav"
    odd.write_bytes((media / "tone.wav").read_bytes())
    recording, _new = add_recording(item, odd, name="座谈会录音.wav")
    assert recording.file.name == "座谈会录音.wav"


def test_a_sound_without_a_duration_is_taken_and_played(item, media, tmp_path, page_of):
    raw = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", media / "tone.wav", "-c:a", "flac", "-f", "flac", "-"],
        capture_output=True,
        check=True,
    ).stdout  # written to a pipe, FLAC cannot know its length
    (tmp_path / "pipe.flac").write_bytes(raw)
    recording, _new = add_recording(item, tmp_path / "pipe.flac")
    derive(recording)
    assert recording.web
    assert reverse("recording", args=[recording.pk]) in page_of()


def test_a_length_the_file_does_not_state_is_measured(item, media, tmp_path):
    raw = ["-i", media / "tone.wav", "-c:a", "flac", "-f", "flac", "-"]  # to a pipe, FLAC cannot write its length
    piped = subprocess.run(["ffmpeg", "-v", "error", *raw], capture_output=True, check=True).stdout
    (tmp_path / "pipe.flac").write_bytes(piped)
    recording, _new = add_recording(item, tmp_path / "pipe.flac")
    Recording.objects.filter(pk=recording.pk).update(duration=None)
    recording.refresh_from_db()
    derive(recording)
    recording.refresh_from_db()
    assert recording.duration == pytest.approx(2, abs=0.1)


def test_a_track_without_a_sound_in_it_is_kept_and_told(item, tmp_path):
    header = b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data\x00\x00\x00\x00"
    (tmp_path / "silent.wav").write_bytes(header)
    recording, _new = add_recording(item, tmp_path / "silent.wav")
    arguments = {"recordings": [recording.pk]}
    job = JobHandle(Job.objects.create(kind="x", title="x", state=JobState.RUNNING, arguments=arguments))
    assert run_deriving(job)["failed"] == [recording.pk]
    recording.refresh_from_db()
    assert "silent.wav" in recording.fault
    assert recording.file.master.open().read() == header


def test_a_film_with_a_broken_end_keeps_its_master_and_tells(item, media, tmp_path):
    data = (media / "film.avi").read_bytes()
    (tmp_path / "torn.avi").write_bytes(data[: len(data) // 2] + bytes(range(256)) * 40)
    recording, _new = add_recording(item, tmp_path / "torn.avi")
    job = JobHandle(
        Job.objects.create(kind="x", title="x", state=JobState.RUNNING, arguments={"recordings": [recording.pk]})
    )
    result = run_deriving(job)
    recording.refresh_from_db()
    assert result["made"] + len(result["failed"]) == 1
    assert bool(recording.fault) is bool(result["failed"])
    assert recording.file.master.open().read() == (tmp_path / "torn.avi").read_bytes()


def test_copies_play_in_a_browser_and_are_made_once(make_recording):
    film = make_recording("film.avi")
    store = storages["derivatives"]
    with store.open(film.web) as file:
        data = file.read()
    found = subprocess.run(
        ["ffprobe", "-v", "error", "-show_streams", "-"], input=data, capture_output=True, check=True
    ).stdout
    assert b"codec_name=h264" in found
    assert b"codec_name=aac" in found
    assert b"pix_fmt=yuv420p" in found
    assert store.exists(film.poster)
    sound = make_recording("tone.wav")
    assert sound.web.endswith(".mp3")
    assert len(sound.waveform) == 400
    assert max(sound.waveform) > 20
    assert not make_recording("tone.mp3").web  # browsers play it as it is


def test_without_ffmpeg_or_with_a_full_disk_the_master_stays_and_the_reason_is_told(make_recording, monkeypatch):
    recording = make_recording(plain=True)

    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    job = JobHandle(
        Job.objects.create(kind="x", title="x", state=JobState.RUNNING, arguments={"recordings": [recording.pk]})
    )
    monkeypatch.setattr(deriving, "put_once", full)
    assert run_deriving(job)["failed"] == [recording.pk]
    recording.refresh_from_db()
    assert "space" in recording.fault
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ScanFault, match="ffmpeg"):
        probing.run_tool(["ffmpeg", "-version"], 5)
    assert recording.file.master.open().read(4) == b"RIFF"


def test_ranges_are_answered_after_access_is_decided(client, make_recording, item):
    recording = make_recording("tone.mp3")
    address = reverse("recording", args=[recording.pk])
    part = client.get(address, headers={"range": "bytes=10-19"})
    assert (part.status_code, part["Content-Type"], part["Content-Length"]) == (206, "audio/mpeg", "10")
    assert b"".join(part.streaming_content) == recording.file.master.open().read()[10:20]
    assert client.get(address, headers={"range": "bytes=99999999-"}).status_code == 416
    item.content_rank = item.catalogue_rank = Rank.RESTRICTED
    item.save()
    names = ("recording", "recording_poster", "recording_captions", "recording_chapters", "recording_master")
    for name in names:
        answer = client.get(reverse(name, args=[recording.pk]), headers={"range": "bytes=0-1"})
        assert (name, answer.status_code) == (name, 404)
        assert "Content-Range" not in answer


def test_the_page_of_an_item_has_player_words_and_chapters(client, make_recording, page_of):
    recording = make_recording("film.avi", cues=CUES)
    Recording.objects.filter(pk=recording.pk).update(chapters=[[0, "开场"], [1, "正文"]])
    page = page_of()
    assert "<video" in page
    assert "食品安全 &lt;放在&gt; 首位" in page
    assert reverse("recording_captions", args=[recording.pk]) in page
    assert "正文" in page
    captions = client.get(reverse("recording_captions", args=[recording.pk])).content.decode()
    assert captions.startswith("WEBVTT")
    assert "00:00:01.000 --> 00:00:02.000\n食品安全 &lt;放在&gt; 首位" in captions
    assert "正文" in client.get(reverse("recording_chapters", args=[recording.pk])).content.decode()


def test_who_may_know_of_an_item_but_not_hear_it_gets_no_words(make_recording, item, page_of):
    make_recording("tone.mp3", plain=True, cues=[[None, None, "不公开的话"]])
    item.content_rank = Rank.RESTRICTED
    item.save()
    page = page_of()
    assert "data-player" not in page
    assert "不公开的话" not in page


def test_the_original_is_for_who_may_copy(client, staff_client, make_recording):
    recording = make_recording("tone.mp3", plain=True)
    address = reverse("recording_master", args=[recording.pk])
    assert client.get(address).status_code == 404
    assert b"".join(staff_client.get(address).streaming_content) == recording.file.master.open().read()


@pytest.mark.parametrize(
    ("text", "cues"),
    [
        ("WEBVTT\n\n1\n00:01.500 --> 00:03.000 align:start\n<v 林>同志们</v>\n\nNOTE x", [[1.5, 3.0, "同志们"]]),
        ("1\r\n00:00:01,500 --> 01:00:03,000\r\n甲\r\n乙\r\n", [[1.5, 3603.0, "甲 乙"]]),
        ("00:05 甲\n[01:02] 乙", [[5.0, 62.0, "甲"], [62.0, None, "乙"]]),
        (
            "题名：讲话\n\n各位。大家好！",
            [[None, None, "题名：讲话"], [None, None, "各位。"], [None, None, "大家好！"]],
        ),
        ("", []),
    ],
)
def test_transcripts_of_all_kinds_are_read(text, cues):
    assert read_transcript(text) == cues


def test_times_that_run_backwards_and_wrong_chapters_are_told_by_line():
    with pytest.raises(ScanFault, match="1"):
        read_transcript("WEBVTT\n\n00:05.000 --> 00:03.000\n甲")
    with pytest.raises(ScanFault, match="2"):
        read_chapters("00:01 甲\n乙")
    assert read_chapters("00:30 乙\n00:01 甲") == [[1.0, "甲"], [30.0, "乙"]]


def test_vtt_ends_every_line_and_escapes_it():
    text = as_vtt([[1.0, None, "a --> <b>"]], 9.0)
    assert "00:00:01.000 --> 00:00:09.000\na --&gt; &lt;b&gt;" in text
    assert "00:00:05.000 --> 00:00:09.000" in chapters_vtt([[0, "x"], [5, "y"]], 9.0)


def test_a_transcript_may_be_utf8_or_gb18030_and_nothing_else():
    assert decoded("陈𬭎".encode("gb18030")) == decoded("陈𬭎".encode()) == "陈𬭎"
    with pytest.raises(ScanFault):
        decoded(b"\xff\xff\xff")


@pytest.fixture
def boss_client(client, db):
    client.force_login(User.objects.create_superuser("boss"))
    return client


def test_an_editor_takes_a_recording_in_and_writes_down_its_words(
    boss_client, item, media, django_capture_on_commit_callbacks
):
    address = reverse("unit_recordings", args=[item.pk])
    upload = SimpleUploadedFile("讲话.wav", (media / "tone.wav").read_bytes())
    words = SimpleUploadedFile("讲话.txt", "各位。大家好！".encode("gb18030"))
    with django_capture_on_commit_callbacks(execute=True):
        boss_client.post(address, {"file": upload, "words": words})
    recording = Recording.objects.get()
    assert (recording.file.name, recording.transcript, bool(recording.web)) == ("讲话.wav", "各位。\n大家好！", True)
    answer = boss_client.post(address, {"file": SimpleUploadedFile("x.wav", b"nothing")})
    assert answer.status_code == 200
    assert Recording.objects.count() == 1
    edit = reverse("recording_words", args=[recording.pk])
    assert "大家好" in boss_client.get(edit).content.decode()
    boss_client.post(edit, {"transcript": "00:01 各位", "chapters": "00:00 开场"})
    recording.refresh_from_db()
    assert (recording.cues, recording.chapters) == ([[1.0, None, "各位"]], [[0.0, "开场"]])
    assert boss_client.post(edit, {"transcript": "", "chapters": "开场"}).status_code == 200
    recording.refresh_from_db()
    assert recording.chapters == [[0.0, "开场"]]


HEAD = ("序号", "档号", "题名", "摄录者", "时间", "地点", "人物", "文件名", "文字稿", "保管期限", "文件大小（字节）")


@pytest.fixture
def list_of(tmp_path, media, series):
    """Writes a list of one recording beside its files; ``list_of(文件名="gone.mp3")`` changes a cell."""
    call_command("load_tables", verbosity=0)
    (tmp_path / "audio").mkdir()
    (tmp_path / "audio" / "a.mp3").write_bytes((media / "tone.mp3").read_bytes())
    (tmp_path / "words.txt").write_text("鉴湖湾集市。", encoding="utf-8")
    size = (tmp_path / "audio" / "a.mp3").stat().st_size

    def write(**changes):
        row = dict(
            zip(
                HEAD,
                (
                    1,
                    "J037-LY·2006·Y-001",
                    "口述",
                    "林萍",
                    "20060514",
                    "家中",
                    "姜瑜",
                    "audio/a.mp3",
                    "words.txt",
                    "Y",
                    size,
                ),
                strict=True,
            )
        )
        book = Workbook()
        book.active.append(HEAD)
        book.active.append([{**row, **changes}[name] for name in HEAD])
        out = io.BytesIO()
        book.save(out)
        (tmp_path / "list.xlsx").write_bytes(out.getvalue())
        return tmp_path / "list.xlsx"

    return write


def test_a_list_of_recordings_is_taken_in_once(list_of):
    path = list_of()
    call_command("import_recordings", path, open=True)
    recording = Recording.objects.select_related("file__unit").get()
    unit = recording.file.unit
    assert (unit.reference_code, unit.title, unit.is_open, recording.transcript) == (
        "J037-LY·2006·Y-001",
        "口述",
        True,
        "鉴湖湾集市。",
    )
    assert unit.get_parent().reference_code == "J037-LY·2006"
    call_command("import_recordings", path)
    assert Recording.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"文件名": "gone.mp3"}, {"文件名": "../../etc/passwd"}, {"文件名": "words.txt"}, {"档号": "X999-LY·2006·Y-001"}, {"档号": "J037-LY"},
        {"题名": ""}, {"时间": "20061399"}, {"文字稿": "gone.txt"}, {"文件大小（字节）": 5}, {"档号": "J037-WS"},
        {"题名": "=1+1"}, {"题名": "长" * 300},
    ],
)  # fmt: skip
def test_a_faulty_list_is_told_by_row_and_column_and_nothing_is_written(list_of, wrong, capsys):
    with pytest.raises(CommandError):
        call_command("import_recordings", list_of(**wrong))
    assert "2 " in capsys.readouterr().err
    assert not Recording.objects.exists()
    assert not MasterFile.objects.exists()


def test_what_is_no_list_is_told(tmp_path):
    (tmp_path / "list.xlsx").write_bytes(b"no list")
    with pytest.raises(CommandError, match=r"list\.xlsx"):
        call_command("import_recordings", tmp_path / "list.xlsx")
