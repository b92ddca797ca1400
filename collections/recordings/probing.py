"""What ffprobe says of a sound or film file. Files are only read, never executed; addresses in them are not followed."""

import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext as _

from ..faults import ScanFault

SECONDS = 60
DONE = b"out_time_us="  # what ffmpeg calls the microseconds it has written
# A play list in a file must not lead anywhere: neither to another machine nor to another file of this one.
CONTAINERS = "mp3,wav,w64,flac,ogg,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,avi,mpeg,mpegts,mpegvideo,asf,aac,aiff"
LOCAL_ONLY = ["-protocol_whitelist", "file", "-format_whitelist", CONTAINERS]
TYPES = {
    "wav": "audio/x-wav", "mp3": "audio/mpeg", "flac": "audio/flac", "ogg": "audio/ogg", "aac": "audio/aac",
    "aiff": "audio/x-aiff", "avi": "video/x-msvideo", "mpeg": "video/mpeg", "mpegts": "video/mp2t",
}  # fmt: skip
SUFFIXES = (".wav", ".mp3", ".flac", ".ogg", ".opus", ".m4a", ".aac", ".aiff", ".mp4", ".mov", ".avi", ".mkv", ".webm",
            ".mpg", ".mpeg", ".ts")  # fmt: skip


class Probe(NamedTuple):
    """The fields of a ``Recording`` that the file itself tells, and its MIME type."""

    mime_type: str
    is_film: bool
    duration: float | None
    container: str
    sound_codec: str
    picture_codec: str
    width: int
    height: int
    sample_rate: int
    channels: int
    bit_rate: int


def run_tool(arguments: list[str], seconds: int, **options) -> subprocess.CompletedProcess:
    """Run ffprobe or ffmpeg. Raises ``ScanFault`` where it is not installed or does not end in time."""
    try:
        return subprocess.run(arguments, capture_output=True, timeout=seconds, check=False, **options)
    except FileNotFoundError as error:
        raise ScanFault(_("ffmpeg is not installed on this machine.")) from error
    except subprocess.TimeoutExpired as error:
        raise ScanFault(_("The file could not be read in time.")) from error


def run_telling(arguments: list[str], seconds: int, tell: Callable[[float], None]) -> subprocess.CompletedProcess:
    """Run ffmpeg with ``-progress pipe:1`` among its ``arguments`` and ``tell`` how many seconds of the recording are done,
    about twice a second. What ``tell`` raises ends ffmpeg; else as ``run_tool``."""
    end = time.monotonic() + seconds
    try:
        with (
            tempfile.TemporaryFile() as said,
            subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=said) as process,
        ):
            try:
                for line in process.stdout:
                    if line.startswith(DONE) and (done := line[len(DONE) :].strip()).isdigit():
                        tell(int(done) / 1e6)
                    if time.monotonic() > end:
                        raise ScanFault(_("The file could not be read in time."))
            except BaseException:
                process.kill()
                raise
            process.wait()
            said.seek(0)
            return subprocess.CompletedProcess(arguments, process.returncode, b"", said.read())
    except FileNotFoundError as error:
        raise ScanFault(_("ffmpeg is not installed on this machine.")) from error


def probe(path: Path, name: str | None = None) -> Probe:
    """Look into the file at ``path``, delivered under ``name``. Raises ``ScanFault`` with a sentence for one that is empty,
    damaged, or holds neither sound nor film."""
    name = name or path.name
    if path.stat().st_size == 0:
        raise ScanFault(_("“%(name)s” is empty (0 bytes).") % {"name": name})
    command = ["ffprobe", "-v", "error", *LOCAL_ONLY, "-of", "json", "-show_format", "-show_streams", str(path)]
    result = run_tool(command, SECONDS)
    try:
        found = json.loads(result.stdout or b"{}")
    except ValueError:
        found = {}
    streams = [stream for stream in found.get("streams", []) if not _is_cover(stream)]
    sound = next((stream for stream in streams if stream.get("codec_type") == "audio"), None)
    picture = next((stream for stream in streams if stream.get("codec_type") == "video"), None)
    kind = found.get("format", {}).get("format_name", "")
    if result.returncode or not (sound or picture) or kind.endswith(("_pipe", "image2")) or kind in ("tty", "gif"):
        raise ScanFault(_("“%(name)s” is no sound or film file, or it is damaged.") % {"name": name})
    return _probe(found["format"], kind, sound or {}, picture or {})


def _is_cover(stream: dict) -> bool:
    """A picture that only stands in a sound file, as its cover."""
    return bool(stream.get("disposition", {}).get("attached_pic"))


def _probe(form: dict, kind: str, sound: dict, picture: dict) -> Probe:
    lengths = [_number(each.get("duration")) for each in (form, picture, sound)]
    return Probe(
        mime_type=_mime_type(kind, is_film=bool(picture)),
        is_film=bool(picture),
        duration=next((length for length in lengths if length), None),
        container=(form.get("format_long_name") or kind)[:60],
        sound_codec=sound.get("codec_name", "")[:40],
        picture_codec=picture.get("codec_name", "")[:40],
        width=int(picture.get("width") or 0),
        height=int(picture.get("height") or 0),
        sample_rate=int(_number(sound.get("sample_rate")) or 0),
        channels=int(sound.get("channels") or 0),
        bit_rate=int(_number(form.get("bit_rate")) or 0),
    )


def _number(text) -> float | None:
    try:
        return max(0.0, float(text))
    except (TypeError, ValueError):
        return None


def _mime_type(kind: str, *, is_film: bool) -> str:
    names = kind.split(",")
    if "mp4" in names:
        return "video/mp4" if is_film else "audio/mp4"
    if "matroska" in names:
        return "video/webm" if is_film else "audio/webm"
    return next((TYPES[name] for name in names if name in TYPES), "video/mpeg" if is_film else "audio/mpeg")
