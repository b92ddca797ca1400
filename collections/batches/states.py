"""The states of a batch, and the fault that says why something cannot be done with it now."""

from django.utils.translation import gettext as _

from ..enums import BATCH_NEXT, BatchState
from ..models import ScanBatch


class BatchFault(Exception):
    """Something cannot be done with a batch; the message is a sentence for whoever asked."""

    @classmethod
    def closed(cls) -> "BatchFault":
        """The batch is in check, passed or closed."""
        return cls(_("The pages of this batch cannot be changed in its present state."))


def held(batch: ScanBatch) -> ScanBatch:
    """``batch`` as it is now, its row held until the transaction ends; ``batch`` itself gets the same state."""
    present = ScanBatch.objects.select_for_update().get(pk=batch.pk)
    batch.state = present.state
    return present


def held_open(batch: ScanBatch) -> ScanBatch:
    """The same, for a change of its pages. Raises ``BatchFault`` where it is past arranging."""
    present = held(batch)
    if not present.is_open:
        raise BatchFault.closed()
    return present


def move_to(batch: ScanBatch, state: BatchState, **more) -> None:
    """Give ``batch`` its next state; ``more`` are further columns. Raises ``BatchFault`` where the state may not follow."""
    if state not in BATCH_NEXT[BatchState(batch.state)]:
        words = {"state": BatchState(batch.state).label}
        raise BatchFault(_("This cannot be done while the batch is in the state “%(state)s”.") % words)
    ScanBatch.objects.filter(pk=batch.pk).update(state=state, **more)
    batch.state = state
