"""Writing anew the folded texts in the rows of the archive, where an older program folded them otherwise."""

from collections.abc import Callable, Sequence

from django.db import transaction
from django.db.models import QuerySet

from fonds.archive_pages.folding import fold, fold_lines
from fonds.archive_pages.models import ArchivePage
from fonds.collections.models import ArchiveImage
from fonds.policies.enums import PolicyStatus
from fonds.policies.models import PolicyPage

BATCH = 2_000  # photographs in one transaction


def refold_pages(keys: Sequence[int]) -> None:
    """The texts in which these pages of the tree are looked for."""
    pages = ArchivePage.objects.filter(pk__in=keys).specific()
    _write(ArchivePage.objects, pages, "search_text", lambda page: fold_lines(page.searched_texts()))


def refold_others() -> None:
    """The texts of all photographs, and the numbers of the policies in force."""
    last = 0
    while keys := list(ArchiveImage.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        last = keys[-1]
        photos = ArchiveImage.objects.filter(pk__in=keys).prefetch_related("marks__person")
        _write(ArchiveImage.objects, photos, "search_text", lambda photo: fold_lines(photo.searched_texts()))
    policies = PolicyPage.objects.filter(status=PolicyStatus.IN_FORCE)
    _write(PolicyPage.objects, policies, "number_in_force", lambda policy: fold(policy.document_number))


@transaction.atomic
def _write(manager, rows: QuerySet, column: str, folded: Callable) -> None:
    stale = []
    for row in rows:
        text = folded(row)
        if getattr(row, column) != text:
            setattr(row, column, text)
            stale.append(row)
    manager.bulk_update(stale, [column], batch_size=500)
