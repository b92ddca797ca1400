"""Recognising pages, and correcting what was read: the page's text, the index and the versions kept in step."""

from collections.abc import Iterable, Iterator, Sequence

from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Case, IntegerField, QuerySet, Value, When

from fonds.archive_pages.models import ArchivePage

from ..models import PageScan, ReadingOrder, RecognisedText
from ..page_images import UNREADABLE, open_page
from ..scans import set_texts
from ..storage import local_path
from .lines import Line
from .recogniser import recognise, version_name


def to_recognise(units: QuerySet[ArchivePage], *, again: bool = False, first: Sequence[str] = ()) -> QuerySet[PageScan]:
    """The page scans of ``units`` that the present recogniser has not read yet; ``again``: all of them. In the order of
    the tree and of the pages; what lies below the paths ``first``, then of the archive's ``ReadingOrder``, comes before
    all else, one after the other."""
    first = [*first, *ReadingOrder.load().paths()]
    turns = [When(unit__path__startswith=path, then=Value(turn)) for turn, path in enumerate(first)]
    turn = Case(*turns, default=Value(len(turns)), output_field=IntegerField()) if turns else Value(0)
    scans = PageScan.objects.filter(unit__in=units.order_by()).order_by(turn, "unit__path", "number")
    return scans if again else scans.exclude(recognised__version=version_name())


def read_page(scan: PageScan) -> list[Line]:
    """What stands on the page of ``scan``. Raises one of ``page_images.UNREADABLE`` where its master cannot be read."""
    with local_path(storages["masters"], scan.master.key) as path:
        return recognise(open_page(scan, path).copy_memory())


@transaction.atomic
def keep_text(scan: PageScan, lines: Sequence[Line]) -> bool:
    """Keep what was read of ``scan``; whether it became the text of the page.

    It does where the page had none, or the one that a recogniser had read. A text that was delivered or corrected by
    hand stays. Texts of other versions are kept.
    """
    present = PageScan.objects.select_for_update().only("text", "unit_id").get(pk=scan.pk).text
    is_read = not present.strip() or any(present == earlier.text for earlier in scan.recognised.all())
    found = RecognisedText.of(scan, version_name(), list(lines))
    RecognisedText.objects.filter(scan=scan, version=found.version).delete()
    found.save()
    if is_read and present != found.text:
        set_texts({scan.pk: found.text})
    return is_read


def recognise_scans(keys: Sequence[int], batch: int = 20) -> Iterator[tuple[PageScan, Exception | None]]:
    """Read these page scans one by one; each with the error that stopped it, where one did."""
    for start in range(0, len(keys), batch):
        some = keys[start : start + batch]
        rows = PageScan.objects.select_related("unit", "master").in_bulk(some)
        for scan in (rows[key] for key in some if key in rows):
            try:
                keep_text(scan, read_page(scan))
            except UNREADABLE as error:
                yield scan, error
            else:
                yield scan, None


def below(units: Iterable[ArchivePage]) -> QuerySet[ArchivePage]:
    """``units`` and all that stands below them."""
    found = ArchivePage.objects.none()
    for unit in units:
        found |= ArchivePage.objects.filter(path__startswith=unit.path)
    return found
