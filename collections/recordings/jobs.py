"""Making what the player needs, as a job."""

from collections.abc import Sequence

from django.utils.translation import ngettext

from fonds.reports.jobs import JobHandle, runner, start
from fonds.reports.models import Job

from ..faults import ScanFault
from ..models import Recording
from .deriving import derive

KIND = "derive_recordings"


def queue_recordings(keys: Sequence[int], user=None) -> Job | None:
    """Have these recordings made ready to be played, in one job; ``None`` where there are none."""
    if not keys:
        return None
    title = ngettext("Copy of %(count)s recording", "Copies of %(count)s recordings", len(keys)) % {"count": len(keys)}
    return start(KIND, title, {"recordings": list(keys)}, user)


@runner(KIND)
def run_deriving(handle: JobHandle) -> dict:
    """Make the recordings in ``arguments["recordings"]`` ready; one that cannot be read gets its fault, others go on."""
    keys = handle.arguments["recordings"]
    failed = []
    handle.progress(0, len(keys))
    for done, recording in enumerate(Recording.objects.select_related("file__master").filter(pk__in=keys), 1):
        try:
            derive(recording)
        except (ScanFault, OSError) as fault:
            failed.append(recording.pk)
            Recording.objects.filter(pk=recording.pk).update(fault=str(fault)[:300])
            handle.log(str(fault))
        handle.progress(done)
    handle.progress(len(keys))
    return {"made": len(keys) - len(failed), "failed": failed}
