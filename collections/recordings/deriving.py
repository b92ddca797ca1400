"""Copies for the web (H.264 and AAC, or MP3), a poster and the waveform, by ffmpeg. All can be made again."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from django.core.files.storage import storages
from django.utils.translation import gettext as _

from ..faults import ScanFault
from ..models import Recording
from ..storage import local_path, put_bytes, put_once
from .probing import LOCAL_ONLY, probe, run_telling, run_tool

PLAYABLE = {"audio/mpeg", "audio/mp4", "audio/ogg", "audio/webm"}  # of these the master itself is played
SECONDS = 6 * 3600
PEAKS, RATE = 400, 4_000
HEIGHT = 720
RECIPE = "1"  # part of every key: raise it when the settings below change
FILM = ["-vf", f"scale=-2:'min({HEIGHT},trunc(ih/2)*2)'", "-c:v", "libx264", "-preset", "medium", "-crf", "23", "-pix_fmt", "yuv420p",
        "-c:a", "aac", "-b:a", "128k", "-ac", "2", "-movflags", "+faststart", "-f", "mp4"]  # fmt: skip
SOUND = ["-vn", "-c:a", "libmp3lame", "-b:a", "128k", "-f", "mp3"]


def web_type(recording: Recording) -> str:
    """The MIME type of what the player gets."""
    if not recording.web:
        return recording.file.master.mime_type
    return "video/mp4" if recording.is_film else "audio/mpeg"


def key_of(recording: Recording, kind: str, suffix: str) -> str:
    """The key of a derivative: ``ab/cd/<sha256>-<kind><recipe>.<suffix>``."""
    sha256 = recording.file.master.sha256
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}-{kind}{RECIPE}.{suffix}"


def derive(recording: Recording, tell: Callable[[float], None] = lambda seconds: None) -> None:
    """Make what the player needs, and note it; ``tell`` is told how many seconds of a long copy are done. Raises ``ScanFault`` where ffmpeg cannot read the file to its end; the
    master can still be copied then."""
    master = recording.file.master
    with local_path(storages["masters"], master.key) as path:
        if recording.sound_codec:
            _hear(recording, path)
        if recording.is_film:
            recording.poster = _poster(recording, path)
        if recording.is_film or master.mime_type not in PLAYABLE:
            recording.web = _web(recording, path, tell)
    recording.fault = ""
    recording.save(update_fields=["waveform", "duration", "poster", "web", "fault"])


def _ffmpeg(path: Path, *options: str) -> list[str]:
    return ["ffmpeg", "-nostdin", "-v", "error", "-xerror", "-y", *LOCAL_ONLY, "-i", str(path), *options]


def _failed(recording: Recording, output: bytes) -> ScanFault:
    lines = output.decode("utf-8", "replace").strip().splitlines()
    words = {"name": recording.file.name, "reason": (lines or ["-"])[-1][:120]}
    return ScanFault(_("“%(name)s” cannot be played to its end: %(reason)s") % words)


def _web(recording: Recording, path: Path, tell: Callable[[float], None]) -> str:
    """Make the copy for the web; it also says how long a film is whose file does not."""
    key = key_of(recording, "w", "mp4" if recording.is_film else "mp3")
    store = storages["derivatives"]
    if store.exists(key):
        return key
    with tempfile.TemporaryDirectory() as work:
        target = Path(work) / "web"
        command = [*_ffmpeg(path), *(FILM if recording.is_film else SOUND), "-progress", "pipe:1", str(target)]
        result = run_telling(command, SECONDS, tell)
        if result.returncode or not target.exists():
            raise _failed(recording, result.stderr)
        recording.duration = recording.duration or probe(target).duration
        put_once(store, key, target, web_type_of(key))
    return key


def web_type_of(key: str) -> str:
    """The MIME type of a web copy by its key."""
    return "video/mp4" if key.endswith(".mp4") else "audio/mpeg"


def _poster(recording: Recording, path: Path) -> str:
    at = min(3.0, (recording.duration or 0) / 4)
    command = ["ffmpeg", "-nostdin", "-v", "error", *LOCAL_ONLY, "-ss", f"{at:.2f}", "-i", str(path), "-frames:v", "1",
               "-vf", "scale='min(1280,iw)':-2", "-f", "image2pipe", "-c:v", "mjpeg", "-q:v", "4", "-"]  # fmt: skip
    result = run_tool(command, SECONDS)
    if result.returncode or not result.stdout:
        return ""
    key = key_of(recording, "p", "jpg")
    put_bytes(storages["derivatives"], key, result.stdout, "image/jpeg")
    return key


def _hear(recording: Recording, path: Path) -> None:
    """Note the loudest place in each of up to 400 stretches, 0 to 255, and the length where the file does not say. Raises
    ``ScanFault`` for a sound without a single sample."""
    command = ["ffmpeg", "-nostdin", "-v", "error", *LOCAL_ONLY, "-i", str(path), "-vn", "-ac", "1", "-ar", str(RATE),
               "-f", "s8", "-"]  # fmt: skip
    result = run_tool(command, SECONDS)
    samples = np.abs(np.frombuffer(result.stdout, dtype=np.int8).astype(np.int16))
    if not len(samples) and not recording.is_film:
        raise ScanFault(_("“%(name)s” holds no sound.") % {"name": recording.file.name})
    if not recording.duration and len(samples):
        recording.duration = len(samples) / RATE
    peaks = [part.max() for part in np.array_split(samples, min(PEAKS, len(samples)))] if len(samples) else []
    recording.waveform = bytes(min(255, 2 * int(peak)) for peak in peaks)
