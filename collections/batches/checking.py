"""The quality check of a batch: a random sample, a verdict for each page, and a rate that decides (DA/T 31-2017, 10)."""

import math
import random
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from fonds.audit import names
from fonds.audit.events import record

from ..enums import BatchState, Verdict
from ..models import BatchPage, ScanBatch
from .states import BatchFault, held, move_to
from .taking import check_permission

BATCH_CHECK = "batch.check"
names.register(BATCH_CHECK, gettext_lazy("Quality check of a batch"))
#: Pages, units, pages without a unit and faulty files of a batch.
COUNTS = {
    "pages": Count("pk"),
    "units": Count("unit", distinct=True),
    "unsorted": Count("pk", filter=Q(unit=None, master__isnull=False)),
    "faulty": Count("pk", filter=Q(master=None)),
}
_CHANCE = random.SystemRandom()


@dataclass(frozen=True)
class Rate:
    """How far the check of a batch is: pages in the sample, judged, and good ones."""

    sampled: int
    judged: int
    good: int

    @property
    def percent(self) -> float:
        """Good pages of those judged, in per cent."""
        return round(100 * self.good / self.judged, 1) if self.judged else 0.0


def pages_of(batch: ScanBatch) -> QuerySet[BatchPage]:
    """The pages that are to be taken over."""
    return batch.pages.filter(is_removed=False)


def delivered(batch: ScanBatch) -> QuerySet[BatchPage]:
    """Those among them that the archive does not have."""
    same = Q(scan__master=F("master"), scan__frame=F("frame"))
    return pages_of(batch).filter(Q(scan=None) | ~same)


def refuse_unready(batch: ScanBatch) -> None:
    """Raise ``BatchFault`` where files are faulty or pages without a unit: they are settled first."""
    faulty = pages_of(batch).filter(master=None).count()
    if faulty:
        raise BatchFault(
            ngettext(
                "%(count)s file could not be read. Deliver it again, or leave it out.",
                "%(count)s files could not be read. Deliver them again, or leave them out.",
                faulty,
            )
            % {"count": faulty}
        )
    unsorted = pages_of(batch).filter(unit=None).count()
    if unsorted:
        raise BatchFault(
            ngettext(
                "%(count)s page belongs to no unit yet. Sort it in, or leave it out.",
                "%(count)s pages belong to no unit yet. Sort them in, or leave them out.",
                unsorted,
            )
            % {"count": unsorted}
        )
    if not pages_of(batch).exists():
        raise BatchFault(_("There is no page in this batch."))


@transaction.atomic
def begin_check(batch: ScanBatch, user=None) -> int:
    """Draw the sample, ``sample_percent`` of the delivered pages and one at least; how many pages it has. Verdicts of an
    earlier sample go. Raises ``BatchFault`` where something is not settled yet."""
    check_permission(user)
    held(batch)
    refuse_unready(batch)
    move_to(batch, BatchState.CHECKING)
    keys = list(delivered(batch).values_list("pk", flat=True)) or list(pages_of(batch).values_list("pk", flat=True))
    count = max(1, math.ceil(len(keys) * batch.sample_percent / 100))
    batch.pages.update(is_sampled=False, verdict="", remark="")
    batch.pages.filter(pk__in=_CHANCE.sample(keys, count)).update(is_sampled=True)
    record(BATCH_CHECK, unit=batch, user=user, detail={"sample": count, "of": len(keys)})
    return count


def sample_of(batch: ScanBatch) -> QuerySet[BatchPage]:
    """The pages of the sample, in the order of units and pages."""
    return batch.pages.filter(is_sampled=True).order_by("unit__sort_key", "unit_id", "position", "pk")


def rate_of(pages: QuerySet[BatchPage]) -> Rate:
    """How the check of these pages stands."""
    verdicts = list(pages.filter(is_sampled=True).order_by().values_list("verdict", flat=True))
    return Rate(len(verdicts), sum(map(bool, verdicts)), verdicts.count(Verdict.GOOD))


@transaction.atomic
def judge(page: BatchPage, verdict: str, user=None, remark: str = "") -> None:
    """Note what a person says of a page in the sample. Raises ``BatchFault`` where there is no check, or no such verdict."""
    check_permission(user)
    if held(page.batch).state != BatchState.CHECKING or not page.is_sampled or verdict not in Verdict.values:
        raise BatchFault(_("This page is not being checked."))
    BatchPage.objects.filter(pk=page.pk).update(verdict=verdict, remark=remark[:200])
    page.verdict, page.remark = verdict, remark[:200]


@transaction.atomic
def finish_check(batch: ScanBatch, user=None) -> BatchState:
    """Decide by the rate: passed, or back to be scanned again. Raises ``BatchFault`` where pages of the sample wait."""
    check_permission(user)
    held(batch)
    rate = rate_of(batch.pages.all())
    if rate.judged < rate.sampled:
        words = {"count": rate.sampled - rate.judged}
        raise BatchFault(_("%(count)s pages of the sample still wait for a verdict.") % words)
    passed = 100 * rate.good >= batch.pass_percent * rate.sampled
    move_to(batch, BatchState.PASSED if passed else BatchState.RETURNED)
    detail = {"sample": rate.sampled, "good": rate.good, "percent": rate.percent, "passed": passed}
    record(BATCH_CHECK, unit=batch, user=user, detail=detail)
    return BatchState(batch.state)


@transaction.atomic
def reopen(batch: ScanBatch, user=None) -> None:
    """Go back from the check to arranging; the sample is drawn anew afterwards."""
    check_permission(user)
    held(batch)
    move_to(batch, BatchState.OPEN)
    record(BATCH_CHECK, unit=batch, user=user, detail={"reopened": True})


def to_scan_again(batch: ScanBatch) -> QuerySet[BatchPage]:
    """The pages that a person found bad, and the files that could not be read."""
    bad = pages_of(batch).filter(Q(master=None) | (~Q(verdict="") & ~Q(verdict=Verdict.GOOD)))
    return bad.select_related("unit").order_by("unit__sort_key", "unit_id", "position", "pk")
