"""Making what the player needs, as a job."""

import math
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
    """Make the recordings in ``arguments["recordings"]`` ready; one that cannot be read gets its fault, others go on.
    Progress is in seconds of recording; one whose length nobody knows counts as a minute."""
    keys = handle.arguments["recordings"]
    recordings = Recording.objects.select_related("file__master").filter(pk__in=keys)
    lengths = {recording.pk: math.ceil(recording.duration or 60) for recording in recordings}
    total, before, failed = sum(lengths.values()), 0, []
    handle.progress(0, total)

    def tell(seconds: float) -> None:
        handle.progress(before + min(int(seconds), length))

    for recording in recordings:
        length = lengths[recording.pk]
        try:
            derive(recording, tell)
        except (ScanFault, OSError) as fault:
            failed.append(recording.pk)
            Recording.objects.filter(pk=recording.pk).update(fault=str(fault)[:300])
            handle.log(str(fault))
        before += length
        handle.progress(before)
    handle.progress(total)
    return {"made": len(keys) - len(failed), "failed": failed}
